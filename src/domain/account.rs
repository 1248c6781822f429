//! People and what they may do.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{InviteId, SessionId, TokenId, UserId},
    moment::Moment,
};

/// A person with an account on this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// May administer the server: people, projects' recovery, settings.
    pub admin: bool,
}

impl Person {
    /// Up to two letters for the avatar.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// Up to two letters of a name; `?` for an empty one. Only plain letters become capitals here: the style sheet does it for
/// all, without the tables of every script that browsers would have to fetch.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    let text: String = first.into_iter().chain(last).map(|letter| letter.to_ascii_uppercase()).collect();
    if text.is_empty() { "?".to_owned() } else { text }
}

/// What a member may do in a project; each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything of the project.
    Viewer,
    /// Also discusses findings.
    Commenter,
    /// Also edits documents, runs reviews and decides on findings.
    Editor,
    /// Also manages members and the project itself.
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Commenter, Self::Editor, Self::Owner];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Commenter => "commenter",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.slug() == text)
    }
}

/// A person's part in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// An invitation that has not been used up; its secret is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    pub id: InviteId,
    pub role: Role,
    pub invited_by: String,
    pub created_at: Moment,
    pub expires_at: Moment,
}

/// What the holder of an invite link sees before accepting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitePreview {
    pub project_name: String,
    pub project_slug: String,
    pub role: Role,
    pub invited_by: String,
}

/// A bearer token's public half.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    pub id: TokenId,
    pub name: String,
    pub created_at: Moment,
    pub last_used_at: Option<Moment>,
}

/// One of a person's signed-in browsers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    pub id: SessionId,
    pub user_agent: String,
    pub created_at: Moment,
    pub last_seen_at: Moment,
    /// The one that asks.
    pub current: bool,
}

/// The shortest password that is accepted, in characters.
pub const MIN_PASSWORD: usize = 12;
/// The longest, so that hashing has a bound.
pub const MAX_PASSWORD: usize = 256;

/// Says what is wrong with a password for this person, if anything, and what to do.
pub fn password_problem(password: &str, email: &str, name: &str) -> Option<&'static str> {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return Some("Use at least 12 characters. A few words in a row are easy to remember.");
    }
    if length > MAX_PASSWORD {
        return Some("Use at most 256 characters.");
    }
    let lower = password.to_lowercase();
    let mailbox = email.split('@').next().unwrap_or_default().to_lowercase();
    let distinct = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 4 {
        return Some("Use more than three different characters.");
    }
    let guessable = ["password", "passwort", "123456789", "qwertyuiop", "letmein", "lintel"];
    let rest = guessable.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
    if rest.chars().count() < 5 {
        return Some("Use something that is not on every list of common passwords.");
    }
    let personal = [mailbox, name.to_lowercase()];
    if personal.iter().any(|word| word.chars().count() >= 4 && lower.replace(word.as_str(), "").chars().count() < 5) {
        return Some("Use something other than your own name or address.");
    }
    None
}

/// Says what is wrong with an e-mail address, if anything. Accepts what mail servers accept; only delivery proves more.
pub fn email_problem(email: &str) -> Option<&'static str> {
    let fine = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.rsplit_once('@').is_some_and(|(mailbox, host)| {
            !mailbox.is_empty() && !host.is_empty() && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..")
        });
    if fine { None } else { Some("Enter an address such as name@example.com.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_first_and_last_word() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("Jean  van der Berg"), "JB");
        assert_eq!(initials(" "), "?");
    }

    #[test]
    fn roles_include_the_ones_before() {
        assert!(Role::Owner > Role::Editor && Role::Editor > Role::Commenter && Role::Commenter > Role::Viewer);
        assert_eq!(Role::parse("editor"), Some(Role::Editor));
        assert_eq!(Role::parse("Editor"), None);
    }

    #[test]
    fn weak_passwords_are_named() {
        assert!(password_problem("short", "a@b.c", "A").is_some());
        assert!(password_problem("aaaaaaaaaaaaaaaa", "a@b.c", "A").is_some());
        assert!(password_problem("password1234", "a@b.c", "A").is_some());
        assert!(password_problem("ada.lovelace1", "ada.lovelace@b.c", "Ada").is_some());
        assert_eq!(password_problem("correct horse battery", "a@b.c", "A"), None);
    }

    #[test]
    fn addresses_are_checked_loosely() {
        for good in ["o'brien@example.com", "jörg@exämple.de", "a@localhost"] {
            assert_eq!(email_problem(good), None, "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c.de", "a@b..c"] {
            assert!(email_problem(bad).is_some(), "{bad}");
        }
    }
}
