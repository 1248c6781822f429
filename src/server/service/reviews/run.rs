//! A review on its way: freeze the texts, run the rules beside the async threads, let the agents work, compare, judge, keep.
//!
//! A review runs as a task of the server, not of the request. What the rules say is kept before any agent begins, and each
//! finding of an agent as it comes, so that the page shows it and a restart loses none of it.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{
        account::Role,
        agent::snapshot::Reported,
        id::{FindingId, ReviewId},
        project::Project,
        review::{
            Change, Completeness, Counts, FindingState, Review, ReviewStatus,
            agents::{AgentRun, RunStatus},
            diff::{self, Compared, Known},
            engine::{self, Outcome, Settings},
            finding::{Finding, Fingerprint},
            scope::Scope,
            triage,
        },
        syntax::Sources,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agent_runs::{
                self, Session,
                cast::{self, Member},
            },
            documents,
            jobs::News,
            reviews::{
                Order,
                agreed::{self, Agreed},
                baseline::knowing,
                frozen::{Read, freeze},
                happening, judged,
                scope::{self, Part},
            },
        },
        store::{
            findings::{Concluded, KnownFinding},
            reviews::Frozen,
        },
    },
};

/// A review that has begun.
pub(super) struct Launched {
    pub project: Project,
    pub review: Review,
    pub task: tokio::task::JoinHandle<()>,
    /// Agents take part, so it takes its time.
    pub long: bool,
}

/// Freezes the texts and begins.
pub(super) async fn launch(app: &AppState, actor: &Actor, slug: &str, order: Order<'_>) -> Result<Launched, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let mut cast = cast::assemble(app, &project, order.agents).await?;
    // Without a provider, agents that nobody asked for by name are simply not there; the page says what they would add.
    let out_of_money = |member: &Member| member.run.status == RunStatus::Budget;
    cast.retain(|member| member.model.is_some() || member.run.required || order.agents.is_some() || out_of_money(member));
    let mut texts = documents::texts(app, project.id).await?;
    let agreed = agreed::of(app, project.id).await?;
    if let Some(agreed) = agreed.as_ref().filter(|_| order.part.documents().is_none()) {
        let before = texts.len();
        agreed.retain(&mut texts);
        if texts.is_empty() && before > 0 {
            return Err(ServiceError::invalid("documents", "The `paths` of lintel.yaml leave no document to review. Change them."));
        }
    }
    let sources = documents::sources(app, project.id, &texts).await?;
    let all = texts.len();
    let frozen = freeze(texts, order.part.documents())?;
    let (scope, since) = match order.part {
        Part::Documents(_) if frozen.len() == all => (Scope::Project, None),
        part => scope::of(app, project.id, &frozen, &sources, part).await?,
    };
    let base = match since {
        Some(since) => Some(since),
        None => app.store.newest_review(project.id).await?.map(|base| base.number),
    };
    let review = Review {
        id: ReviewId::from_uuid(app.ids.uuid()),
        number: 0,
        status: ReviewStatus::Running,
        profile: agreed.as_ref().map_or(order.profile, |agreed| agreed.profile(order.profile)),
        scope,
        verdict: None,
        verdict_reason: String::new(),
        counts: Counts::default(),
        score: 0,
        base,
        documents: Vec::new(),
        completeness: Completeness::default(),
        ruleset: String::new(),
        gate: None,
        started_by: actor.person.name.clone(),
        started_at: app.clock.now(),
        finished_at: None,
    };
    let review = app.store.begin_review(project.id, actor.person.id, &review, &frozen).await?;
    let runs: Vec<AgentRun> = cast.iter().map(|member| member.run.clone()).collect();
    app.store.begin_runs(project.id, review.id, actor.person.id, &runs).await?;
    app.jobs.begin(review.id, review.number);
    let long = !cast.is_empty();
    let task = {
        let (app, actor, project, review) = (app.clone(), actor.clone(), project.clone(), review.clone());
        let span = tracing::info_span!("review", project = %project.slug, number = review.number);
        let work = Work { frozen, sources, agreed };
        tokio::spawn(tracing::Instrument::instrument(async move { run(&app, &actor, &project, review, work, cast).await }, span))
    };
    Ok(Launched { project, review, task, long })
}

/// What is reviewed.
struct Work {
    frozen: Vec<Frozen>,
    sources: Sources,
    agreed: Option<Agreed>,
}

