//! What every answer carries so that browsers protect the people who read it, and the check that a change was asked for
//! from our own pages.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

use crate::server::{
    boot::{AppState, Config},
    http::{answer::Problem, auth::Caller},
};

/// For answers that are not pages: nothing loads, nothing frames them.
const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox");

/// For the script of the worker that runs the rules, which goes by its own answer's policy: it may fetch and run its program, and
/// nothing else.
pub const WORKER: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// The policy of a page. The nonce is new with every answer.
fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; \
         base-uri 'none'; form-action 'self'; object-src 'none'"
    )
}

/// Puts the policy with this answer's nonce on the page that is being rendered.
pub fn start_page() {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&page_policy(&nonce))) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Adds the headers that every answer has.
pub async fn protect(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=(self), clipboard-write=(self)",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.config.https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    // Whatever does not say that it may be kept was made for one reader.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses changes that another site's page asks for in the name of whoever is signed in here.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; neither can be set by a page. A
/// request with neither is not a browser's. Bearer tokens are not sent by browsers on their own and need no check.
pub async fn same_site(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let bearer = request.extensions().get::<Caller>().is_some_and(|caller| caller.0.as_ref().is_some_and(|actor| actor.token.is_some()));
    if reads || bearer || asked_from_here(&app.config, request.headers()) {
        return next.run(request).await;
    }
    Problem::forbidden("This change was asked for by another site's page. Open this server's own page and try again.").into_response()
}

fn asked_from_here(config: &Config, headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => false,
        None => !headers.contains_key(header::ORIGIN) || same_origin(config, headers),
    }
}

/// Whether `Origin` is there and is this server: the scheme, host and port of `LINTEL_BASE_URL`, or else the host that
/// was asked for.
pub fn same_origin(config: &Config, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    if let Some(base) = &config.base_url {
        return origin.eq_ignore_ascii_case(base);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin: Uri = origin.parse().unwrap_or_default();
    origin.authority().is_some_and(|authority| !host.is_empty() && authority.as_str().eq_ignore_ascii_case(host))
}
