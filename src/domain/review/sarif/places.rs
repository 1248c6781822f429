//! Where findings lie: lines and columns in the texts, and names in the models.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use crate::domain::{
    diagnostic::{LineIndex, Span},
    id::DocumentId,
    model::{ElementKey, Model, Relation},
    review::{
        engine::Design,
        finding::{Anchor, Evidence, Finding},
        sarif::{
            SOURCE_ROOT,
            log::{ArtifactLocation, CodeFlow, Location, LogicalLocation, PhysicalLocation, Region, ThreadFlow, ThreadFlowLocation},
            message,
        },
    },
};

/// More related locations than this are not shown anywhere.
const MOST_RELATED: usize = 100;
/// More places of one result are refused.
const MOST_LOCATIONS: usize = 1000;

/// The beginning of a file.
pub(super) const START: Region = Region { start_line: 1, start_column: None, end_line: None, end_column: None };

/// One state of a design with its lines.
pub(super) struct Places<'a> {
    texts: BTreeMap<&'a str, LineIndex<'a>>,
    paths: BTreeMap<DocumentId, &'a str>,
    models: BTreeMap<DocumentId, &'a Model>,
    shown: &'a dyn Fn(&str) -> String,
}

impl<'a> Places<'a> {
    pub(super) fn new(design: &Design<'a>, shown: &'a dyn Fn(&str) -> String) -> Self {
        let texts = design.diagrams.iter().map(|diagram| (diagram.document, diagram.path, diagram.text));
        let texts: Vec<(DocumentId, &str, &str)> =
            texts.chain(design.decisions.iter().map(|decision| (decision.document, decision.path, decision.text))).collect();
        Self {
            paths: texts.iter().map(|(document, path, _)| (*document, *path)).collect(),
            texts: texts.into_iter().map(|(_, path, text)| (path, LineIndex::new(text))).collect(),
            models: design.diagrams.iter().map(|diagram| (diagram.document, &diagram.parsed.model)).collect(),
            shown,
        }
    }

    pub(super) fn physical(&self, path: &str, region: Region) -> PhysicalLocation {
        PhysicalLocation { artifact_location: artifact(&(self.shown)(path)), region }
    }

    /// The characters that a span covers on its first line; the beginning of a file that is not at hand.
    pub(super) fn of_span(&self, path: &str, span: Span) -> Region {
        self.texts.get(path).map_or(START, |lines| region(lines, span))
    }

