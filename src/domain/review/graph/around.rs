//! What lies around an element: facts of the boundaries it is in, and who can reach it from outside.

use crate::domain::{
    model::{
        Element, GroupKey,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    review::{
        graph::{Edge, Graph, kind, walk},
        protocol::{mentions, words},
    },
};

impl<'a> Graph<'a> {
    /// A fact of the element itself, else of the nearest element around it that states it, else of the workspace: for facts
    /// such as `platform` that people write once for a whole system.
    pub fn nearest(&self, element: &'a Element, name: &str) -> Option<&'a Fact> {
        let stated = |facts: &'a Facts| facts.get(name).filter(|fact| fact.state() != State::Unknown);
        stated(&element.facts)
            .or_else(|| self.model.around(element).find_map(|around| stated(&around.facts)))
            .or_else(|| stated(&self.model.facts))
    }

    /// Whether a group, an element or the workspace around an element states a fact, whatever the element says itself.
    pub fn around_states(&self, element: &'a Element, name: &str) -> bool {
        let mut groups: Vec<&GroupKey> =
            std::iter::once(element).chain(self.model.ancestors(&element.key)).filter_map(|one| one.group.as_ref()).collect();
        let mut at = 0;
        while let Some(parent) = groups.get(at).and_then(|key| self.model.groups.get(*key)).and_then(|group| group.parent.as_ref()) {
            if !groups.contains(&parent) {
                groups.push(parent);
            }
            at += 1;
        }
        let groups = groups.into_iter().filter_map(|key| self.model.groups.get(key)).map(|group| &group.facts);
        let elements = self.model.ancestors(&element.key).map(|around| &around.facts);
        groups.chain(elements).chain([&self.model.facts]).any(|facts| facts.state(name) == State::Yes)
    }

    /// The state of [`Self::nearest`].
    pub fn nearest_state(&self, element: &'a Element, name: &str) -> State {
        self.nearest(element, name).map_or(State::Unknown, Fact::state)
    }

    /// What runs on its own: compute that is no part of another unit, with its number.
    pub fn running(&self) -> impl Iterator<Item = (usize, &'a Element)> {
        self.elements().filter(|(index, element)| self.is_compute(element) && self.is_unit(*index))
    }

    /// Runs on Kubernetes, as the element or what is around it states.
    pub fn on_kubernetes(&self, element: &'a Element) -> bool {
        const NAMES: [&str; 8] = ["kubernetes", "k8s", "k3s", "eks", "gke", "aks", "openshift", "rancher"];
        self.nearest(element, "platform").is_some_and(|platform| mentions(&platform.value, &NAMES))
    }

    /// Whether requests from outside reach each element: directly, or through gateways alone.
    pub fn exposed(&self) -> Vec<bool> {
        let gateway = |index: usize| self.element(index).is_some_and(|element| kind(element) == Kind::Gateway);
        let mut exposed = vec![false; self.len()];
        let onward = self.adjacency(|edge| edge.is_sync() && gateway(edge.source));
        let entries = self.entries();
        for index in entries.iter().copied().filter(|index| !gateway(*index)) {
            if let Some(mark) = exposed.get_mut(index) {
                *mark = true;
            }
        }
        let through = walk::reachable(&onward, entries.into_iter().filter(|index| gateway(*index)));
        for (mark, reached) in exposed.iter_mut().zip(through) {
            *mark |= reached;
        }
        exposed
    }

    /// Whether each element takes part in requests of people, browsers or other systems: synchronous calls, one after the
    /// other, that `keep` keeps.
    pub fn on_requests(&self, starts: impl Fn(&'a Element) -> bool, keep: impl Fn(&Edge<'a>) -> bool) -> Vec<bool> {
        let adjacency = self.adjacency(|edge| edge.is_sync() && keep(edge));
        walk::reachable(&adjacency, self.elements().filter(|(_, element)| starts(element)).map(|(index, _)| index))
    }
}

/// Someone who works on the system, or what only they use, as far as the name tells: not someone of the public.
pub fn is_staff(element: &Element) -> bool {
    const WORDS: [&str; 30] = [
        "admin",
        "admins",
        "administrator",
        "administrators",
        "operator",
        "operators",
        "operations",
        "ops",
        "sre",
        "engineer",
        "engineers",
        "developer",
        "developers",
        "support",
        "staff",
        "employee",
        "employees",
        "internal",
        "back-office",
        "backoffice",
        "auditor",
        "team",
        "on-call",
        "oncall",
        "analyst",
        "manager",
        "clerk",
        "agent",
        "moderator",
        "bi",
    ];
    words(&element.name).any(|word| WORDS.contains(&word.as_str()))
}
