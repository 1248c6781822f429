//! The log as a list: what each row says, and how rows are chosen and ordered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    casing::lower,
    decision::{
        LinkKind,
        log::{Entry, Log, Text, current::instead, edges, graph, timeline::day_of},
        status::Status,
        template::Template,
    },
    moment::Day,
};

/// A record as another one's row names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    pub path: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
}

/// One record of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub path: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
    /// The status in the record's own words; empty where it says none.
    pub written_status: String,
    pub template: Template,
    pub day: Option<Day>,
    /// The date in the record's own words.
    pub written_date: String,
    pub deciders: Vec<String>,
    /// The elements it links.
    pub elements: Vec<String>,
    pub tags: Vec<String>,
    /// For a superseded record, what holds instead.
    pub instead: Vec<Other>,
    /// Records that it supersedes once it is accepted.
    pub will_supersede: Vec<Other>,
    /// Records that supersede it once they are accepted.
    pub will_be_superseded: Vec<Other>,
}

/// Which rows are wanted, in the words of an address; an empty word wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A status, or `none` for records that say none that is known.
    pub status: String,
    pub template: String,
    pub decider: String,
    /// An element or a tag.
    pub about: String,
    pub year: String,
    /// Words that have to stand in the record.
    pub text: String,
    /// One of [`Sort`].
    pub sort: String,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// The highest number first.
    #[default]
    Number,
    /// The lowest number first.
    Oldest,
    /// The newest date first.
    Date,
    Title,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Number, Self::Oldest, Self::Date, Self::Title];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Oldest => "oldest",
            Self::Date => "date",
            Self::Title => "title",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "Number, highest first",
            Self::Oldest => "Number, lowest first",
            Self::Date => "Date, newest first",
            Self::Title => "Title",
        }
    }

    /// Reads a [`slug`](Self::slug); anything else is the usual order.
    pub fn read(slug: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.slug() == slug).unwrap_or_default()
    }
}

/// What the whole log has to choose from, each with how many records have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// In the order of a decision's life; those without a known status under `none`.
    pub statuses: Vec<(String, usize)>,
    pub templates: Vec<(Template, usize)>,
    pub deciders: Vec<(String, usize)>,
    /// Elements and tags.
    pub abouts: Vec<(String, usize)>,
    /// The newest first.
    pub years: Vec<(i32, usize)>,
}

/// What the address of records without a known status says.
pub const NO_STATUS: &str = "none";

/// The rows of a log, in its order.
pub fn rows(log: &Log) -> Vec<Row> {
    let entries = log.entries();
    let edges = edges(&entries);
    let pending = graph::pending(&entries);
    let other = |index: usize| {
        log.texts.get(index).map(|text| Other {
            path: text.path.clone(),
            number: text.record.number,
            title: text.record.title.clone(),
            status: text.record.known_status(),
        })
    };
    let row = |(index, text): (usize, &Text)| {
        let record = &text.record;
        let newer = |(newer, older): &(usize, usize)| (*newer == index).then_some(*older);
        let older = |(newer, older): &(usize, usize)| (*older == index).then_some(*newer);
        Row {
            path: text.path.clone(),
            number: record.number,
            title: record.title.clone(),
            status: record.known_status(),
            written_status: record.status.as_ref().map(|status| status.written.clone()).unwrap_or_default(),
            template: record.template,
            day: day_of(&Entry { path: &text.path, record }),
            written_date: record.date.as_ref().map(|date| date.written.clone()).unwrap_or_default(),
            deciders: once(record.deciders.iter()),
            elements: once(record.element_links.iter().map(|link| &link.text)),
            tags: once(record.field("tags").into_iter().flat_map(|field| &field.values)),
            instead: instead(&entries, &edges, index).into_iter().filter_map(other).collect(),
            will_supersede: pending.iter().filter_map(newer).filter_map(other).collect(),
            will_be_superseded: pending.iter().filter_map(older).filter_map(other).collect(),
        }
    };
    log.texts.iter().enumerate().map(row).collect()
}

/// Each once, in the order they come.
fn once<'a>(words: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for word in words {
        if !seen.iter().any(|known| lower(known) == lower(word)) {
            seen.push(word.clone());
        }
    }
    seen
}

