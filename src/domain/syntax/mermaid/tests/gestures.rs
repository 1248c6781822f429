//! Gestures on made-up charts: the model shows exactly the change, `linkStyle` and facts stay with their edges, and a broken
//! line elsewhere does not matter.

use std::{collections::BTreeMap, fmt::Write};

use proptest::prelude::*;

use super::{edits::after, *};
use crate::domain::{
    model::{GroupKey, RelationKey, kind::Kind, view::Direction},
    syntax::{
        Language, apply,
        gesture::{Gesture, Home, NewView, Subject},
        inverse,
    },
};

const NODES: usize = 7;

/// A chart as its lines say; every edge has a label of its own.
fn charts() -> impl Strategy<Value = String> {
    let line = (0..12_u8, 0..NODES, 0..NODES, 0..NODES);
    (prop::collection::vec(line, 1..12), any::<bool>(), any::<bool>()).prop_map(|(lines, broken, windows)| {
        let mut text = "flowchart LR\n".to_owned();
        let (mut depth, mut subs, mut edges) = (0_usize, 0, 0);
        for (sort, a, b, c) in lines {
            let indent = "  ".repeat(depth + 1);
            let mut label = || {
                edges += 1;
                format!("edge {edges}")
            };
            let statement = match sort {
                0 => format!("n{a}[Name {a}]"),
                1 => format!("n{a}(\"Name {a}<br>Go\"):::svc"),
                2 | 3 => format!("n{a} -->|{}| n{b}", label()),
                4 => format!("n{a}[Name {a}] -- {} --> n{b} -.->|{}| n{c}[(Name {c})]", label(), label()),
                5 => format!("n{a} & n{b} --> n{c}"),
                6 => format!("n{a}@{{ shape: cyl, label: \"Name {a}\" }}"),
                7 if depth < 3 => {
                    subs += 1;
                    depth += 1;
                    format!("subgraph s{subs}[Sub {subs}]")
                }
                8 if depth > 0 => {
                    depth -= 1;
                    text.push_str(&"  ".repeat(depth + 1));
                    "end".to_owned()
                }
                9 => format!("n{a}-->n{b};n{b} ~~~ n{c}"),
                10 => format!("%% @fact n{a} owner team"),
                _ => format!("n{a}"),
            };
            if sort != 8 || statement != "end" {
                text.push_str(&indent);
            }
            text.push_str(&statement);
            text.push('\n');
        }
        while depth > 0 {
            depth -= 1;
            text.push_str(&"  ".repeat(depth + 1));
            text.push_str("end\n");
        }
        if broken {
            text.push_str("  n0[broken\n");
        }
        let count = mermaid::lower::read(&text).chart.edges.len();
        for number in 0..count {
            writeln!(text, "  linkStyle {number} stroke:#{number:03}").unwrap();
        }
        for relation in parse(&text).model.relations.values() {
            let length = relation.description.as_ref().map_or(0, String::len);
            writeln!(text, "  %% @fact {} timeout {length}s", relation.key).unwrap();
        }
        if windows { text.replace('\n', "\r\n") } else { text }
    })
}

type Places = BTreeMap<String, (String, Kind, Option<String>, Option<String>, Option<String>, Vec<(String, String)>)>;

/// Elements and groups without their places in the text.
fn places(model: &Model) -> Places {
    let elements = model.elements.values().map(|element| {
        let group = element.group.as_ref().map(|group| group.0.clone());
        let parent = element.parent.as_ref().map(|parent| parent.0.clone());
        let properties = element.properties.clone().into_iter().collect();
        (element.key.0.clone(), (element.name.clone(), element.kind.value, element.technology.clone(), parent, group, properties))
    });
    let groups = model.groups.values().map(|group| {
        let parent = group.parent.as_ref().map(|parent| parent.0.clone());
        let owner = group.owner.as_ref().map(|owner| owner.0.clone());
        (format!("/{}", group.key), (group.name.clone(), Kind::System, None, owner, parent, Vec::new()))
    });
    elements.chain(groups).collect()
}

