//! One review: the verdict, its findings one at a time with their evidence, the facts of the run, and the export.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        notices::{Notice, notice},
        reviews::{
            DecideSuggestion, MarkBaseline, ReviewPage as ReviewData, StartReview, SteerAgents, StopReview, review, review_markdown,
        },
        talks::StopAnswer,
        triage::{CommentFinding, SetFindingState},
    },
    domain::{
        account::Role,
        agent::proposal::wording::Wording,
        id::FindingId,
        review::{ReviewFinding, ReviewStatus, suggestion::Suggested},
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            forms::{FormProblem, Submit, answer},
            frame::{At, PageFrame, Part},
            icon::{icon, icon_of},
            loading::{around, asked, load, segment},
            review::{
                agents::{self, AskDialog, Cards},
                band::band,
                baseline::baseline,
                change::{ChangeDialog, wanted as wanted_change},
                detail::{DetailActions, Team, detail},
                differences::differences,
                evidence::read_diagrams,
                list::{FindingList, address},
                run::run,
                triage::TriageActions,
            },
        },
        paths,
        state::filter::{FindingFilter, neighbour},
    },
};

/// How often a running review is asked for news, in milliseconds.
const POLL: u32 = 600;

/// `/p/{slug}/reviews/{number}?severity=…&finding=…&pane=…&export=1`
#[component]
pub fn Review() -> impl IntoView {
    let number = segment("number").parse().unwrap_or(0);
    let decide = ServerAction::<SetFindingState>::new();
    let comment = ServerAction::<CommentFinding>::new();
    let triage = TriageActions {
        decide,
        waive: ServerAction::new(),
        arrange: ServerAction::new(),
        rate: ServerAction::new(),
        mend: ServerAction::new(),
    };
    let (slug, exporting) = (segment("slug"), asked("export").is_some());
    let open = asked("finding").and_then(|id| id.parse().ok());
    let (changing, number_of_notice) = (asked("change"), asked("notice"));
    let data = async move {
        let data = review(slug.clone(), number, open).await?;
        let markdown = if exporting { Some(review_markdown(slug, number).await?) } else { None };
        let change = match wanted_change(changing).await {
            Some((suggested, words)) => Some((suggested, words, notice(number_of_notice).await?)),
            None => None,
        };
        Ok((data, markdown, change))
    };
    load(data, move |(data, markdown, change)| {
        view! { <ReviewScreen data=data markdown=markdown change=change triage=triage comment=comment/> }.into_any()
    })
}

