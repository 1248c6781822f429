//! Records of every template, odd ones, and the public logs of the corpus.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::domain::{diagnostic::Level, moment::Day};

mod corpus;
mod round_trip;

fn statuses(record: &Record) -> (Option<Status>, &str) {
    record.status.as_ref().map_or((None, ""), |status| (status.status, status.written.as_str()))
}

fn links(record: &Record) -> Vec<(LinkKind, &str)> {
    record.links.iter().map(|link| (link.kind, link.target.as_str())).collect()
}

const MADR4: &str = "---\nstatus: accepted\ndate: 2024-05-01\ndecision-makers: [Ada, Bob]\nconsulted: Eve\n---\n\n# Use NATS for events\n\n## Context and Problem Statement\n\nServices need events. See [[Order service]].\n\n## Decision Drivers\n\n* latency\n\n## Considered Options\n\n* NATS\n* `Kafka`\n* {option}\n\n## Decision Outcome\n\nChosen option: \"NATS\", because it is small.\n\n### Consequences\n\n* Good, because fast\n\n### Confirmation\n\nTests.\n\n## More Information\n\nDepends on [ADR-0001](0001-x.md), mentions ADR-12.\n";

#[test]
fn a_madr_record_is_read_with_places() {
    let record = parse("docs/adr/0007-use-nats.md", MADR4);
    assert_eq!(record.template, Template::Madr4);
    assert_eq!(record.number, Some(7));
    assert_eq!(record.title, "Use NATS for events");
    assert_eq!(record.title_span.of(MADR4), "Use NATS for events");
    assert_eq!(statuses(&record), (Some(Status::Accepted), "accepted"));
    assert_eq!(record.date.as_ref().unwrap().day, Day::parse("2024-05-01"));
    assert_eq!(record.deciders, ["Ada", "Bob"]);
    assert_eq!(record.spans.deciders.iter().map(|span| span.of(MADR4)).collect::<Vec<_>>(), ["Ada", "Bob"]);
    assert_eq!(record.options, ["NATS", "Kafka"]);
    assert_eq!(record.spans.options.iter().map(|span| span.of(MADR4)).collect::<Vec<_>>(), ["NATS", "`Kafka`"]);
    assert_eq!(record.chosen.as_deref(), Some("NATS"));
    assert_eq!(record.spans.chosen.unwrap().of(MADR4), "NATS");
    assert_eq!(links(&record), [(LinkKind::DependsOn, "0001-x.md"), (LinkKind::Mentions, "ADR-12")]);
    assert_eq!(record.links[0].span.of(MADR4), "[ADR-0001](0001-x.md)");
    assert_eq!(record.element_links, [ElementLink { text: "Order service".into(), span: record.element_links[0].span }]);
    assert_eq!(record.element_links[0].span.of(MADR4), "[[Order service]]");
    assert_eq!(record.placeholders.iter().map(|span| span.of(MADR4)).collect::<Vec<_>>(), ["{option}"]);
    assert_eq!(record.diagnostics, []);
    let roles: Vec<_> = record.sections.iter().map(|section| (section.level, section.role)).collect();
    assert_eq!(
        roles,
        [
            (2, Some(SectionRole::Context)),
            (2, Some(SectionRole::Drivers)),
            (2, Some(SectionRole::Options)),
            (2, Some(SectionRole::Decision)),
            (3, Some(SectionRole::Consequences)),
            (3, Some(SectionRole::Confirmation)),
            (2, Some(SectionRole::MoreInformation)),
        ]
    );
    let decision = record.section(SectionRole::Decision).unwrap();
    assert_eq!(decision.own.of(MADR4).trim(), "Chosen option: \"NATS\", because it is small.");
    assert!(decision.body.of(MADR4).ends_with("Tests.\n\n"));
    assert_eq!(record.excerpt(MADR4), "Services need events. See [[Order service]].");
}

