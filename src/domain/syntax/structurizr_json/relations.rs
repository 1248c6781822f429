//! Relationships, which each element lists for itself.

use serde_json::Value;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{ElementKey, RelationKey},
    syntax::structurizr_json::{
        MAX_DEPTH, Reading,
        value::{list, pairs, tags, text},
    },
};

/// The lists in which elements stand.
const LISTS: [&str; 10] = [
    "people",
    "softwareSystems",
    "customElements",
    "deploymentNodes",
    "containers",
    "components",
    "children",
    "infrastructureNodes",
    "softwareSystemInstances",
    "containerInstances",
];

impl Reading {
    /// All relationships of the model, then those that follow from others.
    pub(super) fn relationships(&mut self, model: &Value) {
        let mut found = Vec::new();
        gather(model, 0, &mut found);
        let mut linked = Vec::new();
        for relationship in found {
            self.relationship(relationship, &mut linked);
        }
        for (key, of) in linked {
            let by = self.relations.get(&of).cloned();
            if let (Some(by), Some(relation)) = (by, self.draft.model().relations.get_mut(&key)) {
                relation.implied_by = Some(by).filter(|by| *by != key);
            }
        }
    }

    fn relationship(&mut self, value: &Value, linked: &mut Vec<(RelationKey, String)>) {
        let end = |reading: &Self, name: &str| -> Option<ElementKey> { reading.elements.get(&text(value, name)?).cloned() };
        let (Some(source), Some(target)) = (end(self, "sourceId"), end(self, "destinationId")) else {
            let id = text(value, "id").unwrap_or_default();
            self.draft.report(
                Severity::Warning,
                "unknown-element",
                Span::default(),
                [
                    &format!("The relationship `{id}` leads from or to an element that is not in the model"),
                    "It is left out of the model.",
                    "Export the workspace again.",
                ],
            );
            self.draft.fidelity().lose("Relationship with an end that is not in the model", None);
            return;
        };
        let Some(key) = self.draft.relation(&source, &target, Span::default()) else { return };
        if let Some(id) = text(value, "id") {
            self.relations.insert(id, key.clone());
        }
        let mut own = tags(value, &["Relationship", "Synchronous"]);
        let asynchronous = text(value, "interactionStyle").as_deref() == Some("Asynchronous");
        if asynchronous && !own.iter().any(|tag| tag == "Asynchronous") {
            own.push("Asynchronous".to_owned());
        }
        if let Some(relation) = self.draft.model().relations.get_mut(&key) {
            relation.description = text(value, "description");
            relation.technology = text(value, "technology");
            relation.url = text(value, "url");
            relation.tags = own;
        }
        for (name, value) in pairs(value, "properties").into_iter().filter(|(name, _)| *name != "structurizr.dsl.identifier") {
            self.draft.state_relation(&key, name, &value, Span::default());
        }
        for perspective in list(value, "perspectives") {
            let Some(name) = text(perspective, "name") else { continue };
            let words: Vec<String> = ["description", "value"].into_iter().filter_map(|field| text(perspective, field)).collect();
            self.draft.state_relation(&key, &format!("perspective.{name}"), &words.join(", "), Span::default());
            self.draft.fidelity().keep("Perspective, as a property", None);
        }
        if let Some(of) = text(value, "linkedRelationshipId") {
            linked.push((key, of));
        }
    }
}

fn gather<'v>(value: &'v Value, depth: usize, found: &mut Vec<&'v Value>) {
    if depth > MAX_DEPTH {
        return;
    }
    if depth > 0 {
        found.extend(list(value, "relationships"));
    }
    for name in LISTS {
        for element in list(value, name) {
            gather(element, depth + 1, found);
        }
    }
}
