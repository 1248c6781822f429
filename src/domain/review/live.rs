//! The rules while people type: a project is opened once, then every new text of one of its diagrams is answered with what the
//! rules say about it. Decisions and the other diagrams are read when the project is opened, and what the rules that judge
//! decisions alone found is kept; the findings are those of a review of the whole project, neither more nor fewer.
//!
//! It runs in the browser beside the editor, so requests and answers are plain values. Times are given; nothing reads a clock.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{self, Record},
    diagnostic::Level,
    id::DocumentId,
    model::ElementKey,
    moment::Day,
    offsets::to_byte,
    project::DocumentKind,
    review::{
        Profile,
        choices::Choices,
        engine::{DecisionRecord, Design, Diagram, Kept, Outcome, Settings, review_again},
        finding::{Finding, Fingerprint, Severity},
        live::{
            drawing::{Drawing, waits},
            place::{Places, place_of},
        },
    },
    syntax::{Language, Parsed, Sources, language_of, parse},
};

pub mod drawing;
mod place;

/// A document of the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub id: DocumentId,
    pub kind: DocumentKind,
    pub path: String,
    pub text: String,
}

/// A project as it is when the page of one of its diagrams opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The diagram that is typed in.
    pub document: DocumentId,
    /// All documents of the project, in path order.
    pub documents: Vec<Given>,
    /// Kept files that the diagrams may include, by path; diagrams that are not among them are
    /// as their documents say.
    pub sources: Sources,
    pub profile: Profile,
    pub today: Day,
    /// What the project has decided about rules.
    #[serde(default)]
    pub choices: Choices,
    /// Findings that people have put aside, as false or as a risk they carry.
    pub settled: BTreeSet<Fingerprint>,
}

/// What the person is at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    pub selected: Option<ElementKey>,
    /// The caret's offset in UTF-16 units.
    pub caret: Option<u32>,
    /// Milliseconds of any clock that does not go back.
    pub now: i64,
}

/// A finding as the editor shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    pub code: String,
    pub rule: String,
    /// The category's name.
    pub category: String,
    pub severity: Severity,
    pub title: String,
    pub message: String,
    pub why: String,
    pub remedy: String,
    /// The passage to mark, in UTF-16 units; it lies in one line.
    pub from: u32,
    pub to: u32,
    /// From 1.
    pub line: u32,
    /// Elements of the diagram it points at; ends of relations count for their source.
    pub elements: Vec<ElementKey>,
}

/// What there is to show about a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The text has errors that cost elements: what was shown before says more than this answer.
    pub stale: bool,
    /// Worst first.
    pub findings: Vec<Marked>,
    /// How many findings wait because what they are about is being drawn.
    pub waiting: u32,
    /// Milliseconds until the first of them may be due, where time decides.
    pub again: Option<i64>,
}

#[derive(Debug)]
struct Sheet {
    given: Given,
    parsed: Parsed,
    /// It may read other files of the project.
    includes: bool,
}

impl Sheet {
    fn new(given: Given, sources: &Sources) -> Self {
        let lower = given.text.to_ascii_lowercase();
        let includes = lower.contains("!include") || lower.contains("extends");
        let parsed = read(&given, sources);
        Self { given, parsed, includes }
    }
}

fn read(given: &Given, sources: &Sources) -> Parsed {
    let language = language_of(&given.path, &given.text).unwrap_or(Language::Structurizr);
    parse(language, &given.path, &given.text, sources)
}

/// A project that is open, with the newest text of the diagram that is typed in.
#[derive(Debug)]
pub struct Live {
    document: DocumentId,
    diagrams: Vec<Sheet>,
    decisions: Vec<(Given, Record)>,
    sources: Sources,
    settings: Settings,
    choices: Choices,
    settled: BTreeSet<Fingerprint>,
    kept: Kept,
    outcome: Outcome,
    drawing: Drawing,
    /// Elements of the newest text that was whole.
    whole: BTreeSet<ElementKey>,
    stale: bool,
    /// What the last answer showed.
    reported: BTreeSet<Fingerprint>,
}

impl Live {
    /// Reads a project; nothing is judged before the first [`Self::edit`].
    pub fn open(opening: Opening) -> Self {
        let Opening { document, documents, mut sources, profile, today, choices, settled } = opening;
        let (diagrams, decisions): (Vec<_>, Vec<_>) = documents.into_iter().partition(|one| one.kind == DocumentKind::Diagram);
        for one in &diagrams {
            sources.entry(one.path.clone()).or_insert_with(|| one.text.clone());
        }
        let diagrams: Vec<Sheet> = diagrams.into_iter().map(|given| Sheet::new(given, &sources)).collect();
        let known: BTreeSet<ElementKey> = diagrams
            .iter()
            .filter(|sheet| sheet.given.id == document)
            .flat_map(|sheet| sheet.parsed.model.elements.keys().cloned())
            .collect();
        let decisions = decisions.into_iter().map(|given| {
            let record = decision::parse(&given.path, &given.text);
            (given, record)
        });
        Self {
            document,
            decisions: decisions.collect(),
            diagrams,
            sources,
            settings: Settings { profile, today },
            choices,
            settled,
            kept: Kept::default(),
            outcome: Outcome::default(),
            drawing: Drawing::new(known.clone()),
            whole: known,
            stale: false,
            reported: BTreeSet::new(),
        }
    }

