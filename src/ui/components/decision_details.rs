//! The details of a decision: status with its menu, date, deciders, relations, elements, findings.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::{
        decisions::{SetStatus, SignOff, Standing, UnlinkDecisions, WithdrawAnswer},
        notes::FindingNote,
    },
    domain::{
        decision::{
            LinkKind, Record,
            sign_off::{Turn, Voice, objectors, tally},
            status::Status,
        },
        id::DocumentId,
        moment::Moment,
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
            ways::{Way, way, wire},
            words::{decision_number, long_day},
        },
    },
};

/// The status with a menu of others, for those who may change it. Those that can't be had say why.
#[component]
pub fn StatusMenu(
    document: DocumentId,
    record: Memo<Record>,
    around: StoredValue<Surroundings>,
    standing: RwSignal<Standing>,
    editable: bool,
) -> impl IntoView {
    let badge = move || record.with(|record| written_status(record.status.as_ref()));
    if !editable {
        return badge.into_any();
    }
    let slug = around.with_value(|around| around.slug.clone());
    let here = paths::decision(&slug, document);
    let items = move || {
        record.with(|record| {
            let now = record.known_status();
            let successors = around.with_value(|around| around.successors(document, record));
            let objected = standing.with(|standing| !objectors(&standing.voices).is_empty());
            let item = |to: Status| match way(now, to, &successors, objected) {
                Way::Open => {
                    view! { <button class="menu__item" type="submit" name="status" value=to.slug()>{status_badge(to)}</button> }.into_any()
                }
                Way::Ask(what) => {
                    view! { <a class="menu__item" href=format!("{here}?ask={what}") data-reload="">{status_badge(to)}<span class="menu__hint">"…"</span></a> }
                        .into_any()
                }
                Way::Shut(why) => {
                    view! { <p class="menu__item menu__item--off">{status_badge(to)}<span class="menu__why">{why}</span></p> }.into_any()
                }
            };
            Status::ALL.into_iter().filter(|to| now != Some(*to)).map(item).collect::<Vec<AnyView>>()
        })
    };
    view! {
        <details class="pop pop--left" id="status-menu">
            <summary class="statuspick" aria-label=move || {
                record.with(|record| format!("Status: {}. Change", record.status.as_ref().map_or("none", |status| status.written.as_str())))
            }>{badge} {icon_of("icon icon--sm", "chevron-down")}</summary>
            <form class="menu menu--status" method="post" action=SetStatus::url() data-quiet="" aria-label="Change status">
                <input type="hidden" name="slug" value=slug/>
                <input type="hidden" name="document" value=document.to_string()/>
                {items}
            </form>
        </details>
    }
    .into_any()
}

