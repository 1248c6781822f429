//! Talks with agents: asking about a finding or about the design, reading what they answered, stopping them.
//!
//! A question is kept before anybody works on it, and stays whatever becomes of the answer. Answers belong to the server, not
//! to the page that asked; the questions of one talk are answered one after the other.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use crate::{
    api::talks::{DraftPage, Preview, TalkList, TalkPage},
    domain::{
        account::Role,
        agent::{persona::BRIEF, prompt::assignment::Exchange, proposal::Suggestion},
        brief::{self, Handover},
        id::{CommentId, DocumentId, FindingId, ProjectId, ReviewId, TalkId},
        model::view::ViewKind,
        moment::Day,
        project::Project,
        review::{
            Profile,
            agents::RunStatus,
            engine::{self, Design, Diagram, Settings},
            report::escape::{inline, quoted},
            suggestion::Suggested,
        },
        scene::{
            self,
            svg::{SvgOptions, svg},
        },
        syntax::{Language, Sources, parse},
        talk::{self, Asked, LONGEST_QUESTION, Talk},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agent_runs::{
                answer::{self, Question},
                cast::{self, Member},
            },
            agents::shelf,
            documents,
            jobs::{LAST_EVENT, Place},
            reviews::{
                self,
                frozen::{Read, freeze, frozen, frozen_sources},
                happening,
            },
        },
        store::talks::{NewQuestion, NewTalk, TextsOf},
    },
};

/// How long a page waits for agents to stop.
const SHORT: Duration = Duration::from_millis(1500);
/// Characters of a talk's title.
const TITLE: usize = 90;

/// The remark that asks.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub finding: FindingId,
    pub comment: CommentId,
    /// The number of the review that the author looks at.
    pub seen: Option<u32>,
    /// The finding's.
    pub title: &'a str,
}

/// Whether a project's people can ask agents: a provider is set up and may be used.
pub async fn may_ask(app: &AppState, project: ProjectId) -> Result<bool, ServiceError> {
    Ok(app.models.configured() && (!app.models.external() || app.store.external_models(project).await?))
}

/// Asks the agents that a remark names with `@`.
pub(in crate::server::service) async fn ask_mentioned(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    about: About<'_>,
    text: &str,
) -> Result<Vec<Asked>, ServiceError> {
    if !text.contains('@') {
        return Ok(Vec::new());
    }
    let shelf = shelf::current(app).await?;
    let handles: Vec<String> = shelf.library().members().into_keys().collect();
    let names = talk::mentioned(text, &handles);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let seen = match about.seen {
        Some(number) => app.store.review(project.id, number).await?,
        None => None,
    };
    let review = match seen {
        Some(review) if app.store.review_findings(review.id).await?.iter().any(|known| known.id == about.finding) => review,
        _ => app.store.newest_review_of(about.finding).await?.ok_or_else(|| ServiceError::not_found("The finding's review"))?,
    };
    let new = NewTalk {
        id: TalkId::from_uuid(app.ids.uuid()),
        project: project.id,
        about: talk::About::Finding,
        finding: Some((review.id, about.finding)),
        title: about.title,
        texts: &[],
        user: actor.person.id,
        at: app.clock.now(),
    };
    let id = app.store.begin_talk(&new).await?;
    let mut asked = Vec::new();
    for member in cast::assemble(app, project, Some(&names)).await? {
        let topic = Topic { talk: id, texts: TextsOf::Review(review.id), finding: Some((about.finding, about.comment)), drafting: false };
        asked.push(ask(app, actor, project, topic, member, text).await?);
    }
    Ok(asked)
}

