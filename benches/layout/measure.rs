//! What a picture is measured by, whoever drew it: faults, crossings, size, and how far two pictures are apart.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "page coordinates are far below where numbers lose precision, and geometry has short names"
)]

use std::collections::{BTreeMap, BTreeSet};

use lintel::domain::layout::{End, FrameKey, Graph, Layout};

pub(crate) type At = [f64; 2];
/// Left, top, width, height.
pub(crate) type Box = [f64; 4];

/// A picture by names, in px.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picture {
    pub(crate) nodes: BTreeMap<String, Box>,
    pub(crate) frames: BTreeMap<String, Box>,
    pub(crate) routes: BTreeMap<String, Vec<At>>,
    pub(crate) labels: BTreeMap<String, Box>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) crossings: f64,
    /// Pairs of nodes; members outside their frame and strangers inside.
    pub(crate) node_overlaps: usize,
    pub(crate) frame_overlaps: usize,
    pub(crate) through_nodes: usize,
    pub(crate) through_frames: usize,
    /// Labels on nodes, on other labels, on lines of other edges.
    pub(crate) label_overlaps: usize,
    /// Two edges without a common end on top of each other, in px.
    pub(crate) on_top: f64,
    pub(crate) length: f64,
    pub(crate) bends: usize,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) missing: usize,
}

impl Picture {
    pub(crate) fn of(layout: &Layout) -> Self {
        let rect = |rect: &lintel::domain::layout::Rect| [rect.x, rect.y, rect.width, rect.height].map(f64::from);
        Self {
            nodes: layout.nodes.iter().map(|(key, at)| (key.0.clone(), rect(at))).collect(),
            frames: layout.groups.iter().map(|(key, at)| (name(key), rect(at))).collect(),
            routes: layout
                .edges
                .iter()
                .map(|(key, route)| (key.as_str().to_owned(), route.points.iter().map(|at| [f64::from(at.x), f64::from(at.y)]).collect()))
                .collect(),
            labels: layout.edges.iter().filter_map(|(key, route)| Some((key.as_str().to_owned(), rect(route.label.as_ref()?)))).collect(),
        }
    }
}

pub(crate) fn name(key: &FrameKey) -> String {
    key.as_str().trim_start_matches("group:").to_owned()
}

const CELL: f64 = 160.0;

struct Line {
    edge: usize,
    a: At,
    b: At,
}

fn cells(low: At, high: At) -> impl Iterator<Item = (i64, i64)> {
    let place = |value: f64| (value / CELL).floor() as i64;
    let (x, y) = (place(low[0])..=place(high[0]), place(low[1])..=place(high[1]));
    x.flat_map(move |x| y.clone().map(move |y| (x, y)))
}

fn overlap(a: &Box, b: &Box, slack: f64) -> bool {
    a[0] + slack < b[0] + b[2] && b[0] + slack < a[0] + a[2] && a[1] + slack < b[1] + b[3] && b[1] + slack < a[1] + a[3]
}

fn inside(inner: &Box, outer: &Box) -> bool {
    let slack = 0.5;
    inner[0] >= outer[0] - slack
        && inner[1] >= outer[1] - slack
        && inner[0] + inner[2] <= outer[0] + outer[2] + slack
        && inner[1] + inner[3] <= outer[1] + outer[3] + slack
}

/// The line runs through the inside of the box, by more than `slack` from its border.
fn enters(a: At, b: At, at: &Box, slack: f64) -> bool {
    let (low, high) = ([at[0] + slack, at[1] + slack], [at[0] + at[2] - slack, at[1] + at[3] - slack]);
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        if high[axis] <= low[axis] {
            return false;
        }
        let run = b[axis] - a[axis];
        if run.abs() < 1e-9 {
            if a[axis] < low[axis] || a[axis] > high[axis] {
                return false;
            }
            continue;
        }
        let (first, second) = ((low[axis] - a[axis]) / run, (high[axis] - a[axis]) / run);
        from = from.max(first.min(second));
        to = to.min(first.max(second));
    }
    to - from > 1e-9
}

/// Where two lines properly cross.
fn crossing(p: &Line, q: &Line) -> Option<At> {
    let (r, s) = ([p.b[0] - p.a[0], p.b[1] - p.a[1]], [q.b[0] - q.a[0], q.b[1] - q.a[1]]);
    let cross = r[0] * s[1] - r[1] * s[0];
    if cross.abs() < 1e-9 {
        return None;
    }
    let between = [q.a[0] - p.a[0], q.a[1] - p.a[1]];
    let t = (between[0] * s[1] - between[1] * s[0]) / cross;
    let u = (between[0] * r[1] - between[1] * r[0]) / cross;
    let open = |value: f64| value > 1e-7 && value < 1.0 - 1e-7;
    (open(t) && open(u)).then(|| [p.a[0] + t * r[0], p.a[1] + t * r[1]])
}

