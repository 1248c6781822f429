//! LNT-Q006: records that disagree about which of them is in force.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    agent::proposal::{RecordStep, Suggestion},
    decision::{
        Link, LinkKind, Record,
        log::{Entry, number_of, resolve},
        status::Status,
    },
    diagnostic::Span,
    id::DocumentId,
    project::slug,
    review::{
        check::{Check, Draft, Recorded, listed, shorten},
        finding::{Anchor, Severity},
        fix::{Offer, Repair, broken::Broken},
        graph::walk,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Decision records disagree about which of them is in force.
    ///
    /// ## What it finds
    /// A link to a superseding or superseded record that does not exist; records that supersede each other in a circle; a superseded record that is still
    /// accepted beside its accepted successor; and two accepted records with the same `topic` (or tag `topic:…`) and `scope`. Medium: a link to a record
    /// that is amended or depended on and does not exist. Low: a superseded record of which nobody says by what.
    ///
    /// ## Why it matters
    /// Two decisions in force about one thing are none. People follow the one they happen to find.
    ///
    /// ## What to do
    /// Correct the link, and set the older record to superseded when its successor is accepted. One accepted record per topic and scope.
    ///
    /// ## False positives
    /// A proposed successor changes nothing yet and is left alone. The same topic in different scopes is fine.
    ///
    /// ## Source
    /// Reviews of decision records ask that no earlier decision is broken by accident.
    ///
    /// ```adr,fails
    /// === docs/adr/0001-use-rabbitmq.md
    /// # 1. Use RabbitMQ
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// Services need to exchange events.
    ///
    /// ## Decision
    ///
    /// We use RabbitMQ instead of polling.
    ///
    /// ## Consequences
    ///
    /// One broker to run.
    /// === docs/adr/0002-use-kafka.md
    /// # 2. Use Kafka
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// Supersedes [1. Use RabbitMQ](0001-use-rabbitmq.md)
    ///
    /// ## Context
    ///
    /// Events must be read again.
    ///
    /// ## Decision
    ///
    /// We use Kafka instead of RabbitMQ.
    ///
    /// ## Consequences
    ///
    /// One broker to replace.
    /// ```
    /// ```adr,passes
    /// === docs/adr/0001-use-rabbitmq.md
    /// # 1. Use RabbitMQ
    ///
    /// ## Status
    ///
    /// Superseded by [2. Use Kafka](0002-use-kafka.md)
    ///
    /// ## Context
    ///
    /// Services need to exchange events.
    ///
    /// ## Decision
    ///
    /// We use RabbitMQ instead of polling.
    ///
    /// ## Consequences
    ///
    /// One broker to run.
    /// === docs/adr/0002-use-kafka.md
    /// # 2. Use Kafka
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// Supersedes [1. Use RabbitMQ](0001-use-rabbitmq.md)
    ///
    /// ## Context
    ///
    /// Events must be read again.
    ///
    /// ## Decision
    ///
    /// We use Kafka instead of RabbitMQ.
    ///
    /// ## Consequences
    ///
    /// One broker to replace.
    /// ```
    "LNT-Q006" "broken-supersession" {
        severity: High up to High,
        set: Core,
        category: Decisions,
        kind: Risk,
        reads: Decisions,
        grouping: Individual,
        key: "the records involved" version 1,
        fix: Safe by mend,
        topics: ["GA11.6"],
    }
}

fn check(check: &mut Check<'_>) {
    let records = check.decisions();
    let entries: Vec<Entry<'_>> = records.iter().map(|recorded| Entry { path: recorded.path, record: recorded.record }).collect();
    // For each record those it supersedes, with the place that says so.
    let mut supersedes: BTreeMap<(usize, usize), (usize, Span)> = BTreeMap::new();
    for (from, recorded) in records.iter().enumerate() {
        for link in recorded.record.links.iter().filter(|link| matches!(link.kind, LinkKind::Supersedes | LinkKind::SupersededBy)) {
            match resolve(&entries, from, link) {
                Some(to) if link.kind == LinkKind::Supersedes => {
                    supersedes.entry((from, to)).or_insert((from, link.span));
                }
                Some(to) => {
                    supersedes.entry((to, from)).or_insert((from, link.span));
                }
                None if !link.target.contains("://") => missing(check, recorded, link),
                None => {}
            }
        }
        for link in recorded.record.links.iter().filter(|link| names_a_record(link)) {
            if resolve(&entries, from, link).is_none() {
                missing(check, recorded, link);
            }
        }
    }
    for (index, recorded) in records.iter().enumerate() {
        let links = recorded.record.links.iter().any(|link| link.kind == LinkKind::SupersededBy);
        let successor = supersedes.keys().any(|(_, older)| *older == index);
        if recorded.record.known_status() == Some(Status::Superseded) && !links && !successor {
            without_successor(check, recorded);
        }
    }
    let circular = circles(check, records, &supersedes);
    for ((newer, older), (said_in, span)) in &supersedes {
        let (Some(newer_record), Some(older_record), Some(source)) = (records.get(*newer), records.get(*older), records.get(*said_in))
        else {
            continue;
        };
        let accepted = |recorded: &Recorded<'_>| recorded.record.known_status() == Some(Status::Accepted);
        if accepted(newer_record) && accepted(older_record) && !circular.contains(newer) {
            let draft = pair(check, newer_record, older_record)
                .title(format!("{} and the record it supersedes are both accepted", newer_record.record.title))
                .message(format!("{} supersedes {}, and both are accepted.", newer_record.record.title, older_record.record.title))
                .quote_in(source.path, &[*span], "says which record is superseded");
            check.report(quote_status(draft, older_record));
        }
    }
    same_topic(check, records, &supersedes);
}

