//! Gestures on hand-written charts: the exact text that comes out, and what the model then says.

use super::*;
use crate::domain::{
    model::{GroupKey, RelationKey, kind::Kind, view::Direction},
    syntax::{
        TextEdit, apply,
        gesture::{Gesture, Home, Outcome, Subject},
    },
};

pub(super) fn outcome(text: &str, gesture: &Gesture) -> Outcome {
    mermaid::edit::edit("chart.mmd", text, &Sources::new(), gesture).unwrap_or_else(|refusal| panic!("{refusal} {gesture:?}\n{text}"))
}

/// The text after a gesture. The edits are in order and can be undone.
pub(super) fn after(text: &str, gesture: &Gesture) -> String {
    let outcome = outcome(text, gesture);
    for pair in outcome.edits.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "{pair:?}");
    }
    let result = apply(text, &outcome.edits);
    let mut shift = 0_i64;
    let inverse: Vec<TextEdit> = outcome
        .edits
        .iter()
        .map(|edit| {
            let start = usize::try_from(i64::from(edit.span.start) + shift).unwrap();
            let end = start + edit.replacement.len();
            shift += i64::try_from(edit.replacement.len()).unwrap() - i64::try_from(edit.span.range().len()).unwrap();
            TextEdit { span: crate::domain::diagnostic::Span::new(start, end), replacement: edit.span.of(text).to_owned() }
        })
        .collect();
    assert_eq!(apply(&result, &inverse), text);
    result
}

fn check(text: &str, gesture: &Gesture, expected: &str) {
    assert_eq!(after(text, gesture), expected, "{gesture:?}");
}

fn element(id: &str) -> Subject {
    Subject::Element(key(id))
}

fn relation(id: &str) -> Subject {
    Subject::Relation(RelationKey::from(id))
}

fn rename(subject: Subject, name: &str) -> Gesture {
    Gesture::Rename { subject, name: name.to_owned() }
}

fn delete(subject: Subject) -> Gesture {
    Gesture::Delete { subjects: vec![subject] }
}

#[test]
fn a_label_is_one_token() {
    for (before, name, expected) in [
        ("flowchart LR\n  a[Old] --> b\n", "New", "flowchart LR\n  a[New] --> b\n"),
        ("flowchart LR\n  a[Old] --> b\n", "New (1)", "flowchart LR\n  a[\"New (1)\"] --> b\n"),
        ("flowchart LR\n  a[\"Old<br>Go\"]\n", "New", "flowchart LR\n  a[\"New<br>Go\"]\n"),
        ("flowchart LR\n  a(Old<br/>Go)\n", "x \"y\"", "flowchart LR\n  a(\"x #34;y#34;<br/>Go\")\n"),
        ("flowchart LR\n  a --> b\n", "New", "flowchart LR\n  a[New] --> b\n"),
        ("flowchart LR\n  a@{ shape: cyl }\n", "New", "flowchart LR\n  a@{ label: \"New\", shape: cyl }\n"),
        ("flowchart LR\n  a@{ shape: cyl, label: \"Old\" }\n", "New", "flowchart LR\n  a@{ shape: cyl, label: \"New\" }\n"),
        ("flowchart LR\n  a[\"`The **Old**`\"]\n", "New", "flowchart LR\n  a[\"`New`\"]\n"),
        ("flowchart LR\n  a[\"fa:fa-user <b>Old</b>\"]\n", "New", "flowchart LR\n  a[\"fa:fa-user <b>New</b>\"]\n"),
        ("flowchart LR\n  a[\"Old <b>x</b>\"]\n", "New", "flowchart LR\n  a[\"New\"]\n"),
        ("flowchart LR\n  a[\"<b>Old<br>Go</b>\"]\n", "New", "flowchart LR\n  a[\"<b>New<br>Go</b>\"]\n"),
        ("flowchart LR\n  a[\"`**Old**`\"]\n", "New", "flowchart LR\n  a[\"`**New**`\"]\n"),
        ("flowchart LR\n  a[Old]\n  broken[\n", "New", "flowchart LR\n  a[New]\n  broken[\n"),
    ] {
        check(before, &rename(element("a"), name), expected);
        assert_eq!(parse(expected).model.elements[&key("a")].name, name);
    }
}

