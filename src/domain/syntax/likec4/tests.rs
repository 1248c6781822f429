//! `LikeC4` in: every construct, the real project, and random damage.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    model::{
        ElementKey, Level, RelationKey,
        kind::{Kind, Mode},
        view::{Direction, ViewKind},
    },
    syntax::structurizr,
};

const SHOP: &str = "// A shop
specification {
  element actor { style { shape person } }
  element system
  element service { technology 'Go' }
  element db { style { shape storage } }
  element queue
  relationship async
  deploymentNode environment
  deploymentNode vm { technology 'Linux' }
  tag next
  color brand #ff0000
}
model {
  buyer = actor 'Buyer' 'Shops online'
  shop = system 'Web shop' {
    #next
    description '
      Sells things
      to people
    '
    link https://example.com 'Docs'
    metadata {
      owner 'Team A'
      timeout: '3s'
    }
    api = service 'API' {
      technology 'Rust'
      style { color red; shape browser }
      handler = component 'Handler' 'Handles' {
        part = component 'Part'
      }
      -> store 'reads' 'SQL' #next
      this -[async]-> bus 'publishes' { technology 'Kafka'; metadata { retry '3' } }
    }
    db store 'Store' { icon tech:postgresql }
    queue bus
  }
  mail = system 'Mail' { style { color muted } }
  shop.api .async mail 'sends'
  buyer -> api 'calls' {
    navigateTo index
  }
  extend shop {
    metadata { tier '1' }
    worker = service 'Worker' 'Works' 'Go, NATS'
    it -> mail 'notifies'
  }
}
deployment {
  environment prod 'Production' {
    vm one {
      instanceOf shop.api
      db = instanceOf shop.store
      instanceOf shop.api
    }
    one.db -> one.api 'pushes'
  }
  vm spare { instanceOf mail }
}
views {
  view index {
    title 'Landscape'
    include *
    autoLayout LeftRight
  }
  view inside of shop {
    include *, api.*
    exclude bus
    exclude api -> mail
    style * { color red }
  }
  view parts extends inside {
    include -> store, element.kind = queue, * where tag is #next
  }
  dynamic view order {
    title 'An order'
    buyer -> api 'asks' { notes 'x' }
    parallel {
      api -> store 'reads'
      api -> bus 'publishes'
    }
    buyer <- api 'answers'
    store -> mail 'odd'
  }
  deployment view live {
    include prod.**, spare._
    exclude one.db -> one.api
  }
}
";

fn read(text: &str) -> Imported {
    let read = import("shop.c4", text, &Sources::new());
    let bad: Vec<_> =
        read.diagnostics.iter().map(|found| (found.code.clone(), found.what.clone(), found.span.of(text).to_owned())).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    read
}

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

#[test]
fn elements_take_words_kinds_and_metadata() {
    let read = read(SHOP);
    let model = &read.model;
    let found: Vec<String> = model
        .elements
        .values()
        .map(|element| format!("{} {:?} {:?} {:?} {:?}", element.key, element.name, element.level, element.kind.value, element.technology))
        .collect();
    assert_eq!(
        found,
        [
            "buyer \"Buyer\" Person Person None",
            "shop \"Web shop\" System System None",
            "shop.api \"API\" Container Frontend Some(\"Rust\")",
            "shop.api.handler \"Handler\" Component Service None",
            "shop.api.handler.part \"Part\" Component Service None",
            "shop.store \"Store\" Container Database None",
            "shop.bus \"bus\" Container Queue None",
            "shop.worker \"Worker\" Container Service Some(\"Go, NATS\")",
            "mail \"Mail\" System External None",
            "prod \"Production\" DeploymentEnvironment Node None",
            "prod.one \"one\" DeploymentNode Node Some(\"Linux\")",
            "prod.one.api \"API\" ContainerInstance Frontend None",
            "prod.one.db \"Store\" ContainerInstance Database None",
            "prod.one.api-2 \"API\" ContainerInstance Frontend None",
            "deployment \"Deployment\" DeploymentEnvironment Node None",
            "deployment.spare \"spare\" DeploymentNode Node Some(\"Linux\")",
            "deployment.spare.mail \"Mail\" SystemInstance External None",
        ]
    );
    let shop = &model.elements[&key("shop")];
    assert_eq!(shop.description.as_deref(), Some("Sells things\nto people"));
    assert_eq!((shop.tags.clone(), shop.url.as_deref()), (vec!["next".to_owned()], Some("https://example.com")));
    assert_eq!((shop.facts.value("owner"), shop.facts.value("timeout"), shop.facts.value("tier")), (Some("Team A"), Some("3s"), Some("1")));
    assert_eq!(model.elements[&key("shop.store")].tags, ["db"]);
}

