//! LNT-K003: more technologies than people who know them.

use std::collections::BTreeMap;

use crate::domain::{
    decision::status::Status,
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Subject, capital, count, listed},
        graph::kind,
        protocol::{mentions, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A small team runs many technologies that do the same.
    ///
    /// ## What it finds
    /// Three or more database engines, two or more message brokers, or four or more languages of services, for a team of fewer than twenty
    /// people (`team_size` of the workspace).
    ///
    /// ## Why it matters
    /// Each engine wants backups that restore, upgrades, tuning and somebody who has seen it fail. With a few people, every one of them is
    /// the only one who knows something.
    ///
    /// ## What to do
    /// Agree on one technology for each purpose and let a decision record justify each further one. Move the smallest user of the rarest
    /// one first.
    ///
    /// ## False positives
    /// Caches, search indexes and file stores serve other purposes and are not counted, nor are copies (`role derived`) and what is
    /// external. A technology that a decision record in force names is justified. Without `team_size` the rule is silent.
    ///
    /// ## Source
    /// Catalogues of microservice smells on too many standards.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             team_size 5
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Orders DB" "Orders and their lines" "PostgreSQL 16"
    ///             articles = container "Articles DB" "What can be bought" "MongoDB 7"
    ///             ratings = container "Ratings DB" "What customers think" "MySQL 8"
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             team_size 5
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Orders DB" "Orders and their lines" "PostgreSQL 16"
    ///             articles = container "Articles DB" "What can be bought" "PostgreSQL 16"
    ///             ratings = container "Ratings DB" "What customers think" "MySQL 8"
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-K003" "technology-sprawl" {
        severity: Low up to Low,
        set: Prod,
        category: Simplicity,
        kind: TradeOff,
        reads: Diagrams,
        grouping: Individual,
        key: "the sort of technology" version 1,
        fix: None,
        topics: ["GA11.3", "BA6.2"],
    }
}

/// A team of this size can keep specialists.
const LARGE_TEAM: u32 = 20;

