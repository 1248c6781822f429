//! Which addresses a link may lead to.

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A place in the same document: `#context`.
    Fragment,
    /// The same site.
    Relative,
    /// Another site, by http or https.
    Web,
    Mail,
    /// Nowhere: other schemes, `//host`, and anything with control characters.
    Refused,
}

/// Judges an address by the rules of the URL standard: what a browser would make of it, not what it looks like.
pub fn classify(address: &str) -> Address {
    // Browsers drop tabs and line ends from within addresses and blanks around them, so that `java\nscript:` runs.
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let trimmed = address.trim();
    if trimmed.chars().any(hidden) {
        return Address::Refused;
    }
    if trimmed.starts_with('#') {
        return Address::Fragment;
    }
    let mut first = trimmed.bytes();
    let slash = |byte: Option<u8>| matches!(byte, Some(b'/' | b'\\'));
    if slash(first.next()) && slash(first.next()) {
        return Address::Refused;
    }
    let end = trimmed.find(['/', '?', '#']).unwrap_or(trimmed.len());
    match trimmed.get(..end).and_then(|head| head.split_once(':')) {
        None => Address::Relative,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => {
            let rest = trimmed.get(scheme.len() + 1..).unwrap_or("");
            if rest.len() > 2 && rest.starts_with("//") { Address::Web } else { Address::Refused }
        }
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("mailto") => Address::Mail,
        Some(_) => Address::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_as_browsers_read_them() {
        for (address, expected) in [
            ("#a", Address::Fragment),
            ("", Address::Relative),
            ("a.md", Address::Relative),
            ("../a.md#x:y", Address::Relative),
            ("/p/x", Address::Relative),
            ("?a=b:c", Address::Relative),
            (" HTTPS://a.b ", Address::Web),
            ("http://a.b/c:d", Address::Web),
            ("mailto:a@b.c", Address::Mail),
            ("//a.b", Address::Refused),
            ("/\\a.b", Address::Refused),
            ("\\\\a.b", Address::Refused),
            ("https:/a.b", Address::Refused),
            ("https:a.b", Address::Refused),
            ("a\\b:c", Address::Refused),
            ("javascript:alert(1)", Address::Refused),
            (" javascript:alert(1)", Address::Refused),
            ("java\tscript:alert(1)", Address::Refused),
            ("\u{1}javascript:alert(1)", Address::Refused),
            ("java\u{200b}script:x", Address::Refused),
            ("data:text/html,x", Address::Refused),
            ("a:b", Address::Refused),
            (":x", Address::Refused),
        ] {
            assert_eq!(classify(address), expected, "{address:?}");
        }
    }
}
