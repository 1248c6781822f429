//! A model before a server: short limits, no waits between tries, and everything that is told kept.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    domain::{
        agent::conversation::{Block, Capabilities, Message, Progress, Protocol, Speaker, ToolOffer, Turn, TurnError, TurnRequest},
        id::ProjectId,
        moment::Moment,
    },
    server::{
        llm::{
            client::{Client, Timeouts},
            endpoint::{AllowList, Endpoint, Key},
            resilience::{
                Guard, Guarded,
                bulkhead::{Bounds, Bulkhead},
            },
        },
        ports::{ChatModel, Clock, IdSource, ModelInfo},
    },
    tests::llm::server::Server,
};

/// Never in anything that is shown.
pub(crate) const CANARY: &str = "sk-canary-5f0c9d1e7a";

struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        // Sun, 06 Nov 1994 08:49:37 GMT
        Moment(784_111_777_000)
    }
}

/// Makes every wait of our own choice as short as it can be.
struct Least;

impl IdSource for Least {
    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }

    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

/// Long enough for a slow machine, short enough for tests that wait for one of them. `first`, `idle` and `stall` are far
/// longer than anything the servers of these tests take when all is well.
pub(crate) fn patient() -> Timeouts {
    let seconds = Duration::from_secs;
    Timeouts { connect: seconds(20), headers: seconds(20), first: seconds(20), idle: seconds(20), stall: seconds(20) }
}

pub(crate) struct Bench {
    line: Arc<Client>,
    pub(crate) guard: Arc<Guard>,
    info: ModelInfo,
    pub(crate) told: Arc<Mutex<Vec<Progress>>>,
    pub(crate) stop: CancellationToken,
}

pub(crate) fn request() -> TurnRequest {
    TurnRequest {
        model: "model-1".to_owned(),
        system: vec![Block::text("You review designs.")],
        tools: vec![ToolOffer {
            name: "model_get".to_owned(),
            description: "Reads.".to_owned(),
            schema: serde_json::json!({"type": "object"}),
        }],
        messages: vec![Message { speaker: Speaker::User, blocks: vec![Block::text("Begin.")] }],
        answer_tokens: 500,
    }
}

impl Bench {
    pub(crate) fn new(server: &Server, protocol: Protocol) -> Self {
        Self::with(server, protocol, patient(), None)
    }

    pub(crate) fn with(server: &Server, protocol: Protocol, timeouts: Timeouts, proxy: Option<&str>) -> Self {
        let base = if protocol == Protocol::OpenAi { format!("{}/v1", server.url()) } else { server.url() };
        Self::at(&base, protocol, timeouts, proxy)
    }

    pub(crate) fn at(base: &str, protocol: Protocol, timeouts: Timeouts, proxy: Option<&str>) -> Self {
        let host = base.trim_start_matches("http://").split('/').next().unwrap();
        let url = AllowList::read(&format!("http://{host}")).unwrap().check(base).unwrap();
        let key = Key::new(CANARY, &url);
        let line = Client::new(Endpoint::new(url, key), protocol, timeouts, proxy, Arc::new(Still)).unwrap();
        let capabilities =
            Capabilities { tools: true, strict_tools: false, keeps: true, late_system: false, context: 200_000, answer: 1000, price: None };
        let info = ModelInfo { provider: "Acme".to_owned(), protocol, model: "model-1".to_owned(), capabilities };
        let guard = Arc::new(Guard::new(Bulkhead::new(Bounds::default()), Arc::new(Least)));
        Self { line: Arc::new(line), guard, info, told: Arc::default(), stop: CancellationToken::new() }
    }

    /// A model for a run.
    pub(crate) fn run(&self) -> Guarded {
        Guarded::new(self.info.clone(), Arc::clone(&self.line) as _, Arc::clone(&self.guard), ProjectId::from_uuid(Uuid::nil()))
    }

    pub(crate) async fn turn(&self) -> Result<Turn, TurnError> {
        let told = Arc::clone(&self.told);
        self.run().turn(&request(), &self.stop, &move |progress| told.lock().unwrap().push(progress)).await
    }

    /// The text that was shown, as a reader has it in the end.
    pub(crate) fn shown(&self) -> String {
        let told = self.told.lock().unwrap();
        told.iter().fold(String::new(), |shown, progress| match progress {
            Progress::Text { text } => shown + text,
            Progress::Restarted { .. } => String::new(),
            _ => shown,
        })
    }

    pub(crate) fn restarts(&self) -> usize {
        self.told.lock().unwrap().iter().filter(|progress| matches!(progress, Progress::Restarted { .. })).count()
    }
}

/// The outcome of asking a server that says the same to everybody, and how often it was asked.
pub(crate) async fn outcome(protocol: Protocol, bytes: Vec<u8>) -> (Result<Turn, TurnError>, usize) {
    let server = Server::saying(bytes).await;
    let outcome = Bench::new(&server, protocol).turn().await;
    (outcome, server.seen().len())
}
