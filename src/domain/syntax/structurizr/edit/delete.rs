//! Deleting: the statements of what goes, with all inside, and every word elsewhere that means it. Lists shrink, emptied
//! statements disappear, views about what is gone go too.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, Relation, RelationKey},
    syntax::{
        gesture::{Refusal, Subject},
        structurizr::{
            edit::{
                Plan,
                connect::spot,
                edits::Edits,
                names::Naming,
                site::{Site, elsewhere, unknown_place},
            },
            lower::{Target, trace::Reference},
            tree::StatementId,
        },
    },
};

/// What goes, as far as it is known.
#[derive(Default)]
struct Gone {
    elements: BTreeSet<ElementKey>,
    relations: BTreeSet<RelationKey>,
    groups: BTreeSet<GroupKey>,
    views: BTreeSet<String>,
    /// Statements that go as a whole.
    statements: BTreeSet<usize>,
    /// Words of lists that go.
    words: Vec<(StatementId, Span, String)>,
}

impl Gone {
    fn has(&self, site: &Site<'_>, id: StatementId) -> bool {
        let around = std::iter::successors(Some(id), |id| site.owner(site.block_around(*id)));
        around.take(site.tree().size() + 1).any(|id| self.statements.contains(&id.0))
    }
}

pub(super) fn delete<'s>(site: &'s Site<'_>, subjects: &'s [Subject]) -> Result<Plan<'s>, Refusal> {
    let mut gone = Gone::default();
    for subject in subjects {
        match subject {
            Subject::Element(key) => {
                site.element_statement(key)?;
                gone.elements.insert(key.clone());
            }
            Subject::Relation(key) => {
                site.relation_statement(key)?;
                gone.relations.insert(key.clone());
            }
            Subject::Group(key) => group(site, key, &mut gone)?,
            Subject::Workspace => return Err(Refusal::whole()),
        }
    }
    spread(site, &mut gone);
    statements(site, &mut gone)?;
    references(site, &mut gone)?;
    steps(site, &mut gone)?;
    filtered(site, &mut gone);
    let mut plan = Plan::new();
    rescue(site, &mut gone, &mut plan)?;
    let words = std::mem::take(&mut gone.words);
    let live: Vec<(StatementId, Span, String)> = words.into_iter().filter(|(id, ..)| !gone.has(site, *id)).collect();
    for id in drop_words(site, &live, &mut plan.edits) {
        gone.statements.insert(id.0);
    }
    for id in &gone.statements {
        plan.edits.remove(site.removal(StatementId(*id)));
    }
    plan.expect.gone = gone.elements;
    plan.expect.gone_relations = gone.relations;
    plan.expect.gone_groups = gone.groups;
    plan.expect.gone_views = gone.views;
    plan.expect.views_follow = true;
    Ok(plan)
}

/// A boundary with what lies in it.
fn group(site: &Site<'_>, key: &GroupKey, gone: &mut Gone) -> Result<(), Refusal> {
    let Some(group) = site.model.groups.get(key) else {
        return Err(Refusal::new(format!("There is no boundary `{key}` any more"), "Select it again."));
    };
    let mut keys = BTreeSet::from([key.clone()]);
    for group in site.model.groups.values() {
        if group.parent.as_ref().is_some_and(|parent| keys.contains(parent)) {
            keys.insert(group.key.clone());
        }
    }
    for (file, _, leaf) in &site.trace.groups {
        if let Some(file) = file.as_ref().filter(|_| keys.contains(leaf)) {
            return Err(elsewhere(&format!("A part of the boundary {}", group.name), file));
        }
    }
    for element in site.model.elements.values() {
        if element.group.as_ref().is_some_and(|group| keys.contains(group)) {
            site.element_statement(&element.key)?;
            gone.elements.insert(element.key.clone());
        }
    }
    gone.groups.extend(keys);
    Ok(())
}

/// Parts, instances, and relations that end in what goes.
fn spread(site: &Site<'_>, gone: &mut Gone) {
    loop {
        let before = gone.elements.len();
        // Parents come before their parts, and elements mostly before their instances.
        for element in site.model.elements.values() {
            let inside = element.parent.as_ref().is_some_and(|parent| gone.elements.contains(parent));
            if inside || element.instance_of.as_ref().is_some_and(|of| gone.elements.contains(of)) {
                gone.elements.insert(element.key.clone());
            }
        }
        if gone.elements.len() == before {
            break;
        }
    }
    for group in site.model.groups.values() {
        if group.owner.as_ref().is_some_and(|owner| gone.elements.contains(owner)) {
            gone.groups.insert(group.key.clone());
        }
    }
    let ends = |relation: &Relation| gone.elements.contains(&relation.source) || gone.elements.contains(&relation.target);
    let more: Vec<RelationKey> =
        site.model.relations.values().filter(|relation| ends(relation)).map(|relation| relation.key.clone()).collect();
    gone.relations.extend(more);
}

