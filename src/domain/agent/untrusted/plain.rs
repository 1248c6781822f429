//! What a model may say to people: plain sentences with a little markdown, and nothing that loads, links or hides.

use pulldown_cmark::{Event, Parser, Tag};

use crate::domain::{agent::untrusted::is_invisible, review::secrets::redact};

/// Endings of host names that are worth a look when a path follows.
const ENDINGS: [&str; 34] = [
    "ai", "app", "biz", "ch", "cloud", "cn", "co", "com", "de", "dev", "edu", "eu", "example", "fr", "gov", "in", "info", "int", "invalid",
    "io", "ly", "me", "mil", "net", "online", "org", "page", "ru", "sh", "site", "test", "top", "uk", "xyz",
];
/// A longer run without a blank is no word that people write.
const MAX_WORD: usize = 80;
/// Stands where an address stood.
const LEFT_OUT: &str = "(address left out)";

/// What one kind of text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line of words.
    Line,
    /// Paragraphs and lists.
    Prose,
    /// A whole record: headings, tables and code as well.
    Document,
}

/// What keeps a text from being shown, each as a phrase that says where and why; nothing for a fine text. `allowed` are
/// beginnings of addresses that may be written out.
pub fn problems(text: &str, form: Form, allowed: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |problem: String| {
        if !found.contains(&problem) {
            found.push(problem);
        }
    };
    for c in text.chars().filter(|c| is_invisible(*c)) {
        match c {
            '\n' | '\t' if form != Form::Line => {}
            '\n' | '\t' => note("it has to be one line".to_owned()),
            '\r' if form == Form::Document => {}
            c => note(format!("it holds the invisible character {}", c.escape_unicode())),
        }
    }
    let mut said = String::new();
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES | pulldown_cmark::Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Image { .. }) => note("it holds an image".to_owned()),
            Event::Start(Tag::Link { .. }) => note("it holds a link".to_owned()),
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => note("it holds HTML".to_owned()),
            Event::Start(Tag::Heading { .. } | Tag::Table(_) | Tag::BlockQuote(_) | Tag::CodeBlock(_)) | Event::Rule
                if form != Form::Document =>
            {
                note("it holds a heading, table, quote, rule or code block".to_owned());
            }
            Event::Text(text) | Event::Code(text) => said.push_str(&text),
            Event::End(_) | Event::SoftBreak | Event::HardBreak => said.push(' '),
            _ => {}
        }
    }
    if form == Form::Document {
        // Link definitions give no event of their own.
        let defines = |line: &str| line.trim_start().starts_with('[') && line.contains("]:");
        if text.lines().any(defines) {
            note("it holds a link".to_owned());
        }
    }
    for address in addresses(text).into_iter().chain(addresses(&said)) {
        if !allowed.iter().any(|start| is_below(&address, start)) {
            note(format!("it holds the address {}", shortened(&address)));
        }
    }
    let long = |word: &&str| word.chars().count() > MAX_WORD;
    if let Some(word) = said.split_whitespace().find(long) {
        note(format!("it holds `{}`, {} characters without a blank", shortened(word), word.chars().count()));
    }
    found
}

/// What a model says beside what is checked, as people may see it: secrets masked, nothing hidden, and no address in it.
pub fn harmless(text: &str) -> String {
    let text = redact(text);
    let mut out = String::with_capacity(text.len());
    let ends = |c: char| {
        c.is_whitespace() || is_invisible(c) || matches!(c, '(' | ')' | '<' | '>' | '"' | '`' | '|' | '[' | ']' | '=' | '\'' | ',')
    };
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let end = rest.find(ends).unwrap_or(rest.len());
        if end == 0 {
            // An invisible character may stand within an address; without it the address would be whole.
            out.push(if is_invisible(c) && !matches!(c, '\n' | '\t') { ' ' } else { c });
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at(end);
        let bare = word.trim_end_matches(closes).trim_start_matches(opens);
        out.push_str(if is_address(bare) || is_address(word) { LEFT_OUT } else { word });
        rest = after;
    }
    out
}

/// Everything in a text that a browser, a mail program or a person could follow.
pub fn addresses(text: &str) -> Vec<String> {
    let words =
        text.split(|c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '(' | ')' | '<' | '>' | '"' | '`' | '|' | '[' | ']'));
    let mut found: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim_start_matches(opens).trim_end_matches(closes);
        if is_address(word) && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// What stands before an address in a text.
const fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '<' | '"' | '\'' | '`' | '«' | '“' | '*' | ',' | ';' | '|')
}

/// What stands behind one.
const fn closes(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '>' | '"' | '\'' | '`' | '»' | '”' | '*' | ',' | ';' | '|' | '.' | '!' | ':')
}

fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.starts_with("//") || lower.starts_with("\\\\") {
        return true;
    }
    if ["mailto:", "data:", "javascript:", "vbscript:", "file:", "tel:", "blob:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme) && lower.len() > scheme.len())
    {
        return true;
    }
    // `hxxp` and `[.]` are how addresses are written that are not to be followed; people follow them.
    if lower.starts_with("hxxp") {
        return true;
    }
    let host = lower.split(['/', '?', '#']).next().unwrap_or("");
    let followed = host.len() < lower.len();
    let host = host.rsplit('@').next().unwrap_or(host);
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let numbers = host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok());
    let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_')) && ENDINGS.contains(&ending);
    let with_port = port.is_some_and(|port| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()));
    (named || numbers) && (followed || with_port || word.contains('@'))
}

/// Whether an address is one of those that begin with `start`, on the same host.
fn is_below(address: &str, start: &str) -> bool {
    let start = start.trim_end_matches('/');
    !start.is_empty()
        && address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        && !address.get(start.len()..).unwrap_or_default().contains("://")
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
