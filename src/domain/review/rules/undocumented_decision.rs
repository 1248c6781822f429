//! LNT-Q008: something that is hard to take back, and nobody wrote down why.

use std::{collections::BTreeSet, fmt::Write};

use crate::domain::{
    agent::proposal::Suggestion,
    casing::lower,
    decision::status::Status,
    model::{
        Element,
        facts::{Facts, State},
        kind::Kind,
    },
    moment::Day,
    review::{
        check::{Check, Recorded, Subject, listed, shorten},
        fix::{Offer, Repair, broken::Broken},
        graph::kind,
        protocol::{mentions, words},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A choice that is hard to take back was introduced without a decision record.
    ///
    /// ## What it finds
    /// A new kind of database or broker, an external system, an identity provider, a second region, event sourcing or a new language that no record
    /// mentions. New is what states `since` a day after the workspace's `baseline`, or `lifecycle planned` or `new`. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// The reasons are lost first for the choices that cost the most to undo, and the next team undoes them for the wrong reasons.
    ///
    /// ## What to do
    /// Write ten lines: what it is for, what else was considered, what it costs, and when you would leave it again.
    ///
    /// ## False positives
    /// What was there before the baseline needs no record, and without a baseline nothing is known to be new. One more topic on a broker or one more
    /// database of a kind that is there already is no new choice.
    ///
    /// ## Source
    /// Guidance on which decisions are architectural: those that are costly to change.
    ///
    /// ```adr,fails
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             baseline 2026-01-01
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///             graph = container "Recommendations" "Who bought what with what" "Neo4j" {
    ///                 properties {
    ///                     kind database
    ///                     since 2026-09-01
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///         orders -> graph "Asks" "Bolt"
    ///     }
    /// }
    /// ```
    /// ```adr,passes
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             baseline 2026-01-01
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///             graph = container "Recommendations" "Who bought what with what" "Neo4j" {
    ///                 properties {
    ///                     kind database
    ///                     since 2026-09-01
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///         orders -> graph "Asks" "Bolt"
    ///     }
    /// }
    /// === docs/adr/0001-keep-recommendations-in-a-graph.md
    /// # 1. Keep recommendations in a graph
    ///
    /// Date: 2026-08-20
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// The query for what was bought together joins one table four times.
    ///
    /// ## Decision
    ///
    /// We keep [[Recommendations]] in Neo4j instead of PostgreSQL.
    ///
    /// ## Consequences
    ///
    /// One more kind of database to run.
    /// ```
    "LNT-Q008" "undocumented-decision" {
        severity: Medium up to Medium,
        set: Prod,
        category: Decisions,
        kind: Question,
        reads: Both,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Proposal by mend,
        topics: ["GA10.5", "GA11.2"],
    }
}

/// So many choices are told; the dearest come first.
const SHOWN: usize = 3;

/// A choice, the dearest to undo first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Choice {
    Database,
    Broker,
    EventSourcing,
    Regions,
    Identity,
    External,
    Language,
}

impl Choice {
    const fn name(self) -> &'static str {
        match self {
            Self::Database => "a new kind of store",
            Self::Broker => "a new broker",
            Self::EventSourcing => "event sourcing",
            Self::Regions => "a second region",
            Self::Identity => "an identity provider",
            Self::External => "an external system",
            Self::Language => "a new language",
        }
    }
}

fn check(check: &mut Check<'_>) {
    // Read only when something is new.
    let mut said: Option<Said<'_>> = None;
    for subject in check.diagrams().iter().filter(|subject| !subject.included) {
        let graph = &subject.graph;
        let baseline = subject.parsed.model.facts.value("baseline").and_then(|day| Day::parse(day.trim()));
        let fresh = |element: &Element| is_new(&element.facts, baseline);
        if baseline.is_none() && graph.elements().any(|(_, element)| element.facts.get("since").is_some()) {
            check.unknown(subject.document, "workspace", "baseline");
        }
        let known: BTreeSet<String> =
            graph.elements().filter(|(_, element)| !fresh(element)).filter_map(|(_, element)| technology(element)).collect();
        let mut choices: Vec<(Choice, &Element)> = Vec::new();
        for (index, element) in graph.elements().filter(|(index, element)| graph.is_unit(*index) && fresh(element)) {
            let new_technology = technology(element).is_some_and(|name| !known.contains(&name));
            if let Some(choice) = choice(subject, index, element, new_technology, !known.is_empty())
                && !said.get_or_insert_with(|| Said::of(check.decisions())).about(element)
            {
                choices.push((choice, element));
            }
        }
        choices.sort_by_key(|(choice, _)| *choice);
        if !choices.is_empty() {
            report(check, subject, &choices);
        }
    }
}

/// Introduced after the day from which on choices need a record, or about to be.
fn is_new(facts: &Facts, baseline: Option<Day>) -> bool {
    let planned = facts.is_any("lifecycle", &["planned", "new", "introduced", "trial"]);
    let since = facts.value("since").and_then(|day| Day::parse(day.trim()));
    planned || since.zip(baseline).is_some_and(|(since, baseline)| since.number() > baseline.number())
}

/// The first word of a technology, without its version.
fn technology(element: &Element) -> Option<String> {
    let first = words(element.technology.as_deref()?).next()?;
    let bare = first.trim_end_matches(|c: char| c.is_ascii_digit());
    (bare.len() > 1).then(|| bare.to_owned())
}

