//! Decisions as a log: numbers under pressure, the status workflow across records, links, sign-off, locks, renumbering, and
//! the form, through the services and pages that people use.

use std::collections::BTreeSet;

use crate::{
    api::decisions::{Choice, Wish},
    domain::{
        account::Role,
        decision::{self, LinkKind, edit::form::Part, status::Status, template::Template},
        id::DocumentId,
        project::{Document, DocumentKind},
    },
    server::{
        error::ServiceError,
        service::{
            self,
            access::Actor,
            decisions::{self, create, create::Beginning, parts},
        },
    },
    tests::{
        harness::TestApp,
        upload::{MULTIPART, multipart},
    },
};

struct Log {
    app: TestApp,
    ada: Actor,
}

impl Log {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        app.project(&ada, "Shop").await;
        Self { app, ada }
    }

    async fn make(&self, title: &str, template: Template) -> Document {
        create::create(&self.app.state, &self.ada, "shop", &Beginning::new(title, template)).await.unwrap()
    }

    async fn set(&self, id: DocumentId, status: Status) -> Result<(), String> {
        self.set_with(&self.ada, id, Wish { status, reason: None, despite_objections: false }).await
    }

    async fn set_with(&self, actor: &Actor, id: DocumentId, wish: Wish) -> Result<(), String> {
        decisions::set_status(&self.app.state, actor, id, &wish).await.map(drop).map_err(|error| error.to_string())
    }

    async fn text(&self, id: DocumentId) -> String {
        self.app.state.rooms.text(id).await.unwrap().0
    }

    async fn status(&self, id: DocumentId) -> Option<Status> {
        decision::parse("", &self.text(id).await).known_status()
    }

    async fn turns(&self, id: DocumentId) -> Vec<(String, Option<Status>, Status, String)> {
        let turns = decisions::standing(&self.app.state, &self.ada, id).await.unwrap().turns;
        turns.into_iter().map(|turn| (turn.who, turn.before, turn.after, turn.reason)).collect()
    }

    async fn edit(&self, id: DocumentId, part: Part, value: &str) -> Result<(), ServiceError> {
        let revision = self.app.state.rooms.text(id).await.unwrap().1;
        parts::edit(&self.app.state, &self.ada, id, revision, &part, value).await
    }
}

#[tokio::test]
async fn no_number_is_given_twice_however_many_people_create_at_once() {
    let log = Log::new().await;
    let grace = log.app.member(&log.ada, "shop", "Grace", Role::Editor).await;
    let mut numbers = BTreeSet::new();
    for round in 0..200 {
        let title = format!("Round {round}");
        let beginning = Beginning::new(&title, [Template::Nygard, Template::Madr4Minimal][round % 2]);
        let (first, second) = tokio::join!(
            create::create(&log.app.state, &log.ada, "shop", &beginning),
            create::create(&log.app.state, &grace, "shop", &beginning)
        );
        for made in [first.unwrap(), second.unwrap()] {
            assert!(numbers.insert(decision::log::number_of(&made.path).unwrap()), "{}", made.path);
        }
    }
    assert_eq!(numbers, (1..=400).collect());
}

