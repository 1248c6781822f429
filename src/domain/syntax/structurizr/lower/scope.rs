//! Where a statement stands, and what identifiers mean there.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, GroupKey, Level, RelationKey},
    syntax::structurizr::{
        MAX_KEY_PART,
        lower::{Line, Lowering, Remark, Whole},
        occurrence::Symbol,
        tree::Word,
    },
};

/// What an identifier stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::domain::syntax::structurizr) enum Target {
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
    DeploymentGroup(String),
}

/// Where a statement of the model stands.
#[derive(Clone, Debug, Default)]
pub(in crate::domain::syntax::structurizr) struct Scope {
    /// The innermost element around it, deployment environments included.
    pub(in crate::domain::syntax::structurizr) element: Option<ElementKey>,
    pub(in crate::domain::syntax::structurizr) level: Option<Level>,
    /// The innermost group, if it lies inside that element.
    pub(in crate::domain::syntax::structurizr) group: Option<GroupKey>,
    pub(in crate::domain::syntax::structurizr) environment: Option<ElementKey>,
    /// Deployment groups that instances below belong to.
    pub(super) deployment_groups: Vec<String>,
    /// Inside the block of a removed relation: what its replacements are called unless they say so.
    pub(super) replaces: Option<(Option<String>, Option<String>)>,
}

/// Identifiers in lower case: flat ones as written, hierarchical ones as dotted paths.
#[derive(Debug, Default)]
pub(in crate::domain::syntax::structurizr) struct Names {
    pub(in crate::domain::syntax::structurizr) hierarchical: bool,
    targets: BTreeMap<String, Target>,
    /// The dotted path by which an element's parts are named.
    paths: BTreeMap<ElementKey, String>,
}

impl Names {
    pub(in crate::domain::syntax::structurizr) fn path(&self, element: &ElementKey) -> Option<&str> {
        self.paths.get(element).map(String::as_str)
    }

    pub(in crate::domain::syntax::structurizr) fn all(&self) -> impl Iterator<Item = &str> {
        self.targets.keys().map(String::as_str)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.targets.iter().map(|(name, target)| (name.as_str(), target))
    }

    pub(super) const fn all_paths(&self) -> &BTreeMap<ElementKey, String> {
        &self.paths
    }

    pub(in crate::domain::syntax::structurizr) fn get(&self, name: &str) -> Option<&Target> {
        self.targets.get(name)
    }
}

