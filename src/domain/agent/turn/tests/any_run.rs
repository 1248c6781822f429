//! Whatever happens to a run, in whatever order: it ends once, within its budgets, and never says what a provider refuses.

use proptest::prelude::*;
use serde_json::json;

use super::{
    play::{setup, turn_of, valid},
    *,
};
use crate::domain::{
    agent::{
        audit::{
            Began, Entry, Trail, from_jsonl,
            replay::{entry_of_event, entry_of_step, replay},
            to_jsonl,
        },
        conversation::Protocol,
    },
    moment::Moment,
};

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let text = prop_oneof![Just(String::new()), Just(" ".to_owned()), "[a-z ]{1,20}", Just("x".repeat(3000))];
    let id = prop_oneof![Just(String::new()), Just("a".to_owned()), Just("b".to_owned()), Just("a-2".to_owned()), "[a-z]{1,3}"];
    let tool = prop_oneof![Just("finish"), Just("model_get"), Just("report_finding"), Just("adr_search"), Just("bash"), Just("")];
    let block = prop_oneof![
        3 => text.prop_map(Block::text),
        4 => (id.clone(), tool, any::<f64>()).prop_map(|(id, tool, n)| Block::Call { id, tool: tool.to_owned(), input: json!({"n": n}) }),
        1 => id.prop_map(|id| Block::Answer { id, text: "not its own".to_owned(), failed: false }),
        1 => Just(Block::Opaque { protocol: Protocol::Anthropic, value: json!({"type": "thinking"}) }),
    ];
    proptest::collection::vec(block, 0..5)
}

fn stop() -> impl Strategy<Value = Stop> {
    prop_oneof![
        3 => Just(Stop::End),
        6 => Just(Stop::Tools),
        2 => Just(Stop::Length),
        2 => Just(Stop::Pause),
        1 => Just(Stop::Refusal { category: None }),
        1 => Just(Stop::ContextFull),
        1 => Just(Stop::Other { reason: "moon".to_owned() }),
    ]
}

fn usage() -> impl Strategy<Value = Usage> {
    prop_oneof![
        8 => (0..20_000_u64, 0..20_000_u64, 0..2_000_u64, 0..900_u64).prop_map(|(input, kept, keeping, output)| Usage { input, kept, keeping, output }),
        1 => Just(Usage { input: u64::MAX, kept: u64::MAX, keeping: u64::MAX, output: u64::MAX }),
    ]
}

/// What the world does; answers name a call by its place among those that are out.
#[derive(Clone, Debug)]
enum Happening {
    Event(Event),
    Answer { which: usize, text: String, finished: bool },
}

