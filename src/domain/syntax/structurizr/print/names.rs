//! What the elements of the text are called where it refers to them. Keys stay the same wherever the language allows: the
//! last part of a key becomes the identifier.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::Level,
    syntax::structurizr::{
        lower::slug,
        print::{
            plan::{Plan, is_static},
            words::{free, identifier_of, is_identifier, is_reserved},
        },
    },
};

pub(super) struct Names {
    pub(super) hierarchical: bool,
    /// The identifier before `=`, for those that have one.
    own: BTreeMap<usize, String>,
    /// As the language composes them, in its own spelling.
    paths: Vec<String>,
    taken: BTreeSet<String>,
}

impl Names {
    /// Identifiers for what the text refers to, for whatever had one, and for everything that is not a place.
    pub(super) fn new(plan: &Plan<'_>, referenced: &BTreeSet<usize>) -> Self {
        let mut named: BTreeSet<usize> = referenced.clone();
        for (at, placed) in plan.elements.iter().enumerate() {
            if is_static(placed.level) || placed.element.is_some_and(|element| element.identifier.is_some()) {
                named.insert(at);
            }
        }
        let wanted: BTreeMap<usize, String> = named.iter().map(|at| (*at, wanted(plan, *at))).collect();
        let different: BTreeSet<String> = wanted.values().map(|own| own.to_lowercase()).collect();
        let hierarchical = different.len() < wanted.len();
        // The parts of what has no identifier could not be told apart.
        if hierarchical {
            let around: Vec<usize> = named.iter().flat_map(|at| plan.around(*at)).collect();
            named.extend(around);
        }
        let mut names = Self { hierarchical, own: BTreeMap::new(), paths: Vec::new(), taken: BTreeSet::new() };
        for (at, placed) in plan.elements.iter().enumerate() {
            let outer = placed.parent.and_then(|parent| names.paths.get(parent)).filter(|_| hierarchical);
            let prefix = outer.map(|path| format!("{path}.")).unwrap_or_default();
            let own = if named.contains(&at) {
                let wanted = wanted.get(&at).cloned().unwrap_or_else(|| self::wanted(plan, at));
                let own = free(&mut names.taken, &prefix, &wanted);
                names.own.insert(at, own.clone());
                own
            } else {
                slug(plan.name(at))
            };
            names.paths.push(format!("{prefix}{own}"));
        }
        names
    }

    pub(super) fn identifier(&self, element: usize) -> Option<&str> {
        self.own.get(&element).map(String::as_str)
    }

    /// How a statement in the block of `home`, or at the top, refers to an element.
    pub(super) fn reference(&self, element: usize, home: Option<usize>) -> &str {
        let path = self.paths.get(element).map_or("", String::as_str);
        let prefix = home.filter(|_| self.hierarchical).and_then(|home| self.paths.get(home));
        prefix.and_then(|prefix| path.strip_prefix(prefix.as_str())?.strip_prefix('.')).unwrap_or(path)
    }

    /// An identifier for something that is no element, if it is still free.
    pub(super) fn claim(&mut self, wanted: &str) -> bool {
        is_identifier(wanted) && self.taken.insert(wanted.to_lowercase())
    }

    pub(super) fn claim_like(&mut self, wanted: &str) -> String {
        free(&mut self.taken, "", wanted)
    }
}

fn wanted(plan: &Plan<'_>, at: usize) -> String {
    let Some(placed) = plan.elements.get(at) else { return String::new() };
    let fits = |text: &&str| is_identifier(text) && !is_reserved(text);
    let Some(element) = placed.element else { return "default-environment".to_owned() };
    let key = element.key.as_str();
    let own = match &element.parent {
        Some(parent) => key.strip_prefix(parent.as_str()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(key),
        None => key,
    };
    if let Some(own) = [Some(own), element.identifier.as_deref()].into_iter().flatten().find(fits) {
        return own.to_owned();
    }
    let own = identifier_of(plan.name(at));
    if fits(&own.as_str()) { own } else { format!("{}1", word(placed.level)) }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Person => "person",
        Level::System => "system",
        Level::Container => "container",
        Level::Component => "component",
        Level::Custom => "custom",
        Level::DeploymentEnvironment => "environment",
        Level::DeploymentNode | Level::InfrastructureNode => "node",
        Level::SystemInstance | Level::ContainerInstance => "instance",
    }
}
