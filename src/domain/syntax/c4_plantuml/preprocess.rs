//! Comments, and the lines that begin with `!`: includes, substitutions, conditions and procedures.
//!
//! Includes are noted and never followed. A condition that cannot be decided here is read as true. Loops and functions are
//! left out, and said to be.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    syntax::{
        c4::{
            Dialect, MAX_VARIABLES,
            call::{self, Call},
            draft::{Note, Report, clip},
        },
        c4_plantuml::{MAX_CONDITIONS, MAX_EXPANDED, MAX_EXPANSION_DEPTH, Source},
    },
};

/// One condition that is open.
#[derive(Clone, Copy, Debug)]
struct Condition {
    /// The lines here are read.
    reads: bool,
    /// A branch was read, so that the others are not.
    done: bool,
    /// The condition could not be decided.
    guessed: bool,
}

/// A procedure of the text.
#[derive(Clone, Debug)]
struct Procedure {
    /// Names with `$`, and what they are when not given.
    parameters: Vec<(String, String)>,
    body: String,
}

/// What preprocessor lines have set.
#[derive(Debug, Default)]
pub struct Preprocessor {
    conditions: Vec<Condition>,
    procedures: BTreeMap<String, Procedure>,
}

impl Preprocessor {
    /// Whether statements stand in a branch that is not read.
    pub fn skips(&self) -> bool {
        self.conditions.iter().any(|condition| !condition.reads)
    }

    pub fn end_conditions(&mut self) {
        self.conditions.clear();
    }
}

/// The text with blanks in place of comments, so that every place stays what it was.
pub fn without_comments(text: &str, report: &mut Report) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut line_start = true;
    let mut quoted = false;
    while let Some(next) = rest.chars().next() {
        if line_start && rest.trim_start_matches([' ', '\t', '\u{feff}']).starts_with('\'') {
            let length = rest.find('\n').unwrap_or(rest.len());
            blank(&mut result, rest.get(..length).unwrap_or(""));
            rest = rest.get(length..).unwrap_or("");
            line_start = false;
            continue;
        }
        if !quoted && rest.starts_with("/'") {
            let closed = rest.find("'/");
            let length = closed.map_or(rest.len(), |end| end + 2);
            if closed.is_none() {
                let at = result.len();
                report.say(Note::new(
                    Severity::Warning,
                    "unclosed-comment",
                    Span::new(at, at + 2),
                    "This comment is not closed",
                    "All of the text after it is a comment.",
                    "Write `'/` where the comment ends.",
                ));
            }
            blank(&mut result, rest.get(..length).unwrap_or(""));
            rest = rest.get(length..).unwrap_or("");
            continue;
        }
        match next {
            '\n' => (quoted, line_start) = (false, true),
            '"' => (quoted, line_start) = (!quoted, false),
            _ => line_start = false,
        }
        if next == '\u{feff}' {
            blank(&mut result, "\u{feff}");
        } else {
            result.push(next);
        }
        rest = rest.get(next.len_utf8()..).unwrap_or("");
    }
    result
}

