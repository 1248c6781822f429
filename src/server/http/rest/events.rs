//! The progress of a review, or of an answer, as server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse,
        sse::{self, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;

use crate::{
    domain::{id::TalkId, review::ReviewStatus},
    server::{
        http::{
            auth::SignedIn,
            rest::{App, Outcome, request::At},
        },
        service::{
            self,
            jobs::{Event, LAST_EVENT, News},
        },
    },
};

/// Events after the one a reader has seen, until the review has ended.
pub async fn events(State(app): App, SignedIn(actor): SignedIn, At((slug, number)): At<(String, u32)>, headers: HeaderMap) -> Outcome {
    let review = service::reviews::state(&app, &actor, &slug, number).await?;
    let seen = seen(&headers);
    // A review that ended between the two looks is not followed any more; its state is read once more then.
    let events = if let Some(running) = app.jobs.follow(review.id) {
        follow(running, seen).boxed()
    } else {
        let review = service::reviews::state(&app, &actor, &slug, number).await?;
        ended(number, review.status, seen).boxed()
    };
    let stream = events.map(|event| Ok::<_, Infallible>(written(&event)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

/// What happens in a talk until nobody works on an answer any more.
pub async fn talk_events(State(app): App, SignedIn(actor): SignedIn, At((slug, id)): At<(String, TalkId)>, headers: HeaderMap) -> Outcome {
    service::talks::exists(&app, &actor, &slug, id).await?;
    let seen = seen(&headers);
    let events = match app.jobs.follow(id) {
        Some(running) => follow(running, seen).boxed(),
        None => stream::iter([Event { id: LAST_EVENT, news: News::Answered {} }].into_iter().filter(move |event| event.id > seen)).boxed(),
    };
    let stream = events.map(|event| Ok::<_, Infallible>(written(&event)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

/// The number of the last event that a reader has seen.
fn seen(headers: &HeaderMap) -> u32 {
    headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0)
}

fn written(event: &Event) -> sse::Event {
    let written = sse::Event::default().id(event.id.to_string()).event(event.news.name());
    written.data(serde_json::to_string(&event.news).unwrap_or_default())
}

fn ended(number: u32, status: ReviewStatus, seen: u32) -> impl Stream<Item = Event> + Send {
    let first = Event { id: 1, news: News::Status { number, status } };
    let last = Event { id: LAST_EVENT, news: News::Finished { number, status } };
    stream::iter([first, last].into_iter().filter(move |event| event.id > seen))
}

fn follow(running: watch::Receiver<Vec<Event>>, seen: u32) -> impl Stream<Item = Event> + Send {
    let next = |(mut running, seen, first): (watch::Receiver<Vec<Event>>, u32, bool)| async move {
        if seen >= LAST_EVENT || (!first && running.changed().await.is_err()) {
            return None;
        }
        let fresh: Vec<Event> = running.borrow_and_update().iter().filter(|event| event.id > seen).cloned().collect();
        let seen = fresh.last().map_or(seen, |event| event.id);
        Some((stream::iter(fresh), (running, seen, false)))
    };
    stream::unfold((running, seen, true), next).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: u32) -> Event {
        Event { id, news: News::Step { doing: format!("step {id}") } }
    }

    #[tokio::test]
    async fn a_reader_goes_on_after_what_it_saw_and_stops_at_the_end() {
        let sender = watch::Sender::new(vec![step(1), step(2)]);
        let stream = follow(sender.subscribe(), 1);
        let read = tokio::spawn(stream.map(|event| event.id).collect::<Vec<_>>());
        sender.send_modify(|events| events.push(step(3)));
        sender.send_modify(|events| events.push(Event { id: LAST_EVENT, ..step(4) }));
        drop(sender);
        assert_eq!(read.await.unwrap(), [2, 3, LAST_EVENT]);
    }

    #[tokio::test]
    async fn what_has_ended_says_so_at_once() {
        let ids = |seen| ended(3, ReviewStatus::Finished, seen).map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(ids(0).await, [1, LAST_EVENT]);
        assert_eq!(ids(5).await, [LAST_EVENT]);
        assert_eq!(ids(LAST_EVENT).await, [0_u32; 0]);
    }
}
