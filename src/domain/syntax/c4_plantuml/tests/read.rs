//! Texts as people write them.

use super::*;

fn names(read: &Imported) -> Vec<(&str, &str, Level, &str)> {
    let place =
        |key: Option<&str>| key.map_or("", |key| read.model.elements.keys().find(|own| own.as_str() == key).map_or("", |own| own.as_str()));
    let elements = read.model.elements.values();
    elements.map(|e| (e.key.as_str(), e.name.as_str(), e.level, place(e.parent.as_ref().map(ElementKey::as_str)))).collect()
}

fn relations(read: &Imported) -> Vec<String> {
    let show = |text: &Option<String>| text.clone().unwrap_or_default();
    let relations = read.model.relations.values();
    relations
        .map(|r| format!("{}->{} {} [{}] {}", r.source, r.target, show(&r.description), show(&r.technology), r.mode.value.slug()))
        .collect()
}

fn codes(text: &str, read: &Imported) -> Vec<String> {
    read.diagnostics.iter().map(|found| format!("{} `{}`", found.code, found.span.of(text))).collect()
}

const BANK: &str = r##"@startuml bank
!include https://raw.githubusercontent.com/plantuml-stdlib/C4-PlantUML/master/C4_Container.puml
' a comment with Container(no, "No")
AddRelTag("async", $textColor="red", $lineStyle=DashedLine())
AddElementTag("jvm", $techn="Kotlin", $bgColor="#fff")
LAYOUT_LEFT_RIGHT()
title Containers of the\nInternet Bank
Person_Ext(customer, Customer, "A customer (of the bank), with \"money\"")
Enterprise_Boundary(e, "Big Bank") {
    System_Boundary(bank, "Internet Banking", $link="https://x.y") {
        Container(web, "Web\nApp", "React", $descr="Shows, and asks", $tags="v1+ui")
        Container(api, $label="API", $tags="jvm")
        ContainerDb(db, "Ledger", "Custom", "Rows")
        ContainerQueue(bus, "Bus", "In house")
        /' Container(gone, "Gone") '/
        Boundary(jobs, "Jobs", "batch") {
            Container(night, "Night job",
                "Cron",
                "Settles, every night")
        }
    }
    SystemDb_Ext(main, "Mainframe")
}
Rel_D(customer, web, "Uses", "HTTPS", $link="https://a.b")
Rel(web, api, "Calls isOpen(), then open()", "JSON, HTTPS")
Rel_Back_Neighbor(db, api, "Reads and writes", "JDBC")
Rel(api, bus, "Publishes", $tags="async")
BiRel(api, main, "Books", $techn="XML")
Lay_R(web, api)
SHOW_LEGEND()
@enduml
"##;

