//! Why a decision's status is what it is: a field beside the status, or a paragraph `Reason: …` in its section.

use crate::domain::{
    decision::{FieldOrigin, Record, SectionRole, front_matter, outline, read},
    diagnostic::Span,
};

/// The field's key; under a title it reads `Status reason`.
pub const KEY: &str = "status-reason";
/// How the paragraph in a Status section begins.
pub const LABEL: &str = "Reason:";

/// A reason as written, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub words: String,
    /// The words.
    pub span: Span,
    /// None in a Status section.
    pub origin: Option<FieldOrigin>,
}

/// The reason that a record gives.
pub fn of(record: &Record, text: &str) -> Option<Reason> {
    if let Some(field) = record.field(KEY) {
        return Some(Reason { words: field.values.join(", "), span: field.span, origin: Some(field.origin) });
    }
    let section = record.section(SectionRole::Status)?;
    let outline = outline::read(text, front_matter::find(text).as_ref());
    read::lines_of(&outline, section).into_iter().find_map(|line| {
        let written = text.get(line.clone())?;
        let words = written.strip_prefix(LABEL)?;
        let start = line.end - words.trim_start().len();
        Some(Reason { words: words.trim().to_owned(), span: Span::new(start, line.end), origin: None })
    })
}
