//! LNT-X014: one room for the safe and the street.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element, ElementKey,
        facts::{State, WORKSPACE},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        classification::{Class, classify},
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
    /// Stores with confidential data share a network zone with what the public or a vendor touches.
    ///
    /// ## What it finds
    /// A stated trust zone that holds a store with confidential data beside a frontend, an external system, a build system or something public that has
    /// no relation to the store; a store with confidential data in a zone that is called dmz, internet, public or edge; and a design of five elements or
    /// more that states `zone none` for all of them. One finding per zone.
    ///
    /// ## Why it matters
    /// Inside a zone everything can talk to everything. Whoever takes over the most exposed part is one connection away from the data.
    ///
    /// ## What to do
    /// Put stores into a zone of their own, deny by default, and allow the connections that the diagram shows.
    ///
    /// ## False positives
    /// Sketches are not looked at. What uses the store has to reach it and is not counted against it. Zones that are not stated are unknown, not flat.
    ///
    /// ## Source
    /// Checks for missing network segmentation in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         clinic = softwareSystem "Clinic" {
    ///             website = container "Website" "Opening hours and directions" "Go" {
    ///                 properties {
    ///                     zone servers
    ///                     exposure public
    ///                 }
    ///             }
    ///             records = container "Record service" "Keeps patient records" "Go" {
    ///                 properties {
    ///                     zone servers
    ///                 }
    ///             }
    ///             patients = container "Patient DB" "Records of all patients" "PostgreSQL 16" {
    ///                 properties {
    ///                     zone servers
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         records -> patients "Writes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         clinic = softwareSystem "Clinic" {
    ///             website = container "Website" "Opening hours and directions" "Go" {
    ///                 properties {
    ///                     zone front
    ///                     exposure public
    ///                 }
    ///             }
    ///             records = container "Record service" "Keeps patient records" "Go" {
    ///                 properties {
    ///                     zone servers
    ///                 }
    ///             }
    ///             patients = container "Patient DB" "Records of all patients" "PostgreSQL 16" {
    ///                 properties {
    ///                     zone servers
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         records -> patients "Writes" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-X014" "flat-network" {
        severity: Medium up to High,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the zone" version 1,
        fix: Planned by mend,
        topics: ["GA9.2"],
    }
}

/// So many elements without any zone are reported.
const MANY: usize = 5;

/// A zone's stores with confidential data and what the outside touches there.
#[derive(Default)]
struct Zone<'a> {
    stores: Vec<(usize, &'a Element)>,
    touched: Vec<(usize, &'a Element)>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut zones: BTreeMap<String, Zone<'_>> = BTreeMap::new();
        let (mut zoned, mut flat) = (0_usize, Vec::new());
        for (index, element) in graph.elements().filter(|(index, _)| !graph.has_parts(*index) && graph.is_unit(*index)) {
            let Some(fact) = graph.fact(element, "zone").filter(|fact| fact.state() != State::Unknown) else { continue };
            if fact.state() == State::Planned {
                flat.push((element, Gap::Planned));
                continue;
            }
            if fact.state() == State::No || fact.value.trim().eq_ignore_ascii_case("flat") {
                flat.push((element, Gap::Missing));
                continue;
            }
            zoned += 1;
            // What is said once for the whole workspace is not meant for those outside it.
            let general = fact.inherited_from == Some(ElementKey::from(WORKSPACE));
            let zone = zones.entry(fact.value.trim().to_lowercase()).or_default();
            if kind(element).is_store() && classify(&element.facts).is_some_and(|data| data.class >= Class::Confidential) {
                zone.stores.push((index, element));
            } else if !general && touched(subject, element) {
                zone.touched.push((index, element));
            }
        }
        if zoned == 0 && flat.len() >= MANY {
            report_flat(check, subject, &flat);
        } else if zoned == 0 && flat.is_empty() && graph.len() >= MANY {
            check.unknown(subject.document, WORKSPACE, "zone");
        }
        for (name, zone) in zones {
            report(check, subject, &name, &zone);
        }
    }
}

