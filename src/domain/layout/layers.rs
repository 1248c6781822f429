//! Cells: everything that takes a place in a layer. Each group has layers of its own: one for each rank of its members, and
//! between two of them a label layer where at least one edge has its label. An edge becomes a strand: out of the frames around
//! its low end border by border, across the layers of the group where its ends meet, and into the frames around its high end,
//! with a cell in every layer it crosses on the way.

use super::{
    CELL_LIMIT,
    problem::{Link, Problem, Tip},
    rank::Ranking,
    table::{Column, Rows},
};
use crate::domain::sort;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    Node(usize),
    #[default]
    Bend,
    /// A bend that carries the label.
    Label,
}

/// Extents in px: `length` along the ranks, `before` and `after` the centre line across them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub(super) kind: CellKind,
    pub(super) list: usize,
    pub(super) length: i32,
    pub(super) before: i32,
    pub(super) after: i32,
    /// Room kept free after the cell.
    pub(super) margin: i32,
}

/// How a strand meets the thing at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hold {
    /// The last cell is the node.
    #[default]
    Node,
    /// The last cell lies inside the frame; the line is cut where it crosses the border.
    Across(usize),
    /// The frame lies around the strand; the line runs on to its border.
    Within(usize),
}

/// An edge through the layers, from its low to its high end.
#[derive(Clone, Debug, Default)]
pub(super) struct Strand {
    pub(super) link: usize,
    /// The edge's source is at the high end.
    pub(super) reversed: bool,
    pub(super) cells: Vec<usize>,
    /// For each step from cell to cell: the list after which the channel lies in which the step is made.
    pub(super) channels: Vec<usize>,
    pub(super) low: Hold,
    pub(super) high: Hold,
}

/// What stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Cell(usize),
    Group(usize),
}

#[derive(Debug, Default)]
pub(super) struct Layered {
    /// The nodes first, with the same indices.
    pub(super) cells: Vec<Cell>,
    /// The lists (layers) of each group follow each other: the first of each group, and the number of all at the end.
    pub(super) first: Vec<usize>,
    /// The group of each list.
    pub(super) owner: Vec<usize>,
    /// The list in which each group stands; meaningless for the sheet.
    pub(super) stands: Vec<usize>,
    /// Per list: carries labels, not members.
    pub(super) is_label: Vec<bool>,
    pub(super) strands: Vec<Strand>,
}

impl Layered {
    pub(super) fn lists(&self) -> usize {
        self.owner.len()
    }

    pub(super) fn last(&self, group: usize) -> usize {
        self.first.at(group + 1).saturating_sub(1)
    }

    pub(super) fn is_last(&self, list: usize) -> bool {
        self.last(self.owner.at(list)) == list
    }
}

/// Ports closer than this are not told apart; a side with more of them makes the node grow.
pub(super) const LEAST_PORT_GAP: i32 = 8;

/// None if there would be more than [`CELL_LIMIT`] cells.
pub(super) fn build(problem: &Problem, ranking: &Ranking) -> Option<Layered> {
    let groups = problem.groups.len();
    let gaps = label_gaps(problem, ranking);
    let mut layered = Layered::default();
    // The list of each rank of each group.
    let mut list_of: Vec<Vec<usize>> = Vec::with_capacity(groups);
    for group in 0..groups {
        layered.first.push(layered.owner.len());
        let mut own = Vec::new();
        if gaps.ahead.at(group) {
            layered.owner.push(group);
            layered.is_label.push(true);
        }
        for rank in 0..ranking.layers.at(group).max(1) {
            own.push(layered.owner.len());
            layered.owner.push(group);
            layered.is_label.push(false);
            if gaps.used.row(group).at(rank) > 0 {
                layered.owner.push(group);
                layered.is_label.push(true);
            }
        }
        list_of.push(own);
    }
    layered.first.push(layered.owner.len());
    let list = |group: usize, rank: usize| list_of.row(group).at(rank);
    layered.stands = (0..groups).map(|group| list(problem.area(group).parent, ranking.group.at(group))).collect();
    for (node, body) in problem.nodes.iter().enumerate() {
        layered.cells.push(Cell {
            kind: CellKind::Node(node),
            list: list(body.group, ranking.node.at(node)),
            length: body.length,
            before: body.before,
            after: body.after,
            margin: body.margin,
        });
    }
    for (index, link) in problem.links.iter().enumerate() {
        let Some(way) = way(problem, ranking, link) else { continue };
        let label = gaps.gap.get(index).copied().flatten().map(|(group, gap)| match gap {
            Gap::Ahead => layered.first.at(group),
            Gap::After(rank) => list(group, rank) + 1,
        });
        let cells = walk(problem, &mut layered, &way, link, label);
        let channels = channels(problem, &layered, &cells);
        if layered.cells.len() > CELL_LIMIT {
            return None;
        }
        layered.strands.push(Strand { link: index, reversed: way.reversed, cells, channels, low: way.low.1, high: way.high.1 });
    }
    grow(problem, &mut layered);
    Some(layered)
}

