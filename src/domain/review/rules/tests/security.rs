//! What looks like a weakness and is none, and what makes one worse or milder.

use super::{
    decoys::{props, service},
    live::{container, external, found, found_in, severities, unknown, workspace},
};
use crate::domain::review::finding::Severity::{Critical, High, Low, Medium};

#[test]
fn service_calls_are_judged_by_what_they_cross() {
    let body =
        |from: &str, to: &str, call: &str| format!("{}{}a -> b \"Asks\" \"gRPC\" {}", service("a", from), service("b", to), props(call));
    for (from, to, call, expected) in [
        ("zone app", "zone pci", "auth no", vec![High]),
        ("zone app", "zone app", "auth no", vec![Medium]),
        ("context one", "context two", "auth no", vec![High]),
        ("zone app", "zone pci; tier 0; max_class restricted", "auth no", vec![Critical]),
        ("zone app", "zone pci", "auth planned", vec![Low]),
        ("zone app", "zone pci; auth no", "timeout 1s", vec![High]),
        ("zone app", "zone pci; auth no", "auth mtls", vec![]),
        ("zone app", "zone pci", "auth no; tls mutual", vec![]),
        ("zone app; tls mesh", "zone pci; tls mesh", "auth no", vec![]),
        ("zone app", "zone pci", "auth no; proto unix-socket", vec![]),
        ("zone app", "zone pci", "auth no; role health", vec![]),
        ("zone app", "zone pci", "auth n/a (same process)", vec![]),
        ("zone app", "zone pci", "timeout 1s", vec![]),
    ] {
        assert_eq!(severities("X003", &body(from, to, call)), expected, "{from} / {to} / {call}");
    }
    assert!(unknown(&body("zone app", "zone pci", "timeout 1s")) > unknown(&body("zone app", "zone app", "timeout 1s")), "asked for");
    let broker = format!(
        "{}{}a -> bus \"Publishes\" \"AMQP\" {}",
        service("a", "zone app"),
        container("bus", "RabbitMQ", "zone data; dlq yes"),
        props("auth no")
    );
    assert_eq!(severities("X003", &broker), [High], "brokers as well");
    let user = format!("{}user -> a \"Uses\" \"HTTPS\" {}", service("a", "zone app"), props("auth no"));
    assert_eq!(severities("X003", &user), [], "the entrance is another rule's");
    let several = format!(
        "{}{}{}a -> b \"Asks\" \"gRPC\" {no}\nb -> a \"Asks\" \"gRPC\" {no}\na -> c \"Asks\" \"gRPC\" {no}",
        service("a", "zone app"),
        service("b", "zone pci"),
        service("c", "zone pci"),
        no = props("auth no")
    );
    let findings = found("X003", &several);
    assert_eq!(findings.len(), 1, "one per pair of zones: {findings:#?}");
    assert_eq!(findings.first().map(|finding| finding.title.as_str()), Some("Three calls between app and pci are unauthenticated"));
}

#[test]
fn encryption_at_rest_is_asked_of_confidential_data_on_disk() {
    let body =
        |technology: &str, facts: &str| format!("{}{}a -> db \"Writes\"", service("a", "tier 2"), container("db", technology, facts));
    for (technology, facts, expected) in [
        ("PostgreSQL", "max_class confidential; encryption_at_rest no", vec![High]),
        ("PostgreSQL", "data pan; encryption_at_rest no; tier 0", vec![Critical]),
        ("PostgreSQL", "max_class restricted; encryption_at_rest planned", vec![Low]),
        ("PostgreSQL", "max_class restricted; encryption_at_rest no; env dev", vec![Medium]),
        ("S3", "max_class restricted; encryption_at_rest no", vec![High]),
        ("PostgreSQL", "max_class internal; encryption_at_rest no", vec![]),
        ("PostgreSQL", "data card_token; encryption_at_rest no", vec![]),
        ("Redis", "max_class confidential; encryption_at_rest no; persistence no; loss_ok yes", vec![]),
        ("PostgreSQL", "max_class confidential; encryption_at_rest provider", vec![]),
        ("PostgreSQL", "max_class confidential; encryption_at_rest n/a (masked)", vec![]),
        ("PostgreSQL", "max_class confidential", vec![]),
        ("PostgreSQL", "encryption_at_rest no", vec![]),
    ] {
        assert_eq!(severities("X005", &body(technology, facts)), expected, "{technology} / {facts}");
    }
}

