//! Colours for the read-only listings: a line of text as pieces with the style sheet's token classes. A glance, not a parser:
//! the meaning comes from the real readers.

/// Which colours a listing uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    Structurizr,
    Markdown,
    Plain,
}

/// A piece of a line: its class (empty for plain text) and its text.
pub type Piece<'a> = (&'static str, &'a str);

const KEYWORDS: &[&str] = &[
    "workspace",
    "model",
    "views",
    "person",
    "softwaresystem",
    "container",
    "component",
    "group",
    "deploymentenvironment",
    "deploymentnode",
    "infrastructurenode",
    "softwaresysteminstance",
    "containerinstance",
    "instanceof",
    "element",
    "systemlandscape",
    "systemcontext",
    "dynamic",
    "deployment",
    "filtered",
    "custom",
    "image",
    "styles",
    "themes",
    "archetypes",
    "relationship",
];
const TAGS: &[&str] = &[
    "include",
    "exclude",
    "autolayout",
    "technology",
    "description",
    "tags",
    "tag",
    "properties",
    "url",
    "title",
    "animation",
    "perspectives",
    "terminology",
    "configuration",
    "branding",
    "default",
    "this",
];

/// The pieces of one line; joined they are the line.
pub fn line(grammar: Grammar, text: &str) -> Vec<Piece<'_>> {
    match grammar {
        Grammar::Structurizr => structurizr(text),
        Grammar::Markdown => markdown(text),
        Grammar::Plain => vec![("", text)],
    }
}

/// A whole text as the read-only listing that the editor replaces: same classes, same metrics. `current` and `marked` are line
/// numbers from 1.
pub fn listing(grammar: Grammar, text: &str, current: Option<u32>, marked: &[u32]) -> String {
    let mut html = String::with_capacity(text.len() * 3);
    html.push_str("<div class=\"editor__lines\">");
    for (number, content) in (1_u32..).zip(text.split('\n')) {
        let state = match (current == Some(number), marked.contains(&number)) {
            (true, true) => " is-current has-mark",
            (true, false) => " is-current",
            (false, true) => " has-mark",
            (false, false) => "",
        };
        let number = number.to_string();
        html += &[
            "<div class=\"editor__line",
            state,
            "\" id=\"L",
            &number,
            "\"><span class=\"editor__no\" aria-hidden=\"true\">",
            &number,
            "</span>",
        ]
        .concat();
        html += "<span class=\"editor__code\">";
        for (class, piece) in line(grammar, content.trim_end_matches('\r')) {
            let piece = escape(piece);
            if class.is_empty() {
                html.push_str(&piece);
            } else {
                html += &["<span class=\"", class, "\">", &piece, "</span>"].concat();
            }
        }
        html.push_str("</span></div>");
    }
    html.push_str("</div>");
    html
}

/// Text as what is in an element. For where the framework puts it in as it is: titles and text areas.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn structurizr(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut at_start = true;
    while let Some(first) = rest.chars().next() {
        let (class, length) = if first.is_whitespace() {
            ("", run(rest, char::is_whitespace))
        } else if rest.starts_with("//") || (first == '#' && at_start) || rest.starts_with("/*") {
            ("t-c", rest.len())
        } else if first == '"' {
            ("t-s", quoted(rest))
        } else if first == '!' {
            ("t-k", 1 + rest.get(1..).map_or(0, |tail| run(tail, char::is_alphanumeric)))
        } else if rest.starts_with("->") {
            ("t-p", 2)
        } else if matches!(first, '{' | '}' | '=' | '*') {
            ("t-p", first.len_utf8())
        } else {
            let length = run(rest, |c| !c.is_whitespace() && !matches!(c, '"' | '{' | '}' | '=')).max(first.len_utf8());
            let word = rest.get(..length).unwrap_or(rest).to_ascii_lowercase();
            let class = if KEYWORDS.contains(&word.as_str()) {
                "t-k"
            } else if TAGS.contains(&word.as_str()) {
                "t-t"
            } else {
                ""
            };
            (class, length)
        };
        at_start = at_start && first.is_whitespace();
        let (piece, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        pieces.push((class, piece));
        rest = tail;
    }
    pieces
}

