//! The details of a decision: status with its menu, date, deciders, relations, elements, findings.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::{documents::SetStatus, notes::FindingNote},
    domain::{
        decision::{Record, status::Status},
        id::DocumentId,
    },
    ui::{
        components::{
            finding::compact_row,
            icon::{icon, icon_of},
            identity::avatar_beside,
            status::{status_badge, written_status},
        },
        paths,
        state::{
            decision_view::Surroundings,
            tone,
            words::{decision_number, long_day},
        },
    },
};

/// The status with a menu of others, for those who may change it.
#[component]
pub fn StatusMenu(slug: String, document: DocumentId, record: Memo<Record>, editable: bool) -> impl IntoView {
    let badge = move || record.with(|record| written_status(record.status.as_ref()));
    if !editable {
        return badge.into_any();
    }
    let items: Vec<AnyView> = Status::ALL
        .into_iter()
        .map(|status| {
            view! { <button class="menu__item" type="submit" name="status" value=status.slug()>{status_badge(status)}</button> }.into_any()
        })
        .collect();
    view! {
        <details class="pop pop--left" id="status-menu">
            <summary class="statuspick" aria-label=move || {
                record.with(|record| format!("Status: {}. Change", record.status.as_ref().map_or("none", |status| status.written.as_str())))
            }>{badge} {icon_of("icon icon--sm", "chevron-down")}</summary>
            <form class="menu" method="post" action=SetStatus::url() data-quiet="" aria-label="Change status">
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="document" value=document.to_string()/>
                {items}
            </form>
        </details>
    }
    .into_any()
}

/// Date, deciders, relations, elements and findings of a record as it is typed.
#[component]
pub fn DecisionFacts(
    document: DocumentId,
    record: Memo<Record>,
    around: StoredValue<Surroundings>,
    findings: Vec<FindingNote>,
    last_review: Option<u32>,
) -> impl IntoView {
    let slug = around.with_value(|around| around.slug.clone());
    let deciders = move || {
        record.with(|record| {
            let people: Vec<AnyView> = record
                .deciders
                .iter()
                .map(|name| view! { <li>{avatar_beside(name, " avatar--sm")}<span class="grow">{name.clone()}</span></li> }.into_any())
                .collect();
            if people.is_empty() {
                view! { <p class="muted">"Nobody is named yet"</p> }.into_any()
            } else {
                view! { <ul class="votes">{people}</ul> }.into_any()
            }
        })
    };
    let related = move || record.with(|record| around.with_value(|around| relations(around, document, record)));
    let elements = move || record.with(|record| around.with_value(|around| elements(around, record)));
    let cited: Vec<AnyView> = last_review
        .map(|number| findings.iter().map(|finding| view! { <li>{compact_row(&slug, number, finding)}</li> }.into_any()).collect())
        .unwrap_or_default();
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"Decision makers"</h3></div>
            {deciders}
        </div>
        <div class="insp">
            <div class="insp__head"><h3>"Related decisions"</h3></div>
            {related}
        </div>
        <div class="insp">
            <div class="insp__head"><h3>"Linked elements"</h3></div>
            {elements}
        </div>
        <div class="insp">
            <div class="insp__head"><h3>"Findings that cite this"</h3></div>
            {if cited.is_empty() {
                view! { <p class="muted">{if last_review.is_some() { "None in the last review" } else { "Not reviewed yet" }}</p> }.into_any()
            } else {
                view! { <ul>{cited}</ul> }.into_any()
            }}
        </div>
    }
}

/// The date of a record as the pane says it.
pub fn date_of(record: &Record) -> String {
    record.date.as_ref().map_or_else(|| "Not dated".to_owned(), |date| date.day.map_or_else(|| date.written.clone(), long_day))
}

fn relations(around: &Surroundings, document: DocumentId, record: &Record) -> AnyView {
    let found = around.relations(document, record);
    if found.is_empty() {
        return view! { <p class="muted">"Nothing yet. Link another record in the text."</p> }.into_any();
    }
    let mut before = "";
    let rows: Vec<AnyView> = found
        .into_iter()
        .filter_map(|(words, index)| {
            let (id, _, other) = around.log.get(index)?;
            let heading = (words != before).then(|| view! { <p class="rel">{words}</p> });
            before = words;
            Some(
                view! {
                    {heading}
                    <a class="declink" href=paths::decision(&around.slug, *id)>
                        <span class="declink__id">{decision_number(other.number)}</span>
                        <span class="grow">{other.title.clone()}</span>
                        {written_status(other.status.as_ref())}
                    </a>
                }
                .into_any(),
            )
        })
        .collect();
    rows.into_any()
}

fn elements(around: &Surroundings, record: &Record) -> AnyView {
    let mut names: Vec<&str> = record.element_links.iter().map(|link| link.text.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return view! { <p class="muted">"Nothing yet. Write " <code>"[[Name]]"</code> " to link an element."</p> }.into_any();
    }
    let tags: Vec<AnyView> = names
        .into_iter()
        .map(|name| match around.element(name) {
            Some((page, kind)) => view! { <a class="tag" href=page>{icon(tone::kind_icon(kind))}{name.to_owned()}</a> }.into_any(),
            None => view! { <span class="tag tag--missing" title="No diagram has an element of this name">{icon("sev-medium")}{name.to_owned()}</span> }.into_any(),
        })
        .collect();
    view! { <div class="tags">{tags}</div> }.into_any()
}
