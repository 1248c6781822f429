//! Statements taken elsewhere: into another element or boundary, or into a new boundary. Names follow; relations that would
//! stand above what they name are written where both ends are known.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{ElementKey, GroupKey, Level},
    syntax::{
        gesture::{Home, Refusal},
        structurizr::{
            edit::{
                Plan, Select,
                add::{around, home_statement, put},
                connect::after_relations,
                edits::Edits,
                names::Naming,
                site::{Site, lines::Within, unknown_place},
                text,
            },
            lower::Target,
            tree::{BlockId, StatementId},
        },
    },
};

/// What is taken where.
struct Shift<'k> {
    /// In text order.
    roots: Vec<(StatementId, &'k ElementKey)>,
    parent: Option<ElementKey>,
    /// The block it goes to, unless the home has none yet.
    block: Option<BlockId>,
    /// The statement that opens that block, or will.
    opened: Option<StatementId>,
    /// The statement it goes after.
    after: Option<StatementId>,
    /// The words of a block around it.
    header: Option<String>,
}

impl Shift<'_> {
    fn root_of(&self, site: &Site<'_>, id: StatementId) -> Option<StatementId> {
        self.roots.iter().map(|(root, _)| *root).find(|root| site.is_inside(id, *root))
    }
}

fn roots<'k>(site: &Site<'_>, elements: &'k [ElementKey]) -> Result<Vec<(StatementId, &'k ElementKey)>, Refusal> {
    let mut roots: Vec<(StatementId, &ElementKey)> = Vec::new();
    for key in elements {
        let statement = site.element_statement(key)?;
        if !roots.iter().any(|(id, _)| *id == statement) {
            roots.push((statement, key));
        }
    }
    roots.sort_by_key(|(id, _)| site.start(*id));
    Ok(roots)
}

const fn fits(level: Level, parent: Option<Level>) -> bool {
    match level {
        Level::Person | Level::System | Level::Custom | Level::DeploymentEnvironment => parent.is_none(),
        Level::Container => matches!(parent, Some(Level::System)),
        Level::Component => matches!(parent, Some(Level::Container)),
        Level::DeploymentNode => matches!(parent, Some(Level::DeploymentEnvironment | Level::DeploymentNode)),
        Level::InfrastructureNode | Level::SystemInstance | Level::ContainerInstance => matches!(parent, Some(Level::DeploymentNode)),
    }
}

const fn belongs(level: Level) -> &'static str {
    match level {
        Level::Person | Level::System | Level::Custom | Level::DeploymentEnvironment => "at the top of the model",
        Level::Container => "in a software system",
        Level::Component => "in a container",
        Level::DeploymentNode => "in a deployment environment or node",
        Level::InfrastructureNode | Level::SystemInstance | Level::ContainerInstance => "in a deployment node",
    }
}

pub(super) fn relocate<'s>(site: &'s Site<'_>, elements: &'s [ElementKey], home: &'s Home) -> Result<Plan<'s>, Refusal> {
    let around = around(site, home)?;
    let mut roots = roots(site, elements)?;
    let is_there = |key: &ElementKey| {
        site.model.elements.get(key).is_some_and(|element| element.parent == around.element && element.group == around.group)
    };
    roots.retain(|(_, key)| !is_there(key));
    let mut plan = Plan::new();
    plan.select = elements.first().cloned().map_or(Select::Nothing, Select::Element);
    if roots.is_empty() {
        return Ok(plan);
    }
    for (_, key) in &roots {
        let Some(element) = site.model.elements.get(*key) else { return Err(unknown_place()) };
        if !fits(element.level, around.level) {
            return Err(Refusal::new(format!("{} belongs {}", element.name, belongs(element.level)), "Move it to such a place."));
        }
        if element.level == Level::DeploymentEnvironment && around.group.is_some() {
            return Err(Refusal::new("A boundary cannot hold a deployment environment", "Leave it at the top of the model."));
        }
        if around.element.as_ref().is_some_and(|home| home == *key || site.model.is_inside(home, key)) {
            return Err(Refusal::new(format!("{} cannot lie in itself", element.name), "Move it elsewhere."));
        }
        if element.parent != around.element {
            site.refuse_same_name(&element.name, element.level, around.element.as_ref(), None)?;
        }
        if element.group.is_some() && component_group(site, key) {
            return Err(Refusal::new(
                format!("{} names its boundary in its own block", element.name),
                "Change the `group` line in its block.",
            ));
        }
    }
    let opened = home_statement(site, home)?;
    let block = opened.and_then(|id| site.block(id)).or_else(|| site.home_blocks(home).first().copied());
    let shifts = places(site, block, &roots).into_iter().map(|after| Shift {
        roots: roots.clone(),
        parent: around.element.clone(),
        block,
        opened,
        after,
        header: None,
    });
    plan.edits = Edits::default();
    let select = plan.select;
    plan = least(site, shifts, home)?;
    plan.select = select;
    let moved: Vec<&ElementKey> = roots.iter().map(|(_, key)| *key).collect();
    let group = around.group.as_ref().and_then(|key| site.model.groups.get(key)).map(|group| group.name.clone());
    plan.goal = Box::new(move |model, aligned| {
        let parent = around.element.as_ref().map(|key| aligned.key(key).cloned());
        moved.iter().all(|key| {
            aligned.key(key).and_then(|key| model.elements.get(key)).is_some_and(|found| {
                let own = found.group.as_ref().and_then(|key| model.groups.get(key)).map(|group| group.name.clone());
                found.parent.clone().map(Some) == parent && own == group
            })
        })
    });
    Ok(plan)
}

