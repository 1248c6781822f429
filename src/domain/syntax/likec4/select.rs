//! What the predicates of a view choose, in the tree of the model or of the deployment.

use std::collections::BTreeSet;

use crate::domain::{
    model::Model,
    syntax::likec4::{
        names::Names,
        tree::{Choice, Condition, Predicate, Reach, Way},
    },
};

/// A tree with its relations between nodes.
pub(super) struct Ground<'g> {
    pub(super) names: &'g Names,
    pub(super) model: &'g Model,
    /// Stated relations by the nodes at their ends, and those of instances.
    pub(super) ends: Vec<(usize, usize)>,
    /// The element a view is about.
    pub(super) scope: Option<usize>,
    /// What a name means; instances are named by what they are instances of, too.
    pub(super) named: &'g dyn Fn(&str) -> Vec<usize>,
}

/// What a view shows while its rules are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) nodes: BTreeSet<usize>,
    /// Pairs whose relations are hidden: the first or anything in it, to the second or anything in it.
    pub(super) hidden: Vec<(BTreeSet<usize>, BTreeSet<usize>)>,
}

impl Ground<'_> {
    /// Steps that one predicate may take.
    pub(super) fn cost(&self) -> usize {
        self.names.nodes.len() + 4 * self.ends.len()
    }

    pub(super) fn include(&self, predicate: &Predicate, shown: &mut Shown) {
        let fits = |at: &usize| predicate.condition.as_ref().is_none_or(|condition| self.holds(condition, *at));
        let mut found: BTreeSet<usize> = BTreeSet::new();
        match (predicate.arrow, &predicate.left, &predicate.right) {
            (None, Some(choice), _) => found = self.elements(choice, shown),
            (Some(Way::Forth), None, Some(target)) => self.neighbours(target, shown, true, false, &mut found),
            (Some(Way::Through), _, Some(target)) => self.neighbours(target, shown, true, true, &mut found),
            (Some(_), Some(source), None) => self.neighbours(source, shown, false, true, &mut found),
            (Some(way), Some(source), Some(target)) => {
                let (sources, targets) = (self.elements(source, shown), self.elements(target, shown));
                self.between(&sources, &targets, &mut found, matches!(source, Choice::All), matches!(target, Choice::All));
                if way == Way::Both {
                    self.between(&targets, &sources, &mut found, matches!(target, Choice::All), matches!(source, Choice::All));
                }
            }
            _ => {}
        }
        shown.nodes.extend(found.into_iter().filter(fits));
    }

    pub(super) fn exclude(&self, predicate: &Predicate, shown: &mut Shown) {
        let all: BTreeSet<usize> = (0..self.names.nodes.len()).collect();
        let sides = |choice: &Option<Choice>| choice.as_ref().map_or_else(|| all.clone(), |choice| self.excluded(choice));
        match predicate.arrow {
            None => {
                let gone = predicate.left.as_ref().map(|choice| self.excluded(choice)).unwrap_or_default();
                let fits = |at: &usize| predicate.condition.as_ref().is_none_or(|condition| self.holds(condition, *at));
                shown.nodes.retain(|at| !(gone.contains(at) && fits(at)));
            }
            Some(way) => {
                if shown.hidden.len() >= 1000 {
                    return;
                }
                let (left, right) = (sides(&predicate.left), sides(&predicate.right));
                match way {
                    Way::Forth => shown.hidden.push((left, right)),
                    Way::Both => {
                        shown.hidden.push((left.clone(), right.clone()));
                        shown.hidden.push((right, left));
                    }
                    Way::Through => {
                        shown.hidden.push((all.clone(), right.clone()));
                        shown.hidden.push((right, all));
                    }
                }
            }
        }
    }

    fn excluded(&self, choice: &Choice) -> BTreeSet<usize> {
        match choice {
            Choice::All => (0..self.names.nodes.len()).collect(),
            choice => self.elements(choice, &Shown::default()),
        }
    }

    fn elements(&self, choice: &Choice, shown: &Shown) -> BTreeSet<usize> {
        let every = || 0..self.names.nodes.len();
        match choice {
            Choice::All => self.wildcard(),
            Choice::Tag(tag, equal) => every().filter(|at| self.has_tag(*at, tag) == *equal).collect(),
            Choice::Kind(kind, equal) => every().filter(|at| self.has_kind(*at, kind) == *equal).collect(),
            Choice::Named(name, reach) => {
                let mut found = BTreeSet::new();
                for at in (self.named)(name) {
                    match reach {
                        Reach::Itself => {
                            found.insert(at);
                        }
                        Reach::Parts => found.extend(self.names.children(Some(at))),
                        Reach::Inside => found.extend(self.names.inside(at)),
                        Reach::Expanded => {
                            found.insert(at);
                            let parts: BTreeSet<usize> = self.names.children(Some(at)).collect();
                            let others: BTreeSet<usize> =
                                shown.nodes.iter().copied().filter(|other| !parts.contains(other) && *other != at).collect();
                            let mut related = BTreeSet::new();
                            self.between(&parts, &others, &mut related, false, false);
                            self.between(&others, &parts, &mut related, false, false);
                            found.extend(related.intersection(&parts));
                        }
                    }
                }
                found
            }
        }
    }

    /// `*`: all at the top; or the element of the view, its parts, and what these are related to.
    fn wildcard(&self) -> BTreeSet<usize> {
        let Some(scope) = self.scope else { return self.names.children(None).collect() };
        let mut found: BTreeSet<usize> = self.names.children(Some(scope)).collect();
        found.insert(scope);
        let inside = |at: usize| at == scope || self.names.is_inside(at, scope);
        for (source, target) in &self.ends {
            let other = match (inside(*source), inside(*target)) {
                (true, false) => *target,
                (false, true) => *source,
                _ => continue,
            };
            found.insert(self.beside(other, scope));
        }
        found
    }

    /// The outermost node around `at` that is not around `scope` as well.
    fn beside(&self, at: usize, scope: usize) -> usize {
        let mut result = at;
        for around in self.names.around(at) {
            if around == scope || self.names.is_inside(scope, around) {
                break;
            }
            result = around;
        }
        result
    }

    fn neighbours(&self, choice: &Choice, shown: &Shown, incoming: bool, outgoing: bool, found: &mut BTreeSet<usize>) {
        let these = match choice {
            Choice::All => shown.nodes.clone(),
            choice => self.elements(choice, shown),
        };
        for (source, target) in &self.ends {
            let (from, to) = (self.within(*source, &these), self.within(*target, &these));
            match (from, to) {
                (None, Some(to)) if incoming => {
                    found.extend([to, self.shown_or_beside(*source, to, shown)]);
                }
                (Some(from), None) if outgoing => {
                    found.extend([from, self.shown_or_beside(*target, from, shown)]);
                }
                _ => {}
            }
        }
    }

    /// The nearest node around `at` that is shown already, else the one that stands beside the other end.
    fn shown_or_beside(&self, at: usize, other: usize, shown: &Shown) -> usize {
        let around =
            std::iter::once(at).chain(self.names.around(at)).find(|next| shown.nodes.contains(next) && !self.names.is_inside(other, *next));
        around.unwrap_or_else(|| self.beside(at, other))
    }

    /// The one of these that is the node or lies around it.
    fn within(&self, at: usize, these: &BTreeSet<usize>) -> Option<usize> {
        std::iter::once(at).chain(self.names.around(at)).find(|next| these.contains(next))
    }

    fn between(
        &self,
        sources: &BTreeSet<usize>,
        targets: &BTreeSet<usize>,
        found: &mut BTreeSet<usize>,
        any_source: bool,
        any_target: bool,
    ) {
        for (source, target) in &self.ends {
            let from = self.within(*source, sources);
            let to = self.within(*target, targets);
            let (from, to) = match (from, to) {
                (None, Some(to)) if any_source => (Some(self.beside(*source, to)), Some(to)),
                (Some(from), None) if any_target => (Some(from), Some(self.beside(*target, from))),
                ends => ends,
            };
            if let (Some(from), Some(to)) = (from, to)
                && from != to
            {
                found.extend([from, to]);
            }
        }
    }

    fn has_tag(&self, at: usize, tag: &str) -> bool {
        let element = self.names.key(at).and_then(|key| self.model.elements.get(key));
        element.is_some_and(|element| element.tags.iter().any(|own| own == tag))
    }

    fn has_kind(&self, at: usize, kind: &str) -> bool {
        self.names.node(at).is_some_and(|node| node.kind == kind)
    }

    fn holds(&self, condition: &Condition, at: usize) -> bool {
        match condition {
            Condition::Tag(tag, equal) => self.has_tag(at, tag) == *equal,
            Condition::Kind(kind, equal) => self.has_kind(at, kind) == *equal,
            Condition::Not(inner) => !self.holds(inner, at),
            Condition::And(all) => all.iter().all(|inner| self.holds(inner, at)),
            Condition::Or(all) => all.iter().any(|inner| self.holds(inner, at)),
            Condition::Unknown => true,
        }
    }
}
