//! Models that are printed read back the same: those of real files, made-up ones, and hostile ones.

use std::path::{Path, PathBuf};

use super::*;
use crate::domain::{
    diagnostic::Level as Severity,
    model::{GroupKey, Perspective, view::ViewKind},
};

mod deployment;
mod hostile;
mod relations;

fn reread(text: &str) -> Model {
    let parsed = structurizr::parse("workspace.dsl", text, &Sources::new());
    let bad: Vec<_> = parsed
        .diagnostics
        .iter()
        .filter(|found| {
            found.level == Severity::Error
                || (found.level == Severity::Warning
                    && !matches!(
                        found.code.as_str(),
                        "duplicate-name" | "unknown-constant" | "unknown-fact" | "beyond-scope" | "empty-animation-step" | "out-of-range"
                    ))
        })
        .map(|found| format!("{} {} {}", found.code, found.what, found.span.of(text)))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}\n{text}");
    parsed.model
}

/// The model in words, without spans, reasons and the order of relations.
pub(super) fn digest(model: &Model, with_keys: bool) -> Vec<String> {
    let mut lines = vec![format!("workspace {:?} {:?}", model.name, model.description)];
    let plain = |properties: &BTreeMap<String, String>| -> Vec<String> {
        let told = |name: &str| !matches!(name, "kind" | "mode" | "structurizr.groupSeparator");
        properties.iter().filter(|(name, _)| told(name)).map(|(name, value)| format!("{name}={value}")).collect()
    };
    lines.push(format!("properties {:?}", plain(&model.properties)));
    let path = |key: &ElementKey| -> String {
        if with_keys {
            return key.0.clone();
        }
        let Some(element) = model.elements.get(key) else { return "?".to_owned() };
        let mut names: Vec<&str> = std::iter::once(element).chain(model.ancestors(key)).map(|element| element.name.as_str()).collect();
        names.reverse();
        names.join("/")
    };
    let group = |key: &GroupKey| -> String {
        let next = |key: &&GroupKey| model.groups.get(*key).and_then(|group| group.parent.as_ref());
        let names: Vec<&str> =
            std::iter::successors(Some(key), next).filter_map(|key| model.groups.get(key)).map(|group| group.name.as_str()).collect();
        names.join("<")
    };
    let mut all: Vec<String> = Vec::new();
    for element in model.elements.values() {
        let own: Vec<String> =
            element.facts.0.iter().map(|(name, fact)| format!("{name}={}", fact.value)).filter(|fact| !fact.starts_with("kind=")).collect();
        all.push(format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} facts {own:?} perspectives {:?}",
            path(&element.key),
            element.name,
            element.level,
            element.description,
            element.technology,
            element.kind.value,
            element.group.as_ref().map(group),
            element.tags,
            plain(&element.properties),
            element.url,
            element.instance_of.as_ref().map(path),
            perspectives(&element.perspectives),
        ));
    }
    let mut between: Vec<String> = Vec::new();
    for relation in model.relations.values() {
        between.push(format!(
            "{} -> {} {:?} {:?} {:?} {:?} {:?} {:?} implied {} perspectives {:?}",
            path(&relation.source),
            path(&relation.target),
            relation.description,
            relation.technology,
            relation.mode.value,
            relation.tags,
            if relation.implied_by.is_none() { plain(&relation.properties) } else { Vec::new() },
            relation.url.as_ref().filter(|_| relation.implied_by.is_none()),
            relation.implied_by.is_some(),
            perspectives(&relation.perspectives)
        ));
    }
    let mut groups: Vec<String> = model
        .groups
        .values()
        .map(|found| format!("group {} {:?} {:?}", group(&found.key), found.owner.as_ref().map(path), plain(&found.properties)))
        .collect();
    let mut folders: Vec<String> = model
        .linked_folders
        .iter()
        .map(|folder| format!("{} {} {:?}", folder.path, folder.decisions, folder.owner.as_ref().map(path)))
        .collect();
    for part in [&mut all, &mut between, &mut groups, &mut folders] {
        part.sort();
        lines.append(part);
    }
    for view in &model.views {
        let mut elements: Vec<String> = view.elements.iter().map(path).collect();
        elements.sort();
        let mut ends: Vec<String> = view
            .relations
            .iter()
            .filter_map(|key| model.relations.get(key))
            .map(|relation| format!("{}->{} {:?}", path(&relation.source), path(&relation.target), relation.description))
            .collect();
        ends.sort();
        let steps: Vec<String> = view
            .steps
            .iter()
            .map(|step| {
                let relation = &model.relations[&step.relation];
                format!(
                    "{} {}->{} {:?} {:?} {}",
                    step.order,
                    path(&relation.source),
                    path(&relation.target),
                    relation.description,
                    step.description,
                    step.response
                )
            })
            .collect();
        let animation: Vec<(Vec<String>, usize)> =
            view.animation.iter().map(|step| (step.elements.iter().map(path).collect(), step.relations.len())).collect();
        lines.push(format!(
            "view {} {:?} {:?} {:?} {:?} {:?} {elements:?} {ends:?} {steps:?} {animation:?} {:?} {:?} {:?} default {}",
            view.key,
            view.kind,
            view.title,
            view.description,
            view.scope.as_ref().map(path),
            view.direction,
            view.base,
            view.images,
            view.properties,
            view.is_default
        ));
    }
    let mut appearance = model.appearance.clone();
    for style in appearance.elements.iter_mut().chain(&mut appearance.relations) {
        (style.span, style.file) = (crate::domain::diagnostic::Span::default(), None);
    }
    lines.push(format!("{appearance:?}"));
    lines.push(format!("{:?}", model.configuration));
    lines
}

