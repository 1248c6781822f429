//! Where a cursor stands: the blocks around it, the words before it on its line, and the word it touches. Works in broken
//! text, since the tree covers every byte.

use crate::domain::{
    diagnostic::Span,
    syntax::structurizr::{
        lex::TokenKind,
        tree::{BlockId, Item, StatementId, Tree, Word},
    },
};

/// What surrounds one place in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The words of the statements whose blocks lie around the place, outermost first.
    pub around: Vec<Vec<Word>>,
    /// The words of the statement before the place, the touched one left out.
    pub before: Vec<Word>,
    /// The word that the place touches; its value ends at the place.
    pub touched: Option<Word>,
    /// The whole touched word without its quotes; empty, at the place, where there is none.
    pub span: Span,
    /// The place lies in a comment or in the body of a script.
    pub silent: bool,
    /// Nothing but space and braces follows on the line.
    pub at_end: bool,
}

/// The spot of a byte offset; offsets off the text or off a character boundary count as the next smaller good one.
pub fn spot(tree: &Tree, offset: usize) -> Spot {
    let text = tree.source.as_str();
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let at = u32::try_from(offset).unwrap_or(u32::MAX);
    // The token that ends at the place or holds it.
    let touching = tree.tokens.partition_point(|token| token.span.end < at);
    let mut result = Spot { span: Span { start: at, end: at }, ..Spot::default() };
    let mut current = tree.tokens.get(touching).filter(|token| token.span.start < at).map(|_| touching);
    if current.is_none() {
        // Before the first token, or right at a boundary: the token before, if any.
        current = touching.checked_sub(1);
    }
    let boundaries = owners(tree);
    let Some(token) = current.and_then(|index| tree.tokens.get(index).map(|token| (index, token))) else {
        return result;
    };
    let (index, token) = token;
    let inside = token.span.start < at && at < token.span.end;
    result.silent = match token.kind {
        // A comment at the end of a line goes on where the cursor stands; a closed one does not.
        TokenKind::Comment => inside || !token.span.of(text).ends_with("*/"),
        TokenKind::Script => inside,
        _ => false,
    };
    // Words count as before from here on: behind a token that is not touched.
    let mut line_start = index + 1;
    if token.kind.is_word() && token.span.start < at {
        let quoted = token.kind != TokenKind::Word;
        let closed = quoted && at == token.span.end && tree.word(*token).inner.end < token.span.end;
        if !closed {
            let whole = tree.word(*token);
            let span = Span { start: whole.inner.start.min(at), end: whole.inner.end.max(at) };
            let value = text.get(span.start as usize..offset).unwrap_or("").to_owned();
            result.touched = Some(Word { value, ..whole });
            result.span = span;
            line_start = index;
        }
    }
    // Words before on the same line.
    let mut first = line_start;
    while let Some(before) = first.checked_sub(1) {
        let Some(token) = tree.tokens.get(before) else { break };
        if matches!(token.kind, TokenKind::Newline | TokenKind::Open | TokenKind::Close | TokenKind::Script) {
            break;
        }
        first = before;
    }
    let words = tree.tokens.get(first..line_start).unwrap_or_default();
    result.before = words.iter().filter(|token| token.kind.is_word()).map(|token| tree.word(*token)).collect();
    let rest = text.get(result.span.end as usize..).unwrap_or("");
    let rest = rest.split('\n').next().unwrap_or("");
    result.at_end = rest.trim_matches(|next: char| next.is_whitespace() || matches!(next, '{' | '}' | '"')).is_empty();
    // The block: that of the line's first word, or the one that the boundary before the line leaves open.
    let of_line =
        words.iter().position(|token| token.kind.is_word()).map(|at| first + at).or_else(|| result.touched.as_ref().map(|_| index));
    let block = match of_line {
        Some(word) => boundaries.get(word).copied(),
        None => first.checked_sub(1).and_then(|before| boundaries.get(before).copied()),
    };
    result.around = headers(tree, block.unwrap_or(Tree::ROOT));
    result
}

