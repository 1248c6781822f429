//! What the command palette finds, and in which order.

use crate::{
    api::palette::{Group, Item},
    domain::{casing::lower, sort},
};

/// A found item with the bytes of its label that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub item: Item,
    pub start: usize,
    pub end: usize,
}

impl Hit {
    /// The label before, in and after the match.
    pub fn parts(&self) -> (&str, &str, &str) {
        let label = self.item.label.as_str();
        (
            label.get(..self.start).unwrap_or(label),
            label.get(self.start..self.end).unwrap_or_default(),
            label.get(self.end..).unwrap_or_default(),
        )
    }
}

/// At most so many results, so that the list answers at once.
const LIMIT: usize = 40;

/// Items whose label holds the words, compared without case; matches at a word's start first, groups in fixed order.
pub fn find(items: &[Item], query: &str) -> Vec<Hit> {
    let wanted = lower(query.trim());
    let mut hits: Vec<(Group, bool, usize, Hit)> = items
        .iter()
        .enumerate()
        .filter_map(|(order, item)| {
            let (start, end) = locate(&item.label, &wanted)?;
            let word = start == 0 || item.label.get(..start).is_some_and(|before| !before.ends_with(char::is_alphanumeric));
            Some((item.group, !word, order, Hit { item: item.clone(), start, end }))
        })
        .collect();
    sort::by_key(&mut hits, |(group, inside, order, _)| (*group, *inside, *order));
    hits.into_iter().map(|(_, _, _, hit)| hit).take(LIMIT).collect()
}

fn locate(label: &str, wanted: &str) -> Option<(usize, usize)> {
    if wanted.is_empty() {
        return Some((0, 0));
    }
    label.char_indices().find_map(|(start, _)| {
        let mut rest = wanted;
        for (at, c) in label.get(start..)?.char_indices() {
            let lower: String = c.to_lowercase().collect();
            rest = rest.strip_prefix(lower.as_str())?;
            if rest.is_empty() {
                return Some((start, start + at + c.len_utf8()));
            }
        }
        None
    })
}

/// The next selected row after an arrow key, around the ends.
pub const fn step(selected: usize, count: usize, forward: bool) -> usize {
    if count == 0 {
        0
    } else if forward {
        (selected + 1) % count
    } else {
        (selected + count - 1) % count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(group: Group, label: &str) -> Item {
        Item { group, icon: "home".to_owned(), label: label.to_owned(), hint: String::new(), href: "/".to_owned() }
    }

    #[test]
    fn groups_keep_their_order_and_word_starts_come_first() {
        let items = [
            item(Group::Commands, "Start a review of payments"),
            item(Group::Elements, "Repay service"),
            item(Group::Elements, "Card payments"),
            item(Group::Decisions, "Nothing to do"),
        ];
        let labels: Vec<_> = find(&items, " PAY").into_iter().map(|hit| hit.item.label).collect();
        assert_eq!(labels, ["Card payments", "Repay service", "Start a review of payments"]);
        assert_eq!(find(&items, "").len(), 4);
        assert!(find(&items, "zzz").is_empty());
    }

    #[test]
    fn the_match_is_marked_by_bytes() {
        let hits = find(&[item(Group::Pages, "Größe Über uns")], "über");
        assert_eq!(hits.first().unwrap().parts(), ("Größe ", "Über", " uns"));
    }

    #[test]
    fn arrows_go_around() {
        assert_eq!(step(2, 3, true), 0);
        assert_eq!(step(0, 3, false), 2);
        assert_eq!(step(0, 0, false), 0);
    }
}
