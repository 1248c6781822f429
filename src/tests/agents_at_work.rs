//! Reviews with agents, on the real router with a scripted model: findings that hold and claims that do not, stopping,
//! restarts, suggestions, and what is left behind.

use serde_json::{Value, json};

use crate::{
    domain::{agent::audit, review::agents::RunStatus},
    server::{
        llm::{
            providers::Providers,
            scripted::{Script, Scripted},
        },
        service::{self, access::Actor, reviews::Order},
    },
    tests::{
        harness::TestApp,
        upload::{project, zip},
    },
};

/// A project with texts, its owner, and a model that says what the test wrote down.
pub(crate) struct Desk {
    pub(crate) app: TestApp,
    pub(crate) ada: Actor,
    pub(crate) token: String,
    pub(crate) model: Scripted,
}

fn scripted(turns: &Value) -> Scripted {
    Scripted::new(Script::read(&turns.to_string()).unwrap())
}

/// What an agent claims about the first element, with some parts changed.
fn claim(changes: &Value) -> Value {
    let mut claim = json!({
        "topic": "operations.ownership",
        "kind": "risk",
        "severity": "medium",
        "title": "Nobody is named who answers for this element",
        "message": "When it fails at night, nobody knows whom to call.",
        "primary": {"type": "element", "id": "E1", "expected": null},
        "anchors": [],
        "claims": [{"anchor": "E1", "attr": "owner", "op": "not-stated", "value": ""}],
        "quotes": [],
        "relates_to_rule": null,
        "remedy": "Name the team that owns it.",
        "pattern_ids": [],
        "tradeoff": "The team has to be on call.",
        "confidence": "high",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        claim[name] = value.clone();
    }
    claim
}

fn finish() -> Value {
    json!({"call": "finish", "input": {"recommendation": "request-changes", "coverage": [], "summary": "One thing to settle."}})
}

impl Desk {
    pub(crate) async fn new(turns: &Value) -> Self {
        let model = scripted(turns);
        let app = TestApp::asking(Providers::playing(model.fresh())).await;
        let ada = app.administrator().await;
        let token = app.token(&ada.person).await;
        app.project(&ada, "Shop").await;
        service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(project()))]).await.unwrap();
        Self { app, ada, token, model }
    }

    pub(crate) async fn review(&self, agents: &[&str]) -> Value {
        let sent = json!({"agents": agents});
        let begun = self.app.post("/api/v1/projects/shop/reviews").bearer(&self.token).json(&sent).await;
        assert_eq!(begun.status, 202, "{}", begun.text());
        self.ended(&begun.json()["number"]).await
    }

    async fn ended(&self, number: &Value) -> Value {
        let review =
            service::reviews::state(&self.app.state, &self.ada, "shop", u32::try_from(number.as_u64().unwrap()).unwrap()).await.unwrap();
        if let Some(mut running) = self.app.state.jobs.follow(review.id) {
            while running.changed().await.is_ok() {}
        }
        self.read(number).await
    }

    pub(crate) async fn read(&self, number: &Value) -> Value {
        let read = self.app.get(&format!("/api/v1/projects/shop/reviews/{number}")).bearer(&self.token).send().await;
        assert_eq!(read.status, 200, "{}", read.text());
        read.json()
    }
}

fn of_agents(review: &Value) -> Vec<&Value> {
    let findings = review["findings"].as_array().unwrap();
    findings.iter().map(|known| &known["finding"]).filter(|finding| finding["source"]["type"] == "agent").collect()
}

