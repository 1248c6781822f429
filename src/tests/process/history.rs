//! Versions after the power went: what was kept is there, to the byte, and what was not kept yet becomes a version before anything
//! is brought back over it.

use serde_json::{Value, json};

use super::harness::Server;

fn call(server: &Server, cookie: &str, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = server.request(method, &format!("/api/v1{path}"), &[("cookie", cookie), ("content-type", "application/json")], &body);
    assert!(answer.status < 300, "{method} {path}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn versions_are_there_after_the_power_went() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let mut server = Server::start(&data);
    let cookie = server.set_up();
    call(&server, &cookie, "POST", "/projects", &json!({"name": "Shop"}));
    let first = "# Use NATS\n\n## Context\n\nOrders are slow. 😀\n";
    let new = json!({"kind": "decision", "path": "docs/adr/0001-use-nats.md", "text": first});
    let made = call(&server, &cookie, "POST", "/projects/shop/documents", &new);
    let at = format!("/documents/{}", made["id"].as_str().unwrap());
    let put = |server: &Server, text: &str, base: i64| {
        call(server, &cookie, "PUT", &format!("{at}/text"), &json!({"text": text, "base_revision": base}))["revision"].as_i64().unwrap()
    };
    let second = format!("{first}\n## Decision\n\nWe use NATS.\n");
    let base = put(&server, &second, 1);
    call(&server, &cookie, "POST", &format!("{at}/versions"), &json!({"name": "Before the review"}));
    let third = second.replace("slow", "late");
    put(&server, &third, base);
    server.kill();

    let server = Server::start(&data);
    let list = call(&server, &cookie, "GET", &format!("{at}/versions"), &Value::Null);
    assert_eq!((&list["items"][0]["name"], list["items"].as_array().unwrap().len()), (&json!("Before the review"), 2));
    call(&server, &cookie, "POST", &format!("{at}/versions/1/restore"), &Value::Null);
    server.kill();

    let server = Server::start(&data);
    let text = |path: &str| call(&server, &cookie, "GET", &format!("{at}{path}"), &Value::Null)["text"].clone();
    assert_eq!(text(""), json!(first));
    let list = call(&server, &cookie, "GET", &format!("{at}/versions"), &Value::Null);
    let summaries: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["summary"].as_str().unwrap()).collect();
    assert_eq!(summaries, ["v1 restored", "+1 −1 in Context", "+4 in Decision", "Created"]);
    for (number, expected) in [(1, first), (2, &second), (3, &third), (4, first)] {
        assert_eq!(text(&format!("/versions/{number}")), json!(expected), "{number}");
    }
    assert_eq!(server.stop(), Some(0));
}
