//! Lintel: a workbench where teams draft system diagrams and decisions, have them reviewed, and export the reviews.
//!
//! The map. Arrows point at what a layer may name; `tests/tidy.rs` enforces it.
//!
//! [`domain`] ← `server` ← [`api`] ← [`ui`], and `cli` ← `main`
//!
//! - [`domain`]: what diagrams, decisions and reviews mean. Pure; runs everywhere.
//! - [`api`]: the wire between pages and server.
//! - [`ui`]: pages and components; rendered on the server, alive in the browser.
//! - `server`: storage, live rooms, services, HTTP. Names no page but the shell.
//! - `cli`: the subcommands of the one binary.
//!
//! Feature switches live in this file, `ui.rs` and `ui/islands.rs` only: `ssr` builds the server, `hydrate` the browser half;
//! `diagram` and `decision` say which islands are in it, `structurizr` and `mermaid` which languages they read.
#![recursion_limit = "512"]

pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;

/// Makes ready for waking the islands of the page, each by the function that its name in the page stands for.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    ui::components::workspace::share();
}
