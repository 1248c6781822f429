//! D2 in and out: every construct, real files, hostile names and random damage.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    model::{
        ElementKey, GroupKey,
        kind::{Kind, Mode},
        view::{Direction, ViewKind},
    },
    scene::tests::platform,
    syntax::{Sources, structurizr},
};

fn read(text: &str) -> Imported {
    let read = import("diagram.d2", text, &Sources::new());
    let bad: Vec<_> =
        read.diagnostics.iter().map(|found| (found.code.clone(), found.what.clone(), found.span.of(text).to_owned())).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    read
}

fn elements(read: &Imported) -> Vec<String> {
    let one = |element: &crate::domain::model::Element| {
        format!("{} {:?} {:?} {:?}", element.key, element.name, element.level, element.kind.value)
    };
    read.model.elements.values().map(one).collect()
}

fn relations(read: &Imported) -> Vec<String> {
    let stated = read.model.relations.values().filter(|relation| relation.implied_by.is_none());
    stated
        .map(|relation| {
            let words =
                [relation.description.as_deref(), relation.technology.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" | ");
            format!("{}->{} {words}", relation.source, relation.target).trim().to_owned()
        })
        .collect()
}

fn lost(read: &Imported) -> Vec<String> {
    read.fidelity.lost.iter().map(|remark| format!("{} {}", remark.count, remark.what)).collect()
}

fn kept(read: &Imported) -> Vec<String> {
    read.fidelity.kept.iter().map(|remark| format!("{} {}", remark.count, remark.what)).collect()
}

#[test]
fn containers_nest_by_dots_and_braces() {
    let read = read(
        "shop: Web shop {\n  api: API { shape: hexagon }\n  DB.shape: cylinder\n  api -> db: reads\n}\nuser: { shape: person }\nuser -> Shop.API: HTTPS\nshop.api -> stripe\n",
    );
    assert_eq!(
        elements(&read),
        [
            "shop \"Web shop\" System System",
            "shop.api \"API\" Container Gateway",
            "shop.DB \"DB\" Container Database",
            "user \"user\" Person Person",
            "stripe \"stripe\" System External",
        ]
    );
    assert_eq!(relations(&read), ["shop.api->shop.DB reads", "user->shop.api HTTPS", "shop.api->stripe"]);
    assert_eq!(read.model.views[0].kind, ViewKind::Everything);
    assert_eq!(read.model.views[0].direction, Direction::TopBottom);
    assert!(read.model.relations.values().any(|relation| relation.implied_by.is_some()));
}

#[test]
fn connections_chain_and_go_both_ways() {
    let read = read("a -> b <- c: x\nd <-> e -- f\na -> a: self\n");
    assert_eq!(relations(&read), ["a->b x", "c->b x", "d->e", "e->d", "e->f", "a->a self"]);
    assert_eq!(
        kept(&read),
        ["1 Connection in both directions, as two relations", "1 Connection without direction, from the first to the second"]
    );
}

#[test]
fn labels_may_be_quoted_blocks_or_have_a_technology() {
    let read = read(
        "a: \"Orders\\n[Go, chi]\"\nb: |md\n  # Billing\n  Sends *invoices*\n|\na -> b: \"asks\\n[gRPC]\"\nb -> a: '[HTTPS]'\nc: It's C#1 # comment\n",
    );
    let (a, b) = (&read.model.elements[0], &read.model.elements[1]);
    assert_eq!((a.name.as_str(), a.technology.as_deref()), ("Orders", Some("Go, chi")));
    assert_eq!((b.name.as_str(), b.description.as_deref()), ("Billing", Some("Sends *invoices*")));
    assert_eq!(relations(&read), ["a->b asks | gRPC", "b->a HTTPS"]);
    assert_eq!(read.model.elements[2].name, "It's C#1");
}

