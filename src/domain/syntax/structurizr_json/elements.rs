//! People, systems and their parts, and the places where they run.

use serde_json::Value;

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, HealthCheck, Level, LinkedFolder, facts::Fact},
    syntax::{
        draft::{Look, NewElement},
        structurizr_json::{
            MAX_DEPTH, Reading,
            value::{integer, list, pairs, tags, text},
        },
    },
};

/// The property in which the tools keep the identifier of the text a workspace came from.
const IDENTIFIER: &str = "structurizr.dsl.identifier";

/// Tags that every element of a level has.
const fn own_tags(level: Level) -> &'static [&'static str] {
    match level {
        Level::Person => &["Element", "Person"],
        Level::System => &["Element", "Software System"],
        Level::Container => &["Element", "Container"],
        Level::Component => &["Element", "Component"],
        Level::DeploymentNode => &["Element", "Deployment Node"],
        Level::InfrastructureNode => &["Element", "Infrastructure Node"],
        Level::SystemInstance => &["Element", "Software System Instance"],
        Level::ContainerInstance => &["Element", "Container Instance"],
        Level::Custom | Level::DeploymentEnvironment => &["Element", "Custom Element"],
    }
}

/// The last part of the identifier in the text a workspace came from.
fn identifier(value: &Value) -> Option<String> {
    let (_, path) = pairs(value, "properties").into_iter().find(|(name, _)| *name == IDENTIFIER)?;
    path.rsplit('.').next().map(str::to_owned)
}

impl Reading {
    /// An element of the static model with its parts.
    pub(super) fn element(&mut self, value: &Value, parent: Option<&ElementKey>, level: Level, depth: usize) {
        let Some(key) = self.add(value, parent, level, depth) else { return };
        for container in list(value, "containers") {
            self.element(container, Some(&key), Level::Container, depth + 1);
        }
        for component in list(value, "components") {
            self.element(component, Some(&key), Level::Component, depth + 1);
        }
        for _ in list(value, "code") {
            self.draft.fidelity().lose("Code element of a component", None);
        }
    }

    fn add(&mut self, value: &Value, parent: Option<&ElementKey>, level: Level, depth: usize) -> Option<ElementKey> {
        if !value.is_object() || depth > MAX_DEPTH {
            self.draft.fidelity().lose("Element that is nested too deeply, or no object", None);
            return None;
        }
        let name = text(value, "name").unwrap_or_else(|| "Unnamed".to_owned());
        let identifier = identifier(value);
        let own = identifier.as_deref().unwrap_or("");
        let new = NewElement { parent, own, name: &name, level, span: Span::default(), name_span: Span::default() };
        let key = self.draft.element(&new)?;
        if let Some(id) = text(value, "id") {
            self.elements.insert(id, key.clone());
        }
        self.describe(value, &key, level);
        let group = self.group(value, parent, level);
        if let Some(element) = self.draft.get(&key) {
            element.group = group;
        }
        self.documented(value, &key);
        Some(key)
    }

    /// Words, tags, properties and looks.
    fn describe(&mut self, value: &Value, key: &ElementKey, level: Level) {
        let own = tags(value, own_tags(level));
        if let Some(element) = self.draft.get(key) {
            element.description = text(value, "description");
            element.technology = text(value, "technology").or_else(|| text(value, "metadata"));
            element.url = text(value, "url");
            element.tags.clone_from(&own);
        }
        for (name, value) in pairs(value, "properties").into_iter().filter(|(name, _)| *name != IDENTIFIER) {
            self.draft.state(key, name, &value, Span::default());
        }
        for perspective in list(value, "perspectives") {
            let Some(name) = text(perspective, "name") else { continue };
            let words: Vec<String> = ["description", "value"].into_iter().filter_map(|field| text(perspective, field)).collect();
            self.draft.state(key, &format!("perspective.{name}"), &words.join(", "), Span::default());
            self.draft.fidelity().keep("Perspective, as a property", None);
        }
        if text(value, "location").as_deref() == Some("External") {
            self.draft.state(key, "location", "External", Span::default());
        }
        let shape = self.styles.iter().rev().find(|style| style.shape.is_some() && own.contains(&style.tag));
        if let Some(style) = shape {
            let look = Look::Shape { by: style.tag.clone(), shape: style.shape.clone().unwrap_or_default() };
            self.draft.look(key, look);
        }
    }

    /// The group an element lies in. A name may hold a path of nested groups.
    fn group(&mut self, value: &Value, parent: Option<&ElementKey>, level: Level) -> Option<GroupKey> {
        let written = text(value, "group");
        let inside = matches!(level, Level::Person | Level::System) && text(value, "location").as_deref() == Some("Internal");
        let name = match (written, &self.enterprise) {
            (Some(written), _) => written,
            (None, Some(enterprise)) if inside => {
                let enterprise = enterprise.clone();
                self.draft.fidelity().keep("Enterprise, as a group", None);
                enterprise
            }
            _ => return None,
        };
        let parts: Vec<String> = match &self.separator {
            Some(separator) => name.split(separator.as_str()).take(MAX_DEPTH).map(|part| part.trim().to_owned()).collect(),
            None => vec![name],
        };
        let mut group = None;
        for part in parts.iter().filter(|part| !part.is_empty()) {
            group = Some(self.draft.group(parent, group.as_ref(), part, Span::default()));
        }
        group
    }

