//! Plain text of markdown, for lists.

use pulldown_cmark::{Event, Tag, TagEnd};

/// The text of the first paragraph or list item outside block quotes that is more than a metadata line.
pub(super) fn first_paragraph(text: &str) -> String {
    let mut found = String::new();
    let mut silent = 0_usize;
    for event in super::parser(text) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Table(_) | Tag::FootnoteDefinition(_)) => {
                if finished(&found) {
                    break;
                }
                found.clear();
                silent += 1;
            }
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Table | TagEnd::FootnoteDefinition) => {
                silent = silent.saturating_sub(1);
            }
            Event::Start(Tag::Paragraph | Tag::Item) | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                if finished(&found) {
                    break;
                }
                found.clear();
            }
            Event::Text(text) | Event::Code(text) if silent == 0 => found.push_str(&text),
            Event::SoftBreak | Event::HardBreak if silent == 0 => found.push(' '),
            _ => {}
        }
    }
    if finished(&found) { found.split_whitespace().collect::<Vec<_>>().join(" ") } else { String::new() }
}

fn finished(text: &str) -> bool {
    const KEYS: [&str; 8] = ["date", "status", "deciders", "decision-makers", "technical story", "tags", "consulted", "informed"];
    let text = text.trim();
    let key = text.split_once(':').map(|(key, _)| key.trim().to_lowercase());
    !text.is_empty() && !key.is_some_and(|key| KEYS.contains(&key.as_str()))
}
