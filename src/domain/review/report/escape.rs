//! Makes text that people wrote safe to stand in markdown, and masks secrets on the way.

use crate::domain::review::secrets::redact;

/// Text on one line that means nothing in markdown: no emphasis, link, image, HTML, heading, list or table.
pub fn inline(text: &str) -> String {
    let text = redact(text);
    let mut escaped = String::with_capacity(text.len());
    let words = text.split_whitespace();
    for word in words {
        if escaped.is_empty() {
            // Only at the start of a line do these begin a block.
            if word.starts_with(['#', '+', '-', '=', ':']) {
                escaped.push('\\');
            }
            let (digits, rest) = word.split_at(ordinal(word).unwrap_or(0));
            escaped.push_str(digits);
            if !digits.is_empty() {
                escaped.push('\\');
            }
            push_word(&mut escaped, rest);
        } else {
            escaped.push(' ');
            push_word(&mut escaped, word);
        }
    }
    escaped
}

/// `1.` and `1)` begin a list at the start of a line: the byte to escape, if the word is one of them.
fn ordinal(word: &str) -> Option<usize> {
    let digits = word.find(|c: char| !c.is_ascii_digit())?;
    (digits > 0 && word.len() == digits + 1 && word.ends_with(['.', ')'])).then_some(digits)
}

fn push_word(out: &mut String, word: &str) {
    for (at, c) in word.char_indices() {
        let after = word.get(at + c.len_utf8()..).unwrap_or_default();
        match c {
            // GitHub and others make links of bare addresses; an escaped sign in them means the same and is none.
            ':' if after.starts_with("//") => out.push_str("\\:"),
            '.' if out.len() >= 3 && out.get(out.len() - 3..).is_some_and(|before| before.eq_ignore_ascii_case("www")) => {
                out.push_str("\\.");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
}

/// Text for a table's cell.
pub fn cell(text: &str) -> String {
    inline(text)
}

/// Text in a code span, whatever backticks it holds.
pub fn code(text: &str) -> String {
    let text = redact(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    if text.is_empty() {
        return String::new();
    }
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Lines in a fence that none of them can close; ends in a line end.
pub fn fence(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line, '`')).max().unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    let mut fenced = format!("{ticks}{language}\n");
    for line in lines {
        fenced.push_str(&redact(line).replace(['\r', '\n'], " "));
        fenced.push('\n');
    }
    fenced.push_str(&ticks);
    fenced.push('\n');
    fenced
}

/// A remark as a block quote, line by line.
pub fn quoted(text: &str) -> String {
    let lines: Vec<String> = redact(text)
        .trim()
        .lines()
        .map(|line| {
            let line = inline(line);
            if line.is_empty() { ">".to_owned() } else { format!("> {line}") }
        })
        .collect();
    lines.join("\n")
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut current = 0;
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    const NASTY: [&str; 14] = [
        "# heading",
        "- item",
        "12. item",
        "> quote",
        "```\n# out",
        "![x](https://example.org/x.png)",
        "<img src=x onerror=alert(1)>",
        "[a](b) **c** _d_ ~~e~~ `f`",
        "a | b | c",
        "&lt;script&gt;",
        "line\n\n# heading\n---\n",
        "===",
        "\\*not escaped",
        "a\u{1}b",
    ];

    #[test]
    fn escaped_text_is_one_paragraph_of_plain_text() {
        for text in NASTY {
            let escaped = inline(text);
            let mut words = String::new();
            for event in Parser::new_ext(&escaped, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
                match event {
                    Event::Text(text) => words.push_str(&text),
                    Event::Start(Tag::Paragraph) | Event::End(_) => {}
                    event => panic!("{text:?} became {escaped:?}, which gives {event:?}"),
                }
            }
            let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{1}', "");
            assert_eq!(words, plain, "{escaped:?}");
        }
    }

    #[test]
    fn code_and_fences_hold_any_backticks() {
        for text in NASTY.into_iter().chain(["``", "a ` b", "`"]) {
            let span = format!("x {}", code(text));
            let codes: Vec<String> =
                Parser::new(&span).filter_map(|event| if let Event::Code(code) = event { Some(code.to_string()) } else { None }).collect();
            assert_eq!(codes, [text.split_whitespace().collect::<Vec<_>>().join(" ")], "{span:?}");
            let fenced = fence("text", &[text.to_owned(), "````".to_owned()]);
            let mut starts = Parser::new(&fenced).filter(|event| matches!(event, Event::Start(_)));
            assert!(matches!(starts.next(), Some(Event::Start(Tag::CodeBlock(_)))));
            assert!(starts.next().is_none(), "{fenced:?}");
        }
    }

    #[test]
    fn remarks_stay_in_their_quote() {
        let markdown = format!("{}\n\n# After", quoted("one\n\n# two\n```\nthree\n</blockquote>"));
        let headings = Parser::new(&markdown).filter(|event| matches!(event, Event::Start(Tag::Heading { .. }))).count();
        assert_eq!(headings, 1, "{markdown}");
    }

    #[test]
    fn secrets_do_not_leave() {
        let secret = "Sommer2026kiel";
        for text in
            [inline(&format!("password={secret}")), code(&format!("password={secret}")), fence("t", &[format!("password={secret}")])]
        {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
