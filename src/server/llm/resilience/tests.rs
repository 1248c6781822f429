//! The guard with time standing still and a line that answers as it is told.

use std::sync::atomic::AtomicUsize;

use tokio::{sync::Notify, time::timeout_at};
use uuid::Uuid;

use super::*;
use crate::{
    domain::agent::conversation::{Capabilities, Protocol, Stop, Usage},
    server::llm::resilience::bulkhead::Bounds,
};

/// Answers from a list, then well; or never.
struct Told {
    faults: Mutex<Vec<Fault>>,
    asked: AtomicUsize,
    hangs: bool,
    left: Arc<Notify>,
}

/// Tells when it is dropped.
struct Leaves(Arc<Notify>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Line for Told {
    fn attempt<'a>(
        &'a self,
        _: &'a ModelInfo,
        _: &'a TurnRequest,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, Fault>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let _leaves = Leaves(Arc::clone(&self.left));
            progress(Progress::Text { text: "half".to_owned() });
            if self.hangs {
                std::future::pending::<()>().await;
            }
            let fault = {
                let mut faults = self.faults.lock().unwrap();
                if faults.is_empty() { None } else { Some(faults.remove(0)) }
            };
            fault.map_or_else(
                || {
                    Ok(Turn {
                        blocks: Vec::new(),
                        stop: Stop::End,
                        usage: Usage::default(),
                        served_by: String::new(),
                        request_id: String::new(),
                    })
                },
                Err,
            )
        })
    }
}

struct Fixed;

impl IdSource for Fixed {
    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }

    fn secret(&self) -> [u8; 32] {
        [0xFF; 32]
    }
}

struct Bench {
    line: Arc<Told>,
    guard: Arc<Guard>,
    told: Mutex<Vec<Progress>>,
}

fn request() -> TurnRequest {
    TurnRequest { model: "m".to_owned(), system: Vec::new(), tools: Vec::new(), messages: Vec::new(), answer_tokens: 10 }
}

fn project(number: u128) -> ProjectId {
    ProjectId::from_uuid(Uuid::from_u128(number))
}

impl Bench {
    fn new(faults: Vec<Fault>, hangs: bool) -> Self {
        let line = Told { faults: Mutex::new(faults), asked: AtomicUsize::new(0), hangs, left: Arc::default() };
        let bounds = Bounds { provider: 2, project: 1, queue: 1, patience: Duration::from_mins(1) };
        Self { line: Arc::new(line), guard: Arc::new(Guard::new(Bulkhead::new(bounds), Arc::new(Fixed))), told: Mutex::default() }
    }

    fn run(&self, number: u128) -> Guarded {
        let capabilities =
            Capabilities { tools: true, strict_tools: false, keeps: false, late_system: false, context: 1000, answer: 100, price: None };
        let info = ModelInfo { provider: "P".to_owned(), protocol: Protocol::OpenAi, model: "m".to_owned(), capabilities };
        Guarded::new(info, Arc::clone(&self.line) as Arc<dyn Line>, Arc::clone(&self.guard), project(number))
    }

    async fn turn(&self, run: &Guarded) -> Result<Turn, TurnError> {
        run.turn(&request(), &CancellationToken::new(), &|progress| self.told.lock().unwrap().push(progress)).await
    }

    fn asked(&self) -> usize {
        self.line.asked.load(Ordering::SeqCst)
    }
}

fn failed() -> Fault {
    Fault::passing(TurnError::Failed { provider: "P".to_owned(), status: 500, detail: "oops".to_owned() })
}

