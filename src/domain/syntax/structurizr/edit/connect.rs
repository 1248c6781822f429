//! Relations: a new one is one line in the smallest block that holds both ends; one that begins or ends elsewhere keeps its
//! line where it can.

use crate::domain::{
    model::{ElementKey, Level, RelationKey},
    syntax::{
        gesture::Refusal,
        structurizr::{
            edit::{
                Plan, Select,
                attribute::{refuse_same_relation, same_relation},
                edits::Edits,
                mention,
                names::Naming,
                site::{Site, elsewhere, unknown_place},
                text,
            },
            tree::{BlockId, StatementId},
        },
    },
};

const fn is_static(level: Level) -> bool {
    matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom)
}

/// Refuses ends between which the language has no relation.
fn check_ends(site: &Site<'_>, source: &ElementKey, target: &ElementKey) -> Result<(), Refusal> {
    let mut levels = Vec::new();
    for key in [source, target] {
        let Some(element) = site.model.elements.get(key) else {
            return Err(Refusal::new(format!("There is no element `{key}` any more"), "Select it again."));
        };
        if element.level == Level::DeploymentEnvironment {
            return Err(Refusal::new("A deployment environment has no relationships", "Connect the nodes in it."));
        }
        levels.push(element.level);
    }
    if site.model.is_inside(source, target) || site.model.is_inside(target, source) {
        return Err(Refusal::new(
            format!("{} and {} lie within each other", site.name(source), site.name(target)),
            "Connect the part with something outside.",
        ));
    }
    if let [from, to] = levels.as_slice()
        && is_static(*from) != is_static(*to)
        && *from != Level::Custom
        && *to != Level::Custom
    {
        return Err(Refusal::new(
            "An element of the model and a place where things run cannot be connected",
            "Connect two elements of the model, or two places of one environment.",
        ));
    }
    Ok(())
}

pub(super) fn connect<'s>(
    site: &'s Site<'_>,
    source: &'s ElementKey,
    target: &'s ElementKey,
    description: Option<&str>,
    technology: Option<&str>,
) -> Result<Plan<'s>, Refusal> {
    let description = text::optional(description, "A description")?;
    let technology = text::optional(technology, "A technology")?;
    check_ends(site, source, target)?;
    same_relation(site, source, target, description.as_deref(), None)?;
    let implied = site.model.relations.values().find(|other| {
        other.implied_by.is_some()
            && (&other.source, &other.target) == (source, target)
            && other.description.as_deref().unwrap_or("") == description.as_deref().unwrap_or("")
    });
    if implied.is_some() {
        return Err(Refusal::new(
            format!("A relationship between parts already connects {} and {}", site.name(source), site.name(target)),
            "Describe what is different.",
        ));
    }
    let mut plan = Plan::new();
    let mut naming = Naming::new(site);
    let spot = spot(site, source, target, &[])?;
    let from = site.name_in(&mut naming, source, Some(spot.block), &mut plan.edits)?;
    let to = site.name_in(&mut naming, target, Some(spot.block), &mut plan.edits)?;
    let said = text::quote(description.as_deref().unwrap_or(""));
    let line = match &technology {
        None if description.is_none() => format!("{from} -> {to}"),
        None => format!("{from} -> {to} {said}"),
        Some(technology) => format!("{from} -> {to} {said} {}", text::quote(technology)),
    };
    spot.insert(site, &[line], &mut plan.edits);
    plan.expect.new_relations = 1;
    plan.expect.views_follow = true;
    plan.select = Select::Between(source.clone(), target.clone(), description.clone());
    plan.goal = Box::new(move |model, aligned| {
        model.relations.values().any(|found| {
            found.implied_by.is_none()
                && aligned.key(source) == Some(&found.source)
                && aligned.key(target) == Some(&found.target)
                && (description.is_none() || found.description == description)
                && (technology.is_none() || found.technology == technology)
        })
    });
    Ok(plan)
}

/// Where a relation's line goes.
pub(super) struct Spot {
    pub(super) block: BlockId,
    after: Option<StatementId>,
    /// The workspace has no model block yet.
    missing: Option<StatementId>,
}

impl Spot {
    pub(super) fn insert(&self, site: &Site<'_>, lines: &[String], edits: &mut Edits) {
        match self.missing {
            Some(workspace) => {
                site.insert_in(workspace, super::site::lines::Within::End, &site.block_lines("model", lines), edits);
            }
            None => site.insert(self.block, self.after, lines, edits),
        }
    }
}