#[test]
fn relations_take_kinds_words_and_the_element_around() {
    let read = read(SHOP);
    let stated = read.model.relations.values().filter(|relation| relation.implied_by.is_none());
    let found: Vec<String> = stated
        .map(|relation| {
            format!("{} {:?} {:?} {:?} {:?}", relation.key, relation.description, relation.technology, relation.tags, relation.mode.value)
        })
        .collect();
    assert_eq!(
        found,
        [
            "shop.api->shop.store Some(\"reads\") Some(\"SQL\") [\"next\"] Sync",
            "shop.api->shop.bus Some(\"publishes\") Some(\"Kafka\") [\"async\"] AsyncPub",
            "shop.api->mail Some(\"sends\") None [\"async\"] AsyncPub",
            "buyer->shop.api Some(\"calls\") None [] Sync",
            "shop->mail Some(\"notifies\") None [] Sync",
            "prod.one.db->prod.one.api Some(\"pushes\") None [] Sync",
            "shop.store->mail Some(\"odd\") None [] Sync",
        ]
    );
    let relations = &read.model.relations;
    assert_eq!(relations[&RelationKey::from("shop.api->shop.bus")].facts.value("retry"), Some("3"));
    assert!(relations[&RelationKey::from("buyer->shop")].implied_by.is_some());
    assert!(relations[&RelationKey::from("prod.one.api->prod.one.db")].implied_by.is_some());
    assert_eq!(relations.values().filter(|relation| relation.mode.value == Mode::AsyncPub).count(), 2);
}

#[test]
fn views_are_resolved_to_what_they_show() {
    let read = read(SHOP);
    let views: Vec<String> = read
        .model
        .views
        .iter()
        .map(|view| {
            let elements: Vec<&str> = view.elements.iter().map(ElementKey::as_str).collect();
            let relations: Vec<&str> = view.relations.iter().map(RelationKey::as_str).collect();
            format!("{} {:?} {:?} {elements:?} {relations:?}", view.key, view.kind, view.scope.as_ref().map(ElementKey::as_str))
        })
        .collect();
    assert_eq!(
        views,
        [
            "index Landscape None [\"buyer\", \"shop\", \"mail\"] [\"shop->mail\", \"buyer->shop\"]",
            "inside Component Some(\"shop.api\") [\"buyer\", \"shop\", \"shop.api\", \"shop.api.handler\", \"shop.store\", \"shop.worker\", \"mail\"] [\"shop.api->shop.store\", \"buyer->shop.api\", \"shop->mail\"]",
            "parts Component Some(\"shop.api\") [\"buyer\", \"shop\", \"shop.api\", \"shop.api.handler\", \"shop.store\", \"shop.bus\", \"shop.worker\", \"mail\"] [\"shop.api->shop.store\", \"shop.api->shop.bus\", \"buyer->shop.api\", \"shop->mail\"]",
            "order Dynamic None [\"buyer\", \"shop\", \"shop.api\", \"shop.store\", \"shop.bus\", \"mail\"] [\"shop.api->shop.store\", \"shop.api->shop.bus\", \"buyer->shop.api\", \"shop.store->mail\"]",
            "live Deployment None [\"prod.one\", \"prod.one.api\", \"prod.one.db\", \"prod.one.api-2\", \"deployment.spare\"] [\"prod.one.api->prod.one.db\", \"prod.one.api-2->prod.one.db\"]",
        ]
    );
    assert_eq!(read.model.views[0].direction, Direction::LeftRight);
    assert_eq!(read.model.views[1].direction, Direction::TopBottom);
    let steps: Vec<(&str, bool, Option<&str>)> =
        read.model.views[3].steps.iter().map(|step| (step.order.as_str(), step.response, step.description.as_deref())).collect();
    assert_eq!(
        steps,
        [
            ("1", false, Some("asks")),
            ("2", false, Some("reads")),
            ("2", false, Some("publishes")),
            ("3", true, Some("answers")),
            ("4", false, Some("odd"))
        ]
    );
}