/// Those who decide and what they say.
#[component]
pub fn Voices(document: DocumentId, slug: String, record: Memo<Record>, standing: RwSignal<Standing>, may_answer: bool) -> impl IntoView {
    let here = paths::decision(&slug, document);
    let slug = StoredValue::new(slug);
    let voices = Memo::new(move |_| {
        let names = record.with(|record| record.deciders.clone());
        standing.with(|standing| {
            let known = |name: &String| standing.voices.iter().find(|voice| voice.name == *name).cloned();
            names.iter().map(|name| known(name).unwrap_or(Voice { name: name.clone(), said: None, own: false })).collect::<Vec<Voice>>()
        })
    });
    let open = move || record.with(|record| matches!(record.known_status(), None | Some(Status::Draft | Status::Proposed)));
    let row = move |voice: Voice| {
        let (class, sign, word) = match &voice.said {
            Some(said) if said.agrees => ("sev sev--pass", "sev-pass", "Agreed"),
            Some(_) => ("sev sev--high", "sev-high", "Objects"),
            None => ("sev muted", "st-draft", "Waiting"),
        };
        let note = voice.said.as_ref().map(|said| said.note.clone()).filter(|note| !note.is_empty());
        view! {
            <li>
                {avatar_beside(&voice.name, " avatar--sm")}
                <span class="grow">{voice.name.clone()}</span>
                <span class=class>{icon(sign)}{word}</span>
            </li>
            {note.map(|note| view! { <li class="votes__note">{note}</li> })}
        }
        .into_any()
    };
    let list = move || {
        let all = voices.get();
        if all.is_empty() {
            view! { <p class="muted">"Nobody is named yet"</p> }.into_any()
        } else {
            view! { <ul class="votes">{all.into_iter().map(row).collect::<Vec<AnyView>>()}</ul> }.into_any()
        }
    };
    let answer = move || {
        let own = voices.with(|voices| voices.iter().find(|voice| voice.own).cloned()).filter(|_| may_answer && open())?;
        let ask = format!("{here}?ask=object");
        let agreed = own.said.as_ref().is_some_and(|said| said.agrees);
        Some(
            view! {
                <div class="row votes__answer">
                    {(!agreed)
                        .then(|| {
                            view! {
                                <form method="post" action=SignOff::url() data-quiet="">
                                    <input type="hidden" name="slug" value=slug.get_value()/>
                                    <input type="hidden" name="document" value=document.to_string()/>
                                    <input type="hidden" name="agrees" value="true"/>
                                    <button class="btn btn--sm" type="submit">{icon("check")}"Agree"</button>
                                </form>
                            }
                        })}
                    <a class="btn btn--sm" href=ask data-reload="">"Object"</a>
                    {own.said
                        .is_some()
                        .then(|| {
                            view! {
                                <form method="post" action=WithdrawAnswer::url() data-quiet="">
                                    <input type="hidden" name="document" value=document.to_string()/>
                                    <button class="btn btn--sm btn--ghost" type="submit">"Take back"</button>
                                </form>
                            }
                        })}
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <div class="insp">
            <div class="insp__head">
                <h3>"Decision makers"</h3>
                <span class="muted insp__note">{move || voices.with(|voices| tally(voices))}</span>
            </div>
            {list}
            {answer}
        </div>
    }
}

/// Who changed the status when, newest first.
#[component]
pub fn Turns(standing: RwSignal<Standing>, now: Moment) -> impl IntoView {
    let rows = move || {
        standing.with(|standing| {
            let row = |turn: &Turn| {
                let reason = (!turn.reason.is_empty()).then(|| view! { <p class="turns__reason">{turn.reason.clone()}</p> });
                view! {
                    <li>
                        {status_badge(turn.after)}
                        <span class="grow">{turn.who.clone()}</span>
                        <time datetime=turn.at.rfc3339()>{turn.at.ago(now.max(turn.at))}</time>
                        {reason}
                    </li>
                }
                .into_any()
            };
            standing.turns.iter().rev().map(row).collect::<Vec<AnyView>>()
        })
    };
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"How it came about"</h3></div>
            {move || {
                let rows = rows();
                if rows.is_empty() {
                    view! { <p class="muted">"No change of status is recorded yet"</p> }.into_any()
                } else {
                    view! { <ol class="turns">{rows}</ol> }.into_any()
                }
            }}
        </div>
    }
}

/// Relations, elements and findings of a record as it is typed.
#[component]
pub fn DecisionFacts(
    document: DocumentId,
    record: Memo<Record>,
    around: StoredValue<Surroundings>,
    findings: Vec<FindingNote>,
    last_review: Option<u32>,
    editable: bool,
) -> impl IntoView {
    let slug = around.with_value(|around| around.slug.clone());
    let relate = format!("{}?ask=link", paths::decision(&slug, document));
    let related = move || record.with(|record| around.with_value(|around| relations(around, document, record, editable)));
    let elements = move || record.with(|record| around.with_value(|around| elements(around, record)));
    let cited: Vec<AnyView> = last_review
        .map(|number| findings.iter().map(|finding| view! { <li>{compact_row(&slug, number, finding)}</li> }.into_any()).collect())
        .unwrap_or_default();
    view! {
        <div class="insp">
            <div class="insp__head">
                <h3>"Related decisions"</h3>
                {editable
                    .then(|| {
                        view! {
                            <a class="btn btn--ghost btn--icon btn--sm" href=relate data-reload="" aria-label="Relate a decision" title="Relate a decision">
                                {icon("plus")}
                            </a>
                        }
                    })}
            </div>
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

fn relations(around: &Surroundings, document: DocumentId, record: &Record, editable: bool) -> AnyView {
    let found = around.relations(document, record);
    if found.is_empty() {
        return view! { <p class="muted">"Nothing yet"</p> }.into_any();
    }
    let mut before = "";
    let rows: Vec<AnyView> = found
        .into_iter()
        .filter_map(|(words, index, said)| {
            let (id, _, other) = around.log.get(index)?;
            let heading = (words != before).then(|| view! { <p class="rel">{words}</p> });
            before = words;
            let settled = other.known_status() == Some(Status::Superseded) && said == Some(LinkKind::Supersedes);
            let removable = said.filter(|kind| editable && !settled && !matches!(kind, LinkKind::Mentions | LinkKind::SupersededBy));
            let remove = removable.map(|kind| {
                let label = format!("No longer: {} {}", words.to_lowercase(), other.title);
                view! {
                    <form class="declink__remove" method="post" action=UnlinkDecisions::url() data-quiet="">
                        <input type="hidden" name="document" value=document.to_string()/>
                        <input type="hidden" name="kind" value=wire(kind)/>
                        <input type="hidden" name="other" value=id.to_string()/>
                        <button class="btn btn--ghost btn--icon btn--sm" type="submit" aria-label=label title="Take the link away">{icon("close")}</button>
                    </form>
                }
            });
            Some(
                view! {
                    {heading}
                    <div class="declink-row">
                        <a class="declink" href=paths::decision(&around.slug, *id)>
                            <span class="declink__id">{decision_number(other.number)}</span>
                            <span class="grow">{other.title.clone()}</span>
                            {written_status(other.status.as_ref())}
                        </a>
                        {remove}
                    </div>
                }
                .into_any(),
            )
        })
        .collect();
    let replaced = around.relations(document, record).iter().any(|(words, ..)| words.ends_with("uperseded by"));
    let nothing = (!replaced).then(|| view! { <p class="rel">"Superseded by"</p> <p class="muted">"Nothing yet"</p> });
    view! { {rows} {nothing} }.into_any()
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
