//! Scenes and their SVG, on a model made by hand.

use std::collections::BTreeMap;

use super::{
    svg::{SvgOptions, Theme, svg, thumbnail},
    *,
};
use crate::domain::{
    diagnostic::Span,
    model::{
        Group, Inferred, RelationKey,
        facts::{Fact, Facts},
        kind::Mode,
        view::Step,
    },
    review::finding::Severity,
    syntax,
};

pub(crate) fn element(key: &str, name: &str, technology: &str, kind: Kind, level: Level, parent: &str, group: &str) -> Element {
    Element {
        key: key.into(),
        identifier: None,
        name: name.to_owned(),
        description: None,
        technology: (!technology.is_empty()).then(|| technology.to_owned()),
        level,
        kind: Inferred { value: kind, reason: String::new(), stated: true },
        parent: (!parent.is_empty()).then(|| parent.into()),
        group: (!group.is_empty()).then(|| group.into()),
        tags: Vec::new(),
        properties: BTreeMap::new(),
        facts: Facts::default(),
        url: None,
        perspectives: Vec::new(),
        health_checks: Vec::new(),
        instance_of: None,
        span: Span::default(),
        name_span: Span::default(),
        file: None,
    }
}

fn relation(source: &str, target: &str, technology: &str, mode: Mode) -> Relation {
    Relation {
        key: RelationKey(format!("{source}->{target}")),
        source: source.into(),
        target: target.into(),
        description: None,
        technology: (!technology.is_empty()).then(|| technology.to_owned()),
        mode: Inferred { value: mode, reason: String::new(), stated: true },
        tags: Vec::new(),
        properties: BTreeMap::new(),
        facts: Facts::default(),
        url: None,
        perspectives: Vec::new(),
        implied_by: None,
        span: Span::default(),
        file: None,
    }
}

fn group(key: &str, name: &str, owner: &str, trust: &str) -> Group {
    let mut facts = Facts::default();
    if !trust.is_empty() {
        facts.0.insert("trust".to_owned(), Fact { value: trust.to_owned(), span: Span::default(), inherited_from: None });
    }
    Group {
        key: key.into(),
        name: name.to_owned(),
        parent: None,
        owner: (!owner.is_empty()).then(|| owner.into()),
        properties: BTreeMap::new(),
        facts,
        span: Span::default(),
        file: None,
    }
}

/// The platform of the design's mockup.
pub(crate) fn platform() -> Model {
    use Kind::{Cache, Database, External, Frontend, Gateway, Person, Queue, Scheduler, SearchIndex, Service, System, Worker};
    let mut model = Model { name: "Platform".to_owned(), ..Model::default() };
    let c = Level::Container;
    for element in [
        element("customer", "Customer", "Shops online", Person, Level::Person, "", ""),
        element("storefront", "Web storefront", "TypeScript SPA", Frontend, Level::System, "", ""),
        element("platform", "Order & payments platform", "", System, Level::System, "", ""),
        element("session", "Session cache", "Redis 7", Cache, c, "platform", ""),
        element("gateway", "API gateway", "Envoy", Gateway, c, "platform", ""),
        element("order", "Order service", "Rust · 4 pods", Service, c, "platform", "ordering"),
        element("ordersdb", "Orders DB", "PostgreSQL 16", Database, c, "platform", "ordering"),
        element("osearch", "Order search", "OpenSearch", SearchIndex, c, "platform", "ordering"),
        element("bus", "order.events", "Kafka · 12 parts", Queue, c, "platform", ""),
        element("dispatch", "Dispatch worker", "Rust · 2 pods", Worker, c, "platform", ""),
        element("payment", "Payment service", "Kotlin · 3 pods", Service, c, "platform", "payments"),
        element("connector", "Card connector", "Kotlin", Service, c, "platform", "payments"),
        element("ledger", "Ledger DB", "PostgreSQL 16", Database, c, "platform", "payments"),
        element("settle", "Settlement job", "Daily · 02:00", Scheduler, c, "platform", "payments"),
        element("processor", "Card processor", "Acquirer API", External, Level::System, "", ""),
        element("warehouse", "Warehouse", "Partner WMS", External, Level::System, "", ""),
    ] {
        model.elements.insert(element.key.clone(), element);
    }
    for group in [group("ordering", "Ordering", "platform", ""), group("payments", "Payments", "platform", "PCI DSS scope")] {
        model.groups.insert(group.key.clone(), group);
    }
    for (source, target, technology, mode) in [
        ("customer", "storefront", "Browses", Mode::Sync),
        ("storefront", "gateway", "HTTPS", Mode::Sync),
        ("gateway", "session", "RESP", Mode::Sync),
        ("gateway", "order", "gRPC", Mode::Sync),
        ("gateway", "payment", "gRPC", Mode::Sync),
        ("order", "ordersdb", "SQL", Mode::Sync),
        ("order", "bus", "order.placed", Mode::AsyncPub),
        ("bus", "osearch", "", Mode::AsyncSub),
        ("bus", "dispatch", "order.paid", Mode::AsyncSub),
        ("dispatch", "warehouse", "HTTPS", Mode::Sync),
        ("payment", "bus", "payment.captured", Mode::AsyncPub),
        ("payment", "connector", "gRPC", Mode::Sync),
        ("connector", "processor", "mTLS", Mode::Sync),
        ("payment", "ledger", "SQL", Mode::Sync),
        ("settle", "ledger", "SQL", Mode::Sync),
        ("settle", "processor", "SFTP · daily", Mode::File),
    ] {
        let relation = relation(source, target, technology, mode);
        model.relations.insert(relation.key.clone(), relation);
    }
    let view = View {
        key: "containers".to_owned(),
        kind: ViewKind::Container,
        title: None,
        description: None,
        scope: Some("platform".into()),
        elements: model.elements.keys().filter(|key| key.as_str() != "platform").cloned().collect(),
        relations: model.relations.keys().cloned().collect(),
        steps: Vec::new(),
        direction: Direction::LeftRight,
        is_default: false,
        base: None,
        animation: Vec::new(),
        images: Vec::new(),
        properties: BTreeMap::new(),
        span: Span::default(),
    };
    model.views.push(view);
    model
}

