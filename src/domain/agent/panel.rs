//! Puts together what the members of a panel found, each on their own: the same said twice is one finding with two votes.
//!
//! The order of the members does not matter. Two findings are one when topic and subject are equal, when half of what they
//! point at and most words of their titles are and a second look agrees, or when they want opposite things of one subject; the
//! last become a trade-off that names both.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::domain::review::{
    check::{MAX_EVIDENCE, MAX_MESSAGE, shorten},
    finding::{Basis, Finding, FindingKind, Fingerprint, Grounding, Severity},
    policy::points,
    similarity::{self, ANCHORS, TITLES, jaccard},
};

/// So many findings are shown; the others are folded.
pub const SHOWN: usize = 10;

/// One member's findings that hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The agent's name.
    pub agent: String,
    pub findings: Vec<Finding>,
}

/// The panel's findings, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    pub shown: Vec<Finding>,
    /// Ranked lower; still there for those who ask.
    pub folded: Vec<Finding>,
}

/// A finding and the member that has it.
struct Said<'a> {
    agent: &'a str,
    finding: &'a Finding,
}

/// Two findings by their fingerprints, the smaller one first.
pub type Pair = (Fingerprint, Fingerprint);

fn pair(left: &Finding, right: &Finding) -> Pair {
    let (left, right) = (left.fingerprint.clone(), right.fingerprint.clone());
    if left <= right { (left, right) } else { (right, left) }
}

/// Findings of different members that are alike in what they point at and say, and may be one: to be asked about.
pub fn candidates(members: &[Member]) -> BTreeMap<Pair, (Finding, Finding)> {
    let all = said(members);
    let mut found = BTreeMap::new();
    for (place, first) in all.iter().enumerate() {
        for second in all.iter().skip(place + 1).filter(|second| second.agent != first.agent) {
            let (left, right) = (first.finding, second.finding);
            if same_tone(left, right) && left.fingerprint != right.fingerprint && alike(left, right) && !opposite(left, right) {
                found.entry(pair(left, right)).or_insert_with(|| (left.clone(), right.clone()));
            }
        }
    }
    found
}

/// Merges and ranks. `same` are those of the candidates that are one.
pub fn merge(members: &[Member], same: &BTreeSet<Pair>) -> Merged {
    let of = members.iter().map(|member| member.agent.as_str()).collect::<BTreeSet<_>>().len();
    let all = said(members);
    let mut merged: Vec<Finding> = groups(&all, same).iter().filter_map(|group| one(group, of)).collect();
    merged.sort_by_cached_key(|finding| {
        (Reverse(weight(finding, of)), finding.code.clone(), finding.fingerprint.clone(), finding.title.clone())
    });
    let folded = merged.split_off(merged.len().min(SHOWN));
    Merged { shown: merged, folded }
}

/// Everything that holds, in an order that does not depend on the members'.
fn said(members: &[Member]) -> Vec<Said<'_>> {
    let mut all: Vec<Said<'_>> = members
        .iter()
        .flat_map(|member| member.findings.iter().map(|finding| Said { agent: &member.agent, finding }))
        .filter(|said| !matches!(said.finding.grounding, Grounding::Rejected { .. }))
        .collect();
    all.sort_by_cached_key(|said| order(said));
    all
}

/// Everything that tells two findings apart, so that the order of the members is forgotten.
fn order(said: &Said<'_>) -> (String, String, String, String) {
    let finding = said.finding;
    let rest = serde_json::to_string(finding).unwrap_or_default();
    (finding.fingerprint.0.clone(), finding.title.clone(), said.agent.to_owned(), rest)
}

