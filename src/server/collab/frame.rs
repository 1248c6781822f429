//! The messages of a live connection as bytes.
//!
//! What any y-websocket client speaks: 0 sync (0 the state I have, 1 what you lack, 2 an update), 1 presence, 2 permission,
//! 3 asking for presence. And two of our own that such clients pass over: 121 acknowledges updates that are on disk, by
//! their count on this connection; 122 carries a [`Control`] as JSON. One message a frame out; several may come in one in.

use bytes::Bytes;
use serde::Serialize;

use crate::server::collab::{
    closing::Closing,
    lib0::{Reader, put_buffer, put_number},
};

/// Bytes of one frame; the WebSocket layer refuses more before it gets here.
pub const MAX_FRAME: usize = 8 * 1024 * 1024;
/// Bytes of an update while typing.
const MAX_UPDATE: usize = 1024 * 1024 + 64 * 1024;
/// Bytes of the answer to the server's question for what it lacks, which may hold days of work. Leaves room for the
/// lengths around it in the log.
const MAX_ANSWER: usize = MAX_FRAME - 1024;
/// Bytes of a state vector: some ten thousand clients.
const MAX_VECTOR: usize = 128 * 1024;
/// Bytes of a presence message.
const MAX_PRESENCE: usize = 64 * 1024;
/// Messages in one frame.
const MAX_MESSAGES: usize = 64;
/// Clients in one presence message.
const MAX_STATES: usize = 256;

/// A message from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The state vector of what the client has: it asks for the rest.
    Have(Bytes),
    /// What the server lacked by its own question.
    Answer(Bytes),
    Update(Bytes),
    Presence(Vec<State>),
    AskPresence,
}

/// One client's presence in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub client: u32,
    pub clock: u32,
    /// JSON; `null` says goodbye.
    pub json: String,
}

/// What the server tells a client beside the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Control {
    /// Nothing can be kept right now: changes wait and are not acknowledged.
    StorageUnavailable,
    StorageAvailable,
    /// Come back after this many milliseconds.
    Restart {
        delay: u64,
    },
    /// The right to write was taken away or given.
    Access {
        write: bool,
    },
}

/// Takes a frame apart.
///
/// # Errors
/// The way to close the connection when any part of it is not what it says, or too large.
pub fn read(frame: &Bytes) -> Result<Vec<Message>, Closing> {
    let mut reader = Reader::new(frame);
    let mut messages = Vec::new();
    loop {
        messages.push(message(frame, &mut reader)?);
        if reader.is_empty() {
            return Ok(messages);
        }
        if messages.len() == MAX_MESSAGES {
            return Err(Closing::TooLarge);
        }
    }
}

fn message(frame: &Bytes, reader: &mut Reader<'_>) -> Result<Message, Closing> {
    let kind = reader.number().ok_or(Closing::Malformed("it has no kind"))?;
    match kind {
        0 => {
            let step = reader.number().ok_or(Closing::Malformed("a sync message has no step"))?;
            let most = match step {
                0 => MAX_VECTOR,
                1 => MAX_ANSWER,
                2 => MAX_UPDATE,
                _ => return Err(Closing::Malformed("a sync message has an unknown step")),
            };
            let body = body(frame, reader, most)?;
            Ok(match step {
                0 => Message::Have(body),
                1 => Message::Answer(body),
                _ => Message::Update(body),
            })
        }
        1 => Ok(Message::Presence(states(&body(frame, reader, MAX_PRESENCE)?)?)),
        3 => Ok(Message::AskPresence),
        _ => Err(Closing::Unsupported),
    }
}

fn body(frame: &Bytes, reader: &mut Reader<'_>, most: usize) -> Result<Bytes, Closing> {
    let bytes = reader.buffer().ok_or(Closing::Malformed("a length points past its end"))?;
    if bytes.len() > most { Err(Closing::TooLarge) } else { Ok(frame.slice_ref(bytes)) }
}

