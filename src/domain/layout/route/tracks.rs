//! Tracks in one channel: where each line that changes its place across the layers does so.
//!
//! Two lines whose changes overlap cross in one order and not, or less, in the other; the cheaper order wins, conflicts are
//! broken where they cost least, and then the tracks are filled one by one with what is most urgent and fits side by side.

use super::super::table::{Column, Rows};
use crate::domain::sort;

/// Lines that come closer than this across the layers do not share a track.
const CLEAR: i32 = 10;
/// Two lines on top of each other: worse than any number of crossings.
const CLASH: i64 = 1_000_000;
/// How far beside its way in a line that stops on the way goes on.
const ASIDE: i32 = 8;
/// Lines nearer than this run on top of each other.
const SAME: i32 = 4;
/// Larger than any place on a way.
const DONE: usize = usize::MAX;
/// More lines than this are ordered by a simple rule, to bound the work.
const LIMIT: usize = 1500;

/// Where one line leaves exactly where another comes in, the other must turn first, or they would run along each other. Where such
/// lines wait for each other in a circle, one of them stops on the way. Gives its index and where.
pub(super) fn turns(segments: &[(i32, i32)]) -> Vec<(usize, i32)> {
    let count = segments.len();
    let mut ways_in: Vec<(i32, usize)> = segments.iter().enumerate().map(|(index, &(from, _))| (from, index)).collect();
    sort::by(&mut ways_in, Ord::cmp);
    let near = |at: i32, by: i32| {
        let start = ways_in.partition_point(|&(from, _)| from <= at - by);
        ways_in.iter().skip(start).take_while(move |&&(from, _)| from < at + by).map(|&(_, index)| index)
    };
    let mut ways_out: Vec<i32> = segments.iter().map(|&(_, to)| to).collect();
    sort::by(&mut ways_out, Ord::cmp);
    let mut turns: Vec<(usize, i32)> = Vec::new();
    // 0 for not seen, else the place on the way here from 1, or `DONE`: no circle leads through it, or no more.
    let mut seen = vec![0_usize; count];
    let mut root = 0;
    while root < count {
        if seen.at(root) == DONE {
            root += 1;
            continue;
        }
        let mut way = vec![root];
        seen.put(root, 1);
        while let Some(&index) = way.last() {
            let (_, to) = segments.at(index);
            let next = near(to, SAME).find(|&next| next != index && seen.at(next) != DONE);
            let Some(next) = next else {
                seen.put(index, DONE);
                way.pop();
                continue;
            };
            if seen.at(next) == 0 {
                way.push(next);
                seen.put(next, way.len());
                continue;
            }
            let circle = way.get(seen.at(next) - 1..).unwrap_or_default();
            let length = |index: usize| (segments.at(index).0 - segments.at(index).1).abs();
            let longest = circle.iter().copied().max_by_key(|&index| (length(index), index)).unwrap_or(index);
            if length(longest) >= 2 * SAME {
                let (from, to) = segments.at(longest);
                let is_free = |at: i32| {
                    let out = ways_out.partition_point(|&other| other <= at - SAME);
                    near(at, SAME).next().is_none()
                        && ways_out.get(out).is_none_or(|&other| other >= at + SAME)
                        && turns.iter().all(|&(_, other)| (other - at).abs() >= SAME)
                };
                let aside = |step: i32| from + (to - from).signum() * step.min(length(longest) / 2);
                let steps = (ASIDE..=length(longest) - SAME).step_by(4).take(64);
                turns.push((longest, steps.map(aside).find(|&at| is_free(at)).unwrap_or(aside(ASIDE))));
            }
            for &index in &way {
                seen.put(index, 0);
            }
            seen.put(longest, DONE);
            break;
        }
    }
    turns
}

