//! `/collab/{document}`: the live connection of one document, from the handshake to its end.
//!
//! Everything is decided before the upgrade: who asks, from where, whether they may see the document, whether there is
//! room. Afterwards whatever changes any of it closes the socket or takes the right to write within a second.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Extension,
    body::Bytes,
    extract::{
        Path, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use tokio::{
    sync::watch,
    time::{Duration, MissedTickBehavior, interval, sleep, timeout},
};

use crate::{
    api::ApiError,
    domain::{account::Role, id::DocumentId},
    server::{
        boot::AppState,
        collab::{
            closing::Closing,
            frame::MAX_FRAME,
            outbox::{Next, Outbox},
            presence::Who,
            registry::{Admission, Turned},
            session::Session,
        },
        error::ServiceError,
        http::{
            answer::Problem,
            auth::{self, Address, SignedIn},
            headers::same_origin,
        },
        service::access,
    },
};

/// Buffers of a socket; the usual ones are what most of the memory of a quiet connection goes to.
const READ_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER: usize = 8 * 1024;
/// The largest answer is a whole document.
const LARGEST_WRITE: usize = 32 * 1024 * 1024;
const PING: Duration = Duration::from_secs(15);
/// A client from which nothing came for this long, no answer to a ping either, is gone.
const SILENCE: Duration = Duration::from_secs(32);
/// How often a connection asks again what it may do though nobody said that anything changed: sessions run out, and an
/// operator may change things from the command line.
const RECHECK: Duration = Duration::from_mins(1);
/// How long a client may take to read that it is being closed.
const GOODBYE: Duration = Duration::from_secs(2);

/// What a connection needs to know about itself after the handshake.
struct Live {
    app: AppState,
    document: DocumentId,
    /// What proves who it is, to ask again.
    proof: HeaderMap,
    access: watch::Receiver<u64>,
    _place: Admission,
}

/// Opens a live connection.
pub async fn collab(
    State(app): State<AppState>,
    Path(document): Path<String>,
    SignedIn(actor): SignedIn,
    address: Option<Extension<Address>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Response> {
    let refuse = |error: ServiceError| Problem::from(error).into_response();
    // A browser sends its cookie along with any page's request; the page's address tells whose it is.
    if actor.token.is_none() && !same_origin(&app.config, &headers) {
        return Err(Problem::forbidden("Live connections are opened from this server's own pages only.").into_response());
    }
    // Changes of access from here on are heard.
    let access = app.rooms.access();
    let document: DocumentId = document.parse().map_err(|_| refuse(ServiceError::not_found("The document")))?;
    let (granted, _) = access::document(&app, &actor, document, Role::Viewer).await.map_err(refuse)?;
    let upgrade = upgrade.map_err(IntoResponse::into_response)?;
    let address = address.map_or_else(|| [0, 0, 0, 0].into(), |Extension(Address(address))| address);
    let place = app.rooms.registry().admit(actor.person.id, address).map_err(turned_away)?;
    let who = Who { user: actor.person.id, name: actor.person.name };
    let session = app.rooms.join(document, who, granted.role >= Role::Editor).await.map_err(|error| refuse(error.into()))?;

    let mut proof = HeaderMap::new();
    for name in [header::COOKIE, header::AUTHORIZATION] {
        for value in headers.get_all(&name) {
            proof.append(name.clone(), value.clone());
        }
    }
    let live = Live { app, document, proof, access, _place: place };
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(LARGEST_WRITE)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME)
        .on_upgrade(move |socket| serve(socket, session, live)))
}

