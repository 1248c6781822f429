//! What each fact is about and which values it usually has: for completing, explaining and filling in. The names are those
//! of [`super::NAMES`], in the same order; a new fact is one line there and one here.

/// One fact as people need it explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactDoc {
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// What it can be said of.
    pub subjects: &'static [Subject],
    /// Usual values, best first; empty where every design has its own. Others are as good.
    pub values: &'static [&'static str],
}

/// What facts are said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Workspace,
    /// Any element, boundaries and groups included.
    Element,
    /// What runs: services, workers, gateways.
    Running,
    /// Stores and queues.
    Store,
    Relation,
}

impl Subject {
    /// As people read it, after `said of`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workspace => "the workspace",
            Self::Element => "any element",
            Self::Running => "what runs",
            Self::Store => "stores and queues",
            Self::Relation => "relationships",
        }
    }
}

/// The states that a fact has when it has no value of its own.
pub const STATES: [&str; 4] = ["yes", "planned", "no", "n/a ()"];

/// What is known about a name.
pub fn about(name: &str) -> Option<&'static FactDoc> {
    FACTS.binary_search_by(|fact| fact.name.cmp(name)).ok().and_then(|at| FACTS.get(at))
}

const fn fact(name: &'static str, about: &'static str, subjects: &'static [Subject], values: &'static [&'static str]) -> FactDoc {
    FactDoc { name, about, subjects, values }
}

/// All facts by name.
pub const FACTS: [FactDoc; 98] = [
    fact(
        "access",
        "How the source uses the store: it reads, writes, both, or administers it.",
        &[Subject::Relation],
        &["r", "w", "rw", "admin"],
    ),
    fact("alerts", "Somebody is told when it misbehaves.", &[Subject::Running, Subject::Store], &["yes", "planned", "no"]),
    fact("api_version", "The version of the interface that the relationship relies on.", &[Subject::Relation], &["v1"]),
    fact(
        "auth",
        "How the caller is known: a method, or whether there is one at all.",
        &[Subject::Running, Subject::Relation],
        &["mtls", "oidc", "oauth2", "jwt", "api-key", "basic", "none"],
    ),
    fact(
        "authz",
        "How it is decided what a known caller may do.",
        &[Subject::Running, Subject::Relation],
        &["rbac", "abac", "scopes", "yes", "planned", "no"],
    ),
    fact("autoscale", "The number of replicas follows the load.", &[Subject::Running], &["2..40", "yes", "planned", "no"]),
    fact(
        "backpressure",
        "The producer is slowed down or refused when consumers fall behind.",
        &[Subject::Store],
        &["yes", "planned", "no"],
    ),
    fact("backup", "How often the data is copied elsewhere.", &[Subject::Store], &["1h", "24h", "continuous", "planned", "no"]),
    fact("body_limit", "Requests that are too large are turned away.", &[Subject::Running], &["1MB", "yes", "planned", "no"]),
    fact("bulkhead", "Calls to this target cannot take all threads or connections.", &[Subject::Relation], &["yes", "planned", "no"]),
    fact("calls_per_request", "How often the source calls the target while it answers one request.", &[Subject::Relation], &["1", "10"]),
    fact("capacity_rps", "Requests a second that it can take.", &[Subject::Running], &["100", "1000"]),
    fact("circuit_breaker", "Calls stop for a while when the target keeps failing.", &[Subject::Relation], &["yes", "planned", "no"]),
    fact(
        "client_ip_source",
        "Where the address of the client is taken from.",
        &[Subject::Running],
        &["connection", "x-forwarded-for", "proxy-protocol"],
    ),
    fact("consistency", "What a reader may see after a write.", &[Subject::Store], &["strong", "eventual", "read-your-writes"]),
    fact("context", "The bounded context; without it the nearest group or software system.", &[Subject::Element], &[]),
    fact("context_propagation", "Trace and correlation ids go along with the call.", &[Subject::Relation], &["yes", "planned", "no"]),
    fact(
        "contract",
        "The agreed description of the interface.",
        &[Subject::Relation],
        &["openapi", "asyncapi", "protobuf", "graphql", "pact", "none"],
    ),
    fact("cors", "Which origins a browser may call from.", &[Subject::Running], &["same-origin", "allow-list", "any"]),
    fact("credentials", "What the source proves itself with.", &[Subject::Relation], &["vault", "short-lived", "static", "none"]),
    fact("criticality", "Whether the source fails without the target.", &[Subject::Relation], &["hard", "soft"]),
    fact(
        "data",
        "What data is kept or sent, as a list.",
        &[Subject::Element, Subject::Relation],
        &["pii", "pan", "credentials", "health", "telemetry"],
    ),
    fact("delivery", "How often a message arrives.", &[Subject::Store], &["at-least-once", "at-most-once", "exactly-once"]),
    fact("deploy", "How a new version goes live.", &[Subject::Running], &["rolling", "blue-green", "canary", "recreate", "manual"]),
    fact(
        "direction",
        "What arrows of this text mean: who calls, or where data goes.",
        &[Subject::Workspace, Subject::Relation],
        &["initiator", "dataflow"],
    ),
    fact("discovery", "How the source finds the target.", &[Subject::Relation], &["dns", "service-mesh", "registry", "static"]),
    fact("dlq", "Messages that cannot be processed go to a queue of their own.", &[Subject::Store], &["yes", "planned", "no"]),
    fact("effect", "What a call does: it asks, orders, or tells.", &[Subject::Relation], &["query", "command", "event"]),
    fact("encryption_at_rest", "The data is encrypted where it lies.", &[Subject::Store], &["yes", "planned", "no"]),
    fact("env", "The environment it belongs to.", &[Subject::Element], &["production", "staging", "test", "development"]),
    fact("exposure", "Who can reach it from outside.", &[Subject::Element], &["public", "internal"]),
    fact("failover", "Something else takes over when it fails.", &[Subject::Running], &["automatic", "manual", "planned", "no"]),
    fact("failover_tested", "Taking over was tried, and when.", &[Subject::Running, Subject::Store], &["yes", "planned", "no"]),
    fact(
        "fallback",
        "What the source does when the target does not answer.",
        &[Subject::Relation],
        &["cache", "default", "queue", "planned", "no"],
    ),
    fact(
        "game_day",
        "Failures are practised on purpose, and when they were last.",
        &[Subject::Workspace, Subject::Running],
        &["yes", "planned", "no"],
    ),
    fact(
        "graceful_shutdown",
        "Work in hand is finished before it stops.",
        &[Subject::Running],
        &["yes", "drain 20s, grace 30s", "planned", "no"],
    ),
    fact("growth", "How fast the data grows.", &[Subject::Store], &["10% a month", "no"]),
    fact("healthcheck", "The platform can ask whether it works.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("idempotent", "Doing it twice does no more than doing it once.", &[Subject::Relation], &["yes", "planned", "no"]),
    fact("identity", "On whose behalf the call is made.", &[Subject::Relation], &["none", "technical", "end-user"]),
    fact("instances", "How many there are of a node: a number or a range.", &[Subject::Running], &["1", "2", "1..N"]),
    fact(
        "kind",
        "What it is, when name and technology do not say so.",
        &[Subject::Element],
        &[
            "person",
            "frontend",
            "gateway",
            "service",
            "worker",
            "scheduler",
            "database",
            "cache",
            "object-store",
            "search-index",
            "queue",
            "external",
            "system",
            "node",
        ],
    ),
    fact(
        "lb",
        "How calls are spread over the replicas of the target.",
        &[Subject::Relation],
        &["round-robin", "least-connections", "client-side", "none"],
    ),
    fact(
        "leader_election",
        "How one replica is chosen for work that only one may do.",
        &[Subject::Running],
        &["lease", "raft", "zookeeper", "none"],
    ),
    fact("lifecycle", "Where it is in its life.", &[Subject::Element], &["planned", "live", "deprecated", "retired"]),
    fact(
        "local_state",
        "Keeps state that is lost with the instance.",
        &[Subject::Running],
        &["session", "local-disk", "sharded", "yes", "no"],
    ),
    fact("location", "Whether it is one's own or somebody else's.", &[Subject::Element], &["internal", "external"]),
    fact("logs", "Where logs go.", &[Subject::Running], &["central", "local", "no"]),
    fact("loss_ok", "Losing some of the data or messages is accepted.", &[Subject::Store], &["yes", "no"]),
    fact("managed", "A provider runs it and answers for its availability.", &[Subject::Element], &["yes", "no"]),
    fact(
        "max_class",
        "The most sensitive class of data it may hold.",
        &[Subject::Element],
        &["public", "internal", "confidential", "restricted"],
    ),
    fact("max_connections", "Connections that the store accepts.", &[Subject::Store], &["100", "500"]),
    fact("max_deliveries", "Attempts before a message is given up.", &[Subject::Store], &["5"]),
    fact(
        "max_length",
        "How many messages may wait before new ones are refused or old ones dropped.",
        &[Subject::Store],
        &["100000", "planned", "no"],
    ),
    fact("metrics", "Numbers about it are collected.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("metrics_labels", "Labels of its metrics, as a list.", &[Subject::Running], &["route", "status", "user_id"]),
    fact("mode", "Whether the source waits for an answer.", &[Subject::Relation], &["sync", "async-pub", "async-sub", "stream", "file"]),
    fact("oncall", "Who is called at night.", &[Subject::Running], &[]),
    fact("ordering", "Which messages stay in order.", &[Subject::Store], &["per-key", "global", "none"]),
    fact("owner", "The team that answers for it.", &[Subject::Element], &[]),
    fact("partitions", "Parts that the topic or table is divided into.", &[Subject::Store], &["12"]),
    fact("peak_rps", "Calls a second at the busiest time.", &[Subject::Relation], &["100", "1000"]),
    fact("persistence", "What is kept survives a restart.", &[Subject::Store], &["yes", "no"]),
    fact("platform", "What it runs on.", &[Subject::Element], &["kubernetes", "ecs", "lambda", "vm", "on-premises"]),
    fact("pool_size", "Connections that each replica holds.", &[Subject::Running], &["10", "20"]),
    fact("profile", "How strictly the text is reviewed.", &[Subject::Workspace], &["sketch", "default", "production", "regulated"]),
    fact("proto", "The protocol, when the technology does not say it.", &[Subject::Relation], &["https", "grpc", "amqp", "sql", "sftp"]),
    fact("rate_limit", "Callers that ask too often are turned away.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("rebuild", "It can be made again from other data.", &[Subject::Store], &["yes", "no"]),
    fact("regions", "Regions it runs in, as a number or list.", &[Subject::Running], &["1", "2"]),
    fact("replicas", "How many of it run at once.", &[Subject::Running], &["1", "2", "3"]),
    fact("replication_lag", "How far copies may be behind, as a time.", &[Subject::Store], &["0s", "5s", "1m"]),
    fact("resources", "Limits of processor and memory are set.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("restore_tested", "Restoring a backup was tried, and when.", &[Subject::Store], &["yes", "planned", "no"]),
    fact("restore_time", "How long restoring takes, as a time.", &[Subject::Running, Subject::Store], &["30m", "2h"]),
    fact("retention", "How long data is kept.", &[Subject::Store], &["7d", "30d", "365d"]),
    fact("retry", "Failed calls are made again: attempts, pause, jitter.", &[Subject::Relation], &["3, 100ms, jitter", "planned", "no"]),
    fact(
        "role",
        "The part it plays, such as a copy derived from another store.",
        &[Subject::Element, Subject::Relation],
        &["system-of-record", "derived", "replication", "backup"],
    ),
    fact("rpo", "How much data may be lost, as a time.", &[Subject::Store], &["0s", "5m", "1h", "24h"]),
    fact("rto", "How long it may be down, as a time.", &[Subject::Store], &["5m", "1h", "4h", "24h"]),
    fact("runbook", "What to do when it fails is written down: its place, or whether.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("runtime", "Where a frontend's code runs.", &[Subject::Running], &["server", "browser"]),
    fact("schema", "How the shape of data or messages is governed.", &[Subject::Store], &["registry", "migrations", "none"]),
    fact("secrets_source", "Where secrets come from.", &[Subject::Running], &["vault", "platform", "env", "config-plain"]),
    fact("size_gb", "How much data it holds, in gigabytes.", &[Subject::Store], &["50", "2000"]),
    fact("slo", "Promised availability in percent.", &[Subject::Running], &["99.5", "99.9", "99.95"]),
    fact("stage", "How settled the design is.", &[Subject::Workspace], &["sketch", "proposed", "accepted", "live"]),
    fact("telemetry_fields", "Fields that logs and traces carry, as a list.", &[Subject::Running], &["trace_id", "user_id"]),
    fact("tier", "How critical it is: 0 most, 3 least.", &[Subject::Element], &["0", "1", "2", "3"]),
    fact("timeout", "How long the source waits for an answer.", &[Subject::Relation], &["800ms", "2s", "5s", "planned", "no"]),
    fact("tls", "The connection is encrypted.", &[Subject::Relation], &["yes", "mutual", "planned", "no"]),
    fact("tracing", "Requests can be followed through it.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("ttl", "How long an entry stays.", &[Subject::Store], &["60s", "5m", "24h"]),
    fact("voters", "Members that decide together.", &[Subject::Store], &["3", "5"]),
    fact("waf", "Requests that look like attacks, and floods of them, are turned away.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("write_rps", "Writes a second at the busiest time.", &[Subject::Store], &["100", "5000"]),
    fact("zone", "The trust zone it lies in.", &[Subject::Element], &["internet", "dmz", "internal", "restricted"]),
    fact("zones", "Availability zones it runs in, as a number or list.", &[Subject::Running], &["1", "2", "3", "no"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::model::{facts::NAMES, kind::Kind};

    #[test]
    fn every_known_name_is_explained() {
        let names: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
        assert_eq!(names, NAMES);
        for fact in FACTS {
            assert!(fact.about.ends_with('.') && !fact.subjects.is_empty(), "{}", fact.name);
        }
        assert_eq!(about("timeout").map(|fact| fact.subjects), Some(&[Subject::Relation][..]));
        assert_eq!(about("timeouts"), None);
    }

    #[test]
    fn all_kinds_can_be_chosen() {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(about("kind").map(|fact| fact.values), Some(kinds.as_slice()));
    }
}
