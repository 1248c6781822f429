//! Which agents projects ask, who may choose them, and what becomes of the choice when the library changes.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    domain::account::Role,
    tests::{
        library::{World, agent},
        pages::faults,
        upload::zip,
    },
};

#[tokio::test]
async fn projects_keep_their_agents_when_handles_change() {
    let world = World::new().await;
    world.app.project(&world.ada, "Shop").await;
    world.import(&[("team.zip", &zip([("x.md", agent("mine", "queues"))]))]).await;
    let put = |body: Value| {
        let call = world.app.call("PUT", "/api/v1/projects/shop/agents").bearer(&world.token);
        async move { call.json(&body).await }
    };
    let chosen = json!({"external_models": false, "agents": [{"agent": "MINE", "required": true}, {"agent": "go-architect"}]});
    let answer = put(chosen).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let asked = || async {
        let chosen = world.get("/projects/shop/agents").await;
        let asked = chosen["agents"].as_array().unwrap().iter().filter(|agent| agent["asked"] == true);
        let asked: BTreeMap<String, bool> =
            asked.map(|agent| (agent["handle"].as_str().unwrap().to_owned(), agent["required"].as_bool().unwrap())).collect();
        (asked, chosen["external_models"].as_bool().unwrap())
    };
    let of = |pairs: &[(&str, bool)]| -> BTreeMap<String, bool> { pairs.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect() };
    assert_eq!(asked().await, (of(&[("go-architect", false), ("mine", true)]), false));
    assert_eq!(world.get("/agents/mine").await["agent"]["asked_in"], json!([{"slug": "shop", "name": "Shop", "required": true}]));

    // Another collection has an agent of the name, and one takes the name of an agent that comes with Lintel.
    let imported =
        world.import(&[("other.zip", &zip([("x.md", agent("Mine", "caches")), ("go.md", agent("go-architect", "Go"))]))]).await.json();
    assert_eq!(imported["files"][1]["handle"], "other:Mine", "{imported}");
    assert_eq!(asked().await.0, of(&[("lintel:go-architect", false), ("team:mine", true)]));
    let several = put(json!({"external_models": true, "agents": [{"agent": "mine"}]})).await;
    assert_eq!(several.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(several.json()["detail"].as_str().unwrap().contains("`other:Mine`, `team:mine`"), "{}", several.text());
    let one = world.app.get("/api/v1/agents/mine").bearer(&world.token).send().await;
    assert_eq!(one.status, StatusCode::CONFLICT);
    assert_eq!(world.page("/settings/agents/team%3Amine").await.matches("You look at queues").count(), 1);

    for handle in ["other%3AMine", "other%3Ago-architect"] {
        let removed = world.app.call("DELETE", &format!("/api/v1/agents/{handle}")).bearer(&world.token).send().await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT, "{handle}: {}", removed.text());
    }
    assert_eq!(asked().await.0, of(&[("go-architect", false), ("mine", true)]));
    let hash = world.get("/agents/mine").await["agent"]["hash"].as_str().unwrap().to_owned();
    let page = world.page("/settings/agents/mine?remove=1").await;
    assert!(page.contains("1 project asks it with each review and will no longer."));
    let (location, page) = world.form("remove_agent", "/settings/agents/mine?remove=1", &[("handle", "mine"), ("base", &hash)]).await;
    assert!(location.starts_with("/settings/agents?notice=") && page.contains("mine was removed."), "{location}");
    assert_eq!(asked().await.0, of(&[("go-architect", false)]));
    let unknown = put(json!({"external_models": true, "agents": [{"agent": "mine"}]})).await;
    assert_eq!((unknown.status, &unknown.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("agents")));
    assert!(!asked().await.1, "nothing of a refused change is kept");
}

