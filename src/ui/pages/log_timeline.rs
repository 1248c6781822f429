//! The decision log by time: a picture of how long decisions held, and the decisions month by month.

use leptos::prelude::*;

use crate::{
    api::decision_log::{Dated, Month, TimelinePage, timeline},
    domain::{decision::status::Status, moment::Day},
    ui::{
        components::{
            loading::{load, segment},
            log_frame::{LogFrame, Tab},
            status::noted_status,
        },
        state::words::{count, decision_number, long_day},
    },
};

/// `/p/{slug}/decisions/timeline`
#[component]
pub fn LogTimeline() -> impl IntoView {
    load(timeline(segment("slug")), screen)
}

fn screen(data: TimelinePage) -> AnyView {
    let TimelinePage { head, picture, months, undated } = data;
    let picture = (!picture.is_empty()).then(|| {
        view! {
            <section class="card card--flush section" aria-labelledby="chart-title">
                <div class="card__head"><h2 id="chart-title">"How long decisions held"</h2></div>
                <div class="log__picture" tabindex="0" role="region" aria-label="Timeline, scrolls sideways" inner_html=picture></div>
            </section>
        }
    });
    let without = (!undated.is_empty()).then(|| {
        let rows: Vec<AnyView> = undated.iter().map(event).collect();
        view! {
            <section class="section" aria-labelledby="undated-title">
                <h2 id="undated-title" class="log__year">"Without a date"</h2>
                <ol class="log__events">{rows}</ol>
            </section>
        }
    });
    view! {
        <LogFrame head=head tab=Tab::Timeline>
            {picture}
            {years(&months)}
            {without}
        </LogFrame>
    }
    .into_any()
}

/// One section for each year, in it one for each month.
fn years(months: &[Month]) -> Vec<AnyView> {
    months
        .chunk_by(|a, b| a.year == b.year)
        .map(|months| {
            let year = months.first().map_or(0, |month| month.year);
            let total: usize = months.iter().map(|month| month.decisions.len()).sum();
            let parts: Vec<AnyView> = months.iter().map(month).collect();
            let id = format!("year-{year}");
            view! {
                <section class="section" aria-labelledby=id.clone()>
                    <h2 class="log__year" id=id.clone()>{year}" "<span class="muted">{count(total, "decision")}</span></h2>
                    {parts}
                </section>
            }
            .into_any()
        })
        .collect()
}

fn month(month: &Month) -> AnyView {
    // `1 Nov 2026` without the day.
    let name = long_day(Day { year: month.year, month: month.month, day: 1 });
    let name = name.split_once(' ').map_or(name.clone(), |(_, month)| month.to_owned());
    let rows: Vec<AnyView> = month.decisions.iter().map(event).collect();
    view! { <h3 class="overline log__month">{name}</h3><ol class="log__events">{rows}</ol> }.into_any()
}

fn event(event: &Dated) -> AnyView {
    let name = decision_number(event.number).map_or_else(|| event.title.clone(), |number| format!("{number} {}", event.title));
    let day = event.day.map(|day| view! { <time datetime=day.to_string()>{long_day(day)}</time> });
    let by: Vec<AnyView> =
        event.instead.iter().map(|(name, page)| view! { " "<a class="link" href=page.clone()>{name.clone()}</a> }.into_any()).collect();
    let held = match (event.until, by.is_empty()) {
        (Some(until), _) => Some(format!("held until {}, now", long_day(until))),
        (None, false) => Some("now".to_owned()),
        (None, true) => None,
    };
    let held = held.map(|words| view! { <span class="muted">{words}{by}</span> });
    view! {
        <li class="log__event">
            <span class="log__day muted">{day}</span>
            <a class="link" href=event.page.clone()>{name}</a>
            {noted_status(event.status.map(Status::slug))}
            {held}
        </li>
    }
    .into_any()
}
