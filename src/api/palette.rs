//! What the command palette offers.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::api::ApiError;

/// A group of the palette, in the order it shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    Elements,
    Pages,
    Decisions,
    Reviews,
    Commands,
}

impl Group {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elements => "Elements",
            Self::Pages => "Pages",
            Self::Decisions => "Decisions",
            Self::Reviews => "Reviews",
            Self::Commands => "Commands",
        }
    }
}

/// One thing to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub group: Group,
    /// The icon's name.
    pub icon: String,
    pub label: String,
    pub hint: String,
    pub href: String,
}

/// Everything that can be opened from a page: the person's projects and, inside a project, its documents, elements and reviews.
#[server(name = LoadPalette, prefix = "/fn", endpoint = "palette", input = Json)]
pub async fn palette(slug: Option<String>) -> Result<Vec<Item>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::palette::items(&auth::app()?, auth::caller()?.as_ref(), slug.as_deref()).await)
}
