//! Models nobody would write: any shape, any text.

use indexmap::IndexMap;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    diagnostic::Span,
    model::{
        Element, Group, GroupKey, Inferred, Perspective, Relation, RelationKey,
        appearance::{Appearance, Line, Scheme, Shape, Style},
        facts::{Fact, Facts},
        kind::{Kind, Mode},
        view::{AnimationStep, Base, Image, Step, View},
    },
};

const LEVELS: [Level; 10] = [
    Level::Person,
    Level::System,
    Level::Container,
    Level::Component,
    Level::Custom,
    Level::DeploymentEnvironment,
    Level::DeploymentNode,
    Level::InfrastructureNode,
    Level::SystemInstance,
    Level::ContainerInstance,
];

const TEXTS: [&str; 24] = [
    "Orders",
    "Order service",
    "API gateway",
    "a \"quoted\" b",
    "{",
    "} x {",
    "a\nb",
    "tail\\",
    "# no comment",
    "// x",
    "\"\"\"",
    "${NAME}",
    "",
    " ",
    "->",
    "!include x",
    "Ünïcode",
    "注文",
    "a,b",
    "this",
    "\r\n",
    "\\\"",
    "include",
    "x\u{0}\u{202e}y",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => (0..TEXTS.len()).prop_map(|at| TEXTS[at].to_owned()), 1 => "\\PC{0,12}"]
}

/// Numbers from which everything about one element, relation or view is taken.
type Seeds = (usize, usize, usize, Vec<String>);

fn seeds() -> impl Strategy<Value = Seeds> {
    (0_usize..1000, 0_usize..1000, 0_usize..1000, prop::collection::vec(text(), 6))
}

/// Shown as the text it gives.
struct Wild(Model);

impl std::fmt::Debug for Wild {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&print(&self.0).text)
    }
}

fn any_model() -> impl Strategy<Value = Wild> {
    let some = || prop::collection::vec(seeds(), 0..9);
    (some(), some(), some(), some(), text())
        .prop_map(|(elements, relations, groups, views, name)| Wild(build(&elements, &relations, &groups, &views, name)))
}

