//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{api::ApiError, ui::components::loading::trouble};

/// Shown for every address that is no page.
#[component]
pub fn Missing() -> impl IntoView {
    trouble(&ApiError::NotFound { what: "This page".to_owned() })
}
