//! Laying out the text: indent by the depth of braces, one space between words, none at the end of a line. Only space is
//! changed, and only where the text still says the same afterwards; comments, blank lines, text blocks and scripts stay.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Span,
    syntax::{
        TextEdit, apply,
        structurizr::{
            lex::{Token, TokenKind, lex},
            parse::parse,
        },
    },
};

/// Columns of one step of the indent where the text shows none.
const USUAL: usize = 4;
/// More columns are no step but an alignment.
const MOST: usize = 8;

pub(super) fn layout(text: &str, span: Option<Span>) -> Vec<TextEdit> {
    let (tree, diagnostics) = parse(text);
    // Where braces or quotes are missing, the indent says where a block ends, so it stays.
    let sound = diagnostics.is_empty();
    let tokens = tree.tokens();
    let mut printer = Printer { text, tokens, unit: unit(text, tokens), sound, edits: Vec::new() };
    printer.run();
    let mut edits = printer.edits;
    if let Some(span) = span {
        let lines = whole_lines(text, span);
        edits.retain(|edit| lines.start <= edit.span.start && edit.span.end <= lines.end);
    }
    if same_meaning(tokens, text, &apply(text, &edits)) { edits } else { Vec::new() }
}

struct Printer<'a> {
    text: &'a str,
    tokens: &'a [Token],
    unit: String,
    sound: bool,
    edits: Vec<TextEdit>,
}

