//! How kinds and modes are concluded: from a property, the name of an archetype or tag, the technology, the shape of a
//! style, the name, and last the level. The first that says something decides, and the reason is kept.

use std::collections::BTreeMap;

use crate::domain::model::{
    Inferred, Level,
    kind::{Kind, Mode},
};

/// What is known about an element.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub level: Level,
    pub name: &'a str,
    pub technology: Option<&'a str>,
    pub description: Option<&'a str>,
    pub tags: &'a [String],
    pub properties: &'a BTreeMap<String, String>,
    /// The archetype the element was made with.
    pub archetype: Option<&'a str>,
    /// A tag and the shape its style gives.
    pub shape: Option<(&'a str, &'a str)>,
    /// Why the element lies outside the scope of the model.
    pub outside: Option<&'a str>,
}

/// The kinds at both ends of a relation.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub source: Kind,
    pub target: Kind,
}

/// Words, in lower case and as whole words, and the kind they mean. Longer names of the same thing come first.
const TECHNOLOGIES: [(&str, Kind); 128] = [
    ("elasticache", Kind::Cache),
    ("redis stream", Kind::Queue),
    ("redis streams", Kind::Queue),
    ("redis", Kind::Cache),
    ("valkey", Kind::Cache),
    ("memcached", Kind::Cache),
    ("hazelcast", Kind::Cache),
    ("varnish", Kind::Cache),
    ("dragonfly", Kind::Cache),
    ("azure blob storage", Kind::ObjectStore),
    ("blob storage", Kind::ObjectStore),
    ("object storage", Kind::ObjectStore),
    ("object store", Kind::ObjectStore),
    ("cloud storage", Kind::ObjectStore),
    ("s3", Kind::ObjectStore),
    ("minio", Kind::ObjectStore),
    ("gcs", Kind::ObjectStore),
    ("ceph", Kind::ObjectStore),
    ("elasticsearch", Kind::SearchIndex),
    ("opensearch", Kind::SearchIndex),
    ("elastic search", Kind::SearchIndex),
    ("solr", Kind::SearchIndex),
    ("lucene", Kind::SearchIndex),
    ("meilisearch", Kind::SearchIndex),
    ("typesense", Kind::SearchIndex),
    ("algolia", Kind::SearchIndex),
    ("kafka", Kind::Queue),
    ("redpanda", Kind::Queue),
    ("rabbitmq", Kind::Queue),
    ("amqp", Kind::Queue),
    ("activemq", Kind::Queue),
    ("nats", Kind::Queue),
    ("jetstream", Kind::Queue),
    ("sqs", Kind::Queue),
    ("sns", Kind::Queue),
    ("pulsar", Kind::Queue),
    ("kinesis", Kind::Queue),
    ("eventbridge", Kind::Queue),
    ("event hub", Kind::Queue),
    ("event hubs", Kind::Queue),
    ("service bus", Kind::Queue),
    ("pub/sub", Kind::Queue),
    ("pubsub", Kind::Queue),
    ("mosquitto", Kind::Queue),
    ("mqtt", Kind::Queue),
    ("zeromq", Kind::Queue),
    ("ibm mq", Kind::Queue),
    ("message queue", Kind::Queue),
    ("message bus", Kind::Queue),
    ("message broker", Kind::Queue),
    ("envoy", Kind::Gateway),
    ("nginx", Kind::Gateway),
    ("kong", Kind::Gateway),
    ("traefik", Kind::Gateway),
    ("haproxy", Kind::Gateway),
    ("api gateway", Kind::Gateway),
    ("application gateway", Kind::Gateway),
    ("apigee", Kind::Gateway),
    ("istio", Kind::Gateway),
    ("cloudfront", Kind::Gateway),
    ("cloudflare", Kind::Gateway),
    ("cdn", Kind::Gateway),
    ("load balancer", Kind::Gateway),
    ("load balancing", Kind::Gateway),
    ("alb", Kind::Gateway),
    ("elb", Kind::Gateway),
    ("caddy", Kind::Gateway),
    ("apache httpd", Kind::Gateway),
    ("postgresql", Kind::Database),
    ("postgres", Kind::Database),
    ("mysql", Kind::Database),
    ("mariadb", Kind::Database),
    ("oracle database", Kind::Database),
    ("oracle database schema", Kind::Database),
    ("sql server", Kind::Database),
    ("sqlserver", Kind::Database),
    ("mssql", Kind::Database),
    ("azure sql", Kind::Database),
    ("sqlite", Kind::Database),
    ("mongodb", Kind::Database),
    ("mongo", Kind::Database),
    ("cassandra", Kind::Database),
    ("scylladb", Kind::Database),
    ("dynamodb", Kind::Database),
    ("cosmos db", Kind::Database),
    ("cosmosdb", Kind::Database),
    ("couchdb", Kind::Database),
    ("couchbase", Kind::Database),
    ("cockroachdb", Kind::Database),
    ("neo4j", Kind::Database),
    ("influxdb", Kind::Database),
    ("timescaledb", Kind::Database),
    ("clickhouse", Kind::Database),
    ("snowflake", Kind::Database),
    ("bigquery", Kind::Database),
    ("redshift", Kind::Database),
    ("firestore", Kind::Database),
    ("aurora", Kind::Database),
    ("rds", Kind::Database),
    ("etcd", Kind::Database),
    ("rocksdb", Kind::Database),
    ("h2", Kind::Database),
    ("hbase", Kind::Database),
    ("relational database", Kind::Database),
    ("relational database schema", Kind::Database),
    ("database schema", Kind::Database),
    ("react", Kind::Frontend),
    ("react native", Kind::Frontend),
    ("angular", Kind::Frontend),
    ("vue", Kind::Frontend),
    ("vue.js", Kind::Frontend),
    ("svelte", Kind::Frontend),
    ("spa", Kind::Frontend),
    ("single page application", Kind::Frontend),
    ("xamarin", Kind::Frontend),
    ("flutter", Kind::Frontend),
    ("swiftui", Kind::Frontend),
    ("ios", Kind::Frontend),
    ("android", Kind::Frontend),
    ("web browser", Kind::Frontend),
    ("electron", Kind::Frontend),
    ("cron", Kind::Scheduler),
    ("cronjob", Kind::Scheduler),
    ("quartz", Kind::Scheduler),
    ("airflow", Kind::Scheduler),
    ("celery", Kind::Worker),
    ("sidekiq", Kind::Worker),
    ("hangfire", Kind::Worker),
];

