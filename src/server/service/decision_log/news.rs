//! What changed in the log since somebody was there: what others decided, changed and said.

use std::collections::BTreeSet;

use crate::{
    api::decision_log::{News, NewsItem, NewsRemark},
    domain::{
        account::Role,
        decision::log::{
            Text,
            news::{Seen, SeenDecision, What, changes},
        },
        id::DocumentId,
        project::DocumentKind,
        review::finding::Anchor,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{access::Actor, decision_log::Opened},
    },
};

/// Characters of a remark that are shown.
const SHOWN: usize = 160;

/// What the log says now.
fn seen(opened: &Opened) -> Seen {
    let decision = |text: &Text| {
        let document = opened.documents.get(&text.path)?;
        let written = text.record.status.as_ref();
        let status = written.map(|written| written.status.map_or_else(|| written.written.clone(), |known| known.slug().to_owned()));
        let decision = SeenDecision {
            revision: document.revision,
            number: text.record.number,
            title: text.record.title.clone(),
            status: status.unwrap_or_default(),
        };
        Some((document.id, decision))
    };
    Seen { decisions: opened.log.texts.iter().filter_map(decision).collect() }
}

/// What changed since the actor's last visit. The first visit is remembered, and nothing is new then.
pub(super) async fn since(app: &AppState, actor: &Actor, opened: &Opened) -> Result<News, ServiceError> {
    let (project, user, now) = (opened.project.id, actor.person.id, seen(opened));
    let Some((at, before)) = app.store.log_visit(project, user).await? else {
        app.store.set_log_visit(project, user, app.clock.now(), &now, false).await?;
        return Ok(News::default());
    };
    let deeds = app.store.deeds_since(project, user, at).await?;
    let own: BTreeSet<DocumentId> = app.store.changed_last_by(project, user).await?.into_iter().collect();
    let mut items = Vec::new();
    for item in changes(&before, &now) {
        let page = DocumentKind::Decision.page(&opened.project.slug, item.document);
        let deed = deeds.iter().find(|deed| deed.page == page);
        // What nobody else had a part in is no news.
        if deed.is_none() && own.contains(&item.document) {
            continue;
        }
        let document = opened.documents.values().find(|document| document.id == item.document);
        let (by, when) = match (deed, document) {
            (Some(deed), _) => (Some(deed.who.clone()), Some(deed.at)),
            (None, Some(document)) => (Some(document.updated_by.clone()), Some(document.updated_at)),
            (None, None) => (None, None),
        };
        items.push(NewsItem { page: (item.what != What::Removed).then_some(page), item, by, at: when });
    }
    let decisions: BTreeSet<DocumentId> = opened.documents.values().map(|document| document.id).collect();
    let mut remarks = app.store.remarks_since(project, user, at).await?;
    remarks.retain(|remark| {
        let about = remark.about.anchors.iter().map(Anchor::document);
        about.chain(remark.about.evidence.iter().map(|evidence| evidence.document)).any(|document| decisions.contains(&document))
    });
    let remarks = remarks.into_iter().map(|remark| NewsRemark {
        page: format!("/p/{}/reviews/{}?finding={}", opened.project.slug, remark.review, remark.finding),
        finding: remark.finding,
        title: remark.about.title,
        author: remark.author,
        at: remark.at,
        text: beginning(&remark.text),
    });
    Ok(News { since: Some(at), items, remarks: remarks.collect() })
}

fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// What changed, for programs.
pub async fn read(app: &AppState, actor: &Actor, slug: &str) -> Result<News, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    since(app, actor, &opened).await
}

/// Remembers that the actor has seen what the log says now.
pub async fn see(app: &AppState, actor: &Actor, slug: &str) -> Result<(), ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    Ok(app.store.set_log_visit(opened.project.id, actor.person.id, app.clock.now(), &seen(&opened), true).await?)
}