/// Asks an agent about a finding: the question becomes a remark that names the agent.
///
/// # Errors
/// `Invalid` when there is no such agent or nothing is asked.
pub async fn ask_about_finding(
    app: &AppState,
    actor: &Actor,
    finding: FindingId,
    agent: &str,
    text: &str,
    seen: Option<u32>,
) -> Result<Asked, ServiceError> {
    let access = access::finding(app, actor, finding, Role::Commenter).await?;
    let text = checked(text)?;
    let member = one_member(app, &access.project, agent).await?;
    // A remark names an agent as the library does.
    let shelf = shelf::current(app).await?;
    let same = shelf.library().members().into_iter().find(|(_, known)| known.definition.hash == member.run.file);
    let handle = same.map_or_else(|| member.run.agent.clone(), |(handle, _)| handle);
    let asked = super::triage::comment(app, actor, finding, &talk::addressed(&handle, text), seen).await?;
    asked.into_iter().find(|asked| asked.run.file == member.run.file).ok_or_else(|| ServiceError::not_found("The agent"))
}

/// Asks an agent about the design as it is now; answers the talk that begins with it.
///
/// # Errors
/// `Invalid` when there is no such agent, nothing is asked, or the project has no documents.
pub async fn ask_about_design(app: &AppState, actor: &Actor, slug: &str, agent: &str, text: &str) -> Result<Asked, ServiceError> {
    let project = access::project(app, actor, slug, Role::Commenter).await?.project;
    let text = checked(text)?;
    let member = one_member(app, &project, agent).await?;
    let frozen = freeze(documents::texts(app, project.id).await?, None)?;
    let new = NewTalk {
        id: TalkId::from_uuid(app.ids.uuid()),
        project: project.id,
        about: talk::About::Design,
        finding: None,
        title: &title_of(text),
        texts: &frozen,
        user: actor.person.id,
        at: app.clock.now(),
    };
    let id = app.store.begin_talk(&new).await?;
    ask(app, actor, &project, Topic { talk: id, texts: TextsOf::Talk(id), finding: None, drafting: false }, member, text).await
}

/// Has an agent draft a design for a page of requirements: what somebody wrote, or else the text of a document.
///
/// # Errors
/// `Invalid` when there is no such agent, it may not propose documents, or there are no requirements.
pub async fn draft(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    agent: &str,
    text: &str,
    document: Option<DocumentId>,
) -> Result<Asked, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let kept;
    let text = match document {
        Some(document) if text.trim().is_empty() => {
            let (access, _) = access::document(app, actor, document, Role::Viewer).await?;
            if access.project.id != project.id {
                return Err(ServiceError::not_found("The document"));
            }
            (kept, _) = app.rooms.text(document).await?;
            kept.as_str()
        }
        _ => text,
    };
    let text = checked(text)?;
    let member = one_member(app, &project, agent).await?;
    if !member.allowed.contains(BRIEF) {
        let problem =
            format!("{} may not propose documents: its file does not name the tool Write. Choose another agent.", member.run.agent);
        return Err(ServiceError::invalid("agent", problem));
    }
    let new = NewTalk {
        id: TalkId::from_uuid(app.ids.uuid()),
        project: project.id,
        about: talk::About::Draft,
        finding: None,
        title: &title_of(text),
        texts: &frozen(documents::texts(app, project.id).await?),
        user: actor.person.id,
        at: app.clock.now(),
    };
    let id = app.store.begin_talk(&new).await?;
    ask(app, actor, &project, Topic { talk: id, texts: TextsOf::Talk(id), finding: None, drafting: true }, member, text).await
}

/// What the page shows that begins a draft.
pub async fn draft_page(app: &AppState, actor: &Actor, slug: &str) -> Result<DraftPage, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let mut agents = cast::choices(app, project.id).await?;
    let able = cast::able_to_draft(app).await?;
    agents.retain(|agent| able.contains(&agent.handle));
    let documents = app.store.documents(project.id).await?;
    Ok(DraftPage { provider: may_ask(app, project.id).await?, project, agents, documents })
}

