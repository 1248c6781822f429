//! What every answer carries, what a change has to come from, and how files are served.

use std::collections::BTreeSet;

use crate::{
    server::boot::Settings,
    tests::harness::{Answer, PASSWORD, TestApp},
};

fn directive<'a>(policy: &'a str, name: &str) -> &'a str {
    policy.split("; ").find_map(|directive| directive.strip_prefix(name)).unwrap_or_default().trim()
}

/// One answer of every kind the server gives.
async fn every_kind(app: &TestApp, cookie: &str) -> Vec<(&'static str, Answer)> {
    let mut answers = Vec::new();
    for path in [
        "/",
        "/sign-in",
        "/setup",
        "/p/none",
        "/nothing/here",
        "/favicon.svg",
        "/pkg/lintel.0123456789.js",
        "/pkg/none.js",
        "/health",
        "/ready",
        "/metrics",
        "/fn/none",
        "/fn/whoami",
        "/api/v1/none",
        "/collab/none",
    ] {
        answers.push((path, app.get(path).cookie(cookie).send().await));
    }
    answers.push(("POST /fn/whoami", app.post("/fn/whoami").cookie(cookie).send().await));
    answers.push(("POST /fn/members", app.post("/fn/members").cookie(cookie).form(&[("slug", "none")]).await));
    answers.push(("signed out /", app.get("/").send().await));
    answers
}

#[tokio::test]
async fn every_answer_protects_its_reader_and_names_its_request() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let mut ids = BTreeSet::new();
    for (path, answer) in every_kind(&app, &cookie).await {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(answer.header("strict-transport-security").is_empty(), "{path}");
        assert!(answer.header("access-control-allow-origin").is_empty(), "{path}");
        let policy = answer.header("content-security-policy");
        assert_eq!(directive(policy, "default-src"), "'none'", "{path}");
        assert_eq!(directive(policy, "frame-ancestors"), "'none'", "{path}");
        assert_eq!(directive(policy, "base-uri"), "'none'", "{path}");
        assert!(!policy.contains("unsafe-inline"), "{path}");
        let kept = path.starts_with("/pkg/lintel") || path == "/favicon.svg";
        assert_eq!(answer.header("cache-control") == "no-store", !kept, "{path}");
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "{path}");
        if answer.status.is_client_error() && answer.header("content-type").contains("json") && path != "POST /fn/members" {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(answer.json()["request_id"], answer.header("x-request-id"), "{path}");
        }
    }
    assert!(!ids.contains(""));
}

#[tokio::test]
async fn a_request_id_from_outside_is_not_taken() {
    let app = TestApp::start().await;
    let answer = app.get("/health").header("x-request-id", "forged").send().await;
    assert_ne!(answer.header("x-request-id"), "forged");
}

#[tokio::test]
async fn pages_run_only_scripts_with_this_answers_nonce() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let mut nonces = BTreeSet::new();
    for path in ["/", "/", "/nothing/here"] {
        let answer = app.get(path).cookie(&cookie).send().await;
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let policy = answer.header("content-security-policy").to_owned();
        let scripts = directive(&policy, "script-src");
        let nonce = scripts.split('\'').find_map(|part| part.strip_prefix("nonce-")).unwrap();
        assert_eq!(scripts, format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'"));
        assert_eq!(directive(&policy, "style-src"), format!("'self' 'nonce-{nonce}'"));
        assert_eq!(directive(&policy, "connect-src"), "'self'");
        assert_eq!(directive(&policy, "img-src"), "'self' data: blob:");
        assert_eq!(directive(&policy, "worker-src"), "'self'");
        let text = answer.text();
        assert!(text.contains("<script"), "{text}");
        for tag in text.split("<script").skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "<script{tag}>");
        }
        assert!(!text.contains(" style=\""), "the policy forbids style attributes: {text}");
        assert!(nonces.insert(nonce.to_owned()));
    }
}

#[tokio::test]
async fn what_is_not_there_has_a_page_for_people_and_a_problem_for_programs() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let page = app.get("/nothing/here").cookie(&cookie).send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"));
    for path in ["/api/v1/none", "/fn/none", "/pkg/none.js"] {
        let problem = app.get(path).cookie(&cookie).send().await;
        assert_eq!((problem.status.as_u16(), problem.json()["code"].as_str()), (404, Some("not-found")), "{path}");
    }
    let wrong = app.get("/fn/sign_out").cookie(&cookie).send().await;
    assert_eq!((wrong.status.as_u16(), wrong.header("allow")), (405, "POST"));
    assert_eq!(app.call("TRACE", "/").send().await.status, 405);
}

