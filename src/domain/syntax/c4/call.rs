//! Macro calls: a name, `(`, arguments separated by commas, `)`. A call may span lines; one that is never closed costs its
//! line only.

use crate::domain::{
    diagnostic::Span,
    syntax::c4::{Dialect, MAX_ARGUMENTS, MAX_CALL_BYTES, MAX_CALL_LINES, MAX_QUOTE_SEARCH},
};

/// One argument as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument {
    /// `techn` of `$techn="Go"`.
    pub name: Option<String>,
    /// Without quotes; with its escapes.
    pub value: String,
    /// The value, quotes excluded.
    pub span: Span,
    pub quoted: bool,
}

/// A call as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    pub name_span: Span,
    pub arguments: Vec<Argument>,
    /// From the name to the closing parenthesis.
    pub span: Span,
    pub fault: Option<Fault>,
}

/// What is wrong with how a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No `)` before the next statement.
    Parenthesis,
    /// A text without its closing quote, at this place.
    Quote(Span),
    TooManyArguments,
}

/// The name of a call that begins at `at`, and the place of its `(`; none where there is no call.
pub fn head(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..)?;
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let sign = usize::from(rest.starts_with('$'));
    let length = rest.get(sign..)?.find(|c| !part(c)).unwrap_or(rest.len() - sign) + sign;
    let name = rest.get(..length).filter(|name| name.len() > sign && !name.starts_with(|c: char| c.is_ascii_digit()))?;
    let tail = rest.get(length..)?;
    let gap = tail.len() - tail.trim_start_matches([' ', '\t']).len();
    tail.get(gap..)?.starts_with('(').then_some((name, at + length + gap))
}

/// Reads the call whose name begins at `at`, and gives it with the place after it.
pub fn read(text: &str, at: usize, dialect: Dialect) -> Option<(Call, usize)> {
    let (name, open) = head(text, at)?;
    let limit = text.floor_char_boundary((open + MAX_CALL_BYTES).min(text.len()));
    let mut scan = Scan { text: text.get(..limit)?, at: open + 1, dialect, lines: 0, fault: None };
    let arguments = scan.arguments();
    let end = scan.at;
    let call = Call {
        name: name.to_owned(),
        name_span: Span::new(at, at + name.len()),
        arguments,
        span: Span::new(at, text.get(..end)?.trim_end().len().max(at + name.len())),
        fault: scan.fault,
    };
    Some((call, end))
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    lines: usize,
    fault: Option<Fault>,
}

