//! Runs the rules over a frozen design. Pure: the same design, settings and rules give the same outcome, in the same order.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::domain::{
    decision::Record,
    diagnostic::{Diagnostic, Level, LineIndex},
    id::DocumentId,
    moment::Day,
    review::{
        Completeness, Profile, Withheld,
        check::{Check, Place, Recorded, Subject, Unknown, text::Text},
        finding::{Category, Finding},
        fingerprint,
        graph::Graph,
        rule::{Reads, Rule, Set},
        rules, secrets,
        suppression::{self, Suppressed},
    },
    syntax::Parsed,
};

/// One diagram of the design.
#[derive(Clone, Copy, Debug)]
pub struct Diagram<'a> {
    pub document: DocumentId,
    /// Relative to the project's folder; part of the identity of findings.
    pub path: &'a str,
    pub text: &'a str,
    pub parsed: &'a Parsed,
}

/// One decision record of the design.
#[derive(Clone, Copy, Debug)]
pub struct DecisionRecord<'a> {
    pub document: DocumentId,
    /// Relative to the project's folder; part of the identity of findings.
    pub path: &'a str,
    pub text: &'a str,
    pub record: &'a Record,
}

/// Everything that is reviewed together.
#[derive(Clone, Debug, Default)]
pub struct Design<'a> {
    pub diagrams: Vec<Diagram<'a>>,
    pub decisions: Vec<DecisionRecord<'a>>,
}

/// How a review looks at a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// [`Profile::Default`] leaves it to each workspace's `profile` and `stage`.
    pub profile: Profile,
    pub today: Day,
}

/// What the rules say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Worst first, then by code, boundary and element.
    pub findings: Vec<Finding>,
    /// What the text asks not to show, with its reasons, in the same order.
    pub suppressed: Vec<Suppressed>,
    pub completeness: Completeness,
    /// Identifies rules and their versions, hexadecimal.
    pub ruleset: String,
    /// Which rule looked at which document. What was not looked at can't be called fixed.
    pub evaluated: BTreeSet<(String, DocumentId)>,
}

/// Rules of [`Reads::Both`] that judge each text by itself: what they find in one does not depend on the others.
const BY_ITSELF: [&str; 2] = ["LNT-X008", "LNT-Q010"];

/// What one run leaves to the next: what rules found in these decisions on this day, where nothing else matters.
#[derive(Debug, Default)]
pub struct Kept {
    /// Identifies the decisions and the day.
    of: String,
    by_rule: BTreeMap<&'static str, (Vec<(Place, Finding)>, BTreeSet<Unknown>)>,
}

impl Kept {
    /// Forgets what was found in other decisions, or on another day.
    fn renew(&mut self, design: &Design<'_>, settings: &Settings) {
        let decisions = design.decisions.iter().flat_map(|one| [one.document.to_string(), one.path.to_owned(), one.text.to_owned()]);
        let of = fingerprint::hash(std::iter::once(settings.today.to_string()).chain(decisions));
        if of != self.of {
            *self = Self { of, by_rule: BTreeMap::new() };
        }
    }
}

/// Runs every rule that applies to the design.
pub fn review(design: &Design<'_>, settings: &Settings) -> Outcome {
    review_again(design, settings, &mut Kept::default())
}

