//! Statements from elsewhere: imported files, and the boards (layers, scenarios, steps) that wait until the first one is done.

use std::{collections::BTreeMap, rc::Rc};

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    syntax::d2::{
        MAX_BOARDS, MAX_BYTES, MAX_DEPTH,
        compile::{Compiler, ROOT},
        parse::{Entry, Statement, Value, parse},
        slip,
    },
};

/// A board that is still to be read.
pub(super) struct Pending {
    path: Vec<String>,
    statements: Rc<Vec<Statement>>,
    /// The board it begins from.
    base: Option<usize>,
    /// Each step begins from the one before it.
    after: bool,
    place: (String, Option<String>),
    span: Span,
}

impl Compiler<'_> {
    /// Hands over the statements of a file, or of a key in it.
    pub(super) fn within_import(&mut self, path: &[String], span: Span, read: &mut dyn FnMut(&mut Self, &[Statement])) {
        let Some((name, keys)) = path.split_first() else { return };
        let mut keys: Vec<&String> = keys.iter().collect();
        // The dot of the extension is no step into the file.
        if keys.first().is_some_and(|key| key.eq_ignore_ascii_case("d2")) {
            keys.remove(0);
        }
        let wanted = format!("{}.d2", name.trim_end_matches(".d2"));
        let resolved = resolve(&self.path, &wanted).filter(|path| self.sources.contains_key(path));
        let Some(resolved) = resolved else {
            self.say(
                Severity::Warning,
                "missing-file",
                span,
                [
                    &format!("The file `{}` is not at hand", wanted.chars().take(200).collect::<String>()),
                    "What stands in it is missing from the model.",
                    "Import it together with this file.",
                ],
            );
            self.lose("Imported file that is not at hand", span);
            return;
        };
        if self.including.contains(&resolved) || self.including.len() >= MAX_DEPTH {
            self.say(
                Severity::Error,
                "circular-include",
                span,
                [&format!("`{resolved}` imports itself"), "Reading it again would never end.", "Remove one of the imports."],
            );
            return;
        }
        let statements = self.load(&resolved);
        let mut inner: &[Statement] = &statements;
        for key in keys {
            let found = inner.iter().find_map(|statement| match statement {
                Statement::Entry(entry) if entry.ends.is_empty() => match entry.key.as_slice() {
                    [part] if part.text.eq_ignore_ascii_case(key) => entry.map.as_deref(),
                    _ => None,
                },
                _ => None,
            });
            inner = found.unwrap_or_default();
        }
        self.including.push(resolved.clone());
        let path = std::mem::replace(&mut self.path, resolved.clone());
        let file = self.file.replace(resolved);
        read(self, inner);
        self.path = path;
        self.file = file;
        self.including.pop();
    }

    /// The statements of a file of the project, read once.
    fn load(&mut self, path: &str) -> Rc<Vec<Statement>> {
        if let Some(known) = self.loaded.get(path) {
            return Rc::clone(known);
        }
        let text = self.sources.get(path).map_or("", String::as_str);
        let (statements, slips) = if text.len() > MAX_BYTES { (Vec::new(), Vec::new()) } else { parse(text) };
        for found in &slips {
            slip(self.draft, Some(path), found);
        }
        let statements = Rc::new(statements);
        self.loaded.insert(path.to_owned(), Rc::clone(&statements));
        statements
    }

    /// Remembers the boards of a `layers`, `scenarios` or `steps` map.
    pub(super) fn remember_boards(&mut self, kind: &str, entry: &Entry) {
        let Some(map) = &entry.map else {
            self.lose("Boards from elsewhere", entry.span);
            return;
        };
        let around = self.out.boards.get(self.board).map(|board| board.path.clone()).unwrap_or_default();
        for statement in map {
            let Statement::Entry(board) = statement else { continue };
            let Some(part) = board.key.first().filter(|_| board.ends.is_empty()) else { continue };
            if self.out.boards.len() + self.pending.len() >= MAX_BOARDS {
                self.lose("Board beyond the limit", board.span);
                continue;
            }
            let mut path = around.clone();
            path.push(part.text.clone());
            let base = (kind != "layers").then_some(self.board);
            let mut add = |compiler: &mut Self, statements: &[Statement]| {
                compiler.pending.push(Pending {
                    path: path.clone(),
                    statements: Rc::new(statements.to_vec()),
                    base,
                    after: kind == "steps",
                    place: (compiler.path.clone(), compiler.file.clone()),
                    span: board.span,
                });
            };
            match (&board.map, &board.value) {
                (Some(map), _) => add(self, map),
                (None, Some(Value::Import(path))) => self.within_import(path, board.span, &mut add),
                _ => add(self, &[]),
            }
        }
    }

    pub(super) fn boards(&mut self) {
        let mut done = 0;
        // The last step by the path of the board around it.
        let mut last_step: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        while done < self.pending.len() {
            let Some(next) = self.pending.get(done) else { break };
            let (path, statements, span, place) = (next.path.clone(), Rc::clone(&next.statements), next.span, next.place.clone());
            let around: Vec<String> = path.split_last().map(|(_, around)| around.to_vec()).unwrap_or_default();
            let base = if next.after { last_step.get(&around).copied().or(next.base) } else { next.base };
            let after = next.after;
            done += 1;
            let mut board = base.and_then(|base| self.out.boards.get(base)).cloned().unwrap_or_default();
            board.path = path;
            board.span = span;
            self.board = self.out.boards.len();
            self.out.boards.push(board);
            if after {
                last_step.insert(around, self.board);
            }
            (self.path, self.file) = place;
            self.map(&statements, ROOT, 0);
        }
    }
}

/// A path as seen from the folder of the file `from`; none where it leaves the project.
fn resolve(from: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
