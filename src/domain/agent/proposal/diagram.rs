//! Suggestions about diagrams: steps that become the gestures people make, one after the other, on a copy.

use std::collections::BTreeMap;

use crate::domain::{
    agent::{
        change,
        proposal::{Base, DryRun, ElementRef, MOST_IN_ALL, PLANNED, Place, Refused, Step, Thing, is_plan},
        untrusted::plain::{Form, problems},
    },
    diagnostic::{Level, LineIndex},
    difference,
    model::{
        ElementKey, GroupKey, Model, RelationKey,
        facts::{Facts, INSTEAD, State, is_known},
    },
    review::hidden,
    syntax::{
        Language, Parsed, apply, edit,
        gesture::{Gesture, Home, Subject},
        language_of, parse,
    },
};

const MAX_NAME: usize = 80;
const MAX_DESCRIPTION: usize = 300;
/// Say what a thing is, not what it has; nobody plans them.
const NOT_PLANNED: [&str; 16] = [
    "context",
    "criticality",
    "data",
    "direction",
    "effect",
    "env",
    "exposure",
    "kind",
    "location",
    "max_class",
    "mode",
    "owner",
    "profile",
    "proto",
    "stage",
    "tier",
];

/// A copy of the text with what became of the names in it.
struct Copy<'a> {
    base: &'a Base<'a>,
    language: Language,
    text: String,
    parsed: Parsed,
    /// Keys that became others, in order.
    renamed: Vec<(ElementKey, ElementKey)>,
    /// Relations that begin or end elsewhere now, in order.
    rerouted: Vec<(RelationKey, RelationKey)>,
    /// What a step added: its key then, and how many keys had become others by then.
    added: BTreeMap<usize, (ElementKey, usize)>,
}

/// Applies the steps.
pub(super) fn dry_run(steps: &[Step], base: &Base<'_>) -> Result<DryRun, Refused> {
    if !(1..=MOST_IN_ALL).contains(&steps.len()) {
        return Err(Refused::new(format!("it has {} steps", steps.len()), format!("Give 1 to {MOST_IN_ALL}.")));
    }
    let language = language(base)?;
    let parsed = parse(language, base.path, base.text, base.sources);
    let before = parsed.clone();
    let mut copy =
        Copy { base, language, text: base.text.to_owned(), parsed, renamed: Vec::new(), rerouted: Vec::new(), added: BTreeMap::new() };
    for (at, step) in steps.iter().enumerate() {
        copy.step(at, step).map_err(|refused| refused.at(at))?;
    }
    if copy.text == base.text {
        return Err(Refused::new("the text says all of it already", "Leave the suggestion out."));
    }
    let errors = |parsed: &Parsed| parsed.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    if errors(&copy.parsed) > errors(&before) {
        return Err(Refused::new("the text could not be read in full any more", "Suggest smaller steps."));
    }
    // What no screen shows is no part of what was stated.
    let reveals = steps.contains(&Step::Reveal);
    let shown = reveals.then(|| parse(language, base.path, &hidden::reveal(base.text), base.sources).model);
    if let Some(fact) = asserted(shown.as_ref().unwrap_or(&before.model), &copy.parsed.model) {
        return Err(Refused::new(format!("it would state {fact}"), "Only people state facts; plan it."));
    }
    Ok(DryRun {
        edits: difference::edits(base.text, &copy.text),
        lines: difference::hunks(base.text, &copy.text),
        change: change::between(&before.model, &copy.parsed.model),
        text: copy.text,
    })
}

/// A person's own text of the diagram; people may state facts.
pub(super) fn whole(text: &str, base: &Base<'_>) -> Result<DryRun, Refused> {
    let language = language(base)?;
    let (before, after) = (parse(language, base.path, base.text, base.sources), parse(language, base.path, text, base.sources));
    let errors = |parsed: &Parsed| parsed.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    if errors(&after) > errors(&before) {
        let error = after.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error);
        let said = error.map_or_else(String::new, |error| {
            let line = LineIndex::new(text).place(error.span.start).line;
            format!(": line {line}: {}", error.what.trim_end_matches('.'))
        });
        return Err(Refused::new(format!("the text could not be read in full any more{said}"), "Mend the line and save again."));
    }
    if text == base.text {
        return Err(Refused::new("it changes nothing", "Reject the suggestion instead."));
    }
    Ok(DryRun {
        edits: difference::edits(base.text, text),
        lines: difference::hunks(base.text, text),
        change: change::between(&before.model, &after.model),
        text: text.to_owned(),
    })
}

