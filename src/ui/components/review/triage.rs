//! What people decided about a finding and arranged for it, and the forms to do so.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        questions::SuggestFixes,
        triage::{AnswerWaiver, ArrangeFinding, RateFinding, SetFindingState},
    },
    domain::{
        account::{Member, Role},
        id::FindingId,
        moment::{DAY, Moment},
        review::{
            FindingState, ReviewFinding,
            triage::{LONGEST_TICKET, LONGEST_WAIVER, Mistake, USUAL_WAIVER, Waiver, needs_second, ticket_address},
        },
    },
    ui::components::{
        forms::{FormProblem, answer},
        icon::icon,
        review::detail::DetailActions,
    },
};

/// The changes these forms make.
#[derive(Clone, Copy)]
pub struct TriageActions {
    pub decide: ServerAction<SetFindingState>,
    pub waive: ServerAction<AnswerWaiver>,
    pub arrange: ServerAction<ArrangeFinding>,
    pub rate: ServerAction<RateFinding>,
    pub mend: ServerAction<SuggestFixes>,
}

/// What stands, and what the reader may do about it.
pub fn triage(item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let settled = matches!(item.state, FindingState::Fixed | FindingState::Obsolete);
    let TriageActions { decide, waive, arrange, rate, .. } = actions.triage;
    let problems = [answer(decide), answer(waive), answer(arrange), answer(rate)].map(|answer| view! { <FormProblem answer=answer/> });
    let may_edit = actions.role >= Role::Editor && !settled;
    view! {
        {decided(item, actions.now)}
        {arranged(item, actions)}
        {item.triage.asked(item.state).map(|waiver| asked(item.id, waiver, actions))}
        {problems.collect_view()}
        {(may_edit || actions.role >= Role::Commenter)
            .then(|| {
                view! {
                    <div class="row row--wrap rev__acts">
                        {may_edit.then(|| decisions(item, actions))}
                        {may_edit.then(|| arrangement(item, actions))}
                        {(actions.role >= Role::Commenter).then(|| usefulness(item, actions))}
                    </div>
                }
            })}
    }
    .into_any()
}

/// Who decided what, and why.
fn decided(item: &ReviewFinding, now: Moment) -> Option<AnyView> {
    let (who, at) = (item.state_by.clone()?, item.state_at?);
    let reason = item.state_reason.clone();
    let carried = item.state == FindingState::WontFix;
    let until = item.triage.waiver.as_ref().filter(|_| carried).map(|waiver| {
        let asked = if waiver.asked_by.name == who { String::new() } else { format!(", asked for by {}", waiver.asked_by.name) };
        format!(" until {}{asked}", waiver.until)
    });
    let mistake = item.triage.mistake.filter(|_| item.state == FindingState::FalsePositive);
    Some(
        view! {
            <div class="callout rev__decided">
                {icon("check")}
                <p>
                    <b>{item.state.name()}</b>
                    {until}
                    {format!(" by {who}, {}", at.ago(now))}
                    {mistake.map(|mistake| format!(". {}", mistake.name()))}
                    {(!reason.is_empty()).then(|| view! { ": " {reason} })}
                </p>
            </div>
        }
        .into_any(),
    )
}

/// Who mends it, until when, under which ticket.
fn arranged(item: &ReviewFinding, actions: DetailActions) -> Option<AnyView> {
    let triage = &item.triage;
    let overdue = triage.overdue(item.state, actions.now.day());
    let who = triage.assignee.as_ref().map(|assignee| format!("Given to {}", assignee.name));
    let due = triage.due.map(|due| format!("{} {due}", if overdue { "Overdue since" } else { "Due" }));
    let ticket = (!triage.ticket.is_empty()).then(|| {
        let name = triage.ticket.clone();
        match actions.team.with_value(|team| ticket_address(&team.ticket_url, &name)) {
            Some(href) => {
                view! { <a class="link nowrap" href=href rel="external noopener noreferrer" target="_blank">{name}{icon("arrow-up-right")}</a> }
                    .into_any()
            }
            None => view! { <span>{name}</span> }.into_any(),
        }
    });
    if who.is_none() && due.is_none() && ticket.is_none() {
        return None;
    }
    Some(
        view! {
            <p class="row row--wrap rev__arranged">
                {who.map(|who| view! { <span class="tag">{icon("members")}{who}</span> })}
                {due.map(|due| view! { <span class=if overdue { "tag tag--overdue" } else { "tag" }>{icon("history")}{due}</span> })}
                {ticket}
            </p>
        }
        .into_any(),
    )
}

