//! What people make of findings: they decide, carry a risk for a time, give one to somebody, talk about it, and say whether it was
//! of any use.

use crate::{
    api::triage::{Arrangement as Wanted, RuleLife},
    domain::{
        account::{Member, Role},
        id::{CommentId, FindingId, UserId},
        inbox::Waiting,
        moment::Day,
        review::{
            FindingState,
            finding::Finding,
            triage::{self, Health, LONGEST_TICKET, LONGEST_WAIVER, Mistake, USUAL_WAIVER, Waiver, Who},
        },
        talk::{Asked, LONGEST_QUESTION, named},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Access, Actor},
            reviews::{LONGEST_REASON, happening, rejudged},
            talks::{self, About},
        },
        store::{findings::Decision, triage::Arrangement},
    },
};

/// Rows of what waits for a person.
const WAITING: u32 = 50;
/// Findings of one rule that its page shows.
const SEEN: u32 = 12;

/// What a person decides about a finding.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    pub state: FindingState,
    pub reason: &'a str,
    /// The last day that a risk is carried, as an ISO date; the usual time without it.
    pub until: &'a str,
    pub mistake: Option<Mistake>,
}

impl<'a> Verdict<'a> {
    pub const fn new(state: FindingState, reason: &'a str) -> Self {
        Self { state, reason, until: "", mistake: None }
    }
}

/// Decides on a finding. A risk of high or critical severity is not carried at once: a second person has to agree, see
/// [`answer_waiver`].
///
/// # Errors
/// `Invalid` for a state that is concluded and not chosen, one that needs a reason and has none, or a day that can't be.
pub async fn set_state(app: &AppState, actor: &Actor, id: FindingId, verdict: Verdict<'_>) -> Result<(), ServiceError> {
    let access = access::finding(app, actor, id, Role::Editor).await?;
    let (state, reason) = (verdict.state, verdict.reason.trim());
    if !state.by_hand() {
        let problem = "Reviews conclude this state. Choose open, accepted, wont-fix or false-positive.";
        return Err(ServiceError::invalid("state", problem));
    }
    if state.needs_reason() && reason.is_empty() {
        return Err(ServiceError::invalid("reason", "Say why, so that the next reader need not ask."));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(ServiceError::invalid("reason", "Use at most 2000 characters."));
    }
    let (finding, before, _) = app.store.finding(id).await?.ok_or_else(|| ServiceError::not_found("The finding"))?;
    if matches!(before, FindingState::Fixed | FindingState::Obsolete) {
        return Err(ServiceError::conflict("The newest review has settled this finding. It opens again when it is found again."));
    }
    if state != FindingState::WontFix {
        let mistake = verdict.mistake.filter(|_| state == FindingState::FalsePositive);
        let decision = Decision { finding: id, state, reason, mistake, waiver: None };
        return decide(app, actor, &access, &finding, before, &decision).await;
    }
    let waiver = Waiver {
        reason: reason.to_owned(),
        until: last_day(app, verdict.until)?,
        asked_by: Who { id: actor.person.id, name: actor.person.name.clone() },
        asked_at: app.clock.now(),
    };
    if !triage::needs_second(finding.severity) || before == FindingState::WontFix {
        let decision = Decision { finding: id, state, reason, mistake: None, waiver: Some(&waiver) };
        return decide(app, actor, &access, &finding, before, &decision).await;
    }
    let page = page_of(app, &access, id).await?;
    let happening = happening(app, actor, &access.project, "asked to carry the risk of", (&finding.title, &page));
    Ok(app.store.ask_waiver(id, Some(&waiver), &happening).await?)
}