/// The block that each token lies in; an opening brace lies in its block, a closing one outside.
fn owners(tree: &Tree) -> Vec<BlockId> {
    let mut owners = vec![Tree::ROOT; tree.tokens.len()];
    let mut claim = |from: usize, to: usize, block: BlockId| {
        for owner in owners.get_mut(from..to).unwrap_or_default() {
            *owner = block;
        }
    };
    for (number, block) in tree.blocks.iter().enumerate() {
        let id = BlockId(number);
        if let Some(open) = block.open {
            claim(open, open + 1, id);
        }
        for item in &block.items {
            match item {
                Item::Between(token) => claim(*token, token + 1, id),
                Item::Statement(statement) => {
                    let Some(statement) = tree.statement(*statement) else { continue };
                    let inner = statement.block.and_then(|inner| tree.blocks.get(inner.0));
                    let end = inner.and_then(|inner| inner.open).unwrap_or(statement.header.end);
                    claim(statement.header.start, end, id);
                    if let Some(close) = inner.and_then(|inner| inner.close) {
                        claim(close, close + 1, id);
                    }
                }
            }
        }
    }
    owners
}

/// The words of the statements around a block, outermost first.
fn headers(tree: &Tree, block: BlockId) -> Vec<Vec<Word>> {
    let mut parents: Vec<Option<(BlockId, StatementId)>> = vec![None; tree.blocks.len()];
    for (number, block) in tree.blocks.iter().enumerate() {
        for item in &block.items {
            let Item::Statement(id) = item else { continue };
            let Some(statement) = tree.statement(*id) else { continue };
            if let Some(slot) = statement.block.and_then(|inner| parents.get_mut(inner.0)) {
                *slot = Some((BlockId(number), *id));
            }
        }
    }
    let mut result = Vec::new();
    let mut next = block;
    for _ in 0..tree.blocks.len() {
        let Some((parent, statement)) = parents.get(next.0).copied().flatten() else { break };
        result.extend(tree.statement(statement).map(|statement| tree.words(statement)));
        next = parent;
    }
    result.reverse();
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::structurizr::parse::parse;

    /// The spot of the `|` in a text.
    fn at(text: &str) -> (String, String, String) {
        let offset = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let (tree, _) = parse(&text);
        let spot = spot(&tree, offset);
        let join = |words: &[Word]| words.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(" ");
        let around: Vec<String> = spot.around.iter().map(|words| join(words)).collect();
        let touched = spot.touched.as_ref().map_or("-".to_owned(), |word| word.value.clone());
        assert!(text.get(spot.span.range()).is_some());
        (around.join(" / "), join(&spot.before), format!("{touched}:{}", spot.span.of(&text)))
    }

    fn check(text: &str, around: &str, before: &str, touched: &str) {
        assert_eq!(at(text), (around.to_owned(), before.to_owned(), touched.to_owned()), "{text}");
    }

    #[test]
    fn places_know_their_blocks_words_and_word() {
        check("|", "", "", "-:");
        check("work|", "", "", "work:work");
        check("workspace {\n|\n}", "workspace", "", "-:");
        check("workspace {|\n}", "workspace", "", "-:");
        check("workspace {\n  model {\n    a -> |\n  }\n}", "workspace / model", "a ->", "-:");
        check("workspace {\n  model {\n    a -> b|cd \"x\"\n  }\n}", "workspace / model", "a ->", "b:bcd");
        check("workspace {\n}|", "", "", "-:");
        check("workspace {\n}\n|", "", "", "-:");
        check("workspace {\n model {\n }\n vi|\n}", "workspace", "", "vi:vi");
        check("a = person \"Na|me\"", "", "a = person", "Na:Name");
        check("a = person \"Na|", "", "a = person", "Na:Na");
        check("a = person \"|\"", "", "a = person", ":");
        check("a = person \"Name\"|", "", "a = person Name", "-:");
        check("a = person \\\n  \"Na|me\"", "", "a = person", "Na:Name");
    }

    #[test]
    fn unclosed_blocks_are_followed_by_their_indent() {
        check(
            "workspace {\n  model {\n    s = softwareSystem \"S\" {\n      |\n  }\n}\n",
            "workspace / model / s = softwareSystem S",
            "",
            "-:",
        );
        check(
            "workspace {\n  model {\n    s = softwareSystem \"S\" {\n      con|\n  }\n}\n",
            "workspace / model / s = softwareSystem S",
            "",
            "con:con",
        );
        check("workspace {\n  model {\n    |", "workspace / model", "", "-:");
        check("workspace\n{\n  |\n}", "workspace", "", "-:");
    }

    #[test]
    fn comments_and_scripts_are_silent() {
        let silent = |text: &str| spot(&parse(text).0, text.len()).silent;
        assert!(silent("// a") && silent("# a") && silent("/* a") && !silent("/* a */") && !silent("// a\n") && !silent("a"));
        let text = "!script groovy {\n  x\n}\n";
        assert!(spot(&parse(text).0, 19).silent && !spot(&parse(text).0, text.len()).silent);
    }
}