#[test]
fn what_is_kept_or_lost_is_said() {
    let read = read(SHOP);
    let words = |remarks: &[crate::domain::syntax::fidelity::Remark]| {
        remarks.iter().map(|remark| format!("{} {}", remark.count, remark.what)).collect::<Vec<_>>()
    };
    assert_eq!(
        words(&read.fidelity.kept),
        [
            "7 Kind of an element, as a tag",
            "1 Part beyond three levels, as a component in a component",
            "2 Kind of a relation, as a tag",
            "1 Step without a relation in the model, as a relation"
        ]
    );
    assert_eq!(words(&read.fidelity.lost), ["5 Style", "1 Icon", "1 Link to a view", "1 Notes of a step"]);
}

#[test]
fn names_are_found_around_and_further_in() {
    let read = read(
        "model {\n a = system { b = system { c = system { d = system } } }\n x = system { b2 = system; c2 = system { d = system } }\n a.d -> x.d\n c -> c2\n}\n",
    );
    let relations: Vec<&str> =
        read.model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation.key.as_str()).collect();
    assert_eq!(relations, ["a.b.c.d->x.c2.d", "a.b.c->x.c2"]);
}

#[test]
fn slips_are_said_and_reading_goes_on() {
    let text = "model {\n a = system 'A'\n a -> nowhere 'x'\n ??? what\n a = system 'again'\n extend nobody { b = system }\n c = system\n}\nviews {\n view v { include a, gone.* }\n view w of missing { include * }\n}\nmodel { d = system {\n";
    let read = import("x.c4", text, &Sources::new());
    let found: Vec<(&str, &str)> = read.diagnostics.iter().map(|found| (found.code.as_str(), found.span.of(text))).collect();
    assert_eq!(
        found,
        [
            ("unknown-element", "a -> nowhere 'x'"),
            ("unexpected-statement", "??? what"),
            ("duplicate-name", "a"),
            ("unknown-element", "nobody"),
            ("unknown-element", "gone.*"),
            ("unknown-element", "view w of missing { include * }"),
            ("unclosed-block", "{"),
            ("unclosed-block", "{"),
        ]
    );
    let keys: Vec<&str> = read.model.elements.keys().map(ElementKey::as_str).collect();
    assert_eq!(keys, ["a", "c", "d"]);
}

#[test]
fn the_real_project_is_read_whole() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("likec4/cloud-system");
    let mut sources = Sources::new();
    for name in [
        "_spec.c4",
        "views.c4",
        "model.c4",
        "deployment.c4",
        "externals.c4",
        "deployment.acc.c4",
        "cloud/next.c4",
        "cloud/legacy.c4",
        "cloud/ui.c4",
    ] {
        sources.insert(name.to_owned(), std::fs::read_to_string(root.join(name)).unwrap());
    }
    let read = import("model.c4", &sources["model.c4"].clone(), &sources);
    for view in &read.model.views {
        println!(
            "{} {:?} {:?} {:?} {}",
            view.key,
            view.kind,
            view.scope,
            view.elements.iter().map(ElementKey::as_str).collect::<Vec<_>>(),
            view.relations.len()
        );
    }
    println!("{:?}\n{:?}", read.fidelity.kept, read.fidelity.lost);
    let said: Vec<_> = read.diagnostics.iter().map(|found| (found.code.as_str(), &found.what, &found.file)).collect();
    assert!(said.is_empty(), "{said:#?}");
    assert!(read.model.views.iter().all(|view| !view.elements.is_empty()));
    assert!(read.model.elements.contains_key(&key("amazon.rds.aurora.tblUsers")));
    assert_eq!(read.model.elements[&key("cloud.next.graphql.myAccount")].level, Level::Component);
    assert_eq!(read.model.elements[&key("amazon")].kind.value, Kind::External);
    let printed = structurizr::print::write(&read.model);
    assert_eq!(printed.elements.len(), read.model.elements.len());
    println!("{:?}", printed.fidelity);
    let dynamic = read.model.views.iter().find(|view| view.key == "dynamic-view-1").unwrap();
    assert_eq!((dynamic.kind, dynamic.steps.len()), (ViewKind::Dynamic, 8));
}

