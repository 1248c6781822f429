//! The model itself as JSON, for programs that read diagrams without knowing any of the languages.
//!
//! The shape is that of [`Model`], field for field: `name`, `description`, `facts`, `properties`, then `elements`, `relations`
//! and `groups` as objects by key in model order, `views` and `linked_folders` as lists. Names of enumerations are kebab-case
//! (`"level": "container"`, `"mode": {"value": "async-pub", …}`); what is not there is `null` or empty, never left out. Fields
//! may be added; none changes its meaning. [`read`] takes it back.

use crate::domain::model::Model;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene::tests::platform;

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
}
