//! Defects of how the parts talk.

use crate::domain::{
    model::{Element, facts::Fact, kind::Kind},
    review::{
        graph::ask::Together,
        protocol::Protocol,
        rules::tests::mutation::{
            Do::{Add, Beside, Design, State},
            Operator,
            Who::{Call, Target},
            call, call_and, element, op, programs,
            statements::{external, outside_call, program, safe_call},
        },
    },
};

/// Services behind each other.
fn chain(length: usize, facts: &str) -> Vec<super::Do> {
    let id = |n: usize| format!("{{+}}zzlink{n}");
    let mut all: Vec<super::Do> = (0..length)
        .map(|n| {
            Beside(super::Who::One, program(&id(n), &format!("Link {n}"), "Passes the question on", &format!("owner team-{n}; {facts}")))
        })
        .collect();
    all.push(Add(safe_call("{one}", &id(0), "Asks", "timeout 40ms; criticality soft")));
    all.extend((1..length).map(|n| Add(safe_call(&id(n - 1), &id(n), "Asks", &format!("timeout {}ms", 35 - 5 * n)))));
    all
}

/// A service asks five new ones.
fn fan(facts: &str, own: &'static str) -> Vec<super::Do> {
    let mut all = vec![State(super::Who::One, own)];
    for n in 0..5 {
        let id = format!("{{+}}zzleaf{n}");
        all.push(Beside(super::Who::One, program(&id, &format!("Leaf {n}"), "Answers a question", &format!("owner team-{n}"))));
        all.push(Add(safe_call("{one}", &id, "Asks", &format!("fallback n/a (it is needed); criticality hard; {facts}"))));
    }
    all
}

fn across() -> super::At {
    call(|v, e| v.sync_call(e) && v.program(v.source(e)) && v.program(v.target(e)) && v.graph.between_parties(e) == Together::No)
}

/// What others call over HTTP.
fn public_http() -> super::At {
    call(|v, e| {
        v.program(v.target(e))
            && e.is_sync()
            && v.graph.is_outside(v.source(e))
            && v.is(v.source(e), Kind::External)
            && e.protocol() == Some(Protocol::Http)
    })
}

