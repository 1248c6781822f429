//! Agents at work on a review: each is asked a turn at a time, its claims are checked before anybody sees them, and what it
//! leaves behind is sealed.
//!
//! The loop itself is the domain's state machine; this moves the bytes. A run belongs to the server, not to the page that
//! started it. `cast.rs` says who takes part, `drive.rs` takes one agent through its run, `answer.rs` lets one answer a person,
//! `verify.rs` has a second look at what several found, and `suggestions.rs` keeps what they propose.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    domain::{
        agent::{
            panel,
            prompt::{
                assignment::{Assignment, ReviewTask},
                boundary::Boundary,
            },
            snapshot::{Reported, Snapshot, scope::Scope},
        },
        project::Project,
        review::{
            Review, ReviewedDocument,
            agents::{AgentRun, RunStatus},
            finding::Finding,
        },
        syntax::Sources,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::Actor,
            jobs::{Job, News},
            reviews::frozen::Read,
        },
        store::talks::TextsOf,
    },
};

pub mod answer;
pub mod cast;
mod drive;
pub mod purse;
pub mod suggestions;
mod verify;

use cast::Member;
use drive::{Report, Stage};
use suggestions::Made;

/// The language that agents write in.
const LANGUAGE: &str = "English";

/// What agents leave of a review.
pub(in crate::server::service) struct Contribution {
    /// Merged and ranked, the ones to show first.
    pub findings: Vec<Finding>,
    pub runs: Vec<AgentRun>,
}

/// Everything that the agents of one review share.
pub(in crate::server::service) struct Session<'a> {
    pub app: &'a AppState,
    pub actor: &'a Actor,
    pub project: &'a Project,
    pub review: &'a Review,
    pub read: &'a Arc<Read>,
    pub sources: &'a Sources,
    /// The rules' findings of this review with what people made of them, and the agents' of earlier ones.
    pub reported: Vec<Reported>,
}

/// Agents at work.
pub(in crate::server::service) struct Troupe {
    told: mpsc::UnboundedReceiver<Report>,
    tasks: JoinSet<(usize, AgentRun)>,
    findings: BTreeMap<usize, panel::Member>,
}

/// Lets the agents begin.
pub(in crate::server::service) async fn begin(session: &Session<'_>, cast: Vec<Member>) -> Result<Troupe, ServiceError> {
    let Session { app, review, .. } = session;
    let snapshot = freeze(app, session.read, session.sources, &session.reported).await?;
    let stage = Arc::new(Stage {
        app: (*app).clone(),
        job: review.id.into(),
        assignment: Assignment::Review(ReviewTask {
            scope: Vec::new(),
            focus: None,
            language: LANGUAGE.to_owned(),
            date: review.started_at.day().to_string(),
        }),
        finding: None,
        initiator: session.actor.person.email.clone(),
        revisions: revisions(&review.documents),
        rendered: snapshot.render(),
        snapshot,
        boundary: boundary(app),
        panel: cast.len() > 1,
        today: review.started_at.day(),
        stop: app.jobs.stop_of(review.id),
    });
    let (tell, told) = mpsc::unbounded_channel();
    // The first one writes what the provider keeps of the design; the others read it, if they wait until it is there.
    let (began, begun) = watch::channel(false);
    let began = Arc::new(began);
    let mut tasks = JoinSet::new();
    for (place, member) in cast.into_iter().enumerate() {
        let (stage, tell, mut begun, began) = (Arc::clone(&stage), tell.clone(), begun.clone(), Arc::clone(&began));
        tasks.spawn(async move {
            if place > 0 {
                let _ = begun.wait_for(|begun| *begun).await;
            }
            let ended = drive::run(&stage, member, place, &tell, &began).await;
            began.send_replace(true);
            ended
        });
    }
    Ok(Troupe { told, tasks, findings: BTreeMap::new() })
}

impl Troupe {
    /// Waits until the agents have found something more, and gives all they have found; none when all have ended.
    pub(in crate::server::service) async fn next(&mut self, session: &Session<'_>) -> Result<Option<Vec<Finding>>, ServiceError> {
        while let Some(report) = self.told.recv().await {
            match report {
                Report::Findings { place, agent, findings } => {
                    let grew = self.findings.get(&place).map_or(0, |member| member.findings.len()) < findings.len();
                    self.findings.insert(place, panel::Member { agent, findings });
                    if grew {
                        return Ok(Some(merged(&self.findings)));
                    }
                }
                // Only drafts write a brief.
                Report::Wrote { .. } => {}
                Report::Suggested { run, agent, proposal, dry_run, finding } => {
                    let made = Made { run, agent: &agent, proposal: *proposal, dry_run: *dry_run, finding };
                    let origin = TextsOf::Review(session.review.id);
                    suggestions::keep(session.app, session.project.id, origin, &session.review.documents, made).await?;
                }
            }
        }
        Ok(None)
    }

    /// What they leave, when all have ended.
    pub(in crate::server::service) async fn finish(mut self, session: &Session<'_>) -> Result<Contribution, ServiceError> {
        let mut runs = Vec::new();
        while let Some(ended) = self.tasks.join_next().await {
            runs.push(ended.map_err(|error| ServiceError::internal(format!("an agent's run ended early: {error}")))?);
        }
        runs.sort_by_key(|(place, _)| *place);
        let members: Vec<panel::Member> = self.findings.into_values().collect();
        let (findings, look) = verify::merged(session, &members).await?;
        Ok(Contribution { findings, runs: runs.into_iter().map(|(_, run)| run).chain(look).collect() })
    }
}

/// What all agents found so far, as one list; what is only alike stays apart until the second look.
fn merged(findings: &BTreeMap<usize, panel::Member>) -> Vec<Finding> {
    let members: Vec<panel::Member> = findings.values().cloned().collect();
    let panel::Merged { mut shown, folded } = panel::merge(&members, &BTreeSet::new());
    shown.extend(folded);
    shown
}

async fn freeze(app: &AppState, read: &Arc<Read>, sources: &Sources, reported: &[Reported]) -> Result<Arc<Snapshot>, ServiceError> {
    let (read, sources, reported) = (Arc::clone(read), sources.clone(), reported.to_vec());
    let snapshot = app.jobs.heavy(move || Snapshot::new(&read.design(), &sources, &reported, &Scope::Project));
    Ok(Arc::new(snapshot.await?))
}

/// A mark that nobody could have known.
fn boundary(app: &AppState) -> Boundary {
    Boundary::new(app.ids.secret().first_chunk::<8>().copied().unwrap_or_default())
}

fn revisions(documents: &[ReviewedDocument]) -> Vec<String> {
    documents.iter().map(|text| format!("{} revision {} {}", text.path, text.revision, text.sha256)).collect()
}

/// Tells the page how a run stands.
fn announce(app: &AppState, job: Job, run: &AgentRun, note: &str) {
    app.jobs.news(
        job,
        News::Agent {
            agent: run.agent.clone(),
            status: run.status,
            note: note.to_owned(),
            turns: run.turns,
            tokens: run.tokens(),
            cost: run.cost,
        },
    );
}

/// Agents that a review needs and that did not finish, with the reason.
pub fn missing(runs: &[AgentRun]) -> Vec<(String, String)> {
    runs.iter()
        .filter(|run| run.required && run.status != RunStatus::Done)
        .map(|run| (run.agent.clone(), if run.reason.is_empty() { run.status.name().to_lowercase() } else { run.reason.clone() }))
        .collect()
}
