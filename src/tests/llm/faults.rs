//! Everything that goes wrong on the way, in both protocols, and what comes of it.

use std::time::Duration;

use serde_json::json;

use crate::{
    domain::agent::conversation::{Block, Progress, Protocol, Stop, TurnError},
    server::llm::client::Timeouts,
    tests::llm::{
        bench::{Bench, outcome, patient, request},
        server::{Server, Step, response, stream},
        spoken::{Answer, BOTH, golden, well},
    },
};

/// Asks a server that says `first` and then `well`: the turn is good, and the first try left no trace.
async fn recovers(protocol: Protocol, first: Vec<Step>) -> Bench {
    let server = Server::start(vec![first, vec![Step::Write(stream(&well(protocol).bytes()))]]).await;
    let bench = Bench::new(&server, protocol);
    let turn = bench.turn().await.unwrap_or_else(|error| panic!("{protocol:?}: {error}"));
    assert_eq!(turn.blocks, [Block::text("well")], "{protocol:?}");
    assert_eq!((server.seen().len(), bench.restarts(), bench.shown().as_str()), (2, 1, "well"), "{protocol:?}");
    bench
}

/// The outcome of a server that always says the same: an error, and how often it was asked for it.
async fn fails(protocol: Protocol, bytes: Vec<u8>) -> (TurnError, usize) {
    let (turn, asked) = outcome(protocol, bytes).await;
    (turn.unwrap_err(), asked)
}

fn is_broken(error: &TurnError, words: &str) -> bool {
    matches!(error, TurnError::Broken { detail, .. } if detail.contains(words))
}

#[tokio::test]
async fn a_good_answer_is_understood_however_it_is_delivered() {
    for protocol in BOTH {
        let (answer, turn) = golden(protocol);
        let storm: Vec<u8> =
            answer.lines("\n").split_inclusive("\n\n").flat_map(|event| [": PROCESSING\n\n: \n", event].concat().into_bytes()).collect();
        let folded = answer.lines("\n").replace("data: {", "data: {\ndata:\ndata: ");
        let deliveries: [(&str, Vec<Step>); 8] = [
            ("at once", vec![Step::Write(stream(&answer.bytes()))]),
            ("byte by byte", vec![Step::Write(stream(b"")), Step::Trickle(answer.bytes())]),
            ("with returns", vec![Step::Write(stream(answer.lines("\r\n").as_bytes()))]),
            ("with returns alone", vec![Step::Write(stream(answer.lines("\r").as_bytes()))]),
            ("with a byte order mark", vec![Step::Write(stream(&[b"\xEF\xBB\xBF", answer.bytes().as_slice()].concat()))]),
            ("in a storm of comments", vec![Step::Write(stream(&storm))]),
            ("over three lines an event", vec![Step::Write(stream(folded.as_bytes()))]),
            ("in chunks", vec![Step::Write(chunked(&answer.bytes()))]),
        ];
        for (how, steps) in deliveries {
            let server = Server::start(vec![steps]).await;
            let bench = Bench::new(&server, protocol);
            assert_eq!(bench.turn().await.as_ref(), Ok(&turn), "{protocol:?} {how}");
            assert_eq!(bench.shown(), "Grüße aus Zürich 😀: \"ja\"\n", "{protocol:?} {how}");
            let told = bench.told.lock().unwrap();
            assert_eq!(told.first(), Some(&Progress::Started { served_by: "model-1".to_owned() }));
            assert!(told.contains(&Progress::Calling { tool: "graph_query".to_owned() }));
        }
    }
}

