//! Decoys of the rules about boundaries and coupling.

use crate::domain::review::{
    finding::{Finding, Severity},
    rules::tests::{
        decoys::{props, service, workspace},
        live::found_in,
    },
};

/// Findings of one rule on the body of a system that is live, with two systems of others beside it.
pub(super) fn found(code: &str, body: &str) -> Vec<Finding> {
    let outside = ["ext = softwareSystem \"Partner\" \"Another company\"", "idp = softwareSystem \"Okta\" \"Identity provider\""]
        .map(|system| format!("{system} {{\ntags \"External\"\n}}\n"))
        .concat();
    let text = workspace(body).replace("model {\n", &format!("model {{\nproperties {{\nstage live\n}}\n{outside}"));
    found_in(code, &text)
}

pub(super) fn severities(code: &str, body: &str) -> Vec<Severity> {
    found(code, body).into_iter().map(|finding| finding.severity).collect()
}

#[test]
fn foreign_access_needs_a_stated_owner() {
    use Severity::{High, Medium};
    let body = |service_facts: &str, store: &str, link: &str| {
        format!(
            "{}db = container \"DB\" \"Keeps the accounts\" \"PostgreSQL\" {}\na -> db \"Uses\" \"SQL\" {}",
            service("a", service_facts),
            props(store),
            props(link)
        )
    };
    for (service, store, link, expected) in [
        ("owner one", "owner two", "access rw", vec![High]),
        ("owner one", "owner two", "access r", vec![Medium]),
        ("context one", "context two", "access rw", vec![High]),
        ("owner one; context one", "owner one; context two", "access rw", vec![Medium]),
        ("owner one", "owner one", "access rw", vec![]),
        ("owner one", "owner none", "access rw", vec![]),
        ("owner planned", "owner two", "access rw", vec![]),
        ("owner one", "tier 2", "access rw", vec![]),
        ("tier 2", "owner two", "access rw", vec![]),
        ("owner one", "owner two", "access r; role bi", vec![]),
        ("owner one; role backup", "owner two", "access r", vec![]),
        ("owner one", "owner two; role replica", "access r", vec![]),
        ("owner one", "owner two; role server", "access rw", vec![]),
    ] {
        assert_eq!(severities("B002", &body(service, store, link)), expected, "{service} / {store} / {link}");
    }
    let shared = format!("{}\n{}b -> db \"Writes\" \"SQL\"", body("owner one", "owner two", "access rw"), service("b", "owner two"));
    assert_eq!(severities("B002", &shared), [], "a shared database is told once");
    assert_eq!(severities("B001", &shared), [High]);
    let reader = shared.replace("access rw", "access r");
    assert_eq!((severities("B001", &reader), severities("B002", &reader)), (vec![], vec![Medium]), "a reader is told once, too");
}

#[test]
fn contexts_depend_by_calls_and_by_what_they_consume() {
    use Severity::{Low, Medium};
    let services: String =
        [("a", "one"), ("b", "two"), ("c", "three")].map(|(key, context)| service(key, &format!("context {context}"))).concat();
    let topic = |name: &str, facts: &str| format!("{name} = container \"{name}\" \"What happened there\" \"Kafka\" {}\n", props(facts));
    let body = |rest: &str| format!("{services}{}{}{rest}", topic("ta", "tier 2"), topic("tb", "tier 2"));
    let publish = "a -> ta \"Publishes\" \"Kafka\"\nb -> ta \"Consumes\" \"Kafka\"\n";
    for (rest, expected) in [
        ("a -> b \"Asks\" \"gRPC\"\nb -> a \"Asks\" \"gRPC\"".to_owned(), vec![Medium]),
        ("a -> b \"Asks\" \"gRPC\"\nb -> c \"Asks\" \"gRPC\"\nc -> a \"Asks\" \"gRPC\"".to_owned(), vec![Medium]),
        ("a -> b \"Asks\" \"gRPC\"\nb -> c \"Asks\" \"gRPC\"\na -> c \"Asks\" \"gRPC\"".to_owned(), vec![]),
        // The consumer depends on the publisher: with a call the other way it is a circle, with one the same way it is none.
        (format!("{publish}a -> b \"Asks\" \"gRPC\""), vec![Medium]),
        (format!("{publish}b -> a \"Asks\" \"gRPC\""), vec![]),
        (format!("{publish}b -> tb \"Publishes\" \"Kafka\"\na -> tb \"Consumes\" \"Kafka\""), vec![Low]),
        (format!("{publish}b -> ta \"Publishes\" \"Kafka\"\na -> ta \"Consumes\" \"Kafka\""), vec![]),
        (format!("a -> b \"Asks\" \"gRPC\"\nb -> a \"Tells\" \"HTTPS\" {}", props("role webhook")), vec![]),
    ] {
        assert_eq!(severities("B004", &body(&rest)), expected, "{rest}");
    }
    let public = body(&format!("{publish}a -> b \"Asks\" \"gRPC\"")).replace("tier 2", "exposure public");
    assert_eq!(severities("B004", &public), [], "a published language ties nobody");
}