#[test]
fn classes_and_variables_are_put_in() {
    let read = read(
        "vars: {\n  name: Orders\n  tech: { db: Postgres }\n  parts: { x; y }\n}\nclasses: {\n  store: { shape: cylinder; style.fill: red }\n  later.style.stroke-dash: 3\n}\ns: ${name} service {\n  ...${parts}\n  d: \"${tech.db} of ${name}\" { class: store }\n  e: 'plain ${name}'\n}\ns.x -> s.d: { class: later }\n",
    );
    assert_eq!(
        elements(&read),
        [
            "s \"Orders service\" System System",
            "s.x \"x\" Container Service",
            "s.y \"y\" Container Service",
            "s.d \"Postgres of Orders\" Container Database",
            "s.e \"plain ${name}\" Container Service",
        ]
    );
    assert_eq!(read.model.elements[3].tags, ["store"]);
    let relation = read.model.relations.values().next().unwrap();
    assert_eq!((relation.mode.value, relation.tags.clone()), (Mode::AsyncPub, vec!["later".to_owned(), "Asynchronous".to_owned()]));
}

#[test]
fn shapes_give_kinds() {
    let read = read(
        "a.shape: cylinder\nb.shape: queue\nc.shape: person\nd.shape: cloud\ne.shape: hexagon\nf.shape: stored_data\ng.shape: page\nOrder cache.shape: cylinder\nh.shape: rectangle\ni.shape: diamond\n",
    );
    let kinds: Vec<Kind> = read.model.elements.values().map(|element| element.kind.value).collect();
    assert_eq!(
        kinds,
        [
            Kind::Database,
            Kind::Queue,
            Kind::Person,
            Kind::External,
            Kind::Gateway,
            Kind::ObjectStore,
            Kind::Frontend,
            Kind::Cache,
            Kind::System,
            Kind::System
        ]
    );
    assert_eq!(lost(&read), ["1 Shape without a meaning of its own"]);
    assert_eq!(read.model.elements[0].kind.reason, "shape cylinder");
    assert_eq!(read.model.elements[7].key.as_str(), "orderCache");
}

#[test]
fn parents_are_named_by_underscores_and_connections_by_index() {
    let read = read(
        "x: {\n  y: {\n    _.z -> w\n    _._.up -> w: high\n  }\n}\n(x.z -> x.y.w)[0]: renamed { style.stroke-dash: 5 }\n(x.z -> x.y.w)[0].style.stroke: red\n",
    );
    assert_eq!(relations(&read), ["x.z->x.y.w renamed", "up->x.y.w high"]);
    assert_eq!(read.model.relations.values().next().unwrap().mode.value, Mode::AsyncPub);
    assert_eq!(lost(&read), ["1 Style of a connection"]);
}

#[test]
fn tables_keep_their_fields_as_a_description() {
    let read = read(
        "users: {\n  shape: sql_table\n  id: int { constraint: primary_key }\n  \"first name\": text\n}\norders: { shape: sql_table; user_id: int }\norders.user_id -> users.id\n",
    );
    assert_eq!(read.model.elements.len(), 2);
    assert_eq!(read.model.elements[0].description.as_deref(), Some("id: int (primary_key)\nfirst name: text"));
    assert_eq!(relations(&read), ["orders->users"]);
    assert_eq!(kept(&read), ["1 Connection to a field, as one to its table", "2 Fields of a table or class, as its description"]);
}

#[test]
fn deep_containers_become_groups_unless_they_are_connected() {
    let read = read(
        "cloud: Cloud {\n  region: Region {\n    vpc: { subnet: { api; db }; lone }\n  }\n}\ncloud.region.vpc.subnet.api -> cloud.region.vpc.subnet.db\n",
    );
    assert_eq!(
        elements(&read),
        [
            "vpc \"vpc\" System System",
            "vpc.subnet \"subnet\" Container Service",
            "vpc.subnet.api \"api\" Component Service",
            "vpc.subnet.db \"db\" Component Database",
            "vpc.lone \"lone\" Container Service"
        ]
    );
    let groups: Vec<&str> = read.model.groups.keys().map(GroupKey::as_str).collect();
    assert_eq!(groups, ["cloud", "cloud/region"]);
    assert_eq!(read.model.elements[0].group.as_ref().map(GroupKey::as_str), Some("cloud/region"));
}