#[test]
fn every_template_is_told_apart() {
    let body = "## Context and Problem Statement\n\nx\n\n## Considered Options\n\n* a\n* b\n\n## Decision Outcome\n\nChosen option: \"a\", because c.\n";
    for (text, template) in [
        (format!("# T\n\n{body}"), Template::Madr4Minimal),
        (format!("---\nstatus: accepted\n---\n# T\n\n{body}"), Template::Madr4Minimal),
        (format!("# T\n\n{body}\n## More Information\n\nx\n"), Template::Madr4),
        (format!("---\nparent: Decisions\n---\n# T\n\n{body}"), Template::Madr4Minimal),
        (format!("---\ndeciders: Ada\n---\n# T\n\n{body}"), Template::Madr3),
        (format!("# T\n\n{body}\n### Validation\n\nx\n"), Template::Madr3),
        (format!("# T\n\n* Status: accepted\n* Date: 2020-01-01\n\n{body}"), Template::Madr2),
        (format!("# T\n\n{body}\n### Positive Consequences\n\n* x\n"), Template::Madr2),
        (
            "# 1. T\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nx\n\n## Decision\n\nx\n\n## Consequences\n\nx\n".into(),
            Template::Nygard,
        ),
        (
            "# T\n\nIn the context of orders, facing load, we decided for queues and against calls, to achieve calm, accepting delay.\n"
                .into(),
            Template::YStatement,
        ),
        ("# T\n\nSome prose.\n".into(), Template::Other),
        (String::new(), Template::Other),
    ] {
        assert_eq!(parse("x.md", &text).template, template, "{text}");
    }
}

#[test]
fn madr_2_metadata_stands_under_the_title() {
    let text = "# Use X\n\n- Status: superseded by [20201016-y](20201016-y.md)\n- Deciders: Ada, Bob <!-- optional -->\n- Date: 2020-09-26\n- Tags: \n\nTechnical Story: https://a.b/c\n\n## Considered Options\n\n- a\n\n## Links\n\n- Refines [z](z.md)\n";
    let record = parse("20200926-use-x.md", text);
    assert_eq!(record.number, None);
    assert_eq!(statuses(&record), (Some(Status::Superseded), "superseded by [20201016-y](20201016-y.md)"));
    assert_eq!(record.status.as_ref().unwrap().span.of(text), "superseded by [20201016-y](20201016-y.md)");
    assert_eq!(record.deciders, ["Ada", "Bob"]);
    assert_eq!(record.date.as_ref().unwrap().span.of(text), "2020-09-26");
    assert_eq!(links(&record), [(LinkKind::SupersededBy, "20201016-y.md"), (LinkKind::RelatesTo, "z.md")]);
    assert!(record.field("tags").unwrap().values.is_empty());
    assert_eq!(record.field("technical-story").unwrap().values, ["https://a.b/c"]);
}

#[test]
fn nygard_statuses_span_lines() {
    for (body, status, written) in [
        ("Accepted", Some(Status::Accepted), "Accepted"),
        ("Accepted\n\nAmended by [9. Y](0009-y.md)", Some(Status::Accepted), "Accepted"),
        ("Superceded by [9. Y](0009-y.md)", Some(Status::Superseded), "Superceded by [9. Y](0009-y.md)"),
        ("Accepted\n\nSuperseded by [9. Y](0009-y.md)", Some(Status::Superseded), "Superseded by [9. Y](0009-y.md)"),
        ("Supersedes [1. Y](0001-y.md)", None, ""),
        ("* 2020-01-01 proposed\n* 2020-02-01 accepted", Some(Status::Accepted), "2020-02-01 accepted"),
        ("On hold", None, "On hold"),
        ("**Accepted**", Some(Status::Accepted), "Accepted"),
        ("", None, ""),
    ] {
        let text = format!("# 5. X\n\nDate: 2020-01-01\n\n## Status\n\n{body}\n\n## Context\n\nc\n\n## Decision\n\nd\n");
        let record = parse("0005-x.md", &text);
        assert_eq!(statuses(&record), (status, written), "{body}");
        if let Some(found) = &record.status {
            assert_eq!(found.span.of(&text), written);
        }
        assert_eq!(record.title, "X");
        assert_eq!(record.number, Some(5));
    }
}