/// What there is to choose from.
pub fn choices(rows: &[Row]) -> Choices {
    let statuses = Status::ALL
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|status| (status.map_or(NO_STATUS, Status::slug).to_owned(), rows.iter().filter(|row| row.status == status).count()));
    let mut templates: Vec<(Template, usize)> = Vec::new();
    for row in rows {
        match templates.iter_mut().find(|(template, _)| *template == row.template) {
            Some((_, count)) => *count += 1,
            None => templates.push((row.template, 1)),
        }
    }
    templates.sort_by_key(|(template, _)| template.name());
    let mut years: BTreeMap<i32, usize> = BTreeMap::new();
    for day in rows.iter().filter_map(|row| row.day) {
        *years.entry(day.year).or_default() += 1;
    }
    Choices {
        statuses: statuses.filter(|(_, count)| *count > 0).collect(),
        templates,
        deciders: counted(rows.iter().map(|row| row.deciders.iter().collect())),
        abouts: counted(rows.iter().map(|row| row.elements.iter().chain(&row.tags).collect())),
        years: years.into_iter().rev().collect(),
    }
}

/// How many rows have a word, by the word without regard to case; shown as it is written first.
fn counted<'a>(rows: impl Iterator<Item = Vec<&'a String>>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for words in rows {
        let mut seen = BTreeSet::new();
        for word in words {
            if seen.insert(lower(word)) {
                counts.entry(lower(word)).or_insert_with(|| (word.clone(), 0)).1 += 1;
            }
        }
    }
    counts.into_values().collect()
}

impl Filter {
    /// Whether it takes everything.
    pub fn is_any(&self) -> bool {
        self.active() == 0
    }

    /// How many of its words leave something out; the order does not.
    pub fn active(&self) -> usize {
        let words = [&self.status, &self.template, &self.decider, &self.about, &self.year, &self.text];
        words.into_iter().filter(|word| !word.trim().is_empty()).count()
    }

    /// The wanted rows in the wanted order. The log is the one that the rows are of.
    pub fn choose(&self, log: &Log, rows: &[Row]) -> Vec<Row> {
        let words: Vec<String> = lower(&self.text).split_whitespace().map(str::to_owned).collect();
        let text_of = |row: &Row| log.texts.iter().find(|text| text.path == row.path).map(|text| lower(&text.text));
        let says = |row: &Row| {
            words.is_empty()
                || text_of(row)
                    .is_some_and(|text| words.iter().all(|word| text.contains(word.as_str()) || lower(&row.title).contains(word.as_str())))
        };
        let mut chosen: Vec<Row> = rows.iter().filter(|row| self.fits(row) && says(row)).cloned().collect();
        match Sort::read(&self.sort) {
            Sort::Number => chosen.sort_by(|a, b| b.number.cmp(&a.number).then_with(|| b.path.cmp(&a.path))),
            // Those without a number come last either way.
            Sort::Oldest => chosen.sort_by_key(|row| (row.number.is_none(), row.number, row.path.clone())),
            Sort::Date => chosen.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| b.number.cmp(&a.number)).then_with(|| b.path.cmp(&a.path))),
            Sort::Title => chosen.sort_by_key(|row| (lower(&row.title), row.path.clone())),
        }
        chosen
    }

    fn fits(&self, row: &Row) -> bool {
        let any = |wanted: &str, words: &[String]| words.iter().any(|word| lower(word) == lower(wanted.trim()));
        let status = row.status.map_or(NO_STATUS, Status::slug);
        let year = row.day.map(|day| day.year.to_string());
        let wants = |word: &str| !word.trim().is_empty();
        (!wants(&self.status) || self.status.trim() == status)
            && (!wants(&self.template) || self.template.trim() == row.template.slug())
            && (!wants(&self.decider) || any(&self.decider, &row.deciders))
            && (!wants(&self.about) || any(&self.about, &row.elements) || any(&self.about, &row.tags))
            && (!wants(&self.year) || year.as_deref() == Some(self.year.trim()))
    }
}

