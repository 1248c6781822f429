//! Decoys of the rules about data and consistency.

use crate::domain::review::{
    finding::Severity,
    rules::tests::{
        boundaries::severities,
        decoys::{props, service},
    },
};

#[test]
fn a_course_of_commands_needs_a_way_back() {
    use Severity::{High, Low, Medium};
    let body = |caller: &str, call: &str, second_store: &str| {
        format!(
            "{}{}{}one = container \"One\" \"Keeps the first\" \"PostgreSQL\"\ntwo = container \"Two\" \"Keeps the second\" \"PostgreSQL\"\na -> b \"Books\" \"gRPC\" {}\na -> c \"Books\" \"gRPC\" {}\nb -> one \"Writes\" \"SQL\"\nc -> {second_store} \"Writes\" \"SQL\"",
            service("a", caller),
            service("b", "tier 2"),
            service("c", "tier 2"),
            props("effect command"),
            props(call)
        )
    };
    for (caller, call, store, expected) in [
        ("compensation no", "effect command", "two", vec![High]),
        ("tier 2", "effect command", "two", vec![Medium]),
        ("compensation planned", "effect command", "two", vec![Low]),
        ("compensation saga", "effect command", "two", vec![]),
        ("tier 2", "effect command; compensation reservation", "two", vec![]),
        ("compensation \"n/a (reversed by hand)\"", "effect command", "two", vec![]),
        ("compensation no", "effect command", "one", vec![]),
        ("compensation no", "effect query", "two", vec![]),
        ("compensation no", "tls yes", "two", vec![]),
        ("compensation no", "effect command; mode async-pub", "two", vec![]),
    ] {
        assert_eq!(severities("D002", &body(caller, call, store)), expected, "{caller} / {call} / {store}");
    }
}

fn consumer(technology: &str, consumer: &str, queue: &str, link: &str) -> String {
    format!(
        "{}{}q = container \"jobs\" \"Jobs to be done\" \"{technology}\" {}\na -> q \"Publishes\" \"AMQP\"\nb -> q \"Consumes\" \"AMQP\" {}",
        service("a", "owner one"),
        service("b", consumer),
        props(&format!("kind queue; {queue}")),
        props(link)
    )
}

#[test]
fn duplicates_hurt_commands_only() {
    use Severity::{High, Low};
    for (technology, queue, link, expected) in [
        ("RabbitMQ", "tier 2", "effect command; idempotent no", vec![High]),
        ("NATS", "delivery at-least-once", "effect command; idempotent no", vec![High]),
        ("NATS", "delivery at-most-once", "effect command; idempotent no", vec![Low]),
        ("RabbitMQ", "tier 2", "effect command; idempotent planned", vec![Low]),
        ("Kafka", "delivery exactly-once", "effect command; idempotent no", vec![]),
        ("RabbitMQ", "tier 2", "effect command; idempotent yes", vec![]),
        ("RabbitMQ", "tier 2", "effect command", vec![]),
        ("RabbitMQ", "tier 2", "effect query; idempotent no", vec![]),
        ("RabbitMQ", "tier 2", "idempotent no", vec![]),
        ("RabbitMQ", "tier 2", "effect command; idempotent \"n/a (sets a value)\"", vec![]),
    ] {
        assert_eq!(severities("D003", &consumer(technology, "tier 2", queue, link)), expected, "{technology} / {queue} / {link}");
    }
}

