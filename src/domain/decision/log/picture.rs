//! The decision graph as a picture: records laid out by our own engine, the older left of the newer, each a link to its page.
//!
//! Only classes and presentation attributes; the colours are the page's. Records stand in the order of the log, which is the
//! order in which keys reach them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    decision::{
        LinkKind,
        log::{
            graph::{Arrow, Graph, Node},
            view::relation,
        },
        status::Status,
    },
    layout::{self, Edge, EdgeKey, End, Point, Rect},
    model::{ElementKey, RelationKey, view::Direction},
    scene::{
        svg::{escape, path, put},
        text::{Type, clean, fit, width, wrap},
    },
};

/// A record's box.
const WIDTH: i32 = 188;
const PADDING: i32 = 12;
/// With one line of title, and for each further one.
const HEIGHT: i32 = 48;
const LINE: i32 = 16;
/// Around the drawing.
const MARGIN: i32 = 12;

/// What of a graph is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Drawn, linked to others that are drawn.
    pub linked: BTreeSet<usize>,
    /// Wanted, too, but linked to none of them: for a list beside the picture.
    pub alone: BTreeSet<usize>,
}

/// The part of a graph whose records fit, or lie at most `steps` links from one record and fit; that one always.
pub fn part(graph: &Graph, fits: &dyn Fn(&Node) -> bool, around: Option<(usize, usize)>) -> Part {
    let near = around.map(|(from, steps)| neighbourhood(graph, from, steps));
    let wanted = |index: &usize| {
        let centre = around.is_some_and(|(from, _)| from == *index);
        (centre || graph.nodes.get(*index).is_some_and(fits)) && near.as_ref().is_none_or(|near| near.contains(index))
    };
    let wanted: BTreeSet<usize> = (0..graph.nodes.len()).filter(wanted).collect();
    let drawn = graph.arrows.iter().filter(|arrow| wanted.contains(&arrow.from) && wanted.contains(&arrow.to));
    let linked: BTreeSet<usize> = drawn.flat_map(|arrow| [arrow.from, arrow.to]).collect();
    let alone = wanted.difference(&linked).copied().collect();
    Part { linked, alone }
}

fn neighbourhood(graph: &Graph, from: usize, steps: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([from]);
    for _ in 0..steps {
        let beside = graph.arrows.iter().filter_map(|arrow| match (found.contains(&arrow.from), found.contains(&arrow.to)) {
            (true, false) => Some(arrow.to),
            (false, true) => Some(arrow.from),
            _ => None,
        });
        let beside: Vec<usize> = beside.collect();
        if beside.is_empty() {
            break;
        }
        found.extend(beside);
    }
    found
}

/// Draws the linked records of a part as SVG; empty where there are none. `page` gives a record's address, `centre` is set apart.
pub fn svg(graph: &Graph, part: &Part, centre: Option<usize>, page: &dyn Fn(usize) -> String) -> String {
    let nodes: BTreeMap<usize, Card> =
        part.linked.iter().filter_map(|index| graph.nodes.get(*index).map(|node| (*index, Card::of(node)))).collect();
    let arrows: Vec<(usize, &Arrow)> =
        graph.arrows.iter().enumerate().filter(|(_, arrow)| nodes.contains_key(&arrow.from) && nodes.contains_key(&arrow.to)).collect();
    if nodes.is_empty() {
        return String::new();
    }
    let placed = layout::layout(&measured(&nodes, &arrows), None);
    let mut out = String::with_capacity(1024 + 600 * (nodes.len() + arrows.len()));
    let (left, top) = (placed.origin.x - MARGIN, placed.origin.y - MARGIN);
    let (wide, high) = (placed.width + 2 * MARGIN, placed.height + 2 * MARGIN);
    let words = format!("Decision graph: {} decisions, {} links", nodes.len(), arrows.len());
    put(
        &mut out,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="adrgraph" width="{wide}" height="{high}" viewBox="{left} {top} {wide} {high}" role="group" aria-label="{words}">"#
        ),
    );
    for (index, arrow) in &arrows {
        if let Some(route) = placed.edges.get(&edge_key(*index)) {
            draw_arrow(&mut out, graph, arrow, &route.points, route.label);
        }
    }
    for (index, node) in &nodes {
        if let (Some(record), Some(rect)) = (graph.nodes.get(*index), placed.nodes.get(&node_key(*index))) {
            draw_node(&mut out, record, node, rect, centre == Some(*index), &page(*index));
        }
    }
    out.push_str("</svg>");
    out
}

/// A record as it is drawn.
struct Card {
    lines: Vec<String>,
    /// Number and status.
    meta: String,
    height: i32,
}

