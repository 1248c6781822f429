//! The history of a document: its versions, one of them beside the text as it is now, and the way back to it. Made on the server
//! and whole without scripts; with them the drawer of a decision changes alone while the editor below it stays alive.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::history::{Compared, History, NameVersion, RestoreVersion},
    domain::{
        account::Role,
        history::{Amount, Version},
        id::DocumentId,
        moment::Moment,
        project::DocumentKind,
    },
    ui::{
        components::{
            difference::marked,
            forms::{FormProblem, answer},
            icon::icon,
            identity::avatar_beside,
        },
        paths,
    },
};

/// The id of the part of a decision's page that the drawer is in, and of the link that opens it.
pub const PART: &str = "history";
pub const OPENER: &str = "open-history";

/// The link to a document's history, as a page's top bar has it.
pub fn opener(kind: DocumentKind, slug: &str, document: DocumentId) -> AnyView {
    let part = (kind == DocumentKind::Decision).then_some(PART);
    view! {
        <a class="btn btn--ghost" id=OPENER href=kind.history(slug, document) data-part=part aria-label="Version history" title="Version history">
            {icon("history")}
            <span class="hide-md">"History"</span>
        </a>
    }
    .into_any()
}

/// The drawer over a decision; `asked` is what the address says of it.
#[component]
pub fn HistoryDrawer(history: History, asked: String) -> impl IntoView {
    let close = paths::decision(&history.project.slug, history.document.id);
    let (back, body, foot) = (close.clone(), parts(&history, &asked), foot(&history));
    view! {
        <dialog class="drawer" open data-close=back data-opener=OPENER aria-labelledby="history-title">
            <div class="drawer__head">
                <h2 id="history-title">"Version history"</h2>
                <a class="btn btn--ghost btn--icon push" href=close aria-label="Close history">{icon("close")}</a>
            </div>
            <div class="drawer__body" tabindex="0" role="region" aria-label="Versions">
                {body.problem}
                {body.list}
                {body.comparison}
            </div>
            {foot.map(|foot| view! { <div class="drawer__foot">{foot}</div> })}
        </dialog>
    }
}

/// What a history shows, for whatever frame it is in.
pub struct Parts {
    pub problem: AnyView,
    pub list: AnyView,
    pub comparison: AnyView,
}

/// The parts of a history of which the address asks for something.
pub fn parts(history: &History, asked: &str) -> Parts {
    let problem = view! {
        <FormProblem answer=answer(ServerAction::<RestoreVersion>::new())/>
        <FormProblem answer=answer(ServerAction::<NameVersion>::new())/>
    }
    .into_any();
    let comparison = match &history.compared {
        Some(compared) => comparison(compared, history.project.role >= Role::Editor),
        None if asked.is_empty() && history.versions.is_empty() => {
            view! { <p class="muted">"No version yet. One is made when this document is changed."</p> }.into_any()
        }
        None if asked.is_empty() => ().into_any(),
        None => {
            let words = format!("There is no version {asked} of this document. Choose one above.");
            view! { <div class="callout" role="note">{icon("sev-info")}<p>{words}</p></div> }.into_any()
        }
    };
    Parts { problem, list: list(history), comparison }
}

