//! Relations between wholes and between their parts: which of them has to stand first.

use indexmap::IndexMap;

use super::*;
use crate::domain::model::{Relation, RelationKey};

const PARTS: &str = "workspace {\nmodel {\na = softwareSystem \"A\" {\na1 = container \"A1\" {\na11 = component \"A11\"\n}\n}\n\
                     b = softwareSystem \"B\" {\nb1 = container \"B1\" {\nb11 = component \"B11\"\n}\n}\na -> b \"Uses\"\n}\n}\n";

/// The parts with these relations in this order, each with the words.
fn related(ends: &[(&str, &str)], words: Option<&str>) -> Model {
    let mut model = reread(PARTS);
    let keys: BTreeMap<String, ElementKey> =
        model.elements.values().map(|element| (element.name.to_lowercase(), element.key.clone())).collect();
    let plain = model.relations[0].clone();
    model.relations = IndexMap::new();
    for (at, (source, target)) in ends.iter().enumerate() {
        let key = RelationKey(format!("r{at}"));
        let (source, target) = (keys[*source].clone(), keys[*target].clone());
        let relation = Relation { key: key.clone(), source, target, description: words.map(str::to_owned), ..plain.clone() };
        model.relations.insert(key, relation);
    }
    model.views.clear();
    model
}

fn orders<'e>(ends: &[(&'e str, &'e str)]) -> Vec<Vec<(&'e str, &'e str)>> {
    if ends.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in ends.iter().enumerate() {
        let rest: Vec<_> = ends.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, ends)| *ends).collect();
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, *first);
            order
        }));
    }
    all
}

#[test]
fn relations_of_wholes_stand_before_those_of_their_parts_whatever_their_order() {
    for words in [None, Some("Calls"), Some("tail\\"), Some("two\nlines")] {
        for ends in orders(&[("a11", "b11"), ("a1", "b11"), ("a11", "b1"), ("a1", "b"), ("a", "b")]) {
            let model = related(&ends, words);
            let printed = write(&model);
            // Reading it finds no fault, and with it nothing that is there already.
            let read = reread(&printed.text);
            let stated = read.relations.values().filter(|relation| relation.implied_by.is_none()).count();
            assert_eq!((stated, &printed.fidelity.lost), (ends.len(), &Vec::new()), "{ends:?}\n{}", printed.text);
        }
    }
}

#[test]
fn what_has_no_part_in_it_keeps_its_order() {
    let printed = write(&related(&[("b", "a"), ("a11", "b11"), ("b1", "a"), ("a1", "b11")], None));
    let written: Vec<&str> = printed.text.lines().map(str::trim).filter(|line| line.contains("->")).collect();
    assert_eq!(written, ["r0 = b -> a", "r3 = a1 -> b11", "r1 = a11 -> b11", "r2 = b1 -> a"]);
}

#[test]
fn words_that_read_back_the_same_are_the_same_words() {
    for (one, other) in [("tail\\", "tail\\ "), ("two\nlines", "two lines"), ("two\r\nlines\\", "two lines\\ ")] {
        let mut model = related(&[("a", "b"), ("a", "b")], Some(one));
        model.relations[1].description = Some(other.to_owned());
        let printed = write(&model);
        let read = reread(&printed.text);
        assert_eq!(read.relations.len(), 1, "{}", printed.text);
        let lost: Vec<&str> = printed.fidelity.lost.iter().map(|remark| remark.what.as_str()).collect();
        assert_eq!(lost, ["Second relation with the same words between two elements"]);
    }
}
