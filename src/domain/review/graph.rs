//! The graph that rules reason about: the model with its arrows normalised.
//!
//! Arrows run from the initiator to the target. Arrows drawn from a store to its client, or from a queue to its consumer,
//! are turned round; implied relations and the deployment's own elements are left out; parts of a container speak for the
//! container, so that a call inside one process is no call. Every conclusion keeps a phrase that findings list.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::domain::{
    model::{
        Element, ElementKey, GroupKey, Level, Model, Relation,
        facts::{Fact, Facts, State},
        kind::{Kind, Mode},
    },
    project::slug,
    review::protocol::{Protocol, mentions, takes_telemetry, words},
};

pub mod around;
pub mod ask;
pub mod walk;

/// Facts that an element has from the groups, elements and workspace around it.
const INHERITED: [&str; 9] = ["context", "zone", "owner", "tier", "slo", "rto", "rpo", "env", "max_class"];

/// A model ready for rules.
pub struct Graph<'a> {
    pub model: &'a Model,
    nodes: Vec<&'a Element>,
    /// The number of each element of the model, in the model's order; none for the deployment's own.
    numbers: Vec<Option<usize>>,
    /// For each element the one that stands for it; see [`Self::unit`].
    units: Vec<usize>,
    edges: Vec<Edge<'a>>,
    outgoing: Vec<Vec<usize>>,
    incoming: Vec<Vec<usize>>,
    parents: Vec<bool>,
    browsers: BTreeSet<&'a ElementKey>,
    /// Names of dead-letter queues that other elements name, in small letters.
    dead_letters: BTreeSet<String>,
    /// By what each element is known: a queue that everybody uses is part of hundreds of findings.
    known_by: Vec<OnceLock<KnownBy>>,
}

/// See [`Graph::boundary`], [`Graph::name_path`] and [`Graph::shape`].
struct KnownBy {
    boundary: String,
    name_path: String,
    shape: String,
}

/// One relation between two units, from the initiator to the target.
#[derive(Clone, Debug)]
pub struct Edge<'a> {
    pub relation: &'a Relation,
    pub source: usize,
    pub target: usize,
    pub mode: Mode,
    /// The text draws it in the direction of the data, and it was turned: the client reads.
    pub reads: bool,
    /// Why it was turned.
    pub turned_because: Option<String>,
    /// How the mode was concluded, when it is not stated: `assumed asynchronous: technology Kafka`.
    pub mode_because: Option<String>,
}

/// What a client does with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    /// Neither stated nor told by the description; taken as a write.
    Assumed,
}

impl Access {
    pub const fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Assumed)
    }
}

/// The bounded context of an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Context {
    pub name: String,
    /// By the fact `context` or a group, not only because both are parts of one system.
    pub stated: bool,
}

impl<'a> Graph<'a> {
    pub fn new(model: &'a Model) -> Self {
        let nodes: Vec<&Element> = model.elements.values().filter(|element| is_static(element.level)).collect();
        let mut count = 0..;
        let numbers = model.elements.values().map(|element| if is_static(element.level) { count.next() } else { None }).collect();
        let mut graph = Self {
            model,
            browsers: browsers(model),
            edges: Vec::with_capacity(model.relations.len()),
            outgoing: vec![Vec::new(); nodes.len()],
            incoming: vec![Vec::new(); nodes.len()],
            parents: vec![false; nodes.len()],
            dead_letters: nodes.iter().filter_map(|element| Some(element.facts.value("dlq")?.trim().to_ascii_lowercase())).collect(),
            known_by: nodes.iter().map(|_| OnceLock::new()).collect(),
            nodes,
            numbers,
            units: Vec::new(),
        };
        graph.units = graph.elements().map(|(own, element)| graph.stands_for(own, element)).collect();
        graph.mark_parents();
        let dataflow = model.facts.is("direction", "dataflow");
        for relation in model.relations.values().filter(|relation| relation.implied_by.is_none()) {
            if let Some(edge) = graph.edge_of(relation, dataflow)
                && edge.source != edge.target
            {
                let number = graph.edges.len();
                if let Some(list) = graph.outgoing.get_mut(edge.source) {
                    list.push(number);
                }
                if let Some(list) = graph.incoming.get_mut(edge.target) {
                    list.push(number);
                }
                graph.edges.push(edge);
            }
        }
        graph
    }

