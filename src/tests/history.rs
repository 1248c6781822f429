//! Versions of documents through the real router: who may do what, restoring beside people who type, locked decisions, what
//! compaction leaves alone, and what pages show of it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    api::decisions::Wish,
    domain::{
        account::Role,
        decision::{status::Status, template::Template},
        id::DocumentId,
        project::DocumentKind,
    },
    server::{
        collab::rooms::UpdateKind,
        service::{
            self,
            decisions::{self, create::Beginning},
        },
    },
    tests::{
        collab::Site,
        harness::{Answer, TestApp},
    },
};

const FIRST: &str = "# Use NATS\n\n## Context\n\nOrders are slow. 😀\n\n## Decision\n\nWe use NATS.\n";

struct Desk {
    app: TestApp,
    ada: service::access::Actor,
    token: String,
    id: DocumentId,
}

impl Desk {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        app.project(&ada, "Shop").await;
        let token = app.token(&ada.person).await;
        let made = service::documents::create(&app.state, &ada, "shop", DocumentKind::Decision, "docs/adr/0001-use-nats.md", FIRST).await;
        Self { id: made.unwrap().document.id, app, ada, token }
    }

    fn at(&self, path: &str) -> String {
        format!("/api/v1/documents/{}{path}", self.id)
    }

    async fn get(&self, path: &str) -> Answer {
        self.app.get(&self.at(path)).bearer(&self.token).send().await
    }

    async fn versions(&self) -> Vec<Value> {
        let list = self.get("/versions").await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.text());
        list.json()["items"].as_array().unwrap().clone()
    }

    async fn put(&self, text: &str) {
        let revision = self.app.state.rooms.text(self.id).await.unwrap().1;
        service::documents::put_text(&self.app.state, &self.ada, self.id, text, revision).await.unwrap();
    }

    async fn name(&self, name: &str) -> Answer {
        self.app.post(&self.at("/versions")).bearer(&self.token).json(&json!({"name": name})).await
    }

    async fn restore(&self, number: u32) -> Answer {
        self.app.post(&self.at(&format!("/versions/{number}/restore"))).bearer(&self.token).send().await
    }

    async fn text(&self) -> String {
        self.app.state.rooms.text(self.id).await.unwrap().0
    }
}

