//! A model as a workspace in Structurizr's JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::domain::{
    model::{
        Element, ElementKey, HealthCheck, Level, Model, Relation, RelationKey,
        facts::Facts,
        kind::Mode,
        view::{Direction, Step, View, ViewKind},
    },
    syntax::{Sources, fidelity::Fidelity, format::Exported, structurizr},
};

struct Writer<'m> {
    model: &'m Model,
    ids: BTreeMap<&'m ElementKey, String>,
    relation_ids: BTreeMap<&'m RelationKey, String>,
    outgoing: BTreeMap<&'m ElementKey, Vec<&'m Relation>>,
    children: BTreeMap<&'m ElementKey, Vec<&'m Element>>,
    separator: String,
    fidelity: Fidelity,
}

/// Elements within elements.
const DEEPEST: usize = 40;

pub(super) fn export(model: &Model) -> Exported {
    // One shape for all: what the language cannot hold is moved as for the text.
    let printed = structurizr::print::write(model);
    let parsed = structurizr::parse("workspace.dsl", &printed.text, &Sources::new());
    let model = &parsed.model;
    let mut writer = Writer {
        model,
        ids: model.elements.keys().zip(1_usize..).map(|(key, id)| (key, id.to_string())).collect(),
        relation_ids: model.relations.keys().zip(model.elements.len() + 1..).map(|(key, id)| (key, id.to_string())).collect(),
        outgoing: BTreeMap::new(),
        children: BTreeMap::new(),
        separator: model
            .properties
            .get("structurizr.groupSeparator")
            .filter(|text| !text.is_empty())
            .cloned()
            .unwrap_or_else(|| "/".to_owned()),
        fidelity: printed.fidelity,
    };
    for relation in model.relations.values() {
        writer.outgoing.entry(&relation.source).or_default().push(relation);
    }
    for element in model.elements.values() {
        if let Some(parent) = &element.parent {
            writer.children.entry(parent).or_default().push(element);
        }
    }
    let value = writer.workspace();
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    Exported { text, fidelity: writer.fidelity }
}

