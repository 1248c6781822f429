//! Which relations are written, where, and with which words. The language takes one relation with the same words between two
//! elements; a second one has to say what is different.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use crate::domain::{
    model::{ElementKey, Relation, RelationKey},
    syntax::{
        fidelity::Fidelity,
        structurizr::print::{
            plan::{Plan, is_static},
            words::{is_identifier, one_line},
        },
    },
};

/// Steps spent on finding deployment groups.
const MAX_STEPS: usize = 4_000_000;

/// A relation as it is written.
pub(super) struct Link<'a> {
    pub(super) relation: &'a Relation,
    pub(super) source: usize,
    pub(super) target: usize,
    /// The innermost element that both ends lie in.
    pub(super) home: Option<usize>,
    pub(super) description: Option<String>,
    /// Between something that runs somewhere and something else; written once all is defined.
    pub(super) late: bool,
    /// One that follows from it for the wholes of its ends: it has what the statement says before its block.
    pub(super) follower: Option<&'a Relation>,
}

/// The stated relations in the order in which they are written.
pub(super) fn links<'a>(plan: &Plan<'a>, fidelity: &mut Fidelity) -> Vec<Link<'a>> {
    let mut said: BTreeSet<(usize, usize, String)> = BTreeSet::new();
    let mut links = Vec::new();
    let views = || plan.model.views.iter();
    let mut shown: BTreeSet<&RelationKey> = views().flat_map(|view| &view.relations).collect();
    shown.extend(views().flat_map(|view| &view.steps).map(|step| &step.relation));
    let written = |relation: &&Relation| relation.implied_by.is_none() || (shown.contains(&relation.key) && !follows(plan, relation));
    let mut followers: BTreeMap<&RelationKey, &Relation> = BTreeMap::new();
    let fixed = |key: &ElementKey| plan.index.get(key).and_then(|at| plan.level(*at)).is_some_and(is_static);
    for relation in plan.model.relations.values().filter(|relation| fixed(&relation.source) && fixed(&relation.target)) {
        if let Some(by) = &relation.implied_by {
            followers.entry(by).or_insert(relation);
        }
    }
    for relation in plan.model.relations.values().filter(written) {
        let ends = (plan.index.get(&relation.source), plan.index.get(&relation.target));
        let (Some(&source), Some(&target)) = ends else {
            fidelity.lose("Relation to something that is not in the model", None);
            continue;
        };
        if plan.is_nested(source, target) {
            fidelity.lose("Relation between a whole and its own part", None);
            continue;
        }
        let written = relation.description.clone().filter(|text| !text.trim().is_empty());
        let technology = relation.technology.as_deref().filter(|text| !text.trim().is_empty());
        let mut taken = |text: Option<&str>| !said.insert((source, target, one_line(text.unwrap_or_default())));
        let mut description = written.clone();
        if taken(description.as_deref()) {
            description = match (&written, technology) {
                (Some(text), Some(technology)) => Some(format!("{text} ({technology})")),
                (None, Some(technology)) => Some(technology.to_owned()),
                (_, None) => None,
            };
            if description.is_none() || taken(description.as_deref()) {
                fidelity.lose("Second relation with the same words between two elements", None);
                continue;
            }
            fidelity.keep("Second relation with the same words between two elements, told apart by its technology", None);
        }
        let both =
            |test: fn(bool, bool) -> bool| test(plan.level(source).is_some_and(is_static), plan.level(target).is_some_and(is_static));
        let home = plan.common(source, target);
        let late = home.is_none() && both(|source, target| !source || !target);
        let follower = followers.get(&relation.key).copied();
        links.push(Link { relation, source, target, home, description, late, follower });
    }
    outer_first(plan, links)
}

/// Lets each relation of wholes stand before the first one of their parts with the same words: from that it would follow, and
/// then it could not be stated any more. All others keep their order.
fn outer_first<'a>(plan: &Plan<'_>, links: Vec<Link<'a>>) -> Vec<Link<'a>> {
    let words = |link: &Link<'_>| one_line(link.description.as_deref().unwrap_or_default());
    let by_ends: BTreeMap<(usize, usize, String), usize> =
        links.iter().enumerate().map(|(at, link)| ((link.source, link.target, words(link)), at)).collect();
    let mut order: IndexSet<usize> = IndexSet::new();
    for (at, link) in links.iter().enumerate() {
        if [link.source, link.target].into_iter().all(|end| plan.level(end).is_some_and(is_static)) {
            let words = words(link);
            let outer = implied(plan, link.source, link.target).into_iter();
            order.extend(outer.filter_map(|(source, target)| by_ends.get(&(source, target, words.clone()))));
        }
        order.insert(at);
    }
    let mut links: Vec<Option<Link<'a>>> = links.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| links.get_mut(at)?.take()).collect()
}

