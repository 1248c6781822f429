//! One try of a turn over HTTP: the request out, the answer's bytes through the decoder into the assembler, and a limit on
//! how long each part may take.
//!
//! Redirects are not followed, so that a key never leaves for another host. Proxies named in the environment (`HTTPS_PROXY`
//! and the like) are not used: what a machine sets for its other programs must not decide where designs are sent. A proxy
//! is used where Lintel's own setting names one. Certificates are checked against the operating system's authorities.

use std::{error::Error as _, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    domain::agent::conversation::{Progress, Protocol, Turn, TurnError, TurnRequest},
    server::{
        llm::{
            anthropic,
            endpoint::Endpoint,
            fault::{Advice, Complaint, Fault, shown},
            openai,
            resilience::Line,
            sse::{Decoder, Limits},
            wire::Assembler,
        },
        ports::{Clock, ModelInfo},
    },
};

/// How much of an error's body is read, in bytes.
const ERROR_BODY: usize = 64 << 10;
/// How long a complete answer's connection may take to come to its end, so that the next turn can use it again.
const FAREWELL: Duration = Duration::from_millis(100);
/// How long to wait for counts after the provider has said how the turn ends.
const AFTER_END: Duration = Duration::from_secs(5);

/// How long each part of an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub connect: Duration,
    /// From the request to the response's headers.
    pub headers: Duration,
    /// From the headers to the first that the model says.
    pub first: Duration,
    /// Without any byte.
    pub idle: Duration,
    /// Without anything from the model; signs of life of the connection don't count.
    pub stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), headers: seconds(30), first: seconds(60), idle: seconds(45), stall: seconds(120) }
    }
}

