//! Mermaid's C4 diagrams, in and out: `C4Context`, `C4Container`, `C4Component`, `C4Dynamic` and `C4Deployment`, with the
//! macros of [`crate::domain::syntax::c4`]. Writing a view: [`print()`].

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        Model,
        view::{Direction, View, ViewKind},
    },
    syntax::{
        c4::{
            Dialect, MAX_BYTES,
            call::{self, Call},
            draft::{Note, clip},
            reader::Reader,
            settle, text,
        },
        format::{Exported, Imported},
    },
};

pub mod frame;
pub mod print;

#[cfg(test)]
mod tests;

use frame::Frame;

const KINDS: [(&str, ViewKind); 5] = [
    ("C4Context", ViewKind::Context),
    ("C4Container", ViewKind::Container),
    ("C4Component", ViewKind::Component),
    ("C4Dynamic", ViewKind::Dynamic),
    ("C4Deployment", ViewKind::Deployment),
];

/// Whether a text is one of Mermaid's C4 diagrams.
pub fn looks_like(text: &str) -> bool {
    let near = text.get(..text.floor_char_boundary(text.len().min(8192))).unwrap_or("");
    let word = frame::first_word(near);
    KINDS.iter().any(|(name, _)| *name == word)
}

/// Reads a text. Never fails: what is not understood is a diagnostic and a loss.
pub fn import(text: &str) -> Imported {
    let mut source = Source { reader: Reader::new(Dialect::Mermaid), begun: false };
    source.reader.begin(Span::new(0, 0));
    if text.len() > MAX_BYTES {
        frame::too_long(&mut source.reader.book.report, text.len());
        return settle::settle(source.reader.book, true);
    }
    let frame = Frame::read(text, &mut source.reader.book.report);
    source.run(&frame.text);
    source.reader.finish_blocks(Span::new(0, text.len()));
    let sheet = source.reader.book.sheet();
    sheet.title = sheet.title.take().or(frame.title);
    settle::settle(source.reader.book, true)
}

/// Writes a view as one of Mermaid's C4 diagrams; ends with a line end.
pub fn print(model: &Model, view: &View) -> Exported {
    print::print(model, view)
}

struct Source {
    reader: Reader,
    /// The line that names the kind of diagram was read.
    begun: bool,
}

impl Source {
    fn run(&mut self, text: &str) {
        let mut at = 0;
        while let Some(rest) = text.get(at..) {
            let trimmed = rest.trim_start();
            at += rest.len() - trimmed.len();
            if trimmed.is_empty() {
                return;
            }
            at = self.statement(text, at).max(at + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }

    /// Reads one statement and gives the place after it.
    fn statement(&mut self, text: &str, at: usize) -> usize {
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some('{') => {
                self.reader.open(Span::new(at, at + 1));
                return at + 1;
            }
            Some('}') => {
                self.reader.close(Span::new(at, at + 1));
                return at + 1;
            }
            _ => {}
        }
        if let Some((name, _)) = call::head(text, at)
            && !matches!(name, "title" | "accTitle" | "accDescr")
            && let Some((call, end)) = call::read(text, at, Dialect::Mermaid)
        {
            return self.call(text, &call, end);
        }
        let line = frame::line_at(text, at);
        let span = Span::new(at, at + line.trim_end().len());
        let end = at + line.len();
        let (word, argument) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()));
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word.trim()) {
            return self.kind(*kind, span, at + word.len());
        }
        let said = |text: &str| Some(text::plain(text, Dialect::Mermaid).line()).filter(|text| !text.is_empty());
        if let Some(title) = after_word(line, "accTitle") {
            let sheet = self.reader.book.sheet();
            sheet.title = sheet.title.take().or_else(|| said(title));
            return end;
        }
        if let Some(description) = after_word(line, "accDescr") {
            self.reader.book.sheet().description = said(description);
            return end;
        }
        if line.trim_start().starts_with("accDescr") && line.contains('{') {
            let open = at + line.find('{').unwrap_or(0) + 1;
            let inside = text.get(open..).unwrap_or("");
            let close = inside.find('}').unwrap_or(inside.len());
            self.reader.book.sheet().description = said(inside.get(..close).unwrap_or(""));
            return (open + close + 1).min(text.len());
        }
        match word.trim_end_matches(':') {
            "title" => self.reader.book.sheet().title = said(argument),
            "accDescription" => self.reader.book.sheet().description = said(argument),
            "direction" => {
                let direction = match argument {
                    "TB" | "TD" => Direction::TopBottom,
                    "BT" => Direction::BottomTop,
                    "RL" => Direction::RightLeft,
                    _ => Direction::LeftRight,
                };
                self.reader.book.sheet().direction = Some(direction);
            }
            _ => self.not_understood(line.trim_end(), span),
        }
        end
    }

    fn kind(&mut self, kind: ViewKind, span: Span, end: usize) -> usize {
        if self.begun {
            // Several diagrams pasted one after the other.
            self.reader.begin(span);
        }
        self.begun = true;
        let sheet = self.reader.book.sheet();
        sheet.hint = Some(kind);
        sheet.dynamic = kind == ViewKind::Dynamic;
        sheet.span = span;
        end
    }

    fn call(&mut self, text: &str, call: &Call, end: usize) -> usize {
        if !self.reader.call(call) {
            self.reader.unknown(call);
            let rest = frame::line_at(text, end);
            if rest.trim() == "{" {
                self.reader.expect(None);
            }
        }
        end
    }

    fn not_understood(&mut self, line: &str, span: Span) {
        let report = &mut self.reader.book.report;
        report.fidelity.lose("Statement that is not understood", Some(span));
        let note = if self.begun {
            Note::new(
                Severity::Warning,
                "unexpected-statement",
                span,
                format!("`{}` is not understood", clip(line)),
                "It is no macro of C4, title or boundary; it is left out of the model.",
                "Remove it, or write what it says with C4's macros.",
            )
        } else {
            Note::new(
                Severity::Warning,
                "unexpected-statement",
                span,
                format!("`{}` does not begin a C4 diagram", clip(line)),
                "A diagram begins with a line such as `C4Context`; this line is left out.",
                "Begin with `C4Context`, `C4Container`, `C4Component`, `C4Dynamic` or `C4Deployment`.",
            )
        };
        report.say(note);
    }
}

/// What follows a word and a colon.
fn after_word<'t>(line: &'t str, word: &str) -> Option<&'t str> {
    line.trim_start().strip_prefix(word)?.trim_start().strip_prefix(':').map(str::trim)
}
