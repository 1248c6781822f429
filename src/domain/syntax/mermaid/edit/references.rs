//! Identifiers and numbers that statements refer by.

use std::collections::{BTreeMap, BTreeSet};

use super::{Editor, words::in_brackets};
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, RelationKey},
    syntax::{
        gesture::{Refusal, Subject},
        mermaid::{
            MAX_ID,
            chart::{self, Place, Thing},
            lower::{relations::is_backward, statements::About},
            scan::id_end,
            tree::{Line, Quote, Syntax},
        },
    },
};

/// Words that cannot be identifiers, or that Mermaid reads as something else in some places.
pub(super) fn is_reserved(word: &str) -> bool {
    let known = [
        "end",
        "subgraph",
        "graph",
        "flowchart",
        "style",
        "linkstyle",
        "classdef",
        "class",
        "click",
        "call",
        "href",
        "default",
        "direction",
        "interpolate",
        "workspace",
        "v",
        "_self",
        "_blank",
        "_parent",
        "_top",
    ];
    known.contains(&word.to_ascii_lowercase().as_str())
}

/// Where an edge stands after an edit.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its place in the text.
    pub(super) at: usize,
    /// Its number before; none for a new one.
    pub(super) old: Option<usize>,
    /// The keys of its ends, as the relation runs.
    pub(super) ends: (String, String),
}

