//! Expressions: which elements and relations a word of `include`, `exclude`, `!elements` or `!relationships` means.
//! Sets are of positions in the model's ordered maps.

use std::collections::BTreeSet;

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::Level as Severity,
    model::{Element, ElementKey, GroupKey, Level, Model, Relation},
    syntax::structurizr::{
        lower::{Line, Lowering, Remark, Scope, Target},
        tree::Word,
        views::default_tags,
    },
};

/// The model's relations by position.
#[derive(Debug)]
pub(in crate::domain::syntax::structurizr) struct Graph {
    pub(super) parents: Vec<Option<usize>>,
    /// Source and target of each relation.
    pub(super) ends: Vec<(usize, usize)>,
    /// Relations that begin or end at each element.
    pub(super) out: Vec<Vec<usize>>,
    pub(super) into: Vec<Vec<usize>>,
}

impl Graph {
    pub(in crate::domain::syntax::structurizr) fn new(model: &Model) -> Self {
        let index = |key: &ElementKey| model.elements.get_index_of(key);
        let parents = model.elements.values().map(|element| element.parent.as_ref().and_then(index)).collect();
        let none = usize::MAX;
        let ends: Vec<(usize, usize)> = model
            .relations
            .values()
            .map(|relation| (index(&relation.source).unwrap_or(none), index(&relation.target).unwrap_or(none)))
            .collect();
        let mut out = vec![Vec::new(); model.elements.len()];
        let mut into = vec![Vec::new(); model.elements.len()];
        for (relation, (source, target)) in ends.iter().enumerate() {
            if let Some(list) = out.get_mut(*source) {
                list.push(relation);
            }
            if let Some(list) = into.get_mut(*target) {
                list.push(relation);
            }
        }
        Self { parents, ends, out, into }
    }

    pub(super) fn outgoing(&self, element: usize) -> &[usize] {
        self.out.get(element).map_or(&[], Vec::as_slice)
    }

    pub(super) fn incoming(&self, element: usize) -> &[usize] {
        self.into.get(element).map_or(&[], Vec::as_slice)
    }

    pub(super) fn ends(&self, relation: usize) -> (usize, usize) {
        self.ends.get(relation).copied().unwrap_or((usize::MAX, usize::MAX))
    }
}

/// Where an expression stands.
#[derive(Clone, Debug, Default)]
pub(in crate::domain::syntax::structurizr) struct Place {
    pub(in crate::domain::syntax::structurizr) scope: Scope,
    pub(in crate::domain::syntax::structurizr) environment: Option<ElementKey>,
    /// The name of a system or container means its instances in the environment too.
    pub(in crate::domain::syntax::structurizr) instances: bool,
}

#[derive(Clone, Debug, Default)]
pub(in crate::domain::syntax::structurizr) struct Selection {
    pub(in crate::domain::syntax::structurizr) elements: BTreeSet<usize>,
    pub(in crate::domain::syntax::structurizr) relations: BTreeSet<usize>,
}

impl Selection {
    fn of_elements(elements: impl IntoIterator<Item = usize>) -> Self {
        Self { elements: elements.into_iter().gathered(), relations: BTreeSet::new() }
    }

    fn of_relations(relations: impl IntoIterator<Item = usize>) -> Self {
        Self { elements: BTreeSet::new(), relations: relations.into_iter().gathered() }
    }
}

/// What the word means; none, with a diagnostic, where it means nothing.
pub(in crate::domain::syntax::structurizr) fn select(
    lowering: &mut Lowering<'_>,
    graph: &Graph,
    word: &Word,
    place: &Place,
    line: &Line,
) -> Option<Selection> {
    Reader { lowering, graph, word, place, line }.evaluate(&word.value, 0)
}

struct Reader<'r, 'a> {
    lowering: &'r mut Lowering<'a>,
    graph: &'r Graph,
    word: &'r Word,
    place: &'r Place,
    line: &'r Line,
}

/// How deep expressions may nest.
const MAX_NESTING: u32 = 16;

