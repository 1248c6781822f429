//! Random people type into one document over bytes without sockets, lose their lines, come back and work offline. However
//! it goes: everybody ends with the same text, what was acknowledged is on disk, and who may only read never writes.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use tokio::time::{Instant, sleep};
use uuid::Uuid;
use yrs::{Doc, GetString, ReadTxn, StateVector, Text, TextRef, Transact, Update, updates::decoder::Decode, updates::encoder::Encode};

use crate::{
    domain::{
        id::{DocumentId, UserId},
        moment::Moment,
    },
    server::{
        collab::{
            closing::Closing,
            difference::Replacement,
            frame,
            lib0::Reader,
            outbox::{Next, Outbox},
            presence::Who,
            replica::{self, Replica},
            rooms::{Rooms, UpdateKind},
            session::Session,
        },
        ports::{Clock, IdSource},
        store::Store,
    },
};

const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(1));
/// How long anything may take that has to happen.
const DEADLINE: Duration = Duration::from_secs(20);

struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(1_795_089_600_000)
    }
}

struct Ids(std::sync::atomic::AtomicU64);

impl IdSource for Ids {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst)))
    }

    fn secret(&self) -> [u8; 32] {
        *blake3::hash(&self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst).to_be_bytes()).as_bytes()
    }
}

fn user(n: u32) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(n) + 100))
}

fn rooms(store: &Store) -> Rooms {
    Rooms::start(store.clone(), Arc::new(Still), Arc::new(Ids(std::sync::atomic::AtomicU64::new(0))))
}

async fn store() -> Store {
    let store = Store::memory().await.unwrap();
    store.sample_document(DOCUMENT, &(0..8).map(user).collect::<Vec<_>>()).await;
    store
}

/// Somebody with an editor: speaks the protocol as a browser does.
struct Client {
    number: u32,
    write: bool,
    doc: Doc,
    text: TextRef,
    line: Option<(Session, Arc<Outbox>)>,
    /// The server has asked for what it lacks; before that, changes wait for the question.
    asked: bool,
    answers: Vec<Vec<u8>>,
    sent: u64,
    acknowledged: u64,
    denied: u32,
    closed: Option<Closing>,
}

impl Client {
    fn new(number: u32, write: bool) -> Self {
        let doc = replica::document(1000 + number);
        let text = doc.get_or_insert_text("text");
        Self { number, write, doc, text, line: None, asked: false, answers: Vec::new(), sent: 0, acknowledged: 0, denied: 0, closed: None }
    }

    async fn connect(&mut self, rooms: &Rooms) {
        let who = Who { user: user(self.number), name: format!("Person {}", self.number) };
        let session = rooms.join(DOCUMENT, who, self.write).await.unwrap();
        let outbox = session.outbox();
        self.line = Some((session, outbox));
        (self.asked, self.sent, self.acknowledged) = (false, 0, 0);
        let have = frame::have(&self.doc.transact().state_vector().encode_v1());
        self.send(have).await;
    }

    async fn send(&mut self, bytes: bytes::Bytes) {
        let Some((session, _)) = &mut self.line else { return };
        if let Err(closing) = session.receive(bytes).await {
            self.closed = Some(closing);
            self.line = None;
        }
    }

    async fn send_update(&mut self, update: &[u8]) {
        self.sent += 1;
        self.send(frame::update(update)).await;
    }

