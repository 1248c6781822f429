//! What keywords say of shapes and connections: labels, shapes, classes, tooltips. Looks are counted as lost.

use crate::domain::{
    model::view::Direction,
    syntax::d2::{
        compile::{Compiler, ROOT},
        parse::{Entry, Part, Statement, Value, Words},
    },
};

/// What a class gives to those that have it.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub(super) shape: Option<String>,
    pub(super) label: Option<String>,
    pub(super) dashed: bool,
}

/// The names of an entry: one, or a list.
fn names(entry: &Entry) -> Vec<String> {
    match &entry.value {
        Some(Value::Text(text)) => text.text.split(';').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        Some(Value::List(list)) => list.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        _ => Vec::new(),
    }
}

/// Dashes of a style: any length but zero.
fn is_dashed(text: &str) -> bool {
    !matches!(text.trim(), "" | "0" | "false")
}

impl Compiler<'_> {
    fn value(&mut self, entry: &Entry) -> Option<String> {
        match &entry.value {
            Some(Value::Text(text)) => Some(self.text(text)),
            _ => None,
        }
    }

    /// A keyword inside an object, or at the top of the page.
    pub(super) fn keyword(&mut self, place: usize, keyword: &str, rest: &[Part], entry: &Entry, depth: usize) {
        match keyword {
            "vars" | "classes" => {
                if rest.is_empty() {
                    return;
                }
                // `vars.x: y` is `vars: { x: y }`.
                let inner = Statement::Entry(Entry { key: rest.to_vec(), ..entry.clone() });
                if keyword == "vars" { self.variables.define(&[inner]) } else { self.define_classes(&[inner]) }
            }
            "layers" | "scenarios" | "steps" => {
                if place == ROOT && rest.is_empty() {
                    self.remember_boards(keyword, entry);
                } else {
                    self.lose("Boards inside a shape", entry.span);
                }
            }
            "direction" => self.direction(place, entry),
            "label" => {
                if let Some(Value::Text(text)) = entry.value.as_ref().filter(|_| rest.is_empty()) {
                    let said = self.text(text);
                    self.label(place, Words { text: said, ..text.clone() });
                }
                if !rest.is_empty() || entry.map.is_some() {
                    self.lose("Place of a label", entry.span);
                }
            }
            "style" => self.lose("Style of a shape", entry.span),
            "icon" => self.lose("Icon", entry.span),
            "width" | "height" | "top" | "left" => self.lose("Size or place of a shape", entry.span),
            "grid-rows" | "grid-columns" | "grid-gap" | "vertical-gap" | "horizontal-gap" => self.lose("Grid of a container", entry.span),
            "source-arrowhead" | "target-arrowhead" => self.lose("Arrowhead of no connection", entry.span),
            _ => self.fact(place, keyword, entry, depth),
        }
    }

    fn fact(&mut self, place: usize, keyword: &str, entry: &Entry, _depth: usize) {
        let value = self.value(entry).filter(|value| !value.trim().is_empty());
        let listed = names(entry);
        if keyword == "near" && value.as_ref().is_some_and(|near| !is_corner(near)) {
            self.lose("Place of a shape beside another one", entry.span);
            return;
        }
        let Some(object) = self.out.objects.get_mut(place) else { return };
        match keyword {
            "shape" => object.shape = value.map(|shape| shape.trim().to_lowercase()).or(object.shape.take()),
            "class" => {
                for name in listed {
                    if object.classes.len() < 100 && !object.classes.contains(&name) {
                        object.classes.push(name);
                    }
                }
            }
            "constraint" => object.constraint = listed,
            "tooltip" | "desc" => object.tooltip = value,
            "link" => object.link = value,
            "near" => object.near = value,
            _ => {}
        }
    }

    fn direction(&mut self, place: usize, entry: &Entry) {
        let direction = match self.value(entry).unwrap_or_default().trim().to_lowercase().as_str() {
            "right" => Direction::LeftRight,
            "left" => Direction::RightLeft,
            "up" => Direction::BottomTop,
            "down" => Direction::TopBottom,
            _ => return,
        };
        if place != ROOT {
            self.lose("Direction inside a container", entry.span);
            return;
        }
        if let Some(board) = self.out.boards.get_mut(self.board) {
            board.direction = Some(direction);
        }
    }

    /// The statements of a `classes` map.
    pub(super) fn define_classes(&mut self, statements: &[Statement]) {
        for statement in statements {
            let Statement::Entry(entry) = statement else { continue };
            let Some(name) = entry.key.first() else { continue };
            let mut class = self.out.classes.get(&name.text.to_lowercase()).cloned().unwrap_or_default();
            // `classes.x.shape: y` in one line, or a map.
            let rest = entry.key.get(1..).unwrap_or_default();
            if rest.is_empty() {
                for inner in entry.map.iter().flatten() {
                    if let Statement::Entry(inner) = inner {
                        self.class_entry(&mut class, &inner.key, inner);
                    }
                }
            } else {
                self.class_entry(&mut class, rest, entry);
            }
            self.out.classes.insert(name.text.to_lowercase(), class);
        }
    }

    fn class_entry(&mut self, class: &mut Class, key: &[Part], entry: &Entry) {
        let Some(first) = key.first() else { return };
        match first.text.to_lowercase().as_str() {
            "shape" => class.shape = self.value(entry).map(|shape| shape.trim().to_lowercase()),
            "label" => class.label = self.value(entry).filter(|label| !label.trim().is_empty()),
            "style" => {
                self.lose("Style of a class", entry.span);
                if let Some(dashes) = self.dashes(key.get(1..).unwrap_or_default(), entry) {
                    class.dashed = dashes;
                }
            }
            "icon" => self.lose("Icon", entry.span),
            "width" | "height" => self.lose("Size or place of a shape", entry.span),
            _ => {}
        }
    }

    /// Whether a style says that a line is dashed.
    fn dashes(&mut self, rest: &[Part], entry: &Entry) -> Option<bool> {
        if rest.first().is_some_and(|part| part.is("stroke-dash")) {
            return self.value(entry).map(|value| is_dashed(&value));
        }
        let mut found = None;
        for inner in entry.map.iter().flatten() {
            if let Statement::Entry(inner) = inner
                && inner.key.first().is_some_and(|part| part.is("stroke-dash"))
            {
                found = self.value(inner).map(|value| is_dashed(&value));
            }
        }
        found
    }

    /// The map of a connection.
    pub(super) fn connection_map(&mut self, index: usize, statements: &[Statement], depth: usize) {
        for statement in statements {
            let Statement::Entry(entry) = statement else { continue };
            let Some(first) = entry.key.first() else { continue };
            let word = first.text.to_lowercase();
            self.connection_keyword(index, &word, entry.key.get(1..).unwrap_or_default(), entry, depth);
        }
    }

    pub(super) fn connection_keyword(&mut self, index: usize, keyword: &str, rest: &[Part], entry: &Entry, _depth: usize) {
        match keyword {
            "style" => match self.dashes(rest, entry) {
                Some(dashed) => {
                    if dashed {
                        self.keep("Dashed line, as an asynchronous relation", entry.span);
                    }
                    if let Some(connection) = self.out.connections.get_mut(index) {
                        connection.dashed = dashed;
                    }
                }
                None => self.lose("Style of a connection", entry.span),
            },
            "label" => {
                let label = self.value(entry);
                if let Some(connection) = self.out.connections.get_mut(index) {
                    connection.label = label;
                }
            }
            "class" => {
                let names = names(entry);
                if let Some(connection) = self.out.connections.get_mut(index) {
                    connection.classes.extend(names.into_iter().take(100));
                }
            }
            "source-arrowhead" | "target-arrowhead" => self.lose("Shape or label of an arrowhead", entry.span),
            "icon" => self.lose("Icon", entry.span),
            "tooltip" | "link" => self.lose("Tooltip or link of a connection", entry.span),
            "shape" | "near" | "width" | "height" | "constraint" => self.lose("Look of a connection", entry.span),
            _ => self.lose("Shape inside a connection", entry.span),
        }
    }
}

/// A fixed place on the page, such as `top-center`.
pub(super) fn is_corner(near: &str) -> bool {
    let near = near.trim().to_lowercase();
    ["top-left", "top-center", "top-right", "center-left", "center-right", "bottom-left", "bottom-center", "bottom-right"]
        .contains(&near.as_str())
}
