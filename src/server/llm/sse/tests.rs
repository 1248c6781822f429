//! What the decoder makes of streams, whole and in pieces.

use proptest::prelude::*;

use super::{Decoder, Event, Limits, TooLong};

fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    for piece in pieces {
        events.extend(decoder.feed(piece).unwrap());
    }
    events.extend(decoder.finish().unwrap());
    events.into_iter().map(|event| (event.name, event.data)).collect()
}

fn pair(name: &str, data: &str) -> (String, String) {
    (name.to_owned(), data.to_owned())
}

#[test]
fn lines_may_end_in_every_way() {
    for end in ["\n", "\r", "\r\n"] {
        let text = ["event: a", "data: 1", "", ": note", "data:2", "data:  3", "", ""].join(end);
        assert_eq!(read(&[text.as_bytes()]), [pair("a", "1"), pair("", "2\n 3")], "{end:?}");
    }
}

#[test]
fn a_return_and_its_line_feed_may_come_apart() {
    assert_eq!(read(&[b"data: 1\r", b"\n\r", b"\ndata: 2\r", b"\r\n"]), [pair("", "1"), pair("", "2")]);
    assert_eq!(read(&[b"data: 1\r", b"", b"\ndata: 2\n\n"]), [pair("", "1\n2")]);
}

#[test]
fn a_byte_order_mark_is_one_at_the_beginning_only() {
    assert_eq!(read(&["\u{FEFF}data: 1\n\n\u{FEFF}data: 2\n\ndata: 3\n\n".as_bytes()]), [pair("", "1"), pair("", "3")]);
    assert_eq!(read(&[b"\xEF", b"\xBB", b"\xBFdata: 1\n\n"]), [pair("", "1")]);
}

#[test]
fn characters_cut_by_the_network_stay_whole() {
    let text = "data: Zürich 😀\n\n".as_bytes();
    for at in 0..text.len() {
        let (left, right) = text.split_at(at);
        assert_eq!(read(&[left, right]), [pair("", "Zürich 😀")], "cut at {at}");
    }
    assert_eq!(read(&[b"data: a\xFFb\n\n"]), [pair("", "a\u{FFFD}b")]);
}

#[test]
fn events_without_data_are_none_and_empty_data_is_some() {
    assert_eq!(read(&[b"event: a\n\ndata\n\ndata:\n\n: c\n\n\n\n"]), [pair("", ""), pair("", "")]);
}

#[test]
fn the_end_of_the_stream_ends_the_last_event() {
    assert_eq!(read(&[b"data: 1\n\ndata: [DONE]"]), [pair("", "1"), pair("", "[DONE]")]);
    assert_eq!(read(&[b"event: x\ndata: 1\n"]), [pair("x", "1")]);
    assert_eq!(read(&[b"event: x"]), []);
}

#[test]
fn ids_stay_and_retry_is_a_number() {
    let mut decoder = Decoder::default();
    let events = decoder.feed(b"id: 7\nretry: 1500\ndata: a\n\nid: b\0d\nretry: soon\ndata: b\n\nid\ndata: c\n\n").unwrap();
    let ids: Vec<Option<&str>> = events.iter().map(|event| event.id.as_deref()).collect();
    assert_eq!(ids, [Some("7"), Some("7"), Some("")]);
    assert_eq!(decoder.retry(), Some(1500));
}

#[test]
fn limits_stop_a_stream_that_never_ends_a_line_an_event_or_itself() {
    let limits = Limits { line: 16, event: 24, total: 200 };
    let fed = |bytes: &[u8]| {
        let mut decoder = Decoder::new(limits);
        bytes.chunks(5).try_for_each(|piece| decoder.feed(piece).map(drop))
    };
    assert_eq!(fed(b"data: 0123456789ABCDEF\n\n"), Err(TooLong { what: "a line", most: 16 }));
    assert_eq!(fed(b"data: 012345678\ndata: 012345678\ndata: 012345678\n\n"), Err(TooLong { what: "an event", most: 24 }));
    assert_eq!(fed(&b":keep\n".repeat(40)), Err(TooLong { what: "the answer", most: 200 }));
    assert_eq!(fed(b"data: 0123456789\n\n"), Ok(()));
}

proptest! {
    #[test]
    fn any_cut_of_any_bytes_gives_the_same_events(
        parts in proptest::collection::vec(
            prop_oneof![
                Just(b"data: ".to_vec()), Just(b"event: x".to_vec()), Just(b"\n".to_vec()), Just(b"\r".to_vec()), Just(b"\r\n".to_vec()),
                Just(b": c".to_vec()), Just("😀".as_bytes().to_vec()), Just(b"\xEF\xBB\xBF".to_vec()), Just(b"id: 1".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..4),
            ],
            0..40,
        ),
        cuts in proptest::collection::vec(1_usize..7, 0..60),
    ) {
        let whole: Vec<u8> = parts.concat();
        let decode = |pieces: &[&[u8]]| {
            let mut decoder = Decoder::default();
            let mut events: Vec<Event> = pieces.iter().flat_map(|piece| decoder.feed(piece).unwrap()).collect();
            events.extend(decoder.finish().unwrap());
            events
        };
        let mut pieces = Vec::new();
        let mut rest = whole.as_slice();
        for cut in cuts {
            let (piece, tail) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        pieces.push(rest);
        prop_assert_eq!(decode(&[&whole]), decode(&pieces));
    }
}
