//! A design as operators see it: where a change can be made, and the change in the text.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Span,
    model::{
        Element, ElementKey, Model, Relation,
        facts::{Facts, State},
        kind::Kind,
    },
    review::{
        graph::{Edge, Graph, kind, walk},
        rules::tests::{
            bases::{Base, MAIN, Reading},
            mutation::{Do, Site, Who},
        },
    },
    syntax::{
        Sources, TextEdit, apply,
        gesture::{Gesture, Subject},
        structurizr::{
            self,
            edit::edit,
            occurrence::Symbol,
            parse,
            tree::{BlockId, Statement, Tree},
        },
    },
};

/// A design, read once for all of its mutants.
pub(in crate::domain) struct View<'a> {
    pub base: &'a Base,
    pub reading: &'a Reading<'a>,
    pub graph: Graph<'a>,
    tree: Tree,
    /// How statements at the end of the model call an element.
    paths: BTreeMap<ElementKey, String>,
}

fn value_of<'m>(facts: &'m Facts, name: &str) -> Option<&'m str> {
    facts.get(name).filter(|fact| fact.state() != State::Unknown).map(|fact| fact.value.trim())
}

impl<'a> View<'a> {
    pub(in crate::domain) fn new(base: &'a Base, reading: &'a Reading<'a>, empty: &'a Model) -> Self {
        let text = base.main().unwrap_or("");
        let index = structurizr::index(MAIN, text, &Sources::new());
        let paths = index.names.iter().filter_map(|name| match &name.symbol {
            Symbol::Element(key) => Some((key.clone(), name.path.clone())),
            _ => None,
        });
        let model = reading.main().map_or(empty, |parsed| &parsed.model);
        Self { base, reading, graph: Graph::new(model), tree: parse::parse(text).0, paths: paths.collect() }
    }

