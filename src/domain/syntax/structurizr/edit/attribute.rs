//! What an element or relation says of itself: description, technology, kind. Positional words keep their order; what is
//! written as a statement in the block is changed there.

use crate::domain::{
    model::{Element, ElementKey, Level, Relation, RelationKey, kind::Kind},
    syntax::{
        gesture::{Refusal, Subject},
        structurizr::{
            edit::{
                Plan, Select, property,
                site::{Line, Site, lines::Within, unknown_place},
                text,
            },
            tree::StatementId,
        },
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Description,
    Technology,
}

impl Field {
    const fn keyword(self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Technology => "technology",
        }
    }
}

pub(super) fn describe<'s>(site: &'s Site<'_>, subject: &'s Subject, description: Option<&str>) -> Result<Plan<'s>, Refusal> {
    set(site, subject, Field::Description, text::optional(description, "A description")?)
}

pub(super) fn technology<'s>(site: &'s Site<'_>, subject: &'s Subject, technology: Option<&str>) -> Result<Plan<'s>, Refusal> {
    set(site, subject, Field::Technology, text::optional(technology, "A technology")?)
}

fn set<'s>(site: &'s Site<'_>, subject: &'s Subject, field: Field, value: Option<String>) -> Result<Plan<'s>, Refusal> {
    match subject {
        Subject::Element(key) => of_element(site, key, field, value),
        Subject::Relation(key) => of_relation(site, key, field, value),
        Subject::Group(_) => {
            Err(Refusal::new(format!("A boundary has no {} in this language", field.keyword()), "Set a property of the boundary instead."))
        }
        Subject::Workspace => Err(Refusal::whole()),
    }
}

/// Where the words of an element statement stand.
fn place(level: Level, field: Field) -> Result<Option<usize>, Refusal> {
    let at = match (level, field) {
        // A custom element has its metadata, which stands for the technology, first.
        (Level::Custom, Field::Description)
        | (Level::Container | Level::Component | Level::DeploymentNode | Level::InfrastructureNode, Field::Technology) => Some(3),
        (Level::Custom, Field::Technology)
        | (
            Level::Person | Level::System | Level::Container | Level::Component | Level::DeploymentNode | Level::InfrastructureNode,
            Field::Description,
        ) => Some(2),
        (Level::SystemInstance | Level::ContainerInstance, Field::Description) => None,
        (Level::DeploymentEnvironment, _) => {
            return Err(Refusal::new(format!("A deployment environment has no {}", field.keyword()), "Say it of the nodes in it."));
        }
        (level, Field::Technology) => {
            let what = match level {
                Level::Person => "A person",
                Level::System => "A software system",
                _ => "An instance",
            };
            return Err(Refusal::new(format!("{what} has no technology"), "Say it of the containers, or in the description."));
        }
    };
    Ok(at)
}

fn of_element<'s>(site: &'s Site<'_>, key: &'s ElementKey, field: Field, value: Option<String>) -> Result<Plan<'s>, Refusal> {
    let statement = site.element_statement(key)?;
    let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
    let at = place(element.level, field)?;
    let mut plan = Plan::new();
    plan.select = Select::Element(key.clone());
    let old = if field == Field::Description { &element.description } else { &element.technology };
    if *old == value {
        return Ok(plan);
    }
    let keyword = if element.level == Level::Custom && field == Field::Technology { "metadata" } else { field.keyword() };
    let mut blocks = vec![statement];
    blocks.extend(site.reopened(key));
    let line = site.line(statement);
    write(site, &mut plan, &blocks, &line, at, keyword, value.as_deref());
    plan.expect.changed.insert(key.clone());
    plan.expect.views_follow = true;
    plan.goal = Box::new(move |model, aligned| {
        let Some(found) = aligned.key(key).and_then(|key| model.elements.get(key)) else { return false };
        let (description, technology) = match field {
            Field::Description => (&value, &element.technology),
            Field::Technology => (&element.description, &value),
        };
        found.description == *description && found.technology == *technology && same_otherwise(element, found)
    });
    Ok(plan)
}

fn same_otherwise(old: &Element, new: &Element) -> bool {
    (&old.name, &old.tags, &old.properties, &old.url) == (&new.name, &new.tags, &new.properties, &new.url)
}

fn of_relation<'s>(site: &'s Site<'_>, key: &'s RelationKey, field: Field, value: Option<String>) -> Result<Plan<'s>, Refusal> {
    let statement = site.relation_statement(key)?;
    let Some(relation) = site.model.relations.get(key) else { return Err(unknown_place()) };
    let line = site.line(statement);
    let Some(arrow) = line.arrow() else { return Err(unknown_place()) };
    let mut plan = Plan::new();
    plan.select = Select::Relation(key.clone());
    let old = if field == Field::Description { &relation.description } else { &relation.technology };
    if *old == value {
        return Ok(plan);
    }
    if field == Field::Description {
        refuse_same_relation(site, relation, value.as_deref())?;
    }
    let at = arrow + if field == Field::Description { 2 } else { 3 };
    let mut blocks = vec![statement];
    blocks.extend(site.reopened_relation(key));
    write(site, &mut plan, &blocks, &line, Some(at), field.keyword(), value.as_deref());
    plan.expect.changed_relations.insert(key.clone());
    plan.expect.views_follow = true;
    plan.goal = Box::new(move |model, aligned| {
        let (description, technology) = match field {
            Field::Description => (&value, &relation.technology),
            Field::Technology => (&relation.description, &value),
        };
        model.relations.values().any(|found| {
            found.implied_by.is_none()
                && aligned.key(&relation.source) == Some(&found.source)
                && aligned.key(&relation.target) == Some(&found.target)
                && found.description == *description
                && found.technology == *technology
                && (&found.tags, &found.properties, &found.url) == (&relation.tags, &relation.properties, &relation.url)
        })
    });
    Ok(plan)
}

