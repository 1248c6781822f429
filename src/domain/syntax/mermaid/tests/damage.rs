//! Random damage: whatever people type, nothing is lost and nothing panics.

use proptest::prelude::*;

use super::*;

pub(super) const SAMPLE: &str = "---\ntitle: \"Shop\"\nconfig:\n  theme: dark\n---\n%%{init: {'theme': 'dark'}}%%\nflowchart LR\r\n  %% @fact orders replicas 3\n  accDescr { Two\n lines }\n  user([User]):::people -->|HTTPS| web[\"Web shop<br>React\"]\n  web e1@-- \"JSON/HTTPS: orders\" --> orders & pay{{\"Pay #quot;now#quot;\"}};\n  subgraph backend [\"Back end\"]\n    direction TB\n    orders[Orders<br/>Go] -.-> bus@{ shape: h-cyl, label: \"Bus\" }\n    subgraph \"Data layer\"\n      db[(\"Orders DB\")] ~~~ cache(((Cache)))\n    end\n    orders == SQL ==> db\n    orders --x cache; orders <--> pay\n  end\n  backend ---> ext>Bank]\n  A --> B --> C\n    --> D\n  e1@{ animate: true }\n  classDef people fill:#fff,stroke:#333\n  class orders,pay compute\n  style db fill:#eee\n  linkStyle 0,2 stroke:#f00\n  click web href \"https://example.org/a;b\" \"Tip\" _blank\n  %% @fact web->orders timeout 800ms\n  md[\"`The **cat**\n  in the hat`\"]\n";

const PIECES: [&str; 40] = [
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "\"`",
    "`\"",
    "\n",
    "\r\n",
    "-->",
    "---",
    "-.->",
    "==>",
    "~~~",
    "--",
    "==",
    "-.",
    "|",
    "&",
    ":::",
    "@{",
    "}",
    ";",
    "%%",
    "%%{",
    "}%%",
    "%% @fact a b c",
    "subgraph x",
    "end",
    "\nend\n",
    "direction LR",
    "flowchart TD",
    "---\n",
    "accDescr {",
    "é",
    "\u{feff}",
    "<b a=\"x\">",
    "#35;",
];

pub(super) fn damaged() -> impl Strategy<Value = String> {
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

/// Whatever a text says, the model fits together.
fn sound(text: &str) {
    let Parsed { model, diagnostics } = parse(text);
    for found in &diagnostics {
        assert!(text.get(found.span.range()).is_some(), "{found:?}");
        assert!(!found.what.is_empty() && !found.why.is_empty() && !found.help.is_empty());
    }
    for relation in model.relations.values() {
        assert!(model.elements.contains_key(&relation.source) && model.elements.contains_key(&relation.target));
        assert!(text.get(relation.span.range()).is_some());
    }
    for (index, element) in model.elements.values().enumerate() {
        let parent = element.parent.as_ref().map(|parent| model.elements.get_index_of(parent).unwrap());
        assert!(parent.is_none_or(|parent| parent < index), "{}", element.key);
        assert!(element.group.as_ref().is_none_or(|group| model.groups.contains_key(group)));
        assert!(text.get(element.span.range()).is_some() && text.get(element.name_span.range()).is_some());
    }
    for (index, group) in model.groups.values().enumerate() {
        let parent = group.parent.as_ref().map(|parent| model.groups.get_index_of(parent).unwrap());
        assert!(parent.is_none_or(|parent| parent < index), "{}", group.key);
    }
    assert_eq!(model.views.len(), 1);
    assert_eq!(model.views[0].elements.len(), model.elements.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_comes_back(text in damaged()) {
        let (tree, _) = mermaid::parse::parse(&text);
        prop_assert_eq!(tree.text(), text);
    }

    #[test]
    fn damage_gives_a_sound_model(text in damaged()) {
        sound(&text);
    }

    #[test]
    fn anything_can_be_read(text in "(flowchart LR\n)?\\PC*") {
        let (tree, _) = mermaid::parse::parse(&text);
        prop_assert_eq!(tree.text(), text.clone());
        sound(&text);
    }
}

#[test]
fn the_sample_itself_is_right() {
    read(SAMPLE);
}

#[test]
fn depth_is_bounded_and_fits_a_small_stack() {
    let deep = format!("flowchart LR\n{}a\n{}", "subgraph x\n".repeat(3000), "end\n".repeat(3000));
    let chained: String = (0..3000).fold("flowchart LR\n".to_owned(), |text, at| format!("{text}subgraph s{at}\ns{}\nend\n", at + 1));
    let worker = std::thread::Builder::new().stack_size(512 * 1024);
    let handle = worker.spawn(move || {
        for text in [deep, chained] {
            assert_eq!(mermaid::parse::parse(&text).0.text(), text);
            sound(&text);
        }
    });
    handle.unwrap().join().unwrap();
}

#[test]
fn hostile_texts_are_read_to_the_end() {
    for piece in [
        "a[\"",
        "a[x\n",
        "a>x\n",
        "a@{",
        "a@{\"\n",
        "accDescr {\n",
        "a --> \n",
        "a -- x\n",
        "a\n",
        "<a=\"",
        "subgraph\n",
        "a|",
        "\n--> a",
        "%%{\n",
        "a&",
        "a & ",
        " ==> ",
        "a ==> ",
        "a -- x --> ",
        "a[x] --> ",
        "a -->|x| ",
        "a[x];",
    ] {
        let text = format!("flowchart LR\n{}", piece.repeat(50_000 / piece.len()));
        sound(&text);
    }
    let many = format!("flowchart LR\n{} --> {}\n", vec!["a"; 3000].join(" & "), vec!["b"; 3000].join(" & "));
    assert!(parse(&many).diagnostics.iter().any(|found| found.code == "too-many-elements"));
}
