//! Stopping a run lets go of its connection at once, wherever it is.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    domain::agent::conversation::{Progress, TurnError},
    tests::llm::{
        bench::Bench,
        server::{Server, Step, response, stream},
        spoken::{Answer, BOTH},
    },
};

/// Long enough for any machine; only a stop that never comes takes it.
const EVER: Duration = Duration::from_secs(20);

#[tokio::test]
async fn before_anything_came() {
    for protocol in BOTH {
        let server = Server::start(vec![vec![Step::Hang]]).await;
        let bench = Bench::new(&server, protocol);
        let (outcome, ()) = tokio::join!(timeout(EVER, bench.turn()), async {
            server.asked.notified().await;
            bench.stop.cancel();
        });
        assert_eq!(outcome.unwrap(), Err(TurnError::Cancelled));
        server.left(1).await;
        assert_eq!((server.seen().len(), bench.guard.load()), (1, (0, 0)));
    }
}

#[tokio::test]
async fn in_the_middle_of_the_answer() {
    for protocol in BOTH {
        let half = Answer::begin(protocol).text(&["half"]).open_call("c", "t", &["{"]);
        let server = Server::start(vec![vec![Step::Write(stream(&half.bytes())), Step::Hang]]).await;
        let bench = Bench::new(&server, protocol);
        let watching = async {
            while !bench.told.lock().unwrap().contains(&Progress::Calling { tool: "t".to_owned() }) {
                tokio::task::yield_now().await;
            }
            bench.stop.cancel();
        };
        let (outcome, ()) = tokio::join!(timeout(EVER, bench.turn()), watching);
        assert_eq!(outcome.unwrap(), Err(TurnError::Cancelled));
        server.left(1).await;
        assert_eq!((bench.guard.load(), bench.guard.standings().len()), ((0, 0), 1));
    }
}

#[tokio::test]
async fn while_waiting_to_ask_again() {
    for protocol in BOTH {
        let server = Server::saying(response("429 Too Many Requests", &[("retry-after", "30")], b"")).await;
        let bench = Bench::new(&server, protocol);
        let watching = async {
            while bench.restarts() == 0 {
                tokio::task::yield_now().await;
            }
            bench.stop.cancel();
        };
        let (outcome, ()) = tokio::join!(timeout(EVER, bench.turn()), watching);
        assert_eq!(outcome.unwrap(), Err(TurnError::Cancelled));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn by_dropping_it() {
    for protocol in BOTH {
        let server = Server::start(vec![vec![Step::Hang]]).await;
        let bench = Bench::new(&server, protocol);
        tokio::select! {
            _ = bench.turn() => panic!("it hangs"),
            () = server.asked.notified() => {}
        }
        server.left(1).await;
        assert_eq!(bench.guard.load(), (0, 0));
    }
}
