//! The doctor of a decision log: what is wrong and where, the step that mends it, and what is accepted as known.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::decision_log::{AcceptFaults, DoctorPage, LogFault, MendFault, RecallFault, doctor},
    domain::{account::Role, diagnostic::Level},
    ui::{
        components::{
            forms::{FormProblem, Submit, answer},
            icon::{icon, named_icon},
            loading::{asked, load, segment},
            log_frame::{LogFrame, Tab},
        },
        paths,
        state::words::count,
    },
};

/// What people do about faults.
#[derive(Clone, Copy)]
struct Steps {
    mend: ServerAction<MendFault>,
    accept: ServerAction<AcceptFaults>,
    recall: ServerAction<RecallFault>,
}

/// `/p/{slug}/decisions/doctor?known=1`
#[component]
pub fn LogDoctor() -> impl IntoView {
    let steps = Steps { mend: ServerAction::new(), accept: ServerAction::new(), recall: ServerAction::new() };
    let known = asked("known").as_deref() == Some("1");
    load(doctor(segment("slug"), known), move |data| screen(data, known, steps))
}

fn screen(data: DoctorPage, with_known: bool, steps: Steps) -> AnyView {
    let DoctorPage { head, faults, known, baseline } = data;
    let (slug, editor) = (head.project.slug.clone(), head.project.role >= Role::Editor);
    let fresh = faults.iter().filter(|fault| !fault.known).count();
    let rows: Vec<AnyView> = faults.iter().map(|fault| row(&slug, fault, editor, steps)).collect();
    let here = paths::log_doctor(&slug);
    let toggle = (known > 0).then(|| {
        let (href, words) = if with_known {
            (here.clone(), "Hide what is known".to_owned())
        } else {
            (format!("{here}?known=1"), format!("Show {known} known"))
        };
        view! { <a class="btn btn--sm" href=href>{icon(if with_known { "eye-off" } else { "eye" })}{words}</a> }
    });
    let all = (editor && fresh > 0).then(|| {
        view! {
            <ActionForm action=steps.accept attr:class="inline-form">
                <input type="hidden" name="slug" value=slug.clone()/>
                <Submit class="btn btn--sm">{icon("check")}"Accept all as known"</Submit>
            </ActionForm>
        }
    });
    view! {
        <LogFrame head=head tab=Tab::Doctor>
            <FormProblem answer=answer(steps.mend)/>
            <FormProblem answer=answer(steps.accept)/>
            <FormProblem answer=answer(steps.recall)/>
            <section class="card card--flush section" aria-labelledby="doctor-title">
                <div class="card__head">
                    <h2 id="doctor-title">{if fresh == 0 { "Nothing new is wrong".to_owned() } else { count(fresh, "remark") }}</h2>
                    <span class="push row row--wrap">{toggle}{all}</span>
                </div>
                <ul class="doctor">{rows}</ul>
                <p class="card__foot">
                    <span>"What is known stands in "<code>{baseline.clone()}</code>"; "<code>{format!("lintel adr doctor --baseline {baseline}")}</code>" reads it, too."</span>
                </p>
            </section>
        </LogFrame>
    }
    .into_any()
}

fn row(slug: &str, fault: &LogFault, editor: bool, steps: Steps) -> AnyView {
    let (sign, class, level) = match fault.level {
        Level::Error => ("sev-critical", "icon sev--critical", "Error"),
        Level::Warning => ("sev-medium", "icon sev--medium", "Warning"),
        Level::Note => ("sev-info", "icon sev--info", "Note"),
    };
    let hidden = || {
        let (slug, identity) = (slug.to_owned(), fault.identity.clone());
        view! { <input type="hidden" name="slug" value=slug/><input type="hidden" name="identity" value=identity/> }.into_any()
    };
    let about = format!(": {} in {}", fault.what, fault.path);
    let spoken = |words: &str| format!("{words}{about}");
    let fix = fault.fix.clone().filter(|_| editor && !fault.known).map(|label| {
        let hidden = hidden();
        view! { <ActionForm action=steps.mend attr:class="inline-form">{hidden}<Submit class="btn btn--sm btn--primary">{label}</Submit></ActionForm> }
    });
    let ask = fault.ask.clone().filter(|_| editor && !fault.known).map(|(words, page)| {
        let label = spoken(&words);
        view! { <a class="btn btn--sm btn--primary" href=page aria-label=label>{words}</a> }
    });
    let accept = (editor && !fault.known).then(|| {
        let (label, hidden) = (spoken("Accept as known"), hidden());
        view! {
            <ActionForm action=steps.accept attr:class="inline-form">
                {hidden}
                <button class="btn btn--sm btn--ghost" type="submit" aria-label=label data-wait="">"Accept as known"</button>
            </ActionForm>
        }
    });
    let recall = (editor && fault.known).then(|| {
        let (label, hidden) = (spoken("Take back"), hidden());
        view! {
            <ActionForm action=steps.recall attr:class="inline-form">
                {hidden}
                <button class="btn btn--sm btn--ghost" type="submit" aria-label=label data-wait="">"Take back"</button>
            </ActionForm>
        }
    });
    let why = (!fault.why.is_empty()).then(|| view! { <p class="soft">{fault.why.clone()}</p> });
    let help = (!fault.help.is_empty()).then(|| view! { <p class="soft">{code(&fault.help)}</p> });
    let quote = (!fault.quote.is_empty()).then(|| view! { <pre class="doctor__quote"><code>{fault.quote.clone()}</code></pre> });
    view! {
        <li class="doctor__fault">
            {named_icon(class.to_owned(), sign, level.to_owned())}
            <div class="stack doctor__words">
                <p><b>{fault.what.clone()}</b>{fault.known.then(|| view! { " "<span class="badge badge--plain badge--draft">"Known"</span> })}</p>
                <p class="muted">
                    <a class="link mono" href=fault.page.clone()>{format!("{}:{}:{}", fault.path, fault.line, fault.column)}</a>
                    {format!(" · {}", fault.code)}
                </p>
                {quote}
                {why}
                {help}
                <div class="row row--wrap">{fix}{ask}{accept}{recall}</div>
            </div>
        </li>
    }
    .into_any()
}

/// Words with what stands in backticks set apart.
fn code(words: &str) -> Vec<AnyView> {
    let part = |(at, part): (usize, &str)| {
        if at % 2 == 1 { view! { <code>{part.to_owned()}</code> }.into_any() } else { view! { {part.to_owned()} }.into_any() }
    };
    words.split('`').enumerate().map(part).collect()
}
