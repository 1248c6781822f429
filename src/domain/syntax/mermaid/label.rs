//! What labels say: markup and entities to plain lines and back, and which line of a label is a name, a technology or a
//! description. Reading and writing are inverse, so that an edit of one part leaves the others as they were.
//!
//! Entities and tags: [`markup`] beside this file.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Span,
    model::{
        Level,
        kind::infer::{Evidence, kind},
    },
    syntax::mermaid::tree::Text,
};

pub mod markup;

/// One line of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelLine {
    /// What it says, in words.
    pub text: String,
    /// Where it stands, without the markup around it.
    pub span: Span,
}

/// What a label says about an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElementWords {
    pub name: String,
    /// The lines that are the name, from the first.
    pub name_lines: usize,
    pub technology: Option<String>,
    pub description: Option<String>,
    /// What the label calls it, as in `[Container: Go]`.
    pub sort: Option<String>,
}

/// What a label says about a relation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelationWords {
    pub description: Option<String>,
    pub technology: Option<String>,
}

/// What diagrams of the C4 model write in brackets under a name.
const SORTS: [&str; 9] =
    ["person", "software system", "system", "container", "component", "external", "external system", "external person", "database"];

/// The lines of a label that say something.
pub fn lines(source: &str, text: &Text) -> Vec<LabelLine> {
    markup::lines(source, text)
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What stands between brackets, if all of the line does.
fn bracketed(line: &str) -> Option<&str> {
    let line = line.trim();
    let inner = [("[", "]"), ("(", ")"), ("«", "»")].iter().find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close))?;
    let inner = inner.trim();
    (!inner.is_empty() && !inner.contains(['[', ']', '(', ')'])).then_some(inner)
}

/// Reads the lines of a node's label.
pub fn element(lines: &[String]) -> ElementWords {
    let Some(first) = lines.first() else { return ElementWords::default() };
    let mut words = ElementWords { name: first.trim().to_owned(), name_lines: 1, ..ElementWords::default() };
    let mut rest = lines.get(1..).unwrap_or_default();
    while let Some(line) = rest.first().filter(|line| continues(line)) {
        words.name = format!("{} {}", words.name, line.trim());
        words.name_lines += 1;
        rest = rest.get(1..).unwrap_or_default();
    }
    if let Some(line) = rest.first() {
        let said = bracketed(line).unwrap_or(line.trim());
        let sort = |text: &str| bracketed(line).is_some() && SORTS.contains(&text.trim().to_ascii_lowercase().as_str());
        match said.split_once(':') {
            Some((head, tail)) if sort(head) => {
                words.sort = Some(head.trim().to_owned());
                words.technology = Some(tail.trim().to_owned());
            }
            _ if sort(said) => words.sort = Some(said.to_owned()),
            _ => words.technology = Some(said.to_owned()),
        }
        words.technology = words.technology.filter(|text| !text.is_empty());
        let description = joined(rest.get(1..).unwrap_or_default());
        words.description = Some(description).filter(|text| !text.is_empty());
    }
    words
}

/// Whether a second line goes on with the name: it names a kind of thing, or is plain words in lower case.
fn continues(line: &str) -> bool {
    let line = line.trim();
    let none = BTreeMap::new();
    let evidence = |name, technology| Evidence {
        level: Level::Component,
        name,
        technology,
        description: None,
        tags: &[],
        properties: &none,
        archetype: None,
        shape: None,
        outside: None,
    };
    let container = Evidence { level: Level::Container, ..evidence("", Some(line)) };
    if bracketed(line).is_some() || kind(&container).reason.starts_with("technology") {
        return false;
    }
    let words = line.split_whitespace().count();
    let plain = line.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-' || c == '\'');
    let noun = words <= 2 && plain && kind(&evidence(line, None)).reason.starts_with("its name says");
    noun || (plain && words >= 2 && line.starts_with(char::is_lowercase))
}

/// The lines of a label for an element, where they say just that.
pub fn element_lines(name: &str, technology: Option<&str>, description: Option<&str>) -> Vec<String> {
    let mut lines = vec![one_line(name)];
    let technology = technology.map(one_line).filter(|text| !text.is_empty());
    if let Some(technology) = technology {
        lines.push(technology.clone());
        if element(&lines).technology.as_deref() != Some(technology.as_str()) {
            lines.pop();
            lines.push(format!("[{technology}]"));
        }
        lines.extend(description.map(one_line).filter(|text| !text.is_empty()));
    }
    lines
}

