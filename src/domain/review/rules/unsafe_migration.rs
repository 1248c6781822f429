//! LNT-P006: the schema changes under the feet of running code.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, listed},
        finding::Severity,
        fix::{
            Offer,
            broken::Broken,
            plan::{self, Pick},
        },
        graph::kind,
        protocol::{Product, mentions},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A schema is changed in a way that running code or other replicas trip over.
    ///
    /// ## What it finds
    /// Relational stores whose users are deployed step by step and that state `migrations no`, `manual` or `expand_contract no`; and migrations that run
    /// when a program of more than one replica starts (`migrations startup`, on the store or on the program).
    ///
    /// ## Why it matters
    /// During a release old and new code use the same tables. A renamed column breaks the old half, and several replicas that migrate at the same moment
    /// wait for each other or run twice behind a pooler.
    ///
    /// ## What to do
    /// Expand, migrate, contract: add what is new, move the data, remove what is old a release later. Run migrations in one job before the release, with
    /// timeouts for locks and statements.
    ///
    /// ## False positives
    /// A tool of one replica for people inside is low. How the schema changes, and how programs are deployed, must be stated.
    ///
    /// ## Source
    /// Practice of evolutionary database design, and the documentation of migration tools.
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
    ///                     replicas 6
    ///                     migrations startup
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
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas 6
    ///                     deploy rolling
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16" {
    ///                 properties {
    ///                     migrations job
    ///                     expand_contract yes
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-P006" "unsafe-migration" {
        severity: Medium up to High,
        set: Prod,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store" version 1,
        fix: Planned by mend,
        topics: ["GA9.4", "BA3.3", "GA10.3"],
    }
}

/// Words for migrations that run when a program starts, and for those that people make.
const AT_START: [&str; 6] = ["startup", "start", "start-up", "app-start", "on-start", "boot"];
const BY_HAND: [&str; 4] = ["manual", "manually", "hand", "by-hand"];

/// How a schema is changed that should not be.
struct Way<'a> {
    how: String,
    gap: Gap,
    /// The program whose words say so; none for the store's own.
    said_by: Option<&'a Element>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, store) in subject.graph.elements().filter(|(_, element)| is_relational(element)) {
            judge(check, subject, index, store);
        }
    }
}

fn is_relational(element: &Element) -> bool {
    let technology = element.technology.as_deref().unwrap_or_default();
    // What runs on PostgreSQL and is spoken to otherwise has a schema all the same.
    let others = [
        "postgresql",
        "postgres",
        "sql",
        "mssql",
        "sqlserver",
        "aurora",
        "rds",
        "cockroachdb",
        "yugabytedb",
        "tidb",
        "db2",
        "relational",
        "alloydb",
        "spanner",
    ];
    kind(element) == Kind::Database && (Product::of(technology) == Some(Product::Relational) || mentions(technology, &others))
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, store: &'a Element) {
    let graph = &subject.graph;
    let mut clients: Vec<&Element> = Vec::new();
    for source in graph.incoming(index).filter(|edge| edge.access().writes()).filter_map(|edge| graph.source(edge)) {
        if graph.is_compute(source) && !clients.iter().any(|client| client.key == source.key) {
            clients.push(source);
        }
    }
    let mut ways: Vec<Way<'_>> = at_start(store, &clients).into_iter().collect();
    if clients.iter().any(|client| step_by_step(&client.facts)) {
        for (fact, how) in [("migrations", "by hand"), ("expand_contract", "without expand and contract")] {
            ways.extend(lacking(check, subject, store, &clients, fact).map(|(gap, said_by)| Way { how: how.to_owned(), gap, said_by }));
        }
    }
    if ways.is_empty() {
        return;
    }
    let hows: Vec<&str> = ways.iter().map(|way| way.how.as_str()).collect();
    let names: Vec<&str> = clients.iter().map(|client| client.name.as_str()).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, store)
        .title(format!("The schema of {} is changed {}", store.name, listed(&hows)))
        .message(format!(
            "During a release, old and new versions of {} use {} while its schema changes {}.",
            listed(&names),
            store.name,
            listed(&hows)
        ))
        .planned(ways.iter().all(|way| way.gap == Gap::Planned))
        .element(subject, store)
        .quote_element(store, &["migrations", "expand_contract"], &format!("how the schema of {} changes", store.name));
    for client in &clients {
        let said = ways.iter().filter_map(|way| way.said_by).any(|by| by.key == client.key);
        if said || step_by_step(&client.facts) {
            draft = draft.element(subject, client).quote_element(
                client,
                &["migrations", "expand_contract", "deploy", "replicas"],
                &format!("how {} is released", client.name),
            );
        }
    }
    if clients.iter().all(|client| replicas(client).is_some_and(|number| number <= 1.0) && client.facts.is("exposure", "internal")) {
        draft = draft.severity(Severity::Low, "one replica, for people inside");
    }
    check.report(draft);
}

/// Instances of two versions run side by side for a while.
fn step_by_step(facts: &Facts) -> bool {
    facts.value("deploy").is_some_and(|deploy| mentions(deploy, &["rolling", "blue-green", "canary", "blue", "progressive"]))
}

fn replicas(client: &Element) -> Option<f64> {
    client.facts.get("replicas").and_then(Fact::number)
}

/// Migrations run when a program of several replicas starts.
fn at_start<'a>(store: &Element, clients: &[&'a Element]) -> Option<Way<'a>> {
    let starts = |facts: &Facts| facts.value("migrations").is_some_and(|value| mentions(value, &AT_START));
    let client = clients
        .iter()
        .filter(|client| starts(&client.facts) || (starts(&store.facts) && client.facts.state("migrations") == State::Unknown))
        .filter(|client| replicas(client).is_some_and(|number| number > 1.0))
        .max_by(|left, right| replicas(left).partial_cmp(&replicas(right)).unwrap_or(std::cmp::Ordering::Equal))?;
    let number = replicas(client)?;
    Some(Way { how: format!("when {number:.0} replicas of {} start", client.name), gap: Gap::Missing, said_by: Some(client) })
}

/// A control that the store or one of its programs states to be missing.
fn lacking<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    store: &'a Element,
    clients: &[&'a Element],
    fact: &'static str,
) -> Option<(Gap, Option<&'a Element>)> {
    let by_hand = |facts: &Facts| fact == "migrations" && facts.value(fact).is_some_and(|value| mentions(value, &BY_HAND));
    let said_by = |element: &Element| element.facts.state(fact) != State::Unknown;
    let (element, client) = if said_by(store) {
        (store, None)
    } else {
        clients.iter().copied().find(|client| said_by(client)).map_or((store, None), |client| (client, Some(client)))
    };
    if by_hand(&element.facts) {
        return Some((Gap::Missing, client));
    }
    check.gap(subject.document, element.key.as_str(), &element.facts, fact).map(|gap| (gap, client))
}

/// A job changes the schema, in steps that old and new code both bear.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let by_job = |fact: &Fact| match fact.state() {
        State::No => Some(None),
        State::Yes => mentions(&fact.value, &[&AT_START[..], &BY_HAND[..]].concat()).then(|| Some(plan::instead("job", fact))),
        _ => None,
    };
    let job = plan::stated(broken, "migrations", by_job);
    let steps = plan::stated(broken, "expand_contract", plan::if_missing);
    let both: Vec<Pick<'_>> = job.iter().chain(&steps).cloned().collect();
    vec![Offer([job, steps, both].iter().filter_map(|picks| plan::planned(broken, picks)).collect())]
}
