//! One agent's run, from the first request to its end: in a review, or to answer a person.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        agent::{
            audit::{
                Began, Entry, Grounding, Record, Trail,
                replay::{entry_of_event, entry_of_step},
            },
            conversation::{Block, Progress, TurnError, TurnRequest},
            grounding::Author,
            prompt::{Composition, RolePlace, assignment::Assignment, boundary::Boundary, compose},
            proposal::{DryRun, Proposal},
            snapshot::Snapshot,
            tools::{self, Effect, Rejection, Workbench},
            turn::{
                Ending, Event, Fallback, Mode, Run, Setup, Step,
                budget::{Budget, Limit},
            },
            untrusted::{answer, plain::harmless},
        },
        brief::Section,
        id::{CommentId, RunId},
        moment::Day,
        review::{
            agents::{AgentQuestion, AgentRun, RunStatus, Unverified},
            finding::{Finding, Fingerprint, Grounding as Checked},
            patterns,
        },
    },
    server::{
        boot::AppState,
        llm::fault::milliseconds,
        ports::{ChatModel, ModelInfo},
        service::{
            agent_runs::{announce, cast::Member},
            jobs::{Job, News},
        },
    },
};

/// The most tokens of one answer, where the model takes so many.
const ANSWER: u32 = 8000;
/// What a model says is told in pieces of about this many bytes.
const PIECE: usize = 160;

/// What the agents of one review share, or what the one that answers reads.
pub(super) struct Stage {
    pub app: AppState,
    pub job: Job,
    pub assignment: Assignment,
    /// The finding that a talk is about.
    pub finding: Option<Fingerprint>,
    pub initiator: String,
    pub revisions: Vec<String>,
    pub snapshot: Arc<Snapshot>,
    pub rendered: String,
    pub boundary: Boundary,
    pub panel: bool,
    pub today: Day,
    pub stop: CancellationToken,
}

/// What a run tells while it goes on.
pub(super) enum Report {
    /// All findings of the agent at this place that hold so far.
    Findings {
        place: usize,
        agent: String,
        findings: Vec<Finding>,
    },
    /// A section of the design brief.
    Wrote {
        section: Section,
        text: String,
    },
    Suggested {
        run: RunId,
        agent: String,
        proposal: Box<Proposal>,
        dry_run: Box<DryRun>,
        finding: Option<Fingerprint>,
    },
}

/// What is under way.
struct Drive<'a> {
    stage: &'a Stage,
    place: usize,
    run: AgentRun,
    bench: Workbench,
    trail: Trail,
    /// Records that are not kept yet.
    fresh: Vec<Record>,
    tell: &'a mpsc::UnboundedSender<Report>,
    /// What it said to people since it last looked something up.
    said: Vec<String>,
    called: bool,
}

/// The models of one run.
#[derive(Clone, Copy)]
struct Models<'a> {
    first: &'a dyn ChatModel,
    fallback: Option<&'a dyn ChatModel>,
}

impl<'a> Models<'a> {
    /// The one that a request is for.
    fn of(self, name: &str) -> &'a dyn ChatModel {
        self.fallback.filter(|model| model.info().model == name && self.first.info().model != name).unwrap_or(self.first)
    }
}

