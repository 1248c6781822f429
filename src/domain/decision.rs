//! Architecture decision records: what a record's markdown says.
//!
//! Everything here is derived from the text; the text stays as people wrote it. [`parse`] reads every template seen in the
//! field and never fails: what is missing is none, what is odd is a diagnostic. Edits
//! of a record are in [`edit`], what several records mean together is in [`log`].
//!
//! The templates are those of MADR 2.1.2, 3.0.0 and 4.0.0, of Michael Nygard (as adr-tools writes them) and Y-statements.

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::{Diagnostic, Span},
    moment::Day,
};

pub mod argument;
pub mod constraint;
mod date;
pub mod edit;
pub mod embed;
pub mod figure;
pub mod front_matter;
pub mod links;
pub mod log;
pub mod matrix;
mod outline;
pub mod page;
mod read;
pub mod reason;
pub mod sign_off;
pub mod status;
pub mod summary;
pub mod template;
pub mod workflow;

#[cfg(test)]
mod tests;

use status::Status;
use template::{Template, project::Roles};

/// One decision record, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub template: Template,
    /// From the file name, else the title, else the front matter. The others, when they differ, are a diagnostic.
    pub number: Option<u32>,
    /// Plain text without the number; made from the file name when the text has no title.
    pub title: String,
    /// The title in the text, number excluded; empty when there is none.
    pub title_span: Span,
    pub status: Option<WrittenStatus>,
    pub date: Option<WrittenDate>,
    pub deciders: Vec<String>,
    /// Every heading but the title, in text order.
    pub sections: Vec<Section>,
    /// The options considered, as plain text; placeholders of a template left out.
    pub options: Vec<String>,
    /// The option chosen, as plain text.
    pub chosen: Option<String>,
    /// Links to other records, in text order.
    pub links: Vec<Link>,
    /// Links to elements of the model, in text order.
    pub element_links: Vec<ElementLink>,
    /// Metadata of the front matter, then of the lines under the title, in text order.
    pub fields: Vec<Field>,
    /// Where the values above stand.
    pub spans: ValueSpans,
    /// Template text that nobody replaced: `{…}`, TODO, TBD.
    pub placeholders: Vec<Span>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Where the plain values of a [`Record`] stand in the text; the lists run parallel to the record's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueSpans {
    pub deciders: Vec<Span>,
    pub options: Vec<Span>,
    pub chosen: Option<Span>,
}

/// A status and the words it was written in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenStatus {
    /// None when the words name no status we know, such as `on hold`.
    pub status: Option<Status>,
    pub written: String,
    pub span: Span,
}

/// A date and the words it was written in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenDate {
    /// None when the words are no date, or one that can be read two ways.
    pub day: Option<Day>,
    pub written: String,
    pub span: Span,
}

/// A heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// 1 to 6.
    pub level: u8,
    /// Plain text, comments left out.
    pub title: String,
    pub role: Option<SectionRole>,
    /// The heading and all that follows up to the next heading of the same or a higher rank.
    pub span: Span,
    /// [`span`](Self::span) without the heading: subsections included.
    pub body: Span,
    /// [`body`](Self::body) up to the first subsection.
    pub own: Span,
}

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SectionRole {
    Context,
    Drivers,
    Options,
    Decision,
    Consequences,
    Confirmation,
    ProsAndCons,
    MoreInformation,
    Status,
}

/// How one record relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    Supersedes,
    SupersededBy,
    Amends,
    AmendedBy,
    DependsOn,
    RelatesTo,
    /// Named in the text, with no word that says how it relates.
    Mentions,
}

impl LinkKind {
    /// In words, to stand before the linked record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supersedes => "Supersedes",
            Self::SupersededBy => "Superseded by",
            Self::Amends => "Amends",
            Self::AmendedBy => "Amended by",
            Self::DependsOn => "Depends on",
            Self::RelatesTo => "Relates to",
            Self::Mentions => "Mentions",
        }
    }

    /// The link that the other record has to carry, if both ends are written.
    pub const fn reverse(self) -> Option<Self> {
        match self {
            Self::Supersedes => Some(Self::SupersededBy),
            Self::SupersededBy => Some(Self::Supersedes),
            Self::Amends => Some(Self::AmendedBy),
            Self::AmendedBy => Some(Self::Amends),
            Self::RelatesTo => Some(Self::RelatesTo),
            Self::DependsOn | Self::Mentions => None,
        }
    }
}

/// A link to another record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub kind: LinkKind,
    /// As written: a path, `ADR-7`, a number or a slug.
    pub target: String,
    pub label: String,
    pub span: Span,
}

/// A link to an element of the model: `[[Payment service]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementLink {
    /// The name between the brackets.
    pub text: String,
    /// Brackets included.
    pub span: Span,
}

/// One piece of metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Lower case, spaces and underscores as hyphens: `decision-makers`.
    pub key: String,
    /// The value's parts; none for an empty value, a placeholder or a nested structure (read the text of the span then).
    pub values: Vec<String>,
    /// The value as written, quotes included.
    pub span: Span,
    pub origin: FieldOrigin,
}

/// Where a [`Field`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldOrigin {
    FrontMatter,
    /// A line or a list item under the title.
    Body,
}

impl Record {
    /// The first section with a role.
    pub fn section(&self, role: SectionRole) -> Option<&Section> {
        self.sections.iter().find(|section| section.role == Some(role))
    }

    /// The values of a metadata field; none when it is missing.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The normalised status, if the record has one we know.
    pub fn known_status(&self) -> Option<Status> {
        self.status.as_ref().and_then(|status| status.status)
    }

    /// The first paragraph that says what the record is about, as plain text, for lists.
    pub fn excerpt(&self, text: &str) -> String {
        let context = self.section(SectionRole::Context).map(|section| section.own.of(text)).unwrap_or_default();
        let found = crate::domain::markdown::plain_text(context);
        if found.is_empty() { crate::domain::markdown::plain_text(text) } else { found }
    }
}

/// Reads a record; `path` gives its number and, in need, its title. Never fails.
pub fn parse(path: &str, text: &str) -> Record {
    read::read(path, text, &Roles::default())
}

/// Reads a record of a project that has said what the sections of its own template are for.
pub fn parse_with(path: &str, text: &str, roles: &Roles) -> Record {
    read::read(path, text, roles)
}
