//! LNT-R017: work that dies with each deployment.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        amount::{duration, plain, spoken},
        check::{Check, Gap, Subject, capital, counted},
        fix::{Offer, broken::Broken, plan},
        protocol::{mentions, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Services drop the work in hand when they are stopped.
    ///
    /// ## What it finds
    /// Services that state `graceful_shutdown no`; or a drain that is as long as the time the platform grants (`graceful_shutdown "drain 30s, grace
    /// 30s"`, with `prestop` counted in); or consumers that are not drained (`no consumers`). All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// Each deployment and each step of scaling in cuts off requests, leaves messages half processed and loses the last telemetry. It looks like random
    /// errors a few times a day.
    ///
    /// ## What to do
    /// On the signal to stop: say that you are not ready, wait until that is known, finish requests within less than the granted time, drain consumers,
    /// close pools, send the last telemetry.
    ///
    /// ## False positives
    /// Functions that the platform starts for each request are left out by `platform` or technology. What is not stated is a question.
    ///
    /// ## Source
    /// How the common orchestrators end a container: a signal, a period of grace, then the end.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     graceful_shutdown "drain 30s, grace 30s"
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     graceful_shutdown "prestop 5s, drain 20s, grace 30s"
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R017" "abrupt-shutdown" {
        severity: Medium up to Medium,
        set: Prod,
        category: Reliability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned by mend,
        topics: ["GA8.2", "BA4.2", "BA6.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut abrupt: Vec<(&Element, String, Gap)> = Vec::new();
        for (_, service) in subject.graph.elements().filter(|(_, element)| subject.graph.is_compute(element) && !is_function(element)) {
            let how = match check.gap(subject.document, service.key.as_str(), &service.facts, "graceful_shutdown") {
                Some(gap) => Some(("stops at once".to_owned(), gap)),
                None => service.facts.get("graceful_shutdown").and_then(flaw).map(|flaw| (flaw, Gap::Missing)),
            };
            abrupt.extend(how.map(|(how, gap)| (service, how, gap)));
        }
        if !abrupt.is_empty() {
            report(check, subject, &abrupt);
        }
    }
}

/// The platform starts and ends it for each request.
fn is_function(element: &Element) -> bool {
    const PLATFORMS: [&str; 7] = ["lambda", "serverless", "faas", "cloud-functions", "functions", "function", "cloud-run"];
    let says = |text: Option<&str>| text.is_some_and(|text| mentions(text, &PLATFORMS));
    says(element.facts.value("platform")) || says(element.technology.as_deref())
}

/// What is wrong with a shutdown that is stated in parts: `prestop 5s, drain 30s, grace 30s`.
fn flaw(fact: &Fact) -> Option<String> {
    if fact.state() != State::Yes {
        return None;
    }
    let says = |part: &str, wanted: &[&str]| words(part).any(|word| wanted.contains(&word.as_str()));
    let time = |wanted: &[&str]| fact.list().into_iter().find(|part| says(part, wanted)).and_then(duration);
    let consumers = |part: &&str| says(part, &["consumer", "consumers"]) && says(part, &["no", "not", "without"]);
    if fact.list().iter().any(consumers) {
        return Some("stops its consumers at once".to_owned());
    }
    let drain = time(&["drain", "shutdown"])? + time(&["prestop", "pre-stop"]).unwrap_or(0.0);
    let grace = time(&["grace"]).filter(|grace| drain >= *grace)?;
    Some(format!("needs {} to stop and gets {}", spoken(drain), spoken(grace)))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, abrupt: &[(&'a Element, String, Gap)]) {
    let said: Vec<String> = abrupt.iter().map(|(service, how, _)| format!("{} {how}", service.name)).collect();
    let title = match abrupt {
        [(service, _, _)] => format!("{} drops work in hand when it is stopped", service.name),
        _ => format!("{} drop work in hand when they are stopped", capital(&counted(abrupt.len(), "service"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("abrupt shutdown")
        .title(title)
        .message(format!("Each deployment cuts off requests and messages: {}.", crate::domain::review::check::listed(&said)))
        .planned(abrupt.iter().all(|(_, _, gap)| *gap == Gap::Planned));
    for (service, how, _) in abrupt {
        draft = draft.element(subject, service).quote_element(service, &["graceful_shutdown"], &format!("{} {how}", service.name));
    }
    check.report(draft);
}

/// Plans to finish work in hand, and where the times do not add up, times that do.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let gentle = |fact: &Fact| match fact.state() {
        State::No => Some(None),
        _ => flaw(fact).map(|_| Some(enough(fact))),
    };
    plan::planned(broken, &plan::stated(broken, "graceful_shutdown", gentle)).map(Offer::from).into_iter().collect()
}

/// The same parts with ten seconds more than they need.
fn enough(fact: &Fact) -> String {
    let says = |part: &str, wanted: &[&str]| words(part).any(|word| wanted.contains(&word.as_str()));
    let is = |wanted: &'static [&'static str]| move |part: &&str| says(part, wanted);
    let time = |wanted: &'static [&'static str]| fact.list().into_iter().find(is(wanted)).and_then(duration).unwrap_or(0.0);
    let needed = (time(&["drain", "shutdown"]) + time(&["prestop", "pre-stop"])) / 1000.0 + 10.0;
    let kept = |part: &&str| !says(part, &["grace", "consumer", "consumers"]);
    let mut parts: Vec<String> = fact.list().into_iter().filter(kept).map(str::to_owned).collect();
    if fact.list().iter().any(|part| says(part, &["consumer", "consumers"])) {
        parts.push("consumers too".to_owned());
    } else {
        parts.push(format!("grace {}s", plain(needed)));
    }
    parts.join(", ")
}