pub(crate) fn figures(graph: &Graph, picture: &Picture) -> Figures {
    let mut figures = Figures::default();
    // Parents by name, nodes and frames alike.
    let mut parent: BTreeMap<String, String> = BTreeMap::new();
    for (key, node) in &graph.nodes {
        node.frame.iter().for_each(|frame| drop(parent.insert(key.0.clone(), name(frame))));
    }
    for (key, frame) in &graph.frames {
        frame.parent.iter().for_each(|outer| drop(parent.insert(name(key), name(outer))));
    }
    let around = |start: &str| -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut up = parent.get(start);
        while let Some(frame) = up {
            found.insert(frame.clone());
            up = parent.get(frame);
        }
        found
    };
    let end = |end: &End| match end {
        End::Node(key) => key.0.clone(),
        End::Frame(key) => name(key),
    };
    let ends: BTreeMap<&str, (String, String)> =
        graph.edges.iter().map(|(key, edge)| (key.as_str(), (end(&edge.source), end(&edge.target)))).collect();
    figures.missing =
        graph.nodes.len() - picture.nodes.len().min(graph.nodes.len()) + graph.edges.len() - picture.routes.len().min(graph.edges.len());

    let nodes: Vec<(&String, &Box)> = picture.nodes.iter().collect();
    let mut grid: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (index, (_, at)) in nodes.iter().enumerate() {
        for cell in cells([at[0], at[1]], [at[0] + at[2], at[1] + at[3]]) {
            grid.entry(cell).or_default().push(index);
        }
    }
    let mut pairs = BTreeSet::new();
    for list in grid.values() {
        for (place, &a) in list.iter().enumerate() {
            pairs.extend(list.iter().skip(place + 1).filter(|&&b| overlap(nodes[a].1, nodes[b].1, 0.5)).map(|&b| (a, b)));
        }
    }
    figures.node_overlaps = pairs.len();

    let frames: Vec<(&String, &Box, BTreeSet<String>)> = picture.frames.iter().map(|(key, at)| (key, at, around(key))).collect();
    for (key, at) in &nodes {
        let own = around(key);
        figures.frame_overlaps +=
            frames.iter().filter(|(frame, area, _)| if own.contains(*frame) { !inside(at, area) } else { overlap(at, area, 0.5) }).count();
    }
    for (index, (key, at, own)) in frames.iter().enumerate() {
        figures.frame_overlaps += frames
            .iter()
            .skip(index + 1)
            .filter(|(other, area, others)| {
                if own.contains(*other) {
                    !inside(at, area)
                } else if others.contains(*key) {
                    !inside(area, at)
                } else {
                    overlap(at, area, 0.5)
                }
            })
            .count();
    }

    let edges: Vec<(&String, &Vec<At>)> = picture.routes.iter().collect();
    let mut lines = Vec::new();
    let (mut low, mut high) = ([f64::MAX; 2], [f64::MIN; 2]);
    let mut reach = |at: At| {
        for axis in 0..2 {
            low[axis] = low[axis].min(at[axis]);
            high[axis] = high[axis].max(at[axis]);
        }
    };
    for (edge, (_, points)) in edges.iter().enumerate() {
        for pair in points.windows(2).filter(|pair| (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]) > 0.0) {
            figures.length += (pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]);
            lines.push(Line { edge, a: pair[0], b: pair[1] });
        }
        figures.bends += points.len().saturating_sub(2);
        points.iter().for_each(|&at| reach(at));
    }
    for at in picture.nodes.values().chain(picture.frames.values()) {
        reach([at[0], at[1]]);
        reach([at[0] + at[2], at[1] + at[3]]);
    }
    (figures.width, figures.height) = (high[0] - low[0], high[1] - low[1]);

    let mut line_grid: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let (low, high) = ([line.a[0].min(line.b[0]), line.a[1].min(line.b[1])], [line.a[0].max(line.b[0]), line.a[1].max(line.b[1])]);
        for (x, y) in cells(low, high) {
            let area = [x as f64 * CELL - 1.0, y as f64 * CELL - 1.0, CELL + 2.0, CELL + 2.0];
            if enters(line.a, line.b, &area, 0.0) {
                line_grid.entry((x, y)).or_default().push(index);
            }
        }
    }
    let mut along = BTreeSet::new();
    for (&(x, y), list) in &line_grid {
        for (place, &first) in list.iter().enumerate() {
            let p = &lines[first];
            for &second in &list[place + 1..] {
                let q = &lines[second];
                if p.edge == q.edge {
                    continue;
                }
                if let Some(at) = crossing(p, q) {
                    figures.crossings += f64::from(u8::from(((at[0] / CELL).floor() as i64, (at[1] / CELL).floor() as i64) == (x, y)));
                }
                for axis in 0..2 {
                    let flat = |line: &Line| (line.a[axis] - line.b[axis]).abs() < 1e-6;
                    if flat(p) && flat(q) && (p.a[axis] - q.a[axis]).abs() < 1.0 && along.insert((first, second, axis)) {
                        let other = 1 - axis;
                        let from = p.a[other].min(p.b[other]).max(q.a[other].min(q.b[other]));
                        let to = p.a[other].max(p.b[other]).min(q.a[other].max(q.b[other]));
                        let (one, two) = (ends.get(edges[p.edge].0.as_str()), ends.get(edges[q.edge].0.as_str()));
                        let share = matches!((one, two), (Some(one), Some(two)) if one.0 == two.0 || one.1 == two.1);
                        if to > from + 2.0 && !share {
                            figures.on_top += to - from;
                        }
                    }
                }
            }
        }
    }

    for (key, points) in &edges {
        let Some((source, target)) = ends.get(key.as_str()) else { continue };
        let mut hit = BTreeSet::new();
        let (mut from, mut to) = ([f64::MAX; 2], [f64::MIN; 2]);
        for pair in points.windows(2) {
            let low = [pair[0][0].min(pair[1][0]), pair[0][1].min(pair[1][1])];
            let high = [pair[0][0].max(pair[1][0]), pair[0][1].max(pair[1][1])];
            for axis in 0..2 {
                from[axis] = from[axis].min(low[axis]);
                to[axis] = to[axis].max(high[axis]);
            }
            for cell in cells(low, high) {
                for &node in grid.get(&cell).into_iter().flatten() {
                    if nodes[node].0 != source && nodes[node].0 != target && enters(pair[0], pair[1], nodes[node].1, 2.0) {
                        hit.insert(node);
                    }
                }
            }
        }
        figures.through_nodes += hit.len();
        if frames.is_empty() {
            continue;
        }
        let mut own = around(source);
        own.extend(around(target));
        own.extend([source.clone(), target.clone()]);
        let span = [from[0], from[1], to[0] - from[0], to[1] - from[1]];
        figures.through_frames += frames
            .iter()
            .filter(|(frame, area, _)| {
                !own.contains(*frame) && overlap(&span, area, -1.0) && points.windows(2).any(|pair| enters(pair[0], pair[1], area, 2.0))
            })
            .count();
    }

    let labels: Vec<(&String, &Box)> = picture.labels.iter().collect();
    let mut label_grid: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (index, (key, at)) in labels.iter().enumerate() {
        let (mut on_nodes, mut on_lines) = (BTreeSet::<usize>::new(), BTreeSet::<usize>::new());
        for cell in cells([at[0], at[1]], [at[0] + at[2], at[1] + at[3]]) {
            label_grid.entry(cell).or_default().push(index);
            on_nodes.extend(grid.get(&cell).into_iter().flatten().copied().filter(|&node| overlap(at, nodes[node].1, 1.0)));
            let near = line_grid.get(&cell).into_iter().flatten().map(|&line| &lines[line]);
            on_lines.extend(near.filter(|line| edges[line.edge].0 != *key && enters(line.a, line.b, at, 1.5)).map(|line| line.edge));
        }
        figures.label_overlaps += on_nodes.len() + on_lines.len();
    }
    let mut pairs = BTreeSet::new();
    for list in label_grid.values() {
        for (place, &a) in list.iter().enumerate() {
            pairs.extend(list.iter().skip(place + 1).filter(|&&b| overlap(labels[a].1, labels[b].1, 1.0)).map(|&b| (a, b)));
        }
    }
    figures.label_overlaps += pairs.len();
    figures
}

