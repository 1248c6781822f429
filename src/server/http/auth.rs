//! Who asks: a session cookie or a bearer token becomes an [`Actor`], once per request.
//!
//! [`resolve`] runs before every handler and leaves a [`Caller`] in the request. Server functions read it with [`caller`]
//! and [`signed_in`], JSON handlers with the [`SignedIn`] extractor.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    api::ApiError,
    server::{
        boot::{AppState, Config},
        error::ServiceError,
        http::{answer::Problem, router},
        service::{self, access::Actor},
    },
};

/// Who asks, in the request's extensions; nobody for those who are not signed in.
#[derive(Clone, Debug, Default)]
pub struct Caller(pub Option<Actor>);

/// Where the request comes from, in its extensions: the client's address as the nearest trusted proxy saw it.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

/// Requires somebody to be signed in; 401 otherwise.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().and_then(|caller| caller.0.clone());
        caller.map(Self).ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, ApiError::SignInNeeded))
    }
}

/// Finds out who asks. A bearer token wins over a cookie, and a wrong one is an error rather than nobody.
pub async fn resolve(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let address = client_address(&app.config, &request);
    request.extensions_mut().insert(Address(address));
    match actor(&app, request.headers()).await {
        Ok(None) if bearer(request.headers()).is_some() => Problem::new(StatusCode::UNAUTHORIZED, ApiError::SignInNeeded).into_response(),
        Ok(actor) => {
            request.extensions_mut().insert(Caller(actor));
            next.run(request).await
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Who some headers prove somebody to be, as things are now.
pub async fn actor(app: &AppState, headers: &HeaderMap) -> Result<Option<Actor>, ServiceError> {
    if let Some(token) = bearer(headers) {
        service::people::by_token(app, token).await
    } else if let Some(secret) = cookie(headers, cookie_name(&app.config)) {
        service::people::by_session(app, secret).await
    } else {
        Ok(None)
    }
}

/// Leads people who are not signed in to the page where they can be, and everybody to the setup while it waits.
pub async fn gate(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let signed_in = request.extensions().get::<Caller>().is_some_and(|caller| caller.0.is_some());
    let setup = matches!(path, "/setup" | "/setup-waiting");
    if !reads || (signed_in && !setup) || !is_page(path) || app.assets.has(path) {
        return next.run(request).await;
    }
    let open = path == "/sign-in" || path.starts_with("/invite/") || path.starts_with("/s/");
    match service::people::setup_open(&app).await {
        Err(error) => Problem::from(error).into_response(),
        Ok(true) if setup => next.run(request).await,
        Ok(true) => see_other("/setup-waiting"),
        Ok(false) if open => next.run(request).await,
        Ok(false) if setup => {
            // The setup is over: nothing answers under its address any more.
            let mut request = request;
            *request.uri_mut() = Uri::from_static("/setup-is-over");
            router::missing(app, request).await
        }
        Ok(false) => {
            let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
            if here == "/" { see_other("/sign-in") } else { see_other(&format!("/sign-in?next={}", encode(here))) }
        }
    }
}

fn is_page(path: &str) -> bool {
    !["/api/", "/fn/", "/pkg/", "/collab/"].iter().any(|prefix| path.starts_with(prefix))
        && !matches!(path, "/health" | "/ready" | "/metrics")
}

fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Percent-encodes everything but letters, digits and `-._~/`.
fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
        out
    })
}

/// The program's parts, inside a server function or a page that is being rendered.
pub fn app() -> Result<AppState, ApiError> {
    use_context::<AppState>().ok_or_else(|| ApiError::Internal { reference: String::new() })
}

/// Who asks, inside a server function or a page that is being rendered.
pub fn caller() -> Result<Option<Actor>, ApiError> {
    let parts = use_context::<Parts>().ok_or_else(|| ApiError::Internal { reference: String::new() })?;
    Ok(parts.extensions.get::<Caller>().and_then(|caller| caller.0.clone()))
}

/// Who asks, where somebody has to be signed in.
pub fn signed_in() -> Result<Actor, ApiError> {
    match caller()? {
        Some(actor) => Ok(actor),
        None => crate::server::error::answer(Err(crate::server::error::ServiceError::SignInNeeded)),
    }
}

