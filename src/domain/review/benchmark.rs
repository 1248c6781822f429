//! How well the rules tell sound designs from flawed ones: designs with seeded flaws, their repaired twins, and clean designs.
//!
//! `src/designs` holds them, a folder each. A design with flaws has the folders `seeded` and `repaired`, a clean one has
//! `clean`; each of those is a project as an import would bring it. `expected.json` beside them is [`Expected`]. `table`
//! prints what came out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

use crate::domain::{
    bundle::{self, Part},
    decision::{self, Record},
    diagnostic::{Diagnostic, Level, LineIndex},
    id::DocumentId,
    moment::Day,
    review::{
        FindingState, Profile, Verdict,
        engine::{DecisionRecord, Design, Diagram, Outcome, Settings, review},
        finding::{Anchor, Finding, Severity},
        policy, rules,
    },
    syntax::{self, Language, Parsed},
};

pub mod table;

/// The file beside a design's folders.
pub const EXPECTED: &str = "expected.json";
/// Findings that nobody expected are tolerated up to this number, if they are low.
pub const MOST_OUTSIDE: usize = 1;
/// A clean design may get so many findings, if they are low.
pub const MOST_ON_CLEAN: usize = 3;

/// What a design's findings have to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// In words, such as `Shared ledger`.
    pub name: String,
    /// The day of the review, such as `2026-11-21`.
    pub today: String,
    /// Left out: what the text asks for.
    #[serde(default)]
    pub profile: Profile,
    /// Flaws that are in the seeded design. The repaired twin has none of their codes.
    #[serde(default)]
    pub must: Vec<Must>,
    /// Codes that are true as well and no point of the design.
    #[serde(default)]
    pub may: Vec<String>,
    /// What would be wrong to say: of the decoys, of the twin too.
    #[serde(default)]
    pub must_not: Vec<MustNot>,
    /// Texts that no finding repeats, such as a secret.
    #[serde(default)]
    pub never_say: Vec<String>,
    /// More findings than this are too many.
    #[serde(default)]
    pub most: Option<usize>,
    /// The seeded or clean design's verdict, where it matters.
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// What is wrong with the design, what the decoys are, and what the twin does about it.
    pub notes: String,
}

/// A finding that has to be there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Must {
    pub code: String,
    /// The finding points at each of these: an element (`bank.ledger` or `ledger`), a relation (`orders->ledger`), a record's path,
    /// or the name of any of them.
    pub at: Vec<String>,
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// A finding that must not be there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MustNot {
    /// A code, the beginning of codes such as `LNT-X*`, or `*`.
    pub code: String,
    /// As in [`Must`]; empty means anywhere.
    #[serde(default)]
    pub at: Vec<String>,
    /// Milder findings are no error.
    #[serde(default)]
    pub from: Option<Severity>,
}

/// A design of the benchmark.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's name, such as `s01-shared-ledger`.
    pub id: String,
    pub expected: Expected,
    today: Day,
    projects: Projects,
}

/// Files by path.
type Files = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Debug)]
enum Projects {
    Seeded { seeded: Files, repaired: Files },
    Clean(Files),
}

/// Why a folder is no design of the benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misread {
    #[error("{path}: a file outside of every design. Put it in `seeded`, `repaired` or `clean` of a design's folder.")]
    Astray { path: String },
    #[error("{id}: there is no {EXPECTED}. Say in it what the rules must find.")]
    Silent { id: String },
    #[error("{id}/{EXPECTED}: {why}")]
    Expected { id: String, why: String },
    #[error("{id}: a design has either `seeded` and `repaired`, or `clean`, each with files.")]
    Incomplete { id: String },
}

