//! Reading a decision: its views, Mermaid texts and rules in their places, now or as of its acceptance, on the page and as files
//! of their own.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    api::reading::{Reading, Views},
    domain::{
        account::Role,
        address::escape,
        casing::lower,
        decision::{
            self,
            embed::{Embed, MOST_PICTURES, MOST_RULES, of_record},
            figure::{Figure, Figures, html::Medium},
            links, log,
            page::{self, Page},
        },
        id::DocumentId,
        project::{DocumentKind, DocumentText, Project},
        review::check::shorten,
        scene::svg::Theme,
        text_file,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
        },
    },
};

mod past;
pub mod pictures;
pub mod words;

use past::{Acceptance, Past};
use pictures::{Drawing, Drawings};

/// A project, all its documents and the decision that is read.
struct Opened {
    project: Project,
    texts: Vec<DocumentText>,
    record: DocumentText,
}

async fn open(app: &AppState, actor: &Actor, slug: Option<&str>, id: DocumentId) -> Result<Opened, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Viewer).await?;
    if document.kind != DocumentKind::Decision || slug.is_some_and(|slug| slug != access.project.slug) {
        return Err(ServiceError::not_found("The decision"));
    }
    let texts = documents::texts(app, access.project.id).await?;
    let record = texts.iter().find(|text| text.document.id == id).cloned().ok_or_else(|| ServiceError::not_found("The decision"))?;
    Ok(Opened { project: access.project, texts, record })
}

/// What a decision shows besides its text.
pub async fn reading(app: &AppState, actor: &Actor, slug: Option<&str>, id: DocumentId, views: Views) -> Result<Reading, ServiceError> {
    let opened = open(app, actor, slug, id).await?;
    let wanted = of_record(&opened.record.text);
    let (reading, _) = read(app, &opened, wanted, views, Theme::Page).await?;
    Ok(reading)
}

/// Draws what somebody has just written in a decision.
pub async fn figures(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    mut wanted: Vec<Embed>,
    views: Views,
) -> Result<Vec<(Embed, Figure)>, ServiceError> {
    let opened = open(app, actor, None, id).await?;
    wanted.truncate(MOST_PICTURES + MOST_RULES);
    Ok(read(app, &opened, wanted, views, Theme::Page).await?.0.figures)
}

async fn read(app: &AppState, opened: &Opened, wanted: Vec<Embed>, views: Views, theme: Theme) -> Result<(Reading, Figures), ServiceError> {
    let has_views = wanted.iter().any(|embed| matches!(embed, Embed::View { .. }));
    let acceptance = if has_views { past::acceptance(app, &opened.record).await? } else { None };
    let needs_models = has_views || wanted.iter().any(|embed| matches!(embed, Embed::Rule(_)));
    let now = if needs_models { drawings(app, opened, None).await? } else { Drawings::default() };
    let asked = acceptance.filter(|_| views == Views::Accepted);
    let then = match asked {
        Some(acceptance) => Some((past::diagrams(app, &opened.project, &opened.texts, acceptance.at).await?, acceptance)),
        None => None,
    };
    let (views, as_of) = match (&then, acceptance) {
        (None, acceptance) => (Views::Current, acceptance.map(|_| "as it is now".to_owned())),
        (Some((past, acceptance)), _) => (Views::Accepted, Some(in_words(past, *acceptance))),
    };
    // Rules hold or are broken now, whatever the pictures show.
    let (pictures, rules): (Vec<Embed>, Vec<Embed>) = wanted.into_iter().partition(Embed::is_picture);
    let shown = match &then {
        Some((past, _)) => drawings(app, opened, Some(past)).await?,
        None => now.clone(),
    };
    let kept = Arc::clone(&app.pictures);
    let mut figures = app
        .jobs
        .heavy(move || {
            let mut figures = pictures::draw(&kept, &shown, &pictures, theme);
            figures.extend(pictures::draw(&kept, &now, &rules, theme));
            figures
        })
        .await?;
    cite(app, opened, &mut figures).await?;
    let list = figures.iter().map(|(embed, figure)| (embed.clone(), figure.clone())).collect();
    Ok((Reading { figures: list, accepted: acceptance.map(|acceptance| acceptance.at), views, as_of }, figures))
}

/// Of what time pictures are, in words.
fn in_words(past: &BTreeMap<DocumentId, Past>, Acceptance { at, before }: Acceptance) -> String {
    let day = at.long_date();
    let mut words = if before { format!("as of {day}, accepted already") } else { format!("as accepted on {day}") };
    if let Some(number) = past.values().find_map(|past| if let Past::Reviewed(_, number) = past { Some(*number) } else { None }) {
        words.extend([", from the texts of review ", &number.to_string()]);
    }
    if past.values().any(|past| *past == Past::Lost) {
        words.push_str("; what is not kept of that day is shown as it is now");
    }
    words
}