impl Writer<'_> {
    fn workspace(&mut self) -> Value {
        let mut properties = self.model.properties.clone();
        let nested = self.model.groups.values().any(|group| group.parent.is_some());
        let separator = properties.remove("structurizr.groupSeparator").or_else(|| nested.then(|| self.separator.clone()));
        let top = |level: Level| self.model.elements.values().filter(move |element| element.level == level && element.parent.is_none());
        let list = |level: Level| -> Vec<Value> { top(level).map(|element| self.element(element, 0)).collect() };
        let (people, systems, custom) = (list(Level::Person), list(Level::System), list(Level::Custom));
        let mut nodes = Vec::new();
        for environment in self.model.elements.values().filter(|element| element.level == Level::DeploymentEnvironment) {
            for node in self.children.get(&environment.key).into_iter().flatten() {
                nodes.push(self.node(node, &environment.name, 0));
            }
        }
        let mut model = json!({ "people": people, "softwareSystems": systems, "customElements": custom, "deploymentNodes": nodes });
        if let (Some(separator), Some(model)) = (separator, model.as_object_mut()) {
            model.insert("properties".to_owned(), json!({ "structurizr.groupSeparator": separator }));
        }
        let views = self.views();
        let mut workspace = json!({ "name": self.model.name, "model": model, "views": views, "configuration": {}, "documentation": {} });
        if let Some(workspace) = workspace.as_object_mut() {
            put(workspace, "description", self.model.description.as_deref());
            if !properties.is_empty() {
                workspace.insert("properties".to_owned(), json!(properties));
            }
        }
        for _ in &self.model.linked_folders {
            self.fidelity.lose("Folder of documents or decisions", None);
        }
        workspace
    }

    fn common(&self, element: &Element, tags: &str) -> Map<String, Value> {
        let mut map = Map::new();
        put(&mut map, "id", self.ids.get(&element.key).map(String::as_str));
        let all: Vec<&str> = tags.split(',').chain(element.tags.iter().map(String::as_str)).filter(|tag| !tag.is_empty()).collect();
        map.insert("tags".to_owned(), json!(all.join(",")));
        put(&mut map, "url", element.url.as_deref());
        let mut properties = element.properties.clone();
        properties.remove("instances");
        if !element.kind.reason.starts_with("property") && concludes_otherwise(element) {
            properties.insert("kind".to_owned(), element.kind.value.slug().to_owned());
        }
        // As the tools do, so that keys stay the same on the way back.
        if element.identifier.is_some() {
            properties.insert("structurizr.dsl.identifier".to_owned(), element.key.0.clone());
        }
        if !properties.is_empty() {
            map.insert("properties".to_owned(), json!(properties));
        }
        if let Some(group) = self.group(element) {
            map.insert("group".to_owned(), json!(group));
        }
        let relationships: Vec<Value> =
            self.outgoing.get(&element.key).into_iter().flatten().map(|relation| self.relationship(relation)).collect();
        if !relationships.is_empty() {
            map.insert("relationships".to_owned(), json!(relationships));
        }
        map
    }

    /// The names of the groups around an element, from the outside.
    fn group(&self, element: &Element) -> Option<String> {
        let mut names = Vec::new();
        let mut next = element.group.as_ref();
        while let Some(group) = next.and_then(|key| self.model.groups.get(key)).filter(|_| names.len() < DEEPEST) {
            names.push(group.name.as_str());
            next = group.parent.as_ref();
        }
        names.reverse();
        Some(names.join(&self.separator)).filter(|path| !path.is_empty())
    }

    fn element(&self, element: &Element, depth: usize) -> Value {
        let tags = match element.level {
            Level::Person => "Element,Person",
            Level::System => "Element,Software System",
            Level::Container => "Element,Container",
            Level::Component => "Element,Component",
            _ => "Element",
        };
        let mut map = self.common(element, tags);
        map.insert("name".to_owned(), json!(element.name));
        put(&mut map, "description", element.description.as_deref());
        put(&mut map, if element.level == Level::Custom { "metadata" } else { "technology" }, element.technology.as_deref());
        let parts: Vec<Value> = self
            .children
            .get(&element.key)
            .into_iter()
            .flatten()
            .filter(|_| depth < DEEPEST)
            .map(|part| self.element(part, depth + 1))
            .collect();
        if !parts.is_empty() {
            map.insert(if element.level == Level::System { "containers" } else { "components" }.to_owned(), json!(parts));
        }
        Value::Object(map)
    }

    fn node(&self, element: &Element, environment: &str, depth: usize) -> Value {
        let tags = if element.level == Level::InfrastructureNode { "Element,Infrastructure Node" } else { "Element,Deployment Node" };
        let mut map = self.common(element, tags);
        map.insert("name".to_owned(), json!(element.name));
        map.insert("environment".to_owned(), json!(environment));
        put(&mut map, "description", element.description.as_deref());
        put(&mut map, "technology", element.technology.as_deref());
        if element.level == Level::InfrastructureNode {
            return Value::Object(map);
        }
        map.insert("instances".to_owned(), json!(element.properties.get("instances").map_or("1", String::as_str)));
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut numbers: BTreeMap<&ElementKey, u32> = BTreeMap::new();
        for part in self.children.get(&element.key).into_iter().flatten().filter(|_| depth < DEEPEST) {
            let (list, of) = match part.level {
                Level::DeploymentNode => ("children", None),
                Level::InfrastructureNode => ("infrastructureNodes", None),
                Level::SystemInstance => ("softwareSystemInstances", Some(("softwareSystemId", "Software System Instance"))),
                _ => ("containerInstances", Some(("containerId", "Container Instance"))),
            };
            let value = match (of, &part.instance_of) {
                (Some((field, tag)), Some(original)) => {
                    let number = numbers.entry(original).or_default();
                    *number += 1;
                    let mut map = self.common(part, tag);
                    map.insert("environment".to_owned(), json!(environment));
                    map.insert("instanceId".to_owned(), json!(*number));
                    if !part.health_checks.is_empty() {
                        map.insert("healthChecks".to_owned(), Value::Array(part.health_checks.iter().map(health_check).collect()));
                    }
                    put(&mut map, field, self.ids.get(original).map(String::as_str));
                    Value::Object(map)
                }
                _ => self.node(part, environment, depth + 1),
            };
            lists.entry(list).or_default().push(value);
        }
        for (name, values) in lists {
            map.insert(name.to_owned(), json!(values));
        }
        Value::Object(map)
    }

    fn relationship(&self, relation: &Relation) -> Value {
        let mut map = Map::new();
        put(&mut map, "id", self.relation_ids.get(&relation.key).map(String::as_str));
        put(&mut map, "sourceId", self.ids.get(&relation.source).map(String::as_str));
        put(&mut map, "destinationId", self.ids.get(&relation.target).map(String::as_str));
        put(&mut map, "description", relation.description.as_deref());
        put(&mut map, "technology", relation.technology.as_deref());
        put(&mut map, "url", relation.url.as_deref());
        let of = relation.implied_by.as_ref().and_then(|key| self.relation_ids.get(key));
        put(&mut map, "linkedRelationshipId", of.map(String::as_str));
        let tags: Vec<&str> = std::iter::once("Relationship").chain(relation.tags.iter().map(String::as_str)).collect();
        map.insert("tags".to_owned(), json!(tags.join(",")));
        if matches!(relation.mode.value, Mode::AsyncPub | Mode::AsyncSub) {
            map.insert("interactionStyle".to_owned(), json!("Asynchronous"));
        }
        let mut properties = relation.properties.clone();
        for (name, value) in own_facts(&relation.facts) {
            properties.entry(name).or_insert(value);
        }
        if !properties.is_empty() {
            map.insert("properties".to_owned(), json!(properties));
        }
        Value::Object(map)
    }

    fn views(&mut self) -> Value {
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let model = self.model;
        for (at, view) in model.views.iter().enumerate() {
            let Some((list, scope)) = list_of(view.kind) else {
                if view.kind == ViewKind::Filtered || view.kind == ViewKind::Image {
                    self.fidelity.lose("Filtered or image view", None);
                }
                continue;
            };
            let value = self.view(view, scope, at + 1);
            lists.entry(list).or_default().push(value);
        }
        json!(lists)
    }

    fn view(&self, view: &View, scope: Option<&str>, order: usize) -> Value {
        let mut map = Map::new();
        map.insert("key".to_owned(), json!(view.key));
        map.insert("order".to_owned(), json!(order));
        put(&mut map, "title", view.title.as_deref());
        put(&mut map, "description", view.description.as_deref());
        if let Some(scope) = scope {
            put(&mut map, scope, view.scope.as_ref().and_then(|key| self.ids.get(key)).map(String::as_str));
        }
        if view.kind == ViewKind::Component
            && let Some(system) = view.scope.as_ref().and_then(|key| self.model.elements.get(key)).and_then(|scope| scope.parent.as_ref())
        {
            put(&mut map, "softwareSystemId", self.ids.get(system).map(String::as_str));
        }
        let mut frames: BTreeSet<&ElementKey> = BTreeSet::new();
        if view.kind != ViewKind::Deployment {
            frames.extend(view.elements.iter().flat_map(|key| self.model.ancestors(key)).map(|element| &element.key));
        }
        let environment =
            view.elements.iter().flat_map(|key| self.model.ancestors(key)).find(|element| element.level == Level::DeploymentEnvironment);
        if view.kind == ViewKind::Deployment {
            put(&mut map, "environment", environment.map(|element| element.name.as_str()));
        }
        let elements: Vec<Value> = view
            .elements
            .iter()
            .filter(|key| !frames.contains(key))
            .filter_map(|key| self.ids.get(key))
            .map(|id| json!({ "id": id, "x": 0, "y": 0 }))
            .collect();
        map.insert("elements".to_owned(), json!(elements));
        let relationships: Vec<Value> = if view.kind == ViewKind::Dynamic {
            let step = |step: &Step| {
                let mut map = Map::new();
                put(&mut map, "id", self.relation_ids.get(&step.relation).map(String::as_str));
                put(&mut map, "description", step.description.as_deref());
                map.insert("order".to_owned(), json!(step.order));
                map.insert("response".to_owned(), json!(step.response));
                Value::Object(map)
            };
            view.steps.iter().map(step).collect()
        } else {
            view.relations.iter().filter_map(|key| self.relation_ids.get(key)).map(|id| json!({ "id": id })).collect()
        };
        map.insert("relationships".to_owned(), json!(relationships));
        let direction = match view.direction {
            Direction::TopBottom => "TopBottom",
            Direction::BottomTop => "BottomTop",
            Direction::LeftRight => "LeftRight",
            Direction::RightLeft => "RightLeft",
        };
        map.insert(
            "automaticLayout".to_owned(),
            json!({ "implementation": "Graphviz", "rankDirection": direction, "rankSeparation": 300, "nodeSeparation": 300, "applied": false }),
        );
        Value::Object(map)
    }
}