    fn string(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Types or deletes somewhere; on a line that is up, the server hears at once.
    async fn edit(&mut self, at: usize, text: &str) {
        let update = {
            let now = self.string();
            let mut places = vec![0];
            places.extend(now.chars().scan(0, |at, c| {
                *at += u32::try_from(c.len_utf16()).unwrap();
                Some(*at)
            }));
            let start = places[at % places.len()];
            let mut txn = self.doc.transact_mut();
            if text.is_empty() {
                let end = places[(at % places.len() + 2).min(places.len() - 1)];
                self.text.remove_range(&mut txn, start, end - start);
            } else {
                self.text.insert(&mut txn, start, text);
            }
            txn.encode_update_v1()
        };
        if update != [0, 0] && (self.asked || !self.write) && self.line.is_some() {
            self.send_update(&update).await;
        }
    }

    /// Reads what has come.
    async fn pump(&mut self) {
        while let Some(next) = self.line.as_ref().and_then(|(_, outbox)| outbox.try_next()) {
            let frames = match next {
                Next::Send(frames) => frames,
                Next::Close(closing) => {
                    self.closed = Some(closing);
                    self.line = None;
                    return;
                }
            };
            for frame in frames {
                self.read(&frame).await;
            }
        }
    }

    async fn read(&mut self, bytes: &[u8]) {
        let mut reader = Reader::new(bytes);
        match reader.number().unwrap() {
            0 => {
                let step = reader.number().unwrap();
                let body = reader.buffer().unwrap();
                if step == 0 {
                    assert!(self.write, "only who may write is asked");
                    self.asked = true;
                    let lacks = StateVector::decode_v1(body).unwrap();
                    let missing = self.doc.transact().encode_state_as_update_v1(&lacks);
                    if missing != [0, 0] {
                        self.sent += 1;
                        self.send(frame::answer(&missing)).await;
                    }
                } else {
                    if step == 1 {
                        self.answers.push(body.to_vec());
                    }
                    self.doc.transact_mut().apply_update(Update::decode_v1(body).unwrap()).unwrap();
                }
            }
            2 => self.denied += 1,
            121 => {
                let mut inner = Reader::new(reader.buffer().unwrap());
                let count = inner.number().unwrap();
                assert!(count > self.acknowledged && count <= self.sent, "acknowledgements count up to what was sent");
                self.acknowledged = count;
            }
            1 | 122 => {}
            other => panic!("unknown message {other}"),
        }
        if !matches!(bytes[0], 1 | 122 | 2) {
            let mut whole = Reader::new(bytes);
            whole.number();
            if bytes[0] == 0 {
                whole.number();
            }
            whole.buffer();
            assert!(whole.is_empty(), "one message a frame");
        }
    }
}

/// Pumps everybody until a condition holds.
async fn until(clients: &mut [Client], what: &str, mut holds: impl FnMut(&[Client]) -> bool) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        for client in clients.iter_mut() {
            client.pump().await;
        }
        if holds(clients) {
            return;
        }
        let texts = || clients.iter().map(|client| client.string().chars().take(80).collect::<String>()).collect::<Vec<_>>();
        assert!(Instant::now() < deadline, "{what}: {:?}", texts());
        sleep(Duration::from_millis(1)).await;
    }
}

fn settled(clients: &[Client]) -> bool {
    let first = clients[0].string();
    clients
        .iter()
        .filter(|client| client.write)
        .all(|client| client.asked && client.acknowledged == client.sent && client.string() == first)
}

