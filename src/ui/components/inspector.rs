//! What is known about one element: kind with its reason, facts, findings, connections, decisions.
#![expect(clippy::large_types_passed_by_value, reason = "a desk is a set of handles and is passed like a signal")]

use leptos::{ev, prelude::*};

use crate::{
    api::notes::{DecisionNote, FindingNote},
    domain::{
        id::DocumentId,
        model::{Element, ElementKey, Model, kind::Family},
        syntax::gesture::Gesture,
    },
    ui::{
        browser::document,
        components::{
            desk::Desk,
            finding::compact_row,
            icon::icon,
            inspector_edit::{element_fields, relation_fields},
            status::noted_status,
        },
        paths,
        state::{
            outline::place,
            tone,
            words::{count, decision_number},
        },
    },
};

/// What the inspector looks at besides the element.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub slug: String,
    pub document: DocumentId,
    pub findings: Vec<FindingNote>,
    pub last_review: Option<u32>,
    /// Decisions of the project that link elements.
    pub decisions: Vec<DecisionNote>,
}

/// Where one can go from the selected element without changing anything.
#[derive(Clone, Debug)]
pub struct Ways {
    /// The view of what is inside: address and title.
    pub inside: Option<(String, String)>,
    /// There are parts that no view shows yet.
    pub undrawn: bool,
    /// Only the surroundings, or the whole view again.
    pub focus: String,
    pub focused: bool,
}

/// The class that colours a kind's tile.
pub const fn tile(family: Family) -> &'static str {
    match family {
        Family::People => "kind-tile kind-tile--people",
        Family::Entry => "kind-tile kind-tile--entry",
        Family::Compute => "kind-tile",
        Family::Data => "kind-tile kind-tile--data",
        Family::Message => "kind-tile kind-tile--message",
        Family::External => "kind-tile kind-tile--external",
    }
}

/// The selected element, or the diagram as a whole.
/// With a desk, what it shows can be changed.
pub fn inspector(
    model: &Model,
    selected: Option<&ElementKey>,
    around: &Surroundings,
    href: &dyn Fn(&ElementKey) -> String,
    ways: Option<Ways>,
    desk: Option<Desk>,
) -> AnyView {
    match selected.and_then(|key| model.element(key)) {
        Some(element) => element_view(model, element, around, href, ways, desk),
        None => diagram_view(model, around),
    }
}

fn diagram_view(model: &Model, around: &Surroundings) -> AnyView {
    let rows: Vec<AnyView> = around
        .last_review
        .map(|number| {
            around.findings.iter().map(|finding| view! { <li>{compact_row(&around.slug, number, finding)}</li> }.into_any()).collect()
        })
        .unwrap_or_default();
    view! {
        <div class="wb-insp-head">
            <span class="kind-tile">{icon("diagram")}</span>
            <div class="grow">
                <h2>{if model.name.is_empty() { "Diagram".to_owned() } else { model.name.clone() }}</h2>
                <p class="muted insp-sub">{format!("{}, {}", count(model.elements.len(), "element"), count(model.relations.len(), "connection"))}</p>
            </div>
        </div>
        <div class="pane__body" tabindex="0" role="region" aria-label="About the diagram">
            {model.description.clone().map(|text| view! { <div class="insp"><p class="soft">{text}</p></div> })}
            <div class="insp">
                <p class="muted">
                    {if model.elements.is_empty() {
                        "What you select is described here."
                    } else {
                        "Select an element in the picture, the outline or the source."
                    }}
                </p>
            </div>
            {findings_section(rows, around, "No findings in this diagram.")}
        </div>
    }
    .into_any()
}

fn findings_section(rows: Vec<AnyView>, around: &Surroundings, none: &'static str) -> AnyView {
    let number = rows.len();
    view! {
        <div class="insp">
            <div class="insp__head">
                <h3>"Findings"</h3>
                <span class="count">{number}</span>
                {around
                    .last_review
                    .map(|review| view! { <a class="btn btn--ghost btn--sm" href=paths::review(&around.slug, review)>"Open review"</a> })}
            </div>
            {if around.last_review.is_none() {
                view! { <p class="muted">"Not reviewed yet."</p> }.into_any()
            } else if rows.is_empty() {
                view! { <p class="muted">{none}</p> }.into_any()
            } else {
                view! { <ul>{rows}</ul> }.into_any()
            }}
        </div>
    }
    .into_any()
}

