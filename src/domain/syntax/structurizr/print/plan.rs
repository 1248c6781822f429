//! Where each element of a model goes in the text. The language allows fewer shapes than a model may have: only systems hold
//! containers, only containers hold components, and places hold places. What does not fit is moved to the nearest place that
//! does, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, ElementKey, Group, GroupKey, Level, Model},
    syntax::fidelity::Fidelity,
};

/// Blocks within blocks that are written; what lies deeper moves up.
const DEEPEST: usize = 40;
/// Groups within groups.
const DEEPEST_GROUP: usize = 12;

/// An element as it is written.
pub(super) struct Placed<'a> {
    /// None for an environment that is made up around places without one.
    pub(super) element: Option<&'a Element>,
    pub(super) level: Level,
    pub(super) parent: Option<usize>,
    pub(super) group: Option<usize>,
    depth: usize,
}

/// A group as it is written.
pub(super) struct Framed<'a> {
    pub(super) name: String,
    pub(super) group: Option<&'a Group>,
    pub(super) parent: Option<usize>,
}

/// What stands in a block, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Element(usize),
    Group(usize),
}

pub(super) struct Plan<'a> {
    pub(super) model: &'a Model,
    /// An element stands after the one around it.
    pub(super) elements: Vec<Placed<'a>>,
    pub(super) groups: Vec<Framed<'a>>,
    pub(super) index: BTreeMap<&'a ElementKey, usize>,
    /// Groups in place of components that have parts.
    made: BTreeMap<usize, usize>,
    top: Vec<Item>,
    in_element: BTreeMap<usize, Vec<Item>>,
    in_group: BTreeMap<usize, Vec<Item>>,
}

pub(super) const fn is_static(level: Level) -> bool {
    matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom)
}

impl<'a> Plan<'a> {
    pub(super) fn new(model: &'a Model, fidelity: &mut Fidelity) -> Self {
        let mut plan = Self {
            model,
            elements: Vec::new(),
            groups: Vec::new(),
            index: BTreeMap::new(),
            made: BTreeMap::new(),
            top: Vec::new(),
            in_element: BTreeMap::new(),
            in_group: BTreeMap::new(),
        };
        let with_parts: BTreeSet<&ElementKey> = model.elements.values().filter_map(|element| element.parent.as_ref()).collect();
        let deployed = |level: Level| !is_static(level);
        // Places come after what runs on them; an element always after the one around it.
        for late in [false, true] {
            for element in model.elements.values().filter(|element| deployed(element.level) == late) {
                let mut chain: Vec<&Element> = vec![element];
                chain.extend(model.ancestors(&element.key).take_while(|around| !plan.index.contains_key(&around.key)));
                for element in chain.into_iter().rev() {
                    if !plan.index.contains_key(&element.key) {
                        plan.place(element, with_parts.contains(&element.key), fidelity);
                    }
                }
            }
        }
        plan.frame(fidelity);
        plan.arrange();
        plan
    }

    fn place(&mut self, element: &'a Element, with_parts: bool, fidelity: &mut Fidelity) {
        let around = element.parent.as_ref().and_then(|key| self.index.get(key)).copied();
        let (level, parent, inside) = self.fit(element, around, with_parts);
        if level != element.level || parent != around {
            fidelity.keep(moved(element.level, level, parent != around), None);
        }
        let depth = parent.and_then(|parent| self.elements.get(parent)).map_or(0, |parent| parent.depth + 1);
        let at = self.elements.len();
        self.elements.push(Placed { element: Some(element), level, parent, group: None, depth });
        self.index.insert(&element.key, at);
        // A component in a component stands beside it, in a group of its name.
        if let Some(whole) = inside {
            let (name, outer) = self
                .elements
                .get(whole)
                .map(|placed| (placed.element.map_or("", |element| element.name.as_str()).to_owned(), placed.group))
                .unwrap_or_default();
            let group = self.made.get(&whole).copied().unwrap_or_else(|| {
                self.groups.push(Framed { name, group: None, parent: outer });
                self.made.insert(whole, self.groups.len() - 1);
                self.groups.len() - 1
            });
            if let Some(placed) = self.elements.get_mut(at) {
                placed.group = Some(group);
            }
        }
    }

