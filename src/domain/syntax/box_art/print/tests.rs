//! Views that are printed: every edge can be followed, and what is read back is the same.

use super::*;
use crate::domain::{
    model::{ElementKey, kind::Kind},
    syntax::{self, Language, Sources, box_art},
};

mod corpus;
mod generated;
mod trace;

fn parse(text: &str) -> Model {
    syntax::parse(Language::Structurizr, "workspace.dsl", text, &Sources::new()).model
}

/// What a view shows, by name and in any order: elements with their frame, frames, edges with label and dashes.
type Told = (Vec<String>, Vec<String>, Vec<String>);

fn sorted(mut told: Told) -> Told {
    told.0.sort();
    told.1.sort();
    told.2.sort();
    told
}

fn of_scene(scene: &Scene) -> Told {
    let frames: BTreeMap<&FrameKey, &scene::Boundary> = scene.boundaries.iter().map(|boundary| (&boundary.key, boundary)).collect();
    let within = |frame: &Option<FrameKey>| {
        frame.as_ref().and_then(|key| frames.get(key)).map_or(String::new(), |frame| format!(" in {}", frame.name))
    };
    let shapes: BTreeMap<&ElementKey, &str> = scene.shapes.iter().map(|shape| (&shape.key, shape.name.as_str())).collect();
    let name = |end: &End| match end {
        End::Node(key) => shapes[key].to_owned(),
        End::Frame(key) => frames[key].name.clone(),
    };
    let elements = scene.shapes.iter().map(|shape| format!("{}{}", shape.name, within(&shape.boundary))).collect();
    let boundaries = scene.boundaries.iter().map(|boundary| format!("{}{}", boundary.name, within(&boundary.parent))).collect();
    let edges = scene
        .connectors
        .iter()
        .map(|connector| {
            let arrow = if connector.asynchronous { "..>" } else { "->" };
            format!("{} {arrow} {}: {}", name(&connector.source), name(&connector.target), connector.words)
        })
        .collect();
    sorted((elements, boundaries, edges))
}

/// The same of what a text is read as. Elements around others are frames.
fn of_text(text: &str) -> (Told, Vec<String>) {
    let imported = box_art::read(text);
    let model = &imported.model;
    let Some(view) = model.views.first() else { return Default::default() };
    let scene = scene::compose(model, view, None);
    (of_scene(&scene), imported.diagnostics.iter().map(|found| format!("{}: {}", found.code, found.what)).collect())
}

/// What one has and the other has not, as `+` and `-`.
fn difference(told: &Told, wanted: &Told) -> Vec<String> {
    let lines = |told: &Told| told.0.iter().chain(&told.1).chain(&told.2).cloned().collect::<Vec<_>>();
    let (told, wanted) = (lines(told), lines(wanted));
    let more = told.iter().filter(|line| !wanted.contains(line)).map(|line| format!("+ {line}"));
    more.chain(wanted.iter().filter(|line| !told.contains(line)).map(|line| format!("- {line}"))).collect()
}

const SHOP: &str = r#"workspace { model {
  u = person "Customer"
  s = softwareSystem "Shop" {
    web = container "Web app" "x" "React"
    api = container "Order service" "x" "Go, chi"
    db = container "Orders database" "x" "PostgreSQL"
    bus = container "Events" "x" "Kafka"
    mail = container "Mail worker" "x" "Go"
    web -> api "places orders" "HTTPS"
    api -> db "reads and writes" "SQL"
    api -> bus "publishes" "Kafka"
    mail -> bus "consumes"
  }
  u -> web "uses"
  p = softwareSystem "Payments"
  api -> p "authorises" "gRPC"
} views { container s { include * } } }"#;

#[test]
fn a_shop_is_drawn_in_characters() {
    let model = parse(SHOP);
    let printed = trace::check(&model, &model.views[0], 100).unwrap();
    println!("{}", printed.text);
    for part in ["╔═ Shop [System] ═", "│ Customer ", "(Go, chi)", "«external»", "HTTPS", "┄", "▼"] {
        assert!(printed.text.contains(part), "{part}\n{}", printed.text);
    }
    assert!(printed.text.lines().all(|line| box_art::glyph::width(line) <= 100 && line.trim_end() == line), "{}", printed.text);
    assert!(!printed.text.contains("Legend"), "{}", printed.text);
    assert_eq!((printed.fidelity.elements, printed.fidelity.relations, printed.fidelity.boundaries), (7, 6, 1));
    assert!(printed.fidelity.lost.iter().any(|lost| lost.what.starts_with("Description of an edge")));
}

#[test]
fn plain_characters_are_enough() {
    let model = parse(SHOP);
    let printed = print(&model, &model.views[0], &TextOptions { width: 100, ascii: true });
    assert!(printed.text.is_ascii(), "{}", printed.text);
}

#[test]
fn a_narrow_page_turns_the_drawing_and_says_so() {
    let model = parse(SHOP);
    let printed = print(&model, &model.views[0], &TextOptions { width: 60, ascii: false });
    assert!(printed.text.lines().all(|line| box_art::glyph::width(line) <= 60), "{}", printed.text);
    assert!(printed.fidelity.kept.iter().any(|kept| kept.what == TURNED));
}

#[test]
fn names_that_look_like_drawings_go_to_the_legend() {
    let model = parse(
        r#"workspace { model {
          a = softwareSystem "┌─┐ box --> arrow | pipe"
          b = softwareSystem "Supercalifragilisticexpialidocious system of systems"
          c = softwareSystem "Orders (legacy)"
          d = softwareSystem "決済サービス"
          a -> b "calls --> it | often"
          b -> c "a label that is far too long to stand beside an edge of a drawing of characters"
          c -> d
        } views { systemLandscape { include * } } }"#,
    );
    for ascii in [false, true] {
        let printed = print(&model, &model.views[0], &TextOptions { width: 100, ascii });
        let (told, findings) = of_text(&printed.text);
        let scene = scene::compose(&model, &model.views[0], None);
        assert_eq!(told, of_scene(&scene), "{}\n{findings:?}", printed.text);
    }
}

#[test]
fn image_views_and_empty_views_print_nothing_and_do_not_fail() {
    let model = parse("workspace { model { a = softwareSystem A } views { systemLandscape { } image * { plantuml x } } }");
    for view in &model.views {
        let printed = print(&model, view, &TextOptions::default());
        assert!(printed.text.len() < 60, "{}", printed.text);
    }
    let _ = Kind::ALL;
}
