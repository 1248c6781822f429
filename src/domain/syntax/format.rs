//! Diagram texts that come in and go out: which formats there are, what an import and an export give. A format's reader and
//! writer are one file or folder beside this one.
//!
//! To add a format that is read: a variant of [`Format`] in [`Format::ALL`] and its row in [`Format::row`]; to add one that is
//! written: a variant of [`target::Target`] and its lines there. The rest follows from the tables: [`mod@recognise`] (which
//! format is this?), [`fence`] (a text pasted with the fence of Markdown around it), [`convert`] (any format as Structurizr).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity},
    layout::Point,
    model::{ElementKey, Model, view::ViewKind},
    syntax::{Language, Parsed, Sources, c4_plantuml, d2, fidelity::Fidelity, likec4, mermaid, model_json, structurizr, structurizr_json},
};

pub mod convert;
pub mod fence;
pub mod recognise;
pub mod target;

/// What was read from a foreign text. Reading never fails: what is not understood is a diagnostic and a loss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub model: Model,
    /// Hand-made places, by view key: the top left corners of elements, in px.
    pub positions: BTreeMap<String, BTreeMap<ElementKey, Point>>,
    pub diagnostics: Vec<Diagnostic>,
    pub fidelity: Fidelity,
}

/// A model or view written in a foreign format.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    pub text: String,
    pub fidelity: Fidelity,
}

/// A format that diagrams are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    Structurizr,
    Mermaid,
    MermaidC4,
    MermaidArchitecture,
    C4PlantUml,
    D2,
    LikeC4,
    StructurizrJson,
    ModelJson,
}

/// What there is to know about a format.
struct Row {
    name: &'static str,
    slug: &'static str,
    /// File name endings without the dot, the usual one first; several formats may share one.
    extensions: &'static [&'static str],
    /// Words after the marks of a fence in Markdown.
    fences: &'static [&'static str],
    /// Path, text, other files.
    read: fn(&str, &str, &Sources) -> Imported,
}

const MERMAID: &[&str] = &["mmd", "mermaid"];
const MERMAID_FENCES: &[&str] = &["mermaid", "mmd"];

impl Format {
    pub const ALL: [Self; 9] = [
        Self::Structurizr,
        Self::Mermaid,
        Self::MermaidC4,
        Self::MermaidArchitecture,
        Self::C4PlantUml,
        Self::D2,
        Self::LikeC4,
        Self::StructurizrJson,
        Self::ModelJson,
    ];

    const fn row(self) -> Row {
        match self {
            Self::Structurizr => Row {
                name: "Structurizr DSL",
                slug: "structurizr",
                extensions: &["dsl", "structurizr"],
                fences: &["structurizr", "dsl", "structurizr-dsl", "structurizrdsl"],
                read: |path, text, sources| counted(structurizr::parse(path, text, sources)),
            },
            Self::Mermaid => Row {
                name: "Mermaid flowchart",
                slug: "mermaid",
                extensions: MERMAID,
                fences: MERMAID_FENCES,
                read: |path, text, sources| counted(mermaid::parse(path, text, sources)),
            },
            Self::MermaidC4 => Row {
                name: "Mermaid C4",
                slug: "mermaid-c4",
                extensions: MERMAID,
                fences: MERMAID_FENCES,
                read: |_, text, _| mermaid::c4::import(text),
            },
            Self::MermaidArchitecture => Row {
                name: "Mermaid architecture",
                slug: "mermaid-architecture",
                extensions: MERMAID,
                fences: MERMAID_FENCES,
                read: |_, text, _| mermaid::architecture::import(text),
            },
            Self::C4PlantUml => Row {
                name: "C4-PlantUML",
                slug: "c4-plantuml",
                extensions: &["puml", "plantuml", "pu", "iuml", "wsd"],
                fences: &["plantuml", "puml", "c4plantuml", "c4-plantuml", "uml"],
                read: |_, text, _| c4_plantuml::import(text),
            },
            Self::D2 => Row { name: "D2", slug: "d2", extensions: &["d2"], fences: &["d2"], read: d2::import },
            Self::LikeC4 => Row {
                name: "LikeC4",
                slug: "likec4",
                extensions: &["c4", "likec4", "like-c4"],
                fences: &["likec4", "c4"],
                read: likec4::import,
            },
            Self::StructurizrJson => Row {
                name: "Structurizr JSON",
                slug: "structurizr-json",
                extensions: &["json"],
                fences: &[],
                read: |_, text, _| structurizr_json::import(text),
            },
            Self::ModelJson => Row {
                name: "Model JSON",
                slug: "model-json",
                extensions: &["json"],
                fences: &[],
                read: |_, text, _| model_json::import(text),
            },
        }
    }

    /// As people write it: `C4-PlantUML`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// For addresses and options: `c4-plantuml`.
    pub const fn slug(self) -> &'static str {
        self.row().slug
    }

    /// File name endings without the dot, the usual one first.
    pub const fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.slug() == slug)
    }

    /// The language, where people edit texts of this format here.
    pub const fn language(self) -> Option<Language> {
        match self {
            Self::Structurizr => Some(Language::Structurizr),
            Self::Mermaid => Some(Language::Mermaid),
            _ => None,
        }
    }
}

/// Reads a text of the format, with or without a fence of Markdown around it. Never fails. Spans count in the text as given.
pub fn import(format: Format, path: &str, text: &str, sources: &Sources) -> Imported {
    let read = format.row().read;
    match fence::around(text) {
        Some(fence) => read(path, &fence.blanked(text), sources),
        None => read(path, text, sources),
    }
}

/// What a language of its own gives, in the terms of an import.
fn counted(parsed: Parsed) -> Imported {
    let Parsed { model, diagnostics } = parsed;
    let mut fidelity = count(&model);
    for error in diagnostics.iter().filter(|found| found.level == Severity::Error) {
        fidelity.lose("Text that is not understood", Some(error.span).filter(|_| error.file.is_none()));
    }
    Imported { model, positions: BTreeMap::new(), diagnostics, fidelity }
}

/// How much a model holds; the view that a text without views has does not count.
pub(in crate::domain::syntax) fn count(model: &Model) -> Fidelity {
    Fidelity {
        elements: model.elements.len(),
        relations: model.relations.values().filter(|relation| relation.implied_by.is_none()).count(),
        boundaries: model.groups.len(),
        views: model.views.iter().filter(|view| view.kind != ViewKind::Everything).count(),
        ..Fidelity::default()
    }
}

#[cfg(test)]
mod tests;