/// How far the second picture is from the first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Change {
    /// Share of nodes that moved by more than 2 px.
    pub(crate) moved: f64,
    /// Mean move as a share of the first picture's diagonal.
    pub(crate) distance: f64,
    /// Share of pairs whose order along an axis turned.
    pub(crate) inversions: f64,
}

/// `shifted`: a common shift of everything does not count.
pub(crate) fn change(before: &Picture, after: &Picture, shifted: bool) -> Change {
    let centre = |at: &Box| [at[0] + at[2] / 2.0, at[1] + at[3] / 2.0];
    let both: Vec<(At, At)> = before.nodes.iter().filter_map(|(key, at)| Some((centre(at), centre(after.nodes.get(key)?)))).collect();
    let median = |axis: usize| {
        let mut moves: Vec<f64> = both.iter().map(|(a, b)| b[axis] - a[axis]).collect();
        moves.sort_by(f64::total_cmp);
        moves.get(moves.len() / 2).copied().unwrap_or(0.0)
    };
    let shift = if shifted { [median(0), median(1)] } else { [0.0; 2] };
    let moves: Vec<f64> = both.iter().map(|(a, b)| (b[0] - a[0] - shift[0]).hypot(b[1] - a[1] - shift[1])).collect();
    let extent = |axis: usize| {
        let values = || before.nodes.values().map(move |at| at[axis]);
        values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
    };
    let (mut turned, mut total) = (0.0, 0.0);
    for (index, (a, b)) in both.iter().enumerate() {
        for (c, d) in &both[index + 1..] {
            for axis in 0..2 {
                let (old, new) = (a[axis] - c[axis], b[axis] - d[axis]);
                if old.abs() > 5.0 {
                    total += 1.0;
                    turned += f64::from(u8::from(old * new < 0.0 && new.abs() > 5.0));
                }
            }
        }
    }
    let count = moves.len().max(1) as f64;
    Change {
        moved: moves.iter().filter(|distance| **distance > 2.0).count() as f64 / count,
        distance: moves.iter().sum::<f64>() / count / extent(0).hypot(extent(1)).max(1.0),
        inversions: turned / f64::max(total, 1.0),
    }
}
