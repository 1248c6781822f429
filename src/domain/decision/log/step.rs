//! What people do with a log: making records, changing their statuses, linking them. Each step is the edits of all records
//! that it touches, or the reason why it can't be done.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::{
    decision::{
        LinkKind,
        edit::{
            self, Source, field,
            link::{Relation, Wording, both_ends, one_end},
            unlink,
        },
        log::{Edge, Log, Text, edges, graph, habits::Habits, parent},
        status::Status,
        template::{self, Template, project},
        workflow::{self, Circumstances, Origin, Refusal},
    },
    diagnostic::LineIndex,
    difference,
    moment::Day,
    syntax::{TextEdit, apply},
};

/// What a step does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// By path, in the texts as they were.
    pub edits: BTreeMap<String, Vec<TextEdit>>,
    /// New files with their texts.
    pub created: BTreeMap<String, String>,
    /// Files that get another path; their edits are under the old one.
    pub moved: BTreeMap<String, String>,
    /// What was done, one sentence each.
    pub done: Vec<String>,
    pub warnings: Vec<String>,
}

/// Why a step can't be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{path}: {why}")]
pub struct Refused {
    /// The record that stands in the way.
    pub path: String,
    /// What stands in the way, and what to do instead.
    pub why: String,
}

/// What new records are written from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    Known(Template),
    Own(project::ProjectTemplate),
}

/// A record to make.
#[derive(Clone, Debug)]
pub struct New<'a> {
    pub title: &'a str,
    pub form: Form,
    pub status: Status,
    pub date: Day,
    pub makers: &'a [String],
    /// The records that it takes the place of.
    pub supersedes: &'a [usize],
    pub links: &'a [(usize, Relation)],
    /// One that was reserved for it; without one, the next of its folder.
    pub number: Option<u32>,
}

/// Texts while a step is being put together.
struct Work<'a> {
    log: &'a Log,
    /// The new texts of records, and how often they were edited.
    texts: BTreeMap<usize, (String, Vec<Vec<TextEdit>>)>,
    change: Change,
}

impl<'a> Work<'a> {
    fn new(log: &'a Log) -> Self {
        Self { log, texts: BTreeMap::new(), change: Change::default() }
    }

    fn text(&self, at: usize) -> Option<&'a Text> {
        self.log.texts.get(at)
    }

    fn source(&self, at: usize) -> Source<'_> {
        let empty = Source { path: "", text: "" };
        self.log.texts.get(at).map_or(empty, |text| Source {
            path: &text.path,
            text: self.texts.get(&at).map_or(text.text.as_str(), |(changed, _)| changed.as_str()),
        })
    }

    fn edit(&mut self, at: usize, edits: Vec<TextEdit>) {
        if edits.is_empty() {
            return;
        }
        let changed = apply(self.source(at).text, &edits);
        let entry = self.texts.entry(at).or_default();
        entry.0 = changed;
        entry.1.push(edits);
    }

    /// Why it was deprecated is not why it is superseded.
    fn without_reason(&mut self, at: usize) {
        let edits = field::set_reason(self.source(at).text, None);
        self.edit(at, edits);
    }

    fn finish(mut self) -> Change {
        for (at, (changed, mut edits)) in self.texts {
            let Some(text) = self.log.texts.get(at) else { continue };
            // Several edits of one text count in different texts; together they are the difference.
            let edits = if edits.len() == 1 { edits.pop().unwrap_or_default() } else { difference::edits(&text.text, &changed) };
            self.change.edits.insert(text.path.clone(), edits);
        }
        self.change
    }
}

fn refused(text: &Text, why: impl ToString) -> Refused {
    Refused { path: text.path.clone(), why: why.to_string() }
}