/// A link of another kind that can only mean a decision record: by its number.
fn names_a_record(link: &Link) -> bool {
    matches!(link.kind, LinkKind::Amends | LinkKind::AmendedBy | LinkKind::DependsOn)
        && !link.target.contains("://")
        && number_of(link.target.split(['#', '?']).next().unwrap_or_default()).is_some()
}

fn without_successor<'a>(check: &mut Check<'a>, recorded: &'a Recorded<'a>) {
    let span = recorded.record.status.as_ref().map_or(recorded.record.title_span, |status| status.span);
    let draft = check
        .draft_record(recorded)
        .key_word("no successor")
        .key_name(&slug(&recorded.record.title))
        .title(format!("{} is superseded, and nobody says by what", recorded.record.title))
        .message("Whoever finds this record can't find the one that holds instead.")
        .severity(Severity::Low, "it is clear that it no longer holds")
        .anchor(Anchor::Text { document: recorded.document, span })
        .subject_name(&recorded.record.title)
        .quote(None, &[span], "superseded by nothing");
    check.report(draft);
}

fn missing<'a>(check: &mut Check<'a>, recorded: &'a Recorded<'a>, link: &'a Link) {
    let relation = link.kind.name().to_lowercase();
    let draft = check
        .draft_record(recorded)
        .key_word(&format!("{relation} {}", slug(&link.target)))
        .key_name(&slug(&recorded.record.title))
        .title(format!("{} {} a record that does not exist", recorded.record.title, verb(link.kind)))
        .message(format!("The link to {} leads to no record of the log.", link.target))
        .anchor(Anchor::Text { document: recorded.document, span: link.span })
        .subject_name(&recorded.record.title)
        .quote(None, &[link.span], "the link leads nowhere");
    let supersession = matches!(link.kind, LinkKind::Supersedes | LinkKind::SupersededBy);
    let draft = if supersession { draft } else { draft.severity(Severity::Medium, "it does not decide which record is in force") };
    check.report(draft);
}

const fn verb(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Supersedes => "supersedes",
        LinkKind::SupersededBy => "is superseded by",
        LinkKind::Amends => "amends",
        LinkKind::AmendedBy => "is amended by",
        LinkKind::DependsOn => "depends on",
        LinkKind::RelatesTo | LinkKind::Mentions => "names",
    }
}

/// Reports each circle once; gives the records that are in one.
fn circles<'a>(
    check: &mut Check<'a>,
    records: &'a [Recorded<'a>],
    supersedes: &BTreeMap<(usize, usize), (usize, Span)>,
) -> BTreeSet<usize> {
    let mut adjacency = vec![Vec::new(); records.len()];
    for (newer, older) in supersedes.keys().filter(|(newer, older)| newer != older) {
        if let Some(list) = adjacency.get_mut(*newer) {
            list.push(*older);
        }
    }
    let mut circular = BTreeSet::new();
    for members in walk::components(&adjacency).into_iter().filter(|members| members.len() > 1) {
        let cycle = walk::shortest_cycle(&adjacency, &members);
        circular.extend(members);
        let involved: Vec<&Recorded<'_>> = cycle.iter().filter_map(|index| records.get(*index)).collect();
        let Some((first, rest)) = involved.split_first() else { continue };
        let titles: Vec<&str> = involved.iter().map(|recorded| recorded.record.title.as_str()).collect();
        let mut draft = check
            .draft_record(first)
            .key_name(&slug(&first.record.title))
            .title(format!("{} records supersede each other in a circle", involved.len()))
            .message(format!("{} supersede each other, so none of them is in force.", listed(&titles)))
            .anchor(Anchor::Document { document: first.document })
            .subject_name(&first.record.title);
        for recorded in rest {
            draft = draft
                .key_path(recorded.path)
                .key_name(&slug(&recorded.record.title))
                .anchor(Anchor::Document { document: recorded.document })
                .subject_name(&recorded.record.title);
        }
        for (newer, older) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
            if let Some((said_in, span)) = supersedes.get(&(*newer, *older))
                && let Some(source) = records.get(*said_in)
            {
                draft = draft.quote_in(source.path, &[*span], "one link of the circle");
            }
        }
        check.report(draft);
    }
    circular
}