impl Printer<'_> {
    fn run(&mut self) {
        let mut depth = 0_usize;
        let mut at = 0;
        let mut continued = false;
        while at < self.tokens.len() {
            let end = self.line_end(at);
            self.line(at, end, depth, continued);
            for token in self.tokens.get(at..end).unwrap_or_default() {
                match token.kind {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            continued = self.kind(end.saturating_sub(1)) == Some(TokenKind::Continuation);
            at = end;
        }
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Behind the end of the line that begins with a token.
    fn line_end(&self, from: usize) -> usize {
        let rest = self.tokens.get(from..).unwrap_or_default();
        rest.iter()
            .position(|token| matches!(token.kind, TokenKind::Newline | TokenKind::Continuation))
            .map_or(self.tokens.len(), |length| from + length + 1)
    }

    /// One line of tokens, its end included.
    fn line(&mut self, from: usize, end: usize, depth: usize, continued: bool) {
        let mut first = from;
        while matches!(self.kind(first), Some(TokenKind::Mark | TokenKind::Space)) && first < end {
            first += 1;
        }
        let ends = |kind: Option<TokenKind>| matches!(kind, None | Some(TokenKind::Newline));
        if first >= end || ends(self.kind(first)) {
            // A line of nothing but space.
            self.space(from, first, "");
            return;
        }
        let closing = self.tokens.get(first..end).unwrap_or_default();
        let closing =
            closing.iter().filter(|token| token.kind != TokenKind::Space).take_while(|token| token.kind == TokenKind::Close).count();
        if self.sound {
            let steps = depth.saturating_sub(closing) + usize::from(continued);
            let indent = self.unit.repeat(steps);
            self.space(from, first, &indent);
        }
        let mut before = first;
        let mut next = first + 1;
        while next < end {
            let gap = next;
            while self.kind(next) == Some(TokenKind::Space) && next < end {
                next += 1;
            }
            let kind = if next < end { self.kind(next) } else { None };
            if ends(kind) {
                // Space at the end of a line; a script begins with the rest of its line.
                self.space(gap, next, "");
            } else if kind == Some(TokenKind::Comment) || matches!(self.kind(before), Some(TokenKind::Comment | TokenKind::Script)) {
                // Comments stand where they were put.
            } else if kind != Some(TokenKind::Script) {
                self.space(gap, next, " ");
            }
            before = next;
            next += 1;
        }
    }

    /// Wants the space tokens of a range, which may be empty, to be just this.
    fn space(&mut self, from: usize, to: usize, wanted: &str) {
        let from = if self.kind(from) == Some(TokenKind::Mark) { from + 1 } else { from };
        let start = self.tokens.get(from).map_or(self.text.len(), |token| token.span.start as usize);
        let end = if to > from { self.tokens.get(to - 1).map_or(start, |token| token.span.end as usize) } else { start };
        let span = Span::new(start, end.max(start));
        if span.of(self.text) != wanted {
            self.edits.push(TextEdit { span, replacement: wanted.to_owned() });
        }
    }
}

/// One step of the indent as the text has it: what most blocks are indented by.
fn unit(text: &str, tokens: &[Token]) -> String {
    let (mut tabs, mut spaces) = (0_usize, 0_usize);
    let mut steps: BTreeMap<usize, usize> = BTreeMap::new();
    // The indent of the line before, if it opens a block.
    let mut opened: Option<usize> = None;
    let (mut indent, mut fresh, mut last) = (0, true, TokenKind::Newline);
    for token in tokens {
        match token.kind {
            TokenKind::Space if fresh => {
                let space = token.span.of(text);
                indent = space.chars().count();
                if space.starts_with('\t') { tabs += 1 } else { spaces += 1 }
            }
            TokenKind::Newline => {
                if !fresh {
                    opened = (last == TokenKind::Open).then_some(indent);
                }
                (indent, fresh) = (0, true);
            }
            TokenKind::Space | TokenKind::Mark => {}
            kind => {
                if fresh && let Some(outer) = opened.filter(|outer| indent > *outer && indent - outer <= MOST) {
                    *steps.entry(indent - outer).or_default() += 1;
                }
                (fresh, last) = (false, kind);
            }
        }
    }
    if tabs > spaces {
        return "\t".to_owned();
    }
    let most = steps.into_iter().max_by_key(|(step, count)| (*count, usize::MAX - step));
    " ".repeat(most.map_or(USUAL, |(step, _)| step))
}

/// The lines that a span touches, line ends included.
fn whole_lines(text: &str, span: Span) -> Span {
    let (from, to) = (text.floor_char_boundary(span.start as usize), text.floor_char_boundary((span.end as usize).min(text.len())));
    let start = text.get(..from).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(to..).and_then(|tail| tail.find('\n')).map_or(text.len(), |at| to + at);
    Span::new(start, end)
}

/// Only space differs.
fn same_meaning(before: &[Token], text: &str, changed: &str) -> bool {
    let (after, _) = lex(changed);
    let said = |tokens: &[Token], text: &str| -> Vec<(TokenKind, String)> {
        tokens.iter().filter(|token| token.kind != TokenKind::Space).map(|token| (token.kind, token.span.of(text).to_owned())).collect()
    };
    said(before, text) == said(&after, changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str) -> String {
        let once = apply(text, &layout(text, None));
        assert_eq!(apply(&once, &layout(&once, None)), once, "laying out twice");
        once
    }

    #[test]
    fn lines_are_indented_by_their_braces() {
        let text =
            "workspace   \"A\"{\n// c\nmodel {\n   a =  person   \"A\"  \n\n\n  // note\n b = person \"B\" \\\n\"x\" // why\n}\n  }\n";
        assert_eq!(
            laid_out(text),
            "workspace \"A\" {\n   // c\n   model {\n      a = person \"A\"\n\n\n      // note\n      b = person \"B\" \\\n         \"x\" // why\n   }\n}\n"
        );
    }

    #[test]
    fn the_step_of_the_text_is_kept() {
        assert_eq!(laid_out("a {\n  b {\n   c\n  }\n}\nd {\n  e\n}\n"), "a {\n  b {\n    c\n  }\n}\nd {\n  e\n}\n");
        assert_eq!(laid_out("a {\n\tb {\n\t\t\tc\n}\n}"), "a {\n\tb {\n\t\tc\n\t}\n}");
        assert_eq!(laid_out("a {\nb\n}"), "a {\n    b\n}");
    }

    #[test]
    fn blocks_of_text_scripts_and_comments_stay() {
        let text = "a {\n  !const X \"\"\"\n      one\n    two\n  \"\"\"\n  !script groovy {\n x  =  1\n  }\n  /* a\n b */\n}\n";
        assert_eq!(laid_out(text), text);
        assert_eq!(laid_out("\u{feff}a {\r\nb  c\r\n}\r\n"), "\u{feff}a {\r\n    b c\r\n}\r\n");
        assert_eq!(laid_out("a {\n  b    // aligned\n  ccc  // aligned\n}\n"), "a {\n  b    // aligned\n  ccc  // aligned\n}\n");
    }

    #[test]
    fn broken_text_keeps_its_indent() {
        let text = "workspace {\n  model  {\n a  = person \"A\" {\n  b = person  \"B\"\n}\n";
        assert_eq!(laid_out(text), "workspace {\n  model {\n a = person \"A\" {\n  b = person \"B\"\n}\n");
    }

    #[test]
    fn a_selection_changes_only_its_lines_and_as_little_as_possible() {
        let text = "a {\n b\n c\n}\n";
        assert_eq!(layout(text, Some(Span::new(5, 5))), []);
        let text = "a {\n  b {\nc  d\n}\n}\n";
        let edits = layout(text, Some(Span::new(10, 10)));
        assert_eq!(
            edits.iter().map(|edit| (edit.span, edit.replacement.as_str())).collect::<Vec<_>>(),
            [(Span::new(10, 10), "    "), (Span::new(11, 13), " ")]
        );
    }
}
