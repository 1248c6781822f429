//! Tree to model: nodes as elements, subgraphs as groups or elements, edges as relations, comments as facts. The decisions
//! are told in `mermaid.rs`.
//!
//! One file per area: [`kinds`] (what shapes, classes and icons say), [`relations`], [`statements`] (facts, classes, addresses).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::{
        Element, ElementKey, Group, GroupKey, Inferred, Level, Model, RelationKey,
        facts::{self, Facts},
        kind::Kind,
        view::{Direction, View, ViewKind},
    },
    syntax::{
        Parsed,
        mermaid::{
            MAX_DIAGNOSTICS, MAX_EDGES, MAX_LABELS, MAX_NODES,
            chart::{self, Chart, Place, Thing},
            label, parse,
            tree::{Quote, StatementId, Syntax, Text, Tree},
        },
    },
};

mod kinds;
pub(super) mod relations;
pub(super) mod statements;

/// The key of the one view.
pub const VIEW: &str = "main";

/// A text with its tree, chart and model: what edits work on.
pub struct Reading {
    pub tree: Tree,
    pub chart: Chart,
    pub model: Model,
    pub diagnostics: Vec<Diagnostic>,
    /// For each edge of the chart its relation; none for invisible ones.
    pub relations: Vec<Option<RelationKey>>,
    /// The statements that state facts, with what they are about.
    pub facts: Vec<(StatementId, statements::About)>,
}

pub(super) fn lower(text: &str) -> Parsed {
    let Reading { model, diagnostics, .. } = read(text);
    Parsed { model, diagnostics }
}

/// Reads a text and keeps all that was found out about it.
pub fn read(text: &str) -> Reading {
    let (tree, diagnostics) = parse::parse(text);
    let chart = Chart::new(&tree);
    let mut lowering = Lowering {
        tree: &tree,
        chart: &chart,
        model: Model::default(),
        diagnostics,
        relations: Vec::new(),
        facts: Vec::new(),
        between: BTreeMap::new(),
        titles: BTreeMap::new(),
        labels: MAX_LABELS,
        reported: BTreeSet::new(),
        suggestions: 0,
        shapes: BTreeMap::new(),
    };
    lowering.things();
    lowering.relations();
    lowering.statements();
    lowering.conclude();
    lowering.limits();
    facts::inherit(&mut lowering.model);
    lowering.view();
    let Lowering { model, mut diagnostics, relations, facts, .. } = lowering;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    Reading { tree, chart, model, diagnostics, relations, facts }
}

struct Lowering<'a> {
    tree: &'a Tree,
    chart: &'a Chart,
    model: Model,
    diagnostics: Vec<Diagnostic>,
    relations: Vec<Option<RelationKey>>,
    facts: Vec<(StatementId, statements::About)>,
    /// In the order of the text.
    between: BTreeMap<(String, String), Vec<RelationKey>>,
    titles: BTreeMap<String, statements::About>,
    /// Bytes of labels that may still be copied.
    labels: usize,
    reported: BTreeSet<String>,
    suggestions: u32,
    /// What the mentions of a node show about its kind.
    shapes: BTreeMap<ElementKey, kinds::Look>,
}