impl Card {
    fn of(node: &Node) -> Self {
        let lines = wrap(&clean(&node.title), Type::Name, WIDTH - 2 * PADDING);
        let status = node.status.map_or("No status", Status::name);
        let meta = node.number.map_or_else(|| status.to_owned(), |number| format!("ADR-{number:04} · {status}"));
        let more = i32::try_from(lines.len().saturating_sub(1)).unwrap_or(0);
        Self { lines, meta: fit(&meta, Type::Small, WIDTH - 2 * PADDING), height: HEIGHT + more * LINE }
    }
}

fn node_key(index: usize) -> ElementKey {
    ElementKey(format!("{index:06}"))
}

fn edge_key(index: usize) -> EdgeKey {
    EdgeKey::relation(&RelationKey(format!("{index:06}")))
}

fn label_of(arrow: &Arrow) -> &'static str {
    relation(arrow.kind, arrow.pending)
}

/// The graph for the layout: edges run from the older record to the newer, so that time runs to the right.
fn measured(nodes: &BTreeMap<usize, Card>, arrows: &[(usize, &Arrow)]) -> layout::Graph {
    let node = |(index, node): (&usize, &Card)| {
        let measured = layout::Node { width: WIDTH, height: node.height, middle: node.height / 2, initiator: false, frame: None };
        (node_key(*index), measured)
    };
    let edge = |(index, arrow): &(usize, &Arrow)| {
        let label = Some((width(label_of(arrow), Type::Small) + 10, 18));
        (edge_key(*index), Edge { source: End::Node(node_key(arrow.to)), target: End::Node(node_key(arrow.from)), label })
    };
    layout::Graph {
        nodes: nodes.iter().map(node).collect(),
        frames: indexmap::IndexMap::new(),
        edges: arrows.iter().map(edge).collect(),
        direction: Direction::LeftRight,
    }
}

fn draw_arrow(out: &mut String, graph: &Graph, arrow: &Arrow, points: &[Point], label: Option<Rect>) {
    let named = |index: usize| graph.nodes.get(index).map(spoken_name).unwrap_or_default();
    let words = label_of(arrow);
    let class = match (arrow.kind, arrow.pending) {
        (LinkKind::Supersedes, true) => "adrlink adrlink--pending",
        (LinkKind::Supersedes, false) => "adrlink adrlink--supersedes",
        _ => "adrlink",
    };
    // The picture of the way goes from the newer record, which does something, to the older.
    let back: Vec<Point> = points.iter().rev().copied().collect();
    put(
        out,
        format_args!(
            r#"<g class="{class}"><title>{} {words} {}</title><path class="adrlink__line" d="{}"/>"#,
            escape(&named(arrow.from)),
            escape(&named(arrow.to)),
            path(&back)
        ),
    );
    if let Some((tip, before)) = back.last().copied().zip(back.len().checked_sub(2).and_then(|at| back.get(at)).copied())
        && arrow.kind != LinkKind::RelatesTo
    {
        let (dx, dy) = ((tip.x - before.x).signum(), (tip.y - before.y).signum());
        let base = Point { x: tip.x - 8 * dx, y: tip.y - 8 * dy };
        put(
            out,
            format_args!(
                r#"<path class="adrlink__tip" d="M{} {}L{} {}L{} {}z"/>"#,
                tip.x,
                tip.y,
                base.x + 4 * dy,
                base.y + 4 * dx,
                base.x - 4 * dy,
                base.y - 4 * dx
            ),
        );
    }
    if let Some(rect) = label {
        put(
            out,
            format_args!(
                r#"<rect class="adrlink__plate" x="{}" y="{}" width="{}" height="{}" rx="4"/><text class="adrlink__words" x="{}" y="{}" text-anchor="middle">{words}</text>"#,
                rect.x,
                rect.y,
                rect.width,
                rect.height,
                rect.x + rect.width / 2,
                rect.y + 13
            ),
        );
    }
    out.push_str("</g>");
}

