//! Writes down what a model says, in the format that is played.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use tokio::{fs::File, io::AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::agent::conversation::{Block, Progress, Turn, TurnError, TurnRequest},
    server::{
        llm::scripted::{Call, Opaque, Said, ScriptedTurn, TextBlock, When, digest},
        ports::{ChatModel, ModelInfo},
    },
};

/// Which requests a recorded turn answers when it is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// The next one, whatever it says. For one run, whose prompts may have changed since.
    Order,
    /// The same one only. For several runs at once, and for proving that a run would ask the same again.
    Request,
}

/// A model that is listened to. A recording that can't be written is logged and never costs an answer.
pub struct Recorder {
    model: Arc<dyn ChatModel>,
    tape: Arc<Tape>,
}

/// A file that recorders append to, several at once if need be.
pub struct Tape {
    file: tokio::sync::Mutex<File>,
    matching: Matching,
}

impl Tape {
    /// Begins a file, or goes on with one that is there. What models answered is in it: it is readable for its owner only.
    pub async fn open(path: &Path, matching: Matching) -> std::io::Result<Self> {
        let file = tokio::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).await?;
        Ok(Self { file: tokio::sync::Mutex::new(file), matching })
    }

    async fn write(&self, turn: &ScriptedTurn) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(turn)?;
        line.push(b'\n');
        let mut file = self.file.lock().await;
        file.write_all(&line).await?;
        file.flush().await
    }
}

impl Recorder {
    pub fn new(model: Arc<dyn ChatModel>, tape: Arc<Tape>) -> Self {
        Self { model, tape }
    }
}

impl ChatModel for Recorder {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn turn<'a>(
        &'a self,
        request: &'a TurnRequest,
        stop: &'a CancellationToken,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, TurnError>> {
        Box::pin(async move {
            let pieces = Mutex::new(Vec::new());
            let listening = |told: Progress| {
                let mut pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner);
                match &told {
                    Progress::Text { text } => pieces.push(text.clone()),
                    Progress::Restarted { .. } => pieces.clear(),
                    Progress::Started { .. } | Progress::Calling { .. } | Progress::Waiting { .. } => {}
                }
                drop(pieces);
                progress(told);
            };
            let outcome = self.model.turn(request, stop, &listening).await;
            let pieces = pieces.into_inner().unwrap_or_else(PoisonError::into_inner);
            // A run that was stopped says nothing about the model.
            if !matches!(outcome, Err(TurnError::Cancelled)) {
                let when = match self.tape.matching {
                    Matching::Order => When::default(),
                    Matching::Request => When { request: Some(digest(request)), ..When::default() },
                };
                if let Err(error) = self.tape.write(&recorded(&outcome, pieces, when)).await {
                    tracing::warn!(%error, "a model's answer could not be recorded");
                }
            }
            outcome
        })
    }
}

fn recorded(outcome: &Result<Turn, TurnError>, pieces: Vec<String>, when: When) -> ScriptedTurn {
    let turn = match outcome {
        Err(error) => {
            let say = pieces.into_iter().map(Said::Piece).collect();
            return ScriptedTurn { when, say, error: Some(error.clone()), ..ScriptedTurn::default() };
        }
        Ok(turn) => turn,
    };
    let mut pieces = pieces.into_iter().peekable();
    let mut say = Vec::new();
    let mut after_text = false;
    for block in &turn.blocks {
        match block {
            Block::Text { text, .. } => {
                let mut rest = text.as_str();
                let mut spoken = Vec::new();
                while let Some(tail) = pieces.peek().and_then(|piece| rest.strip_prefix(piece.as_str())).filter(|_| !rest.is_empty()) {
                    rest = tail;
                    spoken.extend(pieces.next());
                }
                if rest.is_empty() && !after_text && !text.is_empty() {
                    say.extend(spoken.into_iter().map(Said::Piece));
                } else {
                    // Its pieces were not told as such, or the block before would run into it.
                    say.push(Said::Text(TextBlock { text: text.clone() }));
                }
            }
            Block::Call { id, tool, input } => {
                say.push(Said::Call(Call { call: tool.clone(), id: Some(id.clone()), input: input.clone() }));
            }
            Block::Opaque { protocol, value } => say.push(Said::Opaque(Opaque { opaque: value.clone(), protocol: *protocol })),
            // Models don't answer tools.
            Block::Answer { .. } => {}
        }
        after_text = matches!(block, Block::Text { .. });
    }
    ScriptedTurn {
        when,
        say,
        stop: Some(turn.stop.clone()),
        usage: turn.usage,
        served_by: turn.served_by.clone(),
        request_id: turn.request_id.clone(),
        ..ScriptedTurn::default()
    }
}
