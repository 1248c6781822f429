//! A view as a Mermaid C4 diagram.
//!
//! Texts from people stand in quotes, with everything that Mermaid could read as a comment, directive, entity or statement
//! written as an entity; identifiers are made in [`outline`]. Mermaid draws one arrow between two elements, so relations that
//! share their ends share one, and it draws nothing without contents as a node, so such nodes are containers.

use std::{collections::BTreeMap, fmt::Write};

use crate::domain::{
    model::{
        Element, Group, Level, Model,
        view::{Direction, View, ViewKind},
    },
    scene::text::clean,
    syntax::{
        c4::{
            outline::{self, Figure, Item, Outline, Variant, What, arrow_tags, element_tags, kind_to_state, meant},
            reader::{DETAILS, TYPE},
            settle::ENTERPRISE,
        },
        fidelity::Fidelity,
        format::Exported,
    },
};

/// The view for Mermaid 11 and 12; ends with a line end.
pub(super) fn print(model: &Model, view: &View) -> Exported {
    let outline = outline::outline(model, view);
    let mut printer = Printer { model, out: String::new(), fidelity: Fidelity::default() };
    printer.line(0, kind(&outline));
    let scope = view.scope.as_ref().and_then(|key| model.elements.get(key));
    let title = clean(&view.display_title(scope.map(|scope| scope.name.as_str())));
    let safe = title_text(&title);
    if safe != title {
        printer.fidelity.keep("Title, without signs that Mermaid reads as something else", None);
    }
    printer.line(1, &format!("title {}", if safe.is_empty() { "Diagram" } else { &safe }));
    if view.direction != Direction::TopBottom {
        printer.fidelity.lose("Direction, which Mermaid's C4 diagrams do not have", None);
    }
    if view.description.as_ref().is_some_and(|text| !text.trim().is_empty()) {
        printer.fidelity.lose("Description of the view", None);
    }
    for item in &outline.items {
        match item.what {
            What::Element(element) => printer.element(item, element),
            What::Frame(element) => printer.frame(item, element),
            What::Group(group) => printer.group(item, group),
            What::End => printer.line(item.depth + 1, "}"),
        }
    }
    let arrows = printer.arrows(&outline);
    let Printer { out, mut fidelity, .. } = printer;
    fidelity.elements = outline.elements;
    fidelity.relations = arrows;
    fidelity.boundaries = outline.boundaries;
    fidelity.views = 1;
    for _ in 0..outline.loose {
        fidelity.lose("Relation with an end that the view does not show", None);
    }
    for _ in 0..outline.flattened {
        fidelity.lose("Boundary nested too deep", None);
    }
    if view.kind == ViewKind::Image {
        fidelity.lose("Picture made elsewhere", None);
    }
    Exported { text: out, fidelity }
}

fn kind(outline: &Outline<'_>) -> &'static str {
    if outline.dynamic {
        "C4Dynamic"
    } else if outline.has(&[Level::DeploymentNode, Level::InfrastructureNode]) {
        "C4Deployment"
    } else if outline.has(&[Level::Component]) {
        "C4Component"
    } else if outline.elements().any(|element| Figure::of(element) == Figure::Container) {
        "C4Container"
    } else {
        "C4Context"
    }
}

struct Printer<'a> {
    model: &'a Model,
    out: String,
    fidelity: Fidelity,
}

/// One arrow of the picture.
struct Joined {
    name: &'static str,
    labels: Vec<String>,
    technologies: Vec<String>,
    details: Vec<String>,
    tags: Vec<String>,
    order: Option<String>,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A macro with its arguments; empty ones at the end are left out.
    fn call(&mut self, depth: usize, name: &str, words: &[&str], texts: &[String], after: &str) {
        let last = texts.iter().rposition(|text| !text.is_empty()).map_or(1, |last| last + 1);
        let words = words.iter().map(|word| (*word).to_owned());
        let texts = texts.iter().take(last).map(|text| quoted(text));
        let arguments: Vec<String> = words.chain(texts).collect();
        self.line(depth, &format!("{name}({}){after}", arguments.join(", ")));
    }

    fn lose_properties(&mut self, properties: &BTreeMap<String, String>) {
        for _ in properties.keys().filter(|name| !matches!(name.as_str(), TYPE | DETAILS)) {
            self.fidelity.lose("Property", None);
        }
    }

