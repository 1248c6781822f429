//! A diagram while it is read: elements, boundaries and relations as they come, before it is known which boundaries are
//! elements and what the ends of relations stand for.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::{
        kind::Kind,
        view::{Direction, ViewKind},
    },
    syntax::{
        c4::{MAX_DEPTH, MAX_DIAGNOSTICS, MAX_ELEMENTS, MAX_RELATIONS, MAX_SHEETS, MAX_TAGS, catalogue::Enclosure},
        fidelity::Fidelity,
    },
};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Person,
    System,
    Container,
    Component,
    /// A place where things run, with or without things in it.
    Node,
    /// A place that holds nothing but itself: a disk, a server.
    Infrastructure,
    Custom,
    /// A frame, which turns out to be an element or a group.
    Frame(Enclosure),
}

/// One property as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub name: String,
    pub value: String,
    pub span: Span,
}

/// An element or a boundary.
#[derive(Clone, Debug)]
pub struct Draft {
    /// As written; empty for what has none.
    pub alias: String,
    pub name: String,
    pub name_span: Span,
    pub description: Option<String>,
    pub technology: Option<String>,
    pub tags: Vec<String>,
    pub properties: Vec<Property>,
    pub url: Option<String>,
    pub role: Role,
    /// What the macro, keyword or icon says it does.
    pub kind: Option<Kind>,
    pub external: bool,
    /// The frame around it: a place in [`Book::drafts`].
    pub parent: Option<usize>,
    pub span: Span,
    /// The macro, keyword or icon: `macro ContainerDb`.
    pub stated_by: String,
}

impl Draft {
    pub fn new(alias: &str, name: &str, role: Role, span: Span) -> Self {
        Self {
            alias: alias.to_owned(),
            name: name.to_owned(),
            name_span: span,
            description: None,
            technology: None,
            tags: Vec::new(),
            properties: Vec::new(),
            url: None,
            role,
            kind: None,
            external: false,
            parent: None,
            span,
            stated_by: String::new(),
        }
    }

    /// Takes what this one lacks from a second statement about the same thing.
    fn fill(&mut self, other: Self) {
        if matches!(other.role, Role::Frame(_)) && matches!(self.role, Role::System | Role::Container | Role::Component | Role::Custom) {
            self.role = other.role;
        }
        let fill = |own: &mut Option<String>, other: Option<String>| *own = own.take().or(other);
        fill(&mut self.description, other.description);
        fill(&mut self.technology, other.technology);
        fill(&mut self.url, other.url);
        for tag in other.tags {
            add_tag(&mut self.tags, tag);
        }
        for property in other.properties {
            if self.properties.len() < MAX_TAGS && self.properties.iter().all(|own| own.name != property.name) {
                self.properties.push(property);
            }
        }
        self.kind = self.kind.or(other.kind);
    }
}

/// Adds a tag that is not there yet.
pub fn add_tag(tags: &mut Vec<String>, tag: String) {
    if tags.len() < MAX_TAGS && !tag.is_empty() && !tags.contains(&tag) {
        tags.push(tag);
    }
}

/// One end of a relation as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub alias: String,
    pub span: Span,
}

/// A relation.
#[derive(Clone, Debug)]
pub struct Link {
    pub source: End,
    pub target: End,
    pub description: Option<String>,
    pub technology: Option<String>,
    pub tags: Vec<String>,
    pub properties: Vec<Property>,
    pub url: Option<String>,
    pub span: Span,
    /// The frame in which it stands.
    pub frame: Option<usize>,
    /// The number of the step in a dynamic diagram.
    pub order: String,
    /// The step answers an earlier one.
    pub response: bool,
    /// Its ends may be elements that no other statement makes.
    pub makes_ends: bool,
}

/// One diagram of the text.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub name: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub direction: Option<Direction>,
    pub dynamic: bool,
    /// What the text says the diagram is, for where its elements do not say.
    pub hint: Option<ViewKind>,
    /// In the order of their first statement: places in [`Book::drafts`].
    pub shown: Vec<usize>,
    /// Places in [`Book::links`].
    pub links: Vec<usize>,
    pub span: Span,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Book {
    pub drafts: Vec<Draft>,
    pub links: Vec<Link>,
    pub sheets: Vec<Sheet>,
    pub report: Report,
    pub(super) by_alias: BTreeMap<String, usize>,
    depths: Vec<usize>,
    /// The sheet on which a draft was stated last.
    stated_on: Vec<usize>,
}

impl Book {
    /// Begins another diagram; beyond the limit, the last one goes on.
    pub fn begin(&mut self, span: Span) {
        if self.sheets.len() < MAX_SHEETS {
            self.sheets.push(Sheet { span, ..Sheet::default() });
        } else {
            self.report.say_once(Note::new(
                Severity::Warning,
                "too-many-diagrams",
                span,
                format!("The text has more than {MAX_SHEETS} diagrams"),
                "Those after it are read as parts of the last one.",
                "Split the text into several files.",
            ));
        }
    }