/// Asks one more question in a talk about the design; its agent reads the same texts as before.
pub async fn ask_again(app: &AppState, actor: &Actor, slug: &str, id: TalkId, agent: &str, text: &str) -> Result<Asked, ServiceError> {
    let project = access::project(app, actor, slug, Role::Commenter).await?.project;
    let (talk, texts, _) = app.store.talk(project.id, id).await?.ok_or_else(|| ServiceError::not_found("The talk"))?;
    if talk.about != talk::About::Design {
        return Err(ServiceError::conflict("Only talks about the design go on. Ask in the finding's discussion, or begin another draft."));
    }
    let text = checked(text)?;
    let member = one_member(app, &project, agent).await?;
    ask(app, actor, &project, Topic { talk: id, texts, finding: None, drafting: false }, member, text).await
}

/// A project's talks about its design, newest first.
pub async fn list(app: &AppState, actor: &Actor, slug: &str) -> Result<TalkList, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let talks = app.store.talks(project.id).await?;
    let agents = cast::choices(app, project.id).await?;
    Ok(TalkList { now: app.clock.now(), provider: may_ask(app, project.id).await?, project, talks, agents })
}

/// One talk with everything that was said in it.
pub async fn page(app: &AppState, actor: &Actor, slug: &str, id: TalkId) -> Result<TalkPage, ServiceError> {
    let (project, talk) = one(app, actor, slug, id).await?;
    let suggestions = app.store.suggestions(TextsOf::Talk(id)).await?;
    let (drawn, today) = (suggestions.clone(), app.clock.now().day());
    let texts = app.store.texts_of(TextsOf::Talk(id)).await?;
    let sources = frozen_sources(app, &project, &texts).await?;
    Ok(TalkPage {
        now: app.clock.now(),
        asked: app.store.questions(id).await?,
        brief: app.store.brief(id).await?,
        previews: app.jobs.heavy(move || drawn.iter().filter_map(|suggested| preview(suggested, today)).collect()).await?,
        pictures: reviews::pictures(app, &suggestions, &texts, &sources).await?,
        suggestions,
        agents: cast::choices(app, project.id).await?,
        provider: may_ask(app, project.id).await?,
        project,
        talk,
    })
}

/// A suggested diagram as a picture, with what the rules say of it.
fn preview(suggested: &Suggested, today: Day) -> Option<Preview> {
    let Suggestion::NewDiagram { text, .. } = &suggested.proposal.suggestion else { return None };
    let parsed = parse(Language::Structurizr, "proposed.dsl", text, &Sources::new());
    let model = &parsed.model;
    let view = model.views.iter().filter(|view| view.kind != ViewKind::Image).max_by_key(|view| view.elements.len())?;
    let scene = scene::compose(model, view, None);
    let options = SvgOptions { title: scene.title.clone(), id_prefix: format!("proposed-{}", suggested.id), ..SvgOptions::default() };
    let diagram = Diagram { document: DocumentId::from_uuid(*suggested.id.as_uuid()), path: "proposed.dsl", text, parsed: &parsed };
    let design = Design { diagrams: vec![diagram], decisions: Vec::new() };
    let outcome = engine::review(&design, &Settings { profile: Profile::Default, today });
    let findings = outcome.findings.iter().map(|finding| (finding.code.clone(), finding.severity, finding.title.clone())).collect();
    Some(Preview { suggestion: suggested.id, picture: svg(&scene, &options), findings })
}

