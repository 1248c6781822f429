//! What live editing costs: a change on its way to disk and back, a join, a fan-out, a snapshot.
//! `cargo bench --features ssr --bench rooms`.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be set up has nothing to measure")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use divan::{Bencher, black_box};
use lintel::{
    domain::{id::DocumentId, moment::Moment},
    server::{
        boot::{AppState, Config, Settings},
        collab::{
            difference::Replacement,
            frame,
            outbox::{Next, Outbox},
            presence::Who,
            replica::Replica,
            session::Session,
        },
        http::assets::Assets,
        ports::{Clock, IdSource},
        service::{self, access::Actor},
        store::Store,
    },
};
use tokio::runtime::Runtime;
use uuid::Uuid;

fn main() {
    divan::main();
}

struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

struct Counting(AtomicU64);

impl IdSource for Counting {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }

    fn secret(&self) -> [u8; 32] {
        *blake3::hash(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes()).as_bytes()
    }
}

/// A server on a folder, so that commits really reach the disk.
struct Site {
    runtime: Runtime,
    app: AppState,
    document: DocumentId,
    who: Who,
    _data: tempfile::TempDir,
}

impl Site {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let data = tempfile::tempdir().unwrap();
        let (app, document, who) = runtime.block_on(async {
            let store = Store::open(data.path()).await.unwrap();
            let config = Config::read(Settings::default(), true).unwrap();
            let clock = Arc::new(Still(AtomicI64::new(1_795_089_600_000)));
            let app = AppState::assemble(config, store, Assets::default(), clock, Arc::new(Counting(AtomicU64::new(1))));
            let person = service::people::add(&app, "Ada", "ada@example.com", "correct horse battery", true).await.unwrap();
            let actor = Actor { person: person.clone(), session: None, token: None };
            let project = service::projects::create(&app, &actor, "Shop", None, "").await.unwrap();
            let document = service::documents::new_diagram(&app, &actor, &project.slug, "Shop").await.unwrap().id;
            (app, document, Who { user: person.id, name: person.name })
        });
        Self { runtime, app, document, who, _data: data }
    }

    fn join(&self) -> (Session, Arc<Outbox>) {
        let session = self.runtime.block_on(self.app.rooms.join(self.document, self.who.clone(), true)).unwrap();
        let outbox = session.outbox();
        (session, outbox)
    }
}

/// Waits for a frame that begins with some bytes.
async fn wait(outbox: &Outbox, start: &[u8]) {
    loop {
        match outbox.next().await {
            Next::Send(frames) if frames.iter().any(|frame| frame.starts_with(start)) => return,
            Next::Send(_) => {}
            Next::Close(closing) => panic!("{closing}"),
        }
    }
}

/// Typing a few characters again and again; sessions are renewed before they count as too fast.
struct Typist {
    replica: Replica,
    at: u32,
    sent: u32,
}

impl Typist {
    fn new(client: u32) -> Self {
        Self { replica: Replica::new(client), at: 0, sent: 0 }
    }

    fn typed(&mut self) -> bytes::Bytes {
        let update = self.replica.edit(&[Replacement { start: self.at, length: 0, text: "word ".to_owned() }]);
        self.at += 5;
        self.sent += 1;
        frame::update(&update)
    }
}

/// From the frame to its acknowledgement: checked, applied, on disk.
#[divan::bench(sample_count = 20, sample_size = 20)]
fn edit_to_acknowledgement(bencher: Bencher<'_, '_>) {
    let site = Site::start();
    let (mut session, mut outbox) = site.join();
    let mut typist = Typist::new(77);
    bencher.bench_local(|| {
        if typist.sent % 500 == 499 {
            (session, outbox) = site.join();
        }
        let frame = typist.typed();
        site.runtime.block_on(async {
            session.receive(frame).await.unwrap();
            wait(&outbox, &[121]).await;
        });
    });
}

/// One author, fifty readers: until the last of them has it.
#[divan::bench(sample_count = 20, sample_size = 10)]
fn fan_out_to_fifty(bencher: Bencher<'_, '_>) {
    let site = Site::start();
    let (mut session, outbox) = site.join();
    let readers: Vec<_> = (0..50).map(|_| site.join()).collect();
    let mut typist = Typist::new(77);
    bencher.bench_local(|| {
        let frame = typist.typed();
        site.runtime.block_on(async {
            session.receive(frame).await.unwrap();
            wait(&outbox, &[121]).await;
            for (_, outbox) in &readers {
                wait(outbox, &[0, 2]).await;
            }
        });
    });
}

/// A document of some eight hundred thousand characters that twenty people typed in thirty thousand pieces.
fn typed() -> Replica {
    let mut authors: Vec<(Replica, [u32; 2])> = (1..=20).map(|client| (Replica::new(client), [0, 0])).collect();
    let whole = Replica::new(99);
    for round in 0..1500_u32 {
        for (author, halves) in &mut authors {
            // Everybody goes back and forth between two places, so that no piece joins the one before it.
            let text = format!("{round:>7} of many lines\n");
            let length = u32::try_from(text.len()).unwrap();
            let start = if round % 2 == 0 { halves[0] } else { halves[0] + halves[1] };
            halves[usize::from(round % 2 == 1)] += length;
            let update = author.edit(&[Replacement { start, length: 0, text }]);
            whole.apply([update.as_slice()]).unwrap();
        }
    }
    whole
}

#[divan::bench(sample_count = 10)]
fn join_of_a_large_document(bencher: Bencher<'_, '_>) {
    let document = typed();
    bencher.bench_local(|| black_box(document.state()));
}

#[divan::bench(sample_count = 10)]
fn return_to_a_large_document(bencher: Bencher<'_, '_>) {
    let document = typed();
    let have = document.state_vector();
    document.edit(&[Replacement { start: 0, length: 0, text: "new".to_owned() }]);
    bencher.bench_local(|| black_box(document.missing(&have)));
}

/// A snapshot: the state, read back, and compared.
#[divan::bench(sample_count = 10)]
fn snapshot_of_a_large_document(bencher: Bencher<'_, '_>) {
    let document = typed();
    bencher.bench_local(|| {
        let copy = Replica::new(1000);
        copy.apply([document.state().as_slice()]).unwrap();
        assert!(copy.likeness() == document.likeness());
    });
}