fn language(base: &Base<'_>) -> Result<Language, Refused> {
    language_of(base.path, base.text).ok_or_else(|| Refused::new("its language can't be edited", "Suggest changes to another diagram."))
}

/// A fact that the newer model states and the older did not, other than a plan.
pub(super) fn asserted(old: &Model, new: &Model) -> Option<String> {
    let count = |model: &Model| {
        let all = model.elements.values().map(|element| &element.facts);
        let all = all.chain(model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| &relation.facts));
        let all = all.chain(model.groups.values().map(|group| &group.facts)).chain([&model.facts]);
        let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
        for facts in all {
            for (name, fact) in facts.0.iter().filter(|(_, fact)| fact.inherited_from.is_none()) {
                *counted.entry((name.clone(), fact.value.clone())).or_default() += 1;
            }
        }
        counted
    };
    let (old, new) = (count(old), count(new));
    let stated = |((name, value), number): &(&(String, String), &usize)| {
        name != "kind" && !is_plan(value) && **number > old.get(&(name.clone(), value.clone())).copied().unwrap_or(0)
    };
    new.iter().find(stated).map(|((name, value), _)| format!("{name} {value}"))
}

impl Copy<'_> {
    fn step(&mut self, at: usize, step: &Step) -> Result<(), Refused> {
        match step {
            Step::AddElement { kind, name, place, technology, description } => {
                let name = self.name(name)?;
                let home = self.home(place)?;
                let made = self.make(&Gesture::Add { kind: *kind, name, home, view: None })?;
                let Some(Subject::Element(key)) = made else {
                    return Err(Refused::new("the new element could not be found", "Add it in another place."));
                };
                self.added.insert(at, (key.clone(), self.renamed.len()));
                let subject = Subject::Element(key);
                if let Some(technology) = technology {
                    let technology = Some(self.line("the technology", technology)?);
                    self.make(&Gesture::SetTechnology { subject: subject.clone(), technology })?;
                }
                if let Some(description) = description {
                    let description = Some(self.line("the description", description)?);
                    self.make(&Gesture::Describe { subject, description })?;
                }
            }
            Step::RemoveElement { element } => {
                let subjects = vec![Subject::Element(self.element(element)?)];
                self.make(&Gesture::Delete { subjects })?;
            }
            Step::Rename { thing, name } => {
                let (name, subject) = (self.name(name)?, self.subject(thing)?);
                let made = self.make(&Gesture::Rename { subject: subject.clone(), name })?;
                self.follow(&subject, made);
            }
            Step::AddRelation { source, target, description, technology } => {
                let description = description.as_deref().map(|text| self.line("the description", text)).transpose()?;
                let technology = technology.as_deref().map(|text| self.line("the technology", text)).transpose()?;
                let gesture = Gesture::Connect { source: self.element(source)?, target: self.element(target)?, description, technology };
                self.make(&gesture)?;
            }
            Step::RemoveRelation { relation } => {
                let subjects = vec![Subject::Relation(self.relation(relation)?)];
                self.make(&Gesture::Delete { subjects })?;
            }
            Step::Describe { thing, description } => {
                let gesture =
                    Gesture::Describe { subject: self.subject(thing)?, description: Some(self.line("the description", description)?) };
                self.make(&gesture)?;
            }
            Step::SetTechnology { thing, technology } => {
                let gesture =
                    Gesture::SetTechnology { subject: self.subject(thing)?, technology: Some(self.line("the technology", technology)?) };
                self.make(&gesture)?;
            }
            Step::Plan { thing, fact } => self.plan(thing, fact)?,
            Step::Reconnect { relation, source, target } => {
                let before = self.relation(relation)?;
                let gesture = Gesture::Reconnect { relation: before.clone(), source: self.element(source)?, target: self.element(target)? };
                if let Some(Subject::Relation(after)) = self.make(&gesture)? {
                    self.rerouted.push((relation.clone(), after));
                }
            }
            Step::Replan { thing, fact, note } => self.replan(thing, fact, note.as_deref())?,
            Step::Forget { thing, property } => {
                let gesture = Gesture::SetProperty { subject: self.subject(thing)?, name: property.clone(), value: None };
                self.make(&gesture)?;
            }
            Step::Reveal => {
                self.text = hidden::reveal(&self.text);
                self.parsed = parse(self.language, self.base.path, &self.text, self.base.sources);
            }
            Step::Move { element, place } => {
                let key = self.element(element)?;
                let gesture = Gesture::Move { elements: vec![key.clone()], home: self.home(place)? };
                let made = self.make(&gesture)?;
                self.follow(&Subject::Element(key), made);
            }
        }
        Ok(())
    }

    fn plan(&mut self, thing: &Thing, fact: &str) -> Result<(), Refused> {
        if !is_known(fact) || NOT_PLANNED.contains(&fact) {
            return Err(Refused::new(
                format!("`{}` is no fact that can be planned", fact.chars().take(40).collect::<String>()),
                "Plan a control such as timeout, tls, circuit_breaker, backup or dlq.",
            ));
        }
        let subject = self.subject(thing)?;
        let facts = self.facts(&subject);
        let state = facts.map_or(State::Unknown, |facts| facts.state(fact));
        if matches!(state, State::Yes | State::NotApplicable) {
            let value = facts.and_then(|facts| facts.value(fact)).unwrap_or_default().to_owned();
            return Err(Refused::new(format!("{fact} is {value} already"), "Plan only what is missing or unknown."));
        }
        self.make(&Gesture::SetProperty { subject, name: fact.to_owned(), value: Some(PLANNED.to_owned()) })?;
        Ok(())
    }

    /// Plans what is stated otherwise; nothing else is claimed.
    fn replan(&mut self, thing: &Thing, fact: &str, note: Option<&str>) -> Result<(), Refused> {
        if !is_known(fact) || fact == "kind" {
            let named: String = fact.chars().take(40).collect();
            return Err(Refused::new(format!("`{named}` is no fact that can be planned"), "Plan a fact that rules know."));
        }
        let subject = self.subject(thing)?;
        if self.facts(&subject).is_some_and(|facts| facts.state(fact) == State::NotApplicable) {
            return Err(Refused::new(format!("{fact} does not apply, as the text says"), "Plan only what is missing or unknown."));
        }
        let stated = self.facts(&subject).and_then(|facts| facts.value(fact)).map(|stated| format!("{INSTEAD}{}", stated.trim()));
        let note = note
            .map(|note| {
                // What is replaced is the text's own words, whatever they are.
                let parts = stated.as_deref().and_then(|stated| Some((note.trim().strip_suffix(stated)?, stated)));
                let (wanted, replaced) = parts.unwrap_or((note, ""));
                self.line("the note", wanted).map(|wanted| format!("{wanted}{replaced}"))
            })
            .transpose()?;
        let value = note.map_or_else(|| PLANNED.to_owned(), |note| format!("{PLANNED} ({note})"));
        self.make(&Gesture::SetProperty { subject, name: fact.to_owned(), value: Some(value) })?;
        Ok(())
    }

    fn facts(&self, subject: &Subject) -> Option<&Facts> {
        let model = &self.parsed.model;
        match subject {
            Subject::Element(key) => model.elements.get(key).map(|element| &element.facts),
            Subject::Relation(key) => model.relations.get(key).map(|relation| &relation.facts),
            Subject::Group(key) => model.groups.get(key).map(|group| &group.facts),
            Subject::Workspace => Some(&model.facts),
        }
    }

    /// Makes a gesture and reads the text again.
    fn make(&mut self, gesture: &Gesture) -> Result<Option<Subject>, Refused> {
        let outcome = edit(self.language, self.base.path, &self.text, self.base.sources, gesture)
            .map_err(|refusal| Refused::new(refusal.what, refusal.help))?;
        self.text = apply(&self.text, &outcome.edits);
        self.parsed = parse(self.language, self.base.path, &self.text, self.base.sources);
        Ok(outcome.select)
    }

    /// Notes the key that an element has after a gesture.
    fn follow(&mut self, before: &Subject, after: Option<Subject>) {
        if let (Subject::Element(before), Some(Subject::Element(after))) = (before, after)
            && *before != after
        {
            self.renamed.push((before.clone(), after));
        }
    }

    /// A key as it is now, for one that was noted when `from` keys had become others.
    fn now(&self, key: &ElementKey, from: usize) -> ElementKey {
        let mut key = key.clone();
        for (before, after) in self.renamed.iter().skip(from) {
            if key == *before {
                key = after.clone();
            } else if let Some(rest) = key.as_str().strip_prefix(before.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                key = ElementKey(format!("{after}.{rest}"));
            }
        }
        key
    }

    fn element(&self, element: &ElementRef) -> Result<ElementKey, Refused> {
        let (key, said) = match element {
            ElementRef::There(key) => (self.now(key, 0), key.to_string()),
            ElementRef::Added(step) => {
                let Some((key, from)) = self.added.get(step) else {
                    return Err(Refused::new(format!("step {} adds no element", step + 1), "Name an earlier step that adds one."));
                };
                (self.now(key, *from), format!("what step {} adds", step + 1))
            }
        };
        if self.parsed.model.elements.contains_key(&key) {
            return Ok(key);
        }
        Err(Refused::new(format!("{said} is not in the text"), "It may have been removed or renamed since."))
    }

    fn relation(&self, relation: &RelationKey) -> Result<RelationKey, Refused> {
        if let Some((_, after)) = self.rerouted.iter().rfind(|(before, _)| before == relation) {
            return Ok(after.clone());
        }
        let key = match relation.as_str().split_once("->") {
            Some((source, rest)) => {
                let (target, ordinal) =
                    rest.split_once('#').map_or((rest, String::new()), |(target, number)| (target, format!("#{number}")));
                RelationKey(format!("{}->{}{ordinal}", self.now(&source.into(), 0), self.now(&target.into(), 0)))
            }
            None => relation.clone(),
        };
        if self.parsed.model.relations.contains_key(&key) {
            return Ok(key);
        }
        Err(Refused::new(format!("the relation {relation} is not in the text"), "It may have been removed since."))
    }

    fn boundary(&self, group: &GroupKey) -> Result<GroupKey, Refused> {
        let key = match group.as_str().split_once('/') {
            Some((owner, rest)) if !owner.is_empty() => GroupKey(format!("{}/{rest}", self.now(&owner.into(), 0))),
            _ => group.clone(),
        };
        if self.parsed.model.groups.contains_key(&key) {
            return Ok(key);
        }
        Err(Refused::new(format!("the boundary {group} is not in the text"), "It may have been removed or renamed since."))
    }

    fn subject(&self, thing: &Thing) -> Result<Subject, Refused> {
        Ok(match thing {
            Thing::Element(element) => Subject::Element(self.element(element)?),
            Thing::Relation(relation) => Subject::Relation(self.relation(relation)?),
            Thing::Boundary(group) => Subject::Group(self.boundary(group)?),
            Thing::Workspace => Subject::Workspace,
        })
    }

    fn home(&self, place: &Place) -> Result<Home, Refused> {
        Ok(match place {
            Place::Top => Home::Top,
            Place::Element(element) => Home::Element(self.element(element)?),
            Place::Boundary(group) => Home::Group(self.boundary(group)?),
        })
    }

    fn name(&self, name: &str) -> Result<String, Refused> {
        let name = self.line("the name", name)?;
        if name.chars().count() > MAX_NAME {
            return Err(Refused::new(format!("the name has more than {MAX_NAME} characters"), "Give a short one."));
        }
        Ok(name)
    }

    /// One line of plain words.
    fn line(&self, what: &str, text: &str) -> Result<String, Refused> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_DESCRIPTION {
            return Err(Refused::new(format!("{what} has to have 1 to {MAX_DESCRIPTION} characters"), "Say it in one sentence."));
        }
        let found = problems(text, Form::Line, self.base.addresses);
        if found.is_empty() {
            return Ok(text.to_owned());
        }
        Err(Refused::new(format!("{what} can't be shown: {}", found.join("; ")), "Write plain words."))
    }
}

