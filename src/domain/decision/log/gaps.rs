//! Numbers that a log leaves out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::decision::log::{Entry, habits::Names, number_of, parent};

/// A run of numbers that nobody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    pub first: u32,
    pub last: u32,
    /// Index of the record behind it.
    pub before: usize,
}

/// The gaps of a log, those of each folder and area by themselves.
pub fn gaps(entries: &[Entry<'_>]) -> Vec<Gap> {
    let mut areas: BTreeMap<(String, String), BTreeMap<u32, usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| number_of(entry.path).is_some()) {
        if let Some(number) = entry.record.number {
            areas.entry(area(entry.path)).or_default().entry(number).or_insert(index);
        }
    }
    let mut found = Vec::new();
    for numbers in areas.values() {
        for ((number, _), (next, before)) in numbers.iter().zip(numbers.iter().skip(1)) {
            if next - number > 1 {
                found.push(Gap { first: number + 1, last: next - 1, before: *before });
            }
        }
    }
    found
}

/// Where a file's number counts: its folder and its area, for `PAY-0035` is not `ADM-0035`.
pub fn area(path: &str) -> (String, String) {
    let prefix = match Names::of(path) {
        Names::Numbered { prefix, .. } => prefix.to_uppercase(),
        Names::Dated { .. } | Names::Plain => String::new(),
    };
    (parent(path).to_owned(), prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Record, parse};

    #[test]
    fn each_area_has_its_own() {
        let paths = [
            "adr/0001-a.md",
            "adr/0004-b.md",
            "adr/0005-c.md",
            "adr/PAY-0007-d.md",
            "adr/PAY-0009-e.md",
            "other/0100-f.md",
            "adr/plain.md",
        ];
        let records: Vec<Record> = paths.iter().map(|path| parse(path, "")).collect();
        let entries: Vec<Entry<'_>> = paths.iter().zip(&records).map(|(path, record)| Entry { path, record }).collect();
        assert_eq!(gaps(&entries), [Gap { first: 2, last: 3, before: 1 }, Gap { first: 8, last: 8, before: 4 }]);
    }
}
