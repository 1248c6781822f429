//! New nodes and boundaries, moves, and copies.

use std::collections::BTreeSet;

use super::{Editor, given, references::Slot, words::in_brackets};
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, Model, kind::Kind},
    syntax::{
        gesture::{Home, Refusal, Subject},
        mermaid::{
            chart::{self, Thing},
            lower::read,
            shape::brackets_of,
            tree::{Chain, NodeRef, StatementId, Syntax},
        },
    },
};

impl Editor<'_> {
    pub(super) fn add(&mut self, kind: Kind, name: &str, home: &Home) -> Result<(), Refusal> {
        let name = given(name)?;
        let block = self.block_of(self.target(home)?);
        let id = self.new_id(&name, &BTreeSet::new());
        let key = ElementKey(id.clone());
        let (open, close) = brackets_of(kind).pair();
        let label = in_brackets(&[name]);
        let plain = format!("{id}{open}{label}{close}");
        let classed = format!("{plain}:::{}", kind.slug());
        let stated = format!("%% @fact {id} kind {}", kind.slug());
        let mut there = false;
        // The shortest that is read back as the kind.
        for lines in [vec![plain.clone()], vec![classed], vec![plain, stated]] {
            self.edits.clear();
            self.append(block, &lines);
            let found = read(&self.result()).model.elements.get(&key).map(|element| element.kind.value);
            there = found.is_some();
            if found == Some(kind) {
                break;
            }
        }
        if !there {
            self.edits.clear();
            return Err(Refusal::new(
                "A node that is put here would not be read, because something before it is not finished",
                "Mend what is marked in the text first.",
            ));
        }
        self.select = Some(Subject::Element(key));
        Ok(())
    }

    pub(super) fn enclose(&mut self, name: &str, home: &Home, elements: &[ElementKey]) -> Result<(), Refusal> {
        let name = given(name)?;
        let target = self.target(home)?;
        let mut things = Vec::new();
        for element in elements {
            let thing = self.thing_of(element)?;
            if self.home_of(thing) != target {
                return Err(Refusal::new(
                    format!("`{element}` stands somewhere else"),
                    "Draw a boundary around elements that stand in the same place, or move them there first.",
                ));
            }
            things.push(thing);
        }
        let id = self.new_id(&name, &BTreeSet::new());
        let title = in_brackets(&[name]);
        let mut inside = Vec::new();
        for thing in things {
            inside.extend(self.lift(thing).unwrap_or_else(|| vec![self.id_of(thing)]));
        }
        let unit = "    ";
        let mut lines = vec![format!("subgraph {id}[{title}]")];
        lines.extend(inside.into_iter().map(|line| format!("{unit}{line}")));
        lines.push("end".to_owned());
        self.append(self.block_of(target), &lines);
        self.select = Some(Subject::Group(GroupKey(id)));
        let wanted: BTreeSet<&str> = elements.iter().map(ElementKey::as_str).collect();
        self.check_moved(&wanted, self.select.clone())
    }

    /// Takes a node's own line out, as the line to put elsewhere; none where it is defined in a chain.
    fn lift(&mut self, thing: Thing) -> Option<Vec<String>> {
        let Thing::Node(node) = thing else { return None };
        let (place, found) = self.defined(node)?;
        let chain = chart::chain_of(&self.reading.tree, place.statement)?;
        let alone = chain.links.is_empty() && chain.steps.iter().map(|step| step.nodes.len()).sum::<usize>() == 1;
        if !alone {
            return None;
        }
        self.cut(self.span_of(place.statement));
        Some(vec![found.span.of(self.text).to_owned()])
    }

    pub(super) fn relocate(&mut self, elements: &[ElementKey], home: &Home) -> Result<(), Refusal> {
        let target = self.target(home)?;
        let mut moved: BTreeSet<usize> = BTreeSet::new();
        let mut subs: Vec<usize> = Vec::new();
        for element in elements {
            match self.thing_of(element)? {
                thing if self.home_of(thing) == target => {}
                Thing::Node(node) => {
                    moved.insert(node);
                }
                Thing::Subgraph(sub) => {
                    if target.is_some_and(|target| self.reading.chart.is_within(target, sub)) {
                        return Err(Refusal::new("A boundary cannot lie inside itself", "Move it somewhere else."));
                    }
                    subs.push(sub);
                }
            }
        }
        self.select = elements.first().cloned().map(Subject::Element);
        if moved.is_empty() && subs.is_empty() {
            return Ok(());
        }
        let mut new_places: Vec<(StatementId, usize)> = Vec::new();
        let mut definitions: Vec<String> = Vec::new();
        for node in &moved {
            let id = self.id_of(Thing::Node(*node));
            match self.lift(Thing::Node(*node)) {
                Some(lines) => definitions.extend(lines),
                None if self.mentioned_in(*node, target) => {}
                None => definitions.push(id),
            }
        }
        self.detach(&moved, target, &mut new_places);
        for sub in subs {
            let Some(statement) = self.reading.chart.subgraphs.get(sub).map(|sub| sub.statement) else { continue };
            let span = self.reading.tree.whole(statement);
            let lines = self.block_lines(span);
            let inside: Vec<StatementId> = self
                .reading
                .tree
                .statements()
                .filter(|(_, other)| span.start <= other.span.start && other.span.end <= span.end)
                .map(|(id, _)| id)
                .collect();
            self.cut(span);
            let at = self.append(self.block_of(target), &lines);
            new_places.extend(inside.into_iter().map(|id| (id, at)));
        }
        if !definitions.is_empty() {
            self.append(self.block_of(target), &definitions);
        }
        let slots: Vec<Slot> = self
            .slots(&BTreeSet::new())
            .into_iter()
            .map(|slot| {
                let statement = slot.old.and_then(|old| self.reading.chart.edges.get(old)).map(|edge| edge.statement);
                let place = new_places.iter().find(|(id, _)| Some(*id) == statement);
                Slot { at: place.map_or(slot.at, |(_, at)| *at), ..slot }
            })
            .collect();
        self.renumber(slots);
        let wanted: BTreeSet<&str> = elements.iter().map(ElementKey::as_str).collect();
        let around = match home {
            Home::Top => None,
            Home::Element(key) => Some(Subject::Element(key.clone())),
            Home::Group(key) => Some(Subject::Group(key.clone())),
        };
        self.check_moved(&wanted, around)
    }

    /// The lines of a statement with its block, without the indent of the first.
    fn block_lines(&self, span: Span) -> Vec<String> {
        let indent = self.indent_at(span.range().start);
        span.of(self.text).lines().map(|line| line.strip_prefix(indent.as_str()).unwrap_or(line).trim_end().to_owned()).collect()
    }

    /// Whether a chain in the very block mentions the node.
    fn mentioned_in(&self, node: usize, sub: Option<usize>) -> bool {
        let block = self.block_of(sub);
        let mentions = self.reading.chart.node(node).map(|(_, node)| node.mentions.as_slice()).unwrap_or_default();
        mentions.iter().any(|place| self.reading.tree.statement(place.statement).is_some_and(|statement| statement.home == block))
    }

    /// Takes chains that mention the nodes out of the subgraphs that would keep them.
    fn detach(&mut self, moved: &BTreeSet<usize>, target: Option<usize>, new_places: &mut Vec<(StatementId, usize)>) {
        let chains: Vec<(StatementId, Span, usize, Chain)> = self
            .reading
            .tree
            .statements()
            .filter_map(|(id, statement)| {
                let sub = self.reading.chart.of_block(&self.reading.tree, statement.home)?;
                let Syntax::Chain(chain) = &statement.syntax else { return None };
                let around = target.is_some_and(|target| self.reading.chart.is_within(target, sub));
                (!around && !self.is_removed(statement.span)).then(|| (id, statement.span, sub, chain.clone()))
            })
            .collect();
        for (id, span, sub, chain) in chains {
            let node_of = |node: &NodeRef| match self.reading.chart.thing(node.id.of(self.text)) {
                Some(Thing::Node(index)) => Some(index),
                _ => None,
            };
            let refs: Vec<(&NodeRef, Option<usize>)> =
                chain.steps.iter().flat_map(|step| &step.nodes).map(|node| (node, node_of(node))).collect();
            if !refs.iter().any(|(_, node)| node.is_some_and(|node| moved.contains(&node))) {
                continue;
            }
            // Nodes that this chain alone keeps in the subgraph stay there.
            let block = self.reading.tree.statement(id).map(|statement| statement.home);
            let mut left: Vec<(Span, String)> = Vec::new();
            for (found, node) in &refs {
                let Some(node) = node.filter(|node| !moved.contains(node)) else { continue };
                let Some((_, whole)) = self.reading.chart.node(node) else { continue };
                let other = whole.mentions.iter().any(|place| {
                    place.statement != id
                        && self
                            .reading
                            .tree
                            .statement(place.statement)
                            .is_some_and(|other| Some(other.home) == block && !self.is_removed(other.span))
                });
                if whole.home == Some(sub) && !other && !left.iter().any(|(_, text)| text == found.span.of(self.text)) {
                    left.push((found.span, found.span.of(self.text).to_owned()));
                }
            }
            let mut text = span.of(self.text).to_owned();
            for (found, _) in refs.iter().rev() {
                // Said again further down, it would win over what is said elsewhere.
                let elsewhere = refs
                    .iter()
                    .find(|(other, _)| other.span == found.span)
                    .and_then(|(_, node)| *node)
                    .is_some_and(|node| !moved.contains(&node) && self.defined(node).is_some_and(|(place, _)| place.statement != id));
                if elsewhere || left.iter().any(|(span, _)| *span == found.span) {
                    let from = found.id.range().end - span.range().start;
                    let to = found.span.range().end - span.range().start;
                    text.replace_range(from..to, "");
                }
            }
            if left.is_empty() {
                self.cut(span);
            } else {
                let indent = self.indent_at(span.range().start);
                let separator = format!("{}{indent}", self.newline());
                self.removed.push(Span { start: span.start, end: span.end });
                self.replace(span, left.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(&separator));
            }
            let common = self.common(Some(sub), target);
            let at = self.append(self.block_of(common), &[text]);
            new_places.push((id, at));
        }
    }

    /// Refuses an edit that would move anything else.
    fn check_moved(&self, wanted: &BTreeSet<&str>, around: Option<Subject>) -> Result<(), Refusal> {
        let before = &self.reading.model;
        let after = read(&self.result()).model;
        let place = |model: &Model, key: &ElementKey| {
            model.elements.get(key).map(|element| {
                let said = (element.name.clone(), element.technology.clone(), element.tags.clone());
                (element.parent.clone(), element.group.clone(), said, element.kind.value)
            })
        };
        let others =
            before.elements.keys().filter(|key| !wanted.contains(key.as_str())).all(|key| place(before, key) == place(&after, key));
        let edges = before.relations.values().map(|relation| (&relation.source, &relation.target)).collect::<BTreeSet<_>>()
            == after.relations.values().map(|relation| (&relation.source, &relation.target)).collect::<BTreeSet<_>>();
        let said = |model: &Model, key: &ElementKey| place(model, key).map(|(_, _, said, kind)| (said, kind));
        let same = before.elements.keys().all(|key| said(before, key) == said(&after, key));
        let arrived = wanted.iter().all(|key| {
            let key = ElementKey::from(*key);
            let inside = |parent: Option<ElementKey>, group: Option<GroupKey>| match &around {
                None => parent.is_none() && group.is_none(),
                Some(Subject::Group(wanted)) => group.as_ref() == Some(wanted),
                Some(Subject::Element(wanted)) => parent.as_ref() == Some(wanted) && group.is_none(),
                Some(Subject::Relation(_) | Subject::Workspace) => false,
            };
            let element = after.elements.get(&key).map(|element| inside(element.parent.clone(), element.group.clone()));
            let group = after.groups.get(&GroupKey(key.0.clone())).map(|group| inside(group.owner.clone(), group.parent.clone()));
            element.or(group).unwrap_or(false)
        });
        if others && edges && same && arrived && before.elements.len() == after.elements.len() {
            return Ok(());
        }
        Err(Refusal::new(
            "Other statements hold these elements where they are",
            "A node belongs to the first subgraph that mentions it: move the arrows that mention it out of the subgraph in the text.",
        ))
    }

    pub(super) fn duplicate(&mut self, elements: &[ElementKey]) -> Result<(), Refusal> {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for element in elements {
            let Thing::Node(node) = self.thing_of(element)? else {
                return Err(Refusal::new(
                    "A boundary cannot be duplicated here",
                    "Copy its lines in the text, and give the copies identifiers of their own.",
                ));
            };
            let Some((place, found)) = self.defined(node) else { continue };
            let id = self.new_id(element.as_str(), &taken);
            taken.insert(id.clone());
            let rest = Span { start: found.id.end, end: found.span.end }.of(self.text);
            let name = chart::label_of(&found, self.text).is_none();
            let label =
                if name && found.data.is_none() { format!("[{}]", in_brackets(std::slice::from_ref(&element.0))) } else { String::new() };
            let mut lines = vec![format!("{id}{label}{rest}")];
            let subject = Subject::Element(element.clone());
            for (_, line) in self.fact_lines(&subject) {
                lines.push(format!("%% @fact {id} {} {}", line.name.of(self.text), line.value.of(self.text)));
            }
            let home = self.home_of(Thing::Node(node));
            let statement = self.reading.tree.statement(place.statement);
            // Below the first, if that stands where the node belongs.
            let block = self.block_of(home);
            match statement.filter(|statement| statement.home == block).map(|statement| statement.span) {
                Some(span) => {
                    let facts = self.fact_lines(&subject);
                    let follows = |fact: &Span| {
                        let between = self.text.get(span.range().end..fact.range().start);
                        between.is_some_and(|between| {
                            between.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with("%% @fact"))
                        })
                    };
                    let last = facts.iter().map(|(id, _)| self.span_of(*id)).rfind(follows);
                    let indent = self.indent(block);
                    self.after(last.unwrap_or(span), &indent, &lines);
                }
                None => {
                    self.append(block, &lines);
                }
            }
            self.join_classes(element, &id);
            self.select = Some(Subject::Element(ElementKey(id)));
        }
        Ok(())
    }

    /// Adds the copy to the `class` statements of the first.
    fn join_classes(&mut self, element: &ElementKey, id: &str) {
        let spans: Vec<Span> = self
            .reading
            .tree
            .statements()
            .filter_map(|(_, statement)| match &statement.syntax {
                Syntax::Class { targets, .. } => targets.iter().find(|span| span.of(self.text) == element.as_str()).copied(),
                _ => None,
            })
            .collect();
        for span in spans {
            self.insert(span.range().end, format!(",{id}"));
        }
    }
}
