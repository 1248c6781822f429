//! What a flowchart means: every construct, and what is said about broken ones.

use super::*;
use crate::domain::model::{
    GroupKey, Level, RelationKey,
    kind::{Kind, Mode},
    view::{Direction, ViewKind},
};

fn chart(body: &str) -> String {
    format!("flowchart LR\n{body}\n")
}

fn kind_of(model: &Model, id: &str) -> Kind {
    model.elements[&key(id)].kind.value
}

#[test]
fn all_shapes_are_elements_with_names() {
    let brackets = [
        "a[N]",
        "a(N)",
        "a([N])",
        "a[[N]]",
        "a[(N)]",
        "a((N))",
        "a>N]",
        "a{N}",
        "a{{N}}",
        "a[/N/]",
        "a[\\N\\]",
        "a[/N\\]",
        "a[\\N/]",
        "a(((N)))",
        "a[\"N\"]",
        "a(\"`N`\")",
        "a@{ shape: rect, label: \"N\" }",
        "a@{ label: 'N' }",
        "a@{\n  shape: cyl\n  label: N\n}",
        "a[\"N\"]:::cls",
        "a@{ icon: \"fa:user\", label: \"N\", h: 60 }",
    ];
    for text in brackets {
        let model = read(&chart(text));
        let element = &model.elements[&key("a")];
        assert_eq!(element.name, "N", "{text}");
        assert_eq!(element.name_span.of(&chart(text)), "N", "{text}");
        assert_eq!(element.identifier.as_deref(), Some("a"));
    }
    for (short, others) in mermaid::shape::NAMES {
        for name in std::iter::once(&short).chain(others) {
            read(&chart(&format!("a@{{ shape: {name} }}")));
        }
    }
}

#[test]
fn edges_are_relations() {
    for (text, expected) in [
        ("a --> b --> c", &["a->b", "b->c"][..]),
        ("a & b --> c & d", &["a->c", "a->d", "b->c", "b->d"]),
        ("a-->b;b-->c", &["a->b", "b->c"]),
        ("a --> b\na --> b", &["a->b", "a->b#2"]),
        ("a e1@--> b", &["e1"]),
        ("a --- b", &["a->b"]),
        ("a ~~~ b", &[]),
        ("a --o b --x c", &["a->b", "b->c"]),
        ("a x--x b o--o c <--> d", &["a->b", "b->c", "c->d"]),
        ("a ----> b ==> c -.-> d -..-> e", &["a->b", "b->c", "c->d", "d->e"]),
        ("a -- text --> b", &["a->b"]),
        ("a\n  --> b\n  --> c", &["a->b", "b->c"]),
        ("a -->\n  b", &["a->b"]),
        ("a --> a", &["a->a"]),
    ] {
        assert_eq!(relations(&read(&chart(text))), expected, "{text}");
    }
}

#[test]
fn labels_of_edges_are_descriptions_and_technologies() {
    for (text, description, technology) in [
        ("a -->|HTTPS| b", None, Some("HTTPS")),
        ("a -- gRPC: pays --> b", Some("pays"), Some("gRPC")),
        ("a -. \"order #35;1\" .-> b", Some("order #1"), None),
        ("a == SQL queries ==> b", Some("SQL queries"), Some("SQL")),
        ("a ---|\"pays<br/>[HTTPS]\"| b", Some("pays"), Some("HTTPS")),
        ("a -- \"`bold **edge**`\" --> b", Some("bold edge"), None),
        ("a -->|\"a (b) [c]\"| b", Some("a (b)"), Some("c")),
    ] {
        let model = read(&chart(text));
        let relation = &model.relations[&RelationKey::from("a->b")];
        assert_eq!((relation.description.as_deref(), relation.technology.as_deref()), (description, technology), "{text}");
    }
}

#[test]
fn dotted_edges_are_asynchronous_and_heads_are_kept() {
    let model = read(&chart("a -.-> b\na --> c\na --- d\na <--> e\na -.->|WebSocket| f"));
    let mode = |id: &str| model.relations[&RelationKey::from(id)].mode.clone();
    assert_eq!((mode("a->b").value, mode("a->b").reason.as_str()), (Mode::AsyncPub, "dotted edge"));
    assert_eq!(mode("a->c").value, Mode::Sync);
    assert_eq!(mode("a->f").value, Mode::Stream);
    assert_eq!(model.relations[&RelationKey::from("a->d")].tags, ["Undirected"]);
    assert_eq!(model.relations[&RelationKey::from("a->e")].tags, ["Bidirectional"]);
}