    /// The level an element has in the text, what it stands in, and the component it is a part of.
    fn fit(&mut self, element: &Element, around: Option<usize>, with_parts: bool) -> (Level, Option<usize>, Option<usize>) {
        let around_level = around.and_then(|around| self.elements.get(around)).map(|placed| placed.level);
        let too_deep = around.and_then(|around| self.elements.get(around)).is_some_and(|placed| placed.depth >= DEEPEST);
        let outer = around.and_then(|around| self.elements.get(around)).and_then(|placed| placed.parent);
        if is_static(element.level) {
            return match around_level {
                _ if element.level == Level::Person => (Level::Person, None, None),
                None | Some(Level::Person) => match element.level {
                    Level::Custom if !with_parts => (Level::Custom, None, None),
                    _ => (Level::System, None, None),
                },
                Some(Level::System | Level::Custom) => (Level::Container, around, None),
                Some(Level::Container) => (Level::Component, around, None),
                Some(Level::Component) => (Level::Component, outer, around),
                Some(_) => (Level::System, None, None),
            };
        }
        let place = if too_deep { outer } else { around };
        let place_level = if too_deep { Some(Level::DeploymentNode) } else { around_level };
        match (element.level, place_level) {
            (Level::DeploymentEnvironment, None) => (Level::DeploymentEnvironment, None, None),
            (_, Some(Level::DeploymentEnvironment)) => {
                let level = if element.level == Level::DeploymentEnvironment { Level::DeploymentNode } else { element.level };
                (if level == Level::DeploymentNode { level } else { Level::DeploymentNode }, place, None)
            }
            (level, Some(Level::DeploymentNode)) => (self.fit_in_node(element, level, with_parts), place, None),
            (level, Some(Level::InfrastructureNode | Level::SystemInstance | Level::ContainerInstance)) => {
                (self.fit_in_node(element, level, false), outer, None)
            }
            _ => {
                let environment = self.environment();
                (Level::DeploymentNode, Some(environment), None)
            }
        }
    }

    fn fit_in_node(&self, element: &Element, level: Level, with_parts: bool) -> Level {
        let of = element.instance_of.as_ref().and_then(|key| self.index.get(key)).and_then(|at| self.elements.get(*at));
        match (level, of.map(|placed| placed.level)) {
            (Level::SystemInstance | Level::ContainerInstance, Some(Level::System)) => Level::SystemInstance,
            (Level::SystemInstance | Level::ContainerInstance, Some(Level::Container)) => Level::ContainerInstance,
            (Level::DeploymentEnvironment | Level::DeploymentNode, _) => Level::DeploymentNode,
            _ if with_parts => Level::DeploymentNode,
            _ => Level::InfrastructureNode,
        }
    }

    /// The environment around places that have none.
    fn environment(&mut self) -> usize {
        self.elements.iter().position(|placed| placed.element.is_none()).unwrap_or_else(|| {
            self.elements.push(Placed { element: None, level: Level::DeploymentEnvironment, parent: None, group: None, depth: 0 });
            self.elements.len() - 1
        })
    }

    /// Takes over the model's groups where they fit what stands in them.
    fn frame(&mut self, fidelity: &mut Fidelity) {
        let made = self.groups.len();
        let mut known: BTreeMap<&GroupKey, usize> = BTreeMap::new();
        for (key, group) in &self.model.groups {
            known.insert(key, self.groups.len());
            self.groups.push(Framed { name: group.name.clone(), group: Some(group), parent: None });
        }
        for (at, group) in self.model.groups.values().enumerate() {
            let around = |group: &'a Group| group.parent.as_ref().and_then(|key| self.model.groups.get(key));
            // Ends a circle of groups, and groups too deep to be written.
            let depth = std::iter::successors(around(group), |next| around(next)).take(DEEPEST_GROUP).count();
            let parent = around(group).filter(|parent| parent.owner == group.owner && depth < DEEPEST_GROUP);
            let parent = parent.and_then(|parent| known.get(&parent.key)).copied();
            if parent.is_none() && group.parent.is_some() {
                fidelity.keep("Group inside another one, beside it", None);
            }
            if let Some(framed) = self.groups.get_mut(made + at) {
                framed.parent = parent;
            }
        }
        for at in 0..self.elements.len() {
            let Some(placed) = self.elements.get(at) else { continue };
            let Some(key) = placed.element.and_then(|element| element.group.as_ref()) else { continue };
            let owner = self.model.groups.get(key).map(|group| group.owner.as_ref().and_then(|owner| self.index.get(owner)).copied());
            let fits = owner == Some(placed.parent) && placed.level != Level::DeploymentEnvironment && placed.group.is_none();
            match known.get(key).filter(|_| fits) {
                Some(group) => {
                    let group = *group;
                    if let Some(placed) = self.elements.get_mut(at) {
                        placed.group = Some(group);
                    }
                }
                None => fidelity.lose("Membership in a group that lies elsewhere", None),
            }
        }
    }

