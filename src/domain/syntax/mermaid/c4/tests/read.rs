//! Texts as people write them, and whatever else they paste.

use super::*;

fn codes(text: &str, read: &Imported) -> Vec<String> {
    read.diagnostics.iter().map(|found| format!("{} `{}`", found.code, found.span.of(text))).collect()
}

const BANK: &str = "---\ntitle: From the front\n---\n%%{init: {\"theme\": \"dark\"}}%%\nC4Context\n  title Landscape of #quot;Big#quot; Bank\n  accDescr: Who talks to whom\n  %% Person(no, \"No\")\n  Enterprise_Boundary(b0, \"Big Bank\") {\n    Person(a, Customer, \"Has <br/> accounts\", $tags=\"vip\")\n    Person_Ext(c, \"Auditor\", , , \"out\")\n    SystemDb_Ext(main, \"Mainframe\", \"Old, but good\")\n    System_Boundary(b2, \"Suite\")\n    {\n      System(x, \"Billing\")\n      SystemQueue(q, \"Events\")\n    }\n    Boundary(b3, \"Zone\", \"trust zone\") {\n      ContainerDb(db, \"Store\", \"Custom\", \"Rows\")\n    }\n  }\n  BiRel(a, x, \"Uses\")\n  Rel(x, main, \"Reads\nrows\", \"JDBC\")\n  Rel_Back(db, x, \"Writes\", $tags=\"async\")\n  UpdateElementStyle(a, $fontColor=\"red\", $bgColor=\"grey\")\n  UpdateRelStyle(a, x, $textColor=\"blue\", $offsetX=\"5\")\n  UpdateLayoutConfig($c4ShapeInRow=\"3\", $c4BoundaryInRow=\"1\")\n";

#[test]
fn a_context_becomes_a_model() {
    let read = import(BANK);
    assert_eq!(codes(BANK, &read), [""; 0]);
    let shown: Vec<(&str, &str, Level, &str)> = read
        .model
        .elements
        .values()
        .map(|e| (e.key.as_str(), e.name.as_str(), e.level, e.group.as_ref().map_or("", |key| key.as_str())))
        .collect();
    assert_eq!(
        shown,
        [
            ("a", "Customer", Level::Person, "big-bank"),
            ("c", "Auditor", Level::Person, "big-bank"),
            ("main", "Mainframe", Level::System, "big-bank"),
            ("x", "Billing", Level::System, "big-bank/suite"),
            ("q", "Events", Level::System, "big-bank/suite"),
            ("db", "Store", Level::Container, "big-bank/zone"),
        ]
    );
    let element = |key: &str| &read.model.elements[&ElementKey::from(key)];
    assert_eq!((element("a").description.as_deref(), element("a").tags.as_slice()), (Some("Has\naccounts"), ["vip".to_owned()].as_slice()));
    assert_eq!(element("c").tags, ["out", "External"]);
    assert_eq!(
        (element("main").kind.value, element("q").kind.value, element("db").kind.value),
        (Kind::External, Kind::Queue, Kind::Database)
    );
    let relations: Vec<String> = read
        .model
        .relations
        .values()
        .map(|r| format!("{} {} {}", r.key, r.description.as_deref().unwrap_or(""), r.mode.value.slug()))
        .collect();
    assert_eq!(relations, ["a->x Uses sync", "x->main Reads rows sync", "x->db Writes async-pub"]);
    assert_eq!(read.model.name, "Landscape of \"Big\" Bank");
    assert_eq!(read.model.description.as_deref(), Some("Who talks to whom"));
    assert_eq!(read.fidelity.boundaries, 3);
    let lost: Vec<(&str, usize)> = read.fidelity.lost.iter().map(|remark| (remark.what.as_str(), remark.count)).collect();
    assert_eq!(lost, [("Settings in a directive", 1), ("Colours, legends and other looks", 3)]);
    assert_eq!(read.fidelity.lost[1].span.unwrap().of(BANK), "UpdateElementStyle(a, $fontColor=\"red\", $bgColor=\"grey\")");
}

