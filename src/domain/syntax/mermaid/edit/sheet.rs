//! The title and direction of the one view.

use super::{Editor, check_view, given};
use crate::domain::{
    diagnostic::Span,
    model::view::Direction,
    syntax::{
        gesture::Refusal,
        mermaid::{
            label::markup,
            tree::{Quote, Syntax},
        },
    },
};

fn yaml(title: &str) -> String {
    if markup::is_bare(title) && !title.contains(':') && title.parse::<f64>().is_err() {
        title.to_owned()
    } else {
        format!("\"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

impl Editor<'_> {
    pub(super) fn rename_view(&mut self, view: &str, title: &str) -> Result<(), Refusal> {
        check_view(view)?;
        let title = given(title)?;
        if self.reading.model.views.first().and_then(|view| view.title.as_deref()) == Some(title.as_str()) {
            return Ok(());
        }
        let (mut front, mut accessible) = (None, None);
        for (_, statement) in self.reading.tree.statements() {
            match &statement.syntax {
                Syntax::FrontMatter { title } => front = Some((statement.span, *title)),
                Syntax::Title(span) => accessible = Some(*span),
                _ => {}
            }
        }
        let newline = self.newline();
        match (front, accessible) {
            (Some((_, Some(text))), _) => {
                let whole = if text.inner.start == text.inner.end { format!(" {}", yaml(&title)) } else { yaml(&title) };
                let fits = text.quote == Quote::Double && !title.contains(['"', '\\']);
                if fits { self.replace(text.inner, title) } else { self.replace(text.span, whole) }
            }
            (_, Some(span)) if !title.contains([';', '#']) => self.replace(span, title),
            (Some((span, None)), accessible) => {
                self.say_accessibly(accessible, &title);
                let first = span.of(self.text).find(['\n', '\r']).map_or(span.range().end, |found| span.range().start + found);
                self.insert(first, format!("{newline}title: {}", yaml(&title)));
            }
            (None, accessible) => {
                self.say_accessibly(accessible, &title);
                let start = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
                self.insert(start, format!("---{newline}title: {}{newline}---{newline}", yaml(&title)));
            }
        }
        Ok(())
    }

    /// The title for those who do not see the picture has no `;` and `#`, so the whole one stands elsewhere.
    fn say_accessibly(&mut self, accessible: Option<Span>, title: &str) {
        if let Some(span) = accessible {
            self.replace(span, title.replace([';', '#'], " "));
        }
    }

    pub(super) fn direct(&mut self, view: &str, direction: Direction) -> Result<(), Refusal> {
        check_view(view)?;
        if self.reading.model.views.first().map(|view| view.direction) == Some(direction) {
            return Ok(());
        }
        let word = match direction {
            Direction::TopBottom => "TB",
            Direction::BottomTop => "BT",
            Direction::LeftRight => "LR",
            Direction::RightLeft => "RL",
        };
        let header: Option<(Span, Option<Span>)> = self.reading.tree.statements().find_map(|(_, statement)| match &statement.syntax {
            Syntax::Header { word, direction } => Some((*word, direction.map(|(span, _)| span))),
            _ => None,
        });
        match header {
            Some((_, Some(span))) => self.replace(span, word),
            Some((span, None)) => self.insert(span.range().end, format!(" {word}")),
            None => return Err(Refusal::new("This text does not begin as a flowchart", "Begin it with `flowchart LR`.")),
        }
        Ok(())
    }
}
