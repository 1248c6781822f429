//! Decoys of the rules about what can be seen of a running system.

use crate::domain::review::{
    finding::Severity::{High, Low, Medium},
    rules::tests::review_dsl,
    rules::tests::{
        decoys::props,
        running::{ENTRY, asks, call, consume, element, found, publish, review, service, severities, sql, workspace},
    },
};

#[test]
fn metrics_are_asked_of_what_users_enter_and_of_what_matters() {
    for (facts, entry, expected) in [
        ("metrics no", ENTRY, vec![Medium]),
        ("metrics no; tier 2", "", vec![Medium]),
        ("metrics planned; tier 2", "", vec![Low]),
        ("metrics no; tier 3", ENTRY, vec![Low]),
        ("metrics no; tier 3", "", vec![]),
        ("metrics no", "", vec![]),
        ("metrics mesh", ENTRY, vec![]),
        ("metrics \"n/a (batch)\"", ENTRY, vec![]),
    ] {
        assert_eq!(severities("O001", &format!("{}{entry}", service("a", facts))), expected, "{facts}");
    }
    asks("O001", &format!("{}{ENTRY}", service("a", "tier 1")));
    let two = format!("{}{}", service("a", "metrics no; tier 1"), service("b", "metrics no; tier 1"));
    assert_eq!(found("O001", &two).remove(0).title, "Two services emit no metrics");
}

/// Four services in a row, the third behind a topic.
fn way(services: [&str; 4], publication: &str, subscription: &str) -> String {
    let [a, b, c, d] = services;
    format!(
        "{}{}{}{}{}{ENTRY}{}{}{}{}",
        service("a", a),
        service("b", b),
        service("c", c),
        service("d", d),
        element("q", "Kafka", "tier 1"),
        call("a", "b", "tls yes"),
        publish("b", "q", publication),
        consume("c", "q", subscription),
        call("c", "d", "tls yes")
    )
}

#[test]
fn only_the_first_break_of_a_way_is_told() {
    const T: &str = "tracing yes";
    const N: &str = "tracing no";
    for (services, publication, subscription, title) in [
        ([T, T, T, T], "context_propagation no", "tls yes", Some("Traces of requests end at b → q")),
        ([T, T, T, T], "context_propagation yes", "context_propagation no", Some("Traces of requests end at c → q")),
        ([T, T, N, N], "context_propagation no", "tls yes", Some("Traces of requests end at b → q")),
        ([T, N, N, T], "context_propagation no", "tls yes", Some("Traces of requests end at b")),
        ([T, T, T, N], "context_propagation yes", "context_propagation yes", Some("Traces of requests end at d")),
        ([T, T, T, T], "context_propagation yes", "context_propagation yes", None),
        ([T, T, T, T], "tls yes", "tls yes", None),
    ] {
        let findings = found("O002", &way(services, publication, subscription));
        assert_eq!(findings.first().map(|finding| finding.title.as_str()), title, "{services:?} {publication} {subscription}");
        assert!(findings.len() <= 1);
    }
    let planned = way([T, "tracing planned", T, T], "tls yes", "tls yes");
    assert_eq!(severities("O002", &planned), [Low]);
    let short = format!("{}{}{ENTRY}{}", service("a", T), service("b", N), call("a", "b", "tls yes"));
    assert_eq!(severities("O002", &short), [], "two services can be followed by eye");
    let alone = way([N, N, N, N], "tls yes", "tls yes").replace(ENTRY, "");
    assert_eq!(severities("O002", &alone), [], "no user's request passes");
    asks("O002", &way(["tier 1"; 4], "tls yes", "tls yes"));
}

#[test]
fn traces_go_on_behind_an_outbox() {
    let way = |read: &str, subscription: &str| {
        let services: String = ["a", "relay", "b"].map(|key| service(key, "tracing yes")).concat();
        let (db, bus) = (element("db", "PostgreSQL", "kind database"), element("bus", "RabbitMQ", "kind queue"));
        let relayed = format!("{}{}{}", sql("a", "db", "access rw"), sql("relay", "db", read), publish("relay", "bus", "delivery outbox"));
        format!("{services}{db}{bus}{ENTRY}{relayed}{}", consume("b", "bus", subscription))
    };
    for (read, subscription, title) in [
        ("access r; role cdc", "context_propagation no", Some("Traces of requests end at b → bus")),
        ("access rw; role outbox", "context_propagation no", Some("Traces of requests end at b → bus")),
        ("access r; role cdc; context_propagation no", "context_propagation no", Some("Traces of requests end at relay → db")),
        ("access r; role cdc", "context_propagation yes", None),
        ("access r; role bi", "context_propagation no", None),
    ] {
        let findings = found("O002", &way(read, subscription));
        assert_eq!(findings.first().map(|finding| finding.title.as_str()), title, "{read} / {subscription}");
    }
}

