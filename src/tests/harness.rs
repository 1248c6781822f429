//! The app on a database in memory, driven through its real router without a socket. Time stands still until a test
//! moves it; ids count up, so that two runs give the same bytes.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    domain::{
        account::{Person, Role},
        id::SessionId,
        moment::Moment,
        project::Project,
    },
    server::{
        boot::{AppState, Config, Settings},
        http::{assets::Assets, router::router},
        llm::providers::Providers,
        ports::{Clock, IdSource},
        service::{self, access::Actor},
        store::Store,
    },
};

/// The password of everybody in tests.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// When tests begin: 19 November 2026, noon.
pub(crate) const NOON: Moment = Moment(1_795_089_600_000);

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub(crate) struct FixedClock(AtomicI64);

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that count up. Secrets count up too: fine for tests, where nobody guesses.
#[derive(Debug, Default)]
pub(crate) struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn uuid(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(NOON.0.unsigned_abs(), &random).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        secret
    }
}

/// The running program.
pub(crate) struct TestApp {
    pub(crate) state: AppState,
    pub(crate) clock: Arc<FixedClock>,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header's value; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `name=value` of the cookie it sets; empty when it sets none.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }
}

/// A request being put together. Without [`Call::cookie`] or [`Call::bearer`] it comes from nobody.
pub(crate) struct Call<'a> {
    app: &'a TestApp,
    builder: axum::http::request::Builder,
    address: IpAddr,
}

impl Call<'_> {
    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self { builder: self.builder.header(name, value), ..self }
    }

    /// The client's address; 127.0.0.1 otherwise.
    pub(crate) fn from(self, address: &str) -> Self {
        Self { address: address.parse().unwrap(), ..self }
    }

    pub(crate) async fn send(self) -> Answer {
        self.body(Vec::new()).await
    }

    /// Sends JSON as programs do.
    pub(crate) async fn json(self, body: &serde_json::Value) -> Answer {
        self.header("content-type", "application/json").body(body.to_string().into_bytes()).await
    }

    /// Sends fields as an HTML form without JavaScript does.
    pub(crate) async fn form(self, fields: &[(&str, &str)]) -> Answer {
        let encoded: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect();
        self.header("content-type", "application/x-www-form-urlencoded").body(encoded.join("&").into_bytes()).await
    }

    pub(crate) async fn body(self, bytes: Vec<u8>) -> Answer {
        let mut request = self.builder.body(Body::from(bytes)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 50_000)));
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// The program with other settings than the usual.
    pub(crate) async fn with(settings: Settings) -> Self {
        let config = Config::read(settings, true).unwrap();
        let clock = Arc::new(FixedClock(AtomicI64::new(NOON.0)));
        let store = Store::memory().await.unwrap();
        let state = AppState::assemble(config, store, assets(), Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(CountingIds::default()));
        let router = router(state.clone());
        Self { state, clock, router }
    }

    /// The program with a provider of models.
    pub(crate) async fn asking(models: Providers) -> Self {
        let Self { state, clock, .. } = Self::start().await;
        let state = state.with_models(models);
        let router = router(state.clone());
        Self { state, clock, router }
    }

    /// Moves the clock on.
    pub(crate) fn wait(&self, milliseconds: i64) {
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// An account with [`PASSWORD`].
    pub(crate) async fn person(&self, name: &str, email: &str, admin: bool) -> Person {
        service::people::add(&self.state, name, email, PASSWORD, admin).await.unwrap()
    }

    /// Somebody who asks services directly.
    pub(crate) fn actor(&self, person: &Person) -> Actor {
        Actor { person: person.clone(), session: Some(SessionId::from_uuid(self.state.ids.uuid())), token: None }
    }

    /// An administrator, ready to ask services.
    pub(crate) async fn administrator(&self) -> Actor {
        let person = self.person("Ada Lovelace", "ada@example.com", true).await;
        self.actor(&person)
    }

    /// Signs a person in and gives their `name=value` cookie.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let secret = service::people::sign_in(&self.state, email, PASSWORD, "127.0.0.1", "test").await.unwrap();
        format!("{}={secret}", crate::server::http::auth::cookie_name(&self.state.config))
    }

    /// An API token of a person.
    pub(crate) async fn token(&self, person: &Person) -> String {
        service::people::create_token_for(&self.state, person.id, "test").await.unwrap()
    }

    /// An empty project of its owner.
    pub(crate) async fn project(&self, owner: &Actor, name: &str) -> Project {
        service::projects::create(&self.state, owner, name, None, "").await.unwrap()
    }

    /// A new account that is a member of a project.
    pub(crate) async fn member(&self, owner: &Actor, slug: &str, name: &str, role: Role) -> Actor {
        let person = self.person(name, &format!("{}@example.com", name.to_lowercase()), false).await;
        let actor = self.actor(&person);
        let offered = if role == Role::Owner { Role::Editor } else { role };
        let link = service::members::invite(&self.state, owner, slug, offered).await.unwrap();
        let (_, token) = link.rsplit_once('/').unwrap();
        service::members::accept_invite(&self.state, &actor, token).await.unwrap();
        if role == Role::Owner {
            service::members::set_role(&self.state, owner, slug, person.id, Role::Owner).await.unwrap();
        }
        actor
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call("POST", path)
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call<'_> {
        let builder = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:3000");
        Call { app: self, builder, address: IpAddr::from([127, 0, 0, 1]) }
    }

    /// What the audit log holds, as `action target` lines.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let trail = self.state.store.audit_trail().await.unwrap();
        trail.into_iter().map(|(action, target)| format!("{action} {target}")).collect()
    }
}

/// Stand-ins for the site's files.
fn assets() -> Assets {
    let list = "js lintel.0123456789.js\nwasm lintel.0123456789.wasm\ndiagram-js diagram.0123456789.js\ndiagram-wasm diagram.0123456789.wasm\n\
                flowchart-js flowchart.0123456789.js\nflowchart-wasm flowchart.0123456789.wasm\ndecision-js decision.0123456789.js\n\
                decision-wasm decision.0123456789.wasm\ncss lintel.0123456789.css\npage page.0123456789.js\neditor editor.0123456789.js\n\
                rules-js rules.0123456789.js\nrules-wasm rules.0123456789.wasm\n";
    Assets::in_memory(&[
        ("assets.txt", list),
        ("pkg/lintel.0123456789.js", "export default 1;"),
        ("pkg/lintel.0123456789.js.br", "compressed"),
        ("pkg/lintel.0123456789.wasm", "\0asm"),
        ("pkg/lintel.0123456789.css", "body{}"),
        ("pkg/editor.0123456789.js", "export {};"),
        ("pkg/rules.0123456789.js", "export {};"),
        ("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("robots.txt", "User-agent: *\nDisallow: /\n"),
    ])
    .unwrap()
}