fn statements(site: &Site<'_>, gone: &mut Gone) -> Result<(), Refusal> {
    let (own, included): (Vec<ElementKey>, Vec<ElementKey>) =
        gone.elements.iter().cloned().partition(|key| site.model.elements.get(key).is_some_and(|element| element.file.is_none()));
    for key in own {
        gone.statements.insert(site.element_statement(&key)?.0);
    }
    for key in included {
        // An inclusion inside what goes takes its elements along.
        let anchor = site.trace.anchors.get(&key).and_then(|at| site.at(*at));
        if !anchor.is_some_and(|anchor| gone.has(site, anchor)) {
            site.element_statement(&key)?;
        }
    }
    for (file, at, key) in &site.trace.groups {
        if gone.groups.contains(key)
            && file.is_none()
            && let Some(id) = site.at(*at)
        {
            gone.statements.insert(id.0);
        }
    }
    for (file, at, key) in &site.trace.reopened {
        if !gone.elements.contains(key) {
            continue;
        }
        match (file, site.at(*at)) {
            (Some(file), _) => return Err(used(site, key, file)),
            (None, Some(id)) => {
                gone.statements.insert(id.0);
            }
            (None, None) => return Err(unknown_place()),
        }
    }
    // A line that makes several relations goes with the last of them.
    let mut lines: BTreeMap<u32, bool> = BTreeMap::new();
    for relation in site.model.relations.values().filter(|relation| relation.implied_by.is_none() && relation.file.is_none()) {
        let all = lines.entry(relation.span.start).or_insert(true);
        *all = *all && gone.relations.contains(&relation.key);
    }
    for (at, _) in lines.into_iter().filter(|(_, all)| *all) {
        if let Some(id) = site.at(at) {
            gone.statements.insert(id.0);
        }
    }
    Ok(())
}

fn used(site: &Site<'_>, key: &ElementKey, file: &str) -> Refusal {
    Refusal::new(format!("{} is used in {file}", site.name(key)), format!("Remove it from {file} first."))
}

fn references(site: &Site<'_>, gone: &mut Gone) -> Result<(), Refusal> {
    for reference in &site.trace.references {
        let goes = match &reference.target {
            Target::Element(key) => gone.elements.contains(key),
            Target::Relation(key) => gone.relations.contains(key),
            Target::Group(key) => gone.groups.contains(key),
            Target::DeploymentGroup(_) => false,
        };
        if !goes {
            continue;
        }
        if let Some(file) = &reference.file {
            if site.at(reference.anchor).is_some_and(|anchor| gone.has(site, anchor)) {
                continue;
            }
            return Err(match &reference.target {
                Target::Element(key) => used(site, key, file),
                _ => Refusal::new(format!("`{}` is used in {file}", reference.name), format!("Remove it from {file} first.")),
            });
        }
        let Some(id) = site.at(reference.statement).filter(|id| !gone.has(site, *id)) else { continue };
        if is_list(site, id) {
            gone.words.push((id, reference.span, reference.name.clone()));
            continue;
        }
        gone.statements.insert(id.0);
        if let Some(view) = site.view_at(id) {
            gone.views.insert(view.clone());
        }
    }
    Ok(())
}

/// Whether the statement lists names, some of which can go.
fn is_list(site: &Site<'_>, id: StatementId) -> bool {
    let around = |id: StatementId| site.owner(site.block_around(id)).map(|owner| site.line(owner).keyword()).unwrap_or_default();
    matches!(site.line(id).keyword().as_str(), "include" | "exclude" | "animationstep") || around(id) == "animation"
}

fn steps(site: &Site<'_>, gone: &mut Gone) -> Result<(), Refusal> {
    for step in &site.trace.steps {
        let Some(relation) = site.model.relations.get(&step.relation) else { continue };
        let goes = gone.relations.contains(&relation.key) || relation.implied_by.as_ref().is_some_and(|by| gone.relations.contains(by));
        if !goes {
            continue;
        }
        // Another relation between the same elements, or one that implies the same, takes the step over.
        let other = site.model.relations.values().any(|other| {
            (&other.source, &other.target) == (&relation.source, &relation.target)
                && !gone.relations.contains(&other.key)
                && other.implied_by.as_ref().is_none_or(|by| !gone.relations.contains(by))
        });
        if other {
            continue;
        }
        if let Some(file) = &step.file {
            return Err(elsewhere("A step of this relationship", file));
        }
        if let Some(id) = site.at(step.statement) {
            gone.statements.insert(id.0);
            gone.relations.insert(step.relation.clone());
        }
    }
    Ok(())
}