impl Editor<'_> {
    pub(super) fn rename_identifier(&mut self, element: &ElementKey, identifier: &str) -> Result<(), Refusal> {
        let thing = self.thing_of(element)?;
        let old = self.id_of(thing);
        let new = identifier.trim();
        if new == old {
            return Ok(());
        }
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let fits = !new.is_empty()
            && new.len() <= MAX_ID
            && new.chars().all(plain)
            && new.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            && new.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && !new.contains("--")
            && !new.contains("-.")
            && id_end(new, 0) == new.len();
        if !fits || new.split(['-', '.']).next().is_some_and(is_reserved) {
            return Err(Refusal::new(
                format!("`{new}` cannot be an identifier in Mermaid"),
                "Use letters, digits, `_` and single hyphens, and none of Mermaid's own words such as `end`.",
            ));
        }
        if self.reading.chart.is_taken(new) {
            return Err(Refusal::new(format!("`{new}` is already the identifier of something else"), "Choose another one."));
        }
        match thing {
            Thing::Node(node) => {
                let mentions = self.reading.chart.node(node).map(|(_, node)| node.mentions.clone()).unwrap_or_default();
                self.respell(&mentions, new);
                // What is shown stays the same.
                if let Some((_, found)) = self.defined(node)
                    && chart::label_of(&found, self.text).is_none_or(|text| text.inner.of(self.text).trim().is_empty())
                {
                    if found.bracket.is_none() {
                        self.add_label(&found, std::slice::from_ref(&old));
                    } else if let Some(bracket) = found.bracket {
                        self.replace(bracket.text.span, in_brackets(std::slice::from_ref(&old)));
                    }
                }
            }
            Thing::Subgraph(sub) => {
                let Some(found) = self.reading.chart.subgraphs.get(sub).cloned() else { return Ok(()) };
                let Some(Syntax::Subgraph(header)) = self.reading.tree.statement(found.statement).map(|statement| statement.syntax.clone())
                else {
                    return Ok(());
                };
                match (header.id, header.title) {
                    (Some(id), Some(_)) => self.replace(id.span, new),
                    (Some(id), None) => {
                        let inner = id.inner.of(self.text).to_owned();
                        let title = if id.quote == Quote::Bare { in_brackets(&[inner]) } else { id.span.of(self.text).to_owned() };
                        self.replace(id.span, format!("{new}[{title}]"));
                    }
                    (None, _) => self.insert(header.word.range().end, format!(" {new}[{}]", in_brackets(std::slice::from_ref(&old)))),
                }
                self.respell(&found.mentions, new);
            }
        }
        self.respell_statements(&old, new);
        self.select = Some(Subject::Element(ElementKey(new.to_owned())));
        Ok(())
    }

    /// A new identifier wherever a node is mentioned, kept apart from arrows that would swallow a letter of it.
    fn respell(&mut self, mentions: &[Place], new: &str) {
        for place in mentions {
            let Some(id) = chart::mention_of(&self.reading.tree, *place).map(|node| node.id) else { continue };
            let before = self.text.get(..id.range().start).and_then(|text| text.chars().next_back());
            let after = self.text.get(id.range().end..).and_then(|text| text.chars().next());
            let swallowed = new.starts_with(['x', 'o']) && matches!(before, Some('-' | '=' | '.'));
            let swallows = matches!(new, "x" | "o") && matches!(after, Some('-' | '='));
            let replacement = format!("{}{new}{}", if swallowed { " " } else { "" }, if swallows { " " } else { "" });
            self.replace(id, replacement);
        }
    }

    fn respell_statements(&mut self, old: &str, new: &str) {
        let mut spans: Vec<Span> = Vec::new();
        for (_, statement) in self.reading.tree.statements() {
            match &statement.syntax {
                Syntax::Class { targets, .. } | Syntax::Style { targets } | Syntax::Click { targets, .. } => spans.extend(targets),
                Syntax::Fact(line) if line.source.quote == Quote::Bare => {
                    spans.push(line.source.inner);
                    if let Some(target) = line.target {
                        let length = target.of(self.text).rsplit_once('#').map_or(target.of(self.text).len(), |(head, _)| head.len());
                        spans.push(target);
                        spans.push(Span::new(target.range().start, target.range().start + length));
                    }
                }
                _ => {}
            }
        }
        spans.retain(|span| span.of(self.text) == old);
        spans.sort_unstable();
        spans.dedup();
        for span in spans {
            self.replace(span, new);
        }
    }

    /// The keys of an edge's ends, as its relation runs.
    pub(super) fn ends_of(&self, number: usize) -> Option<(String, String)> {
        let edge = self.reading.chart.edges.get(number)?;
        let key = |thing| match thing {
            Thing::Node(_) => self.id_of(thing),
            Thing::Subgraph(index) => self.reading.chart.subgraphs.get(index).map(|sub| sub.key.clone()).unwrap_or_default(),
        };
        let (from, to) = (key(edge.source), key(edge.target));
        let backward = chart::link_of(&self.reading.tree, edge).is_some_and(is_backward);
        Some(if backward { (to, from) } else { (from, to) })
    }

    /// The edges that stay where they are.
    pub(super) fn slots(&self, gone: &BTreeSet<usize>) -> Vec<Slot> {
        let edges = self.reading.chart.edges.iter().enumerate().filter(|(number, _)| !gone.contains(number));
        edges
            .filter_map(|(number, edge)| {
                Some(Slot { at: self.span_of(edge.statement).range().start, old: Some(number), ends: self.ends_of(number)? })
            })
            .collect()
    }

    /// Lets `linkStyle` and facts follow their edges. Statements about edges that are gone go, too.
    pub(super) fn renumber(&mut self, mut slots: Vec<Slot>) -> Vec<RelationKey> {
        slots.sort_by_key(|slot| slot.at);
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut keys = Vec::new();
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let mut renamed: BTreeMap<RelationKey, RelationKey> = BTreeMap::new();
        for (number, slot) in slots.iter().enumerate() {
            let link = slot.old.and_then(|old| self.reading.chart.edges.get(old)).and_then(|edge| {
                chart::link_of(&self.reading.tree, edge).map(|link| (link.line == Line::Invisible, link.id.filter(|_| edge.named)))
            });
            let (invisible, own) = link.unwrap_or_default();
            if let Some(old) = slot.old {
                numbers.insert(old, number);
            }
            let mut key = RelationKey(String::new());
            if !invisible {
                let count = counts.entry(slot.ends.clone()).or_default();
                *count += 1;
                let base = format!("{}->{}", slot.ends.0, slot.ends.1);
                key =
                    RelationKey(own.map_or_else(
                        || if *count == 1 { base.clone() } else { format!("{base}#{count}") },
                        |id| id.of(self.text).to_owned(),
                    ));
                if let Some(Some(old)) = slot.old.and_then(|old| self.reading.relations.get(old)) {
                    renamed.insert(old.clone(), key.clone());
                }
            }
            keys.push(key);
        }
        self.relink(&numbers);
        self.restate(&renamed);
        keys
    }

    fn relink(&mut self, numbers: &BTreeMap<usize, usize>) {
        let statements: Vec<(Span, Vec<Span>)> = self
            .reading
            .tree
            .statements()
            .filter_map(|(_, statement)| match &statement.syntax {
                Syntax::LinkStyle { numbers } if !numbers.is_empty() && !self.is_removed(statement.span) => {
                    Some((statement.span, numbers.clone()))
                }
                _ => None,
            })
            .collect();
        let count = self.reading.chart.edges.len();
        for (statement, spans) in statements {
            let new = |span: &Span| {
                let number = span.of(self.text).parse::<usize>().unwrap_or(usize::MAX);
                // What never was an edge stays as it is.
                if number >= count { Some(number) } else { numbers.get(&number).copied() }
            };
            let kept: Vec<Option<usize>> = spans.iter().map(new).collect();
            if kept.iter().all(Option::is_none) {
                self.cut(statement);
            } else if kept.iter().all(Option::is_some) {
                for (span, number) in spans.iter().zip(kept) {
                    let number = number.unwrap_or_default().to_string();
                    if span.of(self.text) != number {
                        self.replace(*span, number);
                    }
                }
            } else if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
                let list: Vec<String> = kept.into_iter().flatten().map(|number| number.to_string()).collect();
                self.replace(Span { start: first.start, end: last.end }, list.join(","));
            }
        }
    }

    fn restate(&mut self, renamed: &BTreeMap<RelationKey, RelationKey>) {
        let facts = self.reading.facts.clone();
        for (id, about) in facts {
            let About::Relation(key) = about else { continue };
            let Some(Syntax::Fact(line)) = self.reading.tree.statement(id).map(|statement| statement.syntax.clone()) else { continue };
            let span = self.span_of(id);
            if self.is_removed(span) {
                continue;
            }
            match renamed.get(&key) {
                None => self.cut(span),
                Some(new) => {
                    let subject = Span { start: line.source.span.start, end: line.target.unwrap_or(line.source.span).end };
                    if *new != key {
                        self.replace(subject, new.0.clone());
                    }
                }
            }
        }
    }

    /// Takes identifiers out of `class`, `style`, `click`, and the facts about them.
    pub(super) fn forget(&mut self, ids: &BTreeSet<String>, subjects: &[Subject]) {
        let statements: Vec<(Span, Vec<Span>)> = self
            .reading
            .tree
            .statements()
            .filter_map(|(_, statement)| match &statement.syntax {
                Syntax::Class { targets, .. } | Syntax::Style { targets } | Syntax::Click { targets, .. } => {
                    Some((statement.span, targets.clone()))
                }
                _ => None,
            })
            .filter(|(span, _)| !self.is_removed(*span))
            .collect();
        for (statement, targets) in statements {
            let kept: Vec<&str> = targets.iter().map(|span| span.of(self.text)).filter(|id| !ids.contains(*id)).collect();
            if kept.len() == targets.len() {
                continue;
            }
            if kept.is_empty() {
                self.cut(statement);
            } else if let (Some(first), Some(last)) = (targets.first(), targets.last()) {
                let list = kept.join(",");
                self.replace(Span { start: first.start, end: last.end }, list);
            }
        }
        for subject in subjects {
            for (id, _) in self.fact_lines(subject) {
                let span = self.span_of(id);
                if !self.is_removed(span) {
                    self.cut(span);
                }
            }
        }
    }
}
