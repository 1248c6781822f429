//! Every tool on the sample, what agents do wrong, and that no input breaks anything.

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::domain::{
    agent::{
        definition::tools::Capability,
        snapshot::tests::{TODAY, sampled},
        tools::granted::granted,
    },
    review::finding::{Basis, FindingKind, Grounding, Severity},
};

/// The offers as they were frozen. Providers keep prompts by their bytes: change them on purpose only.
const FROZEN: &str = include_str!("offers.json");

pub(in crate::domain::agent) fn bench_on(snapshot: Snapshot) -> Workbench {
    Workbench::new(Setup {
        snapshot: Arc::new(snapshot),
        author: Author { agent: "go-architect".to_owned(), file_sha256: "00".to_owned(), model: "m".to_owned(), run: "r1".to_owned() },
        allowed: granted(&Capability::ALL.into()),
        addresses: Vec::new(),
        patterns: [("P-04".to_owned(), "Circuit breaker\nStops calls to what keeps failing.".to_owned())].into(),
        today: TODAY,
    })
}

fn bench() -> Workbench {
    bench_on(sampled())
}

/// A finding that holds on the sample.
pub(in crate::domain::agent) fn report() -> Value {
    json!({
        "topic": "reliability.degradation",
        "kind": "risk",
        "severity": "high",
        "title": "Payments stop when the card connector does",
        "message": "Payment service (E10) promises 99.95 but calls Card connector (E3) hard: R12.criticality is hard.",
        "primary": {"type": "relation", "id": "R12", "expected": null},
        "anchors": [{"type": "element", "id": "E10", "expected": null}],
        "claims": [
            {"anchor": "R12", "attr": "criticality", "op": "is", "value": "hard"},
            {"anchor": "E10", "attr": "slo", "op": "at-least", "value": "99.95"},
        ],
        "quotes": [],
        "relates_to_rule": null,
        "remedy": "Take payments in and authorise later.",
        "pattern_ids": ["P-04"],
        "tradeoff": "Some orders are refused after they were placed.",
        "confidence": "high",
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut report = report();
    for (name, value) in changes {
        report[*name] = value.clone();
    }
    report
}

fn ask(bench: &mut Workbench, tool: &str, input: Value) -> String {
    let answer = bench.answer(tool, &input);
    assert!(!answer.failed, "{tool} {input}: {}", answer.text);
    answer.text
}

fn refused(bench: &mut Workbench, tool: &str, input: Value) -> String {
    let answer = bench.answer(tool, &input);
    assert!(answer.failed, "{tool} {input}: {}", answer.text);
    answer.text
}

#[test]
fn offers_are_sorted_strict_and_frozen() {
    let offers = offers();
    assert!(offers.windows(2).all(|pair| pair[0].name < pair[1].name));
    for offer in &offers {
        strict(&offer.schema, &offer.name);
        assert!(offer.description.len() < 600 && !offer.description.contains("  "), "{}", offer.name);
    }
    let text = serde_json::to_string_pretty(&offers).unwrap();
    assert_eq!(text.trim(), FROZEN.trim(), "the offers are other bytes than before");
}

fn strict(schema: &Value, place: &str) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        assert_eq!(schema["additionalProperties"], json!(false), "{place}");
        let required: Vec<&str> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(required, properties.keys().map(String::as_str).collect::<Vec<_>>(), "{place}");
        for (name, property) in properties {
            strict(property, &format!("{place}.{name}"));
        }
    }
    if let Some(items) = schema.get("items") {
        strict(items, place);
    }
    for word in ["pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "oneOf", "anyOf"] {
        assert!(schema.get(word).is_none(), "{place}: strict modes don't take {word}");
    }
}

