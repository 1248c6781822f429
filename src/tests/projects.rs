//! Projects: addresses, what happened, deletion and its end, numbers of decisions.

use std::collections::BTreeSet;

use crate::{
    api::decisions::Wish,
    domain::{
        account::Role,
        decision::{status::Status, template::Template},
        moment::DAY,
        project::{Document, DocumentKind},
        review::Verdict,
    },
    server::{
        error::ServiceError,
        service::{self, access::Actor, decisions::create::Beginning},
    },
    tests::harness::TestApp,
};

async fn make_decision(app: &TestApp, actor: &Actor, slug: &str, title: &str, template: Template) -> Result<Document, ServiceError> {
    service::decisions::create::create(&app.state, actor, slug, &Beginning::new(title, template)).await
}

fn accept() -> Wish {
    Wish { status: Status::Accepted, reason: None, despite_objections: false }
}

#[tokio::test]
async fn addresses_are_unique_and_plain() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let mut slugs = Vec::new();
    for name in ["Shop", "Shop", " shop ", "漢字"] {
        slugs.push(app.project(&ada, name).await.slug);
    }
    assert_eq!(slugs, ["shop", "shop-2", "shop-3", "project"]);
    for (name, slug) in [("", None), ("a\nb", None), ("x", Some("a b")), ("x", Some("")), ("x", Some("Shop"))] {
        let refused = service::projects::create(&app.state, &ada, name, slug, "").await;
        assert!(matches!(refused, Err(ServiceError::Invalid { .. })), "{name:?} {slug:?}");
    }
    let taken = service::projects::create(&app.state, &ada, "x", Some("shop"), "").await;
    assert!(matches!(taken, Err(ServiceError::Conflict { .. })));
}

#[tokio::test]
async fn the_sample_opens_with_a_finished_review() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let project = service::projects::create_sample(&app.state, &ada).await.unwrap();
    let overview = service::projects::overview(&app.state, &ada, &project.slug).await.unwrap();
    assert_eq!((overview.diagrams.len(), overview.decisions.len()), (1, 8));
    assert!(overview.main_diagram.unwrap().text.contains("workspace"));
    let review = overview.reviews.first().unwrap();
    assert_eq!(review.number, 1);
    assert!(matches!(review.verdict, Some(Verdict::Blocked | Verdict::NeedsWork)), "{review:?}");
    let home = service::projects::home(&app.state, &ada).await.unwrap();
    let card = home.projects.first().unwrap();
    assert_eq!((card.diagrams, card.decisions, card.reviews, card.members), (1, 8, 1, 1));
    assert_eq!((card.verdict, card.counts), (review.verdict, review.counts));
    let again = service::projects::create_sample(&app.state, &ada).await.unwrap();
    assert_ne!(again.slug, project.slug, "a second sample is a project of its own");
}

#[tokio::test]
async fn a_deleted_project_is_gone_for_everybody_and_comes_back_for_owners() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let project = app.project(&ada, "Shop").await;
    let editor = app.member(&ada, "shop", "Eve", Role::Editor).await;
    assert!(matches!(service::projects::delete(&app.state, &editor, "shop").await, Err(ServiceError::Forbidden { .. })));
    service::projects::delete(&app.state, &ada, "shop").await.unwrap();
    for actor in [&ada, &editor] {
        let gone = service::projects::overview(&app.state, actor, "shop").await;
        assert!(matches!(gone, Err(ServiceError::NotFound { .. })));
    }
    assert_eq!(service::projects::home(&app.state, &ada).await.unwrap().deleted.len(), 1);
    assert!(service::projects::home(&app.state, &editor).await.unwrap().deleted.is_empty());
    assert!(matches!(service::projects::restore(&app.state, &editor, "shop").await, Err(ServiceError::Forbidden { .. })));
    assert_eq!(app.project(&ada, "Shop").await.slug, "shop-2", "its address stays its own");

    app.wait(29 * DAY);
    assert_eq!(service::projects::purge(&app.state).await.unwrap(), 0);
    service::projects::restore(&app.state, &ada, "shop").await.unwrap();
    assert_eq!(service::projects::get(&app.state, &ada, "shop").await.unwrap().id, project.id);

    service::projects::delete(&app.state, &ada, "shop").await.unwrap();
    app.wait(30 * DAY + 1);
    assert_eq!(service::projects::purge(&app.state).await.unwrap(), 1);
    assert!(matches!(service::projects::restore(&app.state, &ada, "shop").await, Err(ServiceError::NotFound { .. })));
    assert!(app.audit().await.contains(&"project.purge shop".to_owned()));
}

#[tokio::test]
async fn decisions_made_at_once_get_different_numbers() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let make = |title: &'static str| make_decision(&app, &ada, "shop", title, Template::Nygard);
    let (first, second) = tokio::join!(make("Use NATS"), make("Use NATS"));
    let paths: BTreeSet<String> = [first.unwrap().path, second.unwrap().path].into();
    let expected = ["docs/adr/0001-use-nats.md", "docs/adr/0002-use-nats.md"].map(str::to_owned);
    assert_eq!(paths, expected.into());

    // A number that was given is never given again, and one in a file's name counts.
    let document = service::documents::list(&app.state, &ada, "shop").await.unwrap().pop().unwrap();
    service::documents::delete(&app.state, &ada, document.id).await.unwrap();
    assert_eq!(make("Third").await.unwrap().path, "docs/adr/0003-third.md");
    let text = "# 40. Old\n";
    service::documents::create(&app.state, &ada, "shop", DocumentKind::Decision, "docs/adr/0040-old.md", text).await.unwrap();
    assert_eq!(make("After").await.unwrap().path, "docs/adr/0041-after.md");
}

