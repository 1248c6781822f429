//! A finding is the same one in the next review, with its state and all that people said about it, whatever was done to the text
//! in between: proven with the edits that people make on the canvas.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::{
    id::FindingId,
    model::{ElementKey, Level, Model},
    review::{
        Change, FindingState,
        diff::{Compared, Known, compare, pairing::Match},
        engine::{Outcome, Settings, review},
        finding::{Anchor, Finding},
        rule::Grouping,
        rules::{
            by_code,
            tests::{
                SETTINGS,
                bases::{BENCHMARK, Base, MAIN, Reviewed, WRITTEN, document_of},
            },
        },
    },
    syntax::{
        apply,
        gesture::{Gesture, Home, Subject},
        structurizr::edit::edit,
    },
};

fn id(number: usize) -> FindingId {
    FindingId::from_uuid(Uuid::from_u128(number as u128))
}

/// What a first review left, each judged by somebody.
fn known(outcome: &Outcome) -> Vec<Known> {
    const STATES: [FindingState; 3] = [FindingState::Accepted, FindingState::Open, FindingState::WontFix];
    let known = |(number, finding): (usize, &Finding)| Known {
        id: id(number),
        finding: finding.clone(),
        state: STATES[number % STATES.len()],
        first_seen: 1,
    };
    outcome.findings.iter().enumerate().map(known).collect()
}

/// The design after a gesture; none where the gesture is refused.
fn after(base: &Base, gesture: &Gesture) -> Option<(Base, Option<Subject>)> {
    let text = base.main()?;
    let outcome = edit(MAIN, text, &base.sources(), gesture).ok()?;
    (!outcome.edits.is_empty()).then(|| (base.with(MAIN, apply(text, &outcome.edits)), outcome.select))
}

fn next(known: &[Known], changed: &Base) -> Vec<Compared> {
    let reading = changed.read();
    compare(known, &reading.review(), &reading.design())
}

/// The sample and the designs with seeded defects.
fn with_findings() -> impl Iterator<Item = &'static Reviewed> {
    WRITTEN.iter().take(1).chain(BENCHMARK.iter().filter(|reviewed| reviewed.outcome.findings.len() > 2).take(4))
}

fn elements(base: &Base) -> Vec<(ElementKey, String, Level)> {
    let reading = base.read();
    let model = reading.main().map(|parsed| parsed.model.clone()).unwrap_or_default();
    model
        .elements
        .values()
        .filter(|element| element.instance_of.is_none())
        .map(|one| (one.key.clone(), one.name.clone(), one.level))
        .collect()
}

fn assert_kept(known: &[Known], compared: &[Compared], what: &str) {
    for known in known {
        let partner = compared.iter().find(|one| one.existing == Some(known.id));
        let kept = partner.is_some_and(|one| one.state == known.state && one.first_seen == Some(1));
        assert!(kept, "{what}: {} is now {:?}", known.finding.title, partner.map(|one| (one.state, one.change)));
    }
    assert_eq!(
        compared.len(),
        known.len(),
        "{what}: {:?}",
        compared.iter().filter(|one| one.existing.is_none()).map(|one| &one.finding.title).collect::<Vec<_>>()
    );
}

#[test]
fn a_rename_on_the_canvas_keeps_every_finding() {
    for Reviewed { base, outcome } in with_findings() {
        let known = known(outcome);
        for (number, (key, name, _)) in elements(base).into_iter().enumerate() {
            let shown = Gesture::Rename { subject: Subject::Element(key.clone()), name: format!("{name} Kalo") };
            let identifier = Gesture::RenameIdentifier { element: key.clone(), identifier: format!("kalo{number}") };
            for gesture in [shown, identifier] {
                if let Some((changed, _)) = after(base, &gesture) {
                    // Records go on calling it by its old name, which is a finding of its own.
                    let compared: Vec<Compared> =
                        next(&known, &changed).into_iter().filter(|one| one.existing.is_some() || one.finding.code != "LNT-Q009").collect();
                    assert_kept(&known, &compared, &format!("{} {gesture:?}", base.name));
                }
            }
        }
    }
}

