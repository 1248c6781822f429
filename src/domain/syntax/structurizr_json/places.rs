//! Hand-made places of elements. Their boxes are larger than ours, so the plane shrinks, but never so far that boxes that stood
//! apart would overlap.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{
    layout::Point,
    model::ElementKey,
    syntax::structurizr_json::{
        Reading,
        value::{integer, list, text},
    },
};

/// The size of their boxes unless a style says otherwise, in px.
const THEIRS: (i64, i64) = (450, 300);
/// The largest box of ours.
const OURS: (i64, i64) = (200, 120);
/// Places further out are no places.
const FURTHEST: i64 = 1_000_000;

impl Reading {
    /// The places of a view's elements, the leftmost and topmost at 0; none where they were never placed.
    pub(super) fn places(&self, view: &Value) -> BTreeMap<ElementKey, Point> {
        let mut found: Vec<(ElementKey, i64, i64)> = Vec::new();
        for shown in list(view, "elements") {
            let key = text(shown, "id").and_then(|id| self.elements.get(&id));
            let (x, y) = (shown.get("x").and_then(integer), shown.get("y").and_then(integer));
            if let (Some(key), Some(x), Some(y)) = (key, x, y)
                && x.abs() <= FURTHEST
                && y.abs() <= FURTHEST
            {
                found.push((key.clone(), x, y));
            }
        }
        let together = found.windows(2).all(|pair| matches!(pair, [one, other] if (one.1, one.2) == (other.1, other.2)));
        if found.is_empty() || (together && (found.len() > 1 || found.iter().all(|(_, x, y)| *x == 0 && *y == 0))) {
            return BTreeMap::new();
        }
        // Elements of other sizes than usual may stand closer together.
        let (mut width, mut height) = THEIRS;
        for style in &self.styles {
            width = width.min(style.width.unwrap_or(width));
            height = height.min(style.height.unwrap_or(height));
        }
        // A fraction that keeps both sides apart: `up / down`.
        let (up, down) = if OURS.0 * height >= OURS.1 * width { (OURS.0, width) } else { (OURS.1, height) };
        let (left, top) = (found.iter().map(|place| place.1).min().unwrap_or(0), found.iter().map(|place| place.2).min().unwrap_or(0));
        let scaled = |value: i64| i32::try_from(value.saturating_mul(up) / down.max(1)).unwrap_or(i32::MAX);
        found.into_iter().map(|(key, x, y)| (key, Point { x: scaled(x - left), y: scaled(y - top) })).collect()
    }
}
