//! Documents: what their pages show, making them, and changes that do not come over a socket.
//!
//! The text of a document is what its room says. The table's copy serves reads while it is current.

use std::collections::BTreeMap;

use crate::{
    api::{
        documents::{DecisionPage, DiagramPage},
        notes::{DecisionNote, ElementNote, FindingNote},
    },
    domain::{
        account::{Person, Role},
        address::escape,
        bundle,
        casing::lower,
        decision,
        id::{DocumentId, ProjectId},
        model::{Element, Model},
        project::{Document, DocumentKind, DocumentText, Project},
        repository_path,
        review::{FindingState, ReviewFinding},
        scene::pins::AllPins,
        syntax::{
            self, Language, Sources,
            assist::questions::{Question, Reading},
            gesture::{Gesture, Outcome, Refusal},
            language_of, parse,
        },
        text_file,
        title::title,
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::{self, Actor},
            decisions,
        },
        store::{activity::Happening, documents::NewDocument},
    },
};

/// The largest text, in bytes: what editors stay quick with.
pub const MAX_TEXT: usize = 1024 * 1024;
/// The largest kept file that a diagram may include, and all of them together, in bytes.
const MAX_SOURCE: u32 = 256 * 1024;
const MAX_SOURCES: usize = 2 * 1024 * 1024;
const LONGEST_TITLE: usize = 200;
/// How many paths are tried for a new document.
const TRIES: usize = 5;

/// All documents of a project with their current texts, in path order.
pub(in crate::server::service) async fn texts(app: &AppState, project: ProjectId) -> Result<Vec<DocumentText>, ServiceError> {
    let mut texts = Vec::new();
    for stored in app.store.document_texts(project).await? {
        let mut document = stored.document;
        if !stored.current {
            (document.text, document.document.revision) = app.rooms.text(document.document.id).await?;
        }
        texts.push(document);
    }
    Ok(texts)
}

/// What the diagrams of a project may include.
pub(in crate::server::service) async fn sources(
    app: &AppState,
    project: ProjectId,
    texts: &[DocumentText],
) -> Result<Sources, ServiceError> {
    let diagrams = texts.iter().filter(|text| text.document.kind == DocumentKind::Diagram);
    let diagrams = diagrams.map(|text| (text.document.path.as_str(), text.text.as_str())).collect::<Vec<_>>();
    sources_of(app, project, &diagrams).await
}

/// What diagrams, given by path and text, may include: each other, and the kept files that they name.
pub(in crate::server::service) async fn sources_of(
    app: &AppState,
    project: ProjectId,
    diagrams: &[(&str, &str)],
) -> Result<Sources, ServiceError> {
    if diagrams.is_empty() {
        return Ok(Sources::new());
    }
    let mut files = app.store.small_kept_files(project, MAX_SOURCE).await?;
    files.extend(diagrams.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    let mut sources = app.jobs.heavy(move || bundle::sources(&files)).await?;
    let mut left = MAX_SOURCES;
    sources.retain(|_, text| {
        let rest = left.checked_sub(text.len());
        left = rest.unwrap_or(left);
        rest.is_some()
    });
    Ok(sources)
}

/// The diagram that stands for the project: the one nearest to the top, by path.
pub(in crate::server::service) fn main_diagram(diagrams: Vec<DocumentText>) -> Option<DocumentText> {
    diagrams.into_iter().min_by_key(|diagram| nearness(&diagram.document))
}

/// How near to the top of the project's folder a document is.
pub(in crate::server::service) fn nearness(document: &Document) -> (usize, String) {
    (document.path.matches('/').count(), document.path.clone())
}

/// Everything a diagram's page shows.
pub async fn diagram_page(app: &AppState, actor: &Actor, slug: &str, id: DocumentId) -> Result<DiagramPage, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let texts = texts(app, project.id).await?;
    let sources = sources(app, project.id, &texts).await?;
    let (diagram, others) = pick(texts, id, DocumentKind::Diagram)?;
    let (diagrams, decisions): (Vec<_>, Vec<_>) = others.into_iter().partition(|text| text.document.kind == DocumentKind::Diagram);
    let (last_review, findings) = newest_findings(app, project.id, id).await?;
    let model = model_of(&diagram, &sources);
    Ok(DiagramPage {
        now: app.clock.now(),
        siblings: diagrams.into_iter().map(|text| text.document).collect(),
        sources: sources.into_iter().filter(|(path, _)| *path != diagram.document.path).collect(),
        project,
        diagram,
        decisions: decisions.iter().map(decision_note).filter(|note| !note.elements.is_empty()).collect(),
        findings: findings.iter().map(|known| finding_note(known, id, &model)).collect(),
        last_review,
        pins: app.store.pins(id).await?,
    })
}

