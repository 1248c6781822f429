//! A long document in parts that are rendered one at a time, so that a page with a megabyte of text can go on answering between
//! them, and needs to render only those that have changed.
//!
//! A part begins at a heading of the text's outermost level, where no block goes on. Texts with footnotes, and with very many
//! reference links, stay in one part: what they say depends on the whole.

use std::ops::Range;

use crate::domain::{
    decision::embed::may_embed,
    markdown::{
        Extent, Rendering, body,
        html::{self, Carried},
        lines_in,
    },
};

/// Bytes from which the next heading begins a new part.
const ENOUGH: usize = 12 * 1024;
/// Definitions of reference links that every part is given.
const MOST_DEFINITIONS: usize = 16 * 1024;

/// Blocks of HTML that go on over empty lines, by how they begin and end.
const BLOCKS: [(&str, &str); 8] = [
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<pre", "</pre>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
    ("<![cdata[", "]]>"),
    ("<?", "?>"),
    ("<!", ">"),
];

/// A document that is cut into parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slices {
    parts: Vec<Range<usize>>,
    /// The definitions of reference links of the whole document.
    definitions: String,
    /// The last part ends within a block that nothing closes.
    unclosed: bool,
}

/// What decides how a part comes out, besides the rendering itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub source: String,
    definitions: String,
    carried: Carried,
    /// Only where the text says lines of itself.
    line: u32,
}

impl Slices {
    /// Cuts a document; front matter is left out.
    pub fn new(text: &str) -> Self {
        let start = text.len() - body(text).len();
        let whole = |definitions| Self { parts: std::iter::once(start..text.len()).collect(), definitions, unclosed: false };
        if text.len() - start < ENOUGH {
            return whole(String::new());
        }
        let mut parts = Vec::new();
        let (mut at, mut from) = (start, start);
        let mut definitions = String::new();
        let mut fence: Option<(char, usize)> = None;
        let mut block: Option<&str> = None;
        let mut after_blank = true;
        for line in text.get(start..).unwrap_or("").split_inclusive('\n') {
            let bare = line.trim_start_matches([' ', '\t', '>']).trim_end();
            if let Some((mark, count)) = fence {
                if bare.len() >= count && bare.chars().all(|c| c == mark) {
                    fence = None;
                }
            } else if let Some(end) = block {
                if bare.to_ascii_lowercase().contains(end) {
                    block = None;
                }
            } else {
                if after_blank && at - from >= ENOUGH && is_heading(line) {
                    parts.push(from..at);
                    from = at;
                }
                if bare.starts_with("[^") {
                    return whole(String::new());
                }
                fence = opens(bare);
                block = if fence.is_none() { goes_on(bare) } else { None };
                if fence.is_none() && bare.starts_with('[') && bare.contains("]:") {
                    definitions.push_str(bare);
                    definitions.push('\n');
                }
            }
            after_blank = bare.is_empty();
            at += line.len();
        }
        if parts.is_empty() || definitions.len() > MOST_DEFINITIONS {
            return whole(String::new());
        }
        parts.push(from..text.len());
        Self { parts, definitions, unclosed: fence.is_some() || block.is_some() }
    }

    pub fn len(&self) -> usize {
        self.parts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What a part of the text is made of; none after the last.
    pub fn key(&self, text: &str, index: usize, carried: &Carried) -> Option<Key> {
        let range = self.parts.get(index)?;
        let source = text.get(range.clone()).unwrap_or("").to_owned();
        let line = if may_embed(&source) { lines_in(text.get(..range.start).unwrap_or("")) } else { 0 };
        let swallows = self.unclosed && index + 1 == self.parts.len();
        let definitions = if swallows { String::new() } else { self.definitions.clone() };
        Some(Key { source, definitions, carried: carried.clone(), line })
    }
}

impl Key {
    /// Whether the part may ask for more than its text.
    pub fn embeds(&self) -> bool {
        may_embed(&self.source)
    }