    pub(super) fn model(&self) -> &'a Model {
        self.graph.model
    }

    /// Elements that a later statement can name, with a statement of their own in the main file.
    pub(super) fn elements(&self) -> impl Iterator<Item = &'a Element> {
        self.graph.elements().map(|(_, element)| element).filter(|one| one.file.is_none() && self.paths.contains_key(&one.key))
    }

    pub(super) fn edges(&self) -> impl Iterator<Item = &Edge<'a>> {
        let named = |edge: &Edge<'a>| [edge.source, edge.target].iter().all(|end| self.paths.contains_key(&self.element(*end).key));
        self.graph.edges().iter().filter(move |edge| edge.relation.file.is_none() && named(edge))
    }

    pub(super) fn element(&self, index: usize) -> &'a Element {
        self.graph.element(index).unwrap()
    }

    pub(super) fn source(&self, edge: &Edge<'_>) -> &'a Element {
        self.element(edge.source)
    }

    pub(super) fn target(&self, edge: &Edge<'_>) -> &'a Element {
        self.element(edge.target)
    }

    pub(super) fn index(&self, element: &Element) -> usize {
        self.graph.elements().find(|(_, one)| one.key == element.key).unwrap().0
    }

    pub(super) fn compute(&self, element: &Element) -> bool {
        self.graph.is_compute(element)
    }

    #[expect(clippy::unused_self, reason = "reads like the questions beside it")]
    pub(super) fn store(&self, element: &Element) -> bool {
        kind(element).is_store()
    }

    /// Keeps data that is nowhere else.
    pub(super) fn record_store(&self, element: &Element) -> bool {
        self.graph.is_system_of_record(element)
    }

    /// Stands for itself and has no parts.
    pub(super) fn plain(&self, element: &Element) -> bool {
        let index = self.index(element);
        self.graph.is_unit(index) && !self.graph.has_parts(index)
    }

    /// A service, worker or the like that is no whole system.
    pub(super) fn program(&self, element: &Element) -> bool {
        self.compute(element) && self.plain(element)
    }

    /// Both ends run code of ours, and the caller waits.
    pub(super) fn sync_call(&self, edge: &Edge<'a>) -> bool {
        edge.is_sync() && self.compute(self.source(edge)) && self.compute(self.target(edge))
    }

    /// Somebody outside waits for what this element does.
    pub(super) fn awaited(&self, element: &Element) -> bool {
        self.graph.awaited()[self.index(element)]
    }

    /// Whether one element reaches the other by synchronous calls.
    pub(super) fn reaches(&self, from: &Element, to: &Element) -> bool {
        let adjacency = self.graph.adjacency(Edge::is_sync);
        walk::reachable(&adjacency, [self.index(from)])[self.index(to)]
    }

    /// A name of the context that the text states.
    pub(super) fn context(&self, element: &'a Element) -> Option<String> {
        self.graph.context(element).filter(|context| context.stated).map(|context| context.name)
    }

    #[expect(clippy::unused_self, reason = "reads like the questions beside it")]
    pub(super) fn is(&self, element: &Element, wanted: Kind) -> bool {
        kind(element) == wanted
    }

    /// Tier 0 or 1.
    pub(super) fn critical(&self, element: &'a Element) -> bool {
        self.graph.tier(element).is_some_and(|tier| tier <= 1)
    }

    /// A decision record links it.
    pub(super) fn is_recorded(&self, element: &Element) -> bool {
        let mut links = self.reading.decisions.iter().flat_map(|(_, record)| &record.element_links);
        links.any(|link| self.model().find(&link.text).is_some_and(|found| found.key == element.key))
    }

    /// Relations in either direction.
    pub(super) fn degree(&self, element: &Element) -> usize {
        let index = self.index(element);
        self.graph.outgoing(index).count() + self.graph.incoming(index).count()
    }

    pub(super) fn incoming(&self, element: &Element) -> Vec<&Edge<'a>> {
        self.graph.incoming(self.index(element)).collect()
    }

    pub(super) fn outgoing(&self, element: &Element) -> Vec<&Edge<'a>> {
        self.graph.outgoing(self.index(element)).collect()
    }

    /// A fact of its own or of what is around it.
    pub(super) fn fact(&self, element: &'a Element, name: &str) -> Option<&'a str> {
        self.graph.value(element, name)
    }

    #[expect(clippy::unused_self, reason = "reads like the questions beside it")]
    pub(super) fn on(&self, edge: &Edge<'a>, name: &str) -> Option<&'a str> {
        value_of(&edge.relation.facts, name)
    }

    pub(super) fn of_design(&self, name: &str) -> Option<&'a str> {
        value_of(&self.model().facts, name)
    }

    /// The statement that begins here.
    fn statement(&self, span: Span) -> Option<&Statement> {
        let mut blocks = vec![Tree::ROOT];
        while let Some(block) = blocks.pop() {
            for one in self.tree.statements(block).filter_map(|id| self.tree.statement(id)) {
                if one.span.start == span.start {
                    return Some(one);
                }
                blocks.extend(one.block);
            }
        }
        None
    }

    /// The place behind the brace that opens a statement's block.
    fn opening(&self, statement: &Statement) -> Option<usize> {
        statement.block?;
        let tokens = self.tree.tokens().get(statement.header.end..)?;
        tokens.iter().find(|token| token.kind == structurizr::lex::TokenKind::Open).map(|token| token.span.end as usize)
    }

    fn inside(&self, block: BlockId, keyword: &str) -> Option<&Statement> {
        self.tree
            .statements(block)
            .filter_map(|id| self.tree.statement(id))
            .find(|one| self.tree.words(one).first().is_some_and(|word| word.value.eq_ignore_ascii_case(keyword)))
    }

    fn workspace(&self) -> Option<&Statement> {
        self.inside(Tree::ROOT, "workspace")
    }
}

/// A mutant in the making.
pub(super) struct Editor<'v, 'a> {
    view: &'v View<'a>,
    site: &'v Site,
    text: &'v str,
    edits: Vec<TextEdit>,
    /// Facts to state, by the place of the statement they belong to.
    facts: BTreeMap<u32, Vec<String>>,
    /// Of which element there is a second one.
    twin: Option<Who>,
    gestures: Vec<Gesture>,
    records: BTreeMap<String, String>,
}

impl<'v, 'a> Editor<'v, 'a> {
    pub(super) fn new(view: &'v View<'a>, site: &'v Site) -> Self {
        let text = view.base.main().unwrap_or("");
        Self { view, site, text, edits: Vec::new(), facts: BTreeMap::new(), twin: None, gestures: Vec::new(), records: BTreeMap::new() }
    }