#[test]
fn boards_become_views() {
    let read = read(
        "direction: right\na -> b\nlayers: {\n  inner: {\n    x -> y\n  }\n}\nscenarios: {\n  down: {\n    a -> c: retry\n    (a -> b)[0].style.stroke: red\n  }\n}\nsteps: {\n  one: { s1 }\n  two: { s1 -> s2; b: null }\n}\n",
    );
    let views: Vec<(&str, usize, usize)> =
        read.model.views.iter().map(|view| (view.key.as_str(), view.elements.len(), view.relations.len())).collect();
    assert_eq!(views, [("index", 2, 1), ("inner", 2, 1), ("down", 3, 2), ("one", 3, 1), ("two", 3, 1)]);
    assert!(read.model.views.iter().all(|view| view.direction == Direction::LeftRight));
}

#[test]
fn files_are_imported_whole_or_in_part() {
    let sources = Sources::from([
        ("lib/base.d2".to_owned(), "db: Database { shape: cylinder }\napi -> db\n...@more\n".to_owned()),
        ("lib/more.d2".to_owned(), "more\n...@base\n".to_owned()),
        ("parts.d2".to_owned(), "kafka: { shape: queue; topic }\nother\n".to_owned()),
    ]);
    let read = import("main.d2", "...@lib/base\nbus: @parts.kafka\nx: @nowhere\n", &sources);
    let keys: Vec<&str> = read.model.elements.keys().map(ElementKey::as_str).collect();
    assert_eq!(keys, ["db", "api", "more", "bus", "bus.topic", "x"]);
    assert_eq!(read.model.elements[0].file.as_deref(), Some("lib/base.d2"));
    let codes: Vec<&str> = read.diagnostics.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(codes, ["missing-file", "circular-include"]);
    assert_eq!(lost(&read), ["1 Imported file that is not at hand"]);
}

#[test]
fn text_on_the_page_describes_and_looks_are_lost() {
    let read = read(
        "title: |md\n  # Payments\n  How money moves\n| { near: top-center }\nbox: {\n  note: |md\n    Keep it small\n  |\n  inner\n}\nbox.inner: { icon: https://x.y/z.svg; tooltip: inside; link: https://example.com; style: { fill: red; stroke: blue }; near: title }\n*.style.fill: red\n** -> z\na -> b: { target-arrowhead.label: 1 }\ngrid-rows: 2\n",
    );
    assert_eq!((read.model.name.as_str(), read.model.description.as_deref()), ("Payments", Some("How money moves")));
    let inner = &read.model.elements[&ElementKey::from("box.inner")];
    assert_eq!((inner.description.as_deref(), inner.url.as_deref()), (Some("inside"), Some("https://example.com")));
    assert_eq!(read.model.elements[&ElementKey::from("box")].description.as_deref(), Some("Keep it small"));
    assert_eq!(
        lost(&read),
        [
            "1 Icon",
            "1 Style of a shape",
            "1 Place of a shape beside another one",
            "2 Pattern for several shapes or connections (`*`)",
            "1 Shape or label of an arrowhead",
            "1 Grid of a container"
        ]
    );
}

#[test]
fn sequence_diagrams_become_dynamic_views() {
    let read = read(
        "login: Sign in {\n  shape: sequence_diagram\n  alice; bob\n  alice -> bob: hello\n  bob.t1 -> alice.t1: hi\n  later: {\n    alice -> bob: again\n  }\n}\n",
    );
    assert_eq!(read.model.elements.len(), 3);
    let view = read.model.views.iter().find(|view| view.kind == ViewKind::Dynamic).unwrap();
    let steps: Vec<Option<&str>> = view.steps.iter().map(|step| step.description.as_deref()).collect();
    assert_eq!(steps, [Some("hello"), Some("hi"), Some("again")]);
    assert_eq!(view.title.as_deref(), Some("Sign in"));
}

