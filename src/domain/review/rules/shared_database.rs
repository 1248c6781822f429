//! LNT-B001: a database with several owners.

use std::collections::BTreeSet;

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Draft, Subject, counted, listed},
        finding::Severity,
        fix::{
            Offer, Repair,
            broken::{Broken, there},
            patch::{New, Patch, ends, is_taken, short},
            reroute::through_owner,
        },
        graph::{Access, Edge, ask::Together, kind},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A database is written by services that do not belong together.
    ///
    /// ## What it finds
    /// A logical database or object store that two or more services write, where the services belong to different bounded contexts or owners. The
    /// context is the fact `context`, else the nearest group, else the software system. When neither context nor owner is told, the finding is
    /// medium; within one context it is low. A service of another context that only reads makes it medium.
    ///
    /// ## Why it matters
    /// The tables become a contract that nobody wrote down. No service can change its schema alone, locks and migrations meet, and no one owns
    /// the rules that the data must keep.
    ///
    /// ## What to do
    /// Give the data one owning service and let the others use its interface or its events. Where the services always change together, merge
    /// them. If sharing is the decision, record it.
    ///
    /// ## False positives
    /// A database server is not a logical database: draw the databases, not the server, or give the server `role server`. Stores of logs, traces and
    /// metrics are everyone's. Migration, change data capture, reporting and backup links are ignored when they say so: `role migration`, `cdc`,
    /// `bi`, `backup`.
    ///
    /// ## Source
    /// The pattern of one database per service and the smell of shared persistence in the microservices literature.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         bank = softwareSystem "Bank" {
    ///             group "Accounts" {
    ///                 accounts = container "Account service" "Opens and closes accounts" "Go"
    ///             }
    ///             group "Transfers" {
    ///                 transfers = container "Transfer service" "Moves money" "Go"
    ///             }
    ///             ledger = container "Ledger DB" "Every booking" "PostgreSQL 16"
    ///         }
    ///         accounts -> ledger "Writes opening balances" "SQL"
    ///         transfers -> ledger "Writes bookings" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         bank = softwareSystem "Bank" {
    ///             group "Accounts" {
    ///                 accounts = container "Account service" "Opens and closes accounts" "Go"
    ///             }
    ///             group "Transfers" {
    ///                 transfers = container "Transfer service" "Moves money" "Go"
    ///                 ledger = container "Ledger DB" "Every booking" "PostgreSQL 16"
    ///             }
    ///             reports = container "Reporting" "Monthly figures" "Metabase" {
    ///                 properties {
    ///                     kind service
    ///                 }
    ///             }
    ///         }
    ///         accounts -> transfers "Books the opening balance" "gRPC"
    ///         transfers -> ledger "Writes bookings" "SQL"
    ///         reports -> ledger "Reads bookings" "SQL" {
    ///             properties {
    ///                 role bi
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-B001" "shared-database" {
        severity: High up to High,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the store" version 1,
        fix: Proposal by mend,
        topics: ["BA2.1", "BA5.1", "GA1.1"],
    }
}

const ASIDE: [&str; 6] = ["migration", "cdc", "bi", "backup", "replication", "replica"];

