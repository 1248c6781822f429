//! One small file for each way in which public files are malformed.

use super::*;
use crate::domain::agent::definition::examples::Speaker;

/// Name, description and tools; what is said, as code, line and column; and whether the file was mended.
struct Case {
    file: &'static str,
    text: &'static str,
    name: &'static str,
    description: &'static str,
    tools: &'static [&'static str],
    said: &'static [(&'static str, u32, u32)],
    repaired: bool,
}

const BODY: &str = "You look at queues.\n\n---\n\nAnd at topics.";

const CASES: &[Case] = &[
    Case {
        file: "queue-reader.md",
        text: "---\nname: queue-reader\ndescription: Reads queues. Use it: always, e.g. for topics\ntools: Read, Grep\nmodel: sonnet\n---\n\nYou look at queues.\n\n---\n\nAnd at topics.\n",
        name: "queue-reader",
        description: "Reads queues. Use it: always, e.g. for topics",
        tools: &["Read", "Grep"],
        said: &[("unquoted-colon", 3, 34)],
        repaired: true,
    },
    Case {
        file: "one-line.md",
        text: "---\nname: one-line\ndescription: Use it for queues.\\n\\n<example>\\nContext: A new topic.\\nuser: \"Look at it\"\\nassistant: \"I will.\"\\n</example>\ntools: Read\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "one-line",
        description: "Use it for queues.\n\n<example>\nContext: A new topic.\nuser: \"Look at it\"\nassistant: \"I will.\"\n</example>",
        tools: &["Read"],
        said: &[("literal-line-ends", 3, 32)],
        repaired: true,
    },
    Case {
        file: "left-edge.md",
        text: "---\nname: left-edge\ndescription: Use it for queues. Examples:\n\n<example>\nContext: A new topic.\nuser: \"Look at it\"\nassistant: \"I will.\"\n<commentary>\nIt fits.\n</commentary>\n</example>\n\ntools: Read, Bash(git:*, ls)\ncolor: blue\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "left-edge",
        description: "Use it for queues. Examples:\n\n<example>\nContext: A new topic.\nuser: \"Look at it\"\nassistant: \"I will.\"\n<commentary>\nIt fits.\n</commentary>\n</example>",
        tools: &["Read", "Bash(git:*, ls)"],
        said: &[("unindented-lines", 5, 1), ("unsupported-tool", 14, 14)],
        repaired: true,
    },
    // Valid YAML by accident: the lines of the conversation are keys.
    Case {
        file: "fake-keys.md",
        text: "---\nname: fake-keys\ndescription: Use it for queues.\nContext: A new topic.\nuser: \"Look at it\"\nassistant: \"I will.\"\ntools: Read\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "fake-keys",
        description: "Use it for queues.\nContext: A new topic.\nuser: \"Look at it\"\nassistant: \"I will.\"",
        tools: &["Read"],
        said: &[("unindented-lines", 4, 1)],
        repaired: true,
    },
    Case {
        file: "star.md",
        text: "---\nname: star\ndescription: Reads queues\ntools: *\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "star",
        description: "Reads queues",
        tools: &["*"],
        said: &[("bare-star", 4, 8)],
        repaired: true,
    },
    Case {
        file: "indented.md",
        text: "    ---\n    name: indented\n    description: Reads queues\n    tools: Read\n    ---\n\n    You look at queues.\n\n    ---\n\n    And at topics.\n",
        name: "indented",
        description: "Reads queues",
        tools: &["Read"],
        said: &[("indented", 1, 1)],
        repaired: true,
    },
    Case {
        file: "blank.md",
        text: "---\n\nname: blank\ndescription: Reads queues\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "blank",
        description: "Reads queues",
        tools: &[],
        said: &[("blank-after-fence", 2, 1)],
        repaired: true,
    },
    Case {
        file: "fifty.md",
        text: "---\nname: fifty\ndescription: Reads queues\n--------------------------------------------------\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "fifty",
        description: "Reads queues",
        tools: &[],
        said: &[("odd-fence", 4, 1)],
        repaired: true,
    },
    Case {
        file: "team/queue-reader.md",
        text: "You look at queues.\n\n---\n\nAnd at topics.\n",
        name: "queue-reader",
        description: "You look at queues.",
        tools: &[],
        said: &[("no-front-matter", 1, 1)],
        repaired: true,
    },
    Case {
        file: "team/nameless.agent.md",
        text: "---\ndescription: Reads queues\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "nameless",
        description: "Reads queues",
        tools: &[],
        said: &[("no-name", 1, 1)],
        repaired: true,
    },
    Case {
        file: "undescribed.md",
        text: "---\nname: undescribed\ndescription:\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "undescribed",
        description: "You look at queues.",
        tools: &[],
        said: &[("no-description", 3, 1)],
        repaired: true,
    },
    Case {
        file: "windows.md",
        text: "---\r\nname: windows\r\ndescription: Reads queues\r\ntools: Read\r\n---\r\nYou look at queues.\r\n\r\n---\r\n\r\nAnd at topics.\r\n",
        name: "windows",
        description: "Reads queues",
        tools: &["Read"],
        said: &[("line-ends", 1, 1)],
        repaired: false,
    },
    Case {
        file: "hyphens.md",
        text: "\u{2014}\nname: queue\u{2011}reader\ndescription: Reads queues \u{2014} always\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "queue-reader",
        description: "Reads queues \u{2014} always",
        tools: &[],
        said: &[("odd-fence", 1, 1), ("odd-hyphens", 2, 1)],
        repaired: true,
    },
    Case {
        file: "mark.md",
        text: "\u{feff}---\nname: mark\ndescription: Reads queues\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "mark",
        description: "Reads queues",
        tools: &[],
        said: &[("byte-order-mark", 1, 1)],
        repaired: false,
    },
    Case {
        file: "yes.md",
        text: "---\nname: yes\ndescription: Reads queues\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "yes",
        description: "Reads queues",
        tools: &[],
        said: &[("name-not-text", 2, 1)],
        repaired: true,
    },
    Case {
        file: "number.md",
        text: "---\nname: 4.10\ndescription: 42\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "4.10",
        description: "42",
        tools: &[],
        said: &[("name-not-text", 2, 1)],
        repaired: true,
    },
    Case {
        file: "twice.md",
        text: "---\nname: once\ndescription: Reads queues\nname: twice\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "twice",
        description: "Reads queues",
        tools: &[],
        said: &[("duplicate-key", 4, 1)],
        repaired: true,
    },
    Case {
        file: "licensed.md",
        text: "<!-- Apache-2.0 -->\n\n---\nname: licensed\ndescription: Reads queues\n---\nYou look at queues.\n\n---\n\nAnd at topics.",
        name: "licensed",
        description: "Reads queues",
        tools: &[],
        said: &[("before-front-matter", 1, 1)],
        repaired: true,
    },
    Case {
        file: "unclosed.md",
        text: "---\nname: unclosed\ndescription: Reads queues\n\nYou look at queues.\n\nAnd at topics.",
        name: "unclosed",
        description: "Reads queues",
        tools: &[],
        said: &[("no-closing-fence", 1, 1)],
        repaired: true,
    },
    Case {
        file: "unopened.md",
        text: "name: unopened\ndescription: Reads queues\n---\nYou look at queues.",
        name: "unopened",
        description: "Reads queues",
        tools: &[],
        said: &[("no-opening-fence", 1, 1)],
        repaired: true,
    },
    Case {
        file: "quotes.md",
        text: "---\nname: \"quotes\ndescription: \"Say \"now\": it reads\"\ntools: [Read, \"Grep\"]\nemoji: x\nlevel: a: b\n---\nYou look at queues.",
        name: "quotes",
        description: "Say \"now\": it reads",
        tools: &["Read", "Grep"],
        said: &[("broken-quotes", 2, 7), ("broken-quotes", 3, 14), ("unquoted-colon", 6, 9)],
        repaired: true,
    },
    Case {
        file: "shape.md",
        text: "---\nName: shape\ndescription:\n  Use it: now\n---\nYou look at queues.",
        name: "shape",
        description: "Use it: now",
        tools: &[],
        said: &[("key-spelling", 2, 1), ("description-not-text", 3, 1)],
        repaired: true,
    },
];