    /// Opens the project again as it is now. What is being drawn stays so, and what was shown was shown.
    pub fn renew(&mut self, opening: Opening) {
        let old = std::mem::replace(self, Self::open(opening));
        if old.document == self.document {
            let Self { drawing, whole, stale, reported, kept, .. } = old;
            (self.drawing, self.whole, self.stale, self.reported, self.kept) = (drawing, whole, stale, reported, kept);
        }
    }

    /// Takes a new text of the diagram and runs the rules.
    pub fn edit(&mut self, text: &str, now: i64) {
        self.take(text);
        let Self { diagrams, decisions, settings, choices, kept, .. } = self;
        let design = Design {
            diagrams: diagrams
                .iter()
                .map(|Sheet { given, parsed, .. }| Diagram { document: given.id, path: &given.path, text: &given.text, parsed })
                .collect(),
            decisions: decisions
                .iter()
                .map(|(given, record)| DecisionRecord { document: given.id, path: &given.path, text: &given.text, record })
                .collect(),
        };
        self.outcome = review_again(&design, settings, choices, kept);
        let Some(sheet) = self.diagrams.iter().find(|sheet| sheet.given.id == self.document) else { return };
        let elements = &sheet.parsed.model.elements;
        let broken = sheet.parsed.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        self.stale = broken && self.whole.iter().any(|key| !elements.contains_key(key));
        if !self.stale {
            self.whole = elements.keys().cloned().collect();
        }
        self.drawing.see(elements.keys(), now);
    }

    /// Reads the new text, and again what includes it.
    fn take(&mut self, text: &str) {
        let Self { document, diagrams, sources, .. } = self;
        let Some(edited) = diagrams.iter_mut().find(|sheet| sheet.given.id == *document) else { return };
        if edited.given.text == text {
            return;
        }
        text.clone_into(&mut edited.given.text);
        sources.insert(edited.given.path.clone(), text.to_owned());
        edited.parsed = read(&edited.given, sources);
        for sheet in diagrams.iter_mut().filter(|sheet| sheet.includes && sheet.given.id != *document) {
            sheet.parsed = read(&sheet.given, sources);
        }
    }

    /// What the rules say about the whole project with the newest text.
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What of it to show in the diagram now.
    pub fn answer(&mut self, attention: &Attention) -> Answer {
        let Some(sheet) = self.diagrams.iter().find(|sheet| sheet.given.id == self.document) else { return Answer::default() };
        let (model, text) = (&sheet.parsed.model, sheet.given.text.as_str());
        let under = attention.caret.and_then(|caret| model.element_at(to_byte(text, caret))).map(|element| &element.key);
        let at_hand: BTreeSet<&ElementKey> = attention.selected.iter().chain(under).collect();
        self.drawing.settle(&at_hand, attention.now);
        let drawn = self.drawing.drawn();
        let places = Places::new(text);
        let mut answer = Answer { stale: self.stale, ..Answer::default() };
        let mut reported = BTreeSet::new();
        for finding in self.outcome.findings.iter().filter(|finding| concerns(finding, self.document)) {
            if self.settled.contains(&finding.fingerprint) {
                continue;
            }
            if waits(&finding.involved_in(self.document, model), &drawn, self.reported.contains(&finding.fingerprint)) {
                answer.waiting += 1;
                continue;
            }
            reported.insert(finding.fingerprint.clone());
            let (from, to, line) = places.passage(place_of(finding, self.document, model, &drawn));
            answer.findings.push(Marked {
                code: finding.code.clone(),
                rule: finding.rule.clone(),
                category: finding.category.name().to_owned(),
                severity: finding.severity,
                title: finding.title.clone(),
                message: finding.message.clone(),
                why: finding.why.clone(),
                remedy: finding.remedy.clone(),
                from,
                to,
                line,
                elements: finding.elements_in(self.document, model).into_iter().filter(|key| !drawn.contains(key)).collect(),
            });
        }
        if answer.waiting > 0 {
            answer.again = self.drawing.due(&at_hand, attention.now);
        }
        self.reported = reported;
        answer
    }
}

/// Whether a finding speaks of a document.
fn concerns(finding: &Finding, document: DocumentId) -> bool {
    finding.anchors.iter().any(|anchor| anchor.document() == document)
        || finding.evidence.iter().any(|evidence| evidence.document == document)
}

#[cfg(test)]
mod tests;
