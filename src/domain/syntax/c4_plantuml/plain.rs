//! Plain `PlantUML` beside the macros: `component "X" as x`, `database db`, `package "P" {`, `[A] --> [B] : label`, titles and
//! notes. What only says how the picture looks is lost and said to be.

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{kind::Kind, view::Direction},
    syntax::{
        c4::{
            Dialect,
            catalogue::Enclosure,
            draft::{Draft, Note, Role, add_tag, clip},
            text,
        },
        c4_plantuml::{MAX_LINE, Source, line_at},
    },
};

mod arrow;

/// What a keyword makes: without a block, the kind it says, and with one.
struct Keyword {
    word: &'static str,
    role: Role,
    kind: Option<Kind>,
    framed: Role,
}

const fn keyword(word: &'static str, role: Role, kind: Option<Kind>) -> Keyword {
    Keyword { word, role, kind, framed: Role::Frame(Enclosure::Free) }
}

const KEYWORDS: [Keyword; 32] = [
    keyword("actor/", Role::Person, None),
    keyword("actor", Role::Person, None),
    keyword("person", Role::Person, None),
    keyword("component", Role::Container, None),
    keyword("database", Role::Container, Some(Kind::Database)),
    keyword("queue", Role::Container, Some(Kind::Queue)),
    keyword("storage", Role::Container, Some(Kind::ObjectStore)),
    Keyword { word: "node", role: Role::Infrastructure, kind: None, framed: Role::Node },
    keyword("cloud", Role::System, None),
    keyword("package", Role::Container, None),
    keyword("rectangle", Role::Container, None),
    keyword("folder", Role::Container, None),
    keyword("frame", Role::Container, None),
    keyword("artifact", Role::Container, None),
    keyword("agent", Role::Container, None),
    keyword("boundary", Role::Container, None),
    keyword("control", Role::Container, None),
    keyword("entity", Role::Container, None),
    keyword("card", Role::Container, None),
    keyword("collections", Role::Container, None),
    keyword("file", Role::Container, None),
    keyword("hexagon", Role::Container, None),
    keyword("interface", Role::Container, None),
    keyword("label", Role::Container, None),
    keyword("stack", Role::Container, None),
    keyword("process", Role::Container, None),
    keyword("action", Role::Container, None),
    keyword("participant", Role::Container, None),
    keyword("usecase/", Role::Custom, None),
    keyword("usecase", Role::Custom, None),
    keyword("circle", Role::Container, None),
    keyword("port", Role::Container, None),
];

/// Lines that only say how the picture looks, by their first word.
const LOOKS: [&str; 24] = [
    "skinparam",
    "hide",
    "show",
    "scale",
    "header",
    "footer",
    "caption",
    "left",
    "right",
    "center",
    "allowmixing",
    "allow_mixing",
    "newpage",
    "mainframe",
    "sprite",
    "autonumber",
    "page",
    "rotate",
    "remove",
    "restore",
    "set",
    "skin",
    "url",
    "top",
];

/// Lines of sequence diagrams that say when or whether something happens.
const SEQUENCE: [&str; 19] = [
    "activate",
    "deactivate",
    "destroy",
    "create",
    "return",
    "alt",
    "else",
    "opt",
    "loop",
    "par",
    "break",
    "critical",
    "group",
    "end",
    "ref",
    "box",
    "autoactivate",
    "==",
    "...",
];

/// Whether a word begins a plain statement, so that `actor (x)` is no call.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.word == word) || LOOKS.contains(&word) || SEQUENCE.contains(&word)
}

