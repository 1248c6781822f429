//! Pictures and conversions: the addresses of views, and `lintel render` from files to files.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    cli::run_with,
    domain::scene::svg::embed,
    server::service,
    tests::{
        harness::{Answer, TestApp},
        upload::{WORKSPACE, unzip, zip},
    },
};

/// The width and height of a PNG, from its first chunk.
fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "no PNG");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// The width and height that an SVG says.
fn svg_size(svg: &str) -> (u32, u32) {
    let number = |name: &str| svg.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap();
    (number("width"), number("height"))
}

struct Shop {
    app: TestApp,
    token: String,
    diagram: String,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        let token = app.token(&ada.person).await;
        app.project(&ada, "Shop").await;
        let files = vec![("workspace.dsl".to_owned(), WORKSPACE.as_bytes().to_vec())];
        let imported = service::import::import(&app.state, &ada, "shop", files).await.unwrap();
        let diagram = imported.documents[0].id.to_string();
        Self { app, token, diagram }
    }

    async fn view(&self, file: &str) -> Answer {
        self.app.get(&format!("/api/v1/documents/{}/views/{file}", self.diagram)).bearer(&self.token).send().await
    }
}

#[tokio::test]
async fn a_view_is_given_in_every_form() {
    let shop = Shop::open().await;
    for (ending, media, begin) in [
        ("svg", "image/svg+xml", "<svg "),
        ("txt", "text/plain; charset=utf-8", ""),
        ("mmd", "text/plain; charset=utf-8", "flowchart "),
        ("d2", "text/plain; charset=utf-8", ""),
        ("puml", "text/plain; charset=utf-8", "@startuml"),
    ] {
        let answer = shop.view(&format!("containers.{ending}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, media), "{}", answer.text());
        assert!(answer.header("content-security-policy").contains("sandbox"));
        let text = answer.text();
        assert!(text.starts_with(begin) && text.contains("Order service") && text.contains("Shop database"), "{text}");
        assert_eq!(answer.headers.contains_key("x-lintel-fidelity"), ending != "svg", "{ending}");
    }
    for missing in ["nothing.svg", "nothing.png", "containers.gif", "containers.dsl", "containers"] {
        assert_eq!(shop.view(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    for wrong in ["theme=blue", "legend=perhaps", "width=7", "width=100000", "colour=1"] {
        assert_eq!(shop.view(&format!("containers.txt?{wrong}")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let narrow = shop.view("containers.txt?width=60&ascii=1").await.text();
    assert!(narrow.is_ascii() && narrow.lines().all(|line| line.len() <= 60), "{narrow}");
}

#[tokio::test]
async fn pictures_have_themes_a_legend_and_their_source() {
    let shop = Shop::open().await;
    let light = shop.view("containers.svg").await.text();
    let dark = shop.view("containers.svg?theme=dark").await.text();
    assert!(light.contains("#faf9f7") && !light.contains("#141518") && dark.contains("#141518") && !dark.contains("#faf9f7"));
    let source = embed::read(&light).unwrap();
    assert_eq!((source.path.as_str(), source.view.as_str(), source.text.as_str()), ("workspace.dsl", "containers", WORKSPACE));
    let bare = shop.view("containers.svg?source=0").await.text();
    assert_eq!(embed::read(&bare), None);
    assert!(!bare.contains(">Legend<"));
    let explained = shop.view("containers.svg?source=0&legend=1").await.text();
    assert!(explained.contains(">Legend<") && explained.contains(">Database<") && !explained.contains("Trust boundary"), "{explained}");
    assert!(svg_size(&explained).1 > svg_size(&bare).1);

    for (query, svg) in [("", &bare), ("?theme=dark", &dark), ("?legend=1", &explained)] {
        let picture = shop.view(&format!("containers.png{query}")).await;
        assert_eq!((picture.status, picture.header("content-type")), (StatusCode::OK, "image/png"));
        let (width, height) = svg_size(svg);
        assert_eq!(png_size(&picture.bytes), (2 * width, 2 * height), "{query}");
    }
}

#[tokio::test]
async fn diagrams_of_other_tools_get_one_of_ours_beside_them() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    let flowchart = "flowchart LR\r\n    web[Web shop] --> orders[Order service]\r\n";
    let d2 = "user: User {shape: person}\nshop: Shop\nuser -> shop: Orders\n";
    let sequence = "sequenceDiagram\n    a->>b: Hello\n";
    let files: [(&str, &[u8]); 5] = [
        ("docs/web.mmd", flowchart.as_bytes()),
        ("docs/shop.d2", d2.as_bytes()),
        ("docs/talk.mmd", sequence.as_bytes()),
        ("notes.txt", b"Call Ada.\n"),
        ("package.json", b"{\"name\": \"shop\"}"),
    ];
    let archive = || vec![("a.zip".to_owned(), zip(files))];
    let imported = service::import::import(&app.state, &ada, "shop", archive()).await.unwrap();
    let paths: Vec<&str> = imported.documents.iter().map(|document| document.path.as_str()).collect();
    assert_eq!(paths, ["docs/web.mmd", "docs/shop.dsl"]);
    assert_eq!(imported.kept, ["docs/shop.d2", "docs/talk.mmd", "notes.txt", "package.json"]);
    assert!(imported.warnings.iter().any(|warning| warning.contains("`docs/shop.d2` (D2)")), "{:?}", imported.warnings);

    let export = unzip(&service::export::export(&app.state, &ada, "shop").await.unwrap());
    for (path, bytes) in files {
        assert_eq!(export[path], bytes, "{path}");
    }
    assert_eq!(export.len(), files.len() + 1);
    let model = app.get(&format!("/api/v1/documents/{}/model", imported.documents[1].id)).bearer(&token).send().await.json();
    let names: BTreeSet<&str> = model["model"]["elements"].as_object().unwrap().values().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["Shop", "User"]));
    let model = app.get(&format!("/api/v1/documents/{}/model", imported.documents[0].id)).bearer(&token).send().await.json();
    assert_eq!(model["language"], "mermaid");

    // What was converted once stays as people edit it.
    let again = service::import::import(&app.state, &ada, "shop", archive()).await.unwrap();
    assert_eq!(again.documents.len(), 1, "{:?}", again.documents);
    let changed = vec![("docs.zip".to_owned(), zip([("docs/shop.d2", "a -> b\n")]))];
    let again = service::import::import(&app.state, &ada, "shop", changed).await.unwrap();
    assert!(again.documents.is_empty());
    assert!(again.warnings.iter().any(|warning| warning.contains("`docs/shop.d2` has changed")), "{:?}", again.warnings);
}

#[tokio::test]
async fn places_of_a_workspace_in_json_become_pins() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let workspace = json!({
        "name": "Shop",
        "model": {
            "people": [{"id": "1", "name": "User", "relationships": [{"id": "3", "sourceId": "1", "destinationId": "2", "description": "Uses"}]}],
            "softwareSystems": [{"id": "2", "name": "Shop"}],
        },
        "views": {"systemLandscapeViews": [{
            "key": "all",
            "elements": [{"id": "1", "x": 100, "y": 200}, {"id": "2", "x": 900, "y": 640}],
            "relationships": [{"id": "3"}],
        }]},
    });
    let file = vec![("shop.json".to_owned(), workspace.to_string().into_bytes())];
    let imported = service::import::import(&app.state, &ada, "shop", file).await.unwrap();
    assert_eq!(imported.documents[0].path, "shop.dsl");
    let pins = app.state.store.pins(imported.documents[0].id).await.unwrap();
    assert_eq!(pins.len(), 2, "{pins:?}");
    assert!(pins.keys().all(|name| name.starts_with("all/")), "{pins:?}");
}

#[tokio::test]
async fn pasted_texts_are_recognised_over_the_api() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    let text = "@startuml\nPerson(u, \"User\")\nSystem(s, \"Shop\")\nRel(u, s, \"Uses\")\n@enduml\n";
    let plantuml = app.post("/api/v1/convert").bearer(&token).json(&json!({"text": text})).await.json();
    assert_eq!((plantuml["language"].as_str(), plantuml["extension"].as_str()), (Some("structurizr"), Some("dsl")), "{plantuml}");
    assert!(plantuml["text"].as_str().unwrap().contains("softwareSystem \"Shop\""), "{plantuml}");
    let nothing = app.post("/api/v1/convert").bearer(&token).json(&json!({"text": "See you at noon."})).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
}

fn render(folder: &Path, arguments: &[&str]) -> u8 {
    let placed: Vec<String> = arguments.iter().map(|argument| argument.replace("DIR", folder.to_str().unwrap())).collect();
    run_with(["lintel", "render"].iter().map(ToString::to_string).chain(placed).collect::<Vec<_>>())
}

#[test]
fn files_are_drawn_and_converted() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    fs::write(root.join("shop.dsl"), WORKSPACE).unwrap();
    for name in ["a.svg", "a.txt", "a.mmd", "a.d2", "a.puml", "a.dsl", "a.json"] {
        assert_eq!(render(root, &["DIR/shop.dsl", "-o", &format!("DIR/{name}")]), 0, "{name}");
        assert!(read(name).contains("Shop database"), "{name}: {}", read(name));
    }
    assert_eq!(render(root, &["DIR/shop.dsl", "-o", "DIR/dark.png", "--theme", "dark", "--legend"]), 0);
    assert_eq!(render(root, &["DIR/shop.dsl", "-o", "DIR/dark.svg", "--theme", "dark", "--legend", "--no-source"]), 0);
    let (width, height) = svg_size(&read("dark.svg"));
    assert_eq!(png_size(&fs::read(root.join("dark.png")).unwrap()), (2 * width, 2 * height));
    assert!(read("dark.svg").contains("#141518") && embed::read(&read("dark.svg")).is_none());

    // What was written is read again, whatever it is in; a picture by the text it carries.
    for name in ["a.mmd", "a.d2", "a.puml", "a.dsl", "a.json", "a.svg"] {
        assert_eq!(render(root, &[&format!("DIR/{name}"), "-o", "DIR/again.dsl"]), 0, "{name}");
        assert!(read("again.dsl").contains("\"Order service\""), "{name}: {}", read("again.dsl"));
    }
    assert_eq!(render(root, &["DIR/shop.dsl", "-o", "DIR/narrow.txt", "--width", "60", "--ascii", "--view", "containers"]), 0);
    assert!(read("narrow.txt").is_ascii() && read("narrow.txt").lines().all(|line| line.len() <= 60));
    assert_eq!(render(root, &["DIR/shop.dsl", "-o", "DIR/odd.out", "--to", "svg"]), 0);
    assert!(read("odd.out").starts_with("<svg "));
    assert_eq!(render(root, &["DIR/shop.dsl"]), 0);
    assert_eq!(render(root, &["DIR/shop.dsl", "-o", "-", "--to", "mmd"]), 0);
}

#[test]
fn what_cannot_be_drawn_ends_with_two_and_wrong_usage_with_three() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("shop.dsl"), WORKSPACE).unwrap();
    fs::write(root.join("broken.dsl"), WORKSPACE.replace("        user -> orders", "        user -> nobody \"x\"\n        user -> orders"))
        .unwrap();
    fs::write(root.join("empty.dsl"), "workspace {\n}\n").unwrap();
    fs::write(root.join("notes.txt"), "Call Ada.\n").unwrap();
    for (code, arguments) in [
        (2, ["DIR/nothing.dsl", "-o", "DIR/a.svg"]),
        (2, ["DIR/notes.txt", "-o", "DIR/a.svg"]),
        (2, ["DIR/empty.dsl", "-o", "DIR/a.svg"]),
        (2, ["DIR/shop.dsl", "--view", "nothing"]),
        (2, ["DIR/broken.dsl", "-o", "DIR/broken.svg"]),
        (3, ["DIR/shop.dsl", "-o", "DIR/a.gif"]),
        (3, ["DIR/shop.dsl", "--to", "gif"]),
        (3, ["DIR/shop.dsl", "--theme", "blue"]),
        (3, ["DIR/shop.dsl", "-o", "DIR/shop.dsl"]),
        (3, ["DIR/shop.dsl", "-o", "DIR/no/folder.svg"]),
    ] {
        assert_eq!(render(root, &arguments), code, "{arguments:?}");
    }
    assert!(!root.join("a.svg").exists());
    // The rest is drawn all the same.
    assert!(fs::read_to_string(root.join("broken.svg")).unwrap().contains("Order service"));
    assert_eq!(fs::read_to_string(root.join("shop.dsl")).unwrap(), WORKSPACE);
}
