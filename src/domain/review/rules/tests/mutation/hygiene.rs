//! Defects of the drawing itself.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::rules::tests::mutation::{
        Do::{Delete, Describe, Design, State, Technology, Turn, Twin},
        Operator, Who, call, design, element, op, programs,
    },
};

pub(super) fn operators() -> Vec<Operator> {
    let running = || element(|v, e| v.plain(e) && (v.compute(e) || v.store(e) || v.is(e, Kind::Queue)));
    vec![
        op("M001", "a program that nothing uses", element(|v, e| v.program(e) && v.fact(e, "lifecycle").is_none()), vec![Twin(Who::One)]),
        op("M001", "a store that nothing uses", element(|v, e| v.store(e) && v.plain(e)), vec![Twin(Who::One)]),
        op(
            "M001",
            "the only relation of an element is lost",
            call(|v, e| {
                let end = v.target(e);
                v.edges().count() > 1 && v.degree(end) == 1 && v.plain(end) && !v.is(end, Kind::Queue) && !v.is_recorded(end)
            }),
            vec![Delete(Who::Call)],
        ),
        op("M002", "a technology is not filled in", running(), vec![Technology(Who::One, None)]),
        op(
            "M002",
            "a purpose is one word",
            element(|v, e| v.plain(e) && (v.compute(e) || v.store(e) || v.is(e, Kind::Queue)) && e.description.is_some()),
            vec![Describe(Who::One, "Data")],
        ),
        op(
            "M002",
            "a protocol is not filled in",
            call(|v, e| v.compute(v.source(e)) && v.plain(v.target(e))),
            vec![Technology(Who::Call, None)],
        ),
        op("M003", "how a program is watched is not stated", programs(), vec![State(Who::One, "-metrics; -logs; -replicas")]),
        op(
            "M003",
            "how data is kept is not stated",
            element(|v, e| v.is(e, Kind::Database) && v.critical(e)),
            vec![State(Who::One, "-backup; -encryption_at_rest; -restore_tested")],
        ),
        op(
            "M003",
            "what a topic promises is not stated",
            element(|v, e| v.is(e, Kind::Queue)),
            vec![State(Who::One, "-retention; -schema; -dlq")],
        ),
        op("M003", "what keeps a program up is not stated", programs(), vec![State(Who::One, "-healthcheck; -metrics; -logs")]),
        op(
            "M004",
            "a database is called with the protocol of a cache",
            call(|v, e| v.is(v.target(e), Kind::Database) && v.compute(v.source(e)) && e.is_sync() && v.target(e).technology.is_some()),
            vec![Technology(Who::Call, Some("RESP"))],
        ),
        op(
            "M004",
            "a topic is called with SQL",
            call(|v, e| v.is(v.target(e), Kind::Queue) && v.compute(v.source(e)) && e.relation.mode.stated),
            vec![Technology(Who::Call, Some("SQL"))],
        ),
        op(
            "M004",
            "a program is called with SQL",
            call(|v, e| v.sync_call(e) && v.is(v.target(e), Kind::Service) && v.target(e).technology.is_some()),
            vec![Technology(Who::Call, Some("SQL"))],
        ),
        op(
            "M004",
            "an index or file store is called with the protocol of a cache",
            call(|v, e| matches!(v.target(e).kind.value, Kind::SearchIndex | Kind::ObjectStore) && v.compute(v.source(e))),
            vec![Technology(Who::Call, Some("RESP"))],
        ),
        op(
            "M005",
            "an arrow runs from a database to its client",
            call(|v, e| v.is(v.target(e), Kind::Database) && v.compute(v.source(e)) && e.relation.facts.get("role").is_none()),
            vec![Turn],
        ),
        op(
            "M005",
            "an arrow runs from another store to its client",
            call(|v, e| v.store(v.target(e)) && !v.is(v.target(e), Kind::Database) && v.compute(v.source(e))),
            vec![Turn],
        ),
        op(
            "M005",
            "a topic calls its consumer and waits",
            call(|v, e| e.mode == Mode::AsyncSub && !e.reads && v.compute(v.source(e))),
            vec![Turn, State(Who::Call, "mode sync")],
        )
        .follows("M004", "a program does not speak the protocol of the topic"),
        op(
            "M005",
            "what a store begins is not said",
            call(|v, e| v.store(v.source(e)) && v.on(e, "role") == Some("cdc")),
            vec![State(Who::Call, "role reader"), Technology(Who::Call, Some("SQL"))],
        ),
        op(
            "M006",
            "a suppression at an element matches nothing",
            running(),
            vec![State(Who::One, "lintel.ignore.old LNT-M004: the protocol is corrected with the next release")],
        ),
        op(
            "M006",
            "a suppression at a relation matches nothing",
            call(|v, e| v.compute(v.source(e))),
            vec![State(Who::Call, "lintel.ignore.old LNT-M005: the arrow is turned with the next release")],
        ),
        op("M006", "a suppression gives no reason", running(), vec![State(Who::One, "lintel.ignore.old LNT-X004: later")]),
        op(
            "M006",
            "a suppression has run out",
            design(|v| v.base.main().is_some()),
            vec![Design("lintel.ignore LNT-X004: looked at by hand until 2026-01-31")],
        ),
    ]
}