    /// Puts elements and groups into the blocks they stand in.
    fn arrange(&mut self) {
        let mut opened: BTreeSet<usize> = BTreeSet::new();
        let members: Vec<(Item, Option<usize>, Option<usize>)> =
            self.elements.iter().enumerate().map(|(at, placed)| (Item::Element(at), placed.group, placed.parent)).collect();
        for (item, group, parent) in members {
            self.put(item, group, parent, &mut opened);
        }
        // Groups without anything in them.
        for at in 0..self.groups.len() {
            let Some(group) = self.groups.get(at) else { continue };
            let owner = group.group.and_then(|group| group.owner.as_ref()).and_then(|owner| self.index.get(owner)).copied();
            let level = owner.and_then(|owner| self.elements.get(owner)).map(|placed| placed.level);
            let takes_groups =
                matches!(level, None | Some(Level::System | Level::Container | Level::DeploymentEnvironment | Level::DeploymentNode));
            if takes_groups && opened.insert(at) {
                self.put(Item::Group(at), group.parent, owner, &mut opened);
            }
        }
    }

    fn put(&mut self, item: Item, group: Option<usize>, parent: Option<usize>, opened: &mut BTreeSet<usize>) {
        let (mut item, mut next) = (item, group);
        // Groups form no circle: each lies in one that was checked before it.
        while let Some(group) = next {
            self.in_group.entry(group).or_default().push(item);
            if !opened.insert(group) {
                return;
            }
            item = Item::Group(group);
            next = self.groups.get(group).and_then(|group| group.parent);
        }
        match parent {
            Some(parent) => self.in_element.entry(parent).or_default().push(item),
            None => self.top.push(item),
        }
    }

    pub(super) fn in_model(&self) -> &[Item] {
        &self.top
    }

    pub(super) fn inside(&self, element: usize) -> &[Item] {
        self.in_element.get(&element).map_or(&[], Vec::as_slice)
    }

    pub(super) fn members(&self, group: usize) -> &[Item] {
        self.in_group.get(&group).map_or(&[], Vec::as_slice)
    }

    pub(super) fn parent(&self, element: usize) -> Option<usize> {
        self.elements.get(element).and_then(|placed| placed.parent)
    }

    pub(super) fn level(&self, element: usize) -> Option<Level> {
        self.elements.get(element).map(|placed| placed.level)
    }

    /// The elements around one, nearest first.
    pub(super) fn around(&self, element: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(element), |next| self.parent(*next))
    }

    /// Whether one of the two is a part of the other: the language has no relations between these.
    pub(super) fn is_nested(&self, one: usize, other: usize) -> bool {
        self.around(one).any(|whole| whole == other) || self.around(other).any(|whole| whole == one)
    }

    /// The innermost element around both.
    pub(super) fn common(&self, one: usize, other: usize) -> Option<usize> {
        let around: Vec<usize> = self.around(one).collect();
        self.around(other).find(|next| around.contains(next))
    }

    /// What the element is called in the text.
    pub(super) fn name(&self, element: usize) -> &str {
        let Some(placed) = self.elements.get(element) else { return "" };
        match placed.element {
            Some(element) if !element.name.trim().is_empty() => &element.name,
            Some(_) => "Unnamed",
            None => "Default",
        }
    }
}

/// In words, what became of an element.
fn moved(from: Level, to: Level, elsewhere: bool) -> String {
    let from = name(from);
    if elsewhere { format!("{from}, as {} elsewhere in the model", with_article(to)) } else { format!("{from}, as {}", with_article(to)) }
}

const fn name(level: Level) -> &'static str {
    match level {
        Level::Person => "Person inside another element",
        Level::System => "Software system inside another element",
        Level::Container => "Container outside a software system",
        Level::Component => "Component outside a container",
        Level::Custom => "Element of no level inside another one",
        Level::DeploymentEnvironment => "Deployment environment inside another element",
        Level::DeploymentNode => "Deployment node outside an environment",
        Level::InfrastructureNode => "Infrastructure node outside a deployment node",
        Level::SystemInstance | Level::ContainerInstance => "Instance outside a deployment node",
    }
}

const fn with_article(level: Level) -> &'static str {
    match level {
        Level::Person => "a person",
        Level::System => "a software system",
        Level::Container => "a container",
        Level::Component => "a component",
        Level::Custom => "an element of no level",
        Level::DeploymentEnvironment => "a deployment environment",
        Level::DeploymentNode => "a deployment node",
        Level::InfrastructureNode => "an infrastructure node",
        Level::SystemInstance | Level::ContainerInstance => "an instance",
    }
}