/// A component may say in its own block in which group it lies.
fn component_group(site: &Site<'_>, key: &ElementKey) -> bool {
    let Ok(statement) = site.element_statement(key) else { return false };
    let block = site.block(statement);
    let component = site.model.elements.get(key).is_some_and(|element| element.level == Level::Component);
    component && block.is_some_and(|block| site.child_named(block, "group").is_some())
}

pub(super) fn enclose<'s>(site: &'s Site<'_>, name: &str, home: &'s Home, elements: &'s [ElementKey]) -> Result<Plan<'s>, Refusal> {
    let name = text::name(name, "A boundary's name")?;
    let around = around(site, home)?;
    let may = matches!(around.level, None | Some(Level::System | Level::Container | Level::DeploymentEnvironment | Level::DeploymentNode));
    if !may {
        let what = around.element.as_ref().map(|key| site.name(key)).unwrap_or_default();
        return Err(Refusal::new(
            format!("{what} cannot have boundaries inside"),
            "Draw the boundary in the model, a software system, a container or a deployment node.",
        ));
    }
    site.refuse_same_group(&name, around.group.as_ref(), around.element.as_ref(), None)?;
    let header = format!("group {}", text::quote(&name));
    let mut plan = Plan::new();
    let roots = roots(site, elements)?;
    for (_, key) in &roots {
        let Some(element) = site.model.elements.get(*key) else { return Err(unknown_place()) };
        if element.parent != around.element || element.group != around.group || component_group(site, key) {
            return Err(Refusal::new(
                format!("{} does not stand in this place", element.name),
                "Draw the boundary around elements that lie beside each other.",
            ));
        }
        if element.level == Level::DeploymentEnvironment {
            return Err(Refusal::new("A boundary cannot hold a deployment environment", "Draw it inside the environment."));
        }
    }
    if roots.is_empty() {
        put(site, &mut plan, home, &site.block_lines(&header, &[]))?;
    } else if !in_place(site, &mut plan, &roots, &header) {
        plan = gathered(site, &roots, around.element.as_ref(), &header, home)?;
    }
    plan.expect.rehomed.extend(roots.iter().map(|(_, key)| (*key).clone()));
    plan.expect.new_groups = 1;
    plan.expect.views_follow = true;
    plan.select = Select::Named(name.clone(), around.group.clone(), around.element.clone());
    let inside: Vec<&ElementKey> = roots.iter().map(|(_, key)| *key).collect();
    let outer = around.group.as_ref().and_then(|key| site.model.groups.get(key)).map(|group| group.name.clone());
    plan.goal = Box::new(move |model, aligned| {
        let is_it = |key: &GroupKey| {
            model.groups.get(key).is_some_and(|group| {
                let around = group.parent.as_ref().and_then(|key| model.groups.get(key)).map(|group| group.name.clone());
                group.name == name && around == outer
            })
        };
        inside.iter().all(|key| {
            aligned.key(key).and_then(|key| model.elements.get(key)).is_some_and(|found| found.group.as_ref().is_some_and(is_it))
        })
    });
    Ok(plan)
}