/// Makes a record under the next number, and links it.
///
/// # Errors
/// A status that no record begins with, or a record that can't be superseded or linked.
pub fn create(log: &Log, habits: &Habits, new: &New<'_>) -> Result<Change, Refused> {
    let number = new.number.or_else(|| habits.names.next(log.paths().filter(|path| parent(path) == habits.folder)));
    let mut path = habits.path(number, new.date, new.title);
    // Two records of a day may be called the same.
    let taken = |path: &str| log.paths().any(|other| other.eq_ignore_ascii_case(path));
    if taken(&path) {
        let stem = path.strip_suffix(".md").unwrap_or(&path).to_owned();
        path = (2..10_000).map(|more| format!("{stem}-{more}.md")).find(|path| !taken(path)).unwrap_or(path);
    }
    let refusal = |refusal: Refusal| Refused { path: path.clone(), why: refusal.to_string() };
    let caution = workflow::change(Origin::New, new.status, &Circumstances::default()).map_err(refusal)?;
    let mut text = begin(number, new);
    let mut work = Work::new(log);
    work.change.warnings.extend(caution.map(|caution| caution.text().to_owned()));
    let told = new.links.iter().filter(|(_, relation)| relation.kind == LinkKind::Supersedes).map(|(to, _)| to);
    let supersedes: BTreeSet<&usize> = new.supersedes.iter().chain(told).collect();
    for old in supersedes {
        let relation = Relation::of(LinkKind::Supersedes, habits.wording);
        let target = log.texts.get(*old).ok_or_else(|| Refused { path: path.clone(), why: "There is no such record.".to_owned() })?;
        let now = may_take_the_place(target, new.status)?;
        let edits = one_end(Source { path: &path, text: &text }, &relation, target.source(), new.date);
        text = apply(&text, &edits);
        if now {
            let reverse = Relation::of(LinkKind::SupersededBy, habits.wording);
            let edits = one_end(work.source(*old), &reverse, Source { path: &path, text: &text }, new.date);
            work.edit(*old, edits);
            work.without_reason(*old);
            work.change.done.push(format!("{} is superseded by {path}.", target.path));
        } else {
            work.change.done.push(format!("{path} supersedes {} when it is accepted.", target.path));
        }
    }
    for (to, relation) in new.links.iter().filter(|(_, relation)| relation.kind != LinkKind::Supersedes) {
        if relation.kind == LinkKind::SupersededBy {
            return Err(Refused {
                path,
                why: "A new decision is not superseded from the start. Link them when both are accepted.".to_owned(),
            });
        }
        let ends = both_ends(Source { path: &path, text: &text }, relation, work.source(*to), new.date);
        text = apply(&text, &ends.from);
        work.edit(*to, ends.to);
    }
    work.change.created.insert(path, text);
    Ok(work.finish())
}

/// The text of a new record before it is linked.
fn begin(number: Option<u32>, new: &New<'_>) -> String {
    let (template, own) = match &new.form {
        Form::Known(template) => (*template, None),
        Form::Own(own) => (Template::Other, Some(own)),
    };
    if let Some(own) = own {
        let beginning = project::Beginning { number, title: new.title, status: new.status, date: new.date, makers: new.makers };
        return own.fill(&beginning);
    }
    let text = template::new_record(template, number.unwrap_or(0), new.title, new.date, new.makers);
    let text = apply(&text, &edit::set_status(&text, new.status, new.date));
    // Names without numbers have titles without numbers.
    if number.is_none() { text.replacen("# 0. ", "# ", 1) } else { text }
}

/// Whether a record of a status takes another one's place at once; not yet, if it has still to be accepted.
fn may_take_the_place(old: &Text, status: Status) -> Result<bool, Refused> {
    let pending = matches!(status, Status::Draft | Status::Proposed);
    // What is pending is judged as it will be.
    let status = if pending { Status::Accepted } else { status };
    match workflow::change(
        Origin::of(old.record.known_status()),
        Status::Superseded,
        &Circumstances { reason: None, successors: &[Some(status)] },
    ) {
        // It gains a further successor.
        Ok(_) | Err(Refusal::Already(Status::Superseded)) => Ok(!pending),
        Err(refusal) => Err(refused(old, refusal)),
    }
}