fn perspectives(all: &[Perspective]) -> Vec<(&str, [String; 3])> {
    let said = |one: &Perspective| [&one.description, &one.value, &one.url].map(|text| text.clone().unwrap_or_default());
    all.iter().map(|one| (one.name.as_str(), said(one))).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "dsl") {
            found.push(path);
        }
    }
}

#[test]
fn real_files_read_back_the_same() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("structurizr");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let sources: Sources = paths
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let mut wrong = Vec::new();
    for (path, text) in &sources {
        let before = structurizr::parse(path, text, &sources).model;
        let printed = write(&before);
        let after = reread(&printed.text);
        let (one, other) = (digest(&before, true), digest(&after, true));
        // What is lost is said, and nothing that is not.
        if (one != other) == printed.fidelity.lost.is_empty() {
            let gone: Vec<&String> = one.iter().filter(|line| !other.contains(line)).collect();
            let new: Vec<&String> = other.iter().filter(|line| !one.contains(line)).collect();
            wrong.push(format!("{path}\n- {gone:#?}\n+ {new:#?}"));
        }
        let remarks: Vec<&str> = printed.fidelity.lost.iter().chain(&printed.fidelity.kept).map(|remark| remark.what.as_str()).collect();
        println!("{path}: {} bytes {remarks:?}", printed.text.len());
    }
    println!("{} files", sources.len());
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

const SHOP: &str = r#"workspace "Shop" "Sells \"things\"" {
    properties {
        stage production
    }
    model {
        buyer = person "Buyer"
        group "Core" {
            shop = softwareSystem "Shop" {
                !adrs decisions
                group "Web" {
                    web = container "Web" "" "React"
                    api = container "API" "Takes orders" "Go" "Edge" {
                        component "Router"
                        properties {
                            timeout 3s
                        }
                    }
                }
                db = container "Orders" "" "PostgreSQL"
                api -> db "reads" "SQL"
            }
        }
        buyer -> web "browses"
        web -> api "calls" "HTTPS" {
            properties {
                retry "3, 100ms"
            }
        }
        live = deploymentEnvironment "Live" {
            one = deploymentGroup "One"
            two = deploymentGroup "Two"
            deploymentNode "A" {
                containerInstance api one
                containerInstance db one
            }
            deploymentNode "B" "" "" "" 2 {
                containerInstance api two
                containerInstance db two
            }
        }
    }
    views {
        container shop "Containers" {
            include web api
            exclude "web -> api"
            autoLayout rl
        }
        dynamic shop {
            1: buyer -> web "opens"
            3: web -> api
            3: api -> web "answers"
        }
        deployment shop "Live" "Live" {
            include *
            description "Where it runs"
        }
        styles {
            element "Edge" {
                shape Pipe
            }
        }
    }
}
"#;

#[test]
fn a_workspace_reads_back_the_same_and_says_what_its_styles_said() {
    let before = reread(SHOP);
    assert_eq!(before.views[1].steps.len(), 3, "{:#?}", before.views[1]);
    let printed = write(&before);
    let after = reread(&printed.text);
    assert_eq!(digest(&before, true), digest(&after, true), "{}", printed.text);
    let lost: Vec<&str> = printed.fidelity.lost.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(lost, [""; 0]);
    // The kind comes from the shape of a style.
    assert!(printed.text.contains("shape Pipe") && !printed.text.contains("kind "), "{}", printed.text);
    assert!(printed.text.contains("exclude \"web -> api\"") && printed.text.contains("containerInstance api group2"), "{}", printed.text);
}

