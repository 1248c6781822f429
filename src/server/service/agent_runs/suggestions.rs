//! Suggestions of agents: kept as they come, applied by people, and taken back.

use crate::{
    api::reviews::Over,
    domain::{
        account::Role,
        agent::proposal::{
            self, Base, DryRun, Proposal, Refused, Suggestion,
            wording::{self, Wording},
        },
        id::{DocumentId, ProjectId, RunId, SuggestionId},
        moment::Day,
        project::Project,
        review::{
            ReviewedDocument,
            finding::Fingerprint,
            suggestion::{Applied, ChangePicture, Suggested, SuggestionState},
        },
        scene::{ghosts::Edited, pins},
        syntax::Sources,
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::{self, Access, Actor},
            decisions::create,
            documents,
            reviews::happening,
        },
        store::talks::TextsOf,
    },
};

const LONGEST_REASON: usize = 2000;

/// What a running agent suggests.
pub(super) struct Made<'a> {
    pub run: RunId,
    pub agent: &'a str,
    pub proposal: Proposal,
    pub dry_run: DryRun,
    pub finding: Option<Fingerprint>,
}

/// Keeps a suggestion of a running agent. `documents` are what it reads.
pub(super) async fn keep(
    app: &AppState,
    project: ProjectId,
    origin: TextsOf,
    documents: &[ReviewedDocument],
    made: Made<'_>,
) -> Result<(), ServiceError> {
    let Made { run, agent, proposal, dry_run, finding } = made;
    let (title, path) = match (&proposal.suggestion, proposal.suggestion.document()) {
        (Suggestion::NewDecision { title, .. }, _) => (format!("New decision: {title}"), String::new()),
        (Suggestion::NewDiagram { title, .. }, _) => (format!("New diagram: {title}"), String::new()),
        (_, document) => {
            let Some(text) = documents.iter().find(|text| Some(text.document) == document) else { return Ok(()) };
            (format!("Edit {}", text.title), text.path.clone())
        }
    };
    let suggested = Suggested {
        id: SuggestionId::from_uuid(app.ids.uuid()),
        agent: agent.to_owned(),
        run: Some(run),
        finding,
        state: SuggestionState::Open,
        title,
        path,
        proposal,
        original: None,
        changed_by: None,
        lines: dry_run.lines,
        change: dry_run.change,
        outlook: None,
        applied: None,
        created_at: app.clock.now(),
        decided_by: None,
        decided_at: None,
        reason: String::new(),
    };
    Ok(app.store.add_suggestion(project, origin, &suggested).await?)
}

/// Applies a suggestion to the text as it is now, merged with what others are typing.
///
/// # Errors
/// `Conflict` when it was decided on already, or when what it touches has changed meanwhile, with each reason.
pub async fn accept(app: &AppState, actor: &Actor, id: SuggestionId) -> Result<Suggested, ServiceError> {
    let (access, origin, before) = one(app, actor, id, SuggestionState::Open).await?;
    let suggestion = &before.proposal.suggestion;
    let applied = match suggestion {
        Suggestion::NewDecision { title, .. } => new_decision(app, actor, &access.project, title, suggestion).await?,
        Suggestion::NewDiagram { title, text } => new_diagram(app, actor, &access.project, title, text).await?,
        Suggestion::Whole { document, text } => whole(app, actor, origin, *document, text).await?,
        Suggestion::Diagram { document, .. } | Suggestion::Decision { document, .. } | Suggestion::Record { document, .. } => {
            edit(app, actor, origin, *document, suggestion).await?
        }
    };
    let after = Suggested { state: SuggestionState::Accepted, applied: Some(applied), ..decided(app, actor, &before, "") };
    let how = if before.changed_by.as_ref() == Some(&actor.person.name) { "changed and accepted" } else { "accepted" };
    let what = format!("{how} a suggestion of {}:", before.agent);
    finish(app, actor, &access, origin, &what, &before, &after).await?;
    Ok(after)
}

/// A suggestion with the words that can be changed, as they are now.
pub async fn wording(app: &AppState, actor: &Actor, id: SuggestionId) -> Result<(Suggested, Vec<Wording>), ServiceError> {
    access::suggestion(app, actor, id, Role::Viewer).await?;
    let Some((origin, suggested)) = app.store.suggestion(id).await? else { return Err(ServiceError::not_found("The suggestion")) };
    let suggestion = suggested.proposal.suggestion.clone();
    let words = on_base(app, actor, origin, &suggested, move |base| wording::wording(&suggestion, base)).await?;
    Ok((suggested, words.map_err(|refused| in_the_way(&[refused]))?))
}