fn turned_away(turned: Turned) -> Response {
    let (status, seconds, error) = match turned {
        Turned::Stopping => {
            let reason = "The server restarts. Connect again in a few seconds.".to_owned();
            (StatusCode::SERVICE_UNAVAILABLE, 2_u64, ApiError::Conflict { reason })
        }
        Turned::Crowded => {
            let reason = "There are too many live connections of yours. Close some pages and try again.".to_owned();
            (StatusCode::TOO_MANY_REQUESTS, 10, ApiError::Conflict { reason })
        }
    };
    let mut response = Problem::new(status, error).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Moves frames until one side has enough.
async fn serve(socket: WebSocket, mut session: Session, live: Live) {
    let sockets = Arc::clone(&live.app.health);
    sockets.sockets.fetch_add(1, Ordering::Relaxed);
    let outbox = session.outbox();
    let (mut sink, mut stream) = socket.split();
    let (told, write) = watch::channel(session.writes());
    let closing = tokio::select! {
        closing = send(&mut sink, &outbox) => closing,
        closing = hear(&mut stream, &mut session, write) => closing,
        closing = lose_access(&live, told) => Some(closing),
        () = outbox.given_up() => Some(Closing::Slow),
    };
    // The others see at once that somebody left, however long the goodbye takes.
    drop(session);
    if let Some(closing) = closing {
        let frame = CloseFrame { code: closing.code(), reason: closing.to_string().into() };
        let _ = timeout(GOODBYE, sink.send(Message::Close(Some(frame)))).await;
        // The client's own close, or what it was still sending.
        let _ = timeout(GOODBYE, async { while let Some(Ok(_)) = stream.next().await {} }).await;
    }
    sockets.sockets.fetch_sub(1, Ordering::Relaxed);
}

/// Sends what the room has for the client; none when the line is dead.
async fn send(sink: &mut SplitSink<WebSocket, Message>, outbox: &Outbox) -> Option<Closing> {
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            next = outbox.next() => match next {
                Next::Send(frames) => {
                    for frame in frames {
                        sink.feed(Message::Binary(frame)).await.ok()?;
                    }
                    sink.flush().await.ok()?;
                }
                Next::Close(closing) => return Some(closing),
            },
            _ = ping.tick() => sink.send(Message::Ping(Bytes::new())).await.ok()?,
        }
    }
}

/// Hears the client; none when it left or its line is dead.
async fn hear(stream: &mut SplitStream<WebSocket>, session: &mut Session, mut write: watch::Receiver<bool>) -> Option<Closing> {
    loop {
        tokio::select! {
            biased;
            Ok(()) = write.changed() => session.set_write(*write.borrow_and_update()),
            message = timeout(SILENCE, stream.next()) => match message.ok()?? {
                Ok(Message::Binary(bytes)) => {
                    if let Err(closing) = session.receive(bytes).await {
                        return Some(closing);
                    }
                }
                Ok(Message::Text(_)) => return Some(Closing::Unsupported),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) => return None,
                // The library names its limits in words only.
                Err(error) => return error.to_string().contains("too long").then_some(Closing::TooLarge),
            },
        }
    }
}

/// Waits until the connection has no right to be there any more, and tells meanwhile whether it may write.
async fn lose_access(live: &Live, write: watch::Sender<bool>) -> Closing {
    let mut access = live.access.clone();
    loop {
        tokio::select! {
            Ok(()) = access.changed() => {}
            () = sleep(RECHECK) => {}
        }
        match may_write(live).await {
            Ok(may) => drop(write.send_if_modified(|write| std::mem::replace(write, may) != may)),
            Err(closing) => return closing,
        }
    }
}

async fn may_write(live: &Live) -> Result<bool, Closing> {
    let fault = |error: ServiceError| {
        tracing::error!(document = %live.document, %error, "a connection could not be checked");
        Closing::Reloaded
    };
    let actor = auth::actor(&live.app, &live.proof).await.map_err(fault)?.ok_or(Closing::SessionEnded)?;
    match access::document(&live.app, &actor, live.document, Role::Viewer).await {
        Ok((granted, _)) => Ok(granted.role >= Role::Editor),
        Err(ServiceError::NotFound { .. } | ServiceError::Forbidden { .. }) => {
            // Whether the document is gone or only their way to it makes no difference to them, but to what their page says.
            let gone = live.app.store.stored_text(live.document).await.is_ok_and(|found| found.is_none());
            Err(if gone { Closing::Gone } else { Closing::NoAccess })
        }
        Err(error) => Err(fault(error)),
    }
}
