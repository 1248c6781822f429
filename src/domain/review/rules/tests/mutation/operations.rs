//! Defects of how the system is run.

use crate::domain::{
    model::kind::Kind,
    review::rules::tests::mutation::{
        Do::{Add, Beside, State, Twin},
        Operator,
        Who::{Call, One, Other, Source, Target},
        call, element, op, pair,
        statements::{database, external, outside_call, program, safe_call, safe_sql},
    },
};

fn any() -> super::At {
    element(|v, e| v.program(e) && !e.facts.is_yes("managed"))
}

fn critical() -> super::At {
    element(|v, e| v.program(e) && v.critical(e) && !e.facts.is_yes("managed"))
}

fn on_kubernetes() -> super::At {
    element(|v, e| v.program(e) && v.graph.on_kubernetes(e) && !v.is(e, Kind::Scheduler))
}

fn serving_on_kubernetes() -> super::At {
    element(|v, e| v.program(e) && v.graph.on_kubernetes(e) && matches!(e.kind.value, Kind::Service | Kind::Gateway))
}

/// A relational database that a program writes.
fn writer() -> super::At {
    call(|v, e| {
        v.is(v.target(e), Kind::Database)
            && v.program(v.source(e))
            && e.access().writes()
            && e.relation.facts.get("role").is_none()
            && v.target(e).technology.as_deref().is_some_and(|technology| technology.contains("PostgreSQL"))
    })
}

/// Programs that have nothing in common.
fn two_programs() -> super::At {
    pair(|v, one, other| {
        v.program(one)
            && v.program(other)
            && one.parent == other.parent
            && one.facts.get("role").is_none()
            && other.facts.get("role").is_none()
            && [one, other].iter().all(|element| matches!(element.kind.value, Kind::Service | Kind::Worker | Kind::Scheduler))
    })
}

/// An external system that something critical waits for.
fn needed() -> super::At {
    call(|v, e| v.is(v.target(e), Kind::External) && v.program(v.source(e)) && v.critical(v.source(e)) && e.is_sync())
}

