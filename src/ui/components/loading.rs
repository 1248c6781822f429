//! What a page begins with: its address, its data, and the page that says what to do when there is none.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::{
        ApiError,
        projects::{Navigation, navigation},
    },
    ui::{
        components::{
            frame::{At, PageFrame},
            icon::icon_of,
        },
        paths,
    },
};

/// Shows a page when its data and what its frame shows are there; nothing is sent before. Pages are made on the server, once for
/// each request, so there is nothing to be woken by a change: no resource, no memo.
pub fn load<T: Send + 'static>(
    data: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    show: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView {
    Suspend::new(async move {
        provide_context(navigation().await.unwrap_or_default());
        match data.await {
            Ok(data) => show(data),
            Err(error) => trouble(&error),
        }
    })
    .into_any()
}

/// Who is signed in and their projects, inside a page that is shown.
pub fn around() -> Navigation {
    use_context().unwrap_or_default()
}

/// A part of the page's address that its route names, such as `slug`.
pub fn segment(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default()
}

/// A parameter of the page's address.
pub fn asked(name: &str) -> Option<String> {
    use_query_map().with_untracked(|query| query.get(name))
}

/// A page that could not be shown: what happened, what still works, what to do.
pub fn trouble(error: &ApiError) -> AnyView {
    let (title, way_out) = match error {
        ApiError::SignInNeeded => ("Sign in", Some((paths::SIGN_IN, "Sign in"))),
        ApiError::NotFound { .. } => ("Not found", Some((paths::HOME, "Go to your projects"))),
        ApiError::Forbidden { .. } => ("Not allowed", Some((paths::HOME, "Go to your projects"))),
        ApiError::Transport { .. } => ("No connection", None),
        _ => ("Something went wrong", Some((paths::HOME, "Go to your projects"))),
    };
    let text = match error {
        ApiError::NotFound { .. } => format!("{error} It may have been deleted, or you may not be a member of its project."),
        other => other.to_string(),
    };
    view! {
        <PageFrame title=title crumbs=vec![(title.to_owned(), None)] at=At::Elsewhere>
            <main class="page" id="main">
                <div class="empty trouble" role="alert">
                    {icon_of("icon icon--lg", "sev-high")}
                    <h1 class="empty__title">{title}</h1>
                    <p class="empty__text">{text}</p>
                    {way_out.map(|(href, label)| view! { <a class="btn btn--primary" href=href>{label}</a> })}
                </div>
            </main>
        </PageFrame>
    }
    .into_any()
}