impl Source {
    /// Reads a line, and what belongs to it; gives the place after it.
    pub(super) fn plain(&mut self, text: &str, at: usize) -> usize {
        let line = line_at(text, at);
        let end = at + line.len();
        let line = line.trim_end();
        let span = self.span(at, at + line.len());
        let word = line.split(|c: char| c.is_whitespace()).next().unwrap_or("");
        let argument = line.get(word.len()..).unwrap_or("").trim();
        match word {
            "title" | "title:" => return self.title(text, end, argument, at),
            "left" if argument.starts_with("to right") => self.reader.book.sheet().direction = Some(Direction::LeftRight),
            "top" if argument.starts_with("to bottom") => self.reader.book.sheet().direction = Some(Direction::TopBottom),
            "note" | "hnote" | "rnote" => return self.note(text, at, end, argument),
            "legend" => return self.lost_block(text, end, span, "Legend", &["endlegend", "end legend"]),
            "header" | "footer" if argument.is_empty() => {
                return self.lost_block(
                    text,
                    end,
                    span,
                    "Colours, legends and other looks",
                    &["endheader", "endfooter", "end header", "end footer"],
                );
            }
            "ref" if !argument.contains(':') => return self.lost_block(text, end, span, "Moment of a sequence", &["end ref", "endref"]),
            "<style>" => return self.lost_block(text, end, span, "Colours, legends and other looks", &["</style>"]),
            "together" => {
                self.lose("Hint where to draw an element", span);
                if line.ends_with('{') {
                    self.reader.expect(None);
                    self.reader.open(span);
                }
            }
            "skinparam" | "sprite" if line.ends_with('{') => {
                self.lose("Colours, legends and other looks", span);
                return skip_braces(text, end);
            }
            _ if self.arrow(line, at) => {}
            _ if LOOKS.contains(&word) => self.lose("Colours, legends and other looks", span),
            _ if SEQUENCE.contains(&word) || word.starts_with("==") || word.starts_with("...") || word == "||" => {
                self.reader.book.sheet().dynamic = true;
                self.lose("Moment of a sequence", span);
            }
            _ => {
                if let Some(after) = self.element_line(text, at, line) {
                    return after;
                }
                self.not_understood(line, span);
                // A block of something unknown is read as if it stood outside.
                if line.ends_with('{') {
                    self.reader.expect(None);
                    self.reader.open(span);
                }
            }
        }
        end
    }

    fn not_understood(&mut self, line: &str, span: Span) {
        self.lose("Statement that is not understood", span);
        self.reader.book.report.say(Note::new(
            Severity::Warning,
            "unexpected-statement",
            span,
            format!("`{}` is not understood", clip(line)),
            "It is neither a macro of C4 nor an element or arrow; it is left out of the model.",
            "Remove it, or write what it says with C4's macros.",
        ));
    }

    /// `title Text`, or lines up to `end title`.
    fn title(&mut self, text: &str, end: usize, argument: &str, at: usize) -> usize {
        let (title, after) = if argument.is_empty() {
            let (inside, after) = block(text, end, &["end title", "endtitle"]);
            (inside.to_owned(), after)
        } else {
            (argument.to_owned(), end)
        };
        let title = self.reader.values.fill(&title);
        let plain = text::plain(title.trim().trim_matches('"'), Dialect::PlantUml);
        if plain.stripped {
            self.lose("Markup in a text", self.span(at, end));
        }
        self.reader.book.sheet().title = Some(plain.line()).filter(|title| !title.is_empty());
        after
    }

    /// A note at an element is kept as its property; others are lost.
    fn note(&mut self, text: &str, at: usize, end: usize, argument: &str) -> usize {
        let (place, inline) =
            argument.split_once(" : ").or_else(|| argument.split_once(':')).map_or((argument, None), |(place, text)| (place, Some(text)));
        // `note "text" as N` has its text in quotes, and ends on its line.
        let (said, after) = match inline {
            Some(text) if !argument.starts_with('"') => (text.to_owned(), end),
            _ if argument.starts_with('"') => (String::new(), end),
            _ => {
                let (inside, after) = block(text, end, &["end note", "endnote", "end hnote", "end rnote"]);
                (inside.to_owned(), after)
            }
        };
        let span = self.span(at, end);
        let words: Vec<&str> = place.split_whitespace().collect();
        let target = match words.as_slice() {
            [_, "of", name, ..] | ["over", name] => self.reader.book.named(name.trim_matches(['[', ']', '"', ':', '(', ')'])),
            _ => None,
        };
        let said = text::plain(&said, Dialect::PlantUml).text;
        match target.and_then(|index| self.reader.book.drafts.get_mut(index)).filter(|_| !said.is_empty()) {
            Some(draft) => {
                if draft.description.is_none() {
                    draft.description = Some(said);
                    self.reader.book.report.fidelity.keep("Note, as a description", Some(span));
                } else {
                    draft.properties.push(crate::domain::syntax::c4::draft::Property { name: "note".to_owned(), value: said, span });
                    self.reader.book.report.fidelity.keep("Note, as a property", Some(span));
                }
            }
            None => self.lose("Note", span),
        }
        after
    }

    fn lost_block(&mut self, text: &str, end: usize, span: Span, what: &str, closes: &[&str]) -> usize {
        self.lose(what, span);
        block(text, end, closes).1
    }