/// A stream in HTTP's own chunks of seven bytes.
fn chunked(body: &[u8]) -> Vec<u8> {
    let headers = [("content-type", "text/event-stream"), ("transfer-encoding", "chunked"), ("request-id", "req_1")];
    let mut bytes = response("200 OK", &headers, b"");
    for chunk in body.chunks(7) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

#[tokio::test]
async fn cuts_in_the_worst_places_change_nothing() {
    for protocol in BOTH {
        let answer = Answer::begin(protocol).escaped(&["a\\ud83d\\ude00b", "é😀"]).end("end_turn", "stop");
        let bytes = answer.bytes();
        let find = |part: &[u8]| bytes.windows(part.len()).position(|window| window == part).unwrap();
        let places = [
            find("é".as_bytes()) + 1,
            find("😀".as_bytes()) + 2,
            find(b"\\ud83d\\ude00") + 6,
            find(b"\\ud83d") + 3,
            find(b"data:") + 2,
            find(b"\n\n") + 1,
        ];
        for place in places {
            let (before, after) = bytes.split_at(place);
            let steps = vec![Step::Write(stream(before)), Step::Sleep(5), Step::Write(after.to_vec())];
            let server = Server::start(vec![steps]).await;
            assert_eq!(Bench::new(&server, protocol).turn().await.unwrap().blocks, [Block::text("a😀bé😀")], "{protocol:?} at {place}");
        }
    }
}

#[tokio::test]
async fn halves_of_characters_in_different_events_are_put_together() {
    for protocol in BOTH {
        let answer = Answer::begin(protocol).escaped(&["😀\\ud83d", "\\ude00!\\ude00", "\\ud83d"]).end("end_turn", "stop");
        let (turn, _) = outcome(protocol, stream(&answer.bytes())).await;
        assert_eq!(turn.unwrap().blocks, [Block::text("😀😀!\u{FFFD}\u{FFFD}")], "{protocol:?}");
        let input =
            Answer::begin(protocol).call("c", "t", &["{\"a\":\"\\ud83d", "x\",\"b\":\"\\ud83d\\ude00\"}"]).end("tool_use", "tool_calls");
        let (turn, _) = outcome(protocol, stream(&input.bytes())).await;
        let call = Block::Call { id: "c".to_owned(), tool: "t".to_owned(), input: json!({"a": "\u{FFFD}x", "b": "😀"}) };
        assert_eq!(turn.unwrap().blocks, [call], "{protocol:?}");
    }
}

#[tokio::test]
async fn an_end_that_is_none_is_never_an_answer() {
    for protocol in BOTH {
        let half = Answer::begin(protocol).text(&["ha", "lf"]);
        let call = Answer::begin(protocol).text(&["x"]).open_call("c", "t", &["{\"a\":"]);
        for (what, bytes) in [("after text", half.bytes()), ("in a call", call.bytes()), ("at once", Vec::new())] {
            let (error, asked) = fails(protocol, stream(&bytes)).await;
            assert!(is_broken(&error, "broke off before its end"), "{protocol:?} {what}: {error}");
            assert_eq!(asked, 3);
        }
        recovers(protocol, vec![Step::Write(stream(&half.bytes()))]).await;
        // Chunks that end without the last one.
        let mut cut = chunked(&call.bytes());
        cut.truncate(cut.len() - 7);
        let (error, _) = fails(protocol, cut).await;
        assert!(is_broken(&error, "broke off"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_is_asked_again() {
    for protocol in BOTH {
        let half = Answer::begin(protocol).open_call("c", "t", &["{\"a\":"]);
        recovers(protocol, vec![Step::Write(stream(&half.bytes())), Step::Sleep(20), Step::Reset]).await;
        recovers(protocol, vec![Step::Reset]).await;
        let server = Server::start(vec![vec![Step::Reset]]).await;
        let error = Bench::new(&server, protocol).turn().await.unwrap_err();
        assert!(matches!(error, TurnError::Unreachable { .. }), "{error}");
    }
}

#[tokio::test]
async fn errors_in_the_stream_fail_the_try() {
    for protocol in BOTH {
        let first = Answer::begin(protocol).with(Vec::new()).error("overloaded_error");
        let late = Answer::begin(protocol).text(&["x"]).open_call("c", "t", &["{\"a\":"]).error("api_error");
        recovers(protocol, vec![Step::Write(stream(&first.bytes()))]).await;
        recovers(protocol, vec![Step::Write(stream(&late.bytes()))]).await;
        assert_eq!(fails(protocol, stream(&first.bytes())).await, (TurnError::Overloaded { provider: "Acme".to_owned() }, 3));
        let (error, asked) = fails(protocol, stream(&late.bytes())).await;
        assert_eq!((error, asked), (TurnError::Failed { provider: "Acme".to_owned(), status: 500, detail: "it hurts".to_owned() }, 3));
        let no = Answer::begin(protocol).error("invalid_request_error");
        let (error, asked) = fails(protocol, stream(&no.bytes())).await;
        assert_eq!((error, asked), (TurnError::Rejected { provider: "Acme".to_owned(), status: 400, detail: "it hurts".to_owned() }, 1));
        let limited = Answer::begin(protocol).error("rate_limit_error");
        assert!(matches!(fails(protocol, stream(&limited.bytes())).await, (TurnError::RateLimited { .. }, 3)));
    }
}

#[tokio::test]
async fn what_is_no_stream_is_no_answer() {
    for protocol in BOTH {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}).to_string();
        let json = response("200 OK", &[("content-type", "application/json")], error.as_bytes());
        assert_eq!(fails(protocol, json.clone()).await, (TurnError::Overloaded { provider: "Acme".to_owned() }, 3));
        recovers(protocol, vec![Step::Write(json)]).await;
        for (kind, body) in
            [("text/html", "<h1>secret page</h1>"), ("application/json", "{\"choices\": []}"), ("application/json", "no JSON")]
        {
            let (error, asked) = fails(protocol, response("200 OK", &[("content-type", kind)], body.as_bytes())).await;
            assert!(is_broken(&error, &format!("it sends {kind} instead of a stream")), "{error}");
            assert!(!error.to_string().contains("secret"));
            assert_eq!(asked, 1, "the same address gives the same page");
        }
        let (error, _) = fails(protocol, stream(b"<h1>secret page</h1>\n\n{\"a\":1}\n\n")).await;
        assert!(is_broken(&error, "before its end"), "{error}");
        let (error, _) = fails(protocol, stream(b"data: <h1>secret</h1>\n\n")).await;
        assert!(is_broken(&error, "not what the protocol says") && !error.to_string().contains("secret"), "{error}");
        let unnamed = response("200 OK", &[], &well(protocol).bytes());
        assert!(outcome(protocol, unnamed).await.0.is_ok(), "some servers don't say what they send");
    }
}

#[tokio::test]
async fn statuses_decide_whether_to_ask_again() {
    let body = json!({"error": {"type": "x", "message": "because"}}).to_string();
    for protocol in BOTH {
        for (status, tries) in [
            ("400 Bad Request", 1),
            ("401 Unauthorized", 1),
            ("402 Payment Required", 1),
            ("403 Forbidden", 1),
            ("404 Not Found", 1),
            ("413 Payload Too Large", 1),
            ("422 Unprocessable", 1),
            ("408 Request Timeout", 3),
            ("409 Conflict", 3),
            ("429 Too Many Requests", 3),
            ("500 Internal Server Error", 3),
            ("503 Service Unavailable", 3),
            ("529 Overloaded", 3),
        ] {
            let (error, asked) = fails(protocol, response(status, &[("content-type", "application/json")], body.as_bytes())).await;
            assert_eq!(asked, tries, "{status}");
            let fits = match &status[..3] {
                "401" | "402" | "403" => matches!(&error, TurnError::Denied { detail, .. } if detail == "because"),
                "429" => matches!(error, TurnError::RateLimited { .. }),
                "529" => matches!(error, TurnError::Overloaded { .. }),
                "408" | "409" | "500" | "503" => matches!(&error, TurnError::Failed { detail, .. } if detail == "because"),
                _ => matches!(&error, TurnError::Rejected { detail, .. } if detail == "because"),
            };
            assert!(fits, "{status}: {error:?}");
        }
        let page = response("500 Internal Server Error", &[("content-type", "text/html")], b"<h1>secret page</h1>");
        let (error, asked) = fails(protocol, page).await;
        assert_eq!(
            (error, asked),
            (TurnError::Failed { provider: "Acme".to_owned(), status: 500, detail: "it gives no reason".to_owned() }, 3)
        );
        let empty = json!({"error": {"code": "insufficient_quota", "message": "pay"}}).to_string();
        let (error, asked) = fails(protocol, response("429 Too Many Requests", &[], empty.as_bytes())).await;
        assert_eq!((error, asked), (TurnError::Denied { provider: "Acme".to_owned(), detail: "pay".to_owned() }, 1));
    }
}

#[tokio::test]
async fn headers_about_asking_again_are_followed() {
    for protocol in BOTH {
        let limited = |value: &str| response("429 Too Many Requests", &[("retry-after", value)], b"{}");
        // No wish, wishes that are over, and wishes that make no sense: own waits, which are nothing here.
        for value in ["0", "-5", "NaN", "soon", "Sun, 06 Nov 1994 08:49:30 GMT"] {
            recovers(protocol, vec![Step::Write(limited(value))]).await;
        }
        // The bench's clock stands at 08:49:37.
        for value in ["0.05", "Sun, 06 Nov 1994 08:49:38 GMT"] {
            let bench = recovers(protocol, vec![Step::Write(limited(value))]).await;
            let told = bench.told.lock().unwrap();
            let waited = told.iter().any(|told| matches!(told, Progress::Restarted { wait_ms: 50 | 1000, .. }));
            assert!(waited, "{value}: {told:?}");
        }
        recovers(protocol, vec![Step::Write(response("429 Too Many Requests", &[("retry-after-ms", "20"), ("retry-after", "99")], b""))])
            .await;
        for (value, milliseconds) in [("61", 61_000), ("99999999999", 86_400_000)] {
            let (error, asked) = fails(protocol, limited(value)).await;
            assert_eq!(error, TurnError::RateLimited { provider: "Acme".to_owned(), retry_after_ms: Some(milliseconds) });
            assert_eq!(asked, 1, "people are told instead");
        }
        assert_eq!(fails(protocol, response("500 No", &[("x-should-retry", "false")], b"")).await.1, 1);
        recovers(protocol, vec![Step::Write(response("400 Bad Request", &[("x-should-retry", "true")], b""))]).await;
        recovers(protocol, vec![Step::Write(response("529 Overloaded", &[], b""))]).await;
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Server::saying(stream(b"")).await;
    for protocol in BOTH {
        for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let (error, asked) = fails(protocol, response(status, &[("location", &elsewhere.url())], b"")).await;
            assert!(matches!(&error, TurnError::Rejected { detail, .. } if detail.contains("does not follow")), "{error}");
            assert_eq!(asked, 1);
        }
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn every_wait_has_an_end() {
    let short = Duration::from_millis(60);
    for protocol in BOTH {
        let begun = stream(&Answer::begin(protocol).bytes());
        let spoke = stream(&Answer::begin(protocol).text(&["x"]).bytes());
        let alive = || Step::Every(5, b": keep-alive\n\n".to_vec());
        let ping = || Step::Every(5, b"event: ping\ndata: {\"type\": \"ping\"}\n\n".to_vec());
        let cases: [(&str, Timeouts, Vec<Step>); 5] = [
            ("the beginning of the answer", Timeouts { headers: short, connect: Duration::ZERO, ..patient() }, vec![Step::Hang]),
            ("the first word", Timeouts { first: short, ..patient() }, vec![Step::Write(begun.clone()), alive()]),
            ("a silence", Timeouts { idle: short, ..patient() }, vec![Step::Write(spoke.clone()), Step::Hang]),
            ("a pause in the answer", Timeouts { stall: short, ..patient() }, vec![Step::Write(spoke.clone()), alive()]),
            (
                "a pause in the answer",
                Timeouts { stall: short, ..patient() },
                vec![Step::Write(spoke), if protocol == Protocol::Anthropic { ping() } else { alive() }],
            ),
        ];
        for (what, timeouts, steps) in cases {
            // A connection that takes no time at all would be too much to ask.
            let timeouts = if timeouts.connect.is_zero() { Timeouts { connect: Duration::from_secs(1), ..timeouts } } else { timeouts };
            let server = Server::start(vec![steps]).await;
            let error = Bench::with(&server, protocol, timeouts, None).turn().await.unwrap_err();
            assert_eq!(error, TurnError::TimedOut { provider: "Acme".to_owned(), what: what.to_owned(), seconds: 1 }, "{protocol:?}");
            assert_eq!(server.seen().len(), 3);
            server.left(3).await;
        }
    }
}

#[tokio::test]
async fn nobody_there_is_told_as_it_is() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = Bench::at(&base, Protocol::Anthropic, patient(), None).turn().await.unwrap_err();
    assert!(matches!(&error, TurnError::Unreachable { detail, .. } if detail.contains("refused")), "{error}");
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    for protocol in BOTH {
        let line = [b"data: ".as_slice(), &vec![b'x'; (1 << 20) + 10]].concat();
        let (error, asked) = fails(protocol, stream(&line)).await;
        assert!(is_broken(&error, "a line is longer than 1048576 bytes"), "{error}");
        assert_eq!(asked, 1);
    }
}

#[tokio::test]
async fn what_a_tool_is_called_with_is_passed_on_as_it_is() {
    for protocol in BOTH {
        let call = |id: &str, tool: &str, input: serde_json::Value| Block::Call { id: id.to_owned(), tool: tool.to_owned(), input };
        let cases = [
            ("no input", "t", "", json!({})),
            ("an unknown tool", "no_such_tool", "{\"a\":1}", json!({"a": 1})),
            ("the wrong type", "t", "{\"ids\":\"E1\"}", json!({"ids": "E1"})),
            ("no object", "t", "[1,2]", json!([1, 2])),
            ("the same name twice", "t", "{\"a\":1,\"a\":2}", json!({"a": 2})),
        ];
        for (what, tool, input, meant) in cases {
            let answer = Answer::begin(protocol).call("c", tool, &[input]).end("tool_use", "tool_calls");
            let (turn, asked) = outcome(protocol, stream(&answer.bytes())).await;
            assert_eq!((turn.unwrap().blocks, asked), (vec![call("c", tool, meant)], 1), "{protocol:?} {what}");
        }
        let many = (0..20)
            .fold(Answer::begin(protocol), |answer, number| answer.call(&format!("c{number}"), "t", &["{\"n\":", &format!("{number}}}")]));
        let (turn, _) = outcome(protocol, stream(&many.end("tool_use", "tool_calls").bytes())).await;
        let expected: Vec<Block> = (0..20).map(|number| call(&format!("c{number}"), "t", json!({"n": number}))).collect();
        assert_eq!(turn.unwrap().blocks, expected);
        let bad = Answer::begin(protocol).call("c", "t", &["{\"a\":"]).end("tool_use", "tool_calls");
        recovers(protocol, vec![Step::Write(stream(&bad.bytes()))]).await;
    }
}

#[tokio::test]
async fn ends_are_what_they_are() {
    for protocol in BOTH {
        let end = async |anthropic: &str, openai: &str| {
            let answer = Answer::begin(protocol).text(&["x"]).end(anthropic, openai);
            outcome(protocol, stream(&answer.bytes())).await.0.unwrap().stop
        };
        assert_eq!(end("end_turn", "stop").await, Stop::End);
        assert_eq!(end("max_tokens", "length").await, Stop::Length);
        assert_eq!(end("sunspots", "sunspots").await, Stop::Other { reason: "sunspots".to_owned() });
        assert!(matches!(end("refusal", "content_filter").await, Stop::Refusal { .. }));
        let cut =
            Answer::begin(protocol).text(&["x"]).call("a", "t", &["{}"]).open_call("b", "t", &["{\"a\":\"lo"]).end("max_tokens", "length");
        let turn = outcome(protocol, stream(&cut.bytes())).await.0.unwrap();
        let whole = Block::Call { id: "a".to_owned(), tool: "t".to_owned(), input: json!({}) };
        assert_eq!((turn.stop, turn.blocks), (Stop::Length, vec![Block::text("x"), whole]), "the call that was cut is not there");
        let calls = Answer::begin(protocol).call("a", "t", &["{}"]).end("end_turn", "stop");
        assert_eq!(outcome(protocol, stream(&calls.bytes())).await.0.unwrap().stop, Stop::Tools, "the calls are trusted");
    }
}

#[tokio::test]
async fn what_is_not_known_is_passed_over() {
    for protocol in BOTH {
        let (answer, turn) = golden(protocol);
        let mut events = Vec::new();
        for event in answer.events.clone() {
            events.push(event);
            events.push((
                "telemetry".to_owned(),
                json!({"type": "telemetry", "index": 0, "choices": [], "x": [1, {"y": "\u{1F600}"}]}).to_string(),
            ));
        }
        let noisy = answer.with(events);
        let (heard, _) = outcome(protocol, stream(&noisy.bytes())).await;
        assert_eq!(heard.unwrap(), turn, "{protocol:?}");
    }
}

#[tokio::test]
async fn requests_arrive_as_the_protocol_wants_them() {
    for protocol in BOTH {
        let server = Server::saying(stream(&well(protocol).bytes())).await;
        Bench::new(&server, protocol).turn().await.unwrap();
        let seen = server.seen().remove(0);
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("accept"), Some("text/event-stream"));
        assert!(seen.header("user-agent").unwrap().starts_with("lintel/"));
        assert_eq!(seen.header("accept-encoding"), None);
        assert_eq!(seen.body["model"], request().model);
        assert_eq!(seen.body["stream"], true);
        for never in ["temperature", "top_p", "top_k"] {
            assert_eq!(seen.body.get(never), None, "{never}");
        }
        match protocol {
            Protocol::OpenAi => assert_eq!(seen.line(), "POST /v1/chat/completions HTTP/1.1"),
            Protocol::Anthropic | Protocol::Scripted => {
                assert_eq!(seen.line(), "POST /v1/messages HTTP/1.1");
                assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
            }
        }
    }
}

#[tokio::test]
async fn a_proxy_is_used_where_one_is_set() {
    for protocol in BOTH {
        let proxy = Server::saying(stream(&well(protocol).bytes())).await;
        let bench = Bench::at("http://llm.internal:8080/v1", protocol, patient(), Some(&proxy.url()));
        bench.turn().await.unwrap();
        assert!(proxy.seen()[0].line().starts_with("POST http://llm.internal:8080/v1/"), "{}", proxy.seen()[0].line());
    }
}