#[tokio::test]
async fn a_successor_takes_effect_when_it_is_accepted_and_both_records_say_so() {
    let log = Log::new().await;
    let old = log.make("Use NATS", Template::Nygard).await;
    log.set(old.id, Status::Accepted).await.unwrap();
    let beginning = Beginning { supersedes: Some(old.id), ..Beginning::new("Use Kafka", Template::Madr4) };
    let new = create::create(&log.app.state, &log.ada, "shop", &beginning).await.unwrap();
    let before = log.text(old.id).await;
    assert_eq!(log.status(old.id).await, Some(Status::Accepted), "a proposal changes nothing");
    assert!(log.text(new.id).await.contains("Supersedes [ADR-0001: Use NATS](0001-use-nats.md)"), "{}", log.text(new.id).await);
    let refused = log.set(old.id, Status::Superseded).await.unwrap_err();
    assert!(refused.contains("successor is proposed"), "{refused}");

    log.set(new.id, Status::Accepted).await.unwrap();
    let after = log.text(old.id).await;
    assert_eq!(after, before.replace("Accepted", "Superseded by [2. Use Kafka](0002-use-kafka.md)"));
    assert_eq!(log.status(new.id).await, Some(Status::Accepted));
    let expected = [
        ("Ada Lovelace".to_owned(), None, Status::Proposed, String::new()),
        ("Ada Lovelace".to_owned(), Some(Status::Proposed), Status::Accepted, String::new()),
        ("Ada Lovelace".to_owned(), Some(Status::Accepted), Status::Superseded, String::new()),
    ];
    assert_eq!(log.turns(old.id).await, expected);
    let refused = log.set(old.id, Status::Accepted).await.unwrap_err();
    assert!(refused.contains("Its successor holds"), "{refused}");
    let refused = decisions::unlink(&log.app.state, &log.ada, new.id, LinkKind::Supersedes, old.id).await.unwrap_err().to_string();
    assert!(refused.contains("taken its place"), "{refused}");
}

#[tokio::test]
async fn statuses_go_their_ways_and_say_why() {
    let log = Log::new().await;
    let made = log.make("Use NATS", Template::Madr4Minimal).await;
    for (to, why) in [(Status::Deprecated, "Give a reason"), (Status::Superseded, "never in force")] {
        let refused = log.set(made.id, to).await.unwrap_err();
        assert!(refused.contains(why), "{to:?}: {refused}");
    }
    log.set(made.id, Status::Rejected).await.unwrap();
    assert!(log.set(made.id, Status::Accepted).await.unwrap_err().contains("Propose it again"));
    let refused = log.edit(made.id, Part::Title, "Use Kafka").await.unwrap_err().to_string();
    assert!(refused.contains("was rejected"), "{refused}");
    log.set(made.id, Status::Proposed).await.unwrap();
    log.edit(made.id, Part::Title, "Use Kafka").await.unwrap();
    log.set(made.id, Status::Accepted).await.unwrap();
    let refused = log.edit(made.id, Part::Title, "Use NATS").await.unwrap_err().to_string();
    assert!(refused.contains("was accepted") && refused.contains("supersedes it"), "{refused}");
    let wish = Wish { status: Status::Deprecated, reason: Some("The vendor\nis gone.".to_owned()), despite_objections: false };
    log.set_with(&log.ada, made.id, wish).await.unwrap();
    assert!(log.text(made.id).await.contains("status-reason: The vendor is gone.\n"), "{}", log.text(made.id).await);
    assert_eq!(log.turns(made.id).await.last().unwrap().3, "The vendor is gone.");
    log.set(made.id, Status::Accepted).await.unwrap();
    assert!(!log.text(made.id).await.contains("status-reason"), "revived");
}

