//! Reviews: freeze the texts, run the rules beside the async threads, compare, judge, keep.
//!
//! A review runs as a task of the server, not of the request: closing the page does not stop it. Its result is kept in one
//! step, so a review is either running or whole.

use std::{collections::BTreeMap, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    api::reviews::{FrozenText, ReviewList, ReviewPage},
    domain::{
        account::Role,
        decision,
        id::{CommentId, DocumentId, FindingId, ReviewId},
        project::{DocumentKind, DocumentText, Project},
        review::{
            Completeness, Counts, FindingState, Profile, Review, ReviewFinding, ReviewStatus, ReviewedDocument,
            diff::{self, Compared, Known},
            engine::{self, DecisionRecord, Design, Diagram, Settings},
            finding::Severity,
            policy,
            report::{self, Report},
        },
        syntax::{self, Parsed, Sources},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Access, Actor},
            documents,
        },
        store::{
            activity::Happening,
            findings::{Concluded, Decision, KnownFinding},
            reviews::Frozen,
        },
    },
};

/// How long a page waits for a review it started before it shows it running.
const SHORT: Duration = Duration::from_millis(1500);
const LONGEST_REASON: usize = 2000;
const LONGEST_COMMENT: usize = 10_000;

/// A project's reviews, newest first.
pub async fn list(app: &AppState, actor: &Actor, slug: &str) -> Result<ReviewList, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let reviews = app.store.reviews(project.id).await?;
    Ok(ReviewList { now: app.clock.now(), project, reviews })
}

/// Everything a review's page shows.
pub async fn page(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<ReviewPage, ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    let frozen = app.store.frozen_texts(review.id).await?;
    let all = app.store.reviews(project.id).await?;
    let finished = all.iter().rev().filter(|other| other.status == ReviewStatus::Finished && other.number <= number);
    let sources = frozen_sources(app, &project, &frozen).await?;
    let texts = frozen.into_iter().map(|frozen| FrozenText { reviewed: frozen.reviewed, kind: frozen.kind, text: frozen.text }).collect();
    Ok(ReviewPage {
        now: app.clock.now(),
        scores: finished.map(|review| (review.number, review.score)).collect(),
        base: base_of(&review, &all),
        findings: app.store.review_findings(review.id).await?,
        texts,
        sources,
        project,
        review,
    })
}

/// One review with the one it is compared with and its findings.
pub async fn get(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    number: u32,
) -> Result<(Review, Option<Review>, Vec<ReviewFinding>), ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    let base = base_of(&review, &app.store.reviews(project.id).await?);
    let findings = app.store.review_findings(review.id).await?;
    Ok((review, base, findings))
}

