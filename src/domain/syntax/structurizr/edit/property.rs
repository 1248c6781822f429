//! Properties of elements, relations, boundaries and the workspace: one line of a `properties` block, which is made where it is missing.

use std::collections::BTreeMap;

use crate::domain::{
    model::{ElementKey, GroupKey, RelationKey},
    syntax::{
        gesture::{Refusal, Subject},
        structurizr::{
            edit::{
                Plan, Select,
                site::{Site, elsewhere, lines::Within, unknown_place},
                text,
            },
            tree::StatementId,
        },
    },
};

pub(super) fn set<'s>(site: &'s Site<'_>, subject: &'s Subject, name: &str, value: Option<&str>) -> Result<Plan<'s>, Refusal> {
    match subject {
        Subject::Element(key) => of_element(site, key, name, value),
        Subject::Relation(key) => of_relation(site, key, name, value),
        Subject::Group(key) => of_group(site, key, name, value),
        Subject::Workspace => of_workspace(site, name, value),
    }
}

fn words(name: &str, value: Option<&str>) -> Result<(String, Option<String>), Refusal> {
    Ok((text::name(name, "A property's name")?, value.map(|value| text::plain(value, "A value")).transpose()?))
}

/// The properties as they are to be.
fn meant(old: &BTreeMap<String, String>, name: &str, value: Option<&String>) -> BTreeMap<String, String> {
    let mut meant = old.clone();
    match value {
        Some(value) => meant.insert(name.to_owned(), value.clone()),
        None => meant.remove(name),
    };
    meant
}

pub(super) fn of_element<'s>(site: &'s Site<'_>, key: &'s ElementKey, name: &str, value: Option<&str>) -> Result<Plan<'s>, Refusal> {
    let (name, value) = words(name, value)?;
    let statement = site.element_statement(key)?;
    let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
    let mut plan = Plan::new();
    plan.select = Select::Element(key.clone());
    let meant = meant(&element.properties, &name, value.as_ref());
    if meant == element.properties {
        return Ok(plan);
    }
    let mut blocks = vec![statement];
    blocks.extend(site.reopened(key));
    write(site, &mut plan, &blocks, &name, value.as_deref())?;
    plan.expect.changed.insert(key.clone());
    plan.expect.views_follow = true;
    plan.goal = Box::new(move |model, aligned| {
        aligned.key(key).and_then(|key| model.elements.get(key)).is_some_and(|found| {
            found.properties == meant
                && (&found.name, &found.description, &found.technology, &found.tags, &found.url)
                    == (&element.name, &element.description, &element.technology, &element.tags, &element.url)
        })
    });
    Ok(plan)
}

fn of_relation<'s>(site: &'s Site<'_>, key: &'s RelationKey, name: &str, value: Option<&str>) -> Result<Plan<'s>, Refusal> {
    let (name, value) = words(name, value)?;
    let statement = site.relation_statement(key)?;
    let Some(relation) = site.model.relations.get(key) else { return Err(unknown_place()) };
    let mut plan = Plan::new();
    plan.select = Select::Relation(key.clone());
    let meant = meant(&relation.properties, &name, value.as_ref());
    if meant == relation.properties {
        return Ok(plan);
    }
    let mut blocks = vec![statement];
    blocks.extend(site.reopened_relation(key));
    write(site, &mut plan, &blocks, &name, value.as_deref())?;
    plan.expect.changed_relations.insert(key.clone());
    plan.expect.views_follow = true;
    plan.goal = Box::new(move |model, aligned| {
        model.relations.values().any(|found| {
            found.implied_by.is_none()
                && aligned.key(&relation.source) == Some(&found.source)
                && aligned.key(&relation.target) == Some(&found.target)
                && found.properties == meant
                && (&found.description, &found.technology, &found.tags, &found.url)
                    == (&relation.description, &relation.technology, &relation.tags, &relation.url)
        })
    });
    Ok(plan)
}

