//! Reading decisions: what stands in the place of embedded views, Mermaid texts and rules, and what the editor completes.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        decision::{embed::Embed, figure::Figure},
        id::DocumentId,
        moment::Moment,
    },
};

/// Which diagrams a record is read with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Views {
    /// As they are now.
    #[default]
    Current,
    /// As they were when the record was accepted.
    Accepted,
}

impl Views {
    /// The parameter of an address: `accepted`; anything else is the present.
    pub fn parse(word: Option<&str>) -> Self {
        if word == Some("accepted") { Self::Accepted } else { Self::Current }
    }
}

/// What a record shows besides its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub figures: Vec<(Embed, Figure)>,
    /// When it was accepted the last time, if it is or was and that is still known.
    pub accepted: Option<Moment>,
    pub views: Views,
    /// Of what time its views are, in words; none where there is nothing to choose.
    pub as_of: Option<String>,
}

/// What a decision shows besides its text, as it is now.
#[server(name = LoadReading, prefix = "/fn", endpoint = "reading")]
pub async fn reading(slug: String, document: DocumentId, views: Views) -> Result<Reading, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reading::reading(&auth::app()?, &auth::signed_in()?, Some(&slug), document, views).await)
}

/// Draws what somebody has just written in a decision. Changes nothing.
#[server(name = DrawFigures, prefix = "/fn", endpoint = "figures", input = Json)]
pub async fn figures(document: DocumentId, wanted: Vec<Embed>, views: Views) -> Result<Vec<(Embed, Figure)>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reading::figures(&auth::app()?, &auth::signed_in()?, document, wanted, views).await)
}

/// What can be completed in a decision: elements, views and the words of rules, as JSON for the editor.
#[server(name = DecisionWords, prefix = "/fn", endpoint = "decision_words", input = Json)]
pub async fn words(document: DocumentId) -> Result<String, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reading::words::words(&auth::app()?, &auth::signed_in()?, document).await)
}
