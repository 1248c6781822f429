//! What the statements of a tree amount to: nodes with their mentions, edges, and subgraphs with their members. The model and
//! every gesture are made from this.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::domain::{
    diagnostic::Span,
    syntax::mermaid::{
        MAX_DEPTH, MAX_EDGES, MAX_ID, MAX_NODES,
        tree::{Chain, Item, Link, NodeRef, StatementId, Syntax, Text, Tree},
    },
};

/// Where a node is mentioned: the numbers of the step and of the node in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub statement: StatementId,
    pub step: usize,
    pub node: usize,
}

/// What an identifier stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Node(usize),
    Subgraph(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Node {
    /// In the order of the text.
    pub mentions: Vec<Place>,
    /// The subgraph it belongs to.
    pub home: Option<usize>,
}

/// One edge of Mermaid's; `A & B --> C` are two.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub statement: StatementId,
    /// The link's number in its chain.
    pub link: usize,
    pub source: Thing,
    pub target: Thing,
    /// The mentions it goes from and to.
    pub from: Place,
    pub to: Place,
    /// The link's own id is this edge's.
    pub named: bool,
}

#[derive(Clone, Debug)]
pub struct Sub {
    pub statement: StatementId,
    /// By which edges, classes and styles refer to it.
    pub id: String,
    /// The identifier as written; none where Mermaid makes one.
    pub written: Option<Span>,
    pub title: Option<Text>,
    /// In the model; unique among nodes and subgraphs.
    pub key: String,
    pub parent: Option<usize>,
    /// An edge begins or ends at it.
    pub is_end: bool,
    /// Mentions as if it were a node.
    pub mentions: Vec<Place>,
    /// The same identifier as an earlier one.
    pub again: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Chart {
    pub nodes: IndexMap<String, Node>,
    pub subgraphs: Vec<Sub>,
    /// In Mermaid's order, which `linkStyle` counts in; invisible ones included.
    pub edges: Vec<Edge>,
    /// Nodes or edges beyond the limits were left out.
    pub nodes_left_out: bool,
    pub edges_left_out: bool,
    things: BTreeMap<String, Thing>,
    edge_ids: BTreeSet<String>,
}

impl Chart {
    pub fn new(tree: &Tree) -> Self {
        let mut chart = Self::default();
        let source = tree.source();
        for (_, statement) in tree.statements() {
            let Syntax::Chain(chain) = &statement.syntax else { continue };
            chart.edge_ids.extend(chain.links.iter().filter_map(|link| link.id).map(|id| id.of(source).to_owned()));
        }
        let owners = chart.collect(tree);
        chart.settle(&owners);
        chart.link(tree);
        chart
    }

    /// What an identifier stands for.
    pub fn thing(&self, id: &str) -> Option<Thing> {
        self.things.get(id).copied()
    }

    pub fn node(&self, index: usize) -> Option<(&String, &Node)> {
        self.nodes.get_index(index)
    }

    /// All identifiers in use, those of edges included.
    pub fn is_taken(&self, id: &str) -> bool {
        self.things.contains_key(id) || self.edge_ids.contains(id)
    }

    pub fn is_edge_id(&self, id: &str) -> bool {
        self.edge_ids.contains(id) && !self.things.contains_key(id)
    }

    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.things.keys().chain(&self.edge_ids).map(String::as_str)
    }