#[test]
fn authorisation_is_asked_behind_sign_in() {
    let body = |gate: &str, api: &str, call: &str| {
        format!(
            "{}{}user -> gate \"Calls\" \"HTTPS\"\ngate -> api \"Passes on\" \"HTTPS\" {}",
            container("gate", "Envoy", gate),
            service("api", api),
            props(call)
        )
    };
    for (gate, api, call, expected) in [
        ("auth oidc", "authz no; max_class confidential", "timeout 1s", vec![High]),
        ("tier 2", "auth jwt; authz no; data health", "timeout 1s", vec![High]),
        ("auth oidc", "authz no; multi_tenant yes", "timeout 1s", vec![High]),
        ("auth oidc", "authz no; max_class restricted; tier 0", "timeout 1s", vec![Critical]),
        ("auth oidc", "authz planned; max_class confidential", "timeout 1s", vec![Low]),
        ("auth oidc", "max_class confidential", "authz no", vec![High]),
        ("auth oidc", "max_class confidential", "authz scopes", vec![]),
        ("auth oidc", "authz rbac; max_class confidential", "timeout 1s", vec![]),
        ("auth oidc", "authz no; max_class internal", "timeout 1s", vec![]),
        ("auth no", "authz no; max_class confidential", "auth no", vec![]),
        ("auth oidc", "max_class confidential", "timeout 1s", vec![]),
        ("auth oidc; authz no; max_class confidential", "authz rbac", "timeout 1s", vec![]),
    ] {
        assert_eq!(severities("X006", &body(gate, api, call)), expected, "{gate} / {api} / {call}");
    }
    let batch = format!(
        "{}{}nightly -> api \"Books\" \"gRPC\"",
        service("nightly", "kind scheduler; auth mtls"),
        service("api", "auth mtls; authz no; max_class confidential")
    );
    assert_eq!(severities("X006", &batch), [], "no user gets there");
    let shared = workspace("multi_tenant yes", "", &body("auth oidc; authz no", "authz no", "timeout 1s"));
    assert_eq!(found_in("X006", &shared).len(), 1, "the gateway holds nothing of its own");
}

#[test]
fn identity_is_followed_from_the_user_on() {
    let body = |call: &str, docs: &str, caller: &str| {
        format!(
            "{}{}user -> bff \"Uses\" \"HTTPS\"\nbff -> docs \"Reads\" \"gRPC\" {}",
            service("bff", caller),
            service("docs", docs),
            props(call)
        )
    };
    for (call, docs, caller, expected) in [
        ("identity technical", "max_class confidential", "tier 2", vec![Medium]),
        ("identity none", "data health", "tier 2", vec![Medium]),
        ("identity technical; data pii", "tier 2", "tier 2", vec![Medium]),
        ("identity technical", "max_class restricted; tier 0", "tier 2", vec![High]),
        ("identity end-user", "max_class confidential", "tier 2", vec![]),
        ("identity technical", "max_class internal", "tier 2", vec![]),
        ("identity technical; role batch", "max_class confidential", "tier 2", vec![]),
        ("identity technical", "max_class confidential", "kind worker", vec![]),
        ("identity technical; mode async-pub", "max_class confidential", "tier 2", vec![]),
        ("timeout 1s", "max_class confidential", "tier 2", vec![]),
    ] {
        assert_eq!(severities("X007", &body(call, docs, caller)), expected, "{call} / {docs} / {caller}");
    }
    let store = format!(
        "{}{}user -> bff \"Uses\" \"HTTPS\"\nbff -> db \"Reads\" \"SQL\" {}",
        service("bff", "tier 2"),
        container("db", "PostgreSQL", "max_class confidential"),
        props("identity technical")
    );
    assert_eq!(severities("X007", &store), [], "databases have technical users");
    let chain = format!(
        "{}{}{}user -> bff \"Uses\" \"HTTPS\"\nbff -> mid \"Asks\" \"gRPC\" {no}\nmid -> docs \"Asks\" \"gRPC\" {no}",
        service("bff", "tier 2"),
        service("mid", "tier 2"),
        service("docs", "max_class confidential"),
        no = props("identity technical")
    );
    let findings = found("X007", &chain);
    assert_eq!(findings.len(), 1, "told where it is lost: {findings:#?}");
    assert!(findings.first().is_some_and(|finding| finding.title.starts_with("From bff service on")));
}