/// Puts a suggestion in a person's words; whoever decides on it sees what it comes to then.
///
/// # Errors
/// `Invalid` when it can't be applied in these words, with the reason; `Conflict` when it was decided on already.
pub async fn change(app: &AppState, actor: &Actor, id: SuggestionId, texts: &[String]) -> Result<Suggested, ServiceError> {
    if texts.iter().map(String::len).sum::<usize>() > documents::MAX_TEXT {
        return Err(ServiceError::too_large(format!("A document may have at most {} KiB.", documents::MAX_TEXT / 1024)));
    }
    let (access, origin, before) = one(app, actor, id, SuggestionState::Open).await?;
    let refused = |refused: Refused| ServiceError::invalid("texts", format!("It can't be applied like this: {refused}"));
    let suggestion = wording::reworded(&before.proposal.suggestion, texts).map_err(refused)?;
    let tried = {
        let suggestion = suggestion.clone();
        on_base(app, actor, origin, &before, move |base| proposal::dry_run(&suggestion, base)).await?
    };
    let DryRun { lines, change, .. } = tried.map_err(refused)?;
    let title = match &suggestion {
        Suggestion::NewDecision { title, .. } => format!("New decision: {title}"),
        Suggestion::NewDiagram { title, .. } => format!("New diagram: {title}"),
        _ => before.title.clone(),
    };
    let after = Suggested {
        title,
        original: before.original.clone().or_else(|| Some(Box::new(before.proposal.clone()))),
        changed_by: Some(actor.person.name.clone()),
        proposal: Proposal { suggestion, ..before.proposal.clone() },
        lines,
        change,
        ..before.clone()
    };
    let what = format!("changed a suggestion of {}:", before.agent);
    finish(app, actor, &access, origin, &what, &before, &after).await?;
    Ok(after)
}

/// Does something with the text that a suggestion was made on.
async fn on_base<T: Send + 'static>(
    app: &AppState,
    actor: &Actor,
    origin: TextsOf,
    suggested: &Suggested,
    work: impl FnOnce(&Base<'_>) -> T + Send + 'static,
) -> Result<T, ServiceError> {
    let today = app.clock.now().day();
    let (path, text, sources) = match suggested.proposal.suggestion.document() {
        None => ("new".to_owned(), String::new(), Sources::new()),
        Some(document) => {
            let frozen = app.store.texts_of(origin).await?;
            let text = frozen.into_iter().find(|text| text.reviewed.document == document).map(|text| text.text).unwrap_or_default();
            let (_, sources) = documents::with_sources(app, actor, document).await?;
            (suggested.path.clone(), text, sources)
        }
    };
    app.jobs.heavy(move || work(&Base { path: &path, text: &text, sources: &sources, addresses: &[], today })).await
}

/// Draws what suggestions would change in the diagrams of `texts`, by path the text each was made on. Those that make new
/// documents or change decisions have no picture.
pub fn pictures(suggestions: &[Suggested], texts: &[(String, String)], sources: &Sources, today: Day) -> Vec<ChangePicture> {
    let drawn = suggestions.iter().filter(|suggested| suggested.proposal.suggestion.draws());
    let picture = |suggested: &Suggested| {
        let document = suggested.proposal.suggestion.document()?;
        let (path, text) = texts.iter().find(|(path, _)| *path == suggested.path)?;
        let base = Base { path, text, sources, addresses: &[], today };
        let made = proposal::dry_run(&suggested.proposal.suggestion, &base).ok()?;
        let (old, new) = (documents::model_in(path, text, sources), documents::model_in(path, &made.text, sources));
        let edited = Edited::new(&old, &new)?;
        let (picture, view) = edited.picture(&format!("change-{}-", suggested.id))?;
        Some(ChangePicture { suggestion: suggested.id, document, view: view.key.clone(), picture, words: edited.words() })
    };
    drawn.filter_map(picture).collect()
}

