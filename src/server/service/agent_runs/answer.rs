//! One agent answers a person: about a finding with everything that was said about it, about a whole design, or with a draft of
//! one. The same loop
//! as in a review, with the same checks of what is suggested; what it says is a remark and decides nothing.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        agent::{
            prompt::{
                assignment::{Assignment, ConversationTask, DraftTask, Exchange},
                subject,
            },
            snapshot::Reported,
        },
        id::TalkId,
        project::Project,
        review::{ReviewFinding, ReviewedDocument, agents::AgentRun},
        syntax::Sources,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::Actor,
            agent_runs::{
                LANGUAGE, boundary,
                cast::Member,
                drive::{self, Report, Stage},
                freeze, revisions,
                suggestions::{self, Made},
            },
            reviews::frozen::Read,
        },
        store::talks::TextsOf,
    },
};

/// What an agent is asked, and what it reads.
pub(in crate::server::service) struct Question {
    pub talk: TalkId,
    pub project: Project,
    pub actor: Actor,
    pub texts: TextsOf,
    pub read: Arc<Read>,
    pub sources: Sources,
    pub documents: Vec<ReviewedDocument>,
    /// The findings of the review that is read.
    pub findings: Vec<ReviewFinding>,
    /// The finding that is asked about, with the discussion before the question.
    pub about: Option<ReviewFinding>,
    /// What was asked before in a talk about the design, oldest first.
    pub earlier: Vec<Exchange>,
    pub text: String,
    /// The text is a page of requirements, and a design is wanted for it.
    pub drafting: bool,
    pub stop: CancellationToken,
}

/// Takes the agent through its run. How it ended and the answer are kept then.
pub(in crate::server::service) async fn answer(app: &AppState, question: Question, member: Member) -> Result<AgentRun, ServiceError> {
    let Question { talk, project, actor, texts, read, sources, documents, findings, about, earlier, text, drafting, stop } = question;
    let reported: Vec<Reported> =
        findings.into_iter().map(|known| Reported { finding: known.finding, state: known.state, reason: known.state_reason }).collect();
    let snapshot = freeze(app, &read, &sources, &reported).await?;
    let today = app.clock.now().day();
    let (author, language, date) = (actor.person.name.clone(), LANGUAGE.to_owned(), today.to_string());
    let assignment = if drafting {
        Assignment::Draft(DraftTask { requirements: text, author, language, date })
    } else {
        let about = about.as_ref().map_or_else(String::new, |item| subject::finding(item, &snapshot));
        Assignment::Conversation(ConversationTask { about, earlier, author, question: text, language, date })
    };
    let stage = Stage {
        app: app.clone(),
        job: talk.into(),
        assignment,
        finding: about.map(|item| item.finding.fingerprint),
        initiator: actor.person.email.clone(),
        revisions: revisions(&documents),
        rendered: snapshot.render(),
        snapshot,
        boundary: boundary(app),
        panel: false,
        today,
        stop,
    };
    let (tell, mut told) = mpsc::unbounded_channel();
    let began = Arc::new(watch::Sender::new(false));
    let run = async {
        let (_, run) = drive::run(&stage, member, 0, &tell, &began).await;
        drop(tell);
        run
    };
    let keep = async {
        while let Some(report) = told.recv().await {
            // A talk reports nothing; what it suggests is kept as it comes.
            match report {
                Report::Findings { .. } => {}
                Report::Wrote { section, text } => app.store.write_brief(talk, section, &text).await?,
                Report::Suggested { run, agent, proposal, dry_run, finding } => {
                    let made = Made { run, agent: &agent, proposal: *proposal, dry_run: *dry_run, finding };
                    suggestions::keep(app, project.id, texts, &documents, made).await?;
                }
            }
        }
        Ok::<(), ServiceError>(())
    };
    let (run, kept) = tokio::join!(run, keep);
    kept.map(|()| run)
}
