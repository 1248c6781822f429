//! Changes that must not matter to what is found: the same findings, the same identities, and where identifiers are new the same
//! partners in the next review.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::domain::{
    id::FindingId,
    review::{
        FindingState,
        diff::{Compared, Known, compare},
        engine::Outcome,
        finding::{Anchor, Finding, Severity},
        rules::tests::bases::{BENCHMARK, Base, Reading, Reviewed, WRITTEN},
    },
};

mod changes;

/// What makes two findings the same to their readers, wherever they are written.
type Claim = (String, Severity, usize);

fn claim(finding: &Finding) -> Claim {
    (finding.fingerprint.to_string(), finding.severity, finding.severity_reasons.len())
}

fn known(outcome: &Outcome) -> Vec<Known> {
    let id = |number: usize| FindingId::from_uuid(Uuid::from_u128(number as u128));
    let known = |(number, finding): (usize, &Finding)| Known {
        id: id(number),
        finding: finding.clone(),
        state: FindingState::Accepted,
        first_seen: 1,
    };
    outcome.findings.iter().enumerate().map(known).collect()
}

/// How many findings there were, and how many of them are the same or were found again.
#[derive(Default)]
struct Figures {
    designs: usize,
    findings: usize,
    kept: usize,
    problems: Vec<String>,
}

impl Figures {
    fn share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = self.kept as f64 / (self.findings.max(1)) as f64;
        share
    }

    fn print(&self, what: &str) {
        println!(
            "metamorphic | {what:28} | {:4} designs | {:5} findings | {:5} kept | {:.4}",
            self.designs,
            self.findings,
            self.kept,
            self.share()
        );
        for problem in self.problems.iter().take(40) {
            println!("  {problem}");
        }
    }
}

/// Rules whose finding is about a whole text: its path is a part of the identity.
const OF_A_TEXT: [&str; 2] = ["LNT-X008", "LNT-Q010"];

/// Identities, severities and states stay.
fn unmoved(what: &str, change: fn(&Base) -> Option<Base>, bases: &[&Reviewed]) -> Figures {
    let mut figures = Figures::default();
    for Reviewed { base, outcome } in bases {
        let Some(changed) = change(base) else { continue };
        let reading = changed.read();
        let again = reading.review();
        assert_eq!(
            outcome.completeness.broken.len(),
            again.completeness.broken.len(),
            "{what} breaks {}\n{}",
            base.name,
            changes::printed(&changed)
        );
        let (before, after): (BTreeSet<Claim>, BTreeSet<Claim>) =
            (outcome.findings.iter().map(claim).collect(), again.findings.iter().map(claim).collect());
        figures.designs += 1;
        figures.findings += before.len();
        figures.kept += before.intersection(&after).count();
        let compared = compare(&known(outcome), &again, &reading.design());
        let goes_on = |number: usize| {
            let id = FindingId::from_uuid(Uuid::from_u128(number as u128));
            compared.iter().find(|one| one.existing == Some(id) && one.state == FindingState::Accepted)
        };
        let mut went = BTreeSet::new();
        for (number, finding) in outcome.findings.iter().enumerate() {
            match goes_on(number) {
                Some(one) if one.finding.fingerprint == finding.fingerprint => {}
                // A finding about a text goes where the text goes, and keeps what people said of it.
                Some(one) if OF_A_TEXT.contains(&finding.code.as_str()) && one.finding.severity == finding.severity => {
                    went.extend([claim(finding), claim(&one.finding)]);
                    figures.kept += 1;
                }
                _ => figures.problems.push(format!("{}: {} loses its state", base.name, finding.title)),
            }
        }
        for (gone, sign, all) in [(&before, '-', outcome), (&after, '+', &again)] {
            let other = if sign == '-' { &after } else { &before };
            for claim in gone.difference(other).filter(|claim| !went.contains(claim)) {
                let finding = all.findings.iter().find(|finding| finding.fingerprint.0 == claim.0).unwrap();
                figures.problems.push(format!("{}: {sign} {} {} {:?}", base.name, finding.code, finding.title, claim));
            }
        }
    }
    figures.print(what);
    figures
}

