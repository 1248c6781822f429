//! Every gesture on generated workspaces and on real files, judged by the oracle.

use std::collections::BTreeMap;

use proptest::{prelude::*, strategy::ValueTree as _};

use super::{
    generate::{Choices, workspace},
    oracle::judge,
    *,
};
use crate::domain::{
    model::{Level, Model},
    syntax::parse,
};

/// A gesture of each sort, on subjects that the bytes choose.
fn gestures(model: &Model, choices: &mut Choices<'_>) -> Vec<Gesture> {
    let elements: Vec<ElementKey> = model.elements.keys().cloned().collect();
    if elements.is_empty() {
        return Vec::new();
    }
    let relations: Vec<RelationKey> =
        model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation.key.clone()).collect();
    let groups: Vec<GroupKey> = model.groups.keys().cloned().collect();
    let views: Vec<String> = model.views.iter().map(|view| view.key.clone()).collect();
    let any = |choices: &mut Choices<'_>| elements[choices.below(elements.len())].clone();
    let home_of = |key: &ElementKey| {
        let element = &model.elements[key];
        match (&element.group, &element.parent) {
            (Some(group), _) => Home::Group(group.clone()),
            (None, Some(parent)) => Home::Element(parent.clone()),
            (None, None) => Home::Top,
        }
    };
    let mut all = Vec::new();
    let value = |choices: &mut Choices<'_>| choices.often().then(|| format!("New \"{}\"", choices.below(100)));
    for _ in 0..2 {
        let element = any(choices);
        let subject = match choices.below(3) {
            0 if !relations.is_empty() => Subject::Relation(relations[choices.below(relations.len())].clone()),
            _ => Subject::Element(any(choices)),
        };
        all.push(Gesture::Rename { subject: Subject::Element(element.clone()), name: "Quite \"new\" {".to_owned() });
        all.push(Gesture::Rename { subject: subject.clone(), name: "Another".to_owned() });
        all.push(Gesture::Name { element: any(choices), name: "Freshly named".to_owned() });
        all.push(Gesture::RenameIdentifier { element: any(choices), identifier: "fresh_one".to_owned() });
        all.push(Gesture::Describe { subject: subject.clone(), description: value(choices) });
        all.push(Gesture::SetTechnology { subject: subject.clone(), technology: value(choices) });
        let name = ["owner", "slo", "timeout", "Some name"][choices.below(4)].to_owned();
        all.push(Gesture::SetProperty { subject: subject.clone(), name: name.clone(), value: value(choices) });
        all.push(Gesture::SetProperty { subject: Subject::Workspace, name, value: value(choices) });
        all.push(Gesture::SetKind { element: any(choices), kind: Kind::ALL[choices.below(Kind::ALL.len())] });
        let home = if choices.below(3) == 0 { home_of(&any(choices)) } else { Home::Element(any(choices)) };
        let view = (!views.is_empty() && choices.often()).then(|| views[choices.below(views.len())].clone());
        all.push(Gesture::Add { kind: Kind::ALL[choices.below(Kind::ALL.len())], name: "Brand new".to_owned(), home, view });
        all.push(Gesture::Connect { source: any(choices), target: any(choices), description: value(choices), technology: value(choices) });
        if !relations.is_empty() {
            let relation = relations[choices.below(relations.len())].clone();
            let old = &model.relations[&relation];
            let (source, target) =
                if choices.below(2) == 0 { (any(choices), old.target.clone()) } else { (old.source.clone(), any(choices)) };
            all.push(Gesture::Reconnect { relation, source, target });
        }
        all.push(Gesture::Delete { subjects: vec![subject, Subject::Element(any(choices))] });
        all.push(Gesture::Delete { subjects: vec![Subject::Element(element.clone())] });
        all.push(Gesture::Duplicate { elements: vec![any(choices)] });
        let moved = any(choices);
        let like = elements.iter().filter(|key| model.elements[*key].level == model.elements[&moved].level).collect::<Vec<_>>();
        let home = home_of(like[choices.below(like.len())]);
        all.push(Gesture::Move { elements: vec![moved.clone()], home });
        let parents: Vec<&ElementKey> = elements
            .iter()
            .filter(|key| match model.elements[&moved].level {
                Level::Container => model.elements[*key].level == Level::System,
                Level::Component => model.elements[*key].level == Level::Container,
                _ => false,
            })
            .collect();
        if !parents.is_empty() {
            let home = Home::Element(parents[choices.below(parents.len())].clone());
            all.push(Gesture::Move { elements: vec![moved.clone()], home: home.clone() });
            // Several at once.
            let siblings = elements.iter().filter(|key| home_of(key) == home_of(&moved)).cloned().collect();
            all.push(Gesture::Move { elements: siblings, home });
        }
        let home = home_of(&element);
        let mut beside: Vec<ElementKey> =
            elements.iter().filter(|key| home_of(key) == home && **key != element && choices.below(2) == 0).cloned().collect();
        beside.push(element.clone());
        all.push(Gesture::Enclose { name: "Frame".to_owned(), home, elements: beside });
        if !groups.is_empty() {
            let group = groups[choices.below(groups.len())].clone();
            all.push(Gesture::Rename { subject: Subject::Group(group.clone()), name: "Renamed frame".to_owned() });
            all.push(Gesture::SetProperty {
                subject: Subject::Group(group.clone()),
                name: "context".to_owned(),
                value: Some("sales".to_owned()),
            });
            all.push(Gesture::Delete { subjects: vec![Subject::Group(group.clone())] });
            all.push(Gesture::Move { elements: vec![any(choices)], home: Home::Group(group) });
        }
        let scope = choices.often().then(|| any(choices));
        all.push(Gesture::AddView { view: NewView { key: String::new(), title: "A new view".to_owned(), scope } });
        if !views.is_empty() {
            let view = views[choices.below(views.len())].clone();
            all.push(Gesture::RemoveView { view: view.clone() });
            all.push(Gesture::RenameView { view: view.clone(), title: value(choices).unwrap_or_default() });
            let direction = [Direction::TopBottom, Direction::BottomTop, Direction::LeftRight, Direction::RightLeft][choices.below(4)];
            all.push(Gesture::Direct { view: view.clone(), direction });
            let (first, second) = (any(choices), any(choices));
            all.push(Gesture::Include { view: view.clone(), elements: vec![first, second] });
            let top: Vec<ElementKey> =
                elements.iter().filter(|key| matches!(model.elements[*key].level, Level::Person | Level::System)).cloned().collect();
            if !top.is_empty() {
                all.push(Gesture::Include { view: view.clone(), elements: vec![top[choices.below(top.len())].clone()] });
            }
            let shown = &model.views.iter().find(|own| own.key == view).unwrap().elements;
            if !shown.is_empty() {
                all.push(Gesture::Exclude { view, elements: vec![shown[choices.below(shown.len())].clone()] });
            }
        }
    }
    all
}