#[test]
fn slips_are_said_at_their_place() {
    let text = "a -> \nb: ${nope}\n(a -> c)[3]: x\nd: {\n";
    let read = import("x.d2", text, &Sources::new());
    let found: Vec<(&str, &str)> = read.diagnostics.iter().map(|found| (found.code.as_str(), found.span.of(text))).collect();
    assert_eq!(
        found,
        [
            ("incomplete-connection", "a ->"),
            ("unknown-variable", "${nope}"),
            ("unknown-connection", "(a -> c)[3]: x"),
            ("unclosed-map", "")
        ]
    );
}

#[test]
fn real_files_are_read_without_slips() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("d2");
    for name in ["input", "vector-grid", "japan", "in", "dia"] {
        let text = std::fs::read_to_string(root.join(format!("{name}.d2"))).unwrap();
        let read = import("x.d2", &text, &Sources::new());
        println!("{name}: {:?}\n  {:?}", elements(&read), relations(&read));
        println!("  kept {:?}\n  lost {:?}", kept(&read), lost(&read));
        assert_eq!(read.diagnostics, [], "{name}");
        assert!(!read.model.elements.is_empty());
        let again = structurizr::print::write(&read.model);
        assert_eq!(again.elements.len(), read.model.elements.len(), "{name}\n{}", again.text);
    }
}

fn hostile(text: &str) -> Model {
    let mut model = platform();
    for element in model.elements.values_mut() {
        element.name = text.to_owned();
        element.technology = Some(text.to_owned());
        element.description = Some(text.to_owned());
        element.url = Some(text.to_owned());
    }
    for group in model.groups.values_mut() {
        group.name = text.to_owned();
    }
    for relation in model.relations.values_mut() {
        relation.technology = Some(text.to_owned());
        relation.description = Some(text.to_owned());
    }
    model.views[0].title = Some(text.to_owned());
    model
}

#[test]
fn a_view_is_written_and_reads_back_with_kinds_and_connections() {
    let model = platform();
    let text = print(&model, &model.views[0]).text;
    let again = read(&text);
    let shown = crate::domain::scene::compose(&model, &model.views[0], None);
    for shape in &shown.shapes {
        let found = again.model.elements.values().filter(|element| element.name == shape.name).map(|element| element.kind.value);
        assert!(found.clone().any(|kind| kind == shape.kind), "{} {:?} {:?}\n{text}", shape.name, shape.kind, found.collect::<Vec<_>>());
    }
    let stated = again.model.relations.values().filter(|relation| relation.implied_by.is_none());
    assert_eq!(stated.clone().count(), shown.connectors.len(), "{text}");
    let asynchronous = shown.connectors.iter().filter(|connector| connector.asynchronous).count();
    assert_eq!(text.lines().filter(|line| line.contains(" -> ") && line.contains("stroke-dash")).count(), asynchronous);
}

const HOSTILE: [&str; 12] = [
    "x\" }\n y: { shape: cloud } # ${z}",
    "|md\n# hi\n|",
    "\\",
    "\\\"",
    "a -> b: c; d",
    "*",
    "...@secret",
    "$${a}",
    "'",
    "\u{202e}\u{0}\r\n",
    "null",
    "]",
];

#[test]
fn hostile_names_stay_inside_their_quotes() {
    for name in HOSTILE {
        let model = hostile(name);
        let text = print(&model, &model.views[0]).text;
        let again = read(&text);
        let shown = crate::domain::scene::compose(&model, &model.views[0], None);
        let boxes = again.model.elements.len() + again.model.groups.len();
        assert_eq!(boxes, shown.shapes.len() + shown.boundaries.len(), "{name:?}\n{text}");
    }
}