#[test]
fn shapes_classes_icons_and_names_give_kinds() {
    let model = read(&chart(
        "a[(Orders)]\nb[Orders<br>PostgreSQL]\nc[Orders]:::queue\nd@{ shape: h-cyl, label: Orders }\ne([User])\nf{{Edge}}\ng@{ shape: cloud, label: Maps }\n\
         h[fa:fa-user Ann]\ni[Order service]\nj[Bank]\nclass j external\nk((Start))\nl[\"Redis\"]\nm[x]\n%% @fact m kind worker\nn([Ann]):::people",
    ));
    for (id, kind) in [
        ("a", Kind::Database),
        ("b", Kind::Database),
        ("c", Kind::Queue),
        ("d", Kind::Queue),
        ("e", Kind::Person),
        ("f", Kind::Gateway),
        ("g", Kind::External),
        ("h", Kind::Person),
        ("i", Kind::Service),
        ("j", Kind::External),
        ("k", Kind::Service),
        ("l", Kind::Cache),
        ("m", Kind::Worker),
        ("n", Kind::Person),
    ] {
        assert_eq!(kind_of(&model, id), kind, "{id}: {}", model.elements[&key(id)].kind.reason);
    }
    assert_eq!(model.elements[&key("b")].technology.as_deref(), Some("PostgreSQL"));
    assert_eq!(model.elements[&key("a")].kind.reason, "shape cylinder");
    assert_eq!(model.elements[&key("c")].kind.reason, "class queue");
    assert!(model.elements[&key("m")].kind.stated);
    assert_eq!(model.elements[&key("e")].level, Level::Person);
    assert_eq!(model.elements[&key("j")].tags, ["external"]);
}

#[test]
fn subgraphs_are_groups() {
    let model = read(&chart(
        "c1-->a2\nsubgraph one\na1-->a2\nend\nsubgraph two [\"The <b>second</b>\"]\n  direction TB\n  subgraph \"In ner\"\n  b1\n  end\n  b2\nend\nsubgraph three\nc1-->c2\nend",
    ));
    let groups: Vec<(&str, &str)> = model.groups.values().map(|group| (group.key.as_str(), group.name.as_str())).collect();
    assert_eq!(groups, [("three", "three"), ("one", "one"), ("two", "The second"), ("subgraph1", "In ner")]);
    assert_eq!(model.groups[&GroupKey::from("subgraph1")].parent, Some(GroupKey::from("two")));
    let group = |id: &str| model.elements[&key(id)].group.as_ref().map(|group| group.0.clone());
    assert_eq!(group("a2").as_deref(), Some("one"));
    assert_eq!(group("b1").as_deref(), Some("subgraph1"));
    assert_eq!(group("c1").as_deref(), Some("three"));
}

#[test]
fn a_subgraph_that_an_edge_names_is_an_element_with_parts() {
    let model = read(&chart("subgraph outer\n subgraph TOP [Top]\n  direction TB\n  a --> b\n end\nend\nx --> TOP --> y"));
    let top = &model.elements[&key("TOP")];
    assert_eq!((top.name.as_str(), top.level, top.group.as_ref().map(GroupKey::as_str)), ("Top", Level::System, Some("outer")));
    assert_eq!(model.elements[&key("a")].parent, Some(key("TOP")));
    assert_eq!(relations(&model), ["a->b", "x->TOP", "TOP->y"]);
    let scene = crate::domain::scene::compose(&model, &model.views[0], None);
    assert_eq!(scene.connectors.len(), 3);
    assert_eq!(scene.boundaries.len(), 2);
    assert_eq!(scene.shapes.len(), 4);
}

#[test]
fn titles_directions_and_facts() {
    let text = "---\ntitle: \"Shop: all\"\n---\n%% plain comment\ngraph BT;\n  accTitle: other\n  accDescr: What is there\n  a-->b; a-->b\n  subgraph g[G]\n    c\n  end\n  %% @fact a replicas 3\n  %% @fact a->b timeout 800ms\n  %% @fact a->b#2 retry 3, 100ms\n  %% @fact g zone dmz\n  %% @fact \"G\" owner team\n  %% @fact workspace stage live\n  %% @fact a description Takes orders\n  click a href \"https://example.org/a;b\" _blank\n  click b call back()\n  click c \"/x\" \"two\n lines\"\n";
    let model = read(text);
    let view = &model.views[0];
    assert_eq!((view.key.as_str(), view.kind, view.direction), ("main", ViewKind::Everything, Direction::BottomTop));
    assert_eq!((view.title.as_deref(), view.description.as_deref()), (Some("Shop: all"), Some("What is there")));
    let a = &model.elements[&key("a")];
    assert_eq!((a.facts.value("replicas"), a.description.as_deref()), (Some("3"), Some("Takes orders")));
    assert_eq!(a.url.as_deref(), Some("https://example.org/a;b"));
    assert!(model.elements[&key("b")].url.is_none());
    assert_eq!(model.relations[&RelationKey::from("a->b")].facts.value("timeout"), Some("800ms"));
    assert_eq!(model.relations[&RelationKey::from("a->b#2")].facts.value("retry"), Some("3, 100ms"));
    assert_eq!(model.elements[&key("c")].facts.value("zone"), Some("dmz"));
    assert_eq!(model.elements[&key("c")].facts.value("owner"), Some("team"));
    assert_eq!(model.facts.value("stage"), Some("live"));
}

