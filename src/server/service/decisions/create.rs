//! New decisions: a number that nobody else has, a template, and what they are going to supersede.

use crate::{
    api::decisions::{Beginnings, Choice, Wish},
    domain::{
        account::Role,
        decision::{
            log::{
                self,
                habits::{Habits, Names},
                step::{self, Form, New},
            },
            status::Status,
            template::{
                Template,
                project::{self, ProjectTemplate},
            },
        },
        id::DocumentId,
        project::{Document, DocumentKind, Project},
        text_file,
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::{self, Actor},
            decisions::{Desk, MAX_OTHER, TRIES, refused, set_status},
            documents::{add, checked_title},
        },
    },
};

/// What somebody wants a new decision to be.
#[derive(Clone, Debug)]
pub struct Beginning {
    pub title: String,
    /// None for what the log is written in.
    pub choice: Option<Choice>,
    pub status: Status,
    /// What it takes the place of, when it is accepted.
    pub supersedes: Option<DocumentId>,
}

impl Beginning {
    /// A proposal from a template.
    pub fn new(title: &str, template: Template) -> Self {
        Self { title: title.to_owned(), choice: Some(Choice::Known(template)), status: Status::Proposed, supersedes: None }
    }
}

/// Creates a decision under the next number, in the way the log is written.
///
/// # Errors
/// `Invalid` for a title that can't be used; `Conflict` when the other decision can't be superseded.
pub async fn create(app: &AppState, actor: &Actor, slug: &str, beginning: &Beginning) -> Result<Document, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let title = checked_title("title", &beginning.title, "Give the decision a title.")?;
    let desk = Desk::open(app, project.clone()).await?;
    let folder = log::folder(desk.log.paths());
    let habits = desk.habits(&folder);
    let form = match beginning.choice {
        Some(Choice::Known(template)) => Form::Known(template),
        None => Form::Known(habits.template),
        Some(Choice::Own) => {
            let own = own_template(app, &project, &folder).await?;
            Form::Own(own.ok_or_else(|| ServiceError::invalid("template", "The project has no template of its own."))?)
        }
    };
    // Accepting is a step of its own, because it reaches into what is superseded.
    let accept = beginning.status == Status::Accepted;
    let status = if accept { Status::Proposed } else { beginning.status };
    let supersedes: Vec<usize> = beginning.supersedes.map(|old| desk.at(old)).transpose()?.into_iter().collect();
    let (date, makers) = (app.clock.now().day(), [actor.person.name.clone()]);
    let write = |number: Option<u32>, path: &str| {
        let new = New { title: &title, form: form.clone(), status, date, makers: &makers, supersedes: &supersedes, links: &[], number };
        let change = step::create(&desk.log, &habits, &new).map_err(refused)?;
        let made = change.created.into_values().next();
        made.ok_or_else(|| ServiceError::internal(format!("nothing was made for {path}")))
    };
    let made = numbered(app, actor, &project, (&title, UpdateKind::Template), &habits, write).await?;
    if accept {
        set_status(app, actor, made.id, &Wish { status: Status::Accepted, reason: None, despite_objections: false }).await?;
    }
    Ok(made)
}

/// What a new decision of a project can begin with.
pub async fn beginnings(app: &AppState, actor: &Actor, slug: &str) -> Result<Beginnings, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let desk = Desk::open(app, project.clone()).await?;
    let folder = log::folder(desk.log.paths());
    let usual = desk.habits(&folder).template;
    let in_force =
        |text: &&log::Text| matches!(text.record.known_status(), Some(Status::Accepted | Status::Deprecated | Status::Superseded));
    let named = |text: &log::Text| {
        let number = text.record.number.map(|number| format!("ADR-{number:04} ")).unwrap_or_default();
        Some((desk.documents.get(&text.path)?.id, format!("{number}{}", text.record.title)))
    };
    Ok(Beginnings {
        usual: Some(usual).filter(|usual| Template::WRITTEN.contains(usual)),
        own: own_template(app, &project, &folder).await?.map(|own| own.name),
        decisions: desk.log.texts.iter().filter(in_force).filter_map(named).collect(),
    })
}

/// The template that the project keeps beside its records.
pub(in crate::server::service) async fn own_template(
    app: &AppState,
    project: &Project,
    folder: &str,
) -> Result<Option<ProjectTemplate>, ServiceError> {
    let kept = app.store.small_kept_files(project.id, MAX_OTHER).await?;
    let Some(path) = project::find(folder, kept.keys().map(String::as_str)) else { return Ok(None) };
    let text = kept.get(path).and_then(|bytes| text_file::read(bytes)).unwrap_or_default();
    Ok(Some(ProjectTemplate { name: path.to_owned(), text, ..ProjectTemplate::default() }))
}

/// Creates a decision under the next number; `write` gives its text for number and path.
pub(in crate::server::service) async fn numbered_decision(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    title: &str,
    write: impl Fn(u32, &str) -> Result<String, ServiceError>,
) -> Result<Document, ServiceError> {
    let desk = Desk::open(app, project.clone()).await?;
    let habits = desk.habits(&log::folder(desk.log.paths()));
    numbered(app, actor, project, (title, UpdateKind::Api), &habits, |number, path| write(number.unwrap_or_default(), path)).await
}

async fn numbered(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    (title, kind): (&str, UpdateKind),
    habits: &Habits,
    write: impl Fn(Option<u32>, &str) -> Result<String, ServiceError>,
) -> Result<Document, ServiceError> {
    let counted = matches!(habits.names, Names::Numbered { .. });
    for more in 1..=TRIES {
        let documents = app.store.documents(project.id).await?;
        let paths = || documents.iter().filter(|document| document.kind == DocumentKind::Decision).map(|document| document.path.as_str());
        let highest = paths().filter_map(log::number_of).max().unwrap_or(0);
        let number = if counted { Some(app.store.take_decision_number(project.id, highest).await?) } else { None };
        let mut path = habits.path(number, app.clock.now().day(), title);
        if more > 1 && !counted {
            path = format!("{}-{more}.md", path.trim_end_matches(".md"));
        }
        let text = write(number, &path)?;
        if let Some(made) = add(app, &actor.person, project, DocumentKind::Decision, &path, &text, None, kind).await? {
            return Ok(made.document);
        }
    }
    Err(ServiceError::conflict("Several people are creating decisions right now. Try again."))
}
