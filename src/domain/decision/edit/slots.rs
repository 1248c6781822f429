//! The slots of a Y-statement: in the context of …, facing …, we decided for … and against …, to achieve …, accepting ….

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{Record, edit::replace, front_matter, outline, read, template::Template},
    syntax::TextEdit,
};

/// One slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    Context,
    Concern,
    Option,
    Against,
    Quality,
    Downside,
}

impl Slot {
    const ALL: [Self; 6] = [Self::Context, Self::Concern, Self::Option, Self::Against, Self::Quality, Self::Downside];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Concern => "concern",
            Self::Option => "option",
            Self::Against => "against",
            Self::Quality => "quality",
            Self::Downside => "downside",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.slug() == slug)
    }

    /// The words of the statement that lead to it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Context => "In the context of",
            Self::Concern => "facing",
            Self::Option => "we decided for",
            Self::Against => "and against",
            Self::Quality => "to achieve",
            Self::Downside => "accepting",
        }
    }

    const fn phrases(self) -> &'static [&'static str] {
        match self {
            Self::Context => &["in the context of"],
            Self::Concern => &["facing"],
            Self::Option => &["we decided for", "we decided to"],
            Self::Against => &["and against", "and neglected", "against"],
            Self::Quality => &["to achieve"],
            Self::Downside => &["accepting that", "accepting"],
        }
    }
}

/// The slots that a statement has, with where their words stand; none for other records.
pub(super) fn find(text: &str, record: &Record) -> Vec<(Slot, Range<usize>)> {
    if record.template != Template::YStatement {
        return Vec::new();
    }
    let outline = outline::read(text, front_matter::find(text).as_ref());
    let Some(statement) = read::y_statement_at(&outline) else { return Vec::new() };
    let source = text.get(statement.clone()).unwrap_or("").to_ascii_lowercase();
    let mut begun: Vec<(Slot, usize, usize)> = Vec::new();
    for slot in Slot::ALL {
        let from = begun.last().map_or(0, |(_, _, end)| *end);
        let found = slot.phrases().iter().find_map(|phrase| {
            let at = source.get(from..)?.find(phrase)?;
            Some((slot, from + at, from + at + phrase.len()))
        });
        begun.extend(found);
    }
    let ends = begun.iter().skip(1).map(|(_, start, _)| *start).chain(std::iter::once(source.len())).collect::<Vec<_>>();
    let trimmed = |start: usize, end: usize| {
        let inner = source.get(start..end).unwrap_or("");
        let kept = inner.trim_end().trim_end_matches([',', '.', ';']).trim_end();
        let from = statement.start + start + (kept.len() - kept.trim_start().len());
        from..(statement.start + start + kept.len()).max(from)
    };
    begun.iter().zip(ends).map(|((slot, _, start), end)| (*slot, trimmed(*start, end))).collect()
}

/// Gives a slot other words.
pub(super) fn set(text: &str, record: &Record, slot: Slot, value: &str) -> Vec<TextEdit> {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let value = value.trim_end_matches([',', '.', ';']);
    let Some((_, range)) = find(text, record).into_iter().find(|(known, _)| *known == slot) else { return Vec::new() };
    if value.is_empty() || text.get(range.clone()) == Some(value) {
        return Vec::new();
    }
    let gap = if range.is_empty() { " " } else { "" };
    vec![replace(range, format!("{gap}{value}"))]
}