    /// `component "Name" as alias <<tag>> #colour {`, `[Name] as alias`, `:Actor:`, `(Use case)`, `() Interface`.
    fn element_line(&mut self, text: &str, at: usize, line: &str) -> Option<usize> {
        let word = line.split(|c: char| c.is_whitespace()).next().unwrap_or("");
        let known = KEYWORDS.iter().find(|keyword| keyword.word == word);
        let offset = if known.is_some() { word.len() } else { 0 };
        if known.is_none() && !line.starts_with(['[', ':', '(']) {
            return None;
        }
        let mut head = Head::default();
        let mut tail = offset + head.read(line.get(offset..)?, at + offset)?;
        let (role, kind) = known.map_or(head.role, |keyword| (keyword.role, keyword.kind));
        let mut draft = Draft::new(&head.alias, &head.name, role, self.span(at, at + line.len()));
        if word == "participant" {
            self.reader.book.sheet().dynamic = true;
        }
        draft.kind = kind;
        draft.tags = head.tags;
        draft.url = head.url;
        draft.name_span = self.span(head.span.start as usize, head.span.end as usize);
        draft.stated_by = format!("keyword {}", if word.is_empty() || known.is_none() { "component" } else { word });
        draft.parent = self.reader.frame();
        if head.looks {
            self.lose("Colours, legends and other looks", draft.span);
        }
        let name = text::plain(&self.reader.values.fill(&draft.name), Dialect::PlantUml);
        if name.stripped {
            self.lose("Markup in a text", draft.name_span);
        }
        if !name.line().is_empty() {
            draft.name = name.line();
        }
        let rest = line.get(tail..).unwrap_or("").trim_start();
        let mut after = at + line.len();
        let opens = rest.starts_with('{');
        if rest.starts_with('[') {
            // A long description up to `]`, which may lie lines below.
            tail = at + line.len() - rest.len() + 1;
            let inside = text.get(tail..).unwrap_or("");
            let inside = inside.get(..inside.floor_char_boundary(MAX_LINE.min(inside.len()))).unwrap_or("");
            let close = inside.find(']').unwrap_or_else(|| inside.find('\n').unwrap_or(inside.len()));
            let said = text::plain(inside.get(..close).unwrap_or(""), Dialect::PlantUml).text;
            draft.description = Some(said).filter(|said| !said.is_empty());
            after = (tail + close + 1).min(text.len());
        } else if opens {
            draft.role = known.map_or(Role::Frame(Enclosure::Free), |keyword| keyword.framed);
            draft.kind = None;
        } else if !rest.is_empty() {
            let begin = at + line.len() - rest.len();
            self.lose("Text after an element", self.span(begin, at + line.len()));
        }
        let index = self.reader.book.add(draft);
        self.reader.expect(index);
        if opens {
            let brace = at + line.len() - rest.len();
            self.reader.open(self.span(brace, brace + 1));
            after = brace + 1;
        }
        Some(after)
    }
}

/// The first part of an element's line.
struct Head {
    alias: String,
    name: String,
    span: Span,
    tags: Vec<String>,
    url: Option<String>,
    looks: bool,
    /// What brackets say.
    role: (Role, Option<Kind>),
}

impl Default for Head {
    fn default() -> Self {
        Self {
            alias: String::new(),
            name: String::new(),
            span: Span::default(),
            tags: Vec::new(),
            url: None,
            looks: false,
            role: (Role::Container, None),
        }
    }
}

