//! Defects that let somebody in, or something out.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::{
        classification::{Class, classify},
        graph::Edge,
        protocol::Protocol,
        rules::tests::mutation::{
            Do::{Add, Beside, State, Text},
            Operator,
            Who::{Call, One, Target},
            call, design, element, op, pair, programs,
            statements::{database, external, outside_call, program, relation, safe_call, safe_sql},
            view::View,
        },
    },
};

const VISITOR: &str = "zzvisitor = person \"Visitor\" \"Looks around\"";

fn confidential(element: &crate::domain::model::Element) -> bool {
    classify(&element.facts).is_some_and(|data| data.class >= Class::Confidential)
}

/// A store without rules of its own for each row.
fn store() -> super::At {
    element(|v, e| {
        let guarded = e.facts.get("authz").is_some() || e.facts.get("role").is_some_and(|role| role.value.contains("cdn"));
        v.store(e) && v.plain(e) && !guarded && !e.facts.is("max_class", "public")
    })
}

fn any() -> super::At {
    programs()
}

/// A call between two programs that is made for no special purpose.
fn plain_call(v: &View<'_>, e: &Edge<'_>) -> bool {
    let (source, target) = (v.source(e), v.target(e));
    v.compute(source) && v.compute(target) && e.is_sync() && e.relation.facts.get("role").is_none() && e.protocol() != Some(Protocol::Local)
}

fn to_broker(e: &Edge<'_>) -> bool {
    matches!(e.mode, Mode::AsyncPub | Mode::AsyncSub)
}

/// A new service that people enter.
fn entrance(facts: &str, on_call: &str) -> Vec<super::Do> {
    vec![
        Add(VISITOR.to_owned()),
        Beside(One, program("{+}zzopen", "Open service", "Shows things", facts)),
        Add(safe_call("zzvisitor", "{+}zzopen", "Looks", on_call)),
    ]
}

/// A new vendor that gets something.
fn vendor(facts: &str, data: &str) -> Vec<super::Do> {
    vec![
        Add(external("zzvendor", "Insights vendor", "Draws curves", facts)),
        Add(outside_call("{one}", "zzvendor", "Reports sales", "HTTPS", &format!("data {data}"))),
    ]
}

fn ingest(facts: &'static str) -> Vec<super::Do> {
    let mut all = entrance("auth oidc", "auth oidc");
    all.remove(1);
    all.insert(1, Beside(One, program("{+}zzopen", "Open service", "Takes things in", &format!("auth oidc; {facts}"))));
    all
}

