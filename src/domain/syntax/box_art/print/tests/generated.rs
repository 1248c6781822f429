//! Generated views, flat and nested, of 3 to 50 elements.

use super::*;
use std::fmt::Write;

/// A small linear congruential generator: the same numbers for the same seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }
}

const NAMES: [&str; 12] = ["Order", "Payment", "Stock", "Mail", "Search", "Invoice", "Basket", "Price", "Audit", "Login", "Report", "Tax"];
const ROLES: [&str; 6] = ["service", "worker", "database", "cache", "gateway", "portal"];
const LABELS: [&str; 8] = ["", "reads", "HTTPS", "gRPC", "places orders", "", "publishes events", "SQL"];

/// A workspace as text that is joined as people's are: most edges lead to the next things of the same group, few go far.
fn likely(seed: u64, nodes: usize, nested: bool) -> String {
    let mut numbers = Numbers(seed.wrapping_mul(991) + 17);
    let mut text = String::from("workspace { model {\nu = person \"Customer\"\n");
    let name = |index: usize| {
        format!("{} {} {}", NAMES[index % 12], ROLES[(index / 12 + index) % 6], (b'A' + u8::try_from(index % 26).unwrap()) as char)
    };
    let size = 6;
    text.push_str("s = softwareSystem \"Platform\" {\n");
    for group in 0..nodes.div_ceil(size) {
        if nested {
            writeln!(text, "group \"Area {group}\" {{").unwrap();
        }
        for index in group * size..nodes.min(group * size + size) {
            writeln!(text, "n{index} = container \"{}\"", name(index)).unwrap();
        }
        if nested {
            text.push_str("}\n");
        }
    }
    text.push_str("}\nu -> n0 \"uses\"\n");
    for index in 1..nodes {
        let group = index / size * size;
        let from = if index == group { numbers.below(index) } else { group + numbers.below(index - group) };
        writeln!(text, "n{from} -> n{index} \"{}\"", LABELS[numbers.below(8)]).unwrap();
        if numbers.below(6) == 0 {
            writeln!(text, "n{index} -> n{} \"{}\"", numbers.below(nodes), LABELS[numbers.below(8)]).unwrap();
        }
    }
    text + "} views { container s { include * } } }"
}

/// A workspace as text; nested ones have groups in a system, and relations to the system itself.
fn workspace(seed: u64, nodes: usize, nested: bool) -> String {
    let mut numbers = Numbers(seed.wrapping_mul(77) + 5);
    let mut text = String::from("workspace { model {\n");
    let name = |index: usize| {
        format!("{} {} {}", NAMES[index % 12], ROLES[(index / 12 + index) % 6], (b'A' + u8::try_from(index % 26).unwrap()) as char)
    };
    let inside = if nested { nodes * 2 / 3 } else { 0 };
    if nested {
        text.push_str("s = softwareSystem \"Platform\" {\n");
        let groups = 1 + inside / 4;
        for group in 0..groups {
            writeln!(text, "group \"Area {group}\" {{").unwrap();
            for index in (0..inside).filter(|index| index % groups == group) {
                writeln!(text, "n{index} = container \"{}\"", name(index)).unwrap();
            }
            text.push_str("}\n");
        }
        text.push_str("}\n");
    }
    for index in inside..nodes {
        writeln!(text, "n{index} = softwareSystem \"{}\"", name(index)).unwrap();
    }
    let mut known = std::collections::BTreeSet::new();
    for _ in 0..nodes * 13 / 10 {
        let (a, b) = (numbers.below(nodes), numbers.below(nodes));
        let label = LABELS[numbers.below(8)];
        if known.insert((a, b)) && (a != b || numbers.below(4) == 0) {
            let tag = if numbers.below(4) == 0 { " { tags \"async\" }" } else { "" };
            writeln!(text, "n{a} -> n{b} \"{label}\"{tag}").unwrap();
        }
    }
    text.push_str("} views { ");
    text.push_str(if nested { "container s { include * element.type==softwareSystem\n" } else { "systemLandscape { include *\n" });
    text.push_str(if numbers.below(2) == 0 { "autoLayout lr } } }" } else { "autoLayout tb } } }" });
    text
}

#[test]
fn every_edge_can_be_followed() {
    let mut failures = Vec::new();
    let mut drawn = 0;
    for nodes in [3, 5, 8, 12, 20, 30, 50] {
        for seed in 0..if nodes > 20 { 3 } else { 8 } {
            for nested in [false, true] {
                let model = parse(&workspace(seed, nodes, nested));
                let width = if nodes <= 10 { 100 } else { 200 };
                match trace::check(&model, &model.views[0], width) {
                    Ok(_) => drawn += 1,
                    Err(why) => failures.push(format!("{nodes} nodes, seed {seed}, nested {nested}: {why}")),
                }
            }
        }
    }
    println!("{drawn} views drawn");
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        drawn + failures.len(),
        failures.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

#[test]
fn widths_are_kept() {
    let mut wide = Vec::new();
    for (nodes, width) in [(10, 100), (50, 200)] {
        for seed in 0..6 {
            for nested in [false, true] {
                let model = parse(&likely(seed, nodes, nested));
                let printed = print(&model, &model.views[0], &TextOptions { width, ascii: false });
                let widest = printed.text.lines().map(box_art::glyph::width).max().unwrap();
                println!("{nodes} nodes, nested {nested}: {widest} columns, {} rows", printed.text.lines().count());
                let told = printed.fidelity.kept.iter().any(|kept| kept.what.contains("wider than"));
                if widest > width {
                    assert!(told, "{:?}", printed.fidelity);
                    wide.push((nodes, seed, nested, widest));
                }
            }
        }
    }
    // Tangled views of 50 nested things may be wider, which they then say.
    assert!(wide.len() <= 1 && wide.iter().all(|&(nodes, _, nested, _)| nested && nodes == 50), "{wide:?}");
}

#[test]
fn what_is_printed_is_read_back() {
    let mut failures = Vec::new();
    let mut read = 0;
    for nodes in [3, 4, 6, 8, 10, 12, 15] {
        for seed in 0..8 {
            for nested in [false, true] {
                let model = parse(&workspace(seed, nodes, nested));
                let view = &model.views[0];
                let wanted = of_scene(&scene::compose(&model, view, None));
                for ascii in [false, true] {
                    let printed = print(&model, view, &TextOptions { width: 120, ascii });
                    let (told, findings) = of_text(&printed.text);
                    if told == wanted {
                        read += 1;
                    } else {
                        failures.push(format!(
                            "{nodes} nodes, seed {seed}, nested {nested}:\n{}\nread {told:#?}\nwanted {wanted:#?}\n{findings:?}",
                            printed.text
                        ));
                    }
                }
            }
        }
    }
    println!("{read} views read back");
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        read + failures.len(),
        failures.iter().take(2).cloned().collect::<Vec<_>>().join("\n\n")
    );
}
