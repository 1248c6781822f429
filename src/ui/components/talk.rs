//! What is said between people and agents: remarks, how an answer stands while it is on its way, and the form that asks.

use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};

use crate::{
    api::{
        ApiError,
        reviews::AgentChoice,
        talks::{AskDesign, StopAnswer},
    },
    domain::{
        id::TalkId,
        markdown::{Rendering, render_subset},
        moment::Moment,
        review::{
            Comment,
            agents::{AgentRun, RunStatus, dollars},
        },
        talk::{Asked, LONGEST_QUESTION},
    },
    ui::{
        components::{
            forms::{FormProblem, Submit, answer},
            icon::icon,
            identity::avatar_beside,
        },
        paths,
        state::{
            highlight::escape,
            words::{count, thousands},
        },
    },
};

/// What the parts of a talk need from their page.
#[derive(Clone, Copy)]
pub struct TalkActions {
    pub stop: ServerAction<StopAnswer>,
    /// Whether the one who looks may ask and stop.
    pub may_ask: bool,
    pub now: Moment,
}

fn markdown(text: &str) -> String {
    render_subset(text, &Rendering { shift_headings: 3, element_url: &|_| None, link_url: &|_| None, shown: None })
}

fn agent_mark() -> AnyView {
    view! { <span class="avatar avatar--agent" aria-hidden="true">{icon("agent")}</span> }.into_any()
}

/// A remark of a person, or an agent's answer with the run that it comes from.
pub fn remark(slug: &str, comment: &Comment, asked: &[Asked], now: Moment) -> AnyView {
    let Some(source) = &comment.answer else {
        return said_by_person(&comment.author, comment.at, &comment.body, now);
    };
    let run = asked.iter().map(|asked| &asked.run).find(|run| Some(run.id) == source.run);
    said_by_agent(slug, &comment.author, &source.asked_by, Some(comment.at), &comment.body, run, now)
}

fn said_by_person(author: &str, at: Moment, body: &str, now: Moment) -> AnyView {
    view! {
        <div class="comment">
            {avatar_beside(author, "")}
            <div class="comment__head">
                <span class="comment__who">{author.to_owned()}</span>
                <time class="comment__when" datetime=at.rfc3339()>{at.ago(now)}</time>
            </div>
            <div class="comment__body" inner_html=markdown(body)></div>
        </div>
    }
    .into_any()
}

fn said_by_agent(slug: &str, agent: &str, asked_by: &str, at: Option<Moment>, body: &str, run: Option<&AgentRun>, now: Moment) -> AnyView {
    view! {
        <div class="comment">
            {agent_mark()}
            <div class="comment__head">
                <span class="comment__who">{agent.to_owned()}</span>
                <span class="tag">"agent"</span>
                <span class="comment__when">{format!("asked by {asked_by}")}</span>
                {at.map(|at| view! { <time class="comment__when" datetime=at.rfc3339()>{at.ago(now)}</time> })}
            </div>
            <div class="comment__body">
                <div inner_html=markdown(body)></div>
                {run.map(|run| run_facts(slug, run))}
            </div>
        </div>
    }
    .into_any()
}

/// What an answer took, what in it nobody can check, and its record.
fn run_facts(slug: &str, run: &AgentRun) -> AnyView {
    let unknown: Vec<String> = run.unverified.iter().map(|claim| claim.title.clone()).collect();
    let cost = run.cost.filter(|cost| *cost > 0).map(|cost| format!(", {}", dollars(cost))).unwrap_or_default();
    let model = if run.model.is_empty() { String::new() } else { format!("{}, ", run.model) };
    let words = format!("{model}{}, {}{cost}. ", count(run.turns as usize, "turn"), thousands(run.tokens(), "token"));
    let reason = run.reason.clone();
    view! {
        {(!unknown.is_empty())
            .then(|| {
                let words = format!("It speaks of {}, which is not in this design.", unknown.join(", "));
                view! { <div class="callout callout--medium">{icon("sev-medium")}<p>{words}</p></div> }
            })}
        {(!reason.is_empty()).then(|| view! { <div class="callout callout--medium">{icon("sev-medium")}<p>{reason}</p></div> })}
        <p class="muted talk__facts">
            "What an agent says is not checked. "
            {words}
            <a class="link" href=paths::run_record(slug, run.id) download="">"Sealed record"</a>
        </p>
    }
    .into_any()
}

