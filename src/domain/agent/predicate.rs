//! Evaluates what an agent says about one thing of the design. The world is open: what nobody states is unknown, and an
//! unknown is never false.

use std::cmp::Ordering;

use crate::domain::{
    agent::{
        claim::{Operator, Predicate},
        snapshot::{Item, Snapshot},
    },
    model::facts::{Fact, State},
};

/// What a predicate comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    /// With what the design says instead.
    False(String),
    /// Nobody states it.
    Unknown,
    /// It makes no sense here: why.
    Senseless(String),
}

/// What every element has besides its facts.
pub const ELEMENT: [&str; 8] = ["description", "in", "incoming", "kind", "level", "name", "outgoing", "technology"];
/// What every relation has besides its facts.
pub const RELATION: [&str; 5] = ["description", "mode", "source", "target", "technology"];
/// What every decision has.
pub const DECISION: [&str; 7] = ["chosen", "date", "deciders", "number", "options", "status", "title"];

/// Evaluates a predicate on the thing that `item` is.
pub fn evaluate(snapshot: &Snapshot, item: &Item<'_>, predicate: &Predicate) -> Truth {
    if let Err(why) = allowed(item, &predicate.attr) {
        return Truth::Senseless(why);
    }
    judge(observe(snapshot, item, &predicate.attr), predicate.op, &predicate.value)
}

/// The value of an attribute, as the design states it.
pub fn observe(snapshot: &Snapshot, item: &Item<'_>, attr: &str) -> Option<String> {
    let own = match item {
        Item::Element(at, element) => {
            let degree = |outgoing: bool| {
                let count = snapshot.relations().filter(|(_, own, _)| own == at);
                count.filter(|(_, _, relation)| element.key == *(if outgoing { &relation.source } else { &relation.target })).count()
            };
            match attr {
                "kind" => Some(element.kind.value.slug().to_owned()),
                "level" => serde_json::to_value(element.level).ok().and_then(|level| level.as_str().map(str::to_owned)),
                "name" => Some(element.name.clone()),
                "technology" => element.technology.clone(),
                "description" => element.description.clone(),
                "incoming" => Some(degree(false).to_string()),
                "outgoing" => Some(degree(true).to_string()),
                "in" => {
                    let group = element.group.as_ref().and_then(|group| snapshot.boundary(*at, group));
                    group.or_else(|| element.parent.as_ref().and_then(|parent| snapshot.element(*at, parent)))
                }
                _ => None,
            }
        }
        Item::Relation(at, relation) => match attr {
            "mode" => Some(relation.mode.value.slug().to_owned()),
            "source" => snapshot.element(*at, &relation.source),
            "target" => snapshot.element(*at, &relation.target),
            "technology" => relation.technology.clone(),
            "description" => relation.description.clone(),
            _ => None,
        },
        Item::Decision(_, decision) => {
            let record = &decision.record;
            match attr {
                "status" => record
                    .status
                    .as_ref()
                    .map(|status| status.status.map_or_else(|| status.written.clone(), |known| known.slug().to_owned())),
                "title" => Some(record.title.clone()),
                "number" => record.number.map(|number| number.to_string()),
                "date" => record.date.as_ref().map(|date| date.day.map_or_else(|| date.written.clone(), |day| day.to_string())),
                "options" => Some(record.options.len().to_string()),
                "chosen" => record.chosen.clone(),
                "deciders" => (!record.deciders.is_empty()).then(|| record.deciders.join(", ")),
                _ => None,
            }
        }
        Item::Boundary(_, group) => (attr == "name").then(|| group.name.clone()),
        Item::Diagram(_, diagram) => (attr == "name").then(|| diagram.parsed.model.name.clone()),
        Item::View(..) | Item::Finding(_) => None,
    };
    let fact = || item.facts()?.get(attr).filter(|fact| fact.state() != State::Unknown).map(|fact| fact.value.trim().to_owned());
    own.or_else(fact).filter(|value| !value.trim().is_empty())
}

fn allowed(item: &Item<'_>, attr: &str) -> Result<(), String> {
    let fixed: &[&str] = match item {
        Item::Element(..) => &ELEMENT,
        Item::Relation(..) => &RELATION,
        Item::Decision(..) => &DECISION,
        Item::Boundary(..) | Item::Diagram(..) => &["name"],
        Item::View(..) | Item::Finding(_) => {
            return Err("claims are about elements, relations, boundaries, diagrams and decisions".to_owned());
        }
    };
    let fact = crate::domain::model::facts::is_known(attr) || item.facts().is_some_and(|facts| facts.get(attr).is_some());
    if fixed.contains(&attr) || (fact && item.facts().is_some()) {
        return Ok(());
    }
    let facts = if item.facts().is_some() { " or a fact's name such as timeout, tls, replicas" } else { "" };
    Err(format!("it has no attribute `{attr}`; there are {}{facts}", fixed.join(", ")))
}

