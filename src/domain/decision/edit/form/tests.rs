//! Every control of every template changes what it names and nothing else.

use proptest::prelude::*;

use super::*;
use crate::domain::{
    decision::{
        edit::set_status,
        matrix,
        status::Status,
        template::{Template, new_record},
        tests::decision_files,
    },
    syntax::apply,
};

const DAY: Day = Day { year: 2026, month: 11, day: 19 };
const LATER: Day = Day { year: 2026, month: 12, day: 1 };

fn after(text: &str, part: &Part, value: &str) -> String {
    apply(text, &set("0007-x.md", text, part, value))
}

fn records() -> Vec<(Template, String)> {
    let makers = ["Ada Lovelace".to_owned()];
    Template::ALL.into_iter().map(|template| (template, new_record(template, 7, "Use NATS", DAY, &makers))).collect()
}

/// A value that fits a control.
fn other(control: &Control) -> &'static str {
    match control.shape {
        Shape::Line => "Something else entirely",
        Shape::Day => "2027-02-03",
        Shape::Names => "Grace Hopper, Bob",
        Shape::Markdown => "One line.\n\n* and an item\n* and another",
    }
}

#[test]
fn every_control_of_every_template_takes_a_value_and_gives_it_back() {
    for (template, text) in records() {
        let all = controls("0007-x.md", &text);
        assert!(all.len() > 3, "{template:?}");
        for control in &all {
            let value = other(control);
            let changed = after(&text, &control.part, value);
            assert_ne!(changed, text, "{template:?} {:?}", control.part);
            let wanted = match &control.part {
                Part::Missing(role) => {
                    let title = MISSING.iter().find(|(known, _)| known == role).unwrap().1;
                    Part::Section(title.to_owned())
                }
                other => other.clone(),
            };
            let read = controls("0007-x.md", &changed);
            let found = read.iter().find(|found| found.part == wanted);
            assert_eq!(found.map(|found| found.value.as_str()), Some(value), "{template:?} {:?}\n{changed}", control.part);
            assert!(set("0007-x.md", &changed, &wanted, value).is_empty(), "{template:?} {:?}: twice is once", control.part);
            // The others are as they were.
            for before in all.iter().filter(|before| before.part != control.part && !matches!(before.part, Part::Missing(_))) {
                let now = read.iter().find(|now| now.part == before.part).map(|now| (now.value.as_str(), now.hint.as_str()));
                assert_eq!(
                    now,
                    Some((before.value.as_str(), before.hint.as_str())),
                    "{template:?} {:?} changed {:?}",
                    control.part,
                    before.part
                );
            }
        }
    }
}

#[test]
fn what_others_wrote_in_a_part_meanwhile_is_kept() {
    let text = MADR.replace("because it comes out best.", "because it comes out best.\n\nThey added this.");
    let part = Part::Section("Decision Outcome".to_owned());
    let base = "Chosen option: \"NATS\", because it comes out best.";
    let mine = "We looked at two.\n\nChosen option: \"NATS\", because it comes out best.";
    let both = apply(&text, &set_on("x.md", &text, &part, mine, base));
    assert_eq!(both, text.replace("Chosen option", "We looked at two.\n\nChosen option"));
    assert_eq!(set_on("x.md", &text, &Part::Title, "T", "old"), set("x.md", &text, &Part::Title, "T"));
}

