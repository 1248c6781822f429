//! One small text of each format goes all the ways; real files are recognised; what goes out as Mermaid comes back.

use super::*;

mod corpus;
mod recognition;
mod ways;

/// A small shop in each format: a person, two parts in a frame, two relations.
pub(super) fn sample(format: Format) -> String {
    match format {
        Format::Structurizr => {
            "workspace \"Shop\" {\n  model {\n    u = person \"Customer\"\n    s = softwareSystem \"Shop\" {\n      web = container \"Web\" \"\" \"React\"\n      db = container \"Orders\" \"\" \"PostgreSQL\"\n    }\n    u -> web \"Buys\"\n    web -> db \"Stores\" \"SQL\"\n  }\n}\n"
                .to_owned()
        }
        Format::Mermaid => {
            "---\ntitle: Shop\n---\nflowchart LR\n  u([Customer])\n  subgraph s[Shop]\n    web[\"Web<br>React\"]\n    db[(\"Orders<br>PostgreSQL\")]\n  end\n  u -->|Buys| web\n  web -->|\"Stores [SQL]\"| db\n"
                .to_owned()
        }
        Format::MermaidC4 => {
            "C4Container\n  title Shop\n  Person(u, \"Customer\")\n  System_Boundary(s, \"Shop\") {\n    Container(web, \"Web\", \"React\")\n    ContainerDb(db, \"Orders\", \"PostgreSQL\")\n  }\n  Rel(u, web, \"Buys\")\n  Rel(web, db, \"Stores\", \"SQL\")\n"
                .to_owned()
        }
        Format::MermaidArchitecture => {
            "architecture-beta\n  service u(internet)[Customer]\n  group s(cloud)[Shop]\n  service web(server)[Web] in s\n  service db(database)[Orders] in s\n  u:R --> L:web\n  web:R --> L:db\n"
                .to_owned()
        }
        Format::C4PlantUml => {
            "@startuml\n!include <C4/C4_Container>\nPerson(u, \"Customer\")\nSystem_Boundary(s, \"Shop\") {\n  Container(web, \"Web\", \"React\")\n  ContainerDb(db, \"Orders\", \"PostgreSQL\")\n}\nRel(u, web, \"Buys\")\nRel(web, db, \"Stores\", \"SQL\")\n@enduml\n"
                .to_owned()
        }
        Format::D2 => {
            "direction: right\nu: Customer {shape: person}\ns: Shop {\n  web: Web\n  db: Orders {shape: cylinder}\n  web -> db: Stores\n}\nu -> s.web: Buys\n"
                .to_owned()
        }
        Format::LikeC4 => {
            "specification {\n  element actor\n  element system\n  element service\n}\nmodel {\n  u = actor 'Customer'\n  s = system 'Shop' {\n    web = service 'Web' {\n      technology 'React'\n    }\n    db = service 'Orders' {\n      technology 'PostgreSQL'\n    }\n    web -> db 'Stores'\n  }\n  u -> s.web 'Buys'\n}\nviews {\n  view index {\n    include *, s.*\n  }\n}\n"
                .to_owned()
        }
        Format::StructurizrJson => target::export(target::Target::StructurizrJson, &shop(), None).text,
        Format::ModelJson => target::export(target::Target::ModelJson, &shop(), None).text,
    }
}

fn shop() -> Model {
    structurizr::parse("shop.dsl", &sample(Format::Structurizr), &Sources::new()).model
}

/// Names of all elements and groups, sorted.
fn names(model: &Model) -> Vec<&str> {
    let elements = model.elements.values().map(|element| element.name.as_str());
    let mut names: Vec<&str> = elements.chain(model.groups.values().map(|group| group.name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Names of the ends of the stated relations, sorted.
fn ends(model: &Model) -> Vec<(&str, &str)> {
    let name = |key: &ElementKey| model.elements.get(key).map_or("?", |element| element.name.as_str());
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
    let mut ends: Vec<(&str, &str)> = stated.map(|relation| (name(&relation.source), name(&relation.target))).collect();
    ends.sort_unstable();
    ends
}
