//! What people do to the open diagram: gestures become edits of the text and places in the picture, through the editor, so that
//! colleagues see them at once and one's own undo takes them back.

use std::{collections::BTreeMap, sync::Arc};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::documents::gesture as ask,
    domain::{
        id::DocumentId,
        layout::Point,
        model::{ElementKey, Model, RelationKey, kind::Kind},
        offsets::span_to_utf16,
        scene::{Pins, Scene, ghosts::Ghosts, lens::Lens, pins},
        syntax::{
            Language,
            gesture::{Gesture, Home, NewView, Outcome, Refusal, Subject},
        },
    },
    ui::{
        browser::{
            address,
            editor::{Change, Editor},
        },
        components::source::Session,
        state::{
            drag::{self, Snapped, Spot, on_grid},
            live::Live,
            viewport::whole,
            views,
        },
    },
};

/// What a press on the picture does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Select,
    Pan,
    Connect,
    /// Places an element of a kind.
    Place(Kind),
    /// Places a boundary.
    Boundary,
}

/// How often a gesture is asked for again because the text changed while the server thought.
const TRIES: usize = 4;

/// Something said about the last gesture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub words: String,
    /// It can be taken back by undoing.
    pub undo: bool,
    pub refused: bool,
}

/// The open diagram as something to work on.
#[derive(Clone, Copy)]
pub struct Desk {
    pub session: Session,
    pub text: RwSignal<String>,
    pub live: Memo<Live>,
    /// The open view's key.
    pub view: Memo<String>,
    pub scene: Memo<Arc<Scene>>,
    /// A suggested change that lies over the picture.
    pub ghosts: Memo<Option<Arc<Ghosts>>>,
    /// The one selection that the address, outline, source and inspector share.
    pub selected: Memo<Option<ElementKey>>,
    /// What is selected besides it.
    pub also: RwSignal<Vec<ElementKey>>,
    /// The relation that is looked at, and the element that was selected with it.
    pub link: RwSignal<Option<(RelationKey, ElementKey)>>,
    pub tool: RwSignal<Tool>,
    /// The element whose name is being typed in the picture.
    pub renaming: RwSignal<Option<ElementKey>>,
    /// The element that was just placed and has no name of its own yet.
    pub fresh: RwSignal<Option<ElementKey>>,
    pub said: RwSignal<Option<Said>>,
    /// A gesture is on its way: keys are not read as shortcuts, for what is typed now may be meant for what it opens.
    pub busy: RwSignal<bool>,
    pub editable: bool,
    pub document: DocumentId,
    /// Of the text when the page was opened.
    pub language: Language,
    /// What is brought out in the view.
    pub lens: Memo<Option<Lens>>,
    /// The element whose surroundings alone are shown.
    pub focus: Memo<Option<ElementKey>>,
    /// The step that is shown, from 1.
    pub step: Memo<Option<usize>>,
    pub tidying: RwSignal<Tidying>,
    pub on_select: Callback<Option<ElementKey>>,
    /// The page's address with some parameters changed: name and value, none to leave it out.
    pub address: Callback<Vec<(&'static str, Option<String>)>, String>,
}

/// Whether the picture is laid out afresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tidying {
    /// Everything stays where it was.
    #[default]
    Off,
    /// As a preview: going back shows the picture as it was.
    Shown,
    /// The preview was kept.
    Kept,
}

