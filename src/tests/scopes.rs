//! Reviews of a part of a project, and the baseline that a project's gate knows: over the API, on the pages, and by forms.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::{account::Role, project::DocumentKind},
    server::service::{self, access::Actor},
    tests::{
        api::finished,
        harness::{Answer, TestApp},
        upload::{MULTIPART, multipart},
    },
};

/// Two stores without a backup, one of them in the view.
const DESIGN: &str = r#"workspace "Shop" {
    model {
        shop = softwareSystem "Shop" {
            orders = container "Orders" "Takes orders" "Go"
            ledger = container "Ledger" "Keeps orders" "PostgreSQL" {
                properties {
                    backup no
                }
            }
            prices = container "Prices" "Knows prices" "Go"
            rates = container "Rates" "Keeps prices" "PostgreSQL" {
                properties {
                    backup no
                }
            }
        }
        orders -> ledger "Writes orders" "SQL"
        prices -> rates "Writes prices" "SQL"
    }
    views {
        container shop "selling" {
            title "Selling"
            include orders ledger
        }
    }
}
"#;
const RECORD: &str =
    "# 1. Use NATS\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nOrders are slow.\n\n## Decision\n\nWe use NATS.\n";

struct Desk {
    app: TestApp,
    ada: Actor,
    token: String,
    diagram: String,
}

impl Desk {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let token = app.token(&ada.person).await;
        app.project(&ada, "Shop").await;
        let desk = Self { app, ada, token, diagram: String::new() };
        desk.import(&[("workspace.dsl", DESIGN), ("docs/adr/0001-use-nats.md", RECORD)]).await;
        let documents = service::documents::list(&desk.app.state, &desk.ada, "shop").await.unwrap();
        let diagram = documents.iter().find(|document| document.kind == DocumentKind::Diagram).unwrap().id.to_string();
        Self { diagram, ..desk }
    }

    async fn import(&self, files: &[(&str, &str)]) {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let call = self.app.post("/api/v1/projects/shop/import").bearer(&self.token).header("content-type", MULTIPART);
        let answer = call.body(multipart(&files)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    async fn ask(&self, order: Value) -> Answer {
        self.app.post("/api/v1/projects/shop/reviews").bearer(&self.token).json(&order).await
    }

    async fn review(&self, order: Value) -> Value {
        let begun = self.ask(order).await;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
        finished(&self.app, &self.token, "shop", begun.json()["number"].as_u64().unwrap()).await
    }

    async fn mark(&self, number: u32) -> Answer {
        self.app.call("PUT", "/api/v1/projects/shop/baseline").bearer(&self.token).json(&json!({"review": number})).await
    }

    async fn page(&self, path: &str) -> String {
        let cookie = self.app.sign_in("ada@example.com").await;
        self.app.get(path).cookie(&cookie).send().await.text()
    }
}

/// The state and the change of the findings of a code, by their first subject.
fn found(review: &Value, code: &str) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = review["findings"].as_array().unwrap().iter().filter(|known| known["finding"]["code"] == code);
    let mut found: Vec<_> =
        findings.map(|known| (text(&known["finding"]["subjects"][0]), text(&known["state"]), text(&known["change"]))).collect();
    found.sort();
    found
}

fn stores(ledger: (&str, &str), rates: (&str, &str)) -> Vec<(String, String, String)> {
    let one = |name: &str, (state, change): (&str, &str)| (name.to_owned(), state.to_owned(), change.to_owned());
    vec![one("Ledger", ledger), one("Rates", rates)]
}

#[tokio::test]
async fn a_review_of_a_view_judges_what_it_shows() {
    let desk = Desk::new().await;
    let view = json!({"view": {"document": desk.diagram, "key": "selling"}});
    let first = desk.review(view.clone()).await;
    assert_eq!((first["scope"]["of"].as_str(), first["scope"]["title"].as_str()), (Some("view"), Some("Selling")));
    let codes = found(&first, "LNT-R013");
    assert_eq!(codes, [("Ledger".to_owned(), "open".to_owned(), "new".to_owned())]);

    let whole = desk.review(json!({})).await;
    assert_eq!(whole["scope"], Value::Null);
    assert_eq!(found(&whole, "LNT-R013"), stores(("open", "unchanged"), ("open", "new")));

    desk.import(&[("workspace.dsl", &DESIGN.replace("backup no", "backup daily\n                    restore_tested 2026-01-01"))]).await;
    let third = desk.review(view).await;
    assert_eq!(found(&third, "LNT-R013"), stores(("fixed", "fixed"), ("open", "not-evaluated")), "nobody looked at the other");
    assert_eq!(third["documents"].as_array().unwrap().len(), 2, "all is read");

    let markdown = desk.app.get("/api/v1/projects/shop/reviews/3.md").bearer(&desk.token).send().await.text();
    assert!(markdown.contains("- Scope: view Selling of workspace.dsl"), "{markdown}");
    for (path, words) in [
        ("/p/shop/reviews/3", "Review 3 of view Selling of workspace.dsl by"),
        ("/p/shop/reviews", "view Selling of workspace.dsl"),
        ("/p/shop/reviews?part=1", "Selling of workspace.dsl"),
    ] {
        assert!(desk.page(path).await.contains(words), "{path}");
    }
}

