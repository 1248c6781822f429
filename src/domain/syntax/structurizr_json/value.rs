//! Looking into JSON without trusting it: what is of another type is as if it were not there.

use serde_json::{Map, Value};

/// A text that says something; numbers count as texts.
pub(super) fn text(value: &Value, name: &str) -> Option<String> {
    scalar(value.get(name)?).filter(|text| !text.trim().is_empty())
}

pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(super) fn object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object()
}

/// The objects of a list.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list.
pub(super) fn texts(value: &Value, name: &str) -> impl Iterator<Item = String> {
    list(value, name).filter_map(scalar)
}

/// Names and values of an object.
pub(super) fn pairs<'v>(value: &'v Value, name: &str) -> Vec<(&'v str, String)> {
    let pairs = value.get(name).and_then(object).into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((name.as_str(), scalar(value)?))).collect()
}

/// A whole number; fractions are cut off.
pub(super) fn integer(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "out of range values saturate, which is as good as any place")]
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64)).or_else(|| value.as_str()?.trim().parse().ok())
}

/// A comma list of tags without those that every such element has.
pub(super) fn tags(value: &Value, without: &[&str]) -> Vec<String> {
    const MOST: usize = 200;
    let written = text(value, "tags").unwrap_or_default();
    let mut tags: Vec<String> = Vec::new();
    for tag in written.split(',').map(str::trim).filter(|tag| !tag.is_empty() && !without.contains(tag)) {
        if tags.len() < MOST && !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}