/// Draws the frame around statements that stand one after another; false where they do not.
fn in_place(site: &Site<'_>, plan: &mut Plan<'_>, roots: &[(StatementId, &ElementKey)], header: &str) -> bool {
    let (Some((first, _)), Some((last, _))) = (roots.first(), roots.last()) else { return false };
    let block = site.block_around(*first);
    let children = site.children(block);
    let Some(from) = children.iter().position(|id| id == first) else { return false };
    let run = children.get(from..from + roots.len()).unwrap_or_default();
    let contiguous = run.len() == roots.len() && run.iter().zip(roots).all(|(child, (root, _))| child == root);
    if !contiguous || !roots.iter().all(|(id, _)| site.has_lines(*id)) {
        return false;
    }
    let indent = site.indent_of(*first);
    let (start, end) = (site.line_start(site.leading_comments(*first)), site.line_end(*last));
    let lines = site.block_lines(header, &[]);
    let (opening, closing) = lines.split_at(lines.len().saturating_sub(1));
    let mut text = String::new();
    for line in opening {
        text.push_str(indent);
        text.push_str(line);
        text.push_str(site.newline);
    }
    let mut at = start;
    for line in site.text.get(start..end).unwrap_or("").split_inclusive('\n') {
        let mut inserted = if at == start { std::mem::take(&mut text) } else { String::new() };
        if !line.trim().is_empty() && !site.is_verbatim(at) {
            inserted.push_str(site.unit());
        }
        if !inserted.is_empty() {
            plan.edits.insert(at, inserted);
        }
        at += line.len();
    }
    for line in closing {
        plan.edits.insert(end, format!("{}{indent}{line}", site.newline));
    }
    true
}

/// Gathers scattered statements in the new boundary: where the first stands, or where the last stands if fewer relations
/// have to be written elsewhere then.
fn gathered<'s>(
    site: &Site<'_>,
    roots: &[(StatementId, &ElementKey)],
    parent: Option<&ElementKey>,
    header: &str,
    home: &Home,
) -> Result<Plan<'s>, Refusal> {
    let shifts = roots.first().into_iter().chain(roots.last()).map(|(anchor, _)| {
        let block = site.block_around(*anchor);
        let children = site.children(block);
        let is_root = |id: &StatementId| roots.iter().any(|(root, _)| root == id);
        let after = children.iter().copied().take_while(|id| id != anchor).filter(|id| !is_root(id)).last();
        let opened = site.owner(block);
        Shift { roots: roots.to_vec(), parent: parent.cloned(), block: Some(block), opened, after, header: Some(header.to_owned()) }
    });
    least(site, shifts, home)
}

/// The statements after which moved ones may go, the best first: beside what held them, after the last element, at the end.
fn places(site: &Site<'_>, block: Option<BlockId>, roots: &[(StatementId, &ElementKey)]) -> Vec<Option<StatementId>> {
    let Some(block) = block else { return vec![None] };
    let is_root = |id: &StatementId| roots.iter().any(|(root, _)| root == id);
    let children: Vec<StatementId> = site.children(block).into_iter().filter(|id| !is_root(id)).collect();
    let held = roots.last().and_then(|(root, _)| site.child_of(block, *root)).filter(|id| !is_root(id));
    let is_item = |id: &&StatementId| {
        (site.element_at(**id).is_some() || site.group_at(**id).is_some()) && site.line(**id).keyword() != "deploymentenvironment"
    };
    let item = children.iter().rfind(is_item).copied();
    let mut places: Vec<Option<StatementId>> = Vec::new();
    for place in [held, item, children.last().copied()].into_iter().flatten() {
        if !places.contains(&Some(place)) {
            places.push(Some(place));
        }
    }
    // Before the relations, if nothing else fits.
    let said = children.iter().rfind(|id| site.line(**id).arrow().is_none()).copied();
    if !places.contains(&said) {
        places.push(said);
    }
    places
}