#[test]
fn boundaries_are_renamed() {
    let group = |id: &str| Subject::Group(GroupKey::from(id));
    check("graph LR\nsubgraph g [Old]\na\nend\n", &rename(group("g"), "New one"), "graph LR\nsubgraph g [New one]\na\nend\n");
    check("graph LR\nsubgraph g\na\nend\n", &rename(group("g"), "New"), "graph LR\nsubgraph g[New]\na\nend\n");
    check("graph LR\nsubgraph Old one\na\nend\n", &rename(group("subgraph0"), "New one"), "graph LR\nsubgraph New one\na\nend\n");
    check("graph LR\nsubgraph Old one\na\nend\n", &rename(group("subgraph0"), "New"), "graph LR\nsubgraph new[New]\na\nend\n");
    check("graph LR\nsubgraph \"g\"\na\nend\n", &rename(group("g"), "N"), "graph LR\nsubgraph g[N]\na\nend\n");
}

#[test]
fn an_identifier_changes_wherever_it_stands() {
    check(
        "flowchart LR\na-->b & a2\nc---a\nclass a,b x\nstyle a fill:#fff\nclick a \"https://x.y\"\n%% @fact a replicas 2\n%% @fact a->b timeout 1s\nsubgraph s\na\nend\n",
        &Gesture::RenameIdentifier { element: key("a"), identifier: "orders".to_owned() },
        "flowchart LR\norders[a]-->b & a2\nc--- orders\nclass orders,b x\nstyle orders fill:#fff\nclick orders \"https://x.y\"\n%% @fact orders replicas 2\n%% @fact orders->b timeout 1s\nsubgraph s\norders\nend\n",
    );
    let refused = |id: &str| {
        let gesture = Gesture::RenameIdentifier { element: key("a"), identifier: id.to_owned() };
        mermaid::edit::edit("c.mmd", "flowchart LR\na e1@--> b\n", &Sources::new(), &gesture).is_err()
    };
    assert!(["end", "", "b", "e1", "x y", "a--b", "end-user", "a[", "-a"].into_iter().all(refused));
}

#[test]
fn a_connection_is_one_line_in_the_smallest_block() {
    let connect = |source: &str, target: &str, description: Option<String>, technology: Option<String>| Gesture::Connect {
        source: key(source),
        target: key(target),
        description,
        technology,
    };
    let text = "flowchart LR\n  x\n  subgraph s\n      a\n      b\n  end\n  y --> x\n  linkStyle 0 stroke:#f00\n";
    check(
        text,
        &connect("a", "b", None, Some("HTTPS".to_owned())),
        "flowchart LR\n  x\n  subgraph s\n      a\n      b\n      a -->|HTTPS| b\n  end\n  y --> x\n  linkStyle 1 stroke:#f00\n",
    );
    check(
        text,
        &connect("a", "x", Some("asks".to_owned()), Some("gRPC".to_owned())),
        "flowchart LR\n  x\n  subgraph s\n      a\n      b\n  end\n  y --> x\n  a -->|gRPC: asks| x\n  linkStyle 0 stroke:#f00\n",
    );
    check("graph TD;a-->b;style a fill:#f00;", &connect("b", "a", None, None), "graph TD;a-->b; b --> a;style a fill:#f00;");
    let done = outcome("flowchart LR\na --> b\n", &connect("a", "b", None, None));
    assert_eq!(done.select, Some(relation("a->b#2")));
}

#[test]
fn deleting_takes_all_that_refers_to_it() {
    let text = "flowchart LR\n  a[A] --> b[B] --> c[C]\n  d & b --> e\n  b --> b\n  class a,b x\n  style b fill:#f00\n  linkStyle 0,2 stroke:#f00\n  linkStyle 4 stroke:#0f0\n  %% @fact b replicas 2\n  %% @fact d->e timeout 2s\n  click b \"https://x.y\"\n";
    check(
        text,
        &delete(element("b")),
        "flowchart LR\n  a[A]\n  c[C]\n  d --> e\n  class a x\n  linkStyle 0 stroke:#f00\n  %% @fact d->e timeout 2s\n",
    );
    check("flowchart LR\n  a --> b %% why\n  c\n", &delete(relation("a->b")), "flowchart LR\n  a\n  b %% why\n  c\n");
    check("flowchart LR\n  a\n  b\n  a --> b %% why\n  c\n", &delete(relation("a->b")), "flowchart LR\n  a\n  b\n  c\n");
    check("flowchart LR\n  a & b --> c\n", &delete(relation("a->c")), "flowchart LR\n  a\n  b --> c\n");
    check("flowchart LR\n  a & b --> c & d\n", &delete(relation("a->c")), "flowchart LR\n  a --> d\n  b --> c\n  b --> d\n");
    check("flowchart LR\n  a e1@--> b\n  a --> b\n  e1@{ animate: true }\n", &delete(relation("e1")), "flowchart LR\n  a --> b\n");
    check(
        "flowchart LR\n  a --> b\n  a --> b\n  %% @fact a->b timeout 1s\n  %% @fact a->b#2 timeout 2s\n",
        &delete(relation("a->b")),
        "flowchart LR\n  a --> b\n  %% @fact a->b timeout 2s\n",
    );
    check(
        "flowchart LR\n  x --> a\n  subgraph g [G]\n    a --> b\n  end\n  x --> y\n  linkStyle 2 stroke:#f00\n  style g fill:#fff\n  %% @fact g zone dmz\n",
        &delete(Subject::Group(GroupKey::from("g"))),
        "flowchart LR\n  x --> y\n  linkStyle 0 stroke:#f00\n",
    );
    // Nothing closes the subgraph, so the end of the text goes, where what is kept is said.
    for end in ["", "\n"] {
        check(
            &format!("flowchart LR\n  subgraph g [G]\n    a\n    classDef c fill:#fff\n    classDef d fill:#000{end}"),
            &delete(Subject::Group(GroupKey::from("g"))),
            &format!("flowchart LR\n  classDef c fill:#fff\n  classDef d fill:#000{end}"),
        );
    }
    check("graph TD;a-->b;b-->c;d-->e", &delete(element("b")), "graph TD;a;c;d-->e");
}

