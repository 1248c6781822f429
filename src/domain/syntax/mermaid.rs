//! Mermaid flowcharts, as a language that people edit: text → lossless tree ([`mod@parse`], [`tree`]) → nodes, edges and
//! subgraphs ([`chart`]) → model and diagnostics ([`lower`]); gestures back to edits of the text ([`edit`]), and views as
//! flowcharts ([`mod@print`]).
//!
//! # What becomes what
//!
//! * A node is an element. Its identifier is its key, wherever it stands. The first line of its label is its name, the second
//!   its technology, the third its description. Shapes, classes and icons give kinds.
//! * A subgraph is a group. Where an edge begins or ends at a subgraph, it is an element with its members as parts instead,
//!   since relations connect elements; it is drawn as the same frame, and the edge ends at that frame. As in Mermaid, a node
//!   belongs to the subgraph that mentions it and is closed first.
//! * An edge is a relation, an invisible one (`~~~`) none. A protocol at the head of its label is the technology, as is what
//!   stands in brackets at its end; dotted edges are asynchronous. Edges without heads have the tag `Undirected`, those with
//!   two `Bidirectional`.
//! * Facts are comments, which Mermaid leaves alone, on lines of their own. The subject is a node, a subgraph, an edge's id, a
//!   pair of nodes (`#2` for the second edge between them), a title in quotes, or `workspace`:
//!
//! ```text
//! %% @fact orders replicas 3
//! %% @fact gateway->orders timeout 800ms
//! ```
//!
//! Properties `description` and `technology` stated so are the element's or relation's own.

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    syntax::{Parsed, Sources},
};

pub mod architecture;
pub mod c4;
pub mod chart;
pub mod edit;
pub mod label;
pub mod lower;
pub mod parse;
pub mod print;
mod scan;
pub mod shape;
pub mod tree;

/// Bytes of one file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Subgraphs within subgraphs.
pub const MAX_DEPTH: usize = 64;
/// Bytes of an identifier.
pub const MAX_ID: usize = 256;
/// Bytes of all labels of relations together.
pub const MAX_LABELS: usize = 8 * 1024 * 1024;
/// Nodes and subgraphs of one chart.
pub const MAX_NODES: usize = 20_000;
/// Edges of one chart.
pub const MAX_EDGES: usize = 60_000;
/// Diagnostics about one text; a last one says how many are left out.
pub const MAX_DIAGNOSTICS: usize = 1000;

/// Whether a text without a telling name begins as this language does. Looks at the beginning only, without reading it into a
/// tree: bundles that read no flowcharts ask this, too.
pub fn looks_like(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(4096)).unwrap_or("");
    let start = header_start(head);
    let end = scan::id_end(head, start);
    if !parse::HEADERS.contains(&head.get(start..end).unwrap_or("")) {
        return false;
    }
    // `graph` and `flowchart` are words of other texts, too: what follows decides.
    let next = scan::blank_end(head, end);
    parse::direction(head, next).is_some() || scan::char_at(head, next).is_none_or(|next| matches!(next, '\n' | '\r' | ';'))
}

/// The word that a text begins with, which says what kind of Mermaid it is.
pub fn first_word(text: &str) -> &str {
    let head = text.get(..text.floor_char_boundary(4096)).unwrap_or("");
    let rest = head.get(header_start(head)..).unwrap_or("");
    rest.get(..rest.find([' ', '\t', '\r', '\n', ';', ':']).unwrap_or(rest.len())).unwrap_or("")
}

/// Where the first word stands after front matter, comments and directives.
fn header_start(head: &str) -> usize {
    let mut at = scan::space_end(head, 0);
    let first = scan::line_end(head, at);
    if head.get(at..first).is_some_and(|line| line.trim_end() == "---") {
        at = first;
        while at < head.len() {
            let end = scan::line_end(head, at + 1);
            let line = head.get(at..end).unwrap_or("");
            at = end;
            if line.trim() == "---" {
                break;
            }
        }
    }
    loop {
        at = scan::space_end(head, at);
        if scan::starts(head, at, ";") {
            at += 1;
        } else if scan::starts(head, at, "%%{") {
            at = head.get(at..).and_then(|rest| rest.find("}%%")).map_or(head.len(), |close| at + close + 3);
        } else if scan::starts(head, at, "%%") {
            at = scan::line_end(head, at);
        } else {
            return at;
        }
    }
}

/// Reads one file. Never fails; nothing else is read, so the other sources do not matter.
pub fn parse(_path: &str, text: &str, _sources: &Sources) -> Parsed {
    if text.len() > MAX_BYTES {
        let mut parsed = lower::lower("flowchart LR");
        parsed.diagnostics.push(Diagnostic {
            level: Level::Error,
            code: "too-many-bytes".to_owned(),
            span: Span::new(0, 0),
            what: format!("This file has {} bytes", text.len()),
            why: format!("A diagram text may have at most {MAX_BYTES} bytes."),
            help: "Split the diagram.".to_owned(),
            file: None,
        });
        return parsed;
    }
    lower::lower(text)
}

#[cfg(test)]
mod tests;
