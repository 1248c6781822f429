//! Workspaces as people write them, whole: what each says is held against what the language's own tools make of it.

use super::*;
use crate::domain::model::RelationKey;

/// Reads a text with other files, which has to be free of errors and warnings.
fn read_with(text: &str, files: &[(&str, &str)]) -> Model {
    let sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let parsed = structurizr::parse("workspace.dsl", text, &sources);
    let bad: Vec<String> = parsed
        .diagnostics
        .iter()
        .filter(|found| found.level > Severity::Note)
        .map(|found| format!("{} {}", show(text, found), found.what))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    parsed.model
}

fn stated(model: &Model) -> Vec<String> {
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
    stated.map(|relation| format!("{} -> {}", relation.source, relation.target)).collect()
}

fn implied(model: &Model) -> Vec<String> {
    let implied = model.relations.values().filter(|relation| relation.implied_by.is_some());
    implied.map(|relation| format!("{} -> {}", relation.source, relation.target)).collect()
}

/// The identifiers that a view shows, in order, and how many relations.
fn shows(model: &Model, view: &str) -> (Vec<String>, usize) {
    let view = model.view(view).unwrap();
    let boxes = view.elements.iter().filter(|key| !view.elements.iter().any(|other| model.is_inside(other, key)));
    (boxes.map(|key| key.0.rsplit('.').next().unwrap().to_owned()).collect(), view.relations.len())
}

#[test]
fn a_bank_with_archetypes_and_hierarchical_names() {
    let model = read_with(
        r#"workspace "Bank" "Core banking" {
    !identifiers hierarchical
    model {
        archetypes {
            application = container {
                technology "Java"
                tag "Application"
            }
            springBoot = application {
                technology "Spring Boot"
                tag "Spring"
                properties {
                    owner platform
                }
            }
            datastore = container {
                tags "Datastore"
            }
            https = -> {
                technology "HTTPS"
                tag "Sync"
            }
            secured = --https-> {
                tag "Secured"
            }
        }
        customer = person "Customer"
        bank = softwareSystem "Bank" {
            web = springBoot "Web" {
                api = component "API"
                store = component "Store"
                api -> store "saves"
            }
            db = datastore "DB" "Accounts" "PostgreSQL"
            web.store -> db "writes" "JDBC"
            customer --https-> web.api "calls"
        }
        customer --secured-> bank.web "uses"
    }
    views {
        component bank.web "parts" {
            include *
            autoLayout lr
        }
    }
}
"#,
        &[],
    );
    let web = &model.elements[&key("bank.web")];
    assert_eq!((web.technology.as_deref(), web.tags.join("|")), (Some("Spring Boot"), "Application|Spring".to_owned()));
    assert_eq!(web.facts.value("owner"), Some("platform"));
    assert_eq!(model.elements[&key("bank.db")].kind.value, Kind::Database);
    let secured = model.relations.values().find(|relation| relation.description.as_deref() == Some("uses")).unwrap();
    assert_eq!((secured.technology.as_deref(), secured.tags.join("|")), (Some("HTTPS"), "Sync|Secured".to_owned()));
    assert_eq!(
        stated(&model),
        ["bank.web.api -> bank.web.store", "bank.web.store -> bank.db", "customer -> bank.web.api", "customer -> bank.web"]
    );
    // Calling a part implies calling what it is a part of, in all combinations.
    assert!(implied(&model).contains(&"bank.web -> bank.db".to_owned()) && implied(&model).contains(&"customer -> bank".to_owned()));
    assert_eq!(shows(&model, "parts"), (["customer", "api", "store", "db"].map(str::to_owned).to_vec(), 3));
}

