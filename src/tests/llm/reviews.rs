//! Whole reviews with a provider over a real connection: a refusal and the model that is asked instead, and the day's money.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use crate::{
    domain::agent::conversation::Protocol,
    server::{
        llm::providers::{Providers, settings::ModelSettings},
        ports::{RandomIds, SystemClock},
        service::{self, access::Actor},
    },
    tests::{
        harness::TestApp,
        llm::{
            server::{Server, Step, stream},
            spoken::{Answer, BOTH},
        },
        upload::{project, zip},
    },
};

const DAY: i64 = 86_400_000;

struct Desk {
    app: TestApp,
    ada: Actor,
    token: String,
    server: Server,
}

fn says(answer: &Answer) -> Vec<Step> {
    vec![Step::Write(stream(&answer.bytes()))]
}

fn refusal(protocol: Protocol) -> Vec<Step> {
    says(&Answer::begin(protocol).end("refusal", "content_filter"))
}

fn calls(protocol: Protocol, tool: &str, input: &Value) -> Vec<Step> {
    says(&Answer::begin(protocol).call("call_a", tool, &[&input.to_string()]).end("tool_use", "tool_calls"))
}

fn report(protocol: Protocol) -> Vec<Step> {
    calls(protocol, "report_finding", &nobody_answers())
}

fn finish(protocol: Protocol) -> Vec<Step> {
    calls(protocol, "finish", &json!({"recommendation": "request-changes", "coverage": [], "summary": "One thing to settle."}))
}

/// The program with a provider at an address, and a small project to review.
pub(crate) async fn program(protocol: Protocol, host: &str, more: &[(&str, &str)]) -> (TestApp, Actor, String) {
    let (name, path) = if protocol == Protocol::OpenAi { ("openai", "/v1") } else { ("anthropic", "") };
    let base = format!("{host}{path}");
    let own = [
        ("LINTEL_LLM_PROVIDER", name),
        ("LINTEL_LLM_BASE_URL", &base),
        ("LINTEL_LLM_ALLOWED_HOSTS", host),
        ("LINTEL_LLM_API_KEY", "sk-canary-1"),
        ("LINTEL_LLM_MODEL", "first"),
    ];
    let variables: BTreeMap<&str, &str> = own.iter().chain(more).copied().collect();
    let settings = ModelSettings::from_variables(|name| variables.get(name).map(|value| (*value).to_owned()));
    let models = Providers::open(&settings, Arc::new(SystemClock), Arc::new(RandomIds::new(Arc::new(SystemClock)))).unwrap();
    let app = TestApp::asking(models).await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(project()))]).await.unwrap();
    (app, ada, token)
}

/// A review by one agent, from its request to its end.
pub(crate) async fn review(app: &TestApp, ada: &Actor, token: &str, slug: &str) -> Value {
    let asked = json!({"agents": ["go-architect"]});
    let begun = app.post(&format!("/api/v1/projects/{slug}/reviews")).bearer(token).json(&asked).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    let number = begun.json()["number"].as_u64().unwrap();
    let review = service::reviews::state(&app.state, ada, slug, u32::try_from(number).unwrap()).await.unwrap();
    if let Some(mut running) = app.state.jobs.follow(review.id) {
        while running.changed().await.is_ok() {}
    }
    app.get(&format!("/api/v1/projects/{slug}/reviews/{number}")).bearer(token).send().await.json()
}

/// What an agent reports about the first element.
pub(crate) fn nobody_answers() -> Value {
    json!({
        "topic": "operations.ownership", "kind": "risk", "severity": "medium", "title": "Nobody is named who answers for it",
        "message": "When it fails at night, nobody knows whom to call.", "primary": {"type": "element", "id": "E1", "expected": null},
        "anchors": [], "claims": [{"anchor": "E1", "attr": "owner", "op": "not-stated", "value": ""}], "quotes": [],
        "relates_to_rule": null, "remedy": "Name the team that owns it.", "pattern_ids": [], "tradeoff": "The team has to be on call.",
        "confidence": "high",
    })
}