    /// Renders the part; `carried` is then what the next one needs.
    pub fn render(&self, rendering: &Rendering<'_>, carried: &mut Carried) -> String {
        let text =
            if self.definitions.is_empty() { self.source.clone() } else { format!("{}\n\n{}", self.source.trim_end(), self.definitions) };
        *carried = self.carried.clone();
        html::write(&text, rendering, Extent::Document, self.line, carried)
    }
}

fn is_heading(line: &str) -> bool {
    let marks = line.bytes().take_while(|byte| *byte == b'#').count();
    (1..=6).contains(&marks) && line.get(marks..).is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// The mark and length of a fence that a line opens, behind the marks of a list.
fn opens(bare: &str) -> Option<(char, usize)> {
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '+' | '.' | ')' | ' ' | '\t'));
    let mark = bare.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let count = bare.chars().take_while(|c| *c == mark).count();
    let info = bare.get(count..).unwrap_or("");
    (count >= 3 && (mark == '~' || !info.contains('`'))).then_some((mark, count))
}

/// How a block of HTML ends that a line opens and does not close.
fn goes_on(bare: &str) -> Option<&'static str> {
    if !bare.starts_with('<') {
        return None;
    }
    let lower = bare.to_ascii_lowercase();
    let (start, end) = BLOCKS.into_iter().find(|(start, _)| lower.starts_with(start))?;
    (!lower.get(start.len()..).unwrap_or("").contains(end)).then_some(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::markdown::render;

    const PLAIN: Rendering<'_> = Rendering { shift_headings: 1, element_url: &|_| None, link_url: &|_| None, shown: None };

    fn in_parts(text: &str) -> (usize, String) {
        let slices = Slices::new(text);
        let mut carried = Carried::default();
        let mut html = String::new();
        for index in 0..slices.len() {
            html.push_str(&slices.key(text, index, &carried).unwrap().render(&PLAIN, &mut carried));
        }
        (slices.len(), html)
    }

    fn filling(words: &str) -> String {
        format!("{words}\n\n").repeat(ENOUGH / (words.len() + 2) + 1)
    }

    #[test]
    fn parts_come_out_as_the_whole_does() {
        let text = format!(
            "---\nstatus: accepted\n---\n# Title\n\n{0}## Context\n\nSee [the other][o].\n\n{0}```md\n\n# no heading\n\n{0}```\n\n\
             ## Context\n\n{0}- item\n\n  ```\n\n  # none\n\n  ```\n\n<!--\n\n# none\n\n-->\n\n## Context\n\nEnd.\n\n[o]: 0001-a.md\n",
            filling("Words and more words of no weight.")
        );
        let (count, html) = in_parts(&text);
        assert!(count >= 4, "{count}");
        assert_eq!(html, render(&text, &PLAIN));
        assert!(html.contains("id=\"section-context-3\"") && html.contains("href=\"0001-a.md\""));
    }

    #[test]
    fn short_texts_and_texts_with_footnotes_stay_whole() {
        assert_eq!(in_parts("# A\n\n# B\n").0, 1);
        let text = format!("# A\n\n{0}# B\n\nx[^1]\n\n{0}# C\n\n[^1]: note\n", filling("Words."));
        assert_eq!(in_parts(&text), (1, render(&text, &PLAIN)));
        assert_eq!(in_parts(""), (1, String::new()));
    }

    #[test]
    fn a_megabyte_comes_in_many_small_parts() {
        let text: String = (0..).map(|n| format!("## Part {n}\n\n{}", filling("Words about nothing."))).take(90).collect();
        let slices = Slices::new(&text);
        assert!(text.len() > 1_000_000 && slices.len() > 60, "{} {}", text.len(), slices.len());
        assert!(slices.parts.iter().all(|part| part.len() < 2 * ENOUGH));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_order_of_blocks_comes_out_as_the_whole(blocks in proptest::collection::vec(0..9_usize, 1..14)) {
            let pieces = [
                "# One\n\n".to_owned(), "## Two\n\n".to_owned(), "```\n# code\n\n```\n\n".to_owned(), "> quote\n> # in it\n\n".to_owned(),
                "- a\n- b\n\n".to_owned(), "1. x\n\n   ~~~\n   # c\n   ~~~\n\n".to_owned(), "| a |\n| - |\n| b |\n\n".to_owned(),
                "<!-- a\n\n# b\n\n-->\n\n".to_owned(), filling("Filling of a part with [a link](b.md)."),
            ];
            let text: String = blocks.iter().map(|block| pieces[*block].as_str()).collect();
            prop_assert_eq!(in_parts(&text).1, render(&text, &PLAIN));
        }
    }
}
