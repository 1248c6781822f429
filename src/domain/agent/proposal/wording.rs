//! The words of a suggestion that a person can put otherwise before accepting it.

use serde::{Deserialize, Serialize};

use crate::domain::agent::proposal::{Base, Refused, Replacement, Suggestion, dry_run};

/// Characters of a quote that a label shows.
const QUOTED: usize = 80;

/// One text that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// What it is, for its field.
    pub label: String,
    pub text: String,
    /// It is one line.
    pub line: bool,
}

impl Suggestion {
    /// It can be put in other words. Steps of a fix follow from something else; in other words they would not.
    pub const fn has_words(&self) -> bool {
        !matches!(self, Self::Record { .. })
    }
}

/// The texts of a suggestion, in the order in which [`reworded`] takes them back. A diagram's steps are shown as what they make
/// of the text.
///
/// # Errors
/// When the suggestion does not fit the text it was made on.
pub fn wording(suggestion: &Suggestion, base: &Base<'_>) -> Result<Vec<Wording>, Refused> {
    let line = |label: &str, text: &str| Wording { label: label.to_owned(), text: text.to_owned(), line: true };
    let text = |label: String, text: &str| Wording { label, text: text.to_owned(), line: false };
    Ok(match suggestion {
        Suggestion::NewDecision { title, body } => vec![line("Title", title), text("Text".to_owned(), body)],
        Suggestion::NewDiagram { title, text: dsl } => vec![line("Name", title), text("Text".to_owned(), dsl)],
        Suggestion::Decision { edits, .. } => edits.iter().map(|edit| text(instead_of(&edit.quote), &edit.replacement)).collect(),
        Suggestion::Record { .. } => Vec::new(),
        Suggestion::Diagram { .. } | Suggestion::Whole { .. } => {
            vec![text(format!("{} with the change", base.path), &dry_run(suggestion, base)?.text)]
        }
    })
}

fn instead_of(quote: &str) -> String {
    let words = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(QUOTED).collect();
    if short.len() < words.len() { format!("Instead of “{short}…”") } else { format!("Instead of “{short}”") }
}

/// The suggestion in other words.
///
/// # Errors
/// When there are more or fewer texts than it has.
pub fn reworded(suggestion: &Suggestion, texts: &[String]) -> Result<Suggestion, Refused> {
    // Forms send line ends as the web has them.
    let texts: Vec<String> = texts.iter().map(|text| text.replace("\r\n", "\n")).collect();
    match (suggestion, texts.as_slice()) {
        (Suggestion::NewDecision { .. }, [title, body]) => Ok(Suggestion::NewDecision { title: title.clone(), body: body.clone() }),
        (Suggestion::NewDiagram { .. }, [title, text]) => Ok(Suggestion::NewDiagram { title: title.clone(), text: text.clone() }),
        (Suggestion::Decision { document, edits }, texts) if edits.len() == texts.len() => {
            let edits = edits.iter().zip(texts);
            let edits = edits.map(|(edit, text)| Replacement { quote: edit.quote.clone(), replacement: text.clone() });
            Ok(Suggestion::Decision { document: *document, edits: edits.collect() })
        }
        (Suggestion::Diagram { document, .. } | Suggestion::Whole { document, .. }, [text]) => {
            Ok(Suggestion::Whole { document: *document, text: text.clone() })
        }
        _ => Err(Refused::new("it has other parts than these texts", "Reload the page and change it again.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::DocumentId, moment::Moment, syntax::Sources};

    #[test]
    fn words_go_out_and_come_back() {
        let sources = Sources::new();
        let text = "# 1. Use it\n\n## Status\n\nProposed\n\n## Context\n\nWe need it now.\n";
        let base = Base { path: "docs/adr/0001-x.md", text, sources: &sources, addresses: &[], today: Moment(0).day() };
        let document = DocumentId::from_uuid(uuid::Uuid::nil());
        let edit = Replacement { quote: "We need  it now.".to_owned(), replacement: "We need it soon.".to_owned() };
        let suggestion = Suggestion::Decision { document, edits: vec![edit] };
        let words = wording(&suggestion, &base).unwrap();
        assert_eq!((words[0].label.as_str(), words[0].text.as_str()), ("Instead of “We need it now.”", "We need it soon."));
        let changed = reworded(&suggestion, &["We need it\r\nlater.".to_owned()]).unwrap();
        assert_eq!(dry_run(&changed, &base).unwrap().text, text.replace("it now.", "it\nlater."));
        assert!(reworded(&suggestion, &[]).is_err());
    }

    #[test]
    fn what_has_no_words_is_told() {
        let document = DocumentId::from_uuid(uuid::Uuid::nil());
        assert!(!Suggestion::Record { document, steps: Vec::new() }.has_words());
        assert!(Suggestion::Whole { document, text: String::new() }.has_words());
    }

    #[test]
    fn a_diagram_is_changed_as_the_text_it_makes() {
        let sources = Sources::new();
        let text = "workspace {\n model {\n  a = softwareSystem \"A\"\n }\n}\n";
        let base = Base { path: "w.dsl", text, sources: &sources, addresses: &[], today: Moment(0).day() };
        let document = DocumentId::from_uuid(uuid::Uuid::nil());
        let whole = |text: &str| Suggestion::Whole { document, text: text.to_owned() };
        let better = text.replace("\"A\"", "\"Bee\"");
        assert_eq!(wording(&whole(&better), &base).unwrap()[0].text, better);
        assert_eq!(dry_run(&whole(&better), &base).unwrap().change.elements_changed.len(), 1);
        assert!(dry_run(&whole(&text.replace("}\n}", "")), &base).unwrap_err().what.contains("read in full"));
        assert!(dry_run(&whole(text), &base).is_err(), "it changes nothing");
    }
}
