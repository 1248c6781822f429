//! An agent's answer made fit to be shown: the markdown that people may read, without pictures, links, addresses and HTML.
//!
//! Findings that hold such things are refused, and the model tries again. An answer is what a person waits for, so it is
//! cleaned instead, and says where something was left out.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::domain::{
    agent::{
        mention::{find, for_people},
        snapshot::Snapshot,
        untrusted::{
            is_invisible,
            plain::{Form, addresses, problems},
        },
    },
    markdown,
    review::secrets::redact,
};

/// The most characters that are shown.
const MOST: usize = 20_000;
const ADDRESS: &str = "(address left out)";
const HTML: &str = "(HTML left out)";
const NOT_SHOWN: &str = "The answer can't be shown; the run's record holds it.";

/// What is shown of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    /// Short names in it that mean nothing in the design, each once.
    pub unknown: Vec<String>,
}

/// Cleans an answer; names of the design stand in the place of short names.
pub fn shown(answer: &str, snapshot: &Snapshot) -> Shown {
    let mut unknown: Vec<String> = Vec::new();
    for mention in find(answer) {
        if snapshot.find(&mention.name).is_none() && !unknown.contains(&mention.name) {
            unknown.push(mention.name);
        }
    }
    Shown { text: cleaned(&for_people(snapshot, answer)), unknown }
}

/// The text as markdown that loads, links and hides nothing.
pub fn cleaned(text: &str) -> String {
    let text: String = redact(text).chars().filter(|c| !is_invisible(*c) || matches!(c, '\n' | '\t')).collect();
    let text = match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}\n\n(The rest of the answer is left out.)", text.get(..at).unwrap_or_default()),
        None => text,
    };
    let mut text = without_definitions(&text);
    // What is left of a link can be one again: `[[a](b)](c)`.
    for _ in 0..4 {
        let next = without_addresses(&without_markup(&text));
        if next == text {
            break;
        }
        text = next;
    }
    if is_harmless(&text) {
        return text.trim().to_owned();
    }
    // Whatever it was: without these signs nothing is marked up, and what emphasis had split stands together to be found.
    text.retain(|c| !matches!(c, '<' | '>' | '[' | ']' | '!' | '\\' | '&' | '*' | '_' | '`' | '~'));
    for _ in 0..4 {
        text = without_addresses(&text);
    }
    if is_harmless(&text) { text.trim().to_owned() } else { NOT_SHOWN.to_owned() }
}

/// Nothing of it loads, links or hides.
fn is_harmless(text: &str) -> bool {
    let harmless = |problem: &String| problem.contains("without a blank") || problem.contains("heading, table");
    problems(text, Form::Document, &[]).iter().all(harmless)
}

/// Lines that define where links lead give no event of their own.
fn without_definitions(text: &str) -> String {
    let defines = |line: &str| line.trim_start().starts_with('[') && line.contains("]:");
    text.lines().filter(|line| !defines(line)).collect::<Vec<_>>().join("\n")
}

/// Links and pictures as their words, HTML as a note.
fn without_markup(text: &str) -> String {
    let mut cuts: Vec<(Range<usize>, String)> = Vec::new();
    let mut inside = 0_usize;
    for (event, range) in markdown::parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                if inside == 0 {
                    cuts.push((range, String::new()));
                }
                inside += 1;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => inside = inside.saturating_sub(1),
            Event::Text(words) | Event::Code(words) if inside > 0 => {
                if let Some((_, kept)) = cuts.last_mut() {
                    kept.push_str(&words);
                }
            }
            Event::Html(_) | Event::InlineHtml(_) if inside == 0 => cuts.push((range, HTML.to_owned())),
            Event::FootnoteReference(_) if inside == 0 => cuts.push((range, String::new())),
            _ => {}
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, instead) in cuts {
        if range.start < done {
            continue;
        }
        out.push_str(text.get(done..range.start).unwrap_or_default());
        if !(instead == HTML && out.trim_end().ends_with(HTML)) {
            out.push_str(&instead);
            if text.get(range.clone()).is_some_and(|cut| cut.ends_with('\n')) {
                out.push('\n');
            }
        }
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn without_addresses(text: &str) -> String {
    let mut found = addresses(text);
    // A longer one may hold a shorter one.
    found.sort_by_key(|address| std::cmp::Reverse(address.len()));
    found.iter().fold(text.to_owned(), |text, address| text.replace(address, ADDRESS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        agent::{snapshot::tests::sampled, untrusted::hostile::HOSTILE},
        markdown::{Rendering, render_subset},
    };

    fn html(text: &str) -> String {
        render_subset(text, &Rendering { shift_headings: 3, element_url: &|_| None, link_url: &|_| None, shown: None })
    }

    fn is_plain(text: &str) -> bool {
        let shown = html(text);
        !["<a ", "<img", "<script", "<iframe", " src=", " href="].iter().any(|tag| shown.contains(tag))
            && problems(text, Form::Document, &[]).iter().all(|problem| problem.contains("without a blank"))
    }

    #[test]
    fn words_stay_and_what_loads_or_links_goes() {
        for (said, expected) in [
            ("**Yes**, use `outbox`:\n\n- one\n- two", "**Yes**, use `outbox`:\n\n- one\n- two"),
            ("See [the book](https://evil.example/a) now", "See the book now"),
            ("![chart](https://evil.example/p.png?d=1) done", "chart done"),
            ("Go to https://evil.example/x?y=z now", "Go to (address left out) now"),
            ("<https://evil.example> is it", "(address left out) is it"),
            ("a <b>bold</b> word", "a (HTML left out)bold(HTML left out) word"),
            ("a\u{200b}b", "ab"),
            ("[x]: https://evil.example\n\nRead [x] here", "Read [x] here"),
        ] {
            assert_eq!(cleaned(said), expected, "{said}");
        }
    }

    #[test]
    fn hostile_texts_become_words() {
        for (_, text) in HOSTILE {
            assert!(is_plain(&cleaned(text)), "{text}\n{}", cleaned(text));
        }
        for text in [
            "[[a](http://b.example)](http://c.example)",
            "![a](<http://b.example/x y>)",
            "[a\n](//b.example)",
            "[![i](x)](http://y.example)",
        ] {
            assert!(is_plain(&cleaned(text)), "{text}\n{}", cleaned(text));
        }
    }

    #[test]
    fn names_are_read_and_unknown_ones_are_told() {
        let shown = shown("E10 calls E3. E999 does not, and E999 is nothing.", &sampled());
        assert_eq!(shown.text, "Payment service calls Card connector. E999 does not, and E999 is nothing.");
        assert_eq!(shown.unknown, ["E999"]);
    }

    proptest! {
        #[test]
        fn nothing_links_or_loads(text in r"[\[\]()!<>a:/.\n `*_-]{0,60}|.{0,60}") {
            prop_assert!(is_plain(&cleaned(&text)), "{}", cleaned(&text));
        }
    }
}