#[test]
fn the_model_can_be_read() {
    let mut bench = bench();
    let orders = ask(&mut bench, "model_get", json!({"ids": ["E8", "r12"], "page": null}));
    assert!(
        orders.contains("\"Order service\"")
            && orders.contains("  R11 E8→E9")
            && orders.contains("  known F2 LNT-B001")
            && orders.contains("  named in A5"),
        "{orders}"
    );
    assert!(orders.contains("R12 E10→E3") && orders.contains("end E3 service"));
    let caches = ask(&mut bench, "model_list", json!({"what": "elements", "kind": "cache", "in": null, "attr": null, "page": null}));
    assert_eq!(caches.lines().count(), 1, "{caches}");
    let inside = ask(&mut bench, "model_list", json!({"what": "elements", "kind": null, "in": "B1", "attr": "replicas", "page": null}));
    assert_eq!(inside.lines().count(), 3, "{inside}");
    assert_eq!(ask(&mut bench, "model_list", json!({"what": "views"})).lines().count(), 3);
    let slow = ask(&mut bench, "model_search", json!({"text": null, "attr": "timeout", "op": "more", "value": "3s", "page": null}));
    assert_eq!(slow.lines().filter(|line| line.starts_with('R')).count(), 3, "{slow}");
    let unknown = ask(&mut bench, "model_search", json!({"text": "kotlin", "attr": "replicas", "op": "not-stated", "value": null}));
    assert!(unknown.contains("Authoriser") && !unknown.contains("Card connector"), "{unknown}");
    assert!(ask(&mut bench, "view_get", json!({"id": "V1", "page": null})).contains("Payment service"));
    let found = ask(&mut bench, "review_findings", json!({"about": "E7", "severity": null, "state": "open", "page": null}));
    assert!(found.contains("LNT-B001") && found.contains("remedy:"), "{found}");
    assert!(ask(&mut bench, "rule_explain", json!({"code": "B001"})).contains("False positives"));
    assert!(ask(&mut bench, "pattern_get", json!({"id": "P-04", "page": null})).starts_with("P-04\nCircuit breaker"));
    assert!(ask(&mut bench, "pattern_get", json!({"id": "keeps failing", "page": null})).contains("P-04 Circuit breaker"));
}

#[test]
fn decisions_can_be_read() {
    let mut bench = bench();
    assert_eq!(ask(&mut bench, "adr_list", json!({"status": "proposed", "page": null})).lines().count(), 1);
    let lines = ask(&mut bench, "adr_read", json!({"id": "A5", "line_from": 7, "line_to": 9, "page": null}));
    assert!(lines.contains("    7 ¦ # Move order events to Kafka\n") && !lines.contains("   10 "), "{lines}");
    let hits = ask(&mut bench, "adr_search", json!({"regex": "kafka.*snapshots", "page": null}));
    assert!(hits.lines().all(|line| line.starts_with("A5:")) && hits.lines().count() == 2, "{hits}");
    assert!(refused(&mut bench, "adr_search", json!({"regex": "(", "page": null})).contains("unclosed group"));
    assert!(refused(&mut bench, "adr_search", json!({"regex": "(a{1000}){1000}", "page": null})).contains("too large"));
}

#[test]
fn the_graph_answers() {
    let mut bench = bench();
    let query = |bench: &mut Workbench, query: &str, from: Value, to: Value, fact: Value| {
        ask(bench, "graph_query", json!({"query": query, "from": from, "to": to, "fact": fact, "mode": "sync", "path": [], "page": null}))
    };
    let paths = query(&mut bench, "paths", json!("E18"), json!("E7"), json!(null));
    assert!(paths.starts_with("2 synchronous paths") && paths.contains("3 relations: E18 -R23→ E6 -R6→ E8 -R10→ E7"), "{paths}");
    assert_eq!(query(&mut bench, "cycles", json!(null), json!(null), json!(null)), "None.");
    let dominators = query(&mut bench, "dominators", json!("E18"), json!("E7"), json!(null));
    assert!(dominators.contains("passes E6 \"API gateway\"."), "{dominators}");
    assert!(query(&mut bench, "blast-radius", json!("E3"), json!(null), json!(null)).contains("1 away: E10"));
    assert!(query(&mut bench, "reachable", json!("E6"), json!(null), json!(null)).contains("1 away: E8"));
    let sum = query(&mut bench, "sum", json!("E18"), json!("E7"), json!("timeout"));
    assert!(sum.ends_with("sum: 7800 ms (7.8 s)") || sum.ends_with("sum: 9500 ms (9.5 s)"), "{sum}");
    let product = query(&mut bench, "product", json!("E6"), json!("E7"), json!("slo"));
    assert!(product.contains("product: 99.9 %; 2 of 3 are not stated"), "{product}");
    let along = ask(
        &mut bench,
        "graph_query",
        json!({"query": "sum", "from": null, "to": null, "fact": "timeout", "mode": null, "path": ["R7", "R12"], "page": null}),
    );
    assert!(along.ends_with("sum: 4000 ms (4 s); 1 of 2 are not stated"), "{along}");
    for (input, said) in [
        (json!({"query": "paths", "from": "E1"}), "graph_query.to: expected an element such as E6, got nothing"),
        (json!({"query": "paths", "from": "E99", "to": "E1"}), "graph_query.from: `E99` is no element"),
        (json!({"query": "sum", "from": "E18", "to": "E7"}), "graph_query.fact: expected a fact"),
        (
            json!({"query": "sum", "fact": "timeout", "path": ["R12", "R7"]}),
            "graph_query.path: R7 begins at E6, and the one before ends at E3",
        ),
        (json!({"query": "guess"}), "graph_query.query: `guess` is none of paths, cycles"),
    ] {
        let text = refused(&mut bench, "graph_query", input);
        assert!(text.starts_with(said), "{text}");
    }
}