/// Words of names, archetypes and tags.
const WORDS: [(&str, Kind); 59] = [
    ("search index", Kind::SearchIndex),
    ("search engine", Kind::SearchIndex),
    ("object store", Kind::ObjectStore),
    ("object storage", Kind::ObjectStore),
    ("blob store", Kind::ObjectStore),
    ("file store", Kind::ObjectStore),
    ("file storage", Kind::ObjectStore),
    ("bucket", Kind::ObjectStore),
    ("message queue", Kind::Queue),
    ("message bus", Kind::Queue),
    ("message broker", Kind::Queue),
    ("event bus", Kind::Queue),
    ("event stream", Kind::Queue),
    ("broker", Kind::Queue),
    ("queue", Kind::Queue),
    ("topic", Kind::Queue),
    ("api gateway", Kind::Gateway),
    ("gateway", Kind::Gateway),
    ("payment gateway", Kind::Service),
    ("load balancer", Kind::Gateway),
    ("reverse proxy", Kind::Gateway),
    ("ingress", Kind::Gateway),
    ("proxy", Kind::Gateway),
    ("cache", Kind::Cache),
    ("scheduler", Kind::Scheduler),
    ("cron", Kind::Scheduler),
    ("database", Kind::Database),
    ("databases", Kind::Database),
    ("datastore", Kind::Database),
    ("data store", Kind::Database),
    ("data warehouse", Kind::Database),
    ("database schema", Kind::Database),
    ("db", Kind::Database),
    ("ledger store", Kind::Database),
    ("worker", Kind::Worker),
    ("consumer", Kind::Worker),
    ("batch job", Kind::Worker),
    ("background job", Kind::Worker),
    ("daemon", Kind::Worker),
    ("single page application", Kind::Frontend),
    ("single page app", Kind::Frontend),
    ("spa", Kind::Frontend),
    ("mobile app", Kind::Frontend),
    ("web app", Kind::Frontend),
    ("web ui", Kind::Frontend),
    ("webapp", Kind::Frontend),
    ("browser", Kind::Frontend),
    ("web browser", Kind::Frontend),
    ("frontend", Kind::Frontend),
    ("front end", Kind::Frontend),
    ("ui", Kind::Frontend),
    ("user interface", Kind::Frontend),
    ("dashboard", Kind::Frontend),
    ("person", Kind::Person),
    ("service", Kind::Service),
    ("microservice", Kind::Service),
    ("api", Kind::Service),
    ("external", Kind::External),
    ("external system", Kind::External),
];

