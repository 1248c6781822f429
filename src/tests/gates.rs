//! `lintel check` with what a project has agreed on, and compared with an earlier state.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    cli::{
        check::{
            Findings, Order,
            baseline::Baseline,
            check,
            gather::{Ground, Typed, name_for},
            print,
        },
        run_with,
    },
    domain::{
        moment::Moment,
        review::{
            Change, Profile,
            choices::Choices,
            gate::{GateOutcome, GatePolicy},
        },
    },
};

/// Two teams write one database.
const DESIGN: &str = r#"workspace "Shop" {
    model {
        user = person "User"
        shop = softwareSystem "Shop" {
            orders = container "Order service" "Takes orders" "Go" {
                properties {
                    owner "sales"
                }
            }
            payments = container "Payment service" "Takes money" "Go" {
                properties {
                    owner "finance"
                }
            }
            db = container "Shop database" "Everything" "PostgreSQL" "Database"
        }
        user -> orders "Orders with" "HTTPS"
        orders -> payments "Asks for money" "HTTPS"
        orders -> db "Writes orders to" "SQL"
        payments -> db "Writes payments to" "SQL"
    }
    views {
        container shop "containers" {
            include *
            autolayout lr
        }
    }
}
"#;

/// A folder with a diagram whose worst finding is high, and with settings.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("workspace.dsl", DESIGN);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// What `lintel check` of the folder ends with.
    fn exit(&self, options: &[&str]) -> u8 {
        let folder = self.path().to_str().unwrap();
        run_with(["lintel", "check", folder].into_iter().chain(options.iter().copied()).collect::<Vec<_>>())
    }

    /// What it ends with under some settings.
    fn exit_with(&self, settings: &str, options: &[&str]) -> u8 {
        self.write("lintel.yaml", settings);
        self.exit(options)
    }

    fn name(&self, name: &str) -> String {
        self.path().join(name).to_str().unwrap().to_owned()
    }
}

#[test]
fn the_settings_beside_the_design_decide() {
    let folder = Folder::new();
    assert_eq!(folder.exit(&[]), 1, "two services write one database");
    for (settings, code) in [
        ("gate: {fail_on: never}\n", 0),
        ("gate: {fail_on: {new: never, open: high}}\n", 1),
        ("gate: {fail_on: never, max_open: {high: 0}}\n", 1),
        ("gate: {fail_on: never, max_open: {high: 9}}\n", 0),
        ("severity: {LNT-B001: low}\n", 0),
        ("off:\n  - {rule: shared-database, reason: One team owns both of them}\n", 0),
        ("suppress:\n  - {rule: LNT-B*, reason: One team owns both of them, paths: /workspace.dsl}\n", 0),
        ("suppress:\n  - {rule: LNT-B*, reason: One team owns both of them, paths: other.dsl}\n", 1),
        ("suppress:\n  - {rule: LNT-B001, reason: One team owns both of them, until: 2020-01-01}\n", 1),
        ("severity: {LNT-B001: low}\nsuppress:\n  - {rule: LNT-B001, reason: One team owns both, until: 2020-01-01}\n", 0),
        (
            "severity: {LNT-B001: low}\nsuppress:\n  - {rule: LNT-B001, reason: One team owns both, until: 2020-01-01}\ngate: {overdue_accepted: fail}\n",
            1,
        ),
        ("gate: {ignore: {sets: [core]}}\n", 0),
        ("sets: [math]\n", 0),
    ] {
        assert_eq!(folder.exit_with(settings, &[]), code, "{settings}");
    }
}

#[test]
fn the_settings_of_the_help_can_be_read() {
    let (_, after) = crate::cli::check::HELP.split_once("left out:\n").unwrap();
    let (settings, _) = after.split_once("\n\n").unwrap();
    let reading = crate::domain::review::settings::read(settings);
    assert_eq!(reading.diagnostics, []);
    assert!(reading.settings.baseline.is_some() && reading.settings.profile.is_some());
}

#[test]
fn options_say_otherwise_for_one_run() {
    let folder = Folder::new();
    let mild = "gate: {fail_on: never, max_open: {high: 0}}\nseverity: {LNT-B001: high}\n";
    assert_eq!(folder.exit_with(mild, &["--fail-on", "never"]), 0, "never is never");
    assert_eq!(folder.exit_with(mild, &["--fail-on", "high"]), 1);
    assert_eq!(folder.exit_with("gate: {fail_on: never}\n", &["--no-config"]), 1);
    folder.write("strict.yaml", "gate: {fail_on: low}\n");
    assert_eq!(folder.exit(&["--config", &folder.name("strict.yaml")]), 1);
    assert_eq!(folder.exit(&["--config", &folder.name("nothing.yaml")]), 2);
    assert_eq!(folder.exit(&["--config", &folder.name("strict.yaml"), "--no-config"]), 3);
    fs::rename(folder.path().join("lintel.yaml"), folder.path().join(".lintel.yaml")).unwrap();
    assert_eq!(folder.exit(&[]), 0, "a hidden file will do");
}

