//! Reviews: what people see of them and do with them. `run.rs` takes one through its life, `scope.rs` says what of a project it
//! judges, `frozen.rs` keeps its texts, `baseline.rs` marks one as known, `opening.rs` lets the rules run while people type.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    api::reviews::{FrozenText, ReviewList, ReviewPage},
    domain::{
        account::Role,
        agent::audit,
        id::{FindingId, ReviewId, RunId},
        project::Project,
        review::{
            Change, FindingState, Profile, Review, ReviewFinding, ReviewStatus,
            agents::AgentRun,
            cause::{self, DesignChange, DocumentChange},
            finding::Finding,
            gate, policy,
            report::{self, Base, Report},
            sarif::{self, Claim, LetBe, Sarif},
            suggestion::{ChangePicture, Suggested},
        },
        syntax::Sources,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Access, Actor},
            agent_runs::{cast, suggestions},
            jobs::LAST_EVENT,
            talks,
        },
        store::{activity::Happening, reviews::Frozen, talks::TextsOf},
    },
};

mod agreed;
pub mod baseline;
pub mod frozen;
pub mod opening;
pub mod run;
pub mod scope;

use frozen::{Read, frozen_sources};
use run::Launched;
use scope::Part;

/// How long a page waits for a review it started before it shows it running.
const SHORT: Duration = Duration::from_millis(1500);
pub(in crate::server::service) const LONGEST_REASON: usize = 2000;
/// Reviews that a trend looks back on.
const TREND: u32 = 24;

/// A project's reviews, newest first.
pub async fn list(app: &AppState, actor: &Actor, slug: &str) -> Result<ReviewList, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let reviews = app.store.reviews(project.id).await?;
    let trend = app.store.trend(project.id, TREND).await?;
    let baseline = app.store.baseline(project.id).await?;
    Ok(ReviewList { now: app.clock.now(), project, reviews, trend, baseline })
}

/// Everything a review's page shows; `open` is the finding that the reader looks at.
pub async fn page(app: &AppState, actor: &Actor, slug: &str, number: u32, open: Option<FindingId>) -> Result<ReviewPage, ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    if let Some(open) = open {
        app.store.see_mentions(actor.person.id, open, app.clock.now()).await?;
    }
    // Whoever may decide or write is told to whom a finding can be given.
    let members = if project.role >= Role::Commenter { app.store.members(project.id).await? } else { Vec::new() };
    let frozen = app.store.frozen_texts(review.id).await?;
    let all = app.store.reviews(project.id).await?;
    let finished = all.iter().rev().filter(|other| other.status == ReviewStatus::Finished && other.number <= number);
    let sources = frozen_sources(app, &project, &frozen).await?;
    let (base, findings) = (base_of(&review, &all), app.store.review_findings(review.id).await?);
    let (changes, causes) = match &base {
        None => (Vec::new(), BTreeMap::new()),
        Some(base) => {
            let (before, now) = (app.store.frozen_texts(base.id).await?, frozen.clone());
            let (findings, sources) = (findings.clone(), sources.clone());
            app.jobs.heavy(move || differences(&findings, before, now, &sources)).await?
        }
    };
    let (runs, suggestions) = agents_of(app, review.id).await?;
    let pictures = pictures(app, &suggestions, &frozen, &sources).await?;
    let texts = frozen.into_iter().map(|frozen| FrozenText { reviewed: frozen.reviewed, kind: frozen.kind, text: frozen.text }).collect();
    let agents = cast::choices(app, project.id).await?;
    let provider = talks::may_ask(app, project.id).await?;
    Ok(ReviewPage {
        asked: app.store.questions_about(review.id).await?,
        baseline: app.store.baseline(project.id).await?,
        runs,
        suggestions,
        pictures,
        agents,
        provider,
        now: app.clock.now(),
        scores: finished.map(|review| (review.number, review.score)).collect(),
        base,
        findings,
        changes,
        causes,
        texts,
        sources,
        members,
        project,
        review,
    })
}

