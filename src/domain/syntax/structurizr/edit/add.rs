//! New elements: one line at the end of their home, said so that the kind is concluded again; and copies of elements.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    casing::lower,
    model::{
        ElementKey, GroupKey, Level,
        kind::{
            Kind,
            infer::{self, Evidence},
        },
    },
    syntax::{
        gesture::{Home, Refusal},
        structurizr::{
            edit::{
                Also, Plan, Select,
                names::Naming,
                site::{Site, elsewhere, lines::Within, unknown_place},
                text, view,
            },
            lex::TokenKind,
            tree::StatementId,
        },
    },
};

/// How a kind is said that does not follow from level and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Tag,
    Property,
}

/// The element and group a home lies in.
pub(super) struct Around {
    pub(super) element: Option<ElementKey>,
    pub(super) group: Option<GroupKey>,
    pub(super) level: Option<Level>,
}

pub(super) fn around(site: &Site<'_>, home: &Home) -> Result<Around, Refusal> {
    let element = match home {
        Home::Top => return Ok(Around { element: None, group: None, level: None }),
        Home::Element(key) => Some(key.clone()),
        Home::Group(key) => match site.model.groups.get(key) {
            Some(group) => group.owner.clone(),
            None => return Err(Refusal::new(format!("There is no boundary `{key}` any more"), "Select it again.")),
        },
    };
    let level = match &element {
        Some(key) => match site.model.elements.get(key) {
            Some(element) => Some(element.level),
            None => return Err(Refusal::new(format!("There is no element `{key}` any more"), "Select it again.")),
        },
        None => None,
    };
    let group = if let Home::Group(key) = home { Some(key.clone()) } else { None };
    Ok(Around { element, group, level })
}

/// The level of a new element, by what it is placed in.
fn level_in(site: &Site<'_>, around: &Around, kind: Kind) -> Result<(Level, &'static str), Refusal> {
    let found = match around.level {
        None if kind == Kind::Person => (Level::Person, "person"),
        None => (Level::System, "softwareSystem"),
        Some(Level::System) => (Level::Container, "container"),
        Some(Level::Container) => (Level::Component, "component"),
        Some(Level::DeploymentEnvironment) => (Level::DeploymentNode, "deploymentNode"),
        Some(Level::DeploymentNode) if kind == Kind::Node => (Level::DeploymentNode, "deploymentNode"),
        Some(Level::DeploymentNode) => (Level::InfrastructureNode, "infrastructureNode"),
        Some(_) => {
            let name = around.element.as_ref().map(|key| site.name(key)).unwrap_or_default();
            return Err(Refusal::new(
                format!("{name} cannot have parts"),
                "Place the element beside it, or in a system, a container or a deployment node.",
            ));
        }
    };
    Ok(found)
}

/// The statement in whose block the home's statements stand; none for the top of a text without a model.
pub(super) fn home_statement(site: &Site<'_>, home: &Home) -> Result<Option<StatementId>, Refusal> {
    match home {
        Home::Element(key) => {
            let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
            match &element.file {
                None => site.element_statement(key).map(Some),
                Some(file) => match site.reopened(key).into_iter().find(|id| site.block(*id).is_some()) {
                    Some(again) => Ok(Some(again)),
                    None => Err(elsewhere(&element.name, file)),
                },
            }
        }
        Home::Group(key) => {
            let own = site.group_statements(key).into_iter().rfind(|id| site.block(*id).is_some());
            let Some(group) = site.model.groups.get(key) else { return Err(unknown_place()) };
            match (own, &group.file) {
                (Some(own), _) => Ok(Some(own)),
                (None, Some(file)) => Err(elsewhere(&format!("The boundary {}", group.name), file)),
                (None, None) => Err(Refusal::new(
                    format!("The boundary {} has no block of its own", group.name),
                    "Write it as a `group` with a block in the text.",
                )),
            }
        }
        Home::Top => Ok(site.section("model")),
    }
}