/// Whether relations may stand in the block.
fn is_of_model(site: &Site<'_>, block: BlockId) -> bool {
    match site.owner(block) {
        Some(owner) => {
            site.line(owner).keyword() == "model"
                || site.element_at(owner).is_some()
                || site.group_at(owner).is_some()
                || site.reopened_at(owner).is_some()
        }
        None => site.workspace().is_none() && site.section("model").is_none(),
    }
}

/// The smallest block that holds both ends, after its last relation and after what is named; `gone` are statements that
/// are taken away.
pub(super) fn spot(site: &Site<'_>, source: &ElementKey, target: &ElementKey, gone: &[StatementId]) -> Result<Spot, Refusal> {
    let anchor = |key: &ElementKey| site.trace.anchors.get(key).and_then(|at| site.at(*at)).ok_or_else(unknown_place);
    let (from, to) = (anchor(source)?, anchor(target)?);
    let mut around = site.blocks_around(from);
    let others = site.blocks_around(to);
    around.retain(|block| others.contains(block) && is_of_model(site, *block));
    if let Some(block) = around.first() {
        let after = after_relations(site, *block, &[from, to], gone);
        return Ok(Spot { block: *block, after, missing: None });
    }
    if let Some(model) = site.section("model") {
        let Some(block) = site.block(model) else { return Err(unknown_place()) };
        return Ok(Spot { block, after: after_relations(site, block, &[], gone), missing: None });
    }
    let file = [source, target].into_iter().find_map(|key| site.model.elements.get(key)?.file.clone());
    let extends = site.workspace().filter(|id| site.line(*id).words.get(1).is_some_and(|word| word.value.eq_ignore_ascii_case("extends")));
    match (extends.and_then(|id| Some((id, site.block(id)?))), file) {
        (Some((workspace, block)), _) => Ok(Spot { block, after: None, missing: Some(workspace) }),
        (None, Some(file)) => Err(elsewhere("The model", &file)),
        (None, None) => Err(unknown_place()),
    }
}

/// The statement after which a relation goes.
pub(super) fn after_relations(site: &Site<'_>, block: BlockId, ends: &[StatementId], gone: &[StatementId]) -> Option<StatementId> {
    let children: Vec<StatementId> = site.children(block).into_iter().filter(|id| !gone.contains(id)).collect();
    let is_relation = |id: &&StatementId| !site.relations_at(**id).is_empty() || site.line(**id).arrow().is_some();
    let is_item = |id: &&StatementId| {
        let line = site.line(**id);
        !matches!(line.keyword().as_str(), "deploymentenvironment" | "views" | "configuration")
            && (site.element_at(**id).is_some() || site.group_at(**id).is_some() || line.keyword() == "!include")
    };
    let last = children.iter().rfind(is_relation).or_else(|| children.iter().rfind(is_item)).or_else(|| children.last());
    let held = ends.iter().filter_map(|end| site.child_of(block, *end)).filter(|id| !gone.contains(id));
    held.chain(last.copied()).max_by_key(|id| site.start(*id))
}

pub(super) fn reconnect<'s>(
    site: &'s Site<'_>,
    key: &'s RelationKey,
    source: &'s ElementKey,
    target: &'s ElementKey,
) -> Result<Plan<'s>, Refusal> {
    let statement = site.relation_statement(key)?;
    let Some(relation) = site.model.relations.get(key) else { return Err(unknown_place()) };
    let mut plan = Plan::new();
    plan.select = Select::Relation(key.clone());
    if relation.source == *source && relation.target == *target {
        return Ok(plan);
    }
    check_ends(site, source, target)?;
    same_relation(site, source, target, relation.description.as_deref(), Some(key))?;
    refuse_same_relation(site, relation, relation.description.as_deref())?;
    let mut naming = Naming::new(site);
    let line = site.line(statement);
    let Some(arrow) = line.arrow() else { return Err(unknown_place()) };
    let anchor = |key: &ElementKey| site.trace.anchors.get(key).and_then(|at| site.at(*at));
    let here = |key: &ElementKey| anchor(key).is_some_and(|id| site.start(id) < site.start(statement));
    let written = if arrow == 0 { relation.source == *source } else { true };
    let block = site.block_around(statement);
    if written && here(source) && here(target) {
        for (end, old, at) in [(source, &relation.source, 0), (target, &relation.target, arrow + 1)] {
            if end == old {
                continue;
            }
            let name = site.name_in(&mut naming, end, Some(block), &mut plan.edits)?;
            let Some(word) = line.words.get(at) else { return Err(unknown_place()) };
            plan.edits.replace(word.span, name);
        }
    } else {
        hoist(site, &mut plan, &mut naming, statement, source, target)?;
    }
    steps(site, &mut plan, &mut naming, key, source, target)?;
    plan.expect.changed_relations.insert(key.clone());
    plan.expect.views_follow = true;
    plan.select = Select::Between(source.clone(), target.clone(), relation.description.clone());
    plan.goal = Box::new(move |model, aligned| {
        model.relations.values().any(|found| {
            found.implied_by.is_none()
                && aligned.key(source) == Some(&found.source)
                && aligned.key(target) == Some(&found.target)
                && (&found.description, &found.technology, &found.tags, &found.properties, &found.url)
                    == (&relation.description, &relation.technology, &relation.tags, &relation.properties, &relation.url)
        })
    });
    Ok(plan)
}