/// What suggestions would change in diagrams, drawn on the texts that they were made on.
pub(in crate::server::service) async fn pictures(
    app: &AppState,
    suggestions: &[Suggested],
    frozen: &[Frozen],
    sources: &Sources,
) -> Result<Vec<ChangePicture>, ServiceError> {
    if !suggestions.iter().any(|suggested| suggested.proposal.suggestion.draws()) {
        return Ok(Vec::new());
    }
    let texts: Vec<_> = frozen.iter().map(|frozen| (frozen.reviewed.path.clone(), frozen.text.clone())).collect();
    let (suggestions, sources, today) = (suggestions.to_vec(), sources.clone(), app.clock.now().day());
    app.jobs.heavy(move || suggestions::pictures(&suggestions, &texts, &sources, today)).await
}

/// One review with the one it is compared with and its findings.
pub async fn get(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    number: u32,
) -> Result<(Review, Option<Review>, Vec<ReviewFinding>), ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    let base = base_of(&review, &app.store.reviews(project.id).await?);
    let findings = app.store.review_findings(review.id).await?;
    Ok((review, base, findings))
}

/// The state of one review.
pub async fn state(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<Review, ServiceError> {
    Ok(one(app, actor, slug, number).await?.1)
}

/// All findings of a project, oldest first.
pub async fn findings(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<ReviewFinding>, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    Ok(app.store.findings(project.id).await?)
}

/// What is to be reviewed, and by whom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Order<'a> {
    pub part: Part<'a>,
    pub profile: Profile,
    /// Agents by name; without them those that the project always asks.
    pub agents: Option<&'a [String]>,
}

/// Starts a review and waits a moment for its end so that the next page has something to show. Answers the review as it is
/// then.
pub async fn start(app: &AppState, actor: &Actor, slug: &str, order: Order<'_>) -> Result<Review, ServiceError> {
    let Launched { project, review, task, long } = run::launch(app, actor, slug, order).await?;
    if long || tokio::time::timeout(SHORT, task).await.is_err() {
        return Ok(review);
    }
    Ok(app.store.review(project.id, review.number).await?.unwrap_or(review))
}

/// Starts a review and answers at once.
///
/// # Errors
/// `Invalid` when a document is not the project's, an agent is not there, or there is nothing to review.
pub async fn begin(app: &AppState, actor: &Actor, slug: &str, order: Order<'_>) -> Result<Review, ServiceError> {
    Ok(run::launch(app, actor, slug, order).await?.review)
}

/// Runs a review of the whole project to its end.
pub(in crate::server::service) async fn run_now(app: &AppState, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
    let launched = run::launch(app, actor, slug, Order::default()).await?;
    launched.task.await.map_err(|error| ServiceError::internal(format!("the review ended early: {error}")))
}

/// Stops a running review; one that has ended stays as it is.
pub async fn cancel(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<Review, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    if review.status == ReviewStatus::Running && !app.store.runs(review.id).await?.is_empty() {
        // What the rules and agents have found is kept; the agents end as stopped.
        app.jobs.stop_of(review.id).cancel();
        if let Some(mut running) = app.jobs.follow(review.id) {
            let over = running.wait_for(|events| events.last().is_some_and(|event| event.id == LAST_EVENT));
            let _ = tokio::time::timeout(SHORT, over).await;
        }
        return Ok(app.store.review(project.id, number).await?.unwrap_or(review));
    }
    let reason = format!("{} stopped it.", actor.person.name);
    if app.store.end_review(review.id, ReviewStatus::Cancelled, &reason, app.clock.now()).await? {
        app.jobs.end(review.id, number, ReviewStatus::Cancelled);
    }
    Ok(app.store.review(project.id, number).await?.unwrap_or(review))
}

/// Says something to the agents of a running review.
///
/// # Errors
/// `Conflict` when no agent is at work on it.
pub async fn steer(app: &AppState, actor: &Actor, slug: &str, number: u32, text: &str) -> Result<(), ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(ServiceError::invalid("text", "Write something first."));
    }
    if text.chars().count() > LONGEST_REASON {
        return Err(ServiceError::invalid("text", "Use at most 2000 characters."));
    }
    if !app.jobs.steer(review.id, &actor.person.name, text) {
        return Err(ServiceError::conflict("No agent is at work on this review. Start another one to ask again."));
    }
    app.jobs.step(review.id, format!("{} says to the agents: {text}", actor.person.name));
    Ok(())
}