/// What the steps touch and is not as it was.
pub(super) fn conflicts(steps: &[Step], old: &str, newer: &Base<'_>) -> Vec<Refused> {
    let Ok(language) = language(newer) else {
        return vec![Refused::new("its language can't be edited any more", "Ask for a new review.")];
    };
    let old = parse(language, newer.path, old, newer.sources).model;
    let new = parse(language, newer.path, newer.text, newer.sources).model;
    let mut found = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let mut note = |what: String| found.push(Refused::new(what, "Look at it again, or ask for a new review.").at(at));
        for element in elements_of(step) {
            let name = old.elements.get(element).map_or_else(|| element.to_string(), |element| element.name.clone());
            match (old.elements.get(element), new.elements.get(element)) {
                (Some(before), Some(after)) => {
                    let what = change::element(before, after);
                    if !what.is_empty() {
                        note(format!("{name} has changed since: {}", what.join(", ")));
                    }
                }
                (_, None) => note(format!("{name} is gone")),
                (None, Some(_)) => note(format!("{name} was not there when this was suggested")),
            }
        }
        if let Some(relation) = relation_of(step) {
            match (old.relations.get(relation), new.relations.get(relation)) {
                (Some(before), Some(after)) => {
                    let what = change::relation(before, after);
                    if !what.is_empty() {
                        note(format!("the relation {relation} has changed since: {}", what.join(", ")));
                    }
                }
                (_, None) => note(format!("the relation {relation} is gone")),
                (None, Some(_)) => note(format!("the relation {relation} was not there when this was suggested")),
            }
        }
        if let Some(group) = boundary_of(step).filter(|group| !new.groups.contains_key(*group)) {
            note(format!("the boundary {group} is gone"));
        }
        if let Step::RemoveElement { element: ElementRef::There(element) } = step {
            for key in gained(&old, &new, element) {
                note(format!("{key} was added to what goes"));
            }
        }
        if let Step::AddElement { name, .. } = step {
            let same = |model: &Model| model.elements.values().any(|element| element.name.eq_ignore_ascii_case(name.trim()));
            if same(&new) && !same(&old) {
                note(format!("there is an element {name} now"));
            }
        }
    }
    found.dedup();
    found
}

