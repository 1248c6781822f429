//! Changes that must not matter, and texts nobody wrote on purpose: identities stay, nothing panics, every finding is whole.

use std::{collections::BTreeSet, fs, path::Path};

use proptest::prelude::*;

use crate::domain::{
    review::{
        check::capital,
        engine::{Design, Diagram, Outcome, review},
        finding::{Finding, Severity},
        rules::tests::{SETTINGS, document, parse, review_dsl},
    },
    sample,
    syntax::{self, Language, Sources},
};

fn sample_text() -> &'static str {
    sample::FILES.iter().find(|(path, _)| *path == "workspace.dsl").unwrap().1
}

fn fingerprints(outcome: &Outcome) -> BTreeSet<String> {
    outcome.findings.iter().map(|finding| finding.fingerprint.to_string()).collect()
}

fn assert_same(changed: &str) {
    let before = review_dsl(sample_text());
    let after = review_dsl(changed);
    assert_ne!(changed, sample_text(), "the change changes something");
    assert_eq!(fingerprints(&before), fingerprints(&after));
    let severities = |outcome: &Outcome| -> Vec<(String, Severity)> {
        outcome
            .findings
            .iter()
            .map(|finding| (finding.fingerprint.to_string(), finding.severity))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    assert_eq!(severities(&before), severities(&after));
}

#[test]
fn renaming_keeps_identities() {
    let renamed = sample_text()
        .replace("\"Ledger DB\"", "\"Booking store\"")
        .replace("\"Order service\"", "\"Orders\"")
        .replace("\"Dispatch worker\"", "\"Parcels\"");
    assert_same(&renamed);
}

#[test]
fn layout_and_comments_keep_identities() {
    let spaced: String = sample_text().lines().flat_map(|line| ["\t", line, "   \n\n"]).collect();
    assert_same(&format!("// moved down\n\n{spaced}"));
}

#[test]
fn order_keeps_identities() {
    // Relations are the statements with an arrow and their blocks; put them in reverse.
    let text = sample_text();
    let start = text.find("        customer -> storefront").unwrap();
    let end = text.find("    views {").unwrap();
    let body = text[start..end].trim_end().trim_end_matches('}').trim_end();
    let mut blocks: Vec<String> = Vec::new();
    for line in body.lines() {
        match blocks.last_mut() {
            Some(block) if !line.contains("->") => {
                block.push('\n');
                block.push_str(line);
            }
            _ => blocks.push(line.to_owned()),
        }
    }
    assert!(blocks.len() > 15);
    blocks.reverse();
    assert_same(&format!("{}{}\n    }}\n\n{}", &text[..start], blocks.join("\n"), &text[end..]));
}

#[test]
fn what_is_added_elsewhere_keeps_identities() {
    let addition = "        audit = softwareSystem \"Audit\" {\n            web = container \"Audit web\" \"Shows what happened\" \"Go\"\n            log = container \"Audit log\" \"Keeps what happened\" \"Go\"\n        }\n        web -> log \"Asks\" \"gRPC\"\n\n        customer -> storefront";
    assert_same(&sample_text().replacen("        customer -> storefront", addition, 1));
}

#[test]
fn new_identifiers_are_matched_by_names() {
    let names =
        |outcome: &Outcome| -> BTreeSet<String> { outcome.findings.iter().map(|finding| finding.names_fingerprint.to_string()).collect() };
    let renamed = sample_text().replace("ledger", "booking_store").replace("orders", "ordering").replace("dispatch", "parcels");
    let (before, after) = (review_dsl(sample_text()), review_dsl(&renamed));
    assert_ne!(fingerprints(&before), fingerprints(&after));
    assert_eq!(names(&before), names(&after));
}

#[test]
fn an_included_file_is_looked_at_where_it_is_included() {
    let main = "workspace {\nmodel {\nbank = softwareSystem \"Bank\" {\n!include parts/bank.dsl\n}\n}\n}\n";
    let part = "a = container \"A\" \"Does the work of A\" \"Go\" {\nproperties {\ncontext one\nsecrets_source code\n}\n}\nb = container \"B\" \"Does the work of B\" \"Go\" {\nproperties {\ncontext two\n}\n}\ndb = container \"DB\" \"Keeps it all\" \"PostgreSQL\"\na -> db \"Writes\" \"SQL\"\nb -> db \"Writes\" \"SQL\"\n";
    let sources: Sources = [("parts/bank.dsl".to_owned(), part.to_owned())].into();
    let read = |path: &str, text: &str| syntax::parse(Language::Structurizr, path, text, &sources);
    let (whole, alone) = (read("workspace.dsl", main), read("parts/bank.dsl", part));
    let diagrams = vec![
        Diagram { document: document(0), path: "workspace.dsl", text: main, parsed: &whole },
        Diagram { document: document(1), path: "parts/bank.dsl", text: part, parsed: &alone },
    ];
    let outcome = review(&Design { diagrams, decisions: Vec::new() }, &SETTINGS);
    assert_sound(&outcome);
    let codes: Vec<&str> = outcome.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["LNT-B001", "LNT-X008"], "{:#?}", outcome.findings);
    let evidence = &outcome.findings.first().unwrap().evidence;
    assert!(evidence.iter().all(|evidence| evidence.path == "parts/bank.dsl" && evidence.document == document(1)), "{evidence:#?}");
    assert!(evidence.iter().any(|evidence| evidence.quote.iter().any(|line| line.contains("a -> db"))));
}

