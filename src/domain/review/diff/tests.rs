//! The state machine of findings across reviews.

use uuid::Uuid;

use super::*;
use crate::domain::{
    diagnostic::{Diagnostic, Span},
    model::{ElementKey, RelationKey},
    review::{
        engine::Diagram,
        finding::{AgentSource, Basis, CERTAIN, Category, Evidence, FindingKind, Fingerprint, Grounding, Severity, Source},
        suppression::Suppressed,
    },
    syntax::Parsed,
};

const CODE: &str = "LNT-B001";

fn document(number: u128) -> DocumentId {
    DocumentId::from_uuid(Uuid::from_u128(number))
}

fn finding(key: &str, name: &str, elements: &[&str], path: bool) -> Finding {
    let document = document(1);
    let mut anchors: Vec<Anchor> = Vec::new();
    if path {
        anchors.push(Anchor::Path { document, relations: elements.iter().map(|element| RelationKey::from(*element)).collect() });
    }
    anchors.extend(elements.iter().map(|element| Anchor::Element { document, element: ElementKey::from(*element) }));
    Finding {
        code: CODE.to_owned(),
        rule: "shared-database".to_owned(),
        source: Source::Rule,
        confidence: CERTAIN,
        basis: Basis::Deterministic,
        grounding: Grounding::Verified,
        patterns: Vec::new(),
        relates_to: Vec::new(),
        tradeoff: String::new(),
        fingerprint: Fingerprint(key.to_owned()),
        names_fingerprint: Fingerprint(name.to_owned()),
        moved_fingerprint: None,
        shape_fingerprint: None,
        kind: FindingKind::Risk,
        category: Category::Boundaries,
        severity: Severity::High,
        base_severity: Severity::High,
        severity_reasons: Vec::new(),
        title: "t".to_owned(),
        message: String::new(),
        why: String::new(),
        remedy: String::new(),
        anchors,
        subjects: Vec::new(),
        evidence: Vec::new(),
        assumptions: Vec::new(),
    }
}

fn known(finding: Finding, state: FindingState) -> Known {
    Known { id: FindingId::from_uuid(Uuid::from_u128(7)), finding, state, first_seen: 3 }
}

fn model(elements: &[&str]) -> Parsed {
    let text: Vec<String> = elements.iter().map(|element| format!("{element} = softwareSystem \"{element}\"")).collect();
    crate::domain::syntax::parse(
        crate::domain::syntax::Language::Structurizr,
        "w.dsl",
        &format!("workspace {{\nmodel {{\n{}\n}}\n}}", text.join("\n")),
        &crate::domain::syntax::Sources::new(),
    )
}

/// Compares one known finding with what is found now in a diagram with these elements.
fn compare_one(
    known: Known,
    found: Vec<Finding>,
    elements: &[&str],
    evaluated: bool,
    broken: bool,
) -> Option<(Option<FindingId>, FindingState, Change)> {
    let mut parsed = model(elements);
    if broken {
        parsed.diagnostics.push(Diagnostic {
            level: Level::Error,
            code: "x".to_owned(),
            span: Span::default(),
            what: String::new(),
            why: String::new(),
            help: String::new(),
            file: None,
        });
    }
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let evaluated = evaluated.then(|| (CODE.to_owned(), document(1))).into_iter().collect();
    let outcome = Outcome { findings: found, evaluated, ..Outcome::default() };
    let compared = compare(&[known], &outcome, &design);
    assert!(compared.len() <= 1, "{compared:?}");
    compared.into_iter().next().map(|compared| (compared.existing, compared.state, compared.change))
}

