//! What the command palette offers to a person on a page.

use crate::{
    api::palette::{Group, Item},
    domain::{
        account::Role,
        address::escape,
        decision,
        model::Level,
        project::DocumentKind,
        syntax::{language_of, parse},
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

/// Elements of one project at most: the rest is found in the diagram itself.
const ELEMENTS: usize = 2000;

/// Projects, and what is in the project one is in. Nothing for people who are not signed in.
pub async fn items(app: &AppState, actor: Option<&Actor>, slug: Option<&str>) -> Result<Vec<Item>, ServiceError> {
    let Some(actor) = actor else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    if let Some(slug) = slug {
        let project = access::project(app, actor, slug, Role::Viewer).await?.project;
        let texts = documents::texts(app, project.id).await?;
        let sources = documents::sources(app, project.id, &texts).await?;
        for text in &texts {
            let document = &text.document;
            let page = document.kind.page(slug, document.id);
            if document.kind == DocumentKind::Decision {
                let record = decision::parse(&document.path, &text.text);
                let number = record.number.map(|number| format!("ADR-{number:04} ")).unwrap_or_default();
                let status = record.status.map(|status| status.written).unwrap_or_default();
                items.push(item(Group::Decisions, "decision", format!("{number}{}", record.title), status, page));
                continue;
            }
            items.push(item(Group::Pages, "diagram", document.title.clone(), "Diagram".to_owned(), page.clone()));
            let Some(language) = language_of(&document.path, &text.text) else { continue };
            let model = parse(language, &document.path, &text.text, &sources).model;
            let elements = model.elements.values().filter(|element| element.level != Level::DeploymentEnvironment).take(ELEMENTS);
            items.extend(elements.map(|element| {
                let place = element.parent.as_ref().and_then(|parent| model.element(parent)).map(|parent| parent.name.clone());
                let hint = place.unwrap_or_else(|| element.kind.value.name().to_owned());
                let href = format!("{page}?element={}", escape(element.key.as_str()));
                item(Group::Elements, element.kind.value.slug(), element.name.clone(), hint, href)
            }));
        }
        for review in app.store.reviews(project.id).await?.into_iter().take(20) {
            let verdict = review.verdict.map(|verdict| verdict.name().to_owned()).unwrap_or_default();
            let href = format!("/p/{slug}/reviews/{}", review.number);
            items.push(item(Group::Reviews, "review", format!("Review {}", review.number), verdict, href));
        }
    }
    for card in app.store.project_cards(actor.person.id).await? {
        let href = format!("/p/{}", card.project.slug);
        items.push(item(Group::Pages, "project", card.project.name, "Project".to_owned(), href));
    }
    Ok(items)
}

fn item(group: Group, icon: &str, label: String, hint: String, href: String) -> Item {
    Item { group, icon: icon.to_owned(), label, hint, href }
}
