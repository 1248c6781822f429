//! Numbers in what an agent says: each has to stand somewhere in the design or to have been worked out by a tool.

use std::collections::BTreeSet;

use crate::domain::agent::{
    claim::Claim,
    grounding::{Check, Failure, Grounds, anchors, ids},
    mention,
    predicate::observe,
    snapshot::{Item, Snapshot},
};

/// G10: the numbers of title and message that are not in the evidence.
pub(super) fn unsupported(claim: &Claim, grounds: &Grounds<'_>) -> Vec<Failure> {
    let mut known = grounds.computed.clone();
    let snapshot = grounds.snapshot;
    let mut cited: BTreeSet<String> = anchors(claim).flat_map(|(_, anchor)| ids(anchor)).collect();
    for predicate in &claim.claims {
        cited.insert(predicate.anchor.to_uppercase());
        known.extend(numbers(&predicate.value));
        let observed = snapshot.find(&predicate.anchor).and_then(|item| observe(snapshot, &item, &predicate.attr));
        known.extend(numbers(&observed.unwrap_or_default()));
    }
    cited.extend(mention::find(&claim.message).into_iter().map(|mention| mention.name));
    for id in &cited {
        if let Some(item) = snapshot.find(id) {
            known.extend(stated(snapshot, &item));
        }
    }
    for quote in &claim.quotes {
        known.extend(numbers(&quote.text));
        known.extend([quote.line_from, quote.line_to].map(|line| line.to_string()));
    }
    for count in [claim.anchors.len(), claim.anchors.len() + 1, claim.claims.len(), claim.quotes.len(), ids(&claim.primary).len()] {
        known.insert(count.to_string());
    }
    let mut found: Vec<Failure> = Vec::new();
    for text in [&claim.title, &claim.message] {
        for number in numbers(&without_names(text)).into_iter().filter(|number| !known.contains(number)) {
            let failure = Failure { check: Check::G10, what: format!("the number {number} is in no quote, claim or cited element") };
            if !found.contains(&failure) {
                found.push(failure);
            }
        }
    }
    found
}

/// Every number that the design states about a thing.
fn stated(snapshot: &Snapshot, item: &Item<'_>) -> BTreeSet<String> {
    let mut texts = vec![item.name(snapshot)];
    match item {
        Item::Element(_, element) => texts.extend(element.technology.iter().chain(&element.description).cloned()),
        Item::Relation(_, relation) => texts.extend(relation.technology.iter().chain(&relation.description).cloned()),
        Item::Decision(_, decision) => {
            texts.extend(decision.record.number.map(|number| number.to_string()));
            texts.extend(decision.record.date.as_ref().map(|date| date.written.clone()));
        }
        Item::Finding(known) => texts.push(known.finding.message.clone()),
        Item::Boundary(..) | Item::View(..) | Item::Diagram(..) => {}
    }
    texts.extend(item.facts().into_iter().flat_map(|facts| facts.0.values().map(|fact| fact.value.clone())));
    texts.iter().flat_map(|text| numbers(text)).collect()
}

/// The text with short names and rule codes taken out.
fn without_names(text: &str) -> String {
    let mut kept = String::new();
    let mut done = 0;
    for mention in mention::find(text) {
        kept.push_str(text.get(done..mention.range.start).unwrap_or_default());
        kept.push(' ');
        done = mention.range.end;
    }
    kept.push_str(text.get(done..).unwrap_or_default());
    let word = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        !word.starts_with("LNT-") && !word.starts_with("P-") && !word.starts_with("ADR-")
    };
    kept.split_whitespace().filter(word).collect::<Vec<_>>().join(" ")
}

/// The numbers of a text in one form: `1,000` is `1000`, `2.50` is `2.5`. Digits inside words, such as `OAuth2`, are none.
pub fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while let Some(c) = characters.get(at) {
        if !c.is_ascii_digit() {
            at += 1;
            continue;
        }
        let in_word = at.checked_sub(1).and_then(|before| characters.get(before)).is_some_and(|c| c.is_alphabetic() || *c == '_');
        let start = at;
        while let Some(c) = characters.get(at) {
            let next_is_digit = characters.get(at + 1).is_some_and(char::is_ascii_digit);
            if c.is_ascii_digit() || (matches!(c, '.' | ',') && next_is_digit) {
                at += 1;
            } else {
                break;
            }
        }
        let number: String = characters.get(start..at).unwrap_or_default().iter().collect();
        if !in_word {
            found.insert(normal(&number));
        }
    }
    found
}

fn normal(number: &str) -> String {
    let groups: Vec<&str> = number.split(',').collect();
    let thousands = groups.len() > 1 && groups.iter().skip(1).all(|group| group.split('.').next().is_some_and(|group| group.len() == 3));
    let plain = if thousands { number.replace(',', "") } else { number.replace(',', ".") };
    let plain = if plain.matches('.').count() == 1 { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
    let short = plain.trim_start_matches('0');
    if short.is_empty() {
        "0".to_owned()
    } else if short.starts_with('.') {
        format!("0{short}")
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        let found: Vec<String> = numbers("1,000 and 2.50, 99,95 % OAuth2 800ms 007 0 3, 4.").into_iter().collect();
        assert_eq!(found, ["0", "1000", "2.5", "3", "4", "7", "800", "99.95"]);
        assert_eq!(without_names("E17 and LNT-B001 say 3 (R2)"), "and say 3 ( )");
    }
}