#[tokio::test]
async fn links_are_written_at_both_ends_and_taken_away_again() {
    let log = Log::new().await;
    let (first, second) = (log.make("Use NATS", Template::Nygard).await, log.make("Run three nodes", Template::Madr4).await);
    let before = (log.text(first.id).await, log.text(second.id).await);
    decisions::link(&log.app.state, &log.ada, second.id, LinkKind::Amends, first.id).await.unwrap();
    assert!(log.text(second.id).await.contains("* Amends [ADR-0001: Use NATS](0001-use-nats.md)\n"));
    assert!(log.text(first.id).await.contains("Amended by [2. Run three nodes](0002-run-three-nodes.md)\n"));
    let circle = decisions::link(&log.app.state, &log.ada, first.id, LinkKind::Amends, second.id).await.unwrap_err().to_string();
    assert!(circle.contains("circle"), "{circle}");
    let itself = decisions::link(&log.app.state, &log.ada, first.id, LinkKind::RelatesTo, first.id).await.unwrap_err().to_string();
    assert!(itself.contains("itself"), "{itself}");
    decisions::unlink(&log.app.state, &log.ada, second.id, LinkKind::Amends, first.id).await.unwrap();
    assert_eq!((log.text(first.id).await, log.text(second.id).await), before);
    let viewer = log.app.member(&log.ada, "shop", "Vi", Role::Viewer).await;
    let denied = decisions::link(&log.app.state, &viewer, first.id, LinkKind::Amends, second.id).await;
    assert!(matches!(denied, Err(ServiceError::Forbidden { .. })));
    // A decision of another project can't be linked.
    log.app.project(&log.ada, "Other").await;
    let foreign = create::create(&log.app.state, &log.ada, "other", &Beginning::new("Far", Template::Nygard)).await.unwrap();
    let missing = decisions::link(&log.app.state, &log.ada, first.id, LinkKind::Amends, foreign.id).await;
    assert!(matches!(missing, Err(ServiceError::NotFound { .. })));
}

#[tokio::test]
async fn those_who_decide_sign_off_by_name_and_objections_are_heard() {
    let log = Log::new().await;
    let made = log.make("Use NATS", Template::Madr4).await;
    let grace = log.app.member(&log.ada, "shop", "Grace", Role::Commenter).await;
    let sign = |actor: Actor, agrees: bool, note: &'static str| {
        let app = &log.app.state;
        async move { decisions::sign_off(app, &actor, made.id, agrees, note).await }
    };
    let denied = sign(grace.clone(), true, "").await.unwrap_err().to_string();
    assert!(denied.contains("does not name Grace"), "{denied}");
    log.edit(made.id, Part::Makers, "Ada Lovelace, Grace, Somebody Else").await.unwrap();
    assert!(matches!(sign(grace.clone(), false, " ").await, Err(ServiceError::Invalid { .. })));
    sign(grace.clone(), false, "It is not measured.").await.unwrap();
    sign(log.ada.clone(), true, "").await.unwrap();
    let said = |standing: crate::api::decisions::Standing| -> Vec<(String, Option<bool>, bool)> {
        standing.voices.into_iter().map(|voice| (voice.name, voice.said.map(|said| said.agrees), voice.own)).collect()
    };
    let standing = said(decisions::standing(&log.app.state, &log.ada, made.id).await.unwrap());
    let expected = [("Ada Lovelace", Some(true), true), ("Grace", Some(false), false), ("Somebody Else", None, false)];
    assert_eq!(standing, expected.map(|(name, said, own)| (name.to_owned(), said, own)));
    let refused = log.set(made.id, Status::Accepted).await.unwrap_err();
    assert!(refused.contains("Grace objected"), "{refused}");
    let wish = Wish { status: Status::Accepted, reason: None, despite_objections: true };
    log.set_with(&log.ada, made.id, wish).await.unwrap();
    decisions::withdraw(&log.app.state, &grace, made.id).await.unwrap();
    let standing = said(decisions::standing(&log.app.state, &grace, made.id).await.unwrap());
    assert_eq!(standing.get(1).unwrap(), &("Grace".to_owned(), None, true));
}

