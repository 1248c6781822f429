//! Why a finding is new, or gone: what changed in the design between two reviews, joined with what the finding points at.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::change::{self, Altered, ModelChange},
    id::DocumentId,
    model::{ElementKey, GroupKey, Model, Relation, RelationKey},
    review::{
        check::listed,
        engine::Design,
        finding::{Anchor, Finding},
    },
};

/// More causes than this explain nothing.
const MOST: usize = 4;

/// What happened to one part of the design.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "lowercase")]
pub enum Happened {
    Added,
    Removed,
    Changed {
        /// Such as `technology` or `timeout`; empty where nothing more exact can be said.
        what: Vec<String>,
    },
}

/// One change that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cause {
    /// In words: `relation Orders -> Ledger`, `docs/adr/0003-use-nats.md`.
    pub subject: String,
    #[serde(flatten)]
    pub happened: Happened,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.subject;
        match &self.happened {
            Happened::Added => write!(f, "{subject} was added"),
            Happened::Removed => write!(f, "{subject} was removed"),
            Happened::Changed { what } if what.is_empty() => write!(f, "{subject} changed"),
            Happened::Changed { what } => write!(f, "{} of {subject} changed", listed(what)),
        }
    }
}

/// Causes as one phrase: `relation Orders -> Ledger was added; technology of element Ledger changed`.
pub fn phrase(causes: &[Cause]) -> String {
    causes.iter().map(Cause::to_string).collect::<Vec<_>>().join("; ")
}

/// Everything that is different about one document, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentChange {
    pub document: DocumentId,
    pub path: String,
    /// What happened to the text as a whole.
    pub happened: Happened,
    /// What its diagram gained, what it lost, then what is different, at most [`MOST_TOLD`]; none for decisions.
    pub parts: Vec<Cause>,
    /// How many more there are.
    pub more: usize,
}

/// So many parts of one diagram are told; more are counted.
pub const MOST_TOLD: usize = 40;

/// What differs between two states of a design, by document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignChange {
    pub diagrams: BTreeMap<DocumentId, ModelChange>,
    /// Texts that came, went or differ.
    pub documents: BTreeMap<DocumentId, Cause>,
}

impl DesignChange {
    /// Compares two states of a design; a document is the same when its id is.
    pub fn between(base: &Design<'_>, now: &Design<'_>) -> Self {
        let mut found = Self::default();
        let empty = Model::default();
        let ids: BTreeSet<DocumentId> = [base, now].iter().flat_map(|design| texts(design)).map(|(document, ..)| document).collect();
        for document in ids {
            let (before, after) = (model(base, document), model(now, document));
            if before.is_some() || after.is_some() {
                let changed = change::between(before.unwrap_or(&empty), after.unwrap_or(&empty));
                if !changed.is_empty() {
                    found.diagrams.insert(document, changed);
                }
            }
            let text = |design| texts(design).find(|(other, ..)| *other == document);
            let fate = match (text(base), text(now)) {
                (None, Some((_, path, _))) => Some((path, Happened::Added)),
                (Some((_, path, _)), None) => Some((path, Happened::Removed)),
                (Some((_, _, before)), Some((_, path, after))) if before != after => Some((path, Happened::Changed { what: Vec::new() })),
                _ => None,
            };
            found.documents.extend(fate.map(|(path, happened)| (document, Cause { subject: path.to_owned(), happened })));
        }
        found
    }

    /// Everything that changed, by path: elements and relations that a diagram gained, lost or says otherwise. A text that means
    /// the same as before has no parts.
    pub fn told(&self, base: &Design<'_>, now: &Design<'_>) -> Vec<DocumentChange> {
        let one = |document: DocumentId, path: &str, happened: Happened| {
            let change = self.diagrams.get(&document);
            let join = change.map(|change| Join { document, change, before: model(base, document), after: model(now, document) });
            let mut parts = join.map(|join| join.all()).unwrap_or_default();
            let more = parts.len().saturating_sub(MOST_TOLD);
            parts.truncate(MOST_TOLD);
            DocumentChange { document, path: path.to_owned(), happened, parts, more }
        };
        let changed = self.documents.iter().map(|(document, cause)| one(*document, &cause.subject, cause.happened.clone()));
        // An included text changes what another one means.
        let meant = self.diagrams.keys().filter(|document| !self.documents.contains_key(document));
        let meant = meant.filter_map(|document| texts(now).find(|(known, ..)| known == document));
        let meant = meant.map(|(document, path, _)| one(document, path, Happened::Changed { what: Vec::new() }));
        let mut told: Vec<DocumentChange> = changed.chain(meant).collect();
        told.sort_by(|left, right| left.path.cmp(&right.path));
        told
    }
}

