//! `lintel review` from a folder to its exit code, and a review that the server dies under.

use std::{fs, net::TcpListener, path::Path, process::Output};

use serde_json::{Value, json};

use super::{
    harness::{Server, lintel, run},
    provider::Provider,
};

const WORKSPACE: &str = r#"workspace "Shop" {
    model {
        shop = softwareSystem "Shop" {
            orders = container "Order service" "Takes orders" "Go"
            payments = container "Payment service" "Takes money" "Go"
            db = container "Shop database" "Everything" "PostgreSQL" "Database"
        }
        orders -> payments "Asks for money" "HTTPS"
        orders -> db "Writes orders to" "SQL"
        payments -> db "Writes payments to" "SQL"
    }
    views {
        container shop "containers" {
            include *
        }
    }
}
"#;
const QUIET: &str =
    "workspace \"Quiet\" {\n model {\n u = person \"User\"\n s = softwareSystem \"Shop\" \"Sells things\"\n u -> s \"Buys from\"\n }\n}\n";
const RECORD: &str = "# 1. Use PostgreSQL\n\n## Status\n\nAccepted\n\n## Context\n\nWe need a store.\n\n## Decision\n\nWe will use PostgreSQL.\n\n## Consequences\n\nOne more thing to run.\n";
const AGENT: &str = "---\nname: night-watch\ndescription: Asks who is called at night.\n---\n\nYou ask who is called at night.\n";

/// A folder as teams have it, and a script for the model.
fn design(turns: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("docs/adr")).unwrap();
    fs::write(folder.path().join("workspace.dsl"), WORKSPACE).unwrap();
    fs::write(folder.path().join("docs/adr/0001-use-postgresql.md"), RECORD).unwrap();
    fs::write(folder.path().join("night-watch.agent"), AGENT).unwrap();
    fs::write(folder.path().join("script.json"), turns.to_string()).unwrap();
    folder
}

fn good() -> Value {
    let claim = json!({
        "topic": "operations.ownership", "kind": "risk", "severity": "high", "title": "Nobody is named who answers for orders",
        "message": "When it fails at night, nobody knows whom to call.", "primary": {"type": "element", "id": "E2", "expected": null},
        "anchors": [], "claims": [{"anchor": "E2", "attr": "owner", "op": "not-stated", "value": ""}], "quotes": [],
        "relates_to_rule": null, "remedy": "Name the team that owns it.", "pattern_ids": [], "tradeoff": "The team has to be on call.",
        "confidence": "high",
    });
    json!([
        {"say": [{"call": "report_finding", "input": claim}]},
        {"say": [{"call": "finish", "input": {"recommendation": "request-changes", "coverage": [], "summary": "One thing to settle."}}]},
    ])
}

