//! What changed in a decision log since the reader was there, as a card above the list.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::decision_log::{News, NewsItem, NewsRemark, SeeLog},
    domain::{decision::log::news::What, moment::Moment},
    ui::{
        components::{
            forms::Submit,
            icon::{icon, named_icon},
            status::noted_status,
        },
        state::words::decision_number,
    },
};

/// The class of a plain symbol.
const MARK: &str = "icon";

/// The news; nothing where there are none.
pub fn news_card(slug: &str, news: &News, now: Moment, see: ServerAction<SeeLog>) -> Option<AnyView> {
    let since = news.since?;
    if news.items.is_empty() && news.remarks.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> =
        news.items.iter().map(|item| changed(item, now)).chain(news.remarks.iter().map(|one| said(one, now))).collect();
    let (total, slug) = (news.items.len() + news.remarks.len(), slug.to_owned());
    Some(
        view! {
            <section class="card card--flush section log__news" aria-labelledby="news-title">
                <div class="card__head">
                    <h2 id="news-title">"Since you were here"</h2>
                    <span class="count">{total}<span class="sr-only">{if total == 1 { " change" } else { " changes" }}</span></span>
                    <span class="muted hide-sm nowrap"><time datetime=since.rfc3339()>{since.long_date()}</time></span>
                    <ActionForm action=see attr:class="inline-form push">
                        <input type="hidden" name="slug" value=slug/>
                        <Submit class="btn btn--sm">{icon("check")}"Mark as seen"</Submit>
                    </ActionForm>
                </div>
                <ul class="log__changes">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn changed(news: &NewsItem, now: Moment) -> AnyView {
    let item = &news.item;
    let name = decision_number(item.number).map_or_else(|| item.title.clone(), |number| format!("{number} {}", item.title));
    let name = match &news.page {
        Some(page) => view! { <a class="link" href=page.clone()>{name}</a> }.into_any(),
        None => view! { <b>{name}</b> }.into_any(),
    };
    let status = |slug: &str| noted_status(Some(slug).filter(|slug| !slug.is_empty()));
    let (sign, words, what) = match &item.what {
        What::New => ("plus", "New", view! { <span class="muted">"New"</span> }.into_any()),
        What::Status { from, to } => (
            "review",
            "Status",
            view! { <span class="row row--wrap">{status(from)}<span aria-hidden="true">"→"</span><span class="sr-only">" to "</span>{status(to)}</span> }.into_any(),
        ),
        What::Edited => ("edit", "Edited", view! { <span class="muted">"Edited"</span> }.into_any()),
        What::Removed => ("trash", "Removed", view! { <span class="muted">"Removed"</span> }.into_any()),
    };
    row(sign, words, name, what, news.by.clone(), news.at, now)
}

fn said(remark: &NewsRemark, now: Moment) -> AnyView {
    let name = view! { <a class="link" href=remark.page.clone()>{remark.title.clone()}</a> }.into_any();
    let what = view! { <span class="muted">{format!("“{}”", remark.text)}</span> }.into_any();
    row("comment", "Remark", name, what, Some(remark.author.clone()), Some(remark.at), now)
}

fn row(
    sign: &'static str,
    words: &'static str,
    name: AnyView,
    what: AnyView,
    by: Option<String>,
    at: Option<Moment>,
    now: Moment,
) -> AnyView {
    let when = at.map(|at| view! { " "<time datetime=at.rfc3339()>{at.ago(now)}</time> });
    view! {
        <li class="log__change">
            {named_icon(MARK.to_owned(), sign, words.to_owned())}
            <span class="log__what">{name}{what}</span>
            <span class="muted log__who">{by}{when}</span>
        </li>
    }
    .into_any()
}
