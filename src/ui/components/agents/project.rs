//! Which agents a project asks with each review, as a part of its settings.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::agents::{ProjectAgent, ProjectAgents, ProjectAgentsPage, SetProjectAgents},
    domain::{agent::allowance, review::agents::dollars},
    ui::{
        components::{
            agents::{done, mark, source_tag},
            forms::{FormProblem, Submit, answer},
            icon::icon,
        },
        paths,
    },
};

/// The section; a form for owners, the same in words for all others. `said` is what the form did last.
#[component]
pub fn ProjectAgentsSection(page: ProjectAgentsPage, said: Option<String>, action: ServerAction<SetProjectAgents>) -> impl IntoView {
    let can_change = page.can_change();
    let ProjectAgentsPage { project, chosen } = page;
    let money = spending(&chosen, can_change);
    let ProjectAgents { external_models, agents, .. } = chosen;
    let shown = agents.iter().filter(|agent| can_change || agent.asked);
    let rows: Vec<AnyView> = shown.map(|agent| row(agent, can_change)).collect();
    let none = rows.is_empty();
    let list = if none {
        view! { <p class="setrow muted">"No agent is asked with each review. Anybody who starts one can still choose some."</p> }.into_any()
    } else {
        view! { <ul>{rows}</ul> }.into_any()
    };
    let external = external_switch(external_models, can_change);
    view! {
        <section class="settings__sec" id="agents" aria-labelledby="agents-title">
            <div class="settings__intro">
                <h2 id="agents-title">"Agents"</h2>
                <p>
                    "Asked with each review, besides the rules. Without the answer of a required one a review is inconclusive. "
                    <a class="link" href=paths::AGENTS>"All agents of this server"</a>
                </p>
            </div>
            {said.map(done)}
            {if can_change {
                view! {
                    <ActionForm action=action attr:class="card card--flush">
                        <FormProblem answer=answer(action)/>
                        <input type="hidden" name="slug" value=project.slug.clone()/>
                        {list}
                        {external}
                        {money}
                        <div class="card__foot"><Submit class="btn btn--sm push">"Save agents"</Submit></div>
                    </ActionForm>
                }
                    .into_any()
            } else {
                view! { <div class="card card--flush">{list}{external}{money}</div> }.into_any()
            }}
        </section>
    }
}

fn row(agent: &ProjectAgent, can_change: bool) -> AnyView {
    let handle = agent.handle.clone();
    let about = if agent.known { agent.card.clone() } else { "No longer in the library. Saving stops asking it.".to_owned() };
    let name = if agent.known {
        view! { <a class="link-quiet" href=paths::agent(&handle)><b>{handle.clone()}</b></a> }.into_any()
    } else {
        view! { <b>{handle.clone()}</b> }.into_any()
    };
    let choice = if can_change && agent.known {
        view! {
            <div class="agent__choice">
                <label class="check">
                    <input type="checkbox" name="asked[]" value=handle.clone() checked=agent.asked/>
                    <span>"Ask"<span class="sr-only">{format!(" {handle} with each review")}</span></span>
                </label>
                <label class="check">
                    <input type="checkbox" name="required[]" value=handle.clone() checked=agent.required/>
                    <span>"Required"<span class="sr-only">{format!(": the answer of {handle}")}</span></span>
                </label>
            </div>
        }
        .into_any()
    } else {
        let words = if agent.required { "Asked, required" } else { "Asked" };
        view! { <span class="muted nowrap">{words}</span> }.into_any()
    };
    view! {
        <li class="setrow agent">
            {mark()}
            <div class="grow">
                <p class="agent__name">{name}{agent.known.then(|| source_tag(&agent.source, agent.source == "lintel"))}</p>
                <p class="muted">{about}</p>
            </div>
            {choice}
        </li>
    }
    .into_any()
}

/// What agents may cost in a day, and have cost today.
fn spending(chosen: &ProjectAgents, can_change: bool) -> AnyView {
    let limit = |cap: Option<u64>| cap.map_or_else(|| "no limit".to_owned(), dollars);
    let default = limit(chosen.daily_default);
    let means = format!(
        "What agents may cost in a day (UTC), as far as the prices of models are known. So far today: {}. Empty: this server's default, {default}.",
        dollars(chosen.spent_today)
    );
    let control = if can_change {
        let value = chosen.daily_cap.map(allowance::written).unwrap_or_default();
        view! {
            <input
                class="input agent__money"
                name="daily_dollars"
                inputmode="decimal"
                pattern="\\$?[0-9]+(\\.[0-9]{1,6})?"
                title=allowance::HELP
                value=value
                placeholder=default
                aria-label="Dollars a day"
                aria-describedby="money-means"
                autocomplete="off"
            />
        }
        .into_any()
    } else {
        view! { <span class="muted nowrap">{limit(chosen.daily_cap.or(chosen.daily_default))}</span> }.into_any()
    };
    view! {
        <div class="setrow agent__external">
            <span class="inbox__mark">{icon("agent")}</span>
            <div class="grow"><b>"Dollars a day"</b><p class="muted" id="money-means">{means}</p></div>
            {control}
        </div>
    }
    .into_any()
}

fn external_switch(allowed: bool, can_change: bool) -> AnyView {
    let means =
        "On: agents may send this project's texts to a model provider outside this machine. Off: only a model on this machine sees them.";
    let control = if can_change {
        view! {
            <label class="switch">
                <span class="sr-only">"External models"</span>
                <input type="checkbox" role="switch" name="external_models" value="true" checked=allowed aria-describedby="external-means"/>
            </label>
        }
        .into_any()
    } else {
        view! { <span class="muted nowrap">{if allowed { "On" } else { "Off" }}</span> }.into_any()
    };
    view! {
        <div class="setrow agent__external">
            <span class="inbox__mark">{icon("external")}</span>
            <div class="grow"><b>"External models"</b><p class="muted" id="external-means">{means}</p></div>
            {control}
        </div>
    }
    .into_any()
}
