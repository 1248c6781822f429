//! Cells: everything that takes a place in a layer. Nodes stand in node layers; between two of them lies a label layer where at
//! least one edge has its label. An edge becomes a strand with a cell in every layer from end to end.

use super::{
    CELL_LIMIT,
    problem::{Problem, Tip},
    rank::Ranking,
    table::{Column, Rows},
};

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
    pub(super) layer: usize,
    pub(super) group: usize,
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
    /// One in each layer from the first to the last.
    pub(super) cells: Vec<usize>,
    pub(super) low: Hold,
    pub(super) high: Hold,
}

#[derive(Debug, Default)]
pub(super) struct Layered {
    /// The nodes first, with the same indices.
    pub(super) cells: Vec<Cell>,
    pub(super) layers: usize,
    /// Per layer: carries labels, not nodes.
    pub(super) is_label_layer: Vec<bool>,
    /// The first and last layer of each group.
    pub(super) span: Vec<(usize, usize)>,
    pub(super) strands: Vec<Strand>,
}

/// One end of a strand before it has cells.
#[derive(Clone, Copy)]
struct Foot {
    tip: Tip,
    rank: usize,
    hold: Hold,
}

struct Plan {
    link: usize,
    reversed: bool,
    low: Foot,
    high: Foot,
    /// The label goes between this rank and the next.
    gap: Option<usize>,
}

/// Ports closer than this are not told apart; a side with more of them makes the node grow.
pub(super) const LEAST_PORT_GAP: i32 = 8;

/// None if there would be more than [`CELL_LIMIT`] cells.
pub(super) fn build(problem: &Problem, ranking: &Ranking) -> Option<Layered> {
    let ranks = ranking.rank.iter().max().map_or(0, |rank| rank + 1);
    let mut plans: Vec<Plan> = problem.links.iter().enumerate().filter_map(|(index, _)| plan(problem, ranking, index)).collect();
    let mut has_labels = vec![false; ranks];
    let labelled = |plan: &Plan| problem.links.at(plan.link).label.is_some() && plan.low.rank < plan.high.rank;
    for plan in plans.iter_mut().filter(|plan| labelled(plan) && plan.low.rank + 1 == plan.high.rank) {
        plan.gap = Some(plan.low.rank);
        has_labels.put(plan.low.rank, true);
    }
    for plan in plans.iter_mut().filter(|plan| labelled(plan) && plan.low.rank + 1 < plan.high.rank) {
        // Where labels stand anyway, near the middle; else in the middle.
        let middle = plan.low.rank.midpoint(plan.high.rank - 1);
        let gap =
            (plan.low.rank..plan.high.rank).filter(|&gap| has_labels.at(gap)).min_by_key(|gap| gap.abs_diff(middle)).unwrap_or(middle);
        plan.gap = Some(gap);
        has_labels.put(gap, true);
    }
    let mut layer_of = Vec::with_capacity(ranks);
    let mut layered = Layered::default();
    for rank in 0..ranks {
        layer_of.push(layered.is_label_layer.len());
        layered.is_label_layer.push(false);
        if has_labels.at(rank) {
            layered.is_label_layer.push(true);
        }
    }
    layered.layers = layered.is_label_layer.len();
    layered.span = ranking.span.iter().map(|&(first, last)| (layer_of.at(first), layer_of.at(last))).collect();
    for (node, body) in problem.nodes.iter().enumerate() {
        layered.cells.push(Cell {
            kind: CellKind::Node(node),
            layer: layer_of.at(ranking.rank.at(node)),
            group: body.group,
            length: body.length,
            before: body.before,
            after: body.after,
            margin: body.margin,
        });
    }
    let total: usize = plans.iter().map(|plan| layer_of.at(plan.high.rank) - layer_of.at(plan.low.rank) + 1).sum();
    if total + layered.cells.len() > CELL_LIMIT {
        return None;
    }
    for plan in &plans {
        strand(problem, &mut layered, &layer_of, plan);
    }
    grow(problem, &mut layered);
    Some(layered)
}