#[derive(Clone, Debug)]
enum Act {
    Type(usize, usize, &'static str),
    Hang(usize),
    Connect(usize),
    Read(usize),
    Server(&'static str),
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec!["a", "bc", "héé", "😀", "\n", "lorem ", "漢字", "👩‍👩‍👧", ""]);
    prop_oneof![
        8 => (0_usize..5, 0_usize..40, words).prop_map(|(who, at, text)| Act::Type(who, at, text)),
        1 => (0_usize..5).prop_map(Act::Hang),
        2 => (0_usize..5).prop_map(Act::Connect),
        3 => (0_usize..5).prop_map(Act::Read),
        1 => prop::sample::select(vec!["x", "😀y", ""]).prop_map(Act::Server),
    ]
}

async fn play(acts: Vec<Act>) {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "Hello 😀\n").await.unwrap();
    let mut clients: Vec<Client> = (0..5).map(|number| Client::new(number, number != 4)).collect();
    for act in acts {
        match act {
            Act::Type(who, at, text) => {
                // The one who may only read tries all the same, with words nobody else uses.
                let text = if clients[who].write || text.is_empty() { text } else { "FORBIDDEN" };
                clients[who].edit(at, text).await;
            }
            Act::Hang(who) => clients[who].line = None,
            Act::Connect(who) => {
                if clients[who].line.is_none() {
                    clients[who].connect(&rooms).await;
                }
            }
            Act::Read(who) => clients[who].pump().await,
            Act::Server(text) => {
                let (now, revision) = rooms.text(DOCUMENT).await.unwrap();
                rooms.replace(DOCUMENT, user(5), UpdateKind::Api, &format!("{text}{now}"), Some(revision)).await.unwrap();
            }
        }
    }
    for client in &mut clients {
        if client.line.is_none() {
            client.connect(&rooms).await;
        }
    }
    until(&mut clients, "the replicas do not agree", settled).await;
    let text = clients[0].string();
    assert!(!text.contains("FORBIDDEN"));
    assert_eq!(rooms.text(DOCUMENT).await.unwrap().0, text);
    // Somebody new, and a room filled from disk, see the same at once.
    let mut fresh = vec![Client::new(6, false)];
    fresh[0].connect(&rooms).await;
    until(&mut fresh, "no first answer", |fresh| !fresh[0].answers.is_empty()).await;
    assert_eq!(fresh[0].string(), text);
    let again = self::rooms(&store);
    assert_eq!(again.text(DOCUMENT).await.unwrap().0, text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_people_end_with_the_same_text(acts in prop::collection::vec(act(), 10..90)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(acts));
    }
}

#[tokio::test]
async fn an_edit_is_acknowledged_once_it_is_on_disk_and_not_sent_back() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "").await.unwrap();
    let mut clients = vec![Client::new(0, true), Client::new(1, true)];
    for client in &mut clients {
        client.connect(&rooms).await;
    }
    until(&mut clients, "nobody is asked", settled).await;
    clients[0].edit(0, "saved").await;
    let before = clients[0].doc.transact().state_vector();
    until(&mut clients, "no acknowledgement", |clients| clients[0].acknowledged == 1).await;
    let (head, ..) = store.log_numbers(DOCUMENT).await;
    assert_eq!(head, 2, "the row is there before the acknowledgement");
    until(&mut clients, "the other did not hear", settled).await;
    assert_eq!(clients[0].doc.transact().state_vector(), before);
    assert_eq!(self::rooms(&store).text(DOCUMENT).await.unwrap(), ("saved".to_owned(), 2));
}

#[tokio::test]
async fn nobody_writes_in_the_name_of_another() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "").await.unwrap();
    let mut clients = vec![Client::new(0, true), Client::new(1, true), Client::new(2, true)];
    for client in &mut clients {
        client.connect(&rooms).await;
    }
    until(&mut clients, "nobody is asked", settled).await;
    clients[0].edit(0, "mine").await;
    until(&mut clients, "not settled", settled).await;
    // One character more of the first client, sent by the second person.
    let forged = [1, 1, 0xe8, 7, 4, 0x84, 0xe8, 7, 3, 1, b'!', 0];
    clients[1].send_update(&forged).await;
    until(&mut clients, "the forger stays", |clients| clients[1].closed == Some(Closing::Forged)).await;
    clients.remove(1);
    clients[0].edit(4, "?").await;
    until(&mut clients, "not settled", settled).await;
    assert_eq!(rooms.text(DOCUMENT).await.unwrap().0, "mine?");
}