const PIECES: [&str; 20] = [
    "{",
    "}",
    "'",
    "\"\"\"",
    "->",
    "<-",
    "<->",
    "-[",
    "]->",
    ".",
    ".*",
    "._",
    "#",
    "=",
    ",",
    "extend ",
    "include ",
    "instanceOf ",
    "/*",
    "where ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_gives_a_sound_model(edits in prop::collection::vec((0_usize..3000, 0_usize..20, 0..PIECES.len()), 1..8)) {
        let mut letters: Vec<char> = SHOP.chars().collect();
        for (at, cut, piece) in edits {
            let start = at % letters.len().max(1);
            let end = (start + if cut % 2 == 0 { 0 } else { cut }).min(letters.len());
            letters.splice(start.min(end)..end, PIECES[piece].chars());
        }
        let text: String = letters.into_iter().collect();
        let read = import("x.c4", &text, &Sources::new());
        for found in &read.diagnostics {
            prop_assert!(text.get(found.span.range()).is_some(), "{:?}", found);
        }
        for relation in read.model.relations.values() {
            prop_assert!(read.model.elements.contains_key(&relation.source) && read.model.elements.contains_key(&relation.target));
        }
        for view in &read.model.views {
            prop_assert!(view.elements.iter().all(|key| read.model.elements.contains_key(key)));
            prop_assert!(view.relations.iter().all(|key| read.model.relations.contains_key(key)));
        }
        structurizr::print::print(&read.model);
    }

    #[test]
    fn anything_can_be_read(text in "\\PC{0,120}") {
        import("x.c4", &format!("model {{ {text} }} views {{ {text} }}"), &Sources::new());
        import("x.c4", &text, &Sources::new());
    }
}

#[test]
fn depth_and_size_are_bounded_on_a_small_stack() {
    let deep = |text: &str| format!("model {{ {} }}", text.repeat(5000));
    let many: String = (0..4000).map(|at| format!("a{at} = system {{ x = system }}\n")).collect::<Vec<_>>().concat();
    let refs: String = (0..4000).map(|at| format!("x -> a{at}.x\n")).collect::<Vec<_>>().concat();
    let views: String =
        (0..900).map(|at| format!("view v{at} {{ include *, * -> *, a1.x ->, element.tag != #x }}\n")).collect::<Vec<_>>().concat();
    let texts = [
        deep("a = system { "),
        format!("views {{ view v {{ {} }} }}", "group { ".repeat(5000)),
        format!("views {{ view v {{ include a where {} }} }}", "(".repeat(5000)),
        format!("views {{ view v {{ include a where {} }} }}", "not ".repeat(5000)),
        format!("model {{ {many} {refs} }} views {{ {views} }}"),
        format!("model {{ a = system {} }}", ".a".repeat(20_000)),
        "{".repeat(20_000),
        "'".repeat(20_001),
        format!("model {{ {} }}", "-[".repeat(20_000)),
    ];
    let handle = std::thread::Builder::new().stack_size(1024 * 1024).spawn(move || {
        for text in texts {
            import("x.c4", &text, &Sources::new());
        }
    });
    handle.unwrap().join().unwrap();
}
