//! Accounts from outside: setup, signing in and out, sessions, tokens, invitations and roles, through the real router.

use crate::{
    domain::{account::Role, moment::DAY},
    server::{boot::Settings, error::ServiceError, service},
    tests::harness::{Answer, PASSWORD, TestApp},
};

const HOUR: i64 = 60 * 60 * 1000;

/// The token in the link that a starting server prints.
async fn setup_token(app: &TestApp) -> String {
    let link = service::people::setup_link(&app.state).await.unwrap().unwrap();
    link.rsplit_once("token=").unwrap().1.to_owned()
}

async fn set_up(app: &TestApp, token: &str, email: &str) -> Answer {
    app.post("/fn/setup").form(&[("token", token), ("name", "Ada"), ("email", email), ("password", PASSWORD)]).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str, address: &str) -> Answer {
    app.post("/fn/sign_in").from(address).form(&[("email", email), ("password", password), ("next", "/p/shop")]).await
}

/// Who the server takes a cookie for.
async fn whoami(app: &TestApp, cookie: &str) -> serde_json::Value {
    app.post("/fn/whoami").cookie(cookie).send().await.json()
}

#[tokio::test]
async fn the_setup_link_makes_one_administrator_and_then_leads_nowhere() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/").send().await.header("location"), "/setup-waiting");
    let token = setup_token(&app).await;
    assert_eq!(app.get(&format!("/setup?token={token}")).send().await.status, 200);
    let wrong = set_up(&app, "guess", "ada@example.com").await;
    assert_eq!(wrong.status, 403, "{}", wrong.text());

    let done = set_up(&app, &token, "ada@example.com").await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(done.header("location"), "/?welcome=1");
    let person = whoami(&app, &done.cookie()).await;
    assert_eq!((person["email"].as_str(), person["admin"].as_bool()), (Some("ada@example.com"), Some(true)));

    assert_eq!(set_up(&app, &token, "eve@example.com").await.status, 409);
    assert_eq!(app.get(&format!("/setup?token={token}")).send().await.status, 404);
    assert!(service::people::setup_link(&app.state).await.unwrap().is_none());
    assert_eq!(app.audit().await, ["setup.finish ada@example.com"]);
}

#[tokio::test]
async fn of_two_setups_at_once_one_wins() {
    let app = TestApp::start().await;
    let token = setup_token(&app).await;
    let (one, other) = tokio::join!(set_up(&app, &token, "ada@example.com"), set_up(&app, &token, "eve@example.com"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn a_setup_link_ends_after_a_day_and_with_the_next_one() {
    let app = TestApp::start().await;
    let old = setup_token(&app).await;
    let new = setup_token(&app).await;
    assert_eq!(set_up(&app, &old, "ada@example.com").await.status, 403);
    app.wait(DAY);
    assert_eq!(set_up(&app, &new, "ada@example.com").await.status, 403);
}

#[tokio::test]
async fn weak_passwords_and_wrong_addresses_name_their_field() {
    let app = TestApp::start().await;
    let token = setup_token(&app).await;
    for (name, email, password, field) in
        [("Ada", "ada@example.com", "short", "password"), ("Ada", "ada", PASSWORD, "email"), (" ", "ada@example.com", PASSWORD, "name")]
    {
        let answer = app.post("/fn/setup").form(&[("token", &token), ("name", name), ("email", email), ("password", password)]).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["field"], field);
    }
}

#[tokio::test]
async fn signing_in_leads_on_with_a_new_session() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    // Fixation: whatever session id a browser brings, it gets another one.
    let brought = "sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let fields = [("email", "ADA@example.com "), ("password", PASSWORD), ("next", "/p/shop")];
    let answer = app.post("/fn/sign_in").cookie(brought).header("accept", "text/html").form(&fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, "/p/shop"));
    let cookie = answer.cookie();
    assert!(cookie.starts_with("sid=") && cookie != brought, "{cookie}");
    assert!(answer.header("set-cookie").ends_with("; HttpOnly; SameSite=Lax"), "{}", answer.header("set-cookie"));
    assert!(whoami(&app, brought).await.is_null());
    assert_eq!(whoami(&app, &cookie).await["name"], "Ada");
    assert_ne!(sign_in(&app, "ada@example.com", PASSWORD, "127.0.0.1").await.cookie(), cookie);
}