/// The versions, newest first, under the text as it is now.
fn list(history: &History) -> AnyView {
    let (slug, document) = (&history.project.slug, &history.document);
    let here = document.kind.history(slug, document.id);
    let part = (document.kind == DocumentKind::Decision).then_some(PART);
    let chosen = history.compared.as_ref().map(|compared| compared.version.number);
    let at = |number: u32| match document.kind {
        DocumentKind::Decision => format!("{here}={number}"),
        DocumentKind::Diagram => format!("{here}?version={number}"),
    };
    let now = history.now;
    let said = match (&history.since, history.versions.first()) {
        (Some(since), _) => since.words(),
        (None, Some(newest)) => format!("As in v{}", newest.number),
        (None, None) => "As it was first written".to_owned(),
    };
    let by = history.since.as_ref().map(|_| by(std::slice::from_ref(&document.updated_by), document.updated_at, now));
    let rows: Vec<AnyView> = history
        .versions
        .iter()
        .map(|version| {
            let current = (chosen == Some(version.number)).then_some("true");
            let tag = version.made.status().map(|status| view! { <span class="tag">{status.name()}</span> });
            let summary = version.summary();
            let (title, more) = match &version.name {
                Some(name) => (name.clone(), Some(view! { <span class="version__what">{summary}</span> })),
                None => (summary, None),
            };
            view! {
                <li>
                    <a class="version" href=at(version.number) aria-current=current data-part=part>
                        <span class="version__v">{format!("v{}", version.number)}</span>
                        <span class="grow">
                            <b>{title}</b>
                            {more}
                            {by_version(version, now)}
                        </span>
                        {tag}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <ol class="versions">
            <li>
                <a class="version" href=here aria-current=chosen.is_none().then_some("true") data-part=part>
                    <span class="version__v">"Now"</span>
                    <span class="grow"><b>{said}</b>{by}</span>
                </a>
            </li>
            {rows}
        </ol>
    }
    .into_any()
}

fn by_version(version: &Version, now: Moment) -> AnyView {
    by(&version.who, version.at, now)
}

/// Who and when: `Ada Lovelace and Grace, 3 h ago`.
fn by(who: &[String], at: Moment, now: Moment) -> AnyView {
    let names = match who {
        [] => String::new(),
        [one] => format!("{one}, "),
        [one, two] => format!("{one} and {two}, "),
        [one, rest @ ..] => format!("{one} and {} others, ", rest.len()),
    };
    view! {
        <span class="version__by">
            {who.first().map(|name| avatar_beside(name, " avatar--sm"))}
            <span title=who.join(", ")>{names}<time datetime=at.rfc3339()>{at.ago(now.max(at))}</time></span>
        </span>
    }
    .into_any()
}

fn comparison(compared: &Compared, editor: bool) -> AnyView {
    let number = compared.version.number;
    let Some(text) = compared.text.clone() else {
        let words = format!("What is kept of v{number} is damaged, so it is not shown. Restore a backup, or take another version.");
        return view! { <div class="callout callout--high" role="alert">{icon("sev-high")}<p>{words}</p></div> }.into_any();
    };
    let lines = if compared.hunks.is_empty() {
        view! { <p class="muted">{format!("v{number} is what the document says now.")}</p> }.into_any()
    } else {
        view! { <div class="diff"><div class="diff__body">{marked(&compared.hunks)}</div></div> }.into_any()
    };
    let locked = compared.locked.clone().filter(|_| editor && !compared.hunks.is_empty()).map(|why| {
        let words = format!("v{number} can't be restored. {why}");
        view! { <div class="callout history__locked" role="note">{icon("lock")}<p>{words}</p></div> }
    });
    view! {
        <h3 class="history__compared" id="compared">{format!("v{number} compared with now")}</h3>
        {locked}
        {lines}
        <details class="history__text">
            <summary>{format!("Whole text of v{number}")}</summary>
            <pre class="mono" id="version-text" tabindex="0" aria-label=format!("Text of v{number}")>{text}</pre>
        </details>
    }
    .into_any()
}

/// What can be done: naming the text as it is now, or bringing the chosen version back and taking its text along.
pub fn foot(history: &History) -> Option<AnyView> {
    let editor = history.project.role >= Role::Editor;
    let id = history.document.id.to_string();
    let Some(compared) = &history.compared else {
        return (editor && !history.versions.is_empty()).then(|| {
            view! {
                <form class="history__name" method="post" action=NameVersion::url()>
                    <input type="hidden" name="document" value=id/>
                    <label class="sr-only" for="version-name">"Name of this version"</label>
                    <input class="input" id="version-name" name="name" maxlength="80" required placeholder="Name what it says now" autocomplete="off"/>
                    <button class="btn" type="submit" data-wait="">"Keep version"</button>
                </form>
            }
            .into_any()
        });
    };
    compared.text.as_ref()?;
    let restorable = editor && compared.locked.is_none() && !compared.hunks.is_empty();
    let number = compared.version.number;
    let restore = restorable.then(|| {
        view! {
            <form class="history__restore" method="post" action=RestoreVersion::url()>
                <input type="hidden" name="document" value=id/>
                <input type="hidden" name="version" value=number/>
                <button class="btn grow" type="submit" data-wait="">{icon("undo")}{format!("Restore v{number}")}</button>
            </form>
        }
    });
    Some(
        view! {
            {restore}
            <button class="btn js-only" type="button" data-act="copy" data-target="version-text" data-says="copy-said">{icon("copy")}"Copy"</button>
            <span class="sr-only" id="copy-said" role="status"></span>
        }
        .into_any(),
    )
}

/// What changed since the newest version, for a page's head.
pub fn since_words(since: Option<&Amount>) -> String {
    since.map_or_else(|| "Nothing since the newest version".to_owned(), |amount| format!("{} since the newest version", amount.words()))
}