#[test]
fn lines_under_the_title_may_be_emphasised() {
    let text = "# T\n\n**Status:** Accepted  \n**Date**: 5 January 2020\n__Deciders:__ Ada\n\n## Context\n";
    let record = parse("t.md", text);
    assert_eq!(statuses(&record), (Some(Status::Accepted), "Accepted"));
    assert_eq!(record.date.unwrap().day, Day::parse("2020-01-05"));
    assert_eq!(record.deciders, ["Ada"]);
}

#[test]
fn titles_and_numbers_come_from_everywhere() {
    for (path, text, number, title) in [
        ("0007-use-nats.md", "", Some(7), "Use nats"),
        ("x.md", "# ADR-0012: Use *NATS*\n", Some(12), "Use NATS"),
        ("x.md", "Use NATS\n========\n", None, "Use NATS"),
        ("x.md", "---\ntitle: 3. Front\nid: 4\n---\n\n## Context\n", Some(3), "Front"),
        ("x.md", "---\nid: ADR-0004\n---\n\n# T\n", Some(4), "T"),
        ("0001-a.md", "```\n# no\n```\n\n<!--\n# nor\n-->\n\n> # neither\n\n# Yes\n", Some(1), "Yes"),
        ("0001-a.md", "# <!-- title -->\n", Some(1), "A"),
        ("x.md", "\u{feff}# BOM\r\n", None, "BOM"),
    ] {
        let record = parse(path, text);
        assert_eq!((record.number, record.title.as_str()), (number, title), "{path} {text}");
    }
    let record = parse("0001-a.md", "# 2. A\n");
    assert_eq!(record.diagnostics[0].code, "number-disagrees");
    assert_eq!(record.number, Some(1));
}

#[test]
fn odd_front_matter_still_counts() {
    let record = parse("x.md", "---\nstatus: \"accepted\ndate: 2020-01-01\n---\n# T\n");
    assert_eq!(statuses(&record), (Some(Status::Accepted), "accepted"));
    assert_eq!((record.diagnostics[0].level, record.diagnostics[0].code.as_str()), (Level::Warning, "invalid-front-matter"));
    let text = "---\nstatus: \"{proposed | accepted | superseded by ADR-0123\"\ndate: {YYYY-MM-DD when}\ndecision-makers: {list everyone}\n---\n\n# {short title}\n";
    let record = parse("x.md", text);
    assert_eq!(statuses(&record).0, None);
    assert_eq!(record.date.unwrap().day, None);
    assert!(record.deciders.is_empty());
    assert_eq!(record.placeholders.len(), 4);
    let record = parse("x.md", "---\nstatus:\n---\n# T\n");
    assert_eq!(record.status, None);
}

#[test]
fn links_in_front_matter_and_text() {
    let text = "---\nstatus: superseded by ADR-0123\nsupersedes:\n  - 0001-a.md\n  - ADR-2\namends: \"[x](../x/3-c.md)\"\n---\n# T\n\nSupersedes [a](a.md), [b](b.md#x) and ADR-7. `ADR-8` [w](https://a.b/c.md) XADR-9 ADR-x docs/ADR-1\n\n```\nADR-9 [z](z.md)\n```\n";
    let record = parse("x.md", text);
    assert_eq!(
        links(&record),
        [
            (LinkKind::SupersededBy, "ADR-0123"),
            (LinkKind::Supersedes, "ADR-2"),
            (LinkKind::Amends, "../x/3-c.md"),
            (LinkKind::Supersedes, "a.md"),
            (LinkKind::Supersedes, "b.md#x"),
            (LinkKind::Supersedes, "ADR-7"),
        ]
    );
}

#[test]
fn y_statements_name_options() {
    let text = "# T\n\nIn the context of orders, facing load,\nwe decided for queues and against calls and polling, to achieve calm, accepting delay.\n";
    let record = parse("t.md", text);
    assert_eq!(record.chosen.as_deref(), Some("queues"));
    assert_eq!(record.options, ["queues", "calls", "polling"]);
    assert_eq!(record.spans.options[2].of(text), "polling");
}