#[test]
fn every_malformed_class_is_read_and_placed() {
    for case in CASES {
        let (definition, load) = read(case.file, case.text);
        assert_eq!(definition.name, case.name, "{}", case.file);
        assert_eq!(definition.description, case.description, "{}", case.file);
        assert_eq!(definition.tools.written(), case.tools, "{}", case.file);
        assert_eq!(said(&load), case.said, "{}: {:?}", case.file, load.remarks);
        assert_eq!(load.outcome.word(), if case.repaired { "repaired" } else { "loaded" }, "{}", case.file);
        assert_eq!(definition.export(), case.text.as_bytes(), "{}", case.file);
        if case.text.contains("And at topics") && case.text.contains("---\n\nAnd") {
            assert_eq!(definition.body, BODY, "{}", case.file);
        }
        for remark in &load.remarks {
            assert!(!remark.diagnostic.what.is_empty() && !remark.diagnostic.why.is_empty() && !remark.diagnostic.help.is_empty());
            assert!(remark.to_string().starts_with(&format!("{}:{}:{}: ", case.file, remark.place.line, remark.place.column)));
        }
        if case.repaired {
            assert_fix_holds(&definition);
        } else {
            assert_eq!(fixed(&definition), None, "{}", case.file);
        }
    }
}

#[test]
fn an_empty_file_is_an_agent_without_words() {
    for text in ["", "\n \n", "\u{feff}"] {
        let (definition, load) = read("quiet.md", text);
        assert_eq!((definition.name.as_str(), definition.description.as_str(), definition.body.as_str()), ("quiet", "", ""));
        assert_eq!(load.remarks.last().unwrap().diagnostic.code, "no-front-matter");
        assert_eq!(load.outcome.word(), "repaired");
    }
    let (definition, load) = read("quiet.md", "---\nname: quiet\n---\n");
    assert_eq!((definition.name.as_str(), load.outcome.word()), ("quiet", "loaded"));
    assert_eq!(said(&load), [("no-description", 1, 1), ("no-persona", 3, 4)]);
}

