//! Any format as a text of Structurizr's language: how a foreign diagram becomes a document here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Diagnostic,
    layout::Point,
    model::ElementKey,
    syntax::{
        Sources,
        fidelity::{Fidelity, Remark},
        format::{Format, Imported, fence, import},
        structurizr,
    },
};

/// A foreign text as a workspace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Converted {
    pub text: String,
    /// Hand-made places, by view key and element key in the new text: the top left corners of elements, in px.
    pub positions: BTreeMap<String, BTreeMap<ElementKey, Point>>,
    /// About the text that was read; spans count in it.
    pub diagnostics: Vec<Diagnostic>,
    /// What was read and what was written together: the counts are those of the new text.
    pub fidelity: Fidelity,
    /// The usual ending of a file with the new text, without the dot.
    pub path_extension: String,
}

/// Reads a text and writes what it means as a workspace. A text of that language stays as it is, without the fence it may
/// have around it.
pub fn to_structurizr(format: Format, path: &str, text: &str, sources: &Sources) -> Converted {
    let Imported { model, positions, diagnostics, fidelity } = import(format, path, text, sources);
    let path_extension = Format::Structurizr.extensions().first().copied().unwrap_or_default().to_owned();
    if format == Format::Structurizr {
        let body = fence::around(text).map_or(text, |fence| text.get(fence.body).unwrap_or(""));
        return Converted { text: body.to_owned(), positions, diagnostics, fidelity, path_extension };
    }
    let printed = structurizr::print::write(&model);
    // A view that goes without saying has the key that a text without views gives it.
    let unsaid = || {
        let parsed = structurizr::parse("workspace.dsl", &printed.text, &Sources::new());
        parsed.model.views.first().map(|view| view.key.clone())
    };
    let mut placed: BTreeMap<String, BTreeMap<ElementKey, Point>> = BTreeMap::new();
    let mut lost = 0;
    for (view, points) in positions {
        let key = printed.views.get(&view).cloned().or_else(|| Some(()).filter(|()| printed.views.is_empty()).and_then(|()| unsaid()));
        let Some(key) = key else {
            lost += points.len();
            continue;
        };
        let points = points.into_iter().filter_map(|(element, point)| Some((printed.elements.get(&element)?.clone(), point)));
        placed.entry(key).or_default().extend(points);
    }
    let mut fidelity = joined(fidelity, printed.fidelity);
    for _ in 0..lost {
        fidelity.lose("Place of an element in a view that is not written", None);
    }
    Converted { text: printed.text, positions: placed, diagnostics, fidelity, path_extension }
}

/// What happened on the way in and on the way out; counts are those of the way out.
fn joined(read: Fidelity, written: Fidelity) -> Fidelity {
    let all = |first: Vec<Remark>, second: Vec<Remark>| {
        let mut all = first;
        for remark in second {
            match all.iter_mut().find(|other| other.what == remark.what) {
                Some(other) => other.count += remark.count,
                None => all.push(remark),
            }
        }
        all
    };
    Fidelity { kept: all(read.kept, written.kept), lost: all(read.lost, written.lost), ..written }
}
