//! What is concluded once all statements are read: relations of instances, kinds, modes, inherited facts.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::sort::Gather;
use crate::domain::{
    model::{
        ElementKey, Inferred, Level, Model, Relation, RelationKey,
        facts::{self, Fact},
        kind::{
            Kind,
            infer::{self, Ends, Evidence},
        },
    },
    syntax::structurizr::{
        lower::{Lowering, relation::Implied},
        views::default_tags,
    },
};

impl Lowering<'_> {
    /// Completes the relations: instances get theirs, and an implied relation gives way to a stated one, unless the text wants
    /// both.
    pub(super) fn finish(&mut self) {
        if self.implied == Implied::UnlessSame {
            self.relate_instances();
            return;
        }
        let relations = &self.model.relations;
        let is_stated = |key: &RelationKey| relations.get(key).is_some_and(|relation| relation.implied_by.is_none());
        let yields = |relation: &Relation| {
            relation.implied_by.is_some() && self.relations.between(&relation.source, &relation.target).iter().any(is_stated)
        };
        let yielding: BTreeSet<RelationKey> =
            relations.values().filter(|relation| yields(relation)).map(|relation| relation.key.clone()).gathered();
        if !yielding.is_empty() {
            self.model.relations.retain(|key, _| !yielding.contains(key));
        }
        self.relate_instances();
    }

    /// Concludes kinds and modes, and lets facts be inherited; styles have to be known by now.
    pub(super) fn conclude(&mut self) {
        let own_scope = self.own_scope();
        // In the order of the elements: what is an instance stands behind what it is an instance of.
        let mut kinds: Vec<Inferred<Kind>> = Vec::with_capacity(self.model.elements.len());
        for element in self.model.elements.values() {
            let of = element.instance_of.as_ref().and_then(|key| kinds.get(self.model.elements.get_index_of(key)?));
            let kind = match of {
                Some(kind) => Inferred { value: kind.value, reason: format!("instance of it: {}", kind.reason), stated: false },
                None => infer::kind(&Evidence {
                    level: element.level,
                    name: &element.name,
                    technology: element.technology.as_deref(),
                    description: element.description.as_deref(),
                    tags: &element.tags,
                    properties: &element.properties,
                    archetype: self.made_with.get(&element.key).map(String::as_str),
                    shape: self.shape_of(element.level, &element.tags),
                    outside: own_scope.get(&element.key).map(String::as_str),
                }),
            };
            kinds.push(kind);
        }
        let Model { elements, relations, .. } = &mut self.model;
        for (element, kind) in elements.values_mut().zip(kinds) {
            element.kind = kind;
        }
        let kind_of = |key: &ElementKey| elements.get(key).map_or(Kind::Service, |element| element.kind.value);
        for relation in relations.values_mut() {
            let ends = Ends { source: kind_of(&relation.source), target: kind_of(&relation.target) };
            relation.mode = infer::mode(
                ends,
                relation.description.as_deref(),
                relation.technology.as_deref(),
                &relation.tags,
                relation.properties.get("mode").map(String::as_str),
            );
        }
        self.hand_up_health_checks();
        facts::inherit(&mut self.model);
    }

    /// A health check is written at an instance, and says the same of what it is an instance of.
    fn hand_up_health_checks(&mut self) {
        let checked: Vec<(ElementKey, ElementKey, Fact)> = self
            .model
            .elements
            .values()
            .filter_map(|element| Some((element.instance_of.clone()?, element.key.clone(), element.facts.get("healthcheck")?.clone())))
            .collect();
        for (of, instance, fact) in checked {
            if let Some(element) = self.model.elements.get_mut(&of) {
                let fact = Fact { inherited_from: Some(instance), ..fact };
                element.facts.0.entry("healthcheck".to_owned()).or_insert(fact);
            }
        }
    }

    /// The last style with a telling shape among the tags, as the tag and the shape.
    fn shape_of(&self, level: Level, tags: &[String]) -> Option<(&str, &str)> {
        let own = |tag: &str| tags.iter().any(|own| own == tag);
        let found = self.shapes.iter().rev().find(|(tag, _)| own(tag) && !default_tags(level).contains(&tag.as_str()))?;
        Some((found.0.as_str(), found.1.as_str()))
    }

    /// Systems that are others' when the model clearly has one of its own: only that one has parts. With the reason.
    fn own_scope(&self) -> BTreeMap<ElementKey, String> {
        let with_parts: BTreeSet<&ElementKey> = self
            .model
            .elements
            .values()
            .filter(|element| element.level == Level::Container)
            .filter_map(|element| element.parent.as_ref())
            .gathered();
        let mut owned = with_parts.iter().filter_map(|key| self.model.elements.get(*key));
        let (Some(own), None) = (owned.next(), owned.next()) else { return BTreeMap::new() };
        let reason = format!("has no parts here, unlike {}", own.name);
        self.model
            .elements
            .values()
            .filter(|element| element.level == Level::System && element.key != own.key)
            .filter(|element| element.group.is_none() || element.group != own.group)
            .map(|element| (element.key.clone(), reason.clone()))
            .gathered()
    }
}