/// The plan by which the fewest relations have to be written elsewhere.
fn least<'s, 'k>(site: &Site<'_>, shifts: impl Iterator<Item = Shift<'k>>, home: &Home) -> Result<Plan<'s>, Refusal> {
    let mut best: Option<(usize, Plan<'s>)> = None;
    let mut refusal = None;
    for shift in shifts {
        let mut plan = Plan::new();
        match make(site, &mut plan, &shift, home) {
            Ok(hoisted) if best.as_ref().is_none_or(|(least, _)| hoisted < *least) => best = Some((hoisted, plan)),
            Ok(_) => {}
            Err(found) => refusal = Some(found),
        }
    }
    match (best, refusal) {
        (Some((_, plan)), _) => Ok(plan),
        (None, Some(refusal)) => Err(refusal),
        (None, None) => Err(unknown_place()),
    }
}

/// A place in the text as it will be: where things are put, what is moved comes after what is there.
type Order = (usize, u8, usize);

/// Makes the edits of a shift; gives how many relations are written elsewhere.
fn make(site: &Site<'_>, plan: &mut Plan<'_>, shift: &Shift<'_>, home: &Home) -> Result<usize, Refusal> {
    let mut naming = Naming::new(site);
    let mut moved: BTreeSet<ElementKey> = BTreeSet::new();
    for (_, key) in &shift.roots {
        let inside = site.inside(key);
        if !naming.reparent(key, shift.parent.as_ref(), &inside) {
            return Err(Refusal::new(
                format!("The identifier of {} is already in use there", site.name(key)),
                "Change its identifier first.",
            ));
        }
        moved.insert((*key).clone());
        moved.extend(inside);
    }
    let dest = match (shift.after, shift.block) {
        (Some(after), _) => site.end(after),
        (None, Some(block)) => site.open_end(block).unwrap_or(0),
        (None, None) => shift.opened.map_or(site.text.len(), |id| site.end(id)),
    };
    let order = |start: u32, in_chunk: bool| -> Order { if in_chunk { (dest, 1, start as usize) } else { (start as usize, 0, 0) } };
    let element_order = |key: &ElementKey| {
        let anchor = site.trace.anchors.get(key).copied().unwrap_or(0);
        order(anchor, moved.contains(key))
    };
    let mut hoisted: Vec<StatementId> = Vec::new();
    let mut words: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for relation in site.model.relations.values().filter(|relation| relation.implied_by.is_none()) {
        let touches = moved.contains(&relation.source) || moved.contains(&relation.target);
        let Some(id) = site.at(relation.span.start).filter(|_| relation.file.is_none()) else { continue };
        let root = shift.root_of(site, id);
        if !touches && root.is_none() {
            continue;
        }
        let own = order(relation.span.start, root.is_some());
        let late = element_order(&relation.source) > own || element_order(&relation.target) > own;
        if late && site.relations_at(id).len() == 1 && site.line(id).arrow().is_some() {
            hoisted.push(id);
        }
    }
    if shift.after.is_some_and(|after| hoisted.contains(&after)) {
        return Err(unknown_place());
    }
    for reference in &site.trace.references {
        let (Target::Element(target), Some(_)) = (&reference.target, &reference.full) else { continue };
        if let Some(file) = &reference.file {
            if moved.contains(target) && naming.resolve(&reference.name, None) != Some(target) {
                return Err(Refusal::new(
                    format!("{} is used in {file}", site.name(target)),
                    format!("Change the name in {file} as well, by hand."),
                ));
            }
            continue;
        }
        let Some(id) = site.at(reference.statement).filter(|id| !hoisted.contains(id)) else { continue };
        let is_root = shift.roots.iter().any(|(root, _)| *root == id);
        let scope = if is_root { shift.parent.clone() } else { site.scope(site.block_around(id)).0 };
        if naming.resolve(&reference.name, scope.as_ref()) == Some(target) {
            continue;
        }
        let Some(name) = naming.name_of(target, scope.as_ref()) else {
            return Err(Refusal::new(format!("{} cannot be named there", site.name(target)), "Change its identifier first."));
        };
        let changes = site.renamed(reference.span, &reference.name, &name);
        if changes.is_empty() {
            return Err(Refusal::new(
                format!("`{}` is put together from a constant", reference.name),
                "Write the identifier out there first.",
            ));
        }
        words.extend(changes);
    }
    words.sort_by_key(|(range, _)| range.start);
    words.dedup();
    // Lines that are taken along carry their own new names; others are changed in place.
    let in_chunk = |at: usize| shift.roots.iter().any(|(root, _)| site.cut(*root).contains(&at));
    for (range, text) in words.iter().filter(|(range, _)| !in_chunk(range.start)) {
        plan.edits.replace(crate::domain::diagnostic::Span::new(range.start, range.end), text.clone());
    }
    let mut lines: Vec<String> = Vec::new();
    for (root, _) in &shift.roots {
        let inner: Vec<StatementId> = hoisted.iter().copied().filter(|id| site.is_inside(*id, *root)).collect();
        lines.extend(chunk_without(site, *root, &inner, &words));
        plan.edits.remove(site.cut(*root));
    }
    if let Some(header) = &shift.header {
        lines = site.block_lines(header, &lines);
    }
    match shift.block {
        Some(block) => site.insert(block, shift.after, &lines, &mut plan.edits),
        None => match home_statement(site, home)? {
            Some(statement) => site.insert_in(statement, Within::End, &lines, &mut plan.edits),
            None => put(site, plan, home, &lines)?,
        },
    }
    hoist(site, plan, shift, &mut naming, &moved, &hoisted)?;
    plan.expect.moved = moved;
    plan.expect.rehomed = shift.roots.iter().map(|(_, key)| (*key).clone()).collect();
    plan.expect.views_follow = true;
    Ok(hoisted.len())
}

