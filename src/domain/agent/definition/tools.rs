//! What an agent's file asks to use, in the words of such files, and what Lintel has for each.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    account::Role,
    agent::definition::{Definition, yaml::Value},
    diagnostic::Span,
};

/// After so many words that are not found in the text as they are, places are no longer looked for.
const MOST_MISSES: u32 = 20;

/// What an agent can be let do. None of it changes anything by itself: proposals wait for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// Read elements, views, decisions, findings and the catalogue: `Read`.
    Read,
    /// Search them: `Grep`.
    Search,
    /// List them: `Glob`, `LS`.
    List,
    /// Propose a new document: `Write`.
    ProposeDocument,
    /// Propose a change to a document: `Edit`, `MultiEdit`.
    ProposeChange,
}

impl Capability {
    pub const ALL: [Self; 5] = [Self::Read, Self::Search, Self::List, Self::ProposeDocument, Self::ProposeChange];

    /// What an agent has whose file says nothing.
    pub const READ_ONLY: [Self; 3] = [Self::Read, Self::Search, Self::List];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Search => "search",
            Self::List => "list",
            Self::ProposeDocument => "propose-document",
            Self::ProposeChange => "propose-change",
        }
    }

    /// What a person with this role may let an agent do: no more than they may do themselves.
    pub fn of_role(role: Role) -> BTreeSet<Self> {
        match role {
            Role::Viewer | Role::Commenter => Self::READ_ONLY.into(),
            Role::Editor | Role::Owner => Self::ALL.into(),
        }
    }
}

/// What Lintel has for a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    Offered(Capability),
    /// It would start a program.
    NoProcess,
    /// It would reach into the network.
    NoNetwork,
    /// It would start other agents or keep lists of its own work.
    NoDelegation,
    /// It belongs to a server that Lintel does not talk to.
    NoServers,
    /// Nobody here knows the word.
    Unknown,
}

impl Support {
    /// Why an agent does not get it; none when it may.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Offered(_) => None,
            Self::NoProcess => Some("agents start no programs; questions about the design's graph stand in"),
            Self::NoNetwork => Some("agents reach nothing outside the project; the catalogue is searched instead"),
            Self::NoDelegation => Some("Lintel itself decides which agents run"),
            Self::NoServers => Some("agents talk to no other servers"),
            Self::Unknown => Some("Lintel has no such tool"),
        }
    }
}

/// One tool that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRequest {
    /// As written: `Bash(git:*)`.
    pub written: String,
    /// Without the parentheses: `Bash`.
    pub name: String,
    /// What is in the parentheses; kept, and not applied.
    pub argument: Option<String>,
    pub support: Support,
    pub span: Span,
}

/// All that a file asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Nothing is said: what only reads.
    #[default]
    Absent,
    /// `*`: whatever there is.
    All,
    Listed(Vec<ToolRequest>),
}

impl Asked {
    /// What Lintel has for it, before policy and role narrow it.
    pub fn capabilities(&self) -> BTreeSet<Capability> {
        match self {
            Self::Absent => Capability::READ_ONLY.into(),
            Self::All => Capability::ALL.into(),
            Self::Listed(requests) => offered(requests),
        }
    }

    /// The requests that Lintel has nothing for.
    pub fn unsupported(&self) -> impl Iterator<Item = &ToolRequest> {
        let requests = match self {
            Self::Listed(requests) => requests.as_slice(),
            Self::Absent | Self::All => &[],
        };
        requests.iter().filter(|request| request.support.reason().is_some())
    }

    /// The tools as written; `*` for all.
    pub fn written(&self) -> Vec<&str> {
        match self {
            Self::Absent => Vec::new(),
            Self::All => vec!["*"],
            Self::Listed(requests) => requests.iter().map(|request| request.written.as_str()).collect(),
        }
    }
}

/// What an agent may do in a run: what its file asks for, as far as the project's policy and the caller's role go.
pub fn effective(definition: &Definition, policy: &BTreeSet<Capability>, role: Role) -> BTreeSet<Capability> {
    let (role, refused) = (Capability::of_role(role), offered(&definition.refused_tools));
    let asked = definition.tools.capabilities();
    asked.into_iter().filter(|tool| policy.contains(tool) && role.contains(tool) && !refused.contains(tool)).collect()
}

fn offered(requests: &[ToolRequest]) -> BTreeSet<Capability> {
    let capability = |request: &ToolRequest| match request.support {
        Support::Offered(capability) => Some(capability),
        _ => None,
    };
    requests.iter().filter_map(capability).collect()
}

/// Reads a value of the front matter; spans are looked up in the entry's bytes of the text.
pub(super) fn read(value: &Value, entry: Span, text: &str) -> Asked {
    let words: Vec<String> = match value {
        Value::Null => return Asked::Absent,
        Value::Text { text, .. } => split(text),
        Value::List(values) => values.iter().flat_map(words_of).collect(),
        Value::Map(pairs) => pairs.iter().filter(|(_, value)| !is_off(value)).map(|(key, _)| key.clone()).collect(),
    };
    if words.iter().any(|word| is_all(word)) {
        return Asked::All;
    }
    if words.is_empty() && matches!(value, Value::Text { .. }) {
        return Asked::Absent;
    }
    // A word that was tidied is not found; looking for many of those in a long text would take its time.
    let (mut from, mut missed) = (entry.start, 0_u32);
    let mut place = |word: &str| {
        let rest = Span { start: from, end: entry.end };
        let Some(at) = (missed < MOST_MISSES).then(|| rest.of(text).find(word)).flatten() else {
            missed += 1;
            return entry;
        };
        let start = rest.range().start + at;
        let span = Span::new(start, start + word.len());
        from = span.end;
        span
    };
    Asked::Listed(words.iter().map(|word| request(word, place(word))).collect())
}