/// Findings of the later review that are those of the earlier one, by an oracle that knows where each element went.
fn continued<'a>(known: &'a [Known], compared: &'a [Compared], moved: &BTreeMap<ElementKey, ElementKey>) -> Vec<(&'a Known, &'a Compared)> {
    let solid = |finding: &Finding, moved: &BTreeMap<ElementKey, ElementKey>| -> Vec<ElementKey> {
        let key = |anchor: &Anchor| match anchor {
            Anchor::Element { element, .. } => Some(moved.get(element).unwrap_or(element).clone()),
            _ => None,
        };
        finding.anchors.iter().filter_map(key).collect()
    };
    let same = |known: &Known, one: &Compared| {
        known.finding.code == one.finding.code
            && known.finding.key_words() == one.finding.key_words()
            && !solid(&known.finding, moved).is_empty()
            && solid(&known.finding, moved) == solid(&one.finding, &BTreeMap::new())
    };
    known
        .iter()
        .filter_map(|known| {
            let mut all = compared.iter().filter(|one| !matches!(one.change, Change::Fixed | Change::Obsolete) && same(known, one));
            let (first, second) = (all.next()?, all.next());
            second.is_none().then_some((known, first))
        })
        .collect()
}

impl Finding {
    /// What its title says beside names, so that two findings of one rule about one element are told apart.
    fn key_words(&self) -> String {
        self.subjects.iter().fold(self.title.clone(), |title, name| title.replace(name.as_str(), ""))
    }
}

fn homes(model: &Model, of: &ElementKey) -> Vec<Home> {
    let inside = |key: &ElementKey| key == of || model.is_inside(key, of);
    let systems =
        model.elements.values().filter(|one| one.level == Level::System && !inside(&one.key)).map(|one| Home::Element(one.key.clone()));
    let groups = model
        .groups
        .values()
        .filter(|group| group.owner.as_ref().is_some_and(|owner| !inside(owner)))
        .map(|group| Home::Group(group.key.clone()));
    systems.chain(groups).collect()
}

#[test]
fn what_is_moved_on_the_canvas_keeps_its_findings() {
    let (mut pairs, mut by_moved) = (0, 0);
    for Reviewed { base, outcome } in with_findings() {
        let known = known(outcome);
        let model = base.read().main().unwrap().model.clone();
        for (key, _, _) in elements(base).into_iter().filter(|(_, _, level)| *level == Level::Container) {
            for home in homes(&model, &key).into_iter().take(3) {
                let gesture = Gesture::Move { elements: vec![key.clone()], home };
                let Some((changed, Some(Subject::Element(new)))) = after(base, &gesture) else { continue };
                let compared = next(&known, &changed);
                let moved = elements(&changed)
                    .into_iter()
                    .filter_map(|(after, ..)| Some((ElementKey(format!("{key}{}", after.as_str().strip_prefix(new.as_str())?)), after)))
                    .collect();
                for (known, one) in continued(&known, &compared, &moved) {
                    assert_eq!(
                        (one.existing, one.state),
                        (Some(known.id), known.state),
                        "{} {gesture:?}: {}",
                        base.name,
                        known.finding.title
                    );
                    pairs += 1;
                    by_moved += usize::from(one.matched_by == Some(Match::Moved));
                }
            }
        }
    }
    println!("identity | moved on the canvas | {pairs} findings kept, {by_moved} of them by their names alone");
    assert!(pairs > 200 && by_moved > 5, "{pairs} {by_moved}");
}

