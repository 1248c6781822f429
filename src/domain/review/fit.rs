//! How the elements and relations of a design stand to what constraints ask.

use crate::domain::{
    decision::constraint::{Ask, Constraint, Side, Term, is_kind_name},
    model::{
        Element,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    review::{
        graph::{Edge, Graph, kind, walk},
        protocol::{Protocol, words},
    },
};

/// How a subject stands to a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    Yes,
    No,
    Planned,
    /// Not stated; the name of the fact if it is one.
    Unknown(Option<&'static str>),
}

/// The two elements of a relation.
pub fn ends<'a>(graph: &Graph<'a>, edge: &Edge<'_>) -> Vec<&'a Element> {
    [graph.source(edge), graph.target(edge)].into_iter().flatten().collect()
}

/// Whether an element lies at one of some places.
pub fn is_in<'a>(graph: &Graph<'a>, element: &'a Element, scope: &[String]) -> bool {
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

/// How an element stands to a term.
pub fn fit_element<'a>(graph: &Graph<'a>, element: &'a Element, term: &Term, reach: &Reach) -> Fit {
    let yes = |fits: bool| if fits { Fit::Yes } else { Fit::No };
    match &term.ask {
        Ask::Kind => yes(is_of_kind(graph, element, &term.value)),
        Ask::Technology => element.technology.as_deref().map_or(Fit::Unknown(None), |technology| yes(names(technology, &term.value))),
        Ask::Boundary => yes(is_at(graph, element, &term.value)),
        Ask::Context => graph.context(element).map_or(Fit::Unknown(Some("context")), |context| yes(alike(&context.name, &term.value))),
        Ask::Fact(name) => fit_fact(graph.fact(element, name).or_else(|| graph.nearest(element, name)), name, &term.value),
        Ask::Protocol => Fit::No,
        Ask::Pattern => yes(is_like(graph, element, &term.value)),
        Ask::Reachable(whence) => yes(reach.holds(graph, element, whence.as_deref())),
    }
}

/// The kind, singular or plural, or one of the words for several kinds.
fn is_of_kind<'a>(graph: &Graph<'a>, element: &'a Element, written: &str) -> bool {
    let is = |name: &str| is_kind_name(written, name);
    is(kind(element).slug())
        || (is("store") && kind(element).is_store())
        || (is("topic") && kind(element) == Kind::Queue)
        || (is("compute") && graph.is_compute(element))
}

/// Whether an identifier, key or name has a shape. `service.*` is everything in the element `service` or, where there is no
/// such element, everything of that kind.
fn is_like<'a>(graph: &Graph<'a>, element: &'a Element, shape: &str) -> bool {
    let shape = shape.to_lowercase();
    let names = [Some(element.key.as_str()), element.identifier.as_deref(), Some(element.name.as_str())];
    if names.into_iter().flatten().any(|name| matches(&shape, &name.to_lowercase())) {
        return true;
    }
    let Some(head) = shape.strip_suffix(".*").filter(|head| !head.contains('*')) else { return false };
    let named = |other: &Element| {
        other.key.as_str().eq_ignore_ascii_case(head)
            || other.identifier.as_deref().is_some_and(|identifier| identifier.eq_ignore_ascii_case(head))
    };
    let around = graph.model.ancestors(&element.key).any(named);
    around || (is_of_kind(graph, element, head) && !graph.elements().any(|(_, other)| named(other)))
}

/// `*` stands for any letters.
fn matches(shape: &str, name: &str) -> bool {
    let mut parts = shape.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    true
}

/// What can be reached from where, for the terms of one constraint.
#[derive(Debug, Default)]
pub struct Reach(Vec<(Option<Term>, Vec<bool>)>);

impl Reach {
    /// Looks it up for the terms that ask it.
    pub fn of(graph: &Graph<'_>, constraint: &Constraint) -> Self {
        let terms = constraint.what.iter().chain(&constraint.on);
        let asked = terms.filter_map(|term| if let Ask::Reachable(whence) = &term.ask { Some(whence.as_deref()) } else { None });
        Self(asked.map(|whence| (whence.cloned(), reached(graph, whence))).collect())
    }

    fn holds(&self, graph: &Graph<'_>, element: &Element, whence: Option<&Term>) -> bool {
        let found = self.0.iter().find(|(term, _)| term.as_ref() == whence);
        let unit = graph.unit(&element.key);
        found.zip(unit).is_some_and(|((_, reached), unit)| reached.get(unit).copied().unwrap_or(false))
    }
}

/// What is called from there, directly or through gateways alone; for the outside also what is declared public.
fn reached(graph: &Graph<'_>, whence: Option<&Term>) -> Vec<bool> {
    let starts = |element| match whence {
        None => graph.is_outside(element),
        Some(term) => fit_element(graph, element, term, &Reach::default()) == Fit::Yes,
    };
    let roots: Vec<bool> = graph.elements().map(|(_, element)| starts(element)).collect();
    let passes = |index: usize| {
        roots.get(index).copied().unwrap_or(false) || graph.element(index).is_some_and(|element| kind(element) == Kind::Gateway)
    };
    let onward = graph.adjacency(|edge| passes(edge.source));
    let begin = roots.iter().enumerate().filter(|(_, root)| **root).map(|(index, _)| index);
    let through = walk::reachable(&onward, begin);
    let called = |index: usize| graph.incoming(index).any(|edge| passes(edge.source) && through.get(edge.source).copied().unwrap_or(false));
    let public = |element: &Element| whence.is_none() && element.facts.is("exposure", "public");
    graph.elements().map(|(index, element)| called(index) || public(element)).collect()
}

/// How a relation stands to a term: by itself, or by its ends.
pub fn fit_edge<'a>(graph: &Graph<'a>, edge: &Edge<'a>, term: &Term, reach: &Reach) -> Fit {
    let end = |element: Option<&'a Element>| element.map_or(Fit::No, |element| fit_element(graph, element, term, reach));
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

/// Whether a stated fact is as it is wanted.
pub fn fit_fact(fact: Option<&Fact>, name: &'static str, wanted: &str) -> Fit {
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
