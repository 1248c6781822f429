//! Short names inside sentences: which ones a text names, which arrows it draws, and the same text with names for people.

use std::ops::Range;

use crate::domain::{
    agent::{
        snapshot::{Item, Snapshot, parts},
        untrusted::plain::{Form, problems},
    },
    model::{ElementKey, Relation},
    review::secrets::redact,
};

/// A short name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub range: Range<usize>,
    pub name: String,
}

/// Every short name in the text, in order. A word such as `B2B` or `LNT-B001` is none.
pub fn find(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut start = None;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        match (start, is_word(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let word = text.get(from..at).unwrap_or_default();
                let before = text.get(..from).unwrap_or_default();
                let after = text.get(at..).unwrap_or_default();
                let in_word = before.ends_with('-') || (after.starts_with('-') && !after.starts_with("->"));
                if word.starts_with(|c: char| c.is_ascii_uppercase()) && parts(word).is_some() && !in_word {
                    found.push(Mention { range: from..at, name: word.to_owned() });
                }
            }
            _ => {}
        }
    }
    found
}

/// The arrows a text draws between two elements: `E3→E7`, `E3 -> E7`.
pub fn arrows(text: &str) -> Vec<(String, String)> {
    let mentions = find(text);
    mentions
        .windows(2)
        .filter_map(|pair| {
            let [from, to] = pair else { return None };
            let between = text.get(from.range.end..to.range.start)?.trim();
            let arrow = matches!(between, "→" | "->" | "-->" | "=>");
            (arrow && from.name.starts_with('E') && to.name.starts_with('E')).then(|| (from.name.clone(), to.name.clone()))
        })
        .collect()
}

/// Whether the design has a relation, stated or following from its parts, from one element to another.
pub fn is_connected(snapshot: &Snapshot, from: &str, to: &str) -> bool {
    let (Some(Item::Element(at, source)), Some(Item::Element(other, target))) = (snapshot.find(from), snapshot.find(to)) else {
        return false;
    };
    let Some(model) = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model) else { return false };
    let within = |key: &ElementKey, around: &ElementKey| *key == *around || model.is_inside(key, around);
    let joins = |relation: &Relation| within(&relation.source, &source.key) && within(&relation.target, &target.key);
    at == other && model.relations.values().any(joins)
}

/// The text as people read it: names instead of short names, and no `(E3)` behind a name.
pub fn for_people(snapshot: &Snapshot, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for mention in find(text) {
        let Some(name) = snapshot.find(&mention.name).map(|item| plain_name(snapshot, &item)) else { continue };
        let before = text.get(done..mention.range.start).unwrap_or_default();
        let after = text.get(mention.range.end..).unwrap_or_default();
        let bracketed = before.ends_with('(') && after.starts_with(')');
        let said = text.to_lowercase().contains(&name.to_lowercase());
        if bracketed && said {
            out.push_str(before.get(..before.len() - 1).unwrap_or_default().trim_end());
            done = mention.range.end + 1;
        } else {
            out.push_str(before);
            out.push_str(&name);
            // `E3.slo` reads as `Checkout slo`.
            let attribute = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
            if attribute {
                out.push(' ');
            }
            done = mention.range.end + usize::from(attribute);
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A name that can stand in a sentence: on one line, masked, and the key where the name itself is more than a name.
pub fn plain_name(snapshot: &Snapshot, item: &Item<'_>) -> String {
    let name = redact(&item.name(snapshot)).split_whitespace().collect::<Vec<_>>().join(" ");
    if !name.is_empty() && name.chars().count() <= 60 && problems(&name, Form::Line, &[]).is_empty() {
        return name;
    }
    let key = match item {
        Item::Element(_, element) => element.key.to_string(),
        Item::Relation(_, relation) => format!("{} → {}", relation.source, relation.target),
        Item::Boundary(_, group) => group.key.to_string(),
        Item::View(_, view) => view.key.clone(),
        Item::Diagram(at, _) => format!("diagram {}", at + 1),
        Item::Decision(at, decision) => {
            decision.record.number.map_or_else(|| format!("decision {}", at + 1), |number| format!("ADR {number}"))
        }
        Item::Finding(known) => known.finding.code.clone(),
    };
    let plain: String = key.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '→' | ' ')).take(60).collect();
    // A key made of an address is one as well.
    if problems(&plain, Form::Line, &[]).is_empty() && !plain.is_empty() { plain } else { "an element".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::snapshot::tests::sampled;

    #[test]
    fn names_are_told_from_words() {
        let names: Vec<String> = find("E3→E9, (R12) B2B LNT-B001 A4-size E0 vitamin B1, E3.slo R2-D2 É1 E1_x A5")
            .into_iter()
            .map(|mention| mention.name)
            .collect();
        assert_eq!(names, ["E3", "E9", "R12", "B1", "E3", "A5"]);
        assert_eq!(arrows("E3→E9 and E1 -> E2, E4 E5"), [("E3".to_owned(), "E9".to_owned()), ("E1".to_owned(), "E2".to_owned())]);
    }

    #[test]
    fn people_read_names() {
        let snapshot = sampled();
        assert_eq!(
            for_people(&snapshot, "Payment service (E10) calls E3: R12.timeout is none, see A5 and E99"),
            "Payment service calls Card connector: Payment service → Card connector timeout is none, see Move order events to Kafka and E99"
        );
        assert!(is_connected(&snapshot, "E10", "E3") && !is_connected(&snapshot, "E3", "E10") && !is_connected(&snapshot, "E1", "E99"));
    }
}