#[test]
fn settings_that_can_not_be_read_stop_the_check() {
    let folder = Folder::new();
    for settings in ["gate: {fail_on: hihg}\n", "gates: {}\n", "off: [LNT-B001]\n", "a: b: c\n"] {
        assert_eq!(folder.exit_with(settings, &["--fail-on", "never"]), 2, "{settings}");
    }
}

#[test]
fn settings_above_count_within_a_repository() {
    let folder = Folder::new();
    folder.write("lintel.yaml", "gate: {fail_on: never}\n");
    folder.write("services/shop/workspace.dsl", DESIGN);
    let shop = folder.name("services/shop");
    assert_eq!(run_with(["lintel", "check", &shop]), 1, "nobody knows how far up to look");
    fs::create_dir(folder.path().join(".git")).unwrap();
    assert_eq!(run_with(["lintel", "check", &shop]), 0);
}

#[test]
fn only_wanted_paths_are_looked_at() {
    let folder = Folder::new();
    folder.write("drafts/workspace.dsl", DESIGN);
    assert_eq!(folder.exit_with("paths: {ignore: [workspace.dsl]}\n", &[]), 2, "there is nothing left to check");
    assert_eq!(folder.exit_with("paths: {include: [/docs, /drafts], ignore: [/drafts]}\n", &[]), 2);
    folder.write("clean.dsl", "workspace {\n    model {\n    }\n}\n");
    assert_eq!(folder.exit_with("paths: {include: [clean.dsl]}\n", &["--fail-on", "high"]), 0);
    assert_eq!(run_with(["lintel", "check", &folder.name("workspace.dsl")]), 1, "what is named is looked at");
}

#[test]
fn the_settings_name_a_baseline() {
    let folder = Folder::new();
    assert_eq!(folder.exit_with("baseline: known.json\ngate: {fail_on: low}\n", &[]), 2, "it is not there yet");
    assert_eq!(folder.exit(&["--write-baseline", &folder.name("known.json")]), 0);
    assert_eq!(folder.exit(&[]), 0, "old findings pass");
    folder.write("workspace.dsl", &DESIGN.replace("        user ->", "        odd = softwareSystem \"Odd\"\n        user ->"));
    assert_eq!(folder.exit(&[]), 1, "new ones do not");
}

#[test]
fn renamed_keys_are_known_by_their_names() {
    let folder = Folder::new();
    let found = examined(&folder, None);
    let known = Baseline::of(&found.outcome.findings);
    folder.write("workspace.dsl", &DESIGN.replace("            db =", "            store =").replace("-> db", "-> store"));
    let again = examined(&folder, None);
    let exact =
        again.outcome.findings.iter().filter(|finding| found.outcome.findings.iter().any(|old| old.fingerprint == finding.fingerprint));
    assert!(exact.count() < again.outcome.findings.len(), "keys are part of what a finding is");
    assert_eq!(known.known_among(&again.outcome.findings).len(), again.outcome.findings.len());
}

#[test]
fn what_can_not_be_read_in_full_is_inconclusive_unless_agreed_otherwise() {
    let folder = Folder::new();
    folder.write("workspace.dsl", &DESIGN.replace("        user -> orders", "        user -> nobody \"x\"\n        user -> orders"));
    for (settings, code) in [
        ("gate: {fail_on: never}\n", 2),
        ("gate: {fail_on: never, inconclusive: warn}\n", 0),
        ("gate: {inconclusive: pass}\n", 1),
        ("gate: {inconclusive: fail}\n", 2),
    ] {
        assert_eq!(folder.exit_with(settings, &[]), code, "{settings}");
    }
}

#[test]
fn the_standard_input_has_a_name() {
    for (text, name) in [
        ("workspace {\n}\n", "stdin.dsl"),
        ("flowchart LR\n    a --> b\n", "stdin.mmd"),
        ("---\ntitle: Shop\n---\nflowchart LR\n    a --> b\n", "stdin.mmd"),
        ("# 1. Use Go\n\n## Status\n\nAccepted\n", "stdin.md"),
        ("---\nstatus: \"accepted\"\n---\n\n# Use Go\n", "stdin.md"),
        ("nothing of the kind", "stdin.dsl"),
    ] {
        assert_eq!(name_for(text), PathBuf::from(name), "{text}");
    }
    assert_eq!(run_with(["lintel", "check", ".", "--stdin-path", "workspace.dsl"]), 3);
    let folder = Folder::new();
    let typed = Typed { path: folder.path().join("workspace.dsl"), text: "workspace \"Typed\" {\n}\n".to_owned() };
    let gathered = Ground::at(folder.path()).gather(&[folder.path().to_path_buf()], Some(&typed)).unwrap();
    assert_eq!(gathered.texts["workspace.dsl"].1, typed.text, "the text takes the place of the file");
    let alone =
        Ground::at(folder.path()).gather(&[], Some(&Typed { path: folder.path().join("docs/0001-a.md"), text: "# A\n".to_owned() }));
    assert!(alone.unwrap().texts.contains_key("docs/0001-a.md"));
}