/// As [`review`], with what an earlier run found in decisions that are the same.
pub fn review_again(design: &Design<'_>, settings: &Settings, kept: &mut Kept) -> Outcome {
    kept.renew(design, settings);
    let included = included_files(design);
    let subjects: Vec<Subject<'_>> = design.diagrams.iter().map(|diagram| prepare(diagram, &included)).collect();
    let decisions: Vec<Recorded<'_>> = design
        .decisions
        .iter()
        .map(|decision| Recorded { document: decision.document, path: decision.path, text: decision.text, record: decision.record })
        .collect();
    let diagram_texts = design.diagrams.iter().map(|diagram| Text::new(diagram.document, diagram.path, diagram.text));
    let decision_texts = design.decisions.iter().map(|decision| Text::of_record(decision.document, decision.path, decision.text));
    let texts: BTreeMap<&str, Text<'_>> = diagram_texts.chain(decision_texts).map(|text| (text.path, text)).collect();

    let mut outcome = Outcome { ruleset: ruleset(), ..Outcome::default() };
    let mut placed: Vec<(Place, Finding)> = Vec::new();
    let mut unknown = BTreeSet::new();
    let mut evaluated = Vec::new();
    let mut last = None;
    for rule in rules::ALL {
        let diagrams: Vec<&Subject<'_>> =
            subjects.iter().filter(|subject| rule.reads.diagrams() && looks_at(rule, subject, settings)).collect();
        let read: Vec<DocumentId> = diagrams
            .iter()
            .map(|subject| subject.document)
            .chain(decisions.iter().filter(|_| rule.reads.decisions()).map(|record| record.document))
            .collect();
        if read.is_empty() {
            outcome.completeness.rules_skipped.push((rule.code.to_owned(), skip_reason(rule, &subjects, settings).to_owned()));
            continue;
        }
        outcome.completeness.rules_run.push(rule.code.to_owned());
        evaluated.extend(read.into_iter().map(|document| (rule.code.to_owned(), document)));
        // What was found and what is suppressed is known only when the others have run.
        if rule.code == suppression::RULE {
            last = Some((*rule, diagrams));
            continue;
        }
        let run = |diagrams, decisions| {
            let mut check = Check::new(rule, diagrams, decisions, &texts, settings.today);
            (rule.check)(&mut check);
            check.finish()
        };
        let by_itself = BY_ITSELF.contains(&rule.code);
        if rule.reads == Reads::Decisions || by_itself {
            let (found, asked) = kept.by_rule.entry(rule.code).or_insert_with(|| run(&[], &decisions)).clone();
            placed.extend(found);
            unknown.extend(asked);
        }
        if rule.reads != Reads::Decisions {
            let (found, asked) = run(&diagrams, if by_itself { &[] } else { &decisions });
            placed.extend(found);
            unknown.extend(asked);
        }
    }
    outcome.evaluated = evaluated.into_iter().collect();
    sort(&mut placed);
    let (mut placed, suppressed, stale) = suppression::apply(placed, &subjects, &outcome.evaluated, settings.today);
    outcome.completeness.suppressed = suppressed.iter().map(withheld).collect();
    outcome.suppressed = suppressed;
    if let Some((rule, diagrams)) = last {
        let mut check = Check::new(rule, &diagrams, &decisions, &texts, settings.today).with_stale(&stale);
        (rule.check)(&mut check);
        placed.extend(check.finish().0);
        sort(&mut placed);
    }
    outcome.findings = placed.into_iter().map(|(_, finding)| finding).collect();
    outcome.completeness.unknown_facts = u32::try_from(unknown.len()).unwrap_or(u32::MAX);
    read_problems(design, &mut outcome.completeness);
    outcome
}

fn withheld(suppressed: &Suppressed) -> Withheld {
    let Suppressed { finding, reason, until } = suppressed;
    let until = until.map(|day| day.to_string());
    Withheld { code: finding.code.clone(), severity: finding.severity, title: finding.title.clone(), reason: reason.clone(), until }
}

/// Worst first, then by code, boundary and element.
fn sort(placed: &mut [(Place, Finding)]) {
    placed.sort_by(|(left_place, left), (right_place, right)| {
        (Reverse(left.severity), &left.code, left_place, &left.fingerprint).cmp(&(
            Reverse(right.severity),
            &right.code,
            right_place,
            &right.fingerprint,
        ))
    });
}

/// Paths of the files that diagrams of the design include.
fn included_files<'a>(design: &Design<'a>) -> BTreeSet<&'a str> {
    let files = |diagram: &Diagram<'a>| {
        let model = &diagram.parsed.model;
        let elements = model.elements.values().filter_map(|element| element.file.as_deref());
        let relations = model.relations.values().filter_map(|relation| relation.file.as_deref());
        elements.chain(relations).filter(|file| *file != diagram.path).collect::<Vec<_>>()
    };
    design.diagrams.iter().flat_map(files).collect()
}

