//! The views: one for each diagram of the text, which shows what the diagram states.

use std::collections::BTreeSet;

use crate::domain::{
    model::{
        Element, ElementKey, Level, RelationKey,
        kind::Kind,
        view::{Direction, Step, View, ViewKind},
    },
    syntax::c4::{
        draft::{Book, Sheet},
        settle::{Settled, slug},
    },
};

impl Settled {
    /// Makes the views; `relations` holds the relation of each link.
    pub(super) fn view(&mut self, book: &Book, relations: &[Option<RelationKey>]) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for sheet in &book.sheets {
            let view = self.picture(book, sheet, relations);
            if view.elements.is_empty() && book.sheets.len() > 1 {
                continue;
            }
            let base = view.key.clone();
            let mut key = base.clone();
            let mut number = 1;
            while !taken.insert(key.clone()) {
                number += 1;
                key = format!("{base}-{number}");
            }
            self.model.views.push(View { key, ..view });
        }
    }

    fn picture(&self, book: &Book, sheet: &Sheet, relations: &[Option<RelationKey>]) -> View {
        let mut shown: BTreeSet<usize> = sheet.shown.iter().copied().collect();
        // What is around is drawn too, also where another diagram states it.
        for index in sheet.shown.iter().copied() {
            let mut next = book.drafts.get(index).and_then(|draft| draft.parent);
            while let Some(at) = next.filter(|at| shown.insert(*at)) {
                next = book.drafts.get(at).and_then(|draft| draft.parent);
            }
        }
        let elements: Vec<&Element> =
            shown.iter().filter_map(|index| self.element_key(*index)).filter_map(|key| self.model.element(key)).collect();
        let of_link = |link: &usize| relations.get(*link).and_then(Option::as_ref);
        let mut seen = BTreeSet::new();
        let own: Vec<RelationKey> = sheet.links.iter().filter_map(of_link).filter(|key| seen.insert((*key).clone())).cloned().collect();
        let mut steps = Vec::new();
        if sheet.dynamic {
            for link in &sheet.links {
                if let (Some(relation), Some(link)) = (of_link(link), book.links.get(*link)) {
                    let (order, description) = (link.order.clone(), link.description.clone());
                    steps.push(Step { order, relation: relation.clone(), description, response: link.response });
                }
            }
        }
        let (kind, scope) = self.level_of(&elements, sheet);
        let name = sheet.name.as_deref().map(slug).filter(|name| name != "unnamed");
        View {
            title: sheet.title.clone(),
            description: sheet.description.clone(),
            scope,
            elements: elements.into_iter().map(|element| element.key.clone()).collect(),
            relations: own,
            steps,
            direction: sheet.direction.unwrap_or(Direction::TopBottom),
            ..View::new(name.unwrap_or_else(|| word(kind).to_owned()), kind, sheet.span)
        }
    }

    /// The kind of view that shows these elements, and what it is about.
    fn level_of(&self, elements: &[&Element], sheet: &Sheet) -> (ViewKind, Option<ElementKey>) {
        let has = |level: Level| elements.iter().any(|element| element.level == level);
        // The one element around all parts of a level, if there is just one.
        let around = |part: Level, whole: Level| -> Option<ElementKey> {
            let parts = elements.iter().filter(|element| element.level == part).filter_map(|element| element.parent.as_ref());
            let parents: BTreeSet<&ElementKey> =
                parts.filter(|key| self.model.element(key).is_some_and(|element| element.level == whole)).collect();
            let mut parents = parents.into_iter();
            parents.next().filter(|_| parents.next().is_none()).cloned()
        };
        let of_parts = || around(Level::Component, Level::Container).or_else(|| around(Level::Container, Level::System));
        if sheet.dynamic {
            return (ViewKind::Dynamic, of_parts());
        }
        if sheet.hint == Some(ViewKind::Everything) {
            return (ViewKind::Everything, None);
        }
        if has(Level::DeploymentNode) || sheet.hint == Some(ViewKind::Deployment) {
            return (ViewKind::Deployment, None);
        }
        if has(Level::Component) {
            return (ViewKind::Component, around(Level::Component, Level::Container));
        }
        if has(Level::Container) {
            let scope = around(Level::Container, Level::System);
            return (
                if scope.is_some() || has(Level::System) || has(Level::Person) {
                    ViewKind::Container
                } else {
                    sheet.hint.unwrap_or(ViewKind::Everything)
                },
                scope,
            );
        }
        if has(Level::System) {
            let mut own = elements.iter().filter(|element| element.level == Level::System && element.kind.value != Kind::External);
            return match (own.next(), own.next()) {
                (Some(own), None) => (ViewKind::Context, Some(own.key.clone())),
                _ => (ViewKind::Landscape, None),
            };
        }
        (sheet.hint.unwrap_or(ViewKind::Everything), None)
    }
}

const fn word(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Landscape => "landscape",
        ViewKind::Context => "context",
        ViewKind::Container => "container",
        ViewKind::Component => "component",
        ViewKind::Dynamic => "dynamic",
        ViewKind::Deployment => "deployment",
        ViewKind::Filtered => "filtered",
        ViewKind::Custom => "custom",
        ViewKind::Image => "image",
        ViewKind::Everything => "everything",
    }
}