#[test]
fn chosen_options_come_in_many_quotes() {
    for (line, chosen) in [
        ("Chosen option: \"a \"b\" c\", because x", Some("a \"b\" c")),
        ("Chosen option: “a”, because x", Some("a")),
        ("**Chosen option:** a b, because x", Some("a b")),
        ("Chosen option: [option 1], because", None),
        ("We chose a.", None),
    ] {
        let text = format!("# T\n\n## Decision Outcome\n\n{line}\n");
        assert_eq!(parse("t.md", &text).chosen.as_deref(), chosen, "{line}");
    }
}

fn corpus() -> Option<PathBuf> {
    // Tests may read the environment; the domain may not.
    let found = std::env::var_os("LINTEL_CORPUS").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: LINTEL_CORPUS is not set");
    }
    found
}

fn records(folder: &Path) -> Vec<(String, String, Record)> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let read = names.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let record = parse(&name, &text);
        (name, text, record)
    });
    read.collect()
}

#[test]
fn the_madr_log_is_read() {
    let Some(corpus) = corpus() else { return };
    let all = records(&corpus.join("decisions/madr/docs/decisions"));
    let numbered: Vec<_> = all.iter().filter(|(.., record)| record.number.is_some()).collect();
    assert_eq!(numbered.len(), 19);
    for (index, (name, text, record)) in numbered.iter().enumerate() {
        assert_eq!(record.number, u32::try_from(index).ok());
        assert!(matches!(record.template, Template::Madr4 | Template::Madr4Minimal), "{name}");
        assert!(record.options.len() >= 2 && record.chosen.is_some(), "{name}");
        assert_eq!(record.title_span.of(text), record.title, "{name}");
        // One of them says `on hold`, the others nothing.
        assert_eq!(statuses(record), (None, if index == 3 { "on hold" } else { "" }), "{name}");
        assert!(record.placeholders.is_empty() && record.deciders.is_empty() && record.date.is_none(), "{name}");
    }
    let full = numbered.iter().filter(|(.., record)| record.template == Template::Madr4).count();
    assert_eq!(full, 14);
    assert_eq!(numbered[8].2.options.len(), 6);
    assert_eq!(links(&numbered[8].2), [(LinkKind::Mentions, "0013-use-yaml-front-matter-for-meta-data.md")]);
    assert_eq!(links(&numbered[13].2), [(LinkKind::Mentions, "0008-add-status-field.md")]);
    assert_eq!(numbered[18].2.chosen.as_deref(), Some("Confirmation"));
    assert_eq!(numbered[18].2.options[0], "Confirmation");
}

#[test]
fn the_madr_templates_are_told_apart() {
    let Some(corpus) = corpus() else { return };
    for (name, _, record) in records(&corpus.join("decisions/madr/template")) {
        let template = match name.as_str() {
            "adr-template.md" => Template::Madr4,
            "adr-template-minimal.md" => Template::Madr4Minimal,
            "adr-template-bare.md" => Template::Madr4Bare,
            "adr-template-bare-minimal.md" => Template::Madr4BareMinimal,
            _ => continue,
        };
        assert_eq!(record.template, template, "{name}");
        assert_eq!(
            (record.options.len(), record.chosen, record.deciders.len(), record.status.and_then(|status| status.status)),
            (0, None, 0, None)
        );
        assert!(record.diagnostics.iter().all(|diagnostic| diagnostic.code == "no-title"), "{name}");
    }
}

