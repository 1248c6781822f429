//! The model itself as JSON, for programs that read diagrams without knowing any of the languages.
//!
//! The shape is that of [`Model`], field for field: `name`, `description`, `facts`, `properties`, then `elements`, `relations`
//! and `groups` as objects by key in model order, `views` and `linked_folders` as lists. Names of enumerations are kebab-case
//! (`"level": "container"`, `"mode": {"value": "async-pub", …}`); what is not there is `null` or empty, never left out. Fields
//! may be added; none changes its meaning. [`read`] takes it back.

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::Model,
    syntax::{draft::too_long, format::Imported},
};

mod mend;

/// Bytes of a text.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The model as indented JSON; ends with a line end.
pub fn model_json(model: &Model) -> String {
    let mut text = serde_json::to_string_pretty(model).unwrap_or_default();
    text.push('\n');
    text
}

/// The model of such a text.
///
/// # Errors
/// Says what is wrong, with line and column, where the text is no such JSON.
pub fn read(text: &str) -> Result<Model, serde_json::Error> {
    serde_json::from_str(text)
}

/// Reads such a text. Never fails: text that is no such JSON gives an empty model and a diagnostic at its place, and what
/// refers to something that is not there is left out and said.
pub fn import(text: &str) -> Imported {
    if text.len() > MAX_BYTES {
        return too_long(text.len(), MAX_BYTES);
    }
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    match read(plain) {
        Ok(model) => mend::mend(model),
        Err(error) => {
            let start = plain.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
            let at = plain.floor_char_boundary((start + error.column().saturating_sub(1)).min(plain.len())) + text.len() - plain.len();
            let words = error.to_string();
            let mut result = Imported::default();
            result.diagnostics.push(Diagnostic {
                level: Severity::Error,
                code: "invalid-json".to_owned(),
                span: Span::new(at, at),
                what: "This is no model as JSON".to_owned(),
                why: format!("{}.", words.split(" at line ").next().unwrap_or("")),
                help: "Export the model again, or correct the text at this place.".to_owned(),
                file: None,
            });
            result.fidelity.lose("The whole text, which is no such JSON", None);
            result
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{model::ElementKey, scene::tests::platform};

    #[test]
    fn a_model_comes_back_from_its_json() {
        let model = platform();
        let text = model_json(&model);
        assert_eq!(read(&text).unwrap(), model);
        assert!(text.contains("\"level\": \"container\"") && text.contains("\"value\": \"async-pub\""), "{text}");
    }

    #[test]
    fn keys_and_their_order_are_those_of_the_model() {
        let model = platform();
        let value: serde_json::Value = serde_json::from_str(&model_json(&model)).unwrap();
        for field in ["name", "description", "facts", "properties", "elements", "relations", "groups", "views", "linked_folders"] {
            assert!(value.get(field).is_some(), "{field}");
        }
        let back = read(&model_json(&model)).unwrap();
        assert!(back.elements.keys().eq(model.elements.keys()));
    }

    #[test]
    fn an_import_leaves_out_what_hangs_in_the_air() {
        let model = platform();
        let plain = import(&model_json(&model));
        assert_eq!((plain.diagnostics.as_slice(), plain.fidelity.lost.as_slice()), ([].as_slice(), [].as_slice()));
        assert_eq!(plain.model, model);
        let mut wild = model.clone();
        let keys: Vec<ElementKey> = wild.elements.keys().take(3).cloned().collect();
        for (at, key) in keys.iter().enumerate() {
            wild.elements[key].parent = Some(keys[(at + 1) % 3].clone());
        }
        wild.elements[&keys[0]].instance_of = Some(ElementKey::from("gone"));
        wild.relations[0].target = ElementKey::from("gone");
        wild.views[0].elements.push(ElementKey::from("gone"));
        let twin = wild.views[0].clone();
        wild.views.push(twin);
        let mended = import(&model_json(&wild));
        assert_eq!(mended.model.relations.len(), model.relations.len() - 1);
        assert_eq!(mended.model.elements.len(), model.elements.len());
        for key in &keys {
            let around: Vec<&ElementKey> = mended.model.ancestors(key).map(|element| &element.key).collect();
            assert!(around.len() < 3 && !around.contains(&key), "{around:?}");
        }
        assert!(mended.model.views.iter().all(|view| view.elements.iter().all(|key| mended.model.elements.contains_key(key))));
        assert!(mended.model.views[0].key != mended.model.views[1].key);
        let lost: usize = mended.fidelity.lost.iter().map(|remark| remark.count).sum();
        assert!(lost >= 5, "{:?}", mended.fidelity.lost);
        assert_eq!(mended.diagnostics.len(), 1, "{:?}", mended.diagnostics);
    }

    #[test]
    fn what_is_no_json_is_said_at_its_place() {
        for (text, at) in [("{\n  \"name\": oops", 11), ("[]", 0), ("{}", 1), ("", 0)] {
            let imported = import(text);
            let [found] = imported.diagnostics.as_slice() else { panic!("{text}") };
            assert!(found.code == "invalid-json" && found.span.start.abs_diff(at) <= 1, "{text} {found:?}");
            assert_eq!(imported.fidelity.lost.len(), 1);
        }
    }
}
