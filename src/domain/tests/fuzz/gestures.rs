//! Gestures on damaged texts: done or refused in words; what is done can be undone, and breaks nothing that was whole.

use super::{
    mutate::Dice,
    readers::{inside, sources},
};
use crate::domain::{
    diagnostic::Level as Severity,
    model::{ElementKey, GroupKey, Model, RelationKey, kind::Kind, view::Direction},
    syntax::{
        Language, Parsed, apply, edit,
        gesture::{Gesture, Home, NewView, Subject},
        inverse, parse,
    },
};

/// Elements of a model that gestures are tried on.
const MOST: usize = 2000;

/// Errors of a text that is so broken that nothing more can be said of it.
const MANY: usize = 200;

const WORDS: [&str; 10] = ["New", "New \"x\" {", "a\nb", " ", "tail\\", "end", "注文 ]", "\"\"\"", "x -> y", "${N}"];

const fn path(language: Language) -> &'static str {
    match language {
        Language::Structurizr => "workspace.dsl",
        Language::Mermaid => "chart.mmd",
    }
}

/// Errors with their words. In a part of a text they are warnings, and turn into errors when the last thing that made it a part
/// is deleted.
fn errors(parsed: &Parsed) -> Vec<(&str, &str)> {
    let part = parsed.diagnostics.iter().any(|found| found.code == "fragment");
    let least = if part { Severity::Warning } else { Severity::Error };
    let errors = parsed.diagnostics.iter().filter(|found| found.level >= least);
    errors.map(|found| (found.code.as_str(), found.what.as_str())).collect()
}

pub(super) fn several(language: Language, text: &str, dice: &mut Dice) {
    let before = parse(language, path(language), text, &sources());
    if before.model.elements.is_empty() || before.model.elements.len() > MOST {
        return;
    }
    for _ in 0..4 {
        let gesture = Chance { model: &before.model, dice }.gesture();
        one(language, text, &before, &gesture);
    }
}

fn one(language: Language, text: &str, before: &Parsed, gesture: &Gesture) {
    let outcome = match edit(language, path(language), text, &sources(), gesture) {
        Ok(outcome) => outcome,
        Err(refusal) => {
            assert!(!refusal.what.is_empty() && !refusal.help.is_empty(), "{gesture:?} is refused without words");
            return;
        }
    };
    for made in &outcome.edits {
        inside(text, made.span, "an edit");
    }
    let apart = outcome.edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    assert!(apart, "the edits of {gesture:?} overlap");
    let after_text = apply(text, &outcome.edits);
    assert!(apply(&after_text, &inverse(text, &outcome.edits)) == text, "{gesture:?} cannot be undone");
    let after = parse(language, path(language), &after_text, &sources());
    let (was, is) = (errors(before), errors(&after));
    // Beyond the limit of diagnostics, their number says nothing.
    if was.len() >= MANY {
        return;
    }
    let new = is.iter().find(|error| !was.contains(error));
    assert!(is.len() <= was.len(), "{gesture:?} makes {} errors of {}: {new:?}, by {:?}", is.len(), was.len(), outcome.edits);
    let selected = match &outcome.select {
        Some(Subject::Element(key)) => after.model.elements.contains_key(key),
        Some(Subject::Relation(key)) => after.model.relations.contains_key(key),
        Some(Subject::Group(key)) => after.model.groups.contains_key(key),
        Some(Subject::Workspace) | None => true,
    };
    assert!(selected, "what {gesture:?} selects is not there: {:?}", outcome.select);
    let view = outcome.view.as_ref().is_none_or(|key| after.model.view(key).is_some());
    assert!(view, "the view that {gesture:?} makes is not there");
}

/// A gesture by chance.
struct Chance<'c> {
    model: &'c Model,
    dice: &'c mut Dice,
}

