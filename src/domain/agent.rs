//! Agents: reviewers defined by a markdown file, run against a model, believed only where their claims check out.
//!
//! Nothing here does input or output. A run is a state machine: events go in, steps come out, and the server moves the bytes.
//!
//! A file becomes a [`definition`] of the [`library`]; as a [`persona`] it is put into a [`prompt`]; a [`turn`] at a time, the
//! run goes on, and [`audit`] keeps what happened.

pub mod allowance;
pub mod audit;
pub mod change;
pub mod claim;
pub mod conversation;
pub mod definition;
pub mod errata;
pub mod grounding;
pub mod library;
pub mod mention;
pub mod panel;
pub mod persona;
pub mod predicate;
pub mod prompt;
pub mod proposal;
pub mod snapshot;
pub mod tools;
pub mod topics;
pub mod turn;
pub mod untrusted;
pub mod verifier;
