//! Identifiers in edits: what a name means at a place, how to name an element there, and new identifiers for those without.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    casing::lower,
    model::{ElementKey, GroupKey, Level},
    syntax::{
        gesture::Refusal,
        structurizr::{
            edit::{
                edits::Edits,
                site::{Site, elsewhere},
                text::{casing, identifier, is_keyword},
            },
            lower::{Target, scope::is_identifier},
            tree::BlockId,
        },
    },
};

/// Names as they will be after the edits; elements go by the keys they have now.
#[derive(Clone, Debug)]
pub(super) struct Naming {
    hierarchical: bool,
    /// Full names in lower case; what is no element stands as none.
    full: BTreeMap<String, Option<ElementKey>>,
    /// The names of an element, its own first, as written.
    names: BTreeMap<ElementKey, Vec<String>>,
    paths: BTreeMap<ElementKey, String>,
    parents: BTreeMap<ElementKey, ElementKey>,
}

impl Naming {
    pub(super) fn new(site: &Site<'_>) -> Self {
        let names = &site.trace.names;
        let element = |name: &str| match names.get(name) {
            Some(Target::Element(key)) => Some(key.clone()),
            _ => None,
        };
        let full = names.all().map(|name| (name.to_owned(), element(name))).collect();
        let mut of: BTreeMap<ElementKey, Vec<String>> = BTreeMap::new();
        for definition in &site.trace.definitions {
            if let Target::Element(key) = &definition.target {
                of.entry(key.clone()).or_default().push(as_written(site, key, &definition.full));
            }
        }
        let keys = || site.model.elements.keys();
        Self {
            hierarchical: names.hierarchical,
            full,
            names: of,
            paths: keys().filter_map(|key| Some((key.clone(), names.path(key)?.to_owned()))).collect(),
            parents: site.model.elements.values().filter_map(|element| Some((element.key.clone(), element.parent.clone()?))).collect(),
        }
    }

    pub(super) fn resolve(&self, name: &str, scope: Option<&ElementKey>) -> Option<&ElementKey> {
        let name = name.to_ascii_lowercase();
        let mut around = scope.filter(|_| self.hierarchical);
        while let Some(key) = around {
            if let Some(found) = self.paths.get(key).and_then(|path| self.full.get(&format!("{path}.{name}"))) {
                return found.as_ref();
            }
            around = self.parents.get(key);
        }
        self.full.get(&name)?.as_ref()
    }

    /// The shortest name that means the element within `scope`.
    pub(super) fn name_of(&self, key: &ElementKey, scope: Option<&ElementKey>) -> Option<String> {
        for full in self.names.get(key)? {
            let mut starts: Vec<usize> = full.match_indices('.').map(|(at, _)| at + 1).collect();
            starts.reverse();
            starts.push(0);
            let found = starts.into_iter().filter_map(|start| full.get(start..)).find(|name| self.resolve(name, scope) == Some(key));
            if let Some(name) = found {
                return Some(name.to_owned());
            }
        }
        None
    }

    /// Whether a new identifier would stand for nothing else, here or around.
    pub(super) fn is_free(&self, name: &str, parent: Option<&ElementKey>) -> bool {
        let name = name.to_ascii_lowercase();
        if is_keyword(&name) || self.full.contains_key(&name) {
            return false;
        }
        let path = parent.filter(|_| self.hierarchical).and_then(|parent| self.paths.get(parent));
        path.is_none_or(|path| !self.full.contains_key(&format!("{path}.{name}")))
    }

    /// Notes a new identifier of an element.
    pub(super) fn define(&mut self, key: &ElementKey, own: &str, parent: Option<&ElementKey>) {
        let written = match parent.filter(|_| self.hierarchical) {
            Some(parent) => {
                let around = self.names.get(parent).and_then(|names| names.first()).or_else(|| self.paths.get(parent));
                around.map_or_else(|| own.to_owned(), |around| format!("{around}.{own}"))
            }
            None => own.to_owned(),
        };
        self.full.insert(written.to_ascii_lowercase(), Some(key.clone()));
        self.names.entry(key.clone()).or_default().insert(0, written);
        let path = match parent.and_then(|parent| self.paths.get(parent)) {
            Some(path) => format!("{path}.{}", own.to_ascii_lowercase()),
            None => own.to_ascii_lowercase(),
        };
        self.paths.insert(key.clone(), path);
        if let Some(parent) = parent {
            self.parents.insert(key.clone(), parent.clone());
        }
    }