/// Takes a relation's statement to where a new one between the ends would stand.
fn hoist(
    site: &Site<'_>,
    plan: &mut Plan<'_>,
    naming: &mut Naming,
    statement: StatementId,
    source: &ElementKey,
    target: &ElementKey,
) -> Result<(), Refusal> {
    let spot = spot(site, source, target, &[statement])?;
    let from = site.name_in(naming, source, Some(spot.block), &mut plan.edits)?;
    let to = site.name_in(naming, target, Some(spot.block), &mut plan.edits)?;
    let lines = site.relation_lines(statement, &from, &to);
    plan.edits.remove(site.removal(statement));
    spot.insert(site, &lines, &mut plan.edits);
    Ok(())
}

/// Steps of dynamic views follow their relation.
fn steps(
    site: &Site<'_>,
    plan: &mut Plan<'_>,
    naming: &mut Naming,
    key: &RelationKey,
    source: &ElementKey,
    target: &ElementKey,
) -> Result<(), Refusal> {
    for step in site.trace.steps.iter().filter(|step| step.relation == *key) {
        if let Some(file) = &step.file {
            return Err(elsewhere("A step of this relationship", file));
        }
        let Some(statement) = site.at(step.statement) else { continue };
        let words = site.tree_words(statement);
        let Some(arrow) = words.iter().position(|word| word.value == "->" && !word.quoted) else { continue };
        let (from, to) = if step.response { (target, source) } else { (source, target) };
        for (at, end) in [(arrow.checked_sub(1), from), (Some(arrow + 1), to)] {
            let Some(word) = at.and_then(|at| words.get(at)) else { continue };
            let name = site.name_in(naming, end, None, &mut plan.edits)?;
            if !word.value.eq_ignore_ascii_case(&name) && naming.resolve(&word.value, None) != Some(end) {
                plan.edits.replace(word.span, name);
            }
        }
    }
    Ok(())
}

impl Site<'_> {
    /// A relation's statement as lines, with both ends written out.
    pub(super) fn relation_lines(&self, statement: StatementId, source: &str, target: &str) -> Vec<String> {
        let line = self.line(statement);
        let mut words = Vec::new();
        if let (Some(arrow), Some(first)) = (line.arrow(), line.words.first()) {
            if arrow == 0 {
                words.push((first.span.start as usize..first.span.start as usize, format!("{source} ")));
            } else {
                words.push((first.span.range(), source.to_owned()));
            }
            if let Some(word) = line.words.get(arrow + 1) {
                words.push((word.span.range(), target.to_owned()));
            }
        }
        self.chunk(statement, false, &words)
    }

    /// A reference with the name in it replaced; none where the name is not written out.
    pub(super) fn renamed(&self, span: crate::domain::diagnostic::Span, old: &str, new: &str) -> Vec<(std::ops::Range<usize>, String)> {
        let raw = span.of(self.text);
        let start = span.start as usize;
        let names = mention::names(raw).into_iter();
        let same = names.filter(|range| raw.get(range.clone()).is_some_and(|name| name.eq_ignore_ascii_case(old)));
        same.map(|range| (start + range.start..start + range.end, new.to_owned())).collect()
    }
}
