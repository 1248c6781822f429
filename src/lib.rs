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
//! `diagram` and `decision` say which islands are in it, `structurizr` and `mermaid` which languages they read. `rules` without
//! `hydrate` builds what a worker beside the editor runs: [`domain::review::live`].
#![recursion_limit = "512"]

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod ui;

/// Makes ready for waking the islands of the page, each by the function that its name in the page stands for.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    ui::components::workspace::share();
}

/// The rules in a worker of the browser: one project that is open, and its answers. `ui/editor/rules_worker.ts` calls it.
#[cfg(feature = "rules")]
pub mod rules {
    use std::cell::RefCell;

    use wasm_bindgen::prelude::wasm_bindgen;

    use crate::domain::{
        model::ElementKey,
        review::live::{Attention, Live},
    };

    thread_local! {
        static LIVE: RefCell<Option<Live>> = const { RefCell::new(None) };
    }

    /// Opens a project, or opens it again; false where the request can't be read.
    #[wasm_bindgen]
    pub fn open(opening: &str) -> bool {
        let Ok(opening) = serde_json::from_str(opening) else { return false };
        LIVE.with_borrow_mut(|live| match live {
            Some(live) => live.renew(opening),
            None => *live = Some(Live::open(opening)),
        });
        true
    }

    /// Takes a new text at a time in milliseconds.
    #[wasm_bindgen]
    pub fn edit(text: &str, now: u32) {
        LIVE.with_borrow_mut(|live| {
            if let Some(live) = live {
                live.edit(text, i64::from(now));
            }
        });
    }

    /// What to show now, as JSON.
    #[wasm_bindgen]
    pub fn answer(selected: Option<String>, caret: Option<u32>, now: u32) -> String {
        let attention = Attention { selected: selected.map(ElementKey), caret, now: i64::from(now) };
        let answer = LIVE.with_borrow_mut(|live| live.as_mut().map(|live| live.answer(&attention)));
        serde_json::to_string(&answer.unwrap_or_default()).unwrap_or_default()
    }
}
