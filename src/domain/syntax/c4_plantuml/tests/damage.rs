//! Random and damaged texts: whatever people paste, the model is sound and nothing panics.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "@startuml x\n!include <C4/C4_Dynamic>\n!define PG PostgreSQL\n!$a = \"b\" + $c\n!procedure $p($x, $y=\"1\")\nSystem($x, $y)\n!endprocedure\nLAYOUT_LEFT_RIGHT()\ntitle T\nAddProperty(\"a\", \"b\")\nSystem_Boundary(s, \"S\") {\n  Container(a, \"A\", $techn=\"Go\")\n  ContainerDb(d, \"D\", \"PG\", \"x\")\n}\n$p(q)\nRel(a, d, \"r\", \"SQL\", $index=Index()-1)\npackage \"P\" {\n [X] --> (Y) : l\n}\nnote left of a : n\n/' c '/\n' d\n!if $a == \"b\"\nActor --> a\n!else\n!endif\n@enduml\n";

const PIECES: [&str; 40] = [
    "{",
    "}",
    "\"",
    "(",
    ")",
    ",",
    "\n",
    "'",
    "/'",
    "'/",
    "$",
    "!",
    "@startuml",
    "@enduml",
    "@startjson",
    "!procedure $p()",
    "!endprocedure",
    "$p(1)",
    "!if",
    "!else",
    "!endif",
    "!while",
    "[",
    "]",
    "-->",
    "..>",
    "-[hidden]-",
    "<",
    "é",
    "\u{feff}",
    "Boundary(",
    "Rel(",
    "RelIndex(",
    "Boundary_End()",
    "title",
    "note",
    "legend",
    "skinparam {",
    "package x {",
    "<U+0041>",
];

fn damaged() -> impl Strategy<Value = String> {
    let edit = (0_usize..1000, 0_usize..40, 0..PIECES.len());
    prop::collection::vec(edit, 1..10).prop_map(|edits| {
        let mut letters: Vec<char> = SAMPLE.chars().collect();
        for (place, cut, piece) in edits {
            let at = place % letters.len().max(1);
            let end = (at + if cut % 2 == 0 { 0 } else { cut }).min(letters.len());
            letters.splice(at..end, PIECES[piece].chars());
        }
        letters.into_iter().collect()
    })
}

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), "\\PC{0,6}"], 0..60)
        .prop_map(|all| all.concat())
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let read = import(text);
    let model = &read.model;
    for found in &read.diagnostics {
        prop_assert!(text.get(found.span.range()).is_some() && found.span.start <= found.span.end, "{:?}", found);
        prop_assert!(!found.what.is_empty() && !found.why.is_empty() && !found.help.is_empty());
    }
    for (index, (key, element)) in model.elements.iter().enumerate() {
        prop_assert!(!element.name.is_empty());
        prop_assert!(text.get(element.name_span.range()).is_some() && text.get(element.span.range()).is_some());
        // Whatever is around an element stands before it.
        let around = element.parent.as_ref().map(|parent| model.elements.get_index_of(parent));
        prop_assert!(around.is_none_or(|around| around.is_some_and(|around| around < index)), "{}", key);
        prop_assert!(element.group.as_ref().is_none_or(|group| model.groups.contains_key(group)));
    }
    for relation in model.relations.values() {
        prop_assert!(model.elements.contains_key(&relation.source) && model.elements.contains_key(&relation.target));
    }
    for view in &model.views {
        prop_assert!(view.elements.iter().all(|key| model.elements.contains_key(key)));
        prop_assert!(view.relations.iter().all(|key| model.relations.contains_key(key)));
        let written = print(model, view);
        prop_assert!(written.text.ends_with("@enduml\n"));
    }
    prop_assert_eq!(read.fidelity.elements, model.elements.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_gives_a_sound_model(text in damaged()) {
        check(&text)?;
    }

    #[test]
    fn pieces_give_a_sound_model(text in pieces()) {
        check(&text)?;
    }

    #[test]
    fn any_text_is_read(text in "(?s).{0,200}") {
        check(&text)?;
    }
}

#[test]
fn long_hostile_texts_end_soon() {
    let many = |piece: &str| piece.repeat(400_000 / piece.len());
    for piece in [
        "A(",
        "(",
        "\"",
        "{",
        "}",
        "Boundary(a, \"b\") {\n",
        "[",
        "[a] --> [b]\n",
        "a-",
        "<",
        "/'",
        "' \n",
        " ",
        "\n",
        "!if x\n",
        "Rel(a,\"b\"x,",
        "$p(",
        ":",
        "note left\n",
        "System(a, \"b\n",
        "x(\n\n",
    ] {
        let read = import(&many(piece));
        assert!(read.diagnostics.len() <= crate::domain::syntax::c4::MAX_DIAGNOSTICS + 1);
    }
    let bomb = "@startuml\n!procedure $p()\n$p()\n$p()\n!endprocedure\n$p()\nSystem(a, \"A\")\n@enduml\n";
    let read = import(bomb);
    assert_eq!(read.model.elements.len(), 1);
    assert!(read.diagnostics.iter().any(|found| found.code == "too-many-expansions"));
    let deep = format!("@startuml\n{}System(x, \"X\")\n", "Boundary(, \"B\") {\n".repeat(200));
    let read = import(&deep);
    assert!(read.diagnostics.iter().any(|found| found.code == "too-deep"));
    let doubling = format!("!$a = \"xxxxxxxxxxxxxxxx\"\n{}System(a, $a)\n", "!$a = $a + $a\n".repeat(60));
    assert!(import(&doubling).model.elements.len() == 1);
}