impl Reader<'_, '_> {
    fn evaluate(&mut self, expression: &str, depth: u32) -> Option<Selection> {
        let expression = expression.trim();
        let elements = self.lowering.model.elements.len();
        if depth > MAX_NESTING {
            self.refuse(expression, "It is nested too deeply.");
            return None;
        }
        if !self.lowering.spend(1, self.line) {
            return None;
        }
        if let Some((left, right)) = expression.split_once(" && ") {
            let (left, right) = (self.evaluate(left, depth + 1)?, self.evaluate(right, depth + 1)?);
            return Some(Selection {
                elements: left.elements.intersection(&right.elements).copied().collect(),
                relations: left.relations.intersection(&right.relations).copied().collect(),
            });
        }
        if let Some((left, right)) = expression.split_once(" || ") {
            let (mut left, right) = (self.evaluate(left, depth + 1)?, self.evaluate(right, depth + 1)?);
            left.elements.extend(right.elements);
            left.relations.extend(right.relations);
            return Some(left);
        }
        if let Some(rest) = after(expression, "element==") {
            return self.evaluate(rest, depth + 1);
        }
        if let Some(rest) = after(expression, "element!=") {
            let found = self.evaluate(rest, depth + 1)?;
            return Some(Selection::of_elements((0..elements).filter(|index| !found.elements.contains(index))));
        }
        if let Some(rest) = after(expression, "relationship==") {
            return if rest.trim() == "*" { Some(self.all_relations()) } else { self.evaluate(rest, depth + 1) };
        }
        if let Some(rest) = after(expression, "relationship!=") {
            let found = self.evaluate(rest, depth + 1)?;
            let all = self.all_relations();
            return Some(Selection::of_relations(all.relations.difference(&found.relations).copied()));
        }
        let into = expression.starts_with("->");
        let out = expression.ends_with("->") && expression.len() > 2;
        if into || out {
            let inner = expression.strip_prefix("->").unwrap_or(expression);
            let inner = inner.strip_suffix("->").unwrap_or(inner).trim();
            if inner.is_empty() {
                self.refuse(expression, "An arrow needs an element beside it.");
                return None;
            }
            return self.neighbours(inner, into, out, depth);
        }
        if let Some((left, right)) = expression.split_once("->") {
            let source = self.ends(left, depth)?;
            let target = self.ends(right, depth)?;
            if !self.lowering.spend(self.graph.ends.len(), self.line) {
                return None;
            }
            let fits = |ends: Option<&BTreeSet<usize>>, index: usize| ends.is_none_or(|ends| ends.contains(&index));
            let relations = self.graph.ends.iter().enumerate();
            let found = relations.filter(|(_, (from, to))| fits(source.as_ref(), *from) && fits(target.as_ref(), *to));
            return Some(Selection::of_relations(found.map(|(index, _)| index)));
        }
        if let Some(rest) = after(expression, "element.") {
            return self.of_elements(rest, expression);
        }
        if let Some(rest) = after(expression, "relationship.") {
            return self.of_relations(rest, expression, depth);
        }
        if expression == "*" {
            return Some(Selection::of_elements(0..elements));
        }
        self.named(expression)
    }

    fn all_relations(&self) -> Selection {
        Selection::of_relations(0..self.graph.ends.len())
    }

    /// One end of `a -> b`; none for any.
    #[expect(clippy::option_option, reason = "no end, any end, and these ends are three answers")]
    fn ends(&mut self, text: &str, depth: u32) -> Option<Option<BTreeSet<usize>>> {
        if text.trim() == "*" { Some(None) } else { self.evaluate(text, depth + 1).map(|found| Some(found.elements)) }
    }

    fn neighbours(&mut self, inner: &str, into: bool, out: bool, depth: u32) -> Option<Selection> {
        let mut found = self.evaluate(inner, depth + 1)?;
        let mut more = BTreeSet::new();
        for element in &found.elements {
            if !self.lowering.spend(1 + self.graph.incoming(*element).len() + self.graph.outgoing(*element).len(), self.line) {
                return None;
            }
            if into {
                more.extend(self.graph.incoming(*element).iter().map(|relation| self.graph.ends(*relation).0));
            }
            if out {
                more.extend(self.graph.outgoing(*element).iter().map(|relation| self.graph.ends(*relation).1));
            }
        }
        found.elements.extend(more);
        found.relations.clear();
        Some(found)
    }

