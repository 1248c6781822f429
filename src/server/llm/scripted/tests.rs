//! Playing scripts, and recording what was played.

use proptest::prelude::*;
use serde_json::json;

use super::{
    recorder::{Matching, Recorder, Tape},
    *,
};
use crate::domain::agent::conversation::{Message, Speaker};

fn request(text: &str) -> TurnRequest {
    let messages = vec![Message { speaker: Speaker::User, blocks: vec![Block::text(text)] }];
    TurnRequest { model: "m".to_owned(), system: vec![Block::text("You are Ada.")], tools: Vec::new(), messages, answer_tokens: 100 }
}

async fn ask(model: &dyn ChatModel, text: &str) -> (Result<Turn, TurnError>, Vec<Progress>) {
    let told = Mutex::new(Vec::new());
    let turn = model.turn(&request(text), &CancellationToken::new(), &|progress| told.lock().unwrap().push(progress)).await;
    (turn, told.into_inner().unwrap())
}

fn script(text: &str) -> Scripted {
    Scripted::new(Script::read(text).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_said_piece_by_piece() {
    let model = script(
        r#"[{
            "delay_ms": 100,
            "say": ["I lo", {"wait_ms": 50}, "ok.", {"call": "model_get", "input": {"ids": ["E1"]}}, {"call": "graph", "id": "c2"},
                    {"opaque": {"type": "thinking"}, "protocol": "anthropic"}, {"text": "So."}, {"text": "And so."}],
            "usage": {"input": 10, "kept": 0, "keeping": 0, "output": 5},
            "served_by": "m-1", "request_id": "r1"
        }]"#,
    );
    let begun = tokio::time::Instant::now();
    let (turn, told) = ask(&model, "go").await;
    let turn = turn.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(150));
    assert_eq!(
        turn.blocks,
        [
            Block::text("I look."),
            Block::Call { id: "call_2".to_owned(), tool: "model_get".to_owned(), input: json!({"ids": ["E1"]}) },
            Block::Call { id: "c2".to_owned(), tool: "graph".to_owned(), input: json!({}) },
            Block::Opaque { protocol: Protocol::Anthropic, value: json!({"type": "thinking"}) },
            Block::text("So."),
            Block::text("And so."),
        ]
    );
    assert_eq!((turn.stop, turn.usage.output, turn.served_by.as_str(), turn.request_id.as_str()), (Stop::Tools, 5, "m-1", "r1"));
    let texts: Vec<&str> =
        told.iter().filter_map(|told| if let Progress::Text { text } = told { Some(text.as_str()) } else { None }).collect();
    assert_eq!(texts, ["I lo", "ok.", "So.", "And so."]);
}

#[tokio::test]
async fn turns_answer_the_requests_they_fit_and_each_once() {
    let model = script(
        "{\"when\": {\"last\": [\"two\"], \"lacks\": [\"three\"]}, \"say\": [\"2\"]}\n\n{\"when\": {\"said\": [\"Ada\", \"one\"]}, \"say\": [\"1\"]}\n\
         {\"when\": {\"last\": [\"again\"]}, \"say\": [\"r\"], \"repeat\": true}\n{\"say\": [\"any\"]}\n",
    );
    let mut said = Vec::new();
    for text in ["one", "again", "two three", "two", "again"] {
        said.push(ask(&model, text).await.0.unwrap().blocks);
    }
    let texts = ["1", "r", "any", "2", "r"].map(|text| vec![Block::text(text)]);
    assert_eq!(said, texts);
    let (none, told) = ask(&model, "two").await;
    let error = none.unwrap_err().to_string();
    assert!(error.contains("no turn left that answers `two`"), "{error}");
    assert!(told.is_empty());
    assert!(model.unused().is_empty());
    let fresh = model.fresh();
    assert_eq!(fresh.unused(), [1, 2, 3, 4]);
    ask(&fresh, "two").await.0.unwrap();
    assert_eq!(model.requests().len(), 7);
    assert_eq!(model.requests().last(), Some(&request("two")));
}

