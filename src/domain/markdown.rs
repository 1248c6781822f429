//! Markdown to HTML that is safe to put into a page, whoever wrote it.
//!
//! Safe by construction: the writer emits a fixed set of tags and attributes, every text is escaped, raw HTML comes out as
//! text. There are no style and no event attributes. Links lead to http, https, mailto or the same site; pictures come from
//! the same site only. The same text gives the same bytes on the server and in the browser.

use pulldown_cmark::{Options, Parser};

use crate::domain::decision::{figure::html::Shown, front_matter};

pub mod address;
pub mod html;
mod plain;
pub mod slices;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

/// How to render, and where links lead.
#[derive(Clone, Copy)]
pub struct Rendering<'a> {
    /// Added to every heading's level, 6 at most: a document's title is not the page's.
    pub shift_headings: u8,
    /// The page of an element that the text names as `[[name]]`; none for one that does not exist.
    pub element_url: &'a dyn Fn(&str) -> Option<String>,
    /// The page that a relative link leads to, as written; none leaves the link as it is. Its answers are checked as well.
    pub link_url: &'a dyn Fn(&str) -> Option<String>,
    /// What stands in the place of embedded views, Mermaid texts and rules; without it they are what plain markdown makes of them.
    pub shown: Option<&'a Shown<'a>>,
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
    let body = body(text);
    let before = text.get(..text.len() - body.len()).unwrap_or("");
    html::write(body, rendering, Extent::Document, lines_in(before), &mut html::Carried::default())
}

/// Renders a remark of a discussion: no pictures, no footnotes, no anchors, no heading above the third level.
pub fn render_subset(text: &str, rendering: &Rendering<'_>) -> String {
    html::write(body(text), rendering, Extent::Remark, 0, &mut html::Carried::default())
}

/// The first paragraph as plain text on one line; metadata lines such as `Date: 2020-01-01` are passed over.
pub fn plain_text(text: &str) -> String {
    plain::first_paragraph(body(text))
}

/// A heading of rendered HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6, as written in the HTML.
    pub level: u8,
    pub id: String,
    /// Its text, escaped.
    pub html: String,
}

/// The headings of what [`render`] wrote, in order.
pub fn contents(html: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("<h") {
        rest = after;
        let Some((level, tail)) = after.split_once(" id=\"") else { break };
        let (Ok(level), Some((id, tail))) = (level.parse::<u8>(), tail.split_once("\">")) else { continue };
        let Some((inner, _)) = tail.split_once(&format!("</h{level}>")) else { continue };
        // What stands between tags is escaped already.
        let mut parts = inner.split('<');
        let mut text = parts.next().unwrap_or("").to_owned();
        text.extend(parts.filter_map(|part| Some(part.split_once('>')?.1)));
        found.push(Heading { level, id: id.to_owned(), html: text.trim().to_owned() });
    }
    found
}

/// Text with the characters escaped that mean something in HTML, for content and for quoted attributes alike.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    html::escape(&mut out, text);
    out
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

/// Line ends in a text.
fn lines_in(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX)
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES
}

/// The text without byte order mark and front matter.
fn body(text: &str) -> &str {
    let start = front_matter::find(text).map_or(0, |block| block.whole.end);
    text.get(start..).unwrap_or(text).trim_start_matches('\u{feff}')
}
