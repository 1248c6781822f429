//! `lintel check` and the catalogue in the terminal, from gathered files to what is printed.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::{
    cli::{
        check::{
            Findings, Order,
            baseline::Baseline,
            check,
            gather::{Ground, Kind},
            print,
        },
        run_with,
    },
    domain::{
        moment::Moment,
        review::{Profile, choices::Choices, finding::Severity, gate::GatePolicy},
        sample,
    },
    tests::upload::{WORKSPACE, corpus},
};

fn run(paths: &[PathBuf], known: Option<&Baseline>) -> Findings {
    let (choices, gate) = (Choices::default(), GatePolicy::default());
    let order = Order { profile: Profile::Default, at: Moment(1_795_089_600_000), choices: &choices, gate: &gate, known, view: None };
    check(Ground::here().gather(paths, None).unwrap(), None, &order)
}

fn plain(found: &Findings) -> String {
    print::text(found, None, print::Style { colours: false })
}

fn exit(arguments: &[&str]) -> u8 {
    run_with(["lintel", "check"].iter().chain(arguments).copied().collect::<Vec<_>>())
}

#[test]
fn the_sample_shows_its_flaws_and_fails_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in sample::FILES {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let root = folder.path().to_str().unwrap();
    let found = run(&[folder.path().to_path_buf()], None);
    assert_eq!(found.checked.len(), 9, "a diagram and eight decisions");
    assert!(!found.is_broken());
    assert!(found.fresh().any(|seen| seen.finding.severity >= Severity::High));
    let text = plain(&found);
    let first = &found.fresh().next().unwrap().finding;
    assert!(text.contains(&format!("{}[{}]: {}", first.severity.slug(), first.code, first.title)), "{text}");
    assert!(text.lines().any(|line| line.contains("workspace.dsl:") && line.matches(':').count() >= 4), "{text}");
    assert!(text.lines().last().unwrap().starts_with("9 texts checked: "), "{text}");
    assert_eq!(exit(&[root]), 1);
    assert_eq!(exit(&[root, "--fail-on", "never"]), 0);
    assert_eq!(exit(&[&format!("{root}/workspace.dsl"), "--format", "json"]), 1);
    assert_eq!(exit(&[root, "--fail-on", "sometimes"]), 3);
    assert_eq!(exit(&[&format!("{root}/nothing.dsl")]), 2);
}

#[test]
fn known_findings_pass_and_new_ones_fail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.dsl");
    let baseline = folder.path().join("known.json");
    let (file_name, baseline_name) = (file.to_str().unwrap(), baseline.to_str().unwrap());
    fs::write(&file, WORKSPACE).unwrap();
    let strict = ["--fail-on", "low"];
    assert_eq!(exit(&[file_name, strict[0], strict[1]]), 1);
    assert_eq!(exit(&[file_name, "--write-baseline", baseline_name]), 0);
    assert_eq!(exit(&[file_name, strict[0], strict[1], "--baseline", baseline_name]), 0);
    let known = Baseline::read(&baseline).unwrap();
    let found = run(std::slice::from_ref(&file), Some(&known));
    assert!(found.fresh().next().is_none() && found.known() > 0);
    assert!(plain(&found).contains("no findings; "), "{}", plain(&found));

    fs::write(
        &file,
        WORKSPACE
            .replace("    views {", "    // more\n    views {")
            .replace("        user ->", "        odd = softwareSystem \"Odd\"\n        user ->"),
    )
    .unwrap();
    let found = run(std::slice::from_ref(&file), Some(&known));
    assert!(found.fresh().next().is_some(), "an element nobody uses is new");
    assert!(found.known() > 0, "lines above do not make known findings new");
    fs::write(&baseline, "{\"version\": 9, \"findings\": []}").unwrap();
    assert_eq!(exit(&[file_name, "--baseline", baseline_name]), 2);
}