/// The kind of an element, and why.
pub fn kind(evidence: &Evidence<'_>) -> Inferred<Kind> {
    let stated = evidence.properties.get("kind").and_then(|value| named(value));
    if let Some(value) = stated {
        return Inferred { value, reason: "property kind".to_owned(), stated: true };
    }
    let concluded = |value: Kind, reason: String| Inferred { value, reason, stated: false };
    match evidence.level {
        Level::Person => return concluded(Kind::Person, "it is a person".to_owned()),
        Level::DeploymentEnvironment | Level::DeploymentNode => {
            return concluded(Kind::Node, "things run on it".to_owned());
        }
        _ => {}
    }
    if let Some(tag) = evidence.tags.iter().find(|tag| is_external(tag)) {
        return concluded(Kind::External, format!("tag {tag}"));
    }
    let location = evidence.properties.get("location").is_some_and(|location| location.trim().eq_ignore_ascii_case("external"));
    if location {
        return concluded(Kind::External, "property location".to_owned());
    }
    if evidence.level == Level::System {
        return system(evidence);
    }
    if let Some(name) = evidence.archetype
        && let Some(value) = named(name).or_else(|| lookup(&WORDS, name))
    {
        return concluded(value, format!("archetype {name}"));
    }
    if let Some((tag, value)) = evidence.tags.iter().find_map(|tag| named(tag).or_else(|| lookup(&WORDS, tag)).map(|value| (tag, value))) {
        return concluded(value, format!("tag {tag}"));
    }
    if let Some(technology) = evidence.technology
        && let Some((word, value)) = find(&TECHNOLOGIES, technology)
    {
        // A component that uses a technology is not that technology.
        let uses = evidence.level == Level::Component
            && (value.is_store() || value == Kind::Queue)
            && lookup(&WORDS, evidence.name) != Some(value);
        if !uses {
            return concluded(value, format!("technology {}", as_written(technology, word)));
        }
    }
    if let Some((tag, value)) = evidence.shape.and_then(|(tag, shape)| shaped(shape).map(|value| (tag, value))) {
        return concluded(value, format!("shape of the style {tag}"));
    }
    // Where a technology is given that says nothing, only the name's last words say what it is: a `database loader` in Go
    // is no database.
    let technical = evidence.technology.is_some_and(|technology| !technology.trim().is_empty());
    if let Some((word, value)) =
        find(&WORDS, evidence.name).filter(|(word, _)| !technical || words(evidence.name).trim_end().ends_with(word))
    {
        return concluded(value, format!("its name says {word}"));
    }
    if evidence.level == Level::InfrastructureNode {
        return match find(&TECHNOLOGIES, evidence.name) {
            Some((word, value)) => concluded(value, format!("its name says {}", as_written(evidence.name, word))),
            None => concluded(Kind::Node, "default for an infrastructure node".to_owned()),
        };
    }
    match evidence.level {
        Level::Container => match find(&TECHNOLOGIES, evidence.name) {
            Some((word, value)) => concluded(value, format!("its name says {}", as_written(evidence.name, word))),
            None => concluded(Kind::Service, "default for a container".to_owned()),
        },
        Level::Component => concluded(Kind::Service, "default for a component".to_owned()),
        _ => concluded(Kind::System, "default for an element of its own".to_owned()),
    }
}

/// A software system is one's own or somebody else's; what it is made of shows in its parts.
fn system(evidence: &Evidence<'_>) -> Inferred<Kind> {
    let tagged = evidence.tags.iter().find_map(|tag| named(tag).map(|value| (tag, value)));
    let (value, reason) = match (evidence.outside, tagged, evidence.shape.and_then(|(tag, shape)| shaped(shape).map(|kind| (tag, kind)))) {
        (_, Some((tag, value)), _) => (value, format!("tag {tag}")),
        (Some(why), _, _) => (Kind::External, why.to_owned()),
        (_, _, Some((tag, value))) => (value, format!("shape of the style {tag}")),
        _ => (Kind::System, "default for a software system".to_owned()),
    };
    Inferred { value, reason, stated: false }
}

