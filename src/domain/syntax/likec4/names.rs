//! The tree of names, and what a reference means: the nearest thing of that name around the statement, or the only one further
//! in.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::domain::{
    diagnostic::Span,
    model::ElementKey,
    syntax::likec4::{MAX_NAMESAKES, tree::About},
};

/// An element, a deployment node or an instance by its name.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) about: About,
    pub(super) parent: Option<usize>,
    pub(super) children: IndexMap<String, usize>,
    pub(super) instance_of: Option<String>,
    pub(super) key: Option<ElementKey>,
    pub(super) span: Span,
    pub(super) name_span: Span,
    pub(super) file: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) nodes: Vec<Node>,
    pub(super) top: IndexMap<String, usize>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Names {
    /// Adds a node; none where there is one of that name already.
    pub(super) fn add(&mut self, parent: Option<usize>, node: Node) -> Option<usize> {
        let at = self.nodes.len();
        let name = node.name.clone();
        let siblings = match parent {
            Some(parent) => &mut self.nodes.get_mut(parent)?.children,
            None => &mut self.top,
        };
        if siblings.contains_key(&name) {
            return None;
        }
        siblings.insert(name.clone(), at);
        self.by_name.entry(name).or_default().push(at);
        self.nodes.push(Node { parent, ..node });
        Some(at)
    }

    pub(super) fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    pub(super) fn children(&self, at: Option<usize>) -> impl Iterator<Item = usize> {
        let children = match at {
            Some(at) => self.nodes.get(at).map(|node| &node.children),
            None => Some(&self.top),
        };
        children.into_iter().flat_map(|children| children.values().copied())
    }

    /// What is around a node, nearest first.
    pub(super) fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.nodes.get(at).and_then(|node| node.parent), |next| self.nodes.get(*next).and_then(|node| node.parent))
    }

    pub(super) fn is_inside(&self, at: usize, around: usize) -> bool {
        self.around(at).any(|next| next == around)
    }

    /// Everything inside, outermost first.
    pub(super) fn inside(&self, at: usize) -> Vec<usize> {
        let mut found: Vec<usize> = self.children(Some(at)).collect();
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found.extend(self.children(Some(at)));
            next += 1;
        }
        found
    }

    pub(super) fn key(&self, at: usize) -> Option<&ElementKey> {
        self.nodes.get(at).and_then(|node| node.key.as_ref())
    }

    /// What a dotted name means inside `scope`; how much of it was understood, and up to which node.
    pub(super) fn resolve<'t>(&self, path: &'t str, scope: Option<usize>, file: Option<&str>) -> Option<(usize, Vec<&'t str>)> {
        let mut parts = path.split('.');
        let first = parts.next()?;
        let mut places: Vec<Option<usize>> = Vec::new();
        if let Some(scope) = scope {
            places.push(Some(scope));
            places.extend(self.around(scope).map(Some));
        }
        places.push(None);
        let mut found = None;
        for place in &places {
            let direct = self.child(*place, first);
            // The scope itself may be named from inside.
            let own = place.filter(|at| self.nodes.get(*at).is_some_and(|node| node.name == first));
            found = direct.or(own);
            if found.is_some() {
                break;
            }
        }
        let mut at = match found {
            Some(found) => found,
            None => places.iter().find_map(|place| self.only(*place, first, file))?,
        };
        let mut rest = Vec::new();
        for part in parts {
            if !rest.is_empty() {
                rest.push(part);
                continue;
            }
            match self.child(Some(at), part).or_else(|| self.only(Some(at), part, file)) {
                Some(next) => at = next,
                None => rest.push(part),
            }
        }
        Some((at, rest))
    }

    fn child(&self, place: Option<usize>, name: &str) -> Option<usize> {
        match place {
            Some(at) => self.nodes.get(at)?.children.get(name).copied(),
            None => self.top.get(name).copied(),
        }
    }

    /// The only node of that name in a place; of several, the only one of the same file, or the outermost one.
    fn only(&self, place: Option<usize>, name: &str, file: Option<&str>) -> Option<usize> {
        let namesakes = self.by_name.get(name)?;
        let inside = namesakes.iter().copied().take(MAX_NAMESAKES).filter(|at| place.is_none_or(|place| self.is_inside(*at, place)));
        let inside: Vec<usize> = inside.collect();
        if let [found] = inside.as_slice() {
            return Some(*found);
        }
        let here = inside.iter().copied().filter(|at| self.nodes.get(*at).is_some_and(|node| node.file.as_deref() == file));
        let here: Vec<usize> = here.collect();
        let candidates = if here.is_empty() { inside } else { here };
        let depth = |at: &usize| self.around(*at).count();
        let least = candidates.iter().map(depth).min()?;
        let mut outermost = candidates.iter().copied().filter(|at| depth(at) == least);
        let found = outermost.next()?;
        outermost.next().is_none().then_some(found)
    }
}