impl Lowering<'_> {
    /// Remembers by which path the parts of a new element are named.
    pub(super) fn remember_path(&mut self, key: &ElementKey, parent: Option<&ElementKey>, own: &str) {
        let path = match parent.and_then(|parent| self.names.paths.get(parent)) {
            Some(parent) => format!("{parent}.{}", own.to_ascii_lowercase()),
            None => own.to_ascii_lowercase(),
        };
        self.names.paths.insert(key.clone(), path);
    }

    /// Gives the line's identifier, if it has one, its meaning.
    pub(super) fn register(&mut self, line: &Line, scope: &Scope, target: Target) {
        let Some(word) = line.identifier.clone() else { return };
        if !is_identifier(&word.value) {
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "invalid-identifier",
                    format!("`{}` cannot be an identifier", word.value),
                    "An identifier has letters from a to z, digits, `_` and `-`, at most 128 of them, and does not begin with `-`.",
                    "Choose another identifier.",
                ),
            );
            return;
        }
        let own = word.value.to_ascii_lowercase();
        let nested = self.names.hierarchical && !matches!(target, Target::Relation(_));
        let parent = scope.element.as_ref().filter(|_| nested).and_then(|parent| self.names.path(parent));
        let name = parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{own}"));
        if self.names.targets.contains_key(&name) {
            self.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "duplicate-identifier",
                    format!("The identifier `{}` is already in use", word.value),
                    "Identifiers are compared without case, and each stands for one thing.",
                    "Choose another identifier, or write `!identifiers hierarchical` so that parts are named within their wholes.",
                ),
            );
            return;
        }
        self.trace_definition(line, word.span, &name, &target);
        self.mention(line, &word, &word.value, Symbol::from(&target), true);
        self.names.targets.insert(name, target);
    }

    /// What a name means here: in hierarchical texts the nearest enclosing element that has such a part comes first.
    pub(in crate::domain::syntax::structurizr) fn lookup(&self, name: &str, scope: &Scope) -> Option<&Target> {
        self.resolve(name, scope).map(|(_, target)| target)
    }

    /// As [`Self::lookup`], with the full name that was found.
    pub(super) fn resolve(&self, name: &str, scope: &Scope) -> Option<(String, &Target)> {
        let name = name.to_ascii_lowercase();
        if self.names.hierarchical {
            let mut around = scope.element.as_ref();
            while let Some(key) = around {
                if let Some(path) = self.names.path(key) {
                    let full = format!("{path}.{name}");
                    if let Some(target) = self.names.get(&full) {
                        return Some((full, target));
                    }
                }
                around = self.model.elements.get(key).and_then(|element| element.parent.as_ref());
            }
        }
        self.names.get(&name).map(|target| (name, target))
    }

    /// The element a word names: an identifier, `this`, or a canonical name such as `SoftwareSystem://Shop`.
    pub(in crate::domain::syntax::structurizr) fn element_named(&self, name: &str, scope: &Scope) -> Option<ElementKey> {
        if let Some(Target::Element(key)) = self.lookup(name, scope) {
            return Some(key.clone());
        }
        if name.eq_ignore_ascii_case("this") {
            return scope.element.clone();
        }
        let (kind, path) = name.split_once("://")?;
        let separators: &[char] =
            if kind.to_ascii_lowercase().contains("deployment") || kind.to_ascii_lowercase().contains("infrastructure") {
                &['/']
            } else {
                &['/', '.']
            };
        let parts: Vec<&str> = path.split(separators).collect();
        let matches = |key: &ElementKey| {
            let mut names = parts.iter().rev();
            let own = self.model.elements.get(key);
            let chain = own.into_iter().chain(self.model.ancestors(key));
            let mut same = true;
            for element in chain {
                same = same && names.next().is_some_and(|name| *name == element.name);
            }
            same && names.next().is_none()
        };
        self.model.elements.keys().find(|key| matches(key)).cloned()
    }

    /// As [`Self::element_named`], with a diagnostic where there is none.
    pub(in crate::domain::syntax::structurizr) fn require_element(
        &mut self,
        word: &Word,
        scope: &Scope,
        line: &Line,
    ) -> Option<ElementKey> {
        self.require_part(word, &word.value, scope, line)
    }

    /// As [`Self::require_element`], for a part of the word, such as one end in an expression.
    pub(in crate::domain::syntax::structurizr) fn require_part(
        &mut self,
        word: &Word,
        part: &str,
        scope: &Scope,
        line: &Line,
    ) -> Option<ElementKey> {
        if part.contains("://") && !self.spend(self.model.elements.len(), line) {
            return None;
        }
        let found = self.element_named(part, scope);
        match &found {
            // What is read only for its meaning notes no places.
            Some(_) if self.trace.is_none() && !self.tracking => {}
            Some(key) => {
                self.trace_reference(line, word.span, part, scope, Target::Element(key.clone()));
                self.mention(line, word, part, Symbol::Element(key.clone()), false);
            }
            None => self.unknown_identifier(&Word { value: part.to_owned(), ..word.clone() }, line),
        }
        found
    }

    /// What may have been meant by a name that is not known.
    fn meant(&mut self, name: &str) -> Option<String> {
        let known: Vec<String> = self.names.all().map(str::to_owned).collect();
        let tail = format!(".{}", name.to_ascii_lowercase());
        let nested = known.iter().find(|name| name.ends_with(&tail)).map(|name| format!("Did you mean `{name}`?"));
        let named = self.model.elements.values().find(|element| element.name.eq_ignore_ascii_case(name));
        let named = named.map(|element| match &element.identifier {
            Some(identifier) => format!("Write the identifier `{identifier}` in place of the name."),
            None => "Give that element an identifier with `identifier = …`, and use it here.".to_owned(),
        });
        let nearest = self.suggest(name, known.iter().map(String::as_str));
        nested.or(named).or(nearest)
    }

    pub(in crate::domain::syntax::structurizr) fn unknown_identifier(&mut self, word: &Word, line: &Line) {
        let help = if self.may_suggest() { self.meant(&word.value) } else { None };
        let why = if self.whole > Whole::Complete {
            "It may be defined in a file that is not at hand; the statement is left out of the model."
        } else {
            "A name has to be defined above the line that uses it; the statement is left out of the model."
        };
        let remark = Remark::new(
            self.unknown_level(),
            "unknown-identifier",
            format!("Nothing here is named `{}`", word.value),
            why,
            help.unwrap_or_else(|| "Define it, or correct the name.".to_owned()),
        );
        self.say(line, word.span, remark);
    }
}

pub(in crate::domain::syntax::structurizr) fn is_identifier(text: &str) -> bool {
    !text.starts_with('-')
        && !text.is_empty()
        && text.len() <= MAX_KEY_PART
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
}

/// A name as part of a key: lower case, `-` between words.
pub(in crate::domain::syntax::structurizr) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for next in name.chars().take(MAX_KEY_PART) {
        if next.is_alphanumeric() {
            slug.extend(next.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}
