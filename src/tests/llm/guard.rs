//! The guard over real connections: what it keeps from being sent, and what it lets through again.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    domain::agent::conversation::{Block, TurnError},
    server::{
        llm::{
            resilience::Standing,
            scripted::{
                Script, Scripted,
                recorder::{Matching, Recorder, Tape},
            },
        },
        ports::ChatModel,
    },
    tests::llm::{
        bench::{Bench, request},
        server::{Server, Step, response, stream},
        spoken::{BOTH, golden, well},
    },
};

#[tokio::test]
async fn a_provider_that_fails_is_left_in_peace_and_found_well_again() {
    for protocol in BOTH {
        let mut scripts = vec![vec![Step::Write(response("500 No", &[], b""))]; 5];
        scripts.push(vec![Step::Write(stream(&well(protocol).bytes()))]);
        let server = Server::start(scripts).await;
        let bench = Bench::new(&server, protocol);
        assert!(matches!(bench.turn().await, Err(TurnError::Failed { .. })));
        assert!(matches!(bench.turn().await, Err(TurnError::Failed { .. })));
        assert_eq!(server.seen().len(), 5);
        assert!(matches!(bench.turn().await, Err(TurnError::BreakerOpen { retry_in_ms: 1..=30_000, .. })));
        assert_eq!(server.seen().len(), 5, "nothing is sent");
        assert!(matches!(bench.guard.standing("model-1"), Standing::Open { .. }));
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(30)).await;
        tokio::time::resume();
        assert_eq!(bench.guard.standing("model-1"), Standing::Probing);
        assert_eq!(bench.turn().await.unwrap().blocks, [Block::text("well")]);
        assert_eq!(bench.guard.standing("model-1"), Standing::Ready);
    }
}

#[tokio::test]
async fn refusals_and_wrong_keys_say_nothing_about_health() {
    for protocol in BOTH {
        let server = Server::saying(response("401 Unauthorized", &[], b"{\"error\": {\"message\": \"wrong key\"}}")).await;
        let bench = Bench::new(&server, protocol);
        for _ in 0..8 {
            assert!(matches!(bench.turn().await, Err(TurnError::Denied { .. })));
        }
        assert_eq!((server.seen().len(), bench.guard.standing("model-1")), (8, Standing::Ready));
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    for protocol in BOTH {
        // Ends with its length, so that the connection stays; a second connection would be answered with an error.
        let body = well(protocol).bytes();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {}\r\n\r\n", body.len());
        let server =
            Server::start(vec![vec![Step::Write([head.as_bytes(), &body].concat())], vec![Step::Write(response("404 No", &[], b""))]])
                .await;
        let bench = Bench::new(&server, protocol);
        bench.turn().await.unwrap();
        assert!(matches!(bench.turn().await, Err(TurnError::Rejected { .. })), "the script of the first connection has ended");
    }
}

#[tokio::test]
async fn what_was_recorded_is_played_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    for protocol in BOTH {
        let file = folder.path().join(format!("{protocol:?}.jsonl"));
        let (answer, turn) = golden(protocol);
        let server = Server::start(vec![vec![Step::Write(response("500 No", &[], b""))], vec![Step::Write(stream(&answer.bytes()))]]).await;
        let bench = Bench::new(&server, protocol);
        let recorder = Recorder::new(Arc::new(bench.run()), Arc::new(Tape::open(&file, Matching::Request).await.unwrap()));
        let stop = CancellationToken::new();
        assert_eq!(recorder.turn(&request(), &stop, &|_| {}).await.as_ref(), Ok(&turn));
        drop(server);
        let player = Scripted::new(Script::load(&file).unwrap());
        let told = std::sync::Mutex::new(String::new());
        let played = player
            .turn(&request(), &stop, &|progress| {
                if let crate::domain::agent::conversation::Progress::Text { text } = progress {
                    told.lock().unwrap().push_str(&text);
                }
            })
            .await;
        assert_eq!(played, Ok(turn));
        assert_eq!(told.into_inner().unwrap(), "Grüße aus Zürich 😀: \"ja\"\n");
        assert!(!std::fs::read_to_string(&file).unwrap().contains("canary"));
    }
}
