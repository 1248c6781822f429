//! How a system is run: what looks careless and is not.

use super::{
    decoys::{props, service},
    live::{container, external, found, found_in, severities, unknown, workspace},
};
use crate::domain::review::finding::Severity::{High, Low, Medium};

#[test]
fn owners_are_asked_for_once() {
    for (facts, expected) in [
        ("owner none", vec![Medium]),
        ("owner none; tier 0; exposure public", vec![High]),
        ("owner none; tier 3", vec![Low]),
        ("owner planned", vec![Low]),
        ("owner team-a; tier 1; runbook no", vec![Medium]),
        ("owner team-a; tier 1; oncall none", vec![Medium]),
        ("owner team-a; tier 2; runbook no", vec![]),
        ("owner team-a", vec![]),
        ("owner n/a (sample)", vec![]),
        ("tier 2", vec![]),
    ] {
        assert_eq!(severities("P001", &service("a", facts)), expected, "{facts}");
    }
    assert!(unknown(&service("a", "tier 1")) > unknown(&service("a", "tier 2")), "more is asked of what is critical");
    let many: String = (0..9).map(|n| service(&format!("s{n}"), "owner none")).collect();
    let findings = found("P001", &many);
    assert_eq!(findings.len(), 1, "one per diagram");
    assert_eq!(findings.first().map(|finding| finding.title.as_str()), Some("Nine elements are without an owner"));
    let around =
        workspace("owner none", "", &format!("group \"Ordering\" {{\nproperties {{\nowner team-o\n}}\n{}}}", service("a", "tier 2")));
    assert!(found_in("P001", &around).is_empty(), "the nearest boundary counts");
}

#[test]
fn probes_are_judged_where_the_platform_acts_on_them() {
    let on = |facts: &str| found_in("P002", &workspace("platform kubernetes", "", &service("a", facts)));
    for (facts, expected) in [
        ("live_checks database; readiness /readyz", vec![High]),
        ("live_checks \"process, redis\"; readiness /readyz", vec![High]),
        ("readiness no", vec![Medium]),
        ("healthcheck no", vec![Medium]),
        ("liveness /health; readiness /health", vec![Medium]),
        ("readiness /readyz; boot_time 45s; startup_probe no", vec![Medium]),
        ("live_checks database; readiness no", vec![High, Medium]),
        ("readiness planned", vec![Low]),
        ("readiness /readyz; boot_time 5s; startup_probe no", vec![]),
        ("liveness yes; readiness yes", vec![]),
        ("liveness /livez; readiness /readyz; live_checks process", vec![]),
        ("live_checks no; readiness yes", vec![]),
        ("kind scheduler; readiness no; live_checks database", vec![]),
        ("role cronjob; readiness no", vec![]),
        ("kind worker; readiness no", vec![]),
        ("readiness n/a (no traffic)", vec![]),
        ("tier 2", vec![]),
    ] {
        let severities: Vec<_> = on(facts).into_iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, expected, "{facts}");
    }
    assert_eq!(severities("P002", &service("a", "readiness no; live_checks database")), [], "the platform is not stated");
    assert_eq!(severities("P002", &service("a", "readiness no; platform vm")), []);
}

#[test]
fn workloads_are_one_low_finding() {
    let on = |facts: &str, body: &str| found_in("P003", &workspace(facts, "", body)).len();
    let kubernetes = "platform kubernetes";
    for (facts, expected) in [
        ("resources no", 1),
        ("image_pin latest", 1),
        ("replicas 3; pdb no", 1),
        ("replicas 1; pdb no", 0),
        ("pdb no", 0),
        ("image_pin digest; resources yes", 0),
        ("iac no; config_validation no", 0),
        ("resources n/a (autopilot)", 0),
    ] {
        assert_eq!(on(kubernetes, &service("a", facts)), expected, "{facts}");
    }
    assert_eq!(on("platform kubernetes; profile regulated", &service("a", "iac no")), 1, "asked where it is regulated");
    assert_eq!(on("platform vm", &service("a", "resources no")), 0);
    let many: String = (0..9).map(|n| service(&format!("s{n}"), "resources no; image_pin latest")).collect();
    let findings = found_in("P003", &workspace(kubernetes, "", &many));
    assert_eq!(findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [Low]);
}