/// As many blanks as the text has bytes, with its line ends.
pub fn blank(result: &mut String, text: &str) {
    result.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Files of the standard library that need no note.
fn is_known_file(path: &str) -> bool {
    let name = path.trim_matches(['<', '>', '"']).rsplit('/').next().unwrap_or("");
    let name = name.trim_end_matches(".puml").trim_end_matches(".plantuml").trim_end_matches(".iuml");
    ["C4", "C4_Context", "C4_Container", "C4_Component", "C4_Deployment", "C4_Dynamic", "C4_Sequence"].contains(&name)
}

impl Source {
    /// A line that begins with `!`; gives the place after it, and after its body if it has one.
    pub(super) fn directive(&mut self, text: &str, at: usize) -> usize {
        let rest = text.get(at..).unwrap_or("");
        let mut length = rest.find('\n').unwrap_or(rest.len());
        // A `\` at the end joins lines.
        while rest.get(..length).is_some_and(|line| line.trim_end().ends_with('\\')) && length < rest.len() {
            length += 1 + rest.get(length + 1..).map_or(0, |after| after.find('\n').unwrap_or(after.len()));
        }
        let line = rest.get(..length).unwrap_or("").trim_end();
        let span = self.span(at, at + line.len());
        let end = at + length;
        let body = line.get(1..).unwrap_or("").trim_start();
        let (word, argument) = split_word(body);
        let (word, argument) = match word {
            "unquoted" | "final" => split_word(argument),
            _ => (word, argument),
        };
        match word {
            "if" | "ifdef" | "ifndef" => self.begin_condition(word, argument, span),
            "elseif" => self.other_branch(Some(argument), span),
            "else" => self.other_branch(None, span),
            "endif" => {
                self.preprocessor.conditions.pop();
            }
            "end" if argument.trim() == "if" => {
                self.preprocessor.conditions.pop();
            }
            _ if self.preprocessor.skips() => {}
            "include" | "include_once" | "include_many" | "includeurl" | "includesub" | "import" => self.include(argument, span),
            "define" | "definelong" => return self.define(text, end, word, argument, span),
            "undef" => self.reader.values.remove(argument.trim()),
            "procedure" | "function" => return self.procedure(text, end, word, argument, span),
            "while" | "foreach" => {
                self.lose("Loop of the preprocessor", span);
                let close = if word == "while" { "endwhile" } else { "endfor" };
                return skip_body(text, end, close);
            }
            "startsub" | "endsub" | "log" | "assert" | "dump_memory" | "pragma" => {}
            "theme" => self.lose("Theme", span),
            "global" | "local" => self.assign(argument, span),
            _ if body.starts_with('$') || argument.starts_with(['=', '?']) => self.assign(body, span),
            _ => self.lose("Line of the preprocessor that is not carried out", span),
        }
        end
    }

    fn include(&mut self, path: &str, span: Span) {
        let path = self.reader.values.fill(path.trim());
        if path.contains("C4_Dynamic") || path.contains("C4_Sequence") {
            self.reader.book.sheet().dynamic = true;
        }
        if path.contains("C4_Sequence") {
            self.reader.sequence = true;
        }
        if is_known_file(&path) {
            self.macros = true;
            return;
        }
        self.lose("Included file, which is not read", span);
        self.reader.book.report.say(Note::new(
            Severity::Note,
            "include-not-read",
            span,
            format!("`{}` is not read", clip(&path)),
            "Other files are never fetched; what they define is not known here.",
            "If it holds elements, paste its text in place of this line.",
        ));
    }

    /// `!define NAME text`, `!define NAME(args) text`.
    fn define(&mut self, text: &str, end: usize, word: &str, argument: &str, span: Span) -> usize {
        let (name, value) = split_word(argument);
        if name.is_empty() || name.contains('(') || value.starts_with('(') || word == "definelong" {
            self.lose("Definition with arguments", span);
            return if word == "definelong" { skip_body(text, end, "enddefinelong") } else { end };
        }
        self.set(name, value.trim(), span);
        end
    }

    fn set(&mut self, name: &str, value: &str, span: Span) {
        if name == "ENABLE_ALL_PLANT_ELEMENTS" || self.reader.values.set(name, value) {
            return;
        }
        self.reader.book.report.say_once(Note::new(
            Severity::Warning,
            "too-many-variables",
            span,
            format!("The text sets more than {MAX_VARIABLES} names"),
            "This one and those after it are left as written.",
            "Write the values themselves.",
        ));
        self.lose("Name beyond the limits", span);
    }

    /// `$name = expression`, `$name ?= expression`, `NAME = 1`.
    fn assign(&mut self, body: &str, span: Span) {
        let Some((name, value)) = body.split_once('=') else {
            // A call of a procedure, or a value that nobody uses.
            self.lose("Line of the preprocessor that is not carried out", span);
            return;
        };
        let (name, only_new) = match name.trim().strip_suffix('?') {
            Some(name) => (name.trim(), true),
            None => (name.trim(), false),
        };
        if only_new && self.reader.values.get(name).is_some() {
            return;
        }
        let (value, whole) = self.value(value.trim());
        if !whole {
            self.lose("Expression of the preprocessor, read as its text", span);
        }
        self.set(name, &value, span);
    }

    /// The value of texts, numbers and names joined by `+`, and whether that is all the expression has.
    fn value(&mut self, expression: &str) -> (String, bool) {
        let mut result = String::new();
        let mut whole = true;
        let mut rest = expression;
        while !rest.is_empty() {
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (part, after) = match quote {
                Some(quote) => rest.get(1..).and_then(|inside| inside.split_once(quote)).unwrap_or((rest, "")),
                None => rest.split_once('+').map_or((rest, ""), |(part, _)| (part, rest.get(part.len()..).unwrap_or(""))),
            };
            let filled = self.reader.values.fill(part);
            whole &= quote.is_some() || !(filled.contains('(') || filled.trim().starts_with('$') || filled.contains('%'));
            result.push_str(if quote.is_some() { &filled } else { filled.trim() });
            rest = after.trim_start().trim_start_matches('+').trim_start();
        }
        (result, whole)
    }

    fn begin_condition(&mut self, word: &str, argument: &str, span: Span) {
        if self.preprocessor.conditions.len() >= MAX_CONDITIONS {
            self.lose("Condition beyond the limits", span);
            return;
        }
        let known = self.reader.values.get(argument.trim()).is_some();
        let holds = match word {
            "ifdef" => Some(known),
            "ifndef" => Some(!known),
            _ => self.decide(argument),
        };
        let guessed = holds.is_none();
        let reads = holds.unwrap_or(true);
        self.preprocessor.conditions.push(Condition { reads, done: reads, guessed });
    }

    fn other_branch(&mut self, argument: Option<&str>, span: Span) {
        let holds = argument.is_none_or(|argument| self.decide(argument).unwrap_or(false));
        let Some(condition) = self.preprocessor.conditions.last_mut() else { return };
        if condition.guessed {
            self.reader.book.report.fidelity.lose("Other branch of a condition that is not decided here", Some(span));
        }
        condition.reads = !condition.done && holds;
        condition.done |= condition.reads;
    }

    /// Whether a condition holds, as far as that can be said.
    fn decide(&self, argument: &str) -> Option<bool> {
        let argument = argument.trim();
        let argument = argument.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).map_or(argument, str::trim);
        if let Some(inside) = argument.strip_prefix("%not(").and_then(|inside| inside.strip_suffix(')')) {
            return self.decide(inside).map(|holds| !holds);
        }
        if let Some(inside) = argument.strip_prefix('!') {
            return self.decide(inside).map(|holds| !holds);
        }
        if let Some(inside) = argument.strip_prefix("%variable_exists(").and_then(|inside| inside.strip_suffix(')')) {
            return Some(self.reader.values.get(inside.trim().trim_matches(['"', '\''])).is_some());
        }
        if argument.starts_with("%function_exists(") {
            return Some(false);
        }
        let value = |text: &str| -> Option<String> {
            let text = text.trim();
            let quoted = text.strip_prefix('"').and_then(|inside| inside.strip_suffix('"'));
            quoted
                .map(str::to_owned)
                .or_else(|| self.reader.values.get(text).map(str::to_owned))
                .or_else(|| (text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty()).then(|| text.to_owned()))
        };
        for (sign, equal) in [("==", true), ("!=", false)] {
            if let Some((left, right)) = argument.split_once(sign) {
                return Some((value(left)? == value(right)?) == equal);
            }
        }
        match argument {
            "%true()" | "true" | "1" => Some(true),
            "%false()" | "false" | "0" => Some(false),
            _ => value(argument).map(|value| !matches!(value.as_str(), "" | "0" | "false")),
        }
    }

    /// `!procedure $name($a, $b="x")` up to `!endprocedure`.
    fn procedure(&mut self, text: &str, end: usize, word: &str, argument: &str, span: Span) -> usize {
        let close = if word == "procedure" { "endprocedure" } else { "endfunction" };
        let body_end = body(text, end, close);
        let after = skip_body(text, end, close);
        let Some((head, _)) = call::read(argument, 0, Dialect::PlantUml).filter(|_| word == "procedure") else {
            self.lose("Function of the preprocessor", span);
            return after;
        };
        if self.preprocessor.procedures.len() >= MAX_VARIABLES {
            self.lose("Procedure beyond the limits", span);
            return after;
        }
        let parameters = head.arguments.iter().map(|argument| match &argument.name {
            Some(name) => (format!("${name}"), argument.value.clone()),
            None => (argument.value.trim().to_owned(), String::new()),
        });
        let procedure = Procedure {
            parameters: parameters.filter(|(name, _)| !name.is_empty()).collect(),
            body: text.get(end..body_end).unwrap_or("").to_owned(),
        };
        self.preprocessor.procedures.insert(head.name, procedure);
        after
    }

    /// Carries out a call of a procedure of the text; false if it is none.
    pub(super) fn expand(&mut self, call: &Call) -> bool {
        let Some(procedure) = self.preprocessor.procedures.get(&call.name).cloned() else { return false };
        if self.depth >= MAX_EXPANSION_DEPTH || self.expanded > MAX_EXPANDED {
            self.reader.book.report.say_once(Note::new(
                Severity::Warning,
                "too-many-expansions",
                call.span,
                "Procedures stand for too much text here",
                format!("They may be nested {MAX_EXPANSION_DEPTH} deep and stand for {MAX_EXPANDED} bytes in all; this call is left out."),
                "Write the elements and relations themselves.",
            ));
            self.lose("Call of a procedure beyond the limits", call.span);
            return true;
        }
        let mut shadowed: Vec<(String, Option<String>)> = Vec::new();
        let mut values: Vec<String> = Vec::new();
        let mut place = 0;
        for (name, otherwise) in &procedure.parameters {
            let named = call.arguments.iter().find(|argument| argument.name.as_deref() == name.strip_prefix('$'));
            let argument = named.or_else(|| {
                let found = call.arguments.iter().filter(|argument| argument.name.is_none()).nth(place);
                place += 1;
                found
            });
            values.push(argument.map_or_else(|| otherwise.clone(), |argument| self.reader.values.fill(&argument.value)));
        }
        for ((name, _), value) in procedure.parameters.iter().zip(&values) {
            shadowed.push((name.clone(), self.reader.values.get(name).map(str::to_owned)));
            self.reader.values.set(name, value);
        }
        self.expanded += procedure.body.len() + 64;
        let origin = self.origin;
        self.origin = origin.or(Some(call.span));
        self.depth += 1;
        self.run(&procedure.body);
        self.depth -= 1;
        self.origin = origin;
        for (name, value) in shadowed.into_iter().rev() {
            match value {
                Some(value) => {
                    self.reader.values.set(&name, &value);
                }
                None => self.reader.values.remove(&name),
            }
        }
        true
    }
}

/// The first word and the rest, trimmed.
fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// Whether a line is `!end…` in either spelling.
fn ends(line: &str, close: &str) -> bool {
    line.trim_start().strip_prefix('!').is_some_and(|line| {
        let joined: String = line.chars().filter(|c| !c.is_whitespace()).take(close.len() + 8).collect();
        joined.starts_with(close)
    })
}

/// Where the body that begins at `from` ends.
fn body(text: &str, from: usize, close: &str) -> usize {
    let mut at = from;
    for line in text.get(from..).unwrap_or("").split_inclusive('\n') {
        if ends(line, close) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// The place after the body and its closing line.
fn skip_body(text: &str, from: usize, close: &str) -> usize {
    let end = body(text, from, close);
    let rest = text.get(end..).unwrap_or("");
    end + rest.find('\n').unwrap_or(rest.len())
}
