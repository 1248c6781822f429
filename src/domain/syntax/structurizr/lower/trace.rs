//! What edits of a text have to know beyond its model: which word means what, and which statement made which item. Kept
//! only when asked for, so that plain reading pays nothing.

use std::{collections::BTreeMap, rc::Rc};

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, RelationKey},
    syntax::structurizr::lower::{Line, Lowering, Scope, Source, Target, scope::Names},
};

/// A word, or a part of an expression, that means an item.
#[derive(Clone, Debug)]
pub(in crate::domain::syntax::structurizr) struct Reference {
    /// The included file it stands in; none for the text itself.
    pub(in crate::domain::syntax::structurizr) file: Option<String>,
    /// The whole word, quotes included; of an expression the words it is made of.
    pub(in crate::domain::syntax::structurizr) span: Span,
    /// The start of the statement it stands in.
    pub(in crate::domain::syntax::structurizr) statement: u32,
    /// The statement of the text itself through which it is read: its own, or an inclusion.
    pub(in crate::domain::syntax::structurizr) anchor: u32,
    /// As written, constants put in.
    pub(in crate::domain::syntax::structurizr) name: String,
    /// The name in lower case under which it was found; none where it is no identifier, such as `this`.
    pub(in crate::domain::syntax::structurizr) full: Option<String>,
    pub(in crate::domain::syntax::structurizr) target: Target,
}

/// An identifier before `=` that got its meaning.
#[derive(Clone, Debug)]
pub(in crate::domain::syntax::structurizr) struct Definition {
    pub(in crate::domain::syntax::structurizr) file: Option<String>,
    pub(in crate::domain::syntax::structurizr) span: Span,
    pub(in crate::domain::syntax::structurizr) full: String,
    pub(in crate::domain::syntax::structurizr) target: Target,
}

/// A step of a dynamic view.
#[derive(Clone, Debug)]
pub(in crate::domain::syntax::structurizr) struct TracedStep {
    pub(in crate::domain::syntax::structurizr) file: Option<String>,
    pub(in crate::domain::syntax::structurizr) statement: u32,
    pub(in crate::domain::syntax::structurizr) relation: RelationKey,
    pub(in crate::domain::syntax::structurizr) response: bool,
}

/// Statements by the byte at which they start, with the file for those of included files.
pub(in crate::domain::syntax::structurizr) type Place<K> = (Option<String>, u32, K);

#[derive(Debug, Default)]
pub(in crate::domain::syntax::structurizr) struct Trace {
    pub(in crate::domain::syntax::structurizr) source: Option<Rc<Source>>,
    pub(in crate::domain::syntax::structurizr) names: Names,
    pub(in crate::domain::syntax::structurizr) references: Vec<Reference>,
    pub(in crate::domain::syntax::structurizr) definitions: Vec<Definition>,
    /// A group may have several statements.
    pub(in crate::domain::syntax::structurizr) groups: Vec<Place<GroupKey>>,
    /// Statements that open an element again.
    pub(in crate::domain::syntax::structurizr) reopened: Vec<Place<ElementKey>>,
    pub(in crate::domain::syntax::structurizr) views: Vec<Place<String>>,
    pub(in crate::domain::syntax::structurizr) steps: Vec<TracedStep>,
    /// Where in the text itself an element comes to be: its own statement, or the inclusion that brings it.
    pub(in crate::domain::syntax::structurizr) anchors: BTreeMap<ElementKey, u32>,
    /// The statement of the text itself by which the current file is read.
    entered: u32,
}

impl Lowering<'_> {
    pub(super) fn trace_source(&mut self, source: &Rc<Source>) {
        if let Some(trace) = self.trace.as_mut() {
            trace.source = Some(Rc::clone(source));
        }
    }

    /// Another file is read because of the line.
    pub(super) fn trace_entered(&mut self, line: &Line) {
        if let Some(trace) = self.trace.as_mut().filter(|_| line.source.file.is_none()) {
            trace.entered = line.span.start;
        }
    }

    pub(super) fn trace_element(&mut self, line: &Line, key: &ElementKey) {
        if let Some(trace) = self.trace.as_mut() {
            let anchor = if line.source.file.is_none() { line.span.start } else { trace.entered };
            trace.anchors.insert(key.clone(), anchor);
        }
    }

    pub(super) fn trace_definition(&mut self, line: &Line, span: Span, full: &str, target: &Target) {
        if let Some(trace) = self.trace.as_mut() {
            trace.definitions.push(Definition { file: line.source.file.clone(), span, full: full.to_owned(), target: target.clone() });
        }
    }

    pub(super) fn trace_group(&mut self, line: &Line, key: &GroupKey) {
        if let Some(trace) = self.trace.as_mut() {
            trace.groups.push((line.source.file.clone(), line.span.start, key.clone()));
        }
    }

    pub(super) fn trace_reopened(&mut self, line: &Line, key: &ElementKey) {
        if let Some(trace) = self.trace.as_mut() {
            trace.reopened.push((line.source.file.clone(), line.span.start, key.clone()));
        }
    }

    pub(in crate::domain::syntax::structurizr) fn trace_view(&mut self, line: &Line, key: &str) {
        if let Some(trace) = self.trace.as_mut() {
            trace.views.push((line.source.file.clone(), line.span.start, key.to_owned()));
        }
    }

    pub(in crate::domain::syntax::structurizr) fn trace_step(&mut self, line: &Line, relation: &RelationKey, response: bool) {
        if let Some(trace) = self.trace.as_mut() {
            let step = TracedStep { file: line.source.file.clone(), statement: line.span.start, relation: relation.clone(), response };
            trace.steps.push(step);
        }
    }

    pub(in crate::domain::syntax::structurizr) fn trace_reference(
        &mut self,
        line: &Line,
        span: Span,
        name: &str,
        scope: &Scope,
        target: Target,
    ) {
        if self.trace.is_none() {
            return;
        }
        let full = self.resolve(name, scope).filter(|(_, found)| **found == target).map(|(full, _)| full);
        let entered = self.trace.as_ref().map_or(0, |trace| trace.entered);
        let anchor = if line.source.file.is_none() { line.span.start } else { entered };
        let reference =
            Reference { anchor, file: line.source.file.clone(), span, statement: line.span.start, name: name.to_owned(), full, target };
        if let Some(trace) = self.trace.as_mut() {
            trace.references.push(reference);
        }
    }
}