/// The values of a field in one spelling, those of a comma list apart.
fn values(record: &Record, key: &str) -> BTreeSet<String> {
    let values = record.field(key).map(|field| field.values.as_slice()).unwrap_or_default();
    let parts = values.iter().flat_map(|value| value.split(',')).map(|part| part.trim().to_lowercase());
    parts.filter(|part| !part.is_empty()).collect()
}

/// What a record decides about, by its own word: the field, or a tag that says so.
fn topics_of(record: &Record) -> BTreeSet<String> {
    let mut topics: BTreeSet<String> = ["topic", "topics"].into_iter().flat_map(|key| values(record, key)).collect();
    for tag in values(record, "tags") {
        topics.extend(tag.strip_prefix("topic:").or_else(|| tag.strip_prefix("topic/")).map(|topic| topic.trim().to_owned()));
    }
    topics
}

/// Accepted records with the same topic and scope in their metadata.
fn same_topic<'a>(check: &mut Check<'a>, records: &'a [Recorded<'a>], supersedes: &BTreeMap<(usize, usize), (usize, Span)>) {
    let mut topics: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (index, recorded) in records.iter().enumerate().filter(|(_, recorded)| recorded.record.known_status() == Some(Status::Accepted)) {
        let scopes = values(recorded.record, "scope");
        let scopes = if scopes.is_empty() { BTreeSet::from([String::new()]) } else { scopes };
        for topic in topics_of(recorded.record) {
            for scope in &scopes {
                topics.entry((topic.clone(), scope.clone())).or_default().push(index);
            }
        }
    }
    for ((topic, _), indexes) in topics {
        for (position, left) in indexes.iter().enumerate() {
            for right in indexes.iter().skip(position + 1) {
                let linked = supersedes.contains_key(&(*left, *right)) || supersedes.contains_key(&(*right, *left));
                let (Some(older), Some(newer)) = (records.get(*left), records.get(*right)) else { continue };
                if linked {
                    continue;
                }
                let draft = pair(check, newer, older)
                    .title(format!("Two accepted records decide about {topic}"))
                    .message(format!("{} and {} are both accepted and decide about {topic}.", older.record.title, newer.record.title));
                check.report(quote_status(quote_status(draft, newer), older));
            }
        }
    }
}

fn pair<'a>(check: &Check<'a>, newer: &'a Recorded<'a>, older: &'a Recorded<'a>) -> Draft<'a> {
    check
        .draft_record(newer)
        .key_path(older.path)
        .key_name(&slug(&newer.record.title))
        .key_name(&slug(&older.record.title))
        .anchor(Anchor::Document { document: newer.document })
        .anchor(Anchor::Document { document: older.document })
        .subject_name(&newer.record.title)
        .subject_name(&older.record.title)
}

fn quote_status<'a>(draft: Draft<'a>, recorded: &Recorded<'a>) -> Draft<'a> {
    let span = recorded.record.status.as_ref().map_or(recorded.record.title_span, |status| status.span);
    draft.quote_in(recorded.path, &[span], &format!("{} is accepted", recorded.record.title))
}

/// The older record says what the newer one says of it. Which of several decisions holds, only people know.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let documents: Vec<DocumentId> = broken.finding.anchors.iter().map(Anchor::document).collect();
    let [newer, older] = documents[..] else { return Vec::new() };
    let (Some(newer), Some(older)) = (broken.record(newer), broken.record(older)) else { return Vec::new() };
    let entries: Vec<Entry<'_>> = broken.decisions.iter().map(|recorded| Entry { path: recorded.path, record: recorded.record }).collect();
    let at = |document| broken.decisions.iter().position(|recorded| recorded.document == document);
    let (Some(from), Some(to)) = (at(newer.document), at(older.document)) else { return Vec::new() };
    let says = newer.record.links.iter().any(|link| link.kind == LinkKind::Supersedes && resolve(&entries, from, link) == Some(to));
    if !says {
        return Vec::new();
    }
    let steps = vec![RecordStep::Link { kind: LinkKind::SupersededBy, path: newer.path.to_owned(), title: newer.record.title.clone() }];
    let title = format!("Say in “{}” that it is superseded", shorten(&older.record.title, 50));
    vec![Offer::from(Repair { class: FixClass::Safe, title, suggestion: Suggestion::Record { document: older.document, steps } })]
}
