//! Paths, cycles, dominators, and what is reached from where.

use super::{Manner, Named};
use crate::domain::review::graph::walk;

/// So many paths are told.
const PATHS: usize = 20;
/// So many steps are searched; a dense graph has more paths than anyone can read.
const STEPS: usize = 50_000;
/// A path has at most so many relations.
const LENGTH: usize = 12;

/// Paths from one element to another, shortest first.
pub(super) fn paths(named: &Named<'_>, from: usize, to: usize) -> Vec<String> {
    let adjacency = named.adjacency();
    let reverse = reversed(&adjacency);
    let leads = walk::reachable(&reverse, [to]);
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut steps = 0;
    // Breadth first, so that short ones come first however the search ends.
    let mut queue = std::collections::VecDeque::from([vec![from]]);
    while let Some(path) = queue.pop_front() {
        let Some(last) = path.last().copied() else { continue };
        if last == to && path.len() > 1 {
            found.push(path);
            if found.len() == PATHS {
                break;
            }
            continue;
        }
        if path.len() > LENGTH {
            continue;
        }
        let mut next: Vec<usize> = adjacency.get(last).cloned().unwrap_or_default();
        next.sort_unstable();
        next.dedup();
        for node in next.into_iter().filter(|node| leads.get(*node) == Some(&true) && (!path.contains(node) || *node == to)) {
            let mut longer = path.clone();
            longer.push(node);
            queue.push_back(longer);
            steps += 1;
        }
        if steps > STEPS {
            break;
        }
    }
    if found.is_empty() {
        return vec![format!("There is no {}path from {} to {}.", named.mode(), named.said(from), named.said(to))];
    }
    let complete = queue.is_empty() && steps <= STEPS;
    let more = if complete { "" } else { "; there may be more" };
    let mut lines = vec![format!("{} {}paths from {} to {}{more}", found.len(), named.mode(), named.said(from), named.said(to))];
    lines.extend(found.iter().map(|path| format!("{} relations: {}", path.len() - 1, named.path(path))));
    lines
}

/// One shortest cycle of each group of elements that lead to each other.
pub(super) fn cycles(named: &Named<'_>) -> Vec<String> {
    let adjacency = named.adjacency();
    let mut groups: Vec<Vec<usize>> = walk::components(&adjacency).into_iter().filter(|members| members.len() > 1).collect();
    groups.sort();
    groups
        .iter()
        .map(|members| {
            let mut cycle = walk::shortest_cycle(&adjacency, members);
            cycle.extend(cycle.first().copied());
            let others = if members.len() + 1 > cycle.len() {
                format!("; {} elements lead to each other in all", members.len())
            } else {
                String::new()
            };
            format!("cycle of {} {}relations: {}{others}", cycle.len().saturating_sub(1), named.mode(), named.path(&cycle))
        })
        .collect()
}

/// What can be reached, nearest first.
pub(super) fn reachable(named: &Named<'_>, from: usize) -> Vec<String> {
    let found = distances(&named.adjacency(), from);
    told(named, &found, &format!("reachable by {}relations from {}", named.mode(), named.said(from)))
}

/// Who calls it, directly or through others: what feels its failure.
pub(super) fn blast_radius(named: &Named<'_>, from: usize) -> Vec<String> {
    let found = distances(&reversed(&named.adjacency()), from);
    let waits = if named.manner == Manner::Sync { "wait for" } else { "depend on" };
    told(named, &found, &format!("that {waits} {}", named.said(from)))
}

fn told(named: &Named<'_>, found: &[(usize, usize)], what: &str) -> Vec<String> {
    let mut lines = vec![format!("{} elements {what}", found.len())];
    lines.extend(found.iter().map(|(distance, node)| format!("{distance} away: {}", named.said(*node))));
    lines
}

/// Distance and node, the start left out.
fn distances(graph: &[Vec<usize>], from: usize) -> Vec<(usize, usize)> {
    let mut seen = vec![false; graph.len()];
    let mut queue = std::collections::VecDeque::from([(0, from)]);
    let mut found = Vec::new();
    while let Some((distance, node)) = queue.pop_front() {
        match seen.get_mut(node) {
            Some(mark) if !*mark => *mark = true,
            _ => continue,
        }
        if distance > 0 {
            found.push((distance, node));
        }
        queue.extend(graph.get(node).into_iter().flatten().map(|next| (distance + 1, *next)));
    }
    found.sort_unstable();
    found
}

/// What every path from an element has to pass.
pub(super) fn dominators(named: &Named<'_>, from: usize, to: Option<usize>) -> Vec<String> {
    let before = walk::dominators(&named.adjacency(), from);
    let at = |node: usize| before.get(node).copied().flatten();
    if let Some(to) = to {
        let mut chain = Vec::new();
        let mut node = to;
        while let Some(next) = at(node).filter(|next| *next != node) {
            chain.push(next);
            node = next;
        }
        if at(to).is_none() {
            return vec![format!("{} is not reachable by {}relations from {}.", named.said(to), named.mode(), named.said(from))];
        }
        chain.retain(|node| *node != from);
        chain.reverse();
        let names: Vec<String> = chain.iter().map(|node| named.said(*node)).collect();
        let passed = if names.is_empty() { "nothing in particular".to_owned() } else { names.join(", then ") };
        return vec![format!("Every {}path from {} to {} passes {passed}.", named.mode(), named.said(from), named.said(to))];
    }
    let mut lines = vec![format!("What every {}path from {} passes right before", named.mode(), named.said(from))];
    for (node, dominator) in before.iter().enumerate() {
        if let Some(dominator) = dominator.filter(|dominator| *dominator != node) {
            lines.push(format!("{}: {}", named.said(node), named.name(dominator)));
        }
    }
    lines
}

fn reversed(graph: &[Vec<usize>]) -> walk::Adjacency {
    let mut reversed = vec![Vec::new(); graph.len()];
    for (from, targets) in graph.iter().enumerate() {
        for to in targets {
            if let Some(list) = reversed.get_mut(*to) {
                list.push(from);
            }
        }
    }
    reversed
}
