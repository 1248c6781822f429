//! LNT-B002: a service that reaches into somebody else's store.

use crate::domain::{
    model::Element,
    review::{
        check::{Check, Subject, shorten},
        finding::Severity,
        fix::{Offer, broken::Broken, reroute::through_owner},
        graph::{Access, Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service uses a store that belongs to another context or team.
    ///
    /// ## What it finds
    /// A relation from a service to a store whose owner or context is stated and is not the service's. A service that only reads makes it
    /// medium, and so does one team that owns both contexts.
    ///
    /// ## Why it matters
    /// The owner's rules about the data live in the owner's code. Whoever goes round it can break them, and every change of a table can
    /// break somebody the owner has never heard of.
    ///
    /// ## What to do
    /// Ask the owning service, or keep a copy from its events. For reports, read a replica or a view that is offered for it.
    ///
    /// ## False positives
    /// Nothing is concluded from where a store is drawn: only the facts `owner` and `context` count. Relations with `role bi`, `backup`,
    /// `migration` or `replication` are left out, and so are copies that exist to be read, and stores of logs, traces and metrics. A store
    /// that several contexts write is told once, as a shared database.
    ///
    /// ## Source
    /// The database-per-service pattern, and studies of intimate coupling between microservices.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             group "Orders" {
    ///                 orders = container "Order service" "Takes orders" "Go"
    ///             }
    ///             group "Accounts" {
    ///                 accounts = container "Account service" "Knows customers" "Go"
    ///                 accountsdb = container "Accounts DB" "Customers and addresses" "PostgreSQL 16" {
    ///                     properties {
    ///                         context Accounts
    ///                     }
    ///                 }
    ///             }
    ///         }
    ///         orders -> accountsdb "Writes addresses" "SQL"
    ///         accounts -> accountsdb "Reads customers" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             group "Orders" {
    ///                 orders = container "Order service" "Takes orders" "Go"
    ///             }
    ///             group "Accounts" {
    ///                 accounts = container "Account service" "Knows customers" "Go"
    ///                 accountsdb = container "Accounts DB" "Customers and addresses" "PostgreSQL 16" {
    ///                     properties {
    ///                         context Accounts
    ///                     }
    ///                 }
    ///             }
    ///         }
    ///         orders -> accounts "Asks for addresses" "gRPC"
    ///         accounts -> accountsdb "Writes customers" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-B002" "foreign-datastore-access" {
        severity: High up to High,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "service and store" version 1,
        fix: Proposal by mend,
        topics: ["BA2.1", "GA1.2"],
    }
}

const ASIDE: [&str; 8] = ["bi", "backup", "migration", "cdc", "replication", "replica", "audit", "archive"];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, store) in subject.graph.elements().filter(|(_, element)| kind(element).is_store()) {
            judge(check, subject, index, store);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, store: &'a Element) {
    let graph = &subject.graph;
    let is = |role| store.facts.is("role", role);
    let owned = graph.owner(store).is_some() || graph.value(store, "context").is_some();
    if !owned || ["server", "cluster", "instance"].into_iter().any(is) || graph.is_telemetry_sink(store) {
        return;
    }
    let mut clients: Vec<(&Element, &Edge<'_>, Access)> = Vec::new();
    for edge in graph.incoming(index).filter(|edge| !edge.role_is(&ASIDE)) {
        let Some(client) = graph.source(edge).filter(|client| graph.is_compute(client)) else { continue };
        if !client.facts.is_any("role", &ASIDE) {
            clients.push((client, edge, edge.access()));
        }
    }
    let writers: Vec<&Element> = clients.iter().filter(|(_, _, access)| access.writes()).map(|(client, _, _)| *client).collect();
    // Then it is a shared database, which tells of all of them together.
    if graph.apart(&writers) {
        return;
    }
    let offered = ["replica", "read-model", "warehouse", "derived", "projection"].into_iter().any(is);
    // The strongest access of each service speaks for it.
    clients.sort_by_key(|(client, edge, access)| (client.key.clone(), !access.writes(), edge.relation.span.start));
    clients.dedup_by_key(|(client, _, _)| client.key.clone());
    for (client, edge, access) in clients {
        if let Some(strange) = strange(subject, client, store).filter(|_| access.writes() || !offered) {
            report(check, subject, (client, edge, access), store, &strange);
        }
    }
}

/// Why a service has no business in a store.
struct Strange {
    /// Whose the store is.
    theirs: String,
    same_team: bool,
}

fn strange<'a>(subject: &'a Subject<'a>, client: &'a Element, store: &'a Element) -> Option<Strange> {
    let graph = &subject.graph;
    let owners = (graph.owner(client), graph.owner(store));
    if let (Some(ours), Some(theirs)) = owners
        && ours != theirs
    {
        return Some(Strange { theirs: theirs.to_owned(), same_team: false });
    }
    let theirs = graph.value(store, "context")?;
    let ours = graph.context(client).filter(|context| context.stated)?;
    (ours.name != theirs).then(|| Strange { theirs: theirs.to_owned(), same_team: owners.0.is_some() && owners.0 == owners.1 })
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    (client, edge, access): (&'a Element, &'a Edge<'a>, Access),
    store: &'a Element,
    strange: &Strange,
) {
    let (verb, means) = if access.writes() {
        ("writes", "The rules that keep the data right are the owner's, and this write goes round them.")
    } else {
        ("reads", "A change of its tables breaks a reader that the owner does not know.")
    };
    let (client_name, store_name) = (shorten(&client.name, 28), shorten(&store.name, 28));
    let mut draft = check
        .draft(subject)
        .key_element(subject, client)
        .key_element(subject, store)
        .title(format!("{client_name} {verb} {store_name} of {}", shorten(&strange.theirs, 20)))
        .message(format!("{} {verb} {}, which belongs to {}. {means}", client.name, store.name, strange.theirs))
        .element(subject, store)
        .mention(subject, client)
        .edge(subject, edge, &format!("{} {verb} {}", client.name, store.name), &["access"])
        .quote_element(store, &["owner", "context"], &format!("{} belongs to {}", store.name, strange.theirs));
    if access == Access::Assumed {
        draft = draft.assumption(&format!("assumed that {} writes: access is not stated", client.name));
    }
    if !access.writes() {
        draft = draft.severity(Severity::Medium, "the other side only reads");
    } else if strange.same_team {
        draft = draft.severity(Severity::Medium, "one team owns both contexts");
    }
    check.report(draft);
}

/// The intruder asks a service that has the store by right.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let (Some(subject), [store, client, ..]) = (broken.subject, &broken.elements()[..]) else { return Vec::new() };
    let graph = &subject.graph;
    let (Some(index), Some(intruder)) = (graph.unit(&store.key), graph.unit(&client.key)) else { return Vec::new() };
    let mut owners: Vec<usize> = Vec::new();
    for edge in graph.incoming(index).filter(|edge| graph.computes(edge.source) && edge.source != intruder) {
        let by_right = graph.element(edge.source).is_some_and(|other| strange(subject, other, store).is_none());
        if by_right && !owners.contains(&edge.source) {
            owners.push(edge.source);
        }
    }
    owners.into_iter().filter_map(|owner| through_owner(broken, index, owner, &[intruder])).map(Offer::from).collect()
}
