//! LNT-R016: recovery that nobody has tried.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    moment::Day,
    review::{
        check::{Check, Gap, Subject, listed},
        fix::{
            Offer,
            broken::Broken,
            plan::{self, Pick},
        },
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Failover or restore of critical elements was never tried, or not for half a year.
    ///
    /// ## What it finds
    /// Elements of tier 0 or 1 that state `failover_tested no`, `game_day no` or, for stores, `restore_tested no`, or a date there that is more than 180
    /// days ago. A `game_day` of the workspace counts for all. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// What was never rehearsed works on paper. People look for the runbook, the standby lacks a permission, the restore takes a day instead of an hour.
    ///
    /// ## What to do
    /// Hold a game day each quarter. Begin small: make one dependency slow, then take one instance away, then restore a database beside the real one.
    ///
    /// ## False positives
    /// Only what is stated to be untried, or carries an old date, is told. It stays low and is one line for the design.
    ///
    /// ## Source
    /// The cloud providers' reliability frameworks on testing reliability, and the practice of chaos engineering.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger service" "Books" "Go" {
    ///                 properties {
    ///                     tier 0
    ///                     failover_tested no
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
    ///             game_day 2026-09-14
    ///         }
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger service" "Books" "Go" {
    ///                 properties {
    ///                     tier 0
    ///                     failover_tested 2026-09-14
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R016" "untested-recovery" {
        severity: Low up to Low,
        set: Prod,
        category: Reliability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned by mend,
        topics: ["GA4.5"],
    }
}

/// Days after which a test says little about today.
const OLD: i64 = 180;
const TESTS: [&str; 3] = ["failover_tested", "restore_tested", "game_day"];

/// How a test is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lack {
    Never(Gap),
    LongAgo,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let critical: Vec<&Element> = graph
            .elements()
            .map(|(_, element)| element)
            .filter(|element| graph.is_compute(element) || kind(element).is_store() || kind(element) == Kind::Queue)
            .filter(|element| graph.tier(element).is_some_and(|tier| tier <= 1) && !graph.is_dev_only(element))
            .collect();
        let mut untried: Vec<(&Element, Lack)> = Vec::new();
        for element in critical.iter().copied() {
            if element.facts.state("failover_tested") == State::Unknown {
                check.unknown(subject.document, element.key.as_str(), "failover_tested");
            }
            let asked = TESTS.iter().filter(|name| **name != "restore_tested" || kind(element).is_store());
            if let Some(lack) = asked.filter_map(|name| lack(&element.facts, name, check.today)).reduce(worse) {
                untried.push((element, lack));
            }
        }
        let general = lack(&graph.model.facts, "game_day", check.today);
        if let (true, Some(lack)) = (untried.is_empty(), general) {
            untried.extend(critical.into_iter().map(|element| (element, lack)));
        }
        if !untried.is_empty() {
            report(check, subject, &untried, general.is_some());
        }
    }
}

fn lack(facts: &Facts, name: &str, today: Day) -> Option<Lack> {
    let fact = facts.get(name)?;
    match fact.state() {
        State::No => Some(Lack::Never(Gap::Missing)),
        State::Planned => Some(Lack::Never(Gap::Planned)),
        State::Yes => day_of(fact).is_some_and(|day| today.number() - day.number() > OLD).then_some(Lack::LongAgo),
        State::NotApplicable | State::Unknown => None,
    }
}

fn day_of(fact: &Fact) -> Option<Day> {
    fact.value.split(|c: char| !c.is_ascii_digit() && c != '-').find_map(Day::parse)
}

fn worse(left: Lack, right: Lack) -> Lack {
    let rank = |lack: Lack| match lack {
        Lack::Never(Gap::Missing) => 2,
        Lack::LongAgo => 1,
        Lack::Never(Gap::Planned) => 0,
    };
    if rank(right) > rank(left) { right } else { left }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, untried: &[(&'a Element, Lack)], general: bool) {
    let names: Vec<&str> = untried.iter().map(|(element, _)| element.name.as_str()).collect();
    let old = untried.iter().all(|(_, lack)| *lack == Lack::LongAgo);
    let when = if old { "was last tried more than half a year ago" } else { "has not been tried" };
    let title = match names.as_slice() {
        [only] => format!("Recovery of {only} {when}"),
        _ => format!("Recovery of {} critical elements {when}", crate::domain::review::check::count(names.len())),
    };
    let mut draft = check
        .draft(subject)
        .key_word("untested recovery")
        .title(title)
        .message(format!("Whether failover or restore works is not known for {}.", listed(&names)))
        .planned(untried.iter().all(|(_, lack)| *lack == Lack::Never(Gap::Planned)));
    if general && let Some(fact) = subject.graph.model.facts.get("game_day") {
        draft = draft.quote(None, &[fact.span], "no failures were practised lately");
    }
    for (element, _) in untried {
        draft = draft.element(subject, element).quote_element(element, &TESTS, &format!("recovery of {} {when}", element.name));
    }
    check.report(draft);
}

/// Plans what was never tried, and what was tried long ago once more.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let again = |fact: &Fact| match fact.state() {
        State::No => Some(None),
        State::Yes => day_of(fact).filter(|day| broken.today.number() - day.number() > OLD).map(|day| Some(format!("last on {day}"))),
        _ => None,
    };
    let own: Vec<Pick<'_>> = TESTS.into_iter().flat_map(|fact| plan::stated(broken, fact, again)).collect();
    let general = broken.workspace().and_then(|bearer| Some(Pick { bearer, fact: "game_day", note: again(bearer.fact("game_day")?)? }));
    let general: Vec<Pick<'_>> = general.into_iter().collect();
    vec![Offer([own, general].iter().filter_map(|picks| plan::planned(broken, picks)).collect())]
}
