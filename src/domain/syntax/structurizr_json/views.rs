//! Views of all kinds, with the places of their elements.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::domain::{
    diagnostic::Span,
    model::{
        ElementKey, Level, RelationKey,
        view::{Direction, Step, View, ViewKind},
    },
    syntax::{
        draft::empty_view,
        structurizr_json::{
            Reading,
            value::{integer, list, text, texts},
        },
    },
};

const KINDS: [(&str, ViewKind); 9] = [
    ("systemLandscapeViews", ViewKind::Landscape),
    ("systemContextViews", ViewKind::Context),
    ("containerViews", ViewKind::Container),
    ("componentViews", ViewKind::Component),
    ("dynamicViews", ViewKind::Dynamic),
    ("deploymentViews", ViewKind::Deployment),
    ("customViews", ViewKind::Custom),
    ("imageViews", ViewKind::Image),
    ("filteredViews", ViewKind::Filtered),
];

impl Reading {
    pub(super) fn views(&mut self, views: &Map<String, Value>) {
        let views = Value::Object(views.clone());
        let mut all: Vec<(ViewKind, &Value, (bool, i64))> = Vec::new();
        for (name, kind) in KINDS {
            for view in list(&views, name) {
                let order = view.get("order").and_then(integer).unwrap_or(i64::MAX);
                // What a view is based on has to be there before it.
                all.push((kind, view, (kind == ViewKind::Filtered, order)));
            }
        }
        all.sort_by_key(|(_, _, order)| *order);
        let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, value, _) in all {
            let written = text(value, "key").unwrap_or_default();
            let Some(view) = self.view(kind, value, &written, &by_key) else { continue };
            by_key.entry(written).or_insert(self.draft.out.model.views.len());
            self.draft.model().views.push(view);
        }
    }

    fn view(&mut self, kind: ViewKind, value: &Value, written: &str, by_key: &BTreeMap<String, usize>) -> Option<View> {
        let key = self.draft.view_key(if written.is_empty() { kind.name() } else { written }, Span::default())?;
        let mut view = empty_view(key, kind, Span::default());
        view.title = text(value, "title");
        view.description = text(value, "description");
        let scope = ["softwareSystemId", "containerId", "elementId"].into_iter().find_map(|name| text(value, name));
        view.scope = scope.and_then(|id| self.elements.get(&id).cloned());
        if kind == ViewKind::Component
            && let Some(container) = text(value, "containerId").and_then(|id| self.elements.get(&id).cloned())
        {
            view.scope = Some(container);
        }
        match kind {
            ViewKind::Image => self.draft.fidelity().lose("Picture of an image view", None),
            ViewKind::Filtered => self.filtered(value, by_key, &mut view),
            _ => self.shown(value, &mut view),
        }
        for _ in list(value, "animations") {
            self.draft.fidelity().lose("Step of an animation", None);
        }
        let automatic = value.get("automaticLayout").filter(|layout| layout.is_object());
        if let Some(layout) = automatic {
            view.direction = match text(layout, "rankDirection").unwrap_or_default().as_str() {
                "BottomTop" => Direction::BottomTop,
                "LeftRight" => Direction::LeftRight,
                "RightLeft" => Direction::RightLeft,
                _ => Direction::TopBottom,
            };
        } else if kind != ViewKind::Image && kind != ViewKind::Filtered {
            let places = self.places(value);
            if !places.is_empty() {
                self.draft.out.positions.insert(view.key.clone(), places);
            }
        }
        Some(view)
    }

    /// The elements and relationships that the view lists.
    fn shown(&mut self, value: &Value, view: &mut View) {
        let mut shown: BTreeSet<ElementKey> = BTreeSet::new();
        for element in list(value, "elements") {
            match text(element, "id").and_then(|id| self.elements.get(&id)) {
                Some(key) => {
                    shown.insert(key.clone());
                }
                None => self.draft.fidelity().lose("Element of a view that is not in the model", None),
            }
        }
        let mut drawn: BTreeSet<RelationKey> = BTreeSet::new();
        for (at, relationship) in list(value, "relationships").enumerate() {
            let Some(key) = text(relationship, "id").and_then(|id| self.relations.get(&id)).cloned() else {
                self.draft.fidelity().lose("Relationship of a view that is not in the model", None);
                continue;
            };
            if list(relationship, "vertices").next().is_some() {
                self.draft.fidelity().lose("Bend of a relationship", None);
            }
            if view.kind == ViewKind::Dynamic {
                let order = text(relationship, "order").unwrap_or_else(|| (at + 1).to_string());
                let response = relationship.get("response").and_then(Value::as_bool).unwrap_or(false);
                view.steps.push(Step { order, relation: key.clone(), description: text(relationship, "description"), response });
            } else if text(relationship, "description").is_some() {
                self.draft.fidelity().lose("Words of a relationship that hold in one view only", None);
            }
            drawn.insert(key);
        }
        let number = |order: &str| order.split('.').map(|part| part.parse::<u32>().unwrap_or(u32::MAX)).collect::<Vec<_>>();
        view.steps.sort_by_cached_key(|step| number(&step.order));
        self.settle(view, &shown, &drawn);
    }

    /// Writes down what a view shows, in model order, with the systems, containers and nodes that are frames around it.
    fn settle(&mut self, view: &mut View, shown: &BTreeSet<ElementKey>, drawn: &BTreeSet<RelationKey>) {
        let model = self.draft.model();
        let mut all = shown.clone();
        if matches!(view.kind, ViewKind::Container | ViewKind::Component | ViewKind::Dynamic | ViewKind::Filtered | ViewKind::Deployment) {
            let around = shown.iter().flat_map(|key| model.ancestors(key));
            let frames = around.filter(|element| matches!(element.level, Level::System | Level::Container | Level::DeploymentNode));
            let frames: Vec<ElementKey> = frames.map(|element| element.key.clone()).collect();
            all.extend(frames);
        }
        view.elements = model.elements.keys().filter(|key| all.contains(*key)).cloned().collect();
        let both = |key: &&RelationKey| {
            model.relations.get(*key).is_some_and(|relation| all.contains(&relation.source) && all.contains(&relation.target))
        };
        view.relations = model.relations.keys().filter(|key| drawn.contains(*key)).filter(both).cloned().collect();
    }

    /// A part of another view, chosen by tags.
    fn filtered(&mut self, value: &Value, by_key: &BTreeMap<String, usize>, view: &mut View) {
        let base = text(value, "baseViewKey").and_then(|key| by_key.get(&key)).and_then(|at| self.draft.out.model.views.get(*at));
        let Some(base) = base.cloned() else {
            self.draft.fidelity().lose("Filtered view of a view that is not there", None);
            return;
        };
        let wanted: Vec<String> = texts(value, "tags").collect();
        let including = text(value, "mode").is_none_or(|mode| !mode.eq_ignore_ascii_case("exclude"));
        let model = &self.draft.out.model;
        let own = |level: Level| match level {
            Level::Person => "Person",
            Level::System => "Software System",
            Level::Container => "Container",
            Level::Component => "Component",
            Level::DeploymentNode => "Deployment Node",
            Level::InfrastructureNode => "Infrastructure Node",
            _ => "",
        };
        let tagged = |key: &ElementKey| {
            let element = model.elements.get(key);
            let of = element.and_then(|element| element.instance_of.as_ref()).and_then(|key| model.elements.get(key));
            let mut both = element.into_iter().chain(of);
            both.any(|element| {
                wanted.iter().any(|tag| tag == "Element" || tag == own(element.level) || element.tags.iter().any(|own| own == tag))
            })
        };
        let frames: BTreeSet<&ElementKey> = base.elements.iter().flat_map(|key| model.ancestors(key)).map(|element| &element.key).collect();
        let boxes = base.elements.iter().filter(|key| !frames.contains(*key));
        let shown: BTreeSet<ElementKey> = boxes.filter(|key| tagged(key) == including).cloned().collect();
        let drawn: BTreeSet<RelationKey> = base
            .relations
            .iter()
            .filter_map(|key| model.relations.get(key))
            .filter(|relation| {
                let found = wanted.iter().any(|tag| tag == "Relationship" || relation.tags.iter().any(|own| own == tag));
                found == including && shown.contains(&relation.source) && shown.contains(&relation.target)
            })
            .map(|relation| relation.key.clone())
            .collect();
        view.scope.clone_from(&base.scope);
        view.direction = base.direction;
        self.draft.fidelity().keep("Filtered view, with what it shows now", None);
        self.settle(view, &shown, &drawn);
        if let Some(places) = self.draft.out.positions.get(&base.key) {
            let places: BTreeMap<ElementKey, _> =
                places.iter().filter(|(key, _)| shown.contains(*key)).map(|(key, at)| (key.clone(), *at)).collect();
            self.draft.out.positions.insert(view.key.clone(), places);
        }
    }
}
