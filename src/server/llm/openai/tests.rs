//! Requests as they are written, and answers as they are put together.

use super::*;
use crate::domain::agent::conversation::{Keep, TurnError};

fn capabilities() -> Capabilities {
    Capabilities { tools: true, strict_tools: false, keeps: true, late_system: false, context: 200_000, answer: 1000, price: None }
}

fn info() -> ModelInfo {
    ModelInfo { provider: "OpenAI".to_owned(), protocol: Protocol::OpenAi, model: "m".to_owned(), capabilities: capabilities() }
}

#[test]
fn a_request_has_everything_in_its_place_and_nothing_else() {
    let request = TurnRequest {
        model: "m".to_owned(),
        system: vec![Block::Text { text: "S".to_owned(), keep: Some(Keep::Hour) }, Block::text("Z")],
        tools: vec![ToolOffer { name: "t".to_owned(), description: "d".to_owned(), schema: json!({"type": "object"}) }],
        messages: vec![
            Message { speaker: Speaker::User, blocks: vec![Block::text("D"), Block::text("T")] },
            Message {
                speaker: Speaker::Model,
                blocks: vec![
                    Block::Opaque { protocol: Protocol::OpenAi, value: json!({"reasoning_content": "hm"}) },
                    Block::Opaque { protocol: Protocol::Anthropic, value: json!({"type": "thinking"}) },
                    Block::Opaque { protocol: Protocol::OpenAi, value: json!({"call": "c1", "extra_content": {"google": 1}}) },
                    Block::Call { id: "c1".to_owned(), tool: "t".to_owned(), input: json!({"a": 1}) },
                    Block::Call { id: "c2".to_owned(), tool: "t".to_owned(), input: json!(7) },
                ],
            },
            Message {
                speaker: Speaker::User,
                blocks: vec![
                    Block::text("And:"),
                    Block::Answer { id: "c1".to_owned(), text: "1".to_owned(), failed: false },
                    Block::Answer { id: "c2".to_owned(), text: "no".to_owned(), failed: true },
                ],
            },
            Message { speaker: Speaker::Model, blocks: vec![Block::text("b")] },
        ],
        answer_tokens: 100,
    };
    let expected = json!({
        "model": "m", "max_tokens": 100, "stream": true, "stream_options": {"include_usage": true},
        "tools": [{"type": "function", "function": {"name": "t", "description": "d", "parameters": {"type": "object"}}}],
        "messages": [
            {"role": "system", "content": "S\n\nZ"},
            {"role": "user", "content": "D\n\nT"},
            {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{\"a\":1}"}, "extra_content": {"google": 1}},
                {"id": "c2", "type": "function", "function": {"name": "t", "arguments": "7"}},
            ]},
            {"role": "tool", "tool_call_id": "c1", "content": "1"},
            {"role": "tool", "tool_call_id": "c2", "content": "The tool failed: no"},
            {"role": "user", "content": "And:"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "Go on."},
        ],
    });
    assert_eq!(body(&request, &capabilities(), Dialect::of("localhost")), expected);
    let own = body(&request, &Capabilities { strict_tools: true, ..capabilities() }, Dialect::of("api.openai.com"));
    assert_eq!((&own["max_completion_tokens"], own.get("max_tokens")), (&json!(100), None));
    assert_eq!(own["tools"][0]["function"]["strict"], true);
    assert_eq!(body(&request, &capabilities(), Dialect::of("api.mistral.ai")).get("stream_options"), None);
    assert_eq!(body(&request, &Capabilities { tools: false, ..capabilities() }, Dialect::default()).get("tools"), None);
}

fn hear(chunks: &[Value]) -> Result<Turn, Fault> {
    let mut answer = Box::new(Answer::new(&info()));
    for chunk in chunks {
        let data = if chunk == "[DONE]" { "[DONE]".to_owned() } else { chunk.to_string() };
        answer.hear(&Event { data, ..Event::default() })?;
    }
    answer.finish()
}