#[tokio::test]
async fn numbers_change_with_every_link_after_a_preview() {
    let log = Log::new().await;
    let (first, second) = (log.make("Use NATS", Template::Nygard).await, log.make("Run three nodes", Template::Nygard).await);
    decisions::link(&log.app.state, &log.ada, second.id, LinkKind::DependsOn, first.id).await.unwrap();
    let token = log.app.token(&log.ada.person).await;
    let index = b"# Decisions\n\n* [1. Use NATS](0001-use-nats.md)\n";
    let import = log.app.post("/api/v1/projects/shop/import").bearer(&token).header("content-type", MULTIPART);
    let imported = import.body(multipart(&[("docs/adr/README.md", index)])).await;
    assert!(imported.status.is_success(), "{}", imported.text());

    let preview = decisions::renumbering(&log.app.state, &log.ada, first.id, 12).await.unwrap();
    let lines: BTreeSet<&str> = preview.preview.iter().map(|line| line.path.as_str()).collect();
    assert!(lines.contains("docs/adr/0001-use-nats.md") && lines.contains("docs/adr/0002-run-three-nodes.md"), "{preview:?}");
    assert!(log.text(second.id).await.contains("0001-use-nats.md"), "a preview changes nothing");
    let taken = decisions::renumber(&log.app.state, &log.ada, first.id, 2).await.unwrap_err().to_string();
    assert!(taken.contains("has number 2 already"), "{taken}");

    decisions::renumber(&log.app.state, &log.ada, first.id, 12).await.unwrap();
    let paths: Vec<String> =
        service::documents::list(&log.app.state, &log.ada, "shop").await.unwrap().into_iter().map(|document| document.path).collect();
    assert_eq!(paths, ["docs/adr/0002-run-three-nodes.md", "docs/adr/0012-use-nats.md"]);
    assert!(log.text(first.id).await.starts_with("# 12. Use NATS"));
    assert!(log.text(second.id).await.contains("Depends on [12. Use NATS](0012-use-nats.md)"), "{}", log.text(second.id).await);
    let export = crate::tests::upload::unzip(&log.app.get("/api/v1/projects/shop/export").bearer(&token).send().await.bytes);
    let index = String::from_utf8(export["docs/adr/README.md"].clone()).unwrap();
    assert!(index.contains("[12. Use NATS](0012-use-nats.md)"), "{index}");
    assert_eq!(log.make("Next", Template::Nygard).await.path, "docs/adr/0013-next.md", "it is not given again");
}

#[tokio::test]
async fn a_projects_own_template_is_filled_in() {
    let log = Log::new().await;
    let token = log.app.token(&log.ada.person).await;
    let own = b"# NUMBER. TITLE\n\n## Status\n\nSTATUS\n\n## Why\n\n## What\n";
    let import = log.app.post("/api/v1/projects/shop/import").bearer(&token).header("content-type", MULTIPART);
    import.body(multipart(&[("docs/adr/template.md", own)])).await;
    let offer = create::beginnings(&log.app.state, &log.ada, "shop").await.unwrap();
    assert_eq!(offer.own.as_deref(), Some("docs/adr/template.md"));
    let beginning = Beginning { choice: Some(Choice::Own), ..Beginning::new("Use NATS", Template::Madr4) };
    let made = create::create(&log.app.state, &log.ada, "shop", &beginning).await.unwrap();
    assert!(log.text(made.id).await.starts_with("# 1. Use NATS\n\n"), "{}", log.text(made.id).await);
    assert!(log.text(made.id).await.contains("## Status\n\nProposed\n\n## Why\n"), "{}", log.text(made.id).await);
}

