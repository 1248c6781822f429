//! Reviews: rounds, states, discussion, export, and reviews that do not finish.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        account::Role,
        id::{DocumentId, FindingId},
        project::DocumentKind,
        review::{
            Change, FindingState, Review, ReviewFinding, ReviewStatus,
            live::{Attention, Live, Opening},
        },
    },
    server::{
        error::ServiceError,
        service::{
            self,
            access::Actor,
            reviews::{Order, scope::Part},
            triage::Verdict,
        },
    },
    tests::{
        harness::TestApp,
        upload::{WORKSPACE, project, zip},
    },
};

struct Shop {
    app: TestApp,
    ada: Actor,
    diagram: DocumentId,
}

impl Shop {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        app.project(&ada, "Shop").await;
        service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(project()))]).await.unwrap();
        let documents = service::documents::list(&app.state, &ada, "shop").await.unwrap();
        let diagram = documents.iter().find(|document| document.kind == DocumentKind::Diagram).unwrap().id;
        Self { app, ada, diagram }
    }

    async fn write(&self, text: &str) {
        let revision = service::documents::get(&self.app.state, &self.ada, self.diagram).await.unwrap().document.revision;
        service::documents::put_text(&self.app.state, &self.ada, self.diagram, text, revision).await.unwrap();
    }

    async fn review(&self) -> (Review, Vec<ReviewFinding>) {
        let review = service::reviews::start(&self.app.state, &self.ada, "shop", Order::default()).await.unwrap();
        let review = self.ended(review.number).await;
        assert_eq!(review.status, ReviewStatus::Finished, "{review:?}");
        self.read(review.number).await
    }

    async fn ended(&self, number: u32) -> Review {
        let (review, _) = self.read(number).await;
        if let Some(mut running) = self.app.state.jobs.follow(review.id) {
            while running.changed().await.is_ok() {}
        }
        self.read(number).await.0
    }

    async fn read(&self, number: u32) -> (Review, Vec<ReviewFinding>) {
        let page = service::reviews::page(&self.app.state, &self.ada, "shop", number, None).await.unwrap();
        (page.review, page.findings)
    }

    async fn markdown(&self, number: u32) -> String {
        service::reviews::markdown(&self.app.state, &self.ada, "shop", number).await.unwrap()
    }
}

fn shared(findings: &[ReviewFinding]) -> &ReviewFinding {
    findings.iter().find(|known| known.finding.code == "LNT-B001").unwrap()
}

fn changes(findings: &[ReviewFinding]) -> BTreeMap<FindingId, Change> {
    findings.iter().map(|known| (known.id, known.change)).collect()
}