fn delta(delta: &Value) -> Value {
    json!({"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn end(reason: &str) -> Value {
    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

/// The calls that come of pieces.
fn calls(pieces: &[Value]) -> Result<Vec<(String, String, Value)>, String> {
    let chunks: Vec<Value> = pieces.iter().map(|piece| delta(&json!({"tool_calls": [piece]}))).chain([end("tool_calls")]).collect();
    let turn = hear(&chunks).map_err(|fault| fault.error.to_string())?;
    let calls = turn.blocks.into_iter().filter_map(|block| match block {
        Block::Call { id, tool, input } => Some((id, tool, input)),
        _ => None,
    });
    Ok(calls.collect())
}

fn piece(index: Option<u64>, id: &str, name: &str, arguments: &str) -> Value {
    let mut piece = json!({"function": {"arguments": arguments}});
    if let Some(index) = index {
        piece["index"] = index.into();
    }
    if !id.is_empty() {
        piece["id"] = id.into();
    }
    if !name.is_empty() {
        piece["function"]["name"] = name.into();
    }
    piece
}

fn call(id: &str, tool: &str, input: Value) -> (String, String, Value) {
    (id.to_owned(), tool.to_owned(), input)
}

#[test]
fn calls_are_told_apart_by_index() {
    let pieces = [
        piece(Some(0), "a", "t", ""),
        piece(Some(1), "b", "u", ""),
        piece(Some(0), "", "", "{\"x\""),
        piece(Some(1), "", "", "{}"),
        piece(Some(0), "", "", ":1}"),
    ];
    assert_eq!(calls(&pieces).unwrap(), [call("a", "t", json!({"x": 1})), call("b", "u", json!({}))]);
}

#[test]
fn a_new_id_on_a_used_index_is_a_new_call() {
    let pieces = [piece(Some(0), "a", "t", "{\"x\":1}"), piece(Some(0), "b", "t", "{\"x\":2}"), piece(Some(0), "c", "u", "{}")];
    assert_eq!(calls(&pieces).unwrap(), [call("a", "t", json!({"x": 1})), call("b", "t", json!({"x": 2})), call("c", "u", json!({}))]);
}

#[test]
fn calls_without_index_are_told_apart_by_id_or_by_being_whole() {
    let pieces = [piece(None, "a", "t", "{\"x\":"), piece(None, "", "", "1}"), piece(None, "b", "t", "{}")];
    assert_eq!(calls(&pieces).unwrap(), [call("a", "t", json!({"x": 1})), call("b", "t", json!({}))]);
    let nameless = [piece(None, "", "t", "{\"x\":1}"), piece(None, "", "u", "{}"), piece(None, "", "u", "{}")];
    assert_eq!(
        calls(&nameless).unwrap(),
        [call("call_1", "t", json!({"x": 1})), call("call_2", "u", json!({})), call("call_3", "u", json!({}))]
    );
}

#[test]
fn a_name_that_is_repeated_is_one_name() {
    let pieces =
        [piece(Some(0), "a", "t", ""), piece(Some(0), "a", "t", "{\"x\""), piece(Some(0), "a", "t", ":1}"), piece(Some(0), "a", "t", "")];
    assert_eq!(calls(&pieces).unwrap(), [call("a", "t", json!({"x": 1}))]);
}

#[test]
fn inputs_that_were_run_together_are_as_many_calls() {
    let pieces = [piece(Some(0), "a", "t", "{\"x\":1}{\"x\":"), piece(Some(0), "", "", "2}")];
    assert_eq!(calls(&pieces).unwrap(), [call("a", "t", json!({"x": 1})), call("a-2", "t", json!({"x": 2}))]);
}

#[test]
fn calls_that_nobody_can_tell_apart_are_refused() {
    let ambiguous = [piece(Some(0), "a", "t", "{\"x\":"), piece(Some(0), "", "u", "1}")];
    assert!(calls(&ambiguous).unwrap_err().contains("the names t and u are given to one call"));
    assert!(calls(&[piece(Some(0), "a", "", "{}")]).unwrap_err().contains("without its name"));
    assert!(calls(&[piece(Some(0), "a", "t", "{\"x\":")]).unwrap_err().contains("not JSON"));
}

#[test]
fn an_input_may_be_nothing_or_no_object() {
    assert_eq!(calls(&[piece(Some(0), "a", "t", "")]).unwrap(), [call("a", "t", json!({}))]);
    assert_eq!(calls(&[piece(Some(0), "a", "t", "null")]).unwrap(), [call("a", "t", json!({}))]);
    assert_eq!(calls(&[piece(Some(0), "a", "t", "[1]")]).unwrap(), [call("a", "t", json!([1]))]);
    assert_eq!(
        calls(&[json!({"index": 0, "id": "a", "function": {"name": "t", "arguments": null}})]).unwrap(),
        [call("a", "t", json!({}))]
    );
}

#[test]
fn text_reasoning_and_counts_come_in_many_shapes() {
    let turn = hear(&[
        json!({"choices": [], "prompt_filter_results": []}),
        delta(&json!({"role": "assistant", "content": null, "tool_calls": null})),
        delta(&json!({"content": ""})),
        delta(&json!({"reasoning_content": "h", "content": null})),
        delta(&json!({"reasoning_content": "m"})),
        delta(&json!({"content": "a"})),
        delta(&json!({"content": [{"type": "text", "text": "b"}]})),
        json!({"model": "m-2", "choices": [{"delta": {"content": "c"}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}}),
        json!("[DONE]"),
    ]);
    let turn = turn.unwrap();
    assert_eq!(turn.blocks, [Block::Opaque { protocol: Protocol::OpenAi, value: json!({"reasoning_content": "hm"}) }, Block::text("abc")]);
    assert_eq!(turn.usage, Usage { input: 6, kept: 4, keeping: 0, output: 5 });
    assert_eq!((turn.stop, turn.served_by.as_str()), (Stop::End, "m-1"));
}

#[test]
fn every_stop_has_its_meaning() {
    let stop = |reason: &str| hear(&[delta(&json!({"content": "x"})), end(reason)]).unwrap().stop;
    assert_eq!(stop("stop"), Stop::End);
    assert_eq!(stop("tool_calls"), Stop::End, "without a call there is nothing to wait for");
    assert_eq!(stop("length"), Stop::Length);
    assert_eq!(stop("content_filter"), Stop::Refusal { category: Some("content_filter".to_owned()) });
    assert_eq!(stop("sunspots"), Stop::Other { reason: "sunspots".to_owned() });
    let refused = hear(&[delta(&json!({"refusal": "I can"})), delta(&json!({"refusal": "not."})), end("stop")]).unwrap();
    assert_eq!((refused.stop, refused.blocks), (Stop::Refusal { category: None }, vec![Block::text("I cannot.")]));
    let calls = hear(&[delta(&json!({"tool_calls": [piece(Some(0), "a", "t", "{}")]})), end("stop")]).unwrap();
    assert_eq!(calls.stop, Stop::Tools, "the calls are trusted");
    let cut =
        hear(&[delta(&json!({"tool_calls": [piece(Some(0), "a", "t", "{}"), piece(Some(1), "b", "t", "{\"x")]})), end("length")]).unwrap();
    assert_eq!((cut.stop, cut.blocks.len()), (Stop::Length, 1));
}

#[test]
fn an_end_is_needed_in_one_way_or_the_other() {
    let text = delta(&json!({"content": "x"}));
    assert!(hear(std::slice::from_ref(&text)).is_err());
    assert!(hear(&[text.clone(), end("stop")]).is_ok());
    assert!(hear(&[text.clone(), json!("[DONE]")]).is_ok());
    assert!(hear(&[json!("[DONE]")]).is_err(), "nothing at all is no answer");
    assert!(hear(&[text.clone(), end("")]).is_err());
    assert!(matches!(hear(&[text, end("abort")]).unwrap_err().error, TurnError::Failed { .. }));
}

#[test]
fn signatures_of_calls_are_kept_beside_them() {
    let mut signed = piece(Some(0), "a", "t", "{}");
    signed["extra_content"] = json!({"google": {"thought_signature": "s"}});
    let turn = hear(&[delta(&json!({"tool_calls": [signed]})), end("stop")]).unwrap();
    let value = json!({"call": "a", "extra_content": {"google": {"thought_signature": "s"}}});
    assert_eq!(turn.blocks[0], Block::Opaque { protocol: Protocol::OpenAi, value });
}