/// A risk that somebody wants carried, for a second person to answer.
fn asked(finding: FindingId, waiver: &Waiver, actions: DetailActions) -> AnyView {
    let own = actions.team.with_value(|team| team.me == Some(waiver.asked_by.id));
    let may = actions.role >= Role::Editor;
    let answer = move |agree: bool, label: &'static str, class: &'static str| {
        view! {
            <ActionForm action=actions.triage.waive>
                <input type="hidden" name="finding" value=finding.to_string()/>
                <input type="hidden" name="agree" value=agree.to_string()/>
                <button class=class type="submit">{label}</button>
            </ActionForm>
        }
        .into_any()
    };
    let forms = match (may, own) {
        (false, _) => ().into_any(),
        (true, true) => view! {
            <span class="muted">"A risk of this severity takes a second person to agree."</span>
            {answer(false, "Take back", "btn btn--sm")}
        }
        .into_any(),
        (true, false) => view! {
            {answer(true, "Agree", "btn btn--sm btn--accept")}
            {answer(false, "Decline", "btn btn--sm")}
        }
        .into_any(),
    };
    view! {
        <div class="callout callout--medium rev__decided">
            {icon("history")}
            <div>
                <p>
                    <b>{format!("{} asks to carry this risk until {}", waiver.asked_by.name, waiver.until)}</b>
                    ": "
                    {waiver.reason.clone()}
                </p>
                <div class="row row--wrap">{forms}</div>
            </div>
        </div>
    }
    .into_any()
}

fn decisions(item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let id = item.id;
    match item.state {
        FindingState::Open => view! {
            {plain(id, FindingState::Accepted, "Accept", "btn btn--sm btn--accept", Some("resolve-finding"), actions)}
            {carry(item, actions)}
            {mistaken(id, actions)}
        }
        .into_any(),
        FindingState::Accepted => view! {
            {plain(id, FindingState::Open, "Reopen", "btn btn--sm", None, actions)}
            {carry(item, actions)}
        }
        .into_any(),
        _ => plain(id, FindingState::Open, "Reopen", "btn btn--sm", None, actions),
    }
}

fn plain(
    finding: FindingId,
    state: FindingState,
    label: &'static str,
    class: &'static str,
    id: Option<&'static str>,
    actions: DetailActions,
) -> AnyView {
    let mark = (state == FindingState::Accepted).then(|| icon("check"));
    view! {
        <ActionForm action=actions.triage.decide>
            {hidden(finding, state)}
            <button class=class type="submit" id=id>{mark}{label}</button>
        </ActionForm>
    }
    .into_any()
}