/// The state of one review.
pub async fn state(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<Review, ServiceError> {
    Ok(one(app, actor, slug, number).await?.1)
}

/// All findings of a project, oldest first.
pub async fn findings(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<ReviewFinding>, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    Ok(app.store.findings(project.id).await?)
}

/// Starts a review of some documents, or of all, and waits a moment for its end so that the next page has something to
/// show. Answers the review as it is then.
pub async fn start(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    documents: Option<&[DocumentId]>,
    profile: Profile,
) -> Result<Review, ServiceError> {
    let (project, review, task) = launch(app, actor, slug, documents, profile).await?;
    if tokio::time::timeout(SHORT, task).await.is_err() {
        return Ok(review);
    }
    Ok(app.store.review(project.id, review.number).await?.unwrap_or(review))
}

/// Starts a review and answers at once.
///
/// # Errors
/// `Invalid` when a document is not the project's, or there is nothing to review.
pub async fn begin(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    documents: Option<&[DocumentId]>,
    profile: Profile,
) -> Result<Review, ServiceError> {
    Ok(launch(app, actor, slug, documents, profile).await?.1)
}

/// Runs a review of the whole project to its end.
pub(in crate::server::service) async fn run_now(app: &AppState, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
    let (_, _, task) = launch(app, actor, slug, None, Profile::Default).await?;
    task.await.map_err(|error| ServiceError::internal(format!("the review ended early: {error}")))
}

/// Stops a running review; one that has ended stays as it is.
pub async fn cancel(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<Review, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    let reason = format!("{} stopped it.", actor.person.name);
    if app.store.end_review(review.id, ReviewStatus::Cancelled, &reason, app.clock.now()).await? {
        app.jobs.end(review.id, number, ReviewStatus::Cancelled);
    }
    Ok(app.store.review(project.id, number).await?.unwrap_or(review))
}

/// Decides on a finding.
///
/// # Errors
/// `Invalid` for a state that is concluded and not chosen, or one that needs a reason and has none.
pub async fn set_state(app: &AppState, actor: &Actor, id: FindingId, state: FindingState, reason: &str) -> Result<(), ServiceError> {
    let access = access::finding(app, actor, id, Role::Editor).await?;
    let reason = reason.trim();
    if !state.by_hand() {
        let problem = "Reviews conclude this state. Choose open, accepted, wont-fix or false-positive.";
        return Err(ServiceError::invalid("state", problem));
    }
    if state.needs_reason() && reason.is_empty() {
        return Err(ServiceError::invalid("reason", "Say why, so that the next reader need not ask."));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(ServiceError::invalid("reason", "Use at most 2000 characters."));
    }
    let Some((title, before)) = app.store.finding_title(id).await? else { return Err(ServiceError::not_found("The finding")) };
    let newest = rejudged(app, &access, id, state).await?;
    let what = format!("moved from {} to {}", before.name().to_lowercase(), state.name().to_lowercase());
    let page = newest.as_ref().map(|review| format!("/p/{}/reviews/{}", access.project.slug, review.number));
    let page = page.unwrap_or_else(|| format!("/p/{}/reviews", access.project.slug));
    let happening = happening(app, actor, &access.project, &what, (&title, &page));
    app.store.decide(&Decision { finding: id, state, reason }, newest.as_ref(), &happening).await?;
    Ok(())
}

/// The newest finished review as it is judged once a finding has another state; none when it does not show the finding.
async fn rejudged(app: &AppState, access: &Access, id: FindingId, state: FindingState) -> Result<Option<Review>, ServiceError> {
    let Some(review) = app.store.newest_review(access.project.id).await? else { return Ok(None) };
    let findings = app.store.review_findings(review.id).await?;
    if findings.iter().all(|known| known.id != id) {
        return Ok(None);
    }
    let states = findings.iter().map(|known| (known.finding.severity, if known.id == id { state } else { known.state }));
    Ok(Some(judged(review, &states.collect::<Vec<_>>())))
}

fn judged(review: Review, states: &[(Severity, FindingState)]) -> Review {
    let judgement = policy::judge(states, &review.completeness);
    Review {
        verdict: Some(judgement.verdict),
        verdict_reason: judgement.reason,
        counts: judgement.counts,
        score: judgement.score,
        ..review
    }
}

/// Adds a remark to a finding.
pub async fn comment(app: &AppState, actor: &Actor, id: FindingId, body: &str) -> Result<(), ServiceError> {
    let access = access::finding(app, actor, id, Role::Commenter).await?;
    let body = body.trim();
    if body.is_empty() {
        return Err(ServiceError::invalid("body", "Write something first."));
    }
    if body.chars().count() > LONGEST_COMMENT || body.contains('\0') {
        return Err(ServiceError::invalid("body", "Use at most 10,000 characters."));
    }
    let Some((title, _)) = app.store.finding_title(id).await? else { return Err(ServiceError::not_found("The finding")) };
    let newest = app.store.newest_review(access.project.id).await?;
    let page = newest.map(|review| format!("/p/{}/reviews/{}", access.project.slug, review.number));
    let page = page.unwrap_or_else(|| format!("/p/{}/reviews", access.project.slug));
    let happening = happening(app, actor, &access.project, "commented on", (&title, &page));
    app.store.add_comment(CommentId::from_uuid(app.ids.uuid()), id, body, &happening).await?;
    Ok(())
}

/// A review as markdown. The same review gives the same bytes, wherever it is asked for.
pub async fn markdown(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<String, ServiceError> {
    let (project, review) = one(app, actor, slug, number).await?;
    if review.status == ReviewStatus::Running {
        return Err(ServiceError::conflict(format!("Review {number} is still running. Ask again when it has finished.")));
    }
    let base = base_of(&review, &app.store.reviews(project.id).await?);
    let findings = app.store.review_findings(review.id).await?;
    let frozen = app.store.frozen_texts(review.id).await?;
    let sources = frozen_sources(app, &project, &frozen).await?;
    app.jobs
        .heavy(move || {
            let read = Read::of(&frozen, &sources);
            report::markdown(&Report {
                project: &project.name,
                review: &review,
                base: base.as_ref(),
                findings: &findings,
                diagrams: read.diagrams.iter().map(|(frozen, parsed)| (frozen.reviewed.path.as_str(), parsed)).collect(),
                decisions: read.decisions.iter().map(|(frozen, record)| (frozen.reviewed.path.as_str(), record)).collect(),
            })
        })
        .await
}

async fn one(app: &AppState, actor: &Actor, slug: &str, number: u32) -> Result<(Project, Review), ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    Ok((project, review))
}

fn base_of(review: &Review, all: &[Review]) -> Option<Review> {
    review.base.and_then(|number| all.iter().find(|other| other.number == number)).cloned()
}

async fn launch(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    chosen: Option<&[DocumentId]>,
    profile: Profile,
) -> Result<(Project, Review, tokio::task::JoinHandle<()>), ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let texts = documents::texts(app, project.id).await?;
    let sources = documents::sources(app, project.id, &texts).await?;
    let frozen = freeze(texts, chosen)?;
    let review = Review {
        id: ReviewId::from_uuid(app.ids.uuid()),
        number: 0,
        status: ReviewStatus::Running,
        profile,
        verdict: None,
        verdict_reason: String::new(),
        counts: Counts::default(),
        score: 0,
        base: app.store.newest_review(project.id).await?.map(|base| base.number),
        documents: Vec::new(),
        completeness: Completeness::default(),
        ruleset: String::new(),
        started_by: actor.person.name.clone(),
        started_at: app.clock.now(),
        finished_at: None,
    };
    let review = app.store.begin_review(project.id, actor.person.id, &review, &frozen).await?;
    app.jobs.begin(review.id, review.number);
    let task = {
        let (app, actor, project, review) = (app.clone(), actor.clone(), project.clone(), review.clone());
        let span = tracing::info_span!("review", project = %project.slug, number = review.number);
        tokio::spawn(tracing::Instrument::instrument(async move { run(&app, &actor, &project, review, frozen, sources).await }, span))
    };
    Ok((project, review, task))
}

