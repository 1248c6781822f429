//! Files and names that mean harm, or are only odd: what is refused, and what is shown as the text it is.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    domain::{address::escape, agent::library::is_agent_file},
    tests::{
        library::{PICTURE, World, agent},
        pages::faults,
        upload::{MULTIPART, corpus, folder, multipart, unzip, zip},
    },
};

type Uploads<'a> = &'a [(&'a str, &'a [u8])];

const HOSTILE: &str = "---\nname: \"<img src=x onerror=alert(1)>\"\ndescription: \"<script>alert(2)</script> </textarea><b>\"\nhooks: \"<svg onload=alert(3)>\"\n---\n\
                       # <script>alert(4)</script>\n\n<iframe src=\"https://evil.example\"></iframe>\n\n[press](javascript:alert(5)) ![x](https://evil.example/p.png)\n\n\
                       <style>*{display:none}</style>\n\n[stays](../../p/other/settings) </textarea><script>alert(6)</script>\n";

#[tokio::test]
async fn hostile_text_is_inert_wherever_it_is_shown() {
    let world = World::new().await;
    let imported = world.import(&[("hostile.md", HOSTILE.as_bytes())]).await.json();
    let handle = imported["files"][0]["handle"].as_str().unwrap().to_owned();
    let here = format!("/settings/agents/{}", escape(&handle));
    world.app.project(&world.ada, "Shop").await;
    let mut paths = vec!["/settings/agents".to_owned(), here.clone(), "/p/shop/settings".to_owned()];
    paths.extend(["edit", "remove"].map(|form| format!("{here}?{form}=1")));
    for path in paths {
        let page = world.page(&path).await;
        assert_eq!(faults(&page), [""; 0], "{path}");
        let page = page.replace("<script nonce", "").replace("<script type=\"module\"", "");
        for live in [
            "<script",
            "<iframe",
            "<img",
            "<style",
            "<svg onload",
            "</textarea><b>",
            "</textarea><script",
            "\"javascript:",
            "other/settings\"",
        ] {
            assert!(!page.contains(live), "{path} holds {live}");
        }
    }
    let shown = world.page(&here).await;
    assert!(shown.contains("&lt;iframe") && shown.contains("&lt;script&gt;alert(4)"), "it is shown as text");
    let file = world.app.get(&format!("/api/v1/agents/{}/file", escape(&handle))).bearer(&world.token).send().await;
    assert_eq!(file.bytes, HOSTILE.as_bytes());
    assert!(file.header("content-disposition").starts_with("attachment") && file.header("x-content-type-options") == "nosniff");
}

#[tokio::test]
async fn hostile_uploads_bring_nothing() {
    let world = World::new().await;
    let good: &[u8] = &agent("mine", "queues");
    let slip = zip([("../../evil.md", good), ("good.md", good)]);
    let bomb = zip([("bomb.md", vec![b' '; 20_000_000]), ("good.md", good.to_vec())]);
    let nothing = zip([("README.md", b"# Readme\n".as_slice()), ("a.png", PICTURE)]);
    let cases: [(Uploads<'_>, u16); 8] = [
        (&[("a.zip", &slip)], 422),
        (&[("a.zip", &bomb)], 413),
        (&[("a.zip", b"no archive")], 422),
        (&[("a.zip", &nothing)], 422),
        (&[("../a.md", good)], 422),
        (&[("a.md", good), ("a.md", good)], 422),
        (&[("good.md", good), ("a.zip", &slip)], 422),
        (&[], 422),
    ];
    for (files, status) in cases {
        let answer = world.import(files).await;
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(answer.status.as_u16(), status, "{names:?}: {}", answer.text());
    }
    for (field, value, status) in
        [("collection", "lintel", 422), ("collection", "No Name", 422), ("colour", "blue", 422), ("collection", "team", 200)]
    {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        let body = [part.into_bytes(), multipart(&[("mine.md", good)])].concat();
        let answer = world.app.post("/api/v1/agents/import").bearer(&world.token).header("content-type", MULTIPART).body(body).await;
        assert_eq!(answer.status.as_u16(), status, "{field} {value}: {}", answer.text());
        assert_eq!(world.brought().await.is_empty(), status != 200);
    }
    assert_eq!(world.get("/agents/mine").await["agent"]["source"], "team");
}

#[tokio::test]
async fn names_of_every_kind_have_a_page() {
    let world = World::new().await;
    let names = ["Python DevOps/CI-CD Expert", "4.1-Beast", "a?b#c&d=e", "100% sure", "Überprüfer", "監査人", "import", "a+b c"];
    let files: Vec<(String, Vec<u8>)> =
        names.iter().enumerate().map(|(number, name)| (format!("{number}.md"), agent(&format!("\"{name}\""), "things"))).collect();
    let imported = world.import(&[("odd.zip", &zip(files))]).await.json();
    assert_eq!(imported["summary"], format!("loaded {}, repaired 0, refused 0", names.len()), "{imported}");
    // Browsers take such a name for a way up.
    world.import(&[("dots.md", &agent("\"..\"", "dots"))]).await;
    let list = world.page("/settings/agents").await;
    assert!(list.contains("href=\"/settings/agents/workspace%3Adots.md\"") && !list.contains("/settings/agents/..\""));
    assert!(world.page("/settings/agents/workspace%3Adots.md").await.contains("You look at dots."));
    let removed = world.app.call("DELETE", "/api/v1/agents/workspace%3Adots.md").bearer(&world.token).send().await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    for handle in world.brought().await {
        let path = format!("/settings/agents/{}", escape(&handle));
        assert!(list.contains(&format!("href=\"{path}\"")), "{handle}");
        let page = world.page(&path).await;
        assert_eq!(faults(&page), [""; 0], "{handle}");
        assert!(page.contains("You look at things."), "{handle}");
        assert!(!world.file(&handle).await.is_empty());
    }
}

#[tokio::test]
async fn every_public_agent_is_brought_shown_and_given_back() {
    let Some(corpus) = corpus() else { return };
    let mut files = folder(&corpus.join("agents"));
    files.retain(|path, bytes| is_agent_file(path, bytes));
    assert!(!files.is_empty(), "the corpus has agents");
    let world = World::new().await;
    for (number, part) in files.iter().collect::<Vec<_>>().chunks(500).enumerate() {
        let archive = zip(part.iter().map(|(path, bytes)| (format!("agents/{path}"), bytes)));
        let imported = world.import(&[(&format!("part-{number}.zip"), &archive)]).await;
        assert_eq!((imported.status, &imported.json()["tally"]["refused"]), (StatusCode::OK, &json!(0)), "{}", imported.text());
    }
    let archive = world.app.get("/api/v1/agents.zip").bearer(&world.token).send().await;
    let given: BTreeSet<Vec<u8>> = unzip(&archive.bytes).into_values().collect();
    assert!(files.values().all(|bytes| given.contains(bytes)), "byte for byte");
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/agents?limit=200{cursor}")).await;
        for agent in page["items"].as_array().unwrap() {
            let handle = agent["handle"].as_str().unwrap();
            let html = world.page(&format!("/settings/agents/{}?edit=1", escape(handle))).await;
            assert_eq!(faults(&html), [""; 0], "{handle}");
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
}
