//! The elements and relations of one view while its statements are read. An element brings its relations to those already
//! there; taking it away takes them too. What each kind of view may show is decided here.

use std::collections::BTreeSet;

use crate::domain::sort::Gather;
use crate::domain::{
    model::{ElementKey, Level, Model, view::ViewKind},
    syntax::structurizr::views::expression::Graph,
};

#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) kind: ViewKind,
    pub(super) scope: Option<usize>,
    /// The environment of a deployment view.
    pub(super) environment: Option<usize>,
    pub(super) elements: BTreeSet<usize>,
    pub(super) relations: BTreeSet<usize>,
    /// Shown elements that have a shown ancestor's place, and the other way round: an ancestor is refused while parts are shown.
    ancestors: BTreeSet<usize>,
}

impl Picture {
    pub(super) fn new(kind: ViewKind, scope: Option<usize>, environment: Option<usize>) -> Self {
        Self { kind, scope, environment, elements: BTreeSet::new(), relations: BTreeSet::new(), ancestors: BTreeSet::new() }
    }

    fn level(model: &Model, element: usize) -> Option<Level> {
        model.elements.get_index(element).map(|(_, element)| element.level)
    }

    /// Whether this kind of view can show such elements at all.
    pub(super) fn takes(&self, level: Level) -> bool {
        match self.kind {
            ViewKind::Landscape | ViewKind::Context => matches!(level, Level::Custom | Level::Person | Level::System),
            ViewKind::Container => matches!(level, Level::Custom | Level::Person | Level::System | Level::Container),
            ViewKind::Component => matches!(level, Level::Custom | Level::Person | Level::System | Level::Container | Level::Component),
            ViewKind::Custom => level == Level::Custom,
            ViewKind::Deployment => matches!(
                level,
                Level::Custom | Level::DeploymentNode | Level::InfrastructureNode | Level::SystemInstance | Level::ContainerInstance
            ),
            _ => true,
        }
    }

    fn permits(&self, model: &Model, graph: &Graph, element: usize) -> bool {
        let Some(level) = Self::level(model, element) else { return false };
        if !self.takes(level) {
            return false;
        }
        match self.kind {
            ViewKind::Container | ViewKind::Component => {
                let around_scope =
                    self.scope.is_some_and(|scope| scope == element || ancestors(graph, scope).any(|around| around == element));
                let inside = ancestors(graph, element).any(|around| self.elements.contains(&around));
                !around_scope && !self.ancestors.contains(&element) && !inside
            }
            ViewKind::Deployment => {
                let here = level == Level::Custom
                    || self.environment.is_none_or(|environment| ancestors(graph, element).any(|around| around == environment));
                let instance_of = |index: usize| {
                    let (_, element) = model.elements.get_index(index)?;
                    model.elements.get_index_of(element.instance_of.as_ref()?)
                };
                let is_scope = level == Level::SystemInstance && self.scope.is_some() && instance_of(element) == self.scope;
                here && !is_scope
            }
            _ => true,
        }
    }

    /// Adds an element with its relations to those that are shown; a deployed one with the nodes around it.
    pub(super) fn add(&mut self, model: &Model, graph: &Graph, element: usize) {
        if !self.permits(model, graph, element) || !self.elements.insert(element) {
            return;
        }
        self.ancestors.extend(ancestors(graph, element));
        for relation in graph.outgoing(element) {
            if self.elements.contains(&graph.ends(*relation).1) {
                self.relations.insert(*relation);
            }
        }
        for relation in graph.incoming(element) {
            if self.elements.contains(&graph.ends(*relation).0) {
                self.relations.insert(*relation);
            }
        }
        if self.kind == ViewKind::Deployment {
            let nodes: Vec<usize> =
                ancestors(graph, element).filter(|around| Self::level(model, *around) == Some(Level::DeploymentNode)).collect();
            for node in nodes {
                self.add(model, graph, node);
            }
        }
    }

    /// Adds an element that a statement names. A node of a deployment view comes with what runs on it.
    pub(super) fn add_named(&mut self, model: &Model, graph: &Graph, element: usize) {
        if self.kind == ViewKind::Deployment && Self::level(model, element) == Some(Level::DeploymentNode) {
            self.add_parts(model, graph, &BTreeSet::from([element]));
        } else {
            self.add(model, graph, element);
        }
    }

    /// Removes elements at once; a node of a deployment view goes with what runs on it.
    pub(super) fn remove_all(&mut self, graph: &Graph, gone: &BTreeSet<usize>) {
        let inside = |element: usize| ancestors(graph, element).any(|around| gone.contains(&around));
        let deployed = self.kind == ViewKind::Deployment;
        let kept = |element: usize| {
            let stays = self.kind == ViewKind::Context && self.scope == Some(element);
            stays || !(gone.contains(&element) || (deployed && inside(element)))
        };
        let elements: BTreeSet<usize> = self.elements.iter().copied().filter(|element| kept(*element)).gathered();
        self.elements = elements;
        self.relations.retain(|relation| {
            let (source, target) = graph.ends(*relation);
            self.elements.contains(&source) && self.elements.contains(&target)
        });
        self.ancestors = self.elements.iter().flat_map(|shown| ancestors(graph, *shown)).collect();
    }

    pub(super) fn add_relation(&mut self, graph: &Graph, relation: usize) {
        let (source, target) = graph.ends(relation);
        if self.elements.contains(&source) && self.elements.contains(&target) {
            self.relations.insert(relation);
        }
    }

