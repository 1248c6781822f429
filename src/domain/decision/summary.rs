//! A record in one sentence: the Y-statement that it is, or the one that follows from its parts.

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        Record, Section, SectionRole,
        argument::{self, Side},
        front_matter, matrix,
        outline::{self, Outline},
        read::y_statement,
        template::Template,
    },
    markdown,
};

/// The parts of a Y-statement, as plain text. A part that the record does not say is none or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// In the context of …
    pub context: Option<String>,
    /// … facing …
    pub concerns: Vec<String>,
    /// … we decided for …
    pub chosen: Option<String>,
    /// … and against …
    pub against: Vec<String>,
    /// … to achieve …
    pub gains: Vec<String>,
    /// … because … (what MADR's sentence about the chosen option says)
    pub reason: Option<String>,
    /// … accepting that …
    pub costs: Vec<String>,
    /// All of it in one sentence.
    pub sentence: String,
}

/// More of a list makes no summary.
const MOST: usize = 3;
/// Longer sentences of a record are cut at a word.
const LONGEST: usize = 160;

/// The summary; none where nothing is said to be decided.
pub fn of(record: &Record, text: &str) -> Option<Summary> {
    let outline = outline::read(text, front_matter::find(text).as_ref());
    let against = || record.options.iter().filter(|option| !record.chosen.as_ref().is_some_and(|chosen| matrix::alike(chosen, option)));
    if record.template == Template::YStatement
        && let Some(statement) = y_statement(&outline)
    {
        return Some(Summary {
            chosen: record.chosen.clone(),
            against: against().cloned().collect(),
            sentence: statement,
            ..Summary::default()
        });
    }
    let first = |role: SectionRole| record.section(role).and_then(|section| first_sentence(section.own.of(text)));
    let decided = record.section(SectionRole::Decision).map(|section| section.own.of(text));
    let chosen = record.chosen.clone().or_else(|| first(SectionRole::Decision))?;
    let arguments = consequences(record, &outline);
    let of_side =
        |side: Side| arguments.iter().filter(|(found, _)| *found == side).map(|(_, text)| text.clone()).take(MOST).collect::<Vec<_>>();
    let mut summary = Summary {
        context: first(SectionRole::Context),
        concerns: listed(record, &outline, SectionRole::Drivers),
        against: if record.chosen.is_some() { against().take(MOST).cloned().collect() } else { Vec::new() },
        gains: of_side(Side::Good),
        reason: record.chosen.as_ref().and_then(|_| decided.and_then(reason)),
        costs: of_side(Side::Bad),
        chosen: Some(chosen),
        sentence: String::new(),
    };
    summary.sentence = summary.say(record.chosen.is_some());
    Some(summary)
}

/// What a record leaves open that a Y-statement would say, in the statement's words.
pub fn missing(summary: Option<&Summary>, template: Template) -> Vec<&'static str> {
    let Some(summary) = summary else { return vec!["we decided for …"] };
    if template == Template::YStatement {
        return Vec::new();
    }
    let said = [
        (summary.context.is_some(), "in the context of …"),
        (!summary.concerns.is_empty(), "facing …"),
        (summary.chosen.is_some(), "we decided for …"),
        (!summary.against.is_empty(), "and against …"),
        (!summary.gains.is_empty() || summary.reason.is_some(), "to achieve …"),
        (!summary.costs.is_empty(), "accepting that …"),
    ];
    said.into_iter().filter(|(said, _)| !said).map(|(_, words)| words).collect()
}

impl Summary {
    fn say(&self, named: bool) -> String {
        let mut said = match &self.context {
            Some(context) => format!("In the context of “{context}”"),
            None => String::new(),
        };
        let mut add = |words: String| {
            if !said.is_empty() {
                said.push_str(", ");
            }
            said.push_str(&words);
        };
        if !self.concerns.is_empty() {
            add(format!("facing {}", series(&self.concerns)));
        }
        let against = if self.against.is_empty() { String::new() } else { format!(" and against {}", series(&self.against)) };
        let chosen = self.chosen.as_deref().unwrap_or_default();
        add(if named { format!("we decided for {chosen}{against}") } else { format!("we decided: “{chosen}”") });
        match (self.gains.as_slice(), &self.reason) {
            ([], Some(reason)) => add(format!("because {reason}")),
            ([], None) => {}
            (gains, _) => add(format!("to achieve that {}", series(gains))),
        }
        if !self.costs.is_empty() {
            add(format!("accepting that {}", series(&self.costs)));
        }
        let mut letters = said.chars();
        let sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        if sentence.ends_with(['.', '!', '?']) { sentence } else { format!("{sentence}.") }
    }
}