fn prop(name: &'static str, value: AnyView) -> AnyView {
    view! { <div class="prop prop--top"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn element_view(
    model: &Model,
    element: &Element,
    around: &Surroundings,
    href: &dyn Fn(&ElementKey) -> String,
    ways: Option<Ways>,
    desk: Option<Desk>,
) -> AnyView {
    let kind = element.kind.value;
    let findings: Vec<AnyView> = around
        .last_review
        .map(|number| {
            around
                .findings
                .iter()
                .filter(|finding| finding.elements.contains(&element.key))
                .map(|finding| view! { <li>{compact_row(&around.slug, number, finding)}</li> }.into_any())
                .collect()
        })
        .unwrap_or_default();
    view! {
        <div class="wb-insp-head">
            <span class=tile(kind.family())>{icon(tone::kind_icon(kind))}</span>
            <div class="grow">
                <h2>{element.name.clone()}</h2>
                <p class="muted insp-sub">{place(model, element)}</p>
            </div>
        </div>
        <div class="pane__body" tabindex="0" role="region" aria-label="About the element">
            {match desk {
                Some(desk) => element_fields(desk, element),
                None => stated(element),
            }}
            {identity(element)}
            {desk.is_none().then(|| facts(element))}
            {ways.map(|ways| looks(ways, desk, element))}
            {perspectives(element)}
            {desk.map(|desk| element_actions(desk, model, element))}
            {findings_section(findings, around, "No findings on this element.")}
            {connections(model, element, href, desk)}
            {decisions(model, element, around)}
        </div>
    }
    .into_any()
}

/// Kind, technology and description, to read.
fn stated(element: &Element) -> AnyView {
    let note = if element.kind.stated { String::new() } else { format!("assumed: {}", element.kind.reason) };
    view! {
        <div class="insp">
            <dl class="props">
                {prop(
                    "Kind",
                    view! { {element.kind.value.name()} {(!note.is_empty()).then(|| view! { <span class="muted insp-sub">{note}</span> })} }.into_any(),
                )}
                {element.technology.clone().map(|text| prop("Technology", text.into_any()))}
                {element.description.clone().map(|text| prop("Description", text.into_any()))}
            </dl>
        </div>
    }
    .into_any()
}

/// Identifier, tags and file.
fn identity(element: &Element) -> AnyView {
    let tags: Vec<AnyView> = element.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }.into_any()).collect();
    view! {
        <div class="insp">
            <dl class="props">
                {element.identifier.clone().map(|text| prop("Identifier", view! { <code>{text}</code> }.into_any()))}
                {(!tags.is_empty()).then(|| prop("Tags", view! { <span class="tags">{tags}</span> }.into_any()))}
                {element.file.clone().map(|file| prop("Included from", view! { <code>{file}</code> }.into_any()))}
            </dl>
        </div>
    }
    .into_any()
}

/// Into the element, and its surroundings alone.
fn looks(ways: Ways, desk: Option<Desk>, element: &Element) -> AnyView {
    let Ways { inside, undrawn, focus, focused } = ways;
    let key = element.key.clone();
    let draw = desk.filter(|_| undrawn).map(move |desk| {
        view! {
            <button class="btn btn--sm js-only" type="button" on:click=move |_| desk.draw_inside(key.clone())>
                {icon("diagram")}
                "Draw its inside"
            </button>
        }
    });
    view! {
        <div class="insp insp__acts">
            {inside.map(|(href, title)| view! { <a class="btn btn--sm" href=href title="Open the view of what is inside  ]">{icon("diagram")}{title}</a> })}
            {draw}
            <a class="btn btn--sm" href=focus title="Surroundings  .">{icon("fit")}{if focused { "Whole view" } else { "Only its surroundings" }}</a>
        </div>
    }
    .into_any()
}

