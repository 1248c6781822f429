//! What a project decides about rules, as reviews show it.

use crate::domain::{
    id::DocumentId,
    moment::Day,
    review::{
        Profile,
        choices::{Choices, STATED},
        engine::{Design, Diagram, Outcome, Settings, review_with},
        finding::Severity,
        settings,
    },
    syntax::{Language, Sources, parse},
};

const DESIGN: &str = r#"workspace "Shop" {
    model {
        user = person "User"
        shop = softwareSystem "Shop" {
            orders = container "Orders" "Takes orders" "Go"
            billing = container "Billing" "Writes bills" "Go"
            ledger = container "Ledger" "Keeps both" "PostgreSQL" "Database"
        }
        user -> orders "Orders" "HTTPS"
        orders -> ledger "Reads and writes" "SQL"
        billing -> ledger "Reads and writes" "SQL"
        orders -> billing "Asks for a bill" "HTTPS"
    }
    views {
        container shop {
            include *
        }
    }
}
"#;

fn review_as(settings: &str, text: &str, profile: Profile) -> Outcome {
    let reading = settings::read(settings);
    assert_eq!(reading.diagnostics, [], "{settings}");
    let parsed = parse(Language::Structurizr, "workspace.dsl", text, &Sources::new());
    let diagram = Diagram { document: DocumentId::from_uuid(uuid::Uuid::from_u128(1)), path: "workspace.dsl", text, parsed: &parsed };
    let design = Design { diagrams: vec![diagram], decisions: Vec::new() };
    review_with(&design, &Settings { profile, today: Day { year: 2026, month: 11, day: 21 } }, &reading.settings.choices)
}

fn review(settings: &str) -> Outcome {
    review_as(settings, DESIGN, Profile::Default)
}

fn severity(outcome: &Outcome, code: &str) -> Option<Severity> {
    outcome.findings.iter().find(|finding| finding.code == code).map(|finding| finding.severity)
}

fn remarks(outcome: &Outcome) -> Vec<&str> {
    outcome.remarks.iter().map(|remark| remark.code.as_str()).collect()
}

#[test]
fn nothing_decided_is_a_review_as_ever() {
    let outcome = review("");
    assert!(severity(&outcome, "LNT-B001").is_some_and(|severity| severity >= Severity::Medium), "{:?}", outcome.findings);
    assert_eq!((outcome.remarks.len(), outcome.overdue.len(), outcome.suppressed.len()), (0, 0, 0));
    assert_eq!(Choices::default().severity("LNT-B001"), None);
}

#[test]
fn a_stated_severity_is_the_severity_and_says_so() {
    let outcome = review("severity:\n  LNT-B001: low\n");
    let finding = outcome.findings.iter().find(|finding| finding.code == "LNT-B001").unwrap();
    assert_eq!((finding.severity, finding.severity_reasons.as_slice()), (Severity::Low, [STATED.to_owned()].as_slice()));
    assert!(finding.base_severity > Severity::Low, "what the rule says by itself is kept");
    let order: Vec<Severity> = outcome.findings.iter().map(|finding| finding.severity).collect();
    assert!(order.is_sorted_by(|left, right| left >= right), "lists begin with the worst: {order:?}");
}

#[test]
fn a_rule_that_is_off_does_not_run_and_the_reason_is_kept() {
    let outcome = review("off:\n  - rule: LNT-B001\n    reason: One team owns all of it\n");
    assert_eq!(severity(&outcome, "LNT-B001"), None);
    let skipped = outcome.completeness.rules_skipped.iter().find(|(code, _)| code == "LNT-B001").unwrap();
    assert_eq!(skipped.1, "switched off: One team owns all of it");
    assert!(!outcome.evaluated.iter().any(|(code, _)| code == "LNT-B001"), "so nothing of it is called fixed");

    let past = review("off:\n  - rule: LNT-B001\n    reason: One team owns all of it\n    until: 2026-11-20\n");
    assert!(severity(&past, "LNT-B001").is_some());
    assert_eq!(remarks(&past), ["past-date"]);
    let last_day = review("off:\n  - rule: LNT-B001\n    reason: One team owns all of it\n    until: 2026-11-21\n");
    assert_eq!(severity(&last_day, "LNT-B001"), None);
}

#[test]
fn sets_run_as_the_project_says_and_a_sketch_stays_one() {
    let ran = |outcome: &Outcome, set: &str| {
        let of = |code: &String| crate::domain::review::rules::by_code(code).is_some_and(|rule| rule.set.slug() == set);
        outcome.completeness.rules_run.iter().any(of)
    };
    let usual = review("");
    assert_eq!(["core", "prod", "math", "strict"].map(|set| ran(&usual, set)), [true, false, true, false]);
    let chosen = review("sets: [prod, strict]\n");
    assert_eq!(["core", "prod", "math", "strict"].map(|set| ran(&chosen, set)), [false, true, false, true]);
    let reason = chosen.completeness.rules_skipped.iter().find(|(code, _)| code == "LNT-B001").map(|(_, reason)| reason.as_str());
    assert_eq!(reason, Some("the project runs other sets of rules"));
    let sketch = |settings| review_as(settings, DESIGN, Profile::Sketch).completeness.rules_run;
    let all = sketch("");
    assert!(sketch("sets: [core, prod, math, strict]\n").iter().all(|code| all.contains(code)));
}

#[test]
fn findings_are_let_be_for_what_is_named_and_no_more() {
    let waived = |limits: &str| {
        let settings = format!("suppress:\n  - rule: LNT-B001\n    reason: Goes away with the new billing\n{limits}");
        let outcome = review(&settings);
        (severity(&outcome, "LNT-B001").is_none(), outcome)
    };
    let (gone, outcome) = waived("");
    assert!(gone && outcome.remarks.is_empty());
    let kept = outcome.suppressed.iter().find(|suppressed| suppressed.finding.code == "LNT-B001").unwrap();
    assert_eq!((kept.reason.as_str(), kept.in_text), ("Goes away with the new billing", false));
    assert!(outcome.completeness.suppressed.iter().any(|withheld| withheld.code == "LNT-B001"));

    assert!(waived("    paths: [workspace.dsl]\n").0);
    let (gone, outcome) = waived("    paths: [other.dsl]\n");
    assert!(!gone);
    assert_eq!(remarks(&outcome), ["unused-waiver"]);
    assert!(waived("    elements: [Ledger, shop.orders, billing, SHOP.BILLING]\n").0, "by name or key, whatever the case");
    assert!(!waived("    elements: [Ledger]\n").0, "others are part of it");
}

#[test]
fn what_was_let_be_until_a_day_is_open_again_and_overdue() {
    let outcome = review("suppress:\n  - rule: LNT-B001\n    reason: Goes away with the new billing\n    until: 2026-11-20\n");
    let finding = outcome.findings.iter().find(|finding| finding.code == "LNT-B001").unwrap();
    assert_eq!(outcome.overdue.get(&finding.fingerprint), Day::parse("2026-11-20").as_ref());
    assert_eq!(remarks(&outcome), ["past-date"]);

    let text = DESIGN.replace(
        "\"PostgreSQL\" \"Database\"",
        "\"PostgreSQL\" \"Database\" {\n properties {\n lintel.ignore \"LNT-B001: one rack, one team until 2026-11-01\"\n }\n }",
    );
    let outcome = review_as("", &text, Profile::Default);
    let finding = outcome.findings.iter().find(|finding| finding.code == "LNT-B001").unwrap();
    assert_eq!(outcome.overdue.get(&finding.fingerprint), Day::parse("2026-11-01").as_ref(), "said in the text, too");
}
