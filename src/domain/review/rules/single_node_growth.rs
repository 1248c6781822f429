//! LNT-S007: a database that will outgrow its server.

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        amount::{number, plain},
        check::{Check, Subject},
        graph::kind,
        protocol::{Product, mentions},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A database is large for one server, grows, and has no plan for partitions.
    ///
    /// ## What it finds
    /// Databases that state `partitions no` (or one) and no `retention`, with a `size_gb` or `write_rps` above what one server holds in comfort: a
    /// terabyte or five thousand writes a second, twice that for document stores. The data must grow: by those writes, or by a stated `growth`.
    ///
    /// ## Why it matters
    /// Partitioning a small table is an afternoon, partitioning one of several terabytes under load is a project of months, and it begins on the day the
    /// disk is full.
    ///
    /// ## What to do
    /// Partition by time or tenant, move old rows to an archive, read from replicas. Shard last. Write down the number at which the next step is taken.
    ///
    /// ## False positives
    /// Only stated numbers count. Databases that spread their data by themselves are left out, and so is data that a stated `retention` removes. The
    /// opposite mistake, splitting what is small, has a rule of its own.
    ///
    /// ## Source
    /// Guidance on data partitioning in the cloud providers' frameworks; the limits are this catalogue's own and deliberately wide.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             eventsdb = container "Events DB" "Every click" "PostgreSQL 16" {
    ///                 properties {
    ///                     size_gb 2000
    ///                     write_rps 6000
    ///                     partitions no
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
    ///             eventsdb = container "Events DB" "Every click" "PostgreSQL 16" {
    ///                 properties {
    ///                     size_gb 2000
    ///                     write_rps 6000
    ///                     partitions "24, by month"
    ///                     retention 365d
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-S007" "single-node-growth" {
        severity: Low up to Low,
        set: Strict,
        category: Scalability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the database" version 1,
        fix: None,
        topics: ["GA3.4", "BA3.1", "BA6.3"],
    }
}

/// Gigabytes and writes a second that one server holds in comfort.
const COMFORT: (f64, f64) = (1000.0, 5000.0);

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, store) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Database) {
            if let Some(ease) = ease(store) {
                judge(check, subject, store, ease);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, store: &'a Element, ease: f64) {
    let size = number(&store.facts, "size_gb").filter(|size| *size > COMFORT.0 * ease);
    let writes = number(&store.facts, "write_rps").filter(|writes| *writes > COMFORT.1 * ease);
    let grows = match store.facts.state("growth") {
        State::Yes => true,
        State::Unknown => writes.is_some(),
        _ => false,
    };
    if (size.is_none() && writes.is_none()) || !grows || store.facts.is_yes("retention") {
        return;
    }
    let one = number(&store.facts, "partitions").is_some_and(|partitions| partitions <= 1.0);
    let gap = check.gap(subject.document, store.key.as_str(), &store.facts, "partitions");
    if gap.is_none() && !one {
        return;
    }
    let load: Vec<String> = size
        .map(|size| format!("{} GB", plain(size)))
        .into_iter()
        .chain(writes.map(|writes| format!("{} writes a second", plain(writes))))
        .collect();
    let load = load.join(" and ");
    let draft = check
        .draft(subject)
        .key_element(subject, store)
        .title(format!("{} has {load} and no partitions", store.name))
        .message(format!("{} grows with {load} on one server. Dividing it later means doing so under load.", store.name))
        .planned(gap == Some(crate::domain::review::check::Gap::Planned))
        .element(subject, store)
        .quote_element(store, &["size_gb", "write_rps", "partitions", "growth"], &format!("{} is not divided", store.name));
    check.report(draft);
}

/// How much more than a relational server the technology holds in comfort; none where it spreads data by itself.
fn ease(store: &Element) -> Option<f64> {
    let technology = store.technology.as_deref().unwrap_or_default();
    match Product::of(technology) {
        Some(Product::Relational) => Some(1.0),
        Some(Product::Mongo) => Some(2.0),
        None if technology.trim().is_empty() || mentions(technology, &["sql", "mssql", "sqlserver", "rds"]) => Some(1.0),
        _ => None,
    }
}