    /// Puts an element with its parts under another parent; false where a name there is taken.
    pub(super) fn reparent(&mut self, key: &ElementKey, parent: Option<&ElementKey>, inside: &BTreeSet<ElementKey>) -> bool {
        let Some(old_path) = self.paths.get(key).cloned() else { return true };
        let own = old_path.rsplit('.').next().unwrap_or("").to_owned();
        let new_path = match parent.and_then(|parent| self.paths.get(parent)) {
            Some(path) => format!("{path}.{own}"),
            None => own,
        };
        match parent {
            Some(parent) => self.parents.insert(key.clone(), parent.clone()),
            None => self.parents.remove(key),
        };
        let written = parent.and_then(|parent| {
            let names = self.names.get(parent).and_then(|names| names.first());
            names.or_else(|| self.paths.get(parent)).cloned()
        });
        let depth = old_path.matches('.').count();
        for moved in std::iter::once(key).chain(inside) {
            if let Some(path) = self.paths.get_mut(moved)
                && let Some(tail) = path.strip_prefix(&old_path)
            {
                *path = format!("{new_path}{tail}");
            }
        }
        if !self.hierarchical {
            return true;
        }
        let mut free = true;
        for moved in std::iter::once(key).chain(inside) {
            for name in self.names.get_mut(moved).into_iter().flatten() {
                // Other names than the one by place stay.
                if name.to_ascii_lowercase() != old_path && !name.to_ascii_lowercase().starts_with(&format!("{old_path}.")) {
                    continue;
                }
                let tail: Vec<&str> = name.split('.').skip(depth).collect();
                let tail = tail.join(".");
                self.full.remove(&name.to_ascii_lowercase());
                *name = written.as_ref().map_or_else(|| tail.clone(), |around| format!("{around}.{tail}"));
                free = self.full.insert(name.to_ascii_lowercase(), Some(moved.clone())).is_none() && free;
            }
        }
        free
    }
}

/// The full name in the spelling of the text.
fn as_written(site: &Site<'_>, key: &ElementKey, full: &str) -> String {
    let chain = site.model.elements.get(key).into_iter().chain(site.model.ancestors(key));
    let mut parts: Vec<&str> = chain
        .take(full.matches('.').count() + 1)
        .map(|element| element.identifier.as_deref().unwrap_or_else(|| element.key.as_str().rsplit('.').next().unwrap_or("")))
        .collect();
    parts.reverse();
    let written = parts.join(".");
    if written.eq_ignore_ascii_case(full) { written } else { full.to_owned() }
}

