//! Starting, refusing to start, and stopping.

use std::fs;

use super::harness::{Server, lintel, run};

#[test]
fn a_second_server_on_a_folder_is_refused_and_told_why() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = Server::start(&data);
    let second = Server::command(&data).output().unwrap();
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(3), "{message}");
    for part in [data.display().to_string(), format!("process {}", first.id()), first.addr.clone()] {
        assert!(message.contains(&part), "{part}: {message}");
    }
    assert_eq!(first.get("/health").status, 200);
    first.kill();
    // However a server ended, the next one starts.
    assert_eq!(Server::start(&data).stop(), Some(0));
}

#[test]
fn the_first_minute_works_and_survives_a_restart() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let mut server = Server::start(&data);
    let old = server.setup_token();
    server.kill();
    let mut server = Server::start(&data);
    let token = server.setup_token();
    let set_up = |server: &Server, token: &str| {
        server.post("/fn/setup", &[], &format!("token={token}&name=Ada&email=ada%40example.com&password=correct+horse+battery"))
    };
    assert_eq!(set_up(&server, &old).status, 403);
    let done = set_up(&server, &token);
    assert_eq!(done.status, 200, "{}", done.body);
    let cookie = done.cookie();
    assert_eq!(server.stop(), Some(0));
    let log = fs::metadata(data.join("lintel.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "a clean stop empties the write-ahead log");

    let server = Server::start(&data);
    let who = server.post("/fn/whoami", &[("cookie", &cookie)], "");
    assert!(who.body.contains("ada@example.com"), "{}", who.body);
    let log = server.log();
    assert!(!log.contains(&token) && !log.contains(&cookie), "secrets are not logged");
}

#[test]
fn log_lines_are_objects_and_name_their_request() {
    let parent = tempfile::tempdir().unwrap();
    let server = Server::start(&parent.path().join("data"));
    let answer = server.get("/ready?token=secret");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.header("x-request-id").to_owned();
    let log = server.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let access = lines.iter().find(|line| line["span"]["request_id"] == id.as_str()).unwrap();
    assert_eq!((access["path"].as_str(), access["status"].as_u64()), (Some("/ready"), Some(200)), "{access}");
    assert!(!log.contains("secret"), "{log}");
}

#[test]
fn wrong_settings_end_the_start_and_name_the_variable() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    for (variable, value) in
        [("LINTEL_ADDR", "somewhere"), ("LINTEL_ADDR", "0.0.0.0:0"), ("LINTEL_BASE_URL", "example.com"), ("LINTEL_LOG", "xml")]
    {
        let output = lintel().env("LINTEL_DATA", &data).env(variable, value).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{message}");
        assert!(message.contains(variable), "{message}");
        assert!(!data.exists(), "{variable}");
    }
}

#[test]
fn a_taken_port_and_a_missing_site_are_named() {
    let parent = tempfile::tempdir().unwrap();
    let server = Server::start(&parent.path().join("data"));
    let other = parent.path().join("other");
    let data = other.display().to_string();
    let site = parent.path().join("data.site").display().to_string();
    let output = run(&["serve", "--addr", &server.addr, "--data", &data, "--site", &site], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && message.contains("LINTEL_ADDR") && message.contains(&server.addr), "{message}");
    let output = run(&["serve", "--addr", "127.0.0.1:0", "--data", &data, "--site", "/nowhere"], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && message.contains("/nowhere") && message.contains("LINTEL_SITE"), "{message}");
}
