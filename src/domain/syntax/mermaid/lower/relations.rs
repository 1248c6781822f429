//! Edges as relations.

use std::collections::BTreeMap;

use super::Lowering;
use crate::domain::{
    model::{ElementKey, Inferred, Relation, RelationKey, facts::Facts, kind::Mode},
    syntax::mermaid::{
        chart::{self, Edge},
        label::{self, RelationWords},
        tree::{Head, Line, Link},
    },
};

/// The tag of edges without heads, and of edges with two.
pub(in crate::domain::syntax::mermaid) const UNDIRECTED: &str = "Undirected";
pub(in crate::domain::syntax::mermaid) const BIDIRECTIONAL: &str = "Bidirectional";

/// Whether the relation runs against the way the edge is written.
pub(in crate::domain::syntax::mermaid) const fn is_backward(link: &Link) -> bool {
    !matches!(link.start, Head::None) && matches!(link.end, Head::None)
}

impl Lowering<'_> {
    pub(super) fn relations(&mut self) {
        for edge in &self.chart.edges {
            let key = self.relation(edge);
            self.relations.push(key);
        }
    }

    fn relation(&mut self, edge: &Edge) -> Option<RelationKey> {
        let link = chart::link_of(self.tree, edge)?;
        if link.line == Line::Invisible {
            return None;
        }
        let mut ends = (self.key_of(edge.source), self.key_of(edge.target));
        if is_backward(link) {
            ends = (ends.1, ends.0);
        }
        let own = link.id.filter(|_| edge.named).map(|id| id.of(self.source()).to_owned());
        let between = self.between.entry(ends.clone()).or_default();
        let count = between.len() + 1;
        let base = format!("{}->{}", ends.0, ends.1);
        let key = RelationKey(own.unwrap_or_else(|| if count == 1 { base } else { format!("{base}#{count}") }));
        between.push(key.clone());
        let words = self.words(link);
        let mut tags = Vec::new();
        match (link.start, link.end) {
            (Head::None, Head::None) => tags.push(UNDIRECTED.to_owned()),
            (Head::None, _) | (_, Head::None) => {}
            _ => tags.push(BIDIRECTIONAL.to_owned()),
        }
        let mention = |place| chart::mention_of(self.tree, place).map(|node| node.span);
        let mut span = link.span;
        if let (Some(from), Some(to)) = (mention(edge.from), mention(edge.to)) {
            (span.start, span.end) = (from.start, to.end);
        }
        let relation = Relation {
            key: key.clone(),
            source: ElementKey(ends.0),
            target: ElementKey(ends.1),
            description: words.description,
            technology: words.technology,
            mode: Inferred { value: Mode::Sync, reason: String::new(), stated: false },
            tags,
            properties: BTreeMap::new(),
            facts: Facts::default(),
            url: None,
            perspectives: Vec::new(),
            implied_by: None,
            span,
            file: None,
        };
        self.model.relations.insert(key.clone(), relation);
        Some(key)
    }

    fn words(&mut self, link: &Link) -> RelationWords {
        let Some(text) = link.label.map(|label| label.text) else { return RelationWords::default() };
        let length = text.inner.of(self.source()).len();
        // One label may be that of very many edges.
        self.labels = self.labels.saturating_sub(length);
        if self.labels == 0 {
            return RelationWords::default();
        }
        let lines: Vec<String> = label::lines(self.source(), &text).into_iter().map(|line| line.text).collect();
        label::relation(&lines)
    }
}
