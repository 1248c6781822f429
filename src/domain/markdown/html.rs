//! The writer: events of the markdown parser in, HTML out.

use std::{collections::BTreeMap, fmt::Write, ops::Range};

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::domain::{
    decision::{
        constraint::fence,
        embed::{Embed, Fence, of_fence},
    },
    markdown::{
        Extent, Rendering,
        address::{self, Address},
    },
};

mod elements;

/// Blocks nested deeper than this come out flat: browsers slow down, readers gave up long before.
const MOST_DEPTH: usize = 48;
/// Before every id, so that a heading `main` does not take the place of the page's own `main`.
const ID_PREFIX: &str = "section-";

/// What one part of a document leaves for the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Ids of headings, with how often each was used.
    ids: BTreeMap<String, u32>,
}

/// Writes a text that begins after so many lines of its document.
pub(super) fn write(text: &str, rendering: &Rendering<'_>, extent: Extent, lines_before: u32, carried: &mut Carried) -> String {
    let mut writer = Writer {
        text,
        rendering,
        extent,
        out: String::with_capacity(text.len() + text.len() / 4),
        open: Vec::new(),
        run: Vec::new(),
        heading: None,
        ids: std::mem::take(&mut carried.ids),
        lines_before,
        fence: None,
        alignments: Vec::new(),
        cell: 0,
        head: false,
        links: 0,
        picture: None,
        raw: None,
        code: false,
        footnotes: Vec::new(),
    };
    for (event, range) in super::parser(text).into_offset_iter() {
        writer.event(event, range);
    }
    writer.flush();
    carried.ids = writer.ids;
    writer.out
}

/// Escapes text for element content and for quoted attributes alike.
pub(super) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in HTML; a parser would replace it.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

struct Heading {
    /// Where its content begins in the output; the start tag goes before it once the text is known.
    at: usize,
    level: u8,
    plain: String,
}

struct Picture {
    target: String,
    alt: String,
}

