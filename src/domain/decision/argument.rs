//! Arguments for and against: list items that begin with `Good, because`, `Bad, because` or `Neutral, because`.

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::outline::{Leaf, Outline, Place},
    diagnostic::Span,
};

/// Which way an argument speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Good,
    Neutral,
    Bad,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    /// None when the item does not say.
    pub side: Option<Side>,
    /// Plain text without the words that say the side.
    pub text: String,
    /// All of the item's own text.
    pub span: Span,
}

impl Argument {
    /// The item as it is written, with the markup at its edges that [`span`](Self::span) leaves out.
    pub fn written(&self, text: &str) -> Span {
        const MARKUP: [char; 4] = ['*', '_', '`', '~'];
        let (before, after) = (text.get(..self.span.start as usize).unwrap_or(""), text.get(self.span.end as usize..).unwrap_or(""));
        let start = before.trim_end_matches(MARKUP).len();
        let end = self.span.end as usize + after.len() - after.trim_start_matches(MARKUP).len();
        Span::new(start, end)
    }
}

/// How items say their side. Lower case.
const WORDS: [(&str, Side); 12] = [
    ("good", Side::Good),
    ("pro", Side::Good),
    ("positive", Side::Good),
    ("advantage", Side::Good),
    ("✅", Side::Good),
    ("neutral", Side::Neutral),
    ("bad", Side::Bad),
    ("con", Side::Bad),
    ("contra", Side::Bad),
    ("negative", Side::Bad),
    ("disadvantage", Side::Bad),
    ("❌", Side::Bad),
];

/// The items of the lists in a part of the text; what nobody filled in is left out.
pub(super) fn within(outline: &Outline, span: Span) -> Vec<Argument> {
    let inside =
        |leaf: &&Leaf| !leaf.quoted && leaf.place == Place::Item { depth: 1, first: true } && span.range().contains(&leaf.span.start);
    outline.leaves.iter().filter(inside).filter_map(read).collect()
}

fn read(leaf: &Leaf) -> Option<Argument> {
    let plain = leaf.text();
    let (side, rest) = side(plain.trim());
    let text = rest.trim().trim_end_matches('.').to_owned();
    let content = leaf.content();
    let filled = !text.is_empty() && !super::read::is_placeholder(&text);
    filled.then(|| Argument { side, text, span: Span::new(content.start, content.end) })
}

/// The side an item begins with, and what follows.
fn side(item: &str) -> (Option<Side>, &str) {
    let lower = item.to_lowercase();
    // Lower case may be of another length only where no word of ours stands.
    let ends = |rest: &str| rest.trim_start().starts_with([',', ':', '-', '–', ';']) || rest.trim_start().starts_with("because");
    let found = WORDS.iter().find(|(word, _)| lower.strip_prefix(word).is_some_and(ends)).map(|(word, side)| (word.len(), *side));
    let Some((length, side)) = found else { return (None, item) };
    let after = item.get(length..).unwrap_or("").trim_start_matches([',', ':', '-', '–', ';', ' ']);
    let reason = after.get(..7).filter(|word| word.eq_ignore_ascii_case("because"));
    (Some(side), reason.map_or(after, |_| after.get(7..).unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_written_with_their_markup() {
        let text = "* **Good**, because of *speed*\n";
        let argument = Argument { side: None, text: String::new(), span: Span::new(4, 29) };
        assert_eq!(argument.written(text).of(text), "**Good**, because of *speed*");
    }

    #[test]
    fn items_say_their_side() {
        for (item, expected) in [
            ("Good, because it is small", (Some(Side::Good), " it is small")),
            ("good because small", (Some(Side::Good), " small")),
            ("Bad: slow", (Some(Side::Bad), "slow")),
            ("Contra - slow", (Some(Side::Bad), "slow")),
            ("Neutral, because of taste", (Some(Side::Neutral), " of taste")),
            ("Goodness knows", (None, "Goodness knows")),
            ("Constant cost", (None, "Constant cost")),
            ("✅, small", (Some(Side::Good), "small")),
            ("Profit", (None, "Profit")),
            ("", (None, "")),
        ] {
            assert_eq!(side(item), expected, "{item}");
        }
    }
}
