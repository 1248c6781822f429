//! Arrows between plain elements: `[A] --> [B] : label`, `a -[#red,dashed]-> b`, `a <.. b`, `a -down-> b`.

use crate::domain::{
    model::kind::Kind,
    syntax::{
        c4::{
            Dialect,
            draft::{Draft, End, Link, add_tag},
            reader::{ASYNC, BIDIRECTIONAL},
            text,
        },
        c4_plantuml::{Source, plain::Word},
    },
};

/// Protocols that a label may consist of.
const PROTOCOLS: [&str; 36] = [
    "http",
    "https",
    "http/2",
    "rest",
    "json",
    "xml",
    "soap",
    "grpc",
    "graphql",
    "tcp",
    "udp",
    "tls",
    "mtls",
    "ssl",
    "amqp",
    "kafka",
    "mqtt",
    "nats",
    "jms",
    "stomp",
    "websocket",
    "websockets",
    "wss",
    "ws",
    "sse",
    "sql",
    "jdbc",
    "odbc",
    "sftp",
    "ftp",
    "ftps",
    "ssh",
    "smtp",
    "imap",
    "ldap",
    "rpc",
];

/// An arrow's look.
#[expect(clippy::struct_excessive_bools, reason = "each is read off another sign of the arrow")]
#[derive(Debug, Default, PartialEq, Eq)]
struct Line {
    length: usize,
    left_head: bool,
    right_head: bool,
    dotted: bool,
    hidden: bool,
    styled: bool,
}

impl Source {
    /// Reads a line as an arrow; false if it is none.
    pub(super) fn arrow(&mut self, line: &str, at: usize) -> bool {
        let Some(parts) = Parts::read(line) else { return false };
        let span = self.span(at, at + line.len());
        if parts.line.hidden {
            self.lose("Hint where to draw an element", span);
            return true;
        }
        if parts.line.styled {
            self.lose("Colour or direction of an arrow", span);
        }
        if parts.cardinality {
            self.lose("Text at an end of an arrow", span);
        }
        let mut end = |word: &Word<'_>, offset: usize| {
            let begin = at + offset + word.start;
            let place = self.span(begin, begin + word.text.len());
            let name = text::plain(word.text, Dialect::PlantUml).line();
            // Brackets make an element where a word may stand for one that is defined below.
            if word.wraps && self.reader.book.named(word.text).is_none() {
                let mut draft = Draft::new(word.text, &name, word.role.0, place);
                draft.kind = word.role.1.filter(|kind| *kind != Kind::Service);
                draft.parent = self.reader.frame();
                self.reader.book.add(draft);
            }
            End { alias: word.text.to_owned(), span: place }
        };
        let (left, right) = (end(&parts.left, parts.left_at), end(&parts.right, parts.right_at));
        let backwards = parts.line.left_head && !parts.line.right_head;
        let (source, target) = if backwards { (right, left) } else { (left, right) };
        let mut tags = parts.tags.clone();
        if parts.line.left_head && parts.line.right_head {
            self.reader.book.report.fidelity.keep("Arrow with two heads, as one relation with a tag", Some(span));
            add_tag(&mut tags, BIDIRECTIONAL.to_owned());
        } else if !parts.line.left_head && !parts.line.right_head {
            self.reader.book.report.fidelity.keep("Line without a head, as a relation from left to right", Some(span));
        }
        if parts.line.dotted {
            self.reader.book.report.fidelity.keep("Dotted line, as a tag", Some(span));
            add_tag(&mut tags, ASYNC.to_owned());
        }
        let label = self.reader.values.fill(parts.label);
        let plain = text::plain(&label, Dialect::PlantUml);
        if plain.stripped {
            self.lose("Markup in a text", span);
        }
        let said = plain.line();
        let said = said.strip_prefix('"').and_then(|said| said.strip_suffix('"')).unwrap_or(&said);
        let (description, technology) = label_parts(said);
        let order = (self.reader.book.sheet().links.len() + 1).to_string();
        let frame = self.reader.frame();
        self.reader.book.link(Link {
            source,
            target,
            description,
            technology,
            tags,
            properties: Vec::new(),
            url: None,
            span,
            frame,
            order,
            response: false,
            makes_ends: true,
        });
        true
    }
}

/// Description and technology of a label: `uses [HTTPS]`, `HTTPS`, `reads`.
pub(super) fn label_parts(label: &str) -> (Option<String>, Option<String>) {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Some((before, inside)) = label.strip_suffix(']').and_then(|label| label.rsplit_once('['))
        && !inside.trim().is_empty()
    {
        return (given(before), given(inside));
    }
    let words: Vec<String> = label.split([' ', ',', '/', '+']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    if !words.is_empty() && words.iter().all(|word| PROTOCOLS.contains(&word.as_str())) {
        return (None, given(label));
    }
    (given(label), None)
}

/// The parts of an arrow's line.
struct Parts<'t> {
    left: Word<'t>,
    left_at: usize,
    right: Word<'t>,
    right_at: usize,
    line: Line,
    label: &'t str,
    tags: Vec<String>,
    cardinality: bool,
}

