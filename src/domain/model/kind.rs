//! What an element does (its kind) and how a relation talks (its mode). How they are inferred: `infer.rs` beside this file.

use serde::{Deserialize, Serialize};

pub mod infer;

/// The role of an element in a running system; decides silhouette, colour family and which rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Person,
    Frontend,
    Gateway,
    Service,
    Worker,
    Scheduler,
    Database,
    Cache,
    ObjectStore,
    SearchIndex,
    Queue,
    External,
    /// A software system that is drawn as a box of its own.
    System,
    /// A place where things run: a deployment node, a cluster, a region.
    Node,
}

/// The colour family of a kind (`ui/DESIGN.md`, diagram visual language).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    People,
    Entry,
    Compute,
    Data,
    Message,
    External,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::Person,
        Self::Frontend,
        Self::Gateway,
        Self::Service,
        Self::Worker,
        Self::Scheduler,
        Self::Database,
        Self::Cache,
        Self::ObjectStore,
        Self::SearchIndex,
        Self::Queue,
        Self::External,
        Self::System,
        Self::Node,
    ];

    /// As in property values, CSS classes and icon names: `object-store`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Frontend => "frontend",
            Self::Gateway => "gateway",
            Self::Service => "service",
            Self::Worker => "worker",
            Self::Scheduler => "scheduler",
            Self::Database => "database",
            Self::Cache => "cache",
            Self::ObjectStore => "object-store",
            Self::SearchIndex => "search-index",
            Self::Queue => "queue",
            Self::External => "external",
            Self::System => "system",
            Self::Node => "node",
        }
    }

    /// As people read it: `Object store`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Frontend => "Frontend",
            Self::Gateway => "Gateway",
            Self::Service => "Service",
            Self::Worker => "Worker",
            Self::Scheduler => "Scheduler",
            Self::Database => "Database",
            Self::Cache => "Cache",
            Self::ObjectStore => "Object store",
            Self::SearchIndex => "Search index",
            Self::Queue => "Queue",
            Self::External => "External system",
            Self::System => "System",
            Self::Node => "Node",
        }
    }

    pub const fn family(self) -> Family {
        match self {
            Self::Person => Family::People,
            Self::Frontend | Self::Gateway => Family::Entry,
            Self::Service | Self::Worker | Self::Scheduler | Self::System | Self::Node => Family::Compute,
            Self::Database | Self::Cache | Self::ObjectStore | Self::SearchIndex => Family::Data,
            Self::Queue => Family::Message,
            Self::External => Family::External,
        }
    }

    /// Runs code of ours; a frontend counts only with `runtime server`, which the caller checks.
    pub const fn is_compute(self) -> bool {
        matches!(self, Self::Service | Self::Worker | Self::Gateway | Self::Scheduler)
    }

    /// Keeps data.
    pub const fn is_store(self) -> bool {
        matches!(self, Self::Database | Self::Cache | Self::ObjectStore | Self::SearchIndex)
    }
}

impl Family {
    /// As in the style sheet's `--dg-…` names.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Entry => "entry",
            Self::Compute => "compute",
            Self::Data => "data",
            Self::Message => "message",
            Self::External => "external",
        }
    }
}

/// How the two ends of a relation talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The source waits for the answer.
    Sync,
    /// The source publishes to a queue or topic.
    AsyncPub,
    /// The source consumes from a queue or topic.
    AsyncSub,
    Stream,
    File,
}

impl Mode {
    pub const fn is_sync(self) -> bool {
        matches!(self, Self::Sync)
    }

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::AsyncPub => "async-pub",
            Self::AsyncSub => "async-sub",
            Self::Stream => "stream",
            Self::File => "file",
        }
    }
}
