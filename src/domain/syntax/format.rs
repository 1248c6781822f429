//! Diagram texts that come in and go out: what an import and an export give. The formats themselves are one file or folder
//! each beside this one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Diagnostic,
    layout::Point,
    model::{ElementKey, Model},
    syntax::fidelity::Fidelity,
};

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
