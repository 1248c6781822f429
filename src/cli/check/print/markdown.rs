//! What `lintel check` found, for pull requests: the report of a review, as the server writes it.

use std::collections::BTreeMap;

use crate::{
    cli::check::{Findings, Meaning},
    domain::{
        id::{DocumentId, FindingId, ReviewId},
        review::{
            Change, FindingState, Review, ReviewFinding, ReviewStatus, ReviewedDocument, cause,
            gate::Gate,
            report::{self, Base, Report},
            scope::Scope,
            triage::Triage,
        },
    },
};

/// The report.
pub fn of(found: &Findings) -> String {
    let judgement = found.judgement.clone();
    let digests: BTreeMap<DocumentId, String> =
        found.checked.iter().map(|checked| (checked.id, crate::server::service::reviews::frozen::digest(&checked.text))).collect();
    let documents = found.checked.iter().map(|checked| ReviewedDocument {
        document: checked.id,
        path: checked.path.clone(),
        title: crate::domain::repository_path::file_name(&checked.path).to_owned(),
        revision: 1,
        sha256: digests.get(&checked.id).cloned().unwrap_or_default(),
    });
    let review = Review {
        id: ReviewId::from_uuid(uuid::Uuid::nil()),
        number: 1,
        status: ReviewStatus::Finished,
        profile: found.profile,
        scope: Scope::default(),
        verdict: Some(judgement.verdict),
        verdict_reason: judgement.reason,
        counts: judgement.counts,
        score: judgement.score,
        base: found.before.as_ref().map(|_| 0),
        documents: documents.collect(),
        completeness: found.outcome.completeness.clone(),
        ruleset: found.outcome.ruleset.clone(),
        gate: Some(Gate { policy: found.policy.clone(), result: found.gate.clone(), ..Gate::default() }),
        started_by: "lintel check".to_owned(),
        started_at: found.at,
        finished_at: Some(found.at),
    };
    let gone = found.before.iter().flat_map(|before| &before.gone);
    let (mut findings, mut causes) = (Vec::new(), BTreeMap::new());
    for (position, seen) in (1..).zip(found.fresh().chain(gone)) {
        let id = FindingId::from_uuid(uuid::Uuid::from_u128(position));
        if !seen.causes.is_empty() {
            causes.insert(id, cause::phrase(&seen.causes));
        }
        let change = seen.change.unwrap_or(Change::New);
        findings.push(ReviewFinding {
            id,
            finding: seen.finding.clone(),
            state: match change {
                Change::Fixed => FindingState::Fixed,
                Change::Obsolete | Change::NotEvaluated => FindingState::Obsolete,
                _ => FindingState::Open,
            },
            state_reason: String::new(),
            state_by: None,
            state_at: None,
            change,
            first_seen: 1,
            comments: Vec::new(),
            triage: Triage::default(),
        });
    }
    let name = found.checked.iter().find_map(|checked| match &checked.meaning {
        Meaning::Diagram(parsed) if !parsed.model.name.is_empty() => Some(parsed.model.name.clone()),
        _ => None,
    });
    let diagrams = found.checked.iter().filter_map(|checked| match &checked.meaning {
        Meaning::Diagram(parsed) => Some((checked.path.as_str(), parsed.as_ref())),
        Meaning::Decision(_) => None,
    });
    let decisions = found.checked.iter().filter_map(|checked| match &checked.meaning {
        Meaning::Decision(record) => Some((checked.path.as_str(), record.as_ref())),
        Meaning::Diagram(_) => None,
    });
    let before = found.before.as_ref().map(|before| {
        let judgement = before.judgement.clone();
        let review = Review {
            number: 0,
            verdict: Some(judgement.verdict),
            verdict_reason: judgement.reason,
            counts: judgement.counts,
            score: judgement.score,
            ..review.clone()
        };
        (before.name.as_str(), review)
    });
    report::markdown(&Report {
        project: name.as_deref().unwrap_or("the design"),
        review: &review,
        base: before.as_ref().map(|(name, review)| Base { name: (*name).to_owned(), review }),
        findings: &findings,
        causes,
        diagrams: diagrams.collect(),
        decisions: decisions.collect(),
    })
}
