//! Reading decisions through the real router: what stands in the place of embeds, now and as of the acceptance, the files a decision
//! can be taken away as, and that nothing in a text becomes more than text.

use serde_json::{Value, json};

use crate::{
    api::decisions::Wish,
    domain::{
        account::Role,
        decision::{LinkKind, status::Status},
        id::DocumentId,
        project::DocumentKind,
    },
    server::service::{self, access::Actor},
    tests::{harness::TestApp, pages::faults},
};

const DIAGRAM: &str = "workspace \"Shop\" {\n  model {\n    u = person \"User\"\n    s = softwareSystem \"Shop\" {\n      api = container \"Payment service\" \"\" \"Go\"\n      db = container \"Orders DB\" \"\" \"MongoDB\" {\n        properties {\n          kind database\n        }\n      }\n    }\n    u -> api \"Orders\"\n    api -> db \"Writes\"\n  }\n  views {\n    container s containers {\n      include *\n    }\n  }\n}\n";

const RECORD: &str = "# 1. Keep orders\n\nDate: 2026-11-19\n\n## Status\n\nProposed\n\n## Context\n\nThe [[Payment service]] writes to [[Orders BD]].\n\n![The shop](view:containers)\n\n## Decision\n\n```mermaid\nflowchart LR\n  a[Shop] --> b[(Orders)]\n```\n\n```lintel-rule\nforbid technology MongoDB\nno kind databse\n```\n\n## Consequences\n\nMore to do, see [the second](0002-b.md).\n";

struct Shop {
    app: TestApp,
    ada: Actor,
    cookie: String,
    diagram: DocumentId,
    record: DocumentId,
}

