//! Works things out on the graph of one diagram: what agents would otherwise guess.
//!
//! The graph is the one that rules use: arrows run from the caller to the called, parts of a container speak for the
//! container. What is computed counts as evidence for the numbers of a finding.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::Value;

use crate::domain::{
    agent::{
        grounding::number::numbers,
        snapshot::{Item, Snapshot},
        tools::{
            Said, Tool, Workbench,
            input::{Fields, short},
            page::paged,
            schema,
        },
        untrusted::quoted,
    },
    model::{ElementKey, Model, RelationKey},
    review::graph::{Edge, Graph, walk},
};

mod along;
mod reach;

pub(super) const TOOL: Tool = Tool {
    name: "graph_query",
    about: "Works out on a diagram's graph: paths between two elements, cycles, dominators (what every path from an element passes), what is \
            reachable, the blast radius of a failure (who depends on it), or the sum or product of a fact along a path (durations, numbers, \
            percentages such as slo). Numbers it gives may stand in findings.",
    schema,
    answer,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Query {
    Paths,
    Cycles,
    Dominators,
    Reachable,
    BlastRadius,
    Sum,
    Product,
}

const QUERIES: [(&str, Query); 7] = [
    ("paths", Query::Paths),
    ("cycles", Query::Cycles),
    ("dominators", Query::Dominators),
    ("reachable", Query::Reachable),
    ("blast-radius", Query::BlastRadius),
    ("sum", Query::Sum),
    ("product", Query::Product),
];

/// Which edges count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    All,
    Sync,
}

const MANNERS: [(&str, Manner); 2] = [("all", Manner::All), ("sync", Manner::Sync)];

fn schema() -> Value {
    schema::object(&[
        ("fact", schema::optional_text("For sum and product: a fact such as timeout, slo, calls_per_request; else null.")),
        ("from", schema::optional_text("An element such as E6; for blast-radius the one that fails. Null for cycles.")),
        (
            "mode",
            schema::optional_choice("Which relations count: all, or only those where the caller waits. Null for all.", &["all", "sync"]),
        ),
        schema::page(),
        (
            "path",
            schema::list(
                "For sum and product: relations in order, R1 R5; empty for the shortest path from from to to.",
                &schema::text("R1"),
            ),
        ),
        ("query", schema::choice("What to work out.", &QUERIES.map(|(word, _)| word))),
        ("to", schema::optional_text("An element such as E9; null where there is none.")),
    ])
}

/// The graph with the names of the snapshot.
struct Named<'a> {
    snapshot: &'a Snapshot,
    at: usize,
    graph: Graph<'a>,
    manner: Manner,
}

impl<'a> Named<'a> {
    fn new(snapshot: &'a Snapshot, at: usize, model: &'a Model, manner: Manner) -> Self {
        Self { snapshot, at, graph: Graph::new(model), manner }
    }

    fn keeps(&self, edge: &Edge<'_>) -> bool {
        self.manner == Manner::All || edge.is_sync()
    }

    fn adjacency(&self) -> walk::Adjacency {
        self.graph.adjacency(|edge| self.keeps(edge))
    }

    fn name(&self, node: usize) -> String {
        let element = self.graph.element(node);
        element.and_then(|element| self.snapshot.element(self.at, &element.key)).unwrap_or_else(|| "?".to_owned())
    }

    /// `E17 "Order service"`.
    fn said(&self, node: usize) -> String {
        format!("{} {}", self.name(node), quoted(self.graph.element(node).map(|element| element.name.as_str()).unwrap_or_default()))
    }

    /// `E6 -R7→ E10`: the first kept relation between each two.
    fn path(&self, nodes: &[usize]) -> String {
        let mut text = nodes.first().map(|node| self.name(*node)).unwrap_or_default();
        for pair in nodes.windows(2) {
            let [from, to] = pair else { continue };
            let edge = self.graph.edge_between(*from, *to, |edge| self.keeps(edge));
            let relation = edge.and_then(|edge| self.snapshot.relation(self.at, &edge.relation.key)).unwrap_or_default();
            let turned = if edge.is_some_and(|edge| edge.turned_because.is_some() || edge.reads) { " turned" } else { "" };
            let _ = write!(text, " -{relation}{turned}→ {}", self.name(*to));
        }
        text
    }