fn sort(gesture: &Gesture) -> String {
    serde_json::to_value(gesture).unwrap()["gesture"].as_str().unwrap().to_owned()
}

/// How often, multiplied by the variable `LINTEL_THOROUGH` for long runs.
fn scaled(count: u32) -> u32 {
    count * std::env::var("LINTEL_THOROUGH").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1)
}

#[derive(Default)]
struct Tally(BTreeMap<String, (usize, BTreeMap<String, usize>)>);

impl Tally {
    fn count(&mut self, gesture: &Gesture, refusal: Option<Refusal>) {
        let entry = self.0.entry(sort(gesture)).or_default();
        match refusal {
            None => entry.0 += 1,
            Some(refusal) => *entry.1.entry(refusal.what.chars().filter(|next| !next.is_ascii_digit()).collect()).or_default() += 1,
        }
    }

    fn print(&self) {
        for (sort, (done, refused)) in &self.0 {
            println!("{sort}: {done} done, {} refused", refused.values().sum::<usize>());
            for (what, count) in refused {
                println!("    {count} {what}");
            }
        }
    }

    /// A gesture that is always refused proves nothing.
    fn assert_mostly_done(&self) {
        for (sort, (done, refused)) in &self.0 {
            let refused: usize = refused.values().sum();
            assert!(*done * 6 >= refused, "{sort}: {done} done, {refused} refused");
        }
    }
}

#[test]
fn generated_workspaces_show_the_change_and_nothing_else() {
    let cases = scaled(24);
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let tally = std::cell::RefCell::new(Tally::default());
    let bytes = proptest::collection::vec(any::<u8>(), 40..160);
    let result = runner.run(&(bytes, any::<bool>()), |(bytes, broken)| {
        let text = workspace(&bytes, broken);
        let model = parse(Language::Structurizr, "w.dsl", &text, &Sources::new()).model;
        let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
        for gesture in gestures(&model, &mut Choices::new(&reversed)) {
            match judge("w.dsl", &text, &Sources::new(), &gesture) {
                Ok(refusal) => {
                    if let Some(vague) = refusal.as_ref().filter(|refusal| refusal.help == "Edit the text by hand.") {
                        println!("VAGUE {vague} {gesture:?}\n{text}");
                    }
                    tally.borrow_mut().count(&gesture, refusal);
                }
                Err(why) => return Err(TestCaseError::fail(why)),
            }
        }
        Ok(())
    });
    tally.borrow().print();
    if let Err(proptest::test_runner::TestError::Fail(why, _)) = &result {
        panic!("{}", why.message());
    }
    result.unwrap();
    tally.borrow().assert_mostly_done();
}

#[test]
fn generated_workspaces_are_valid() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..64 {
        let bytes = proptest::collection::vec(any::<u8>(), 40..160).new_tree(&mut runner).unwrap().current();
        let text = workspace(&bytes, false);
        let found = parse(Language::Structurizr, "w.dsl", &text, &Sources::new());
        let errors: Vec<_> = found.diagnostics.iter().filter(|found| found.level == crate::domain::diagnostic::Level::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
    }
}

#[test]
fn real_files_show_the_change_and_nothing_else() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = std::path::Path::new(&corpus).join("structurizr");
    let mut paths = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "dsl") {
                paths.push(path);
            }
        }
    }
    let sources: Sources = paths
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for (path, text) in &sources {
        let model = parse(Language::Structurizr, path, text, &sources).model;
        for round in 0..scaled(1) {
            let bytes: Vec<u8> = (0..97_u32).map(|at| u8::try_from((at * 37 + round * 101 + 11) % 251).unwrap()).collect();
            for gesture in gestures(&model, &mut Choices::new(&bytes)) {
                match judge(path, text, &sources, &gesture) {
                    Ok(refusal) => tally.count(&gesture, refusal),
                    Err(why) => wrong.push(format!("{path}: {}", why.split("\nin\n").next().unwrap_or(""))),
                }
            }
        }
    }
    tally.print();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    tally.assert_mostly_done();
}