/// Where a value ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Comma,
    Close,
    /// The call is broken off; the place is the end of its last line.
    Broken,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn arguments(&mut self) -> Vec<Argument> {
        let mut arguments = Vec::new();
        loop {
            if !self.skip_space() {
                return self.broken(arguments);
            }
            if self.peek() == Some(')') && arguments.is_empty() {
                self.at += 1;
                return arguments;
            }
            let (argument, stop) = self.argument();
            if arguments.len() < MAX_ARGUMENTS {
                arguments.push(argument);
            } else {
                self.fault = self.fault.or(Some(Fault::TooManyArguments));
            }
            match stop {
                Stop::Comma => {}
                Stop::Close => return arguments,
                Stop::Broken => return self.broken(arguments),
            }
        }
    }

    fn broken(&mut self, arguments: Vec<Argument>) -> Vec<Argument> {
        self.fault = self.fault.or(Some(Fault::Parenthesis));
        arguments
    }

    /// Skips blanks and line ends; false where the call breaks off, with the place at the end of the line.
    fn skip_space(&mut self) -> bool {
        loop {
            match self.peek() {
                Some('\n') if !self.goes_on() => return false,
                Some('\n') => {
                    self.lines += 1;
                    self.at += 1;
                }
                Some(c) if c.is_whitespace() => self.at += c.len_utf8(),
                Some(_) => return true,
                None => return false,
            }
        }
    }

    /// Whether the call goes on after the line end here: the line asks for more, or the next one gives more.
    fn goes_on(&self) -> bool {
        if self.lines >= MAX_CALL_LINES {
            return false;
        }
        let asks = self.text.get(..self.at).is_some_and(|before| before.trim_end().ends_with([',', '(', '+']));
        let next = self.text.get(self.at..).and_then(|after| after.trim_start().chars().next());
        let gives = next.is_some_and(|next| matches!(next, ',' | ')' | '$' | '"' | '+'));
        next.is_some() && (gives || (asks && next != Some('}') && next != Some('@')))
    }

    fn argument(&mut self) -> (Argument, Stop) {
        let name = self.name();
        if name.is_some() && !self.skip_space() {
            return (Argument { name, span: Span::new(self.at, self.at), ..Argument::default() }, Stop::Broken);
        }
        let quoted = self.peek() == Some('"');
        let mut value = String::new();
        let mut span = Span::new(self.at, self.at);
        if quoted {
            let (start, end) = self.quoted();
            span = Span::new(start, end);
            value.push_str(self.text.get(start..end).unwrap_or(""));
            // `"a" + "b"` is one text.
            while self.joined() {
                if self.peek() == Some('"') {
                    let (start, end) = self.quoted();
                    value.push_str(self.text.get(start..end).unwrap_or(""));
                } else {
                    let (start, end, _) = self.plain(true);
                    value.push_str(self.text.get(start..end).unwrap_or(""));
                }
                span = Span { end: Span::new(0, self.at).end, ..span };
            }
        }
        let (start, end, stop) = self.plain(false);
        let rest = self.text.get(start..end).unwrap_or("");
        if !quoted {
            span = Span::new(start, end);
        }
        value.push_str(rest);
        (Argument { name, value, span, quoted }, stop)
    }

    /// `$name =`, and the place after it.
    fn name(&mut self) -> Option<String> {
        let rest = self.text.get(self.at..)?.strip_prefix('$')?;
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        let name = rest.get(..length).filter(|name| !name.is_empty())?;
        let after = rest.get(length..)?;
        let gap = after.len() - after.trim_start_matches([' ', '\t']).len();
        let after = after.get(gap..)?;
        if !after.starts_with('=') || after.starts_with("==") {
            return None;
        }
        self.at += 1 + length + gap + 1;
        Some(name.to_owned())
    }

    /// After a text: whether `+` joins another one to it; the place is then before that.
    fn joined(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or("");
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let Some(after) = trimmed.strip_prefix('+').filter(|_| self.dialect == Dialect::PlantUml) else { return false };
        self.at += rest.len() - after.trim_start_matches([' ', '\t']).len();
        true
    }

    /// The inside of the text that begins here; the place is after its closing quote.
    fn quoted(&mut self) -> (usize, usize) {
        let start = self.at + 1;
        let rest = self.text.get(start..).unwrap_or("");
        let spans_lines = self.dialect == Dialect::Mermaid;
        let first = rest.find('"').filter(|first| spans_lines || !rest.get(..*first).is_some_and(|inside| inside.contains('\n')));
        let Some(first) = first else {
            let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.fault = self.fault.or(Some(Fault::Quote(Span::new(start - 1, start + line))));
            self.at = start + line;
            return (start, self.at);
        };
        let length = if spans_lines { first } else { closing(rest, first) };
        self.lines += rest.get(..length).map_or(0, |inside| inside.matches('\n').count());
        self.at = start + length + 1;
        (start, start + length)
    }

    /// Text without quotes, up to a comma or the closing parenthesis, or with `joining` up to a `+`; trimmed.
    fn plain(&mut self, joining: bool) -> (usize, usize, Stop) {
        let start = self.at;
        let mut depth = 0_u32;
        let stop = loop {
            let Some(next) = self.peek() else { break Stop::Broken };
            match next {
                '\n' if !self.goes_on() => break Stop::Broken,
                '\n' => self.lines += 1,
                '(' => depth += 1,
                ')' if depth == 0 => break Stop::Close,
                ')' => depth -= 1,
                ',' if depth == 0 => break Stop::Comma,
                '+' if joining && depth == 0 => break Stop::Comma,
                _ => {}
            }
            self.at += next.len_utf8();
        };
        let raw = self.text.get(start..self.at).unwrap_or("");
        let trimmed = raw.trim();
        let begin = start + (raw.len() - raw.trim_start().len());
        if stop != Stop::Broken && !joining {
            self.at += 1;
        }
        (begin, begin + trimmed.len(), stop)
    }
}