fn freeze(texts: Vec<DocumentText>, chosen: Option<&[DocumentId]>) -> Result<Vec<Frozen>, ServiceError> {
    if let Some(missing) = chosen.and_then(|ids| ids.iter().find(|id| texts.iter().all(|text| text.document.id != **id))) {
        return Err(ServiceError::invalid("documents", format!("The project has no document {missing}.")));
    }
    let frozen: Vec<Frozen> = texts
        .into_iter()
        .filter(|text| chosen.is_none_or(|ids| ids.contains(&text.document.id)))
        .map(|DocumentText { document, text }| Frozen {
            reviewed: ReviewedDocument {
                document: document.id,
                path: document.path,
                title: document.title,
                revision: document.revision,
                sha256: digest(&text),
            },
            kind: document.kind,
            text,
        })
        .collect();
    if frozen.is_empty() {
        return Err(ServiceError::invalid("documents", "There is nothing to review yet. Add a diagram or a decision first."));
    }
    Ok(frozen)
}

/// The SHA-256 of a text, hexadecimal.
pub fn digest(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Runs a review to its end, whatever that is; the store and those who follow it know it then.
async fn run(app: &AppState, actor: &Actor, project: &Project, review: Review, frozen: Vec<Frozen>, sources: Sources) {
    let (id, number) = (review.id, review.number);
    let status = match conclude(app, actor, project, review, frozen, sources).await {
        Ok(true) => ReviewStatus::Finished,
        // Somebody stopped it, and whoever did has told so.
        Ok(false) => return,
        Err(error) => {
            tracing::error!(%error, "review failed");
            let reason = "The review could not be finished; the server's log has the cause. Start another one.";
            if let Err(error) = app.store.end_review(id, ReviewStatus::Failed, reason, app.clock.now()).await {
                tracing::error!(%error, "a failed review could not be ended");
            }
            ReviewStatus::Failed
        }
    };
    app.jobs.end(id, number, status);
}

async fn conclude(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    review: Review,
    frozen: Vec<Frozen>,
    sources: Sources,
) -> Result<bool, ServiceError> {
    app.jobs.step(review.id, format!("Reading {} documents and running the rules", frozen.len()));
    let known = app.store.known_findings(project.id).await?;
    let before: BTreeMap<FindingId, FindingState> = known.iter().map(|known| (known.id, known.state)).collect();
    let settings = Settings { profile: review.profile, today: review.started_at.day() };
    let (compared, completeness, ruleset) = app.jobs.heavy(move || examine(&frozen, &sources, known, settings)).await?;
    app.jobs.step(review.id, "Keeping the findings");
    let mut concluded = Vec::new();
    for Compared { existing, finding, state, change, first_seen } in compared {
        concluded.push(Concluded {
            id: existing.unwrap_or_else(|| FindingId::from_uuid(app.ids.uuid())),
            before: existing.and_then(|id| before.get(&id).copied()),
            first_seen: first_seen.unwrap_or(review.number),
            finding,
            state,
            change,
        });
    }
    let states: Vec<(Severity, FindingState)> = concluded.iter().map(|known| (known.finding.severity, known.state)).collect();
    let review = Review { completeness, ruleset, status: ReviewStatus::Finished, finished_at: Some(app.clock.now()), ..review };
    let review = judged(review, &states);
    let what = format!("finished review {} of", review.number);
    let page = format!("/p/{}/reviews/{}", project.slug, review.number);
    let happening = happening(app, actor, project, &what, (&project.name, &page));
    Ok(app.store.conclude_review(project.id, &review, &concluded, Some(&happening)).await?)
}

fn examine(frozen: &[Frozen], sources: &Sources, known: Vec<KnownFinding>, settings: Settings) -> (Vec<Compared>, Completeness, String) {
    let read = Read::of(frozen, sources);
    let design = read.design();
    let outcome = engine::review(&design, &settings);
    let known: Vec<Known> = known
        .into_iter()
        .map(|known| Known { id: known.id, finding: known.finding, state: known.state, first_seen: known.first_seen })
        .collect();
    let compared = diff::compare(&known, &outcome, &design);
    (compared, outcome.completeness, outcome.ruleset)
}

/// Frozen texts with what they mean.
struct Read<'a> {
    diagrams: Vec<(&'a Frozen, Parsed)>,
    decisions: Vec<(&'a Frozen, decision::Record)>,
}

impl<'a> Read<'a> {
    fn of(frozen: &'a [Frozen], sources: &Sources) -> Self {
        let mut read = Self { diagrams: Vec::new(), decisions: Vec::new() };
        for text in frozen {
            let path = text.reviewed.path.as_str();
            match text.kind {
                DocumentKind::Decision => read.decisions.push((text, decision::parse(path, &text.text))),
                DocumentKind::Diagram => {
                    let language = syntax::language_of(path, &text.text).unwrap_or(syntax::Language::Structurizr);
                    read.diagrams.push((text, syntax::parse(language, path, &text.text, sources)));
                }
            }
        }
        read
    }

    fn design(&self) -> Design<'_> {
        let diagrams = self.diagrams.iter().map(|(frozen, parsed)| Diagram {
            document: frozen.reviewed.document,
            path: &frozen.reviewed.path,
            text: &frozen.text,
            parsed,
        });
        let decisions = self.decisions.iter().map(|(frozen, record)| DecisionRecord {
            document: frozen.reviewed.document,
            path: &frozen.reviewed.path,
            text: &frozen.text,
            record,
        });
        Design { diagrams: diagrams.collect(), decisions: decisions.collect() }
    }
}

/// What the texts of a review may include: the diagrams as they were frozen, and the kept files.
async fn frozen_sources(app: &AppState, project: &Project, frozen: &[Frozen]) -> Result<Sources, ServiceError> {
    let diagrams = frozen.iter().filter(|frozen| frozen.kind == DocumentKind::Diagram);
    let diagrams = diagrams.map(|frozen| (frozen.reviewed.path.as_str(), frozen.text.as_str())).collect::<Vec<_>>();
    documents::sources_of(app, project.id, &diagrams).await
}

fn happening<'a>(app: &AppState, actor: &Actor, project: &Project, what: &'a str, subject: (&'a str, &'a str)) -> Happening<'a> {
    Happening { project: project.id, user: actor.person.id, at: app.clock.now(), what, subject: Some(subject) }
}

/// Reviews that this server left running when it stopped did not finish; says how many.
pub async fn fail_left_running(app: &AppState) -> Result<u64, ServiceError> {
    let reason = "The server stopped while the review ran. Start another one.";
    Ok(app.store.fail_running_reviews(reason, app.clock.now()).await?)
}