/// A connection to a provider.
pub struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
    protocol: Protocol,
    timeouts: Timeouts,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// # Errors
    /// What the TLS library or the proxy's address lacks.
    pub fn new(
        endpoint: Endpoint,
        protocol: Protocol,
        timeouts: Timeouts,
        proxy: Option<&str>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        // Only the first call in a process sets it; it is the same one each time.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("lintel/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(timeouts.connect)
            // Shorter than providers keep connections, so that a request seldom meets one that is being closed.
            .pool_idle_timeout(Duration::from_secs(30));
        let builder = match proxy {
            Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy).map_err(|error| cause(&error))?),
            // A model on the same machine has to work where there are no certificates at all.
            None if endpoint.url().scheme() == "http" => builder.tls_certs_only([]),
            None => builder,
        };
        let http = builder.build().map_err(|error| cause(&error))?;
        Ok(Self { http, endpoint, protocol, timeouts, limits: Limits::default(), clock })
    }

    async fn ask(&self, info: &ModelInfo, request: &TurnRequest, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Turn, Fault> {
        let response = self.send(info, request).await?;
        let headers = response.headers().clone();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id =
            ["request-id", "x-request-id"].into_iter().find_map(header).map(|id| self.endpoint.hide(&shown(id))).unwrap_or_default();
        let status = response.status();
        tracing::debug!(provider = info.provider, model = request.model, status = status.as_u16(), request_id, "the model answers");
        if status != StatusCode::OK {
            let advice = Advice::read(header, self.clock.now().0);
            let body = self.body(response).await;
            return Err(Fault::of_status(info, status.as_u16(), advice, &body));
        }
        let kind = header("content-type").map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        match kind.as_deref() {
            None | Some("text/event-stream") => {}
            Some(kind) => {
                let json = kind == "application/json" || kind.ends_with("+json");
                let kind = shown(kind);
                let body = if json { self.body(response).await } else { Vec::new() };
                let complaint = serde_json::from_slice::<Value>(&body).ok().filter(|body| body.get("error").is_some());
                return Err(match complaint.as_ref().and_then(Complaint::of) {
                    Some(complaint) => Fault::of_complaint(info, &complaint),
                    None => Fault {
                        again: false,
                        ..Fault::broken(info, format!("it sends {kind} instead of a stream; check the provider's address"))
                    },
                });
            }
        }
        let turn = self.listen(info, response, progress).await?;
        Ok(Turn { request_id, ..turn })
    }

    async fn send(&self, info: &ModelInfo, request: &TurnRequest) -> Result<Response, Fault> {
        let (url, body, mut headers) = match self.protocol {
            Protocol::OpenAi => {
                let url = self.endpoint.at("chat/completions");
                let dialect = openai::Dialect::of(url.host_str().unwrap_or_default());
                let mut headers = HeaderMap::new();
                if let Some(key) = self.endpoint.header("Bearer ", &url) {
                    headers.insert(reqwest::header::AUTHORIZATION, key);
                }
                (url, openai::body(request, &info.capabilities, dialect), headers)
            }
            Protocol::Anthropic | Protocol::Scripted => {
                let versioned = self.endpoint.url().path().ends_with("/v1");
                let url = self.endpoint.at(if versioned { "messages" } else { "v1/messages" });
                let mut headers = HeaderMap::new();
                headers.insert(HeaderName::from_static("anthropic-version"), HeaderValue::from_static(anthropic::VERSION));
                if let Some(key) = self.endpoint.header("", &url) {
                    headers.insert(HeaderName::from_static("x-api-key"), key);
                }
                (url, anthropic::body(request, &info.capabilities), headers)
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let sending = self.http.post(url).headers(headers).body(body.to_string()).send();
        let patience = self.timeouts.connect.saturating_add(self.timeouts.headers);
        match timeout(patience, sending).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_connect() && error.is_timeout() => Err(late(info, "connecting", self.timeouts.connect)),
            Ok(Err(error)) => Err(unreachable(info, &error)),
            Err(_) => Err(late(info, "the beginning of the answer", self.timeouts.headers)),
        }
    }

    /// The beginning of an error's body; whatever can't be read of it is left out.
    async fn body(&self, mut response: Response) -> Vec<u8> {
        let mut body = Vec::new();
        let deadline = Instant::now() + self.timeouts.connect;
        while let Ok(Ok(Some(bytes))) = timeout_at(deadline, response.chunk()).await {
            let room = ERROR_BODY.saturating_sub(body.len());
            body.extend(bytes.iter().take(room));
            if bytes.len() >= room {
                break;
            }
        }
        body
    }

    async fn listen(&self, info: &ModelInfo, mut response: Response, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Turn, Fault> {
        let mut decoder = Decoder::new(self.limits);
        let mut assembler: Box<dyn Assembler> = match self.protocol {
            Protocol::OpenAi => Box::new(openai::Answer::new(info)),
            Protocol::Anthropic | Protocol::Scripted => Box::new(anthropic::Answer::new(info)),
        };
        let too_long = |error: crate::server::llm::sse::TooLong| Fault { again: false, ..Fault::broken(info, error.to_string()) };
        let mut content = (Instant::now() + self.timeouts.first, "the first word", self.timeouts.first);
        loop {
            let now = Instant::now();
            let settled = assembler.settled();
            let idle = if settled { self.timeouts.idle.min(AFTER_END) } else { self.timeouts.idle };
            let silence = (now + idle, "a silence", self.timeouts.idle);
            let (deadline, what, limit) = if content.0 < silence.0 { content } else { silence };
            let bytes = match timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(bytes))) => bytes,
                // All that matters was said.
                Ok(Err(_)) | Err(_) if settled => break,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(Fault::broken(info, format!("it broke off: {}", shown(&cause(&error))))),
                Err(_) => return Err(late(info, what, limit)),
            };
            let mut last = false;
            for event in decoder.feed(&bytes).map_err(too_long)? {
                let heard = assembler.hear(&event)?;
                heard.progress.into_iter().for_each(progress);
                if heard.content {
                    content = (Instant::now() + self.timeouts.stall, "a pause in the answer", self.timeouts.stall);
                }
                last |= heard.last;
                if last {
                    break;
                }
            }
            if last {
                // A connection that is read to its end is used again.
                let _ = timeout(FAREWELL, async { while let Ok(Some(_)) = response.chunk().await {} }).await;
                return assembler.finish();
            }
        }
        if let Some(event) = decoder.finish().map_err(too_long)? {
            assembler.hear(&event)?.progress.into_iter().for_each(progress);
        }
        assembler.finish()
    }
}

impl Line for Client {
    fn attempt<'a>(
        &'a self,
        info: &'a ModelInfo,
        request: &'a TurnRequest,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, Fault>> {
        Box::pin(async move {
            let outcome = self.ask(info, request, progress).await;
            outcome.map_err(|fault| fault.without(&|text| self.endpoint.hide(text)))
        })
    }
}

fn late(info: &ModelInfo, what: &str, limit: Duration) -> Fault {
    let seconds = limit.as_secs() + u64::from(limit.subsec_nanos() > 0);
    Fault::passing(TurnError::TimedOut { provider: info.provider.clone(), what: what.to_owned(), seconds })
}

fn unreachable(info: &ModelInfo, error: &reqwest::Error) -> Fault {
    let certificate = cause(error).contains("certificate");
    let error = TurnError::Unreachable { provider: info.provider.clone(), detail: shown(&cause(error)) };
    // A certificate that is wrong now is wrong in a second.
    if certificate { Fault::lasting(error) } else { Fault::passing(error) }
}

/// The innermost reason, which is the one that says what happened; the outer ones name the address.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.source().is_none() { error.to_string() } else { innermost.to_string() }
}