#[test]
fn macros_become_a_model() {
    let read = import(BANK);
    assert_eq!(codes(BANK, &read), [""; 0]);
    assert_eq!(
        names(&read),
        [
            ("customer", "Customer", Level::Person, ""),
            ("bank", "Internet Banking", Level::System, ""),
            ("web", "Web App", Level::Container, "bank"),
            ("api", "API", Level::Container, "bank"),
            ("db", "Ledger", Level::Container, "bank"),
            ("bus", "Bus", Level::Container, "bank"),
            ("night", "Night job", Level::Container, "bank"),
            ("main", "Mainframe", Level::System, ""),
        ]
    );
    assert_eq!(
        relations(&read),
        [
            "customer->web Uses [HTTPS] sync",
            "web->api Calls isOpen(), then open() [JSON, HTTPS] sync",
            "api->db Reads and writes [JDBC] sync",
            "api->bus Publishes [] async-pub",
            "api->main Books [XML] sync",
        ]
    );
    let element = |key: &str| read.model.elements.values().find(|element| element.key.as_str() == key).unwrap();
    assert_eq!(element("customer").description.as_deref(), Some("A customer (of the bank), with \"money\""));
    assert_eq!(element("web").tags, ["v1", "ui"]);
    assert_eq!((element("web").technology.as_deref(), element("web").description.as_deref()), (Some("React"), Some("Shows, and asks")));
    assert_eq!(element("api").technology.as_deref(), Some("Kotlin"));
    assert_eq!(element("bank").url.as_deref(), Some("https://x.y"));
    assert_eq!((element("db").kind.value, element("db").kind.reason.as_str()), (Kind::Database, "macro ContainerDb"));
    assert_eq!((element("bus").kind.value, element("main").kind.value), (Kind::Queue, Kind::External));
    assert_eq!(element("web").name_span.of(BANK), "Web\\nApp");
    assert!(element("night").span.of(BANK).starts_with("Container(night") && element("night").span.of(BANK).ends_with("night\")"));
    let groups: Vec<(&str, Option<&str>)> =
        read.model.groups.values().map(|group| (group.name.as_str(), group.owner.as_ref().map(ElementKey::as_str))).collect();
    assert_eq!(groups, [("Big Bank", None), ("Jobs", Some("bank"))]);
    let view = &read.model.views[0];
    assert_eq!((view.key.as_str(), view.kind, view.direction), ("bank", ViewKind::Container, Direction::LeftRight));
    assert_eq!(view.scope.as_ref().map(ElementKey::as_str), Some("bank"));
    assert_eq!(read.model.name, "Containers of the Internet Bank");
    let fidelity = &read.fidelity;
    assert_eq!((fidelity.elements, fidelity.relations, fidelity.boundaries, fidelity.views), (8, 5, 2, 1));
    let lost: Vec<&str> = fidelity.lost.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(lost, ["Colours, legends and other looks", "Hint where to draw a relation", "Hint where to draw an element"]);
    assert_eq!(fidelity.lost[1].span.unwrap().of(BANK), "Rel_D");
}

#[test]
fn faults_are_said_where_they_are() {
    let text = "@startuml\nContiner(a, \"A\")\nSystem(b, \"B\", $tecnh=\"x\", $descrr=\"y\")\nRel(b, cc, \"x\")\nSystem_Boundary(s, \"S\") {\nRel(b)\nContainer(c, \"C\"\n!include other.puml\nwhat is this\n@enduml";
    let read = import(text);
    assert_eq!(
        codes(text, &read),
        [
            "unknown-macro `Continer`",
            "unknown-argument `y`",
            "unknown-identifier `cc`",
            "unclosed-block `{`",
            "missing-argument `Rel`",
            "unclosed-parenthesis `Container`",
            "include-not-read `!include other.puml`",
            "unexpected-statement `what is this`",
        ]
    );
    assert!(read.diagnostics[0].help.contains("Container") && read.diagnostics[1].help.contains("descr"));
    assert_eq!(read.model.relations.len(), 1);
}

#[test]
fn boundaries_are_elements_or_groups_by_what_they_hold() {
    let text = "Container_Boundary(c1, \"Bank\") {\nContainer(a, \"A\")\n}\nContainer_Boundary(c2, \"API\") {\nComponent(b, \"B\")\n}\nSystem_Boundary(s1, \"Suite\") {\nSystem(c, \"C\")\n}\nBoundary(s2, \"Shop\", \"System\") {\nContainer(d, \"D\")\n}\nBoundary(r, \"Region\") {\nContainer(f, \"F\")\n}\nRel(a, r, \"x\")\nBoundary(empty, \"Empty\")\n";
    let read = import(text);
    let groups: Vec<&str> = read.model.groups.values().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["Bank", "Suite", "Empty"]);
    let level = |key: &str| read.model.elements.values().find(|element| element.key.as_str() == key).map(|element| element.level);
    assert_eq!((level("c2"), level("s2"), level("r")), (Some(Level::Container), Some(Level::System), Some(Level::Custom)));
    assert!(read.fidelity.kept.iter().any(|remark| remark.what.starts_with("Boundary at which")));
}