/// Puts lines at the end of a home.
pub(super) fn put(site: &Site<'_>, plan: &mut Plan<'_>, home: &Home, lines: &[String]) -> Result<(), Refusal> {
    if let Some(statement) = home_statement(site, home)? {
        site.insert_in(statement, Within::End, lines, &mut plan.edits);
        return Ok(());
    }
    if let Some(block) = site.home_blocks(home).first() {
        site.insert(*block, site.children(*block).last().copied(), lines, &mut plan.edits);
        return Ok(());
    }
    if let Some(file) = site.model.elements.values().find_map(|element| element.file.clone()) {
        return Err(elsewhere("The model", &file));
    }
    match site.workspace() {
        Some(workspace) => {
            let children = site.block(workspace).map(|block| site.children(block)).unwrap_or_default();
            let after =
                children.into_iter().take_while(|id| !matches!(site.line(*id).keyword().as_str(), "views" | "configuration")).last();
            let place = after.map_or(Within::Start, Within::After);
            site.insert_in(workspace, place, &site.block_lines("model", lines), &mut plan.edits);
            Ok(())
        }
        None if site.tree().size() == 0 => {
            let lines = site.block_lines("workspace", &site.block_lines("model", lines));
            site.insert_at_top(&lines, &mut plan.edits);
            Ok(())
        }
        None => Err(Refusal::new("This file has no model", "Add a `workspace` with a `model` block to the text.")),
    }
}

pub(super) fn add<'s>(
    site: &'s Site<'_>,
    kind: Kind,
    name: &str,
    home: &Home,
    view: Option<&'s str>,
    form: Form,
) -> Result<Plan<'s>, Refusal> {
    let name = text::name(name, "A name")?;
    let around = around(site, home)?;
    let (level, keyword) = level_in(site, &around, kind)?;
    site.refuse_same_name(&name, level, around.element.as_ref(), None)?;
    let mut naming = Naming::new(site);
    let own = site.new_identifier(&naming, &name, around.element.as_ref());
    let key = ElementKey(around.element.as_ref().map_or_else(|| own.clone(), |parent| format!("{parent}.{own}")));
    naming.define(&key, &own, around.element.as_ref());
    let mut header = format!("{own} = {keyword} {}", text::quote(&name));
    let mut lines = vec![header.clone()];
    match said(site, kind, level, &name, &around, form) {
        Said::Nothing => {}
        Said::Tag(tag) => {
            let fillers = if level == Level::System { 1 } else { 2 };
            header = format!("{header}{} {}", " \"\"".repeat(fillers), text::quote(tag));
            lines = vec![header];
        }
        Said::Property => {
            let properties = site.block_lines("properties", &[format!("kind {}", kind.slug())]);
            lines = site.block_lines(&header, &properties);
        }
    }
    let mut plan = Plan::new();
    put(site, &mut plan, home, &lines)?;
    if let Some(view) = view {
        let name = naming.name_of(&key, None);
        plan.also = name.map(|name| Also { view: view.to_owned(), edits: view::shown(site, view, &[name]) });
    }
    plan.expect.new_elements = 1;
    plan.expect.views_follow = true;
    plan.select = Select::NewElement;
    plan.goal = Box::new(move |model, aligned| {
        let parent = around.element.as_ref().map(|parent| aligned.key(parent).cloned());
        aligned.new.first().and_then(|key| model.elements.get(key)).is_some_and(|found| {
            found.name == name
                && found.level == level
                && found.kind.value == kind
                && found.parent.clone().map(Some) == parent
                && found.group.is_some() == around.group.is_some()
        })
    });
    Ok(plan)
}

enum Said {
    Nothing,
    Tag(&'static str),
    Property,
}

const fn tag(kind: Kind) -> &'static str {
    match kind {
        Kind::External => "External",
        kind => kind.name(),
    }
}

/// How the kind has to be said so that it is concluded again.
fn said(site: &Site<'_>, kind: Kind, level: Level, name: &str, around: &Around, form: Form) -> Said {
    let none = BTreeMap::new();
    let tags = [tag(kind).to_owned()];
    let outside = (level == Level::System && is_outside(site, around.group.as_ref())).then_some("");
    let plain =
        Evidence { level, name, technology: None, description: None, tags: &[], properties: &none, archetype: None, shape: None, outside };
    // That a system is somebody else's should not hang on the others having parts.
    let follows = infer::kind(&plain).value == kind && !(kind == Kind::External && level == Level::System);
    if follows && form == Form::Tag {
        Said::Nothing
    } else if form == Form::Tag && infer::kind(&Evidence { tags: &tags, ..plain }).value == kind {
        Said::Tag(tag(kind))
    } else {
        Said::Property
    }
}

/// Whether a new system would count as somebody else's, since one other has parts.
fn is_outside(site: &Site<'_>, group: Option<&GroupKey>) -> bool {
    let containers = site.model.elements.values().filter(|element| element.level == Level::Container);
    let owners: BTreeSet<&ElementKey> = containers.filter_map(|element| element.parent.as_ref()).collect();
    let mut owners = owners.into_iter().filter_map(|key| site.model.elements.get(key));
    match (owners.next(), owners.next()) {
        (Some(own), None) => group.is_none() || group != own.group.as_ref(),
        _ => false,
    }
}

