//! Projects: making, showing, renaming, deleting and recovering them.

use crate::{
    api::projects::{Home, Navigation, Overview},
    domain::{
        account::{Person, Role},
        id::ProjectId,
        moment::DAY,
        project::{DocumentKind, Project, ProjectCard, slug},
        review::triage::ticket_address,
        sample,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            decision_log, documents, import, plates, reviews, triage,
        },
        store::projects::NewProject,
    },
};

/// How long a deleted project can be recovered, in days.
pub const RECOVERY_DAYS: i64 = 30;
const LONGEST_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 2000;
/// Decisions on a project's page.
const SHOWN: usize = 8;
/// Rows of what happened on a project's page.
const ACTIVITY: u32 = 20;

/// What every page's frame shows; nothing of anybody when nobody is signed in.
pub async fn navigation(app: &AppState, actor: Option<&Actor>) -> Result<Navigation, ServiceError> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let Some(actor) = actor else { return Ok(Navigation { person: None, projects: Vec::new(), version }) };
    let projects = app.store.project_cards(actor.person.id).await?;
    Ok(Navigation { person: Some(actor.person.clone()), projects, version })
}

/// A person's projects, and those that can be recovered.
pub async fn home(app: &AppState, actor: &Actor) -> Result<Home, ServiceError> {
    let projects = app.store.project_cards(actor.person.id).await?;
    let deleted = app.store.deleted_projects(actor.person.id).await?;
    let plates = plates::of_projects(app, actor).await?;
    let waiting = triage::waiting(app, actor).await?;
    Ok(Home { now: app.clock.now(), projects, plates, deleted, waiting })
}

/// A person's projects, by name.
pub async fn list(app: &AppState, actor: &Actor) -> Result<Vec<ProjectCard>, ServiceError> {
    Ok(app.store.project_cards(actor.person.id).await?)
}

/// One project.
pub async fn get(app: &AppState, actor: &Actor, slug: &str) -> Result<Project, ServiceError> {
    Ok(access::project(app, actor, slug, Role::Viewer).await?.project)
}

/// Everything a project's page shows.
pub async fn overview(app: &AppState, actor: &Actor, slug: &str) -> Result<Overview, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let texts = documents::texts(app, project.id).await?;
    let sources = documents::sources(app, project.id, &texts).await?;
    let (diagrams, decisions): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.document.kind == DocumentKind::Diagram);
    let total = decisions.len();
    Ok(Overview {
        now: app.clock.now(),
        members: app.store.members(project.id).await?,
        diagrams: diagrams.iter().map(|diagram| diagram.document.clone()).collect(),
        main_diagram: documents::main_diagram(diagrams),
        decisions: decision_log::newest(app, &project, decisions, SHOWN).await?,
        total,
        reviews: app.store.reviews(project.id).await?,
        activity: app.store.activity(project.id, ACTIVITY).await?,
        sources,
        project,
    })
}

/// Creates an empty project with the caller as its owner. Without an address of its own it takes one from its name.
///
/// # Errors
/// `Invalid` for a name or address that can't be used, `Conflict` when the address asked for is taken.
pub async fn create(app: &AppState, actor: &Actor, name: &str, address: Option<&str>, description: &str) -> Result<Project, ServiceError> {
    create_for(app, &actor.person, name, address, description).await
}

