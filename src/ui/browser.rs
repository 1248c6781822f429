//! The only place that talks to the browser: files here name `web_sys`, `js_sys` and `wasm_bindgen`, nothing else does.
//!
//! Everything is called from effects and event handlers, which never run on the server.

pub mod address;
pub mod canvas;
pub mod dialog;
pub mod document;
pub mod editor;
pub mod idle;
pub mod keys;