fn options(theme: Theme) -> SvgOptions {
    let badges = [("ledger", Severity::Critical, 1), ("payment", Severity::High, 2), ("order", Severity::Low, 0)];
    SvgOptions {
        theme,
        badges: badges.into_iter().map(|(key, severity, count)| (key.into(), (severity, count))).collect(),
        selected: Some("payment".into()),
        interactive: true,
        ..SvgOptions::default()
    }
}

/// Opens and closes every element it opens; no element that could run or style anything.
#[track_caller]
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, tail) = after.split_once('>').unwrap();
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {svg}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        assert!(
            ["svg", "g", "path", "rect", "circle", "ellipse", "text", "tspan", "use", "title", "desc", "style"].contains(&name),
            "unexpected element {name}"
        );
        assert!(!tag.contains(" style=") && !tag.contains(" onload=") && !tag.contains(" onclick="), "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_platform_is_drawn_with_its_frames() {
    let model = platform();
    let scene = compose(&model, &model.views[0], None);
    assert_eq!(scene.shapes.len(), 15);
    assert_eq!(scene.connectors.len(), 16);
    let names: Vec<(&str, u32, bool)> = scene.boundaries.iter().map(|b| (b.name.as_str(), b.depth, b.trust.is_some())).collect();
    assert_eq!(names, [("Order & payments platform", 1, false), ("Ordering", 2, false), ("Payments", 2, true)]);
    assert_eq!(scene.summary, "15 elements, 16 connections");
    assert!(scene.connectors.iter().filter(|c| c.label.is_some()).count() == 15);
}

#[test]
fn every_theme_is_well_formed_and_repeatable() {
    let model = platform();
    let scene = compose(&model, &model.views[0], None);
    for theme in [Theme::Page, Theme::Light, Theme::Dark] {
        let drawn = svg(&scene, &options(theme));
        assert_well_formed(&drawn);
        assert_eq!(drawn, svg(&compose(&model, &model.views[0], None), &options(theme)));
        assert_eq!(drawn.contains("<style>"), theme != Theme::Page);
        assert!(!drawn.contains("href"), "a picture needs nothing besides itself");
    }
    assert_well_formed(&thumbnail(&scene));
}

#[test]
fn elements_say_what_they_are() {
    let model = platform();
    let scene = compose(&model, &model.views[0], None);
    let drawn = svg(&scene, &options(Theme::Page));
    for label in [
        "Payment service Kotlin · 3 pods, service, 2 findings, worst high",
        "Ledger DB PostgreSQL 16, database, 1 critical finding",
        "Order service Rust · 4 pods, service, review passed",
    ] {
        assert!(drawn.contains(&format!("aria-label=\"{label}\"")), "{label}");
    }
    assert_eq!(drawn.matches("role=\"button\"").count(), 15);
    assert!(drawn.contains("data-relation=\"payment-&gt;ledger\""));
    assert_eq!(drawn.matches("dg-edge--on").count(), 4);
}

