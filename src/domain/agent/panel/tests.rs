//! Votes, medians, opposite remedies, and that nobody's place at the table matters.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    agent::{
        snapshot::tests::document,
        snapshot::tests::sampled,
        tools::tests::{bench_on, report},
    },
    model::ElementKey,
    review::finding::{AgentSource, Anchor, Evidence, Fingerprint, Source},
};

fn a_finding() -> Finding {
    let mut bench = bench_on(sampled());
    assert!(!bench.answer("report_finding", &report()).failed);
    bench.findings()[0].1.clone()
}

fn finding(key: &str, title: &str, elements: &[&str], severity: Severity, remedy: &str) -> Finding {
    let anchors = elements.iter().map(|element| Anchor::Element { document: document(0), element: ElementKey::from(*element) }).collect();
    Finding {
        fingerprint: Fingerprint(key.to_owned()),
        title: title.to_owned(),
        anchors,
        severity,
        remedy: remedy.to_owned(),
        source: Source::Agent(AgentSource::default()),
        evidence: vec![Evidence {
            document: document(0),
            path: "w.dsl".to_owned(),
            claim: title.to_owned(),
            line: 1,
            quote: vec![key.to_owned()],
            marked: vec![1],
        }],
        ..a_finding()
    }
}

/// Merges as a second look does that finds every candidate to be one.
fn merge(members: &[Member]) -> Merged {
    super::merge(members, &candidates(members).into_keys().collect())
}

fn member(agent: &str, findings: Vec<Finding>) -> Member {
    Member { agent: agent.to_owned(), findings }
}

#[test]
fn the_same_said_twice_is_one_with_two_votes() {
    let one = finding("k", "Checkout waits for the fraud check", &["checkout"], Severity::High, "Decide later.");
    let mut other = finding("k", "Fraud is in the way", &["checkout", "fraud"], Severity::Low, "Decide later, in a queue.");
    other.grounding = Grounding::Partial { reasons: vec!["x".to_owned()] };
    let third = finding("z", "Nobody owns the ledger", &["ledger"], Severity::Medium, "Name a team.");
    let merged = merge(&[member("a", vec![one.clone()]), member("b", vec![other.clone(), third]), member("c", vec![])]);
    assert_eq!(merged.shown.len(), 2);
    let first = merged.shown.iter().find(|finding| finding.fingerprint == one.fingerprint).unwrap();
    assert_eq!((first.title.as_str(), first.basis), ("Checkout waits for the fraud check", Basis::Panel { votes: 2, of: 3 }));
    assert_eq!((first.severity, first.anchors.len(), first.evidence.len()), (Severity::Low, 2, 2), "{first:?}");
    assert_eq!(first.severity_reasons.last().map(String::as_str), Some("the middle of 2 opinions"));
    assert!(first.remedy.starts_with("Decide later"));
}

#[test]
fn likeness_needs_both_subject_and_title() {
    let one = finding("a", "Checkout waits for the fraud check", &["checkout", "fraud"], Severity::High, "x");
    let count = |other: Finding| merge(&[member("a", vec![one.clone()]), member("b", vec![other])]).shown.len();
    assert_eq!(count(finding("b", "Checkout waits on the slow fraud check", &["fraud", "checkout"], Severity::High, "x")), 1);
    assert_eq!(count(finding("b", "Checkout waits on the slow fraud check", &["x", "y"], Severity::High, "x")), 2);
    assert_eq!(count(finding("b", "Nobody owns it", &["fraud", "checkout"], Severity::High, "x")), 2);
    // Words alone make nothing one.
    let alike = finding("b", "Checkout waits on the slow fraud check", &["fraud", "checkout"], Severity::High, "x");
    let members = [member("a", vec![one.clone()]), member("b", vec![alike.clone()])];
    assert_eq!(super::merge(&members, &BTreeSet::new()).shown.len(), 2);
    assert_eq!(candidates(&members).len(), 1);
    assert!(candidates(&[member("a", vec![one.clone(), alike])]).is_empty(), "an agent knows what it said");
    let praise = Finding { kind: FindingKind::Strength, ..one.clone() };
    assert_eq!(count(praise), 2);
    let rejected = Finding { grounding: Grounding::Rejected { reasons: Vec::new() }, ..one.clone() };
    assert_eq!(count(rejected), 1);
}