/// A track for each segment `(from, to)`, from 0 at the side where the lines come in. The last segments go on where those that
/// `follows` names end.
pub(super) fn assign(segments: &[(i32, i32)], follows: &[usize]) -> Vec<usize> {
    let count = segments.len();
    let own = count - follows.len().min(count);
    let goes_on = |first: usize, second: usize| second >= own && follows.get(second - own) == Some(&first);
    // What it saves to put the first of two before the second.
    let saved = |first: usize, second: usize| {
        if goes_on(first, second) {
            2 * CLASH
        } else if goes_on(second, first) {
            -2 * CLASH
        } else {
            let (one, two) = (segments.at(first), segments.at(second));
            cost(two, one) - cost(one, two)
        }
    };
    let order = if count > LIMIT { by_rule(segments) } else { by_cost(segments, &saved) };
    let ranges: Vec<(i32, i32)> = segments.iter().map(|&(from, to)| (from.min(to) - CLEAR / 2, from.max(to) + CLEAR / 2)).collect();
    let overlap = |a: usize, b: usize| {
        let (a, b) = (ranges.at(a), ranges.at(b));
        a.0 < b.1 && b.0 < a.1
    };
    // What overlaps and is not indifferent keeps the order decided; `rest` is how many tracks what follows needs at least.
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    let mut rest = vec![0_usize; count];
    for (place, &index) in order.iter().enumerate().rev() {
        for &later in order.iter().skip(place + 1).filter(|&&later| overlap(index, later)) {
            if saved(index, later) != 0 {
                followers.add(index, later);
                waits.put(later, waits.at(later) + 1);
                rest.put(index, rest.at(index).max(rest.at(later) + 1));
            }
        }
    }
    let mut track = vec![0_usize; count];
    let mut ready: Vec<usize> = order.iter().copied().filter(|&index| waits.at(index) == 0).collect();
    let mut next = 0;
    while !ready.is_empty() {
        // The most urgent first, then side by side what fits.
        sort::by_key(&mut ready, |&index| (std::cmp::Reverse(rest.at(index)), ranges.at(index), index));
        let mut filled: Vec<usize> = Vec::new();
        ready.retain(|&index| {
            let fits = !filled.iter().any(|&other| overlap(index, other));
            if fits {
                filled.push(index);
            }
            !fits
        });
        for &index in &filled {
            track.put(index, next);
            for &later in followers.row(index) {
                waits.put(later, waits.at(later).saturating_sub(1));
                if waits.at(later) == 0 {
                    ready.push(later);
                }
            }
        }
        next += 1;
    }
    track
}

/// Falling lines from the top, then rising ones from the bottom.
fn by_rule(segments: &[(i32, i32)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    sort::by_key(&mut order, |&index| {
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
        0..SAME => CLASH,
        SAME..12 => 2,
        _ => 0,
    };
    crossings * 4 + clash
}

fn by_cost(segments: &[(i32, i32)], saved: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
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
            let saved = saved(first, second);
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_apart_share_a_track() {
        assert_eq!(assign(&[(0, 40), (100, 60)], &[]), [0, 0]);
    }

    #[test]
    fn nested_lines_do_not_cross() {
        // Both fall; the upper one must turn later.
        let tracks = assign(&[(0, 100), (20, 160)], &[]);
        assert!(tracks[0] > tracks[1], "{tracks:?}");
    }

    #[test]
    fn a_way_out_never_runs_along_a_way_in() {
        // The first leaves where the second comes in.
        let tracks = assign(&[(0, 50), (50, 120)], &[]);
        assert!(tracks[0] > tracks[1], "{tracks:?}");
    }

    #[test]
    fn lines_that_change_places_never_run_along_each_other() {
        let mut segments = vec![(0, 16), (16, 0)];
        let turns = turns(&segments);
        assert_eq!(turns, [(1, 8)]);
        segments[1] = (16, 8);
        segments.push((8, 0));
        let tracks = assign(&segments, &[1]);
        // Out of the way first, then the other one turns, then on to the end.
        assert!(tracks[1] < tracks[0] && tracks[0] < tracks[2], "{tracks:?}");
    }

    #[test]
    fn of_lines_in_a_circle_one_stops() {
        assert_eq!(turns(&[(0, 32), (32, 64), (64, 0)]), [(2, 56)]);
        assert_eq!(turns(&[(0, 32), (32, 64), (64, 96)]), []);
    }

    proptest! {
        #[test]
        fn no_line_leaves_along_a_way_in(
            places in (2_i32..40).prop_flat_map(|count| (Just((0..count).collect::<Vec<_>>()).prop_shuffle(), 1..count))
        ) {
            // Lines 16 px apart, of which some change their places.
            let (places, moved) = places;
            let mut segments: Vec<(i32, i32)> = (0..).zip(places).take(usize::try_from(moved).unwrap()).map(|(a, b)| (16 * a, 16 * b)).collect();
            segments.retain(|(from, to)| from != to);
            let turns = turns(&segments);
            for &(index, via) in &turns {
                let (from, to) = segments[index];
                segments[index] = (from, via);
                segments.push((via, to));
            }
            let follows: Vec<usize> = turns.iter().map(|turn| turn.0).collect();
            let tracks = assign(&segments, &follows);
            for (first, one) in segments.iter().enumerate() {
                for (second, two) in segments.iter().enumerate() {
                    let follows = follows.get(second.wrapping_sub(segments.len() - follows.len())) == Some(&first);
                    prop_assert!(follows || one.1 != two.0 || tracks[second] < tracks[first], "{segments:?} {tracks:?}");
                }
            }
        }
    }
}