/// Changes a record's status. Accepting one puts the supersessions into effect that were waiting for it.
///
/// # Errors
/// The workflow knows no such change, or wants a reason or a successor.
pub fn set_status(log: &Log, at: usize, to: Status, reason: Option<&str>, date: Day, wording: Wording) -> Result<Change, Refused> {
    let entries = log.entries();
    let edges = edges(&entries);
    let mut work = Work::new(log);
    let Some(text) = work.text(at) else { return Ok(Change::default()) };
    let successors: Vec<Option<Status>> =
        super::successors(&edges, at).iter().map(|index| log.texts.get(*index).and_then(|text| text.record.known_status())).collect();
    let circumstances = Circumstances { reason, successors: &successors };
    let caution = workflow::change(Origin::of(text.record.known_status()), to, &circumstances).map_err(|refusal| refused(text, refusal))?;
    work.change.warnings.extend(caution.map(|caution| format!("{}: {}", text.path, caution.text())));
    work.edit(at, edit::set_status(&text.text, to, date));
    let edits = field::set_reason(work.source(at).text, reason);
    work.edit(at, edits);
    work.change.done.push(format!("{} is {}.", text.path, to.slug()));
    if to == Status::Accepted {
        work.change.warnings.extend(unfilled(text));
        for old in superseded_by(&edges, at) {
            take_effect(&mut work, old, at, date, wording);
        }
    }
    Ok(work.finish())
}

/// The records that one says it supersedes, or that say so of it.
fn superseded_by(edges: &[Edge], newer: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for edge in edges {
        let old = match edge.kind {
            LinkKind::Supersedes if edge.from == newer => edge.to,
            LinkKind::SupersededBy if edge.to == newer => edge.from,
            _ => continue,
        };
        if old != newer && !found.contains(&old) {
            found.push(old);
        }
    }
    found
}

/// A supersession that was waiting: the older record says it now.
fn take_effect(work: &mut Work<'_>, old: usize, newer: usize, date: Day, wording: Wording) {
    let (Some(old_text), Some(new_text)) = (work.text(old), work.text(newer)) else { return };
    match may_take_the_place(old_text, Status::Accepted) {
        Ok(_) => {
            let relation = Relation::of(LinkKind::SupersededBy, wording);
            let edits = one_end(work.source(old), &relation, work.source(newer), date);
            if !edits.is_empty() {
                work.edit(old, edits);
                work.without_reason(old);
                work.change.done.push(format!("{} is superseded by {}.", old_text.path, new_text.path));
            }
        }
        Err(refusal) => work.change.warnings.push(format!("{refusal} It stays as it is.")),
    }
}

fn unfilled(text: &Text) -> Option<String> {
    let first = text.record.placeholders.first()?;
    let line = LineIndex::new(&text.text).place(first.start).line;
    let words: String = first.of(&text.text).chars().take(60).collect();
    Some(format!("{}:{line}: It still holds template text: {words}", text.path))
}

/// Puts one record into the place of another: at once if it is accepted, else when it will be.
///
/// # Errors
/// The older record was never in force, the newer one no longer is, or they would supersede each other in a circle.
pub fn supersede(log: &Log, old: usize, newer: usize, date: Day, wording: Wording) -> Result<Change, Refused> {
    let mut work = Work::new(log);
    let (Some(old_text), Some(new_text)) = (work.text(old), work.text(newer)) else { return Ok(Change::default()) };
    apart(log, newer, old, LinkKind::Supersedes)?;
    // Without a status nobody can tell whether it is in force.
    let status = new_text.record.known_status();
    let now = match status {
        Some(status) => may_take_the_place(old_text, status)?,
        None => may_take_the_place(old_text, Status::Proposed)?,
    };
    let relation = Relation::of(LinkKind::Supersedes, wording);
    let edits = one_end(work.source(newer), &relation, work.source(old), date);
    work.edit(newer, edits);
    if now {
        let reverse = Relation::of(LinkKind::SupersededBy, wording);
        let edits = one_end(work.source(old), &reverse, work.source(newer), date);
        work.edit(old, edits);
        work.without_reason(old);
        work.change.done.push(format!("{} is superseded by {}.", old_text.path, new_text.path));
    } else {
        let state = status.map_or("has no status", |status| if status == Status::Draft { "is a draft" } else { "is proposed" });
        work.change.done.push(format!("{} {state}; it supersedes {} when it is accepted.", new_text.path, old_text.path));
    }
    Ok(work.finish())
}