impl Lowering<'_> {
    fn source(&self) -> &str {
        self.tree.source()
    }

    fn say(&mut self, level: Severity, code: &str, span: Span, what: String, why: &str, help: String) {
        if self.diagnostics.len() > MAX_DIAGNOSTICS {
            return;
        }
        let why = why.to_owned();
        self.diagnostics.push(Diagnostic { level, code: code.to_owned(), span, what, why, help, file: None });
    }

    /// The key of the element or group.
    fn key_of(&self, thing: Thing) -> String {
        match thing {
            Thing::Node(index) => self.chart.node(index).map(|(id, _)| id.clone()).unwrap_or_default(),
            Thing::Subgraph(index) => self.chart.subgraphs.get(index).map(|sub| sub.key.clone()).unwrap_or_default(),
        }
    }

    /// Elements and groups in the order of the text, each after what is around it.
    fn things(&mut self) {
        let start = |place: Option<&Place>| place.and_then(|place| chart::mention_of(self.tree, *place)).map_or(0, |node| node.span.start);
        let nodes = self.chart.nodes.values().enumerate().map(|(index, node)| (start(node.mentions.first()), Thing::Node(index)));
        let subs =
            self.chart.subgraphs.iter().enumerate().map(|(index, sub)| {
                (self.tree.statement(sub.statement).map_or(0, |statement| statement.span.start), Thing::Subgraph(index))
            });
        let mut order: Vec<(u32, Thing)> = nodes.chain(subs).collect();
        order.sort();
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for (_, thing) in order {
            let home = match thing {
                Thing::Node(index) => self.chart.node(index).and_then(|(_, node)| node.home),
                Thing::Subgraph(index) => Some(index),
            };
            let mut around = Vec::new();
            let mut next = home.filter(|index| !done.contains(index));
            while let Some(index) = next {
                done.insert(index);
                around.push(index);
                next = self.chart.subgraphs.get(index).and_then(|sub| sub.parent).filter(|index| !done.contains(index));
            }
            for index in around.into_iter().rev() {
                self.subgraph(index);
            }
            if let Thing::Node(index) = thing {
                self.node(index);
            }
        }
    }

    /// The element and the group directly around what lies in a subgraph.
    fn around(&self, home: Option<usize>) -> (Option<ElementKey>, Option<GroupKey>) {
        let group = home.and_then(|index| self.chart.subgraphs.get(index)).filter(|sub| !sub.is_end).map(|sub| GroupKey(sub.key.clone()));
        let mut next = home;
        while let Some(sub) = next.and_then(|index| self.chart.subgraphs.get(index)) {
            if sub.is_end {
                return (Some(ElementKey(sub.key.clone())), group);
            }
            next = sub.parent;
        }
        (None, group)
    }

    fn subgraph(&mut self, index: usize) {
        let Some(sub) = self.chart.subgraphs.get(index) else { return };
        let span = self.tree.whole(sub.statement);
        let lines = sub.title.map(|title| label::lines(self.source(), &title)).unwrap_or_default();
        let words: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let name = if words.is_empty() { sub.id.clone() } else { words.join(" ") };
        let (parent, group) = self.around(sub.parent);
        if sub.again {
            let header = self.tree.statement(sub.statement).map(|statement| statement.span).unwrap_or_default();
            let what = format!("There is already a subgraph `{}`", sub.id);
            let why = "Edges and styles that name it mean the first one.";
            self.say(Severity::Warning, "duplicate-identifier", header, what, why, "Give this one an identifier of its own.".to_owned());
        }
        if !sub.is_end {
            let key = GroupKey(sub.key.clone());
            let group = Group {
                key: key.clone(),
                name,
                parent: group,
                owner: parent,
                properties: BTreeMap::new(),
                facts: Facts::default(),
                span,
                file: None,
            };
            self.model.groups.insert(key, group);
            return;
        }
        let key = ElementKey(sub.key.clone());
        let name_span = sub.title.map_or(span, |title| title.inner);
        let identifier = Some(sub.id.clone());
        self.model
            .elements
            .insert(key.clone(), Element { level: Level::System, ..element(key, identifier, name, (parent, group), span, name_span) });
    }

    fn node(&mut self, index: usize) {
        let Some((id, node)) = self.chart.node(index) else { return };
        let Some(found) = chart::definition(self.tree, &node.mentions).and_then(|place| chart::mention_of(self.tree, place)) else {
            return;
        };
        let words = words_of(self.source(), chart::label_of(found, self.source()).as_ref());
        let name_span = words.as_ref().map_or(found.id, |(_, span)| *span);
        let words = words.map(|(words, _)| words).unwrap_or_default();
        let name = if words.name.is_empty() { id.clone() } else { words.name };
        let key = ElementKey(id.clone());
        let made = element(key.clone(), Some(id.clone()), name, self.around(node.home), found.span, name_span);
        let look = self.look(&node.mentions, words.sort);
        self.shapes.insert(key.clone(), look);
        self.model.elements.insert(key, Element { technology: words.technology, description: words.description, ..made });
    }

    fn limits(&mut self) {
        let end = Span::new(self.source().len(), self.source().len());
        for (over, what, most) in [(self.chart.nodes_left_out, "nodes", MAX_NODES), (self.chart.edges_left_out, "edges", MAX_EDGES)] {
            if over {
                let what = format!("The diagram has more than {most} {what}");
                self.say(Severity::Error, "too-many-elements", end, what, "Those after it are left out.", "Split the diagram.".to_owned());
            }
        }
        if self.labels == 0 {
            let what = "The labels of the edges are too long together".to_owned();
            self.say(Severity::Error, "too-many-bytes", end, what, "Those after it are left out.", "Write shorter labels.".to_owned());
        }
    }

    fn view(&mut self) {
        let source = self.tree.source();
        let (mut title, mut accessible, mut description, mut direction) = (None, None, None, None);
        let mut span = Span::default();
        for (_, statement) in self.tree.statements() {
            match &statement.syntax {
                Syntax::FrontMatter { title: found } => title = *found,
                Syntax::Title(found) => accessible = Some(*found),
                Syntax::Description(found) => description = Some(*found),
                Syntax::Header { direction: found, .. } => {
                    direction = found.map(|(_, direction)| direction);
                    span = statement.span;
                }
                _ => {}
            }
        }
        let words = |span: Option<Span>| span.map(|span| label::one_line(span.of(source))).filter(|text| !text.is_empty());
        let title = title.map(|title| label::one_line(&unquoted(title, source))).filter(|text| !text.is_empty()).or(words(accessible));
        self.model.name = title.clone().unwrap_or_default();
        self.model.description = words(description);
        self.model.views.push(View {
            title,
            description: self.model.description.clone(),
            elements: self.model.elements.keys().cloned().collect(),
            relations: self.model.relations.keys().cloned().collect(),
            // As Mermaid has it where nothing is said.
            direction: direction.unwrap_or(Direction::TopBottom),
            ..View::new(VIEW, ViewKind::Everything, span)
        });
    }
}