#[test]
fn a_broken_line_is_placed_and_the_rest_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("workspace.dsl");
    fs::write(&file, WORKSPACE.replace("        user -> orders", "        user -> nobody \"x\"\n        user -> orders")).unwrap();
    let found = run(std::slice::from_ref(&file), None);
    assert!(found.is_broken());
    let text = plain(&found);
    let line = 1 + WORKSPACE.lines().position(|line| line.contains("user -> orders")).unwrap();
    assert!(text.contains(&format!("workspace.dsl:{line}:")) && text.contains("error["), "{text}");
    assert!(text.contains("= why: ") && text.contains("= help: ") && text.contains('^'), "{text}");
    assert!(text.contains("LNT-B001"), "{text}");
    assert!(text.contains("1 text could not be read in full"), "{text}");
    assert_eq!(exit(&[file.to_str().unwrap()]), 2);

    let json: Value = serde_json::from_str(&print::json::of(&found, None)).unwrap();
    assert_eq!(json["diagnostics"][0]["line"], line);
    assert_eq!(json["diagnostics"][0]["level"], "error");
    let finding = json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "LNT-B001").unwrap();
    assert!(finding["line"].as_u64().unwrap() > 1 && finding["fingerprint"].as_str().unwrap().starts_with("v1:"));
    assert!(print::markdown::of(&found).contains("LNT-B001"));
}

#[test]
fn files_are_gathered_with_what_they_include() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("docs/adr")).unwrap();
    fs::create_dir_all(root.join(".git")).unwrap();
    fs::write(root.join("workspace.dsl"), "workspace {\n    model {\n        !include people.dsl\n    }\n}\n").unwrap();
    fs::write(root.join("people.dsl"), "user = person \"User\"\n").unwrap();
    fs::write(root.join("docs/adr/0001-a.md"), "# 1. A\n\n## Status\n\nAccepted\n").unwrap();
    fs::write(root.join(".git/workspace.dsl"), "workspace {\n}\n").unwrap();
    fs::write(root.join("README.md"), "# Read me\n").unwrap();
    let gathered = Ground::here().gather(&[root.to_path_buf()], None).unwrap();
    let names: Vec<(&str, Kind)> = gathered.texts.iter().map(|(path, (kind, _))| (path.rsplit('/').next().unwrap(), *kind)).collect();
    assert_eq!(names, [("0001-a.md", Kind::Decision), ("workspace.dsl", Kind::Diagram)]);

    let found = run(&[root.join("workspace.dsl")], None);
    assert!(!found.is_broken(), "{}", plain(&found));
    assert!(Ground::here().gather(&[root.join(".git/nothing")], None).is_err());
    fs::create_dir(root.join("empty")).unwrap();
    assert!(Ground::here().gather(&[root.join("empty")], None).unwrap_err().message.starts_with("There is nothing to check"));
}

#[test]
fn the_catalogue_prints_in_the_terminal() {
    assert_eq!(run_with(["lintel", "rules"]), 0);
    assert_eq!(run_with(["lintel", "explain", "b001"]), 0);
    assert_eq!(run_with(["lintel", "explain", "Z999"]), 3);
}

#[test]
fn public_examples_are_checked_without_a_fault() {
    let Some(corpus) = corpus() else { return };
    for entry in fs::read_dir(corpus.join("structurizr/examples")).unwrap() {
        let path = entry.unwrap().path();
        let found = run(std::slice::from_ref(&path), None);
        assert!(!found.is_broken(), "{}: {}", path.display(), plain(&found));
        assert!(print::markdown::of(&found).len() > 100);
        serde_json::from_str::<Value>(&print::sarif::of(&found, None)).unwrap();
    }
    for entry in fs::read_dir(corpus.join("structurizr/conformance")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "dsl") {
            let found = run(std::slice::from_ref(&path), None);
            assert!(!plain(&found).is_empty());
            serde_json::from_str::<Value>(&print::json::of(&found, None)).unwrap();
        }
    }
}
