//! An edit that nobody has accepted yet, as it would look: what it adds and takes away, drawn into the picture of today.
//!
//! What stands in the picture stays exactly where it is, so that the ghosts can be laid over it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Pins, Scene, compose_pinned, crop,
    svg::{self, Fate, Fates, SvgOptions},
};
use crate::domain::{
    agent::change::{self, ModelChange},
    layout::{End, Point, Rect},
    model::{
        ElementKey, Model, RelationKey,
        view::{View, ViewKind},
    },
};

/// What lies over a view's picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ghosts {
    /// The view's key.
    pub view: String,
    /// The room that the ghosts take, in the picture's coordinates.
    pub frame: Rect,
    /// One `g` element to stand last in the picture.
    pub markup: String,
}

impl Ghosts {
    /// The picture with the ghosts in it.
    #[must_use]
    pub fn over(&self, picture: &str) -> String {
        let open = picture.strip_suffix("</svg>").unwrap_or(picture);
        format!("{open}{}</svg>", self.markup)
    }
}

/// Two readings of a diagram: as it is, and as an edit would make it.
pub struct Edited<'a> {
    old: &'a Model,
    new: &'a Model,
    change: ModelChange,
}

impl<'a> Edited<'a> {
    /// None where both mean the same.
    pub fn new(old: &'a Model, new: &'a Model) -> Option<Self> {
        let change = change::between(old, new);
        (!change.is_empty()).then_some(Self { old, new, change })
    }