#[test]
fn found_again() {
    use Change::{Regressed, Unchanged};
    use FindingState::{Accepted, FalsePositive, Fixed, Obsolete, Open, WontFix};
    for (before, after, change) in [
        (Open, Open, Unchanged),
        (Accepted, Accepted, Unchanged),
        (WontFix, WontFix, Unchanged),
        (FalsePositive, FalsePositive, Unchanged),
        (Fixed, Open, Regressed),
        (Obsolete, Open, Regressed),
    ] {
        let old = finding("a", "n", &["db"], false);
        let result = compare_one(known(old.clone(), before), vec![old], &["db"], true, false).unwrap();
        assert_eq!((result.1, result.2), (after, change), "{before:?}");
        assert!(result.0.is_some(), "the identity stays");
    }
}

#[test]
fn not_found_again() {
    use Change::{NotEvaluated, Obsolete};
    use FindingState::{Accepted, FalsePositive, Open, WontFix};
    let old = || finding("a", "n", &["db"], false);
    let run = |state, elements: &[&str], evaluated, broken| {
        compare_one(known(old(), state), Vec::new(), elements, evaluated, broken).map(|(_, state, change)| (state, change))
    };
    for state in [Open, Accepted, WontFix] {
        assert_eq!(run(state, &["db"], true, false), Some((FindingState::Fixed, Change::Fixed)));
        assert_eq!(run(state, &["other"], true, false), Some((FindingState::Obsolete, Obsolete)));
        assert_eq!(run(state, &["db"], false, false), Some((state, NotEvaluated)), "the rule did not run");
        assert_eq!(run(state, &["other"], true, true), Some((state, NotEvaluated)), "it may be hidden behind a broken statement");
        assert_eq!(run(state, &["db"], true, true), Some((FindingState::Fixed, Change::Fixed)), "an error elsewhere proves nothing");
    }
    assert_eq!(run(FindingState::Fixed, &["db"], true, false), None);
    assert_eq!(run(FindingState::Obsolete, &["db"], true, false), None);
    assert_eq!(run(FalsePositive, &["db"], true, false), None);
}

#[test]
fn what_changed_is_updated() {
    let old = finding("a", "n", &["db"], false);
    let mut severer = old.clone();
    severer.severity = Severity::Critical;
    assert_eq!(compare_one(known(old.clone(), FindingState::Open), vec![severer], &["db"], true, false).unwrap().2, Change::Updated);
    let quote = |line, text: &str| Evidence {
        document: document(1),
        path: "w.dsl".to_owned(),
        claim: String::new(),
        line,
        quote: vec!["before".to_owned(), text.to_owned()],
        marked: vec![line + 1],
    };
    let with = |evidence| Finding { evidence: vec![evidence], ..old.clone() };
    let compare = |left, right| compare_one(known(left, FindingState::Open), vec![right], &["db"], true, false).unwrap().2;
    assert_eq!(compare(with(quote(3, "a -> b")), with(quote(30, "  a  -> b"))), Change::Unchanged, "moved and indented");
    assert_eq!(compare(with(quote(3, "a -> b")), with(quote(3, "a -> c"))), Change::Updated);
}

#[test]
fn new_keys_match_by_names_and_only_when_unique() {
    let old = finding("a", "same", &["db"], false);
    let renamed = finding("b", "same", &["db2"], false);
    let result = compare_one(known(old.clone(), FindingState::Accepted), vec![renamed.clone()], &["db2"], true, false).unwrap();
    assert_eq!((result.0.is_some(), result.1, result.2), (true, FindingState::Accepted, Change::Updated));
    let twin = finding("c", "same", &["db3"], false);
    let parsed = model(&["db2", "db3"]);
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let outcome = Outcome { findings: vec![renamed, twin], evaluated: [(CODE.to_owned(), document(1))].into(), ..Outcome::default() };
    let compared = compare(&[known(old, FindingState::Open)], &outcome, &design);
    assert_eq!(compared.iter().map(|compared| compared.change).collect::<Vec<_>>(), [Change::New, Change::New, Change::Obsolete]);
}