fn markdown(text: &str) -> Vec<Piece<'_>> {
    let body = text.trim_start();
    if body.starts_with('#') {
        return vec![("t-h", text)];
    }
    let mut pieces = Vec::new();
    let indent = text.len() - body.len();
    let marker =
        ["- ", "* ", "+ ", "> ", "---"].iter().find(|marker| body.starts_with(**marker)).map_or(0, |marker| marker.trim_end().len());
    let (lead, mut rest) = text.split_at_checked(indent + marker).unwrap_or((text, ""));
    if !lead.is_empty() {
        pieces.push((if marker > 0 { "t-p" } else { "" }, lead));
    }
    let mut plain = rest;
    while !rest.is_empty() {
        let delimited = |open: &str, close: &str| {
            rest.strip_prefix(open).and_then(|tail| tail.find(close).filter(|at| *at > 0)).map(|at| open.len() + at + close.len())
        };
        let special = delimited("`", "`")
            .map(|length| ("t-s", length))
            .or_else(|| delimited("[[", "]]").map(|length| ("t-l", length)))
            .or_else(|| delimited("**", "**").map(|length| ("t-b", length)));
        if let Some((class, length)) = special {
            let before = plain.len() - rest.len();
            if let Some(before) = plain.get(..before).filter(|before| !before.is_empty()) {
                pieces.push(("", before));
            }
            let (piece, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
            pieces.push((class, piece));
            rest = tail;
            plain = tail;
        } else {
            let step = rest.chars().next().map_or(0, char::len_utf8);
            rest = rest.get(step..).unwrap_or_default();
        }
    }
    if !plain.is_empty() {
        pieces.push(("", plain));
    }
    pieces
}

fn run(text: &str, accepts: impl Fn(char) -> bool) -> usize {
    text.find(|c| !accepts(c)).unwrap_or(text.len())
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statements_are_coloured() {
        let pieces = line(Grammar::Structurizr, "  api = container \"API \\\" x\" { // the front");
        let classes: Vec<_> = pieces.iter().filter(|(class, _)| !class.is_empty()).map(|(class, text)| (*class, *text)).collect();
        assert_eq!(classes, [("t-p", "="), ("t-k", "container"), ("t-s", "\"API \\\" x\""), ("t-p", "{"), ("t-c", "// the front")]);
    }

    #[test]
    fn markdown_is_coloured() {
        assert_eq!(line(Grammar::Markdown, "## Context"), [("t-h", "## Context")]);
        let pieces = line(Grammar::Markdown, "- **Rollout:** drop `v1` of [[order.events]] now");
        assert_eq!(
            pieces,
            [
                ("t-p", "-"),
                ("", " "),
                ("t-b", "**Rollout:**"),
                ("", " drop "),
                ("t-s", "`v1`"),
                ("", " of "),
                ("t-l", "[[order.events]]"),
                ("", " now")
            ]
        );
    }

    #[test]
    fn listings_escape_and_mark() {
        let html = listing(Grammar::Plain, "a < b\nc", Some(1), &[2]);
        assert!(html.contains("is-current\" id=\"L1\"") && html.contains("a &lt; b"));
        assert!(html.contains("has-mark\" id=\"L2\""));
        assert!(!html.contains("style="));
    }

    proptest! {
        #[test]
        fn pieces_join_to_the_line(text in "[ -~é😀\"\\\\{}=!#/*`\\[\\]]{0,60}") {
            for grammar in [Grammar::Structurizr, Grammar::Markdown, Grammar::Plain] {
                let joined: String = line(grammar, &text).into_iter().map(|(_, piece)| piece).collect();
                prop_assert_eq!(joined, text.clone());
            }
        }
    }
}
