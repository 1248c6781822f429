//! Changes of the drawing in small steps. What is drawn anew is marked `lifecycle planned`: nobody has built it yet.

use crate::domain::{
    agent::proposal::{ElementRef, Place, Step, Thing},
    model::{Element, ElementKey, Level, Relation, RelationKey, kind::Kind},
    review::{
        check::shorten,
        fix::{
            Repair,
            broken::{Broken, there},
            plan::{self, Pick},
        },
        graph::{Edge, Graph, kind},
        protocol::{Protocol, words},
        rule::FixClass,
    },
};

/// Characters of a name that goes into another one.
const PART: usize = 48;

/// A change in the making.
#[derive(Default)]
pub struct Patch {
    steps: Vec<Step>,
}

/// An element to draw.
pub struct New<'a> {
    pub kind: Kind,
    pub name: String,
    /// It stands where this one stands.
    pub beside: &'a Element,
    pub technology: Option<&'a str>,
    pub description: String,
}

impl Patch {
    pub const fn new() -> Self {
        Self { steps: Vec::new() }
    }

    /// Draws an element, which is planned.
    pub fn add(&mut self, new: New<'_>) -> ElementRef {
        let place = match (&new.beside.group, &new.beside.parent) {
            (Some(group), _) => Place::Boundary(group.clone()),
            (None, Some(parent)) => Place::Element(there(parent)),
            (None, None) => Place::Top,
        };
        let added = ElementRef::Added(self.steps.len());
        self.steps.push(Step::AddElement {
            kind: new.kind,
            name: new.name,
            place,
            technology: new.technology.map(str::to_owned),
            description: Some(new.description),
        });
        self.steps.push(Step::Plan { thing: Thing::Element(added.clone()), fact: "lifecycle".to_owned() });
        added
    }

    /// What is drawn anew has a control to come as well.
    pub fn plan_of(&mut self, element: &ElementRef, fact: &str) {
        self.steps.push(Step::Plan { thing: Thing::Element(element.clone()), fact: fact.to_owned() });
    }

    pub fn connect(&mut self, source: &ElementRef, target: &ElementRef, description: &str, technology: Option<&str>) {
        let (source, target) = (source.clone(), target.clone());
        let technology = technology.filter(|technology| !technology.trim().is_empty()).map(str::to_owned);
        self.steps.push(Step::AddRelation { source, target, description: Some(description.to_owned()), technology });
    }

    pub fn reconnect(&mut self, relation: &RelationKey, source: &ElementRef, target: &ElementRef) {
        self.steps.push(Step::Reconnect { relation: relation.clone(), source: source.clone(), target: target.clone() });
    }

    pub fn disconnect(&mut self, relation: &RelationKey) {
        self.steps.push(Step::RemoveRelation { relation: relation.clone() });
    }

    pub fn remove(&mut self, element: &ElementKey) {
        self.steps.push(Step::RemoveElement { element: there(element) });
    }

    pub fn speak(&mut self, relation: &RelationKey, technology: &str) {
        self.steps.push(Step::SetTechnology { thing: Thing::Relation(relation.clone()), technology: technology.to_owned() });
    }

    pub fn forget(&mut self, thing: Thing, property: &str) {
        self.steps.push(Step::Forget { thing, property: property.to_owned() });
    }

    pub fn plan(&mut self, pick: &Pick<'_>) {
        self.steps.push(plan::step(pick));
    }

    pub fn finish(self, broken: &Broken<'_>, class: FixClass, title: String) -> Option<Repair> {
        Some(Repair { class, title, suggestion: broken.diagram(self.steps)? })
    }
}

/// The protocol by which a service is usually called: as others call it, else as services call each other here.
pub fn usual_protocol<'a>(graph: &Graph<'a>, service: usize) -> Option<&'a str> {
    let spoken = |edge: &Edge<'a>| {
        let speaks = edge.is_sync() && matches!(edge.protocol(), Some(Protocol::Http | Protocol::Grpc));
        edge.relation.technology.as_deref().filter(|_| speaks)
    };
    let between = |edge: &&Edge<'a>| graph.computes(edge.source) && graph.computes(edge.target);
    graph.incoming(service).find_map(spoken).or_else(|| graph.edges().iter().filter(between).find_map(spoken))
}

/// The broker that is there already: its technology, and how it is spoken to.
pub fn broker<'a>(graph: &Graph<'a>) -> Option<(&'a str, Option<&'a str>)> {
    graph.elements().filter(|(_, element)| kind(element) == Kind::Queue).find_map(|(index, queue)| {
        let technology = queue.technology.as_deref().filter(|technology| !technology.trim().is_empty())?;
        Some((technology, graph.incoming(index).find_map(|edge| edge.relation.technology.as_deref())))
    })
}

/// Whether a name is taken in the diagram.
pub fn is_taken(broken: &Broken<'_>, name: &str) -> bool {
    broken.model().is_some_and(|model| model.elements.values().any(|element| element.name.eq_ignore_ascii_case(name)))
}

/// What a store is about: its name without the words that say what it is.
pub fn stem(name: &str) -> String {
    const WORDS: [&str; 10] = ["db", "database", "store", "storage", "cache", "data", "index", "bucket", "service", "table"];
    let kept: Vec<&str> = name.split_whitespace().filter(|word| !WORDS.contains(&word.to_lowercase().as_str())).collect();
    let kept = kept.join(" ");
    short(if kept.is_empty() { name } else { &kept })
}

/// A name that fits into another one.
pub fn short(name: &str) -> String {
    shorten(name, PART)
}

/// The ends of a relation, the initiator first, however it is drawn: a part of the unit where the text draws one.
pub fn ends<'a>(graph: &Graph<'a>, edge: &Edge<'a>) -> (&'a ElementKey, &'a ElementKey) {
    let relation: &'a Relation = edge.relation;
    let drawn = graph.unit(&relation.source) == Some(edge.source);
    if drawn { (&relation.source, &relation.target) } else { (&relation.target, &relation.source) }
}

/// The client asks and takes an answer, as far as is told.
pub fn asks(edge: &Edge<'_>) -> bool {
    const VERBS: [&str; 16] = [
        "asks",
        "reads",
        "queries",
        "gets",
        "fetches",
        "looks",
        "checks",
        "loads",
        "lists",
        "searches",
        "finds",
        "shows",
        "requests",
        "retrieves",
        "uses",
        "needs",
    ];
    match edge.facts().value("effect").map(|effect| effect.trim().to_lowercase()).as_deref() {
        Some("query") => true,
        Some("command" | "event") => false,
        _ => words(edge.relation.description.as_deref().unwrap_or_default()).next().is_none_or(|verb| VERBS.contains(&verb.as_str())),
    }
}

/// Parts of a container stand in it; what is put beside them would too.
pub const fn is_part(element: &Element) -> bool {
    matches!(element.level, Level::Component)
}
