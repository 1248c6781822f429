//! Defects that keep people from seeing what happens.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::rules::tests::mutation::{
        Do::{Add, Beside, Design, State},
        Operator,
        Who::{Call, One, Source, Target},
        call, element, op, programs,
        statements::{consumes, program, publishes, relation, safe_call, topic},
    },
};

pub(super) fn operators() -> Vec<Operator> {
    let any = || programs();
    let seen =
        || element(|v, e| v.program(e) && (v.graph.entries().contains(&v.index(e)) || v.graph.tier(e).is_some_and(|tier| tier <= 2)));
    let critical = || element(|v, e| v.program(e) && v.critical(e));
    let used = || {
        element(|v, e| {
            v.is(e, Kind::Queue)
                && v.incoming(e).iter().any(|edge| edge.mode == Mode::AsyncSub)
                && v.graph.tier(e).is_none_or(|tier| tier < 3)
        })
    };
    vec![
        op("O001", "a program emits no metrics", seen(), vec![State(One, "metrics no")]),
        op("O001", "a program's metrics are switched off", seen(), vec![State(One, "metrics off")]),
        op("O001", "a new program that users reach emits no metrics", any(), vec![
            Add("zzvisitor = person \"Visitor\" \"Looks around\"".to_owned()),
            Beside(One, program("{+}zzdark", "Dark service", "Shows things", "metrics none; auth oidc")),
            Add(safe_call("zzvisitor", "{+}zzdark", "Looks", "auth oidc")),
        ]),
        op(
            "O002",
            "a message does not carry the trace",
            call(|v, e| e.mode == Mode::AsyncPub && v.is(v.target(e), Kind::Queue) && v.awaited(v.source(e))),
            vec![State(Call, "context_propagation no")],
        ),
        op("O002", "a call does not carry the trace", call(|v, e| v.sync_call(e) && v.awaited(v.source(e))), vec![State(
            Call,
            "context_propagation no",
        )]),
        op(
            "O002",
            "a service on a long way is not traced",
            element(|v, e| {
                let calls = |index: usize| v.graph.outgoing(index).any(|edge| v.sync_call(edge));
                v.program(e) && v.awaited(e) && v.outgoing(e).iter().any(|edge| v.sync_call(edge) && calls(edge.target))
            }),
            vec![State(One, "tracing no")],
        ),
        op("O002", "a new hop is not traced", element(|v, e| v.program(e) && v.awaited(e) && v.is(e, Kind::Service)), vec![
            Beside(One, program("{+}zzdark", "Dark hop", "Passes on", "tracing no")),
            Beside(One, program("{+}zzend", "Last hop", "Answers", "")),
            Add(safe_call("{one}", "{+}zzdark", "Asks", "")),
            Add(safe_call("{+}zzdark", "{+}zzend", "Asks", "timeout 10ms")),
        ]).follows("A002", "the way has become that long"),
        op("O003", "logs stay where they are", logged(), vec![State(One, "logs local")]),
        op("O003", "there are no logs", logged(), vec![State(One, "logs no")]),
        op("O003", "a critical service writes plain text", critical(), vec![State(One, "logs unstructured")]),
        op("O004", "a critical program has no objective", critical(), vec![State(One, "slo no")]),
        op("O004", "a critical program has no alert", critical(), vec![State(One, "alerts no")]),
        op("O004", "alerts reach nobody", critical(), vec![State(One, "alerts yes; oncall no")])
            .follows("P001", "nobody is on call, which is a lack of its own"),
        op(
            "O004",
            "a critical store has no alert",
            element(|v, e| v.store(e) && v.critical(e)),
            vec![State(One, "alerts no")],
        ),
        op("O005", "a label is the path", any(), vec![State(One, "metrics_labels path, status_class")]),
        op("O005", "a label is the user", any(), vec![State(One, "metrics_labels route, user_id")]),
        op("O005", "a label is the trace", any(), vec![State(One, "metrics_labels route, trace_id, session")]),
        op("O006", "spans carry mail addresses", any(), vec![State(One, "telemetry_fields trace_id, user.email")]),
        op("O006", "labels carry telephone numbers", any(), vec![State(One, "metrics_labels route, phone")])
            .follows("O005", "each telephone number is a series"),
        op("O006", "confidential data goes to the logs", element(|v, e| v.program(e) && !v.is(e, Kind::Gateway)), vec![
            Beside(One, "zzlogs = container \"Log store\" \"Keeps all logs\" \"Loki\" {\nproperties {\nkind database\nrole logs\nowner \"{owner}\"\nmax_class internal\nbackup \"n/a (thirty days)\"\nencryption_at_rest yes\nzone logs\nreplicas 3\nzones 3\nalerts yes\nloss_ok yes\n}\n}".to_owned()),
            Add(relation("{one}", "{+}zzlogs", "Sends logs", "HTTPS", "tls yes; auth mtls; timeout 5ms; data email; access w")),
        ])
        .follows("X010", "the log store may not hold it"),
        op("O007", "nobody is told that a topic backs up", used(), vec![State(One, "alerts no; loss_ok unknown")]),
        op("O007", "a topic's alerts are switched off", used(), vec![State(One, "alerts off; loss_ok unknown")]),
        op("O007", "a new queue tells nobody", element(|v, e| v.program(e) && !v.is(e, Kind::Gateway)), vec![
            Beside(One, topic("{+}zzjobs", "Jobs", "What is to be done", "alerts none")),
            Beside(One, program("{+}zzdoer", "Doer", "Does it", "kind worker")),
            Add(publishes("{one}", "{+}zzjobs", "AMQP", "")),
            Add(consumes("{+}zzdoer", "{+}zzjobs", "AMQP", "")),
        ]),
        op("O003", "the platform no longer collects", logged_by_design(), vec![Design("logs local"), State(Source, "logs local"), State(Target, "logs local")]),
    ]
}

/// A program of a design of three or more, whose logs do not go to a store that is drawn.
fn logged() -> super::At {
    element(|v, e| v.program(e) && v.graph.running().count() > 2 && v.of_design("logs").is_none())
}

fn logged_by_design() -> super::At {
    call(|v, e| v.sync_call(e) && v.graph.running().count() > 2 && v.of_design("logs").is_some())
}
