//! A text with all that edits have to know of it: its tree, its model, what its words mean, its indents and line ends.

use std::{collections::BTreeMap, rc::Rc};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity},
    model::{ElementKey, GroupKey, Model, RelationKey},
    syntax::{
        Sources,
        gesture::{Home, Refusal},
        structurizr::{
            lower::{Source, Target, lower_traced, trace::Trace},
            tree::{BlockId, Statement, StatementId, Tree, Word},
        },
    },
};

pub(super) mod lines;

pub(super) struct Site<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    pub(super) sources: &'a Sources,
    pub(super) source: Rc<Source>,
    pub(super) model: Model,
    pub(super) trace: Trace,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The block around each statement.
    around: Vec<BlockId>,
    /// The statement that opens each block.
    owners: Vec<Option<StatementId>>,
    /// Where each statement ends, with all inside, even where a brace is missing.
    ends: Vec<u32>,
    by_start: BTreeMap<u32, StatementId>,
    elements_at: BTreeMap<u32, ElementKey>,
    relations_at: BTreeMap<u32, Vec<RelationKey>>,
    groups_at: BTreeMap<u32, GroupKey>,
    reopened_at: BTreeMap<u32, ElementKey>,
    views_at: BTreeMap<u32, String>,
    pub(super) newline: &'static str,
    unit: String,
    /// Most blocks open on a line of their own.
    hanging: bool,
}

/// The words of a statement without its identifier.
pub(super) struct Line {
    pub(super) identifier: Option<Word>,
    pub(super) words: Vec<Word>,
}

impl Line {
    pub(super) fn keyword(&self) -> String {
        self.words.first().map(|word| word.value.to_ascii_lowercase()).unwrap_or_default()
    }

    /// Where the arrow of a relation stands.
    pub(super) fn arrow(&self) -> Option<usize> {
        (0..2).find(|at| {
            self.words
                .get(*at)
                .is_some_and(|word| !word.quoted && (word.value == "->" || (word.value.starts_with("--") && word.value.ends_with("->"))))
        })
    }
}

impl<'a> Site<'a> {
    pub(super) fn new(path: &'a str, text: &'a str, sources: &'a Sources) -> Result<Self, Refusal> {
        let (parsed, mut trace) = lower_traced(path, text, sources);
        let Some(source) = trace.source.take() else {
            return Err(Refusal::new("This text cannot be read", "Edit it by hand."));
        };
        let tree = &source.tree;
        let mut around = vec![Tree::ROOT; tree.statements.len()];
        let mut owners = vec![None; tree.blocks.len()];
        for (index, _) in tree.blocks.iter().enumerate() {
            for statement in tree.statements(BlockId(index)) {
                if let Some(slot) = around.get_mut(statement.0) {
                    *slot = BlockId(index);
                }
            }
        }
        let mut ends = vec![0; tree.statements.len()];
        let mut by_start = BTreeMap::new();
        for (index, statement) in tree.statements.iter().enumerate() {
            by_start.insert(statement.span.start, StatementId(index));
            if let Some(owner) = statement.block.and_then(|block| owners.get_mut(block.0)) {
                *owner = Some(StatementId(index));
            }
        }
        // Inner statements come after outer ones, so that going back gathers all ends in one pass.
        for (index, statement) in tree.statements.iter().enumerate().rev() {
            let inner = ends.get(index).copied().unwrap_or(0);
            let end = inner.max(statement.span.end);
            if let Some(slot) = ends.get_mut(index) {
                *slot = end;
            }
            let owner = around.get(index).and_then(|block| owners.get(block.0).copied().flatten());
            if let Some(slot) = owner.and_then(|owner| ends.get_mut(owner.0)) {
                *slot = end.max(*slot);
            }
        }
        let own = |file: &Option<String>| file.is_none();
        let model = parsed.model;
        let elements = model.elements.values().filter(|element| own(&element.file));
        let elements_at = elements.map(|element| (element.span.start, element.key.clone())).collect();
        let mut relations_at: BTreeMap<u32, Vec<RelationKey>> = BTreeMap::new();
        for relation in model.relations.values().filter(|relation| own(&relation.file) && relation.implied_by.is_none()) {
            relations_at.entry(relation.span.start).or_default().push(relation.key.clone());
        }
        let groups_at = trace.groups.iter().filter(|(file, ..)| own(file)).map(|(_, at, key)| (*at, key.clone())).collect();
        let reopened_at = trace.reopened.iter().filter(|(file, ..)| own(file)).map(|(_, at, key)| (*at, key.clone())).collect();
        let views_at = trace.views.iter().filter(|(file, ..)| own(file)).map(|(_, at, key)| (*at, key.clone())).collect();
        let newline = if text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r'))) { "\r\n" } else { "\n" };
        let mut site = Self {
            path,
            text,
            sources,
            source: Rc::clone(&source),
            model,
            trace,
            diagnostics: parsed.diagnostics,
            around,
            owners,
            ends,
            by_start,
            elements_at,
            relations_at,
            groups_at,
            reopened_at,
            views_at,
            newline,
            unit: String::new(),
            hanging: false,
        };
        site.unit = site.find_unit();
        site.hanging = site.find_hanging();
        Ok(site)
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.source.tree
    }