/// Compares an observed value with what is claimed.
pub fn judge(observed: Option<String>, op: Operator, value: &str) -> Truth {
    let Some(observed) = observed else {
        return if op == Operator::NotStated { Truth::True } else { Truth::Unknown };
    };
    let truth = |holds: bool| if holds { Truth::True } else { Truth::False(observed.clone()) };
    match op {
        Operator::Stated => Truth::True,
        Operator::NotStated => Truth::False(observed),
        Operator::Is => truth(same(&observed, value)),
        Operator::IsNot => truth(!same(&observed, value)),
        Operator::Contains => truth(observed.to_lowercase().contains(&value.trim().to_lowercase())),
        Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => match order(&observed, value) {
            None => Truth::Senseless(format!("`{observed}` and `{value}` are not two numbers or two durations")),
            Some(order) => truth(match op {
                Operator::Less => order.is_lt(),
                Operator::AtMost => order.is_le(),
                Operator::More => order.is_gt(),
                _ => order.is_ge(),
            }),
        },
    }
}

/// Equal as words, as numbers or durations, or as states: a stated method of `tls` is a yes.
fn same(observed: &str, value: &str) -> bool {
    if observed.trim().eq_ignore_ascii_case(value.trim()) || order(observed, value).is_some_and(Ordering::is_eq) {
        return true;
    }
    let words = ["yes", "no", "planned", "n/a"];
    words.contains(&value.trim().to_lowercase().as_str()) && fact(observed).state() == fact(value).state()
}

fn fact(value: &str) -> Fact {
    Fact { value: value.to_owned(), span: crate::domain::diagnostic::Span::default(), inherited_from: None }
}

/// Compares two durations, or two numbers of one unit.
fn order(left: &str, right: &str) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (fact(left).milliseconds(), fact(right).milliseconds()) {
        return Some(left.cmp(&right));
    }
    let (left, right) = (plain_number(left)?, plain_number(right)?);
    left.partial_cmp(&right)
}

/// `99.95`, `99.95%`, `3`, `1..N` not.
pub fn plain_number(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let plain = !text.is_empty() && text.len() <= 18 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::snapshot::tests::sampled;

    #[test]
    fn values_compare_by_what_they_mean() {
        use Operator::{AtLeast, AtMost, Contains, Is, IsNot, Less, More, NotStated, Stated};
        for (observed, op, value, holds) in [
            ("2s", Is, "2000ms", true),
            ("2s", Less, "3s", true),
            ("800ms", More, "1s", false),
            ("99.95", AtLeast, "99.95%", true),
            ("4", AtMost, "3", false),
            ("mesh", Is, "yes", true),
            ("none", Is, "no", true),
            ("none", IsNot, "yes", true),
            ("Kafka", Is, "kafka", true),
            ("PostgreSQL 16", Contains, "postgres", true),
            ("x", Stated, "", true),
            ("x", NotStated, "", false),
        ] {
            let expected = if holds { Truth::True } else { Truth::False(observed.to_owned()) };
            assert_eq!(judge(Some(observed.to_owned()), op, value), expected, "{observed} {op:?} {value}");
        }
        assert_eq!(judge(None, Is, "x"), Truth::Unknown);
        assert_eq!(judge(None, IsNot, "x"), Truth::Unknown);
        assert_eq!(judge(None, NotStated, ""), Truth::True);
        assert!(matches!(judge(Some("many".to_owned()), Less, "3"), Truth::Senseless(_)));
        assert!(matches!(judge(Some("3".to_owned()), Less, "3s"), Truth::Senseless(_)), "a number is no duration");
    }

    #[test]
    fn things_have_attributes_of_their_own() {
        let snapshot = sampled();
        let ask = |id: &str, attr: &str, op, value: &str| {
            let predicate = Predicate { anchor: id.to_owned(), attr: attr.to_owned(), op, value: value.to_owned() };
            evaluate(&snapshot, &snapshot.find(id).unwrap(), &predicate)
        };
        assert_eq!(ask("E8", "replicas", Operator::Is, "4"), Truth::True);
        assert_eq!(ask("E8", "tier", Operator::Is, "0"), Truth::False("1".to_owned()));
        assert_eq!(ask("E8", "runbook", Operator::Is, "yes"), Truth::Unknown);
        assert_eq!(ask("R12", "timeout", Operator::Is, "no"), Truth::True);
        assert_eq!(ask("R12", "source", Operator::Is, "E10"), Truth::True);
        assert_eq!(ask("A5", "status", Operator::Is, "accepted"), Truth::True);
        assert_eq!(ask("A7", "options", Operator::Is, "1"), Truth::True);
        assert_eq!(ask("E8", "outgoing", Operator::Is, "3"), Truth::True);
        assert!(matches!(ask("E8", "colour", Operator::Is, "red"), Truth::Senseless(_)));
        assert!(matches!(ask("A5", "tls", Operator::Is, "yes"), Truth::Senseless(_)));
        assert!(matches!(ask("F1", "tls", Operator::Is, "yes"), Truth::Senseless(_)));
    }
}
