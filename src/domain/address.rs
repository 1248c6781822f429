//! Parts of addresses: escaping what goes into a path or query, and reading a query back as plain data.

use std::collections::BTreeMap;

use crate::domain::sort::Gather;

/// The parameters of a query by name; the last one counts where a name comes twice.
pub type Query = BTreeMap<String, String>;

/// Escapes one part of a path or query.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                escaped.extend(char::from_digit(u32::from(digit), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    escaped
}

/// Reads a query such as `?view=context&element=shop.orders`.
pub fn query(text: &str) -> Query {
    let pairs = text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .gathered()
}

/// Undoes the escapes of a query; what is no escape stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => match after.first_chunk::<2>().and_then(|pair| hex(*pair)) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => bytes.push(b'%'),
            },
            other => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_read_back() {
        let value = "a b/c?é&=+%";
        let found = query(&format!("?view={}", escape(value)));
        assert_eq!(found.get("view").map(String::as_str), Some(value));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn odd_queries_are_read_as_far_as_they_go() {
        assert_eq!(query("").len(), 0);
        assert_eq!(query("?a&b=1&b=2&%zz=%4"), [("a", ""), ("b", "2"), ("%zz", "%4")].map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        assert_eq!(query("q=%ff").get("q").map(String::as_str), Some("\u{fffd}"));
    }
}
