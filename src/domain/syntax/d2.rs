//! D2: in as a model, and any view of a model out as D2.
//!
//! Text becomes statements ([`parse`]), statements become objects and connections on boards ([`compile`], with variables in
//! [`variables`] and what keywords say in [`attributes`] and what
//! comes from elsewhere in [`boards`]), and these become a model ([`lower`]). Containers are software systems
//! and their parts as deep as these go; containers beyond that are groups. Looks are left out and said. The way out is [`mod@print`].

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{Model, view::View},
    syntax::{
        Sources,
        draft::{Draft, too_long},
        format::{Exported, Imported},
    },
};

mod attributes;
mod boards;
mod compile;
mod lower;
mod parse;
mod print;
mod variables;

#[cfg(test)]
mod tests;

/// Bytes of one file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Maps within maps, and names in a dotted key.
pub const MAX_DEPTH: usize = 48;
/// Statements of one file.
pub const MAX_STATEMENTS: usize = 100_000;
/// Statements carried out, those of imported files each time.
pub const MAX_WORK: usize = 300_000;
/// Bytes of one text, and sixteen times that for all that variables put in.
pub const MAX_TEXT: usize = 64 * 1024;
/// Boards: layers, scenarios and steps.
pub const MAX_BOARDS: usize = 200;
/// Connections of one text.
pub const MAX_CONNECTIONS: usize = 40_000;

/// Reads a file together with those it imports. Never fails: what is not understood is a diagnostic and a loss.
pub fn import(path: &str, text: &str, sources: &Sources) -> Imported {
    if text.len() > MAX_BYTES {
        return too_long(text.len(), MAX_BYTES);
    }
    let mut draft = Draft::default();
    let compiled = compile::compile(path, text, sources, &mut draft);
    lower::lower(&compiled, &mut draft);
    draft.finish()
}

/// The view as D2; ends with a line end.
pub fn print(model: &Model, view: &View) -> Exported {
    print::print(model, view)
}

fn slip(draft: &mut Draft, file: Option<&str>, found: &parse::Slip) {
    draft.report(Severity::Error, found.code, found.span, found.words);
    if let Some(last) = draft.out.diagnostics.last_mut() {
        last.file = file.map(str::to_owned);
    }
}

/// Says something about a file other than the one that was asked for, or about that one.
fn remark(draft: &mut Draft, file: Option<&str>, level: Severity, code: &str, span: Span, words: [&str; 3]) {
    let before = draft.out.diagnostics.len();
    draft.report(level, code, span, words);
    if draft.out.diagnostics.len() > before
        && let Some(last) = draft.out.diagnostics.last_mut()
    {
        last.file = file.map(str::to_owned);
    }
}