#[test]
fn a_finding_that_holds_is_for_people() {
    let mut bench = bench();
    let answer = bench.answer("report_finding", &report());
    assert!(!answer.failed, "{}", answer.text);
    let Some(Effect::Found { name, finding }) = answer.effect else { panic!("{answer:?}") };
    assert_eq!((name.as_str(), answer.text.as_str()), ("N1", "N1 holds and is shown as high."));
    assert_eq!((finding.code.as_str(), finding.severity, finding.basis), ("AGT-reliability.degradation", Severity::High, Basis::Single));
    assert_eq!(finding.grounding, Grounding::Verified);
    assert_eq!(
        finding.message,
        "Payment service promises 99.95 but calls Card connector hard: Payment service → Card connector criticality is hard."
    );
    assert_eq!(finding.subjects, ["Payment service", "Card connector"]);
    assert_eq!(finding.agent().map(|agent| agent.topic.as_str()), Some("reliability.degradation"));
    let evidence: Vec<&str> = finding.evidence.iter().map(|evidence| evidence.claim.as_str()).collect();
    assert_eq!(evidence[0], "Payment service → Card connector: criticality is hard");
    assert!(finding.evidence[0].quote.iter().any(|line| line.contains("criticality hard")), "{:?}", finding.evidence);
    assert!(refused(&mut bench, "report_finding", report()).contains("N1 has this topic and subject already"));
    assert!(ask(&mut bench, "retract_finding", json!({"id": "n1", "reason": "wrong"})).contains("taken back"));
    assert!(bench.findings().is_empty());
    let again = bench.answer("report_finding", &report());
    assert!(again.text.starts_with("N2 holds"), "{}", again.text);
}