#[test]
fn a_landscape_in_many_files_with_constants() {
    let model = read_with(
        r#"!const ORG "Acme"
!var REGION "eu"
workspace "${ORG} landscape" {
    !var REGION "us"
    !const LIVE "Live ${REGION}"
    model {
        !include model/people.dsl
        group "${ORG}" {
            !include model/systems
        }
        buyer -> shop "Buys at ${ORG}"
        shop -> billing
        !element billing {
            perspectives {
                "Security" "PCI ${REGION}" "High"
            }
        }
        live = deploymentEnvironment "${LIVE}" {
            deploymentNode "${REGION}-1" {
                softwareSystemInstance shop
            }
        }
    }
    views {
        !include views.dsl
    }
}
"#,
        &[
            ("model/people.dsl", "buyer = person \"Buyer\"\n"),
            ("model/systems/a-shop.dsl", "shop = softwareSystem \"Shop\" {\n    !docs docs\n    !adrs decisions\n}\n"),
            ("model/systems/b-billing.dsl", "billing = softwareSystem \"Billing\"\n"),
            ("views.dsl", "systemLandscape all {\n    include *\n    autoLayout\n}\ndeployment * \"${LIVE}\" live {\n    include *\n}\n"),
        ],
    );
    assert_eq!(model.name, "Acme landscape");
    assert_eq!(model.relations[0].description.as_deref(), Some("Buys at Acme"));
    assert_eq!(model.elements[&key("billing")].perspectives[0].description.as_deref(), Some("PCI us"));
    assert_eq!(model.elements.values().filter(|element| element.group.is_some()).count(), 2);
    assert_eq!(model.elements[&key("live")].name, "Live us");
    assert_eq!(shows(&model, "all"), (["buyer", "shop", "billing"].map(str::to_owned).to_vec(), 2));
    assert_eq!(model.views[1].elements.len(), 2);
    assert_eq!(model.linked_folders.len(), 2);
    assert!(model.linked_folders.iter().all(|folder| folder.owner == Some(key("shop"))));
}

#[test]
fn a_team_extends_the_model_of_another() {
    let base = r#"workspace "Base" "Shared" {
    !identifiers hierarchical
    model {
        properties {
            "structurizr.groupSeparator" "/"
        }
        user = person "User"
        group "Retail/Online" {
            shop = softwareSystem "Shop" {
                web = container "Web"
            }
        }
        user -> shop.web "uses"
    }
    views {
        systemContext shop "ctx" {
            include *
        }
        styles {
            element "Element" {
                shape RoundedBox
            }
        }
    }
}
"#;
    let model = read_with(
        r#"workspace extends shared/base.dsl {
    name "Team"
    model {
        !element shop {
            -> bank "pays with"
            worker = container "Worker" "" "Go"
        }
        bank = softwareSystem "Bank" "" "External"
        shop.web -> shop.worker "queues"
        !element "Person://User" {
            tags "Human"
        }
    }
    views {
        container shop "con" {
            include *
        }
    }
}
"#
        .replace("-> bank \"pays with\"\n            ", "")
        .as_str(),
        &[("shared/base.dsl", base)],
    );
    assert_eq!((model.name.as_str(), model.description.as_deref()), ("Team", Some("Shared")));
    assert_eq!(model.groups.values().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Retail", "Online"]);
    assert_eq!(stated(&model), ["user -> shop.web", "shop.web -> shop.worker"]);
    assert_eq!(model.elements[&key("user")].tags, ["Human"]);
    assert_eq!(model.views.iter().map(|view| view.key.as_str()).collect::<Vec<_>>(), ["ctx", "con"]);
    assert_eq!(shows(&model, "con"), (["user", "web", "worker"].map(str::to_owned).to_vec(), 2));
}

#[test]
fn implied_relationships_follow_the_strategy() {
    let body = "a = softwareSystem \"A\" {\n a1 = container \"A1\"\n}\nb = softwareSystem \"B\" {\n b1 = container \"B1\"\n}\na -> b \"Uses\"\na1 -> b1 \"Calls\"\n";
    for (strategy, expected) in [
        ("", 2),
        ("!impliedRelationships true\n", 2),
        ("!impliedRelationships false\n", 0),
        ("!impliedRelationships com.structurizr.model.CreateImpliedRelationshipsUnlessSameRelationshipExistsStrategy\n", 3),
    ] {
        let model = read(&in_model(&format!("{strategy}{body}")));
        assert_eq!(implied(&model).len(), expected, "{strategy} {:?}", implied(&model));
    }
}