/// Everything a decision's page shows.
pub async fn decision_page(app: &AppState, actor: &Actor, slug: &str, id: DocumentId) -> Result<DecisionPage, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    let texts = texts(app, project.id).await?;
    let sources = sources(app, project.id, &texts).await?;
    let log = texts.iter().filter(|text| text.document.kind == DocumentKind::Decision).cloned().collect();
    let (decision, others) = pick(texts, id, DocumentKind::Decision)?;
    let (last_review, findings) = newest_findings(app, project.id, id).await?;
    let diagrams: Vec<_> = others.into_iter().filter(|text| text.document.kind == DocumentKind::Diagram).collect();
    let page = |diagram: &DocumentText| DocumentKind::Diagram.page(&project.slug, diagram.document.id);
    Ok(DecisionPage {
        now: app.clock.now(),
        elements: diagrams.iter().flat_map(|diagram| element_notes(&page(diagram), &model_of(diagram, &sources))).collect(),
        diagrams: diagrams.iter().map(|diagram| (diagram.document.path.clone(), page(diagram))).collect(),
        findings: findings.iter().map(|known| finding_note(known, id, &Model::default())).collect(),
        project,
        decision,
        log,
        last_review,
        standing: decisions::standing(app, actor, id).await?,
    })
}

/// The edits by which a diagram's text, as somebody's editor has it, says what a gesture means; the editor makes them.
pub async fn gesture(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    text: String,
    gesture: Gesture,
) -> Result<Result<Outcome, Refusal>, ServiceError> {
    access::document(app, actor, id, Role::Editor).await?;
    with_text(app, actor, id, text, move |reading| syntax::edit(reading.language, reading.path, reading.text, reading.sources, &gesture))
        .await
}

/// What the source editor asks about a diagram's text as it has it.
pub async fn assist(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    text: String,
    question: Question,
) -> Result<Option<String>, ServiceError> {
    with_text(app, actor, id, text, move |reading| reading.answer(&question)).await
}

/// Asks something about a text of a diagram that is not kept, as if it were the diagram's.
async fn with_text<T: Send + 'static>(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    text: String,
    ask: impl FnOnce(&Reading<'_>) -> T + Send + 'static,
) -> Result<T, ServiceError> {
    if text.len() > MAX_TEXT {
        return Err(ServiceError::too_large(format!("A document may have at most {} KiB.", MAX_TEXT / 1024)));
    }
    let (document, sources) = with_sources(app, actor, id).await?;
    let path = document.document.path;
    let Some(language) = language_of(&path, &text) else { return Err(ServiceError::not_found("The diagram's language")) };
    app.jobs.heavy(move || ask(&Reading { language, path: &path, text: &text, sources: &sources })).await
}

/// What a diagram means.
fn model_of(diagram: &DocumentText, sources: &Sources) -> Model {
    model_in(&diagram.document.path, &diagram.text, sources)
}

/// What a diagram's text means.
pub(in crate::server::service) fn model_in(path: &str, text: &str, sources: &Sources) -> Model {
    let language = language_of(path, text).unwrap_or(Language::Structurizr);
    parse(language, path, text, sources).model
}

fn finding_note(known: &ReviewFinding, document: DocumentId, model: &Model) -> FindingNote {
    FindingNote {
        id: known.id,
        code: known.finding.code.clone(),
        title: known.finding.title.clone(),
        category: known.finding.category.name().to_owned(),
        severity: known.finding.severity,
        state: known.state,
        elements: known.elements_in(document, model),
    }
}

fn decision_note(decision: &DocumentText) -> DecisionNote {
    let record = decision::parse(&decision.document.path, &decision.text);
    let elements = record.element_links.iter().map(|link| link.text.clone()).collect();
    let status = record.status.map(|written| written.status.map_or(written.written, |known| known.slug().to_owned()));
    DecisionNote { id: decision.document.id, number: record.number, title: record.title, status, elements }
}

/// What a model's elements can be called in a decision.
fn element_notes(page: &str, model: &Model) -> Vec<ElementNote> {
    let note = |element: &Element| {
        let mut names = vec![lower(element.key.as_str())];
        names.extend(element.identifier.as_deref().map(lower));
        names.push(lower(&element.name));
        names.dedup();
        ElementNote {
            name: element.name.clone(),
            names,
            page: format!("{page}?element={}", escape(element.key.as_str())),
            kind: element.kind.value,
        }
    };
    model.elements.values().map(note).collect()
}

/// A project's documents, in path order.
pub async fn list(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<Document>, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    Ok(app.store.documents(project.id).await?)
}

/// A document with its current text.
pub async fn get(app: &AppState, actor: &Actor, id: DocumentId) -> Result<DocumentText, ServiceError> {
    Ok(read(app, actor, id).await?.1)
}