pub(super) fn operators() -> Vec<Operator> {
    vec![
        op("P001", "a program has no owner", any(), vec![State(One, "owner none")]),
        op("P001", "a critical program has nobody on call", critical(), vec![State(One, "oncall none")])
            .follows("O004", "its alerts reach nobody"),
        op("P001", "a critical program has no runbook", critical(), vec![State(One, "runbook no")]),
        op("P001", "a store has no owner", element(|v, e| v.store(e) && v.plain(e)), vec![State(One, "owner no")]),
        op("P002", "liveness asks the database", on_kubernetes(), vec![State(One, "live_checks database")]),
        op("P002", "a service has no readiness probe", serving_on_kubernetes(), vec![State(One, "readiness no")]),
        op(
            "P002",
            "both probes are one",
            serving_on_kubernetes(),
            vec![State(One, "liveness /healthz; readiness /healthz; healthcheck yes")],
        ),
        op(
            "P002",
            "a slow start has no probe",
            on_kubernetes(),
            vec![State(One, "boot_time 90s; startup_probe no; liveness /livez; readiness /readyz")],
        ),
        op("P003", "a program asks for no resources", on_kubernetes(), vec![State(One, "resources no")]),
        op("P003", "an image is not pinned", on_kubernetes(), vec![State(One, "image_pin latest")]),
        op("P003", "all instances may go at once", on_kubernetes(), vec![State(One, "replicas 3; pdb no")])
            .follows("S006", "fewer instances do less"),
        op(
            "P004",
            "staging uses a store of production",
            call(|v, e| v.is(v.target(e), Kind::Database) && v.program(v.source(e)) && e.is_sync()),
            vec![
                Twin(Source),
                State(Target, "env production"),
                Beside(Source, program("{+}zzstaging", "Trial", "What is released next", "env staging; max_class confidential")),
                Add(safe_sql("{+}zzstaging", "{target}", "Reads", "access r; role bi")),
                Add(safe_call("{twin}", "{+}zzstaging", "Asks", "-timeout; role batch")),
            ],
        ),
        op(
            "P004",
            "a store serves two environments",
            element(|v, e| v.store(e) && v.plain(e)),
            vec![State(One, "env production, staging")],
        ),
        op(
            "P004",
            "production data lies in staging",
            any(),
            vec![
                Beside(
                    One,
                    database(
                        "{+}zzcopy",
                        "Trial DB",
                        "A copy of what customers have",
                        "env staging; data production orders; role system-of-record",
                    ),
                ),
                Beside(One, program("{+}zztrial", "Trial", "What is released next", "env staging")),
                Add(safe_sql("{+}zztrial", "{+}zzcopy", "Reads and writes", "")),
            ],
        ),
        op("P005", "a critical program goes live all at once", critical(), vec![State(One, "deploy recreate")]),
        op("P005", "a critical program cannot go back", critical(), vec![State(One, "rollback no")]),
        op(
            "P005",
            "a new critical program goes live all at once",
            any(),
            vec![
                Beside(One, program("{+}zzvital", "Vital", "Must always answer", "tier 1; deploy big bang")),
                Add(safe_call("{+}zzvital", "{one}", "Asks", "-timeout; role batch")),
            ],
        ),
        op(
            "P006",
            "migrations run at the start of several replicas",
            writer(),
            vec![State(Source, "replicas 6"), State(Target, "migrations startup")],
        )
        .follows("S003", "more replicas open more connections"),
        op("P006", "a schema changes by hand", writer(), vec![State(Source, "deploy rolling"), State(Target, "migrations manual")]),
        op(
            "P006",
            "a schema changes under running code",
            writer(),
            vec![State(Source, "deploy canary"), State(Target, "expand_contract no")],
        ),
        op(
            "P007",
            "two programs ship together",
            two_programs(),
            vec![State(One, "deploy_unit backend"), State(Other, "deploy_unit backend")],
        ),
        op(
            "P007",
            "a program ships with a new one",
            element(|v, e| {
                v.program(e) && e.facts.get("role").is_none() && matches!(e.kind.value, Kind::Service | Kind::Worker | Kind::Scheduler)
            }),
            vec![
                State(One, "deploy_unit backend"),
                Beside(One, program("{+}zzrider", "Rider", "Rides along", "deploy_unit backend")),
                Add(safe_call("{+}zzrider", "{one}", "Asks", "-timeout; role batch")),
            ],
        ),
        op(
            "P007",
            "three new programs ship together",
            any(),
            (0..3)
                .flat_map(|n| {
                    let id = format!("{{+}}zzrider{n}");
                    [
                        Beside(One, program(&id, &format!("Rider {n}"), "Rides along", "owner team-new; deploy_unit riders")),
                        Add(safe_call(&id, "{one}", "Asks", "-timeout; role batch")),
                    ]
                })
                .collect(),
        ),
        op(
            "P008",
            "an external system on a critical path has no agreement",
            needed(),
            vec![State(Call, "criticality hard"), State(Target, "sla no")],
        ),
        op(
            "P008",
            "nobody knows whom to call at an external system",
            needed(),
            vec![State(Call, "criticality hard"), State(Target, "contact no; quota no")],
        ),
        op(
            "P008",
            "a new external system is needed and nothing is agreed",
            any(),
            vec![
                Add(external("zzrates", "Rates", "Knows what money is worth", "sla no; exit_plan no")),
                Beside(One, program("{+}zzvital", "Vital", "Must always answer", "tier 1; -slo")),
                Add(outside_call("{+}zzvital", "zzrates", "Asks", "HTTPS", "criticality hard; fallback n/a (it decides)")),
                Add(safe_call("{+}zzvital", "{one}", "Asks", "-timeout; role batch")),
            ],
        ),
    ]
}
