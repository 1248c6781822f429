//! What the words of a drawing say: which are a name, which a technology, a kind or a description; and what a label says about
//! an edge.
//!
//! To know another technology or protocol, add it to its table here; those that tell a kind are known by
//! [`crate::domain::model::kind::infer`].

use std::collections::BTreeMap;

use crate::domain::model::{
    Level,
    kind::infer::{self, Evidence},
};

/// What the words in a box say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) technology: Option<String>,
    pub(super) description: Option<String>,
    pub(super) level: Option<Level>,
    /// A kind in guillemets.
    pub(super) kind: Option<String>,
}

/// Languages, frameworks and platforms that say what something is made with, in lower case.
const MADE_WITH: [&str; 96] = [
    ".net",
    ".net core",
    "actix",
    "akka",
    "ansible",
    "asp.net",
    "asp.net core",
    "aws lambda",
    "axum",
    "bash",
    "c",
    "c#",
    "c++",
    "chi",
    "clojure",
    "cobol",
    "crystal",
    "dart",
    "deno",
    "django",
    "docker",
    "dropwizard",
    "echo",
    "ecs",
    "eks",
    "elixir",
    "erlang",
    "express",
    "express.js",
    "fastapi",
    "fastify",
    "fiber",
    "flask",
    "gin",
    "gke",
    "go",
    "golang",
    "gorilla",
    "graphql",
    "grpc",
    "haskell",
    "helm",
    "hono",
    "http",
    "https",
    "java",
    "javascript",
    "jest",
    "julia",
    "k8s",
    "kotlin",
    "ktor",
    "kubernetes",
    "lambda",
    "laravel",
    "leptos",
    "lua",
    "micronaut",
    "nestjs",
    "nest.js",
    "next.js",
    "nextjs",
    "nim",
    "node",
    "node.js",
    "nodejs",
    "nomad",
    "nuxt",
    "nuxt.js",
    "objective-c",
    "ocaml",
    "openapi",
    "perl",
    "phoenix",
    "php",
    "play",
    "python",
    "quarkus",
    "r",
    "rails",
    "remix",
    "rest",
    "rocket",
    "ruby",
    "ruby on rails",
    "rust",
    "scala",
    "spring",
    "spring boot",
    "swift",
    "symfony",
    "terraform",
    "tomcat",
    "typescript",
    "wasm",
    "zig",
];

/// What travels on an edge, in lower case.
const PROTOCOLS: [&str; 62] = [
    "amqp",
    "amqps",
    "api",
    "avro",
    "cdc",
    "dns",
    "events",
    "ftp",
    "ftps",
    "graphql",
    "grpc",
    "grpcs",
    "grpc-web",
    "hls",
    "http",
    "http/1.1",
    "http/2",
    "http/3",
    "https",
    "icmp",
    "imap",
    "jdbc",
    "jms",
    "json",
    "json-rpc",
    "kafka",
    "ldap",
    "ldaps",
    "mqtt",
    "mtls",
    "nats",
    "nfs",
    "oauth",
    "oauth2",
    "odbc",
    "oidc",
    "protobuf",
    "quic",
    "redis",
    "resp",
    "rest",
    "rpc",
    "rtmp",
    "s3",
    "saml",
    "sftp",
    "smb",
    "smtp",
    "soap",
    "sql",
    "sse",
    "ssh",
    "tcp",
    "tcp/ip",
    "thrift",
    "tls",
    "udp",
    "webhook",
    "websocket",
    "websockets",
    "wss",
    "xml",
];

/// People by what they are called, in lower case.
const PEOPLE: [&str; 22] = [
    "actor",
    "admin",
    "administrator",
    "administrators",
    "admins",
    "agent",
    "customer",
    "customers",
    "developer",
    "developers",
    "employee",
    "employees",
    "end user",
    "end users",
    "operator",
    "operators",
    "person",
    "shopper",
    "user",
    "users",
    "visitor",
    "visitors",
];

/// A whole text in one of these pairs.
fn inside<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let inner = text.strip_prefix(open)?.strip_suffix(close)?.trim();
    (!inner.is_empty() && !inner.contains(open) && !inner.contains(close)).then_some(inner)
}