/// A name for a new element of a kind.
fn new_name(kind: Kind, model: &Model) -> String {
    let base = match kind {
        Kind::External => "New external system".to_owned(),
        kind => format!("New {}", kind.name().to_ascii_lowercase()),
    };
    let taken = |name: &str| model.elements.values().any(|element| element.name == name);
    // One of so many names is free.
    let numbered = (2..=model.elements.len() + 2).map(|number| format!("{base} {number}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
}

impl Desk {
    /// Everything selected, the shared selection first.
    pub fn all_selected(self) -> Vec<ElementKey> {
        let first = self.selected.get();
        let also = self.also.get().into_iter().filter(|key| first.as_ref() != Some(key));
        first.clone().into_iter().chain(also).collect()
    }

    /// The relation that is looked at; only while the element stays selected that came with it.
    pub fn linked(self) -> Option<RelationKey> {
        let (relation, with) = self.link.get()?;
        (self.selected.get().as_ref() == Some(&with)).then_some(relation)
    }

    /// Looks at a relation, with the element it comes from.
    pub fn look_at(self, relation: RelationKey) {
        let Some(source) = self.model(|model| model.relations.get(&relation).map(|found| found.source.clone())) else { return };
        self.link.set(Some((relation, source.clone())));
        self.also.set(Vec::new());
        self.on_select.run(Some(source));
    }

    /// The address of this page with some parameters changed; follows what else changes in it.
    pub fn href(self, changes: &[(&'static str, Option<&str>)]) -> String {
        self.address.run(changes.iter().map(|(name, value)| (*name, value.map(str::to_owned))).collect())
    }

    /// Goes there without leaving the page.
    pub fn go(self, changes: &[(&'static str, Option<&str>)]) {
        address::stay(&untrack(|| self.href(changes)), true);
    }

    /// Opens a view, with a step to come back.
    pub fn open_view(self, view: &str) {
        address::stay(&untrack(|| self.href(&[("view", Some(view)), ("element", None)])), false);
    }

    pub fn model<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.live.with_untracked(|live| read(&live.shown.model))
    }

    fn say(self, words: impl Into<String>, undo: bool) {
        self.said.set(Some(Said { words: words.into(), undo, refused: false }));
    }

    fn refuse(self, refusal: &Refusal) {
        self.said.set(Some(Said { words: refusal.to_string(), undo: false, refused: true }));
    }

    /// Whether gestures can be made now; says why not.
    fn ready(self) -> bool {
        if !self.editable {
            return false;
        }
        if self.tidying.get_untracked() == Tidying::Shown {
            self.refuse(&Refusal::new("This is a preview of the tidied view", "Keep it or go back, then draw on"));
            return false;
        }
        if !self.session.ready.get_untracked() {
            self.refuse(&Refusal::new("The editor is still loading", "Try again in a moment."));
            return false;
        }
        true
    }

    /// Does a gesture, and then what follows from it. The server works out the edits; the editor makes them, so that they are
    /// one's own. When the text changed meanwhile, the question is asked again.
    pub fn perform(self, gesture: Gesture, then: impl FnOnce(Outcome) + 'static) {
        if !self.ready() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            for _ in 0..TRIES {
                let text = self.text.get_untracked();
                let answer = ask(self.document, text.clone(), gesture.clone()).await;
                if self.text.try_with_untracked(|now| *now != text).unwrap_or(true) {
                    continue;
                }
                self.busy.try_set(false);
                match answer {
                    Ok(Ok(outcome)) => self.made(&text, outcome, then),
                    Ok(Err(refusal)) => self.refuse(&refusal),
                    Err(error) => self.refuse(&Refusal::new(error.to_string().trim_end_matches('.'), "Nothing was changed")),
                }
                return;
            }
            self.busy.try_set(false);
            self.refuse(&Refusal::new("The text changes too quickly", "Try again in a moment"));
        });
    }

    /// As [`Self::perform`], when nothing follows.
    pub fn ask(self, gesture: Gesture) {
        self.perform(gesture, |_| ());
    }

    fn made(self, text: &str, outcome: Outcome, then: impl FnOnce(Outcome)) {
        self.said.set(None);
        let changes: Vec<Change> = outcome
            .edits
            .iter()
            .map(|edit| {
                let (from, to) = span_to_utf16(text, edit.span);
                Change { from, to, insert: edit.replacement.clone() }
            })
            .collect();
        self.session.with(|editor| editor.apply(&changes));
        if let Some(view) = &outcome.view {
            self.open_view(view);
        }
        if let Some(Subject::Element(key)) = &outcome.select {
            self.also.set(Vec::new());
            self.on_select.run(Some(key.clone()));
        }
        then(outcome);
    }

    /// Gives elements places in the open view.
    fn pin(self, places: impl IntoIterator<Item = (ElementKey, Option<Point>)>) {
        let view = self.view.get_untracked();
        let pins: Vec<_> = places.into_iter().map(|(key, at)| (pins::name(&view, &key), at.map(|Point { x, y }| (x, y)))).collect();
        self.session.with(|editor| editor.place(&pins));
    }

    /// Places a new element: under the pointer, or where the layout finds room in what is selected.
    pub fn place(self, kind: Kind, at: Option<Spot>) {
        let (shown, scene) = (self.live.with_untracked(|live| Arc::clone(&live.shown)), self.scene.get_untracked());
        let model = &shown.model;
        let home = match at {
            Some(spot) => drag::home_at(&scene, model, spot, &[]),
            None => self.home_of_selection(model, &scene),
        };
        let view = self.view.get_untracked();
        let gesture = Gesture::Add { kind, name: new_name(kind, model), home, view: Some(view) };
        self.perform(gesture, move |outcome| {
            let Some(Subject::Element(key)) = outcome.select else { return };
            if let Some(spot) = at {
                let size = self.scene.with_untracked(|scene| scene.shape(&key).map(|shape| shape.rect)).unwrap_or_default();
                let corner = Point { x: on_grid(whole(spot.x) - size.width / 2), y: on_grid(whole(spot.y) - size.height / 2) };
                self.pin([(key.clone(), Some(corner))]);
            }
            self.fresh.set(Some(key.clone()));
            self.renaming.set(Some(key));
        });
    }

    fn home_of_selection(self, model: &Model, scene: &Scene) -> Home {
        let Some(key) = self.selected.get_untracked() else {
            // The scope of the view is where its new parts belong.
            let view = self.view.get_untracked();
            let scope = model.view(&view).and_then(|view| view.scope.clone());
            let framed = scope.filter(|scope| scene.boundaries.iter().any(|boundary| boundary.element.as_ref() == Some(scope)));
            return framed.map_or(Home::Top, Home::Element);
        };
        let frame = scene.boundaries.iter().any(|boundary| boundary.element.as_ref() == Some(&key));
        if frame { Home::Element(key) } else { drag::home_of(model, &key) }
    }

    /// Draws a boundary around what is selected.
    pub fn enclose(self) {
        let keys = untrack(|| self.all_selected());
        let home = self.model(|model| keys.first().map_or(Home::Top, |key| drag::home_of(model, key)));
        let gesture = Gesture::Enclose { name: "New boundary".to_owned(), home, elements: keys };
        self.perform(gesture, move |_| self.say("Drew a boundary. Rename it in the source.", true));
    }

    pub fn connect(self, source: ElementKey, target: ElementKey) {
        self.tool.set(Tool::Select);
        self.ask(Gesture::Connect { source, target, description: None, technology: None });
    }

    /// Drops dragged elements: places them, and moves them into the boundary they were dropped on.
    pub fn drop(self, keys: &[ElementKey], snapped: &Snapped, spot: Spot) {
        let (shown, scene) = (self.live.with_untracked(|live| Arc::clone(&live.shown)), self.scene.get_untracked());
        let model = &shown.model;
        let home = drag::home_at(&scene, model, spot, keys);
        let movers = drag::outermost(model, keys);
        let elsewhere: Vec<ElementKey> = movers.iter().filter(|key| drag::home_of(model, key) != home).cloned().collect();
        let mut places = BTreeMap::new();
        for shape in scene.shapes.iter().filter(|shape| keys.contains(&shape.key)) {
            places.insert(shape.key.clone(), Point { x: shape.rect.x + snapped.dx, y: shape.rect.y + snapped.dy });
        }
        if elsewhere.is_empty() {
            if self.ready() {
                self.pin(places.into_iter().map(|(key, at)| (key, Some(at))));
            }
            return;
        }
        self.perform(Gesture::Move { elements: elsewhere.clone(), home }, move |outcome| {
            // A moved element may have a new key; with one mover the outcome tells it.
            if let ([old], Some(Subject::Element(new))) = (elsewhere.as_slice(), &outcome.select)
                && let Some(at) = places.remove(old)
            {
                places.insert(new.clone(), at);
            }
            self.pin(places.into_iter().map(|(key, at)| (key, Some(at))));
        });
    }

    /// Moves what is selected by the keyboard.
    pub fn nudge(self, dx: i32, dy: i32) {
        if !self.ready() {
            return;
        }
        let keys = untrack(|| self.all_selected());
        let scene = self.scene.get_untracked();
        let shapes = scene.shapes.iter().filter(|shape| keys.contains(&shape.key));
        self.pin(shapes.map(|shape| (shape.key.clone(), Some(Point { x: shape.rect.x + dx, y: shape.rect.y + dy }))));
    }

    /// Shows the view laid out afresh, without the places that people gave to elements.
    pub fn tidy(self) {
        if self.ready() {
            self.said.set(None);
            self.tidying.set(Tidying::Shown);
        }
    }

    /// Keeps the tidied picture: takes the places of the open view's elements back.
    pub fn keep_tidy(self) {
        let view = self.view.get_untracked();
        let placed: Pins = self.session.pins.with_untracked(|pins| pins::of_view(pins, &view));
        self.tidying.set(Tidying::Kept);
        let undo = !placed.is_empty();
        if undo {
            self.pin(placed.into_keys().map(|key| (key, None)));
        }
        self.say("Tidied the view.", undo);
    }

    /// Deletes the open view; the elements stay in the model.
    pub fn remove_view(self) {
        let view = self.view.get_untracked();
        let title = self.model(|model| model.view(&view).map(|found| views::title(model, found)));
        self.perform(Gesture::RemoveView { view }, move |_| {
            self.go(&[("view", None)]);
            self.say(format!("Deleted the view {}. Its elements stay in the model.", title.unwrap_or_default()), true);
        });
    }

    /// Opens the view of what is inside the selected element, or draws one.
    pub fn go_inside(self) {
        let Some(key) = self.selected.get_untracked() else { return };
        let open = self.view.get_untracked();
        match self.model(|model| views::inside(model, &open, &key).map(|view| view.key.clone())) {
            Some(view) => self.open_view(&view),
            None if self.editable => self.draw_inside(key),
            None => {}
        }
    }

    /// Makes a view of what is inside an element and opens it.
    pub fn draw_inside(self, key: ElementKey) {
        self.ask(Gesture::AddView { view: NewView { key: String::new(), title: String::new(), scope: Some(key) } });
    }

    /// Opens the view around the open one.
    pub fn go_outside(self) {
        let open = self.view.get_untracked();
        if let Some(view) = self.model(|model| views::outside(model, &open).map(|view| view.key.clone())) {
            self.open_view(&view);
        }
    }

    /// Shows only the surroundings of the selected element, or the whole view again.
    pub fn toggle_focus(self) {
        let key = self.selected.get_untracked().filter(|_| self.focus.with_untracked(Option::is_none));
        self.go(&[("focus", key.as_ref().map(ElementKey::as_str))]);
    }

    /// Deletes what is selected: the relation that is looked at, or else the elements.
    pub fn delete_selected(self) {
        if let Some(relation) = untrack(|| self.linked()) {
            self.perform(Gesture::Delete { subjects: vec![Subject::Relation(relation)] }, move |_| {
                self.link.set(None);
                self.say("Cut the connection.", true);
            });
            return;
        }
        let keys = untrack(|| self.all_selected());
        let names =
            self.model(|model| keys.iter().filter_map(|key| model.element(key).map(|element| element.name.clone())).collect::<Vec<_>>());
        if names.is_empty() {
            return;
        }
        let gesture = Gesture::Delete { subjects: keys.into_iter().map(Subject::Element).collect() };
        self.perform(gesture, move |_| {
            self.also.set(Vec::new());
            self.on_select.run(None);
            self.say(format!("Deleted {}.", names.join(", ")), true);
        });
    }

    pub fn duplicate_selected(self) {
        let elements = untrack(|| self.all_selected());
        if !elements.is_empty() {
            self.ask(Gesture::Duplicate { elements });
        }
    }

    pub fn rename(self, key: &ElementKey, name: &str) {
        self.renaming.set(None);
        let fresh = self.fresh.try_update(Option::take).flatten().as_ref() == Some(key);
        let same = self.model(|model| model.element(key).is_some_and(|element| element.name == name.trim()));
        if same || name.trim().is_empty() {
            return;
        }
        let name = name.trim().to_owned();
        if !fresh {
            self.ask(Gesture::Rename { subject: Subject::Element(key.clone()), name });
            return;
        }
        // The identifier follows the first name, and the place that was pointed at goes with it.
        let view = self.view.get_untracked();
        let placed = self.session.pins.with_untracked(|all| pins::of_view(all, &view).get(key).copied());
        let old = key.clone();
        self.perform(Gesture::Name { element: key.clone(), name }, move |outcome| {
            if let (Some(at), Some(Subject::Element(new))) = (placed, outcome.select)
                && new != old
            {
                self.pin([(old, None), (new, Some(at))]);
            }
        });
    }

    pub fn undo(self) {
        self.said.set(None);
        self.session.with(Editor::undo);
    }

    pub fn redo(self) {
        self.session.with(Editor::redo);
    }

    /// Tells colleagues where one points and what is selected.
    pub fn point(self, at: Option<Spot>) {
        let view = self.view.get_untracked();
        let keys = untrack(|| self.all_selected());
        let names: Vec<&str> = keys.iter().map(ElementKey::as_str).collect();
        self.session.with(|editor| editor.point(&view, at.map(|spot| (whole(spot.x), whole(spot.y))), &names));
    }

    /// Adds an element to the selection, or takes it out.
    pub fn toggle(self, key: ElementKey) {
        let mut all = untrack(|| self.all_selected());
        if let Some(at) = all.iter().position(|selected| *selected == key) {
            all.remove(at);
        } else {
            all.push(key);
        }
        self.select_all(all);
    }

    pub fn select_all(self, keys: Vec<ElementKey>) {
        let mut keys = keys.into_iter();
        let first = keys.next();
        self.also.set(keys.collect());
        self.on_select.run(first);
    }
}
