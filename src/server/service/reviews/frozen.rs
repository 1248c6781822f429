//! The texts that a review looks at: frozen when it begins, and read once.

use sha2::{Digest, Sha256};

use crate::{
    domain::{
        decision,
        id::DocumentId,
        project::{DocumentKind, DocumentText, Project},
        review::{
            ReviewedDocument,
            engine::{DecisionRecord, Design, Diagram},
        },
        syntax::{self, Parsed, Sources},
    },
    server::{boot::AppState, error::ServiceError, service::documents, store::reviews::Frozen},
};

pub(in crate::server::service) fn freeze(texts: Vec<DocumentText>, chosen: Option<&[DocumentId]>) -> Result<Vec<Frozen>, ServiceError> {
    if let Some(missing) = chosen.and_then(|ids| ids.iter().find(|id| texts.iter().all(|text| text.document.id != **id))) {
        return Err(ServiceError::invalid("documents", format!("The project has no document {missing}.")));
    }
    let frozen = frozen(texts.into_iter().filter(|text| chosen.is_none_or(|ids| ids.contains(&text.document.id))));
    if frozen.is_empty() {
        return Err(ServiceError::invalid("documents", "There is nothing to review yet. Add a diagram or a decision first."));
    }
    Ok(frozen)
}

/// Texts as they are now.
pub(in crate::server::service) fn frozen(texts: impl IntoIterator<Item = DocumentText>) -> Vec<Frozen> {
    texts
        .into_iter()
        .map(|DocumentText { document, text }| Frozen {
            reviewed: ReviewedDocument {
                document: document.id,
                path: document.path,
                title: document.title,
                revision: document.revision,
                sha256: digest(&text),
            },
            kind: document.kind,
            text,
        })
        .collect()
}

/// The SHA-256 of a text, hexadecimal.
pub fn digest(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Frozen texts with what they mean.
pub(in crate::server::service) struct Read {
    pub diagrams: Vec<(Frozen, Parsed)>,
    pub decisions: Vec<(Frozen, decision::Record)>,
}

impl Read {
    pub(in crate::server::service) fn of(frozen: Vec<Frozen>, sources: &Sources) -> Self {
        let mut read = Self { diagrams: Vec::new(), decisions: Vec::new() };
        for text in frozen {
            let path = text.reviewed.path.as_str();
            match text.kind {
                DocumentKind::Decision => {
                    let record = decision::parse(path, &text.text);
                    read.decisions.push((text, record));
                }
                DocumentKind::Diagram => {
                    let language = syntax::language_of(path, &text.text).unwrap_or(syntax::Language::Structurizr);
                    let parsed = syntax::parse(language, path, &text.text, sources);
                    read.diagrams.push((text, parsed));
                }
            }
        }
        read
    }

    pub(in crate::server::service) fn design(&self) -> Design<'_> {
        let diagrams = self.diagrams.iter().map(|(frozen, parsed)| Diagram {
            document: frozen.reviewed.document,
            path: &frozen.reviewed.path,
            text: &frozen.text,
            parsed,
        });
        let decisions = self.decisions.iter().map(|(frozen, record)| DecisionRecord {
            document: frozen.reviewed.document,
            path: &frozen.reviewed.path,
            text: &frozen.text,
            record,
        });
        Design { diagrams: diagrams.collect(), decisions: decisions.collect() }
    }
}

/// What the texts of a review may include: the diagrams as they were frozen, and the kept files.
pub(in crate::server::service) async fn frozen_sources(
    app: &AppState,
    project: &Project,
    frozen: &[Frozen],
) -> Result<Sources, ServiceError> {
    let diagrams = frozen.iter().filter(|frozen| frozen.kind == DocumentKind::Diagram);
    let diagrams = diagrams.map(|frozen| (frozen.reviewed.path.as_str(), frozen.text.as_str())).collect::<Vec<_>>();
    documents::sources_of(app, project.id, &diagrams).await
}
