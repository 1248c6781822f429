//! The decision log through the real router: list and filters, timeline and graph, what is new, index files, the doctor.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::{
        account::Role,
        decision::{status::Status, template::Template},
        project::DocumentKind,
    },
    server::service::{self, access::Actor, decisions::create::Beginning},
    tests::{
        harness::{Answer, TestApp},
        pages::faults,
        upload::{MULTIPART, multipart, zip},
    },
};

const INDEX: &str = "# Decisions\r\n\r\nProse.\r\n\r\n<!-- adrlog -->\r\n- old\r\n<!-- adrlogstop -->\r\n";

/// A log with a chain, a pending supersession, a link that only one end knows, and an index.
fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "docs/adr/0001-use-files.md",
            "# 1. Use files\n\nDate: 2025-03-01\n\n## Status\n\nSuperseded by [3. Use tables](0003-use-tables.md)\n\n## Context\n\nThe [[Ledger DB]] is small.\n",
        ),
        ("docs/adr/0002-use-nats.md", "# 2. Use NATS\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n\n## Context\n\nOrders are slow.\n"),
        (
            "docs/adr/0003-use-tables.md",
            "---\nstatus: accepted\ndate: 2026-02-01\ndecision-makers: [Ada, Grace]\ntags: [storage]\n---\n# Use tables\n\n## Context and Problem Statement\n\nFiles are lost.\n\n## Considered Options\n\n* Tables\n* Files\n\n## Decision Outcome\n\nChosen option: \"Tables\", because they stay.\n\n## More Information\n\nSupersedes [ADR-0001](0001-use-files.md)\n",
        ),
        (
            "docs/adr/0004-use-kafka.md",
            "# 4. Use Kafka\n\nDate: 2026-03-01\n\n## Status\n\nProposed\n\nSupersedes [2. Use NATS](0002-use-nats.md)\n\n## Context\n\nNATS is full.\n",
        ),
        (
            "docs/adr/0005-name-topics.md",
            "# 5. Name topics & queues\n\nDate: 2026-03-02\n\n## Status\n\nAccepted\n\nAmends [2. Use NATS](0002-use-nats.md)\n\n## Context\n\nNames differ.\n",
        ),
        ("docs/adr/index.md", INDEX),
    ]
}

struct Shop {
    app: TestApp,
    ada: Actor,
    token: String,
    cookie: String,
}

impl Shop {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let token = app.token(&ada.person).await;
        app.project(&ada, "Shop").await;
        let archive = zip(files());
        let call = app.post("/api/v1/projects/shop/import").bearer(&token).header("content-type", MULTIPART);
        let imported = call.body(multipart(&[("shop.zip", &archive)])).await;
        assert_eq!(imported.json()["kept"], json!(["docs/adr/index.md"]), "{}", imported.text());
        let cookie = app.sign_in("ada@example.com").await;
        Self { app, ada, token, cookie }
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.app.get(path).cookie(&self.cookie).send().await;
        assert_eq!((answer.status, faults(&answer.text())), (StatusCode::OK, vec![]), "{path}");
        answer.text()
    }

    async fn read(&self, path: &str) -> Value {
        let answer = self.app.get(&format!("/api/v1/projects/shop/decisions{path}")).bearer(&self.token).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    async fn send(&self, token: &str, path: &str, body: Value) -> Answer {
        self.app.post(&format!("/api/v1/projects/shop/decisions{path}")).bearer(token).json(&body).await
    }

    async fn text(&self, path: &str) -> String {
        let documents = service::documents::list(&self.app.state, &self.ada, "shop").await.unwrap();
        let id = documents.iter().find(|document| document.path == path).unwrap().id;
        service::documents::get(&self.app.state, &self.ada, id).await.unwrap().text
    }

    async fn put(&self, actor: &Actor, path: &str, from: &str, to: &str) {
        let documents = service::documents::list(&self.app.state, &self.ada, "shop").await.unwrap();
        let document = documents.iter().find(|document| document.path == path).unwrap();
        let text = self.text(path).await;
        assert!(text.contains(from), "{text}");
        service::documents::put_text(&self.app.state, actor, document.id, &text.replace(from, to), document.revision).await.unwrap();
    }
}

