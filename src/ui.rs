//! The user interface, and where its parts live.
//!
//! - `paths`: every address, typed.
//! - `app`: the document shell and the routes.
//! - `pages`: one file per page; a page loads its data and arranges components.
//! - `islands`: what is alive in the browser.
//! - `components`: what pages are made of; a component shows what it is given.
//! - `state`: plain types with the logic (viewport, shortcuts, selection, save state, filters), tested without a browser.
//! - `browser`: the only place that talks to the browser itself; called in effects and event handlers of islands.
//! - `page`: TypeScript that every page has: menus, dialogs, theme, forms and links that change a page in place.
//! - `editor`: the TypeScript bundle around `CodeMirror`.
//!
//! Pages are rendered on the server. What is alive in the browser is an island: the diagram workbench, the decision sheet, the
//! palette with the shortcuts, and what shows their state in the top bar. An island gets plain data as its properties. Only
//! islands and what they name are compiled for browsers, in four bundles: what every page has, and one each for Structurizr
//! diagrams, Mermaid diagrams and decisions; the features `diagram`, `structurizr`, `mermaid` and `decision` say what is in one.
//! The rules are a fifth, which the editor of a diagram runs in a worker once the page is at rest.
//!
//! To add a page: one file in `pages`, its address in `paths`, its route in `app`. Every page reads and works without
//! JavaScript: state that matters is in the address, changes are forms.

#[cfg(feature = "ssr")]
pub mod app;
pub mod browser;
pub mod components;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod paths;
pub mod state;