const SAMPLE: &str = "vars: { a: { b: c } }\nclasses: { k: { shape: cylinder } }\nx: \"l\" { y: |md\n # h\n| { shape: text }; class: [k; j] }\nx.y -> z <- w -- q: 'label' { style.stroke-dash: 3 }\n(x.y -> z)[0].label: n\n*.style.fill: red\nx: { _.r; ...${a}; ...@f }\nlayers: { l: { a -> b } }\nsteps: { s: { c }; t: { c: null } }\n\"\"\"\ncomment\n\"\"\"\n";

const PIECES: [&str; 22] =
    ["{", "}", "\"", "'", "|", "||", "->", "<-", "--", "(", ")", "[0]", ".", ":", ";", "\n", "...", "@f", "${a.b}", "_", "*", "\\"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_gives_a_sound_model(edits in prop::collection::vec((0_usize..400, 0_usize..20, 0..PIECES.len()), 1..8)) {
        let mut letters: Vec<char> = SAMPLE.chars().collect();
        for (at, cut, piece) in edits {
            let start = at % letters.len().max(1);
            let end = (start + if cut % 2 == 0 { 0 } else { cut }).min(letters.len());
            letters.splice(start.min(end)..end, PIECES[piece].chars());
        }
        let text: String = letters.into_iter().collect();
        let sources = Sources::from([("f.d2".to_owned(), "g -> h\n...@f\n".to_owned())]);
        let read = import("x.d2", &text, &sources);
        for found in &read.diagnostics {
            prop_assert!(found.file.is_some() || text.get(found.span.range()).is_some(), "{:?}", found);
        }
        for relation in read.model.relations.values() {
            prop_assert!(read.model.elements.contains_key(&relation.source) && read.model.elements.contains_key(&relation.target));
        }
        for element in read.model.elements.values() {
            prop_assert!(element.parent.as_ref().is_none_or(|parent| read.model.elements.contains_key(parent)));
        }
        for view in &read.model.views {
            prop_assert!(view.elements.iter().all(|key| read.model.elements.contains_key(key)));
        }
        structurizr::print::print(&read.model);
    }

    #[test]
    fn anything_can_be_read(text in "\\PC{0,120}") {
        import("x.d2", &text, &Sources::new());
    }

    #[test]
    fn any_name_can_be_written(name in "\\PC{0,20}") {
        let model = hostile(&name);
        let text = print(&model, &model.views[0]).text;
        let again = import("x.d2", &text, &Sources::new());
        prop_assert!(again.diagnostics.is_empty(), "{text}\n{:?}", again.diagnostics);
    }
}

#[test]
fn depth_and_size_are_bounded_on_a_small_stack() {
    let texts = [
        "a: {".repeat(20_000),
        format!("{}x", "a.".repeat(20_000)),
        "[".repeat(20_000),
        format!("a: {}", "[".repeat(20_000)),
        "(".repeat(20_000),
        "a -> ".repeat(20_000),
        "layers: { a: { ".repeat(5_000),
        "|".repeat(20_000),
        (0..3000).map(|at| format!("vars: {{ v{}: ${{v{at}}}${{v{at}}} }}", at + 1)).collect::<Vec<_>>().join("\n"),
    ];
    let handle = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || {
        for text in texts {
            let read = import("x.d2", &text, &Sources::new());
            structurizr::print::print(&read.model);
        }
        let doubling: Sources = (0..40).map(|at| (format!("f{at}.d2"), format!("x{at}: @f{0}\ny{at}: @f{0}\n", at + 1))).collect();
        let read = import("m.d2", "...@f0\n", &doubling);
        assert!(read.diagnostics.iter().any(|found| found.code.starts_with("too-")), "{:?}", read.model.elements.len());
    });
    handle.unwrap().join().unwrap();
}