/// People from outside, vendors or whoever changes the code get at it.
fn touched(subject: &Subject<'_>, element: &Element) -> bool {
    let build = element.facts.is_any("role", &["ci", "cd", "build", "ci-cd"]);
    matches!(kind(element), Kind::Frontend | Kind::External)
        || element.facts.is("exposure", "public")
        || build
        || subject.graph.is_browser(element)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, name: &str, zone: &Zone<'a>) {
    let graph = &subject.graph;
    let street = ["dmz", "internet", "public", "edge", "perimeter"].contains(&name);
    let related = |store: usize, other: usize| {
        graph.incoming(store).any(|edge| edge.source == other) || graph.outgoing(store).any(|edge| edge.target == other)
    };
    let strangers = |store: usize| zone.touched.iter().filter(move |(other, _)| !related(store, *other));
    let stores: Vec<&(usize, &Element)> = zone.stores.iter().filter(|(store, _)| street || strangers(*store).next().is_some()).collect();
    if stores.is_empty() {
        return;
    }
    let mut others: Vec<&Element> = Vec::new();
    for (_, element) in zone.touched.iter().filter(|(other, _)| stores.iter().any(|(store, _)| !related(*store, *other))) {
        others.push(element);
    }
    let names: Vec<&str> = stores.iter().map(|(_, element)| element.name.as_str()).collect();
    let neighbours: Vec<&str> = others.iter().map(|element| element.name.as_str()).collect();
    let verb = if names.len() == 1 { "lies" } else { "lie" };
    let title = match names.as_slice() {
        [only] if street => format!("{only} lies in zone {name}, where the public arrives"),
        [only] => format!("{only} shares zone {name} with {}", listed(&neighbours)),
        _ if street => format!("{} with confidential data lie in zone {name}", capital(&counted(names.len(), "store"))),
        _ => format!("{} with confidential data share zone {name} with others", capital(&counted(names.len(), "store"))),
    };
    let beside = if neighbours.is_empty() { String::new() } else { format!(" with {}", listed(&neighbours)) };
    let mut draft = check
        .draft(subject)
        .key_word(name)
        .title(title)
        .message(format!("{} {verb} in one zone{beside}. Nothing in the network keeps an attacker from the data.", listed(&names)));
    if neighbours.is_empty() {
        draft = draft.message(format!("{} {verb} in {name}, the zone that requests from outside enter first.", listed(&names)));
    }
    for (_, store) in stores {
        draft = draft.element(subject, store).quote_element(
            store,
            &["zone", "max_class", "data"],
            &format!("{} holds confidential data in {name}", store.name),
        );
    }
    for other in others {
        draft = draft.mention(subject, other).quote_element(
            other,
            &["zone", "exposure", "role"],
            &format!("{} lies in {name} too", other.name),
        );
    }
    check.report(draft);
}

fn report_flat<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, flat: &[(&'a Element, Gap)]) {
    let planned = flat.iter().all(|(_, gap)| *gap == Gap::Planned);
    let flat: Vec<&Element> = flat.iter().map(|(element, _)| *element).collect();
    let names: Vec<&str> = flat.iter().map(|element| element.name.as_str()).collect();
    let mut draft = check
        .draft(subject)
        .key_word("no zones")
        .title(format!("{} share one network without zones", capital(&counted(flat.len(), "element"))))
        .message(format!("No trust zone separates {}. One of them taken over reaches all.", listed(&names)))
        .planned(planned);
    for element in &flat {
        draft = draft.mention(subject, element);
    }
    let own = flat.iter().find(|element| element.facts.get("zone").is_some_and(|fact| fact.inherited_from.is_none()));
    let from = subject.parsed.model.facts.get("zone").filter(|_| own.is_none());
    draft = match (own, from) {
        (Some(element), _) => draft.quote_element(element, &["zone"], "there are no zones"),
        (None, Some(fact)) => draft.quote(None, &[fact.span], "there are no zones"),
        (None, None) => flat.iter().take(1).fold(draft, |draft, element| draft.quote_element(element, &[], "lies in no zone")),
    };
    check.report(draft);
}

/// A zone of their own for the stores; where there are no zones at all, people have to draw them.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let holds =
        |element: &Element| kind(element).is_store() && classify(&element.facts).is_some_and(|data| data.class >= Class::Confidential);
    let stores = broken.elements().into_iter().filter(|element| holds(element) && !element.facts.is_known_no("zone"));
    let note = |store: &Element| store.facts.get("zone").map_or_else(|| "data".to_owned(), |zone| plan::instead("data", zone));
    let picks: Vec<Pick<'_>> = stores.map(|store| Pick { bearer: Bearer::element(store), fact: "zone", note: Some(note(store)) }).collect();
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