#[test]
fn administration_is_exposed_only_to_the_public() {
    let direct = |facts: &str, call: &str| format!("{}user -> tool \"Uses\" \"HTTPS\" {}", service("tool", facts), props(call));
    for (facts, call, expected) in [
        ("role admin", "tls yes", vec![High]),
        ("role console; exposure public; tier 0", "tls yes", vec![Critical]),
        ("role metrics", "via vpn", vec![]),
        ("role admin", "mfa yes", vec![]),
        ("role admin; exposure internal", "tls yes", vec![]),
        ("tier 2", "role pprof", vec![High]),
        ("tier 2", "role webhook", vec![]),
        ("role admin; purpose product", "tls yes", vec![]),
        ("role admin; purpose product; mfa no", "tls yes", vec![Medium]),
        ("role admin; purpose product; mfa planned", "tls yes", vec![Low]),
    ] {
        assert_eq!(severities("X009", &direct(facts, call)), expected, "{facts} / {call}");
    }
    let staff = |zone: &str| {
        let operator = format!("op = person \"Operator\" {}", props(&format!("location {zone}")));
        workspace("", &operator, &format!("{}op -> tool \"Administers\" \"HTTPS\"", service("tool", "role admin")))
    };
    assert!(found_in("X009", &staff("internal")).is_empty(), "where staff come from is not stated");
    let scraped =
        format!("{}{}prom -> api \"Scrapes\" \"HTTP\" {}", service("prom", "tier 2"), service("api", "tier 2"), props("role metrics"));
    assert_eq!(severities("X009", &scraped), [], "inside");
    let gateway = |route: &str| {
        format!(
            "{}{}user -> gate \"Calls\" \"HTTPS\"\ngate -> api \"Passes on\" \"HTTP\" {}",
            container("gate", "Envoy", "auth oidc"),
            service("api", "tier 2"),
            props(route)
        )
    };
    assert_eq!(severities("X009", &gateway("role actuator")), [High], "a public route");
    assert_eq!(severities("X009", &gateway("role actuator; via bastion")), []);
    let component = "api = container \"api\" \"Does the work\" \"Go\" {\nadmin = component \"Admin API\" \"Changes everything\" {\nproperties {\nrole admin\n}\n}\n}\nuser -> admin \"Calls\" \"HTTPS\"";
    assert_eq!(severities("X009", component), [High], "a part of a service");
}

