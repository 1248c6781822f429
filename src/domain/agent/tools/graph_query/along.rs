//! Sums and products of a fact along a path.

use super::Named;
use crate::domain::{
    agent::{predicate::plain_number, untrusted::value},
    model::{
        RelationKey,
        facts::{Fact, Facts, State},
    },
    review::graph::{Edge, walk},
};

/// A path: its elements, and the relations between them.
pub(super) struct Walked<'a> {
    nodes: Vec<usize>,
    edges: Vec<&'a Edge<'a>>,
}

/// The shortest path.
pub(super) fn shortest<'a>(named: &'a Named<'a>, from: usize, to: usize) -> Result<Walked<'a>, String> {
    let adjacency = named.adjacency();
    let all = vec![true; adjacency.len()];
    let nodes = walk::path(&adjacency, from, to, &all)
        .ok_or_else(|| format!("graph_query: there is no {}path from {} to {}", named.mode(), named.name(from), named.name(to)))?;
    let edges = nodes
        .windows(2)
        .filter_map(|pair| {
            let [from, to] = pair else { return None };
            named.graph.outgoing(*from).find(|edge| edge.target == *to && named.keeps(edge))
        })
        .collect();
    Ok(Walked { nodes, edges })
}

/// The path that relations make, which have to follow each other.
pub(super) fn given<'a>(named: &'a Named<'a>, keys: &[&RelationKey]) -> Result<Walked<'a>, String> {
    let mut walked = Walked { nodes: Vec::new(), edges: Vec::new() };
    for key in keys {
        let name = || named.snapshot.relation(named.at, key).unwrap_or_default();
        let edge = named
            .graph
            .edges()
            .iter()
            .find(|edge| edge.relation.key == **key)
            .ok_or_else(|| format!("graph_query.path: {} lies inside one element, so it is no step", name()))?;
        match walked.nodes.last() {
            None => walked.nodes.push(edge.source),
            Some(last) if *last != edge.source => {
                return Err(format!(
                    "graph_query.path: {} begins at {}, and the one before ends at {}",
                    name(),
                    named.name(edge.source),
                    named.name(*last)
                ));
            }
            Some(_) => {}
        }
        walked.nodes.push(edge.target);
        walked.edges.push(edge);
    }
    Ok(walked)
}

/// What the fact comes to, with each part, and what is unknown.
pub(super) fn computed(named: &Named<'_>, walked: &Walked<'_>, fact: &str, product: bool) -> Result<Vec<String>, String> {
    let of_relations = walked.edges.iter().any(|edge| edge.facts().get(fact).is_some());
    let elements = || walked.nodes.iter().filter_map(|node| named.graph.element(*node));
    let of_elements = elements().any(|element| element.facts.get(fact).is_some());
    let parts: Vec<(String, Option<Fact>)> = match (of_relations, of_elements) {
        (true, _) => walked
            .edges
            .iter()
            .map(|edge| (named.snapshot.relation(named.at, &edge.relation.key).unwrap_or_default(), stated(edge.facts(), fact)))
            .collect(),
        (false, true) => walked
            .nodes
            .iter()
            .map(|node| (named.name(*node), named.graph.element(*node).and_then(|element| stated(&element.facts, fact))))
            .collect(),
        (false, false) => return Err(format!("graph_query.fact: nothing on the path states {}", value(fact))),
    };
    let mut lines = vec![format!("{} of {} along {}", if product { "Product" } else { "Sum" }, value(fact), named.path(&walked.nodes))];
    lines.extend(
        parts.iter().map(|(name, fact)| format!("{name} {}", fact.as_ref().map_or_else(|| "?".to_owned(), |fact| value(&fact.value)))),
    );
    let known: Vec<&Fact> = parts.iter().filter_map(|(_, fact)| fact.as_ref()).collect();
    let unknown = parts.len() - known.len();
    let unknown = if unknown == 0 { String::new() } else { format!("; {unknown} of {} are not stated", parts.len()) };
    let durations: Option<Vec<u64>> = known.iter().map(|fact| fact.milliseconds()).collect();
    let numbers: Option<Vec<f64>> = known.iter().map(|fact| plain_number(&fact.value)).collect();
    let total = match (durations, numbers) {
        (Some(durations), _) if !product => {
            let sum = durations.iter().fold(0_u64, |sum, part| sum.saturating_add(*part));
            format!("{sum} ms ({} s)", seconds(sum))
        }
        (_, Some(numbers)) if product && is_share(fact) => {
            let share = numbers.iter().fold(100.0, |share, part| share * part / 100.0);
            format!("{} %", decimal(share))
        }
        (_, Some(numbers)) if product => decimal(numbers.iter().product()),
        (_, Some(numbers)) => decimal(numbers.iter().sum()),
        _ => return Err(format!("graph_query.fact: the values of {} are not all numbers of one kind", value(fact))),
    };
    lines.push(format!("{}: {total}{unknown}", if product { "product" } else { "sum" }));
    Ok(lines)
}

/// Percentages multiply as parts of one.
fn is_share(fact: &str) -> bool {
    matches!(fact, "slo")
}

fn stated(facts: &Facts, name: &str) -> Option<Fact> {
    facts.get(name).filter(|fact| !matches!(fact.state(), State::Unknown | State::No | State::Planned | State::NotApplicable)).cloned()
}

fn seconds(milliseconds: u64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// At most six digits behind the point, none of them a needless zero.
fn decimal(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
