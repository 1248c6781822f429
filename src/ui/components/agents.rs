//! Agents: rows of the library, what an agent's page shows, the forms that change it, and the model provider.

use leptos::prelude::*;

use crate::{
    api::agents::{AgentCard, AgentRemark},
    ui::{components::icon::icon, state::words::count},
};

pub mod change;
pub mod detail;
pub mod import;
pub mod list;
pub mod project;
pub mod provider;

/// The mark before an agent's name.
fn mark() -> AnyView {
    view! { <span class="avatar avatar--agent avatar--lg" aria-hidden="true">{icon("agent")}</span> }.into_any()
}

/// What a form did last; where the page begins to be read, because the form may stand far from it.
pub fn done(words: String) -> AnyView {
    view! { <div class="callout callout--pass said" role="status" tabindex="-1" autofocus>{icon("sev-pass")}<p>{words}</p></div> }
        .into_any()
}

/// The collection an agent came with.
fn source_tag(source: &str, built_in: bool) -> AnyView {
    let words = if built_in { "Comes with Lintel".to_owned() } else { source.to_owned() };
    view! { <span class="tag">{icon(if built_in { "logo" } else { "project" })}<span class="sr-only">"Collection: "</span>{words}</span> }
        .into_any()
}

/// Whether a file reads as it stands, in words and with how much there is to say.
fn outcome_badge(agent: &AgentCard) -> AnyView {
    let said = [(agent.warnings, "warning"), (agent.notes, "note")];
    let said: Vec<String> = said.into_iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(number, noun)).collect();
    let (class, name, word) = match (agent.outcome.as_str(), agent.warnings) {
        ("repaired", _) => ("badge badge--medium", "sev-medium", "Repaired"),
        (_, 0) => ("badge badge--pass", "sev-pass", "Reads well"),
        _ => ("badge badge--low", "sev-low", "Reads"),
    };
    let words = if said.is_empty() { word.to_owned() } else { format!("{word}: {}", said.join(", ")) };
    view! { <span class=class>{icon(name)}{words}</span> }.into_any()
}

/// Everything the loader says about a file, each with its place.
fn remark_list(file: &str, remarks: &[AgentRemark]) -> AnyView {
    let rows: Vec<AnyView> = remarks
        .iter()
        .map(|remark| {
            let (name, tone) = match remark.severity.as_str() {
                "error" => ("sev-high", "remark remark--error"),
                "warning" => ("sev-medium", "remark remark--warning"),
                _ => ("sev-info", "remark"),
            };
            let place = format!("{file}:{}:{}", remark.line, remark.column);
            view! {
                <li class=tone>
                    {icon(name)}
                    <div>
                        <p><span class="sr-only">{format!("{}: ", remark.severity)}</span><b>{remark.what.clone()}</b></p>
                        {(!remark.why.is_empty()).then(|| view! { <p class="muted">{remark.why.clone()}</p> })}
                        {(!remark.help.is_empty()).then(|| view! { <p class="muted">{remark.help.clone()}</p> })}
                        <code class="remark__place">{place}</code>
                    </div>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="remarks">{rows}</ul> }.into_any()
}