/// Agrees that a risk is carried, or not. Whoever asked for it may only take the question back.
///
/// # Errors
/// `Conflict` when nobody asks for it, when the day has passed, or for the one who asked.
pub async fn answer_waiver(app: &AppState, actor: &Actor, id: FindingId, agree: bool) -> Result<(), ServiceError> {
    let access = access::finding(app, actor, id, Role::Editor).await?;
    let (finding, before, waiver) = app.store.finding(id).await?.ok_or_else(|| ServiceError::not_found("The finding"))?;
    let Some(waiver) = waiver.filter(|_| before.counts()) else {
        return Err(ServiceError::conflict("Nobody asks to carry the risk of this finding any more."));
    };
    if !agree {
        let own = waiver.asked_by.id == actor.person.id;
        let what = if own { "no longer asks to carry the risk of" } else { "declined to carry the risk of" };
        let page = page_of(app, &access, id).await?;
        let happening = happening(app, actor, &access.project, what, (&finding.title, &page));
        return Ok(app.store.ask_waiver(id, None, &happening).await?);
    }
    if waiver.asked_by.id == actor.person.id {
        let problem = "A risk of this severity takes a second person. Ask another editor or owner of the project to agree.";
        return Err(ServiceError::conflict(problem));
    }
    if waiver.until < app.clock.now().day() {
        return Err(ServiceError::conflict(format!("It was asked until {}, which has passed. Ask again with a later day.", waiver.until)));
    }
    let decision = Decision { finding: id, state: FindingState::WontFix, reason: &waiver.reason, mistake: None, waiver: Some(&waiver) };
    decide(app, actor, &access, &finding, before, &decision).await
}

/// Says who mends a finding, until when, under which ticket; what is empty is nobody, no day, no ticket.
///
/// # Errors
/// `Invalid` for somebody who is no member, a day that is none, or a ticket that is too long.
pub async fn arrange(app: &AppState, actor: &Actor, id: FindingId, wanted: &Wanted) -> Result<(), ServiceError> {
    let access = access::finding(app, actor, id, Role::Editor).await?;
    let members = app.store.members(access.project.id).await?;
    let assignee = match wanted.assignee.trim() {
        "" => None,
        name => Some(member(&members, name).ok_or_else(|| {
            ServiceError::invalid("assignee", format!("`{name}` is no member of {}. Use an e-mail address of one.", access.project.name))
        })?),
    };
    let due = match wanted.due.trim() {
        "" => None,
        text => Some(Day::parse(text).ok_or_else(|| not_a_day("due", text))?),
    };
    let ticket = wanted.ticket.trim();
    if ticket.chars().count() > LONGEST_TICKET || ticket.chars().any(char::is_control) {
        return Err(ServiceError::invalid("ticket", format!("Use at most {LONGEST_TICKET} characters, such as PAY-123.")));
    }
    let (finding, _, _) = app.store.finding(id).await?.ok_or_else(|| ServiceError::not_found("The finding"))?;
    let what = match (assignee, due) {
        (Some(member), Some(due)) => format!("gave to {} until {due}:", member.name),
        (Some(member), None) => format!("gave to {}:", member.name),
        (None, Some(due)) => format!("wants mended until {due}:"),
        (None, None) => "gave to nobody:".to_owned(),
    };
    let page = page_of(app, &access, id).await?;
    let happening = happening(app, actor, &access.project, &what, (&finding.title, &page));
    let arranged = Arrangement { assignee: assignee.map(|member| member.user), due, ticket };
    Ok(app.store.arrange(id, arranged, &happening).await?)
}

/// Says that a finding was of no use, and why; or, without a reason, takes that back.
pub async fn rate(app: &AppState, actor: &Actor, id: FindingId, reason: Option<&str>) -> Result<(), ServiceError> {
    access::finding(app, actor, id, Role::Commenter).await?;
    let reason = reason.map(str::trim);
    if reason.is_some_and(|reason| reason.chars().count() > LONGEST_REASON) {
        return Err(ServiceError::invalid("reason", "Use at most 2000 characters."));
    }
    Ok(app.store.rate(id, actor.person.id, app.clock.now(), reason).await?)
}