impl Chance<'_> {
    fn element(&mut self) -> ElementKey {
        let at = self.dice.below(self.model.elements.len());
        self.model.elements.get_index(at).unwrap().0.clone()
    }

    fn relation(&mut self) -> Option<RelationKey> {
        let relations = self.model.relations.values().filter(|relation| relation.implied_by.is_none());
        let stated: Vec<&RelationKey> = relations.map(|relation| &relation.key).collect();
        stated.get(self.dice.below(stated.len())).map(|key| (*key).clone())
    }

    fn group(&mut self) -> Option<GroupKey> {
        let at = self.dice.below(self.model.groups.len());
        self.model.groups.get_index(at).map(|(key, _)| key.clone())
    }

    fn view(&mut self) -> String {
        let at = self.dice.below(self.model.views.len());
        self.model.views.get(at).map_or_else(String::new, |view| view.key.clone())
    }

    fn subject(&mut self) -> Subject {
        let subject = match self.dice.below(10) {
            0..3 => self.relation().map(Subject::Relation),
            3..6 => self.group().map(Subject::Group),
            6 => Some(Subject::Workspace),
            _ => None,
        };
        subject.unwrap_or_else(|| Subject::Element(self.element()))
    }

    fn home(&mut self) -> Home {
        match self.dice.below(3) {
            0 => Home::Top,
            1 => self.group().map_or(Home::Top, Home::Group),
            _ => Home::Element(self.element()),
        }
    }

    fn words(&mut self) -> String {
        self.dice.pick(&WORDS).to_owned()
    }

    fn perhaps(&mut self) -> Option<String> {
        if self.dice.chance(3) { None } else { Some(self.words()) }
    }

    fn kind(&mut self) -> Kind {
        Kind::ALL[self.dice.below(Kind::ALL.len())]
    }

    fn elements(&mut self) -> Vec<ElementKey> {
        (0..=self.dice.below(2)).map(|_| self.element()).collect()
    }

    fn gesture(&mut self) -> Gesture {
        match self.dice.below(20) {
            0 => {
                let view = if self.dice.chance(2) { Some(self.view()) } else { None };
                Gesture::Add { kind: self.kind(), name: self.words(), home: self.home(), view }
            }
            1 => Gesture::Enclose { name: self.words(), home: self.home(), elements: self.elements() },
            2 => {
                let (source, target) = (self.element(), self.element());
                Gesture::Connect { source, target, description: self.perhaps(), technology: self.perhaps() }
            }
            3 => match self.relation() {
                Some(relation) => Gesture::Reconnect { relation, source: self.element(), target: self.element() },
                None => Gesture::Duplicate { elements: self.elements() },
            },
            4 => Gesture::Rename { subject: self.subject(), name: self.words() },
            5 => Gesture::Name { element: self.element(), name: self.words() },
            6 => Gesture::RenameIdentifier { element: self.element(), identifier: "fresh_one".to_owned() },
            7 => Gesture::Describe { subject: self.subject(), description: self.perhaps() },
            8 => Gesture::SetTechnology { subject: self.subject(), technology: self.perhaps() },
            9 => Gesture::SetKind { element: self.element(), kind: self.kind() },
            10 => {
                let name = self.dice.pick(&["owner", "timeout", "Some name", "}"]).to_owned();
                Gesture::SetProperty { subject: self.subject(), name, value: self.perhaps() }
            }
            11 | 12 => Gesture::Move { elements: self.elements(), home: self.home() },
            13 => Gesture::Delete { subjects: vec![self.subject(), self.subject()] },
            14 => Gesture::Duplicate { elements: self.elements() },
            15 => {
                let scope = if self.dice.chance(2) { Some(self.element()) } else { None };
                Gesture::AddView { view: NewView { key: String::new(), title: self.words(), scope } }
            }
            16 => Gesture::RemoveView { view: self.view() },
            17 => Gesture::Include { view: self.view(), elements: self.elements() },
            18 => Gesture::Exclude { view: self.view(), elements: self.elements() },
            _ if self.dice.chance(2) => Gesture::RenameView { view: self.view(), title: self.words() },
            _ => Gesture::Direct { view: self.view(), direction: Direction::BottomTop },
        }
    }
}