#[tokio::test]
async fn a_review_of_what_changed_judges_documents_that_did() {
    let desk = Desk::new().await;
    desk.review(json!({})).await;
    let nothing = desk.ask(json!({"changed_since": 1})).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text());
    assert!(nothing.text().contains("No document has changed since review 1."), "{}", nothing.text());

    desk.import(&[("docs/adr/0001-use-nats.md", &format!("{RECORD}\n## Consequences\n\nOne more thing to run.\n"))]).await;
    desk.review(json!({})).await;
    let since = desk.review(json!({"changed_since": 1})).await;
    assert_eq!((since["scope"]["since"].as_u64(), since["base"].as_u64()), (Some(1), Some(1)));
    assert_eq!(found(&since, "LNT-R013"), stores(("open", "not-evaluated"), ("open", "not-evaluated")));
    desk.import(&[("workspace.dsl", &DESIGN.replacen("backup no", "backup planned", 1))]).await;
    let since = desk.review(json!({"changed_since": 3})).await;
    assert_eq!(found(&since, "LNT-R013"), stores(("open", "updated"), ("open", "unchanged")));
}

#[tokio::test]
async fn a_part_that_is_not_there_is_refused() {
    let desk = Desk::new().await;
    for (order, field) in [
        (json!({"view": {"document": desk.diagram, "key": "buying"}}), "view"),
        (json!({"view": {"document": uuid::Uuid::nil(), "key": "selling"}}), "view"),
        (json!({"changed_since": 9}), "changed_since"),
        (json!({"changed_since": 1, "documents": [desk.diagram]}), "documents"),
    ] {
        let refused = desk.ask(order.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{order}: {}", refused.text());
        assert!(refused.text().contains(field), "{order}: {}", refused.text());
    }
}

#[tokio::test]
async fn a_form_without_scripts_starts_a_review_of_a_part() {
    let desk = Desk::new().await;
    desk.review(json!({})).await;
    let cookie = desk.app.sign_in("ada@example.com").await;
    let send = |fields: Vec<(&'static str, String)>| {
        let (app, cookie) = (&desk.app, &cookie);
        async move {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            app.post("/fn/start_review").cookie(cookie).header("origin", "http://127.0.0.1:3000").form(&fields).await
        }
    };
    let view = format!("{}/selling", desk.diagram);
    let fields = vec![("slug", "shop".to_owned()), ("since", "1".to_owned()), ("view", view), ("part", "view".to_owned())];
    let answer = send(fields).await;
    assert_eq!(answer.header("location"), "/p/shop/reviews/2", "{} {}", answer.status, answer.text());
    let review = finished(&desk.app, &desk.token, "shop", 2).await;
    assert_eq!(review["scope"]["of"], "view");

    let fields = vec![("slug", "shop".to_owned()), ("part", "documents".to_owned()), ("documents[]", desk.diagram.clone())];
    assert_eq!(send(fields).await.header("location"), "/p/shop/reviews/3");
    let review = finished(&desk.app, &desk.token, "shop", 3).await;
    assert_eq!((review["scope"]["of"].as_str(), review["documents"].as_array().unwrap().len()), (Some("documents"), 1));
}

#[tokio::test]
async fn the_gate_knows_what_was_open_in_the_baseline() {
    let desk = Desk::new().await;
    desk.import(&[("lintel.yaml", "gate: {fail_on: {new: medium, open: high}}\n")]).await;
    let outcome = |review: &Value| review["gate"]["result"]["outcome"].as_str().unwrap().to_owned();
    assert_eq!(outcome(&desk.review(json!({})).await), "failed", "no backup is critical");

    let viewer = desk.app.member(&desk.ada, "shop", "Vi", Role::Viewer).await;
    let viewer = desk.app.token(&viewer.person).await;
    let refused = desk.app.call("PUT", "/api/v1/projects/shop/baseline").bearer(&viewer).json(&json!({"review": 1})).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.mark(7).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.mark(1).await.json(), json!({"review": 1}));
    let again = desk.app.get("/api/v1/projects/shop/reviews/1").bearer(&desk.token).send().await.json();
    assert_eq!(outcome(&again), "passed", "the newest review is judged again: {}", again["gate"]);
    assert!(desk.page("/p/shop/reviews").await.contains("Baseline"));
    assert!(desk.page("/p/shop/reviews/1").await.contains("No longer the baseline"));
    assert_eq!(outcome(&desk.review(json!({})).await), "passed", "all of it is known");
    let markdown = desk.app.get("/api/v1/projects/shop/reviews/2.md").bearer(&desk.token).send().await.text();
    assert!(markdown.contains("**Gate: passed.** It lets "), "{markdown}");

    // What is new counts, and so does what was mended and is back.
    let another = DESIGN.replace(
        "        orders -> ledger",
        "        archive = softwareSystem \"Archive\" {\n            old = container \"Old orders\" \"Keeps them\" \"PostgreSQL\" {\n                \
         properties {\n                    backup no\n                }\n            }\n        }\n        orders -> old \"Writes\" \"SQL\"\n        orders -> ledger",
    );
    desk.import(&[("workspace.dsl", &another)]).await;
    assert_eq!(outcome(&desk.review(json!({})).await), "failed");
    desk.import(&[("workspace.dsl", &DESIGN.replacen("backup no", "backup daily\n                    restore_tested 2026-01-01", 1))])
        .await;
    assert_eq!(outcome(&desk.review(json!({})).await), "passed");
    desk.import(&[("workspace.dsl", DESIGN)]).await;
    assert_eq!(outcome(&desk.review(json!({})).await), "failed", "it is back");
    assert_eq!(outcome(&desk.review(json!({})).await), "failed", "and stays so");

    assert_eq!(desk.mark(6).await.status, StatusCode::OK);
    assert_eq!(outcome(&desk.review(json!({})).await), "passed", "another baseline");
    let gone = desk.app.call("DELETE", "/api/v1/projects/shop/baseline").bearer(&desk.token).send().await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let none = desk.app.get("/api/v1/projects/shop/baseline").bearer(&desk.token).send().await;
    assert_eq!(none.json(), json!({"review": null}));
    assert_eq!(outcome(&desk.review(json!({})).await), "failed", "open ones count again");
}
