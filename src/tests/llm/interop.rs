//! Another project's imitation of providers, `@copilotkit/aimock`, where it is installed: its mistakes are not ours.
//!
//! It is found beside the end-to-end tests after `npm --prefix end2end install --no-save @copilotkit/aimock`, or where
//! `LINTEL_AIMOCK` says that its `llmock` is. Without it the tests say that they did nothing, and pass: no build of Lintel needs
//! Node.

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
        reviews,
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

/// The program, where it is installed.
#[expect(clippy::print_stdout, reason = "says why a test did nothing")]
fn installed() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("end2end/node_modules/.bin/llmock");
    let program = std::env::var_os("LINTEL_AIMOCK").map(PathBuf::from).or_else(|| beside.exists().then_some(beside));
    if program.is_none() {
        println!("skipped: @copilotkit/aimock is not installed in end2end, and LINTEL_AIMOCK does not name its llmock");
    }
    program
}

#[tokio::test]
async fn a_whole_review_runs_on_an_imitation_by_others() {
    let Some(program) = installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let call = |name: &str, input: &serde_json::Value| json!({"toolCalls": [{"name": name, "arguments": input.to_string()}]});
    let finish = json!({"recommendation": "approve-with-findings", "coverage": [], "summary": "Zürich 😀 is fine."});
    let fixtures = json!({"fixtures": [
        {"match": {"hasToolResult": false, "turnIndex": 0}, "response": call("report_finding", &reviews::nobody_answers())},
        {"match": {"hasToolResult": true}, "response": call("finish", &finish)},
    ]});
    std::fs::write(folder.path().join("fixtures.json"), fixtures.to_string()).unwrap();
    let (running, url) = start(&program, folder.path()).await;
    for protocol in BOTH {
        let (app, ada, token) = reviews::program(protocol, &url, &[]).await;
        let review = reviews::review(&app, &ada, &token, "shop").await;
        let run = &review["runs"][0];
        assert_eq!((run["status"].as_str(), run["turns"].as_u64()), (Some("done"), Some(2)), "{protocol:?}: {run:#}");
        assert_eq!(run["summary"], "Zürich 😀 is fine.");
        let findings = review["findings"].as_array().unwrap().iter();
        assert_eq!(findings.filter(|known| known["finding"]["source"]["type"] == "agent").count(), 1, "{protocol:?}: {review:#}");
    }
    drop(running);
}

#[tokio::test]
async fn an_imitation_by_others_is_understood() {
    let Some(program) = installed() else { return };
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
