//! A finding: one claim about the design, with evidence a person can check.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    id::DocumentId,
    model::{ElementKey, GroupKey, RelationKey},
};

/// How bad it is. The order is from harmless to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// Worst first, as lists are ordered.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "Critical",
            Self::High => "High",
            Self::Medium => "Medium",
            Self::Low => "Low",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.slug() == text)
    }
}

/// The part of the catalogue a rule belongs to; its letter is the first of the rule's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    Model,
    Boundaries,
    Data,
    Communication,
    Scalability,
    Reliability,
    Observability,
    Security,
    Operations,
    Decisions,
    Simplicity,
}

impl Category {
    pub const ALL: [Self; 11] = [
        Self::Model,
        Self::Boundaries,
        Self::Data,
        Self::Communication,
        Self::Scalability,
        Self::Reliability,
        Self::Observability,
        Self::Security,
        Self::Operations,
        Self::Decisions,
        Self::Simplicity,
    ];

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "Model hygiene",
            Self::Boundaries => "Boundaries",
            Self::Data => "Data",
            Self::Communication => "Communication",
            Self::Scalability => "Scalability",
            Self::Reliability => "Reliability",
            Self::Observability => "Observability",
            Self::Security => "Security",
            Self::Operations => "Operations",
            Self::Decisions => "Decisions",
            Self::Simplicity => "Simplicity",
        }
    }

    /// `M B D A S R O X P Q K`.
    pub const fn letter(self) -> char {
        match self {
            Self::Model => 'M',
            Self::Boundaries => 'B',
            Self::Data => 'D',
            Self::Communication => 'A',
            Self::Scalability => 'S',
            Self::Reliability => 'R',
            Self::Observability => 'O',
            Self::Security => 'X',
            Self::Operations => 'P',
            Self::Decisions => 'Q',
            Self::Simplicity => 'K',
        }
    }
}

/// What kind of statement a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    Risk,
    Question,
    TradeOff,
    Strength,
    Hygiene,
}

/// What a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Anchor {
    Element {
        document: DocumentId,
        element: ElementKey,
    },
    Relation {
        document: DocumentId,
        relation: RelationKey,
    },
    /// A chain or cycle of relations, in order.
    Path {
        document: DocumentId,
        relations: Vec<RelationKey>,
    },
    Group {
        document: DocumentId,
        group: GroupKey,
    },
    /// Something expected in an element (or the whole diagram) that is not there.
    Absence {
        document: DocumentId,
        scope: Option<ElementKey>,
        expected: String,
    },
    /// A passage of a text.
    Text {
        document: DocumentId,
        span: Span,
    },
    /// A whole document.
    Document {
        document: DocumentId,
    },
}

impl Anchor {
    pub const fn document(&self) -> DocumentId {
        match self {
            Self::Element { document, .. }
            | Self::Relation { document, .. }
            | Self::Path { document, .. }
            | Self::Group { document, .. }
            | Self::Absence { document, .. }
            | Self::Text { document, .. }
            | Self::Document { document } => *document,
        }
    }
}

/// Lines of a document that show what a finding claims, as they were at review time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub document: DocumentId,
    /// The document's path, so that the evidence reads alone.
    pub path: String,
    /// What the lines show, in words: `orders writes ledger-db`.
    pub claim: String,
    /// The first line of the quote; lines count from 1.
    pub line: u32,
    /// The quoted lines without line ends; secrets are masked.
    pub quote: Vec<String>,
    /// Which lines (numbers as in the document) carry the claim.
    pub marked: Vec<u32>,
}

/// Identity across reviews: `v1:<rule>:<26 characters>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One claim about the design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's code, such as `LNT-B001`.
    pub code: String,
    /// The rule's name, such as `shared-database`.
    pub rule: String,
    pub fingerprint: Fingerprint,
    /// A second identity from names, for matching after a re-import with new keys.
    pub names_fingerprint: Fingerprint,
    pub kind: FindingKind,
    pub category: Category,
    pub severity: Severity,
    pub base_severity: Severity,
    /// Why the severity differs from the rule's own, one phrase each.
    pub severity_reasons: Vec<String>,
    /// At most 90 characters, a fact about the system.
    pub title: String,
    /// At most 400 characters.
    pub message: String,
    pub why: String,
    pub remedy: String,
    /// The first is the primary one.
    pub anchors: Vec<Anchor>,
    /// Names of the elements involved, for lists; primary first.
    pub subjects: Vec<String>,
    /// At most eight.
    pub evidence: Vec<Evidence>,
    /// What was assumed on the way: `assumed async: Kafka`.
    pub assumptions: Vec<String>,
}
