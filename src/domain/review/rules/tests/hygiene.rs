//! Open questions, and suppressions: what they hide, what they do not, and when they are told of.

use crate::domain::review::{
    Profile,
    engine::{Design, Diagram, Outcome, Settings, review},
    finding::Severity,
    rules::tests::{
        SETTINGS,
        boundaries::{found, severities},
        decoys::{props, service, workspace},
        document, parse, review_dsl,
    },
};

#[test]
fn questions_are_asked_once_and_answers_end_them() {
    let answered = "owner one; replicas 2; healthcheck yes; metrics yes; logs central";
    for (facts, expected) in [
        ("tier 2", vec![Severity::Low]),
        (answered, vec![]),
        ("tier 3", vec![]),
        ("env development", vec![]),
        ("lifecycle planned", vec![]),
        ("owner one; metrics \"n/a (batch)\"; logs central", vec![]),
        ("managed yes; owner one", vec![]),
    ] {
        assert_eq!(severities("M003", &service("a", facts)), expected, "{facts}");
    }
    assert_eq!(severities("M003", &service("a", &format!("{answered}; tier 1"))), [Severity::Low], "tier 1 is asked more");
    let many: String = (0..9).map(|n| service(&format!("s{n}"), "tier 2")).collect();
    let findings = found("M003", &many);
    assert_eq!(
        findings.iter().map(|finding| finding.title.as_str()).collect::<Vec<_>>(),
        ["Nine elements leave facts open that production depends on"]
    );
}

#[test]
fn a_container_with_components_is_looked_at_like_any_other() {
    let body = |technology: &str, protocol: &str| {
        format!(
            "app = container \"App\" \"Does all the work\" \"{technology}\" {{\npart = component \"Part\" \"Does a part of it\" \"Django app\"\n}}\n\
             db = container \"DB\" \"Keeps all the data\" \"PostgreSQL\"\napp -> db \"Writes\" \"{protocol}\"\n"
        )
    };
    assert_eq!(severities("M002", &body("Django", "SQL")), []);
    assert_eq!(severities("M002", &body("", "SQL")), [Severity::Low]);
    assert_eq!(severities("M002", &body("Django", "")), [Severity::Low]);
}

#[test]
fn a_payment_that_is_captured_is_no_change_data_capture() {
    let body =
        |verb: &str| format!("{}db = container \"DB\" \"Bookings\" \"PostgreSQL\"\ndb -> a \"{verb}\" \"SQL\"\n", service("a", "tier 2"));
    assert_eq!(severities("M005", &body("Captures of the day")), [Severity::Low]);
    assert_eq!(severities("M005", &body("Captures changes of rows")), []);
}

#[test]
fn a_sketch_is_asked_nothing() {
    let text = workspace(&service("a", "tier 1"));
    let parsed = parse(&text);
    let design = || Design {
        diagrams: vec![Diagram { document: document(0), path: "workspace.dsl", text: &text, parsed: &parsed }],
        decisions: Vec::new(),
    };
    let asked = |profile| {
        let outcome = review(&design(), &Settings { profile, ..SETTINGS });
        outcome.findings.iter().filter(|finding| finding.code == "LNT-M003").count()
    };
    assert_eq!((asked(Profile::Sketch), asked(Profile::Default), asked(Profile::Production)), (0, 0, 1));
}

fn ignore(value: &str) -> String {
    props(&format!("lintel.ignore \"{value}\""))
}

/// A store that two contexts write, with properties for the store, the second relation and the whole workspace.
fn shared(store: &str, link: &str, whole: &str) -> Outcome {
    let body = format!(
        "{}{}db = container \"DB\" \"Keeps everything\" \"PostgreSQL\" {store}\na -> db \"Writes\" \"SQL\"\nb -> db \"Writes\" \"SQL\" {link}",
        service("a", "context one"),
        service("b", "context two")
    );
    let text = workspace(&body).replacen("model {\n", &format!("{whole}\nmodel {{\n"), 1);
    let outcome = review_dsl(&text);
    assert!(outcome.completeness.broken.is_empty(), "{:?}\n{text}", outcome.completeness.broken);
    outcome
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.findings.iter().map(|finding| finding.code.as_str()).filter(|code| matches!(*code, "LNT-B001" | "LNT-M006")).collect()
}

