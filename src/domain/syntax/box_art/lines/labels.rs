//! Which words belong to which line: those in it, above or below it, and beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Place, Traced, Tracer};
use crate::domain::syntax::box_art::glyph::{LEVEL, UPRIGHT};

/// Columns between an upright line and the words beside it.
const BESIDE: i32 = 3;

/// Gives each edge the runs that belong to it.
pub(super) fn assign(tracer: &Tracer<'_>, traced: &mut Traced, paths: &[Vec<Place>]) {
    // The edges that run through each cell, level or upright.
    let mut through: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
    for (edge, path) in paths.iter().enumerate() {
        for &(row, column, _) in path {
            let edges = through.entry((row, column)).or_default();
            if edges.last() != Some(&edge) {
                edges.push(edge);
            }
        }
    }
    let mut bridged: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (&(row, column, way), &(to_row, to_column)) in &tracer.bridges {
        let edges = through.get(&(row, column)).map(Vec::as_slice).unwrap_or_default();
        let edges: Vec<usize> =
            edges.iter().copied().filter(|edge| through.get(&(to_row, to_column)).is_some_and(|other| other.contains(edge))).collect();
        let (top, bottom) = (row.min(to_row), row.max(to_row));
        let runs: BTreeSet<usize> = if way & LEVEL != 0 {
            (column.min(to_column)..column.max(to_column)).filter_map(|column| tracer.run_at(row, column)).collect()
        } else {
            let beside = |row: i32| (column - 8..=column + 8).filter_map(move |column| tracer.run_at(row, column));
            (top + 1..bottom).flat_map(beside).collect()
        };
        for run in runs {
            bridged.entry(run).or_default().extend(&edges);
        }
    }
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, run) in traced.runs.iter().enumerate() {
        if traced.nodes.contains(&index) {
            continue;
        }
        let mut edges = match bridged.get(&index) {
            Some(edges) => edges.clone(),
            None if tracer.is_title(run) => Vec::new(),
            None => tracer.near(run, &through),
        };
        edges.sort_unstable();
        edges.dedup();
        if !edges.is_empty() {
            found.push((index, edges));
        }
    }
    // A second row of words continues the first.
    let known: BTreeMap<usize, Vec<usize>> = found.iter().cloned().collect();
    for (index, run) in traced.runs.iter().enumerate() {
        if known.contains_key(&index) || traced.nodes.contains(&index) || tracer.is_title(run) {
            continue;
        }
        let touches = |row: i32| (run.from..run.to).find_map(|column| tracer.run_at(row, column)).filter(|other| known.contains_key(other));
        if let Some(edges) = touches(run.row - 1).or_else(|| touches(run.row + 1)).and_then(|other| known.get(&other)) {
            found.push((index, edges.clone()));
        }
    }
    found.sort();
    for (run, edges) in found {
        traced.labels.insert(run);
        for edge in edges {
            traced.edges.get_mut(edge).into_iter().for_each(|edge| edge.labels.push(run));
        }
    }
}

impl Tracer<'_> {
    /// Words in the first rows of a box around others, with nothing but its border beside them.
    fn is_title(&self, run: &super::Run) -> bool {
        let Some((_, frame)) = self.around(run.row, run.from) else { return false };
        let beside = |column: i32| self.arms(run.row, column) & UPRIGHT != 0;
        let level = (run.from..run.to).any(|column| self.arms(run.row + 1, column) & LEVEL != 0);
        run.row <= frame.top + 1 && !level && !(1..=2).any(|by| beside(run.from - by) || beside(run.to - 1 + by))
    }

    /// The smallest box around a place.
    pub(super) fn around(&self, row: i32, column: i32) -> Option<(usize, &super::Frame)> {
        self.containers.iter().rev().filter_map(|&index| Some((index, self.frames.get(index)?))).find(|(_, frame)| frame.holds(row, column))
    }

    /// The edges nearest to some words.
    fn near(&self, run: &super::Run, through: &BTreeMap<(i32, i32), Vec<usize>>) -> Vec<usize> {
        let at = |row: i32, column: i32| through.get(&(row, column)).cloned().unwrap_or_default();
        let level = |row: i32| {
            // The part of the line that lies under most of the words.
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            let columns = (run.from..run.to).filter(|&column| self.arms(row, column) & LEVEL != 0);
            for edge in columns.flat_map(|column| at(row, column)) {
                *counts.entry(edge).or_default() += 1;
            }
            let most = counts.values().copied().max().unwrap_or(0);
            let enough = usize::try_from(run.to - run.from).unwrap_or(0);
            let edges: Vec<usize> = counts.into_iter().filter(|(_, count)| *count == most).map(|(edge, _)| edge).collect();
            if most * 3 >= enough || most >= 3 { edges } else { Vec::new() }
        };
        let upright = |from: i32, by: i32| {
            for distance in 1..=BESIDE {
                let column = from + by * distance;
                if self.arms(run.row, column) & UPRIGHT != 0 {
                    return at(run.row, column);
                }
                if self.sheet.at(run.row, column) != ' ' {
                    break;
                }
            }
            Vec::new()
        };
        let mut choices = vec![level(run.row + 1), upright(run.from, -1), upright(run.to - 1, 1), level(run.row - 1)];
        // Words that begin right of an upright line stand beside it, whatever runs below.
        if self.arms(run.row, run.from - 2) & UPRIGHT != 0 && self.sheet.at(run.row, run.from - 1) == ' ' {
            choices.swap(0, 1);
        }
        choices.into_iter().find(|edges| !edges.is_empty()).unwrap_or_default()
    }
}
