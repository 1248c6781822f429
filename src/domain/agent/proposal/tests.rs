//! Suggestions on a small shop: what they make of text and model, what they may not, and how they follow edits.

use super::{
    Step::{AddElement, AddRelation, Describe, Move, Plan, RemoveElement, RemoveRelation, Rename, SetTechnology},
    *,
};
use crate::domain::{
    agent::snapshot::tests::{TODAY, document},
    decision,
    syntax::apply,
};

const SHOP: &str = "workspace {
    model {
        shop = softwareSystem \"Shop\" {
            api = container \"API\" \"Takes orders\" \"Go\"
            group \"Core\" {
                orders = container \"Orders\" \"\" \"Go\"
            }
            db = container \"DB\" \"\" \"PostgreSQL\"
        }
        api -> orders \"Asks\" \"gRPC\" {
            properties {
                tls no
                timeout 2s
            }
        }
        orders -> db \"Writes\" \"SQL\"
    }
}
";
const RECORD: &str = "---\nstatus: proposed\ndate: 2026-01-02\n---\n\n# Use Kafka\n\n## Context and Problem Statement\n\nSee [the old one](0001-old.md) and\nthink. Think.\n\n## Decision Outcome\n\nChosen option: \"Kafka\", because it is there.\n";

fn base<'a>(path: &'a str, text: &'a str, sources: &'a Sources) -> Base<'a> {
    Base { path, text, sources, addresses: &[], today: TODAY }
}

fn there(key: &str) -> ElementRef {
    ElementRef::There(key.into())
}

fn suggestion(steps: Vec<Step>) -> Suggestion {
    Suggestion::Diagram { document: document(0), steps }
}

fn run(steps: Vec<Step>) -> Result<DryRun, Refused> {
    dry_run(&suggestion(steps), &base("shop.dsl", SHOP, &Sources::new()))
}

fn add(name: &str, place: Place) -> Step {
    AddElement {
        kind: Kind::Queue,
        name: name.to_owned(),
        place,
        technology: Some("NATS".to_owned()),
        description: Some("Waits".to_owned()),
    }
}

fn connect(source: ElementRef, target: ElementRef) -> Step {
    AddRelation { source, target, description: Some("Publishes".to_owned()), technology: None }
}

#[test]
fn steps_become_small_edits_and_ghosts() {
    let done = run(vec![
        add("Outbox", Place::Boundary("shop/core".into())),
        connect(there("shop.orders"), ElementRef::Added(0)),
        Plan { thing: Thing::Relation("shop.api->shop.orders".into()), fact: "tls".to_owned() },
        SetTechnology { thing: Thing::Element(there("shop.db")), technology: "PostgreSQL 17".to_owned() },
        Describe { thing: Thing::Element(there("shop.db")), description: "Keeps orders".to_owned() },
        Rename { thing: Thing::Element(ElementRef::Added(0)), name: "Order outbox".to_owned() },
    ])
    .unwrap();
    assert_eq!(apply(SHOP, &done.edits), done.text);
    for line in ["tls planned", "\"Order outbox\" \"Waits\" \"NATS\"", "\"DB\" \"Keeps orders\" \"PostgreSQL 17\"", "timeout 2s"] {
        assert!(done.text.contains(line), "{line}\n{}", done.text);
    }
    assert_eq!((done.change.elements_added.len(), done.change.relations_added.len()), (1, 1), "{:?}", done.change);
    assert_eq!(done.change.elements_removed, []);
    let changed: Vec<&str> = done.change.elements_changed.iter().map(|altered| altered.key.as_str()).collect();
    assert_eq!(changed, ["shop.db"]);
    assert!(!done.lines.is_empty() && done.lines.iter().flat_map(|hunk| &hunk.lines).count() < SHOP.lines().count() + 12);
}