/// Reads the lines of an edge's label.
pub fn relation(lines: &[String]) -> RelationWords {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let Some((last, before)) = lines.split_last() else { return RelationWords::default() };
    if let Some(technology) = bracketed(last).filter(|_| last.trim().starts_with('[')) {
        return RelationWords { description: some(&joined(before)), technology: some(technology) };
    }
    let first = lines.first().map_or("", |line| line.trim());
    if let [single] = lines {
        let single = single.trim();
        // `Sends orders [HTTPS]`
        if let Some((description, technology)) = single.strip_suffix(']').and_then(|text| text.rsplit_once('['))
            && !technology.contains(']')
        {
            return RelationWords { description: some(description), technology: some(technology) };
        }
        return head(single);
    }
    if is_protocol(first) {
        return RelationWords { description: some(&joined(lines.get(1..).unwrap_or_default())), technology: some(first) };
    }
    RelationWords { description: some(&joined(lines)), technology: None }
}

/// `HTTPS`, `HTTPS: sends orders` and `SQL queries`.
fn head(line: &str) -> RelationWords {
    let owned = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if is_protocol(line) {
        return RelationWords { description: None, technology: owned(line) };
    }
    for separator in [": ", " - ", " – ", " — ", ", ", " / "] {
        if let Some((technology, description)) = line.split_once(separator).filter(|(head, _)| is_protocol(head)) {
            return RelationWords { description: owned(description), technology: owned(technology) };
        }
    }
    // `HTTPS (port 443)`: what is in the parentheses belongs to the protocol.
    if line.ends_with(')')
        && let Some((technology, _)) = line.split_once(" (")
        && is_protocol(technology)
    {
        return RelationWords { description: None, technology: owned(line) };
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let longest = (1..words.len().min(4)).rev().find_map(|count| {
        let candidate = words.get(..count)?.join(" ");
        is_protocol(&candidate).then_some(candidate)
    });
    RelationWords { description: owned(line), technology: longest }
}

/// The lines of a label for a relation, where they say just that.
pub fn relation_lines(description: Option<&str>, technology: Option<&str>) -> Vec<String> {
    let description = description.map(one_line).filter(|text| !text.is_empty());
    let technology = technology.map(one_line).filter(|text| !text.is_empty());
    let wanted = RelationWords { description: description.clone(), technology: technology.clone() };
    let candidates: Vec<Vec<String>> = match (description, technology) {
        (None, None) => vec![Vec::new()],
        (Some(description), None) => vec![vec![description]],
        (None, Some(technology)) => vec![vec![technology.clone()], vec![format!("[{technology}]")]],
        (Some(description), Some(technology)) => {
            vec![vec![description.clone()], vec![format!("{technology}: {description}")], vec![description, format!("[{technology}]")]]
        }
    };
    candidates.iter().find(|lines| relation(lines) == wanted).or(candidates.last()).cloned().unwrap_or_default()
}

/// Without line ends and with single spaces.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words, in lower case, that name a protocol or what speaks one.
const PROTOCOLS: [&str; 84] = [
    "http",
    "https",
    "http/1.1",
    "http/2",
    "http/3",
    "http2",
    "http3",
    "rest",
    "rest api",
    "restful",
    "graphql",
    "soap",
    "websocket",
    "websockets",
    "ws",
    "wss",
    "sse",
    "grpc",
    "grpcs",
    "grpc-web",
    "rpc",
    "json-rpc",
    "xml-rpc",
    "thrift",
    "odata",
    "jdbc",
    "odbc",
    "sql",
    "tds",
    "tcp",
    "tcp/ip",
    "udp",
    "quic",
    "tls",
    "mtls",
    "ssl",
    "amqp",
    "amqps",
    "kafka",
    "nats",
    "jetstream",
    "mqtt",
    "mqtts",
    "stomp",
    "jms",
    "sqs",
    "sns",
    "kinesis",
    "rabbitmq",
    "pub/sub",
    "pubsub",
    "eventbridge",
    "service bus",
    "resp",
    "redis",
    "rediss",
    "cql",
    "smtp",
    "smtps",
    "imap",
    "pop3",
    "ldap",
    "ldaps",
    "s3",
    "sftp",
    "ftp",
    "ftps",
    "ssh",
    "scp",
    "nfs",
    "smb",
    "dns",
    "snmp",
    "webrtc",
    "rtmp",
    "rtp",
    "oidc",
    "oauth",
    "oauth2",
    "saml",
    "webhook",
    "webhooks",
    "ipc",
    "in-process",
];
/// What is sent over them; names a technology only together with one.
const FORMATS: [&str; 9] = ["json", "xml", "protobuf", "avro", "csv", "yaml", "html", "binary", "parquet"];

/// Whether all of the text names protocols: `HTTPS`, `JSON/HTTPS`, `SQL over TLS`, `gRPC + mTLS`, `HTTPS:443`.
pub fn is_protocol(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let known = |part: &str| PROTOCOLS.contains(&part.trim());
    let plain = lower.split_once(':').map_or(lower.as_str(), |(head, port)| {
        if !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()) { head } else { lower.as_str() }
    });
    if plain.is_empty() || known(plain) {
        return known(plain);
    }
    let parts: Vec<String> =
        plain.replace(" over ", "/").replace(" via ", "/").replace(" + ", "/").replace('+', "/").split('/').map(str::to_owned).collect();
    parts.len() > 1 && parts.iter().all(|part| known(part) || FORMATS.contains(&part.trim())) && parts.iter().any(|part| known(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn lines_of_nodes_are_told_apart() {
        for (lines, name, technology, description) in [
            (&["Orders"][..], "Orders", None, None),
            (&["Orders", "Go, chi"], "Orders", Some("Go, chi"), None),
            (&["Orders", "[Container: Go]", "Takes orders"], "Orders", Some("Go"), Some("Takes orders")),
            (&["Orders", "(PostgreSQL 16)"], "Orders", Some("PostgreSQL 16"), None),
            (&["Order", "service"], "Order service", None, None),
            (&["Payment", "Database", "PostgreSQL"], "Payment Database", Some("PostgreSQL"), None),
            (&["The cat", "in the hat"], "The cat in the hat", None, None),
            (&["Events", "Kafka"], "Events", Some("Kafka"), None),
            (&["Bank", "[Software System]", "Moves money"], "Bank", None, Some("Moves money")),
        ] {
            let words = element(&owned(lines));
            assert_eq!((words.name.as_str(), words.technology.as_deref(), words.description.as_deref()), (name, technology, description));
        }
    }

    #[test]
    fn protocols_at_the_head_of_a_label_are_the_technology() {
        for (lines, description, technology) in [
            (&["HTTPS"][..], None, Some("HTTPS")),
            (&["JSON/HTTPS"], None, Some("JSON/HTTPS")),
            (&["SQL over TLS"], None, Some("SQL over TLS")),
            (&["gRPC: authorises"], Some("authorises"), Some("gRPC")),
            (&["SQL queries"], Some("SQL queries"), Some("SQL")),
            (&["REST API calls"], Some("REST API calls"), Some("REST API")),
            (&["places orders"], Some("places orders"), None),
            (&["places orders", "[HTTPS]"], Some("places orders"), Some("HTTPS")),
            (&["places orders [Spring Data]"], Some("places orders"), Some("Spring Data")),
            (&["[order.placed]"], None, Some("order.placed")),
            (&["HTTPS", "places orders"], Some("places orders"), Some("HTTPS")),
            (&["HTTPS (443)"], None, Some("HTTPS (443)")),
            (&["restores"], Some("restores"), None),
            (&["Yes"], Some("Yes"), None),
            (&["json"], Some("json"), None),
        ] {
            let words = relation(&owned(lines));
            assert_eq!((words.description.as_deref(), words.technology.as_deref()), (description, technology), "{lines:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (description, technology) in [
            (None, None),
            (Some("places orders"), None),
            (None, Some("HTTPS")),
            (None, Some("Spring Data")),
            (Some("places orders"), Some("gRPC")),
            (Some("places orders"), Some("order.placed")),
            (Some("SQL queries"), Some("SQL")),
        ] {
            let words = relation(&relation_lines(description, technology));
            assert_eq!((words.description.as_deref(), words.technology.as_deref()), (description, technology));
        }
        for technology in ["Go", "service", "PostgreSQL", "written in go", "[x]"] {
            let words = element(&element_lines("Orders", Some(technology), Some("Takes orders")));
            assert_eq!(words.name, "Orders", "{technology}");
            assert_eq!(words.description.as_deref(), Some("Takes orders"), "{technology}");
        }
    }
}
