//! What a design leaves open: a card for each element, answered in place; each answer is an edit of the text.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::questions::{AnswerQuestion, QuestionsPage as Data, questions},
    domain::{
        account::Role,
        id::DocumentId,
        review::questions::{Question, QuestionCard, format::Choice},
        syntax::gesture::Subject,
    },
    ui::{
        components::{
            forms::{FormProblem, answer},
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{load, segment},
        },
        paths,
        state::words::count,
    },
};

/// `/p/{slug}/questions`
#[component]
pub fn Questions() -> impl IntoView {
    let action = ServerAction::<AnswerQuestion>::new();
    load(questions(segment("slug")), move |data| view! { <QuestionsScreen data=data action=action/> }.into_any())
}

#[component]
fn QuestionsScreen(data: Data, action: ServerAction<AnswerQuestion>) -> impl IntoView {
    let Data { project, cards, more, open, .. } = data;
    let slug = project.slug.clone();
    let editable = project.role >= Role::Editor;
    let none = cards.is_empty();
    let shown: Vec<AnyView> = cards.iter().map(|one| card(&slug, one, editable, action)).collect();
    let lede = if none {
        "Nothing is open: every fact that the rules ask for is stated.".to_owned()
    } else {
        format!(
            "{} that the rules ask and no text answers. What most depends on comes first; each answer is written into the text.",
            count(open, "question")
        )
    };
    view! {
        <PageFrame
            title=format!("Questions · {}", project.name)
            crumbs=vec![
                ("Projects".to_owned(), Some(paths::HOME.to_owned())),
                (project.name.clone(), Some(paths::project(&slug))),
                ("Reviews".to_owned(), Some(paths::reviews(&slug))),
                ("Questions".to_owned(), None),
            ]
            at=At::Project(slug.clone(), Part::Reviews)
        >
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Questions"</h1>
                        <p class="page__lede">{lede}</p>
                    </div>
                </div>
                <FormProblem answer=answer(action)/>
                <ul class="grid grid--2 questions">{shown}</ul>
                {(more > 0).then(|| view! { <p class="muted section">{format!("{} more have questions; they come when these are answered.", count(more, "element"))}</p> })}
            </main>
        </PageFrame>
    }
}

fn card(slug: &str, card: &QuestionCard, editable: bool, action: ServerAction<AnswerQuestion>) -> AnyView {
    let element = match &card.subject {
        Subject::Element(key) => Some(key.to_string()),
        _ => None,
    };
    let href = paths::diagram_at(slug, card.document, None, element.as_deref());
    let used = match card.dependents {
        0 => String::new(),
        1 => "One element depends on it".to_owned(),
        many => format!("{many} elements depend on it"),
    };
    let facts = [card.kind.clone().unwrap_or_default(), used, card.path.clone()];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    let document = card.document;
    // What an included file says is answered there.
    let here = editable && card.elsewhere.is_none();
    let elsewhere = card.elsewhere.as_ref().map(|file| view! { <p class="muted">{format!("It is written in {file}; answer there.")}</p> });
    let (few, rest) = card.questions.split_at(card.questions.len().min(4));
    let rows = |questions: &[Question]| questions.iter().map(|one| question(document, one, here, action)).collect::<Vec<AnyView>>();
    let (first, others) = (rows(few), rows(rest));
    let more = (!others.is_empty()).then(|| {
        let summary = format!("{} more", count(others.len(), "question"));
        view! { <li><details class="run__more"><summary>{summary}</summary><ul>{others}</ul></details></li> }
    });
    view! {
        <li class="card">
            <div class="card__body stack">
                <div>
                    <h2 class="question__name"><a class="link" href=href>{card.name.clone()}</a></h2>
                    <p class="muted">{facts.join(" · ")}</p>
                    {elsewhere}
                </div>
                <ul class="question__list">{first}{more}</ul>
            </div>
        </li>
    }
    .into_any()
}

fn question(document: DocumentId, question: &Question, editable: bool, action: ServerAction<AnswerQuestion>) -> AnyView {
    let about = serde_json::to_string(&question.about).unwrap_or_default();
    let (fact, label) = (question.fact.clone(), question.label.clone());
    let whom = question.relation.clone().map(|relation| format!("{relation}: "));
    let why: Vec<AnyView> = question
        .why
        .iter()
        .map(|why| view! { <a class="link-quiet" href=paths::rule(&why.code) title=why.name.clone()>{why.code.clone()}</a>" " }.into_any())
        .collect();
    let hidden = {
        let (about, fact) = (about.clone(), fact.clone());
        move |choice: &'static str| {
            view! {
                <input type="hidden" name="document" value=document.to_string()/>
                <input type="hidden" name="about" value=about.clone()/>
                <input type="hidden" name="fact" value=fact.clone()/>
                <input type="hidden" name="choice" value=choice/>
            }
        }
    };
    let states: Vec<AnyView> = question
        .choices
        .iter()
        .filter(|choice| **choice != Choice::NotApplicable)
        .map(|choice| {
            let slug = match choice {
                Choice::Yes => "yes",
                Choice::Planned => "planned",
                Choice::No | Choice::NotApplicable => "no",
            };
            let (word, name) = (choice.name(), format!("{}: {label}", choice.name()));
            let hidden = hidden(slug);
            view! {
                <ActionForm action=action>
                    {hidden}
                    <button class="btn btn--sm" type="submit" aria-label=name>{word}</button>
                </ActionForm>
            }
            .into_any()
        })
        .collect();
    let field = |choice: &'static str, label: String, hint: String, options: Vec<String>, button: &'static str, length: &'static str| {
        let id = format!(
            "{choice}-{document}-{fact}-{}",
            about.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
        );
        let (list, hint_id) = (format!("{id}-list"), format!("{id}-hint"));
        let options: Vec<AnyView> = options.into_iter().map(|one| view! { <option value=one></option> }.into_any()).collect();
        let hidden = hidden(choice);
        view! {
            <ActionForm action=action attr:class="question__value">
                {hidden}
                <label class="sr-only" for=id.clone()>{label}</label>
                <input class="input" id=id name="value" required maxlength=length list=list.clone() placeholder=hint.clone() aria-describedby=hint_id.clone() autocomplete="off"/>
                <span class="sr-only" id=hint_id>{hint}</span>
                <datalist id=list>{options}</datalist>
                <button class="btn btn--sm" type="submit">{button}</button>
            </ActionForm>
        }
        .into_any()
    };
    let value = question
        .value
        .as_ref()
        .map(|format| field("value", format!("Value of {label}"), format.hint.clone(), format.examples.clone(), "Write", "100"));
    let apart = question.choices.contains(&Choice::NotApplicable).then(|| {
        let form = field(
            "not-applicable",
            format!("Why {label} does not apply"),
            "Why does it not apply?".to_owned(),
            Vec::new(),
            "Does not apply",
            "200",
        );
        view! { <details class="run__more"><summary>"Does not apply"</summary>{form}</details> }
    });
    let words = question.words.clone();
    view! {
        <li class="question">
            <p><b>{whom}{label.clone()}</b>" "<span class="muted">{words}</span></p>
            <p class="question__why">{icon("rule")}{why}</p>
            {editable.then(|| view! { <div class="row row--wrap question__acts">{states}{value}</div>{apart} })}
        </li>
    }
    .into_any()
}