/// The client's address, for throttling; empty outside a request.
pub fn address() -> String {
    let parts = use_context::<Parts>();
    parts.and_then(|parts| parts.extensions.get::<Address>().map(|address| address.0.to_string())).unwrap_or_default()
}

/// What the client's browser calls itself, at most 200 characters; empty when it does not say.
pub fn user_agent() -> String {
    let parts = use_context::<Parts>();
    let name = parts.as_ref().and_then(|parts| parts.headers.get(header::USER_AGENT)).and_then(|name| name.to_str().ok());
    name.unwrap_or_default().chars().take(200).collect()
}

/// Scheme, host and port as the client knows them, without a slash at the end.
pub fn origin(app: &AppState) -> String {
    if let Some(base) = &app.config.base_url {
        return base.clone();
    }
    let parts = use_context::<Parts>();
    let host = parts.as_ref().and_then(|parts| parts.headers.get(header::HOST)).and_then(|host| host.to_str().ok());
    host.map_or_else(|| format!("http://{}", app.config.addr), |host| format!("http://{host}"))
}

/// Gives the browser its session and leads to `next`, if that is a path on this server, or home.
pub fn start_session(app: &AppState, secret: &str, next: &str) {
    set_cookie(&cookie_header(&app.config, secret, service::people::SESSION_DAYS * 24 * 60 * 60));
    leptos_axum::redirect(local_path(next));
}

/// Takes the session and everything kept for it from the browser and leads to `next`.
pub fn end_session(app: &AppState, next: &str) {
    set_cookie(&cookie_header(&app.config, "", 0));
    if let Some(response) = use_context::<ResponseOptions>() {
        // Quotes belong to the value.
        response.insert_header(header::HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    }
    leptos_axum::redirect(local_path(next));
}

fn set_cookie(cookie: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// A path on this server that is safe to lead to; home for anything else, such as `//elsewhere.example`.
pub fn local_path(next: &str) -> &str {
    let local =
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && next.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if local { next } else { "/" }
}

/// The session cookie's name. The prefix makes browsers refuse it from other hosts and over http.
pub fn cookie_name(config: &Config) -> &'static str {
    if config.https() { "__Host-sid" } else { "sid" }
}

fn cookie_header(config: &Config, value: &str, seconds: i64) -> String {
    let secure = if config.https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", cookie_name(config))
}

/// A cookie's value in a request.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whose request this is: the peer, or what the trusted proxies in front say about it, read from the nearest outwards.
fn client_address(config: &Config, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip().to_canonical());
    let hops = request.headers().get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    let mut hops: Vec<&str> = hops.map(str::trim).collect();
    let mut client = peer;
    while config.trusts(client) {
        let Some(hop) = hops.pop().and_then(|hop| hop.parse::<IpAddr>().ok()) else { break };
        client = hop.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::boot::Settings;

    #[test]
    fn only_paths_on_this_server_are_led_to() {
        for (next, led) in [
            ("/p/shop", "/p/shop"),
            ("/a?b=c", "/a?b=c"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nb", "/"),
            ("", "/"),
        ] {
            assert_eq!(local_path(next), led, "{next}");
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("xsid=1; sid=2; other=3"));
        assert_eq!(cookie(&headers, "sid"), Some("2"));
        assert_eq!(cookie(&headers, "other"), Some("3"));
        assert_eq!(cookie(&headers, "id"), None);
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        let config =
            |trusted: &str| Config::read(Settings { trusted_proxies: Some(trusted.to_owned()), ..Settings::default() }, true).unwrap();
        let request = || {
            let mut request = Request::new(axum::body::Body::empty());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1))));
            request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 8.8.8.8, 10.0.0.2"));
            request
        };
        assert_eq!(client_address(&config(""), &request()).to_string(), "10.0.0.1");
        assert_eq!(client_address(&config("10.0.0.1"), &request()).to_string(), "10.0.0.2");
        assert_eq!(client_address(&config("10.0.0.0/8"), &request()).to_string(), "8.8.8.8");
    }

    #[test]
    fn addresses_are_encoded_whole() {
        assert_eq!(encode("/p/a b?c=d&e"), "/p/a%20b%3Fc%3Dd%26e");
    }
}