#[tokio::test]
async fn status_title_and_activity_follow_an_edit() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let made = make_decision(&app, &ada, "shop", "Use NATS", Template::Madr4).await.unwrap();
    let page = service::documents::decision_page(&app.state, &ada, "shop", made.id).await.unwrap();
    let text = page.decision.text.replace("Use NATS", "Use Kafka");
    let mut revision = page.decision.document.revision;
    for line in ["one", "two", "three"] {
        let text = format!("{text}\n{line}\n");
        revision = service::documents::put_text(&app.state, &ada, made.id, &text, revision).await.unwrap();
    }
    let listed = service::documents::list(&app.state, &ada, "shop").await.unwrap();
    assert_eq!(listed.iter().find(|document| document.id == made.id).unwrap().title, "Use Kafka");

    let activity = service::projects::overview(&app.state, &ada, "shop").await.unwrap().activity;
    let did: Vec<&str> = activity.iter().map(|row| row.what.as_str()).collect();
    assert_eq!(did, ["edited", "created", "created"], "three edits in ten minutes are one");
    app.wait(11 * 60 * 1000);
    service::documents::put_text(&app.state, &ada, made.id, &format!("{text}\nlater\n"), revision).await.unwrap();
    let activity = service::projects::overview(&app.state, &ada, "shop").await.unwrap().activity;
    assert_eq!(activity.iter().filter(|row| row.what == "edited").count(), 2);
    let subject = activity.first().unwrap().subject.clone().unwrap();
    assert_eq!(subject, ("Use Kafka".to_owned(), format!("/p/shop/decisions/{}", made.id)));

    service::decisions::set_status(&app.state, &ada, made.id, &accept()).await.unwrap();
    let page = service::documents::decision_page(&app.state, &ada, "shop", made.id).await.unwrap();
    let record = crate::domain::decision::parse(&made.path, &page.decision.text);
    assert_eq!(record.status.and_then(|status| status.status), Some(Status::Accepted));
    let activity = service::projects::overview(&app.state, &ada, "shop").await.unwrap().activity;
    assert_eq!(activity.first().unwrap().what, "set to accepted");
}

#[tokio::test]
async fn new_diagrams_read_without_a_complaint() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    for (name, path) in [("Shop \"one\"", "workspace.dsl"), ("Shop one", "diagrams/shop-one.dsl"), ("Shop one", "diagrams/shop-one-2.dsl")]
    {
        let made = service::documents::new_diagram(&app.state, &ada, "shop", name).await.unwrap();
        assert_eq!(made.path, path);
        let page = service::documents::diagram_page(&app.state, &ada, "shop", made.id).await.unwrap();
        let language = crate::domain::syntax::language_of(path, &page.diagram.text).unwrap();
        let parsed = crate::domain::syntax::parse(language, path, &page.diagram.text, &page.sources);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        assert_eq!((parsed.model.elements.len(), parsed.model.relations.len(), parsed.model.views.len()), (2, 1, 1));
    }
}

#[tokio::test]
async fn documents_of_other_projects_are_not_found_under_this_one() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    app.project(&ada, "Other").await;
    let made = make_decision(&app, &ada, "other", "Use NATS", Template::Nygard).await.unwrap();
    let found = service::documents::decision_page(&app.state, &ada, "shop", made.id).await;
    assert!(matches!(found, Err(ServiceError::NotFound { .. })));
    let stranger = app.person("Mallory", "mallory@example.com", true).await;
    let set = service::decisions::set_status(&app.state, &app.actor(&stranger), made.id, &accept()).await;
    assert!(matches!(set, Err(ServiceError::NotFound { .. })));
    let page = service::documents::diagram_page(&app.state, &ada, "other", made.id).await;
    assert!(matches!(page, Err(ServiceError::NotFound { .. })), "a decision is no diagram");
}

#[tokio::test]
async fn documents_refuse_paths_and_texts_that_can_not_be_kept() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let make = |kind, path: &'static str, text: String| {
        let (app, ada) = (&app, &ada);
        async move { service::documents::create(&app.state, ada, "shop", kind, path, &text).await }
    };
    for path in ["", "/etc/passwd", "../x.md", "a\\b.md", "docs/con.md"] {
        assert!(matches!(make(DocumentKind::Decision, path, String::new()).await, Err(ServiceError::Invalid { .. })), "{path:?}");
    }
    assert!(matches!(make(DocumentKind::Diagram, "a.md", String::new()).await, Err(ServiceError::Invalid { .. })));
    assert!(matches!(make(DocumentKind::Decision, "a.md", "a\0".to_owned()).await, Err(ServiceError::Invalid { .. })));
    let long = "x".repeat(1024 * 1024 + 1);
    assert!(matches!(make(DocumentKind::Decision, "a.md", long).await, Err(ServiceError::TooLarge { .. })));
    let made = make(DocumentKind::Decision, "a.md", "\u{feff}# A\r\nb\r\n".to_owned()).await.unwrap();
    assert_eq!(made.text, "# A\nb\n");
    assert!(matches!(make(DocumentKind::Decision, "a.md", String::new()).await, Err(ServiceError::Conflict { .. })));
}
