//! The writer: events of the markdown parser in, HTML out.

use std::{collections::BTreeMap, fmt::Write, ops::Range};

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::domain::{
    decision::links,
    markdown::{
        Extent, Rendering,
        address::{self, Address},
    },
};

/// Blocks nested deeper than this come out flat: browsers slow down, readers gave up long before.
const MOST_DEPTH: usize = 48;
/// Before every id, so that a heading `main` does not take the place of the page's own `main`.
const ID_PREFIX: &str = "section-";

pub(super) fn write(text: &str, rendering: &Rendering<'_>, extent: Extent) -> String {
    let mut writer = Writer {
        text,
        rendering,
        extent,
        out: String::with_capacity(text.len() + text.len() / 4),
        open: Vec::new(),
        run: Vec::new(),
        heading: None,
        ids: BTreeMap::new(),
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
        if let Event::Text(text) = &event
            && !self.code
            && self.raw.is_none()
        {
            self.run.push((text.to_string(), range));
            return;
        }
        self.flush();
        match event {
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
                self.code = false;
                self.close();
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

    /// Writes the collected text, with its `[[element]]` links.
    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
        let (start, end) = (first.1.start, last.1.end);
        if let Some(heading) = &mut self.heading {
            for (text, _) in &run {
                heading.plain.push_str(text);
            }
        }
        let source = self.text.get(start..end).unwrap_or("");
        // An escape right before the run is not in it.
        let escaped = self.text.get(..start).is_some_and(|before| before.ends_with('\\'));
        let found: Vec<Range<usize>> = if self.links > 0 || !source.contains("[[") {
            Vec::new()
        } else {
            links::elements_in(source)
                .filter(|range| !(escaped && range.start == 0))
                .map(|range| start + range.start..start + range.end)
                .collect()
        };
        let mut name = String::new();
        let mut ahead = found.iter().peekable();
        for (text, range) in run {
            // Parsers cut text at brackets, so a piece lies within a link or outside of it; one that was changed on the way
            // (an entity) can't be cut and has no brackets.
            let mut at = range.start;
            let same = self.text.get(range.clone()) == Some(text.as_str());
            while at < range.end {
                while ahead.next_if(|link| link.end <= at).is_some() {}
                let next = ahead.peek().copied();
                let inside = next.filter(|link| link.start <= at);
                let cut = match (inside, next) {
                    (Some(link), _) => link.end,
                    (None, Some(link)) => link.start,
                    (None, None) => range.end,
                };
                let until = if same { cut.min(range.end) } else { range.end };
                let piece = if same { self.text.get(at..until).unwrap_or("") } else { text.as_str() };
                match inside {
                    Some(link) => {
                        name.push_str(piece);
                        if until >= link.end {
                            let whole = std::mem::take(&mut name);
                            self.element(whole.trim_start_matches('[').trim_end_matches(']').trim());
                        }
                    }
                    None => escape(&mut self.out, piece),
                }
                at = until;
            }
        }
        escape(&mut self.out, &name);
    }

    fn element(&mut self, name: &str) {
        let url = (self.rendering.element_url)(name).filter(|url| matches!(address::classify(url), Address::Relative | Address::Fragment));
        if let Some(url) = url {
            self.out.push_str("<a class=\"elementlink\" href=\"");
            escape_address(&mut self.out, &url);
            self.out.push_str("\">");
            escape(&mut self.out, name);
            self.out.push_str("</a>");
        } else {
            self.out.push_str("<span class=\"elementlink elementlink--missing\">");
            escape(&mut self.out, name);
            self.out.push_str("</span>");
        }
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