/// One service at the store.
struct Client<'a> {
    element: &'a Element,
    edge: &'a Edge<'a>,
    access: Access,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, store) in subject.graph.elements() {
            let server = store.facts.is_any("role", &["server", "cluster", "instance"]);
            // Everyone writes the log store, and nobody's tables are in it.
            let shared_by_nature = server || subject.graph.is_telemetry_sink(store);
            if matches!(kind(store), Kind::Database | Kind::ObjectStore) && !subject.graph.has_parts(index) && !shared_by_nature {
                judge(check, subject, index, store);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, store: &'a Element) {
    let clients = clients(subject, index);
    let writers: Vec<&Client<'_>> = clients.iter().filter(|client| client.access.writes()).collect();
    let elements: Vec<&Element> = writers.iter().map(|client| client.element).collect();
    let readers = foreign_readers(subject, store, &clients, &elements);
    let names: Vec<&str> = elements.iter().map(|element| element.name.as_str()).collect();
    let (severity, reason, title) = if elements.len() < 2 {
        if readers.is_empty() {
            return;
        }
        let verb = if readers.len() == 1 { "reads" } else { "read" };
        let reader: Vec<&str> = readers.iter().map(|client| client.element.name.as_str()).collect();
        (Severity::Medium, "the other context only reads", format!("{} {verb} the tables of {}", listed(&reader), store.name))
    } else {
        let contexts = distinct_contexts(subject, &elements);
        let owners: BTreeSet<&str> = elements.iter().filter_map(|element| subject.graph.owner(element)).collect();
        match together(subject, &elements) {
            Together::No if contexts > 1 => (Severity::High, "", format!("{} is written by {}", store.name, counted(contexts, "context"))),
            Together::No if owners.len() > 1 => {
                (Severity::High, "", format!("{} is written by {}", store.name, counted(owners.len(), "team")))
            }
            Together::No => (Severity::High, "", format!("{} is written by {}", store.name, counted(elements.len(), "service"))),
            Together::Unknown => {
                for element in elements.iter().filter(|element| subject.graph.owner(element).is_none()) {
                    check.unknown(subject.document, element.key.as_str(), "owner");
                }
                let services = elements.iter().filter(|element| !matches!(kind(element), Kind::Worker | Kind::Scheduler)).count();
                let severity = if services > 1 { Severity::Medium } else { Severity::Low };
                (
                    severity,
                    "neither context nor owner is stated",
                    format!("{} is written by {}", store.name, counted(elements.len(), "service")),
                )
            }
            Together::Yes => (
                Severity::Low,
                "the services belong together",
                format!("{} is written by {}", store.name, counted(elements.len(), "service")),
            ),
        }
    };
    let message = if elements.len() < 2 {
        format!(
            "{} is owned by {}; a reader of another context ties its schema. Use a replica, a view or an interface.",
            store.name,
            listed(&names)
        )
    } else {
        format!("{} is written by {}; they can't change or deploy its schema independently.", store.name, listed(&names))
    };
    let mut draft = check.draft(subject).key_element(subject, store).title(title).message(message).element(subject, store);
    if severity != Severity::High {
        draft = draft.severity(severity, reason);
    }
    draft = writers.iter().fold(draft, |draft, client| quote(draft, subject, store, client));
    draft = readers.iter().fold(draft, |draft, client| quote(draft, subject, store, client));
    check.report(draft);
}

fn quote<'a>(draft: Draft<'a>, subject: &'a Subject<'a>, store: &Element, client: &Client<'a>) -> Draft<'a> {
    let verb = if client.access.writes() { "writes" } else { "reads" };
    let name = &client.element.name;
    let draft = draft.mention(subject, client.element).edge(subject, client.edge, &format!("{name} {verb} {}", store.name), &["access"]);
    if client.access == Access::Assumed {
        return draft.assumption(&format!("assumed that {name} writes: access is not stated"));
    }
    draft
}

/// One per service, the strongest access.
fn clients<'a>(subject: &'a Subject<'a>, store: usize) -> Vec<Client<'a>> {
    let graph = &subject.graph;
    let mut clients: Vec<Client<'a>> = Vec::new();
    for edge in graph.incoming(store) {
        let Some(element) = graph.source(edge).filter(|element| graph.is_compute(element)) else { continue };
        let aside = edge.role_is(&ASIDE) || element.facts.is_any("role", &ASIDE);
        if aside {
            continue;
        }
        let access = edge.access();
        match clients.iter_mut().find(|client| client.element.key == element.key) {
            Some(known) if !known.access.writes() && access.writes() => (known.edge, known.access) = (edge, access),
            Some(_) => {}
            None => clients.push(Client { element, edge, access }),
        }
    }
    clients
}

fn together<'a>(subject: &Subject<'a>, elements: &[&'a Element]) -> Together {
    let pairs = || elements.iter().enumerate().flat_map(|(index, left)| elements.iter().skip(index + 1).map(move |right| (*left, *right)));
    if subject.graph.apart(elements) {
        Together::No
    } else if pairs().all(|(left, right)| subject.graph.together(left, right) == Together::Yes) {
        Together::Yes
    } else {
        Together::Unknown
    }
}

fn distinct_contexts(subject: &Subject<'_>, elements: &[&Element]) -> usize {
    let contexts: BTreeSet<_> = elements.iter().filter_map(|element| subject.graph.context_of(&element.key)).collect();
    let stated = contexts.iter().filter(|context| context.stated).count();
    if stated > 0 { stated } else { contexts.len() }
}

/// Readers that certainly belong to another context or owner than the one that writes; a replica is there to be read. Where
/// the store says whose it is, whoever reaches in from elsewhere is foreign access and told as such.
fn foreign_readers<'a, 'b>(
    subject: &Subject<'a>,
    store: &'a Element,
    clients: &'b [Client<'a>],
    writers: &[&'a Element],
) -> Vec<&'b Client<'a>> {
    let graph = &subject.graph;
    let shared = store.facts.is_any("role", &["replica", "read-model", "warehouse", "derived"]);
    let owned = graph.owner(store).is_some() || graph.value(store, "context").is_some();
    let [writer] = writers else { return Vec::new() };
    if shared || owned {
        return Vec::new();
    }
    clients.iter().filter(|client| !client.access.writes() && graph.together(writer, client.element) == Together::No).collect()
}

/// One of the writers owns the data and the others ask it; or the others get stores of their own.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let (Some(graph), Some(store)) = (broken.graph(), broken.elements().first().and_then(|store| broken.graph()?.unit(&store.key))) else {
        return Vec::new();
    };
    let mut clients: Vec<usize> = Vec::new();
    let mut writers: Vec<usize> = Vec::new();
    for edge in broken.edges().into_iter().filter(|edge| edge.target == store) {
        if !clients.contains(&edge.source) {
            clients.push(edge.source);
        }
        if edge.access().writes() && !writers.contains(&edge.source) {
            writers.push(edge.source);
        }
    }
    let others = |owner: usize| clients.iter().copied().filter(|client| *client != owner).collect::<Vec<_>>();
    let owned = writers.iter().take(2).filter_map(|owner| through_owner(broken, store, *owner, &others(*owner)));
    let mut offers: Vec<Offer> = owned.map(Offer::from).collect();
    if let Some((owner, rest)) = writers.split_first().filter(|(_, rest)| (1..=2).contains(&rest.len()))
        && graph.element(*owner).is_some()
    {
        offers.extend(apart(broken, store, rest).map(Offer::from));
    }
    offers
}

/// Each of the services gets a store of its own.
fn apart(broken: &Broken<'_>, store: usize, services: &[usize]) -> Option<Repair> {
    let graph = broken.graph()?;
    let shared = graph.element(store)?;
    let mut patch = Patch::new();
    for service in services {
        let service_element = graph.element(*service)?;
        let name = format!("{} data", short(&service_element.name));
        if is_taken(broken, &name) {
            return None;
        }
        let own = patch.add(New {
            kind: kind(shared),
            name,
            beside: service_element,
            technology: shared.technology.as_deref(),
            description: format!("What {} keeps for itself", short(&service_element.name)),
        });
        let mut edges: Vec<&Edge<'_>> = graph.incoming(store).filter(|edge| edge.source == *service).collect();
        edges.sort_by_key(|edge| std::cmp::Reverse(edge.relation.span.start));
        for edge in edges {
            patch.reconnect(&edge.relation.key, &there(ends(graph, edge).0), &own);
        }
    }
    let who = match services {
        [only] => format!("{} a store of its own", short(graph.name(*only))),
        _ => format!("{} stores of their own", counted(services.len(), "service")),
    };
    patch.finish(broken, FixClass::Proposal, format!("Give {who}"))
}