/// A document with its current text, and what it may include.
pub async fn with_sources(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(DocumentText, Sources), ServiceError> {
    let (project, document) = read(app, actor, id).await?;
    let mut sources = sources(app, project.id, &texts(app, project.id).await?).await?;
    sources.remove(&document.document.path);
    Ok((document, sources))
}

async fn read(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(Project, DocumentText), ServiceError> {
    let (access, mut document) = access::document(app, actor, id, Role::Viewer).await?;
    let (text, revision) = app.rooms.text(id).await?;
    document.revision = revision;
    Ok((access.project, DocumentText { document, text }))
}

/// Creates a document with a text.
///
/// # Errors
/// `Invalid` for a path or a text that can't be used, `Conflict` when the path is taken.
pub async fn create(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    kind: DocumentKind,
    path: &str,
    text: &str,
) -> Result<DocumentText, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    if let Some(problem) = repository_path::problem(path) {
        return Err(ServiceError::invalid("path", problem));
    }
    if kind == DocumentKind::Diagram && syntax::language_of(path, text).is_none() {
        return Err(ServiceError::invalid("path", "Give a diagram a path that ends with `.dsl` or `.mmd`."));
    }
    let text = checked_text(text)?;
    let made = add(app, &actor.person, &project, kind, path, &text, None, UpdateKind::Api).await?;
    made.ok_or_else(|| ServiceError::conflict(format!("The project has a document at `{path}` already.")))
}

/// Creates a diagram with a minimal workspace.
pub async fn new_diagram(app: &AppState, actor: &Actor, slug: &str, name: &str) -> Result<Document, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let name = checked_title("name", name, "Give the diagram a name.")?;
    named_diagram(app, actor, &project, &name, &minimal_workspace(&name)).await
}

/// Creates a diagram at a path made of its name.
pub(in crate::server::service) async fn named_diagram(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    name: &str,
    text: &str,
) -> Result<Document, ServiceError> {
    let documents = app.store.documents(project.id).await?;
    let free = |path: &String| documents.iter().all(|document| document.path != *path);
    let stem = crate::domain::project::slug(name);
    let stem = if stem.is_empty() { "diagram".to_owned() } else { stem };
    let first =
        std::iter::once("workspace.dsl".to_owned()).filter(|_| documents.iter().all(|document| document.kind != DocumentKind::Diagram));
    let numbered = (2..=1000).map(|number| format!("diagrams/{stem}-{number}.dsl"));
    let mut paths = first.chain([format!("diagrams/{stem}.dsl")]).chain(numbered).filter(free);
    for path in paths.by_ref().take(TRIES) {
        if let Some(made) = add(app, &actor.person, project, DocumentKind::Diagram, &path, text, None, UpdateKind::Api).await? {
            return Ok(made.document);
        }
    }
    Err(ServiceError::conflict("The project has many diagrams of this name. Choose another one."))
}

/// A workspace that parses, draws and says where to go on.
fn minimal_workspace(name: &str) -> String {
    let quoted = name.replace(['"', '\\'], "'");
    format!(
        "workspace \"{quoted}\" {{\n    !identifiers hierarchical\n\n    model {{\n        user = person \"User\"\n        \
         system = softwareSystem \"{quoted}\"\n\n        user -> system \"Uses\"\n    }}\n\n    views {{\n        \
         systemLandscape \"landscape\" {{\n            include *\n            autolayout lr\n        }}\n    }}\n}}\n"
    )
}

/// Deletes a document and says what it was.
pub async fn delete(app: &AppState, actor: &Actor, id: DocumentId) -> Result<DocumentKind, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Editor).await?;
    let page = format!("/p/{}", access.project.slug);
    let happening = Happening {
        project: access.project.id,
        user: actor.person.id,
        at: app.clock.now(),
        what: "deleted",
        subject: Some((&document.title, &page)),
    };
    app.store.delete_document(id, &happening).await?;
    app.rooms.access_changed();
    app.rooms.close(id).await;
    Ok(document.kind)
}

/// Replaces a document's text, merged as the smallest edit into what people are typing; answers the new revision.
///
/// # Errors
/// `Conflict` when the base revision is one the document has not reached.
pub async fn put_text(app: &AppState, actor: &Actor, id: DocumentId, text: &str, base_revision: i64) -> Result<i64, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Editor).await?;
    let text = checked_text(text)?;
    let (_, revision) = app.rooms.text(id).await?;
    if !(1..=revision).contains(&base_revision) {
        return Err(ServiceError::conflict(format!(
            "The document has no revision {base_revision}; it is at {revision}. Read it again and send the text with that revision."
        )));
    }
    let revision = app.rooms.replace(id, actor.person.id, UpdateKind::Api, &text, Some(base_revision)).await?;
    changed(app, &actor.person, &access.project, &document, "edited").await?;
    Ok(revision)
}

