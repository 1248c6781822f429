//! Plain text with its `[[element]]` links.

use std::ops::Range;

use super::{Writer, escape, escape_address};
use crate::domain::{
    decision::links,
    markdown::{
        Extent,
        address::{self, Address},
    },
};

impl Writer<'_> {
    /// Writes the collected text, with its `[[element]]` links.
    pub(super) fn flush(&mut self) {
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

    /// What is said behind the name of an element that does not exist.
    fn nearest(&mut self, name: &str) {
        let Some(shown) = self.rendering.shown.filter(|_| self.extent == Extent::Document && self.heading.is_none()) else { return };
        self.out.push_str(" <span class=\"elementlink__hint\">(no such element");
        if let Some(near) = (shown.nearest)(name) {
            self.out.push_str("; did you mean ");
            let url = (self.rendering.element_url)(&near)
                .filter(|url| !url.is_empty() && matches!(address::classify(url), Address::Relative | Address::Web));
            if let Some(url) = &url {
                self.out.push_str("<a href=\"");
                escape_address(&mut self.out, url);
                self.out.push_str("\">");
            }
            escape(&mut self.out, &near);
            self.out.push_str(if url.is_some() { "</a>?" } else { "?" });
        }
        self.out.push_str(")</span>");
    }

    fn element(&mut self, name: &str) {
        let url = (self.rendering.element_url)(name)
            .filter(|url| matches!(address::classify(url), Address::Relative | Address::Fragment | Address::Web));
        if url.as_deref() == Some("") {
            // It exists, and its page can't be reached from here.
            self.out.push_str("<span class=\"elementlink\">");
            escape(&mut self.out, name);
            self.out.push_str("</span>");
        } else if let Some(url) = url {
            self.out.push_str("<a class=\"elementlink\" href=\"");
            escape_address(&mut self.out, &url);
            self.out.push_str("\">");
            escape(&mut self.out, name);
            self.out.push_str("</a>");
        } else {
            self.out.push_str("<span class=\"elementlink elementlink--missing\">");
            escape(&mut self.out, name);
            self.out.push_str("</span>");
            self.nearest(name);
        }
    }
}
