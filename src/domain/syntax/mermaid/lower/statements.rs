//! Statements about nodes, edges and subgraphs: facts, classes, styles, addresses.

use std::collections::BTreeMap;

use super::Lowering;
use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        ElementKey, GroupKey, RelationKey,
        facts::{self, Fact, Facts, WORKSPACE},
    },
    syntax::{
        mermaid::{
            chart::{self, Thing},
            label,
            tree::{FactLine, Quote, StatementId, Syntax},
        },
        structurizr::suggest::nearest,
    },
};

/// Tags of one element.
const MAX_TAGS: usize = 200;
/// Searches for a name that was meant.
const MAX_SUGGESTIONS: u32 = 40;

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Workspace,
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
}

fn add(tags: &mut Vec<String>, tag: &str) {
    if tags.len() < MAX_TAGS && !tags.iter().any(|known| known == tag) {
        tags.push(tag.to_owned());
    }
}

impl Lowering<'_> {
    pub(super) fn statements(&mut self) {
        let tree = self.tree;
        self.own_classes();
        for (id, statement) in tree.statements() {
            match &statement.syntax {
                Syntax::Class { targets, class } => {
                    for target in targets {
                        let about = self.known(*target);
                        self.tag(about, class.of(tree.source()));
                    }
                }
                Syntax::Style { targets } => {
                    for target in targets {
                        self.known(*target);
                    }
                }
                Syntax::Click { targets, url } => {
                    for target in targets {
                        let about = self.known(*target);
                        if let (Some(About::Element(key)), Some(url)) = (about, url)
                            && let Some(element) = self.model.elements.get_mut(&key)
                        {
                            element.url = Some(url.of(tree.source()).to_owned());
                        }
                    }
                }
                Syntax::LinkStyle { numbers } => self.numbers(numbers),
                Syntax::Fact(fact) => self.fact(id, fact, statement.span),
                _ => {}
            }
        }
    }

    /// Classes given with `:::`, and those of edges.
    fn own_classes(&mut self) {
        let (tree, chart) = (self.tree, self.chart);
        let nodes = chart.nodes.iter().map(|(id, node)| (id.as_str(), &node.mentions));
        let subs = chart.subgraphs.iter().map(|sub| (sub.id.as_str(), &sub.mentions));
        for (id, mentions) in nodes.chain(subs) {
            for class in mentions.iter().filter_map(|place| chart::mention_of(tree, *place)).flat_map(|node| &node.classes) {
                let about = self.about(id);
                self.tag(about, class.of(tree.source()));
            }
        }
    }

    fn tag(&mut self, about: Option<About>, class: &str) {
        match about {
            Some(About::Element(key)) => {
                if let Some(element) = self.model.elements.get_mut(&key) {
                    add(&mut element.tags, class);
                }
            }
            Some(About::Relation(key)) => {
                if let Some(relation) = self.model.relations.get_mut(&key) {
                    add(&mut relation.tags, class);
                }
            }
            _ => {}
        }
    }

    /// What an identifier in a statement means.
    fn about(&self, id: &str) -> Option<About> {
        match self.chart.thing(id) {
            Some(thing @ Thing::Node(_)) => Some(About::Element(ElementKey(self.key_of(thing)))),
            Some(thing @ Thing::Subgraph(_)) => {
                let key = self.key_of(thing);
                let element = ElementKey(key.clone());
                Some(if self.model.elements.contains_key(&element) { About::Element(element) } else { About::Group(GroupKey(key)) })
            }
            None => Some(RelationKey::from(id)).filter(|key| self.model.relations.contains_key(key)).map(About::Relation),
        }
    }

    /// As [`Self::about`], with a diagnostic where there is nothing.
    fn known(&mut self, span: Span) -> Option<About> {
        let id = span.of(self.tree.source());
        let found = self.about(id);
        if found.is_none() && !self.chart.is_taken(id) {
            self.unknown(span, id);
        }
        found
    }

    fn unknown(&mut self, span: Span, id: &str) {
        self.suggestions += 1;
        let meant = if self.suggestions > MAX_SUGGESTIONS { None } else { nearest(id, self.chart.identifiers()) };
        let help = meant.map(|known| format!("Did you mean `{known}`?"));
        self.say(
            Severity::Warning,
            "unknown-identifier",
            span,
            format!("Nothing here is named `{}`", id.chars().take(60).collect::<String>()),
            "The statement is kept in the text, and means nothing.",
            help.unwrap_or_else(|| "Define a node with this identifier, or correct the name.".to_owned()),
        );
    }

    fn numbers(&mut self, numbers: &[Span]) {
        let count = self.chart.edges.len();
        for span in numbers {
            let number = span.of(self.tree.source()).parse::<usize>().unwrap_or(usize::MAX);
            if number >= count {
                self.say(
                    Severity::Warning,
                    "unknown-edge",
                    *span,
                    format!("There is no edge {}", span.of(self.tree.source())),
                    "Edges are counted from 0 in the order of the text; Mermaid refuses a number that is too high.",
                    if count == 0 { "Remove the statement.".to_owned() } else { format!("The last edge is {}.", count - 1) },
                );
            }
        }
    }

    fn fact(&mut self, id: StatementId, line: &FactLine, span: Span) {
        let tree = self.tree;
        let source = tree.source();
        let name = line.name.of(source);
        let value = unquoted(line.value.of(source));
        let Some(about) = self.subject(line) else {
            let whole = line.target.map_or(line.source.span, |target| Span { start: line.source.span.start, end: target.end });
            self.unknown(whole, whole.of(source));
            return;
        };
        self.check_name(name, line.name);
        self.facts.push((id, about.clone()));
        let fact = Fact { value: value.trim().to_owned(), span, inherited_from: None };
        let set = |properties: &mut BTreeMap<String, String>, facts: &mut Facts| {
            properties.insert(name.to_owned(), value.to_owned());
            if facts::is_fact_name(name) {
                facts.0.insert(name.to_owned(), fact.clone());
            }
        };
        let words = Some(label::one_line(value)).filter(|text| !text.is_empty());
        match about {
            About::Workspace => set(&mut self.model.properties, &mut self.model.facts),
            About::Group(key) => {
                if let Some(group) = self.model.groups.get_mut(&key) {
                    set(&mut group.properties, &mut group.facts);
                }
            }
            About::Element(key) => {
                let Some(element) = self.model.elements.get_mut(&key) else { return };
                match name {
                    "description" => element.description = words,
                    "technology" => element.technology = words,
                    _ => set(&mut element.properties, &mut element.facts),
                }
            }
            About::Relation(key) => {
                let Some(relation) = self.model.relations.get_mut(&key) else { return };
                match name {
                    "description" => relation.description = words,
                    "technology" => relation.technology = words,
                    _ => set(&mut relation.properties, &mut relation.facts),
                }
            }
        }
    }

    /// Groups and elements by what they are called; groups and earlier ones win.
    fn titles(&mut self) -> &BTreeMap<String, About> {
        if self.titles.is_empty() {
            let elements = self.model.elements.values().rev().map(|element| (element.name.clone(), About::Element(element.key.clone())));
            let groups = self.model.groups.values().rev().map(|group| (group.name.clone(), About::Group(group.key.clone())));
            self.titles = elements.chain(groups).collect();
        }
        &self.titles
    }

    fn subject(&mut self, line: &FactLine) -> Option<About> {
        let tree = self.tree;
        let source = tree.source();
        let written = line.source.inner.of(source);
        if line.source.quote == Quote::Double {
            return self.titles().get(written).cloned();
        }
        let Some(target) = line.target else {
            let workspace = (written == WORKSPACE).then_some(About::Workspace);
            let group = Some(GroupKey::from(written)).filter(|key| self.model.groups.contains_key(key)).map(About::Group);
            let element = Some(ElementKey::from(written)).filter(|key| self.model.elements.contains_key(key)).map(About::Element);
            return self.about(written).or(group).or(element).or(workspace);
        };
        let (target, number) = match target.of(source).rsplit_once('#').and_then(|(head, tail)| Some((head, tail.parse::<usize>().ok()?))) {
            Some((head, number)) => (head, number),
            None => (target.of(source), 1),
        };
        let end = |id: &str| self.chart.thing(id).map_or_else(|| id.to_owned(), |thing| self.key_of(thing));
        let (from, to) = (end(written), end(target));
        self.between.get(&(from, to))?.get(number.checked_sub(1)?).cloned().map(About::Relation)
    }

    /// Says once of a name that it looks like a slip in the name of a fact.
    fn check_name(&mut self, name: &str, span: Span) {
        if !facts::is_fact_name(name) || facts::is_known(name) || name.len() < 4 || ["description", "technology"].contains(&name) {
            return;
        }
        let Some(known) = nearest(name, facts::NAMES).filter(|_| self.reported.insert(name.to_owned())) else { return };
        self.say(
            Severity::Warning,
            "unknown-fact",
            span,
            format!("`{name}` is not a fact that rules know"),
            "The property is kept, and no rule reads it.",
            format!("Did you mean `{known}`?"),
        );
    }
}

/// A value without the quotes around all of it.
pub(in crate::domain::syntax::mermaid) fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.contains('"'));
    inner.unwrap_or(value)
}
