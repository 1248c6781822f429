//! Technologies to offer: those that say what kind of thing an element is, and the protocols of relations.

/// Of elements, as people write them. Each is known to [`crate::domain::model::kind::infer`].
pub(super) const OF_ELEMENTS: [&str; 44] = [
    "PostgreSQL",
    "MySQL",
    "MariaDB",
    "SQL Server",
    "SQLite",
    "Oracle Database",
    "MongoDB",
    "Cassandra",
    "DynamoDB",
    "CockroachDB",
    "ClickHouse",
    "Neo4j",
    "BigQuery",
    "Snowflake",
    "etcd",
    "Redis",
    "Valkey",
    "Memcached",
    "Amazon S3",
    "MinIO",
    "Azure Blob Storage",
    "Elasticsearch",
    "OpenSearch",
    "Meilisearch",
    "Kafka",
    "RabbitMQ",
    "NATS",
    "Amazon SQS",
    "Amazon SNS",
    "Google Pub/Sub",
    "Azure Service Bus",
    "Kinesis",
    "Envoy",
    "NGINX",
    "HAProxy",
    "Traefik",
    "Kong",
    "Cloudflare",
    "React",
    "Angular",
    "Vue",
    "Svelte",
    "Airflow",
    "Celery",
];

/// Of relations.
pub(super) const OF_RELATIONS: [&str; 16] = [
    "HTTPS",
    "HTTP",
    "gRPC",
    "JSON/HTTPS",
    "GraphQL",
    "WebSocket",
    "SQL",
    "JDBC",
    "AMQP",
    "Kafka",
    "MQTT",
    "SMTP",
    "SFTP",
    "NFS",
    "LDAPS",
    "SSH",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::model::{
        Level,
        kind::infer::{Evidence, kind},
    };

    #[test]
    fn what_is_offered_says_a_kind() {
        for technology in OF_ELEMENTS {
            let evidence = Evidence {
                level: Level::Container,
                name: "X",
                technology: Some(technology),
                description: None,
                tags: &[],
                properties: &BTreeMap::new(),
                archetype: None,
                shape: None,
                outside: None,
            };
            assert!(kind(&evidence).reason.starts_with("technology"), "{technology}");
        }
    }
}
