//! Runs the rules over a frozen design. Pure: the same design, settings and rules give the same outcome, in the same order.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::Record,
    diagnostic::{Diagnostic, Level, LineIndex},
    id::DocumentId,
    model::{Model, facts},
    moment::Day,
    review::{
        Completeness, Profile, Withheld, WithheldAt,
        check::{Check, Place, Recorded, Subject, Unknown, text::Text},
        choices::{Choices, holds},
        finding::{Category, Finding, Fingerprint},
        fingerprint,
        graph::Graph,
        rule::{Reads, Rule, Set},
        rules, secrets,
        suppression::{self, Applied, Suppressed},
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
    /// What rules asked for and no text states, by document, subject and fact.
    pub open: Vec<OpenFact>,
    /// Which rule looked at which document. What was not looked at can't be called fixed.
    pub evaluated: BTreeSet<(String, DocumentId)>,
    /// Findings that were let be until a day that has passed.
    pub overdue: BTreeMap<Fingerprint, Day>,
    /// About the project's settings: entries that have run out or fit nothing any more.
    pub remarks: Vec<Diagnostic>,
}

/// A fact that is not stated and that something depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpenFact {
    pub document: DocumentId,
    /// The key of the element or relation, or [`crate::domain::model::facts::WORKSPACE`].
    pub subject: String,
    pub fact: String,
    /// The rules that ask, in catalogue order.
    pub rules: Vec<String>,
}

/// Rules of [`Reads::Both`] that judge each text by itself: what they find in one does not depend on the others.
const BY_ITSELF: [&str; 2] = ["LNT-X008", "LNT-Q010"];

/// What a rule found, and the facts that it asked for.
type Said = (Vec<(Place, Finding)>, BTreeSet<Unknown>);

/// What one run leaves to the next: what rules found in these decisions on this day, where nothing else matters.
#[derive(Debug, Default)]
pub struct Kept {
    /// Identifies the decisions and the day.
    of: String,
    by_rule: BTreeMap<&'static str, Said>,
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
    review_with(design, settings, &Choices::default())
}

/// Runs every rule that applies to the design and that the project wants.
pub fn review_with(design: &Design<'_>, settings: &Settings, choices: &Choices) -> Outcome {
    run(design, settings, choices, &mut Kept::default())
}

/// As [`review_with`], with what an earlier run found in decisions that are the same.
pub fn review_again(design: &Design<'_>, settings: &Settings, choices: &Choices, kept: &mut Kept) -> Outcome {
    kept.renew(design, settings);
    run(design, settings, choices, kept)
}

/// The diagrams where a plan replaces what is there (`replicas "planned (3 instead of 1)"`): as they are today, and as they are to
/// become. What rules find today is what counts; a plan that mends it makes it low, and does not make it go.
#[derive(Default)]
struct Plans {
    today: BTreeMap<DocumentId, Parsed>,
    then: BTreeMap<DocumentId, Parsed>,
}

impl Plans {
    fn of(design: &Design<'_>) -> Self {
        let mut plans = Self::default();
        for Diagram { document, parsed, .. } in &design.diagrams {
            let other = |model: Option<Model>| model.map(|model| Parsed { model, diagnostics: parsed.diagnostics.clone() });
            plans.today.extend(other(facts::restated(&parsed.model, |fact| Some(fact.instead()?.1))).map(|today| (*document, today)));
            plans.then.extend(other(facts::restated(&parsed.model, |fact| Some(least(fact.instead()?.0)))).map(|then| (*document, then)));
        }
        plans
    }
}

/// The number of `at least 3`.
fn least(wanted: &str) -> &str {
    ["at least ", "at most "].iter().find_map(|words| wanted.strip_prefix(words)).unwrap_or(wanted)
}

/// The design with other models where there are any.
fn with<'a>(design: &Design<'a>, models: &'a BTreeMap<DocumentId, Parsed>) -> Design<'a> {
    let other = |diagram: &Diagram<'a>| Diagram { parsed: models.get(&diagram.document).unwrap_or(diagram.parsed), ..*diagram };
    Design { diagrams: design.diagrams.iter().map(other).collect(), decisions: design.decisions.clone() }
}

