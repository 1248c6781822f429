//! Projects and their documents, as everyone outside the database sees them.

use serde::{Deserialize, Serialize};

use crate::domain::{
    account::Role,
    address::escape,
    id::{DocumentId, ProjectId},
    moment::Moment,
    review::{Counts, Verdict},
};

/// A system under design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    /// Its address: lower-case letters, digits and hyphens.
    pub slug: String,
    pub name: String,
    pub description: String,
    /// What the reader may do in it.
    pub role: Role,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Set while it can still be recovered, for 30 days.
    pub deleted_at: Option<Moment>,
    /// Where tickets of findings are: an address with `{ticket}` in it; empty for nowhere.
    #[serde(default)]
    pub ticket_url: String,
}

/// A project as its card on the home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCard {
    pub project: Project,
    pub diagrams: u32,
    pub decisions: u32,
    pub reviews: u32,
    pub members: u32,
    /// Of the newest finished review.
    pub verdict: Option<Verdict>,
    pub counts: Counts,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    Diagram,
    Decision,
}

impl DocumentKind {
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Diagram => "diagram",
            Self::Decision => "decision",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Diagram, Self::Decision].into_iter().find(|kind| kind.slug() == text)
    }

    /// The address of a document's page.
    pub fn page(self, slug: &str, id: DocumentId) -> String {
        match self {
            Self::Diagram => format!("/p/{}/diagrams/{id}", escape(slug)),
            Self::Decision => format!("/p/{}/decisions/{id}", escape(slug)),
        }
    }

    /// The address of a document's history: beside a diagram's page, and over a decision's.
    pub fn history(self, slug: &str, id: DocumentId) -> String {
        let page = self.page(slug, id);
        match self {
            Self::Diagram => format!("{page}/history"),
            Self::Decision => format!("{page}?history"),
        }
    }
}

/// A text that people edit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    pub kind: DocumentKind,
    /// Its place in the exported folder, such as `docs/adr/0007-use-nats.md`; unique in the project.
    pub path: String,
    /// The decision's title, or the workspace's name; the file's name where the text has neither.
    pub title: String,
    /// Grows by one with every durable change.
    pub revision: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
    /// Who changed it last, by name.
    pub updated_by: String,
}

/// A document with its text at one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentText {
    pub document: Document,
    pub text: String,
}

/// What became of one imported file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    pub documents: Vec<Document>,
    /// Files that are kept byte for byte and exported again, but are neither diagram nor decision.
    pub kept: Vec<String>,
    /// What was skipped or needs attention, one sentence each, with the path.
    pub warnings: Vec<String>,
}

/// Something that happened in a project, newest first in lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub at: Moment,
    pub who: String,
    /// What they did, such as `edited`, `created`, `imported`, `finished review 3`.
    pub what: String,
    /// The thing's name and page, if it has one.
    pub subject: Option<(String, String)>,
}

/// Turns a name into an address: lower-case ASCII letters and digits in words joined by hyphens, at most 60 characters.
/// Empty when the name has none of them.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => "a",
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
            'ü' | 'ù' | 'ú' | 'û' => "u",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'í' | 'ì' | 'î' | 'ï' => "i",
            'ç' => "c",
            'ñ' => "n",
            'ß' => "ss",
            '&' => "-and-",
            _ => "",
        };
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if plain.is_empty() || plain.starts_with('-') {
            if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            slug.push_str(plain.trim_start_matches('-'));
        } else {
            slug.push_str(plain);
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.truncate(60);
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Order & payments platform"), "order-and-payments-platform");
        assert_eq!(slug("Größe  Über"), "grosse-uber");
        assert_eq!(slug("---"), "");
        assert_eq!(slug(&"x".repeat(100)).len(), 60);
    }
}
