//! What is planned and not there yet.

use super::*;
use crate::domain::{
    review::finding::Severity,
    syntax::{Language, Sources, parse},
};

/// The findings of a live workspace around the body of the system `sys`, by code: severity, whether it is planned, and title.
fn found(facts: &str, body: &str) -> BTreeMap<String, (Severity, bool, String)> {
    let text = format!(
        "workspace \"Test\" {{\nmodel {{\nproperties {{\nstage live\n{facts}\n}}\nuser = person \"Customer\"\n\
         sys = softwareSystem \"Sys\" {{\n{body}\n}}\n}}\n}}\n"
    );
    let parsed = parse(Language::Structurizr, "workspace.dsl", &text, &Sources::new());
    assert_eq!(parsed.diagnostics, [], "{text}");
    let document = DocumentId::from_uuid(uuid::Uuid::nil());
    let design =
        Design { diagrams: vec![Diagram { document, path: "workspace.dsl", text: &text, parsed: &parsed }], decisions: Vec::new() };
    let settings = Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 21 } };
    let findings = review(&design, &settings).findings;
    findings.into_iter().map(|finding| (finding.code.clone(), (finding.severity, finding.is_planned(), finding.title))).collect()
}

fn container(key: &str, technology: &str, facts: &str) -> String {
    let facts = facts.replace("; ", "\n");
    format!("{key} = container \"{key}\" \"What {key} is there for\" \"{technology}\" {{\nproperties {{\n{facts}\n}}\n}}\n")
}

/// Facts that break a rule today, and what they are to become.
const BROKEN: [(&str, &str, &str, &str, &str); 8] = [
    ("LNT-D009", "etcd", "tier 0; zones 3; voters", "2", "3"),
    ("LNT-O005", "Go", "metrics yes; metrics_labels", "path, status", "route, status"),
    ("LNT-R017", "Go", "graceful_shutdown", "drain 30s, grace 30s", "drain 30s, grace 40s"),
    ("LNT-S001", "Go", "replicas 3; local_state", "sessions", "none"),
    ("LNT-X001", "PostgreSQL", "exposure", "public", "internal"),
    ("LNT-X009", "Go", "role admin; exposure", "public", "internal"),
    ("LNT-X011", "Go", "rate_limit yes; client_ip_source", "leftmost-xff", "trusted proxies"),
    ("LNT-X012", "Go", "auth session; cors", "*", "allow-list"),
];

#[test]
fn a_plan_that_replaces_what_is_there_lowers_the_finding_and_does_not_end_it() {
    for (code, technology, facts, today, wanted) in BROKEN {
        let says = |value: &str| found("", &container("a", technology, &format!("{facts} \"{value}\""))).remove(code);
        let (severity, planned, title) = says(today).unwrap_or_else(|| panic!("{code} is not found"));
        assert!(severity > Severity::Low && !planned, "{code}");
        let plan = says(&format!("planned ({wanted} instead of {today})"));
        assert_eq!(plan, Some((Severity::Low, true, title.clone())), "{code} with a plan");
        let worse = says(&format!("planned ({today} instead of {today})"));
        assert_eq!(worse, Some((severity, false, title)), "{code} with a plan that mends nothing");
        assert_eq!(says(wanted), None, "{code} is mended");
    }
}

#[test]
fn a_plan_for_one_of_two_is_no_plan_for_both() {
    let calls = |retry: [&str; 2]| {
        let calls = ["a -> b", "a -> c"].iter().zip(retry);
        let calls =
            calls.map(|(call, retry)| format!("{call} \"Asks\" \"HTTPS\" {{\nproperties {{\ntimeout 1s\nretry \"{retry}\"\n}}\n}}\n"));
        found("", &(["a", "b", "c"].map(|key| container(key, "Go", "owner team")).concat() + &calls.collect::<String>())).remove("LNT-R004")
    };
    let plan = "planned (3, 100ms, exponential, jitter instead of 5, 200ms, fixed, no jitter)";
    assert_eq!(calls([plan, plan]).map(|(severity, planned, _)| (severity, planned)), Some((Severity::Low, true)));
    let sentence = calls([plan, "3, 100ms, exponential, jitter"]);
    assert_eq!(sentence, Some((Severity::Low, true, "a retries b without backoff and jitter".to_owned())));
}

#[test]
fn zones_that_are_planned_are_not_there() {
    let flat =
        |zone: &str| found(&format!("zone \"{zone}\""), &["a", "b", "c", "d", "e"].map(|key| container(key, "Go", "owner team")).concat());
    let (severity, planned, title) = flat("none").remove("LNT-X014").unwrap();
    assert!(severity > Severity::Low && !planned);
    for plan in ["planned", "planned (one for each team)"] {
        assert_eq!(flat(plan).remove("LNT-X014"), Some((Severity::Low, true, title.clone())), "{plan}");
    }
}
