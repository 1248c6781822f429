//! The sample with facts that nobody would have thought of, in both languages: whatever is found then, its fixes hold.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    model::facts::catalogue::{self, FACTS},
    syntax::gesture::{Gesture, Subject},
};

/// Fixes of so many findings are looked at in each case.
const LOOKED_AT: usize = 5;

/// States a fact, if the text can say it.
fn state(path: &str, text: &str, (fact, subject, value): (usize, usize, usize)) -> Option<String> {
    let language = syntax::language_of(path, text)?;
    let model = syntax::parse(language, path, text, &Sources::new()).model;
    let about = FACTS.get(fact % FACTS.len()).filter(|about| !["kind", "stage", "profile", "direction"].contains(&about.name))?;
    let of_relation = about.subjects.contains(&catalogue::Subject::Relation) && (subject % 2 == 0 || about.subjects.len() == 1);
    let subject = if of_relation {
        let relations: Vec<_> = model.relations.values().filter(|relation| relation.implied_by.is_none()).collect();
        Subject::Relation(relations.get(subject % relations.len())?.key.clone())
    } else {
        Subject::Element(model.elements.get_index(subject % model.elements.len())?.0.clone())
    };
    let value = if value % 2 == 0 { Some("no") } else { about.values.get(value % about.values.len().max(1)).copied() };
    let gesture = Gesture::SetProperty { subject, name: about.name.to_owned(), value: value.map(str::to_owned) };
    let edits = syntax::edit(language, path, text, &Sources::new(), &gesture).ok()?.edits;
    Some(syntax::apply(text, &edits))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn fixes_hold_whatever_is_stated(
        facts in prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 10..40),
        first in any::<usize>(),
        flowchart in any::<bool>(),
    ) {
        let mut project = sample::project();
        let (path, text) = project.diagrams[0].clone();
        let (path, mut text) = if flowchart {
            let model = syntax::parse(Language::Structurizr, &path, &text, &Sources::new()).model;
            ("workspace.mmd".to_owned(), syntax::mermaid::print::print_model(&model).text)
        } else {
            (path, text)
        };
        for fact in facts {
            text = state(&path, &text, fact).unwrap_or(text);
        }
        project.diagrams = vec![(path, text)];
        let outcome = project.outcome();
        let count = outcome.findings.len();
        for at in (0..LOOKED_AT.min(count)).map(|at| first.wrapping_add(at * count / LOOKED_AT) % count) {
            let finding = &outcome.findings[at];
            for fix in project.fixes(finding) {
                let faults = faults(&project, &outcome, finding, &fix);
                prop_assert!(faults.is_empty(), "{}\n{:#?}\n{}", faults.join("\n"), lines(&fix), project.diagrams[0].1);
                let less = |brought: &Brought| brought.severity < finding.severity;
                prop_assert!(fix.class == FixClass::Safe || fix.outlook.brings.iter().all(less), "{:?}", fix.outlook);
            }
        }
    }
}
