//! An agent's file: markdown with YAML front matter, as thousands of public ones are.
//!
//! [`load`] reads all of them. A file that strict YAML reads is taken at its word; any other is mended, and each thing that
//! was mended is said with its line, what it is, why it matters and what to do. Only what is no text, or too much of it, is
//! refused. The file's bytes are kept, so that an export is the file that came in.
//!
//! Reading goes bytes, text ([`text`]), front matter ([`head`]), entries ([`yaml`], and [`lines`] where YAML fails), and at
//! last their meaning ([`read`]). [`fix`] writes the front matter so that the strict way reads it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::{Diagnostic, Level, LineIndex, Place, Span},
    review::finding::Severity,
};

pub mod examples;
mod extension;
pub mod fix;
mod head;
mod lines;
mod read;
mod text;
pub mod tools;
pub mod wish;
pub mod yaml;

#[cfg(test)]
mod tests;

use examples::Example;
use tools::{Asked, ToolRequest};
use yaml::Value;

/// Bytes of the largest file that is read.
pub const LARGEST: usize = 256 * 1024;

/// More remarks than this are counted and not made: they would help nobody.
const MOST_REMARKS: usize = 100;

/// A reviewer, as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The file's name as it was given, folders included.
    pub file: String,
    /// The file's name without folders and endings.
    pub stem: String,
    /// As people call the agent; one line, never empty.
    pub name: String,
    /// When to use it; empty when the file says nothing at all.
    pub description: String,
    /// The description's first sentence, for a card.
    pub card: String,
    /// Conversations that the description tells.
    pub examples: Vec<Example>,
    /// What the file asks to use.
    pub tools: Asked,
    /// What the file does not want to use, whatever else it asks for.
    pub refused_tools: Vec<ToolRequest>,
    /// The model that the file would like, as written.
    pub model: Option<Written>,
    /// What only Lintel reads.
    pub extension: Extension,
    /// The front matter, known keys included, in file order; of a key that is there twice, the last.
    pub entries: Vec<Entry>,
    /// The persona: everything after the front matter, blank lines around it removed.
    pub body: String,
    /// The file as text: line feeds only, no byte order mark. Spans are in it.
    pub text: String,
    /// BLAKE3 of the file's bytes, as 64 hexadecimal digits.
    pub hash: String,
    /// The file.
    bytes: Vec<u8>,
    /// Lines of text before the front matter, such as a licence.
    preamble: Vec<String>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub text: String,
    pub span: Span,
}

/// One key of the front matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub key: String,
    pub value: Value,
    /// From the key to the end of the value.
    pub span: Span,
    /// Comment lines before it, without their `#`.
    pub comments: Vec<String>,
}

/// The keys under `lintel:`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// What the agent looks at: topics of the review, such as `GA4`.
    pub lens: Vec<String>,
    /// It reports nothing below this.
    pub severity_floor: Option<Severity>,
    /// It reports no more than this.
    pub max_findings: Option<u32>,
    /// What it is for: patterns of document paths, or `diagrams` and `decisions`; empty for everything.
    pub applies_to: Vec<String>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Read as it stands.
    Loaded(Box<Definition>),
    /// Read, but something had to be guessed or mended; other programs may not read it.
    Repaired(Box<Definition>),
    /// Not read: no text, or too large.
    Refused,
}

/// A file that was read, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The file's name as it was given.
    pub file: String,
    pub outcome: Outcome,
    /// In line order.
    pub remarks: Vec<Remark>,
}

/// Something to say about a file, at a place in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub file: String,
    pub place: Place,
    pub diagnostic: Diagnostic,
}

/// Reads an agent's file. Never fails; see [`Outcome`].
pub fn load(file: &str, bytes: &[u8]) -> Load {
    read::read(file, bytes)
}

/// The front matter rewritten so that the strict way reads it, with the rest of the file as it is; none when the file was
/// read as it stands. With line feeds: [`text_file::write`](crate::domain::text_file::write) gives the file its own line
/// ends back.
pub fn fixed(definition: &Definition) -> Option<String> {
    fix::fixed(definition)
}

impl Definition {
    /// The file, byte for byte as it came in.
    pub fn export(&self) -> &[u8] {
        &self.bytes
    }

    /// The entry of a key that is written exactly so.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The keys that Lintel keeps and does nothing with.
    pub fn other_keys(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !read::is_read(&entry.key))
    }
}

impl Outcome {
    pub fn definition(&self) -> Option<&Definition> {
        match self {
            Self::Loaded(definition) | Self::Repaired(definition) => Some(definition),
            Self::Refused => None,
        }
    }

    /// As the tally of an import says it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Loaded(_) => "loaded",
            Self::Repaired(_) => "repaired",
            Self::Refused => "refused",
        }
    }
}

impl Load {
    pub fn definition(&self) -> Option<&Definition> {
        self.outcome.definition()
    }
}

impl Remark {
    pub const fn severity(&self) -> &'static str {
        match self.diagnostic.level {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Remark {
    /// As compilers say it: file, line and column first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { what, why, help, .. } = &self.diagnostic;
        write!(f, "{}:{}:{}: {}: {what}", self.file, self.place.line, self.place.column, self.severity())?;
        for (word, text) in [("why", why), ("help", help)] {
            if !text.is_empty() {
                write!(f, "\n      = {word}: {text}")?;
            }
        }
        Ok(())
    }
}

/// Gathers remarks while a file is read.
struct Remarks {
    found: Vec<Diagnostic>,
    /// How many were not made.
    more: usize,
    /// Something had to be guessed or mended.
    repaired: bool,
}

/// The words of a remark; a struct, so that calls name them.
struct Say {
    code: &'static str,
    what: String,
    why: &'static str,
    help: &'static str,
}

impl Remarks {
    const fn new() -> Self {
        Self { found: Vec::new(), more: 0, repaired: false }
    }

    fn add(&mut self, level: Level, span: Span, say: Say) {
        if self.found.len() >= MOST_REMARKS {
            self.more += 1;
            return;
        }
        let Say { code, what, why, help } = say;
        self.found.push(Diagnostic { level, code: code.to_owned(), span, what, why: why.to_owned(), help: help.to_owned(), file: None });
    }

    fn note(&mut self, span: Span, say: Say) {
        self.add(Level::Note, span, say);
    }

    /// Kept or left out, but the file was read as it stands.
    fn warn(&mut self, span: Span, say: Say) {
        self.add(Level::Warning, span, say);
    }

    /// Read only because it was mended.
    fn repair(&mut self, span: Span, say: Say) {
        self.repaired = true;
        self.add(Level::Warning, span, say);
    }

    fn finish(mut self, file: &str, text: &str) -> Vec<Remark> {
        if let (true, Some(last)) = (self.more > 0, self.found.iter().map(|diagnostic| diagnostic.span).max()) {
            self.found.push(Diagnostic {
                level: Level::Note,
                code: "more".to_owned(),
                span: last,
                what: format!("There is more of this: {} remarks are left out", self.more),
                why: "They would be of the same kind.".to_owned(),
                help: "Mend what is said so far, then look again.".to_owned(),
                file: None,
            });
        }
        self.found.sort_by_key(|diagnostic| diagnostic.span);
        let lines = LineIndex::new(text);
        self.found
            .into_iter()
            .map(|diagnostic| Remark { file: file.to_owned(), place: lines.place(diagnostic.span.start), diagnostic })
            .collect()
    }
}
