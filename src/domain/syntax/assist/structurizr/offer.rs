//! Gathering completions: what is typed decides what fits, and what is put in is quoted where it has to be.

use crate::domain::{
    diagnostic::Span,
    model::{Element, ElementKey},
    syntax::{
        assist::{Completion, CompletionKind, MAX_COMPLETIONS, plain::detail},
        structurizr::{
            occurrence::{Index, Symbol},
            spot::Spot,
        },
    },
};

/// Completions of one place while they are gathered.
pub(super) struct Offers<'a> {
    pub(super) index: &'a Index,
    text: &'a str,
    offset: usize,
    /// What is typed of the part that is to be completed, in lower case.
    typed: String,
    /// That part, up to its end.
    span: Span,
    /// The part lies in quotes.
    quoted: bool,
    /// With how badly they fit.
    found: Vec<(u8, Completion)>,
}

impl<'a> Offers<'a> {
    pub(super) fn new(index: &'a Index, text: &'a str, spot: &Spot, offset: usize) -> Self {
        let typed = spot.touched.as_ref().map_or("", |word| word.value.as_str()).to_lowercase();
        let quoted = spot.touched.as_ref().is_some_and(|word| word.quoted);
        Self { index, text, offset: text.floor_char_boundary(offset.min(text.len())), typed, span: spot.span, quoted, found: Vec::new() }
    }

    /// Completes only what follows the first `bytes` of what is typed, up to where `of_part` no longer holds.
    pub(super) fn narrow(&mut self, bytes: usize, of_part: fn(char) -> bool) {
        let start = (self.span.start as usize + bytes).min(self.offset);
        self.typed = self.text.get(start..self.offset).unwrap_or("").to_lowercase();
        let rest = self.text.get(self.offset..self.span.end as usize).unwrap_or("");
        let length = rest.find(|next: char| !of_part(next)).unwrap_or(rest.len());
        let length = length.min(rest.find("->").unwrap_or(length));
        self.span = Span::new(start, self.offset + length);
    }

    pub(super) fn offer(&mut self, label: &str, detail: &str, kind: CompletionKind) {
        self.offer_named(label, "", detail, kind);
    }

    /// Offers what people may also look for by another name; quoted where the language asks for it.
    pub(super) fn offer_named(&mut self, label: &str, name: &str, detail: &str, kind: CompletionKind) {
        let lower = label.to_lowercase();
        let by_name = || if name.is_empty() { None } else { fits(&name.to_lowercase(), &self.typed).map(|fit| fit + 3) };
        let Some(fit) = fits(&lower, &self.typed).or_else(by_name) else { return };
        // What is in use may be in use only where it is being typed.
        let own = matches!(kind, CompletionKind::Tag | CompletionKind::Technology | CompletionKind::Fact) && lower == self.typed;
        if own {
            return;
        }
        let insert = label;
        let insert = if self.quoted {
            insert.replace('"', "\\\"")
        } else if insert.is_empty() || insert.contains(|next: char| next.is_whitespace() || next == '"') {
            format!("\"{}\"", insert.replace('"', "\\\""))
        } else {
            insert.to_owned()
        };
        if self.found.iter().any(|(_, known)| known.label == label && known.kind == kind) {
            return;
        }
        // Listing is bounded; what fits well later in a long list still gets in.
        if self.found.len() < 4 * MAX_COMPLETIONS || fit == 0 && self.found.len() < 8 * MAX_COMPLETIONS {
            let completion = Completion { label: label.to_owned(), detail: detail.to_owned(), insert, kind, span: self.span };
            self.found.push((fit, completion));
        }
    }

    pub(super) fn all(&mut self, labels: &[&str], detail: &str, kind: CompletionKind) {
        for label in labels {
            self.offer(label, detail, kind);
        }
    }

    /// The best ones, in the order in which they were offered among equals.
    pub(super) fn finish(mut self) -> Vec<Completion> {
        self.found.sort_by_key(|(fit, _)| *fit);
        self.found.into_iter().map(|(_, completion)| completion).take(MAX_COMPLETIONS).collect()
    }

    /// Identifiers of elements, named as a statement inside `scope` would.
    pub(super) fn elements(&mut self, scope: Option<&ElementKey>, wanted: &dyn Fn(&Element) -> bool) {
        let index = self.index;
        let model = &index.parsed.model;
        let enclosing = enclosing_paths(index, scope);
        let mut named: std::collections::BTreeMap<&ElementKey, &str> = std::collections::BTreeMap::new();
        for name in &index.names {
            if let Symbol::Element(key) = &name.symbol {
                named.entry(key).or_insert(&name.path);
            }
        }
        for element in model.elements.values().filter(|element| wanted(element)) {
            let Some(path) = named.get(&element.key) else { continue };
            self.offer_named(shortest(path, &enclosing), &element.name, &detail(element), CompletionKind::Element);
        }
    }

