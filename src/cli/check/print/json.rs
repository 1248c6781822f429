//! What `lintel check` found, for programs.

use serde_json::{Value, json};

use crate::{
    cli::check::{
        Findings, Meaning, Seen,
        agreed::Agreed,
        gather::shown,
        print::{paths_of, whereabouts},
    },
    domain::{diagnostic::LineIndex, id::DocumentId, review::cause},
};

/// Everything as one JSON object.
pub fn of(found: &Findings, agreed: Option<&Agreed>) -> String {
    let settings = agreed.into_iter().flat_map(|agreed| {
        let lines = LineIndex::new(&agreed.text);
        found.outcome.remarks.iter().map(move |remark| (agreed.path.clone(), Some(lines.place(remark.span.start)), remark))
    });
    let texts = found
        .checked
        .iter()
        .flat_map(|checked| checked.diagnostics().iter().map(|diagnostic| (shown(&checked.path), checked.place(diagnostic), diagnostic)));
    let diagnostics = settings.chain(texts).map(|(path, place, diagnostic)| {
        json!({
            "path": path,
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "included_file": diagnostic.file,
            "level": diagnostic.level,
            "code": diagnostic.code,
            "what": diagnostic.what,
            "why": diagnostic.why,
            "help": diagnostic.help,
        })
    });
    let paths = paths_of(&found.checked);
    let findings = found.fresh().map(|seen| finding(seen, &paths));
    let checked = found.checked.iter().map(|checked| {
        let kind = if matches!(checked.meaning, Meaning::Diagram(_)) { "diagram" } else { "decision" };
        json!({"path": shown(&checked.path), "kind": kind})
    });
    let before = found.before.as_ref().map(|before| {
        let paths = paths_of(&before.checked);
        json!({
            "name": before.name,
            "verdict": before.judgement.verdict,
            "score": before.judgement.score,
            "counts": before.judgement.counts,
            "gone": before.gone.iter().map(|seen| finding(seen, &paths)).collect::<Vec<_>>(),
        })
    });
    let all: Value = json!({
        "version": 1,
        "profile": found.profile,
        "settings": agreed.map(|agreed| &agreed.path),
        "ruleset": found.outcome.ruleset,
        "verdict": found.judgement.verdict,
        "verdict_reason": found.judgement.reason,
        "score": found.judgement.score,
        "counts": found.judgement.counts,
        "gate": {"policy": found.policy, "result": found.gate},
        "known": found.known(),
        "completeness": found.outcome.completeness,
        "texts": checked.collect::<Vec<_>>(),
        "diagnostics": diagnostics.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "against": before,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

fn finding(seen: &Seen, paths: &std::collections::BTreeMap<DocumentId, String>) -> Value {
    let finding = &seen.finding;
    let (path, place) = whereabouts(paths, finding);
    let because = cause::phrase(&seen.causes);
    json!({
        "path": shown(&path),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "code": finding.code,
        "rule": finding.rule,
        "severity": finding.severity,
        "kind": finding.kind,
        "category": finding.category,
        "title": finding.title,
        "message": finding.message,
        "why": finding.why,
        "remedy": finding.remedy,
        "subjects": finding.subjects,
        "severity_reasons": finding.severity_reasons,
        "assumptions": finding.assumptions,
        "fingerprint": finding.fingerprint,
        "change": seen.change,
        "causes": seen.causes,
        "because": (!because.is_empty()).then_some(because),
        "evidence": finding.evidence.iter().map(|evidence| json!({
            "path": shown(&evidence.path),
            "claim": evidence.claim,
            "line": evidence.line,
            "quote": evidence.quote,
            "marked": evidence.marked,
        })).collect::<Vec<_>>(),
    })
}
