//! The facts of a review: what was read at which revision, which rules ran, what is not known.

use leptos::prelude::*;

use crate::{
    domain::{
        moment::Moment,
        project::DocumentKind,
        review::{Review, ReviewStatus},
    },
    ui::{components::icon::icon, paths, state::words::count},
};

/// The pane on the right. `agents` is what agents do and did; `kinds` says what each reviewed document is, in the review's order.
pub fn run(slug: &str, review: &Review, kinds: &[DocumentKind], now: Moment, agents: AnyView) -> AnyView {
    let complete = &review.completeness;
    let took = review.finished_at.map(|end| {
        let milliseconds = end.0.saturating_sub(review.started_at.0);
        if milliseconds < 1000 { format!("{milliseconds} ms") } else { format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100) }
    });
    let badge = match review.status {
        ReviewStatus::Running => {
            view! { <span class="badge badge--accent"><span class="dot dot--busy" aria-hidden="true"></span>"Running"</span> }.into_any()
        }
        ReviewStatus::Finished => view! { <span class="badge badge--pass">{icon("sev-pass")}"Finished"</span> }.into_any(),
        ReviewStatus::Cancelled => view! { <span class="badge badge--draft">"Cancelled"</span> }.into_any(),
        ReviewStatus::Failed => view! { <span class="badge badge--high">{icon("sev-high")}"Interrupted"</span> }.into_any(),
    };
    let documents: Vec<AnyView> = review
        .documents
        .iter()
        .zip(kinds.iter().copied().chain(std::iter::repeat(DocumentKind::Decision)))
        .map(|(document, kind)| {
            let (href, name) = match kind {
                DocumentKind::Diagram => (paths::diagram(slug, document.document), "diagram"),
                DocumentKind::Decision => (paths::decision(slug, document.document), "decision"),
            };
            view! {
                <li class="reviewed">
                    {icon(name)}
                    <a class="link truncate" href=href title=document.path.clone()>{document.path.clone()}</a>
                    <span class="muted nowrap" title="Revision">{format!("r{}", document.revision)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let skipped: Vec<AnyView> = complete
        .rules_skipped
        .iter()
        .map(|(code, reason)| view! { <div class="prop"><dt>{code.clone()}</dt><dd>{reason.clone()}</dd></div> }.into_any())
        .collect();
    let quiet: Vec<AnyView> = complete
        .suppressed
        .iter()
        .map(|one| {
            let until = one.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            view! { <li><b>{one.title.clone()}</b><span class="step__note">{format!("{}: {}{until}", one.code, one.reason)}</span></li> }
                .into_any()
        })
        .collect();
    let quiet = (!quiet.is_empty()).then(|| {
        let summary = format!("{} suppressed in the texts", count(quiet.len(), "finding"));
        view! { <details class="run__more"><summary>{summary}</summary><ul>{quiet}</ul></details> }
    });
    let broken: Vec<AnyView> = complete
        .broken
        .iter()
        .map(|(path, error)| {
            view! { <div class="callout callout--high">{icon("sev-high")}<p><b>{path.clone()}</b>" was read in part: "{error.clone()}</p></div> }.into_any()
        })
        .collect();
    let none_skipped = skipped.is_empty();
    view! {
        <aside class="pane rev__run" aria-label="Review run">
            <div class="pane__head">
                <h2 class="pane__title">"Run"</h2>
                {badge}
            </div>
            <div class="pane__body" tabindex="0" role="region" aria-label="Run facts, scrollable">
                {agents}
                <div class="insp">
                    <div class="insp__head"><h3>"Facts"</h3></div>
                    <dl class="props">
                        <div class="prop"><dt>"Started"</dt><dd>{review.started_at.ago(now)}</dd></div>
                        <div class="prop"><dt>"By"</dt><dd>{review.started_by.clone()}</dd></div>
                        {took.map(|took| view! { <div class="prop"><dt>"Took"</dt><dd class="num">{took}</dd></div> })}
                        {review.scope.words().map(|scope| view! { <div class="prop"><dt>"Scope"</dt><dd>{scope}</dd></div> })}
                        <div class="prop"><dt>"Profile"</dt><dd>{review.profile.slug()}</dd></div>
                        <div class="prop"><dt>"Rules run"</dt><dd class="num">{complete.rules_run.len()}</dd></div>
                        <div class="prop">
                            <dt>"Unknown facts"</dt>
                            <dd class="num">
                                {complete.unknown_facts}
                                {(complete.unknown_facts > 0).then(|| view! { " "<a class="link" href=paths::questions(slug)>"Answer"</a> })}
                            </dd>
                        </div>
                        {(!review.ruleset.is_empty())
                            .then(|| {
                                let short: String = review.ruleset.chars().take(12).collect();
                                view! { <div class="prop"><dt>"Rule set"</dt><dd class="mono">{short}</dd></div> }
                            })}
                    </dl>
                </div>
                {(!broken.is_empty()).then(|| view! { <div class="insp"><div class="insp__head"><h3>"Read in part"</h3></div>{broken}</div> })}
                <div class="insp">
                    <div class="insp__head"><h3>"Documents"</h3><span class="count">{documents.len()}</span></div>
                    <ul>{documents}</ul>
                </div>
                {(!none_skipped || quiet.is_some())
                    .then(|| {
                        let summary = format!("{} not run", count(skipped.len(), "rule"));
                        let skipped = (!none_skipped)
                            .then(|| view! { <details class="run__more"><summary>{summary}</summary><dl class="props">{skipped}</dl></details> });
                        view! { <div class="insp"><div class="insp__head"><h3>"Left out"</h3></div>{skipped}{quiet}</div> }
                    })}
            </div>
        </aside>
    }
    .into_any()
}