/// `a, b and c`.
fn series(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn listed(record: &Record, outline: &Outline, role: SectionRole) -> Vec<String> {
    let section = record.section(role);
    section.map(|section| argument::within(outline, section.own)).unwrap_or_default().into_iter().map(|item| item.text).take(MOST).collect()
}

/// What gets better and what gets worse; MADR 2 has a section for each.
fn consequences(record: &Record, outline: &Outline) -> Vec<(Side, String)> {
    let sections = record.sections.iter().filter(|section| section.role == Some(SectionRole::Consequences));
    let of_section = |section: &Section| {
        let title = section.title.trim().to_lowercase();
        let all =
            [("positive", Side::Good), ("negative", Side::Bad)].into_iter().find(|(word, _)| title.starts_with(word)).map(|(_, side)| side);
        let arguments = argument::within(outline, section.own);
        arguments.into_iter().filter_map(move |argument| argument.side.or(all).map(|side| (side, argument.text))).collect::<Vec<_>>()
    };
    sections.flat_map(of_section).collect()
}

/// What follows `because` in the sentence about the chosen option.
fn reason(decision: &str) -> Option<String> {
    let plain = markdown::plain_text(decision);
    let at = plain.find("because ")? + "because ".len();
    let reason = sentence_of(plain.get(at..)?);
    (!reason.is_empty() && !super::read::is_placeholder(&reason)).then_some(reason)
}

/// The first sentence of a part of the text, without its full stop; none for text of a template.
fn first_sentence(markdown: &str) -> Option<String> {
    let plain = markdown::plain_text(markdown);
    let sentence = sentence_of(&plain);
    (!sentence.is_empty() && !super::read::is_placeholder(&plain)).then_some(sentence)
}

fn sentence_of(text: &str) -> String {
    let ends = text.match_indices(['.', '?', '!']).map(|(at, _)| at);
    let begins_another = |at: &usize| {
        text.get(at + 1..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') && !rest.trim_start().starts_with(char::is_lowercase))
    };
    let end = ends.into_iter().find(begins_another).unwrap_or(text.len());
    let question = text.get(end..).is_some_and(|rest| rest.starts_with('?'));
    let sentence = text.get(..end + usize::from(question)).unwrap_or(text).trim();
    if sentence.chars().count() <= LONGEST {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(LONGEST).collect();
    let whole = cut.rfind(' ').and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", whole.trim_end_matches([',', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::parse;

    fn sentence(text: &str) -> Option<String> {
        of(&parse("x.md", text), text).map(|summary| summary.sentence)
    }

    #[test]
    fn a_madr_record_becomes_one_sentence() {
        let text = "# Use NATS\n\n## Context and Problem Statement\n\nServices need events, e.g. orders. How do they get them?\n\n## Decision Drivers\n\n* low latency\n* few people\n\n## Considered Options\n\n* NATS\n* Kafka\n* Polling\n\n## Decision Outcome\n\nChosen option: \"NATS\", because it is small. It also is fast.\n\n### Consequences\n\n* Good, because events arrive at once.\n* Bad, because one more thing has to be run\n";
        assert_eq!(
            sentence(text).unwrap(),
            "In the context of “Services need events, e.g. orders”, facing low latency and few people, we decided for NATS and against Kafka and Polling, to achieve that events arrive at once, accepting that one more thing has to be run."
        );
        let short =
            "# T\n\n## Considered Options\n\n* A\n* B\n\n## Decision Outcome\n\nChosen option: \"A\", because it is cheap. Really.\n";
        assert_eq!(sentence(short).unwrap(), "We decided for A and against B, because it is cheap.");
    }

    #[test]
    fn other_templates_say_it_too() {
        let nygard = "# 1. T\n\n## Status\n\nAccepted\n\n## Context\n\nWhat now?\n\n## Decision\n\nWe write records. All of us.\n\n## Consequences\n\nWork.\n";
        assert_eq!(sentence(nygard).unwrap(), "In the context of “What now?”, we decided: “We write records”.");
        let madr2 = "# T\n\n* Status: accepted\n\n## Considered Options\n\n* A\n* B\n\n## Decision Outcome\n\nChosen option: \"A\".\n\n### Positive Consequences\n\n* it is quick\n\n### Negative Consequences\n\n* it is dear\n";
        assert_eq!(sentence(madr2).unwrap(), "We decided for A and against B, to achieve that it is quick, accepting that it is dear.");
        let y =
            "# T\n\nIn the context of orders, facing load,\nwe decided for queues and against calls, to achieve calm, accepting delay.\n";
        let summary = of(&parse("x.md", y), y).unwrap();
        assert_eq!(
            summary.sentence,
            "In the context of orders, facing load, we decided for queues and against calls, to achieve calm, accepting delay."
        );
        assert_eq!((summary.chosen.as_deref(), summary.against), (Some("queues"), vec!["calls".to_owned()]));
    }

    #[test]
    fn nothing_decided_is_nothing_said() {
        for text in ["", "# T\n", "# T\n\n## Decision\n\n{what we will do}\n", "# T\n\n## Context\n\nx\n"] {
            assert_eq!(sentence(text), None, "{text}");
        }
        let long = format!("# T\n\n## Decision\n\n{}.\n", "very ".repeat(60));
        let said = sentence(&long).unwrap();
        assert!(said.chars().count() < 200 && said.contains('…'), "{said}");
    }
}
