//! A record as a form beside its text: each control changes its own part of the text, by the smallest edit. Without
//! JavaScript each is a form of its own.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::decisions::EditPart,
    domain::{
        decision::{
            Record,
            argument::Side,
            edit::form::{Control, Part, Shape},
            summary,
            workflow::lock,
        },
        id::DocumentId,
        moment::Day,
    },
    ui::{
        components::icon::icon,
        state::{
            form::{Entry, Grid, Row, Sheet},
            highlight::escape,
        },
    },
};

/// Another value for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub part: Part,
    pub value: String,
    /// What the part said when somebody began to change it, where others may change it meanwhile.
    pub base: Option<String>,
}

/// What a form needs to be of a document.
#[derive(Clone, Copy)]
pub struct Desk {
    pub document: DocumentId,
    pub base_revision: i64,
    pub editable: bool,
    /// Gives a part another value where scripts run.
    pub change: Callback<Wanted>,
    /// Whether scripts run and the editor has the text.
    pub ready: RwSignal<bool>,
}

impl Desk {
    fn want(self, part: &Part, value: String) {
        self.change.run(Wanted { part: part.clone(), value, base: None });
    }

    /// Keeps a form from being posted where the editor makes the change.
    fn hold(self, event: &leptos::ev::SubmitEvent) -> bool {
        let ready = self.ready.get_untracked();
        if ready {
            event.prevent_default();
        }
        ready
    }
}

/// The summary, the controls, and the options by drivers.
#[component]
pub fn DecisionForm(desk: Desk, text: RwSignal<String>, record: Memo<Record>, path: String) -> impl IntoView {
    let sheet = Memo::new(move |_| text.with(|text| Sheet::of(&path, text)));
    // Controls stay while their values change, so that nobody is thrown out of one; new ones come when parts do.
    let parts = Memo::new(move |_| sheet.with(Sheet::parts));
    // Of a locked record only the date may change here.
    let locked = Memo::new(move |_| record.with(|record| record.known_status().is_some_and(lock::holds)));
    let desk_for = move |part: Option<&Part>| {
        let open = !locked.get() || part == Some(&Part::Date);
        Desk { editable: desk.editable && open, ..desk }
    };
    let controls = move || {
        let all: Vec<AnyView> =
            parts.get().into_iter().map(|control| control_view(desk_for(Some(&control.part)), control, sheet)).collect();
        all
    };
    let said = move || {
        text.with(|text| {
            record.with(|record| {
                let found = summary::of(record, text);
                let open = summary::missing(found.as_ref(), record.template);
                let sentence = found.map(|found| found.sentence);
                view! {
                    <section class="card form-summary" aria-label="Summary">
                        <p>{sentence.unwrap_or_else(|| "Nothing is decided yet.".to_owned())}</p>
                        {(!open.is_empty())
                            .then(|| view! { <p class="field__hint">{format!("It does not say yet: {}", open.join(", "))}</p> })}
                    </section>
                }
                .into_any()
            })
        })
    };
    let grid = Memo::new(move |_| text.with(|text| record.with(|record| Grid::of(record, text))));
    let compared = move || grid.with(|grid| grid.as_ref().map(|grid| grid_view(desk_for(None), grid)));
    view! {
        <div class="decision-form stack">
            {said}
            {controls}
            {compared}
        </div>
    }
}

fn hidden(desk: Desk, part: &Part) -> AnyView {
    view! {
        <input type="hidden" name="document" value=desk.document.to_string()/>
        <input type="hidden" name="base_revision" value=desk.base_revision.to_string()/>
        <input type="hidden" name="part" value=String::from(part.clone())/>
    }
    .into_any()
}

/// An id for a control that is an HTML id.
fn id_of(part: &Part) -> String {
    let name: String =
        String::from(part.clone()).chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    format!("part-{name}")
}

/// Follows the text where nobody writes in the control; what somebody has begun to write there stays.
fn follow(
    value: impl Fn() -> String + 'static,
    shown: StoredValue<String>,
    read: impl Fn() -> Option<String> + 'static,
    write: impl Fn(&str) + 'static,
) {
    Effect::new(move || {
        let new = value();
        if read().is_some_and(|now| now == shown.get_value() && now != new) {
            write(&new);
            shown.set_value(new);
        }
    });
}

