//! Changes of the drawing that several rules offer: a queue in between, the owner's interface instead of its store.

use crate::domain::{
    agent::proposal::{ElementRef, Thing},
    model::{Element, kind::Kind},
    review::{
        fix::{
            Repair,
            broken::{Broken, there},
            patch::{New, Patch, asks, broker, ends, is_taken, short, usual_protocol},
        },
        graph::Edge,
        rule::FixClass,
    },
};

/// A call becomes messages: what the caller orders waits in a queue, and what it asks for is told as changes.
pub fn through_queue(broken: &Broken<'_>, edge: &Edge<'_>) -> Option<Repair> {
    messages(broken, edge, asks(edge))
}

/// What the caller wants done waits in a queue.
pub fn jobs(broken: &Broken<'_>, edge: &Edge<'_>) -> Option<Repair> {
    messages(broken, edge, false)
}

fn messages(broken: &Broken<'_>, edge: &Edge<'_>, tells: bool) -> Option<Repair> {
    let graph = broken.graph()?;
    let (source, target) = (graph.source(edge)?, graph.target(edge)?);
    let (name, description, from, to, title) = if tells {
        let name = format!("{} changes", short(&target.name));
        let description = format!("What has changed in {}", short(&target.name));
        let title = format!("Let {} publish changes instead of answering {}", short(&target.name), short(&source.name));
        (name, description, target, source, title)
    } else {
        let name = format!("{} jobs", short(&target.name));
        let description = format!("What {} is to do", short(&target.name));
        let title = format!("Put a queue between {} and {}", short(&source.name), short(&target.name));
        (name, description, source, target, title)
    };
    if is_taken(broken, &name) {
        return None;
    }
    let (technology, protocol) = broker(graph).map_or((None, None), |(technology, protocol)| (Some(technology), protocol));
    let mut patch = Patch::new();
    patch.disconnect(&edge.relation.key);
    let queue = patch.add(New { kind: Kind::Queue, name, beside: from, technology, description });
    patch.connect(&there(&from.key), &queue, if tells { "Publishes changes" } else { "Publishes jobs" }, protocol);
    patch.connect(&there(&to.key), &queue, if tells { "Consumes changes" } else { "Consumes jobs" }, protocol);
    patch.finish(broken, FixClass::Proposal, title)
}

/// Clients of a store ask its owner instead.
pub fn through_owner(broken: &Broken<'_>, store: usize, owner: usize, clients: &[usize]) -> Option<Repair> {
    let graph = broken.graph()?;
    let (kept, by) = (graph.element(store)?, graph.element(owner)?);
    let protocol = usual_protocol(graph, owner).unwrap_or("HTTPS");
    let mut patch = Patch::new();
    // Those that are drawn last go first: the names of the others stay as they are.
    // A part of the owner is the owner.
    let is_part = |edge: &Edge<'_>| graph.source(edge).is_some_and(|client| graph.model.is_inside(&client.key, &by.key));
    let asked = |edge: &&Edge<'_>| clients.contains(&edge.source) && !is_part(edge);
    let mut edges: Vec<&Edge<'_>> = graph.incoming(store).filter(asked).collect();
    edges.sort_by_key(|edge| std::cmp::Reverse(edge.relation.span.start));
    for edge in edges {
        let (client, _) = ends(graph, edge);
        patch.speak(&edge.relation.key, protocol);
        if edge.facts().get("access").is_some() {
            patch.forget(Thing::Relation(edge.relation.key.clone()), "access");
        }
        patch.reconnect(&edge.relation.key, &there(client), &there(&by.key));
    }
    let who = match clients {
        [only] => short(graph.name(*only)),
        _ => "the others".to_owned(),
    };
    patch.finish(broken, FixClass::Proposal, format!("Let {who} ask {} instead of {}", short(&by.name), short(&kept.name)))
}

/// Something planned that stands in the middle: callers call it, and it calls what they called.
pub struct Middle<'a> {
    pub element: ElementRef,
    pub edges: Vec<&'a Edge<'a>>,
}

/// What relations lead to begins at the new element; what they came from reaches it once.
pub fn put_before(patch: &mut Patch, broken: &Broken<'_>, middle: &Middle<'_>, verb: &str, protocol: Option<&str>) -> Option<()> {
    let graph = broken.graph()?;
    let mut callers: Vec<&Element> = Vec::new();
    let mut reached: Vec<(usize, Option<&str>)> = Vec::new();
    for edge in &middle.edges {
        let (_, target) = ends(graph, edge);
        // Two callers say the same of one target: one relation is left to say.
        let said = (edge.target, edge.relation.description.as_deref());
        if reached.contains(&said) {
            patch.disconnect(&edge.relation.key);
        } else {
            patch.reconnect(&edge.relation.key, &middle.element, &there(target));
            reached.push(said);
        }
        let caller = graph.source(edge)?;
        if !callers.iter().any(|known| known.key == caller.key) {
            callers.push(caller);
        }
    }
    for caller in callers {
        patch.connect(&there(&caller.key), &middle.element, verb, protocol);
    }
    Some(())
}
