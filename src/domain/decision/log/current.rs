//! What holds instead of a superseded record.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::decision::{
    log::{Edge, Entry, successors},
    status::Status,
};

/// The ends of the chains of successors of a record: those that nothing has superseded. Where a chain goes in a circle, the
/// direct successors. Empty for a record that is not superseded.
pub fn instead(entries: &[Entry<'_>], edges: &[Edge], of: usize) -> Vec<usize> {
    let superseded = |index: usize| entries.get(index).is_some_and(|entry| entry.record.known_status() == Some(Status::Superseded));
    if !superseded(of) {
        return Vec::new();
    }
    let direct = successors(edges, of);
    let (mut seen, mut ends) = (BTreeSet::from([of]), BTreeSet::new());
    let mut waiting: VecDeque<usize> = direct.iter().copied().collect();
    while let Some(at) = waiting.pop_front() {
        if !seen.insert(at) {
            continue;
        }
        let next = successors(edges, at);
        if superseded(at) && !next.is_empty() {
            waiting.extend(next);
        } else {
            ends.insert(at);
        }
    }
    if ends.is_empty() { direct } else { ends }.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Record, log::edges, parse};

    #[test]
    fn chains_lead_to_what_is_in_force() {
        let files = [
            ("adr/0001-a.md", "# 1. A\n\n## Status\n\nSuperseded by [2](0002-b.md)\n"),
            ("adr/0002-b.md", "# 2. B\n\n## Status\n\nSuperseded by [3](0003-c.md)\n"),
            ("adr/0003-c.md", "# 3. C\n\n## Status\n\nAccepted\n"),
            ("adr/0004-d.md", "# 4. D\n\n## Status\n\nSuperseded by [5](0005-e.md)\n"),
            ("adr/0005-e.md", "# 5. E\n\n## Status\n\nSuperseded by [4](0004-d.md)\n"),
            ("adr/0006-f.md", "# 6. F\n\n## Status\n\nSuperseded\n"),
        ];
        let records: Vec<Record> = files.iter().map(|(path, text)| parse(path, text)).collect();
        let entries: Vec<Entry<'_>> = files.iter().zip(&records).map(|((path, _), record)| Entry { path, record }).collect();
        let edges = edges(&entries);
        let found: Vec<Vec<usize>> = (0..files.len()).map(|of| instead(&entries, &edges, of)).collect();
        assert_eq!(found, [vec![2], vec![2], vec![], vec![4], vec![3], vec![]]);
    }
}
