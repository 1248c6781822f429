//! What is written is read again without loss.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::{model::Model, scene::text::clean, syntax::c4::outline::outline};

fn check(model: &Model, view: &View) -> Vec<String> {
    let written = print(model, view);
    let read = import(&written.text);
    let mut wrong = samples::differences(model, view, &read, true);
    // Relations with the same ends are one arrow.
    let outline = outline(model, view);
    let mut expected: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for arrow in outline.arrows.iter().filter(|arrow| arrow.from != arrow.to) {
        let technology = arrow.relation.technology.as_deref().map(clean).unwrap_or_default();
        expected.entry((arrow.from.clone(), arrow.to.clone())).or_default().extend([arrow.label.clone(), technology]);
    }
    let alias = |key: &ElementKey| read.model.elements[key].identifier.clone().unwrap_or_default();
    let got: Vec<(String, String)> = if outline.dynamic {
        let ends = |relation: &crate::domain::model::Relation, back: bool| {
            if back { (alias(&relation.target), alias(&relation.source)) } else { (alias(&relation.source), alias(&relation.target)) }
        };
        read.model.views[0].steps.iter().map(|step| ends(&read.model.relations[&step.relation], step.response)).collect()
    } else {
        read.model.relations.values().map(|relation| (alias(&relation.source), alias(&relation.target))).collect()
    };
    if got.iter().collect::<BTreeSet<_>>() != expected.keys().collect::<BTreeSet<_>>() || got.len() != expected.len() {
        wrong.push(format!("arrows {got:?} in place of {:?}", expected.keys()));
    }
    for relation in read.model.relations.values().filter(|_| !outline.dynamic) {
        let texts = format!("{} {}", relation.description.as_deref().unwrap_or(""), relation.technology.as_deref().unwrap_or(""));
        let ends = (alias(&relation.source), alias(&relation.target));
        wrong.extend(
            expected
                .get(&ends)
                .into_iter()
                .flatten()
                .filter(|text| !texts.contains(text.as_str()))
                .map(|text| format!("{text:?} is not in {texts:?}")),
        );
    }
    if !wrong.is_empty() {
        wrong.push(written.text);
    }
    wrong
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_models_come_back(model in samples::models()) {
        let wrong = check(&model, &model.views[0]);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn exports_hold_nothing_but_their_own_statements(model in samples::models()) {
        let written = print(&model, &model.views[0]).text;
        for (number, line) in written.lines().enumerate() {
            let word = line.trim().split(['(', ' ']).next().unwrap_or("");
            let known = (number == 0 && word.starts_with("C4")) || word == "title" || word == "}" || catalogue::classify(word).is_some();
            prop_assert!(known, "{}", line);
            prop_assert!(line.matches('"').count() % 2 == 0 && !line.contains("%%"), "{}", line);
        }
    }
}

#[test]
fn every_view_of_the_corpus_comes_back() {
    let Some(workspaces) = samples::workspaces() else { return };
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, model) in &workspaces {
        for view in &model.views {
            count += 1;
            let found = check(model, view);
            if !found.is_empty() {
                wrong.push(format!("{path} {}: {}", view.key, found.join("\n")));
            }
        }
    }
    println!("{count} views, {} wrong", wrong.len());
    assert!(count > 40 && wrong.is_empty(), "{}", wrong.join("\n"));
}