/// Reads the designs from their files, whose paths are relative to the folder of all designs.
///
/// # Errors
/// A file that belongs to no design, or a design whose folder is incomplete or whose expectations can't be read.
pub fn cases(files: &Files) -> Result<Vec<Case>, Misread> {
    let mut designs: BTreeMap<&str, BTreeMap<&str, Files>> = BTreeMap::new();
    let mut expected: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for (path, bytes) in files {
        let astray = || Misread::Astray { path: path.clone() };
        let (id, rest) = path.split_once('/').ok_or_else(astray)?;
        let projects = designs.entry(id).or_default();
        if rest == EXPECTED {
            expected.insert(id, bytes);
        } else {
            let (project, file) = rest.split_once('/').ok_or_else(astray)?;
            if !["seeded", "repaired", "clean"].contains(&project) {
                return Err(astray());
            }
            projects.entry(project).or_default().insert(file.to_owned(), bytes.clone());
        }
    }
    designs
        .into_iter()
        .map(|(id, mut projects)| {
            let read = expected.get(id).ok_or_else(|| Misread::Silent { id: id.to_owned() })?;
            let (expected, today) = read_expected(read).map_err(|why| Misread::Expected { id: id.to_owned(), why })?;
            let projects = match (projects.remove("seeded"), projects.remove("repaired"), projects.remove("clean")) {
                (Some(seeded), Some(repaired), None) if !expected.must.is_empty() => Projects::Seeded { seeded, repaired },
                (None, None, Some(clean)) if expected.must.is_empty() => Projects::Clean(clean),
                _ => return Err(Misread::Incomplete { id: id.to_owned() }),
            };
            Ok(Case { id: id.to_owned(), expected, today, projects })
        })
        .collect()
}

fn read_expected(bytes: &[u8]) -> Result<(Expected, Day), String> {
    let expected: Expected = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let today = Day::parse(&expected.today).ok_or_else(|| format!("`{}` is no day; write it as 2026-11-21", expected.today))?;
    let exact = expected.must.iter().map(|must| &must.code).chain(&expected.may);
    if let Some(code) = exact.into_iter().find(|code| !rules::ALL.iter().any(|rule| rule.code == code.as_str())) {
        return Err(format!("there is no rule `{code}`; write codes in full, such as LNT-B001"));
    }
    if let Some(must_not) = expected.must_not.iter().find(|not| !rules::ALL.iter().any(|rule| covers(&not.code, rule.code))) {
        return Err(format!("`{}` covers no rule; write a code in full, the beginning of codes with a *, or *", must_not.code));
    }
    Ok((expected, today))
}

/// What came out for one design.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub id: String,
    /// How many of the findings that must be there are, and how many there should be.
    pub found: (usize, usize),
    /// Findings that must not be there.
    pub wrong: usize,
    /// Findings that are neither asked for nor tolerated, and the worst of them.
    pub outside: (usize, Option<Severity>),
    pub twin: Option<Twin>,
    /// Findings on a clean design: at medium or above, and low ones.
    pub clean: Option<(usize, usize)>,
    /// Each goal that was missed, in words; none is the goal.
    pub missed: Vec<String>,
    /// All that was shown, for people who want to look: the project, then code, severity, title and where.
    pub shown: Vec<String>,
}

/// What came out for the repaired twin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Twin {
    /// Findings with a code that the repair should have silenced.
    pub kept: usize,
    /// Findings at medium or above.
    pub loud: usize,
    pub low: usize,
}

/// Reviews a design and compares what is found with what is expected.
pub fn score(case: &Case) -> Score {
    let mut score = Score { id: case.id.clone(), ..Score::default() };
    match &case.projects {
        Projects::Seeded { seeded, repaired } => {
            let found = Reviewed::new(seeded, case);
            score.look("seeded", &found, &case.expected);
            score.hits(&found, &case.expected);
            let found = Reviewed::new(repaired, case);
            score.look("repaired", &found, &case.expected);
            score.judge_twin(&found, &case.expected);
        }
        Projects::Clean(clean) => {
            let found = Reviewed::new(clean, case);
            score.look("clean", &found, &case.expected);
            score.judge_clean(&found, &case.expected);
        }
    }
    score
}