fn titles(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_list_is_chosen_and_ordered_by_its_address() {
    let shop = Shop::new().await;
    for (query, expected) in [
        ("", vec!["Name topics & queues", "Use Kafka", "Use tables", "Use NATS", "Use files"]),
        ("?status=accepted&sort=oldest", vec!["Use NATS", "Use tables", "Name topics & queues"]),
        ("?about=storage", vec!["Use tables"]),
        ("?about=Ledger%20DB", vec!["Use files"]),
        ("?decider=grace", vec!["Use tables"]),
        ("?year=2025", vec!["Use files"]),
        ("?template=nygard&text=slow", vec!["Use NATS"]),
        ("?sort=title", vec!["Name topics & queues", "Use files", "Use Kafka", "Use NATS", "Use tables"]),
        ("?status=rejected", vec![]),
    ] {
        assert_eq!(titles(&shop.read(query).await), expected, "{query}");
    }
    let all = shop.read("").await;
    let of = |title: &str| all["items"].as_array().unwrap().iter().find(|item| item["title"] == title).unwrap().clone();
    assert_eq!(of("Use files")["instead"][0]["title"], "Use tables");
    assert_eq!(of("Use Kafka")["will_supersede"][0]["title"], "Use NATS");
    assert_eq!(of("Use NATS")["will_be_superseded"][0]["title"], "Use Kafka");

    let page = shop.page("/p/shop/decisions").await;
    for words in [
        "Superseded by",
        "Will supersede",
        "Will be superseded by",
        "All 5",
        "Accepted 3",
        "Name topics &amp; queues",
        "name=\"decider\"",
        "5 decisions",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let chosen = shop.page("/p/shop/decisions?status=accepted&decider=Ada&text=lost").await;
    assert!(
        chosen.contains("1 of 5 decisions")
            && chosen.contains("value=\"lost\"")
            && chosen.contains("Use tables")
            && !chosen.contains("Use Kafka"),
        "{chosen}"
    );
    assert!(shop.page("/p/shop/decisions?status=%3Cx%3E&year=never").await.contains("No decision is like that"));
    // How many filters are set is said where they are folded away; the order is none.
    assert!(chosen.contains(", 3 set"), "{chosen}");
    assert!(!shop.page("/p/shop/decisions?sort=title").await.contains(" set</span>"));
    let strange = shop.app.get("/api/v1/projects/shop/decisions?nonsense=1").bearer(&shop.token).send().await;
    assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_empty_log_says_how_to_begin() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let cookie = app.sign_in("ada@example.com").await;
    for path in ["", "/timeline", "/graph", "/index", "/doctor"] {
        let page = app.get(&format!("/p/shop/decisions{path}")).cookie(&cookie).send().await.text();
        assert_eq!(faults(&page), [""; 0], "{path}");
        assert!(page.contains("No decisions yet"), "{path}");
    }
    let doctor = app.get("/api/v1/projects/shop/decisions/doctor").cookie(&cookie).send().await.json();
    assert_eq!((doctor["faults"].clone(), doctor["known"].clone()), (json!([]), json!(0)));
}

#[tokio::test]
async fn findings_that_cite_a_decision_stand_beside_it() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    let slug = service::projects::create_sample(&app.state, &ada).await.unwrap().slug;
    let list = app.get(&format!("/api/v1/projects/{slug}/decisions")).bearer(&token).send().await.json();
    let cited: Vec<&Value> = list["items"].as_array().unwrap().iter().flat_map(|item| item["findings"].as_array().unwrap()).collect();
    assert!(!cited.is_empty(), "{list}");
    let cookie = app.sign_in("ada@example.com").await;
    let page = app.get(&format!("/p/{slug}/decisions")).cookie(&cookie).send().await.text();
    assert!(page.contains(&format!("/p/{slug}/reviews/1?finding={}", cited[0]["id"].as_str().unwrap())), "{page}");
}

#[tokio::test]
async fn timeline_and_graph_are_drawn_with_links() {
    let shop = Shop::new().await;
    let timeline = shop.page("/p/shop/decisions/timeline").await;
    assert_eq!(timeline.matches("adrtime__bar").count(), 5);
    assert_eq!(timeline.matches("adrtime__next").count(), 1);
    for words in ["id=\"year-2026\"", "id=\"year-2025\"", "Mar 2026", "held until 1 Feb 2026", "0005 Name topics &amp; queues"] {
        assert!(timeline.contains(words), "{words}: {timeline}");
    }
    let graph = shop.page("/p/shop/decisions/graph").await;
    assert_eq!(graph.matches("<a class=\"adrnode").count(), 5);
    assert_eq!(graph.matches("adrlink__line").count(), 3);
    assert!(graph.contains("will supersede") && graph.contains("adrnode--proposed"));
    let list = shop.read("").await;
    let nats =
        list["items"].as_array().unwrap().iter().find(|item| item["title"] == "Use NATS").unwrap()["document"].as_str().unwrap().to_owned();
    let near = shop.page(&format!("/p/shop/decisions/graph?around={nats}&steps=1")).await;
    assert_eq!(near.matches("<a class=\"adrnode").count(), 3);
    assert!(near.contains("is-centre") && near.contains("1 link"));
    let accepted = shop.page("/p/shop/decisions/graph?status=accepted").await;
    assert_eq!(accepted.matches("<a class=\"adrnode").count(), 2);
    assert!(accepted.contains("Not linked to these") && accepted.contains("Use tables"));
    shop.page("/p/shop/decisions/graph?status=x&around=y&steps=z").await;
}

#[tokio::test]
async fn what_others_did_is_new_until_it_is_seen() {
    let shop = Shop::new().await;
    let grace = shop.app.member(&shop.ada, "shop", "Grace", Role::Editor).await;
    let first = shop.read("/news").await;
    assert_eq!(first, json!({"since": null, "items": [], "remarks": []}), "the first visit begins the count");
    shop.app.wait(60_000);
    let own = "docs/adr/0003-use-tables.md";
    shop.put(&shop.ada, own, "date: 2026-02-01", "date: 2026-02-02").await;
    shop.put(&grace, "docs/adr/0004-use-kafka.md", "Proposed", "Rejected").await;
    shop.put(&grace, "docs/adr/0005-name-topics.md", "Date: 2026-03-02", "Date: 2026-03-03").await;
    let beginning = Beginning::new("Use Redis", Template::Nygard);
    service::decisions::create::create(&shop.app.state, &grace, "shop", &beginning).await.unwrap();
    let told = |news: &Value| -> Vec<(String, String, String)> {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        news["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (word(&item["title"]), word(&item["what"]["type"]), word(&item["by"])))
            .collect()
    };
    let news = shop.read("/news").await;
    let expected = [("Use Redis", "new"), ("Use Kafka", "status"), ("Name topics & queues", "edited")];
    assert_eq!(
        told(&news),
        expected.map(|(title, what)| (title.to_owned(), what.to_owned(), "Grace".to_owned())),
        "Ada's own edit is no news to her"
    );
    assert_eq!((news["items"][1]["what"]["from"].as_str(), news["items"][1]["what"]["to"].as_str()), (Some("proposed"), Some("rejected")));
    let page = shop.page("/p/shop/decisions").await;
    assert!(page.contains("Since you were here") && page.contains("Use Redis") && page.contains("/fn/see_log"), "{page}");
    // Looking is not seeing: it stays until it is marked.
    assert_eq!(told(&shop.read("/news").await).len(), 3);
    let seen = shop
        .app
        .post("/fn/see_log")
        .header("accept", "text/html")
        .header("referer", "http://127.0.0.1:3000/p/shop/decisions")
        .cookie(&shop.cookie);
    assert_eq!(seen.form(&[("slug", "shop")]).await.status, StatusCode::FOUND);
    assert!(told(&shop.read("/news").await).is_empty());
    assert!(!shop.page("/p/shop/decisions").await.contains("Since you were here"));

    // Each person has their own; viewers may mark it, too.
    let vera = shop.app.member(&shop.ada, "shop", "Vera", Role::Viewer).await;
    let vera = shop.app.token(&vera.person).await;
    assert_eq!(shop.app.get("/api/v1/projects/shop/decisions/news").bearer(&vera).send().await.json()["since"], Value::Null);
    shop.app.wait(60_000);
    let documents = service::documents::list(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let gone = documents.iter().find(|document| document.path == own).unwrap().id;
    service::documents::delete(&shop.app.state, &shop.ada, gone).await.unwrap();
    let news = shop.app.get("/api/v1/projects/shop/decisions/news").bearer(&vera).send().await.json();
    assert_eq!(told(&news).iter().map(|(title, what, _)| (title.as_str(), what.as_str())).collect::<Vec<_>>(), [("Use tables", "removed")]);
    assert_eq!(shop.app.post("/api/v1/projects/shop/decisions/seen").bearer(&vera).send().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn remarks_about_findings_of_decisions_are_new() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    let slug = service::projects::create_sample(&app.state, &ada).await.unwrap().slug;
    let grace = app.member(&ada, &slug, "Grace", Role::Commenter).await;
    let news = || async { app.get(&format!("/api/v1/projects/{slug}/decisions/news")).bearer(&token).send().await.json() };
    news().await;
    app.wait(60_000);
    let list = app.get(&format!("/api/v1/projects/{slug}/decisions")).bearer(&token).send().await.json();
    let cited = list["items"].as_array().unwrap().iter().find_map(|item| item["findings"][0]["id"].as_str()).unwrap().parse().unwrap();
    let long = format!("Is that so? {}", "Really. ".repeat(60));
    service::triage::comment(&app.state, &grace, cited, &long, None).await.unwrap();
    service::triage::comment(&app.state, &ada, cited, "Mine.", None).await.unwrap();
    let told = news().await;
    let remarks = told["remarks"].as_array().unwrap();
    assert_eq!(remarks.len(), 1, "{told}");
    assert_eq!(remarks[0]["author"], "Grace");
    let said = remarks[0]["text"].as_str().unwrap();
    assert!(said.starts_with("Is that so?") && said.ends_with('…') && said.chars().count() <= 161, "{said}");
}

#[tokio::test]
async fn an_index_is_brought_up_to_date_between_its_markers() {
    let shop = Shop::new().await;
    let files = shop.read("/indexes").await["files"].clone();
    assert_eq!((files[0]["path"].as_str(), files[0]["state"]["type"].as_str()), (Some("docs/adr/index.md"), Some("out-of-date")));
    let page = shop.page("/p/shop/decisions/index").await;
    assert!(page.contains("Out of date") && page.contains("diff__line--add") && page.contains("/fn/update_index"), "{page}");
    let vera = shop.app.member(&shop.ada, "shop", "Vera", Role::Viewer).await;
    let vera_token = shop.app.token(&vera.person).await;
    assert_eq!(shop.send(&vera_token, "/indexes", json!({"path": "docs/adr/index.md"})).await.status, StatusCode::FORBIDDEN);
    let vera_cookie = shop.app.sign_in("vera@example.com").await;
    let read_only = shop.app.get("/p/shop/decisions/index").cookie(&vera_cookie).send().await.text();
    assert!(read_only.contains("Out of date") && !read_only.contains("update_index"));

    let done = shop.send(&shop.token, "/indexes", json!({"path": "docs/adr/index.md"})).await;
    assert_eq!(done.json(), json!({"changed": true}), "{}", done.text());
    let stored = shop
        .app
        .state
        .store
        .kept_file(
            service::access::project(&shop.app.state, &shop.ada, "shop", Role::Viewer).await.unwrap().project.id,
            "docs/adr/index.md",
        )
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(stored).unwrap();
    assert!(
        text.starts_with("# Decisions\r\n\r\nProse.\r\n") && !text.contains("- old") && !text.replace("\r\n", "").contains('\n'),
        "{text:?}"
    );
    assert!(text.contains("- [ADR-0001: Use files](0001-use-files.md), superseded by ADR-0003\r\n"), "{text}");
    let again = shop.send(&shop.token, "/indexes", json!({"path": "docs/adr/index.md"})).await;
    assert_eq!(again.json(), json!({"changed": false}));
    assert!(shop.page("/p/shop/decisions/index").await.contains("Up to date"));
    assert_eq!(shop.send(&shop.token, "/indexes", json!({"path": "docs/adr/0001-use-files.md"})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.send(&shop.token, "/indexes", json!({"path": "../../etc/passwd"})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_log_without_an_index_gets_one() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    let import = |name: &'static str, text: &'static str| {
        app.post("/api/v1/projects/shop/import")
            .bearer(&token)
            .header("content-type", MULTIPART)
            .body(multipart(&[("x.zip", &zip(vec![(name, text)]))]))
    };
    import("docs/adr/0001-a.md", "# 1. A\n\n## Status\n\nAccepted\n").await;
    let indexes = || async { app.get("/api/v1/projects/shop/decisions/indexes").bearer(&token).send().await.json()["files"].clone() };
    assert_eq!(indexes().await[0]["state"]["type"], "missing");
    let body = json!({"path": "docs/adr/index.md"});
    let make = || async { app.post("/api/v1/projects/shop/decisions/indexes").bearer(&token).json(&body).await };
    assert_eq!(make().await.json(), json!({"changed": true}));
    assert_eq!(indexes().await[0]["state"]["type"], "up-to-date");
    // An index that has lost its end says so, and is left alone.
    import("docs/adr/index.md", "# Log\n\n<!-- adrlog -->\n").await;
    let state = indexes().await[0]["state"].clone();
    assert_eq!(state["type"], "unmarked");
    assert!(state["problem"].as_str().unwrap().starts_with("Line 3:"), "{state}");
    assert_eq!(make().await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_doctor_names_mends_and_remembers() {
    let shop = Shop::new().await;
    let faults = |doctor: &Value| -> Vec<(String, String, u64)> {
        let all = doctor["faults"].as_array().unwrap().iter().filter(|fault| fault["level"] != "note");
        all.map(|fault| {
            (fault["code"].as_str().unwrap().to_owned(), fault["path"].as_str().unwrap().to_owned(), fault["line"].as_u64().unwrap())
        })
        .collect()
    };
    let doctor = shop.read("/doctor").await;
    let one_sided = ("one-sided-link".to_owned(), "docs/adr/0005-name-topics.md".to_owned(), 9);
    assert_eq!(faults(&doctor), std::slice::from_ref(&one_sided), "{doctor}");
    let fault = doctor["faults"].as_array().unwrap().iter().find(|fault| fault["code"] == "one-sided-link").unwrap().clone();
    let identity = fault["identity"].as_str().unwrap();
    assert_eq!(
        (fault["quote"].as_str(), fault["fix"].as_str()),
        (Some("Amends [2. Use NATS](0002-use-nats.md)"), Some("Write the other end in 0002-use-nats.md"))
    );
    let page = shop.page("/p/shop/decisions/doctor").await;
    assert!(
        page.contains("docs/adr/0005-name-topics.md:9:")
            && page.contains("/fn/mend_fault")
            && page.contains(fault["page"].as_str().unwrap()),
        "{page}"
    );
    assert!(shop.page("/p/shop/decisions").await.contains(" faults<"));

    // Viewers see and don't touch; strangers see nothing.
    let vera = shop.app.member(&shop.ada, "shop", "Vera", Role::Viewer).await;
    let vera_token = shop.app.token(&vera.person).await;
    for path in ["/doctor/mend", "/doctor/accept"] {
        assert_eq!(shop.send(&vera_token, path, json!({"identity": identity})).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let stranger = shop.app.person("Eve", "eve@example.com", false).await;
    let eve_token = shop.app.token(&stranger).await;
    assert_eq!(shop.send(&eve_token, "/doctor/mend", json!({"identity": identity})).await.status, StatusCode::NOT_FOUND);
    let eve = shop.app.sign_in("eve@example.com").await;
    for path in ["", "/timeline", "/graph", "/index", "/doctor"] {
        let answer = shop.app.get(&format!("/p/shop/decisions{path}")).cookie(&eve).send().await;
        assert_eq!((answer.status, answer.text().contains("NATS")), (StatusCode::NOT_FOUND, false), "{path}");
    }
    let vera_cookie = shop.app.sign_in("vera@example.com").await;
    let read_only = shop.app.get("/p/shop/decisions/doctor").cookie(&vera_cookie).send().await.text();
    assert!(read_only.contains("does not say") && !read_only.contains("mend_fault") && !read_only.contains("accept_faults"));

    // Accepted as known it is no longer counted, and the command line's file says so.
    assert_eq!(shop.send(&shop.token, "/doctor/accept", json!({"identity": "no such fault"})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.send(&shop.token, "/doctor/accept", json!({"identity": identity})).await.json(), json!({"known": 1}));
    let doctor = shop.read("/doctor").await;
    assert_eq!((faults(&doctor), doctor["known"].as_u64()), (vec![], Some(1)));
    assert_eq!(faults(&shop.read("/doctor?known=1").await), [one_sided]);
    assert!(shop.page("/p/shop/decisions/doctor?known=1").await.contains("Take back"));
    let project = service::access::project(&shop.app.state, &shop.ada, "shop", Role::Viewer).await.unwrap().project.id;
    let kept = shop.app.state.store.kept_file(project, "lintel-doctor.json").await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&kept).unwrap(), json!({"version": 1, "known": [identity]}));
    let recall = shop
        .app
        .post("/fn/recall_fault")
        .header("accept", "text/html")
        .header("referer", "http://127.0.0.1:3000/p/shop/decisions/doctor")
        .cookie(&shop.cookie);
    assert_eq!(recall.form(&[("slug", "shop"), ("identity", identity)]).await.status, StatusCode::FOUND);
    assert_eq!(faults(&shop.read("/doctor").await).len(), 1);

    // Mended, both ends say it, and nothing else has changed.
    let before = shop.text("docs/adr/0002-use-nats.md").await;
    let mended = shop.send(&shop.token, "/doctor/mend", json!({"identity": identity})).await;
    assert_eq!(mended.json(), json!({"changed": ["docs/adr/0002-use-nats.md"]}), "{}", mended.text());
    let after = shop.text("docs/adr/0002-use-nats.md").await;
    assert!(after.contains("Amended by [5. Name topics & queues](0005-name-topics.md)"), "{after}");
    let untouched: Vec<&str> = after.lines().filter(|line| !line.starts_with("Amended by")).collect();
    assert!(before.lines().filter(|line| !line.is_empty()).all(|line| untouched.contains(&line)), "{after}");
    assert!(faults(&shop.read("/doctor").await).is_empty());
    assert_eq!(shop.send(&shop.token, "/doctor/mend", json!({"identity": identity})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn faults_lead_to_their_lines_and_to_steps_that_show_what_they_do() {
    let shop = Shop::new().await;
    let create = async |path, text| {
        let made = service::documents::create(&shop.app.state, &shop.ada, "shop", DocumentKind::Decision, path, text).await;
        made.unwrap().document.id
    };
    let twin = create("docs/adr/0005-twin.md", "# 5. Twin\n\n## Status\n\nProposed\n").await;
    let silent = create("docs/adr/0006-silent.md", "# 6. Silent\n\nDate: 2026-04-01\n\n## Context\n\nx\n").await;
    let doctor = shop.read("/doctor").await;
    let of = |code: &str| doctor["faults"].as_array().unwrap().iter().find(|fault| fault["code"] == code).unwrap().clone();
    let (double, missing) = (of("duplicate-number"), of("missing-status"));
    assert_eq!(double["page"], format!("/p/shop/decisions/{twin}?pane=source#L1"));
    assert_eq!(of("one-sided-link")["page"].as_str().unwrap().split_once('?').unwrap().1, "pane=source#L9");
    assert_eq!(of("one-sided-link")["ask"], Value::Null);
    assert_eq!(double["ask"], json!(["Renumber to 7…", format!("/p/shop/decisions/{twin}?ask=number&to=7")]));
    assert_eq!(missing["ask"], json!(["Set to proposed…", format!("/p/shop/decisions/{silent}?ask=proposed")]));
    let page = shop.page("/p/shop/decisions/doctor").await;
    assert!(page.contains(double["page"].as_str().unwrap()) && page.contains("?ask=number&amp;to=7"), "{page}");
    // The line is there to be led to, and what will change is shown first.
    let source = shop.page(&format!("/p/shop/decisions/{twin}?pane=source")).await;
    assert!(source.contains("id=\"L1\"") && source.contains("data-pane=\"source\""), "{source}");
    assert!(shop.page(double["ask"][1].as_str().unwrap()).await.contains("0007-twin.md"));
    let preview = shop.page(missing["ask"][1].as_str().unwrap()).await;
    let added: Vec<&str> = preview.split("diff__line--add").skip(1).map(|line| line.split("</code>").next().unwrap_or("")).collect();
    assert!(added.iter().any(|line| line.contains("status: proposed")), "{added:?}");
    assert!(!shop.text("docs/adr/0006-silent.md").await.contains("proposed"), "nothing is done yet");
    // A dialog for a way that the workflow has not is none.
    let accepted = of("one-sided-link")["document"].as_str().unwrap().to_owned();
    let locked = shop.page(&format!("/p/shop/decisions/{accepted}?ask=proposed")).await;
    assert!(!locked.contains("Propose this decision"));
    // Viewers see the line and no steps.
    shop.app.member(&shop.ada, "shop", "Vera", Role::Viewer).await;
    let vera = shop.app.sign_in("vera@example.com").await;
    let read_only = shop.app.get("/p/shop/decisions/doctor").cookie(&vera).send().await.text();
    assert!(read_only.contains("?pane=source#L1") && !read_only.contains("?ask="));
}

#[tokio::test]
async fn a_mend_that_turns_a_status_is_a_step_of_the_workflow() {
    let shop = Shop::new().await;
    let create = async |path, text| {
        let made = service::documents::create(&shop.app.state, &shop.ada, "shop", DocumentKind::Decision, path, text).await;
        made.unwrap().document.id
    };
    create("docs/adr/0006-new.md", "# 6. New\n\n## Status\n\nAccepted\n\nSupersedes [7. Old](0007-old.md)\n").await;
    let old = create("docs/adr/0007-old.md", "# 7. Old\n\n## Status\n\nAccepted\n").await;
    let doctor = shop.read("/doctor").await;
    let fault = doctor["faults"].as_array().unwrap().iter().find(|fault| fault["code"] == "accepted-and-superseded").unwrap().clone();
    let mended = shop.send(&shop.token, "/doctor/mend", json!({"identity": fault["identity"]})).await;
    assert_eq!(mended.json(), json!({"changed": ["docs/adr/0007-old.md"]}), "{}", mended.text());
    assert!(shop.text("docs/adr/0007-old.md").await.contains("Superseded by [6. New](0006-new.md)"));
    let turns = shop.app.state.store.turns(old).await.unwrap();
    let last = turns.last().unwrap();
    assert_eq!((last.who.as_str(), last.before, last.after), ("Ada Lovelace", Some(Status::Accepted), Status::Superseded));
}

#[tokio::test]
async fn all_faults_are_accepted_at_once() {
    let shop = Shop::new().await;
    shop.put(&shop.ada, "docs/adr/0004-use-kafka.md", "NATS is full.", "See [the plan](plan.md).").await;
    let before = shop.read("/doctor").await["faults"].as_array().unwrap().len();
    assert!(before >= 2);
    let accepted = shop
        .app
        .post("/fn/accept_faults")
        .header("accept", "text/html")
        .header("referer", "http://127.0.0.1:3000/p/shop/decisions/doctor")
        .cookie(&shop.cookie);
    assert_eq!(accepted.form(&[("slug", "shop")]).await.status, StatusCode::FOUND);
    let after = shop.read("/doctor").await;
    assert_eq!((after["faults"].clone(), after["known"].as_u64()), (json!([]), Some(before as u64)));
    // What cannot be mended in one step says so.
    let known = shop.read("/doctor?known=1").await;
    let broken = known["faults"].as_array().unwrap().iter().find(|fault| fault["code"] == "broken-link").unwrap();
    assert_eq!(broken["fix"], Value::Null);
    let refused = shop.send(&shop.token, "/doctor/mend", json!({"identity": broken["identity"]})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.json()["detail"].as_str().unwrap().starts_with("No one step mends this"), "{}", refused.text());
}
