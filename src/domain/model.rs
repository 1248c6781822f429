//! The semantic model that a diagram's text means: elements, relations, groups, facts and views.
//!
//! Every language of [`crate::domain::syntax`] lowers to this one model; layout, rules and exports read nothing else.
//! Order is text order. What was inferred keeps its reason.

use std::{collections::BTreeMap, fmt};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::{casing::lower, diagnostic::Span};

pub mod appearance;
pub mod facts;
pub mod kind;
pub mod view;

use appearance::Appearance;
use facts::Facts;
use kind::{Kind, Mode};
use view::View;

macro_rules! key_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

key_type!(
    /// An element's identity within its diagram: the dotted path of identifiers (`platform.orders`), or of slugged names
    /// where the text gives no identifier.
    ElementKey
);
key_type!(
    /// A relation's identity: its own identifier if the text gives one, else `source->target`, with `#2`, `#3` … for the
    /// second and later relations between the same two elements.
    RelationKey
);
key_type!(
    /// A group's identity: the owning element's key (or nothing), then the slugged group names, joined by `/`.
    GroupKey
);

/// Everything one diagram says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub name: String,
    pub description: Option<String>,
    /// Facts of the workspace: stage, profile, direction.
    pub facts: Facts,
    pub properties: BTreeMap<String, String>,
    pub elements: IndexMap<ElementKey, Element>,
    pub relations: IndexMap<RelationKey, Relation>,
    pub groups: IndexMap<GroupKey, Group>,
    pub views: Vec<View>,
    /// Folders or files that the text links with `!docs`, `!adrs` or `!decisions`, as written.
    pub linked_folders: Vec<LinkedFolder>,
    /// Styles, themes, terminology.
    #[serde(default)]
    pub appearance: Appearance,
    /// Who may see the workspace elsewhere, and what it is about.
    #[serde(default)]
    pub configuration: Configuration,
}

/// What a workspace says about itself. Lintel keeps it and acts on nothing of it but the scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    pub scope: Option<WorkspaceScope>,
    /// Readable by everybody.
    pub public: Option<bool>,
    /// Names with whether each may write.
    pub users: Vec<(String, bool)>,
    pub properties: BTreeMap<String, String>,
}

/// What a workspace describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkspaceScope {
    /// Several systems from outside; none of them has parts.
    Landscape,
    /// One system with its parts.
    SoftwareSystem,
}

/// What an element or relation is from one point of view: security, ownership, technical debt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perspective {
    pub name: String,
    pub description: Option<String>,
    /// Such as `High`.
    pub value: Option<String>,
    pub url: Option<String>,
    pub span: Span,
}

/// An address that answers while an instance works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    pub name: String,
    pub url: String,
    /// Seconds between two looks.
    pub interval: Option<u32>,
    /// Milliseconds after which no answer is one.
    pub timeout: Option<u32>,
}

/// A folder of documents that belongs to the workspace or to one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedFolder {
    pub path: String,
    /// Decision records, or other documentation.
    pub decisions: bool,
    pub owner: Option<ElementKey>,
    pub span: Span,
}

/// The level of the C4 model an element lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Person,
    System,
    Container,
    Component,
    /// An element outside the C4 hierarchy.
    Custom,
    DeploymentEnvironment,
    DeploymentNode,
    InfrastructureNode,
    SystemInstance,
    ContainerInstance,
}

/// A value that was read or concluded, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inferred<T> {
    pub value: T,
    /// In words, for people: `property kind`, `technology PostgreSQL`, `default for a container`.
    pub reason: String,
    /// Said by the text itself, not concluded.
    pub stated: bool,
}

