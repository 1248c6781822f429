//! Random damage: whatever people type, nothing is lost and nothing panics.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "\u{feff}!const NAME \"Shop\"\r\nworkspace \"A\" {\n  !identifiers hierarchical\n  model {\n    archetypes {\n      api = container {\n        tag \"API\"\n      }\n      https = -> {\n        technology HTTPS\n      }\n    }\n    u = person \"User\" // c\n    group \"G\" {\n      s = softwareSystem \"${NAME}\" {\n        a = api \"A \\\n        B\" \"\" \"Go\" {\n          properties {\n            timeout 3s\n          }\n        }\n        d = container \"D\" \"\" \"PostgreSQL\" \"Database\"\n        a -> d \"reads\"\n      }\n    }\n    u --https-> s.a \"uses\"\n    live = deploymentEnvironment \"Live\" {\n      n = deploymentNode \"N\" {\n        instanceOf s.a\n        containerInstance s.d\n      }\n    }\n    /* x\n    } */\n  }\n  views {\n    container s \"C\" {\n      include *? \"->s.a->\"\n      exclude \"element.tag==API && ->s.d\"\n      autoLayout lr\n    }\n    dynamic s {\n      1: u -> s.a\n      {\n        {\n          s.a -> s.d\n        }\n      }\n    }\n    deployment * \"Live\" {\n      include *\n    }\n    image * {\n      plantuml \"\"\"\n        a -> b\n      \"\"\"\n    }\n  }\n}\n";

const PIECES: [&str; 24] = [
    "{",
    "}",
    "\"",
    "\\\n",
    "\n",
    "\"\"\"",
    "/*",
    "*/",
    "//",
    "#",
    "->",
    "-/>",
    "!script x {\n",
    "${NAME}",
    "this",
    "=",
    "workspace",
    "views {",
    "group \"x\" {",
    "!include a.dsl",
    "é",
    "\u{feff}",
    "--https->",
    "element==element==*",
];

fn damaged() -> impl Strategy<Value = String> {
    let edit = (0.0..1.0_f64, 0_usize..40, 0..PIECES.len());
    prop::collection::vec(edit, 1..8).prop_map(|edits| {
        let mut letters: Vec<char> = SAMPLE.chars().collect();
        for (place, cut, piece) in edits {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a short text"
            )]
            let at = (place * letters.len() as f64) as usize;
            let end = (at + if cut % 2 == 0 { 0 } else { cut }).min(letters.len());
            letters.splice(at..end, PIECES[piece].chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_comes_back(text in damaged()) {
        let (tree, _) = structurizr::parse::parse(&text);
        prop_assert_eq!(tree.text(), text);
    }

    #[test]
    fn damage_gives_a_sound_model(text in damaged()) {
        let sources = Sources::from([("a.dsl".to_owned(), "x = person \"X\"\n!include a.dsl\n".to_owned())]);
        let Parsed { model, diagnostics } = structurizr::parse("workspace.dsl", &text, &sources);
        prop_assert!(!model.views.is_empty());
        for found in &diagnostics {
            prop_assert!(found.file.is_some() || text.get(found.span.range()).is_some(), "{:?}", found);
        }
        for relation in model.relations.values() {
            prop_assert!(model.elements.contains_key(&relation.source) && model.elements.contains_key(&relation.target));
        }
        for element in model.elements.values() {
            prop_assert!(element.parent.as_ref().is_none_or(|parent| model.elements.contains_key(parent)));
            prop_assert!(element.group.as_ref().is_none_or(|group| model.groups.contains_key(group)));
        }
        for view in &model.views {
            prop_assert!(view.elements.iter().all(|key| model.elements.contains_key(key)));
            for key in &view.relations {
                let relation = &model.relations[key];
                prop_assert!(view.elements.contains(&relation.source) && view.elements.contains(&relation.target));
            }
        }
    }

    #[test]
    fn anything_can_be_read(text in "\\PC*") {
        let (tree, _) = structurizr::parse::parse(&text);
        prop_assert_eq!(tree.text(), text.clone());
        structurizr::parse("x.dsl", &text, &Sources::new());
    }
}

#[test]
fn the_sample_itself_is_sound() {
    read(SAMPLE);
}

#[test]
fn depth_is_bounded_and_fits_a_small_stack() {
    let deep = |open: &str, close: &str| {
        format!("workspace {{\nmodel {{\n{}{}\n}}\n}}", format!("{open}\n").repeat(3000), format!("{close}\n").repeat(3000))
    };
    let texts = [
        deep("group \"G\" {", "}"),
        deep("s = softwareSystem \"S\" {", "}"),
        deep("deploymentEnvironment \"E\" {\ndeploymentNode \"N\" {", "}\n}"),
    ];
    let sources: Sources = (0..200).map(|at| (format!("f{at}.dsl"), format!("group \"G\" {{\n!include f{}.dsl\n}}", at + 1))).collect();
    let worker = std::thread::Builder::new().stack_size(1024 * 1024);
    let handle = worker.spawn(move || {
        for text in texts {
            assert_eq!(structurizr::parse::parse(&text).0.text(), text);
            structurizr::parse("w.dsl", &text, &Sources::new());
        }
        let parsed = structurizr::parse("w.dsl", &in_model("!include f0.dsl"), &sources);
        assert!(parsed.diagnostics.iter().any(|found| found.code == "too-deep"));
    });
    handle.unwrap().join().unwrap();
}

#[test]
fn doubling_inclusions_end() {
    let sources: Sources = (0..40)
        .map(|at| (format!("f{at}.dsl"), format!("person \"P{at}\"\n!include f{0}.dsl\n!include f{0}.dsl\n", at + 1)))
        .chain([("f40.dsl".to_owned(), "person \"End\"\n".to_owned())])
        .collect();
    let parsed = structurizr::parse("w.dsl", &in_model("!include f0.dsl"), &sources);
    assert!(parsed.diagnostics.iter().any(|found| found.code == "too-many-elements" || found.code == "too-many-statements"));
}