#[test]
fn logs_are_central_when_the_platform_or_a_collector_takes_them() {
    let three =
        |facts: &str, more: &str| format!("{}{}{}{more}", service("a", facts), service("b", "logs central"), service("c", "logs central"));
    for (facts, expected) in [
        ("logs local", vec![Medium]),
        ("logs no", vec![Medium]),
        ("logs planned", vec![Low]),
        ("logs local; tier 3", vec![Low]),
        ("logs unstructured; tier 1", vec![Medium]),
        ("logs unstructured; tier 2", vec![]),
        ("logs central", vec![]),
        ("logs \"file, shipped\"", vec![]),
    ] {
        assert_eq!(severities("O003", &three(facts, "")), expected, "{facts}");
    }
    let collected = format!("{}a -> loki \"Sends logs\" \"HTTPS\"\n", element("loki", "Grafana Loki", "tier 2"));
    assert_eq!(severities("O003", &three("logs local", &collected)), []);
    assert_eq!(severities("O003", &service("a", "logs local")), [], "one service can be read where it is");
    let all: String = ["a", "b", "c"].map(|key| service(key, "tier 1")).concat();
    asks("O003", &all);
    let codes = |facts: &str| review_dsl(&workspace(facts, &all)).findings.into_iter().filter(|finding| finding.code == "LNT-O003").count();
    assert_eq!((codes("logs local"), codes("logs central")), (1, 0));
}

#[test]
fn objectives_and_alerts_are_asked_of_critical_elements() {
    for (facts, expected) in [
        ("tier 1; slo no; alerts yes; oncall us", vec![Medium]),
        ("tier 1; slo 99.9; alerts no", vec![Medium]),
        ("tier 1; slo 99.9; alerts yes; oncall no", vec![Medium]),
        ("tier 1; slo 99.9; alerts planned", vec![Low]),
        ("tier 0; exposure public; alerts no", vec![High]),
        ("tier 1; slo 99.9; alerts yes; oncall us", vec![]),
        ("tier 2; slo no; alerts no", vec![]),
        ("slo no; alerts no", vec![]),
        ("tier 1; slo \"n/a (batch)\"; alerts \"n/a (batch)\"", vec![]),
    ] {
        assert_eq!(severities("O004", &service("a", facts)), expected, "{facts}");
    }
    assert_eq!(
        severities("O004", &element("db", "PostgreSQL", "tier 1; slo no; alerts yes; oncall us")),
        [],
        "stores answer to their services"
    );
    asks("O004", &service("a", "tier 1"));
}

#[test]
fn labels_are_bounded_by_templates_and_classes() {
    for (labels, expected) in [
        ("path, user_id", vec![Medium]),
        ("r.URL.Path", vec![Medium]),
        ("user.id", vec![Medium]),
        ("Client-IP", vec![Medium]),
        ("route, status, method", vec![]),
        ("http.route", vec![]),
        ("url.template", vec![]),
        ("tenant_tier", vec![]),
        ("no", vec![]),
        ("planned", vec![]),
    ] {
        assert_eq!(severities("O005", &service("a", &format!("metrics_labels \"{labels}\""))), expected, "{labels}");
    }
    let finding = found("O005", &service("a", "metrics_labels \"path, status, user_id\"")).remove(0);
    assert_eq!(finding.title, "Metrics of a are labelled by path and user_id");
}

#[test]
fn telemetry_is_personal_by_its_fields_or_by_what_goes_there() {
    for (facts, expected) in [
        ("telemetry_fields \"trace_id, user.email\"", vec![High]),
        ("metrics_labels \"route, email\"", vec![High]),
        ("telemetry_fields \"email\"; tier 3", vec![Medium]),
        ("telemetry_fields \"user.id, email_hash\"", vec![]),
        ("telemetry_fields \"email (DPIA-7)\"", vec![]),
        ("telemetry_fields \"server.address, service.name\"", vec![]),
        ("telemetry_fields no", vec![]),
        ("data email", vec![]),
    ] {
        assert_eq!(severities("O006", &service("a", facts)), expected, "{facts}");
    }
    let sends = |sink: &str, link: &str| format!("{}{sink}a -> s \"Sends\" \"HTTPS\" {}\n", service("a", "tier 2"), props(link));
    let loki = element("s", "Grafana Loki", "tier 2");
    assert_eq!(severities("O006", &sends(&loki, "data customer_email")), [High]);
    assert_eq!(severities("O006", &sends(&loki, "max_class confidential")), [High]);
    assert_eq!(severities("O006", &sends(&loki, "max_class internal")), []);
    assert_eq!(severities("O006", &sends(&loki, "tls yes")), []);
    assert_eq!(severities("O006", &sends(&service("s", "tier 2"), "data customer_email")), []);
}

#[test]
fn queues_are_blind_only_when_it_is_said() {
    let body = |queue: &str| format!("{}{}{}", element("q", "RabbitMQ", queue), service("a", "tier 2"), consume("a", "q", "tls yes"));
    for (queue, expected) in [
        ("alerts no; tier 1", vec![Medium]),
        ("alerts no", vec![Medium]),
        ("alerts planned", vec![Low]),
        ("alerts no; tier 3", vec![]),
        ("alerts no; loss_ok yes", vec![]),
        ("alerts \"lag\"", vec![]),
        ("alerts \"n/a (test)\"", vec![]),
    ] {
        assert_eq!(severities("O007", &body(queue)), expected, "{queue}");
    }
    let unread = format!("{}{}{}", element("q", "RabbitMQ", "alerts no"), service("a", "tier 2"), publish("a", "q", "tls yes"));
    assert_eq!(severities("O007", &unread), []);
    asks("O007", &body("tier 1"));
    assert!(review(&body("tier 1")).findings.iter().all(|finding| finding.code != "LNT-O007"));
}
