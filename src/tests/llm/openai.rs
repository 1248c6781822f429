//! What only chat completions have, over a connection.

use serde_json::{Value, json};

use crate::{
    domain::agent::conversation::{Block, Protocol, Stop, TurnError, Usage},
    tests::llm::{
        bench::{Bench, outcome},
        server::{Server, Step, stream},
        spoken::{Answer, golden},
    },
};

const OPENAI: Protocol = Protocol::OpenAi;

fn without(answer: &Answer, part: &str) -> Answer {
    let events = answer.events.iter().filter(|(_, data)| !data.contains(part)).cloned().collect();
    answer.clone().with(events)
}

/// An answer that calls tools with these pieces, one a chunk.
fn calls(pieces: &[Value], reason: &str) -> Answer {
    let mut answer = Answer::begin(OPENAI);
    for piece in pieces {
        answer.push(&json!({"choices": [{"delta": {"tool_calls": [piece]}}]}));
    }
    answer.end("", reason)
}

#[tokio::test]
async fn the_last_word_may_be_missing() {
    let (answer, turn) = golden(OPENAI);
    assert_eq!(outcome(OPENAI, stream(&without(&answer, "[DONE]").bytes())).await.0.unwrap(), turn);
    let uncounted = outcome(OPENAI, stream(&without(&answer, "usage").bytes())).await.0.unwrap();
    assert_eq!((uncounted.usage, &uncounted.blocks), (Usage::default(), &turn.blocks));
    let unfinished = outcome(OPENAI, stream(&without(&answer, "tool_calls\"}]").bytes())).await.0.unwrap();
    assert_eq!(unfinished.blocks, turn.blocks);
    // Not even an empty line after the last event.
    let bytes = answer.bytes();
    let cut = bytes.len() - "\n\ndata: [DONE]\n\n".len();
    assert_eq!(outcome(OPENAI, stream(&bytes[..cut])).await.0.unwrap(), turn);
}

#[tokio::test]
async fn a_rude_end_after_the_reason_loses_nothing() {
    let (answer, turn) = golden(OPENAI);
    let steps = vec![Step::Write(stream(&without(&answer, "[DONE]").bytes())), Step::Sleep(30), Step::Reset];
    let server = Server::start(vec![steps]).await;
    assert_eq!(Bench::new(&server, OPENAI).turn().await.unwrap(), turn);
}

#[tokio::test]
async fn calls_are_told_apart_however_servers_count() {
    let function = |name: Option<&str>, arguments: &str| json!({"name": name, "arguments": arguments});
    let cases: [(&str, Vec<Value>); 6] = [
        (
            "all index 0",
            vec![
                json!({"index": 0, "id": "a", "function": function(Some("t"), "{\"x\":1}")}),
                json!({"index": 0, "id": "b", "function": function(Some("u"), "{\"x\":2}")}),
            ],
        ),
        (
            "no index",
            vec![
                json!({"id": "a", "function": function(Some("t"), "{\"x\":")}),
                json!({"function": function(None, "1}")}),
                json!({"id": "b", "function": function(Some("u"), "{\"x\":2}")}),
            ],
        ),
        (
            "the name again and again",
            vec![
                json!({"index": 0, "id": "a", "function": function(Some("t"), "")}),
                json!({"index": 0, "id": "a", "function": function(Some("t"), "{\"x\":")}),
                json!({"index": 0, "id": "a", "function": function(Some("t"), "1}")}),
                json!({"index": 1, "id": "b", "function": function(Some("u"), "{\"x\":2}")}),
            ],
        ),
        (
            "two in one chunk",
            vec![
                json!({"index": 0, "id": "a", "function": function(Some("t"), "{\"x\":1}")}),
                json!({"index": 1, "id": "b", "function": function(Some("u"), "{\"x\":2}")}),
            ],
        ),
        (
            "in turns",
            vec![
                json!({"index": 0, "id": "a", "function": function(Some("t"), "{")}),
                json!({"index": 1, "id": "b", "function": function(Some("u"), "{\"x\"")}),
                json!({"index": 0, "function": function(None, "\"x\":1}")}),
                json!({"index": 1, "function": function(None, ":2}")}),
            ],
        ),
        (
            "the id late",
            vec![
                json!({"index": 0, "function": function(Some("t"), "")}),
                json!({"index": 0, "id": "a", "function": function(None, "{\"x\":1}")}),
                json!({"index": 1, "id": "b", "function": function(Some("u"), "{\"x\":2}")}),
            ],
        ),
    ];
    let call = |id: &str, tool: &str, x: u32| Block::Call { id: id.to_owned(), tool: tool.to_owned(), input: json!({"x": x}) };
    for (how, pieces) in cases {
        for reason in ["tool_calls", "stop"] {
            let turn = outcome(OPENAI, stream(&calls(&pieces, reason).bytes())).await.0.unwrap();
            assert_eq!((turn.blocks, turn.stop), (vec![call("a", "t", 1), call("b", "u", 2)], Stop::Tools), "{how}");
        }
    }
    let together = [json!({"index": 0, "id": "a", "function": function(Some("t"), "{\"x\":1}{\"x\":2}")})];
    let turn = outcome(OPENAI, stream(&calls(&together, "tool_calls").bytes())).await.0.unwrap();
    assert_eq!(turn.blocks, [call("a", "t", 1), call("a-2", "t", 2)]);
    let ambiguous = [
        json!({"index": 0, "id": "a", "function": function(Some("t"), "{\"x\":1")}),
        json!({"index": 0, "function": function(Some("u"), "}{\"x\":2}")}),
    ];
    let error = outcome(OPENAI, stream(&calls(&ambiguous, "tool_calls").bytes())).await.0.unwrap_err();
    assert!(matches!(&error, TurnError::Broken { detail, .. } if detail.contains("one call")), "{error}");
}

#[tokio::test]
async fn errors_are_told_with_a_number_too() {
    let answer =
        Answer::begin(OPENAI).text(&["x"]).raw("", &json!({"error": {"code": 502, "message": "upstream"}, "choices": []}).to_string());
    let error = outcome(OPENAI, stream(&answer.bytes())).await.0.unwrap_err();
    assert_eq!(error, TurnError::Failed { provider: "Acme".to_owned(), status: 502, detail: "upstream".to_owned() });
}

#[tokio::test]
async fn keep_alives_of_routers_are_passed_over() {
    let (answer, turn) = golden(OPENAI);
    let text = answer.lines("\r\n").replace("data: ", ": OPENROUTER PROCESSING\r\n\r\ndata: ");
    assert_eq!(outcome(OPENAI, stream(text.as_bytes())).await.0.unwrap(), turn);
}
