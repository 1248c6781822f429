//! A layout that is still right: known by an imprint of what it was made for, and carried to a browser as plain numbers.
//!
//! Most keys that people type change no box, and a page opens with the picture that the server drew: neither needs a layout.

use std::collections::BTreeMap;

use crate::domain::{
    layout::{End, Graph, Layout, Point, Rect, Route, within},
    model::ElementKey,
    sort::Gather,
};

/// Tells a graph with its pins from every other, the same on every machine: FNV-1a, 64 bits, over all it is made of.
pub(super) fn imprint(graph: &Graph, pins: &BTreeMap<ElementKey, Point>) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    hash.number(graph.direction as i32);
    for (key, node) in &graph.nodes {
        hash.text(key.as_str());
        for number in [node.width, node.height, node.middle, i32::from(node.initiator)] {
            hash.number(number);
        }
        hash.text(node.frame.as_ref().map_or("", |frame| &frame.0));
        if let Some(pin) = pins.get(key) {
            hash.number(within(pin.x));
            hash.number(within(pin.y));
        }
        hash.end();
    }
    hash.end();
    for (key, frame) in &graph.frames {
        hash.text(&key.0);
        hash.text(frame.parent.as_ref().map_or("", |parent| &parent.0));
        hash.number(frame.width);
    }
    hash.end();
    for (key, edge) in &graph.edges {
        hash.text(&key.0);
        for end in [&edge.source, &edge.target] {
            match end {
                End::Node(key) => hash.text(key.as_str()),
                End::Frame(key) => hash.text(&key.0),
            }
        }
        if let Some((width, height)) = edge.label {
            hash.number(width);
            hash.number(height);
        }
        hash.end();
    }
    hash.0
}

struct Hash(u64);

impl Hash {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn number(&mut self, number: i32) {
        number.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
        self.end();
    }

    /// No text holds this byte, so that what follows is not taken for a part of what went before.
    fn end(&mut self) {
        self.byte(0xff);
    }
}

/// The layout as numbers, for [`read`] with the same graph.
pub fn write(layout: &Layout, graph: &Graph) -> Vec<i32> {
    let Layout { made_for, width, height, coarse, origin, .. } = layout;
    let half = |bits: u64| u32::try_from(bits & 0xffff_ffff).unwrap_or_default().cast_signed();
    let mut numbers = vec![half(made_for >> 32), half(*made_for), *width, *height, i32::from(*coarse), origin.x, origin.y];
    let place = |rect: Option<&Rect>| rect.map_or([0; 4], |rect| [rect.x, rect.y, rect.width, rect.height]);
    for key in graph.nodes.keys() {
        numbers.extend(place(layout.nodes.get(key)));
        numbers.push(i32::from(layout.conflicts.contains(key)));
    }
    for key in graph.frames.keys() {
        numbers.extend(place(layout.groups.get(key)));
    }
    for key in graph.edges.keys() {
        let Some(route) = layout.edges.get(key) else {
            numbers.push(-1);
            continue;
        };
        numbers.push(i32::try_from(route.points.len()).unwrap_or_default());
        numbers.extend(route.points.iter().flat_map(|point| [point.x, point.y]));
        numbers.push(i32::from(route.label.is_some()));
        if route.label.is_some() {
            numbers.extend(place(route.label.as_ref()));
        }
    }
    numbers
}

/// The layout that numbers stand for; none if they are not of this graph with these pins.
pub fn read(numbers: &[i32], graph: &Graph, pins: &BTreeMap<ElementKey, Point>) -> Option<Layout> {
    let mut rest = numbers.iter().copied();
    let mut next = || rest.next();
    let [first, second] = [next()?, next()?].map(|half| u64::from(half.cast_unsigned()));
    let made_for = first << 32 | second;
    if made_for != imprint(graph, pins) {
        return None;
    }
    let mut layout = Layout { made_for, width: next()?, height: next()?, coarse: next()? == 1, ..Layout::default() };
    layout.direction = graph.direction;
    layout.origin = Point { x: next()?, y: next()? };
    let mut nodes = Vec::with_capacity(graph.nodes.len());
    for key in graph.nodes.keys() {
        nodes.push((key.clone(), Rect { x: next()?, y: next()?, width: next()?, height: next()? }));
        if next()? == 1 {
            layout.conflicts.push(key.clone());
        }
    }
    let mut groups = Vec::with_capacity(graph.frames.len());
    for key in graph.frames.keys() {
        groups.push((key.clone(), Rect { x: next()?, y: next()?, width: next()?, height: next()? }));
    }
    let mut edges = Vec::with_capacity(graph.edges.len());
    for key in graph.edges.keys() {
        let Ok(points) = usize::try_from(next()?) else { continue };
        let mut route = Route::default();
        for _ in 0..points {
            route.points.push(Point { x: next()?, y: next()? });
        }
        if next()? == 1 {
            route.label = Some(Rect { x: next()?, y: next()?, width: next()?, height: next()? });
        }
        edges.push((key.clone(), route));
    }
    layout.nodes = nodes.into_iter().gathered();
    layout.groups = groups.into_iter().gathered();
    layout.edges = edges.into_iter().gathered();
    Some(layout)
}
