//! The library of agents: what is brought, kept, shown and changed, by whom, and which agents projects ask.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Value, json};

mod hostile;
mod projects;

use crate::{
    domain::{address::escape, agent::library::built_in},
    server::service::access::Actor,
    tests::{
        harness::{Answer, Call, TestApp},
        pages::faults,
        upload::{MULTIPART, multipart, unzip, zip},
    },
};

const GOOD: &[u8] = b"---\nname: queue-reviewer\ndescription: Reads queues. Use it for brokers.\ntools: Read, Grep, Bash(git:*), mcp__db__query, codebase\nmodel: opus\n---\n\nYou look at queues.\n";
/// Windows line ends, and a colon that makes the description no YAML.
const REPAIRABLE: &[u8] =
    b"---\r\nname: colon\r\ndescription: Use it: when there is one\r\ncolor: blue\r\n---\r\n\r\nYou look at colons.\r\n";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\0";

async fn bring(call: Call<'_>) -> Answer {
    call.header("content-type", MULTIPART).body(multipart(&[("x.md", b"x")])).await
}

/// A server with its administrator.
struct World {
    app: TestApp,
    ada: Actor,
    token: String,
    cookie: String,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let (token, cookie) = (app.token(&ada.person).await, app.sign_in("ada@example.com").await);
        Self { app, ada, token, cookie }
    }

    async fn import(&self, files: &[(&str, &[u8])]) -> Answer {
        self.app.post("/api/v1/agents/import").bearer(&self.token).header("content-type", MULTIPART).body(multipart(files)).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.app.get(&format!("/api/v1{path}")).bearer(&self.token).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    async fn handles(&self) -> BTreeSet<String> {
        let listed = self.get("/agents?limit=200").await;
        listed["items"].as_array().unwrap().iter().map(|agent| agent["handle"].as_str().unwrap().to_owned()).collect()
    }

    /// Those that were brought.
    async fn brought(&self) -> BTreeSet<String> {
        let listed = self.get("/agents?limit=200").await;
        let brought = listed["items"].as_array().unwrap().iter().filter(|agent| agent["built_in"] == false);
        brought.map(|agent| agent["handle"].as_str().unwrap().to_owned()).collect()
    }

    async fn file(&self, handle: &str) -> Vec<u8> {
        let answer = self.app.get(&format!("/api/v1/agents/{}/file", escape(handle))).bearer(&self.token).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{handle}: {}", answer.text());
        answer.bytes
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.app.get(path).cookie(&self.cookie).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.text()
    }

    /// Sends a form as a browser without scripts does, and gives the page it leads to.
    async fn form(&self, name: &str, from: &str, fields: &[(&str, &str)]) -> (String, String) {
        let referer = format!("http://127.0.0.1:3000{from}");
        let call = self.app.post(&format!("/fn/{name}")).cookie(&self.cookie).header("accept", "text/html").header("referer", &referer);
        let answer = call.form(fields).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{name}: {}", answer.text());
        let location = answer.header("location").trim_start_matches("http://127.0.0.1:3000").to_owned();
        let page = self.page(location.split('#').next().unwrap()).await;
        (location, page)
    }
}

fn agent(name: &str, says: &str) -> Vec<u8> {
    format!("---\nname: {name}\ndescription: Looks at {says}.\n---\n\nYou look at {says}.\n").into_bytes()
}

