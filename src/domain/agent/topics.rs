//! What findings of agents may be about, and what each lens has to look at. Closed lists: an agent that could invent
//! topics could not be merged with another, nor held to having looked at everything. A topic is part of its findings' identity:
//! a slug is never used again for something else.

use serde::Serialize;

use crate::domain::review::finding::Category;

mod backend_architect;
mod go_architect;
pub mod taxonomy;

/// One thing a finding may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Topic {
    pub category: Category,
    /// `reliability.timeouts`: the category and a word of its own, for ever.
    pub slug: &'static str,
    /// As the pages say it.
    pub name: &'static str,
    /// What is wrong when a finding has this topic, one sentence.
    pub line: &'static str,
    /// Codes of the rules that speak about the same. Some are in the catalogue's plan and not in this version.
    pub rules: &'static [&'static str],
}

impl Topic {
    /// The code of an agent's findings about it.
    pub fn code(&self) -> String {
        format!("AGT-{}", self.slug)
    }
}

/// Every topic, by slug.
pub fn sorted() -> Vec<&'static Topic> {
    let mut all: Vec<&Topic> = taxonomy::TOPICS.iter().collect();
    all.sort_unstable_by_key(|topic| topic.slug);
    all
}

/// One point of a lens's checklist. The agent says of every point whether it was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// `GA4.2`: lens, chapter and point.
    pub id: &'static str,
    /// The question to ask of the design.
    pub text: &'static str,
    /// Codes of the rules that cover a part of it already. Some are in the catalogue's plan and not in this version.
    pub rules: &'static [&'static str],
    /// Ids of the patterns that help.
    pub patterns: &'static [&'static str],
    /// Slugs of the topics its findings have.
    pub topics: &'static [&'static str],
}

/// GA1.1 to GA11.6.
pub fn go_architect() -> &'static [Item] {
    go_architect::ITEMS
}

/// BA1.1 to BA6.3.
pub fn backend_architect() -> &'static [Item] {
    backend_architect::ITEMS
}

/// The topic with a slug; none for a slug outside the list.
pub fn by_slug(slug: &str) -> Option<&'static Topic> {
    taxonomy::TOPICS.iter().find(|topic| topic.slug == slug)
}

/// The topics of one category, in the list's order.
pub fn of(category: Category) -> impl Iterator<Item = &'static Topic> {
    taxonomy::TOPICS.iter().filter(move |topic| topic.category == category)
}

#[cfg(test)]
mod tests;