/// Whether a relation that follows from another one stands beside one between the same two elements.
pub(super) fn beside(plan: &Plan<'_>) -> bool {
    let fixed = |key: &ElementKey| plan.index.get(key).and_then(|at| plan.level(*at)).is_some_and(is_static);
    let mut ends: BTreeMap<(&ElementKey, &ElementKey), (usize, usize)> = BTreeMap::new();
    for relation in plan.model.relations.values().filter(|relation| fixed(&relation.source) && fixed(&relation.target)) {
        let (all, implied) = ends.entry((&relation.source, &relation.target)).or_default();
        *all += 1;
        *implied += usize::from(relation.implied_by.is_some());
    }
    ends.into_values().any(|(all, implied)| implied > 0 && all > 1)
}

/// Whether the relation follows from another one here, too. Parts that the language has no place for lie elsewhere, and then
/// nothing follows for what they were parts of.
fn follows(plan: &Plan<'_>, relation: &Relation) -> bool {
    let Some(by) = relation.implied_by.as_ref().and_then(|by| plan.model.relations.get(by)) else { return true };
    let inside = |part: &ElementKey, whole: &ElementKey| match (plan.index.get(part), plan.index.get(whole)) {
        (Some(part), Some(whole)) => {
            let fixed = [*part, *whole].into_iter().all(|at| plan.level(at).is_some_and(is_static));
            !fixed || part == whole || plan.around(*part).any(|around| around == *whole)
        }
        _ => true,
    };
    inside(&by.source, &relation.source) && inside(&by.target, &relation.target)
}

/// The ends of the relations that follow from one between these two, outer ones first.
fn implied(plan: &Plan<'_>, source: usize, target: usize) -> Vec<(usize, usize)> {
    let chain = |of: usize| -> Vec<usize> { std::iter::once(of).chain(plan.around(of)).collect() };
    let (sources, targets) = (chain(source), chain(target));
    let pairs = sources.iter().rev().flat_map(|from| targets.iter().rev().map(move |to| (*from, *to)));
    pairs.filter(|(from, to)| (*from, *to) != (source, target) && !sources.contains(to) && !targets.contains(from)).collect()
}

/// The identifier a relation has in its own text.
pub(super) fn identifier(relation: &Relation) -> Option<&str> {
    Some(relation.key.as_str()).filter(|key| is_identifier(key))
}

/// Instances of one environment that have no relation though their elements have one, or not all of them: put into deployment
/// groups where these say it, else kept apart pair by pair.
#[derive(Debug, Default)]
pub(super) struct Separation {
    /// The number of the deployment group by instance; from 1.
    pub(super) groups: BTreeMap<usize, usize>,
    pub(super) apart: Vec<(usize, usize)>,
}

impl Separation {
    /// `wanted` are the pairs of instances that have relations, `found` those the language would relate.
    pub(super) fn new(instances: &[usize], wanted: &BTreeSet<(usize, usize)>, found: &BTreeSet<(usize, usize)>) -> Self {
        let inside: BTreeSet<usize> = instances.iter().copied().collect();
        let mut part: BTreeMap<usize, usize> = instances.iter().map(|at| (*at, *at)).collect();
        let inside = |pair: &&(usize, usize)| inside.contains(&pair.0) && inside.contains(&pair.1);
        let apart: Vec<(usize, usize)> = found.difference(wanted).filter(inside).copied().collect();
        if apart.is_empty() {
            return Self::default();
        }
        if instances.len().saturating_mul(wanted.len()) > MAX_STEPS {
            return Self { groups: BTreeMap::new(), apart };
        }
        for (one, other) in wanted.iter().filter(inside) {
            let (from, to) = (part.get(one).copied(), part.get(other).copied());
            if let (Some(from), Some(to)) = (from, to) {
                part.values_mut().filter(|part| **part == to).for_each(|part| *part = from);
            }
        }
        if apart.iter().any(|(one, other)| part.get(one) == part.get(other)) {
            return Self { groups: BTreeMap::new(), apart };
        }
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let groups = part
            .iter()
            .map(|(instance, part)| {
                let next = numbers.len() + 1;
                (*instance, *numbers.entry(*part).or_insert(next))
            })
            .collect();
        Self { groups, apart: Vec::new() }
    }
}