#[test]
fn the_adr_tools_log_is_read() {
    let Some(corpus) = corpus() else { return };
    let mut all = records(&corpus.join("decisions/adr-tools/doc/adr"));
    assert_eq!(all.len(), 9);
    all.extend(records(&corpus.join("structurizr/examples/financial-risk-system/adrs")));
    assert_eq!(all.len(), 10);
    for (name, text, record) in &all {
        assert_eq!(record.template, Template::Nygard, "{name}");
        assert_eq!(statuses(record), (Some(Status::Accepted), "Accepted"), "{name}");
        assert!(record.date.as_ref().is_some_and(|date| date.day.is_some()), "{name}");
        assert_eq!(record.title_span.of(text), record.title, "{name}");
        assert_eq!(record.sections.len(), 4, "{name}");
        assert_eq!(record.diagnostics, [], "{name}");
    }
    assert_eq!(all[3].2.title, "Markdown format");
    assert_eq!(links(&all[4].2), [(LinkKind::AmendedBy, "0009-help-scripts.md")]);
    assert_eq!(links(&all[8].2), [(LinkKind::Amends, "0005-help-comments.md")]);
    assert!(all.iter().enumerate().all(|(index, (.., record))| matches!(index, 4 | 8) || record.links.is_empty()));
    assert_eq!(all[9].2.date.as_ref().unwrap().written, "2020-06-05");
}

