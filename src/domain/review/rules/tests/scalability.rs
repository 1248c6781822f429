//! Decoys of the rules about load and growth.

use crate::domain::review::{
    finding::Severity::{High, Low, Medium},
    rules::tests::running::{ENTRY, asks, call, consume, element, found, publish, service, severities, sql},
};

#[test]
fn state_matters_only_where_there_are_several_instances() {
    for (facts, expected) in [
        ("replicas 4; local_state session", vec![High]),
        ("autoscale yes; local_state local-disk", vec![High]),
        ("autoscale \"1..6\"; local_state yes", vec![High]),
        ("replicas 4; local_state in-memory-cache-authoritative", vec![High]),
        ("replicas 4; local_state session; tier 3", vec![Medium]),
        ("replicas 1; local_state session", vec![]),
        ("replicas 4; local_state cache", vec![]),
        ("replicas 4; local_state no", vec![]),
        ("replicas 4; local_state \"n/a (stateless)\"", vec![]),
        ("replicas 4; local_state planned", vec![]),
        ("replicas 4; local_state local-disk; partitions 4", vec![]),
        ("replicas 4; local_state sharded", vec![]),
        ("replicas planned; local_state session", vec![]),
        ("replicas 4", vec![]),
    ] {
        assert_eq!(severities("S001", &service("a", facts)), expected, "{facts}");
    }
    asks("S001", &service("a", "local_state session"));
}

#[test]
fn an_edge_is_protected_anywhere_on_the_way() {
    let body =
        |entry: &str, gate: &str, api: &str| format!("{}{}{entry}{}", service("a", gate), service("api", api), call("a", "api", "tls yes"));
    for (gate, api, expected) in [
        ("rate_limit no", "tier 2", vec![High]),
        ("rate_limit no; waf no", "tier 2", vec![High]),
        ("rate_limit yes; waf no", "tier 2", vec![Medium]),
        ("body_limit no", "tier 2", vec![Medium]),
        ("rate_limit planned", "tier 2", vec![Low]),
        ("rate_limit planned; waf no", "tier 2", vec![Medium]),
        ("rate_limit no; tier 3", "tier 2", vec![Medium]),
        ("rate_limit no", "rate_limit yes", vec![]),
        ("rate_limit no; exposure internal", "tier 2", vec![]),
        ("rate_limit \"n/a (static files)\"", "tier 2", vec![]),
        ("rate_limit \"local, quota per client\"; replicas 3", "tier 2", vec![Low]),
        ("rate_limit \"local, quota per client\"; replicas 1", "tier 2", vec![]),
    ] {
        assert_eq!(severities("S002", &body(ENTRY, gate, api)), expected, "{gate} / {api}");
    }
    assert_eq!(
        severities("S002", &body("partner -> a \"Calls\" \"HTTPS\"\n", "rate_limit no", "tier 2")),
        [],
        "a partner is not the public"
    );
    let cdn = format!(
        "{}{}user -> cdn \"Uses\" \"HTTPS\"\ncdn -> a \"Passes on\" \"HTTPS\"\n",
        element("cdn", "Cloudflare", "rate_limit yes"),
        service("a", "exposure public; rate_limit no")
    );
    assert_eq!(severities("S002", &cdn), []);
    asks("S002", &body(ENTRY, "tier 1", "tier 2"));
}

#[test]
fn connections_are_counted_only_from_stated_numbers() {
    let body = |client: &str, store: &str, link: &str| {
        format!("{}{}{}", service("a", client), element("db", "PostgreSQL 16", store), sql("a", "db", link))
    };
    for (client, store, link, expected) in [
        ("replicas 40; pool_size 25", "max_connections 500", "tls yes", vec![High]),
        ("replicas 4; autoscale \"4..40\"; pool_size 25", "max_connections 500", "tls yes", vec![High]),
        ("replicas 40", "max_connections 500", "pool_size 25", vec![High]),
        ("replicas 18; pool_size 25", "max_connections 500", "tls yes", vec![Medium]),
        ("replicas 16; pool_size 25", "max_connections 500", "tls yes", vec![]),
        ("replicas 40; pool_size 25", "max_connections 500", "via pgbouncer", vec![]),
        ("replicas 40; pool_size 25", "tier 1", "tls yes", vec![]),
        ("replicas 40; pool_size planned", "max_connections 500", "tls yes", vec![]),
    ] {
        assert_eq!(severities("S003", &body(client, store, link)), expected, "{client} / {store} / {link}");
    }
    asks("S003", &body("replicas 40", "max_connections 500", "tls yes"));
    let twice = format!(
        "{}{}",
        body("replicas 15; pool_size 25", "max_connections 500", "tls yes"),
        sql("a", "db", "access r").replace("Writes", "Reads")
    );
    assert_eq!(severities("S003", &twice), [], "one pool serves both relations");
    let finding = found("S003", &body("replicas 40; pool_size 25", "max_connections 500", "tls yes")).remove(0);
    assert_eq!(finding.title, "Clients can open 1000 connections to db, which takes 500");
}