#[tokio::test]
async fn https_is_insisted_on_where_it_is_spoken() {
    let app = TestApp::with(Settings { base_url: Some("https://lintel.example.com".to_owned()), ..Settings::default() }).await;
    assert_eq!(app.get("/health").send().await.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

#[tokio::test]
async fn changes_have_to_come_from_our_own_pages() {
    let app = TestApp::start().await;
    let ada = app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let refused = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:3000.evil.example"),
        ("origin", "http://127.0.0.1:3001"),
    ];
    for (name, value) in refused {
        for path in ["/fn/whoami", "/fn/sign_out", "/api/v1/none"] {
            let answer = app.post(path).cookie(&cookie).header(name, value).send().await;
            assert_eq!(answer.status, 403, "{path} {name}: {value}");
        }
        // Signing somebody in under another's account is a change, too, and needs no cookie.
        let sign_in = app.post("/fn/sign_in").header(name, value).form(&[("email", "ada@example.com"), ("password", PASSWORD)]).await;
        assert_eq!(sign_in.status, 403, "{name}: {value}");
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", "http://127.0.0.1:3000")] {
        assert_eq!(app.post("/fn/whoami").cookie(&cookie).header(name, value).send().await.status, 200, "{name}: {value}");
    }
    let token = app.token(&ada).await;
    assert_eq!(app.post("/fn/whoami").bearer(&token).header("sec-fetch-site", "cross-site").send().await.status, 200);
}

#[tokio::test]
async fn the_origin_is_the_one_people_were_given() {
    let app = TestApp::with(Settings { base_url: Some("https://lintel.example.com".to_owned()), ..Settings::default() }).await;
    let ask = async |origin: &str| app.post("/fn/whoami").header("origin", origin).send().await.status.as_u16();
    assert_eq!(ask("https://lintel.example.com").await, 200);
    assert_eq!(ask("http://lintel.example.com").await, 403);
    assert_eq!(ask("http://127.0.0.1:3000").await, 403);
}

#[tokio::test]
async fn files_are_served_compressed_and_kept_when_their_name_says_what_they_are() {
    let app = TestApp::start().await;
    let script = app.get("/pkg/lintel.0123456789.js").header("accept-encoding", "gzip, br").send().await;
    assert_eq!((script.header("content-encoding"), script.text().as_str()), ("br", "compressed"));
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = app.get("/pkg/lintel.0123456789.js").send().await;
    assert_eq!((plain.header("content-encoding"), plain.text().as_str()), ("", "export default 1;"));
    assert_eq!(app.get("/pkg/lintel.0123456789.wasm").send().await.header("content-type"), "application/wasm");
    let worker = app.get("/pkg/rules.0123456789.js").send().await;
    let policy = worker.header("content-security-policy");
    assert_eq!((directive(policy, "script-src"), directive(policy, "connect-src")), ("'wasm-unsafe-eval'", "'self'"), "{policy}");
    assert_eq!(directive(app.get("/pkg/editor.0123456789.js").send().await.header("content-security-policy"), "script-src"), "");
    for hidden in ["/assets.txt", "/pkg/lintel.0123456789.js.br", "/pkg/../assets.txt", "/pkg/"] {
        assert_ne!(app.get(hidden).send().await.status, 200, "{hidden}");
    }
    let icon = app.get("/favicon.svg").send().await;
    let again = app.get("/favicon.svg").header("if-none-match", icon.header("etag")).send().await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    assert_eq!(app.post("/favicon.svg").send().await.status, 405);
}

#[tokio::test]
async fn bodies_have_a_limit_announced_or_not() {
    let app = TestApp::start().await;
    let announced = app.post("/fn/whoami").header("content-length", "3000000").send().await;
    assert_eq!((announced.status.as_u16(), announced.json()["code"].as_str()), (413, Some("too-large")));
    let long = format!("email={}", "a".repeat(3 * 1024 * 1024));
    let sent = app.post("/fn/sign_in").header("content-type", "application/x-www-form-urlencoded").body(long.into_bytes()).await;
    assert_eq!(sent.status, 400, "{}", sent.text());
}

#[tokio::test]
async fn arguments_that_can_not_be_read_are_the_askers_fault() {
    let app = TestApp::start().await;
    let ada = app.person("Ada", "ada@example.com", true).await;
    let token = app.token(&ada).await;
    for form in [&[("session", "not an id")][..], &[]] {
        let answer = app.post("/fn/end_session").bearer(&token).form(form).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("transport")), "{}", answer.text());
    }
}

#[tokio::test]
async fn metrics_are_for_this_machine() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/metrics").from("10.0.0.1").send().await.status, 404);
    assert_eq!(app.get("/metrics").header("x-forwarded-for", "127.0.0.1").send().await.status, 404);
    let text = app.get("/metrics").send().await.text();
    assert!(text.contains("lintel_requests_total{status=\"4xx\"} 2\n") && text.contains("lintel_database_bytes "), "{text}");
    let open = TestApp::with(Settings { metrics_public: Some("true".to_owned()), ..Settings::default() }).await;
    assert_eq!(open.get("/metrics").from("10.0.0.1").send().await.status, 200);
}

#[tokio::test]
async fn a_stopping_server_is_alive_but_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/ready").send().await.status, 200);
    app.state.health.stop();
    assert_eq!(app.get("/ready").send().await.status, 503);
    assert_eq!(app.get("/health").send().await.status, 200);
}
