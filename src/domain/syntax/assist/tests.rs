//! Help at places in real and broken texts.

use super::*;

mod anywhere;
mod structurizr;

/// A text with `|` at the place, without it, and the offset.
fn cursor(text: &str) -> (String, usize) {
    let offset = text.find('|').unwrap();
    (text.replacen('|', "", 1), offset)
}