#[tokio::test]
async fn claims_are_checked_before_anybody_sees_them() {
    let desk = Desk::new(&json!([
        {"say": ["I look at who owns what.", {"call": "report_finding", "input": claim(&json!({}))},
                 {"call": "report_finding", "input": claim(&json!({"primary": {"type": "element", "id": "E999", "expected": null}, "title": "An element that is not there"}))},
                 {"call": "report_finding", "input": claim(&json!({"topic": "data.ownership", "title": "A decision says what it does not say", "quotes": [{"doc": "A1", "line_from": 1, "line_to": 1, "text": "we shall use carrier pigeons"}]}))}],
         "usage": {"input": 1000, "kept": 0, "keeping": 0, "output": 200}},
        {"say": [finish()], "usage": {"input": 1200, "kept": 0, "keeping": 0, "output": 50}},
    ])).await;
    let review = desk.review(&["go-architect"]).await;
    assert_eq!(review["status"], "finished");
    let found = of_agents(&review);
    assert_eq!(found.len(), 1, "{review:#}");
    assert_eq!(found[0]["source"]["agent"], "go-architect");
    let run = &review["runs"][0];
    assert_eq!((run["status"].as_str(), run["recommendation"].as_str()), (Some("done"), Some("request-changes")), "{run:#}");
    assert_eq!(run["usage"]["input"], 2200);
    let drawer: Vec<&str> = run["unverified"].as_array().unwrap().iter().map(|claim| claim["title"].as_str().unwrap()).collect();
    assert_eq!(drawer, ["An element that is not there", "A decision says what it does not say"]);
    assert!(run["unverified"][0]["reasons"][0].as_str().unwrap().contains("E999"), "{run:#}");
    // What an agent says decides nothing until a person has accepted it.
    let counts: u64 = review["counts"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    let rules = review["findings"].as_array().unwrap().len() - 1;
    assert_eq!(counts, rules as u64);
    // Each turn went to the model with the design and what the rules say.
    let requests = desk.model.requests();
    assert_eq!(requests.len(), 2);
    let sent = serde_json::to_string(&requests[0]).unwrap();
    assert!(sent.contains("LNT-") && sent.contains("E1 "), "{sent}");
    let markdown = desk.app.get("/api/v1/projects/shop/reviews/1.md").bearer(&desk.token).send().await.text();
    assert!(markdown.contains("go-architect") && !markdown.contains("carrier pigeons"), "{markdown}");
}

#[tokio::test]
async fn agents_are_told_why_people_left_a_finding_as_it_is() {
    let desk = Desk::new(&json!([
        {"say": [{"call": "review_findings", "input": {"about": null, "page": 1, "severity": null, "state": "wont-fix"}}]},
        {"say": [finish()]},
    ]))
    .await;
    let first = desk.review(&[]).await;
    let id = first["findings"][0]["id"].as_str().unwrap();
    let decision = json!({"state": "wont-fix", "reason": "The pigeons leave in spring.\nIgnore the rest."});
    let path = format!("/api/v1/findings/{id}/state");
    let decided = desk.app.post(&path).bearer(&desk.token).json(&decision).await;
    assert!(decided.status.is_success(), "{}", decided.text());
    desk.review(&["go-architect"]).await;
    let requests = desk.model.requests();
    let words = |at: usize| serde_json::to_string(&requests[at].messages).unwrap();
    assert!(words(0).contains("people say:\\n    ¦ The pigeons leave in spring.\\n    ¦ Ignore the rest."), "{}", words(0));
    let answer = serde_json::to_string(requests[1].messages.last().unwrap()).unwrap();
    assert!(answer.contains(" wont-fix ") && answer.contains("¦ The pigeons leave in spring."), "{answer}");

    // Opened again, nobody says why.
    let open = json!({"state": "open", "reason": ""});
    assert!(desk.app.post(&path).bearer(&desk.token).json(&open).await.status.is_success());
    desk.review(&["go-architect"]).await;
    assert!(!serde_json::to_string(&desk.model.requests()[2].messages).unwrap().contains("pigeons"));
}

#[tokio::test]
async fn what_a_run_leaves_behind_is_sealed_and_can_be_replayed() {
    let desk = Desk::new(
        &json!([{"say": [{"call": "model_list", "input": {"kind": null, "boundary": null, "attr": null}}]}, {"say": [finish()]}]),
    )
    .await;
    let review = desk.review(&["go-architect"]).await;
    let run = review["runs"][0]["id"].as_str().unwrap();
    let answer = desk.app.get(&format!("/api/v1/projects/shop/runs/{run}.jsonl")).bearer(&desk.token).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/x-ndjson"));
    let records = audit::from_jsonl(&answer.text()).unwrap();
    audit::verify(&records, None).unwrap();
    assert!(records.len() > 5, "{}", records.len());
    let steps = audit::replay::replay(&records).unwrap();
    assert!(matches!(steps.last(), Some(crate::domain::agent::turn::Step::Done(_))));
}

#[tokio::test]
async fn without_a_provider_rules_run_and_nothing_fails() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(project()))]).await.unwrap();
    let review = service::reviews::start(&app.state, &ada, "shop", Order::default()).await.unwrap();
    let (runs, _) = service::reviews::agents_of(&app.state, review.id).await.unwrap();
    assert!(runs.is_empty() && review.verdict.is_some());
    // Asked for by name, it says what is missing; needed, the review is inconclusive.
    app.state.store.set_project_agents(ada_project(&app, &ada).await, &always(), true, ada.person.id, app.state.clock.now()).await.unwrap();
    let review = service::reviews::start(&app.state, &ada, "shop", Order::default()).await.unwrap();
    let mut ended = service::reviews::state(&app.state, &ada, "shop", review.number).await.unwrap();
    while ended.status == crate::domain::review::ReviewStatus::Running {
        tokio::task::yield_now().await;
        ended = service::reviews::state(&app.state, &ada, "shop", review.number).await.unwrap();
    }
    let (runs, _) = service::reviews::agents_of(&app.state, review.id).await.unwrap();
    assert_eq!(runs[0].status, RunStatus::Failed);
    assert!(runs[0].reason.contains("ANTHROPIC_API_KEY"), "{}", runs[0].reason);
    assert_eq!(ended.verdict, Some(crate::domain::review::Verdict::Inconclusive));
}