pub(super) fn operators() -> Vec<Operator> {
    let entrance = || element(|v, e| v.program(e) && v.is(e, Kind::Service) && v.awaited(e));
    vec![
        op(
            "A001",
            "a client goes past the gateway",
            call_and(|v, e, other| {
                v.graph.is_outside(v.source(e))
                    && v.is(v.target(e), Kind::Gateway)
                    && v.is(other, Kind::Service)
                    && v.program(other)
                    && !e.role_is(&["cdn"])
                    && v.target(e).facts.get("role").is_none()
            }),
            vec![
                Beside(Target, program("{+}zzsecond", "Second service", "Answers as well", "auth oidc")),
                Add(safe_call("{source}", "{other}", "Asks", "auth oidc; -timeout")),
                Add(safe_call("{source}", "{+}zzsecond", "Asks", "auth oidc")),
                Add(safe_call("{target}", "{+}zzsecond", "Asks", "")),
            ],
        ),
        op(
            "A001",
            "a partner's system calls two services",
            call_and(|v, e, other| v.sync_call(e) && v.is(v.target(e), Kind::Service) && v.is(other, Kind::Service) && v.program(other)),
            vec![
                Add(external("zzpartner", "Partner", "Sells our goods", "")),
                Add(safe_call("zzpartner", "{target}", "Asks", "auth oauth2; -timeout")),
                Add(safe_call("zzpartner", "{other}", "Asks", "auth oauth2; -timeout")),
            ],
        ),
        op(
            "A001",
            "people use two new services",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Add("zzvisitor = person \"Visitor\" \"Looks around\"".to_owned()),
                Beside(super::Who::One, program("{+}zzfirst", "First service", "Shows one half", "auth oidc")),
                Beside(super::Who::One, program("{+}zzsecond", "Second service", "Shows the other half", "auth oidc")),
                Add(safe_call("zzvisitor", "{+}zzfirst", "Looks", "auth oidc")),
                Add(safe_call("zzvisitor", "{+}zzsecond", "Looks", "auth oidc")),
                Add(safe_call("{+}zzfirst", "{+}zzsecond", "Asks", "")),
            ],
        ),
        op("A002", "three more services behind one that users wait for", entrance(), chain(4, "slo 99.99; tier 3; context here")),
        op("A002", "a chain of five services", entrance(), chain(5, "slo 99.99; tier 3; context here"))
            .follows("K001", "the people of a small team cannot run so many"),
        op("A002", "a longer chain is no longer accepted", element(|v, e| v.program(e) && v.awaited(e) && v.is(e, Kind::Service)), {
            let mut all = chain(3, "slo 99.99; tier 3; context here");
            all.push(Design("max_sync_chain 2"));
            all
        }),
        op("A003", "teams call each other without a contract", across(), vec![State(Call, "contract no")]),
        op(
            "A003",
            "an external system is called without a contract",
            call(|v, e| v.program(v.source(e)) && v.is(v.target(e), Kind::External) && e.is_sync()),
            vec![State(Call, "contract none")],
        ),
        op(
            "A003",
            "a new team calls without a contract",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Beside(super::Who::One, program("{+}zzguest", "Guest service", "Asks now and then", "owner team-guests; context guests")),
                Beside(super::Who::One, program("{+}zzhost", "Host service", "Answers guests", "owner team-hosts; context hosts")),
                Add(safe_call("{+}zzguest", "{+}zzhost", "Asks", "contract no; role batch; -timeout")),
            ],
        ),
        op("A004", "an outside interface has no version", public_http(), vec![State(Call, "api_version no")]),
        op(
            "A004",
            "a service says that its interface has no version",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Add(external("zzpartner", "Partner", "Sells our goods", "")),
                State(super::Who::One, "api_version no"),
                Add(outside_call("zzpartner", "{one}", "Places orders", "HTTPS", "-timeout; -api_version")),
            ],
        ),
        op(
            "A004",
            "a partner uses a new interface without a version",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Add(external("zzpartner", "Partner", "Sells our goods", "")),
                Add(outside_call("zzpartner", "{one}", "Places orders", "GraphQL over HTTPS", "-timeout; api_version no")),
            ],
        ),
        op("A005", "a fixed address", call(|v, e| v.sync_call(e) && several(v.target(e))), vec![State(Call, "discovery static")]),
        op(
            "A005",
            "an address in the text",
            call(|v, e| v.sync_call(e) && several(v.target(e))),
            vec![State(Call, "discovery unknown"), super::Do::Describe(Call, "Asks 10.20.30.40")],
        ),
        op("A005", "no discovery", call(|v, e| v.sync_call(e) && several(v.target(e))), vec![State(Call, "discovery none")]),
        op("A006", "a user waits for a minute", waited(), vec![State(Call, "timeout 60s")])
            .follows("R003", "its own callers give up before"),
        op("A006", "one answer of a hundred takes five seconds", waited(), vec![State(Call, "latency_p99 5s")]),
        op(
            "A006",
            "a user waits for a worker",
            element(|v, e| v.program(e) && v.awaited(e)),
            vec![
                Beside(super::Who::One, program("{+}zzreports", "Report worker", "Draws up reports", "kind worker")),
                Add(safe_call("{one}", "{+}zzreports", "Asks for the report", "effect command; timeout 30ms")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op(
            "A007",
            "gRPC goes through a balancer of connections",
            grpc(),
            vec![State(Call, "lb l4; discovery dns; tls mutual"), State(Target, "lb unknown")],
        ),
        op(
            "A007",
            "gRPC goes through a cluster address",
            grpc(),
            vec![State(Call, "lb clusterip; discovery dns; tls mutual"), State(Target, "lb unknown")],
        ),
        op(
            "A007",
            "a new gRPC service has no balancer",
            programs(),
            vec![
                Beside(super::Who::One, program("{+}zzcounter", "Counter service", "Counts things", "replicas 4")),
                Add(safe_call("{one}", "{+}zzcounter", "Counts", "lb none; timeout 30ms")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op("A008", "one request waits for five answers", entrance(), fan("calls_per_request 1", "partial_result no"))
            .follows("A002", "the way has become that long")
            .follows("K001", "the people of a small team cannot run so many")
            .follows("B005", "so many answers make it a hub"),
        op("A008", "a service may wait for five answers", entrance(), fan("", "partial_result no; parallel no"))
            .follows("A002", "the way has become that long")
            .follows("K001", "the people of a small team cannot run so many")
            .follows("B005", "so many answers make it a hub"),
        op("A008", "five answers are asked for one after the other", entrance(), fan("calls_per_request 2", "parallel no"))
            .follows("A002", "the way has become that long")
            .follows("K001", "the people of a small team cannot run so many")
            .follows("B005", "so many answers make it a hub"),
        op("A009", "a team's interface has no errors", across(), vec![State(Call, "error_model no")]),
        op(
            "A009",
            "an outside interface has no errors",
            call(|v, e| v.program(v.target(e)) && e.is_sync() && v.is(v.source(e), Kind::External)),
            vec![State(Call, "error_model no")],
        ),
        op(
            "A009",
            "a new team is told nothing of errors",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Beside(super::Who::One, program("{+}zzguest", "Guest service", "Asks now and then", "owner team-guests; context guests")),
                Beside(super::Who::One, program("{+}zzhost", "Host service", "Answers guests", "owner team-hosts; context hosts")),
                Add(safe_call("{+}zzguest", "{+}zzhost", "Asks", "error_model no; role batch; -timeout")),
            ],
        ),
    ]
}

/// A call that a user waits for.
fn waited() -> super::At {
    call(|v, e| v.sync_call(e) && v.awaited(v.source(e)))
}

fn grpc() -> super::At {
    call(|v, e| v.sync_call(e) && e.protocol() == Some(Protocol::Grpc) && v.program(v.target(e)) && several(v.target(e)))
}

/// More than one instance of it runs.
fn several(element: &Element) -> bool {
    element.facts.get("replicas").and_then(Fact::amount).is_some_and(|replicas| replicas > 1)
}
