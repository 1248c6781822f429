//! Graph algorithms over adjacency lists. All are iterative, so that a deep design can't exhaust the stack, and near
//! linear in nodes and edges.

use std::collections::VecDeque;

/// For each node the nodes it points to, in order; targets out of range are ignored.
pub type Adjacency = Vec<Vec<usize>>;

const NONE: usize = usize::MAX;

fn at(list: &[usize], index: usize) -> usize {
    list.get(index).copied().unwrap_or(NONE)
}

fn put(list: &mut [usize], index: usize, value: usize) {
    if let Some(slot) = list.get_mut(index) {
        *slot = value;
    }
}

fn next_of(graph: &[Vec<usize>], node: usize) -> &[usize] {
    graph.get(node).map_or(&[], Vec::as_slice)
}

/// Which nodes can be reached from the roots, the roots included.
pub fn reachable(graph: &[Vec<usize>], roots: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut seen = vec![false; graph.len()];
    let mut queue: VecDeque<usize> = roots.into_iter().collect();
    while let Some(node) = queue.pop_front() {
        match seen.get_mut(node) {
            Some(mark) if !*mark => *mark = true,
            _ => continue,
        }
        queue.extend(next_of(graph, node));
    }
    seen
}

/// For each node a number that it shares with everything it hangs together with, whatever the direction.
pub fn islands(graph: &[Vec<usize>]) -> Vec<usize> {
    let mut joined: Adjacency = graph.to_vec();
    for (node, targets) in graph.iter().enumerate() {
        for target in targets {
            if let Some(list) = joined.get_mut(*target) {
                list.push(node);
            }
        }
    }
    let mut islands = vec![NONE; graph.len()];
    for root in 0..graph.len() {
        let mut queue = VecDeque::from([root]);
        while let Some(node) = queue.pop_front() {
            if islands.get(node) == Some(&NONE) {
                put(&mut islands, node, root);
                queue.extend(next_of(&joined, node));
            }
        }
    }
    islands
}

/// Strongly connected components in reverse topological order (a component comes before those that point to it); members
/// in ascending order. After Tarjan, "Depth-first search and linear graph algorithms" (1972).
pub fn components(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let count = graph.len();
    let (mut order, mut low) = (vec![NONE; count], vec![NONE; count]);
    let mut on_stack = vec![false; count];
    let (mut stack, mut found, mut clock) = (Vec::new(), Vec::new(), 0);
    for root in 0..count {
        if at(&order, root) != NONE {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                put(&mut order, node, clock);
                put(&mut low, node, clock);
                clock += 1;
                stack.push(node);
                if let Some(mark) = on_stack.get_mut(node) {
                    *mark = true;
                }
            }
            if let Some(target) = next_of(graph, node).get(edge).copied() {
                work.push((node, edge + 1));
                if target < count && at(&order, target) == NONE {
                    work.push((target, 0));
                } else if on_stack.get(target) == Some(&true) {
                    let lowest = at(&low, node).min(at(&order, target));
                    put(&mut low, node, lowest);
                }
                continue;
            }
            if at(&low, node) == at(&order, node) {
                let start = stack.iter().rposition(|member| *member == node).unwrap_or(0);
                let mut members = stack.split_off(start);
                for member in &members {
                    if let Some(mark) = on_stack.get_mut(*member) {
                        *mark = false;
                    }
                }
                members.sort_unstable();
                found.push(members);
            }
            if let Some((parent, _)) = work.last() {
                let lowest = at(&low, *parent).min(at(&low, node));
                put(&mut low, *parent, lowest);
            }
        }
    }
    found
}

/// Beyond this size a component's shortest cycle is searched from its first members only.
const CYCLE_STARTS: usize = 64;

/// A shortest cycle among the members of one component, beginning at its smallest node.
pub fn shortest_cycle(graph: &[Vec<usize>], members: &[usize]) -> Vec<usize> {
    let mut inside = vec![false; graph.len()];
    for member in members {
        if let Some(mark) = inside.get_mut(*member) {
            *mark = true;
        }
    }
    let back = reversed(graph, &inside);
    let mut best: Vec<usize> = Vec::new();
    for start in members.iter().copied().take(CYCLE_STARTS) {
        let most = if best.is_empty() { members.len() } else { best.len() - 1 };
        let far = distances(&back, start, most);
        let nearest = next_of(graph, start).iter().copied().filter(|next| at(&far, *next) < most).min_by_key(|next| at(&far, *next));
        // `path` runs from the successor back to the start.
        if let Some(path) = nearest.and_then(|next| path(graph, next, start, &inside)) {
            best = path;
        }
        if best.len() == 2 {
            break;
        }
    }
    let smallest = best.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(index, _)| index);
    best.rotate_left(smallest);
    best
}