/// Creates a project for its owner.
pub async fn create_for(
    app: &AppState,
    owner: &Person,
    name: &str,
    address: Option<&str>,
    description: &str,
) -> Result<Project, ServiceError> {
    let name = checked_name(name)?;
    let description = checked_description(description)?;
    let wanted = match address {
        Some(address) => checked_address(address)?.to_owned(),
        None => Some(slug(name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "project".to_owned()),
    };
    let id = ProjectId::from_uuid(app.ids.uuid());
    let new = NewProject { id, slug: &wanted, name, description, owner: owner.id, at: app.clock.now() };
    let Some(taken) = app.store.create_project(&new, address.is_some()).await? else {
        return Err(ServiceError::conflict(format!("The address `{wanted}` is taken. Choose another one.")));
    };
    let made = app.store.membership(owner.id, &taken).await?;
    made.ok_or_else(|| ServiceError::internal("the project is not there after it was created"))
}

/// Creates the sample project with its files and its first review, finished.
pub async fn create_sample(app: &AppState, actor: &Actor) -> Result<Project, ServiceError> {
    let project = create(app, actor, sample::NAME, None, sample::DESCRIPTION).await?;
    let files = sample::FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    import::put(app, &actor.person, &project, files).await?;
    reviews::run_now(app, actor, &project.slug).await?;
    Ok(project)
}

/// What is to change of a project; what is none stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProjectChange<'a> {
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
    /// See [`Project::ticket_url`].
    pub ticket_url: Option<&'a str>,
}

/// Changes what a project is called, how it is described and where its tickets are.
pub async fn rename(app: &AppState, actor: &Actor, slug: &str, change: ProjectChange<'_>) -> Result<Project, ServiceError> {
    let project = access::project(app, actor, slug, Role::Owner).await?.project;
    let name = checked_name(change.name.unwrap_or(&project.name))?.to_owned();
    let description = checked_description(change.description.unwrap_or(&project.description))?.to_owned();
    let ticket_url = checked_ticket_url(change.ticket_url.unwrap_or(&project.ticket_url))?.to_owned();
    app.store.rename_project(project.id, &name, &description, &ticket_url, app.clock.now()).await?;
    get(app, actor, slug).await
}

/// Deletes a project so that an owner can recover it for 30 days.
pub async fn delete(app: &AppState, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
    let project = access::project(app, actor, slug, Role::Owner).await?.project;
    app.store.delete_project(&project, actor.person.id, app.clock.now()).await?;
    app.rooms.access_changed();
    Ok(())
}

/// Recovers a deleted project.
pub async fn restore(app: &AppState, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
    let project = access::deleted_project(app, actor, slug).await?.project;
    app.store.restore_project(&project, actor.person.id, app.clock.now()).await?;
    Ok(())
}

/// What the server does when it starts and once a day: ends what can't be recovered any more.
pub async fn purge(app: &AppState) -> Result<u64, ServiceError> {
    let now = app.clock.now();
    Ok(app.store.purge(now.plus(-RECOVERY_DAYS * DAY), now).await?)
}

fn checked_name(name: &str) -> Result<&str, ServiceError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ServiceError::invalid("name", "Give the project a name."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(ServiceError::invalid("name", "Use at most 100 characters on one line."));
    }
    Ok(name)
}

fn checked_description(description: &str) -> Result<&str, ServiceError> {
    let description = description.trim();
    if description.chars().count() > LONGEST_DESCRIPTION {
        return Err(ServiceError::invalid("description", "Use at most 2000 characters."));
    }
    Ok(description)
}

fn checked_ticket_url(template: &str) -> Result<&str, ServiceError> {
    let template = template.trim();
    let fits = template.chars().count() <= LONGEST_DESCRIPTION && !template.chars().any(char::is_whitespace);
    if template.is_empty() || (fits && ticket_address(template, "x").is_some()) {
        return Ok(template);
    }
    let problem =
        "Write an http or https address with {ticket} where the ticket goes, such as https://tracker.example.com/browse/{ticket}.";
    Err(ServiceError::invalid("ticket_url", problem))
}

fn checked_address(address: &str) -> Result<&str, ServiceError> {
    let plain = slug(address);
    if plain == address && !plain.is_empty() {
        return Ok(address);
    }
    let hint = if plain.is_empty() { String::new() } else { format!(" `{plain}` would do.") };
    Err(ServiceError::invalid("slug", format!("Use lower-case letters, digits and single hyphens, at most 60 of them.{hint}")))
}
