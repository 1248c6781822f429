//! Findings that the text itself asks not to be shown: `lintel.ignore "LNT-B001: the reason until 2027-05-01"` among the
//! properties of an element, relation, group or workspace. A name may go on (`lintel.ignore.backup`), so that one subject
//! can have several; rules are a list, and `LNT-X*` stands for all that begin so.
//!
//! What is suppressed is kept with its reason and never lost. What suppresses nothing any more is told by LNT-M006.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Span,
    id::DocumentId,
    model::{ElementKey, GroupKey, Model, RelationKey},
    moment::Day,
    review::{
        check::{Place, Subject},
        finding::{Anchor, Finding, Fingerprint},
        rule::Grouping,
        rules, secrets,
        selector::{named, selects},
    },
};

/// The property's name, or how it begins.
pub const PROPERTY: &str = "lintel.ignore";
/// Tells of suppressions themselves, and can't be suppressed.
pub const RULE: &str = "LNT-M006";
/// Shorter reasons say nothing to the next reader.
pub const LEAST_REASON: usize = 10;

/// What a suppression holds for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Workspace,
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
}

/// One suppression as the text states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub document: DocumentId,
    pub scope: Scope,
    /// The included file it stands in; none for the document itself.
    pub file: Option<String>,
    pub span: Span,
    /// The rules as written: `LNT-B001`, `LNT-X*`.
    pub rules: Vec<String>,
    pub reason: String,
    /// The last day it holds.
    pub until: Option<Day>,
    /// Why it does not count, if it does not.
    pub fault: Option<&'static str>,
}

/// A finding that is not shown, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppressed {
    pub finding: Finding,
    pub reason: String,
    pub until: Option<Day>,
    /// Said by the text itself, not by the project's settings.
    pub in_text: bool,
}

/// What suppressions make of findings.
#[derive(Debug, Default)]
pub struct Applied {
    pub shown: Vec<(Place, Finding)>,
    pub suppressed: Vec<Suppressed>,
    pub stale: Vec<Stale>,
    /// Findings that were suppressed until a day that has passed.
    pub overdue: BTreeMap<Fingerprint, Day>,
}

/// A suppression that should go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub suppression: Suppression,
    pub problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not written so that it counts.
    Fault(&'static str),
    Expired(Day),
    Unused,
}

/// Every suppression of a diagram, in the order workspace, elements, relations, groups.
pub fn collect(subject: &Subject<'_>) -> Vec<Suppression> {
    let model = subject.graph.model;
    let workspace = [(Scope::Workspace, None, Span::default(), &model.properties)];
    let elements = model.elements.values().map(|one| (Scope::Element(one.key.clone()), one.file.as_ref(), one.name_span, &one.properties));
    let relations = model.relations.values().filter(|one| one.implied_by.is_none());
    let relations = relations.map(|one| (Scope::Relation(one.key.clone()), one.file.as_ref(), one.span, &one.properties));
    let groups = model.groups.values().map(|one| (Scope::Group(one.key.clone()), one.file.as_ref(), one.span, &one.properties));
    let mut found = Vec::new();
    for (scope, file, span, properties) in workspace.into_iter().chain(elements).chain(relations).chain(groups) {
        for (_, value) in properties.iter().filter(|(name, _)| is_name(name)) {
            let span = file.map_or_else(|| line_of(subject.text, span, value), |_| span);
            found.push(read(subject.document, scope.clone(), file.cloned(), span, value));
        }
    }
    found
}