#[test]
fn hostile_names_stay_text() {
    let mut model = platform();
    let name = "<script>alert(\"1\")</script>\u{0}\u{1b}[31m\u{202e}' onload='x";
    for element in model.elements.values_mut() {
        element.name = name.to_owned();
        element.technology = Some("</text><style>*{}</style>".to_owned());
    }
    for relation in model.relations.values_mut() {
        relation.technology = Some("]]><a href=\"javascript:1\">".to_owned());
    }
    for group in model.groups.values_mut() {
        group.name = name.to_owned();
    }
    model.views[0].title = Some(name.to_owned());
    let scene = compose(&model, &model.views[0], None);
    for theme in [Theme::Page, Theme::Light] {
        let drawn = svg(&scene, &SvgOptions { interactive: false, ..options(theme) });
        assert!(!drawn.contains("<script") && !drawn.contains("<a ") && !drawn.contains("*{}</style>"));
        assert!(!drawn.chars().any(|c| c.is_control() || c == '\u{202e}'));
    }
}

#[test]
fn long_names_wrap_then_end_in_an_ellipsis() {
    let mut model = platform();
    model.elements[&ElementKey::from("order")].name = "An order service with a name that never wants to come to an end".to_owned();
    let scene = compose(&model, &model.views[0], None);
    let shape = scene.shape(&"order".into()).unwrap();
    assert_eq!((shape.rect.width, shape.rect.height, shape.lines.len()), (200, 70, 2));
    assert!(shape.lines[1].ends_with('…'));
    assert!(svg(&scene, &options(Theme::Light)).contains("<title>An order service with a name that never wants to come to an end, Rust"));
}

#[test]
fn steps_of_a_dynamic_view_are_numbered() {
    let mut model = platform();
    let step =
        |order: &str, relation: &str, response| Step { order: order.to_owned(), relation: relation.into(), description: None, response };
    model.views[0].kind = ViewKind::Dynamic;
    model.views[0].steps =
        vec![step("1", "gateway->order", false), step("1.1", "order->ordersdb", false), step("2", "gateway->order", true)];
    let scene = compose(&model, &model.views[0], None);
    assert_eq!(scene.connectors.len(), 3);
    assert_eq!(scene.connectors[2].source, End::Node("order".into()));
    let drawn = svg(&scene, &options(Theme::Page));
    assert!(drawn.contains("<tspan font-weight=\"700\">1.1</tspan>\u{a0}SQL"));
}

#[test]
fn deployment_nodes_frame_their_instances() {
    let mut model = Model::default();
    for element in [
        element("live", "Live", "", Kind::Node, Level::DeploymentEnvironment, "", ""),
        element("live.aws", "AWS", "Amazon Web Services", Kind::Node, Level::DeploymentNode, "live", ""),
        element("live.aws.eu", "eu-west-1", "", Kind::Node, Level::DeploymentNode, "live.aws", ""),
        element("live.aws.eu.app", "App", "Go", Kind::Service, Level::ContainerInstance, "live.aws.eu", ""),
        element("live.aws.lb", "Load balancer", "ALB", Kind::Gateway, Level::InfrastructureNode, "live.aws", ""),
    ] {
        model.elements.insert(element.key.clone(), element);
    }
    let view = View {
        kind: ViewKind::Deployment,
        elements: model.elements.keys().cloned().collect(),
        relations: Vec::new(),
        ..platform().views[0].clone()
    };
    let scene = compose(&model, &view, None);
    let kinds: Vec<(&str, &str)> = scene.boundaries.iter().map(|b| (b.name.as_str(), b.kind.as_str())).collect();
    assert_eq!(kinds, [("AWS", "Amazon Web Services"), ("eu-west-1", "Deployment node")]);
    assert_eq!(scene.shapes.len(), 2);
}

