//! Amounts as people write them in facts: how long, how many, how often again. What can't be read is unknown, never zero.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
    },
    review::protocol::mentions,
};

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// The first duration in a text, in milliseconds: `800ms`, `1.5 s`, `every 15 min`, `nightly`; `0` needs no unit.
pub fn duration(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    if text == "0" {
        return Some(0.0);
    }
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = rest.get(at..)?;
        let (number, after) = split_number(from);
        let unit: String = after.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
        if let (Ok(number), Some(factor)) = (number.parse::<f64>(), unit_of(&unit)) {
            return Some(number * factor);
        }
        rest = after;
    }
    [("hourly", HOUR), ("daily", DAY), ("nightly", DAY), ("weekly", 7.0 * DAY), ("monthly", 30.0 * DAY)]
        .into_iter()
        .find_map(|(word, length)| mentions(&text, &[word]).then_some(length))
}

fn split_number(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

fn unit_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" | "msec" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => SECOND,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7.0 * DAY,
        _ => return None,
    })
}

/// A duration as messages say it: `800 ms`, `1.5 s`, `5 min`, `24 h`, `7 d`.
pub fn spoken(milliseconds: f64) -> String {
    let (divisor, unit) = [(3.0 * DAY, DAY, "d"), (HOUR, HOUR, "h"), (MINUTE, MINUTE, "min"), (SECOND, SECOND, "s")]
        .into_iter()
        .find(|(least, _, _)| milliseconds >= *least)
        .map_or((1.0, "ms"), |(_, divisor, unit)| (divisor, unit));
    format!("{} {unit}", plain(milliseconds / divisor))
}

/// A number without needless digits: `3`, `1.5`, `2700`.
pub fn plain(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A stated number, such as `pool_size 25`.
pub fn number(facts: &Facts, name: &str) -> Option<f64> {
    facts.get(name).filter(|fact| fact.state() == State::Yes).and_then(Fact::number)
}

/// The most instances there can be, as stated by `replicas` (`3`, `2..40`) and `autoscale` (`2..40`, `max 40`).
pub fn most_replicas(element: &Element) -> Option<f64> {
    ["replicas", "autoscale"]
        .into_iter()
        .filter_map(|name| element.facts.get(name))
        .filter(|fact| fact.state() == State::Yes)
        .flat_map(|fact| numbers(&fact.value))
        .reduce(f64::max)
}

/// Every whole number in a text: `4..40`, `min 2, max 40`; a share such as `70%` is no number of things.
fn numbers(text: &str) -> Vec<f64> {
    let plain = |part: &&str| part.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '–'));
    let parts = text.split([' ', ',', ';', '(', ')']).filter(plain);
    parts.flat_map(|part| part.split(|c: char| !c.is_ascii_digit())).filter_map(|digits| digits.parse().ok()).collect()
}

/// The facts that hold of a call today: what the relation says, or else what the caller says for all its calls. What the relation
/// only plans is not there yet, and does not end what the caller does until then.
pub fn in_force<'f>(relation: &'f Facts, caller: &'f Facts, name: &str) -> &'f Facts {
    match relation.state(name) {
        State::Unknown => caller,
        State::Planned if caller.state(name) != State::Unknown => caller,
        _ => relation,
    }
}

/// How long the source of a relation waits, in milliseconds.
pub fn timeout(relation: &Facts, caller: &Facts) -> Option<f64> {
    in_force(relation, caller, "timeout").get("timeout").filter(|fact| fact.state() == State::Yes).and_then(|fact| duration(&fact.value))
}

/// A stated retry policy: `3, 100ms, exponential, jitter`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// With the first one; none when it is stated that calls are repeated, but not how often.
    pub attempts: Option<u32>,
    /// The longest that all pauses together take, in milliseconds; 0 where none is stated.
    pub pauses: f64,
}

impl Retry {
    /// None where nothing is retried or nothing is said about it.
    pub fn of(facts: &Facts) -> Option<Self> {
        let fact = facts.get("retry").filter(|fact| fact.state() == State::Yes)?;
        let digits: String = fact.value.trim().chars().take_while(char::is_ascii_digit).collect();
        let attempts: Option<u32> = digits.parse().ok();
        if attempts.is_some_and(|attempts| attempts <= 1) {
            return None;
        }
        let again = f64::from(attempts.map_or(1, |attempts| attempts - 1).min(32));
        let pause = fact.list().into_iter().skip(1).find_map(duration).unwrap_or(0.0);
        let doubling = mentions(&fact.value, &["exponential", "exp"]);
        let pauses = if doubling { pause * (again.exp2() - 1.0) } else { pause * again };
        Some(Self { attempts, pauses })
    }

    /// What the relation says, or else what the caller says for all its calls.
    pub fn between(relation: &Facts, caller: &Facts) -> Option<Self> {
        Self::of(in_force(relation, caller, "retry"))
    }

    /// How often a call may be made, for sums that need a number; one where none is stated.
    pub fn tries(retry: Option<Self>) -> u32 {
        retry.and_then(|retry| retry.attempts).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Span;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, expected) in [
            ("800ms", Some(800.0)),
            ("1.5 s", Some(1500.0)),
            ("every 15 min", Some(900_000.0)),
            ("PITR, 5m", Some(300_000.0)),
            ("nightly", Some(DAY)),
            ("0", Some(0.0)),
            ("3 replicas, 2h", Some(2.0 * HOUR)),
            ("yes", None),
            ("30", None),
            ("", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
        let said: Vec<String> = [800.0, 1500.0, 300_000.0, DAY, 7.0 * DAY].map(spoken).into();
        assert_eq!(said, ["800 ms", "1.5 s", "5 min", "24 h", "7 d"]);
    }

    #[test]
    fn numbers_of_instances_are_found_among_other_words() {
        assert_eq!(numbers("4..40"), [4.0, 40.0]);
        assert_eq!(numbers("cpu 70%, min 2, max 10"), [2.0, 10.0]);
        assert_eq!(numbers("yes"), [0.0; 0]);
    }

    #[test]
    fn retries_are_counted_with_their_pauses() {
        let retry = |value: &str| {
            let fact = Fact { value: value.to_owned(), span: Span::default(), inherited_from: None };
            Retry::of(&Facts([("retry".to_owned(), fact)].into()))
        };
        for (value, expected) in [
            ("3, 100ms, exponential, jitter", Some((Some(3), 300.0))),
            ("3, 100ms, fixed", Some((Some(3), 200.0))),
            ("3", Some((Some(3), 0.0))),
            ("yes", Some((None, 0.0))),
            ("1", None),
            ("no", None),
            ("planned", None),
        ] {
            assert_eq!(retry(value).map(|retry| (retry.attempts, retry.pauses)), expected, "{value}");
        }
    }
}
