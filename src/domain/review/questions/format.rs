//! What an answer may look like: the states that a fact can have, and how its values are written.

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    model::facts::{Fact, State, catalogue::FactDoc},
    moment::Day,
    review::amount,
};

/// An answer that is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    Yes,
    Planned,
    No,
    /// With the reason.
    NotApplicable,
}

impl Choice {
    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::Planned => "Planned",
            Self::No => "No",
            Self::NotApplicable => "Does not apply",
        }
    }
}

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A time with its unit: `800ms`.
    Duration,
    /// `3`, `99.95`.
    Number,
    /// `2026-01-31`.
    Day,
    /// One of some words, or another one.
    Words,
    /// A name that every design has its own of.
    Name,
}

/// How the value of a fact is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub shape: Shape,
    /// What to write, one sentence.
    pub hint: String,
    /// Usual values, best first.
    pub examples: Vec<String>,
}

/// Say how something is, and may be missing or to come, though the catalogue lists no such value.
const MAY_BE_MISSING: [&str; 19] = [
    "api_version",
    "auth",
    "consistency",
    "contract",
    "delivery",
    "image_pin",
    "lb",
    "leader_election",
    "logs",
    "max_deliveries",
    "oncall",
    "owner",
    "retention",
    "rpo",
    "rto",
    "schema",
    "slo",
    "staleness",
    "ttl",
];
/// Values that are states.
const STATES: [&str; 4] = ["yes", "planned", "no", "none"];
/// The longest value.
const LONGEST: usize = 120;

/// The states that can be chosen, best first.
pub fn choices(about: &FactDoc) -> Vec<Choice> {
    let has = |value: &str| about.values.contains(&value);
    let missing = MAY_BE_MISSING.contains(&about.name);
    let mut choices = Vec::new();
    if has("yes") {
        choices.push(Choice::Yes);
    }
    if has("planned") || missing {
        choices.push(Choice::Planned);
    }
    if has("no") || has("none") || missing {
        choices.push(Choice::No);
    }
    choices.push(Choice::NotApplicable);
    choices
}

/// How a value is written; none where the fact is only there or not.
pub fn format(about: &FactDoc) -> Option<Format> {
    let examples: Vec<String> = about.values.iter().filter(|value| !STATES.contains(value)).map(|value| (*value).to_owned()).collect();
    if examples.is_empty() && !about.values.is_empty() {
        return None;
    }
    let shape = shape(about);
    let hint = match shape {
        Shape::Duration => "A time with its unit: ms, s, m, h or d.",
        Shape::Number => "A number.",
        Shape::Day => "A day as year, month and day.",
        Shape::Words => "One of these words, or another one.",
        Shape::Name => "A name.",
    };
    Some(Format { shape, hint: hint.to_owned(), examples })
}

fn shape(about: &FactDoc) -> Shape {
    let values: Vec<&str> = about.values.iter().copied().filter(|value| !STATES.contains(value)).collect();
    let all = |is: fn(&str) -> bool| !values.is_empty() && values.iter().all(|value| is(value));
    if all(is_duration) {
        Shape::Duration
    } else if all(is_number) {
        Shape::Number
    } else if all(|value| Day::parse(value).is_some()) {
        Shape::Day
    } else if values.is_empty() {
        Shape::Name
    } else {
        Shape::Words
    }
}

fn is_duration(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_digit()) && value.ends_with(char::is_alphabetic) && amount::duration(value).is_some()
}

/// A number, or a range of numbers.
fn is_number(value: &str) -> bool {
    let number =
        |part: &str| !part.is_empty() && part.parse::<f64>().is_ok_and(f64::is_finite) && part.starts_with(|c: char| c.is_ascii_digit());
    number(value) || value.split_once("..").is_some_and(|(least, most)| number(least) && (number(most) || most == "N"))
}

/// What is wrong with a value, in words that say what to write instead; nothing for one that fits.
pub fn problem(about: &FactDoc, value: &str) -> Option<String> {
    let Some(format) = format(about) else { return Some("Choose one of the answers.".to_owned()) };
    let examples = if format.examples.is_empty() { String::new() } else { format!(" Such as {}.", format.examples.join(", ")) };
    let value = value.trim();
    if value.is_empty() {
        return Some(format!("Write a value.{examples}"));
    }
    if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
        return Some(format!("Write one line of at most {LONGEST} characters.{examples}"));
    }
    let stated = Fact { value: value.to_owned(), span: Span::default(), inherited_from: None }.state();
    if stated != State::Yes {
        return Some("Choose the answer instead of writing it.".to_owned());
    }
    let fits = match format.shape {
        Shape::Duration => is_duration(value) || value == "0",
        Shape::Number => is_number(value),
        Shape::Day => Day::parse(value).is_some(),
        Shape::Words | Shape::Name => true,
    };
    (!fits).then(|| format!("{}{examples}", format.hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::model::facts::catalogue::{self, FACTS};

    fn doc(name: &str) -> &'static FactDoc {
        catalogue::about(name).unwrap()
    }

    #[test]
    fn every_fact_can_be_answered_and_its_own_examples_fit() {
        for about in &FACTS {
            assert!(choices(about).len() > 1 || format(about).is_some(), "{}", about.name);
            for example in format(about).into_iter().flat_map(|format| format.examples) {
                // `no` of a number is written as `0` in some examples; it is a choice.
                let stated = Fact { value: example.clone(), span: Span::default(), inherited_from: None }.state();
                assert!(problem(about, &example).is_none() || stated != State::Yes, "{} {example}", about.name);
            }
        }
    }

    #[test]
    fn shapes_follow_from_usual_values() {
        for (name, shape) in [
            ("timeout", Shape::Duration),
            ("rto", Shape::Duration),
            ("replicas", Shape::Number),
            ("slo", Shape::Number),
            ("baseline", Shape::Day),
            ("deploy", Shape::Words),
            ("owner", Shape::Name),
        ] {
            assert_eq!(format(doc(name)).map(|format| format.shape), Some(shape), "{name}");
        }
        assert_eq!(format(doc("metrics")), None, "it is there or not");
        assert_eq!(choices(doc("metrics")), [Choice::Yes, Choice::Planned, Choice::No, Choice::NotApplicable]);
        assert_eq!(choices(doc("owner")), [Choice::Planned, Choice::No, Choice::NotApplicable]);
        assert_eq!(choices(doc("tier")), [Choice::NotApplicable]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for (name, value, said) in [
            ("timeout", "soon", "A time with its unit"),
            ("timeout", "3", "A time with its unit"),
            ("replicas", "many", "A number"),
            ("replicas", "", "Write a value"),
            ("baseline", "2026", "A day"),
            ("owner", "no", "Choose the answer"),
            ("owner", "planned (team)", "Choose the answer"),
            ("metrics", "plenty", "Choose one"),
            ("deploy", "a\nb", "one line"),
        ] {
            let told = problem(doc(name), value).unwrap_or_default();
            assert!(told.starts_with(said) || told.contains(said), "{name} {value}: {told}");
        }
        for (name, value) in [("timeout", "2s"), ("replicas", "2..40"), ("replicas", "3"), ("deploy", "by hand"), ("rto", "0")] {
            // 0 is `no` for a fact, and so a choice.
            assert_eq!(problem(doc(name), value).is_none(), value != "0", "{name} {value}");
        }
    }
}
