//! Texts and what gestures make of them.

use super::*;

mod expected;

const SHOP: &str = r#"workspace "Shop" {
    model {
        // People
        user = person "User"

        shop = softwareSystem "Shop" {
            web = container "Web" "Shows things" "React" // the front
            api = container "API" {
                tags "Core"
                orders = component "Orders"
            }
            // Keeps everything
            db = container "Database" "" "PostgreSQL"
            web -> api "calls" "HTTPS"
            api -> db
        }
        group "Partners" {
            bank = softwareSystem "Bank"
        }
        mail = softwareSystem Mail
        softwareSystem "Old thing"

        user -> web "uses"
        api -> bank "pays" {
            properties {
                timeout 800ms
            }
        }
    }
    views {
        systemContext shop "ctx" {
            include shop bank
            exclude mail
            autoLayout lr
        }
        container shop "con" {
            include *
            animation {
                user web
                api
            }
        }
        styles {
            element "Core" {
                background #ffffff
            }
        }
    }
}
"#;

fn gestures() -> Vec<Gesture> {
    let el = |k: &str| Subject::Element(key(k));
    let rel = |k: &str| Subject::Relation(RelationKey::from(k));
    vec![
        Gesture::Rename { subject: el("mail"), name: "Post \"office\"".into() },
        Gesture::Rename { subject: el("shop.api"), name: "Back\nend".into() },
        Gesture::Rename { subject: Subject::Group(GroupKey::from("partners")), name: "Friends".into() },
        Gesture::RenameIdentifier { element: key("shop.api"), identifier: "backend".into() },
        Gesture::RenameIdentifier { element: key("shop.api"), identifier: "db".into() },
        Gesture::RenameIdentifier { element: key("old-thing"), identifier: "old".into() },
        Gesture::Describe { subject: el("shop.api"), description: Some("Does things".into()) },
        Gesture::Describe { subject: el("shop.web"), description: None },
        Gesture::SetTechnology { subject: el("shop.db"), technology: None },
        Gesture::SetTechnology { subject: el("shop.api"), technology: Some("Go".into()) },
        Gesture::SetTechnology { subject: rel("shop.api->shop.db"), technology: Some("SQL".into()) },
        Gesture::SetProperty { subject: rel("shop.api->bank"), name: "retry".into(), value: Some("3, 100ms".into()) },
        Gesture::SetProperty { subject: rel("shop.api->bank"), name: "timeout".into(), value: None },
        Gesture::SetProperty { subject: el("shop.api"), name: "replicas".into(), value: Some("3".into()) },
        Gesture::SetProperty { subject: Subject::Workspace, name: "team_size".into(), value: Some("8".into()) },
        Gesture::Rename { subject: Subject::Workspace, name: "All".into() },
        Gesture::SetKind { element: key("shop.web"), kind: Kind::Gateway },
        Gesture::Add { kind: Kind::Database, name: "Ledger".into(), home: Home::Element(key("shop")), view: Some("con".into()) },
        Gesture::Add { kind: Kind::Service, name: "Order service".into(), home: Home::Element(key("shop")), view: Some("con".into()) },
        Gesture::Add { kind: Kind::Person, name: "Admin".into(), home: Home::Top, view: Some("ctx".into()) },
        Gesture::Add {
            kind: Kind::External,
            name: "Taxes".into(),
            home: Home::Group(GroupKey::from("partners")),
            view: Some("ctx".into()),
        },
        Gesture::Add { kind: Kind::Service, name: "Payments".into(), home: Home::Element(key("shop.web")), view: None },
        Gesture::Connect { source: key("shop.web"), target: key("shop.db"), description: Some("reads".into()), technology: None },
        Gesture::Connect { source: key("old-thing"), target: key("mail"), description: None, technology: Some("SMTP".into()) },
        Gesture::Connect { source: key("shop"), target: key("shop.db"), description: None, technology: None },
        Gesture::Reconnect { relation: RelationKey::from("user->shop.web"), source: key("user"), target: key("mail") },
        Gesture::Reconnect { relation: RelationKey::from("shop.web->shop.api"), source: key("user"), target: key("shop.api") },
        Gesture::Delete { subjects: vec![el("shop.api")] },
        Gesture::Delete { subjects: vec![el("bank")] },
        Gesture::Delete { subjects: vec![el("shop")] },
        Gesture::Delete { subjects: vec![Subject::Group(GroupKey::from("partners"))] },
        Gesture::Delete { subjects: vec![rel("shop.web->shop.api")] },
        Gesture::Move { elements: vec![key("mail")], home: Home::Group(GroupKey::from("partners")) },
        Gesture::Move { elements: vec![key("bank")], home: Home::Top },
        Gesture::Move { elements: vec![key("shop.db")], home: Home::Element(key("bank")) },
        Gesture::Enclose { name: "Data".into(), home: Home::Element(key("shop")), elements: vec![key("shop.db")] },
        Gesture::Enclose { name: "Data".into(), home: Home::Element(key("shop")), elements: vec![key("shop.web"), key("shop.db")] },
        Gesture::Enclose { name: "Empty".into(), home: Home::Top, elements: vec![] },
        Gesture::Duplicate { elements: vec![key("shop.api")] },
        Gesture::AddView { view: NewView { key: String::new(), title: "Inside the API".into(), scope: Some(key("shop.api")) } },
        Gesture::RemoveView { view: "ctx".into() },
        Gesture::Include { view: "ctx".into(), elements: vec![key("mail")] },
        Gesture::Include { view: "con".into(), elements: vec![key("mail")] },
        Gesture::Exclude { view: "ctx".into(), elements: vec![key("bank")] },
        Gesture::Exclude { view: "con".into(), elements: vec![key("bank")] },
        Gesture::RenameView { view: "ctx".into(), title: "All around".into() },
        Gesture::Direct { view: "ctx".into(), direction: Direction::TopBottom },
        Gesture::Direct { view: "con".into(), direction: Direction::TopBottom },
    ]
}