#[tokio::test]
async fn a_disk_that_takes_nothing_freezes_and_a_working_one_frees() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "before").await.unwrap();
    let mut clients = vec![Client::new(0, true), Client::new(1, true)];
    for client in &mut clients {
        client.connect(&rooms).await;
    }
    until(&mut clients, "nobody is asked", settled).await;
    store.refuse_writes(true).await;
    let large = "x".repeat(100_000);
    clients[0].edit(0, &large).await;
    // Reads go on, from what is on disk, and show nothing of it.
    let mut fresh = vec![Client::new(6, false)];
    fresh[0].connect(&rooms).await;
    until(&mut fresh, "no answer while frozen", |fresh| !fresh[0].answers.is_empty()).await;
    assert_eq!(fresh[0].string(), "before");
    assert_eq!(rooms.text(DOCUMENT).await.unwrap().0, "before");
    clients[0].pump().await;
    assert_eq!(clients[0].acknowledged, 0);
    store.refuse_writes(false).await;
    until(&mut clients, "not recovered", settled).await;
    assert_eq!(rooms.text(DOCUMENT).await.unwrap().0, format!("{large}before"));
    until(&mut fresh, "the reader did not hear", |fresh| fresh[0].string().len() > 100_000).await;
}

#[tokio::test]
async fn a_document_that_can_not_be_trusted_is_not_shown_and_not_written() {
    let store = store().await;
    let first = rooms(&store);
    first.create(DOCUMENT, user(0), UpdateKind::Import, "one").await.unwrap();
    first.replace(DOCUMENT, user(0), UpdateKind::Edit, "one two", None).await.unwrap();
    store.damage(DOCUMENT, Some(2)).await;
    let rooms = rooms(&store);
    let who = Who { user: user(0), name: "A".to_owned() };
    assert!(rooms.join(DOCUMENT, who, true).await.unwrap_err().to_string().contains("needs repair: change 2"));
    assert!(rooms.replace(DOCUMENT, user(0), UpdateKind::Edit, "three", None).await.is_err());
    assert_eq!(store.log_numbers(DOCUMENT).await.0, 2);
}

#[tokio::test]
async fn an_old_base_merges_with_what_came_since() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "# Title\n\nBody 😀.\n").await.unwrap();
    rooms.replace(DOCUMENT, user(1), UpdateKind::Edit, "# New title\n\nBody 😀.\n", Some(1)).await.unwrap();
    let revision = rooms.replace(DOCUMENT, user(2), UpdateKind::Api, "# Title\n\nBody 😀 and more.\n", Some(1)).await.unwrap();
    assert_eq!(rooms.text(DOCUMENT).await.unwrap(), ("# New title\n\nBody 😀 and more.\n".to_owned(), revision));
    // Nothing to do makes no revision.
    assert_eq!(rooms.replace(DOCUMENT, user(2), UpdateKind::Api, "# New title\n\nBody 😀 and more.\n", Some(1)).await.unwrap(), revision);
}

#[tokio::test]
async fn a_long_log_becomes_a_snapshot_that_says_the_same() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "").await.unwrap();
    let mut clients = vec![Client::new(0, true)];
    clients[0].connect(&rooms).await;
    until(&mut clients, "nobody is asked", settled).await;
    for round in 0..10 {
        // Text that does not compress away: two snapshots' worth of bytes.
        let text: String = (0..60_000_u32).filter_map(|n| char::from_u32(97 + (n * 7 + n / 13 + round) % 26)).collect();
        clients[0].edit(usize::try_from(round).unwrap() * 3, &text).await;
        until(&mut clients, "not acknowledged", settled).await;
    }
    let deadline = Instant::now() + DEADLINE;
    loop {
        let (head, _, snapshot, rows, snapshots) = store.log_numbers(DOCUMENT).await;
        assert_eq!(head, 11);
        if snapshots == 2 {
            assert!(rows < head && snapshot > 5, "{rows} rows, snapshot {snapshot}");
            break;
        }
        assert!(Instant::now() < deadline);
        sleep(Duration::from_millis(5)).await;
    }
    let text = clients[0].string();
    assert_eq!(self::rooms(&store).text(DOCUMENT).await.unwrap().0, text);
    store.damage(DOCUMENT, None).await;
    let again = self::rooms(&store);
    again.replace(DOCUMENT, user(1), UpdateKind::Edit, &format!("{text}!"), None).await.unwrap();
    assert_eq!(again.text(DOCUMENT).await.unwrap().0, format!("{text}!"));
}