#[test]
fn each_check_is_named() {
    let quote = |doc: &str, from: u32, text: &str| json!([{"doc": doc, "line_from": from, "line_to": from, "text": text}]);
    for (changes, said) in [
        (
            vec![("anchors", json!([{"type": "element", "id": "E99", "expected": null}]))],
            "G1: anchors[0] names `E99`, which is not in this design",
        ),
        (vec![("primary", json!({"type": "element", "id": "R12", "expected": null}))], "G1: primary names `R12`, which is no element"),
        (vec![("message", json!("See E77."))], "G1: message names `E77`"),
        (vec![("pattern_ids", json!(["P-99"]))], "G1: pattern_ids names `P-99`"),
        (vec![("relates_to_rule", json!("F99"))], "G1: relates_to_rule is `F99`"),
        (vec![("quotes", quote("A99", 1, "whatever it is"))], "G1: quotes[0] names `A99`"),
        (vec![("message", json!("It goes E3→E10."))], "G2: message says E3→E10, and there is no such relation"),
        (vec![("primary", json!({"type": "path", "id": "R12,R7", "expected": null}))], "G2: primary: R7 does not begin where R12 ends"),
        (
            vec![("claims", json!([{"anchor": "E10", "attr": "replicas", "op": "less", "value": "3"}]))],
            "G3: claims[0]: E10.replicas less 3 is false; the design says \"3\"",
        ),
        (
            vec![("claims", json!([{"anchor": "E10", "attr": "colour", "op": "is", "value": "red"}]))],
            "can't be checked: it has no attribute `colour`",
        ),
        (
            vec![("quotes", quote("A5", 7, "Move order events to RabbitMQ"))],
            "G4: quotes[0] is not what lines 7 to 7 of A5 say; the document does not hold it",
        ),
        (vec![("quotes", quote("A5", 30, "Move order events to Kafka"))], "it stands elsewhere in the document"),
        (vec![("quotes", quote("A5", 9999, "Move order events to Kafka"))], "G4: quotes[0]: lines 9999 to 9999 are not in A5"),
        (vec![("quotes", quote("A5", 7, "#"))], "too short"),
        (
            vec![("topic", json!("reliability.timeouts"))],
            "G5: F5 (LNT-R002) reports it already; refine or dispute it with relates_to_rule `F5`",
        ),
        (vec![("remedy", json!("See https://evil.example/x"))], "G9: remedy: it holds the address https://evil.example/x"),
        (vec![("title", json!("<b>Payments</b> stop"))], "G9: title: it holds HTML"),
        (vec![("tradeoff", json!("none\u{200b}"))], "G9: tradeoff: it holds the invisible character \\u{200b}"),
    ] {
        let text = refused(&mut bench(), "report_finding", with(&changes));
        assert!(text.contains(said), "{said}\n{text}");
        assert!(text.ends_with("Correct it once, or leave it."), "{text}");
    }
}

#[test]
fn what_is_not_certain_is_shown_as_that() {
    let run = |changes: &[(&str, Value)]| {
        let mut bench = bench();
        ask(&mut bench, "report_finding", with(changes));
        bench.findings()[0].1.clone()
    };
    let question = run(&[("claims", json!([{"anchor": "E10", "attr": "runbook", "op": "is", "value": "no"}]))]);
    assert_eq!((question.kind, question.severity), (FindingKind::Question, Severity::Low));
    assert_eq!(question.grounding.reasons(), ["Payment service runbook is not stated, so it is a question"]);
    let number = run(&[("message", json!("It loses 17 orders of 99.95."))]);
    assert_eq!((number.severity, number.grounding.reasons().len()), (Severity::Medium, 1), "{number:?}");
    assert!(number.grounding.reasons()[0].contains("the number 17"));
    let bare = run(&[("claims", json!([])), ("message", json!("It stops."))]);
    assert!(bare.grounding.reasons()[0].contains("makes no claim"));
    let critical = run(&[("severity", json!("critical"))]);
    assert_eq!((critical.severity, critical.base_severity), (Severity::High, Severity::High));
    assert!(matches!(critical.grounding, Grounding::Partial { .. }));
    let unsure = run(&[("confidence", json!("low"))]);
    assert_eq!((unsure.severity, unsure.confidence), (Severity::Medium, 40));
    let related = run(&[("topic", json!("reliability.timeouts")), ("relates_to_rule", json!("F5"))]);
    assert_eq!(related.relates_to, ["LNT-R002"]);
    let minor = run(&[
        ("topic", json!("data.modelling")),
        ("primary", json!({"type": "element", "id": "E15", "expected": null})),
        ("anchors", json!([])),
        ("claims", json!([{"anchor": "E15", "attr": "role", "op": "is", "value": "derived"}])),
        ("message", json!("It is derived.")),
    ]);
    assert_eq!(minor.severity, Severity::Medium, "tier 3");
}

#[test]
fn computed_numbers_are_evidence() {
    let mut bench = bench();
    let claim = with(&[("message", json!("Together it takes 7.8 s."))]);
    ask(
        &mut bench,
        "graph_query",
        json!({"query": "sum", "from": null, "to": null, "fact": "timeout", "mode": null, "path": ["R23", "R6", "R10"], "page": null}),
    );
    ask(&mut bench, "report_finding", claim);
    assert_eq!(bench.findings()[0].1.grounding, Grounding::Verified);
}