impl Shop {
    async fn new(text: &str) -> Self {
        let app = TestApp::start().await;
        let ada = app.administrator().await;
        app.project(&ada, "Shop").await;
        let create =
            async |kind, path, text| service::documents::create(&app.state, &ada, "shop", kind, path, text).await.unwrap().document.id;
        let diagram = create(DocumentKind::Diagram, "workspace.dsl", DIAGRAM).await;
        let record = create(DocumentKind::Decision, "docs/adr/0001-a.md", text).await;
        create(DocumentKind::Decision, "docs/adr/0002-b.md", "# 2. Second\n\n## Status\n\nAccepted\n").await;
        let cookie = app.sign_in("ada@example.com").await;
        Self { app, ada, cookie, diagram, record }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.app.get(path).cookie(&self.cookie).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    async fn page(&self, query: &str) -> String {
        self.get(&format!("/p/shop/decisions/{}{query}", self.record)).await
    }

    async fn write(&self, id: DocumentId, text: &str) {
        let revision = service::documents::get(&self.app.state, &self.ada, id).await.unwrap().document.revision;
        service::documents::put_text(&self.app.state, &self.ada, id, text, revision).await.unwrap();
    }
}

/// What is between `<article` and its end.
fn article(html: &str) -> &str {
    let (_, rest) = html.split_once("<article").unwrap();
    rest.split_once("</article>").unwrap().0
}

#[tokio::test]
async fn a_record_shows_what_it_embeds_without_scripts() {
    let shop = Shop::new(RECORD).await;
    let html = shop.page("").await;
    assert_eq!(faults(&html), [""; 0]);
    let shown = article(&html);
    assert_eq!(shown.matches("<svg width=").count(), 2, "{shown}");
    assert!(shown.contains(&format!("/p/shop/diagrams/{}?view=containers", shop.diagram)), "{shown}");
    assert!(shown.contains(&format!("class=\"elementlink\" href=\"/p/shop/diagrams/{}?element=s.api\"", shop.diagram)), "{shown}");
    assert!(shown.contains("did you mean <a") && shown.contains("Orders DB</a>?"), "{shown}");
    assert!(shown.contains("Violated by Orders DB") && shown.contains("There is no kind databse"), "{shown}");
    assert!(html.contains("id=\"next-decision\"") && !html.contains("id=\"previous-decision\""));
    assert!(html.contains("data-contents") && html.contains("href=\"#section-consequences\""), "a table of contents");
    assert!(!html.contains("Diagrams as it is now"), "a proposed record has nothing to choose");
    let other = service::documents::list(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let second = other.iter().find(|document| document.path.ends_with("0002-b.md")).unwrap().id;
    let second = shop.get(&format!("/p/shop/decisions/{second}")).await;
    assert!(second.contains("id=\"previous-decision\"") && !second.contains("id=\"next-decision\""));
}

#[tokio::test]
async fn the_inspector_of_an_element_lists_the_decisions_that_link_it() {
    let shop = Shop::new(RECORD).await;
    let html = shop.get(&format!("/p/shop/diagrams/{}?element=s.api", shop.diagram)).await;
    assert!(html.contains(&format!("href=\"/p/shop/decisions/{}\" class=\"declink\"", shop.record)), "{html}");
}

#[tokio::test]
async fn views_are_shown_as_they_are_or_as_they_were_when_the_record_was_accepted() {
    let shop = Shop::new(RECORD).await;
    shop.app.wait(1000);
    let wish = Wish { status: Status::Accepted, reason: None, despite_objections: false };
    service::decisions::set_status(&shop.app.state, &shop.ada, shop.record, &wish).await.unwrap();
    shop.app.wait(1000);
    shop.write(shop.diagram, &DIAGRAM.replace("Payment service", "Checkout")).await;
    let now = shop.page("").await;
    assert!(article(&now).contains("as it is now") && article(&now).contains("Checkout"), "{now}");
    assert!(now.contains("?views=accepted"), "the other choice");
    let then = shop.page("?views=accepted").await;
    let shown = article(&then);
    assert!(shown.contains("as accepted on") && !shown.contains("Checkout"), "{shown}");
    assert!(shown.contains("Violated by Orders DB"), "rules stay rules of the present");
    let file = shop.get(&format!("/api/v1/decisions/{}/html?views=accepted", shop.record)).await;
    assert!(file.contains("as accepted on") && !file.contains("Checkout"), "{file}");
    // What was superseded since keeps the day of its acceptance.
    shop.app.wait(1000);
    let documents = service::documents::list(&shop.app.state, &shop.ada, "shop").await.unwrap();
    let second = documents.iter().find(|document| document.path.ends_with("0002-b.md")).unwrap().id;
    service::decisions::link(&shop.app.state, &shop.ada, second, LinkKind::Supersedes, shop.record).await.unwrap();
    let superseded = shop.page("?views=accepted").await;
    assert!(superseded.contains("Superseded") && article(&superseded).contains("as accepted on"), "{superseded}");
}

#[tokio::test]
async fn the_acceptance_is_the_last_one_and_found_in_the_log_where_nobody_recorded_it() {
    let shop = Shop::new(RECORD).await;
    let turn = async |status, reason: &str| {
        shop.app.wait(1000);
        let wish = Wish { status, reason: Some(reason.to_owned()), despite_objections: false };
        service::decisions::set_status(&shop.app.state, &shop.ada, shop.record, &wish).await.unwrap();
        shop.app.wait(1000);
    };
    turn(Status::Accepted, "").await;
    shop.write(shop.diagram, &DIAGRAM.replace("Payment service", "Checkout")).await;
    turn(Status::Deprecated, "Too dear.").await;
    turn(Status::Accepted, "").await;
    shop.write(shop.diagram, &DIAGRAM.replace("Payment service", "Till")).await;
    let html = shop.page("?views=accepted").await;
    assert!(article(&html).contains("Checkout") && !article(&html).contains("Till"), "revived: {}", article(&html));

    let shop = Shop::new(RECORD).await;
    shop.app.wait(1000);
    shop.write(shop.record, &RECORD.replace("Proposed", "Accepted")).await;
    shop.app.wait(1000);
    shop.write(shop.diagram, &DIAGRAM.replace("Payment service", "Checkout")).await;
    let html = shop.page("?views=accepted").await;
    assert!(article(&html).contains("as accepted on") && !article(&html).contains("Checkout"), "typed: {}", article(&html));
}

#[tokio::test]
async fn a_rule_that_is_broken_leads_to_its_finding() {
    let shop = Shop::new(&RECORD.replace("Proposed", "Accepted")).await;
    let token = shop.app.token(&shop.ada.person).await;
    shop.app.post("/api/v1/projects/shop/reviews").bearer(&token).json(&json!({})).await;
    crate::tests::api::finished(&shop.app, &token, "shop", 1).await;
    let html = shop.page("").await;
    assert!(article(&html).contains("<a href=\"/p/shop/reviews/1?finding="), "{}", article(&html));
}

#[tokio::test]
async fn a_decision_can_be_taken_away() {
    let shop = Shop::new(RECORD).await;
    let path = |what: &str| format!("/api/v1/decisions/{}/{what}", shop.record);
    let markdown = shop.app.get(&path("markdown")).cookie(&shop.cookie).send().await;
    assert_eq!(markdown.text(), RECORD);
    assert!(markdown.header("content-disposition").contains("0001-a.md"), "{}", markdown.header("content-disposition"));
    let file = shop.app.get(&path("html")).cookie(&shop.cookie).send().await;
    assert!(file.header("content-type").starts_with("text/html") && file.header("content-security-policy").contains("sandbox"));
    assert!(file.header("content-disposition").starts_with("attachment") && file.header("content-disposition").contains("0001-a.html"));
    let html = file.text();
    assert!(html.starts_with("<!doctype html>") && html.contains("<title>Keep orders</title>"), "{html}");
    assert_eq!(html.matches("class=\"embed__picture\"><svg").count(), 2, "{html}");
    for needed in ["<script", "src=", "icons.svg", "@import", "<link", "url(http", "style=\""] {
        assert!(!html.contains(needed), "{needed} in {html}");
    }
    let diagram = shop.app.get(&format!("/api/v1/decisions/{}/html", shop.diagram)).cookie(&shop.cookie).send().await;
    assert_eq!(diagram.status, 404, "a diagram is no decision");
    let page = shop.page("").await;
    for link in ["markdown", "html"] {
        assert!(page.contains(&path(link)), "{link}");
    }
}

#[tokio::test]
async fn the_editor_is_told_what_to_complete_and_pictures_are_drawn_on_demand() {
    let shop = Shop::new(RECORD).await;
    let ask = async |cookie: &str, path: &str, body: Value| {
        shop.app.post(path).cookie(cookie).header("sec-fetch-site", "same-origin").json(&body).await
    };
    let answer = ask(&shop.cookie, "/fn/decision_words", json!({"document": shop.record})).await;
    let words: Value = serde_json::from_str(answer.json().as_str().unwrap()).unwrap();
    let service = words["elements"].as_array().unwrap().iter().find(|element| element["key"] == "s.api").unwrap();
    assert_eq!((&service["kind"], &service["inside"], &service["link"]), (&json!("Service"), &json!("Shop"), &json!("Payment service")));
    assert_eq!(words["views"][0]["name"], "containers");
    assert!(words["rules"].as_array().unwrap().iter().any(|word| word[0] == "reachable from outside"));
    let wanted = json!([{"view": {"diagram": null, "key": "nothing"}}, {"mermaid": "pie\n"}, {"rule": "forbid technology MongoDB"}]);
    let body = json!({"document": shop.record, "wanted": wanted, "views": "current"});
    let drawn = ask(&shop.cookie, "/fn/figures", body.clone()).await;
    assert_eq!(drawn.status, 200, "{}", drawn.text());
    assert!(
        drawn.text().contains("There is no view") && drawn.text().contains("pie chart") && drawn.text().contains("Orders DB"),
        "{}",
        drawn.text()
    );
    let stranger = shop.app.person("Eve", "eve@example.com", true).await;
    assert!(stranger.admin);
    let cookie = shop.app.sign_in("eve@example.com").await;
    for (path, body) in [("/fn/figures", body), ("/fn/decision_words", json!({"document": shop.record}))] {
        assert_eq!(ask(&cookie, path, body).await.status, 404, "{path}");
    }
    let viewer = shop.app.member(&shop.ada, "shop", "Vic", Role::Viewer).await;
    let words = service::reading::words::words(&shop.app.state, &viewer, shop.record).await.unwrap();
    assert!(words.contains("Payment service"));
}

/// Attempts to run something, or to make a browser ask for something.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<script src=\"https://evil.example/x.js\"></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"https://evil.example/x.png\">",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><image href=\"https://evil.example/x.png\"/></svg>",
    "<style>body{background:url(https://evil.example/x)}</style>",
    "<p style=\"background:url(https://evil.example/x)\">x</p>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input autofocus onfocus=alert(1)></form>",
    "<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">x</a>",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/x.png)",
    "![x](//evil.example/x.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![<script>alert(1)</script>](view:containers)",
    "![\" onload=\"alert(1)](view:containers)",
    "![x](view:javascript:alert(1))",
    "![x](view:%3Cscript%3Ealert(1)%3C/script%3E)",
    "```lintel-view containers\n</figcaption><script>alert(1)</script>\n```",
    "```lintel-view <img src=x onerror=alert(1)>\n```",
    "```mermaid\nflowchart LR\n  a[\"<img src=x onerror=alert(1)>\"] --> b[\"</svg><script>alert(1)</script>\"]\n  click a \"javascript:alert(1)\"\n```",
    "```mermaid\nflowchart LR\n  a@{ img: \"https://evil.example/x.png\", label: \"x\" }\n  style a fill:url(https://evil.example)\n```",
    "```mermaid\nC4Context\n  Person(a, \"<script>alert(1)</script>\", \"x\", $sprite=\"https://evil.example/x.png\", $link=\"javascript:alert(1)\")\n```",
    "```mermaid\nsequenceDiagram\n  A->>B: <script>alert(1)</script>\n```",
    "```lintel-rule\n<script>alert(1)</script>\nforbid technology <img src=x onerror=alert(1)>\n```",
    "[[<script>alert(1)</script>]]",
    "[[Payment service]] [[\" onclick=\"alert(1)]]",
];

/// What HTML would do if a browser read it: the names of tags, with attributes that run or load something.
fn dangers(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let end = tag.find('>').unwrap_or(tag.len());
        let tag = &tag[..end];
        rest = &rest[at + 1..];
        let name = tag.split([' ', '\n', '/']).next().unwrap_or("").to_ascii_lowercase();
        if matches!(
            name.as_str(),
            "script" | "iframe" | "object" | "embed" | "base" | "link" | "form" | "image" | "foreignobject" | "style" | "img"
        ) {
            found.push(tag.to_owned());
        }
        // Attributes are written with quotes, and texts in them have none.
        for (place, attribute) in tag.split('"').enumerate().filter(|(place, _)| place % 2 == 0) {
            let Some(key) = attribute.strip_suffix('=').and_then(|attribute| attribute.rsplit(' ').next()) else { continue };
            let value = tag.split('"').nth(place + 1).unwrap_or("");
            let leads = ["http", "/", "#", "mailto:", "0"].iter().any(|start| value.starts_with(start));
            if key.starts_with("on")
                || key == "style"
                || key == "src"
                || (key == "href" && !leads)
                || value.contains("evil.example") && key != "aria-label"
            {
                found.push(format!("{name} {key}={value}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn hostile_markdown_is_inert_on_the_page_and_in_the_file() {
    let body = ATTACKS.iter().fold(RECORD.to_owned(), |text, attack| format!("{text}\n## Attack\n\n{attack}\n"));
    let shop = Shop::new(&body).await;
    let named = DIAGRAM
        .replace("\"Payment service\"", "\"</title><script>alert(1)</script>\"")
        .replace("\"Writes\"", "\"<img src=x onerror=alert(1)>\"");
    shop.write(shop.diagram, &named).await;
    let html = shop.page("").await;
    // Web addresses in links are no requests; those in `href` of a link to another site are meant.
    let links =
        |found: Vec<String>| found.into_iter().filter(|danger| !danger.starts_with("a href=https://evil.example")).collect::<Vec<_>>();
    assert_eq!(links(dangers(article(&html))), [""; 0]);
    let file = shop.get(&format!("/api/v1/decisions/{}/html", shop.record)).await;
    let (_, main) = file.split_once("<main>").unwrap();
    let found: Vec<String> = links(dangers(main)).into_iter().filter(|danger| danger != "style").collect();
    assert_eq!(found, [""; 0]);
    // The style sheets in pictures are ours and the same in each.
    for style in main.split("<style>").skip(1) {
        let style = style.split("</style>").next().unwrap();
        assert!(style.starts_with(".dg text{") && !style.contains("evil") && !style.contains("url("), "{style}");
    }
    assert!(file.contains("default-src 'none'"), "nothing loads, whatever it says");
}

#[tokio::test]
async fn a_megabyte_is_previewed_in_parts() {
    let filling = "Words about nothing in particular, and a [[Payment service]] among them.\n\n".repeat(170);
    let mut text = RECORD.to_owned();
    let mut number = 0;
    while text.len() + filling.len() + 40 < service::documents::MAX_TEXT {
        number += 1;
        text.extend(["## Part ", &number.to_string(), "\n\n", &filling]);
    }
    let shop = Shop::new(&text).await;
    let html = shop.page("").await;
    assert!(article(&html).matches("class=\"prose__part\"").count() > 50);
    assert!(article(&html).contains(&format!("id=\"section-part-{number}\"")));
}
