//! Another project's imitation of providers, `@copilotkit/aimock`, where it is installed: its mistakes are not ours.
//!
//! `LINTEL_AIMOCK` is the path of its `llmock` (such as `node_modules/.bin/llmock` of a folder where it was installed). Without
//! it the test says that it did nothing, and passes: no build of Lintel needs Node.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use tokio::net::TcpStream;

use crate::{
    domain::agent::conversation::{Block, Message, Speaker, Stop, TurnError, TurnRequest},
    server::ports::ChatModel,
    tests::llm::{
        bench::{Bench, patient, request},
        spoken::BOTH,
    },
};

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn start(program: &PathBuf, fixtures: &std::path::Path) -> (Running, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--chunk-size", "3", "--fixtures"]).arg(fixtures);
    let running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (running, format!("http://127.0.0.1:{port}"))
}

fn asks(text: &str) -> TurnRequest {
    TurnRequest { messages: vec![Message { speaker: Speaker::User, blocks: vec![Block::text(text)] }], ..request() }
}

#[tokio::test]
async fn an_imitation_by_others_is_understood() {
    let Some(program) = std::env::var_os("LINTEL_AIMOCK").map(PathBuf::from) else {
        println!("skipped: LINTEL_AIMOCK does not name the llmock of @copilotkit/aimock");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let smileys = "Aß😀😀😀😀 end";
    let input = json!({"ids": ["E1", "Zürich 😀😀😀"], "depth": 3, "nothing": null});
    let fixtures = json!({"fixtures": [
        {"match": {"userMessage": "say"}, "response": {"content": smileys}},
        {"match": {"userMessage": "use"}, "response": {"toolCalls": [
            {"name": "model_get", "arguments": input.to_string()}, {"name": "graph_query", "arguments": "{}"},
        ]}},
        {"match": {"userMessage": "limit"}, "response": {"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429}},
        {"match": {"userMessage": "burst"}, "response": {"error": {"message": "busy", "type": "overloaded_error"}, "status": 529}},
        {"match": {"userMessage": "cut"}, "response": {"content": "abcdefghijkl"}, "truncateAfterChunks": 2},
    ]});
    std::fs::write(folder.path().join("fixtures.json"), fixtures.to_string()).unwrap();
    let (running, url) = start(&program, folder.path()).await;
    for protocol in BOTH {
        let base = if protocol == BOTH[1] { format!("{url}/v1") } else { url.clone() };
        let ask = async |text: &str| {
            let bench = Bench::at(&base, protocol, patient(), None);
            let turn = bench.run().turn(&asks(text), &bench.stop, &|_| {}).await;
            println!("{protocol:?} {text}: {turn:?}");
            turn
        };
        let said = ask("say").await.unwrap();
        assert_eq!((said.blocks, said.stop), (vec![Block::text(smileys)], Stop::End), "{protocol:?}");
        let called = ask("use").await.unwrap();
        let calls: Vec<_> = called
            .blocks
            .iter()
            .filter_map(|block| if let Block::Call { tool, input, .. } = block { Some((tool.as_str(), input.clone())) } else { None })
            .collect();
        assert_eq!(calls, [("model_get", input.clone()), ("graph_query", json!({}))], "{protocol:?}");
        assert_eq!(called.stop, Stop::Tools);
        let limited = ask("limit").await.unwrap_err();
        assert!(matches!(limited, TurnError::RateLimited { retry_after_ms: Some(1000), .. }), "{limited:?}");
        assert!(matches!(ask("burst").await, Err(TurnError::Overloaded { .. })));
        let cut = ask("cut").await.unwrap_err();
        // It may be cut before anything of it was sent.
        assert!(matches!(cut, TurnError::Broken { .. } | TurnError::Unreachable { .. }), "{cut:?}");
        assert!(matches!(ask("no such thing").await, Err(TurnError::Rejected { status: 404, .. })));
    }
    drop(running);
}