#[component]
fn ReviewScreen(
    data: ReviewData,
    /// The review as it is exported, where that is asked for.
    markdown: Option<String>,
    /// A suggestion that is to be changed, with its words and what was typed before.
    change: Option<(Suggested, Vec<Wording>, Option<Notice>)>,
    triage: TriageActions,
    comment: ServerAction<CommentFinding>,
) -> impl IntoView {
    let query = use_query_map();
    let parameter = move |name: &'static str| query.with(|query| query.get(name));
    let (slug, number) = (data.project.slug.clone(), data.review.number);
    let role = data.project.role;
    let filter = Memo::new(move |_| FindingFilter::parse(parameter("severity").as_deref()));
    let findings = StoredValue::new(data.findings.clone());
    let wanted = Memo::new(move |_| parameter("finding").and_then(|id| id.parse::<FindingId>().ok()));
    let order = move || findings.with_value(|all| shown(all, filter.get()));
    let open = Memo::new(move |_| {
        let order = order();
        wanted.get().filter(|id| order.contains(id)).or_else(|| order.first().copied())
    });

    let start = ServerAction::<StartReview>::new();
    let diagrams = StoredValue::new(read_diagrams(&data.texts, &data.sources));
    let texts = StoredValue::new(data.texts.clone());
    let stop_answer = ServerAction::<StopAnswer>::new();
    let causes = StoredValue::new(data.causes.clone());
    let actions = DetailActions {
        causes,
        triage,
        comment,
        stop: stop_answer,
        role,
        now: data.now,
        number,
        team: StoredValue::new(Team {
            members: data.members.clone(),
            me: around().person.map(|person| person.id),
            ticket_url: data.project.ticket_url.clone(),
        }),
        asked: StoredValue::new(data.asked.clone()),
        agents: StoredValue::new(if data.provider { data.agents.clone() } else { Vec::new() }),
    };
    let decide_edit = ServerAction::<DecideSuggestion>::new();
    let (suggested, now) = (StoredValue::new(data.suggestions.clone()), data.now);
    let pictures = StoredValue::new(data.pictures.clone());
    let sheet = {
        let slug = slug.clone();
        move || {
            let open = open.get();
            findings.with_value(|all| {
                let item = all.iter().find(|item| Some(item.id) == open)?;
                Some(diagrams.with_value(|diagrams| {
                    texts.with_value(|texts| {
                        let own: Vec<AnyView> = suggested.with_value(|all| {
                            let answers = |one: &&Suggested| one.finding.as_ref() == Some(&item.finding.fingerprint);
                            let here = paths::finding(&slug, number, item.id);
                            pictures.with_value(|pictures| {
                                let editable = role >= Role::Editor;
                                let cards = Cards { slug: &slug, here: &here, pictures, editable, now, decide: decide_edit };
                                all.iter().filter(answers).map(|one| cards.card(one)).collect()
                            })
                        });
                        detail(&slug, item, diagrams, texts, actions, own)
                    })
                }))
            })
        }
    };
    let finished = data.review.status == ReviewStatus::Finished;
    let baseline = finished.then(|| baseline(&slug, number, data.baseline, role, ServerAction::<MarkBaseline>::new()));
    let changed = data.base.as_ref().map(|base| differences(&slug, base.number, &data.changes));
    let kinds: Vec<_> = data.texts.iter().map(|text| text.kind).collect();
    let rules = data.review.completeness.rules_run.len();
    let running = data.review.status == ReviewStatus::Running;
    let walk = walk(&slug, number, filter.get_untracked(), open.get_untracked(), &order());
    // On a narrow screen a chosen finding is what people came for.
    let pane = Memo::new(move |_| {
        let known = parameter("pane").filter(|pane| matches!(pane.as_str(), "list" | "detail" | "run"));
        known.unwrap_or_else(|| if wanted.get().is_some() { "detail".to_owned() } else { "list".to_owned() })
    });
    let crumbs = vec![
        (data.project.name.clone(), Some(paths::project(&slug))),
        ("Reviews".to_owned(), Some(paths::reviews(&slug))),
        (format!("Review {number}"), None),
    ];
    let export_href = paths::with_query(&paths::review(&slug, number), &[("export", Some("1"))]);
    let own_slug = slug.clone();
    let top = view! {
        {finished
            .then(|| {
                view! {
                    <a class="btn" href=export_href>
                        {icon("export")}
                        <span class="label-sm">"Export"</span>
                    </a>
                }
            })}
        {(role >= Role::Editor && data.provider)
            .then(|| {
                let href = paths::with_query(&paths::review(&slug, number), &[("ask", Some("1"))]);
                view! { <a class="btn" href=href>{icon("agent")}<span class="label-sm">"Ask agents"</span></a> }
            })}
        {(role >= Role::Editor && !running)
            .then(|| {
                view! {
                    <ActionForm action=start>
                        <input type="hidden" name="slug" value=own_slug/>
                        <Submit id="start-review">{icon("play")}"Run again"</Submit>
                    </ActionForm>
                }
            })}
    }
    .into_any();
    let (steer, stop) = (ServerAction::<SteerAgents>::new(), ServerAction::<StopReview>::new());
    let asked = parameter("ask").is_some() && role >= Role::Editor && data.provider;
    let loose: Vec<&Suggested> = data.suggestions.iter().filter(|suggested| !belongs(suggested, &data.findings)).collect();
    let (own, editable) = (paths::review(&slug, number), role >= Role::Editor);
    let cards = Cards { slug: &slug, here: &own, pictures: &data.pictures, editable, now, decide: decide_edit };
    let loose: Vec<AnyView> = loose.into_iter().map(|suggested| cards.card(suggested)).collect();
    let agents = if data.runs.is_empty() {
        if running { ().into_any() } else { agents::invitation(&slug, number, data.provider, role) }
    } else {
        view! {
            {agents::steps(&data.review, &data.runs)}
            {running.then(|| agents::live(&slug, &data.review, role, steer, stop))}
            <FormProblem answer=answer(decide_edit)/>
            {loose}
            {agents::facts(&slug, &data.runs)}
        }
        .into_any()
    };
    // One of the two is followed: the review while it runs, else an answer that is on its way, first of all about what is shown.
    let mut answers: Vec<_> = data.asked.iter().filter(|asked| asked.is_on_its_way()).collect();
    answers.sort_by_key(|asked| asked.finding != open.get_untracked());
    let events = if running && !data.runs.is_empty() {
        Some(format!("/api/v1/projects/{slug}/reviews/{number}/events"))
    } else {
        answers.first().map(|asked| paths::talk_events(&slug, asked.talk))
    };
    let choices = data.agents.clone();
    let title = format!("Review {number} of {}", data.project.name);
    let empty = match data.review.status {
        ReviewStatus::Running => "Findings appear here in a moment.",
        _ if data.findings.is_empty() => "Nothing to work on: no rule and no agent found anything.",
        _ => "Nothing to show for this filter.",
    };
    let here = open.get_untracked().map_or_else(|| paths::review(&slug, number), |open| paths::finding(&slug, number, open));
    let change = change
        .filter(|_| role >= Role::Editor)
        .map(|(suggested, words, notice)| view! { <ChangeDialog here=here suggested=suggested words=words notice=notice/> });
    let dialog = markdown.map(|text| view! { <ExportDialog slug=slug.clone() number=number text=text/> });
    view! {
        <PageFrame title=title.clone() crumbs=crumbs at=At::Project(slug.clone(), Part::Reviews) rail=true actions=top>
            <main class="rev" id="main" data-pane=move || pane.get() data-poll=(running && events.is_none()).then_some(POLL) data-events=events>
                <h1 class="sr-only">{title.clone()}</h1>
                {walk}
                {band(&data)}
                <FindingList slug=slug.clone() number=number findings=findings filter=filter open=open causes=causes rules=rules/>
                <section class="pane rev__detail" id="finding" data-fresh="" aria-labelledby="find-h">
                    <div class="pane__body" tabindex="0" role="region" aria-label="Finding detail, scrollable">
                        {move || {
                            sheet()
                                .unwrap_or_else(|| {
                                    view! {
                                        <div class="empty">
                                            <h2 class="empty__title" id="find-h">"No finding selected"</h2>
                                            <p class="empty__text">{empty}</p>
                                        </div>
                                    }
                                        .into_any()
                                })
                        }}
                    </div>
                </section>
                {run(&slug, &data.review, &kinds, data.now, view! { {agents} {changed} {baseline} }.into_any())}
                <PaneSwitch slug=slug.clone() number=number pane=pane/>
            </main>
            {dialog}
            {change}
            {asked.then(|| view! { <AskDialog slug=slug.clone() close=paths::review(&slug, number) agents=choices/> })}
        </PageFrame>
    }
}

