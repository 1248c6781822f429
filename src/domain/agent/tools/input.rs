//! Reads what a model sent to a tool. Every mistake is named: which field, what was expected, what came, what is allowed.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The fields of one object. Each is read once; what is left over is a mistake.
pub(super) struct Fields<'a> {
    /// `model_get` or `report_finding.claims[2]`.
    place: String,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// `known` are the names of all fields there are.
    pub(super) fn new(place: impl Into<String>, value: &'a Value, known: &[&str]) -> Result<Self, String> {
        let place = place.into();
        let Value::Object(map) = value else {
            return Err(format!("{place}: expected an object with {}, got {}", known.join(", "), kind(value)));
        };
        if let Some(unknown) = map.keys().find(|name| !known.contains(&name.as_str())) {
            let fields = if known.is_empty() { "it takes none".to_owned() } else { format!("its fields are {}", known.join(", ")) };
            return Err(format!("{place}: there is no field `{}`; {fields}", short(unknown)));
        }
        Ok(Self { place, map })
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, expected: &str, got: Option<&Value>) -> String {
        format!("{}.{name}: expected {expected}, got {}", self.place, got.map_or_else(|| "nothing".to_owned(), kind))
    }

    /// Text of at least one and at most `most` characters.
    pub(super) fn text(&self, name: &str, most: usize) -> Result<&'a str, String> {
        self.optional_text(name, most)?.ok_or_else(|| self.wrong(name, &format!("text of 1 to {most} characters"), self.map.get(name)))
    }

    /// The same; none for null, nothing or blanks.
    pub(super) fn optional_text(&self, name: &str, most: usize) -> Result<Option<&'a str>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let Value::String(text) = value else { return Err(self.wrong(name, &format!("text of at most {most} characters"), Some(value))) };
        let count = text.chars().count();
        if count > most {
            return Err(format!("{}.{name}: {count} characters, {most} are the most; say it in fewer words", self.place));
        }
        Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty()))
    }

    /// A whole number from `least` to `most`; none for null or nothing.
    pub(super) fn optional_number(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let whole = value
            .as_u64()
            .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).and_then(|number| format!("{number:.0}").parse().ok()));
        match whole {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(format!("{}.{name}: expected a whole number from {least} to {most}, got {}", self.place, kind(value))),
        }
    }

    pub(super) fn number(&self, name: &str, least: u64, most: u64) -> Result<u64, String> {
        self.optional_number(name, least, most)?
            .ok_or_else(|| self.wrong(name, &format!("a whole number from {least} to {most}"), self.map.get(name)))
    }

    /// One of some words; case does not matter.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, String> {
        let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        self.optional_choice(name, choices)?.ok_or_else(|| self.wrong(name, &format!("one of {}", words()), self.map.get(name)))
    }

    /// The same; none for null or nothing.
    pub(super) fn optional_choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        let Value::String(text) = value else { return Err(self.wrong(name, &format!("one of {}", words()), Some(value))) };
        let found = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
        found.map(|(_, choice)| Some(*choice)).ok_or_else(|| format!("{}.{name}: `{}` is none of {}", self.place, short(text), words()))
    }

    /// A list of `least` to `most` values, each with its place; empty for null or nothing when `least` is 0.
    pub(super) fn list(&self, name: &str, least: usize, most: usize) -> Result<Vec<(String, &'a Value)>, String> {
        let values: &[Value] = match self.get(name) {
            None => &[],
            Some(Value::Array(values)) => values,
            Some(other) => return Err(self.wrong(name, "a list", Some(other))),
        };
        if !(least..=most).contains(&values.len()) {
            return Err(format!("{}.{name}: expected {least} to {most} entries, got {}", self.place, values.len()));
        }
        Ok(values.iter().enumerate().map(|(at, value)| (format!("{}.{name}[{at}]", self.place), value)).collect())
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str, least: usize, most: usize, longest: usize) -> Result<Vec<&'a str>, String> {
        let text = |(place, value): (String, &'a Value)| match value {
            Value::String(text) if !text.trim().is_empty() && text.chars().count() <= longest => Ok(text.as_str()),
            other => Err(format!("{place}: expected text of 1 to {longest} characters, got {}", kind(other))),
        };
        self.list(name, least, most)?.into_iter().map(text).collect()
    }

    /// An object inside.
    pub(super) fn object(&self, name: &str, known: &[&str]) -> Result<Fields<'a>, String> {
        let value = self.get(name).ok_or_else(|| self.wrong(name, "an object", self.map.get(name)))?;
        Fields::new(format!("{}.{name}", self.place), value, known)
    }

    /// The page of a long answer, from 1.
    pub(super) fn page(&self) -> Result<usize, String> {
        let page = self.optional_number("page", 1, 10_000)?.unwrap_or(1);
        Ok(usize::try_from(page).unwrap_or(1))
    }
}

/// What came, in words.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.trim().is_empty() => "empty text".to_owned(),
        Value::String(text) => format!("the text `{}`", short(text)),
        Value::Array(values) => format!("a list of {}", values.len()),
        Value::Object(map) => {
            let mut said = "an object".to_owned();
            if let Some(first) = map.keys().next() {
                let _ = write!(said, " with `{}`", short(first));
            }
            said
        }
    }
}

pub(super) fn short(text: &str) -> String {
    let shown: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
