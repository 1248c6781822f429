//! Markdown to HTML that is safe to put into a page, whoever wrote it.
//!
//! Safe by construction: the writer emits a fixed set of tags and attributes, every text is escaped, raw HTML comes out as
//! text. There are no style and no event attributes. Links lead to http, https, mailto or the same site; pictures come from
//! the same site only. The same text gives the same bytes on the server and in the browser.

use pulldown_cmark::{Options, Parser};

use crate::domain::decision::front_matter;

pub mod address;
mod html;
mod plain;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

/// How to render, and where links lead.
pub struct Rendering<'a> {
    /// Added to every heading's level, 6 at most: a document's title is not the page's.
    pub shift_headings: u8,
    /// The page of an element that the text names as `[[name]]`; none for one that does not exist.
    pub element_url: &'a dyn Fn(&str) -> Option<String>,
    /// The page that a relative link leads to, as written; none leaves the link as it is. Its answers are checked as well.
    pub link_url: &'a dyn Fn(&str) -> Option<String>,
}

/// What [`render_subset`] leaves out and [`render`] does not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A whole document.
    Document,
    /// A remark: no pictures, no footnotes, no anchors, headings of the third level at most.
    Remark,
}

/// Renders a document: tables, strikethrough, task lists, footnotes. Front matter and comments are left out.
pub fn render(text: &str, rendering: &Rendering<'_>) -> String {
    html::write(body(text), rendering, Extent::Document)
}

/// Renders a remark of a discussion: no pictures, no footnotes, no anchors, no heading above the third level.
pub fn render_subset(text: &str, rendering: &Rendering<'_>) -> String {
    html::write(body(text), rendering, Extent::Remark)
}

/// The first paragraph as plain text on one line; metadata lines such as `Date: 2020-01-01` are passed over.
pub fn plain_text(text: &str) -> String {
    plain::first_paragraph(body(text))
}

/// The dialect that records are read and rendered in.
pub fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, options())
}

/// A text without its HTML comments; one that is never closed goes on to the end.
pub fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES
}

/// The text without byte order mark and front matter.
fn body(text: &str) -> &str {
    let start = front_matter::find(text).map_or(0, |block| block.whole.end);
    text.get(start..).unwrap_or(text).trim_start_matches('\u{feff}')
}