/// The diagrams that are drawn from: as they are now, or as they were.
async fn drawings(app: &AppState, opened: &Opened, past: Option<&BTreeMap<DocumentId, Past>>) -> Result<Drawings, ServiceError> {
    let mut diagrams: Vec<&DocumentText> = opened.texts.iter().filter(|text| text.document.kind == DocumentKind::Diagram).collect();
    diagrams.sort_by_key(|diagram| documents::nearness(&diagram.document));
    let mut found = Vec::new();
    for diagram in diagrams {
        let id = diagram.document.id;
        let (text, pins) = match past.and_then(|past| past.get(&id)) {
            Some(Past::NotYet) => continue,
            Some(Past::Kept(text, pins)) => (text.clone(), pins.clone()),
            Some(Past::Reviewed(text, _)) => (text.clone(), app.store.pins(id).await?),
            Some(Past::Lost) | None => (diagram.text.clone(), app.store.pins(id).await?),
        };
        let page = DocumentKind::Diagram.page(&opened.project.slug, id);
        found.push(Drawing { path: diagram.document.path.clone(), page, text, pins });
    }
    let parts: Vec<(&str, &str)> = found.iter().map(|drawing| (drawing.path.as_str(), drawing.text.as_str())).collect();
    let sources = documents::sources_of(app, opened.project.id, &parts).await?;
    let record = decision::parse(&opened.record.document.path, &opened.record.text);
    let scope = record.field("scope").map(|field| field.values.clone()).unwrap_or_default();
    Ok(Drawings { diagrams: found, sources, scope })
}

/// Names the findings of the newest review that say what is broken.
async fn cite(app: &AppState, opened: &Opened, figures: &mut Figures) -> Result<(), ServiceError> {
    let broken = |figure: &Figure| matches!(figure, Figure::Rule(standing) if !standing.broken_by.is_empty());
    if !figures.values().any(broken) {
        return Ok(());
    }
    let (number, findings) = documents::newest_findings(app, opened.project.id, opened.record.document.id).await?;
    let Some(number) = number else { return Ok(()) };
    for (embed, figure) in figures.iter_mut() {
        let (Embed::Rule(rule), Figure::Rule(standing)) = (embed, figure) else { continue };
        let quoted = format!("“{}”", shorten(&decision::constraint::sentence::words(rule), 120));
        let found = findings.iter().find(|known| known.finding.code == "LNT-Q007" && known.finding.message.contains(&quoted));
        standing.finding = found.map(|known| format!("/p/{}/reviews/{number}?finding={}", escape(&opened.project.slug), known.id));
    }
    Ok(())
}

/// A decision's file, byte for byte as the project's export has it: its name and content.
pub async fn file(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(String, Vec<u8>), ServiceError> {
    let opened = open(app, actor, None, id).await?;
    let originals = app.store.originals(opened.project.id).await?;
    let bytes = text_file::write(originals.get(&id).map(Vec::as_slice), &opened.record.text);
    Ok((name(&opened.record.document.path).to_owned(), bytes))
}

/// A decision as one HTML file that needs nothing else: its name and content.
pub async fn page(app: &AppState, actor: &Actor, id: DocumentId, views: Views) -> Result<(String, String), ServiceError> {
    let opened = open(app, actor, None, id).await?;
    let wanted = of_record(&opened.record.text);
    let (reading, figures) = read(app, &opened, wanted, views, Theme::Light).await?;
    let elements = elements(app, &opened).await?;
    let path = opened.record.document.path.clone();
    let record = decision::parse(&path, &opened.record.text);
    let medium = Medium::File { server: app.config.base_url.clone() };
    let slug = opened.project.slug.clone();
    let pages: BTreeMap<String, String> =
        opened.texts.iter().map(|text| (text.document.path.clone(), text.document.kind.page(&slug, text.document.id))).collect();
    let link = |href: &str| {
        let (target, fragment) = href.split_once('#').map_or((href, ""), |(target, fragment)| (target, fragment));
        let page = pages.get(&log::join(log::parent(&path), target)).filter(|_| !target.is_empty() && !target.contains("://"))?;
        let address = medium.address(page)?;
        Some(if fragment.is_empty() { address } else { format!("{address}#{fragment}") })
    };
    let element = |wanted: &str| {
        let wanted = lower(wanted.trim());
        elements.iter().find(|(names, _, _)| names.contains(&wanted)).map(|(_, _, page)| medium.address(page).unwrap_or_default())
    };
    let nearest = |wanted: &str| links::nearest(wanted, elements.iter().map(|(_, name, _)| name.as_str()));
    let made = page::standalone(&Page {
        project: &opened.project.name,
        path: &path,
        text: &opened.record.text,
        record: &record,
        day: app.clock.now(),
        figures: &figures,
        as_of: reading.as_of.as_deref(),
        medium: &medium,
        element_url: &element,
        link_url: &link,
        nearest: &nearest,
    });
    let file = name(&path);
    let stem = file.strip_suffix(".md").or_else(|| file.strip_suffix(".markdown")).unwrap_or(file);
    Ok((format!("{stem}.html"), made))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The names of all elements, in lower case and as they are, with their pages.
async fn elements(app: &AppState, opened: &Opened) -> Result<Vec<(Vec<String>, String, String)>, ServiceError> {
    let now = drawings(app, opened, None).await?;
    app.jobs
        .heavy(move || {
            let mut found = Vec::new();
            for drawing in &now.diagrams {
                let model = documents::model_in(&drawing.path, &drawing.text, &now.sources);
                for element in model.elements.values() {
                    let names = [Some(element.key.as_str()), element.identifier.as_deref(), Some(&element.name)];
                    let page = format!("{}?element={}", drawing.page, escape(element.key.as_str()));
                    found.push((names.into_iter().flatten().map(lower).collect(), element.name.clone(), page));
                }
            }
            found
        })
        .await
}
