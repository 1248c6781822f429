//! What can be done about findings of rules, for people: fixes worked out on demand as suggestions, and questions answered in the text.

use crate::{
    api::questions::QuestionsPage,
    domain::{
        account::Role,
        id::{DocumentId, FindingId, SuggestionId},
        review::{
            Profile, ReviewStatus,
            engine::{self, Settings},
            finding::Source,
            fix::{self, Case},
            questions::{
                self,
                answer::{Answered, answer},
            },
            suggestion::{Suggested, SuggestionState},
        },
        syntax::{self, Language, apply},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
            reviews::frozen::{Read, freeze, frozen_sources},
        },
        store::talks::TextsOf,
    },
};

/// Cards on the page of questions.
const CARDS: usize = 30;

/// Works out what can be done about a finding and keeps each way as a suggestion of its review; says how many.
///
/// # Errors
/// `Conflict` when the review has not finished, when there are suggestions already, or when nothing that can be worked out helps.
pub async fn suggest_fixes(app: &AppState, actor: &Actor, slug: &str, number: u32, id: FindingId) -> Result<usize, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
    if review.status != ReviewStatus::Finished {
        return Err(ServiceError::conflict(format!("Review {number} has not finished. Ask again when it has.")));
    }
    let findings = app.store.review_findings(review.id).await?;
    let known = findings.into_iter().find(|known| known.id == id).ok_or_else(|| ServiceError::not_found("The finding"))?;
    let finding = known.finding;
    if finding.source != Source::Rule {
        return Err(ServiceError::conflict("Fixes are worked out for what rules find. Ask the agent that found this."));
    }
    let origin = TextsOf::Review(review.id);
    let made = app.store.suggestions(origin).await?;
    let is_open = |one: &Suggested| one.agent == finding.code && one.finding.as_ref() == Some(&finding.fingerprint);
    if made.iter().any(|one| is_open(one) && one.state == SuggestionState::Open) {
        return Err(ServiceError::conflict("There are suggestions for this finding already. Decide on them first."));
    }
    let frozen = app.store.frozen_texts(review.id).await?;
    let sources = frozen_sources(app, &project, &frozen).await?;
    let settings = Settings { profile: review.profile, today: review.started_at.day() };
    let (found, revision) = (finding.clone(), format!("review {number}"));
    let fixes = app
        .jobs
        .heavy(move || {
            let read = Read::of(frozen, &sources);
            let case = Case { design: &read.design(), settings: &settings, sources: &sources, revision: &revision };
            fix::fixes(&found, &case)
        })
        .await?;
    if fixes.is_empty() {
        let problem = "Nothing that can be worked out mends this finding: people have to. What to do is said below.";
        return Err(ServiceError::conflict(problem));
    }
    let count = fixes.len();
    for fix in fixes {
        let suggested = fix.into_suggested(SuggestionId::from_uuid(app.ids.uuid()), &finding, app.clock.now());
        app.store.add_suggestion(project.id, origin, &suggested).await?;
    }
    Ok(count)
}

/// What the texts of a project leave open, as they are now.
pub async fn questions(app: &AppState, actor: &Actor, slug: &str) -> Result<QuestionsPage, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let texts = documents::texts(app, project.id).await?;
    let now = app.clock.now();
    if texts.is_empty() {
        return Ok(QuestionsPage { now, project, cards: Vec::new(), more: 0, open: 0 });
    }
    let sources = documents::sources(app, project.id, &texts).await?;
    let frozen = freeze(texts, None)?;
    let mut cards = app
        .jobs
        .heavy(move || {
            let read = Read::of(frozen, &sources);
            let design = read.design();
            let outcome = engine::review(&design, &Settings { profile: Profile::Default, today: now.day() });
            questions::cards(&outcome, &design)
        })
        .await?;
    let open = cards.iter().map(|card| card.questions.len()).sum();
    let more = cards.len().saturating_sub(CARDS);
    cards.truncate(CARDS);
    Ok(QuestionsPage { now, project, cards, more, open })
}

/// Writes an answer into a document's text, merged with what others are typing.
///
/// # Errors
/// `Invalid` when the answer is not written as the fact is, `Conflict` when the text has no such element any more.
pub async fn answer_question(app: &AppState, actor: &Actor, id: DocumentId, answered: Answered) -> Result<(), ServiceError> {
    access::document(app, actor, id, Role::Editor).await?;
    let (document, sources) = documents::with_sources(app, actor, id).await?;
    let (path, text, revision) = (document.document.path, document.text, document.document.revision);
    let written = app
        .jobs
        .heavy(move || {
            let language = syntax::language_of(&path, &text).unwrap_or(Language::Structurizr);
            answer(language, &path, &text, &sources, &answered).map(|edits| apply(&text, &edits))
        })
        .await?;
    let text = written.map_err(|refusal| ServiceError::invalid("answer", refusal.to_string()))?;
    documents::put_text(app, actor, id, &text, revision).await.map(|_| ())
}