    /// The view whose picture shows most of the change: the one asked for if it shows any, else the first of the best.
    pub fn view(&self, asked: Option<&str>) -> Option<&'a View> {
        let shows = |view: &View| -> usize {
            let before = self.old.view(&view.key);
            let is_in = |key: &ElementKey| view.elements.contains(key) || before.is_some_and(|view| view.elements.contains(key));
            let joins = |key: &RelationKey| view.relations.contains(key) || before.is_some_and(|view| view.relations.contains(key));
            let ModelChange { elements_added, elements_removed, elements_changed, relations_added, relations_removed, .. } = &self.change;
            let elements = elements_added.iter().chain(elements_removed).chain(elements_changed.iter().map(|altered| &altered.key));
            let relations =
                relations_added.iter().chain(relations_removed).chain(self.change.relations_changed.iter().map(|altered| &altered.key));
            elements.filter(|key| is_in(key)).count() + relations.filter(|key| joins(key)).count()
        };
        let drawn = || self.new.views.iter().filter(|view| view.kind != ViewKind::Image && self.old.view(&view.key).is_some());
        if let Some(view) = drawn().find(|view| Some(view.key.as_str()) == asked).filter(|view| shows(view) > 0) {
            return Some(view);
        }
        let mut best: Option<(&View, usize)> = None;
        for view in drawn() {
            let count = shows(view);
            if count > best.map_or(0, |(_, most)| most) {
                best = Some((view, count));
            }
        }
        best.map(|(view, _)| view)
    }

    /// Both readings in one picture of a view; what is in the old one keeps its place.
    fn compose(&self, view: &View, pins: &Pins) -> Option<(Scene, Scene)> {
        let before = self.old.view(&view.key)?;
        let base = compose_pinned(self.old, before, None, pins);
        let held = base.shapes.iter().map(|shape| (shape.key.clone(), Point { x: shape.rect.x, y: shape.rect.y })).collect();
        let (model, view) = self.union(before, view);
        Some((base, compose_pinned(&model, &view, None, &held)))
    }

    /// The new reading with what it lacks of the old one.
    fn union(&self, before: &View, after: &View) -> (Model, View) {
        let (mut model, mut view) = (self.new.clone(), after.clone());
        let gone: BTreeSet<&ElementKey> = self.change.elements_removed.iter().collect();
        for (key, element) in self.old.elements.iter().filter(|(key, _)| gone.contains(key)) {
            let mut element = element.clone();
            element.parent = element.parent.filter(|parent| model.elements.contains_key(parent));
            element.group = element.group.filter(|group| model.groups.contains_key(group));
            model.elements.insert(key.clone(), element);
        }
        for key in &self.change.relations_removed {
            if let Some(relation) = self.old.relations.get(key)
                && model.elements.contains_key(&relation.source)
                && model.elements.contains_key(&relation.target)
            {
                model.relations.insert(key.clone(), relation.clone());
            }
        }
        view.elements.extend(before.elements.iter().filter(|key| gone.contains(key)).cloned());
        let relations = before.relations.iter().filter(|key| self.change.relations_removed.contains(key));
        view.relations.extend(relations.cloned());
        (model, view)
    }

    fn fates(&self) -> Fates {
        let ModelChange { elements_added, elements_removed, elements_changed, .. } = &self.change;
        let ModelChange { relations_added, relations_removed, relations_changed, .. } = &self.change;
        let of = |key: &ElementKey, fate| (key.clone(), fate);
        let elements = elements_changed.iter().map(|altered| of(&altered.key, Fate::Changed));
        let elements = elements.chain(elements_added.iter().map(|key| of(key, Fate::Added)));
        let of = |key: &RelationKey, fate| (key.clone(), fate);
        let relations = relations_changed.iter().map(|altered| of(&altered.key, Fate::Changed));
        let relations = relations.chain(relations_added.iter().map(|key| of(key, Fate::Added)));
        Fates {
            elements: elements.chain(elements_removed.iter().map(|key| (key.clone(), Fate::Removed))).collect(),
            relations: relations.chain(relations_removed.iter().map(|key| (key.clone(), Fate::Removed))).collect(),
        }
    }

    /// What lies over a view's picture; none where the view shows nothing of the change.
    pub fn ghosts(&self, view: &View, pins: &Pins) -> Option<Ghosts> {
        let (base, mut scene) = self.compose(view, pins)?;
        let fates = self.fates();
        let stood: BTreeMap<_, Rect> = base.boundaries.iter().map(|boundary| (&boundary.key, boundary.rect)).collect();
        scene.shapes.retain(|shape| fates.elements.contains_key(&shape.key));
        scene.connectors.retain(|connector| {
            // What leads to a new or lost element goes with it, though nobody states it twice.
            let ends = [&connector.source, &connector.target];
            fates.relations.contains_key(&connector.relation)
                || ends.iter().any(|end| {
                    matches!(end, End::Node(key) if fates.elements.get(key).is_some_and(|fate| matches!(fate, Fate::Added | Fate::Removed)))
                })
        });
        // A frame that stands as it stood is in the picture already.
        scene.boundaries.retain(|boundary| {
            let touched = boundary.element.as_ref().is_some_and(|element| fates.elements.contains_key(element));
            touched || stood.get(&boundary.key) != Some(&boundary.rect)
        });
        for boundary in scene.boundaries.iter_mut().filter(|boundary| stood.contains_key(&boundary.key)) {
            boundary.line = String::new();
            boundary.kind = String::new();
            boundary.trust = None;
            boundary.plated = false;
        }
        let rects = scene.shapes.iter().map(|shape| shape.rect).chain(scene.boundaries.iter().map(|boundary| boundary.rect));
        let lines = scene.connectors.iter().flat_map(|connector| {
            let points = connector.points.iter().map(|at| Rect { x: at.x, y: at.y, width: 0, height: 0 });
            points.chain(connector.label.iter().map(|label| label.rect))
        });
        let frame = rects.chain(lines).reduce(|a, b| a.union(&b))?.grown(16);
        let options = SvgOptions { fates, id_prefix: "ghost-".to_owned(), ..SvgOptions::default() };
        let markup = format!(r#"<g class="dg-ghosts" role="group" aria-label="Suggested change">{}</g>"#, svg::parts(&scene, &options));
        Some(Ghosts { view: view.key.clone(), frame, markup })
    }

    /// A small picture of the change within what is around it, for a page; with the view it is a part of.
    pub fn picture(&self, id_prefix: &str) -> Option<(String, &'a View)> {
        let view = self.view(None)?;
        let (_, scene) = self.compose(view, &Pins::new())?;
        let fates = self.fates();
        let mut around: Vec<ElementKey> = fates.elements.keys().cloned().collect();
        around.retain(|key| scene.shape(key).is_some() || scene.boundaries.iter().any(|boundary| boundary.element.as_ref() == Some(key)));
        let relations: Vec<RelationKey> = fates.relations.keys().cloned().collect();
        let mut part = crop(&scene, &around, &relations);
        part.dimming = false;
        for connector in &mut part.connectors {
            connector.flagged = false;
        }
        let name = view.scope.as_ref().and_then(|scope| self.new.element(scope)).map(|scope| scope.name.as_str());
        let title = format!("The change in {}", view.display_title(name));
        let options = SvgOptions { fates, id_prefix: id_prefix.to_owned(), title, ..SvgOptions::default() };
        Some((svg::svg(&part, &options), view))
    }

    /// In words: `adds 2 elements and 3 relations, removes 1 element`.
    pub fn words(&self) -> String {
        let part = |verb: &str, elements: usize, relations: usize| {
            let counted = |count: usize, noun: &str| (count > 0).then(|| super::counted(count, noun));
            let parts: Vec<String> = [counted(elements, "element"), counted(relations, "relation")].into_iter().flatten().collect();
            (!parts.is_empty()).then(|| format!("{verb} {}", parts.join(" and ")))
        };
        let change = &self.change;
        let boundaries = |count: usize, verb: &str| (count > 0).then(|| format!("{verb} {}", super::counted(count, "group")));
        let parts = [
            part("adds", change.elements_added.len(), change.relations_added.len()),
            boundaries(change.groups_added.len(), "adds"),
            part("changes", change.elements_changed.len(), change.relations_changed.len()),
            part("removes", change.elements_removed.len(), change.relations_removed.len()),
            boundaries(change.groups_removed.len(), "removes"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Language, Sources, parse};

    const TODAY: &str = r#"workspace {
    model {
        user = person "User"
        shop = softwareSystem "Shop" {
            api = container "API" "Takes orders" "Go"
            db = container "Orders DB" "Keeps orders" "PostgreSQL"
            old = container "Legacy" "Prints" "COBOL"
        }
        user -> api "Orders" "HTTPS"
        api -> db "Writes" "SQL"
        api -> old "Prints" "HTTP"
    }
    views {
        systemContext shop "context" {
            include *
        }
        container shop "containers" {
            include *
        }
    }
}
"#;

    fn model(text: &str) -> Model {
        let parsed = parse(Language::Structurizr, "workspace.dsl", text, &Sources::new());
        assert_eq!(parsed.diagnostics, [], "{text}");
        parsed.model
    }

    fn tomorrow() -> String {
        TODAY
            .replace(
                "            old = container \"Legacy\" \"Prints\" \"COBOL\"\n",
                "            relay = container \"Relay\" \"Sends events\" \"Go\"\n",
            )
            .replace("        api -> old \"Prints\" \"HTTP\"\n", "        relay -> db \"Reads outbox\" \"SQL\"\n")
            .replace("\"Writes\" \"SQL\"", "\"Writes\" \"SQL over TLS\"")
    }

    #[test]
    fn ghosts_lie_over_the_picture_of_today_where_it_stands() {
        let (old, new) = (model(TODAY), model(&tomorrow()));
        let edited = Edited::new(&old, &new).unwrap();
        assert_eq!(edited.words(), "adds 1 element and 1 relation, changes 1 relation, removes 1 element and 1 relation");
        let view = edited.view(None).unwrap();
        assert_eq!(view.key, "containers");
        let ghosts = edited.ghosts(view, &Pins::new()).unwrap();
        let today = super::super::compose(&old, old.view("containers").unwrap(), None);
        let (_, both) = edited.compose(view, &Pins::new()).unwrap();
        for shape in &today.shapes {
            assert_eq!(both.shape(&shape.key).unwrap().rect, shape.rect, "{}", shape.name);
        }
        for (key, class) in [("shop.relay", "is-added"), ("shop.old", "is-removed"), ("shop.db", "")] {
            let key =
                old.elements.keys().chain(new.elements.keys()).find(|known| known.as_str().ends_with(key.trim_start_matches("shop.")));
            let drawn = ghosts.markup.split("<g ").find(|group| group.contains(&format!("data-element=\"{}\"", key.unwrap().as_str())));
            assert_eq!(drawn.is_some(), !class.is_empty(), "{key:?}");
            assert!(drawn.is_none_or(|group| group.contains(class)), "{drawn:?}");
        }
        assert!(ghosts.markup.contains("is-changed"), "the relation that says more");
        assert!(!ghosts.markup.contains("Takes orders") && !ghosts.markup.contains(">Orders<"), "what stays is not drawn twice");
    }

    #[test]
    fn a_change_is_shown_where_it_can_be_seen_and_nothing_where_there_is_none() {
        let (old, new) = (model(TODAY), model(&tomorrow()));
        assert!(Edited::new(&old, &old).is_none());
        let edited = Edited::new(&old, &new).unwrap();
        assert_eq!(edited.view(Some("containers")).unwrap().key, "containers");
        assert_eq!(edited.view(Some("context")).unwrap().key, "containers", "the context shows nothing of it");
        let (picture, view) = edited.picture("change-").unwrap();
        assert_eq!(view.key, "containers");
        assert!(picture.contains("is-added") && picture.contains("is-removed") && picture.contains("The change in"));
        assert_eq!(edited.picture("change-").unwrap().0, picture);
    }
}