/// Takes an agent through its run, and gives it back as it ended.
pub(super) async fn run(
    stage: &Stage,
    member: Member,
    place: usize,
    tell: &mpsc::UnboundedSender<Report>,
    began: &Arc<watch::Sender<bool>>,
) -> (usize, AgentRun) {
    let Member { persona, run, mut allowed, model, fallback, money } = member;
    let Some(model) = model else {
        announce(&stage.app, stage.job, &run, &run.reason);
        return (place, run);
    };
    let mode = stage.assignment.mode();
    let permitted = match &stage.assignment {
        Assignment::Review(_) => persona.permitted(),
        Assignment::Conversation(_) => persona.permitted_in_talk(),
        Assignment::Draft(_) => persona.permitted_in_draft(),
    };
    allowed.retain(|tool| permitted.contains(*tool));
    let author = Author { agent: run.agent.clone(), file_sha256: run.file.clone(), model: run.model.clone(), run: run.id.to_string() };
    let bench = Workbench::new(tools::Setup {
        snapshot: Arc::clone(&stage.snapshot),
        author,
        allowed,
        addresses: Vec::new(),
        patterns: patterns::texts(),
        today: stage.today,
    });
    let budget = if matches!(stage.assignment, Assignment::Draft(_)) { Budget::drafting() } else { Budget::default() };
    // Set aside until the run has ended and is stored.
    let budget = Budget { money: money.as_ref().map(|hold| hold.amount), ..budget };
    let info = model.info();
    let request = compose(&Composition {
        model: &info.model,
        tools: &tools::offers(),
        snapshot: &stage.rendered,
        boundary: &stage.boundary,
        persona: &persona,
        place: RolePlace::best(stage.panel, info.capabilities.late_system),
        fold_code: true,
        assignment: &stage.assignment,
        budget: &budget,
        answer_tokens: ANSWER.min(info.capabilities.answer),
    });
    let setup = Setup {
        request,
        provider: info.provider.clone(),
        permitted,
        boundary: stage.boundary.clone(),
        mode,
        budget,
        capabilities: info.capabilities,
        fallback: fallback
            .as_ref()
            .map(|model| model.info())
            .map(|info| Fallback { model: info.model.clone(), capabilities: info.capabilities }),
    };
    let trail = Trail::new(run.id.to_string());
    let mut drive = Drive { stage, place, run, bench, trail, fresh: Vec::new(), tell, said: Vec::new(), called: false };
    drive.begin(&setup).await;
    match Run::begin(setup) {
        Ok((machine, steps)) => drive.go(machine, steps, Models { first: model.as_ref(), fallback: fallback.as_deref() }, began).await,
        Err(too_large) => {
            drive.run.status = if too_large.which == Limit::Money { RunStatus::Budget } else { RunStatus::Failed };
            drive.run.reason = format!("It was not asked: {too_large}. {}", too_large.advice);
        }
    }
    drive.end().await
}

