//! Agents: reviewers defined by a markdown file, run against a model, believed only where their claims check out.
//!
//! Nothing here does input or output. A run is a state machine: events go in, steps come out, and the server moves the bytes.

pub mod audit;
pub mod conversation;
pub mod persona;
pub mod prompt;
pub mod topics;
pub mod turn;
