//! Byte offsets, as the domain counts, and UTF-16 offsets, as the editor counts. Both ways, total: what lies outside a text
//! counts as its end, what lies inside a character as its start.

use crate::domain::diagnostic::Span;

/// UTF-16 units before a byte offset.
pub fn to_utf16(text: &str, byte: u32) -> u32 {
    let byte = (byte as usize).min(text.len());
    let units: usize = text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= byte).map(|(_, c)| c.len_utf16()).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Bytes before a UTF-16 offset.
pub fn to_byte(text: &str, utf16: u32) -> u32 {
    let mut left = utf16 as usize;
    let mut bytes = 0;
    for c in text.chars() {
        if left < c.len_utf16() {
            break;
        }
        left -= c.len_utf16();
        bytes += c.len_utf8();
    }
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A span in UTF-16 units, start and end.
pub fn span_to_utf16(text: &str, span: Span) -> (u32, u32) {
    (to_utf16(text, span.start), to_utf16(text, span.end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wide_characters_count_as_the_editor_counts() {
        let text = "aé😀b";
        assert_eq!(to_utf16(text, 1), 1);
        assert_eq!(to_utf16(text, 3), 2);
        assert_eq!(to_utf16(text, 7), 4);
        assert_eq!(to_utf16(text, 99), 5);
        assert_eq!(to_byte(text, 4), 7);
        assert_eq!(to_byte(text, 3), 3, "inside a pair counts as its start");
        assert_eq!(span_to_utf16(text, Span::new(3, 7)), (2, 4));
    }

    proptest! {
        #[test]
        fn offsets_round_trip(text in "\\PC{0,40}") {
            for (byte, _) in text.char_indices() {
                let byte = u32::try_from(byte).unwrap();
                prop_assert_eq!(to_byte(&text, to_utf16(&text, byte)), byte);
            }
        }
    }
}
