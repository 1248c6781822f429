//! Requests in, answers out. The whole list of routes is one screen in [`router`].
//!
//! To add a page: `ui`. To add a JSON route: `rest`. A server function needs no line here.

pub mod answer;
pub mod assets;
pub mod auth;
pub mod headers;
pub mod health;
pub mod limits;
pub mod listen;
pub mod observe;
pub mod rest;
pub mod router;
pub mod socket;
