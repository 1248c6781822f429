//! The agents that come with Lintel, as files like any other: read by the same loader, exported the same way.

use crate::domain::agent::definition::{self, Definition};

/// What they are from, in handles.
pub const SOURCE: &str = "lintel";

/// Their files by path.
pub const FILES: [(&str, &str); 6] = [
    ("agents/backend-architect.md", include_str!("../../../agents/backend-architect.md")),
    ("agents/data-architect.md", include_str!("../../../agents/data-architect.md")),
    ("agents/decision-editor.md", include_str!("../../../agents/decision-editor.md")),
    ("agents/go-architect.md", include_str!("../../../agents/go-architect.md")),
    ("agents/reliability-engineer.md", include_str!("../../../agents/reliability-engineer.md")),
    ("agents/security-architect.md", include_str!("../../../agents/security-architect.md")),
];

/// All of them, by name.
pub fn definitions() -> Vec<Definition> {
    FILES.iter().filter_map(|(path, text)| definition::load(path, text.as_bytes()).definition().cloned()).collect()
}
