//! LNT-Q009: a decision about something that is not there.

use std::collections::BTreeSet;

use crate::domain::{
    agent::proposal::{RecordStep, Suggestion, record::is_near},
    casing::lower,
    decision::{SectionRole, status::Status},
    diagnostic::Span,
    markdown::without_comments,
    project::slug,
    review::{
        check::{Check, Recorded, capital, listed},
        finding::Anchor,
        fix::{Offer, Repair, broken::Broken},
        protocol::{mentions, words},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// An accepted record speaks of nothing that the diagrams show.
    ///
    /// ## What it finds
    /// Accepted records with a link to an element that no diagram has; whose chosen option names a product that no diagram mentions; or that share not
    /// one name with the diagrams. All of a record is one finding.
    ///
    /// ## Why it matters
    /// Either the design has moved on and the decision is dead, or it was never carried out. Both look the same to a reader.
    ///
    /// ## What to do
    /// Link the elements a decision is about, as `[[Order service]]`. Supersede what no longer holds.
    ///
    /// ## False positives
    /// Decisions about how people work are left out: records tagged process, tooling or documentation, or whose title speaks of records, reviews, branches
    /// and the like. Products count only where they were chosen, not where they were turned down.
    ///
    /// ## Source
    /// A study of decision records that the design contradicts.
    ///
    /// ```adr,fails
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// === docs/adr/0001-keep-baskets-apart.md
    /// # 1. Keep baskets apart
    ///
    /// Date: 2025-08-20
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// Baskets change ten times as often as orders.
    ///
    /// ## Decision
    ///
    /// [[Basket service]] keeps them, instead of the Order service.
    ///
    /// ## Consequences
    ///
    /// One more service to run.
    /// ```
    /// ```adr,passes
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// === docs/adr/0001-keep-stock-apart.md
    /// # 1. Keep stock apart
    ///
    /// Date: 2025-08-20
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// Stock changes ten times as often as orders.
    ///
    /// ## Decision
    ///
    /// [[Stock service]] counts items, instead of the Order service.
    ///
    /// ## Consequences
    ///
    /// One more service to run.
    /// ```
    "LNT-Q009" "untraceable-adr" {
        severity: Low up to Low,
        set: Prod,
        category: Decisions,
        kind: Question,
        reads: Both,
        grouping: PerSubject,
        key: "the record" version 1,
        fix: Safe by mend,
        topics: ["GA11.6"],
    }
}

/// Products whose presence in a design is not a matter of taste: when one was chosen, some box is it.
const PRODUCTS: [&str; 38] = [
    "postgresql",
    "postgres",
    "mysql",
    "mariadb",
    "mongodb",
    "cassandra",
    "scylladb",
    "couchdb",
    "dynamodb",
    "cockroachdb",
    "neo4j",
    "clickhouse",
    "snowflake",
    "bigquery",
    "redis",
    "valkey",
    "memcached",
    "kafka",
    "redpanda",
    "rabbitmq",
    "activemq",
    "nats",
    "pulsar",
    "kinesis",
    "sqs",
    "mqtt",
    "elasticsearch",
    "opensearch",
    "solr",
    "meilisearch",
    "minio",
    "keycloak",
    "envoy",
    "kong",
    "traefik",
    "nginx",
    "haproxy",
    "istio",
];

/// A diagram of fewer elements has just been begun.
const FEWEST: usize = 3;

fn check(check: &mut Check<'_>) {
    if check.diagrams().iter().map(|subject| subject.graph.len()).sum::<usize>() < FEWEST {
        return;
    }
    let vocabulary = vocabulary(check);
    let names = names(check);
    for recorded in check.decisions() {
        let record = recorded.record;
        if record.known_status() != Some(Status::Accepted) || is_about_work(recorded) {
            continue;
        }
        let (mut claims, mut spans): (Vec<String>, Vec<Span>) = (Vec::new(), Vec::new());
        let mut found = false;
        for link in &record.element_links {
            if names.contains(&lower(link.text.trim())) || check.is_drawn(&link.text) {
                found = true;
            } else if !claims.contains(&link.text) {
                claims.push(link.text.clone());
                spans.push(link.span);
            }
        }
        for product in chosen_products(recorded) {
            if !vocabulary.contains(product) && !check.is_drawn(product) {
                claims.push(capital(product));
                spans.push(
                    record
                        .spans
                        .chosen
                        .or_else(|| record.section(SectionRole::Decision).map(|section| section.span))
                        .unwrap_or(record.title_span),
                );
            }
        }
        let (title, message) = if !claims.is_empty() {
            let verb = if claims.len() == 1 { "is" } else { "are" };
            (
                format!("{} speaks of {}, which no diagram shows", record.title, listed(&claims)),
                format!("{} {verb} in no diagram: either the design or the decision has moved on.", listed(&claims)),
            )
        } else if !found && !words(recorded.text).any(|word| vocabulary.contains(&word)) {
            spans.push(record.title_span);
            (
                format!("{} names nothing that the diagrams show", record.title),
                "The record links no element and shares no name with the diagrams.".to_owned(),
            )
        } else {
            continue;
        };
        let mut draft = check
            .draft_record(recorded)
            .key_name(&slug(&record.title))
            .title(title)
            .message(message)
            .anchor(Anchor::Document { document: recorded.document })
            .subject_name(&record.title);
        for span in spans {
            draft = draft.anchor(Anchor::Text { document: recorded.document, span }).quote(None, &[span], "in no diagram");
        }
        check.report(draft);
    }
}

/// What a link may call an element.
fn names(check: &Check<'_>) -> BTreeSet<String> {
    let elements = check.diagrams().iter().flat_map(|subject| subject.graph.model.elements.values());
    elements
        .flat_map(|element| [Some(element.key.as_str()), element.identifier.as_deref(), Some(element.name.as_str())])
        .flatten()
        .map(lower)
        .collect()
}

/// The words of names, identifiers and technologies of all diagrams; those that say nothing are left out.
fn vocabulary(check: &Check<'_>) -> BTreeSet<String> {
    const GENERIC: [&str; 16] = [
        "service",
        "services",
        "system",
        "systems",
        "software",
        "application",
        "component",
        "container",
        "with",
        "from",
        "that",
        "this",
        "data",
        "other",
        "team",
        "main",
    ];
    let mut vocabulary = BTreeSet::new();
    for subject in check.diagrams() {
        let model = subject.graph.model;
        for element in model.elements.values() {
            let texts = [Some(element.name.as_str()), element.identifier.as_deref(), element.technology.as_deref()];
            vocabulary.extend(texts.into_iter().flatten().flat_map(words));
        }
        vocabulary.extend(model.groups.values().flat_map(|group| words(&group.name)));
        vocabulary.extend(model.relations.values().filter_map(|relation| relation.technology.as_deref()).flat_map(words));
        vocabulary.extend(words(&model.name));
    }
    vocabulary.retain(|word| word.chars().count() > 2 && !GENERIC.contains(&word.as_str()));
    vocabulary
}

/// About how people work, which no diagram shows.
fn is_about_work(recorded: &Recorded<'_>) -> bool {
    const TAGS: [&str; 12] = [
        "process",
        "tooling",
        "documentation",
        "organisation",
        "organization",
        "team",
        "workflow",
        "style",
        "ci",
        "testing",
        "meta",
        "development",
    ];
    const TITLES: [&str; 27] = [
        "decisions",
        "decision",
        "adr",
        "adrs",
        "madr",
        "record",
        "records",
        "template",
        "process",
        "workflow",
        "convention",
        "conventions",
        "guideline",
        "guidelines",
        "style",
        "branching",
        "branches",
        "trunk",
        "monorepo",
        "commits",
        "review",
        "reviews",
        "licence",
        "license",
        "documentation",
        "testing",
        "linter",
    ];
    let tagged = ["tags", "tag", "category", "categories"]
        .into_iter()
        .filter_map(|key| recorded.record.field(key))
        .any(|field| field.values.iter().any(|value| mentions(value, &TAGS)));
    tagged || mentions(&recorded.record.title, &TITLES)
}

/// Products in the chosen option or, in records without options, in what was decided for.
fn chosen_products(recorded: &Recorded<'_>) -> Vec<&'static str> {
    const AGAINST: [&str; 19] = [
        "instead",
        "rather",
        "not",
        "no",
        "without",
        "against",
        "than",
        "over",
        "compared",
        "considered",
        "rejected",
        "replaces",
        "replace",
        "from",
        "leave",
        "unlike",
        "versus",
        "vs",
        "away",
    ];
    let record = recorded.record;
    let text = record.chosen.clone().unwrap_or_else(|| {
        let section = record.section(SectionRole::Decision);
        without_comments(section.map_or("", |section| section.own.of(recorded.text)))
    });
    let mut found = Vec::new();
    for sentence in text.replace("\n\n", ".").split(['.', ';']) {
        for word in words(sentence) {
            if AGAINST.contains(&word.as_str()) {
                break;
            }
            if let Some(product) = PRODUCTS.iter().find(|product| **product == word).filter(|product| !found.contains(*product)) {
                found.push(*product);
            }
        }
    }
    found
}

/// A link that means an element by another spelling gets the name that the element has.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(recorded) = broken.first_record() else { return Vec::new() };
    let mut steps: Vec<RecordStep> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for link in &recorded.record.element_links {
        let written = lower(link.text.trim());
        if broken.is_drawn(&link.text) || steps.iter().any(|step| matches!(step, RecordStep::Relink { from, .. } if *from == link.text)) {
            continue;
        }
        let near: Vec<&str> = broken.names().into_iter().filter(|name| is_near(&lower(name), &written)).collect();
        if let [only] = near.as_slice() {
            steps.push(RecordStep::Relink { from: link.text.clone(), to: (*only).to_owned() });
            names.push(only);
        }
    }
    if steps.is_empty() {
        return Vec::new();
    }
    let title = format!("Link {} by the name in the diagram", listed(&names));
    vec![Offer::from(Repair { class: FixClass::Safe, title, suggestion: Suggestion::Record { document: recorded.document, steps } })]
}