#[test]
fn data_is_followed_to_where_it_must_not_be() {
    let vendor = |vendor: &str, call: &str| {
        workspace("", &external("ads", vendor), &format!("{}a -> ads \"Reports\" \"HTTPS\" {}", service("a", "tier 2"), props(call)))
    };
    for (facts, call, expected) in [
        ("dpa no", "data pii", vec![High]),
        ("dpa planned", "data pii", vec![Low]),
        ("dpa yes", "data pii", vec![]),
        ("dpa no", "data \"amount, card_token\"", vec![]),
        ("dpa no", "data pii; max_class internal", vec![]),
        ("dpa yes; max_class internal", "data pii", vec![High]),
        ("location external", "data pii", vec![]),
        ("dpa no", "data \"pii, email, amount\"", vec![High, High]),
        ("dpa no", "data pii; effect query", vec![]),
    ] {
        let severities: Vec<_> = found_in("X010", &vendor(facts, call)).into_iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, expected, "{facts} / {call}");
    }
    let copy = |facts: &str, call: &str| {
        format!("{}{}a -> index \"Fills\" \"HTTPS\" {}", service("a", "tier 2"), container("index", "OpenSearch", facts), props(call))
    };
    assert_eq!(severities("X010", &copy("max_class internal", "data email")), [High]);
    assert_eq!(severities("X010", &copy("max_class none", "data email")), [High]);
    assert_eq!(severities("X010", &copy("max_class confidential", "data email")), []);
    assert_eq!(severities("X010", &copy("max_class internal", "data email; access r")), [], "a read fills nothing");
    assert_eq!(severities("X010", &copy("tier 2", "data email")), [], "not stated");
    assert!(unknown(&copy("tier 2", "data email")) > unknown(&copy("tier 2", "data amount")));
    let path = format!(
        "{}{}{}a -> b \"Tells\" \"gRPC\" {data}\nb -> log \"Keeps\" \"SQL\" {data}",
        service("a", "tier 2"),
        service("b", "tier 2"),
        container("log", "PostgreSQL", "role log; max_class internal"),
        data = props("data email")
    );
    let findings = found("X010", &path);
    assert!(findings.first().is_some_and(|finding| finding.message.contains("a service → b service → log")), "{findings:#?}");
}

#[test]
fn client_addresses_matter_where_something_is_decided_by_them() {
    for (facts, expected) in [
        ("client_ip_source leftmost-xff; rate_limit yes", vec![High]),
        ("client_ip_source chi.RealIP; audit yes", vec![High]),
        ("client_ip_source any-header; authz ip-allow-list", vec![High]),
        ("trust_all_proxies yes", vec![High]),
        ("client_ip_source leftmost-xff; rate_limit yes; tier 0; exposure public", vec![Critical]),
        ("client_ip_source leftmost-xff; rate_limit yes; env dev", vec![Medium]),
        ("client_ip_source leftmost-xff", vec![]),
        ("client_ip_source leftmost-xff; rate_limit no", vec![]),
        ("client_ip_source rightmost-xff; rate_limit yes", vec![]),
        ("client_ip_source x-forwarded-for; rate_limit yes", vec![]),
        ("trust_all_proxies no; rate_limit yes", vec![]),
        ("rate_limit yes; audit yes", vec![]),
    ] {
        assert_eq!(severities("X011", &format!("{}user -> a \"Uses\" \"HTTPS\"", service("a", facts))), expected, "{facts}");
    }
}

#[test]
fn origins_matter_where_people_sign_in() {
    for (facts, call, expected) in [
        ("cors \"https://*\"; auth jwt", "tls yes", vec![Medium]),
        ("cors \"https://*, cookies\"", "tls yes", vec![High]),
        ("cors reflect; auth session", "tls yes", vec![High]),
        ("cors any", "auth oidc", vec![Medium]),
        ("cors any; auth jwt; tier 3", "tls yes", vec![Low]),
        ("cors any; auth none", "tls yes", vec![]),
        ("cors any", "tls yes", vec![]),
        ("cors \"https://shop.example, credentials\"; auth jwt", "tls yes", vec![]),
        ("cors same-origin; auth jwt", "tls yes", vec![]),
        ("cors no; auth jwt", "tls yes", vec![]),
    ] {
        let body = format!("{}user -> a \"Uses\" \"HTTPS\" {}", service("a", facts), props(call));
        assert_eq!(severities("X012", &body), expected, "{facts} / {call}");
    }
}

