//! Import and export: what arrives, what is refused, what comes back.

use std::{collections::BTreeMap, path::Path};

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    domain::{account::Role, project::DocumentKind},
    server::{error::ServiceError, service},
    tests::{
        harness::TestApp,
        upload::{MULTIPART, WORKSPACE, corpus, folder, multipart, project, unzip, zip},
    },
};

#[tokio::test]
async fn importing_again_touches_only_what_changed() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let import = |files: Vec<(&'static str, Vec<u8>)>| {
        let uploads = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
        service::import::import(&app.state, &ada, "shop", uploads)
    };
    import(vec![("shop.zip", zip(project()))]).await.unwrap();
    let before = service::documents::list(&app.state, &ada, "shop").await.unwrap();
    let again = import(vec![("shop.zip", zip(project()))]).await.unwrap();
    assert_eq!(again.documents, before, "the same bytes leave documents untouched");

    let changed = WORKSPACE.replace("Shop database", "Store");
    let imported = import(vec![("workspace.dsl", changed.clone().into_bytes()), ("docs/logo.png", b"new".to_vec())]).await.unwrap();
    assert_eq!(imported.documents.len(), 1);
    assert_eq!(imported.kept, ["docs/logo.png"]);
    let after = service::documents::list(&app.state, &ada, "shop").await.unwrap();
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.id, new.id);
        assert_eq!(new.revision > old.revision, old.path == "workspace.dsl", "{}", old.path);
    }
    let export = unzip(&service::export::export(&app.state, &ada, "shop").await.unwrap());
    assert_eq!(export["workspace.dsl"], changed.into_bytes());
    assert_eq!(export["docs/logo.png"], b"new");
    assert_eq!(export.len(), 4);

    // A document stays one, even when the new file of its name is no text.
    let imported = import(vec![("workspace.dsl", vec![0xff, 0, 1])]).await.unwrap();
    assert!(imported.warnings.iter().any(|warning| warning.contains("`workspace.dsl` was skipped")), "{:?}", imported.warnings);
}

#[tokio::test]
async fn the_same_project_exports_the_same_archive() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(project()))]).await.unwrap();
    let first = service::export::export(&app.state, &ada, "shop").await.unwrap();
    app.wait(1_000_000);
    assert_eq!(first, service::export::export(&app.state, &ada, "shop").await.unwrap());

    app.project(&ada, "Copy").await;
    service::import::import(&app.state, &ada, "copy", vec![("a.zip".to_owned(), first.clone())]).await.unwrap();
    assert_eq!(first, service::export::export(&app.state, &ada, "copy").await.unwrap(), "a copy of a copy is the same");
}