#[test]
fn steps_are_numbered_as_plantuml_numbers_them() {
    let text = "@startuml\n!include <C4/C4_Dynamic>\nContainer(a, \"A\")\nContainer(b, \"B\")\nRel(a, b, \"asks\", \"HTTPS\")\nRel(b, a, \"answers\", $tags=\"response\", $index=Index()-1)\nRelIndex_Back(\"9.1\", a, b, \"x\")\nRel($index=SetIndex(5), a, b, \"again\", \"HTTPS\")\nincrement()\nRel(b, a, \"last\")\n@enduml\n";
    let read = import(text);
    let view = &read.model.views[0];
    let steps: Vec<String> = view
        .steps
        .iter()
        .map(|step| format!("{} {} {} {}", step.order, step.relation, step.description.as_deref().unwrap_or(""), step.response))
        .collect();
    assert_eq!(steps, ["1 a->b asks false", "2-1 a->b#2 answers true", "9.1 b->a x false", "5 a->b again false", "7 b->a last false",]);
    assert_eq!(view.kind, ViewKind::Dynamic);
}

#[test]
fn deployments_and_properties_are_read() {
    let text = "@startuml\n!include <C4/C4_Deployment>\nWithoutPropertyHeader()\nAddProperty(\"replicas\", \"3\")\nAddProperty(\"Zone\", \"a\", \"b\")\nDeployment_Node(n, \"Cluster\", \"Kubernetes\", \"In two zones\") {\n  Node_L(p, \"Pod\") {\n    AddProperty(\"timeout\", \"3s\")\n    Container(api, \"API\", \"Go\")\n  }\n  Deployment_Node_R(disk, \"Disk\")\n}\nAddProperty(\"retry\", \"3\")\nRel(api, disk, \"writes\", $descr=\"in batches\")\n@enduml\n";
    let read = import(text);
    assert_eq!(
        names(&read),
        [
            ("n", "Cluster", Level::DeploymentNode, ""),
            ("p", "Pod", Level::DeploymentNode, "n"),
            ("api", "API", Level::Container, "p"),
            ("disk", "Disk", Level::DeploymentNode, "n"),
        ]
    );
    let elements: Vec<_> = read.model.elements.values().collect();
    assert_eq!(elements[0].technology.as_deref(), Some("Kubernetes"));
    assert_eq!(elements[0].facts.value("replicas"), Some("3"));
    assert_eq!(elements[0].properties["Zone"], "a | b");
    assert_eq!(elements[2].facts.value("timeout"), Some("3s"));
    let relation = &read.model.relations[0];
    assert_eq!((relation.facts.value("retry"), relation.properties["details"].as_str()), (Some("3"), "in batches"));
    assert_eq!(read.model.views[0].kind, ViewKind::Deployment);
}

