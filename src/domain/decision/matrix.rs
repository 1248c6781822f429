//! The options matrix: what speaks for and against each option, by the drivers that it speaks to.
//!
//! Records compare in lists under each option. An argument belongs to the driver with which it shares most words; what
//! shares none stands in a row of its own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        Record, Section, SectionRole,
        argument::{self, Argument, Side},
        front_matter,
        outline::{self, Outline},
    },
    diagnostic::Span,
};

/// Drivers by options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    pub options: Vec<Column>,
    pub drivers: Vec<Row>,
    /// For each option the arguments that speak to no driver.
    pub others: Vec<Vec<Argument>>,
}

/// One option and how many arguments there are about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub option: String,
    pub chosen: bool,
    pub good: usize,
    pub neutral: usize,
    pub bad: usize,
    /// Those that don't say which way they speak.
    pub unsaid: usize,
}

/// One driver and what is said to it about each option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub driver: String,
    pub span: Span,
    /// As many as there are options.
    pub cells: Vec<Vec<Argument>>,
}

/// The matrix of a record; none without options.
pub fn of(record: &Record, text: &str) -> Option<Matrix> {
    if record.options.is_empty() {
        return None;
    }
    let outline = outline::read(text, front_matter::find(text).as_ref());
    let drivers: Vec<Argument> =
        record.section(SectionRole::Drivers).map(|section| argument::within(&outline, section.own)).unwrap_or_default();
    let words: Vec<BTreeSet<String>> = drivers.iter().map(|driver| stems(&driver.text)).collect();
    let mut matrix = Matrix { options: Vec::new(), drivers: Vec::new(), others: Vec::new() };
    matrix.drivers.extend(drivers.into_iter().map(|driver| Row { driver: driver.text, span: driver.span, cells: Vec::new() }));
    for option in &record.options {
        let arguments = about(record, &outline, option);
        let count = |side: Option<Side>| arguments.iter().filter(|argument| argument.side == side).count();
        matrix.options.push(Column {
            option: option.clone(),
            chosen: record.chosen.as_ref().is_some_and(|chosen| alike(chosen, option)),
            good: count(Some(Side::Good)),
            neutral: count(Some(Side::Neutral)),
            bad: count(Some(Side::Bad)),
            unsaid: count(None),
        });
        let mut cells: Vec<Vec<Argument>> = vec![Vec::new(); matrix.drivers.len()];
        let mut others = Vec::new();
        for argument in arguments {
            let said = stems(&argument.text);
            let shared = words.iter().map(|words| words.intersection(&said).count());
            // The first of several that share as much.
            let best = shared.enumerate().rev().max_by_key(|(_, shared)| *shared).filter(|(_, shared)| *shared > 0);
            match best.and_then(|(at, _)| cells.get_mut(at)) {
                Some(cell) => cell.push(argument),
                None => others.push(argument),
            }
        }
        for (row, cell) in matrix.drivers.iter_mut().zip(cells) {
            row.cells.push(cell);
        }
        matrix.others.push(others);
    }
    Some(matrix)
}

/// The arguments under an option's heading, wherever the record compares.
pub(super) fn about(record: &Record, outline: &Outline, option: &str) -> Vec<Argument> {
    let compares = |section: &&Section| matches!(section.role, Some(SectionRole::ProsAndCons | SectionRole::Options));
    let places: Vec<Span> = record.sections.iter().filter(compares).map(|section| section.body).collect();
    let headings = record.sections.iter().filter(|section| places.iter().any(|place| place.contains(section.span.start)));
    headings.filter(|section| alike(&section.title, option)).flat_map(|section| argument::within(outline, section.body)).collect()
}

/// The same option: its heading may leave out what the list says behind the name.
pub(super) fn alike(left: &str, right: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (left, right) = (plain(left), plain(right));
    let (short, long) = if left.len() < right.len() { (&left, &right) } else { (&right, &left) };
    !short.is_empty() && (short == long || (short.len() > 3 && long.starts_with(short.as_str())))
}

/// The beginnings of the words that say something, so that `latency` and `latencies` are one.
fn stems(text: &str) -> BTreeSet<String> {
    const FILLERS: [&str; 14] =
        ["with", "that", "this", "from", "have", "need", "must", "should", "because", "which", "their", "there", "into", "when"];
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() > 3 && !FILLERS.contains(&word.as_str())).map(|word| word.chars().take(6).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::parse;

    const TEXT: &str = "# Use NATS\n\n## Decision Drivers\n\n* Low latency\n* Two people have to run it\n* {driver}\n\n## Considered Options\n\n* NATS\n* Kafka, hosted\n* Polling\n\n## Decision Outcome\n\nChosen option: \"NATS\", because it comes out best.\n\n## Pros and Cons of the Options\n\n### NATS\n\n* Good, because its latencies are low\n* Good, because two people know it\n* Neutral, because it is young\n\n### Kafka\n\n* Good, because it keeps everything\n* Bad, because running it takes three people\n* A table of prices\n";

    #[test]
    fn arguments_stand_beside_the_drivers_they_speak_to() {
        let matrix = of(&parse("x.md", TEXT), TEXT).unwrap();
        let counts: Vec<_> =
            matrix.options.iter().map(|column| (column.chosen, column.good, column.neutral, column.bad, column.unsaid)).collect();
        assert_eq!(counts, [(true, 2, 1, 0, 0), (false, 1, 0, 1, 1), (false, 0, 0, 0, 0)]);
        let cells: Vec<Vec<Vec<&str>>> = matrix
            .drivers
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.iter().map(|argument| argument.text.as_str()).collect()).collect())
            .collect();
        assert_eq!(
            cells,
            [
                vec![vec!["its latencies are low"], vec![], vec![]],
                vec![vec!["two people know it"], vec!["running it takes three people"], vec![]],
            ]
        );
        assert_eq!(matrix.others[0].len(), 1);
        assert_eq!(
            matrix.others[1].iter().map(|argument| argument.text.as_str()).collect::<Vec<_>>(),
            ["it keeps everything", "A table of prices"]
        );
        assert_eq!(matrix.drivers[0].span.of(TEXT), "Low latency");
    }

    #[test]
    fn options_alone_make_columns_and_records_without_them_none() {
        let text = "# T\n\n## Considered Options\n\n* A\n* B\n";
        let matrix = of(&parse("x.md", text), text).unwrap();
        assert_eq!((matrix.options.len(), matrix.drivers.len(), matrix.others.len()), (2, 0, 2));
        assert_eq!(of(&parse("x.md", "# T\n"), "# T\n"), None);
        assert!(!alike("A", "AB") && alike("Kafka", "Kafka, hosted"));
    }
}