#[test]
fn connections_get_other_ends() {
    let reconnect = |id: &str, source: &str, target: &str| Gesture::Reconnect {
        relation: RelationKey::from(id),
        source: key(source),
        target: key(target),
    };
    check(
        "flowchart LR\n  a\n  b\n  c\n  a -- asks --> b\n  %% @fact a->b timeout 1s\n",
        &reconnect("a->b", "a", "c"),
        "flowchart LR\n  a\n  b\n  c\n  a -- asks --> c\n  %% @fact a->c timeout 1s\n",
    );
    check(
        "flowchart LR\n  a[A] -->|asks| b[B] --> c\n  linkStyle 0 stroke:#f00\n",
        &reconnect("a->b", "c", "b"),
        "flowchart LR\n  a[A]\n  b[B] --> c\n  c -->|asks| b\n  linkStyle 1 stroke:#f00\n",
    );
}

#[test]
fn properties_are_comments() {
    let set = |subject: Subject, name: &str, value: Option<&str>| Gesture::SetProperty {
        subject,
        name: name.to_owned(),
        value: value.map(str::to_owned),
    };
    let text = "flowchart LR\n  a[A] --> b\n  c\n";
    check(text, &set(element("a"), "replicas", Some("3")), "flowchart LR\n  a[A] --> b\n  %% @fact a replicas 3\n  c\n");
    check(text, &set(relation("a->b"), "timeout", Some("1s")), "flowchart LR\n  a[A] --> b\n  %% @fact a->b timeout 1s\n  c\n");
    let stated = "flowchart LR\n  a\n  %% @fact a replicas 3\n  c\n";
    check(stated, &set(element("a"), "replicas", Some("4")), "flowchart LR\n  a\n  %% @fact a replicas 4\n  c\n");
    check(stated, &set(element("a"), "tier", Some("1")), "flowchart LR\n  a\n  %% @fact a replicas 3\n  %% @fact a tier 1\n  c\n");
    check(stated, &set(element("a"), "replicas", None), "flowchart LR\n  a\n  c\n");
    check(stated, &set(element("a"), "replicas", Some("3")), stated);
    check(
        "flowchart LR\n  subgraph My place\n    a\n  end\n",
        &set(Subject::Group(GroupKey::from("subgraph0")), "zone", Some("dmz")),
        "flowchart LR\n  subgraph My place\n  %% @fact \"My place\" zone dmz\n    a\n  end\n",
    );
    let whole = set(Subject::Workspace, "stage", Some("live"));
    check(text, &whole, "flowchart LR\n%% @fact workspace stage live\n  a[A] --> b\n  c\n");
    check("flowchart LR\n%% @fact workspace stage proposed\n  a\n", &whole, "flowchart LR\n%% @fact workspace stage live\n  a\n");
    check("flowchart LR\n%% @fact workspace stage live\n  a\n", &set(Subject::Workspace, "stage", None), "flowchart LR\n  a\n");
    let taken = mermaid::edit::edit("a.mmd", "flowchart LR\n  workspace --> b\n", &Sources::new(), &whole);
    assert!(taken.unwrap_err().what.contains("is called `workspace`"));
}

