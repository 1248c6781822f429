//! How long diagrams take: reading the text, laying it out, drawing it. `cargo bench --bench diagrams`.

use std::fmt::Write;

use divan::{Bencher, black_box};
use lintel::domain::{
    layout::Layout,
    model::Model,
    scene::{self, svg},
    syntax::{Language, Sources, parse},
};

fn main() {
    divan::main();
}

/// A workspace with about `count` containers in systems and groups, one and a half relations each, a third of them far away.
fn workspace(count: usize) -> String {
    let mut seed = 42_u64;
    let mut random = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % bound.max(1)
    };
    let mut text = String::from("workspace \"Bench\" {\n  !identifiers flat\n  model {\n");
    let technologies = ["Go", "PostgreSQL", "Apache Kafka", "Envoy", "Redis", "Java and Spring Boot"];
    for system in 0..count.div_ceil(20) {
        let _ = writeln!(text, "    s{system} = softwareSystem \"System {system}\" {{");
        for group in 0..2 {
            let _ = writeln!(text, "      group \"Area {system} {group}\" {{");
            for index in (0..10).map(|index| system * 20 + group * 10 + index).filter(|index| *index < count) {
                let technology = technologies[random(technologies.len())];
                let _ = writeln!(text, "        c{index} = container \"Container number {index}\" \"Does its part\" \"{technology}\"");
            }
            text.push_str("      }\n");
        }
        text.push_str("    }\n");
    }
    for _ in 0..count * 3 / 2 {
        let source = random(count);
        let target = if random(3) == 0 { random(count) } else { (source + 1 + random(9)) % count };
        if source != target {
            let _ = writeln!(text, "    c{source} -> c{target} \"Asks\" \"HTTPS\"");
        }
    }
    text.push_str("  }\n  views {\n    container s0 all {\n      include *\n");
    for system in 0..count.div_ceil(20) {
        let _ = writeln!(text, "      include \"element.parent==s{system}\"");
    }
    text.push_str("      autoLayout lr\n    }\n  }\n}\n");
    text
}

fn model(count: usize) -> Model {
    parse(Language::Structurizr, "workspace.dsl", &workspace(count), &Sources::new()).model
}

const SIZES: [usize; 3] = [50, 200, 1000];

#[divan::bench(args = SIZES)]
fn read(bencher: Bencher, count: usize) {
    let text = workspace(count);
    bencher.bench(|| parse(Language::Structurizr, "workspace.dsl", black_box(&text), &Sources::new()));
}

fn compose(model: &Model, previous: Option<&Layout>) -> scene::Scene {
    model.views.first().map(|view| scene::compose(model, view, previous)).unwrap_or_default()
}

#[divan::bench(args = SIZES, max_time = 4)]
fn lay_out(bencher: Bencher, count: usize) {
    let model = model(count);
    bencher.bench(|| compose(black_box(&model), None));
}

#[divan::bench(args = SIZES, max_time = 4)]
fn lay_out_again(bencher: Bencher, count: usize) {
    let model = model(count);
    let before = compose(&model, None);
    bencher.bench(|| compose(black_box(&model), Some(&before.layout)));
}

#[divan::bench(args = SIZES)]
fn draw(bencher: Bencher, count: usize) {
    let scene = compose(&model(count), None);
    bencher.bench(|| svg::svg(black_box(&scene), &svg::SvgOptions::default()));
}
