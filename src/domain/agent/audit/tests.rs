//! Records can't be changed unnoticed, and a run can be had again from them.

use serde_json::json;

use super::{replay::*, *};
use crate::domain::agent::{
    conversation::{Block, Stop, Usage},
    turn::{
        Mode, Run, Step,
        tests::play::{answered, setup, turn, turn_of},
    },
};

type Change = fn(&mut Record);

/// Does a run with a tool that answers `answer`, and records it the way a server does.
fn recorded(keep: bool) -> (Vec<Record>, Vec<Step>, Trail) {
    let mut trail = Trail::new("run-1");
    let mut records = Vec::new();
    let mut all = Vec::new();
    let mut at = 1_000;
    let mut add = |entry: &Entry| {
        at += 1;
        records.push(trail.add(Moment(at), entry).unwrap());
    };
    let setup = setup(Mode::Review);
    add(&Entry::Began(Box::new(Began { initiator: "anna".to_owned(), ..Began::of(&setup, keep) })));
    let (mut run, mut steps) = Run::begin(setup).unwrap();
    let call = |id: &str, tool: &str, input| Block::Call { id: id.to_owned(), tool: tool.to_owned(), input };
    let events = vec![
        Event::Elapsed(1200),
        Event::Turned(turn(
            vec![Block::text("Let me see."), call("a", "model_get", json!({"ids": ["E1"], "slo": 99.950_000_000_000_03}))],
            Stop::Tools,
        )),
        Event::Steer { author: "Bo".to_owned(), text: "Look at E3.".to_owned() },
        answered("a", "E1 orders ¦ \"takes\" orders 🙂"),
        Event::Turned(turn_of(vec![call("b", "report_finding", json!({})), call("c", "finish", json!({}))], Stop::Tools, Usage::default())),
        answered("c", "not yet"),
        Event::Elapsed(2400),
        Event::Answered { id: "b".to_owned(), text: "rejected".to_owned(), failed: true, finished: false },
        Event::Turned(turn(vec![call("c", "finish", json!({}))], Stop::Tools)),
        Event::Answered { id: "c-2".to_owned(), text: "ok".to_owned(), failed: false, finished: true },
    ];
    for event in events {
        steps.iter().filter_map(entry_of_step).for_each(|entry| add(&entry));
        all.append(&mut steps);
        add(&entry_of_event(&event, keep, 3));
        if let Event::Answered { .. } = event {
            add(&Entry::Finding {
                raw: json!({"title": "t"}),
                grounding: Grounding::Rejected,
                reasons: vec!["E9 does not exist".to_owned()],
            });
        }
        steps = run.handle(event);
    }
    steps.iter().filter_map(entry_of_step).for_each(|entry| add(&entry));
    all.append(&mut steps);
    assert!(run.is_over());
    add(&Entry::Decided { person: "anna".to_owned(), about: "f".to_owned(), decision: "accepted".to_owned(), reason: String::new() });
    (records, all, trail)
}

#[test]
fn a_run_is_had_again_from_its_records() {
    let (records, steps, _) = recorded(true);
    assert_eq!(replay(&records).unwrap(), steps);
    let recording = recording(&records).unwrap();
    assert_eq!((recording.setup, recording.events.len()), (setup(Mode::Review), 10));
}

#[test]
fn an_export_is_as_good_as_the_records() {
    let (records, steps, trail) = recorded(true);
    let text = to_jsonl(&records).unwrap();
    assert_eq!(text.lines().count(), records.len());
    let back = from_jsonl(&text).unwrap();
    assert_eq!(verify(&back, Some(trail.head())), Ok(()));
    assert_eq!(replay(&back).unwrap(), steps);
    assert_eq!(to_jsonl(&back).unwrap(), text, "to the byte");
    let error = from_jsonl(&format!("{text}\nnot json\n")).unwrap_err();
    assert_eq!(error.line, records.len() + 2);
}

#[test]
fn every_change_of_a_record_is_found_where_it_is() {
    let (records, _, trail) = recorded(true);
    assert_eq!(verify(&records, Some(trail.head())), Ok(()));
    let changes: [Change; 4] = [
        |record| record.at = record.at.plus(1),
        |record| record.entry = RawValue::from_string(record.entry.get().replacen("type", "kind", 1)).unwrap(),
        |record| record.seal = record.seal.chars().rev().collect(),
        |record| record.run.push('x'),
    ];
    for index in 0..records.len() {
        for (which, change) in changes.iter().enumerate() {
            let mut changed = records.clone();
            change(&mut changed[index]);
            let broken = verify(&changed, Some(trail.head())).unwrap_err();
            // The run's name is the first record's: another name there shows in its own seal.
            assert_eq!(broken.number, index as u64 + 1, "change {which} of record {}: {broken}", index + 1);
        }
    }
}

