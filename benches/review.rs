//! How long a review takes: all rules over one large diagram and a long decision log. `cargo bench --bench review`.

use std::fmt::Write;

use divan::{Bencher, black_box};
use lintel::domain::{
    decision,
    id::DocumentId,
    moment::Day,
    review::{
        Profile,
        engine::{DecisionRecord, Design, Diagram, Settings, review},
    },
    syntax::{Language, Sources, parse},
};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// Services with their own stores and a shared queue; every tenth store is also written by a neighbour, so that rules speak.
fn workspace(elements: usize) -> String {
    let mut text = String::from("workspace \"Bench\" {\n  model {\n    events = softwareSystem \"Events\" \"Carries events\" \"Queue\"\n");
    let services = elements / 2;
    for index in 0..services {
        let _ = writeln!(text, "    sys{index} = softwareSystem \"System {index}\" \"One bounded context\" {{");
        let _ = writeln!(text, "      svc{index} = container \"Service {index}\" \"Does its part\" \"Go\" {{");
        let _ = writeln!(text, "        properties {{\n          replicas 3\n          healthcheck yes\n        }}\n      }}");
        let _ = writeln!(text, "      db{index} = container \"Store {index}\" \"Keeps its part\" \"PostgreSQL\"\n    }}");
    }
    for index in 0..services {
        let _ = writeln!(text, "    svc{index} -> db{index} \"reads and writes\" \"SQL\"");
        let _ = writeln!(text, "    svc{index} -> svc{} \"asks\" \"HTTPS\"", (index * 7 + 1) % services);
        let _ = writeln!(text, "    svc{index} -> events \"tells\" \"Kafka\"");
        if index % 10 == 0 {
            let _ = writeln!(text, "    svc{index} -> db{} \"writes\" \"SQL\"", (index + 1) % services);
        }
    }
    text.push_str("  }\n}\n");
    text
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
