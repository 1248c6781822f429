//! What the layout is worth, beside the engines others use: time, faults, crossings, area, and what one edit moves.
//!
//! `cargo bench --bench layout -- [sizes] [--seeds N] [--runs N] [--peers a,b|none] [--flat|--nested]`; `layout/peers.rs` says what
//! must be installed to see the peers' figures. Over the seeds, times, crossings and areas are geometric means, faults are sums.

use std::{collections::BTreeMap, fmt::Write as _, io::Write as _};

use lintel::domain::layout::{Graph, Layout, Point, layout, layout_with};

#[path = "layout/generator.rs"]
mod generator;
#[path = "layout/measure.rs"]
mod measure;
#[path = "layout/peers.rs"]
mod peers;

use generator::EDITS;
use measure::{Change, Figures, Picture, change, figures};
use peers::Peers;

struct Options {
    sizes: Vec<usize>,
    seeds: u64,
    runs: usize,
    peers: Vec<String>,
    nested: Vec<bool>,
}

fn options() -> Options {
    let mut options = Options { sizes: Vec::new(), seeds: 10, runs: 3, peers: Vec::new(), nested: vec![true, false] };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seeds" => options.seeds = arguments.next().and_then(|value| value.parse().ok()).unwrap_or(options.seeds),
            "--runs" => options.runs = arguments.next().and_then(|value| value.parse().ok()).unwrap_or(options.runs),
            "--peers" => options.peers = arguments.next().unwrap_or_default().split(',').map(str::to_owned).collect(),
            "--flat" => options.nested = vec![false],
            "--nested" => options.nested = vec![true],
            other => options.sizes.extend(other.parse::<usize>()),
        }
    }
    if options.sizes.is_empty() {
        options.sizes = vec![50, 200, 1000, 5000];
    }
    options
}

/// CPU time of this thread in ms where the system tells, else the time that passed.
fn cpu(start: std::time::Instant) -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|field| field.parse::<f64>().ok()).map_or(start.elapsed().as_secs_f64() * 1e3, |nanos| nanos / 1e6)
}

fn timed(graph: &Graph, previous: Option<&Layout>, runs: usize) -> (Layout, f64) {
    let start = std::time::Instant::now();
    let mut times = Vec::new();
    let mut result = Layout::default();
    // The clock ticks every few ms: small graphs are drawn several times between two looks at it.
    let repeats = (1600 / graph.nodes.len().max(1)).max(1);
    for _ in 0..runs.max(1) {
        let before = cpu(start);
        for _ in 0..repeats {
            result = layout(std::hint::black_box(graph), previous);
        }
        times.push((cpu(start) - before) / f64::from(u32::try_from(repeats).unwrap_or(1)));
    }
    times.sort_by(f64::total_cmp);
    (result, times.get(times.len() / 2).copied().unwrap_or(0.0))
}

/// One engine over all seeds of a size.
struct Row {
    engine: &'static str,
    pictures: Vec<(Figures, f64)>,
    failures: Vec<String>,
}

impl Row {
    fn mean(&self, of: impl Fn(&(Figures, f64)) -> f64) -> f64 {
        let count = f64::from(u32::try_from(self.pictures.len()).unwrap_or(1).max(1));
        (self.pictures.iter().map(|picture| of(picture).max(0.01).ln()).sum::<f64>() / count).exp()
    }

