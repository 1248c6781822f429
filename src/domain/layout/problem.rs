//! One connected part of a graph in neutral axes, so that the algorithms know a single direction: `u` runs along the ranks,
//! `v` across them. Indices instead of keys; index 0 of the groups is the sheet itself.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    Edge, EdgeKey, End, FrameKey, Graph, Layout,
    table::{Column, Rows, Unions},
};
use crate::domain::model::{ElementKey, view::Direction};
use crate::domain::sort::Gather;

/// A node: `length` along `u`, `before` and `after` its centre line in `v`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body {
    pub(super) length: i32,
    pub(super) before: i32,
    pub(super) after: i32,
    /// Room kept free after the node in `v`, for loops.
    pub(super) margin: i32,
    pub(super) group: usize,
    pub(super) initiator: bool,
    /// The previous centre in `u` and `v`, if it was there.
    pub(super) hint: Option<(i32, i32)>,
}

/// A frame. Pads are the room between its border and its members.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Area {
    pub(super) parent: usize,
    pub(super) depth: usize,
    pub(super) pad_u: (i32, i32),
    pub(super) pad_v: (i32, i32),
    /// The least extent in `u` and `v`.
    pub(super) least: (i32, i32),
    /// Room kept free after the frame in `v`, for loops.
    pub(super) margin: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tip {
    Node(usize),
    Group(usize),
}

impl Default for Tip {
    fn default() -> Self {
        Self::Node(0)
    }
}

/// An edge; `label` is its extent in `u` and `v`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    pub(super) source: Tip,
    pub(super) target: Tip,
    pub(super) label: Option<(i32, i32)>,
}

/// Distances in px.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gaps {
    /// Between neighbouring nodes of different ranks and of one rank.
    pub(super) rank: i32,
    pub(super) node: i32,
    /// Between a node and a line.
    pub(super) line: i32,
    /// Between two frames, or a frame and a node beside it, across the ranks.
    pub(super) frame: i32,
    /// Between two labels across the ranks.
    pub(super) label: i32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    pub(super) nodes: Vec<Body>,
    /// The sheet first; parents before their children.
    pub(super) groups: Vec<Area>,
    pub(super) links: Vec<Link>,
    /// Ranks run horizontally on the page.
    pub(super) horizontal: bool,
    pub(super) gaps: Gaps,
    /// At least half of the nodes have a hint.
    pub(super) hinted: bool,
}

/// Room that one loop takes after its node in `v`, without its label.
pub(super) const LOOP_ROOM: i32 = 24;

/// What the indices of a problem stand for.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) problem: Problem,
    /// None for the filler of an empty frame.
    pub(super) nodes: Vec<Option<ElementKey>>,
    pub(super) frames: Vec<Option<FrameKey>>,
    pub(super) edges: Vec<EdgeKey>,
}

impl Problem {
    pub(super) fn area(&self, group: usize) -> Area {
        self.groups.at(group)
    }

    /// The group a tip lies in; a frame lies in itself.
    pub(super) fn home(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => self.nodes.at(node).group,
            Tip::Group(group) => group,
        }
    }

    /// `group` is `outer` or lies inside it.
    pub(super) fn within(&self, mut group: usize, outer: usize) -> bool {
        let depth = self.area(outer).depth;
        while self.area(group).depth > depth {
            group = self.area(group).parent;
        }
        group == outer
    }

    /// The innermost group around both.
    pub(super) fn common(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            if self.area(a).depth >= self.area(b).depth {
                a = self.area(a).parent;
            } else {
                b = self.area(b).parent;
            }
        }
        a
    }

    /// The group a tip stands in as a whole: for a frame, the one around it.
    pub(super) fn container(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => self.nodes.at(node).group,
            Tip::Group(group) => self.area(group).parent,
        }
    }

    /// The member of `outer` in which the tip lies, the tip itself included.
    pub(super) fn member(&self, tip: Tip, outer: usize) -> Tip {
        let mut unit = tip;
        while self.container(unit) != outer && unit != Tip::Group(0) {
            unit = Tip::Group(self.container(unit));
        }
        unit
    }

    /// The innermost group in which the ends of a link belong to different members, and these members. None for a link between
    /// a frame and something inside it, and for loops.
    pub(super) fn meeting(&self, link: &Link) -> Option<(usize, Tip, Tip)> {
        let common = self.common(self.container(link.source), self.container(link.target));
        let (source, target) = (self.member(link.source, common), self.member(link.target, common));
        (source != target).then_some((common, source, target))
    }
}

