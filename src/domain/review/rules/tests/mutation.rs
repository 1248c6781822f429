//! Mutants: designs with one defect made on purpose. Each must be found, where it is, and nothing else that matters.
//!
//! An operator says where it can be applied, what it changes, and which other findings truly follow from that. The bases are
//! the examples that pass and the clean designs of the benchmark. `cargo test --release -- mutation --nocapture` tries every
//! place and prints what came of it, rule by rule.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::LazyLock,
};

use crate::domain::{
    decision::Record,
    id::DocumentId,
    model::{Element, ElementKey, Model, RelationKey},
    review::{
        engine::Outcome,
        finding::{Anchor, Category, Finding, Fingerprint, Severity},
        graph::Edge,
        rules::{
            self, by_code,
            tests::{
                bases::{BENCHMARK, Base, Reading, Reviewed, WRITTEN, document_of},
                mutation::view::{Editor, View},
            },
        },
    },
};

mod boundaries;
mod communication;
mod data;
mod decisions;
mod hygiene;
mod observability;
mod operations;
mod reliability;
mod scalability;
mod security;
mod simplicity;
mod statements;
pub(super) mod view;

/// A part of the place where an operator is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    One,
    Other,
    /// The relation, and its ends from the initiator to the target.
    Call,
    Source,
    Target,
    /// The second one that [`Do::Twin`] makes.
    Twin,
}