#[test]
fn the_preprocessor_substitutes_and_chooses() {
    let text = "@startuml\n!define PG PostgreSQL 16\n!$unit = \"Order\"\n!$unit_name = $unit + \" service\"\n!unquoted procedure $svc($alias, $label, $techn=\"Go\")\nContainer($alias, \"$label of $unit\", $techn)\n!endprocedure\n!if %variable_exists(\"LOCAL\")\nSystem(no, \"No\")\n!else\nSystem(yes, \"Yes\")\n!endif\n!ifdef PG\nContainerDb(db, \"DB\", PG)\n!endif\n!if ($unit == \"Order\" && %unknown())\nSystem(maybe, $unit_name)\n!else\nSystem(other, \"Other\")\n!endif\n$svc(a, \"A\")\n$svc(b, \"B\", $techn=\"Rust\")\n@enduml\n";
    let read = import(text);
    let shown: Vec<(&str, &str, &str)> = read
        .model
        .elements
        .values()
        .map(|element| (element.key.as_str(), element.name.as_str(), element.technology.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        shown,
        [
            ("yes", "Yes", ""),
            ("db", "DB", "PostgreSQL 16"),
            ("maybe", "Order service", ""),
            ("a", "A of Order", "Go"),
            ("b", "B of Order", "Rust"),
        ]
    );
    let a = &read.model.elements[3];
    assert_eq!((a.span.of(text), a.name_span.of(text)), ("$svc(a, \"A\")", "$svc(a, \"A\")"));
    assert!(read.fidelity.lost.iter().any(|remark| remark.what.starts_with("Other branch")));
}

#[test]
fn plain_elements_and_arrows_are_read() {
    let text = "@startuml\nleft to right direction\nskinparam component {\n  Color red\n}\nactor \"Shop visitor\" as u\ndatabase db as \"Orders DB\"\nqueue Events\ncloud \"Internet\" {\n  [CDN] --> [Web app] : HTTPS\n}\npackage \"Back end\" <<internal>> as be #eee {\n  component \"API\" as api [[http://x.y]]\n  [Worker]\n  interface REST\n}\nnode \"Cluster\" {\n  artifact app\n}\nu --> REST : uses\nu -> [Web app] : \"browses [TLS]\"\napi ..> Events : publishes\n[Worker] <.. Events\n[Worker] \"1\" --> \"0..*\" db : writes\\n[SQL]\napi -[hidden]- app\napi <-right-> Undefined\nnote right of api : Handles orders\n@enduml\n";
    let read = import(text);
    assert_eq!(codes(text, &read), [""; 0]);
    assert_eq!(
        relations(&read),
        [
            "CDN->Web app  [HTTPS] sync",
            "u->REST uses [] sync",
            "u->Web app browses [TLS] sync",
            "api->Events publishes [] async-pub",
            "Events->Worker  [] async-pub",
            "Worker->db writes [SQL] sync",
            "api->Undefined  [] sync",
        ]
    );
    let element = |key: &str| read.model.elements.values().find(|element| element.key.as_str() == key).unwrap();
    assert_eq!((element("u").level, element("db").kind.value, element("db").name.as_str()), (Level::Person, Kind::Database, "Orders DB"));
    assert_eq!(element("api").description.as_deref(), Some("Handles orders"));
    assert_eq!(element("Worker").group.as_ref().map(GroupKey::as_str), Some("back-end"));
    assert_eq!(element("app").parent.as_ref().map(ElementKey::as_str), Some("Cluster"));
    assert_eq!(read.model.views[0].direction, Direction::LeftRight);
}

#[test]
fn several_diagrams_share_their_elements() {
    let text = "@startuml context\nSystem(s, \"Shop\")\nPerson(u, \"User\")\nRel(u, s, \"buys\")\n@enduml\nwords between\n@startuml containers\nPerson(u, \"User\", \"Buys\")\nSystem_Boundary(s, \"Shop\") {\nContainer(a, \"API\")\n}\nRel(u, s, \"buys\")\nRel(u, a, \"calls\")\n@enduml\n";
    let read = import(text);
    assert_eq!(codes(text, &read), [""; 0]);
    assert_eq!((read.model.elements.len(), read.model.relations.len()), (3, 2));
    let views: Vec<(&str, ViewKind, usize, usize)> =
        read.model.views.iter().map(|view| (view.key.as_str(), view.kind, view.elements.len(), view.relations.len())).collect();
    assert_eq!(views, [("context", ViewKind::Context, 2, 1), ("containers", ViewKind::Container, 3, 2)]);
    assert_eq!(read.model.elements.values().find(|element| element.name == "User").unwrap().description.as_deref(), Some("Buys"));
}

#[test]
fn a_text_is_known_by_its_frame_or_macros() {
    assert!(looks_like(BANK) && looks_like("!include <C4/C4_Context>\nSystem(a, \"A\")"));
    assert!(!looks_like("flowchart LR\n  a --> b"));
}
