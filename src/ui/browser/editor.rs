//! The bridge to the editor bundle: loads it when a page has an editor, mounts it, and turns its callbacks into Rust ones.
//!
//! Editors live in a table of this thread; pages hold their numbers, so that page state stays plain values.

use std::{cell::RefCell, collections::BTreeMap};

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Somebody who is in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    pub id: String,
    pub name: String,
    /// 1 to 6, in the order of joining.
    pub colour: u32,
    pub me: bool,
}

/// A mark in the text, in UTF-16 offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub from: u32,
    pub to: u32,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    pub message: String,
}

/// A replacement in the text, in UTF-16 offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub from: u32,
    pub to: u32,
    pub insert: String,
}

/// What an editor is mounted with.
pub struct Options {
    pub document: String,
    /// `diagram` or `decision`.
    pub kind: &'static str,
    pub read_only: bool,
    pub user_id: String,
    pub user_name: String,
    pub label: String,
    pub on_text: Box<dyn Fn(String)>,
    pub on_save: Box<dyn Fn(String, u32)>,
    pub on_presence: Box<dyn Fn(Vec<Present>)>,
    /// Line and column from 1, then the offset in UTF-16 units.
    pub on_cursor: Box<dyn Fn(u32, u32, u32)>,
    /// Places that people gave to elements, as JSON: `[["view/element", x, y]]`.
    pub on_pins: Box<dyn Fn(String)>,
    /// Whether there is something of one's own to undo, and to do again.
    pub on_history: Box<dyn Fn(bool, bool)>,
    /// Others on the canvas, as JSON.
    pub on_peers: Box<dyn Fn(String)>,
    /// What the rules say of the text, as JSON: notes of findings.
    pub on_rules: Box<dyn Fn(String)>,
    /// The editor runs.
    pub on_ready: Box<dyn Fn()>,
    /// The editor could not start; the listing stays.
    pub on_failure: Box<dyn Fn(String)>,
}

/// A function that the editor calls with up to three values.
type Callback = Closure<dyn Fn(JsValue, JsValue, JsValue)>;

struct Mounted {
    /// None while the bundle is loading.
    handle: Option<JsValue>,
    /// Callbacks live as long as the editor that calls them.
    _callbacks: Vec<Callback>,
}

thread_local! {
    static EDITORS: RefCell<BTreeMap<u32, Mounted>> = const { RefCell::new(BTreeMap::new()) };
}

/// A mounted (or still loading) editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editor(u32);

