//! The domain: everything Lintel knows about designs, decisions and reviews, with no idea where it runs.
//!
//! Purity is the contract: no clock, no randomness, no environment, no input or output, no framework. Time and ids arrive
//! as arguments. The same code runs on the server, in the browser, on the command line and in tests, and gives the same
//! bytes in all four. Maps are ordered; geometry is integer.
//!
//! Modules in reading order:

pub mod account;
pub mod address;
pub mod agent;
pub mod brief;
pub mod bundle;
pub mod casing;
pub mod decision;
pub mod diagnostic;
pub mod difference;
pub mod history;
pub mod id;
pub mod inbox;
pub mod layout;
pub mod markdown;
pub mod model;
pub mod moment;
pub mod offsets;
pub mod project;
pub mod repository_path;
pub mod review;
pub mod sample;
pub mod scene;
pub mod search;
pub mod sort;
pub mod syntax;
pub mod talk;
pub mod text_file;
pub mod title;

#[cfg(test)]
mod tests;