fn summaries(versions: &[Value]) -> Vec<&str> {
    versions.iter().map(|version| version["summary"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_version_is_named_read_and_brought_back_to_the_byte_and_nothing_typed_is_lost() {
    let desk = Desk::new().await;
    let first = desk.versions().await;
    assert_eq!((first.len(), &first[0]["made"], &first[0]["who"]), (1, &json!("created"), &json!(["Ada Lovelace"])));
    assert_eq!(desk.get("/versions/1").await.json()["text"], FIRST);

    let second = FIRST.replace("We use NATS.\n", "We use Kafka.\nIt has three nodes.\n");
    desk.put(&second).await;
    let named = desk.name("  Before   the review ").await;
    assert_eq!(named.status, StatusCode::CREATED, "{}", named.text());
    let named = named.json();
    assert_eq!(
        (&named["number"], &named["name"], &named["summary"]),
        (&json!(2), &json!("Before the review"), &json!("+2 −1 in Decision"))
    );
    // The same text under a second name is a version of its own; a name is needed.
    assert_eq!(desk.name("Sent out").await.json()["number"], 3);
    for name in ["", " \n", &"x".repeat(81)] {
        let refused = desk.name(name).await;
        assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("name")), "{}", refused.text());
    }

    let third = second.replace("Orders are slow.", "Orders are late.");
    desk.put(&third).await;
    desk.app.wait(60_000);
    let back = desk.restore(1).await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text());
    assert_eq!(desk.text().await, FIRST);
    let versions = desk.versions().await;
    assert_eq!(summaries(&versions), ["v1 restored", "+1 −1 in Context", "No line changed", "+2 −1 in Decision", "Created"]);
    assert_eq!((&versions[0]["revision"], &versions[0]["version"]), (&back.json()["revision"], &json!(1)));
    assert_eq!(desk.get("/versions/4").await.json()["text"], third, "what was there before is kept");
    // Once more changes nothing, and makes no version.
    assert_eq!(desk.restore(1).await.json()["revision"], back.json()["revision"]);
    assert_eq!(desk.restore(4).await.status, StatusCode::OK);
    assert_eq!((desk.text().await, desk.versions().await.len()), (third, 6));

    let page = desk.get("/versions?limit=2").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = desk.get(&format!("/versions?limit=2&cursor={cursor}")).await.json();
    assert_eq!((&page["items"][1]["number"], &next["items"][0]["number"]), (&json!(5), &json!(4)));
    for missing in [desk.get("/versions/99").await, desk.restore(99).await, desk.get("/versions/x").await] {
        assert_eq!((missing.status, missing.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    }
}

#[tokio::test]
async fn who_reads_may_look_and_who_edits_may_restore() {
    let desk = Desk::new().await;
    desk.put(&FIRST.replace("slow", "late")).await;
    for (name, role, restores) in [("Mary", Role::Viewer, false), ("Joan", Role::Commenter, false), ("Grace", Role::Editor, true)] {
        let member = desk.app.member(&desk.ada, "shop", name, role).await;
        let token = desk.app.token(&member.person).await;
        assert_eq!(desk.app.get(&desk.at("/versions")).bearer(&token).send().await.status, StatusCode::OK);
        assert_eq!(desk.app.get(&desk.at("/versions/1")).bearer(&token).send().await.json()["text"], FIRST);
        let restored = desk.app.post(&desk.at("/versions/1/restore")).bearer(&token).send().await;
        assert_eq!(restored.status == StatusCode::OK, restores, "{name}: {}", restored.text());
        let named = desk.app.post(&desk.at("/versions")).bearer(&token).json(&json!({"name": name})).await;
        assert_eq!(named.status == StatusCode::CREATED, restores, "{name}: {}", named.text());
        let cookie = desk.app.sign_in(&member.person.email).await;
        let page = desk.app.get(&format!("/p/shop/decisions/{}?history=1", desk.id)).cookie(&cookie).send().await.text();
        assert!(page.contains("v1 compared with now") && page.contains("Whole text of v1"), "{page}");
        assert_eq!(page.contains("Restore v1"), restores && page.contains("diff__line"), "{name}");
    }
    assert_eq!(desk.text().await, FIRST);
    let stranger = desk.app.person("Eve", "eve@example.com", false).await;
    let token = desk.app.token(&stranger).await;
    assert_eq!(desk.app.get(&desk.at("/versions")).bearer(&token).send().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn restoring_merges_with_what_others_type_meanwhile() {
    let site = Site::start().await;
    let member = site.member("Grace", Role::Editor).await;
    let first = site.text().await;
    let mut grace = site.join(&member, 2).await;
    grace.until("nobody asks", |peer| peer.asked).await;
    grace.typed("// one\n").await;
    grace.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    // She goes on before she hears of what is brought back.
    let restored = service::history::restore(&site.app.state, &site.owner, site.document, 1);
    let (restored, ()) = tokio::join!(restored, grace.typed("// two\n"));
    restored.unwrap();
    grace.until("no acknowledgement", |peer| peer.acknowledged == 2).await;
    let versions = service::history::list(&site.app.state, &site.owner, site.document).await.unwrap();
    let now = site.text().await;
    // Her second line came before the restoring, and is in the version before it, or after it, and is there now.
    let (_, before) = service::history::get(&site.app.state, &site.owner, site.document, 2).await.unwrap();
    assert!(before.contains("// one\n"), "{before}");
    assert!(now == format!("// two\n{first}") || (now == first && before.contains("// two\n")), "{now}");
    grace.until("she does not see it", |peer| peer.string() == now).await;
    assert_eq!((versions[0].who.clone(), versions[1].who.clone()), (vec!["Ada Lovelace".to_owned()], vec!["Grace".to_owned()]));
    assert_eq!(service::history::get(&site.app.state, &site.owner, site.document, 1).await.unwrap().1, first);
}

#[tokio::test]
async fn a_decision_that_was_made_is_not_restored_and_says_what_to_do() {
    let desk = Desk::new().await;
    let made = decisions::create::create(&desk.app.state, &desk.ada, "shop", &Beginning::new("Use Kafka", Template::Nygard)).await.unwrap();
    let desk = Desk { id: made.id, ..desk };
    let text = desk.text().await;
    desk.put(&text.replace("## Decision\n", "## Decision\n\nWe use Kafka.\n")).await;
    let wish = |status| Wish { status, reason: Some("It is gone.".to_owned()), despite_objections: false };
    decisions::set_status(&desk.app.state, &desk.ada, desk.id, &wish(Status::Accepted)).await.unwrap();
    let versions = desk.versions().await;
    assert_eq!(summaries(&versions), ["Status set to accepted", "+2 in Decision", "Created from template"]);
    assert_eq!((&versions[0]["status"], &versions[2]["status"]), (&json!("accepted"), &json!("proposed")));
    let before = desk.text().await;
    let refused = desk.restore(1).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("was accepted") && detail.contains("supersedes it"), "{detail}");
    assert_eq!((desk.text().await, desk.versions().await.len()), (before, 3), "nothing happened");
    let cookie = desk.app.sign_in("ada@example.com").await;
    let page = desk.app.get(&format!("/p/shop/decisions/{}?history=1", desk.id)).cookie(&cookie).send().await.text();
    assert!(page.contains("can&#x27;t be restored") || page.contains("can't be restored"), "{page}");
    assert!(!page.contains("Restore v1"));
    // The status alone is for the workflow, too.
    decisions::set_status(&desk.app.state, &desk.ada, desk.id, &wish(Status::Deprecated)).await.unwrap();
    let refused = desk.restore(3).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    assert!(refused.json()["detail"].as_str().unwrap().contains("Change the status"), "{}", refused.text());
    assert_eq!(desk.versions().await.len(), 4);
}

#[tokio::test]
async fn compaction_takes_the_log_and_no_version() {
    let desk = Desk::new().await;
    let text = |round: usize| {
        format!("{FIRST}\n## Notes {round}\n\n{}\n", (0..60).map(|n| (n * 7 + round).to_string()).collect::<Vec<_>>().join(" "))
    };
    for round in 0..12 {
        // Imports are steps: each is a version.
        let rooms = &desk.app.state.rooms;
        rooms.replace(desk.id, desk.ada.person.id, UpdateKind::Import, &text(round).repeat(60), None).await.unwrap();
    }
    // Everything before the two newest snapshots goes.
    let (head, ..) = desk.app.state.store.log_numbers(desk.id).await;
    for seq in [head - 1, head] {
        let state = vec![0, 0];
        let snapshot = crate::server::store::updates::NewSnapshot { document: desk.id, seq, state, at: desk.app.state.clock.now() };
        desk.app.state.store.add_snapshot(&snapshot).await.unwrap();
    }
    let (_, _, _, rows, _) = desk.app.state.store.log_numbers(desk.id).await;
    assert!(rows < head, "{rows} of {head}");
    assert_eq!(desk.versions().await.len(), 13);
    for round in 0..12 {
        let number = round + 2;
        assert_eq!(desk.get(&format!("/versions/{number}")).await.json()["text"], text(round).repeat(60), "{number}");
    }
    assert_eq!(desk.get("/versions/1").await.json()["text"], FIRST);
}

#[tokio::test]
async fn a_damaged_version_is_said_and_the_others_are_there() {
    let desk = Desk::new().await;
    desk.put(&FIRST.replace("slow", "late")).await;
    desk.name("Second").await;
    desk.app.state.store.damage_version(desk.id, 2).await;
    let damaged = desk.get("/versions/2").await;
    assert_eq!(damaged.status, StatusCode::CONFLICT);
    assert!(damaged.json()["detail"].as_str().unwrap().contains("damaged"), "{}", damaged.text());
    assert_eq!(desk.restore(2).await.status, StatusCode::CONFLICT);
    let cookie = desk.app.sign_in("ada@example.com").await;
    let page = desk.app.get(&format!("/p/shop/decisions/{}?history=2", desk.id)).cookie(&cookie).send().await;
    assert!(page.status == StatusCode::OK && page.text().contains("is damaged"), "{}", page.text());
    assert_eq!(desk.restore(1).await.status, StatusCode::OK);
    assert_eq!(desk.text().await, FIRST);
}

#[tokio::test]
async fn the_pages_work_without_javascript() {
    let desk = Desk::new().await;
    let cookie = desk.app.sign_in("ada@example.com").await;
    desk.put(&FIRST.replace("slow", "<late>")).await;
    let id = desk.id.to_string();
    let post = |path: &str| desk.app.post(path).cookie(&cookie).header("accept", "text/html");
    let named = post("/fn/name_version").form(&[("document", &id), ("name", "Sent <out>")]).await;
    let here = format!("/p/shop/decisions/{id}?history");
    assert_eq!((named.status, named.header("location")), (StatusCode::FOUND, here.as_str()), "{}", named.text());
    let page = desk.app.get(&here).cookie(&cookie).send().await.text();
    assert!(page.contains("Sent &lt;out&gt;") && page.contains("As in v2") && page.contains(&format!("href=\"{here}=1\"")), "{page}");
    // Marks between texts are the page's own.
    let page = desk.app.get(&format!("{here}=1")).cookie(&cookie).send().await.text().replace("<!>", "");
    assert!(page.contains("Restore v1") && page.contains("<del>slow</del>") && page.contains("<ins>&lt;late&gt;</ins>"), "{page}");
    let restored = post("/fn/restore_version").form(&[("document", &id), ("version", "1")]).await;
    assert_eq!((restored.status, restored.header("location")), (StatusCode::FOUND, here.as_str()), "{}", restored.text());
    assert_eq!(desk.text().await, FIRST);

    let diagram = service::documents::new_diagram(&desk.app.state, &desk.ada, "shop", "Shop").await.unwrap().id;
    let page = desk.app.get(&format!("/p/shop/diagrams/{diagram}")).cookie(&cookie).send().await.text();
    assert!(page.contains(&format!("href=\"/p/shop/diagrams/{diagram}/history\"")));
    let page = desk.app.get(&format!("/p/shop/diagrams/{diagram}/history?version=1")).cookie(&cookie).send().await.text();
    assert!(page.contains("v1 is what the document says now."), "{page}");
    let wrong = desk.app.get(&format!("/p/shop/diagrams/{id}/history")).cookie(&cookie).send().await;
    assert!(wrong.text().contains("This diagram was not found"), "a decision is no diagram");
}