fn of_group<'s>(site: &'s Site<'_>, key: &'s GroupKey, name: &str, value: Option<&str>) -> Result<Plan<'s>, Refusal> {
    let (name, value) = words(name, value)?;
    let Some(group) = site.model.groups.get(key) else {
        return Err(Refusal::new(format!("There is no boundary `{key}` any more"), "Select it again."));
    };
    let statements: Vec<StatementId> = site.group_statements(key).into_iter().filter(|id| site.block(*id).is_some()).collect();
    if statements.is_empty() {
        return Err(match &group.file {
            Some(file) => elsewhere(&format!("The boundary {}", group.name), file),
            None => Refusal::new(
                format!("The boundary {} has no block of its own", group.name),
                "Write it as a `group` with a block in the text.",
            ),
        });
    }
    let mut plan = Plan::new();
    plan.select = Select::Group(key.clone());
    let meant = meant(&group.properties, &name, value.as_ref());
    if meant == group.properties {
        return Ok(plan);
    }
    write(site, &mut plan, &statements, &name, value.as_deref())?;
    plan.expect.changed_groups.insert(key.clone());
    plan.expect.views_follow = true;
    let position = site.model.groups.get_index_of(key);
    plan.goal = Box::new(move |model, _| {
        position.and_then(|at| model.groups.get_index(at)).is_some_and(|(_, found)| found.properties == meant && found.name == group.name)
    });
    Ok(plan)
}

/// The workspace states its properties itself or in its model; a new block goes where the workspace begins.
fn of_workspace<'s>(site: &'s Site<'_>, name: &str, value: Option<&str>) -> Result<Plan<'s>, Refusal> {
    let (name, value) = words(name, value)?;
    let statements: Vec<StatementId> =
        [site.workspace(), site.section("model")].into_iter().flatten().filter(|id| site.block(*id).is_some()).collect();
    if statements.is_empty() {
        return Err(Refusal::new("This file is a part of a workspace", "Open the file that has the workspace and say it there."));
    }
    let mut plan = Plan::new();
    plan.select = Select::Workspace;
    let meant = meant(&site.model.properties, &name, value.as_ref());
    if meant == site.model.properties {
        return Ok(plan);
    }
    write(site, &mut plan, &statements, &name, value.as_deref())?;
    plan.expect.changed_workspace = true;
    plan.expect.views_follow = true;
    plan.goal = Box::new(move |model, _| model.properties == meant);
    Ok(plan)
}

fn write(site: &Site<'_>, plan: &mut Plan<'_>, blocks: &[StatementId], name: &str, value: Option<&str>) -> Result<(), Refusal> {
    let children = |id: StatementId| site.block(id).map(|block| site.children(block)).unwrap_or_default();
    let all: Vec<StatementId> = blocks.iter().flat_map(|id| children(*id)).filter(|id| site.line(*id).keyword() == "properties").collect();
    let stated = |id: StatementId| -> Vec<StatementId> {
        children(id).into_iter().filter(|line| site.tree_words(*line).first().is_some_and(|word| word.value == name)).collect()
    };
    let Some(value) = value else {
        let mut found = false;
        for properties in &all {
            let lines = stated(*properties);
            found = found || !lines.is_empty();
            if !lines.is_empty() && lines.len() == children(*properties).len() {
                plan.edits.remove(site.removal(*properties));
            } else {
                for line in lines {
                    plan.edits.remove(site.removal(line));
                }
            }
        }
        return if found {
            Ok(())
        } else {
            Err(Refusal::new(
                format!("The property `{name}` is not stated here"),
                "An archetype or a statement about several elements says it; change it there.",
            ))
        };
    };
    if let Some(line) = all.iter().rev().find_map(|properties| stated(*properties).pop()) {
        let words = site.tree_words(line);
        match (words.first(), words.get(1), words.last()) {
            (Some(_), Some(second), Some(last)) => {
                let span = crate::domain::diagnostic::Span { start: second.span.start, end: last.span.end };
                let written = if second.quoted { text::quote(value) } else { text::word(value) };
                plan.edits.replace(span, written);
            }
            (Some(first), ..) => plan.edits.insert(first.span.end as usize, format!(" {}", text::word(value))),
            _ => {}
        }
        return Ok(());
    }
    let line = format!("{} {}", text::word(name), text::word(value));
    match (all.last(), blocks.first()) {
        (Some(properties), _) => site.insert_in(*properties, Within::End, &[line], &mut plan.edits),
        (None, Some(first)) => {
            let attributes = ["description", "technology", "metadata", "tag", "tags", "url", "instances"];
            let after = children(*first).into_iter().rfind(|id| attributes.contains(&site.line(*id).keyword().as_str()));
            let place = after.map_or(Within::Start, Within::After);
            site.insert_in(*first, place, &site.block_lines("properties", &[line]), &mut plan.edits);
        }
        (None, None) => return Err(unknown_place()),
    }
    Ok(())
}