#[test]
fn moves_and_removals_keep_their_names() {
    let done = run(vec![
        Move { element: there("shop.api"), place: Place::Boundary("shop/core".into()) },
        Plan { thing: Thing::Element(there("shop.api")), fact: "rate_limit".to_owned() },
        RemoveRelation { relation: "shop.api->shop.orders".into() },
        RemoveElement { element: there("shop.db") },
    ])
    .unwrap();
    assert_eq!(done.change.elements_removed, ["shop.db".into()]);
    assert_eq!(done.change.relations_removed.len(), 2);
    assert!(done.text.contains("rate_limit planned") && !done.text.contains("tls no"));
}

#[test]
fn nothing_is_asserted() {
    let plan = |fact: &str| run(vec![Plan { thing: Thing::Relation("shop.api->shop.orders".into()), fact: fact.to_owned() }]);
    assert!(plan("tls").is_ok() && plan("circuit_breaker").is_ok());
    assert_eq!(plan("timeout").unwrap_err().what, "timeout is 2s already");
    for fact in ["kind", "owner", "made_up", "", "tls yes\n"] {
        assert!(plan(fact).unwrap_err().what.contains("no fact that can be planned"), "{fact}");
    }
    for text in ["see https://evil.example/x", "a\nb", "<b>", "", "\u{200b}"] {
        let step = Describe { thing: Thing::Element(there("shop.db")), description: text.to_owned() };
        assert!(run(vec![step]).is_err(), "{text:?}");
    }
    // Quotes and braces stay words.
    let sly = "x\" { properties { tls yes } }";
    let done = run(vec![Describe { thing: Thing::Element(there("shop.db")), description: sly.to_owned() }]);
    if let Ok(done) = done {
        assert_eq!(done.change.elements_changed[0].what, ["description"]);
    }
}

#[test]
fn steps_that_mean_nothing_say_which_and_why() {
    assert_eq!(run(vec![]).unwrap_err().what, "it has 0 steps");
    assert_eq!(run(vec![add("X", Place::Top); 41]).unwrap_err().what, "it has 41 steps");
    let refused = run(vec![add("X", Place::Element(there("shop"))), connect(ElementRef::Added(1), there("shop.db"))]).unwrap_err();
    assert_eq!((refused.step, refused.to_string().starts_with("step 2: step 2 adds no element")), (Some(2), true), "{refused}");
    assert!(run(vec![RemoveElement { element: there("nobody") }]).unwrap_err().what.contains("nobody is not in the text"));
    let same = Describe { thing: Thing::Element(there("shop.api")), description: "Takes orders".to_owned() };
    assert_eq!(run(vec![same]).unwrap_err().what, "the text says all of it already");
    let sources = Sources::new();
    assert!(dry_run(&suggestion(vec![add("X", Place::Top)]), &base("x.md", "# x", &sources)).is_err());
}

#[test]
fn suggestions_follow_edits_elsewhere_and_stop_at_edits_here() {
    let sources = Sources::new();
    let wanted = suggestion(vec![
        Plan { thing: Thing::Relation("shop.api->shop.orders".into()), fact: "tls".to_owned() },
        RemoveElement { element: there("shop.db") },
    ]);
    let rebased = |text: &str| rebase(&wanted, SHOP, &base("shop.dsl", text, &sources));
    let elsewhere = SHOP.replace("\"Takes orders\"", "\"Takes and shows orders\"").replace("workspace {\n", "workspace \"S\" {\n\n");
    let done = rebased(&elsewhere).unwrap();
    assert!(done.text.contains("tls planned") && done.text.contains("shows orders") && !done.text.contains("db = "));
    let conflicts = rebased(&SHOP.replace("tls no", "tls yes")).unwrap_err();
    assert_eq!(
        conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["step 1: the relation shop.api->shop.orders has changed since: tls. Look at it again, or ask for a new review."]
    );
    let conflicts = rebased(&SHOP.replace("orders -> db", "api -> db \"Reads\"\n        orders -> db")).unwrap_err();
    assert!(conflicts[0].what.contains("was added to what goes"), "{conflicts:?}");
    assert!(rebased("workspace {\n}\n").unwrap_err().iter().any(|refused| refused.what.contains("is gone")));
}

