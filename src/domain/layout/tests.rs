//! Properties of layouts on hand-made and generated graphs.

use proptest::prelude::*;

use super::{metrics::faults, *};

pub(super) struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn key(index: usize) -> ElementKey {
    ElementKey(format!("n{index}"))
}

fn frame_key(index: usize) -> FrameKey {
    FrameKey::group(&GroupKey(format!("g{index}")))
}

fn node(frame: Option<usize>) -> Node {
    Node { width: 132, height: 54, middle: 27, initiator: false, frame: frame.map(frame_key) }
}

fn simple(count: usize, edges: &[(usize, usize)]) -> Graph {
    let mut graph = Graph::default();
    for index in 0..count {
        graph.nodes.insert(key(index), node(None));
    }
    for (index, &(a, b)) in edges.iter().enumerate() {
        let edge = Edge { source: End::Node(key(a)), target: End::Node(key(b)), label: Some((52, 16)) };
        graph.edges.insert(EdgeKey(format!("e{index}")), edge);
    }
    graph
}

/// Nested frames, cycles, parallel edges, loops, edges at frames, labels of all sizes.
fn generated(seed: u64, nodes: usize, frames: usize, edges: usize, direction: Direction) -> Graph {
    let mut random = Random(seed);
    let mut graph = Graph { direction, ..Graph::default() };
    for index in 0..frames {
        let parent = if index > 0 && random.below(3) > 0 { Some(frame_key(random.below(index))) } else { None };
        graph.frames.insert(frame_key(index), Frame { parent, width: i32::try_from(60 + random.below(200)).unwrap() });
    }
    for index in 0..nodes {
        let frame = if frames > 0 && random.below(5) > 0 { Some(random.below(frames)) } else { None };
        let width = i32::try_from(132 + 4 * random.below(18)).unwrap();
        let height = [54, 58, 62, 70][random.below(4)];
        let middle = if height == 62 { 37 } else { height / 2 };
        graph.nodes.insert(key(index), Node { width, height, middle, initiator: random.below(9) == 0, frame: frame.map(frame_key) });
    }
    for index in 0..edges {
        let end = |random: &mut Random| {
            if frames > 0 && random.below(12) == 0 {
                End::Frame(frame_key(random.below(frames)))
            } else {
                End::Node(key(random.below(nodes)))
            }
        };
        let source = end(&mut random);
        let target = if random.below(20) == 0 { source.clone() } else { end(&mut random) };
        let label =
            (random.below(3) > 0).then(|| (i32::try_from(20 + random.below(110)).unwrap(), if random.below(4) == 0 { 28 } else { 16 }));
        graph.edges.insert(EdgeKey(format!("e{index}")), Edge { source, target, label });
    }
    graph
}

#[track_caller]
fn check(graph: &Graph) -> Layout {
    let layout = super::layout(graph, None);
    assert!(!layout.coarse);
    assert_eq!(faults(graph, &layout), metrics::Faults::default());
    for (key, edge) in &graph.edges {
        let label = layout.edges[key].label.map(|rect| (rect.width, rect.height));
        assert_eq!(label, edge.label, "{key:?} {edge:?}");
    }
    assert!(
        layout
            .nodes
            .values()
            .chain(layout.groups.values())
            .all(|rect| { rect.x >= 0 && rect.y >= 0 && rect.right() <= layout.width && rect.bottom() <= layout.height })
    );
    layout
}

const DIRECTIONS: [Direction; 4] = [Direction::TopBottom, Direction::BottomTop, Direction::LeftRight, Direction::RightLeft];

#[test]
fn a_chain_is_a_straight_line() {
    let layout = check(&simple(4, &[(0, 1), (1, 2), (2, 3)]));
    assert!(layout.edges.values().all(|route| route.points.len() == 2), "{:?}", layout.edges);
    assert!(layout.edges.values().all(|route| route.label.is_some()));
    let xs: Vec<i32> = (0..4).map(|index| layout.nodes[&key(index)].x).collect();
    assert!(xs.is_sorted());
    assert!(xs.windows(2).all(|pair| pair[1] - pair[0] >= 132 + 64), "{xs:?}");
}