#[test]
fn consumers_are_idle_only_beyond_stated_partitions() {
    let body =
        |queue: &str, consumer: &str| format!("{}{}{}", element("q", "Kafka", queue), service("a", consumer), consume("a", "q", "tls yes"));
    for (queue, consumer, expected) in [
        ("partitions 12", "replicas 24", vec![Medium]),
        ("partitions 12", "autoscale \"2..24\"", vec![Medium]),
        ("partitions 12", "replicas 24; tier 3", vec![Low]),
        ("partitions 12", "replicas 12", vec![]),
        ("partitions 12", "replicas 24; leader_election lease", vec![]),
        ("tier 1", "replicas 24", vec![]),
        ("partitions 12", "tier 1", vec![]),
        ("partitions planned", "replicas 24", vec![]),
    ] {
        assert_eq!(severities("S004", &body(queue, consumer)), expected, "{queue} / {consumer}");
    }
}

#[test]
fn a_bound_of_any_kind_bounds_a_queue() {
    let body = |entry: &str, queue: &str, producer: &str| {
        format!("{}{}{entry}{}", element("q", "RabbitMQ", queue), service("a", producer), publish("a", "q", "tls yes"))
    };
    for (queue, expected) in [
        ("max_length no", vec![Medium]),
        ("retention no", vec![Medium]),
        ("backpressure no", vec![Medium]),
        ("max_length planned", vec![Low]),
        ("max_length no; backpressure planned", vec![Low]),
        ("max_length no; retention 7d", vec![]),
        ("max_length no; ttl 1h", vec![]),
        ("max_length 10000; backpressure no", vec![]),
        ("max_length \"n/a (ten messages a day)\"", vec![]),
    ] {
        assert_eq!(severities("S005", &body(ENTRY, queue, "tier 2")), expected, "{queue}");
    }
    let gateway = format!("{}user -> gate \"Uses\" \"HTTPS\"\n{}", element("gate", "Envoy", "kind gateway"), call("gate", "a", "tls yes"));
    assert_eq!(severities("S005", &body(&gateway, "max_length no", "tier 2")), [Medium], "a gateway only passes on");
    assert_eq!(severities("S005", &body("", "max_length no", "tier 2")), [], "nobody outside fills it");
    assert_eq!(severities("S005", &body("", "max_length no", "role batch")), [Medium]);
    asks("S005", &body(ENTRY, "tier 1", "tier 2"));
}

#[test]
fn load_is_compared_with_capacity_only_in_numbers() {
    let body = |target: &str, link: &str| format!("{}{}{}", service("a", "tier 2"), service("b", target), call("a", "b", link));
    for (target, link, expected) in [
        ("capacity_rps 1500; replicas 1", "peak_rps 900; calls_per_request 3", vec![High]),
        ("capacity_rps 500; replicas 1", "peak_rps 900", vec![High]),
        ("capacity_rps 1500; replicas 2", "peak_rps 900; calls_per_request 3", vec![]),
        ("capacity_rps 500; autoscale \"2..10\"", "peak_rps 900; calls_per_request 3", vec![]),
        ("capacity_rps 500; replicas 1", "calls_per_request 30", vec![]),
        ("replicas 1", "peak_rps 900", vec![]),
        ("capacity_rps 500; replicas 1", "peak_rps 900; mode async-pub", vec![]),
        ("capacity_rps planned; replicas 1", "peak_rps 900", vec![]),
    ] {
        assert_eq!(severities("S006", &body(target, link)), expected, "{target} / {link}");
    }
    asks("S006", &body("capacity_rps 500", "peak_rps 900"));
    let quota = format!("{}a -> partner \"Asks\" \"HTTPS\" {{\nproperties {{\npeak_rps 900\n}}\n}}\n", service("a", "tier 2"));
    assert_eq!(severities("S006", &quota), []);
}

#[test]
fn one_server_is_enough_for_most_data() {
    let body = |technology: &str, facts: &str| element("db", technology, facts);
    for (technology, facts, expected) in [
        ("PostgreSQL 16", "size_gb 2000; write_rps 6000; partitions no", vec![Low]),
        ("PostgreSQL 16", "size_gb 2000; growth \"5% a month\"; partitions 1", vec![Low]),
        ("MongoDB", "size_gb 3000; growth yes; partitions no", vec![Low]),
        ("MongoDB", "size_gb 1500; growth yes; partitions no", vec![]),
        ("PostgreSQL 16", "size_gb 2000; partitions no", vec![]),
        ("PostgreSQL 16", "size_gb 2000; growth no; partitions no", vec![]),
        ("PostgreSQL 16", "size_gb 200; write_rps 600; growth yes; partitions no", vec![]),
        ("PostgreSQL 16", "size_gb 2000; write_rps 6000; partitions no; retention 90d", vec![]),
        ("PostgreSQL 16", "size_gb 2000; write_rps 6000; partitions \"24, by month\"", vec![]),
        ("Cassandra", "size_gb 9000; write_rps 60000; partitions no", vec![]),
        ("PostgreSQL 16", "size_gb 2000; write_rps 6000", vec![]),
    ] {
        assert_eq!(severities("S007", &body(technology, facts)), expected, "{technology} / {facts}");
    }
}
