//! Markup in labels: line breaks, HTML tags, markdown, icons, and Mermaid's entities (`#35;`, `#quot;`, `&amp;`).

use std::fmt::Write;

use super::LabelLine;
use crate::domain::{
    diagnostic::Span,
    syntax::mermaid::tree::{Quote, Text},
};

/// Names of entities and what they stand for.
const ENTITIES: [(&str, char); 58] = [
    ("quot", '"'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("num", '#'),
    ("colon", ':'),
    ("semi", ';'),
    ("comma", ','),
    ("period", '.'),
    ("excl", '!'),
    ("quest", '?'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("vert", '|'),
    ("verbar", '|'),
    ("ast", '*'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("bsol", '\\'),
    ("sol", '/'),
    ("plus", '+'),
    ("equals", '='),
    ("commat", '@'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("larr", '←'),
    ("rarr", '→'),
    ("uarr", '↑'),
    ("darr", '↓'),
    ("harr", '↔'),
    ("hearts", '♥'),
    ("copy", '©'),
    ("reg", '®'),
    ("deg", '°'),
    ("euro", '€'),
    ("times", '×'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
];

/// Tags that begin a new line.
const BREAKS: [&str; 6] = ["br", "div", "p", "li", "hr", "tr"];

/// The entity at the beginning of the text, as its sign and length.
fn entity(text: &str) -> Option<(char, usize)> {
    let (prefix, rest) = match text.strip_prefix("&#").or_else(|| text.strip_prefix('#')) {
        Some(rest) => (text.len() - rest.len(), rest),
        None => (1, text.strip_prefix('&')?),
    };
    let length = rest.bytes().take(12).position(|byte| byte == b';')?;
    let name = rest.get(..length)?;
    let number = name.strip_prefix(['x', 'X']).map_or_else(|| name.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
    let sign = match number {
        Some(_) if text.starts_with('&') && !text.starts_with("&#") => None,
        Some(number) => char::from_u32(number).map(|sign| if sign.is_control() { ' ' } else { sign }),
        None => ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign),
    };
    sign.map(|sign| (sign, prefix + length + 1))
}

/// The tag at the beginning of the text, as its name and length.
fn tag(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix('<')?;
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = text.bytes().take(1024).position(|byte| byte == b'>')?;
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("").to_ascii_lowercase();
    Some((name, end + 1))
}

/// The icon at the beginning of the text: `fa:fa-user`.
fn icon(text: &str) -> Option<usize> {
    let colon = text.bytes().take(4).position(|byte| byte == b':')?;
    let set = text.get(..colon)?;
    if !matches!(set, "fa" | "fab" | "fas" | "far" | "fal" | "fad" | "fak") {
        return None;
    }
    let rest = text.get(colon + 1..)?;
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    (rest.starts_with("fa-")).then_some(colon + 1 + length)
}

/// The first icon of a text without what is the same in all: `user` of `fa:fa-user`.
pub fn icon_name(text: &str) -> Option<&str> {
    let found = text.match_indices("fa").find_map(|(at, _)| {
        let rest = text.get(at..)?;
        let length = icon(rest)?;
        rest.get(..length)
    })?;
    found.split_once(":fa-").map(|(_, name)| name)
}

/// Plain words: no tags, entities, icons, markdown.
pub fn plain(raw: &str, markdown: bool) -> String {
    let mut words = String::new();
    let mut at = 0;
    let mut before = ' ';
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((sign, length)) = entity(rest) {
            words.push(sign);
            at += length;
            before = sign;
            continue;
        }
        if let Some((_, length)) = tag(rest) {
            at += length;
            continue;
        }
        if !before.is_alphanumeric()
            && let Some(length) = icon(rest)
        {
            at += length;
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        at += c.len_utf8();
        let next = raw.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let inside = before.is_alphanumeric() && next.is_alphanumeric();
        let mark = markdown && (c == '*' || (c == '_' && !inside));
        if !mark {
            words.push(c);
        }
        before = c;
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The break at the beginning of the text, as its length.
fn line_break(text: &str) -> Option<usize> {
    if text.starts_with("\\n") {
        return Some(2);
    }
    if text.starts_with('\n') || text.starts_with('\r') {
        return Some(1);
    }
    tag(text).filter(|(name, _)| BREAKS.contains(&name.as_str())).map(|(_, length)| length)
}

/// The lines that say something.
pub(super) fn lines(source: &str, text: &Text) -> Vec<LabelLine> {
    let start = text.inner.range().start;
    let raw = text.inner.of(source);
    let markdown = text.quote == Quote::Markdown;
    let mut found = Vec::new();
    let (mut from, mut at) = (0, 0);
    loop {
        let rest = raw.get(at..).unwrap_or("");
        let length = line_break(rest);
        if length.is_some() || rest.is_empty() {
            let words = plain(raw.get(from..at).unwrap_or(""), markdown);
            if !words.is_empty() {
                let (before, after) = around(raw.get(from..at).unwrap_or(""), markdown);
                let span = Span::new(start + from + before, start + at - after);
                found.push(LabelLine { text: words, span });
            }
        }
        let Some(length) = length else {
            let Some(c) = rest.chars().next() else { return found };
            at += c.len_utf8();
            continue;
        };
        at += length;
        from = at;
    }
}

/// How many bytes of markup stand before and after the words of a line. What is opened in the line and closed in it counts
/// only where it encloses all of the words.
fn around(raw: &str, markdown: bool) -> (usize, usize) {
    let (mut start, mut end) = (0, raw.len());
    loop {
        let words = raw.get(start..end).unwrap_or("");
        let (before, after) = enclosing(words, markdown);
        if before + after == 0 {
            return (start, raw.len() - end);
        }
        start += before;
        end -= after;
    }
}

/// The outermost markup of a text, as bytes before and after.
fn enclosing(words: &str, markdown: bool) -> (usize, usize) {
    let space = (words.len() - words.trim_start().len(), words.len() - words.trim_end().len());
    if space.0 == words.len() {
        return (space.0, 0);
    }
    if space.0 + space.1 > 0 {
        return space;
    }
    if let Some(length) = icon(words) {
        return (length, 0);
    }
    let open = tag(words).filter(|_| !words.starts_with("</"));
    let closing = words.rfind("</").filter(|at| words.get(*at..).and_then(tag).is_some_and(|(_, length)| at + length == words.len()));
    let close = closing.and_then(|at| tag(words.get(at..)?));
    let ends = |name: &str| words.to_ascii_lowercase().matches(&format!("</{name}")).count();
    match (open, close) {
        (Some((name, before)), Some((other, after))) if name == other && ends(&name) == 1 => (before, after),
        (Some((name, before)), _) if ends(&name) == 0 => (before, 0),
        (_, Some((name, after))) if !words.to_ascii_lowercase().contains(&format!("<{name}")) => (0, after),
        _ => {
            let mark = words.len() - words.trim_start_matches(['*', '_']).len();
            let (Some(head), Some(tail)) = (words.get(..mark), words.len().checked_sub(mark).and_then(|at| words.get(at..))) else {
                return (0, 0);
            };
            let inside = words.get(mark..words.len().saturating_sub(mark)).unwrap_or("");
            let whole = markdown && mark > 0 && head.chars().eq(tail.chars().rev()) && !inside.is_empty() && !inside.contains(head);
            if whole { (mark, mark) } else { (0, 0) }
        }
    }
}

/// Words as they stand in double quotes: whatever Mermaid, HTML or markdown could read as markup becomes an entity.
pub fn escape(text: &str) -> String {
    let mut result = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (at, c) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let inside = before.is_alphanumeric() && next.is_alphanumeric();
        let special = match c {
            '"' | '<' | '>' | '`' | '*' | '\\' | '#' => true,
            '_' => !inside,
            '&' => !next.is_whitespace(),
            '%' | '$' | '~' => next == c || before == c,
            '{' => before == '@',
            // A list item of markdown.
            '-' | '+' => at == 0 && next == ' ',
            '.' | ')' => next == ' ' && at > 0 && letters.iter().take(at).all(char::is_ascii_digit),
            ':' => next == 'f' && letters.get(at + 2) == Some(&'a'),
            _ => false,
        };
        if special {
            let written = write!(result, "#{};", u32::from(c));
            debug_assert!(written.is_ok());
        } else {
            result.push(if c.is_control() { ' ' } else { c });
        }
    }
    disarm(&result)
}

/// Mermaid reads any line that holds `direction TB` or the like as that statement, quoted words included: the space becomes an
/// entity.
pub fn disarm(label: &str) -> String {
    const WORD: &str = "direction";
    let mut result = String::with_capacity(label.len());
    let mut done = 0;
    for (at, _) in label.match_indices(WORD) {
        let end = at + WORD.len();
        let rest = label.get(end..).unwrap_or("");
        let Some(space) = rest.chars().next().filter(|c| c.is_whitespace()) else { continue };
        if ["TB", "TD", "BT", "LR", "RL"].iter().any(|way| rest.trim_start().starts_with(way)) {
            result.push_str(label.get(done..end).unwrap_or(""));
            result.push_str("#32;");
            done = end + space.len_utf8();
        }
    }
    result.push_str(label.get(done..).unwrap_or(""));
    result
}

/// Whether words may stand in brackets without quotes.
pub fn is_bare(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let reserved =
        words.any(|word| ["end", "graph", "subgraph", "default", "click", "style", "class"].contains(&word.to_ascii_lowercase().as_str()));
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '\'' | '!' | '?' | '+') || (c == '-' || c == ':' || c == '/' || c == '_')
    };
    !text.is_empty()
        && !reserved
        && disarm(text) == text
        && text.chars().all(plain)
        && text.starts_with(char::is_alphanumeric)
        && !text.contains("--")
        && escape(text) == text
        && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(raw: &str, quote: Quote) -> Vec<(String, String)> {
        let span = Span::new(0, raw.len());
        let found = lines(raw, &Text { span, inner: span, quote });
        found.into_iter().map(|line| (line.text, line.span.of(raw).to_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(text, raw)| ((*text).to_owned(), (*raw).to_owned())).collect()
    }

    #[test]
    fn labels_fall_into_lines() {
        for (raw, expected) in [
            ("Orders", &[("Orders", "Orders")][..]),
            ("Orders<br/>Go", &[("Orders", "Orders"), ("Go", "Go")]),
            ("Orders<BR>Go<br />x", &[("Orders", "Orders"), ("Go", "Go"), ("x", "x")]),
            ("Orders\\nGo", &[("Orders", "Orders"), ("Go", "Go")]),
            ("<b>Orders</b><br><i>Go</i>", &[("Orders", "Orders"), ("Go", "Go")]),
            ("fa:fa-user Customer", &[("Customer", "Customer")]),
            ("Order #35;1 #amp; #quot;x#quot;", &[("Order #1 & \"x\"", "Order #35;1 #amp; #quot;x#quot;")]),
            ("A &lt; B &amp; C", &[("A < B & C", "A &lt; B &amp; C")]),
            ("#9829;", &[("♥", "#9829;")]),
            ("a < b > c", &[("a < b > c", "a < b > c")]),
            ("#nothing; &x; #;", &[("#nothing; &x; #;", "#nothing; &x; #;")]),
            (
                "<div style='font-weight: bold'>Bank</div><div style='font-size: 70%'>[Container: Go]</div>",
                &[("Bank", "Bank"), ("[Container: Go]", "[Container: Go]")],
            ),
        ] {
            assert_eq!(read(raw, Quote::Double), pairs(expected), "{raw}");
        }
        assert_eq!(
            read("The **cat**\n  in _the_ a_b", Quote::Markdown),
            pairs(&[("The cat", "The **cat**"), ("in the a_b", "in _the_ a_b")])
        );
    }

    #[test]
    fn icons_have_names() {
        assert_eq!(icon_name("fa:fa-user Customer"), Some("user"));
        assert_eq!(icon_name("My fab:fa-aws"), Some("aws"));
        assert_eq!(icon_name("alfa fa"), None);
    }

    #[test]
    fn words_that_need_no_quotes() {
        assert!(is_bare("Order service") && is_bare("Größe 1.2") && is_bare("a_b/c"));
        for text in ["", "a (b)", "the end", "a \"b\"", "/api", "a<b", "x|y", "#1", "https://x.y", "a;b"] {
            assert!(!is_bare(text), "{text}");
        }
    }

    #[test]
    fn words_that_mermaid_takes_for_a_direction_are_written_otherwise() {
        for (words, expected) in [
            ("Traffic direction TB", "Traffic direction#32;TB"),
            ("direction  LR, direction RLs", "direction#32; LR, direction#32;RLs"),
            ("direction to TB", "direction to TB"),
            ("Direction TB", "Direction TB"),
            ("direction", "direction"),
        ] {
            assert_eq!(escape(words), expected);
            assert_eq!(plain(expected, false), words.split_whitespace().collect::<Vec<_>>().join(" "));
            assert_eq!(is_bare(words), !expected.contains('#') && !words.contains("  "), "{words}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn escaped_words_are_read_back(text in "[ -~äö]{0,40}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains('"') && !escaped.contains("%%") && !escaped.contains('`'));
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&escaped, false), words.clone());
            let span = Span::new(0, escaped.len());
            let found = lines(&escaped, &Text { span, inner: span, quote: Quote::Double });
            prop_assert!(found.len() <= 1);
            if is_bare(&words) {
                prop_assert_eq!(plain(&words, false), words);
            }
        }
    }
}