#[test]
fn environments_stay_apart() {
    let body = |left: &str, right: &str, store: &str| {
        format!(
            "{}{}{}a -> db \"Writes\" \"SQL\"\nb -> db \"Writes\" \"SQL\"",
            service("a", left),
            service("b", right),
            container("db", "PostgreSQL", store)
        )
    };
    for (left, right, store, expected) in [
        ("env production", "env staging", "env production", vec![High]),
        ("env prod", "env staging", "tier 2", vec![High]),
        ("env staging", "tier 2", "env production", vec![High]),
        ("tier 2", "tier 2", "env \"production, staging\"", vec![High]),
        ("tier 2", "tier 2", "env staging; data \"production orders\"", vec![High]),
        ("tier 2", "tier 2", "env dev; data prod_copy", vec![High]),
        ("env test", "env staging", "env staging", vec![]),
        ("env production", "env prod", "env live", vec![]),
        ("env production", "env staging", "role registry", vec![]),
        ("tier 2", "tier 2", "env staging; data \"masked production orders\"", vec![]),
        ("tier 2", "tier 2", "env production; data \"production orders\"", vec![]),
        ("tier 2", "tier 2", "tier 2", vec![]),
    ] {
        assert_eq!(severities("P004", &body(left, right, store)), expected, "{left} / {right} / {store}");
    }
    let vendor = |facts: &str| {
        let calls = "a -> mail \"Sends\" \"HTTPS\"\nb -> mail \"Sends\" \"HTTPS\"";
        let body = format!("{}{}{calls}", service("a", "env production"), service("b", "env staging"));
        found_in("P004", &workspace("", &external("mail", facts), &body)).len()
    };
    assert_eq!(vendor("location external"), 0, "their account is not stated");
    assert_eq!(vendor("env production"), 1);
}

#[test]
fn releases_are_asked_of_what_is_critical() {
    for (facts, expected) in [
        ("tier 0; deploy recreate", vec![Medium]),
        ("tier 1; rollback no", vec![Medium]),
        ("tier 1; deploy \"all at once\"", vec![Medium]),
        ("tier 0; exposure public; deploy recreate", vec![High]),
        ("tier 1; deploy rolling; rollback planned", vec![Low]),
        ("tier 2; deploy recreate; rollback no", vec![]),
        ("deploy recreate", vec![]),
        ("tier 1; deploy rolling; rollback yes", vec![]),
        ("tier 1; deploy manual", vec![]),
        ("tier 1", vec![]),
    ] {
        assert_eq!(severities("P005", &service("a", facts)), expected, "{facts}");
    }
    assert!(unknown(&service("a", "tier 1")) > 0, "how it is deployed is asked");
    let two = format!("{}{}", service("a", "tier 1; deploy recreate"), service("b", "tier 1; rollback no"));
    assert_eq!(found("P005", &two).len(), 1, "one per tier");
}

