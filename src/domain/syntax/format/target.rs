//! The formats that a model, or one view of it, is written in.

use serde::{Deserialize, Serialize};

use crate::domain::{
    model::{
        ElementKey, Model,
        view::{self, View},
    },
    syntax::{
        c4_plantuml, d2,
        format::{Exported, count},
        mermaid, model_json, structurizr, structurizr_json,
    },
};

/// A format that diagrams are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Structurizr,
    Mermaid,
    MermaidC4,
    D2,
    C4PlantUml,
    ModelJson,
    StructurizrJson,
}

impl Target {
    pub const ALL: [Self; 7] =
        [Self::Structurizr, Self::Mermaid, Self::MermaidC4, Self::D2, Self::C4PlantUml, Self::ModelJson, Self::StructurizrJson];

    /// As people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structurizr => "Structurizr DSL",
            Self::Mermaid => "Mermaid flowchart",
            Self::MermaidC4 => "Mermaid C4",
            Self::D2 => "D2",
            Self::C4PlantUml => "C4-PlantUML",
            Self::ModelJson => "Model JSON",
            Self::StructurizrJson => "Structurizr JSON",
        }
    }

    /// The ending of a file's name, without the dot; each format has its own.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Structurizr => "dsl",
            Self::Mermaid => "mmd",
            Self::MermaidC4 => "c4.mmd",
            Self::D2 => "d2",
            Self::C4PlantUml => "puml",
            Self::ModelJson => "json",
            Self::StructurizrJson => "structurizr.json",
        }
    }

    /// The format of such an ending, with or without the dot before it, in any letters.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let extension = extension.trim_start_matches('.').to_lowercase();
        match extension.as_str() {
            "mermaid" => Some(Self::Mermaid),
            "plantuml" => Some(Self::C4PlantUml),
            _ => Self::ALL.into_iter().find(|target| target.extension() == extension),
        }
    }

    /// As `Content-Type` has it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::ModelJson | Self::StructurizrJson => "application/json; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// Whether a text of this format holds a model rather than one picture.
    pub const fn holds_models(self) -> bool {
        match self {
            Self::Structurizr | Self::Mermaid | Self::ModelJson | Self::StructurizrJson => true,
            Self::MermaidC4 | Self::D2 | Self::C4PlantUml => false,
        }
    }

    /// Whether a text of this format says which addresses answer while an instance works.
    const fn has_health_checks(self) -> bool {
        match self {
            Self::Structurizr | Self::ModelJson | Self::StructurizrJson => true,
            Self::Mermaid | Self::MermaidC4 | Self::D2 | Self::C4PlantUml => false,
        }
    }
}

/// Writes one view, or the whole model without one. A format that holds one picture gets the most telling view then.
pub fn export(target: Target, model: &Model, view: Option<&View>) -> Exported {
    let chosen = view.or_else(|| view::choose(model, None));
    let everything = if chosen.is_none() { Some(view::everything(model)) } else { None };
    let Some(picture) = chosen.or(everything.as_ref()) else { return Exported::default() };
    let part = || view.map(|view| view::part(model, view));
    let mut exported = match target {
        Target::Structurizr => structurizr::print::print(part().as_ref().unwrap_or(model)),
        Target::Mermaid => match view {
            Some(view) => mermaid::print::print_view(model, view),
            None => mermaid::print::print_model(model),
        },
        Target::MermaidC4 => mermaid::c4::print(model, picture),
        Target::D2 => d2::print(model, picture),
        Target::C4PlantUml => c4_plantuml::print(model, picture),
        Target::ModelJson => {
            let part = part();
            let model = part.as_ref().unwrap_or(model);
            Exported { text: model_json::model_json(model), fidelity: count(model) }
        }
        Target::StructurizrJson => structurizr_json::export(part().as_ref().unwrap_or(model)),
    };
    if !target.has_health_checks() {
        let drawn = |key: &ElementKey| (view.is_none() && target.holds_models()) || picture.elements.contains(key);
        for element in model.elements.values().filter(|element| !element.health_checks.is_empty() && drawn(&element.key)) {
            for _ in &element.health_checks {
                exported.fidelity.lose("Health check of an instance", None);
            }
        }
    }
    exported
}
