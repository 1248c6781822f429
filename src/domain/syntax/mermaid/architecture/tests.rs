//! Whole texts, and whatever else people paste.

use proptest::prelude::*;

use super::*;
use crate::domain::model::ElementKey;

fn codes(text: &str, read: &Imported) -> Vec<String> {
    read.diagnostics.iter().map(|found| format!("{} `{}`", found.code, found.span.of(text))).collect()
}

fn relations(read: &Imported) -> Vec<String> {
    read.model.relations.values().map(|r| format!("{} {}", r.key, r.description.as_deref().unwrap_or("")).trim().to_owned()).collect()
}

const SHOP: &str = "---\ntitle: Front\n---\narchitecture-beta title Shop\n  accDescr {\n    How it\n    runs\n  }\n  %% service no(server)[No]\n  service db(database)[\"Orders (main)\"] in data\n  group cloud(cloud)[Our cloud]\n  group data(logos:aws-rds)[Data] in cloud\n  service disk(disk)[Files] in data\n  service api(server)[Order API] in cloud\n  service fn(logos:aws-lambda)[Mailer] in cloud\n  service bus(logos:kafka-icon)[Bus]\n  service net(internet)[World]\n  service gw(internet)[Gateway]\n  service odd(mdi:star)[Odd]\n  net:R --> L:gw\n  gw:R -[HTTPS]-> L:api{group}\n  api:B <--> T:db\n  disk:T -- B:api\n  fn:L <-- R:bus\n  align row api fn\n";

#[test]
fn groups_services_and_edges_become_a_model() {
    let read = import(SHOP);
    assert_eq!(codes(SHOP, &read), [""; 0]);
    let shown: Vec<(&str, &str, &str, &str)> = read
        .model
        .elements
        .values()
        .map(|e| (e.key.as_str(), e.name.as_str(), e.kind.value.slug(), e.group.as_ref().map_or("", |key| key.as_str())))
        .collect();
    assert_eq!(
        shown,
        [
            ("db", "Orders (main)", "database", "our-cloud/data"),
            ("disk", "Files", "object-store", "our-cloud/data"),
            ("api", "Order API", "service", "our-cloud"),
            ("fn", "Mailer", "service", "our-cloud"),
            ("bus", "Bus", "queue", ""),
            ("net", "World", "external", ""),
            ("gw", "Gateway", "gateway", ""),
            ("odd", "Odd", "service", ""),
        ]
    );
    assert_eq!(read.model.elements[3].technology.as_deref(), Some("AWS Lambda"));
    assert_eq!(relations(&read), ["net->gw", "gw->api HTTPS", "api->db", "disk->api", "bus->fn"]);
    assert_eq!(read.model.relations[2].tags, [BIDIRECTIONAL]);
    assert_eq!((read.model.name.as_str(), read.model.description.as_deref()), ("Shop", Some("How it runs")));
    let view = &read.model.views[0];
    assert_eq!((view.kind, view.direction, view.elements.len()), (ViewKind::Everything, Direction::LeftRight, 8));
    let kept: Vec<&str> = read.fidelity.kept.iter().map(|remark| remark.what.as_str()).collect();
    for what in ["Icon of a group", "Edge at a group", "Edge with two heads", "Edge without a head"] {
        assert!(kept.iter().any(|own| own.starts_with(what)), "{what} is not in {kept:?}");
    }
    let lost: Vec<(&str, usize)> = read.fidelity.lost.iter().map(|remark| (remark.what.as_str(), remark.count)).collect();
    assert_eq!(lost, [("Hint where to draw an element", 1), ("Icon", 1), ("Sides at which an edge is drawn", 5)]);
    assert_eq!((read.fidelity.elements, read.fidelity.boundaries), (8, 2));
}

