//! Deleting, connecting and reconnecting.

use std::collections::BTreeSet;

use super::{Editor, references::Slot, words::in_brackets};
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, Model, RelationKey},
    syntax::{
        gesture::{Refusal, Subject},
        mermaid::{
            chart::{self, Place, Thing},
            label,
            lower::{read, relations::is_backward, statements::About},
            tree::{Chain, Line, NodeRef, StatementId, Syntax},
        },
    },
};

/// What goes: numbers of nodes, subgraphs and edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone {
    pub(super) nodes: BTreeSet<usize>,
    pub(super) subs: BTreeSet<usize>,
    pub(super) edges: BTreeSet<usize>,
    /// The statements that lose something.
    touched: BTreeSet<StatementId>,
}

impl Gone {
    fn has(&self, thing: Option<Thing>) -> bool {
        match thing {
            Some(Thing::Node(node)) => self.nodes.contains(&node),
            Some(Thing::Subgraph(sub)) => self.subs.contains(&sub),
            None => false,
        }
    }
}

/// Whether all elements and groups are the same and stand in the same places.
pub(super) fn same_places(before: &Model, after: &Model) -> bool {
    let places = |model: &Model| -> BTreeSet<(String, String, Option<ElementKey>, Option<String>)> {
        let elements = model.elements.values();
        elements
            .map(|element| {
                (element.key.0.clone(), element.name.clone(), element.parent.clone(), element.group.as_ref().map(|group| group.0.clone()))
            })
            .chain(model.groups.values().map(|group| {
                (format!("/{}", group.key), group.name.clone(), group.owner.clone(), group.parent.as_ref().map(|parent| parent.0.clone()))
            }))
            .collect()
    };
    places(before) == places(after)
}

