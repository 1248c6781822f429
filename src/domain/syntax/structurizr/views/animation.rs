//! Animations: which elements appear one after the other. A step lists elements as `include` does.

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::Level as Severity,
    model::view::AnimationStep,
    syntax::structurizr::{
        lower::{Line, Lowering, Remark},
        views::{
            content::expressions,
            expression::{Graph, Place, select},
            picture::Picture,
        },
    },
};

/// The steps of one view as the text gives them: with where they stand and positions in the model, in order.
#[derive(Default)]
pub(super) struct Animation {
    steps: Vec<(Line, Vec<usize>)>,
}

impl Animation {
    /// One step: the words from one on.
    pub(super) fn step(&mut self, lowering: &mut Lowering<'_>, graph: &Graph, place: &Place, line: &Line, from: usize) {
        let mut elements = Vec::new();
        for word in expressions(line, from) {
            if !lowering.spend(lowering.model.elements.len(), line) {
                return;
            }
            let Some(found) = select(lowering, graph, &word, place, line) else { continue };
            elements.extend(found.elements);
        }
        self.steps.push((line.clone(), elements));
    }

    /// The steps once the view's content is known: each adds elements of the view that were not shown before, and the
    /// relations that can be drawn with them.
    pub(super) fn steps(self, lowering: &mut Lowering<'_>, graph: &Graph, picture: &Picture) -> Vec<AnimationStep> {
        let mut shown: BTreeSet<usize> = BTreeSet::new();
        let mut drawn: BTreeSet<usize> = BTreeSet::new();
        let mut result = Vec::new();
        for (line, elements) in self.steps {
            let mut fresh = Vec::new();
            for element in elements {
                if picture.elements.contains(&element) && shown.insert(element) {
                    fresh.push(element);
                }
            }
            if fresh.is_empty() {
                lowering.say(
                    &line,
                    line.header(),
                    Remark::new(
                        Severity::Warning,
                        "empty-animation-step",
                        "This step adds nothing",
                        "What it names is not in the view, or is already shown; the step is left out.",
                        "Include the elements in the view, or remove the step.",
                    ),
                );
                continue;
            }
            let mut relations = BTreeSet::new();
            for element in &fresh {
                let touching = graph.outgoing(*element).iter().chain(graph.incoming(*element));
                relations.extend(touching.copied().filter(|relation| {
                    let (source, target) = graph.ends(*relation);
                    picture.relations.contains(relation) && shown.contains(&source) && shown.contains(&target) && !drawn.contains(relation)
                }));
            }
            if !lowering.spend(fresh.len() + relations.len(), &line) {
                return result;
            }
            drawn.extend(relations.iter().copied());
            let model = &lowering.model;
            result.push(AnimationStep {
                elements: fresh.iter().filter_map(|at| model.elements.get_index(*at)).map(|(key, _)| key.clone()).collect(),
                relations: relations.iter().filter_map(|at| model.relations.get_index(*at)).map(|(key, _)| key.clone()).collect(),
            });
        }
        result
    }
}
