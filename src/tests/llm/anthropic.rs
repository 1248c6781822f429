//! What only the Anthropic Messages API has, over a connection.

use serde_json::json;

use crate::{
    domain::agent::conversation::{Block, Protocol, Stop, Usage},
    tests::llm::{
        bench::outcome,
        server::stream,
        spoken::{Answer, golden},
    },
};

const ANTHROPIC: Protocol = Protocol::Anthropic;

#[tokio::test]
async fn refusals_have_a_category_or_not() {
    for (details, category) in [
        (json!(null), None),
        (json!({"type": "refusal", "category": null}), None),
        (json!({"category": "cyber"}), Some("cyber".to_owned())),
    ] {
        let mut answer = Answer::begin(ANTHROPIC);
        answer.push(&json!({"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": details}}));
        answer.push(&json!({"type": "message_stop"}));
        let (turn, asked) = outcome(ANTHROPIC, stream(&answer.bytes())).await;
        assert_eq!((turn.unwrap().stop, asked), (Stop::Refusal { category }, 1));
    }
    let mut without = Answer::begin(ANTHROPIC);
    without.push(&json!({"type": "message_delta", "delta": {"stop_reason": "refusal"}}));
    without.push(&json!({"type": "message_stop"}));
    assert_eq!(outcome(ANTHROPIC, stream(&without.bytes())).await.0.unwrap().stop, Stop::Refusal { category: None });
}

#[tokio::test]
async fn pings_unknown_deltas_and_unknown_blocks_are_passed_over() {
    let (answer, turn) = golden(ANTHROPIC);
    let mut events = Vec::new();
    for event in answer.events.clone() {
        events.push(event);
        events.push(("ping".to_owned(), json!({"type": "ping"}).to_string()));
    }
    let unknown = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {"text": 5}}});
    events.insert(4, (String::new(), unknown.to_string()));
    let heard = outcome(ANTHROPIC, stream(&answer.with(events).bytes())).await.0.unwrap();
    assert_eq!(heard, turn);
}

#[tokio::test]
async fn indexes_that_are_all_the_same_or_missing_are_understood() {
    let (answer, turn) = golden(ANTHROPIC);
    for change in ["\"index\":0", "\"ignored\":0"] {
        let events = answer.events.iter().map(|(name, data)| {
            let data = (0..5).fold(data.clone(), |data, index| data.replace(&format!("\"index\":{index}"), change));
            (name.clone(), data)
        });
        let heard = outcome(ANTHROPIC, stream(&answer.clone().with(events.collect()).bytes())).await.0.unwrap();
        assert_eq!(heard, turn, "{change}");
    }
}

#[tokio::test]
async fn events_may_lack_their_names() {
    let (answer, turn) = golden(ANTHROPIC);
    let events = answer.events.iter().map(|(_, data)| (String::new(), data.clone())).collect();
    assert_eq!(outcome(ANTHROPIC, stream(&answer.with(events).bytes())).await.0.unwrap(), turn);
}

#[tokio::test]
async fn counts_that_are_missing_are_nothing() {
    let mut answer = Answer::begin(ANTHROPIC).with(Vec::new());
    answer.push(&json!({"type": "message_start", "message": {"model": "m"}}));
    let mut answer = answer.text(&["x"]);
    answer.push(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}}));
    answer.push(&json!({"type": "message_stop"}));
    let turn = outcome(ANTHROPIC, stream(&answer.bytes())).await.0.unwrap();
    assert_eq!((turn.usage, turn.blocks), (Usage::default(), vec![Block::text("x")]));
}

#[tokio::test]
async fn what_comes_after_the_end_is_not_heard() {
    let (answer, turn) = golden(ANTHROPIC);
    let more = answer.clone().error("overloaded_error").text(&["more"]);
    assert_eq!(outcome(ANTHROPIC, stream(&more.bytes())).await.0.unwrap(), turn);
}
