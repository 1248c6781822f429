//! Typed identifiers, so that a review's id can never be passed where a document's is meant.
//!
//! Ids are UUIDs (version 7, so that they sort by creation); the server's id port makes them, the domain only carries them.
//! To add one: a line at the end of this file.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an identifier of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind} id")]
pub struct ParseIdError {
    /// What was expected, in words.
    pub kind: &'static str,
    /// What was given.
    pub text: String,
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self).map_err(|_| ParseIdError { kind: $kind, text: text.to_owned() })
            }
        }
    };
}

id_type!(/// A person with an account.
    UserId, "user");
id_type!(/// A system under design: its documents, members and reviews.
    ProjectId, "project");
id_type!(/// A text that people edit together.
    DocumentId, "document");
id_type!(/// One numbered review session.
    ReviewId, "review");
id_type!(/// A claim about a design; lives across reviews.
    FindingId, "finding");
id_type!(/// A remark in a discussion.
    CommentId, "comment");
id_type!(/// An invitation into a project.
    InviteId, "invite");
id_type!(/// A bearer token for the API.
    TokenId, "token");
id_type!(/// A signed-in browser.
    SessionId, "session");
id_type!(/// One agent's part in a review, or one conversation with it.
    RunId, "run");
id_type!(/// An edit that an agent proposes.
    SuggestionId, "suggestion");
id_type!(/// An agent's file, one version of it.
    AgentFileId, "agent file");
id_type!(/// A talk with agents.
    TalkId, "talk");
