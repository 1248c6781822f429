//! LNT-Q007: a decision that the design does not follow.

use crate::domain::{
    decision::status::Status,
    model::{
        Element,
        facts::{Fact, Facts, State},
    },
    project::slug,
    review::{
        check::{Check, Gap, Recorded, Subject, capital, counted, listed, shorten},
        constraint::{self, Ask, Constraint, Side, Term, Verb, Written},
        finding::{Anchor, Severity},
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::{Edge, Graph, kind},
        protocol::{Protocol, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// The design breaks a constraint of an accepted decision.
    ///
    /// ## What it finds
    /// Accepted records state constraints in their front matter, one per line: `forbid technology MongoDB`, `require encryption_at_rest on kind database
    /// in Payments`, `forbid calls from zone dmz to kind database`, `require protocol gRPC to Payments`. Each is checked against every element or
    /// relation of the diagrams, by kind, technology, protocol, zone, context, boundary or any fact. One finding per constraint.
    ///
    /// ## Why it matters
    /// Whoever reads the record believes that the design follows it. A constraint that nobody checks is broken by the next change that does not know it.
    ///
    /// ## What to do
    /// Change the design, or supersede the record with one that says what is now allowed.
    ///
    /// ## False positives
    /// Only accepted records count, and a record's `scope` limits its constraints to the boundaries it names. A fact that is not stated breaks nothing; it
    /// is asked for. A line that begins with forbid or require and can't be understood is told as low.
    ///
    /// ## Source
    /// Fitness functions for architecture, and studies of how designs drift away from their decision records.
    ///
    /// ```adr,fails
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "MongoDB 8" {
    ///                 properties {
    ///                     kind database
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "MongoDB"
    ///     }
    /// }
    /// === docs/adr/0001-keep-data-in-postgresql.md
    /// ---
    /// status: accepted
    /// constraints:
    ///   - forbid technology MongoDB
    /// ---
    /// # Keep data in PostgreSQL
    ///
    /// ## Context and Problem Statement
    ///
    /// Three people look after all databases. Which one do they learn?
    ///
    /// ## Considered Options
    ///
    /// * PostgreSQL
    /// * MongoDB
    ///
    /// ## Decision Outcome
    ///
    /// Chosen option: "PostgreSQL", because bookings need transactions over several tables.
    /// ```
    /// ```adr,passes
    /// === workspace.dsl
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16" {
    ///                 properties {
    ///                     kind database
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// === docs/adr/0001-keep-data-in-postgresql.md
    /// ---
    /// status: accepted
    /// constraints:
    ///   - forbid technology MongoDB
    /// ---
    /// # Keep data in PostgreSQL
    ///
    /// ## Context and Problem Statement
    ///
    /// Three people look after all databases. Which one do they learn?
    ///
    /// ## Considered Options
    ///
    /// * PostgreSQL
    /// * MongoDB
    ///
    /// ## Decision Outcome
    ///
    /// Chosen option: "PostgreSQL", because bookings need transactions over several tables.
    /// ```
    "LNT-Q007" "constraint-violated" {
        severity: High up to Critical,
        set: Core,
        category: Decisions,
        kind: Risk,
        reads: Both,
        grouping: Individual,
        key: "the record, the constraint and the diagram" version 1,
        fix: Planned by mend,
        topics: ["GA11.2", "GA10.5"],
    }
}

/// How a subject stands to a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    Planned,
    /// Not stated; the name of the fact if it is one.
    Unknown(Option<&'static str>),
}

/// What breaks a constraint.
enum Breach<'a> {
    Element(&'a Element),
    Relation(&'a Edge<'a>),
}

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions().iter().filter(|recorded| recorded.record.known_status() == Some(Status::Accepted)) {
        let Some(field) = recorded.record.field("constraints").or_else(|| recorded.record.field("constraint")) else { continue };
        let scope: Vec<String> = recorded.record.field("scope").map(|field| field.values.clone()).unwrap_or_default();
        for written in constraint::read(recorded.text, field.span) {
            match &written.constraint {
                None => unreadable(check, recorded, &written),
                Some(constraint) => {
                    for subject in check.diagrams().iter().filter(|subject| !subject.included) {
                        judge(check, subject, recorded, &written, constraint, &scope);
                    }
                }
            }
        }
    }
}

fn unreadable<'a>(check: &mut Check<'a>, recorded: &Recorded<'a>, written: &Written) {
    let draft = check
        .draft_record(recorded)
        .key_word(&slug(&written.text))
        .key_name(&slug(&recorded.record.title))
        .title(format!("A constraint of {} can't be checked", recorded.record.title))
        .message(format!("“{}” names nothing that a design can be compared with.", shorten(&written.text, 120)))
        .remedy("Write what is forbidden or required and of whom, such as: require encryption_at_rest on kind database.")
        .severity(Severity::Low, "the constraint can't be read")
        .anchor(Anchor::Text { document: recorded.document, span: written.span })
        .subject_name(&recorded.record.title)
        .quote(None, &[written.span], "can't be read");
    check.report(draft);
}

fn judge<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    recorded: &Recorded<'a>,
    written: &Written,
    constraint: &Constraint,
    scope: &[String],
) {
    let graph = &subject.graph;
    let mut breaches: Vec<(Breach<'_>, Gap)> = Vec::new();
    if constraint.relations {
        for edge in graph.edges().iter().filter(|edge| scope.is_empty() || ends(graph, edge).iter().any(|end| is_in(graph, end, scope))) {
            let fit = |term: &Term| fit_edge(graph, edge, term);
            if let Some(gap) = breach(check, subject, edge.relation.key.as_str(), constraint, fit) {
                breaches.push((Breach::Relation(edge), gap));
            }
        }
    } else {
        for (_, element) in graph.elements().filter(|(_, element)| scope.is_empty() || is_in(graph, element, scope)) {
            let fit = |term: &Term| fit_element(graph, element, term);
            if let Some(gap) = breach(check, subject, element.key.as_str(), constraint, fit) {
                breaches.push((Breach::Element(element), gap));
            }
        }
    }
    if !breaches.is_empty() {
        report(check, subject, recorded, written, &breaches);
    }
}

/// Whether a subject breaks the constraint, and whether that is about to change.
fn breach(check: &mut Check<'_>, subject: &Subject<'_>, key: &str, constraint: &Constraint, fit: impl Fn(&Term) -> Fit) -> Option<Gap> {
    if !constraint.on.iter().all(|term| fit(term) == Fit::Yes) {
        return None;
    }
    let mut fits: Vec<Fit> = constraint.what.iter().map(&fit).collect();
    if constraint.verb == Verb::Forbid {
        return fits.iter().all(|fit| *fit == Fit::Yes).then_some(Gap::Missing);
    }
    fits.retain(|fit| *fit != Fit::Yes);
    for fact in fits.iter().filter_map(|fit| if let Fit::Unknown(Some(fact)) = fit { Some(*fact) } else { None }) {
        check.unknown(subject.document, key, fact);
    }
    if fits.contains(&Fit::No) {
        return Some(Gap::Missing);
    }
    fits.contains(&Fit::Planned).then_some(Gap::Planned)
}

fn ends<'a>(graph: &Graph<'a>, edge: &Edge<'_>) -> Vec<&'a Element> {
    [graph.source(edge), graph.target(edge)].into_iter().flatten().collect()
}

fn is_in<'a>(graph: &Graph<'a>, element: &'a Element, scope: &[String]) -> bool {
    scope.iter().any(|name| is_at(graph, element, name))
}