#[test]
fn hubs_are_out_of_line_and_not_made_for_it() {
    use Severity::{Low, Medium};
    let body = |hub: &str, number: usize, contexts: usize| {
        let others: String = (0..number)
            .map(|n| service(&format!("s{n}"), &if contexts > 0 { format!("context c{}", n % contexts) } else { "tier 2".to_owned() }))
            .collect();
        let calls = (0..number).map(|n| format!("hub -> s{n} \"Asks\" \"gRPC\"\n")).collect::<Vec<_>>().concat();
        format!("{}{others}{calls}", service("hub", hub))
    };
    for (hub, number, contexts, expected) in [
        ("tier 1", 8, 0, vec![Medium]),
        ("tier 1", 7, 0, vec![]),
        ("tier 1", 5, 5, vec![Low]),
        ("tier 1", 6, 3, vec![]),
        ("role orchestrator", 9, 0, vec![Low]),
        ("role bff", 9, 0, vec![]),
        ("role adapter", 5, 5, vec![]),
        ("kind gateway", 9, 0, vec![]),
        ("role monitoring", 12, 0, vec![]),
    ] {
        assert_eq!(severities("B005", &body(hub, number, contexts)), expected, "{hub} / {number} / {contexts}");
    }
}

#[test]
fn a_hub_is_measured_by_the_others_around_it() {
    use Severity::Medium;
    let partner = |n: usize| {
        format!(
            "p{n} = container \"Partner {n}\" \"Takes our files\" \"SFTP\" {}\nhub -> p{n} \"Sends\" \"SFTP\"\n",
            props("kind external")
        )
    };
    let hub = format!("{}{}", service("hub", "tier 1"), (0..9).map(partner).collect::<String>());
    assert_eq!(severities("B005", &hub), [Medium], "alone, it is no measure for itself");
    assert_eq!(severities("B005", &format!("{hub}{}hub -> s \"Asks\" \"gRPC\"", service("s", "tier 1"))), [Medium], "nor one of two");
    let beside: String = (0..5)
        .map(|n| format!("{}{}a{n} -> b{n} \"Asks\" \"gRPC\"\n", service(&format!("a{n}"), ""), service(&format!("b{n}"), "")))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(severities("B005", &format!("{hub}{beside}")), [Medium], "what has nothing to do with it says nothing of it");
}

