//! Recording where names stand, for editors.

use std::rc::Rc;

use crate::domain::{
    diagnostic::Span,
    model::ElementKey,
    sort,
    syntax::structurizr::{
        MAX_STATEMENTS,
        lower::{Line, Lowering, Source, Target},
        occurrence::{ArchetypeName, Index, Name, Occurrence, Symbol, place_of},
        tree::Word,
    },
};

impl From<&Target> for Symbol {
    fn from(target: &Target) -> Self {
        match target {
            Target::Element(key) => Self::Element(key.clone()),
            Target::Relation(key) => Self::Relation(key.clone()),
            Target::Group(key) => Self::Group(key.clone()),
            Target::DeploymentGroup(name) => Self::DeploymentGroup(name.clone()),
        }
    }
}

impl Lowering<'_> {
    /// Notes that a part of the word names something. A dotted path names what lies around it, too.
    pub(in crate::domain::syntax::structurizr) fn mention(&mut self, line: &Line, word: &Word, part: &str, symbol: Symbol, defines: bool) {
        if !self.tracking || self.occurrences.len() >= MAX_STATEMENTS {
            return;
        }
        let source = Rc::clone(&line.source);
        let Some(span) = place_of(&source.tree, word, part) else { return };
        let dotted = part.contains('.') && !part.contains(':') && !matches!(symbol, Symbol::View(_) | Symbol::Archetype(_));
        if !dotted {
            self.note(&source, span, symbol, defines);
            return;
        }
        let mut next = Some(symbol);
        let mut end = span.end as usize;
        for piece in part.rsplit('.') {
            let Some(symbol) = next else { return };
            let start = end.saturating_sub(piece.len());
            next = self.around(&symbol).map(Symbol::Element);
            self.note(&source, Span::new(start, end), symbol, defines);
            end = start.saturating_sub(1);
        }
    }

    fn note(&mut self, source: &Source, span: Span, symbol: Symbol, defines: bool) {
        self.occurrences.push(Occurrence { file: source.file.clone(), span, symbol, defines });
    }

    fn around(&self, symbol: &Symbol) -> Option<ElementKey> {
        match symbol {
            Symbol::Element(key) => self.model.elements.get(key)?.parent.clone(),
            Symbol::Group(key) => self.model.groups.get(key)?.owner.clone(),
            Symbol::DeploymentGroup(name) => name.split_once('/').map(|(environment, _)| ElementKey::from(environment)),
            _ => None,
        }
    }

    /// Notes the constants in a word as it is written.
    pub(super) fn mention_constants(&mut self, source: &Rc<Source>, word: &Word) {
        if !self.tracking {
            return;
        }
        let raw = word.span.of(&source.tree.source).to_owned();
        for (at, _) in raw.match_indices("${") {
            let inner = raw.get(at + 2..).unwrap_or("");
            let Some(name) = inner.split_once('}').map(|(name, _)| name).filter(|name| self.constants.contains_key(*name)) else {
                continue;
            };
            let start = word.span.start as usize + at + 2;
            self.note(source, Span::new(start, start + name.len()), Symbol::Constant(name.to_owned()), false);
        }
    }

    /// All that an editor needs to know besides the model.
    pub(super) fn index(&mut self) -> Index {
        let mut occurrences = std::mem::take(&mut self.occurrences);
        sort::by(&mut occurrences, Ord::cmp);
        occurrences.dedup();
        let names =
            self.names.entries().map(|(path, target)| Name { path: self.as_defined(path, target), symbol: target.into() }).collect();
        let archetypes = self.archetypes.entries().map(|(makes, name)| ArchetypeName { name: name.to_owned(), makes }).collect();
        Index {
            parsed: crate::domain::syntax::Parsed::default(),
            occurrences,
            names,
            archetypes,
            constants: self.constants.clone(),
            hierarchical: self.names.hierarchical,
            paths: self.names.all_paths().clone(),
        }
    }

    /// A path in the letters of its definitions: names are compared without case and kept in lower case.
    fn as_defined(&self, path: &str, target: &Target) -> String {
        let own = match target {
            Target::Element(key) => self.model.elements.get(key).and_then(|element| element.identifier.clone()),
            Target::Relation(key) => Some(key.0.clone()),
            Target::Group(_) | Target::DeploymentGroup(_) => None,
        };
        let mut pieces: Vec<String> = Vec::new();
        let mut around = self.around(&target.into());
        for (at, piece) in path.rsplit('.').enumerate() {
            let written = if at == 0 {
                own.clone()
            } else {
                let element = around.as_ref().and_then(|key| self.model.elements.get(key));
                let written = element.and_then(|element| element.identifier.clone());
                around = element.and_then(|element| element.parent.clone());
                written
            };
            pieces.push(written.filter(|written| written.eq_ignore_ascii_case(piece)).unwrap_or_else(|| piece.to_owned()));
        }
        pieces.reverse();
        pieces.join(".")
    }
}