/// What a link between two records says where it is drawn.
pub const fn relation(kind: LinkKind, pending: bool) -> &'static str {
    match (kind, pending) {
        (LinkKind::Supersedes, true) => "will supersede",
        (LinkKind::Supersedes | LinkKind::SupersededBy, _) => "supersedes",
        (LinkKind::Amends | LinkKind::AmendedBy, _) => "amends",
        (LinkKind::DependsOn, _) => "depends on",
        (LinkKind::RelatesTo, _) => "relates to",
        (LinkKind::Mentions, _) => "mentions",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::template::project::Roles;

    fn log() -> Log {
        let files = [
            (
                "adr/0001-a.md",
                "---\nstatus: superseded by ADR-0003\ndate: 2025-02-01\ndecision-makers: [Ada, Grace]\ntags: [payments]\n---\n# Alpha\n",
            ),
            ("adr/0002-b.md", "# 2. Beta\n\nDate: 2026-03-04\n\n## Status\n\nAccepted\n\n## Context\n\nThe [[Ledger DB]] is slow.\n"),
            ("adr/0003-c.md", "---\nstatus: accepted\ndate: 2026-01-01\ndecision-makers: ada\n---\n# Gamma\n\nSupersedes [1](0001-a.md)\n"),
            ("adr/0004-d.md", "# 4. Delta\n\n## Status\n\nProposed\n\nSupersedes [2](0002-b.md)\n"),
            ("adr/notes.md", "# Epsilon\n"),
        ];
        Log::read(files.map(|(path, text)| (path.to_owned(), text.to_owned())), &Roles::default())
    }

    fn titles(filter: &Filter) -> Vec<String> {
        let log = log();
        filter.choose(&log, &rows(&log)).into_iter().map(|row| row.title).collect()
    }

    #[test]
    fn rows_say_what_holds_and_what_will() {
        let rows = rows(&log());
        let names = |others: &[Other]| others.iter().map(|other| other.title.clone()).collect::<Vec<_>>();
        assert_eq!(names(&rows[0].instead), ["Gamma"]);
        assert_eq!(names(&rows[1].will_be_superseded), ["Delta"]);
        assert_eq!(names(&rows[3].will_supersede), ["Beta"]);
        assert_eq!((rows[0].tags.clone(), rows[1].elements.clone()), (vec!["payments".to_owned()], vec!["Ledger DB".to_owned()]));
    }

    #[test]
    fn each_filter_chooses() {
        let of = |set: &dyn Fn(&mut Filter)| {
            let mut filter = Filter::default();
            set(&mut filter);
            titles(&filter)
        };
        assert_eq!(of(&|_| {}), ["Delta", "Gamma", "Beta", "Alpha", "Epsilon"]);
        assert_eq!(of(&|filter| filter.status = "accepted".to_owned()), ["Gamma", "Beta"]);
        assert_eq!(of(&|filter| filter.status = NO_STATUS.to_owned()), ["Epsilon"]);
        assert_eq!(of(&|filter| filter.decider = "ADA".to_owned()), ["Gamma", "Alpha"]);
        assert_eq!(of(&|filter| filter.about = "ledger db".to_owned()), ["Beta"]);
        assert_eq!(of(&|filter| filter.about = "payments".to_owned()), ["Alpha"]);
        assert_eq!(of(&|filter| filter.year = "2026".to_owned()), ["Gamma", "Beta"]);
        assert_eq!(of(&|filter| filter.text = "SLOW ledger".to_owned()), ["Beta"]);
        assert_eq!(of(&|filter| filter.template = Template::Nygard.slug().to_owned()), ["Delta", "Beta"]);
        assert_eq!(of(&|filter| filter.sort = "oldest".to_owned()), ["Alpha", "Beta", "Gamma", "Delta", "Epsilon"]);
        assert_eq!(of(&|filter| filter.sort = "date".to_owned()), ["Beta", "Gamma", "Alpha", "Delta", "Epsilon"]);
        assert_eq!(of(&|filter| filter.sort = "title".to_owned()), ["Alpha", "Beta", "Delta", "Epsilon", "Gamma"]);
        assert_eq!(of(&|filter| filter.status = "nonsense".to_owned()), [""; 0]);
    }

    #[test]
    fn what_leaves_nothing_out_is_not_counted() {
        let mut filter = Filter { sort: "title".to_owned(), text: "  ".to_owned(), ..Filter::default() };
        assert_eq!((filter.active(), filter.is_any()), (0, true));
        filter.text = "slow".to_owned();
        filter.status = "accepted".to_owned();
        assert_eq!((filter.active(), filter.is_any()), (2, false));
    }

    #[test]
    fn choices_are_counted() {
        let choices = choices(&rows(&log()));
        assert_eq!(choices.deciders, [("Ada".to_owned(), 2), ("Grace".to_owned(), 1)]);
        assert_eq!(choices.years, [(2026, 2), (2025, 1)]);
        assert_eq!(choices.statuses.last(), Some(&(NO_STATUS.to_owned(), 1)));
    }
}
