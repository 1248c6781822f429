//! t
pub mod domain;