#[test]
fn there_is_one_chance_to_correct() {
    let mut bench = bench();
    let wrong = with(&[("claims", json!([{"anchor": "R12", "attr": "criticality", "op": "is", "value": "soft"}]))]);
    assert!(refused(&mut bench, "report_finding", wrong.clone()).contains("Correct it once"));
    assert_eq!((bench.rejected().len(), bench.rejected()[0].again), (1, false));
    ask(&mut bench, "report_finding", report());
    assert!(bench.rejected().is_empty(), "it was put right");
    let mut bench = self::bench();
    refused(&mut bench, "report_finding", wrong.clone());
    assert!(refused(&mut bench, "report_finding", wrong).contains("It did not hold twice"));
    assert_eq!((bench.rejected().len(), bench.rejected()[0].again), (1, true));
    assert!(refused(&mut bench, "report_finding", report()).contains("did not hold twice; leave it"));
}

#[test]
fn eight_findings_hold_and_questions_and_the_end() {
    let mut bench = bench();
    for number in 0..9 {
        let topic = topic_at(number);
        let input = with(&[("topic", json!(topic)), ("title", json!(format!("Something {topic}")))]);
        let answer = bench.answer("report_finding", &input);
        assert_eq!(answer.failed, number == 8, "{}", answer.text);
    }
    let question =
        json!({"about": "E7", "fact": "backup", "question": "Is the backup of E7 restored anywhere?", "why": "Recovery can't be judged."});
    let answer = bench.answer("ask_question", &question);
    assert!(
        matches!(&answer.effect, Some(Effect::Asked(question)) if question.text == "Is the backup of Ledger DB restored anywhere?"),
        "{answer:?}"
    );
    assert!(refused(&mut bench, "ask_question", question).contains("asked already"));
    let end = json!({"recommendation": "request-changes", "summary": "Fix R12 first.", "coverage": [
        {"topic": "reliability.retries", "outcome": "reviewed"}, {"topic": "GA4.2", "outcome": "not-applicable"}]});
    assert!(
        refused(&mut bench, "finish", json!({"recommendation": "perfect", "summary": "x", "coverage": []}))
            .contains("`perfect` is none of approve")
    );
    assert!(
        refused(&mut bench, "finish", json!({"recommendation": "approve", "summary": "![x](http://e.example/x)", "coverage": []}))
            .contains("image")
    );
    let answer = bench.answer("finish", &end);
    assert!(answer.finished && !answer.failed && bench.conclusion().is_some(), "{}", answer.text);
    assert_eq!(bench.conclusion().map(|end| end.summary.as_str()), Some("Fix Payment service → Card connector first."));
    assert!(refused(&mut bench, "finish", end).contains("finished"));
}

fn topic_at(number: usize) -> &'static str {
    [
        "data.modelling",
        "model.intent",
        "model.levels",
        "scalability.growth",
        "scalability.latency",
        "scalability.hot-spots",
        "simplicity.speculation",
        "boundaries.granularity",
        "data.caching",
    ][number]
}