/// Runs a review to its end, whatever that is; the store and those who follow it know it then.
async fn run(app: &AppState, actor: &Actor, project: &Project, review: Review, work: Work, cast: Vec<Member>) {
    let (id, number) = (review.id, review.number);
    let status = match conclude(app, actor, project, review, work, cast).await {
        Ok(true) => ReviewStatus::Finished,
        // Somebody stopped it, and whoever did has told so.
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%error, "review failed");
            let reason = "The review could not be finished; the server's log has the cause. Start another one.";
            if let Err(error) = app.store.end_review(id, ReviewStatus::Failed, reason, app.clock.now()).await {
                tracing::error!(%error, "a failed review could not be ended");
            }
            ReviewStatus::Failed
        }
    };
    app.jobs.end(id, number, status);
}

async fn conclude(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    review: Review,
    work: Work,
    cast: Vec<Member>,
) -> Result<bool, ServiceError> {
    app.jobs.step(review.id, format!("Reading {} documents and running the rules", work.frozen.len()));
    let known = app.store.known_findings(project.id).await?;
    let mut ledger =
        Ledger { number: review.number, written: known.iter().map(|known| (known.id, known.state)).collect(), ids: BTreeMap::new() };
    let reasons: BTreeMap<FindingId, (FindingState, String)> =
        known.iter().map(|known| (known.id, (known.state, known.reason.clone()))).collect();
    let today = review.started_at.day();
    let known: Arc<Vec<Known>> = Arc::new(
        known
            .into_iter()
            .map(|KnownFinding { id, finding, state, waived_until, first_seen, .. }| Known {
                id,
                finding,
                state: triage::standing(state, waived_until, today),
                first_seen,
            })
            .collect(),
    );
    let settings = Settings { profile: review.profile, today };
    let Work { frozen, sources, agreed } = work;
    let choices = agreed.as_ref().map(|agreed| agreed.settings.choices.clone()).unwrap_or_default();
    let (read, examined, sources) = app
        .jobs
        .heavy(move || {
            let read = Read::of(frozen, &sources);
            let examined = engine::review_with(&read.design(), &settings, &choices);
            (read, examined, sources)
        })
        .await?;
    let mut review = Review { completeness: examined.completeness.clone(), ruleset: examined.ruleset.clone(), ..review };
    if let Some(agreed) = &agreed {
        agreed.tell(&mut review.completeness);
        review.gate = Some(agreed.gate(&examined));
    }
    let rules = Rules { read: Arc::new(read), known, outcome: Arc::new(examined), scope: review.scope.clone() };
    let in_baseline = app.store.known_by_baseline(project.id).await?;
    let mut concluded = ledger.enter(app, rules.compare(app, Vec::new()).await?);
    if !cast.is_empty() {
        review = knowing(review, &in_baseline, concluded.iter().map(|one| (one.id, &one.finding)));
        review = judged(review, &states(&concluded));
        if !app.store.conclude_review(project.id, &Review { verdict: None, ..review.clone() }, &concluded, None).await? {
            return Ok(false);
        }
        app.jobs.step(review.id, "The rules are done; the agents read the design");
        let session = Session {
            app,
            actor,
            project,
            review: &review,
            read: &rules.read,
            sources: &sources,
            reported: reported(&concluded, &reasons),
        };
        let mut troupe = agent_runs::begin(&session, cast).await?;
        while let Some(findings) = troupe.next(&session).await? {
            let before = ledger.written.clone();
            let concluded = ledger.enter(app, rules.compare(app, findings).await?);
            app.store.conclude_review(project.id, &Review { verdict: None, ..review.clone() }, &concluded, None).await?;
            for new in concluded.iter().filter(|new| !before.contains_key(&new.id)) {
                let Some(source) = new.finding.agent() else { continue };
                let news = News::Finding {
                    agent: source.agent.clone(),
                    id: new.id,
                    severity: new.finding.severity,
                    title: new.finding.title.clone(),
                };
                app.jobs.news(review.id, news);
            }
        }
        let contribution = troupe.finish(&session).await?;
        review.completeness.agents_missing = agent_runs::missing(&contribution.runs);
        concluded = ledger.enter(app, rules.compare(app, contribution.findings).await?);
    }
    app.jobs.step(review.id, "Keeping the findings");
    let review = Review { status: ReviewStatus::Finished, finished_at: Some(app.clock.now()), ..review };
    let review = knowing(review, &in_baseline, concluded.iter().map(|one| (one.id, &one.finding)));
    let review = judged(review, &states(&concluded));
    let what = format!("finished review {} of", review.number);
    let page = format!("/p/{}/reviews/{}", project.slug, review.number);
    let happening = happening(app, actor, project, &what, (&project.name, &page));
    Ok(app.store.conclude_review(project.id, &review, &concluded, Some(&happening)).await?)
}