/// The form that carries a risk, or asks a second person to.
fn carry(item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let (id, two) = (item.id, needs_second(item.finding.severity));
    let [today, usual, last] = [0, USUAL_WAIVER, LONGEST_WAIVER].map(|days| actions.now.plus(days * DAY).day().to_string());
    let hint = if two { "For this severity a second editor or owner has to agree." } else { "It is open again on the day after." };
    view! {
        <details class="pop">
            <summary class="btn btn--sm">"Accept risk"{icon("chevron-down")}</summary>
            <div class="menu menu--form">
                <ActionForm action=actions.triage.decide attr:class="stack">
                    {hidden(id, FindingState::WontFix)}
                    <label class="field__label" for="carry-reason">"Why is the risk carried?"</label>
                    <textarea class="textarea" id="carry-reason" name="reason" required minlength="10" rows="3"></textarea>
                    <label class="field__label" for="carry-until">"Until"</label>
                    <input
                        class="input"
                        id="carry-until"
                        name="until"
                        type="date"
                        required
                        value=usual
                        min=today
                        max=last
                        aria-describedby="carry-hint"
                    />
                    <p class="field__hint" id="carry-hint">{hint}</p>
                    <button class="btn btn--primary btn--sm" type="submit">{if two { "Ask to accept the risk" } else { "Accept risk" }}</button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

fn mistaken(finding: FindingId, actions: DetailActions) -> AnyView {
    let options = Mistake::ALL.map(|mistake| view! { <option value=mistake.slug()>{mistake.name()}</option> });
    view! {
        <details class="pop">
            <summary class="btn btn--sm">"False positive"{icon("chevron-down")}</summary>
            <div class="menu menu--form">
                <ActionForm action=actions.triage.decide attr:class="stack">
                    {hidden(finding, FindingState::FalsePositive)}
                    <label class="field__label" for="mistake">"What is wrong?"</label>
                    <select class="select" id="mistake" name="mistake">{options.collect_view()}</select>
                    <label class="field__label" for="mistake-reason">"Reason"</label>
                    <textarea class="textarea" id="mistake-reason" name="reason" required minlength="10" rows="3"></textarea>
                    <button class="btn btn--primary btn--sm" type="submit">"False positive"</button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

/// The form for who mends it, until when, under which ticket.
fn arrangement(item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let triage = &item.triage;
    let chosen = triage.assignee.as_ref().map(|assignee| assignee.id);
    let members: Vec<AnyView> = actions.team.with_value(|team| {
        let one = |member: &Member| {
            view! { <option value=member.user.to_string() selected=chosen == Some(member.user)>{member.name.clone()}</option> }.into_any()
        };
        team.members.iter().map(one).collect()
    });
    let (id, ticket, due) = (item.id, triage.ticket.clone(), triage.due.map(|due| due.to_string()));
    view! {
        <details class="pop">
            <summary class="btn btn--sm">{icon("members")}"Assign"{icon("chevron-down")}</summary>
            <div class="menu menu--form">
                <ActionForm action=actions.triage.arrange attr:class="stack">
                    <input type="hidden" name="finding" value=id.to_string()/>
                    <label class="field__label" for="assignee">"Who mends it"</label>
                    <select class="select" id="assignee" name="arrangement[assignee]">
                        <option value="">"Nobody yet"</option>
                        {members}
                    </select>
                    <label class="field__label" for="due">"Until"</label>
                    <input class="input" id="due" name="arrangement[due]" type="date" value=due/>
                    <label class="field__label" for="ticket">"Ticket"</label>
                    <input
                        class="input"
                        id="ticket"
                        name="arrangement[ticket]"
                        maxlength=LONGEST_TICKET
                        placeholder="PAY-123"
                        autocomplete="off"
                        value=ticket
                    />
                    <button class="btn btn--primary btn--sm" type="submit">"Save"</button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

/// Whether it was of use; the health of the rule counts it.
fn usefulness(item: &ReviewFinding, actions: DetailActions) -> AnyView {
    let (id, readers) = (item.id, &item.triage.not_useful);
    let mine = actions.team.with_value(|team| readers.iter().any(|who| Some(who.id) == team.me));
    let label = if mine { "Useful after all" } else { "Not useful" };
    let names: Vec<&str> = readers.iter().map(|who| who.name.as_str()).collect();
    let words = (!names.is_empty()).then(|| view! { <span class="muted">{format!("Of no use to {}", names.join(", "))}</span> });
    view! {
        <ActionForm action=actions.triage.rate attr:class="rev__useful">
            <input type="hidden" name="finding" value=id.to_string()/>
            <input type="hidden" name="useful" value=mine.to_string()/>
            <button class="btn btn--sm btn--ghost" type="submit" title="How useful a rule is, its page says">{label}</button>
        </ActionForm>
        {words}
    }
    .into_any()
}

fn hidden(finding: FindingId, state: FindingState) -> AnyView {
    view! {
        <input type="hidden" name="finding" value=finding.to_string()/>
        <input type="hidden" name="state" value=state.slug()/>
    }
    .into_any()
}