fn build(elements: &[Seeds], relations: &[Seeds], groups: &[Seeds], views: &[Seeds], name: String) -> Model {
    let mut model = Model { name, description: elements.first().map(|seed| seed.3[0].clone()), ..Model::default() };
    let element_key = |at: usize| ElementKey(format!("e{at}"));
    let group_key = |at: usize| GroupKey(format!("g{at}"));
    for (at, (a, b, _, texts)) in groups.iter().enumerate() {
        let group = Group {
            key: group_key(at),
            name: texts[0].clone(),
            parent: (a % 3 == 0).then(|| group_key(b % groups.len())),
            owner: (a % 4 == 0 && !elements.is_empty()).then(|| element_key(b % elements.len())),
            properties: if a % 5 == 0 { BTreeMap::from([(texts[1].clone(), texts[2].clone())]) } else { BTreeMap::new() },
            facts: Facts::default(),
            span: Span::default(),
            file: None,
        };
        model.groups.insert(group.key.clone(), group);
    }
    for (at, (a, b, c, texts)) in elements.iter().enumerate() {
        let mut facts = Facts::default();
        if a % 7 == 0 {
            facts.0.insert("timeout".to_owned(), Fact { value: texts[4].clone(), span: Span::default(), inherited_from: None });
        }
        let element = Element {
            key: element_key(at),
            identifier: (a % 2 == 0).then(|| texts[5].clone()),
            name: texts[0].clone(),
            description: (a % 3 == 0).then(|| texts[1].clone()),
            technology: (b % 3 == 0).then(|| texts[2].clone()),
            level: LEVELS[b % LEVELS.len()],
            kind: Inferred { value: Kind::ALL[c % Kind::ALL.len()], reason: String::new(), stated: false },
            parent: (c % 3 != 0).then(|| element_key(a % elements.len())),
            group: (c % 2 == 0 && !groups.is_empty()).then(|| group_key(b % groups.len())),
            tags: if c % 5 == 0 { vec![texts[3].clone(), texts[4].clone()] } else { Vec::new() },
            properties: if c % 4 == 0 { BTreeMap::from([(texts[3].clone(), texts[4].clone())]) } else { BTreeMap::new() },
            facts,
            url: (c % 7 == 0).then(|| texts[4].clone()),
            health_checks: Vec::new(),
            perspectives: if a % 3 == 0 { vec![perspective(texts, *c)] } else { Vec::new() },
            instance_of: (b % LEVELS.len() >= 8).then(|| element_key(c % elements.len())),
            span: Span::default(),
            name_span: Span::default(),
            file: None,
        };
        model.elements.insert(element.key.clone(), element);
    }
    let count = elements.len();
    let mut ends = IndexMap::new();
    for (at, (a, b, c, texts)) in relations.iter().enumerate().filter(|_| count > 0) {
        let key = RelationKey(format!("r{at}->"));
        ends.insert(at, key.clone());
        let modes = [Mode::Sync, Mode::AsyncPub, Mode::AsyncSub, Mode::Stream, Mode::File];
        let relation = Relation {
            key: key.clone(),
            source: element_key(a % (count + 1)),
            target: element_key(b % count),
            description: (c % 3 == 0).then(|| texts[0].clone()),
            technology: (c % 2 == 0).then(|| texts[1].clone()),
            mode: Inferred { value: modes[c % 5], reason: String::new(), stated: false },
            tags: if a % 5 == 0 { vec![texts[2].clone()] } else { Vec::new() },
            properties: if b % 4 == 0 { BTreeMap::from([(texts[3].clone(), texts[4].clone())]) } else { BTreeMap::new() },
            facts: Facts::default(),
            url: None,
            perspectives: if b % 3 == 0 { vec![perspective(texts, *c)] } else { Vec::new() },
            implied_by: None,
            span: Span::default(),
            file: None,
        };
        model.relations.insert(key, relation);
    }
    let kinds = [
        ViewKind::Landscape,
        ViewKind::Context,
        ViewKind::Container,
        ViewKind::Component,
        ViewKind::Dynamic,
        ViewKind::Deployment,
        ViewKind::Filtered,
        ViewKind::Custom,
        ViewKind::Image,
        ViewKind::Everything,
    ];
    for (a, b, c, texts) in views {
        let shown: Vec<ElementKey> = (0..count).filter(|at| (a >> (at % 8)) & 1 == 1).map(element_key).collect();
        let kind = kinds[b % kinds.len()];
        let steps = relations.iter().enumerate().filter(|_| kind == ViewKind::Dynamic && count > 0).map(|(at, seed)| Step {
            order: (seed.0 % 5).to_string(),
            relation: ends[&at].clone(),
            description: Some(seed.3[0].clone()),
            response: seed.1 % 2 == 0,
        });
        model.views.push(View {
            title: (c % 2 == 0).then(|| texts[1].clone()),
            description: (c % 3 == 0).then(|| texts[2].clone()),
            scope: (c % 2 == 1 && count > 0).then(|| element_key(c % count)),
            relations: model
                .relations
                .values()
                .filter(|relation| shown.contains(&relation.source) && shown.contains(&relation.target))
                .map(|relation| relation.key.clone())
                .collect(),
            animation: if a % 3 == 0 {
                shown.iter().map(|key| AnimationStep { elements: vec![key.clone()], relations: Vec::new() }).collect()
            } else {
                Vec::new()
            },
            images: if kind == ViewKind::Image && a % 2 == 0 {
                let format = ["image", "plantuml", "kroki", "x y"][c % 4].to_owned();
                vec![Image { format, source: texts[3].clone(), scheme: scheme(*a) }]
            } else {
                Vec::new()
            },
            properties: if b % 4 == 0 { BTreeMap::from([(texts[4].clone(), texts[5].clone())]) } else { BTreeMap::new() },
            is_default: a % 11 == 0 && !model.views.iter().any(|view| view.is_default),
            base: (kind == ViewKind::Filtered)
                .then(|| model.views.first().map(|view| Base { view: view.key.clone(), tags: vec![texts[2].clone()], include: a % 2 == 0 }))
                .flatten(),
            elements: shown,
            steps: steps.collect(),
            direction: [Direction::TopBottom, Direction::LeftRight, Direction::BottomTop, Direction::RightLeft][a % 4],
            ..View::new(texts[0].clone(), kind, Span::default())
        });
        let style = Style {
            tag: texts[0].clone(),
            scheme: scheme(*b),
            shape: (a % 2 == 0).then(|| Shape::ALL[c % Shape::ALL.len()]),
            icon: (b % 3 == 0).then(|| texts[1].clone()),
            opacity: (c % 2 == 0).then(|| u32::try_from(a % 120).unwrap()),
            line: (a % 3 == 0).then_some(Line::Dotted),
            jump: (a % 5 == 0).then_some(true),
            properties: if c % 5 == 0 { BTreeMap::from([(texts[2].clone(), texts[3].clone())]) } else { BTreeMap::new() },
            ..Style::default()
        };
        if a % 2 == 0 {
            model.appearance.elements.push(style);
        } else {
            model.appearance.relations.push(style);
        }
        if b % 2 == 0 && !model.appearance.themes.contains(&texts[3]) {
            model.appearance.themes.push(texts[3].clone());
        }
        model.appearance.terminology.person = (c % 3 == 0).then(|| texts[4].clone());
        model.appearance.logo = (c % 4 == 0).then(|| texts[5].clone());
        model.configuration.public = [None, Some(true), Some(false)][a % 3];
        model.configuration.users.push((texts[5].clone(), a % 2 == 0));
        model.configuration.properties.insert(texts[1].clone(), texts[2].clone());
    }
    model
}