/// What every finding promises its readers.
fn assert_whole(finding: &Finding) {
    let code = &finding.code;
    assert!(finding.title.chars().count() <= 90 && !finding.title.is_empty(), "{code}: {:?}", finding.title);
    assert!(finding.message.chars().count() <= 400 && !finding.message.is_empty(), "{code}: {:?}", finding.message);
    assert!(!finding.evidence.is_empty() && finding.evidence.len() <= 8, "{code}: {:?}", finding.evidence);
    assert!(!finding.anchors.is_empty() && !finding.why.is_empty() && !finding.remedy.is_empty(), "{code}");
    assert!(finding.severity == finding.base_severity || !finding.severity_reasons.is_empty(), "{code} gives no reason for its severity");
    for evidence in &finding.evidence {
        let last = evidence.line as usize + evidence.quote.len();
        assert!(!evidence.marked.is_empty(), "{code}: {evidence:?}");
        assert!(evidence.marked.iter().all(|line| evidence.line <= *line && (*line as usize) < last), "{code}: {evidence:?}");
    }
}

fn assert_sound(outcome: &Outcome) {
    outcome.findings.iter().for_each(assert_whole);
    let order: Vec<_> = outcome.findings.iter().map(|finding| (std::cmp::Reverse(finding.severity), finding.code.clone())).collect();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(fingerprints(outcome).len(), outcome.findings.len(), "identities are unique");
}

#[test]
fn findings_are_whole_and_the_same_every_time() {
    let outcome = review_dsl(sample_text());
    assert_sound(&outcome);
    assert_eq!(outcome, review_dsl(sample_text()));
    assert!(
        outcome.findings.iter().any(|finding| finding.assumptions.iter().any(|assumption| assumption.starts_with("assumed synchronous")))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_text_is_reviewed_without_panic(cuts in prop::collection::vec((0.0_f64..1.0, 0_usize..60, ".{0,6}"), 1..5)) {
        let mut text = sample_text().to_owned();
        for (at, length, insert) in cuts {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let mut start = (at * text.len() as f64) as usize;
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.replace_range(start..end.max(start), &insert);
        }
        assert_sound(&review_dsl(&text));
    }
}

#[test]
fn every_public_example_is_reviewed_without_panic() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let mut files = Vec::new();
    walk(&Path::new(&corpus).join("structurizr"), &mut files);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let outcome = review_dsl(&text);
        assert_sound(&outcome);
        for finding in outcome.findings.iter().filter(|finding| finding.severity >= Severity::Medium) {
            println!(
                "{} {}: {} {} {}",
                capital(finding.severity.slug()),
                finding.code,
                file.display(),
                finding.title,
                finding.severity_reasons.join("; ")
            );
        }
    }
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "dsl") {
            files.push(path);
        }
    }
}

/// 500 services in a grid, 1,500 calls between them, a store for every fifth.
pub(super) fn large() -> String {
    let mut lines = vec!["workspace {".to_owned(), "model {".to_owned(), "user = person \"User\"".to_owned()];
    lines.push("sys = softwareSystem \"Sys\" {".to_owned());
    for n in 0..400 {
        lines.push(format!(
            "group \"Context {}\" {{\ns{n} = container \"Service {n}\" \"Does the work of {n}\" \"Go\" {{\nproperties {{\nreplicas 1\ntier {}\ntimeout none\n}}\n}}\n}}",
            n % 20,
            n % 4
        ));
    }
    for n in 0..100 {
        lines.push(format!("db{n} = container \"Store {n}\" \"Keeps the data of {n}\" \"PostgreSQL\""));
    }
    lines.push("}".to_owned());
    lines.push("user -> s0 \"Uses\" \"HTTPS\"".to_owned());
    for n in 0_usize..1400 {
        let (from, to) = (n % 400, (n * 7 + n / 400 + 1) % 400);
        if from != to {
            lines.push(format!("s{from} -> s{to} \"Asks\" \"gRPC\" {{\nproperties {{\ntls no\n}}\n}}"));
        }
    }
    for n in 0..100 {
        lines.push(format!("s{} -> db{n} \"Writes\" \"SQL\"\ns{} -> db{n} \"Writes\" \"SQL\"", n * 3, n * 3 + 1));
    }
    lines.push("}\n}".to_owned());
    lines.join("\n")
}

#[test]
fn a_large_design_is_reviewed_in_groups() {
    let text = large();
    assert!(parse(&text).model.elements.len() > 500);
    let outcome = review_dsl(&text);
    assert_sound(&outcome);
    let number = |code: &str| outcome.findings.iter().filter(|finding| finding.code == code).count();
    assert_eq!((number("LNT-B001"), number("LNT-X004"), number("LNT-B003")), (100, 1, 1));
}
