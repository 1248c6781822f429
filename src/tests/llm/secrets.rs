//! The key goes to its provider and is seen nowhere else.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use crate::{
    domain::agent::conversation::Protocol,
    tests::llm::{
        bench::{Bench, CANARY, patient},
        server::{Server, Step, response, stream},
        spoken::{BOTH, well},
    },
};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_key_is_sent_and_never_shown() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for protocol in BOTH {
        let echo = format!("{{\"error\": {{\"type\": \"authentication_error\", \"message\": \"no such key: {CANARY}\"}}}}");
        let broken = stream(format!("event: error\ndata: {echo}\n\n").as_bytes());
        for (what, bytes) in [
            ("well", stream(&well(protocol).bytes())),
            ("denied", response("401 Unauthorized", &[("content-type", "application/json")], echo.as_bytes())),
            ("rejected", response("400 Bad Request", &[("x-request-id", CANARY)], echo.as_bytes())),
            ("failed", response("500 No", &[], echo.as_bytes())),
            ("in the stream", broken),
            ("json", response("200 OK", &[("content-type", "application/json")], echo.as_bytes())),
            ("reset", Vec::new()),
        ] {
            let step = if bytes.is_empty() { Step::Reset } else { Step::Write(bytes) };
            let server = Server::start(vec![vec![step]]).await;
            let bench = Bench::new(&server, protocol);
            let outcome = bench.turn().await;
            let told = format!("{outcome:?} {:?} {:?}", bench.told.lock().unwrap(), bench.guard.standings());
            let shown =
                outcome.as_ref().map_or_else(|error| format!("{error} {}", serde_json::to_string(error).unwrap()), |_| String::new());
            assert!(!told.contains("canary") && !shown.contains("canary"), "{protocol:?} {what}: {told} {shown}");
            let seen = server.seen().remove(0);
            let sent = if protocol == Protocol::OpenAi { seen.header("authorization") } else { seen.header("x-api-key") };
            assert!(sent.is_some_and(|sent| sent.ends_with(CANARY)), "{protocol:?} {what}");
            assert_eq!(seen.head.matches("canary").count(), 1);
        }
    }
    drop(guard);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a turn failed"), "the log was listened to: {logged}");
    assert!(!logged.contains("canary"), "{logged}");
}

#[tokio::test]
async fn another_address_does_not_get_the_key() {
    use std::sync::Arc;

    use crate::server::{
        llm::{
            client::Client,
            endpoint::{AllowList, Endpoint, Key},
            resilience::Line,
        },
        ports::{Clock, SystemClock},
    };

    for protocol in BOTH {
        let (home, other) = (Server::saying(stream(b"")).await, Server::saying(stream(&well(protocol).bytes())).await);
        let list = AllowList::read(&format!("{},{}", home.address, other.address)).unwrap();
        let url = list.check(&home.url()).unwrap();
        let key = Key::new(CANARY, &url);
        let moved = Endpoint::new(url.clone(), key.clone()).moved(list.check(&other.url()).unwrap());
        // Even put together by hand: the key itself knows where it belongs.
        let forged = Endpoint::new(list.check(&other.url()).unwrap(), key);
        for endpoint in [moved, forged] {
            let clock: Arc<dyn Clock> = Arc::new(SystemClock);
            let client = Client::new(endpoint, protocol, patient(), None, clock).unwrap();
            let bench = Bench::new(&other, protocol);
            let info = crate::server::ports::ChatModel::info(&bench.run()).clone();
            client.attempt(&info, &crate::tests::llm::bench::request(), &|_| {}).await.unwrap();
        }
        assert_eq!(other.seen().len(), 2);
        assert!(other.seen().iter().all(|seen| !seen.head.contains("canary")));
    }
}
