//! Schemas that strict modes take: every field required, null where it may be left out, nothing beside them. Limits stand in
//! the descriptions, since strict modes know none.

use serde_json::{Map, Value, json};

/// An object; keys come in the order of the alphabet, so that the same schema is the same bytes.
pub(super) fn object(fields: &[(&str, Value)]) -> Value {
    let mut sorted: Vec<&(&str, Value)> = fields.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let names: Vec<&str> = sorted.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> = sorted.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"additionalProperties": false, "properties": properties, "required": names, "type": "object"})
}

pub(super) fn text(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

pub(super) fn optional_text(description: &str) -> Value {
    json!({"description": description, "type": ["string", "null"]})
}

pub(super) fn number(description: &str) -> Value {
    json!({"description": description, "type": "integer"})
}

pub(super) fn optional_number(description: &str) -> Value {
    json!({"description": description, "type": ["integer", "null"]})
}

pub(super) fn choice(description: &str, words: &[&str]) -> Value {
    json!({"description": description, "enum": words, "type": "string"})
}

pub(super) fn optional_choice(description: &str, words: &[&str]) -> Value {
    let words: Vec<Value> = words.iter().map(|word| json!(word)).chain([Value::Null]).collect();
    json!({"description": description, "enum": words, "type": ["string", "null"]})
}

pub(super) fn list(description: &str, items: &Value) -> Value {
    json!({"description": description, "items": items, "type": "array"})
}

/// Which part of a long answer to give.
pub(super) fn page() -> (&'static str, Value) {
    ("page", optional_number("Page of a long answer, from 1; null for the first."))
}