/// A talk as markdown; a draft as its design brief. The same talk gives the same bytes.
pub async fn markdown(app: &AppState, actor: &Actor, slug: &str, id: TalkId) -> Result<String, ServiceError> {
    let (project, talk) = one(app, actor, slug, id).await?;
    if talk.about == talk::About::Draft {
        let asked = app.store.questions(id).await?;
        let asked = asked.first().ok_or_else(|| ServiceError::not_found("The draft"))?;
        let suggestions = app.store.suggestions(TextsOf::Talk(id)).await?;
        return Ok(brief::markdown(&Handover {
            title: &talk.title,
            project: &project.name,
            agent: &asked.run.agent,
            asked_by: &asked.asked_by,
            at: asked.asked_at,
            requirements: &asked.question,
            brief: &app.store.brief(id).await?,
            summary: &asked.answer,
            suggestions: &suggestions,
        }));
    }
    let mut out = format!(
        "# {}\n\nA talk about {}, begun by {} on {}.\n",
        inline(&talk.title),
        inline(&project.name),
        inline(&talk.started_by),
        talk.started_at.rfc3339()
    );
    for asked in app.store.questions(id).await? {
        let _ = write!(out, "\n> **{}**, {}\n>\n{}\n", inline(&asked.asked_by), asked.asked_at.rfc3339(), quoted(&asked.question));
        let said = if asked.answer.is_empty() { format!("({}. {})", asked.run.status.name(), asked.run.reason) } else { asked.answer };
        let _ = write!(out, "\n> **{}** (agent, asked by {})\n>\n{}\n", inline(&asked.run.agent), inline(&asked.asked_by), quoted(&said));
    }
    Ok(out)
}

/// Stops the agents that are at work on a talk; its questions stay.
pub async fn stop(app: &AppState, actor: &Actor, slug: &str, id: TalkId) -> Result<(), ServiceError> {
    let project = access::project(app, actor, slug, Role::Commenter).await?.project;
    app.store.talk(project.id, id).await?.ok_or_else(|| ServiceError::not_found("The talk"))?;
    let running = app.jobs.follow(id);
    app.jobs.stop_answers(id);
    if let Some(mut running) = running {
        let over = running.wait_for(|events| events.last().is_some_and(|event| event.id == LAST_EVENT));
        let _ = tokio::time::timeout(SHORT, over).await;
    }
    Ok(())
}

/// Lets somebody follow a talk who may read it.
pub async fn exists(app: &AppState, actor: &Actor, slug: &str, id: TalkId) -> Result<(), ServiceError> {
    one(app, actor, slug, id).await.map(|_| ())
}

async fn one(app: &AppState, actor: &Actor, slug: &str, id: TalkId) -> Result<(Project, Talk), ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let (talk, ..) = app.store.talk(project.id, id).await?.ok_or_else(|| ServiceError::not_found("The talk"))?;
    Ok((project, talk))
}

async fn one_member(app: &AppState, project: &Project, agent: &str) -> Result<Member, ServiceError> {
    let cast = cast::assemble(app, project, Some(&[agent.trim().to_owned()])).await?;
    cast.into_iter().next().ok_or_else(|| ServiceError::invalid("agent", "Choose an agent."))
}

fn checked(text: &str) -> Result<&str, ServiceError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ServiceError::invalid("text", "Ask something first."));
    }
    if text.chars().count() > LONGEST_QUESTION || text.contains('\0') {
        return Err(ServiceError::invalid("text", "Use at most 10,000 characters."));
    }
    Ok(text)
}