/// The list a view stands in, and the field of its scope.
const fn list_of(kind: ViewKind) -> Option<(&'static str, Option<&'static str>)> {
    Some(match kind {
        ViewKind::Landscape => ("systemLandscapeViews", None),
        ViewKind::Context => ("systemContextViews", Some("softwareSystemId")),
        ViewKind::Container => ("containerViews", Some("softwareSystemId")),
        ViewKind::Component => ("componentViews", Some("containerId")),
        ViewKind::Dynamic => ("dynamicViews", Some("elementId")),
        ViewKind::Deployment => ("deploymentViews", Some("softwareSystemId")),
        ViewKind::Custom => ("customViews", None),
        ViewKind::Filtered | ViewKind::Image | ViewKind::Everything => return None,
    })
}

/// Whether the kind comes from something the workspace does not hold.
fn concludes_otherwise(element: &Element) -> bool {
    element.kind.reason.starts_with("archetype") || element.kind.reason.starts_with("shape")
}

fn own_facts(facts: &Facts) -> impl Iterator<Item = (String, String)> {
    facts.0.iter().filter(|(_, fact)| fact.inherited_from.is_none()).map(|(name, fact)| (name.clone(), fact.value.clone()))
}

fn put(map: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        map.insert(name.to_owned(), json!(value));
    }
}

fn health_check(check: &HealthCheck) -> Value {
    let HealthCheck { name, url, interval, timeout } = check;
    // What is not said is what Structurizr takes.
    json!({"name": name, "url": url, "interval": interval.unwrap_or(60), "timeout": timeout.unwrap_or(0)})
}