/// Parts and relations that an element has gained.
fn gained(old: &Model, new: &Model, element: &ElementKey) -> Vec<String> {
    let inside = |model: &Model, key: &ElementKey| *key == *element || model.is_inside(key, element);
    let parts = new.elements.keys().filter(|key| inside(new, key) && !old.elements.contains_key(*key)).map(ToString::to_string);
    let relations = new.relations.values().filter(|relation| relation.implied_by.is_none() && !old.relations.contains_key(&relation.key));
    let relations = relations.filter(|relation| inside(new, &relation.source) || inside(new, &relation.target));
    parts.chain(relations.map(|relation| format!("the relation {}", relation.key))).collect()
}

fn elements_of(step: &Step) -> Vec<&ElementKey> {
    let all: Vec<&ElementRef> = match step {
        Step::AddRelation { source, target, .. } | Step::Reconnect { source, target, .. } => vec![source, target],
        Step::Move { element, place: Place::Element(around) } => vec![element, around],
        Step::AddElement { place: Place::Element(element), .. }
        | Step::RemoveElement { element }
        | Step::Move { element, .. }
        | Step::Rename { thing: Thing::Element(element), .. }
        | Step::Describe { thing: Thing::Element(element), .. }
        | Step::SetTechnology { thing: Thing::Element(element), .. }
        | Step::Plan { thing: Thing::Element(element), .. }
        | Step::Replan { thing: Thing::Element(element), .. }
        | Step::Forget { thing: Thing::Element(element), .. } => vec![element],
        _ => Vec::new(),
    };
    all.into_iter().filter_map(|element| if let ElementRef::There(key) = element { Some(key) } else { None }).collect()
}