#[test]
fn migrations_are_judged_with_the_way_of_release() {
    let body = |client: &str, technology: &str, store: &str| {
        format!("{}{}a -> db \"Writes\"", service("a", client), container("db", technology, store))
    };
    for (client, technology, store, expected) in [
        ("migrations startup; replicas 6", "PostgreSQL", "tier 2", vec![Medium]),
        ("replicas 6", "MySQL 8", "migrations startup", vec![Medium]),
        ("deploy rolling", "PostgreSQL", "migrations no", vec![Medium]),
        ("deploy rolling", "PostgreSQL", "migrations manual", vec![Medium]),
        ("deploy blue-green", "PostgreSQL", "expand_contract no; migrations job", vec![Medium]),
        ("deploy rolling; expand_contract no", "PostgreSQL", "migrations job", vec![Medium]),
        ("deploy rolling", "PostgreSQL", "expand_contract planned", vec![Low]),
        ("deploy rolling; replicas 1; exposure internal", "PostgreSQL", "migrations manual", vec![Low]),
        ("migrations startup; replicas 1", "PostgreSQL", "tier 2", vec![]),
        ("migrations startup", "PostgreSQL", "tier 2", vec![]),
        ("deploy recreate", "PostgreSQL", "expand_contract no", vec![]),
        ("tier 2", "PostgreSQL", "migrations no", vec![]),
        ("deploy rolling", "Supabase, PostgreSQL 15", "migrations manual", vec![Medium]),
        ("deploy rolling", "MongoDB", "migrations no", vec![]),
        ("deploy rolling", "PostgreSQL", "migrations job; expand_contract yes", vec![]),
        ("deploy rolling", "PostgreSQL", "tier 2", vec![]),
    ] {
        assert_eq!(severities("P006", &body(client, technology, store)), expected, "{client} / {technology} / {store}");
    }
    let reader = format!(
        "{}{}a -> db \"Reads\" \"SQL\" {}",
        service("a", "migrations startup; replicas 6"),
        container("db", "PostgreSQL", "tier 2"),
        props("access r")
    );
    assert_eq!(severities("P006", &reader), [], "a reader does not change the schema");
}

#[test]
fn units_hold_one_service() {
    let body = |left: &str, right: &str| format!("{}{}a -> b \"Asks\" \"gRPC\"", service("a", left), service("b", right));
    for (left, right, expected) in [
        ("deploy_unit one", "deploy_unit One", 1),
        ("deploy_unit one", "kind worker; deploy_unit one", 1),
        ("deploy_unit one", "deploy_unit two", 0),
        ("deploy_unit one", "role sidecar; deploy_unit one", 0),
        ("deploy_unit one", "kind gateway; deploy_unit one", 0),
        ("role module; deploy_unit one", "role module; deploy_unit one", 0),
        ("deploy_unit no", "deploy_unit no", 0),
        ("tier 2", "tier 2", 0),
    ] {
        assert_eq!(found("P007", &body(left, right)).len(), expected, "{left} / {right}");
    }
    let modules = "app = container \"App\" \"Everything in one\" \"Go\" {\nm1 = component \"Orders\" \"Takes orders\" \"Go\" {\nproperties {\ndeploy_unit app\n}\n}\nm2 = component \"Stock\" \"Counts items\" \"Go\" {\nproperties {\ndeploy_unit app\n}\n}\n}";
    assert_eq!(found("P007", modules).len(), 0, "modules of a monolith");
}

#[test]
fn externals_are_asked_about_where_critical_paths_need_them() {
    let text = |vendor: &str, caller: &str, call: &str| {
        let body = format!(
            "{}{}a -> b \"Asks\" \"gRPC\"\nb -> psp \"Charges\" \"HTTPS\" {}",
            service("a", caller),
            service("b", "kind service"),
            props(call)
        );
        workspace("", &external("psp", vendor), &body)
    };
    for (vendor, caller, call, expected) in [
        ("sla no", "tier 1", "timeout 1s", vec![Medium]),
        ("contact no; quota no; exit_plan no", "tier 0", "timeout 1s", vec![Medium]),
        ("sla planned", "tier 1", "timeout 1s", vec![Low]),
        ("sla no", "tier 2", "timeout 1s", vec![]),
        ("sla no", "tier 1", "criticality soft", vec![]),
        ("sla no", "tier 1", "mode async-pub", vec![]),
        ("sla 99.9; quota yes; contact yes; exit_plan yes", "tier 1", "timeout 1s", vec![]),
        ("location external", "tier 1", "timeout 1s", vec![]),
    ] {
        let severities: Vec<_> = found_in("P008", &text(vendor, caller, call)).into_iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, expected, "{vendor} / {caller} / {call}");
    }
}