#[tokio::test]
async fn stopping_keeps_everything_heard_and_asks_to_come_back() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "").await.unwrap();
    let mut clients = vec![Client::new(0, true)];
    clients[0].connect(&rooms).await;
    until(&mut clients, "nobody is asked", settled).await;
    for _ in 0..20 {
        clients[0].edit(0, "z").await;
    }
    rooms.shutdown().await;
    until(&mut clients, "not sent away", |clients| clients[0].closed == Some(Closing::Restarting)).await;
    assert_eq!(clients[0].acknowledged, 20);
    let (head, text, ..) = store.log_numbers(DOCUMENT).await;
    assert_eq!(head, text, "the stored text is current");
    assert_eq!(store.stored_text(DOCUMENT).await.unwrap().unwrap().text, "z".repeat(20));
}

#[tokio::test]
async fn server_edits_and_browsers_agree_on_positions() {
    let replica = Replica::new(9);
    replica.edit(&[Replacement { start: 0, length: 0, text: "a😀b".to_owned() }]);
    let client = Client::new(0, true);
    client.doc.transact_mut().apply_update(Update::decode_v1(&replica.state()).unwrap()).unwrap();
    assert_eq!(client.text.len(&client.doc.transact()), 4);
}

/// Lets a time pass for the rooms.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

async fn versions(store: &Store, count: usize) -> Vec<crate::domain::history::Version> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let found = store.versions(DOCUMENT).await.unwrap();
        if found.len() >= count {
            return found;
        }
        assert!(Instant::now() < deadline, "{found:?}");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn versions_are_made_while_people_type_when_they_have_left_and_when_the_server_stops() {
    let store = store().await;
    let rooms = rooms(&store);
    rooms.create(DOCUMENT, user(0), UpdateKind::Import, "one\n").await.unwrap();
    assert_eq!(versions(&store, 1).await.len(), 1, "the first text");
    let mut clients = vec![Client::new(0, true), Client::new(4, false)];
    for client in &mut clients {
        client.connect(&rooms).await;
    }
    until(&mut clients, "nobody is asked", settled).await;
    clients[0].edit(0, "two\n").await;
    until(&mut clients, "not settled", settled).await;
    pass(Duration::from_mins(9)).await;
    clients[0].edit(0, "three\n").await;
    until(&mut clients, "not settled", settled).await;
    assert_eq!(versions(&store, 1).await.len(), 1, "nine minutes are not enough");
    pass(Duration::from_mins(1)).await;
    assert_eq!(versions(&store, 2).await[0].amount.words(), "+2 lines");
    // Who reads stays; the last writer leaves and does not come back.
    clients[0].edit(0, "four\n").await;
    until(&mut clients, "not settled", settled).await;
    let head = store.log_numbers(DOCUMENT).await.0;
    clients.remove(0);
    sleep(Duration::from_millis(50)).await;
    pass(Duration::from_secs(21)).await;
    assert_eq!(versions(&store, 3).await[0].revision, head);
    clients.push(Client::new(1, true));
    clients[1].connect(&rooms).await;
    until(&mut clients, "nobody is asked", settled).await;
    clients[1].edit(0, "five\n").await;
    until(&mut clients, "not settled", settled).await;
    rooms.shutdown().await;
    let found = versions(&store, 4).await;
    assert_eq!((found.len(), found[0].who.clone()), (4, vec![user(1).to_string()]));
    // What was kept by no version when the power went is found by the next room.
    let again = self::rooms(&store);
    again.replace(DOCUMENT, user(2), UpdateKind::Edit, "six\n", None).await.unwrap();
    let third = self::rooms(&store);
    third.replace(DOCUMENT, user(2), UpdateKind::Restore(1), "one\n", None).await.unwrap();
    let found = versions(&store, 6).await;
    let words: Vec<String> = found.iter().take(2).map(crate::domain::history::Version::summary).collect();
    assert_eq!(words, ["v1 restored", "+1 −5 lines"]);
}
