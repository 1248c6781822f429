//! Defects of how the parts of a system are cut and what they know of each other.

use crate::domain::{
    model::{Level, kind::Kind},
    review::{
        graph::ask::Together,
        rules::tests::mutation::{
            Do::{Add, Beside, Delete, Inside, State, Turn},
            Operator,
            Who::{Call, One, Other, Source, Target},
            call, call_and, element, op, pair, programs, several,
            statements::{database, external, outside_call, program, publishes, relation, safe_call, safe_sql, topic},
            view::View,
        },
    },
};

/// A service that writes a database of its own context.
fn writes(v: &View<'_>, e: &crate::domain::review::graph::Edge<'_>) -> bool {
    v.is(v.target(e), Kind::Database)
        && v.compute(v.source(e))
        && e.is_sync()
        && e.access().writes()
        && e.relation.facts.get("role").is_none()
}

pub(super) fn operators() -> Vec<Operator> {
    let mut all = vec![
        op(
            "B001",
            "a service of another context writes the database",
            call_and(|v, e, other| {
                writes(v, e) && v.program(other) && v.is(other, Kind::Service) && v.graph.together(v.source(e), other) == Together::No
            }),
            vec![Add(safe_sql("{other}", "{target}", "Writes the same rows", ""))],
        )
        .follows("B002", "the database belongs to another context")
        .follows("D002", "its other writes are of the same course")
        .follows("S003", "it opens connections, too"),
        op(
            "B001",
            "a new service of another team writes the database",
            call(|v, e| writes(v, e) && (v.context(v.source(e)).is_some() || v.fact(v.source(e), "owner").is_some())),
            vec![
                Beside(
                    Source,
                    program(
                        "{+}zzsecond",
                        "Second writer",
                        "Writes the same rows",
                        "owner team-elsewhere; context elsewhere; max_class confidential",
                    ),
                ),
                Add(safe_sql("{+}zzsecond", "{target}", "Writes the same rows", "")),
            ],
        )
        .follows("B002", "the database belongs to another context"),
        op(
            "B001",
            "a new service of the same team writes the database",
            call(|v, e| writes(v, e) && (v.context(v.source(e)).is_some() || v.fact(v.source(e), "owner").is_some())),
            vec![
                Beside(Source, program("{+}zzsecond", "Second writer", "Writes the same rows", "max_class confidential")),
                Add(safe_sql("{+}zzsecond", "{target}", "Writes the same rows", "")),
            ],
        ),
        op(
            "B001",
            "one of two writers goes to another team",
            call(|v, e| writes(v, e) && v.incoming(v.target(e)).iter().filter(|edge| writes(v, edge)).count() == 2),
            vec![State(Source, "owner team-elsewhere; context elsewhere")],
        )
        .follows("B002", "the database has stayed where it was"),
        op(
            "B002",
            "a store changes hands and its user does not",
            call(|v, e| {
                v.store(v.target(e))
                    && v.compute(v.source(e))
                    && e.is_sync()
                    && v.incoming(v.target(e)).len() == 1
                    && v.fact(v.source(e), "owner").is_some()
            }),
            vec![State(Target, "owner team-somewhere-else")],
        ),
        op(
            "B002",
            "a service changes hands and its store does not",
            call(|v, e| {
                v.is(v.target(e), Kind::Database)
                    && v.program(v.source(e))
                    && v.incoming(v.target(e)).len() == 1
                    && v.fact(v.target(e), "owner").is_some()
            }),
            vec![State(Source, "owner team-somewhere-else")],
        ),
        op(
            "B002",
            "a store moves to another context without its user",
            call(|v, e| v.is(v.target(e), Kind::Database) && v.program(v.source(e)) && v.incoming(v.target(e)).len() == 1),
            vec![State(Target, "context elsewhere"), State(Source, "context here")],
        ),
        op(
            "B002",
            "a service asks the store where it asked the service",
            call_and(|v, e, store| {
                v.sync_call(e)
                    && v.is(v.source(e), Kind::Service)
                    && v.is(store, Kind::Database)
                    && v.graph.together(v.source(e), store) == Together::No
                    && v.outgoing(v.target(e)).iter().any(|edge| v.element(edge.target).key == store.key)
            }),
            vec![Delete(Call), Add(safe_sql("{source}", "{other}", "Reads", "access r"))],
        )
        .follows("B001", "the reader is of another context, too")
        .follows("S003", "it opens connections, too")
        .follows("M001", "nothing else used the service"),
    ];
    all.extend([
        op(
            "B003",
            "the called service asks back",
            call(|v, e| v.sync_call(e) && !v.reaches(v.target(e), v.source(e))),
            vec![Add(safe_call("{target}", "{source}", "Asks back", "-timeout"))],
        )
        .follows("B004", "the two are of different contexts"),
        op(
            "B003",
            "the end of a chain asks its beginning",
            several(|v| {
                let calls: Vec<_> = v.edges().filter(|edge| v.sync_call(edge)).collect();
                let chains = calls.iter().flat_map(|first| calls.iter().map(move |second| (first, second)));
                chains
                    .filter(|(first, second)| first.target == second.source && first.source != second.target)
                    .filter(|(first, second)| !v.reaches(v.target(second), v.source(first)))
                    .map(|(first, second)| vec![v.source(first).key.clone(), v.target(first).key.clone(), v.target(second).key.clone()])
                    .collect()
            }),
            vec![Add(safe_call("{3}", "{1}", "Asks back", "-timeout"))],
        )
        .follows("B004", "they are of different contexts"),
        op(
            "B003",
            "an answer that came later is waited for",
            call(|v, e| e.role_is(&["webhook", "callback"]) && v.sync_call(e)),
            vec![State(Call, "role request")],
        ),
        op(
            "B003",
            "two new services ask each other",
            programs(),
            vec![
                Beside(One, program("{+}zzping", "Ping service", "Asks the other one", "context here")),
                Beside(One, program("{+}zzpong", "Pong service", "Asks the other one", "context here")),
                Add(safe_call("{one}", "{+}zzping", "Asks", "role batch")),
                Add(safe_call("{+}zzping", "{+}zzpong", "Asks", "-timeout")),
                Add(safe_call("{+}zzpong", "{+}zzping", "Asks", "-timeout")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op(
            "B004",
            "a service of the called context asks one of the calling context",
            call_and(|v, e, other| {
                v.sync_call(e)
                    && v.program(other)
                    && v.context(v.source(e)).is_some()
                    && v.context(v.source(e)) == v.context(other)
                    && v.context(v.target(e)).is_some_and(|context| Some(context) != v.context(other))
                    && !v.reaches(other, v.target(e))
            }),
            vec![Add(safe_call("{target}", "{other}", "Asks back", "-timeout"))],
        )
        .follows("A002", "the way has become that long"),
        op(
            "B004",
            "a new service of the called context asks a new one of the calling context",
            call(|v, e| {
                v.sync_call(e) && v.context(v.source(e)).is_some() && v.context(v.target(e)).is_some() && v.context(v.source(e)) != v.context(v.target(e))
            }),
            vec![
                Beside(Source, program("{+}zzfirst", "First newcomer", "Answers questions", "")),
                Beside(Target, program("zzsecond", "Second newcomer", "Asks questions", "")),
                Add(safe_call("zzsecond", "{+}zzfirst", "Asks back", "")),
            ],
        ),
        op(
            "B004",
            "one of two calls between contexts is turned",
            call(|v, e| {
                let across = |edge: &crate::domain::review::graph::Edge<'_>| {
                    v.graph.context(v.element(edge.source)).zip(v.graph.context(v.element(edge.target))).filter(|(from, to)| from != to && from.stated && to.stated)
                };
                v.sync_call(e)
                    && across(e).is_some()
                    && v.edges().any(|other| {
                        v.sync_call(other) && across(other) == across(e) && other.source != e.source && other.target != e.target
                    })
            }),
            vec![Turn],
        ),
        op(
            "B005",
            "a service gets twelve neighbours",
            hub(),
            many_externals(12),
        ),
        op(
            "B005",
            "a service publishes to fifteen topics", hub(),
            (0..15)
                .flat_map(|n| {
                    let id = format!("{{+}}zztopic{n}");
                    [
                        Beside(One, topic(&id, &format!("topic.{n}"), "What happened there", "role outbound")),
                        Add(publishes("{one}", &id, "AMQP", "")),
                    ]
                })
                .collect(),
        ),
        op("B005", "a service has neighbours in many contexts", hub(), many_externals(7)),
        op(
            "B006",
            "a gateway gets a database of its own",
            element(|v, e| v.program(e) && v.is(e, Kind::Gateway) && e.facts.get("role").is_none()),
            vec![
                Beside(One, database("{+}zzdiscounts", "Discounts DB", "Discounts and who gets them", "")),
                Add(safe_sql("{one}", "{+}zzdiscounts", "Looks up discounts", "")),
            ],
        )
        .follows("Q007", "a decision of the design forbids it"),
        op("B006", "a gateway decides about the business", element(|v, e| v.program(e) && v.is(e, Kind::Gateway)), vec![Inside(
            One,
            "tags \"business-rules\"",
        )]),
        op(
            "B006",
            "a gateway publishes what happened",
            element(|v, e| v.program(e) && v.is(e, Kind::Gateway) && e.facts.get("role").is_none()),
            vec![
                Beside(One, topic("{+}zzplaced", "orders.placed", "Orders that were placed", "role outbound")),
                Add(publishes("{one}", "{+}zzplaced", "AMQP", "")),
            ],
        ),
        op(
            "B007",
            "three contexts call one external system",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            anti_corruption("HTTPS", ""),
        )
        .follows("A002", "the way has become that long"),
        op(
            "B007",
            "three new contexts call an external system",
            call(|v, e| v.is(v.target(e), Kind::External) && v.program(v.source(e)) && v.target(e).facts.get("role").is_none() && e.is_sync()),
            ["one", "two", "three"]
                .into_iter()
                .flat_map(|n| {
                    let id = format!("{{+}}zzuser{n}");
                    [
                        Beside(Source, program(&id, &format!("Newcomer {n}"), "Asks questions", &format!("context {n}"))),
                        Add(safe_call(&id, "{target}", "Asks", "-timeout")),
                    ]
                })
                .collect(),
        ),
        op(
            "B007",
            "three contexts send files to one external system",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            anti_corruption("REST over HTTPS", "effect query"),
        )
        .follows("A002", "the way has become that long"),
        op(
            "B008",
            "a component of the domain uses one of the infrastructure",
            component_pair(),
            vec![State(One, "layer domain"), State(Other, "layer infrastructure")],
        ),
        op("B008", "a use case uses an adapter", component_pair(), vec![State(One, "layer usecase"), State(Other, "layer adapter")]),
        op(
            "B008",
            "a new domain uses a new repository",
            element(|v, e| v.program(e) && e.level == Level::Container),
            vec![
                Inside(
                    One,
                    "zzdomain = component \"Rules\" \"What the business decides\" \"Go\" {\nproperties {\nlayer domain\n}\n}\nzzstore = component \"Repository\" \"Keeps what was decided\" \"Go\" {\nproperties {\nlayer infrastructure\n}\n}\nzzdomain -> zzstore \"Saves itself\"",
                ),
            ],
        ),
    ]);
    all
}

/// A service that is not made to have many neighbours.
fn hub() -> super::At {
    element(|v, e| v.program(e) && v.is(e, Kind::Service) && e.facts.get("role").is_none())
}

/// Two components of which the first uses the second, and of which no layer is stated.
fn component_pair() -> super::At {
    pair(|v, one, other| {
        one.level == Level::Component
            && other.level == Level::Component
            && v.model().relations.values().any(|relation| relation.source == one.key && relation.target == other.key)
    })
}

fn many_externals(number: usize) -> Vec<super::Do> {
    (0..number)
        .flat_map(|n| {
            let id = format!("zzpartner{n}");
            [
                Add(external(&id, &format!("Partner {n}"), "Takes our files", "")),
                Add(relation("{one}", &id, "Sends the file", "SFTP", "mode file; tls yes; auth ssh-key; criticality soft")),
            ]
        })
        .collect()
}

fn anti_corruption(protocol: &str, facts: &str) -> Vec<super::Do> {
    let mut all = vec![Add(external("zzerp", "Stock system", "Books and stock of the company", ""))];
    for n in ["one", "two", "three"] {
        let id = format!("{{+}}zzuser{n}");
        all.push(Beside(One, program(&id, &format!("Newcomer {n}"), "Asks the stock system", &format!("context {n}"))));
        all.push(Add(outside_call(&id, "zzerp", "Reads stock", protocol, facts)));
        all.push(Add(safe_call("{one}", &id, "Asks", "role batch")));
    }
    all
}