/// Findings of the earlier review that have their own partner in the later one, by an oracle that knows what became of it.
fn matched(what: &str, change: fn(&Base) -> Option<Base>, bases: &[&Reviewed]) -> Figures {
    let mut figures = Figures::default();
    for Reviewed { base, outcome } in bases {
        let Some(changed) = change(base) else { continue };
        let (old, new) = (base.read(), changed.read());
        let again = new.review();
        assert_eq!(
            outcome.completeness.broken.len(),
            again.completeness.broken.len(),
            "{what} breaks {}\n{}",
            base.name,
            changes::printed(&changed)
        );
        let oracle = Oracle::new(&old, &new);
        let compared = compare(&known(outcome), &again, &new.design());
        figures.designs += 1;
        figures.findings += outcome.findings.len();
        for (number, finding) in outcome.findings.iter().enumerate() {
            let id = FindingId::from_uuid(Uuid::from_u128(number as u128));
            match compared.iter().find(|one| one.existing == Some(id)) {
                Some(one) if oracle.is_same(finding, one) => figures.kept += 1,
                found => figures.problems.push(format!(
                    "{}: {} {} {:?}",
                    base.name,
                    finding.code,
                    finding.title,
                    found.map(|one| (one.change, &one.finding.title))
                )),
            }
        }
        let mut severities: [Vec<(&str, Severity)>; 2] =
            [outcome, &again].map(|outcome| outcome.findings.iter().map(|finding| (finding.code.as_str(), finding.severity)).collect());
        for all in &mut severities {
            all.sort();
        }
        if severities[0] != severities[1] {
            figures.problems.push(format!("{}: another set of findings {severities:?}", base.name));
        }
    }
    figures.print(what);
    figures
}

/// Knows what became of everything that findings point at.
struct Oracle {
    elements: BTreeMap<Anchor, Anchor>,
}

impl Oracle {
    fn new(old: &Reading<'_>, new: &Reading<'_>) -> Self {
        let mut elements = BTreeMap::new();
        for ((path, before), (_, after)) in old.diagrams.iter().zip(&new.diagrams) {
            let document = super::bases::document_of(path);
            let (keys, relations) = changes::keys(&before.model, &after.model);
            elements.extend(
                keys.into_iter().map(|(old, new)| (Anchor::Element { document, element: old }, Anchor::Element { document, element: new })),
            );
            elements.extend(
                relations
                    .into_iter()
                    .map(|(old, new)| (Anchor::Relation { document, relation: old }, Anchor::Relation { document, relation: new })),
            );
        }
        Self { elements }
    }

    fn is_same(&self, old: &Finding, compared: &Compared) -> bool {
        let solid = |anchor: &&Anchor| matches!(anchor, Anchor::Element { .. } | Anchor::Relation { .. });
        let became: BTreeSet<&Anchor> =
            old.anchors.iter().filter(solid).map(|anchor| self.elements.get(anchor).unwrap_or(anchor)).collect();
        let is: BTreeSet<&Anchor> = compared.finding.anchors.iter().filter(solid).collect();
        old.code == compared.finding.code && became == is && compared.state == FindingState::Accepted
    }
}

fn written() -> Vec<&'static Reviewed> {
    WRITTEN.iter().collect()
}

fn every() -> Vec<&'static Reviewed> {
    WRITTEN.iter().chain(BENCHMARK.iter()).collect()
}

fn assert_all(figures: &Figures) {
    assert!(figures.findings > 0 && figures.problems.is_empty(), "{} problems: {:#?}", figures.problems.len(), figures.problems);
}

#[test]
fn other_names() {
    assert_all(&unmoved("other names", changes::names, &written()));
}

#[test]
fn another_order() {
    assert_all(&unmoved("another order", changes::order, &written()));
}

#[test]
fn another_layout() {
    assert_all(&unmoved("another layout", changes::layout, &written()));
}

#[test]
fn other_files() {
    assert_all(&unmoved("other files", changes::files, &every()));
}

#[test]
fn something_beside_it() {
    assert_all(&unmoved("something beside it", changes::addition, &written()));
}

#[test]
fn all_of_it_on_the_benchmark() {
    let figures = unmoved("all of it", changes::all_together, &BENCHMARK.iter().collect::<Vec<_>>());
    assert!(figures.problems.is_empty(), "{:#?}", figures.problems);
}

#[test]
fn other_identifiers() {
    let figures = matched("other identifiers", changes::identifiers, &every());
    assert_all(&figures);
}

#[test]
fn other_boundaries() {
    let figures = matched("other boundaries", changes::boundaries, &every());
    assert_all(&figures);
}

/// A re-import after somebody has also renamed everything: identifiers and names are new. Only the shape is left.
#[test]
fn other_names_and_identifiers() {
    let both = |base: &Base| changes::names(base).and_then(|base| changes::identifiers(&base));
    let figures = matched("other names and identifiers", both, &every());
    assert!(figures.share() >= 0.98, "{:#?}", figures.problems);
}