/// A workspace with everything that stands beside elements and relations.
const DRESSED: &str = r#"workspace "Shop" {
    model {
        archetypes {
            store = container {
                technology "PostgreSQL"
                tags "Store"
                perspectives {
                    "Cost" "Runs always" "High"
                }
            }
        }
        buyer = person "Buyer" {
            perspectives {
                "Security" "Signs in with a passkey" "Low"
                perspective "Ownership" {
                    description "Nobody's"
                    url https://example.com/owners
                }
                perspective "Debt" {
                    value "12 d"
                }
                perspective "perspective" {
                    description """
                        of two
                          lines
                        """
                }
                perspective "Empty"
            }
        }
        clock = element "Clock" "Device" "Ticks" "Thing"
        shop = softwareSystem "Shop" {
            web = container "Web" "" "React" "Edge, Front" {
                router = component "Router"
                cart = component "Cart"
                router -> cart "hands over"
            }
            api = container "API" "" "Go"
            db = store "Orders"
            web -> api "calls" "HTTPS" "Front" {
                perspectives {
                    "Security" "mutual TLS"
                }
            }
            quick = web -> api "calls again" "gRPC"
            api -> db "reads" "SQL"
        }
        buyer -> web "browses" "" "Front"
        buyer -> clock "looks at"
        live = deploymentEnvironment "Live" {
            deploymentNode "Rack" "" "" "" 2 {
                one = containerInstance web
                two = containerInstance api {
                    perspectives {
                        "Cost" "idle"
                    }
                }
            }
            infra = deploymentNode "Edge" {
                balancer = infrastructureNode "Balancer"
                balancer -> one "forwards"
            }
        }
    }
    views {
        container shop "Containers" "What it is made of" {
            include * clock
            animation {
                buyer
                web api
                db clock
            }
            default
            autoLayout tb
            properties {
                "plantuml.url" "https://example.com/plant"
                plain yes
            }
        }
        filtered Containers include "Element,Relationship" "All"
        filtered "Containers" exclude "Front" "Back" "Without the front" {
            title "Behind"
        }
        component web "Parts" {
            include *
            animation {
                animationStep router
                animationStep cart
            }
            autoLayout rl
        }
        dynamic shop "Order" "How an order is placed" {
            1: buyer -> web "opens"
            {
                {
                    web -> api "asks" "gRPC"
                    api -> db
                }
                {
                    web -> api "asks too"
                }
            }
            api -> web "answers"
            quick "again"
            autoLayout lr
        }
        deployment shop live "Live" {
            include *
            animation {
                balancer
                one
                two
            }
            autoLayout bt
        }
        custom "Things" "Odd things" {
            include clock
            autoLayout lr
        }
        image * "Photo" {
            image "https://example.com/photo.png"
            title "A photo"
            dark {
                mermaid """
                    flowchart LR
                      a --> b
                    """
                kroki graphviz "diagram.dot"
            }
        }
        image shop "Nothing"
        theme default
        themes "https://example.com/theme.json" "local/theme.json"
        styles {
            element "Element" {
                shape RoundedBox
                icon "data:image/png;base64,AAAA"
                iconPosition Left
                background #112233
                color white
                stroke #abc
                strokeWidth 3
                border Dotted
                width 300
                height 200
                fontSize 20
                opacity 50
                metadata false
                description true
                properties {
                    "a b" "c d"
                }
            }
            light {
                element "Edge" {
                    background #ffffff
                }
                relationship "Relationship" {
                    color #000000
                }
            }
            element "Edge" {
                shape Pipe
            }
            element "Bare" {
            }
            relationship "Relationship" {
                thickness 4
                color #ff0000
                style Dashed
                routing Orthogonal
                jump true
                fontSize 12
                width 100
                position 30
                opacity 90
                metadata true
                description false
            }
            dark {
                relationship "Front" {
                    dashed false
                }
            }
        }
        terminology {
            person "Human"
            softwareSystem "Product"
            container "App"
            component "Module"
            deploymentNode "Host"
            infrastructureNode "Box"
            relationship "Link"
            metadata curly
        }
        branding {
            logo "logo.png"
            font "Open Sans" "https://example.com/font"
        }
        properties {
            "structurizr.sort" key
        }
    }
    configuration {
        scope softwaresystem
        visibility private
        users {
            ada@example.com write
            "bob" read
        }
        properties {
            team shop
        }
    }
}
"#;