impl Score {
    /// What holds for every project of a design: it can be read, decoys are left alone, nothing is told twice.
    fn look(&mut self, project: &str, found: &Reviewed, expected: &Expected) {
        self.shown.extend(found.outcome.findings.iter().map(|finding| format!("{project}: {}", found.tell(finding))));
        self.missed.extend(found.problems.iter().map(|problem| format!("{project} can't be read: {problem}")));
        let mut told = BTreeSet::new();
        for finding in &found.outcome.findings {
            let wrong = expected.must_not.iter().any(|not| {
                covers(&not.code, &finding.code)
                    && not.from.is_none_or(|least| finding.severity >= least)
                    && not.at.iter().all(|place| found.points_at(finding, place))
            });
            let said = expected.never_say.iter().find(|text| says(finding, text));
            let again = !told.insert((&finding.code, &finding.title, &finding.anchors));
            for (is, what) in [
                (wrong, "must not be said".to_owned()),
                (again, "is said twice".to_owned()),
                (said.is_some(), format!("repeats what no finding may say: {}", said.map_or("", String::as_str))),
            ] {
                if is {
                    self.wrong += 1;
                    self.missed.push(format!("{project}: {what}: {}", found.tell(finding)));
                }
            }
        }
        if let Some(most) = expected.most.filter(|most| found.outcome.findings.len() > *most) {
            self.missed.push(format!("{project}: {} findings are shown, {most} are the most", found.outcome.findings.len()));
        }
    }

    fn hits(&mut self, found: &Reviewed, expected: &Expected) {
        let is = |must: &Must, finding: &Finding| must.code == finding.code && must.at.iter().all(|place| found.points_at(finding, place));
        for must in &expected.must {
            let place = if must.at.is_empty() { "anywhere".to_owned() } else { format!("at {}", must.at.join(", ")) };
            let there: Vec<Severity> =
                found.outcome.findings.iter().filter(|finding| is(must, finding)).map(|finding| finding.severity).collect();
            self.found.1 += 1;
            match (there.first(), must.severity) {
                (None, _) => self.missed.push(format!("seeded: {} {place} is not found", must.code)),
                (Some(known), Some(wanted)) if !there.contains(&wanted) => {
                    self.missed.push(format!("seeded: {} {place} should be {} and is {}", must.code, wanted.slug(), known.slug()));
                }
                _ => self.found.0 += 1,
            }
        }
        // A decoy that is not drawn would be left alone by any rule.
        let decoys = expected.must_not.iter().flat_map(|not| &not.at).filter(|place| !found.places.iter().any(|known| known.is(place)));
        self.missed.extend(decoys.map(|place| format!("{EXPECTED}: a must_not is at `{place}`, which is not in the design")));
        let outside: Vec<&Finding> = found
            .outcome
            .findings
            .iter()
            .filter(|finding| !expected.may.contains(&finding.code) && !expected.must.iter().any(|must| is(must, finding)))
            .collect();
        self.outside = (outside.len(), outside.iter().map(|finding| finding.severity).max());
        let loud = outside.iter().filter(|finding| finding.severity >= Severity::Medium);
        let many = outside.iter().filter(|finding| finding.severity < Severity::Medium && outside.len() > MOST_OUTSIDE);
        self.missed.extend(loud.chain(many).map(|finding| format!("seeded: nobody expects {}", found.tell(finding))));
        self.verdict("seeded", found, expected);
    }

    fn judge_twin(&mut self, found: &Reviewed, expected: &Expected) {
        let mut twin = Twin::default();
        for finding in &found.outcome.findings {
            let kept = expected.must.iter().any(|must| must.code == finding.code);
            let loud = finding.severity >= Severity::Medium;
            twin.kept += usize::from(kept);
            twin.loud += usize::from(loud);
            twin.low += usize::from(!loud);
            if kept || loud {
                self.missed.push(format!("repaired: should be gone: {}", found.tell(finding)));
            }
        }
        self.twin = Some(twin);
    }

