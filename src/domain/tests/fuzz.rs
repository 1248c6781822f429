//! A long search for texts that break a reader: seeds are mutated, every reader reads the result, and what it gives is
//! checked. A few cases run with every test run; the same search runs for as long as wanted with
//!
//! ```text
//! cargo xtask fuzz 600
//! ```
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `LINTEL_FUZZ_SECONDS` | how long to search; without it a fixed number of cases runs | |
//! | `LINTEL_FUZZ_SEED` | the number of the first case; a finding names its number, and that case alone runs first again | 1 |
//! | `LINTEL_FUZZ_LIMIT_MS` | a case that takes longer is a finding; one that takes six times as long ends the search | 10000 |
//! | `LINTEL_CORPUS` | real files as further seeds | |
//!
//! A case is fully given by its number and the seeds. A new reader is one line of [`readers::READERS`].

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use proptest::prelude::*;

mod formats;
mod gestures;
mod mutate;
mod pieces;
mod readers;

use mutate::{Dice, Kind, Seeds};
use readers::READERS;

use crate::domain::syntax::format::Format;

/// Cases without a time to spend.
const CASES: u64 = 150;
/// Findings after which a search ends.
const FINDINGS: usize = 20;

/// One text and what is to read it.
fn case(seeds: &Seeds, number: u64) -> (&'static readers::Reader, String) {
    let mut dice = Dice::new(number);
    let total: usize = READERS.iter().map(|reader| reader.weight).sum();
    let mut at = dice.below(total);
    let mut chosen = &READERS[0];
    for reader in &READERS {
        chosen = reader;
        if at < reader.weight {
            break;
        }
        at -= reader.weight;
    }
    (chosen, mutate::mutate(seeds, chosen.kind, &mut dice))
}

/// What went wrong while a case was read, in words.
fn run(reader: &readers::Reader, text: &str, number: u64) -> Result<Duration, String> {
    let start = Instant::now();
    let mut dice = Dice::new(number ^ 0x5bd1_e995);
    let result = catch_unwind(AssertUnwindSafe(|| (reader.read)(text, &mut dice)));
    let took = start.elapsed();
    match result {
        Ok(()) => Ok(took),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Err(said.unwrap_or("a panic without words").to_owned())
        }
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// A text as a report shows it.
fn excerpt(text: &str) -> String {
    let short: String = text.chars().take(400).collect();
    format!("{} bytes: {short:?}", text.len())
}

/// What one case came to: its number, the reader by position, its text, and how long it took or what is wrong.
type Report = (u64, usize, String, Result<Duration, String>);

#[test]
fn search() {
    let seeds = Seeds::gather();
    let budget = setting("LINTEL_FUZZ_SECONDS").map(Duration::from_secs);
    let limit = Duration::from_millis(setting("LINTEL_FUZZ_LIMIT_MS").unwrap_or(10_000));
    let first = setting("LINTEL_FUZZ_SEED").unwrap_or(1);
    let start = Instant::now();
    // The cases run beside, so that one that never ends is told by its number.
    let (done, reports) = std::sync::mpsc::channel::<Option<Report>>();
    std::thread::Builder::new()
        .stack_size(4 * 1024 * 1024)
        .spawn(move || {
            let mut number = first;
            while budget.map_or(number - first < CASES, |budget| start.elapsed() < budget) {
                let (reader, text) = case(&seeds, number);
                let place = READERS.iter().position(|one| one.name == reader.name).unwrap();
                let result = run(reader, &text, number);
                if done.send(Some((number, place, text, result))).is_err() {
                    return;
                }
                number += 1;
            }
            let _ = done.send(None);
        })
        .unwrap();
    let mut slowest: Vec<(Duration, u64, String)> = READERS.iter().map(|_| (Duration::ZERO, 0, String::new())).collect();
    let mut counts = vec![0_u64; READERS.len()];
    let (mut count, mut bytes) = (0_u64, 0_usize);
    let mut findings = Vec::new();
    while findings.len() < FINDINGS {
        let Ok(report) = reports.recv_timeout(limit * 6) else {
            findings.push(format!("case {} does not end", first + count));
            break;
        };
        let Some((number, place, text, result)) = report else { break };
        let reader = &READERS[place];
        match result {
            Err(what) => findings.push(format!("{} fails in case {number}: {what}\n{}", reader.name, excerpt(&text))),
            Ok(took) => {
                if took > limit {
                    findings.push(format!("{} takes {took:?} in case {number}\n{}", reader.name, excerpt(&text)));
                }
                if took > slowest[place].0 {
                    slowest[place] = (took, number, excerpt(&text));
                }
            }
        }
        count += 1;
        counts[place] += 1;
        bytes += text.len();
    }
    println!("{count} cases from {first}, {bytes} bytes in {:?}, {} findings", start.elapsed(), findings.len());
    for ((reader, count), (took, number, text)) in READERS.iter().zip(&counts).zip(&slowest) {
        println!("{}: {count} cases, slowest {took:?}, case {number}, {}", reader.name, text.chars().take(100).collect::<String>());
    }
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}

/// Those of the product, made once.
static OWN: std::sync::LazyLock<Seeds> = std::sync::LazyLock::new(Seeds::own);

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_case_is_borne(number in any::<u64>()) {
        let (reader, text) = case(&OWN, number);
        if let Err(what) = run(reader, &text, number) {
            prop_assert!(false, "{} fails in case {number}: {what}\n{}", reader.name, excerpt(&text));
        }
    }
}

#[test]
fn cases_are_given_by_their_number() {
    let seeds = &*OWN;
    for number in [1, 2, 77, u64::MAX] {
        assert_eq!(case(seeds, number).1, case(seeds, number).1);
    }
    let kinds: std::collections::BTreeSet<Kind> = READERS.iter().map(|reader| reader.kind).collect();
    assert!(kinds.iter().all(|kind| seeds.count(*kind) > 0));
    let distinct: std::collections::BTreeSet<String> = (0..50).map(|number| case(seeds, number).1).collect();
    assert!(distinct.len() > 40);
    assert!(Format::ALL.into_iter().all(|format| seeds.count(Kind::Diagram(format)) > 0));
}