fn plan(problem: &Problem, ranking: &Ranking, index: usize) -> Option<Plan> {
    let link = problem.links.at(index);
    if link.source == link.target {
        return None;
    }
    let span = |tip: Tip| match tip {
        Tip::Node(node) => (ranking.rank.at(node), ranking.rank.at(node)),
        Tip::Group(group) => ranking.span.at(group),
    };
    let across = |tip: Tip| match tip {
        Tip::Node(_) => Hold::Node,
        Tip::Group(group) => Hold::Across(group),
    };
    let foot = |tip: Tip, rank: usize| Foot { tip, rank, hold: across(tip) };
    let (source, target) = (span(link.source), span(link.target));
    if let Tip::Group(group) = link.source
        && problem.within(problem.home(link.target), group)
    {
        let low = Foot { tip: link.source, rank: source.0, hold: Hold::Within(group) };
        return Some(Plan { link: index, reversed: false, low, high: foot(link.target, target.0), gap: None });
    }
    if let Tip::Group(group) = link.target
        && problem.within(problem.home(link.source), group)
    {
        let high = Foot { tip: link.target, rank: target.1, hold: Hold::Within(group) };
        return Some(Plan { link: index, reversed: false, low: foot(link.source, source.1), high, gap: None });
    }
    let plan = |low: (Tip, usize), high: (Tip, usize), reversed| {
        Some(Plan { link: index, reversed, low: foot(low.0, low.1), high: foot(high.0, high.1), gap: None })
    };
    if source.1 < target.0 {
        return plan((link.source, source.1), (link.target, target.0), false);
    }
    if target.1 < source.0 {
        return plan((link.target, target.1), (link.source, source.0), true);
    }
    // The ends lie beside each other: the line crosses from one to the other between two neighbouring ranks.
    for rank in source.0..=source.1 {
        if (target.0..=target.1).contains(&(rank + 1)) {
            return plan((link.source, rank), (link.target, rank + 1), false);
        }
        if rank > 0 && (target.0..=target.1).contains(&(rank - 1)) {
            return plan((link.target, rank - 1), (link.source, rank), true);
        }
    }
    None
}

fn strand(problem: &Problem, layered: &mut Layered, layer_of: &[usize], plan: &Plan) {
    let (first, last) = (layer_of.at(plan.low.rank), layer_of.at(plan.high.rank));
    let label_layer = plan.gap.map(|gap| layer_of.at(gap) + 1);
    let (low_home, high_home) = (problem.home(plan.low.tip), problem.home(plan.high.tip));
    let common = problem.common(low_home, high_home);
    let mut cells = Vec::with_capacity(last - first + 1);
    for layer in first..=last {
        let foot = match layer {
            _ if layer == first && !matches!(plan.low.hold, Hold::Within(_)) => Some(plan.low),
            _ if layer == last && !matches!(plan.high.hold, Hold::Within(_)) => Some(plan.high),
            _ => None,
        };
        let group = match foot {
            Some(Foot { tip: Tip::Node(node), .. }) => {
                cells.push(node);
                continue;
            }
            Some(Foot { tip: Tip::Group(group), .. }) => group,
            None => {
                // Stay in the frames of the low end as long as they last, then enter those of the high end as they begin.
                let mut low = low_home;
                while low != common && layered.span.at(low).1 < layer {
                    low = problem.area(low).parent;
                }
                let mut high = high_home;
                while high != common && layered.span.at(high).0 > layer {
                    high = problem.area(high).parent;
                }
                if high == common || (low != common && layer - first <= last - layer) { low } else { high }
            }
        };
        let label = problem.links.at(plan.link).label.filter(|_| label_layer == Some(layer) && foot.is_none());
        let cell = match label {
            Some((length, across)) => {
                Cell { kind: CellKind::Label, layer, group, length, before: across / 2, after: across - across / 2, margin: 0 }
            }
            None => Cell { layer, group, ..Cell::default() },
        };
        cells.push(layered.cells.len());
        layered.cells.push(cell);
    }
    layered.strands.push(Strand { link: plan.link, reversed: plan.reversed, cells, low: plan.low.hold, high: plan.high.hold });
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
