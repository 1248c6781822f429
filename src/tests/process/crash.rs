//! Pulling the plug while people type: what was acknowledged is there afterwards, once, and in the first answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use lintel::server::collab::{frame, lib0::Reader, replica};
use tokio::time::{interval, sleep, timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use yrs::{GetString, Text, Transact, Update, updates::decoder::Decode};

use super::harness::Server;

const ROUNDS: u32 = 20;
const TYPISTS: u32 = 10;
const DOCUMENTS: usize = 2;
const DEADLINE: Duration = Duration::from_secs(20);

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// What a typist sent, in order, and how many of it were acknowledged.
struct Typed {
    document: usize,
    marks: Vec<String>,
    acknowledged: usize,
}

async fn connect(addr: &str, cookie: &str, document: &str) -> Socket {
    let mut request = format!("ws://{addr}/collab/{document}").into_client_request().unwrap();
    request.headers_mut().insert("cookie", HeaderValue::from_str(cookie).unwrap());
    request.headers_mut().insert("origin", HeaderValue::from_str(&format!("http://{addr}")).unwrap());
    connect_async(request).await.unwrap().0
}

/// The text of the first answer.
async fn first_answer(socket: &mut Socket) -> String {
    socket.send(Message::Binary(frame::have(&[0]))).await.unwrap();
    loop {
        let message = timeout(DEADLINE, socket.next()).await.unwrap().unwrap().unwrap();
        if let Message::Binary(bytes) = message
            && bytes.starts_with(&[0, 1])
        {
            let mut reader = Reader::new(&bytes[2..]);
            let doc = replica::document(1);
            let text = doc.get_or_insert_text("text");
            doc.transact_mut().apply_update(Update::decode_v1(reader.buffer().unwrap()).unwrap()).unwrap();
            return text.get_string(&doc.transact());
        }
    }
}

/// Types a mark every few milliseconds until the line breaks.
async fn typist(
    addr: String,
    cookie: String,
    document: String,
    at: usize,
    client: u32,
    ready: Arc<tokio::sync::Barrier>,
    stop: Arc<AtomicBool>,
) -> Typed {
    let socket = connect(&addr, &cookie, &document).await;
    let (mut sink, mut stream) = socket.split();
    let doc = replica::document(client);
    let text = doc.get_or_insert_text("text");
    let mut typed = Typed { document: at, marks: Vec::new(), acknowledged: 0 };
    let mut beat = interval(Duration::from_millis(7));
    ready.wait().await;
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if stop.load(Ordering::SeqCst) {
                    return typed;
                }
                let mark = format!("<{client}.{}>", typed.marks.len());
                let update = {
                    let mut txn = doc.transact_mut();
                    text.insert(&mut txn, 0, &mark);
                    txn.encode_update_v1()
                };
                typed.marks.push(mark);
                // A broken line is noticed by reading.
                let _ = sink.send(Message::Binary(frame::update(&update))).await;
            }
            message = stream.next() => match message {
                Some(Ok(Message::Binary(bytes))) if bytes.first() == Some(&121) => {
                    let mut reader = Reader::new(&bytes[1..]);
                    let count = Reader::new(reader.buffer().unwrap()).number().unwrap();
                    typed.acknowledged = usize::try_from(count).unwrap();
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return typed,
            },
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let mut server = Server::start(&data);
    let cookie = server.set_up();
    let post = |server: &Server, path: &str, form: &str| server.post(path, &[("cookie", &cookie)], form);
    let made = post(&server, "/fn/create_project", "name=Shop&description=");
    assert!(made.status < 400, "{}", made.body);
    let documents: Vec<String> = (0..DOCUMENTS)
        .map(|n| {
            let made = post(&server, "/fn/new_diagram", &format!("slug=shop&name=Diagram+{n}"));
            made.header("location").rsplit_once('/').unwrap_or_else(|| panic!("{made:?}")).1.to_owned()
        })
        .collect();

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut expected: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let (mut sent, mut acknowledged) = (0, 0);
    for round in 0..ROUNDS {
        let stop = Arc::new(AtomicBool::new(false));
        let typed: Vec<Typed> = runtime.block_on(async {
            let ready = Arc::new(tokio::sync::Barrier::new(TYPISTS as usize + 1));
            let typists: Vec<_> = (0..TYPISTS)
                .map(|n| {
                    let at = n as usize % DOCUMENTS;
                    let (addr, cookie, document) = (server.addr.clone(), cookie.clone(), documents[at].clone());
                    tokio::spawn(typist(addr, cookie, document, at, 100 + round * TYPISTS + n, Arc::clone(&ready), Arc::clone(&stop)))
                })
                .collect();
            ready.wait().await;
            // How long they type, a little different every time.
            sleep(Duration::from_millis(u64::from(300 + round * 37 % 400))).await;
            server.kill();
            stop.store(true, Ordering::SeqCst);
            let mut typed = Vec::new();
            for typist in typists {
                typed.push(timeout(DEADLINE, typist).await.unwrap().unwrap());
            }
            typed
        });
        server = Server::start(&data);
        for typed in typed {
            sent += typed.marks.len();
            acknowledged += typed.acknowledged;
            expected.entry(typed.document).or_default().extend(typed.marks.into_iter().take(typed.acknowledged));
        }
        for (at, marks) in &expected {
            let text = runtime.block_on(async { first_answer(&mut connect(&server.addr, &cookie, &documents[*at]).await).await });
            let mut found: BTreeMap<&str, u32> = BTreeMap::new();
            for mark in text.split_inclusive('>').filter_map(|part| part.rfind('<').map(|at| &part[at..])) {
                *found.entry(mark).or_default() += 1;
            }
            for mark in marks {
                assert_eq!(found.get(mark.as_str()), Some(&1), "round {round}: {mark} was acknowledged");
            }
            assert!(found.values().all(|count| *count == 1), "round {round}: something is there twice");
        }
    }
    println!("{ROUNDS} rounds: {sent} sent, {acknowledged} acknowledged, none lost");
    assert!(acknowledged > (ROUNDS * TYPISTS) as usize * 5, "{acknowledged} of {sent} acknowledged: nobody could type");
    assert_eq!(server.stop(), Some(0));
}