/// What the lines of a box say. Empty lines part paragraphs.
pub(super) fn named(lines: &[String]) -> Named {
    let mut named = Named::default();
    let mut name: Vec<&str> = Vec::new();
    let mut rest: Vec<&str> = Vec::new();
    let mut paragraph = false;
    for line in lines.iter().map(|line| line.trim()) {
        let ruled = !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '=' | '_' | '─' | '━' | '═' | '.' | '*' | '┄' | '╌'));
        if line.is_empty() || ruled {
            paragraph |= !name.is_empty();
            continue;
        }
        if let Some(kind) = inside(line, "<<", ">>").or_else(|| inside(line, "«", "»")) {
            named.kind = Some(kind.to_owned());
        } else if let Some(about) = inside(line, "[", "]").filter(|_| !name.is_empty()) {
            bracket(&mut named, about);
        } else if let Some(about) = inside(line, "(", ")").filter(|_| !name.is_empty()) {
            technology(&mut named, about);
        } else if name.is_empty() {
            name.push(line);
        } else if named.technology.is_none() && rest.is_empty() && is_technology(line) {
            named.technology = Some(line.to_owned());
        } else if !paragraph && rest.is_empty() && named.technology.is_none() && continues(&name, line) {
            name.push(line);
        } else {
            rest.push(line);
        }
    }
    let name = name.join(" ");
    let plain = inside(&name, "[(", ")]")
        .or_else(|| inside(&name, "((", "))"))
        .or_else(|| inside(&name, "[", "]"))
        .or_else(|| inside(&name, "(", ")"))
        .or_else(|| inside(&name, "{", "}"))
        .or_else(|| inside(&name, "<", ">"))
        .or_else(|| inside(&name, "\"", "\""))
        .unwrap_or(&name);
    name.clone_into(&mut named.name);
    plain.clone_into(&mut named.name);
    split_name(&mut named);
    if !rest.is_empty() {
        named.description = Some(
            rest.iter().map(|line| line.trim_start_matches(['•', '·', '*', '-', '–']).trim()).collect::<Vec<_>>().join(rest_joint(&rest)),
        );
    }
    if named.level.is_none() && is_person(&named.name) {
        named.level = Some(Level::Person);
    }
    named
}

/// Items of a list are parted by commas, lines of a sentence by spaces.
fn rest_joint(rest: &[&str]) -> &'static str {
    let items = rest.iter().all(|line| {
        line.starts_with(['•', '·', '*', '-', '–', '+']) || (line.split_whitespace().count() <= 2 && !line.starts_with(char::is_lowercase))
    });
    if items && rest.len() > 1 { ", " } else { " " }
}

/// The line goes on with the name that began above it.
fn continues(name: &[&str], line: &str) -> bool {
    let listed = line.starts_with(['•', '·', '*', '-', '–', '+', ':', '#', '✓', '✔', '→', '>']) || line.ends_with(',');
    let words = line.split_whitespace().count();
    let capital = line.starts_with(|c: char| !c.is_lowercase());
    let sentence = name.last().is_some_and(|last| last.ends_with(['.', ':', ',', ';']));
    let port = line.contains("://") || (line.contains(':') && line.chars().any(|c| c.is_ascii_digit()));
    !listed && !sentence && !port && name.len() < 6 && (words <= 2 || (capital && words <= 4 && name.len() < 4))
}

/// Takes a technology in brackets off the end of a name.
fn split_name(named: &mut Named) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        let name = named.name.clone();
        let Some(body) = name.strip_suffix(close) else { continue };
        let Some((before, about)) = body.rsplit_once(open) else { continue };
        if before.trim().is_empty() || about.trim().is_empty() {
            continue;
        }
        before.trim().clone_into(&mut named.name);
        if open == '[' {
            bracket(named, about.trim());
        } else {
            technology(named, about.trim());
        }
        return;
    }
}

/// Words in square brackets: a level as in C4 diagrams, with or without a technology, or a technology.
fn bracket(named: &mut Named, about: &str) {
    let (head, technology_text) = about.split_once(':').map_or((about, None), |(head, tail)| (head, Some(tail.trim())));
    let level = match head.trim().to_lowercase().as_str() {
        "person" | "user" | "actor" => Level::Person,
        "software system" | "system" => Level::System,
        "container" => Level::Container,
        "component" => Level::Component,
        "element" => Level::Custom,
        "deployment node" => Level::DeploymentNode,
        "infrastructure node" => Level::InfrastructureNode,
        _ => {
            technology(named, about);
            return;
        }
    };
    named.level = Some(level);
    if let Some(text) = technology_text.filter(|text| !text.is_empty()) {
        named.technology = Some(text.to_owned());
    }
}

/// A technology, unless the words count or judge.
fn technology(named: &mut Named, about: &str) {
    let lower = about.to_lowercase();
    let counts =
        lower.starts_with(|c: char| c.is_ascii_digit()) || lower.starts_with('x') && lower.chars().skip(1).all(|c| c.is_ascii_digit());
    let judges = [
        "optional", "planned", "legacy", "new", "future", "primary", "replica", "replicas", "internal", "external", "master", "slave",
        "leader",
    ];
    if (counts || judges.contains(&lower.as_str())) || named.technology.is_some() {
        let before = named.description.take().map(|before| before + ", ").unwrap_or_default();
        named.description = Some(before + about);
    } else {
        named.technology = Some(about.to_owned());
    }
}

