//! How much of a project a review judges. All of it is read, so that what stands elsewhere is known; what lies outside keeps the
//! state it had, as if nobody had looked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::DocumentId,
    review::{
        Change, FindingState,
        diff::{Compared, Known},
        engine::Design,
        finding::{Anchor, Finding},
    },
};

/// What is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum Scope {
    #[default]
    Project,
    /// Chosen documents; nothing else is read.
    Documents,
    /// What one view of a diagram shows.
    View {
        document: DocumentId,
        path: String,
        view: String,
        /// As people know the view.
        title: String,
    },
    /// Documents that came or changed since a review.
    Changed { since: u32, documents: Vec<DocumentId> },
}

impl Scope {
    pub fn is_project(&self) -> bool {
        *self == Self::Project
    }

    /// In words; none where nothing is left out.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Project => None,
            Self::Documents => Some("chosen documents".to_owned()),
            Self::View { path, title, .. } => Some(format!("view {title} of {path}")),
            Self::Changed { since, .. } => Some(format!("what changed since review {since}")),
        }
    }

    /// Whether a finding is about what is judged.
    pub fn covers(&self, finding: &Finding, design: &Design<'_>) -> bool {
        match self {
            Self::Project | Self::Documents => true,
            Self::View { document, view, .. } => {
                let diagram = design.diagrams.iter().find(|diagram| diagram.document == *document);
                diagram.is_some_and(|diagram| {
                    let model = &diagram.parsed.model;
                    let view = model.views.iter().find(|known| known.key == *view);
                    let shown: BTreeSet<_> = view.into_iter().flat_map(|view| &view.elements).collect();
                    finding.involved_in(*document, model).iter().any(|key| shown.contains(key))
                })
            }
            Self::Changed { documents, .. } => {
                let anchors = finding.anchors.iter().map(Anchor::document);
                let mut all = anchors.chain(finding.evidence.iter().map(|evidence| evidence.document));
                all.any(|document| documents.contains(&document))
            }
        }
    }

    /// Takes back what a comparison says of findings outside: known ones were not evaluated, new ones wait for a review that
    /// looks there.
    pub fn restrict(&self, compared: Vec<Compared>, known: &[Known], design: &Design<'_>) -> Vec<Compared> {
        let untouched = |one: &Compared| {
            let before = known.iter().find(|known| Some(known.id) == one.existing)?;
            let over = matches!(before.state, FindingState::Fixed | FindingState::Obsolete | FindingState::FalsePositive);
            (!over).then(|| Compared {
                existing: one.existing,
                finding: before.finding.clone(),
                state: before.state,
                change: Change::NotEvaluated,
                first_seen: Some(before.first_seen),
                matched_by: None,
            })
        };
        let (inside, outside): (Vec<_>, Vec<_>) = compared.into_iter().partition(|one| self.covers(&one.finding, design));
        inside.into_iter().chain(outside.iter().filter_map(untouched)).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        id::FindingId,
        moment::Day,
        review::{
            Profile,
            diff::compare,
            engine::{Diagram, Outcome, Settings, review},
        },
        syntax::{Language, Parsed, Sources, parse},
    };

    const TEXT: &str = r#"workspace "Shop" {
    model {
        shop = softwareSystem "Shop" {
            orders = container "Orders" "Takes orders" "Go"
            ledger = container "Ledger" "Keeps orders" "PostgreSQL" {
                properties {
                    backup no
                }
            }
            prices = container "Prices" "Knows prices" "Go"
            rates = container "Rates" "Keeps prices" "PostgreSQL" {
                properties {
                    backup no
                }
            }
        }
        orders -> ledger "Writes" "SQL"
        prices -> rates "Writes" "SQL"
    }
    views {
        container shop "selling" {
            include orders ledger
        }
    }
}
"#;

    fn document(number: u128) -> DocumentId {
        DocumentId::from_uuid(Uuid::from_u128(number))
    }

    fn with<T>(text: &str, work: impl FnOnce(&Design<'_>, &Outcome) -> T) -> T {
        let parsed: Parsed = parse(Language::Structurizr, "workspace.dsl", text, &Sources::new());
        assert_eq!(parsed.diagnostics, []);
        let diagrams = vec![Diagram { document: document(1), path: "workspace.dsl", text, parsed: &parsed }];
        let design = Design { diagrams, decisions: Vec::new() };
        let outcome = review(&design, &Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 27 } });
        work(&design, &outcome)
    }

    fn selling() -> Scope {
        Scope::View { document: document(1), path: "workspace.dsl".to_owned(), view: "selling".to_owned(), title: "Selling".to_owned() }
    }

    /// Names of the stores without a backup, with what became of each.
    fn unsaved(compared: &[Compared]) -> Vec<(&str, FindingState, Change)> {
        let found = compared.iter().filter(|one| one.finding.code == "LNT-R013");
        found.map(|one| (one.finding.subjects[0].as_str(), one.state, one.change)).collect()
    }

    #[test]
    fn a_view_is_judged_by_what_it_shows() {
        let first = with(TEXT, |design, outcome| {
            let compared = compare(&[], outcome, design);
            assert_eq!(unsaved(&compared).len(), 2);
            let inside = selling().restrict(compared.clone(), &[], design);
            assert_eq!(unsaved(&inside), [("Ledger", FindingState::Open, Change::New)]);
            assert_eq!(Scope::Project.restrict(compared.clone(), &[], design), compared);
            let nowhere = Scope::View { document: document(1), path: String::new(), view: "none".to_owned(), title: String::new() };
            assert_eq!(nowhere.restrict(compared.clone(), &[], design), []);
            compared
        });
        let known: Vec<Known> = (1..)
            .zip(&first)
            .map(|(number, one)| Known {
                id: FindingId::from_uuid(Uuid::from_u128(number)),
                finding: one.finding.clone(),
                state: if one.finding.subjects[0] == "Rates" { FindingState::Accepted } else { FindingState::Open },
                first_seen: 1,
            })
            .collect();
        // Both are mended, and one review looks at one of them.
        with(&TEXT.replace("backup no", "backup daily\nrestore_tested 2026-11-01"), |design, outcome| {
            let compared = selling().restrict(compare(&known, outcome, design), &known, design);
            let mut found = unsaved(&compared);
            found.sort_unstable_by_key(|(name, ..)| *name);
            assert_eq!(
                found,
                [("Ledger", FindingState::Fixed, Change::Fixed), ("Rates", FindingState::Accepted, Change::NotEvaluated)],
                "what nobody looked at is as it was"
            );
        });
    }

    #[test]
    fn what_has_changed_is_told_by_documents() {
        with(TEXT, |design, outcome| {
            let finding = &outcome.findings[0];
            for (documents, covered) in [(vec![document(1)], true), (vec![document(2)], false), (vec![], false)] {
                assert_eq!(Scope::Changed { since: 3, documents }.covers(finding, design), covered);
            }
        });
        assert_eq!(Scope::Changed { since: 3, documents: vec![] }.words().as_deref(), Some("what changed since review 3"));
        assert_eq!((Scope::Project.words(), selling().words().as_deref()), (None, Some("view Selling of workspace.dsl")));
    }

    #[test]
    fn scopes_read_back() {
        for scope in [Scope::Project, Scope::Documents, selling(), Scope::Changed { since: 2, documents: vec![document(1)] }] {
            assert_eq!(serde_json::from_str::<Scope>(&serde_json::to_string(&scope).unwrap()).unwrap(), scope);
        }
    }
}