/// The length of a text whose first quote is at `first`: people put quotes into texts, so the quote that ends one is the
/// first that a comma or parenthesis follows.
fn closing(text: &str, first: usize) -> usize {
    let ends = |at: usize| {
        let after = text.get(at + 1..).unwrap_or("").trim_start_matches([' ', '\t']);
        after.is_empty() || after.starts_with([',', ')', '+', '\n', '\r'])
    };
    let near = text.get(first..text.floor_char_boundary((first + MAX_QUOTE_SEARCH).min(text.len()))).unwrap_or("");
    let line = near.char_indices().take_while(|(_, c)| *c != '\n');
    line.filter(|(_, c)| *c == '"').map(|(at, _)| first + at).find(|at| ends(*at)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, dialect: Dialect) -> Vec<String> {
        let (call, _) = read(text, 0, dialect).unwrap();
        let show = |argument: &Argument| match &argument.name {
            Some(name) => format!("{name}={}", argument.value),
            None => argument.value.clone(),
        };
        call.arguments.iter().map(show).collect()
    }

    #[test]
    fn arguments_may_hold_commas_parentheses_and_quotes() {
        let plant = |text| values(text, Dialect::PlantUml);
        assert_eq!(plant("Rel(a, b, \"Calls f(x), g()\", \"JSON, HTTPS\")"), ["a", "b", "Calls f(x), g()", "JSON, HTTPS"]);
        assert_eq!(plant("System(a, \"The \"big\" one\", \"x\")"), ["a", "The \"big\" one", "x"]);
        assert_eq!(plant("Rel($index=SetIndex(5)-2, a, b)"), ["index=SetIndex(5)-2", "a", "b"]);
        assert_eq!(plant("Rel(a, b, \"x\" + \"y\", $tags = \"t\")"), ["a", "b", "xy", "tags=t"]);
        assert_eq!(plant("System(a, , \"\")"), ["a", "", ""]);
        assert_eq!(plant("Index()"), [""; 0]);
        assert_eq!(values("Person(a, Customer, \"two\nlines\")", Dialect::Mermaid), ["a", "Customer", "two\nlines"]);
    }

    #[test]
    fn calls_span_lines_and_broken_ones_cost_their_line() {
        let text = "Container(a,\n  \"A\"\n  , $techn=\"Go\"\n)\nSystem(b)";
        let (call, end) = read(text, 0, Dialect::PlantUml).unwrap();
        assert_eq!((call.arguments.len(), call.fault, text.get(end..)), (3, None, Some("\nSystem(b)")));
        let text = "Container(a, \"A\"\nSystem(b, \"B\")";
        let (call, end) = read(text, 0, Dialect::PlantUml).unwrap();
        assert_eq!((call.arguments.len(), call.fault), (2, Some(Fault::Parenthesis)));
        assert!(text.get(end..).unwrap().trim_start().starts_with("System("));
        let text = "Container(a, \"A)\nSystem(b, \"B\")";
        let (call, end) = read(text, 0, Dialect::PlantUml).unwrap();
        assert!(matches!(call.fault, Some(Fault::Quote(span)) if span.of(text) == "\"A)"), "{call:?}");
        assert!(text.get(end..).unwrap().trim_start().starts_with("System("));
    }

    #[test]
    fn spans_are_those_of_the_values() {
        let text = "Rel(a, \"b c\", $techn = \"Go\")";
        let (call, _) = read(text, 0, Dialect::PlantUml).unwrap();
        let spans: Vec<&str> = call.arguments.iter().map(|argument| argument.span.of(text)).collect();
        assert_eq!(spans, ["a", "b c", "Go"]);
        assert_eq!(call.span.of(text), text);
        assert!(head("usecase x (y)", 0).is_none() && head("1(", 0).is_none() && head("(", 0).is_none());
    }
}