#[test]
fn directions_turn_the_picture() {
    for direction in DIRECTIONS {
        let graph = Graph { direction, ..simple(2, &[(0, 1)]) };
        let layout = check(&graph);
        let (a, b) = (layout.nodes[&key(0)].centre(), layout.nodes[&key(1)].centre());
        let (along, across) = match direction {
            Direction::LeftRight => (b.x - a.x, b.y - a.y),
            Direction::RightLeft => (a.x - b.x, b.y - a.y),
            Direction::TopBottom => (b.y - a.y, b.x - a.x),
            Direction::BottomTop => (a.y - b.y, b.x - a.x),
        };
        assert!(along > 0 && across == 0, "{direction:?} {along} {across}");
    }
}

#[test]
fn loops_cycles_and_parallel_edges_have_routes() {
    let layout = check(&simple(3, &[(0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 2), (2, 0)]));
    assert_eq!(layout.edges.len(), 7);
}

#[test]
fn a_frame_can_be_an_end() {
    for direction in DIRECTIONS {
        let mut graph = Graph { direction, ..simple(4, &[(0, 1), (1, 2), (2, 3)]) };
        graph.frames.insert(frame_key(0), Frame { parent: None, width: 100 });
        for index in [1, 2] {
            graph.nodes[&key(index)].frame = Some(frame_key(0));
        }
        let ends = [
            (End::Node(key(0)), End::Frame(frame_key(0))),
            (End::Frame(frame_key(0)), End::Node(key(3))),
            (End::Node(key(3)), End::Frame(frame_key(0))),
            (End::Frame(frame_key(0)), End::Node(key(2))),
            (End::Node(key(1)), End::Frame(frame_key(0))),
            (End::Frame(frame_key(0)), End::Frame(frame_key(0))),
        ];
        for (index, (source, target)) in ends.into_iter().enumerate() {
            graph.edges.insert(EdgeKey(format!("f{index}")), Edge { source, target, label: Some((40, 16)) });
        }
        assert_eq!(check(&graph).edges.len(), 9);
    }
}

#[test]
fn a_relation_between_a_frame_and_its_member_has_its_label() {
    for direction in DIRECTIONS {
        // One member for each end of the ranks and one between them; inside it another frame.
        let mut graph = Graph { direction, ..simple(4, &[(0, 1), (1, 2)]) };
        graph.frames.insert(frame_key(0), Frame { parent: None, width: 100 });
        graph.frames.insert(frame_key(1), Frame { parent: Some(frame_key(0)), width: 100 });
        for index in 0..4 {
            graph.nodes[&key(index)].frame = Some(frame_key(usize::from(index == 3)));
        }
        let inner = (0..4).map(|index| End::Node(key(index))).chain([End::Frame(frame_key(1))]);
        for (index, end) in inner.enumerate() {
            let outer = End::Frame(frame_key(0));
            let (out, back) = (EdgeKey(format!("out{index}")), EdgeKey(format!("back{index}")));
            graph.edges.insert(out, Edge { source: outer.clone(), target: end.clone(), label: Some((70, 16)) });
            graph.edges.insert(back, Edge { source: end, target: outer, label: Some((50, 32)) });
        }
        let layout = check(&graph);
        let frame = layout.groups[&frame_key(0)];
        assert!(layout.edges.values().filter_map(|route| route.label).all(|label| frame.contains(&label)), "{direction:?}");
    }
}

#[test]
fn unconnected_members_of_a_frame_form_a_block() {
    let mut graph = Graph::default();
    graph.frames.insert(frame_key(0), Frame { parent: None, width: 100 });
    for index in 0..12 {
        graph.nodes.insert(key(index), node(Some(0)));
    }
    let layout = check(&graph);
    assert!(layout.width < layout.height * 3 && layout.height < layout.width * 2, "{} x {}", layout.width, layout.height);
}