fn choice(subject: &Subject<'_>, index: usize, element: &Element, new_technology: bool, compared: bool) -> Option<Choice> {
    let graph = &subject.graph;
    let text = [Some(element.name.as_str()), element.technology.as_deref(), element.description.as_deref(), element.facts.value("role")];
    let speaks =
        |names: &[&str]| text.into_iter().flatten().any(|text| mentions(&text.to_lowercase().replace("event sourc", "event-sourc"), names));
    let regions = element.facts.get("regions").is_some_and(|regions| {
        regions.state() == State::Yes && (regions.number().is_some_and(|number| number >= 2.0) || regions.list().len() >= 2)
    });
    match kind(element) {
        Kind::Person | Kind::Node | Kind::System => None,
        _ if speaks(&["idp", "identity-provider", "keycloak", "okta", "auth0", "cognito"]) => Some(Choice::Identity),
        Kind::External => Some(Choice::External),
        Kind::Queue if new_technology => Some(Choice::Broker),
        Kind::Database | Kind::ObjectStore | Kind::SearchIndex if new_technology => Some(Choice::Database),
        _ if speaks(&["event-sourcing", "event-sourced", "event-store", "cqrs"]) => Some(Choice::EventSourcing),
        _ if regions => Some(Choice::Regions),
        _ if graph.is_compute(element) && kind(element) != Kind::Gateway && new_technology && compared && !graph.has_parts(index) => {
            Some(Choice::Language)
        }
        _ => None,
    }
}

/// What the records speak of; rejected ones decide nothing.
struct Said<'a> {
    records: Vec<&'a Recorded<'a>>,
    texts: Vec<String>,
    words: BTreeSet<String>,
}

impl<'a> Said<'a> {
    fn of(records: &'a [Recorded<'a>]) -> Self {
        let records: Vec<&Recorded<'_>> =
            records.iter().filter(|recorded| recorded.record.known_status() != Some(Status::Rejected)).collect();
        let bare = |word: String| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        Self {
            texts: records.iter().map(|recorded| phrase(recorded.text)).collect(),
            words: records.iter().flat_map(|recorded| words(recorded.text)).map(bare).collect(),
            records,
        }
    }

    /// Linked, named, or named by its technology.
    fn about(&self, element: &Element) -> bool {
        let called = |text: &str| {
            let names = [Some(element.key.as_str()), element.identifier.as_deref(), Some(element.name.as_str())];
            names.into_iter().flatten().any(|name| lower(name) == lower(text.trim()))
        };
        let linked = || self.records.iter().flat_map(|recorded| &recorded.record.element_links).any(|link| called(&link.text));
        let name = phrase(&element.name);
        technology(element).is_some_and(|word| self.words.contains(&word)) || self.texts.iter().any(|text| text.contains(&name)) || linked()
    }
}

/// Whole words in one spelling, to look for others in.
fn phrase(text: &str) -> String {
    format!(" {} ", words(text).collect::<Vec<_>>().join(" "))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, choices: &[(Choice, &'a Element)]) {
    let what = |(choice, element): &(Choice, &Element)| format!("{} ({})", element.name, choice.name());
    let names: Vec<&str> = choices.iter().map(|(_, element)| element.name.as_str()).collect();
    let shown: Vec<String> = choices.iter().take(SHOWN).map(what).collect();
    let more = choices.len().saturating_sub(SHOWN);
    let rest = if more == 0 { String::new() } else { format!(", and {more} more") };
    let verb = if names.len() == 1 { "is" } else { "are" };
    let mut draft = check
        .draft(subject)
        .key_word("undocumented")
        .title(format!("{} {verb} new, and no decision record says why", listed(&names)))
        .message(format!("Hard to take back, without a decision record: {}{rest}.", listed(&shown)));
    for choice in choices.iter().take(SHOWN) {
        let element = choice.1;
        draft = draft.element(subject, element).quote_element(element, &["since", "lifecycle", "regions"], &what(choice));
    }
    check.report(draft);
}

/// A record is begun: what is new and where it stands. What was weighed and why, people write.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let elements = broken.elements();
    let names: Vec<String> = elements.iter().map(|element| element.name.clone()).collect();
    let Some(first) = elements.first() else { return Vec::new() };
    let what = first.technology.as_deref().map(str::trim).filter(|technology| !technology.is_empty());
    let title = match (elements.as_slice(), what) {
        ([only], Some(technology)) => format!("Use {} for {}", shorten(technology, 40), shorten(&only.name, 50)),
        _ => format!("Use {}", shorten(&listed(&names), 90)),
    };
    let mut context = String::new();
    for element in &elements {
        let of = element.technology.as_deref().map_or_else(String::new, |technology| format!(" ({})", technology.trim()));
        let purpose = element.description.as_deref().map_or_else(String::new, |text| format!(" {}.", text.trim().trim_end_matches('.')));
        let since = element.facts.value("since").map_or_else(String::new, |since| format!(" It is there since {}.", since.trim()));
        let _ = write!(context, "[[{}]]{of} is new in the design.{purpose}{since} Taking it back later is costly.\n\n", element.name);
    }
    let body = format!(
        "## Context and Problem Statement\n\n{context}## Considered Options\n\n* {title}\n* Do without it\n\n## Decision Outcome\n\n\
         Not decided yet: the record was begun because the design shows the choice and nothing says why.\n"
    );
    let suggestion = Suggestion::NewDecision { title: title.clone(), body };
    vec![Offer::from(Repair { class: FixClass::Proposal, title: format!("Begin a decision record: {title}"), suggestion })]
}
