//! Ranks: which layer each node stands in.
//!
//! Cycles are broken in model order: an edge that would close one counts as running the other way. Then network simplex gives
//! the shortest edges. Parts of a frame that no edge connects are set out in shelves, so that a frame of many unconnected
//! members becomes a block and not a long row.

use super::{
    problem::{Problem, Tip},
    simplex::{self, Arc},
    table::{Column, Rows, Unions},
};

#[derive(Debug)]
pub(super) struct Ranking {
    /// From 0, without empty ranks.
    pub(super) rank: Vec<usize>,
    /// The first and last rank of each group's members.
    pub(super) span: Vec<(usize, usize)>,
}

/// Bounds the pivots of one solution, in arc visits.
const BUDGET: usize = 4_000_000;

/// The variables of the ranking: the nodes, then the first and the last rank of each group.
struct Variables {
    nodes: usize,
}

impl Variables {
    const fn first(&self, group: usize) -> usize {
        self.nodes + 2 * group
    }

    const fn last(&self, group: usize) -> usize {
        self.nodes + 2 * group + 1
    }

    const fn leaves(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => node,
            Tip::Group(group) => self.last(group),
        }
    }

    const fn enters(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => node,
            Tip::Group(group) => self.first(group),
        }
    }
}

/// None if the arcs contradict each other, which the turning of edges excludes.
pub(super) fn rank(problem: &Problem) -> Option<Ranking> {
    let variables = Variables { nodes: problem.nodes.len() };
    let count = variables.nodes + 2 * problem.groups.len();
    let nesting = nesting(problem, &variables);
    let directed = directed(problem, &variables, count, &nesting);

    let mut value = vec![0_i32; count];
    let mut unions = Unions::new(count);
    // Frames that are ends of edges hold their members together while ranking.
    let mut is_end = vec![false; problem.groups.len()];
    for link in &problem.links {
        for tip in [link.source, link.target] {
            if let Tip::Group(group) = tip {
                is_end.put(group, true);
            }
        }
    }
    for arc in &directed {
        unions.join(arc.tail, arc.head);
    }
    for (node, body) in problem.nodes.iter().enumerate() {
        let mut group = body.group;
        while group != 0 {
            if is_end.at(group) {
                unions.join(node, variables.first(group));
                unions.join(node, variables.last(group));
            }
            group = problem.area(group).parent;
        }
    }
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); count];
    for node in 0..variables.nodes {
        parts.add(unions.find(node), node);
    }
    let mut budget = BUDGET;
    for part in parts.iter().filter(|part| part.len() > 1) {
        rank_part(problem, &variables, part, &directed, &mut value, &mut budget)?;
    }
    shelve(problem, variables.nodes, &parts, &mut value);

    let mut used: Vec<i32> = value.iter().copied().take(variables.nodes).collect();
    used.sort_unstable();
    used.dedup();
    let rank: Vec<usize> = value.iter().take(variables.nodes).map(|value| used.binary_search(value).unwrap_or_default()).collect();
    let mut span = vec![(usize::MAX, 0); problem.groups.len()];
    for (node, body) in problem.nodes.iter().enumerate() {
        let mut group = body.group;
        loop {
            let (first, last) = span.at(group);
            span.put(group, (first.min(rank.at(node)), last.max(rank.at(node))));
            if group == 0 {
                break;
            }
            group = problem.area(group).parent;
        }
    }
    Some(Ranking { rank, span })
}

/// A link as ranking sees it.
#[derive(Clone, Copy, Debug, Default)]
struct Directed {
    tail: usize,
    head: usize,
    weight: i32,
}

/// Arcs that keep a group's first and last rank around its members.
fn nesting(problem: &Problem, variables: &Variables) -> Vec<(usize, usize)> {
    let mut arcs = Vec::new();
    for (node, body) in problem.nodes.iter().enumerate().filter(|(_, body)| body.group != 0) {
        arcs.push((variables.first(body.group), node));
        arcs.push((node, variables.last(body.group)));
    }
    for (group, area) in problem.groups.iter().enumerate().filter(|(_, area)| area.parent != 0) {
        arcs.push((variables.first(area.parent), variables.first(group)));
        arcs.push((variables.last(group), variables.last(area.parent)));
    }
    arcs
}