/// From where to where a strand runs.
struct Way {
    reversed: bool,
    low: (Tip, Hold),
    high: (Tip, Hold),
    /// The group where the ends meet.
    common: usize,
}

fn way(problem: &Problem, ranking: &Ranking, link: &Link) -> Option<Way> {
    let hold = |tip: Tip| match tip {
        Tip::Node(_) => Hold::Node,
        Tip::Group(group) => Hold::Across(group),
    };
    let end = |tip: Tip| (tip, hold(tip));
    if let Some((common, source, target)) = problem.meeting(link) {
        let reversed = ranking.of(source) > ranking.of(target);
        let (low, high) = if reversed { (link.target, link.source) } else { (link.source, link.target) };
        return Some(Way { reversed, low: end(low), high: end(high), common });
    }
    match (link.source, link.target) {
        (source, target) if source == target => None,
        (Tip::Group(group), target) if problem.within(problem.container(target), group) => {
            Some(Way { reversed: false, low: (link.source, Hold::Within(group)), high: end(target), common: group })
        }
        (source, Tip::Group(group)) => {
            Some(Way { reversed: false, low: end(source), high: (link.target, Hold::Within(group)), common: group })
        }
        _ => None,
    }
}

/// Between which ranks of a group a label goes.
#[derive(Clone, Copy, Debug)]
enum Gap {
    /// Before the first: for what runs from the border to a member of the first rank.
    Ahead,
    After(usize),
}

struct Gaps {
    /// For each link: where its label goes.
    gap: Vec<Option<(usize, Gap)>>,
    /// For each group: there are labels before its first rank.
    ahead: Vec<bool>,
    /// For each group and rank: the width of the labels after it.
    used: Vec<Vec<i32>>,
}

/// Labels go into a gap of the group where the ends meet: the only one, or for long edges where there are fewest labels. What
/// runs between a frame and something inside it has the gap at the border, too.
fn label_gaps(problem: &Problem, ranking: &Ranking) -> Gaps {
    let mut gaps = Gaps {
        gap: vec![None; problem.links.len()],
        ahead: vec![false; problem.groups.len()],
        used: (0..problem.groups.len()).map(|group| vec![0; ranking.layers.at(group).max(1)]).collect(),
    };
    let mut ways: Vec<(usize, usize, usize, usize, i32)> = Vec::new();
    for (index, link) in problem.links.iter().enumerate() {
        let Some((_, across)) = link.label else { continue };
        let Some(way) = way(problem, ranking, link) else { continue };
        let rank = |end: (Tip, Hold), other: usize| match end.1 {
            Hold::Within(_) => other,
            _ => ranking.of(problem.member(end.0, way.common)),
        };
        let low = rank(way.low, 0);
        let high = rank(way.high, ranking.layers.at(way.common).saturating_sub(1));
        let last = gaps.used.row(way.common).len().saturating_sub(1);
        if low < high {
            ways.push((high - low, index, way.common, low, across));
        } else if matches!(way.high.1, Hold::Within(_)) {
            // From the last rank to the border.
            ways.push((1, index, way.common, last, across));
        } else if matches!(way.low.1, Hold::Within(_)) {
            gaps.ahead.put(way.common, true);
            gaps.gap.put(index, Some((way.common, Gap::Ahead)));
        }
    }
    sort::by(&mut ways, Ord::cmp);
    for (length, index, group, low, across) in ways {
        let Some(used) = gaps.used.get_mut(group) else { continue };
        // A new label layer costs about as much as a few labels beside each other.
        let middle = low + (length - 1) / 2;
        let cost = |gap: usize| if used.at(gap) == 0 { 400 } else { used.at(gap) };
        let best = (low..low + length).min_by_key(|&gap| (cost(gap), gap.abs_diff(middle))).unwrap_or(low);
        used.put(best, used.at(best) + across.max(1));
        gaps.gap.put(index, Some((group, Gap::After(best))));
    }
    gaps
}

