//! What agents do and did in a review: how each run stands, what it says while it works, what it covered and asked, what did
//! not check out, and what it suggests.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::reviews::{AgentChoice, DecideSuggestion, StartReview, SteerAgents, StopReview},
    domain::{
        account::Role,
        difference::Fate,
        id::SuggestionId,
        moment::Moment,
        review::{
            Review, ReviewStatus,
            agents::{AgentRun, RunStatus, dollars},
            fix::{Fate as Fixed, Outlook},
            suggestion::{ChangePicture, Suggested, SuggestionState},
        },
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            difference::{counted, difference},
            forms::{FormProblem, Submit, answer},
            icon::icon,
        },
        paths,
        state::words::{count, thousands},
    },
};

/// The steps of a review with agents, each with how it stands.
pub fn steps(review: &Review, runs: &[AgentRun]) -> AnyView {
    let running = review.status == ReviewStatus::Running;
    let rules = !review.ruleset.is_empty();
    let over = runs.iter().filter(|run| run.status.is_over()).count();
    let done = usize::from(rules) + over + usize::from(!running);
    let all = runs.len() + 2;
    let rows: Vec<AnyView> = runs
        .iter()
        .map(|run| {
            let tokens = run.tokens();
            let note = if run.reason.is_empty() {
                match run.turns {
                    0 => String::new(),
                    turns => format!("{}, {}", count(turns as usize, "turn"), thousands(tokens, "token")),
                }
            } else {
                run.reason.clone()
            };
            step(mark_of(run.status), run.agent.clone(), note, (run.elapsed_ms > 0).then(|| seconds(run.elapsed_ms)))
        })
        .collect();
    let judged = if running { Mark::Todo } else { Mark::Done };
    view! {
        <div class="insp">
            {running
                .then(|| {
                    view! {
                        <div class="row row--between run__count">
                            <span class="soft">{format!("Step {} of {all}", (done + 1).min(all))}</span>
                        </div>
                        <progress class="run__bar" max=all value=done aria-label="Review progress"></progress>
                    }
                })}
            <ol class="steps">
                {step(
                    if rules { Mark::Done } else { Mark::Now },
                    format!("Run {}", count(review.completeness.rules_run.len(), "rule")),
                    count(review.documents.len(), "document"),
                    None,
                )}
                {rows}
                {step(judged, "Write the verdict".to_owned(), String::new(), None)}
            </ol>
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Todo,
    Now,
    Done,
    Bad,
}

const fn mark_of(status: RunStatus) -> Mark {
    match status {
        RunStatus::Waiting => Mark::Todo,
        RunStatus::Running => Mark::Now,
        RunStatus::Done => Mark::Done,
        RunStatus::Budget | RunStatus::Refused | RunStatus::Failed | RunStatus::Cancelled | RunStatus::Interrupted => Mark::Bad,
    }
}

fn step(mark: Mark, name: String, note: String, time: Option<String>) -> AnyView {
    let (class, sign) = match mark {
        Mark::Todo => ("step step--todo", view! { <span class="step__ring"></span> }.into_any()),
        Mark::Now => ("step step--now", view! { <span class="step__ring"></span> }.into_any()),
        Mark::Done => ("step step--done", icon("sev-pass")),
        Mark::Bad => ("step step--bad", icon("sev-high")),
    };
    view! {
        <li class=class aria-current=(mark == Mark::Now).then_some("step")>
            <span class="step__mark">{sign}</span>
            <span>{name}{(!note.is_empty()).then(|| view! { <span class="step__note">{note}</span> })}</span>
            {time.map(|time| view! { <span class="step__time">{time}</span> })}
        </li>
    }
    .into_any()
}

fn seconds(milliseconds: u64) -> String {
    match milliseconds / 1000 {
        0 => format!("{milliseconds} ms"),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// What agents say while they work, and a line to say something back.
pub fn live(slug: &str, review: &Review, role: Role, steer: ServerAction<SteerAgents>, stop: ServerAction<StopReview>) -> AnyView {
    let (own, other) = (slug.to_owned(), slug.to_owned());
    let number = review.number;
    view! {
        <div class="insp">
            <div class="insp__head">
                <h3>"Agent notes"</h3>
                {(role >= Role::Editor)
                    .then(|| {
                        view! {
                            <ActionForm action=stop>
                                <input type="hidden" name="slug" value=other/>
                                <input type="hidden" name="number" value=number/>
                                <Submit class="btn btn--sm" id="stop-review">{icon("stop")}"Stop"</Submit>
                            </ActionForm>
                        }
                    })}
            </div>
            <div class="stream" role="log" aria-live="polite" aria-label="Agent notes" data-said>
                <p class="muted">"What the agents say while they read appears here. Nothing of it is checked yet."</p>
            </div>
            {(role >= Role::Editor)
                .then(|| {
                    view! {
                        <ActionForm action=steer>
                            <FormProblem answer=answer(steer)/>
                            <input type="hidden" name="slug" value=own/>
                            <input type="hidden" name="number" value=number/>
                            <div class="row">
                                <input class="input grow" name="text" maxlength="2000" aria-label="Say something to the agents" placeholder="Say something to the agents" autocomplete="off"/>
                                <Submit class="btn btn--sm">"Send"</Submit>
                            </div>
                        </ActionForm>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Each run's facts, what it covered and asked, and what did not check out.
pub fn facts(slug: &str, runs: &[AgentRun]) -> AnyView {
    let sections: Vec<AnyView> = runs.iter().filter(|run| run.status.is_over()).map(|run| one(slug, run)).collect();
    sections.into_any()
}

fn one(slug: &str, run: &AgentRun) -> AnyView {
    let tokens = run.tokens();
    let cost = run.cost.filter(|cost| *cost > 0 || run.turns == 0).map(dollars);
    let questions: Vec<AnyView> = run
        .questions
        .iter()
        .map(|question| {
            let about = question.subjects.join(", ");
            view! {
                <li>
                    {question.question.clone()}
                    <span class="step__note">{[about, question.why.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ")}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let unverified: Vec<AnyView> = run
        .unverified
        .iter()
        .map(|claim| {
            view! {
                <li>
                    <b>{claim.title.clone()}</b>
                    <span class="step__note">{claim.message.clone()}</span>
                    <span class="step__note">{format!("Not shown as a finding: {}", claim.reasons.join("; "))}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let covered: Vec<AnyView> = run
        .coverage
        .iter()
        .map(|(topic, how)| {
            view! { <div class="prop"><dt class="mono">{topic.clone()}</dt><dd>{how.replace('-', " ")}</dd></div> }.into_any()
        })
        .collect();
    let (asked, dropped, looked) = (questions.len(), unverified.len(), covered.len());
    let records = paths::run_record(slug, run.id);
    view! {
        <div class="insp">
            <div class="insp__head"><h3>{run.agent.clone()}</h3></div>
            {(!run.summary.is_empty()).then(|| view! { <p class="run__summary">{run.summary.clone()}</p> })}
            {(!run.reason.is_empty()).then(|| view! { <div class="callout callout--medium">{icon("sev-medium")}<p>{run.reason.clone()}</p></div> })}
            <dl class="props">
                {(!run.recommendation.is_empty())
                    .then(|| view! { <div class="prop"><dt>"Recommends"</dt><dd>{run.recommendation.replace('-', " ")}</dd></div> })}
                {(!run.model.is_empty())
                    .then(|| view! { <div class="prop"><dt>"Model"</dt><dd>{format!("{}, {}", run.provider, run.model)}</dd></div> })}
                {run.note.clone().map(|note| view! { <div class="prop"><dt>"Note"</dt><dd>{note}</dd></div> })}
                {(tokens > 0).then(|| view! { <div class="prop"><dt>"Tokens"</dt><dd class="num">{thousands(tokens, "token")}</dd></div> })}
                {cost.map(|cost| view! { <div class="prop"><dt>"Cost"</dt><dd class="num">{cost}</dd></div> })}
                <div class="prop"><dt>"Record"</dt><dd><a class="link" href=records download="">"Sealed record"</a></dd></div>
            </dl>
            {(asked > 0)
                .then(|| view! { <details class="run__more"><summary>{format!("Asks {}", count(asked, "question"))}</summary><ul>{questions}</ul></details> })}
            {(looked > 0)
                .then(|| view! { <details class="run__more"><summary>{format!("Looked at {}", count(looked, "topic"))}</summary><dl class="props">{covered}</dl></details> })}
            {(dropped > 0)
                .then(|| view! { <details class="run__more"><summary>{format!("{} did not check out", count(dropped, "claim"))}</summary><ul>{unverified}</ul></details> })}
        </div>
    }
    .into_any()
}

/// What agents would add, where none took part.
pub fn invitation(slug: &str, number: u32, provider: bool, role: Role) -> AnyView {
    let ask = paths::with_query(&paths::review(slug, number), &[("ask", Some("1"))]);
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"Agents"</h3></div>
            {if provider {
                view! {
                    <p class="muted">"No agent took part. An agent reads what rules can't: intent, trade-offs, and what the decisions leave open."</p>
                    {(role >= Role::Editor).then(|| view! { <p><a class="btn btn--sm" href=ask>{icon("agent")}"Ask agents"</a></p> })}
                }
                    .into_any()
            } else {
                view! {
                    <p class="muted">
                        "Rules only. An agent would also read intent, trade-offs and what the decisions leave open; an administrator can set up a model provider ("
                        <a class="link" href="/settings">"how"</a>
                        ")."
                    </p>
                }
                    .into_any()
            }}
        </div>
    }
    .into_any()
}

/// Chooses agents for the next review.
#[component]
pub fn AskDialog(slug: String, #[prop(into)] close: String, agents: Vec<AgentChoice>) -> impl IntoView {
    let action = ServerAction::<StartReview>::new();
    let talks = paths::talks(&slug);
    let choices: Vec<AnyView> = agents
        .into_iter()
        .map(|agent| {
            view! {
                <label class="check ask__agent">
                    <input type="checkbox" name="agents[]" value=agent.handle.clone() checked=agent.always/>
                    <span><b>{agent.handle.clone()}</b><span class="step__note">{agent.card}</span></span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <AddressDialog title="Ask agents" id="ask-agents" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <input type="hidden" name="slug" value=slug/>
                    <p class="muted">
                        "A new review runs all rules, then lets the chosen agents read the design. They report and suggest; nothing is changed. For a single question, "
                        <a class="link" href=talks>"talk with one"</a>
                        "."
                    </p>
                    {choices}
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit class="btn btn--primary">"Start review"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

/// What the cards of suggested edits on a page have in common.
pub struct Cards<'a> {
    pub slug: &'a str,
    /// The address of the page, which shows the form to change one.
    pub here: &'a str,
    pub pictures: &'a [ChangePicture],
    pub editable: bool,
    pub now: Moment,
    pub decide: ServerAction<DecideSuggestion>,
}

impl Cards<'_> {
    /// One suggested edit: as a picture where it changes a diagram, and by lines.
    pub fn card(&self, suggested: &Suggested) -> AnyView {
        let drawn = self.pictures.iter().find(|picture| picture.suggestion == suggested.id);
        let drawn = drawn.map(|drawn| change_picture(self.slug, suggested, drawn));
        view! { {drawn} {by_lines(self, suggested)} }.into_any()
    }
}

/// A button that decides on a suggestion.
pub fn decision_button(
    decide: ServerAction<DecideSuggestion>,
    suggestion: SuggestionId,
    decision: &'static str,
    label: &'static str,
    class: &'static str,
    sign: &'static str,
) -> AnyView {
    view! {
        <ActionForm action=decide>
            <input type="hidden" name="suggestion" value=suggestion.to_string()/>
            <input type="hidden" name="decision" value=decision/>
            <button class=class type="submit" data-wait="" data-press=format!("{decision}-edit")>{icon(sign)}{label}</button>
        </ActionForm>
    }
    .into_any()
}

/// What a suggested edit would change in a diagram, as a picture that leads to the whole.
fn change_picture(slug: &str, suggested: &Suggested, drawn: &ChangePicture) -> AnyView {
    let whole = (suggested.state == SuggestionState::Open).then(|| {
        let id = suggested.id.to_string();
        let href = paths::with_query(&paths::diagram(slug, drawn.document), &[("view", Some(&drawn.view)), ("suggestion", Some(&id))]);
        view! { <a class="link push nowrap" href=href>"Show on diagram"</a> }
    });
    view! {
        <figure class="evidence">
            <figcaption class="evidence__head">
                {icon("diagram")}
                <span class="truncate">{format!("{} {}", suggested.agent, drawn.words)}</span>
                {whole}
            </figcaption>
            <div class="evidence__canvas" inner_html=drawn.picture.clone()></div>
        </figure>
    }
    .into_any()
}

/// What comes with a fix that was worked out.
fn brings(outlook: &Outlook) -> String {
    let fate = match outlook.finding {
        Fixed::Gone => " A review with it no longer finds this",
        Fixed::Planned => " A review with it finds this as planned",
        Fixed::Milder { severity } => return format!(" A review with it finds this as {}.", severity.slug()),
    };
    let with: Vec<String> = outlook.brings.iter().map(|one| format!("{} ({})", one.title, one.severity.slug())).collect();
    if with.is_empty() { format!("{fate}.") } else { format!("{fate}, and finds instead: {}.", with.join("; ")) }
}

fn by_lines(cards: &Cards<'_>, suggested: &Suggested) -> AnyView {
    let Cards { here, editable, now, decide, .. } = *cards;
    let joint = if here.contains('?') { '&' } else { '?' };
    let change = format!("{here}{joint}change={}", suggested.id);
    let added = counted(&suggested.lines, Fate::Added);
    let removed = counted(&suggested.lines, Fate::Removed);
    let name = if suggested.path.is_empty() { suggested.title.clone() } else { suggested.path.clone() };
    let body = difference(&suggested.lines);
    let by = suggested.attribution().map(|by| match suggested.decided_at {
        Some(at) => format!("{by} {}", at.ago(now)),
        None => by,
    });
    let button = |decision, label, class, sign| decision_button(decide, suggested.id, decision, label, class, sign);
    view! {
        <section class="diff" aria-label=suggested.title.clone()>
            <div class="diff__head">
                {icon("code")}
                <span class="mono truncate">{name}</span>
                <span class="muted hide-sm">{suggested.agent.clone()}</span>
                <span class="delta delta--up push">{format!("+{added}")}</span>
                <span class="delta delta--down">{format!("−{removed}")}</span>
            </div>
            <p class="diff__why">
                {suggested.outlook.is_some().then(|| view! { <b>{suggested.title.clone()}</b>". " })}
                {suggested.proposal.reason.clone()}
                {suggested.outlook.as_ref().map(brings)}
            </p>
            <div class="diff__body" tabindex="0" role="region" aria-label="The change by lines">{body}</div>
            <div class="diff__foot">
                {match suggested.state {
                    SuggestionState::Open if editable => {
                        view! {
                            {button("accept", "Accept edit", "btn btn--primary btn--sm", "check")}
                            {suggested
                                .proposal
                                .suggestion
                                .has_words()
                                .then(|| view! { <a class="btn btn--sm" href=change>{icon("edit")}"Change first"</a> })}
                            {button("reject", "Reject", "btn btn--sm", "close")}
                            {by.map(|by| view! { <span class="muted">{by}</span> })}
                            {suggested
                                .outlook
                                .as_ref()
                                .map(|outlook| view! { <span class="muted push">{format!("Score after: about {}", outlook.score_after)}</span> })}
                        }
                            .into_any()
                    }
                    SuggestionState::Open => view! { <span class="muted">"Suggested"</span> }.into_any(),
                    _ => {
                        view! {
                            <span class="muted">{by}</span>
                            {editable.then(|| button("take-back", "Take back", "btn btn--sm", "undo"))}
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
    .into_any()
}
