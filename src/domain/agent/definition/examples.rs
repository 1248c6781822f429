//! The description as people read it: its first sentence, and the conversations it tells in `<example>` blocks.

use serde::{Deserialize, Serialize};

/// One conversation that shows when to use the agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// What the situation is; empty when the example does not say.
    pub context: String,
    pub turns: Vec<Turn>,
    /// Why the agent fits; empty when the example does not say.
    pub commentary: String,
    /// The example as written, tags left out.
    pub written: String,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub speaker: Speaker,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    User,
    Assistant,
}

const OPEN: &str = "<example>";
const CLOSE: &str = "</example>";

/// Words before a full stop that do not end a sentence.
const SHORT: [&str; 8] = ["e.g", "i.e", "etc", "vs", "cf", "approx", "incl", "resp"];

/// The first sentence of a description, on one line.
pub fn card(description: &str) -> String {
    let text = unescaped(description);
    let text = text.split(OPEN).next().unwrap_or_default();
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = [" Examples:", " Example:", " Example usage:"].iter().find_map(|tail| line.strip_suffix(tail)).unwrap_or(&line);
    first_sentence(line).to_owned()
}

fn first_sentence(line: &str) -> &str {
    for (at, c) in line.char_indices() {
        let after = at + c.len_utf8();
        let rest = line.get(after..).unwrap_or_default();
        let ends = match c {
            '.' if rest.starts_with(' ') => {
                let word = line.get(..at).unwrap_or_default().rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
                let initial = word.chars().count() == 1;
                !SHORT.contains(&word.as_str()) && !initial
            }
            '!' | '?' => rest.starts_with(' '),
            '\u{3002}' | '\u{ff01}' | '\u{ff1f}' => true,
            _ => false,
        };
        if ends {
            return line.get(..after).unwrap_or(line);
        }
    }
    line
}

/// The examples in a description.
pub fn examples(description: &str) -> Vec<Example> {
    let text = unescaped(description);
    text.split(OPEN)
        .skip(1)
        .map(|rest| rest.split(CLOSE).next().unwrap_or_default().trim())
        .filter(|inner| !inner.is_empty())
        .map(example)
        .collect()
}

fn example(inner: &str) -> Example {
    let mut example = Example { written: inner.to_owned(), ..Example::default() };
    let (told, commentary) = commentary(inner);
    example.commentary = commentary;
    // Where everything is on one line, words inside it begin the parts; otherwise only words that begin a line do.
    let inline = !told.contains('\n');
    let mut part: Option<Part> = None;
    let mut from = 0;
    let mut at = 0;
    while at <= told.len() {
        let rest = told.get(at..).unwrap_or_default();
        let before = told.get(..at).unwrap_or_default();
        let begins = before.is_empty() || before.ends_with('\n') || (inline && before.ends_with([' ', '"', '\'']));
        let found = if begins { Part::ALL.into_iter().find_map(|part| part.begins(rest).map(|length| (part, length))) } else { None };
        if let Some((next, length)) = found {
            keep(&mut example, part, told.get(from..at).unwrap_or_default());
            part = Some(next);
            from = at + length;
            at = from;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    keep(&mut example, part, told.get(from..).unwrap_or_default());
    example
}

/// The text without its `<commentary>`, and that.
fn commentary(inner: &str) -> (String, String) {
    let Some((before, rest)) = inner.split_once("<commentary>") else { return (inner.to_owned(), String::new()) };
    let (inside, after) = rest.split_once("</commentary>").unwrap_or((rest, ""));
    (format!("{}\n{}", before.trim(), after.trim()).trim().to_owned(), inside.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[derive(Clone, Copy)]
enum Part {
    Context,
    User,
    Assistant,
    Commentary,
}

impl Part {
    const ALL: [Self; 4] = [Self::Context, Self::User, Self::Assistant, Self::Commentary];

    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Context => &["context:"],
            Self::User => &["user:", "human:"],
            Self::Assistant => &["assistant:"],
            Self::Commentary => &["commentary:"],
        }
    }

    /// How many bytes of the text are the word that begins this part.
    fn begins(self, text: &str) -> Option<usize> {
        self.words().iter().find(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))).map(|word| word.len())
    }
}

fn keep(example: &mut Example, part: Option<Part>, text: &str) {
    let text = text.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(text).trim();
    if unquoted.is_empty() {
        return;
    }
    let line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    match part {
        None | Some(Part::Context) if example.context.is_empty() => example.context = line(),
        None | Some(Part::Context) => example.context = format!("{} {}", example.context, line()),
        Some(Part::User) => example.turns.push(Turn { speaker: Speaker::User, text: unquoted.to_owned() }),
        Some(Part::Assistant) => example.turns.push(Turn { speaker: Speaker::Assistant, text: unquoted.to_owned() }),
        Some(Part::Commentary) => example.commentary = line(),
    }
}

/// Line ends that were written as two characters.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains("\\n") {
        return text.to_owned();
    }
    text.replace("\\r\\n", "\n").replace("\\\\n", "\n").replace("\\n", "\n").replace("\\\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(example: &Example) -> Vec<(Speaker, &str)> {
        example.turns.iter().map(|turn| (turn.speaker, turn.text.as_str())).collect()
    }

    #[test]
    fn the_card_is_the_first_sentence() {
        assert_eq!(card("Reviews designs. Use it often."), "Reviews designs.");
        assert_eq!(card("Builds .NET Core 8.0 apps, e.g. for C. Smith Ltd. More."), "Builds .NET Core 8.0 apps, e.g. for C. Smith Ltd.");
        assert_eq!(card("One\nsentence over lines\n\nAnother"), "One sentence over lines");
        assert_eq!(card("Use it. Examples:\\n\\n<example>x</example>"), "Use it.");
        assert_eq!(card("Use it now. Examples:"), "Use it now.");
        assert_eq!(card("设计评审。更多"), "设计评审。");
        assert_eq!(card(""), "");
    }

    #[test]
    fn examples_on_lines_are_taken_apart() {
        let text = "Use it.\n\n<example>\nContext: A new service.\nuser: \"Check the user: table\"\nassistant: \"I'll look.\nAt once.\"\n<commentary>\nIt fits.\n</commentary>\n</example>\n<example>user: hi";
        let found = examples(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].context, "A new service.");
        assert_eq!(turns(&found[0]), [(Speaker::User, "Check the user: table"), (Speaker::Assistant, "I'll look.\nAt once.")]);
        assert_eq!(found[0].commentary, "It fits.");
        assert_eq!(turns(&found[1]), [(Speaker::User, "hi")]);
    }

    #[test]
    fn examples_on_one_line_are_taken_apart() {
        let text = "Use it: <example>Context: New. user: \"a\" assistant: \"b\" <commentary>c</commentary></example>";
        let found = examples(text);
        assert_eq!((found[0].context.as_str(), found[0].commentary.as_str()), ("New.", "c"));
        assert_eq!(turns(&found[0]), [(Speaker::User, "a"), (Speaker::Assistant, "b")]);
        assert_eq!(examples("a\\n<example>\\nuser: \\\"x\\\"\\n</example>")[0].turns[0].text, "x");
    }
}