fn control_view(desk: Desk, control: Control, sheet: Memo<Sheet>) -> AnyView {
    let id = id_of(&control.part);
    let shown = StoredValue::new(control.value.clone());
    let value = {
        let part = control.part.clone();
        move || sheet.with(|sheet| sheet.value(&part))
    };
    let set = {
        let part = control.part.clone();
        move |event| {
            let value: String = event_target_value(&event);
            let base = shown.get_value();
            shown.set_value(value.clone());
            desk.change.run(Wanted { part: part.clone(), value, base: Some(base) });
        }
    };
    let editable = desk.editable;
    let hint = (!control.hint.is_empty()).then(|| control.hint.clone());
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let input = if control.shape == Shape::Markdown {
        let node = NodeRef::<leptos::html::Textarea>::new();
        follow(
            value,
            shown,
            move || node.get().map(|node| node.value()),
            move |new| {
                if let Some(node) = node.get_untracked() {
                    node.set_value(new);
                }
            },
        );
        let rows = control.value.lines().count().clamp(2, 14).to_string();
        view! {
            <textarea class="textarea mono" id=id.clone() name="value" rows=rows readonly=!editable spellcheck="true" aria-describedby=hint_id.clone() node_ref=node on:change=set inner_html=escape(&control.value)></textarea>
        }
        .into_any()
    } else {
        let node = NodeRef::<leptos::html::Input>::new();
        follow(
            value,
            shown,
            move || node.get().map(|node| node.value()),
            move |new| {
                if let Some(node) = node.get_untracked() {
                    node.set_value(new);
                }
            },
        );
        let is_day = control.shape == Shape::Day && (control.value.is_empty() || Day::parse(&control.value).is_some());
        let kind = if is_day { "date" } else { "text" };
        view! {
            <input class="input" id=id.clone() name="value" type=kind value=control.value.clone() readonly=!editable autocomplete="off" aria-describedby=hint_id.clone() node_ref=node on:change=set/>
        }
        .into_any()
    };
    let names = (control.shape == Shape::Names).then_some("Names with commas between them.");
    view! {
        <form class="field" method="post" action=EditPart::url() on:submit=move |event| { desk.hold(&event); }>
            {hidden(desk, &control.part)}
            <label class="field__label" for=id>{control.label}</label>
            {input}
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            {names.map(|words| view! { <p class="field__hint">{words}</p> })}
            {editable.then(|| view! { <div class="nojs-only"><button class="btn btn--sm" type="submit">"Save"</button></div> })}
        </form>
    }
    .into_any()
}

/// A form that sends one value, such as another option; of an argument also the side.
fn adding(desk: Desk, part: Part, label: String, words: &'static str, sided: bool) -> AnyView {
    let id = id_of(&part);
    let input = NodeRef::<leptos::html::Input>::new();
    let side = NodeRef::<leptos::html::Select>::new();
    let send = {
        let part = part.clone();
        move |event: leptos::ev::SubmitEvent| {
            let Some(input) = input.get_untracked().filter(|_| desk.hold(&event)) else { return };
            let side = side.get_untracked().map(|side| format!("{} ", side.value())).unwrap_or_default();
            desk.want(&part, format!("{side}{}", input.value()));
            input.set_value("");
        }
    };
    let sides = sided.then(|| {
        view! {
            <select class="select input--sm" name="side" aria-label=format!("{label}: side") node_ref=side>
                <option value="good">"+"</option>
                <option value="bad">"−"</option>
                <option value="neutral">"·"</option>
            </select>
        }
    });
    view! {
        <form class="matrix__add" method="post" action=EditPart::url() on:submit=send>
            {hidden(desk, &part)}
            {sides}
            <label class="sr-only" for=id.clone()>{label}</label>
            <input class="input input--sm" id=id name="value" type="text" autocomplete="off" placeholder=words required node_ref=input/>
            <button class="btn btn--sm" type="submit">"Add"</button>
        </form>
    }
    .into_any()
}

/// A button that gives a part a value.
fn pressing(desk: Desk, part: Part, value: String, label: Option<String>, class: &'static str, inner: AnyView) -> AnyView {
    let send = {
        let (part, value) = (part.clone(), value.clone());
        move |event: leptos::ev::SubmitEvent| {
            if desk.hold(&event) {
                desk.want(&part, value.clone());
            }
        }
    };
    view! {
        <form class="inline-form" method="post" action=EditPart::url() on:submit=send>
            {hidden(desk, &part)}
            <input type="hidden" name="value" value=value/>
            <button class=class type="submit" aria-label=label.clone() title=label>{inner}</button>
        </form>
    }
    .into_any()
}