#[test]
fn what_comes_in_is_checked_by_what_it_is() {
    let body = |facts: &str, call: &str| format!("{}user -> a \"Sends\" \"HTTPS\" {}", service("a", facts), props(call));
    for (facts, call, expected) in [
        ("accepts file; scanning no", "tls yes", vec![Medium]),
        ("accepts webhook; signature no", "tls yes", vec![Medium]),
        ("accepts url; egress no; scanning no", "tls yes", vec![Medium]),
        ("accepts xml; validation no", "tls yes", vec![Medium]),
        ("accepts \"file, webhook\"; scanning no; signature no", "tls yes", vec![Medium]),
        ("accepts file; scanning no; tier 0; exposure public", "tls yes", vec![High]),
        ("accepts webhook; signature planned", "tls yes", vec![Low]),
        ("accepts webhook; signature no", "auth signature", vec![]),
        ("accepts webhook; signature hmac", "tls yes", vec![]),
        ("accepts json; validation no", "tls yes", vec![]),
        ("accepts file", "tls yes", vec![]),
        ("scanning no; signature no", "tls yes", vec![]),
        ("accepts file; scanning n/a (never opened); validation yes", "tls yes", vec![]),
    ] {
        assert_eq!(severities("X013", &body(facts, call)), expected, "{facts} / {call}");
    }
    let inside = format!("{}{}a -> b \"Sends\" \"HTTPS\"", service("a", "tier 2"), service("b", "accepts file; scanning no"));
    assert_eq!(severities("X013", &inside), [], "nobody from outside gets there");
    let behind = format!(
        "{}{}user -> gate \"Sends\" \"HTTPS\"\ngate -> b \"Passes on\" \"HTTPS\"",
        container("gate", "Envoy", "auth oidc"),
        service("b", "accepts file; scanning no")
    );
    assert_eq!(severities("X013", &behind), [Medium], "a gateway only passes on");
}

#[test]
fn zones_hold_what_belongs_together() {
    let body = |store: &str, web: &str, link: &str| {
        format!(
            "{}{}{}a -> db \"Writes\" \"SQL\"\n{link}",
            service("a", "zone app"),
            container("db", "PostgreSQL", store),
            service("web", web)
        )
    };
    for (store, web, link, expected) in [
        ("zone app; max_class confidential", "zone app; exposure public", "", vec![Medium]),
        ("zone app; data pan", "zone app; role ci", "", vec![Medium]),
        ("zone dmz; max_class confidential", "zone dmz", "web -> db \"Reads\" \"SQL\"", vec![Medium]),
        ("zone app; max_class restricted; tier 0", "zone app; exposure public", "", vec![High]),
        ("zone app; max_class confidential", "zone app; exposure public", "web -> db \"Reads\" \"SQL\"", vec![]),
        ("zone app; max_class confidential", "zone front; exposure public", "", vec![]),
        ("zone app; max_class internal", "zone app; exposure public", "", vec![]),
        ("zone app", "zone app; exposure public", "", vec![]),
        ("max_class confidential", "exposure public", "", vec![]),
    ] {
        assert_eq!(severities("X014", &body(store, web, link)), expected, "{store} / {web} / {link}");
    }
    let flat = |facts: &str| {
        let services: String = (0..6).map(|n| service(&format!("s{n}"), "tier 2")).collect();
        found_in("X014", &workspace(facts, "", &services))
    };
    assert_eq!(flat("zone none").len(), 1);
    assert!(flat("tier 2").is_empty(), "unknown is not flat");
    let vendor = workspace(
        "zone internal",
        &external("ads", "location external"),
        &format!("{}{}a -> db \"Writes\" \"SQL\"", service("a", "tier 2"), container("db", "PostgreSQL", "max_class confidential")),
    );
    assert!(found_in("X014", &vendor).is_empty(), "a zone for the whole workspace is not the vendor's");
}