/// Every part of the text names a technology.
pub(super) fn is_technology(text: &str) -> bool {
    let mut any = false;
    for part in text.split([',', '/', '+', '&', '|']).flat_map(|part| part.split(" and ")) {
        let words: Vec<&str> = part
            .split_whitespace()
            .filter(|word| {
                let number = word.trim_start_matches(['v', 'V']).trim_end_matches(['+', 'x']);
                let version = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
                !version
                    && !["aws", "amazon", "apache", "azure", "google", "gcp", "ibm", "microsoft"].contains(&word.to_lowercase().as_str())
            })
            .collect();
        let plain = words.join(" ").to_lowercase();
        let vendor_only = plain.is_empty() && !part.trim().is_empty();
        if vendor_only || plain.is_empty() {
            continue;
        }
        if !MADE_WITH.contains(&plain.as_str()) && !tells_kind(&plain) {
            return false;
        }
        any = true;
    }
    any
}

/// The technology table of the kinds knows exactly these words.
fn tells_kind(text: &str) -> bool {
    let none = BTreeMap::new();
    let found = infer::kind(&Evidence {
        level: Level::Container,
        name: "",
        technology: Some(text),
        description: None,
        tags: &[],
        properties: &none,
        archetype: None,
        shape: None,
        outside: None,
    });
    // These also are what a thing is called.
    let names =
        ["message queue", "message bus", "message broker", "api gateway", "application gateway", "load balancer", "cdn", "database schema"];
    found.reason.strip_prefix("technology ").is_some_and(|word| word.eq_ignore_ascii_case(text)) && !names.contains(&text)
}

/// The name says that it is a person.
pub(super) fn is_person(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect();
    PEOPLE.contains(&plain.trim().to_lowercase().as_str())
}

/// A label as technology and description.
pub(super) fn label(text: &str) -> (Option<String>, Option<String>) {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    let text = inside(text, "(", ")").or_else(|| inside(text, "[", "]")).unwrap_or(text);
    if text.is_empty() {
        return (None, None);
    }
    if is_protocol(text) {
        return (Some(text.to_owned()), None);
    }
    if let Some((head, tail)) = text.split_once(": ")
        && is_protocol(head)
    {
        return (Some(head.trim().to_owned()), Some(tail.trim().to_owned()));
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some((before, about)) = text.strip_suffix(close).and_then(|body| body.rsplit_once(open))
            && !before.trim().is_empty()
            && (open == '[' || is_protocol(about))
            && !about.trim().is_empty()
        {
            return (Some(about.trim().to_owned()), Some(before.trim().to_owned()));
        }
    }
    (None, Some(text.to_owned()))
}

/// Every part of the text is a protocol or a format.
pub(super) fn is_protocol(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let known = |part: &str| PROTOCOLS.contains(&part) || part.chars().all(|c| c.is_ascii_digit() || c == '.');
    let parts = lower.split([' ', '/', ',', '+', '(', ')', '&', ':']).filter(|part| !part.is_empty());
    (PROTOCOLS.contains(&lower.as_str()) || parts.clone().all(known))
        && parts.clone().any(|part| PROTOCOLS.contains(&part))
        && lower != "api"
        && lower != "events"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> (String, Option<String>, Option<String>) {
        let named = named(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        (named.name, named.technology, named.description)
    }

    fn is(found: (String, Option<String>, Option<String>), name: &str, technology: Option<&str>, description: Option<&str>) {
        assert_eq!((found.0.as_str(), found.1.as_deref(), found.2.as_deref()), (name, technology, description));
    }

    #[test]
    fn names_technologies_and_descriptions_are_told_apart() {
        is(of(&["Order", "Service"]), "Order Service", None, None);
        is(of(&["Order Service", "(Go, chi)"]), "Order Service", Some("Go, chi"), None);
        is(of(&["Order Service", "Go"]), "Order Service", Some("Go"), None);
        is(of(&["Orders DB", "PostgreSQL 16"]), "Orders DB", Some("PostgreSQL 16"), None);
        is(of(&["Handlers (HTTP/gRPC)"]), "Handlers", Some("HTTP/gRPC"), None);
        is(of(&["Web App", "", "Shows orders", "to customers"]), "Web App", None, Some("Shows orders to customers"));
        is(of(&["API", "[Container: Rust]", "Takes orders from people"]), "API", Some("Rust"), Some("Takes orders from people"));
        is(of(&["Redis", "Cache"]), "Redis Cache", None, None);
        is(of(&["Message", "Queue"]), "Message Queue", None, None);
        is(of(&["Auth", "- login", "- tokens"]), "Auth", None, Some("login, tokens"));
        is(of(&["[Client]"]), "Client", None, None);
        is(of(&["Worker (x3)"]), "Worker", None, Some("x3"));
    }

    #[test]
    fn labels_are_protocols_or_words() {
        let of = |text| label(text);
        assert_eq!(of("HTTPS"), (Some("HTTPS".into()), None));
        assert_eq!(of("REST/JSON"), (Some("REST/JSON".into()), None));
        assert_eq!(of("places order"), (None, Some("places order".into())));
        assert_eq!(of("gRPC: get user"), (Some("gRPC".into()), Some("get user".into())));
        assert_eq!(of("reads [SQL]"), (Some("SQL".into()), Some("reads".into())));
    }
}
