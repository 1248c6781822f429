//! Full-text search through the real router: what is found, in which order, by whom, and what hostile words and texts do.

use axum::http::StatusCode;
use serde_json::Value;

use crate::{
    domain::{account::Role, project::DocumentKind},
    server::service::{self, access::Actor, reviews::Order},
    tests::{harness::TestApp, pages::faults},
};

const OLD: &str = "# 1. Use RabbitMQ\n\nDate: 2026-01-01\n\n## Status\n\nSuperseded by [2. Use NATS](0002-use-nats.md)\n\n## Context\n\nOrders wait for the broker.\n";
const NEW: &str = "# 2. Use NATS\n\nDate: 2026-02-01\n\n## Status\n\nAccepted\n\nSupersedes [1. Use RabbitMQ](0001-use-rabbitmq.md)\n\n## Context\n\nThe broker was slow. <script>alert(1)</script>\n";

async fn add(app: &TestApp, actor: &Actor, slug: &str, path: &str, text: &str) -> String {
    let kind = if path.starts_with("docs/adr/") { DocumentKind::Decision } else { DocumentKind::Diagram };
    service::documents::create(&app.state, actor, slug, kind, path, text).await.unwrap().document.id.to_string()
}

async fn found(app: &TestApp, token: &str, address: &str, words: &str) -> Value {
    let words: Vec<String> = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let words = words.concat();
    let answer = app.get(&format!("/api/v1{address}?q={words}")).bearer(token).send().await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["groups"].clone()
}

/// The titles of each kind, in alphabetical order.
fn names(groups: &Value) -> Vec<(String, Vec<String>)> {
    let name = |result: &Value| result["title"].as_array().unwrap().iter().map(|piece| piece["text"].as_str().unwrap()).collect::<String>();
    let group = |group: &Value| {
        let mut names: Vec<String> = group["results"].as_array().unwrap().iter().map(name).collect();
        names.sort();
        (group["kind"].as_str().unwrap().to_owned(), names)
    };
    groups.as_array().unwrap().iter().map(group).collect()
}

/// A project `shop` of two decisions and a diagram, and another one that Ada alone is in.
async fn shop() -> (TestApp, Actor, String) {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    add(&app, &ada, "shop", "docs/adr/0001-use-rabbitmq.md", OLD).await;
    add(&app, &ada, "shop", "docs/adr/0002-use-nats.md", NEW).await;
    let diagram = "workspace \"Shop\" {\n  model {\n    s = softwareSystem \"Ledger\" \"Keeps the broker's fees\"\n  }\n}\n";
    add(&app, &ada, "shop", "workspace.dsl", diagram).await;
    app.project(&ada, "Secret").await;
    add(&app, &ada, "secret", "docs/adr/0001-hidden.md", "# 1. Hidden broker\n\nNobody else reads this.\n").await;
    (app, ada, token)
}

#[tokio::test]
async fn decisions_and_diagrams_are_found_as_they_are_now() {
    let (app, ada, token) = shop().await;
    let groups = found(&app, &token, "/projects/shop/search", "broker").await;
    assert_eq!(
        names(&groups),
        [("decision".to_owned(), vec!["Use NATS".to_owned(), "Use RabbitMQ".to_owned()]), ("diagram".to_owned(), vec!["Shop".to_owned()])]
    );
    let best = found(&app, &token, "/projects/shop/search", "rabb").await[0]["results"].clone();
    assert_eq!((best[0]["number"].clone(), best[1]["number"].clone()), (1.into(), 2.into()), "what is called so comes first");
    assert_eq!(names(&found(&app, &token, "/projects/shop/search", "\"wait for\"").await)[0].1, ["Use RabbitMQ"]);
    assert_eq!(
        names(&found(&app, &token, "/projects/shop/search", "ledger fees").await),
        [("diagram".to_owned(), vec!["Shop".to_owned()])]
    );
    assert_eq!(found(&app, &token, "/projects/shop/search", "wait slow").await, serde_json::json!([]));

    // What is typed is found at once, and what is taken away no longer.
    let documents = service::documents::list(&app.state, &ada, "shop").await.unwrap();
    let drawn = documents.iter().find(|document| document.kind == DocumentKind::Diagram).unwrap();
    let text = service::documents::get(&app.state, &ada, drawn.id).await.unwrap().text;
    service::documents::put_text(&app.state, &ada, drawn.id, &text.replace("fees", "tolls"), drawn.revision).await.unwrap();
    assert_eq!(names(&found(&app, &token, "/projects/shop/search", "ledger tolls").await)[0].1, ["Shop"]);
    assert_eq!(found(&app, &token, "/projects/shop/search", "ledger fees").await, serde_json::json!([]));
    service::documents::delete(&app.state, &ada, drawn.id).await.unwrap();
    assert_eq!(found(&app, &token, "/projects/shop/search", "ledger tolls").await, serde_json::json!([]));
}

