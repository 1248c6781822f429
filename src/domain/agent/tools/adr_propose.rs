//! Suggests a new decision record.

use serde_json::Value;

use crate::domain::{
    agent::{
        proposal::{Base, Proposal, Suggestion, dry_run},
        tools::{Effect, Said, Tool, Workbench, input::Fields, schema},
        untrusted::plain::{Form, problems},
    },
    decision::{log::next_number, template::file_name},
};

pub(super) const TOOL: Tool = Tool {
    name: "adr_propose",
    about: "Suggests a new decision record. A person decides whether it is written; it is proposed, never accepted. The body is markdown \
            with sections of the second level: context, options, outcome, consequences. No links, images or HTML; [[Element]] names an \
            element.",
    schema,
    answer,
};

/// So many suggestions in one run.
pub(super) const MOST: usize = 10;

fn schema() -> Value {
    schema::object(&[
        ("body", schema::text("The sections, at most 6000 characters.")),
        ("finding", schema::optional_text("Your finding that it answers, such as N1; null for none.")),
        ("reason", schema::text("Why it should be written, at most 300 characters.")),
        ("title", schema::text("The decision in one line, at most 120 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["body", "finding", "reason", "title"])?;
    let (title, body) = (fields.text("title", 120)?.to_owned(), fields.text("body", 6000)?.to_owned());
    let number = next_number(bench.snapshot().decisions.iter().map(|decision| decision.path.as_str()));
    let path = file_name(number, &title);
    suggest(bench, TOOL.name, &fields, (&path, ""), Suggestion::NewDecision { title, body })
}

/// Tries a suggestion on a copy of the text at a path and notes it, with the reason and the finding that the call gives.
pub(super) fn suggest(
    bench: &mut Workbench,
    tool: &str,
    fields: &Fields<'_>,
    (path, text): (&str, &str),
    suggestion: Suggestion,
) -> Result<Said, String> {
    let reason = reason(bench, tool, fields)?;
    let finding = finding(bench, tool, fields)?;
    let snapshot = bench.snapshot();
    let base = Base { path, text, sources: &snapshot.sources, addresses: &bench.setup.addresses, today: bench.setup.today };
    let done = dry_run(&suggestion, &base).map_err(|refused| format!("{tool}: {refused}"))?;
    let proposal = Proposal { reason, revision: snapshot.revision.clone(), finding, suggestion };
    keep(bench, proposal, done)
}

/// Why, in plain words.
fn reason(bench: &Workbench, tool: &str, fields: &Fields<'_>) -> Result<String, String> {
    let reason = fields.text("reason", 300)?.trim();
    let found = problems(reason, Form::Prose, &bench.setup.addresses);
    let said = crate::domain::agent::mention::for_people(&bench.setup.snapshot, reason);
    found.first().map_or(Ok(crate::domain::review::secrets::redact(&said)), |problem| Err(format!("{tool}.reason: {problem}")))
}

/// The finding of this run that a suggestion answers.
fn finding(bench: &Workbench, tool: &str, fields: &Fields<'_>) -> Result<Option<String>, String> {
    let Some(wanted) = fields.optional_text("finding", 12)?.map(|name| name.trim().to_uppercase()) else { return Ok(None) };
    if bench.found.iter().any(|(name, _)| *name == wanted) {
        return Ok(Some(wanted));
    }
    Err(format!("{tool}.finding: `{}` is no finding of this run", crate::domain::agent::tools::input::short(&wanted)))
}

/// Notes a suggestion.
fn keep(bench: &mut Workbench, proposal: Proposal, done: crate::domain::agent::proposal::DryRun) -> Result<Said, String> {
    if bench.suggested.len() >= MOST {
        return Err(format!("{MOST} suggestions are the most in one run"));
    }
    if bench.suggested.iter().any(|(_, known)| known.suggestion == proposal.suggestion) {
        return Err("this is suggested already".to_owned());
    }
    let name = format!("S{}", bench.suggested.len() + 1);
    bench.suggested.push((name.clone(), proposal.clone()));
    let mut lines = vec![format!("{name} can be applied and is noted; a person decides. Its lines:")];
    for line in done.lines.iter().flat_map(|hunk| &hunk.lines) {
        let mark = match line.fate {
            crate::domain::difference::Fate::Same => ' ',
            crate::domain::difference::Fate::Removed => '-',
            crate::domain::difference::Fate::Added => '+',
        };
        lines.extend(crate::domain::agent::untrusted::marked(&format!("{mark} "), &line.text));
    }
    let text = crate::domain::agent::tools::page::paged(&lines, 1)?;
    Ok(Said { text, effect: Some(Effect::Suggested { name, proposal: Box::new(proposal), dry_run: Box::new(done) }), failed: false })
}
