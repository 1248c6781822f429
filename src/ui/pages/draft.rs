//! Draft with the architect: a page of requirements goes in, a proposed design comes out, as suggestions.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::{
        notices::{Notice, notice},
        talks::{DraftPage, StartDraft, draft},
    },
    domain::talk::LONGEST_QUESTION,
    ui::{
        components::{
            forms::{FormProblem, Submit},
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{asked, load, segment},
            talk::{agent_options, no_model},
        },
        paths,
        state::highlight::escape,
    },
};

/// `/p/{slug}/draft`
#[component]
pub fn Draft() -> impl IntoView {
    let (slug, number) = (segment("slug"), asked("notice"));
    load(async { Ok((draft(slug).await?, notice(number).await?)) }, |(data, notice)| {
        view! { <DraftScreen data=data notice=notice/> }.into_any()
    })
}

#[component]
fn DraftScreen(data: DraftPage, notice: Option<Notice>) -> impl IntoView {
    let DraftPage { project, agents, documents, provider } = data;
    let slug = project.slug.clone();
    let (text, problem) = match notice {
        Some(Notice::Typed { form, text, error }) if form == "draft" => (text, Some(error)),
        _ => (String::new(), None),
    };
    // The first line feed of a text area is not part of what is in it.
    let text = format!("\n{}", escape(&text));
    let options = agent_options(&agents, Some("go-architect"));
    let files: Vec<AnyView> = documents
        .into_iter()
        .map(|document| {
            view! { <option value=document.id.to_string()>{format!("{} ({})", document.title, document.path)}</option> }.into_any()
        })
        .collect();
    let crumbs = vec![
        (project.name.clone(), Some(paths::project(&slug))),
        ("Talks".to_owned(), Some(paths::talks(&slug))),
        ("Draft".to_owned(), None),
    ];
    view! {
        <PageFrame title=format!("Draft · {}", project.name) crumbs=crumbs at=At::Project(slug.clone(), Part::Talks)>
            <main class="page page--narrow" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Draft with the architect"</h1>
                        <p class="page__lede">
                            "Write down what is needed. The agent proposes a service diagram and decisions and writes a design brief: API outline, data model, technology, scaling. Everything is a suggestion; accepting one makes the document."
                        </p>
                    </div>
                </div>
                {if provider {
                    view! {
                        <form class="card card__body stack" id="draft" method="post" action=StartDraft::url()>
                            <FormProblem answer=Signal::stored(problem)/>
                            <input type="hidden" name="slug" value=slug/>
                            <div class="field">
                                <label class="field__label" for="draft-text">"Requirements"</label>
                                <textarea
                                    class="textarea"
                                    id="draft-text"
                                    name="text"
                                    rows="14"
                                    maxlength=LONGEST_QUESTION
                                    placeholder="Who uses it, for what, how much, how fast, what must never happen"
                                    inner_html=text
                                ></textarea>
                            </div>
                            <div class="field">
                                <label class="field__label" for="draft-document">"Or a document of the project"</label>
                                <select class="select" id="draft-document" name="document">
                                    <option value="">"none"</option>
                                    {files}
                                </select>
                                <p class="field__hint">"Its text is read when the field above is empty."</p>
                            </div>
                            <div class="field">
                                <label class="field__label" for="draft-agent">"Agent"</label>
                                <select class="select" id="draft-agent" name="agent">{options}</select>
                                <p class="field__hint">"Agents whose file lets them write documents."</p>
                            </div>
                            <div class="row"><Submit>{icon("agent")}"Draft"</Submit></div>
                        </form>
                    }
                        .into_any()
                } else {
                    no_model()
                }}
            </main>
        </PageFrame>
    }
}
