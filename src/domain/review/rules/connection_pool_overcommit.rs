//! LNT-S003: more connections than the database has.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, facts::State},
    review::{
        amount::{most_replicas, number, plain},
        check::{Check, Subject, listed},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::Edge,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// The pools of all clients together can open more connections than a database accepts.
    ///
    /// ## What it finds
    /// A database with `max_connections` whose clients state replicas and `pool_size` (on themselves or on the relation), where the most replicas times
    /// the pools come to more than four fifths of it. Below the whole number it is medium.
    ///
    /// ## Why it matters
    /// It works until the day of the highest load: then the last replicas start, get no connection and fail, and so does whoever wants to look why.
    ///
    /// ## What to do
    /// Make pools smaller or put a pooler between, so that replicas times pool size stay below four fifths. The rest is for migrations, backups and
    /// people.
    ///
    /// ## False positives
    /// Nothing is said unless the numbers are stated. A pooler on the way counts with its own pool, drawn as an element or written as `via pgbouncer`. A
    /// client without stated numbers is left out of the sum.
    ///
    /// ## Source
    /// Arithmetic on what the diagram states. The limit is the database server's own setting.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Order API" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas "4..40"
    ///                     pool_size 25
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16" {
    ///                 properties {
    ///                     max_connections 500
    ///                 }
    ///             }
    ///         }
    ///         api -> ordersdb "Writes orders" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Order API" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas "4..40"
    ///                     pool_size 25
    ///                 }
    ///             }
    ///             pooler = container "Pooler" "Shares connections" "PgBouncer" {
    ///                 properties {
    ///                     replicas 2
    ///                     pool_size 50
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16" {
    ///                 properties {
    ///                     max_connections 500
    ///                 }
    ///             }
    ///         }
    ///         api -> pooler "Writes orders" "SQL"
    ///         pooler -> ordersdb "Passes on" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-S003" "connection-pool-overcommit" {
        severity: High up to High,
        set: Math,
        category: Scalability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the database" version 1,
        fix: Planned by mend,
        topics: ["BA4.4", "BA4.2", "BA6.3", "BA3.2"],
    }
}

/// The share of the connections that pools may take.
const SHARE: f64 = 0.8;

/// One client with the connections it can open.
struct Client<'a> {
    edge: &'a Edge<'a>,
    element: &'a Element,
    replicas: f64,
    pool: f64,
}

impl Client<'_> {
    fn connections(&self) -> f64 {
        self.replicas * self.pool
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, store) in subject.graph.elements() {
            if let Some(limit) = number(&store.facts, "max_connections") {
                judge(check, subject, (index, store), limit);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, (index, store): (usize, &'a Element), limit: f64) {
    let clients = clients(check, subject, index);
    let sum: f64 = clients.values().map(Client::connections).sum();
    if sum <= limit * SHARE {
        return;
    }
    let parts: Vec<String> =
        clients.values().map(|client| format!("{} {} × {}", client.element.name, plain(client.replicas), plain(client.pool))).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, store)
        .title(format!("Clients can open {} connections to {}, which takes {}", plain(sum), store.name, plain(limit)))
        .message(format!("Replicas times pool size: {}. Four fifths of {} are {}.", listed(&parts), plain(limit), plain(limit * SHARE)))
        .element(subject, store)
        .quote_element(store, &["max_connections"], &format!("{} takes {} connections", store.name, plain(limit)));
    for client in clients.values() {
        let claim = format!("{} can open {} connections", client.element.name, plain(client.connections()));
        draft = draft.mention(subject, client.element).quote_element(client.element, &["replicas", "autoscale", "pool_size"], &claim).edge(
            subject,
            client.edge,
            &format!("{} uses {}", client.element.name, store.name),
            &["pool_size"],
        );
    }
    if sum <= limit {
        draft = draft.severity(Severity::Medium, "it fits, with nothing left for people and migrations");
    }
    check.report(draft);
}

/// The clients whose numbers are stated, each once.
fn clients<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize) -> BTreeMap<usize, Client<'a>> {
    const POOLERS: [&str; 6] = ["pgbouncer", "pooler", "pool", "proxy", "rds-proxy", "proxysql"];
    let graph = &subject.graph;
    let mut clients = BTreeMap::new();
    for edge in graph.incoming(index) {
        let Some(element) = graph.source(edge).filter(|source| graph.is_compute(source)) else { continue };
        if edge.facts().value("via").is_some_and(|via| mentions(via, &POOLERS)) {
            continue;
        }
        let pool = number(edge.facts(), "pool_size").or_else(|| number(&element.facts, "pool_size"));
        let replicas = most_replicas(element);
        for (missing, name) in [(pool.is_none(), "pool_size"), (replicas.is_none(), "replicas")] {
            if missing && element.facts.state(name) == State::Unknown {
                check.unknown(subject.document, element.key.as_str(), name);
            }
        }
        if let (Some(pool), Some(replicas)) = (pool, replicas) {
            clients.entry(edge.source).or_insert(Client { edge, element, replicas, pool });
        }
    }
    clients
}

/// Pools of one size that fit into four fifths of what the store takes.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some((graph, store)) = broken.graph().zip(broken.elements().first().copied()) else { return Vec::new() };
    let Some(limit) = number(&store.facts, "max_connections") else { return Vec::new() };
    let mut clients: Vec<(Bearer<'_>, f64)> = Vec::new();
    let mut replicas = 0.0;
    for edge in broken.edges() {
        let Some((client, most)) = graph.source(edge).and_then(|client| Some((client, most_replicas(client)?))) else { continue };
        replicas += most;
        let (relation, element) = (Bearer::relation(edge.relation), Bearer::element(client));
        let stating = [relation, element].into_iter().find_map(|bearer| Some((bearer, number(bearer.facts, "pool_size")?)));
        clients.extend(stating);
    }
    let fits = (limit * SHARE / replicas).floor();
    if !(1.0..limit).contains(&fits) {
        return Vec::new();
    }
    let too_large = clients.into_iter().filter(|(_, size)| *size > fits);
    let picks: Vec<Pick<'_>> = too_large
        .map(|(bearer, size)| Pick { bearer, fact: "pool_size", note: Some(format!("{} instead of {}", plain(fits), plain(size))) })
        .collect();
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