#[test]
fn junctions_are_joined_where_heads_say_how() {
    let services = "service a[A]\nservice b[B]\nservice c[C]\nservice d[D]\njunction j\njunction k\n";
    let joined = |edges: &str| relations(&import(&format!("architecture-beta\n{services}{edges}")));
    assert_eq!(joined("a:R --> L:j\nb:T --> B:j\nj:R --> L:k\nk:R --> L:c\n"), ["a->c", "b->c"]);
    assert_eq!(joined("a:R -- L:j\nj:R -- L:b\n"), ["a->b"]);
    assert_eq!(joined("a:R -[x]-> L:j\nj:R -- L:b\nj:T -[y]- B:c\n"), ["a->b x", "a->c x, y"]);
    assert_eq!(joined("a:R -- L:j\nb:R -- L:j\nc:R -- L:j\na:T --> B:d\n"), ["a->j", "b->j", "c->j", "a->d"]);
    let text = format!("architecture-beta\n{services}a:R -- L:j\nb:R -- L:j\nc:R -- L:j\n");
    let read = import(&text);
    assert!(read.model.elements.contains_key(&ElementKey::from("j")) && !read.model.elements.contains_key(&ElementKey::from("k")));
    assert!(read.fidelity.kept.iter().any(|remark| remark.what == "Junction, as an element of its own"));
    assert!(read.fidelity.lost.iter().any(|remark| remark.what == "Junction that joins nothing"));
}

#[test]
fn faults_are_said_where_they_are() {
    let text = "service x[X]\narchitecture-beta\nservice a[A] in nowhere\na:R --> L:zz\nb --> c\ngroup g[G] in h\ngroup h[H] in g\nservice a[A2]\n";
    let read = import(text);
    assert_eq!(
        codes(text, &read),
        [
            "unknown-group `nowhere`",
            "unknown-identifier `zz`",
            "unexpected-statement `b --> c`",
            "circular-group `group g[G] in h`",
            "circular-group `group h[H] in g`",
            "duplicate-identifier `service a[A2]`",
        ]
    );
    assert!(looks_like("%% c\narchitecture-beta\n") && !looks_like("flowchart LR"));
    assert!(import("flowchart LR\n").diagnostics[0].help.contains("architecture-beta"));
}

const PIECES: [&str; 24] = [
    "architecture-beta\n",
    "group ",
    "service ",
    "junction ",
    "a",
    "b",
    "(database)",
    "[",
    "]",
    "\"",
    " in ",
    "\n",
    ":R",
    " -- ",
    "-->",
    "<-",
    "L:",
    "{group}",
    "align row a b\n",
    "title ",
    "accDescr {",
    "%%",
    "é",
    "---\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_model(parts in prop::collection::vec(prop_oneof![prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), "\\PC{0,5}"], 0..60)) {
        let text = parts.concat();
        let read = import(&text);
        for found in &read.diagnostics {
            prop_assert!(text.get(found.span.range()).is_some(), "{:?}", found);
        }
        for relation in read.model.relations.values() {
            prop_assert!(read.model.elements.contains_key(&relation.source) && read.model.elements.contains_key(&relation.target));
        }
        for element in read.model.elements.values() {
            prop_assert!(element.group.as_ref().is_none_or(|group| read.model.groups.contains_key(group)));
            prop_assert!(text.get(element.span.range()).is_some() && !element.name.is_empty());
        }
    }
}

#[test]
fn long_hostile_texts_end_soon() {
    for piece in
        ["service a[", "group g in g\n", "junction j\n", "j:R -- L:j\n", "a:R--L:b\n", "service a(", "accDescr {\n", "[", "service \"", "-"]
    {
        let read = import(&piece.repeat(300_000 / piece.len()));
        assert!(read.diagnostics.len() <= crate::domain::syntax::c4::MAX_DIAGNOSTICS + 1, "{piece}");
    }
    let star: String =
        (0..20_000).map(|number| format!("junction j{number}\nj{number}:R -- L:j{}\n", number + 1)).collect::<Vec<_>>().concat();
    assert!(import(&format!("architecture-beta\n{star}")).model.relations.len() <= 20_000);
}