fn limited(after: Option<u64>) -> Fault {
    let error = TurnError::RateLimited { provider: "P".to_owned(), retry_after_ms: after.map(|seconds| seconds * 1000) };
    Fault { after: after.map(Duration::from_secs), ..Fault::passing(error) }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_failed_is_asked_for_again_and_the_reader_is_told_to_forget() {
    let bench = Bench::new(vec![failed(), failed()], false);
    let begun = Instant::now();
    bench.turn(&bench.run(1)).await.unwrap();
    assert_eq!(bench.asked(), 3);
    assert_eq!(begun.elapsed(), Duration::from_millis(1500));
    let told = bench.told.lock().unwrap();
    let restarted = told.iter().filter(|progress| matches!(progress, Progress::Restarted { because, .. } if because.contains("oops")));
    assert_eq!(restarted.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn three_failures_are_enough_for_a_turn_and_five_for_a_provider() {
    let bench = Bench::new(vec![failed(); 50], false);
    assert_eq!(bench.turn(&bench.run(1)).await, Err(failed().error));
    assert_eq!(bench.asked(), 3);
    assert_eq!(bench.turn(&bench.run(2)).await, Err(failed().error), "it opens on the way, but the failure is what is told");
    assert_eq!(bench.asked(), 5);
    assert!(matches!(bench.turn(&bench.run(3)).await, Err(TurnError::BreakerOpen { .. })));
    assert_eq!(bench.asked(), 5, "nothing was sent");
    assert!(matches!(bench.guard.standing("m"), Standing::Open { .. }));
    sleep(Duration::from_secs(30)).await;
    bench.line.faults.lock().unwrap().clear();
    bench.turn(&bench.run(3)).await.unwrap();
    assert_eq!(bench.guard.standing("m"), Standing::Ready);
}

#[tokio::test(start_paused = true)]
async fn other_models_of_the_provider_are_asked_all_the_same() {
    let bench = Bench::new(vec![failed(); 5], false);
    for number in 0..2 {
        bench.turn(&bench.run(number)).await.unwrap_err();
    }
    let other = TurnRequest { model: "n".to_owned(), ..request() };
    bench.run(1).turn(&other, &CancellationToken::new(), &|_| {}).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_repeats_four_times_in_all() {
    let mut faults = Vec::new();
    for _ in 0..10 {
        faults.push(limited(None));
    }
    let bench = Bench::new(faults, false);
    let run = bench.run(1);
    bench.turn(&run).await.unwrap_err();
    bench.turn(&run).await.unwrap_err();
    assert_eq!(bench.asked(), 6);
    bench.turn(&run).await.unwrap_err();
    assert_eq!(bench.asked(), 7);
}

#[tokio::test(start_paused = true)]
async fn everybody_waits_for_a_provider_that_asks_for_patience() {
    let bench = Bench::new(vec![limited(Some(20))], false);
    let begun = Instant::now();
    let (first, second) = (bench.run(1), bench.run(2));
    let (first, second) = tokio::join!(bench.turn(&first), async {
        sleep(Duration::from_secs(1)).await;
        let turn = bench.turn(&second).await;
        assert_eq!(begun.elapsed(), Duration::from_secs(20));
        turn
    });
    first.unwrap();
    second.unwrap();
    assert_eq!(bench.asked(), 3);
    let told = bench.told.lock().unwrap();
    assert!(told.contains(&Progress::Waiting { because: "P asked for patience".to_owned(), wait_ms: 19_000 }), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_too_much_patience_ends_the_turn_and_is_kept_for_the_next() {
    let bench = Bench::new(vec![limited(Some(90))], false);
    assert_eq!(bench.turn(&bench.run(1)).await, Err(limited(Some(90)).error));
    sleep(Duration::from_secs(10)).await;
    assert_eq!(bench.turn(&bench.run(1)).await, Err(limited(Some(80)).error));
    assert_eq!(bench.asked(), 1);
    sleep(Duration::from_secs(25)).await;
    bench.turn(&bench.run(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn places_are_few_and_the_queue_is_short() {
    let bench = Bench::new(Vec::new(), true);
    let (one, same, two, three, four) = (bench.run(1), bench.run(1), bench.run(2), bench.run(3), bench.run(4));
    let begun = Instant::now();
    tokio::select! {
        _ = bench.turn(&one) => panic!("it hangs"),
        _ = bench.turn(&two) => panic!("it hangs"),
        busy = async {
            tokio::task::yield_now().await;
            assert_eq!(bench.guard.load(), (2, 0));
            // One may wait, the next may not.
            let (waited, refused) = tokio::join!(bench.turn(&same), async {
                tokio::task::yield_now().await;
                assert_eq!(bench.guard.load(), (2, 1));
                bench.turn(&three).await
            });
            assert!(matches!(refused, Err(TurnError::Busy { .. })));
            waited
        } => {
            assert!(matches!(busy, Err(TurnError::Busy { .. })));
            assert_eq!(begun.elapsed(), Duration::from_mins(1));
        }
    }
    assert_eq!(bench.guard.load(), (0, 0), "places come back when nobody waits for the answer");
    assert_eq!(bench.asked(), 2);
    assert!(timeout_at(Instant::now() + Duration::from_secs(1), bench.turn(&four)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn stopping_lets_go_of_everything_at_once() {
    let bench = Bench::new(Vec::new(), true);
    let stop = CancellationToken::new();
    let run = bench.run(1);
    let (request, begun) = (request(), Instant::now());
    let (outcome, ()) = tokio::join!(run.turn(&request, &stop, &|_| {}), async {
        sleep(Duration::from_secs(3)).await;
        stop.cancel();
    });
    assert_eq!(outcome, Err(TurnError::Cancelled));
    bench.line.left.notified().await;
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
    assert_eq!((bench.guard.load(), bench.guard.standing("m")), ((0, 0), Standing::Ready));
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_every_wait() {
    let bench = Bench::new(vec![limited(Some(50))], false);
    let stop = CancellationToken::new();
    let run = bench.run(1);
    let (request, begun) = (request(), Instant::now());
    let (outcome, ()) = tokio::join!(run.turn(&request, &stop, &|_| {}), async {
        sleep(Duration::from_secs(3)).await;
        stop.cancel();
    });
    assert_eq!(outcome, Err(TurnError::Cancelled));
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
    assert_eq!(run.turn(&request, &stop, &|_| {}).await, Err(TurnError::Cancelled), "a stopped run asks for nothing more");
    assert_eq!(bench.asked(), 1);
}