impl Editor {
    /// Starts loading and mounts when the bundle is there. `parent` holds the listing until the text has arrived.
    pub fn mount(parent: &web_sys::HtmlElement, options: Options) -> Self {
        let Options {
            document,
            kind,
            read_only,
            user_id,
            user_name,
            label,
            on_text,
            on_save,
            on_presence,
            on_cursor,
            on_pins,
            on_history,
            on_peers,
            on_rules,
            on_ready,
            on_failure,
        } = options;
        let settings = Object::new();
        set(&settings, "document", document.into());
        set(&settings, "kind", kind.into());
        set(&settings, "readOnly", read_only.into());
        set(&settings, "nonce", nonce().into());
        set(&settings, "label", label.into());
        let user = Object::new();
        set(&user, "id", user_id.into());
        set(&user, "name", user_name.into());
        set(&settings, "user", user.into());

        let text = callback(move |text, _, _| on_text(text.as_string().unwrap_or_default()));
        let save = callback(move |state, pending, _| on_save(state.as_string().unwrap_or_default(), whole(&pending)));
        let presence = callback(move |people, _, _| on_presence(people_of(&people)));
        let cursor = callback(move |line, column, offset| on_cursor(whole(&line), whole(&column), whole(&offset)));
        let pins = callback(move |pins, _, _| on_pins(pins.as_string().unwrap_or_default()));
        let history = callback(move |undo, redo, _| on_history(undo.is_truthy(), redo.is_truthy()));
        let peers = callback(move |peers, _, _| on_peers(peers.as_string().unwrap_or_default()));
        let rules = callback(move |notes, _, _| on_rules(notes.as_string().unwrap_or_default()));
        set(&settings, "onRules", rules.as_ref().clone());
        set(&settings, "onPins", pins.as_ref().clone());
        set(&settings, "onHistory", history.as_ref().clone());
        set(&settings, "onPeers", peers.as_ref().clone());
        set(&settings, "onText", text.as_ref().clone());
        set(&settings, "onSave", save.as_ref().clone());
        set(&settings, "onPresence", presence.as_ref().clone());
        set(&settings, "onCursor", cursor.as_ref().clone());

        let number = EDITORS.with_borrow_mut(|editors| {
            let callbacks = vec![text, save, presence, cursor, pins, history, peers, rules];
            let number = editors.last_key_value().map_or(1, |(number, _)| number + 1);
            editors.insert(number, Mounted { handle: None, _callbacks: callbacks });
            number
        });
        let parent: JsValue = parent.into();
        spawn_local(async move {
            match start(&parent, &settings).await {
                Ok(handle) => {
                    let kept = EDITORS
                        .with_borrow_mut(|editors| editors.get_mut(&number).map(|mounted| mounted.handle = Some(handle.clone())).is_some());
                    if kept {
                        on_ready();
                    } else {
                        // The page was left while the bundle was loading.
                        call(&handle, "destroy", &[]);
                    }
                }
                Err(error) => {
                    let reason = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message())).unwrap_or_default();
                    on_failure(reason);
                }
            }
        });
        Self(number)
    }

    fn call(self, method: &str, arguments: &[JsValue]) {
        let handle = EDITORS.with_borrow(|editors| editors.get(&self.0).and_then(|mounted| mounted.handle.clone()));
        if let Some(handle) = handle {
            call(&handle, method, arguments);
        }
    }

    /// Replaces the marks in the text.
    pub fn set_marks(self, marks: &[Mark]) {
        let list = Array::new();
        for mark in marks {
            let item = Object::new();
            set(&item, "from", mark.from.into());
            set(&item, "to", mark.to.into());
            set(&item, "level", mark.level.into());
            set(&item, "message", mark.message.as_str().into());
            list.push(&item);
        }
        self.call("setDiagnostics", &[list.into()]);
    }

    /// Selects a range in UTF-16 offsets and scrolls it into view.
    pub fn reveal(self, from: u32, to: u32) {
        self.call("reveal", &[from.into(), to.into()]);
    }

    /// Keeps the text from being typed in, or no longer.
    pub fn lock(self, locked: bool) {
        self.call("lock", &[locked.into()]);
    }

    pub fn focus(self) {
        self.call("focus", &[]);
    }

    /// Puts text at the caret.
    pub fn insert(self, text: &str) {
        self.call("insert", &[text.into()]);
    }

    /// Makes changes as one step that can be undone as one. Offsets are in UTF-16 units of the text as it is.
    pub fn apply(self, changes: &[Change]) {
        let list = Array::new();
        for change in changes {
            let item = Object::new();
            set(&item, "from", change.from.into());
            set(&item, "to", change.to.into());
            set(&item, "insert", change.insert.as_str().into());
            list.push(&item);
        }
        self.call("apply", &[list.into()]);
    }

    /// Gives elements places, by `view/element`, or takes them back; one step.
    pub fn place(self, pins: &[(String, Option<(i32, i32)>)]) {
        let list = Array::new();
        for (key, at) in pins {
            let (x, y) = at.map_or((JsValue::NULL, JsValue::NULL), |(x, y)| (x.into(), y.into()));
            list.push(&Array::of3(&key.as_str().into(), &x, &y));
        }
        self.call("place", &[list.into()]);
    }

    /// Undoes one's own newest change of text or places.
    pub fn undo(self) {
        self.call("undo", &[]);
    }

    pub fn redo(self) {
        self.call("redo", &[]);
    }

    /// Tells others where one points on the canvas, and what is selected there.
    pub fn point(self, view: &str, at: Option<(i32, i32)>, selected: &[&str]) {
        let (x, y) = at.map_or((JsValue::NULL, JsValue::NULL), |(x, y)| (x.into(), y.into()));
        let keys: Array = selected.iter().map(|key| JsValue::from_str(key)).collect();
        self.call("point", &[view.into(), x, y, keys.into()]);
    }

    /// Tries to save again now.
    pub fn retry(self) {
        self.call("retry", &[]);
    }

    /// Ends the editor and its connection.
    pub fn destroy(self) {
        self.call("destroy", &[]);
        let mounted = EDITORS.with_borrow_mut(|editors| editors.remove(&self.0));
        drop(mounted);
    }
}

async fn start(parent: &JsValue, settings: &Object) -> Result<JsValue, JsValue> {
    let window: JsValue = web_sys::window().ok_or(JsValue::UNDEFINED)?.into();
    let load = Reflect::get(&window, &"lintelEditor".into())?.dyn_into::<Function>()?;
    let bundle = JsFuture::from(load.call0(&window)?.dyn_into::<Promise>()?).await?;
    let mount = Reflect::get(&bundle, &"mount".into())?.dyn_into::<Function>()?;
    JsFuture::from(mount.call2(&bundle, parent, settings)?.dyn_into::<Promise>()?).await
}

/// The page's nonce, for the style sheet that the editor writes.
fn nonce() -> String {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector("script[nonce]").ok().flatten())
        .and_then(|script| Reflect::get(&script, &"nonce".into()).ok())
        .and_then(|nonce| nonce.as_string())
        .unwrap_or_default()
}

fn set(object: &Object, name: &str, value: JsValue) {
    let _ = Reflect::set(object, &name.into(), &value);
}

fn call(handle: &JsValue, method: &str, arguments: &[JsValue]) {
    if let Ok(function) = Reflect::get(handle, &method.into()).and_then(JsCast::dyn_into::<Function>) {
        let _ = function.apply(handle, &arguments.iter().collect::<Array>());
    }
}

fn callback(act: impl Fn(JsValue, JsValue, JsValue) + 'static) -> Callback {
    Closure::new(act)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is checked to be a whole number in range")]
fn whole(value: &JsValue) -> u32 {
    value.as_f64().filter(|number| *number >= 0.0 && *number <= f64::from(u32::MAX)).map_or(0, |number| number as u32)
}

fn people_of(list: &JsValue) -> Vec<Present> {
    let text = |item: &JsValue, name: &str| Reflect::get(item, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default();
    Array::from(list)
        .iter()
        .map(|item| Present {
            id: text(&item, "id"),
            name: text(&item, "name"),
            colour: Reflect::get(&item, &"colour".into()).map_or(1, |colour| whole(&colour)).clamp(1, 6),
            me: Reflect::get(&item, &"self".into()).is_ok_and(|me| me.is_truthy()),
        })
        .collect()
}