#[test]
fn a_gateway_may_keep_what_gateways_keep() {
    use Severity::Medium;
    let body = |store: &str, facts: &str, link: &str| {
        format!(
            "gate = container \"Edge\" \"The way in\" \"Envoy\"\n{store} {}\ngate -> x {link}\n{}gate -> a \"Passes on\" \"HTTPS\"",
            props(facts),
            service("a", "tier 2")
        )
    };
    let rules = "x = container \"Rules DB\" \"Discounts of customers\" \"PostgreSQL\"";
    for (store, facts, link, expected) in [
        (rules, "tier 2", "\"Looks up\" \"SQL\"", vec![Medium]),
        (rules, "role config", "\"Looks up\" \"SQL\"", vec![]),
        ("x = container \"Rules DB\" \"Stock limits\" \"PostgreSQL\"", "tier 2", "\"Looks up\" \"SQL\"", vec![Medium]),
        ("x = container \"Limits DB\" \"Limits of each customer\" \"PostgreSQL\"", "tier 2", "\"Looks up\" \"SQL\"", vec![]),
        ("x = container \"Session DB\" \"Who is signed in\" \"PostgreSQL\"", "tier 2", "\"Keeps sessions\" \"SQL\"", vec![]),
        ("x = container \"Sessions\" \"Who is signed in\" \"Redis\"", "tier 2", "\"Writes\" \"RESP\"", vec![]),
        ("x = container \"Files\" \"Pictures of the shop\" \"S3\"", "tier 2", "\"Reads\" \"HTTPS\"", vec![]),
        ("x = container \"order.events\" \"What happened\" \"Kafka\"", "tier 2", "\"Publishes events\" \"Kafka\"", vec![Medium]),
        ("x = container \"access log\" \"Who asked for what\" \"Kafka\"", "role logs", "\"Publishes events\" \"Kafka\"", vec![]),
        ("x = container \"jobs\" \"Requests to handle\" \"SQS\"", "tier 2", "\"Hands over requests\" \"SQS\"", vec![]),
    ] {
        assert_eq!(severities("B006", &body(store, facts, link)), expected, "{store} / {facts} / {link}");
    }
    let pooled = format!("{}\na -> gate \"Queries\" \"SQL\"", body(rules, "tier 2", "\"Queries\" \"SQL\""));
    assert_eq!(severities("B006", &pooled), [], "a proxy of the database passes on what it gets");
}

#[test]
fn one_translating_layer_is_enough() {
    use Severity::Medium;
    let body = |target: &str, facts: &str, link: &str| {
        let services: String = (0..3).map(|n| service(&format!("s{n}"), &format!("context c{n}; {facts}"))).collect();
        let calls = (0..3).map(|n| format!("s{n} -> {target} \"Asks\" \"HTTPS\" {}\n", props(link))).collect::<Vec<_>>().concat();
        format!("{services}{calls}")
    };
    assert_eq!(severities("B007", &body("ext", "tier 2", "tls yes")), [Medium]);
    assert_eq!(severities("B007", &body("idp", "tier 2", "tls yes")), [], "identity providers are made for it");
    assert_eq!(severities("B007", &body("ext", "role adapter", "tls yes")), []);
    assert_eq!(severities("B007", &body("ext", "tier 2", "role acl")), []);
    assert_eq!(severities("B007", &body("ext", "tier 2", "tls yes").replace("context c2", "context c1")), [], "two contexts");
}

#[test]
fn layers_are_only_judged_where_they_are_stated() {
    use Severity::High;
    let body = |from: &str, to: &str, link: &str| {
        format!(
            "app = container \"App\" \"Does the work\" \"Go\" {{\nx = component \"X\" \"Rules\" \"Go\" {}\ny = component \"Y\" \"Keeps\" \"Go\" {}\n}}\nx -> y {link}",
            props(from),
            props(to)
        )
    };
    for (from, to, link, expected) in [
        ("layer domain", "layer infrastructure", "\"Uses\"", vec![High]),
        ("layer usecase", "layer adapter", "\"Uses\"", vec![High]),
        ("layer adapter", "layer domain", "\"Uses\"", vec![]),
        ("layer usecase", "layer domain", "\"Uses\"", vec![]),
        ("layer domain", "tier 2", "\"Uses\"", vec![]),
        ("layer domain", "layer infrastructure", "\"Saves through the repository port\"", vec![]),
        ("layer domain", "layer infrastructure", "\"Uses\" {\nproperties {\nrole port\n}\n}", vec![]),
    ] {
        assert_eq!(severities("B008", &body(from, to, link)), expected, "{from} / {to} / {link}");
    }
}