#[test]
fn a_crowded_layer_gives_to_a_neighbour() {
    // Six ways of different lengths from 0 to 7 by way of one node each, and one of four steps: the single nodes could all stand
    // in the second layer, but the sheet is narrower when they spread over those that the long way passes.
    let mut edges: Vec<(usize, usize)> = (1..7).flat_map(|middle| [(0, middle), (middle, 7)]).collect();
    edges.extend([(0, 8), (8, 9), (9, 10), (10, 7)]);
    let layout = check(&Graph { direction: Direction::TopBottom, ..simple(11, &edges) });
    assert!(layout.width < 6 * (132 + 64), "{}", layout.width);
}

#[test]
fn an_empty_graph_and_empty_frames_are_allowed() {
    assert_eq!(Layout { made_for: 0, ..check(&Graph::default()) }, Layout::default());
    let mut graph = Graph::default();
    graph.frames.insert(frame_key(0), Frame { parent: Some(frame_key(1)), width: 100 });
    graph.frames.insert(frame_key(1), Frame { parent: Some(frame_key(0)), width: 100 });
    assert_eq!(check(&graph).groups.len(), 2);
}

#[test]
fn generated_graphs_have_no_faults() {
    for (nodes, frames, edges) in [(8, 2, 10), (20, 5, 28), (50, 9, 75), (200, 29, 300), (500, 120, 700)] {
        let seeds = if nodes > 400 { 1 } else { 2400 / (nodes * 6) };
        for seed in 0..seeds.clamp(1, 12).try_into().unwrap() {
            for direction in DIRECTIONS.into_iter().take(if nodes > 400 { 1 } else { 4 }) {
                check(&generated(seed, nodes, frames, edges, direction));
            }
        }
    }
}

#[test]
fn too_many_nodes_give_a_coarse_picture() {
    let graph = generated(1, NODE_LIMIT + 1, 40, 3000, Direction::LeftRight);
    let layout = super::layout(&graph, None);
    assert!(layout.coarse);
    let faults = faults(&graph, &layout);
    assert_eq!((faults.node_overlaps, faults.frame_overlaps), (0, 0));
    assert_eq!(layout.nodes.len(), graph.nodes.len());
}

#[test]
fn a_new_node_leaves_the_order_of_the_others() {
    let mut graph = generated(3, 30, 4, 40, Direction::LeftRight);
    let before = super::layout(&graph, None);
    graph.nodes.insert(key(900), node(None));
    let edge = Edge { source: End::Node(key(3)), target: End::Node(key(900)), label: None };
    graph.edges.insert(EdgeKey("new".to_owned()), edge);
    let after = super::layout(&graph, Some(&before));
    assert_eq!(faults(&graph, &after).total(), 0);
    let mut inversions = 0;
    for a in 0..30 {
        for b in a + 1..30 {
            let y = |layout: &Layout, index| layout.nodes[&key(index)].centre();
            let (old, new) = ((y(&before, a), y(&before, b)), (y(&after, a), y(&after, b)));
            let same_column = old.0.x == old.1.x && new.0.x == new.1.x;
            inversions += usize::from(same_column && (old.0.y < old.1.y) != (new.0.y < new.1.y));
        }
    }
    assert_eq!(inversions, 0);
}

/// The same graphs in every run; other seeds are for searching.
const SEED: proptest::test_runner::RngSeed = proptest::test_runner::RngSeed::Fixed(20_261_126);

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn random_graphs_have_no_faults(seed: u64, nodes in 1_usize..24, frames in 0_usize..7, edges in 0_usize..40, direction in 0_usize..4) {
        let graph = generated(seed, nodes, frames, edges, DIRECTIONS[direction]);
        let layout = super::layout(&graph, None);
        prop_assert_eq!(faults(&graph, &layout), metrics::Faults::default());
        prop_assert_eq!(&layout, &super::layout(&graph, None));
        let again = super::layout(&graph, Some(&layout));
        prop_assert_eq!(faults(&graph, &again), metrics::Faults::default());
        prop_assert_eq!((&layout.nodes, &layout.groups), (&again.nodes, &again.groups));
    }
}

