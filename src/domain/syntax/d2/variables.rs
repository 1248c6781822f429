//! Variables: values by dotted name, looked up from the innermost map outwards.

use std::{collections::BTreeMap, rc::Rc};

use crate::domain::syntax::d2::{
    MAX_DEPTH, MAX_TEXT,
    parse::{ESCAPED_DOLLAR, Entry, Statement, Value},
};

/// A variable: a text, a map to spread, or more variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Variable {
    pub(super) text: Option<String>,
    /// The statements of its map.
    pub(super) map: Option<Rc<Vec<Statement>>>,
    inner: BTreeMap<String, Variable>,
}

/// The variables of each map around a statement, outermost first.
#[derive(Debug, Default)]
pub(super) struct Variables {
    scopes: Vec<Variable>,
    /// Bytes put in so far.
    spent: usize,
}

impl Variables {
    pub(super) fn enter(&mut self) {
        self.scopes.push(Variable::default());
    }

    pub(super) fn leave(&mut self) {
        self.scopes.pop();
    }

    /// Takes over a `vars` map into the innermost scope.
    pub(super) fn define(&mut self, statements: &[Statement]) {
        let Some(mut scope) = self.scopes.pop() else { return };
        self.fill(&mut scope, statements, 0);
        self.scopes.push(scope);
    }

    fn fill(&mut self, into: &mut Variable, statements: &[Statement], depth: usize) {
        for statement in statements {
            match statement {
                Statement::Entry(entry) if entry.ends.is_empty() && depth < MAX_DEPTH => self.fill_entry(into, entry, depth),
                Statement::SpreadVariable(name, _) => {
                    if let Some(map) = self.find(name).and_then(|found| found.map.clone()).filter(|_| depth < MAX_DEPTH) {
                        self.fill(into, &map, depth + MAX_DEPTH / 4);
                    }
                }
                _ => {}
            }
        }
    }

    fn fill_entry(&mut self, into: &mut Variable, entry: &Entry, depth: usize) {
        let mut place = into;
        for part in entry.key.iter().take(MAX_DEPTH) {
            place = place.inner.entry(part.text.to_lowercase()).or_default();
        }
        if let Some(Value::Text(text)) = &entry.value {
            let value = if text.raw { text.text.clone() } else { self.put_in(&text.text, &mut |_| {}) };
            place.text = Some(value);
        }
        if let Some(map) = &entry.map {
            place.map = Some(Rc::new(map.clone()));
            self.fill(place, map, depth + 1);
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        let parts: Vec<String> = name.split('.').map(|part| part.trim().to_lowercase()).collect();
        self.scopes.iter().rev().find_map(|scope| {
            let mut place = scope;
            for part in &parts {
                place = place.inner.get(part)?;
            }
            Some(place)
        })
    }

    /// Puts values in for `${name}`; `unknown` hears of names without one, which stay as written.
    pub(super) fn put_in(&mut self, text: &str, unknown: &mut dyn FnMut(&str)) -> String {
        if !text.contains("${") {
            return text.replace(ESCAPED_DOLLAR, "$");
        }
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            result.push_str(rest.get(..at).unwrap_or(""));
            let inner = rest.get(at + 2..).unwrap_or("");
            let Some(length) = inner.find('}') else {
                rest = rest.get(at..).unwrap_or("");
                break;
            };
            let name = inner.get(..length).unwrap_or("");
            let value = self.find(name).and_then(|found| found.text.clone()).filter(|_| self.spent < 16 * MAX_TEXT);
            if let Some(value) = value {
                self.spent += value.len();
                result.push_str(&value);
            } else {
                unknown(name);
                result.push_str(rest.get(at..at + length + 3).unwrap_or(""));
            }
            rest = inner.get(length + 1..).unwrap_or("");
        }
        result.push_str(rest);
        let mut result = result.replace(ESCAPED_DOLLAR, "$");
        result.truncate(result.floor_char_boundary(MAX_TEXT));
        result
    }
}
