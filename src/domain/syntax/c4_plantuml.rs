//! `C4-PlantUML`, in and out: the macros of [`crate::domain::syntax::c4`] in `PlantUML`'s frame of comments, preprocessor lines
//! ([`preprocess`]) and plain elements and arrows ([`plain`]), which people mix with the macros.
//!
//! Nothing is fetched: lines that include other files are noted. Substitutions and procedures of the text itself are carried
//! out, within limits. Writing a view: [`mod@print`].

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{Model, view::View},
    syntax::{
        c4::{
            Dialect, MAX_BYTES,
            call::{self, Call, Fault},
            catalogue,
            draft::Note,
            reader::Reader,
            settle,
        },
        format::{Exported, Imported},
    },
};

pub mod plain;
pub mod preprocess;
pub mod print;

#[cfg(test)]
mod tests;

/// Procedures within procedures.
pub const MAX_EXPANSION_DEPTH: usize = 8;
/// Bytes that procedures of the text may stand for, all calls together.
pub const MAX_EXPANDED: usize = 1024 * 1024;
/// Bytes of a line that is no macro.
pub const MAX_LINE: usize = 4 * 1024;
/// Conditions within conditions.
pub const MAX_CONDITIONS: usize = 64;

/// Whether a text is `PlantUML` or has the macros of C4.
pub fn looks_like(text: &str) -> bool {
    let begin = text.get(..text.floor_char_boundary(text.len().min(8192))).unwrap_or("");
    begin.lines().any(|line| {
        let line = line.trim();
        line.starts_with("@startuml") || (line.starts_with("!include") && line.contains("C4"))
    })
}

/// Reads a text. Never fails: what is not understood is a diagnostic and a loss.
pub fn import(text: &str) -> Imported {
    let mut source = Source::new();
    if text.len() > MAX_BYTES {
        source.reader.book.report.say(Note::new(
            Severity::Error,
            "too-many-bytes",
            Span::new(0, 0),
            format!("This text has {} bytes", text.len()),
            format!("A diagram text may have at most {MAX_BYTES} bytes; it is not read."),
            "Split the text into several.",
        ));
        source.reader.book.report.fidelity.lose("Text beyond the limits", None);
        return settle::settle(source.reader.book, true);
    }
    let blank = preprocess::without_comments(text, &mut source.reader.book.report);
    source.framed = blank.lines().any(|line| line.trim_start().starts_with("@startuml"));
    source.inside = !source.framed;
    if source.inside {
        source.reader.begin(Span::new(0, 0));
    }
    source.run(&blank);
    source.reader.finish_blocks(Span::new(0, text.len()));
    source.finish(text);
    let macros = source.macros;
    settle::settle(source.reader.book, macros)
}

/// Writes a view with the macros of C4; ends with a line end.
pub fn print(model: &Model, view: &View) -> Exported {
    print::print(model, view)
}

/// The rest of the line at a place, without its end; a very long line is cut.
pub(super) fn line_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let near = rest.get(..rest.floor_char_boundary(MAX_LINE.min(rest.len()))).unwrap_or("");
    near.get(..near.find('\n').unwrap_or(near.len())).unwrap_or("")
}

/// A text while it is read.
#[derive(Debug)]
pub(super) struct Source {
    reader: Reader,
    preprocessor: preprocess::Preprocessor,
    /// The text has `@startuml`, so what stands outside is no diagram.
    framed: bool,
    inside: bool,
    /// The text has macros of C4.
    macros: bool,
    /// Where the statements come from when they are not in the text itself.
    origin: Option<Span>,
    depth: usize,
    expanded: usize,
}

impl Source {
    fn new() -> Self {
        Self {
            reader: Reader::new(Dialect::PlantUml),
            preprocessor: preprocess::Preprocessor::default(),
            framed: false,
            inside: true,
            macros: false,
            origin: None,
            depth: 0,
            expanded: 0,
        }
    }

