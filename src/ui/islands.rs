//! What is alive in the browser: each file an island or two, which get plain data as their properties. The features say which
//! bundle an island is in besides the one that every page has, and which languages the workbench reads in it; the server
//! renders them all and reads everything.

#[cfg(feature = "diagram")]
use crate::domain::syntax::{Language, Parsed, Sources};

#[cfg(feature = "decision")]
pub mod decision_sheet;
pub mod keyboard;
pub mod status;
#[cfg(feature = "diagram")]
pub mod workbench;

/// Reads a diagram, if this bundle knows its language. A page gets the bundle for the language its text had when it was sent.
#[cfg(feature = "diagram")]
pub fn read_diagram(language: Language, path: &str, text: &str, sources: &Sources) -> Option<Parsed> {
    match language {
        #[cfg(feature = "structurizr")]
        Language::Structurizr => Some(crate::domain::syntax::structurizr::parse(path, text, sources)),
        #[cfg(feature = "mermaid")]
        Language::Mermaid => Some(crate::domain::syntax::mermaid::parse(path, text, sources)),
        #[cfg(not(all(feature = "structurizr", feature = "mermaid")))]
        _ => {
            let _ = (path, text, sources);
            None
        }
    }
}