#[tokio::test]
async fn a_superseded_decision_comes_with_its_successor() {
    let (app, _, token) = shop().await;
    let groups = found(&app, &token, "/projects/shop/search", "\"orders wait\"").await;
    let old = &groups[0]["results"][0];
    assert_eq!((old["status"].as_str(), old["number"].as_u64()), (Some("superseded"), Some(1)));
    assert_eq!((old["instead"][0]["title"].as_str(), old["instead"][0]["number"].as_u64()), (Some("Use NATS"), Some(2)));
    let cookie = app.sign_in("ada@example.com").await;
    let page = app.get("/p/shop/search?q=orders+wait").cookie(&cookie).send().await.text();
    assert!(page.contains("Superseded by") && page.contains("ADR-0002 Use NATS"), "{page}");
}

#[tokio::test]
async fn findings_are_found_with_the_review_that_has_them() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    let slug = service::projects::create_sample(&app.state, &ada).await.unwrap().slug;
    let groups = found(&app, &token, &format!("/projects/{slug}/search"), "LNT-B001").await;
    let finding = &groups.as_array().unwrap().iter().find(|group| group["kind"] == "finding").unwrap()["results"][0];
    assert_eq!((finding["name"].as_str(), finding["state"].as_str()), (Some("LNT-B001"), Some("open")));
    assert!(finding["href"].as_str().unwrap().starts_with(&format!("/p/{slug}/reviews/1?finding=")));
    let review = service::reviews::start(&app.state, &ada, &slug, Order::default()).await.unwrap();
    if let Some(mut running) = app.state.jobs.follow(review.id) {
        while running.changed().await.is_ok() {}
    }
    let again = found(&app, &token, &format!("/projects/{slug}/search"), "LNT-B001").await;
    let again = again.as_array().unwrap().iter().find(|group| group["kind"] == "finding").unwrap()["results"].clone();
    assert_eq!(again.as_array().unwrap().len(), 1, "a finding is one, however many reviews see it");
    assert!(again[0]["href"].as_str().unwrap().contains("/reviews/2?"), "{again}");
}

#[tokio::test]
async fn people_find_what_they_may_read_and_no_more() {
    let (app, ada, token) = shop().await;
    let vera = app.member(&ada, "shop", "Vera", Role::Viewer).await;
    let vera_token = app.token(&vera.person).await;
    let everywhere = found(&app, &vera_token, "/search", "broker").await;
    assert_eq!(names(&everywhere)[0].1, ["Use NATS", "Use RabbitMQ"]);
    assert_eq!(names(&found(&app, &token, "/search", "broker").await)[0].1.len(), 3, "Ada is in both");
    assert_eq!(names(&found(&app, &vera_token, "/projects/shop/search", "broker").await)[0].1.len(), 2);
    for path in ["/api/v1/projects/secret/search?q=broker", "/api/v1/projects/none/search?q=broker"] {
        let answer = app.get(path).bearer(&vera_token).send().await;
        assert_eq!((answer.status, answer.text().contains("Hidden")), (StatusCode::NOT_FOUND, false), "{path}");
    }
    let cookie = app.sign_in("vera@example.com").await;
    let page = app.get("/search?q=broker").cookie(&cookie).send().await;
    assert!(page.text().contains("NATS") && !page.text().contains("Hidden"), "{}", page.text());
    assert_eq!(app.get("/p/secret/search?q=broker").cookie(&cookie).send().await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/api/v1/search?q=broker").send().await.status, StatusCode::UNAUTHORIZED);
    // A deleted project is found by nobody.
    service::projects::delete(&app.state, &ada, "secret").await.unwrap();
    assert_eq!(names(&found(&app, &token, "/search", "broker").await)[0].1.len(), 2);
}

#[tokio::test]
async fn no_words_break_the_search_and_no_text_breaks_the_page() {
    let (app, _, token) = shop().await;
    let cookie = app.sign_in("ada@example.com").await;
    for words in [
        "",
        "   ",
        "\"",
        "\"\"\"",
        "a\"b",
        "NEAR(broker nats)",
        "title:broker",
        "broker*",
        "^",
        "(((",
        "-",
        "AND",
        "\u{0}",
        "{x}",
        "'; --",
        "\u{1f680}",
    ] {
        found(&app, &token, "/projects/shop/search", words).await;
    }
    for path in ["/p/shop/search", "/p/shop/search?q=%22", "/search?q=%3C%2Fscript%3E", "/search?q=zzzz"] {
        let page = app.get(path).cookie(&cookie).send().await;
        assert_eq!((page.status, faults(&page.text())), (StatusCode::OK, vec![]), "{path}");
    }
    assert!(app.get("/search?q=zzzz").cookie(&cookie).send().await.text().contains("Nothing in all your projects has all of these words"));
    let page = app.get("/p/shop/search?q=alert").cookie(&cookie).send().await.text();
    assert!(page.contains("&lt;script&gt;") && page.contains("<mark>alert<") && !page.contains("<script>alert"), "{page}");
    let limited = app.get("/api/v1/projects/shop/search?q=broker&limit=1").bearer(&token).send().await.json();
    assert_eq!((limited["groups"][0]["results"].as_array().unwrap().len(), limited["groups"][0]["more"].as_bool()), (1, Some(true)));
    assert_eq!(app.get("/api/v1/search?q=a&limit=0").bearer(&token).send().await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