#[test]
fn cycles_match_when_most_of_their_elements_do() {
    let old = finding("a", "x", &["a", "b", "c", "d"], true);
    let grown = finding("b", "y", &["a", "b", "c", "d", "e"], true);
    let result = compare_one(known(old.clone(), FindingState::WontFix), vec![grown], &["a"], true, false).unwrap();
    assert_eq!((result.0.is_some(), result.1, result.2), (true, FindingState::WontFix, Change::Updated));
    let other = finding("b", "y", &["a", "x", "y", "z"], true);
    let parsed = model(&["a", "b", "c", "d"]);
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let outcome = Outcome { findings: vec![other], evaluated: [(CODE.to_owned(), document(1))].into(), ..Outcome::default() };
    let changes: Vec<Change> =
        compare(&[known(old, FindingState::Open)], &outcome, &design).into_iter().map(|compared| compared.change).collect();
    assert_eq!(changes, [Change::New, Change::Fixed]);
}

#[test]
fn what_moved_or_was_drawn_anew_is_the_same_only_in_place_of_the_old() {
    let drawn = |key: &str, element: &str| Finding {
        moved_fingerprint: Some(Fingerprint("ledger".to_owned())),
        shape_fingerprint: Some(Fingerprint("a database".to_owned())),
        ..finding(key, key, &[element], false)
    };
    let old = drawn("a", "one.db");
    let run = |new: &Finding, elements: &[&str]| {
        compare_one(known(old.clone(), FindingState::Accepted), vec![new.clone()], elements, true, false)
            .map(|(id, state, _)| (id.is_some(), state))
    };
    let moved = drawn("b", "two");
    assert_eq!(run(&moved, &["two"]), Some((true, FindingState::Accepted)));
    let anew = Finding { moved_fingerprint: Some(Fingerprint("bookings".to_owned())), ..moved.clone() };
    assert_eq!(run(&anew, &["two"]), Some((true, FindingState::Accepted)));
    let nothing = Finding { shape_fingerprint: None, moved_fingerprint: None, ..moved.clone() };
    let parsed = model(&["two", "one"]);
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let changes = |known: &[Known], found: &[&Finding]| -> Vec<Change> {
        let findings = found.iter().map(|finding| (*finding).clone()).collect();
        let outcome = Outcome { findings, evaluated: [(CODE.to_owned(), document(1))].into(), ..Outcome::default() };
        compare(known, &outcome, &design).into_iter().map(|compared| compared.change).collect()
    };
    let there = |element: &str| known(drawn("a", element), FindingState::Open);
    assert_eq!(changes(&[there("one")], &[&moved]), [Change::New, Change::Fixed], "the old one is still there, and mended");
    assert_eq!(changes(&[there("gone")], &[&nothing]), [Change::New, Change::Obsolete], "findings of earlier versions have no such keys");
    let other = Known { id: FindingId::from_uuid(Uuid::from_u128(8)), ..known(finding("x", "x", &["two"], false), FindingState::Open) };
    let both = changes(&[there("gone"), other], &[&moved]);
    assert_eq!(both, [Change::New, Change::Obsolete, Change::Fixed], "the new one was there before");
}

#[test]
fn groups_match_when_most_of_their_members_do() {
    let group = |key: &str, elements: &[&str]| Finding { code: "LNT-X004".to_owned(), ..finding(key, key, elements, false) };
    let parsed = model(&["a", "b", "c", "d"]);
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let run = |new: Finding| {
        let outcome = Outcome { findings: vec![new], evaluated: [("LNT-X004".to_owned(), document(1))].into(), ..Outcome::default() };
        let compared = compare(&[known(group("a", &["a", "b", "c"]), FindingState::WontFix)], &outcome, &design);
        (compared[0].change, compared[0].matched_by)
    };
    assert_eq!(run(group("b", &["a", "b", "c", "d"])), (Change::Updated, Some(pairing::Match::Members)), "a zone has another name");
    assert_eq!(run(group("b", &["a", "d"])), (Change::New, None));
    let renamed = Finding { subjects: vec!["A".to_owned(), "B".to_owned()], ..group("b", &["x", "y"]) };
    assert_eq!(run(renamed).0, Change::New, "names that nobody knew");
}

