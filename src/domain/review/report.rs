//! A review as markdown: what a pull request or an archive gets. The same review gives the same bytes.
//!
//! Everything that people wrote is escaped, so that no name, comment or line of a document can begin a heading, close a
//! fence or bring an image along; and it is masked, so that no secret leaves the project with a report.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::domain::{
    decision::Record,
    id::FindingId,
    model::{Level, view::ViewKind},
    review::{
        Change, Counts, FindingState, Profile, Review, ReviewFinding, Verdict, Withheld,
        check::{capital, counted},
        finding::{AgentSource, Basis, Evidence, Finding, Grounding, Severity},
        gate::Gate,
        rules,
    },
    syntax::{Parsed, mermaid::print::print},
};

pub mod escape;

use escape::{cell, code, fence, inline, quoted};

/// What a report is made from.
pub struct Report<'a> {
    /// The project's name.
    pub project: &'a str,
    pub review: &'a Review,
    /// What it is compared with.
    pub base: Option<Base<'a>>,
    pub findings: &'a [ReviewFinding],
    /// Why findings are new or gone, where a change of the design explains it.
    pub causes: BTreeMap<FindingId, String>,
    /// The reviewed diagrams with their paths.
    pub diagrams: Vec<(&'a str, &'a Parsed)>,
    /// The reviewed decision records with their paths.
    pub decisions: Vec<(&'a str, &'a Record)>,
}

/// An earlier state of the design.
pub struct Base<'a> {
    /// `review 3`.
    pub name: String,
    pub review: &'a Review,
}

impl<'a> Base<'a> {
    /// The review that another one follows.
    pub fn review(review: &'a Review) -> Self {
        Self { name: format!("review {}", review.number), review }
    }
}

/// The report; ends in one line end.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::new();
    head(&mut out, report);
    changes(&mut out, report);
    findings(&mut out, report);
    decided(&mut out, report);
    inventory(&mut out, report);
    pictures(&mut out, report);
    provenance(&mut out, report);
    let mut text = out.trim_end().to_owned();
    text.push('\n');
    text
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn heading(out: &mut String, level: usize, text: &str) {
    out.truncate(out.trim_end().len());
    let _ = writeln!(out, "\n\n{} {text}\n", "#".repeat(level));
}

fn head(out: &mut String, report: &Report<'_>) {
    let review = report.review;
    line(out, &format!("# Review {}: {}", review.number, inline(report.project)));
    line(out, "");
    let verdict = review.verdict.unwrap_or(Verdict::Inconclusive);
    line(
        out,
        &format!(
            "**Verdict: {}.** {}. Score {} of 100.",
            verdict.name(),
            inline(review.verdict_reason.trim_end_matches('.')),
            review.score
        ),
    );
    gate(out, review);
    line(out, "");
    line(out, "| Severity | Open |");
    line(out, "| --- | ---: |");
    for severity in Severity::ALL {
        line(out, &format!("| {} | {} |", severity.name(), review.counts.of(severity)));
    }
    line(out, &format!("| All | {} |", review.counts.total()));
}

fn gate(out: &mut String, review: &Review) {
    let Some(Gate { result, known, .. }) = &review.gate else { return };
    line(out, "");
    line(out, &format!("**Gate: {}.**{}", result.outcome.name().to_lowercase(), known_words(known.len())));
    let reasons = result.inconclusive.iter().chain(&result.broken).map(|reason| (reason, ""));
    let reasons: Vec<_> = reasons.chain(result.warnings.iter().map(|reason| (reason, "Let through: "))).collect();
    if !reasons.is_empty() {
        line(out, "");
    }
    for (reason, before) in reasons {
        line(out, &format!("- {before}{}", inline(reason)));
    }
}

fn known_words(known: usize) -> String {
    if known == 0 { String::new() } else { format!(" It lets {} of the baseline be.", counted(known, "finding")) }
}