/// The element itself or something around it has this name.
fn is_at<'a>(graph: &Graph<'a>, element: &'a Element, name: &str) -> bool {
    let same = |other: &str| alike(other, name);
    same(&element.name)
        || same(element.key.as_str())
        || element.identifier.as_deref().is_some_and(same)
        || graph.boundaries(element).into_iter().any(same)
        || graph.context(element).is_some_and(|context| same(&context.name))
        || graph.value(element, "zone").is_some_and(same)
}

/// The same letters and digits: `order-service` is the Order service.
fn alike(left: &str, right: &str) -> bool {
    plain(left).eq(plain(right))
}

fn plain(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

fn fit_element<'a>(graph: &Graph<'a>, element: &'a Element, term: &Term) -> Fit {
    let yes = |fits: bool| if fits { Fit::Yes } else { Fit::No };
    let slugged = |text: &str| text.trim().to_lowercase().replace(' ', "-");
    match &term.ask {
        Ask::Kind => yes(match slugged(&term.value).trim_end_matches('s') {
            "store" => kind(element).is_store(),
            "topic" => kind(element).slug() == "queue",
            "compute" => graph.is_compute(element),
            wanted => kind(element).slug() == wanted,
        }),
        Ask::Technology => element.technology.as_deref().map_or(Fit::Unknown(None), |technology| yes(names(technology, &term.value))),
        Ask::Boundary => yes(is_at(graph, element, &term.value)),
        Ask::Context => graph.context(element).map_or(Fit::Unknown(Some("context")), |context| yes(alike(&context.name, &term.value))),
        Ask::Fact(name) => fit_fact(graph.fact(element, name).or_else(|| graph.nearest(element, name)), name, &term.value),
        Ask::Protocol => Fit::No,
    }
}