/// Copies elements without their parts and relations, each after the first.
pub(super) fn duplicate<'s>(site: &'s Site<'_>, elements: &'s [ElementKey]) -> Result<Plan<'s>, Refusal> {
    let mut plan = Plan::new();
    let mut naming = Naming::new(site);
    let mut ordered: Vec<(StatementId, &ElementKey)> = Vec::new();
    for key in elements {
        let statement = site.element_statement(key)?;
        if !ordered.iter().any(|(id, _)| *id == statement) {
            ordered.push((statement, key));
        }
    }
    ordered.sort_by_key(|(id, _)| site.start(*id));
    let mut taken: BTreeSet<(Option<ElementKey>, String)> = BTreeSet::new();
    let mut meant = Vec::new();
    for (statement, key) in ordered {
        let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
        let parent = element.parent.as_ref();
        let is_free = |name: &str| {
            !taken.contains(&(parent.cloned(), lower(name))) && site.refuse_same_name(name, element.level, parent, None).is_ok()
        };
        let name = if element.instance_of.is_some() {
            element.name.clone()
        } else {
            let stem = element.name.trim_end_matches(|next: char| next.is_ascii_digit()).trim_end();
            let stem = if stem.is_empty() { element.name.as_str() } else { stem };
            let Some(name) = (2..10_000_u32).map(|number| format!("{stem} {number}")).find(|name| is_free(name)) else {
                return Err(unknown_place());
            };
            name
        };
        taken.insert((element.parent.clone(), lower(&name)));
        let line = site.line(statement);
        let mut words: Vec<(std::ops::Range<usize>, String)> = Vec::new();
        if element.instance_of.is_none() {
            let Some(word) = line.words.get(1) else { return Err(unknown_place()) };
            words.push((word.span.range(), text::quote(&name)));
        }
        if let Some(old) = line.identifier.as_ref() {
            let base = if element.instance_of.is_some() { old.value.as_str() } else { name.as_str() };
            let own = site.new_identifier(&naming, base, parent);
            let copy = ElementKey(parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{own}")));
            naming.define(&copy, &own, parent);
            words.push((old.span.range(), own));
        }
        let lines = own_lines(site, statement, &words);
        site.insert(site.block_around(statement), Some(statement), &lines, &mut plan.edits);
        plan.expect.new_elements += 1;
        meant.push((name, element));
    }
    plan.expect.views_follow = true;
    plan.select = Select::NewElement;
    plan.goal = Box::new(move |model, aligned| {
        meant.len() == aligned.new.len()
            && meant.iter().zip(&aligned.new).all(|((name, old), key)| {
                model.elements.get(key).is_some_and(|found| {
                    found.name == *name
                        && found.level == old.level
                        && (&found.description, &found.technology, &found.tags, &found.properties, &found.url)
                            == (&old.description, &old.technology, &old.tags, &old.properties, &old.url)
                })
            })
    });
    Ok(plan)
}

/// An element's statement with what it says of itself, without its parts and relations.
fn own_lines(site: &Site<'_>, statement: StatementId, words: &[(std::ops::Range<usize>, String)]) -> Vec<String> {
    const OWN: [&str; 12] = [
        "description",
        "technology",
        "metadata",
        "tag",
        "tags",
        "url",
        "properties",
        "perspectives",
        "instances",
        "healthcheck",
        "deploymentgroup",
        "group",
    ];
    let Some(found) = site.statement(statement) else { return Vec::new() };
    let end = site
        .tree()
        .tokens
        .get(found.header.clone())
        .unwrap_or_default()
        .iter()
        .rev()
        .find(|token| token.kind != TokenKind::Space)
        .map_or(found.span.end, |token| token.span.end);
    let header = site.piece(found.span.start as usize..end as usize, words).replace(['\r', '\n'], " ").replace("\\ ", " ");
    let inner: Vec<String> = site
        .block(statement)
        .map(|block| site.children(block))
        .unwrap_or_default()
        .into_iter()
        .filter(|id| {
            let keyword = site.line(*id).keyword();
            OWN.contains(&keyword.as_str()) && (keyword != "group" || site.block(*id).is_none())
        })
        .flat_map(|id| site.chunk(id, false, &[]))
        .collect();
    if inner.is_empty() { vec![header] } else { site.block_lines(&header, &inner) }
}