/// Two relations between the same elements need different descriptions.
pub(super) fn refuse_same_relation(site: &Site<'_>, relation: &Relation, description: Option<&str>) -> Result<(), Refusal> {
    same_relation(site, &relation.source, &relation.target, description, Some(&relation.key))
}

pub(super) fn same_relation(
    site: &Site<'_>,
    source: &ElementKey,
    target: &ElementKey,
    description: Option<&str>,
    except: Option<&RelationKey>,
) -> Result<(), Refusal> {
    let same = site.model.relations.values().any(|other| {
        other.source == *source
            && other.target == *target
            && other.description.as_deref().unwrap_or("") == description.unwrap_or("")
            && Some(&other.key) != except
            && other.implied_by.is_none()
    });
    if same {
        return Err(Refusal::new(
            format!("There is already such a relationship from {} to {}", site.name(source), site.name(target)),
            "Describe what is different.",
        ));
    }
    Ok(())
}

/// Changes a statement in one of the blocks, or else the word at its position.
fn write(site: &Site<'_>, plan: &mut Plan<'_>, blocks: &[StatementId], line: &Line, at: Option<usize>, keyword: &str, value: Option<&str>) {
    let is_it = |id: &StatementId| {
        let found = site.line(*id).keyword();
        found == keyword || (keyword == "metadata" && found == "technology")
    };
    let statements: Vec<StatementId> =
        blocks.iter().filter_map(|id| site.block(*id)).flat_map(|block| site.children(block)).filter(is_it).collect();
    match (statements.last(), value) {
        (Some(last), Some(value)) => {
            let words = site.line(*last).words;
            match (words.get(1), words.first()) {
                (Some(word), _) => plan.edits.replace(word.span, text::quote(value)),
                (None, Some(keyword)) => plan.edits.insert(keyword.span.end as usize, format!(" {}", text::quote(value))),
                (None, None) => {}
            }
            return;
        }
        (Some(_), None) => {
            for statement in &statements {
                plan.edits.remove(site.removal(*statement));
            }
        }
        (None, _) => {}
    }
    let Some(at) = at else {
        if let (Some(value), Some(first)) = (value, blocks.first()) {
            site.insert_in(*first, Within::Start, &[format!("{keyword} {}", text::quote(value))], &mut plan.edits);
        }
        return;
    };
    match value {
        Some(value) => put(plan, line, at, &text::quote(value)),
        None if line.words.get(at).is_some() => clear(plan, line, at),
        // The archetype says it; an empty statement takes it back.
        None if statements.is_empty() => {
            if let Some(first) = blocks.first() {
                site.insert_in(*first, Within::Start, &[format!("{keyword} \"\"")], &mut plan.edits);
            }
        }
        None => {}
    }
}

/// Puts a word at its position, with empty ones before it where they are missing.
fn put(plan: &mut Plan<'_>, line: &Line, at: usize, word: &str) {
    if let Some(old) = line.words.get(at) {
        plan.edits.replace(old.span, word);
        return;
    }
    let Some(last) = line.words.last() else { return };
    let missing = at.saturating_sub(line.words.len());
    let filler = " \"\"".repeat(missing);
    plan.edits.insert(last.span.end as usize, format!("{filler} {word}"));
}

/// Takes the word away, or empties it where others follow; empty words that then end the line go too.
fn clear(plan: &mut Plan<'_>, line: &Line, at: usize) {
    if at + 1 < line.words.len() {
        if let Some(word) = line.words.get(at) {
            plan.edits.replace(word.span, "\"\"");
        }
        return;
    }
    // What is left of the name, of the arrow's target, stays.
    let least = line.arrow().map_or(2, |arrow| arrow + 2);
    let mut from = at;
    while from > least && line.words.get(from - 1).is_some_and(|word| word.value.is_empty() && word.quoted) {
        from -= 1;
    }
    if let (Some(before), Some(last)) = (line.words.get(from - 1), line.words.last()) {
        plan.edits.remove(before.span.end as usize..last.span.end as usize);
    }
}

/// Says what an element is; a property decides before everything else.
pub(super) fn kind<'s>(site: &'s Site<'_>, key: &'s ElementKey, kind: Kind) -> Result<Plan<'s>, Refusal> {
    site.element_statement(key)?;
    let Some(element) = site.model.elements.get(key) else { return Err(unknown_place()) };
    if let Some(of) = &element.instance_of {
        return Err(Refusal::new(
            format!("{} is an instance and has no kind of its own", element.name),
            format!("Change {} itself.", site.name(of)),
        ));
    }
    if element.kind.value == kind {
        let mut plan = Plan::new();
        plan.select = Select::Element(key.clone());
        return Ok(plan);
    }
    let mut plan = property::of_element(site, key, "kind", Some(kind.slug()))?;
    plan.goal = Box::new(move |model, aligned| {
        aligned.key(key).and_then(|key| model.elements.get(key)).is_some_and(|found| found.kind.value == kind)
    });
    Ok(plan)
}