/// What perspectives say about the element.
fn perspectives(element: &Element) -> Option<AnyView> {
    let rows: Vec<AnyView> = element
        .perspectives
        .iter()
        .map(|perspective| {
            let value = perspective.value.clone().map(|value| view! { <span class="tag">{value}</span> });
            let words = perspective.description.clone().unwrap_or_default();
            view! { <div class="prop prop--top"><dt>{perspective.name.clone()}</dt><dd>{words} {value}</dd></div> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="insp">
                <div class="insp__head"><h3>"Perspectives"</h3><span class="count">{element.perspectives.len()}</span></div>
                <dl class="props">{rows}</dl>
            </div>
        }
        .into_any()
    })
}

/// What can be done with the element as a whole.
fn element_actions(desk: Desk, model: &Model, element: &Element) -> AnyView {
    let (hide, show) = (element.key.clone(), element.key.clone());
    let open = desk.view.get_untracked();
    let shown = model.view(&open).is_some_and(|view| view.elements.contains(&element.key));
    let others: Vec<AnyView> = model
        .elements
        .values()
        .filter(|other| other.key != element.key)
        .map(|other| view! { <option value=other.key.as_str().to_owned()>{other.name.clone()}</option> }.into_any())
        .collect();
    let source = element.key.clone();
    let connect = move |event| {
        let target = ElementKey(event_target_value(&event));
        if !target.as_str().is_empty() {
            desk.connect(source.clone(), target);
        }
    };
    view! {
        <div class="insp insp__acts">
            <select class="prop__input" aria-label="Connect to" on:change=connect>
                <option value="">"Connect to"</option>
                {others}
            </select>
            {if shown {
                view! {
                    <button
                        class="btn btn--sm"
                        type="button"
                        on:click=move |_| {
                            desk.ask(Gesture::Exclude { view: desk.view.get_untracked(), elements: vec![hide.clone()] });
                        }
                    >
                        {icon("eye-off")}
                        "Hide in this view"
                    </button>
                }
                    .into_any()
            } else {
                view! {
                    <button
                        class="btn btn--sm"
                        type="button"
                        on:click=move |_| {
                            desk.ask(Gesture::Include { view: desk.view.get_untracked(), elements: vec![show.clone()] });
                        }
                    >
                        {icon("eye")}
                        "Show in this view"
                    </button>
                }
                    .into_any()
            }}
            <button class="btn btn--sm" type="button" on:click=move |_| desk.duplicate_selected()>{icon("copy")}"Duplicate"</button>
            <button class="btn btn--sm btn--danger" type="button" on:click=move |_| desk.delete_selected()>{icon("trash")}"Delete"</button>
        </div>
    }
    .into_any()
}