impl Desk {
    async fn new(protocol: Protocol, scripts: Vec<Vec<Step>>, more: &[(&str, &str)]) -> Self {
        let server = Server::start(scripts).await;
        let (app, ada, token) = program(protocol, &server.url(), more).await;
        Self { app, ada, token, server }
    }

    async fn review(&self) -> Value {
        review(&self.app, &self.ada, &self.token, "shop").await
    }

    async fn choose(&self, agents: &Value, dollars: &str) -> Value {
        let choice = json!({"external_models": true, "agents": agents, "daily_dollars": dollars});
        self.app.call("PUT", "/api/v1/projects/shop/agents").bearer(&self.token).json(&choice).await.json()
    }

    fn models(&self) -> Vec<String> {
        self.server.seen().iter().map(|seen| seen.body["model"].as_str().unwrap().to_owned()).collect()
    }
}

fn of_agents(review: &Value) -> Vec<&Value> {
    let findings = review["findings"].as_array().unwrap().iter().map(|known| &known["finding"]);
    findings.filter(|finding| finding["source"]["type"] == "agent").collect()
}

#[tokio::test]
async fn after_a_refusal_another_model_is_asked_once() {
    for protocol in BOTH {
        let scripts = vec![refusal(protocol), report(protocol), finish(protocol)];
        let desk = Desk::new(protocol, scripts, &[("LINTEL_LLM_FALLBACK", "second")]).await;
        let review = desk.review().await;
        let run = &review["runs"][0];
        assert_eq!(desk.models(), ["first", "second", "second"], "{run:#}");
        assert_eq!((run["status"].as_str(), run["model"].as_str()), (Some("done"), Some("second")), "{run:#}");
        assert_eq!(run["note"], "first refused; second was asked instead.");
        assert_eq!(of_agents(&review)[0]["source"]["model"], "second");
        assert_eq!(run["turns"], 3, "a refusal is a turn, and paid for");

        // It refuses, too: then nobody else is asked.
        let desk = Desk::new(protocol, vec![refusal(protocol)], &[("LINTEL_LLM_FALLBACK", "second")]).await;
        let run = desk.review().await["runs"][0].clone();
        assert_eq!((desk.models(), run["status"].as_str()), (vec!["first".to_owned(), "second".to_owned()], Some("refused")), "{run:#}");

        // None is set up, or it is the same: nobody is asked the same again.
        for more in [&[][..], &[("LINTEL_LLM_FALLBACK", "first")]] {
            let desk = Desk::new(protocol, vec![refusal(protocol)], more).await;
            let run = desk.review().await["runs"][0].clone();
            assert_eq!((desk.models().len(), run["status"].as_str()), (1, Some("refused")), "{run:#}");
        }
    }
}

#[tokio::test]
async fn a_model_that_nobody_knows_reviews_the_sample_and_is_sent_nothing_special() {
    for protocol in BOTH {
        let desk = Desk::new(protocol, vec![report(protocol), finish(protocol)], &[]).await;
        let sample = service::projects::create_sample(&desk.app.state, &desk.ada).await.unwrap();
        let review = review(&desk.app, &desk.ada, &desk.token, &sample.slug).await;
        let run = &review["runs"][0];
        assert_eq!((run["status"].as_str(), run["cost"].is_null()), (Some("done"), true), "{run:#}");
        for seen in desk.server.seen() {
            let body = seen.body.to_string();
            let special = ["temperature", "top_p", "top_k", "strict", "cache_control", "response_format", "thinking", "reasoning_effort"];
            for key in special {
                assert!(!body.contains(&format!("\"{key}\":")), "{protocol:?}: {key}");
            }
            let most = seen.body["max_tokens"].as_u64().or(seen.body["max_completion_tokens"].as_u64()).unwrap();
            assert!(most <= 8192, "{most}");
        }
    }
}