    /// The diagram that is read now.
    pub fn sheet(&mut self) -> &mut Sheet {
        let current = self.sheets.pop().unwrap_or_default();
        // Taking it out and pushing it back gives a reference without an index that could fail.
        self.sheets.push_mut(current)
    }

    /// The draft of an alias.
    pub fn named(&self, alias: &str) -> Option<usize> {
        self.by_alias.get(alias).copied()
    }

    /// Adds an element or boundary to the diagram, or what it says to the one with its alias; none beyond the limits.
    pub fn add(&mut self, draft: Draft) -> Option<usize> {
        let index = self.insert(draft)?;
        let sheet = self.sheet();
        // Statements about the same element mostly follow each other; the list is made unique when the view is.
        if sheet.shown.last() != Some(&index) {
            sheet.shown.push(index);
        }
        Some(index)
    }

    /// As [`Self::add`], without showing it in a diagram.
    pub(super) fn insert(&mut self, draft: Draft) -> Option<usize> {
        let sheet = self.sheets.len();
        if let Some(index) = self.named(&draft.alias).filter(|_| !draft.alias.is_empty()) {
            if self.stated_on.get(index) == Some(&sheet) {
                self.report.say(Note::new(
                    Severity::Warning,
                    "duplicate-identifier",
                    draft.span,
                    format!("There is already an element `{}`", clip(&draft.alias)),
                    "Both statements are read as one element; the first says its name.",
                    "Give one of them another identifier.",
                ));
            }
            if let Some(stated) = self.stated_on.get_mut(index) {
                *stated = sheet;
            }
            // The frame around has to stand before what is in it.
            let parent = draft.parent.filter(|parent| *parent < index);
            if let Some(own) = self.drafts.get_mut(index) {
                own.parent = own.parent.or(parent);
                own.fill(draft);
            }
            return Some(index);
        }
        let depth = draft.parent.and_then(|parent| self.depths.get(parent)).map_or(1, |depth| depth + 1);
        if self.drafts.len() >= MAX_ELEMENTS || depth > MAX_DEPTH {
            let (code, what) = if depth > MAX_DEPTH {
                ("too-deep", format!("Boundaries are nested more than {MAX_DEPTH} deep"))
            } else {
                ("too-many-elements", format!("The text has more than {MAX_ELEMENTS} elements"))
            };
            self.report.say_once(Note::new(
                Severity::Error,
                code,
                draft.span,
                what,
                "This one and others like it are left out.",
                "Split the diagram into several.",
            ));
            self.report.fidelity.lose("Element beyond the limits", Some(draft.span));
            return None;
        }
        let index = self.drafts.len();
        if !draft.alias.is_empty() {
            self.by_alias.insert(draft.alias.clone(), index);
        }
        self.drafts.push(draft);
        self.depths.push(depth);
        self.stated_on.push(sheet);
        Some(index)
    }

    pub fn link(&mut self, link: Link) {
        if self.links.len() >= MAX_RELATIONS {
            self.report.say_once(Note::new(
                Severity::Error,
                "too-many-relations",
                link.span,
                format!("The text has more than {MAX_RELATIONS} relations"),
                "This one and those after it are left out.",
                "Split the diagram into several.",
            ));
            self.report.fidelity.lose("Relation beyond the limits", Some(link.span));
            return;
        }
        let index = self.links.len();
        self.links.push(link);
        self.sheet().links.push(index);
    }
}

/// One remark about the text.
#[derive(Clone, Debug)]
pub struct Note(Diagnostic);

impl Note {
    pub fn new(level: Severity, code: &str, span: Span, what: impl Into<String>, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self(Diagnostic { level, code: code.to_owned(), span, what: what.into(), why: why.into(), help: help.into(), file: None })
    }
}

/// What is said about a text, and what became of its parts.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub diagnostics: Vec<Diagnostic>,
    pub fidelity: Fidelity,
    said_once: BTreeSet<String>,
    left_out: usize,
}

impl Report {
    pub fn say(&mut self, note: Note) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(note.0);
        } else {
            self.left_out += 1;
        }
    }

    /// Says it unless something with the same code was said this way.
    pub fn say_once(&mut self, note: Note) {
        if self.said_once.insert(note.0.code.clone()) {
            self.say(note);
        }
    }

    /// The diagnostics in text order, and the fidelity.
    pub fn finish(mut self) -> (Vec<Diagnostic>, Fidelity) {
        self.diagnostics.sort_by_key(|found| found.span.start);
        if self.left_out > 0 {
            let span = self.diagnostics.last().map_or(Span::default(), |last| last.span);
            self.diagnostics.push(Diagnostic {
                level: Severity::Note,
                code: "too-many-diagnostics".to_owned(),
                span,
                what: format!("{} more remarks are left out", self.left_out),
                why: format!("At most {MAX_DIAGNOSTICS} are kept."),
                help: "Correct the first ones and read the text again.".to_owned(),
                file: None,
            });
        }
        (self.diagnostics, self.fidelity)
    }
}

/// A word of the text for a message, not too long.
pub fn clip(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}
