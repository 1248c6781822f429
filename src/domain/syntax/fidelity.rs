//! How faithful a conversion was: what was understood, what was kept in another form, and what was lost. Every import and
//! export gives one; nothing is dropped silently.

use serde::{Deserialize, Serialize};

use crate::domain::diagnostic::{LineIndex, Span};

/// What became of the parts of a text or model that was converted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fidelity {
    pub elements: usize,
    pub relations: usize,
    /// Groups, subgraphs, packages: frames that are not elements.
    pub boundaries: usize,
    pub views: usize,
    /// Carried over, but as something else: a note as a description, a colour as a tag.
    pub kept: Vec<Remark>,
    /// Not in the result.
    pub lost: Vec<Remark>,
}

/// One kind of thing that was kept or lost, with where it was met first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// In words, without a final period: `Line style of an edge`.
    pub what: String,
    /// How often.
    pub count: usize,
    /// The first place, in the text that was read; none for exports.
    pub span: Option<Span>,
}

impl Fidelity {
    pub fn keep(&mut self, what: impl Into<String>, span: Option<Span>) {
        note(&mut self.kept, what.into(), span);
    }

    pub fn lose(&mut self, what: impl Into<String>, span: Option<Span>) {
        note(&mut self.lost, what.into(), span);
    }

    /// What was not carried over as it is, one line each, losses first: `lost: Icon (2 times, first in line 4)`. `text` is
    /// what was read.
    pub fn report(&self, text: &str) -> Vec<String> {
        let lines = LineIndex::new(text);
        let say = |word: &str, remark: &Remark| {
            let line = remark.span.map(|span| format!("line {}", lines.place(span.start).line));
            let note = match (remark.count, line) {
                (0 | 1, None) => String::new(),
                (0 | 1, Some(line)) => format!(" ({line})"),
                (count, None) => format!(" ({count} times)"),
                (count, Some(line)) => format!(" ({count} times, first in {line})"),
            };
            format!("{word}: {}{note}", remark.what)
        };
        let lost = self.lost.iter().map(|remark| say("lost", remark));
        lost.chain(self.kept.iter().map(|remark| say("kept in another form", remark))).collect()
    }
}

/// The same words count together.
fn note(remarks: &mut Vec<Remark>, what: String, span: Option<Span>) {
    match remarks.iter_mut().find(|remark| remark.what == what) {
        Some(remark) => remark.count += 1,
        None => remarks.push(Remark { what, count: 1, span }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_loss_is_said_once_with_a_count() {
        let mut fidelity = Fidelity::default();
        fidelity.lose("Icon", Some(Span::new(1, 2)));
        fidelity.lose("Icon", Some(Span::new(5, 6)));
        fidelity.keep("Icon", None);
        assert_eq!(fidelity.lost, [Remark { what: "Icon".to_owned(), count: 2, span: Some(Span::new(1, 2)) }]);
        assert_eq!(fidelity.kept.len(), 1);
        assert_eq!(fidelity.report("a\nbcdef"), ["lost: Icon (2 times, first in line 1)", "kept in another form: Icon"]);
    }
}