/// The arrows between the marked nodes, the other way round.
fn reversed(graph: &[Vec<usize>], inside: &[bool]) -> Adjacency {
    let mut back: Adjacency = vec![Vec::new(); graph.len()];
    let marked = |node: usize| inside.get(node) == Some(&true);
    for (node, targets) in graph.iter().enumerate().filter(|(node, _)| marked(*node)) {
        for target in targets.iter().copied().filter(|target| marked(*target)) {
            if let Some(list) = back.get_mut(target) {
                list.push(node);
            }
        }
    }
    back
}

/// How many steps each node is away from a start, if fewer than `most`; `usize::MAX` for the others.
fn distances(graph: &[Vec<usize>], start: usize, most: usize) -> Vec<usize> {
    let mut far = vec![NONE; graph.len()];
    put(&mut far, start, 0);
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        let step = at(&far, node) + 1;
        if step >= most {
            break;
        }
        for next in next_of(graph, node).iter().copied() {
            if at(&far, next) == NONE {
                put(&mut far, next, step);
                queue.push_back(next);
            }
        }
    }
    far
}

/// A shortest path from one node to another within the marked nodes, both ends included.
pub fn path(graph: &[Vec<usize>], from: usize, to: usize, inside: &[bool]) -> Option<Vec<usize>> {
    let mut previous = vec![NONE; graph.len()];
    let mut queue = VecDeque::from([from]);
    put(&mut previous, from, from);
    while let Some(node) = queue.pop_front() {
        if node == to {
            let mut path = vec![node];
            let mut current = node;
            while current != from {
                current = at(&previous, current);
                path.push(current);
            }
            path.reverse();
            return Some(path);
        }
        for next in next_of(graph, node) {
            if inside.get(*next) == Some(&true) && at(&previous, *next) == NONE {
                put(&mut previous, *next, node);
                queue.push_back(*next);
            }
        }
    }
    None
}

/// The immediate dominator of each node that can be reached from the root; the root's is itself. After Cooper, Harvey and
/// Kennedy, "A simple, fast dominance algorithm" (2001).
pub fn dominators(graph: &[Vec<usize>], root: usize) -> Vec<Option<usize>> {
    let count = graph.len();
    let mut postorder = Vec::with_capacity(count);
    let mut number = vec![NONE; count];
    let mut seen = vec![false; count];
    let mut work = vec![(root, 0)];
    if let Some(mark) = seen.get_mut(root) {
        *mark = true;
    }
    while let Some((node, edge)) = work.pop() {
        if let Some(next) = next_of(graph, node).get(edge).copied() {
            work.push((node, edge + 1));
            if let Some(mark) = seen.get_mut(next).filter(|mark| !**mark) {
                *mark = true;
                work.push((next, 0));
            }
        } else {
            put(&mut number, node, postorder.len());
            postorder.push(node);
        }
    }
    let mut before: Adjacency = vec![Vec::new(); count];
    for node in &postorder {
        for next in next_of(graph, *node) {
            if let Some(list) = before.get_mut(*next) {
                list.push(*node);
            }
        }
    }
    let mut dominator = vec![NONE; count];
    put(&mut dominator, root, root);
    let mut changed = true;
    while changed {
        changed = false;
        for node in postorder.iter().rev().copied().filter(|node| *node != root) {
            let known = next_of(&before, node).iter().copied().filter(|from| at(&dominator, *from) != NONE);
            let Some(common) = known.reduce(|left, right| meet(&dominator, &number, left, right)) else { continue };
            if at(&dominator, node) != common {
                put(&mut dominator, node, common);
                changed = true;
            }
        }
    }
    dominator.into_iter().map(|node| (node != NONE).then_some(node)).collect()
}

fn meet(dominator: &[usize], number: &[usize], mut left: usize, mut right: usize) -> usize {
    while left != right {
        while at(number, left) < at(number, right) {
            left = at(dominator, left);
        }
        while at(number, right) < at(number, left) {
            right = at(dominator, right);
        }
    }
    left
}

