//! Says what is not in the text as it was in the model: no more than that, and all of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Span,
    model::{
        HealthCheck, Model, Perspective, Relation, RelationKey,
        appearance::{Scheme, Style, Terminology},
        view::{Image, View},
    },
    syntax::{
        fidelity::Fidelity,
        structurizr::print::{check::Read, links::Link, plan::Plan, views::Shown},
    },
};

/// Says what is not in the text as it was in the model.
pub(super) fn report(plan: &Plan<'_>, links: &[Link<'_>], shown: &[Option<Shown<'_>>], read: &Read<'_>, fidelity: &mut Fidelity) {
    let same = |one: Option<&String>, other: Option<&String>| {
        let plain = |text: Option<&String>| text.map(|text| flat(text)).filter(|text| !text.is_empty());
        plain(one) == plain(other)
    };
    let properties = |was: &BTreeMap<String, String>, is: &BTreeMap<String, String>| {
        was.iter().all(|(name, value)| {
            is.iter().any(|(other, own)| flat(name) == flat(other) && (flat(value) == flat(own) || name == "kind" || name == "mode"))
        })
    };
    let mut gone = |what: &str| fidelity.lose(what, None);
    for (at, placed) in plan.elements.iter().enumerate() {
        let (Some(was), Some(is)) = (placed.element, read.element(at)) else { continue };
        for (what, kept) in [
            ("Name of an element", flat(&was.name) == flat(&is.name) || was.name.trim().is_empty()),
            (
                "Description of an element",
                same(was.description.as_ref(), is.description.as_ref()) || is.identifier.is_none() && was.description.is_none(),
            ),
            ("Technology of an element", same(was.technology.as_ref(), is.technology.as_ref())),
            ("Address of an element", same(was.url.as_ref(), is.url.as_ref())),
            ("Tags of an element", tags(&was.tags) == tags(&is.tags)),
            ("Property of an element", properties(&was.properties, &is.properties)),
            ("Kind of an element", was.kind.value == is.kind.value),
            ("Health check of an instance", checks(&was.health_checks) == checks(&is.health_checks)),
            ("Perspective of an element", perspectives(&was.perspectives) == perspectives(&is.perspectives)),
        ] {
            if !kept {
                gone(what);
            }
        }
    }
    for (at, link) in links.iter().enumerate() {
        let (was, Some(is)) = (link.relation, read.link(at)) else { continue };
        for (what, kept) in [
            ("Description of a relation", same(link.description.as_ref(), is.description.as_ref())),
            ("Technology of a relation", same(was.technology.as_ref(), is.technology.as_ref())),
            ("Address of a relation", same(was.url.as_ref(), is.url.as_ref())),
            ("Tags of a relation", tags(&was.tags) == tags(&is.tags)),
            ("Property of a relation", properties(&was.properties, &is.properties)),
            ("Mode of a relation", was.mode.value == is.mode.value),
            ("Perspective of a relation", perspectives(&was.perspectives) == perspectives(&is.perspectives)),
            ("Ends of a relation", read.ends(is) == Some((link.source, link.target))),
        ] {
            if !kept {
                gone(what);
            }
        }
    }
    let mut derived: BTreeMap<(usize, usize), Vec<&Relation>> = BTreeMap::new();
    for relation in read.model.relations.values().filter(|relation| relation.implied_by.is_some()) {
        if let Some(ends) = read.ends(relation) {
            derived.entry(ends).or_default().push(relation);
        }
    }
    let stated: BTreeSet<&RelationKey> = links.iter().map(|link| &link.relation.key).collect();
    let followed = plan.model.relations.values().filter(|relation| relation.implied_by.is_some());
    for was in followed.filter(|relation| !stated.contains(&relation.key)) {
        let ends = plan.index.get(&was.source).zip(plan.index.get(&was.target)).map(|(source, target)| (*source, *target));
        let beside = ends.and_then(|ends| derived.get(&ends)).map_or(&[][..], Vec::as_slice);
        let differs = |is: &Relation| {
            if !properties(&was.properties, &is.properties)
                || !same(was.url.as_ref(), is.url.as_ref())
                || perspectives(&was.perspectives) != perspectives(&is.perspectives)
            {
                return Some("Property of a relation that follows from others");
            }
            let words = same(was.description.as_ref(), is.description.as_ref()) && same(was.technology.as_ref(), is.technology.as_ref());
            (!words || tags(&was.tags) != tags(&is.tags)).then_some("Words of a relation that follows from others")
        };
        match beside.first() {
            None => gone("Relation that follows from others"),
            Some(first) if beside.iter().all(|is| differs(is).is_some()) => gone(differs(first).unwrap_or_default()),
            Some(_) => {}
        }
    }
    for shown in shown.iter().flatten() {
        let Some(view) = read.model.views.iter().find(|view| view.key == shown.key) else {
            gone("View");
            continue;
        };
        let is: BTreeSet<usize> = view.elements.iter().filter_map(|key| read.back.get(key)).copied().collect();
        if shown.left_out > 0 || shown.boxes.iter().any(|at| !is.contains(at)) {
            gone("Element of a view that such a view cannot show");
        }
        let ends: BTreeSet<(usize, usize)> =
            view.relations.iter().filter_map(|key| read.model.relations.get(key)).filter_map(|relation| read.ends(relation)).collect();
        let was = shown.view.relations.iter().filter_map(|key| plan.model.relations.get(key));
        let mut pairs = was.filter_map(|relation| Some((*plan.index.get(&relation.source)?, *plan.index.get(&relation.target)?)));
        if pairs.any(|pair| !ends.contains(&pair)) {
            gone("Relation of a view that such a view cannot show");
        }
        for what in of_view(plan, links, shown, view, read) {
            gone(what);
        }
    }
    for what in beside(plan.model, read.model) {
        gone(what);
    }
}

