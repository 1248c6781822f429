//! What is different between two models of one diagram: for ghosts on the canvas, for suggestions and for reviews of changes.
//! Places in the text don't count; meaning does.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::model::{Element, ElementKey, Group, GroupKey, Model, Relation, RelationKey, facts::Facts};

/// Something that is in both models and differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Altered<K> {
    pub key: K,
    /// What differs, such as `technology` or `timeout`, sorted.
    pub what: Vec<String>,
}

/// Added keys are those of the newer model, removed ones those of the older.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChange {
    pub elements_added: Vec<ElementKey>,
    pub elements_removed: Vec<ElementKey>,
    pub elements_changed: Vec<Altered<ElementKey>>,
    pub relations_added: Vec<RelationKey>,
    pub relations_removed: Vec<RelationKey>,
    pub relations_changed: Vec<Altered<RelationKey>>,
    pub groups_added: Vec<GroupKey>,
    pub groups_removed: Vec<GroupKey>,
}

impl ModelChange {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two models; relations that follow from others are left out.
pub fn between(old: &Model, new: &Model) -> ModelChange {
    let stated = |model: &Model| -> Vec<RelationKey> {
        model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation.key.clone()).collect()
    };
    let (old_relations, new_relations) = (stated(old), stated(new));
    let (old_elements, new_elements): (Vec<ElementKey>, Vec<ElementKey>) =
        (old.elements.keys().cloned().collect(), new.elements.keys().cloned().collect());
    let (old_groups, new_groups): (Vec<GroupKey>, Vec<GroupKey>) =
        (old.groups.keys().cloned().collect(), new.groups.keys().cloned().collect());
    ModelChange {
        elements_changed: altered(&new_elements, |key| Some(element(old.elements.get(key)?, new.elements.get(key)?))),
        elements_added: missing(&new_elements, &old_elements),
        elements_removed: missing(&old_elements, &new_elements),
        relations_changed: altered(&new_relations, |key| Some(relation(old.relations.get(key)?, new.relations.get(key)?))),
        relations_added: missing(&new_relations, &old_relations),
        relations_removed: missing(&old_relations, &new_relations),
        groups_added: missing(&new_groups, &old_groups),
        groups_removed: missing(&old_groups, &new_groups),
    }
}

/// Keys of the first list that the second has not, sorted.
fn missing<K: Ord + Clone>(from: &[K], others: &[K]) -> Vec<K> {
    let others: BTreeSet<&K> = others.iter().collect();
    from.iter().filter(|key| !others.contains(key)).collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

fn altered<K: Ord + Clone>(keys: &[K], what: impl Fn(&K) -> Option<Vec<String>>) -> Vec<Altered<K>> {
    let mut found: Vec<Altered<K>> =
        keys.iter().filter_map(|key| what(key).filter(|what| !what.is_empty()).map(|what| Altered { key: key.clone(), what })).collect();
    found.sort_by(|left, right| left.key.cmp(&right.key));
    found
}

/// What differs between two readings of one element, sorted.
pub fn element(old: &Element, new: &Element) -> Vec<String> {
    let mut what = facts(&old.facts, &new.facts);
    let mut note = |name: &str, differs: bool| {
        if differs {
            what.insert(name.to_owned());
        }
    };
    note("name", old.name != new.name);
    note("description", old.description != new.description);
    note("technology", old.technology != new.technology);
    note("level", old.level != new.level);
    note("kind", old.kind.value != new.kind.value);
    note("place", old.parent != new.parent || old.group != new.group);
    note("tags", old.tags != new.tags);
    note(
        "properties",
        old.properties != new.properties && what_is_no_fact(&old.properties, &old.facts) != what_is_no_fact(&new.properties, &new.facts),
    );
    what.into_iter().collect()
}

/// What differs between two readings of one relation, sorted.
pub fn relation(old: &Relation, new: &Relation) -> Vec<String> {
    let mut what = facts(&old.facts, &new.facts);
    let mut note = |name: &str, differs: bool| {
        if differs {
            what.insert(name.to_owned());
        }
    };
    note("ends", old.source != new.source || old.target != new.target);
    note("description", old.description != new.description);
    note("technology", old.technology != new.technology);
    note("mode", old.mode.value != new.mode.value);
    note("tags", old.tags != new.tags);
    note("properties", what_is_no_fact(&old.properties, &old.facts) != what_is_no_fact(&new.properties, &new.facts));
    what.into_iter().collect()
}

/// What differs between two readings of one group, sorted.
pub fn group(old: &Group, new: &Group) -> Vec<String> {
    let mut what = facts(&old.facts, &new.facts);
    if old.name != new.name {
        what.insert("name".to_owned());
    }
    if old.parent != new.parent || old.owner != new.owner {
        what.insert("place".to_owned());
    }
    what.into_iter().collect()
}

fn what_is_no_fact<'a>(properties: &'a std::collections::BTreeMap<String, String>, facts: &Facts) -> Vec<(&'a String, &'a String)> {
    properties.iter().filter(|(name, _)| facts.get(name).is_none()).collect()
}

/// Names of the facts whose values differ.
fn facts(old: &Facts, new: &Facts) -> BTreeSet<String> {
    let names: BTreeSet<&String> = old.0.keys().chain(new.0.keys()).collect();
    names.into_iter().filter(|name| old.value(name) != new.value(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Language, Sources, parse};

    fn change(old: &str, new: &str) -> ModelChange {
        let model =
            |text: &str| parse(Language::Structurizr, "w.dsl", &format!("workspace {{\nmodel {{\n{text}\n}}\n}}\n"), &Sources::new()).model;
        between(&model(old), &model(new))
    }

    #[test]
    fn meaning_counts_and_places_do_not() {
        let text = "a = softwareSystem \"A\"\nb = softwareSystem \"B\"\na -> b \"asks\"";
        assert!(change(text, &text.replace('\n', "\n\n // x\n")).is_empty());
        let renamed = change(text, &text.replace("\"B\"", "\"Bee\" \"does\""));
        assert_eq!(renamed.elements_changed, [Altered { key: "b".into(), what: vec!["description".to_owned(), "name".to_owned()] }]);
        let timed = change(text, &text.replace("\"asks\"", "\"asks\" {\nproperties {\ntimeout 2s\n}\n}"));
        assert_eq!(timed.relations_changed.first().map(|altered| altered.what.clone()), Some(vec!["timeout".to_owned()]));
        let grown = change(text, &format!("{text}\ngroup \"G\" {{\nc = softwareSystem \"C\"\n}}\nb -> c"));
        assert_eq!((grown.elements_added, grown.relations_added.len(), grown.groups_added.len()), (vec!["c".into()], 1, 1));
        let shrunk = change(text, "a = softwareSystem \"A\"");
        assert_eq!((shrunk.elements_removed, shrunk.relations_removed.len()), (vec!["b".into()], 1));
    }
}
