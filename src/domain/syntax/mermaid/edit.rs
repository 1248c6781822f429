//! Gestures as the smallest edits of the text.
//!
//! Every gesture is worked out on the tree and chart of the text, then read back: an edit that would change anything else
//! becomes a refusal. One file per area: [`place`] (where lines go), [`words`] (labels, kinds), [`facts`] (properties),
//! [`references`] (identifiers, `linkStyle`), [`remove`] (deletion, connections), [`structure`] (new nodes, boundaries, moves),
//! [`sheet`] (title, direction). To add a gesture: one arm in [`edit`].

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::{Level, Span},
    model::{ElementKey, GroupKey, RelationKey},
    syntax::{
        Parsed, Sources, TextEdit, apply,
        gesture::{Gesture, Home, Outcome, Refusal, Subject},
        mermaid::{
            MAX_BYTES,
            chart::{Edge, Thing},
            lower::{Reading, VIEW, read},
        },
    },
};

mod facts;
mod place;
mod references;
mod remove;
mod sheet;
mod structure;
mod words;

/// What a gesture comes to in this text.
pub fn edit(_path: &str, text: &str, _sources: &Sources, gesture: &Gesture) -> Result<Outcome, Refusal> {
    if text.len() > MAX_BYTES {
        return Err(Refusal::new("This file is too large to edit here", "Split the diagram."));
    }
    let mut editor = Editor { text, reading: read(text), edits: Vec::new(), removed: Vec::new(), select: None };
    match gesture {
        Gesture::Add { kind, name, home, .. } => editor.add(*kind, name, home)?,
        Gesture::Enclose { name, home, elements } => editor.enclose(name, home, elements)?,
        Gesture::Connect { source, target, description, technology } => {
            editor.connect(source, target, description.as_deref(), technology.as_deref())?;
        }
        Gesture::Reconnect { relation, source, target } => editor.reconnect(relation, source, target)?,
        Gesture::Rename { subject, name } => editor.rename(subject, name)?,
        Gesture::Name { element, name } => editor.rename(&Subject::Element(element.clone()), name)?,
        Gesture::RenameIdentifier { element, identifier } => editor.rename_identifier(element, identifier)?,
        Gesture::Describe { subject, description } => editor.describe(subject, description.as_deref())?,
        Gesture::SetTechnology { subject, technology } => editor.set_technology(subject, technology.as_deref())?,
        Gesture::SetKind { element, kind } => editor.set_kind(element, *kind)?,
        Gesture::SetProperty { subject, name, value } => editor.set_property(subject, name, value.as_deref())?,
        Gesture::Move { elements, home } => editor.relocate(elements, home)?,
        Gesture::Delete { subjects } => editor.delete(subjects)?,
        Gesture::Duplicate { elements } => editor.duplicate(elements)?,
        Gesture::RenameView { view, title } => editor.rename_view(view, title)?,
        Gesture::Direct { view, direction } => editor.direct(view, *direction)?,
        Gesture::AddView { .. } => {
            return Err(Refusal::new(
                "A Mermaid flowchart is one picture",
                "Draw another view as a file of its own, or keep the model in the Structurizr DSL.",
            ));
        }
        Gesture::RemoveView { .. } => {
            return Err(Refusal::new("A Mermaid flowchart is its only view", "Delete the file instead."));
        }
        Gesture::Include { .. } | Gesture::Exclude { .. } => {
            return Err(Refusal::new(
                "A Mermaid flowchart shows all that it defines",
                "Delete what should not be shown, or move it to another file.",
            ));
        }
    }
    checked(text, editor.finish())
}

/// An edit of a text that is broken elsewhere may meet the break: better no edit than one that breaks more.
fn checked(text: &str, outcome: Outcome) -> Result<Outcome, Refusal> {
    let errors = |parsed: &Parsed| parsed.diagnostics.iter().filter(|found| found.level == Level::Error).count();
    let after = super::parse("", &apply(text, &outcome.edits), &Sources::new());
    let there = match &outcome.select {
        // A boundary can be moved by the name of its subgraph.
        Some(Subject::Element(key)) => after.model.elements.contains_key(key) || after.model.groups.contains_key(&GroupKey(key.0.clone())),
        Some(Subject::Relation(key)) => after.model.relations.contains_key(key),
        Some(Subject::Group(key)) => after.model.groups.contains_key(key),
        Some(Subject::Workspace) | None => true,
    };
    if there && (errors(&after) == 0 || errors(&after) <= errors(&super::parse("", text, &Sources::new()))) {
        return Ok(outcome);
    }
    Err(Refusal::new(
        "This cannot be written here without breaking what stands around it",
        "Mend what is marked in the text first, or edit the text by hand.",
    ))
}

struct Editor<'a> {
    text: &'a str,
    reading: Reading,
    edits: Vec<TextEdit>,
    /// What is taken out; nothing is put in there.
    removed: Vec<Span>,
    select: Option<Subject>,
}