#[tokio::test]
async fn rounds_show_what_is_new_fixed_still_there_and_back() {
    let shop = Shop::new().await;
    let (first, findings) = shop.review().await;
    assert_eq!((first.number, first.base), (1, None));
    assert!(findings.iter().all(|known| known.change == Change::New && known.first_seen == 1));
    let id = shared(&findings).id;

    let (second, findings) = shop.review().await;
    assert_eq!((second.number, second.base), (2, Some(1)));
    assert!(findings.iter().all(|known| known.change == Change::Unchanged), "{:?}", changes(&findings));
    assert_eq!(second.ruleset, first.ruleset);

    shop.write(&WORKSPACE.replace("        payments -> db \"Writes payments to\" \"SQL\"\n", "")).await;
    let (third, findings) = shop.review().await;
    assert_eq!((shared(&findings).id, shared(&findings).change, shared(&findings).state), (id, Change::Fixed, FindingState::Fixed));
    assert!(third.score >= second.score);

    let (_, findings) = shop.review().await;
    assert!(findings.iter().all(|known| known.id != id || known.change != Change::New), "what was fixed before is not news");

    shop.write(WORKSPACE).await;
    let (fifth, findings) = shop.review().await;
    assert_eq!((shared(&findings).id, shared(&findings).change, shared(&findings).state), (id, Change::Regressed, FindingState::Open));
    assert_eq!(shared(&findings).first_seen, 1);
    let page = service::reviews::page(&shop.app.state, &shop.ada, "shop", fifth.number, None).await.unwrap();
    assert_eq!(page.scores.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(page.base.unwrap().number, 4);
}

#[tokio::test]
async fn what_changed_in_the_design_stands_beside_the_findings() {
    let shop = Shop::new().await;
    shop.review().await;
    let shop = &shop;
    let page = |number: u32| async move { service::reviews::page(&shop.app.state, &shop.ada, "shop", number, None).await.unwrap() };
    let first = page(1).await;
    assert!(first.changes.is_empty() && first.causes.is_empty(), "there is nothing to compare with");
    shop.write(&WORKSPACE.replace("        payments -> db \"Writes payments to\" \"SQL\"\n", "")).await;
    shop.review().await;
    shop.write(WORKSPACE).await;
    let (_, findings) = shop.review().await;
    let id = shared(&findings).id;
    for (number, happened, change) in [(2, "removed", "Fixed"), (3, "added", "Regressed")] {
        let page = page(number).await;
        let because = format!("relation Payment service -> Shop database was {happened}");
        let [document] = page.changes.as_slice() else { panic!("{:?}", page.changes) };
        assert_eq!((document.document, document.path.as_str()), (shop.diagram, "workspace.dsl"));
        assert_eq!(document.parts.iter().map(ToString::to_string).collect::<Vec<_>>(), std::slice::from_ref(&because));
        assert_eq!(page.causes[&id], because);
        let cookie = shop.app.sign_in(&shop.ada.person.email).await;
        let html = shop.app.get(&format!("/p/shop/reviews/{number}?finding={id}")).cookie(&cookie).send().await.text();
        let html = html.replace("&gt;", ">");
        assert!(html.contains(&format!("{change} because {because}")), "the list says why");
        assert!(html.contains(&format!(", because {because}")), "and the finding itself");
        assert!(html.contains("id=\"changes\"") && html.contains(&format!("review {}", number - 1)));
    }
    let cookie = shop.app.sign_in(&shop.ada.person.email).await;
    let export = shop.app.get("/p/shop/reviews/3?export=1").cookie(&cookie).send().await.text();
    for format in ["md", "json", "sarif"] {
        assert!(export.contains(&format!("/api/v1/projects/shop/reviews/3.{format}")), "{format}");
    }
}

#[tokio::test]
async fn a_review_keeps_the_texts_it_saw() {
    let shop = Shop::new().await;
    let (first, _) = shop.review().await;
    let before = shop.markdown(1).await;
    shop.write("workspace {\n}\n").await;
    let page = service::reviews::page(&shop.app.state, &shop.ada, "shop", 1, None).await.unwrap();
    let frozen = page.texts.iter().find(|text| text.kind == DocumentKind::Diagram).unwrap();
    assert_eq!(frozen.text, WORKSPACE);
    assert_eq!(frozen.reviewed.sha256, service::reviews::frozen::digest(WORKSPACE));
    assert_eq!(first.documents.len(), 3);
    assert_eq!(shop.markdown(1).await, before, "the same review exports the same bytes");
    shop.review().await;
    assert_eq!(shop.markdown(1).await, before, "and does after the next one, too");
}

#[tokio::test]
async fn people_decide_and_the_newest_review_follows() {
    let shop = Shop::new().await;
    shop.review().await;
    let (before, findings) = shop.review().await;
    let id = shared(&findings).id;
    let severity = shared(&findings).finding.severity;
    let set = |state, reason: &'static str| service::triage::set_state(&shop.app.state, &shop.ada, id, Verdict::new(state, reason));
    for (state, reason) in
        [(FindingState::WontFix, " "), (FindingState::FalsePositive, ""), (FindingState::Fixed, "done"), (FindingState::Obsolete, "x")]
    {
        assert!(matches!(set(state, reason).await, Err(ServiceError::Invalid { .. })), "{state:?}");
    }
    set(FindingState::FalsePositive, "One team owns both.").await.unwrap();
    let (after, findings) = shop.read(2).await;
    let decided = shared(&findings);
    assert_eq!((decided.state, decided.state_reason.as_str()), (FindingState::FalsePositive, "One team owns both."));
    assert_eq!(decided.state_by.as_deref(), Some("Ada Lovelace"));
    assert_eq!(after.counts.of(severity) + 1, before.counts.of(severity), "what is none does not count");
    let (_, older) = shop.read(1).await;
    assert_eq!(shared(&older).state, FindingState::Open, "a past review shows what held then");

    let (third, findings) = shop.review().await;
    assert_eq!(shared(&findings).state, FindingState::FalsePositive, "the decision lives on");
    assert_eq!(third.counts, after.counts);
    set(FindingState::Open, "").await.unwrap();
    let (third, _) = shop.read(3).await;
    assert_eq!(third.counts, before.counts);
    let activity = service::projects::overview(&shop.app.state, &shop.ada, "shop").await.unwrap().activity;
    let did: Vec<&str> = activity.iter().map(|row| row.what.as_str()).collect();
    assert!(did.contains(&"moved from open to false positive") && did.contains(&"moved from false positive to open"), "{did:?}");
}

#[tokio::test]
async fn commenters_discuss_and_viewers_read() {
    let shop = Shop::new().await;
    let (_, findings) = shop.review().await;
    let id = findings.first().unwrap().id;
    let commenter = shop.app.member(&shop.ada, "shop", "Cleo", Role::Commenter).await;
    let viewer = shop.app.member(&shop.ada, "shop", "Vic", Role::Viewer).await;
    service::triage::comment(&shop.app.state, &commenter, id, "  Is this *so*? ", None).await.unwrap();
    service::triage::comment(&shop.app.state, &shop.ada, id, "It is.", None).await.unwrap();
    assert!(matches!(service::triage::comment(&shop.app.state, &viewer, id, "x", None).await, Err(ServiceError::Forbidden { .. })));
    assert!(matches!(service::triage::comment(&shop.app.state, &commenter, id, " ", None).await, Err(ServiceError::Invalid { .. })));
    let (_, findings) = shop.read(1).await;
    let said: Vec<(&str, &str)> =
        findings.first().unwrap().comments.iter().map(|comment| (comment.author.as_str(), comment.body.as_str())).collect();
    assert_eq!(said, [("Cleo", "Is this *so*?"), ("Ada Lovelace", "It is.")]);
    assert!(shop.markdown(1).await.contains("It is"));
    let page = service::documents::diagram_page(&shop.app.state, &viewer, "shop", shop.diagram).await.unwrap();
    assert_eq!(page.last_review, Some(1));
    assert!(page.findings.iter().any(|known| known.code == "LNT-B001"));
}

#[tokio::test]
async fn a_review_of_some_documents_concludes_nothing_about_the_others() {
    let shop = Shop::new().await;
    let (_, findings) = shop.review().await;
    let id = shared(&findings).id;
    let documents = service::documents::list(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let decision = documents.iter().find(|document| document.kind == DocumentKind::Decision).unwrap().id;
    let review =
        service::reviews::start(&shop.app.state, &shop.ada, "shop", Order { part: Part::Documents(&[decision]), ..Order::default() })
            .await
            .unwrap();
    shop.ended(review.number).await;
    let (review, findings) = shop.read(review.number).await;
    assert_eq!(review.documents.len(), 1);
    assert!(findings.iter().all(|known| known.id != id || known.change == Change::NotEvaluated));
    let known = service::reviews::findings(&shop.app.state, &shop.ada, "shop").await.unwrap();
    assert_eq!(known.iter().find(|known| known.id == id).unwrap().state, FindingState::Open);

    let elsewhere = [DocumentId::from_uuid(uuid::Uuid::from_u128(1))];
    let refused =
        service::reviews::start(&shop.app.state, &shop.ada, "shop", Order { part: Part::Documents(&elsewhere), ..Order::default() }).await;
    assert!(matches!(refused, Err(ServiceError::Invalid { field, .. }) if field == "documents"));
}

#[tokio::test]
async fn reviews_that_do_not_finish_say_so() {
    let shop = Shop::new().await;
    let frozen = [];
    let (finished, _) = shop.review().await;
    let running =
        Review { id: crate::domain::id::ReviewId::from_uuid(shop.app.state.ids.uuid()), status: ReviewStatus::Running, ..finished.clone() };
    let project = service::projects::get(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let left = shop.app.state.store.begin_review(project.id, shop.ada.person.id, &running, &frozen).await.unwrap();
    assert!(matches!(
        service::reviews::markdown(&shop.app.state, &shop.ada, "shop", left.number).await,
        Err(ServiceError::Conflict { .. })
    ));
    assert_eq!(service::reviews::run::end_left_running(&shop.app.state).await.unwrap(), 1);
    let (failed, _) = shop.read(left.number).await;
    assert_eq!(failed.status, ReviewStatus::Failed);
    assert!(failed.verdict_reason.contains("Start another one"));

    let stopped =
        shop.app.state.store.begin_review(project.id, shop.ada.person.id, &running_again(&shop, &finished), &frozen).await.unwrap();
    let cancelled = service::reviews::cancel(&shop.app.state, &shop.ada, "shop", stopped.number).await.unwrap();
    assert_eq!(cancelled.status, ReviewStatus::Cancelled);
    let again = service::reviews::cancel(&shop.app.state, &shop.ada, "shop", 1).await.unwrap();
    assert_eq!(again.status, ReviewStatus::Finished, "what has ended stays as it is");
    let (next, _) = shop.review().await;
    assert_eq!((next.number, next.base), (4, Some(1)), "only finished reviews are compared with");
}

fn running_again(shop: &Shop, review: &Review) -> Review {
    Review { id: crate::domain::id::ReviewId::from_uuid(shop.app.state.ids.uuid()), status: ReviewStatus::Running, ..review.clone() }
}

#[tokio::test]
async fn the_sample_reviews_the_same_twice() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let project = service::projects::create_sample(&app.state, &ada).await.unwrap();
    let first = service::reviews::markdown(&app.state, &ada, &project.slug, 1).await.unwrap();
    assert_eq!(first, service::reviews::markdown(&app.state, &ada, &project.slug, 1).await.unwrap());
    assert!(first.contains("LNT-"), "{first}");
    let page = service::reviews::page(&app.state, &ada, &project.slug, 1, None).await.unwrap();
    assert!(!page.findings.is_empty());
    for known in &page.findings {
        assert!(!known.finding.evidence.is_empty() || !known.finding.anchors.is_empty(), "{}", known.finding.title);
    }
}

#[tokio::test]
async fn whoever_may_read_a_diagram_may_run_the_rules_on_it() {
    let shop = Shop::new().await;
    let (_, findings) = shop.review().await;
    let put_aside = shared(&findings);
    let verdict = Verdict::new(FindingState::FalsePositive, "One team owns both.");
    service::triage::set_state(&shop.app.state, &shop.ada, put_aside.id, verdict).await.unwrap();
    shop.app.member(&shop.ada, "shop", "Viola", Role::Viewer).await;
    let cookie = shop.app.sign_in("viola@example.com").await;
    let ask = async |cookie: &str, document: DocumentId| {
        shop.app.post("/fn/opening").cookie(cookie).json(&serde_json::json!({ "document": document })).await
    };

    let answer = ask(&cookie, shop.diagram).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let opening: Opening = serde_json::from_str(&answer.text()).unwrap();
    assert_eq!(opening.settled, BTreeSet::from([put_aside.finding.fingerprint.clone()]));
    let (mut live, text) = (Live::open(opening), WORKSPACE);
    live.edit(text, 0);
    let codes = |findings: &[ReviewFinding]| findings.iter().map(|known| known.finding.fingerprint.clone()).collect::<BTreeSet<_>>();
    let said: BTreeSet<_> = live.outcome().findings.iter().map(|finding| finding.fingerprint.clone()).collect();
    assert_eq!(said, codes(&findings), "as the review of the project");
    assert!(live.answer(&Attention::default()).findings.iter().all(|finding| finding.code != "LNT-B001"));

    shop.app.person("Stranger", "stranger@example.com", false).await;
    let stranger = shop.app.sign_in("stranger@example.com").await;
    assert_eq!(ask(&stranger, shop.diagram).await.status, 404);
    let documents = service::documents::list(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let decision = documents.iter().find(|document| document.kind == DocumentKind::Decision).unwrap().id;
    assert_eq!(ask(&cookie, decision).await.status, 404);
}
