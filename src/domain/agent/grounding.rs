//! Checks what an agent claims against the frozen design, before anyone sees it. The same claim on the same design has the
//! same outcome; no model is asked.
//!
//! The ten checks are [`Check`]. A claim that fails one of the hard ones is rejected and kept for the record; one that fails
//! a soft one is shown with the reason; one that rests on what nobody states becomes a question. [`ground`] runs them all,
//! `grounding/finding.rs` makes the finding.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::{
        claim::{AnchorClaim, AnchorKind, Claim, Operator},
        mention,
        predicate::{self, Truth},
        snapshot::{Item, Reported, Snapshot},
        untrusted::{
            MARK,
            plain::{Form, problems},
        },
    },
    review::{FindingState, diff::marked_lines, finding::Finding, similarity},
};

pub mod finding;
pub mod number;

/// The checks, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Check {
    /// Every name exists.
    G1,
    /// Relations lead where the claim says, and paths hang together.
    G2,
    /// Every predicate is true.
    G3,
    /// Every quote stands where it is said to stand.
    G4,
    /// No rule reports it already.
    G5,
    /// Nobody has accepted it as a risk or called it false.
    G6,
    /// The severity fits.
    G7,
    /// What it suggests can be applied and asserts nothing.
    G8,
    /// Plain text only.
    G9,
    /// Every number stands in the evidence.
    G10,
}

/// A check that failed, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub check: Check,
    /// One sentence without a final period.
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.check, self.what)
    }
}

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Verified(Box<Finding>),
    /// Shown with its reasons; the finding has them too.
    Partial(Box<Finding>, Vec<Failure>),
    Rejected(Vec<Failure>),
}

/// Whose claim it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub agent: String,
    pub file_sha256: String,
    pub model: String,
    pub run: String,
}

/// What claims are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    pub snapshot: &'a Snapshot,
    pub author: &'a Author,
    /// Beginnings of addresses that may be written out.
    pub addresses: &'a [String],
    /// Ids of the pattern catalogue.
    pub patterns: &'a BTreeSet<String>,
    /// Numbers that were worked out for the agent in this run.
    pub computed: &'a BTreeSet<String>,
}

/// Runs every check.
pub fn ground(claim: &Claim, grounds: &Grounds<'_>) -> Outcome {
    let snapshot = grounds.snapshot;
    let mut hard = names(claim, grounds);
    hard.extend(plain(claim, grounds));
    if !hard.is_empty() {
        // The other checks would only repeat that the names lead nowhere.
        hard.sort_by_key(|failure| failure.check);
        return Outcome::Rejected(hard);
    }
    hard.extend(paths(claim, snapshot));
    let (mut soft, wrong) = predicates(claim, snapshot);
    hard.extend(wrong);
    hard.extend(quotes(claim, snapshot));
    let related = related(claim, snapshot);
    hard.extend(covered(claim, snapshot, &related));
    soft.extend(number::unsupported(claim, grounds));
    if !hard.is_empty() {
        return Outcome::Rejected(hard);
    }
    let (finding, lowered) = finding::make(claim, grounds, &soft, &related);
    soft.extend(lowered);
    if let Some(failure) = decided_before(&finding, snapshot) {
        return Outcome::Rejected(vec![failure]);
    }
    if soft.is_empty() { Outcome::Verified(Box::new(finding)) } else { Outcome::Partial(Box::new(finding), soft) }
}

fn fail(check: Check, what: impl Into<String>) -> Failure {
    Failure { check, what: what.into() }
}

