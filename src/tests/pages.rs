//! Every page as people without JavaScript get it: readable, with one heading, no style attributes, and forms that work.

use std::collections::BTreeMap;

use crate::{
    domain::{
        account::Role,
        project::{DocumentKind, Project},
    },
    server::service::{self, access::Actor},
    tests::harness::{Answer, PASSWORD, TestApp},
};

/// A server with the sample project and its owner's cookie.
async fn sample() -> (TestApp, Actor, String, Project) {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let project = service::projects::create_sample(&app.state, &ada).await.unwrap();
    let cookie = app.sign_in("ada@example.com").await;
    (app, ada, cookie, project)
}

/// The pages of the sample, by what they are.
async fn addresses(app: &TestApp, ada: &Actor, slug: &str) -> BTreeMap<&'static str, String> {
    let overview = service::projects::overview(&app.state, ada, slug).await.unwrap();
    let diagram = overview.diagrams.first().unwrap().id;
    let decision = overview.decisions.last().unwrap().document;
    BTreeMap::from([
        ("home", "/".to_owned()),
        ("new project", "/?new=project".to_owned()),
        ("project", format!("/p/{slug}")),
        ("new decision", format!("/p/{slug}?new=decision")),
        ("import", format!("/p/{slug}?new=import")),
        ("project settings", format!("/p/{slug}/settings")),
        ("diagram", format!("/p/{slug}/diagrams/{diagram}")),
        ("history of a diagram", format!("/p/{slug}/diagrams/{diagram}/history")),
        ("version of a diagram", format!("/p/{slug}/diagrams/{diagram}/history?version=1")),
        ("diagram, plain editing", format!("/p/{slug}/diagrams/{diagram}?edit=1")),
        ("decisions", format!("/p/{slug}/decisions?status=accepted")),
        ("decision", format!("/p/{slug}/decisions/{decision}")),
        ("history of a decision", format!("/p/{slug}/decisions/{decision}?history")),
        ("version of a decision", format!("/p/{slug}/decisions/{decision}?history=1")),
        ("a version that is not there", format!("/p/{slug}/decisions/{decision}?history=99")),
        ("timeline", format!("/p/{slug}/decisions/timeline")),
        ("graph", format!("/p/{slug}/decisions/graph")),
        ("index files", format!("/p/{slug}/decisions/index")),
        ("doctor", format!("/p/{slug}/decisions/doctor")),
        ("search", format!("/p/{slug}/search?q=ledger")),
        ("reviews", format!("/p/{slug}/reviews")),
        ("review", format!("/p/{slug}/reviews/1")),
        ("catalogue", "/catalogue".to_owned()),
        ("rule", "/catalogue/rules/LNT-B001".to_owned()),
        ("settings", "/settings".to_owned()),
        ("agents", "/settings/agents".to_owned()),
        ("agent", "/settings/agents/go-architect".to_owned()),
        ("copying an agent", "/settings/agents/go-architect?copy=1".to_owned()),
    ])
}

/// What is wrong with a page as HTML.
pub(crate) fn faults(html: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut expect = |fine: bool, fault: &'static str| {
        if !fine {
            faults.push(fault);
        }
    };
    expect(html.matches("<h1").count() == 1, "not exactly one h1");
    expect(html.matches("<main").count() == 1, "not exactly one main");
    expect(html.contains("id=\"main\""), "no target for the skip link");
    expect(html.contains("<html lang=\"en\">"), "no language");
    expect(!html.contains("<title>Lintel</title>") && html.contains("· Lintel</title>"), "no title of its own");
    expect(!html.contains(" style=\""), "a style attribute");
    expect(!html.contains(" onclick=") && !html.contains("href=\"javascript:"), "an inline handler");
    expect(!html.contains("aria-busy=\"true\""), "still loading");
    expect(!html.contains("http-equiv"), "a policy in the page");
    faults
}