/// Every link that can be bound to run forward, turned where it would close a cycle.
fn directed(problem: &Problem, variables: &Variables, count: usize, nesting: &[(usize, usize)]) -> Vec<Directed> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(tail, head) in nesting {
        out.add(tail, head);
    }
    // Edges that follow the order in which the text names their ends get the first say, with a previous picture those that
    // ran forward in it: what closes a cycle then is most likely the answer, not the question.
    let place = |tip: Tip| match tip {
        Tip::Node(node) => problem
            .nodes
            .at(node)
            .hint
            .filter(|_| problem.hinted)
            .map_or((1, node), |(u, _)| (0, usize::try_from(u.saturating_add(i32::MAX / 2)).unwrap_or(0))),
        Tip::Group(group) => (2, group),
    };
    let is_forward = |index: &usize| {
        let link = problem.links.at(*index);
        let (source, target) = (place(link.source), place(link.target));
        source.0 != target.0 || source.1 < target.1
    };
    let mut order: Vec<usize> = (0..problem.links.len()).collect();
    let answers = |index: &usize| matches!(problem.links.at(*index).target, Tip::Node(node) if problem.nodes.at(node).initiator);
    order.sort_by_key(|index| (answers(index), !is_forward(index)));
    let mut arcs = Vec::new();
    let mut seen = vec![0_usize; count];
    let mut clock = 0;
    let mut reaches = |out: &[Vec<usize>], from: usize, to: usize| {
        clock += 1;
        let mut stack = vec![from];
        while let Some(variable) = stack.pop() {
            if variable == to {
                return true;
            }
            if seen.at(variable) != clock {
                seen.put(variable, clock);
                stack.extend_from_slice(out.row(variable));
            }
        }
        false
    };
    for index in order {
        let link = problem.links.at(index);
        if link.source == link.target || problem.is_inner(&link) {
            continue;
        }
        let weight = if problem.common(problem.home(link.source), problem.home(link.target)) == 0 { 1 } else { 2 };
        let forward = (variables.leaves(link.source), variables.enters(link.target));
        let backward = (variables.leaves(link.target), variables.enters(link.source));
        for (tail, head) in [forward, backward] {
            if !reaches(&out, head, tail) {
                out.add(tail, head);
                arcs.push(Directed { tail, head, weight });
                break;
            }
        }
    }
    arcs
}

/// Ranks of nodes that edges connect, from 0.
fn rank_part(
    problem: &Problem,
    variables: &Variables,
    part: &[usize],
    directed: &[Directed],
    value: &mut [i32],
    budget: &mut usize,
) -> Option<()> {
    let mut local = vec![usize::MAX; value.len()];
    let mut global = Vec::new();
    let mut index_of = |variable: usize, global: &mut Vec<usize>| {
        if local.at(variable) == usize::MAX {
            local.put(variable, global.len());
            global.push(variable);
        }
        local.at(variable)
    };
    let mut arcs = Vec::new();
    let mut opened = vec![false; problem.groups.len()];
    for &node in part {
        let inner = index_of(node, &mut global);
        let mut group = problem.nodes.at(node).group;
        let (mut first, mut last) = (inner, inner);
        while group != 0 {
            let (outer_first, outer_last) = (index_of(variables.first(group), &mut global), index_of(variables.last(group), &mut global));
            arcs.push(Arc { tail: outer_first, head: first, length: 0, weight: 0 });
            arcs.push(Arc { tail: last, head: outer_last, length: 0, weight: 0 });
            if opened.at(group) {
                break;
            }
            opened.put(group, true);
            // Short frames: a small price on every rank they span.
            arcs.push(Arc { tail: outer_first, head: outer_last, length: 0, weight: 1 });
            (first, last) = (outer_first, outer_last);
            group = problem.area(group).parent;
        }
    }
    for arc in directed {
        let (tail, head) = (local.at(arc.tail), local.at(arc.head));
        if tail != usize::MAX && head != usize::MAX {
            arcs.push(Arc { tail, head, length: 1, weight: arc.weight * 2 });
        }
    }
    let solved = simplex::solve(global.len(), &arcs, budget)?;
    let lowest = part.iter().map(|&node| solved.at(local.at(node))).min().unwrap_or(0);
    for &node in part {
        value.put(node, solved.at(local.at(node)) - lowest);
    }
    Some(())
}