    /// A container speaks for its components, so they make it no whole with parts.
    fn mark_parents(&mut self) {
        for index in 0..self.len() {
            let parent = self.element(index).filter(|_| self.is_unit(index)).and_then(|element| element.parent.as_ref());
            if let Some(slot) = parent.and_then(|parent| self.number(parent)).and_then(|parent| self.parents.get_mut(parent)) {
                *slot = true;
            }
        }
    }

    fn edge_of(&self, relation: &'a Relation, dataflow: bool) -> Option<Edge<'a>> {
        let source = self.unit(&relation.source)?;
        let target = self.unit(&relation.target)?;
        let (from, to) = (self.element(source)?, self.element(target)?);
        let mode = &relation.mode;
        let (drawn_from_store, drawn_from_queue) = (kind(from).is_store(), kind(from) == Kind::Queue);
        let to_client = self.is_compute(to);
        let flow = dataflow || relation.facts.is("direction", "dataflow");
        if to_client && drawn_from_store && (flow || !exempt_from_turning(relation)) {
            let turned_because = Some(format!("arrow turned: drawn from {} to its client", from.name));
            let (source, target) = (target, source);
            return Some(Edge { relation, source, target, mode: Mode::Sync, reads: flow, turned_because, mode_because: None });
        }
        if to_client && drawn_from_queue && !(mode.stated && mode.value == Mode::Sync) {
            // The usual way to draw a delivery; nothing to remark.
            let (source, target) = (target, source);
            return Some(Edge { relation, source, target, mode: Mode::AsyncSub, reads: true, turned_because: None, mode_because: None });
        }
        let mut value = mode.value;
        if kind(to) == Kind::Queue && !mode.stated && matches!(value, Mode::Sync | Mode::AsyncPub) {
            value = if consumes(relation) { Mode::AsyncSub } else { Mode::AsyncPub };
        }
        let manner = if value.is_sync() { "synchronous" } else { "asynchronous" };
        let mode_because = (!mode.stated).then(|| format!("assumed {manner}: {}", mode.reason));
        Some(Edge { relation, source, target, mode: value, reads: false, turned_because: None, mode_because })
    }

    /// The element that stands for this one: the container around a component, else itself; none for deployment elements.
    pub fn unit(&self, key: &ElementKey) -> Option<usize> {
        self.units.get(self.number(key)?).copied()
    }

    fn stands_for(&self, own: usize, element: &'a Element) -> usize {
        if element.level != Level::Component || kind(element).is_store() || kind(element) == Kind::Queue {
            return own;
        }
        let container = self.model.around(element).find(|around| around.level == Level::Container);
        container.and_then(|container| self.number(&container.key)).unwrap_or(own)
    }

    fn number(&self, key: &ElementKey) -> Option<usize> {
        self.numbers.get(self.model.elements.get_index_of(key)?).copied().flatten()
    }

    /// How many elements the graph has; their numbers are below it.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn element(&self, index: usize) -> Option<&'a Element> {
        self.nodes.get(index).copied()
    }

    /// Every element with its number, in text order.
    pub fn elements(&self) -> impl Iterator<Item = (usize, &'a Element)> {
        self.nodes.iter().copied().enumerate()
    }

    pub fn edges(&self) -> &[Edge<'a>] {
        &self.edges
    }