fn relation_of(step: &Step) -> Option<&RelationKey> {
    match step {
        Step::RemoveRelation { relation }
        | Step::Reconnect { relation, .. }
        | Step::Replan { thing: Thing::Relation(relation), .. }
        | Step::Forget { thing: Thing::Relation(relation), .. }
        | Step::Rename { thing: Thing::Relation(relation), .. }
        | Step::Describe { thing: Thing::Relation(relation), .. }
        | Step::SetTechnology { thing: Thing::Relation(relation), .. }
        | Step::Plan { thing: Thing::Relation(relation), .. } => Some(relation),
        _ => None,
    }
}

fn boundary_of(step: &Step) -> Option<&GroupKey> {
    match step {
        Step::AddElement { place: Place::Boundary(group), .. }
        | Step::Move { place: Place::Boundary(group), .. }
        | Step::Rename { thing: Thing::Boundary(group), .. }
        | Step::Describe { thing: Thing::Boundary(group), .. }
        | Step::SetTechnology { thing: Thing::Boundary(group), .. }
        | Step::Plan { thing: Thing::Boundary(group), .. }
        | Step::Replan { thing: Thing::Boundary(group), .. }
        | Step::Forget { thing: Thing::Boundary(group), .. } => Some(group),
        _ => None,
    }
}