fn fit_edge<'a>(graph: &Graph<'a>, edge: &Edge<'a>, term: &Term) -> Fit {
    let end = |element: Option<&'a Element>| element.map_or(Fit::No, |element| fit_element(graph, element, term));
    match (term.side, &term.ask) {
        (Side::From, _) => end(graph.source(edge)),
        (Side::To, _) => end(graph.target(edge)),
        (Side::Subject, Ask::Protocol) => fit_protocol(edge, &term.value),
        (Side::Subject, Ask::Fact(name)) if stated(edge.facts(), name) || !matches!(*name, "zone" | "owner" | "tier" | "env") => {
            fit_fact(edge.facts().get(name), name, &term.value)
        }
        (Side::Subject, Ask::Technology)
            if edge.relation.technology.as_deref().is_some_and(|technology| names(technology, &term.value)) =>
        {
            Fit::Yes
        }
        // Said of no end in particular: one of them is enough.
        (Side::Subject, _) => match (end(graph.source(edge)), end(graph.target(edge))) {
            (Fit::Yes, _) | (_, Fit::Yes) => Fit::Yes,
            (_, other) => other,
        },
    }
}

fn stated(facts: &Facts, name: &str) -> bool {
    facts.state(name) != State::Unknown
}

/// All words of a name, versions aside: `Postgres` is in `PostgreSQL 16`.
fn names(technology: &str, wanted: &str) -> bool {
    // Most technologies have not even the first letters in common.
    let start = wanted.as_bytes().get(..wanted.len().min(4)).unwrap_or_default();
    if start.is_ascii() && !start.is_empty() && !technology.as_bytes().windows(start.len()).any(|part| part.eq_ignore_ascii_case(start)) {
        return false;
    }
    let bare = |word: String| match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "postgres" => "postgresql".to_owned(),
        "mongo" => "mongodb".to_owned(),
        "" => word,
        rest => rest.to_owned(),
    };
    let written: Vec<String> = words(technology).map(bare).collect();
    let mut wanted = words(wanted).map(bare).peekable();
    wanted.peek().is_some() && wanted.all(|word| written.contains(&word))
}

fn fit_protocol(edge: &Edge<'_>, wanted: &str) -> Fit {
    let written = edge.facts().value("proto").or(edge.relation.technology.as_deref()).unwrap_or_default();
    if names(written, wanted) {
        return Fit::Yes;
    }
    let same = match (edge.protocol(), Protocol::parse(wanted)) {
        (Some(left), Some(right)) => left == right,
        (None, _) => return Fit::Unknown(Some("proto")),
        (_, None) => false,
    };
    let is = |text: &str, name: &str| words(text).any(|word| word == name);
    // HTTP and HTTPS are one family, and not the same thing.
    let http = |text: &str| ["http", "https"].iter().any(|name| is(text, name));
    match (same, http(wanted), http(written)) {
        (false, _, _) | (true, true, true) => Fit::No,
        (true, true, false) => Fit::Unknown(Some("proto")),
        (true, false, _) => Fit::Yes,
    }
}