    /// The place of a part of the text that is read.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.origin.unwrap_or_else(|| Span::new(start, end))
    }

    pub(super) fn lose(&mut self, what: &str, span: Span) {
        self.reader.book.report.fidelity.lose(what, Some(span));
    }

    /// Reads statements up to the end.
    pub(super) fn run(&mut self, text: &str) {
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
        let first = text.get(at..).and_then(|rest| rest.chars().next());
        if self.inside && !self.preprocessor.skips() {
            match first {
                Some('}') => {
                    self.reader.close(self.span(at, at + 1));
                    return at + 1;
                }
                Some('{') => {
                    self.reader.open(self.span(at, at + 1));
                    return at + 1;
                }
                _ => {}
            }
        }
        let line = line_at(text, at);
        let line_end = at + line.len();
        let line = line.trim_end();
        if line.starts_with('@') {
            return self.frame_line(text, at, line, line_end);
        }
        if !self.inside {
            self.lose("Text outside of diagrams", self.span(at, at + line.len()));
            return line_end;
        }
        if line.starts_with('!') {
            return self.directive(text, at);
        }
        if self.preprocessor.skips() {
            return line_end;
        }
        if let Some((name, open)) = call::head(text, at)
            && (open == at + name.len() || catalogue::classify(name).is_some())
            && !plain::is_keyword(name)
            && let Some((call, end)) = call::read(text, at, Dialect::PlantUml)
        {
            return self.call(text, call, end);
        }
        self.plain(text, at)
    }

    /// `@startuml`, `@enduml` and the frames of other kinds of diagrams.
    fn frame_line(&mut self, text: &str, at: usize, line: &str, line_end: usize) -> usize {
        let span = self.span(at, at + line.len());
        if let Some(rest) = line.strip_prefix("@startuml") {
            self.reader.begin(span);
            self.inside = true;
            let name = rest.trim().trim_start_matches("(id=").trim_end_matches(')').trim_matches('"').trim();
            self.reader.book.sheet().name = Some(name.to_owned()).filter(|name| !name.is_empty());
            return line_end;
        }
        if line.starts_with("@enduml") {
            self.reader.finish_blocks(span);
            self.preprocessor.end_conditions();
            self.inside = !self.framed;
            return line_end;
        }
        if line.starts_with("@start") {
            self.reader.book.report.say(Note::new(
                Severity::Warning,
                "other-diagram",
                span,
                "This is a diagram of another kind",
                "Only diagrams between `@startuml` and `@enduml` are read.",
                "Remove it, or keep it in a file of its own.",
            ));
            self.lose("Diagram of another kind", span);
            let rest = text.get(line_end..).unwrap_or("");
            let end = rest.find("\n@end").map_or(text.len(), |found| line_end + found + 1);
            let tail = text.get(end..).unwrap_or("");
            return end + tail.find('\n').unwrap_or(tail.len());
        }
        self.lose("Statement that is not understood", span);
        line_end
    }

    /// A call: of a procedure of the text, of C4, or of nothing known.
    fn call(&mut self, text: &str, mut call: Call, end: usize) -> usize {
        if let Some(origin) = self.origin {
            for argument in &mut call.arguments {
                argument.span = origin;
            }
            (call.span, call.name_span) = (origin, origin);
            if let Some(Fault::Quote(span)) = &mut call.fault {
                *span = origin;
            }
        }
        if self.expand(&call) {
            return end;
        }
        if self.reader.call(&call) {
            self.macros = true;
            return self.after_call(text, end);
        }
        self.reader.unknown(&call);
        let line = line_at(text, end);
        if line.trim_end().ends_with('{') {
            self.reader.expect(None);
            self.reader.open(call.span);
            return end + line.len();
        }
        end
    }

    /// What stands on the line after a macro: `{`, colours, stereotypes.
    fn after_call(&mut self, text: &str, end: usize) -> usize {
        let line = line_at(text, end);
        let line_end = line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['{', '}']) || call::head(text, end + (line.len() - line.trim_start().len())).is_some()
        {
            return end;
        }
        let begin = end + (line.len() - line.trim_start().len());
        self.lose("Text after a macro", self.span(begin, begin + trimmed.len()));
        match trimmed.strip_suffix('{') {
            Some(_) => end + line.trim_end().len() - 1,
            None => end + line_end,
        }
    }

    /// What is noticed only at the end of the text.
    fn finish(&mut self, text: &str) {
        if self.reader.book.drafts.is_empty() && self.reader.book.links.is_empty() {
            self.reader.book.report.say(Note::new(
                Severity::Warning,
                "nothing-found",
                Span::new(0, text.lines().next().map_or(0, str::len)),
                "No elements were found here",
                "A diagram has macros such as `System(…)` and `Rel(…)`, or plain elements and arrows.",
                "Paste the text from `@startuml` to `@enduml`.",
            ));
        }
    }
}
