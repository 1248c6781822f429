//! Views: one picture each of the model. Expressions are resolved when the text is read, so that a view simply lists what
//! it shows.

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, RelationKey},
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
    pub span: Span,
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
    /// The title, or the kind and scope: `Container view: Platform`.
    pub fn display_title(&self, scope_name: Option<&str>) -> String {
        match (&self.title, scope_name) {
            (Some(title), _) if !title.trim().is_empty() => title.clone(),
            (_, Some(scope)) => format!("{}: {scope}", self.kind.name()),
            _ => self.kind.name().to_owned(),
        }
    }
}
