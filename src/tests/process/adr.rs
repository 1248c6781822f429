//! `lintel adr` on folders of each kind, run as people and scripts run it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use super::harness::lintel;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.put(path, text);
        }
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn names(&self, path: &str) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.path(path)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs `lintel adr` in a folder below.
    fn run_in(&self, below: &str, arguments: &[&str]) -> (i32, String, String) {
        said(run(&self.path(below), arguments))
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_in("", arguments)
    }

    /// Runs what has to succeed, and gives what it printed.
    fn ok(&self, arguments: &[&str]) -> String {
        let (code, out, errors) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {out}{errors}");
        out.trim_end().to_owned()
    }
}

fn command(folder: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = lintel();
    command.current_dir(folder).arg("adr").args(arguments).env("ADR_DATE", "1992-01-12");
    for name in ["ADR_TEMPLATE", "VISUAL", "EDITOR"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn said(output: Output) -> (i32, String, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A record as adr-tools keeps it.
fn record(number: u32, title: &str, status: &str) -> String {
    format!(
        "# {number}. {title}\n\nDate: 1992-01-12\n\n## Status\n\n{status}\n\n## Context\n\nc\n\n## Decision\n\nd\n\n## Consequences\n\ne\n"
    )
}

#[test]
fn the_folder_is_the_one_that_the_repository_names() {
    let folder =
        Folder::new(&[(".adr-dir", "architecture-log\n"), ("docs/adr/0009-other.md", &record(9, "Other", "Accepted")), ("subdir/x", "")]);
    assert_eq!(folder.ok(&["new", "First", "Record"]), "architecture-log/0001-first-record.md");
    let (code, out, _) = folder.run_in("subdir", &["new", "Second Record"]);
    assert_eq!((code, out.as_str()), (0, "../architecture-log/0002-second-record.md\n"));
    let (_, out, _) = folder.run_in("subdir", &["list", "--format", "paths"]);
    assert_eq!(out, "../architecture-log/0001-first-record.md\n../architecture-log/0002-second-record.md\n");
    assert_eq!(folder.ok(&["--dir", "docs/adr", "list", "--format", "paths"]), "docs/adr/0009-other.md");

    let folder = Folder::new(&[
        (".log4brains.yml", "project:\n  name: X\n  adrFolder: ./decisions # here\n"),
        (
            "decisions/template.md",
            "# [short title]\n\n- Status: [draft | proposed] <!-- optional -->\n- Date: [YYYY-MM-DD] <!-- optional -->\n\n## Considered Options\n\n- [option 1]\n",
        ),
        ("decisions/README.md", "# Decisions\n"),
    ]);
    assert_eq!(folder.ok(&["new", "Use Lunr for search"]), "decisions/19920112-use-lunr-for-search.md");
    assert_eq!(
        folder.text("decisions/19920112-use-lunr-for-search.md"),
        "# Use Lunr for search\n\n- Status: proposed <!-- optional -->\n- Date: 1992-01-12 <!-- optional -->\n\n## Considered Options\n\n- [option 1]\n"
    );
    let folder = Folder::new(&[("doc/adr/templates/template.md", "# NUMBER: TITLE\n\n## Status\n\nSTATUS on DATE\n")]);
    assert_eq!(folder.ok(&["new", "Own"]), "doc/adr/0001-own.md");
    assert_eq!(folder.text("doc/adr/0001-own.md"), "# 1: Own\n\n## Status\n\nProposed on 1992-01-12\n");
    let empty = Folder::new(&[]);
    let (code, _, errors) = empty.run(&["list"]);
    assert_eq!(code, 2);
    assert!(errors.contains("There is no decision log in docs/adr") && errors.contains("lintel adr new"), "{errors}");
    assert_eq!(empty.ok(&["new", "Use NATS"]), "docs/adr/0001-use-nats.md");
    assert!(empty.text("docs/adr/0001-use-nats.md").starts_with("---\nstatus: proposed\ndate: 1992-01-12\n---\n\n# Use NATS\n"));
}

#[test]
fn a_proposed_record_supersedes_when_it_is_accepted_and_not_before() {
    let old = "---\r\nstatus: \"accepted\"\r\ndate: 1990-01-01 # first\r\n---\r\n\r\n# Old\r\n\r\n## Considered Options\r\n\r\n* a";
    let folder = Folder::new(&[("docs/adr/0001-old.md", old)]);
    assert_eq!(folder.ok(&["new", "--template", "madr-4-bare-minimal", "-s", "1", "New one"]), "docs/adr/0002-new-one.md");
    assert_eq!(folder.text("docs/adr/0001-old.md"), old);
    assert!(folder.ok(&["list"]).contains("accepted, 2 pending"), "{}", folder.ok(&["list"]));
    let out = folder.ok(&["accept", "2"]);
    assert_eq!(out, "docs/adr/0002-new-one.md is accepted.\ndocs/adr/0001-old.md is superseded by docs/adr/0002-new-one.md.");
    assert_eq!(
        folder.text("docs/adr/0001-old.md"),
        old.replace("accepted", "superseded by [ADR-0002](0002-new-one.md)").replace("1990-01-01", "1992-01-12"),
        "line ends, quotes, comments and the missing last line end stay"
    );
    let (code, out, errors) = folder.run(&["doctor"]);
    assert_eq!(code, 0, "{out}{errors}");
}

#[test]
fn what_the_workflow_forbids_is_refused_with_a_reason() {
    let folder = Folder::new(&[
        ("adr/0001-a.md", &record(1, "A", "Draft")),
        ("adr/0002-b.md", &record(2, "B", "Accepted")),
        ("adr/0003-c.md", &record(3, "C", "Rejected")),
        ("adr/0004-d.md", &record(4, "D", "Superceded by [2. B](0002-b.md)")),
    ]);
    for (arguments, reason) in [
        (&["accept", "1"][..], "A draft has been put to nobody. Propose it, then accept it."),
        (&["accept", "3"], "It was rejected. Propose it again to reopen it."),
        (&["reject", "2"], "Deprecate it with a reason, or supersede it"),
        (&["deprecate", "2"], "Give a reason."),
        (&["accept", "4"], "Its successor holds."),
        (&["supersede", "3", "--by", "2"], "It was rejected, so it was never in force."),
        (&["supersede", "2", "--by", "3"], "its successor is rejected"),
        (&["supersede", "2", "--by", "4"], "circle"),
        (&["supersede", "2", "--by", "2"], "can't be linked to itself"),
        (&["link", "2", "Amends", "2"], "can't be linked to itself"),
        (&["accept", "9"], "No record is called “9”"),
        (&["renumber", "1", "2"], "has number 2 already"),
        (&["new", "-s", "3", "X"], "It was rejected, so it was never in force."),
    ] {
        let before: Vec<String> = folder.names("adr").iter().map(|name| folder.text(&format!("adr/{name}"))).collect();
        let (code, out, errors) = folder.run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {errors}");
        let expected = if reason == "circle" { "none of them would be in force" } else { reason };
        if reason == "circle" {
            // A superseded record takes nobody's place, whichever is told first.
            assert!(errors.contains(expected) || errors.contains("its successor is superseded"), "{errors}");
        } else {
            assert!(errors.contains(expected), "{arguments:?}: {errors}");
        }
        let after: Vec<String> = folder.names("adr").iter().map(|name| folder.text(&format!("adr/{name}"))).collect();
        assert_eq!(before, after, "{arguments:?}");
    }
    folder.ok(&["deprecate", "2", "--reason", "The vendor is gone."]);
    assert_eq!(folder.text("adr/0002-b.md"), record(2, "B", "Deprecated\n\nReason: The vendor is gone."));
    folder.ok(&["accept", "4"]);
    folder.ok(&["propose", "3"]);
    folder.ok(&["reject", "3", "--reason", "Too dear."]);
    assert_eq!(folder.text("adr/0004-d.md"), record(4, "D", "Accepted"));
    assert_eq!(folder.text("adr/0003-c.md"), record(3, "C", "Rejected\n\nReason: Too dear."));
    let (code, _, _) = folder.run(&["new"]);
    assert_eq!(code, 3, "a title is wanted");
}

#[test]
fn many_at_once_take_numbers_of_their_own() {
    let folder = Folder::new(&[("docs/adr/0001-a.md", &record(1, "A", "Accepted"))]);
    for round in 0..5 {
        let running: Vec<_> = (0..8)
            .map(|one| {
                let title = format!("Round {round} decision {one}");
                command(folder.0.path(), &["new", &title])
                    .stdout(std::process::Stdio::piped())
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    let names = folder.names("docs/adr");
    let numbers: Vec<String> = names.iter().map(|name| name[..4].to_owned()).collect();
    let expected: Vec<String> = (1..=41).map(|number| format!("{number:04}")).collect();
    assert_eq!(numbers, expected, "{names:?}");
}

#[test]
fn numbers_change_with_everything_that_leads_there() {
    let folder = Folder::new(&[
        ("docs/adr/0001-a.md", &record(1, "A", "Accepted\n\nAmended by [2. B](0002-b.md)")),
        ("docs/adr/0002-b.md", &record(2, "B", "Accepted\n\nAmends [1. A](0001-a.md)")),
        ("README.md", "See [B](docs/adr/0002-b.md).\r\n"),
        ("workspace.dsl", "workspace {\n}\n// docs/adr/0002-b.md\n"),
    ]);
    fs::create_dir(folder.path(".git")).unwrap();
    let (code, out, errors) = folder.run(&["renumber", "2", "12"]);
    assert_eq!(code, 0);
    assert!(out.contains("docs/adr/0002-b.md → docs/adr/0012-b.md") && out.contains("  + See [B](docs/adr/0012-b.md)."), "{out}");
    assert!(errors.contains("Nothing was written"), "{errors}");
    assert!(folder.path("docs/adr/0002-b.md").exists());
    folder.ok(&["renumber", "2", "12", "--yes"]);
    assert_eq!(folder.names("docs/adr"), ["0001-a.md", "0012-b.md"]);
    assert_eq!(folder.text("docs/adr/0012-b.md"), record(12, "B", "Accepted\n\nAmends [1. A](0001-a.md)"));
    assert_eq!(folder.text("docs/adr/0001-a.md"), record(1, "A", "Accepted\n\nAmended by [12. B](0012-b.md)"));
    assert_eq!(folder.text("README.md"), "See [B](docs/adr/0012-b.md).\r\n");
    assert!(folder.text("workspace.dsl").ends_with("// docs/adr/0012-b.md\n"));
    assert_eq!(folder.run(&["doctor"]).0, 0);
}

#[test]
fn indexes_are_written_between_their_markers() {
    let folder = Folder::new(&[
        ("docs/adr/0001-a.md", &record(1, "A", "Accepted")),
        ("docs/adr/README.md", "# Log\r\n\r\n<!-- adrlog -->\r\n<!-- adrlogstop -->\r\n\r\nThe end"),
    ]);
    assert_eq!(folder.run(&["index", "--check"]).0, 1);
    assert_eq!(folder.ok(&["index"]), "docs/adr/README.md lists one decision.");
    assert_eq!(
        folder.text("docs/adr/README.md"),
        "# Log\r\n\r\n<!-- adrlog -->\r\n\r\n* [ADR-0001: A](0001-a.md), accepted\r\n\r\n<!-- adrlogstop -->\r\n\r\nThe end"
    );
    assert_eq!(folder.run(&["index", "--check"]).0, 0);
    folder.put("DECISIONS.md", "# No markers\n");
    let (code, _, errors) = folder.run(&["index", "DECISIONS.md"]);
    assert!(code == 2 && errors.contains("<!-- adrlog -->"), "{errors}");
    folder.ok(&["index", "docs/adr/list.md"]);
    assert!(folder.text("docs/adr/list.md").contains("* [ADR-0001: A](0001-a.md), accepted\n"));
}

#[test]
fn the_doctor_names_faults_with_file_and_line_and_knows_what_is_known() {
    let folder = Folder::new(&[
        ("docs/adr/0001-a.md", &record(1, "A", "Accepted")),
        ("docs/adr/0002-b.md", &record(2, "B", "Accepted\n\nSupercedes [1. A](0001-a.md)\n\nDepends on [9. Gone](0009-gone.md)")),
        ("docs/adr/0002-c.md", &record(2, "C", "Superseded")),
        ("docs/adr/0005-d.md", &record(5, "D", "")),
        ("docs/adr/0006-e.md", &record(6, "E", "Accepted\n\nSee [the guide](../guide.md)")),
        ("docs/guide.md", "# Guide\n"),
    ]);
    let (code, out, errors) = folder.run(&["doctor"]);
    assert_eq!(code, 1, "{out}{errors}");
    for expected in [
        "docs/adr/0001-a.md:7:1: warning[accepted-and-superseded]",
        "docs/adr/0002-b.md:9:12: warning[one-sided-link]",
        "docs/adr/0002-b.md:11:12: warning[broken-link]: The link to 0009-gone.md leads to no file",
        "docs/adr/0002-c.md:1:6: warning[duplicate-number]",
        "docs/adr/0002-c.md:7:1: warning[dangling-supersession]",
        "docs/adr/0005-d.md:1:6: note[number-gap]: Numbers 3 to 4 are missing",
        "docs/adr/0005-d.md:1:6: warning[missing-status]",
        "= why: ",
        "= help: ",
        "five decisions examined: six faults, one note",
    ] {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    assert_eq!(out.matches(": warning[").count(), 6, "{out}");
    assert_eq!(folder.run(&["doctor", "--write-baseline", "known.json"]).0, 0);
    let (code, out, _) = folder.run(&["doctor", "--baseline", "known.json"]);
    assert!(code == 0 && out.contains("no faults; 7 known from the baseline"), "{out}");
    folder.put("docs/adr/0007-f.md", &record(7, "F", "Accepted\n\nAmends [8. Gone](0008-gone.md)"));
    let (code, out, _) = folder.run(&["doctor", "--baseline", "known.json", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, report["faults"].as_array().unwrap().len(), &report["known"]), (1, 1, &serde_json::json!(7)), "{out}");
    assert_eq!(
        (&report["faults"][0]["path"], &report["faults"][0]["line"]),
        (&serde_json::json!("docs/adr/0007-f.md"), &serde_json::json!(9))
    );
}

#[test]
fn the_doctor_finds_no_fault_in_public_logs() {
    let Some(corpus) = std::env::var_os("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let corpus = Path::new(&corpus).canonicalize().unwrap().join("decisions");
    for (log, dir, count) in [("adr-tools", None, "nine"), ("log4brains", None, "nine"), ("madr", Some("docs/decisions"), "19")] {
        let mut arguments: Vec<&str> = vec!["doctor"];
        arguments.extend(dir.iter().flat_map(|dir| ["--dir", dir]));
        let (code, out, errors) = said(run(&corpus.join(log), &arguments));
        assert_eq!(code, 0, "{log}: {out}{errors}");
        assert!(out.contains(&format!("{count} decisions examined: no faults")), "{log}: {out}");
    }
}
