//! What is alive in the browser: each file an island or two, which get plain data as their properties. The features say which
//! bundle an island is in besides the one that every page has; the server renders them all.

#[cfg(feature = "decision")]
pub mod decision_sheet;
pub mod keyboard;
pub mod status;
#[cfg(feature = "diagram")]
pub mod workbench;