/// A folder checked by itself, or against another.
fn examined(now: &Folder, base: Option<&Folder>) -> Findings {
    let gathered = |folder: &Folder| Ground::at(folder.path()).gather(&[PathBuf::from(folder.path())], None).unwrap();
    let (choices, gate) = (Choices::default(), GatePolicy::default());
    let order = Order { profile: Profile::Default, at: Moment(1_795_089_600_000), choices: &choices, gate: &gate, known: None, view: None };
    check(gathered(now), base.map(|base| ("before".to_owned(), gathered(base))), &order)
}

#[test]
fn against_an_earlier_state_new_findings_name_the_change_that_made_them() {
    let (base, now) = (Folder::new(), Folder::new());
    base.write("workspace.dsl", &DESIGN.replace("        payments -> db \"Writes payments to\" \"SQL\"\n", ""));
    let found = examined(&now, Some(&base));
    let shared = found.seen.iter().find(|seen| seen.finding.code == "LNT-B001").unwrap();
    assert_eq!(shared.change, Some(Change::New));
    let because = crate::domain::review::cause::phrase(&shared.causes);
    assert_eq!(because, "relation Payment service -> Shop database was added");
    assert_eq!(found.gate.outcome, GateOutcome::Failed);
    let text = print::text(&found, None, print::Style { colours: false });
    assert!(text.contains(&format!("      = new: {because}\n")), "{text}");
    assert!(text.contains("gate failed: One new finding is high or above (LNT-B001), and none may be\n"), "{text}");
    assert!(text.lines().last().unwrap().contains("; since before: "), "{text}");

    let markdown = print::markdown::of(&found);
    assert!(markdown.contains("## What changed since before\n") && markdown.contains("**Gate: failed.**"), "{markdown}");
    assert!(markdown.contains(&format!("): {}\n", because.replace('>', "\\>"))), "{markdown}");
    let json: Value = serde_json::from_str(&print::json::of(&found, None)).unwrap();
    assert_eq!(json["gate"]["result"]["outcome"], "failed");
    let shared = json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "LNT-B001").unwrap();
    assert_eq!((&shared["change"], &shared["because"]), (&Value::from("new"), &Value::from(because.as_str())));

    let back = examined(&base, Some(&now));
    assert!(back.seen.iter().all(|seen| seen.finding.code != "LNT-B001"));
    let gone = &back.before.as_ref().unwrap().gone;
    assert!(gone.iter().any(|seen| seen.finding.code == "LNT-B001" && !seen.causes.is_empty()), "{gone:?}");
    assert_eq!(back.gate.outcome, GateOutcome::Passed, "what is gone breaks nothing");
    let text = print::text(&back, None, print::Style { colours: false });
    assert!(text.contains("fixed[LNT-B001]: ") && text.contains(" was removed)"), "{text}");
    let log: Value = serde_json::from_str(&print::sarif::of(&back, None)).unwrap();
    let absent = log["runs"][0]["results"].as_array().unwrap().iter().find(|result| result["ruleId"] == "LNT-B001").unwrap();
    assert_eq!(absent["baselineState"], "absent");
}

#[test]
fn against_the_same_state_nothing_is_new() {
    let (base, now) = (Folder::new(), Folder::new());
    let found = examined(&now, Some(&base));
    assert!(found.seen.iter().all(|seen| seen.change == Some(Change::Unchanged)) && !found.seen.is_empty());
    assert_eq!(found.gate.outcome, GateOutcome::Passed);
    let text = print::text(&found, None, print::Style { colours: false });
    assert!(text.contains("still open[LNT-B001]: ") && text.contains("since before: 0 new, "), "{text}");
}

#[test]
fn the_same_input_gives_the_same_bytes_in_every_form() {
    let (base, now) = (Folder::new(), Folder::new());
    base.write("workspace.dsl", &DESIGN.replace("Shop database", "Books"));
    let forms = || {
        let found = examined(&now, Some(&base));
        [
            print::text(&found, None, print::Style { colours: false }),
            print::json::of(&found, None),
            print::sarif::of(&found, None),
            print::markdown::of(&found),
        ]
    };
    assert_eq!(forms(), forms());
}

#[test]
fn a_view_can_be_looked_at_alone() {
    let folder = Folder::new();
    folder.write(
        "workspace.dsl",
        &DESIGN.replace(
            "        container shop \"containers\" {",
            "        container shop \"people\" {\n            title \"People\"\n            \
                         include user\n        }\n        container shop \"containers\" {",
        ),
    );
    assert_eq!(folder.exit(&["--view", "containers"]), 1, "two services write one database");
    assert_eq!(folder.exit(&["--view", "people"]), 0, "it does not show them");
    assert_eq!(folder.exit(&["--view", "People"]), 0);
    assert_eq!(folder.exit(&["--view", "nothing"]), 2);
    assert_eq!(folder.exit(&["--view", "people", "--write-baseline", &folder.name("known.json")]), 3);
}