    pub(super) fn errors(&self) -> usize {
        count_errors(&self.diagnostics)
    }

    pub(super) fn statement(&self, id: StatementId) -> Option<&Statement> {
        self.tree().statement(id)
    }

    pub(super) fn start(&self, id: StatementId) -> u32 {
        self.statement(id).map_or(0, |statement| statement.span.start)
    }

    /// The end of a statement and all inside.
    pub(super) fn end(&self, id: StatementId) -> usize {
        self.ends.get(id.0).copied().unwrap_or(0) as usize
    }

    pub(super) fn at(&self, start: u32) -> Option<StatementId> {
        self.by_start.get(&start).copied()
    }

    pub(super) fn line(&self, id: StatementId) -> Line {
        let mut words = self.statement(id).map(|statement| self.tree().words(statement)).unwrap_or_default();
        let assigned = words.len() >= 3 && words.get(1).is_some_and(|word| word.value == "=" && !word.quoted);
        if assigned {
            let rest = words.split_off(2);
            Line { identifier: words.into_iter().next(), words: rest }
        } else {
            Line { identifier: None, words }
        }
    }

    /// All words, an identifier before `=` included.
    pub(super) fn tree_words(&self, id: StatementId) -> Vec<Word> {
        self.statement(id).map(|statement| self.tree().words(statement)).unwrap_or_default()
    }

    /// The statements of the text that open the element again.
    pub(super) fn reopened(&self, key: &ElementKey) -> Vec<StatementId> {
        self.reopened_at.iter().filter(|(_, own)| *own == key).filter_map(|(at, _)| self.at(*at)).collect()
    }

    /// The statements of the text that open the relation again.
    pub(super) fn reopened_relation(&self, key: &RelationKey) -> Vec<StatementId> {
        let target = Target::Relation(key.clone());
        let references = self.trace.references.iter().filter(|reference| reference.file.is_none() && reference.target == target);
        let statements = references.filter_map(|reference| self.at(reference.statement));
        statements.filter(|id| matches!(self.line(*id).keyword().as_str(), "!relationship" | "!ref" | "!extend")).collect()
    }

    pub(super) fn block(&self, id: StatementId) -> Option<BlockId> {
        self.statement(id).and_then(|statement| statement.block)
    }

    pub(super) fn children(&self, block: BlockId) -> Vec<StatementId> {
        self.tree().statements(block).collect()
    }

    pub(super) fn block_around(&self, id: StatementId) -> BlockId {
        self.around.get(id.0).copied().unwrap_or(Tree::ROOT)
    }

    pub(super) fn owner(&self, block: BlockId) -> Option<StatementId> {
        self.owners.get(block.0).copied().flatten()
    }

    /// The blocks around a statement, innermost first, the whole file last.
    pub(super) fn blocks_around(&self, id: StatementId) -> Vec<BlockId> {
        let mut blocks = vec![self.block_around(id)];
        while let Some(owner) = blocks.last().and_then(|block| self.owner(*block)) {
            blocks.push(self.block_around(owner));
        }
        blocks
    }

    /// The statement directly in `block` that is or holds `id`.
    pub(super) fn child_of(&self, block: BlockId, id: StatementId) -> Option<StatementId> {
        let mut current = id;
        loop {
            let around = self.block_around(current);
            if around == block {
                return Some(current);
            }
            current = self.owner(around)?;
        }
    }

    pub(super) fn is_inside(&self, id: StatementId, outer: StatementId) -> bool {
        self.start(outer) <= self.start(id) && self.end(id) <= self.end(outer)
    }

    pub(super) fn element_at(&self, id: StatementId) -> Option<&ElementKey> {
        self.elements_at.get(&self.start(id))
    }