fn changes(out: &mut String, report: &Report<'_>) {
    let Some(Base { name, review: base }) = &report.base else {
        heading(out, 2, "What changed");
        line(out, "This is the first review; there is none to compare it with.");
        return;
    };
    heading(out, 2, &format!("What changed since {}", inline(name)));
    let before = base.verdict.map_or("without a verdict", Verdict::name);
    line(out, &format!("{} was: {before}, score {} of 100, {}.", inline(&capital(name)), base.score, open(base.counts)));
    for (change, title) in [
        (Change::New, "New"),
        (Change::Regressed, "Regressed"),
        (Change::Fixed, "Fixed"),
        (Change::Updated, "Changed"),
        (Change::Unchanged, "Still there"),
        (Change::NotEvaluated, "Not evaluated"),
        (Change::Obsolete, "Obsolete, the subject was removed"),
    ] {
        let members: Vec<&ReviewFinding> = report.findings.iter().filter(|finding| finding.change == change).collect();
        if members.is_empty() {
            continue;
        }
        line(out, "");
        line(out, &format!("**{title}: {}**", members.len()));
        line(out, "");
        for member in members {
            let because = report.causes.get(&member.id).map(|cause| format!(": {}", inline(cause))).unwrap_or_default();
            let Finding { code, title, severity, .. } = &member.finding;
            line(out, &format!("- {code} {} ({}){because}", inline(title), severity.slug()));
        }
    }
}

fn open(counts: Counts) -> String {
    format!("{} open", counted(counts.total() as usize, "finding"))
}

fn findings(out: &mut String, report: &Report<'_>) {
    heading(out, 2, "Findings");
    let open: Vec<&ReviewFinding> = report.findings.iter().filter(|finding| finding.state.counts()).collect();
    if open.is_empty() {
        line(out, "No finding is open.");
        return;
    }
    let mut number = 0;
    for severity in Severity::ALL {
        let members: Vec<&ReviewFinding> = open.iter().copied().filter(|finding| finding.finding.severity == severity).collect();
        if members.is_empty() {
            continue;
        }
        heading(out, 3, severity.name());
        for (index, member) in members.into_iter().enumerate() {
            number += 1;
            if index > 0 {
                line(out, "");
            }
            one_finding(out, number, member);
        }
    }
}

fn one_finding(out: &mut String, number: usize, member: &ReviewFinding) {
    let finding = &member.finding;
    line(out, &format!("#### {number}. {}", inline(&finding.title)));
    line(out, "");
    line(out, &inline(&finding.message));
    line(out, "");
    let rule = rules::by_code(&finding.code);
    let name = rule.map_or_else(|| inline(&finding.rule), super::rule::Rule::name);
    match finding.agent() {
        None => line(out, &format!("- Rule: {}, {name} ({})", inline(&finding.code), finding.category.name())),
        Some(agent) => said_by(out, finding, agent),
    }
    line(out, &format!("- Severity: {}{}", finding.severity.name(), severity_reasons(finding)));
    line(out, &format!("- State: {}{}", member.state.name(), state_reason(member)));
    line(out, &format!("- Seen: {}, first in review {}", member.change.name().to_lowercase(), member.first_seen));
    if !finding.subjects.is_empty() {
        line(out, &format!("- Elements: {}", finding.subjects.iter().map(|name| inline(name)).collect::<Vec<_>>().join(", ")));
    }
    if !finding.assumptions.is_empty() {
        line(out, &format!("- Assumptions: {}", finding.assumptions.iter().map(|text| inline(text)).collect::<Vec<_>>().join("; ")));
    }
    line(out, &format!("- Identity: {}", code(&finding.fingerprint.0)));
    for evidence in &finding.evidence {
        quote(out, evidence);
    }
    let own = |section: &str, text: &str| rule.map(|rule| rule.section(section)).filter(|documented| documented == text);
    if !finding.why.is_empty() {
        line(out, "");
        line(out, &format!("**Why it matters.** {}", own("Why it matters", &finding.why).unwrap_or_else(|| inline(&finding.why))));
    }
    line(out, "");
    line(out, &format!("**What to do.** {}", own("What to do", &finding.remedy).unwrap_or_else(|| inline(&finding.remedy))));
    if !finding.tradeoff.is_empty() {
        line(out, "");
        line(out, &format!("**What it costs.** {}", inline(&finding.tradeoff)));
    }
    discussion(out, member, "");
}

/// What was said about a finding, below whatever `margin` it belongs to.
fn discussion(out: &mut String, member: &ReviewFinding, margin: &str) {
    if member.comments.is_empty() {
        return;
    }
    line(out, "");
    line(out, &format!("{margin}**Discussion, {}.**", counted(member.comments.len(), "comment")));
    for comment in &member.comments {
        line(out, "");
        let agent = comment.answer.as_ref().map(|source| format!(" (agent, asked by {})", inline(&source.asked_by)));
        line(out, &format!("{margin}> **{}**{}, {}", inline(&comment.author), agent.unwrap_or_default(), comment.at.rfc3339()));
        line(out, &format!("{margin}>"));
        for quoted in quoted(&comment.body).lines() {
            line(out, &format!("{margin}{quoted}"));
        }
    }
}