/// What one view has beyond its elements and relations.
fn of_view(plan: &Plan<'_>, links: &[Link<'_>], shown: &Shown<'_>, is: &View, read: &Read<'_>) -> Vec<&'static str> {
    let was = shown.view;
    let mut gone = Vec::new();
    let positions: BTreeMap<&RelationKey, usize> = links.iter().enumerate().map(|(at, link)| (&link.relation.key, at)).collect();
    let text = |text: &Option<String>| text.as_deref().map(flat).filter(|text| !text.is_empty());
    let steps_were: Vec<_> = was
        .steps
        .iter()
        .map(|step| {
            let key = positions.get(&step.relation).and_then(|at| read.links.get(at)).copied();
            (step.order.as_str(), key, text(&step.description), step.response)
        })
        .collect();
    let steps_are: Vec<_> =
        is.steps.iter().map(|step| (step.order.as_str(), Some(&step.relation), text(&step.description), step.response)).collect();
    for step in &steps_were {
        if !steps_are.contains(step) {
            gone.push("Step of a dynamic view");
        }
    }
    if steps_were.len() == steps_are.len() && steps_were != steps_are && gone.is_empty() {
        gone.push("Order of the steps of a dynamic view");
    }
    let key = |key| plan.index.get(key).and_then(|at| read.key(*at));
    let steps_were: Vec<Vec<_>> = was.animation.iter().map(|step| step.elements.iter().map(key).collect()).collect();
    let steps_are: Vec<Vec<_>> = is.animation.iter().map(|step| step.elements.iter().map(Some).collect()).collect();
    if steps_were != steps_are {
        gone.push("Animation of a view");
    }
    if table(&was.properties) != table(&is.properties) {
        gone.push("Properties of a view");
    }
    if was.images.iter().map(image).collect::<Vec<_>>() != is.images.iter().map(image).collect::<Vec<_>>() {
        gone.push("Picture of an image view");
    }
    if was.is_default && !is.is_default {
        gone.push("Choice of the view that is opened first");
    }
    gone
}

/// Looks, names and settings of the whole workspace.
fn beside(was: &Model, is: &Model) -> Vec<&'static str> {
    let mut gone = Vec::new();
    for (was, is) in [(&was.appearance.elements, &is.appearance.elements), (&was.appearance.relations, &is.appearance.relations)] {
        let found: BTreeSet<String> = is.iter().map(style).collect();
        gone.extend(was.iter().filter(|own| !found.contains(&style(own))).map(|_| "Style of a tag"));
    }
    let (look, found) = (&was.appearance, &is.appearance);
    let themes = |themes: &[String]| -> Vec<String> { themes.iter().map(|theme| flat(theme)).collect() };
    let text = |text: Option<&String>| text.map(|text| flat(text)).filter(|text| !text.is_empty());
    let terms = |look: &Terminology| {
        let all = [
            &look.person,
            &look.software_system,
            &look.container,
            &look.component,
            &look.deployment_node,
            &look.infrastructure_node,
            &look.relationship,
            &look.metadata,
        ];
        all.map(|term| text(term.as_ref()))
    };
    let font = |font: Option<&(String, Option<String>)>| font.map(|(name, address)| (flat(name), text(address.as_ref())));
    for (what, kept) in [
        ("Themes", themes(&look.themes) == themes(&found.themes)),
        ("Terminology", terms(&look.terminology) == terms(&found.terminology)),
        ("Logo", text(look.logo.as_ref()) == text(found.logo.as_ref())),
        ("Font", font(look.font.as_ref()) == font(found.font.as_ref())),
        ("Properties of the views", table(&look.properties) == table(&found.properties)),
        ("Scope of the workspace", was.configuration.scope == is.configuration.scope),
        ("Visibility of the workspace", was.configuration.public == is.configuration.public),
        ("Users of the workspace", users(&was.configuration.users) == users(&is.configuration.users)),
        ("Properties of the configuration", table(&was.configuration.properties) == table(&is.configuration.properties)),
    ] {
        if !kept {
            gone.push(what);
        }
    }
    gone
}

fn users(users: &[(String, bool)]) -> Vec<(String, bool)> {
    users.iter().map(|(name, writes)| (flat(name), *writes)).collect()
}

fn table(properties: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    properties.iter().map(|(name, value)| (flat(name), flat(value))).collect()
}

fn image(image: &Image) -> (String, String, Scheme) {
    (image.format.clone(), flat(&image.source), image.scheme)
}

/// A style in words, without its place.
fn style(style: &Style) -> String {
    let plain = Style {
        tag: flat(&style.tag),
        icon: style.icon.as_deref().map(flat),
        properties: table(&style.properties),
        span: Span::default(),
        file: None,
        ..style.clone()
    };
    format!("{plain:?}")
}

/// As they are read again: words on one line; an interval that has to be said is the usual one.
fn checks(all: &[HealthCheck]) -> Vec<(String, String, Option<u32>, Option<u32>)> {
    let said = |check: &HealthCheck| check.interval.or(check.timeout.map(|_| 60));
    all.iter().map(|check| (flat(&check.name), flat(&check.url), said(check), check.timeout)).collect()
}

fn perspectives(all: &[Perspective]) -> Vec<[String; 4]> {
    let text = |text: &Option<String>| text.as_deref().map(flat).unwrap_or_default();
    all.iter().map(|one| [flat(&one.name), text(&one.description), text(&one.value), text(&one.url)]).collect()
}

/// Line ends and outer space do not count.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tags(tags: &[String]) -> Vec<String> {
    tags.iter().map(|tag| flat(tag)).filter(|tag| !tag.is_empty()).collect()
}