#[test]
fn the_other_kinds_are_read() {
    let dynamic = import("C4Dynamic\nContainer(a, \"A\")\nContainer(b, \"B\")\nRelIndex(4, a, b, \"asks\")\nRel(b, a, \"answers\")\n");
    let view = &dynamic.model.views[0];
    assert_eq!((view.kind, view.steps.len(), view.steps[0].order.as_str()), (ViewKind::Dynamic, 2, "4"));
    let deployment =
        import("C4Deployment\nDeployment_Node(n, \"Phone\", \"iOS\"){\nNode_L(o, \"Inner\") {\nContainer(a, \"App\", \"Swift\")\n}\n}\n");
    assert_eq!(deployment.model.views[0].kind, ViewKind::Deployment);
    assert_eq!(deployment.model.elements[2].parent.as_ref().map(ElementKey::as_str), Some("o"));
    assert_eq!(deployment.model.elements[0].technology.as_deref(), Some("iOS"));
    let component = import("C4Component\nContainer_Boundary(api, \"API\") {\nComponent(c, \"C\", \"Bean\")\n}\n");
    assert_eq!(component.model.views[0].scope.as_ref().map(ElementKey::as_str), Some("api"));
    assert!(looks_like("%% x\nC4Container\n") && !looks_like("flowchart TD\n"));
}

#[test]
fn faults_are_said_where_they_are() {
    let text = "Person(a, \"A\")\nC4Context\nPersn(b, \"B\")\nRel(a, zz, \"x\")\nwhat\n}\nSystem(c, \"C)\n";
    let read = import(text);
    assert_eq!(
        codes(text, &read),
        [
            "unknown-macro `Persn`",
            "unknown-identifier `zz`",
            "unexpected-statement `what`",
            "unexpected-brace `}`",
            "unclosed-quote `\"C)`"
        ]
    );
    let read = import("graph TD\n");
    assert!(read.diagnostics[0].help.contains("C4Context"));
}

#[test]
fn the_corpus_is_read_without_remarks() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(std::path::Path::new(&corpus).join("mermaid/c4")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let read = import(&text);
        assert_eq!(codes(&text, &read), [""; 0]);
        let calls =
            |names: &[&str]| text.lines().filter(|line| names.iter().any(|name| line.trim().starts_with(&format!("{name}(")))).count();
        assert_eq!(read.model.relations.len(), calls(&["Rel", "BiRel", "Rel_U", "Rel_R", "Rel_Back"]));
        assert!(read.model.elements.len() > 4 && read.model.views.len() == 1);
        count += 1;
    }
    assert_eq!(count, 6);
}

const PIECES: [&str; 26] = [
    "C4Context\n",
    "C4Dynamic\n",
    "{",
    "}",
    "\"",
    "(",
    ")",
    ",",
    "\n",
    "%%",
    "%%{",
    "}%%",
    "---\n",
    "Person(a, ",
    "Rel(a, b, ",
    "RelIndex(1, ",
    "Boundary(x, \"y\") {\n",
    "Node(",
    "title ",
    "accDescr {",
    "$tags=\"",
    "direction TB",
    "#35;",
    "<br/>",
    "é",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_model(parts in prop::collection::vec(prop_oneof![prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), "\\PC{0,6}"], 0..50)) {
        let text = parts.concat();
        let read = import(&text);
        for found in &read.diagnostics {
            prop_assert!(text.get(found.span.range()).is_some(), "{:?}", found);
        }
        for relation in read.model.relations.values() {
            prop_assert!(read.model.elements.contains_key(&relation.source) && read.model.elements.contains_key(&relation.target));
        }
        for view in &read.model.views {
            prop_assert!(print(&read.model, view).text.starts_with("C4"));
        }
    }
}

#[test]
fn long_hostile_texts_end_soon() {
    for piece in [
        "Person(",
        "(",
        "\"",
        "{",
        "}",
        "Boundary(a, \"b\") {\n",
        "%%{",
        "---\n",
        "Rel(a, b\n",
        "accDescr {",
        "title x ",
        "Person(a,\"b\") ",
        "Rel(\"a\n",
        " ",
    ] {
        let read = import(&piece.repeat(300_000 / piece.len()));
        assert!(read.diagnostics.len() <= crate::domain::syntax::c4::MAX_DIAGNOSTICS + 1, "{piece}");
    }
}