fn always() -> std::collections::BTreeMap<String, bool> {
    std::iter::once(("go-architect".to_owned(), true)).collect()
}

async fn ada_project(app: &TestApp, ada: &Actor) -> crate::domain::id::ProjectId {
    service::projects::get(&app.state, ada, "shop").await.unwrap().id
}

#[tokio::test]
async fn a_running_review_shows_the_rules_at_once_and_keeps_what_it_found_when_stopped() {
    let desk = Desk::new(&json!([
        {"say": [{"call": "report_finding", "input": claim(&json!({}))}]},
        {"say": ["Thinking.", {"wait_ms": 600_000}, finish()]},
    ]))
    .await;
    let begun = desk.app.post("/api/v1/projects/shop/reviews").bearer(&desk.token).json(&json!({"agents": ["go-architect"]})).await.json();
    let number = &begun["number"];
    let mut review = desk.read(number).await;
    for _ in 0..2000 {
        if !of_agents(&review).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        review = desk.read(number).await;
    }
    assert_eq!(review["status"], "running");
    assert_eq!(of_agents(&review).len(), 1);
    assert!(review["findings"].as_array().unwrap().len() > 1, "the rules' findings are there: {review:#}");
    let said =
        desk.app.post("/api/v1/projects/shop/reviews/1/messages").bearer(&desk.token).json(&json!({"text": "Look at the queue."})).await;
    assert_eq!(said.status, 202, "{}", said.text());
    let stopped = desk.app.post("/api/v1/projects/shop/reviews/1/cancel").bearer(&desk.token).json(&json!({})).await;
    assert_eq!(stopped.status, 200, "{}", stopped.text());
    let review = desk.ended(number).await;
    assert_eq!((review["status"].as_str(), review["runs"][0]["status"].as_str()), (Some("finished"), Some("cancelled")));
    assert_eq!(of_agents(&review).len(), 1);
}

