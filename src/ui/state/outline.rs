//! The outline of a model: a tree of elements by their place in each other, with groups as inner rows.

use crate::domain::{
    model::{Element, ElementKey, GroupKey, Model},
    sort,
};

/// A row of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    Element { key: ElementKey, children: Vec<Row> },
    Group { name: String, key: GroupKey, children: Vec<Row> },
}

/// The tree of a model, in model order: text alternative of the canvas.
pub fn rows(model: &Model) -> Vec<Row> {
    inside(model, None, None, 0)
}

/// Deeper nesting than any design has; ends the walk on a model that contains itself.
const DEPTH: usize = 24;

fn inside(model: &Model, parent: Option<&ElementKey>, group: Option<&GroupKey>, depth: usize) -> Vec<Row> {
    if depth > DEPTH {
        return Vec::new();
    }
    let mut rows: Vec<(u32, Row)> = model
        .elements
        .values()
        .filter(|element| element.parent.as_ref() == parent && element.group.as_ref() == group)
        .map(|element| {
            let children = inside(model, Some(&element.key), None, depth + 1);
            (element.span.start, Row::Element { key: element.key.clone(), children })
        })
        .collect();
    rows.extend(model.groups.values().filter(|inner| inner.owner.as_ref() == parent && inner.parent.as_ref() == group).map(|inner| {
        let children = inside(model, parent, Some(&inner.key), depth + 1);
        (inner.span.start, Row::Group { name: inner.name.clone(), key: inner.key.clone(), children })
    }));
    sort::by_key(&mut rows, |(start, _)| *start);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Where an element is, in words: `Service in Payments`.
pub fn place(model: &Model, element: &Element) -> String {
    let inside = element
        .group
        .as_ref()
        .and_then(|key| model.groups.get(key))
        .map(|group| group.name.as_str())
        .or_else(|| element.parent.as_ref().and_then(|key| model.element(key)).map(|parent| parent.name.as_str()));
    match inside {
        Some(inside) => format!("{} in {inside}", element.kind.value.name()),
        None => element.kind.value.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        diagnostic::Span,
        model::{Group, Inferred, Level, facts::Facts, kind::Kind},
    };

    fn element(key: &str, parent: Option<&str>, group: Option<&str>, start: usize, end: usize) -> Element {
        Element {
            key: key.into(),
            identifier: None,
            name: key.to_owned(),
            description: None,
            technology: None,
            level: Level::Container,
            kind: Inferred { value: Kind::Service, reason: String::new(), stated: true },
            parent: parent.map(Into::into),
            group: group.map(Into::into),
            tags: Vec::new(),
            properties: std::collections::BTreeMap::new(),
            facts: Facts::default(),
            url: None,
            perspectives: Vec::new(),
            health_checks: Vec::new(),
            instance_of: None,
            span: Span::new(start, end),
            name_span: Span::new(start, start),
            file: None,
        }
    }

    fn model() -> Model {
        let mut model = Model::default();
        for element in
            [element("a", None, None, 0, 100), element("a.b", Some("a"), None, 60, 70), element("a.c", Some("a"), Some("a/g"), 20, 40)]
        {
            model.elements.insert(element.key.clone(), element);
        }
        let group = Group {
            key: "a/g".into(),
            name: "Payments".to_owned(),
            parent: None,
            owner: Some("a".into()),
            properties: std::collections::BTreeMap::new(),
            facts: Facts::default(),
            span: Span::new(10, 50),
            file: None,
        };
        model.groups.insert(group.key.clone(), group);
        model
    }

    #[test]
    fn rows_follow_the_text_with_groups_between() {
        let rows = rows(&model());
        let [Row::Element { children, .. }] = rows.as_slice() else { panic!("{rows:?}") };
        let [Row::Group { name, children: grouped, .. }, Row::Element { key, .. }] = children.as_slice() else { panic!("{children:?}") };
        assert_eq!(name, "Payments");
        assert_eq!(key.as_str(), "a.b");
        assert_eq!(grouped.len(), 1);
    }

    #[test]
    fn the_caret_selects_the_innermost_element() {
        let model = model();
        assert_eq!(model.element_at(30).unwrap().key.as_str(), "a.c");
        assert_eq!(model.element_at(70).unwrap().key.as_str(), "a.b");
        assert_eq!(model.element_at(55).unwrap().key.as_str(), "a");
        assert_eq!(model.element_at(101), None);
    }

    #[test]
    fn places_read_as_words() {
        let model = model();
        assert_eq!(place(&model, model.element(&ElementKey::from("a.c")).unwrap()), "Service in Payments");
        assert_eq!(place(&model, model.element(&ElementKey::from("a.b")).unwrap()), "Service in a");
        assert_eq!(place(&model, model.element(&ElementKey::from("a")).unwrap()), "Service");
    }
}
