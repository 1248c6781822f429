//! Views: one picture each of the model. Expressions are resolved when the text is read, so that a view simply lists what
//! it shows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, Model, RelationKey, appearance::Scheme},
};

/// What a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ViewKind {
    Landscape,
    Context,
    Container,
    Component,
    Dynamic,
    Deployment,
    Filtered,
    Custom,
    /// Refers to a picture made elsewhere; cannot be drawn.
    Image,
    /// Made by Lintel because the text defines no view.
    Everything,
}

impl ViewKind {
    /// Such as `Container view`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Landscape => "System landscape",
            Self::Context => "System context",
            Self::Container => "Container view",
            Self::Component => "Component view",
            Self::Dynamic => "Dynamic view",
            Self::Deployment => "Deployment view",
            Self::Filtered => "Filtered view",
            Self::Custom => "Custom view",
            Self::Image => "Image view",
            Self::Everything => "Everything",
        }
    }

    /// Static views show the model as it is; dynamic ones steps, deployment ones places.
    pub const fn is_static(self) -> bool {
        matches!(
            self,
            Self::Landscape | Self::Context | Self::Container | Self::Component | Self::Custom | Self::Filtered | Self::Everything
        )
    }

    /// Views of this kind can show their elements one after the other.
    pub const fn is_animated(self) -> bool {
        matches!(self, Self::Landscape | Self::Context | Self::Container | Self::Component | Self::Custom | Self::Deployment)
    }
}

/// The main direction of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    TopBottom,
    BottomTop,
    #[default]
    LeftRight,
    RightLeft,
}

/// One picture of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Unique in the model and usable in URLs and file names.
    pub key: String,
    pub kind: ViewKind,
    pub title: Option<String>,
    pub description: Option<String>,
    /// The element the view is about.
    pub scope: Option<ElementKey>,
    /// What it shows, in model order. An element whose descendants are shown too is drawn as a frame around them.
    pub elements: Vec<ElementKey>,
    pub relations: Vec<RelationKey>,
    /// The steps of a dynamic view, in order.
    pub steps: Vec<Step>,
    pub direction: Direction,
    /// The view to open first.
    #[serde(default)]
    pub is_default: bool,
    /// For a filtered view: what it filters.
    #[serde(default)]
    pub base: Option<Base>,
    /// What appears one after the other, in order; what is in no step stands there from the beginning.
    #[serde(default)]
    pub animation: Vec<AnimationStep>,
    /// For an image view: where the picture comes from.
    #[serde(default)]
    pub images: Vec<Image>,
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    pub span: Span,
}

/// The view that a filtered one takes from, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// A view's key.
    pub view: String,
    pub tags: Vec<String>,
    /// Takes only what has one of the tags; otherwise only what has none.
    pub include: bool,
}

/// What one step of an animation adds to those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnimationStep {
    /// In the order of the text.
    pub elements: Vec<ElementKey>,
    /// Relations of the view that both ends of are shown by now, and were not before.
    pub relations: Vec<RelationKey>,
}

/// A picture made elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `image`, `plantuml`, `mermaid`, or the format that `kroki` is told.
    pub format: String,
    /// A text in that format, a path, an address, or the key of a view.
    pub source: String,
    pub scheme: Scheme,
}

/// One step of a dynamic view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// As shown: `1`, `2`, `2.1`.
    pub order: String,
    pub relation: RelationKey,
    pub description: Option<String>,
    /// The step answers an earlier one, so it runs against the relation.
    pub response: bool,
}

impl View {
    /// A view that shows nothing yet.
    pub fn new(key: impl Into<String>, kind: ViewKind, span: Span) -> Self {
        Self {
            key: key.into(),
            kind,
            title: None,
            description: None,
            scope: None,
            elements: Vec::new(),
            relations: Vec::new(),
            steps: Vec::new(),
            direction: Direction::default(),
            is_default: false,
            base: None,
            animation: Vec::new(),
            images: Vec::new(),
            properties: BTreeMap::new(),
            span,
        }
    }

    /// The title, or the kind and scope: `Container view: Platform`.
    pub fn display_title(&self, scope_name: Option<&str>) -> String {
        match (&self.title, scope_name) {
            (Some(title), _) if !title.trim().is_empty() => title.clone(),
            (_, Some(scope)) => format!("{}: {scope}", self.kind.name()),
            _ => self.kind.name().to_owned(),
        }
    }
}

/// The view of a key; else the one that the text opens first, or that tells most about a system: containers first, then what
/// else can be drawn.
pub fn choose<'a>(model: &'a Model, key: Option<&str>) -> Option<&'a View> {
    let named = key.and_then(|key| model.views.iter().find(|view| view.key == key));
    let of = |kind: ViewKind| model.views.iter().find(move |view| view.kind == kind && !view.elements.is_empty());
    named
        .or_else(|| model.views.iter().find(|view| view.is_default && view.kind != ViewKind::Image))
        .or_else(|| of(ViewKind::Container))
        .or_else(|| of(ViewKind::Context))
        .or_else(|| of(ViewKind::Landscape))
        .or_else(|| model.views.iter().find(|view| view.kind != ViewKind::Image))
        .or_else(|| model.views.first())
}

/// A view that shows all elements, for a model that has no views.
pub fn everything(model: &Model) -> View {
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
    View {
        elements: model.elements.keys().cloned().collect(),
        relations: stated.map(|relation| relation.key.clone()).collect(),
        ..View::new("everything", ViewKind::Everything, Span::default())
    }
}

/// The part of the model that a view shows, with what lies around it and what it is an instance of, and with this one view.
/// Relations that follow from others which are not shown are stated.
pub fn part(model: &Model, view: &View) -> Model {
    let mut keep: BTreeSet<&ElementKey> = BTreeSet::new();
    let mut next: Vec<&ElementKey> = view.elements.iter().chain(&view.scope).collect();
    while let Some(key) = next.pop() {
        let Some((key, element)) = model.elements.get_key_value(key) else { continue };
        if keep.insert(key) {
            next.extend(element.parent.iter().chain(&element.instance_of));
        }
    }
    let shown: BTreeSet<&RelationKey> = view.relations.iter().chain(view.steps.iter().map(|step| &step.relation)).gathered();
    let mut part = Model { views: vec![view.clone()], ..model.clone() };
    part.elements.retain(|key, _| keep.contains(key));
    part.relations.retain(|key, relation| shown.contains(key) && keep.contains(&relation.source) && keep.contains(&relation.target));
    let left: BTreeSet<RelationKey> = part.relations.keys().cloned().gathered();
    for relation in part.relations.values_mut() {
        relation.implied_by = relation.implied_by.take().filter(|by| left.contains(by));
    }
    let mut groups: BTreeSet<&GroupKey> = BTreeSet::new();
    let mut next: Vec<&GroupKey> = part.elements.values().filter_map(|element| element.group.as_ref()).collect();
    while let Some(key) = next.pop() {
        if groups.insert(key) {
            next.extend(model.groups.get(key).and_then(|group| group.parent.as_ref()));
        }
    }
    part.groups.retain(|key, _| groups.contains(key));
    part.linked_folders.retain(|folder| folder.owner.as_ref().is_none_or(|owner| keep.contains(owner)));
    part
}
