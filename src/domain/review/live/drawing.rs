//! What is being drawn: an element that somebody has just placed or begun to write is not finished, and nothing is said about it
//! until they turn to something else.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::model::ElementKey;

/// How long a new element is left alone, in milliseconds.
pub const SETTLING: i64 = 8_000;

/// Since when the elements of a diagram are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Those of the text that the page opened with, and those that have settled.
    known: BTreeSet<ElementKey>,
    /// When each other one was there first.
    appeared: BTreeMap<ElementKey, i64>,
}

impl Drawing {
    pub const fn new(known: BTreeSet<ElementKey>) -> Self {
        Self { known, appeared: BTreeMap::new() }
    }

    /// Takes note of what is in the text now. An element that comes back is no new one: a text is often broken for a moment.
    pub fn see<'a>(&mut self, elements: impl Iterator<Item = &'a ElementKey>, now: i64) {
        for key in elements.filter(|key| !self.known.contains(*key)) {
            self.appeared.entry(key.clone()).or_insert(now);
        }
    }

    /// Lets go of what is finished: what is not at hand (selected, or with the caret in its statement) and appeared at least
    /// [`SETTLING`] ago. It stays finished, so that whoever goes to what is said about it still finds it said.
    pub fn settle(&mut self, at_hand: &BTreeSet<&ElementKey>, now: i64) {
        let Self { known, appeared } = self;
        appeared.retain(|key, since| {
            let drawn = at_hand.contains(key) || now.saturating_sub(*since) < SETTLING;
            if !drawn {
                known.insert(key.clone());
            }
            drawn
        });
    }

    /// Elements that appeared since the page opened and have not settled.
    pub fn drawn(&self) -> BTreeSet<ElementKey> {
        self.appeared.keys().cloned().collect()
    }

    /// Milliseconds until the next element that is not at hand has settled.
    pub fn due(&self, at_hand: &BTreeSet<&ElementKey>, now: i64) -> Option<i64> {
        let left = |since: i64| SETTLING.saturating_sub(now.saturating_sub(since));
        self.appeared.iter().filter(|(key, _)| !at_hand.contains(key)).map(|(_, since)| left(*since)).filter(|left| *left > 0).min()
    }
}

/// Whether a finding waits: it is about an element that is being drawn. One that is reported already, and is also about others,
/// goes on: a new element joining a group does not take the group's finding away.
pub fn waits(involved: &BTreeSet<ElementKey>, drawn: &BTreeSet<ElementKey>, reported: bool) -> bool {
    let being_drawn = |key: &ElementKey| drawn.contains(key);
    involved.iter().any(being_drawn) && (!reported || involved.iter().all(being_drawn))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> BTreeSet<ElementKey> {
        keys.iter().map(|key| ElementKey::from(*key)).collect()
    }

    fn drawing() -> Drawing {
        let mut drawing = Drawing::new(keys(&["old"]));
        drawing.see(keys(&["old", "new"]).iter(), 1_000);
        drawing.see(keys(&["old", "new", "newer"]).iter(), 5_000);
        drawing
    }

    fn drawn(drawing: &mut Drawing, at_hand: &[&ElementKey], now: i64) -> BTreeSet<ElementKey> {
        drawing.settle(&at_hand.iter().copied().collect(), now);
        drawing.drawn()
    }

    #[test]
    fn a_new_element_settles_after_a_while() {
        let (mut drawing, none) = (drawing(), BTreeSet::new());
        assert_eq!(drawn(&mut drawing, &[], 5_000), keys(&["new", "newer"]));
        assert_eq!(drawing.due(&none, 5_000), Some(4_000));
        assert_eq!(drawn(&mut drawing, &[], 8_999), keys(&["new", "newer"]));
        assert_eq!(drawn(&mut drawing, &[], 9_000), keys(&["newer"]));
        assert_eq!(drawing.due(&none, 9_000), Some(4_000));
        assert_eq!(drawn(&mut drawing, &[], 13_000), keys(&[]));
        assert_eq!(drawing.due(&none, 13_000), None);
    }

    #[test]
    fn what_is_at_hand_is_being_drawn_however_long_it_takes() {
        let (mut drawing, key) = (drawing(), ElementKey::from("new"));
        assert_eq!(drawn(&mut drawing, &[&key], 9_000), keys(&["new", "newer"]));
        assert_eq!(drawing.due(&BTreeSet::from([&key]), 9_000), Some(4_000), "time releases the other one");
        assert_eq!(drawn(&mut drawing, &[&key], 60_000), keys(&["new"]));
        assert_eq!(drawing.due(&BTreeSet::from([&key]), 60_000), None, "but not this one");
        assert_eq!(drawn(&mut drawing, &[], 60_001), keys(&[]));
        assert_eq!(drawn(&mut drawing, &[&key], 60_002), keys(&[]), "what was said about it is still said when one goes there");
    }

    #[test]
    fn what_the_page_opened_with_is_never_being_drawn() {
        assert_eq!(drawn(&mut drawing(), &[&ElementKey::from("old")], 20_000), keys(&[]));
    }

    #[test]
    fn an_element_that_comes_back_is_no_new_one() {
        let mut drawing = drawing();
        drawing.see(keys(&["old"]).iter(), 6_000);
        drawing.see(keys(&["old", "new", "newer"]).iter(), 9_500);
        assert_eq!(drawn(&mut drawing, &[], 9_500), keys(&["newer"]));
    }

    #[test]
    fn a_finding_waits_for_what_is_being_drawn() {
        let drawn = keys(&["new"]);
        assert!(waits(&keys(&["new"]), &drawn, false));
        assert!(waits(&keys(&["new"]), &drawn, true), "nothing is said about it alone");
        assert!(waits(&keys(&["old", "new"]), &drawn, false));
        assert!(!waits(&keys(&["old", "new"]), &drawn, true));
        assert!(!waits(&keys(&["old"]), &drawn, false));
        assert!(!waits(&keys(&[]), &drawn, false), "what is about no element does not wait");
    }
}