#[test]
fn deep_nesting_ends() {
    for (depth, coarse) in [(DEPTH_LIMIT, false), (4000, true)] {
        let mut graph = simple(3, &[(0, 1), (1, 2)]);
        for index in 0..depth {
            graph.frames.insert(frame_key(index), Frame { parent: index.checked_sub(1).map(frame_key), width: 60 });
        }
        graph.nodes[&key(1)].frame = Some(frame_key(depth - 1));
        let layout = super::layout(&graph, None);
        assert_eq!(layout.coarse, coarse, "{depth}");
        assert!(coarse || faults(&graph, &layout) == metrics::Faults::default());
    }
}

#[test]
fn drawing_the_same_again_moves_nothing() {
    // A label of an edge between a frame and its outermost member finds its place only beside the frame; loops reach beyond nodes.
    for (seed, nodes, frames, edges, direction) in [
        (18_121_072_144_219_387_938, 9, 1, 14, Direction::LeftRight),
        (16_296_850_326_066_269_878, 9, 3, 14, Direction::RightLeft),
        (14_511_988_359_343_565_542, 1, 1, 31, Direction::TopBottom),
        (5_342_319_921_706_729_194, 2, 6, 23, Direction::LeftRight),
        (8_984_079_043_617_722_400, 5, 5, 35, Direction::LeftRight),
    ] {
        let graph = generated(seed, nodes, frames, edges, direction);
        let layout = check(&graph);
        // As if it were not known to be of this very graph.
        let again = super::layout(&graph, Some(&Layout { made_for: 0, ..layout.clone() }));
        assert_eq!((&layout.nodes, &layout.groups), (&again.nodes, &again.groups));
    }
}

#[test]
fn a_frame_grows_where_nothing_need_give_way() {
    for direction in DIRECTIONS {
        let mut graph = Graph { direction, ..simple(7, &[(0, 1), (1, 2), (3, 4), (4, 5), (6, 0), (6, 3)]) };
        for frame in 0..2 {
            graph.frames.insert(frame_key(frame), Frame { parent: None, width: 100 });
            for index in 3 * frame..3 * frame + 3 {
                graph.nodes[&key(index)].frame = Some(frame_key(frame));
            }
        }
        let before = check(&graph);
        for widened in 0..6 {
            let mut graph = graph.clone();
            let node = &mut graph.nodes[&key(widened)];
            (node.width, node.height, node.middle) = (node.width + 80, node.height + 80, node.middle + 40);
            let after = super::layout(&graph, Some(&before));
            assert_eq!(faults(&graph, &after), metrics::Faults::default());
            // The whole picture may be shifted.
            let from_root = |layout: &Layout, index| {
                let (at, root) = (layout.nodes[&key(index)], layout.nodes[&key(6)]);
                (at.x - root.x, at.y - root.y)
            };
            for index in (0..6).filter(|index| index / 3 != widened / 3) {
                assert_eq!(from_root(&after, index), from_root(&before, index), "{direction:?} {widened} {index}");
            }
        }
    }
}

fn one_edit(graph: &Graph, random: &mut Random) -> Graph {
    let mut graph = graph.clone();
    let count = graph.nodes.len();
    let (node, other) = (random.below(count), random.below(count));
    let keys: Vec<ElementKey> = graph.nodes.keys().cloned().collect();
    match random.below(6) {
        0 => {
            let edge = Edge { source: End::Node(keys[node].clone()), target: End::Node(keys[other].clone()), label: Some((40, 16)) };
            graph.edges.insert(EdgeKey("added".to_owned()), edge);
        }
        1 => {
            let frame = graph.nodes[&keys[node]].frame.clone();
            graph.nodes.insert(ElementKey("added".to_owned()), Node { frame, ..super::tests::node(None) });
            let edge =
                Edge { source: End::Node(keys[node].clone()), target: End::Node(ElementKey("added".to_owned())), label: Some((60, 16)) };
            graph.edges.insert(EdgeKey("added".to_owned()), edge);
        }
        2 => drop(graph.edges.shift_remove_index(random.below(graph.edges.len().max(1)))),
        3 => graph.nodes[&keys[node]].width += 80,
        4 => {
            let end = End::Node(keys[node].clone());
            graph.nodes.shift_remove(&keys[node]);
            graph.edges.retain(|_, edge| edge.source != end && edge.target != end);
        }
        _ => {
            let frame = graph.nodes[&keys[node]].frame.clone();
            graph.nodes[&keys[other]].frame = frame;
        }
    }
    graph
}