#[tokio::test]
async fn an_archive_is_read_file_by_file_and_comes_back_byte_for_byte() {
    let world = World::new().await;
    let large = vec![b'x'; 300 * 1024];
    let files: [(&str, &[u8]); 6] = [
        ("reviewers-main/good.md", GOOD),
        ("reviewers-main/deep/colon.md", REPAIRABLE),
        ("reviewers-main/large.md", &large),
        ("reviewers-main/picture.md", PICTURE),
        ("reviewers-main/README.md", b"# Reviewers\n"),
        ("reviewers-main/logo.png", PICTURE),
    ];
    let answer = world.import(&[("Reviewers.zip", &zip(files))]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let imported = answer.json();
    assert_eq!(imported["summary"], "loaded 1, repaired 1, refused 2");
    let what: BTreeMap<&str, (&str, &Value)> = imported["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["file"].as_str().unwrap(), (file["outcome"].as_str().unwrap(), &file["handle"])))
        .collect();
    assert_eq!(what["good.md"], ("loaded", &json!("queue-reviewer")));
    assert_eq!(what["deep/colon.md"], ("repaired", &json!("colon")));
    assert_eq!(what["picture.md"], ("refused", &Value::Null));
    assert_eq!(what["large.md"], ("refused", &Value::Null));
    for file in imported["files"].as_array().unwrap().iter().filter(|file| file["outcome"] != "loaded") {
        let remark = &file["remarks"][0];
        assert!(remark["line"].as_u64().unwrap() > 0 && !remark["what"].as_str().unwrap().is_empty(), "{file}");
        assert!(!remark["help"].as_str().unwrap().is_empty(), "{file}");
    }
    let warnings = imported["warnings"].to_string();
    assert!(warnings.contains("README.md") && warnings.contains("logo.png") && warnings.contains("reviewers-main"), "{warnings}");

    assert_eq!(world.brought().await, BTreeSet::from(["colon".to_owned(), "queue-reviewer".to_owned()]));
    assert_eq!(world.file("colon").await, REPAIRABLE);
    assert_eq!(world.file("QUEUE-reviewer").await, GOOD, "capital letters do not matter");
    assert_eq!(world.get("/agents/colon").await["agent"]["source"], "reviewers");
    let archive = world.app.get("/api/v1/agents.zip").bearer(&world.token).send().await;
    let archive = unzip(&archive.bytes);
    assert_eq!(archive["reviewers/deep/colon.md"], REPAIRABLE);
    assert_eq!(archive["reviewers/good.md"], GOOD);
    for (path, text) in built_in::FILES {
        assert_eq!(archive[&format!("lintel/{path}")], text.as_bytes(), "{path}");
    }
    assert_eq!(archive.len(), 8);

    // The archive of a library brings the same collections to another one, and those that come with Lintel only once.
    let other = World::new().await;
    let packed = world.app.get("/api/v1/agents.zip").bearer(&world.token).send().await.bytes;
    let again = other.import(&[("agents.zip", &packed)]).await.json();
    assert_eq!(again["summary"], "loaded 1, repaired 1, refused 0", "{again}");
    assert_eq!(other.handles().await, world.handles().await);
    assert_eq!(other.get("/agents/colon").await["agent"]["source"], "reviewers");
}

#[tokio::test]
async fn what_a_file_asks_for_is_told_with_reasons() {
    let world = World::new().await;
    world.import(&[("good.md", GOOD)]).await;
    let view = world.get("/agents/queue-reviewer").await;
    let agent = &view["agent"];
    assert_eq!((&agent["card"], &agent["model"], &agent["source"]), (&json!("Reads queues."), &json!("opus"), &json!("workspace")));
    assert_eq!((&agent["added_by"], &agent["trusted"]), (&json!("Ada Lovelace"), &json!(true)));
    let tools: Vec<(&str, &str)> = agent["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| (tool["written"].as_str().unwrap(), tool["standing"].as_str().unwrap()))
        .collect();
    assert_eq!(
        tools,
        [("Read", "supported"), ("Grep", "supported"), ("Bash(git:*)", "denied"), ("mcp__db__query", "denied"), ("codebase", "ignored")]
    );
    assert!(agent["tools"].as_array().unwrap().iter().all(|tool| tool["reason"].as_str().unwrap().ends_with('.')), "{agent}");
    let page = world.page("/settings/agents/queue-reviewer").await;
    for word in ["Agents start no programs", "mcp__db__query", "You look at queues.", "Reads queues. Use it for brokers.", "Any severity"] {
        assert!(page.contains(word), "no {word}");
    }
    assert_eq!(view["model_note"], "file asks for opus; no model is set up");
    let list = world.page("/settings/agents").await;
    for word in
        ["queue-reviewer", "Reads queues.", "workspace", "Comes with Lintel", "No model provider is configured", "ANTHROPIC_API_KEY"]
    {
        assert!(list.contains(word), "no {word}");
    }
    let found = world.page("/settings/agents?q=QUEUES").await;
    assert!(found.contains("/settings/agents/queue-reviewer") && !found.contains("/settings/agents/go-architect"));
    assert!(world.page("/settings/agents?q=nothing+of+it&page=9").await.contains("No agent fits"));
}

#[tokio::test]
async fn versions_are_kept_by_their_hash() {
    let world = World::new().await;
    let (first, second) = (agent("mine", "queues"), agent("mine", "caches"));
    world.import(&[("mine.md", &first)]).await;
    let hash = world.get("/agents/mine").await["agent"]["hash"].as_str().unwrap().to_owned();
    let again = world.import(&[("mine.md", &first)]).await.json();
    assert_eq!(again["files"][0]["unchanged"], true);
    world.app.wait(1000);
    let changed = world.import(&[("mine.md", &second)]).await.json();
    assert_eq!(changed["files"][0]["unchanged"], false);
    let view = world.get("/agents/mine").await;
    let versions: Vec<(bool, bool)> = view["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| (version["hash"] == json!(hash), version["in_use"].as_bool().unwrap()))
        .collect();
    assert_eq!(versions, [(false, true), (true, false)], "the same bytes are no new version");
    let old = world.app.get(&format!("/api/v1/agents/mine/file?version={hash}")).bearer(&world.token).send().await;
    assert_eq!((old.status, old.bytes), (StatusCode::OK, first.clone()));
    assert_eq!(world.file("mine").await, second);
    world.import(&[("other.md", &agent("other", "x"))]).await;
    let stranger = world.app.get(&format!("/api/v1/agents/other/file?version={hash}")).bearer(&world.token).send().await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "a version of another agent");

    // Going back is a version of its own; removal keeps all of them for the runs that name them.
    world.import(&[("mine.md", &first)]).await;
    assert_eq!(world.get("/agents/mine").await["versions"].as_array().unwrap().len(), 3);
    let removed = world.app.call("DELETE", "/api/v1/agents/mine").bearer(&world.token).send().await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(world.app.get("/api/v1/agents/mine").bearer(&world.token).send().await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.app.state.store.agent_file(&hash).await.unwrap().unwrap().bytes, first);
    let trail = world.app.audit().await;
    assert!(trail.contains(&"agent.add mine.md".to_owned()) && trail.contains(&"agent.remove mine.md".to_owned()), "{trail:?}");
}

#[tokio::test]
async fn members_read_and_administrators_change() {
    let world = World::new().await;
    world.import(&[("mine.md", &agent("mine", "queues")), ("colon.md", REPAIRABLE)]).await;
    let bob = world.app.person("Bob", "bob@example.com", false).await;
    let (token, cookie) = (world.app.token(&bob).await, world.app.sign_in("bob@example.com").await);
    for path in ["/api/v1/agents", "/api/v1/agents/mine", "/api/v1/agents/mine/file", "/api/v1/agents.zip"] {
        assert_eq!(world.app.get(path).bearer(&token).send().await.status, StatusCode::OK, "{path}");
        assert_eq!(world.app.get(path).send().await.status, StatusCode::UNAUTHORIZED, "{path} by nobody");
    }
    let before = world.brought().await;
    let refused = bring(world.app.post("/api/v1/agents/import").bearer(&token)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")));
    let by_form = bring(world.app.post("/api/v1/agents/import").cookie(&cookie).header("accept", "text/html")).await;
    assert_eq!(by_form.status, StatusCode::SEE_OTHER);
    assert_eq!(bring(world.app.post("/api/v1/agents/import")).await.status, StatusCode::UNAUTHORIZED);
    let removed = world.app.call("DELETE", "/api/v1/agents/mine").bearer(&token).send().await;
    assert_eq!(removed.status, StatusCode::FORBIDDEN);
    let hash = world.get("/agents/colon").await["agent"]["hash"].as_str().unwrap().to_owned();
    let fields = [("handle", "colon"), ("base", hash.as_str()), ("text", "new"), ("name", "new")];
    for form in ["save_agent", "fix_agent", "copy_agent", "remove_agent"] {
        for call in [world.app.post(&format!("/fn/{form}")).cookie(&cookie), world.app.post(&format!("/fn/{form}"))] {
            call.header("accept", "text/html").header("referer", "http://127.0.0.1:3000/settings/agents").form(&fields).await;
        }
    }
    assert_eq!(world.brought().await, before);
    assert_eq!(world.file("colon").await, REPAIRABLE);
    for path in ["/settings/agents", "/settings/agents/colon", "/settings/agents/colon?edit=1&remove=1&copy=1"] {
        let page = world.app.get(path).cookie(&cookie).send().await.text();
        assert_eq!(faults(&page), [""; 0], "{path}");
        for change in ["/agents/import", "save_agent", "fix_agent", "remove_agent", "copy_agent", ">Edit<"] {
            assert!(!page.contains(change), "{path} offers {change}");
        }
    }
}

#[tokio::test]
async fn those_that_come_along_are_copied_and_never_changed() {
    let world = World::new().await;
    let shown = world.page("/settings/agents/go-architect").await;
    assert!(shown.contains("copy=1") && !shown.contains("edit=1") && !shown.contains("remove=1"));
    let removed = world.app.call("DELETE", "/api/v1/agents/go-architect").bearer(&world.token).send().await;
    assert_eq!(removed.status, StatusCode::FORBIDDEN);
    assert!(removed.json()["detail"].as_str().unwrap().contains("Copy it"), "{}", removed.text());

    let from = "/settings/agents/go-architect?copy=1";
    for (name, problem) in [("Not A Name", "not-a-name"), ("go-architect", "already"), ("", "lower-case")] {
        let (location, page) = world.form("copy_agent", from, &[("handle", "go-architect"), ("name", name)]).await;
        assert!(location.starts_with("/settings/agents/go-architect?copy=1"), "{location}");
        assert!(page.contains(problem) && page.contains(&format!("value=\"{name}\"")), "{name}: what was typed is there again");
    }
    let (location, page) = world.form("copy_agent", from, &[("handle", "go-architect"), ("name", "our-go")]).await;
    assert!(location.starts_with("/settings/agents/our-go?edit=1"), "{location}");
    assert!(page.contains("<textarea") && page.contains("name: our-go"), "{page}");
    let (_, text) = built_in::FILES.iter().find(|(path, _)| path.ends_with("go-architect.md")).unwrap();
    assert_eq!(String::from_utf8(world.file("our-go").await).unwrap(), text.replacen("name: go-architect", "name: our-go", 1));
    assert_eq!(world.get("/agents/our-go").await["agent"]["outcome"], "loaded");
    assert_eq!(world.brought().await.len(), 1);
}

#[tokio::test]
async fn an_edit_that_fails_keeps_what_was_typed() {
    let world = World::new().await;
    world.import(&[("colon.md", REPAIRABLE)]).await;
    let base = world.get("/agents/colon").await["agent"]["hash"].as_str().unwrap().to_owned();
    let page = world.page("/settings/agents/colon?edit=1").await;
    assert!(page.contains("/fn/save_agent") && page.contains("Use it: when there is one"), "{page}");
    let save = |handle: &'static str, base: String, text: String| {
        let world = &world;
        async move {
            let from = format!("/settings/agents/{handle}?edit=1");
            world.form("save_agent", &from, &[("handle", handle), ("base", &base), ("text", &text)]).await
        }
    };
    let large = format!("---\nname: colon\n---\n{}", "too much of it\r\n".repeat(20_000));
    let (location, page) = save("colon", base.clone(), large).await;
    assert!(location.starts_with("/settings/agents/colon?edit=1&notice="), "{location}");
    assert!(page.contains("role=\"alert\"") && page.contains("too much of it"));
    assert_eq!(world.file("colon").await, REPAIRABLE);

    // A browser sends line ends of its own; the file keeps its, and what was not touched keeps its bytes.
    let typed =
        String::from_utf8(REPAIRABLE.to_vec()).unwrap().replace("at colons", "at semicolons").replace("name: colon", "name: semicolon");
    let (location, page) = save("colon", base.clone(), typed.clone()).await;
    assert!(location.starts_with("/settings/agents/semicolon?notice="), "the agent is found by its new name: {location}");
    assert!(page.contains("saved as a new version") && page.contains("You look at semicolons."));
    assert_eq!(world.file("semicolon").await, typed.as_bytes());
    assert_eq!(world.get("/agents/semicolon").await["versions"].as_array().unwrap().len(), 2);

    // Somebody else was faster.
    let (location, page) = save("semicolon", base, "---\nname: semicolon\n---\nMine & <ours>\n".to_owned()).await;
    assert!(location.contains("edit=1"), "{location}");
    assert!(page.contains("Somebody changed this file meanwhile") && page.contains("Mine &amp; &lt;ours&gt;"), "{page}");
    assert_eq!(world.file("semicolon").await, typed.as_bytes());
    assert_eq!(world.app.get("/settings/agents/colon").cookie(&world.cookie).send().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_mended_as_a_new_version() {
    let world = World::new().await;
    world.import(&[("colon.md", REPAIRABLE)]).await;
    let view = world.get("/agents/colon").await;
    let marks: Vec<&str> = view["fix"][0]["lines"].as_array().unwrap().iter().map(|line| line["fate"].as_str().unwrap()).collect();
    assert!(marks.contains(&"removed") && marks.contains(&"added"), "{marks:?}");
    let page = world.page("/settings/agents/colon").await;
    assert!(page.contains("/fn/fix_agent") && page.contains("diff__line--add") && page.contains("colon.md:3:"), "{page}");
    let base = view["agent"]["hash"].as_str().unwrap();
    let (location, page) = world.form("fix_agent", "/settings/agents/colon", &[("handle", "colon"), ("base", base)]).await;
    assert!(location.starts_with("/settings/agents/colon?notice="), "{location}");
    assert!(page.contains("mended") && !page.contains("/fn/fix_agent"));
    let fixed = world.get("/agents/colon").await;
    assert_eq!((&fixed["agent"]["outcome"], &fixed["description"]), (&json!("loaded"), &json!("Use it: when there is one")));
    let bytes = String::from_utf8(world.file("colon").await).unwrap();
    assert!(bytes.ends_with("You look at colons.\r\n") && !bytes.replace("\r\n", "").contains('\n'), "line ends are kept: {bytes:?}");
    // There is nothing left to mend, which the page says when it is asked all the same.
    let hash = fixed["agent"]["hash"].as_str().unwrap();
    let (_, page) = world.form("fix_agent", "/settings/agents/colon", &[("handle", "colon"), ("base", hash)]).await;
    assert!(!page.contains("/fn/fix_agent"));
    assert_eq!(world.get("/agents/colon").await["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_form_shows_what_became_of_an_import() {
    let world = World::new().await;
    let send = |collection: &'static str, files: Vec<(&'static str, &'static [u8])>| {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"collection\"\r\n\r\n{collection}\r\n");
        let body = [part.into_bytes(), multipart(&files)].concat();
        let call = world.app.post("/api/v1/agents/import").cookie(&world.cookie).header("accept", "text/html");
        call.header("content-type", MULTIPART).body(body)
    };
    let refused = send("No Name", vec![("good.md", GOOD)]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let page = world.page(refused.header("location").split('#').next().unwrap()).await;
    assert_eq!(faults(&page), [""; 0]);
    assert!(page.contains("`no-name` would do") && page.contains("value=\"No Name\""), "what was typed is there again");
    let nothing = send("", vec![]).await;
    let page = world.page(nothing.header("location").split('#').next().unwrap()).await;
    assert!(page.contains("id=\"agents-file-error\""));
    let done = send("team", vec![("good.md", GOOD), ("colon.md", REPAIRABLE), ("picture.md", PICTURE)]).await;
    let page = world.page(done.header("location").split('#').next().unwrap()).await;
    assert_eq!(faults(&page), [""; 0]);
    for word in ["Loaded 1, repaired 1, refused 1.", "colon.md:3:", "picture.md:1:1", "Repaired", "Refused"] {
        assert!(page.contains(word), "no {word}");
    }
}
