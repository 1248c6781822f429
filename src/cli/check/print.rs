//! What `lintel check` found, as text for people, JSON for programs, and markdown for pull requests.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Value, json};

use crate::{
    cli::{
        check::{Checked, Findings, Meaning, gather::shown},
        on_terminal,
    },
    domain::{
        diagnostic::{Diagnostic, Level, LineIndex, Place},
        id::{DocumentId, FindingId, ReviewId},
        review::{
            Change, Review, ReviewFinding, ReviewStatus, ReviewedDocument,
            finding::{Evidence, Finding, Severity},
            policy,
            report::{self, Report},
            triage::Triage,
        },
    },
};

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colours: bool,
}

impl Style {
    /// Colours on a terminal, unless the environment asks for none.
    pub fn of_output() -> Self {
        Self { colours: on_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    pub(in crate::cli) fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// As a compiler says it: where, what, the lines, why, and what to do.
pub fn text(found: &Findings, style: Style) -> String {
    let mut out = String::new();
    for checked in &found.checked {
        for diagnostic in checked.diagnostics().iter().filter(|diagnostic| diagnostic.level > Level::Note) {
            problem(&mut out, checked, diagnostic, style);
        }
    }
    let paths = paths_of(found);
    for finding in &found.fresh {
        claim(&mut out, whereabouts(&paths, finding), finding, style);
    }
    out.push_str(&summary(found));
    out
}

/// Findings alone, of documents with their paths.
pub fn findings<'a>(findings: impl IntoIterator<Item = &'a Finding>, paths: &BTreeMap<DocumentId, String>, style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        claim(&mut out, whereabouts(paths, finding), finding, style);
    }
    out
}

fn problem(out: &mut String, checked: &Checked, diagnostic: &Diagnostic, style: Style) {
    let (word, colour) = if diagnostic.level == Level::Error { ("error", "1;31") } else { ("warning", "1;33") };
    let label = style.paint(colour, &format!("{word}[{}]", diagnostic.code));
    let lines = LineIndex::new(&checked.text);
    if let Some(place) = checked.place(diagnostic) {
        let _ = writeln!(out, "{}:{}:{}: {label}: {}", shown(&checked.path), place.line, place.column, style.paint("1", &diagnostic.what));
        let under = diagnostic.span.of(&checked.text).lines().next().map_or(0, |text| text.chars().count()).max(1);
        quote(out, place.line, lines.line(place.line), Some((place.column, under)), style);
    } else {
        let file = diagnostic.file.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{}: {label}: {} (in {file})", shown(&checked.path), style.paint("1", &diagnostic.what));
    }
    explain(out, "why", &diagnostic.why);
    explain(out, "help", &diagnostic.help);
    out.push('\n');
}

fn claim(out: &mut String, (path, place): (String, Option<Place>), finding: &Finding, style: Style) {
    let colour = match finding.severity {
        Severity::Critical => "1;35",
        Severity::High => "1;31",
        Severity::Medium => "1;33",
        Severity::Low => "1;36",
    };
    let label = style.paint(colour, &format!("{}[{}]", finding.severity.slug(), finding.code));
    let place = place.map(|place| format!("{}:{}:", place.line, place.column)).unwrap_or_default();
    let _ = writeln!(out, "{}:{place} {label}: {}", shown(&path), style.paint("1", &finding.title));
    for evidence in &finding.evidence {
        show(out, evidence, &path, style);
    }
    explain(out, "why", &finding.why);
    explain(out, "help", &finding.remedy);
    if !finding.assumptions.is_empty() {
        explain(out, "note", &finding.assumptions.join("; "));
    }
    out.push('\n');
}

/// The marked lines of one piece of evidence.
fn show(out: &mut String, evidence: &Evidence, path: &str, style: Style) {
    if evidence.path != path {
        let _ = writeln!(out, "     {} {}", style.paint("34", "-->"), shown(&evidence.path));
    }
    let numbered = (evidence.line..).zip(&evidence.quote);
    for (number, line) in numbered.filter(|(number, _)| evidence.marked.is_empty() || evidence.marked.contains(number)) {
        quote(out, number, line, None, style);
    }
}

pub(in crate::cli) fn quote(out: &mut String, number: u32, line: &str, under: Option<(u32, usize)>, style: Style) {
    let line = line.replace('\t', " ");
    let bar = style.paint("34", "|");
    let _ = writeln!(out, "{} {bar} {}", style.paint("34", &format!("{number:>5}")), line.trim_end());
    if let Some((column, width)) = under {
        let before = " ".repeat(column.saturating_sub(1) as usize);
        let room = line.chars().count().saturating_sub(before.len()).max(1);
        let _ = writeln!(out, "      {bar} {before}{}", style.paint("1;31", &"^".repeat(width.min(room))));
    }
}

pub(in crate::cli) fn explain(out: &mut String, word: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ = writeln!(out, "      = {word}: {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// The first line that shows a finding, or its document.
fn whereabouts(paths: &BTreeMap<DocumentId, String>, finding: &Finding) -> (String, Option<Place>) {
    if let Some(evidence) = finding.evidence.first() {
        let line = evidence.marked.first().copied().unwrap_or(evidence.line);
        let text = line.checked_sub(evidence.line).and_then(|offset| evidence.quote.get(offset as usize));
        let indent = text.map_or(0, |text| text.chars().take_while(|c| c.is_whitespace()).count());
        let column = u32::try_from(indent).unwrap_or(0).saturating_add(1);
        return (evidence.path.clone(), Some(Place { line, column }));
    }
    let document = finding.anchors.first().map(crate::domain::review::finding::Anchor::document);
    (document.and_then(|document| paths.get(&document)).cloned().unwrap_or_default(), None)
}

fn paths_of(found: &Findings) -> BTreeMap<DocumentId, String> {
    found.checked.iter().map(|checked| (checked.id, checked.path.clone())).collect()
}

fn summary(found: &Findings) -> String {
    let counts = policy::judge(&found.states(), &found.outcome.completeness).counts;
    let by_severity: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (counts.of(severity), severity.slug()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let findings = if by_severity.is_empty() { "no findings".to_owned() } else { by_severity.join(", ") };
    let known = if found.known > 0 { format!("; {} known from the baseline", found.known) } else { String::new() };
    let broken = found.checked.iter().filter(|checked| checked.diagnostics().iter().any(|one| one.level == Level::Error)).count();
    let broken = if broken > 0 { format!("; {} could not be read in full", texts(broken)) } else { String::new() };
    let quiet = found.outcome.completeness.suppressed.len();
    let quiet = if quiet > 0 { format!("; {quiet} suppressed in the texts") } else { String::new() };
    format!("{} checked: {findings}{known}{quiet}{broken}\n", texts(found.checked.len()))
}

fn texts(count: usize) -> String {
    if count == 1 { "1 text".to_owned() } else { format!("{count} texts") }
}

/// Everything, for programs.
pub fn json(found: &Findings) -> String {
    let diagnostics = found.checked.iter().flat_map(|checked| {
        checked.diagnostics().iter().map(|diagnostic| {
            let place = checked.place(diagnostic);
            json!({
                "path": shown(&checked.path),
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "included_file": diagnostic.file,
                "level": diagnostic.level,
                "code": diagnostic.code,
                "what": diagnostic.what,
                "why": diagnostic.why,
                "help": diagnostic.help,
            })
        })
    });
    let paths = paths_of(found);
    let findings = found.fresh.iter().map(|finding| {
        let (path, place) = whereabouts(&paths, finding);
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
            "evidence": finding.evidence.iter().map(|evidence| json!({
                "path": shown(&evidence.path),
                "claim": evidence.claim,
                "line": evidence.line,
                "quote": evidence.quote,
                "marked": evidence.marked,
            })).collect::<Vec<_>>(),
        })
    });
    let checked = found.checked.iter().map(|checked| {
        let kind = if matches!(checked.meaning, Meaning::Diagram(_)) { "diagram" } else { "decision" };
        json!({"path": shown(&checked.path), "kind": kind})
    });
    let judgement = policy::judge(&found.states(), &found.outcome.completeness);
    let all: Value = json!({
        "version": 1,
        "profile": found.profile,
        "ruleset": found.outcome.ruleset,
        "verdict": judgement.verdict,
        "verdict_reason": judgement.reason,
        "score": judgement.score,
        "counts": judgement.counts,
        "known": found.known,
        "completeness": found.outcome.completeness,
        "texts": checked.collect::<Vec<_>>(),
        "diagnostics": diagnostics.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

/// The report of a review, as the server writes it.
pub fn markdown(found: &Findings) -> String {
    let judgement = policy::judge(&found.states(), &found.outcome.completeness);
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
        verdict: Some(judgement.verdict),
        verdict_reason: judgement.reason,
        counts: judgement.counts,
        score: judgement.score,
        base: None,
        documents: documents.collect(),
        completeness: found.outcome.completeness.clone(),
        ruleset: found.outcome.ruleset.clone(),
        started_by: "lintel check".to_owned(),
        started_at: found.at,
        finished_at: Some(found.at),
    };
    let findings: Vec<ReviewFinding> = (1..)
        .zip(&found.fresh)
        .zip(found.states())
        .map(|((position, finding), (_, state))| ReviewFinding {
            id: FindingId::from_uuid(uuid::Uuid::from_u128(position)),
            finding: finding.clone(),
            state,
            state_reason: String::new(),
            state_by: None,
            state_at: None,
            change: Change::New,
            first_seen: 1,
            comments: Vec::new(),
            triage: Triage::default(),
        })
        .collect();
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
    report::markdown(&Report {
        project: name.as_deref().unwrap_or("the design"),
        review: &review,
        base: None,
        findings: &findings,
        diagrams: diagrams.collect(),
        decisions: decisions.collect(),
    })
}
