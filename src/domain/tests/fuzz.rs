//! A long search for texts that break a reader: seeds are mutated, every reader reads the result, and what it gives is
//! checked. A few cases run with every test run; the same search runs for as long as wanted with
//!
//! ```text
//! LINTEL_FUZZ_SECONDS=600 cargo test --release --lib domain::tests::fuzz::search -- --nocapture
//! ```
//!
//! | variable | meaning | default |
//! | --- | --- | --- |
//! | `LINTEL_FUZZ_SECONDS` | how long to search; without it a fixed number of cases runs | |
//! | `LINTEL_FUZZ_SEED` | the number of the first case; a finding names its number, and that case alone runs first again | 1 |
//! | `LINTEL_FUZZ_LIMIT_MS` | a case that takes longer is a finding | 10000 |
//! | `LINTEL_CORPUS` | real files as further seeds | |
//!
//! A case is fully given by its number and the seeds. A new reader is one line of [`readers::READERS`].

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use proptest::prelude::*;

mod mutate;
mod readers;

use mutate::{Dice, Kind, Seeds};
use readers::READERS;

/// Cases without a time to spend.
const CASES: u64 = 150;

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

#[test]
fn search() {
    let seeds = Seeds::gather();
    let budget = setting("LINTEL_FUZZ_SECONDS").map(Duration::from_secs);
    let limit = Duration::from_millis(setting("LINTEL_FUZZ_LIMIT_MS").unwrap_or(10_000));
    let first = setting("LINTEL_FUZZ_SEED").unwrap_or(1);
    let start = Instant::now();
    let mut slowest: Vec<(Duration, u64, String)> = READERS.iter().map(|_| (Duration::ZERO, 0, String::new())).collect();
    let (mut count, mut bytes) = (0_u64, 0_usize);
    let mut findings = Vec::new();
    while budget.map_or(count < CASES, |budget| start.elapsed() < budget) && findings.len() < 5 {
        let number = first + count;
        let (reader, text) = case(&seeds, number);
        match run(reader, &text, number) {
            Err(what) => findings.push(format!("{} fails in case {number}: {what}\n{}", reader.name, excerpt(&text))),
            Ok(took) => {
                if took > limit {
                    findings.push(format!("{} takes {took:?} in case {number}\n{}", reader.name, excerpt(&text)));
                }
                let place = READERS.iter().position(|one| one.name == reader.name).unwrap();
                if took > slowest[place].0 {
                    slowest[place] = (took, number, excerpt(&text));
                }
            }
        }
        count += 1;
        bytes += text.len();
    }
    println!("{count} cases, {bytes} bytes in {:?}, {} findings", start.elapsed(), findings.len());
    for (reader, (took, number, text)) in READERS.iter().zip(&slowest) {
        println!("slowest of {}: {took:?}, case {number}, {}", reader.name, text.chars().take(160).collect::<String>());
    }
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_case_is_borne(number in any::<u64>()) {
        let seeds = Seeds::own();
        let (reader, text) = case(&seeds, number);
        if let Err(what) = run(reader, &text, number) {
            prop_assert!(false, "{} fails in case {number}: {what}\n{}", reader.name, excerpt(&text));
        }
    }
}

#[test]
fn cases_are_given_by_their_number() {
    let seeds = Seeds::own();
    for number in [1, 2, 77, u64::MAX] {
        assert_eq!(case(&seeds, number).1, case(&seeds, number).1);
    }
    let kinds: std::collections::BTreeSet<Kind> = READERS.iter().map(|reader| reader.kind).collect();
    assert!(kinds.iter().all(|kind| seeds.count(*kind) > 0));
    let distinct: std::collections::BTreeSet<String> = (0..50).map(|number| case(&seeds, number).1).collect();
    assert!(distinct.len() > 40);
}