type Edge = (String, String, Option<String>, Option<String>, bool, Option<String>);

/// Edges with what they say and the timeout that is stated for them.
fn edges(model: &Model) -> Vec<Edge> {
    let mut edges: Vec<Edge> = model
        .relations
        .values()
        .map(|relation| {
            (
                relation.source.0.clone(),
                relation.target.0.clone(),
                relation.description.clone(),
                relation.technology.clone(),
                relation.mode.value.is_sync(),
                relation.properties.get("timeout").cloned(),
            )
        })
        .collect();
    edges.sort();
    edges
}

/// The styled edges by their colour: source, target and label.
fn styled(text: &str) -> BTreeMap<String, (String, String, String)> {
    let reading = mermaid::lower::read(text);
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("linkStyle ")) {
        let (number, colour) = line.split_once(' ').unwrap();
        let edge = reading.chart.edges[number.parse::<usize>().unwrap()];
        let id = |place| mermaid::chart::mention_of(&reading.tree, place).unwrap().id.of(text).to_owned();
        let link = mermaid::chart::link_of(&reading.tree, &edge).unwrap();
        let label = link.label.map_or("", |label| label.text.inner.of(text)).to_owned();
        found.insert(colour.to_owned(), (id(edge.from), id(edge.to), label));
    }
    found
}

/// Lines that go or come, whichever are more.
fn touched(before: &str, after: &str) -> usize {
    let mut counts: BTreeMap<&str, i32> = BTreeMap::new();
    for line in before.lines() {
        *counts.entry(line).or_default() += 1;
    }
    for line in after.lines() {
        *counts.entry(line).or_default() -= 1;
    }
    let sum = |sign: i32| counts.values().map(|count| usize::try_from(count * sign).unwrap_or(0)).sum::<usize>();
    sum(1).max(sum(-1))
}