#[tokio::test]
async fn https_makes_the_cookie_strict() {
    let app = TestApp::with(Settings { base_url: Some("https://lintel.example.com".to_owned()), ..Settings::default() }).await;
    app.person("Ada", "ada@example.com", true).await;
    let answer = sign_in(&app, "ada@example.com", PASSWORD, "127.0.0.1").await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-sid=") && set.contains("; Path=/;") && set.ends_with("; Secure"), "{set}");
    assert_eq!(whoami(&app, &answer.cookie()).await["name"], "Ada");
}

#[tokio::test]
async fn a_wrong_pair_says_the_same_for_known_and_unknown_people() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let known = sign_in(&app, "ada@example.com", "not the password", "127.0.0.1").await;
    let unknown = sign_in(&app, "eve@example.com", "not the password", "127.0.0.1").await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (422, 422));
    assert_eq!(known.text(), unknown.text());
    assert_eq!(app.audit().await, ["person.add ada@example.com", "session.refuse ada@example.com", "session.refuse eve@example.com"]);
}

#[tokio::test]
async fn without_javascript_an_error_leads_back_to_the_form_and_is_readable_there() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let call = app.post("/fn/sign_in").header("accept", "text/html").header("referer", "http://127.0.0.1:3000/sign-in");
    let answer = call.form(&[("email", "ada@example.com"), ("password", "wrong"), ("next", "/")]).await;
    assert_eq!(answer.status, 302);
    let back = answer.header("location");
    assert!(back.starts_with("http://127.0.0.1:3000/sign-in?") && back.contains("sign_in") && back.contains("__err="), "{back}");
}

#[tokio::test]
async fn guessing_is_slowed_down_for_the_guesser_only() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    app.person("Bob", "bob@example.com", false).await;
    for _ in 0..10 {
        assert_eq!(sign_in(&app, "ada@example.com", "guess guess guess", "6.6.6.6").await.status, 422);
    }
    let stopped = sign_in(&app, "ada@example.com", PASSWORD, "6.6.6.6").await;
    assert_eq!((stopped.status.as_u16(), stopped.header("retry-after")), (429, "900"));
    assert_eq!(stopped.json()["seconds"], "900");
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD, "1.1.1.1").await.status, 200);
    assert_eq!(sign_in(&app, "bob@example.com", PASSWORD, "6.6.6.6").await.status, 200);
    app.wait(15 * 60 * 1000);
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD, "6.6.6.6").await.status, 200);
}

#[tokio::test]
async fn sessions_end_unused_after_twelve_hours_and_always_after_fourteen_days() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let idle = app.sign_in("ada@example.com").await;
    app.wait(12 * HOUR - 1);
    assert_eq!(whoami(&app, &idle).await["name"], "Ada");
    app.wait(12 * HOUR);
    assert!(whoami(&app, &idle).await.is_null());

    let used = app.sign_in("ada@example.com").await;
    for _ in 0..27 {
        app.wait(12 * HOUR - 1);
        assert_eq!(whoami(&app, &used).await["name"], "Ada");
    }
    app.wait(12 * HOUR);
    assert!(whoami(&app, &used).await.is_null());
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let answer = app.post("/fn/sign_out").cookie(&cookie).send().await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert!(answer.header("set-cookie").starts_with("sid=; Path=/; Max-Age=0"));
    assert!(answer.header("clear-site-data").contains("\"storage\""));
    assert!(whoami(&app, &cookie).await.is_null());
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let (here, there) = (app.sign_in("ada@example.com").await, app.sign_in("ada@example.com").await);
    let change = async |current: &str, password: &str| {
        app.post("/fn/change_password").cookie(&here).form(&[("current", current), ("password", password)]).await
    };
    assert_eq!(change("not the password", "a new longer password").await.json()["field"], "current");
    assert_eq!(change(PASSWORD, "short").await.json()["field"], "password");
    assert_eq!(change(PASSWORD, "seven green bottles").await.status, 200);
    assert_eq!(whoami(&app, &here).await["name"], "Ada");
    assert!(whoami(&app, &there).await.is_null());
    assert_eq!(sign_in(&app, "ada@example.com", PASSWORD, "127.0.0.1").await.status, 422);
    assert_eq!(sign_in(&app, "ada@example.com", "seven green bottles", "127.0.0.1").await.status, 200);
}

