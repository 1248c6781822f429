//! Use cases: who may do what, and doing it. One file per area; every function takes the [`AppState`] and who asks.
//!
//! Services name no SQL, no HTTP and no page. To add an area: a file here and its line below.
//!
//! [`AppState`]: crate::server::boot::AppState

pub mod access;
pub mod agent_runs;
pub mod agents;
pub mod archive;
pub mod conversion;
pub mod decision_log;
pub mod decisions;
pub mod documents;
pub mod drawing;
pub mod export;
pub mod history;
pub mod import;
pub mod jobs;
pub mod limits;
pub mod members;
pub mod mends;
pub mod notices;
pub mod palette;
pub mod people;
pub mod plates;
pub mod projects;
pub mod reading;
pub mod reviews;
pub mod search;
pub mod talks;
pub mod triage;
pub mod upkeep;