    pub fn outgoing(&self, index: usize) -> impl Iterator<Item = &Edge<'a>> {
        self.outgoing.get(index).into_iter().flatten().filter_map(|edge| self.edges.get(*edge))
    }

    pub fn incoming(&self, index: usize) -> impl Iterator<Item = &Edge<'a>> {
        self.incoming.get(index).into_iter().flatten().filter_map(|edge| self.edges.get(*edge))
    }

    pub fn source(&self, edge: &Edge<'_>) -> Option<&'a Element> {
        self.element(edge.source)
    }

    pub fn target(&self, edge: &Edge<'_>) -> Option<&'a Element> {
        self.element(edge.target)
    }

    /// Others that stand for themselves lie inside it.
    pub fn has_parts(&self, index: usize) -> bool {
        self.parents.get(index) == Some(&true)
    }

    /// Runs code of ours on a server.
    pub fn is_compute(&self, element: &Element) -> bool {
        kind(element).is_compute() || (kind(element) == Kind::Frontend && !self.is_browser(element))
    }

    /// Outside the system: a person, someone else's system, or code that runs on a person's device.
    pub fn is_outside(&self, element: &Element) -> bool {
        matches!(kind(element), Kind::Person | Kind::External) || self.is_browser(element)
    }

    /// A frontend that runs on a person's device: stated, or known by its technology or name, or at least not one that uses a
    /// store directly, as pages made on a server do.
    pub fn is_browser(&self, element: &Element) -> bool {
        self.browsers.contains(&element.key)
    }

    /// Keeps data that exists nowhere else: a store that is neither cache, derived nor made for telemetry, or one that is declared so.
    pub fn is_system_of_record(&self, element: &Element) -> bool {
        if element.facts.is("role", "system-of-record") {
            return true;
        }
        let derived = element.facts.is_any("role", &["derived", "replica", "read-model", "projection", "cache"]);
        !derived && matches!(kind(element), Kind::Database | Kind::ObjectStore) && !self.is_telemetry_sink(element)
    }

    /// Takes logs, traces or metrics: by its role, or by a technology that does nothing else.
    pub fn is_telemetry_sink(&self, element: &Element) -> bool {
        const ROLES: [&str; 8] = ["logs", "log-sink", "logging", "telemetry", "traces", "tracing", "metrics", "monitoring"];
        element.facts.is_any("role", &ROLES) || element.technology.as_deref().is_some_and(takes_telemetry)
    }

    /// The adjacency of the units over the edges that `keep` keeps.
    pub fn adjacency(&self, keep: impl Fn(&Edge<'a>) -> bool) -> walk::Adjacency {
        let mut adjacency = vec![Vec::new(); self.len()];
        for edge in self.edges.iter().filter(|edge| keep(edge)) {
            if let Some(list) = adjacency.get_mut(edge.source) {
                list.push(edge.target);
            }
        }
        adjacency
    }

    /// The first edge between two units that `keep` keeps.
    pub fn edge_between(&self, source: usize, target: usize, keep: impl Fn(&Edge<'a>) -> bool) -> Option<&Edge<'a>> {
        self.outgoing(source).find(|edge| edge.target == target && keep(edge))
    }

    /// Compute that people, other systems or browsers call, or that is declared public.
    pub fn entries(&self) -> Vec<usize> {
        self.elements()
            .filter(|(index, element)| {
                self.is_compute(element)
                    && (element.facts.is("exposure", "public")
                        || self.incoming(*index).any(|edge| self.source(edge).is_some_and(|source| self.is_outside(source))))
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// A fact of the element, or of what is around it if facts of that name are inherited.
    pub fn fact(&self, element: &'a Element, name: &str) -> Option<&'a Fact> {
        let own = element.facts.get(name);
        if own.is_some_and(|fact| fact.inherited_from.is_none()) || !INHERITED.contains(&name) {
            return own;
        }
        self.group_fact(element.group.as_ref(), name)
            .or(own)
            .or_else(|| {
                self.model
                    .around(element)
                    .find_map(|ancestor| ancestor.facts.get(name).or_else(|| self.group_fact(ancestor.group.as_ref(), name)))
            })
            .or_else(|| self.model.facts.get(name))
    }

    fn group_fact(&self, group: Option<&'a GroupKey>, name: &str) -> Option<&'a Fact> {
        self.groups(group).find_map(|group| group.facts.get(name))
    }

    fn groups(&self, innermost: Option<&'a GroupKey>) -> impl Iterator<Item = &'a crate::domain::model::Group> {
        let mut next = innermost;
        let mut left = self.model.groups.len();
        std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let group = self.model.groups.get(next?)?;
            next = group.parent.as_ref();
            Some(group)
        })
    }

    /// The stated value of a fact; none for what is unknown.
    pub fn value(&self, element: &'a Element, name: &str) -> Option<&'a str> {
        self.fact(element, name).filter(|fact| fact.state() != State::Unknown).map(|fact| fact.value.trim())
    }

    /// [`Self::value`] by key.
    pub fn value_of(&self, key: &ElementKey, name: &str) -> Option<&'a str> {
        self.value(self.model.element(key)?, name)
    }

    /// [`Self::context`] by key.
    pub fn context_of(&self, key: &ElementKey) -> Option<Context> {
        self.context(self.model.element(key)?)
    }

    /// 0 is the most critical.
    pub fn tier(&self, element: &'a Element) -> Option<u8> {
        self.value(element, "tier")?.parse().ok()
    }

    /// The trust zone; what is outside the system is in `internet` unless it says otherwise.
    pub fn zone(&self, element: &'a Element) -> Option<&'a str> {
        self.named(element, "zone").or_else(|| self.is_outside(element).then_some("internet"))
    }

    pub fn owner(&self, element: &'a Element) -> Option<&'a str> {
        self.named(element, "owner")
    }

    /// The name that a fact gives; `none` and `planned` are no names.
    fn named(&self, element: &'a Element, name: &str) -> Option<&'a str> {
        self.fact(element, name).filter(|fact| fact.state() == State::Yes).map(|fact| fact.value.trim())
    }

    /// The fact `context`, else the nearest group, else the software system around the element.
    pub fn context(&self, element: &'a Element) -> Option<Context> {
        let stated = |name: &str| Context { name: name.trim().to_owned(), stated: true };
        if let Some(context) = self.named(element, "context") {
            return Some(stated(context));
        }
        let lineage = || std::iter::once(element).chain(self.model.around(element));
        let inside = || lineage().take_while(|element| element.level != Level::System);
        if let Some(group) = inside().find_map(|element| element.group.as_ref()).and_then(|key| self.model.groups.get(key)) {
            return Some(stated(&group.name));
        }
        lineage().find(|element| element.level == Level::System).map(|system| Context { name: system.name.clone(), stated: false })
    }

    /// Only there for development, tests or demonstrations.
    pub fn is_dev_only(&self, element: &'a Element) -> bool {
        self.value(element, "env")
            .is_some_and(|env| ["dev", "development", "demo", "test", "local", "sandbox"].iter().any(|name| env.eq_ignore_ascii_case(name)))
    }

    /// The names around an element, outermost first.
    pub fn boundaries(&self, element: &'a Element) -> Vec<&'a str> {
        let mut names = Vec::new();
        for element in std::iter::once(element).chain(self.model.around(element)) {
            if !names.is_empty() || !element.key.as_str().is_empty() {
                names.push(element.name.as_str());
            }
            names.extend(self.groups(element.group.as_ref()).map(|group| group.name.as_str()));
        }
        names.reverse();
        names.pop();
        names
    }

    /// Whether another element names this queue as the one for what it could not handle.
    pub(super) fn is_named_dead_letter(&self, queue: &Element) -> bool {
        self.dead_letters.contains(&queue.name.trim().to_ascii_lowercase())
    }

    fn known_by(&self, element: &'a Element) -> Option<&KnownBy> {
        let kept = self.known_by.get(self.number(&element.key)?)?;
        Some(kept.get_or_init(|| KnownBy {
            boundary: self.boundaries(element).join("/"),
            name_path: self.path_of_names(element),
            shape: self.drawn_shape(element),
        }))
    }

    /// The names around an element, outermost first, in one text.
    pub fn boundary(&self, element: &'a Element) -> String {
        self.known_by(element).map_or_else(|| self.boundaries(element).join("/"), |known| known.boundary.clone())
    }

    /// Identity by names: boundaries, kind and name, slugged. Survives new keys.
    pub fn name_path(&self, element: &'a Element) -> String {
        self.known_by(element).map_or_else(|| self.path_of_names(element), |known| known.name_path.clone())
    }

    fn path_of_names(&self, element: &'a Element) -> String {
        let mut path: Vec<String> = self.boundaries(element).into_iter().map(slug).collect();
        path.push(kind(element).slug().to_owned());
        path.push(slug(&element.name));
        path.join("/")
    }

    /// What an element is and what it talks to, without keys and names: its level, kind and technology, and each relation with
    /// its direction, its protocol and the kind at the other end.
    pub fn shape(&self, element: &'a Element) -> String {
        self.known_by(element).map_or_else(|| self.drawn_shape(element), |known| known.shape.clone())
    }

    fn drawn_shape(&self, element: &'a Element) -> String {
        let index = self.unit(&element.key);
        let towards = |arrow: char, edge: &Edge<'a>, other: usize| {
            let other = self.element(other).map_or("", |element| kind(element).slug());
            (arrow, edge.relation.technology.as_deref().unwrap_or_default(), other)
        };
        let outgoing = index.into_iter().flat_map(|index| self.outgoing(index)).map(|edge| towards('>', edge, edge.target));
        let incoming = index.into_iter().flat_map(|index| self.incoming(index)).map(|edge| towards('<', edge, edge.source));
        // What many do alike is counted: a queue that hundreds use is not described hundreds of times.
        let mut alike: BTreeMap<(char, &str, &str), usize> = BTreeMap::new();
        for edge in outgoing.chain(incoming) {
            *alike.entry(edge).or_default() += 1;
        }
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for ((arrow, technology, other), count) in alike {
            *counted.entry(format!("{arrow}{}{other}", technology.to_lowercase())).or_default() += count;
        }
        let edges = counted.into_iter().map(|(edge, count)| if count == 1 { edge } else { format!("{edge}*{count}") });
        let edges: Vec<String> = edges.collect();
        let technology = element.technology.as_deref().unwrap_or_default().to_lowercase();
        format!("{:?} {} {technology} {}", element.level, kind(element).slug(), edges.join(" "))
    }
}

pub fn kind(element: &Element) -> Kind {
    element.kind.value
}

fn browsers(model: &Model) -> BTreeSet<&ElementKey> {
    const WORDS: [&str; 21] = [
        "spa",
        "single-page",
        "browser",
        "react",
        "angular",
        "vue",
        "svelte",
        "typescript",
        "javascript",
        "html",
        "html5",
        "wasm",
        "ios",
        "android",
        "mobile",
        "swift",
        "swiftui",
        "flutter",
        "xamarin",
        "app",
        "electron",
    ];
    let uses_store: BTreeSet<&ElementKey> = model
        .relations
        .values()
        .filter(|relation| model.element(&relation.target).is_some_and(|target| kind(target).is_store() || kind(target) == Kind::Queue))
        .map(|relation| &relation.source)
        .collect();
    let runs_on_device = |element: &&Element| {
        let says = |text: Option<&str>| text.is_some_and(|text| mentions(text, &WORDS));
        match element.facts.value("runtime").map(str::trim) {
            Some(runtime) if runtime.eq_ignore_ascii_case("server") => false,
            Some(runtime) if runtime.eq_ignore_ascii_case("browser") => true,
            _ => {
                says(element.technology.as_deref())
                    || (element.technology.is_none() && says(Some(&element.name)))
                    || !uses_store.contains(&element.key)
            }
        }
    };
    model.elements.values().filter(|element| kind(element) == Kind::Frontend).filter(runs_on_device).map(|element| &element.key).collect()
}

const fn is_static(level: Level) -> bool {
    matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom)
}

impl Edge<'_> {
    pub const fn is_sync(&self) -> bool {
        self.mode.is_sync()
    }

    pub fn role_is(&self, roles: &[&str]) -> bool {
        self.relation.facts.value("role").is_some_and(|role| roles.iter().any(|known| role.trim().eq_ignore_ascii_case(known)))
    }

    pub fn facts(&self) -> &Facts {
        &self.relation.facts
    }

    /// Description, technology and tags.
    pub fn wording(&self) -> impl Iterator<Item = &str> {
        wording(self.relation)
    }

    /// Whether description, technology or tags name one of the words.
    pub fn says(&self, wanted: &[&str]) -> bool {
        says(self.relation, wanted)
    }

    pub fn protocol(&self) -> Option<Protocol> {
        let relation = self.relation;
        relation.facts.value("proto").and_then(Protocol::parse).or_else(|| relation.technology.as_deref().and_then(Protocol::parse))
    }

    /// What the client does with the store at the other end, as stated or as the description says.
    pub fn access(&self) -> Access {
        let facts = self.facts();
        match facts.value("access").map(|access| access.trim().to_lowercase()).as_deref() {
            Some("r" | "read" | "read-only") => return Access::Read,
            Some("w" | "rw" | "write" | "read-write" | "admin") => return Access::Write,
            _ => {}
        }
        if facts.is("effect", "command") {
            return Access::Write;
        }
        if facts.is("effect", "query") || self.reads {
            return Access::Read;
        }
        let text = self.relation.description.as_deref().unwrap_or_default();
        let reads = ["reads", "read", "queries", "query", "fetches", "loads", "looks", "searches", "lists", "selects"];
        let writes = [
            "writes", "write", "stores", "store", "saves", "save", "updates", "update", "persists", "inserts", "records", "keeps",
            "deletes", "appends", "posts", "indexes",
        ];
        if mentions(text, &writes) {
            Access::Write
        } else if mentions(text, &reads) {
            Access::Read
        } else {
            Access::Assumed
        }
    }
}

fn wording(relation: &Relation) -> impl Iterator<Item = &str> {
    relation.description.iter().chain(&relation.technology).chain(&relation.tags).map(String::as_str)
}

fn says(relation: &Relation, wanted: &[&str]) -> bool {
    wording(relation).any(|part| mentions(part, wanted))
}

/// The store itself begins: change data capture, triggers, notifications, replication.
pub fn exempt_from_turning(relation: &Relation) -> bool {
    let roles = ["cdc", "trigger", "replication", "listen-notify", "change-stream"];
    let role = relation.facts.value("role").is_some_and(|role| roles.iter().any(|known| role.trim().eq_ignore_ascii_case(known)));
    let text =
        ["cdc", "debezium", "trigger", "triggers", "replicates", "replication", "notify", "notifies", "listen", "change-stream", "streams"];
    // Payments are captured, too.
    let captures = says(relation, &["captures"]) && says(relation, &["change", "changes"]);
    role || captures
        || matches!(relation.mode, crate::domain::model::Inferred { value: Mode::Stream, stated: true, .. })
        || says(relation, &text)
}

fn consumes(relation: &Relation) -> bool {
    const VERBS: [&str; 14] = [
        "consumes",
        "consume",
        "consumer",
        "subscribes",
        "subscribe",
        "subscribed",
        "listens",
        "polls",
        "pulls",
        "receives",
        "reads",
        "takes",
        "dequeues",
        "drains",
    ];
    words(relation.description.as_deref().unwrap_or_default()).any(|word| VERBS.contains(&word.as_str()))
}
