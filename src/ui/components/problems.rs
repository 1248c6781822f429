//! The problems of a text: a count that opens a list with places; a press on one reveals it in the source.

use leptos::prelude::*;

use crate::{
    domain::{diagnostic::Level, offsets::span_to_utf16},
    ui::{
        components::{icon::icon_of, source::Session},
        state::live::{Problem, summary},
    },
};

/// The list, closed until asked for.
#[component]
pub fn ProblemList(#[prop(into)] problems: Signal<Vec<Problem>>, session: Session, text: RwSignal<String>) -> impl IntoView {
    move || {
        let problems = problems.get();
        let diagnostics: Vec<_> = problems.iter().map(|problem| problem.diagnostic.clone()).collect();
        let words = summary(&diagnostics)?;
        let worst = if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) { "high" } else { "medium" };
        let rows: Vec<AnyView> = problems.into_iter().map(|problem| row(problem, session, text)).collect();
        Some(view! {
            <details class="pop problems" id="problems">
                <summary class=format!("sev sev--{worst}")>{icon_of("icon", if worst == "high" { "sev-high" } else { "sev-medium" })}{words}</summary>
                <ol class="menu">{rows}</ol>
            </details>
        })
    }
}

fn row(problem: Problem, session: Session, text: RwSignal<String>) -> AnyView {
    let Problem { diagnostic, line, column } = problem;
    let place = match &diagnostic.file {
        Some(file) => format!("{file}: "),
        None => format!("{line}:{column} "),
    };
    let sign = if diagnostic.level == Level::Error { "sev-high" } else { "sev-medium" };
    let reveal = {
        let (span, own) = (diagnostic.span, diagnostic.file.is_none());
        move |_| {
            if own {
                let (from, to) = text.with_untracked(|text| span_to_utf16(text, span));
                session.with(|editor| {
                    editor.reveal(from, to);
                    editor.focus();
                });
            }
        }
    };
    let tone = if diagnostic.level == Level::Error { "icon sev--high" } else { "icon sev--medium" };
    view! {
        <li>
            <a class="problem" href=format!("#L{line}") rel="external" on:click=reveal>
                {icon_of(tone, sign)}
                <span><b>{place}{diagnostic.what}</b><span class="muted">{diagnostic.why}" "{diagnostic.help}</span></span>
            </a>
        </li>
    }
    .into_any()
}
