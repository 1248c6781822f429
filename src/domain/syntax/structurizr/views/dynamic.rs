//! Dynamic views: steps in order, with sequences side by side.

use crate::domain::{
    diagnostic::Level as Severity,
    model::view::Step,
    syntax::structurizr::{
        lower::{Line, Lowering, Remark, Target},
        occurrence::Symbol,
        tree::Word,
        views::{
            expression::{Graph, Place},
            picture::Picture,
        },
    },
};

/// The steps of one dynamic view while they are read.
pub(super) struct Sequence {
    pub(super) steps: Vec<Step>,
    /// The number of the last step.
    number: u32,
    /// The highest number so far.
    highest: u32,
}

impl Sequence {
    pub(super) const fn new() -> Self {
        Self { steps: Vec::new(), number: 0, highest: 0 }
    }

    /// A block of steps. Blocks side by side begin with the same number; after blocks within a block the count goes on from
    /// the longest.
    pub(super) fn block(&mut self, lowering: &mut Lowering<'_>, graph: &Graph, picture: &mut Picture, place: &Place, line: &Line) {
        let before = self.number;
        let mut furthest = None;
        lowering.each_in(line, &mut |lowering, line| {
            if line.words.is_empty() {
                self.block(lowering, graph, picture, place, line);
                furthest = Some(self.highest);
            } else {
                self.step(lowering, graph, picture, place, line);
            }
        });
        self.number = furthest.unwrap_or(before);
    }

    /// `[order:] a -> b [description] [technology]` or `[order:] relation [description]`.
    pub(super) fn step(&mut self, lowering: &mut Lowering<'_>, graph: &Graph, picture: &mut Picture, place: &Place, line: &Line) {
        let mut words: &[Word] = &line.words;
        let mut order = None;
        if let [first, rest @ ..] = words
            && let Some(written) = first.value.strip_suffix(':')
            && !rest.is_empty()
        {
            order = Some(written.to_owned());
            words = rest;
        }
        let Some((relation, response, description)) = find(lowering, graph, place, line, words) else { return };
        self.number += 1;
        self.highest = self.highest.max(self.number);
        let (source, target) = graph.ends(relation);
        for element in [source, target] {
            picture.elements.insert(element);
        }
        picture.relations.insert(relation);
        let Some((key, _)) = lowering.model.relations.get_index(relation) else { return };
        let key = key.clone();
        lowering.trace_step(line, &key, response);
        self.steps.push(Step { order: order.unwrap_or_else(|| self.number.to_string()), relation: key, description, response });
    }
}

/// The relation of a step, whether the step runs against it, and what the step says.
fn find(lowering: &mut Lowering<'_>, graph: &Graph, place: &Place, line: &Line, words: &[Word]) -> Option<(usize, bool, Option<String>)> {
    let text = |at: usize| words.get(at).map(|word| word.value.clone()).filter(|text| !text.trim().is_empty());
    let first = words.first()?;
    if words.get(1).is_none_or(|word| word.value != "->" || word.quoted) {
        let Some(Target::Relation(key)) = lowering.lookup(&first.value, &place.scope).cloned() else {
            lowering.unknown_identifier(first, line);
            return None;
        };
        lowering.trace_reference(line, first.span, &first.value, &place.scope, Target::Relation(key.clone()));
        lowering.mention(line, first, &first.value, Symbol::Relation(key.clone()), false);
        let relation = lowering.model.relations.get_index_of(&key)?;
        return Some((relation, false, text(1)));
    }
    let Some(last) = words.get(2) else {
        lowering.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "incomplete-relationship",
                "This step lacks an end",
                "It has to say where it leads.",
                "Write `source -> destination \"description\"`.",
            ),
        );
        return None;
    };
    let source = lowering.require_element(first, &place.scope, line)?;
    let target = lowering.require_element(last, &place.scope, line)?;
    let (from, to) = (lowering.model.elements.get_index_of(&source)?, lowering.model.elements.get_index_of(&target)?);
    let (description, technology) = (text(3), text(4));
    if !lowering.spend(graph.outgoing(from).len() + graph.outgoing(to).len(), line) {
        return None;
    }
    let pick = |from: usize, to: usize| -> Option<usize> {
        let between = || graph.outgoing(from).iter().copied().filter(|relation| graph.ends(*relation).1 == to);
        let of = |index: usize| lowering.model.relations.get_index(index).map(|(_, relation)| relation);
        match &technology {
            Some(_) => {
                between().find(|index| of(*index).is_some_and(|relation| relation.technology == technology)).or_else(|| between().next())
            }
            None => {
                between().find(|index| of(*index).is_some_and(|relation| relation.description == description)).or_else(|| between().next())
            }
        }
    };
    if let Some(relation) = pick(from, to) {
        return Some((relation, false, description));
    }
    if let Some(relation) = pick(to, from) {
        return Some((relation, true, description));
    }
    lowering.say(
        line,
        line.header(),
        Remark::new(
            lowering.unknown_level(),
            "unknown-relationship",
            format!("The model has no relationship between `{}` and `{}`", first.value, last.value),
            "A dynamic view shows relationships of the model in order; this step is left out.",
            format!("Add `{} -> {}` to the model.", first.value, last.value),
        ),
    );
    None
}
