//! The inspector's fields: each changes one thing of the text.
#![expect(clippy::large_types_passed_by_value, reason = "a desk is a set of handles and is passed like a signal")]

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    domain::{
        model::{Element, Level, Relation, facts, kind::Kind},
        syntax::{
            Language,
            gesture::{Gesture, Subject},
        },
    },
    ui::{components::desk::Desk, components::icon::icon},
};

/// A line of text that is changed when the field is left or Enter is pressed.
fn field(
    desk: Desk,
    id: String,
    label: &'static str,
    value: Option<&str>,
    change: impl Fn(Option<String>) -> Gesture + 'static,
) -> AnyView {
    let before = value.unwrap_or_default().to_owned();
    let shown = before.clone();
    let set = move |event| {
        let now = event_target_value(&event);
        let now = now.trim();
        if now != before {
            desk.ask(change((!now.is_empty()).then(|| now.to_owned())));
        }
    };
    view! {
        <div class="prop">
            <label class="prop__name" for=id.clone()>{label}</label>
            <span class="prop__val"><input class="prop__input" id=id value=shown autocomplete="off" on:change=set/></span>
        </div>
    }
    .into_any()
}

/// Whether an element can have a technology: in the Structurizr DSL, people and systems have none.
fn technology_fits(language: Language, element: &Element) -> bool {
    language == Language::Mermaid || !matches!(element.level, Level::Person | Level::System) || element.technology.is_some()
}

/// Name, kind, technology, description and facts of an element.
pub fn element_fields(desk: Desk, element: &Element) -> AnyView {
    let subject = || Subject::Element(element.key.clone());
    let (name, describe, technology) = (subject(), subject(), subject());
    let old_name = element.name.clone();
    let key = element.key.clone();
    let kinds: Vec<AnyView> = Kind::ALL
        .into_iter()
        .map(|kind| view! { <option value=kind.slug() selected=kind == element.kind.value>{kind.name()}</option> }.into_any())
        .collect();
    let set_kind = move |event| {
        let slug = event_target_value(&event);
        if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.slug() == slug) {
            desk.ask(Gesture::SetKind { element: key.clone(), kind });
        }
    };
    let note = if element.kind.stated { String::new() } else { format!("Assumed: {}", element.kind.reason) };
    view! {
        <div class="insp">
            <div class="props">
                {field(desk, "p-name".to_owned(), "Name", Some(&element.name), move |value| Gesture::Rename {
                    subject: name.clone(),
                    name: value.unwrap_or_else(|| old_name.clone()),
                })}
                <div class="prop">
                    <label class="prop__name" for="p-kind">"Kind"</label>
                    <span class="prop__val">
                        <select class="prop__input" id="p-kind" on:change=set_kind>{kinds}</select>
                    </span>
                </div>
                {(!note.is_empty()).then(|| view! { <p class="muted insp-sub">{note}</p> })}
                {technology_fits(desk.language, element).then(|| {
                    field(desk, "p-tech".to_owned(), "Technology", element.technology.as_deref(), move |technology_now| Gesture::SetTechnology {
                        subject: technology.clone(),
                        technology: technology_now,
                    })
                })}
                {field(desk, "p-desc".to_owned(), "Description", element.description.as_deref(), move |description| Gesture::Describe {
                    subject: describe.clone(),
                    description,
                })}
            </div>
        </div>
        {fact_fields(desk, &Subject::Element(element.key.clone()), &element.properties, "e")}
    }
    .into_any()
}

/// A field for each stated property, and one more to state another.
fn fact_fields(desk: Desk, subject: &Subject, properties: &BTreeMap<String, String>, id: &str) -> AnyView {
    let rows: Vec<AnyView> = properties
        .iter()
        .map(|(name, value)| {
            let (subject, own, id) = (subject.clone(), name.clone(), format!("{id}-fact-{name}"));
            let (label, before) = (name.clone(), value.clone());
            let set = move |event| {
                let now = event_target_value(&event);
                let now = now.trim();
                if now != before {
                    let value = (!now.is_empty()).then(|| now.to_owned());
                    desk.ask(Gesture::SetProperty { subject: subject.clone(), name: own.clone(), value });
                }
            };
            view! {
                <div class="prop">
                    <label class="prop__name mono" for=id.clone()>{label}</label>
                    <span class="prop__val"><input class="prop__input" id=id value=value.clone() autocomplete="off" on:change=set/></span>
                </div>
            }
            .into_any()
        })
        .collect();
    let options: Vec<AnyView> = facts::NAMES
        .iter()
        .filter(|name| !properties.contains_key(**name))
        .map(|name| view! { <option value=*name>{*name}</option> }.into_any())
        .collect();
    let count = rows.len();
    let chosen = RwSignal::new(String::new());
    let subject = subject.clone();
    let add = move |event| {
        let (name, value) = (chosen.get_untracked(), event_target_value(&event).trim().to_owned());
        if !name.is_empty() && !value.is_empty() {
            desk.ask(Gesture::SetProperty { subject: subject.clone(), name, value: Some(value) });
        }
    };
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"Facts"</h3><span class="count">{count}</span></div>
            <div class="props facts">
                {rows}
                <div class="prop fact-new">
                    <select class="prop__input" aria-label="Fact to state" on:change=move |event| chosen.set(event_target_value(&event))>
                        <option value="">"State a fact"</option>
                        {options}
                    </select>
                    <span class="prop__val">
                        <input
                            class="prop__input"
                            aria-label="Value of the fact"
                            placeholder="yes, planned, no, 3, 800ms"
                            disabled=move || chosen.with(String::is_empty)
                            on:change=add
                        />
                    </span>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// What a connection says, with the way to cut it.
pub fn relation_fields(desk: Desk, relation: &Relation) -> AnyView {
    let subject = || Subject::Relation(relation.key.clone());
    let (describe, technology, cut) = (subject(), subject(), subject());
    let id = |part: &str| format!("r-{part}-{}", relation.key);
    view! {
        <div class="props conn__edit">
            {field(desk, id("desc"), "Does", relation.description.as_deref(), move |description| Gesture::Describe {
                subject: describe.clone(),
                description,
            })}
            {field(desk, id("tech"), "Technology", relation.technology.as_deref(), move |technology_now| Gesture::SetTechnology {
                subject: technology.clone(),
                technology: technology_now,
            })}
            <button
                class="btn btn--sm btn--danger"
                type="button"
                on:click=move |_| {
                    desk.ask(Gesture::Delete { subjects: vec![cut.clone()] });
                }
            >
                {icon("trash")}
                "Cut the connection"
            </button>
        </div>
    }
    .into_any()
}
