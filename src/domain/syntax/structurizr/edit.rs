//! Gestures as the smallest edits of a Structurizr text.
//!
//! A gesture becomes a plan: edits, what may change, and what has to be true afterwards. The plan's edits are made in
//! memory, the text is read again, and the gesture is refused unless exactly the meant change shows. To add a gesture: one
//! variant of [`Gesture`], one arm in [`plan`], one file here that makes the plan.

use crate::domain::{
    model::{ElementKey, GroupKey, Model, RelationKey, view::View},
    syntax::{
        Sources, apply,
        gesture::{Gesture, Outcome, Refusal, Subject},
        structurizr::{
            MAX_BYTES,
            edit::{
                add::Form,
                check::{Aligned, Expect, align, difference},
                edits::Edits,
                site::Site,
            },
            parse,
        },
    },
};

mod add;
mod attribute;
mod check;
mod connect;
mod delete;
mod edits;
mod mention;
mod names;
mod property;
mod relocate;
mod rename;
mod site;
mod text;
mod view;

/// What a gesture does to a text, before it is proven.
struct Plan<'s> {
    edits: Edits,
    expect: Expect,
    select: Select,
    view: Option<String>,
    /// Edits one of which to make as well where a view would not show the new element.
    also: Option<Also>,
    /// Why it cannot be done where the edits do not do it, if more is known than that.
    refusal: Option<Refusal>,
    /// What to try where the edits do not do it.
    otherwise: Option<Box<Plan<'s>>>,
    /// Whether the edited model says what was meant, as far as [`Expect`] does not say it already.
    goal: Goal<'s>,
}

/// Edits by which a view lists a new element, the smallest first.
struct Also {
    view: String,
    edits: Vec<Edits>,
}

type Goal<'s> = Box<dyn Fn(&Model, &Aligned) -> bool + 's>;

/// What is selected afterwards.
#[derive(Clone, Debug)]
enum Select {
    Nothing,
    /// By the key it had before.
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
    Workspace,
    /// The first new one.
    NewElement,
    /// A relation by its ends as they were called before, and its description.
    Between(ElementKey, ElementKey, Option<String>),
    /// A group by its name, in the group and element around it.
    Named(String, Option<GroupKey>, Option<ElementKey>),
}

impl Plan<'_> {
    fn new() -> Self {
        Self {
            edits: Edits::default(),
            expect: Expect::default(),
            select: Select::Nothing,
            view: None,
            also: None,
            refusal: None,
            otherwise: None,
            goal: Box::new(|_, _| true),
        }
    }
}

/// The edits by which the text says what the gesture means; none where it says so already.
pub fn edit(path: &str, text: &str, sources: &Sources, gesture: &Gesture) -> Result<Outcome, Refusal> {
    if text.len() > MAX_BYTES {
        return Err(Refusal::new("This file is too large to be edited here", "Split it and join the parts with `!include`."));
    }
    let site = Site::new(path, text, sources)?;
    let mut plan = plan(&site, gesture)?;
    if let Gesture::Add { kind, name, home, view } = gesture {
        plan.otherwise = Some(Box::new(add::add(&site, *kind, name, home, view.as_deref(), Form::Property)?));
    }
    // Each plan is simpler than the one after it; the reason why the last one fails is told.
    loop {
        let otherwise = plan.otherwise.take();
        match (prove(&site, plan), otherwise) {
            (Err(_), Some(next)) => plan = *next,
            (proven, _) => return proven,
        }
    }
}

fn plan<'s>(site: &'s Site<'_>, gesture: &'s Gesture) -> Result<Plan<'s>, Refusal> {
    match gesture {
        Gesture::Rename { subject, name } => rename::label(site, subject, name),
        Gesture::Name { element, name } => rename::element(site, element, name),
        Gesture::RenameIdentifier { element, identifier } => rename::identifier(site, element, identifier),
        Gesture::Describe { subject, description } => attribute::describe(site, subject, description.as_deref()),
        Gesture::SetTechnology { subject, technology } => attribute::technology(site, subject, technology.as_deref()),
        Gesture::SetKind { element, kind } => attribute::kind(site, element, *kind),
        Gesture::SetProperty { subject, name, value } => property::set(site, subject, name, value.as_deref()),
        Gesture::Add { kind, name, home, view } => add::add(site, *kind, name, home, view.as_deref(), Form::Tag),
        Gesture::Duplicate { elements } => add::duplicate(site, elements),
        Gesture::Connect { source, target, description, technology } => {
            connect::connect(site, source, target, description.as_deref(), technology.as_deref())
        }
        Gesture::Reconnect { relation, source, target } => connect::reconnect(site, relation, source, target),
        Gesture::Delete { subjects } => delete::delete(site, subjects),
        Gesture::Move { elements, home } => relocate::relocate(site, elements, home),
        Gesture::Enclose { name, home, elements } => relocate::enclose(site, name, home, elements),
        Gesture::AddView { view } => view::add(site, view),
        Gesture::RemoveView { view } => view::remove(site, view),
        Gesture::Include { view, elements } => view::include(site, view, elements),
        Gesture::Exclude { view, elements } => view::exclude(site, view, elements),
        Gesture::RenameView { view, title } => view::rename(site, view, title),
        Gesture::Direct { view, direction } => view::direct(site, view, *direction),
    }
}

