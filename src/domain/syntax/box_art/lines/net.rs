//! Nets: lines that meet, and the edges they stand for.

use super::{Anchor, BTreeMap, BTreeSet, Edge, Next, Place, Traced, Tracer, VecDeque, WAYS, glyph, opposite};
use super::{EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST};

/// An end of a net at a box or at words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terminal {
    pub(super) anchor: Anchor,
    /// A head points at it.
    pub(super) pointed: bool,
    pub(super) place: Place,
    /// The way from the line to what it ends at.
    pub(super) way: u8,
}

/// Lines that meet.
#[derive(Debug, Default)]
pub(super) struct Net {
    pub(super) cells: BTreeSet<Place>,
    pub(super) terminals: Vec<Terminal>,
    /// Ends at nothing.
    pub(super) loose: usize,
}

/// Pairs of tails and heads of one net.
const MAX_PAIRS: usize = 256;
/// Rows of words that may stand in an upright line.
const WORDS_IN_LINE: i32 = 4;

impl Tracer<'_> {
    pub(super) fn nets(&self) -> Vec<Net> {
        let mut seen: BTreeSet<Place> = BTreeSet::new();
        let mut nets = Vec::new();
        for row in 0..self.sheet.height() {
            for column in 0..self.sheet.width() {
                if self.arms(row, column) == 0 {
                    continue;
                }
                for upright in [false, true] {
                    let place = (row, column, upright);
                    if (upright && !self.crosses(row, column)) || seen.contains(&place) {
                        continue;
                    }
                    nets.push(self.flood(place, &mut seen));
                }
            }
        }
        merge(nets, self)
    }

    fn flood(&self, from: Place, seen: &mut BTreeSet<Place>) -> Net {
        let mut net = Net::default();
        let mut queue = VecDeque::from([from]);
        seen.insert(from);
        while let Some(place) = queue.pop_front() {
            net.cells.insert(place);
            for way in WAYS.into_iter().filter(|way| self.place_arms(place) & way != 0) {
                match self.next(place.0, place.1, way) {
                    Next::Cell(row, column) => {
                        let next = self.place(row, column, way);
                        if seen.insert(next) {
                            queue.push_back(next);
                        }
                    }
                    Next::End { anchor, pointed } => {
                        // The far side of a head that points away from what it stands at leads nowhere.
                        net.terminals.push(Terminal { anchor, pointed, place, way });
                    }
                    Next::Nothing => net.loose += 1,
                }
            }
        }
        net
    }

    /// Lets lines go on behind words that stand in them.
    pub(super) fn bridge(&mut self, nets: &[Net]) {
        let mut ends: BTreeMap<usize, Vec<(usize, Terminal)>> = BTreeMap::new();
        for (index, net) in nets.iter().enumerate() {
            for terminal in &net.terminals {
                if let Anchor::Run(run) = terminal.anchor {
                    ends.entry(run).or_default().push((index, *terminal));
                }
            }
        }
        let headed = |net: usize| nets.get(net).is_some_and(|net| net.terminals.iter().any(|terminal| terminal.pointed));
        let mut bridges = Vec::new();
        for (&run, list) in &ends {
            let Some(words) = self.runs.get(run) else { continue };
            if list.iter().any(|(_, terminal)| terminal.pointed) || bracketed(&words.text) {
                continue;
            }
            if let [(a, first), (b, second)] = list.as_slice()
                && first.way == opposite(second.way)
                && a != b
                && (headed(*a) || headed(*b))
            {
                bridges.push((*first, *second));
            } else if let [(a, first)] = list.as_slice()
                && first.way == SOUTH
            {
                // Several rows of words in an upright line.
                let below = (1..WORDS_IN_LINE)
                    .map_while(|by| (words.from - 8..words.to + 8).find_map(|column| self.run_at.get(&(words.row + by, column))))
                    .find_map(|run| ends.get(run).filter(|list| list.len() == 1).and_then(|list| list.first()));
                if let Some((b, second)) = below
                    && second.way == NORTH
                    && !second.pointed
                    && second.place.1.abs_diff(first.place.1) <= 1
                    && a != b
                    && (headed(*a) || headed(*b))
                {
                    bridges.push((*first, *second));
                }
            }
        }
        for (first, second) in bridges {
            let (a, b) = (first.place, second.place);
            self.bridges.insert((a.0, a.1, first.way), (b.0, b.1));
            self.bridges.insert((b.0, b.1, second.way), (a.0, a.1));
        }
    }

    /// Makes junctions of crossings that leave a line without a beginning or an end; whether there were any.
    pub(super) fn knot(&mut self, nets: &[Net]) -> bool {
        let mut net_of: BTreeMap<Place, usize> = BTreeMap::new();
        for (index, net) in nets.iter().enumerate() {
            for &place in net.cells.iter().filter(|place| self.crosses(place.0, place.1)) {
                net_of.insert(place, index);
            }
        }
        let any_heads = nets.iter().any(|net| net.terminals.iter().any(|terminal| terminal.pointed));
        let whole = |index: usize| {
            nets.get(index).is_some_and(|net| {
                let heads = net.terminals.iter().filter(|terminal| terminal.pointed).count();
                let tails = net.terminals.len() - heads;
                if any_heads { heads > 0 && tails > 0 || (heads == 2 && tails == 0 && net.loose == 0 && straight(net)) } else { tails >= 2 }
            })
        };
        let mut knots = BTreeSet::new();
        for (&(row, column, upright), &net) in net_of.iter().filter(|(place, _)| !place.2) {
            debug_assert!(!upright);
            let Some(&other) = net_of.get(&(row, column, true)) else { continue };
            if net != other && (!whole(net) || !whole(other)) {
                knots.insert((row, column));
            }
        }
        let any = !knots.is_empty();
        self.knots.extend(knots);
        any
    }

    /// The edges of a net, with the places each runs through.
    pub(super) fn edges(&self, net: &Net, traced: &mut Traced, paths: &mut Vec<Vec<Place>>) {
        let first = net.cells.first().map_or((0, 0), |place| (place.0, place.1));
        let mut terminals: Vec<Terminal> = Vec::new();
        for terminal in &net.terminals {
            if !terminals.iter().any(|known| known.anchor == terminal.anchor && known.place == terminal.place && known.way == terminal.way)
            {
                terminals.push(*terminal);
            }
        }
        terminals.sort_by_key(|terminal| (terminal.place, terminal.way));
        if terminals.len() < 2 {
            let drawn = net.cells.len() > 1 || net.cells.iter().any(|place| self.strokes.head(place.0, place.1) != 0);
            if drawn && (terminals.len() == 1 || net.cells.len() > 2) {
                traced.loose.push(first);
            }
            return;
        }
        let (heads, tails): (Vec<Terminal>, Vec<Terminal>) = terminals.iter().copied().partition(|terminal| terminal.pointed);
        let mut pairs: Vec<(Terminal, Terminal, bool)> = Vec::new();
        match (tails.as_slice(), heads.as_slice()) {
            ([], [a, b]) => pairs.extend([(*a, *b, false), (*b, *a, false)]),
            ([], [hub, rest @ ..]) => pairs.extend(rest.iter().flat_map(|other| [(*hub, *other, false), (*other, *hub, false)])),
            ([a, b], []) => pairs.push(self.directed(net, *a, *b)),
            (_, []) => {
                let Some(root) = root(&tails) else { return };
                pairs.extend(tails.iter().filter(|other| **other != root).map(|other| (root, *other, true)));
            }
            (tails, heads) => {
                if tails.len() > 1 && heads.len() > 1 {
                    traced.ambiguous.push(first);
                }
                pairs.extend(tails.iter().flat_map(|tail| heads.iter().map(move |head| (*tail, *head, false))));
            }
        }
        let words = |anchor: Anchor| matches!(anchor, Anchor::Run(_));
        for (source, target, guessed) in pairs.into_iter().take(MAX_PAIRS) {
            // Dashes between words are punctuation.
            if guessed && words(source.anchor) && words(target.anchor) {
                continue;
            }
            let path = self.path(net, source.place, target.place);
            traced.edges.push(Edge {
                source: source.anchor,
                target: target.anchor,
                dashed: self.is_dashed(&path),
                at: (source.place.0, source.place.1),
                guessed,
                labels: Vec::new(),
            });
            paths.push(path);
        }
    }

    /// Two ends without heads: a head within the line decides, else the place on the page.
    fn directed(&self, net: &Net, a: Terminal, b: Terminal) -> (Terminal, Terminal, bool) {
        let path = self.path(net, a.place, b.place);
        let mut along = 0_i32;
        for pair in path.windows(2) {
            if let [from, to] = pair {
                let way = match ((to.0 - from.0).signum(), (to.1 - from.1).signum()) {
                    (-1, _) => NORTH,
                    (1, _) => SOUTH,
                    (_, 1) => EAST,
                    _ => WEST,
                };
                let head = self.strokes.head(from.0, from.1) | self.strokes.head(to.0, to.1);
                along += i32::from(head & way != 0) - i32::from(head & opposite(way) != 0);
            }
        }
        match along {
            1.. => (a, b, false),
            ..=-1 => (b, a, false),
            0 => match root(&[a, b]) {
                Some(first) if first == b => (b, a, true),
                _ => (a, b, true),
            },
        }
    }

    fn path(&self, net: &Net, from: Place, to: Place) -> Vec<Place> {
        let mut before: BTreeMap<Place, Place> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            if place == to {
                break;
            }
            for way in WAYS.into_iter().filter(|way| self.place_arms(place) & way != 0) {
                if let Next::Cell(row, column) = self.next(place.0, place.1, way) {
                    let next = self.place(row, column, way);
                    if next != from && net.cells.contains(&next) && !before.contains_key(&next) {
                        before.insert(next, place);
                        queue.push_back(next);
                    }
                }
            }
        }
        let mut path = vec![to];
        let mut at = to;
        while let Some(&place) = before.get(&at).filter(|_| at != from) {
            path.push(place);
            at = place;
        }
        path.reverse();
        path
    }

    fn is_dashed(&self, path: &[Place]) -> bool {
        let (mut dashed, mut plain) = (0, 0);
        for (index, &(row, column, _)) in path.iter().enumerate() {
            let arms = self.strokes.arms(row, column);
            if (arms != LEVEL && arms != UPRIGHT) || self.strokes.head(row, column) != 0 {
                continue;
            }
            let apart = index.checked_sub(1).and_then(|before| path.get(before)).is_some_and(|before| {
                before.0 == row && before.1.abs_diff(column) == 2 && self.sheet.at(row, before.1.midpoint(column)) == ' '
            });
            if glyph::is_dashed(self.sheet.at(row, column)) || apart { dashed += 1 } else { plain += 1 }
        }
        dashed > 0 && dashed * 3 >= plain
    }
}

