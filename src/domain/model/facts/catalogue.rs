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
pub const FACTS: [FactDoc; 150] = [
    fact(
        "accepts",
        "What it takes from outside besides plain requests, as a list.",
        &[Subject::Running],
        &["file", "url", "webhook", "serialized"],
    ),
    fact(
        "access",
        "How the source uses the store: it reads, writes, both, or administers it.",
        &[Subject::Relation],
        &["r", "w", "rw", "admin"],
    ),
    fact("alerts", "Somebody is told when it misbehaves.", &[Subject::Running, Subject::Store], &["yes", "planned", "no"]),
    fact("api_version", "The version of the interface that the relationship relies on.", &[Subject::Relation], &["v1"]),
    fact("arbiter", "A further voter that keeps no data.", &[Subject::Store], &["yes", "no"]),
    fact("audit", "Who did what is recorded.", &[Subject::Running], &["yes", "planned", "no"]),
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
    fact("baseline", "The day from which on hard choices need a decision record.", &[Subject::Workspace], &["2026-01-01"]),
    fact("body_limit", "Requests that are too large are turned away.", &[Subject::Running], &["1MB", "yes", "planned", "no"]),
    fact("boot_time", "How long it takes from the start until it can serve.", &[Subject::Running], &["5s", "40s"]),
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
    fact(
        "compatibility",
        "How changes of the schema are kept from breaking consumers.",
        &[Subject::Store],
        &["backward", "full", "planned", "no"],
    ),
    fact(
        "compensation",
        "How a change over several services is undone when it stops half way.",
        &[Subject::Running, Subject::Relation],
        &["saga", "reservation", "planned", "no"],
    ),
    fact("config_validation", "A wrong configuration is refused at the start.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("consistency", "What a reader may see after a write.", &[Subject::Store], &["strong", "eventual", "read-your-writes"]),
    fact("contact", "Whom to call at the other side when it fails.", &[Subject::Element], &["yes", "planned", "no"]),
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
    fact("deploy_unit", "The container or process that it ships in.", &[Subject::Running], &[]),
    fact(
        "deprecation",
        "How and when old versions of the interface go away is written down.",
        &[Subject::Running, Subject::Relation],
        &["yes", "planned", "no"],
    ),
    fact(
        "direction",
        "What arrows of this text mean: who calls, or where data goes.",
        &[Subject::Workspace, Subject::Relation],
        &["initiator", "dataflow"],
    ),
    fact("discovery", "How the source finds the target.", &[Subject::Relation], &["dns", "service-mesh", "registry", "static"]),
    fact("dlq", "Messages that cannot be processed go to a queue of their own.", &[Subject::Store], &["yes", "planned", "no"]),
    fact("dpa", "A contract about processing personal data is signed with the other side.", &[Subject::Element], &["yes", "planned", "no"]),
    fact("effect", "What a call does: it asks, orders, or tells.", &[Subject::Relation], &["query", "command", "event"]),
    fact("egress", "Which addresses it may call on behalf of a caller.", &[Subject::Running], &["allow-list", "proxy", "planned", "no"]),
    fact("encryption_at_rest", "The data is encrypted where it lies.", &[Subject::Store], &["yes", "planned", "no"]),
    fact("env", "The environment it belongs to.", &[Subject::Element], &["production", "staging", "test", "development"]),
    fact(
        "error_model",
        "How errors are told to callers.",
        &[Subject::Running, Subject::Relation],
        &["problem+json", "grpc-status", "planned", "no"],
    ),
    fact("exit_plan", "What to do when the other side is gone for good.", &[Subject::Element], &["yes", "planned", "no"]),
    fact(
        "expand_contract",
        "The schema changes so that old and new code both work.",
        &[Subject::Running, Subject::Store],
        &["yes", "planned", "no"],
    ),
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
        "fencing",
        "The lock gives a number that the guarded side checks.",
        &[Subject::Running, Subject::Relation],
        &["yes", "planned", "no"],
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
    fact("iac", "It can be built anew from files under version control.", &[Subject::Running, Subject::Store], &["yes", "planned", "no"]),
    fact("idempotent", "Doing it twice does no more than doing it once.", &[Subject::Relation], &["yes", "planned", "no"]),
    fact("identity", "On whose behalf the call is made.", &[Subject::Relation], &["none", "technical", "end-user"]),
    fact(
        "image_pin",
        "Which image runs is fixed: by digest, by version, or not at all.",
        &[Subject::Running],
        &["digest", "version", "latest", "no"],
    ),
    fact("instances", "How many there are of a node: a number or a range.", &[Subject::Running], &["1", "2", "1..N"]),
    fact(
        "invalidation",
        "Entries go away when what they copy changes.",
        &[Subject::Store, Subject::Relation],
        &["on-write", "versioned-keys", "events", "planned", "no"],
    ),
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
    fact("latency", "How long it usually takes for its own part of an answer.", &[Subject::Running], &["20ms", "100ms"]),
    fact("latency_p99", "How long one of a hundred answers takes, or longer.", &[Subject::Relation], &["200ms", "2s"]),
    fact(
        "layer",
        "The layer of the code that a component belongs to.",
        &[Subject::Element],
        &["domain", "usecase", "adapter", "infrastructure"],
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
        "live_checks",
        "What the liveness probe looks at besides the process itself, as a list.",
        &[Subject::Running],
        &["process", "database", "cache"],
    ),
    fact(
        "liveness",
        "The platform can ask whether it has to be restarted: the path, or whether.",
        &[Subject::Running],
        &["/livez", "yes", "planned", "no"],
    ),
    fact(
        "local_state",
        "Keeps state that is lost with the instance.",
        &[Subject::Running],
        &["session", "local-disk", "sharded", "yes", "no"],
    ),
    fact("location", "Whether it is one's own or somebody else's.", &[Subject::Element], &["internal", "external"]),
    fact("lock", "A lock keeps the job from running twice at once.", &[Subject::Running], &["advisory-lock", "lease", "planned", "no"]),
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
    fact("max_sync_chain", "How many services a request may cross in sequence.", &[Subject::Workspace], &["3", "5"]),
    fact("metrics", "Numbers about it are collected.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("metrics_labels", "Labels of its metrics, as a list.", &[Subject::Running], &["route", "status", "user_id"]),
    fact("mfa", "People sign in with a second factor.", &[Subject::Running, Subject::Relation], &["yes", "planned", "no"]),
    fact(
        "migrations",
        "How the schema is changed: by a job, when the program starts, or by hand.",
        &[Subject::Running, Subject::Store],
        &["job", "startup", "manual", "no"],
    ),
    fact("mode", "Whether the source waits for an answer.", &[Subject::Relation], &["sync", "async-pub", "async-sub", "stream", "file"]),
    fact("multi_tenant", "Several customers share it and must not see each other's data.", &[Subject::Element], &["yes", "no"]),
    fact("oncall", "Who is called at night.", &[Subject::Running], &[]),
    fact("ordering", "Which messages stay in order.", &[Subject::Store, Subject::Relation], &["per-key", "global", "required", "none"]),
    fact("owner", "The team that answers for it.", &[Subject::Element], &[]),
    fact("parallel", "The calls of one request are made at the same time.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("partial_result", "An answer is given when some of the targets do not answer.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("partition_key", "What decides the partition of a message.", &[Subject::Store, Subject::Relation], &["order_id", "planned", "no"]),
    fact("partitions", "Parts that the topic or table is divided into.", &[Subject::Store], &["12"]),
    fact("pattern", "How a cache is filled.", &[Subject::Store, Subject::Relation], &["cache-aside", "read-through", "write-through"]),
    fact("pdb", "The platform keeps a number of replicas up while it moves them.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("peak_rps", "Calls a second at the busiest time.", &[Subject::Relation, Subject::Workspace], &["100", "1000"]),
    fact("persistence", "What is kept survives a restart.", &[Subject::Store], &["yes", "no"]),
    fact("platform", "What it runs on.", &[Subject::Element], &["kubernetes", "ecs", "lambda", "vm", "on-premises"]),
    fact("pool_size", "Connections that each replica holds.", &[Subject::Running], &["10", "20"]),
    fact("profile", "How strictly the text is reviewed.", &[Subject::Workspace], &["sketch", "default", "production", "regulated"]),
    fact("proto", "The protocol, when the technology does not say it.", &[Subject::Relation], &["https", "grpc", "amqp", "sql", "sftp"]),
    fact("purpose", "Whom it is for, where its role could be misread.", &[Subject::Element], &["product", "internal"]),
    fact("quota", "How much of it may be used is agreed.", &[Subject::Element], &["yes", "planned", "no"]),
    fact("rate_limit", "Callers that ask too often are turned away.", &[Subject::Running], &["yes", "planned", "no"]),
    fact(
        "readiness",
        "The platform can ask whether it can serve: the path, or whether.",
        &[Subject::Running],
        &["/readyz", "yes", "planned", "no"],
    ),
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
    fact("rollback", "An old version can be put back quickly.", &[Subject::Running], &["yes", "automatic", "planned", "no"]),
    fact("rpo", "How much data may be lost, as a time.", &[Subject::Store], &["0s", "5m", "1h", "24h"]),
    fact("rto", "How long it may be down, as a time.", &[Subject::Store], &["5m", "1h", "4h", "24h"]),
    fact("run_once", "The job must run once, however many replicas there are.", &[Subject::Running], &["yes", "no"]),
    fact("runbook", "What to do when it fails is written down: its place, or whether.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("runtime", "Where a frontend's code runs.", &[Subject::Running], &["server", "browser"]),
    fact("scanning", "Uploaded files are scanned before anyone opens them.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("schema", "How the shape of data or messages is governed.", &[Subject::Store], &["registry", "migrations", "none"]),
    fact(
        "secrets_rotation",
        "Secrets are replaced from time to time: how often, or whether.",
        &[Subject::Running],
        &["30d", "90d", "planned", "no"],
    ),
    fact("secrets_source", "Where secrets come from.", &[Subject::Running], &["vault", "platform", "env", "config-plain"]),
    fact(
        "signature",
        "What comes in is signed by its sender, and that is checked.",
        &[Subject::Running, Subject::Relation],
        &["hmac", "yes", "planned", "no"],
    ),
    fact("since", "The day it was introduced.", &[Subject::Element, Subject::Relation], &["2026-01-01"]),
    fact("size_gb", "How much data it holds, in gigabytes.", &[Subject::Store], &["50", "2000"]),
    fact("sla", "What the other side promises is written down.", &[Subject::Element], &["99.9", "planned", "no"]),
    fact("slo", "Promised availability in percent.", &[Subject::Running], &["99.5", "99.9", "99.95"]),
    fact("stage", "How settled the design is.", &[Subject::Workspace], &["sketch", "proposed", "accepted", "live"]),
    fact("staleness", "How old what a reader sees may be.", &[Subject::Store, Subject::Relation], &["5s", "1m"]),
    fact(
        "stampede_protection",
        "Only one caller refills an entry that has run out.",
        &[Subject::Store, Subject::Relation],
        &["single-flight", "planned", "no"],
    ),
    fact(
        "startup_probe",
        "The platform waits for a slow start before it asks for liveness.",
        &[Subject::Running],
        &["yes", "planned", "no"],
    ),
    fact("team_size", "How many people build and run it.", &[Subject::Workspace], &["3", "8"]),
    fact("telemetry_fields", "Fields that logs and traces carry, as a list.", &[Subject::Running], &["trace_id", "user_id"]),
    fact("tier", "How critical it is: 0 most, 3 least.", &[Subject::Element], &["0", "1", "2", "3"]),
    fact("timeout", "How long the source waits for an answer.", &[Subject::Relation], &["800ms", "2s", "5s", "planned", "no"]),
    fact("tls", "The connection is encrypted.", &[Subject::Relation], &["yes", "mutual", "planned", "no"]),
    fact("tracing", "Requests can be followed through it.", &[Subject::Running], &["yes", "planned", "no"]),
    fact("trust_all_proxies", "Headers about the client are believed whoever sent them.", &[Subject::Running], &["yes", "no"]),
    fact("ttl", "How long an entry stays.", &[Subject::Store], &["60s", "5m", "24h"]),
    fact("validation", "What comes in is checked for shape and size.", &[Subject::Running], &["schema", "yes", "planned", "no"]),
    fact("via", "The guarded way that the call takes.", &[Subject::Relation], &["vpn+mfa", "vpn", "presigned-url", "cdn"]),
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