fn any_node(model: &Model, at: usize) -> Option<ElementKey> {
    let nodes: Vec<&ElementKey> = model.elements.keys().filter(|key| key.as_str().starts_with('n')).collect();
    nodes.get(at % nodes.len().max(1)).map(|key| (*key).clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn renaming_changes_a_name(text in charts(), at in 0_usize..20, name in "[A-Z][a-z]{1,6}( [(\"#<a-z]{1,4})?") {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let result = after(&text, &Gesture::Rename { subject: Subject::Element(element.clone()), name: name.clone() });
        let model = parse(&result).model;
        let mut expected = places(&before);
        expected.get_mut(element.as_str()).unwrap().0 = name;
        let mut found = places(&model);
        found.get_mut(element.as_str()).unwrap().1 = expected[element.as_str()].1;
        prop_assert_eq!(found, expected);
        prop_assert_eq!(edges(&model), edges(&before));
        prop_assert_eq!(styled(&result), styled(&text));
    }

    #[test]
    fn identifiers_change_everywhere(text in charts(), at in 0_usize..20, new in "[oxa-d][a-z]{0,3}") {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let gesture = Gesture::RenameIdentifier { element: element.clone(), identifier: new.clone() };
        let Ok(outcome) = mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture) else { return Ok(()) };
        let model = parse(&apply(&text, &outcome.edits)).model;
        let spell = |id: &str| if id == element.as_str() { new.clone() } else { id.to_owned() };
        let expected: Places = places(&before).into_iter().map(|(id, rest)| (spell(&id), rest)).collect();
        prop_assert_eq!(places(&model), expected);
        let mut expected: Vec<Edge> = edges(&before).into_iter().map(|edge| (spell(&edge.0), spell(&edge.1), edge.2, edge.3, edge.4, edge.5)).collect();
        expected.sort();
        prop_assert_eq!(edges(&model), expected);
    }

    #[test]
    fn connecting_adds_one_edge(text in charts(), a in 0_usize..20, b in 0_usize..20, words in prop::option::of("[a-z]{1,5}( [A-Z(\\[]{1,3})?")) {
        let before = parse(&text).model;
        let (Some(source), Some(target)) = (any_node(&before, a), any_node(&before, b)) else { return Ok(()) };
        let gesture = Gesture::Connect { source: source.clone(), target: target.clone(), description: words, technology: Some("gRPC".to_owned()) };
        let result = after(&text, &gesture);
        let model = parse(&result).model;
        prop_assert_eq!(places(&model), places(&before));
        prop_assert_eq!(model.relations.len(), before.relations.len() + 1);
        let selected = super::edits::outcome(&text, &gesture).select;
        let Some(Subject::Relation(key)) = selected else { return Err(TestCaseError::fail("no relation is selected")) };
        let made = &model.relations[&key];
        prop_assert_eq!((&made.source, &made.target, made.technology.as_deref()), (&source, &target, Some("gRPC")));
        let mut old = edges(&before);
        old.push((source.0, target.0, made.description.clone(), made.technology.clone(), made.mode.value.is_sync(), None));
        old.sort();
        prop_assert_eq!(edges(&model), old);
        prop_assert_eq!(styled(&result), styled(&text));
    }

    #[test]
    fn deleting_takes_only_what_goes(text in charts(), at in 0_usize..20) {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let result = after(&text, &Gesture::Delete { subjects: vec![Subject::Element(element.clone())] });
        let model = parse(&result).model;
        let mut expected = places(&before);
        expected.remove(element.as_str());
        prop_assert_eq!(places(&model), expected, "{}", result);
        let expected: Vec<Edge> = edges(&before).into_iter().filter(|edge| edge.0 != element.0 && edge.1 != element.0).collect();
        prop_assert_eq!(edges(&model), expected, "{}", result);
        let kept: BTreeMap<_, _> = styled(&text).into_iter().filter(|(_, edge)| edge.0 != element.0 && edge.1 != element.0).collect();
        prop_assert_eq!(styled(&result), kept, "{}", result);
    }

    #[test]
    fn deleting_an_edge_keeps_its_nodes(text in charts(), at in 0_usize..20) {
        let before = parse(&text).model;
        let Some((key, gone)) = before.relations.get_index(at % before.relations.len().max(1)) else { return Ok(()) };
        let result = after(&text, &Gesture::Delete { subjects: vec![Subject::Relation(key.clone())] });
        let model = parse(&result).model;
        prop_assert_eq!(places(&model), places(&before), "{}", result);
        prop_assert_eq!(model.relations.len(), before.relations.len() - 1);
        let colour = mermaid::lower::read(&text).relations.iter().position(|relation| relation.as_ref() == Some(&gone.key)).unwrap();
        let mut kept = styled(&text);
        kept.remove(&format!("stroke:#{colour:03}"));
        prop_assert_eq!(styled(&result), kept, "{}", result);
    }

    #[test]
    fn reconnecting_moves_one_end(text in charts(), at in 0_usize..20, b in 0_usize..20) {
        let before = parse(&text).model;
        let Some((key, relation)) = before.relations.get_index(at % before.relations.len().max(1)) else { return Ok(()) };
        let Some(target) = any_node(&before, b) else { return Ok(()) };
        let gesture = Gesture::Reconnect { relation: RelationKey(key.0.clone()), source: relation.source.clone(), target: target.clone() };
        let result = after(&text, &gesture);
        let model = parse(&result).model;
        prop_assert_eq!(places(&model), places(&before), "{}", result);
        let mut expected = edges(&before);
        let own = edges(&before).iter().position(|edge| edge.0 == relation.source.0 && edge.1 == relation.target.0 && edge.2 == relation.description && edge.5 == relation.properties.get("timeout").cloned()).unwrap();
        expected[own].1 = target.0;
        let ends = |edges: &[Edge]| { let mut ends: Vec<_> = edges.iter().map(|edge| (edge.0.clone(), edge.1.clone(), edge.2.clone(), edge.5.clone())).collect(); ends.sort(); ends };
        prop_assert_eq!(ends(&edges(&model)), ends(&expected), "{}", result);
        prop_assert_eq!(styled(&result).len(), styled(&text).len());
    }

    #[test]
    fn moving_moves_or_is_refused(text in charts(), at in 0_usize..20, to in 0_usize..4) {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let home = before.groups.get_index(to).map_or(Home::Top, |(key, _)| Home::Group(key.clone()));
        let gesture = Gesture::Move { elements: vec![element.clone()], home: home.clone() };
        let Ok(outcome) = mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture) else { return Ok(()) };
        let result = apply(&text, &outcome.edits);
        let model = parse(&result).model;
        let mut expected = places(&before);
        expected.get_mut(element.as_str()).unwrap().4 = if let Home::Group(GroupKey(key)) = home { Some(key) } else { None };
        prop_assert_eq!(places(&model), expected, "{}", result);
        prop_assert_eq!(edges(&model), edges(&before), "{}", result);
        prop_assert_eq!(styled(&result), styled(&text), "{}", result);
    }

    #[test]
    fn properties_and_kinds_change_alone(text in charts(), at in 0_usize..20, kind in 0..Kind::ALL.len()) {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let subject = Subject::Element(element.clone());
        let result = after(&text, &Gesture::SetProperty { subject: subject.clone(), name: "tier".to_owned(), value: Some("1".to_owned()) });
        let mut expected = places(&before);
        let own = expected.get_mut(element.as_str()).unwrap();
        own.5.push(("tier".to_owned(), "1".to_owned()));
        own.5.sort();
        prop_assert_eq!(places(&parse(&result).model), expected);
        let back = after(&result, &Gesture::SetProperty { subject, name: "tier".to_owned(), value: None });
        prop_assert_eq!(&back, &text);
        let result = after(&text, &Gesture::SetKind { element: element.clone(), kind: Kind::ALL[kind] });
        let model = parse(&result).model;
        let mut found = places(&model);
        prop_assert_eq!(found[element.as_str()].1, Kind::ALL[kind], "{}", result);
        let expected = places(&before);
        let own = found.get_mut(element.as_str()).unwrap();
        (own.1, own.5) = (expected[element.as_str()].1, expected[element.as_str()].5.clone());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn new_things_leave_the_others_alone(text in charts(), at in 0_usize..20, kind in 0..Kind::ALL.len()) {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let home = before.elements[&element].group.clone().map_or(Home::Top, Home::Group);
        let group = before.elements[&element].group.clone().map(|group| group.0);
        // A new node.
        let add = Gesture::Add { kind: Kind::ALL[kind], name: "Fresh one".to_owned(), home: home.clone(), view: None };
        let result = after(&text, &add);
        let model = parse(&result).model;
        let mut found = places(&model);
        let new = found.remove("fresh_one").unwrap();
        prop_assert_eq!((&new.0[..], new.1, &new.4), ("Fresh one", Kind::ALL[kind], &group), "{}", result);
        prop_assert_eq!(found, places(&before), "{}", result);
        prop_assert_eq!(edges(&model), edges(&before));
        prop_assert_eq!(styled(&result), styled(&text));
        // A copy.
        let result = after(&text, &Gesture::Duplicate { elements: vec![element.clone()] });
        let model = parse(&result).model;
        let mut found = places(&model);
        let copy = found.remove(&format!("{element}_2")).unwrap();
        let expected = places(&before);
        prop_assert_eq!(&copy, &expected[element.as_str()], "{}", result);
        prop_assert_eq!(&found, &expected, "{}", result);
        prop_assert_eq!(edges(&model), edges(&before));
        // A boundary.
        let enclose = Gesture::Enclose { name: "Fresh box".to_owned(), home, elements: vec![element.clone()] };
        if mermaid::edit::edit("c.mmd", &text, &Sources::new(), &enclose).is_ok() {
            let result = after(&text, &enclose);
            let model = parse(&result).model;
            let mut found = places(&model);
            let boundary = found.remove("/fresh_box").unwrap();
            prop_assert_eq!((&boundary.0[..], &boundary.4), ("Fresh box", &group), "{}", result);
            let mut expected = places(&before);
            expected.get_mut(element.as_str()).unwrap().4 = Some("fresh_box".to_owned());
            prop_assert_eq!(found, expected, "{}", result);
            prop_assert_eq!(edges(&model), edges(&before));
        }
    }

    #[test]
    fn deleting_a_boundary_takes_what_is_in_it(text in charts(), at in 0_usize..4) {
        let before = parse(&text).model;
        let Some((key, _)) = before.groups.get_index(at) else { return Ok(()) };
        let result = after(&text, &Gesture::Delete { subjects: vec![Subject::Group(key.clone())] });
        let model = parse(&result).model;
        let within = |mut group: Option<GroupKey>| {
            while let Some(inner) = group {
                if inner == *key {
                    return true;
                }
                group = before.groups[&inner].parent.clone();
            }
            false
        };
        let mut expected = places(&before);
        expected.retain(|id, rest| !within(rest.4.clone().map(GroupKey)) && *id != format!("/{key}"));
        prop_assert_eq!(places(&model), expected.clone(), "{}", result);
        let kept: Vec<Edge> = edges(&before).into_iter().filter(|edge| expected.contains_key(&edge.0) && expected.contains_key(&edge.1)).collect();
        prop_assert_eq!(edges(&model), kept, "{}", result);
    }

    #[test]
    fn technologies_and_descriptions_change_alone(text in charts(), at in 0_usize..20, words in prop::option::of("[A-Z][a-z]{2,5}( [a-z(#]{1,3})?")) {
        let before = parse(&text).model;
        if let Some(element) = any_node(&before, at) {
            let gesture = Gesture::SetTechnology { subject: Subject::Element(element.clone()), technology: words.clone() };
            let result = after(&text, &gesture);
            let mut found = places(&parse(&result).model);
            let mut expected = places(&before);
            expected.get_mut(element.as_str()).unwrap().2.clone_from(&words);
            found.get_mut(element.as_str()).unwrap().1 = expected[element.as_str()].1;
            prop_assert_eq!(found, expected, "{}", result);
            let gesture = Gesture::Describe { subject: Subject::Element(element.clone()), description: words.clone() };
            let result = after(&text, &gesture);
            let model = parse(&result).model;
            prop_assert_eq!(&model.elements[&element].description, &words);
            prop_assert_eq!(places(&model), places(&before));
        }
        let Some((key, _)) = before.relations.get_index(at % before.relations.len().max(1)) else { return Ok(()) };
        let gesture = Gesture::Describe { subject: Subject::Relation(key.clone()), description: words.clone() };
        if mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture).is_ok() {
            let result = after(&text, &gesture);
            let model = parse(&result).model;
            prop_assert_eq!(&model.relations[key].description, &words, "{}", result);
            prop_assert_eq!(places(&model), places(&before));
            prop_assert_eq!(model.relations.len(), before.relations.len());
        }
    }

    /// The spec's bounds: a token, or a line.
    #[test]
    fn small_gestures_touch_one_line(text in charts(), at in 0_usize..20, name in "[A-Z][a-z]{1,6}( [(\"#<a-z]{1,4})?") {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let subject = Subject::Element(element.clone());
        let mut all = vec![
            (Gesture::Rename { subject: subject.clone(), name: name.clone() }, 1),
            (Gesture::SetTechnology { subject: subject.clone(), technology: Some("Go".to_owned()) }, 1),
            (Gesture::Describe { subject: subject.clone(), description: Some(name.clone()) }, 1),
            (Gesture::SetProperty { subject, name: "tier".to_owned(), value: Some("1".to_owned()) }, 1),
            (Gesture::SetKind { element, kind: Kind::Cache }, 2),
            (Gesture::Direct { view: "main".to_owned(), direction: Direction::RightLeft }, 1),
            (Gesture::RenameView { view: "main".to_owned(), title: name.clone() }, 3),
        ];
        if let Some((key, _)) = before.relations.get_index(at % before.relations.len().max(1)) {
            let subject = Subject::Relation(key.clone());
            all.push((Gesture::SetProperty { subject, name: "retry".to_owned(), value: Some("3".to_owned()) }, 1));
        }
        if let Some((key, _)) = before.groups.get_index(at % before.groups.len().max(1)) {
            let subject = Subject::Group(key.clone());
            all.push((Gesture::Rename { subject: subject.clone(), name }, 1));
            all.push((Gesture::SetProperty { subject, name: "zone".to_owned(), value: Some("dmz".to_owned()) }, 1));
        }
        for (gesture, most) in all {
            let result = after(&text, &gesture);
            prop_assert!(touched(&text, &result) <= most, "{:?} touches {} lines\n{}\n{}", gesture, touched(&text, &result), text, result);
        }
    }

    #[test]
    fn the_first_name_gives_the_identifier(text in charts(), at in 0_usize..20) {
        let before = parse(&text).model;
        let Some(element) = any_node(&before, at) else { return Ok(()) };
        let gesture = Gesture::Name { element: element.clone(), name: "Fresh one".to_owned() };
        let outcome = crate::domain::syntax::edit(Language::Mermaid, "c.mmd", &text, &Sources::new(), &gesture).unwrap();
        let result = apply(&text, &outcome.edits);
        prop_assert_eq!(apply(&result, &inverse(&text, &outcome.edits)), text.clone());
        let model = parse(&result).model;
        let Some(Subject::Element(key)) = outcome.select else { return Err(TestCaseError::fail("no element is selected")) };
        prop_assert_eq!(&model.elements[&key].name, "Fresh one");
        let spell = |id: &str| if id == element.as_str() { key.0.clone() } else { id.to_owned() };
        let mut expected: Places = places(&before).into_iter().map(|(id, rest)| (spell(&id), rest)).collect();
        let own = expected.get_mut(key.as_str()).unwrap();
        "Fresh one".clone_into(&mut own.0);
        // A name may say another kind.
        own.1 = model.elements[&key].kind.value;
        prop_assert_eq!(places(&model), expected, "{}", result);
        let mut expected: Vec<Edge> = edges(&before).into_iter().map(|edge| (spell(&edge.0), spell(&edge.1), edge.2, edge.3, edge.4, edge.5)).collect();
        expected.sort();
        prop_assert_eq!(edges(&model), expected, "{}", result);
    }

    #[test]
    fn words_of_edges_and_boundaries_change_alone(text in charts(), at in 0_usize..20, words in "[a-z]{2,5}( [a-z(#]{1,3})?") {
        let before = parse(&text).model;
        if let Some((key, relation)) = before.relations.get_index(at % before.relations.len().max(1)) {
            let subject = Subject::Relation(key.clone());
            for gesture in [
                Gesture::Rename { subject: subject.clone(), name: words.clone() },
                Gesture::SetTechnology { subject: subject.clone(), technology: Some("gRPC".to_owned()) },
                Gesture::SetProperty { subject: subject.clone(), name: "retry".to_owned(), value: Some("3".to_owned()) },
            ] {
                let Ok(outcome) = mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture) else { continue };
                let result = after(&text, &gesture);
                let model = parse(&result).model;
                prop_assert_eq!(places(&model), places(&before), "{}", result);
                let key = if let Some(Subject::Relation(key)) = outcome.select { key } else { key.clone() };
                let found = &model.relations[&key];
                match &gesture {
                    Gesture::Rename { .. } => prop_assert_eq!(found.description.as_ref(), Some(&words), "{}", result),
                    Gesture::SetTechnology { .. } => prop_assert_eq!(found.technology.as_deref(), Some("gRPC"), "{}", result),
                    _ => prop_assert_eq!(found.properties.get("retry").map(String::as_str), Some("3"), "{}", result),
                }
                let others = |model: &Model, own: &RelationKey| -> Vec<Edge> {
                    let mut rest = model.clone();
                    rest.relations.shift_remove(own);
                    edges(&rest)
                };
                prop_assert_eq!(others(&model, &key), others(&before, &relation.key), "{}", result);
            }
        }
        let Some((key, _)) = before.groups.get_index(at % before.groups.len().max(1)) else { return Ok(()) };
        let subject = Subject::Group(key.clone());
        let result = after(&text, &Gesture::Rename { subject: subject.clone(), name: "Fresh".to_owned() });
        let model = parse(&result).model;
        let mut expected = places(&before);
        "Fresh".clone_into(&mut expected.get_mut(&format!("/{key}")).unwrap().0);
        prop_assert_eq!(places(&model), expected, "{}", result);
        let result = after(&text, &Gesture::SetProperty { subject, name: "zone".to_owned(), value: Some("dmz".to_owned()) });
        let model = parse(&result).model;
        prop_assert_eq!(places(&model), places(&before), "{}", result);
        prop_assert_eq!(model.groups[key].properties.get("zone").map(String::as_str), Some("dmz"), "{}", result);
        prop_assert_eq!(edges(&model), edges(&before));
    }

    #[test]
    fn the_sheet_changes_alone(text in charts(), title in "[A-Z][a-z:\"#;']{1,5}( [a-z:\"#]{1,4})?") {
        let before = parse(&text).model;
        let result = after(&text, &Gesture::RenameView { view: "main".to_owned(), title: title.clone() });
        let model = parse(&result).model;
        prop_assert_eq!(model.views[0].title.as_ref(), Some(&title), "{}", result);
        prop_assert_eq!((places(&model), edges(&model), styled(&result)), (places(&before), edges(&before), styled(&text)), "{}", result);
        let result = after(&text, &Gesture::Direct { view: "main".to_owned(), direction: Direction::BottomTop });
        let model = parse(&result).model;
        prop_assert_eq!(model.views[0].direction, Direction::BottomTop, "{}", result);
        prop_assert_eq!((places(&model), edges(&model), styled(&result)), (places(&before), edges(&before), styled(&text)), "{}", result);
        for gesture in [
            Gesture::AddView { view: NewView { key: String::new(), title: title.clone(), scope: None } },
            Gesture::RemoveView { view: "main".to_owned() },
            Gesture::Include { view: "main".to_owned(), elements: Vec::new() },
            Gesture::Exclude { view: "main".to_owned(), elements: Vec::new() },
        ] {
            let refusal = mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture).unwrap_err();
            prop_assert!(!refusal.what.is_empty() && !refusal.help.is_empty());
        }
    }

    #[test]
    fn nothing_panics_on_damage(text in super::damage::damaged(), at in 0_usize..20) {
        let model = parse(&text).model;
        let Some(element) = model.elements.keys().nth(at % model.elements.len().max(1)).cloned() else { return Ok(()) };
        let subject = Subject::Element(element.clone());
        for gesture in [
            Gesture::Delete { subjects: vec![subject.clone()] },
            Gesture::Rename { subject: subject.clone(), name: "New \"x\"".to_owned() },
            Gesture::SetTechnology { subject: subject.clone(), technology: Some("Go".to_owned()) },
            Gesture::Describe { subject, description: Some("Words".to_owned()) },
            Gesture::SetKind { element: element.clone(), kind: Kind::Cache },
            Gesture::Enclose { name: "Box".to_owned(), home: Home::Top, elements: vec![element.clone()] },
            Gesture::Move { elements: vec![element.clone()], home: Home::Top },
            Gesture::Duplicate { elements: vec![element.clone()] },
            Gesture::RenameIdentifier { element: element.clone(), identifier: "fresh".to_owned() },
            Gesture::Connect { source: element.clone(), target: element, description: None, technology: None },
        ] {
            if mermaid::edit::edit("c.mmd", &text, &Sources::new(), &gesture).is_ok() {
                after(&text, &gesture);
            }
        }
    }
}
