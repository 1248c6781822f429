//! What the form of a record shows: its controls, and their values as the text has them now.

use crate::domain::decision::{
    Record,
    argument::{Argument, Side},
    edit::form::{Control, Part, controls},
    matrix::{self, Column, Matrix},
};

/// The controls of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet(Vec<Control>);

impl Sheet {
    pub fn of(path: &str, text: &str) -> Self {
        Self(controls(path, text))
    }

    /// What a part says; nothing when it is gone.
    pub fn value(&self, part: &Part) -> String {
        self.0.iter().find(|control| control.part == *part).map(|control| control.value.clone()).unwrap_or_default()
    }

    /// The controls with the values that they begin with. Two sheets that differ in values only have equal ones: a page
    /// that made them anew would take the caret out of a field whenever somebody types in another.
    pub fn parts(&self) -> Parts {
        Parts(self.0.clone())
    }
}

/// Controls that are the same while their parts are.
#[derive(Clone, Debug)]
pub struct Parts(Vec<Control>);

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        let parts =
            |all: &Self| all.0.iter().map(|control| (control.part.clone(), control.shape, control.hint.clone())).collect::<Vec<_>>();
        parts(self) == parts(other)
    }
}

impl IntoIterator for Parts {
    type Item = Control;
    type IntoIter = std::vec::IntoIter<Control>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The options by drivers as a page shows them. Two that say the same are equal, wherever in the text that stands: a page
/// that made the table anew with every keystroke would take away what somebody types in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    pub options: Vec<Column>,
    /// The drivers, then one row for what speaks to none.
    pub rows: Vec<Row>,
}

/// A driver and what is said to it about each option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub driver: Option<String>,
    pub cells: Vec<Vec<Entry>>,
}

/// An argument and the part of the record that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub part: Part,
    pub side: Option<Side>,
    /// As they are written, without the words that say the side.
    pub words: String,
}

impl Grid {
    /// The grid of a record; none without options.
    pub fn of(record: &Record, text: &str) -> Option<Self> {
        let Matrix { options, drivers, others } = matrix::of(record, text)?;
        let mut places: Vec<Vec<u32>> = vec![Vec::new(); options.len()];
        for cells in drivers.iter().map(|row| &row.cells).chain(std::iter::once(&others)) {
            for (column, cell) in places.iter_mut().zip(cells) {
                column.extend(cell.iter().map(|argument| argument.span.start));
            }
        }
        for column in &mut places {
            column.sort_unstable();
        }
        let entry = |option: usize, argument: &Argument| {
            let at =
                places.get(option).and_then(|column| column.iter().position(|start| *start == argument.span.start)).unwrap_or_default();
            let said = argument.written(text).of(text);
            let words = said.split_once("because ").filter(|(before, _)| before.len() < 20).map_or(said, |(_, words)| words);
            Entry { part: Part::Argument { option, at }, side: argument.side, words: words.to_owned() }
        };
        let row = |driver: Option<String>, cells: &[Vec<Argument>]| Row {
            driver,
            cells: cells.iter().enumerate().map(|(option, cell)| cell.iter().map(|argument| entry(option, argument)).collect()).collect(),
        };
        let mut rows: Vec<Row> = drivers.iter().map(|driver| row(Some(driver.driver.clone()), &driver.cells)).collect();
        rows.push(row(None, &others));
        Some(Self { options, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_change_and_controls_stay() {
        let text = "# One\n\n## Status\n\nProposed\n\n## Context\n\nx\n\n## Decision\n\ny\n";
        let (before, after) = (Sheet::of("x.md", text), Sheet::of("x.md", &text.replace("\nx\n", "\nmore\n")));
        assert!(before.parts() == after.parts() && before != after);
        assert_eq!(after.value(&Part::Section("Context".to_owned())), "more");
        let longer = Sheet::of("x.md", &format!("{text}\n## Consequences\n\nz\n"));
        assert!(before.parts() != longer.parts());
        assert_eq!(before.value(&Part::Section("Consequences".to_owned())), "");
    }

    #[test]
    fn a_grid_is_the_same_wherever_it_stands() {
        let text = "# T\n\n## Decision Drivers\n\n* Speed\n\n## Considered Options\n\n* A\n* B\n\n## Decision Outcome\n\nChosen option: \"A\", because c.\n\n## Pros and Cons of the Options\n\n### A\n\n* Good, because of *speed*\n* Bad, because it is new\n";
        let grid = |text: &str| Grid::of(&crate::domain::decision::parse("x.md", text), text).unwrap();
        let longer = text.replace("# T\n", "# T\n\nMore words before.\n");
        assert_eq!(grid(text), grid(&longer));
        let shown = grid(text);
        assert_eq!(shown.rows.len(), 2);
        assert_eq!(shown.rows[0].cells[0][0].words, "of *speed*");
        assert_eq!(shown.rows[1].cells[0][0].part, Part::Argument { option: 0, at: 1 });
    }
}
