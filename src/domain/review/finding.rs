//! A finding: one claim about the design, with evidence a person can check.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    id::DocumentId,
    model::{ElementKey, GroupKey, Model, Relation, RelationKey},
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

/// Who says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Source {
    /// The rule that the code names.
    #[default]
    Rule,
    Agent(AgentSource),
}

/// An agent's run, so that anyone can look up what was asked of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgentSource {
    /// The agent's name, as its file says it.
    pub agent: String,
    /// SHA-256 of the agent's file, hexadecimal.
    pub file_sha256: String,
    /// The model that answered, as its provider names it.
    pub model: String,
    pub run: String,
    /// From the closed taxonomy, such as `reliability.retries`.
    pub topic: String,
}

/// What the confidence rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Basis {
    /// The same design always gives the same answer.
    #[default]
    Deterministic,
    /// So many of the panel's members said it.
    Panel { votes: u32, of: u32 },
    /// One agent said it and a second look supported it.
    Verified,
    /// One agent said it.
    Single,
}

/// What the checks of an agent's claim came to. Rules need none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Grounding {
    #[default]
    Verified,
    /// Shown with a badge; never decides a gate.
    Partial { reasons: Vec<String> },
    /// Kept for the record only.
    Rejected { reasons: Vec<String> },
}

impl Grounding {
    pub fn reasons(&self) -> &[String] {
        match self {
            Self::Verified => &[],
            Self::Partial { reasons } | Self::Rejected { reasons } => reasons,
        }
    }
}

/// What a finding says whose control is planned.
pub const PLANNED_REASON: &str = "the control is planned";

/// As sure as can be, in percent.
pub const CERTAIN: u8 = 100;

/// One claim about the design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's code, such as `LNT-B001`; an agent's topic as `AGT-reliability.retries`.
    pub code: String,
    /// The rule's name, such as `shared-database`, or the agent's topic.
    pub rule: String,
    #[serde(default, skip_serializing_if = "Finding::is_default")]
    pub source: Source,
    /// How sure whoever says it is, in percent.
    #[serde(default = "certain", skip_serializing_if = "is_certain")]
    pub confidence: u8,
    #[serde(default, skip_serializing_if = "Finding::is_default")]
    pub basis: Basis,
    #[serde(default, skip_serializing_if = "Finding::is_default")]
    pub grounding: Grounding,
    /// Patterns of the catalogue that the remedy names, such as `P-04`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Codes of the rules whose findings an agent refines or disputes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relates_to: Vec<String>,
    /// What the remedy makes worse; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tradeoff: String,
    pub fingerprint: Fingerprint,
    /// A second identity from names, for matching after a re-import with new keys.
    pub names_fingerprint: Fingerprint,
    /// A third one from names alone, without what lies around them: what has moved keeps it. None in findings of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_fingerprint: Option<Fingerprint>,
    /// A fourth one from what the subjects are and what they talk to, for what has new keys and new names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape_fingerprint: Option<Fingerprint>,
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

impl Finding {
    /// What is missing is planned.
    pub fn is_planned(&self) -> bool {
        self.severity_reasons.iter().any(|reason| reason == PLANNED_REASON)
    }

    /// As low as all that is planned.
    pub fn plan(&mut self) {
        self.severity = Severity::Low;
        if !self.is_planned() {
            self.severity_reasons.push(PLANNED_REASON.to_owned());
        }
    }

    fn is_default<T: Default + PartialEq>(value: &T) -> bool {
        *value == T::default()
    }

    /// The agent that said it; none for a rule.
    pub const fn agent(&self) -> Option<&AgentSource> {
        match &self.source {
            Source::Rule => None,
            Source::Agent(agent) => Some(agent),
        }
    }

    /// The elements of one diagram that it points at: ends of relations count for their source.
    pub fn elements_in(&self, document: DocumentId, model: &Model) -> Vec<ElementKey> {
        self.ends_in(document, model, |relation| vec![&relation.source]).into_iter().collect()
    }

    /// The elements of one diagram that it is about, both ends of its relations among them.
    pub fn involved_in(&self, document: DocumentId, model: &Model) -> BTreeSet<ElementKey> {
        self.ends_in(document, model, |relation| vec![&relation.source, &relation.target])
    }

    fn ends_in<'a>(
        &self,
        document: DocumentId,
        model: &'a Model,
        ends: impl Fn(&'a Relation) -> Vec<&'a ElementKey>,
    ) -> BTreeSet<ElementKey> {
        let of = |key: &RelationKey| model.relations.get(key).map(&ends).unwrap_or_default().into_iter().cloned().collect::<Vec<_>>();
        let pointed = self.anchors.iter().filter(|anchor| anchor.document() == document).flat_map(|anchor| match anchor {
            Anchor::Element { element, .. } => vec![element.clone()],
            Anchor::Relation { relation, .. } => of(relation),
            Anchor::Path { relations, .. } => relations.iter().flat_map(of).collect(),
            Anchor::Absence { scope, .. } => scope.iter().cloned().collect(),
            Anchor::Group { .. } | Anchor::Text { .. } | Anchor::Document { .. } => Vec::new(),
        });
        pointed.collect()
    }

    /// May stop a release by itself. What an agent says does so only when a person has accepted it.
    pub const fn decides(&self) -> bool {
        matches!(self.source, Source::Rule)
    }
}

const fn certain() -> u8 {
    CERTAIN
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_certain(confidence: &u8) -> bool {
    *confidence == CERTAIN
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = r#"{"code":"LNT-B001","rule":"shared-database","fingerprint":"v1:LNT-B001:x","names_fingerprint":"v1:LNT-B001:y",
        "kind":"risk","category":"boundaries","severity":"high","base_severity":"high","severity_reasons":[],"title":"t","message":"m",
        "why":"w","remedy":"r","anchors":[],"subjects":[],"evidence":[],"assumptions":[]}"#;

    #[test]
    fn findings_stored_before_agents_load_and_keep_their_bytes() {
        let finding: Finding = serde_json::from_str(STORED).unwrap();
        assert_eq!((finding.source.clone(), finding.confidence, finding.basis), (Source::Rule, CERTAIN, Basis::Deterministic));
        assert_eq!(finding.grounding, Grounding::Verified);
        assert!(finding.decides());
        let (again, before): (serde_json::Value, serde_json::Value) =
            (serde_json::to_value(&finding).unwrap(), serde_json::from_str(STORED).unwrap());
        assert_eq!(again, before);
    }

    #[test]
    fn findings_of_agents_read_back() {
        let mut finding: Finding = serde_json::from_str(STORED).unwrap();
        finding.source =
            Source::Agent(AgentSource { agent: "a".to_owned(), topic: "reliability.retries".to_owned(), ..AgentSource::default() });
        finding.confidence = 60;
        finding.basis = Basis::Panel { votes: 2, of: 3 };
        finding.grounding = Grounding::Partial { reasons: vec!["because".to_owned()] };
        finding.patterns.push("P-04".to_owned());
        let text = serde_json::to_string(&finding).unwrap();
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
        assert!(!finding.decides());
    }
}