    /// Walks the blocks in order, as Mermaid does: a node belongs to the first subgraph that is closed with a mention of it.
    fn collect(&mut self, tree: &Tree) -> BTreeMap<String, usize> {
        let source = tree.source();
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        let mut closed = 0_usize;
        // The block, the next item, the subgraph and what it mentions.
        let mut open: Vec<(usize, usize, Option<usize>, Vec<String>)> = vec![(0, 0, None, Vec::new())];
        while let Some((block, next, sub, mut members)) = open.pop() {
            let item = tree.blocks.get(block).and_then(|block| block.items.get(next)).copied();
            let Some(item) = item else {
                let Some(sub) = sub else { continue };
                let id = self.close(sub, closed);
                closed += 1;
                for member in members.into_iter().filter(|member| *member != id) {
                    owners.entry(member).or_insert(sub);
                }
                if let Some((.., outer)) = open.last_mut() {
                    outer.push(id);
                }
                continue;
            };
            let Item::Statement(id) = item else {
                open.push((block, next + 1, sub, members));
                continue;
            };
            let Some(statement) = tree.statement(id) else { continue };
            let mut inner = None;
            match &statement.syntax {
                Syntax::Chain(chain) => self.mention(id, chain, source, &mut members),
                Syntax::Subgraph(header) => {
                    let written = header.id.filter(|text| {
                        let words = text.inner.of(source);
                        words.len() <= MAX_ID && (header.title.is_some() || !words.contains(char::is_whitespace))
                    });
                    let title = header.title.map(|bracket| bracket.text).or(header.id);
                    let name = written.map_or_else(String::new, |text| text.inner.of(source).trim().to_owned());
                    let index = self.subgraphs.len();
                    self.subgraphs.push(Sub {
                        statement: id,
                        id: name,
                        written: written.map(|text| text.inner),
                        title,
                        key: String::new(),
                        parent: sub,
                        is_end: false,
                        mentions: Vec::new(),
                        again: false,
                    });
                    inner = statement.block.map(|block| (block.0, 0, Some(index), Vec::new()));
                }
                _ => {}
            }
            open.push((block, next + 1, sub, members));
            open.extend(inner);
        }
        owners
    }

    /// Gives a subgraph the identifier Mermaid would make, where it has none.
    fn close(&mut self, sub: usize, closed: usize) -> String {
        let Some(sub) = self.subgraphs.get_mut(sub) else { return String::new() };
        if sub.id.is_empty() {
            sub.id = format!("subGraph{closed}");
        }
        sub.id.clone()
    }

    fn mention(&mut self, statement: StatementId, chain: &Chain, source: &str, members: &mut Vec<String>) {
        for (step, nodes) in chain.steps.iter().enumerate() {
            for (node, mention) in nodes.nodes.iter().enumerate() {
                let id = mention.id.of(source);
                // `e1@{ animate: true }` is about an edge.
                let alone = chain.links.is_empty() && nodes.nodes.len() == 1 && mention.data.is_some();
                if alone && self.edge_ids.contains(id) && !self.nodes.contains_key(id) {
                    continue;
                }
                if !self.nodes.contains_key(id) {
                    if self.nodes.len() >= MAX_NODES {
                        self.nodes_left_out = true;
                        continue;
                    }
                    self.nodes.insert(id.to_owned(), Node::default());
                }
                if let Some(found) = self.nodes.get_mut(id) {
                    found.mentions.push(Place { statement, step, node });
                }
                members.push(id.to_owned());
            }
        }
    }