#[tokio::test]
async fn the_form_changes_its_part_and_merges_with_what_others_typed() {
    let log = Log::new().await;
    let made = log.make("Use NATS", Template::Nygard).await;
    let (before, revision) = log.app.state.rooms.text(made.id).await.unwrap();
    let context = Part::Section("Context".to_owned());
    // Somebody changes another part after the page with the form was made.
    log.edit(made.id, Part::Section("Consequences".to_owned()), "More to run.").await.unwrap();
    parts::edit(&log.app.state, &log.ada, made.id, revision, &context, "Services need events.").await.unwrap();
    let after = log.text(made.id).await;
    assert!(after.contains("## Context\n\nServices need events.\n\n## Decision"), "{after}");
    assert!(after.contains("## Consequences\n\nMore to run.\n"), "{after}");
    assert!(before.contains("{what is the situation"), "{before}");

    let cookie = log.app.sign_in("ada@example.com").await;
    let page = log.app.get(&format!("/p/shop/decisions/{}?mode=form", made.id)).cookie(&cookie).send().await.text();
    for part in ["/fn/edit_part", "section/Context", "Services need events.", "Decision makers", "It does not say yet"] {
        assert!(page.contains(part), "{part} is missing");
    }
    let revision = log.app.state.rooms.text(made.id).await.unwrap().1.to_string();
    let id = made.id.to_string();
    let fields = [
        ("document", id.as_str()),
        ("base_revision", &revision),
        ("part", "section/Decision"),
        ("value", "We use NATS.\r\n\r\nIt is small."),
    ];
    let posted = log
        .app
        .post("/fn/edit_part")
        .cookie(&cookie)
        .header("origin", "http://127.0.0.1:3000")
        .header("accept", "text/html")
        .form(&fields)
        .await;
    assert!(posted.status.is_redirection(), "{} {}", posted.status, posted.text());
    assert!(
        log.text(made.id).await.contains("## Decision\n\nWe use NATS.\n\nIt is small.\n\n## Consequences"),
        "{}",
        log.text(made.id).await
    );
}

#[tokio::test]
async fn a_status_that_is_typed_is_recorded_too() {
    let log = Log::new().await;
    let made = log.make("Use NATS", Template::Nygard).await;
    let (text, revision) = log.app.state.rooms.text(made.id).await.unwrap();
    service::documents::put_text(&log.app.state, &log.ada, made.id, &text.replace("Proposed", "Draft"), revision).await.unwrap();
    log.app.state.rooms.shutdown().await;
    let turns = log.app.state.store.turns(made.id).await.unwrap();
    let last = turns.last().unwrap();
    assert_eq!((last.who.as_str(), last.before, last.after), ("Ada Lovelace", Some(Status::Proposed), Status::Draft));
}

#[tokio::test]
async fn the_page_asks_what_it_needs_without_javascript() {
    let log = Log::new().await;
    let made = log.make("Use NATS", Template::Madr4).await;
    let cookie = log.app.sign_in("ada@example.com").await;
    let here = format!("/p/shop/decisions/{}", made.id);
    let page = |query: &'static str| {
        let (app, here, cookie) = (&log.app, &here, &cookie);
        async move { app.get(&format!("{here}{query}")).cookie(cookie).send().await.text() }
    };
    let plain = page("").await;
    for words in ["0 of 1 agreed", "How it came about", "A draft has been put", "/fn/sign_off", "?ask=link"] {
        assert_eq!(plain.contains(words), words != "A draft has been put", "{words}");
    }
    assert!(plain.contains("never in force"), "ways that are shut say why");
    for (query, words) in [
        ("?ask=link", "Relate a decision"),
        ("?ask=object", "What speaks against it"),
        ("?ask=erratum", "Mark an erratum"),
        ("?ask=deprecated", "Why it no longer holds"),
        ("?ask=accepted", "its text is locked"),
        ("?ask=number&to=40", "0040-use-nats.md"),
        ("?ask=number&to=1", "Its number is 1 already"),
    ] {
        let shown = page(query).await;
        assert!(shown.contains(words), "{query}");
        assert_eq!(crate::tests::pages::faults(&shown), Vec::<&str>::new(), "{query}");
    }
    log.set(made.id, Status::Accepted).await.unwrap();
    let locked = page("").await;
    for words in ["Its text is locked", "Supersede it", "Mark an erratum"] {
        assert!(locked.contains(words), "{words}");
    }
    let documents = service::documents::list(&log.app.state, &log.ada, "shop").await.unwrap();
    assert!(documents.iter().all(|document| document.kind == DocumentKind::Decision));
    let dialog = log.app.get(&format!("/p/shop/decisions?new=decision&supersedes={}", made.id)).cookie(&cookie).send().await.text();
    assert!(dialog.contains("ADR-0001 Use NATS") && dialog.contains("that supersedes one"), "{dialog}");
}