    /// What stands after `element.`.
    fn of_elements(&mut self, rest: &str, expression: &str) -> Option<Selection> {
        if !self.lowering.spend(self.lowering.model.elements.len(), self.line) {
            return None;
        }
        let Some((field, equal, value)) = comparison(rest) else {
            self.refuse(expression, "It compares nothing: `==` or `!=` is missing.");
            return None;
        };
        let lower = field.to_ascii_lowercase();
        let parent =
            if lower == "parent" { Some(self.lowering.require_part(self.word, value, &self.place.scope, self.line)?) } else { None };
        let wanted = value.to_ascii_lowercase();
        let property = bracketed(field);
        if property.is_none() && !matches!(lower.as_str(), "parent" | "type" | "tag" | "technology" | "group") {
            self.refuse(expression, "Elements are chosen by `tag`, `type`, `parent`, `technology`, `group` or `properties[name]`.");
            return None;
        }
        if lower == "type" && !ALL_LEVELS.iter().any(|level| type_name(*level) == wanted) {
            self.refuse(expression, "There is no such type of element.");
            return None;
        }
        let model = &self.lowering.model;
        let holds = |element: &Element| match lower.as_str() {
            "parent" => element.parent == parent,
            "type" => type_name(element.level) == wanted,
            "tag" => value.split(',').all(|tag| has_tag(model, element, tag.trim())),
            "technology" => original(model, element).technology.as_deref() == Some(value),
            "group" => element.group.as_ref().is_some_and(|group| is_in_group(model, group, value)),
            _ => property.is_some_and(|name| {
                original(model, element).properties.get(name).or(element.properties.get(name)).is_some_and(|own| own == value)
            }),
        };
        let has_field =
            |element: &Element| lower != "technology" || !matches!(element.level, Level::Person | Level::System | Level::Custom);
        let elements = model.elements.values().enumerate();
        Some(Selection::of_elements(elements.filter(|(_, element)| has_field(element) && holds(element) == equal).map(|(index, _)| index)))
    }

    /// What stands after `relationship.`.
    fn of_relations(&mut self, rest: &str, expression: &str, depth: u32) -> Option<Selection> {
        if !self.lowering.spend(self.lowering.model.relations.len(), self.line) {
            return None;
        }
        let Some((field, equal, value)) = comparison(rest) else {
            self.refuse(expression, "It compares nothing: `==` or `!=` is missing.");
            return None;
        };
        let lower = field.to_ascii_lowercase();
        let property = bracketed(field);
        let ends = match lower.as_str() {
            "source" | "destination" => self.ends(value, depth)?,
            _ => None,
        };
        if property.is_none() && !matches!(lower.as_str(), "source" | "destination" | "tag" | "technology") {
            self.refuse(expression, "Relationships are chosen by `tag`, `source`, `destination` or `properties[name]`.");
            return None;
        }
        let graph = self.graph;
        let model = &self.lowering.model;
        let holds = |index: usize, relation: &Relation| match lower.as_str() {
            "source" => ends.as_ref().is_none_or(|ends| ends.contains(&graph.ends(index).0)),
            "destination" => ends.as_ref().is_none_or(|ends| ends.contains(&graph.ends(index).1)),
            "tag" => value.split(',').all(|tag| relation_has_tag(model, relation, tag.trim())),
            "technology" => relation.technology.as_deref() == Some(value),
            _ => property.is_some_and(|name| {
                let own = |relation: &Relation| relation.properties.get(name).is_some_and(|own| own == value);
                own(relation) || followed(model, relation).is_some_and(own)
            }),
        };
        let relations = model.relations.values().enumerate();
        Some(Selection::of_relations(relations.filter(|(index, relation)| holds(*index, relation) == equal).map(|(index, _)| index)))
    }

    /// An identifier: of an element, a relation, or a group, which means what lies in it.
    fn named(&mut self, name: &str) -> Option<Selection> {
        let target = self.lowering.lookup(name, &self.place.scope).cloned();
        if let Some(target @ (Target::Relation(_) | Target::Group(_))) = &target {
            self.lowering.trace_reference(self.line, self.word.span, name, &self.place.scope, target.clone());
            self.lowering.mention(self.line, self.word, name, target.into(), false);
        }
        let model = &self.lowering.model;
        match target {
            Some(Target::Relation(key)) => Some(Selection::of_relations(model.relations.get_index_of(&key))),
            Some(Target::Group(group)) => {
                if !self.lowering.spend(self.lowering.model.elements.len(), self.line) {
                    return None;
                }
                let model = &self.lowering.model;
                let elements = model.elements.values().enumerate();
                let inside = |element: &Element| element.group.as_ref().is_some_and(|own| is_same_or_inside(model, own, &group));
                let mut found: BTreeSet<usize> = elements.filter(|(_, element)| inside(element)).map(|(index, _)| index).gathered();
                if self.place.instances {
                    let instances: Vec<usize> = found.iter().flat_map(|index| self.instances_of(*index)).collect();
                    found.extend(instances);
                }
                Some(Selection::of_elements(found))
            }
            _ => {
                let key = self.lowering.require_part(self.word, name, &self.place.scope, self.line)?;
                let index = self.lowering.model.elements.get_index_of(&key)?;
                let mut found = BTreeSet::from([index]);
                if self.place.instances {
                    if !self.lowering.spend(self.lowering.model.elements.len(), self.line) {
                        return None;
                    }
                    found.extend(self.instances_of(index));
                }
                Some(Selection::of_elements(found))
            }
        }
    }