/// The walk from a root that meets the most weight, each cycle counted once by its heaviest member; the nodes in order.
/// Ties go to the smaller node.
pub fn heaviest_walk(graph: &[Vec<usize>], roots: &[usize], weight: &[usize]) -> Vec<usize> {
    let components = components(graph);
    let mut component_of = vec![NONE; graph.len()];
    for (index, members) in components.iter().enumerate() {
        for member in members {
            put(&mut component_of, *member, index);
        }
    }
    // Components come in reverse topological order, so what a component points to is already known.
    let mut best = vec![0; components.len()];
    let mut leave: Vec<Option<(usize, usize)>> = vec![None; components.len()];
    for (index, members) in components.iter().enumerate() {
        let own = members.iter().map(|member| weight.get(*member).copied().unwrap_or(0)).max().unwrap_or(0);
        let mut choice: Option<(usize, (usize, usize))> = None;
        for member in members {
            for next in next_of(graph, *member) {
                let target = at(&component_of, *next);
                if target == index || target == NONE {
                    continue;
                }
                let value = at(&best, target);
                if choice.is_none_or(|(known, _)| value > known) {
                    choice = Some((value, (*member, *next)));
                }
            }
        }
        put(&mut best, index, own + choice.map_or(0, |(value, _)| value));
        if let Some(slot) = leave.get_mut(index) {
            *slot = choice.filter(|(value, _)| *value > 0).map(|(_, edge)| edge);
        }
    }
    let start = roots.iter().copied().max_by_key(|root| (at(&best, at(&component_of, *root)), std::cmp::Reverse(*root)));
    let Some(mut node) = start.filter(|root| *root < graph.len()) else { return Vec::new() };
    let mut walk = Vec::new();
    loop {
        let component = at(&component_of, node);
        let Some((exit, next)) = leave.get(component).copied().flatten() else {
            walk.push(node);
            return walk;
        };
        if node == exit {
            walk.push(node);
        } else {
            let inside: Vec<bool> = component_of.iter().map(|other| *other == component).collect();
            walk.extend(path(graph, node, exit, &inside).unwrap_or_default());
        }
        node = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_and_cycles() {
        // 0 → 1 → 2 → 0, 2 → 3, 3 ⇄ 4, 5 alone
        let graph = vec![vec![1], vec![2], vec![0, 3], vec![4], vec![3], vec![]];
        let found = components(&graph);
        assert_eq!(found, vec![vec![3, 4], vec![0, 1, 2], vec![5]]);
        assert_eq!(shortest_cycle(&graph, &[0, 1, 2]), [0, 1, 2]);
        assert_eq!(shortest_cycle(&graph, &[3, 4]), [3, 4]);
        // A short cycle inside a larger component is the one that is told.
        let graph = vec![vec![1], vec![2], vec![3, 1], vec![0]];
        assert_eq!(shortest_cycle(&graph, &[0, 1, 2, 3]), [1, 2]);
    }

    #[test]
    fn islands_hang_together_in_any_direction() {
        let graph = vec![vec![1], vec![], vec![1], vec![4], vec![], vec![9]];
        assert_eq!(islands(&graph), [0, 0, 0, 3, 3, 5]);
    }

    #[test]
    fn dominators_are_on_every_path() {
        // 0 → 1, 0 → 2, both → 3 → 4
        let graph = vec![vec![1, 2], vec![3], vec![3], vec![4], vec![], vec![4]];
        assert_eq!(dominators(&graph, 0), [Some(0), Some(0), Some(0), Some(0), Some(3), None]);
        // A loop back does not change them.
        let graph = vec![vec![1], vec![2], vec![3, 1], vec![]];
        assert_eq!(dominators(&graph, 0), [Some(0), Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn the_heaviest_walk_passes_cycles_once() {
        let graph = vec![vec![1, 4], vec![2], vec![1, 3], vec![], vec![]];
        assert_eq!(heaviest_walk(&graph, &[0], &[1, 1, 1, 1, 1]), [0, 1, 2, 3]);
        assert_eq!(heaviest_walk(&graph, &[0], &[1, 0, 0, 0, 1]), [0, 4]);
        assert_eq!(heaviest_walk(&graph, &[], &[1; 5]), Vec::<usize>::new());
    }

    #[test]
    fn reachability_stops_where_arrows_stop() {
        let graph = vec![vec![1], vec![], vec![1], vec![99]];
        assert_eq!(reachable(&graph, [0]), [true, true, false, false]);
        assert_eq!(reachable(&graph, [3]), [false, false, false, true]);
    }

    #[test]
    fn a_deep_chain_does_not_exhaust_the_stack() {
        let deep: Adjacency = (0..200_000).map(|node| vec![node + 1]).collect();
        assert_eq!(components(&deep).len(), 200_000);
        assert_eq!(dominators(&deep, 0).len(), 200_000);
        assert_eq!(heaviest_walk(&deep, &[0], &[]).len(), 1);
    }
}
