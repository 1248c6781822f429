//! The decision graph: records and how they relate, each pair and kind once, for our own layout to draw.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::decision::{
    LinkKind,
    log::{Edge, Entry, edges},
    status::Status,
};

/// Records and relations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// In the order of the log.
    pub nodes: Vec<Node>,
    pub arrows: Vec<Arrow>,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub path: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
}

/// One relation; read from the record that does something to the other: the newer supersedes the older.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    /// Never one of those that end with `by`.
    pub kind: LinkKind,
    /// The record it begins at says it.
    pub said: bool,
    /// The record it leads to says it.
    pub answered: bool,
    /// A supersession by a record that is not accepted: it takes effect when it is.
    pub pending: bool,
}

/// The graph of a log. Mentions are left out where the pair relates in another way, or altogether if not wanted.
pub fn graph(entries: &[Entry<'_>], mentions: bool) -> Graph {
    let nodes = entries.iter().map(|entry| Node {
        path: entry.path.to_owned(),
        number: entry.record.number,
        title: entry.record.title.clone(),
        status: entry.record.known_status(),
    });
    let mut arrows = arrows(entries, &edges(entries));
    let related: Vec<(usize, usize)> =
        arrows.iter().filter(|arrow| arrow.kind != LinkKind::Mentions).map(|arrow| (arrow.from, arrow.to)).collect();
    let plain = |arrow: &Arrow| arrow.kind == LinkKind::Mentions;
    arrows.retain(|arrow| {
        !plain(arrow) || (mentions && !related.iter().any(|pair| *pair == (arrow.from, arrow.to) || *pair == (arrow.to, arrow.from)))
    });
    Graph { nodes: nodes.collect(), arrows }
}

/// The links of a log with both ends taken together. A record's links to itself say nothing.
pub fn arrows(entries: &[Entry<'_>], edges: &[Edge]) -> Vec<Arrow> {
    let mut found: BTreeMap<(usize, usize, LinkKind), (bool, bool)> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        let (key, said) = match edge.kind {
            LinkKind::SupersededBy => ((edge.to, edge.from, LinkKind::Supersedes), false),
            LinkKind::AmendedBy => ((edge.to, edge.from, LinkKind::Amends), false),
            // It reads the same from both ends.
            LinkKind::RelatesTo if edge.to < edge.from => ((edge.to, edge.from, LinkKind::RelatesTo), false),
            kind => ((edge.from, edge.to, kind), true),
        };
        let ends = found.entry(key).or_default();
        if said {
            ends.0 = true;
        } else {
            ends.1 = true;
        }
    }
    let accepted = |index: usize| {
        entries
            .get(index)
            .and_then(|entry| entry.record.known_status())
            .is_some_and(|status| status == Status::Accepted || status == Status::Superseded)
    };
    let arrow = |((from, to, kind), (said, answered)): ((usize, usize, LinkKind), (bool, bool))| Arrow {
        from,
        to,
        kind,
        said,
        answered,
        pending: kind == LinkKind::Supersedes && !answered && !accepted(from),
    };
    found.into_iter().map(arrow).collect()
}

/// The records that will be superseded when others are accepted: newer and older.
pub fn pending(entries: &[Entry<'_>]) -> Vec<(usize, usize)> {
    let open = |index: usize| {
        let status = entries.get(index).and_then(|entry| entry.record.known_status());
        matches!(status, Some(Status::Draft | Status::Proposed) | None)
    };
    arrows(entries, &edges(entries))
        .into_iter()
        .filter(|arrow| arrow.pending && open(arrow.from))
        .map(|arrow| (arrow.from, arrow.to))
        .collect()
}

/// The shortest way along some pairs, both ends included.
pub fn way(pairs: &[(usize, usize)], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::from([(from, from)]);
    let mut waiting = VecDeque::from([from]);
    while let Some(at) = waiting.pop_front() {
        if at == to {
            let mut way = vec![to];
            let mut last = to;
            while last != from {
                last = before.get(&last).copied()?;
                way.push(last);
            }
            way.reverse();
            return Some(way);
        }
        for (_, next) in pairs.iter().filter(|(start, _)| *start == at) {
            if !before.contains_key(next) {
                before.insert(*next, at);
                waiting.push_back(*next);
            }
        }
    }
    None
}

/// The circles in some pairs, each once, from its lowest member on; the shortest one for each pair that closes any.
pub fn circles(pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (from, to) in pairs {
        let Some(mut circle) = way(pairs, *to, *from) else { continue };
        let lowest = circle.iter().enumerate().min_by_key(|(_, member)| **member).map_or(0, |(at, _)| at);
        circle.rotate_left(lowest);
        if !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Record, parse};

    fn read<'a>(files: &'a [(&'a str, &'a str)], records: &'a [Record]) -> Vec<Entry<'a>> {
        files.iter().zip(records).map(|((path, _), record)| Entry { path, record }).collect()
    }

    #[test]
    fn both_ends_are_one_arrow() {
        let files = [
            ("adr/1-a.md", "# 1. A\n\n## Status\n\nSuperseded by [2](2-b.md)\n"),
            ("adr/2-b.md", "# 2. B\n\n## Status\n\nAccepted\n\nSupersedes [1](1-a.md)\n\nRelates to [3](3-c.md), see ADR-1.\n"),
            (
                "adr/3-c.md",
                "# 3. C\n\n## Status\n\nProposed\n\nSupersedes [2](2-b.md)\n\nRelates to [2](2-b.md)\n\n## Context\n\nSee ADR-1 and ADR-3.\n",
            ),
        ];
        let records: Vec<Record> = files.iter().map(|(path, text)| parse(path, text)).collect();
        let entries = read(&files, &records);
        let found = graph(&entries, true);
        let of: Vec<_> =
            found.arrows.iter().map(|arrow| (arrow.from, arrow.kind, arrow.to, arrow.said, arrow.answered, arrow.pending)).collect();
        assert_eq!(
            of,
            [
                (1, LinkKind::Supersedes, 0, true, true, false),
                (1, LinkKind::RelatesTo, 2, true, true, false),
                (2, LinkKind::Mentions, 0, true, false, false),
                (2, LinkKind::Supersedes, 1, true, false, true),
            ]
        );
        assert_eq!(graph(&entries, false).arrows.len(), 3);
        assert_eq!(pending(&entries), [(2, 1)]);
        assert_eq!(found.nodes[2].status, Some(Status::Proposed));
    }

    #[test]
    fn circles_are_found_once() {
        assert_eq!(circles(&[(0, 1), (1, 2), (2, 0), (3, 0)]), [vec![0, 1, 2]]);
        assert_eq!(circles(&[(5, 4), (4, 5), (1, 2), (2, 1)]), [vec![4, 5], vec![1, 2]]);
        assert_eq!(circles(&[(0, 1), (1, 2)]), Vec::<Vec<usize>>::new());
        assert_eq!(circles(&[(7, 7)]), [vec![7]]);
        assert_eq!(way(&[(0, 1), (1, 2), (0, 2)], 0, 2), Some(vec![0, 2]));
    }
}
