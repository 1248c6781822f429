//! Relations: stated, implied by their parts, removed; and the statements that open existing items again.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, Inferred, Level, Relation, RelationKey, facts::Facts, kind::Mode},
    syntax::structurizr::{
        MAX_RELATIONS,
        lower::{
            Line, Lowering, Remark, Scope, Target,
            archetype::{Archetype, is_named_arrow},
            attribute::{Subjects, add_tags, split_tags},
        },
        occurrence::Symbol,
        tree::Word,
        views::expression::{Graph, Place, select},
    },
};

/// Which relations there are between two elements, by source and target: what is asked of every statement copies no key.
#[derive(Debug, Default)]
pub(super) struct Relations(BTreeMap<ElementKey, BTreeMap<ElementKey, Between>>);

#[derive(Debug, Default)]
struct Between {
    all: Vec<RelationKey>,
    /// The first one, and the description it was made with.
    first: Option<(String, RelationKey)>,
    /// The others by theirs; most elements have one relation to each other.
    others: BTreeMap<String, RelationKey>,
}

impl Between {
    fn described(&self, description: &str) -> Option<&RelationKey> {
        let first = self.first.as_ref().filter(|(own, _)| own == description).map(|(_, key)| key);
        first.or_else(|| self.others.get(description))
    }

    /// Takes note of a new one.
    fn add(&mut self, key: &RelationKey, description: &str) {
        self.all.push(key.clone());
        if self.first.is_none() {
            self.first = Some((description.to_owned(), key.clone()));
        } else if self.described(description).is_none() {
            self.others.insert(description.to_owned(), key.clone());
        }
    }
}

impl Relations {
    pub(super) fn between(&self, source: &ElementKey, target: &ElementKey) -> &[RelationKey] {
        self.both(source, target).map_or(&[], |between| between.all.as_slice())
    }

    fn described(&self, source: &ElementKey, target: &ElementKey, description: Option<&str>) -> Option<&RelationKey> {
        self.both(source, target)?.described(description.unwrap_or_default())
    }

    fn both(&self, source: &ElementKey, target: &ElementKey) -> Option<&Between> {
        self.0.get(source)?.get(target)
    }

    fn both_mut(&mut self, source: &ElementKey, target: &ElementKey) -> &mut Between {
        self.0.entry(source.clone()).or_default().entry(target.clone()).or_default()
    }
}

/// When a relation between parts implies one between their wholes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Implied {
    Never,
    /// Unless these have any.
    UnlessAny,
    /// Unless these have one of the same description.
    UnlessSame,
}

/// What a statement says about a new relation.
#[derive(Clone, Default)]
pub(super) struct Link {
    pub(super) description: Option<String>,
    pub(super) technology: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) implied_by: Option<RelationKey>,
}

