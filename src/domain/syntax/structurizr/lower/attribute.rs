//! Statements inside a block that say something about its subject: tags, description, technology, address, properties.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        ElementKey, GroupKey, HealthCheck, RelationKey,
        facts::{self, Fact, Facts},
    },
    syntax::structurizr::{
        MAX_TAGS,
        lower::{Line, Lowering, Remark},
        suggest::nearest,
    },
};

/// What the statements of a block are about; several for bulk statements.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    pub(super) workspace: bool,
    pub(super) elements: Vec<ElementKey>,
    pub(super) relations: Vec<RelationKey>,
    pub(super) groups: Vec<GroupKey>,
}

impl Subjects {
    pub(super) fn workspace() -> Self {
        Self { workspace: true, ..Self::default() }
    }

    pub(super) fn element(key: ElementKey) -> Self {
        Self { elements: vec![key], ..Self::default() }
    }

    pub(super) fn group(key: GroupKey) -> Self {
        Self { groups: vec![key], ..Self::default() }
    }

    pub(super) fn relations(relations: Vec<RelationKey>) -> Self {
        Self { relations, ..Self::default() }
    }

    pub(super) fn count(&self) -> usize {
        self.elements.len() + self.relations.len() + self.groups.len() + 1
    }
}

/// The statements that [`Lowering::attribute`] knows.
pub(super) const ATTRIBUTES: [&str; 8] = ["description", "technology", "tag", "tags", "url", "properties", "perspectives", "metadata"];

/// `4`, `1..4`, `1..N` or `0..*`.
fn is_count(text: &str) -> bool {
    let number = |text: &str| if text.bytes().all(|next| next.is_ascii_digit()) { text.parse::<u32>().ok() } else { None };
    match text.split_once("..") {
        None => number(text).is_some_and(|count| count > 0),
        Some((least, "N" | "n" | "*")) => number(least).is_some(),
        Some((least, most)) => matches!((number(least), number(most)), (Some(least), Some(most)) if least <= most),
    }
}

/// A comma list of tags.
pub(in crate::domain::syntax::structurizr) fn split_tags(text: &str) -> impl Iterator<Item = String> {
    text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned)
}