#[test]
fn nothing_moves_from_one_field_to_the_next_unnoticed() {
    let (records, _, _) = recorded(true);
    let mut one = records[0].clone();
    one.previous.push('x');
    let mut other = records[0].clone();
    other.run.insert(0, 'x');
    assert_ne!(one.sealed(), other.sealed());
}

#[test]
fn a_record_written_anew_breaks_the_next_link() {
    let (mut records, _, _) = recorded(true);
    records[2].at = Moment(0);
    records[2].seal = records[2].sealed();
    assert_eq!(verify(&records, None).unwrap_err().number, 4);
}

#[test]
fn gaps_swaps_and_cut_ends_are_found() {
    let (records, _, trail) = recorded(true);
    let mut gap = records.clone();
    gap.remove(3);
    assert_eq!(verify(&gap, None).unwrap_err().to_string(), "record 4 is missing: number 5 stands in its place");
    let mut swapped = records.clone();
    swapped.swap(1, 2);
    assert_eq!(verify(&swapped, None).unwrap_err().number, 2);
    let cut = &records[..records.len() - 1];
    assert_eq!(verify(cut, None), Ok(()), "the chain alone can't know");
    assert_eq!(verify(cut, Some(trail.head())).unwrap_err().number, records.len() as u64);
    assert_eq!(verify(&[], Some(BEGINNING)), Ok(()));
}

#[test]
fn without_texts_there_are_hashes_and_no_replay() {
    let (kept, _, _) = recorded(true);
    let (records, _, trail) = recorded(false);
    assert_eq!(verify(&records, Some(trail.head())), Ok(()));
    let text = to_jsonl(&records).unwrap();
    assert!(!text.contains("E1 orders") && !text.contains("Review."), "{text}");
    let Err(ReplayError::NotKept { number: 1, what }) = replay(&records) else { panic!("replayed") };
    assert_eq!(what, "the prompt");
    let (Entry::Began(with), Entry::Began(without)) = (kept[0].read().unwrap(), records[0].read().unwrap()) else { panic!() };
    assert_eq!((with.prompt_hash, with.tools_hash, with.setup_hash), (without.prompt_hash, without.tools_hash, without.setup_hash));
}

/// The records with one entry exchanged and all seals made anew, as someone with write access could.
fn forged(records: &[Record], change: impl Fn(Entry) -> Option<Entry>) -> Vec<Record> {
    let mut trail = Trail::new("run-1");
    records.iter().filter_map(|record| change(record.read().unwrap()).map(|entry| trail.add(record.at, &entry).unwrap())).collect()
}

#[test]
fn a_run_that_would_go_another_way_says_where() {
    let (records, _, _) = recorded(true);
    assert!(replay(&forged(&records, Some)).is_ok());
    let other = forged(&records, |entry| match entry {
        Entry::Happened { event: Event::Turned(mut turn) } => {
            turn.blocks.retain(|block| !matches!(block, Block::Text { .. }));
            Some(Entry::Happened { event: Event::Turned(turn) })
        }
        entry => Some(entry),
    });
    let Err(ReplayError::Differs { recorded, now, .. }) = replay(&other) else { panic!("the same") };
    assert!(recorded.starts_with("a turn of first, request ") && now.starts_with("a turn of first, request ") && recorded != now);
    let without_end = forged(&records, |entry| (!matches!(entry, Entry::Ended { .. })).then_some(entry));
    assert!(matches!(replay(&without_end), Err(ReplayError::Differs { recorded, .. }) if recorded == "nothing"));
    let without_call = forged(&records, |entry| (!matches!(entry, Entry::Called { .. })).then_some(entry));
    assert!(matches!(replay(&without_call), Err(ReplayError::Differs { .. })));
    let other_answer = forged(&records, |entry| match entry {
        Entry::Answered { id, hash, failed, finished, took_ms, .. } => {
            Some(Entry::Answered { id, hash, text: Some("something else".to_owned()), failed, finished, took_ms })
        }
        entry => Some(entry),
    });
    assert!(matches!(replay(&other_answer), Err(ReplayError::WrongText { .. })));
    assert!(matches!(replay(&[]), Err(ReplayError::NoBeginning)));
}