impl Editor<'_> {
    pub(super) fn delete(&mut self, subjects: &[Subject]) -> Result<(), Refusal> {
        let mut gone = Gone::default();
        for subject in subjects {
            match subject {
                Subject::Element(key) => match self.thing_of(key)? {
                    Thing::Node(node) => gone.nodes.insert(node),
                    Thing::Subgraph(sub) => gone.subs.insert(sub),
                },
                Subject::Group(key) => gone.subs.insert(self.sub_of(key)?),
                Subject::Relation(key) => gone.edges.insert(self.edge_of(key)?.0),
                Subject::Workspace => return Err(Refusal::whole()),
            };
        }
        let chart = &self.reading.chart;
        let inside = |home: Option<usize>| home.is_some_and(|home| gone.subs.iter().any(|sub| chart.is_within(home, *sub)));
        let subs: Vec<usize> = (0..chart.subgraphs.len()).filter(|sub| inside(Some(*sub))).collect();
        let nodes: Vec<usize> = chart.nodes.values().enumerate().filter(|(_, node)| inside(node.home)).map(|(index, _)| index).collect();
        gone.subs.extend(subs);
        gone.nodes.extend(nodes);
        self.take_out(gone, false);
        Ok(())
    }

    /// Takes nodes, subgraphs and edges out, with all that refers to them.
    pub(super) fn take_out(&mut self, mut gone: Gone, keep_ids: bool) {
        let touching: Vec<usize> = self
            .reading
            .chart
            .edges
            .iter()
            .enumerate()
            .filter(|(_, edge)| gone.has(Some(edge.source)) || gone.has(Some(edge.target)))
            .map(|(number, _)| number)
            .collect();
        gone.edges.extend(touching);
        let chart = &self.reading.chart;
        let edges = gone.edges.iter().filter_map(|edge| chart.edges.get(*edge)).map(|edge| edge.statement);
        let nodes =
            gone.nodes.iter().filter_map(|node| chart.node(*node)).flat_map(|(_, node)| &node.mentions).map(|place| place.statement);
        gone.touched = edges.chain(nodes).collect();
        for sub in gone.subs.clone() {
            let Some(statement) = self.reading.chart.subgraphs.get(sub).map(|sub| sub.statement) else { continue };
            let span = self.reading.tree.whole(statement);
            // What lies in one that goes, goes with it.
            let lexically = |editor: &Self| {
                let mut block = editor.reading.tree.statement(statement).map(|statement| statement.home);
                while let Some(around) = block.and_then(|block| editor.reading.chart.of_block(&editor.reading.tree, block)) {
                    if gone.subs.contains(&around) {
                        return true;
                    }
                    let owner = editor.reading.chart.subgraphs.get(around).map(|sub| sub.statement);
                    block = owner.and_then(|owner| editor.reading.tree.statement(owner)).map(|owner| owner.home);
                }
                false
            };
            if !lexically(self) {
                self.cut(span);
            }
        }
        let chains: Vec<(StatementId, Span, Chain)> = self
            .reading
            .tree
            .statements()
            .filter_map(|(id, statement)| match &statement.syntax {
                Syntax::Chain(chain) if !self.is_removed(statement.span) => Some((id, statement.span, chain.clone())),
                _ => None,
            })
            .collect();
        for (id, span, chain) in &chains {
            self.thin(*id, *span, chain, &gone, keep_ids);
        }
        self.save_labels(&gone);
        self.save_statements(&gone);
        let ids: BTreeSet<String> = gone
            .nodes
            .iter()
            .map(|node| self.id_of(Thing::Node(*node)))
            .chain(gone.subs.iter().map(|sub| self.id_of(Thing::Subgraph(*sub))))
            .chain(gone.edges.iter().filter(|_| !keep_ids).filter_map(|edge| self.edge_name(*edge)))
            .collect();
        let mut subjects: Vec<Subject> =
            gone.nodes.iter().map(|node| Subject::Element(ElementKey(self.id_of(Thing::Node(*node))))).collect();
        for sub in &gone.subs {
            let key = self.reading.chart.subgraphs.get(*sub).map(|sub| sub.key.clone()).unwrap_or_default();
            subjects.push(Subject::Element(ElementKey(key.clone())));
            subjects.push(Subject::Group(crate::domain::model::GroupKey(key)));
        }
        self.forget(&ids, &subjects);
        if !keep_ids {
            let slots = self.slots(&gone.edges);
            self.renumber(slots);
        }
    }

    fn edge_name(&self, number: usize) -> Option<String> {
        let edge = self.reading.chart.edges.get(number)?;
        chart::link_of(&self.reading.tree, edge)?.id.filter(|_| edge.named).map(|id| id.of(self.text).to_owned())
    }

    /// A node whose label stood in a subgraph that goes keeps it where it is mentioned next.
    fn save_labels(&mut self, gone: &Gone) {
        for node in 0..self.reading.chart.nodes.len() {
            if gone.nodes.contains(&node) {
                continue;
            }
            let Some((place, found)) = self.defined(node) else { continue };
            let inside = self
                .removed
                .iter()
                .any(|span| gone.subs.iter().next().is_some() && span.start <= found.span.start && found.span.end <= span.end);
            if !inside || !self.is_removed(self.span_of(place.statement)) {
                continue;
            }
            let mentions = self.reading.chart.node(node).map(|(_, node)| node.mentions.clone()).unwrap_or_default();
            let stay: Vec<&NodeRef> = mentions
                .iter()
                .filter_map(|place| chart::mention_of(&self.reading.tree, *place))
                .filter(|node| !self.is_removed(node.span))
                .collect();
            // Of several labels the last one counts, so that one says it now.
            if let (Some(label), Some(old)) = (&found.bracket, stay.iter().rev().find_map(|node| node.bracket)) {
                let label = label.span.of(self.text).to_owned();
                self.replace(old.span, label);
                continue;
            }
            if let Some(next) = stay.first().filter(|next| next.bracket.is_none() && next.data.is_none()).map(|next| next.id) {
                let rest = Span { start: found.id.end, end: found.span.end }.of(self.text).to_owned();
                self.insert(next.range().end, rest);
            }
        }
    }

    /// What a subgraph that goes says about things that stay, is said below it.
    fn save_statements(&mut self, gone: &Gone) {
        if gone.subs.is_empty() {
            return;
        }
        let stays = |id: &str| self.reading.chart.thing(id).is_some_and(|thing| !gone.has(Some(thing)));
        let mut lines: Vec<String> = Vec::new();
        for (id, statement) in self.reading.tree.statements().filter(|(_, statement)| self.is_removed(statement.span)) {
            let text = statement.span.of(self.text).to_owned();
            match &statement.syntax {
                Syntax::ClassDef { .. } => lines.push(text),
                Syntax::Class { targets, .. } | Syntax::Style { targets } | Syntax::Click { targets, .. } => {
                    let (Some(first), Some(last)) = (targets.first(), targets.last()) else { continue };
                    let kept: Vec<&str> = targets.iter().map(|span| span.of(self.text)).filter(|id| stays(id)).collect();
                    if !kept.is_empty() {
                        let head = Span { start: statement.span.start, end: first.start };
                        let tail = Span { start: last.end, end: statement.span.end };
                        lines.push(format!("{}{}{}", head.of(self.text), kept.join(","), tail.of(self.text)));
                    }
                }
                Syntax::Fact(_) => {
                    let about = self.reading.facts.iter().find(|(fact, _)| *fact == id).map(|(_, about)| about);
                    let kept = match about {
                        Some(About::Element(ElementKey(key)) | About::Group(crate::domain::model::GroupKey(key))) => {
                            let sub = self.reading.chart.subgraphs.iter().position(|sub| sub.key == *key);
                            stays(key) || sub.is_some_and(|sub| !gone.subs.contains(&sub))
                        }
                        Some(About::Relation(key)) => self
                            .reading
                            .relations
                            .iter()
                            .position(|own| own.as_ref() == Some(key))
                            .is_some_and(|edge| !gone.edges.contains(&edge)),
                        Some(About::Workspace) => true,
                        None => false,
                    };
                    if kept {
                        lines.push(text);
                    }
                }
                _ => {}
            }
        }
        if !lines.is_empty() {
            self.append(crate::domain::syntax::mermaid::tree::Tree::ROOT, &lines);
        }
    }

    /// Leaves of a chain what stays.
    fn thin(&mut self, id: StatementId, span: Span, chain: &Chain, gone: &Gone, keep_ids: bool) {
        let chart = &self.reading.chart;
        let things = |node: &NodeRef| chart.thing(node.id.of(self.text));
        // `e1@{ … }` about an edge that goes.
        if let ([step], []) = (chain.steps.as_slice(), chain.links.as_slice())
            && let [node] = step.nodes.as_slice()
            && things(node).is_none()
        {
            let named = gone.edges.iter().any(|edge| self.edge_name(*edge).as_deref() == Some(node.id.of(self.text)));
            if named && !keep_ids {
                self.cut(span);
            }
            return;
        }
        let stays: Vec<Vec<bool>> =
            chain.steps.iter().map(|step| step.nodes.iter().map(|node| !gone.has(things(node))).collect()).collect();
        let own: Vec<(usize, chart::Edge)> = chart.edges.iter().copied().enumerate().filter(|(_, edge)| edge.statement == id).collect();
        if stays.iter().flatten().all(|stays| *stays) && own.iter().all(|(number, _)| !gone.edges.contains(number)) {
            return;
        }
        if !stays.iter().flatten().any(|stays| *stays) {
            self.cut(span);
            return;
        }
        let kept = |step: usize, node: usize| stays.get(step).and_then(|step| step.get(node)).copied().unwrap_or(false);
        // The chain falls apart where a link loses an edge between nodes that stay.
        let mut parts: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
        let mut current: Vec<usize> = Vec::new();
        for step in 0..chain.steps.len() {
            if stays.get(step).is_some_and(|nodes| nodes.iter().any(|stays| *stays)) {
                current.push(step);
            }
            let edges: Vec<&(usize, chart::Edge)> = own
                .iter()
                .filter(|(_, edge)| edge.link == step && kept(edge.from.step, edge.from.node) && kept(edge.to.step, edge.to.node))
                .collect();
            let left: Vec<usize> = edges.iter().filter(|(number, _)| !gone.edges.contains(number)).map(|(number, _)| *number).collect();
            let whole = !edges.is_empty() && left.len() == edges.len();
            if !whole {
                parts.push((std::mem::take(&mut current), left));
            }
        }
        let mut lines: Vec<String> = Vec::new();
        let single = |part: &[usize]| part.len() == 1;
        // Edges that are written one by one mention their nodes.
        let singly = parts.iter().flat_map(|(_, left)| left).filter_map(|number| self.reading.chart.edges.get(*number));
        let written: BTreeSet<String> = singly.flat_map(|edge| [self.id_of(edge.source), self.id_of(edge.target)]).collect();
        for (steps, left) in &parts {
            let mut text = String::new();
            for (at, step) in steps.iter().enumerate() {
                let Some(nodes) = chain.steps.get(*step) else { continue };
                let links = parts.iter().filter(|(steps, _)| !single(steps)).flat_map(|(steps, _)| steps);
                let elsewhere: BTreeSet<&str> = links
                    .filter(|other| *other != step)
                    .filter_map(|other| chain.steps.get(*other))
                    .flat_map(|other| &other.nodes)
                    .map(|node| node.id.of(self.text))
                    .chain(written.iter().map(String::as_str))
                    .collect();
                let wanted: Vec<&NodeRef> = nodes
                    .nodes
                    .iter()
                    .enumerate()
                    .filter(|(node, found)| kept(*step, *node) && (!single(steps) || self.is_needed(id, found, &elsewhere, gone)))
                    .map(|(_, found)| found)
                    .collect();
                if at > 0
                    && let Some(before) = step.checked_sub(1).and_then(|before| chain.steps.get(before))
                {
                    text.push_str(Span { start: before.span().end, end: nodes.span().start }.of(self.text));
                }
                if wanted.len() == nodes.nodes.len() {
                    text.push_str(nodes.span().of(self.text));
                } else {
                    text.push_str(&wanted.iter().map(|node| node.span.of(self.text)).collect::<Vec<_>>().join(" & "));
                }
            }
            if !text.is_empty() {
                lines.push(text);
            }
            for number in left {
                let Some(edge) = self.reading.chart.edges.get(*number) else { continue };
                let link = chain.links.get(edge.link).map(|link| {
                    // The id stays with the one edge that has it.
                    let start = if edge.named { link.span.start } else { link.arrow.0.start };
                    Span { start, end: link.span.end }.of(self.text)
                });
                lines.push(format!("{} {} {}", self.id_of(edge.source), link.unwrap_or("-->"), self.id_of(edge.target)));
            }
        }
        if lines.is_empty() {
            self.cut(span);
            return;
        }
        let whole = self.lines_of(span);
        let alone = whole.start < span.start
            || self.text.get(whole.range().end.saturating_sub(1)..whole.range().end) == Some("\n")
            || whole == span;
        let separator = if alone { format!("{}{}", self.newline(), self.indent_at(span.range().start)) } else { "; ".to_owned() };
        self.replace(span, lines.join(&separator));
    }

    /// Whether a node that stays alone has to be mentioned: it says something, or nothing else in the block mentions it.
    fn is_needed(&self, statement: StatementId, found: &NodeRef, elsewhere: &BTreeSet<&str>, gone: &Gone) -> bool {
        if found.bracket.is_some() || found.data.is_some() || !found.classes.is_empty() {
            return true;
        }
        let id = found.id.of(self.text);
        if elsewhere.contains(id) {
            return false;
        }
        let mentions = match self.reading.chart.thing(id) {
            Some(Thing::Node(node)) => self.reading.chart.node(node).map(|(_, node)| node.mentions.as_slice()).unwrap_or_default(),
            // A subgraph is there anyway.
            _ => return false,
        };
        let home = self.reading.tree.statement(statement).map(|statement| statement.home);
        !mentions.iter().any(|place: &Place| {
            let other = self.reading.tree.statement(place.statement);
            // Of two that lose something, the later one keeps the node.
            let stays = place.statement > statement || (place.statement != statement && !gone.touched.contains(&place.statement));
            stays && other.is_some_and(|other| Some(other.home) == home && !self.is_removed(other.span))
        })
    }

    pub(super) fn connect(
        &mut self,
        source: &ElementKey,
        target: &ElementKey,
        description: Option<&str>,
        technology: Option<&str>,
    ) -> Result<(), Refusal> {
        let ends = (self.thing_of(source)?, self.thing_of(target)?);
        let lines = label::relation_lines(description, technology);
        let arrow = if lines.is_empty() { "-->".to_owned() } else { format!("-->|{}|", in_brackets(&lines)) };
        let line = format!("{} {arrow} {}", self.id_of(ends.0), self.id_of(ends.1));
        self.draw(ends, &line, (source.0.clone(), target.0.clone()), BTreeSet::new(), None);
        Ok(())
    }

    /// The smallest subgraph that holds both.
    pub(super) fn common(&self, mut one: Option<usize>, other: Option<usize>) -> Option<usize> {
        while let Some(sub) = one {
            if other.is_some_and(|other| self.reading.chart.is_within(other, sub)) {
                return one;
            }
            one = self.reading.chart.subgraphs.get(sub).and_then(|sub| sub.parent);
        }
        None
    }

    /// Adds an edge's line where its ends keep their places; edges in `gone` are gone, `old` is the one it was.
    fn draw(&mut self, ends: (Thing, Thing), line: &str, keys: (String, String), gone: BTreeSet<usize>, old: Option<usize>) {
        let common = self.common(self.home_of(ends.0), self.home_of(ends.1));
        let (edits, removed) = (self.edits.clone(), self.removed.clone());
        for sub in [common, None] {
            self.edits.clone_from(&edits);
            self.removed.clone_from(&removed);
            let at = self.append(self.block_of(sub), &[line.to_owned()]);
            let mut slots = self.slots(&gone);
            slots.push(Slot { at, old, ends: keys.clone() });
            let keys = self.renumber(slots.clone());
            slots.sort_by_key(|slot| slot.at);
            let own = slots.iter().position(|slot| slot.old == old && slot.at == at);
            self.select = own.and_then(|own| keys.get(own).cloned()).map(Subject::Relation);
            // An edge to or from a boundary makes it an element: only nodes keep their places then.
            let subs = matches!(ends.0, Thing::Subgraph(_)) || matches!(ends.1, Thing::Subgraph(_));
            if sub.is_none() || subs || same_places(&self.reading.model, &read(&self.result()).model) {
                return;
            }
        }
    }

    pub(super) fn reconnect(&mut self, relation: &RelationKey, source: &ElementKey, target: &ElementKey) -> Result<(), Refusal> {
        let (number, edge) = self.edge_of(relation)?;
        let ends = (self.thing_of(source)?, self.thing_of(target)?);
        let Some(link) = chart::link_of(&self.reading.tree, &edge).cloned() else { return Ok(()) };
        let written = if is_backward(&link) { (ends.1, ends.0) } else { ends };
        let keys = (source.0.clone(), target.0.clone());
        if (edge.source, edge.target) == written {
            self.select = Some(Subject::Relation(relation.clone()));
            return Ok(());
        }
        // In its place, where its ends say nothing else and the chain is this edge alone.
        let alone = chart::chain_of(&self.reading.tree, edge.statement)
            .is_some_and(|chain| chain.links.len() == 1 && chain.steps.iter().all(|step| step.nodes.len() == 1));
        if alone && link.line != Line::Invisible {
            let mut plain = true;
            for (place, before, after) in [(edge.from, edge.source, written.0), (edge.to, edge.target, written.1)] {
                if before == after {
                    continue;
                }
                let Some(node) = chart::mention_of(&self.reading.tree, place).cloned() else { continue };
                plain &= node.bracket.is_none() && node.data.is_none() && node.classes.is_empty();
                let glued = self.text.get(..node.id.range().start).is_some_and(|text| text.ends_with(['-', '=', '.']));
                let space = if glued { " " } else { "" };
                self.replace(node.id, format!("{space}{}", self.id_of(after)));
            }
            if plain {
                let mut slots = self.slots(&BTreeSet::from([number]));
                slots.push(Slot { at: self.span_of(edge.statement).range().start, old: Some(number), ends: keys.clone() });
                let new = self.renumber(slots.clone());
                slots.sort_by_key(|slot| slot.at);
                let own = slots.iter().position(|slot| slot.old == Some(number));
                self.select = own.and_then(|own| new.get(own).cloned()).map(Subject::Relation);
                if same_places(&self.reading.model, &read(&self.result()).model) {
                    return Ok(());
                }
            }
            self.edits.clear();
            self.removed.clear();
        }
        let start = if edge.named { link.span.start } else { link.arrow.0.start };
        let arrow = Span { start, end: link.span.end }.of(self.text).to_owned();
        let line = format!("{} {arrow} {}", self.id_of(written.0), self.id_of(written.1));
        let gone = BTreeSet::from([number]);
        self.take_out(Gone { edges: gone.clone(), ..Gone::default() }, true);
        self.draw(written, &line, keys, gone, Some(number));
        Ok(())
    }
}
