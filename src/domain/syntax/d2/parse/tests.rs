//! Statements of every form, and slips.

use super::*;

fn entries(text: &str) -> Vec<Entry> {
    let (statements, slips) = parse(text);
    assert!(slips.is_empty(), "{:?}", slips.iter().map(|slip| (slip.code, slip.span)).collect::<Vec<_>>());
    statements.into_iter().filter_map(|statement| if let Statement::Entry(entry) = statement { Some(entry) } else { None }).collect()
}

fn names(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.text.as_str()).collect()
}

fn said(entry: &Entry) -> &str {
    if let Some(Value::Text(text)) = &entry.value { &text.text } else { "" }
}

#[test]
fn keys_values_and_maps_are_told_apart() {
    let found = entries("a b.\"c.d\".e-f: Some text # no\n'x' : \"a \\\"q\\\" #1\" { y; z: 2 }; w\n");
    assert_eq!(names(&found[0].key), ["a b", "c.d", "e-f"]);
    assert_eq!(said(&found[0]), "Some text");
    assert_eq!((said(&found[1]), found[1].map.as_ref().map(Vec::len)), ("a \"q\" #1", Some(2)));
    assert_eq!(names(&found[2].key), ["w"]);
}

#[test]
fn connections_chain_and_point_both_ways() {
    let found = entries("a -> b.c <- d -- e <-> f: label\nx--y\nq ---> r\n");
    let arrows: Vec<(bool, bool)> = found[0].arrows.iter().map(|arrow| (arrow.to_left, arrow.to_right)).collect();
    assert_eq!(arrows, [(false, true), (true, false), (false, false), (true, true)]);
    assert_eq!((names(&found[0].ends[1]), said(&found[0])), (vec!["b", "c"], "label"));
    assert_eq!((found[1].ends.len(), found[2].ends.len()), (2, 2));
}

#[test]
fn connections_in_brackets_have_an_index_and_what_follows() {
    let found = entries("(a -> b)[0].style.stroke: red\nx.(a -> b)[1]: {label: hi}\n(a -> *)[*].class: q\n");
    assert_eq!((found[0].index.clone(), names(&found[0].after)), (Some(Index::At(0)), vec!["style", "stroke"]));
    assert_eq!((names(&found[1].key), found[1].map.is_some()), (vec!["x"], true));
    assert_eq!(found[2].index, Some(Index::All));
}

#[test]
fn blocks_of_text_end_with_their_own_marks() {
    let found = entries("a: |md\n  # Title\n    - x\n|\n");
    assert_eq!(said(&found[0]), "# Title\n  - x");
    let found = entries("b: |||go\n  a || b |\n|||\nc: |`ts\n  let x = 1 | 2\n`| {shape: code}\n");
    assert_eq!(said(&found[0]), "a || b |");
    assert_eq!((said(&found[1]), found[1].map.is_some()), ("let x = 1 | 2", true));
}

#[test]
fn spreads_lists_filters_and_comments() {
    let (found, slips) =
        parse("...@../lib/x.d2\n...${a.b}\n\"\"\"\nnothing\n\"\"\"\na: [1; two; \"three\"]\n*: { &shape: circle }\nb: @file.key\n");
    assert!(slips.is_empty());
    assert_eq!(found[0], Statement::Spread(vec!["../lib/x".to_owned(), "d2".to_owned()], Span::new(0, 15)));
    assert!(matches!(&found[1], Statement::SpreadVariable(name, _) if name == "a.b"));
    assert!(matches!(&found[2], Statement::Entry(Entry { value: Some(Value::List(list)), .. }) if list.len() == 3));
}

#[test]
fn slips_are_said_and_reading_goes_on() {
    let codes = |text: &str| parse(text).1.iter().map(|slip| slip.code).collect::<Vec<_>>();
    assert_eq!(codes("a: {\nb"), ["unclosed-map"]);
    assert_eq!(codes("}\na"), ["unexpected-closing-brace"]);
    assert_eq!(codes("a: \"x\nb"), ["unclosed-quote"]);
    assert_eq!(
        codes(&"a: {".repeat(100)),
        ["too-deep"].into_iter().chain(std::iter::repeat_n("unclosed-map", MAX_DEPTH)).collect::<Vec<_>>()
    );
}