impl Head {
    /// Reads name, alias, stereotypes, tags, address and colour; gives the length of what was read.
    fn read(&mut self, text: &str, offset: usize) -> Option<usize> {
        let gap = text.len() - text.trim_start().len();
        let first = Word::read(text.get(gap..)?)?;
        let mut at = gap + first.length;
        self.span = Span::new(offset + gap + first.start, offset + gap + first.start + first.text.len());
        first.text.clone_into(&mut self.name);
        first.text.clone_into(&mut self.alias);
        self.role = first.role;
        loop {
            let rest = text.get(at..)?;
            let gap = rest.len() - rest.trim_start().len();
            let rest = rest.get(gap..)?;
            if let Some(stereotype) = rest.strip_prefix("<<") {
                let Some((inside, _)) = stereotype.split_once(">>") else { return Some(at) };
                add_tag(&mut self.tags, text::plain(inside, Dialect::PlantUml).line());
                at += gap + inside.len() + 4;
            } else if let Some(address) = rest.strip_prefix("[[") {
                let Some((inside, _)) = address.split_once("]]") else { return Some(at) };
                self.url = inside.split([' ', '{']).next().filter(|url| !url.is_empty()).map(str::to_owned);
                at += gap + inside.len() + 4;
            } else if rest.starts_with('#') || rest.starts_with('$') {
                let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or("").trim_end_matches('{');
                match word.strip_prefix('$') {
                    Some(tag) => add_tag(&mut self.tags, tag.to_owned()),
                    None => self.looks = true,
                }
                at += gap + word.len().max(1);
            } else if let Some(after) = rest.strip_prefix("as").filter(|after| after.starts_with(char::is_whitespace)) {
                let blank = after.len() - after.trim_start().len();
                let Some(second) = Word::read(after.get(blank..)?) else { return Some(at) };
                // `alias as "Name"` and `"Name" as alias` are both in use.
                let begin = offset + at + gap + 2 + blank + second.start;
                if second.wraps && !first.wraps {
                    second.text.clone_into(&mut self.name);
                    self.span = Span::new(begin, begin + second.text.len());
                } else {
                    second.text.clone_into(&mut self.alias);
                }
                at += gap + 2 + blank + second.length;
            } else {
                return Some(at + gap.min(rest.len()));
            }
        }
    }
}

/// A name: `"quoted"`, `[bracketed]`, `:an actor:`, `(a use case)`, `() an interface` or a word.
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    /// Where the text begins.
    pub(super) start: usize,
    pub(super) length: usize,
    /// It stands in quotes or brackets.
    pub(super) wraps: bool,
    pub(super) role: (Role, Option<Kind>),
}

impl<'t> Word<'t> {
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let wrapped = |close: char, role: Role| -> Option<Self> {
            let inside = text.get(1..)?;
            let end = inside
                .match_indices(close)
                .map(|(at, _)| at)
                .take(64)
                .find(|at| !inside.get(..*at).is_some_and(|before| before.ends_with('\\')));
            let end = end.or_else(|| inside.find(close)).filter(|end| !inside.get(..*end).is_some_and(|inside| inside.contains('\n')))?;
            let text = inside.get(..end)?;
            let blank = text.len() - text.trim_start().len();
            Some(Word { text: text.trim(), start: 1 + blank, length: end + 1 + close.len_utf8(), wraps: true, role: (role, None) })
        };
        let word = match text.chars().next()? {
            '"' => wrapped('"', Role::Container),
            '[' if !text.starts_with("[[") => wrapped(']', Role::Container),
            ':' => wrapped(':', Role::Person),
            '(' if text.starts_with("()") => {
                let inside = text.get(2..)?;
                let blank = inside.len() - inside.trim_start().len();
                // Not one within the other, so that reading stays flat.
                let inner = Self::read(inside.get(blank..)?.strip_prefix("()").map_or(inside.get(blank..)?, |_| ""))?;
                Some(Word { start: 2 + blank + inner.start, length: 2 + blank + inner.length, ..inner })
            }
            '(' => wrapped(')', Role::Custom),
            _ => {
                let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '\\' | '$');
                let length = text.find(|c| !part(c)).unwrap_or(text.len());
                let word = text.get(..length)?.trim_end_matches('.');
                Some(Word { text: word, start: 0, length: word.len(), wraps: false, role: (Role::Container, None) })
            }
        };
        word.filter(|word| !word.text.is_empty())
    }
}

/// The lines up to one that closes them, and the place after that.
fn block<'t>(text: &'t str, from: usize, closes: &[&str]) -> (&'t str, usize) {
    let mut at = from;
    for line in text.get(from..).unwrap_or("").split_inclusive('\n') {
        let trimmed = line.trim().to_lowercase();
        if closes.contains(&trimmed.as_str()) {
            return (text.get(from..at).unwrap_or("").trim(), at + line.trim_end().len());
        }
        if trimmed.starts_with("@end") {
            return (text.get(from..at).unwrap_or("").trim(), at);
        }
        at += line.len();
    }
    (text.get(from..).unwrap_or("").trim(), text.len())
}

/// The place after the `}` that closes a block which began before `from`.
fn skip_braces(text: &str, from: usize) -> usize {
    let mut depth = 1_u32;
    for (at, c) in text.get(from..).unwrap_or("").char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return from + at + 1;
        }
    }
    text.len()
}
