//! Archetypes: named defaults for elements and relations.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        Perspective,
        facts::{Fact, Facts, is_fact_name},
    },
    syntax::structurizr::{
        lower::{
            Line, Lowering, Remark,
            attribute::{add_tags, split_tags},
            perspective::merge,
        },
        occurrence::Symbol,
        tree::Word,
    },
};

/// What an archetype, or a keyword, makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    Person,
    System,
    Container,
    Component,
    Custom,
    Group,
    Node,
    Infrastructure,
    Relation,
}

impl Base {
    const ALL: [Self; 9] = [
        Self::Person,
        Self::System,
        Self::Container,
        Self::Component,
        Self::Custom,
        Self::Group,
        Self::Node,
        Self::Infrastructure,
        Self::Relation,
    ];

    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::System => "softwareSystem",
            Self::Container => "container",
            Self::Component => "component",
            Self::Custom => "element",
            Self::Group => "group",
            Self::Node => "deploymentNode",
            Self::Infrastructure => "infrastructureNode",
            Self::Relation => "->",
        }
    }
}

/// Defaults for what is made with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Archetype {
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Also the metadata of a custom element.
    pub(super) technology: Option<String>,
    pub(super) tags: Vec<String>,
    /// With the line that states them.
    pub(super) properties: BTreeMap<String, (String, Span)>,
    pub(super) perspectives: Vec<Perspective>,
}

impl Archetype {
    /// Gives a new element or relation the properties, and the facts they state.
    pub(super) fn state(&self, properties: &mut BTreeMap<String, String>, facts: &mut Facts) {
        for (name, (value, span)) in &self.properties {
            properties.insert(name.clone(), value.clone());
            if is_fact_name(name) {
                facts.0.insert(name.clone(), Fact { value: value.trim().to_owned(), span: *span, inherited_from: None });
            }
        }
    }
}

/// All archetypes by what they make and their name in lower case; a keyword's own name holds its defaults.
#[derive(Debug, Default)]
pub(super) struct Archetypes(BTreeMap<(Base, String), Archetype>);

impl Archetypes {
    /// What the first word of an element statement makes, and with which defaults.
    pub(super) fn of_keyword(&self, word: &str) -> Option<(Base, Archetype)> {
        let wanted = word.to_ascii_lowercase();
        for base in Base::ALL.into_iter().filter(|base| *base != Base::Relation) {
            let known = self.0.get(&(base, wanted.clone()));
            if let Some(archetype) = known {
                return Some((base, archetype.clone()));
            }
            if wanted.eq_ignore_ascii_case(base.keyword()) || (base == Base::Group && wanted == "enterprise") {
                return Some((base, Archetype::default()));
            }
        }
        None
    }

    /// The defaults of `->` or `--name->`; none if the word is no arrow.
    pub(super) fn of_arrow(&self, word: &str) -> Option<Archetype> {
        if word == "->" {
            return Some(self.0.get(&(Base::Relation, "->".to_owned())).cloned().unwrap_or_default());
        }
        let name = word.strip_prefix("--")?.strip_suffix("->")?;
        self.0.get(&(Base::Relation, name.to_ascii_lowercase())).cloned()
    }

    /// What each makes and its name as defined; defaults of keywords left out.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0
            .iter()
            .filter(|(_, archetype)| !archetype.name.is_empty())
            .map(|((base, _), archetype)| (base.keyword(), archetype.name.as_str()))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|(_, name)| name.as_str())
    }
}

/// Has the shape of an arrow with an archetype, known or not.
pub(super) fn is_named_arrow(word: &str) -> bool {
    word.len() > 4 && word.starts_with("--") && word.ends_with("->")
}

impl Lowering<'_> {
    /// Notes the use of an archetype by its name or arrow.
    pub(super) fn mention_archetype(&mut self, line: &Line, word: &Word, name: &str) {
        if name.is_empty() {
            return;
        }
        let part = word.value.strip_prefix("--").and_then(|text| text.strip_suffix("->")).unwrap_or(&word.value);
        self.mention(line, word, part, Symbol::Archetype(name.to_ascii_lowercase()), false);
    }

    /// One statement of the `archetypes` block: `api = container {`, `https = -> {`, or defaults for a keyword, `container {`.
    pub(super) fn archetype_statement(&mut self, line: &Line) {
        let keyword = line.keyword().to_owned();
        let found =
            self.archetypes.of_keyword(&keyword).or_else(|| self.archetypes.of_arrow(&keyword).map(|found| (Base::Relation, found)));
        let Some((base, mut archetype)) = found else {
            let mut known: Vec<String> = self.archetypes.names().map(str::to_owned).collect();
            known.extend(Base::ALL.iter().map(|base| base.keyword().to_owned()));
            let help = self.suggest(&keyword, known.iter().map(String::as_str));
            self.say(
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "unexpected-statement",
                    format!("`{keyword}` is neither a keyword nor an archetype"),
                    "An archetype builds on a kind of element, on `->`, or on another archetype.",
                    help.unwrap_or_else(|| "Write `name = container {`, or `name = -> {`.".to_owned()),
                ),
            );
            return;
        };
        if !archetype.name.is_empty()
            && let Some(word) = line.word(0).cloned()
        {
            self.mention_archetype(line, &word, &archetype.name);
        }
        if let Some(word) = line.identifier.clone() {
            self.mention(line, &word, &word.value, Symbol::Archetype(word.value.to_ascii_lowercase()), true);
        }
        let name = line.identifier.as_ref().map_or_else(|| keyword.to_ascii_lowercase(), |word| word.value.to_ascii_lowercase());
        archetype.name = line.identifier.as_ref().map_or_else(String::new, |word| word.value.clone());
        self.each_in(line, &mut |lowering, line| {
            let text = line.text(1);
            match line.keyword().to_ascii_lowercase().as_str() {
                "description" => archetype.description = text,
                "technology" | "metadata" => archetype.technology = text,
                "tag" | "tags" => {
                    add_tags(&mut archetype.tags, line.words.iter().skip(1).flat_map(|word| split_tags(&word.value)));
                }
                "properties" => {
                    let properties = &mut archetype.properties;
                    lowering.each_in(line, &mut |_, line| {
                        if let Some(name) = line.text(0) {
                            properties.insert(name, (line.text(1).unwrap_or_default(), line.header()));
                        }
                    });
                }
                "perspectives" => merge(&mut archetype.perspectives, lowering.perspectives(line)),
                _ => lowering.unexpected(
                    line,
                    "in an archetype",
                    &["description", "technology", "metadata", "tag", "tags", "properties", "perspectives"],
                ),
            }
        });
        self.archetypes.0.insert((base, name), archetype);
    }
}