#[test]
fn suggestions_are_tried_and_noted() {
    let mut bench = bench();
    let revision = bench.setup.snapshot.revision.clone();
    let blank = json!({"description": null, "fact": null, "kind": null, "name": null, "place": null, "source": null, "subject": null, "target": null, "technology": null});
    let step = |fields: Value| {
        let mut step = blank.clone();
        for (name, value) in fields.as_object().unwrap() {
            step[name] = value.clone();
        }
        step
    };
    let patch = |ops: Value, revision: &str| json!({"diagram": "D1", "base_rev": revision, "ops": ops, "reason": "Calls to E3 hang.", "finding": null});
    let ops = json!([
        step(json!({"op": "add-element", "kind": "queue", "name": "Payment outbox", "place": "B2", "technology": "PostgreSQL"})),
        step(json!({"op": "add-relation", "source": "E10", "target": "step:1", "description": "Writes"})),
        step(json!({"op": "plan-fact", "subject": "R12", "fact": "circuit_breaker"})),
    ]);
    let answer = bench.answer("model_propose_patch", &patch(ops.clone(), &revision));
    let Some(Effect::Suggested { name, proposal, dry_run }) = answer.effect else { panic!("{}", answer.text) };
    assert_eq!((name.as_str(), proposal.reason.as_str()), ("S1", "Calls to Card connector hang."));
    assert!(answer.text.contains("+ ¦ ") && dry_run.text.contains("circuit_breaker planned"), "{}", answer.text);
    assert!(refused(&mut bench, "model_propose_patch", patch(ops.clone(), &revision)).contains("suggested already"));
    assert!(refused(&mut bench, "model_propose_patch", patch(ops, "old")).contains("the design is at revision"));
    let asserts = json!([step(json!({"op": "plan-fact", "subject": "R12", "fact": "tls"}))]);
    assert!(refused(&mut bench, "model_propose_patch", patch(asserts, &revision)).contains("step 1: tls is mesh already"));
    let adr = json!({"title": "Put an outbox before Kafka", "body": "## Context and Problem Statement\n\nEvents get lost.", "reason": "Nobody wrote it down.", "finding": null});
    assert!(ask(&mut bench, "adr_propose", adr).starts_with("S2 can be applied"));
    let edit = json!({"id": "A5", "edits": [{"quote": "search is rebuilt in an hour", "replacement": "search is rebuilt in two hours"}], "reason": "Measured.", "finding": null});
    assert!(ask(&mut bench, "adr_propose_patch", edit).contains("- ¦ * Good, because search is rebuilt in an hour."));
    assert_eq!(bench.suggestions().len(), 3);
}

#[test]
fn wrong_calls_say_what_is_wrong() {
    let mut bench = bench();
    for (tool, input, said) in [
        ("rm", json!({}), "there is no tool `rm`; there are adr_list,"),
        ("model_get", json!(null), "model_get: expected an object with ids, page, got null"),
        ("model_get", json!({"ids": "E1"}), "model_get.ids: expected a list, got the text `E1`"),
        ("model_get", json!({"ids": []}), "model_get.ids: expected 1 to 20 entries, got 0"),
        ("model_get", json!({"ids": [7]}), "model_get.ids[0]: expected text of 1 to 12 characters, got the number 7"),
        ("model_get", json!({"ids": ["E99"]}), "model_get.ids: `E99` not in this design; model_list has the names"),
        ("model_get", json!({"ids": ["E1"], "depth": 3}), "model_get: there is no field `depth`; its fields are ids, page"),
        ("model_get", json!({"ids": ["E1"], "page": 9}), "page: expected 1 to 1, got 9"),
        ("model_get", json!({"ids": ["E1"], "page": 0}), "model_get.page: expected a whole number from 1 to 10000, got the number 0"),
        ("model_list", json!({"what": "things"}), "model_list.what: `things` is none of elements, relations, boundaries, views, diagrams"),
        ("model_search", json!({}), "model_search: give text, or attr with op"),
        ("adr_read", json!({"id": ""}), "adr_read.id: expected text of 1 to 12 characters, got empty text"),
        (
            "finish",
            json!({}),
            "finish.recommendation: expected one of approve, approve-with-findings, request-changes, undecided, got nothing",
        ),
        ("rule_explain", json!({"code": "LNT-Z999"}), "rule_explain.code: there is no rule `LNT-Z999`"),
    ] {
        let text = refused(&mut bench, tool, input);
        assert!(text.starts_with(said), "{text}");
    }
    let input = with(&[("claims", json!([{"anchor": "E1", "attr": "tls", "op": "equals", "value": "yes"}]))]);
    assert!(refused(&mut bench, "report_finding", input).starts_with("report_finding.claims[0].op: `equals` is none of is, is-not,"));
    let input = with(&[("title", json!("x".repeat(91)))]);
    assert_eq!(refused(&mut bench, "report_finding", input), "report_finding.title: 91 characters, 90 are the most; say it in fewer words");
    let mut narrow = Workbench::new(Setup { allowed: granted(&Capability::READ_ONLY.into()), ..bench.setup.clone() });
    assert!(refused(&mut narrow, "adr_propose", json!({})).starts_with("adr_propose is denied"));
}