fn texts<'a>(design: &Design<'a>) -> impl Iterator<Item = (DocumentId, &'a str, &'a str)> {
    let diagrams = design.diagrams.iter().map(|diagram| (diagram.document, diagram.path, diagram.text)).collect::<Vec<_>>();
    diagrams
        .into_iter()
        .chain(design.decisions.iter().map(|decision| (decision.document, decision.path, decision.text)).collect::<Vec<_>>())
}

fn model<'a>(design: &Design<'a>, document: DocumentId) -> Option<&'a Model> {
    design.diagrams.iter().find(|diagram| diagram.document == document).map(|diagram| &diagram.parsed.model)
}

/// The changes that explain a finding, the most telling first; none where nothing it points at changed.
///
/// First what the finding itself points at, else what touches that, else its documents.
pub fn causes(finding: &Finding, change: &DesignChange, base: &Design<'_>, now: &Design<'_>) -> Vec<Cause> {
    let joins: Vec<Join<'_>> = change
        .diagrams
        .iter()
        .map(|(document, change)| Join { document: *document, change, before: model(base, *document), after: model(now, *document) })
        .collect();
    let mut found: Vec<Cause> = Vec::new();
    for join in &joins {
        found.extend(join.direct(finding));
    }
    if found.is_empty() {
        for join in &joins {
            found.extend(join.near(finding));
        }
    }
    if found.is_empty() {
        let mut documents: Vec<DocumentId> = finding.anchors.iter().map(Anchor::document).collect();
        documents.extend(finding.evidence.iter().map(|evidence| evidence.document));
        // Layout and remarks of a diagram explain nothing; what it means is compared above.
        let telling = |document: &DocumentId| model(now, *document).is_none() || model(base, *document).is_none();
        found.extend(documents.iter().filter(|document| telling(document)).filter_map(|document| change.documents.get(document)).cloned());
    }
    let mut seen = BTreeSet::new();
    found.retain(|cause| seen.insert(cause.clone()));
    found.sort_by_key(|cause| match cause.happened {
        Happened::Added | Happened::Removed => 0,
        Happened::Changed { .. } => 1,
    });
    found.truncate(MOST);
    found
}

/// One diagram's change with both of its models.
struct Join<'a> {
    document: DocumentId,
    change: &'a ModelChange,
    before: Option<&'a Model>,
    after: Option<&'a Model>,
}

