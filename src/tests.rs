//! The program as a whole: the real router on a database in memory, and checks of the source itself.
//!
//! To add a suite: a file in `tests/` and its line here. Tests that start the real binary are in `tests/process.rs`, a
//! target of its own.
#![expect(clippy::unwrap_used, reason = "a test that finds nothing there has failed")]

mod agents;
mod agents_at_work;
mod api;
mod check;
mod collab;
mod convergence;
mod decision_log;
mod decisions;
mod gates;
mod go_examples;
mod harness;
mod headers;
mod history;
mod hostile;
mod import;
mod library;
mod llm;
mod mends;
mod operator;
mod pages;
mod people;
mod projects;
mod reading;
mod render;
mod reviews;
mod scopes;
mod search;
mod talks;
mod tidy;
mod triage;
mod upload;
