//! One finding in full: what it claims, the evidence, why it matters, what to do, and what people said.

use std::collections::BTreeMap;

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        reviews::{AgentChoice, FrozenText},
        talks::StopAnswer,
        triage::CommentFinding,
    },
    domain::{
        account::{Member, Role},
        id::{FindingId, UserId},
        moment::Moment,
        review::{
            Change, Comment, ReviewFinding,
            finding::{Basis, Finding, Grounding, Source},
        },
        talk::{Asked, LONGEST_QUESTION},
    },
    ui::{
        components::{
            forms::{FormProblem, Submit, answer},
            icon::icon,
            review::{
                evidence::{ReadDiagram, evidence},
                triage::{TriageActions, triage},
            },
            status::{severity_badge, state_badge},
            talk::{TalkActions, agent_options, remark, standing, stop_problem},
        },
        paths,
    },
};

/// What the pane needs from the page.
#[derive(Clone, Copy)]
pub struct DetailActions {
    pub triage: TriageActions,
    pub comment: ServerAction<CommentFinding>,
    pub stop: ServerAction<StopAnswer>,
    pub role: Role,
    pub now: Moment,
    /// The number of the review that is shown.
    pub number: u32,
    pub team: StoredValue<Team>,
    /// Which change of the design explains what is new or gone.
    pub causes: StoredValue<BTreeMap<FindingId, String>>,
    /// What agents were asked about the review's findings.
    pub asked: StoredValue<Vec<Asked>>,
    /// Agents that can be asked; none where no model may be.
    pub agents: StoredValue<Vec<AgentChoice>>,
}

/// Who works off the findings, and where.
#[derive(Clone, Debug, Default)]
pub struct Team {
    /// To whom a finding can be given.
    pub members: Vec<Member>,
    /// Who reads.
    pub me: Option<UserId>,
    /// See [`crate::domain::project::Project::ticket_url`].
    pub ticket_url: String,
}

/// The pane in the middle. `suggested` are edits that agents propose for it.
pub fn detail(
    slug: &str,
    item: &ReviewFinding,
    diagrams: &[ReadDiagram],
    texts: &[FrozenText],
    actions: DetailActions,
    suggested: Vec<AnyView>,
) -> AnyView {
    let finding = &item.finding;
    let raised = match item.change {
        Change::New => "New in this review".to_owned(),
        Change::Unchanged | Change::Updated => format!("{} since review {}", item.change.name(), item.first_seen),
        other => format!("{}, first seen in review {}", other.name(), item.first_seen),
    };
    let raised = match actions.causes.with_value(|causes| causes.get(&item.id).cloned()) {
        Some(because) => format!("{raised}, because {because}"),
        None => raised,
    };
    let reasons = finding.severity_reasons.clone();
    let may_mend = actions.role >= Role::Editor && item.state.counts() && finding.source == Source::Rule;
    let assumptions: Vec<AnyView> = finding.assumptions.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    view! {
        <article class="rev__sheet">
            <div class="row row--wrap">
                {severity_badge(finding.severity)}
                <span class="tag">{finding.category.name()}</span>
                {state_badge(item.state)}
                <span class="muted">
                    {match finding.agent() {
                        None => view! { <a class="link" href=paths::rule(&finding.code)>{format!("{} {}", finding.code, finding.rule)}</a> ". " }.into_any(),
                        Some(agent) => view! { {format!("{}, raised by {}. ", finding.rule, agent.agent)} }.into_any(),
                    }}
                    {raised}
                </span>
            </div>
            <h2 id="find-h" class="rev__title">{finding.title.clone()}</h2>
            <p class="rev__lede">{finding.message.clone()}</p>
            {(!reasons.is_empty())
                .then(|| {
                    let words = format!("{} by rule; {}.", finding.base_severity.name(), reasons.join("; "));
                    view! { <p class="muted rev__reasons">{words}</p> }
                })}
            {triage(item, actions)}
            {evidence(slug, finding, diagrams, texts)}
            {checked(finding)}
            {(!finding.why.is_empty())
                .then(|| view! { <h3 class="rev__h">"Why it matters"</h3><p class="rev__lede">{finding.why.clone()}</p> })}
            <h3 class="rev__h">"What to do"</h3>
            <p class="rev__lede">{finding.remedy.clone()}</p>
            {(!finding.tradeoff.is_empty())
                .then(|| view! { <h3 class="rev__h">"What it costs"</h3><p class="rev__lede">{finding.tradeoff.clone()}</p> })}
            {if suggested.is_empty() {
                may_mend.then(|| mend(slug, item.id, actions))
            } else {
                Some(view! { <h3 class="rev__h">"Suggested edit"</h3>{suggested} }.into_any())
            }}
            {(!assumptions.is_empty())
                .then(|| {
                    view! {
                        <h3 class="rev__h">"Assumptions"</h3>
                        <ul class="rev__assumed">{assumptions}</ul>
                    }
                })}
            <h3 class="rev__h">"Discussion" <span class="count">{item.comments.len()}</span></h3>
            {discussion(slug, item, actions)}
        </article>
    }
    .into_any()
}