    fn sum(&self, of: impl Fn(&Figures) -> usize) -> usize {
        self.pictures.iter().map(|(figures, _)| of(figures)).sum()
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn seed(size: usize, round: u64) -> u64 {
    42 + u64::try_from(size).unwrap_or(0) + 7919 * round
}

fn compare(options: &Options, peers: &Peers) {
    say("\n| graph | engine | CPU ms | crossings | nodes/frames overlap | edges through nodes/frames | labels overlap | on top px \
         | area Mpx2 | W x H | length kpx | bends | failed |");
    say("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for &size in &options.sizes {
        for &nested in &options.nested {
            let mut rows: Vec<Row> = std::iter::once("lintel")
                .chain(peers.here.iter().copied())
                .map(|engine| Row { engine, pictures: Vec::new(), failures: Vec::new() })
                .collect();
            for round in 0..options.seeds {
                let graph = generator::services(size, nested, seed(size, round));
                for row in &mut rows {
                    let runs = if size > 1000 { 1 } else { options.runs };
                    if row.engine == "lintel" {
                        let (picture, time) = timed(&graph, None, runs);
                        let coarse = picture.coarse;
                        row.pictures.push((figures(&graph, &Picture::of(&picture)), time));
                        if coarse {
                            row.failures.push("coarse".to_owned());
                        }
                    } else if row.failures.is_empty() {
                        match peers::run(peers, row.engine, &graph, runs) {
                            Ok((picture, time)) => row.pictures.push((figures(&graph, &picture), time)),
                            Err(why) => row.failures.push(why),
                        }
                    }
                }
            }
            for row in &rows {
                print(&format!("{} {size}", if nested { "nested" } else { "flat" }), row);
            }
        }
    }
}

fn print(graph: &str, row: &Row) {
    let mut line = format!("| {graph} | {} | ", row.engine);
    if !row.pictures.is_empty() {
        let _ = write!(
            line,
            "{:.2} | {:.1} | {}/{} | {}/{} | {} | {:.0} | {:.2} | {:.0} x {:.0} | {:.1} | {:.0} | ",
            row.mean(|(_, time)| *time),
            row.mean(|(figures, _)| figures.crossings),
            row.sum(|figures| figures.node_overlaps),
            row.sum(|figures| figures.frame_overlaps),
            row.sum(|figures| figures.through_nodes),
            row.sum(|figures| figures.through_frames),
            row.sum(|figures| figures.label_overlaps),
            row.pictures.iter().map(|(figures, _)| figures.on_top).sum::<f64>(),
            row.mean(|(figures, _)| figures.width * figures.height / 1e6),
            row.mean(|(figures, _)| figures.width),
            row.mean(|(figures, _)| figures.height),
            row.mean(|(figures, _)| figures.length / 1e3),
            row.mean(|(figures, _)| f64::from(u32::try_from(figures.bends).unwrap_or(0))),
        );
    }
    say(&format!("{line}{} |", row.failures.join("; ")));
}

fn stability(options: &Options) {
    say("\n| after one edit | kind | CPU ms | nodes moved % | mean move, % of diagonal | order inversions % | faults | most moved % |");
    say("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for &size in &options.sizes {
        for &nested in &options.nested {
            let mut all = Vec::new();
            for kind in EDITS {
                let mut changes: Vec<(Change, f64, usize)> = Vec::new();
                for round in 0..options.seeds {
                    let graph = generator::services(size, nested, seed(size, round));
                    let before = layout(&graph, None);
                    let first = Picture::of(&before);
                    for again in 0..if size > 200 { 1 } else { 3 } {
                        let edited = generator::edited(&graph, kind, 900 + 31 * round + again);
                        let (after, time) = timed(&edited, Some(&before), 1);
                        let second = Picture::of(&after);
                        changes.push((change(&first, &second, true), time, faulty(&figures(&edited, &second))));
                    }
                }
                report(size, nested, &format!("{kind:?}"), &changes);
                all.extend(changes);
            }
            report(size, nested, "all", &all);
        }
    }
}

fn faulty(figures: &Figures) -> usize {
    figures.node_overlaps
        + figures.frame_overlaps
        + figures.through_nodes
        + figures.through_frames
        + figures.label_overlaps
        + figures.missing
}

fn report(size: usize, nested: bool, kind: &str, changes: &[(Change, f64, usize)]) {
    let count = f64::from(u32::try_from(changes.len()).unwrap_or(1).max(1));
    let mean = |of: &dyn Fn(&(Change, f64, usize)) -> f64| changes.iter().map(of).sum::<f64>() / count;
    say(&format!(
        "| {} {size} | {kind} | {:.2} | {:.1} | {:.2} | {:.3} | {} | {:.1} |",
        if nested { "nested" } else { "flat" },
        mean(&|change| change.1),
        100.0 * mean(&|change| change.0.moved),
        100.0 * mean(&|change| change.0.distance),
        100.0 * mean(&|change| change.0.inversions),
        changes.iter().map(|change| change.2).sum::<usize>(),
        100.0 * changes.iter().map(|change| change.0.moved).fold(0.0, f64::max),
    ));
}

/// Three nodes dragged by a few hundred px, then five edits with the pins held.
fn pins(options: &Options) {
    say("\n| pinned | CPU ms | px off | conflicts | faults | others moved % |");
    say("| --- | --- | --- | --- | --- | --- |");
    for &size in &options.sizes {
        for &nested in &options.nested {
            let (mut off, mut conflicts, mut faults, mut time, mut moved, mut count) = (0, 0, 0, 0.0, 0.0, 0.0);
            for round in 0..options.seeds {
                let graph = generator::services(size, nested, seed(size, round));
                let mut random = generator::Random(round + 1);
                let mut before = layout(&graph, None);
                let mut held = BTreeMap::new();
                for _ in 0..3 {
                    let key = generator::node_key(random.below(size));
                    let mut away = || i32::try_from(random.below(600)).unwrap_or(0) - 300;
                    if let Some(rect) = before.nodes.get(&key) {
                        held.insert(key, Point { x: rect.x + away(), y: rect.y + away() });
                    }
                }
                for (step, edit) in std::iter::once(None).chain(EDITS.into_iter().map(Some)).enumerate() {
                    let edited = edit.map_or_else(|| graph.clone(), |edit| generator::edited(&graph, edit, 70 * round + 7));
                    let start = std::time::Instant::now();
                    let from = cpu(start);
                    let after = layout_with(&edited, Some(&before), &held);
                    time += cpu(start) - from;
                    count += 1.0;
                    for (key, pin) in &held {
                        if let Some(rect) = after.nodes.get(key) {
                            off = off.max((rect.x - pin.x).abs()).max((rect.y - pin.y).abs());
                        }
                    }
                    conflicts += after.conflicts.len();
                    let picture = Picture::of(&after);
                    faults += faulty(&figures(&edited, &picture));
                    moved += change(&Picture::of(&before), &picture, false).moved;
                    if step == 0 {
                        before = after;
                    }
                }
            }
            let name = if nested { "nested" } else { "flat" };
            say(&format!(
                "| {name} {size} | {:.2} | {off} | {conflicts} | {faults} | {:.1} |",
                time / f64::max(count, 1.0),
                100.0 * moved / f64::max(count, 1.0)
            ));
        }
    }
}

fn main() {
    let options = options();
    let peers = peers::find(&options.peers);
    for missing in &peers.missing {
        say(&format!("missing: {missing}"));
    }
    compare(&options, &peers);
    stability(&options);
    pins(&options);
}
