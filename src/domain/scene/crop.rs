//! Mini diagrams: the part of a picture that a finding is about.

use std::collections::BTreeSet;

use super::{Connector, Scene};
use crate::domain::sort::Gather;
use crate::domain::{
    layout::{self, End, FrameKey, Graph, Point, Rect},
    model::{ElementKey, RelationKey, kind::Kind},
};

/// Around what is lit, in px.
const SURROUNDINGS: i32 = 44;
/// A crop is at least this large, so that a single element shows where it is.
const LEAST: (i32, i32) = (440, 176);
/// A crop larger than this would be unreadable beside a text: its parts are laid out alone.
const MOST: (i32, i32) = (860, 520);

pub(super) fn crop(scene: &Scene, around: &[ElementKey], relations: &[RelationKey]) -> Scene {
    let mut lit: BTreeSet<&ElementKey> = around.iter().gathered();
    let flagged = |connector: &Connector| relations.contains(&connector.relation);
    for connector in scene.connectors.iter().filter(|connector| flagged(connector)) {
        for end in [&connector.source, &connector.target] {
            match end {
                End::Node(key) => lit.insert(key),
                End::Frame(frame) => {
                    let element =
                        scene.boundaries.iter().find(|boundary| boundary.key == *frame).and_then(|boundary| boundary.element.as_ref());
                    element.is_some_and(|element| lit.insert(element))
                }
            };
        }
    }
    let mut picture = scene.clone();
    for shape in &mut picture.shapes {
        shape.lit = lit.contains(&shape.key);
    }
    for boundary in &mut picture.boundaries {
        boundary.lit = boundary.element.as_ref().is_some_and(|element| lit.contains(element));
    }
    let frame_lit = |frame: &FrameKey| picture.boundaries.iter().any(|boundary| boundary.lit && boundary.key == *frame);
    let end_lit = |end: &End| match end {
        End::Node(key) => lit.contains(key),
        End::Frame(frame) => frame_lit(frame),
    };
    // Without named relations, those between the lit parts; for a single part, all of its own.
    let alone = lit.len() == 1;
    let wanted: Vec<(bool, bool)> = scene
        .connectors
        .iter()
        .map(|connector| {
            let (source, target) = (end_lit(&connector.source), end_lit(&connector.target));
            let own = relations.is_empty() && if alone { source || target } else { source && target };
            (flagged(connector) || own, flagged(connector))
        })
        .collect();
    for (connector, (is_lit, is_flagged)) in picture.connectors.iter_mut().zip(wanted) {
        (connector.lit, connector.flagged) = (is_lit, is_flagged);
    }
    let Some(bounds) = bounds(&picture, alone) else {
        return picture;
    };
    let frames_lit = picture.boundaries.iter().any(|boundary| boundary.lit);
    if !frames_lit && !alone && (bounds.width > MOST.0 || bounds.height > MOST.1) {
        return apart(picture);
    }
    let wider = ((LEAST.0 - bounds.width) / 2).max(SURROUNDINGS);
    let higher = ((LEAST.1 - bounds.height) / 2).max(SURROUNDINGS);
    let window = Rect { x: bounds.x - wider, y: bounds.y - higher, width: bounds.width + 2 * wider, height: bounds.height + 2 * higher };
    picture.frame = within(&window, &scene.frame);
    let window = picture.frame;
    picture.shapes.retain(|shape| shape.rect.overlaps(&window));
    picture.boundaries.retain(|boundary| boundary.rect.overlaps(&window));
    picture.connectors.retain(|connector| {
        connector.points.windows(2).any(|pair| if let [a, b] = pair { line(*a, *b).grown(1).overlaps(&window) } else { false })
    });
    picture.dimming = picture.shapes.iter().any(|shape| !shape.lit);
    picture
}

/// Around everything lit. A single element also shows its own edges as far as they are near.
fn bounds(picture: &Scene, alone: bool) -> Option<Rect> {
    let shapes = picture.shapes.iter().filter(|shape| shape.lit).map(|shape| shape.rect);
    let frames = picture.boundaries.iter().filter(|boundary| boundary.lit).map(|boundary| boundary.rect);
    let core = shapes.chain(frames).reduce(|a, b| a.union(&b))?;
    let reach = core.grown(if alone { 160 } else { 4000 });
    let edges = picture.connectors.iter().filter(|connector| connector.lit);
    let pieces = edges.flat_map(|connector| {
        let lines = connector.points.windows(2).map(|pair| if let [a, b] = pair { line(*a, *b) } else { Rect::default() });
        lines.chain(connector.label.iter().map(|label| label.rect))
    });
    Some(pieces.filter(|piece| reach.contains(piece)).fold(core, |a, b| a.union(&b)))
}

fn line(a: Point, b: Point) -> Rect {
    Rect { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

/// Moved, and where it is too large cut, to lie inside.
fn within(window: &Rect, outer: &Rect) -> Rect {
    let (width, height) = (window.width.min(outer.width), window.height.min(outer.height));
    let x = window.x.clamp(outer.x, outer.right() - width);
    let y = window.y.clamp(outer.y, outer.bottom() - height);
    Rect { x, y, width, height }
}

/// The lit parts alone, laid out afresh within their frames.
fn apart(mut picture: Scene) -> Scene {
    picture.shapes.retain(|shape| shape.lit);
    picture.connectors.retain(|connector| connector.lit);
    let mut needed: BTreeSet<FrameKey> = picture.shapes.iter().filter_map(|shape| shape.boundary.clone()).gathered();
    for boundary in picture.boundaries.iter().rev() {
        if needed.contains(&boundary.key)
            && let Some(parent) = &boundary.parent
        {
            needed.insert(parent.clone());
        }
    }
    picture.boundaries.retain(|boundary| needed.contains(&boundary.key));
    let mut graph = Graph { direction: picture.direction, ..Graph::default() };
    for boundary in &picture.boundaries {
        let trust = boundary.trust.as_ref().map_or(0, |_| 160);
        let frame = layout::Frame { parent: boundary.parent.clone(), width: boundary.name_rect().width + 32 + trust };
        graph.frames.insert(boundary.key.clone(), frame);
    }
    for shape in &picture.shapes {
        let Rect { width, height, .. } = shape.rect;
        let middle = super::shape::middle(shape.kind, height);
        graph.nodes.insert(
            shape.key.clone(),
            layout::Node { width, height, middle, initiator: shape.kind == Kind::Person, frame: shape.boundary.clone() },
        );
    }
    for connector in &picture.connectors {
        let label = connector.label.as_ref().map(|label| (label.rect.width, label.rect.height));
        let edge = layout::Edge { source: connector.source.clone(), target: connector.target.clone(), label };
        graph.edges.insert(connector.key.clone(), edge);
    }
    picture.dimming = false;
    picture.settle(layout::layout(&graph, None));
    picture
}
