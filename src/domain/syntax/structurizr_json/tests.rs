//! Workspaces as the tools write them, round trips, and text that is none.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::domain::{
    model::{
        kind::{Kind, Mode},
        view::{Direction, ViewKind},
    },
    syntax::{Sources, structurizr},
};

const BANK: &str = r##"{
  "id": 1, "name": "Bank", "description": null, "properties": {"stage": "production"},
  "model": {
    "properties": {"structurizr.groupSeparator": "/"},
    "people": [{"id": "1", "name": "Customer", "tags": "Element,Person,VIP", "location": "External",
      "relationships": [{"id": "20", "sourceId": "1", "destinationId": "3", "description": "Visits", "technology": "HTTPS", "tags": "Relationship,Synchronous"},
                        {"id": "21", "sourceId": "1", "destinationId": "2", "description": "Visits", "technology": "HTTPS", "linkedRelationshipId": "20"}]}],
    "softwareSystems": [
      {"id": 2, "name": "Internet Banking", "tags": "Element,Software System", "group": "Bank/Online",
       "documentation": {"sections": [{"content": "x"}], "decisions": []},
       "perspectives": [{"name": "Security", "description": "Audited", "value": "high"}],
       "containers": [
        {"id": "3", "name": "Web Application", "technology": "React", "tags": "Element,Container", "properties": {"structurizr.dsl.identifier": "bank.web", "timeout": "3s"},
         "components": [{"id": "5", "name": "Router", "tags": "Element,Component", "size": 0}],
         "relationships": [{"id": "22", "sourceId": "3", "destinationId": "4", "description": "Publishes", "interactionStyle": "Asynchronous"},
                           {"id": "23", "sourceId": "3", "destinationId": "404", "description": "?"}]},
        {"id": "4", "name": "Events", "tags": "Element,Container,Pipe", "url": "https://example.com"}]}],
    "customElements": [{"id": "6", "name": "Printer", "metadata": "Hardware", "tags": "Element"}],
    "deploymentNodes": [
      {"id": "7", "name": "Cluster", "environment": "Live", "instances": "3", "tags": "Element,Deployment Node",
       "infrastructureNodes": [{"id": "8", "name": "Load Balancer", "environment": "Live", "tags": "Element,Infrastructure Node"}],
       "containerInstances": [{"id": "9", "containerId": "3", "instanceId": 1, "environment": "Live", "tags": "Container Instance",
                               "healthChecks": [{"name": "x", "url": "https://example.com"}],
                               "relationships": [{"id": "24", "sourceId": "9", "destinationId": "10", "linkedRelationshipId": "22"}]},
                              {"id": "10", "containerId": "4", "instanceId": 1, "environment": "Live"}]}]
  },
  "views": {
    "systemContextViews": [{"key": "Context", "softwareSystemId": "2", "order": 2,
       "elements": [{"id": "1", "x": 200, "y": 100}, {"id": "2", "x": 650, "y": 400}], "relationships": [{"id": "21", "vertices": [{"x": 1, "y": 2}]}]}],
    "containerViews": [{"key": "Containers!", "softwareSystemId": "2", "title": "Parts", "order": 1, "automaticLayout": {"rankDirection": "LeftRight"},
       "elements": [{"id": "3", "x": 0, "y": 0}, {"id": "4", "x": 0, "y": 0}], "relationships": [{"id": "22"}], "animations": [{"order": 1}]}],
    "dynamicViews": [{"key": "Flow", "elementId": "2", "elements": [{"id": "1"}, {"id": "3"}],
       "relationships": [{"id": "20", "order": "2", "description": "answers", "response": true}, {"id": "20", "order": "1", "description": "asks"}]}],
    "deploymentViews": [{"key": "Live", "environment": "Live", "elements": [{"id": "7"}, {"id": "9"}, {"id": "10"}], "relationships": [{"id": "24"}]}],
    "filteredViews": [{"key": "NoVip", "baseViewKey": "Context", "mode": "Exclude", "tags": ["VIP"]}],
    "imageViews": [{"key": "Photo", "content": "data:image/png;base64,x", "order": 9}],
    "configuration": {"styles": {"elements": [{"tag": "Pipe", "shape": "Pipe", "background": "#ffffff"}], "relationships": []}, "terminology": {"person": "Human"}}
  },
  "documentation": {"sections": [], "decisions": [{"id": "1"}]}
}"##;

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