#[test]
fn the_log4brains_log_is_read() {
    let Some(corpus) = corpus() else { return };
    let all = records(&corpus.join("decisions/log4brains/docs/adr"));
    let dated: Vec<_> = all.iter().filter(|(name, ..)| log::date_prefix(name).is_some()).collect();
    assert_eq!(dated.len(), 9);
    for (name, _, record) in &dated {
        assert_eq!((record.template, record.number), (Template::Madr2, None), "{name}");
        let expected = if name.starts_with("20200926") { Status::Superseded } else { Status::Accepted };
        assert_eq!(record.known_status(), Some(expected), "{name}");
        let day = record.date.as_ref().unwrap().day.unwrap().to_string().replace('-', "");
        assert!(name.starts_with(&day), "{name}");
    }
    let entries: Vec<log::Entry<'_>> = dated.iter().map(|(path, _, record)| log::Entry { path, record }).collect();
    let edges = log::edges(&entries);
    assert_eq!(
        edges.iter().map(|edge| (edge.from, edge.kind, edge.to)).collect::<Vec<_>>(),
        [(3, LinkKind::SupersededBy, 5), (5, LinkKind::Mentions, 3), (5, LinkKind::Supersedes, 3),]
    );
    assert_eq!(log::successors(&edges, 3).into_iter().collect::<Vec<_>>(), [5]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_text_is_read(text in "(---\n|# |## Status\n|Accepted|Superseded by |\\[\\[|\\]\\]|\\[a\\]\\(b.md\\)|ADR-7|[*] Status: |status: |[\"'`{}<>!:\\r\\n é\u{feff}]|\n\n|Chosen option: \"|\\PC){0,40}") {
        let record = parse("docs/adr/0001-x.md", &text);
        let spans = record.sections.iter().flat_map(|section| [section.span, section.body, section.own]);
        let spans = spans.chain(record.links.iter().map(|link| link.span)).chain(record.element_links.iter().map(|link| link.span));
        let spans = spans.chain(record.fields.iter().map(|field| field.span)).chain(record.placeholders.clone());
        let spans = spans.chain(record.spans.options.clone()).chain(record.spans.chosen).chain(record.spans.deciders.clone()).chain([record.title_span]);
        let spans = spans.chain(record.status.as_ref().map(|status| status.span)).chain(record.date.as_ref().map(|date| date.span));
        for span in spans {
            prop_assert!(text.get(span.range()).is_some(), "{:?} is no part of {:?}", span, text);
        }
        prop_assert_eq!(record.options.len(), record.spans.options.len());
        prop_assert_eq!(record.deciders.len(), record.spans.deciders.len());
    }
}

/// Records of every template, the seeds that mutations begin from.
fn seeds() -> Vec<String> {
    let written = Template::WRITTEN
        .map(|template| template::new_record(template, 7, "Use NATS", Day { year: 2026, month: 11, day: 19 }, &["Ada".to_owned()]));
    let mut seeds = Vec::from(written);
    seeds.push(MADR4.to_owned());
    seeds.push(
        "# T\r\n\r\n- Status: superseded by [x](x.md)\r\n- Date: 2020-01-01\r\n\r\n## Links\r\n\r\n- Refines [z](z.md)\r\n".to_owned(),
    );
    if let Some(corpus) = corpus() {
        for folder in ["madr/docs/decisions", "madr/template", "adr-tools/doc/adr", "log4brains/docs/adr"] {
            seeds.extend(records(&corpus.join("decisions").join(folder)).into_iter().map(|(_, text, _)| text));
        }
    }
    seeds
}

#[test]
fn mutated_records_are_read_rendered_and_edited() {
    let seeds = seeds();
    let strategy =
        (any::<prop::sample::Index>(), proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12), 0..6_usize);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&strategy, |(seed, mutations, which)| {
        let mut bytes = seed.get(&seeds).clone().into_bytes();
        for (at, byte, kind) in mutations {
            let index = at.index(bytes.len().max(1));
            match kind {
                0 => bytes.insert(index, byte),
                1 => bytes.truncate(index),
                2 if index < bytes.len() => bytes[index] = b"-#:[]{}\"'`<>!*|\n\r \t&"[usize::from(byte) % 20],
                _ if index < bytes.len() => drop(bytes.drain(index..(index + usize::from(byte)).min(bytes.len()))),
                _ => {}
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let record = parse("docs/adr/0007-x.md", &text);
        prop_assert!(text.get(record.title_span.range()).is_some());
        let none = |_: &str| None;
        let _ = crate::domain::markdown::render(
            &text,
            &crate::domain::markdown::Rendering { shift_headings: 1, element_url: &none, link_url: &none, shown: None },
        );
        let status = Status::ALL[which];
        let changed = crate::domain::syntax::apply(&text, &edit::set_status(&text, status, Day { year: 2026, month: 11, day: 19 }));
        prop_assert_eq!(parse("", &changed).known_status(), Some(status), "{:?}", text);
        Ok(())
    });
    outcome.unwrap();
}

/// The markdown files of the corpus' decisions, by path below their folder.
pub(in crate::domain::decision) fn decision_files() -> Option<Vec<(String, Vec<u8>)>> {
    let root = corpus()?.join("decisions");
    let mut files = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                files.push((path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    Some(files)
}

#[test]
fn chains_of_supersession_are_read_from_end_to_end() {
    use Status::{Accepted, Superseded};

    let files = [
        ("adr/0001-a.md", "# 1. A\n\n## Status\n\nSuperceded by [2. B](0002-b.md)\n\n## Decision\n"),
        ("adr/0002-b.md", "---\nstatus: superseded by ADR-0003\n---\n# B\n\n## Considered Options\n"),
        ("adr/0003-c.md", "# C\n\n- Status: superseded by [d](0004-d.md), [e](0005-e.md)\n\n## Considered Options\n"),
        ("adr/0004-d.md", "# 4. D\n\n## Status\n\nAccepted\n\nSupercedes [3](0003-c.md)\n"),
        ("adr/0005-e.md", "# E\n\n## Considered Options\n\n* {option}\n"),
        ("adr/0006-f.md", "---\nstatus: frozen\n---\n# F\n"),
    ];
    let records: Vec<Record> = files.iter().map(|(path, text)| parse(path, text)).collect();
    let entries: Vec<log::Entry<'_>> = files.iter().zip(&records).map(|((path, _), record)| log::Entry { path, record }).collect();
    let edges = log::edges(&entries);
    let next: Vec<Vec<usize>> = (0..files.len()).map(|index| log::successors(&edges, index).into_iter().collect()).collect();
    assert_eq!(next, [vec![1], vec![2], vec![3, 4], vec![], vec![], vec![]]);
    let known: Vec<_> = records.iter().map(Record::known_status).collect();
    assert_eq!(known, [Some(Superseded), Some(Superseded), Some(Superseded), Some(Accepted), None, None]);
    assert_eq!(records[4].status, None, "no status is never invented");
    assert_eq!(statuses(&records[5]), (None, "frozen"));
    assert_eq!(records[4].placeholders.len(), 1);
}