/// Makes the edits in memory and reads the text again.
fn prove(site: &Site<'_>, mut plan: Plan<'_>) -> Result<Outcome, Refusal> {
    let finished = plan.edits.clone().finish(site.text)?;
    if finished.edits.is_empty() {
        let same = Aligned { keys: site.model.elements.keys().map(|key| (key.clone(), key.clone())).collect(), new: Vec::new() };
        let select = select(&site.model, &site.model, &same, &plan.select);
        return Ok(Outcome { edits: Vec::new(), select, view: plan.view });
    }
    let text = apply(site.text, &finished.edits);
    let after = parse(site.path, &text, site.sources);
    let told = plan.refusal.take();
    let refuse = |why: String| {
        let vague = || Refusal::new(format!("The text cannot be changed for this alone: {why}"), "Edit the text by hand.");
        told.clone().unwrap_or_else(vague)
    };
    let Some(aligned) = align(&site.model, &after.model, &finished.fresh, &plan.expect) else {
        return Err(refuse("other elements would appear or be lost".to_owned()));
    };
    if let Some(why) = difference(site, &after, &aligned, &plan.expect) {
        return Err(refuse(why));
    }
    if !(plan.goal)(&after.model, &aligned) {
        return Err(refuse("something else in the text decides it".to_owned()));
    }
    if let Some(also) = plan.also.take() {
        let shown = |view: &View| aligned.new.iter().all(|key| view.elements.contains(key));
        let hidden = after.model.views.iter().any(|view| view.key == also.view && !shown(view));
        for more in also.edits.into_iter().filter(|_| hidden) {
            let mut edits = plan.edits.clone();
            edits.extend(more);
            let mut expect = plan.expect.clone();
            expect.changed_views.insert(also.view.clone());
            let wanted = &also.view;
            let goal: Goal<'_> = Box::new(move |model, aligned| {
                let mut views = model.views.iter();
                views.any(|view| view.key == *wanted && aligned.new.iter().all(|key| view.elements.contains(key)))
            });
            let more = Plan { edits, expect, select: plan.select.clone(), goal, ..Plan::new() };
            if let Ok(outcome) = prove(site, more) {
                return Ok(outcome);
            }
        }
    }
    let select = select(&site.model, &after.model, &aligned, &plan.select);
    Ok(Outcome { edits: finished.edits, select, view: plan.view })
}

/// The subject under its new key.
fn select(before: &Model, after: &Model, aligned: &Aligned, select: &Select) -> Option<Subject> {
    match select {
        Select::Nothing => None,
        Select::Workspace => Some(Subject::Workspace),
        Select::Element(key) => aligned.key(key).cloned().map(Subject::Element),
        Select::NewElement => aligned.new.first().cloned().map(Subject::Element),
        Select::Relation(key) => {
            let old = before.relations.get(key)?;
            let (source, target) = (aligned.key(&old.source)?, aligned.key(&old.target)?);
            let mut between = after.relations.values().filter(|relation| relation.source == *source && relation.target == *target);
            let nth = before
                .relations
                .values()
                .filter(|other| other.source == old.source && other.target == old.target && other.implied_by.is_none())
                .position(|other| other.key == *key)?;
            between
                .by_ref()
                .filter(|relation| relation.implied_by.is_none())
                .nth(nth)
                .map(|relation| Subject::Relation(relation.key.clone()))
        }
        Select::Between(source, target, description) => {
            let (source, target) = (aligned.key(source)?, aligned.key(target)?);
            let mut relations = after.relations.values();
            let found = relations.find(|relation| {
                relation.source == *source
                    && relation.target == *target
                    && relation.implied_by.is_none()
                    && relation.description == *description
            })?;
            Some(Subject::Relation(found.key.clone()))
        }
        Select::Group(key) => {
            let position = before.groups.get_index_of(key)?;
            let (new, _) = after.groups.get_index(position)?;
            Some(Subject::Group(new.clone()))
        }
        Select::Named(name, parent, owner) => {
            let owner = owner.as_ref().map(|owner| aligned.key(owner).cloned());
            let parent = parent.as_ref().and_then(|parent| before.groups.get(parent)).map(|group| group.name.as_str());
            let found = after.groups.values().rfind(|group| {
                let around = group.parent.as_ref().and_then(|parent| after.groups.get(parent)).map(|group| group.name.as_str());
                group.name == *name && group.owner.clone().map(Some) == owner && around == parent
            })?;
            Some(Subject::Group(found.key.clone()))
        }
    }
}

#[cfg(test)]
pub(in crate::domain::syntax) mod tests;
