//! What lists and pages say about an agent's file.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::agents::{AgentCard, AgentEntry, AgentTool, AskedIn, Standing},
    domain::{
        agent::{
            definition::{
                Definition,
                tools::{Asked, Capability, Support, ToolRequest},
                yaml::Value,
            },
            library::{Member, built_in},
        },
        review::check::capital,
    },
    server::service::agents::shelf::Shelf,
};

/// The projects of a member that ask agents, by handle: address, name, and whether the answer is needed.
pub(super) type AskedBy = BTreeMap<String, Vec<(String, String, bool)>>;

/// An agent as lists show it; none when the shelf does not have it.
pub(super) fn card(shelf: &Shelf, handle: &str, member: Member<'_>, asked: &AskedBy) -> Option<AgentCard> {
    let definition = member.definition;
    let entry = shelf.entry(member.source, &definition.file)?;
    let kept = entry.kept.as_ref();
    let projects = asked.get(handle).into_iter().flatten();
    Some(AgentCard {
        handle: handle.to_owned(),
        name: definition.name.clone(),
        card: definition.card.clone(),
        source: member.source.to_owned(),
        built_in: member.source == built_in::SOURCE,
        path: definition.file.clone(),
        hash: definition.hash.clone(),
        outcome: entry.outcome.to_owned(),
        warnings: entry.remarks.iter().filter(|remark| remark.severity != "note").count(),
        notes: entry.remarks.iter().filter(|remark| remark.severity == "note").count(),
        lens: definition.extension.lens.clone(),
        severity_floor: definition.extension.severity_floor,
        max_findings: definition.extension.max_findings,
        applies_to: definition.extension.applies_to.clone(),
        tools: tools(definition),
        model: definition.model.as_ref().map(|model| model.text.clone()),
        trusted: kept.is_none_or(|kept| kept.trusted),
        added_by: kept.map(|kept| kept.added_by.clone()),
        added_at: kept.map(|kept| kept.added_at),
        asked_in: projects.map(|(slug, name, required)| AskedIn { slug: slug.clone(), name: name.clone(), required: *required }).collect(),
    })
}

/// Every tool that a file asks for or refuses, and what becomes of it.
fn tools(definition: &Definition) -> Vec<AgentTool> {
    let refused: BTreeSet<Capability> = definition.refused_tools.iter().filter_map(offered).collect();
    let given = |capability: Capability, why: &str| {
        let standing = if refused.contains(&capability) { Standing::Refused } else { Standing::Supported };
        let reason = if standing == Standing::Refused { REFUSED.to_owned() } else { format!("{why}: {}", means(capability)) };
        AgentTool { written: word(capability).to_owned(), standing, reason }
    };
    let asked: Vec<AgentTool> = match &definition.tools {
        Asked::Absent => {
            Capability::READ_ONLY.into_iter().map(|tool| given(tool, "The file names no tools, so it gets what only reads")).collect()
        }
        Asked::All => Capability::ALL.into_iter().map(|tool| given(tool, "The file asks for everything there is")).collect(),
        Asked::Listed(requests) => requests.iter().map(|request| listed(request, &refused)).collect(),
    };
    let named: BTreeSet<&str> = asked.iter().map(|tool| tool.written.as_str()).collect();
    let others = definition.refused_tools.iter().filter(|request| !named.contains(request.written.as_str()));
    let others: Vec<AgentTool> = others
        .map(|request| AgentTool { written: request.written.clone(), standing: Standing::Refused, reason: REFUSED.to_owned() })
        .collect();
    asked.into_iter().chain(others).collect()
}

const REFUSED: &str = "The file itself does not want it.";

fn offered(request: &ToolRequest) -> Option<Capability> {
    match request.support {
        Support::Offered(capability) => Some(capability),
        _ => None,
    }
}

fn listed(request: &ToolRequest, refused: &BTreeSet<Capability>) -> AgentTool {
    let (standing, mut reason) = match (request.support, request.support.reason()) {
        (Support::Offered(capability), _) if refused.contains(&capability) => (Standing::Refused, REFUSED.to_owned()),
        (Support::Offered(capability), _) => (Standing::Supported, format!("It {}", means(capability))),
        (Support::Unknown, reason) => (Standing::Ignored, sentence(reason.unwrap_or_default())),
        (_, reason) => (Standing::Denied, sentence(reason.unwrap_or_default())),
    };
    if standing == Standing::Supported && request.argument.is_some() {
        reason += " What is in the parentheses is kept and not applied.";
    }
    AgentTool { written: request.written.clone(), standing, reason }
}

fn sentence(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("{}.", capital(words)) }
}

const fn word(capability: Capability) -> &'static str {
    match capability {
        Capability::Read => "Read",
        Capability::Search => "Grep",
        Capability::List => "Glob",
        Capability::ProposeDocument => "Write",
        Capability::ProposeChange => "Edit",
    }
}

const fn means(capability: Capability) -> &'static str {
    match capability {
        Capability::Read => "reads elements, views, decisions, findings and the catalogue.",
        Capability::Search => "searches them.",
        Capability::List => "lists them.",
        Capability::ProposeDocument => "proposes a new document, which a person accepts or not.",
        Capability::ProposeChange => "proposes a change, which a person accepts or not.",
    }
}

/// The front matter, in file order.
pub(super) fn entries(definition: &Definition) -> Vec<AgentEntry> {
    let others: BTreeSet<&str> = definition.other_keys().map(|entry| entry.key.as_str()).collect();
    let shown = definition.entries.iter().map(|entry| AgentEntry {
        key: entry.key.clone(),
        value: shown(&entry.value, 0),
        read: !others.contains(entry.key.as_str()),
    });
    shown.collect()
}

/// A value as people read it; what is nested is indented.
fn shown(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text { text, .. } => text.clone(),
        Value::List(values) if values.iter().all(|value| value.as_text().is_some()) => value.texts().join(", "),
        Value::List(values) => {
            let lines: Vec<String> =
                values.iter().map(|value| format!("{:1$}- {2}", "", depth, shown(value, depth + 2).trim_start())).collect();
            lines.join("\n")
        }
        Value::Map(pairs) => {
            let lines: Vec<String> = pairs
                .iter()
                .map(|(key, value)| {
                    let inner = shown(value, depth + 2);
                    let flat =
                        matches!(value, Value::Text { .. } | Value::Null) || !inner.contains('\n') && !matches!(value, Value::Map(_));
                    if flat { format!("{:1$}{key}: {inner}", "", depth) } else { format!("{:1$}{key}:\n{inner}", "", depth) }
                })
                .collect();
            lines.join("\n")
        }
    }
}
