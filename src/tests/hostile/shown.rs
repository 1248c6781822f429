//! What a browser would load or follow in a page, and a reader of markdown in a report.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::domain::agent::untrusted::plain;

/// Attributes in which an address is only text.
const TEXT: [&str; 8] = ["title", "aria-label", "value", "placeholder", "alt", "content", "data-props", "id"];

/// Every place in a page, besides its text, that holds a word.
pub(super) fn live_in_page(page: &str, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (inside, after) = tag.split_at(end_of(tag));
        rest = after;
        let (name, attributes) = inside.split_once(|c: char| c.is_whitespace()).unwrap_or((inside, ""));
        for (attribute, value) in pairs(attributes) {
            let scheme = value.trim_start().to_lowercase();
            let runs = ["javascript:", "vbscript:", "data:text"].iter().any(|bad| scheme.starts_with(bad));
            if runs || attribute.starts_with("on") || value.contains(word) && (!TEXT.contains(&attribute.as_str()) || name == "meta") {
                found.push(format!("<{name} {attribute}={value}"));
            }
        }
        if matches!(name, "script" | "style") {
            let (inside, after) = rest.split_once(&format!("</{name}")).unwrap_or((rest, ""));
            if inside.contains(word) {
                found.push(format!("<{name}> {inside}"));
            }
            rest = after;
        }
    }
    found
}

/// Where a tag ends: a `>` that is in no quotes.
fn end_of(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

fn pairs(attributes: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = attributes.trim_start();
    while let Some(end) = rest.find(|c: char| c == '=' || c.is_whitespace()) {
        let (name, after) = rest.split_at(end);
        let Some(value) = after.strip_prefix('=') else {
            rest = after.trim_start();
            continue;
        };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((value, "")),
            _ => value.split_once(|c: char| c.is_whitespace()).unwrap_or((value, "")),
        };
        found.push((name.to_lowercase(), value.to_owned()));
        rest = after.trim_start();
    }
    found
}

/// Links, images and HTML in markdown that hold a word, those included that readers such as GitHub make of bare addresses.
pub(super) fn live_in_markdown(text: &str, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    // What is in a block of code is only text, unless a diagram is drawn of it.
    let (mut code, mut diagram) = (false, false);
    for (event, range) in Parser::new_ext(text, Options::all()).into_offset_iter() {
        let written = &text[range];
        let live = match &event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => dest_url.contains(word),
            Event::Html(html) | Event::InlineHtml(html) => html.contains(word),
            Event::Start(Tag::CodeBlock(kind)) => {
                (code, diagram) = (true, matches!(kind, CodeBlockKind::Fenced(language) if &**language == "mermaid"));
                false
            }
            Event::Text(source) if diagram => source.lines().any(|line| {
                // Line breaks in labels are the printer's own.
                let line = line.trim_start().replace("<br>", " ");
                let opens = line.starts_with("click ") || line.starts_with("%%{") || line.contains("url(") || line.contains("img:");
                line.contains(word) && (opens || line.contains('<'))
            }),
            Event::End(TagEnd::CodeBlock) => {
                (code, diagram) = (false, false);
                false
            }
            Event::Text(_) if !code => {
                let links = |start: &str| {
                    written.match_indices(start).any(|(at, _)| written[at..].split_whitespace().next().unwrap().contains(word))
                };
                ["http://", "https://", "ftp://", "www."].into_iter().any(links)
            }
            _ => false,
        };
        if live {
            found.push(written.chars().take(200).collect());
        }
    }
    found
}

/// Addresses in what was kept as JSON.
pub(super) fn addresses(json: &str) -> Vec<String> {
    let decoded = json.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
    decoded.split(['=', '\'', ',']).flat_map(plain::addresses).collect()
}