/// Filtered views go with the view they are made from.
fn filtered(site: &Site<'_>, gone: &mut Gone) {
    let views: Vec<StatementId> =
        site.trace.views.iter().filter(|(file, ..)| file.is_none()).filter_map(|(_, at, _)| site.at(*at)).collect();
    for (base, id) in views.iter().filter_map(|id| Some((super::view::base_of(site, *id)?, *id))) {
        if gone.views.contains(&base) {
            gone.statements.insert(id.0);
            gone.views.extend(site.view_at(id).cloned());
        }
    }
}

/// Relations between others that stand inside what goes are written where they would stand otherwise.
fn rescue(site: &Site<'_>, gone: &mut Gone, plan: &mut Plan<'_>) -> Result<(), Refusal> {
    let all: Vec<StatementId> = gone.statements.iter().map(|id| StatementId(*id)).collect();
    let mut naming = Naming::new(site);
    for relation in site.model.relations.values() {
        let stated = relation.file.is_none() && relation.implied_by.is_none() && !gone.relations.contains(&relation.key);
        let Some(id) = site.at(relation.span.start).filter(|id| stated && gone.has(site, *id)) else { continue };
        if site.relations_at(id).len() > 1 {
            return Err(Refusal::new(
                "What goes holds a line that makes relationships between others",
                "Move that line elsewhere in the text first.",
            ));
        }
        let spot = spot(site, &relation.source, &relation.target, &all)?;
        let from = site.name_in(&mut naming, &relation.source, Some(spot.block), &mut plan.edits)?;
        let to = site.name_in(&mut naming, &relation.target, Some(spot.block), &mut plan.edits)?;
        spot.insert(site, &site.relation_lines(id, &from, &to), &mut plan.edits);
    }
    Ok(())
}

/// Takes words out of lists; gives the statements that are left empty and have to go as a whole.
pub(super) fn drop_words(site: &Site<'_>, words: &[(StatementId, Span, String)], edits: &mut Edits) -> Vec<StatementId> {
    let mut by_statement: BTreeMap<usize, Vec<(Span, &str)>> = BTreeMap::new();
    for (id, span, name) in words {
        by_statement.entry(id.0).or_default().push((*span, name));
    }
    let mut empty = Vec::new();
    for (id, spans) in &by_statement {
        let id = StatementId(*id);
        let line = site.line(id);
        let first = usize::from(matches!(line.keyword().as_str(), "include" | "exclude" | "animationstep"));
        let all: Vec<Span> = line.words.iter().skip(first).map(|word| word.span).collect();
        let mut left = all.clone();
        for span in spans.iter().map(|(span, _)| *span).collect::<BTreeSet<Span>>() {
            let names: Vec<&str> = spans.iter().filter(|(own, _)| *own == span).map(|(_, name)| *name).collect();
            if let Some(rest) = other_alternatives(site, span, &names) {
                edits.replace(span, rest);
                continue;
            }
            left.retain(|word| word.start < span.start || word.end > span.end);
            let before = line.words.iter().map(|word| word.span).rfind(|word| word.end <= span.start);
            let behind = line.words.iter().map(|word| word.span).find(|word| word.start >= span.end);
            let range = match (before, behind) {
                (Some(before), _) => before.end..span.end,
                (None, behind) => span.start..behind.map_or(span.end, |word| word.start),
            };
            edits.remove(range.start as usize..range.end as usize);
        }
        if left.is_empty() {
            empty.push(id);
        }
    }
    // An animation whose steps are all gone goes too.
    let animations: BTreeSet<usize> = empty
        .iter()
        .filter_map(|id| site.owner(site.block_around(*id)))
        .filter(|owner| site.line(*owner).keyword() == "animation")
        .filter(|owner| site.block(*owner).is_some_and(|block| site.children(block).iter().all(|child| empty.contains(child))))
        .map(|owner| owner.0)
        .collect();
    empty.extend(animations.into_iter().map(StatementId));
    empty
}

/// What is left of `a || b` when one of them goes.
fn other_alternatives(site: &Site<'_>, span: Span, names: &[&str]) -> Option<String> {
    let raw = span.of(site.text);
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    if !inner.contains(" || ") || inner.contains(" && ") {
        return None;
    }
    let stays = |part: &&str| {
        let mentioned = super::mention::names(part);
        !mentioned.iter().any(|range| part.get(range.clone()).is_some_and(|name| names.iter().any(|gone| gone.eq_ignore_ascii_case(name))))
    };
    let parts: Vec<&str> = inner.split(" || ").filter(stays).collect();
    if parts.is_empty() { None } else { Some(format!("\"{}\"", parts.join(" || "))) }
}

/// A word of a list that is nothing but the element's name.
pub(super) fn is_plain(site: &Site<'_>, reference: &Reference) -> bool {
    let raw = reference.span.of(site.text);
    raw.trim_matches('"').eq_ignore_ascii_case(&reference.name)
}