pub(super) fn operators() -> Vec<Operator> {
    vec![
        op("X001", "a store is public", store(), vec![State(One, "exposure public")])
            .follows("X014", "it shares its zone with what holds confidential data"),
        op(
            "X001",
            "people use a store directly",
            store(),
            vec![Add(VISITOR.to_owned()), Add(relation("zzvisitor", "{one}", "Looks", "HTTPS", "tls yes; auth oidc; access r"))],
        )
        .follows("M004", "the store does not speak HTTP"),
        op(
            "X001",
            "a vendor uses a store directly",
            store(),
            vec![
                Add(external("zzvendor", "Insights vendor", "Draws curves", "")),
                Add(relation("zzvendor", "{one}", "Reads", "Files", "tls yes; auth api-key; access r; timeout 5s")),
            ],
        ),
        op("X001", "people read a topic directly", element(|v, e| v.is(e, Kind::Queue)), vec![State(One, "exposure public")])
            .follows("X014", "it shares its zone with what holds confidential data"),
        op(
            "X002",
            "a new entrance to confidential data asks nobody",
            any(),
            entrance("auth no; max_class confidential", "auth unknown; tls 1.3"),
        ),
        op(
            "X002",
            "a new entrance says nothing of its data and asks nobody",
            any(),
            entrance("auth none; -max_class", "auth unknown; tls 1.3"),
        ),
        op(
            "X002",
            "a vendor's system comes in unasked",
            any(),
            vec![
                Add(external("zzvendor", "Insights vendor", "Draws curves", "")),
                Beside(One, program("{+}zzopen", "Open service", "Shows things", "auth no; max_class restricted")),
                Add(safe_call("zzvendor", "{+}zzopen", "Looks", "auth unknown; tls 1.3; -timeout")),
            ],
        ),
        op("X003", "a call is not authenticated", call(plain_call), vec![State(Call, "auth no; tls yes")]),
        op(
            "X003",
            "a target authenticates nobody",
            call(|v, e| plain_call(v, e) && !v.graph.exposed()[e.target]),
            vec![State(Call, "auth unknown; tls yes"), State(Target, "auth none")],
        )
        .follows("X002", "requests from outside reach it"),
        op(
            "X003",
            "anybody may publish or consume",
            call(|v, e| to_broker(e) && v.compute(v.source(e)) && v.is(v.target(e), Kind::Queue)),
            vec![State(Call, "auth no; tls yes")],
        ),
        op(
            "X004",
            "a call leaves its zone in plain text",
            call(|v, e| plain_call(v, e) && v.graph.zone(v.source(e)) != v.graph.zone(v.target(e))),
            vec![State(Call, "tls no; auth api-key")],
        ),
        op(
            "X004",
            "confidential data goes in plain text",
            call(plain_call),
            vec![State(Call, "tls no; auth api-key; max_class confidential; data address")],
        )
        .follows("X007", "the caller does not say for which user")
        .follows("X010", "the target may not hold it"),
        op(
            "X004",
            "credentials go in plain text",
            call(|v, e| v.store(v.target(e)) && v.compute(v.source(e)) && e.protocol() != Some(Protocol::Local)),
            vec![State(Call, "tls no; credentials yes")],
        ),
        op(
            "X004",
            "an external system is called in plain text",
            call(|v, e| v.is(v.target(e), Kind::External) && v.compute(v.source(e))),
            vec![State(Call, "tls none")],
        ),
        op("X005", "a store is not encrypted", store(), vec![State(One, "encryption_at_rest no; max_class confidential; persistence yes")])
            .follows("X014", "it now holds confidential data where others are")
            .follows("X010", "what reaches it is of a higher class")
            .follows("Q007", "a decision of the design forbids it"),
        op(
            "X005",
            "a store of restricted data is not encrypted",
            store(),
            vec![State(One, "encryption_at_rest none; max_class restricted; persistence yes")],
        )
        .follows("X014", "it now holds restricted data where others are")
        .follows("Q007", "a decision of the design forbids it"),
        op(
            "X005",
            "a new store is not encrypted",
            element(|v, e| v.program(e) && !v.outgoing(e).iter().any(|edge| to_broker(edge))),
            vec![
                Beside(One, database("{+}zzletters", "Letters", "What people write", "encryption_at_rest no; max_class confidential")),
                Add(safe_sql("{one}", "{+}zzletters", "Writes", "")),
            ],
        )
        .follows("Q007", "a decision of the design forbids it")
        .follows("B006", "a gateway has got a store")
        .follows("D002", "who writes it writes another store as well"),
        op("X006", "a service asks only who comes", entered(), vec![State(One, "auth oidc; authz no; max_class confidential")])
            .follows("X007", "the caller does not say for which user"),
        op("X006", "customers see each other's data", entered(), vec![State(One, "auth oidc; authz none; multi_tenant yes")])
            .follows("X007", "the caller does not say for which user"),
        op("X006", "a new service asks only who comes", any(), entrance("auth oidc; authz no; max_class confidential", "auth oidc")),
        op("X007", "a call loses its user", for_users(), vec![State(Call, "identity technical"), State(Target, "max_class confidential")]),
        op("X007", "a call that carries addresses has no user", for_users(), vec![State(Call, "identity none; data address")])
            .follows("X010", "the target may not hold it"),
        op("X007", "a new service loses the user", any(), {
            let mut all = entrance("auth oidc", "auth oidc");
            all.push(Beside(One, program("{+}zzvault", "Vault", "Keeps what is confidential", "max_class confidential")));
            all.push(Add(safe_call("{+}zzopen", "{+}zzvault", "Reads", "identity technical; timeout 10ms")));
            all
        }),
        op("X008", "secrets lie in the configuration", any(), vec![State(One, "secrets_source config-plain")]),
        op("X008", "secrets lie in the image", any(), vec![State(One, "secrets_source image")]),
        op("X008", "secrets are never replaced", any(), vec![State(One, "secrets_source vault; secrets_rotation no")]),
        op(
            "X008",
            "a password stands in a description",
            design(|v| v.base.main().is_some()),
            vec![Text(|text| Some(format!("{}\n// psql postgres://app:Sommer2026kiel@db.internal/orders\n", text.trim_end())))],
        ),
        op(
            "X009",
            "an administrative surface is public",
            any(),
            vec![Beside(One, program("{+}zzpprof", "Profiler", "Heap and CPU profiles", "role pprof; exposure public; auth oidc"))],
        ),
        op(
            "X009",
            "visitors reach a console",
            any(),
            vec![
                Add(VISITOR.to_owned()),
                Beside(One, program("{+}zzconsole", "Console", "Changes everything", "role console; auth oidc")),
                Add(safe_call("zzvisitor", "{+}zzconsole", "Looks", "auth oidc")),
            ],
        ),
        op(
            "X009",
            "the gateway routes to the metrics",
            pair(|v, gate, service| {
                let public = |edge: &Edge<'_>| matches!(v.source(edge).kind.value, Kind::Person | Kind::Frontend);
                v.is(gate, Kind::Gateway)
                    && v.program(service)
                    && v.is(service, Kind::Service)
                    && service.facts.get("exposure").is_none()
                    && v.incoming(gate).iter().any(|edge| public(edge))
            }),
            vec![Add(safe_call("{one}", "{other}", "Reads numbers", "role metrics; -timeout"))],
        ),
        op("X010", "a vendor without a contract gets addresses", any(), vendor("dpa no", "customer_email, amount"))
            .follows("Q007", "a decision of the design forbids it"),
        op("X010", "a vendor that may not gets addresses", any(), vendor("max_class internal", "address, amount"))
            .follows("Q007", "a decision of the design forbids it"),
        op(
            "X010",
            "confidential data goes to a service that may not hold it",
            call(|v, e| plain_call(v, e) && !e.facts().is("effect", "query")),
            vec![State(Call, "data customer_email"), State(Target, "max_class internal")],
        )
        .follows("X007", "the caller does not say for which user"),
        op(
            "X010",
            "a topic that may not hold it gets addresses",
            call(|v, e| e.mode == Mode::AsyncPub && v.is(v.target(e), Kind::Queue) && v.compute(v.source(e))),
            vec![State(Call, "data address"), State(Target, "max_class internal")],
        ),
        op("X011", "the limiter believes any header", any(), vec![State(One, "client_ip_source any-header; rate_limit per address")]),
        op("X011", "access is decided by the leftmost address", any(), vec![State(One, "client_ip_source leftmost-xff; authz yes")]),
        op("X011", "all proxies are believed", any(), vec![State(One, "trust_all_proxies yes")]),
        op("X012", "every page may call", any(), vec![State(One, "cors *; auth jwt")]),
        op("X012", "every secure page may call with cookies", any(), vec![State(One, "cors https://*, credentials; auth jwt")]),
        op("X012", "whichever page asks may call", any(), vec![State(One, "cors reflect; auth session")]),
        op("X013", "files are not scanned", any(), ingest("accepts file; validation yes; scanning no")),
        op("X013", "anybody may send webhooks", any(), ingest("accepts webhook; signature no")),
        op("X013", "any address is fetched", any(), ingest("accepts url; egress no; validation yes")),
        op(
            "X013",
            "what comes in is not validated",
            element(|v, e| v.program(e) && v.graph.exposed()[v.index(e)] && e.facts.is_yes("validation")),
            vec![State(One, "accepts file; validation no; scanning yes")],
        ),
        op(
            "X014",
            "something public comes into the zone of a store",
            element(|v, e| v.store(e) && v.plain(e) && confidential(e)),
            vec![
                Beside(One, program("zzsite", "Site", "Opening hours", "zone vault; exposure public; auth oidc; kind service")),
                State(One, "zone vault"),
                Add(VISITOR.to_owned()),
                Add(safe_call("zzvisitor", "zzsite", "Looks", "auth oidc")),
            ],
        ),
        op(
            "X014",
            "a store goes where the public arrives",
            element(|v, e| v.store(e) && v.plain(e) && confidential(e)),
            vec![State(One, "zone dmz")],
        ),
        op(
            "X014",
            "a vendor stands in the zone of a store",
            element(|v, e| v.store(e) && v.plain(e) && confidential(e)),
            vec![
                State(One, "zone vault"),
                Add(external("zzvendor", "Build vendor", "Builds our programs", "zone vault")),
                Add(VISITOR.to_owned()),
                Add(relation("zzvisitor", "zzvendor", "Looks", "HTTPS", "tls yes")),
            ],
        ),
    ]
}

/// What people's requests reach once somebody has asked who they are.
fn entered() -> super::At {
    element(|v, e| v.program(e) && v.is(e, Kind::Service) && v.graph.exposed()[v.index(e)] && e.facts.get("role").is_none())
}

fn for_users() -> super::At {
    call(|v, e| {
        plain_call(v, e)
            && v.graph.exposed()[e.source]
            && v.program(v.target(e))
            && v.is(v.target(e), Kind::Service)
            && v.is(v.source(e), Kind::Gateway)
    })
}