impl Drive<'_> {
    async fn begin(&mut self, setup: &Setup) {
        let began = Began {
            initiator: self.stage.initiator.clone(),
            revisions: self.stage.revisions.clone(),
            agent: self.run.agent.clone(),
            agent_sha256: self.run.file.clone(),
            ..Began::of(setup, true)
        };
        self.record(&Entry::Began(Box::new(began)));
        self.run.status = RunStatus::Running;
        self.keep().await;
        let note = self.run.note.clone().unwrap_or_default();
        announce(&self.stage.app, self.stage.job, &self.run, &note);
    }

    async fn go(&mut self, mut machine: Run, steps: Vec<Step>, models: Models<'_>, began: &Arc<watch::Sender<bool>>) {
        let start = Instant::now();
        let mut steering = self.stage.app.jobs.steering_of(self.stage.job);
        self.record_steps(&steps);
        let mut queue: VecDeque<Step> = steps.into();
        while let Some(step) = queue.pop_front() {
            match step {
                Step::Ask(request) => {
                    if std::mem::take(&mut self.called) {
                        self.said.clear();
                    }
                    let asked = Instant::now();
                    let model = models.of(&request.model);
                    self.asks(model.info());
                    let answer = self.turn(model, &request, Duration::from_millis(machine.time_left()), began).await;
                    let took = milliseconds(asked.elapsed());
                    let mut events = vec![Event::Elapsed(milliseconds(start.elapsed()))];
                    events.extend(said(steering.as_mut()));
                    match answer {
                        Some(Ok(turn)) => {
                            self.called = turn.blocks.iter().any(|block| matches!(block, Block::Call { .. }));
                            events.push(Event::Turned(turn));
                        }
                        Some(Err(TurnError::Cancelled)) => events.push(Event::Stop),
                        Some(Err(error)) => events.push(Event::Failed(error)),
                        // The wall was reached; the clock has said so.
                        None => {}
                    }
                    for event in events {
                        queue.extend(self.happened(&mut machine, event, took));
                    }
                    self.keep().await;
                }
                Step::Call { id, tool, input } => {
                    let called = Instant::now();
                    let answer = self.bench.answer(&tool, &input);
                    self.effect(answer.effect);
                    let event = Event::Answered { id, text: answer.text, failed: answer.failed, finished: answer.finished };
                    queue.extend(self.happened(&mut machine, event, milliseconds(called.elapsed())));
                    if self.stage.stop.is_cancelled() {
                        queue.extend(self.happened(&mut machine, Event::Stop, 0));
                    }
                }
                // It was told while it came.
                Step::Say(text) => self.said.push(text),
                Step::Note(note) => announce(&self.stage.app, self.stage.job, &self.run, &note),
                Step::Done(outcome) => {
                    self.run.end(&outcome.ending, self.stage.assignment.mode());
                    (self.run.turns, self.run.calls) = (outcome.turns, outcome.calls);
                    (self.run.usage, self.run.cost, self.run.elapsed_ms) = (outcome.usage, outcome.cost, outcome.elapsed_ms);
                    if matches!(outcome.ending, Ending::Failed { .. }) {
                        tracing::warn!(agent = %self.run.agent, reason = %self.run.reason, "an agent's run failed");
                    }
                    return;
                }
            }
        }
        // The machine always ends with its last step; if it ever did not, the page must not wait for ever.
        self.run.status = RunStatus::Failed;
        "The run ended without a word. The server's log has more.".clone_into(&mut self.run.reason);
    }

    /// Findings from now on are this model's, and people are told when it is another one than was chosen.
    fn asks(&mut self, info: &ModelInfo) {
        if self.run.model == info.model {
            return;
        }
        let note = format!("{} refused; {} was asked instead.", self.run.model, info.model);
        self.run.note = Some(self.run.note.take().map_or_else(|| note.clone(), |before| format!("{before} {note}")));
        self.run.model.clone_from(&info.model);
        self.bench.answers_now(&info.model);
    }

    fn happened(&mut self, machine: &mut Run, event: Event, took: u64) -> Vec<Step> {
        self.record(&entry_of_event(&event, true, took));
        let steps = machine.handle(event);
        self.record_steps(&steps);
        let spent = machine.spent();
        (self.run.turns, self.run.calls, self.run.usage, self.run.cost) = (spent.turns, spent.calls, spent.usage, Some(spent.money));
        steps
    }

    fn record_steps(&mut self, steps: &[Step]) {
        for entry in steps.iter().filter_map(entry_of_step) {
            self.record(&entry);
        }
    }

    /// One turn; none when the time was up first.
    async fn turn(
        &self,
        model: &dyn ChatModel,
        request: &TurnRequest,
        left: Duration,
        began: &Arc<watch::Sender<bool>>,
    ) -> Option<Result<crate::domain::agent::conversation::Turn, TurnError>> {
        let (jobs, job, agent) = (self.stage.app.jobs.clone(), self.stage.job, self.run.agent.clone());
        let waiting = std::sync::Mutex::new(String::new());
        let flush = |text: &mut String| {
            if !text.is_empty() {
                jobs.news(job, News::Said { agent: agent.clone(), text: harmless(&std::mem::take(text)) });
            }
        };
        let progress = |progress: Progress| {
            let mut text = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match progress {
                Progress::Started { .. } => {
                    began.send_replace(true);
                }
                Progress::Text { text: more } => {
                    began.send_replace(true);
                    text.push_str(&more);
                    // Whole words only: half an address does not look like one.
                    if text.len() >= PIECE
                        && let Some(end) = text.rfind(char::is_whitespace)
                    {
                        let rest = text.split_off(end);
                        flush(&mut text);
                        *text = rest;
                    }
                }
                Progress::Calling { tool } => {
                    flush(&mut text);
                    jobs.news(job, News::Step { doing: format!("{agent} uses {}", harmless(&tool)) });
                }
                Progress::Restarted { because, .. } => {
                    text.clear();
                    jobs.news(job, News::Restarted { agent: agent.clone(), because });
                }
                Progress::Waiting { because, .. } => jobs.news(job, News::Step { doing: format!("{agent}: {because}") }),
            }
        };
        let answer = tokio::time::timeout(left, model.turn(request, &self.stage.stop, &progress)).await.ok();
        flush(&mut waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        answer
    }

    fn effect(&mut self, effect: Option<Effect>) {
        match effect {
            None | Some(Effect::Asked(_)) => {}
            Some(Effect::Found { finding, .. }) => {
                let (grounding, reasons) = match &finding.grounding {
                    Checked::Verified => (Grounding::Verified, Vec::new()),
                    Checked::Partial { reasons } => (Grounding::Partial, reasons.clone()),
                    Checked::Rejected { reasons } => (Grounding::Rejected, reasons.clone()),
                };
                self.raw(&*finding, grounding, reasons);
                self.tell_findings();
            }
            Some(Effect::Retracted { .. }) => self.tell_findings(),
            Some(Effect::Rejected(rejection)) => {
                let reasons = rejection.failures.iter().map(ToString::to_string).collect();
                // The call itself is on record; this says which claim it was.
                let claim = serde_json::json!({"title": rejection.claim.title, "message": rejection.claim.message});
                self.raw(&claim, Grounding::Rejected, reasons);
            }
            Some(Effect::Suggested { proposal, dry_run, .. }) => {
                let named = proposal.finding.as_ref();
                let finding =
                    self.bench.findings().iter().find(|(name, _)| Some(name) == named).map(|(_, found)| found.fingerprint.clone());
                let finding = finding.or_else(|| self.stage.finding.clone());
                let (run, agent) = (self.run.id, self.run.agent.clone());
                let _ = self.tell.send(Report::Suggested { run, agent, proposal, dry_run, finding });
            }
            Some(Effect::Wrote { section, text }) => {
                let _ = self.tell.send(Report::Wrote { section, text });
            }
            Some(Effect::Finished(conclusion)) => {
                conclusion.recommendation.slug().clone_into(&mut self.run.recommendation);
                self.run.summary.clone_from(&conclusion.summary);
                let coverage = conclusion.coverage.iter().map(|(topic, coverage)| (topic.clone(), coverage.slug().to_owned()));
                self.run.coverage = coverage.collect();
            }
        }
    }

    fn tell_findings(&self) {
        let findings = self.bench.findings().iter().map(|(_, finding)| finding.clone()).collect();
        let _ = self.tell.send(Report::Findings { place: self.place, agent: self.run.agent.clone(), findings });
    }

    fn raw(&mut self, raw: &impl serde::Serialize, grounding: Grounding, reasons: Vec<String>) {
        let raw = serde_json::to_value(raw).unwrap_or_default();
        self.record(&Entry::Finding { raw, grounding, reasons });
    }

    fn record(&mut self, entry: &Entry) {
        match self.trail.add(self.stage.app.clock.now(), entry) {
            Ok(record) => self.fresh.push(record),
            Err(error) => tracing::error!(%error, "a record of a run could not be written down"),
        }
    }

    /// Keeps how the run stands and what it left behind since the last time. A run goes on without; its end tells.
    async fn keep(&mut self) {
        self.take_stock();
        match self.stage.app.store.save_run(&self.run, &self.fresh).await {
            Ok(()) => self.fresh.clear(),
            Err(error) => tracing::error!(%error, "an agent's run could not be kept"),
        }
    }

    fn take_stock(&mut self) {
        let questions = self.bench.questions().iter().map(|question| AgentQuestion {
            question: question.text.clone(),
            subjects: question.about.iter().flat_map(|anchor| self.stage.snapshot.names_of(anchor)).collect(),
            why: question.why.clone(),
        });
        self.run.questions = questions.collect();
        self.run.unverified = self.bench.rejected().iter().map(unverified).collect();
    }

    /// Keeps the end of a run that answers, with the answer as people may see it.
    async fn answer(&mut self) {
        let said = self.said.join("\n\n");
        let said = if said.trim().is_empty() { &self.run.summary } else { &said };
        let shown = answer::shown(said, &self.stage.snapshot);
        let complete = matches!(self.run.status, RunStatus::Done | RunStatus::Budget);
        if !complete || shown.text.is_empty() {
            if self.run.status == RunStatus::Done {
                self.run.status = RunStatus::Failed;
                "It ended without an answer. The question is kept; ask again, or ask another agent.".clone_into(&mut self.run.reason);
            }
            return self.keep().await;
        }
        self.take_stock();
        self.run.unverified.extend(shown.unknown.into_iter().map(|name| Unverified {
            title: name,
            message: "The answer speaks of it.".to_owned(),
            reasons: vec!["nothing in this design has that name".to_owned()],
        }));
        let app = &self.stage.app;
        let remark = CommentId::from_uuid(app.ids.uuid());
        if let Err(error) = app.store.answer(&self.run, &self.fresh, &shown.text, remark, app.clock.now()).await {
            tracing::error!(%error, "an agent's answer could not be kept");
            self.run.status = RunStatus::Failed;
            "The answer could not be kept; the server's log has the cause. Ask again.".clone_into(&mut self.run.reason);
        }
    }

    async fn end(mut self) -> (usize, AgentRun) {
        self.run.finished_at = Some(self.stage.app.clock.now());
        match self.stage.assignment.mode() {
            Mode::Review => self.keep().await,
            Mode::Conversation => self.answer().await,
        }
        announce(&self.stage.app, self.stage.job, &self.run, &self.run.reason);
        (self.place, self.run)
    }
}

/// A claim as people may look at it; the record of the run has it to the letter.
fn unverified(rejection: &Rejection) -> Unverified {
    Unverified {
        title: harmless(&rejection.claim.title),
        message: harmless(&rejection.claim.message),
        reasons: rejection.failures.iter().map(|failure| harmless(&failure.to_string())).collect(),
    }
}

/// What people have said since the last look.
fn said(steering: Option<&mut broadcast::Receiver<(String, String)>>) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(steering) = steering {
        loop {
            match steering.try_recv() {
                Ok((author, text)) => events.push(Event::Steer { author, text }),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
    }
    events
}
