//! The second look at what a panel found, once its members are done: small questions to a cheap model, kept as a run of its own
//! with what it cost and why findings became one.

use std::{collections::BTreeSet, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        agent::{
            audit::{Began, Entry, Record, Trail, hash_of},
            panel::{self, Pair},
            prompt::boundary::Boundary,
            turn::{Ending, Event, Mode, Setup, budget::Budget},
            verifier::{self, Answer, Question},
        },
        id::RunId,
        review::{
            agents::{AgentRun, RunStatus},
            check::counted,
            finding::Finding,
        },
    },
    server::{
        error::ServiceError,
        ports::ChatModel,
        service::agent_runs::{Session, announce, boundary, purse},
    },
};

/// What agents' files call a model that answers small questions well.
const CHEAP: &str = "haiku";
/// At most so many pairs are asked about, each twice.
const PAIRS: usize = 12;
/// No answer of one word takes longer.
const LONGEST: Duration = Duration::from_secs(20);

/// The questions of one review.
struct Look<'a> {
    session: &'a Session<'a>,
    model: &'a dyn ChatModel,
    boundary: Boundary,
    stop: CancellationToken,
    /// What may be spent, in millionths of a dollar.
    money: Option<u64>,
    run: AgentRun,
    trail: Trail,
    records: Vec<Record>,
    /// Nothing more is asked: it was stopped, the model fails, or the money is spent.
    over: bool,
}

/// Merges what the members found, after a second look where a model for it can be had.
pub(super) async fn merged(session: &Session<'_>, members: &[panel::Member]) -> Result<(Vec<Finding>, Option<AgentRun>), ServiceError> {
    let unseen = |same: &BTreeSet<Pair>| {
        let panel::Merged { mut shown, folded } = panel::merge(members, same);
        shown.extend(folded);
        shown
    };
    let app = session.app;
    let stop = app.jobs.stop_of(session.review.id);
    let external = app.store.external_models(session.project.id).await?;
    let model = app.models.model(session.project.id, Some(CHEAP), external).map(|chosen| chosen.model);
    let something = members.iter().any(|member| !member.findings.is_empty());
    let (true, Ok(model), false) = (members.len() > 1 && something, model, stop.is_cancelled()) else {
        return Ok((unseen(&BTreeSet::new()), None));
    };
    let hold = if model.info().capabilities.price.is_some() {
        let (allowance, holds) = purse::take(app, session.project.id, 1).await?;
        let hold = holds.into_iter().next();
        if allowance.cap.is_some() && hold.is_none() {
            return Ok((unseen(&BTreeSet::new()), None));
        }
        hold
    } else {
        None
    };
    let money = hold.as_ref().map(|hold| hold.amount);
    let mut run = AgentRun::new(RunId::from_uuid(app.ids.uuid()), verifier::NAME.to_owned(), String::new(), false, app.clock.now());
    run.provider.clone_from(&model.info().provider);
    run.model.clone_from(&model.info().model);
    run.status = RunStatus::Running;
    run.cost = model.info().capabilities.price.map(|_| 0);
    app.store.begin_runs(session.project.id, session.review.id, session.actor.person.id, std::slice::from_ref(&run)).await?;
    announce(app, session.review.id.into(), &run, "");
    let trail = Trail::new(run.id.to_string());
    let mut look =
        Look { session, model: model.as_ref(), boundary: boundary(app), stop, money, run, trail, records: Vec::new(), over: false };
    let same = look.pairs(members).await;
    let panel::Merged { mut shown, folded } = panel::merge(members, &same);
    for finding in &mut shown {
        let answer = look.ask(Question::Supported(finding)).await;
        verifier::founded(finding, answer);
    }
    shown.extend(folded);
    let run = look.end(same.len()).await?;
    drop(hold);
    Ok((shown, Some(run)))
}

impl Look<'_> {
    /// The candidates that are one: yes, whichever is named first.
    async fn pairs(&mut self, members: &[panel::Member]) -> BTreeSet<Pair> {
        let mut same = BTreeSet::new();
        for (pair, (left, right)) in panel::candidates(members).into_iter().take(PAIRS) {
            let one = self.ask(Question::Same(&left, &right)).await == Answer::Yes
                && self.ask(Question::Same(&right, &left)).await == Answer::Yes;
            let findings = vec![pair.0.0.clone(), pair.1.0.clone()];
            let (into, reason) = if one {
                (Some(pair.0.0.clone()), "a second look says twice that they are one")
            } else {
                (None, "a second look does not say twice that they are one")
            };
            self.record(&Entry::Merged { findings, into, reason: reason.to_owned() });
            if one {
                same.insert(pair);
            }
        }
        same
    }

    /// One question; open when it can't be asked any more.
    async fn ask(&mut self, question: Question<'_>) -> Answer {
        let out_of_money = self.money.is_some_and(|money| self.run.cost.unwrap_or_default() >= money);
        if self.over || out_of_money || self.stop.is_cancelled() {
            self.over = true;
            return Answer::Open;
        }
        let info = self.model.info();
        let request = verifier::request(&info.model, question, &self.boundary);
        if self.records.is_empty() {
            self.begin(&request);
        }
        self.record(&Entry::Asked { model: request.model.clone(), hash: hash_of(&request) });
        let answered = tokio::time::timeout(LONGEST, self.model.turn(&request, &self.stop, &|_| {})).await;
        self.run.turns = self.run.turns.saturating_add(1);
        match answered {
            Ok(Ok(turn)) => {
                self.run.usage = self.run.usage.plus(turn.usage);
                self.run.cost = self.run.cost.zip(info.capabilities.price).map(|(cost, price)| cost.saturating_add(price.of(turn.usage)));
                let answer = verifier::read(&turn);
                self.record(&Entry::Happened { event: Event::Turned(turn) });
                answer
            }
            Ok(Err(error)) => {
                self.over = true;
                self.run.end(&Ending::Failed { error: error.clone() }, Mode::Review);
                self.record(&Entry::Happened { event: Event::Failed(error) });
                Answer::Open
            }
            Err(_) => Answer::Open,
        }
    }

    fn begin(&mut self, request: &crate::domain::agent::conversation::TurnRequest) {
        let info = self.model.info();
        let setup = Setup {
            request: request.clone(),
            provider: info.provider.clone(),
            permitted: BTreeSet::new(),
            boundary: self.boundary.clone(),
            mode: Mode::Conversation,
            budget: Budget { money: self.money, ..Budget::default() },
            capabilities: info.capabilities,
            fallback: None,
        };
        let began =
            Began { initiator: self.session.actor.person.email.clone(), agent: verifier::NAME.to_owned(), ..Began::of(&setup, false) };
        self.record(&Entry::Began(Box::new(began)));
    }

    fn record(&mut self, entry: &Entry) {
        match self.trail.add(self.session.app.clock.now(), entry) {
            Ok(record) => self.records.push(record),
            Err(error) => tracing::error!(%error, "a record of a second look could not be written down"),
        }
    }

    async fn end(mut self, same: usize) -> Result<AgentRun, ServiceError> {
        if self.run.status == RunStatus::Running {
            self.run.status = if self.stop.is_cancelled() { RunStatus::Cancelled } else { RunStatus::Done };
            self.run.summary = format!("Asked {}; {} became one.", counted(self.run.turns as usize, "question"), counted(same, "pair"));
        }
        self.run.finished_at = Some(self.session.app.clock.now());
        self.session.app.store.save_run(&self.run, &self.records).await?;
        announce(self.session.app, self.session.review.id.into(), &self.run, &self.run.reason);
        Ok(self.run)
    }
}