#[test]
fn caches_need_an_end_unless_entries_never_change() {
    use Severity::{Low, Medium};
    let body = |cache: &str, facts: &str, link: &str| {
        format!("{}{cache} {}\na -> c \"Caches profiles\" \"RESP\" {}", service("a", "tier 2"), props(facts), props(link))
    };
    let redis = "c = container \"Profiles\" \"Profiles read lately\" \"Redis 7\"";
    for (cache, facts, link, expected) in [
        (redis, "ttl no", "tls yes", vec![Medium]),
        (redis, "ttl no; invalidation no", "tls yes", vec![Medium]),
        (redis, "tier 2", "ttl no", vec![Medium]),
        (redis, "ttl 5m; invalidation no", "tls yes", vec![Low]),
        (redis, "ttl no; invalidation on-write", "tls yes", vec![Low]),
        (redis, "ttl planned", "tls yes", vec![Low]),
        (redis, "ttl 5m; invalidation no; staleness 5m", "tls yes", vec![]),
        (redis, "ttl 5m; stampede_protection no", "peak_rps 500", vec![Medium]),
        (redis, "ttl 5m; stampede_protection no", "peak_rps 20", vec![]),
        (redis, "ttl 5m; stampede_protection no", "tls yes", vec![]),
        (redis, "tier 2", "tls yes", vec![]),
        (redis, "ttl no; invalidation no; pattern write-through", "tls yes", vec![]),
        ("c = container \"Edge cache\" \"Immutable assets of the shop\" \"Varnish\"", "kind cache; ttl no", "tls yes", vec![]),
    ] {
        assert_eq!(severities("D005", &body(cache, facts, link)), expected, "{cache} / {facts} / {link}");
    }
}

#[test]
fn schemas_matter_between_teams() {
    use Severity::{Low, Medium};
    for (owner, queue, expected) in [
        ("owner two", "schema no", vec![Medium]),
        ("owner two", "schema registry; compatibility no", vec![Medium]),
        ("owner two", "schema planned", vec![Low]),
        ("owner one", "schema no", vec![Low]),
        ("tier 2", "schema no", vec![Low]),
        ("owner two", "schema registry", vec![]),
        ("owner two", "tier 2", vec![]),
    ] {
        assert_eq!(severities("D006", &consumer("Kafka", owner, queue, "tls yes")), expected, "{owner} / {queue}");
    }
}

#[test]
fn order_is_asked_for_only_where_it_is_required() {
    use Severity::{Low, Medium};
    for (technology, worker, queue, link, expected) in [
        ("Kafka", "tier 2", "partitions 12; partition_key no", "ordering required", vec![Medium]),
        ("Kafka", "tier 2", "partitions 12; partition_key planned", "ordering required", vec![Low]),
        ("Kafka", "tier 2", "partitions 12; partition_key order_id", "ordering required", vec![]),
        ("Kafka", "tier 2", "partitions 12", "ordering required", vec![]),
        ("Kafka", "tier 2", "partitions 1; partition_key no", "ordering required", vec![]),
        ("Kafka", "tier 2", "partitions 12; partition_key no", "tls yes", vec![]),
        ("Kafka", "tier 2", "partitions 12; partition_key no; ordering per-key", "tls yes", vec![]),
        ("RabbitMQ", "replicas 4", "tier 2", "ordering required", vec![Medium]),
        ("RabbitMQ, single active consumer", "replicas 4", "tier 2", "ordering required", vec![]),
        ("SQS FIFO", "replicas 4", "tier 2", "ordering required", vec![]),
        ("RabbitMQ", "replicas 1", "tier 2", "ordering required", vec![]),
        ("RabbitMQ", "tier 2", "tier 2", "ordering required", vec![]),
    ] {
        let body = consumer(technology, worker, queue, link);
        assert_eq!(severities("D007", &body), expected, "{technology} / {worker} / {queue} / {link}");
    }
    let retry = format!(
        "{}\nr = container \"jobs.retry\" \"What failed before\" \"Kafka\"\nb -> r \"Consumes\" \"Kafka\"",
        consumer("Kafka", "tier 2", "partitions 1", "ordering required")
    );
    assert_eq!(severities("D007", &retry), [Medium], "what fails comes back later");
}