fn facts(element: &Element) -> Option<AnyView> {
    if element.facts.0.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = element
        .facts
        .0
        .iter()
        .map(|(name, fact)| {
            let from = fact.inherited_from.as_ref().map(|key| format!("from {key}"));
            view! {
                <div class="prop prop--top">
                    <dt><code>{name.clone()}</code></dt>
                    <dd>{fact.value.clone()} {from.map(|from| view! { <span class="muted insp-sub">{from}</span> })}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <div class="insp">
                <div class="insp__head"><h3>"Facts"</h3><span class="count">{element.facts.0.len()}</span></div>
                <dl class="props facts">{rows}</dl>
            </div>
        }
        .into_any(),
    )
}

fn connections(model: &Model, element: &Element, href: &dyn Fn(&ElementKey) -> String, desk: Option<Desk>) -> AnyView {
    let rows: Vec<AnyView> = model
        .relations
        .values()
        .filter(|relation| relation.implied_by.is_none() && (relation.source == element.key || relation.target == element.key))
        .filter_map(|relation| {
            let outward = relation.source == element.key;
            let other = model.element(if outward { &relation.target } else { &relation.source })?;
            let synchronous = relation.mode.value.is_sync();
            let class = if synchronous { "conn__dir" } else { "conn__dir conn__dir--async" };
            let words = if outward { "out" } else { "in" };
            let mode = if synchronous { "synchronous" } else { "asynchronous" };
            let label = relation.label().unwrap_or_default().to_owned();
            let title = format!("{}, {mode}: {}", if outward { "To" } else { "From" }, relation.mode.reason);
            Some(
                view! {
                    <li title=title>
                        <span class=class>{words}<span class="sr-only">{format!(" {mode}")}</span></span>
                        <a class="truncate link-quiet" href=href(&other.key)>{other.name.clone()}</a>
                        {match desk {
                            Some(desk) => {
                                let label = if label.is_empty() { "Edit".to_owned() } else { label };
                                let (own, here) = (relation.key.clone(), element.key.clone());
                                let looked_at = Memo::new({
                                    let own = own.clone();
                                    move |_| desk.linked().as_ref() == Some(&own)
                                });
                                let row = format!("conn-{own}");
                                Effect::new({
                                    let row = row.clone();
                                    move || {
                                        if looked_at.get() {
                                            document::reveal(&row);
                                        }
                                    }
                                });
                                // Opening the row looks at the relation; choosing it in the picture opens the row.
                                let turned = move |event: ev::Event| {
                                    let looks = untrack(|| desk.linked()).as_ref() == Some(&own);
                                    match document::opened(&event) {
                                        true if !looks => desk.link.set(Some((own.clone(), here.clone()))),
                                        false if looks => desk.link.set(None),
                                        _ => {}
                                    }
                                };
                                view! {
                                    <details class="conn__more" id=row open=looked_at on:toggle=turned>
                                        <summary class="conn__via">{label}</summary>
                                        {relation_fields(desk, relation)}
                                    </details>
                                }
                                    .into_any()
                            }
                            None => view! { <span class="conn__via">{label}</span> }.into_any(),
                        }}
                    </li>
                }
                .into_any(),
            )
        })
        .collect();
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"Connections"</h3><span class="count">{rows.len()}</span></div>
            {if rows.is_empty() { view! { <p class="muted">"Not connected."</p> }.into_any() } else { view! { <ul class="conn">{rows}</ul> }.into_any() }}
        </div>
    }
    .into_any()
}

fn decisions(model: &Model, element: &Element, around: &Surroundings) -> AnyView {
    let rows: Vec<AnyView> = around
        .decisions
        .iter()
        .filter(|note| note.elements.iter().any(|name| model.find(name).is_some_and(|found| found.key == element.key)))
        .map(|note| {
            view! {
                <a class="declink" href=paths::decision(&around.slug, note.id)>
                    <span class="declink__id">{decision_number(note.number)}</span>
                    <span class="grow">{note.title.clone()}</span>
                    {noted_status(note.status.as_deref())}
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="insp">
            <div class="insp__head"><h3>"Decisions"</h3></div>
            {if rows.is_empty() {
                view! { <p class="muted">"No decision links this element."</p> }.into_any()
            } else {
                rows.into_any()
            }}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Language, Sources, parse};

    #[test]
    fn an_element_shows_kind_connections_and_decisions() {
        let text = "workspace {\n  model {\n    s = softwareSystem \"Shop\" {\n      api = container \"API\" \"Takes orders\" \"Go\"\n      db = container \"Orders DB\" \"\" \"PostgreSQL\"\n      api -> db \"Stores\" \"SQL\"\n    }\n  }\n}\n";
        let model = parse(Language::Structurizr, "w.dsl", text, &Sources::new()).model;
        let id = DocumentId::from_uuid(uuid::Uuid::nil());
        let note = DecisionNote {
            id,
            number: Some(1),
            title: "Keep orders".to_owned(),
            status: Some("accepted".to_owned()),
            elements: vec!["orders db".to_owned()],
        };
        let around = Surroundings { slug: "shop".to_owned(), document: id, findings: Vec::new(), last_review: None, decisions: vec![note] };
        let key = model.find("Orders DB").unwrap().key.clone();
        Owner::new().with(|| {
            let html = inspector(&model, Some(&key), &around, &|key| format!("?element={key}"), None, None).to_html();
            for part in ["Orders DB", "Database", "PostgreSQL", "API", "SQL", "ADR-0001", "Keep orders", "Not reviewed yet"] {
                assert!(html.contains(part), "{part} is missing in {html}");
            }
        });
    }
}