/// Adds a document with its first text; none when the path is taken.
#[expect(clippy::too_many_arguments, reason = "each is a different thing about the one new document")]
pub(in crate::server::service) async fn add(
    app: &AppState,
    author: &Person,
    project: &Project,
    kind: DocumentKind,
    path: &str,
    text: &str,
    original: Option<&[u8]>,
    update: UpdateKind,
) -> Result<Option<DocumentText>, ServiceError> {
    add_placed(app, author, project, kind, path, text, &AllPins::new(), original, update).await
}

/// As [`add`], with places of a diagram's elements.
#[expect(clippy::too_many_arguments, reason = "each is a different thing about the one new document")]
pub(in crate::server::service) async fn add_placed(
    app: &AppState,
    author: &Person,
    project: &Project,
    kind: DocumentKind,
    path: &str,
    text: &str,
    pins: &AllPins,
    original: Option<&[u8]>,
    update: UpdateKind,
) -> Result<Option<DocumentText>, ServiceError> {
    let id = DocumentId::from_uuid(app.ids.uuid());
    let at = app.clock.now();
    let title = title(kind, path, text);
    let new = NewDocument { id, project: project.id, kind, path, title: &title, original, author: author.id, at };
    if !app.store.create_document(&new).await? {
        return Ok(None);
    }
    let revision = match app.rooms.create_placed(id, author.id, update, text, pins).await {
        Ok(revision) => revision,
        Err(error) => {
            app.store.forget_document(id).await?;
            return Err(error);
        }
    };
    if original.is_none() {
        let page = kind.page(&project.slug, id);
        let happening = Happening { project: project.id, user: author.id, at, what: "created", subject: Some((&title, &page)) };
        app.store.record_activity(&happening).await?;
    }
    let document =
        Document { id, kind, path: path.to_owned(), title, revision, created_at: at, updated_at: at, updated_by: author.name.clone() };
    Ok(Some(DocumentText { document, text: text.to_owned() }))
}

/// Refreshes what is derived from a document's text after a change, and keeps that it happened.
pub(in crate::server::service) async fn changed(
    app: &AppState,
    author: &Person,
    project: &Project,
    document: &Document,
    what: &str,
) -> Result<(), ServiceError> {
    let (text, _) = app.rooms.text(document.id).await?;
    let title = title(document.kind, &document.path, &text);
    if title != document.title {
        app.store.set_title(document.id, &title).await?;
    }
    let page = document.kind.page(&project.slug, document.id);
    let happening = Happening { project: project.id, user: author.id, at: app.clock.now(), what, subject: Some((&title, &page)) };
    app.store.record_edit(&happening).await?;
    Ok(())
}

/// The newest finished review's number, and those of its findings that stand and point into a document.
pub(in crate::server::service) async fn newest_findings(
    app: &AppState,
    project: ProjectId,
    document: DocumentId,
) -> Result<(Option<u32>, Vec<ReviewFinding>), ServiceError> {
    let Some(review) = app.store.newest_review(project).await? else { return Ok((None, Vec::new())) };
    let gone = [FindingState::Fixed, FindingState::Obsolete];
    let mut findings = app.store.review_findings(review.id).await?;
    findings.retain(|known| !gone.contains(&known.state) && known.finding.anchors.iter().any(|anchor| anchor.document() == document));
    Ok((Some(review.number), findings))
}

fn pick(mut texts: Vec<DocumentText>, id: DocumentId, kind: DocumentKind) -> Result<(DocumentText, Vec<DocumentText>), ServiceError> {
    let what = match kind {
        DocumentKind::Diagram => "The diagram",
        DocumentKind::Decision => "The decision",
    };
    let found = texts.iter().position(|text| text.document.id == id && text.document.kind == kind);
    let found = found.ok_or_else(|| ServiceError::not_found(what))?;
    let picked = texts.remove(found);
    Ok((picked, texts))
}

fn checked_text(text: &str) -> Result<String, ServiceError> {
    if text.len() > MAX_TEXT {
        return Err(ServiceError::too_large("The text is larger than 1 MiB. Split it."));
    }
    if text.contains('\0') {
        return Err(ServiceError::invalid("text", "The text holds a NUL character. Take it out."));
    }
    Ok(text_file::normal(text))
}

pub(in crate::server::service) fn checked_title(field: &str, title: &str, missing: &str) -> Result<String, ServiceError> {
    let title = title.trim();
    if title.is_empty() {
        return Err(ServiceError::invalid(field, missing));
    }
    if title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
        return Err(ServiceError::invalid(field, "Use at most 200 characters on one line."));
    }
    Ok(title.to_owned())
}

/// Documents by path, to find what an import meets.
pub(in crate::server::service) fn by_path(texts: Vec<DocumentText>) -> BTreeMap<String, DocumentText> {
    texts.into_iter().map(|text| (text.document.path.clone(), text)).collect()
}
