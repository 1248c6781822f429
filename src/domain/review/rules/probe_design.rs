//! LNT-P002: health checks that make a small failure a large one.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Health checks restart services that only wait for something, or send traffic to ones that can't serve.
    ///
    /// ## What it finds
    /// On Kubernetes: services whose liveness probe looks at a database, a cache or another service (`live_checks`), which is high. Medium: services that
    /// state `readiness no` or `healthcheck no`, that use one path for both probes, or that take half a minute and more to start and state
    /// `startup_probe no`. One finding for liveness and one for the rest.
    ///
    /// ## Why it matters
    /// When the database stumbles, every pod that checks it is restarted at once, and all of them come back to a database with cold caches. Without
    /// readiness, requests go to pods that are still starting.
    ///
    /// ## What to do
    /// Let liveness ask only whether the process itself is stuck. Let readiness ask whether it can serve, with timeouts and a cached answer. Give slow
    /// starters a startup probe.
    ///
    /// ## False positives
    /// Jobs and schedulers serve nobody and need no readiness, workers that take messages neither. What is not stated is unknown.
    ///
    /// ## Source
    /// Guidance on probes in the Kubernetes documentation, and the smell of missing health checks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             platform kubernetes
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     liveness /livez
    ///                     readiness /readyz
    ///                     live_checks database
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             platform kubernetes
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     liveness /livez
    ///                     readiness /readyz
    ///                     live_checks process
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-P002" "probe-design" {
        severity: High up to High,
        set: Prod,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "liveness, or what else probes lack" version 1,
        fix: Planned by mend,
        topics: ["GA8.1", "BA4.5", "BA4.1"],
    }
}

/// A start that takes longer needs a probe of its own.
const SLOW: u64 = 30_000;

/// What is wrong with one element's probes.
struct Flaw<'a> {
    element: &'a Element,
    what: String,
    gap: Gap,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let (mut liveness, mut others) = (Vec::new(), Vec::new());
        for (_, element) in graph.running().filter(|(_, element)| graph.on_kubernetes(element) && !is_job(element)) {
            if let Some(checked) = dependencies(element) {
                liveness.push(Flaw { element, what: format!("liveness of {} asks {}", element.name, listed(&checked)), gap: Gap::Missing });
            }
            others.extend(lacks(check, subject, element).map(|(what, gap)| Flaw { element, what, gap }));
        }
        report(check, subject, &liveness, true);
        report(check, subject, &others, false);
    }
}

fn is_job(element: &Element) -> bool {
    kind(element) == Kind::Scheduler || element.facts.is_any("role", &["job", "cronjob", "batch", "init", "migration"])
}

/// What liveness looks at besides the process.
fn dependencies(element: &Element) -> Option<Vec<&str>> {
    const ITSELF: [&str; 8] = ["process", "self", "itself", "none", "no", "ping", "deadlock", "loop"];
    let checks = element.facts.get("live_checks").filter(|fact| fact.state() == State::Yes)?;
    let checked: Vec<&str> =
        checks.list().into_iter().filter(|part| !ITSELF.iter().any(|own| part.eq_ignore_ascii_case(own)) && *part != "yes").collect();
    (!checked.is_empty()).then_some(checked)
}

/// What else the probes of an element lack; the first that applies.
fn lacks<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Option<(String, Gap)> {
    let facts = &element.facts;
    let (key, name) = (element.key.as_str(), element.name.as_str());
    // Nobody sends requests to a worker.
    if kind(element) != Kind::Worker {
        let fact = if facts.state("readiness") == State::Unknown && facts.state("healthcheck") != State::Unknown {
            "healthcheck"
        } else {
            "readiness"
        };
        match check.gap(subject.document, key, facts, fact) {
            Some(gap) if fact == "readiness" => return Some((format!("{name} has no readiness probe"), gap)),
            Some(gap) => return Some((format!("{name} has no health check"), gap)),
            None => {}
        }
        let path = |fact: &str| facts.value(fact).map(str::trim).filter(|value| value.starts_with('/'));
        if path("liveness").is_some() && path("liveness") == path("readiness") {
            return Some((format!("{name} answers both probes in one place"), Gap::Missing));
        }
    }
    let slow = facts.get("boot_time").and_then(Fact::milliseconds).is_some_and(|time| time >= SLOW);
    let gap = if slow { check.gap(subject.document, key, facts, "startup_probe") } else { None };
    gap.map(|gap| (format!("{name} starts slowly and has no startup probe"), gap))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, flaws: &[Flaw<'a>], liveness: bool) {
    let Some(first) = flaws.first() else { return };
    let names: Vec<&str> = flaws.iter().map(|flaw| flaw.element.name.as_str()).collect();
    let whats: Vec<&str> = flaws.iter().map(|flaw| flaw.what.as_str()).collect();
    let (title, message) = match (liveness, flaws.len()) {
        (true, 1) => (
            format!("{} is restarted when something it needs is slow", first.element.name),
            format!("The {}. When that stumbles, all its pods are restarted at the same moment.", first.what),
        ),
        (true, number) => (
            format!("{} are restarted when something they need is slow", capital(&counted(number, "service"))),
            format!("The liveness probes of {} ask others. When those stumble, all pods are restarted at once.", listed(&names)),
        ),
        (false, 1) => (capital(&first.what), format!("{}, so requests or restarts hit it while it can't serve.", capital(&first.what))),
        (false, number) => {
            (format!("Probes of {} tell the platform too little", counted(number, "service")), format!("{}.", capital(&listed(&whats))))
        }
    };
    let mut draft = check
        .draft(subject)
        .key_word(if liveness { "liveness" } else { "probes" })
        .title(title)
        .message(message)
        .planned(flaws.iter().all(|flaw| flaw.gap == Gap::Planned));
    for flaw in flaws {
        draft = draft.element(subject, flaw.element).quote_element(
            flaw.element,
            &["healthcheck", "liveness", "readiness", "live_checks", "startup_probe", "boot_time"],
            &flaw.what,
        );
    }
    if !liveness {
        draft = draft.severity(Severity::Medium, "no probe restarts what is healthy");
    }
    check.report(draft);
}

/// Liveness that looks at the process alone; probes that are missing.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let elements = broken.elements();
    let asks = elements.iter().filter(|element| dependencies(element).is_some());
    let note = |element: &Element| element.facts.get("live_checks").map(|stated| plan::instead("process", stated));
    let alone: Vec<Pick<'_>> =
        asks.map(|element| Pick { bearer: Bearer::element(element), fact: "live_checks", note: note(element) }).collect();
    let mut probes: Vec<Pick<'_>> = Vec::new();
    for fact in ["readiness", "healthcheck", "startup_probe"] {
        probes.extend(plan::stated(broken, fact, plan::if_missing));
    }
    let path =
        |element: &Element, fact| element.facts.value(fact).map(|value| value.trim().to_owned()).filter(|value| value.starts_with('/'));
    for element in
        elements.iter().filter(|element| path(element, "liveness").is_some() && path(element, "liveness") == path(element, "readiness"))
    {
        probes.push(Pick { bearer: Bearer::element(element), fact: "readiness", note: Some("a path of its own".to_owned()) });
    }
    vec![Offer([alone, probes].iter().filter_map(|picks| plan::planned(broken, picks)).collect())]
}