    /// `include *`; `greedy` keeps relations among the neighbours, `*?` does not.
    pub(super) fn add_default(&mut self, model: &Model, graph: &Graph, greedy: bool) {
        let of_level = |wanted: &[Level]| -> Vec<usize> {
            let all = model.elements.values().enumerate();
            all.filter(|(_, element)| wanted.contains(&element.level)).map(|(index, _)| index).collect()
        };
        match self.kind {
            ViewKind::Landscape => {
                for element in of_level(&[Level::Person, Level::System]) {
                    self.add(model, graph, element);
                }
                for element in self.elements.clone() {
                    self.add_neighbours(model, graph, element, &[Level::Custom]);
                }
            }
            ViewKind::Context => {
                if let Some(scope) = self.scope {
                    self.add(model, graph, scope);
                    self.add_neighbours(model, graph, scope, &[Level::Custom, Level::Person, Level::System]);
                }
            }
            ViewKind::Container => self.add_parts_of_scope(model, graph, &[Level::Custom, Level::Person, Level::System]),
            ViewKind::Component => self.add_parts_of_scope(model, graph, &[Level::Custom, Level::Person, Level::System, Level::Container]),
            ViewKind::Custom => {
                for element in of_level(&[Level::Custom]) {
                    self.add(model, graph, element);
                }
            }
            ViewKind::Deployment => {
                let top = of_level(&[Level::DeploymentNode]);
                let here = |node: &usize| self.environment.is_none() || graph.parents.get(*node).copied().flatten() == self.environment;
                let top: BTreeSet<usize> = top.into_iter().filter(here).gathered();
                self.add_parts(model, graph, &top);
                for element in self.elements.clone() {
                    self.add_neighbours(model, graph, element, &[Level::Custom]);
                }
            }
            _ => {}
        }
        if !greedy {
            let parts: BTreeSet<usize> = match self.kind {
                ViewKind::Context => self.scope.into_iter().collect(),
                _ => self.parts_of_scope(graph).into_iter().collect(),
            };
            if !parts.is_empty() {
                self.relations.retain(|relation| {
                    let (source, target) = graph.ends(*relation);
                    parts.contains(&source) || parts.contains(&target)
                });
            }
        }
    }

    fn parts_of_scope(&self, graph: &Graph) -> Vec<usize> {
        let Some(scope) = self.scope else { return Vec::new() };
        graph.parents.iter().enumerate().filter(|(_, parent)| **parent == Some(scope)).map(|(index, _)| index).collect()
    }

    fn add_parts_of_scope(&mut self, model: &Model, graph: &Graph, neighbours: &[Level]) {
        for part in self.parts_of_scope(graph) {
            self.add(model, graph, part);
        }
        let system = self.scope.and_then(|scope| graph.parents.get(scope).copied().flatten());
        for part in self.parts_of_scope(graph) {
            // Containers count as neighbours of components only within the same system.
            let of_system = |other: usize| graph.parents.get(other).copied().flatten() == system;
            self.add_neighbours_if(model, graph, part, &|level, other| {
                neighbours.contains(&level) && (level != Level::Container || of_system(other))
            });
        }
    }

    fn add_neighbours(&mut self, model: &Model, graph: &Graph, element: usize, levels: &[Level]) {
        self.add_neighbours_if(model, graph, element, &|level, _| levels.contains(&level));
    }

    fn add_neighbours_if(&mut self, model: &Model, graph: &Graph, element: usize, wanted: &dyn Fn(Level, usize) -> bool) {
        let out = graph.outgoing(element).iter().map(|relation| graph.ends(*relation).1);
        let into = graph.incoming(element).iter().map(|relation| graph.ends(*relation).0);
        for other in out.chain(into) {
            if Self::level(model, other).is_some_and(|level| wanted(level, other)) {
                self.add(model, graph, other);
            }
        }
    }

    /// Adds what runs inside the nodes, and nodes only where something does. A view about a system shows only its containers.
    fn add_parts(&mut self, model: &Model, graph: &Graph, nodes: &BTreeSet<usize>) {
        for (index, element) in model.elements.values().enumerate() {
            let runs = match element.level {
                Level::InfrastructureNode | Level::SystemInstance => true,
                Level::ContainerInstance => {
                    let container = element.instance_of.as_ref().and_then(|key| model.elements.get_index_of(key));
                    let system = container.and_then(|container| graph.parents.get(container).copied().flatten());
                    self.scope.is_none() || system == self.scope
                }
                _ => false,
            };
            if runs && ancestors(graph, index).any(|around| nodes.contains(&around)) {
                self.add(model, graph, index);
            }
        }
    }

    /// Keys in model order, with the systems and containers around what is shown, which are drawn as frames.
    pub(super) fn keys(&self, model: &Model, graph: &Graph) -> Vec<ElementKey> {
        let framed = matches!(self.kind, ViewKind::Container | ViewKind::Component | ViewKind::Dynamic | ViewKind::Filtered);
        let mut all = self.elements.clone();
        if framed {
            let is_frame =
                |index: &usize| matches!(Self::level(model, *index), Some(Level::System | Level::Container | Level::DeploymentNode));
            all.extend(self.elements.iter().flat_map(|shown| ancestors(graph, *shown)).filter(is_frame));
        }
        all.iter().filter_map(|index| model.elements.get_index(*index)).map(|(key, _)| key.clone()).collect()
    }
}

/// The elements around one, nearest first.
pub(super) fn ancestors(graph: &Graph, element: usize) -> impl Iterator<Item = usize> {
    let parent = move |element: usize| graph.parents.get(element).copied().flatten();
    std::iter::successors(parent(element), move |around| parent(*around)).take(64)
}
