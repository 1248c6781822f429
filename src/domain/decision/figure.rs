//! What stands in the place of an [`Embed`]: a picture, or why there is none; the state of a rule. Drawn by [`draw`] where the
//! diagrams are known, put into a page by [`html`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::decision::embed::Embed;

pub mod draw;
pub mod html;

#[cfg(test)]
mod tests;

/// What is known of the embeds of a record.
pub type Figures = BTreeMap<Embed, Figure>;

/// What stands in the place of one embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    Drawn(Picture),
    /// Why there is no picture, and what to do.
    Undrawn {
        what: String,
        help: String,
        problems: Vec<Problem>,
    },
    Rule(Standing),
}

/// A picture by our own scene writer, which is the only one that makes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub svg: String,
    /// Begins every id in it.
    pub prefix: String,
    /// In px.
    pub size: (i32, i32),
    /// The view's title.
    pub title: String,
    /// The key and the path of a view's diagram, and the page that shows it.
    pub from: Option<(String, String)>,
    pub page: Option<String>,
    pub problems: Vec<Problem>,
}

/// Something wrong in a text that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1, in the embedded text.
    pub line: u32,
    pub message: String,
}

/// How the design stands to a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Diagrams that it was compared with; with none, nobody knows.
    pub diagrams: usize,
    /// Who breaks it, by name; the first of them.
    pub broken_by: Vec<String>,
    /// How many more do.
    pub more: usize,
    /// Facts that nobody has stated and that could break it.
    pub unknown: usize,
    /// The page of the finding that says so.
    pub finding: Option<String>,
}
