//! Text and JSON as models send them in pieces: characters cut in half between two events, and several values where one is due.
//!
//! JSON writes characters beyond the basic plane as two escapes (`\ud83d\ude00`). Some servers cut a string between the
//! two, and each piece on its own is then no valid text. Halves are kept until the other one comes; a half that stays alone
//! becomes the replacement character, so that an answer is never lost over it.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};
use serde_json::Value;

/// A JSON string as it came, which may begin or end in half a character: UTF-8, with halves as three bytes (WTF-8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece(Vec<u8>);

impl Piece {
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Piece {
    /// A string; or, as some servers send text, a list of parts with a `text` each.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As bytes: that is how serde_json lets halves through.
        deserializer.deserialize_byte_buf(PieceVisitor)
    }
}

struct PieceVisitor;

impl<'de> Visitor<'de> for PieceVisitor {
    type Value = Piece;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Piece, E> {
        Ok(Piece(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Piece, E> {
        Ok(Piece(bytes))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Piece, E> {
        Ok(Piece(text.as_bytes().to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Piece, A::Error> {
        #[derive(Deserialize)]
        struct Part {
            text: Option<Piece>,
        }
        let mut whole = Vec::new();
        while let Some(part) = parts.next_element::<Part>()? {
            whole.extend(part.text.unwrap_or_default().0);
        }
        Ok(Piece(whole))
    }
}

/// Text put together from pieces.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    whole: String,
    /// The first half of a character whose second has not come: a high surrogate.
    half: Option<u32>,
}

impl Spoken {
    /// Adds a piece and gives the text that is new and whole.
    pub fn push(&mut self, piece: &Piece) -> &str {
        let before = self.whole.len();
        let mut rest = piece.0.as_slice();
        while !rest.is_empty() {
            rest = match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.text(text);
                    &[]
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    self.text(std::str::from_utf8(valid).unwrap_or_default());
                    if let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, tail @ ..] = invalid {
                        self.unit(0xD000 | (u32::from(second & 0x3F) << 6) | u32::from(third & 0x3F));
                        tail
                    } else {
                        self.text("\u{FFFD}");
                        let skipped = error.error_len().unwrap_or(invalid.len());
                        invalid.get(skipped..).unwrap_or_default()
                    }
                }
            };
        }
        self.whole.get(before..).unwrap_or_default()
    }

    /// The whole text; a half that stayed alone is replaced.
    pub fn finish(mut self) -> String {
        self.settle();
        self.whole
    }

    pub const fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.half.is_none()
    }

    /// What is whole so far.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    fn settle(&mut self) {
        if self.half.take().is_some() {
            self.whole.push('\u{FFFD}');
        }
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.settle();
            self.whole.push_str(text);
        }
    }

    /// A lone half: waits if it is a first one, joins the waiting one if it is a second.
    fn unit(&mut self, unit: u32) {
        if unit < 0xDC00 {
            self.settle();
            self.half = Some(unit);
        } else if let Some(first) = self.half.take() {
            let joined = 0x1_0000 + ((first - 0xD800) << 10) + (unit - 0xDC00);
            self.whole.push(char::from_u32(joined).unwrap_or('\u{FFFD}'));
        } else {
            self.whole.push('\u{FFFD}');
        }
    }
}

/// Reads the JSON values that stand in a text one after another: a tool's input, or several of them that a server ran
/// together. No text at all is one empty object, `null` too.
///
/// # Errors
/// Why the text is not JSON.
pub fn values(text: &str) -> Result<Vec<Value>, String> {
    let read = |text: &str| serde_json::Deserializer::from_str(text).into_iter::<Value>().collect::<Result<Vec<_>, _>>();
    let values = read(text).or_else(|error| if text.contains("\\u") { read(&mended(text)).map_err(|_| error) } else { Err(error) });
    let mut values = values.map_err(|error| error.to_string())?;
    for value in &mut values {
        if value.is_null() {
            *value = Value::Object(serde_json::Map::new());
        }
    }
    if values.is_empty() {
        values.push(Value::Object(serde_json::Map::new()));
    }
    Ok(values)
}