#[tokio::test]
async fn hostile_uploads_are_refused_whole() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let token = app.token(&ada.person).await;
    app.project(&ada, "Shop").await;
    let nested = zip([("inner.zip", zip([("../../evil", b"x")]))]);
    let bomb = zip([("zeros", vec![0_u8; 30_000_000])]);
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("a.zip", zip([("../evil.md", b"x")]), 422),
        ("a.zip", zip([("good.md", &b"x"[..]), ("/etc/passwd", b"x")]), 422),
        ("a.zip", zip([("docs\\..\\..\\evil.md", b"x")]), 422),
        ("a.zip", b"no archive".to_vec(), 422),
        ("../evil.md", b"x".to_vec(), 422),
        ("a.zip", zip::<&str, &[u8]>([]), 422),
        ("a.zip", bomb, 413),
        ("a.zip", nested, 200),
    ];
    for (name, bytes, status) in cases {
        let call = app.post("/api/v1/projects/shop/import").bearer(&token).header("content-type", MULTIPART);
        let answer = call.body(multipart(&[(name, &bytes)])).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {}", answer.text());
        if status != 200 {
            assert!(service::documents::list(&app.state, &ada, "shop").await.unwrap().is_empty());
            assert!(unzip(&service::export::export(&app.state, &ada, "shop").await.unwrap()).is_empty(), "{name}");
        }
    }
    let announced = app.post("/api/v1/projects/shop/import").bearer(&token).header("content-type", MULTIPART);
    let announced = announced.header("content-length", "70000000").send().await;
    assert_eq!(announced.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_form_of_the_page_leads_back_to_it() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let viewer = app.member(&ada, "shop", "Vic", Role::Viewer).await;
    let cookie = app.sign_in(&ada.person.email).await;
    let send = |cookie: &str, files: Vec<(&'static str, Vec<u8>)>| {
        let call = app.post("/api/v1/projects/shop/import").cookie(cookie).header("accept", "text/html,*/*");
        let body = multipart(&files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect::<Vec<_>>());
        call.header("content-type", MULTIPART).body(body)
    };
    let outcome = async |files: Vec<(&'static str, Vec<u8>)>| {
        let answer = send(&cookie, files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let page = answer.header("location").to_owned();
        assert!(page.starts_with("/p/shop?new=import&notice="), "{page}");
        let first = app.get(&page).cookie(&cookie).header("accept", "text/html").send().await.text();
        let again = app.get(&page).cookie(&cookie).header("accept", "text/html").send().await.text();
        (first, again)
    };
    let (first, again) = outcome(vec![("shop.zip", zip(project()))]).await;
    assert!(first.contains("3 documents imported, 1 other file kept as they are."), "{first}");
    assert!(!again.contains("3 documents imported"), "said once");
    let (first, _) = outcome(vec![("a.zip", b"x".to_vec())]).await;
    assert!(first.contains("`a.zip` is not"), "{first}");
    // The form without a chosen file.
    let (first, _) = outcome(vec![("", Vec::new())]).await;
    assert!(first.contains("callout--high"), "{first}");
    let cookie = app.sign_in(&viewer.person.email).await;
    assert_eq!(send(&cookie, vec![("a.md", b"x".to_vec())]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_diagrams_include_is_found_among_kept_files() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let files: [(&str, &[u8]); 2] = [
        ("workspace.dsl", b"workspace \"Shop\" {\n    model {\n        !include people.dsl\n    }\n}\n"),
        ("people.dsl", b"user = person \"User\"\n"),
    ];
    service::import::import(&app.state, &ada, "shop", vec![("a.zip".to_owned(), zip(files))]).await.unwrap();
    let documents = service::documents::list(&app.state, &ada, "shop").await.unwrap();
    assert_eq!(documents.len(), 1);
    let token = app.token(&ada.person).await;
    let model = app.get(&format!("/api/v1/documents/{}/model", documents[0].id)).bearer(&token).send().await.json();
    assert_eq!(model["model"]["elements"]["user"]["name"], "User", "{model}");
    assert_eq!(model["diagnostics"], json!([]));
}

/// Imports a folder as its own project and checks that it comes back byte for byte.
async fn round_trip(app: &TestApp, root: &Path) -> (String, BTreeMap<String, DocumentKind>) {
    let ada = match app.state.store.first_administrator().await.unwrap() {
        Some(person) => app.actor(&person),
        None => app.administrator().await,
    };
    let name = root.file_name().unwrap().to_str().unwrap();
    let slug = app.project(&ada, name).await.slug;
    let files = folder(root);
    let archive = service::archive::pack(&files).unwrap();
    service::import::import(&app.state, &ada, &slug, vec![("a.zip".to_owned(), archive)]).await.unwrap();
    let export = unzip(&service::export::export(&app.state, &ada, &slug).await.unwrap());
    assert_eq!(export.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>(), "{name}");
    for (path, bytes) in &files {
        assert_eq!(&export[path], bytes, "{name}/{path}");
    }
    let documents = service::documents::list(&app.state, &ada, &slug).await.unwrap();
    (slug, documents.into_iter().map(|document| (document.path, document.kind)).collect())
}

fn count(documents: &BTreeMap<String, DocumentKind>, kind: DocumentKind) -> usize {
    documents.values().filter(|other| **other == kind).count()
}

#[tokio::test]
async fn folders_of_the_field_come_back_byte_for_byte() {
    let Some(corpus) = corpus() else { return };
    let app = TestApp::start().await;
    for (name, decisions) in [("adr-tools", 9), ("log4brains", 9), ("madr", 19)] {
        let (_, documents) = round_trip(&app, &corpus.join("decisions").join(name)).await;
        assert_eq!(count(&documents, DocumentKind::Decision), decisions, "{name}: {:#?}", documents.keys());
    }
    let examples = [
        ("financial-risk-system", 1, 1),
        ("amazon-web-services", 1, 0),
        ("big-bank-plc", 4, 0),
        ("microservices", 1, 0),
        ("getting-started", 1, 0),
    ];
    for (name, diagrams, decisions) in examples {
        let (slug, documents) = round_trip(&app, &corpus.join("structurizr/examples").join(name)).await;
        let found = (count(&documents, DocumentKind::Diagram), count(&documents, DocumentKind::Decision));
        assert_eq!(found, (diagrams, decisions), "{name}: {:#?}", documents.keys());
        let ada = app.actor(&app.state.store.first_administrator().await.unwrap().unwrap());
        let review = service::reviews::start(&app.state, &ada, &slug, service::reviews::Order::default()).await.unwrap();
        let token = app.token(&ada.person).await;
        let review = super::api::finished(&app, &token, &slug, review.number.into()).await;
        assert_eq!(review["completeness"]["broken"], json!([]), "{name}");
    }
}

#[tokio::test]
async fn viewers_export_and_do_not_import() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let viewer = app.member(&ada, "shop", "Vic", Role::Viewer).await;
    assert!(service::export::export(&app.state, &viewer, "shop").await.is_ok());
    let refused = service::import::import(&app.state, &viewer, "shop", vec![("a.md".to_owned(), b"a".to_vec())]).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden { .. })));
}
