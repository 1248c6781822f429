//! What settings say, and what is said about those that are not as they should be.

use proptest::prelude::*;

use super::*;
use crate::domain::diagnostic::LineIndex;

const WHOLE: &str = "\
# for the payments team
profile: production
sets: [core, math, prod]
severity:
  LNT-B001: critical
  single-option: low
  LNT-X*: medium
  LNT-X004: high
off:
  - rule: LNT-P001
    reason: One team owns all of it
  - rule: [LNT-K001, technology-sprawl]
    reason: \"A start-up, on purpose: small\"
    until: 2027-05-01
suppress:
  - rule: LNT-X*
    paths: [workspace.dsl]
    elements: Legacy billing
    reason: Goes away with the new billing
    until: 2027-05-01
gate:
  fail_on: {new: medium, open: critical}
  max_open: {high: 5, low: 0}
  ignore: {states: [wont_fix, accepted], baseline: false, sets: [strict]}
  overdue_accepted: fail
  inconclusive: warn
paths:
  include: [workspace.dsl, docs/adr]
  ignore: [\"*.draft.md\"]
baseline: known.json
";

/// `line:column code: what (help)` of everything that is wrong.
fn problems(text: &str) -> Vec<String> {
    let lines = LineIndex::new(text);
    read(text)
        .diagnostics
        .iter()
        .map(|diagnostic| {
            assert!(!diagnostic.why.is_empty() && diagnostic.level == Level::Error);
            let place = lines.place(diagnostic.span.start);
            format!("{}:{} {}: {} ({})", place.line, place.column, diagnostic.code, diagnostic.what, diagnostic.help)
        })
        .collect()
}

fn only(text: &str) -> String {
    let problems = problems(text);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().unwrap()
}

#[test]
fn everything_that_can_be_said_is_read() {
    let Reading { settings, diagnostics } = read(WHOLE);
    assert_eq!(diagnostics, []);
    assert_eq!(settings.profile, Some(Profile::Production));
    let choices = &settings.choices;
    assert_eq!(choices.sets, Some(BTreeSet::from([Set::Core, Set::Math, Set::Prod])));
    let severities: Vec<_> = ["LNT-B001", "LNT-Q002", "LNT-X004", "LNT-X005", "LNT-R001"].map(|code| choices.severity(code)).into();
    assert_eq!(severities, [Some(Severity::Critical), Some(Severity::Low), Some(Severity::High), Some(Severity::Medium), None]);
    let off: Vec<(Vec<&str>, &str, Option<Day>)> =
        choices.off.iter().map(|off| (off.rules.iter().map(Selector::as_str).collect(), off.reason.as_str(), off.until)).collect();
    assert_eq!(
        off,
        [
            (vec!["LNT-P001"], "One team owns all of it", None),
            (vec!["LNT-K001", "LNT-K003"], "A start-up, on purpose: small", Day::parse("2027-05-01"))
        ]
    );
    let waiver = &choices.waivers[0];
    assert_eq!((waiver.elements.as_slice(), waiver.paths[0].as_str()), (["Legacy billing".to_owned()].as_slice(), "workspace.dsl"));
    assert!(waiver.span.of(WHOLE).starts_with("rule: LNT-X*") && waiver.span.of(WHOLE).ends_with("2027-05-01"));
    assert_eq!(
        settings.gate,
        GatePolicy {
            new: Some(Severity::Medium),
            open: Some(Severity::Critical),
            most: BTreeMap::from([(Severity::High, 5), (Severity::Low, 0)]),
            ignored_states: BTreeSet::from([FindingState::WontFix, FindingState::Accepted]),
            ignored_sets: BTreeSet::from([Set::Strict]),
            ignore_baseline: false,
            overdue: Answer::Fail,
            inconclusive: Answer::Warn,
        }
    );
    assert_eq!(settings.baseline.as_deref(), Some("known.json"));
    let covered = ["workspace.dsl", "docs/adr/0001-a.md", "docs/adr/0002-b.draft.md", "docs/other.md"].map(|path| settings.covers(path));
    assert_eq!(covered, [true, true, false, false]);
}

#[test]
fn nothing_said_changes_nothing() {
    for text in ["", "# a remark\n", "gate: {}\n", "off:\nsuppress: []\n"] {
        assert_eq!(read(text), Reading::default(), "{text:?}");
    }
    assert!(ProjectSettings::default().covers("anything.dsl"));
    let short = read("gate:\n  fail_on: never\n").settings.gate;
    assert_eq!(short, GatePolicy { new: None, ..GatePolicy::default() });
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_a_way_out() {
    for (text, said) in [
        ("profil: default", "1:1 unknown-key: There is no `profil` in the settings (Did you mean `profile`?)"),
        (
            "gate:\n  block: 1",
            "2:3 unknown-key: There is no `block` in `gate` (Use `fail_on`, `max_open`, `ignore`, `overdue_accepted` or `inconclusive`.)",
        ),
        ("profile: prod", "1:10 unknown-value: `prod` is no profile (Use `sketch`, `default`, `production` or `regulated`.)"),
        ("profile: [default]", "1:10 wrong-type: `profile` is a list (Give it one word or text.)"),
        ("gate: high", "1:7 wrong-type: `gate` is a word (Give it keys with values, each on its own line.)"),
        ("sets: {core: true}", "1:7 wrong-type: `sets` is a mapping (Give it a list, each entry on a line that begins with `- `.)"),
        ("- a", "1:1 wrong-type: the settings is a list (Give it keys with values, each on its own line.)"),
        ("severity:\n  LNT-B01: low", "2:3 unknown-rule: There is no rule `LNT-B01` (Did you mean `LNT-B001` (shared-database)?)"),
        ("severity:\n  shared-databse: low", "2:3 unknown-rule: There is no rule `shared-databse` (Did you mean `shared-database`?)"),
        ("severity:\n  everything: low", "2:3 unknown-rule: There is no rule `everything` (`lintel rules` lists all of them.)"),
        ("severity:\n  LNT-B001: hi", "2:13 unknown-value: `hi` is no severity (Use `critical`, `high`, `medium` or `low`.)"),
        ("off:\n  - rule: LNT-B001", "2:5 missing-key: This entry gives no reason (Add `reason:` and a sentence.)"),
        ("off:\n  - reason: It is too loud here", "2:5 missing-key: This entry names no rule (Add `rule: LNT-…`; a list will do, too.)"),
        (
            "off:\n  - rule: LNT-B001\n    reason: noise",
            "2:5 short-reason: The reason `noise` is too short (Write a sentence of at least 10 letters.)",
        ),
        (
            "off:\n  - rule: LNT-B001\n    reason: It is too loud here\n    until: 2027-02-30",
            "4:12 bad-date: `2027-02-30` is no day (Write it as `2027-05-01`.)",
        ),
        ("off: [LNT-B001]", "1:7 wrong-type: an entry of `off` is a word (Give it keys with values, each on its own line.)"),
        ("gate:\n  max_open: {high: -1}", "2:20 wrong-type: `-1` is no number of findings (Give it a whole number from 0 on.)"),
        ("gate:\n  ignore: {baseline: maybe}", "2:22 unknown-value: `maybe` is no answer for `baseline` (Use `true` or `false`.)"),
        ("gate:\n  ignore: {states: [fixed]}", "2:21 unknown-value: `fixed` is no state (Use `accepted`, `wont-fix` or `false-positive`.)"),
        (
            "paths:\n  ignore: [../x]",
            "2:12 bad-pattern: No path can fit `../x` (Write it from the folder of the settings, with `/` between names; `*` stands for any letters.)",
        ),
        ("profile: default\nprofile: sketch", "2:1 duplicate-key: `profile` is there twice (Keep one of them.)"),
    ] {
        // An entry of the wrong type says nothing else either.
        let problems = problems(text);
        assert_eq!(problems[0], said, "{text}\n{problems:?}");
        assert!(read(text).is_broken());
    }
    assert!(only("a: b: c").starts_with("1:5 invalid-yaml: This is no YAML that can be read: "), "{}", only("a: b: c"));
    assert!(only(&format!("# {}", "x".repeat(300_000))).starts_with("1:1 too-large: "));
}

#[test]
fn what_limits_an_entry_and_can_not_be_read_does_not_widen_it() {
    let broken = "suppress:\n  - rule: LNT-X*\n    reason: Goes away with the new billing\n    elements: {a: b}\n";
    assert!(read(broken).settings.choices.waivers.is_empty());
    let half = "off:\n  - rule: [LNT-B001, LNT-Z999]\n    reason: Goes away with the new billing\n";
    assert!(read(half).settings.choices.off.is_empty());
}

proptest! {
    #[test]
    fn damaged_settings_are_read_or_refused(at in 0..WHOLE.len(), length in 0..12_usize, with in "[\\PC\n]{0,3}") {
        prop_assume!(WHOLE.is_char_boundary(at));
        let end = (at + length).min(WHOLE.len());
        let damaged = format!("{}{with}{}", &WHOLE[..at], &WHOLE[end..]);
        for diagnostic in read(&damaged).diagnostics {
            prop_assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end as usize <= damaged.len());
        }
    }
}