/// A kind by its own name, in any spelling: `object store`, `object-store`, `ObjectStore`.
fn named(text: &str) -> Option<Kind> {
    let same = |name: &str| {
        let plain = |text| str::bytes(text).filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase());
        plain(name).eq(plain(text))
    };
    Kind::ALL.into_iter().find(|kind| same(kind.slug()) || same(kind.name()))
}

/// What a shape of the drawing tool stands for.
fn shaped(shape: &str) -> Option<Kind> {
    match shape.to_ascii_lowercase().as_str() {
        "cylinder" => Some(Kind::Database),
        "bucket" | "folder" => Some(Kind::ObjectStore),
        "pipe" => Some(Kind::Queue),
        "webbrowser" | "window" | "mobiledeviceportrait" | "mobiledevicelandscape" => Some(Kind::Frontend),
        "person" => Some(Kind::Person),
        _ => None,
    }
}

/// Lower-case words with one space between and around; camel case is taken apart.
fn words(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 8);
    result.push(' ');
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(next) = letters.next() {
        let part = next.is_alphanumeric() || matches!(next, '/' | '.' | '+' | '#');
        let lower_follows = letters.peek().is_some_and(char::is_ascii_lowercase);
        if next.is_ascii_uppercase() && (before.is_ascii_lowercase() || (before.is_ascii_uppercase() && lower_follows)) {
            result.push(' ');
        }
        if part {
            result.push(next.to_ascii_lowercase());
        } else if !result.ends_with(' ') {
            result.push(' ');
        }
        before = next;
    }
    result.push(' ');
    result
}

/// A tag that says `external`, but not of something that faces outside.
fn is_external(tag: &str) -> bool {
    const WORD: &[u8] = b"external";
    // Most tags hold no such letters, and are not taken apart.
    if !tag.as_bytes().windows(WORD.len()).any(|letters| letters.eq_ignore_ascii_case(WORD)) {
        return false;
    }
    let words = words(tag);
    let places = Places::of(&words);
    places.have("external") && !places.have("facing")
}

/// Where a word may begin in a text: at its start, and behind whatever is no letter and no digit. Tables of a hundred words are
/// asked about one text, so it is looked at once.
struct Places<'t> {
    text: &'t str,
    beginnings: Vec<usize>,
    /// A bit for each letter from a to z with which a word may begin: it rules out most words of a table.
    letters: u32,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        let behind = text.char_indices().filter(|(_, before)| !before.is_alphanumeric()).map(|(at, before)| at + before.len_utf8());
        let beginnings: Vec<usize> = std::iter::once(0).chain(behind).collect();
        let letters = beginnings.iter().filter_map(|at| bit(*text.as_bytes().get(*at)?)).fold(0, |letters, bit| letters | bit);
        Self { text, beginnings, letters }
    }

    fn have(&self, word: &str) -> bool {
        if word.bytes().next().and_then(bit).is_some_and(|bit| self.letters & bit == 0) {
            return false;
        }
        let ends = |tail: &str| tail.chars().next().is_none_or(|next| !next.is_alphanumeric());
        let stands = |at: usize| self.text.get(at..).and_then(|rest| rest.strip_prefix(word)).is_some_and(ends);
        !word.is_empty() && self.beginnings.iter().any(|at| stands(*at))
    }
}

/// A bit of its own for each letter from a to z.
const fn bit(letter: u8) -> Option<u32> {
    if letter.is_ascii_lowercase() { Some(1 << (letter - b'a')) } else { None }
}