#[test]
fn a_deployment_with_instances_groups_and_ranges() {
    let model = read_with(
        r#"workspace {
    model {
        shop = softwareSystem "Shop" {
            web = container "Web" "" "React"
            api = container "API" "" "Go"
            db = container "DB" "" "PostgreSQL"
            web -> api "calls" "HTTPS"
            api -> db "reads" "SQL"
        }
        mail = softwareSystem "Mail"
        api -> mail "sends"
        live = deploymentEnvironment "Live" {
            blue = deploymentGroup "Blue"
            green = deploymentGroup "Green"
            gateway = deploymentNode "Gateway" "" "nginx" {
                lb = infrastructureNode "Load balancer" "" "nginx" "Edge"
            }
            deploymentNode "Cluster" "" "Kubernetes" "" 1..3 {
                deploymentNode "Blue" {
                    apiBlue = containerInstance api "blue" {
                        healthCheck "live" "https://blue/health" 30 200
                        properties {
                            replicas 3
                        }
                    }
                    containerInstance db "blue"
                }
                deploymentNode "Green" {
                    apiGreen = containerInstance api "green" "Spare" {
                        tags "Cold"
                    }
                    containerInstance db "green"
                }
            }
            deploymentNode "Browser" {
                webLive = containerInstance web "blue,green"
            }
            deploymentNode "Provider" {
                softwareSystemInstance mail
            }
            lb -> apiBlue "forwards" "HTTPS"
        }
    }
    views {
        deployment shop "Live" "live" {
            include *
            exclude "element.tag==Cold"
            animation {
                webLive
                apiBlue lb
            }
        }
        deployment * live "all" {
            include *
        }
    }
}
"#,
        &[],
    );
    let name = |key: &ElementKey| model.elements[key].name.clone();
    let between: Vec<String> = model
        .relations
        .values()
        .filter(|relation| model.elements[&relation.source].instance_of.is_some() && relation.implied_by.is_some())
        .map(|relation| format!("{} {}", name(&relation.source), name(&relation.target)))
        .collect();
    // The web is in both groups and reaches both; each copy of the rest stays in its own group. Mail is in none.
    assert_eq!(between.iter().filter(|pair| *pair == "Web API").count(), 2, "{between:?}");
    assert_eq!(between.iter().filter(|pair| *pair == "API DB").count(), 2, "{between:?}");
    let blue = model.elements.values().find(|element| element.identifier.as_deref() == Some("apiBlue")).unwrap();
    assert_eq!((blue.facts.value("replicas"), blue.facts.value("healthcheck")), (Some("3"), Some("yes")));
    let green = model.elements.values().find(|element| element.identifier.as_deref() == Some("apiGreen")).unwrap();
    assert_eq!(green.tags, ["Spare", "Cold"]);
    let (live, all) = (model.view("live").unwrap(), model.view("all").unwrap());
    assert!(!live.elements.contains(&green.key) && all.elements.contains(&green.key));
    assert_eq!(live.animation.len(), 2);
    assert!(live.relations.iter().any(|key| model.relations[key].description.as_deref() == Some("forwards")));
}

#[test]
fn a_dynamic_view_with_sequences_side_by_side() {
    let model = read_with(
        r#"workspace {
    model {
        u = person "User"
        s = softwareSystem "Shop" {
            web = container "Web"
            a = container "A"
            b = container "B"
            c = container "C"
        }
        u -> web "uses"
        web -> a "asks"
        web -> b "asks"
        a -> c "stores"
        b -> c "stores"
        web -> c "reads"
    }
    views {
        dynamic s "flow" "Flow" {
            u -> web "opens"
            {
                {
                    web -> a "first"
                    a -> c "keeps"
                }
                {
                    web -> b "second"
                    b -> c "keeps"
                    c -> b "answers"
                }
            }
            web -> c "reads it all"
            c -> web "gives"
            autoLayout
        }
    }
}
"#,
        &[],
    );
    let view = model.view("flow").unwrap();
    let steps: Vec<String> = view
        .steps
        .iter()
        .map(|step| format!("{} {}{}", step.order, step.description.as_deref().unwrap_or(""), if step.response { " <-" } else { "" }))
        .collect();
    assert_eq!(steps, ["1 opens", "2 first", "2 second", "3 keeps", "3 keeps", "4 answers <-", "5 reads it all", "6 gives <-"]);
}

