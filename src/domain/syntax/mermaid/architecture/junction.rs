//! Edges that meet in junctions, joined to edges between services.
//!
//! Junctions that are connected form one crossing. What comes in by an arrow at the crossing goes out by every arrow away from
//! it; edges without a head take the side that is missing. A crossing where that says nothing (three lines without heads,
//! arrows only in or only out) is kept as elements.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{diagnostic::Span, syntax::mermaid::architecture::line::Edge};

/// Relations that one crossing may stand for.
pub const MAX_JOINED: usize = 64;

/// An edge between elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire<'e> {
    pub source: (&'e str, Span),
    pub target: (&'e str, Span),
    pub label: String,
    pub both: bool,
    pub headless: bool,
    pub span: Span,
}

/// What became of edges and junctions.
#[derive(Debug, Default)]
pub struct Joined<'e> {
    /// In the order of the text; those of a crossing where its first edge stands.
    pub wires: Vec<Wire<'e>>,
    /// Junctions that are elements.
    pub kept: BTreeSet<&'e str>,
    /// Junctions that edges meet in.
    pub used: BTreeSet<&'e str>,
}

/// One edge between a service and a crossing.
struct Arm<'e> {
    service: (&'e str, Span),
    label: &'e str,
    edge: usize,
    /// A head at the crossing, and one at the service.
    inward: bool,
    outward: bool,
}

/// Joins the edges that meet in the junctions.
pub fn join<'e>(edges: &'e [Edge], junctions: &BTreeSet<&str>) -> Joined<'e> {
    let mut joined = Joined::default();
    let mut crossings = Crossings::default();
    for edge in edges {
        for id in [edge.left.id.as_str(), edge.right.id.as_str()] {
            if junctions.contains(id) {
                joined.used.insert(id);
                crossings.find(id);
            }
        }
        if junctions.contains(edge.left.id.as_str()) && junctions.contains(edge.right.id.as_str()) {
            crossings.unite(&edge.left.id, &edge.right.id);
        }
    }
    let mut arms: BTreeMap<usize, Vec<Arm<'e>>> = BTreeMap::new();
    for (number, edge) in edges.iter().enumerate() {
        let (left, right) = (junctions.contains(edge.left.id.as_str()), junctions.contains(edge.right.id.as_str()));
        let (service, crossing) = match (left, right) {
            (true, false) => (&edge.right, &edge.left),
            (false, true) => (&edge.left, &edge.right),
            _ => continue,
        };
        let arm = Arm {
            service: (service.id.as_str(), service.span),
            label: &edge.label,
            edge: number,
            inward: crossing.head,
            outward: service.head,
        };
        arms.entry(crossings.find(&crossing.id)).or_default().push(arm);
    }
    let mut replaced: BTreeMap<usize, Vec<Wire<'e>>> = BTreeMap::new();
    let mut crossed: BTreeSet<usize> = BTreeSet::new();
    for (crossing, arms) in &arms {
        if let Some(wires) = cross(arms, edges) {
            crossed.insert(*crossing);
            replaced.insert(arms.iter().map(|arm| arm.edge).min().unwrap_or(0), wires);
        }
    }
    // Those that meet no service at all are kept as well.
    joined.kept = joined.used.iter().copied().filter(|id| !crossed.contains(&crossings.find(id))).collect();
    for (number, edge) in edges.iter().enumerate() {
        if let Some(wires) = replaced.remove(&number) {
            joined.wires.extend(wires);
        }
        let gone =
            [&edge.left.id, &edge.right.id].into_iter().any(|id| junctions.contains(id.as_str()) && !joined.kept.contains(id.as_str()));
        if !gone {
            joined.wires.push(wire(edge));
        }
    }
    joined
}

fn wire(edge: &Edge) -> Wire<'_> {
    let (left, right) = ((edge.left.id.as_str(), edge.left.span), (edge.right.id.as_str(), edge.right.span));
    let backwards = edge.left.head && !edge.right.head;
    let (source, target) = if backwards { (right, left) } else { (left, right) };
    let both = edge.left.head && edge.right.head;
    let headless = !edge.left.head && !edge.right.head;
    Wire { source, target, label: edge.label.clone(), both, headless, span: edge.span }
}

/// The wires of one crossing; none where it does not say which way things go.
fn cross<'e>(arms: &[Arm<'e>], edges: &[Edge]) -> Option<Vec<Wire<'e>>> {
    let comes = |arm: &&Arm<'e>| arm.inward && !arm.outward;
    let goes = |arm: &&Arm<'e>| arm.outward && !arm.inward;
    let open = |arm: &&Arm<'e>| arm.inward == arm.outward;
    let mut sources: Vec<&Arm<'e>> = arms.iter().filter(comes).collect();
    let mut targets: Vec<&Arm<'e>> = arms.iter().filter(goes).collect();
    let opens: Vec<&Arm<'e>> = arms.iter().filter(open).collect();
    let mut headless = false;
    let mut both = false;
    match (sources.is_empty(), targets.is_empty(), opens.as_slice()) {
        (false, false, []) => {}
        (false, true, [_, ..]) => targets = opens,
        (true, false, [_, ..]) => sources = opens,
        (true, true, [first, second]) => {
            // A bend in a line.
            both = first.inward && second.inward;
            headless = !both;
            (sources, targets) = (vec![*first], vec![*second]);
        }
        _ => return None,
    }
    if sources.len() * targets.len() > MAX_JOINED {
        return None;
    }
    let mut wires = Vec::new();
    for source in &sources {
        for target in &targets {
            let labels: Vec<&str> = [source.label, target.label].into_iter().filter(|label| !label.is_empty()).collect();
            let label = match labels.as_slice() {
                [one, other] if one == other => (*one).to_owned(),
                all => all.join(", "),
            };
            let span = edges.get(source.edge).map_or(source.service.1, |edge| edge.span);
            wires.push(Wire { source: source.service, target: target.service, label, both, headless, span });
        }
    }
    wires.retain(|wire| wire.source.0 != wire.target.0);
    Some(wires)
}

/// Junctions that are connected, found by union.
#[derive(Default)]
struct Crossings {
    places: BTreeMap<String, usize>,
    parents: Vec<usize>,
}

impl Crossings {
    /// The crossing that a junction is part of.
    fn find(&mut self, id: &str) -> usize {
        let next = self.parents.len();
        let mut at = *self.places.entry(id.to_owned()).or_insert(next);
        if at == next {
            self.parents.push(next);
        }
        // A parent always has a smaller number, so this ends; every step shortens the way of the next one.
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent < at) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(at) {
                *own = above;
            }
            at = above;
        }
        at
    }

    fn unite(&mut self, one: &str, other: &str) {
        let (one, other) = (self.find(one), self.find(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}