#[test]
fn a_workspace_is_read_with_all_that_is_in_it() {
    let read = import(BANK);
    let model = &read.model;
    assert_eq!((model.name.as_str(), model.facts.value("stage")), ("Bank", Some("production")));
    let keys: Vec<&str> = model.elements.keys().map(ElementKey::as_str).collect();
    assert_eq!(
        keys,
        [
            "customer",
            "internetBanking",
            "internetBanking.web",
            "internetBanking.web.router",
            "internetBanking.events",
            "printer",
            "live",
            "live.cluster",
            "live.cluster.load-balancer",
            "live.cluster.web-application",
            "live.cluster.events"
        ]
    );
    let web = &model.elements[&key("internetBanking.web")];
    assert_eq!((web.technology.as_deref(), web.kind.value, web.facts.value("timeout")), (Some("React"), Kind::Frontend, Some("3s")));
    assert_eq!(web.facts.value("healthcheck"), Some("yes"));
    let checks: Vec<_> = model.elements.values().flat_map(|element| &element.health_checks).collect();
    assert_eq!(checks.iter().map(|check| (check.name.as_str(), check.url.as_str())).collect::<Vec<_>>(), [("x", "https://example.com")]);
    let events = &model.elements[&key("internetBanking.events")];
    assert_eq!((events.kind.value, events.kind.reason.as_str()), (Kind::Queue, "shape of the style Pipe"));
    assert_eq!(model.elements[&key("customer")].tags, ["VIP"]);
    let bank = &model.elements[&key("internetBanking")];
    assert_eq!(bank.group.as_ref().map(|group| group.0.as_str()), Some("bank/online"));
    assert_eq!(bank.properties.get("perspective.Security").map(String::as_str), Some("Audited, high"));
    assert_eq!(model.elements[&key("live.cluster")].properties.get("instances").map(String::as_str), Some("3"));
    assert_eq!(model.elements[&key("live.cluster.web-application")].instance_of, Some(key("internetBanking.web")));
    let publishes = &model.relations[&RelationKey::from("internetBanking.web->internetBanking.events")];
    assert_eq!(publishes.mode.value, Mode::AsyncPub);
    let implied = &model.relations[&RelationKey::from("customer->internetBanking")];
    assert_eq!(implied.implied_by, Some(RelationKey::from("customer->internetBanking.web")));
    assert_eq!(model.relations[&RelationKey::from("customer->internetBanking.web")].tags, Vec::<String>::new());
    let codes: Vec<&str> = read.diagnostics.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(codes, ["unknown-element"]);
}

#[test]
fn views_keep_their_elements_order_and_places() {
    let read = import(BANK);
    let views: Vec<(&str, ViewKind, usize, usize)> =
        read.model.views.iter().map(|view| (view.key.as_str(), view.kind, view.elements.len(), view.relations.len())).collect();
    assert_eq!(
        views,
        [
            ("Containers-", ViewKind::Container, 3, 1),
            ("Context", ViewKind::Context, 2, 1),
            ("Photo", ViewKind::Image, 0, 0),
            ("Flow", ViewKind::Dynamic, 3, 1),
            ("Live", ViewKind::Deployment, 3, 1),
            ("NoVip", ViewKind::Filtered, 1, 0),
        ]
    );
    assert_eq!(read.model.views[0].direction, Direction::LeftRight);
    let steps: Vec<(&str, bool)> = read.model.views[3].steps.iter().map(|step| (step.order.as_str(), step.response)).collect();
    assert_eq!(steps, [("1", false), ("2", true)]);
    let places = &read.positions["Context"];
    let (one, other) = (places[&key("customer")], places[&key("internetBanking")]);
    assert_eq!((one.x, one.y), (0, 0));
    // They touched at a corner; so do ours, or they stand further apart.
    assert!(other.x >= 200 && other.y >= 120, "{other:?}");
    // What is laid out by itself has no places to keep.
    assert!(!read.positions.contains_key("Containers-"));
    assert_eq!(read.positions["NoVip"].len(), 1);
}

#[test]
fn what_is_kept_in_another_form_or_lost_is_said() {
    let read = import(BANK);
    let words = |remarks: &[crate::domain::syntax::fidelity::Remark]| remarks.iter().map(|remark| remark.what.clone()).collect::<Vec<_>>();
    let (kept, lost) = (words(&read.fidelity.kept), words(&read.fidelity.lost));
    for what in ["Perspective, as a property", "Filtered view, with what it shows now"] {
        assert!(kept.iter().any(|found| found == what), "{what} is not in {kept:?}");
    }
    for what in [
        "Section of documentation",
        "Decision record",
        "Style of elements",
        "Terminology",
        "Bend of a relationship",
        "Step of an animation",
        "Picture of an image view",
        "Relationship with an end that is not in the model",
    ] {
        assert!(lost.iter().any(|found| found == what), "{what} is not in {lost:?}");
    }
    let counts = (read.fidelity.elements, read.fidelity.relations, read.fidelity.boundaries, read.fidelity.views);
    assert_eq!(counts, (11, 2, 2, 6));
}

