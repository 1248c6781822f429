//! Index files of the log: whether their lists are up to date, what would change, and the button that changes it.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::decision_log::{IndexFile, IndexPage, IndexState, UpdateIndex, indexes},
    domain::{account::Role, difference::Fate},
    ui::components::{
        difference::{counted, difference},
        forms::{FormProblem, Submit, answer},
        icon::icon,
        loading::{load, segment},
        log_frame::{LogFrame, Tab},
    },
};

/// `/p/{slug}/decisions/index`
#[component]
pub fn LogIndex() -> impl IntoView {
    let update = ServerAction::<UpdateIndex>::new();
    load(indexes(segment("slug")), move |data| screen(data, update))
}

fn screen(data: IndexPage, update: ServerAction<UpdateIndex>) -> AnyView {
    let IndexPage { head, files } = data;
    let (slug, editor) = (head.project.slug.clone(), head.project.role >= Role::Editor);
    let cards: Vec<AnyView> = files.iter().map(|file| card(&slug, file, editor, update)).collect();
    view! {
        <LogFrame head=head tab=Tab::Index>
            <p class="soft section">
                "An index lists the decisions between the lines "<code>"<!-- adrlog -->"</code>" and "<code>"<!-- adrlogstop -->"</code>
                ". What stands around them is never touched."
            </p>
            <FormProblem answer=answer(update)/>
            {cards}
        </LogFrame>
    }
    .into_any()
}

fn card(slug: &str, file: &IndexFile, editor: bool, update: ServerAction<UpdateIndex>) -> AnyView {
    let (class, words, button) = match &file.state {
        IndexState::UpToDate => ("badge badge--pass", "Up to date", None),
        IndexState::OutOfDate => ("badge badge--medium", "Out of date", Some("Bring up to date")),
        IndexState::Missing => ("badge badge--plain badge--draft", "Not there yet", Some("Create index")),
        IndexState::Unmarked { .. } => ("badge badge--plain badge--draft", "No markers", None),
    };
    let problem = match &file.state {
        IndexState::Unmarked { problem } => Some(problem.clone()),
        _ => None,
    };
    let button = button.filter(|_| editor).map(|label| {
        let (slug, path) = (slug.to_owned(), file.path.clone());
        view! {
            <ActionForm action=update attr:class="inline-form push">
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="path" value=path/>
                <Submit class="btn btn--sm btn--primary">{label}</Submit>
            </ActionForm>
        }
    });
    let changes = (!file.hunks.is_empty()).then(|| {
        let words = format!("{} added, {} removed", counted(&file.hunks, Fate::Added), counted(&file.hunks, Fate::Removed));
        view! {
            <div class="card__body stack">
                <p class="muted">{words}</p>
                <div class="diff">
                    <div class="diff__body" tabindex="0" role="region" aria-label=format!("What changes in {}", file.path)>{difference(&file.hunks)}</div>
                </div>
            </div>
        }
    });
    let heading = format!("index-{}", file.path.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    view! {
        <section class="card card--flush section" aria-labelledby=heading.clone()>
            <div class="card__head">
                {icon("decision")}
                <h2 class="mono truncate" id=heading.clone()>{file.path.clone()}</h2>
                <span class=class>{words}</span>
                {button}
            </div>
            {problem.map(|problem| view! { <p class="card__body">{problem}</p> })}
            {changes}
        </section>
    }
    .into_any()
}