fn draw_node(out: &mut String, record: &Node, node: &Card, rect: &Rect, centre: bool, page: &str) {
    let status = record.status.map_or("none", Status::slug);
    let spoken = format!("{}, {}", spoken_name(record), record.status.map_or("no status", Status::slug));
    let class = if centre { " is-centre" } else { "" };
    let Rect { x, y, width, height } = *rect;
    put(
        out,
        format_args!(
            r#"<a class="adrnode adrnode--{status}{class}" href="{}" aria-label="{}"><title>{}</title><rect class="adrnode__box" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/><rect class="adrnode__bar" x="{x}" y="{}" width="4" height="{}" rx="2"/>"#,
            escape(page),
            escape(&spoken),
            escape(&record.title),
            y + 8,
            height - 16
        ),
    );
    for (index, line) in (0..).zip(&node.lines) {
        put(out, format_args!(r#"<text class="adrnode__title" x="{}" y="{}">{}</text>"#, x + PADDING, y + 20 + index * LINE, escape(line)));
    }
    put(out, format_args!(r#"<text class="adrnode__meta" x="{}" y="{}">{}</text></a>"#, x + PADDING, y + height - 11, escape(&node.meta)));
}

/// `ADR-0007 Use NATS`
fn spoken_name(node: &Node) -> String {
    let title = clean(&node.title);
    node.number.map_or_else(|| title.clone(), |number| format!("ADR-{number:04} {title}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{
        log::{Log, graph::graph},
        template::project::Roles,
    };

    fn sample() -> Graph {
        let files = [
            ("adr/0001-a.md", "# 1. Use <b>files</b> & \"folders\"\n\n## Status\n\nSuperseded by [3](0003-c.md)\n"),
            ("adr/0002-b.md", "# 2. B\n\n## Status\n\nAccepted\n\nAmends [3](0003-c.md)\n"),
            ("adr/0003-c.md", "# 3. C\n\n## Status\n\nAccepted\n\nSupersedes [1](0001-a.md)\n"),
            ("adr/0004-d.md", "# 4. D\n\n## Status\n\nProposed\n\nSupersedes [2](0002-b.md)\n"),
            ("adr/0005-e.md", "# 5. E\n"),
        ];
        let log = Log::read(files.map(|(path, text)| (path.to_owned(), text.to_owned())), &Roles::default());
        graph(&log.entries(), false)
    }

    #[test]
    fn linked_records_are_drawn_and_the_others_listed() {
        let graph = sample();
        let whole = part(&graph, &|_| true, None);
        assert_eq!((whole.linked.len(), whole.alone.iter().copied().collect::<Vec<_>>()), (4, vec![4]));
        let svg = svg(&graph, &whole, Some(1), &|index| format!("/x/{index}?a=1&b=2"));
        assert_eq!(svg.matches("<a class=\"adrnode").count(), 4);
        assert_eq!(svg.matches("adrlink__line").count(), 3);
        assert!(svg.contains("will supersede") && svg.contains("adrlink--pending") && svg.contains("is-centre"), "{svg}");
        assert!(svg.contains("href=\"/x/0?a=1&amp;b=2\"") && !svg.contains("<b>") && !svg.contains("style="), "{svg}");
        // Keys reach the records in the order of the log.
        let order: Vec<usize> = ["/x/0", "/x/1", "/x/2", "/x/3"].iter().filter_map(|page| svg.find(page)).collect();
        assert!(order.is_sorted() && order.len() == 4);
    }

    #[test]
    fn parts_are_by_status_and_nearness() {
        let graph = sample();
        let accepted = part(&graph, &|node| node.status == Some(Status::Accepted), None);
        assert_eq!(accepted.linked, BTreeSet::from([1, 2]));
        let near = part(&graph, &|_| true, Some((0, 1)));
        assert_eq!(near.linked, BTreeSet::from([0, 2]));
        assert_eq!(part(&graph, &|_| true, Some((0, 2))).linked, BTreeSet::from([0, 1, 2]));
        let lonely = part(&graph, &|_| true, Some((4, 3)));
        assert_eq!((lonely.linked.len(), lonely.alone), (0, BTreeSet::from([4])));
        assert_eq!(svg(&graph, &Part::default(), None, &|_| String::new()), "");
    }

    #[test]
    fn boxes_never_overlap_and_time_runs_to_the_right() {
        let graph = sample();
        let svg = svg(&graph, &part(&graph, &|_| true, None), None, &|index| index.to_string());
        let number = |text: &str, name: &str| -> i32 {
            text.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
        };
        let boxes: Vec<Rect> = svg
            .split("adrnode__box")
            .skip(1)
            .map(|rest| Rect { x: number(rest, "x"), y: number(rest, "y"), width: number(rest, "width"), height: number(rest, "height") })
            .collect();
        for (at, one) in boxes.iter().enumerate() {
            assert!(boxes.iter().skip(at + 1).all(|other| !one.overlaps(other)), "{boxes:?}");
        }
        assert!(boxes[0].x < boxes[2].x && boxes[2].x < boxes[1].x && boxes[1].x < boxes[3].x, "{boxes:?}");
    }
}