/// How an answer stands that is not there: on its way, or why it never came. Nothing for one that is there.
pub fn standing(slug: &str, asked: &Asked, actions: TalkActions) -> Option<AnyView> {
    let run = &asked.run;
    let agent = run.agent.clone();
    if !asked.answer.is_empty() {
        return None;
    }
    let head = |when: String| {
        view! {
            {agent_mark()}
            <div class="comment__head">
                <span class="comment__who">{agent.clone()}</span>
                <span class="tag">"agent"</span>
                <span class="comment__when">{format!("asked by {}{when}", asked.asked_by)}</span>
            </div>
        }
    };
    if run.status.is_over() {
        let records = paths::run_record(slug, run.id);
        return Some(
            view! {
                <div class="comment">
                    {head(String::new())}
                    <div class="comment__body">
                        <div class="callout callout--high">{icon("sev-high")}<p><b>{run.status.name()}</b>": "{run.reason.clone()}</p></div>
                        <p class="muted talk__facts"><a class="link" href=records download="">"Sealed record"</a></p>
                    </div>
                </div>
            }
            .into_any(),
        );
    }
    let (own, talk) = (slug.to_owned(), asked.talk.to_string());
    let words = if run.status == RunStatus::Waiting { "Waits for its turn." } else { "Reads and answers. Nothing of this is checked." };
    Some(
        view! {
            <div class="comment" aria-busy="true">
                {head(format!(", {}", asked.asked_at.ago(actions.now)))}
                <div class="comment__body">
                    <p class="row"><span class="dot dot--busy" aria-hidden="true"></span>{words}</p>
                    <div class="stream" role="log" aria-live="polite" aria-label="What the agent says" data-said></div>
                    {actions
                        .may_ask
                        .then(|| {
                            view! {
                                <ActionForm action=actions.stop>
                                    <input type="hidden" name="slug" value=own/>
                                    <input type="hidden" name="talk" value=talk/>
                                    <Submit class="btn btn--sm" id="stop-answer">{icon("stop")}"Stop"</Submit>
                                </ActionForm>
                            }
                        })}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// One question of a talk about the design, with its answer or how it stands.
pub fn exchange(slug: &str, asked: &Asked, actions: TalkActions) -> AnyView {
    let answered = (!asked.answer.is_empty()).then(|| {
        said_by_agent(slug, &asked.run.agent, &asked.asked_by, asked.run.finished_at, &asked.answer, Some(&asked.run), actions.now)
    });
    view! {
        {said_by_person(&asked.asked_by, asked.asked_at, &asked.question, actions.now)}
        {answered}
        {standing(slug, asked, actions)}
    }
    .into_any()
}

/// Why nobody can be asked, and who can change that.
pub fn no_model() -> AnyView {
    view! {
        <p class="muted">
            "No model may be asked for this project. An administrator can set up a provider ("
            <a class="link" href=paths::SETTINGS>"how"</a>
            "), and an owner can allow external models in the project's settings."
        </p>
    }
    .into_any()
}

/// The agents to choose from; those that the project always asks come first.
pub fn agent_options(agents: &[AgentChoice], chosen: Option<&str>) -> Vec<AnyView> {
    let (always, others): (Vec<&AgentChoice>, Vec<&AgentChoice>) = agents.iter().partition(|agent| agent.always);
    always
        .into_iter()
        .chain(others)
        .map(|agent| {
            let selected = chosen == Some(agent.handle.as_str());
            view! { <option value=agent.handle.clone() title=agent.card.clone() selected=selected>{agent.handle.clone()}</option> }
                .into_any()
        })
        .collect()
}

/// Asks about the design; with `talk` once more in that one. `typed` is what could not be asked, and why.
#[component]
pub fn AskForm(
    slug: String,
    talk: Option<TalkId>,
    agents: Vec<AgentChoice>,
    /// The agent that was asked last.
    chosen: Option<String>,
    typed: Option<(String, ApiError)>,
) -> impl IntoView {
    let (text, problem) = typed.map_or((String::new(), None), |(text, error)| (text, Some(error)));
    // The first line feed of a text area is not part of what is in it.
    let text = format!("\n{}", escape(&text));
    let options = agent_options(&agents, chosen.as_deref());
    view! {
        <form class="composer" id="ask" method="post" action=AskDesign::url()>
            <FormProblem answer=Signal::stored(problem)/>
            <input type="hidden" name="slug" value=slug/>
            {talk.map(|talk| view! { <input type="hidden" name="talk" value=talk.to_string()/> })}
            <label class="sr-only" for="ask-text">"Question"</label>
            <textarea
                id="ask-text"
                name="text"
                required
                maxlength=LONGEST_QUESTION
                rows="4"
                placeholder="What do you want to know about this design?"
                inner_html=text
            ></textarea>
            <div class="composer__bar">
                <label class="muted" for="ask-agent">"Ask"</label>
                <select class="select talk__agent" id="ask-agent" name="agent">{options}</select>
                <Submit class="btn btn--primary btn--sm push">"Ask"</Submit>
            </div>
        </form>
    }
}

/// What is wrong with stopping.
pub fn stop_problem(actions: TalkActions) -> AnyView {
    view! { <FormProblem answer=answer(actions.stop)/> }.into_any()
}
