//! The goals hold for every design of `src/designs`, and the scoring itself can tell.

use std::{fs, path::Path};

use super::{table::table, *};

fn walk(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_designs_meet_the_goals() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/designs");
    let mut files = Files::new();
    walk(&root, &root, &mut files);
    let scores: Vec<Score> = cases(&files).unwrap().iter().map(score).collect();
    assert!(scores.iter().any(|score| score.twin.is_some()), "{scores:?}");
    assert!(scores.iter().all(|score| score.missed.is_empty()), "\n{}", table(&scores));
}

const FLAWED: &str = r#"workspace "Bank" {
    model {
        bank = softwareSystem "Bank" "Keeps accounts" {
            group "Accounts" {
                accounts = container "Account service" "Opens and closes accounts" "Go"
            }
            group "Transfers" {
                transfers = container "Transfer service" "Moves money between accounts" "Go"
            }
            ledger = container "Ledger DB" "Every booking that was ever made" "PostgreSQL 16"
        }
        accounts -> ledger "Writes opening balances" "SQL"
        transfers -> ledger "Writes bookings" "SQL"
    }
}
"#;

fn repaired() -> String {
    FLAWED.replace("accounts -> ledger \"Writes opening balances\" \"SQL\"", "accounts -> transfers \"Books opening balances\" \"gRPC\"")
}