/// Whether a property's name makes it a suppression.
pub fn is_name(name: &str) -> bool {
    name.strip_prefix(PROPERTY).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The line that states it: the first one behind the subject's own that has the name and the value.
fn line_of(text: &str, subject: Span, value: &str) -> Span {
    let start = text.get(..subject.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        if line.contains(PROPERTY) && line.contains(value.trim()) {
            return Span::new(at, at + line.trim_end().len());
        }
        at += line.len();
    }
    subject
}

fn read(document: DocumentId, scope: Scope, file: Option<String>, span: Span, value: &str) -> Suppression {
    let (rules, rest) = value.split_once(':').unwrap_or((value, ""));
    let rules: Vec<String> = rules.split([',', ' ']).map(str::trim).filter(|rule| !rule.is_empty()).map(str::to_ascii_uppercase).collect();
    let (reason, date) = match rest.rsplit_once(" until ") {
        Some((reason, date)) if date.trim().starts_with(|c: char| c.is_ascii_digit()) => (reason, Some(date.trim().trim_end_matches('.'))),
        _ => (rest, None),
    };
    let until = date.and_then(Day::parse);
    let fault = if !rules.iter().any(|rule| named(rule).next().is_some()) {
        Some("it names no rule")
    } else if reason.trim().chars().count() < LEAST_REASON {
        Some("it gives no reason")
    } else if date.is_some() && until.is_none() {
        Some("its last day is no date")
    } else {
        None
    };
    Suppression { document, scope, file, span, rules, reason: secrets::redact(reason.trim()), until, fault }
}

/// Parts the findings that are shown from those that are suppressed, and tells which suppressions should go.
pub fn apply(found: Vec<(Place, Finding)>, subjects: &[Subject<'_>], evaluated: &BTreeSet<(String, DocumentId)>, today: Day) -> Applied {
    let all: Vec<(&Subject<'_>, Suppression)> =
        subjects.iter().flat_map(|subject| collect(subject).into_iter().map(move |suppression| (subject, suppression))).collect();
    let mut used = vec![false; all.len()];
    let mut applied = Applied::default();
    for (place, finding) in found {
        let mut by: Option<&Suppression> = None;
        let mut over: Option<Day> = None;
        for ((subject, suppression), used) in all.iter().zip(&mut used) {
            let selected = finding.code != RULE && suppression.rules.iter().any(|rule| selects(rule, &finding.code));
            if !selected || suppression.fault.is_some() {
                continue;
            }
            let reach = reach(suppression, &finding, subject);
            *used |= reach != Reach::Nothing;
            if reach != Reach::Whole {
                continue;
            }
            match suppression.until.filter(|until| *until < today) {
                Some(until) => over = over.max(Some(until)),
                None => by = by.or(Some(suppression)),
            }
        }
        if let Some(by) = by {
            applied.suppressed.push(Suppressed { finding, reason: by.reason.clone(), until: by.until, in_text: true });
        } else {
            applied.overdue.extend(over.map(|until| (finding.fingerprint.clone(), until)));
            applied.shown.push((place, finding));
        }
    }
    // A file that is included states the same twice: in its own text and where it is included.
    let elsewhere: BTreeSet<(Vec<String>, String)> = all
        .iter()
        .zip(&used)
        .filter(|(_, used)| **used)
        .map(|((_, suppression), _)| (suppression.rules.clone(), suppression.reason.clone()))
        .collect();
    applied.stale = all
        .into_iter()
        .zip(used)
        .filter_map(|((_, suppression), used)| {
            let used = used || elsewhere.contains(&(suppression.rules.clone(), suppression.reason.clone()));
            problem(&suppression, used, evaluated, today).map(|problem| Stale { suppression, problem })
        })
        .collect();
    applied
}

fn problem(suppression: &Suppression, used: bool, evaluated: &BTreeSet<(String, DocumentId)>, today: Day) -> Option<Problem> {
    if let Some(fault) = suppression.fault {
        return Some(Problem::Fault(fault));
    }
    if let Some(until) = suppression.until.filter(|until| *until < today) {
        return Some(Problem::Expired(until));
    }
    // What did not run can't say that there is nothing.
    let ran = |code: &str| evaluated.contains(&(code.to_owned(), suppression.document));
    let all_ran = suppression.rules.iter().flat_map(|rule| named(rule)).all(ran);
    (!used && all_ran).then_some(Problem::Unused)
}

/// How much of a finding a suppression covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Nothing,
    /// Some members of a group; the others keep it open.
    Part,
    Whole,
}

fn reach(suppression: &Suppression, finding: &Finding, subject: &Subject<'_>) -> Reach {
    let model = subject.graph.model;
    let own: Vec<&Anchor> = finding.anchors.iter().filter(|anchor| anchor.document() == suppression.document).collect();
    let covered: Vec<bool> = own.iter().filter_map(|anchor| covers(&suppression.scope, anchor, model)).collect();
    if !covered.contains(&true) {
        return Reach::Nothing;
    }
    let every = covered.iter().all(|covered| *covered);
    let first = covered.first() == Some(&true);
    let grouping = rules::by_code(&finding.code).map_or(Grouping::PerDiagram, |rule| rule.grouping);
    let whole = match (&suppression.scope, grouping) {
        (Scope::Relation(_), Grouping::Individual) => true,
        (Scope::Element(_) | Scope::Group(_), Grouping::Individual | Grouping::PerSubject) => first,
        // The caller speaks for its calls where all of them are its own.
        (Scope::Element(_) | Scope::Group(_), Grouping::PerCaller) => {
            every || (first && own.iter().all(|anchor| starts_inside(&suppression.scope, anchor, model)))
        }
        _ => every,
    };
    if whole { Reach::Whole } else { Reach::Part }
}

/// Whether the scope covers the anchor; none where the two are of different sorts.
fn covers(scope: &Scope, anchor: &Anchor, model: &Model) -> Option<bool> {
    match (scope, anchor) {
        (Scope::Workspace, _) => Some(true),
        (Scope::Relation(wanted), Anchor::Relation { relation, .. }) => Some(relation == wanted),
        (Scope::Relation(wanted), Anchor::Path { relations, .. }) => Some(relations.contains(wanted)),
        (Scope::Element(_) | Scope::Group(_), Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. }) => {
            Some(is_in(scope, element, model))
        }
        _ => None,
    }
}

fn starts_inside(scope: &Scope, anchor: &Anchor, model: &Model) -> bool {
    match anchor {
        Anchor::Relation { relation, .. } => model.relations.get(relation).is_some_and(|relation| is_in(scope, &relation.source, model)),
        _ => true,
    }
}

fn is_in(scope: &Scope, element: &ElementKey, model: &Model) -> bool {
    match scope {
        Scope::Element(wanted) => element == wanted || model.is_inside(element, wanted),
        Scope::Group(wanted) => {
            let lineage = model.element(element).into_iter().chain(model.ancestors(element));
            lineage.filter_map(|element| element.group.as_ref()).any(|group| {
                let mut next = Some(group);
                let mut left = model.groups.len();
                while let Some(key) = next.filter(|_| left > 0) {
                    if key == wanted {
                        return true;
                    }
                    next = model.groups.get(key).and_then(|group| group.parent.as_ref());
                    left -= 1;
                }
                false
            })
        }
        Scope::Workspace | Scope::Relation(_) => false,
    }
}
