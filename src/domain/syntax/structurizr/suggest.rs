//! The nearest known name for one that is not known.

/// The candidate that differs least from `wanted`, if it differs little enough to be a slip: at most two edits, and fewer
/// than half of the letters. Compared without case; the first of equals wins.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.to_ascii_lowercase().chars().collect();
    if wanted.len() > 64 {
        return None;
    }
    let limit = 2.min(wanted.len().saturating_sub(1) / 2);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.to_ascii_lowercase().chars().collect();
        if letters.len().abs_diff(wanted.len()) > limit {
            continue;
        }
        let apart = distance(&wanted, &letters);
        if apart <= limit && best.is_none_or(|(least, _)| apart < least) {
            best = Some((apart, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Edits between two words, a swap of neighbours counting as one (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut older: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut before: Option<char> = None;
    for (row, a) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        for (column, b) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&above, column) + usize::from(a != b)).min(at(&above, column + 1) + 1).min(at(&current, column) + 1);
            if column > 0 && before == Some(*b) && right.get(column - 1) == Some(a) {
                least = least.min(at(&older, column - 1) + 1);
            }
            current.push(least);
        }
        before = Some(*a);
        older = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_other_words_are_not() {
        let known = ["container", "component", "person"];
        assert_eq!(nearest("contianer", known), Some("container"));
        assert_eq!(nearest("Persn", known), Some("person"));
        assert_eq!(nearest("database", known), None);
        assert_eq!(nearest("ab", ["cd"]), None);
        assert_eq!(distance(&['a', 'b'], &['b', 'a']), 1);
    }
}