#[test]
fn a_broken_statement_costs_that_statement() {
    for (body, expected, elements) in [
        ("a[x\nb[y]", "2:2 Error unclosed-bracket", &["b"][..]),
        ("a[\"x]\nb[\"y\"]", "2:2 Error unclosed-bracket", &["b"]),
        ("a --> b\nc -->", "3:5 Error missing-node", &["a", "b"]),
        ("a\nweb e1@-- \"x\" --> \u{feff};", "3:17 Error missing-node", &["a"]),
        ("a -> b\nc", "2:3 Error unexpected-text", &["c"]),
        ("a b\nc", "2:3 Error unexpected-text", &["c"]),
        ("a -- text b\nc", "2:3 Error unclosed-arrow", &["c"]),
        ("a -->|text b\nc", "2:6 Error unclosed-label", &["c"]),
        ("a@{ shape: cyl\nc", "2:2 Error unclosed-brace", &["c"]),
        ("a\nend\nc", "3:1 Error unexpected-end", &["a", "c"]),
        ("subgraph s\n  a\nb", "2:1 Error unclosed-subgraph", &["a", "b"]),
        ("a\nlinkStyle x stroke:#fff\nc", "3:11 Error unexpected-value", &["a", "c"]),
        ("a\nstyle a\nc", "3:1 Error missing-word", &["a", "c"]),
        ("a\nflowchart TD\nc", "3:1 Error second-header", &["a", "c"]),
        ("subgraph s\n  a -->\nend\nb", "3:7 Error missing-node", &["b"]),
    ] {
        let text = chart(body);
        assert_eq!(complaints(&text), [expected], "{body}");
        let keys: Vec<String> = parse(&text).model.elements.keys().map(|key| key.0.clone()).collect();
        assert_eq!(keys, elements, "{body}");
    }
    // The missing end stands where the indent says.
    let model = parse(&chart("subgraph s\n  a\nb")).model;
    assert!(model.elements[&key("b")].group.is_none() && model.elements[&key("a")].group.is_some());
}

#[test]
fn what_mermaid_would_refuse_is_read_with_a_warning() {
    for (body, expected) in [
        ("a[f(x)]", "2:3 Warning unquoted-label"),
        ("a --> end", "2:7 Warning reserved-word"),
        ("a --> b %% c", "2:9 Warning misplaced-comment"),
        ("a [x]", "2:2 Warning space-before-bracket"),
        ("a@{ shape: cylindr }", "2:12 Warning unknown-shape"),
        ("a\nclass b x", "3:7 Warning unknown-identifier"),
        ("a --> b\nlinkStyle 1 stroke:#fff", "3:11 Warning unknown-edge"),
        ("a <--- b", "2:3 Warning backward-arrow"),
        ("a\n%% @fact b replicas 3", "3:10 Warning unknown-identifier"),
        ("a\n%% @fact a replcas 3", "3:12 Warning unknown-fact"),
    ] {
        assert_eq!(complaints(&chart(body)), [expected], "{body}");
        assert!(parse(&chart(body)).model.elements.contains_key(&key("a")), "{body}");
    }
    assert_eq!(relations(&parse(&chart("a <--- b")).model), ["b->a"]);
    assert_eq!(parse(&chart("a[f(x)]")).model.elements[&key("a")].name, "f(x)");
}

#[test]
fn other_texts_are_told() {
    assert_eq!(complaints("sequenceDiagram\n  A->>B: x\n"), ["1:1 Error other-diagram"]);
    assert_eq!(complaints(""), ["1:1 Error missing-header"]);
    assert_eq!(complaints("a --> b\n"), ["1:1 Error missing-header"]);
    assert_eq!(relations(&parse("a --> b\n").model), ["a->b"]);
    assert_eq!(complaints("flowchart XY\na\n"), ["1:11 Error unknown-direction"]);
}