#[test]
fn text_that_is_no_workspace_is_said_at_its_place() {
    let read = import("{\n  \"model\": {\n    \"people\": [,]\n  }\n}");
    let found = &read.diagnostics[0];
    assert_eq!(found.code, "malformed-json");
    assert!(found.why.contains("line 3"), "{}", found.why);
    let place = crate::domain::diagnostic::LineIndex::new("{\n  \"model\": {\n    \"people\": [,]\n  }\n}").place(found.span.start);
    assert_eq!((place.line, place.column), (3, 16));
    assert_eq!(import("[]").diagnostics[0].code, "not-a-workspace");
    assert_eq!(import("{\"name\": \"x\"}").diagnostics[0].code, "not-a-workspace");
    assert_eq!(import("").diagnostics[0].code, "malformed-json");
    let deep = format!("{{\"model\": {}1{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(import(&deep).diagnostics[0].what.contains("too deeply"));
    assert!(looks_like(BANK) && !looks_like("{\"nodes\": []}") && !looks_like("workspace {"));
}

#[test]
fn boxes_that_stood_apart_stay_apart() {
    let elements = |places: &[(i64, i64)]| {
        let systems: Vec<String> = (0..places.len()).map(|id| format!("{{\"id\": \"{id}\", \"name\": \"S{id}\"}}")).collect();
        let shown: Vec<String> =
            places.iter().enumerate().map(|(id, (x, y))| format!("{{\"id\": \"{id}\", \"x\": {x}, \"y\": {y}}}")).collect();
        format!(
            "{{\"model\": {{\"softwareSystems\": [{}]}}, \"views\": {{\"systemLandscapeViews\": [{{\"key\": \"L\", \"elements\": [{}]}}]}}}}",
            systems.join(","),
            shown.join(",")
        )
    };
    let places: Vec<(i64, i64)> = (0..40).map(|at| (i64::from(at % 7) * 451 - 333, i64::from(at / 7) * 301 + 17)).collect();
    let read = import(&elements(&places));
    let ours: Vec<_> = read.positions["L"].values().copied().collect();
    assert_eq!(ours.len(), 40);
    for (at, one) in ours.iter().enumerate() {
        for other in ours.iter().skip(at + 1) {
            assert!((one.x - other.x).abs() >= 200 || (one.y - other.y).abs() >= 120, "{one:?} {other:?}");
        }
    }
    assert!(import(&elements(&[(0, 0), (0, 0)])).positions.is_empty());
}

/// What of a model a workspace in JSON holds too.
fn digest(model: &Model) -> Vec<String> {
    let mut lines = vec![format!("{} {:?}", model.name, model.description)];
    for element in model.elements.values() {
        lines.push(format!(
            "{} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            element.key,
            element.name,
            element.level,
            element.description,
            element.technology,
            element.kind.value,
            element.tags,
            element.instance_of,
            element.group.as_ref().and_then(|key| model.groups.get(key)).map(|group| &group.name)
        ));
    }
    for relation in model.relations.values() {
        lines.push(format!(
            "{} -> {} {:?} {:?} {:?} {}",
            relation.source,
            relation.target,
            relation.description,
            relation.technology,
            relation.mode.value,
            relation.implied_by.is_some()
        ));
    }
    for view in model.views.iter().filter(|view| !matches!(view.kind, ViewKind::Image | ViewKind::Filtered | ViewKind::Everything)) {
        let mut shown: Vec<&str> = view.elements.iter().map(ElementKey::as_str).collect();
        shown.sort_unstable();
        let steps: Vec<&str> = view.steps.iter().map(|step| step.order.as_str()).collect();
        lines.push(format!(
            "{} {:?} {:?} {:?} {shown:?} {} {steps:?}",
            view.key,
            view.kind,
            view.scope,
            view.direction,
            view.relations.len()
        ));
    }
    lines.sort();
    lines
}

#[test]
fn a_workspace_that_was_written_reads_back_the_same() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("structurizr/examples");
    let mut compared = 0;
    for name in ["big-bank-plc", "amazon-web-services", "microservices", "financial-risk-system", "getting-started"] {
        let path: PathBuf = root.join(name).join("workspace.dsl");
        let text = std::fs::read_to_string(&path).unwrap();
        let before = structurizr::parse(
            "workspace.dsl",
            &structurizr::print::print(&structurizr::parse("w", &text, &Sources::new()).model).text,
            &Sources::new(),
        )
        .model;
        let written = export(&before);
        let after = import(&written.text);
        assert_eq!(after.diagnostics, [], "{name}");
        let (one, other) = (digest(&before), digest(&after.model));
        let gone: Vec<&String> = one.iter().filter(|line| !other.contains(line)).collect();
        let new: Vec<&String> = other.iter().filter(|line| !one.contains(line)).collect();
        assert!(gone.is_empty() && new.is_empty(), "{name}\n- {:#?}\n+ {:#?}", &gone[..gone.len().min(5)], &new[..new.len().min(5)]);
        compared += 1;
    }
    println!("{compared} workspaces");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_workspaces_never_end_the_program(at in 0..BANK.len(), length in 0_usize..40, put in "[\\]{}\",:0-9a-z\\\\ ]{0,12}") {
        let (start, end) = (BANK.floor_char_boundary(at), BANK.floor_char_boundary((at + length).min(BANK.len())));
        let damaged = format!("{}{put}{}", &BANK[..start], &BANK[end..]);
        let read = import(&damaged);
        for view in &read.model.views {
            prop_assert!(view.elements.iter().all(|key| read.model.elements.contains_key(key)));
            prop_assert!(view.relations.iter().all(|key| read.model.relations.contains_key(key)));
        }
        for found in &read.diagnostics {
            prop_assert!(damaged.get(found.span.range()).is_some());
        }
    }

    #[test]
    fn any_json_can_be_read(text in "\\PC{0,200}") {
        import(&text);
    }
}
