//! What an agent reports, as types. Names are the snapshot's short ones and nothing is believed yet: `grounding` checks it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::topics::Topic,
    review::finding::{FindingKind, Severity},
};

/// One report.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub topic: &'static Topic,
    pub kind: FindingKind,
    pub severity: Severity,
    pub title: String,
    pub message: String,
    pub primary: AnchorClaim,
    /// Further ones; the primary one may be among them.
    pub anchors: Vec<AnchorClaim>,
    pub claims: Vec<Predicate>,
    pub quotes: Vec<Quotation>,
    /// `F3` or a rule's code: the claim refines or disputes what is reported there.
    pub relates_to_rule: Option<String>,
    pub remedy: String,
    pub pattern_ids: Vec<String>,
    /// What the remedy makes worse.
    pub tradeoff: String,
    pub confidence: Confidence,
}

/// What a claim points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AnchorClaim {
    pub kind: AnchorKind,
    /// A short name; several with commas between for a path.
    pub id: String,
    /// For something that is missing: what.
    pub expected: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchorKind {
    Element,
    Relation,
    /// Relations that follow each other.
    Path,
    Boundary,
    Diagram,
    Decision,
    /// Something that is missing in an element or a diagram.
    Absence,
}

impl AnchorKind {
    pub const ALL: [Self; 7] = [Self::Element, Self::Relation, Self::Path, Self::Boundary, Self::Diagram, Self::Decision, Self::Absence];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Element => "element",
            Self::Relation => "relation",
            Self::Path => "path",
            Self::Boundary => "boundary",
            Self::Diagram => "diagram",
            Self::Decision => "decision",
            Self::Absence => "absence",
        }
    }

    /// The letters that its short names begin with.
    pub const fn letters(self) -> &'static str {
        match self {
            Self::Element => "E",
            Self::Relation | Self::Path => "R",
            Self::Boundary => "B",
            Self::Diagram => "D",
            Self::Decision => "A",
            Self::Absence => "ED",
        }
    }
}

/// Something about one named thing that is true or false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicate {
    pub anchor: String,
    /// A fact's name, or one of what every such thing has: `kind`, `technology`, `source`.
    pub attr: String,
    pub op: Operator,
    /// Empty for operators that compare with nothing.
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    Is,
    IsNot,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
    Stated,
    NotStated,
}

impl Operator {
    pub const ALL: [Self; 9] =
        [Self::Is, Self::IsNot, Self::Less, Self::AtMost, Self::More, Self::AtLeast, Self::Contains, Self::Stated, Self::NotStated];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is-not",
            Self::Less => "less",
            Self::AtMost => "at-most",
            Self::More => "more",
            Self::AtLeast => "at-least",
            Self::Contains => "contains",
            Self::Stated => "stated",
            Self::NotStated => "not-stated",
        }
    }
}

/// Words that are said to stand in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotation {
    /// `A5` or `D1`.
    pub doc: String,
    /// From 1.
    pub line_from: u32,
    pub line_to: u32,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Models are surer than they should be; none gets further than this.
    pub const fn percent(self) -> u8 {
        match self {
            Self::Low => 40,
            Self::Medium => 60,
            Self::High => 80,
        }
    }
}