/// Several parts within one frame that nothing connects: set beside each other and below each other, innermost frames first.
fn shelve(problem: &Problem, nodes: usize, parts: &[Vec<usize>], value: &mut [i32]) {
    let mut unions = Unions::new(nodes);
    let mut shift = Shift { unions: &mut unions, parts: parts.to_vec() };
    for part in parts.iter().filter(|part| part.len() > 1) {
        for &node in part {
            if let Some(&first) = part.first() {
                shift.unions.join(first, node);
            }
        }
    }
    for group in (0..problem.groups.len()).rev() {
        shift.shelve_group(problem, group, nodes, value);
    }
}

struct Shift<'a> {
    unions: &'a mut Unions,
    /// Members by representative.
    parts: Vec<Vec<usize>>,
}

impl Shift<'_> {
    fn shelve_group(&mut self, problem: &Problem, group: usize, nodes: usize, value: &mut [i32]) {
        let inside = |node: usize| problem.within(problem.nodes.at(node).group, group);
        let mut units: Vec<usize> = (0..nodes).filter(|&node| inside(node)).map(|node| self.unions.find(node)).collect();
        let mut seen = vec![false; nodes];
        units.retain(|&unit| !std::mem::replace(seen.get_mut(unit).unwrap_or(&mut false), true));
        if units.len() < 2 {
            return;
        }
        // Units that edges tie to something outside stay where they are.
        let (own, tied): (Vec<usize>, Vec<usize>) = units.iter().partition(|&&unit| self.parts.row(unit).iter().all(|&node| inside(node)));
        let measure = |members: &[usize], value: &[i32]| {
            let mut ranks: Vec<i32> = members.iter().copied().filter(|&node| inside(node)).map(|node| value.at(node)).collect();
            ranks.sort_unstable();
            let (first, last) = (ranks.first().copied().unwrap_or(0), ranks.last().copied().unwrap_or(0));
            let tallest = ranks.chunk_by(|a, b| a == b).map(<[i32]>::len).max().unwrap_or(1);
            (first, last - first + 1, i32::try_from(tallest).unwrap_or(i32::MAX))
        };
        let mut area = 0;
        let mut widest = 1;
        for &unit in &units {
            let (_, width, height) = measure(self.parts.row(unit), value);
            area += width * height;
            widest = widest.max(width);
        }
        // A frame about one and a half times as wide as high: a rank is some 210 px by 94 px for a node when they run
        // horizontally, 110 px by 190 px when they run vertically.
        let square = if problem.horizontal { area * 7 / 10 } else { area };
        let target = widest.max(square.max(1).isqrt() + i32::from(square.max(1).isqrt().pow(2) < square));
        let base = tied.first().map(|&unit| measure(self.parts.row(unit), value));
        let start = base.map_or(0, |(first, _, _)| first);
        let mut cursor = base.map_or(start, |(first, width, _)| first + width);
        let anchor = tied.first().or(own.first()).copied().unwrap_or(0);
        for &unit in &own {
            let (first, width, _) = measure(self.parts.row(unit), value);
            if cursor + width > start + target {
                cursor = start;
            }
            for node in self.parts.row(unit).to_vec() {
                value.put(node, value.at(node) - first + cursor);
            }
            cursor += width;
            self.merge(anchor, unit);
        }
    }

    fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.unions.find(a), self.unions.find(b));
        if a == b {
            return;
        }
        let mut members = self.parts.get_mut(a).map(std::mem::take).unwrap_or_default();
        members.extend(self.parts.get_mut(b).map(std::mem::take).unwrap_or_default());
        self.unions.join(a, b);
        let representative = self.unions.find(a);
        if let Some(place) = self.parts.get_mut(representative) {
            *place = members;
        }
    }
}