/// A suggestion as it would change a diagram as that is now, drawn over its picture.
///
/// # Errors
/// `NotFound` when the suggestion is not about this diagram.
pub async fn over(
    app: &AppState,
    actor: &Actor,
    document: DocumentId,
    id: SuggestionId,
    view: Option<String>,
) -> Result<Over, ServiceError> {
    let access = access::suggestion(app, actor, id, Role::Viewer).await?;
    let found = app.store.suggestion(id).await?;
    let about = |suggested: &Suggested| suggested.proposal.suggestion.draws() && suggested.proposal.suggestion.document() == Some(document);
    let Some((origin, suggested)) = found.filter(|(_, suggested)| about(suggested)) else {
        return Err(ServiceError::not_found("The suggestion for this diagram"));
    };
    let back = origin_page(app, &access, origin).await?;
    let frozen = app.store.texts_of(origin).await?;
    let old = frozen.into_iter().find(|text| text.reviewed.document == document).map(|text| text.text).unwrap_or_default();
    let (now, sources) = documents::with_sources(app, actor, document).await?;
    let all_pins = app.store.pins(document).await?;
    let (suggestion, today) = (suggested.proposal.suggestion.clone(), app.clock.now().day());
    let open = suggested.state == SuggestionState::Open;
    let drawn = app
        .jobs
        .heavy(move || {
            let (path, text) = (&now.document.path, &now.text);
            if !open {
                return (None, String::new(), "It was decided on already.".to_owned());
            }
            // A whole text can only be merged when it is accepted.
            if matches!(suggestion, Suggestion::Whole { .. }) && old != *text {
                return (None, String::new(), "The diagram has changed since; its lines show what was suggested.".to_owned());
            }
            let base = Base { path, text, sources: &sources, addresses: &[], today };
            let made = match proposal::rebase(&suggestion, &old, &base) {
                Ok(made) => made,
                Err(reasons) => {
                    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                    return (None, String::new(), format!("It does not fit the text as it is now. {}", reasons.join(" ")));
                }
            };
            let (before, after) = (documents::model_in(path, text, &sources), documents::model_in(path, &made.text, &sources));
            let Some(edited) = Edited::new(&before, &after) else {
                return (None, String::new(), "It changes nothing that can be drawn.".to_owned());
            };
            let view = edited.view(view.as_deref());
            let ghosts = view.and_then(|view| edited.ghosts(view, &pins::of_view(&all_pins, &view.key)));
            let problem = if ghosts.is_none() { "No view of this diagram shows the change." } else { "" };
            (ghosts, edited.words(), problem.to_owned())
        })
        .await?;
    let (ghosts, words, problem) = drawn;
    Ok(Over { suggested, ghosts, words, problem, back })
}

/// Declines a suggestion.
pub async fn reject(app: &AppState, actor: &Actor, id: SuggestionId, reason: &str) -> Result<Suggested, ServiceError> {
    let reason = reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(ServiceError::invalid("reason", "Use at most 2000 characters."));
    }
    let (access, origin, before) = one(app, actor, id, SuggestionState::Open).await?;
    let after = Suggested { state: SuggestionState::Rejected, ..decided(app, actor, &before, reason) };
    let what = format!("rejected a suggestion of {}:", before.agent);
    finish(app, actor, &access, origin, &what, &before, &after).await?;
    Ok(after)
}

/// Opens a suggestion again that was decided on; what it changed is taken out, what others wrote since stays.
pub async fn take_back(app: &AppState, actor: &Actor, id: SuggestionId) -> Result<Suggested, ServiceError> {
    let (access, origin, before) = match one(app, actor, id, SuggestionState::Accepted).await {
        Err(ServiceError::Conflict { .. }) => one(app, actor, id, SuggestionState::Rejected).await?,
        other => other?,
    };
    match &before.applied {
        None => {}
        Some(Applied { document, before: None, .. }) => {
            documents::delete(app, actor, *document).await?;
        }
        Some(Applied { document, before: Some(text), revision }) => {
            access::document(app, actor, *document, Role::Editor).await?;
            app.rooms.replace(*document, actor.person.id, UpdateKind::Api, text, Some(*revision)).await?;
        }
    }
    let after = Suggested {
        state: SuggestionState::Open,
        applied: None,
        decided_by: None,
        decided_at: None,
        reason: String::new(),
        ..before.clone()
    };
    let what = format!("took back the decision on a suggestion of {}:", before.agent);
    finish(app, actor, &access, origin, &what, &before, &after).await?;
    Ok(after)
}

async fn one(
    app: &AppState,
    actor: &Actor,
    id: SuggestionId,
    state: SuggestionState,
) -> Result<(Access, TextsOf, Suggested), ServiceError> {
    let access = access::suggestion(app, actor, id, Role::Editor).await?;
    let Some((origin, suggested)) = app.store.suggestion(id).await? else { return Err(ServiceError::not_found("The suggestion")) };
    if suggested.state != state {
        let problem = format!("The suggestion is {} already. Reload the page to see by whom.", suggested.state.name().to_lowercase());
        return Err(ServiceError::conflict(problem));
    }
    Ok((access, origin, suggested))
}

