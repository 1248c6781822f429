//! Connections: taking them, bounding how many there are and how slowly they may speak, and letting them finish.
//!
//! A loop of our own, because the framework's has no limit on how long a client may take to send its request's head:
//! a few hundred sockets that send a byte a minute would otherwise be held for ever.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::ServiceExt;

/// How long a client may take to send a request's head, or to begin its next one.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Connections at a time; further ones wait in the system's queue.
const MOST: u32 = 4096;
/// Bytes of a request's head.
const HEAD: usize = 64 * 1024;

/// Serves until `stopped` holds true, then lets requests that are under way finish. Live editing connections have left
/// HTTP behind and are not waited for: their rooms close them.
pub async fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>, patience: Duration) {
    let room = Arc::new(Semaphore::new(MOST as usize));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stopped) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, router.clone(), stopped.clone(), patience, permit));
            }
            Err(error) => {
                // Out of file descriptors, or a client that left before it was taken: wait a moment for either to pass.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let _ = room.acquire_many(MOST).await;
}

/// Waits until it is time to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // An error means that nobody is left to say so, which says it.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
    patience: Duration,
    _permit: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = told(&mut stopped) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
    };

    use super::*;

    async fn start(router: Router, patience: Duration) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        (addr, stop, tokio::spawn(serve(listener, router, stopped, patience)))
    }

    #[tokio::test]
    async fn a_client_that_does_not_finish_its_head_is_dropped() {
        let (addr, _stop, _server) = start(Router::new(), Duration::from_millis(50)).await;
        let mut client = TcpStream::connect(addr).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    #[tokio::test]
    async fn stopping_waits_for_what_is_under_way_and_takes_nothing_new() {
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (saw, may) = (Arc::clone(&begun), Arc::clone(&go));
        let slow = move || async move {
            saw.notify_one();
            may.notified().await;
            "done"
        };
        let (addr, stop, server) = start(Router::new().route("/", get(slow)), PATIENCE).await;
        let mut client = TcpStream::connect(addr).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        begun.notified().await;
        stop.send(true).unwrap();
        go.notify_one();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
        server.await.unwrap();
        assert!(TcpStream::connect(addr).await.is_err());
    }
}