    /// The design with all changes made; none where one of them cannot be made here.
    pub(super) fn make(mut self, changes: &[Do]) -> Option<Base> {
        for change in changes {
            self.change(change)?;
        }
        // Where several insertions meet, a block of facts belongs to the statement before.
        let others = std::mem::take(&mut self.edits);
        self.state_facts()?;
        self.edits.extend(others);
        let mut changed = self.view.base.clone();
        if self.view.base.main().is_some() {
            let mut text = apply(self.text, &self.edits);
            for gesture in &self.gestures {
                let outcome = edit(MAIN, &text, &Sources::new(), gesture).ok()?;
                text = apply(&text, &outcome.edits);
            }
            changed.files.insert(MAIN.to_owned(), text);
        }
        changed.files.extend(self.records);
        (changed.files != self.view.base.files).then_some(changed)
    }

    fn element(&self, who: Who) -> Option<&'a Element> {
        let call = || self.view.edges().find(|edge| Some(&edge.relation.key) == self.site.call.as_ref());
        match who {
            Who::One => self.view.model().element(self.site.one.as_ref()?),
            Who::Other => self.view.model().element(self.site.other.as_ref()?),
            Who::Source => call().map(|edge| self.view.source(edge)),
            Who::Target => call().map(|edge| self.view.target(edge)),
            Who::Call | Who::Twin => None,
        }
    }

    fn relation(&self) -> Option<&'a Relation> {
        self.view.model().relations.get(self.site.call.as_ref()?)
    }

    fn path(&self, who: Who) -> Option<String> {
        let of = |who: Who| self.element(who).and_then(|element| self.view.paths.get(&element.key).cloned());
        if who == Who::Twin {
            return Some(format!("{}twin", of(self.twin?)?));
        }
        of(who)
    }

    fn facts_of(&self, who: Who) -> Option<(Span, &'a Facts)> {
        match who {
            Who::Call => self.relation().map(|relation| (relation.span, &relation.facts)),
            who => self.element(who).map(|element| (element.span, &element.facts)),
        }
    }

    fn subject(&self, who: Who) -> Option<Subject> {
        match who {
            Who::Call => self.relation().map(|relation| Subject::Relation(relation.key.clone())),
            who => self.element(who).map(|element| Subject::Element(element.key.clone())),
        }
    }

    fn insert(&mut self, at: usize, text: String) {
        self.edits.push(TextEdit { span: Span::new(at, at), replacement: text });
    }

    /// A text with the names of the site put in.
    fn filled(&self, template: &str) -> Option<String> {
        let mut text = template.to_owned();
        let all =
            [("{one}", Who::One), ("{other}", Who::Other), ("{source}", Who::Source), ("{target}", Who::Target), ("{twin}", Who::Twin)];
        for (word, who) in all {
            if text.contains(word) {
                text = text.replace(word, &self.path(who)?);
            }
        }
        for (number, key) in self.site.more.iter().enumerate() {
            let path = self.view.paths.get(key)?;
            text = text.replace(&format!("{{{}}}", number + 1), path);
        }
        let owner = [Who::One, Who::Source].into_iter().find_map(|who| self.view.fact(self.element(who)?, "owner"));
        text = text.replace("{owner}", owner.unwrap_or("team-new"));
        if let Some(path) = &self.site.record {
            let title = self.view.reading.decisions.iter().find(|(other, _)| other == path).map(|(_, record)| record.title.clone());
            text = text.replace("{record}", path.rsplit('/').next()?).replace("{title}", &title?);
        }
        // A new element of the same place, and how statements elsewhere call it.
        let beside = self.path(Who::One).or_else(|| self.path(Who::Source));
        let around = beside.and_then(|path| path.rsplit_once('.').map(|(around, _)| format!("{around}."))).unwrap_or_default();
        Some(text.replace("{+}", &around))
    }

    fn change(&mut self, change: &Do) -> Option<()> {
        let view = self.view;
        match change {
            Do::State(who, facts) => {
                let (span, known) = self.facts_of(*who)?;
                for fact in facts.split(';').map(str::trim).filter(|fact| !fact.is_empty()) {
                    self.fact(span, known, fact)?;
                }
            }
            Do::Design(facts) => {
                let known = &view.model().facts;
                let workspace = view.workspace()?.span;
                for fact in facts.split(';').map(str::trim) {
                    self.fact(workspace, known, fact)?;
                }
            }
            Do::Technology(who, technology) => {
                let technology = technology.map(str::to_owned);
                self.gestures.push(Gesture::SetTechnology { subject: self.subject(*who)?, technology });
            }
            Do::Describe(who, description) => {
                let description = Some((*description).to_owned());
                self.gestures.push(Gesture::Describe { subject: self.subject(*who)?, description });
            }
            Do::Delete(who) => {
                let subjects = vec![self.subject(*who)?];
                self.gestures.push(Gesture::Delete { subjects });
            }
            Do::Add(template) => {
                let model = view.inside(view.workspace()?.block?, "model")?;
                let text = format!("\n{}\n", self.filled(template)?);
                self.insert(model.span.end as usize - 1, text);
            }
            Do::Beside(who, template) => {
                let statement = view.statement(self.element(*who)?.span)?;
                let text = format!("\n{}", self.filled(template)?);
                self.insert(statement.span.end as usize, text);
            }
            Do::Inside(who, text) => {
                let statement = view.statement(self.element(*who)?.span)?;
                let text = self.filled(text)?;
                match view.opening(statement) {
                    Some(open) => self.insert(open, format!("\n{text}\n")),
                    None => self.insert(statement.span.end as usize, format!(" {{\n{text}\n}}")),
                }
            }
            Do::Twin(who) => self.twin(*who)?,
            Do::Turn => {
                let statement = view.statement(self.relation()?.span)?;
                let words = view.tree.words(statement);
                let arrow = words.iter().position(|word| !word.quoted && word.value == "->")?;
                let (from, to) = (words.get(arrow.checked_sub(1)?)?, words.get(arrow + 1)?);
                for (word, new) in [(from, &to.value), (to, &from.value)] {
                    self.edits.push(TextEdit { span: word.span, replacement: new.clone() });
                }
            }
            Do::Text(edit) => {
                let text = edit(self.text)?;
                self.edits = vec![TextEdit { span: Span::new(0, self.text.len()), replacement: text }];
            }
            Do::Record(edit) => {
                let path = self.site.record.clone()?;
                let text = edit(view.base.files.get(&path)?)?;
                self.records.insert(path, text);
            }
            Do::NewRecord(path, text) => {
                let text = self.filled(text)?;
                self.records.insert((*path).to_owned(), text);
            }
        }
        Some(())
    }

    /// `name value` states a fact, `-name` takes it away.
    fn fact(&mut self, span: Span, known: &Facts, fact: &str) -> Option<()> {
        let own = |name: &str| known.get(name).filter(|fact| fact.inherited_from.is_none());
        if let Some(name) = fact.strip_prefix('-') {
            self.edits.push(TextEdit { span: own(name)?.span, replacement: "// not stated".to_owned() });
            return Some(());
        }
        let (name, value) = fact.split_once(' ')?;
        let written = format!("{name} \"{value}\"");
        match own(name) {
            Some(fact) => self.edits.push(TextEdit { span: fact.span, replacement: written }),
            None => self.facts.entry(span.start).or_default().push(written),
        }
        Some(())
    }

    fn state_facts(&mut self) -> Option<()> {
        for (start, facts) in std::mem::take(&mut self.facts) {
            let statement = self.view.statement(Span { start, end: start })?;
            let lines = facts.join("\n");
            let properties = statement.block.and_then(|block| self.view.inside(block, "properties"));
            if let Some(open) = properties.and_then(|properties| self.view.opening(properties)) {
                self.insert(open, format!("\n{lines}"));
            } else if let Some(open) = self.view.opening(statement) {
                self.insert(open, format!("\nproperties {{\n{lines}\n}}"));
            } else {
                self.insert(statement.span.end as usize, format!(" {{\nproperties {{\n{lines}\n}}\n}}"));
            }
        }
        Some(())
    }

    fn twin(&mut self, who: Who) -> Option<()> {
        self.twin = Some(who);
        let element = self.element(who)?;
        let statement = self.view.statement(element.span)?;
        if self.view.model().children(&element.key).next().is_some() {
            return None;
        }
        let words = self.view.tree.words(statement);
        let [identifier, equals, _, name, ..] = words.as_slice() else { return None };
        let rest = self.text.get(name.span.end as usize..statement.span.end as usize)?;
        let head = self.text.get(equals.span.start as usize..name.span.start as usize)?;
        let text = format!("\n{}twin {head}\"Second {}\"{rest}", identifier.value, name.value);
        self.insert(statement.span.end as usize, text);
        Some(())
    }
}