fn grid_view(desk: Desk, grid: &Grid) -> AnyView {
    let heads: Vec<AnyView> = grid
        .options
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let counts = format!("{} for, {} against", column.good, column.bad);
            let name = column.option.clone();
            let chosen = column.chosen;
            let rename = {
                let part = Part::Option(at);
                move |event| desk.want(&part, event_target_value(&event))
            };
            view! {
                <th scope="col">
                    {if desk.editable {
                        view! {
                            <form method="post" action=EditPart::url() on:submit=move |event| { desk.hold(&event); }>
                                {hidden(desk, &Part::Option(at))}
                                <label class="sr-only" for=id_of(&Part::Option(at))>{format!("Option {}", at + 1)}</label>
                                <input class="input input--sm" id=id_of(&Part::Option(at)) name="value" value=name.clone() autocomplete="off" on:change=rename/>
                                <button class="btn btn--sm nojs-only" type="submit">"Rename"</button>
                            </form>
                        }
                            .into_any()
                    } else {
                        view! { <b>{name.clone()}</b> }.into_any()
                    }}
                    <span class="muted matrix__count">{counts}</span>
                    {if chosen {
                        view! { <span class="badge badge--accepted">{icon("check")}"Chosen"</span> }.into_any()
                    } else if desk.editable {
                        view! {
                            <span class="row">
                                {pressing(desk, Part::Chosen, name.clone(), None, "btn btn--sm btn--ghost", "Choose".into_any())}
                                {pressing(desk, Part::RemoveOption(at), String::new(), Some(format!("Remove {name}")), "btn btn--sm btn--ghost btn--icon", icon("trash").into_any())}
                            </span>
                        }
                            .into_any()
                    } else {
                        ().into_any()
                    }}
                </th>
            }
            .into_any()
        })
        .collect();
    let row = |(at, row): (usize, &Row)| {
        let driver = row.driver.as_deref();
        let cells: Vec<AnyView> = row
            .cells
            .iter()
            .enumerate()
            .map(|(option, entries)| {
                let shown: Vec<AnyView> = entries.iter().map(|entry| entry_view(desk, entry)).collect();
                let column = grid.options.get(option).map(|column| column.option.clone()).unwrap_or_default();
                let adding = desk.editable.then(|| {
                    let part = Part::Argue { option, driver: driver.map(|_| at) };
                    let about = driver.map(|driver| format!(" for {driver}")).unwrap_or_default();
                    adding(desk, part, format!("Say something about {column}{about}"), "because …", true)
                });
                view! { <td><ul class="matrix__cell">{shown}</ul>{adding}</td> }.into_any()
            })
            .collect();
        view! { <tr><th scope="row">{driver.unwrap_or("Besides").to_owned()}</th>{cells}</tr> }.into_any()
    };
    let rows: Vec<AnyView> = grid.rows.iter().enumerate().map(row).collect();
    view! {
        <section class="form-matrix" aria-labelledby="matrix-title">
            <h3 id="matrix-title">"Options"</h3>
            <p class="field__hint">"What speaks for and against each option, beside the driver that it speaks to."</p>
            <div class="matrix" tabindex="0" role="region" aria-label="Options by drivers, scrollable">
                <table class="table"><thead><tr><th scope="col">"Driver"</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
            </div>
            {desk.editable.then(|| adding(desk, Part::AddOption, "Another option".to_owned(), "Another option", false))}
        </section>
    }
    .into_any()
}

fn entry_view(desk: Desk, entry: &Entry) -> AnyView {
    let (mark, side) = match entry.side {
        Some(Side::Good) => ("+", "Good: "),
        Some(Side::Bad) => ("−", "Bad: "),
        Some(Side::Neutral) => ("·", "Neutral: "),
        None => ("", ""),
    };
    let words = entry.words.clone();
    let label = format!("{side}{words}");
    let set = {
        let part = entry.part.clone();
        move |event| desk.want(&part, event_target_value(&event))
    };
    view! {
        <li>
            <span aria-hidden="true">{mark}</span>
            {if desk.editable {
                view! {
                    <form class="grow" method="post" action=EditPart::url() on:submit=move |event| { desk.hold(&event); }>
                        {hidden(desk, &entry.part)}
                        <input class="input input--sm" name="value" value=words autocomplete="off" aria-label=label on:change=set/>
                    </form>
                }
                    .into_any()
            } else {
                view! { <span class="sr-only">{side}</span> <span>{words}</span> }.into_any()
            }}
        </li>
    }
    .into_any()
}
