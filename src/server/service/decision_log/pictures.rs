//! The log in pictures: when decisions held, and how they relate.

use crate::{
    api::decision_log::{Dated, GraphNode, GraphPage, GraphWish, Month, TimelinePage},
    domain::{
        account::Role,
        decision::{
            log::{
                chart,
                current::instead,
                edges,
                graph::{self, Node},
                picture,
                timeline::{self, Event},
                view::NO_STATUS,
            },
            status::Status,
        },
        id::DocumentId,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{access::Actor, decision_log::Opened},
    },
};

/// Links that a neighbourhood may reach.
const FARTHEST: usize = 9;

/// The decisions by their days.
pub async fn timeline(app: &AppState, actor: &Actor, slug: &str) -> Result<TimelinePage, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    let head = opened.head(app).await?;
    let today = head.now.day();
    app.jobs
        .heavy(move || {
            let entries = opened.log.entries();
            let edges = edges(&entries);
            let timeline = timeline::timeline(&entries);
            let dated = |event: &Event| {
                let after = instead(&entries, &edges, event.entry).into_iter().filter_map(|by| {
                    let record = &opened.log.texts.get(by)?.record;
                    let name = record.number.map_or_else(|| record.title.clone(), |number| format!("ADR-{number:04}"));
                    Some((name, opened.page(by)))
                });
                Dated {
                    page: opened.page(event.entry),
                    number: event.number,
                    title: event.title.clone(),
                    status: event.status,
                    day: event.day,
                    until: event.until,
                    instead: after.collect(),
                }
            };
            let mut months: Vec<Month> = Vec::new();
            for event in timeline.dated.iter().rev() {
                let Some(day) = event.day else { continue };
                match months.last_mut() {
                    Some(month) if (month.year, month.month) == (day.year, day.month) => month.decisions.push(dated(event)),
                    _ => months.push(Month { year: day.year, month: day.month, decisions: vec![dated(event)] }),
                }
            }
            let picture = chart::svg(&timeline, &entries, today, &|index| opened.page(index));
            let undated = timeline.undated.iter().map(dated).collect();
            TimelinePage { head, picture, months, undated }
        })
        .await
}

/// The decisions and how they relate, as far as they are wanted. Words that mean nothing want all.
pub async fn graph(app: &AppState, actor: &Actor, slug: &str, wish: GraphWish) -> Result<GraphPage, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    let head = opened.head(app).await?;
    app.jobs
        .heavy(move || {
            let entries = opened.log.entries();
            let graph = graph::graph(&entries, wish.mentions == "1");
            let fits = |node: &Node| match wish.status.as_str() {
                NO_STATUS => node.status.is_none(),
                slug => Status::from_slug(slug).is_none_or(|status| node.status == Some(status)),
            };
            let id = |node: &Node| opened.documents.get(&node.path).map(|document| document.id);
            let wanted = wish.around.parse::<DocumentId>().ok();
            let centre = wanted.and_then(|wanted| graph.nodes.iter().position(|node| id(node) == Some(wanted)));
            let steps = wish.steps.parse().unwrap_or(1_usize).clamp(1, FARTHEST);
            let part = picture::part(&graph, &fits, centre.map(|centre| (centre, steps)));
            let node = |(index, node): (usize, &Node)| {
                Some(GraphNode {
                    document: id(node)?,
                    page: opened.page(index),
                    number: node.number,
                    title: node.title.clone(),
                    status: node.status,
                })
            };
            GraphPage {
                head,
                picture: picture::svg(&graph, &part, centre, &|index| opened.page(index)),
                alone: part.alone.iter().filter_map(|index| graph.nodes.get(*index).map(|node| (*index, node))).filter_map(node).collect(),
                all: graph.nodes.iter().enumerate().filter_map(node).collect(),
                wish,
            }
        })
        .await
}