fn prepare<'a>(diagram: &Diagram<'a>, included: &BTreeSet<&str>) -> Subject<'a> {
    Subject {
        document: diagram.document,
        path: diagram.path,
        text: diagram.text,
        parsed: diagram.parsed,
        graph: Graph::new(&diagram.parsed.model),
        included: included.contains(diagram.path),
    }
}

/// How strictly one diagram is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    Sketch,
    Default,
    Production,
    Regulated,
}

fn stance(subject: &Subject<'_>, settings: &Settings) -> Stance {
    let facts = &subject.parsed.model.facts;
    let written = facts.value("profile").and_then(|profile| Profile::parse(&profile.trim().to_lowercase()));
    match (settings.profile, written) {
        (Profile::Sketch, _) | (Profile::Default, Some(Profile::Sketch)) => Stance::Sketch,
        (Profile::Regulated, _) | (Profile::Default, Some(Profile::Regulated)) => Stance::Regulated,
        (Profile::Production, _) | (Profile::Default, Some(Profile::Production)) => Stance::Production,
        (Profile::Default, _) if facts.is("stage", "sketch") => Stance::Sketch,
        (Profile::Default, _) if ["proposed", "accepted", "live"].iter().any(|stage| facts.is("stage", stage)) => Stance::Production,
        (Profile::Default, _) => Stance::Default,
    }
}

/// An included text is only read for what it says itself, such as a secret.
fn looks_at(rule: &Rule, subject: &Subject<'_>, settings: &Settings) -> bool {
    (!subject.included || rule.reads == Reads::Both) && applies(rule, stance(subject, settings))
}

/// A sketch is only asked to be a sound drawing, and not to hold secrets.
fn applies(rule: &Rule, stance: Stance) -> bool {
    match (stance, rule.set) {
        (Stance::Sketch, set) => (rule.category == Category::Model && set != Set::Prod) || rule.reads == Reads::Both,
        (_, Set::Core | Set::Math) | (Stance::Production, Set::Prod) | (Stance::Regulated, _) => true,
        (_, Set::Prod | Set::Strict) => false,
    }
}

fn skip_reason(rule: &Rule, subjects: &[Subject<'_>], settings: &Settings) -> &'static str {
    if !rule.reads.diagrams() {
        return "there is no decision record to look at";
    }
    match subjects.first() {
        None => "there is no diagram to look at",
        Some(subject) if stance(subject, settings) == Stance::Sketch => "the design is a sketch",
        Some(_) if rule.set == Set::Strict => "runs with profile regulated",
        Some(_) => "runs from stage proposed on, or with profile production",
    }
}

/// Identifies the rules and what they mean, so that two reviews can be compared.
fn ruleset() -> String {
    static RULESET: OnceLock<String> = OnceLock::new();
    let identify = |rule: &&Rule| format!("{} {} {} {}", rule.code, rule.key_version, rule.severity.slug(), rule.documentation);
    RULESET.get_or_init(|| fingerprint::hash(rules::ALL.iter().map(identify))).clone()
}

fn read_problems(design: &Design<'_>, completeness: &mut Completeness) {
    for diagram in &design.diagrams {
        if let Some(problem) = first_error(diagram.text, &diagram.parsed.diagnostics) {
            completeness.broken.push((diagram.path.to_owned(), problem));
            if diagram.parsed.model.elements.is_empty() {
                completeness.unreadable.push(diagram.path.to_owned());
            }
        }
    }
    for decision in &design.decisions {
        if let Some(problem) = first_error(decision.text, &decision.record.diagnostics) {
            completeness.broken.push((decision.path.to_owned(), problem));
        }
    }
}

fn first_error(text: &str, diagnostics: &[Diagnostic]) -> Option<String> {
    let error = diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error)?;
    let what = secrets::redact(&error.what);
    Some(error.file.as_ref().map_or_else(
        || {
            let place = LineIndex::new(text).place(error.span.start);
            format!("{}:{}: {what}", place.line, place.column)
        },
        |file| format!("in {file}: {what}"),
    ))
}