/// Which agent says it, and how it was checked.
fn said_by(out: &mut String, finding: &Finding, agent: &AgentSource) {
    let votes = match finding.basis {
        Basis::Panel { votes, of } => format!("{votes} of {of} agents say it"),
        Basis::Verified => "one agent says it, and a second look supports it".to_owned(),
        Basis::Single | Basis::Deterministic => "one agent says it".to_owned(),
    };
    line(
        out,
        &format!(
            "- Agent: {} with {}, topic {} ({}); {votes}",
            inline(&agent.agent),
            inline(&agent.model),
            inline(&agent.topic),
            finding.category.name()
        ),
    );
    let reasons = finding.grounding.reasons().iter().map(|reason| inline(reason)).collect::<Vec<_>>().join("; ");
    let checked = match &finding.grounding {
        Grounding::Verified => "every name, quote and claim holds in the reviewed revision".to_owned(),
        Grounding::Partial { .. } => format!("in part: {reasons}"),
        Grounding::Rejected { .. } => format!("not supported: {reasons}"),
    };
    line(out, &format!("- Checked: {checked}; {} % sure", finding.confidence));
    if !finding.relates_to.is_empty() {
        line(out, &format!("- Relates to: {}", finding.relates_to.iter().map(|code| inline(code)).collect::<Vec<_>>().join(", ")));
    }
    if !finding.patterns.is_empty() {
        line(out, &format!("- Patterns: {}", finding.patterns.iter().map(|id| inline(id)).collect::<Vec<_>>().join(", ")));
    }
}

fn severity_reasons(finding: &Finding) -> String {
    if finding.severity_reasons.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = finding.severity_reasons.iter().map(|reason| inline(reason)).collect();
    let base =
        if finding.severity == finding.base_severity { String::new() } else { format!("{} by itself; ", finding.base_severity.slug()) };
    format!(" ({base}{})", reasons.join("; "))
}

fn state_reason(member: &ReviewFinding) -> String {
    let by = member.state_by.as_ref().map(|who| format!("by {}", inline(who)));
    let at = member.state_at.map(|at| format!("on {}", at.day()));
    let who: Vec<String> = by.into_iter().chain(at).collect();
    let who = if who.is_empty() { String::new() } else { format!(", {}", who.join(" ")) };
    let reason = if member.state_reason.trim().is_empty() { String::new() } else { format!(": {}", inline(&member.state_reason)) };
    format!("{who}{reason}")
}

fn quote(out: &mut String, evidence: &Evidence) {
    line(out, "");
    let place = evidence.marked.first().map_or_else(|| code(&evidence.path), |line| code(&format!("{}:{line}", evidence.path)));
    line(out, &format!("{place}: {}", inline(&evidence.claim)));
    if evidence.quote.is_empty() {
        return;
    }
    let last = evidence.line as usize + evidence.quote.len() - 1;
    let width = last.to_string().len();
    let lines: Vec<String> = (evidence.line..)
        .zip(&evidence.quote)
        .map(|(number, text)| {
            let mark = if evidence.marked.contains(&number) { '>' } else { ' ' };
            format!("{mark} {number:>width$} | {text}")
        })
        .collect();
    line(out, "");
    out.push_str(&fence("text", &lines));
}

/// What people decided to live with, one line each, with what was said about it.
fn decided(out: &mut String, report: &Report<'_>) {
    for (state, title) in [(FindingState::WontFix, "Accepted risks"), (FindingState::FalsePositive, "False positives")] {
        let members: Vec<&ReviewFinding> = report.findings.iter().filter(|finding| finding.state == state).collect();
        if members.is_empty() {
            continue;
        }
        heading(out, 2, title);
        let mut said = false;
        for member in members {
            if said {
                line(out, "");
            }
            let finding = &member.finding;
            line(out, &format!("- {} {} ({}){}", finding.code, inline(&finding.title), finding.severity.slug(), state_reason(member)));
            discussion(out, member, "  ");
            said = !member.comments.is_empty();
        }
    }
}