#[test]
fn parts_are_texts_in_forms() {
    for (_, text) in records() {
        for control in controls("0007-x.md", &text) {
            let written = String::from(control.part.clone());
            assert_eq!(Part::try_from(written).unwrap(), control.part);
        }
    }
    for part in [Part::Option(3), Part::AddOption, Part::RemoveOption(0), Part::Chosen, Part::Argument { option: 1, at: 42 }] {
        assert_eq!(Part::try_from(String::from(part.clone())).unwrap(), part);
    }
    let argue = Part::Argue { option: 1, driver: Some(2) };
    assert_eq!(Part::try_from(String::from(argue.clone())).unwrap(), argue);
    for text in ["", "section/", "slot/x", "option/-1", "title/x", "missing/Context"] {
        assert!(Part::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn y_statements_have_slots() {
    let text = "# T\n\nIn the context of orders, facing load, we decided for NATS and against Kafka,\nto achieve speed, accepting that it is young.\n";
    assert_eq!(after(text, &Part::Slot(Slot::Against), "Kafka and polling"), text.replace("against Kafka", "against Kafka and polling"));
    assert_eq!(after(text, &Part::Slot(Slot::Downside), "we run it."), text.replace("it is young", "we run it"));
    assert_eq!(after(text, &Part::Slot(Slot::Context), " "), text, "a slot is never emptied");
}

const MADR: &str = "# Use NATS\n\n## Decision Drivers\n\n* Low latency\n* Two people have to run it\n\n## Considered Options\n\n* NATS\n* Kafka\n\n## Decision Outcome\n\nChosen option: \"NATS\", because it comes out best.\n\n## Pros and Cons of the Options\n\n### NATS\n\n* Good, because its latencies are low\n\n### Kafka\n\n* Bad, because it is large\n\n## More Information\n\nx\n";

#[test]
fn options_are_renamed_wherever_they_stand() {
    let text = after(MADR, &Part::Option(0), "NATS JetStream");
    let expected =
        MADR.replace("* NATS", "* NATS JetStream").replace("\"NATS\"", "\"NATS JetStream\"").replace("### NATS", "### NATS JetStream");
    assert_eq!(text, expected);
    assert_eq!(after(MADR, &Part::Chosen, "Kafka"), MADR.replace("\"NATS\"", "\"Kafka\""));
    assert_eq!(after(MADR, &Part::AddOption, "Polling"), MADR.replace("* Kafka\n", "* Kafka\n* Polling\n"));
    assert_eq!(
        after(MADR, &Part::RemoveOption(1), ""),
        MADR.replace("* Kafka\n", "").replace("### Kafka\n\n* Bad, because it is large\n\n", "")
    );
    assert_eq!(after(MADR, &Part::AddOption, "kafka"), MADR, "it is there");
}

#[test]
fn arguments_come_into_the_cells_they_are_put_in() {
    let argue = |text: &str, option, driver, words: &str| after(text, &Part::Argue { option, driver }, words);
    let text = argue(MADR, 0, Some(1), "good anybody can");
    assert!(text.contains("* Good, because anybody can (Two people have to run it)\n"), "{text}");
    let text = argue(&text, 1, Some(0), "bad latency is high");
    assert!(text.contains("* Bad, because it is large\n* Bad, because latency is high\n"), "{text}");
    let text = argue(&text, 1, None, "neutral nobody asked");
    let record = parse("x.md", &text);
    let shown = matrix::of(&record, &text).unwrap();
    assert_eq!(shown.drivers[0].cells[1][0].text, "latency is high");
    assert_eq!(shown.drivers[1].cells[0].len(), 1);
    let first = Part::Argument { option: 0, at: 0 };
    assert_eq!(after(&text, &first, "it is quick"), text.replace("its latencies are low", "it is quick"));
    assert_eq!(after(&text, &first, ""), text.replace("* Good, because its latencies are low\n", ""));
    // Without a place to compare in, one is made.
    let bare = "# T\n\n## Considered Options\n\n* A\n* B\n\n## Decision Outcome\n\nChosen option: \"A\", because b.\n";
    let made = argue(bare, 1, None, "good it is there");
    assert_eq!(made, format!("{bare}\n## Pros and Cons of the Options\n\n### B\n\n* Good, because it is there\n"));
}

#[test]
fn the_templates_own_hints_are_filled_in() {
    let text = new_record(Template::Madr4, 7, "Use NATS", DAY, &[]);
    let text = after(&text, &Part::AddOption, "NATS");
    let text = after(&text, &Part::AddOption, "Kafka");
    let text = after(&text, &Part::Chosen, "NATS");
    let text = after(&text, &Part::Argue { option: 0, driver: None }, "good it is small");
    let record = parse("x.md", &text);
    assert_eq!(
        (record.options.as_slice(), record.chosen.as_deref()),
        (&["NATS".to_owned(), "Kafka".to_owned()][..], Some("NATS")),
        "{text}"
    );
    assert!(text.contains("### NATS\n\n* Good, because it is small\n") && text.contains("### Kafka\n"), "{text}");
}

/// What a status change may touch: everything in front of and behind the changed parts is as it was.
fn only_the_status(name: &str, text: &str) {
    for status in Status::ALL {
        let mut edits = set_status(text, status, LATER);
        edits.sort_by_key(|edit| edit.span);
        let changed = apply(text, &edits);
        let (before, now) = (parse(name, text), parse(name, &changed));
        assert_eq!(now.known_status(), Some(status), "{name}");
        let touched: usize = edits.iter().map(|edit| edit.span.range().len() + edit.replacement.len()).sum();
        assert!(edits.len() <= 3 && touched < 400, "{name}: {edits:?}");
        // Outside of the edits every byte is the old one, and what the record says besides is what it said.
        let mut rest = text.to_owned();
        for edit in edits.iter().rev() {
            rest.replace_range(edit.span.range(), "");
        }
        let mut new = changed.clone();
        let mut shift = 0_isize;
        let mut places = Vec::new();
        for edit in &edits {
            let start = (edit.span.start as usize).checked_add_signed(shift).unwrap();
            places.push(start..start + edit.replacement.len());
            shift += edit.replacement.len().cast_signed() - edit.span.range().len().cast_signed();
        }
        for place in places.into_iter().rev() {
            new.replace_range(place, "");
        }
        assert_eq!(new, rest, "{name}");
        assert_eq!(
            (&now.title, &now.deciders, &now.options, &now.chosen),
            (&before.title, &before.deciders, &before.options, &before.chosen),
            "{name}"
        );
    }
}

#[test]
fn a_status_changes_its_own_bytes_in_each_template() {
    for (template, text) in records() {
        only_the_status(template.slug(), &text);
        only_the_status(template.slug(), &text.replace('\n', "\r\n"));
        only_the_status(template.slug(), &format!("\u{feff}{text}"));
    }
}

#[test]
fn a_status_changes_its_own_bytes_in_each_record_of_the_corpus() {
    let Some(files) = decision_files() else { return };
    for (path, bytes) in files {
        if let Ok(text) = String::from_utf8(bytes) {
            only_the_status(&path, &text);
        }
    }
}

#[test]
fn parts_of_the_corpus_set_to_what_they_are_change_nothing() {
    let Some(files) = decision_files() else { return };
    for (path, bytes) in files {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let same = |control: &Control| control.shape == Shape::Markdown && !control.value.is_empty();
        let mut titles = std::collections::BTreeSet::new();
        for control in controls(&path, &text).into_iter().filter(same) {
            // Of sections with the same title the first is meant.
            if titles.insert(control.label.clone()) {
                assert_eq!(set(&path, &text, &control.part, &control.value), [], "{path}: {:?}", control.part);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_put_in_the_rest_stays(which in any::<prop::sample::Index>(), part in any::<prop::sample::Index>(), value in "[a-zA-Z0-9 .,é\\-]{0,40}", crlf in any::<bool>()) {
        let records = records();
        let (_, text) = &records[which.index(records.len())];
        let text = if crlf { text.replace('\n', "\r\n") } else { text.clone() };
        let all = controls("0007-x.md", &text);
        let control = &all[part.index(all.len())];
        let edits = set("0007-x.md", &text, &control.part, &value);
        let changed = apply(&text, &edits);
        let lone = |text: &str| text.replace("\r\n", "").contains('\n');
        prop_assert!(!crlf || !lone(&changed), "line ends stay as they are");
        let (now, before) = (parse("0007-x.md", &changed), parse("0007-x.md", &text));
        prop_assert_eq!(now.known_status(), before.known_status());
        prop_assert_eq!(now.sections.len(), before.sections.len() + usize::from(matches!(control.part, Part::Missing(_)) && !edits.is_empty()));
    }
}