impl Lowering<'_> {
    /// `a -> b`, `-> b`, `a --https-> b`, `a -/> b`; false if the line is none of these.
    pub(super) fn relation_statement(&mut self, line: &Line, scope: &Scope) -> bool {
        let arrow_at = |index: usize| line.word(index).filter(|word| !word.quoted).map(|word| word.value.as_str());
        if arrow_at(1) == Some("-/>") && scope.environment.is_some() {
            self.removal(line, scope);
            return true;
        }
        let is_arrow = |text: Option<&str>| text.is_some_and(|text| text == "->" || is_named_arrow(text));
        let at = if is_arrow(arrow_at(0)) {
            0
        } else if is_arrow(arrow_at(1)) {
            1
        } else {
            return false;
        };
        let Some(arrow) = line.word(at).cloned() else { return false };
        let Some(archetype) = self.archetypes.of_arrow(&arrow.value) else {
            let known: Vec<String> = self.archetypes.names().map(|name| format!("--{name}->")).collect();
            let help = self.suggest(&arrow.value, known.iter().map(String::as_str));
            let remark = Remark::new(
                self.unknown_level(),
                "unknown-archetype",
                format!("`{}` is no known kind of relation", arrow.value),
                "An arrow with a name needs an archetype of that name; the statement is left out of the model.",
                help.unwrap_or_else(|| "Define it in `archetypes`, or write `->`.".to_owned()),
            );
            self.say(line, arrow.span, remark);
            return true;
        };
        self.mention_archetype(line, &arrow, &archetype.name);
        let source = if at == 0 {
            scope.element.clone()
        } else {
            let Some(word) = line.word(0).cloned() else { return true };
            let Some(key) = self.require_element(&word, scope, line) else { return true };
            Some(key)
        };
        let (Some(source), Some(target)) = (source, line.word(at + 1).cloned()) else {
            self.incomplete_relation(line, at);
            return true;
        };
        let Some(target) = self.require_element(&target, scope, line) else { return true };
        self.check_word_count(line, at + 5);
        let link = Self::link(line, at + 2, scope, &archetype);
        let added = if scope.environment.is_some() {
            self.between_instances(line, scope, &source, &target, &link, &archetype)
        } else {
            self.add_relation(line, source, target, link, &archetype).into_iter().collect()
        };
        if let [relation] = added.as_slice() {
            self.register(line, scope, Target::Relation(relation.clone()));
        }
        self.relation_block(line, added);
        true
    }

    fn incomplete_relation(&mut self, line: &Line, at: usize) {
        let why = if at == 0 && line.word(1).is_some() {
            "Outside an element's block there is nothing that could be its source."
        } else {
            "It has to say where it leads."
        };
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "incomplete-relationship",
                "This relationship lacks an end",
                why,
                "Write `source -> destination \"description\" \"technology\"`.",
            ),
        );
    }

    fn link(line: &Line, from: usize, scope: &Scope, archetype: &Archetype) -> Link {
        let replaced = scope.replaces.clone().unwrap_or_default();
        let said = |at: usize, otherwise: Option<String>| if line.word(at).is_some() { line.text(at) } else { otherwise };
        let mut tags = archetype.tags.clone();
        add_tags(&mut tags, line.word(from + 2).into_iter().flat_map(|word| split_tags(&word.value)));
        Link {
            description: said(from, archetype.description.clone().or(replaced.0)),
            technology: said(from + 1, archetype.technology.clone().or(replaced.1)),
            tags,
            implied_by: None,
        }
    }

    /// Reads the block of relations.
    pub(super) fn relation_block(&mut self, line: &Line, relations: Vec<RelationKey>) {
        let subjects = Subjects::relations(relations);
        self.each_in(line, &mut |lowering, line| {
            if !lowering.attribute(line, &subjects) {
                lowering.unexpected(
                    line,
                    "in a relationship",
                    &["description", "technology", "tag", "tags", "url", "properties", "perspectives"],
                );
            }
        });
    }

    /// Adds the relation and those it implies; none, with a diagnostic, where the same is there already.
    pub(super) fn add_relation(
        &mut self,
        line: &Line,
        source: ElementKey,
        target: ElementKey,
        link: Link,
        archetype: &Archetype,
    ) -> Option<RelationKey> {
        if link.implied_by.is_none() && (self.model.is_inside(&source, &target) || self.model.is_inside(&target, &source)) {
            let ends = |key: &ElementKey| self.model.elements.get(key).map_or("", |element| element.name.as_str()).to_owned();
            let what =
                format!("A relationship between \"{}\" and \"{}\" is one between a whole and its own part", ends(&source), ends(&target));
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "relationship-to-own-part",
                    what,
                    "A whole talks through its parts, so this says nothing; the statement is left out of the model.",
                    "Let it begin or end at another part.",
                ),
            );
            return None;
        }
        let same = self.relations.described(&source, &target, link.description.as_deref());
        let same = same.and_then(|key| self.model.relations.get(key));
        if let Some(same) = same.filter(|_| link.implied_by.is_none()) {
            let why = if same.implied_by.is_some() {
                "A relation between their parts already implies it; a second one needs a description of its own."
            } else {
                "Two relations between the same elements need different descriptions; this one is left out."
            };
            let ends = |key: &ElementKey| self.model.elements.get(key).map_or("", |element| element.name.as_str()).to_owned();
            let what = format!("There is already such a relationship from \"{}\" to \"{}\"", ends(&source), ends(&target));
            self.say(
                line,
                line.header(),
                Remark::new(Severity::Error, "relationship-already-exists", what, why, "Remove the line, or describe what is different."),
            );
            return None;
        }
        let key = self.insert_relation(line, source.clone(), target.clone(), link.clone(), archetype)?;
        if self.implied != Implied::Never && link.implied_by.is_none() {
            self.imply(line, &source, &target, &key, &link);
        }
        Some(key)
    }

    /// Adds the relation without looking for others.
    pub(super) fn insert_relation(
        &mut self,
        line: &Line,
        source: ElementKey,
        target: ElementKey,
        link: Link,
        archetype: &Archetype,
    ) -> Option<RelationKey> {
        if self.model.relations.len() >= MAX_RELATIONS {
            self.say_once(
                "",
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "too-many-relationships",
                    format!("The model has more than {MAX_RELATIONS} relationships, implied ones included"),
                    "This one and those after it are left out.",
                    "Split the model into several workspaces.",
                ),
            );
            return None;
        }
        let between = self.relations.both_mut(&source, &target);
        let identifier = line.identifier.as_ref().filter(|_| link.implied_by.is_none()).map(|word| RelationKey(word.value.clone()));
        let key = identifier.filter(|key| !self.model.relations.contains_key(key)).unwrap_or_else(|| {
            let mut number = between.all.len() + 1;
            let mut key = RelationKey(if number == 1 { format!("{source}->{target}") } else { format!("{source}->{target}#{number}") });
            while self.model.relations.contains_key(&key) {
                number += 1;
                key = RelationKey(format!("{source}->{target}#{number}"));
            }
            key
        });
        between.add(&key, link.description.as_deref().unwrap_or_default());
        let mut relation = Relation {
            key: key.clone(),
            source,
            target,
            description: link.description,
            technology: link.technology,
            mode: Inferred { value: Mode::Sync, reason: String::new(), stated: false },
            tags: link.tags,
            properties: BTreeMap::new(),
            facts: Facts::default(),
            url: None,
            perspectives: archetype.perspectives.clone(),
            implied_by: link.implied_by,
            span: line.span,
            file: line.source.file.clone(),
        };
        archetype.state(&mut relation.properties, &mut relation.facts);
        self.model.relations.insert(key.clone(), relation);
        Some(key)
    }

    /// A relation between parts is one between their wholes, unless these have one.
    fn imply(&mut self, line: &Line, source: &ElementKey, target: &ElementKey, by: &RelationKey, link: &Link) {
        let is_static = |level: Level| matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom);
        let chain = |key: &ElementKey| -> Vec<&ElementKey> {
            let own = self.model.elements.get(key).into_iter();
            let around = own.clone().flat_map(|element| self.model.around(element));
            own.chain(around).filter(|element| is_static(element.level)).map(|element| &element.key).collect()
        };
        let (sources, targets) = (chain(source), chain(target));
        let mut lacking: Vec<(ElementKey, ElementKey)> = Vec::new();
        for from in sources.iter().copied() {
            for to in targets.iter().copied() {
                let nested = || sources.contains(&to) || targets.contains(&from);
                let taken = || match self.implied {
                    Implied::UnlessSame => self.relations.described(from, to, link.description.as_deref()).is_some(),
                    _ => !self.relations.between(from, to).is_empty(),
                };
                if !nested() && !taken() {
                    lacking.push((from.clone(), to.clone()));
                }
            }
        }
        for (from, to) in lacking {
            let link = Link { implied_by: Some(by.clone()), ..link.clone() };
            self.insert_relation(line, from, to, link, &Archetype::default());
        }
    }

    /// `!element x { … }`, `!relationship x { … }` and their older spellings.
    pub(super) fn reopen(&mut self, line: &Line, scope: &Scope) {
        let Some(word) = line.word(1).cloned() else {
            self.incomplete_bulk(line);
            return;
        };
        if line.is("!ref") || line.is("!extend") {
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Note,
                    "older-spelling",
                    format!("`{}` is the older spelling of `!element` and `!relationship`", line.keyword()),
                    "It is read as that; newer tools refuse it.",
                    "Write `!element` or `!relationship`.",
                ),
            );
        }
        if let Some(relation) = self.canonical_relation(&word.value, line) {
            self.relation_block(line, vec![relation]);
            return;
        }
        if let Some(Target::Relation(relation)) = self.lookup(&word.value, scope).cloned() {
            self.trace_reference(line, word.span, &word.value, scope, Target::Relation(relation.clone()));
            self.mention(line, &word, &word.value, Symbol::Relation(relation.clone()), false);
            self.relation_block(line, vec![relation]);
            return;
        }
        let Some(key) = self.require_element(&word, scope, line) else { return };
        if line.identifier.is_some() {
            self.register(line, &Scope::default(), Target::Element(key.clone()));
        }
        self.trace_reopened(line, &key);
        let Some(level) = self.model.elements.get(&key).map(|element| element.level) else { return };
        let around = Scope { environment: self.environment_of(&key), ..scope.clone() };
        self.element_block(line, &around, key, level);
    }

    /// `Relationship://SoftwareSystem://A -> SoftwareSystem://B (description)`.
    fn canonical_relation(&mut self, name: &str, line: &Line) -> Option<RelationKey> {
        const START: &str = "relationship://";
        let (start, ends) = name.split_at_checked(START.len())?;
        let (source, rest) = ends.split_once(" -> ")?;
        if !start.eq_ignore_ascii_case(START) || !self.spend(self.model.elements.len() + self.model.relations.len(), line) {
            return None;
        }
        let (target, description) = match rest.split_once(" (") {
            Some((target, description)) => (target, description.strip_suffix(')').unwrap_or(description)),
            None => (rest, ""),
        };
        let nowhere = Scope::default();
        let (source, target) = (self.element_named(source.trim(), &nowhere)?, self.element_named(target.trim(), &nowhere)?);
        let between = self.relations.between(&source, &target).iter();
        let described = |key: &&RelationKey| {
            self.model.relations.get(*key).is_some_and(|relation| relation.description.as_deref().unwrap_or("") == description)
        };
        between.clone().find(described).or_else(|| between.clone().next()).cloned()
    }

    /// `!elements expression { … }` and `!relationships expression { … }`.
    pub(super) fn bulk(&mut self, line: &Line, scope: &Scope) {
        let Some(word) = line.word(1).cloned() else {
            self.incomplete_bulk(line);
            return;
        };
        if !self.spend(4 * (self.model.elements.len() + self.model.relations.len()) + 1, line) {
            return;
        }
        let graph = Graph::new(&self.model);
        let place = Place { scope: scope.clone(), environment: scope.environment.clone(), instances: scope.environment.is_some() };
        let Some(found) = select(self, &graph, &word, &place, line) else { return };
        let relations: Vec<RelationKey> =
            found.relations.iter().filter_map(|index| self.model.relations.get_index(*index)).map(|(key, _)| key.clone()).collect();
        if line.is("!relationships") {
            self.relation_block(line, relations);
            return;
        }
        let elements: Vec<ElementKey> =
            found.elements.iter().filter_map(|index| self.model.elements.get_index(*index)).map(|(key, _)| key.clone()).collect();
        let subjects = Subjects { elements, ..Subjects::default() };
        self.each_in(line, &mut |lowering, line| {
            if lowering.bulk_relation(line, scope, &subjects.elements) || lowering.attribute(line, &subjects) {
                return;
            }
            lowering.unexpected(line, "in `!elements`", &["->", "tag", "tags", "description", "technology", "url", "properties"]);
        });
    }

    fn incomplete_bulk(&mut self, line: &Line) {
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "missing-word",
                format!("`{}` names nothing", line.keyword()),
                "It has to be followed by an identifier or an expression.",
                format!("Write `{} name {{`.", line.keyword()),
            ),
        );
    }

    /// A relation from or to each of several elements, which are called `this`.
    fn bulk_relation(&mut self, line: &Line, scope: &Scope, these: &[ElementKey]) -> bool {
        let plain = |index: usize| line.word(index).filter(|word| !word.quoted).map(|word| word.value.clone());
        let arrow = |text: Option<String>| text.filter(|text| text == "->" || is_named_arrow(text));
        let (at, name) = match (arrow(plain(0)), arrow(plain(1))) {
            (Some(name), _) => (0, name),
            (None, Some(name)) => (1, name),
            (None, None) => return false,
        };
        let Some(archetype) = self.archetypes.of_arrow(&name) else { return false };
        let Some(target) = line.word(at + 1).cloned() else {
            self.incomplete_relation(line, at);
            return true;
        };
        let ends = |lowering: &mut Self, word: Option<&Word>| -> Option<Vec<ElementKey>> {
            match word {
                Some(word) if !word.value.eq_ignore_ascii_case("this") => lowering.require_element(word, scope, line).map(|key| vec![key]),
                _ => Some(these.to_vec()),
            }
        };
        let source = if at == 0 { None } else { line.word(0).cloned() };
        let (Some(sources), Some(targets)) = (ends(self, source.as_ref()), ends(self, Some(&target))) else { return true };
        let link = Self::link(line, at + 2, scope, &archetype);
        let mut added = Vec::new();
        for from in &sources {
            for to in &targets {
                if self.model.relations.len() >= MAX_RELATIONS {
                    break;
                }
                added.extend(self.add_relation(line, from.clone(), to.clone(), link.clone(), &archetype));
            }
        }
        self.relation_block(line, added);
        true
    }
}