impl Site<'_> {
    pub(super) fn casing(&self) -> super::text::Casing {
        casing(self.model.elements.values().filter_map(|element| element.identifier.as_deref()))
    }

    /// An identifier made of a name that is free in the element's parts.
    pub(super) fn new_identifier(&self, naming: &Naming, name: &str, parent: Option<&ElementKey>) -> String {
        let casing = self.casing();
        let base = identifier(name, casing);
        self.free_identifier(naming, &base, parent)
    }

    fn free_identifier(&self, naming: &Naming, base: &str, parent: Option<&ElementKey>) -> String {
        let prefix = parent.map_or_else(String::new, |parent| format!("{parent}."));
        let is_free =
            |name: &str| naming.is_free(name, parent) && !self.model.elements.contains_key(&ElementKey(format!("{prefix}{name}")));
        if is_free(base) {
            return base.to_owned();
        }
        let separator = match self.casing() {
            super::text::Casing::Dashes => "-",
            super::text::Casing::Underscores => "_",
            super::text::Casing::Camel => "",
        };
        let stem = base.strip_suffix("-1").or_else(|| base.strip_suffix("_1")).filter(|stem| !is_keyword(stem)).unwrap_or(base);
        (2..100_000_u32).map(|number| format!("{stem}{separator}{number}")).find(|name| is_free(name)).unwrap_or_else(|| base.to_owned())
    }

    /// How the element is called in the block; it gets an identifier if it has none.
    pub(super) fn name_in(
        &self,
        naming: &mut Naming,
        key: &ElementKey,
        block: Option<BlockId>,
        edits: &mut Edits,
    ) -> Result<String, Refusal> {
        let scope = block.and_then(|block| self.scope(block).0);
        if let Some(name) = naming.name_of(key, scope.as_ref()) {
            return Ok(name);
        }
        self.identify(naming, key, edits)?;
        naming.name_of(key, scope.as_ref()).ok_or_else(|| {
            Refusal::new(
                format!("{} cannot be named here", self.name(key)),
                "Another identifier hides it; give one of the two another identifier.",
            )
        })
    }

    /// Gives the element an identifier, and those around it where names are made of paths.
    pub(super) fn identify(&self, naming: &mut Naming, key: &ElementKey, edits: &mut Edits) -> Result<(), Refusal> {
        let mut chain = vec![key.clone()];
        if naming.hierarchical {
            chain.extend(self.model.ancestors(key).map(|element| element.key.clone()));
        }
        for key in chain.into_iter().rev() {
            if naming.names.contains_key(&key) {
                continue;
            }
            let Some(element) = self.model.elements.get(&key) else { continue };
            if let Some(identifier) = &element.identifier {
                return Err(Refusal::new(
                    format!("The identifier `{identifier}` of {} cannot be used", element.name),
                    "It is taken or not allowed; give the element another identifier first.",
                ));
            }
            if let Some(file) = &element.file {
                let refusal = elsewhere(&element.name, file);
                return Err(Refusal::new(refusal.what, format!("It has no identifier yet; give it one in {file}.")));
            }
            let statement = self.element_statement(&key)?;
            let parent = element.parent.as_ref();
            // The part it has in its key already is best: nothing else that goes by keys has to change.
            let prefix = parent.map_or_else(String::new, |parent| format!("{parent}."));
            let own = key.as_str().strip_prefix(&prefix).unwrap_or(key.as_str());
            let own = if is_identifier(own) && naming.is_free(own, parent) {
                own.to_owned()
            } else if element.instance_of.is_some() {
                self.new_identifier(naming, &format!("{} instance", element.name), parent)
            } else {
                self.new_identifier(naming, &element.name, parent)
            };
            edits.insert(self.start(statement) as usize, format!("{own} = "));
            naming.define(&key, &own, parent);
        }
        Ok(())
    }

    /// The elements inside one, in model order.
    pub(super) fn inside(&self, key: &ElementKey) -> BTreeSet<ElementKey> {
        let mut inside: BTreeSet<ElementKey> = BTreeSet::new();
        for element in self.model.elements.values() {
            // Parents come before their parts.
            if element.parent.as_ref().is_some_and(|parent| parent == key || inside.contains(parent)) {
                inside.insert(element.key.clone());
            }
        }
        inside
    }

    /// Refuses a name that a sibling of the same level has: other tools do not read such a text.
    pub(super) fn refuse_same_name(
        &self,
        name: &str,
        level: Level,
        parent: Option<&ElementKey>,
        except: Option<&ElementKey>,
    ) -> Result<(), Refusal> {
        let named = matches!(
            level,
            Level::Person | Level::System | Level::Container | Level::Component | Level::DeploymentNode | Level::DeploymentEnvironment
        );
        let wanted = lower(name);
        let same = self.model.elements.values().any(|element| {
            element.level == level && element.parent.as_ref() == parent && Some(&element.key) != except && lower(&element.name) == wanted
        });
        if named && same {
            let place = parent.map_or_else(|| "in the model".to_owned(), |parent| format!("in {}", self.name(parent)));
            return Err(Refusal::new(format!("There is already \"{name}\" {place}"), "Choose another name."));
        }
        Ok(())
    }

    /// Refuses the name of a group that is already there: the two would become one.
    pub(super) fn refuse_same_group(
        &self,
        name: &str,
        parent: Option<&GroupKey>,
        owner: Option<&ElementKey>,
        except: Option<&GroupKey>,
    ) -> Result<(), Refusal> {
        if let Some(separator) = self.model.properties.get("structurizr.groupSeparator").filter(|text| !text.is_empty())
            && name.contains(separator.as_str())
        {
            return Err(Refusal::new(
                format!("A boundary's name cannot contain `{separator}` here"),
                "The workspace uses it to write boundaries within boundaries.",
            ));
        }
        let mut groups = self.model.groups.values();
        if groups.any(|group| {
            group.name == name && group.parent.as_ref() == parent && group.owner.as_ref() == owner && Some(&group.key) != except
        }) {
            return Err(Refusal::new(format!("There is already a boundary \"{name}\" here"), "Choose another name."));
        }
        Ok(())
    }
}
