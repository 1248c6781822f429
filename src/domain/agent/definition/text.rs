//! From a file's bytes to its text, or to the reason why it has none.

use crate::domain::{
    agent::definition::{LARGEST, Remarks, Say},
    diagnostic::{Level, Span},
    text_file,
};

/// Of this many characters, no more than one may be broken or a control character.
const TOLERANCE: usize = 10;

/// The text with line feeds only and no byte order mark; none when the file is refused.
pub(super) fn read(bytes: &[u8], remarks: &mut Remarks) -> Option<String> {
    if bytes.len() > LARGEST {
        remarks.add(
            Level::Error,
            Span::default(),
            Say {
                code: "too-large",
                what: format!("The file is larger than {} KiB", LARGEST / 1024),
                why: "A persona of this size leaves a model no room for the design, and is hardly meant to be one.",
                help: "Keep the persona in the file and what it refers to in documents of the project.",
            },
        );
        return None;
    }
    let text = text_file::read(bytes).or_else(|| broken(bytes, remarks));
    let Some(text) = text else {
        remarks.add(
            Level::Error,
            Span::default(),
            Say {
                code: "no-text",
                what: "The file is not text".to_owned(),
                why: "An agent is a markdown file; this one holds bytes that no text has.",
                help: "Export the agent as markdown, saved as UTF-8.",
            },
        );
        return None;
    };
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        remarks.note(
            Span::default(),
            Say {
                code: "byte-order-mark",
                what: "The file begins with a byte order mark".to_owned(),
                why: "Some programs take it for text and then do not see the front matter.",
                help: "Save the file as UTF-8 without a byte order mark.",
            },
        );
    }
    if bytes.contains(&b'\r') {
        remarks.note(
            Span::default(),
            Say {
                code: "line-ends",
                what: "The file's lines do not end in line feeds alone".to_owned(),
                why: "Some programs look for line feeds and then do not see the front matter.",
                help: "Nothing to do here: the line ends are kept.",
            },
        );
    }
    Some(text)
}

/// Text with a few broken bytes in it.
fn broken(bytes: &[u8], remarks: &mut Remarks) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    let text = text_file::normal(&String::from_utf8_lossy(bytes));
    let odd = |c: &char| *c == '\u{fffd}' || (c.is_control() && !matches!(c, '\n' | '\t' | '\u{c}'));
    if text.chars().filter(odd).count() * TOLERANCE > text.chars().count() {
        return None;
    }
    let at = text.find('\u{fffd}').unwrap_or(0);
    remarks.repair(
        Span::new(at, at),
        Say {
            code: "not-utf-8",
            what: "The file is not UTF-8; what could not be read shows as \u{fffd}".to_owned(),
            why: "Characters outside ASCII were saved in an older encoding.",
            help: "Save the file as UTF-8.",
        },
    );
    Some(text)
}
