//! Tracks in one channel: where each line that changes its place across the layers does so.
//!
//! Two lines whose changes overlap cross in one order and not, or less, in the other; the cheaper order wins, conflicts are
//! broken where they cost least, and then every line takes the first track that is free.

use super::super::table::{Column, Rows};

/// Lines that come closer than this across the layers do not share a track.
const CLEAR: i32 = 10;
/// Two lines on top of each other: worse than any number of crossings.
const CLASH: i64 = 1000;
/// More lines than this are ordered by a simple rule, to bound the work.
const LIMIT: usize = 1500;

/// A track for each segment `(from, to)`, from 0 at the side where the lines come in.
pub(super) fn assign(segments: &[(i32, i32)]) -> Vec<usize> {
    let count = segments.len();
    let order = if count > LIMIT { by_rule(segments) } else { by_cost(segments) };
    let ranges: Vec<(i32, i32)> = segments.iter().map(|&(from, to)| (from.min(to) - CLEAR / 2, from.max(to) + CLEAR / 2)).collect();
    let mut track = vec![0_usize; count];
    let mut placed: Vec<usize> = Vec::with_capacity(count);
    let mut taken: Vec<usize> = Vec::new();
    for &index in &order {
        let (low, high) = ranges.at(index);
        // After what it overlaps and must follow, so that the order decided holds; beside the rest, on the first free track.
        let mut next = 0;
        taken.clear();
        for &other in &placed {
            let (other_low, other_high) = ranges.at(other);
            if low < other_high && other_low < high {
                let (one, two) = (segments.at(other), segments.at(index));
                if cost(one, two) == cost(two, one) {
                    taken.push(track.at(other));
                } else {
                    next = next.max(track.at(other) + 1);
                }
            }
        }
        while taken.contains(&next) {
            next += 1;
        }
        track.put(index, next);
        placed.push(index);
    }
    track
}

/// Falling lines from the top, then rising ones from the bottom.
fn by_rule(segments: &[(i32, i32)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by_key(|&index| {
        let (from, to) = segments.at(index);
        if to > from { (0, -from) } else { (1, from) }
    });
    order
}

/// What it costs to put `first` on an earlier track than `second`.
fn cost(first: (i32, i32), second: (i32, i32)) -> i64 {
    let within = |v: i32, (from, to): (i32, i32)| i64::from(from.min(to) < v && v < from.max(to));
    // The first one's way out crosses the second's track, the second one's way in the first's.
    let crossings = within(first.1, second) + within(second.0, first);
    // Its way out would run along the second one's way in.
    let clash = match (first.1 - second.0).abs() {
        0..4 => CLASH,
        4..12 => 2,
        _ => 0,
    };
    crossings * 4 + clash
}

fn by_cost(segments: &[(i32, i32)]) -> Vec<usize> {
    let count = segments.len();
    let mut after: Vec<Vec<(usize, i64)>> = vec![Vec::new(); count];
    let mut waits = vec![0_i64; count];
    for first in 0..count {
        let a = segments.at(first);
        for second in first + 1..count {
            let b = segments.at(second);
            if a.0.max(a.1) + CLEAR < b.0.min(b.1) || b.0.max(b.1) + CLEAR < a.0.min(a.1) {
                continue;
            }
            let saved = cost(b, a) - cost(a, b);
            let (early, late) = if saved > 0 { (first, second) } else { (second, first) };
            if saved != 0 {
                after.add(early, (late, saved.abs()));
                waits.put(late, waits.at(late) + saved.abs());
            }
        }
    }
    let mut left: Vec<usize> = by_rule(segments);
    let mut order = Vec::with_capacity(count);
    while let Some((place, &index)) = left.iter().enumerate().min_by_key(|&(place, &index)| (waits.at(index), place)) {
        left.remove(place);
        order.push(index);
        for &(late, weight) in after.row(index) {
            waits.put(late, waits.at(late) - weight);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_apart_share_a_track() {
        assert_eq!(assign(&[(0, 40), (100, 60)]), [0, 0]);
    }

    #[test]
    fn nested_lines_do_not_cross() {
        // Both fall; the upper one must turn later.
        let tracks = assign(&[(0, 100), (20, 160)]);
        assert!(tracks[0] > tracks[1], "{tracks:?}");
    }

    #[test]
    fn a_way_out_never_runs_along_a_way_in() {
        // The first leaves where the second comes in.
        let tracks = assign(&[(0, 50), (50, 120)]);
        assert!(tracks[0] > tracks[1], "{tracks:?}");
    }
}
