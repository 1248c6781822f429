//! LNT-P005: a release that everybody gets at once, and that can't be taken back.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        fix::{Offer, broken::Broken, plan},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Critical services go live all at once, or can't be rolled back.
    ///
    /// ## What it finds
    /// Services of tier 0 or 1 that state `deploy recreate` (or all at once, or big bang) or `rollback no`. All of a tier are one finding.
    ///
    /// ## Why it matters
    /// Every release is all or nothing. A mistake reaches every customer in the same minute and stays until the next release mends it.
    ///
    /// ## What to do
    /// Replace instances step by step, let a few requests try the new version first and stop by the numbers, use blue and green where state has to switch,
    /// and flags where only behaviour changes. Practise going back.
    ///
    /// ## False positives
    /// Only tiers 0 and 1 are looked at. How a service is deployed is a question where it is not stated.
    ///
    /// ## Source
    /// Guidance on safe deployment in the cloud providers' frameworks, and the change section of production readiness reviews.
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
    ///                     tier 1
    ///                     deploy recreate
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
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
    ///                     tier 1
    ///                     deploy canary
    ///                     rollback automatic
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     tier 2
    ///                     deploy recreate
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-P005" "no-rollback-path" {
        severity: Medium up to High,
        set: Prod,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: PerTier,
        key: "the tier" version 1,
        fix: Planned by mend,
        topics: ["GA9.4"],
    }
}

struct Release<'a> {
    element: &'a Element,
    at_once: bool,
    gap: Gap,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut tiers: BTreeMap<u8, Vec<Release<'_>>> = BTreeMap::new();
        for (_, element) in subject.graph.running() {
            let Some(tier) = subject.graph.tier(element).filter(|tier| *tier <= 1) else { continue };
            if let Some(release) = release(check, subject, element) {
                tiers.entry(tier).or_default().push(release);
            }
        }
        for (tier, releases) in tiers {
            report(check, subject, tier, &releases);
        }
    }
}

fn release<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Option<Release<'a>> {
    let deploy = element.facts.get("deploy").filter(|fact| fact.state() != State::Unknown);
    if deploy.is_none() {
        check.unknown(subject.document, element.key.as_str(), "deploy");
    }
    let at_once = deploy.is_some_and(at_once);
    let rollback = check.gap(subject.document, element.key.as_str(), &element.facts, "rollback");
    let gap = if at_once { Some(Gap::Missing) } else { rollback };
    gap.map(|gap| Release { element, at_once, gap })
}

fn at_once(deploy: &Fact) -> bool {
    let value = deploy.value.to_lowercase().replace(' ', "-");
    deploy.state() == State::Yes && mentions(&value, &["recreate", "all-at-once", "at-once", "big-bang", "in-place", "stop-and-start"])
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, tier: u8, releases: &[Release<'a>]) {
    let names: Vec<&str> = releases.iter().map(|release| release.element.name.as_str()).collect();
    let all = releases.iter().all(|release| release.at_once);
    let how = match (all, releases.len()) {
        (true, 1) => "goes live all at once",
        (true, _) => "go live all at once",
        (false, 1) => "can't be rolled back",
        (false, _) => "go live without a way back",
    };
    let title = match names.as_slice() {
        [only] => format!("{only} is tier {tier} and {how}"),
        _ => format!("{} of tier {tier} {how}", capital(&counted(names.len(), "service"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word(&format!("tier {tier}"))
        .title(title)
        .message(format!("Every release of {} is all or nothing: a mistake reaches everyone at once.", listed(&names)))
        .planned(releases.iter().all(|release| release.gap == Gap::Planned));
    for release in releases {
        let what = if release.at_once { "goes live all at once" } else { "has no way back" };
        draft = draft.element(subject, release.element).quote_element(
            release.element,
            &["deploy", "rollback", "tier"],
            &format!("{} {what}", release.element.name),
        );
    }
    check.report(draft);
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let gradual = |fact: &Fact| at_once(fact).then(|| Some(plan::instead("rolling", fact)));
    let mut picks = plan::stated(broken, "deploy", gradual);
    picks.extend(plan::stated(broken, "rollback", plan::if_missing));
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