#[test]
fn a_flowchart_takes_the_same_steps() {
    let sources = Sources::new();
    let text = "flowchart LR\n    a[Web] --> b[API]\n";
    let wanted = suggestion(vec![add("Queue", Place::Top), connect(there("b"), ElementRef::Added(0))]);
    let done = dry_run(&wanted, &base("a.mmd", text, &sources)).unwrap();
    assert_eq!((done.change.elements_added.len(), done.change.relations_added.len()), (1, 1), "{}", done.text);
}

fn replace(quote: &str, replacement: &str) -> Result<DryRun, Refused> {
    let edits = vec![Replacement { quote: quote.to_owned(), replacement: replacement.to_owned() }];
    dry_run(&Suggestion::Decision { document: document(1), edits }, &base("docs/adr/0002-x.md", RECORD, &Sources::new()))
}

#[test]
fn words_of_a_decision_are_replaced_by_quote() {
    let done = replace("because it is there.", "because three teams run it.").unwrap();
    assert_eq!((done.edits.len(), apply(RECORD, &done.edits) == done.text), (1, true));
    assert!(replace("and think.", "and think twice.").is_ok(), "a line end is a blank");
    assert!(replace("[the old one](0001-old.md)", "[the first one](0001-old.md)").is_ok(), "a link that was there may stay");
    for (quote, replacement, said) in [
        ("", "x", "empty"),
        ("hink", "x", "2 places"),
        ("nowhere", "x", "does not hold"),
        ("think", "[x](https://evil.example)", "a link"),
        ("[the old one](0001-old.md)", "[the old one](0002-other.md)", "a link"),
        ("think", "<script>", "HTML"),
        ("status: proposed", "status: accepted", "status"),
        ("think.", "think.\n\nStatus: accepted", ""),
        ("it is there", "it is there", "changes nothing"),
    ] {
        match replace(quote, replacement) {
            Err(refused) => assert!(refused.what.contains(said), "{quote:?} → {replacement:?}: {refused}"),
            Ok(done) => {
                assert!(said.is_empty(), "{quote:?} → {replacement:?}");
                assert_eq!(decision::parse("x.md", &done.text).known_status(), Some(decision::status::Status::Proposed));
            }
        }
    }
}

#[test]
fn a_new_decision_is_proposed() {
    let write = |title: &str, body: &str| {
        let new = Suggestion::NewDecision { title: title.to_owned(), body: body.to_owned() };
        dry_run(&new, &base("docs/adr/0009-x.md", "", &Sources::new()))
    };
    let done = write(
        "Put an outbox before Kafka",
        "## Context and Problem Statement\n\n[[Orders]] loses events.\n\n## Considered Options\n\n* Outbox\n* CDC",
    )
    .unwrap();
    let record = decision::parse("docs/adr/0009-x.md", &done.text);
    assert_eq!(
        (record.title.as_str(), record.options.len(), record.diagnostics.len()),
        ("Put an outbox before Kafka", 2, 0),
        "{}",
        done.text
    );
    assert_eq!(record.known_status(), Some(decision::status::Status::Proposed));
    assert_eq!(record.placeholders, []);
    assert!(done.text.starts_with("---\nstatus: proposed\ndate: 2026-11-21\n---\n\n# Put an outbox"), "{}", done.text);
    for (title, body) in [("", "x"), ("x", ""), ("x\ny", "z"), ("x", "![i](https://e.example)"), ("x", "<b>y</b>"), ("[x](y)", "z")] {
        assert!(write(title, body).is_err(), "{title:?} {body:?}");
    }
    for sly in ["---\nstatus: accepted\n---\n", "## Status\n\nAccepted", "Status: accepted\n\nx"] {
        if let Ok(done) = write("T", sly) {
            assert_eq!(decision::parse("x.md", &done.text).known_status(), Some(decision::status::Status::Proposed), "{sly}");
        }
    }
}
