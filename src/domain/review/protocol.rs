//! What protocols are written on arrows and which technologies speak them. Only what is certain is in these tables: a
//! technology that is not listed is unknown, and nothing is concluded from it.

/// A family of protocols, as far as rules tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    Http,
    Grpc,
    Sql,
    Amqp,
    Kafka,
    Nats,
    Mqtt,
    Redis,
    Mongo,
    Cql,
    Smtp,
    Ldap,
    S3,
    Sftp,
    /// A call inside one process or over the loopback.
    Local,
}

impl Protocol {
    /// As titles and messages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Grpc => "gRPC",
            Self::Sql => "SQL",
            Self::Amqp => "AMQP",
            Self::Kafka => "Kafka",
            Self::Nats => "NATS",
            Self::Mqtt => "MQTT",
            Self::Redis => "RESP",
            Self::Mongo => "the MongoDB protocol",
            Self::Cql => "CQL",
            Self::Smtp => "SMTP",
            Self::Ldap => "LDAP",
            Self::S3 => "S3",
            Self::Sftp => "SFTP",
            Self::Local => "in-process calls",
        }
    }

    /// Reads `JSON/HTTPS`, `SQL over TLS`, `gRPC` …: the first word that names a protocol.
    pub fn parse(text: &str) -> Option<Self> {
        words(text).find_map(|word| {
            Some(match word.as_str() {
                "http" | "https" | "rest" | "graphql" | "soap" | "websocket" | "websockets" | "ws" | "wss" | "sse" | "http2" | "http3" => {
                    Self::Http
                }
                "grpc" | "grpcs" | "grpc-web" => Self::Grpc,
                "sql" | "jdbc" | "odbc" | "tds" | "postgresql" | "postgres" | "mysql" | "libpq" => Self::Sql,
                "amqp" | "amqps" | "rabbitmq" => Self::Amqp,
                "kafka" => Self::Kafka,
                "nats" | "jetstream" => Self::Nats,
                "mqtt" | "mqtts" => Self::Mqtt,
                "resp" | "resp3" | "redis" | "rediss" => Self::Redis,
                "mongodb" | "mongo" => Self::Mongo,
                "cql" => Self::Cql,
                "smtp" | "smtps" => Self::Smtp,
                "ldap" | "ldaps" => Self::Ldap,
                "s3" => Self::S3,
                "sftp" | "ftp" | "ftps" => Self::Sftp,
                "in-process" | "loopback" | "localhost" | "unix-socket" | "ipc" => Self::Local,
                _ => return None,
            })
        })
    }
}

/// Lower-case words; hyphens stay inside a word.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Whether the text has one of the words, compared without case. Rules ask it of every relation, so it copies nothing.
pub fn mentions(text: &str, wanted: &[&str]) -> bool {
    if text.is_ascii() {
        let mut words = text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').filter(|word| !word.is_empty());
        return words.any(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted.as_bytes())));
    }
    text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty()).any(|word| {
        if word.is_ascii() {
            wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted))
        } else {
            let word = word.to_lowercase();
            wanted.contains(&word.as_str())
        }
    })
}

/// Whether a technology takes logs, traces or metrics and does nothing else.
pub fn takes_telemetry(technology: &str) -> bool {
    const PRODUCTS: [&str; 17] = [
        "loki",
        "jaeger",
        "tempo",
        "zipkin",
        "splunk",
        "datadog",
        "graylog",
        "fluentd",
        "fluentbit",
        "fluent-bit",
        "logstash",
        "opentelemetry",
        "otel",
        "newrelic",
        "sentry",
        "cloudwatch",
        "prometheus",
    ];
    mentions(technology, &PRODUCTS)
}

/// What a technology is, as far as protocols go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Speaks only its SQL wire protocol.
    Relational,
    Redis,
    Mongo,
    Cassandra,
    Kafka,
    Amqp,
    Nats,
    /// Speaks HTTP, and some of them SQL.
    HttpStore,
    ObjectStore,
}

