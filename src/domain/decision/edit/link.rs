//! Links between records, written at both ends in the words and the place that each record has for them.

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        Link, LinkKind, SectionRole,
        edit::{File, Source, Words},
        links, log, parse,
        status::Status,
        template::Template,
    },
    moment::Day,
    syntax::TextEdit,
};

/// Whose words a log says supersession in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wording {
    #[default]
    Plain,
    /// adr-tools' spelling, `Supercedes`, and its order: behind the other links.
    AdrTools,
}

/// How two records relate, as both are to say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub kind: LinkKind,
    pub words: String,
    /// What the other record says; none when it says nothing.
    pub reverse: Option<String>,
    pub wording: Wording,
}

/// The edits of two records that are linked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BothEnds {
    pub from: Vec<TextEdit>,
    pub to: Vec<TextEdit>,
}

impl Relation {
    /// In the words of a wording.
    pub fn of(kind: LinkKind, wording: Wording) -> Self {
        let words = |kind: LinkKind| match (kind, wording) {
            (LinkKind::Supersedes, Wording::AdrTools) => "Supercedes".to_owned(),
            (LinkKind::SupersededBy, Wording::AdrTools) => "Superceded by".to_owned(),
            (kind, _) => kind.name().to_owned(),
        };
        Self { kind, words: words(kind), reverse: kind.reverse().map(words), wording }
    }

    /// In words of one's own, such as `Clarifies`. Without words for the other end, it says what the kind has for it.
    pub fn in_words(words: &str, reverse: Option<&str>, wording: Wording) -> Self {
        let kind = links::kind_of_key(&words.trim().to_lowercase()).unwrap_or(LinkKind::Mentions);
        let own = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let reverse = reverse.map(own).filter(|text| !text.is_empty()).or_else(|| Self::of(kind, wording).reverse);
        Self { kind, words: own(words), reverse, wording }
    }
}

/// Links two records, both ends: `from` supersedes, amends … `to`. A superseded record changes its status as well; one that
/// is superseded already gains a further successor. No edits at an end that has the link.
pub fn both_ends(from: Source<'_>, relation: &Relation, to: Source<'_>, date: Day) -> BothEnds {
    let reverse = relation.reverse.as_ref().map(|words| {
        let kind = relation.kind.reverse().unwrap_or(LinkKind::Mentions);
        one_end(to, &Relation { kind, words: words.clone(), reverse: None, wording: relation.wording }, from, date)
    });
    BothEnds { from: one_end(from, relation, to, date), to: reverse.unwrap_or_default() }
}

/// Writes one end: what `at` says of `other`.
pub fn one_end(at: Source<'_>, relation: &Relation, other: Source<'_>, date: Day) -> Vec<TextEdit> {
    let (record, target) = (parse(at.path, at.text), parse(other.path, other.text));
    let entries = [log::Entry { path: at.path, record: &record }, log::Entry { path: other.path, record: &target }];
    let address = log::relative(log::parent(at.path), other.path);
    let numbered = target.number.map(|number| format!("ADR-{number:04}"));
    let title = escaped(&target.title);
    let label = match (record.template, target.number, numbered) {
        (Template::Nygard, Some(number), _) => format!("[{number}. {title}]({address})"),
        (_, _, Some(number)) if relation.kind == LinkKind::SupersededBy => format!("[{number}]({address})"),
        (_, _, Some(number)) => format!("[{number}: {title}]({address})"),
        _ => format!("[{title}]({address})"),
    };
    let words = format!("{} {label}", relation.words);
    let said = |link: &Link| match relation.kind {
        // Words of one's own have no kind to be known by.
        LinkKind::Mentions => at.text.contains(&words),
        kind => link.kind == kind,
    };
    if record.links.iter().any(|link| said(link) && log::resolve(&entries, 0, link) == Some(1)) {
        return Vec::new();
    }
    let file = File::new(at.text, &record);
    if relation.kind != LinkKind::SupersededBy {
        return vec![file.link(&words)];
    }
    let appended = relation.wording == Wording::AdrTools;
    if record.known_status() == Some(Status::Superseded) {
        return if appended && record.section(SectionRole::Status).is_some() {
            vec![file.link(&words)]
        } else {
            vec![file.successor(&label)]
        };
    }
    let word = if appended { "superceded" } else { Status::Superseded.slug() };
    file.status(&Words { status: Status::Superseded, word, tail: Some(&label), appended, date })
}

/// A title as a link's text.
fn escaped(title: &str) -> String {
    title.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}