struct Writer<'a> {
    text: &'a str,
    rendering: &'a Rendering<'a>,
    extent: Extent,
    out: String,
    /// End tags of the open blocks and spans.
    open: Vec<&'static str>,
    /// Adjacent pieces of text; `[[name]]` comes in several.
    run: Vec<(String, Range<usize>)>,
    heading: Option<Heading>,
    ids: BTreeMap<String, u32>,
    lines_before: u32,
    /// The words and the text of a fence that is more than code.
    fence: Option<(String, String, Range<usize>)>,
    alignments: Vec<Alignment>,
    cell: usize,
    head: bool,
    /// Open links; they do not nest.
    links: usize,
    /// Pictures inside a picture's description are only more description.
    picture: Option<(Picture, usize)>,
    raw: Option<String>,
    code: bool,
    /// Names in order of first use.
    footnotes: Vec<String>,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some((picture, depth)) = &mut self.picture {
            match event {
                Event::Start(Tag::Image { .. }) => *depth += 1,
                Event::End(TagEnd::Image) if *depth > 0 => *depth -= 1,
                Event::End(TagEnd::Image) => self.end_picture(),
                Event::Text(text) | Event::Code(text) => picture.alt.push_str(&text),
                Event::SoftBreak | Event::HardBreak => picture.alt.push(' '),
                _ => {}
            }
            return;
        }
        if let (Some((_, content, _)), Event::Text(text)) = (&mut self.fence, &event) {
            content.push_str(text);
            return;
        }
        if let Event::Text(text) = &event
            && !self.code
            && self.raw.is_none()
        {
            self.run.push((text.to_string(), range));
            return;
        }
        self.flush();
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if self.is_shown(&info) => {
                self.fence = Some((info.into_string(), String::new(), range));
            }
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match &mut self.raw {
                Some(raw) => raw.push_str(&text),
                None => escape(&mut self.out, &text),
            },
            Event::Code(text) => {
                if let Some(heading) = &mut self.heading {
                    heading.plain.push_str(&text);
                }
                self.out.push_str("<code>");
                escape(&mut self.out, &text);
                self.out.push_str("</code>");
            }
            Event::Html(html) => match &mut self.raw {
                Some(raw) => raw.push_str(&html),
                None => escape(&mut self.out, &html),
            },
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => {
                self.out.push_str(if done { "<input type=\"checkbox\" disabled checked> " } else { "<input type=\"checkbox\" disabled> " });
            }
            Event::FootnoteReference(name) => self.footnote_reference(&name),
            Event::InlineMath(text) | Event::DisplayMath(text) => escape(&mut self.out, &text),
        }
    }

    fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = self.out.write_fmt(piece);
    }

    fn open(&mut self, start: &str, end: &'static str) {
        if self.open.len() < MOST_DEPTH {
            self.out.push_str(start);
            self.open.push(end);
        } else {
            self.open.push("");
        }
    }

    fn close(&mut self) {
        if let Some(end) = self.open.pop() {
            self.out.push_str(end);
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>\n"),
            Tag::Heading { level, .. } => {
                let least = if self.extent == Extent::Remark { 3 } else { 1 };
                let level = (level as u8).saturating_add(self.rendering.shift_headings).clamp(least, 6);
                self.heading = Some(Heading { at: self.out.len(), level, plain: String::new() });
            }
            Tag::BlockQuote(_) => self.open("<blockquote>\n", "</blockquote>\n"),
            Tag::CodeBlock(kind) => {
                self.code = true;
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => language(info),
                    CodeBlockKind::Indented => String::new(),
                };
                if language.is_empty() {
                    self.open("<pre><code>", "</code></pre>\n");
                } else {
                    self.open(&format!("<pre><code class=\"language-{language}\">"), "</code></pre>\n");
                }
            }
            Tag::HtmlBlock => self.raw = Some(String::new()),
            Tag::List(None) => self.open("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.open("<ol>\n", "</ol>\n"),
            Tag::List(Some(first)) => self.open(&format!("<ol start=\"{first}\">\n"), "</ol>\n"),
            Tag::Item => self.open("<li>", "</li>\n"),
            Tag::FootnoteDefinition(name) => self.footnote_definition(&name),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.open("<table>\n", "</table>\n");
            }
            Tag::TableHead => {
                self.head = true;
                self.cell = 0;
                self.open("<thead>\n<tr>", "</tr>\n</thead>\n");
            }
            Tag::TableRow => {
                self.cell = 0;
                self.open("<tr>", "</tr>\n");
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title),
            Tag::Image { dest_url, .. } => {
                self.picture = Some((Picture { target: dest_url.into_string(), alt: String::new() }, 0));
            }
            // Dialects that are not switched on.
            Tag::Superscript
            | Tag::Subscript
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => {
                self.open("", "");
            }
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::HtmlBlock => self.end_raw(),
            TagEnd::CodeBlock => {
                if let Some((info, content, range)) = self.fence.take() {
                    self.show(&info, &content, range);
                } else {
                    self.code = false;
                    self.close();
                }
            }
            TagEnd::TableHead => {
                self.head = false;
                self.close();
            }
            TagEnd::Link => {
                self.links = self.links.saturating_sub(1);
                self.close();
            }
            // Ends that `event` takes before they come here.
            TagEnd::Image => {}
            _ => self.close(),
        }
    }

    /// Whether a fence of this name is more than code here.
    fn is_shown(&self, info: &str) -> bool {
        self.rendering.shown.is_some() && self.extent == Extent::Document && of_fence(info, "").is_some()
    }

    /// The line of the document that an offset of the text is on.
    fn line(&self, offset: usize) -> u32 {
        self.lines_before.saturating_add(super::lines_in(self.text.get(..offset).unwrap_or(""))).saturating_add(1)
    }

    /// What a fence asks for, in its place.
    fn show(&mut self, info: &str, content: &str, range: Range<usize>) {
        let (Some(shown), Some(fence)) = (self.rendering.shown, of_fence(info, content)) else { return };
        let html = match fence {
            Fence::Picture { embed, caption } => shown.picture(&embed, &caption, false, self.line(range.start)),
            Fence::Rules => {
                let written = fence::of_fence(self.text, range);
                shown.rules(self.text, &written, |offset| self.line(offset as usize))
            }
        };
        self.out.push_str(&html);
    }

    fn cell(&mut self) {
        let class = match self.alignments.get(self.cell) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        self.cell += 1;
        if self.head {
            self.open(&format!("<th scope=\"col\"{class}>"), "</th>");
        } else {
            self.open(&format!("<td{class}>"), "</td>");
        }
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let level = heading.level;
        let start = if self.extent == Extent::Document {
            let id = self.id(&heading.plain);
            format!("<h{level} id=\"{ID_PREFIX}{id}\">")
        } else {
            format!("<h{level}>")
        };
        self.out.insert_str(heading.at, &start);
        self.add(format_args!("</h{level}>\n"));
    }

    /// A heading's id: letters and digits of its text, with a number from its second use on.
    fn id(&mut self, plain: &str) -> String {
        let slug = slug(plain);
        let mut id = slug.clone();
        // `a-2` may be taken by a heading "a 2".
        while self.ids.contains_key(&id) {
            let uses = self.ids.entry(slug.clone()).or_default();
            *uses += 1;
            id = format!("{slug}-{}", *uses + 1);
        }
        self.ids.insert(id.clone(), 0);
        id
    }

    /// Starts a link, or nothing where it may not lead.
    fn link(&mut self, link_type: LinkType, target: &str, title: &str) {
        self.links += 1;
        let target =
            if link_type == LinkType::Email && !target.starts_with("mailto:") { format!("mailto:{target}") } else { target.to_owned() };
        match self.link_start(&target, title).filter(|_| self.links == 1) {
            Some(start) => self.open(&start, "</a>"),
            None => self.open("", ""),
        }
    }

    /// The start tag of a link; none where it may not lead.
    fn link_start(&self, target: &str, title: &str) -> Option<String> {
        let mut target = target.trim().to_owned();
        let mut kind = address::classify(&target);
        if kind == Address::Relative
            && let Some(url) = (self.rendering.link_url)(&target)
        {
            kind = address::classify(&url);
            target = url;
        } else if kind == Address::Fragment && self.extent == Extent::Document {
            target = format!("#{ID_PREFIX}{}", target.trim_start_matches('#'));
        }
        if kind == Address::Refused {
            return None;
        }
        let mut start = String::from("<a href=\"");
        escape_address(&mut start, &target);
        start.push('"');
        if !title.is_empty() {
            start.push_str(" title=\"");
            escape(&mut start, title);
            start.push('"');
        }
        if kind == Address::Web {
            start.push_str(" rel=\"noopener noreferrer nofollow\"");
        }
        start.push('>');
        Some(start)
    }

    /// A picture of the same site, else a link to it, else its description.
    fn end_picture(&mut self) {
        let Some((picture, _)) = self.picture.take() else { return };
        if let Some(heading) = &mut self.heading {
            heading.plain.push_str(&picture.alt);
        }
        let target = picture.target.trim();
        if let (Some(shown), Some(embed), Extent::Document, 0, None) =
            (self.rendering.shown, Embed::of_address(target), self.extent, self.links, &self.heading)
        {
            let html = shown.picture(&embed, &picture.alt, true, 0);
            self.out.push_str(&html);
            return;
        }
        let kind = address::classify(target);
        let own = (kind == Address::Relative && self.extent == Extent::Document).then(|| (self.rendering.link_url)(target)).flatten();
        if let Some(url) = own.filter(|url| address::classify(url) == Address::Relative) {
            self.out.push_str("<img src=\"");
            escape_address(&mut self.out, &url);
            self.out.push_str("\" alt=\"");
            escape(&mut self.out, &picture.alt);
            self.out.push_str("\" loading=\"lazy\">");
            return;
        }
        let label = if picture.alt.trim().is_empty() { target } else { picture.alt.trim() };
        let start = if kind == Address::Web && self.links == 0 { self.link_start(target, "") } else { None };
        if let Some(start) = &start {
            self.out.push_str(start);
        }
        escape(&mut self.out, label);
        if start.is_some() {
            self.out.push_str("</a>");
        }
    }

    fn inline_html(&mut self, html: &str) {
        let tag = html.trim();
        if tag.starts_with("<!--") {
            return;
        }
        // The one tag that people need in table cells.
        if matches!(tag.to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />") {
            self.out.push_str("<br>");
        } else {
            escape(&mut self.out, html);
        }
    }

    /// A block of raw HTML as text, without its comments.
    fn end_raw(&mut self) {
        let Some(raw) = self.raw.take() else { return };
        let raw = super::without_comments(&raw);
        if !raw.trim().is_empty() {
            self.out.push_str("<p>");
            escape(&mut self.out, raw.trim());
            self.out.push_str("</p>\n");
        }
    }

    fn footnote_number(&mut self, name: &str) -> usize {
        let known = self.footnotes.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.footnotes.push(name.to_owned());
            self.footnotes.len() - 1
        }) + 1
    }

    fn footnote_reference(&mut self, name: &str) {
        let number = self.footnote_number(name);
        if self.extent == Extent::Remark || self.links > 0 {
            self.add(format_args!("<sup>{number}</sup>"));
        } else {
            self.add(format_args!("<sup><a href=\"#{ID_PREFIX}footnote-{number}\">{number}</a></sup>"));
        }
    }

    fn footnote_definition(&mut self, name: &str) {
        let number = self.footnote_number(name);
        if self.extent == Extent::Remark {
            self.open("<div class=\"footnote\">", "</div>\n");
        } else {
            self.open(&format!("<div class=\"footnote\" id=\"{ID_PREFIX}footnote-{number}\">"), "</div>\n");
        }
        self.add(format_args!("<sup>{number}</sup> "));
    }
}

/// A heading's text as an id.
pub(super) fn slug(plain: &str) -> String {
    let mut slug = String::new();
    for c in plain.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "part".to_owned() } else { slug.to_owned() }
}

/// The language of a fence, with only what a class name may hold.
fn language(info: &str) -> String {
    let word = info.split([' ', ',', '{', '\t']).next().unwrap_or("");
    word.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+' | '#' | '.')).take(40).collect()
}

fn escape_address(out: &mut String, address: &str) {
    for c in address.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '\\' => out.push_str("%5C"),
            '`' => out.push_str("%60"),
            c => escape(out, c.encode_utf8(&mut [0; 4])),
        }
    }
}
