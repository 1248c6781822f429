//! Gestures: what each makes of a text, byte for byte; then, over generated workspaces and real files, that the model shows
//! the change and nothing else, that edits stay small, and that undoing them gives back every byte.

use crate::domain::{
    model::{ElementKey, GroupKey, RelationKey, kind::Kind, view::Direction},
    syntax::{
        Language, Sources, apply, edit,
        gesture::{Gesture, Home, NewView, Outcome, Refusal, Subject},
        inverse,
    },
};

mod examples;
mod generate;
mod oracle;
mod properties;
mod special;

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

fn run(text: &str, gesture: &Gesture) -> Result<(String, Outcome), Refusal> {
    let outcome = edit(Language::Structurizr, "workspace.dsl", text, &Sources::new(), gesture)?;
    let after = apply(text, &outcome.edits);
    assert_eq!(apply(&after, &inverse(text, &outcome.edits)), text, "undo of {gesture:?}");
    Ok((after, outcome))
}

/// The lines that differ: what goes with `-`, what comes with `+`.
fn diff(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split('\n').collect(), after.split('\n').collect());
    let mut table = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = if old[i] == new[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            i += 1;
            j += 1;
        } else if i < old.len() && (j == new.len() || table[i + 1][j] >= table[i][j + 1]) {
            lines.push(format!("-{}", old[i]));
            i += 1;
        } else {
            lines.push(format!("+{}", new[j]));
            j += 1;
        }
    }
    lines.join("\n")
}

/// The changed lines of a gesture that can be done.
fn done(text: &str, gesture: &Gesture) -> String {
    match run(text, gesture) {
        Ok((after, _)) => diff(text, &after),
        Err(refusal) => panic!("{gesture:?} is refused: {refusal}"),
    }
}

fn refused(text: &str, gesture: &Gesture) -> String {
    match run(text, gesture) {
        Ok((after, _)) => panic!("{gesture:?} is not refused: {}", diff(text, &after)),
        Err(refusal) => refusal.to_string(),
    }
}

/// A workspace of about two hundred elements.
fn large() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("workspace {\n    model {\n");
    for system in 0..20 {
        let _ = writeln!(text, "        s{system} = softwareSystem \"System {system}\" {{");
        for container in 0..9 {
            let _ = writeln!(
                text,
                "            c{system}_{container} = container \"Container {system} {container}\" \"Does\" \"Go\" {{\n                properties {{\n                    tier 1\n                }}\n            }}"
            );
        }
        for container in 1..9 {
            let _ = writeln!(text, "            c{system}_{container} -> c{system}_0 \"uses\" \"HTTPS\"");
        }
        text.push_str("        }\n");
    }
    for system in 1..20 {
        let _ = writeln!(text, "        c{system}_1 -> c{}_2 \"asks\"", system - 1);
    }
    text.push_str("    }\n    views {\n");
    for system in 0..20 {
        let _ =
            writeln!(text, "        container s{system} \"v{system}\" {{\n            include *\n            autoLayout lr\n        }}");
    }
    text.push_str("    }\n}\n");
    text
}

#[test]
#[ignore = "measures; run with --release"]
fn one_gesture_is_quick() {
    let text = large();
    let start = std::time::Instant::now();
    for _ in 0..20 {
        crate::domain::syntax::parse(Language::Structurizr, "workspace.dsl", &text, &Sources::new());
    }
    println!("{:?} to read", start.elapsed() / 20);
    let start = std::time::Instant::now();
    for _ in 0..20 {
        super::site::Site::new("workspace.dsl", &text, &Sources::new()).unwrap();
    }
    println!("{:?} to know", start.elapsed() / 20);
    for gesture in [
        Gesture::Rename { subject: Subject::Element(key("s3.c3_4")), name: "New".into() },
        Gesture::RenameIdentifier { element: key("s3.c3_0"), identifier: "fresh".into() },
        Gesture::Connect { source: key("s3.c3_4"), target: key("s9.c9_4"), description: None, technology: None },
        Gesture::Add { kind: Kind::Database, name: "New".into(), home: Home::Element(key("s3")), view: Some("v4".into()) },
        Gesture::Delete { subjects: vec![Subject::Element(key("s3"))] },
        Gesture::Move { elements: vec![key("s3.c3_4")], home: Home::Element(key("s9")) },
        Gesture::Include { view: "v4".into(), elements: vec![key("s9")] },
        Gesture::SetProperty { subject: Subject::Element(key("s3.c3_4")), name: "slo".into(), value: Some("99.9".into()) },
    ] {
        let start = std::time::Instant::now();
        for _ in 0..20 {
            edit(Language::Structurizr, "workspace.dsl", &text, &Sources::new(), &gesture).unwrap();
        }
        println!("{:?} {}", start.elapsed() / 20, serde_json::to_string(&gesture).unwrap());
    }
}
