//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{api::ApiError, ui::components::loading::load};

/// Shown for every address that is no page.
#[component]
pub fn Missing() -> impl IntoView {
    load(async { Err(ApiError::NotFound { what: "This page".to_owned() }) }, |()| ().into_any())
}