fn states(bytes: &[u8]) -> Result<Vec<State>, Closing> {
    let mut reader = Reader::new(bytes);
    let broken = || Closing::Malformed("presence that can't be read");
    let count = reader.number().ok_or_else(broken)?;
    let count = usize::try_from(count).ok().filter(|count| *count <= MAX_STATES).ok_or(Closing::TooLarge)?;
    let mut states = Vec::with_capacity(count);
    for _ in 0..count {
        let mut next = || Some(State { client: reader.small()?, clock: reader.small()?, json: reader.text()?.to_owned() });
        states.push(next().ok_or_else(broken)?);
    }
    if reader.is_empty() { Ok(states) } else { Err(broken()) }
}

fn framed(kind: &[u8], body: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(kind.len() + body.len() + 8);
    frame.extend_from_slice(kind);
    put_buffer(&mut frame, body);
    frame.into()
}

/// Asks a client for what the server lacks.
pub fn have(state_vector: &[u8]) -> Bytes {
    framed(&[0, 0], state_vector)
}

/// Answers a client's question.
pub fn answer(update: &[u8]) -> Bytes {
    framed(&[0, 1], update)
}

pub fn update(update: &[u8]) -> Bytes {
    framed(&[0, 2], update)
}

/// The update inside a frame that [`update`] made.
pub fn updated(frame: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(frame.strip_prefix(&[0, 2])?);
    reader.buffer()
}

pub fn presence<'a>(states: impl ExactSizeIterator<Item = &'a State>) -> Bytes {
    let mut body = Vec::new();
    put_number(&mut body, states.len() as u64);
    for state in states {
        put_number(&mut body, u64::from(state.client));
        put_number(&mut body, u64::from(state.clock));
        put_buffer(&mut body, state.json.as_bytes());
    }
    framed(&[1], &body)
}

/// Says that an update was not taken.
pub fn denied(reason: &str) -> Bytes {
    framed(&[2, 0], reason.as_bytes())
}

/// Acknowledges the first `count` updates of this connection: they are on disk.
pub fn acknowledged(count: u64) -> Bytes {
    let mut body = Vec::new();
    put_number(&mut body, count);
    framed(&[121], &body)
}

pub fn control(control: Control) -> Bytes {
    framed(&[122], &serde_json::to_vec(&control).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_messages_in_one_frame_are_read() {
        let state = State { client: 7, clock: 3, json: "{}".to_owned() };
        let mut frame = update(&[1, 2, 3]).to_vec();
        frame.extend_from_slice(&presence([&state].into_iter()));
        frame.push(3);
        frame.extend_from_slice(&have(&[0]));
        let read = read(&frame.into()).unwrap();
        assert_eq!(
            read,
            [
                Message::Update(Bytes::from_static(&[1, 2, 3])),
                Message::Presence(vec![state]),
                Message::AskPresence,
                Message::Have(Bytes::from_static(&[0])),
            ]
        );
    }

    #[test]
    fn what_is_no_message_closes_with_its_code() {
        let cases: [(&[u8], u16); 9] = [
            (&[], 1007),
            (&[99, 1], 1003),
            (&[121, 1, 0], 1003),
            (&[2, 0, 0], 1003),
            (&[0], 1007),
            (&[0, 7, 0], 1007),
            (&[0, 2, 200, 1, 1], 1007),
            (&[1, 5, 0xff, 0xff, 0xff, 0xff, 7], 1009),
            (&[1, 9, 1, 7, 1, 5, b'{', b'"', b'a', b':', 0xff], 1007),
        ];
        for (bytes, code) in cases {
            assert_eq!(read(&Bytes::copy_from_slice(bytes)).unwrap_err().code(), code, "{bytes:?}");
        }
    }

    #[test]
    fn controls_are_json() {
        assert_eq!(control(Control::Restart { delay: 9 }).as_ref(), [&[122, 28][..], br#"{"type":"restart","delay":9}"#].concat());
        assert_eq!(updated(&update(&[4, 5])), Some(&[4, 5][..]));
    }
}