/// The first line of a question, cut.
fn title_of(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(TITLE).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

/// Where a question is asked.
#[derive(Clone, Copy, Debug)]
struct Topic {
    talk: TalkId,
    texts: TextsOf,
    /// The finding, and the remark that asks.
    finding: Option<(FindingId, CommentId)>,
    /// A design is wanted for what is asked.
    drafting: bool,
}

/// Keeps a question and lets its agent begin. One without a model has ended already, and its run says why.
async fn ask(app: &AppState, actor: &Actor, project: &Project, topic: Topic, member: Member, text: &str) -> Result<Asked, ServiceError> {
    let at = app.clock.now();
    let question = NewQuestion {
        talk: topic.talk,
        project: project.id,
        run: &member.run,
        comment: topic.finding.map(|(_, comment)| comment),
        user: actor.person.id,
        at,
        text,
    };
    let what = format!("asked {}:", member.run.agent);
    let page = format!("/p/{}/talks/{}", project.slug, topic.talk);
    let subject = title_of(text);
    let happened = topic.finding.is_none().then(|| happening(app, actor, project, &what, (&subject, &page)));
    app.store.ask(&question, happened.as_ref()).await?;
    let asked = Asked {
        talk: topic.talk,
        run: member.run.clone(),
        finding: topic.finding.map(|(finding, _)| finding),
        comment: question.comment,
        asked_by: actor.person.name.clone(),
        asked_at: at,
        question: text.to_owned(),
        answer: String::new(),
    };
    if member.model.is_some() {
        let place = app.jobs.join(topic.talk);
        let (app, actor, project, text) = (app.clone(), actor.clone(), project.clone(), text.to_owned());
        let span = tracing::info_span!("talk", project = %project.slug, talk = %topic.talk);
        let work = async move {
            // It is large, and lives as long as the answer takes.
            Box::pin(wait_and_answer(&app, actor, project, topic, member, text, place)).await;
            app.jobs.leave(topic.talk);
        };
        tokio::spawn(tracing::Instrument::instrument(work, span));
    }
    Ok(asked)
}

/// Waits for the questions before this one, then lets the agent answer. Whatever happens, the run has an end.
async fn wait_and_answer(app: &AppState, actor: Actor, project: Project, topic: Topic, member: Member, text: String, place: Place) {
    let Place { turn, stop } = place;
    let _turn = turn.lock().await;
    let mut run = member.run.clone();
    let answered = async {
        let question = prepare(app, actor, project, topic, &run, text, stop).await?;
        answer::answer(app, question, member).await
    };
    if let Err(error) = answered.await {
        tracing::error!(%error, "a question could not be answered");
        run.status = RunStatus::Failed;
        "The answer could not be finished; the server's log has the cause. The question is kept; ask again.".clone_into(&mut run.reason);
        run.finished_at = Some(app.clock.now());
        if let Err(error) = app.store.save_run(&run, &[]).await {
            tracing::error!(%error, "a failed answer could not be ended");
        }
    }
}

/// Gathers what the agent reads.
async fn prepare(
    app: &AppState,
    actor: Actor,
    project: Project,
    topic: Topic,
    run: &crate::domain::review::agents::AgentRun,
    text: String,
    stop: tokio_util::sync::CancellationToken,
) -> Result<Question, ServiceError> {
    let frozen = app.store.texts_of(topic.texts).await?;
    let documents = frozen.iter().map(|frozen| frozen.reviewed.clone()).collect();
    let sources = frozen_sources(app, &project, &frozen).await?;
    let (read, sources) = app.jobs.heavy(move || (Read::of(frozen, &sources), sources)).await?;
    let findings = match topic.texts {
        TextsOf::Review(review) => app.store.review_findings(review).await?,
        TextsOf::Talk(_) => known_findings(app, project.id).await?,
    };
    let about = topic.finding.and_then(|(id, asking)| {
        let mut item = findings.iter().find(|known| known.id == id)?.clone();
        item.comments.retain(|comment| comment.id != asking);
        Some(item)
    });
    // In a talk about a finding, the discussion is part of what it is about.
    let before = if topic.finding.is_some() { Vec::new() } else { app.store.questions(topic.talk).await? };
    let earlier = before
        .into_iter()
        .take_while(|asked| asked.run.id != run.id)
        .map(|asked| Exchange { author: asked.asked_by, question: asked.question, answer: asked.answer })
        .collect();
    Ok(Question {
        talk: topic.talk,
        project,
        actor,
        texts: topic.texts,
        read: Arc::new(read),
        sources,
        documents,
        findings,
        about,
        earlier,
        text,
        drafting: topic.drafting,
        stop,
    })
}

/// What the newest review found.
async fn known_findings(app: &AppState, project: ProjectId) -> Result<Vec<crate::domain::review::ReviewFinding>, ServiceError> {
    let Some(newest) = app.store.newest_review(project).await? else { return Ok(Vec::new()) };
    let id: ReviewId = newest.id;
    Ok(app.store.review_findings(id).await?)
}