/// Findings that are one, each group in the order given.
fn groups<'a, 'b>(all: &'b [Said<'a>], same: &BTreeSet<Pair>) -> Vec<Vec<&'b Said<'a>>> {
    let mut group: Vec<usize> = (0..all.len()).collect();
    for (left, first) in all.iter().enumerate() {
        for (right, second) in all.iter().enumerate().skip(left + 1) {
            if are_one(first.finding, second.finding, same) {
                let (keep, drop) = (group.get(left).copied(), group.get(right).copied());
                for slot in group.iter_mut().filter(|slot| Some(**slot) == drop) {
                    *slot = keep.unwrap_or(*slot);
                }
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<&Said<'a>>> = BTreeMap::new();
    for (said, group) in all.iter().zip(group) {
        found.entry(group).or_default().push(said);
    }
    found.into_values().collect()
}

fn are_one(left: &Finding, right: &Finding, same: &BTreeSet<Pair>) -> bool {
    same_tone(left, right) && (left.fingerprint == right.fingerprint || same.contains(&pair(left, right)) || opposite(left, right))
}

/// Praise and blame are never one.
fn same_tone(left: &Finding, right: &Finding) -> bool {
    (left.kind == FindingKind::Strength) == (right.kind == FindingKind::Strength)
}

fn alike(left: &Finding, right: &Finding) -> bool {
    jaccard(&similarity::anchors(left), &similarity::anchors(right)) >= ANCHORS && similarity::titles(&left.title, &right.title) >= TITLES
}

fn opposite(left: &Finding, right: &Finding) -> bool {
    left.anchors.first() == right.anchors.first() && contradict(&left.remedy, &right.remedy)
}

/// Verbs of remedies that undo each other.
const OPPOSITES: [(&[&str], &[&str]); 9] = [
    (&["add", "introduce", "put", "insert"], &["remove", "drop", "delete"]),
    (&["split", "separate", "extract"], &["merge", "combine", "join", "inline"]),
    (&["asynchronous", "asynchronously", "queue", "publish"], &["synchronous", "synchronously", "directly"]),
    (&["increase", "raise", "lengthen", "longer"], &["decrease", "lower", "shorten", "shorter", "reduce"]),
    (&["centralise", "centralize", "central"], &["distribute", "decentralise", "decentralize"]),
    (&["replicate", "duplicate", "copy"], &["deduplicate", "unify"]),
    (&["enable", "allow"], &["disable", "forbid", "block"]),
    (&["stateless"], &["stateful", "sticky"]),
    (&["encrypt"], &["decrypt", "terminate"]),
];

/// Whether two remedies want opposite things of something they both name.
pub fn contradict(left: &str, right: &str) -> bool {
    let (left, right) = (similarity::words(left), similarity::words(right));
    let has = |words: &BTreeSet<String>, any: &[&str]| any.iter().any(|word| words.contains(*word));
    let is_verb = |word: &String| OPPOSITES.iter().any(|(one, other)| one.contains(&word.as_str()) || other.contains(&word.as_str()));
    let shared = left.intersection(&right).any(|word| !is_verb(word) && word.chars().count() > 2);
    let opposed = OPPOSITES.iter().any(|(one, other)| {
        // Who says both weighs them against each other.
        let (left_one, left_other) = (has(&left, one), has(&left, other));
        let (right_one, right_other) = (has(&right, one), has(&right, other));
        (left_one && !left_other && right_other && !right_one) || (left_other && !left_one && right_one && !right_other)
    });
    shared && opposed
}

/// One finding of a group; none of an empty one.
fn one(group: &[&Said<'_>], of: usize) -> Option<Finding> {
    let best = group.iter().min_by_key(|said| worth(said))?;
    let mut merged = best.finding.clone();
    let votes = group.iter().map(|said| said.agent).collect::<BTreeSet<_>>().len();
    if of > 1 {
        merged.basis = Basis::Panel { votes: number(votes), of: number(of) };
    }
    let mut severities: Vec<Severity> = group.iter().map(|said| said.finding.severity).collect();
    severities.sort_unstable();
    // The lower one of the two in the middle: nobody is outvoted upwards.
    merged.severity = severities.get((severities.len() - 1) / 2).copied().unwrap_or(merged.severity);
    if merged.severity != best.finding.severity {
        merged.severity_reasons.push(format!("the middle of {} opinions", severities.len()));
    }
    let confidences: usize = group.iter().map(|said| usize::from(said.finding.confidence)).sum();
    merged.confidence = u8::try_from(confidences / group.len()).unwrap_or(merged.confidence);
    for said in group {
        let other = said.finding;
        extend(&mut merged.anchors, &other.anchors, usize::MAX);
        extend(&mut merged.subjects, &other.subjects, usize::MAX);
        extend(&mut merged.evidence, &other.evidence, MAX_EVIDENCE);
        extend(&mut merged.patterns, &other.patterns, usize::MAX);
        extend(&mut merged.relates_to, &other.relates_to, usize::MAX);
        extend(&mut merged.assumptions, &other.assumptions, usize::MAX);
    }
    let remedies = remedies(group);
    let torn = remedies.iter().enumerate().any(|(at, left)| remedies.iter().skip(at + 1).any(|right| contradict(left.1, right.1)));
    if torn {
        merged.kind = FindingKind::TradeOff;
        let said: Vec<String> = remedies.iter().map(|(agent, remedy)| format!("{agent}: {}", remedy.trim_end_matches('.'))).collect();
        merged.remedy = shorten(&format!("Two ways that exclude each other. {}.", said.join("; or ")), 2 * MAX_MESSAGE);
    } else if remedies.len() > 1 {
        merged.remedy = shorten(&remedies.iter().map(|(_, remedy)| *remedy).collect::<Vec<_>>().join(" Or: "), 2 * MAX_MESSAGE);
    }
    let mut tradeoffs: Vec<&str> = group.iter().map(|said| said.finding.tradeoff.as_str()).filter(|text| !text.is_empty()).collect();
    tradeoffs.sort_unstable();
    tradeoffs.dedup();
    if tradeoffs.len() > 1 {
        merged.tradeoff = shorten(&tradeoffs.join(" "), 2 * MAX_MESSAGE);
    }
    Some(merged)
}

/// Best first: what is checked, what has most evidence, who is surest.
fn worth<'a>(said: &'a Said<'_>) -> (u8, Reverse<usize>, Reverse<u8>, &'a str, &'a str) {
    let finding = said.finding;
    let checked = match finding.grounding {
        Grounding::Verified => 0,
        Grounding::Partial { .. } => 1,
        Grounding::Rejected { .. } => 2,
    };
    (checked, Reverse(finding.evidence.len()), Reverse(finding.confidence), &finding.title, said.agent)
}

/// Remedies that differ, with who says them; the first of alike ones.
fn remedies<'a>(group: &[&Said<'a>]) -> Vec<(&'a str, &'a str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for said in group {
        let remedy = said.finding.remedy.as_str();
        if !remedy.is_empty() && !found.iter().any(|(_, known)| similarity::titles(known, remedy) >= TITLES && !contradict(known, remedy)) {
            found.push((said.agent, remedy));
        }
    }
    found
}

fn extend<T: Clone + PartialEq>(into: &mut Vec<T>, from: &[T], most: usize) {
    for item in from {
        if into.len() < most && !into.contains(item) {
            into.push(item.clone());
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Severity × confidence × share of votes, half for what a rule speaks about already.
fn weight(finding: &Finding, of: usize) -> u64 {
    let votes = match finding.basis {
        Basis::Panel { votes, .. } => u64::from(votes),
        _ => 1,
    };
    let of = u64::try_from(of.max(1)).unwrap_or(u64::MAX);
    let novelty = if finding.relates_to.is_empty() { 2 } else { 1 };
    // (0.5 + 0.5 · votes / of) in thousandths.
    let share = 500 + (500 * votes.min(of)) / of;
    u64::from(points(finding.severity)) * u64::from(finding.confidence) * share * novelty
}

#[cfg(test)]
mod tests;