#[tokio::test(start_paused = true)]
async fn errors_are_raised_and_waits_end_when_the_run_is_stopped() {
    let model =
        script(r#"[{"say": ["half"], "error": {"type": "rate-limited", "provider": "P", "retry_after_ms": 2000}}, {"delay_ms": 60000}]"#);
    let (turn, told) = ask(&model, "x").await;
    assert_eq!(turn, Err(TurnError::RateLimited { provider: "P".to_owned(), retry_after_ms: Some(2000) }));
    assert!(told.contains(&Progress::Text { text: "half".to_owned() }));
    let stop = CancellationToken::new();
    let (request, begun) = (request("x"), tokio::time::Instant::now());
    let (turn, ()) = tokio::join!(model.turn(&request, &stop, &|_| {}), async {
        sleep(Duration::from_millis(10)).await;
        stop.cancel();
    });
    assert_eq!(turn, Err(TurnError::Cancelled));
    assert_eq!(begun.elapsed(), Duration::from_millis(10));
}

#[test]
fn files_that_are_none_say_where() {
    let error = |text: &str| Script::read(text).unwrap_err().to_string();
    assert_eq!(error(" \n"), "has no turn in it");
    assert_eq!(error("[]"), "has no turn in it");
    assert!(error("{\"say\": [\"a\"]}\n{\"sai\": 1}\n").contains("line 2"), "{}", error("{\"say\": [\"a\"]}\n{\"sai\": 1}\n"));
    assert!(error("[\n{\"say\": [1]}]").contains("line 2"));
    assert!(error("{\n\"turns\": [\n{\"wait\": 1}]}").contains("line 3"));
    assert_eq!(Script::read(r#"{"turns": [{"say": ["a"]}]}"#).unwrap(), Script::read(r#"{"say": ["a"]}"#).unwrap());
    assert!(Script::load(Path::new("/nowhere/at/all")).unwrap_err().to_string().starts_with("can't be read"));
}

/// Records what a script says and gives the recording.
async fn recording(script: Script, matching: Matching, texts: &[&str]) -> (Vec<Result<Turn, TurnError>>, Script) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tape.jsonl");
    let tape = Arc::new(Tape::open(&file, matching).await.unwrap());
    let recorder = Recorder::new(Arc::new(Scripted::new(script)), tape);
    let mut turns = Vec::new();
    for text in texts {
        turns.push(ask(&recorder, text).await.0);
    }
    (turns, Script::load(&file).unwrap())
}

#[tokio::test]
async fn a_recording_plays_what_was_said() {
    let script = Script::read(
        r#"[{"say": ["a", "b", {"call": "t", "id": "c"}, "c"], "stop": {"type": "length"}, "usage": {"input": 1, "kept": 2, "keeping": 3, "output": 4}},
            {"say": ["half"], "error": {"type": "overloaded", "provider": "P"}}]"#,
    )
    .unwrap();
    let (said, tape) = recording(script, Matching::Order, &["one", "two"]).await;
    assert_eq!(tape.turns[0].say[..2], [Said::Piece("a".to_owned()), Said::Piece("b".to_owned())]);
    let player = Scripted::new(tape);
    assert_eq!([ask(&player, "other").await.0, ask(&player, "words").await.0], said[..]);
}

#[tokio::test]
async fn recordings_of_several_runs_answer_the_same_requests_in_any_order() {
    let script = Script::read(r#"[{"say": ["1"]}, {"say": ["2"]}]"#).unwrap();
    let (said, tape) = recording(script, Matching::Request, &["one", "two"]).await;
    let player = Scripted::new(tape);
    assert_eq!(ask(&player, "two").await.0, said[1]);
    assert_eq!(ask(&player, "one").await.0, said[0]);
    assert!(ask(&player.fresh(), "three").await.0.is_err());
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        "[a-c]{0,3}".prop_map(Said::Piece),
        "[a-c]{0,3}".prop_map(|text| Said::Text(TextBlock { text })),
        "[a-c]{1,3}".prop_map(|id| Said::Call(Call { call: "t".to_owned(), id: Some(id), input: json!({"a": 1}) })),
        Just(Said::Opaque(Opaque { opaque: json!({"x": 1}), protocol: Protocol::OpenAi })),
    ]
}

proptest! {
    #[test]
    fn whatever_is_said_is_recorded_so_that_it_is_said_again(say in proptest::collection::vec(said(), 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let script = Script { turns: vec![ScriptedTurn { say, ..ScriptedTurn::default() }] };
            let (said, tape) = recording(script, Matching::Request, &["x"]).await;
            prop_assert_eq!(&ask(&Scripted::new(tape), "x").await.0, &said[0]);
            Ok(())
        })?;
    }
}
