//! Why a decision's text can't be typed in, and the ways on.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::decisions::SetStatus,
    domain::{
        decision::{Record, status::Status, workflow::lock},
        id::DocumentId,
    },
    ui::{components::icon::icon, paths},
};

/// The note above a locked text; nothing above an open one.
#[component]
pub fn LockNote(slug: String, document: DocumentId, record: Memo<Record>, editable: bool) -> impl IntoView {
    let here = paths::decision(&slug, document);
    move || {
        let status = record.with(Record::known_status).filter(|status| editable && lock::holds(*status))?;
        let supersede = format!("{}?new=decision&supersedes={document}", paths::decisions(&slug));
        let erratum = format!("{here}?ask=erratum");
        let reopen = (status == Status::Rejected).then(|| {
            view! {
                <form method="post" action=SetStatus::url() data-quiet="">
                    <input type="hidden" name="slug" value=slug.clone()/>
                    <input type="hidden" name="document" value=document.to_string()/>
                    <input type="hidden" name="status" value=Status::Proposed.slug()/>
                    <button class="btn btn--sm" type="submit">"Reopen"</button>
                </form>
            }
        });
        Some(
            view! {
                <div class="lock-note" role="note">
                    {icon("lock")}
                    <p>{lock::why(Some(status))}" Its text is locked; status, links and errata are not."</p>
                    <div class="row">
                        {reopen}
                        {(status != Status::Rejected).then(|| view! { <a class="btn btn--sm" href=supersede data-reload="">"Supersede it"</a> })}
                        <a class="btn btn--sm" href=erratum data-reload="">"Mark an erratum"</a>
                    </div>
                </div>
            }
            .into_any(),
        )
    }
}