/// What agents did in a review, and what they suggest.
pub async fn agents_of(app: &AppState, review: ReviewId) -> Result<(Vec<AgentRun>, Vec<Suggested>), ServiceError> {
    Ok((app.store.runs(review).await?, app.store.suggestions(TextsOf::Review(review)).await?))
}

/// The sealed records of a run, one a line.
///
/// # Errors
/// `Internal` when a seal is broken: then somebody changed the database by hand, and the log says where.
pub async fn records(app: &AppState, actor: &Actor, slug: &str, run: RunId) -> Result<String, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let (records, head) = app.store.run_records(project.id, run).await?.ok_or_else(|| ServiceError::not_found("The run"))?;
    audit::verify(&records, Some(&head).filter(|head| !head.is_empty()).map(String::as_str))
        .map_err(|broken| ServiceError::internal(format!("run {run}: {broken}")))?;
    audit::to_jsonl(&records).map_err(|error| ServiceError::internal(error.to_string()))
}

/// The newest finished review as it is judged once a finding has another state; none when it does not show the finding.
pub(in crate::server::service) async fn rejudged(
    app: &AppState,
    access: &Access,
    id: FindingId,
    state: FindingState,
) -> Result<Option<Review>, ServiceError> {
    let Some(review) = app.store.newest_review(access.project.id).await? else { return Ok(None) };
    let findings = app.store.review_findings(review.id).await?;
    if findings.iter().all(|known| known.id != id) {
        return Ok(None);
    }
    let states = findings.iter().map(|known| (&known.finding, if known.id == id { state } else { known.state }, known.change));
    Ok(Some(judged(review, &states.collect::<Vec<_>>())))
}

/// The review with its judgement, and its gate where the project has one. What an agent says counts only once a person has
/// accepted it.
fn judged(review: Review, findings: &[(&Finding, FindingState, Change)]) -> Review {
    let counting = findings.iter().filter(|(finding, state, _)| finding.decides() || *state == FindingState::Accepted);
    let states: Vec<_> = counting.map(|(finding, state, _)| (finding.severity, *state)).collect();
    let judgement = policy::judge(&states, &review.completeness);
    let incomplete = gate::incomplete(&review.completeness, judgement.verdict, &judgement.reason);
    Review {
        gate: review.gate.map(|gate| gate.judged(findings, incomplete)),
        verdict: Some(judgement.verdict),
        verdict_reason: judgement.reason,
        counts: judgement.counts,
        score: judgement.score,
        ..review
    }
}

