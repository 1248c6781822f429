//! Requests as they are written, and answers as they are put together.

use super::*;
use crate::domain::agent::conversation::TurnError;

fn capabilities() -> Capabilities {
    Capabilities { tools: true, strict_tools: true, keeps: true, late_system: false, context: 200_000, answer: 1000, price: None }
}

fn info() -> ModelInfo {
    ModelInfo { provider: "Anthropic".to_owned(), protocol: Protocol::Anthropic, model: "m".to_owned(), capabilities: capabilities() }
}

fn kept(text: &str, keep: Keep) -> Block {
    Block::Text { text: text.to_owned(), keep: Some(keep) }
}

fn request(messages: Vec<Message>) -> TurnRequest {
    TurnRequest { model: "m".to_owned(), system: vec![kept("S", Keep::Hour)], tools: Vec::new(), messages, answer_tokens: 100 }
}

fn user(blocks: Vec<Block>) -> Message {
    Message { speaker: Speaker::User, blocks }
}

fn model(blocks: Vec<Block>) -> Message {
    Message { speaker: Speaker::Model, blocks }
}

#[test]
fn a_request_has_everything_in_its_place_and_nothing_else() {
    let thinking = json!({"type": "thinking", "thinking": "hm", "signature": "s"});
    let mut request = request(vec![
        user(vec![kept("D", Keep::FiveMinutes), Block::text(" "), Block::text("T")]),
        model(vec![
            Block::Opaque { protocol: Protocol::Anthropic, value: thinking.clone() },
            Block::Opaque { protocol: Protocol::OpenAi, value: json!({"x": 1}) },
            Block::Call { id: "c1".to_owned(), tool: "t".to_owned(), input: json!({"a": 1}) },
            Block::Call { id: "c2".to_owned(), tool: "t".to_owned(), input: json!(7) },
        ]),
        user(vec![
            Block::text("And:"),
            Block::Answer { id: "c1".to_owned(), text: "1".to_owned(), failed: false },
            Block::Answer { id: "c2".to_owned(), text: "no".to_owned(), failed: true },
        ]),
        user(vec![Block::text("")]),
    ]);
    request.tools.push(ToolOffer { name: "t".to_owned(), description: "d".to_owned(), schema: json!({"type": "object"}) });
    assert_eq!(
        body(&request, &capabilities()),
        json!({
            "model": "m", "max_tokens": 100, "stream": true,
            "system": [{"type": "text", "text": "S", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
            "tools": [{"name": "t", "description": "d", "input_schema": {"type": "object"}, "strict": true}],
            "messages": [
                {"role": "user", "content": [
                    {"type": "text", "text": "D", "cache_control": {"type": "ephemeral", "ttl": "5m"}},
                    {"type": "text", "text": "T"},
                ]},
                {"role": "assistant", "content": [
                    thinking,
                    {"type": "tool_use", "id": "c1", "name": "t", "input": {"a": 1}},
                    {"type": "tool_use", "id": "c2", "name": "t", "input": {"input": 7}},
                ]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": "1"},
                    {"type": "tool_result", "tool_use_id": "c2", "content": "no", "is_error": true},
                    {"type": "text", "text": "And:"},
                ]},
            ],
        })
    );
}

#[test]
fn the_answer_is_never_begun_for_the_model() {
    let body = body(&request(vec![user(vec![Block::text("a")]), model(vec![Block::text("b")])]), &capabilities());
    assert_eq!(body["messages"][2], json!({"role": "user", "content": [{"type": "text", "text": "Go on."}]}));
}

#[test]
fn a_late_word_of_the_system_is_the_user_s_where_it_is_not_taken() {
    let request = request(vec![user(vec![Block::text("a")]), Message { speaker: Speaker::System, blocks: vec![Block::text("b")] }]);
    assert_eq!(body(&request, &capabilities())["messages"][1]["role"], "user");
    assert_eq!(body(&request, &Capabilities { late_system: true, ..capabilities() })["messages"][1]["role"], "system");
}

#[test]
fn marks_are_four_at_most_and_longer_ones_come_first() {
    let ttls = |blocks: Vec<Block>, capabilities: &Capabilities| -> Vec<String> {
        let body = body(&request(vec![user(blocks)]), capabilities);
        let content = body["messages"][0]["content"].as_array().unwrap().clone();
        content.iter().map(|block| block["cache_control"]["ttl"].as_str().unwrap_or("-").to_owned()).collect()
    };
    let short = || kept("x", Keep::FiveMinutes);
    assert_eq!(ttls(vec![short(), short(), short(), short(), short()], &capabilities()), ["-", "-", "5m", "5m", "5m"]);
    assert_eq!(ttls(vec![short(), kept("y", Keep::Hour)], &capabilities()), ["5m", "5m"]);
    assert_eq!(ttls(vec![kept(" ", Keep::FiveMinutes), kept("y", Keep::Hour)], &capabilities()), ["1h"]);
    assert_eq!(ttls(vec![short()], &Capabilities { keeps: false, ..capabilities() }), ["-"]);
}

#[test]
fn schemas_are_enforced_only_as_far_as_the_api_can() {
    let strict = |tools: usize, schema: &Value| {
        let tool = ToolOffer { name: "t".to_owned(), description: String::new(), schema: schema.clone() };
        let request = TurnRequest { tools: vec![tool; tools], ..request(Vec::new()) };
        body(&request, &capabilities())["tools"][0]["strict"] == true
    };
    let nullable = json!({"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]});
    let optional = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    assert!(strict(20, &json!({"type": "object"})) && !strict(21, &json!({"type": "object"})));
    assert!(strict(16, &nullable) && !strict(17, &nullable));
    assert!(strict(12, &optional) && !strict(13, &optional));
}

fn hear(events: &[Value]) -> Result<Turn, Fault> {
    let mut answer = Box::new(Answer::new(&info()));
    for event in events {
        answer.hear(&Event { data: event.to_string(), ..Event::default() })?;
    }
    answer.finish()
}

fn start(index: u64, block: &Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u64, delta: &Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn input(index: u64, json: &str) -> Value {
    delta(index, &json!({"type": "input_json_delta", "partial_json": json}))
}

fn end(reason: &str) -> [Value; 2] {
    [json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 9}}), json!({"type": "message_stop"})]
}

fn call(index: u64, id: &str) -> Value {
    start(index, &json!({"type": "tool_use", "id": id, "name": "t", "input": {}}))
}

#[test]
fn counts_replace_and_are_never_added() {
    let [last, stop] = end("end_turn");
    let begun = json!({"type": "message_start", "message": {"model": "m-1", "usage": {"input_tokens": 5, "cache_read_input_tokens": 3, "output_tokens": 1}}});
    let early = json!({"type": "message_delta", "delta": {}, "usage": {"output_tokens": 4, "cache_creation_input_tokens": 2, "input_tokens": null}});
    let turn = hear(&[begun, early, last, stop]).unwrap();
    assert_eq!(turn.usage, Usage { input: 5, kept: 3, keeping: 2, output: 9 });
    assert_eq!(turn.served_by, "m-1");
}

#[test]
fn reasoning_goes_back_as_it_came() {
    let [last, stop] = end("tool_use");
    let turn = hear(&[
        start(0, &json!({"type": "thinking", "thinking": "", "signature": "", "new": 1})),
        delta(0, &json!({"type": "thinking_delta", "thinking": "a"})),
        delta(0, &json!({"type": "thinking_delta", "thinking": "b"})),
        delta(0, &json!({"type": "signature_delta", "signature": "sig"})),
        start(1, &json!({"type": "redacted_thinking", "data": "xyz"})),
        start(2, &json!({"type": "server_tool_use", "id": "s", "name": "web"})),
        delta(2, &json!({"type": "input_json_delta", "partial_json": "{"})),
        call(3, "c"),
        last,
        stop,
    ]);
    let opaque = |value: Value| Block::Opaque { protocol: Protocol::Anthropic, value };
    assert_eq!(
        turn.unwrap().blocks,
        [
            opaque(json!({"type": "thinking", "thinking": "ab", "signature": "sig", "new": 1})),
            opaque(json!({"type": "redacted_thinking", "data": "xyz"})),
            Block::Call { id: "c".to_owned(), tool: "t".to_owned(), input: json!({}) },
        ]
    );
}

#[test]
fn what_was_cut_is_left_out_and_what_was_whole_stays() {
    let [last, stop] = end("max_tokens");
    let cut = hear(&[call(0, "a"), input(0, "{\"x\":1}"), call(1, "b"), input(1, "{\"x\":"), last.clone(), stop.clone()]).unwrap();
    assert_eq!(cut.stop, Stop::Length);
    assert_eq!(cut.blocks, [Block::Call { id: "a".to_owned(), tool: "t".to_owned(), input: json!({"x": 1}) }]);
    let empty = hear(&[call(0, "a"), last.clone(), stop.clone()]).unwrap();
    assert!(empty.blocks.is_empty(), "even if an empty input could be read");
    let thinking = hear(&[start(0, &json!({"type": "thinking", "thinking": "a", "signature": ""})), last, stop]).unwrap();
    assert!(thinking.blocks.is_empty());
}

#[test]
fn every_stop_has_its_meaning() {
    let stop = |reason: &str| {
        let [last, stop] = end(reason);
        hear(&[last, stop]).unwrap().stop
    };
    assert_eq!(stop("end_turn"), Stop::End);
    assert_eq!(stop("stop_sequence"), Stop::End);
    assert_eq!(stop("tool_use"), Stop::End, "without a call there is nothing to wait for");
    assert_eq!(stop("max_tokens"), Stop::Length);
    assert_eq!(stop("pause_turn"), Stop::Pause);
    assert_eq!(stop("refusal"), Stop::Refusal { category: None });
    assert_eq!(stop("model_context_window_exceeded"), Stop::ContextFull);
    assert_eq!(stop("sunspots"), Stop::Other { reason: "sunspots".to_owned() });
    let refusal = json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": {"category": "cyber"}}});
    assert_eq!(hear(&[refusal, json!({"type": "message_stop"})]).unwrap().stop, Stop::Refusal { category: Some("cyber".to_owned()) });
    let [last, stop] = end("end_turn");
    assert_eq!(hear(&[call(0, "a"), last, stop]).unwrap().stop, Stop::Tools, "the calls are trusted");
}

#[test]
fn what_makes_no_sense_is_an_error_and_can_be_asked_again() {
    let [last, stop] = end("tool_use");
    let problem = |events: &[Value]| {
        let fault = hear(events).unwrap_err();
        assert!(fault.again);
        match fault.error {
            TurnError::Broken { detail, .. } => detail,
            error => panic!("{error}"),
        }
    };
    assert_eq!(problem(&[]), "it broke off before its end");
    assert_eq!(problem(std::slice::from_ref(&last)), "it broke off before its end");
    assert!(problem(&[call(0, "a"), input(0, "{\"x\":"), last.clone(), stop.clone()]).contains("the input of the tool t is not JSON"));
    assert!(problem(&[call(0, "a"), input(0, "{}{}"), last.clone(), stop.clone()]).contains("several inputs"));
    assert!(problem(&[input(0, "{}"), last, stop]).contains("before its beginning"));
    assert!(problem(&[json!({"type": 7})]).contains("not what the protocol says"));
}

#[test]
fn blocks_are_found_by_servers_that_count_badly() {
    let [last, stop] = end("tool_use");
    let text = |index: u64, text: &str| delta(index, &json!({"type": "text_delta", "text": text}));
    let same = [
        start(0, &json!({"type": "text", "text": "a"})),
        text(0, "b"),
        call(0, "c"),
        input(0, "{\"x\""),
        input(0, ":1}"),
        call(0, "d"),
        last,
        stop,
    ];
    let without: Vec<Value> = same
        .iter()
        .cloned()
        .map(|mut event| {
            event.as_object_mut().unwrap().remove("index");
            event
        })
        .collect();
    for events in [same.to_vec(), without] {
        assert_eq!(
            hear(&events).unwrap().blocks,
            [
                Block::text("ab"),
                Block::Call { id: "c".to_owned(), tool: "t".to_owned(), input: json!({"x": 1}) },
                Block::Call { id: "d".to_owned(), tool: "t".to_owned(), input: json!({}) },
            ]
        );
    }
}