fn run(design: &Design<'_>, settings: &Settings, choices: &Choices, kept: &mut Kept) -> Outcome {
    let plans = Plans::of(design);
    let (subjects, decisions) = (subjects(&with(design, &plans.today)), recorded(design));
    let then = if plans.then.is_empty() { Vec::new() } else { self::subjects(&with(design, &plans.then)) };
    let diagram_texts = design.diagrams.iter().map(|diagram| Text::new(diagram.document, diagram.path, diagram.text));
    let decision_texts = design.decisions.iter().map(|decision| Text::of_record(decision.document, decision.path, decision.text));
    let texts: BTreeMap<&str, Text<'_>> = diagram_texts.chain(decision_texts).map(|text| (text.path, text)).collect();

    let mut outcome = Outcome { ruleset: ruleset(), ..Outcome::default() };
    let mut placed: Vec<(Place, Finding)> = Vec::new();
    let mut unknown: BTreeMap<Unknown, Vec<String>> = BTreeMap::new();
    let mut evaluated = Vec::new();
    let mut last = None;
    for rule in rules::ALL {
        let diagrams: Vec<&Subject<'_>> =
            subjects.iter().filter(|subject| rule.reads.diagrams() && looks_at(rule, subject, settings, choices)).collect();
        let reads_decisions = rule.reads.decisions() && choices.runs(rule.set, true);
        let read: Vec<DocumentId> = diagrams
            .iter()
            .map(|subject| subject.document)
            .chain(decisions.iter().filter(|_| reads_decisions).map(|record| record.document))
            .collect();
        let off = choices.off(rule, settings.today).map(|off| format!("switched off: {}", off.reason));
        let not_run = off.or_else(|| read.is_empty().then(|| skip_reason(rule, &subjects, settings, choices).to_owned()));
        if let Some(reason) = not_run {
            outcome.completeness.rules_skipped.push((rule.code.to_owned(), reason));
            continue;
        }
        outcome.completeness.rules_run.push(rule.code.to_owned());
        evaluated.extend(read.into_iter().map(|document| (rule.code.to_owned(), document)));
        // What was found and what is suppressed is known only when the others have run.
        if rule.code == suppression::RULE {
            last = Some((*rule, diagrams));
            continue;
        }
        let mut note = |(mut found, asked): Said| {
            for (_, finding) in &mut found {
                choices.weigh(finding);
            }
            placed.extend(found);
            for fact in asked {
                unknown.entry(fact).or_default().push(rule.code.to_owned());
            }
        };
        let run = |diagrams, decisions| {
            let mut check = Check::new(rule, diagrams, decisions, &texts, settings.today);
            (rule.check)(&mut check);
            check.finish()
        };
        let by_itself = BY_ITSELF.contains(&rule.code);
        if rule.reads == Reads::Decisions || by_itself {
            note(kept.by_rule.entry(rule.code).or_insert_with(|| run(&[], &decisions)).clone());
        }
        if rule.reads != Reads::Decisions {
            let decisions: &[Recorded<'_>] = if by_itself { &[] } else { &decisions };
            let mut said = run(&diagrams, decisions);
            if !then.is_empty() && !said.0.is_empty() {
                let diagrams: Vec<&Subject<'_>> =
                    then.iter().filter(|then| diagrams.iter().any(|today| today.document == then.document)).collect();
                let (left, _) = run(&diagrams, decisions);
                let stays = |found: &Finding| left.iter().any(|(_, left)| left.fingerprint == found.fingerprint);
                said.0.iter_mut().filter(|(_, found)| !stays(found)).for_each(|(_, found)| found.plan());
            }
            note(said);
        }
    }
    outcome.evaluated = evaluated.into_iter().collect();
    sort(&mut placed);
    let Applied { shown, suppressed, stale, overdue } = suppression::apply(placed, &subjects, &outcome.evaluated, settings.today);
    (outcome.suppressed, outcome.overdue) = (suppressed, overdue);
    let mut placed = waive(shown, design, settings.today, choices, &mut outcome);
    outcome.completeness.suppressed = outcome.suppressed.iter().map(withheld).collect();
    if let Some((rule, diagrams)) = last {
        let mut check = Check::new(rule, &diagrams, &decisions, &texts, settings.today).with_stale(&stale);
        (rule.check)(&mut check);
        let mut found = check.finish().0;
        for (_, finding) in &mut found {
            choices.weigh(finding);
        }
        placed.extend(found);
        sort(&mut placed);
    }
    outcome.findings = placed.into_iter().map(|(_, finding)| finding).collect();
    outcome.completeness.unknown_facts = u32::try_from(unknown.len()).unwrap_or(u32::MAX);
    let open = unknown.into_iter();
    outcome.open = open.map(|((document, subject, fact), rules)| OpenFact { document, subject, fact: fact.to_owned(), rules }).collect();
    read_problems(design, &mut outcome.completeness);
    outcome
}

/// Takes out what the project's settings let be; what they let be no longer is noted.
fn waive(found: Vec<(Place, Finding)>, design: &Design<'_>, today: Day, choices: &Choices, outcome: &mut Outcome) -> Vec<(Place, Finding)> {
    let mut used = BTreeSet::new();
    let mut shown = Vec::new();
    for (place, finding) in found {
        let covering: Vec<_> = choices.waivers.iter().enumerate().filter(|(_, waiver)| waiver.covers(&finding, design)).collect();
        used.extend(covering.iter().map(|(index, _)| *index));
        if let Some((_, waiver)) = covering.iter().find(|(_, waiver)| holds(waiver.until, today)) {
            outcome.suppressed.push(Suppressed { finding, reason: waiver.reason.clone(), until: waiver.until, in_text: false });
            continue;
        }
        let over = covering.iter().filter_map(|(_, waiver)| waiver.until).max();
        outcome.overdue.extend(over.map(|until| (finding.fingerprint.clone(), until)));
        shown.push((place, finding));
    }
    outcome.remarks = choices.remarks(&used, &outcome.evaluated, today);
    shown
}

fn withheld(suppressed: &Suppressed) -> Withheld {
    let Suppressed { finding, reason, until, in_text } = suppressed;
    let at = finding.evidence.first().map(|evidence| WithheldAt {
        path: evidence.path.clone(),
        line: evidence.marked.first().copied().unwrap_or(evidence.line),
        fingerprint: finding.fingerprint.clone(),
        in_text: *in_text,
    });
    Withheld {
        code: finding.code.clone(),
        severity: finding.severity,
        title: finding.title.clone(),
        reason: reason.clone(),
        until: until.map(|day| day.to_string()),
        at,
    }
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

/// The diagrams of a design, ready for rules.
pub(super) fn subjects<'a>(design: &Design<'a>) -> Vec<Subject<'a>> {
    let included = included_files(design);
    design.diagrams.iter().map(|diagram| prepare(diagram, &included)).collect()
}

