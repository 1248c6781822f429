//! However a stream is divided, it gives the same events and the same turn.

use proptest::prelude::*;

use crate::{
    domain::agent::conversation::{Capabilities, Progress, Protocol, Turn},
    server::{
        llm::{
            anthropic, openai,
            sse::{Decoder, Event},
            wire::Assembler,
        },
        ports::ModelInfo,
    },
    tests::llm::spoken::{Answer, BOTH, golden},
};

fn assembler(protocol: Protocol) -> Box<dyn Assembler> {
    let capabilities =
        Capabilities { tools: true, strict_tools: false, keeps: false, late_system: false, context: 1, answer: 1, price: None };
    let info = ModelInfo { provider: "Acme".to_owned(), protocol, model: "m".to_owned(), capabilities };
    if protocol == Protocol::OpenAi { Box::new(openai::Answer::new(&info)) } else { Box::new(anthropic::Answer::new(&info)) }
}

/// Events, text that is told, and the turn.
fn hear(protocol: Protocol, pieces: &[&[u8]]) -> (Vec<Event>, String, Turn) {
    let (mut decoder, mut assembler) = (Decoder::default(), assembler(protocol));
    let mut events: Vec<Event> = pieces.iter().flat_map(|piece| decoder.feed(piece).unwrap()).collect();
    events.extend(decoder.finish().unwrap());
    let mut told = String::new();
    for event in &events {
        for progress in assembler.hear(event).unwrap().progress {
            if let Progress::Text { text } = progress {
                told.push_str(&text);
            }
        }
    }
    (events, told, assembler.finish().unwrap())
}

fn answers() -> Vec<(Protocol, Vec<u8>)> {
    let both = BOTH.into_iter().flat_map(|protocol| {
        let (answer, _) = golden(protocol);
        let halves = Answer::begin(protocol)
            .escaped(&["😀\\ud83d", "\\ude00é", "\\u00e9\\n"])
            .call("c", "t", &["{\"a\":\"\\ud83d", "\\ude00\"}"])
            .end("tool_use", "stop");
        [
            answer.lines("\n"),
            answer.lines("\r\n"),
            answer.lines("\r"),
            halves.lines("\r\n"),
            format!("\u{FEFF}: c\r\n{}", halves.lines("\n")),
        ]
        .map(|text| (protocol, text.into_bytes()))
    });
    both.collect()
}

#[test]
fn every_single_cut_gives_the_same() {
    for (protocol, bytes) in answers() {
        let whole = hear(protocol, &[&bytes]);
        for at in 0..bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(hear(protocol, &[before, after]), whole, "{protocol:?} cut at {at}");
        }
        let each: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(hear(protocol, &each), whole);
    }
}

proptest! {
    #[test]
    fn any_division_gives_the_same(which in 0_usize..10, cuts in proptest::collection::vec(0_usize..40, 0..200)) {
        let answers = answers();
        let (protocol, bytes) = &answers[which % answers.len()];
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (piece, tail) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        pieces.push(rest);
        prop_assert_eq!(hear(*protocol, &pieces), hear(*protocol, &[bytes]));
    }

    /// Damage gives an error or another turn, and never a panic.
    #[test]
    fn damaged_streams_break_nothing(which in 0_usize..10, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), end in any::<prop::sample::Index>()) {
        let answers = answers();
        let (protocol, bytes) = &answers[which % answers.len()];
        let mut bytes = bytes.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        let (mut decoder, mut assembler) = (Decoder::default(), assembler(*protocol));
        let mut events = decoder.feed(&bytes).unwrap();
        events.extend(decoder.finish().unwrap());
        if events.iter().try_for_each(|event| assembler.hear(event).map(drop)).is_ok() {
            let _ = assembler.finish();
        }
    }
}