/// A review as markdown. The same review gives the same bytes, wherever it is asked for.
pub async fn markdown(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<String, ServiceError> {
    let Whole { project, review, base, findings, frozen, before, sources } = whole(app, actor, slug, number).await?;
    app.jobs
        .heavy(move || {
            let (read, before) = (Read::of(frozen, &sources), before.map(|texts| Read::of(texts, &sources)));
            report::markdown(&Report {
                project: &project.name,
                review: &review,
                base: base.as_ref().map(Base::review),
                findings: &findings,
                causes: before.map(|before| because(&findings, &before, &read)).unwrap_or_default(),
                diagrams: read.diagrams.iter().map(|(frozen, parsed)| (frozen.reviewed.path.as_str(), parsed)).collect(),
                decisions: read.decisions.iter().map(|(frozen, record)| (frozen.reviewed.path.as_str(), record)).collect(),
            })
        })
        .await
}

/// A review as SARIF 2.1.0. The same review gives the same bytes. Findings that are gone are left out: code scanning would
/// show them as open.
pub async fn sarif(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<String, ServiceError> {
    let Whole { review, base, findings, frozen, before, sources, .. } = whole(app, actor, slug, number).await?;
    let (agents, _) = agents_of(app, review.id).await?;
    let site = app.config.base_url.clone();
    app.jobs
        .heavy(move || {
            let (read, before) = (Read::of(frozen, &sources), before.map(|texts| Read::of(texts, &sources)));
            let mut causes = before.map(|before| because(&findings, &before, &read)).unwrap_or_default();
            let there = findings.iter().filter(|known| !matches!(known.change, Change::Fixed | Change::Obsolete));
            let mut claims: Vec<Claim<'_>> = there
                .map(|known| Claim {
                    finding: &known.finding,
                    state: known.state,
                    change: base.as_ref().map(|_| known.change),
                    let_be: known.state.needs_reason().then(|| LetBe { in_text: false, reason: known.state_reason.clone(), until: None }),
                    because: causes.remove(&known.id).unwrap_or_default(),
                })
                .collect();
            let withheld: Vec<(Finding, LetBe)> = review.completeness.suppressed.iter().filter_map(sarif::withheld).collect();
            claims.extend(withheld.iter().map(|(finding, let_be)| Claim {
                change: base.as_ref().map(|_| Change::Unchanged),
                let_be: Some(let_be.clone()),
                ..Claim::open(finding)
            }));
            sarif::text(&Sarif {
                version: env!("CARGO_PKG_VERSION"),
                now: &read.design(),
                base: None,
                claims,
                completeness: &review.completeness,
                choices: None,
                settings: None,
                gate: review.gate.as_ref().map(|gate| &gate.result),
                agents: &agents,
                site: site.as_deref(),
                shown: &str::to_owned,
            })
        })
        .await
}

/// Everything that an export of a review is made from.
struct Whole {
    project: Project,
    review: Review,
    base: Option<Review>,
    findings: Vec<ReviewFinding>,
    frozen: Vec<Frozen>,
    /// The texts of the base.
    before: Option<Vec<Frozen>>,
    sources: Sources,
}

async fn whole(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<Whole, ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    if review.status == ReviewStatus::Running {
        return Err(ServiceError::conflict(format!("Review {number} is still running. Ask again when it has finished.")));
    }
    let base = base_of(&review, &app.store.reviews(project.id).await?);
    let findings = app.store.review_findings(review.id).await?;
    let frozen = app.store.frozen_texts(review.id).await?;
    let before = match &base {
        Some(base) => Some(app.store.frozen_texts(base.id).await?),
        None => None,
    };
    let sources = frozen_sources(app, &project, &frozen).await?;
    Ok(Whole { project, review, base, findings, frozen, before, sources })
}

/// What changed between two reviews, and which change explains what is new or gone.
fn differences(
    findings: &[ReviewFinding],
    before: Vec<Frozen>,
    now: Vec<Frozen>,
    sources: &Sources,
) -> (Vec<DocumentChange>, BTreeMap<FindingId, String>) {
    let (before, now) = (Read::of(before, sources), Read::of(now, sources));
    let causes = because(findings, &before, &now);
    let (before, now) = (before.design(), now.design());
    (DesignChange::between(&before, &now).told(&before, &now), causes)
}

/// Which change explains what is new or gone.
fn because(findings: &[ReviewFinding], before: &Read, now: &Read) -> BTreeMap<FindingId, String> {
    let (before, now) = (before.design(), now.design());
    let change = DesignChange::between(&before, &now);
    let moved = findings.iter().filter(|known| !matches!(known.change, Change::Unchanged | Change::NotEvaluated));
    let phrases = moved.map(|known| (known.id, cause::phrase(&cause::causes(&known.finding, &change, &before, &now))));
    phrases.filter(|(_, phrase)| !phrase.is_empty()).collect()
}

async fn one(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<(Project, Review), ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    Ok((project, review))
}

fn base_of(review: &Review, all: &[Review]) -> Option<Review> {
    review.base.and_then(|number| all.iter().find(|other| other.number == number)).cloned()
}

pub(in crate::server::service) fn happening<'a>(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    what: &'a str,
    subject: (&'a str, &'a str),
) -> Happening<'a> {
    Happening { project: project.id, user: actor.person.id, at: app.clock.now(), what, subject: Some(subject) }
}
