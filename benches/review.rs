//! How long a review takes: all rules over one large diagram and a long decision log; and how long they take while people type.
//! `cargo bench --bench review`.

use std::{collections::BTreeSet, fmt::Write};

use divan::{Bencher, black_box};
use lintel::domain::{
    decision,
    id::DocumentId,
    moment::Day,
    project::DocumentKind,
    review::{
        Profile,
        choices::Choices,
        engine::{DecisionRecord, Design, Diagram, Settings, review},
        live::{Attention, Given, Live, Opening},
    },
    syntax::{Language, Sources, parse},
};
use uuid::Uuid;

fn main() {
    for elements in SIZES {
        let model = parse(Language::Structurizr, "workspace.dsl", &workspace(elements), &Sources::new()).model;
        let drawn = model.relations.values().filter(|relation| relation.implied_by.is_none()).count();
        assert_eq!((model.elements.len(), drawn), (elements, 3 * elements), "the design is as large as it is called");
    }
    divan::main();
}

/// Systems of some twenty services with their own stores and a queue for all: exactly so many elements, and exactly three relations
/// for each. Every tenth store is also written by a neighbour, so that rules speak.
fn workspace(elements: usize) -> String {
    let mut text = String::from("workspace \"Bench\" {\n  model {\n    events = softwareSystem \"Events\" \"Carries events\" \"Queue\"\n");
    let systems = elements.div_ceil(50);
    let services = (elements - systems - 1) / 2;
    for system in 0..systems {
        let _ = writeln!(text, "    sys{system} = softwareSystem \"System {system}\" \"One bounded context\" {{");
        for index in (0..services).filter(|index| index % systems == system) {
            let _ = writeln!(text, "      svc{index} = container \"Service {index}\" \"Does its part\" \"Go\" {{");
            let _ = writeln!(text, "        properties {{\n          replicas 3\n          healthcheck yes\n        }}\n      }}");
            let _ = writeln!(text, "      db{index} = container \"Store {index}\" \"Keeps its part\" \"PostgreSQL\"");
        }
        let _ = writeln!(text, "    }}");
    }
    let mut relations = Vec::with_capacity(3 * elements);
    if 1 + systems + 2 * services < elements {
        text.push_str("    partner = softwareSystem \"Partner\" \"Sends orders\" \"External\"\n");
        relations.push("partner -> svc0 \"sends orders\" \"HTTPS\"".to_owned());
    }
    for index in 0..services {
        relations.push(format!("svc{index} -> db{index} \"reads and writes\" \"SQL\""));
        relations.push(format!("svc{index} -> events \"tells\" \"Kafka\""));
        for part in 1..=3 {
            relations.push(asks(index, part, systems, services));
        }
        if index % 10 == 0 {
            relations.push(format!("svc{index} -> svc{} \"asks the next system\" \"HTTPS\"", (index + 1) % services));
            relations.push(format!("svc{index} -> db{} \"writes\" \"SQL\"", (index + systems) % services));
        }
    }
    let more = (3 * elements).saturating_sub(relations.len());
    relations.extend((0..more).map(|index| asks(index % services, 4 + index / services, systems, services)));
    for relation in relations {
        let _ = writeln!(text, "    {relation}");
    }
    text.push_str("  }\n}\n");
    text
}

fn asks(index: usize, part: usize, systems: usize, services: usize) -> String {
    format!("svc{index} -> svc{} \"asks for part {part}\" \"HTTPS\"", (index + part * systems) % services)
}

fn record(number: usize) -> String {
    format!(
        "# {number}. Use the thing {number}\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nIt is needed.\n\n\
         ## Decision\n\nWe use it.\n\n## Consequences\n\nGood and bad ones.\n"
    )
}

const SIZES: [usize; 3] = [50, 200, 500];

#[divan::bench(args = SIZES)]
fn all_rules(bencher: Bencher, elements: usize) {
    let text = workspace(elements);
    let parsed = parse(Language::Structurizr, "workspace.dsl", &text, &Sources::new());
    let id = DocumentId::from_uuid(Uuid::from_u128(1));
    let records: Vec<_> = (1..=200)
        .map(|number| {
            let (path, text) = (format!("docs/adr/{number:04}-thing.md"), record(number));
            let record = decision::parse(&path, &text);
            (path, text, record)
        })
        .collect();
    let decisions = records
        .iter()
        .zip(2_u128..)
        .map(|((path, text, record), id)| DecisionRecord { document: DocumentId::from_uuid(Uuid::from_u128(id)), path, text, record })
        .collect();
    let design = Design { diagrams: vec![Diagram { document: id, path: "workspace.dsl", text: &text, parsed: &parsed }], decisions };
    let settings = Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 21 } };
    bencher.bench_local(|| review(black_box(&design), &settings));
}

const TODAY: Day = Day { year: 2026, month: 11, day: 27 };

/// The diagram that people type in, of a size, with two hundred decisions.
fn opening(elements: usize) -> Opening {
    let mut documents: Vec<Given> = (1..=200)
        .map(|number| Given {
            id: DocumentId::from_uuid(Uuid::from_u128(number as u128 + 1)),
            kind: DocumentKind::Decision,
            path: format!("docs/adr/{number:04}-thing.md"),
            text: record(number),
        })
        .collect();
    let document = DocumentId::from_uuid(Uuid::from_u128(1));
    let text = workspace(elements);
    documents.push(Given { id: document, kind: DocumentKind::Diagram, path: "workspace.dsl".to_owned(), text });
    Opening {
        document,
        documents,
        sources: Sources::new(),
        profile: Profile::Default,
        today: TODAY,
        choices: Choices::default(),
        settled: BTreeSet::new(),
    }
}

/// From the texts of a project to the first marks.
#[divan::bench(args = SIZES)]
fn live_full(bencher: Bencher, elements: usize) {
    let text = workspace(elements);
    bencher.with_inputs(|| opening(elements)).bench_local_values(|opening| {
        let mut live = Live::open(opening);
        live.edit(black_box(&text), 0);
        live.answer(&Attention::default())
    });
}

/// From a label that changed in the text to the marks.
#[divan::bench(args = SIZES)]
fn live_edit(bencher: Bencher, elements: usize) {
    edit(bencher, elements, "label");
}

/// The same in the largest design, by what changed.
#[divan::bench(args = ["relation", "name", "property", "broken line"])]
fn live_edit_of(bencher: Bencher, what: &str) {
    edit(bencher, 500, what);
}

/// Takes a change of the text and takes it back, in turn.
fn edit(bencher: Bencher, elements: usize, what: &str) {
    let text = workspace(elements);
    let changed = changed(&text, what);
    assert_ne!(changed, text, "something is edited");
    let texts = [text, changed];
    let mut live = Live::open(opening(elements));
    live.edit(&texts[0], 0);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        live.edit(black_box(&texts[turn % 2]), 0);
        live.answer(&Attention::default())
    });
}

/// The text after one change.
fn changed(text: &str, what: &str) -> String {
    let first = "svc0 -> db0 ";
    match what {
        "label" => text.replacen("asks for part 3", "asks nicely", 1),
        "relation" => text.replacen(first, &format!("svc3 -> svc7 \"asks anew\" \"HTTPS\"\n    {first}"), 1),
        "name" => text.replacen("\"Service 3\"", "\"Renamed\"", 1),
        "property" => text.replacen("replicas 3", "replicas 1", 1),
        _ => text.replacen(first, "svc0 - db0 ", 1),
    }
}