    fn mode(&self) -> &'static str {
        if self.manner == Manner::Sync { "synchronous " } else { "" }
    }
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["fact", "from", "mode", "page", "path", "query", "to"])?;
    let query = fields.choice("query", &QUERIES)?;
    let manner = fields.optional_choice("mode", &MANNERS)?.unwrap_or(Manner::All);
    let page = fields.page()?;
    let snapshot = bench.snapshot();
    let ends = [element(&snapshot, &fields, "from")?, element(&snapshot, &fields, "to")?];
    let path = relations(&snapshot, &fields)?;
    let fact = fields.optional_text("fact", 40)?;
    let diagrams: BTreeSet<usize> = ends.iter().flatten().map(|(at, _)| *at).chain(path.iter().map(|(at, _)| *at)).collect();
    if diagrams.len() > 1 {
        return Err("graph_query: the names are of different diagrams; a query is about one".to_owned());
    }
    let mut lines = Vec::new();
    let asked: Vec<usize> = match diagrams.first() {
        Some(at) => vec![*at],
        None if query == Query::Cycles => (0..snapshot.diagrams.len()).collect(),
        None => return Err("graph_query.from: expected an element such as E6, got nothing".to_owned()),
    };
    for at in asked {
        let Some(diagram) = snapshot.diagrams.get(at).filter(|diagram| !diagram.included) else { continue };
        let named = Named::new(&snapshot, at, &diagram.parsed.model, manner);
        let node = |end: &Option<(usize, &ElementKey)>, field: &str| -> Result<usize, String> {
            let Some((_, key)) = end else { return Err(format!("graph_query.{field}: expected an element such as E6, got nothing")) };
            named.graph.unit(key).ok_or_else(|| format!("graph_query.{field}: deployment elements are not part of the graph"))
        };
        let [from, to] = &ends;
        match query {
            Query::Cycles => lines.extend(reach::cycles(&named)),
            Query::Paths => lines.extend(reach::paths(&named, node(from, "from")?, node(to, "to")?)),
            Query::Reachable => lines.extend(reach::reachable(&named, node(from, "from")?)),
            Query::BlastRadius => lines.extend(reach::blast_radius(&named, node(from, "from")?)),
            Query::Dominators => {
                let to = if to.is_some() { Some(node(to, "to")?) } else { None };
                lines.extend(reach::dominators(&named, node(from, "from")?, to));
            }
            Query::Sum | Query::Product => {
                let fact = fact.ok_or("graph_query.fact: expected a fact such as timeout or slo, got nothing")?;
                let keys: Vec<_> = path.iter().map(|(_, key)| *key).collect();
                let walked = if keys.is_empty() {
                    along::shortest(&named, node(from, "from")?, node(to, "to")?)
                } else {
                    along::given(&named, &keys)
                };
                lines.extend(along::computed(&named, &walked?, fact, query == Query::Product)?);
            }
        }
    }
    if lines.is_empty() {
        lines.push("None.".to_owned());
    }
    bench.computed.extend(lines.iter().flat_map(|line| numbers(line)));
    Ok(Said::text(paged(&lines, page)?))
}

fn element<'a>(snapshot: &'a Snapshot, fields: &Fields<'_>, field: &str) -> Result<Option<(usize, &'a ElementKey)>, String> {
    let Some(id) = fields.optional_text(field, 12)? else { return Ok(None) };
    match snapshot.find(id) {
        Some(Item::Element(at, element)) => Ok(Some((at, &element.key))),
        _ => Err(format!("graph_query.{field}: `{}` is no element of this design; model_list has them", short(id))),
    }
}

fn relations<'a>(snapshot: &'a Snapshot, fields: &Fields<'_>) -> Result<Vec<(usize, &'a RelationKey)>, String> {
    let ids = fields.texts("path", 0, 50, 12)?;
    ids.into_iter()
        .map(|id| match snapshot.find(id) {
            Some(Item::Relation(at, relation)) => Ok((at, &relation.key)),
            _ => Err(format!("graph_query.path: `{}` is no relation of this design", short(id))),
        })
        .collect()
}