impl<'t> Parts<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let left = Word::read(text)?;
        let mut at = left.length;
        let mut cardinality = false;
        at += skip_blank(text, at);
        if left.length < text.len() && text.get(at..)?.starts_with('"') {
            let inside = text.get(at + 1..)?;
            at += inside.find('"')? + 2;
            cardinality = true;
        }
        at += skip_blank(text, at);
        let line = Line::read(text.get(at..)?)?;
        at += line.length;
        at += skip_blank(text, at);
        // `"1" target` has the text of the end before it; a quoted target has nothing after it but the label.
        if let Some(inside) = text.get(at..)?.strip_prefix('"')
            && let Some(end) = inside.find('"')
            && inside.get(end + 1..)?.trim_start().starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '[' | '(' | '"'))
        {
            at += end + 2;
            at += skip_blank(text, at);
            cardinality = true;
        }
        let right_at = at;
        let right = Word::read(text.get(at..)?)?;
        at += right.length;
        let mut tags = Vec::new();
        loop {
            at += skip_blank(text, at);
            let rest = text.get(at..)?;
            let Some(inside) = rest.strip_prefix("<<").and_then(|rest| rest.split_once(">>")).map(|(inside, _)| inside) else { break };
            add_tag(&mut tags, inside.trim().to_owned());
            at += inside.len() + 4;
        }
        let rest = text.get(at..)?;
        let label = match rest.strip_prefix(':') {
            Some(label) => label.trim(),
            None if rest.is_empty() || rest.starts_with(['#', '+', '-', '*', '!']) => "",
            None => return None,
        };
        Some(Self { left, left_at: 0, right, right_at, line, label, tags, cardinality })
    }
}

fn skip_blank(text: &str, at: usize) -> usize {
    text.get(at..).map_or(0, |rest| rest.len() - rest.trim_start().len())
}

impl Line {
    /// Reads an arrow; none where there is no line of `-`, `.`, `=` or `~`.
    fn read(text: &str) -> Option<Self> {
        let mut line = Self::default();
        let mut strokes = 0;
        let mut at = 0;
        while let Some(next) = text.get(at..)?.chars().next() {
            match next {
                '-' | '.' | '=' | '~' => {
                    strokes += 1;
                    line.dotted |= matches!(next, '.' | '~');
                }
                '<' if strokes == 0 => line.left_head = true,
                '>' | '\\' | '/' if strokes > 0 => line.right_head = true,
                '[' if strokes > 0 => {
                    let (inside, _) = text.get(at + 1..)?.split_once(']')?;
                    let inside_lower = inside.to_lowercase();
                    line.hidden |= inside_lower.contains("hidden");
                    line.dotted |= inside_lower.contains("dashed") || inside_lower.contains("dotted");
                    line.styled = true;
                    at += inside.len() + 2;
                    continue;
                }
                '|' | '*' | 'o' | '+' | '#' | '^' | '@' | '0' | '(' | ')' | 'x' if head(text, at, strokes) => {}
                'a'..='z' if strokes > 0 => {
                    let rest = text.get(at..)?;
                    let length = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
                    let direction = ["up", "down", "left", "right", "u", "d", "l", "r", "le", "ri", "do"].contains(&rest.get(..length)?);
                    if !direction || !rest.get(length..)?.starts_with(['-', '.', '=', '~', '[']) {
                        break;
                    }
                    line.styled = true;
                    at += length;
                    continue;
                }
                _ => break,
            }
            at += next.len_utf8();
        }
        line.length = at;
        let tail = text.get(..at)?.trim_end_matches(['>', '|', '*', 'o', '+', '#', '^', '@', '0', '(', ')', 'x', '\\', '/', ']']);
        (strokes > 0 && tail.contains(['-', '.', '=', '~'])).then_some(line)
    }
}

/// Whether the sign at `at` is a head: right before the line, or right after it with a blank behind.
fn head(text: &str, at: usize, strokes: usize) -> bool {
    let after = text.get(at + 1..).and_then(|rest| rest.chars().next());
    let stroke = |c: Option<char>| c.is_some_and(|c| matches!(c, '-' | '.' | '=' | '~' | '|' | '(' | ')' | '>' | '<'));
    if strokes == 0 {
        stroke(after)
    } else {
        after.is_none_or(|c| c.is_whitespace() || matches!(c, '[' | '"' | ':' | '(')) || stroke(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_have_heads_and_looks() {
        let read = |text: &str| Line::read(text).map(|line| (line.length, line.left_head, line.right_head, line.dotted, line.hidden));
        assert_eq!(read("--> b"), Some((3, false, true, false, false)));
        assert_eq!(read("<.. b"), Some((3, true, false, true, false)));
        assert_eq!(read("<-[#red,dashed]-> b"), Some((17, true, true, true, false)));
        assert_eq!(read("-down-> b"), Some((7, false, true, false, false)));
        assert_eq!(read("-[hidden]- b"), Some((10, false, false, false, true)));
        assert_eq!(read("--( b"), Some((3, false, false, false, false)));
        assert_eq!(read("as b"), None);
        assert_eq!(read(": b"), None);
    }

    #[test]
    fn labels_give_technologies() {
        assert_eq!(label_parts("uses [JSON/HTTPS]"), (Some("uses".to_owned()), Some("JSON/HTTPS".to_owned())));
        assert_eq!(label_parts("gRPC"), (None, Some("gRPC".to_owned())));
        assert_eq!(label_parts("reads rows"), (Some("reads rows".to_owned()), None));
        assert_eq!(label_parts(""), (None, None));
    }
}