/// Each gesture with the lines it changes.
fn transcript(text: &str) -> String {
    let mut lines = Vec::new();
    for gesture in gestures() {
        let said = serde_json::to_string(&gesture).unwrap();
        match run(text, &gesture) {
            Ok((after, outcome)) => {
                lines.push(format!("=== {said}\n{}", diff(text, &after)));
                assert!(outcome.edits.iter().map(|edit| edit.span).is_sorted());
            }
            Err(refusal) => lines.push(format!("=== {said}\n! {refusal}")),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn gestures_change_these_lines() {
    let found = transcript(SHOP);
    if std::env::var("PRINT").is_ok() {
        println!("{found}");
    }
    assert!(found == expected::TRANSCRIPT, "{}", diff(expected::TRANSCRIPT, &found));
}

#[test]
fn line_ends_stay_as_they_are() {
    let text = SHOP.replace('\n', "\r\n");
    for gesture in gestures() {
        match (run(SHOP, &gesture), run(&text, &gesture)) {
            (Ok((plain, _)), Ok((after, _))) => assert_eq!(after, plain.replace('\n', "\r\n"), "{gesture:?}"),
            (Err(one), Err(other)) => assert_eq!(one, other),
            (one, other) => panic!("{gesture:?}: {one:?} {other:?}"),
        }
    }
}

#[test]
fn a_missing_last_line_end_and_broken_lines_elsewhere_do_no_harm() {
    let bare = SHOP.trim_end();
    let broken = SHOP.replace(
        "        styles {",
        "        nonsense {\n            include nothing\n        }\n        component user \"bad\"\n        styles {",
    );
    let unclosed = SHOP.replace("                background #ffffff\n            }\n", "                background #ffffff\n");
    let upset = SHOP
        .replace("        user -> web \"uses\"\n", "        user -> web \"uses\"\n        user -> nobody\n        container \"Lost\"\n");
    for gesture in gestures() {
        let plain = run(SHOP, &gesture).map(|(after, _)| diff(SHOP, &after));
        for text in [bare, &broken, &unclosed, &upset] {
            let found = run(text, &gesture).map(|(after, _)| diff(text, &after));
            assert_eq!(found, plain, "{gesture:?} in {text}");
        }
    }
}