#[tokio::test]
async fn people_end_their_own_sessions_and_nobody_elses() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    app.person("Eve", "eve@example.com", false).await;
    let (here, there, eve) =
        (app.sign_in("ada@example.com").await, app.sign_in("ada@example.com").await, app.sign_in("eve@example.com").await);
    let list = app.post("/fn/sessions").cookie(&here).send().await.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let other = list.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    assert_eq!(app.post("/fn/end_session").cookie(&eve).form(&[("session", other)]).await.status, 404);
    assert_eq!(app.post("/fn/end_session").cookie(&here).form(&[("session", other)]).await.status, 200);
    assert!(whoami(&app, &there).await.is_null());
    assert_eq!(whoami(&app, &here).await["name"], "Ada");
}

#[tokio::test]
async fn tokens_work_until_they_are_revoked() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let cookie = app.sign_in("ada@example.com").await;
    let answer = app.post("/fn/create_token").cookie(&cookie).form(&[("name", "ci")]).await;
    let page = answer.header("location").split('#').next().unwrap().to_owned();
    app.person("Eve", "eve@example.com", false).await;
    let eve = app.sign_in("eve@example.com").await;
    assert!(!app.get(&page).cookie(&eve).send().await.text().contains("lintel_"), "a notice is its own person's");
    let shown = app.get(&page).cookie(&cookie).send().await.text();
    let (_, secret) = shown.split_once("token-secret").unwrap_or_else(|| panic!("{page}: {shown}"));
    let secret = secret.split(['<', '>']).find(|part| part.starts_with("lintel_")).unwrap();
    assert!(!app.get(&page).cookie(&cookie).send().await.text().contains(secret), "shown once");
    assert!(secret.starts_with("lintel_") && secret.len() >= 50, "{secret}");
    let by_token = app.post("/fn/whoami").bearer(secret).send().await;
    assert_eq!(by_token.json()["name"], "Ada");
    assert_eq!(app.post("/fn/whoami").bearer("lintel_guess").cookie(&cookie).send().await.status, 401);
    assert_eq!(app.post("/fn/create_token").bearer(secret).form(&[("name", "more")]).await.status, 403);

    let list = app.post("/fn/tokens").cookie(&cookie).send().await;
    assert!(!list.text().contains(secret));
    assert!(list.json()[0]["last_used_at"].is_i64(), "{}", list.text());
    let id = list.json()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.post("/fn/revoke_token").cookie(&eve).form(&[("token", &id)]).await.status, 404);
    assert_eq!(app.post("/fn/revoke_token").cookie(&cookie).form(&[("token", &id)]).await.status, 200);
    assert_eq!(app.post("/fn/whoami").bearer(secret).send().await.status, 401);
    assert!(app.audit().await.contains(&format!("token.revoke {id}")));
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_for_a_week() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    let project = app.project(&ada, "Shop").await;
    let invite = async || {
        let link = service::members::invite(&app.state, &ada, &project.slug, Role::Editor).await.unwrap();
        link.rsplit_once("/invite/").unwrap().1.to_owned()
    };
    let token = invite().await;
    // Looking, as link previews do, uses nothing up.
    assert_eq!(app.get(&format!("/invite/{token}")).send().await.status, 200);
    assert_eq!(app.post("/fn/invite_preview").form(&[("token", &token)]).await.json()["project_name"], "Shop");
    let join = async |token: &str, email: &str| {
        app.post("/fn/join").form(&[("token", token), ("name", "Bob"), ("email", email), ("password", PASSWORD)]).await
    };
    assert_eq!(join(&token, "ada@example.com").await.json()["field"], "email");
    let joined = join(&token, "bob@example.com").await;
    assert_eq!((joined.status.as_u16(), joined.header("location")), (200, "/p/shop"));
    assert_eq!(whoami(&app, &joined.cookie()).await["admin"], false);
    assert_eq!(join(&token, "eve@example.com").await.status, 404);
    let roles: Vec<Role> = service::members::members(&app.state, &ada, "shop").await.unwrap().iter().map(|member| member.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Editor]);

    let late = invite().await;
    app.wait(7 * DAY);
    assert_eq!(join(&late, "eve@example.com").await.status, 404);
    let revoked = invite().await;
    let open = service::members::invites(&app.state, &ada, "shop").await.unwrap();
    assert_eq!(open.len(), 1);
    service::members::revoke_invite(&app.state, &ada, "shop", open[0].id).await.unwrap();
    assert_eq!(join(&revoked, "eve@example.com").await.status, 404);
}