    pub(super) fn groups(&mut self, scope: Option<&ElementKey>) {
        let index = self.index;
        let enclosing = enclosing_paths(index, scope);
        for name in &index.names {
            if let Symbol::Group(key) = &name.symbol {
                let group = index.parsed.model.groups.get(key).map_or("", |group| group.name.as_str());
                self.offer(shortest(&name.path, &enclosing), &format!("Group · {group}"), CompletionKind::Group);
            }
        }
    }

    pub(super) fn relations(&mut self) {
        let index = self.index;
        for name in &index.names {
            let Symbol::Relation(key) = &name.symbol else { continue };
            let Some(relation) = index.parsed.model.relations.get(key) else { continue };
            let said = relation.label().map_or_else(String::new, |label| format!(" · {label}"));
            self.offer(&name.path, &format!("{} -> {}{said}", relation.source, relation.target), CompletionKind::Relation);
        }
    }

    pub(super) fn deployment_groups(&mut self, scope: Option<&ElementKey>) {
        let index = self.index;
        let enclosing = enclosing_paths(index, scope);
        for name in &index.names {
            if let Symbol::DeploymentGroup(group) = &name.symbol {
                let own = group.rsplit('/').next().unwrap_or("");
                self.offer(shortest(&name.path, &enclosing), &format!("Deployment group · {own}"), CompletionKind::Group);
            }
        }
    }

    pub(super) fn archetypes(&mut self, wanted: &dyn Fn(&str) -> bool) {
        for archetype in &self.index.archetypes {
            if !wanted(archetype.makes) {
                continue;
            }
            if archetype.makes == "->" {
                self.offer(&format!("--{}->", archetype.name), "Relationship archetype", CompletionKind::Archetype);
            } else {
                self.offer(&archetype.name, &format!("Archetype of {}", archetype.makes), CompletionKind::Archetype);
            }
        }
    }

    pub(super) fn views(&mut self) {
        for view in &self.index.parsed.model.views {
            if view.span.end > 0 {
                self.offer(&view.key, view.title.as_deref().unwrap_or(view.kind.name()), CompletionKind::View);
            }
        }
    }

    /// Tags in use, the styled ones, and those that everything has.
    pub(super) fn tags(&mut self, of_elements: bool, of_relations: bool) {
        let model = &self.index.parsed.model;
        let mut uses: indexmap::IndexMap<&str, usize> = indexmap::IndexMap::new();
        if of_elements {
            for tag in model.elements.values().flat_map(|element| &element.tags) {
                *uses.entry(tag).or_default() += 1;
            }
        }
        if of_relations {
            for tag in model.relations.values().flat_map(|relation| &relation.tags) {
                *uses.entry(tag).or_default() += 1;
            }
        }
        let look = &model.appearance;
        let styled = look.elements.iter().filter(|_| of_elements).chain(look.relations.iter().filter(|_| of_relations));
        for style in styled {
            uses.entry(&style.tag).or_default();
        }
        let found: Vec<(String, String)> = uses
            .into_iter()
            .map(|(tag, count)| {
                (tag.to_owned(), if count == 0 { "Tag with a style".to_owned() } else { format!("Tag · used {count} times") })
            })
            .collect();
        for (tag, detail) in found {
            self.offer(&tag, &detail, CompletionKind::Tag);
        }
    }

    /// Technologies in use, then the well known.
    pub(super) fn technologies(&mut self, of_relations: bool, known: &[&str]) {
        let model = &self.index.parsed.model;
        let used: Vec<String> = if of_relations {
            model.relations.values().filter_map(|relation| relation.technology.clone()).collect()
        } else {
            model.elements.values().filter_map(|element| element.technology.clone()).collect()
        };
        for technology in used.iter().filter(|text| !text.trim().is_empty()) {
            self.offer(technology, "Technology in use", CompletionKind::Technology);
        }
        self.all(known, "Technology", CompletionKind::Technology);
    }
}

/// How badly a candidate fits; none if not at all.
fn fits(candidate: &str, typed: &str) -> Option<u8> {
    if candidate.starts_with(typed) {
        return Some(0);
    }
    let at = candidate.find(typed)?;
    let before = candidate.get(..at).and_then(|head| head.chars().next_back());
    Some(if before.is_some_and(char::is_alphanumeric) { 2 } else { 1 })
}

/// The paths of the element and those around it, nearest first, in lower case.
fn enclosing_paths(index: &Index, scope: Option<&ElementKey>) -> Vec<String> {
    if !index.hierarchical {
        return Vec::new();
    }
    let Some(scope) = scope else { return Vec::new() };
    let model = &index.parsed.model;
    let own = model.elements.get(scope).into_iter();
    own.chain(model.ancestors(scope)).filter_map(|element| index.paths.get(&element.key)).map(|path| format!("{path}.")).collect()
}

/// A path without the part that the place need not say.
fn shortest<'p>(path: &'p str, enclosing: &[String]) -> &'p str {
    let lower = path.to_lowercase();
    let cut = enclosing.iter().find(|around| lower.starts_with(around.as_str())).map_or(0, String::len);
    path.get(cut..).unwrap_or(path)
}