/// The cells of a strand; new ones are added for its bends.
fn walk(problem: &Problem, layered: &mut Layered, way: &Way, link: &Link, label: Option<usize>) -> Vec<usize> {
    let mut cells = Vec::new();
    let mut bend = |layered: &mut Layered, list: usize| {
        let cell = match link.label.filter(|_| label == Some(list)) {
            Some((length, across)) => {
                Cell { kind: CellKind::Label, list, length, before: across / 2, after: across - across / 2, margin: 0 }
            }
            None => Cell { list, ..Cell::default() },
        };
        cells.push(layered.cells.len());
        layered.cells.push(cell);
    };
    let mut from_node = None;
    let mut next = match way.low {
        (_, Hold::Within(group)) => layered.first.at(group),
        (tip, _) => {
            let mut list = match tip {
                Tip::Node(node) => {
                    from_node = Some(node);
                    layered.cells.at(node).list
                }
                Tip::Group(group) => {
                    let last = layered.last(group);
                    bend(layered, last);
                    last
                }
            };
            while layered.owner.at(list) != way.common {
                let group = layered.owner.at(list);
                for list in list + 1..=layered.last(group) {
                    bend(layered, list);
                }
                list = layered.stands.at(group);
            }
            list + 1
        }
    };
    // The groups around the high end, outermost last.
    let mut around = Vec::new();
    if !matches!(way.high.1, Hold::Within(_)) {
        let mut group = problem.home(way.high.0);
        while group != way.common && group != 0 {
            around.push(group);
            group = problem.area(group).parent;
        }
    }
    for &group in around.iter().rev() {
        for list in next..layered.stands.at(group) {
            bend(layered, list);
        }
        next = layered.first.at(group);
    }
    let (stop, to_node) = match way.high {
        (Tip::Group(group), Hold::Within(_)) => (layered.last(group) + 1, None),
        (Tip::Node(node), _) => (layered.cells.at(node).list, Some(node)),
        (Tip::Group(_), _) => (next + 1, None),
    };
    for list in next..stop {
        bend(layered, list);
    }
    from_node.into_iter().chain(cells).chain(to_node).collect()
}

/// The lists after which the channels lie in which a strand steps from cell to cell.
fn channels(problem: &Problem, layered: &Layered, cells: &[usize]) -> Vec<usize> {
    cells
        .windows(2)
        .map(|pair| {
            let list = |index: usize| layered.cells.at(pair.get(index).copied().unwrap_or_default()).list;
            let (mut low, high) = (list(0), list(1));
            let common = problem.common(layered.owner.at(low), layered.owner.at(high));
            while layered.owner.at(low) != common {
                low = layered.stands.at(layered.owner.at(low));
            }
            low
        })
        .collect()
}

/// Nodes with more edges on a side than fit become taller (or wider).
fn grow(problem: &Problem, layered: &mut Layered) {
    let count = problem.nodes.len();
    let mut sides: Vec<Vec<usize>> = vec![vec![0; count]; 2];
    for strand in &layered.strands {
        let ends = [(strand.cells.first(), strand.low), (strand.cells.last(), strand.high)];
        for ((cell, hold), side) in ends.into_iter().zip(&mut sides) {
            if let (Some(&cell), Hold::Node) = (cell, hold) {
                side.put(cell, side.at(cell) + 1);
            }
        }
    }
    for node in 0..count {
        let most = sides.row(0).at(node).max(sides.row(1).at(node));
        let needed = i32::try_from(most).unwrap_or(i32::MAX / 64).saturating_sub(1) * LEAST_PORT_GAP + 20;
        if let Some(cell) = layered.cells.get_mut(node) {
            let missing = needed - cell.before - cell.after;
            if missing > 0 {
                let half = (missing + 7) / 8 * 4;
                cell.before += half;
                cell.after += half;
            }
        }
    }
}