    fn documented(&mut self, value: &Value, key: &ElementKey) {
        let Some(documentation) = value.get("documentation") else { return };
        for (name, what) in [("sections", "Section of documentation"), ("decisions", "Decision record")] {
            for _ in list(documentation, name) {
                self.draft.fidelity().lose(what, None);
            }
        }
        // Exports of some tools name the folders they read from.
        for (name, decisions) in [("docs", false), ("adrs", true)] {
            if let Some(path) = text(documentation, name) {
                let folder = LinkedFolder { path, decisions, owner: Some(key.clone()), span: Span::default() };
                self.draft.model().linked_folders.push(folder);
            }
        }
    }

    /// A deployment node with what runs on it; at the top, in its environment.
    pub(super) fn node(&mut self, value: &Value, parent: Option<&ElementKey>, depth: usize) {
        let environment = parent.cloned().or_else(|| self.environment(&text(value, "environment").unwrap_or_else(|| "Default".to_owned())));
        let Some(around) = environment else { return };
        let Some(key) = self.add(value, Some(&around), Level::DeploymentNode, depth) else { return };
        let instances = text(value, "instances").filter(|instances| instances != "1");
        if let Some(instances) = instances {
            self.draft.state(&key, "instances", &instances, Span::default());
        }
        for child in list(value, "children") {
            self.node(child, Some(&key), depth + 1);
        }
        for node in list(value, "infrastructureNodes") {
            self.add(node, Some(&key), Level::InfrastructureNode, depth + 1);
        }
        for instance in list(value, "softwareSystemInstances") {
            self.instance(instance, &key, "softwareSystemId", Level::SystemInstance, depth + 1);
        }
        for instance in list(value, "containerInstances") {
            self.instance(instance, &key, "containerId", Level::ContainerInstance, depth + 1);
        }
    }

    /// The environment of that name.
    fn environment(&mut self, name: &str) -> Option<ElementKey> {
        if let Some(key) = self.environments.get(name) {
            return Some(key.clone());
        }
        let level = Level::DeploymentEnvironment;
        let key =
            self.draft.element(&NewElement { parent: None, own: "", name, level, span: Span::default(), name_span: Span::default() })?;
        self.environments.insert(name.to_owned(), key.clone());
        Some(key)
    }

    fn instance(&mut self, value: &Value, node: &ElementKey, of: &str, level: Level, depth: usize) {
        let what = text(value, of).and_then(|id| self.elements.get(&id).cloned());
        let Some(what) = what.filter(|_| depth <= MAX_DEPTH) else {
            self.draft.fidelity().lose("Instance of something that is not in the model", None);
            return;
        };
        let name = self.draft.get(&what).map(|element| element.name.clone()).unwrap_or_default();
        let identifier = identifier(value);
        let own = identifier.as_deref().unwrap_or("");
        let new = NewElement { parent: Some(node), own, name: &name, level, span: Span::default(), name_span: Span::default() };
        let Some(key) = self.draft.element(&new) else { return };
        if let Some(id) = text(value, "id") {
            self.elements.insert(id, key.clone());
        }
        self.describe(value, &key, level);
        let group = self.group(value, Some(node), level);
        if let Some(element) = self.draft.get(&key) {
            element.instance_of = Some(what.clone());
            element.group = group;
        }
        if list(value, "healthChecks").next().is_some() {
            self.draft.state(&key, "healthcheck", "yes", Span::default());
            let known = self.draft.get(&what).is_some_and(|element| element.facts.0.contains_key("healthcheck"));
            if !known && let Some(element) = self.draft.get(&what) {
                let fact = Fact { value: "yes".to_owned(), span: Span::default(), inherited_from: Some(key.clone()) };
                element.facts.0.insert("healthcheck".to_owned(), fact);
            }
            let whole = |check: &Value, name: &str| check.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
            let checks = list(value, "healthChecks").filter_map(|check| {
                let (name, url) = (text(check, "name")?, text(check, "url")?);
                Some(HealthCheck { name, url, interval: whole(check, "interval"), timeout: whole(check, "timeout") })
            });
            let checks: Vec<HealthCheck> = checks.collect();
            if checks.len() < list(value, "healthChecks").count() {
                self.draft.fidelity().lose("Health check without a name or address", None);
            }
            if let Some(element) = self.draft.get(&key) {
                element.health_checks = checks;
            }
        }
        if value.get("instanceId").and_then(integer).is_some_and(|number| number > 1) {
            self.draft.fidelity().lose("Number of an instance", None);
        }
    }
}
