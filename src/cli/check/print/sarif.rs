//! What `lintel check` found, for code scanning and editors.

use std::collections::BTreeSet;

use crate::{
    cli::check::{Findings, agreed::Agreed, design_of, gather::shown},
    domain::review::{
        Change, FindingState, cause,
        finding::Fingerprint,
        sarif::{self, Claim, LetBe, Sarif},
    },
};

/// A SARIF log: what is open, what is let be, and, where there is something to compare with, what is gone.
pub fn of(found: &Findings, agreed: Option<&Agreed>) -> String {
    let (now, base) = (design_of(&found.checked), found.before.as_ref().map(|before| design_of(&before.checked)));
    let gone = found.before.iter().flat_map(|before| &before.gone).filter(|seen| seen.change != Some(Change::NotEvaluated));
    let compares = found.seen.iter().chain(gone.clone()).any(|seen| seen.change.is_some());
    let mut claims: Vec<Claim<'_>> = found
        .seen
        .iter()
        .chain(gone)
        .map(|seen| Claim {
            change: seen.change,
            because: cause::phrase(&seen.causes),
            state: match seen.change {
                Some(Change::Fixed) => FindingState::Fixed,
                Some(Change::Obsolete) => FindingState::Obsolete,
                _ => FindingState::Open,
            },
            ..Claim::open(&seen.finding)
        })
        .collect();
    // What is let be was there before if it was found or let be then; only the former is known.
    let were: BTreeSet<&Fingerprint> = found
        .before
        .iter()
        .flat_map(|before| &before.gone)
        .filter(|seen| seen.change == Some(Change::NotEvaluated))
        .map(|seen| &seen.finding.fingerprint)
        .collect();
    claims.extend(found.outcome.suppressed.iter().map(|suppressed| {
        let known = found.before.is_none() || were.contains(&suppressed.finding.fingerprint);
        Claim {
            change: compares.then_some(if known { Change::Unchanged } else { Change::New }),
            let_be: Some(LetBe {
                in_text: suppressed.in_text,
                reason: suppressed.reason.clone(),
                until: suppressed.until.map(|until| until.to_string()),
            }),
            ..Claim::open(&suppressed.finding)
        }
    }));
    sarif::text(&Sarif {
        version: env!("CARGO_PKG_VERSION"),
        now: &now,
        base: base.as_ref(),
        claims,
        completeness: &found.outcome.completeness,
        choices: Some(&found.choices),
        settings: agreed.map(|agreed| (agreed.path.as_str(), agreed.text.as_str(), found.outcome.remarks.as_slice())),
        gate: Some(&found.gate),
        agents: &[],
        site: None,
        shown: &shown,
    })
}