impl Product {
    /// The product a technology names, such as `PostgreSQL 16`; none when it is not in the table.
    pub fn of(technology: &str) -> Option<Self> {
        // A backend that answers HTTP in front of the database it names as well.
        if mentions(technology, &["supabase"]) {
            return Some(Self::HttpStore);
        }
        let versionless = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned();
        words(technology).find_map(|word| {
            let name = if word == "s3" { word } else { versionless(&word) };
            Some(match name.as_str() {
                "postgresql" | "postgres" | "mysql" | "mariadb" | "sqlite" | "oracle" => Self::Relational,
                "redis" | "valkey" | "keydb" | "dragonfly" => Self::Redis,
                "mongodb" => Self::Mongo,
                "cassandra" | "scylladb" | "scylla" => Self::Cassandra,
                "kafka" | "redpanda" => Self::Kafka,
                "rabbitmq" | "activemq" => Self::Amqp,
                "nats" | "jetstream" => Self::Nats,
                "elasticsearch" | "opensearch" | "clickhouse" | "couchdb" | "dynamodb" | "solr" | "meilisearch" | "bigquery"
                | "snowflake" => Self::HttpStore,
                "s3" | "minio" | "gcs" => Self::ObjectStore,
                _ => return None,
            })
        })
    }

    /// The word for the one protocol by which its clients talk to it; none where there are several.
    pub const fn only_protocol(self) -> Option<&'static str> {
        match self {
            Self::Relational => Some("SQL"),
            Self::Redis => Some("RESP"),
            Self::Mongo => Some("MongoDB"),
            Self::Cassandra => Some("CQL"),
            Self::Kafka => Some("Kafka"),
            Self::Amqp | Self::Nats | Self::HttpStore | Self::ObjectStore => None,
        }
    }

    /// Whether the product understands the protocol; in doubt it does.
    pub const fn speaks(self, protocol: Protocol) -> bool {
        use Protocol as P;
        match protocol {
            // File transfer, directory and local calls say too little about the other end.
            P::Sftp | P::Ldap | P::Local => true,
            P::Http => !matches!(self, Self::Relational | Self::Cassandra),
            P::Grpc => matches!(self, Self::ObjectStore | Self::HttpStore),
            P::Sql => matches!(self, Self::Relational | Self::HttpStore),
            P::Amqp => matches!(self, Self::Amqp),
            P::Kafka => matches!(self, Self::Kafka),
            P::Nats => matches!(self, Self::Nats),
            P::Mqtt => matches!(self, Self::Amqp | Self::Nats),
            P::Redis => matches!(self, Self::Redis),
            P::Mongo => matches!(self, Self::Mongo),
            P::Cql => matches!(self, Self::Cassandra),
            P::Smtp => false,
            P::S3 => matches!(self, Self::ObjectStore),
        }
    }

    /// A log that keeps what it delivers, so that a bad message blocks or repeats instead of disappearing.
    pub fn is_stream(technology: &str) -> bool {
        matches!(Self::of(technology), Some(Self::Kafka)) || mentions(technology, &["kinesis", "pulsar", "jetstream", "event-hubs"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_found_in_what_people_write() {
        for (text, protocol) in [
            ("JSON/HTTPS", Some(Protocol::Http)),
            ("gRPC (TLS)", Some(Protocol::Grpc)),
            ("SQL/TCP", Some(Protocol::Sql)),
            ("XML over SOAP", Some(Protocol::Http)),
            ("Spring Data", None),
            ("", None),
        ] {
            assert_eq!(Protocol::parse(text), protocol, "{text}");
        }
    }

    #[test]
    fn products_are_found_with_versions_and_unknown_ones_are_not_guessed() {
        assert_eq!(Product::of("PostgreSQL 16"), Some(Product::Relational));
        assert_eq!(Product::of("Redis7"), Some(Product::Redis));
        assert_eq!(Product::of("Oracle Database 12c"), Some(Product::Relational));
        assert_eq!(Product::of("S3, object lock"), Some(Product::ObjectStore), "its digit is no version");
        assert_eq!(Product::of("FoundationDB"), None);
        assert!(Product::HttpStore.speaks(Protocol::Http) && Product::HttpStore.speaks(Protocol::Sql));
        assert!(!Product::Kafka.speaks(Protocol::Sql) && !Product::Relational.speaks(Protocol::Kafka));
    }
}