fn inventory(out: &mut String, report: &Report<'_>) {
    heading(out, 2, "Inventory");
    for (path, parsed) in &report.diagrams {
        let model = &parsed.model;
        let mut kinds: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        let drawn = model
            .elements
            .values()
            .filter(|element| matches!(element.level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom));
        for element in drawn {
            kinds.entry(element.kind.value).or_default().push(&element.name);
        }
        let relations = model.relations.values().filter(|relation| relation.implied_by.is_none()).count();
        let elements: usize = kinds.values().map(Vec::len).sum();
        line(out, &format!("{}: {}, {}.", code(path), counted(elements, "element"), counted(relations, "relation")));
        line(out, "");
        line(out, "| Kind | Number | Elements |");
        line(out, "| --- | ---: | --- |");
        for (kind, names) in kinds {
            let names: Vec<String> = names.iter().map(|name| cell(name)).collect();
            line(out, &format!("| {} | {} | {} |", kind.name(), names.len(), names.join(", ")));
        }
        line(out, "");
    }
    if !report.decisions.is_empty() {
        line(out, &format!("{}:", capital(&counted(report.decisions.len(), "decision record"))));
        line(out, "");
        line(out, "| Record | Title | Status |");
        line(out, "| --- | --- | --- |");
        for (path, record) in &report.decisions {
            let written =
                record.status.as_ref().map_or("no status", |status| status.status.map_or(status.written.as_str(), |known| known.name()));
            line(out, &format!("| {} | {} | {} |", cell(path), cell(&record.title), cell(written)));
        }
        line(out, "");
    }
    if report.diagrams.is_empty() && report.decisions.is_empty() {
        line(out, "No document was reviewed.");
    }
}

/// Every view that can be drawn, as a Mermaid flowchart.
fn pictures(out: &mut String, report: &Report<'_>) {
    let drawable = |(path, parsed): &(&str, &Parsed)| -> Vec<(String, String)> {
        let model = &parsed.model;
        let views = model.views.iter().filter(|view| view.kind != ViewKind::Image && !view.elements.is_empty());
        views
            .map(|view| {
                let scope = view.scope.as_ref().and_then(|scope| model.element(scope)).map(|element| element.name.as_str());
                (format!("{} ({})", inline(&view.display_title(scope)), code(path)), print(model, view))
            })
            .collect()
    };
    let views: Vec<(String, String)> = report.diagrams.iter().flat_map(drawable).collect();
    if views.is_empty() {
        return;
    }
    heading(out, 2, "Diagrams");
    for (title, mermaid) in views {
        heading(out, 3, &title);
        let lines: Vec<String> = mermaid.trim_end().lines().map(str::to_owned).collect();
        out.push_str(&fence("mermaid", &lines));
    }
}

fn provenance(out: &mut String, report: &Report<'_>) {
    let review = report.review;
    heading(out, 2, "Provenance");
    line(out, &format!("- Started: {} by {}", review.started_at.rfc3339(), inline(&review.started_by)));
    if let Some(finished) = review.finished_at {
        line(out, &format!("- Finished: {}", finished.rfc3339()));
    }
    let profile = if review.profile == Profile::Default { "default, as each diagram states" } else { review.profile.slug() };
    line(out, &format!("- Profile: {profile}"));
    if let Some(scope) = review.scope.words() {
        line(out, &format!("- Scope: {}", inline(&scope)));
    }
    line(out, &format!("- Rule set: {}", code(&review.ruleset)));
    let completeness = &review.completeness;
    line(out, &format!("- Rules run: {}", completeness.rules_run.len()));
    for (skipped, reason) in &completeness.rules_skipped {
        line(out, &format!("- Not run: {} ({})", inline(skipped), inline(reason)));
    }
    line(out, &format!("- Facts that rules asked for and the documents do not state: {}", completeness.unknown_facts));
    for Withheld { code, severity, title, reason, until, .. } in &completeness.suppressed {
        let until = until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        let said = format!("- Suppressed: {} ({}), {}; {}{until}", inline(code), severity.slug(), inline(title), inline(reason));
        line(out, &said);
    }
    for (path, problem) in &completeness.broken {
        line(out, &format!("- Not read in full: {}, {}", code(path), inline(problem)));
    }
    if review.documents.is_empty() {
        return;
    }
    line(out, "");
    line(out, "| Document | Revision | SHA-256 |");
    line(out, "| --- | ---: | --- |");
    for document in &review.documents {
        line(out, &format!("| {} | {} | {} |", cell(&document.path), document.revision, cell(&document.sha256)));
    }
}

#[cfg(test)]
mod tests;
