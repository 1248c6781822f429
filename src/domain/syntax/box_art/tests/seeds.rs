//! The two drawings that the product began with.

use super::*;
use crate::domain::model::kind::Kind;

fn seed(name: &str) -> Option<String> {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return None;
    };
    let folder = std::path::Path::new(&corpus).join("../seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there are no seeds beside the corpus");
        return None;
    };
    let file = entries.map(|entry| entry.unwrap().path()).find(|path| path.to_string_lossy().contains(name));
    Some(std::fs::read_to_string(file.unwrap()).unwrap())
}

#[test]
fn layers_become_elements_without_edges() {
    let Some(text) = seed("000_") else { return };
    let imported = box_art::read(&text);
    let (elements, groups, relations) = told(&imported);
    assert_eq!(
        elements,
        ["Handlers (HTTP/gRPC)", "Use Cases / Services", "Domain / Entities", "Repositories / Gateways", "Infrastructure (DB, Cache, MQ)",]
    );
    assert!(groups.is_empty() && relations.is_empty());
    assert_eq!(imported.model.views.len(), 1);
    assert_eq!(imported.model.views[0].title.as_deref(), Some("Clean Architecture"));
    // The second row is a column too wide, and the listing of folders is no drawing.
    let shifted = imported.diagnostics.iter().find(|found| found.code == "shifted-border").unwrap();
    assert!(shifted.what.ends_with("line 52, column 40"), "{}", shifted.what);
    assert!(imported.fidelity.lost.iter().any(|lost| lost.what == "Directory tree"), "{:?}", imported.fidelity);
}

#[test]
fn a_fan_out_becomes_four_edges() {
    let Some(text) = seed("003_") else { return };
    let imported = box_art::read(&text);
    let (elements, groups, relations) = told(&imported);
    assert_eq!(
        elements,
        [
            "API Gateway (chi/echo + middleware)",
            "User Service (gRPC services)",
            "Order Service (gRPC services)",
            "UserDB (PostgreSQL)",
            "OrderDB (PostgreSQL)",
        ]
    );
    assert!(groups.is_empty());
    assert_eq!(
        relations,
        ["API Gateway -> User Service", "API Gateway -> Order Service", "User Service -> UserDB", "Order Service -> OrderDB"]
    );
    let kinds: Vec<Kind> = imported.model.elements.values().map(|element| element.kind.value).collect();
    assert_eq!(kinds, [Kind::Gateway, Kind::Service, Kind::Service, Kind::Database, Kind::Database]);
    assert!(imported.fidelity.lost.is_empty(), "{:?}", imported.fidelity);
}