#[tokio::test]
async fn every_page_reads_as_plain_html() {
    let (app, ada, cookie, project) = sample().await;
    for (name, path) in addresses(&app, &ada, &project.slug).await {
        let answer = app.get(&path).cookie(&cookie).send().await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert_eq!(faults(&answer.text()), [""; 0], "{name} at {path}");
    }
    for path in ["/sign-in", "/invite/none"] {
        let answer = app.get(path).send().await;
        assert_eq!(faults(&answer.text()), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn pages_say_what_they_are_about() {
    let (app, ada, cookie, project) = sample().await;
    let pages = addresses(&app, &ada, &project.slug).await;
    let said = [
        ("home", vec!["Order &amp; payments platform", "8 ADRs", "New project"]),
        ("project", vec!["<svg", "Ledger DB", "Decision log", "Start review", "Members", "Ada Lovelace"]),
        ("diagram", vec!["data-element=", "editor__line", "Container view", "Ledger DB", "Export", "tree__row"]),
        ("diagram, plain editing", vec!["<textarea", "name=\"base_revision\"", "/fn/save_text"]),
        ("decisions", vec!["0001", "Accepted", "aria-current=\"true\""]),
        ("decision", vec!["adr__byline", "ADR-0001", "editor__line", "/fn/set_status", "/html", "prose__part"]),
        ("timeline", vec!["adrtime__bar", "How long decisions held"]),
        ("graph", vec!["adrnode__box", "name=\"around\""]),
        ("index files", vec!["docs/adr/", "adrlog"]),
        ("doctor", vec!["lintel-doctor.json"]),
        ("search", vec!["<mark>Ledger<", "Findings", "Diagrams"]),
        ("review", vec!["Ledger DB", "LNT-"]),
        ("rule", vec!["LNT-B001"]),
        ("project settings", vec!["ada@example.com", "Invitations", "Delete project", "Save agents"]),
        ("agents", vec!["backend-architect", "Bring agents", "No model provider"]),
        ("copying an agent", vec!["<dialog", "/fn/copy_agent"]),
        ("new project", vec!["<dialog", "open", "/fn/create_project"]),
        ("import", vec!["multipart/form-data", "type=\"file\""]),
    ];
    for (name, words) in said {
        let html = app.get(pages.get(name).unwrap()).cookie(&cookie).send().await.text();
        for word in words {
            assert!(html.contains(word), "{name} does not say {word}");
        }
    }
}

#[tokio::test]
async fn names_and_texts_never_end_the_element_they_are_in() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let cookie = app.sign_in("ada@example.com").await;
    let ends = "</title></textarea></script><base href=\"https://evil.example\"><h1>Pwned</h1>";
    let project = app.project(&ada, &format!("Shop {ends}")).await;
    let text = format!("workspace \"Shop\" {{\n}}\n# {ends}\n");
    let uploads = vec![("workspace.dsl".to_owned(), text.into_bytes())];
    let imported = service::import::import(&app.state, &ada, &project.slug, uploads).await.unwrap();
    let diagram = imported.documents.first().unwrap().id;
    let slug = &project.slug;
    let here = [format!("/p/{slug}"), format!("/p/{slug}/settings"), format!("/p/{slug}/diagrams/{diagram}"), "/".to_owned()];
    for path in here.into_iter().chain([format!("/p/{slug}/diagrams/{diagram}?edit=1")]) {
        let answer = app.get(&path).cookie(&cookie).send().await;
        assert_eq!(answer.status, 200, "{path}");
        let html = answer.text();
        assert_eq!(faults(&html), [""; 0], "{path}");
        assert!(!html.contains("<h1>Pwned") && !html.contains("<base"), "{path}: {html}");
    }
}

#[tokio::test]
async fn a_selected_element_is_shown_without_scripts() {
    let (app, ada, cookie, project) = sample().await;
    let overview = service::projects::overview(&app.state, &ada, &project.slug).await.unwrap();
    let diagram = overview.diagrams.first().unwrap().id;
    let plain = app.get(&format!("/p/{}/diagrams/{diagram}", project.slug)).cookie(&cookie).send().await.text();
    let (_, rest) = plain.split_once("element=").unwrap();
    let key = rest.split(['"', '&']).next().unwrap();
    let chosen = app.get(&format!("/p/{}/diagrams/{diagram}?element={key}", project.slug)).cookie(&cookie).send().await.text();
    assert!(chosen.contains("About the element") && !plain.contains("About the element"));
}

#[tokio::test]
async fn the_export_of_a_review_is_previewed_without_scripts() {
    let (app, _, cookie, project) = sample().await;
    let page = app.get(&format!("/p/{}/reviews/1?export=1", project.slug)).cookie(&cookie).send().await.text();
    let (_, preview) = page.split_once("id=\"export-text\"").unwrap();
    assert!(preview.contains("# Review 1"), "{preview}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (app, ada, cookie, project) = sample().await;
    let stranger = app.person("Eve", "eve@example.com", false).await;
    let eve = app.sign_in(&stranger.email).await;
    let slug = &project.slug;
    for path in ["/nothing".to_owned(), "/p/none".to_owned(), format!("/p/{slug}/diagrams/none"), format!("/p/{slug}/reviews/99")] {
        let answer = app.get(&path).cookie(&cookie).send().await;
        assert_eq!(faults(&answer.text()), [""; 0], "{path}");
        assert!(answer.text().contains("was not found"), "{path}");
        if !path.ends_with("/diagrams/none") {
            assert_eq!(answer.status, 404, "{path}");
        }
    }
    // A project of others looks like one that does not exist.
    for path in addresses(&app, &ada, slug).await.into_values().filter(|path| path.starts_with("/p/")) {
        let answer = app.get(&path).cookie(&eve).send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("Ledger DB"), "{path}");
    }
}

#[tokio::test]
async fn viewers_are_offered_no_changes() {
    let (app, ada, _, project) = sample().await;
    app.member(&ada, &project.slug, "Vera", Role::Viewer).await;
    let cookie = app.sign_in("vera@example.com").await;
    let pages = addresses(&app, &ada, &project.slug).await;
    for name in ["project", "diagram", "decision", "decisions", "doctor", "index files", "project settings"] {
        let html = app.get(pages.get(name).unwrap()).cookie(&cookie).send().await.text();
        for change in [
            "start_review",
            "set_status",
            "delete_document",
            "New decision",
            "Delete ",
            "set_role",
            "mend_fault",
            "accept_faults",
            "update_index",
        ] {
            assert!(!html.contains(change), "{name} offers {change}");
        }
    }
}

fn leads_to(answer: &Answer) -> &str {
    answer.header("location")
}

#[tokio::test]
async fn forms_work_without_scripts() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let page = |path: &'static str| app.post(path).header("accept", "text/html").header("referer", "http://127.0.0.1:3000/sign-in");
    let refused = page("/fn/sign_in").form(&[("email", "ada@example.com"), ("password", "wrong wrong wrong"), ("next", "/")]).await;
    assert!(leads_to(&refused).starts_with("http://127.0.0.1:3000/sign-in?"), "{:?}", refused.headers);
    let (_, query) = leads_to(&refused).split_once('?').unwrap();
    let told = app.get(&format!("/sign-in?{query}")).send().await.text();
    assert!(told.contains("role=\"alert\"") || told.contains("field__error"), "the page says why");

    let entered = page("/fn/sign_in").form(&[("email", "ada@example.com"), ("password", PASSWORD), ("next", "/settings")]).await;
    assert_eq!(leads_to(&entered), "/settings");
    let cookie = entered.cookie();
    let made = page("/fn/create_project").cookie(&cookie).form(&[("name", "Shop"), ("description", "")]).await;
    assert_eq!(leads_to(&made), "/p/shop");
    let decided = page("/fn/new_decision").cookie(&cookie).form(&[("slug", "shop"), ("title", "Use NATS"), ("template", "nygard")]).await;
    let decision = leads_to(&decided).to_owned();
    assert!(decision.starts_with("/p/shop/decisions/"), "{:?}", decided.headers);
    let id = decision.rsplit('/').next().unwrap();
    page("/fn/set_status").cookie(&cookie).form(&[("slug", "shop"), ("document", id), ("status", "accepted")]).await;
    let html = app.get(&decision).cookie(&cookie).send().await.text();
    assert!(html.contains("Use NATS") && html.contains("badge--accepted"));
    let drawn = page("/fn/new_diagram").cookie(&cookie).form(&[("slug", "shop"), ("name", "Shop")]).await;
    let html = app.get(leads_to(&drawn)).cookie(&cookie).send().await.text();
    assert!(html.contains(DocumentKind::Diagram.slug()) && html.contains("editor__line"));
}

#[tokio::test]
async fn every_choice_of_a_form_is_one_the_server_takes() {
    let (app, ada, cookie, project) = sample().await;
    let path = format!("/p/{}?new=decision", project.slug);
    let html = app.get(&path).cookie(&cookie).send().await.text();
    let (_, form) = html.split_once("name=\"template\"").unwrap_or_else(|| panic!("{html}"));
    let (form, _) = form.split_once("</select>").unwrap();
    let offered: Vec<&str> = form.split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(offered.len(), 6);
    for template in offered {
        let answer = app
            .post("/fn/new_decision")
            .header("accept", "text/html")
            .cookie(&cookie)
            .form(&[("slug", &project.slug), ("title", "Something"), ("template", template)])
            .await;
        assert!(leads_to(&answer).contains("/decisions/"), "{template}: {}", answer.text());
    }
    let overview = service::projects::overview(&app.state, &ada, &project.slug).await.unwrap();
    assert_eq!(overview.total, 14);
}