    /// What stands on the first line that shows a piece of evidence.
    fn of_evidence(&self, evidence: &Evidence) -> Region {
        let line = evidence.marked.first().copied().unwrap_or(evidence.line).max(1);
        let quoted = || line.checked_sub(evidence.line).and_then(|offset| evidence.quote.get(offset as usize)).map(String::as_str);
        let Some(text) = self.texts.get(evidence.path.as_str()).map(|index| index.line(line)).or_else(quoted) else {
            return Region { start_line: line, ..START };
        };
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX - 1);
        let indent = count(text) - count(text.trim_start());
        if text.trim().is_empty() {
            return Region { start_line: line, ..START };
        }
        Region { start_line: line, start_column: Some(indent + 1), end_line: None, end_column: Some(count(text.trim_end()) + 1) }
    }

    /// The first place of a finding; its document's beginning where nothing shows it.
    pub(super) fn primary(&self, finding: &Finding) -> Location {
        let physical = match finding.evidence.first() {
            Some(evidence) => self.physical(&evidence.path, self.of_evidence(evidence)),
            None => finding.anchors.first().map_or_else(|| self.physical("", START), |anchor| self.of_anchor(anchor)),
        };
        Location { id: None, physical_location: physical, logical_locations: self.logical(finding), message: None }
    }

    fn of_anchor(&self, anchor: &Anchor) -> PhysicalLocation {
        let document = anchor.document();
        let path = self.paths.get(&document).copied().unwrap_or_default();
        let model = self.models.get(&document);
        let found = match anchor {
            Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. } => {
                model.and_then(|model| model.elements.get(element)).map(|element| (element.file.as_deref(), element.name_span))
            }
            Anchor::Relation { relation, .. } => {
                model.and_then(|model| model.relations.get(relation)).map(|relation| (relation.file.as_deref(), relation.span))
            }
            Anchor::Group { group, .. } => model.and_then(|model| model.groups.get(group)).map(|group| (group.file.as_deref(), group.span)),
            Anchor::Text { span, .. } => Some((None, *span)),
            Anchor::Path { .. } | Anchor::Absence { scope: None, .. } | Anchor::Document { .. } => None,
        };
        match found {
            Some((file, span)) => {
                let path = file.unwrap_or(path);
                self.physical(path, self.of_span(path, span))
            }
            None => self.physical(path, START),
        }
    }

    /// The other places that show a finding.
    pub(super) fn related(&self, finding: &Finding) -> Vec<Location> {
        let mut found: Vec<Location> = Vec::new();
        for evidence in finding.evidence.iter().skip(1) {
            let physical_location = self.physical(&evidence.path, self.of_evidence(evidence));
            let said = Some(message(&evidence.claim)).filter(|message| !message.text.is_empty());
            if !found.iter().any(|other| other.physical_location == physical_location && other.message == said) {
                found.push(Location { id: None, physical_location, logical_locations: Vec::new(), message: said });
            }
        }
        found.truncate(MOST_RELATED);
        for (id, location) in (1..).zip(&mut found) {
            location.id = Some(id);
        }
        found
    }

    /// The elements, relations and groups that a finding is about, each once.
    fn logical(&self, finding: &Finding) -> Vec<LogicalLocation> {
        let mut names = BTreeSet::new();
        let mut found = Vec::new();
        for anchor in &finding.anchors {
            let Some(model) = self.models.get(&anchor.document()) else { continue };
            let relation = |relation: &Relation| LogicalLocation {
                name: format!("{} -> {}", name(model, &relation.source), name(model, &relation.target)),
                fully_qualified_name: format!("{} -> {}", qualified(model, &relation.source), qualified(model, &relation.target)),
                kind: "relationship",
            };
            let logical: Vec<LogicalLocation> = match anchor {
                Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. } => {
                    vec![LogicalLocation { name: name(model, element), fully_qualified_name: qualified(model, element), kind: "element" }]
                }
                Anchor::Relation { relation: key, .. } => model.relations.get(key).map(relation).into_iter().collect(),
                Anchor::Path { relations, .. } => relations.iter().filter_map(|key| model.relations.get(key)).map(relation).collect(),
                Anchor::Group { group, .. } => {
                    let group = model.groups.get(group);
                    let named =
                        |name: &str| LogicalLocation { name: name.to_owned(), fully_qualified_name: name.to_owned(), kind: "boundary" };
                    group.map(|group| named(&group.name)).into_iter().collect()
                }
                Anchor::Absence { scope: None, .. } | Anchor::Text { .. } | Anchor::Document { .. } => Vec::new(),
            };
            found.extend(logical.into_iter().filter(|one| names.insert((one.kind, one.fully_qualified_name.clone()))));
        }
        found.truncate(MOST_RELATED);
        found
    }

    /// Chains and cycles, relation by relation.
    pub(super) fn flows(&self, finding: &Finding) -> Vec<CodeFlow> {
        let paths = finding.anchors.iter().filter_map(|anchor| match anchor {
            Anchor::Path { document, relations } => Some((document, relations)),
            _ => None,
        });
        let flow = |(document, relations): (&DocumentId, &Vec<_>)| {
            let model = self.models.get(document)?;
            let path = self.paths.get(document).copied().unwrap_or_default();
            let steps = relations.iter().filter_map(|key| model.relations.get(key)).take(MOST_LOCATIONS);
            let locations: Vec<ThreadFlowLocation> = steps
                .map(|relation| {
                    let path = relation.file.as_deref().unwrap_or(path);
                    let said = relation.label().map(|label| format!(": {label}")).unwrap_or_default();
                    let said = format!("{} -> {}{said}", name(model, &relation.source), name(model, &relation.target));
                    let physical_location = self.physical(path, self.of_span(path, relation.span));
                    let location = Location { id: None, physical_location, logical_locations: Vec::new(), message: Some(message(&said)) };
                    ThreadFlowLocation { location }
                })
                .collect();
            (!locations.is_empty()).then(|| CodeFlow { thread_flows: vec![ThreadFlow { locations }] })
        };
        paths.filter_map(flow).collect()
    }
}

/// The characters that a span covers on its first line.
pub(super) fn region(lines: &LineIndex<'_>, span: Span) -> Region {
    let (start, end) = (lines.place(span.start), lines.place(span.end));
    let last = u32::try_from(lines.line(start.line).trim_end().chars().count()).unwrap_or(u32::MAX).saturating_add(1);
    let end_column = if end.line == start.line { end.column.min(last) } else { last };
    Region {
        start_line: start.line,
        start_column: Some(start.column),
        end_line: None,
        end_column: Some(end_column).filter(|end| *end > start.column),
    }
}

fn name(model: &Model, key: &ElementKey) -> String {
    model.elements.get(key).map_or_else(|| key.to_string(), |element| element.name.clone())
}

/// The names of what an element lies in, outermost first, and its own.
fn qualified(model: &Model, key: &ElementKey) -> String {
    let mut names: Vec<&str> = model.ancestors(key).map(|element| element.name.as_str()).collect();
    names.reverse();
    let own = name(model, key);
    names.push(&own);
    names.join("/")
}

/// The address of a file: relative to the root of the sources, or of the file system.
fn artifact(path: &str) -> ArtifactLocation {
    if path.starts_with('/') {
        return ArtifactLocation { uri: format!("file://{}", encoded(path)), uri_base_id: None };
    }
    ArtifactLocation { uri: encoded(path), uri_base_id: Some(SOURCE_ROOT) }
}

/// A path with everything escaped that means something else in an address.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_are_escaped() {
        assert_eq!(artifact("docs/adr/0001 ä#1.md").uri, "docs/adr/0001%20%C3%A4%231.md");
        assert_eq!(artifact("/tmp/a b.dsl"), ArtifactLocation { uri: "file:///tmp/a%20b.dsl".to_owned(), uri_base_id: None });
        assert_eq!(artifact("a:b.dsl").uri, "a%3Ab.dsl");
    }
}