/// Something that exists: a person, a system, a part of one, or a place where it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    pub key: ElementKey,
    /// The identifier as written, if any.
    pub identifier: Option<String>,
    pub name: String,
    pub description: Option<String>,
    pub technology: Option<String>,
    pub level: Level,
    pub kind: Inferred<Kind>,
    pub parent: Option<ElementKey>,
    pub group: Option<GroupKey>,
    pub tags: Vec<String>,
    /// As written, facts included.
    pub properties: BTreeMap<String, String>,
    /// Own facts and those inherited from the parents and the workspace.
    pub facts: Facts,
    pub url: Option<String>,
    /// In the order of the text; each name once.
    #[serde(default)]
    pub perspectives: Vec<Perspective>,
    /// For an instance: how the platform asks whether it works, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub health_checks: Vec<HealthCheck>,
    /// For an instance: what it is an instance of.
    pub instance_of: Option<ElementKey>,
    /// The whole statement, block included.
    pub span: Span,
    /// The name's token, quotes excluded; the identifier's where there is no name.
    pub name_span: Span,
    /// The included file the spans lie in; none for the document itself.
    pub file: Option<String>,
}

/// A directed relation from the initiator to the target (the direction of the call, not of the data).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    pub key: RelationKey,
    pub source: ElementKey,
    pub target: ElementKey,
    pub description: Option<String>,
    pub technology: Option<String>,
    pub mode: Inferred<Mode>,
    pub tags: Vec<String>,
    pub properties: BTreeMap<String, String>,
    pub facts: Facts,
    pub url: Option<String>,
    /// In the order of the text; each name once.
    #[serde(default)]
    pub perspectives: Vec<Perspective>,
    /// Follows from a relation between parts; drawn where the parts are not, ignored by rules.
    pub implied_by: Option<RelationKey>,
    pub span: Span,
    pub file: Option<String>,
}

impl Relation {
    /// The text an edge carries: technology first (it is the protocol), else the description.
    pub fn label(&self) -> Option<&str> {
        self.technology.as_deref().or(self.description.as_deref()).filter(|label| !label.trim().is_empty())
    }
}

/// A named frame around elements that is not itself an element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub key: GroupKey,
    pub name: String,
    /// The group around this one.
    pub parent: Option<GroupKey>,
    /// The element inside which the group lies; none at the top of the model.
    pub owner: Option<ElementKey>,
    pub properties: BTreeMap<String, String>,
    pub facts: Facts,
    pub span: Span,
    pub file: Option<String>,
}

impl Model {
    pub fn element(&self, key: &ElementKey) -> Option<&Element> {
        self.elements.get(key)
    }

    /// The innermost element whose statement holds an offset of the document itself.
    pub fn element_at(&self, offset: u32) -> Option<&Element> {
        self.elements
            .values()
            .filter(|element| element.file.is_none() && (element.span.contains(offset) || element.span.end == offset))
            .min_by_key(|element| element.span.end - element.span.start)
    }

    /// The view of a key.
    pub fn view(&self, key: &str) -> Option<&View> {
        self.views.iter().find(|view| view.key == key)
    }

    /// The element's ancestors, nearest first.
    pub fn ancestors<'a>(&'a self, key: &ElementKey) -> impl Iterator<Item = &'a Element> {
        self.above(self.elements.get(key).and_then(|element| element.parent.as_ref()))
    }

    /// [`Self::ancestors`] of an element that is at hand.
    pub fn around<'a>(&'a self, element: &'a Element) -> impl Iterator<Item = &'a Element> {
        self.above(element.parent.as_ref())
    }

    fn above<'a>(&'a self, mut next: Option<&'a ElementKey>) -> impl Iterator<Item = &'a Element> {
        let mut left = self.elements.len();
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let element = self.elements.get(next?)?;
            next = element.parent.as_ref();
            Some(element)
        })
    }

    pub fn children<'a>(&'a self, key: &'a ElementKey) -> impl Iterator<Item = &'a Element> {
        self.elements.values().filter(move |element| element.parent.as_ref() == Some(key))
    }

    pub fn is_inside(&self, key: &ElementKey, ancestor: &ElementKey) -> bool {
        self.ancestors(key).any(|element| element.key == *ancestor)
    }

    /// The element whose name, identifier or key is `text`, compared without case; for links written by people.
    pub fn find(&self, text: &str) -> Option<&Element> {
        let wanted = lower(text.trim());
        let same = |candidate: &str| lower(candidate) == wanted;
        let all = || self.elements.values();
        all()
            .find(|element| same(element.key.as_str()))
            .or_else(|| all().find(|element| element.identifier.as_deref().is_some_and(same)))
            .or_else(|| all().find(|element| same(&element.name)))
    }
}