#[test]
fn technologies_and_descriptions_stand_in_labels() {
    let technology =
        |subject: Subject, technology: Option<&str>| Gesture::SetTechnology { subject, technology: technology.map(str::to_owned) };
    check("flowchart LR\na[A]\n", &technology(element("a"), Some("Go")), "flowchart LR\na[\"A<br>Go\"]\n");
    check("flowchart LR\na[\"A<br>Go<br>x y z\"]\n", &technology(element("a"), Some("Rust")), "flowchart LR\na[\"A<br>Rust<br>x y z\"]\n");
    check("flowchart LR\na[\"A<br/>Go\"]\n", &technology(element("a"), None), "flowchart LR\na[\"A\"]\n");
    check("flowchart LR\na\n", &technology(element("a"), Some("Go")), "flowchart LR\na[\"a<br>Go\"]\n");
    check("flowchart LR\na -->|asks| b\n", &technology(relation("a->b"), Some("HTTPS")), "flowchart LR\na -->|HTTPS: asks| b\n");
    check("flowchart LR\na -- HTTPS --> b\n", &technology(relation("a->b"), None), "flowchart LR\na --> b\n");
    check("flowchart LR\na -. x .-> b\n", &rename(relation("a->b"), "y"), "flowchart LR\na -. y .-> b\n");
    let describe = |subject: Subject, text: Option<&str>| Gesture::Describe { subject, description: text.map(str::to_owned) };
    check("flowchart LR\na --> b\n", &describe(relation("a->b"), Some("asks")), "flowchart LR\na -->|asks| b\n");
    check("flowchart LR\na -->|asks| b\n", &describe(relation("a->b"), None), "flowchart LR\na --> b\n");
    check("flowchart LR\na -. asks .-> b\n", &describe(relation("a->b"), None), "flowchart LR\na -.-> b\n");
    check("flowchart LR\na[A]\n", &describe(element("a"), Some("Does it")), "flowchart LR\na[A]\n%% @fact a description Does it\n");
    check("flowchart LR\na[\"A<br>Go<br>Does it\"]\n", &describe(element("a"), Some("No")), "flowchart LR\na[\"A<br>Go<br>No\"]\n");
}

#[test]
fn kinds_are_shapes_or_classes() {
    for (before, kind, expected) in [
        ("flowchart LR\na[A]\n", Kind::Database, "flowchart LR\na[(A)]\n"),
        ("flowchart LR\na[A]\n", Kind::Queue, "flowchart LR\na[A]:::queue\n"),
        ("flowchart LR\na[(A)]\n", Kind::Service, "flowchart LR\na[A]\n"),
        ("flowchart LR\na[A]:::queue\n", Kind::Cache, "flowchart LR\na[A]:::cache\n"),
        ("flowchart LR\na[A]\nclass a queue\n", Kind::Cache, "flowchart LR\na[A]:::cache\nclass a queue\n"),
        ("flowchart LR\na\n%% @fact a kind cache\n", Kind::Queue, "flowchart LR\na\n%% @fact a kind queue\n"),
        ("flowchart LR\na\n", Kind::Person, "flowchart LR\na:::person\n"),
    ] {
        check(before, &Gesture::SetKind { element: key("a"), kind }, expected);
        assert_eq!(parse(expected).model.elements[&key("a")].kind.value, kind);
    }
}

#[test]
fn new_nodes_and_boundaries() {
    let add = |kind: Kind, name: &str, home: Home| Gesture::Add { kind, name: name.to_owned(), home, view: None };
    check("flowchart LR\n  a\n", &add(Kind::Database, "Orders DB", Home::Top), "flowchart LR\n  a\n  orders_db[(Orders DB)]\n");
    check("flowchart LR", &add(Kind::Service, "End", Home::Top), "flowchart LR\n    node_end[\"End\"]");
    check("", &add(Kind::Queue, "a", Home::Top), "flowchart LR\n    a(a):::queue\n");
    check(
        "flowchart LR\n  subgraph g\n  end\n  a\n",
        &add(Kind::Service, "A", Home::Group(GroupKey::from("g"))),
        "flowchart LR\n  subgraph g\n      a_2[A]\n  end\n  a\n",
    );
    check(
        "flowchart LR\n  a[A]\n  b --> c\n",
        &Gesture::Enclose { name: "Core".to_owned(), home: Home::Top, elements: vec![key("a"), key("b")] },
        "flowchart LR\n  b --> c\n  subgraph core[Core]\n      a[A]\n      b\n  end\n",
    );
    check(
        "flowchart LR\n  a[A<br>Go] --> b\n  %% @fact a replicas 2\n",
        &Gesture::Duplicate { elements: vec![key("a")] },
        "flowchart LR\n  a[A<br>Go] --> b\n  %% @fact a replicas 2\n  a_2[A<br>Go]\n  %% @fact a_2 replicas 2\n",
    );
}