fn expected(more: &str) -> String {
    format!(r#"{{"name": "Shared ledger", "today": "2026-11-21", {more}, "notes": "Two contexts write one ledger."}}"#)
}

fn files(parts: &[(&str, &str)]) -> Files {
    parts.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn scored(expected: &str, seeded: &str, repaired: &str) -> Score {
    let parts = [("s/expected.json", expected), ("s/seeded/workspace.dsl", seeded), ("s/repaired/workspace.dsl", repaired)];
    score(&cases(&files(&parts)).unwrap()[0])
}

#[test]
fn a_flaw_that_is_found_at_its_place_and_gone_from_the_twin_meets_the_goals() {
    for at in [
        r#"["ledger"]"#,
        r#"["bank.ledger"]"#,
        r#"["Ledger DB"]"#,
        r#"["accounts->ledger", "bank.transfers->bank.ledger"]"#,
        r#"["bank.accounts->bank.ledger"]"#,
    ] {
        let asked = expected(&format!(r#""must": [{{"code": "LNT-B001", "at": {at}, "severity": "high"}}], "verdict": "needs-work""#));
        let score = scored(&asked, FLAWED, &repaired());
        assert_eq!(score.missed, Vec::<String>::new(), "{at}");
        assert_eq!((score.found, score.wrong, score.outside), ((1, 1), 0, (0, None)));
        assert_eq!(score.twin, Some(Twin::default()));
        assert!(table(&[score]).contains("All goals are met."));
    }
}

#[test]
fn each_goal_can_be_missed() {
    let must = |at: &str| format!(r#""must": [{{"code": "LNT-B001", "at": ["{at}"]}}]"#);
    let right = must("ledger");
    let unread = format!("{FLAWED}}}");
    let other = FLAWED.replace("\"Go\"", "\"\"");
    for (asked, seeded, twin, goal) in [
        (expected(&must("edger")), FLAWED, repaired(), "seeded: LNT-B001 at edger is not found"),
        (expected(&must("ledger->accounts")), FLAWED, repaired(), "LNT-B001 at ledger->accounts is not found"),
        (
            expected(r#""must": [{"code": "LNT-B001", "at": [], "severity": "low"}]"#),
            FLAWED,
            repaired(),
            "LNT-B001 anywhere should be low and is high",
        ),
        (expected(r#""must": [{"code": "LNT-D001", "at": []}]"#), FLAWED, repaired(), "nobody expects LNT-B001 high"),
        (expected(&format!(r#"{right}, "must_not": [{{"code": "LNT-B*"}}]"#)), FLAWED, repaired(), "must not be said: LNT-B001"),
        (
            expected(&format!(r#"{right}, "must_not": [{{"code": "*", "at": ["accounts->ledger"], "from": "high"}}]"#)),
            FLAWED,
            repaired(),
            "must not be said: LNT-B001",
        ),
        (
            expected(&format!(r#"{right}, "must_not": [{{"code": "LNT-B001", "at": ["histroy"]}}]"#)),
            FLAWED,
            repaired(),
            "a must_not is at `histroy`, which is not in the design",
        ),
        (expected(&format!(r#"{right}, "never_say": ["opening balances"]"#)), FLAWED, repaired(), "repeats what no finding may say"),
        (expected(&format!(r#"{right}, "most": 0"#)), FLAWED, repaired(), "1 findings are shown, 0 are the most"),
        (expected(&format!(r#"{right}, "verdict": "pass""#)), FLAWED, repaired(), "the verdict is needs-work, it should be pass"),
        (expected(&right), FLAWED, FLAWED.to_owned(), "repaired: should be gone: LNT-B001"),
        (expected(&right), &unread, repaired(), "seeded can't be read: workspace.dsl:"),
    ] {
        let score = scored(&asked, seeded, &twin);
        assert!(score.missed.iter().any(|missed| missed.contains(goal)), "{goal}: {:#?}", score.missed);
        assert!(table(&[score]).contains(goal));
    }
    let score = scored(&expected(&right), &other, &repaired());
    assert_eq!(score.outside, (1, Some(Severity::Low)), "{score:#?}");
    assert_eq!(score.missed, Vec::<String>::new(), "one low finding more is tolerated");
    for harmless in [r#"{"code": "LNT-B001", "at": ["bank"]}"#, r#"{"code": "LNT-B*", "from": "critical"}"#, r#"{"code": "LNT-X*"}"#] {
        let score = scored(&expected(&format!(r#"{right}, "must_not": [{harmless}]"#)), FLAWED, &repaired());
        assert_eq!(score.missed, Vec::<String>::new(), "{harmless}");
    }
}

#[test]
fn a_clean_design_is_silent_at_medium_and_above() {
    let asked = expected(r#""must": []"#);
    let of = |text: &str| score(&cases(&files(&[("c/expected.json", &asked), ("c/clean/workspace.dsl", text)])).unwrap()[0]);
    let clean = of(&repaired());
    assert_eq!((clean.clean, clean.missed.len()), (Some((0, 0)), 0), "{clean:?}");
    let flawed = of(FLAWED);
    assert_eq!(flawed.clean, Some((1, 0)));
    assert!(flawed.missed[0].starts_with("clean: nobody expects LNT-B001"), "{:?}", flawed.missed);
}

#[test]
fn a_folder_that_is_no_design_says_why() {
    let right = expected(r#""must": [{"code": "LNT-B001", "at": []}]"#);
    for (parts, why) in [
        (vec![("readme.md", "")], "readme.md: a file outside of every design"),
        (vec![("s/notes.md", "")], "s/notes.md: a file outside of every design"),
        (vec![("s/other/workspace.dsl", "")], "s/other/workspace.dsl: a file outside"),
        (vec![("s/seeded/workspace.dsl", FLAWED)], "s: there is no expected.json"),
        (vec![("s/expected.json", right.as_str()), ("s/seeded/workspace.dsl", FLAWED)], "s: a design has either"),
        (vec![("s/expected.json", right.as_str()), ("s/clean/workspace.dsl", FLAWED)], "s: a design has either"),
        (vec![("s/expected.json", "{}")], "s/expected.json: missing field `name`"),
    ] {
        let error = cases(&files(&parts)).unwrap_err().to_string();
        assert!(error.starts_with(why), "{error}");
    }
    for (from, to, why) in [
        ("2026-11-21", "yesterday", "`yesterday` is no day"),
        ("LNT-B001", "B001", "there is no rule `B001`"),
        ("\"must\"", "\"most_not\"", "unknown field `most_not`"),
        ("\"must\"", "\"must_not\": [{\"code\": \"LNT-Z*\"}], \"must\"", "`LNT-Z*` covers no rule"),
    ] {
        let error = cases(&files(&[("s/expected.json", &right.replace(from, to))])).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
