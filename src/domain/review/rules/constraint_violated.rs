//! LNT-Q007: a decision that the design does not follow.

use crate::domain::{
    decision::{
        constraint::{self, Ask, Constraint, Problem, Term, Verb, Written, fence},
        status::Status,
    },
    model::Element,
    project::slug,
    review::{
        check::{Check, Gap, Recorded, Subject, capital, counted, listed, shorten},
        finding::{Anchor, Severity},
        fit::{Fit, Reach, ends, fit_edge, fit_element, fit_fact, is_in},
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::Edge,
        rule::declare_rule,
        standing,
    },
};

declare_rule! {
    /// The design breaks a constraint of an accepted decision.
    ///
    /// ## What it finds
    /// Accepted records state constraints in their front matter, one per line: `forbid technology MongoDB`, `require encryption_at_rest on kind database
    /// in Payments`, `forbid calls from zone dmz to kind database`, `require protocol gRPC to Payments`. A fence called `lintel-rule`, such as one under
    /// Confirmation, states them as sentences, too: `no element of kind database reachable from outside`, `service.* uses technology Go`, `every service has
    /// replicas >= 2`. Each is checked against every element or relation of the diagrams, by kind, technology, protocol, zone, context, boundary or any
    /// fact. Reachable is what is called directly or through gateways alone. One finding per constraint.
    ///
    /// ## Why it matters
    /// Whoever reads the record believes that the design follows it. A constraint that nobody checks is broken by the next change that does not know it.
    ///
    /// ## What to do
    /// Change the design, or supersede the record with one that says what is now allowed.
    ///
    /// ## False positives
    /// Only accepted records count, and a record's `scope` limits its constraints to the boundaries it names. A fact that is not stated breaks nothing; it
    /// is asked for. A line that begins with forbid or require, or stands in a `lintel-rule` fence, and can't be understood is told as low.
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

/// What breaks a constraint.
enum Breach<'a> {
    Element(&'a Element),
    Relation(&'a Edge<'a>),
}

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        let status = recorded.record.known_status();
        let scope: Vec<String> = recorded.record.field("scope").map(|field| field.values.clone()).unwrap_or_default();
        let field = recorded.record.field("constraints").or_else(|| recorded.record.field("constraint"));
        let front = field.filter(|_| status == Some(Status::Accepted)).map(|field| constraint::read(recorded.text, field.span));
        // Whoever proposes a rule learns at once that it can't be checked; one that no longer holds bothers nobody.
        let holds = !matches!(status, Some(Status::Rejected | Status::Deprecated | Status::Superseded));
        let fences = if holds { fence::read(recorded.text) } else { Vec::new() };
        for written in front.into_iter().flatten().chain(fences) {
            match &written.constraint {
                Err(problem) => unreadable(check, recorded, &written, problem),
                Ok(constraint) if status == Some(Status::Accepted) => {
                    for subject in check.diagrams().iter().filter(|subject| !subject.included) {
                        judge(check, subject, recorded, &written, constraint, &scope);
                    }
                }
                Ok(_) => {}
            }
        }
    }
}

fn unreadable<'a>(check: &mut Check<'a>, recorded: &Recorded<'a>, written: &Written, problem: &Problem) {
    let draft = check
        .draft_record(recorded)
        .key_word(&slug(&written.text))
        .key_name(&slug(&recorded.record.title))
        .title(format!("A constraint of {} can't be checked", recorded.record.title))
        .message(format!("“{}”: {}.", shorten(&written.text, 120), problem.what))
        .remedy(problem.help.clone())
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
    let reach = Reach::of(graph, constraint);
    let mut breaches: Vec<(Breach<'_>, Gap)> = Vec::new();
    if constraint.relations {
        for edge in graph.edges().iter().filter(|edge| scope.is_empty() || ends(graph, edge).iter().any(|end| is_in(graph, end, scope))) {
            let fit = |term: &Term| fit_edge(graph, edge, term, &reach);
            if let Some(gap) = breach(check, subject, edge.relation.key.as_str(), constraint, fit) {
                breaches.push((Breach::Relation(edge), gap));
            }
        }
    } else {
        for (_, element) in graph.elements().filter(|(_, element)| scope.is_empty() || is_in(graph, element, scope)) {
            let fit = |term: &Term| fit_element(graph, element, term, &reach);
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
    let (gap, unknown) = standing::gap(constraint, fit);
    for fact in unknown {
        check.unknown(subject.document, key, fact);
    }
    gap
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

/// `at least 3` for `>= 3` and for `> 2`.
fn in_words(wanted: &str) -> String {
    const SIGNS: [(&str, &str, i64); 4] = [(">=", "at least", 0), ("<=", "at most", 0), (">", "at least", 1), ("<", "at most", -1)];
    let sign = SIGNS.into_iter().find_map(|(sign, words, more)| {
        let number = wanted.strip_prefix(sign)?.trim();
        let whole = number.parse::<i64>().map_or_else(|_| number.to_owned(), |whole| whole.saturating_add(more).to_string());
        Some(format!("{words} {whole}"))
    });
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
    let field = recorded.record.field("constraints").or_else(|| recorded.record.field("constraint"));
    let front = field.map(|field| constraint::read(recorded.text, field.span)).unwrap_or_default();
    let written = front.into_iter().chain(fence::read(recorded.text)).find(|written| written.span == span);
    let Some(constraint) = written.and_then(|written| written.constraint.ok()) else { return Vec::new() };
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
        let valued = !wanted.is_empty() && !wanted.eq_ignore_ascii_case("yes");
        picks.extend(bearers.iter().filter_map(|bearer| {
            let stated = bearer.fact(fact).filter(|stated| fit_fact(Some(stated), fact, wanted) == Fit::No)?;
            Some(Pick { bearer: *bearer, fact, note: valued.then(|| plan::instead(&in_words(wanted), stated)) })
        }));
    }
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
