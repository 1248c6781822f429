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
    pub(super) cells: Vec<Place>,
    pub(super) terminals: Vec<Terminal>,
    /// Ends at nothing.
    pub(super) loose: usize,
}

/// Pairs of tails and heads of one net.
const MAX_PAIRS: usize = 256;
/// Cells that are looked at for all paths of a drawing together.
const MAX_STEPS: usize = 4_000_000;
/// Rows of words that may stand in an upright line.
const WORDS_IN_LINE: i32 = 4;

/// Belongs to no net.
const NONE: u32 = u32::MAX;

/// All nets, and the net of every place.
#[derive(Debug, Default)]
pub(super) struct Nets {
    pub(super) all: Vec<Net>,
    owner: Vec<u32>,
}

impl Nets {
    fn of(&self, slot: Option<usize>) -> Option<usize> {
        let owner = slot.and_then(|slot| self.owner.get(slot)).copied().filter(|owner| *owner != NONE)?;
        usize::try_from(owner).ok()
    }
}

impl Tracer<'_> {
    /// The number of a place.
    fn slot(&self, place: Place) -> Option<usize> {
        self.index(place.0, place.1).map(|index| index * 2 + usize::from(place.2))
    }

    pub(super) fn nets(&self) -> Nets {
        let mut nets = Nets { all: Vec::new(), owner: vec![NONE; self.land.len() * 2] };
        for row in 0..self.sheet.height() {
            for column in 0..self.sheet.width() {
                if self.arms(row, column) == 0 {
                    continue;
                }
                for upright in [false, true] {
                    let place = (row, column, upright);
                    if (upright && !self.crosses(row, column)) || nets.of(self.slot(place)).is_some() {
                        continue;
                    }
                    let net = self.flood(place, &mut nets);
                    nets.all.push(net);
                }
            }
        }
        merge(nets, self)
    }

    fn flood(&self, from: Place, nets: &mut Nets) -> Net {
        let mut net = Net::default();
        let mut queue = VecDeque::new();
        let number = u32::try_from(nets.all.len()).unwrap_or(NONE - 1);
        // Whether the place was free until now.
        let mut take = |place: Place| {
            let owner = self.slot(place).and_then(|slot| nets.owner.get_mut(slot)).filter(|owner| **owner == NONE);
            owner.map(|owner| *owner = number).is_some()
        };
        if take(from) {
            queue.push_back(from);
        }
        while let Some(place) = queue.pop_front() {
            net.cells.push(place);
            for way in WAYS.into_iter().filter(|way| self.place_arms(place) & way != 0) {
                match self.next(place.0, place.1, way) {
                    Next::Cell(row, column) => {
                        let next = self.place(row, column, way);
                        if take(next) {
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
    pub(super) fn bridge(&mut self, nets: &Nets) {
        let mut ends: BTreeMap<usize, Vec<(usize, Terminal)>> = BTreeMap::new();
        for (index, net) in nets.all.iter().enumerate() {
            for terminal in &net.terminals {
                if let Anchor::Run(run) = terminal.anchor {
                    ends.entry(run).or_default().push((index, *terminal));
                }
            }
        }
        let headed = |net: usize| nets.all.get(net).is_some_and(|net| net.terminals.iter().any(|terminal| terminal.pointed));
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
                    .map_while(|by| (words.from - 8..words.to + 8).find_map(|column| self.run_at(words.row + by, column)))
                    .find_map(|run| ends.get(&run).filter(|list| list.len() == 1).and_then(|list| list.first()));
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
    pub(super) fn knot(&mut self, nets: &Nets) -> bool {
        let any_heads = nets.all.iter().any(|net| net.terminals.iter().any(|terminal| terminal.pointed));
        let whole = |index: usize| {
            nets.all.get(index).is_some_and(|net| {
                let heads = net.terminals.iter().filter(|terminal| terminal.pointed).count();
                let tails = net.terminals.len() - heads;
                if any_heads { heads > 0 && tails > 0 || (heads == 2 && tails == 0 && net.loose == 0 && straight(net)) } else { tails >= 2 }
            })
        };
        let whole: Vec<bool> = (0..nets.all.len()).map(whole).collect();
        let mut knots = BTreeSet::new();
        for (net, place) in nets.all.iter().enumerate().flat_map(|(index, net)| net.cells.iter().map(move |place| (index, *place))) {
            let (row, column, upright) = place;
            if upright || !self.crosses(row, column) {
                continue;
            }
            let Some(other) = nets.of(self.slot((row, column, true))) else { continue };
            if net != other && (whole.get(net) != Some(&true) || whole.get(other) != Some(&true)) {
                knots.insert((row, column));
            }
        }
        let any = !knots.is_empty();
        self.knots.extend(knots);
        any
    }

    /// The edges of a net, with the places each runs through.
    pub(super) fn edges(&self, net: &Net, traced: &mut Traced, paths: &mut Vec<Vec<Place>>) {
        let first = net.cells.iter().min().map_or((0, 0), |place| (place.0, place.1));
        let mut terminals = net.terminals.clone();
        terminals.sort_by_key(|terminal| (terminal.place, terminal.way));
        terminals.dedup_by_key(|terminal| (terminal.place, terminal.way, terminal.anchor));
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
            ([a, b], []) => pairs.push(self.directed(*a, *b)),
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
            let path = self.path(source.place, target.place);
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
    fn directed(&self, a: Terminal, b: Terminal) -> (Terminal, Terminal, bool) {
        let path = self.path(a.place, b.place);
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

    /// The places from one end to another; only the two where the search would take too long.
    fn path(&self, from: Place, to: Place) -> Vec<Place> {
        let mut before: BTreeMap<Place, Place> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            self.steps.set(self.steps.get() + 1);
            if place == to {
                break;
            }
            if self.steps.get() > MAX_STEPS {
                return vec![from, to];
            }
            for way in WAYS.into_iter().filter(|way| self.place_arms(place) & way != 0) {
                if let Next::Cell(row, column) = self.next(place.0, place.1, way) {
                    let next = self.place(row, column, way);
                    if next != from && !before.contains_key(&next) {
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
fn merge(mut nets: Nets, tracer: &Tracer<'_>) -> Nets {
    let mut parent: Vec<usize> = (0..nets.all.len()).collect();
    let root = |parent: &mut Vec<usize>, mut at: usize| {
        while let Some(&up) = parent.get(at).filter(|up| **up != at) {
            let above = parent.get(up).copied().unwrap_or(up);
            if let Some(place) = parent.get_mut(at) {
                *place = above;
            }
            at = above;
        }
        at
    };
    for (index, net) in nets.all.iter().enumerate() {
        for &place in &net.cells {
            for way in WAYS.into_iter().filter(|way| tracer.place_arms(place) & way != 0) {
                let Next::Cell(row, column) = tracer.next(place.0, place.1, way) else { continue };
                let Some(other) = nets.of(tracer.slot(tracer.place(row, column, way))).filter(|other| *other != index) else { continue };
                let (a, b) = (root(&mut parent, index), root(&mut parent, other));
                if let Some(place) = parent.get_mut(a.max(b)) {
                    *place = a.min(b);
                }
            }
        }
    }
    let mut number: BTreeMap<usize, usize> = BTreeMap::new();
    let mut merged: Vec<Net> = Vec::new();
    let mut renamed: Vec<u32> = Vec::with_capacity(nets.all.len());
    for (index, net) in std::mem::take(&mut nets.all).into_iter().enumerate() {
        let at = *number.entry(root(&mut parent, index)).or_insert(merged.len());
        if at == merged.len() {
            merged.push(Net::default());
        }
        renamed.push(u32::try_from(at).unwrap_or(NONE));
        if let Some(into) = merged.get_mut(at) {
            into.cells.extend(net.cells);
            into.terminals.extend(net.terminals);
            into.loose += net.loose;
        }
    }
    for owner in nets.owner.iter_mut().filter(|owner| **owner != NONE) {
        *owner = usize::try_from(*owner).ok().and_then(|index| renamed.get(index)).copied().unwrap_or(NONE);
    }
    Nets { all: merged, owner: nets.owner }
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
