//! What an element does: by property, class, technology, icon, shape, and name, in this order.

use std::collections::BTreeMap;

use super::Lowering;
use crate::domain::{
    model::{
        Inferred, Level,
        kind::{
            Kind,
            infer::{self, Ends, Evidence},
        },
    },
    syntax::mermaid::{
        chart::{self, Place},
        label::markup,
        shape::{Shape, printed},
        tree::{Line, shape_of},
    },
};

/// What the mentions of a node show.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    shape: Option<Shape>,
    icon: Option<String>,
    /// What its label calls it.
    sort: Option<String>,
}

/// Names of people, where they are the whole name.
const PEOPLE: [&str; 18] = [
    "user",
    "users",
    "end user",
    "end users",
    "customer",
    "customers",
    "client user",
    "person",
    "people",
    "actor",
    "admin",
    "administrator",
    "operator",
    "visitor",
    "employee",
    "developer",
    "student",
    "patient",
];

fn is_default(found: &Inferred<Kind>) -> bool {
    found.reason.starts_with("default")
}

/// The kind an icon stands for, by the words of its name.
fn icon_kind(icon: &str) -> Option<Kind> {
    let name = icon.rsplit(':').next().unwrap_or(icon).to_ascii_lowercase();
    let name = name.strip_prefix("fa-").unwrap_or(&name);
    let words: Vec<&str> = name.split(['-', '_', ' ']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["user", "users", "person", "people", "male", "female", "account"]) {
        return Some(Kind::Person);
    }
    if has(&["database", "db"]) {
        return Some(Kind::Database);
    }
    if has(&["bucket"]) {
        return Some(Kind::ObjectStore);
    }
    if has(&["mobile", "desktop", "laptop", "browser", "chrome", "safari", "firefox"]) {
        return Some(Kind::Frontend);
    }
    let none = BTreeMap::new();
    let technology = words.join(" ");
    let evidence = Evidence {
        level: Level::Container,
        name: "",
        technology: Some(&technology),
        description: None,
        tags: &[],
        properties: &none,
        archetype: None,
        shape: None,
        outside: None,
    };
    Some(infer::kind(&evidence)).filter(|found| found.reason.starts_with("technology")).map(|found| found.value)
}

impl Lowering<'_> {
    /// The last shape and the first icon of the mentions.
    pub(super) fn look(&self, mentions: &[Place], sort: Option<String>) -> Look {
        let source = self.source();
        let mut look = Look { sort, ..Look::default() };
        for node in mentions.iter().filter_map(|place| chart::mention_of(self.tree, *place)) {
            look.shape = shape_of(node, source).or(look.shape);
            let entry = node.data.as_ref().and_then(|data| data.get("icon", source)).map(|entry| entry.value.inner.of(source));
            let icon = entry.or_else(|| chart::label_of(node, source).and_then(|label| markup::icon_name(label.inner.of(source))));
            look.icon = look.icon.or_else(|| icon.map(str::to_owned));
        }
        look
    }

    /// Kinds and levels of all elements, then the modes of all relations.
    pub(super) fn conclude(&mut self) {
        for element in self.model.elements.values_mut() {
            let look = self.shapes.get(&element.key).cloned().unwrap_or_default();
            let mut tags = element.tags.clone();
            tags.extend(look.sort.clone());
            let evidence = Evidence {
                level: element.level,
                name: &element.name,
                technology: element.technology.as_deref(),
                description: element.description.as_deref(),
                tags: &tags,
                properties: &element.properties,
                archetype: None,
                shape: None,
                outside: None,
            };
            let mut found = concluded(&evidence, &look);
            if is_default(&found) {
                let default = if element.level == Level::System { "default for a subgraph" } else { "default for a node" };
                default.clone_into(&mut found.reason);
            }
            if element.level != Level::System {
                element.level = match found.value {
                    Kind::Person => Level::Person,
                    Kind::External | Kind::System => Level::System,
                    _ => Level::Container,
                };
            }
            element.kind = found;
        }
        let kinds: BTreeMap<_, Kind> = self.model.elements.values().map(|element| (element.key.clone(), element.kind.value)).collect();
        let kind_of = |key| kinds.get(key).copied().unwrap_or(Kind::Service);
        let lines: BTreeMap<_, Line> = self
            .relations
            .iter()
            .zip(&self.chart.edges)
            .filter_map(|(key, edge)| Some((key.as_ref()?, chart::link_of(self.tree, edge)?.line)))
            .collect();
        for relation in self.model.relations.values_mut() {
            let ends = Ends { source: kind_of(&relation.source), target: kind_of(&relation.target) };
            let property = relation.properties.get("mode").map(String::as_str);
            let (description, technology) = (relation.description.as_deref(), relation.technology.as_deref());
            let mut mode = infer::mode(ends, description, technology, &relation.tags, property);
            if lines.get(&relation.key) == Some(&Line::Dotted) && mode.value.is_sync() && !mode.stated {
                let dotted = infer::mode(ends, description, None, &["async".to_owned()], None);
                mode = Inferred { value: dotted.value, reason: "dotted edge".to_owned(), stated: false };
            }
            relation.mode = mode;
        }
    }
}

fn concluded(evidence: &Evidence<'_>, look: &Look) -> Inferred<Kind> {
    let because = |value: Kind, reason: String| Inferred { value, reason, stated: false };
    if evidence.level == Level::System {
        return infer::kind(evidence);
    }
    let unnamed = infer::kind(&Evidence { name: "", ..*evidence });
    let shape = look.shape.unwrap_or(Shape("rect"));
    // What Lintel prints has the colour family as its class; the shape tells the kinds of a family apart.
    let family = evidence.tags.iter().find_map(|tag| printed(tag, shape).map(|kind| (tag, kind)));
    if let Some((tag, kind)) = family.filter(|_| !unnamed.stated) {
        let named = infer::kind(evidence);
        let closer = [&unnamed, &named].into_iter().find(|found| !is_default(found) && found.value.family() == kind.family());
        return closer.cloned().unwrap_or_else(|| because(kind, format!("class {tag}")));
    }
    if !is_default(&unnamed) {
        let reason = unnamed.reason.strip_prefix("tag ").map(|tag| format!("class {tag}"));
        return Inferred { reason: reason.unwrap_or(unnamed.reason), ..unnamed };
    }
    if let Some(tag) = evidence.tags.iter().find(|tag| is_person(tag)) {
        return because(Kind::Person, format!("class {tag}"));
    }
    if let Some((icon, kind)) = look.icon.as_ref().and_then(|icon| icon_kind(icon).map(|kind| (icon, kind))) {
        return because(kind, format!("icon {icon}"));
    }
    if let Some(kind) = shape.kind() {
        return because(kind, format!("shape {}", shape.label()));
    }
    let named = infer::kind(evidence);
    if !is_default(&named) {
        return named;
    }
    if evidence.technology.is_none() && is_person(evidence.name) {
        return because(Kind::Person, format!("its name says {}", evidence.name.to_ascii_lowercase()));
    }
    if let Some(kind) = shape.likely() {
        return because(kind, format!("shape {}", shape.label()));
    }
    named
}

fn is_person(text: &str) -> bool {
    PEOPLE.contains(&text.trim().to_ascii_lowercase().as_str())
}