impl Editor<'_> {
    fn finish(self) -> Outcome {
        Outcome { edits: self.settled(), select: self.select, view: None }
    }

    /// The edits in order; deletions that meet, as of two statements on one line, are one. What is put where text goes, as behind
    /// a block that nothing closes, takes its place.
    fn settled(&self) -> Vec<TextEdit> {
        let mut ordered: Vec<&TextEdit> = self.edits.iter().filter(|edit| edit.span.of(self.text) != edit.replacement).collect();
        ordered.sort_by_key(|edit| edit.span);
        let mut settled: Vec<TextEdit> = Vec::new();
        let mut deletes = false;
        for edit in ordered {
            let (gone, put) = (edit.replacement.is_empty(), edit.span.start == edit.span.end);
            match settled.last_mut() {
                Some(last) if deletes && edit.span.start < last.span.end && (gone || put) => {
                    last.span.end = last.span.end.max(edit.span.end);
                    let line = self.newline();
                    match edit.replacement.strip_prefix(line).filter(|_| self.begins_line(last.span.range().start)) {
                        Some(lines) => last.replacement.extend([lines, line]),
                        None => last.replacement.push_str(&edit.replacement),
                    }
                }
                _ => {
                    deletes = gone;
                    settled.push(edit.clone());
                }
            }
        }
        settled
    }

    fn replace(&mut self, span: Span, replacement: impl Into<String>) {
        self.edits.push(TextEdit { span, replacement: replacement.into() });
    }

    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(Span::new(at, at), text);
    }

    fn remove(&mut self, span: Span) {
        self.removed.push(span);
        self.replace(span, "");
    }

    fn is_removed(&self, span: Span) -> bool {
        self.removed.iter().any(|gone| gone.start <= span.start && span.end <= gone.end && gone.start < gone.end)
    }

    /// The text with all edits so far.
    fn result(&self) -> String {
        crate::domain::syntax::apply(self.text, &self.settled())
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn thing_of(&self, element: &ElementKey) -> Result<Thing, Refusal> {
        let chart = &self.reading.chart;
        let sub = || chart.subgraphs.iter().position(|sub| sub.key == element.0).map(Thing::Subgraph);
        let node = chart.nodes.get_index_of(element.as_str()).map(Thing::Node);
        node.or_else(sub).ok_or_else(|| {
            Refusal::new(format!("There is no `{element}` in this text"), "Wait until the text is read again, and repeat it.")
        })
    }

    fn sub_of(&self, group: &GroupKey) -> Result<usize, Refusal> {
        self.reading.chart.subgraphs.iter().position(|sub| sub.key == group.0).ok_or_else(|| {
            Refusal::new(format!("There is no boundary `{group}` in this text"), "Wait until the text is read again, and repeat it.")
        })
    }

    /// The edge of a relation by its number.
    fn edge_of(&self, relation: &RelationKey) -> Result<(usize, Edge), Refusal> {
        let number = self.reading.relations.iter().position(|key| key.as_ref() == Some(relation));
        let found = number.and_then(|number| self.reading.chart.edges.get(number).map(|edge| (number, *edge)));
        found.ok_or_else(|| {
            Refusal::new(format!("There is no connection `{relation}` in this text"), "Wait until the text is read again, and repeat it.")
        })
    }

    /// How the text refers to a node or subgraph.
    fn id_of(&self, thing: Thing) -> String {
        match thing {
            Thing::Node(index) => self.reading.chart.node(index).map(|(id, _)| id.clone()).unwrap_or_default(),
            Thing::Subgraph(index) => self.reading.chart.subgraphs.get(index).map(|sub| sub.id.clone()).unwrap_or_default(),
        }
    }

    /// The subgraph around a node or subgraph.
    fn home_of(&self, thing: Thing) -> Option<usize> {
        match thing {
            Thing::Node(index) => self.reading.chart.node(index).and_then(|(_, node)| node.home),
            Thing::Subgraph(index) => self.reading.chart.subgraphs.get(index).and_then(|sub| sub.parent),
        }
    }

    /// The subgraph that a home is, if it is one.
    fn target(&self, home: &Home) -> Result<Option<usize>, Refusal> {
        match home {
            Home::Top => Ok(None),
            Home::Group(key) => self.sub_of(key).map(Some),
            Home::Element(key) => match self.thing_of(key)? {
                Thing::Subgraph(index) => Ok(Some(index)),
                Thing::Node(_) => Err(Refusal::new(
                    format!("`{key}` is a node, and Mermaid puts nothing into nodes"),
                    "Draw a boundary around the elements instead.",
                )),
            },
        }
    }

    /// An identifier that nothing has yet, made from a name.
    fn new_id(&self, name: &str, also: &BTreeSet<String>) -> String {
        let mut base = String::new();
        for c in name.chars().take(40) {
            if c.is_alphanumeric() {
                base.extend(c.to_lowercase());
            } else if !base.is_empty() && !base.ends_with('_') {
                base.push('_');
            }
        }
        let base = base.trim_matches('_').to_owned();
        // Not a word of Mermaid's, and nothing that an arrow could swallow.
        let unfit = base.is_empty() || references::is_reserved(&base) || base.starts_with(['x', 'o']) && base.chars().count() == 1;
        let base = if unfit { format!("node_{base}").trim_end_matches('_').to_owned() } else { base };
        let mut id = base.clone();
        let mut number = 1;
        while self.reading.chart.is_taken(&id) || also.contains(&id) {
            number += 1;
            id = format!("{base}_{number}");
        }
        id
    }
}

fn check_view(view: &str) -> Result<(), Refusal> {
    if view == VIEW { Ok(()) } else { Err(Refusal::new(format!("There is no view `{view}`"), "A flowchart has one view.")) }
}

fn given(name: &str) -> Result<String, Refusal> {
    let name = crate::domain::syntax::mermaid::label::one_line(name);
    if name.is_empty() { Err(Refusal::new("The name is empty", "Give it at least one letter.")) } else { Ok(name) }
}