/// Adds a remark to a finding. Members that it names with `@` find it on their home page, agents are asked; `seen` is the number
/// of the review that the author looks at. Answers what the agents were asked.
pub async fn comment(app: &AppState, actor: &Actor, id: FindingId, body: &str, seen: Option<u32>) -> Result<Vec<Asked>, ServiceError> {
    let access = access::finding(app, actor, id, Role::Commenter).await?;
    let body = body.trim();
    if body.is_empty() {
        return Err(ServiceError::invalid("body", "Write something first."));
    }
    if body.chars().count() > LONGEST_QUESTION || body.contains('\0') {
        return Err(ServiceError::invalid("body", "Use at most 10,000 characters."));
    }
    let (finding, _, _) = app.store.finding(id).await?.ok_or_else(|| ServiceError::not_found("The finding"))?;
    let members = app.store.members(access.project.id).await?;
    let called: Vec<UserId> = members
        .iter()
        .filter(|member| member.user != actor.person.id && !named(body, &handles(member)).is_empty())
        .map(|member| member.user)
        .collect();
    let page = page_of(app, &access, id).await?;
    let happening = happening(app, actor, &access.project, "commented on", (&finding.title, &page));
    let comment = CommentId::from_uuid(app.ids.uuid());
    app.store.add_comment(comment, id, body, &called, &happening).await?;
    talks::ask_mentioned(app, actor, &access.project, About { finding: id, comment, seen, title: &finding.title }, body).await
}

/// What waits for a person, newest first.
pub async fn waiting(app: &AppState, actor: &Actor) -> Result<Vec<Waiting>, ServiceError> {
    Ok(app.store.waiting(actor.person.id, WAITING).await?)
}

/// How each rule has fared on this server; rules that never spoke are left out.
pub async fn rule_health(app: &AppState, _: &Actor) -> Result<Vec<Health>, ServiceError> {
    Ok(app.store.rule_health().await?)
}

/// How one rule has fared, and where the actor's projects have what it finds.
pub async fn rule_life(app: &AppState, actor: &Actor, code: &str) -> Result<RuleLife, ServiceError> {
    let health = app.store.rule_health().await?.into_iter().find(|health| health.code == code);
    Ok(RuleLife { health, seen: app.store.open_of_rule(actor.person.id, code, SEEN).await? })
}

async fn decide(
    app: &AppState,
    actor: &Actor,
    access: &Access,
    finding: &Finding,
    before: FindingState,
    decision: &Decision<'_>,
) -> Result<(), ServiceError> {
    let newest = rejudged(app, access, decision.finding, decision.state).await?;
    let what = format!("moved from {} to {}", before.name().to_lowercase(), decision.state.name().to_lowercase());
    let page = page_of(app, access, decision.finding).await?;
    let happening = happening(app, actor, &access.project, &what, (&finding.title, &page));
    Ok(app.store.decide(decision, newest.as_ref(), &happening).await?)
}

/// The page that shows a finding in the newest review.
async fn page_of(app: &AppState, access: &Access, id: FindingId) -> Result<String, ServiceError> {
    let slug = &access.project.slug;
    let newest = app.store.newest_review(access.project.id).await?;
    Ok(newest.map_or_else(|| format!("/p/{slug}/reviews"), |review| format!("/p/{slug}/reviews/{}?finding={id}", review.number)))
}

/// What members are called in remarks: their whole name, or their address up to the sign.
fn handles(member: &Member) -> [String; 2] {
    let local = member.email.split('@').next().unwrap_or_default();
    [member.name.clone(), local.to_owned()]
}

/// A member by id, e-mail address or name.
fn member<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    let id = name.parse::<UserId>().ok();
    let by = |wanted: &dyn Fn(&Member) -> bool| members.iter().find(|member| wanted(member));
    by(&|member| Some(member.user) == id)
        .or_else(|| by(&|member| member.email.eq_ignore_ascii_case(name)))
        .or_else(|| by(&|member| member.name == name))
}

fn last_day(app: &AppState, text: &str) -> Result<Day, ServiceError> {
    let now = app.clock.now();
    let after = |days: i64| now.plus(days * crate::domain::moment::DAY).day();
    let text = text.trim();
    if text.is_empty() {
        return Ok(after(USUAL_WAIVER));
    }
    let until = Day::parse(text).ok_or_else(|| not_a_day("until", text))?;
    if until < now.day() {
        return Err(ServiceError::invalid("until", format!("{until} has passed. Choose a day to come.")));
    }
    if until > after(LONGEST_WAIVER) {
        let latest = after(LONGEST_WAIVER);
        return Err(ServiceError::invalid("until", format!("A risk is carried for {LONGEST_WAIVER} days at most, until {latest}.")));
    }
    Ok(until)
}

fn not_a_day(field: &'static str, text: &str) -> ServiceError {
    ServiceError::invalid(field, format!("`{text}` is no day. Write one as 2027-05-31."))
}