fn fit_fact(fact: Option<&Fact>, name: &'static str, wanted: &str) -> Fit {
    let Some(fact) = fact.filter(|fact| fact.state() != State::Unknown) else { return Fit::Unknown(Some(name)) };
    let wanted = wanted.trim();
    let comparison = [">=", "<=", ">", "<"].into_iter().find_map(|sign| wanted.strip_prefix(sign).map(|rest| (sign, rest.trim())));
    if let Some((sign, limit)) = comparison {
        let (Some(value), Ok(limit)) = (fact.number(), limit.parse::<f64>()) else { return Fit::Unknown(Some(name)) };
        let fits = match sign {
            ">=" => value >= limit,
            "<=" => value <= limit,
            ">" => value > limit,
            _ => value < limit,
        };
        return if fits { Fit::Yes } else { Fit::No };
    }
    let said = fact.value.trim();
    let fits = match wanted.to_ascii_lowercase().as_str() {
        "" | "yes" => matches!(fact.state(), State::Yes | State::NotApplicable),
        "no" | "none" => fact.state() == State::No,
        _ => said.eq_ignore_ascii_case(wanted) || fact.list().iter().any(|part| part.eq_ignore_ascii_case(wanted)) || names(said, wanted),
    };
    match (fits, fact.state()) {
        (true, _) => Fit::Yes,
        (false, State::Planned) => Fit::Planned,
        (false, _) => Fit::No,
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, recorded: &Recorded<'a>, written: &Written, breaches: &[(Breach<'a>, Gap)]) {
    let graph = &subject.graph;
    let arrow = |edge: &Edge<'_>| ends(graph, edge).iter().map(|end| end.name.as_str()).collect::<Vec<_>>().join(" → ");
    let names: Vec<String> = breaches
        .iter()
        .map(|(breach, _)| match breach {
            Breach::Element(element) => element.name.clone(),
            Breach::Relation(edge) => arrow(edge),
        })
        .collect();
    let noun = if matches!(breaches.first(), Some((Breach::Relation(_), _))) { "relation" } else { "element" };
    let title = match names.as_slice() {
        [only] => format!("{} breaks the decision “{}”", shorten(only, 40), shorten(&recorded.record.title, 30)),
        _ => format!("{} break the decision “{}”", capital(&counted(names.len(), noun)), shorten(&recorded.record.title, 45)),
    };
    let mut draft = check
        .draft(subject)
        .key_path(recorded.path)
        .key_word(&slug(&written.text))
        .title(title)
        .message(format!(
            "{} says “{}”, and {} does not keep to it.",
            shorten(&recorded.record.title, 80),
            shorten(&written.text, 120),
            listed(&names)
        ))
        .planned(breaches.iter().all(|(_, gap)| *gap == Gap::Planned))
        .quote_in(recorded.path, &[written.span], "the constraint");
    for (breach, _) in breaches {
        draft = match breach {
            Breach::Element(element) => {
                let facts: Vec<&str> = element.facts.0.keys().map(String::as_str).filter(|name| written.text.contains(*name)).collect();
                draft.element(subject, element).quote_element(element, &facts, &format!("{} breaks it", element.name))
            }
            Breach::Relation(edge) => {
                let facts: Vec<&str> = edge.facts().0.keys().map(String::as_str).filter(|name| written.text.contains(*name)).collect();
                let draft = ends(graph, edge).into_iter().fold(draft, |draft, end| draft.element(subject, end));
                draft.edge(subject, edge, &format!("{} breaks it", arrow(edge)), &facts)
            }
        };
    }
    check.report(draft.anchor(Anchor::Text { document: recorded.document, span: written.span }));
}

/// `at least 3` for `>= 3`.
fn in_words(wanted: &str) -> String {
    const SIGNS: [(&str, &str); 4] = [(">=", "at least"), ("<=", "at most"), (">", "more than"), ("<", "less than")];
    let sign = SIGNS.into_iter().find_map(|(sign, words)| Some(format!("{words} {}", wanted.strip_prefix(sign)?.trim())));
    sign.unwrap_or_else(|| wanted.to_owned())
}

/// What the decision requires of facts is planned; what it forbids only people can replace.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let text = broken
        .finding
        .anchors
        .iter()
        .rev()
        .find_map(|anchor| if let Anchor::Text { document, span } = anchor { Some((*document, *span)) } else { None });
    let Some((recorded, span)) = text.and_then(|(document, span)| Some((broken.record(document)?, span))) else { return Vec::new() };
    let Some(field) = recorded.record.field("constraints").or_else(|| recorded.record.field("constraint")) else { return Vec::new() };
    let written = constraint::read(recorded.text, field.span);
    let Some(constraint) = written.iter().find(|written| written.span == span).and_then(|written| written.constraint.as_ref()) else {
        return Vec::new();
    };
    if constraint.verb == Verb::Forbid {
        return Vec::new();
    }
    let bearers: Vec<Bearer<'_>> = if constraint.relations {
        broken.relations().into_iter().map(Bearer::relation).collect()
    } else {
        broken.elements().into_iter().map(Bearer::element).collect()
    };
    let mut picks: Vec<Pick<'_>> = Vec::new();
    for term in &constraint.what {
        let Ask::Fact(fact) = term.ask else { return Vec::new() };
        let wanted = term.value.trim();
        let note = (!wanted.is_empty() && !wanted.eq_ignore_ascii_case("yes")).then(|| in_words(wanted));
        let broken_by = |bearer: &&Bearer<'_>| bearer.fact(fact).is_some_and(|stated| fit_fact(Some(stated), fact, wanted) == Fit::No);
        picks.extend(bearers.iter().filter(broken_by).map(|bearer| Pick { bearer: *bearer, fact, note: note.clone() }));
    }
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