/// Nodes nest, stand apart and are where their pins are; routes are right-angled and go round.
#[track_caller]
fn check_pinned(graph: &Graph, layout: &Layout, pins: &BTreeMap<ElementKey, Point>) {
    for (key, pin) in pins {
        assert_eq!(layout.nodes.get(key).map(|rect| Point { x: rect.x, y: rect.y }), Some(*pin), "{key:?}");
    }
    if layout.conflicts.is_empty() {
        assert_eq!(faults(graph, layout), metrics::Faults::default());
    }
    let all = Rect { x: layout.origin.x, y: layout.origin.y, width: layout.width, height: layout.height };
    assert!(layout.nodes.values().chain(layout.groups.values()).all(|rect| all.contains(rect)));
}

#[test]
fn a_pin_holds_whatever_else_changes() {
    let mut graph = generated(5, 30, 5, 40, Direction::LeftRight);
    let mut pins = BTreeMap::from([(key(3), Point { x: -400, y: 120 }), (key(9), Point { x: 333, y: 77 })]);
    let mut layout = super::layout_with(&graph, None, &pins);
    check_pinned(&graph, &layout, &pins);
    let mut random = Random(7);
    for _ in 0..20 {
        let edited = one_edit(&graph, &mut random);
        let next = super::layout_with(&edited, Some(&layout), &pins);
        let held: BTreeMap<ElementKey, Point> =
            pins.iter().filter(|(key, _)| edited.nodes.contains_key(*key)).map(|(key, pin)| (key.clone(), *pin)).collect();
        check_pinned(&edited, &next, &held);
        (graph, layout, pins) = (edited, next, held);
        graph.edges.shift_remove(&EdgeKey("added".to_owned()));
        layout = super::layout_with(&graph, Some(&layout), &pins);
    }
}

#[test]
fn dropping_a_node_where_it_was_moves_nothing() {
    let graph = generated(6, 40, 6, 60, Direction::TopBottom);
    let before = super::layout(&graph, None);
    let rect = before.nodes[&key(4)];
    let pins = BTreeMap::from([(key(4), Point { x: rect.x, y: rect.y })]);
    let after = super::layout_with(&graph, Some(&before), &pins);
    assert_eq!(after.nodes, before.nodes);
    assert_eq!(after.edges, before.edges);
}

#[test]
fn pins_on_top_of_each_other_are_reported() {
    let graph = simple(4, &[(0, 1), (1, 2), (2, 3)]);
    let pins = BTreeMap::from([(key(0), Point { x: 10, y: 10 }), (key(2), Point { x: 40, y: 20 })]);
    let layout = super::layout_with(&graph, None, &pins);
    assert_eq!(layout.conflicts, [key(0), key(2)]);
    check_pinned(&graph, &layout, &pins);
}