#[test]
fn all_that_stands_beside_the_model_is_carried() {
    let before = reread(DRESSED);
    let printed = write(&before);
    let after = reread(&printed.text);
    let (one, other) = (digest(&before, true), digest(&after, true));
    let gone: Vec<&String> = one.iter().filter(|line| !other.contains(line)).collect();
    let new: Vec<&String> = other.iter().filter(|line| !one.contains(line)).collect();
    assert_eq!(one, other, "{}\n- {gone:#?}\n+ {new:#?}", printed.text);
    assert_eq!((&printed.fidelity.lost, &printed.fidelity.kept), (&Vec::new(), &Vec::new()), "{}", printed.text);
    // What the test is about is there at all.
    assert!(before.views.iter().filter(|view| view.base.is_some()).count() == 2 && before.views.iter().any(|view| view.is_default));
    assert_eq!(before.views.iter().map(|view| view.animation.len()).collect::<Vec<_>>(), [3, 0, 0, 2, 0, 3, 0, 0, 0]);
    assert_eq!(before.views[4].steps.iter().map(|step| step.order.as_str()).collect::<Vec<_>>(), ["1", "2", "2", "3", "4", "5"]);
    assert_eq!(write(&after).text, printed.text);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]

    #[test]
    fn generated_workspaces_read_back_the_same(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 40..160)) {
        let text = structurizr::edit::tests::generate::workspace(&bytes, false);
        let before = structurizr::parse("w.dsl", &text, &Sources::new()).model;
        let printed = write(&before);
        let after = reread(&printed.text);
        let (one, other) = (digest(&before, true), digest(&after, true));
        let gone: Vec<&String> = one.iter().filter(|line| !other.contains(line)).collect();
        let new: Vec<&String> = other.iter().filter(|line| !one.contains(line)).collect();
        proptest::prop_assert!(one == other, "- {gone:#?}\n+ {new:#?}\n{text}\n{}", printed.text);
        proptest::prop_assert!(printed.fidelity.lost.is_empty(), "{:?}\n{text}\n{}", printed.fidelity.lost, printed.text);
    }
}

#[test]
fn relations_that_follow_beside_others_are_carried() {
    let text = "workspace {\n!impliedRelationships com.structurizr.model.CreateImpliedRelationshipsUnlessSameRelationshipExistsStrategy\nmodel {\na = softwareSystem \"A\" {\na1 = container \"A1\"\n}\nb = softwareSystem \"B\" {\nb1 = container \"B1\"\n}\na -> b \"Uses\"\na1 -> b1 \"Calls\"\na1 -> b1 \"Asks\"\n}\n}\n";
    let before = reread(text);
    assert_eq!(before.relations.len(), 3 + 6);
    let printed = write(&before);
    assert_eq!(digest(&before, true), digest(&reread(&printed.text), true), "{}", printed.text);
    assert_eq!(printed.fidelity.lost, []);
}

#[test]
fn a_filter_that_would_show_something_else_is_written_out() {
    let mut model = reread(DRESSED);
    let all = model.views.iter().position(|view| view.key == "All").unwrap();
    model.views[all].elements.pop();
    let printed = write(&model);
    let after = reread(&printed.text);
    let found = &after.views[all];
    assert_eq!((found.kind, found.elements.len()), (ViewKind::Container, model.views[all].elements.len()), "{}", printed.text);
    let kept: Vec<&str> = printed.fidelity.kept.iter().map(|remark| remark.what.as_str()).collect();
    assert_eq!(kept, ["Filtered view, as another kind of view that shows the same"]);
}

#[test]
fn the_direction_of_the_only_view_is_said() {
    let text = "workspace {\nmodel {\ns = softwareSystem \"S\" {\na = container \"A\"\nb = container \"B\"\na -> b\n}\np = person \"P\"\np -> a\n}\n}\n";
    let mut model = reread(text);
    assert!(!print(&model).text.contains("views {"));
    model.views[0].direction = Direction::TopBottom;
    let printed = print(&model);
    let after = reread(&printed.text);
    assert_eq!((after.views[0].direction, after.views[0].kind), (Direction::TopBottom, ViewKind::Container), "{}", printed.text);
    assert_eq!((after.views[0].elements.len(), after.views[0].relations.len()), (4, 2), "{}", printed.text);
    assert_eq!(printed.fidelity.lost, []);
}
