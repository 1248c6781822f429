//! What a rule is: its documentation as data, its place in the catalogue and one pure function.
//!
//! A rule lives in a file of `rules/` that is named for the problem. [`declare_rule`] turns the file's documentation into
//! the page of the catalogue, the text of the findings and the tests: every `fails` example must raise the rule, every
//! `passes` example must not.

use serde::{Deserialize, Serialize};

use crate::domain::review::{
    check::Check,
    finding::{Category, FindingKind, Severity},
    fix::{Offer, broken::Broken},
};

/// When a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// Always on.
    Core,
    /// From stage `proposed` on, or with profile `production` or `regulated`.
    Prod,
    /// On, but speaks only when every number it needs is stated.
    Math,
    /// With profile `regulated`.
    Strict,
}

impl Set {
    pub const ALL: [Self; 4] = [Self::Core, Self::Prod, Self::Math, Self::Strict];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Prod => "prod",
            Self::Math => "math",
            Self::Strict => "strict",
        }
    }
}

/// How a rule's findings are put together, so that one habit is one finding and not thirty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// One finding per defect.
    Individual,
    /// One finding per element or record, however many ways it has the problem.
    PerSubject,
    /// One finding per calling element, its calls as members.
    PerCaller,
    /// One finding per pair of zones and protocol, the links as members.
    PerZonePair,
    /// One finding per pair of zones, whatever the protocol.
    PerZones,
    /// One finding per tier, the elements as members.
    PerTier,
    /// One finding per diagram, the elements as members.
    PerDiagram,
}

impl Grouping {
    /// In words, for the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Individual => "One finding per defect",
            Self::PerSubject => "One finding per element or record",
            Self::PerCaller => "One finding per calling element",
            Self::PerZonePair => "One finding per pair of zones and protocol",
            Self::PerZones => "One finding per pair of zones",
            Self::PerTier => "One finding per tier",
            Self::PerDiagram => "One finding per diagram",
        }
    }
}

/// Which documents a rule judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    Diagrams,
    Decisions,
    Both,
}

impl Reads {
    pub const fn diagrams(self) -> bool {
        matches!(self, Self::Diagrams | Self::Both)
    }

    pub const fn decisions(self) -> bool {
        matches!(self, Self::Decisions | Self::Both)
    }
}

/// How far what a rule finds can be mended for people. A fix never states a fact: it may say `planned`, never `yes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixClass {
    /// The text gains only what it already implies: an arrow turned, a word made exact.
    Safe,
    /// A change of the design that a person looks at first.
    Proposal,
    /// The control is stated as planned.
    Planned,
    /// Only people can mend it.
    None,
}

impl FixClass {
    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "Says only what the text implies",
            Self::Proposal => "Changes the design",
            Self::Planned => "States a plan",
            Self::None => "None",
        }
    }
}

/// How a rule's findings are mended.
#[derive(Clone, Copy)]
pub enum Mend {
    Nothing,
    /// States as planned what is stated to be missing: one of the facts if that is enough, else all of them.
    Each(&'static [&'static str]),
    /// One of these facts is enough, and any of them can be planned.
    One(&'static [&'static str]),
    /// As the rule works it out.
    By(fn(&Broken<'_>) -> Vec<Offer>),
}

/// A rule as the registry holds it; made by [`declare_rule`].
pub struct Rule {
    /// `LNT-` and the code that is never used again for anything else.
    pub code: &'static str,
    /// The problem in kebab case: `shared-database`.
    pub slug: &'static str,
    pub severity: Severity,
    /// Context never lifts a finding above this.
    pub ceiling: Severity,
    pub set: Set,
    pub category: Category,
    pub kind: FindingKind,
    pub reads: Reads,
    pub grouping: Grouping,
    /// What identifies a finding, in words; findings of other reviews match on it.
    pub key: &'static str,
    /// Grows when the meaning of the key changes.
    pub key_version: u8,
    /// The class of the fixes that it offers, the first of them if there are several.
    pub fix: FixClass,
    pub mend: Mend,
    /// What a curriculum of distributed systems calls the subject: the topics that the built-in architects carry.
    pub topics: &'static [&'static str],
    /// Markdown with the sections that [`Rule::page`] reads; each line still begins with the space that follows `///`.
    pub documentation: &'static str,
    pub check: fn(&mut Check<'_>),
}

/// A rule's documentation, section by section; the text is markdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub code: String,
    pub slug: String,
    /// `Shared database`.
    pub name: String,
    /// One sentence.
    pub summary: String,
    pub category: Category,
    pub severity: Severity,
    pub set: Set,
    pub grouping: Grouping,
    /// What the rule looks for, exactly.
    pub detection: String,
    pub why: String,
    pub remedy: String,
    pub false_positives: String,
    pub source: String,
    pub examples: Vec<Example>,
}