#[test]
fn a_document_outside_the_review_concludes_nothing() {
    let mut old = finding("a", "n", &["db"], false);
    old.anchors = vec![Anchor::Element { document: document(2), element: ElementKey::from("db") }];
    let result = compare_one(known(old, FindingState::Open), Vec::new(), &["db"], true, false).unwrap();
    assert_eq!((result.1, result.2), (FindingState::Open, Change::NotEvaluated));
}

fn said_by_agent(key: &str, title: &str, elements: &[&str]) -> Finding {
    let source = Source::Agent(AgentSource { agent: "a".to_owned(), topic: "reliability.retries".to_owned(), ..AgentSource::default() });
    Finding {
        code: "AGT-reliability.retries".to_owned(),
        source,
        basis: Basis::Single,
        title: title.to_owned(),
        ..finding(key, key, elements, false)
    }
}

#[test]
fn agents_say_the_same_in_other_words() {
    let old = said_by_agent("a", "Checkout retries the fraud check", &["checkout", "fraud"]);
    let again = said_by_agent("b", "Checkout retries its fraud check without jitter", &["checkout", "api"]);
    let result = compare_one(known(old.clone(), FindingState::Accepted), vec![again.clone()], &["checkout"], true, false).unwrap();
    assert_eq!((result.0.is_some(), result.1, result.2), (true, FindingState::Accepted, Change::Updated));
    let design = Design::default();
    for other in [
        said_by_agent("b", "Nobody answers for the ledger", &["checkout", "fraud"]),
        said_by_agent("b", "Checkout retries the fraud check", &["x", "y"]),
        Finding { code: "AGT-reliability.timeouts".to_owned(), ..again.clone() },
        Finding { source: Source::Rule, ..again },
    ] {
        let outcome = Outcome { findings: vec![other], ..Outcome::default() };
        let compared = compare(&[known(old.clone(), FindingState::Open)], &outcome, &design);
        assert_eq!(compared.first().map(|compared| compared.change), Some(Change::New));
    }
}

#[test]
fn an_agents_silence_fixes_nothing() {
    let old = said_by_agent("a", "Checkout retries the fraud check", &["db"]);
    let run = |elements: &[&str], broken| {
        compare_one(known(old.clone(), FindingState::Open), Vec::new(), elements, true, broken).map(|(_, state, change)| (state, change))
    };
    assert_eq!(run(&["db"], false), Some((FindingState::Open, Change::NotEvaluated)));
    assert_eq!(run(&["other"], false), Some((FindingState::Obsolete, Change::Obsolete)));
    assert_eq!(run(&["other"], true), Some((FindingState::Open, Change::NotEvaluated)));
}

#[test]
fn what_a_text_suppresses_is_not_fixed() {
    let parsed = model(&["a"]);
    let design =
        Design { diagrams: vec![Diagram { document: document(1), path: "w.dsl", text: "", parsed: &parsed }], decisions: Vec::new() };
    let there = finding("key", "name", &["a"], false);
    let quiet = Suppressed { finding: there.clone(), reason: "one rack, one team".to_owned(), until: None, in_text: true };
    let evaluated = || [(CODE.to_owned(), document(1))].into_iter().collect();
    let outcome = Outcome { suppressed: vec![quiet], evaluated: evaluated(), ..Outcome::default() };
    let compared = compare(&[known(there.clone(), FindingState::Open)], &outcome, &design);
    assert_eq!((compared[0].state, compared[0].change), (FindingState::Open, Change::NotEvaluated));
    let gone = Outcome { evaluated: evaluated(), ..Outcome::default() };
    let compared = compare(&[known(there, FindingState::Open)], &gone, &design);
    assert_eq!((compared[0].state, compared[0].change), (FindingState::Fixed, Change::Fixed));
}
