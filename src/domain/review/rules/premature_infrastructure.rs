//! LNT-K002: machinery that nothing recorded asks for.

use crate::domain::{
    decision::status::Status,
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Subject, shorten},
        graph::kind,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Heavy infrastructure serves a load that does not need it.
    ///
    /// ## What it finds
    /// Event streams, service meshes, sharded databases, several regions, or event sourcing with CQRS in a design whose stated peak is
    /// below fifty requests a second, where no decision record names them. At most two are asked about in a review.
    ///
    /// ## Why it matters
    /// Running such machinery costs people every week, and it hides the simple design that would do. Most of it is easier to add when it is
    /// needed than to remove when it is not.
    ///
    /// ## What to do
    /// Ask what would break without it. If nothing would, begin with a queue table, one database and one region, and write down the number
    /// that would change your mind.
    ///
    /// ## False positives
    /// It is a question, and only asked when the load is stated. A decision record that names the thing answers it. Higher rates on its own
    /// relations, tier 0 and 1 for several regions, and what a provider runs are left out.
    ///
    /// ## Source
    /// Guidance on simplicity in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go"
    ///         }
    ///         user -> orders "Orders" "HTTPS" {
    ///             properties {
    ///                 peak_rps 30
    ///             }
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         mail -> placed "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go"
    ///         }
    ///         user -> orders "Orders" "HTTPS" {
    ///             properties {
    ///                 peak_rps 900
    ///             }
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         mail -> placed "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    "LNT-K002" "premature-infrastructure" {
        severity: Low up to Low,
        set: Prod,
        category: Simplicity,
        kind: Question,
        reads: Diagrams,
        grouping: Individual,
        key: "the element" version 1,
        fix: None,
        topics: ["GA11.3", "GA11.6", "BA5.6", "GA1.4"],
    }
}

/// Below so many requests a second one machine is enough.
const BUSY: f64 = 50.0;
/// More questions of this kind would be a lecture.
const MOST: usize = 2;

fn check(check: &mut Check<'_>) {
    let drivers = drivers(check);
    let mut asked = 0;
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut heavy: Vec<(u8, usize, &'static str)> = graph
            .elements()
            .filter(|(index, element)| graph.is_unit(*index) && !element.facts.is_yes("managed"))
            .filter_map(|(index, element)| heavy(subject, element).map(|(rank, what)| (rank, index, what)))
            .filter(|(_, index, what)| {
                let recorded = graph.element(*index).is_some_and(|element| is_recorded(&drivers, element, what));
                !recorded && !is_busy(subject, *index)
            })
            .collect();
        if heavy.is_empty() {
            continue;
        }
        let Some(load) = graph.peak_load() else {
            check.unknown(subject.document, "workspace", "peak_rps");
            continue;
        };
        if load >= BUSY {
            continue;
        }
        heavy.sort_unstable();
        // Of one sort the first is asked about; the others have the same answer.
        heavy.dedup_by_key(|(rank, _, _)| *rank);
        for (_, index, what) in heavy {
            let Some(element) = graph.element(index) else { continue };
            if asked < MOST {
                asked += 1;
                report(check, subject, element, what, load);
            }
        }
    }
}

/// What the records say that are or may come into force, in lower case.
fn drivers(check: &Check<'_>) -> Vec<String> {
    let gone = |status| matches!(status, Some(Status::Rejected | Status::Superseded | Status::Deprecated));
    check.decisions().iter().filter(|recorded| !gone(recorded.record.known_status())).map(|recorded| recorded.text.to_lowercase()).collect()
}

fn heavy(subject: &Subject<'_>, element: &Element) -> Option<(u8, &'static str)> {
    let technology = element.technology.as_deref().unwrap_or_default();
    let said = [Some(element.name.as_str()), element.technology.as_deref(), element.description.as_deref()];
    let says =
        |wanted: &[&str]| said.into_iter().flatten().chain(element.tags.iter().map(String::as_str)).any(|text| mentions(text, wanted));
    let important = subject.graph.tier(element).is_some_and(|tier| tier < 2);
    if kind(element) == Kind::Queue && mentions(technology, &["kafka", "redpanda", "pulsar", "kinesis"]) {
        Some((0, "an event stream"))
    } else if element.facts.is("role", "mesh") || mentions(technology, &["istio", "linkerd", "consul-connect", "service-mesh"]) {
        Some((1, "a service mesh"))
    } else if says(&["cqrs", "event-sourcing", "event-sourced", "eventstoredb", "axon"]) {
        Some((2, "event sourcing"))
    } else if kind(element).is_store() && (says(&["sharded", "sharding"]) || mentions(technology, &["citus", "vitess"])) {
        Some((3, "a sharded database"))
    } else if !important && element.facts.get("regions").and_then(Fact::amount).is_some_and(|regions| regions > 1) {
        Some((4, "several regions"))
    } else {
        None
    }
}

/// What passes through it may be more than what comes in from outside.
fn is_busy(subject: &Subject<'_>, index: usize) -> bool {
    let graph = &subject.graph;
    let rate = |fact: &Fact| fact.state() == State::Yes && fact.number().is_some_and(|rate| rate >= BUSY);
    let own = graph.element(index).and_then(|element| element.facts.get("peak_rps")).is_some_and(rate);
    own || graph.incoming(index).chain(graph.outgoing(index)).any(|edge| edge.facts().get("peak_rps").is_some_and(rate))
}

fn is_recorded(drivers: &[String], element: &Element, what: &str) -> bool {
    let technology = element.technology.as_deref().unwrap_or_default().to_lowercase();
    let product = technology.split([' ', ',', '/']).find(|word| word.len() > 2 && *word != "apache" && *word != "amazon");
    let names = [Some(element.name.to_lowercase()), product.map(str::to_owned), what.split_once(' ').map(|(_, noun)| noun.to_owned())];
    names.iter().flatten().any(|name| drivers.iter().any(|text| says(text, name)))
}

/// Whether a text has the name as words of its own; `JetStream` speaks of no `Stream`.
fn says(text: &str, name: &str) -> bool {
    let joins = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
    !name.is_empty()
        && text.match_indices(name).any(|(start, found)| {
            let (before, after) = (text.get(..start), text.get(start + found.len()..));
            !joins(before.and_then(|text| text.chars().next_back())) && !joins(after.and_then(|text| text.chars().next()))
        })
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, what: &str, load: f64) {
    let name = &element.name;
    let draft = check
        .draft(subject)
        .key_element(subject, element)
        .title(format!("{} is {what} for {load} requests a second", shorten(name, 40)))
        .message(format!(
            "The system answers {load} requests a second at its peak. No decision record says what needs {what}; what would break without {name}?"
        ))
        .element(subject, element)
        .quote_element(element, &["regions", "role", "replicas"], &format!("{name} is {what}"));
    let entrance = subject.graph.edges().iter().find(|edge| edge.facts().get("peak_rps").is_some());
    let draft = match (subject.graph.model.facts.get("peak_rps"), entrance) {
        (Some(fact), _) => draft.quote(None, &[fact.span], "the load at the busiest time"),
        (None, Some(edge)) => draft.edge(subject, edge, "the load at the busiest time", &["peak_rps"]),
        (None, None) => draft,
    };
    check.report(draft);
}