#[test]
fn copies_are_asked_about_where_users_read_them() {
    use Severity::{Low, Medium};
    let body = |technology: &str, store: &str, link: &str, entry: &str| {
        format!(
            "{}db = container \"Copy\" \"Keeps what others know\" \"{technology}\" {}\na -> db \"Reads\" \"SQL\" {}\n{entry}",
            service("a", "tier 2"),
            props(store),
            props(link)
        )
    };
    let entry = "user -> a \"Uses\" \"HTTPS\"";
    for (technology, store, link, entry, expected) in [
        ("PostgreSQL", "role replica", "tls yes", entry, vec![Medium]),
        ("PostgreSQL", "regions 2", "tls yes", entry, vec![Medium]),
        ("PostgreSQL", "role replica", "tls yes", "", vec![Low]),
        ("PostgreSQL", "replicas 3", "tls yes", entry, vec![Low]),
        ("PostgreSQL", "role replica; consistency planned", "tls yes", entry, vec![Low]),
        ("PostgreSQL", "replicas 2; failover automatic", "tls yes", entry, vec![]),
        ("PostgreSQL", "role replica; consistency eventual", "tls yes", entry, vec![]),
        ("PostgreSQL", "role replica", "staleness 5s", entry, vec![]),
        ("PostgreSQL", "role replica", "access w", entry, vec![]),
        ("etcd", "replicas 3", "tls yes", entry, vec![]),
        ("PostgreSQL", "replicas 1", "tls yes", entry, vec![]),
    ] {
        assert_eq!(severities("D008", &body(technology, store, link, entry)), expected, "{technology} / {store} / {link}");
    }
}

#[test]
fn majorities_are_counted_only_where_members_vote() {
    use Severity::{High, Medium};
    for (technology, facts, expected) in [
        ("etcd", "replicas 2", vec![High]),
        ("NATS JetStream", "replicas 4; tier 1", vec![Medium]),
        ("etcd", "replicas 3; zones 2", vec![High]),
        ("etcd", "replicas 3; zones \"a, b, c\"", vec![]),
        ("etcd", "replicas 3", vec![]),
        ("etcd", "replicas 1", vec![]),
        ("etcd", "tier 1", vec![]),
        ("etcd", "replicas 2; arbiter yes", vec![]),
        ("etcd", "replicas 2; tier 2", vec![]),
        ("Kafka", "replicas 4; managed yes; voters 4", vec![]),
        ("Kafka", "replicas 4", vec![]),
        ("CockroachDB", "replicas 4; zones 3", vec![]),
        ("PostgreSQL", "replicas 2", vec![]),
    ] {
        let body = format!("x = container \"Cluster\" \"Decides together\" \"{technology}\" {}", props(facts));
        assert_eq!(severities("D009", &body), expected, "{technology} / {facts}");
    }
}

#[test]
fn jobs_run_once_and_workers_share() {
    use Severity::{High, Low, Medium};
    for (technology, facts, expected) in [
        ("Go", "kind scheduler; replicas 3; leader_election no; lock no", vec![High]),
        ("Go", "kind scheduler; autoscale yes; leader_election no; lock no", vec![High]),
        ("Go", "kind worker; run_once yes; replicas 3; leader_election no; lock no", vec![High]),
        ("Go", "kind scheduler; replicas 3; leader_election no", vec![Medium]),
        ("Go", "kind scheduler; replicas 3; leader_election planned", vec![Low]),
        ("Go", "kind scheduler; replicas 3", vec![]),
        ("Go", "kind scheduler; replicas 3; leader_election no; lock advisory-lock", vec![]),
        ("Go", "kind scheduler; replicas 3; leader_election no; lock no; idempotent yes", vec![]),
        ("Go", "kind scheduler; replicas 1; leader_election no", vec![]),
        ("Go", "kind worker; replicas 10; leader_election no; lock no", vec![]),
        ("Kubernetes CronJob", "kind scheduler; replicas 3; leader_election no; lock no", vec![]),
    ] {
        let body = format!("x = container \"Job\" \"Runs at night\" \"{technology}\" {}", props(facts));
        assert_eq!(severities("D010", &body), expected, "{technology} / {facts}");
    }
    let lock = |cache: &str, link: &str| {
        format!(
            "{}c = container \"Locks\" \"Who works on what\" \"Redis 7\" {}\na -> c \"Takes locks\" \"RESP\" {}",
            service("a", "tier 2"),
            props(cache),
            props(link)
        )
    };
    assert_eq!(severities("D010", &lock("replicas 1", "fencing no")), [High]);
    assert_eq!(severities("D010", &lock("tier 2", "fencing no")), [Medium]);
    assert_eq!(severities("D010", &lock("replicas 1", "fencing yes")), []);
    assert_eq!(severities("D010", &lock("replicas 1", "tls yes")), []);
}
