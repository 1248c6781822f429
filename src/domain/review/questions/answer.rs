//! Answers as the smallest edits of the text: one fact of one element, relation or of the whole design. The text is read again
//! before an edit is given: the fact has exactly the state that was chosen, and nothing else is said.

use serde::{Deserialize, Serialize};

use crate::domain::{
    difference,
    model::{
        Model,
        facts::{Facts, State, catalogue},
    },
    review::questions::format,
    syntax::{
        self, Language, Sources, TextEdit, apply,
        gesture::{Gesture, Refusal, Subject},
    },
};

/// The longest reason.
const LONGEST_REASON: usize = 200;

/// What a person says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    Yes,
    Planned,
    No,
    NotApplicable { reason: String },
    Value { value: String },
}

/// One answered question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub about: Subject,
    pub fact: String,
    pub answer: Answer,
}

impl Answer {
    const fn state(&self) -> State {
        match self {
            Self::Yes | Self::Value { .. } => State::Yes,
            Self::Planned => State::Planned,
            Self::No => State::No,
            Self::NotApplicable { .. } => State::NotApplicable,
        }
    }

    /// As it is written.
    fn written(&self, about: &catalogue::FactDoc) -> Result<String, Refusal> {
        Ok(match self {
            Self::Yes => "yes".to_owned(),
            Self::Planned => "planned".to_owned(),
            Self::No => "no".to_owned(),
            Self::NotApplicable { reason } => {
                let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
                if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
                    return Err(Refusal::new("A reason is missing or too long", format!("Say in 1 to {LONGEST_REASON} characters why.")));
                }
                format!("n/a ({reason})")
            }
            Self::Value { value } => match format::problem(about, value) {
                Some(problem) => return Err(Refusal::new(format!("`{}` is no answer", about.name), problem)),
                None => value.trim().to_owned(),
            },
        })
    }
}

/// The edits by which the text gives an answer; none where it gives it already.
///
/// # Errors
///
/// Where the answer is not written as the fact is, where what it is about is not in this text, or where the text can't say it
/// without saying something else as well.
pub fn answer(language: Language, path: &str, text: &str, sources: &Sources, answered: &Answered) -> Result<Vec<TextEdit>, Refusal> {
    let Some(about) = catalogue::about(&answered.fact) else {
        return Err(Refusal::new(format!("`{}` is no fact that rules ask for", answered.fact), "Reload the page."));
    };
    let value = answered.answer.written(about)?;
    let gesture = Gesture::SetProperty { subject: answered.about.clone(), name: answered.fact.clone(), value: Some(value.clone()) };
    let edits = syntax::edit(language, path, text, sources, &gesture)?.edits;
    let after = syntax::parse(language, path, &apply(text, &edits), sources).model;
    let stated = facts(&after, &answered.about).and_then(|facts| facts.get(&answered.fact));
    if stated.is_none_or(|fact| fact.state() != answered.answer.state() || fact.value != value || fact.inherited_from.is_some()) {
        return Err(Refusal::new("This can't be written here as an answer", "Say it in other words, or edit the text by hand."));
    }
    Ok(edits)
}

/// Several answers at once, as edits of the text as it is.
///
/// # Errors
///
/// As [`answer`]; nothing is answered then.
pub fn answers(language: Language, path: &str, text: &str, sources: &Sources, answered: &[Answered]) -> Result<Vec<TextEdit>, Refusal> {
    let mut now = text.to_owned();
    for one in answered {
        let edits = answer(language, path, &now, sources, one)?;
        now = apply(&now, &edits);
    }
    Ok(difference::edits(text, &now))
}

fn facts<'a>(model: &'a Model, subject: &Subject) -> Option<&'a Facts> {
    match subject {
        Subject::Element(key) => model.elements.get(key).map(|element| &element.facts),
        Subject::Relation(key) => model.relations.get(key).map(|relation| &relation.facts),
        Subject::Group(key) => model.groups.get(key).map(|group| &group.facts),
        Subject::Workspace => Some(&model.facts),
    }
}