#[test]
fn what_is_no_text_or_too_much_is_refused() {
    let picture = [0x89, b'P', b'N', b'G', 0, 0, 0, 13, 0xff, 0xfe];
    let noise: Vec<u8> = (128..=255).cycle().take(600).collect();
    for bytes in [&picture[..], &noise] {
        let load = load("picture.md", bytes);
        assert_eq!(load.outcome, Outcome::Refused);
        assert_eq!(said(&load), [("no-text", 1, 1)]);
        assert_eq!(load.remarks[0].severity(), "error");
    }
    let largest = format!("---\nname: large\ndescription: x\n---\n{}", "x".repeat(LARGEST - 35));
    assert_eq!(largest.len(), LARGEST);
    assert_eq!(load("large.md", largest.as_bytes()).outcome.word(), "loaded");
    let load = load("large.md", format!("{largest}x").as_bytes());
    assert_eq!((load.outcome.word(), said(&load)), ("refused", vec![("too-large", 1, 1)]));
}

#[test]
fn broken_bytes_are_shown_and_kept() {
    let bytes = b"---\nname: caf\xe9\ndescription: Reads queues and topics and streams\n---\nYou look at queues.\n";
    let load = load("cafe.md", bytes);
    let definition = load.definition().unwrap();
    assert_eq!(definition.name, "caf\u{fffd}");
    assert_eq!(said(&load), [("not-utf-8", 2, 10)]);
    assert_eq!(definition.export(), bytes);
    assert_fix_holds(definition);
}

#[test]
fn utf_16_is_text() {
    let text = "---\nname: wide\ndescription: Reads queues\n---\nYou.\n";
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let load = load("wide.md", &bytes);
    assert_eq!(load.definition().map(|definition| definition.name.as_str()), Some("wide"));
    assert_eq!(load.outcome.word(), "loaded");
}

#[test]
fn unknown_keys_are_kept_also_where_the_file_is_mended() {
    let text = "---\n# mine\nname: keeper\ndescription: Use it: now\nteam:\n  - a\n  - b: c\nhooks:\n  Stop: ./run.sh\nlintel:\n  lens: [GA4, GA8]\n  severity_floor: medium\n  max_findings: 5\n  applies_to: diagrams\nweight: 3\n---\nYou.\n";
    let (definition, load) = read("keeper.md", text);
    let others: Vec<&str> = definition.other_keys().map(|entry| entry.key.as_str()).collect();
    assert_eq!(others, ["team", "hooks", "weight"]);
    assert_eq!(said(&load), [("unquoted-colon", 4, 20), ("not-run", 8, 1)]);
    let lens = vec!["GA4".to_owned(), "GA8".to_owned()];
    let expected =
        Extension { lens, severity_floor: Some(Severity::Medium), max_findings: Some(5), applies_to: vec!["diagrams".to_owned()] };
    assert_eq!(definition.extension, expected);
    let fixed = fixed(&definition).unwrap();
    assert_eq!(
        fixed,
        "---\n# mine\nname: keeper\ndescription: |-\n  Use it: now\nteam:\n  - a\n  -\n    b: c\nhooks:\n  Stop: ./run.sh\nlintel:\n  lens:\n    - GA4\n    - GA8\n  severity_floor: medium\n  max_findings: 5\n  applies_to: diagrams\nweight: 3\n---\n\nYou.\n"
    );
    assert_eq!(read("keeper.md", &fixed).0.extension, expected);
}

