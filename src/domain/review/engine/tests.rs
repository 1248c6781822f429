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
fn a_plan_that_is_written_by_hand_ends_no_finding() {
    for (code, technology, facts, today, wanted) in BROKEN {
        let says = |value: &str| found("", &container("a", technology, &format!("{facts} \"{value}\""))).remove(code);
        let Some((_, _, title)) = says(today) else { panic!("{code} is not found") };
        for plan in [
            format!("planned: {wanted} instead of {today}"),
            format!("planned {wanted} instead of {today}"),
            format!("{wanted} (planned instead of {today})"),
        ] {
            assert_eq!(says(&plan), Some((Severity::Low, true, title.clone())), "{code} with {plan}");
        }
    }
    // What is stated to be missing, in a value that is to come.
    let timeout = |value: &str| {
        let parts = ["a", "b"].map(|key| container(key, "Go", "owner team")).concat();
        let call = format!("user -> a \"Asks\" \"HTTPS\"\na -> b \"Asks\" \"HTTPS\" {{\nproperties {{\ntimeout \"{value}\"\n}}\n}}\n");
        found("", &(parts + &call)).remove("LNT-R002").map(|(severity, planned, _)| (severity, planned))
    };
    assert_eq!(timeout("2s"), None);
    assert_eq!(timeout("no"), Some((Severity::High, false)));
    for plan in
        ["planned", "planned (2s)", "planned 2s", "planned: 2s", "Planned, 2s", "2s (planned)", "2s, planned", "2s (planned for May)"]
    {
        assert_eq!(timeout(plan), Some((Severity::Low, true)), "{plan}");
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
fn what_a_call_plans_does_not_hide_what_its_caller_does_today() {
    let call = |ends: &str, facts: &str| format!("{ends} \"Asks\" \"gRPC\" {{\nproperties {{\n{}\n}}\n}}\n", facts.replace("; ", "\n"));
    let of = |code: &str, own: &str, outer: &str, inner: &str| {
        let parts = container("a", "Go", "owner team") + &container("b", "Go", own) + &container("c", "Go", "owner team");
        let calls = call("user -> a", "effect query") + &call("a -> b", outer) + &call("b -> c", inner);
        found("", &(parts + &calls)).remove(code).map(|(severity, planned, _)| (severity, planned))
    };
    let slow = |inner: &str| of("LNT-R003", "timeout 2s", "timeout 1s", inner);
    let unsafe_retry = |inner: &str| of("LNT-R005", "retry 3", "timeout 1s", &format!("effect command; idempotent no; {inner}"));
    let many = |inner: &str| of("LNT-R006", "retry 3", "retry 3", inner);
    assert_eq!([slow("effect query"), unsafe_retry("tls yes"), many("effect query")], [Some((Severity::High, false)); 3]);
    for plan in ["planned", "\"planned (200ms)\"", "\"200ms (planned)\""] {
        assert_eq!(slow(&format!("timeout {plan}")), Some((Severity::Low, true)), "{plan}");
    }
    for plan in ["planned", "\"planned (1)\"", "\"planned: none\""] {
        assert_eq!(unsafe_retry(&format!("retry {plan}")), Some((Severity::Low, true)), "{plan}");
        assert_eq!(many(&format!("retry {plan}")), Some((Severity::Low, true)), "{plan}");
    }
    assert_eq!([slow("timeout 200ms"), unsafe_retry("retry no"), many("retry no")], [None; 3]);
    // A timeout that the caller sets for all its calls is there while another one is planned.
    let without = |own: &str| of("LNT-R002", own, "timeout 5s", "timeout planned");
    assert_eq!(
        [without("timeout 2s"), without("timeout no"), without("owner team")],
        [None, Some((Severity::Low, true)), Some((Severity::Low, true))]
    );
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
