//! The server half: what turns the pure domain into a running program.
//!
//! Reading order: [`boot`] puts the parts together, [`http`] answers requests, [`service`] decides who may do what and
//! does it, [`store`] keeps it, [`llm`] talks to models. [`ports`] are the things tests replace: time, randomness and models.
//! To add an area: a file in `service`, one in `store`, and their lines in the registries.

pub mod boot;
pub mod collab;
pub mod error;
pub mod http;
pub mod llm;
pub mod ports;
pub mod raster;
pub mod run;
pub mod service;
pub mod store;