/// The button that works out what can be done about it.
fn mend(slug: &str, finding: FindingId, actions: DetailActions) -> AnyView {
    let (slug, number, action) = (slug.to_owned(), actions.number, actions.triage.mend);
    view! {
        <FormProblem answer=answer(action)/>
        <ActionForm action=action attr:class="rev__mend">
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="number" value=number/>
            <input type="hidden" name="finding" value=finding.to_string()/>
            <Submit class="btn btn--sm">{icon("edit")}"Suggest a fix"</Submit>
            <span class="muted">"A change of the text that you look at first."</span>
        </ActionForm>
    }
    .into_any()
}

/// How what an agent says was checked, and how far it can be trusted.
fn checked(finding: &Finding) -> Option<AnyView> {
    finding.agent()?;
    let votes = match finding.basis {
        Basis::Panel { votes, of } => format!("{votes} of {of} agents say it. "),
        Basis::Verified => "One agent says it, and a second look supports it. ".to_owned(),
        Basis::Single | Basis::Deterministic => String::new(),
    };
    let (class, words) = match &finding.grounding {
        Grounding::Verified => ("callout", "Every name, quote and claim in it holds in the reviewed revision.".to_owned()),
        other => ("callout callout--medium", format!("Checked in part: {}.", other.reasons().join("; "))),
    };
    let rest = format!(" {} % sure. It counts towards the verdict once somebody accepts it.", finding.confidence);
    Some(view! { <div class=class>{icon("agent")}<p>{votes}{words}{rest}</p></div> }.into_any())
}

fn discussion(slug: &str, item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let may_write = actions.role >= Role::Commenter;
    let talk = TalkActions { stop: actions.stop, may_ask: may_write, now: actions.now };
    let comments: Vec<AnyView> = actions.asked.with_value(|asked| {
        let one = |comment: &Comment| {
            let waiting = asked.iter().filter(|asked| asked.comment == Some(comment.id)).map(|asked| standing(slug, asked, talk));
            view! { {remark(slug, comment, asked, actions.now)} {waiting.collect::<Vec<_>>()} }.into_any()
        };
        item.comments.iter().map(one).collect()
    });
    let options = actions.agents.with_value(|agents| agent_options(agents, None));
    let problem = answer(actions.comment);
    let (none, id) = (comments.is_empty(), item.id.to_string());
    let may_ask = !options.is_empty();
    view! {
        <div class="thread" id="discussion">
            {comments}
            {stop_problem(talk)}
            {(none && !may_write).then(|| view! { <p class="muted">"Nothing has been said yet."</p> })}
            {may_write
                .then(|| {
                    view! {
                        <ActionForm action=actions.comment attr:class="composer">
                            <input type="hidden" name="finding" value=id/>
                            <input type="hidden" name="review" value=actions.number/>
                            <label class="sr-only" for="reply">"Reply"</label>
                            <textarea
                                id="reply"
                                name="body"
                                required
                                maxlength=LONGEST_QUESTION
                                placeholder="Say what you know, call a colleague with @name, or ask an agent"
                            ></textarea>
                            <div class="composer__bar">
                                {may_ask
                                    .then(|| {
                                        view! {
                                            <label class="muted" for="reply-agent">"Ask"</label>
                                            <select class="select talk__agent" id="reply-agent" name="agent">
                                                <option value="">"nobody"</option>
                                                {options}
                                            </select>
                                        }
                                    })}
                                <span class="muted hide-sm">"Markdown works here"</span>
                                <Submit class="btn btn--primary btn--sm push">"Reply"</Submit>
                            </div>
                        </ActionForm>
                        <FormProblem answer=problem/>
                    }
                })}
        </div>
    }
    .into_any()
}
