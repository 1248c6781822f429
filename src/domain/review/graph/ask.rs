//! Questions about a whole design that several rules ask: who belongs together, what a user waits for, how much comes in.

use std::collections::BTreeSet;

use crate::domain::{
    model::{Element, Level, facts::Fact, kind::Kind},
    review::{
        amount,
        graph::{Context, Edge, Graph, kind, walk},
        protocol::words,
    },
};

/// Whether two elements belong to one context or team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    Yes,
    No,
    /// Neither contexts nor owners say it.
    Unknown,
}

impl<'a> Graph<'a> {
    /// Different owners or contexts part two elements; one context, or else one owner, joins them.
    pub fn together(&self, left: &'a Element, right: &'a Element) -> Together {
        let owners = (self.owner(left), self.owner(right));
        if let (Some(left), Some(right)) = &owners
            && left != right
        {
            return Together::No;
        }
        match (self.context(left), self.context(right)) {
            (Some(left), Some(right)) if left.stated == right.stated && left.name != right.name => Together::No,
            (Some(left), Some(right)) if left.stated && left == right => Together::Yes,
            _ if owners.0.is_some() && owners.0 == owners.1 => Together::Yes,
            _ => Together::Unknown,
        }
    }

    /// Whether any two of the elements certainly belong to different contexts or owners.
    pub fn apart(&self, elements: &[&'a Element]) -> bool {
        let owners: BTreeSet<&str> = elements.iter().filter_map(|element| self.owner(element)).collect();
        let contexts: BTreeSet<Context> = elements.iter().filter_map(|element| self.context(element)).collect();
        let stated = contexts.iter().filter(|context| context.stated).count();
        owners.len() > 1 || stated > 1 || contexts.len() - stated > 1
    }

    /// Whether a relation leads from one team or context into another. What is outside the system is another party, except
    /// one's own code in a browser.
    pub fn between_parties(&self, edge: &Edge<'_>) -> Together {
        let (Some(source), Some(target)) = (self.source(edge), self.target(edge)) else { return Together::Unknown };
        if [source, target].into_iter().any(|element| matches!(kind(element), Kind::External | Kind::Person)) {
            return Together::No;
        }
        self.together(source, target)
    }

    /// The context of each element. A system is the context of its parts only where no context is stated inside it.
    pub fn contexts(&self) -> Vec<Option<String>> {
        let all: Vec<Option<Context>> = self.elements().map(|(_, element)| self.context(element)).collect();
        let system = |element: &'a Element| self.model.around(element).find(|around| around.level == Level::System);
        let divided: BTreeSet<&str> = self
            .elements()
            .zip(&all)
            .filter(|(_, context)| context.as_ref().is_some_and(|context| context.stated))
            .filter_map(|((_, element), _)| system(element))
            .map(|system| system.name.as_str())
            .collect();
        all.into_iter()
            .map(|context| context.filter(|context| context.stated || !divided.contains(context.name.as_str())))
            .map(|context| context.map(|context| context.name))
            .collect()
    }

    /// The name of an element by its number.
    pub fn name(&self, index: usize) -> &'a str {
        self.element(index).map_or("", |element| element.name.as_str())
    }

    /// Runs code of ours on a server, by its number.
    pub fn computes(&self, index: usize) -> bool {
        self.element(index).is_some_and(|element| self.is_compute(element))
    }

    /// Stands for itself: no part of a container that speaks for it.
    pub fn is_unit(&self, index: usize) -> bool {
        self.units.get(index) == Some(&index)
    }

    /// Which elements work while somebody outside waits for an answer.
    pub fn awaited(&self) -> Vec<bool> {
        walk::reachable(&self.adjacency(Edge::is_sync), self.entries())
    }

    /// A queue for what could not be handled: another one names it in its `dlq`, or its own role or name says so.
    pub fn is_dead_letter_queue(&self, queue: &Element) -> bool {
        const ROLES: [&str; 3] = ["dead-letter", "dlq", "parking"];
        const WORDS: [&str; 5] = ["dlq", "dead", "dead-letter", "dead-letters", "parking"];
        queue.facts.is_any("role", &ROLES)
            || words(&queue.name).any(|word| WORDS.contains(&word.as_str()))
            || self.is_named_dead_letter(queue)
    }

    /// Requests a second at the busiest time: as the workspace states it, else the sum over all entrances if each states it.
    pub fn peak_load(&self) -> Option<f64> {
        if let Some(stated) = self.model.facts.get("peak_rps").and_then(Fact::number) {
            return Some(stated);
        }
        let outside = |index| self.element(index).is_some_and(|element| self.is_outside(element));
        let mut entrances = self.edges().iter().filter(|edge| outside(edge.source) && !outside(edge.target)).peekable();
        entrances.peek()?;
        entrances.map(|edge| amount::number(edge.facts(), "peak_rps")).sum()
    }
}