#[test]
fn suppressions_hide_what_they_name_and_keep_it() {
    let none = String::new();
    let reason = "the services are being merged";
    for (store, link, whole) in [
        (ignore(&format!("LNT-B001: {reason}")), none.clone(), none.clone()),
        (ignore(&format!("b001: {reason} until 2026-11-21")), none.clone(), none.clone()),
        (ignore(&format!("LNT-X001, LNT-B*: {reason} until 2027-05-01")), none.clone(), none.clone()),
        (none.clone(), ignore(&format!("LNT-B001: {reason}")), none.clone()),
        (none.clone(), none.clone(), ignore(&format!("LNT-B001: {reason}")).trim_matches(['{', '}']).to_owned()),
    ] {
        let outcome = shared(&store, &link, &whole);
        assert!(codes(&outcome).is_empty(), "{store} {link} {whole}: {:#?}", outcome.findings);
        let kept: Vec<_> = outcome.suppressed.iter().map(|one| (one.finding.code.as_str(), one.reason.as_str())).collect();
        assert_eq!(kept, [("LNT-B001", reason)]);
    }
}

#[test]
fn suppressions_that_do_not_count_are_told_and_hide_nothing() {
    for (value, why) in [
        ("LNT-B001: soon", "it gives no reason"),
        ("LNT-B001", "it gives no reason"),
        ("LNT-Z999: we know what we are doing", "it names no rule"),
        ("LNT-B001: we know what we are doing until 2027-13-01", "its last day is no date"),
        ("LNT-B001: we know what we are doing until 2026-11-20", "ended on 2026-11-20"),
        ("LNT-D001: we know what we are doing", "matches nothing"),
    ] {
        let outcome = shared(&ignore(value), "", "");
        assert_eq!(codes(&outcome), ["LNT-B001", "LNT-M006"], "{value}");
        assert!(outcome.suppressed.is_empty(), "{value}");
        let told = outcome.findings.iter().find(|finding| finding.code == "LNT-M006").unwrap();
        assert!(told.title.contains(why), "{value}: {}", told.title);
        let marked = told.evidence.iter().any(|evidence| evidence.quote.iter().any(|line| line.contains("lintel.ignore")));
        assert!(marked && told.severity == Severity::Low, "{told:#?}");
    }
}

#[test]
fn a_rule_that_did_not_run_leaves_its_suppression_alone() {
    // Retries are looked at from stage proposed on.
    let outcome = shared(&ignore("LNT-R004: the partner asks for it"), "", "");
    assert_eq!(codes(&outcome), ["LNT-B001"]);
}

#[test]
fn one_member_does_not_hide_the_others() {
    let body = |first: &str, second: &str| {
        let link = |more: &str| format!("{{\nproperties {{\ntls no\n{more}\n}}\n}}");
        format!(
            "{}{}{}a -> b \"Asks\" \"HTTP\" {}\na -> c \"Asks\" \"HTTP\" {}",
            service("a", "zone app"),
            service("b", "zone app"),
            service("c", "zone app"),
            link(first),
            link(second)
        )
    };
    let value = "lintel.ignore \"LNT-X004: inside one rack until 2027-01-01\"";
    let run = |first: &str, second: &str| {
        let outcome = review_dsl(&workspace(&body(first, second)));
        let number = |code: &str| outcome.findings.iter().filter(|finding| finding.code == code).count();
        (number("LNT-X004"), number("LNT-M006"), outcome.suppressed.len())
    };
    assert_eq!(run("", ""), (1, 0, 0));
    assert_eq!(run(value, ""), (1, 0, 0), "used, but the other link keeps it open");
}

#[test]
fn what_is_suppressed_is_told_with_its_reason() {
    let outcome = shared(&ignore("LNT-B001: moves to two stores until 2027-01-01"), "", "");
    let [quiet] = outcome.completeness.suppressed.as_slice() else { panic!("{:?}", outcome.completeness.suppressed) };
    assert_eq!((quiet.code.as_str(), quiet.until.as_deref()), ("LNT-B001", Some("2027-01-01")));
    assert!(quiet.reason.contains("moves to two stores") && quiet.title.contains("DB"), "{quiet:?}");
}
