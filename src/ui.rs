//! The user interface: the document shell, the app with its routes, and where the parts live.
//!
//! - `paths`: every address, typed.
//! - `pages`: one file per page; a page loads its data and arranges components.
//! - `components`: what pages are made of; a component shows what it is given.
//! - `state`: plain types with the logic (viewport, shortcuts, selection, save state, filters), tested without a browser.
//! - `browser`: the only place that talks to the browser itself; called in effects and event handlers of islands.
//! - `page`: TypeScript that every page has: menus, dialogs, theme, forms and links that change a page in place.
//! - `editor`: the TypeScript bundle around CodeMirror.
//!
//! Pages are rendered on the server. What is alive in the browser is an island: the diagram workbench, the decision sheet, the
//! palette with the shortcuts, and what shows their state in the top bar. Only islands and what they name are compiled for
//! browsers, so a page costs nobody anything until it is opened. An island gets plain data as its properties.
//!
//! To add a page: one file in `pages`, its address in `paths`, its route here. Every page reads and works without
//! JavaScript: state that matters is in the address, changes are forms.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

pub mod browser;
pub mod components;
pub mod pages;
pub mod paths;
pub mod state;

/// Addresses of the files a page needs, as the server publishes them (with hashes in a release).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// The script that the build made for the browser half.
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// What every page does without the browser half.
    pub page: String,
    /// The editor bundle, loaded only where there is an editor.
    pub editor: String,
}

/// Applies the saved theme before the first paint and tells the style sheet that scripts run.
const EARLY: &str = "(function(r){r.dataset.js='';try{var t=localStorage.getItem('theme');\
                     if(t==='light'||t==='dark')r.dataset.theme=t}catch(e){}})(document.documentElement)";

/// The HTML document around the app. Scripts carry the response's nonce; nothing else runs under the security policy.
pub fn shell(frame: Frame) -> impl IntoView {
    // Islands bring their own data; nothing else of the page is woken in the browser.
    if let Some(context) = Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
    let nonce = use_nonce();
    let start = format!(
        "globalThis.lintelEditor=()=>import(document.querySelector('meta[name=\"lintel-editor\"]').content);\
         import({js:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(()=>{{m.hydrate();\
         for(const i of document.querySelectorAll('leptos-island'))m[i.dataset.component]?.(i)}}));",
        js = frame.js,
        wasm = frame.wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="lintel-editor" content=frame.editor/>
                <script nonce=nonce.clone()>{EARLY}</script>
                <link rel="stylesheet" href=frame.css/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="modulepreload" href=frame.js nonce=nonce.clone()/>
                <link rel="preload" href=frame.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                <script type="module" src=frame.page nonce=nonce.clone()></script>
                <script type="module" nonce=nonce>
                    {start}
                </script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The whole application: context that pages share, the routes, and what lies above every page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Lintel".to_owned() } else { format!("{page} · Lintel") }/>
        <Router>
            <components::workspace::Workspace>
                <Routes fallback=pages::missing::Missing>
                    <Route path=path!("/") view=pages::home::Home ssr=SsrMode::Async/>
                    <Route path=path!("/setup") view=pages::setup::Setup ssr=SsrMode::Async/>
                    <Route path=path!("/setup-waiting") view=pages::setup::Waiting ssr=SsrMode::Async/>
                    <Route path=path!("/sign-in") view=pages::sign_in::SignIn ssr=SsrMode::Async/>
                    <Route path=path!("/invite/:token") view=pages::invite::Invite ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug") view=pages::project::Project ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/settings") view=pages::project_settings::ProjectSettings ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/diagrams/:document") view=pages::diagram::Diagram ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions") view=pages::decisions::Decisions ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/:document") view=pages::decision::Decision ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/reviews") view=pages::reviews::Reviews ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/reviews/:number") view=pages::review::Review ssr=SsrMode::Async/>
                    <Route path=path!("/catalogue") view=pages::catalogue::Catalogue ssr=SsrMode::Async/>
                    <Route path=path!("/catalogue/rules/:code") view=pages::catalogue::RulePage ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=pages::settings::Settings ssr=SsrMode::Async/>
                </Routes>
            </components::workspace::Workspace>
        </Router>
    }
}