#[tokio::test]
async fn owners_choose_the_agents_of_their_project() {
    let world = World::new().await;
    world.app.project(&world.ada, "Shop").await;
    let shown = world.page("/p/shop/settings").await;
    assert!(shown.contains("name=\"asked[]\"") && shown.contains("name=\"external_models\"") && shown.contains("outside this machine"));
    let from = "/p/shop/settings";
    let fields = [("slug", "shop"), ("asked[]", "go-architect"), ("asked[]", "data-architect"), ("required[]", "security-architect")];
    let (location, page) = world.form("set_project_agents", from, &fields).await;
    assert!(location.starts_with("/p/shop/settings?notice=") && location.ends_with("#agents"), "{location}");
    assert!(page.contains("The agents of this project were saved."));
    let chosen = world.get("/projects/shop/agents").await;
    let asked: Vec<(&str, bool)> = chosen["agents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|agent| agent["asked"] == true)
        .map(|agent| (agent["handle"].as_str().unwrap(), agent["required"].as_bool().unwrap()))
        .collect();
    assert_eq!(asked, [("data-architect", false), ("go-architect", false), ("security-architect", true)], "required is asked");
    assert_eq!(chosen["external_models"], false, "a switch that is off is not sent");
    assert!(world.page("/settings/agents").await.contains("Shop, required"));

    // Everybody in the project sees it; nobody but owners changes it.
    for role in [Role::Viewer, Role::Commenter, Role::Editor] {
        let actor = world.app.member(&world.ada, "shop", role.slug(), role).await;
        let (token, cookie) = (world.app.token(&actor.person).await, world.app.sign_in(&actor.person.email).await);
        let read = world.app.get("/api/v1/projects/shop/agents").bearer(&token).send().await;
        assert_eq!((read.status, read.json()), (StatusCode::OK, chosen.clone()), "{role:?}");
        let put = world.app.call("PUT", "/api/v1/projects/shop/agents").bearer(&token);
        assert_eq!(put.json(&json!({"external_models": true, "agents": []})).await.status, StatusCode::FORBIDDEN, "{role:?}");
        let form = world.app.post("/fn/set_project_agents").cookie(&cookie).header("accept", "text/html");
        form.header("referer", "http://127.0.0.1:3000/p/shop/settings").form(&[("slug", "shop"), ("external_models", "true")]).await;
        let page = world.app.get(from).cookie(&cookie).send().await.text();
        assert_eq!(faults(&page), [""; 0], "{role:?}");
        assert!(
            page.contains("security-architect") && page.contains("Asked, required") && !page.contains("set_project_agents"),
            "{role:?}"
        );
        assert!(!page.contains("backend-architect"), "those that are not asked are not listed: {role:?}");
    }
    assert_eq!(world.get("/projects/shop/agents").await, chosen);
    let (_, page) = world.form("set_project_agents", from, &[("slug", "shop"), ("external_models", "true")]).await;
    assert!(page.contains("saved"));
    let chosen = world.get("/projects/shop/agents").await;
    assert!(chosen["external_models"] == true && chosen["agents"].as_array().unwrap().iter().all(|agent| agent["asked"] == false));
    // What it may cost: the server's default, an amount, or nothing at all.
    assert_eq!((&chosen["daily_cap"], &chosen["daily_default"], &chosen["spent_today"]), (&Value::Null, &Value::Null, &json!(0)));
    let (_, page) =
        world.form("set_project_agents", from, &[("slug", "shop"), ("external_models", "true"), ("daily_dollars", " $2.50 ")]).await;
    assert!(page.contains("name=\"daily_dollars\"") && page.contains("value=\"2.50\""), "{page}");
    let put = |dollars: Value| {
        let put = world.app.call("PUT", "/api/v1/projects/shop/agents").bearer(&world.token);
        async move { put.json(&json!({"external_models": true, "agents": [], "daily_dollars": dollars})).await }
    };
    assert_eq!(put(Value::Null).await.json()["daily_cap"], 2_500_000, "what is not sent stays");
    assert_eq!(put(json!("0")).await.json()["daily_cap"], 0);
    let wrong = put(json!("-1")).await;
    assert_eq!((wrong.status, &wrong.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("daily_dollars")), "{}", wrong.text());
    assert_eq!(put(json!("")).await.json()["daily_cap"], Value::Null);
    let trail = world.app.audit().await;
    for action in ["project.daily_cap", "project.agent.on", "project.agent.require", "project.agent.off", "project.external_models"] {
        assert!(trail.iter().any(|line| line.starts_with(action)), "{action}: {trail:?}");
    }
}

#[tokio::test]
async fn changes_at_once_do_not_lose_each_other() {
    let world = World::new().await;
    world.app.project(&world.ada, "Shop").await;
    world.import(&[("mine.md", &agent("mine", "queues"))]).await;
    let body = json!({"external_models": true, "agents": [{"agent": "mine", "required": true}]});
    world.app.call("PUT", "/api/v1/projects/shop/agents").bearer(&world.token).json(&body).await;
    let archives: Vec<(String, Vec<u8>)> =
        (0..8).map(|n| (format!("c{n}.zip"), zip([("x.md", agent("mine", &format!("part {n}")))]))).collect();
    let imports = archives.iter().map(|(name, bytes)| async { world.import(&[(name, bytes)]).await.status });
    assert!(futures::future::join_all(imports).await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(world.brought().await.len(), 9);
    let chosen = world.get("/projects/shop/agents").await;
    let asked: Vec<&str> = chosen["agents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|agent| agent["asked"] == true)
        .map(|agent| agent["handle"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["workspace:mine"]);
}
