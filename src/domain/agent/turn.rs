//! The loop of a run.
pub mod budget;