pub(super) fn add_tags(tags: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for tag in more {
        if tags.len() < MAX_TAGS && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
}

impl Lowering<'_> {
    /// Applies the line to the subjects; false if it is no such statement.
    pub(super) fn attribute(&mut self, line: &Line, subjects: &Subjects) -> bool {
        let keyword = line.keyword().to_ascii_lowercase();
        if !ATTRIBUTES.contains(&keyword.as_str()) && keyword != "healthcheck" && keyword != "instances" {
            return false;
        }
        if !self.spend(subjects.count(), line) {
            return true;
        }
        match keyword.as_str() {
            "properties" => self.properties(line, subjects),
            "perspectives" => {
                let perspectives = self.perspectives(line);
                self.add_perspectives(subjects, &perspectives, line);
            }
            "healthcheck" => self.health_check(line, subjects),
            "instances" => self.instances(line, 1, subjects),
            "tag" | "tags" if !self.has_value(line) => {}
            "tag" | "tags" => {
                let tags: Vec<String> = line.words.iter().skip(1).flat_map(|word| split_tags(&word.value)).collect();
                for element in &subjects.elements {
                    if let Some(element) = self.model.elements.get_mut(element) {
                        add_tags(&mut element.tags, tags.iter().cloned());
                    }
                }
                for relation in &subjects.relations {
                    if let Some(relation) = self.model.relations.get_mut(relation) {
                        add_tags(&mut relation.tags, tags.iter().cloned());
                    }
                }
            }
            _ => {
                if !self.has_value(line) {
                    return true;
                }
                self.check_word_count(line, 2);
                let text = line.text(1);
                for element in &subjects.elements {
                    let Some(element) = self.model.elements.get_mut(element) else { continue };
                    match keyword.as_str() {
                        "description" => element.description.clone_from(&text),
                        "url" => element.url.clone_from(&text),
                        _ => element.technology.clone_from(&text),
                    }
                }
                for relation in &subjects.relations {
                    let Some(relation) = self.model.relations.get_mut(relation) else { continue };
                    match keyword.as_str() {
                        "description" => relation.description.clone_from(&text),
                        "url" => relation.url.clone_from(&text),
                        _ => relation.technology.clone_from(&text),
                    }
                }
            }
        }
        true
    }

    /// A `properties` block: a name and a value on each line.
    pub(super) fn properties(&mut self, line: &Line, subjects: &Subjects) {
        self.each_in(line, &mut |lowering, line| {
            let Some(name) = line.text(0) else { return };
            if line.words.len() < 2 {
                lowering.say(
                    line,
                    line.header(),
                    Remark::new(
                        Severity::Error,
                        "missing-word",
                        format!("The property `{name}` has no value"),
                        "A property is a name and a value; the statement is left out of the model.",
                        format!("Write `{name} yes`, or remove the line."),
                    ),
                );
                return;
            }
            if line.words.len() > 2 {
                let rest: Vec<&str> = line.words.iter().skip(1).map(|word| word.value.as_str()).collect();
                lowering.say(
                    line,
                    line.header(),
                    Remark::new(
                        Severity::Warning,
                        "unquoted-value",
                        format!("The property `{name}` has more than one word as its value"),
                        "Only a value in quotes may have spaces; the words are joined.",
                        format!("Write `{name} \"{}\"`.", rest.join(" ")),
                    ),
                );
            }
            let value: Vec<&str> = line.words.iter().skip(1).map(|word| word.value.as_str()).collect();
            if lowering.spend(subjects.count(), line) {
                lowering.state(subjects, &name, &value.join(" "), line);
            }
        });
    }

    /// Whether the keyword is followed by a word, even an empty one in quotes; says so where it is not.
    pub(in crate::domain::syntax::structurizr) fn has_value(&mut self, line: &Line) -> bool {
        if line.word(1).is_some() {
            return true;
        }
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "missing-word",
                format!("`{}` says nothing", line.keyword()),
                "It has to be followed by a text; the statement is left out.",
                format!("Write `{} \"…\"`, or remove the line.", line.keyword()),
            ),
        );
        false
    }

    /// `healthCheck name url [interval in seconds] [timeout in ms]`.
    fn health_check(&mut self, line: &Line, subjects: &Subjects) {
        if line.text(2).is_none() {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "missing-word",
                    "This health check lacks its name or address",
                    "It has to say what is checked and where.",
                    "Write `healthCheck \"name\" \"https://example.com/health\"`.",
                ),
            );
            return;
        }
        for (at, least) in [(3, 1), (4, 0)] {
            let Some(word) = line.word(at).filter(|word| !word.value.parse::<u32>().is_ok_and(|number| number >= least)).cloned() else {
                continue;
            };
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "unexpected-value",
                    format!("`{}` is no number of {}", word.value, if at == 3 { "seconds" } else { "milliseconds" }),
                    "The interval and the timeout of a health check are whole numbers.",
                    "Write a whole number, or leave it out.",
                ),
            );
        }
        let text = |at| line.word(at).map(|word| word.value.clone()).unwrap_or_default();
        let number = |at| line.word(at).and_then(|word| word.value.parse().ok());
        let check = HealthCheck { name: text(1), url: text(2), interval: number(3), timeout: number(4) };
        for element in &subjects.elements {
            if let Some(element) = self.model.elements.get_mut(element) {
                element.health_checks.push(check.clone());
            }
        }
        self.state(subjects, "healthcheck", "yes", line);
    }

    /// How many there are of a node: a number or a range such as `1..N`, in the word at `at`.
    pub(super) fn instances(&mut self, line: &Line, at: usize, subjects: &Subjects) {
        let word = line.word(at).cloned();
        let value = word.as_ref().map_or("", |word| word.value.trim());
        if !is_count(value) {
            let what = if value.is_empty() {
                "This says no number of instances".to_owned()
            } else {
                format!("`{value}` is no number of instances")
            };
            self.say(
                line,
                word.as_ref().map_or_else(|| line.header(), |word| word.span),
                Remark::new(
                    Severity::Error,
                    "unexpected-value",
                    what,
                    "There is a number from 1, or a range such as `1..3` or `1..N`.",
                    "Write one of these.",
                ),
            );
            return;
        }
        self.state(subjects, "instances", value, line);
    }

    /// Sets a property, and the fact it states, on every subject.
    pub(super) fn state(&mut self, subjects: &Subjects, name: &str, value: &str, line: &Line) {
        self.check_fact_name(name, line);
        let fact = Fact { value: value.trim().to_owned(), span: line.header(), inherited_from: None };
        let set = |properties: &mut BTreeMap<String, String>, facts: &mut Facts| {
            properties.insert(name.to_owned(), value.to_owned());
            if facts::is_fact_name(name) {
                facts.0.insert(name.to_owned(), fact.clone());
            }
        };
        if subjects.workspace {
            set(&mut self.model.properties, &mut self.model.facts);
        }
        for element in &subjects.elements {
            if let Some(element) = self.model.elements.get_mut(element) {
                set(&mut element.properties, &mut element.facts);
            }
        }
        for relation in &subjects.relations {
            if let Some(relation) = self.model.relations.get_mut(relation) {
                set(&mut relation.properties, &mut relation.facts);
            }
        }
        for group in &subjects.groups {
            if let Some(group) = self.model.groups.get_mut(group) {
                set(&mut group.properties, &mut group.facts);
            }
        }
    }

    /// Says once of a name that it looks like a slip in the name of a fact.
    fn check_fact_name(&mut self, name: &str, line: &Line) {
        if !facts::is_fact_name(name) || facts::is_known(name) || name.len() < 4 {
            return;
        }
        let Some(known) = nearest(name, facts::NAMES) else { return };
        self.say_once(
            name,
            line,
            line.header(),
            Remark::new(
                Severity::Warning,
                "unknown-fact",
                format!("`{name}` is not a fact that rules know"),
                "The property is kept, and no rule reads it.",
                format!("Did you mean `{known}`?"),
            ),
        );
    }
}