/// The connected parts of a graph, by their first node in model order. A frame connects its members.
pub(super) fn split(graph: &Graph, previous: Option<&Layout>) -> Vec<Part> {
    let parents = frame_parents(graph);
    let frame_count = graph.frames.len();
    let node_count = graph.nodes.len();
    let tip = |end: &End| match end {
        End::Node(key) => graph.nodes.get_index_of(key).map(|index| frame_count + index),
        End::Frame(key) => graph.frames.get_index_of(key),
    };
    let mut unions = Unions::new(frame_count + node_count);
    for (index, &parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            unions.join(index, parent);
        }
    }
    for (index, node) in graph.nodes.values().enumerate() {
        if let Some(frame) = node.frame.as_ref().and_then(|frame| graph.frames.get_index_of(frame)) {
            unions.join(frame_count + index, frame);
        }
    }
    for edge in graph.edges.values() {
        if let (Some(source), Some(target)) = (tip(&edge.source), tip(&edge.target)) {
            unions.join(source, target);
        }
    }
    // Parts in the order of their first node; frames without nodes come last.
    let mut members: IndexMap<usize, [Vec<usize>; 3]> = IndexMap::new();
    let [nodes, frames, edges] = [0, 1, 2];
    let mut add = |part: usize, what: usize, index: usize| members.entry(part).or_default().as_mut_slice().add(what, index);
    for index in 0..node_count {
        add(unions.find(frame_count + index), nodes, index);
    }
    for index in frames_outside_in(&parents) {
        add(unions.find(index), frames, index);
    }
    for (index, edge) in graph.edges.values().enumerate() {
        if let (Some(source), Some(_)) = (tip(&edge.source), tip(&edge.target)) {
            add(unions.find(source), edges, index);
        }
    }
    members.values().map(|[nodes, frames, edges]| part(graph, &parents, nodes, frames, edges, previous)).collect()
}

/// The parent of each frame; a parent that does not exist or closes a cycle is ignored.
pub(super) fn frame_parents(graph: &Graph) -> Vec<Option<usize>> {
    let stated: Vec<Option<usize>> =
        graph.frames.values().map(|frame| frame.parent.as_ref().and_then(|parent| graph.frames.get_index_of(parent))).collect();
    let mut parents: Vec<Option<usize>> = vec![None; stated.len()];
    for (index, &parent) in stated.iter().enumerate() {
        let mut up = parent;
        while let Some(next) = up {
            if next == index {
                break;
            }
            up = parents.get(next).copied().flatten();
        }
        if up.is_none() {
            parents.put(index, parent);
        }
    }
    parents
}

/// Frames with every parent before its children, otherwise in model order.
fn frames_outside_in(parents: &[Option<usize>]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    for (index, parent) in parents.iter().enumerate() {
        match parent {
            Some(parent) => children.add(*parent, index),
            None => order.push(index),
        }
    }
    let mut next = 0;
    while let Some(&index) = order.get(next) {
        next += 1;
        order.extend_from_slice(children.row(index));
    }
    order
}

