//! LNT-M006: a suppression that suppresses nothing.

use crate::domain::{
    agent::proposal::Thing,
    review::{
        check::{Check, Draft, Subject, listed, shorten},
        finding::Anchor,
        fix::{
            Offer,
            broken::{Broken, there},
            patch::Patch,
        },
        rule::{FixClass, declare_rule},
        suppression::{self, Problem, Scope, Stale},
    },
};

declare_rule! {
    /// A suppression matches nothing any more, has expired or gives no reason.
    ///
    /// ## What it finds
    /// Suppressions in the text (`lintel.ignore "LNT-B001: the reason until 2027-05-01"` among the properties of an element, relation,
    /// group or the workspace) that no finding matches, whose last day is over, that name no rule, or whose reason is shorter than ten
    /// characters.
    ///
    /// ## Why it matters
    /// A suppression that has outlived its finding hides the next one of its sort at the same place, and nobody remembers having asked for
    /// it.
    ///
    /// ## What to do
    /// Take the line out, or renew it with the reason as it is now and a new last day.
    ///
    /// ## False positives
    /// Nothing is said when one of the rules it names did not run on the text, because then nobody knows. A suppression of one member of a
    /// grouped finding counts as used, although the others keep the finding open.
    ///
    /// ## Source
    /// Unused suppressions as linters for code report them.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     context sales
    ///                 }
    ///             }
    ///             invoices = container "Invoice service" "Writes invoices" "Go" {
    ///                 properties {
    ///                     context billing
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and their lines" "PostgreSQL 16" {
    ///                 properties {
    ///                     lintel.ignore "LNT-B001: the two services are being merged until 2027-05-01"
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     context sales
    ///                 }
    ///             }
    ///             invoices = container "Invoice service" "Writes invoices" "Go" {
    ///                 properties {
    ///                     context billing
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and their lines" "PostgreSQL 16" {
    ///                 properties {
    ///                     lintel.ignore "LNT-B001: the two services are being merged until 2027-05-01"
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///         invoices -> ordersdb "Writes invoices" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-M006" "stale-suppression" {
        severity: Low up to Low,
        set: Core,
        category: Model,
        kind: Hygiene,
        reads: Diagrams,
        grouping: Individual,
        key: "the subject and the rules it names" version 1,
        fix: Safe by mend,
        topics: ["GA11.6"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for stale in check.stale().iter().filter(|stale| stale.suppression.document == subject.document) {
            report(check, subject, stale);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, stale: &'a Stale) {
    let suppression = &stale.suppression;
    let (draft, place) = at(check.draft(subject), subject, &suppression.scope);
    let rules = if suppression.rules.is_empty() { "no rule".to_owned() } else { listed(&suppression.rules) };
    let reason = if suppression.reason.is_empty() { String::new() } else { format!(" ({})", shorten(&suppression.reason, 160)) };
    let short = shorten(&rules, 24);
    let (title, message) = match stale.problem {
        Problem::Unused => (
            format!("The suppression of {short} at {place} matches nothing"),
            format!("Nothing is found that {rules} would report at {place}. The suppression{reason} would hide the next finding there."),
        ),
        Problem::Expired(day) => (
            format!("The suppression of {short} at {place} ended on {day}"),
            format!("The suppression of {rules} at {place}{reason} held until {day}. What it hid is shown again."),
        ),
        Problem::Fault(why) => (
            format!("The suppression at {place} does not count: {why}"),
            format!("A suppression names rules, then a reason of at least ten characters, and may end on a day. At {place}, {why}."),
        ),
    };
    let draft = draft.key_word(&suppression.rules.join(" ")).title(title).message(message).quote(
        suppression.file.as_deref(),
        &[suppression.span],
        &format!("suppresses {rules}"),
    );
    check.report(draft);
}

/// Points at what the suppression stands at, and names it.
fn at<'a>(draft: Draft<'a>, subject: &'a Subject<'a>, scope: &'a Scope) -> (Draft<'a>, String) {
    let graph = &subject.graph;
    let document = subject.document;
    match scope {
        Scope::Element(key) => match graph.model.element(key) {
            Some(element) => (draft.key_element(subject, element).mention(subject, element), shorten(&element.name, 30)),
            None => (draft.key_word(key.as_str()), key.to_string()),
        },
        Scope::Relation(key) => {
            let relation = graph.model.relations.get(key);
            let ends = relation.and_then(|relation| Some((graph.model.element(&relation.source)?, graph.model.element(&relation.target)?)));
            let name = ends.map_or_else(
                || key.to_string(),
                |(source, target)| format!("{} → {}", shorten(&source.name, 14), shorten(&target.name, 14)),
            );
            (draft.key_word(key.as_str()).anchor(Anchor::Relation { document, relation: key.clone() }).subject_name(&name), name)
        }
        Scope::Group(key) => {
            let name = graph.model.groups.get(key).map_or_else(|| key.to_string(), |group| shorten(&group.name, 30));
            (draft.key_word(key.as_str()).anchor(Anchor::Group { document, group: key.clone() }).subject_name(&name), name)
        }
        Scope::Workspace => (draft.key_word("workspace").anchor(Anchor::Document { document }), "the workspace".to_owned()),
    }
}

/// Takes it out. Where one subject has several, the one that is stale is the one whose absence mends the finding.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(model) = broken.model() else { return Vec::new() };
    let (thing, properties) = match broken.finding.anchors.first() {
        Some(Anchor::Element { element, .. }) => {
            (Thing::Element(there(element)), model.element(element).map(|element| &element.properties))
        }
        Some(Anchor::Relation { relation, .. }) => {
            (Thing::Relation(relation.clone()), model.relations.get(relation).map(|relation| &relation.properties))
        }
        Some(Anchor::Group { group, .. }) => (Thing::Boundary(group.clone()), model.groups.get(group).map(|group| &group.properties)),
        Some(Anchor::Document { .. }) => (Thing::Workspace, Some(&model.properties)),
        _ => return Vec::new(),
    };
    let names = properties.into_iter().flat_map(|properties| properties.keys()).filter(|name| suppression::is_name(name));
    let way = |name: &String| {
        let mut patch = Patch::new();
        patch.forget(thing.clone(), name);
        patch.finish(broken, FixClass::Safe, format!("Take the suppression `{name}` out"))
    };
    vec![Offer(names.filter_map(way).collect())]
}