    pub(super) fn relations_at(&self, id: StatementId) -> &[RelationKey] {
        self.relations_at.get(&self.start(id)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn group_at(&self, id: StatementId) -> Option<&GroupKey> {
        self.groups_at.get(&self.start(id))
    }

    pub(super) fn view_at(&self, id: StatementId) -> Option<&String> {
        self.views_at.get(&self.start(id))
    }

    pub(super) fn reopened_at(&self, id: StatementId) -> Option<&ElementKey> {
        self.reopened_at.get(&self.start(id))
    }

    /// The statements of the text that make the group.
    pub(super) fn group_statements(&self, key: &GroupKey) -> Vec<StatementId> {
        self.groups_at.iter().filter(|(_, group)| *group == key).filter_map(|(at, _)| self.at(*at)).collect()
    }

    /// The element's own statement; refused where it stands in another file.
    pub(super) fn element_statement(&self, key: &ElementKey) -> Result<StatementId, Refusal> {
        let Some(element) = self.model.elements.get(key) else {
            return Err(Refusal::new(format!("There is no element `{key}` any more"), "Select it again."));
        };
        if let Some(file) = &element.file {
            return Err(elsewhere(&element.name, file));
        }
        self.at(element.span.start).ok_or_else(unknown_place)
    }

    /// The relation's own statement, which makes no other relation.
    pub(super) fn relation_statement(&self, key: &RelationKey) -> Result<StatementId, Refusal> {
        let Some(relation) = self.model.relations.get(key) else {
            return Err(Refusal::new(format!("There is no relationship `{key}` any more"), "Select it again."));
        };
        if let Some(by) = &relation.implied_by {
            let ends = self
                .model
                .relations
                .get(by)
                .map_or_else(|| by.to_string(), |by| format!("{} → {}", self.name(&by.source), self.name(&by.target)));
            return Err(Refusal::new(format!("This relationship follows from {ends}"), format!("Change the relationship {ends} instead.")));
        }
        if let Some(file) = &relation.file {
            return Err(elsewhere("This relationship", file));
        }
        let statement = self.at(relation.span.start).ok_or_else(unknown_place)?;
        if self.relations_at(statement).len() > 1 || self.line(statement).arrow().is_none() {
            return Err(Refusal::new(
                "This line of the text makes several relationships at once",
                "Change the line in the text, or write this relationship on a line of its own.",
            ));
        }
        Ok(statement)
    }

    pub(super) fn name(&self, key: &ElementKey) -> String {
        self.model.elements.get(key).map_or_else(|| key.to_string(), |element| element.name.clone())
    }

    /// The innermost element around what stands in the block, and the innermost group inside that element.
    pub(super) fn scope(&self, block: BlockId) -> (Option<ElementKey>, Option<GroupKey>) {
        let mut group = None;
        let mut current = block;
        while let Some(owner) = self.owner(current) {
            if let Some(element) = self.element_at(owner).or_else(|| self.reopened_at(owner)) {
                return (Some(element.clone()), group);
            }
            if group.is_none() {
                group = self.group_at(owner).cloned();
            }
            current = self.block_around(owner);
        }
        (None, group)
    }

    /// The `workspace` statement, if the text has one.
    pub(super) fn workspace(&self) -> Option<StatementId> {
        self.child_named(Tree::ROOT, "workspace")
    }

    pub(super) fn child_named(&self, block: BlockId, keyword: &str) -> Option<StatementId> {
        self.tree().statements(block).find(|id| self.line(*id).keyword() == keyword)
    }

    /// A block of the workspace by its keyword.
    pub(super) fn section(&self, keyword: &str) -> Option<StatementId> {
        let around = match self.workspace() {
            Some(workspace) => self.block(workspace)?,
            None => Tree::ROOT,
        };
        self.child_named(around, keyword)
    }

    /// The blocks whose statements stand in the home, the home's own first.
    pub(super) fn home_blocks(&self, home: &Home) -> Vec<BlockId> {
        match home {
            Home::Element(key) => {
                let own = self.elements_at.iter().filter(|(_, own)| *own == key);
                let again = self.reopened_at.iter().filter(|(_, own)| *own == key);
                own.chain(again).filter_map(|(at, _)| self.block(self.at(*at)?)).collect()
            }
            Home::Group(key) => self.group_statements(key).into_iter().filter_map(|id| self.block(id)).collect(),
            Home::Top => {
                let model = self.section("model").and_then(|id| self.block(id));
                let fragment = || {
                    let top = self.model.elements.values().any(|element| element.file.is_none() && element.parent.is_none());
                    (self.workspace().is_none() && top).then_some(Tree::ROOT)
                };
                model.or_else(fragment).into_iter().collect()
            }
        }
    }
}

/// Errors of a text; in a part of a text they are only warnings.
pub(super) fn count_errors(diagnostics: &[Diagnostic]) -> usize {
    let part = diagnostics.iter().any(|found| found.code == "fragment");
    let least = if part { Severity::Warning } else { Severity::Error };
    let counts = |found: &&Diagnostic| found.level >= least && !matches!(found.code.as_str(), "duplicate-name" | "unknown-fact");
    diagnostics.iter().filter(counts).count()
}

pub(super) fn elsewhere(what: &str, file: &str) -> Refusal {
    Refusal::new(format!("{what} is defined in {file}"), format!("Open {file} and change it there."))
}

pub(super) fn unknown_place() -> Refusal {
    Refusal::new("The line of the text that says this cannot be found", "Edit the text by hand.")
}
