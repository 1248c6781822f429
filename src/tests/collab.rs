//! Live editing through real sockets: what clients are told and when, who may do what, and that nobody's bytes harm the
//! server or anybody else.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, TextRef, Transact, Update, updates::decoder::Decode};

use crate::{
    domain::{account::Role, id::DocumentId},
    server::{
        collab::{
            frame::{self, State},
            lib0::{Reader, put_buffer},
            replica,
        },
        http::{listen, router::router},
        service::{self, access::Actor},
    },
    tests::harness::TestApp,
};

mod decided;

/// How long anything may take that has to happen.
const DEADLINE: Duration = Duration::from_secs(10);
/// How soon a change of rights has to reach open connections.
const SOON: Duration = Duration::from_secs(1);

/// A server on a socket, with a project of an owner and one diagram.
pub(crate) struct Site {
    pub(crate) app: TestApp,
    pub(crate) owner: Actor,
    pub(crate) slug: String,
    pub(crate) document: DocumentId,
    addr: SocketAddr,
    _stop: watch::Sender<bool>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let app = TestApp::start().await;
        let owner = app.administrator().await;
        let project = app.project(&owner, "Shop").await;
        let document = service::documents::new_diagram(&app.state, &owner, &project.slug, "Shop").await.unwrap().id;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(listen::serve(listener, router(app.state.clone()), stopped, listen::PATIENCE));
        Self { app, owner, slug: project.slug, document, addr, _stop: stop }
    }

    pub(crate) async fn member(&self, name: &str, role: Role) -> Actor {
        self.app.member(&self.owner, &self.slug, name, role).await
    }

    /// Tries to open a connection with some headers; the status when it is refused.
    async fn open(&self, document: &str, headers: &[(&'static str, &str)]) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, u16> {
        let mut request = format!("ws://{}/collab/{document}", self.addr).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A person with a browser on the page of the document.
    pub(crate) async fn join(&self, actor: &Actor, client: u32) -> Peer {
        let token = self.app.token(&actor.person).await;
        let socket = self.open(&self.document.to_string(), &[("authorization", &format!("Bearer {token}"))]).await.unwrap();
        Peer::new(socket, client).await
    }

    pub(crate) async fn text(&self) -> String {
        self.app.state.rooms.text(self.document).await.unwrap().0
    }

    /// A browser's headers for somebody who signed in.
    async fn browser(&self, email: &str) -> (String, String) {
        (self.app.sign_in(email).await, format!("http://{}", self.addr))
    }
}

/// One connection as a browser holds it.
pub(crate) struct Peer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    client: u32,
    doc: Doc,
    text: TextRef,
    pub(crate) asked: bool,
    /// Texts after the first answer and after each update.
    seen: Vec<String>,
    updates: u32,
    sent: u64,
    pub(crate) acknowledged: u64,
    denied: u32,
    present: BTreeMap<u32, Value>,
    controls: Vec<Value>,
    closed: Option<u16>,
}

impl Peer {
    async fn new(socket: WebSocketStream<MaybeTlsStream<TcpStream>>, client: u32) -> Self {
        let doc = replica::document(client);
        let text = doc.get_or_insert_text("text");
        let mut peer = Self {
            socket,
            client,
            doc,
            text,
            asked: false,
            seen: Vec::new(),
            updates: 0,
            sent: 0,
            acknowledged: 0,
            denied: 0,
            present: BTreeMap::new(),
            controls: Vec::new(),
            closed: None,
        };
        peer.send(frame::have(&[0])).await;
        peer.until("no first answer", |peer| !peer.seen.is_empty()).await;
        peer
    }

    async fn send(&mut self, bytes: Bytes) {
        // A socket that the server has closed is found out by reading.
        let _ = self.socket.send(Message::Binary(bytes)).await;
    }

    pub(crate) fn string(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Types at the start.
    pub(crate) async fn typed(&mut self, text: &str) {
        let update = {
            let mut txn = self.doc.transact_mut();
            self.text.insert(&mut txn, 0, text);
            txn.encode_update_v1()
        };
        self.sent += 1;
        self.send(frame::update(&update)).await;
    }

    /// Types one thing in the place of another.
    async fn replaced(&mut self, from: &str, to: &str) {
        let at = u32::try_from(self.string().find(from).unwrap()).unwrap();
        let update = {
            let mut txn = self.doc.transact_mut();
            self.text.remove_range(&mut txn, at, u32::try_from(from.len()).unwrap());
            self.text.insert(&mut txn, at, to);
            txn.encode_update_v1()
        };
        self.sent += 1;
        self.send(frame::update(&update)).await;
    }

    async fn say(&mut self, clock: u32, json: &str) {
        let state = State { client: self.client, clock, json: json.to_owned() };
        self.send(frame::presence([&state].into_iter())).await;
    }

    /// Reads until something holds, or the server closes the connection.
    pub(crate) async fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !holds(self) {
            assert!(self.closed.is_none(), "{what}: closed with {:?}", self.closed);
            let left = deadline.checked_duration_since(Instant::now()).unwrap_or_else(|| panic!("{what}"));
            let message = timeout(left, self.socket.next()).await.unwrap_or_else(|_| panic!("{what}"));
            self.take(message);
        }
    }

    async fn until_closed(&mut self) -> u16 {
        let deadline = Instant::now() + DEADLINE;
        while self.closed.is_none() {
            let message = timeout(deadline - Instant::now(), self.socket.next()).await.unwrap();
            self.take(message);
        }
        self.closed.unwrap()
    }

    fn take(&mut self, message: Option<Result<Message, Error>>) {
        match message {
            Some(Ok(Message::Binary(bytes))) => self.read(&bytes),
            Some(Ok(Message::Close(frame))) => self.closed = Some(frame.map_or(1005, |frame| frame.code.into())),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.closed = Some(1006),
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let mut reader = Reader::new(bytes);
        match reader.number().unwrap() {
            0 => match (reader.number().unwrap(), reader.buffer().unwrap()) {
                (0, _) => self.asked = true,
                (step, update) => {
                    self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
                    self.seen.push(self.string());
                    self.updates += u32::from(step == 2);
                }
            },
            1 => {
                let mut states = Reader::new(reader.buffer().unwrap());
                for _ in 0..states.number().unwrap() {
                    let (client, _clock, json) = (states.small().unwrap(), states.small().unwrap(), states.text().unwrap());
                    match serde_json::from_str(json).unwrap() {
                        Value::Null => drop(self.present.remove(&client)),
                        state => drop(self.present.insert(client, state)),
                    }
                }
            }
            2 => self.denied += 1,
            121 => self.acknowledged = Reader::new(reader.buffer().unwrap()).number().unwrap(),
            122 => self.controls.push(serde_json::from_slice(reader.buffer().unwrap()).unwrap()),
            other => panic!("unknown message {other}"),
        }
    }
}

#[tokio::test]
async fn an_edit_is_on_disk_when_it_is_acknowledged_and_goes_to_the_others_only() {
    let site = Site::start().await;
    let mut ada = site.join(&site.owner, 1).await;
    let member = site.member("Grace", Role::Editor).await;
    let mut grace = site.join(&member, 2).await;
    ada.until("nobody asks", |peer| peer.asked).await;
    ada.typed("// 😀\n").await;
    ada.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    let stored = site.app.state.store.stored_text(site.document).await.unwrap().unwrap();
    assert_eq!(stored.head, 2, "the change is on disk");
    let expected = ada.string();
    grace.until("the other does not hear", |peer| peer.string() == expected).await;
    // Whoever comes later has everything with the first answer.
    let viewer = site.member("Mary", Role::Viewer).await;
    let mary = site.join(&viewer, 3).await;
    assert_eq!(mary.seen, std::slice::from_ref(&expected));
    grace.typed("more\n").await;
    let expected = grace.string();
    ada.until("the first does not hear", |peer| peer.string() == expected).await;
    assert_eq!((ada.updates, ada.acknowledged), (1, 1), "its own change does not come back");
    assert_eq!(site.text().await, expected);
}

#[tokio::test]
async fn typing_is_an_edit_in_the_projects_activity() {
    let site = Site::start().await;
    let member = site.member("Grace", Role::Editor).await;
    let mut grace = site.join(&member, 2).await;
    grace.until("nobody asks", |peer| peer.asked).await;
    for count in 1..=3 {
        grace.typed("// more\n").await;
        grace.until("no acknowledgement", |peer| peer.acknowledged == count).await;
    }
    let deadline = Instant::now() + DEADLINE;
    let edits = loop {
        let activity = service::projects::overview(&site.app.state, &site.owner, &site.slug).await.unwrap().activity;
        let edits: Vec<_> = activity.into_iter().filter(|row| row.what == "edited").collect();
        if !edits.is_empty() {
            break edits;
        }
        assert!(Instant::now() < deadline, "nothing is recorded");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let edit = edits.first().unwrap();
    assert_eq!((edits.len(), edit.who.as_str()), (1, "Grace"));
    assert_eq!(edit.subject.clone().unwrap().1, format!("/p/{}/diagrams/{}", site.slug, site.document));
}

#[tokio::test]
async fn who_may_only_read_is_not_asked_and_never_writes() {
    let site = Site::start().await;
    let mut ada = site.join(&site.owner, 1).await;
    for (client, (name, role)) in (2..).zip([("Mary", Role::Viewer), ("Joan", Role::Commenter)]) {
        let member = site.member(name, role).await;
        let mut peer = site.join(&member, client).await;
        peer.typed("FORBIDDEN").await;
        peer.until("not told", |peer| peer.denied == 1).await;
        // As an answer nobody asked for, and together with a harmless message.
        let state = peer.doc.transact().encode_state_as_update_v1(&StateVector::default());
        peer.send(frame::answer(&state)).await;
        let mut both = frame::have(&[0]).to_vec();
        both.extend_from_slice(&frame::update(&state));
        peer.send(both.into()).await;
        peer.until("not told again", |peer| peer.denied == 3).await;
        assert!(!peer.asked && peer.acknowledged == 0);
    }
    ada.typed("x").await;
    ada.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    assert!(!site.text().await.contains("FORBIDDEN") && !ada.string().contains("FORBIDDEN"));
}

#[tokio::test]
async fn a_lost_right_reaches_open_connections_within_a_second() {
    let site = Site::start().await;
    let member = site.member("Grace", Role::Editor).await;
    let mut grace = site.join(&member, 2).await;
    grace.until("nobody asks", |peer| peer.asked).await;
    grace.typed("before ").await;
    grace.until("no acknowledgement", |peer| peer.acknowledged == 1).await;

    let began = Instant::now();
    service::members::set_role(&site.app.state, &site.owner, &site.slug, member.person.id, Role::Viewer).await.unwrap();
    grace.until("not told", |peer| peer.controls.iter().any(|control| control["write"] == false)).await;
    assert!(began.elapsed() < SOON);
    grace.typed("AFTER").await;
    grace.until("not denied", |peer| peer.denied >= 2).await;
    assert!(!site.text().await.contains("AFTER"));

    // The right given back: what was not taken is asked for on a new connection.
    service::members::set_role(&site.app.state, &site.owner, &site.slug, member.person.id, Role::Editor).await.unwrap();
    assert_eq!(grace.until_closed().await, 1012);

    let mut grace = site.join(&member, 3).await;
    let began = Instant::now();
    service::members::remove_member(&site.app.state, &site.owner, &site.slug, member.person.id).await.unwrap();
    assert_eq!(grace.until_closed().await, 4403);
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn an_ended_session_and_a_deleted_document_close_connections() {
    let site = Site::start().await;
    let (cookie, origin) = site.browser("ada@example.com").await;
    let headers = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    let mut ada = Peer::new(site.open(&site.document.to_string(), &headers).await.unwrap(), 1).await;
    let out = site.app.post("/fn/sign_out").cookie(&cookie).header("origin", "http://127.0.0.1:3000").form(&[]).await;
    assert!(out.status.is_success() || out.status.is_redirection(), "{}", out.text());
    let began = Instant::now();
    assert_eq!(ada.until_closed().await, 4401);
    assert!(began.elapsed() < SOON);

    let mut ada = site.join(&site.owner, 2).await;
    service::documents::delete(&site.app.state, &site.owner, site.document).await.unwrap();
    assert_eq!(ada.until_closed().await, 4404);
}

#[tokio::test]
async fn connections_are_opened_by_members_from_our_own_pages_only() {
    let site = Site::start().await;
    let document = site.document.to_string();
    let (cookie, origin) = site.browser("ada@example.com").await;
    let status = async |document: &str, headers: &[(&'static str, &str)]| site.open(document, headers).await.err();
    assert_eq!(status(&document, &[("cookie", &cookie), ("origin", &origin)]).await, None);
    assert_eq!(status(&document, &[("cookie", &cookie)]).await, Some(403));
    for origin in ["https://evil.example", "null", &format!("{origin}.evil.example"), "http://127.0.0.1"] {
        assert_eq!(status(&document, &[("cookie", &cookie), ("origin", origin)]).await, Some(403), "{origin}");
    }
    assert_eq!(status(&document, &[("origin", &origin)]).await, Some(401));
    assert_eq!(status(&document, &[("cookie", "sid=garbage"), ("origin", &origin)]).await, Some(401));
    assert_eq!(status(&document, &[("authorization", "Bearer garbage")]).await, Some(401));
    let bearer = format!("Bearer {}", site.app.token(&site.owner.person).await);
    assert_eq!(status(&format!("{document}?token={}", &bearer[7..]), &[]).await, Some(401));
    assert_eq!(status(&document, &[("authorization", &bearer)]).await, None);
    assert_eq!(status("not-an-id", &[("authorization", &bearer)]).await, Some(404));
    let stranger = site.app.person("Eve", "eve@example.com", true).await;
    let bearer = format!("Bearer {}", site.app.token(&stranger).await);
    assert_eq!(status(&document, &[("authorization", &bearer)]).await, Some(404));
}

#[tokio::test]
async fn a_person_has_twenty_connections_and_a_stopping_server_none() {
    let site = Site::start().await;
    let bearer = format!("Bearer {}", site.app.token(&site.owner.person).await);
    let document = site.document.to_string();
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(site.open(&document, &[("authorization", &bearer)]).await.unwrap());
    }
    assert_eq!(site.open(&document, &[("authorization", &bearer)]).await.err(), Some(429));
    drop(open);
    let deadline = Instant::now() + DEADLINE;
    let mut peer = loop {
        if let Ok(socket) = site.open(&document, &[("authorization", &bearer)]).await {
            break Peer::new(socket, 1).await;
        }
        assert!(Instant::now() < deadline, "places are not given back");
    };
    peer.typed("kept ").await;
    peer.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    let rooms = site.app.state.rooms.clone();
    let stopping = tokio::spawn(async move { rooms.shutdown().await });
    assert_eq!(peer.until_closed().await, 1012);
    assert!(peer.controls.iter().any(|control| control["type"] == "restart" && control["delay"].as_u64().unwrap() < 5000));
    stopping.await.unwrap();
    assert_eq!(site.open(&document, &[("authorization", &bearer)]).await.err(), Some(503));
}

#[tokio::test]
async fn nobody_speaks_in_the_name_of_another() {
    let site = Site::start().await;
    let member = site.member("Grace", Role::Editor).await;
    let (mut ada, mut grace) = (site.join(&site.owner, 1).await, site.join(&member, 2).await);
    ada.say(1, r#"{"user":{"id":"x","name":"The boss"},"cursor":{"head":7}}"#).await;
    grace.until("nobody there", |peer| peer.present.contains_key(&1)).await;
    assert_eq!(grace.present[&1]["user"]["name"], "Ada Lovelace");
    assert_eq!(grace.present[&1]["user"]["id"], site.owner.person.id.to_string());
    assert_eq!(grace.present[&1]["cursor"]["head"], 7);
    // Its own presence tells a client who it is and in which colour it is shown.
    ada.until("not told who it is", |peer| peer.present.contains_key(&1)).await;
    assert_eq!(ada.present[&1]["user"]["colour"], 1);
    // Somebody else's client id: passed over.
    let claimed = State { client: 1, clock: 99, json: r#"{"cursor":null}"#.to_owned() };
    grace.send(frame::presence([&claimed].into_iter())).await;
    grace.say(1, "{}").await;
    ada.until("nobody there", |peer| peer.present.contains_key(&2)).await;
    assert_eq!(ada.present[&2]["user"]["colour"], 2);
    let viewer = site.member("Mary", Role::Viewer).await;
    let mut mary = site.join(&viewer, 3).await;
    mary.until("nobody there", |peer| peer.present.len() == 2).await;
    assert_eq!(mary.present[&1]["cursor"]["head"], 7);
    // A goodbye comes at once, whatever way a line ends.
    drop(ada);
    mary.until("still there", |peer| !peer.present.contains_key(&1)).await;
    // Writing under another's client id ends the connection.
    let forged = { [1, 1, 9, 0, 4, 1, 4, b't', b'e', b'x', b't', 1, b'!', 0] };
    grace.send(frame::update(&forged)).await;
    grace.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    let mut ada = site.join(&site.owner, 5).await;
    let forged = [1, 1, 9, 1, 0x84, 9, 0, 1, b'?', 0];
    ada.send(frame::update(&forged)).await;
    assert_eq!(ada.until_closed().await, 4403);
    assert!(!site.text().await.contains('?'));
}

/// Messages that no honest client sends, with the codes that may answer them; none: may stay open.
fn hostile() -> Vec<(Vec<u8>, Option<u16>)> {
    let varint = [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let update = |body: &[u8]| {
        let mut message = vec![0, 2];
        put_buffer(&mut message, body);
        message
    };
    let nested = [&[1, 1, 9, 0, 0x08, 1, 1, b't', 1][..], &[117, 1].repeat(5000), &[126, 0]].concat();
    let mut cases = vec![
        (vec![], Some(1007)),
        (vec![99, 1, 2, 3], Some(1003)),
        (vec![0], Some(1007)),
        (vec![0, 7, 0], Some(1007)),
        (vec![0, 2, 200, 1, 1], Some(1007)),
        (vec![0xff; 11], Some(1007)),
        (vec![121, 1, 5], Some(1003)),
        (vec![122, 2, b'{', b'}'], Some(1003)),
        (vec![2, 0, 0], Some(1003)),
        (update(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f]), Some(1007)),
        (update(&[&varint[..], &[0]].concat()), Some(1007)),
        (vec![0, 0, 5, 0xff, 0xff, 0xff, 0xff, 7], Some(1007)),
        (vec![0, 0, 0], Some(1007)),
        (update(&[0, 1, 5, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), Some(1007)),
        (update(&[1, 1, 5, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), Some(1007)),
        (update(&[1, 1, 5, 0, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), Some(1007)),
        (update(&[1, 1, 5, 0, 31, 1, 1, b't', 0]), Some(1007)),
        (update(&[1, 1, 5, 0, 4, 1, 1, b't', 2, 0xff, 0xfe, 0]), Some(1007)),
        (update(&[1, 1, 5, 0, 5, 1, 1, b't', 1, b'{', 0]), Some(1007)),
        (update(&nested), Some(1007)),
        (update(&vec![7; 2_000_000]), Some(1009)),
        (vec![7; 9_000_000], Some(1009)),
        (vec![1, 9, 1, 7, 1, 5, b'{', b'"', b'a', b':', 0], Some(1007)),
        (vec![1, 5, 0xff, 0xff, 0xff, 0xff, 7], Some(1009)),
        (vec![1, 13, 1, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, b'{', b'}'], Some(1007)),
    ];
    // Noise that is the same in every run.
    let noise = |seed: usize, length: usize| {
        (0..length).map(|at| blake3::hash(&[seed, at].map(usize::to_be_bytes).concat()).as_bytes()[0]).collect::<Vec<u8>>()
    };
    cases.extend((0..35).map(|seed| (update(&noise(seed, 1 + seed * 7 % 300)), None)));
    cases.extend((0..20).map(|seed| (noise(100 + seed, 1 + seed * 13), None)));
    cases
}

#[tokio::test]
async fn hostile_messages_close_their_own_connection_and_nothing_else() {
    let site = Site::start().await;
    let member = site.member("Eve", Role::Editor).await;
    let mut ada = site.join(&site.owner, 1).await;
    let cases = hostile();
    assert_eq!(cases.len(), 80);
    let bearer = format!("Bearer {}", site.app.token(&member.person).await);
    for (client, (message, code)) in (10..).zip(cases) {
        let socket = site.open(&site.document.to_string(), &[("authorization", &bearer)]).await.unwrap();
        let mut eve = Peer::new(socket, client).await;
        eve.send(message.clone().into()).await;
        if let Some(code) = code {
            let closed = eve.until_closed().await;
            // What the socket itself refuses to read may break the line before the reason is read.
            let cut = message.len() > frame::MAX_FRAME && closed == 1006;
            assert!(closed == code || cut, "{closed}: {:?}", message.get(..30).unwrap_or(&message));
        } else {
            // A question behind it: answered, or the connection is closed.
            eve.send(frame::have(&[0])).await;
            let deadline = Instant::now() + DEADLINE;
            while eve.closed.is_none() && eve.seen.len() < 2 {
                let message = timeout(deadline - Instant::now(), eve.socket.next()).await.unwrap();
                eve.take(message);
            }
        }
        let (sent, expected) = (ada.sent + 1, ada.acknowledged + 1);
        ada.typed("a").await;
        ada.until("the bystander is not served", |peer| peer.acknowledged == expected && peer.sent == sent).await;
    }
    let text = ada.string();
    assert_eq!(site.text().await, text);
    // Text frames are no messages here, and too many at once are too many.
    let mut eve = site.join(&member, 200).await;
    eve.socket.send(Message::Text("hello".into())).await.unwrap();
    assert_eq!(eve.until_closed().await, 1003);
    let mut eve = site.join(&member, 201).await;
    for _ in 0..700 {
        eve.send(vec![3].into()).await;
    }
    assert_eq!(eve.until_closed().await, 1008);
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_the_others_go_on() {
    let site = Site::start().await;
    let member = site.member("Grace", Role::Editor).await;
    let (mut ada, mut grace) = (site.join(&site.owner, 1).await, site.join(&member, 2).await);
    let slow = site.member("Sloth", Role::Viewer).await;
    let mut sloth = site.join(&slow, 3).await;
    assert_eq!(site.app.state.health.sockets.load(std::sync::atomic::Ordering::Relaxed), 3);
    // Text that does not merge away; more than the system's buffers and the server's queue hold.
    for round in 0..22_u32 {
        let text: String = (0..400_000_u32).filter_map(|n| char::from_u32(97 + (n * 7 + n / 13 + round) % 26)).collect();
        let peer = if round % 2 == 0 { &mut ada } else { &mut grace };
        let expected = peer.acknowledged + 1;
        peer.typed(&text).await;
        peer.until("the others wait for the slow one", |peer| peer.acknowledged == expected).await;
    }
    let (a, b) = (ada.string().len(), grace.string().len());
    assert!(a > 4_000_000 && b > 4_000_000);
    assert_eq!(sloth.until_closed().await, 1013);
    // It comes back and has everything with the first answer.
    let sloth = site.join(&slow, 4).await;
    assert_eq!(sloth.string().len(), site.text().await.len());
}