#[test]
fn extension_keys_with_wrong_values_are_said() {
    let text = "---\nname: a\ndescription: b\nlintel:\n  severity_floor: terrible\n  max_findings: 0\n  colour: red\n---\nYou.\n";
    let (definition, load) = read("a.md", text);
    assert_eq!(definition.extension, Extension::default());
    assert_eq!(said(&load), [("lintel-key", 4, 1); 3]);
    assert_eq!(load.outcome.word(), "loaded");
    let (_, load) = read("a.md", "---\nname: a\ndescription: b\nlintel: on\n---\nYou.\n");
    assert_eq!(said(&load), [("lintel-key", 4, 1)]);
}

#[test]
fn names_come_from_headings_where_the_file_says_nothing_else() {
    let name = |file: &str, text: &str| read(file, text).0.name;
    assert_eq!(name("x.md", "# Queue *reader*\n\nText.\n"), "Queue reader");
    assert_eq!(name("README.md", "---\ndescription: a\n---\n# Queue reader\n"), "Queue reader");
    assert_eq!(name("team/x.chatmode.md", "---\ndescription: a\n---\n# Queue reader\n"), "x");
    assert_eq!(name(".md", "Text.\n"), ".md");
    assert_eq!(name("", ""), "agent");
    assert_eq!(name("a.md", "---\nname: Python DevOps/CI-CD Expert\ndescription: b\n---\nx"), "Python DevOps/CI-CD Expert");
    assert_eq!(name("a.md", "---\nname: 4.1-Beast\ndescription: b\n---\nx"), "4.1-Beast");
}

#[test]
fn what_else_a_file_says_is_read() {
    let text = "---\nname: a\ndescription: \"Looks. Use it.\\n\\n<example>\\nContext: c\\nuser: \\\"hi\\\"\\n</example>\"\ntools:\n  - Read\n  - mcp__db__query\ndisallowedTools: Write\nmodel: Claude Sonnet 4.5 (copilot)\n---\nYou.\n";
    let (definition, load) = read("b.md", text);
    assert_eq!(load.outcome.word(), "loaded");
    assert_eq!((definition.card.as_str(), definition.stem.as_str()), ("Looks.", "b"));
    assert_eq!((definition.examples[0].context.as_str(), definition.examples[0].turns[0].speaker), ("c", Speaker::User));
    let model = definition.model.as_ref().unwrap();
    assert_eq!((model.text.as_str(), model.span.of(&definition.text)), ("Claude Sonnet 4.5 (copilot)", "Claude Sonnet 4.5 (copilot)"));
    let Asked::Listed(requests) = &definition.tools else { panic!("a list") };
    assert_eq!(requests[1].span.of(&definition.text), "mcp__db__query");
    assert_eq!(definition.refused_tools[0].written, "Write");
    assert_eq!(definition.hash, blake3::hash(text.as_bytes()).to_hex().to_string());
    assert_eq!(definition.entry("model").unwrap().span.of(&definition.text), "model: Claude Sonnet 4.5 (copilot)");
    assert_eq!(definition.entry("tools").unwrap().span.of(&definition.text), "tools:\n  - Read\n  - mcp__db__query");
}

#[test]
fn remarks_end_somewhere() {
    let text = format!("---\nname: a\ndescription: b\n{}---\nYou.\n", "x: a: b\n".repeat(500));
    let (_, load) = read("a.md", &text);
    assert_eq!(load.remarks.len(), MOST_REMARKS + 1);
    assert!(load.remarks.last().unwrap().diagnostic.what.contains(" 899 remarks "), "{}", load.remarks.last().unwrap());
}