/// Any JSON, with the words of tools in it so that some of it gets far.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        "[ERBDVAFNS][0-9]{0,3}",
        "\\PC{0,12}",
        prop::sample::select(vec![
            "elements",
            "sum",
            "paths",
            "is",
            "less",
            "element",
            "path",
            "risk",
            "high",
            "timeout",
            "D1",
            "step:1",
            "plan-fact",
            "approve",
            "",
            "reliability.retries"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop::sample::select(FIELDS.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop_oneof![key, "[a-z]{0,6}".prop_map(|text| text)], inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<String, Value>>())),
        ]
    })
}

const FIELDS: [&str; 30] = [
    "about",
    "anchor",
    "anchors",
    "attr",
    "body",
    "claims",
    "code",
    "coverage",
    "diagram",
    "doc",
    "edits",
    "fact",
    "from",
    "id",
    "ids",
    "in",
    "kind",
    "line_from",
    "op",
    "ops",
    "page",
    "path",
    "primary",
    "query",
    "quotes",
    "regex",
    "text",
    "title",
    "to",
    "what",
];

/// An input of the right shape with anything in its fields.
fn shaped(schema: &Value) -> BoxedStrategy<Value> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        let words: Vec<Value> = schema.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
        if !words.is_empty() {
            return prop_oneof![4 => prop::sample::select(words), 1 => any_json()].boxed();
        }
        return match schema.get("items") {
            Some(items) => prop_oneof![4 => prop::collection::vec(shaped(items), 0..4).prop_map(Value::from), 1 => any_json()].boxed(),
            None => prop_oneof![
                3 => "[ERBDVA][1-9][0-9]?".prop_map(Value::from),
                1 => "[a-z ]{0,12}".prop_map(Value::from),
                1 => (0_u32..40).prop_map(Value::from),
                1 => Just(Value::Null),
                1 => any_json(),
            ]
            .boxed(),
        };
    };
    let mut all: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    for (name, property) in properties {
        let name = name.clone();
        all = (all, shaped(property))
            .prop_map(move |(mut map, value)| {
                map.insert(name.clone(), value);
                map
            })
            .boxed();
    }
    all.prop_map(Value::Object).boxed()
}

fn calls() -> impl Strategy<Value = (String, Value)> {
    let offers = offers();
    let each: Vec<BoxedStrategy<(String, Value)>> = offers
        .into_iter()
        .map(|offer| {
            let name = offer.name;
            prop_oneof![shaped(&offer.schema), any_json()].prop_map(move |input| (name.clone(), input)).boxed()
        })
        .collect();
    prop::strategy::Union::new(each)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_input_breaks_a_tool(calls in prop::collection::vec(calls(), 1..8)) {
        let mut bench = bench();
        for (tool, input) in &calls {
            let answer = bench.answer(tool, input);
            prop_assert!(answer.text.len() <= 16 * 1024 && !answer.text.is_empty());
        }
    }

    #[test]
    fn the_same_calls_have_the_same_answers(calls in prop::collection::vec(calls(), 1..4)) {
        let run = || {
            let mut bench = bench();
            calls.iter().map(|(tool, input)| bench.answer(tool, input)).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn an_invented_name_or_quote_is_never_shown(number in 60_u32..9999, which in 0_usize..8, words in "[a-z]{4,10} [a-z]{4,10} [a-z]{4,10}") {
        let name = format!("E{number}");
        let changes: (&str, Value) = match which {
            0 => ("anchors", json!([{"type": "element", "id": name, "expected": null}])),
            1 => ("primary", json!({"type": "element", "id": name, "expected": null})),
            2 => ("claims", json!([{"anchor": name, "attr": "tls", "op": "not-stated", "value": ""}])),
            3 => ("message", json!(format!("Because {name} is slow."))),
            4 => ("title", json!(format!("{name} is slow"))),
            5 => ("primary", json!({"type": "path", "id": format!("R7,R{number}"), "expected": null})),
            6 => ("quotes", json!([{"doc": "A5", "line_from": 1, "line_to": 40, "text": words}])),
            _ => ("quotes", json!([{"doc": format!("A{number}"), "line_from": 1, "line_to": 2, "text": "status: accepted"}])),
        };
        let mut bench = bench();
        let answer = bench.answer("report_finding", &with(&[changes]));
        prop_assert!(answer.failed, "{}", answer.text);
        prop_assert!(bench.findings().is_empty());
    }
}
