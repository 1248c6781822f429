//! The command line beside a running server.

use super::harness::{Server, run};

#[test]
fn accounts_and_tokens_are_made_while_the_server_runs() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let server = Server::start(&data);
    let folder = data.display().to_string();
    let add = |email: &str, password: &str| {
        run(&["user", "add", "--data", &folder, "--email", email, "--name", "Ada", "--role", "admin", "--password-stdin"], password)
    };
    let weak = add("ada@example.com", "short\n");
    assert_eq!(weak.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&weak.stderr).contains("--password"), "{}", String::from_utf8_lossy(&weak.stderr));
    assert_eq!(add("ada@example.com", "correct horse battery\n").status.code(), Some(0));
    let again = add("ADA@example.com", "correct horse battery\n");
    assert_eq!(again.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&again.stderr).contains("has an account already"));

    // The setup is over at once, and the account works.
    assert_eq!(server.get("/").header("location"), "/sign-in");
    let form = "email=ada%40example.com&password=correct+horse+battery";
    assert_eq!(server.post("/fn/sign_in", &[], form).status, 200);

    let token = run(&["token", "create", "--data", &folder, "--email", "ada@example.com", "--name", "ci"], "");
    assert_eq!(token.status.code(), Some(0));
    let token = String::from_utf8(token.stdout).unwrap();
    assert!(token.starts_with("lintel_") && token.lines().count() == 1, "{token}");
    let bearer = format!("Bearer {}", token.trim());
    let who = server.post("/fn/whoami", &[("authorization", &bearer)], "");
    assert!(who.body.contains("ada@example.com"), "{}", who.body);
    let nobody = run(&["token", "create", "--data", &folder, "--email", "eve@example.com", "--name", "ci"], "");
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(3), 0));
}