#[test]
fn opposite_remedies_are_a_trade_off() {
    let one = finding("a", "Orders and Billing share a schema", &["orders"], Severity::High, "Split the orders database in two.");
    let other = finding("b", "Two services are one", &["orders"], Severity::Low, "Merge both services around the orders database.");
    let merged = merge(&[member("go", vec![one]), member("backend", vec![other])]);
    assert_eq!(merged.shown.len(), 1);
    assert_eq!(merged.shown[0].kind, FindingKind::TradeOff);
    assert!(
        merged.shown[0].remedy.contains("go: Split the orders") && merged.shown[0].remedy.contains("backend: Merge both"),
        "{}",
        merged.shown[0].remedy
    );
    assert!(!contradict("Split the orders database", "Split the orders service"));
    assert!(!contradict("Split the orders database", "Merge the parcels"), "nothing in common");
    assert!(!contradict("Split or merge the database", "Merge the database"));
}

#[test]
fn ten_are_shown_and_the_best_come_first() {
    let many: Vec<Finding> = (0..14)
        .map(|number| {
            let severity = if number == 13 { Severity::High } else { Severity::Low };
            finding(&format!("k{number:02}"), &format!("Problem{number} of part{number}"), &[&format!("e{number}")], severity, "x")
        })
        .collect();
    let merged = merge(&[member("a", many)]);
    assert_eq!((merged.shown.len(), merged.folded.len()), (SHOWN, 4));
    assert_eq!(merged.shown[0].fingerprint.0, "k13");
    assert_eq!(merged.shown[0].basis, Basis::Single, "one member is no panel");
    let mut related = finding("r", "Related one", &["r"], Severity::High, "x");
    related.relates_to = vec!["LNT-R002".to_owned()];
    let merged = merge(&[member("a", vec![related, finding("s", "Something new", &["s"], Severity::High, "x")])]);
    assert_eq!(merged.shown[0].fingerprint.0, "s");
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let base = a_finding();
    let remedies = ["Split the orders database", "Merge the orders database", "Add a queue", "Remove the queue", "Wait"];
    (
        0..4_u8,
        prop::collection::vec(prop::sample::select(vec!["Checkout", "waits", "fraud", "slow", "ledger", "queue"]), 1..4),
        prop::collection::btree_set(0..4_u8, 1..3),
        prop::sample::select(Severity::ALL.to_vec()),
        prop::sample::select(remedies.to_vec()),
        1..100_u8,
    )
        .prop_map(move |(key, title, elements, severity, remedy, confidence)| {
            let anchors = elements
                .iter()
                .map(|element| Anchor::Element { document: document(0), element: ElementKey(format!("e{element}")) })
                .collect();
            Finding {
                fingerprint: Fingerprint(format!("k{key}")),
                title: title.join(" "),
                anchors,
                severity,
                remedy: remedy.to_owned(),
                confidence,
                ..base.clone()
            }
        })
}

proptest! {
    #[test]
    fn the_order_of_members_does_not_matter(
        findings in prop::collection::vec(prop::collection::vec(any_finding(), 0..5), 1..4),
        turns in prop::collection::vec(any::<prop::sample::Index>(), 6),
    ) {
        let members: Vec<Member> = findings.into_iter().enumerate().map(|(number, findings)| member(&format!("agent{number}"), findings)).collect();
        let mut shuffled = members.clone();
        for (at, turn) in turns.iter().enumerate() {
            let (at, with) = (at % shuffled.len(), turn.index(shuffled.len()));
            shuffled.swap(at, with);
            if let Some(member) = shuffled.get_mut(with) {
                member.findings.reverse();
            }
        }
        let (one, other) = (merge(&members), merge(&shuffled));
        prop_assert_eq!(&one, &other);
        let all: usize = members.iter().map(|member| member.findings.len()).sum();
        prop_assert!(one.shown.len() <= SHOWN && one.shown.len() + one.folded.len() <= all);
        for finding in one.shown.iter().chain(&one.folded) {
            if let Basis::Panel { votes, of } = finding.basis {
                prop_assert!(1 <= votes && votes <= of);
            }
        }
    }
}
