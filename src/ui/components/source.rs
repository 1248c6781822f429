//! The source of a document: a read-only listing from the server, replaced by the live editor when scripts run; a plain form
//! without them.

use leptos::{html, prelude::*, server_fn::ServerFn};

use crate::{
    api::{documents::SaveText, notes::FindingNote},
    domain::{account::Person, id::DocumentId, project::DocumentKind, scene::pins::AllPins},
    ui::{
        browser::editor::{Editor, Mark, Options, Present},
        state::{
            highlight::{Grammar, escape, listing},
            overlay::Peer,
            pins,
            save::SaveState,
        },
    },
};

/// What a page knows about its editor.
#[derive(Clone, Copy)]
pub struct Session {
    pub editor: RwSignal<Option<Editor>>,
    pub ready: RwSignal<bool>,
    pub save: RwSignal<SaveState>,
    pub people: RwSignal<Vec<Present>>,
    /// The caret's line and column from 1, and its offset in UTF-16 units.
    pub caret: RwSignal<Option<(u32, u32, u32)>>,
    pub failure: RwSignal<Option<String>>,
    /// Places that people gave to elements.
    pub pins: RwSignal<AllPins>,
    /// Whether there is something of one's own to undo, and to do again.
    pub history: RwSignal<(bool, bool)>,
    /// Others on the canvas.
    pub peers: RwSignal<Vec<Peer>>,
    /// What the rules say of the text as it is, once they run.
    pub rules: RwSignal<Option<Vec<FindingNote>>>,
}

impl Session {
    pub fn new() -> Self {
        Self {
            editor: RwSignal::new(None),
            ready: RwSignal::new(false),
            save: RwSignal::new(SaveState::Saved),
            people: RwSignal::new(Vec::new()),
            caret: RwSignal::new(None),
            failure: RwSignal::new(None),
            pins: RwSignal::new(AllPins::new()),
            history: RwSignal::new((false, false)),
            peers: RwSignal::new(Vec::new()),
            rules: RwSignal::new(None),
        }
    }

    /// Does something with the editor, if it runs.
    pub fn with(self, act: impl FnOnce(Editor)) {
        if let Some(Some(editor)) = self.editor.try_get_untracked() {
            act(editor);
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

/// A document as its source shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub document: DocumentId,
    pub kind: DocumentKind,
    pub path: String,
    pub text: String,
    pub revision: i64,
    pub read_only: bool,
    /// Who edits; without anybody the listing stays.
    pub person: Option<Person>,
}

/// The listing and then the editor. `marks` are drawn in the text whenever they change.
#[component]
pub fn SourceEditor(
    source: Source,
    session: Session,
    on_text: Callback<String>,
    marks: Signal<Vec<Mark>>,
    /// Shows a form for plain editing instead.
    #[prop(into)]
    plain: Signal<bool>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let (grammar, kind, wrap) = match source.kind {
        DocumentKind::Diagram => (Grammar::Structurizr, "diagram", "pane__body editor"),
        DocumentKind::Decision => (Grammar::Markdown, "decision", "pane__body editor editor--wrap"),
    };
    let label = format!("Source of {}", source.path);
    let (document, read_only, person) = (source.document, source.read_only, source.person.clone());
    let name = label.clone();
    Effect::new(move || {
        let Some(parent) = node.get() else { return };
        let Some(person) = person.clone() else { return };
        if session.editor.get_untracked().is_some() || plain.get_untracked() {
            return;
        }
        let editor = Editor::mount(
            &parent,
            Options {
                document: document.to_string(),
                kind,
                read_only,
                user_id: person.id.to_string(),
                user_name: person.name,
                label: name.clone(),
                on_text: Box::new(move |text| on_text.run(text)),
                on_save: Box::new(move |word, pending| {
                    session.save.try_set(SaveState::report(&word, pending));
                }),
                on_presence: Box::new(move |people| {
                    session.people.try_set(people);
                }),
                on_cursor: Box::new(move |line, column, offset| {
                    session.caret.try_set(Some((line, column, offset)));
                }),
                on_pins: Box::new(move |json| {
                    session.pins.try_set(pins::read(&json));
                }),
                on_history: Box::new(move |undo, redo| {
                    session.history.try_set((undo, redo));
                }),
                on_peers: Box::new(move |json| {
                    session.peers.try_set(serde_json::from_str(&json).unwrap_or_default());
                }),
                on_rules: Box::new(move |json| {
                    session.rules.try_set(serde_json::from_str(&json).ok());
                }),
                on_ready: Box::new(move || {
                    session.ready.try_set(true);
                }),
                on_failure: Box::new(move |reason| {
                    session.failure.try_set(Some(reason));
                }),
            },
        );
        session.editor.set(Some(editor));
    });
    Effect::new(move || {
        let marks = marks.get();
        if session.ready.get() {
            session.with(|editor| editor.set_marks(&marks));
        }
    });
    on_cleanup(move || session.with(Editor::destroy));
    let html = listing(grammar, &source.text, None, &[]);
    view! {
        {move || {
            session
                .failure
                .get()
                .map(|_| {
                    view! {
                        <p class="source-note" role="alert">
                            "The editor did not start, so the text is read-only here. Reload the page to try again."
                        </p>
                    }
                })
        }}
        {
            let source = source.clone();
            move || plain.get().then(|| view! { <PlainEditor source=source.clone()/> })
        }
        <div
            class=wrap
            node_ref=node
            tabindex="0"
            role="region"
            aria-label=label
            hidden=move || plain.get()
            inner_html=html
        ></div>
    }
}

/// Editing as a form: what was typed is merged into what others typed since.
#[component]
fn PlainEditor(source: Source) -> impl IntoView {
    view! {
        <form class="plain-editor" method="post" action=SaveText::url()>
            <input type="hidden" name="document" value=source.document.to_string()/>
            <input type="hidden" name="base_revision" value=source.revision.to_string()/>
            <label class="sr-only" for="plain-text">{format!("Text of {}", source.path)}</label>
            <textarea class="textarea mono" id="plain-text" name="text" spellcheck="false" inner_html=escape(&source.text)></textarea>
            <div class="pane__foot"><button class="btn btn--primary btn--sm push" type="submit">"Save"</button></div>
        </form>
    }
}