const ENGINES: [(&str, &str); 26] = [
    ("postgresql", "PostgreSQL"),
    ("postgres", "PostgreSQL"),
    ("timescaledb", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("oracle", "Oracle"),
    ("sqlserver", "SQL Server"),
    ("mssql", "SQL Server"),
    ("sqlite", "SQLite"),
    ("mongodb", "MongoDB"),
    ("mongo", "MongoDB"),
    ("cassandra", "Cassandra"),
    ("scylladb", "ScyllaDB"),
    ("dynamodb", "DynamoDB"),
    ("cosmosdb", "Cosmos DB"),
    ("couchdb", "CouchDB"),
    ("couchbase", "Couchbase"),
    ("cockroachdb", "CockroachDB"),
    ("neo4j", "Neo4j"),
    ("influxdb", "InfluxDB"),
    ("clickhouse", "ClickHouse"),
    ("snowflake", "Snowflake"),
    ("bigquery", "BigQuery"),
    ("redshift", "Redshift"),
    ("firestore", "Firestore"),
    ("eventstoredb", "EventStoreDB"),
];
const BROKERS: [(&str, &str); 14] = [
    ("kafka", "Kafka"),
    ("redpanda", "Redpanda"),
    ("rabbitmq", "RabbitMQ"),
    ("activemq", "ActiveMQ"),
    ("nats", "NATS"),
    ("jetstream", "NATS"),
    ("sqs", "SQS"),
    ("sns", "SNS"),
    ("pulsar", "Pulsar"),
    ("kinesis", "Kinesis"),
    ("eventbridge", "EventBridge"),
    ("pubsub", "Pub/Sub"),
    ("mosquitto", "Mosquitto"),
    ("artemis", "Artemis"),
];
const LANGUAGES: [(&str, &str); 19] = [
    ("go", "Go"),
    ("golang", "Go"),
    ("java", "Java"),
    ("kotlin", "Kotlin"),
    ("scala", "Scala"),
    ("clojure", "Clojure"),
    ("python", "Python"),
    ("ruby", "Ruby"),
    ("rust", "Rust"),
    ("php", "PHP"),
    ("elixir", "Elixir"),
    ("erlang", "Erlang"),
    ("haskell", "Haskell"),
    ("swift", "Swift"),
    ("typescript", "TypeScript"),
    ("javascript", "JavaScript"),
    ("perl", "Perl"),
    ("dotnet", ".NET"),
    ("lua", "Lua"),
];

/// One purpose, and how many technologies for it are too many.
struct Sort {
    noun: &'static str,
    many: usize,
    table: &'static [(&'static str, &'static str)],
    is: fn(&Subject<'_>, &Element) -> bool,
}

const SORTS: [Sort; 3] = [
    Sort {
        noun: "database engines",
        many: 3,
        table: &ENGINES,
        is: |subject, element| kind(element) == Kind::Database && subject.graph.is_system_of_record(element),
    },
    Sort { noun: "message brokers", many: 2, table: &BROKERS, is: |_, element| kind(element) == Kind::Queue },
    Sort {
        noun: "languages",
        many: 4,
        table: &LANGUAGES,
        is: |subject, element| matches!(kind(element), Kind::Service | Kind::Worker | Kind::Scheduler) && subject.graph.is_compute(element),
    },
];

fn check(check: &mut Check<'_>) {
    let recorded = recorded(check);
    for subject in check.diagrams() {
        let team = subject.graph.model.facts.get("team_size").filter(|fact| fact.state() == State::Yes);
        let Some((fact, team)) = team.and_then(|fact| Some((fact, fact.amount()?))) else {
            check.unknown(subject.document, "workspace", "team_size");
            continue;
        };
        for sort in SORTS.iter().filter(|_| team < LARGE_TEAM) {
            let mut used: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
            for (index, element) in subject.graph.elements() {
                if subject.graph.is_unit(index)
                    && (sort.is)(subject, element)
                    && let Some(name) = element.technology.as_deref().and_then(|technology| technology_of(technology, sort.table))
                {
                    used.entry(name).or_default().push(element);
                }
            }
            // One needs no reason; each further one does.
            let unjustified = used.keys().filter(|name| !recorded.iter().any(|text| mentions(text, &[&name.to_lowercase()]))).count();
            if used.len() >= sort.many && unjustified > 1 {
                report(check, subject, sort, fact, team, &used);
            }
        }
    }
}

/// What records in force decide.
fn recorded<'a>(check: &Check<'a>) -> Vec<&'a str> {
    let in_force = check.decisions().iter().filter(|recorded| recorded.record.known_status() == Some(Status::Accepted));
    in_force.map(|recorded| recorded.text).collect()
}

fn technology_of(technology: &str, table: &[(&'static str, &'static str)]) -> Option<&'static str> {
    words(technology).find_map(|word| {
        let plain = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        table.iter().find(|(known, _)| *known == plain || *known == word).map(|(_, name)| *name)
    })
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    sort: &Sort,
    fact: &Fact,
    team: u32,
    used: &BTreeMap<&'static str, Vec<&'a Element>>,
) {
    let names: Vec<&str> = used.keys().copied().collect();
    let number = count(names.len());
    let people = if team == 1 { "one person".to_owned() } else { format!("{} people", count(team as usize)) };
    let mut draft = check
        .draft(subject)
        .key_word(sort.noun)
        .title(format!("{} {} for {people}", capital(&number), sort.noun))
        .message(format!("{people} run {}: each wants upgrades, care, and somebody who has seen it fail.", listed(&names)))
        .quote(None, &[fact.span], "how many people there are");
    for (name, elements) in used {
        for element in elements {
            draft = draft.mention(subject, element);
        }
        if let Some(first) = elements.first() {
            draft = draft.quote_element(first, &[], &format!("{} is {name}", first.name));
        }
    }
    check.report(draft);
}
