//! What a talk is about, as text for the prompt: a finding, what it rests on, and what was said about it so far. Everything in
//! it is data; [`assignment`](super::assignment) marks it as such.

use std::fmt::Write as _;

use crate::domain::{agent::snapshot::Snapshot, review::ReviewFinding};

/// Remarks that are shown, the newest ones.
const REMARKS: usize = 30;
/// Characters of one remark.
const REMARK: usize = 4000;

/// A finding with its evidence and discussion. `snapshot` is the design it was found in, with the finding's short names.
pub fn finding(item: &ReviewFinding, snapshot: &Snapshot) -> String {
    let finding = &item.finding;
    let mut text = String::new();
    let names: Vec<String> = finding.anchors.iter().flat_map(|anchor| snapshot.names_of(anchor)).collect();
    let by = finding.agent().map_or_else(|| format!("rule {}", finding.code), |agent| format!("agent {}", agent.agent));
    let _ = writeln!(text, "finding: {}", finding.title);
    let _ = writeln!(text, "raised by {by}, severity {}, state {}", finding.severity.slug(), item.state.slug());
    if !names.is_empty() {
        let _ = writeln!(text, "about {}", names.join(", "));
    }
    for (what, said) in [
        ("says", &finding.message),
        ("why it matters", &finding.why),
        ("what to do", &finding.remedy),
        ("what it costs", &finding.tradeoff),
        ("decided because", &item.state_reason),
    ] {
        if !said.trim().is_empty() {
            let _ = writeln!(text, "{what}: {said}");
        }
    }
    for evidence in &finding.evidence {
        let _ = writeln!(text, "evidence in {}: {}", evidence.path, evidence.claim);
        for (number, line) in (evidence.line..).zip(&evidence.quote) {
            let _ = writeln!(text, "  {number} {line}");
        }
    }
    let left_out = item.comments.len().saturating_sub(REMARKS);
    if !item.comments.is_empty() {
        let _ = writeln!(text, "discussion so far:");
    }
    if left_out > 0 {
        let _ = writeln!(text, "  ({left_out} older remarks are left out)");
    }
    for comment in item.comments.iter().skip(left_out) {
        let kind = if comment.answer.is_some() { "agent" } else { "person" };
        let _ = writeln!(text, "  {kind} {} says:", comment.author);
        let said: String = comment.body.chars().take(REMARK).collect();
        for line in said.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}
