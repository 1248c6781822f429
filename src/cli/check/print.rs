//! What `lintel check` found, as text for people; other forms are below.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    cli::{
        check::{Checked, Findings, Seen, agreed::Agreed, gather::shown},
        on_terminal,
    },
    domain::{
        diagnostic::{Diagnostic, Level, LineIndex, Place},
        id::DocumentId,
        review::{
            Change, cause,
            finding::{Evidence, Finding, Severity},
        },
    },
};

pub mod json;
pub mod markdown;
pub mod sarif;

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
pub fn text(found: &Findings, agreed: Option<&Agreed>, style: Style) -> String {
    let mut out = String::new();
    if let Some(Agreed { path, text, .. }) = agreed {
        out.extend(found.outcome.remarks.iter().map(|remark| problem(path, text, remark, style)));
    }
    for checked in &found.checked {
        for diagnostic in checked.diagnostics().iter().filter(|diagnostic| diagnostic.level > Level::Note) {
            out.push_str(&problem(&shown(&checked.path), &checked.text, diagnostic, style));
        }
    }
    let paths = paths_of(&found.checked);
    for seen in found.fresh().filter(|seen| seen.change != Some(Change::Unchanged)) {
        claim(&mut out, whereabouts(&paths, &seen.finding), &seen.finding, style);
        if found.before.is_some() {
            // Into the block of the finding, before the blank line that ends it.
            out.pop();
            let word = if seen.change == Some(Change::New) { "new" } else { "changed" };
            let because = cause::phrase(&seen.causes);
            explain(&mut out, word, if because.is_empty() { "no change of the design explains it" } else { &because });
            out.push('\n');
        }
    }
    if let Some(before) = &found.before {
        compared(&mut out, found, &before.gone, &paths, style);
    }
    gate(&mut out, found, style);
    out.push_str(&summary(found));
    out
}

/// What is still there and what is gone, a line each.
fn compared(out: &mut String, found: &Findings, gone: &[Seen], paths: &BTreeMap<DocumentId, String>, style: Style) {
    let still: Vec<&Seen> = found.fresh().filter(|seen| seen.change == Some(Change::Unchanged)).collect();
    let before = found.before.as_ref().map(|before| paths_of(&before.checked)).unwrap_or_default();
    let blank = !still.is_empty() || !gone.is_empty();
    for (word, seen, paths) in still.iter().map(|seen| ("still open", *seen, paths)).chain(gone.iter().map(|seen| ("gone", seen, &before)))
    {
        let (path, place) = whereabouts(paths, &seen.finding);
        let place = place.map(|place| format!("{}:{}:", place.line, place.column)).unwrap_or_default();
        let word = match seen.change {
            Some(Change::Fixed) => "fixed",
            Some(Change::Obsolete) => "obsolete",
            Some(Change::NotEvaluated) => "not evaluated",
            _ => word,
        };
        let because = cause::phrase(&seen.causes);
        let because = if because.is_empty() { String::new() } else { format!(" ({because})") };
        let label = style.paint("1;32", &format!("{word}[{}]", seen.finding.code));
        let _ = writeln!(out, "{}:{place} {label}: {}{because}", shown(&path), seen.finding.title);
    }
    if blank {
        out.push('\n');
    }
}

fn gate(out: &mut String, found: &Findings, style: Style) {
    let said = found.gate.inconclusive.iter().map(|reason| ("gate inconclusive", "1;31", reason));
    let said = said.chain(found.gate.broken.iter().map(|reason| ("gate failed", "1;31", reason)));
    for (word, colour, reason) in said.chain(found.gate.warnings.iter().map(|reason| ("gate passed, though", "1;33", reason))) {
        let _ = writeln!(out, "{}: {reason}", style.paint(colour, word));
    }
}

/// Findings alone, of documents with their paths.
pub fn findings<'a>(findings: impl IntoIterator<Item = &'a Finding>, paths: &BTreeMap<DocumentId, String>, style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        claim(&mut out, whereabouts(paths, finding), finding, style);
    }
    out
}

/// One remark about a text.
pub fn problem(path: &str, text: &str, diagnostic: &Diagnostic, style: Style) -> String {
    let mut out = String::new();
    let (word, colour) = if diagnostic.level == Level::Error { ("error", "1;31") } else { ("warning", "1;33") };
    let label = style.paint(colour, &format!("{word}[{}]", diagnostic.code));
    let what = style.paint("1", &diagnostic.what);
    if let Some(file) = &diagnostic.file {
        let _ = writeln!(out, "{path}: {label}: {what} (in {file})");
    } else {
        let lines = LineIndex::new(text);
        let place = lines.place(diagnostic.span.start);
        let _ = writeln!(out, "{path}:{}:{}: {label}: {what}", place.line, place.column);
        let under = diagnostic.span.of(text).lines().next().map_or(0, |text| text.chars().count()).max(1);
        quote(&mut out, place.line, lines.line(place.line), Some((place.column, under)), style);
    }
    explain(&mut out, "why", &diagnostic.why);
    explain(&mut out, "help", &diagnostic.help);
    out.push('\n');
    out
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

fn paths_of(checked: &[Checked]) -> BTreeMap<DocumentId, String> {
    checked.iter().map(|checked| (checked.id, checked.path.clone())).collect()
}

fn summary(found: &Findings) -> String {
    let counts = found.judgement.counts;
    let by_severity: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (counts.of(severity), severity.slug()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let findings = if by_severity.is_empty() { "no findings".to_owned() } else { by_severity.join(", ") };
    let compared = found.before.as_ref().map(|before| {
        let (changed, still) = found.fresh().partition::<Vec<_>, _>(|seen| seen.change != Some(Change::Unchanged));
        let new = changed.iter().filter(|seen| seen.change == Some(Change::New)).count();
        let gone = before.gone.iter().filter(|seen| seen.change != Some(Change::NotEvaluated)).count();
        let changed = changed.len() - new;
        let changed = if changed > 0 { format!(", {changed} changed") } else { String::new() };
        format!("; since {}: {new} new{changed}, {} still open, {gone} gone", before.name, still.len())
    });
    let known = if found.known() > 0 { format!("; {} known from the baseline", found.known()) } else { String::new() };
    let known = format!("{}{known}", compared.unwrap_or_default());
    let broken = found.outcome.completeness.broken.len();
    let broken = if broken > 0 { format!("; {} could not be read in full", texts(broken)) } else { String::new() };
    let quiet = found.outcome.completeness.suppressed.len();
    let quiet = if quiet > 0 { format!("; {quiet} suppressed") } else { String::new() };
    format!("{} checked: {findings}{known}{quiet}{broken}\n", texts(found.checked.len()))
}

fn texts(count: usize) -> String {
    if count == 1 { "1 text".to_owned() } else { format!("{count} texts") }
}