/// Nets that reach each other only one way (past a shift or a gap) are one.
fn merge(nets: Vec<Net>, tracer: &Tracer<'_>) -> Vec<Net> {
    let mut owner: BTreeMap<Place, usize> = BTreeMap::new();
    for (index, net) in nets.iter().enumerate() {
        owner.extend(net.cells.iter().map(|place| (*place, index)));
    }
    let mut parent: Vec<usize> = (0..nets.len()).collect();
    let root = |parent: &[usize], mut at: usize| {
        while let Some(&up) = parent.get(at).filter(|up| **up != at) {
            at = up;
        }
        at
    };
    for (index, net) in nets.iter().enumerate() {
        for &place in &net.cells {
            for way in WAYS.into_iter().filter(|way| tracer.place_arms(place) & way != 0) {
                let Next::Cell(row, column) = tracer.next(place.0, place.1, way) else { continue };
                let Some(&other) = owner.get(&tracer.place(row, column, way)) else { continue };
                let (a, b) = (root(&parent, index), root(&parent, other));
                if a != b {
                    let (low, high) = (a.min(b), a.max(b));
                    parent.get_mut(high).into_iter().for_each(|place| *place = low);
                }
            }
        }
    }
    let mut merged: BTreeMap<usize, Net> = BTreeMap::new();
    for (index, net) in nets.into_iter().enumerate() {
        let into = merged.entry(root(&parent, index)).or_default();
        into.cells.extend(net.cells);
        into.terminals.extend(net.terminals);
        into.loose += net.loose;
    }
    merged.into_values().collect()
}

/// All of it lies in one row or column.
fn straight(net: &Net) -> bool {
    let rows: BTreeSet<i32> = net.cells.iter().map(|place| place.0).collect();
    let columns: BTreeSet<i32> = net.cells.iter().map(|place| place.1).collect();
    rows.len() == 1 || columns.len() == 1
}

/// The end that things begin at: the one whose line leaves it downwards, else the highest, else the leftmost.
fn root(terminals: &[Terminal]) -> Option<Terminal> {
    terminals
        .iter()
        .min_by_key(|terminal| {
            // The way leads to the anchor, so a line that leaves it downwards reaches it going north.
            let leaves = match terminal.way {
                NORTH => 0,
                WEST => 1,
                EAST => 2,
                _ => 3,
            };
            (leaves, terminal.place.0, terminal.place.1)
        })
        .copied()
}

/// A name in brackets.
pub(super) fn bracketed(text: &str) -> bool {
    let pairs = [('[', ']'), ('(', ')'), ('{', '}'), ('<', '>')];
    pairs.into_iter().any(|(open, close)| text.starts_with(open) && text.ends_with(close) && text.len() > 2) && !text.starts_with("<<")
}