/// A tool in a list may be a word, several, or a word with its settings.
fn words_of(value: &Value) -> Vec<String> {
    match value {
        Value::Null | Value::List(_) => Vec::new(),
        Value::Text { text, .. } => split(text),
        Value::Map(pairs) => pairs.iter().filter(|(_, value)| !is_off(value)).map(|(key, _)| key.clone()).collect(),
    }
}

/// `write: false` in a map of tools.
fn is_off(value: &Value) -> bool {
    value.as_text().is_some_and(|text| matches!(text, "false" | "deny" | "no" | "off"))
}

fn is_all(word: &str) -> bool {
    matches!(word, "*" | "all" | "All" | "All tools" | "all tools")
}

/// Splits at commas and line ends outside parentheses; at blanks too where that gives nothing but known words.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut depth, mut word) = (0_usize, String::new());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(c, ',' | '\n' | '\u{ff0c}' | '\u{3001}') {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    let mut words: Vec<String> = words.iter().map(|word| bare(word)).filter(|word| !word.is_empty()).collect();
    if let [only] = words.as_slice() {
        let parts: Vec<&str> = only.split_whitespace().collect();
        if parts.len() > 1 && parts.iter().all(|part| support(name_of(part)) != Support::Unknown) {
            words = parts.into_iter().map(str::to_owned).collect();
        }
    }
    words
}

/// A word without bullets, quotes and brackets around it.
fn bare(word: &str) -> String {
    let joined = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut word = joined.as_str();
    loop {
        let inner = ["- ", "\u{2013} ", "\u{2014} ", "\u{2022} "].iter().find_map(|bullet| word.strip_prefix(bullet)).unwrap_or(word);
        let inner = inner.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '[' | ']'));
        if inner == word {
            return word.to_owned();
        }
        word = inner;
    }
}

fn name_of(word: &str) -> &str {
    word.split('(').next().unwrap_or(word).trim()
}

fn request(word: &str, span: Span) -> ToolRequest {
    let name = name_of(word);
    let argument = word.split_once('(').map(|(_, rest)| rest.strip_suffix(')').unwrap_or(rest).trim().to_owned());
    ToolRequest { written: word.to_owned(), name: name.to_owned(), argument, support: support(name), span }
}

fn support(name: &str) -> Support {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "read" => Support::Offered(Capability::Read),
        "grep" | "search" => Support::Offered(Capability::Search),
        "glob" | "ls" => Support::Offered(Capability::List),
        "write" => Support::Offered(Capability::ProposeDocument),
        "edit" | "multiedit" => Support::Offered(Capability::ProposeChange),
        "bash" | "bashoutput" | "killbash" | "killshell" | "shell" | "terminal" | "execute" | "runcommands" | "powershell" => {
            Support::NoProcess
        }
        "webfetch" | "websearch" | "fetch" | "web" => Support::NoNetwork,
        "task" | "agent" | "todowrite" | "todoread" | "todo" | "sendmessage" | "teamcreate" => Support::NoDelegation,
        _ if lower.starts_with("mcp__") || lower.starts_with("mcp:") => Support::NoServers,
        _ => Support::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Vec<String> {
        let asked = read(&Value::text(value), Span::new(0, value.len()), value);
        asked.written().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_are_split_outside_parentheses() {
        assert_eq!(written("Read, Bash(git:*, ls), Task(a, b),mcp__x__y"), ["Read", "Bash(git:*, ls)", "Task(a, b)", "mcp__x__y"]);
        assert_eq!(written("[Read, \"Grep\"]"), ["Read", "Grep"]);
        assert_eq!(written("Read Grep Bash(git:*)"), ["Read", "Grep", "Bash(git:*)"]);
        assert_eq!(written("- Read\n- Grep"), ["Read", "Grep"]);
        assert_eq!(written("Read the docs"), ["Read the docs"]);
        assert_eq!(written("Read,,Grep,"), ["Read", "Grep"]);
        assert_eq!(written("*"), ["*"]);
    }

    #[test]
    fn words_mean_what_lintel_has_for_them() {
        let value = "Read, Bash(git:*), codebase, mcp__db__query, WebFetch, Task(x)";
        let Asked::Listed(requests) = read(&Value::text(value), Span::new(0, value.len()), value) else { panic!("a list") };
        let supports: Vec<Support> = requests.iter().map(|request| request.support).collect();
        assert_eq!(
            supports,
            [
                Support::Offered(Capability::Read),
                Support::NoProcess,
                Support::Unknown,
                Support::NoServers,
                Support::NoNetwork,
                Support::NoDelegation,
            ]
        );
        assert_eq!(requests[1].argument.as_deref(), Some("git:*"));
        assert_eq!(requests[1].span.of(value), "Bash(git:*)");
        assert_eq!(read(&Value::Null, Span::default(), ""), Asked::Absent);
        assert_eq!(read(&Value::List(vec![]), Span::default(), ""), Asked::Listed(vec![]));
        assert!(Asked::Listed(vec![]).capabilities().is_empty(), "an empty list asks for nothing");
        assert_eq!(Asked::Absent.capabilities(), Capability::READ_ONLY.into());
    }
}