    fn judge_clean(&mut self, found: &Reviewed, expected: &Expected) {
        let (loud, low): (Vec<&Finding>, Vec<&Finding>) =
            found.outcome.findings.iter().partition(|finding| finding.severity >= Severity::Medium);
        self.clean = Some((loud.len(), low.len()));
        self.missed.extend(loud.iter().map(|finding| format!("clean: nobody expects {}", found.tell(finding))));
        if low.len() > MOST_ON_CLEAN {
            self.missed.extend(low.iter().map(|finding| format!("clean: one of too many: {}", found.tell(finding))));
        }
        self.verdict("clean", found, expected);
    }

    fn verdict(&mut self, project: &str, found: &Reviewed, expected: &Expected) {
        let states: Vec<_> = found.outcome.findings.iter().map(|finding| (finding.severity, FindingState::Open)).collect();
        let verdict = policy::judge(&states, &found.outcome.completeness).verdict;
        if let Some(wanted) = expected.verdict.filter(|wanted| *wanted != verdict) {
            self.missed.push(format!("{project}: the verdict is {}, it should be {}", verdict.slug(), wanted.slug()));
        }
    }
}

/// Something that a finding can point at.
enum Place {
    Element {
        key: String,
        name: String,
    },
    Relation {
        key: String,
    },
    /// A group's key, or a document's path.
    Whole(String),
}

impl Place {
    fn is(&self, place: &str) -> bool {
        match self {
            Self::Element { key, name } => is_element(key, place) || name == place,
            Self::Relation { key } => is_relation(key, place),
            Self::Whole(key) => key == place,
        }
    }
}

/// A reviewed project.
struct Reviewed {
    outcome: Outcome,
    paths: BTreeMap<DocumentId, String>,
    places: Vec<Place>,
    /// What could not be read, with its place.
    problems: Vec<String>,
}

impl Reviewed {
    fn new(files: &Files, case: &Case) -> Self {
        let sorted = bundle::sort(files);
        let sources = bundle::sources(files);
        let text = |path: &str| files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let diagrams: Vec<(String, String, Parsed)> = sorted
            .of(Part::Diagram)
            .map(|path| {
                let text = text(path);
                let language = syntax::language_of(path, &text).unwrap_or(Language::Structurizr);
                let parsed = syntax::parse(language, path, &text, &sources);
                (path.to_owned(), text, parsed)
            })
            .collect();
        let records: Vec<(String, String, Record)> = sorted
            .of(Part::Decision)
            .map(|path| (path.to_owned(), text(path)))
            .map(|(path, text)| {
                let record = decision::parse(&path, &text);
                (path, text, record)
            })
            .collect();
        let mut ids = (1_u128..).map(|number| DocumentId::from_uuid(Uuid::from_u128(number)));
        let (mut design, mut paths, mut problems) = (Design::default(), BTreeMap::new(), sorted.warnings.clone());
        let mut places = Vec::new();
        for ((path, text, parsed), document) in diagrams.iter().zip(&mut ids) {
            paths.insert(document, path.clone());
            problems.extend(errors(path, text, &parsed.diagnostics));
            let model = &parsed.model;
            places
                .extend(model.elements.values().map(|element| Place::Element { key: element.key.to_string(), name: element.name.clone() }));
            places.extend(model.relations.keys().map(|key| Place::Relation { key: key.to_string() }));
            places.extend(model.groups.keys().map(|key| Place::Whole(key.to_string())));
            design.diagrams.push(Diagram { document, path, text, parsed });
        }
        for ((path, text, record), document) in records.iter().zip(&mut ids) {
            paths.insert(document, path.clone());
            problems.extend(errors(path, text, &record.diagnostics));
            design.decisions.push(DecisionRecord { document, path, text, record });
        }
        places.extend(paths.values().map(|path| Place::Whole(path.clone())));
        places.extend(records.iter().map(|(_, _, record)| Place::Whole(record.title.clone())));
        let outcome = review(&design, &Settings { profile: case.expected.profile, today: case.today });
        Self { outcome, paths, places, problems }
    }