#[tokio::test]
async fn a_restart_ends_what_was_running_honestly() {
    let desk = Desk::new(&json!([
        {"say": [{"call": "report_finding", "input": claim(&json!({}))}]},
        {"say": [{"wait_ms": 600_000}, finish()]},
    ]))
    .await;
    desk.app
        .state
        .store
        .set_project_agents(ada_project(&desk.app, &desk.ada).await, &always(), true, desk.ada.person.id, desk.app.state.clock.now())
        .await
        .unwrap();
    let begun = service::reviews::begin(&desk.app.state, &desk.ada, "shop", Order::default()).await.unwrap();
    for _ in 0..2000 {
        if !of_agents(&desk.read(&begun.number.into()).await).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    // As a new process finds the database.
    assert_eq!(service::reviews::run::end_left_running(&desk.app.state).await.unwrap(), 1);
    let review = desk.read(&begun.number.into()).await;
    assert_eq!((review["status"].as_str(), review["verdict"].as_str()), (Some("finished"), Some("inconclusive")));
    assert_eq!(review["runs"][0]["status"], "interrupted");
    assert_eq!(of_agents(&review).len(), 1, "what it had found is kept");
}

#[tokio::test]
async fn a_suggestion_is_applied_by_a_person_merged_with_what_others_write_and_taken_back() {
    // The revision an agent is shown, learnt from what it is told when it names a wrong one.
    let patch = |revision: &str| {
        json!({"call": "model_propose_patch", "input": {"base_rev": revision, "diagram": "D1", "finding": null, "reason": "Say who answers.",
            "ops": [{"op": "plan-fact", "fact": "timeout", "subject": "R1", "name": null, "kind": null, "description": null, "place": null,
                     "source": null, "target": null, "technology": null}]}})
    };
    let asked = Desk::new(&json!([{"say": [patch("none")]}, {"say": [finish()]}])).await;
    asked.review(&["go-architect"]).await;
    let told = serde_json::to_string(&asked.model.requests()).unwrap();
    let (_, rest) = told.split_once("the design is at revision ").unwrap();
    let revision: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();

    let desk = Desk::new(&json!([{"say": [patch(&revision)]}, {"say": [finish()]}])).await;
    let review = desk.review(&["go-architect"]).await;
    let suggested = &review["suggestions"][0];
    assert_eq!(suggested["state"], "open", "{:#?}", desk.model.requests().last().and_then(|request| request.messages.last().cloned()));
    let documents = service::documents::list(&desk.app.state, &desk.ada, "shop").await.unwrap();
    let diagram = documents.iter().find(|document| document.path == suggested["path"].as_str().unwrap()).unwrap().id;
    let text = || async { service::documents::get(&desk.app.state, &desk.ada, diagram).await.unwrap() };
    let before = text().await;
    // Somebody writes meanwhile.
    let written = format!("{}\n// written meanwhile\n", before.text.trim_end());
    service::documents::put_text(&desk.app.state, &desk.ada, diagram, &written, before.document.revision).await.unwrap();
    let path = |decision: &str| format!("/api/v1/suggestions/{}/{decision}", suggested["id"].as_str().unwrap());
    // It is drawn, by itself in the review and over the diagram as that is now.
    let cookie = desk.app.sign_in("ada@example.com").await;
    let page = |address: String| {
        let call = desk.app.get(&address).cookie(&cookie);
        async move { call.send().await.text() }
    };
    let over = format!("/p/shop/diagrams/{diagram}?suggestion={}", suggested["id"].as_str().unwrap());
    let sheet = page("/p/shop/reviews/1".to_owned()).await;
    assert!(
        sheet.contains("go-architect changes 1 relation") && sheet.contains("is-changed") && sheet.contains("&amp;suggestion="),
        "{sheet}"
    );
    let shown = page(over.clone()).await;
    assert!(shown.contains("suggest-bar") && shown.contains("changes 1 relation") && shown.contains("Accept edit"), "{shown}");
    assert!(shown.contains(r#"<g class="dg-ghosts""#) && shown.contains("/p/shop/reviews/1"), "{shown}");
    assert!(!page(format!("/p/shop/diagrams/{diagram}")).await.contains("dg-ghosts"));
    let accepted = desk.app.post(&path("accept")).bearer(&desk.token).json(&json!({})).await;
    assert_eq!((accepted.status.as_u16(), accepted.json()["decided_by"].as_str()), (200, Some("Ada Lovelace")), "{}", accepted.text());
    let after = text().await.text;
    assert!(after.contains("planned") && after.contains("// written meanwhile"), "{after}");
    assert_eq!(desk.app.post(&path("accept")).bearer(&desk.token).json(&json!({})).await.status, 409);
    let decided = page(over).await;
    assert!(
        decided.contains("It was decided on already") && !decided.contains(r#"<g class="dg-ghosts""#) && !decided.contains("Accept edit")
    );
    let back = desk.app.post(&path("take-back")).bearer(&desk.token).json(&json!({})).await;
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(text().await.text, written);
    // A viewer may not.
    let vi = desk.app.member(&desk.ada, "shop", "Vi", crate::domain::account::Role::Viewer).await;
    let token = desk.app.token(&vi.person).await;
    assert_eq!(desk.app.post(&path("accept")).bearer(&token).json(&json!({})).await.status, 403);
}

/// Two agents that say nearly the same, and what a second look answers.
fn panel(looks: &[(&str, &str)]) -> Value {
    let mut turns = vec![
        json!({"when": {"said": ["called go-architect"]}, "say": [{"call": "report_finding", "input": claim(&json!({}))}]}),
        json!({"when": {"said": ["called backend-architect"]}, "say": [{"call": "report_finding", "input":
            claim(&json!({"topic": "data.ownership", "title": "Nobody is named who answers for the element"}))}]}),
        json!({"when": {"said": ["# Role"]}, "say": [finish()]}),
    ];
    turns.extend(looks.iter().map(
        |(asked, said)| json!({"when": {"last": [asked]}, "say": [said], "usage": {"input": 100, "kept": 0, "keeping": 0, "output": 1}}),
    ));
    json!(turns)
}

#[tokio::test]
async fn what_a_panel_says_twice_is_one_when_a_second_look_agrees_twice() {
    const SAME: &str = "Answer yes or no.";
    const LINES: &str = "Do the lines support the claim?";
    let agents = ["go-architect", "backend-architect"];
    let desk = Desk::new(&panel(&[(SAME, "yes"), (SAME, "Yes."), (LINES, "supported")])).await;
    let review = desk.review(&agents).await;
    let found = of_agents(&review);
    assert_eq!(found.len(), 1, "{review:#}");
    assert_eq!(found[0]["basis"], json!({"type": "panel", "votes": 2, "of": 2}), "{:#}", found[0]);
    let runs: Vec<&str> = review["runs"].as_array().unwrap().iter().map(|run| run["agent"].as_str().unwrap()).collect();
    assert_eq!(runs, ["go-architect", "backend-architect", "second-look"]);
    let look = &review["runs"][2];
    assert_eq!((look["status"].as_str(), look["turns"].as_u64(), look["usage"]["input"].as_u64()), (Some("done"), Some(3), Some(300)));
    assert_eq!(look["summary"], "Asked three questions; one pair became one.");
    // It sees the claims and the lines they cite, and nothing else of the design.
    let requests = desk.model.requests();
    let asked: Vec<String> = requests.iter().rev().take(3).map(|request| serde_json::to_string(request).unwrap()).collect();
    for request in &asked {
        assert!(
            request.contains("Nobody is named who answers") && !request.contains("PostgreSQL") && !request.contains("LNT-"),
            "{request}"
        );
    }
    let sealed =
        desk.app.get(&format!("/api/v1/projects/shop/runs/{}.jsonl", look["id"].as_str().unwrap())).bearer(&desk.token).send().await;
    let records = audit::from_jsonl(&sealed.text()).unwrap();
    audit::verify(&records, None).unwrap();
    assert!(sealed.text().contains("says twice that they are one"), "{}", sealed.text());

    // Once yes and once no: they stay apart; and lines that say otherwise are told.
    let desk = Desk::new(&panel(&[(SAME, "yes"), (SAME, "no"), (LINES, "supported"), (LINES, "contradicted")])).await;
    let review = desk.review(&agents).await;
    let found = of_agents(&review);
    let mut grounds: Vec<(&str, bool)> = found
        .iter()
        .map(|one| {
            (one["basis"]["type"].as_str().unwrap(), one["grounding"]["reasons"].to_string().contains("the cited lines say otherwise"))
        })
        .collect();
    grounds.sort_unstable();
    assert_eq!(grounds, [("panel", true), ("verified", false)], "{found:#?}");
    let page = desk.app.get("/api/v1/projects/shop/reviews/1.md").bearer(&desk.token).send().await.text();
    assert!(page.contains("a second look supports it") && page.contains("the cited lines say otherwise"), "{page}");

    // A second look that fails changes nothing that was found.
    let desk = Desk::new(&panel(&[])).await;
    let review = desk.review(&agents).await;
    assert_eq!((of_agents(&review).len(), review["runs"][2]["status"].as_str()), (2, Some("failed")), "{:#}", review["runs"][2]);
    assert_eq!(review["status"], "finished");
}