/// A text that shows the problem, or shows it solved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    pub language: ExampleLanguage,
    /// The rule speaks on it.
    pub fails: bool,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExampleLanguage {
    /// A Structurizr DSL workspace.
    Dsl,
    /// Decision records, one after the other; a line `=== path` begins the next. The path
    /// `workspace.dsl` begins the diagram they speak of.
    Adr,
}

impl Rule {
    /// `Shared database`.
    pub fn name(&self) -> String {
        let words = self.slug.replace('-', " ");
        if let Some(rest) = words.strip_prefix("adr ") {
            return format!("ADR {rest}");
        }
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }

    /// The documentation as markdown.
    pub fn markdown(&self) -> String {
        self.documentation.lines().flat_map(|line| [line.strip_prefix(' ').unwrap_or(line), "\n"]).collect()
    }

    /// The documentation's first paragraph.
    pub fn summary(&self) -> String {
        paragraph(self.markdown().split("\n## ").next().unwrap_or_default())
    }

    /// One section of the documentation as one paragraph per blank-line block, examples left out.
    pub fn section(&self, title: &str) -> String {
        let heading = format!("\n## {title}\n");
        let markdown = self.markdown();
        let body = markdown.split_once(&heading).map_or("", |(_, rest)| rest);
        let body = body.split("\n## ").next().unwrap_or_default();
        let body = body.split("\n```").next().unwrap_or_default();
        body.split("\n\n").map(paragraph).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut open: Option<Example> = None;
        for line in self.markdown().lines() {
            if let Some(example) = &mut open {
                if line == "```" {
                    examples.extend(open.take());
                } else {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
            } else if let Some((language, verdict)) = line.strip_prefix("```").and_then(|info| info.split_once(',')) {
                let language = if language == "adr" { ExampleLanguage::Adr } else { ExampleLanguage::Dsl };
                open = Some(Example { language, fails: verdict == "fails", text: String::new() });
            }
        }
        examples
    }

    /// Everything the catalogue shows.
    pub fn page(&self) -> Page {
        Page {
            code: self.code.to_owned(),
            slug: self.slug.to_owned(),
            name: self.name(),
            summary: self.summary(),
            category: self.category,
            severity: self.severity,
            set: self.set,
            grouping: self.grouping,
            detection: self.section("What it finds"),
            why: self.section("Why it matters"),
            remedy: self.section("What to do"),
            false_positives: self.section("False positives"),
            source: self.section("Source"),
            examples: self.examples(),
        }
    }
}

/// The lines of one block joined by spaces; list items keep their lines.
fn paragraph(block: &str) -> String {
    let mut text = String::new();
    for line in block.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !text.is_empty() {
            text.push(if line.starts_with("- ") { '\n' } else { ' ' });
        }
        text.push_str(line);
    }
    text
}

/// Declares the rule of a file as `RULE`, with its documentation in front. Behind the class of its fixes stands how they are
/// made: `each [...]` or `one [...]` of the facts is planned, or `by` a function of the file.
macro_rules! declare_rule {
    (@mend) => { $crate::domain::review::rule::Mend::Nothing };
    (@mend each $fact:tt) => { $crate::domain::review::rule::Mend::Each(&$fact) };
    (@mend one $fact:tt) => { $crate::domain::review::rule::Mend::One(&$fact) };
    (@mend by $mend:ident) => { $crate::domain::review::rule::Mend::By($mend) };
    (
        $(#[doc = $doc:literal])+
        $code:literal $slug:literal {
            severity: $severity:ident up to $ceiling:ident,
            set: $set:ident,
            category: $category:ident,
            kind: $kind:ident,
            reads: $reads:ident,
            grouping: $grouping:ident,
            key: $key:literal version $version:literal,
            fix: $fix:ident $($how:ident $what:tt)?,
            topics: [$($topic:literal),*],
        }
    ) => {
        pub(super) static RULE: $crate::domain::review::rule::Rule = $crate::domain::review::rule::Rule {
            code: $code,
            slug: $slug,
            severity: $crate::domain::review::finding::Severity::$severity,
            ceiling: $crate::domain::review::finding::Severity::$ceiling,
            set: $crate::domain::review::rule::Set::$set,
            category: $crate::domain::review::finding::Category::$category,
            kind: $crate::domain::review::finding::FindingKind::$kind,
            reads: $crate::domain::review::rule::Reads::$reads,
            grouping: $crate::domain::review::rule::Grouping::$grouping,
            key: $key,
            key_version: $version,
            fix: $crate::domain::review::rule::FixClass::$fix,
            mend: declare_rule!(@mend $($how $what)?),
            topics: &[$($topic),*],
            documentation: concat!($($doc, "\n"),+),
            check,
        };
    };
}

pub(crate) use declare_rule;
