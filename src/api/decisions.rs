//! Decisions as a log: statuses, links, sign-off, errata, numbers, and what forms change in a record.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        decision::{
            LinkKind,
            edit::form::Part,
            log::renumber::Renumbering,
            sign_off::{Turn, Voice},
            status::Status,
            template::Template,
        },
        id::DocumentId,
        syntax::TextEdit,
    },
};

/// What those say who decide, and how the status came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// In the order of the record.
    pub voices: Vec<Voice>,
    /// Oldest first.
    pub turns: Vec<Turn>,
}

/// A change of status that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    pub status: Status,
    #[serde(default)]
    pub reason: Option<String>,
    /// Accepts although somebody who decides objects.
    #[serde(default)]
    pub despite_objections: bool,
}

/// What a new decision is written from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Choice {
    /// The template that the project keeps beside its records.
    Own,
    Known(Template),
}

impl From<Choice> for String {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Own => Choice::OWN.to_owned(),
            Choice::Known(template) => template.slug().to_owned(),
        }
    }
}

impl TryFrom<String> for Choice {
    type Error = String;

    fn try_from(slug: String) -> Result<Self, String> {
        Self::from_slug(&slug).ok_or_else(|| format!("There is no template `{slug}`. Choose one such as `{}`.", Template::Madr4.slug()))
    }
}

/// What a new decision can begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginnings {
    /// What most of the log is written in, of the templates that are offered.
    pub usual: Option<Template>,
    /// Where the project's own template lies, if it has one.
    pub own: Option<String>,
    /// What can be superseded: those in force, by name.
    pub decisions: Vec<(DocumentId, String)>,
}

impl Choice {
    /// The slug of the project's own template.
    pub const OWN: &str = "own";

    /// Reads a template's slug, or that of the project's own.
    pub fn from_slug(slug: &str) -> Option<Self> {
        if slug == Self::OWN { Some(Self::Own) } else { Template::from_slug(slug).map(Self::Known) }
    }
}

/// Creates a decision under the next number and leads to it. Without a template it is written as the log is.
#[server(prefix = "/fn", endpoint = "new_decision")]
pub async fn new_decision(
    slug: String,
    title: String,
    template: Option<String>,
    status: Option<Status>,
    supersedes: Option<String>,
) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions::create};
    let supersedes = supersedes.and_then(|id| id.parse().ok());
    let choice = template.as_deref().and_then(Choice::from_slug);
    let beginning = create::Beginning { title, choice, status: status.unwrap_or(Status::Proposed), supersedes };
    let made = answer(create::create(&auth::app()?, &auth::signed_in()?, &slug, &beginning).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{}", made.id));
    Ok(())
}

/// What a new decision can begin with.
#[server(name = LoadBeginnings, prefix = "/fn", endpoint = "beginnings")]
pub async fn beginnings(slug: String) -> Result<Beginnings, ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions::create};
    answer(create::beginnings(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Sets a decision's status, and what follows from that in others, through the live documents.
#[server(prefix = "/fn", endpoint = "set_status")]
pub async fn set_status(
    slug: String,
    document: DocumentId,
    status: Status,
    reason: Option<String>,
    despite_objections: Option<bool>,
) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    let wish = Wish { status, reason, despite_objections: despite_objections.unwrap_or_default() };
    answer(decisions::set_status(&auth::app()?, &auth::signed_in()?, document, &wish).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{document}"));
    Ok(())
}

/// Links two decisions, both ends.
#[server(name = LinkDecisions, prefix = "/fn", endpoint = "link_decisions")]
pub async fn link(slug: String, document: DocumentId, kind: LinkKind, other: DocumentId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::link(&auth::app()?, &auth::signed_in()?, document, kind, other).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{document}"));
    Ok(())
}

/// Takes a link between two decisions away, both ends.
#[server(name = UnlinkDecisions, prefix = "/fn", endpoint = "unlink_decisions")]
pub async fn unlink(document: DocumentId, kind: LinkKind, other: DocumentId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::unlink(&auth::app()?, &auth::signed_in()?, document, kind, other).await)?;
    Ok(())
}

/// Says something about a decision that was made, marked as such.
#[server(prefix = "/fn", endpoint = "add_erratum")]
pub async fn add_erratum(slug: String, document: DocumentId, text: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::add_erratum(&auth::app()?, &auth::signed_in()?, document, &text).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{document}"));
    Ok(())
}

/// Signs a decision off, or objects to it.
#[server(prefix = "/fn", endpoint = "sign_off")]
pub async fn sign_off(slug: String, document: DocumentId, agrees: bool, note: Option<String>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::sign_off(&auth::app()?, &auth::signed_in()?, document, agrees, note.as_deref().unwrap_or_default()).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{document}"));
    Ok(())
}

/// Takes one's own word on a decision back.
#[server(name = WithdrawAnswer, prefix = "/fn", endpoint = "withdraw_answer")]
pub async fn withdraw(document: DocumentId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::withdraw(&auth::app()?, &auth::signed_in()?, document).await)
}

/// What those say who decide, and how the status came about.
#[server(name = LoadStanding, prefix = "/fn", endpoint = "standing", input = Json)]
pub async fn standing(document: DocumentId) -> Result<Standing, ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::standing(&auth::app()?, &auth::signed_in()?, document).await)
}

/// What renumbering a decision would change.
#[server(name = PreviewNumber, prefix = "/fn", endpoint = "preview_number", input = Json)]
pub async fn preview_number(document: DocumentId, number: u32) -> Result<Renumbering, ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::renumbering(&auth::app()?, &auth::signed_in()?, document, number).await)
}

/// Gives a decision another number, and changes whatever leads to it.
#[server(name = RenumberDecision, prefix = "/fn", endpoint = "renumber_decision")]
pub async fn renumber(slug: String, document: DocumentId, number: u32) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions};
    answer(decisions::renumber(&auth::app()?, &auth::signed_in()?, document, number).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/decisions/{document}"));
    Ok(())
}

/// The edits by which a record's text, as the caller's editor has it, gives a part another value. Changes nothing: the editor
/// makes the edits, so that they are the person's own and can be undone. `base` is what the part said when the person began.
#[server(name = AskPart, prefix = "/fn", endpoint = "part_edits", input = Json)]
pub async fn part_edits(
    document: DocumentId,
    text: String,
    part: Part,
    value: String,
    base: Option<String>,
) -> Result<Vec<TextEdit>, ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions::parts};
    answer(parts::edits(&auth::app()?, &auth::signed_in()?, document, &text, &part, (&value, base.as_deref())).await)
}

/// Gives a part of a record another value without JavaScript, merged into what was changed since the page was made. The side
/// is an argument's: `good`, `bad` or `neutral`.
#[server(name = EditPart, prefix = "/fn", endpoint = "edit_part")]
pub async fn edit_part(
    document: DocumentId,
    base_revision: i64,
    part: Part,
    value: Option<String>,
    side: Option<String>,
) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decisions::parts};
    let value = side.map(|side| format!("{side} ")).unwrap_or_default() + &value.unwrap_or_default();
    answer(parts::edit(&auth::app()?, &auth::signed_in()?, document, base_revision, &part, &value).await)
}