#[tokio::test]
async fn a_run_that_the_day_has_no_money_for_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models.json");
    // Seventy cents an answer, and next to nothing for what is asked.
    std::fs::write(&models, json!({"first": {"price": {"input": 1.0, "output": 100_000.0}}}).to_string()).unwrap();
    let (protocol, told) = (Protocol::Anthropic, models.to_str().unwrap());
    let both = || [report(protocol), finish(protocol)];
    let scripts = [both(), both(), both()].concat();
    let settings = [("LINTEL_LLM_MODELS", told), ("LINTEL_LLM_DAILY_DOLLARS", "1.00")];
    let desk = Desk::new(protocol, scripts, &settings).await;
    let first = desk.review().await;
    assert_eq!(first["runs"][0]["status"], "done", "{first:#}");
    let asked = desk.server.seen().len();
    assert_eq!(asked, 2);

    let second = desk.review().await;
    let run = &second["runs"][0];
    assert_eq!((run["status"].as_str(), run["turns"].as_u64()), (Some("budget"), Some(0)), "{run:#}");
    let reason = run["reason"].as_str().unwrap();
    assert!(reason.contains("$1.41 today") && reason.contains("$1.00 a day") && reason.contains("tomorrow"), "{reason}");
    assert_eq!((second["status"].as_str(), desk.server.seen().len()), (Some("finished"), asked));
    let page = desk.app.get("/p/shop/reviews/2").cookie(&desk.app.sign_in("ada@example.com").await).send().await.text();
    assert!(page.contains("$1.00 a day is the most"), "{page}");

    // One that is always asked and needed does not stay away in silence.
    let chosen = desk.choose(&json!([{"agent": "go-architect", "required": true}]), "").await;
    assert_eq!((&chosen["daily_default"], &chosen["daily_cap"]), (&json!(1_000_000), &Value::Null), "{chosen:#}");
    assert!(chosen["spent_today"].as_u64().unwrap() > 1_400_000, "{chosen:#}");
    let third = desk.review().await;
    assert_eq!((third["verdict"].as_str(), third["runs"][0]["status"].as_str()), (Some("inconclusive"), Some("budget")), "{third:#}");

    // An owner allows more: what is left is enough to begin, and not to go on for ever.
    desk.choose(&json!([]), "5").await;
    let fourth = desk.review().await;
    assert_eq!((fourth["runs"][0]["status"].as_str(), desk.server.seen().len()), (Some("done"), asked + 2), "{fourth:#}");

    // A tenth of a cent is not enough for the question alone.
    desk.choose(&json!([]), "2.801").await;
    let fifth = desk.review().await;
    let reason = fifth["runs"][0]["reason"].as_str().unwrap();
    assert!(fifth["runs"][0]["status"] == "budget" && reason.contains("It was not asked") && reason.contains("money"), "{reason}");
    assert_eq!(desk.server.seen().len(), asked + 2);

    // Tomorrow is another day.
    desk.choose(&json!([]), "").await;
    desk.app.wait(DAY);
    let sixth = desk.review().await;
    assert_eq!((sixth["runs"][0]["status"].as_str(), desk.server.seen().len()), (Some("done"), asked + 4), "{sixth:#}");
}

#[tokio::test]
async fn two_that_begin_together_share_what_the_day_has_left() {
    use crate::server::service::agent_runs::purse;
    let desk = Desk::new(Protocol::Anthropic, Vec::new(), &[("LINTEL_LLM_DAILY_DOLLARS", "1.00")]).await;
    let state = &desk.app.state;
    let project = service::projects::get(state, &desk.ada, "shop").await.unwrap().id;
    let (allowance, holds) = purse::take(state, project, 2).await.unwrap();
    assert_eq!((allowance.held, holds.iter().map(|hold| hold.amount).collect::<Vec<_>>()), (0, vec![500_000; 2]));
    let (busy, none) = purse::take(state, project, 1).await.unwrap();
    assert!(none.is_empty() && busy.used_up().contains("may still spend $1.00"), "{}", busy.used_up());
    drop(holds);
    let (again, holds) = purse::take(state, project, 1).await.unwrap();
    assert_eq!((again.held, holds[0].amount, state.purse.held(project)), (0, 1_000_000, 1_000_000));

    // All that are asked at the same moment stay below the cap together.
    drop(holds);
    let takes = futures::future::join_all((0..8).map(|_| purse::take(state, project, 1))).await;
    let taken: u64 = takes.iter().flat_map(|take| &take.as_ref().unwrap().1).map(|hold| hold.amount).sum();
    assert_eq!(taken, 1_000_000);
}