    fn tell(&self, finding: &Finding) -> String {
        let places: Vec<String> = finding.anchors.iter().map(|anchor| self.place(anchor)).collect();
        format!("{} {}: {} ({})", finding.code, finding.severity.slug(), finding.title, places.join(", "))
    }

    fn place(&self, anchor: &Anchor) -> String {
        match anchor {
            Anchor::Element { element, .. } => element.to_string(),
            Anchor::Relation { relation, .. } => relation.to_string(),
            Anchor::Path { relations, .. } => relations.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            Anchor::Group { group, .. } => group.to_string(),
            Anchor::Absence { scope, expected, .. } => {
                scope.as_ref().map_or_else(|| expected.clone(), |scope| format!("{scope} without {expected}"))
            }
            Anchor::Text { document, .. } | Anchor::Document { document } => self.paths.get(document).cloned().unwrap_or_default(),
        }
    }

    /// Whether one of the finding's anchors or subjects is what `place` names.
    fn points_at(&self, finding: &Finding, place: &str) -> bool {
        let at = |anchor: &Anchor| match anchor {
            Anchor::Element { element, .. } => is_element(element.as_str(), place),
            Anchor::Relation { relation, .. } => is_relation(relation.as_str(), place),
            Anchor::Path { relations, .. } => relations.iter().any(|relation| is_relation(relation.as_str(), place)),
            Anchor::Group { group, .. } => group.as_str() == place,
            Anchor::Absence { scope, expected, .. } => {
                expected == place || scope.as_ref().is_some_and(|scope| is_element(scope.as_str(), place))
            }
            Anchor::Text { document, .. } | Anchor::Document { document } => {
                self.paths.get(document).is_some_and(|path| path.as_str() == place)
            }
        };
        finding.anchors.iter().any(at) || finding.subjects.iter().any(|subject| subject == place)
    }
}

fn errors(path: &str, text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    let lines = LineIndex::new(text);
    let tell = |diagnostic: &Diagnostic| {
        let place = lines.place(diagnostic.span.start);
        format!("{path}:{}:{}: {}", place.line, place.column, diagnostic.what)
    };
    diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).map(tell).collect()
}

/// Whether a code is meant by a code, the beginning of codes with a star, or a star.
fn covers(pattern: &str, code: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == code, |beginning| code.starts_with(beginning))
}

/// A key by its whole path or its last parts.
fn is_element(key: &str, place: &str) -> bool {
    key.strip_suffix(place).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A key as it is, or `source->target` by the last parts of their keys, whichever of several relations between them it is.
fn is_relation(key: &str, place: &str) -> bool {
    let ends = |text: &str| text.split_once("->").map(|(source, target)| (source.trim().to_owned(), target.trim().to_owned()));
    let any = key.split_once('#').map_or(key, |(ends, _)| ends);
    key == place
        || matches!((ends(any), ends(place)), (Some(known), Some(wanted))
            if is_element(&known.0, &wanted.0) && is_element(&known.1, &wanted.1))
}

fn says(finding: &Finding, text: &str) -> bool {
    let own = [&finding.title, &finding.message, &finding.why, &finding.remedy, &finding.tradeoff];
    let quoted = finding.evidence.iter().flat_map(|evidence| std::iter::once(&evidence.claim).chain(&evidence.quote));
    let listed = finding.severity_reasons.iter().chain(&finding.subjects).chain(&finding.assumptions);
    own.into_iter().chain(quoted).chain(listed).any(|said| said.contains(text))
}

#[cfg(test)]
mod tests;