fn part(graph: &Graph, parents: &[Option<usize>], nodes: &[usize], frames: &[usize], edges: &[usize], previous: Option<&Layout>) -> Part {
    let horizontal = matches!(graph.direction, Direction::LeftRight | Direction::RightLeft);
    let gaps = if horizontal {
        Gaps { rank: 64, node: 40, line: 20, frame: 24, label: 4 }
    } else {
        Gaps { rank: 40, node: 64, line: 24, frame: 32, label: 12 }
    };
    let group_of: BTreeMap<usize, usize> = frames.iter().enumerate().map(|(position, &frame)| (frame, position + 1)).gathered();
    let mut problem = Problem { groups: vec![Area::default()], horizontal, gaps, ..Problem::default() };
    let mut names = vec![None];
    for &frame in frames {
        let Some((key, body)) = graph.frames.get_index(frame) else { continue };
        let parent = parents.get(frame).copied().flatten().and_then(|parent| group_of.get(&parent)).copied().unwrap_or(0);
        let (header, rest) = (36, 16);
        let (pad_u, pad_v) = match graph.direction {
            Direction::LeftRight | Direction::RightLeft => ((18, 18), (header, rest)),
            Direction::TopBottom => ((header, rest), (rest, rest)),
            Direction::BottomTop => ((rest, header), (rest, rest)),
        };
        let least = if horizontal { (body.width, 0) } else { (0, body.width) };
        let depth = problem.area(parent).depth + 1;
        problem.groups.push(Area { parent, depth, pad_u, pad_v, least, margin: 0 });
        names.push(Some(key.clone()));
    }
    let mut keys = Vec::new();
    let mut node_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut filled = vec![false; problem.groups.len()];
    let mut hints = 0;
    for &index in nodes {
        let Some((key, node)) = graph.nodes.get_index(index) else { continue };
        let group = node
            .frame
            .as_ref()
            .and_then(|frame| graph.frames.get_index_of(frame))
            .and_then(|frame| group_of.get(&frame))
            .copied()
            .unwrap_or(0);
        let (width, height) = (node.width.max(1), node.height.max(1));
        let middle = node.middle.clamp(0, height);
        let hint =
            previous.and_then(|previous| previous.nodes.get(key)).map(|rect| neutral(rect.centre().x, rect.centre().y, graph.direction));
        hints += usize::from(hint.is_some());
        let (length, before, after) = if horizontal { (width, middle, height - middle) } else { (height, width / 2, width - width / 2) };
        node_of.insert(index, problem.nodes.len());
        problem.nodes.push(Body { length, before, after, margin: 0, group, initiator: node.initiator, hint });
        keys.push(Some(key.clone()));
        let mut up = group;
        while up != 0 && !filled.at(up) {
            filled.put(up, true);
            up = problem.area(up).parent;
        }
    }
    for group in (1..problem.groups.len()).rev() {
        if !filled.at(group) {
            problem.nodes.push(Body { length: 4, before: 2, after: 2, group, ..Body::default() });
            keys.push(None);
            let mut up = group;
            while up != 0 && !filled.at(up) {
                filled.put(up, true);
                up = problem.area(up).parent;
            }
        }
    }
    problem.hinted = hints * 2 >= problem.nodes.len() && hints > 1;
    let mut edge_keys = Vec::new();
    for &index in edges {
        let Some((key, edge)) = graph.edges.get_index(index) else { continue };
        if let Some(link) = link(graph, edge, horizontal, &node_of, &group_of) {
            if link.source == link.target {
                let room = LOOP_ROOM + link.label.map_or(0, |(_, v)| v);
                match link.source {
                    Tip::Node(node) => problem.nodes.get_mut(node).into_iter().for_each(|body| body.margin += room),
                    Tip::Group(group) => problem.groups.get_mut(group).into_iter().for_each(|area| area.margin += room),
                }
            }
            problem.links.push(link);
            edge_keys.push(key.clone());
        }
    }
    fit_loops(&mut problem);
    Part { problem, nodes: keys, frames: names, edges: edge_keys }
}

/// Where one loop runs outside another, the side they stand on must be longer than the label within.
fn fit_loops(problem: &mut Problem) {
    let mut inner: BTreeMap<(bool, usize), i32> = BTreeMap::new();
    for link in problem.links.clone().iter().filter(|link| link.source == link.target) {
        let own = link.label.map_or(0, |(length, _)| length / 2);
        let (key, length) = match link.source {
            Tip::Node(node) => ((false, node), problem.nodes.get_mut(node).map(|body| &mut body.length)),
            Tip::Group(group) => ((true, group), problem.groups.get_mut(group).map(|area| &mut area.least.0)),
        };
        let before = inner.get(&key).copied().unwrap_or(0);
        if let Some(length) = length.filter(|_| before > 0) {
            *length = (*length).max(2 * (before + 8 + 7));
        }
        inner.insert(key, 20.max(own + 12).max(before + 8).max(own));
    }
}

fn link(graph: &Graph, edge: &Edge, horizontal: bool, node_of: &BTreeMap<usize, usize>, group_of: &BTreeMap<usize, usize>) -> Option<Link> {
    let tip = |end: &End| match end {
        End::Node(key) => Some(Tip::Node(*node_of.get(&graph.nodes.get_index_of(key)?)?)),
        End::Frame(key) => Some(Tip::Group(*group_of.get(&graph.frames.get_index_of(key)?)?)),
    };
    let label = edge.label.map(|(width, height)| if horizontal { (width, height) } else { (height, width) });
    Some(Link { source: tip(&edge.source)?, target: tip(&edge.target)?, label })
}

/// Page coordinates as `u` and `v` (up to a shift).
fn neutral(x: i32, y: i32, direction: Direction) -> (i32, i32) {
    match direction {
        Direction::LeftRight => (x, y),
        Direction::RightLeft => (-x, y),
        Direction::TopBottom => (y, x),
        Direction::BottomTop => (-y, x),
    }
}