/// The decisions of a design, ready for rules.
pub(super) fn recorded<'a>(design: &Design<'a>) -> Vec<Recorded<'a>> {
    let decisions = design.decisions.iter();
    decisions
        .map(|decision| Recorded { document: decision.document, path: decision.path, text: decision.text, record: decision.record })
        .collect()
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
        (Profile::Default, _) if facts.is_any("stage", &["proposed", "accepted", "live"]) => Stance::Production,
        (Profile::Default, _) => Stance::Default,
    }
}

/// An included text is only read for what it says itself, such as a secret.
fn looks_at(rule: &Rule, subject: &Subject<'_>, settings: &Settings, choices: &Choices) -> bool {
    let stance = stance(subject, settings);
    let by_profile = applies(rule, stance);
    // A sketch stays one, whatever sets the project runs.
    let runs = choices.runs(rule.set, by_profile) && (stance != Stance::Sketch || by_profile);
    (!subject.included || rule.reads == Reads::Both) && runs
}

/// A sketch is only asked to be a sound drawing, and not to hold secrets.
fn applies(rule: &Rule, stance: Stance) -> bool {
    match (stance, rule.set) {
        (Stance::Sketch, set) => (rule.category == Category::Model && set != Set::Prod) || rule.reads == Reads::Both,
        (_, Set::Core | Set::Math) | (Stance::Production, Set::Prod) | (Stance::Regulated, _) => true,
        (_, Set::Prod | Set::Strict) => false,
    }
}

fn skip_reason(rule: &Rule, subjects: &[Subject<'_>], settings: &Settings, choices: &Choices) -> &'static str {
    if !choices.runs(rule.set, true) {
        return "the project runs other sets of rules";
    }
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

/// Identifies the rules and what they mean, so that two reviews can be compared. The same for all reviews of a program.
fn ruleset() -> String {
    static RULESET: OnceLock<String> = OnceLock::new();
    let written = |rule: &&Rule| format!("{} {} {} {}", rule.code, rule.key_version, rule.severity.slug(), rule.documentation);
    RULESET.get_or_init(|| fingerprint::hash(rules::ALL.iter().map(written))).clone()
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

#[cfg(test)]
mod tests;