/// What a label says, and where its name stands.
pub fn words_of(source: &str, text: Option<&Text>) -> Option<(label::ElementWords, Span)> {
    let text = text?;
    let lines = label::lines(source, text);
    let plain: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    let words = label::element(&plain);
    let span = match (lines.first(), words.name_lines.checked_sub(1).and_then(|last| lines.get(last))) {
        (Some(first), Some(last)) => Span { start: first.span.start, end: last.span.end },
        _ => text.inner,
    };
    Some((words, span))
}

fn element(
    key: ElementKey,
    identifier: Option<String>,
    name: String,
    (parent, group): (Option<ElementKey>, Option<GroupKey>),
    span: Span,
    name_span: Span,
) -> Element {
    Element {
        key,
        identifier,
        name,
        description: None,
        technology: None,
        level: Level::Container,
        kind: Inferred { value: Kind::Service, reason: String::new(), stated: false },
        parent,
        group,
        tags: Vec::new(),
        properties: BTreeMap::new(),
        facts: Facts::default(),
        url: None,
        perspectives: Vec::new(),
        health_checks: Vec::new(),
        instance_of: None,
        span,
        name_span,
        file: None,
    }
}

/// What a value of the front matter says: in double quotes a backslash takes the next sign as it is, in single ones a quote
/// stands twice.
fn unquoted(value: Text, source: &str) -> String {
    let text = value.inner.of(source);
    match value.quote {
        Quote::Single => text.replace("''", "'"),
        Quote::Double => {
            let mut result = String::with_capacity(text.len());
            let mut signs = text.chars().peekable();
            while let Some(sign) = signs.next() {
                let escaped = if sign == '\\' { signs.next_if(|next| matches!(next, '"' | '\\')) } else { None };
                result.push(escaped.unwrap_or(sign));
            }
            result
        }
        Quote::Bare | Quote::Markdown => text.to_owned(),
    }
}