/// One change of a text.
pub(super) enum Do {
    /// Facts, separated by `;`: `name value` states one, `-name` takes it away.
    State(Who, &'static str),
    /// The same for the workspace.
    Design(&'static str),
    Technology(Who, Option<&'static str>),
    Describe(Who, &'static str),
    Delete(Who),
    /// Statements at the end of the model; `{one}`, `{source}` and so on stand for what the place calls so.
    Add(String),
    /// Statements beside an element, inside the same boundaries; `{+}` is the path to what stands there.
    Beside(Who, String),
    /// Statements inside an element's block.
    Inside(Who, &'static str),
    /// Another element just like it, without relations.
    Twin(Who),
    /// The place's relation the other way round.
    Turn,
    Text(fn(&str) -> Option<String>),
    /// The place's decision record.
    Record(fn(&str) -> Option<String>),
    /// `{record}` and `{title}` stand for the place's record.
    NewRecord(&'static str, String),
}

type OfElement = Box<dyn for<'a> Fn(&View<'a>, &'a Element) -> bool>;
type OfPair = Box<dyn for<'a> Fn(&View<'a>, &'a Element, &'a Element) -> bool>;
type OfCall = Box<dyn for<'a> Fn(&View<'a>, &Edge<'a>) -> bool>;
type OfCallAnd = Box<dyn for<'a> Fn(&View<'a>, &Edge<'a>, &'a Element) -> bool>;
type OfDesign = Box<dyn Fn(&View<'_>) -> bool>;
type Several = Box<dyn Fn(&View<'_>) -> Vec<Vec<ElementKey>>>;
type OfRecord = Box<dyn Fn(&View<'_>, &Record, &str) -> bool>;

/// Where an operator can be applied.
pub(super) enum At {
    Element(OfElement),
    Pair(OfPair),
    Call(OfCall),
    /// A relation, and an element that takes no part in it.
    CallAnd(OfCallAnd),
    Design(OfDesign),
    /// Some elements together.
    Several(Several),
    Record(OfRecord),
}

pub(super) fn element(fits: impl for<'a> Fn(&View<'a>, &'a Element) -> bool + 'static) -> At {
    At::Element(Box::new(fits))
}

/// Every service, worker and the like that is no whole system.
pub(super) fn programs() -> At {
    element(|v, e| v.plain(e) && v.compute(e))
}

pub(super) fn pair(fits: impl for<'a> Fn(&View<'a>, &'a Element, &'a Element) -> bool + 'static) -> At {
    At::Pair(Box::new(fits))
}

pub(super) fn call(fits: impl for<'a> Fn(&View<'a>, &Edge<'a>) -> bool + 'static) -> At {
    At::Call(Box::new(fits))
}

pub(super) fn call_and(fits: impl for<'a> Fn(&View<'a>, &Edge<'a>, &'a Element) -> bool + 'static) -> At {
    At::CallAnd(Box::new(fits))
}

pub(super) fn design(fits: impl Fn(&View<'_>) -> bool + 'static) -> At {
    At::Design(Box::new(fits))
}

pub(super) fn several(choose: impl Fn(&View<'_>) -> Vec<Vec<ElementKey>> + 'static) -> At {
    At::Several(Box::new(choose))
}

pub(super) fn record(fits: impl Fn(&View<'_>, &Record, &str) -> bool + 'static) -> At {
    At::Record(Box::new(fits))
}

/// A way to make one defect.
pub(super) struct Operator {
    /// `R002`.
    rule: &'static str,
    what: &'static str,
    at: At,
    make: Vec<Do>,
    /// Codes that truly follow from the change, each with the reason.
    follows: Vec<(&'static str, &'static str)>,
}

pub(super) fn op(rule: &'static str, what: &'static str, at: At, make: Vec<Do>) -> Operator {
    Operator { rule, what, at, make, follows: Vec::new() }
}

impl Operator {
    pub(super) fn follows(mut self, code: &'static str, reason: &'static str) -> Self {
        self.follows.push((code, reason));
        self
    }
}

/// One place in one design.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    one: Option<ElementKey>,
    other: Option<ElementKey>,
    call: Option<RelationKey>,
    ends: Vec<ElementKey>,
    record: Option<String>,
    /// Further elements; texts call them `{1}`, `{2}` and so on.
    more: Vec<ElementKey>,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.one.iter().chain(&self.other).chain(&self.more).map(ElementKey::as_str);
        let parts: Vec<&str> = self.call.iter().map(RelationKey::as_str).chain(parts).chain(self.record.as_deref()).collect();
        f.write_str(&parts.join(", "))
    }
}

/// So many places of a design are tried; all of them where the program is optimised.
const SITES: usize = if cfg!(debug_assertions) { 1 } else { usize::MAX };

fn sites(at: &At, view: &View<'_>, number: usize) -> Vec<Site> {
    let call = |edge: &Edge<'_>| Site {
        call: Some(edge.relation.key.clone()),
        ends: vec![view.source(edge).key.clone(), view.target(edge).key.clone()],
        ..Site::default()
    };
    let one = |element: &Element| Site { one: Some(element.key.clone()), ..Site::default() };
    let mut all: Vec<Site> = match at {
        At::Element(fits) => view.elements().filter(|element| fits(view, element)).map(one).collect(),
        At::Pair(fits) => view
            .elements()
            .flat_map(|left| view.elements().filter(|right| right.key != left.key).map(move |right| (left, right)))
            .filter(|(left, right)| fits(view, left, right))
            .map(|(left, right)| Site { other: Some(right.key.clone()), ..one(left) })
            .collect(),
        At::Call(fits) => view.edges().filter(|edge| fits(view, edge)).map(call).collect(),
        At::CallAnd(fits) => view
            .edges()
            .flat_map(|edge| view.elements().map(move |element| (edge, element)))
            .filter(|(edge, element)| ![edge.source, edge.target].contains(&view.index(element)) && fits(view, edge, element))
            .map(|(edge, element)| Site { other: Some(element.key.clone()), ..call(edge) })
            .collect(),
        At::Design(fits) => fits(view).then(Site::default).into_iter().collect(),
        At::Several(choose) => choose(view).into_iter().map(|more| Site { more, ..Site::default() }).collect(),
        At::Record(fits) => view
            .reading
            .decisions
            .iter()
            .filter(|(path, record)| fits(view, record, &view.base.files[*path]))
            .map(|(path, _)| Site { record: Some((*path).to_owned()), ..Site::default() })
            .collect(),
    };
    // Not the same one for every operator.
    let first = number % all.len().max(1);
    all.rotate_left(first);
    all.truncate(SITES);
    all
}

/// What a mutant's place is made of.
struct Place {
    elements: BTreeSet<ElementKey>,
    relations: BTreeSet<RelationKey>,
    documents: BTreeSet<DocumentId>,
}

impl Place {
    fn new(site: &Site, changed: &Base, view: &View<'_>, mutant: &Model) -> Self {
        let mut elements: BTreeSet<ElementKey> = site.one.iter().chain(&site.other).chain(&site.ends).chain(&site.more).cloned().collect();
        elements.extend(mutant.elements.keys().filter(|key| view.model().element(key).is_none()).cloned());
        let changed = changed.files.iter().filter(|(path, text)| view.base.files.get(*path) != Some(*text));
        let documents = changed.map(|(path, _)| document_of(path)).collect();
        Self { elements, relations: site.call.iter().cloned().collect(), documents }
    }

    fn holds(&self, finding: &Finding, mutant: &Model) -> bool {
        // Nothing but the design as a whole, or a record.
        if self.elements.is_empty() && self.relations.is_empty() {
            return finding.anchors.iter().any(|anchor| self.documents.contains(&anchor.document()));
        }
        let relation = |key: &RelationKey| {
            let ends = mutant.relations.get(key).map(|relation| [&relation.source, &relation.target]);
            self.relations.contains(key) || ends.is_some_and(|ends| ends.iter().any(|end| self.elements.contains(*end)))
        };
        finding.anchors.iter().any(|anchor| match anchor {
            Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. } => {
                self.elements.contains(element) || mutant.ancestors(element).any(|around| self.elements.contains(&around.key))
            }
            Anchor::Relation { relation: key, .. } => relation(key),
            Anchor::Path { relations, .. } => relations.iter().any(relation),
            Anchor::Absence { scope: None, .. } | Anchor::Document { .. } | Anchor::Text { .. } | Anchor::Group { .. } => true,
        })
    }
}

/// What became of one rule's mutants.
#[derive(Clone, Copy, Default)]
struct Row {
    operators: usize,
    mutants: usize,
    killed: usize,
    side: usize,
}

/// A design that mutants are made of.
struct Prepared {
    reviewed: &'static Reviewed,
    reading: Reading<'static>,
}

static EMPTY: LazyLock<Model> = LazyLock::new(Model::default);

static CLEAN: LazyLock<Vec<Prepared>> = LazyLock::new(|| {
    let clean = BENCHMARK.iter().filter(|reviewed| reviewed.base.name.ends_with("/clean"));
    clean.map(|reviewed| Prepared { reviewed, reading: reviewed.base.read() }).collect()
});

type Signature<'a> = (&'a Fingerprint, Severity, &'a [Anchor]);

fn signature(finding: &Finding) -> Signature<'_> {
    (&finding.fingerprint, finding.severity, &finding.anchors)
}

struct Trial<'a> {
    operator: &'a Operator,
    code: String,
    view: &'a View<'a>,
    before: &'a Outcome,
}

impl Trial<'_> {
    /// Whether the mutant is killed, and which findings beside it matter.
    fn run(&self, site: &Site, log: &mut Vec<String>) -> Option<(bool, usize)> {
        let changed = Editor::new(self.view, site).make(&self.operator.make)?;
        let reading = changed.read();
        let after = reading.review();
        let name = format!("{} {} | {} | {site}", self.code, self.operator.what, self.view.base.name);
        if self.before.completeness.broken != after.completeness.broken {
            log.push(format!("BROKEN {name}: {:?}", after.completeness.broken));
            return Some((false, 0));
        }
        let known: BTreeSet<Signature<'_>> = self.before.findings.iter().map(signature).collect();
        let mutant = reading.main().map_or(&*EMPTY, |parsed| &parsed.model);
        let place = Place::new(site, &changed, self.view, mutant);
        let killed = after
            .findings
            .iter()
            .any(|finding| finding.code == self.code && !known.contains(&signature(finding)) && place.holds(finding, mutant));
        let before: BTreeMap<&Fingerprint, Severity> =
            self.before.findings.iter().map(|finding| (&finding.fingerprint, finding.severity)).collect();
        let side: Vec<&Finding> = after
            .findings
            .iter()
            .filter(|finding| finding.code != self.code && finding.severity >= Severity::Medium)
            .filter(|finding| before.get(&finding.fingerprint).is_none_or(|severity| *severity < finding.severity))
            .filter(|finding| !self.operator.follows.iter().any(|(code, _)| finding.code.ends_with(code)))
            .collect();
        if !killed {
            log.push(format!("SURVIVED {name}"));
        }
        for finding in &side {
            log.push(format!("SIDE {name}: {} {:?} {}", finding.code, finding.severity, finding.title));
        }
        Some((killed, side.len()))
    }
}

/// Makes all mutants of a category's rules, and prints what became of them.
fn run(category: Category, operators: &[Operator]) {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut log = Vec::new();
    let mut unused = Vec::new();
    let views: Vec<(&Prepared, View<'_>)> =
        CLEAN.iter().map(|clean| (clean, View::new(&clean.reviewed.base, &clean.reading, &EMPTY))).collect();
    for (number, operator) in operators.iter().enumerate() {
        let rule = by_code(operator.rule).unwrap();
        assert_eq!(rule.category, category, "{}", operator.rule);
        let row = rows.entry(rule.code).or_default();
        row.operators += 1;
        let before = row.mutants;
        let mut attempt = |view: &View<'_>, reviewed: &Reviewed| {
            let outcome = &reviewed.outcome;
            if !outcome.completeness.rules_run.iter().any(|code| code == rule.code) {
                return;
            }
            let trial = Trial { operator, code: rule.code.to_owned(), view, before: outcome };
            for site in sites(&operator.at, view, number) {
                if let Some((killed, side)) = trial.run(&site, &mut log) {
                    row.mutants += 1;
                    row.killed += usize::from(killed);
                    row.side += side;
                }
            }
        };
        let start = format!("{} passes", rule.code);
        for reviewed in WRITTEN.iter().filter(|reviewed| reviewed.base.name.starts_with(&start)) {
            let reading = reviewed.base.read();
            attempt(&View::new(&reviewed.base, &reading, &EMPTY), reviewed);
        }
        for (prepared, view) in &views {
            attempt(view, prepared.reviewed);
        }
        if row.mutants == before {
            unused.push(format!("{} {}", operator.rule, operator.what));
        }
    }
    println!("mutation | rule     | operators | mutants | killed | side findings");
    for (code, row) in &rows {
        println!("mutation | {code} | {:9} | {:7} | {:6} | {:4}", row.operators, row.mutants, row.killed, row.side);
    }
    for line in log.iter().chain(&unused) {
        println!("{line}");
    }
    assert!(unused.is_empty(), "nowhere to be applied: {unused:#?}");
    for rule in rules::ALL.iter().filter(|rule| rule.category == category) {
        let operators = rows.get(rule.code).map_or(0, |row| row.operators);
        assert!(operators >= 3, "{} has {operators} operators", rule.code);
    }
    let sum = |of: fn(&Row) -> usize| rows.values().map(of).sum::<usize>();
    let (mutants, killed, side) = (sum(|row| row.mutants), sum(|row| row.killed), sum(|row| row.side));
    assert!(killed * 100 >= mutants * 98, "{killed} of {mutants} mutants are killed");
    assert_eq!(side, 0, "findings beside the defect");
}

#[test]
fn model_hygiene() {
    run(Category::Model, &hygiene::operators());
}

#[test]
fn boundaries_and_coupling() {
    run(Category::Boundaries, &boundaries::operators());
}

#[test]
fn data_and_consistency() {
    run(Category::Data, &data::operators());
}

#[test]
fn communication_and_interfaces() {
    run(Category::Communication, &communication::operators());
}

#[test]
fn scalability_of_all() {
    run(Category::Scalability, &scalability::operators());
}

#[test]
fn reliability_of_all() {
    run(Category::Reliability, &reliability::operators());
}

#[test]
fn observability_of_all() {
    run(Category::Observability, &observability::operators());
}

#[test]
fn security_of_all() {
    run(Category::Security, &security::operators());
}

#[test]
fn deployment_and_operations() {
    run(Category::Operations, &operations::operators());
}

#[test]
fn decision_quality() {
    run(Category::Decisions, &decisions::operators());
}

#[test]
fn simplicity_of_all() {
    run(Category::Simplicity, &simplicity::operators());
}
