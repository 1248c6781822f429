//! A design brief on its page: the sections that an agent wrote, and the diagrams that it proposes as pictures.

use leptos::prelude::*;

use crate::{
    api::talks::Preview,
    domain::{
        brief::{Brief, Section},
        markdown::{Rendering, render_subset},
    },
    ui::{
        components::{icon::icon, status::severity_badge},
        paths,
        state::words::count,
    },
};

/// The sections, in their order.
pub fn sections(brief: &Brief) -> Vec<AnyView> {
    let plain = Rendering { shift_headings: 2, element_url: &|_| None, link_url: &|_| None, shown: None };
    Section::ALL
        .into_iter()
        .filter_map(|section| Some((section, brief.0.get(&section)?)))
        .map(|(section, text)| {
            let id = format!("brief-{}", section.slug());
            let labelled = id.clone();
            let body = render_subset(text, &plain);
            view! {
                <section class="card" aria-labelledby=labelled>
                    <div class="card__head"><h2 id=id>{section.name()}</h2></div>
                    <div class="card__body prose" inner_html=body></div>
                </section>
            }
            .into_any()
        })
        .collect()
}

/// A proposed diagram, drawn, with what the rules say of it.
pub fn preview(preview: &Preview) -> AnyView {
    let findings: Vec<AnyView> = preview
        .findings
        .iter()
        .map(|(code, severity, title)| {
            view! { <li class="row">{severity_badge(*severity)}<a class="link" href=paths::rule(code)>{code.clone()}</a><span>{title.clone()}</span></li> }
                .into_any()
        })
        .collect();
    let said = match findings.len() {
        0 => "The rules report nothing.".to_owned(),
        number => format!("The rules would report {}.", count(number, "finding")),
    };
    view! {
        <figure class="evidence">
            <div class="evidence__head">{icon("diagram")}<span>"As it would be drawn"</span></div>
            <div class="evidence__canvas" inner_html=preview.picture.clone()></div>
            <figcaption class="evidence__claim">
                <details><summary>{said}</summary><ul class="stack">{findings}</ul></details>
            </figcaption>
        </figure>
    }
    .into_any()
}