/// Links two records, both ends. Supersession goes the way of [`supersede`], whichever end it is told from.
///
/// # Errors
/// A record and itself, or a circle.
pub fn link(log: &Log, from: usize, relation: &Relation, to: usize, date: Day) -> Result<Change, Refused> {
    match relation.kind {
        LinkKind::Supersedes => return supersede(log, to, from, date, relation.wording),
        LinkKind::SupersededBy => return supersede(log, from, to, date, relation.wording),
        LinkKind::AmendedBy => apart(log, to, from, LinkKind::Amends)?,
        kind => apart(log, from, to, kind)?,
    }
    let mut work = Work::new(log);
    let (Some(first), Some(second)) = (work.text(from), work.text(to)) else { return Ok(Change::default()) };
    let ends = both_ends(first.source(), relation, second.source(), date);
    if ends.from.is_empty() && ends.to.is_empty() {
        work.change.done.push(format!("{} and {} are linked like that already.", first.path, second.path));
        return Ok(work.finish());
    }
    let said = [
        (first, &relation.words, second, ends.from.is_empty()),
        (second, relation.reverse.as_ref().unwrap_or(&relation.words), first, ends.to.is_empty()),
    ];
    for (text, words, other, empty) in said {
        if !empty {
            work.change.done.push(format!("{}: {words} {}", text.path, other.path));
        }
    }
    work.edit(from, ends.from);
    work.edit(to, ends.to);
    Ok(work.finish())
}

/// Takes a link away, both ends. A supersession that is in effect stays: the status says it, too.
///
/// # Errors
/// The older record is superseded by the newer one, or a link stands in running text.
pub fn unlink(log: &Log, from: usize, kind: LinkKind, to: usize) -> Result<Change, Refused> {
    let mut work = Work::new(log);
    let (Some(first), Some(second)) = (work.text(from), work.text(to)) else { return Ok(Change::default()) };
    let older = match kind {
        LinkKind::Supersedes => Some(second),
        LinkKind::SupersededBy => Some(first),
        _ => None,
    };
    if let Some(older) = older.filter(|older| older.record.known_status() == Some(Status::Superseded)) {
        return Err(refused(
            older,
            "Another decision has taken its place, and the log keeps that. Write a new decision that takes it back.",
        ));
    }
    let edits = unlink::one_end(first.source(), kind, second.source()).map_err(|why| refused(first, why))?;
    work.edit(from, edits);
    if let Some(reverse) = kind.reverse() {
        let edits = unlink::one_end(second.source(), reverse, first.source()).map_err(|why| refused(second, why))?;
        work.edit(to, edits);
    }
    if work.texts.is_empty() {
        return Err(refused(first, format!("It does not say that it is linked to {} like that.", second.path)));
    }
    work.change.done.push(format!("{} and {} are no longer linked like that.", first.path, second.path));
    Ok(work.finish())
}

/// Refuses a record and itself, and what would close a circle.
fn apart(log: &Log, from: usize, to: usize, kind: LinkKind) -> Result<(), Refused> {
    let Some(text) = log.texts.get(from) else { return Ok(()) };
    if from == to {
        return Err(refused(text, "A record can't be linked to itself. Name another one."));
    }
    if !matches!(kind, LinkKind::Supersedes | LinkKind::Amends | LinkKind::DependsOn) {
        return Ok(());
    }
    let entries = log.entries();
    let arrows = graph::arrows(&entries, &edges(&entries));
    let pairs: Vec<(usize, usize)> = arrows.iter().filter(|arrow| arrow.kind == kind).map(|arrow| (arrow.from, arrow.to)).collect();
    let Some(way) = graph::way(&pairs, to, from) else { return Ok(()) };
    let names: Vec<&str> = way.iter().filter_map(|index| log.texts.get(*index)).map(|text| text.path.as_str()).collect();
    let verb = kind.name().to_lowercase();
    let other = names.first().copied().unwrap_or_default();
    let chain = names.join(&format!(" {verb} "));
    let why = if kind == LinkKind::Supersedes { "none of them would be in force" } else { "they would go in a circle" };
    Err(refused(text, format!("It can't {} {other}, because {chain} already: {why}.", infinitive(kind))))
}

const fn infinitive(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Supersedes => "supersede",
        LinkKind::Amends => "amend",
        _ => "depend on",
    }
}

#[cfg(test)]
mod tests;
