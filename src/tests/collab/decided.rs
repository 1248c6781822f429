//! Decisions that were made, over real sockets and the API: what may not be typed in them, and what goes on.

use super::*;
use crate::{
    api::decisions::Wish,
    domain::decision::{status::Status, template::Template},
    server::service::decisions,
};

#[tokio::test]
async fn what_a_made_decision_says_is_kept_from_typing_and_its_author_is_told() {
    let mut site = Site::start().await;
    let beginning = decisions::create::Beginning::new("Use NATS", Template::Nygard);
    site.document = decisions::create::create(&site.app.state, &site.owner, &site.slug, &beginning).await.unwrap().id;
    let member = site.member("Grace", Role::Editor).await;
    let mut ada = site.join(&site.owner, 1).await;
    let mut grace = site.join(&member, 2).await;
    grace.until("nobody asks", |peer| peer.asked).await;
    let wish = Wish { status: Status::Accepted, reason: None, despite_objections: false };
    decisions::set_status(&site.app.state, &site.owner, site.document, &wish).await.unwrap();
    ada.until("co-editors see it at once", |peer| peer.string().contains("Accepted")).await;
    let before = site.text().await;
    // Grace typed before she heard of it, and goes on.
    grace.typed("An afterthought.\n\n").await;
    grace.typed("And one more.\n\n").await;
    assert_eq!(grace.until_closed().await, 4423);
    assert_eq!((site.text().await, grace.acknowledged), (before.clone(), 0));
    // What she has at home is refused again; what others have is not harmed, and errata come through.
    decisions::add_erratum(&site.app.state, &site.owner, site.document, "It is three nodes.").await.unwrap();
    ada.until("the erratum", |peer| peer.string().contains("Erratum (2026-11-19): It is three nodes.")).await;
    let mut grace = site.join(&member, 3).await;
    assert_eq!(grace.string(), site.text().await);
    grace.until("nobody asks", |peer| peer.asked).await;
    let put = service::documents::put_text(&site.app.state, &site.owner, site.document, &format!("Oh.\n{before}"), 2).await;
    let said = put.unwrap_err().to_string();
    assert!(said.contains("was accepted") && said.contains("Erratum"), "{said}");
}

#[tokio::test]
async fn the_status_of_a_made_decision_is_turned_by_the_workflow_alone() {
    let mut site = Site::start().await;
    let beginning = decisions::create::Beginning::new("Use NATS", Template::Nygard);
    site.document = decisions::create::create(&site.app.state, &site.owner, &site.slug, &beginning).await.unwrap().id;
    let set = async |status, reason: &str| {
        let wish = Wish { status, reason: Some(reason.to_owned()), despite_objections: false };
        decisions::set_status(&site.app.state, &site.owner, site.document, &wish).await
    };
    let put = async |text: &str, revision| {
        let put = service::documents::put_text(&site.app.state, &site.owner, site.document, text, revision).await;
        put.map_err(|error| error.to_string())
    };
    let mut grace = site.join(&site.member("Grace", Role::Editor).await, 2).await;
    grace.until("nobody asks", |peer| peer.asked).await;
    // Nothing is decided yet, and she is free.
    grace.replaced("Proposed", "Draft").await;
    grace.until("no acknowledgement", |peer| peer.acknowledged == 1).await;
    grace.replaced("Draft", "Proposed").await;
    grace.until("no acknowledgement", |peer| peer.acknowledged == 2).await;
    set(Status::Accepted, "").await.unwrap();
    grace.until("the acceptance", |peer| peer.string().contains("Accepted")).await;
    let accepted = site.text().await;
    grace.replaced("Accepted", "Draft").await;
    assert_eq!(grace.until_closed().await, 4423);
    assert_eq!(site.text().await, accepted, "what she typed is in her browser alone");
    // Programs, too: with the newest revision, an older one, and a block in front that would win.
    let head = site.app.state.rooms.text(site.document).await.unwrap().1;
    for (text, base) in [
        (accepted.replace("Accepted", "Proposed"), head),
        (accepted.replace("Accepted", "Draft"), 1),
        (accepted.replace("Accepted", ""), head),
        (format!("---\nstatus: draft\n---\n{accepted}"), head),
    ] {
        let said = put(&text, base).await.unwrap_err();
        assert!(said.contains("menu on the decision's page") && said.starts_with("Line "), "{said}");
        assert_eq!(site.text().await, accepted);
    }
    // What an accepted record allows goes on, and so does the workflow.
    put(&format!("{accepted}\nErratum: three nodes.\n"), head).await.unwrap();
    set(Status::Deprecated, "Gone.").await.unwrap();
    let deprecated = site.text().await;
    assert!(deprecated.contains("Deprecated") && deprecated.contains("Erratum: three nodes."), "{deprecated}");
    let head = site.app.state.rooms.text(site.document).await.unwrap().1;
    assert!(put(&deprecated.replace("Deprecated", "Proposed"), head).await.is_err());
    set(Status::Accepted, "").await.unwrap();
}