#[test]
fn what_is_deleted_takes_its_findings_with_it_and_no_others() {
    let mut gone = 0;
    for Reviewed { base, outcome } in with_findings() {
        let known = known(outcome);
        for (key, _, _) in elements(base) {
            let gesture = Gesture::Delete { subjects: vec![Subject::Element(key.clone())] };
            let Some((changed, _)) = after(base, &gesture) else { continue };
            let compared = next(&known, &changed);
            let deleted = |anchor: &Anchor| matches!(anchor, Anchor::Element { element, .. } if *element == key);
            for known in &known {
                let one = compared.iter().find(|one| one.existing == Some(known.id)).unwrap();
                let grouping = by_code(&known.finding.code).unwrap().grouping;
                // A chain goes on without its end.
                let chain = known.finding.anchors.iter().any(|anchor| matches!(anchor, Anchor::Path { .. }));
                let alone = !chain && matches!(grouping, Grouping::Individual | Grouping::PerSubject | Grouping::PerCaller);
                if alone && known.finding.anchors.iter().find(|anchor| matches!(anchor, Anchor::Element { .. })).is_some_and(deleted) {
                    assert_eq!(
                        (one.state, one.change),
                        (FindingState::Obsolete, Change::Obsolete),
                        "{} {gesture:?}: {}",
                        base.name,
                        known.finding.title
                    );
                    gone += 1;
                }
            }
            for (known, one) in continued(&known, &compared, &BTreeMap::new()) {
                assert_eq!((one.existing, one.state), (Some(known.id), known.state), "{} {gesture:?}: {}", base.name, known.finding.title);
            }
        }
    }
    assert!(gone > 10, "{gone}");
}

#[test]
fn a_file_that_is_moved_keeps_its_findings() {
    for Reviewed { base, outcome } in with_findings() {
        let known = known(outcome);
        let mut changed = base.clone();
        changed.files = changed.files.into_iter().map(|(path, text)| (format!("architecture/{path}"), text)).collect();
        // The document is the same, whatever its path.
        let reading = changed.read();
        let mut design = reading.design();
        let before = |path: &str| document_of(path.strip_prefix("architecture/").unwrap());
        design.diagrams.iter_mut().for_each(|one| one.document = before(one.path));
        design.decisions.iter_mut().for_each(|one| one.document = before(one.path));
        let compared = compare(&known, &review(&design, &SETTINGS), &design);
        assert_kept(&known, &compared, &base.name);
    }
}

#[test]
fn what_did_not_run_fixes_nothing() {
    let sketch = Settings { profile: crate::domain::review::Profile::Sketch, ..SETTINGS };
    for Reviewed { base, outcome } in WRITTEN.iter().chain(BENCHMARK.iter()) {
        let known = known(outcome);
        let reading = base.read();
        let whole = reading.design();
        let mut without = whole.clone();
        without.diagrams.clear();
        for (design, settings) in [(&whole, &sketch), (&without, &SETTINGS)] {
            let again = review(design, settings);
            for one in compare(&known, &again, design).iter().filter(|one| one.existing.is_some()) {
                let ran = |document| again.evaluated.contains(&(one.finding.code.clone(), document));
                let documents: Vec<_> = one.finding.anchors.iter().map(Anchor::document).collect();
                if !documents.iter().all(|document| ran(*document)) {
                    let before = known.iter().find(|known| Some(known.id) == one.existing).unwrap();
                    assert_eq!((one.state, one.change), (before.state, Change::NotEvaluated), "{}: {}", base.name, one.finding.title);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_read_fixes_nothing() {
    for Reviewed { base, outcome } in WRITTEN.iter().take(1) {
        let known = known(outcome);
        let text = base.main().unwrap();
        for (key, name, level) in elements(base) {
            if level != Level::Container {
                continue;
            }
            // Somebody is in the middle of typing.
            let changed = base.with(MAIN, text.replacen(&format!("= container \"{name}\""), &format!("= contain \"{name}\""), 1));
            for one in next(&known, &changed).iter().filter(|one| one.existing.is_some()) {
                let about = one.finding.anchors.iter().any(|anchor| matches!(anchor, Anchor::Element { element, .. } if *element == key));
                assert!(
                    !about || !matches!(one.change, Change::Fixed | Change::Obsolete),
                    "{key}: {} is {:?}",
                    one.finding.title,
                    one.change
                );
            }
        }
    }
}