    fn element(&mut self, item: &Item<'_>, element: &Element) {
        let said = meant(self.model, element);
        let variant = Variant::of(said);
        let own = Figure::of(element);
        // A node is a frame in Mermaid, and a frame cannot be empty.
        let figure = if own == Figure::Node { Figure::Container } else { own };
        if own == Figure::Node {
            self.fidelity.keep("Node with nothing in it, as a container", None);
        }
        self.lose_properties(&element.properties);
        if kind_to_state(said, element, variant).is_some() {
            self.fidelity.lose("Kind that has no macro", None);
        }
        if element.level == Level::Custom {
            self.fidelity.keep("Element outside of C4's levels, as a system or container", None);
        }
        if said.url.is_some() {
            self.fidelity.lose("Address of an element", None);
        }
        let technology = said.technology.as_deref().map(clean).unwrap_or_default();
        let mut texts = vec![clean(&said.name)];
        if figure.has_technology() {
            texts.push(technology);
        } else if !technology.is_empty() {
            self.fidelity.lose("Technology of a person or system", None);
        }
        texts.push(said.description.clone().unwrap_or_default());
        texts.push(String::new());
        texts.push(element_tags(said, element).join("+"));
        let (form, suffix) = match (figure, own) {
            (_, Figure::Node) => ("", ""),
            (Figure::Person, _) => ("", variant.suffix()),
            _ => (variant.form, variant.suffix()),
        };
        self.call(item.depth + 1, &format!("{}{form}{suffix}", figure.word()), &[item.alias.as_str()], &texts, "");
    }

    fn frame(&mut self, item: &Item<'_>, element: &Element) {
        let name = clean(&element.name);
        let technology = element.technology.as_deref().map(clean).unwrap_or_default();
        let description = element.description.clone().unwrap_or_default();
        let tags = element_tags(element, element).join("+");
        self.lose_properties(&element.properties);
        if element.url.is_some() {
            self.fidelity.lose("Address of an element", None);
        }
        let (macro_name, texts) = match element.level {
            Level::DeploymentNode => ("Deployment_Node", vec![name, technology, description, String::new(), tags]),
            level => {
                if !description.trim().is_empty() {
                    self.fidelity.lose("Description of a boundary", None);
                }
                if !technology.is_empty() {
                    self.fidelity.lose("Technology of a boundary", None);
                }
                match level {
                    Level::System | Level::SystemInstance => ("System_Boundary", vec![name, tags]),
                    Level::Container | Level::ContainerInstance => ("Container_Boundary", vec![name, tags]),
                    level => {
                        let kind = if level == Level::Component { "Component" } else { element.kind.value.name() };
                        self.fidelity.keep("Element with parts that C4 has no boundary for, as a boundary", None);
                        ("Boundary", vec![name, kind.to_owned(), tags])
                    }
                }
            }
        };
        self.call(item.depth + 1, macro_name, &[item.alias.as_str()], &texts, " {");
    }

    fn group(&mut self, item: &Item<'_>, group: &Group) {
        let kind = group.properties.get(TYPE).map(|kind| clean(kind)).unwrap_or_default();
        self.lose_properties(&group.properties);
        let levels = ["system", "software system", "container", "component"];
        let (macro_name, texts) = match kind.as_str() {
            ENTERPRISE => ("Enterprise_Boundary", vec![clean(&group.name)]),
            // A level would make it an element, and without a type Mermaid writes that it is a system.
            kind if kind.is_empty() || levels.contains(&kind.to_lowercase().as_str()) => {
                ("Boundary", vec![clean(&group.name), "group".to_owned()])
            }
            kind => ("Boundary", vec![clean(&group.name), kind.to_owned()]),
        };
        self.call(item.depth + 1, macro_name, &[item.alias.as_str()], &texts, " {");
    }

