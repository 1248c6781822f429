//! Graphs like those people draw of services: most edges stay within a team of eight, some within a domain of 64, the rest lead
//! to a few hubs. Nested graphs draw the teams as frames and, eight at a time, frames around them. The same seed gives the same
//! graph on every machine. A new kind of graph is a function beside [`services`]; a new edit is a variant of [`Edit`].

use lintel::domain::{
    layout::{Edge, EdgeKey, End, Frame, FrameKey, Graph, Node},
    model::{ElementKey, GroupKey, RelationKey, view::Direction},
};

/// splitmix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// From 0 to 1, in steps of 2⁻³².
    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }
}

const NOUNS: [&str; 12] =
    ["Order", "Payment", "Catalog", "Cart", "User", "Search", "Billing", "Ledger", "Invoice", "Stock", "Fraud", "Gateway"];
const LABELS: [&str; 12] =
    ["HTTPS", "gRPC", "SQL", "AMQP", "Kafka", "reads", "writes", "publishes event", "consumes", "REST /v1/orders", "TCP 5432", "webhook"];

pub(crate) fn node_key(index: usize) -> ElementKey {
    ElementKey(format!("n{index}"))
}

fn frame_key(level: usize, index: usize) -> FrameKey {
    FrameKey::group(&GroupKey(format!("g{level}_{index}")))
}

fn edge_key(name: &str) -> EdgeKey {
    EdgeKey::relation(&RelationKey(name.to_owned()))
}

fn length(text: &str) -> i32 {
    i32::try_from(text.len()).unwrap_or(i32::MAX)
}

/// `count` nodes, one and a half edges for each.
pub(crate) fn services(count: usize, nested: bool, seed: u64) -> Graph {
    let mut random = Random(seed);
    let mut graph = Graph { direction: Direction::TopBottom, ..Graph::default() };
    if nested {
        frames(&mut graph, count);
    }
    for index in 0..count {
        let (suffix, height) = match random.below(100) {
            0..58 => ("Service", 48),
            58..76 => ("DB", 64),
            76..87 => ("Queue", 48),
            87..95 => ("API (ext)", 48),
            _ => ("Operator", 80),
        };
        let name = format!("{} {suffix} {index}", NOUNS.get(random.below(NOUNS.len())).copied().unwrap_or_default());
        let width = 24 + length(&name) * 72 / 10;
        let frame = nested.then(|| frame_key(0, index / 8));
        graph.nodes.insert(node_key(index), Node { width, height, middle: height / 2, initiator: false, frame });
    }
    let wanted = count * 3 / 2;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..wanted * 50 {
        if graph.edges.len() >= wanted {
            break;
        }
        let source = random.below(count);
        let target = match random.below(100) {
            0..60 => source / 8 * 8 + random.below(8),
            60..85 => source / 64 * 64 + random.below(64),
            _ => {
                let place = random.fraction();
                let hub = (place * place * f64::from(u32::try_from(count).unwrap_or(0))).floor();
                (0..count).take_while(|index| f64::from(u32::try_from(*index).unwrap_or(0)) < hub).count()
            }
        };
        if target >= count || source == target {
            continue;
        }
        let answers = random.below(100) < 5;
        let (source, target) = if (source < target) == answers { (target, source) } else { (source, target) };
        if !seen.insert((source, target)) {
            continue;
        }
        let label = (random.below(100) < 40).then(|| LABELS.get(random.below(LABELS.len())).copied().unwrap_or_default());
        let label = label.map(|label| (length(label) * 62 / 10 + 4, 16));
        let name = format!("e{}", graph.edges.len());
        graph.edges.insert(edge_key(&name), Edge { source: End::Node(node_key(source)), target: End::Node(node_key(target)), label });
    }
    graph
}

fn frames(graph: &mut Graph, count: usize) {
    let mut levels = vec![count.div_ceil(8)];
    while levels.last().is_some_and(|&size| size > 8) {
        levels.push(levels.last().map_or(0, |size| size.div_ceil(8)));
    }
    for (level, &size) in levels.iter().enumerate().rev() {
        for index in 0..size {
            let parent = (level + 1 < levels.len()).then(|| frame_key(level + 1, index / 8));
            graph.frames.insert(frame_key(level, index), Frame { parent, width: 100 });
        }
    }
}

/// One small change of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    AddEdge,
    AddNode,
    RemoveEdge,
    Widen,
    RemoveNode,
}

pub(crate) const EDITS: [Edit; 5] = [Edit::AddEdge, Edit::AddNode, Edit::RemoveEdge, Edit::Widen, Edit::RemoveNode];

pub(crate) fn edited(graph: &Graph, edit: Edit, seed: u64) -> Graph {
    let mut graph = graph.clone();
    let mut random = Random(seed);
    let count = graph.nodes.len();
    let chosen = random.below(count);
    let near = (chosen / 8 * 8 + random.below(8)).min(count - 1);
    let near = if near == chosen { (chosen + 1) % count } else { near };
    let (Some((key, body)), Some((other, _))) = (
        graph.nodes.get_index(chosen).map(|(key, body)| (key.clone(), body.clone())),
        graph.nodes.get_index(near).map(|(key, body)| (key.clone(), body.clone())),
    ) else {
        return graph;
    };
    match edit {
        Edit::AddEdge => {
            graph.edges.insert(edge_key("ex"), Edge { source: End::Node(key), target: End::Node(other), label: Some((22, 16)) });
        }
        Edit::AddNode => {
            let added = ElementKey("nx".to_owned());
            graph.nodes.insert(added.clone(), Node { width: 110, height: 48, middle: 24, initiator: false, frame: body.frame });
            graph.edges.insert(edge_key("ex"), Edge { source: End::Node(key), target: End::Node(added), label: None });
        }
        Edit::RemoveEdge => {
            let index = random.below(graph.edges.len());
            graph.edges.shift_remove_index(index);
        }
        Edit::Widen => graph.nodes.get_mut(&key).into_iter().for_each(|node| node.width += 80),
        Edit::RemoveNode => {
            graph.nodes.shift_remove(&key);
            let end = End::Node(key);
            graph.edges.retain(|_, edge| edge.source != end && edge.target != end);
        }
    }
    graph
}
