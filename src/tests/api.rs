//! The JSON API through the real router: the whole job, who may do what, and how it refuses.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::account::Role,
    server::{
        http::rest::{self, Needs, Route, Sends},
        llm::{
            providers::Providers,
            scripted::{Script, Scripted},
        },
        service::access::Actor,
    },
    tests::{
        harness::{Answer, TestApp},
        upload::{MULTIPART, WORKSPACE, multipart, project, unzip, zip},
    },
};

async fn import(app: &TestApp, token: &str, slug: &str, files: &[(&str, &[u8])]) -> Answer {
    app.post(&format!("/api/v1/projects/{slug}/import")).bearer(token).header("content-type", MULTIPART).body(multipart(files)).await
}

/// Waits for a review to end and gives it.
pub(crate) async fn finished(app: &TestApp, token: &str, slug: &str, number: u64) -> Value {
    let events = app.get(&format!("/api/v1/projects/{slug}/reviews/{number}/events")).bearer(token).send().await;
    assert!(events.text().contains("event: finished"), "{}", events.text());
    let review = app.get(&format!("/api/v1/projects/{slug}/reviews/{number}")).bearer(token).send().await.json();
    assert_eq!(review["status"], "finished", "{review}");
    review
}

#[tokio::test]
async fn the_api_alone_does_the_whole_job() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;

    let made = app.post("/api/v1/projects").bearer(&token).json(&json!({"name": "Shop & more"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json()["slug"], "shop-and-more");

    let files = project();
    let imported = import(&app, &token, "shop-and-more", &[("shop.zip", &zip(files.clone()))]).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
    let imported = imported.json();
    assert_eq!(imported["documents"].as_array().unwrap().len(), 3, "{imported}");
    assert_eq!(imported["kept"], json!(["docs/logo.png"]));

    let started = app.post("/api/v1/projects/shop-and-more/reviews").bearer(&token).json(&json!({})).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    assert_eq!(started.json()["number"], 1);
    let review = finished(&app, &token, "shop-and-more", 1).await;
    assert_eq!(review["documents"].as_array().unwrap().len(), 3);
    let codes: Vec<&str> = review["findings"].as_array().unwrap().iter().map(|known| known["finding"]["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"LNT-B001"), "two services write one database: {codes:?}");

    let markdown = app.get("/api/v1/projects/shop-and-more/reviews/1.md").bearer(&token).send().await;
    assert_eq!(markdown.status, StatusCode::OK, "{}", markdown.text());
    assert!(markdown.header("content-type").starts_with("text/markdown"));
    assert!(markdown.text().starts_with("# "));
    let again = app.get("/api/v1/projects/shop-and-more/reviews/1.md").bearer(&token).send().await;
    assert_eq!(markdown.bytes, again.bytes);

    let sarif = app.get("/api/v1/projects/shop-and-more/reviews/1.sarif").bearer(&token).send().await;
    assert_eq!((sarif.status, sarif.header("content-type")), (StatusCode::OK, "application/sarif+json"), "{}", sarif.text());
    let log = sarif.json();
    assert_eq!(log["version"], "2.1.0");
    let of_rules: Vec<&str> = codes.iter().copied().filter(|code| code.starts_with("LNT-")).collect();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|result| result["ruleId"].as_str().unwrap()).collect::<Vec<_>>(), of_rules);
    let shared = results.iter().find(|result| result["ruleId"] == "LNT-B001").unwrap();
    assert!(shared["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() > 1, "{shared}");
    let again = app.get("/api/v1/projects/shop-and-more/reviews/1.sarif").bearer(&token).send().await;
    assert_eq!(sarif.bytes, again.bytes);

    let export = app.get("/api/v1/projects/shop-and-more/export").bearer(&token).send().await;
    assert_eq!(export.header("content-type"), "application/zip");
    let expected: BTreeMap<String, Vec<u8>> = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    assert_eq!(unzip(&export.bytes), expected, "untouched files come back byte for byte");
}

#[tokio::test]
async fn what_a_project_has_agreed_on_holds_for_its_reviews() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    import(&app, &token, "shop", &[("shop.zip", &zip(project()))]).await;
    let review = |number: u64| {
        let (app, token) = (&app, &token);
        async move {
            app.post("/api/v1/projects/shop/reviews").bearer(token).json(&json!({})).await;
            finished(app, token, "shop", number).await
        }
    };
    let codes = |review: &Value| -> Vec<String> {
        let open = review["findings"].as_array().unwrap().iter().filter(|known| known["state"] == "open");
        open.map(|known| known["finding"]["code"].as_str().unwrap().to_owned()).collect()
    };
    let first = review(1).await;
    assert_eq!(first["gate"], Value::Null, "nothing is agreed on");
    assert_eq!(first["documents"].as_array().unwrap().len(), 3);

    let settings = "severity: {LNT-B001: critical}\npaths: {include: [workspace.dsl]}\ngate: {fail_on: {open: critical}}\n";
    import(&app, &token, "shop", &[("lintel.yaml", settings.as_bytes())]).await;
    let second = review(2).await;
    assert_eq!(second["documents"].as_array().unwrap().len(), 1, "only the wanted documents");
    let shared = second["findings"].as_array().unwrap().iter().find(|known| known["finding"]["code"] == "LNT-B001").unwrap();
    assert_eq!(shared["finding"]["severity"], "critical");
    assert_eq!(second["verdict"], "blocked", "the verdict is by policy");
    assert_eq!(second["gate"]["result"]["outcome"], "failed");
    assert_eq!(second["gate"]["result"]["broken"], json!(["One open finding is critical (LNT-B001), and none may be"]));
    let markdown = app.get("/api/v1/projects/shop/reviews/2.md").bearer(&token).send().await.text();
    assert!(markdown.contains("**Gate: failed.**\n\n- One open finding is critical (LNT-B001), and none may be\n"), "{markdown}");

    let decided = app.post(&format!("/api/v1/findings/{}/state", shared["id"].as_str().unwrap())).bearer(&token);
    assert_eq!(decided.json(&json!({"state": "false-positive", "reason": "One team owns both."})).await.status, StatusCode::NO_CONTENT);
    let after = app.get("/api/v1/projects/shop/reviews/2").bearer(&token).send().await.json();
    assert_eq!(after["gate"]["result"]["outcome"], "passed", "a decision moves the gate as it moves the verdict");
    let log = app.get("/api/v1/projects/shop/reviews/2.sarif").bearer(&token).send().await.json();
    let result = log["runs"][0]["results"].as_array().unwrap().iter().find(|result| result["ruleId"] == "LNT-B001").unwrap();
    assert_eq!(result["suppressions"][0]["justification"], "One team owns both.");

    let off = "off:\n  - {rule: LNT-B001, reason: One team owns both}\nprofil: default\n";
    import(&app, &token, "shop", &[("lintel.yaml", off.as_bytes())]).await;
    let third = review(3).await;
    assert!(!codes(&third).contains(&"LNT-B001".to_owned()));
    assert_eq!(third["gate"]["result"]["outcome"], "inconclusive", "half of an agreement is none");
    assert!(third["completeness"]["broken"].to_string().contains("3:1: There is no `profil` in the settings"), "{third}");

    import(&app, &token, "shop", &[("lintel.yaml", b"paths: {ignore: ['**']}\n")]).await;
    let nothing = app.post("/api/v1/projects/shop/reviews").bearer(&token).json(&json!({})).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("lintel.yaml leave no document"), "{}", nothing.text());
}

#[tokio::test]
async fn texts_are_replaced_at_a_revision_and_edited_files_keep_their_other_lines() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    import(&app, &token, "shop", &[("shop.zip", &zip(project()))]).await;
    let documents = app.get("/api/v1/projects/shop/documents").bearer(&token).send().await.json();
    let decision = documents["items"].as_array().unwrap().iter().find(|document| document["path"] == "docs/adr/0001-use-postgresql.md");
    let decision = decision.unwrap();
    let (id, revision) = (decision["id"].as_str().unwrap(), decision["revision"].as_i64().unwrap());
    assert_eq!(decision["title"], "Use PostgreSQL");

    let text = app.get(&format!("/api/v1/documents/{id}")).bearer(&token).send().await.json()["text"].as_str().unwrap().to_owned();
    assert!(!text.contains('\r'), "inside, texts have line feeds only");
    let put = |text: String, base: i64| {
        app.call("PUT", &format!("/api/v1/documents/{id}/text"))
            .bearer(&token)
            .header("content-type", "application/json")
            .body(json!({"text": text, "base_revision": base}).to_string().into_bytes())
    };
    let locked = put(text.replace("# 1. Use PostgreSQL", "# 1. Use SQLite"), revision).await;
    assert_eq!(locked.status, StatusCode::CONFLICT, "it was accepted");
    assert!(locked.text().contains("Line 1 can't be changed"), "{}", locked.text());
    let changed = put(format!("{text}\nErratum: two things to run.\n"), revision).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    assert!(changed.json()["revision"].as_i64().unwrap() > revision);
    assert_eq!(put(text.clone(), 999).await.status, StatusCode::CONFLICT);
    let read = app.get(&format!("/api/v1/documents/{id}")).bearer(&token).send().await.json();
    assert!(read["text"].as_str().unwrap().ends_with("Erratum: two things to run.\n"), "{read}");

    let export = unzip(&app.get("/api/v1/projects/shop/export").bearer(&token).send().await.bytes);
    let original = project().into_iter().find(|(path, _)| *path == "docs/adr/0001-use-postgresql.md").unwrap().1;
    let expected = format!("{}\r\nErratum: two things to run.\r\n", String::from_utf8(original.to_vec()).unwrap());
    assert_eq!(String::from_utf8(export["docs/adr/0001-use-postgresql.md"].clone()).unwrap(), expected);

    let diagram = documents["items"].as_array().unwrap().iter().find(|document| document["kind"] == "diagram").unwrap()["id"].clone();
    let diagram = diagram.as_str().unwrap();
    let model = app.get(&format!("/api/v1/documents/{diagram}/model")).bearer(&token).send().await.json();
    assert_eq!(model["model"]["name"], "Shop");
    let svg = app.get(&format!("/api/v1/documents/{diagram}/views/containers.svg?theme=dark")).bearer(&token).send().await;
    assert_eq!((svg.status, svg.header("content-type")), (StatusCode::OK, "image/svg+xml"), "{}", svg.text());
    assert!(svg.header("content-security-policy").contains("sandbox"));
    let mermaid = app.get(&format!("/api/v1/documents/{diagram}/views/containers.mmd")).bearer(&token).send().await;
    assert!(mermaid.text().starts_with("flowchart"), "{}", mermaid.text());
    for missing in ["views/nothing.svg", "views/containers.gif", "views/containers"] {
        let answer = app.get(&format!("/api/v1/documents/{diagram}/{missing}")).bearer(&token).send().await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

/// A decision that links another one, which does not link back; and how the doctor calls that.
const AMENDING: &str =
    "# 3. Name topics\n\n## Status\n\nAccepted\n\nAmends [2. Use NATS](0002-use-nats.md)\n\n## Context\n\nNames differ.\n";
const ONE_SIDED: &str = "one-sided-link docs/adr/0003-name-topics.md docs/adr/0002-use-nats.md";
/// How the addresses end that are of decisions only.
const OF_DECISIONS: [&str; 6] = ["/decision", "/status", "/links", "/sign-off", "/errata", "/number"];

/// The addresses and bodies with which every route can be called in a project that holds one of everything.
struct World {
    addresses: BTreeMap<&'static str, String>,
}

impl World {
    async fn new(app: &TestApp, owner: &Actor) -> Self {
        let token = app.token(&owner.person).await;
        import(app, &token, "shop", &[("shop.zip", &zip(project()))]).await;
        import(app, &token, "shop", &[("amending.zip", &zip([("docs/adr/0003-name-topics.md", AMENDING)]))]).await;
        app.post("/api/v1/projects/shop/reviews").bearer(&token).json(&json!({"agents": ["decision-editor"]})).await;
        let review = finished(app, &token, "shop", 1).await;
        let of = |list: &str, place: usize| review[list][place]["id"].as_str().unwrap().to_owned();
        let first = |list: Value| list["items"][0]["id"].as_str().unwrap().to_owned();
        let documents = app.get("/api/v1/projects/shop/documents").bearer(&token).send().await.json();
        let diagram = documents["items"].as_array().unwrap().iter().find(|document| document["kind"] == "diagram").unwrap();
        let diagram = diagram["id"].as_str().unwrap().to_owned();
        let mut made = Vec::new();
        for title in ["A", "B"] {
            let new = json!({"title": title, "template": "madr-4-minimal"});
            let decision = app.post("/api/v1/projects/shop/decisions").bearer(&token).json(&new).await.json();
            made.push(decision["id"].as_str().unwrap().to_owned());
        }
        let finding = first(app.get("/api/v1/projects/shop/findings").bearer(&token).send().await.json());
        app.post("/api/v1/projects/shop/invites").bearer(&token).json(&json!({"role": "viewer"})).await;
        let invite = first(app.get("/api/v1/projects/shop/invites").bearer(&token).send().await.json());
        let question = json!({"agent": "decision-editor", "text": "Why?"});
        let talk = app.post("/api/v1/projects/shop/talks").bearer(&token).json(&question).await.json();
        let addresses = BTreeMap::from([
            ("document", diagram),
            ("decision", made.remove(0)),
            ("other decision", made.remove(0)),
            ("finding", finding),
            ("invite", invite),
            ("run", of("runs", 0)),
            ("suggestion", of("suggestions", 0)),
            ("other suggestion", of("suggestions", 1)),
            ("third suggestion", of("suggestions", 2)),
            ("talk", talk["talk"].as_str().unwrap().to_owned()),
            ("user", owner.person.id.to_string()),
        ]);
        Self { addresses }
    }

    fn address(&self, route: &Route) -> String {
        let id = match route.path {
            "/suggestions/{id}/reject" => "other suggestion",
            "/suggestions/{id}/change" => "third suggestion",
            path if path.starts_with("/suggestions") => "suggestion",
            path if OF_DECISIONS.iter().any(|end| path.ends_with(end)) => "decision",
            path if path.starts_with("/findings") => "finding",
            path if path.contains("/runs/") => "run",
            path if path.contains("/talks/") => "talk",
            path if path.starts_with("/decisions/") => "decision",
            _ => "document",
        };
        let path = route
            .path
            .replace("{slug}", "shop")
            .replace("{number}", "1")
            .replace("{version}", "1")
            .replace("{key}", "containers.svg")
            .replace("{id}", &self.addresses[id])
            .replace("{handle}", "go-architect")
            .replace("{user}", &self.addresses["user"])
            .replace("{invite}", &self.addresses["invite"]);
        let query = if (route.method, route.path) == ("DELETE", "/documents/{id}/links") {
            format!("?kind=amends&other={}", self.addresses["other decision"])
        } else {
            String::new()
        };
        format!("{}{path}{query}", rest::PREFIX)
    }

    async fn call(&self, app: &TestApp, route: &Route, token: Option<&str>) -> Answer {
        let call = app.call(route.method, &self.address(route));
        let call = if let Some(token) = token { call.bearer(token) } else { call };
        match route.sends {
            Sends::Nothing => call.send().await,
            Sends::Json(_) if route.path.ends_with("/links") => {
                call.json(&json!({"kind": "amends", "other": self.addresses["other decision"]})).await
            }
            Sends::Files(_) => call.header("content-type", MULTIPART).body(multipart(&[("a.md", b"a")])).await,
            Sends::Json(_) => call.json(&body(route)).await,
        }
    }
}

/// A model that suggests three decisions.
fn suggesting() -> Providers {
    let propose = |title: &str| {
        json!({"call": "adr_propose", "input": {"title": title, "reason": "It comes up again and again.", "finding": null,
            "body": "## Context\n\nOrders are slow.\n\n## Decision\n\nWe write it down.\n\n## Consequences\n\nMore to read."}})
    };
    let finish = json!({"call": "finish", "input": {"recommendation": "approve", "coverage": [], "summary": "Fine."}});
    let script =
        json!([{"say": [propose("Say who answers"), propose("Say what is slow"), propose("Say what it costs")]}, {"say": [finish]}]);
    Providers::playing(Scripted::new(Script::read(&script.to_string()).unwrap()))
}

/// A body that a route takes.
fn body(route: &Route) -> Value {
    match (route.method, route.path) {
        ("POST", "/projects") => json!({"name": "Another"}),
        ("PATCH", "/projects/{slug}") => json!({"description": "Changed"}),
        ("POST", "/projects/{slug}/documents") => json!({"kind": "decision", "path": "docs/adr/0009-x.md", "text": "# X\n"}),
        ("POST", "/documents/{id}/versions") => json!({"name": "Before the review"}),
        ("PUT", "/documents/{id}/text") => json!({"text": WORKSPACE, "base_revision": 1}),
        ("POST", "/projects/{slug}/decisions") => json!({"title": "Another one", "template": "nygard"}),
        ("POST", "/documents/{id}/status") => json!({"status": "accepted", "despite_objections": true}),
        ("POST", "/documents/{id}/links") => json!({"kind": "amends", "other": "00000000-0000-0000-0000-000000000000"}),
        ("PUT", "/documents/{id}/sign-off") => json!({"agrees": true}),
        ("POST", "/documents/{id}/errata") => json!({"text": "It is two."}),
        ("POST", "/documents/{id}/number") => json!({"number": 40, "preview": true}),
        ("POST", "/convert") => json!({"text": "a -> b", "path": "a.d2"}),
        ("POST", "/projects/{slug}/reviews") => json!({"profile": "default"}),
        ("PUT", "/projects/{slug}/baseline") => json!({"review": 1}),
        ("POST", "/findings/{id}/state") => json!({"state": "accepted"}),
        ("POST", "/findings/{id}/waiver") => json!({"agree": false}),
        ("PUT", "/findings/{id}/triage") => json!({"due": "2030-01-31", "ticket": "PAY-1"}),
        ("PUT", "/findings/{id}/feedback") => json!({"useful": false, "reason": "Says nothing new."}),
        ("POST", "/projects/{slug}/reviews/{number}/messages") => json!({"text": "Look at the queue."}),
        ("POST", "/suggestions/{id}/change") => json!({"texts": ["Say it otherwise", "## Context\n\nWe said too little."]}),
        ("POST", "/suggestions/{id}/reject") => json!({"reason": "Not now."}),
        ("POST", "/findings/{id}/questions" | "/projects/{slug}/talks" | "/projects/{slug}/talks/{id}/questions") => {
            json!({"agent": "decision-editor", "text": "Why?"})
        }
        ("POST", "/projects/{slug}/decisions/indexes") => json!({"path": "docs/adr/index.md"}),
        ("POST", "/projects/{slug}/decisions/doctor/mend") => json!({"identity": ONE_SIDED}),
        ("POST", "/projects/{slug}/decisions/doctor/accept") => json!({}),
        ("POST", "/projects/{slug}/drafts") => json!({"agent": "decision-editor", "requirements": "Sell goods."}),
        ("POST", "/findings/{id}/comments") => json!({"body": "Noted."}),
        ("PATCH", "/projects/{slug}/members/{user}") => json!({"role": "owner"}),
        ("POST", "/projects/{slug}/invites") => json!({"role": "viewer"}),
        ("PUT", "/projects/{slug}/agents") => json!({"external_models": false, "agents": [{"agent": "go-architect"}]}),
        other => panic!("no body for {other:?}"),
    }
}

#[tokio::test]
async fn every_route_asks_who_is_there_and_what_they_may() {
    let app = TestApp::asking(suggesting()).await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let mut tokens = BTreeMap::new();
    for role in Role::ALL {
        let actor = app.member(&ada, "shop", role.slug(), role).await;
        tokens.insert(role, app.token(&actor.person).await);
    }
    // An administrator of the server who is no member is a stranger to the project.
    let stranger = app.person("Stranger", "stranger@example.com", true).await;
    let stranger = app.token(&stranger).await;
    let world = World::new(&app, &ada).await;

    for route in rest::routes() {
        let name = format!("{} {}", route.method, route.path);
        if route.needs != Needs::Nothing {
            let nobody = world.call(&app, route, None).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{name} by nobody");
            assert_eq!(nobody.header("content-type"), "application/problem+json", "{name}");
        }
        if route.needs == Needs::Administrator {
            for token in tokens.values() {
                assert_eq!(world.call(&app, route, Some(token)).await.status, StatusCode::FORBIDDEN, "{name} by a member");
            }
        }
        let Needs::Membership(needed) = route.needs else { continue };
        assert_eq!(world.call(&app, route, Some(&stranger)).await.status, StatusCode::NOT_FOUND, "{name} by a stranger");
        for (role, token) in &tokens {
            if *role < needed && route.path != "/projects/{slug}/restore" {
                assert_eq!(world.call(&app, route, Some(token)).await.status, StatusCode::FORBIDDEN, "{name} by a {}", role.slug());
            }
        }
    }
    // Those who may are let in; what ends things comes last.
    let mut routes: Vec<&Route> = rest::routes().collect();
    routes.sort_by_key(|route| (route.method == "DELETE", !route.path.contains("{id}"), route.path == "/projects/{slug}", route.path));
    for route in routes {
        let Needs::Membership(needed) = route.needs else { continue };
        // Nobody listens to messages when the review is over, nobody asks that a risk be carried, and only those sign off whom
        // the decision names.
        let named = (route.method, route.path) == ("PUT", "/documents/{id}/sign-off");
        if named || route.path.contains("{user}") || ["/restore", "/messages", "/waiver"].iter().any(|end| route.path.ends_with(end)) {
            continue;
        }
        let answer = world.call(&app, route, Some(&tokens[&needed])).await;
        assert_eq!(answer.status.as_u16(), route.status, "{} {}: {}", route.method, route.path, answer.text());
    }
    let restored = app.post("/api/v1/projects/shop/restore").bearer(&tokens[&Role::Owner]).send().await;
    assert_eq!(restored.status, StatusCode::OK, "{}", restored.text());
}

#[tokio::test]
async fn bodies_say_no_more_than_they_may() {
    let app = TestApp::asking(suggesting()).await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    let world = World::new(&app, &ada).await;
    for route in rest::routes().filter(|route| matches!(route.sends, Sends::Json(_))) {
        for extra in ["role_of_mine", "project_id", "is_admin", "id", "created_at"] {
            let mut body = body(route);
            body[extra] = json!("owner");
            let call = app.call(route.method, &world.address(route)).bearer(&token);
            let answer = call.json(&body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {} with {extra}", route.method, route.path);
            assert_eq!(answer.json()["code"], "invalid");
        }
        let broken = app.call(route.method, &world.address(route)).bearer(&token).header("content-type", "application/json");
        assert_eq!(broken.body(b"{".to_vec()).await.status, StatusCode::BAD_REQUEST, "{} {}", route.method, route.path);
        let other = app.call(route.method, &world.address(route)).bearer(&token).header("content-type", "text/plain");
        assert_eq!(other.body(b"{}".to_vec()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn problems_have_a_code_a_detail_and_the_request() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    let long = "x".repeat(2 * 1024 * 1024);
    let cases: Vec<(Answer, u16, &str)> = vec![
        (app.get("/api/v1/projects/nothing").bearer(&token).send().await, 404, "not-found"),
        (app.get("/api/v1/nothing").bearer(&token).send().await, 404, "not-found"),
        (app.get("/api/v1/documents/no-id").bearer(&token).send().await, 404, "not-found"),
        (app.get("/api/v1/projects/shop/reviews/7").bearer(&token).send().await, 404, "not-found"),
        (app.get("/api/v1/projects/shop/reviews/7.sarif").bearer(&token).send().await, 404, "not-found"),
        (app.get("/api/v1/projects/shop/reviews/x.md").bearer(&token).send().await, 404, "not-found"),
        (app.call("PUT", "/api/v1/projects").bearer(&token).send().await, 405, "forbidden"),
        (app.post("/api/v1/projects").bearer(&token).json(&json!({"name": " "})).await, 422, "invalid"),
        (app.post("/api/v1/projects").bearer(&token).json(&json!({"name": "x", "slug": "Not A Slug"})).await, 422, "invalid"),
        (app.post("/api/v1/projects").bearer(&token).json(&json!({"name": "x", "slug": "shop"})).await, 409, "conflict"),
        (app.post("/api/v1/projects").bearer(&token).json(&json!({"name": "x", "description": long})).await, 413, "too-large"),
        // There is nothing to review yet; whether that is asked with a body or without makes no difference.
        (app.post("/api/v1/projects/shop/reviews").bearer(&token).json(&json!({})).await, 422, "invalid"),
        (app.post("/api/v1/projects/shop/reviews").bearer(&token).send().await, 422, "invalid"),
        (app.get("/api/v1/projects?limit=0").bearer(&token).send().await, 422, "invalid"),
        (app.get("/api/v1/projects?nonsense=1").bearer(&token).send().await, 422, "invalid"),
        (app.get("/api/v1/projects").bearer("wrong").send().await, 401, "sign-in-needed"),
        (app.post("/api/v1/projects/shop/import").bearer(&token).json(&json!({})).await, 415, "invalid"),
    ];
    for (answer, status, code) in cases {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), problem["code"].as_str().unwrap()), (status, code), "{problem}");
        assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
        assert_eq!(problem["request_id"], answer.header("x-request-id"), "{problem}");
    }
}

#[tokio::test]
async fn the_description_has_every_route_and_no_other() {
    let app = TestApp::start().await;
    let description = app.get("/api/v1/openapi.json").send().await.json();
    let described: BTreeSet<String> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase())))
        .collect();
    let mut expected = BTreeSet::new();
    for route in rest::routes() {
        let bare = format!("{} {}{}", route.method, rest::PREFIX, route.path);
        if route.endings.is_empty() || matches!(route.answers, rest::Answers::Json(_)) {
            expected.insert(bare.clone());
        }
        expected.extend(route.endings.iter().map(|(ending, _)| format!("{bare}{ending}")));
    }
    assert_eq!(described, expected);

    let schemas = description["components"]["schemas"].as_object().unwrap();
    let text = description.to_string();
    let used: BTreeSet<&str> = text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for name in &used {
        assert!(schemas.contains_key(*name), "{name} is described nowhere");
    }
    for name in schemas.keys() {
        assert!(used.contains(name.as_str()), "{name} is never used");
    }
    for (path, methods) in description["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let named = operation["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(named, path.matches('{').count(), "{path}");
        }
    }
}

#[tokio::test]
async fn lists_page_by_cursor() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    for name in ["A", "B", "C"] {
        app.project(&ada, name).await;
    }
    let first = app.get("/api/v1/projects?limit=2").bearer(&token).send().await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = app.get(&format!("/api/v1/projects?limit=2&cursor={cursor}")).bearer(&token).send().await.json();
    assert_eq!(second["items"][0]["project"]["slug"], "c");
    assert_eq!(second["next_cursor"], Value::Null);
}
