//! Every function at every place of damaged texts: nothing panics, and what comes back fits the text.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    diagnostic::Level,
    syntax::{
        apply,
        structurizr::lex::{TokenKind, lex},
    },
};

const SAMPLE: &str = "!const N \"Shop\"\nworkspace \"A\" {\n  !identifiers hierarchical\n  model {\n    archetypes {\n      api = container {\n        tag \"API\"\n      }\n      https = -> {\n        technology HTTPS\n      }\n    }\n    u = person \"User\" // c\n    s = softwareSystem \"${N}\" {\n      a = api \"A \\\n      B\" \"\" \"Go\" {\n        properties {\n          timeout 3s\n        }\n      }\n      d = container \"D\" \"\" \"PostgreSQL\" \"Database\"\n      a -> d \"reads\"\n    }\n    u --https-> s.a \"uses\"\n    live = deploymentEnvironment \"Live\" {\n      n = deploymentNode \"N\" {\n        instanceOf s.a\n      }\n    }\n  }\n  views {\n    container s \"C\" {\n      include *? \"->s.a->\"\n      exclude \"element.tag==API && ->s.d\"\n      animation {\n        s.a\n      }\n    }\n    dynamic s {\n      1: u -> s.a\n    }\n    image * {\n      plantuml \"\"\"\n        a -> b\n      \"\"\"\n    }\n    styles {\n      element API {\n        shape Box\n      }\n    }\n  }\n}\n";

const PIECES: [&str; 20] = [
    "{",
    "}",
    "\"",
    "\\\n",
    "\n",
    "\"\"\"",
    "/*",
    "//",
    "->",
    "${N",
    "=",
    "views {",
    "element.tag==",
    "é",
    "\u{feff}",
    "--",
    "properties {",
    ".",
    "!element s {",
    ",",
];

fn damaged() -> impl Strategy<Value = String> {
    let edit = (0..SAMPLE.len(), 0_usize..40, 0..PIECES.len());
    prop::collection::vec(edit, 0..6).prop_map(|edits| {
        let mut letters: Vec<char> = SAMPLE.chars().collect();
        for (place, cut, piece) in edits {
            let at = place.min(letters.len());
            let end = (at + if cut % 2 == 0 { 0 } else { cut }).min(letters.len());
            letters.splice(at..end, PIECES[piece].chars());
        }
        letters.into_iter().collect()
    })
}

/// Asks everything at one place and checks what can be checked.
fn ask(text: &str, offset: usize) {
    let sources = Sources::from([("a.dsl".to_owned(), "x = person \"X\"\n".to_owned())]);
    let (language, path) = (Language::Structurizr, "workspace.dsl");
    for one in complete(language, path, text, &sources, offset) {
        let span = one.span.range();
        assert!(text.get(span.clone()).is_some() && span.start <= offset.max(span.start) && !one.label.is_empty(), "{one:?}");
    }
    if let Some(found) = hover(language, path, text, &sources, offset) {
        assert!(text.get(found.span.range()).is_some() && !found.markdown.is_empty() && found.markdown.len() <= MAX_HOVER + 3);
    }
    let uses = references(language, path, text, &sources, offset);
    for one in &uses {
        assert!(one.file.is_some() || text.get(one.span.range()).is_some());
    }
    if let Some(found) = definition(language, path, text, &sources, offset)
        && found.file.is_none()
    {
        assert!(text.get(found.span.range()).is_some());
        assert!(uses.contains(&found), "{found:?} {uses:?}");
    }
    identifier_at(language, path, text, &sources, offset);
}

/// Laying out keeps every word and its errors, and is done after once.
fn lay_out(text: &str) {
    let changed = apply(text, &format(Language::Structurizr, text, None));
    let words = |text: &str| -> Vec<String> {
        lex(text).0.iter().filter(|token| token.kind != TokenKind::Space).map(|token| token.span.of(text).to_owned()).collect()
    };
    assert_eq!(words(text), words(&changed));
    assert_eq!(format(Language::Structurizr, &changed, None), [], "{changed}");
    let errors = |text: &str| -> Vec<String> {
        let parsed = crate::domain::syntax::parse(Language::Structurizr, "w.dsl", text, &Sources::new());
        parsed.diagnostics.iter().filter(|found| found.level == Level::Error).map(|found| found.code.clone()).collect()
    };
    assert_eq!(errors(text), errors(&changed));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn help_is_given_at_any_place_of_damaged_text(text in damaged(), places in prop::collection::vec(0..SAMPLE.len(), 12)) {
        for place in places {
            ask(&text, place);
        }
    }

    #[test]
    fn damaged_text_is_laid_out_without_changing_its_meaning(text in damaged()) {
        lay_out(&text);
    }

    #[test]
    fn any_text_is_borne(text in "\\PC{0,60}", place in 0_usize..80) {
        ask(&text, place);
        lay_out(&text);
    }
}

#[test]
fn help_is_given_all_over_the_sample() {
    for place in (0..=SAMPLE.len() + 1).step_by(3) {
        ask(SAMPLE, place);
    }
}

#[test]
fn corpus_files_are_helped_with_everywhere() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let mut folders = vec![std::path::Path::new(&corpus).join("structurizr")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "dsl") {
                let text = std::fs::read_to_string(&path).unwrap();
                count += 1;
                // Many places of short files, some of long ones.
                let step = (text.len() / 10).max(1);
                for place in (0..text.len()).step_by(step) {
                    ask(&text, place);
                    // As while typing: the rest of the line is not there yet.
                    let here = text.floor_char_boundary(place);
                    let end = text[here..].find('\n').map_or(text.len(), |at| here + at);
                    ask(&format!("{}{}", &text[..here], &text[end..]), here);
                }
                lay_out(&text);
            }
        }
    }
    println!("{count} files");
    assert!(count > 0);
}