    /// Instances of the element in the environment of the place.
    fn instances_of(&self, index: usize) -> Vec<usize> {
        let model = &self.lowering.model;
        let Some((key, _)) = model.elements.get_index(index) else { return Vec::new() };
        let here = |element: &Element| self.place.environment.as_ref().is_none_or(|around| model.is_inside(&element.key, around));
        let instances = model.elements.values().enumerate();
        instances.filter(|(_, element)| element.instance_of.as_ref() == Some(key) && here(element)).map(|(index, _)| index).collect()
    }

    fn refuse(&mut self, expression: &str, why: &str) {
        let what = format!("`{}` is not an expression", expression.chars().take(80).collect::<String>());
        self.lowering.say(
            self.line,
            self.word.span,
            Remark::new(Severity::Error, "invalid-expression", what, why, "Write an identifier, `*`, `->name->` or `element.tag==Name`."),
        );
    }
}

/// The rest of a text that begins with `start`, compared without case.
fn after<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// Field, whether it has to be equal, and the value.
fn comparison(text: &str) -> Option<(&str, bool, &str)> {
    let equal = text.find("==");
    let other = text.find("!=");
    match (equal, other) {
        (Some(at), None) => Some((text.get(..at)?, true, text.get(at + 2..)?)),
        (Some(at), Some(not)) if at < not => Some((text.get(..at)?, true, text.get(at + 2..)?)),
        (_, Some(at)) => Some((text.get(..at)?, false, text.get(at + 2..)?)),
        (None, None) => None,
    }
}

/// The name in `properties[name]`.
fn bracketed(field: &str) -> Option<&str> {
    after(field, "properties[")?.strip_suffix(']')
}

/// The element, or what it is an instance of.
fn original<'m>(model: &'m Model, element: &'m Element) -> &'m Element {
    element.instance_of.as_ref().and_then(|key| model.elements.get(key)).unwrap_or(element)
}

/// Own tags, those of its level, and those of what it is an instance of.
pub(super) fn has_tag(model: &Model, element: &Element, tag: &str) -> bool {
    let own = |element: &Element| element.tags.iter().any(|own| own == tag) || default_tags(element.level).contains(&tag);
    own(element) || own(original(model, element))
}

/// Own tags, and those of the relation it follows from.
pub(super) fn relation_has_tag(model: &Model, relation: &Relation, tag: &str) -> bool {
    let own = |relation: &Relation| relation.tags.iter().any(|own| own == tag);
    tag == "Relationship" || own(relation) || followed(model, relation).is_some_and(own)
}

/// The relation that this one follows from.
fn followed<'m>(model: &'m Model, relation: &Relation) -> Option<&'m Relation> {
    relation.implied_by.as_ref().and_then(|key| model.relations.get(key))
}

fn is_same_or_inside(model: &Model, group: &GroupKey, around: &GroupKey) -> bool {
    groups_around(model, group).any(|key| key == around)
}

fn is_in_group(model: &Model, group: &GroupKey, name: &str) -> bool {
    if model.groups.get(group).is_some_and(|group| group.name == name) {
        return true;
    }
    let Some(separator) = model.properties.get("structurizr.groupSeparator").filter(|text| !text.is_empty()) else { return false };
    let mut names: Vec<&str> =
        groups_around(model, group).filter_map(|key| model.groups.get(key)).map(|group| group.name.as_str()).collect();
    names.reverse();
    names.join(separator) == name
}

/// The group and those around it, nearest first.
fn groups_around<'m>(model: &'m Model, group: &'m GroupKey) -> impl Iterator<Item = &'m GroupKey> {
    std::iter::successors(Some(group), |key| model.groups.get(*key).and_then(|group| group.parent.as_ref())).take(model.groups.len() + 1)
}

const ALL_LEVELS: [Level; 10] = [
    Level::Person,
    Level::System,
    Level::Container,
    Level::Component,
    Level::Custom,
    Level::DeploymentEnvironment,
    Level::DeploymentNode,
    Level::InfrastructureNode,
    Level::SystemInstance,
    Level::ContainerInstance,
];

const fn type_name(level: Level) -> &'static str {
    match level {
        Level::Person => "person",
        Level::System => "softwaresystem",
        Level::Container => "container",
        Level::Component => "component",
        Level::Custom => "custom",
        Level::DeploymentEnvironment => "deploymentenvironment",
        Level::DeploymentNode => "deploymentnode",
        Level::InfrastructureNode => "infrastructurenode",
        Level::SystemInstance => "softwaresysteminstance",
        Level::ContainerInstance => "containerinstance",
    }
}