    /// Writes the arrows and gives their number.
    fn arrows(&mut self, outline: &Outline<'_>) -> usize {
        let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut joined: Vec<((&str, &str), Joined)> = Vec::new();
        for arrow in &outline.arrows {
            if arrow.from == arrow.to {
                self.fidelity.lose("Relation of an element to itself, which Mermaid cannot draw", None);
                continue;
            }
            self.lose_properties(&arrow.relation.properties);
            if arrow.relation.url.is_some() {
                self.fidelity.lose("Address of a relation", None);
            }
            let ends = (arrow.from.as_str(), arrow.to.as_str());
            let next = joined.len();
            let place = *places.entry(ends).or_insert(next);
            if place == next {
                let (name, order) = (if arrow.both { "BiRel" } else { "Rel" }, arrow.order.clone());
                let (labels, technologies, details, tags) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
                joined.push((ends, Joined { name, labels, technologies, details, tags, order }));
            } else {
                self.fidelity.keep("Relations between the same two elements, as one arrow", None);
            }
            let Some((_, own)) = joined.get_mut(place) else { continue };
            let label = match &arrow.order {
                Some(order) if place != next => format!("{order}: {}", arrow.label),
                _ => arrow.label.clone(),
            };
            let technology = arrow.relation.technology.as_deref().map(clean).unwrap_or_default();
            let details = arrow.relation.properties.get(DETAILS).cloned().unwrap_or_default();
            for (list, text) in [(&mut own.labels, label), (&mut own.technologies, technology), (&mut own.details, details)] {
                if !text.is_empty() && !list.contains(&text) {
                    list.push(text);
                }
            }
            for tag in arrow_tags(arrow) {
                if !own.tags.contains(&tag) {
                    own.tags.push(tag);
                }
            }
        }
        if outline.dynamic
            && joined.iter().zip(1..).any(|((_, own), number)| own.order.as_ref().is_some_and(|order| *order != number.to_string()))
        {
            self.fidelity.keep("Numbers of steps, which Mermaid counts itself", None);
        }
        if joined.iter().any(|(_, own)| !own.tags.is_empty()) {
            self.fidelity.keep("Way of talking and tags of relations, as tags that Mermaid does not draw", None);
        }
        for ((from, to), own) in &joined {
            let texts = [own.labels.join("; "), own.technologies.join(", "), own.details.join("; "), String::new(), own.tags.join("+")];
            match &own.order {
                Some(order) => self.call(1, "RelIndex", &[&quoted(order), from, to], &texts, ""),
                None => self.call(1, own.name, &[from, to], &texts, ""),
            }
        }
        joined.len()
    }
}

/// A text in quotes, with entities of Mermaid's own: `#35;` is a number sign.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    let text = lines.join("\n");
    let text = text.trim();
    // Mermaid takes a sign away at the end of lines that look like styles.
    let styled = text.contains("style") || text.contains("classDef");
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let word = rest.starts_with("direction") && written.len() < 1_000_000;
        match next {
            '\n' => written.push_str("<br/>"),
            '"' | '#' | ';' | '<' | '>' | '&' | '%' | '`' | '\\' | '{' | '}' | '$' => entity(&mut written, next),
            ':' if styled => entity(&mut written, next),
            // `direction TB` anywhere on a line is a statement.
            _ if word => entity(&mut written, next),
            next => written.push(next),
        }
        rest = rest.get(next.len_utf8()..).unwrap_or("");
    }
    written.push('"');
    written
}

fn entity(written: &mut String, c: char) {
    let done = write!(written, "#{};", u32::from(c));
    debug_assert!(done.is_ok());
}

/// For a title, which has no quotes: what could end it or mean something is left out.
fn title_text(title: &str) -> String {
    let safe = |c: char| !matches!(c, '#' | ';' | '%' | '<' | '>' | '{' | '}' | '"' | '`' | '\\' | '&');
    let title: String = title.chars().filter(|c| safe(*c)).collect();
    let mut words: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        // `direction TB` anywhere on a line is a statement.
        if ["TB", "BT", "LR", "RL"].iter().any(|way| word.starts_with(way)) && words.last().is_some_and(|last| last.ends_with("direction"))
        {
            words.push("to".to_owned());
        }
        words.push(word.to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::c4::{Dialect, text};

    #[test]
    fn quoted_texts_come_back() {
        for hostile in crate::domain::syntax::c4::tests::HOSTILE {
            let written = quoted(hostile);
            let inside = written.trim_matches('"');
            assert!(!inside.contains(['"', '%', '{', '`', '&']) && !inside.contains("direction TB"), "{written}");
            assert_eq!(clean(&text::plain(inside, Dialect::Mermaid).text), clean(hostile), "{written}");
        }
        assert_eq!(quoted("two\nlines (x), y"), "\"two<br/>lines (x), y\"");
        assert_eq!(title_text("The direction TB; 100% #1"), "The direction to TB 100 1");
    }
}
