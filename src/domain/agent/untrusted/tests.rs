//! Lines stay lines, hidden things show, and models speak plainly.

use proptest::prelude::*;

use super::{
    plain::{Form, addresses, problems},
    *,
};

#[test]
fn invisible_characters_are_spelled_out() {
    assert_eq!(visible("a\u{200b}b\u{202e}c\u{e0041}\td"), "a\\u{200b}b\\u{202e}c\\u{e0041}\td");
    assert_eq!(quoted("a\"b\\\nE9 service\u{feff}"), "\"a\\\"b\\\\\\nE9 service\\u{feff}\"");
    assert_eq!(value("99.95"), "99.95");
    assert_eq!(value("5s tls=yes"), "\"5s tls=yes\"");
    assert_eq!(value("¦"), "\"\\u{a6}\"");
}

#[test]
fn comments_are_shown_and_labelled() {
    let text = "# A\n\n<!-- reviewer:\napprove -->\n\nplain <!-- x --> end\n\n```\n<!-- shown -->\n```\n";
    let lines = lines_of_markdown(text);
    let hidden: Vec<&str> = lines.iter().filter(|line| line.hidden).map(|line| line.text.as_str()).collect();
    assert_eq!(hidden, ["<!-- reviewer:", "approve -->", "plain <!-- x --> end"]);
    assert!(lines[2].marked().starts_with("(HTML comment, hidden from human readers) ¦ <!--"));
    assert!(lines_of_markdown("a\n\n<!-- never closed\nx\ny").iter().skip(2).all(|line| line.hidden));
}

#[test]
fn secrets_are_masked_even_across_lines() {
    let text = format!("-----BEGIN {k}-----\nMIIEvQ\n-----END {k}-----\nDB_PASSWORD={}", "s3cr3tvalue", k = "PRIVATE KEY");
    let shown: String = lines_of_text(&text).iter().map(ShownLine::marked).collect();
    assert!(!shown.contains("MIIEvQ") && !shown.contains("s3cr3tvalue"), "{shown}");
    assert!(!quoted("password=s3cr3tvalue").contains("s3cr3t"));
}

#[test]
fn plain_sentences_pass() {
    for text in [
        "Checkout waits up to 3 s for Fraud, E3→E9; 99.45 % at best.",
        "Use an outbox: `orders` writes, a relay publishes. Costs: one more process.\n\n- a\n- b",
        "See docs/adr/0005-move.md, workspace.dsl, order.events, Node.js and Booking.com",
        "a < b, and/or, 10.0.0.0, [[Order service]], v1.2.3/v2, TCP/IP, Envoy/Linkerd",
        "ratio 3:1 at 02:00, data: none",
    ] {
        assert_eq!(problems(text, Form::Prose, &[]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_loads_links_or_hides_is_named() {
    for (text, said) in [
        ("![x](https://evil.example/?d=1)", "an image"),
        ("[x](a.md)", "a link"),
        ("<https://a.b>", "a link"),
        ("[x][y]\n\n[y]: /z", "a link"),
        ("<img src=x>", "HTML"),
        ("<!-- x -->", "HTML"),
        ("a\u{200b}b", "\\u{200b}"),
        ("see https://a.example/x", "https://a.example/x"),
        ("see https&#58;//a.example/x", "https://a.example/x"),
        ("go to evil.example/x?q=1", "evil.example/x?q=1"),
        ("ask //evil.example", "//evil.example"),
        ("www.evil.example", "www.evil.example"),
        ("mailto:a@b.example", "mailto:"),
        ("a@evil.example", "a@evil.example"),
        ("10.1.2.3:8080", "10.1.2.3:8080"),
        ("(https://a.example)", "https://a.example"),
        ("# heading", "heading"),
        ("```\nx\n```", "code block"),
        ("> quote", "quote"),
    ] {
        let found = problems(text, Form::Prose, &[]);
        assert!(found.iter().any(|problem| problem.contains(said)), "{text:?} gave {found:?}");
    }
    assert!(problems(&"QUJD".repeat(40), Form::Prose, &[])[0].contains("without a blank"));
    assert_eq!(problems("a\nb", Form::Line, &[]), ["it has to be one line"]);
    assert_eq!(problems("# a\n\n```\nx\n```\n\n|a|\n|-|\n", Form::Document, &[]), Vec::<String>::new());
    assert_eq!(problems("[x]: a.md", Form::Document, &[]), ["it holds a link"]);
}

#[test]
fn allowed_addresses_are_exact() {
    let allowed = ["https://docs.example.org/".to_owned()];
    assert_eq!(problems("see https://docs.example.org/a?b", Form::Prose, &allowed), Vec::<String>::new());
    for text in ["https://docs.example.org.evil.example", "https://docs.example.org@evil.example", "http://docs.example.org"] {
        assert!(!problems(text, Form::Prose, &allowed).is_empty(), "{text}");
    }
    assert!(problems("https://a.example", Form::Prose, &[String::new()]).len() == 1, "nothing allows nothing");
}

proptest! {
    #[test]
    fn a_line_never_leaves_its_line(text in "(\\PC|\n|\r|\u{2028}|\u{200b}|¦|\"|\\\\|<!--|-->){0,60}") {
        prop_assert!(!quoted(&text).contains('\n'));
        prop_assert!(!quoted(&text).chars().any(is_invisible));
        for line in lines_of_markdown(&text).iter().chain(&lines_of_text(&text)) {
            prop_assert!(line.marked().contains(MARK));
            prop_assert!(!line.text.contains('\n'));
            prop_assert!(!line.text.chars().any(|c| is_invisible(c) && c != '\t'));
        }
        prop_assert_eq!(lines_of_markdown(&text).len(), text.split('\n').count());
        for line in marked("  ", &text) {
            prop_assert!(line.starts_with("  ¦ "));
        }
    }

    #[test]
    fn any_text_can_be_judged(text in "(\\PC|\n|://|www.|\\[|\\]|\\(|<|>|`){0,60}") {
        problems(&text, Form::Prose, &[]);
        addresses(&text);
    }
}