#[test]
fn nodes_move_with_their_lines() {
    let relocate = |id: &str, home: Home| Gesture::Move { elements: vec![key(id)], home };
    let group = |id: &str| Home::Group(GroupKey::from(id));
    check(
        "flowchart LR\n  a[A]\n  subgraph g\n    b\n  end\n  a --> b\n",
        &relocate("a", group("g")),
        "flowchart LR\n  subgraph g\n    b\n    a[A]\n  end\n  a --> b\n",
    );
    check(
        "flowchart LR\n  subgraph g\n    b\n    a[A]\n  end\n  a --> b\n",
        &relocate("a", Home::Top),
        "flowchart LR\n  subgraph g\n    b\n  end\n  a --> b\n  a[A]\n",
    );
    check(
        "flowchart LR\n  subgraph g\n    a[A] --> b[B]\n  end\n  subgraph h\n    c --> d\n  end\n  linkStyle 0 stroke:#f00\n",
        &relocate("a", group("h")),
        "flowchart LR\n  subgraph g\n    b[B]\n  end\n  subgraph h\n    c --> d\n    a\n  end\n  a[A] --> b\n  linkStyle 1 stroke:#f00\n",
    );
    check(
        "flowchart LR\n  subgraph g\n    subgraph h\n      a --> b\n    end\n  end\n  c\n",
        &relocate("h", Home::Top),
        "flowchart LR\n  subgraph g\n  end\n  c\n  subgraph h\n    a --> b\n  end\n",
    );
}

#[test]
fn the_sheet_has_a_title_and_a_direction() {
    let direct = Gesture::Direct { view: "main".to_owned(), direction: Direction::RightLeft };
    check("flowchart LR\na\n", &direct, "flowchart RL\na\n");
    check("graph;a", &direct, "graph RL;a");
    let title = Gesture::RenameView { view: "main".to_owned(), title: "My: shop".to_owned() };
    check("flowchart LR\na\n", &title, "---\ntitle: \"My: shop\"\n---\nflowchart LR\na\n");
    let hard = Gesture::RenameView { view: "main".to_owned(), title: "a \"b\" \\c; d'e".to_owned() };
    check("flowchart LR\na\n", &hard, "---\ntitle: \"a \\\"b\\\" \\\\c; d'e\"\n---\nflowchart LR\na\n");
    check(
        "flowchart LR\naccTitle: x\na\n",
        &hard,
        "---\ntitle: \"a \\\"b\\\" \\\\c; d'e\"\n---\nflowchart LR\naccTitle: a \"b\" \\c  d'e\na\n",
    );
    assert_eq!(parse(&after("flowchart LR\na\n", &hard)).model.views[0].title.as_deref(), Some("a \"b\" \\c; d'e"));
    assert_eq!(parse("---\ntitle: 'it''s'\n---\nflowchart LR\na\n").model.views[0].title.as_deref(), Some("it's"));
    check("---\ntitle: x\n---\nflowchart LR\na\n", &title, "---\ntitle: \"My: shop\"\n---\nflowchart LR\na\n");
    check("flowchart LR\naccTitle: x\na\n", &title, "flowchart LR\naccTitle: My: shop\na\n");
    let refused = |gesture: Gesture| mermaid::edit::edit("c.mmd", "flowchart LR\na\n", &Sources::new(), &gesture).is_err();
    assert!(refused(Gesture::RemoveView { view: "main".to_owned() }));
    assert!(refused(Gesture::Exclude { view: "main".to_owned(), elements: vec![key("a")] }));
    assert!(refused(rename(element("z"), "Z")) && refused(rename(element("a"), " ")));
}

#[test]
fn a_label_that_counts_is_kept_when_its_boundary_goes() {
    let text = "flowchart LR\n  subgraph s1\n    n(\"Old<br>Go\"):::svc\n  end\n  subgraph s2\n    n[New]\n  end\n";
    let gesture = Gesture::Delete { subjects: vec![Subject::Group("s2".into())] };
    let outcome = mermaid::edit::edit("c.mmd", text, &Sources::new(), &gesture).unwrap();
    let after = crate::domain::syntax::apply(text, &outcome.edits);
    assert_eq!(after, "flowchart LR\n  subgraph s1\n    n[New]:::svc\n  end\n");
}
