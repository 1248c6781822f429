//! Takes settings out of YAML, and says what is wrong with what is not as it should be.

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    moment::Day,
    review::{
        rules,
        selector::Selector,
        settings::{
            pattern::Pattern,
            yaml::{Key, Node, Value},
        },
    },
    syntax::structurizr::suggest::nearest,
};

const UNREAD: &str = "A setting that is not read would be believed to hold.";

/// Collects what is wrong.
#[derive(Debug, Default)]
pub struct Reader {
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub fn error(&mut self, span: Span, code: &str, what: impl Into<String>, why: &str, help: impl Into<String>) {
        let (what, help) = (what.into(), help.into());
        let diagnostic = Diagnostic { level: Level::Error, code: code.to_owned(), span, what, why: why.to_owned(), help, file: None };
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// In the order of the text.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        self.diagnostics
    }

    fn wrong_type(&mut self, node: &Node, what: &str, wanted: &str) {
        let found = match &node.value {
            Value::Null => "nothing",
            Value::Text(_) => "a word",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        };
        self.error(node.span, "wrong-type", format!("{what} is {found}"), UNREAD, format!("Give it {wanted}."));
    }

    /// The pairs of a mapping, each key once.
    pub fn pairs<'a>(&mut self, node: &'a Node, what: &str) -> Vec<(&'a Key, &'a Node)> {
        let Value::Map(pairs) = &node.value else {
            self.wrong_type(node, what, "keys with values, each on its own line");
            return Vec::new();
        };
        let mut found: Vec<(&Key, &Node)> = Vec::new();
        for (key, node) in pairs {
            if found.iter().any(|(other, _)| other.name == key.name) {
                let what = format!("`{}` is there twice", key.name);
                self.error(key.span, "duplicate-key", what, "It is not clear which one is meant.", "Keep one of them.");
            } else {
                found.push((key, node));
            }
        }
        found
    }

    /// The values of a mapping's keys, which are among those known.
    pub fn fields<'a>(&mut self, node: &'a Node, what: &str, known: &[&'static str]) -> Vec<(&'static str, &'a Node)> {
        let mut found = Vec::new();
        for (key, node) in self.pairs(node, what) {
            if let Some(name) = known.iter().find(|name| **name == key.name) {
                found.push((*name, node));
                continue;
            }
            let written = format!("There is no `{}` in {what}", key.name);
            self.error(key.span, "unknown-key", written, UNREAD, meant(&key.name, known));
        }
        found
    }

    pub fn text<'a>(&mut self, node: &'a Node, name: &str) -> Option<&'a str> {
        if let Value::Text(text) = &node.value {
            return Some(text);
        }
        self.wrong_type(node, &format!("`{name}`"), "one word or text");
        None
    }

    pub fn list<'a>(&mut self, node: &'a Node, name: &str) -> Vec<&'a Node> {
        match &node.value {
            Value::List(nodes) => nodes.iter().collect(),
            Value::Null => Vec::new(),
            Value::Text(_) | Value::Map(_) => {
                self.wrong_type(node, &format!("`{name}`"), "a list, each entry on a line that begins with `- `");
                Vec::new()
            }
        }
    }

    /// A list, or one text in its place.
    pub fn texts_or_list<'a>(&mut self, node: &'a Node, name: &str) -> Vec<&'a Node> {
        if matches!(node.value, Value::Text(_)) { vec![node] } else { self.list(node, name) }
    }

    pub fn texts(&mut self, node: &Node, name: &str) -> Vec<String> {
        let nodes = self.texts_or_list(node, name);
        nodes.into_iter().filter_map(|node| self.text(node, name)).map(str::to_owned).collect()
    }

    /// One of the words that are known; `_` and `-` are the same.
    pub fn choice<T: Clone>(&mut self, node: &Node, name: &str, options: &[(&'static str, T)]) -> Option<T> {
        let written = self.text(node, name)?;
        let plain = |text: &str| text.trim().to_ascii_lowercase().replace('_', "-");
        if let Some((_, value)) = options.iter().find(|(word, _)| plain(word) == plain(written)) {
            return Some(value.clone());
        }
        let words: Vec<&'static str> = options.iter().map(|(word, _)| *word).collect();
        self.error(node.span, "unknown-value", format!("`{written}` is no {name}"), UNREAD, meant(written, &words));
        None
    }

    pub fn boolean(&mut self, node: &Node, name: &str) -> Option<bool> {
        self.choice(node, &format!("answer for `{name}`"), &[("true", true), ("false", false)])
    }

    pub fn count(&mut self, node: &Node, name: &str) -> Option<u32> {
        let written = self.text(node, name)?;
        let number = written.trim().parse().ok();
        if number.is_none() {
            let help = "Give it a whole number from 0 on.";
            self.error(node.span, "wrong-type", format!("`{written}` is no number of findings"), UNREAD, help);
        }
        number
    }

    pub fn day(&mut self, node: &Node, name: &str) -> Option<Day> {
        let written = self.text(node, name)?;
        let day = Day::parse(written);
        if day.is_none() {
            let why = "What ends on a day that does not exist would never end.";
            self.error(node.span, "bad-date", format!("`{written}` is no day"), why, "Write it as `2027-05-01`.");
        }
        day
    }

    pub fn patterns(&mut self, node: &Node, name: &str) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for node in self.texts_or_list(node, name) {
            let Some(written) = self.text(node, name) else { continue };
            if let Some(pattern) = Pattern::parse(written) {
                patterns.push(pattern);
            } else {
                let help = "Write it from the folder of the settings, with `/` between names; `*` stands for any letters.";
                self.error(node.span, "bad-pattern", format!("No path can fit `{written}`"), UNREAD, help);
            }
        }
        patterns
    }

    /// A rule's code or name, or the beginning of codes.
    pub fn rule(&mut self, written: &str, span: Span) -> Option<Selector> {
        let selector = Selector::parse(written);
        if selector.is_none() {
            let wanted = written.trim();
            let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.slug]);
            let help = nearest(wanted, known).map_or_else(
                || "`lintel rules` lists all of them.".to_owned(),
                |known| match rules::by_code(known) {
                    Some(rule) => format!("Did you mean `{known}` ({})?", rule.slug),
                    None => format!("Did you mean `{known}`?"),
                },
            );
            self.error(span, "unknown-rule", format!("There is no rule `{wanted}`"), UNREAD, help);
        }
        selector
    }
}

fn meant(written: &str, known: &[&'static str]) -> String {
    if let Some(known) = nearest(written, known.iter().copied()) {
        return format!("Did you mean `{known}`?");
    }
    let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("Use {} or {last}.", rest.join(", ")),
        _ => format!("Use {}.", quoted.concat()),
    }
}