#[test]
fn expressions_choose_what_their_words_say() {
    let text = |statements: &str| {
        format!(
            "workspace {{\n model {{\n  u = person \"U\"\n  s = softwareSystem \"S\" {{\n   group \"Core\" {{\n    web = container \"Web\" \"\" \"React\" \"Front\"\n    api = container \"API\" \"\" \"Go\" {{\n     properties {{\n      team blue\n     }}\n    }}\n   }}\n   db = container \"DB\" \"\" \"PostgreSQL\" \"Store\"\n   job = container \"Job\" \"\" \"Go\"\n  }}\n  x = softwareSystem \"X\" \"\" \"Front\"\n  u -> web \"uses\" \"HTTPS\"\n  web -> api \"calls\" \"HTTPS\" \"Hot\"\n  api -> db \"reads\" \"SQL\"\n  job -> db \"cleans\" \"SQL\"\n  api -> x \"asks\" \"HTTPS\"\n }}\n views {{\n  container s v {{\n   {statements}\n  }}\n }}\n}}\n"
        )
    };
    for (statements, elements, relations) in [
        ("include *", "u web api db job x", 5),
        ("include \"element.tag==Front\"", "web x", 0),
        ("include \"element.tag!=Front\"", "u api db job", 2),
        ("include \"element.type==Container\"", "web api db job", 3),
        ("include \"element.type==Container && element.technology==Go\"", "api job", 0),
        ("include \"element.technology!=Go && element.type==Container\"", "web db", 0),
        ("include \"element.parent==s && element.tag==Store\"", "db", 0),
        ("include \"element.group==Core\"", "web api", 1),
        ("include \"element.properties[team]==blue\"", "api", 0),
        ("include ->api", "web api", 1),
        ("include api->", "api db x", 2),
        ("include ->api->", "web api db x", 3),
        ("include \"element==api || element==db\"", "api db", 1),
        ("include *\nexclude \"relationship.tag==Hot\"", "u web api db job x", 4),
        ("include *\nexclude \"relationship==*\"", "u web api db job x", 0),
        ("include *\nexclude \"relationship==*->db\"", "u web api db job x", 3),
        ("include *\nexclude \"* -> db\"", "u web api db job x", 3),
        ("include *\nexclude \"relationship.technology==SQL\"", "u web api db job x", 3),
        ("include *\nexclude \"relationship.source==api && relationship.destination==x\"", "u web api db job x", 4),
        ("include *\nexclude \"element.tag==Store\" job", "u web api x", 3),
        ("include *?", "u web api db job x", 5),
        ("include web api db\ninclude u", "u web api db", 3),
    ] {
        let text = text(statements);
        let (shown, drawn) = shows(&read_with(&text, &[]), "v");
        assert_eq!((shown.join(" "), drawn), (elements.to_owned(), relations), "{statements}");
    }
}

#[test]
fn bulk_statements_edit_and_connect() {
    let model = read_with(
        r#"workspace {
    model {
        log = softwareSystem "Log"
        s = softwareSystem "S" {
            a = container "A" "" "Go" "Service"
            b = container "B" "" "Go" "Service"
            db = container "DB" "" "PostgreSQL"
        }
        a -> db "reads"
        b -> db "reads"
        a -> b
        !elements "element.tag==Service" {
            tags "Observed"
            properties {
                owner "team"
            }
            -> log "logs to" "HTTPS"
        }
        !relationships "*->db" {
            technology "SQL"
            tag "Data"
            properties {
                timeout 500ms
            }
        }
        !relationships "relationship.tag!=Data && relationship.source==a" {
            url https://example.com
        }
    }
}
"#,
        &[],
    );
    assert_eq!(stated(&model), ["s.a -> s.db", "s.b -> s.db", "s.a -> s.b", "s.a -> log", "s.b -> log"]);
    assert!(["s.a", "s.b"].iter().all(|name| model.elements[&key(name)].tags == ["Service", "Observed"]));
    let of = |name: &str| &model.relations[&RelationKey::from(name)];
    assert_eq!((of("s.a->s.db").technology.as_deref(), of("s.b->s.db").facts.value("timeout")), (Some("SQL"), Some("500ms")));
    assert!(of("s.a->s.b").url.is_some() && of("s.a->log").url.is_some() && of("s.a->s.db").url.is_none() && of("s.b->log").url.is_none());
}