/// JSON text with the escapes of lone halves replaced.
fn mended(json: &str) -> String {
    let mut mended = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let taken = match unit(escape) {
            Some(0xD800..=0xDBFF) if escape.get(6..).and_then(unit).is_some_and(|second| (0xDC00..=0xDFFF).contains(&second)) => 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            // The escape and the character after it, so that an escaped backslash is not taken for the next escape.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (escape, tail) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        mended.push_str(escape);
        rest = tail;
    }
    mended.push_str(rest);
    mended
}

/// The number of an escape `\uXXXX` at the beginning of a text.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn said(pieces: &[&str]) -> String {
        let mut spoken = Spoken::default();
        for piece in pieces {
            spoken.push(&serde_json::from_str(piece).unwrap());
        }
        spoken.finish()
    }

    #[test]
    fn halves_of_a_character_find_each_other_over_pieces() {
        assert_eq!(said(&[r#""a\ud83d""#, r#""\ude00b""#]), "a😀b");
        assert_eq!(said(&[r#""\ud83d""#, r#""""#, r#""\ude00""#]), "😀");
        assert_eq!(said(&[r#""\ud83d\ude00""#]), "😀");
        assert_eq!(said(&[r#""Zürich""#]), "Zürich");
    }

    #[test]
    fn a_half_that_stays_alone_is_replaced() {
        assert_eq!(said(&[r#""\ud83d""#, r#""x""#]), "\u{FFFD}x");
        assert_eq!(said(&[r#""\ude00x""#]), "\u{FFFD}x");
        assert_eq!(said(&[r#""\ud83d\ud83d\ude00""#]), "\u{FFFD}😀");
        assert_eq!(said(&[r#""x\ud83d""#]), "x\u{FFFD}");
    }

    #[test]
    fn new_text_is_told_once_it_is_whole() {
        let mut spoken = Spoken::default();
        assert_eq!(spoken.push(&serde_json::from_str(r#""a\ud83d""#).unwrap()), "a");
        assert_eq!(spoken.push(&serde_json::from_str(r#""\ude00b""#).unwrap()), "😀b");
        assert_eq!(spoken.as_str(), "a😀b");
    }

    #[test]
    fn text_may_come_in_parts() {
        assert_eq!(said(&[r#"[{"type":"text","text":"a"},{"type":"image"},{"text":"b"}]"#]), "ab");
    }

    #[test]
    fn inputs_are_read_one_after_another() {
        assert_eq!(values("").unwrap(), [json!({})]);
        assert_eq!(values(" null ").unwrap(), [json!({})]);
        assert_eq!(values(r#"{"a":1}{"b":2} {"c":3}"#).unwrap(), [json!({"a": 1}), json!({"b": 2}), json!({"c": 3})]);
        assert_eq!(values(r#"{"a":1,"a":2}"#).unwrap(), [json!({"a": 2})]);
        assert!(values(r#"{"a":1"#).is_err());
        assert!(values(r#"{"a":1}}"#).is_err());
    }

    #[test]
    fn lone_halves_in_inputs_are_mended_and_nothing_else_is() {
        assert_eq!(values(r#"{"a":"\ud83dx"}"#).unwrap(), [json!({"a": "\u{FFFD}x"})]);
        assert_eq!(values(r#"{"a":"\ude00\ud83d\ude00\n\\ud83d"}"#).unwrap(), [json!({"a": "\u{FFFD}😀\n\\ud83d"})]);
        assert!(values(r#"{"a":"\ud83d\u12"}"#).is_err());
        assert!(values(r#"{"a":"\ud83dé\"#).is_err());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "(\\\\u|\\\\|d83d|de00|\"|\\{|\\}|:|é|[a-f0-9]){0,12}") {
            let _ = values(&text);
            let _ = mended(&text);
        }

        #[test]
        fn any_cut_between_units_gives_the_same_text(text in "[a-z😀é𝄞]{0,12}", cuts in proptest::collection::vec(any::<bool>(), 30)) {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut spoken = Spoken::default();
            let mut piece = String::from("\"");
            for (unit, cut) in units.iter().zip(cuts) {
                write!(piece, "\\u{unit:04x}").unwrap();
                if cut {
                    piece.push('"');
                    spoken.push(&serde_json::from_str(&piece).unwrap());
                    piece = String::from("\"");
                }
            }
            piece.push('"');
            spoken.push(&serde_json::from_str(&piece).unwrap());
            prop_assert_eq!(spoken.finish(), text);
        }
    }
}