/// The ids of the findings that a filter shows, in order.
fn shown(findings: &[ReviewFinding], filter: FindingFilter) -> Vec<FindingId> {
    findings.iter().filter(|finding| filter.admits(finding)).map(|finding| finding.id).collect()
}

/// Whether a suggestion is shown with a finding that it answers.
fn belongs(suggested: &Suggested, findings: &[ReviewFinding]) -> bool {
    suggested.finding.as_ref().is_some_and(|own| findings.iter().any(|known| known.finding.fingerprint == *own))
}

/// Where `J` and `K` lead, for the shortcuts to press.
fn walk(slug: &str, number: u32, filter: FindingFilter, open: Option<FindingId>, order: &[FindingId]) -> Vec<AnyView> {
    [("next-finding", true), ("previous-finding", false)]
        .into_iter()
        .map(|(id, forward)| {
            let href = address(slug, number, filter, neighbour(order, open, forward));
            view! { <a id=id href=href hidden aria-hidden="true" tabindex="-1"></a> }.into_any()
        })
        .collect()
}

/// Which pane a narrow screen shows.
#[component]
fn PaneSwitch(slug: String, number: u32, #[prop(into)] pane: Signal<String>) -> impl IntoView {
    let item = move |name: &'static str, sign: &'static str, label: &'static str| {
        let href = paths::with_query(&paths::review(&slug, number), &[("pane", Some(name))]);
        view! {
            <a href=href aria-current=move || (pane.get() == name).then_some("true")>
                {icon_of("icon icon--lg", sign)}
                {label}
            </a>
        }
    };
    view! {
        <nav class="paneswitch" aria-label="Panes">
            {item("list", "review", "Findings")}
            {item("detail", "sev-high", "Detail")}
            {item("run", "server", "Run")}
        </nav>
    }
}

/// The markdown as a preview, to copy or to download; and the same review as data for other programs.
#[component]
fn ExportDialog(slug: String, number: u32, text: String) -> impl IntoView {
    let file = format!("review-{number}.md");
    let download = file.clone();
    let other = |format: &'static str, name: &'static str, title: &'static str| {
        let (href, file) = (paths::review_file(&slug, number, format), format!("review-{number}.{format}"));
        view! { <a class="btn" href=href download=file rel="external" title=title>{name}</a> }.into_any()
    };
    let data = other("json", "JSON", "The review with all its findings as data");
    let sarif = other("sarif", "SARIF", "SARIF 2.1.0, for code scanning and editors");
    view! {
        <AddressDialog title=format!("Export review {number}") id="export" close=paths::review(&slug, number)>
            <div class="dialog__body">
                <div class="evidence exp__prev">
                    <div class="evidence__head">{icon("code")}<span class="mono truncate">{file}</span></div>
                    <pre tabindex="0" role="region" aria-label="Markdown preview"><code id="export-text">{text}</code></pre>
                </div>
            </div>
            <div class="dialog__foot">
                <span class="muted" role="status" id="export-said"></span>
                <button class="btn js-only push" type="button" data-act="copy" data-target="export-text" data-says="export-said">
                    {icon("copy")}
                    "Copy markdown"
                </button>
                {data}
                {sarif}
                <a class="btn btn--primary" href=paths::review_file(&slug, number, "md") download=download rel="external">
                    {icon("download")}
                    "Download"
                </a>
            </div>
        </AddressDialog>
    }
}
