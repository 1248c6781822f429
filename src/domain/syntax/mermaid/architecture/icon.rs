//! What icons stand for: Mermaid's own five, and those of icon packs, whose names are mostly names of technologies.

use crate::domain::model::kind::Kind;

/// What an icon says about a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Kind(Kind),
    Person,
    /// A product, as people write it.
    Technology(String),
    /// Something that runs, which a service is anyway.
    Plain,
    /// The world outside.
    Outside,
    Unknown,
}

/// Words of icons that show a thing rather than a product.
const THINGS: [(&str, Meaning); 27] = [
    ("database", Meaning::Kind(Kind::Database)),
    ("db", Meaning::Kind(Kind::Database)),
    ("disk", Meaning::Kind(Kind::ObjectStore)),
    ("harddisk", Meaning::Kind(Kind::ObjectStore)),
    ("storage", Meaning::Kind(Kind::ObjectStore)),
    ("bucket", Meaning::Kind(Kind::ObjectStore)),
    ("server", Meaning::Plain),
    ("cloud", Meaning::Plain),
    ("cog", Meaning::Plain),
    ("internet", Meaning::Outside),
    ("earth", Meaning::Outside),
    ("globe", Meaning::Outside),
    ("web", Meaning::Outside),
    ("account", Meaning::Person),
    ("user", Meaning::Person),
    ("users", Meaning::Person),
    ("person", Meaning::Person),
    ("cellphone", Meaning::Kind(Kind::Frontend)),
    ("mobile", Meaning::Kind(Kind::Frontend)),
    ("monitor", Meaning::Kind(Kind::Frontend)),
    ("laptop", Meaning::Kind(Kind::Frontend)),
    ("browser", Meaning::Kind(Kind::Frontend)),
    ("queue", Meaning::Kind(Kind::Queue)),
    ("gateway", Meaning::Kind(Kind::Gateway)),
    ("router", Meaning::Kind(Kind::Gateway)),
    ("cache", Meaning::Kind(Kind::Cache)),
    ("clock", Meaning::Kind(Kind::Scheduler)),
];

/// Packs whose icons are logos of products.
const LOGOS: [&str; 14] = [
    "logos",
    "devicon",
    "devicon-plain",
    "simple-icons",
    "skill-icons",
    "cib",
    "fa-brands",
    "fa6-brands",
    "aws",
    "azure",
    "gcp",
    "vscode-icons",
    "material-icon-theme",
    "catppuccin",
];

/// Words of logos in the spelling of their makers.
const SPELLINGS: [(&str, &str); 48] = [
    ("aws", "AWS"),
    ("s3", "S3"),
    ("ec2", "EC2"),
    ("ecs", "ECS"),
    ("eks", "EKS"),
    ("rds", "RDS"),
    ("sqs", "SQS"),
    ("sns", "SNS"),
    ("vpc", "VPC"),
    ("iam", "IAM"),
    ("ses", "SES"),
    ("kms", "KMS"),
    ("waf", "WAF"),
    ("elb", "ELB"),
    ("api", "API"),
    ("cdn", "CDN"),
    ("dns", "DNS"),
    ("sql", "SQL"),
    ("gcp", "GCP"),
    ("ibm", "IBM"),
    ("ios", "iOS"),
    ("dynamodb", "DynamoDB"),
    ("documentdb", "DocumentDB"),
    ("eventbridge", "EventBridge"),
    ("cloudfront", "CloudFront"),
    ("cloudwatch", "CloudWatch"),
    ("elasticache", "ElastiCache"),
    ("elasticsearch", "Elasticsearch"),
    ("opensearch", "OpenSearch"),
    ("postgresql", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("mongodb", "MongoDB"),
    ("sqlite", "SQLite"),
    ("couchdb", "CouchDB"),
    ("influxdb", "InfluxDB"),
    ("clickhouse", "ClickHouse"),
    ("cockroachdb", "CockroachDB"),
    ("rabbitmq", "RabbitMQ"),
    ("activemq", "ActiveMQ"),
    ("graphql", "GraphQL"),
    ("grpc", "gRPC"),
    ("nodejs", "Node.js"),
    ("typescript", "TypeScript"),
    ("javascript", "JavaScript"),
    ("php", "PHP"),
    ("dotnet", ".NET"),
    ("fastapi", "FastAPI"),
];

/// What an icon stands for, by its name with or without a pack: `database`, `logos:aws-lambda`.
pub fn meaning(icon: &str) -> Meaning {
    let icon = icon.trim().to_lowercase();
    let (pack, name) = icon.split_once(':').unwrap_or(("", icon.as_str()));
    let words: Vec<&str> = name.split(['-', '_', ' ']).filter(|word| !word.is_empty()).take(12).collect();
    if LOGOS.contains(&pack) {
        // Variants of one logo differ in their last words.
        let end = words.iter().rposition(|word| !matches!(*word, "icon" | "wordmark" | "original" | "plain" | "light" | "dark" | "line"));
        let words: Vec<&str> = words.into_iter().take(end.map_or(0, |end| end + 1)).collect();
        let prefix = match pack {
            "aws" => words.first().filter(|word| **word != "aws").map(|_| "AWS"),
            "azure" => words.first().filter(|word| **word != "azure").map(|_| "Azure"),
            "gcp" => words.first().filter(|word| **word != "google").map(|_| "Google Cloud"),
            _ => None,
        };
        let spelled: Vec<String> = prefix.map(str::to_owned).into_iter().chain(words.iter().map(|word| spelling(word))).collect();
        return if spelled.is_empty() { Meaning::Unknown } else { Meaning::Technology(spelled.join(" ")) };
    }
    let found = words.iter().find_map(|word| THINGS.iter().find(|(name, _)| name == word));
    found.map_or(Meaning::Unknown, |(_, meaning)| meaning.clone())
}

fn spelling(word: &str) -> String {
    if let Some((_, spelled)) = SPELLINGS.iter().find(|(name, _)| *name == word) {
        return (*spelled).to_owned();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_have_meanings() {
        let technology = |text: &str| Meaning::Technology(text.to_owned());
        assert_eq!(meaning("database"), Meaning::Kind(Kind::Database));
        assert_eq!(meaning("mdi:database-outline"), Meaning::Kind(Kind::Database));
        assert_eq!(meaning("internet"), Meaning::Outside);
        assert_eq!(meaning("logos:aws-lambda"), technology("AWS Lambda"));
        assert_eq!(meaning("logos:aws-s3"), technology("AWS S3"));
        assert_eq!(meaning("logos:kafka-icon"), technology("Kafka"));
        assert_eq!(meaning("devicon:postgresql-wordmark"), technology("PostgreSQL"));
        assert_eq!(meaning("aws:dynamodb"), technology("AWS DynamoDB"));
        assert_eq!(meaning("logos:icon"), Meaning::Unknown);
        assert_eq!(meaning("iconnamedoesntexist"), Meaning::Unknown);
        assert_eq!(meaning(""), Meaning::Unknown);
    }
}