/// The texts of a claim with their names.
fn texts(claim: &Claim) -> [(&'static str, &str, Form); 4] {
    [
        ("title", claim.title.as_str(), Form::Line),
        ("message", claim.message.as_str(), Form::Prose),
        ("remedy", claim.remedy.as_str(), Form::Prose),
        ("tradeoff", claim.tradeoff.as_str(), Form::Prose),
    ]
}

/// G1.
fn names(claim: &Claim, grounds: &Grounds<'_>) -> Vec<Failure> {
    let snapshot = grounds.snapshot;
    let mut found = Vec::new();
    let mut note = |failure: Failure| {
        if !found.contains(&failure) {
            found.push(failure);
        }
    };
    for (field, anchor) in anchors(claim) {
        for id in ids(anchor) {
            let fits = id.chars().next().is_some_and(|letter| anchor.kind.letters().contains(letter.to_ascii_uppercase()));
            match snapshot.find(&id) {
                None => note(fail(Check::G1, format!("{field} names `{id}`, which is not in this design"))),
                Some(_) if !fits => note(fail(
                    Check::G1,
                    format!("{field} names `{id}`, which is no {}; its names begin with {}", anchor.kind.slug(), anchor.kind.letters()),
                )),
                Some(_) => {}
            }
        }
    }
    for (number, predicate) in claim.claims.iter().enumerate() {
        if snapshot.find(&predicate.anchor).is_none() {
            note(fail(Check::G1, format!("claims[{number}] names `{}`, which is not in this design", predicate.anchor)));
        }
    }
    for (number, quote) in claim.quotes.iter().enumerate() {
        if !matches!(snapshot.find(&quote.doc), Some(Item::Diagram(..) | Item::Decision(..))) {
            note(fail(
                Check::G1,
                format!("quotes[{number}] names `{}`, which is no diagram (D…) or decision (A…) of this design", quote.doc),
            ));
        }
    }
    for (field, text, _) in texts(claim) {
        for mention in mention::find(text).iter().filter(|mention| snapshot.find(&mention.name).is_none()) {
            note(fail(Check::G1, format!("{field} names `{}`, which is not in this design", mention.name)));
        }
    }
    if let Some(rule) = &claim.relates_to_rule
        && related(claim, snapshot).is_empty()
    {
        note(fail(Check::G1, format!("relates_to_rule is `{rule}`, and no finding of that name or code is known")));
    }
    for id in claim.pattern_ids.iter().filter(|id| !grounds.patterns.contains(*id)) {
        note(fail(Check::G1, format!("pattern_ids names `{id}`, which is not in the catalogue")));
    }
    found
}

/// The primary anchor, then the others.
fn anchors(claim: &Claim) -> impl Iterator<Item = (String, &AnchorClaim)> {
    let others = claim.anchors.iter().enumerate().map(|(number, anchor)| (format!("anchors[{number}]"), anchor));
    std::iter::once(("primary".to_owned(), &claim.primary)).chain(others)
}

/// The short names of an anchor.
pub fn ids(anchor: &AnchorClaim) -> Vec<String> {
    if anchor.kind == AnchorKind::Path {
        anchor.id.split([',', '→', ' ']).map(str::trim).filter(|id| !id.is_empty()).map(str::to_uppercase).collect()
    } else {
        vec![anchor.id.trim().to_uppercase()]
    }
}

/// G9.
fn plain(claim: &Claim, grounds: &Grounds<'_>) -> Vec<Failure> {
    let expected = anchors(claim).filter_map(|(_, anchor)| anchor.expected.as_deref().map(|text| ("expected", text, Form::Line)));
    texts(claim)
        .into_iter()
        .chain(expected.collect::<Vec<_>>())
        .flat_map(|(field, text, form)| {
            problems(text, form, grounds.addresses).into_iter().map(move |problem| fail(Check::G9, format!("{field}: {problem}")))
        })
        .collect()
}

/// G2.
fn paths(claim: &Claim, snapshot: &Snapshot) -> Vec<Failure> {
    let mut found = Vec::new();
    for (field, anchor) in anchors(claim).filter(|(_, anchor)| anchor.kind == AnchorKind::Path) {
        let ids = ids(anchor);
        if ids.len() < 2 {
            found.push(fail(Check::G2, format!("{field} is a path of fewer than two relations; use type relation")));
        }
        for pair in ids.windows(2) {
            let [left, right] = pair else { continue };
            let (Some(Item::Relation(at, first)), Some(Item::Relation(other, second))) = (snapshot.find(left), snapshot.find(right)) else {
                continue;
            };
            let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
            let inside = |inner, outer| inner == outer || model.is_some_and(|model| model.is_inside(inner, outer));
            let joined = inside(&first.target, &second.source) || inside(&second.source, &first.target);
            if at != other || !joined {
                found.push(fail(Check::G2, format!("{field}: {right} does not begin where {left} ends")));
            }
        }
    }
    for (field, text, _) in texts(claim) {
        for (from, to) in mention::arrows(text) {
            if !mention::is_connected(snapshot, &from, &to) {
                found.push(fail(Check::G2, format!("{field} says {from}→{to}, and there is no such relation")));
            }
        }
    }
    found
}

/// G3: what is unknown, and what is wrong.
fn predicates(claim: &Claim, snapshot: &Snapshot) -> (Vec<Failure>, Vec<Failure>) {
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for (number, predicate) in claim.claims.iter().enumerate() {
        let Some(item) = snapshot.find(&predicate.anchor) else { continue };
        let said = format!("claims[{number}]: {}.{} {} {}", predicate.anchor, predicate.attr, predicate.op.slug(), predicate.value);
        let said = said.trim_end();
        match predicate::evaluate(snapshot, &item, predicate) {
            Truth::True if predicate.op == Operator::NotStated => {
                unknown.push(fail(Check::G3, format!("{}.{} is not stated, so it is a question", predicate.anchor, predicate.attr)));
            }
            Truth::True => {}
            Truth::False(observed) => wrong.push(fail(Check::G3, format!("{said} is false; the design says {}", shown(&observed)))),
            Truth::Unknown => {
                unknown.push(fail(Check::G3, format!("{}.{} is not stated, so it is a question", predicate.anchor, predicate.attr)));
            }
            Truth::Senseless(why) => wrong.push(fail(Check::G3, format!("{said} can't be checked: {why}"))),
        }
    }
    if claim.claims.is_empty() && claim.quotes.is_empty() {
        unknown.push(fail(Check::G3, "it makes no claim and gives no quote that can be checked"));
    }
    (unknown, wrong)
}

fn shown(value: &str) -> String {
    crate::domain::agent::untrusted::quoted(value)
}

/// G4.
fn quotes(claim: &Claim, snapshot: &Snapshot) -> Vec<Failure> {
    let mut found = Vec::new();
    for (number, quote) in claim.quotes.iter().enumerate() {
        let lines = match snapshot.find(&quote.doc) {
            Some(Item::Decision(_, decision)) => &decision.lines,
            Some(Item::Diagram(_, diagram)) => &diagram.lines,
            _ => continue,
        };
        let wanted = fold(&unmarked(&quote.text));
        if wanted.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            found.push(fail(Check::G4, format!("quotes[{number}] is too short to be told from any other text")));
            continue;
        }
        if quote.line_from < 1 || quote.line_from > quote.line_to || quote.line_from as usize > lines.len() {
            found.push(fail(
                Check::G4,
                format!(
                    "quotes[{number}]: lines {} to {} are not in {}, which has {}",
                    quote.line_from,
                    quote.line_to,
                    quote.doc,
                    lines.len()
                ),
            ));
            continue;
        }
        let from = (quote.line_from as usize).saturating_sub(3);
        let to = (quote.line_to as usize).saturating_add(2).min(lines.len());
        let near: Vec<&str> = lines.get(from..to).unwrap_or_default().iter().map(|line| line.text.as_str()).collect();
        if !fold(&near.join(" ")).contains(&wanted) {
            let elsewhere = fold(&lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")).contains(&wanted);
            let hint = if elsewhere { "it stands elsewhere in the document" } else { "the document does not hold it" };
            found.push(fail(
                Check::G4,
                format!("quotes[{number}] is not what lines {} to {} of {} say; {hint}", quote.line_from, quote.line_to, quote.doc),
            ));
        }
    }
    found
}

/// Without the marks that stood before the lines.
fn unmarked(text: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_start();
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        rest.strip_prefix(MARK).map_or_else(|| line.to_owned(), str::to_owned)
    };
    text.lines().map(line).collect::<Vec<_>>().join(" ")
}

