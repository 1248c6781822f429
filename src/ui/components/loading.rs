//! Waiting and trouble: skeletons that appear after a moment, and errors that say what to do.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    ui::{
        components::{
            frame::{At, PageFrame},
            icon::icon_of,
        },
        paths,
    },
};

/// Shows a page's data when it is there: on the server before anything is sent, in the browser after a skeleton. While data is
/// loaded again, the old page stays.
pub fn load<T, Show>(data: Resource<Result<T, ApiError>>, rail: bool, show: Show) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    Show: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=move || skeleton_page(rail)>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(data) => show(data),
                        Err(error) => trouble(&error),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

fn skeleton_page(rail: bool) -> AnyView {
    view! {
        <PageFrame title="Loading" crumbs=vec![] rail=rail>
            <main class="page" id="main" aria-busy="true">
                <p class="sr-only">"Loading"</p>
                <div class="skeletons" aria-hidden="true">
                    <span class="skeleton skeleton--title"></span>
                    <span class="skeleton"></span>
                    <span class="skeleton skeleton--short"></span>
                    <span class="skeleton skeleton--block"></span>
                </div>
            </main>
        </PageFrame>
    }
    .into_any()
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