#[tokio::test]
async fn an_invitation_never_gives_the_project_away_or_takes_a_role() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let owner = service::members::invite(&app.state, &ada, "shop", Role::Owner).await;
    assert!(matches!(owner, Err(ServiceError::Invalid { .. })));
    let link = service::members::invite(&app.state, &ada, "shop", Role::Viewer).await.unwrap();
    service::members::accept_invite(&app.state, &ada, link.rsplit_once('/').unwrap().1).await.unwrap();
    assert_eq!(service::members::members(&app.state, &ada, "shop").await.unwrap()[0].role, Role::Owner);
}

#[tokio::test]
async fn only_owners_manage_members() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let editor = app.member(&ada, "shop", "Bob", Role::Editor).await;
    let stranger = app.actor(&app.person("Eve", "eve@example.com", true).await);
    let id = ada.person.id;
    for (outcome, what) in [
        (service::members::invite(&app.state, &editor, "shop", Role::Viewer).await.map(|_| ()), "invite"),
        (service::members::set_role(&app.state, &editor, "shop", id, Role::Viewer).await, "role"),
        (service::members::remove_member(&app.state, &editor, "shop", id).await, "remove"),
        (service::members::invites(&app.state, &editor, "shop").await.map(|_| ()), "invites"),
    ] {
        assert!(matches!(outcome, Err(ServiceError::Forbidden { .. })), "{what}");
    }
    // An administrator of the server is a stranger to a project like anybody else.
    let outside = service::members::members(&app.state, &stranger, "shop").await;
    assert!(matches!(outside, Err(ServiceError::NotFound { .. })));
}

#[tokio::test]
async fn a_project_keeps_an_owner() {
    let app = TestApp::start().await;
    let ada = app.administrator().await;
    app.project(&ada, "Shop").await;
    let bob = app.member(&ada, "shop", "Bob", Role::Editor).await;
    let alone = [
        service::members::set_role(&app.state, &ada, "shop", ada.person.id, Role::Editor).await,
        service::members::remove_member(&app.state, &ada, "shop", ada.person.id).await,
    ];
    assert!(alone.iter().all(|outcome| matches!(outcome, Err(ServiceError::Conflict { .. }))));
    service::members::set_role(&app.state, &ada, "shop", bob.person.id, Role::Owner).await.unwrap();
    service::members::remove_member(&app.state, &ada, "shop", ada.person.id).await.unwrap();
    assert!(service::members::members(&app.state, &ada, "shop").await.is_err());
    assert_eq!(service::members::members(&app.state, &bob, "shop").await.unwrap().len(), 1);
}

#[tokio::test]
async fn pages_ask_strangers_to_sign_in_and_bring_them_back() {
    let app = TestApp::start().await;
    app.person("Ada", "ada@example.com", true).await;
    let answer = app.get("/p/shop/reviews?state=open").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in?next=/p/shop/reviews%3Fstate%3Dopen"));
    assert_eq!(app.get("/sign-in").send().await.status, 200);
    assert_eq!(app.get("/favicon.svg").send().await.status, 200);
}