/// One form for characters that can be written in several ways, and one blank for many.
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The known findings that the claim says it refines or disputes.
fn related<'a>(claim: &Claim, snapshot: &'a Snapshot) -> Vec<&'a Reported> {
    let Some(wanted) = claim.relates_to_rule.as_deref().map(|wanted| wanted.trim().to_uppercase()) else { return Vec::new() };
    if let Some(Item::Finding(known)) = snapshot.find(&wanted) {
        return vec![known];
    }
    snapshot.reported.iter().filter(|known| known.finding.code.eq_ignore_ascii_case(&wanted)).collect()
}

/// G5, and G6 for what rules say.
fn covered(claim: &Claim, snapshot: &Snapshot, related: &[&Reported]) -> Vec<Failure> {
    let own: BTreeSet<String> = ids(&claim.primary).into_iter().collect();
    let mut found = Vec::new();
    for (place, known) in snapshot.reported.iter().enumerate() {
        let finding = &known.finding;
        if finding.agent().is_some() || !claim.topic.rules.contains(&finding.code.as_str()) {
            continue;
        }
        let names: BTreeSet<String> = finding.anchors.iter().flat_map(|anchor| snapshot.names_of(anchor)).collect();
        if names.is_disjoint(&own) {
            continue;
        }
        let (id, code) = (Snapshot::finding(place), &finding.code);
        match known.state {
            FindingState::Open | FindingState::Accepted if !related.iter().any(|other| std::ptr::eq(*other, known)) => found.push(fail(
                Check::G5,
                format!("{id} ({code}) reports it already; refine or dispute it with relates_to_rule `{id}`, or stay silent"),
            )),
            FindingState::WontFix | FindingState::FalsePositive => {
                found.push(fail(Check::G6, format!("{id} ({code}) is the same and is {}", known.state.name().to_lowercase())));
            }
            _ => {}
        }
    }
    found
}

/// G6 for what agents said before.
fn decided_before(finding: &Finding, snapshot: &Snapshot) -> Option<Failure> {
    let decided = |known: &&(usize, &Reported)| matches!(known.1.state, FindingState::WontFix | FindingState::FalsePositive);
    let numbered: Vec<(usize, &Reported)> = snapshot.reported.iter().enumerate().collect();
    let same = |known: &&(usize, &Reported)| {
        let old = &known.1.finding;
        (old.fingerprint == finding.fingerprint || similarity::same_claim(old, finding)) && marked_lines(old) == marked_lines(finding)
    };
    let (place, known) = numbered.iter().filter(decided).find(same)?;
    let state = known.state.name().to_lowercase();
    Some(fail(Check::G6, format!("{} is the same, is {state}, and its evidence has not changed", Snapshot::finding(*place))))
}

#[cfg(test)]
pub(super) mod tests;