#[test]
fn a_crop_lights_what_a_finding_is_about() {
    let model = platform();
    let scene = compose(&model, &model.views[0], None);
    let mini = crop(&scene, &["ledger".into()], &["payment->ledger".into()]);
    let lit: Vec<&str> = mini.shapes.iter().filter(|shape| shape.lit).map(|shape| shape.key.as_str()).collect();
    assert_eq!(lit, ["payment", "ledger"]);
    assert!(mini.dimming && mini.frame.width < scene.frame.width);
    assert_eq!(mini.connectors.iter().filter(|connector| connector.flagged).count(), 1);
    let far = crop(&scene, &["customer".into(), "processor".into(), "warehouse".into()], &[]);
    assert_eq!(far.shapes.len(), 3);
    assert!(far.frame.width < scene.frame.width);
    assert_eq!(crop(&scene, &["nobody".into()], &[]).frame, scene.frame);
}

#[test]
fn an_image_view_is_empty() {
    let mut model = platform();
    model.views[0].kind = ViewKind::Image;
    let scene = compose(&model, &model.views[0], None);
    assert!(scene.shapes.is_empty() && scene.boundaries.is_empty() && scene.connectors.is_empty());
    assert_well_formed(&svg(&scene, &options(Theme::Light)));
}

#[test]
fn pictures_to_look_at() {
    let Ok(folder) = std::env::var("LINTEL_PICTURES") else {
        println!("skipped: LINTEL_PICTURES is not set");
        return;
    };
    let model = platform();
    let mut hostile = platform();
    for (element, kind) in hostile.elements.values_mut().zip(Kind::ALL) {
        element.name = format!("{} \"]) end; %%{{}} <b> #quot; `x`", kind.name());
        element.kind.value = kind;
    }
    std::fs::write(format!("{folder}/layout-hostile.mmd"), syntax::mermaid::print::print(&hostile, &hostile.views[0])).unwrap();
    let kinds = compose(&hostile, &hostile.views[0], None);
    std::fs::write(format!("{folder}/layout-kinds.svg"), svg(&kinds, &options(Theme::Light))).unwrap();
    let scene = compose(&model, &model.views[0], None);
    let mini = crop(&scene, &["ledger".into()], &["payment->ledger".into()]);
    std::fs::write(format!("{folder}/layout-crop.svg"), svg(&mini, &SvgOptions { theme: Theme::Light, ..SvgOptions::default() })).unwrap();
    let single = crop(&scene, &["bus".into()], &[]);
    std::fs::write(format!("{folder}/layout-crop-single.svg"), svg(&single, &SvgOptions { theme: Theme::Light, ..SvgOptions::default() }))
        .unwrap();
    for direction in [Direction::LeftRight, Direction::TopBottom] {
        let mut view = model.views[0].clone();
        view.direction = direction;
        let scene = compose(&model, &view, None);
        for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            std::fs::write(format!("{folder}/layout-platform-{direction:?}-{name}.svg"), svg(&scene, &options(theme))).unwrap();
        }
    }
}

/// Every view of every example in the corpus: drawn without a fault.
#[test]
fn corpus_views_are_drawn_without_faults() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let mut drawn = 0;
    for folder in std::fs::read_dir(format!("{corpus}/structurizr/examples")).unwrap() {
        let folder = folder.unwrap().path();
        let mut sources = BTreeMap::new();
        read_folder(&folder, "", &mut sources);
        let text = sources.get("workspace.dsl").unwrap().clone();
        let parsed = syntax::parse(syntax::Language::Structurizr, "workspace.dsl", &text, &sources);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for view in &parsed.model.views {
            for direction in [view.direction, Direction::TopBottom, Direction::LeftRight] {
                let view = View { direction, ..view.clone() };
                let (graph, scene) = super::arrange(&parsed.model, &view, &super::Before::Nothing, &Pins::new());
                let faults = layout::metrics::faults(&graph, &scene.layout);
                assert_eq!(faults.total(), 0, "{name}: {} {direction:?}: {faults:?}", view.key);
                drawn += 1;
                if let Ok(pictures) = std::env::var("LINTEL_PICTURES") {
                    let path = format!("{pictures}/layout-{name}-{}-{direction:?}.svg", view.key);
                    std::fs::write(path.replace(".svg", ".mmd"), syntax::mermaid::print::print(&parsed.model, &view)).unwrap();
                    std::fs::write(path, svg(&scene, &SvgOptions { theme: Theme::Light, ..SvgOptions::default() })).unwrap();
                }
            }
        }
    }
    assert!(drawn > 20, "only {drawn} views");
}

fn read_folder(folder: &std::path::Path, prefix: &str, sources: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &format!("{name}/"), sources);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            sources.insert(name, text);
        }
    }
}