#[test]
fn a_removed_edge_moves_nothing() {
    let mut graph = generated(8, 60, 9, 90, Direction::TopBottom);
    let before = super::layout(&graph, None);
    graph.edges.shift_remove_index(11);
    let after = super::layout(&graph, Some(&before));
    assert_eq!(after.nodes, before.nodes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn edits_have_no_faults(seed: u64, nodes in 2_usize..40, frames in 0_usize..7, edges in 0_usize..50, direction in 0_usize..4) {
        let graph = generated(seed, nodes, frames, edges, DIRECTIONS[direction]);
        let mut layout = super::layout(&graph, None);
        let mut random = Random(seed);
        let mut graph = graph;
        for _ in 0..3 {
            let edited = one_edit(&graph, &mut random);
            layout = super::layout(&edited, Some(&layout));
            prop_assert_eq!(faults(&edited, &layout), metrics::Faults::default());
            graph = edited;
            graph.nodes.shift_remove(&ElementKey("added".to_owned()));
            graph.edges.shift_remove(&EdgeKey("added".to_owned()));
            layout = super::layout(&graph, Some(&layout));
            prop_assert_eq!(faults(&graph, &layout), metrics::Faults::default());
            if graph.nodes.len() < 2 { break; }
        }
    }

    #[test]
    fn pins_have_no_faults(seed: u64, nodes in 2_usize..30, frames in 0_usize..5, edges in 0_usize..40, direction in 0_usize..4, count in 1_usize..4) {
        check_random_pins(seed, nodes, frames, edges, DIRECTIONS[direction], count);
    }
}

/// Some nodes of a generated picture are put anywhere in it or beside it.
#[track_caller]
fn check_random_pins(seed: u64, nodes: usize, frames: usize, edges: usize, direction: Direction, count: usize) {
    let graph = generated(seed, nodes, frames, edges, direction);
    let before = super::layout(&graph, None);
    let mut random = Random(seed);
    let mut place = |size: i32| i32::try_from(random.below(usize::try_from(size).unwrap() + 200)).unwrap() - 100;
    let pins: BTreeMap<ElementKey, Point> =
        (0..count).map(|index| (key(index % nodes), Point { x: place(before.width), y: place(before.height) })).collect();
    let layout = super::layout_with(&graph, Some(&before), &pins);
    check_pinned(&graph, &layout, &pins);
    assert_eq!(layout, super::layout_with(&graph, Some(&before), &pins));
}

#[test]
fn frames_held_by_pins_at_their_far_sides_stay_apart() {
    check_random_pins(13_370_034_278_012_705_163, 26, 4, 9, Direction::TopBottom, 3);
    check_random_pins(7_798_652_034_414_819_372, 29, 3, 19, Direction::LeftRight, 3);
    check_random_pins(14_002_262_562_646_064_750, 28, 4, 21, Direction::RightLeft, 3);
    // Nearer to each other than frames usually stand.
    check_random_pins(10_666_481_299_694_147_917, 8, 4, 4, Direction::RightLeft, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: SEED, ..ProptestConfig::default() })]

    #[test]
    fn places_survive_as_numbers_and_only_for_their_graph(
        seed: u64, nodes in 2_usize..30, frames in 0_usize..6, edges in 0_usize..40, direction in 0_usize..4
    ) {
        let graph = generated(seed, nodes, frames, edges, DIRECTIONS[direction]);
        let mut random = Random(seed);
        let pin = graph.nodes.get_index(random.below(nodes)).map(|(key, _)| (key.clone(), Point { x: 40, y: 4000 }));
        for pins in [BTreeMap::new(), pin.into_iter().collect()] {
            let layout = layout_with(&graph, None, &pins);
            let numbers = kept::write(&layout, &graph);
            prop_assert_eq!(kept::read(&numbers, &graph, &pins), Some(layout.clone()));
            prop_assert_eq!(&layout_with(&graph, Some(&layout), &pins), &layout);
            // Another graph, other pins, and numbers that end too early are not taken.
            let edited = one_edit(&graph, &mut random);
            prop_assert_eq!(kept::read(&numbers, &edited, &pins).is_some(), edited == graph);
            let moved = BTreeMap::from([(key(0), Point { x: 3, y: 3 })]);
            prop_assert_eq!(kept::read(&numbers, &graph, &moved), None);
            prop_assert_eq!(kept::read(&numbers[..numbers.len() - 1], &graph, &pins), None);
            prop_assert_eq!(kept::read(&[], &graph, &pins), None);
        }
    }
}
