//! What waits for the reader, on the home page: remarks to them, risks to agree to, findings to mend, reviews that ask for changes.

use leptos::prelude::*;

use crate::{
    domain::{
        inbox::{Errand, Waiting},
        moment::Moment,
        review::finding::Severity,
    },
    ui::{
        components::{icon::icon, identity::avatar_beside},
        paths,
        state::words::count,
    },
};

/// How much waits, in words; for the line below the greeting.
pub fn waiting_words(waiting: &[Waiting]) -> Option<String> {
    match waiting.len() {
        0 => None,
        1 => Some("One thing is waiting on you.".to_owned()),
        many => Some(format!("{} are waiting on you.", count(many, "thing"))),
    }
}

/// The list; nothing where nothing waits.
pub fn inbox(waiting: &[Waiting], now: Moment) -> Option<AnyView> {
    if waiting.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = waiting.iter().map(|one| row(one, now)).collect();
    Some(
        view! {
            <section class="section section--first" aria-labelledby="waiting-title">
                <h2 class="sr-only" id="waiting-title">"Waiting on you"</h2>
                <ul class="inbox card card--flush">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn row(one: &Waiting, now: Moment) -> AnyView {
    let overdue = one.due.is_some_and(|due| due < now.day());
    let who = one.who.clone().unwrap_or_default();
    let (sign, title, words) = match one.errand {
        Errand::Mention => ("comment", format!("{who} calls you to {}", one.title), format!("\u{201c}{}\u{201d}", short(&one.words))),
        Errand::Waiver => ("history", format!("{who} asks to carry a risk: {}", one.title), short(&one.words)),
        Errand::Assigned => {
            let due = one.due.map(|due| if overdue { format!("Overdue since {due}. ") } else { format!("Due {due}. ") });
            let ticket = if one.words.is_empty() { String::new() } else { format!("{}. ", one.words) };
            ("review", format!("You mend: {}", one.title), format!("{}{ticket}", due.unwrap_or_default()))
        }
        Errand::Review => ("review", format!("Review {} asks for changes", one.review.unwrap_or_default()), format!("{}.", one.words)),
    };
    let urgent = overdue || one.errand == Errand::Review || one.severity.is_some_and(|severity| severity >= Severity::High);
    let mark = if urgent { "inbox__mark inbox__mark--high" } else { "inbox__mark" };
    let context = if words.is_empty() { one.project.clone() } else { format!("{}. {words}", one.project) };
    let href = match (one.review, one.finding) {
        (Some(number), Some(finding)) => paths::finding(&one.slug, number, finding),
        (Some(number), None) => paths::review(&one.slug, number),
        (None, _) => paths::reviews(&one.slug),
    };
    // What is given to somebody has no day on which it was.
    let when = (one.errand != Errand::Assigned).then(|| one.at.ago(now));
    view! {
        <li>
            <a class="inbox__row" href=href>
                <span class=mark>{icon(sign)}</span>
                <span class="grow">
                    <b>{title}</b>
                    <span class="inbox__ctx">{context}</span>
                </span>
                <span class="inbox__by">
                    {one.who.as_ref().map(|who| avatar_beside(who, " avatar--sm"))}
                    {when.map(|when| view! { <span>{when}</span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// The first line, a hundred characters at most.
fn short(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    if line.chars().count() <= 100 { line.to_owned() } else { format!("{}\u{2026}", line.chars().take(99).collect::<String>()) }
}