/// What the rules say, and what it is compared with.
struct Rules {
    read: Arc<Read>,
    known: Arc<Vec<Known>>,
    outcome: Arc<Outcome>,
    scope: Scope,
}

impl Rules {
    /// Compares the rules' findings, and the agents' with them, with what was known before the review.
    async fn compare(&self, app: &AppState, agents: Vec<Finding>) -> Result<Vec<Compared>, ServiceError> {
        let (read, known, outcome) = (Arc::clone(&self.read), Arc::clone(&self.known), Arc::clone(&self.outcome));
        let scope = self.scope.clone();
        app.jobs
            .heavy(move || {
                let mut outcome = Outcome::clone(&outcome);
                outcome.findings.extend(agents);
                let design = read.design();
                scope.restrict(diff::compare(&known, &outcome, &design), &known, &design)
            })
            .await
    }
}

/// Which finding has which identity, and what of it is written down already.
struct Ledger {
    number: u32,
    written: BTreeMap<FindingId, FindingState>,
    /// Of findings that are new in this review.
    ids: BTreeMap<Fingerprint, FindingId>,
}

impl Ledger {
    fn enter(&mut self, app: &AppState, compared: Vec<Compared>) -> Vec<Concluded> {
        let mut concluded = Vec::new();
        for Compared { existing, finding, state, change, first_seen, .. } in compared {
            let id = existing
                .unwrap_or_else(|| *self.ids.entry(finding.fingerprint.clone()).or_insert_with(|| FindingId::from_uuid(app.ids.uuid())));
            let before = self.written.get(&id).copied();
            concluded.push(Concluded { id, before, first_seen: first_seen.unwrap_or(self.number), finding, state, change });
        }
        for one in &concluded {
            self.written.insert(one.id, one.state);
        }
        concluded
    }
}

/// The severities and states that a verdict is made of.
fn states(concluded: &[Concluded]) -> Vec<(&Finding, FindingState, Change)> {
    concluded.iter().map(|one| (&one.finding, one.state, one.change)).collect()
}

/// What the agents are told is known: the rules' findings, and what was said before and still stands. `reasons` are people's
/// for the states before this review; one that the review has moved on no longer has its reason.
fn reported(concluded: &[Concluded], reasons: &BTreeMap<FindingId, (FindingState, String)>) -> Vec<Reported> {
    let stands = |one: &&Concluded| !matches!(one.change, Change::Fixed | Change::Obsolete);
    let reason = |one: &Concluded| {
        let said = reasons.get(&one.id).filter(|(state, _)| *state == one.state);
        said.map_or_else(String::new, |(_, reason)| reason.clone())
    };
    let reported = concluded.iter().filter(stands);
    reported.map(|one| Reported { finding: one.finding.clone(), state: one.state, reason: reason(one) }).collect()
}

/// Reviews that this server left running when it stopped: what the rules and agents had found by then is kept, with a word
/// about the rest. Says how many.
pub async fn end_left_running(app: &AppState) -> Result<u64, ServiceError> {
    for (mut run, of_review) in app.store.unfinished_runs().await? {
        run.status = RunStatus::Interrupted;
        let rest = if of_review {
            "What it had found by then is kept; start another review for the rest."
        } else {
            "The question is kept; ask again for an answer."
        };
        run.reason = format!("The server stopped while the agent was at work. {rest}");
        run.finished_at = Some(app.clock.now());
        app.store.save_run(&run, &[]).await?;
    }
    let left = app.store.running_reviews().await?;
    let count = left.len() as u64;
    for (project, review) in left {
        let runs = app.store.runs(review.id).await?;
        let id = review.id;
        if runs.is_empty() || review.ruleset.is_empty() {
            let reason = "The server stopped while the review ran. Start another one.";
            app.store.end_review(id, ReviewStatus::Failed, reason, app.clock.now()).await?;
            continue;
        }
        let findings = app.store.review_findings(id).await?;
        let mut review = Review { status: ReviewStatus::Finished, finished_at: Some(app.clock.now()), ..review };
        review.completeness.agents_missing = agent_runs::missing(&runs);
        let states: Vec<_> = findings.iter().map(|known| (&known.finding, known.state, known.change)).collect();
        app.store.replace_review(project, &judged(review, &states)).await?;
    }
    Ok(count)
}