/// The longest entry whose words stand in the text.
fn find<'t>(table: &'t [(&'t str, Kind)], text: &str) -> Option<(&'t str, Kind)> {
    let spaced = words(text);
    // Names such as `PostgreSQL` or `MongoDB` fall apart at their capitals, so the plain text is searched as well.
    let plain = text.to_ascii_lowercase();
    let places = [Places::of(&spaced), Places::of(&plain)];
    let letters = places.iter().fold(0, |letters, places| letters | places.letters);
    let begins = |word: &str| word.bytes().next().and_then(bit).is_none_or(|bit| letters & bit != 0);
    let hits = table.iter().filter(|(word, _)| begins(word) && places.iter().any(|places| places.have(word)));
    hits.max_by_key(|(word, _)| word.len()).copied()
}

fn lookup(table: &[(&str, Kind)], text: &str) -> Option<Kind> {
    find(table, text).map(|(_, kind)| kind)
}

/// The word in the spelling of the text.
fn as_written<'t>(text: &'t str, word: &'t str) -> &'t str {
    let found = text.to_ascii_lowercase().find(word);
    found.and_then(|at| text.get(at..at + word.len())).unwrap_or(word)
}

const STREAMS: [&str; 8] = ["websocket", "websockets", "sse", "server-sent events", "grpc stream", "grpc streaming", "webrtc", "rtmp"];
const FILES: [&str; 8] = ["sftp", "ftp", "ftps", "nfs", "smb", "csv", "file transfer", "scp"];
const ASYNC_TECHNOLOGIES: [&str; 24] = [
    "kafka",
    "redpanda",
    "amqp",
    "rabbitmq",
    "activemq",
    "nats",
    "jetstream",
    "sqs",
    "sns",
    "mqtt",
    "pulsar",
    "kinesis",
    "eventbridge",
    "pub/sub",
    "pubsub",
    "jms",
    "stomp",
    "event hub",
    "event hubs",
    "service bus",
    "message queue",
    "async",
    "asynchronous",
    "events",
];
const CONSUMING: [&str; 14] = [
    "consume",
    "consumes",
    "subscribe",
    "subscribes",
    "receive",
    "receives",
    "listen",
    "listens",
    "poll",
    "polls",
    "reads",
    "read",
    "processes",
    "handles",
];

/// How a relation talks, and why.
pub fn mode(ends: Ends, description: Option<&str>, technology: Option<&str>, tags: &[String], property: Option<&str>) -> Inferred<Mode> {
    let concluded = |value: Mode, reason: String| Inferred { value, reason, stated: false };
    // Most relations are synchronous, and what they say of consuming is not asked.
    let asynchronous = || {
        let said = words(description.unwrap_or("")).to_ascii_lowercase();
        let said = Places::of(&said);
        let consuming = ends.source != Kind::Queue && CONSUMING.iter().any(|word| said.have(word));
        if consuming { Mode::AsyncSub } else { Mode::AsyncPub }
    };
    let all = [Mode::Sync, Mode::AsyncPub, Mode::AsyncSub, Mode::Stream, Mode::File];
    let stated = property.map(|text| text.trim().to_ascii_lowercase()).and_then(|text| match text.as_str() {
        "async" | "asynchronous" => Some(asynchronous()),
        "synchronous" => Some(Mode::Sync),
        _ => all.into_iter().find(|mode| mode.slug() == text),
    });
    if let Some(value) = stated {
        return Inferred { value, reason: "property mode".to_owned(), stated: true };
    }
    for tag in tags {
        let own = words(tag);
        let own = Places::of(&own);
        if let Some(value) = all.into_iter().find(|mode| mode.slug().eq_ignore_ascii_case(tag.trim())) {
            return concluded(value, format!("tag {tag}"));
        }
        if ["async", "asynchronous", "event", "events", "message", "messaging"].iter().any(|word| own.have(word)) {
            return concluded(asynchronous(), format!("tag {tag}"));
        }
        if ["sync", "synchronous"].iter().any(|word| own.have(word)) {
            return concluded(Mode::Sync, format!("tag {tag}"));
        }
    }
    if let Some(technology) = technology {
        let plain = technology.to_ascii_lowercase();
        let places = Places::of(&plain);
        let found = |table: &[&'static str]| table.iter().find(|word| places.have(word)).copied();
        for (table, value) in [(&STREAMS[..], Some(Mode::Stream)), (&FILES[..], Some(Mode::File)), (&ASYNC_TECHNOLOGIES[..], None)] {
            if let Some(word) = found(table) {
                return concluded(value.unwrap_or_else(asynchronous), format!("technology {}", as_written(technology, word)));
            }
        }
    }
    if ends.target == Kind::Queue {
        return concluded(asynchronous(), "it leads to a queue".to_owned());
    }
    if ends.source == Kind::Queue {
        return concluded(Mode::AsyncPub, "it comes from a queue".to_owned());
    }
    concluded(Mode::Sync, "default for a relation".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence<'a>(level: Level, name: &'a str, technology: Option<&'a str>, properties: &'a BTreeMap<String, String>) -> Evidence<'a> {
        Evidence { level, name, technology, description: None, tags: &[], properties, archetype: None, shape: None, outside: None }
    }

    #[test]
    fn technologies_and_names_give_kinds_with_reasons() {
        let none = BTreeMap::new();
        for (name, technology, expected, reason) in [
            ("Orders", Some("PostgreSQL 16"), Kind::Database, "technology PostgreSQL"),
            ("Bus", Some("Apache Kafka"), Kind::Queue, "technology Kafka"),
            ("Edge", Some("Envoy"), Kind::Gateway, "technology Envoy"),
            ("Sessions", Some("Redis"), Kind::Cache, "technology Redis"),
            ("Receipts", Some("Amazon S3"), Kind::ObjectStore, "technology S3"),
            ("Shop", Some("JavaScript and React"), Kind::Frontend, "technology React"),
            ("Order database", None, Kind::Database, "its name says database"),
            ("OrderDB", None, Kind::Database, "its name says db"),
            ("Orders", Some("Go, chi"), Kind::Service, "default for a container"),
            ("Database loader", Some("Go"), Kind::Service, "default for a container"),
            ("Order worker", Some("Go"), Kind::Worker, "its name says worker"),
            ("Payment gateway", Some("Go"), Kind::Service, "its name says payment gateway"),
            ("Reactor", Some("Reactor Netty"), Kind::Service, "default for a container"),
        ] {
            let found = kind(&evidence(Level::Container, name, technology, &none));
            assert_eq!((found.value, found.reason.as_str()), (expected, reason), "{name} {technology:?}");
            assert!(!found.stated);
        }
    }

    #[test]
    fn a_property_decides_and_is_stated() {
        let stated = BTreeMap::from([("kind".to_owned(), "object store".to_owned())]);
        let found = kind(&evidence(Level::Container, "Orders database", Some("PostgreSQL"), &stated));
        assert_eq!(found, Inferred { value: Kind::ObjectStore, reason: "property kind".to_owned(), stated: true });
    }

    #[test]
    fn a_component_that_uses_a_store_is_not_one() {
        let none = BTreeMap::new();
        assert_eq!(kind(&evidence(Level::Component, "Order repository", Some("Redis client"), &none)).value, Kind::Service);
        assert_eq!(kind(&evidence(Level::Component, "Order cache", Some("Redis"), &none)).value, Kind::Cache);
    }

    #[test]
    fn systems_are_external_by_tag_or_scope() {
        let none = BTreeMap::new();
        let tags = ["External".to_owned()];
        let tagged = kind(&Evidence { tags: &tags, ..evidence(Level::System, "Bank", None, &none) });
        assert_eq!((tagged.value, tagged.reason.as_str()), (Kind::External, "tag External"));
        let outside = kind(&Evidence { outside: Some("has no parts here"), ..evidence(Level::System, "Bank", None, &none) });
        assert_eq!(outside.value, Kind::External);
        assert_eq!(kind(&evidence(Level::System, "Payment database", None, &none)).value, Kind::System);
    }

    #[test]
    fn modes_follow_property_tag_technology_and_ends() {
        let plain = Ends { source: Kind::Service, target: Kind::Service };
        let to_queue = Ends { source: Kind::Service, target: Kind::Queue };
        let check = |ends, description, technology, tags: &[&str], property, expected: Mode, reason: &str| {
            let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let found = mode(ends, description, technology, &tags, property);
            assert_eq!((found.value, found.reason.as_str()), (expected, reason));
        };
        check(plain, None, Some("HTTPS"), &[], None, Mode::Sync, "default for a relation");
        check(plain, None, Some("Kafka"), &[], None, Mode::AsyncPub, "technology Kafka");
        check(plain, None, None, &["Asynchronous"], None, Mode::AsyncPub, "tag Asynchronous");
        check(to_queue, Some("Publishes orders"), None, &[], None, Mode::AsyncPub, "it leads to a queue");
        check(to_queue, Some("Consumes orders from"), Some("AMQP"), &[], None, Mode::AsyncSub, "technology AMQP");
        check(to_queue, None, Some("NATS"), &[], Some("sync"), Mode::Sync, "property mode");
        check(plain, None, Some("SFTP"), &[], None, Mode::File, "technology SFTP");
        check(plain, None, Some("WebSocket"), &[], None, Mode::Stream, "technology WebSocket");
    }
}