    /// Tells subgraphs from nodes, and gives keys and homes.
    fn settle(&mut self, owners: &BTreeMap<String, usize>) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for index in 0..self.subgraphs.len() {
            let Some(sub) = self.subgraphs.get_mut(index) else { continue };
            if self.things.contains_key(&sub.id) {
                sub.again = true;
                continue;
            }
            self.things.insert(sub.id.clone(), Thing::Subgraph(index));
            if let Some(node) = self.nodes.shift_remove(&sub.id) {
                sub.mentions = node.mentions;
            }
        }
        for (index, (id, node)) in self.nodes.iter_mut().enumerate() {
            node.home = owners.get(id).copied();
            self.things.insert(id.clone(), Thing::Node(index));
            taken.insert(id.clone());
        }
        // Those with identifiers of their own come first: made keys give way.
        for made in [false, true] {
            for sub in &mut self.subgraphs {
                if (sub.written.is_none() || sub.again) != made {
                    continue;
                }
                let base = if sub.written.is_some() { sub.id.clone() } else { sub.id.to_ascii_lowercase() };
                let mut key = base.clone();
                let mut number = 1;
                while taken.contains(&key) {
                    number += 1;
                    key = format!("{base}-{number}");
                }
                taken.insert(key.clone());
                sub.key = key;
            }
        }
        for index in 0..self.subgraphs.len() {
            let Some(sub) = self.subgraphs.get(index) else { continue };
            let wanted = if sub.again { sub.parent } else { owners.get(&sub.id).copied().or(sub.parent) };
            if wanted != sub.parent
                && wanted.is_some_and(|wanted| !self.is_within(wanted, index))
                && let Some(sub) = self.subgraphs.get_mut(index)
            {
                sub.parent = wanted;
            }
        }
        for index in 0..self.subgraphs.len() {
            if self.depth(index) > MAX_DEPTH
                && let Some(sub) = self.subgraphs.get_mut(index)
            {
                sub.parent = None;
            }
        }
    }

    /// Whether `inner` is `outer` or lies in it.
    pub fn is_within(&self, inner: usize, outer: usize) -> bool {
        let mut next = Some(inner);
        for _ in 0..=self.subgraphs.len() {
            match next {
                Some(index) if index == outer => return true,
                Some(index) => next = self.subgraphs.get(index).and_then(|sub| sub.parent),
                None => return false,
            }
        }
        true
    }

    fn depth(&self, index: usize) -> usize {
        let mut depth = 0;
        let mut next = Some(index);
        while let Some(sub) = next.and_then(|index| self.subgraphs.get(index)).filter(|_| depth <= MAX_DEPTH) {
            depth += 1;
            next = sub.parent;
        }
        depth
    }

    fn link(&mut self, tree: &Tree) {
        let source = tree.source();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for (statement, found) in tree.statements() {
            let Syntax::Chain(chain) = &found.syntax else { continue };
            for (number, (link, ends)) in chain.links.iter().zip(chain.steps.windows(2)).enumerate() {
                let [before, after] = ends else { continue };
                let fresh = link.id.is_some_and(|id| named.insert(id.of(source)));
                for (from_at, from) in before.nodes.iter().enumerate() {
                    for (to_at, to) in after.nodes.iter().enumerate() {
                        if self.edges.len() >= MAX_EDGES {
                            self.edges_left_out = true;
                            return;
                        }
                        let ends = (self.things.get(from.id.of(source)).copied(), self.things.get(to.id.of(source)).copied());
                        let (Some(start), Some(end)) = ends else { continue };
                        for thing in [start, end] {
                            if let Thing::Subgraph(sub) = thing
                                && let Some(sub) = self.subgraphs.get_mut(sub)
                            {
                                sub.is_end |= link.line != super::tree::Line::Invisible;
                            }
                        }
                        self.edges.push(Edge {
                            statement,
                            link: number,
                            source: start,
                            target: end,
                            from: Place { statement, step: number, node: from_at },
                            to: Place { statement, step: number + 1, node: to_at },
                            named: fresh && from_at + 1 == before.nodes.len() && to_at == 0,
                        });
                    }
                }
            }
        }
    }

    /// The subgraph a block is the inside of.
    pub fn of_block(&self, tree: &Tree, block: super::tree::BlockId) -> Option<usize> {
        let owner = tree.block(block)?.owner?;
        self.subgraphs.binary_search_by_key(&owner, |sub| sub.statement).ok()
    }
}

/// The chain of a statement.
pub fn chain_of(tree: &Tree, statement: StatementId) -> Option<&Chain> {
    match &tree.statement(statement)?.syntax {
        Syntax::Chain(chain) => Some(chain),
        _ => None,
    }
}

/// The mention at a place.
pub fn mention_of(tree: &Tree, place: Place) -> Option<&NodeRef> {
    chain_of(tree, place.statement)?.steps.get(place.step)?.nodes.get(place.node)
}

pub fn link_of<'a>(tree: &'a Tree, edge: &Edge) -> Option<&'a Link> {
    chain_of(tree, edge.statement)?.links.get(edge.link)
}

/// The mention that says what the node is called: the last with a label, else the last with anything, else the first.
pub fn definition(tree: &Tree, mentions: &[Place]) -> Option<Place> {
    let find =
        |wanted: &dyn Fn(&NodeRef) -> bool| mentions.iter().rev().copied().find(|place| mention_of(tree, *place).is_some_and(wanted));
    let source = tree.source();
    let labelled = |node: &NodeRef| label_of(node, source).is_some();
    let anything = |node: &NodeRef| node.bracket.is_some() || node.data.is_some() || !node.classes.is_empty();
    find(&labelled).or_else(|| find(&anything)).or(mentions.first().copied())
}

/// The label a mention gives.
pub fn label_of(node: &NodeRef, source: &str) -> Option<Text> {
    let stated = node.data.as_ref().and_then(|data| data.get("label", source)).map(|entry| entry.value);
    stated.filter(|text| !text.inner.of(source).trim().is_empty()).or(node.bracket.map(|bracket| bracket.text))
}
