//! Which finding of an earlier review a finding of this one is.
//!
//! By identity first: the fingerprint. Then by what is left of it: the names with what lies around them (a re-import gives new
//! keys), the names alone (something has moved), the shape (new keys and new names). Each of these counts only where it is
//! unique on both sides, and the last two only where something of the old finding is gone and something of the new one was not
//! there before, since two services may well look the same. Then, for cycles, chains and groups, by most of their members, and
//! for what agents say by topic, subject and title.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::domain::review::{
    diff::Known,
    finding::{Anchor, Finding, Fingerprint},
    rule::Grouping,
    rules,
    similarity::{self, jaccard},
};

/// Cycles, chains and groups that share at least this part of their members are the same, in percent.
const SIMILAR: usize = 60;

/// By what a finding was recognised, from the surest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    Fingerprint,
    /// Names and what lies around them.
    Names,
    /// Names alone.
    Moved,
    Shape,
    /// Most members of a cycle, chain or group.
    Members,
    /// What an agent said, in other words.
    Claim,
}

/// For each finding the known one that it is, by its place in the list. `exists` tells whether something is still there.
pub fn pairs(known: &[Known], findings: &[Finding], exists: impl Fn(&Anchor) -> bool) -> Vec<Option<(usize, Match)>> {
    let mut pairing = Pairing { known, findings, pairs: vec![None; findings.len()], free: (0..known.len()).collect() };
    pairing.by_fingerprint();
    pairing.by_key(Match::Names, |finding| Some(&finding.names_fingerprint), |_, _| true);
    let seen: BTreeSet<&Anchor> = known.iter().flat_map(|known| &known.finding.anchors).collect();
    let replaced =
        |old: &Finding, new: &Finding| elements(old).any(|anchor| !exists(anchor)) && elements(new).any(|anchor| !seen.contains(anchor));
    pairing.by_key(Match::Moved, |finding| finding.moved_fingerprint.as_ref(), replaced);
    pairing.by_key(Match::Shape, |finding| finding.shape_fingerprint.as_ref(), replaced);
    pairing.by_members();
    pairing.by_claim();
    pairing.pairs
}

fn elements(finding: &Finding) -> impl Iterator<Item = &Anchor> {
    finding.anchors.iter().filter(|anchor| matches!(anchor, Anchor::Element { .. }))
}

struct Pairing<'a> {
    known: &'a [Known],
    findings: &'a [Finding],
    pairs: Vec<Option<(usize, Match)>>,
    /// Known findings without a partner.
    free: BTreeSet<usize>,
}

impl<'a> Pairing<'a> {
    fn pair(&mut self, new: usize, old: usize, by: Match) {
        if let Some(pair) = self.pairs.get_mut(new)
            && self.free.remove(&old)
        {
            *pair = Some((old, by));
        }
    }

    /// Findings without a partner.
    fn lonely(&self) -> Vec<(usize, &'a Finding)> {
        self.findings.iter().enumerate().zip(&self.pairs).filter(|(_, pair)| pair.is_none()).map(|(finding, _)| finding).collect()
    }

    /// Known findings without a partner.
    fn missed(&self) -> impl Iterator<Item = (usize, &'a Finding)> {
        self.free.iter().filter_map(|index| self.known.get(*index).map(|known| (*index, &known.finding)))
    }

    fn by_fingerprint(&mut self) {
        let exact: BTreeMap<&Fingerprint, usize> = self.missed().map(|(index, known)| (&known.fingerprint, index)).collect();
        for (new, finding) in self.lonely() {
            if let Some(old) = exact.get(&finding.fingerprint) {
                self.pair(new, *old, Match::Fingerprint);
            }
        }
    }

    /// By a key that is unique on both sides.
    fn by_key(
        &mut self,
        by: Match,
        key: impl Fn(&'a Finding) -> Option<&'a Fingerprint>,
        allowed: impl Fn(&'a Finding, &'a Finding) -> bool,
    ) {
        let mut same: BTreeMap<&Fingerprint, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (old, key) in self.missed().filter_map(|(old, known)| Some((old, key(known)?))) {
            same.entry(key).or_default().0.push(old);
        }
        for (new, key) in self.lonely().into_iter().filter_map(|(new, finding)| Some((new, key(finding)?))) {
            same.entry(key).or_default().1.push(new);
        }
        for (olds, news) in same.into_values() {
            if let ([old], [new]) = (olds.as_slice(), news.as_slice())
                && let (Some(known), Some(finding)) = (self.known.get(*old), self.findings.get(*new))
                && allowed(&known.finding, finding)
            {
                self.pair(*new, *old, by);
            }
        }
    }

    fn by_members(&mut self) {
        for (new, finding) in self.lonely().into_iter().filter(|(_, finding)| has_members(finding)) {
            let best = self
                .missed()
                .filter(|(_, other)| other.code == finding.code && has_members(other))
                .map(|(old, other)| (alike(finding, other), old))
                .filter(|(likeness, _)| *likeness >= SIMILAR)
                .max_by_key(|(likeness, old)| (*likeness, Reverse(*old)));
            if let Some((_, old)) = best {
                self.pair(new, old, Match::Members);
            }
        }
    }

    /// An agent never says a thing twice in the same words.
    fn by_claim(&mut self) {
        for (new, finding) in self.lonely().into_iter().filter(|(_, finding)| finding.agent().is_some()) {
            let best = self
                .missed()
                .filter(|(_, other)| similarity::same_claim(finding, other))
                .map(|(old, other)| (similarity::titles(&finding.title, &other.title), Reverse(old)))
                .max();
            if let Some((_, Reverse(old))) = best {
                self.pair(new, old, Match::Claim);
            }
        }
    }
}

/// A cycle, a chain or a group: what it consists of says what it is.
fn has_members(finding: &Finding) -> bool {
    let is_path = finding.anchors.iter().any(|anchor| matches!(anchor, Anchor::Path { .. }));
    let is_group = |grouping| !matches!(grouping, Grouping::Individual | Grouping::PerSubject);
    is_path || (finding.agent().is_none() && rules::by_code(&finding.code).is_some_and(|rule| is_group(rule.grouping)))
}

/// How many of their elements two findings share, by key or by name, in percent.
fn alike(left: &Finding, right: &Finding) -> usize {
    let keys = |finding: &'_ Finding| -> BTreeSet<String> {
        let key = |anchor: &Anchor| match anchor {
            Anchor::Element { element, .. } => Some(element.to_string()),
            _ => None,
        };
        finding.anchors.iter().filter_map(key).collect()
    };
    let names = |finding: &'_ Finding| -> BTreeSet<String> { finding.subjects.iter().cloned().collect() };
    jaccard(&keys(left), &keys(right)).max(jaccard(&names(left), &names(right)))
}