/// A statement's lines without some of the statements inside.
fn chunk_without(site: &Site<'_>, root: StatementId, without: &[StatementId], words: &[(std::ops::Range<usize>, String)]) -> Vec<String> {
    let mut words = words.to_vec();
    for id in without {
        let removal = site.removal(*id);
        words.retain(|(range, _)| !(removal.start <= range.start && range.end <= removal.end));
        words.push((removal, String::new()));
    }
    site.chunk(root, true, &words)
}

/// Writes relations where both ends are known.
fn hoist(
    site: &Site<'_>,
    plan: &mut Plan<'_>,
    shift: &Shift<'_>,
    naming: &mut Naming,
    moved: &BTreeSet<ElementKey>,
    hoisted: &[StatementId],
) -> Result<(), Refusal> {
    let mut gone: Vec<StatementId> = shift.roots.iter().map(|(root, _)| *root).collect();
    gone.extend(hoisted);
    let mut places: BTreeMap<usize, (BlockId, Option<StatementId>, Vec<String>)> = BTreeMap::new();
    for id in hoisted {
        let Some(relation) = site.relations_at(*id).first().and_then(|key| site.model.relations.get(key)) else { continue };
        // Blocks around an end as it will stand, and the statement it will stand in or after.
        let chain = |key: &ElementKey| -> Option<(Vec<BlockId>, Option<StatementId>)> {
            if moved.contains(key) {
                let outer = shift.opened.map(|opened| site.blocks_around(opened)).unwrap_or_default();
                return Some((shift.block.into_iter().chain(outer).collect(), shift.after.or(shift.opened)));
            }
            let anchor = site.trace.anchors.get(key).and_then(|at| site.at(*at))?;
            Some((site.blocks_around(anchor), Some(anchor)))
        };
        let (Some((from, first)), Some((to, second))) = (chain(&relation.source), chain(&relation.target)) else {
            return Err(unknown_place());
        };
        let block = from.iter().copied().find(|block| to.contains(block));
        let block =
            block.filter(|block| site.owner(*block).is_some_and(|owner| !matches!(site.line(owner).keyword().as_str(), "workspace")));
        let Some(block) = block else { return Err(unknown_place()) };
        let ends: Vec<StatementId> = first.into_iter().chain(second).collect();
        let after = after_relations(site, block, &ends, &gone);
        let scope = Some(block);
        let from = site.name_in(naming, &relation.source, scope, &mut plan.edits)?;
        let to = site.name_in(naming, &relation.target, scope, &mut plan.edits)?;
        let lines = site.relation_lines(*id, &from, &to);
        if shift.root_of(site, *id).is_none() {
            plan.edits.remove(site.removal(*id));
        }
        places.entry(block.0).or_insert_with(|| (block, after, Vec::new())).2.extend(lines);
    }
    for (block, after, lines) in places.into_values() {
        site.insert(block, after, &lines, &mut plan.edits);
    }
    Ok(())
}