/// Runs it in the folder. `provider` are variables.
fn review(folder: &Path, provider: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        lintel().current_dir(folder).envs(provider.iter().copied()).arg("review").args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

const SCRIPTED: [(&str, &str); 2] = [("LINTEL_LLM_PROVIDER", "scripted"), ("LINTEL_LLM_SCRIPT", "script.json")];

#[test]
fn a_folder_is_reviewed_by_rules_and_agents_and_the_gate_is_the_rules() {
    let folder = design(&good());
    let folder = folder.path();
    let all = ["workspace.dsl", "docs/adr", "--agent", "go-architect"];
    let with = |more: &[&str]| review(folder, &SCRIPTED, &[&all[..], more].concat());

    let (code, out, errors) = with(&["--fail-on", "medium"]);
    assert_eq!(code, Some(1), "the shared database is medium: {out} {errors}");
    assert!(out.starts_with("# Review 1: ") && out.contains("LNT-B001") && out.contains("Nobody is named who answers for orders"), "{out}");
    assert!(errors.contains("go-architect: done, 2 turns"), "{errors}");

    let (code, out, errors) = with(&["--format", "json", "--records", "records"]);
    assert_eq!(code, Some(0), "nothing is high: {errors}");
    let whole: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((whole["review"]["status"].as_str(), whole["runs"][0]["status"].as_str()), (Some("finished"), Some("done")), "{whole:#}");
    let of_agent = whole["findings"].as_array().unwrap().iter().filter(|known| known["finding"]["source"]["type"] == "agent");
    assert_eq!(of_agent.count(), 1, "{whole:#}");
    let records: Vec<_> =
        fs::read_dir(folder.join("records")).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    assert!(records.len() == 1 && records[0].lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{records:?}");

    let (code, out, _) = with(&["--format", "text", "--fail-on", "never"]);
    assert_eq!(code, Some(0));
    assert!(out.lines().any(|line| line.starts_with("workspace.dsl:") && line.contains("medium[LNT-B001]: ")), "{out}");
    assert!(out.contains("[AGT-operations.ownership]: Nobody is named") && out.trim_end().ends_with(" of 100."), "{out}");

    // What an agent says fails no gate, whatever it says: where rules find nothing, nothing fails.
    fs::write(folder.join("quiet.dsl"), QUIET).unwrap();
    let quiet = ["quiet.dsl", "--profile", "sketch", "--fail-on", "low"];
    let (code, out, errors) = review(folder, &[], &quiet);
    assert_eq!(code, Some(0), "{out} {errors}");
    let (code, out, errors) = review(folder, &SCRIPTED, &[&quiet[..], &["--agent", "go-architect"]].concat());
    assert!(code == Some(0) && out.contains("Nobody is named who answers for orders"), "{code:?} {out} {errors}");

    // An agent's own file, and a stricter profile.
    let stricter = ["workspace.dsl", "--agent", "night-watch.agent", "--profile", "production", "--fail-on", "medium"];
    let (code, out, errors) = review(folder, &SCRIPTED, &stricter);
    assert_eq!(code, Some(1), "{errors}");
    assert!(out.contains("- Profile: production") && errors.contains("night-watch: done"), "{out} {errors}");

    // Rules alone need nothing.
    let (code, out, errors) = review(folder, &[], &[".", "--fail-on", "medium"]);
    assert_eq!(code, Some(1), "{errors}");
    assert!(out.contains("LNT-B001") && !out.contains("Agent: "), "{out}");
}

#[test]
fn what_cannot_be_concluded_is_said_and_is_code_two() {
    let folder = design(&good());
    let folder = folder.path();
    let asked = ["workspace.dsl", "--agent", "go-architect", "--fail-on", "never"];

    // No provider: the rules' findings are printed all the same.
    let (code, out, errors) = review(folder, &[], &asked);
    assert!(code == Some(2) && out.contains("LNT-B001") && errors.contains("ANTHROPIC_API_KEY"), "{code:?} {out} {errors}");

    let (code, _, errors) = review(folder, &SCRIPTED, &["workspace.dsl", "--agent", "nobody"]);
    assert!(code == Some(2) && errors.contains("nobody") && errors.contains("go-architect"), "{code:?} {errors}");

    // A port that nobody listens on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let secret = "sk-ant-CANARY-0123456789abcdef";
    let down = [
        ("LINTEL_LLM_PROVIDER", "openai"),
        ("LINTEL_LLM_BASE_URL", url.as_str()),
        ("LINTEL_LLM_ALLOWED_HOSTS", url.as_str()),
        ("LINTEL_LLM_API_KEY", secret),
        ("LINTEL_LLM_MODEL", "some-model"),
    ];
    let (code, out, errors) = review(folder, &down, &asked);
    assert!(code == Some(2) && out.contains("LNT-B001"), "{code:?} {out} {errors}");
    assert!(errors.contains("go-architect: failed") && errors.contains("127.0.0.1"), "{errors}");
    assert!(!out.contains(secret) && !errors.contains(secret));

    // A script that ends too early.
    fs::write(folder.join("script.json"), json!([{"say": [{"call": "adr_list", "input": {"page": 1, "status": null}}]}]).to_string())
        .unwrap();
    let (code, out, errors) = review(folder, &SCRIPTED, &asked);
    assert!(code == Some(2) && out.contains("LNT-B001") && errors.contains("no turn left"), "{code:?} {errors}");

    // A text that breaks off: where, and what else was found.
    fs::write(folder.join("workspace.dsl"), WORKSPACE.replace("\"Takes orders\" \"Go\"", "\"Takes orders\" \"Go")).unwrap();
    let (code, out, errors) = review(folder, &[], &["workspace.dsl", "--fail-on", "never"]);
    assert!(code == Some(2) && errors.contains("workspace.dsl:4:") && out.starts_with("# Review 1"), "{code:?} {out} {errors}");

    let (code, _, errors) = review(folder, &[], &["script.agent"]);
    assert!(code == Some(2) && errors.contains("script.agent"), "{code:?} {errors}");
}

#[test]
fn a_text_on_the_standard_input_is_checked() {
    let output = run(&["check", "-", "--no-config"], WORKSPACE);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("stdin.dsl:9:") && text.contains("LNT-B001"), "{text}");
}

#[test]
fn wrong_usage_is_code_three() {
    let folder = design(&good());
    for (provider, arguments, says) in [
        (&[("LINTEL_LLM_PROVIDER", "nobody")][..], &["."][..], "LINTEL_LLM_PROVIDER"),
        (&[("LINTEL_LLM_PROVIDER", "scripted"), ("LINTEL_LLM_SCRIPT", "none.json")], &["."], "LINTEL_LLM_SCRIPT"),
        (&[], &[".", "--fail-on", "sometimes"], "sometimes"),
        (&[], &[".", "--profile", "strict"], "strict"),
        (&[], &[".", "--format", "pdf"], "pdf"),
        (&[], &[], "PATH"),
    ] {
        let (code, _, errors) = review(folder.path(), provider, arguments);
        assert!(code == Some(3) && errors.contains(says), "{says}: {code:?} {errors}");
    }
}

const BEGINNING: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"slow\",\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}\n\n\
event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"I read the design.\"}}\n\n";

#[test]
fn a_run_that_the_server_dies_under_is_called_interrupted() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let provider = Provider::that_begins(BEGINNING);
    let mut server = Server::start_in(&data, &provider.variables());
    let cookie = server.set_up();
    let send = |server: &Server, method: &str, path: &str, body: &Value| {
        let answer = server.request(method, path, &[("cookie", &cookie), ("content-type", "application/json")], &body.to_string());
        assert!(answer.status < 300, "{path}: {answer:?}");
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    send(&server, "POST", "/api/v1/projects", &json!({"name": "Shop"}));
    let document = json!({"kind": "diagram", "path": "workspace.dsl", "text": WORKSPACE});
    send(&server, "POST", "/api/v1/projects/shop/documents", &document);
    send(&server, "POST", "/api/v1/projects/shop/reviews", &json!({"agents": ["go-architect"]}));

    // The model has begun to answer, so the rules are done and kept.
    assert!(provider.asked().contains("Order service"));
    let read = |server: &Server| send(server, "GET", "/api/v1/projects/shop/reviews/1", &Value::Null);
    let running = read(&server);
    assert_eq!((running["status"].as_str(), running["runs"][0]["status"].as_str()), (Some("running"), Some("running")), "{running:#}");
    let found = running["findings"].clone();
    assert!(found.as_array().unwrap().iter().any(|known| known["finding"]["code"] == "LNT-B001"), "{running:#}");
    server.kill();

    let server = Server::start_in(&data, &provider.variables());
    let ended = read(&server);
    let run = &ended["runs"][0];
    assert_eq!((ended["status"].as_str(), run["status"].as_str()), (Some("finished"), Some("interrupted")), "{ended:#}");
    assert!(run["reason"].as_str().unwrap().contains("The server stopped") && run["finished_at"].is_number(), "{run:#}");
    assert_eq!(ended["findings"], found, "what was found is kept");
    let page = server.request("GET", "/p/shop/reviews/1", &[("cookie", &cookie)], "");
    assert!(page.status == 200 && page.body.contains("The server stopped"), "{}", page.body);
    // Nobody goes on asking for it, and the sealed record holds.
    let record = format!("/api/v1/projects/shop/runs/{}.jsonl", run["id"].as_str().unwrap());
    let record = server.request("GET", &record, &[("cookie", &cookie)], "");
    assert!(record.status == 200 && record.body.lines().count() > 0, "{record:?}");
    let log = server.log();
    assert!(!log.contains("CANARY") && !record.body.contains("CANARY") && !page.body.contains("CANARY"), "the key is nowhere");
    assert_eq!(server.stop(), Some(0));
}