fn decided(app: &AppState, actor: &Actor, before: &Suggested, reason: &str) -> Suggested {
    Suggested {
        decided_by: Some(actor.person.name.clone()),
        decided_at: Some(app.clock.now()),
        reason: reason.to_owned(),
        ..before.clone()
    }
}

async fn finish(
    app: &AppState,
    actor: &Actor,
    access: &Access,
    origin: TextsOf,
    what: &str,
    before: &Suggested,
    after: &Suggested,
) -> Result<(), ServiceError> {
    let page = match &after.applied {
        Some(applied) if !after.proposal.suggestion.draws() => {
            format!("/p/{}/decisions/{}", access.project.slug, applied.document)
        }
        Some(applied) => format!("/p/{}/diagrams/{}", access.project.slug, applied.document),
        None => origin_page(app, access, origin).await?,
    };
    let happening = happening(app, actor, &access.project, what, (&after.title, &page));
    if app.store.decide_suggestion(before, after, actor.person.id, &happening).await? {
        Ok(())
    } else {
        Err(ServiceError::conflict("Somebody else has just decided on this suggestion. Reload the page."))
    }
}

/// The page of the review or talk that a suggestion comes from.
async fn origin_page(app: &AppState, access: &Access, origin: TextsOf) -> Result<String, ServiceError> {
    let slug = &access.project.slug;
    Ok(match origin {
        TextsOf::Talk(talk) => format!("/p/{slug}/talks/{talk}"),
        TextsOf::Review(review) => {
            let reviews = app.store.reviews(access.project.id).await?;
            let number = reviews.into_iter().find(|known| known.id == review).map_or(0, |known| known.number);
            format!("/p/{slug}/reviews/{number}")
        }
    })
}

/// Applies an edit of a document that is there.
async fn edit(
    app: &AppState,
    actor: &Actor,
    origin: TextsOf,
    document: DocumentId,
    suggestion: &Suggestion,
) -> Result<Applied, ServiceError> {
    let frozen = app.store.texts_of(origin).await?;
    let old = frozen.into_iter().find(|text| text.reviewed.document == document).map(|text| text.text).unwrap_or_default();
    let (now, sources) = documents::with_sources(app, actor, document).await?;
    let (path, text, revision) = (now.document.path, now.text, now.document.revision);
    let (suggestion, today) = (suggestion.clone(), app.clock.now().day());
    let (text, tried) = app
        .jobs
        .heavy(move || {
            let base = Base { path: &path, text: &text, sources: &sources, addresses: &[], today };
            let tried = proposal::rebase(&suggestion, &old, &base);
            (text, tried)
        })
        .await?;
    let edited = tried.map_err(|reasons| in_the_way(&reasons))?;
    let after = app.rooms.replace(document, actor.person.id, UpdateKind::Suggestion, &edited.text, Some(revision)).await?;
    Ok(Applied { document, before: Some(text), revision: after })
}

/// Puts a person's whole text in, merged with what was written since the suggestion was made.
async fn whole(app: &AppState, actor: &Actor, origin: TextsOf, document: DocumentId, text: &str) -> Result<Applied, ServiceError> {
    access::document(app, actor, document, Role::Editor).await?;
    let frozen = app.store.texts_of(origin).await?;
    let base = frozen.into_iter().find(|text| text.reviewed.document == document).map(|text| text.reviewed.revision);
    let (before, _) = app.rooms.text(document).await?;
    let revision = app.rooms.replace(document, actor.person.id, UpdateKind::Suggestion, text, base).await?;
    Ok(Applied { document, before: Some(before), revision })
}

async fn new_diagram(app: &AppState, actor: &Actor, project: &Project, title: &str, text: &str) -> Result<Applied, ServiceError> {
    let made = documents::named_diagram(app, actor, project, title, text).await?;
    Ok(Applied { document: made.id, before: None, revision: made.revision })
}

async fn new_decision(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    title: &str,
    suggestion: &Suggestion,
) -> Result<Applied, ServiceError> {
    let (suggestion, today) = (suggestion.clone(), app.clock.now().day());
    let write = |path: &str| {
        let base = Base { path, text: "", sources: &Sources::new(), addresses: &[], today };
        proposal::dry_run(&suggestion, &base).map(|made| made.text).map_err(|refused| in_the_way(&[refused]))
    };
    let made = create::numbered_decision(app, actor, project, title, |_, path| write(path)).await?;
    Ok(Applied { document: made.id, before: None, revision: made.revision })
}

fn in_the_way(reasons: &[Refused]) -> ServiceError {
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    ServiceError::conflict(format!("The suggestion does not fit the text as it is now. {}", reasons.join(" ")))
}
