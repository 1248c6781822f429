//! The lines of a text: indents, what goes with a statement, and where new lines are put.

use std::{collections::BTreeMap, ops::Range};

use crate::domain::syntax::structurizr::{
    edit::{edits::Edits, site::Site},
    lex::{Token, TokenKind},
    tree::{BlockId, StatementId},
};

/// What follows a place on its line.
enum Rest {
    /// Space and comments up to here, where the line ends.
    Free(usize),
    /// Something that means something begins at the second place; comments before it end at the first.
    Crowded(usize, usize, TokenKind),
}

/// Where in a statement's block lines go.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain::syntax::structurizr::edit) enum Within {
    Start,
    End,
    After(StatementId),
}

impl<'a> Site<'a> {
    fn tokens(&self) -> &[Token] {
        &self.tree().tokens
    }

    /// The number of the first token at or after the offset.
    fn token_at(&self, offset: usize) -> usize {
        self.tokens().partition_point(|token| (token.span.start as usize) < offset)
    }

    pub(in crate::domain::syntax::structurizr::edit) fn line_start(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        if start == 0 && before.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start }
    }

    /// The white space at the start of the line.
    pub(in crate::domain::syntax::structurizr::edit) fn indent_at(&self, offset: usize) -> &'a str {
        let line = self.text.get(self.line_start(offset)..).unwrap_or("");
        let end = line.find(|next: char| next == '\n' || next == '\r' || !next.is_whitespace()).unwrap_or(line.len());
        line.get(..end).unwrap_or("")
    }

    /// Nothing but space stands before the place on its line.
    pub(in crate::domain::syntax::structurizr::edit) fn starts_line(&self, offset: usize) -> bool {
        self.line_start(offset) + self.indent_at(offset).len() >= offset
    }

    pub(in crate::domain::syntax::structurizr::edit) fn indent_of(&self, id: StatementId) -> &'a str {
        self.indent_at(self.start(id) as usize)
    }

    /// The indent of statements in the block.
    pub(in crate::domain::syntax::structurizr::edit) fn inner_indent(&self, block: BlockId) -> String {
        let children = self.children(block);
        let child = children.iter().rev().find(|id| self.starts_line(self.start(**id) as usize));
        if let Some(child) = child {
            return self.indent_of(*child).to_owned();
        }
        match self.owner(block) {
            Some(owner) => format!("{}{}", self.indent_of(owner), self.unit),
            None => String::new(),
        }
    }

    pub(in crate::domain::syntax::structurizr::edit) fn unit(&self) -> &str {
        &self.unit
    }

    pub(super) fn find_unit(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for index in 0..self.tree().size() {
            let id = StatementId(index);
            let Some(owner) = self.owner(self.block_around(id)) else { continue };
            if !self.starts_line(self.start(id) as usize) {
                continue;
            }
            if let Some(more) = self.indent_of(id).strip_prefix(self.indent_of(owner)).filter(|more| !more.is_empty()) {
                *counts.entry(more).or_default() += 1;
            }
        }
        let most = counts.iter().max_by_key(|(unit, count)| (**count, std::cmp::Reverse(unit.len())));
        most.map_or_else(|| if self.text.contains("\n\t") { "\t" } else { "    " }.to_owned(), |(unit, _)| (*unit).to_owned())
    }

    pub(super) fn find_hanging(&self) -> bool {
        let opened: Vec<usize> = self.tree().blocks.iter().filter_map(|block| block.open).collect();
        let offset = |token: &usize| self.tokens().get(*token).map_or(0, |token| token.span.start as usize);
        let hanging = opened.iter().filter(|token| self.starts_line(offset(token))).count();
        hanging * 2 > opened.len()
    }

    fn rest(&self, from: usize) -> Rest {
        let mut spoken = from;
        let mut at = from;
        for token in self.tokens().get(self.token_at(from)..).unwrap_or_default() {
            let end = token.span.end as usize;
            match token.kind {
                TokenKind::Space => at = end,
                TokenKind::Comment | TokenKind::Continuation => {
                    spoken = end;
                    at = end;
                }
                TokenKind::Newline => return Rest::Free(token.span.start as usize),
                kind => return Rest::Crowded(spoken, token.span.start as usize, kind),
            }
        }
        Rest::Free(at)
    }

    /// All that goes with a statement: its lines with its trailing comment where it has lines of its own, else its words and
    /// the space after them.
    pub(in crate::domain::syntax::structurizr::edit) fn removal(&self, id: StatementId) -> Range<usize> {
        self.range_removal(self.start(id) as usize, self.end(id))
    }

    pub(in crate::domain::syntax::structurizr::edit) fn range_removal(&self, start: usize, end: usize) -> Range<usize> {
        let first = self.starts_line(start);
        match (first, self.rest(end)) {
            (true, Rest::Free(line_end)) => {
                let from = self.line_start(start);
                let rest = self.text.get(line_end..).unwrap_or("");
                let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
                if newline == 0 && from > 0 {
                    // The last line has no end of its own, so it takes the one before.
                    let before = self.text.get(..from).unwrap_or("");
                    let before = before.strip_suffix('\n').map_or(before, |line| line.strip_suffix('\r').unwrap_or(line));
                    return before.len()..line_end;
                }
                from..line_end + newline
            }
            (false, Rest::Free(line_end)) => {
                let before = self.text.get(..start).unwrap_or("");
                before.trim_end_matches([' ', '\t']).len()..line_end
            }
            (_, Rest::Crowded(_, next, _)) => start..next,
        }
    }

    /// Puts lines into a block: after the given statement, or first. The lines have the indent they need within themselves.
    pub(in crate::domain::syntax::structurizr::edit) fn insert(
        &self,
        block: BlockId,
        after: Option<StatementId>,
        lines: &[String],
        edits: &mut Edits,
    ) {
        let indent = self.inner_indent(block);
        let place = match after {
            Some(id) => self.end(id),
            None => match self.open_end(block) {
                Some(end) => end,
                None => return self.insert_at_top(lines, edits),
            },
        };
        let mut text = String::new();
        for line in lines {
            text.push_str(self.newline);
            if !line.is_empty() {
                text.push_str(&indent);
                text.push_str(line);
            }
        }
        match self.rest(place) {
            Rest::Free(end) => edits.fresh(end..end, text),
            Rest::Crowded(spoken, next, kind) => {
                text.push_str(self.newline);
                if kind == TokenKind::Close {
                    text.push_str(self.owner(block).map_or("", |owner| self.indent_of(owner)));
                } else {
                    text.push_str(&indent);
                }
                edits.fresh(spoken..next, text);
            }
        }
    }

    pub(in crate::domain::syntax::structurizr::edit) fn insert_at_top(&self, lines: &[String], edits: &mut Edits) {
        let at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text: String = lines.iter().flat_map(|line| [line.as_str(), self.newline]).collect();
        edits.fresh(at..at, text);
    }

    pub(in crate::domain::syntax::structurizr::edit) fn open_end(&self, block: BlockId) -> Option<usize> {
        let open = self.tree().blocks.get(block.0)?.open?;
        self.tokens().get(open).map(|token| token.span.end as usize)
    }

    /// Puts lines at the end of what the statement's block holds, which is made where there is none.
    pub(in crate::domain::syntax::structurizr::edit) fn insert_in(
        &self,
        id: StatementId,
        place: Within,
        lines: &[String],
        edits: &mut Edits,
    ) {
        if let Some(block) = self.block(id) {
            let after = match place {
                Within::End => self.children(block).last().copied(),
                Within::Start => None,
                Within::After(id) => Some(id),
            };
            return self.insert(block, after, lines, edits);
        }
        let Some(statement) = self.statement(id) else { return };
        let words_end = statement.span.end as usize;
        let indent = self.indent_of(id);
        let mut text = String::new();
        for line in lines {
            text.push_str(self.newline);
            if !line.is_empty() {
                text.push_str(indent);
                text.push_str(&self.unit);
                text.push_str(line);
            }
        }
        text.push_str(self.newline);
        text.push_str(indent);
        text.push('}');
        let brace = if self.hanging { format!("{}{indent}{{", self.newline) } else { " {".to_owned() };
        match self.rest(words_end) {
            Rest::Free(end) if !self.hanging => {
                edits.insert(words_end, brace);
                edits.fresh(end..end, text);
            }
            Rest::Free(end) => edits.fresh(end..end, format!("{brace}{text}")),
            Rest::Crowded(..) => edits.fresh(words_end..words_end, format!("{brace}{text}")),
        }
    }

    /// A block as lines: the words, its braces in the file's style, and the inner lines one unit deeper.
    pub(in crate::domain::syntax::structurizr::edit) fn block_lines(&self, header: &str, inner: &[String]) -> Vec<String> {
        let mut lines = Vec::new();
        if self.hanging {
            lines.push(header.to_owned());
            lines.push("{".to_owned());
        } else {
            lines.push(format!("{header} {{"));
        }
        lines.extend(inner.iter().map(|line| if line.is_empty() { String::new() } else { format!("{}{line}", self.unit) }));
        lines.push("}".to_owned());
        lines
    }

    /// The comment lines directly above a statement that belong to it: without a blank line between, and with the same indent.
    pub(in crate::domain::syntax::structurizr::edit) fn leading_comments(&self, id: StatementId) -> usize {
        let start = self.start(id) as usize;
        if !self.starts_line(start) {
            return start;
        }
        let mut from = self.line_start(start);
        let mut at = self.token_at(from);
        // Each round takes one comment line: newline, comment, space.
        loop {
            let token = |back: usize| at.checked_sub(back).and_then(|at| self.tokens().get(at)).copied();
            let Some(newline) = token(1).filter(|token| token.kind == TokenKind::Newline) else { break };
            let mut back = 2;
            if token(back).is_some_and(|token| token.kind == TokenKind::Space) {
                back += 1;
            }
            let Some(comment) = token(back).filter(|token| token.kind == TokenKind::Comment && token.span.end <= newline.span.start) else {
                break;
            };
            let start = comment.span.start as usize;
            if !self.starts_line(start) {
                break;
            }
            from = self.line_start(start);
            at = self.token_at(from);
        }
        from
    }

    /// Whether a line begins inside a text that runs over several lines.
    pub(in crate::domain::syntax::structurizr::edit) fn is_verbatim(&self, line_start: usize) -> bool {
        let at = self.token_at(line_start + 1).saturating_sub(1);
        self.tokens().get(at).is_some_and(|token| {
            matches!(token.kind, TokenKind::TextBlock | TokenKind::Script)
                && (token.span.start as usize) < line_start
                && line_start < token.span.end as usize
        })
    }

    /// A part of the text with words replaced; those outside are left alone.
    pub(in crate::domain::syntax::structurizr::edit) fn piece(&self, range: Range<usize>, words: &[(Range<usize>, String)]) -> String {
        let mut inner: Vec<&(Range<usize>, String)> =
            words.iter().filter(|(word, _)| range.start <= word.start && word.end <= range.end).collect();
        inner.sort_by_key(|(word, _)| (word.start, word.end));
        let mut result = String::new();
        let mut at = range.start;
        for (word, text) in inner {
            if word.start < at {
                continue;
            }
            result.push_str(self.text.get(at..word.start).unwrap_or(""));
            result.push_str(text);
            at = word.end;
        }
        result.push_str(self.text.get(at..range.end).unwrap_or(""));
        result
    }

    /// A statement's lines with the indent they need within themselves, its trailing comment, and the comments above it.
    pub(in crate::domain::syntax::structurizr::edit) fn chunk(
        &self,
        id: StatementId,
        comments: bool,
        words: &[(Range<usize>, String)],
    ) -> Vec<String> {
        let start = self.start(id) as usize;
        let from = if comments { self.leading_comments(id) } else { start };
        let to = match self.rest(self.end(id)) {
            Rest::Free(end) => end,
            Rest::Crowded(..) => self.end(id),
        };
        let indent = self.indent_of(id);
        let text = self.piece(from..to, words);
        let strip = |line: &str| line.strip_prefix(indent).unwrap_or_else(|| line.trim_start()).trim_end().to_owned();
        text.split('\n').enumerate().map(|(at, line)| if at == 0 { line.trim().to_owned() } else { strip(line) }).collect()
    }

    /// The lines of a statement with the comments above it, to be taken elsewhere.
    pub(in crate::domain::syntax::structurizr::edit) fn cut(&self, id: StatementId) -> Range<usize> {
        let removal = self.removal(id);
        let from = self.leading_comments(id);
        removal.start.min(from)..removal.end
    }

    /// Alone on its lines, but for a trailing comment.
    pub(in crate::domain::syntax::structurizr::edit) fn has_lines(&self, id: StatementId) -> bool {
        self.starts_line(self.start(id) as usize) && matches!(self.rest(self.end(id)), Rest::Free(_))
    }

    pub(in crate::domain::syntax::structurizr::edit) fn line_end(&self, id: StatementId) -> usize {
        match self.rest(self.end(id)) {
            Rest::Free(end) => end,
            Rest::Crowded(..) => self.end(id),
        }
    }
}