fn scheme(at: usize) -> Scheme {
    [Scheme::Any, Scheme::Light, Scheme::Dark][at % 3]
}

fn perspective(texts: &[String], at: usize) -> Perspective {
    Perspective {
        name: texts[0].clone(),
        description: at.is_multiple_of(2).then(|| texts[1].clone()),
        value: at.is_multiple_of(3).then(|| texts[2].clone()),
        url: at.is_multiple_of(5).then(|| texts[3].clone()),
        span: Span::default(),
    }
}

/// Each remark on what stands beside the model, with whether the text that was read back has it.
fn beside(model: &Model, read: &Model, printed: &Printed) -> Vec<(&'static str, bool)> {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let some = |text: &Option<String>| text.as_deref().map(flat).unwrap_or_default();
    let perspectives = |all: &[Perspective]| -> Vec<[String; 4]> {
        all.iter().map(|one| [flat(&one.name), some(&one.description), some(&one.value), some(&one.url)]).collect()
    };
    let table = |properties: &BTreeMap<String, String>| -> BTreeMap<String, String> {
        properties.iter().map(|(name, value)| (flat(name), flat(value))).collect()
    };
    let styles = |styles: &[Style]| -> Vec<String> {
        let plain = |style: &Style| {
            let style = Style { tag: flat(&style.tag), icon: style.icon.as_deref().map(flat), span: Span::default(), ..style.clone() };
            format!("{:?} {:?}", Style { properties: BTreeMap::new(), ..style.clone() }, table(&style.properties))
        };
        let mut all: Vec<String> = styles.iter().map(plain).collect();
        all.sort();
        all.dedup();
        all
    };
    let elements = model
        .elements
        .iter()
        .all(|(key, was)| perspectives(&was.perspectives) == perspectives(&read.elements[&printed.elements[key]].perspectives));
    let (look, found) = (&model.appearance, &read.appearance);
    let themes = |look: &Appearance| look.themes.iter().map(|theme| flat(theme)).collect::<Vec<_>>();
    let users = |model: &Model| model.configuration.users.iter().map(|(name, may)| (flat(name), *may)).collect::<Vec<_>>();
    let mut views: Vec<(&View, &View)> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for view in model.views.iter().filter(|view| seen.insert(view.key.clone())) {
        let key = printed.views.get(&view.key);
        views.extend(key.and_then(|key| read.views.iter().find(|found| found.key == *key)).map(|found| (view, found)));
    }
    let single = seen.len() == model.views.len();
    let images =
        |view: &View| view.images.iter().map(|image| (image.format.clone(), flat(&image.source), image.scheme)).collect::<Vec<_>>();
    let mut all = vec![
        ("Perspective of an element", elements),
        ("Style of a tag", styles(&look.elements) == styles(&found.elements) && styles(&look.relations) == styles(&found.relations)),
        ("Themes", themes(look) == themes(found)),
        ("Terminology", some(&look.terminology.person) == some(&found.terminology.person)),
        ("Logo", some(&look.logo) == some(&found.logo)),
        ("Visibility of the workspace", model.configuration.public == read.configuration.public),
        ("Users of the workspace", users(model) == users(read)),
        ("Properties of the configuration", table(&model.configuration.properties) == table(&read.configuration.properties)),
    ];
    // Views of one key are told apart by their order alone.
    if single && model.views.len() == views.len() {
        all.push(("Properties of a view", views.iter().all(|(was, is)| table(&was.properties) == table(&is.properties))));
        all.push(("Picture of an image view", views.iter().all(|(was, is)| images(was) == images(is))));
        let were = |view: &View| -> Vec<Vec<_>> {
            view.animation.iter().map(|step| step.elements.iter().map(|key| printed.elements.get(key).cloned()).collect()).collect()
        };
        let are =
            |view: &View| -> Vec<Vec<_>> { view.animation.iter().map(|step| step.elements.iter().cloned().map(Some).collect()).collect() };
        all.push(("Animation of a view", views.iter().all(|(was, is)| were(was) == are(is))));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_element_survives_whatever_it_is_called(Wild(model) in any_model()) {
        let printed = write(&model);
        let read = reread(&printed.text);
        prop_assert_eq!(printed.elements.len(), model.elements.len(), "{}", printed.text);
        prop_assert!(read.elements.len() >= model.elements.len() && read.elements.len() <= model.elements.len() + 1);
        let stated = read.relations.values().filter(|relation| relation.implied_by.is_none()).count();
        let lost: usize = printed.fidelity.lost.iter().filter(|remark| remark.what.starts_with("Second relation") || remark.what.starts_with("Relation to something") || remark.what.starts_with("Relation between a whole")).map(|remark| remark.count).sum();
        prop_assert_eq!(stated + lost, model.relations.len(), "{}", printed.text);
        for (key, element) in &model.elements {
            let found = &read.elements[&printed.elements[key]];
            let instance = matches!(found.level, Level::SystemInstance | Level::ContainerInstance);
            prop_assert!(instance || found.kind.value == element.kind.value, "{}\n{}", key, printed.text);
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !instance && !element.name.trim().is_empty() {
                prop_assert_eq!(flat(&found.name), flat(&element.name));
            }
        }
    }

    /// Nothing is said to be lost that is there, and nothing is lost without a word.
    #[test]
    fn the_report_is_right_about_what_stands_beside(Wild(model) in any_model()) {
        let printed = write(&model);
        let read = reread(&printed.text);
        for (what, carried) in beside(&model, &read, &printed) {
            let lost = printed.fidelity.lost.iter().any(|remark| remark.what.starts_with(what));
            prop_assert_eq!(lost, !carried, "{}\n{:?}\n{:?}", what, printed.fidelity.lost, printed.text);
        }
    }

    /// What one text says, the next one says too.
    #[test]
    fn printing_again_changes_nothing(Wild(model) in any_model()) {
        let first = reread(&print(&model).text);
        // A place without an identifier whose name can't be one gets another key once it needs one.
        prop_assume!(first.elements.values().all(|element| element.identifier.is_some() || element.key.as_str().is_ascii()));
        let again = reread(&print(&first).text);
        // An instance that an animation names gets an identifier, and so may get another key.
        let plain = |model: &Model| -> Vec<String> { digest(model, false).into_iter().filter(|line| !line.starts_with("view ")).collect() };
        prop_assert_eq!(plain(&first), plain(&again), "{}\n{}", print(&model).text, print(&first).text);
    }
}

#[test]
fn groups_in_a_circle_end() {
    let mut model = Model::default();
    for (key, parent) in [("a", "b"), ("b", "a")] {
        let group = Group {
            key: GroupKey::from(key),
            name: key.to_owned(),
            parent: Some(GroupKey::from(parent)),
            owner: None,
            properties: BTreeMap::new(),
            facts: Facts::default(),
            span: Span::default(),
            file: None,
        };
        model.groups.insert(group.key.clone(), group);
    }
    let text = print(&model).text;
    assert_eq!(text.matches("group \"").count(), 2, "{text}");
}