fn happening() -> impl Strategy<Value = Happening> {
    let turned = (blocks(), stop(), usage()).prop_map(|(blocks, stop, usage)| Event::Turned(turn_of(blocks, stop, usage)));
    let text = prop_oneof![Just(String::new()), "[a-z]{1,9}", Just("y".repeat(9000))];
    prop_oneof![
        8 => turned.prop_map(Happening::Event),
        16 => (0..6_usize, text, proptest::bool::weighted(0.05))
            .prop_map(|(which, text, finished)| Happening::Answer { which, text, finished }),
        2 => (0..60_000_u64).prop_map(|at| Happening::Event(Event::Elapsed(at))),
        1 => Just(Happening::Event(Event::Elapsed(u64::MAX))),
        2 => "[a-z ]{0,9}".prop_map(|text| Happening::Event(Event::Steer { author: "Anna".to_owned(), text })),
        1 => Just(Happening::Event(answered("nobody", "x"))),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    let budget = (0..14_u32, 0..20_u32, 0..16_000_u64, prop_oneof![Just(None), (0..400_000_u64).prop_map(Some)]);
    (budget, any::<bool>(), any::<bool>(), 6_000..40_000_u32).prop_map(|((turns, calls, output, money), review, fallback, context)| {
        let mut setup = setup(if review { Mode::Review } else { Mode::Conversation });
        setup.budget = Budget { turns, calls, output, money, ..setup.budget };
        setup.capabilities.context = context;
        setup.fallback = fallback.then(|| Fallback { model: "second".to_owned(), capabilities: setup.capabilities });
        setup
    })
}

/// Plays what happens and gives every event with its steps.
fn play(setup: Setup, happenings: &[Happening]) -> Result<(Run, Vec<Step>, Vec<Event>), TooLarge> {
    let (mut run, mut steps) = Run::begin(setup)?;
    let mut events = Vec::new();
    let mut out = Vec::new();
    for happening in happenings {
        let event = match happening {
            Happening::Event(event) => event.clone(),
            Happening::Answer { which, text, finished } => {
                if out.is_empty() {
                    continue;
                }
                let id: String = out.remove(which % out.len());
                Event::Answered { id, text: text.clone(), failed: false, finished: *finished }
            }
        };
        events.push(event.clone());
        let next = run.handle(event);
        out.extend(calls(&next));
        steps.extend(next);
    }
    Ok((run, steps, events))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_request_is_one_that_providers_take(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..60)) {
        let Ok((_, steps, _)) = play(setup, &happenings) else { return Ok(()) };
        for step in &steps {
            if let Step::Ask(request) = step {
                prop_assert_eq!(valid(request), Ok(()));
            }
        }
    }

    #[test]
    fn a_run_keeps_its_budgets_and_ends_once(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..80)) {
        let budget = setup.budget;
        let context = setup.capabilities.context;
        let Ok((run, steps, _)) = play(setup, &happenings) else { return Ok(()) };
        let asked: Vec<&TurnRequest> = steps.iter().filter_map(|step| if let Step::Ask(request) = step { Some(request) } else { None }).collect();
        prop_assert!(asked.len() <= budget.turns as usize);
        prop_assert!(calls(&steps).len() <= budget.calls as usize);
        prop_assert!(asked.iter().all(|request| estimate::request_tokens(request) <= context.into()));
        let done = steps.iter().filter(|step| matches!(step, Step::Done(_))).count();
        prop_assert_eq!(done, usize::from(run.is_over()));
        prop_assert!(done == 0 || matches!(steps.last(), Some(Step::Done(_))), "nothing follows the end");
    }

    #[test]
    fn no_turn_is_asked_for_beyond_a_budget(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..80)) {
        let budget = setup.budget;
        let Ok((mut run, _)) = Run::begin(setup) else { return Ok(()) };
        let mut out: Vec<String> = Vec::new();
        for happening in happenings {
            let event = match happening {
                Happening::Event(event) => event,
                Happening::Answer { text, finished, .. } => {
                    let Some(id) = out.pop() else { continue };
                    Event::Answered { id, text, failed: false, finished }
                }
            };
            let steps = run.handle(event);
            out.extend(calls(&steps));
            if let Some(Step::Ask(request)) = steps.last() {
                // The turn that is now asked for is counted already.
                let before = Spent { turns: run.spent().turns - 1, ..run.spent() };
                prop_assert_eq!(budget.reached(&before), None);
                prop_assert!(u64::from(request.answer_tokens) <= budget.output - run.spent().usage.output);
            }
        }
    }

    #[test]
    fn a_model_that_never_stops_is_stopped(setup in any_setup(), tool in prop_oneof![Just("model_get"), Just("bash"), Just("finish")]) {
        let turns = setup.budget.turns;
        let Ok((mut run, mut steps)) = Run::begin(setup) else { return Ok(()) };
        let mut rounds = 0;
        while !run.is_over() {
            rounds += 1;
            prop_assert!(rounds <= 2 * turns + 2, "it goes on for ever");
            let out = calls(&steps);
            steps = if out.is_empty() {
                run.handle(Event::Turned(turn_of(vec![call("a", tool), call("a", tool)], Stop::Tools, Usage::default())))
            } else {
                out.iter().flat_map(|id| run.handle(answered(id, "no"))).collect()
            };
        }
    }

    #[test]
    fn the_same_events_give_the_same_steps(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..60)) {
        let Ok((_, steps, events)) = play(setup.clone(), &happenings) else { return Ok(()) };
        let (mut run, mut again) = Run::begin(setup).unwrap();
        for event in events {
            again.extend(run.handle(event));
        }
        prop_assert_eq!(steps, again);
    }

    #[test]
    fn a_run_is_had_again_from_its_records(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..40)) {
        let Ok((_, steps, events)) = play(setup.clone(), &happenings) else { return Ok(()) };
        let mut trail = Trail::new("run");
        let mut records = Vec::new();
        let mut add = |entry: Entry| records.push(trail.add(Moment(0), &entry).unwrap());
        add(Entry::Began(Box::new(Began::of(&setup, true))));
        let (mut run, mut next) = Run::begin(setup).unwrap();
        for event in events {
            next.iter().filter_map(entry_of_step).for_each(&mut add);
            add(entry_of_event(&event, true, 0));
            next = run.handle(event);
        }
        next.iter().filter_map(entry_of_step).for_each(&mut add);
        let exported = from_jsonl(&to_jsonl(&records).unwrap()).unwrap();
        prop_assert_eq!(replay(&exported).unwrap(), steps);
    }

    #[test]
    fn a_run_can_always_be_stopped(setup in any_setup(), happenings in proptest::collection::vec(happening(), 0..30)) {
        let Ok((mut run, _, _)) = play(setup, &happenings) else { return Ok(()) };
        let over = run.is_over();
        let steps = run.handle(Event::Stop);
        prop_assert!(run.is_over());
        prop_assert_eq!(steps.iter().filter(|step| matches!(step, Step::Done(_))).count(), usize::from(!over));
    }
}