impl Join<'_> {
    /// Changes of what the finding points at: relations first.
    fn direct(&self, finding: &Finding) -> Vec<Cause> {
        let (mut relations, mut others) = (Vec::new(), Vec::new());
        for anchor in finding.anchors.iter().filter(|anchor| anchor.document() == self.document) {
            match anchor {
                Anchor::Relation { relation, .. } => relations.extend(self.relation(relation)),
                Anchor::Path { relations: path, .. } => relations.extend(path.iter().filter_map(|relation| self.relation(relation))),
                Anchor::Element { element, .. } => others.extend(self.element(element)),
                Anchor::Group { group, .. } => others.extend(self.group(group)),
                Anchor::Absence { scope: Some(scope), .. } => others.extend(self.element(scope)),
                Anchor::Absence { scope: None, .. } | Anchor::Text { .. } | Anchor::Document { .. } => {}
            }
        }
        relations.extend(others);
        relations
    }

    /// Changes around what the finding points at: relations that begin or end there, parts that came or went; for a finding
    /// about a whole diagram, everything that came or went.
    fn near(&self, finding: &Finding) -> Vec<Cause> {
        let anchors: Vec<&Anchor> = finding.anchors.iter().filter(|anchor| anchor.document() == self.document).collect();
        if anchors.is_empty() {
            return Vec::new();
        }
        let mut subjects: BTreeSet<&ElementKey> = BTreeSet::new();
        for anchor in anchors {
            match anchor {
                Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. } => {
                    subjects.insert(element);
                }
                Anchor::Relation { relation, .. } => subjects.extend(self.ends(relation)),
                Anchor::Path { relations, .. } => subjects.extend(relations.iter().flat_map(|relation| self.ends(relation))),
                Anchor::Group { .. } | Anchor::Absence { scope: None, .. } | Anchor::Text { .. } | Anchor::Document { .. } => {}
            }
        }
        let whole = subjects.is_empty();
        let touches = |key: &ElementKey| whole || subjects.iter().any(|subject| *subject == key || self.is_inside(key, subject));
        let ModelChange { relations_added, relations_removed, relations_changed, elements_added, elements_removed, .. } = self.change;
        let relations = relations_added.iter().chain(relations_removed).chain(relations_changed.iter().map(|altered| &altered.key));
        let relations = relations.filter(|key| self.ends(key).iter().any(|end| touches(end)));
        let elements = elements_added.iter().chain(elements_removed).filter(|key| touches(key));
        relations.filter_map(|key| self.relation(key)).chain(elements.filter_map(|key| self.element(key))).collect()
    }

    /// Every change of the diagram: what is new, what is gone, what differs.
    fn all(&self) -> Vec<Cause> {
        let ModelChange {
            elements_added,
            elements_removed,
            elements_changed,
            relations_added,
            relations_removed,
            relations_changed,
            groups_added,
            groups_removed,
        } = self.change;
        let groups = |keys: &[GroupKey]| keys.iter().filter_map(|key| self.group(key)).collect::<Vec<_>>();
        let elements = |keys: &[ElementKey]| keys.iter().filter_map(|key| self.element(key)).collect::<Vec<_>>();
        let relations = |keys: &[RelationKey]| keys.iter().filter_map(|key| self.relation(key)).collect::<Vec<_>>();
        let mut all = [groups(groups_added), elements(elements_added), relations(relations_added)].concat();
        all.extend([groups(groups_removed), elements(elements_removed), relations(relations_removed)].concat());
        all.extend(elements_changed.iter().filter_map(|altered| self.element(&altered.key)));
        all.extend(relations_changed.iter().filter_map(|altered| self.relation(&altered.key)));
        all
    }

    fn ends(&self, key: &RelationKey) -> Vec<&ElementKey> {
        self.find_relation(key).map(|relation| vec![&relation.source, &relation.target]).unwrap_or_default()
    }

    fn is_inside(&self, key: &ElementKey, subject: &ElementKey) -> bool {
        [self.after, self.before].into_iter().flatten().any(|model| model.is_inside(key, subject))
    }

    fn find_relation(&self, key: &RelationKey) -> Option<&Relation> {
        [self.after, self.before].into_iter().flatten().find_map(|model| model.relations.get(key))
    }

    fn name(&self, key: &ElementKey) -> String {
        let element = [self.after, self.before].into_iter().flatten().find_map(|model| model.elements.get(key));
        element.map_or_else(|| key.to_string(), |element| element.name.clone())
    }

    fn relation(&self, key: &RelationKey) -> Option<Cause> {
        let ModelChange { relations_added, relations_removed, relations_changed, .. } = self.change;
        let happened = happened(key, relations_added, relations_removed, relations_changed)?;
        let relation = self.find_relation(key)?;
        Some(Cause { subject: format!("relation {} -> {}", self.name(&relation.source), self.name(&relation.target)), happened })
    }

    fn element(&self, key: &ElementKey) -> Option<Cause> {
        let ModelChange { elements_added, elements_removed, elements_changed, .. } = self.change;
        let happened = happened(key, elements_added, elements_removed, elements_changed)?;
        Some(Cause { subject: format!("element {}", self.name(key)), happened })
    }

    fn group(&self, key: &GroupKey) -> Option<Cause> {
        let happened = happened(key, &self.change.groups_added, &self.change.groups_removed, &[])?;
        let group = [self.after, self.before].into_iter().flatten().find_map(|model| model.groups.get(key));
        Some(Cause { subject: format!("group {}", group.map_or_else(|| key.to_string(), |group| group.name.clone())), happened })
    }
}

fn happened<K: PartialEq>(key: &K, added: &[K], removed: &[K], changed: &[Altered<K>]) -> Option<Happened> {
    if added.contains(key) {
        return Some(Happened::Added);
    }
    if removed.contains(key) {
        return Some(Happened::Removed);
    }
    changed.iter().find(|altered| altered.key == *key).map(|altered| Happened::Changed { what: altered.what.clone() })
}

#[cfg(test)]
mod tests;
