//! What breaks the gate, and how it says so.

use proptest::prelude::*;

use super::*;

fn finding(code: &str, severity: Severity) -> Finding {
    let text = format!(
        r#"{{"code":"{code}","rule":"r","fingerprint":"v1:{code}:x","names_fingerprint":"v1:{code}:y","kind":"risk","category":"boundaries",
        "severity":"{0}","base_severity":"{0}","severity_reasons":[],"title":"Two services write the ledger","message":"m","why":"w",
        "remedy":"r","anchors":[],"subjects":[],"evidence":[],"assumptions":[]}}"#,
        severity.slug()
    );
    serde_json::from_str(&text).unwrap()
}

fn new(finding: &Finding) -> Candidate<'_> {
    Candidate { finding, state: FindingState::Open, change: Change::New, worse: false, known: false, overdue: None }
}

fn broken(policy: &GatePolicy, candidates: &[Candidate<'_>]) -> Vec<String> {
    let result = policy.judge(candidates, Vec::new());
    assert_eq!(result.outcome, if result.broken.is_empty() { GateOutcome::Passed } else { GateOutcome::Failed });
    result.broken
}

#[test]
fn new_findings_break_the_gate_from_a_severity_on() {
    let policy = GatePolicy::default();
    let (high, critical, medium) =
        (finding("LNT-B001", Severity::High), finding("LNT-D009", Severity::Critical), finding("LNT-B002", Severity::Medium));
    assert_eq!(
        broken(&policy, &[new(&critical), new(&high), new(&high), new(&medium)]),
        ["Three new findings are high or above (LNT-D009 and LNT-B001), and none may be"]
    );
    assert_eq!(broken(&policy, &[new(&medium)]), [""; 0]);
    for change in [Change::Unchanged, Change::Updated, Change::NotEvaluated] {
        assert_eq!(broken(&policy, &[Candidate { change, ..new(&high) }]), [""; 0], "{change:?}");
    }
    assert_eq!(broken(&policy, &[Candidate { change: Change::Regressed, ..new(&high) }]).len(), 1);
    let worse = Candidate { change: Change::Updated, worse: true, ..new(&high) };
    assert_eq!(broken(&policy, &[worse]), ["One new finding is high or above (LNT-B001), and none may be"]);
    assert_eq!(broken(&GatePolicy { new: None, ..policy }, &[new(&critical)]), [""; 0]);
}

#[test]
fn open_findings_break_it_whether_new_or_not() {
    let critical = finding("LNT-B001", Severity::Critical);
    let old = Candidate { change: Change::Unchanged, ..new(&critical) };
    let policy = GatePolicy { open: Some(Severity::Critical), ..GatePolicy::default() };
    assert_eq!(broken(&policy, &[old]), ["One open finding is critical (LNT-B001), and none may be"]);

    let medium = finding("LNT-B002", Severity::Medium);
    let some = GatePolicy { most: BTreeMap::from([(Severity::Medium, 1), (Severity::Low, 0)]), ..GatePolicy::default() };
    let low = finding("LNT-M001", Severity::Low);
    assert_eq!(broken(&some, &[new(&medium)]), [""; 0]);
    assert_eq!(
        broken(&some, &[new(&medium), new(&medium), new(&low)]),
        ["Two medium findings are open, and at most one may be", "One low finding is open, and none may be"]
    );
}

#[test]
fn what_the_project_lives_with_does_not_count() {
    let (high, strict) = (finding("LNT-B001", Severity::High), finding("LNT-Z001", Severity::High));
    let policy = GatePolicy::default();
    for state in [FindingState::WontFix, FindingState::FalsePositive, FindingState::Fixed, FindingState::Obsolete] {
        assert_eq!(broken(&policy, &[Candidate { state, ..new(&high) }]), [""; 0], "{state:?}");
    }
    assert_eq!(broken(&policy, &[Candidate { state: FindingState::Accepted, ..new(&high) }]).len(), 1, "what will be fixed still counts");
    let all = GatePolicy { ignored_states: BTreeSet::new(), ..policy.clone() };
    assert_eq!(broken(&all, &[Candidate { state: FindingState::WontFix, ..new(&high) }]).len(), 1);
    assert_eq!(broken(&all, &[Candidate { state: FindingState::Fixed, ..new(&high) }]), [""; 0]);

    let known = Candidate { known: true, ..new(&high) };
    let most = GatePolicy { most: BTreeMap::from([(Severity::High, 0)]), ..policy.clone() };
    assert_eq!(broken(&most, &[known]), [""; 0]);
    let with_known = GatePolicy { ignore_baseline: false, ..most };
    assert_eq!(broken(&with_known, &[known]), ["One high finding is open, and none may be"], "known is not new");

    let set = rules::by_code("LNT-B001").unwrap().set;
    let without = GatePolicy { ignored_sets: BTreeSet::from([set]), ..policy };
    assert_eq!(broken(&without, &[new(&high)]), [""; 0]);
    assert_eq!(broken(&without, &[new(&strict)]).len(), 1, "of no rule's set");
}

#[test]
fn an_agent_decides_nothing_before_a_person_accepts_it() {
    let mut said = finding("AGT-reliability.retries", Severity::Critical);
    said.source = crate::domain::review::finding::Source::Agent(crate::domain::review::finding::AgentSource::default());
    assert_eq!(broken(&GatePolicy::default(), &[new(&said)]), [""; 0]);
    assert_eq!(broken(&GatePolicy::default(), &[Candidate { state: FindingState::Accepted, ..new(&said) }]).len(), 1);
}

#[test]
fn a_day_that_has_passed_is_told_as_the_project_wants() {
    let low = finding("LNT-X004", Severity::Low);
    let over = Candidate { overdue: Day::parse("2026-05-01"), ..new(&low) };
    let said = "LNT-X004 was accepted until 2026-05-01 and is still there: Two services write the ledger";
    let judge = |overdue| GatePolicy { overdue, ..GatePolicy::default() }.judge(&[over], Vec::new());
    assert_eq!(judge(Answer::Fail).broken, [said]);
    assert_eq!((judge(Answer::Warn).outcome, judge(Answer::Warn).warnings), (GateOutcome::Passed, vec![said.to_owned()]));
    assert_eq!(judge(Answer::Pass), GateResult::default());
}

#[test]
fn what_was_not_looked_at_is_inconclusive_unless_the_project_says_otherwise() {
    let high = finding("LNT-B001", Severity::High);
    let completeness = Completeness {
        broken: vec![("a.dsl".to_owned(), "3:1: x".to_owned())],
        unreadable: vec!["a.dsl".to_owned()],
        ..Completeness::default()
    };
    let reasons = incomplete(&completeness, Verdict::Inconclusive, "a.dsl could not be read");
    assert_eq!(reasons, ["a.dsl:3:1: x; the file could not be read in full"]);
    assert_eq!(incomplete(&Completeness::default(), Verdict::Inconclusive, "Nothing was reviewed"), ["Nothing was reviewed"]);
    assert_eq!(incomplete(&Completeness::default(), Verdict::Pass, "No finding is open"), [""; 0]);

    let judge = |inconclusive| GatePolicy { inconclusive, ..GatePolicy::default() }.judge(&[new(&high)], reasons.clone());
    let stopped = judge(Answer::Fail);
    assert_eq!((stopped.outcome.exit_code(), stopped.broken.len()), (2, 1));
    assert_eq!(
        stopped.sentence(),
        "inconclusive. a.dsl:3:1: x; the file could not be read in full. One new finding is high or above (LNT-B001), and none may be"
    );
    assert_eq!((judge(Answer::Warn).outcome.exit_code(), judge(Answer::Warn).warnings), (1, reasons.clone()));
    assert_eq!((judge(Answer::Pass).outcome.exit_code(), judge(Answer::Pass).warnings.len()), (1, 0));
}

#[test]
fn what_a_review_keeps_reads_back() {
    let policy = GatePolicy { most: BTreeMap::from([(Severity::High, 5)]), ..GatePolicy::default() };
    let high = finding("LNT-B001", Severity::High);
    let overdue = BTreeMap::from([(high.fingerprint.clone(), Day::parse("2026-05-01").unwrap())]);
    let gate = Gate { policy, remarks: vec!["lintel.yaml:3:5: old".to_owned()], overdue, ..Gate::default() };
    let gate = gate.judged(&[(&high, FindingState::Open, Change::New)], vec!["x".to_owned()]);
    assert_eq!((gate.result.broken.len(), gate.result.inconclusive.len(), gate.result.warnings.len()), (1, 1, 2));
    assert_eq!(gate.clone().judged(&[(&high, FindingState::WontFix, Change::New)], Vec::new()).result.outcome, GateOutcome::Passed);
    let text = serde_json::to_string(&gate).unwrap();
    assert_eq!(serde_json::from_str::<Gate>(&text).unwrap(), gate, "{text}");
    assert_eq!(serde_json::from_str::<GatePolicy>("{}").unwrap(), GatePolicy::default());
}

proptest! {
    /// Asking for less never fails what asking for more lets through.
    #[test]
    fn a_milder_gate_lets_more_through(severities in proptest::collection::vec(0..4_usize, 0..6), least in 0..4_usize) {
        let findings: Vec<Finding> = severities.iter().map(|at| finding("LNT-B001", Severity::ALL[*at])).collect();
        let candidates: Vec<Candidate<'_>> = findings.iter().map(new).collect();
        let passes = |new: Severity| GatePolicy { new: Some(new), ..GatePolicy::default() }.judge(&candidates, Vec::new()).broken.is_empty();
        let worst = findings.iter().map(|finding| finding.severity).max();
        prop_assert_eq!(passes(Severity::ALL[least]), worst.is_none_or(|worst| worst < Severity::ALL[least]));
    }
}
