//! The document around the app, and the app with its routes.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::ui::{components::workspace::Workspace, pages, state::highlight::escape};

/// One bundle of the browser half.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The script that the build made for it.
    pub js: String,
    pub wasm: String,
}

/// Pages with live parts of their own, by what they call themselves in `data-live`, and the bundle for each: the workbench for
/// Structurizr, the workbench for Mermaid, the decision sheet.
pub const LIVE: [&str; 3] = ["diagram", "flowchart", "decision"];

/// Addresses of the files a page needs, as the server publishes them (with hashes in a release).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What every page has.
    pub base: Bundle,
    /// The same with the live parts of a page, in the order of [`LIVE`].
    pub live: Vec<Bundle>,
    pub css: String,
    /// What every page does without the browser half.
    pub page: String,
    /// The editor, loaded only where there is one.
    pub editor: String,
    /// The rules in a worker, which the editor of a diagram starts.
    pub rules: Bundle,
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
    let bundle = |Bundle { js, wasm }: &Bundle| format!("[{js:?},{wasm:?}]");
    let live: Vec<String> = LIVE.iter().zip(&frame.live).map(|(name, files)| format!("{name}:{}", bundle(files))).collect();
    let start = format!(
        "globalThis.lintelEditor=()=>import(document.querySelector('meta[name=\"lintel-editor\"]').content);\
         {{const[j,w]={{{}}}[document.querySelector('.app')?.dataset.live]??{};\
         import(j).then(m=>m.default({{module_or_path:w}}).then(()=>{{m.hydrate();\
         for(const i of document.querySelectorAll('leptos-island'))m[i.dataset.component]?.(i)}}))}}",
        live.join(","),
        bundle(&frame.base),
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="lintel-editor" content=frame.editor/>
                <meta name="lintel-rules" content=format!("{} {}", frame.rules.js, frame.rules.wasm)/>
                <script nonce=nonce.clone()>{EARLY}</script>
                <link rel="stylesheet" href=frame.css/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
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
        <Title formatter=|page: String| if page.is_empty() { "Lintel".to_owned() } else { format!("{} · Lintel", escape(&page)) }/>
        <Router>
            <Workspace>
                <Routes fallback=pages::missing::Missing>
                    <Route path=path!("/") view=pages::home::Home ssr=SsrMode::Async/>
                    <Route path=path!("/setup") view=pages::setup::Setup ssr=SsrMode::Async/>
                    <Route path=path!("/setup-waiting") view=pages::setup::Waiting ssr=SsrMode::Async/>
                    <Route path=path!("/sign-in") view=pages::sign_in::SignIn ssr=SsrMode::Async/>
                    <Route path=path!("/invite/:token") view=pages::invite::Invite ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug") view=pages::project::Project ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/settings") view=pages::project_settings::ProjectSettings ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/diagrams/:document") view=pages::diagram::Diagram ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/diagrams/:document/history") view=pages::history::DiagramHistory ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions") view=pages::decisions::Decisions ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/timeline") view=pages::log_timeline::LogTimeline ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/graph") view=pages::log_graph::LogGraph ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/index") view=pages::log_index::LogIndex ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/doctor") view=pages::log_doctor::LogDoctor ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/search") view=pages::search::SearchInProject ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=pages::search::SearchEverywhere ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/decisions/:document") view=pages::decision::Decision ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/reviews") view=pages::reviews::Reviews ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/questions") view=pages::questions::Questions ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/reviews/:number") view=pages::review::Review ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/draft") view=pages::draft::Draft ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/talks") view=pages::talks::Talks ssr=SsrMode::Async/>
                    <Route path=path!("/p/:slug/talks/:talk") view=pages::talk::Talk ssr=SsrMode::Async/>
                    <Route path=path!("/catalogue") view=pages::catalogue::Catalogue ssr=SsrMode::Async/>
                    <Route path=path!("/catalogue/rules/:code") view=pages::catalogue::RulePage ssr=SsrMode::Async/>
                    <Route path=path!("/catalogue/patterns/:id") view=pages::pattern::PatternPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=pages::settings::Settings ssr=SsrMode::Async/>
                    <Route path=path!("/settings/agents") view=pages::agents::Agents ssr=SsrMode::Async/>
                    <Route path=path!("/settings/agents/:handle") view=pages::agent::Agent ssr=SsrMode::Async/>
                </Routes>
            </Workspace>
        </Router>
    }
}
