//! From what was found in the drawings of a text to one model: elements with names and kinds, groups, relations, a view per
//! drawing, and what is to say about all that.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MAX_BYTES, MAX_DIAGNOSTICS, MAX_ROWS, boxes,
    boxes::Frame,
    glyph,
    lines::{self, Traced},
    sheet::{self, Part, Sheet, Trust},
    strokes::Strokes,
};
use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, LineIndex, Span},
    syntax::format::Imported,
};

mod beside;
mod compartments;
mod drawing;
mod lower;

/// Diagnostics and the model while they grow.
struct Builder<'t> {
    index: LineIndex<'t>,
    imported: Imported,
    /// Elements of earlier drawings by name in lower case.
    known: BTreeMap<String, crate::domain::model::ElementKey>,
    /// How many elements, groups or relations have keys that begin alike.
    numbers: BTreeMap<String, usize>,
    /// Relations by their ends.
    related: BTreeMap<(crate::domain::model::ElementKey, crate::domain::model::ElementKey), Vec<crate::domain::model::RelationKey>>,
    /// That of the drawing which is lowered.
    legend: Legend,
}

/// What stands below a drawing that did not have room in it.
#[derive(Clone, Debug, Default)]
struct Legend {
    numbers: BTreeMap<String, String>,
    /// Source, target and label of edges without room for one.
    edges: Vec<(String, String, String)>,
}

/// Everything that was found in one drawing.
struct Drawing {
    sheet: Sheet,
    frames: Vec<Frame>,
    leaves: Vec<bool>,
    /// Boxes that hold others.
    containers: Vec<usize>,
    /// Boxes without others in every row.
    leaf_rows: Vec<Vec<usize>>,
    /// Boxes that lines end at.
    joined: BTreeSet<usize>,
    traced: Traced,
    legend: Legend,
    title: Option<String>,
    /// The whole drawing in the text.
    span: Span,
}

pub(super) fn read(text: &str) -> Imported {
    let mut builder = Builder {
        index: LineIndex::new(text),
        imported: Imported::default(),
        known: BTreeMap::new(),
        numbers: BTreeMap::new(),
        related: BTreeMap::new(),
        legend: Legend::default(),
    };
    if text.len() > MAX_BYTES {
        builder.say(
            Severity::Error,
            "too-many-bytes",
            Span::new(0, 0),
            format!("This text has {} bytes", text.len()),
            format!("A drawing may have at most {MAX_BYTES} bytes."),
            "Import the drawings one by one.",
        );
        return builder.imported;
    }
    let lines = sheet::lines(text);
    let mut drawings = Vec::new();
    for part in sheet::parts(&lines) {
        for part in split(&lines, &part) {
            drawings.extend(builder.find(&lines, &part));
        }
    }
    let several = drawings.len() > 1;
    for (index, drawing) in drawings.iter().enumerate() {
        builder.lower(drawing, index, several);
    }
    builder.finish(text);
    builder.imported
}

/// Parts a text at its paragraphs of prose, which become headings of what follows, and into pieces of a bounded height.
fn split(lines: &[(usize, &str)], part: &Part) -> Vec<Part> {
    let blank = |index: usize| {
        index >= part.lines.end || index < part.lines.start || lines.get(index).is_none_or(|(_, line)| line.trim().is_empty())
    };
    let prose = |index: usize| {
        lines.get(index).is_some_and(|(_, line)| {
            let line = line.trim();
            let drawn = line.chars().any(|c| glyph::drawn(c) != 0 || glyph::head(c) != 0)
                || ["--", "->", "<-", "|", "+", "=="].iter().any(|mark| line.contains(mark));
            let words = line.split_whitespace().count();
            !drawn
                && line.chars().any(char::is_alphanumeric)
                && (words >= 5 || (line.ends_with([':', '.']) && words >= 2) || line.ends_with(':') && line.len() > 3)
        })
    };
    let mut parts = Vec::new();
    let mut heading = part.heading.clone();
    let mut from = part.lines.start;
    let mut row = part.lines.start;
    while row < part.lines.end {
        // A paragraph: from a blank line to the next, nothing but prose.
        let mut end = row;
        while end < part.lines.end && prose(end) {
            end += 1;
        }
        let legend = lines.get(row).is_some_and(|(_, line)| is_legend(line));
        if end > row && !legend && (row == part.lines.start || blank(row - 1)) && (end == part.lines.end || blank(end)) {
            if from < row {
                parts.push(Part { lines: from..row, trust: part.trust, heading: heading.clone() });
            }
            let said = lines.get(end - 1).map(|(_, line)| line.trim()).filter(|line| line.ends_with(':') && line.len() <= 80);
            heading = said.map(|line| line.trim_end_matches(':').trim().to_owned()).or_else(|| part.heading.clone());
            from = end;
        }
        row = end.max(row + 1);
    }
    if from < part.lines.end {
        parts.push(Part { lines: from..part.lines.end, trust: part.trust, heading });
    }
    let pieces = parts.into_iter().flat_map(|part| {
        let starts: Vec<usize> = part.lines.clone().step_by(MAX_ROWS).collect();
        starts.into_iter().map(move |start| Part {
            lines: start..part.lines.end.min(start + MAX_ROWS),
            trust: part.trust,
            heading: part.heading.clone(),
        })
    });
    pieces.collect()
}

fn is_legend(line: &str) -> bool {
    matches!(line.trim().trim_end_matches(':').to_lowercase().as_str(), "legend" | "key")
}

impl Builder<'_> {
    /// The drawing in some lines, if there is one.
    fn find(&mut self, lines: &[(usize, &str)], part: &Part) -> Option<Drawing> {
        let own = lines.get(part.lines.clone())?;
        let drawn = |c: char| glyph::drawn(c) != 0 || glyph::head(c) != 0 || matches!(c, '+' | '|' | '>' | '<' | '-' | '_' | '.' | '*');
        let any = |wanted: &dyn Fn(char) -> bool| own.iter().any(|(_, line)| line.chars().any(wanted));
        if !any(&drawn) || !any(&char::is_alphanumeric) {
            return None;
        }
        let mut sheet = Sheet::new(own);
        let legend = take_legend(&mut sheet);
        let commented = sheet::uncomment(&mut sheet);
        drop_tables(&mut sheet);
        let mut strokes = Strokes::new(&sheet);
        let (mut frames, mut cut) = boxes::find(&sheet, &strokes);
        if commented.contains(&true)
            && frames.iter().any(|frame| usize::try_from(frame.top).ok().and_then(|row| commented.get(row)) == Some(&true))
        {
            // Beside drawings in comments, the program is no drawing.
            for (row, _) in commented.iter().enumerate().filter(|(_, inside)| !**inside) {
                let row = i32::try_from(row).unwrap_or(i32::MAX);
                (0..sheet.width()).for_each(|column| sheet.blank(row, column));
            }
            strokes = Strokes::new(&sheet);
            (frames, cut) = boxes::find(&sheet, &strokes);
        }
        let first_byte = own.first().map_or(0, |(start, _)| *start);
        let end_byte = own.last().map_or(0, |(start, line)| start + line.len());
        let span = Span::new(first_byte, end_byte);
        let tables = compartments::tables(&sheet, &frames);
        if !tables.is_empty() {
            self.imported
                .fidelity
                .lose("Table", frames.get(*tables.first()?).map(|frame| sheet.span(frame.top, frame.left, frame.right + 1)));
            for &index in &tables {
                if let Some(frame) = frames.get(index) {
                    for row in frame.top..=frame.bottom {
                        (frame.left..=frame.right_at(row)).for_each(|column| sheet.blank(row, column));
                    }
                }
            }
            strokes = Strokes::new(&sheet);
            (frames, cut) = boxes::find(&sheet, &strokes);
        }
        if frames.is_empty() && (part.trust == Trust::Prose || !self.plausible(&sheet, &strokes)) {
            return None;
        }
        if cut || sheet.cut {
            self.say(
                Severity::Warning,
                "drawing-cut",
                span,
                "This drawing is larger than what is read".to_owned(),
                format!("At most {MAX_ROWS} rows, {} columns and {} boxes are read.", super::MAX_COLUMNS, super::MAX_BOXES),
                "Split the drawing into several.",
            );
            self.imported.fidelity.lose("Parts of a drawing beyond the limits", Some(span));
        }
        let frames = compartments::join(&sheet, frames);
        let parents: BTreeSet<usize> = frames.iter().filter_map(|frame| frame.parent).collect();
        let leaves: Vec<bool> = frames
            .iter()
            .enumerate()
            .map(|(index, frame)| !parents.contains(&index) && !drawing::has_arrows(&sheet, &strokes, frame))
            .collect();
        let traced = lines::trace(&sheet, strokes, &frames, &leaves);
        if frames.is_empty() && traced.edges.is_empty() {
            return None;
        }
        let containers = (0..frames.len()).filter(|&index| leaves.get(index) != Some(&true)).collect();
        let mut leaf_rows: Vec<Vec<usize>> = vec![Vec::new(); sheet.rows.len()];
        for (index, frame) in frames.iter().enumerate().filter(|(index, _)| leaves.get(*index) == Some(&true)) {
            for row in frame.top..=frame.bottom {
                if let Some(boxes) = usize::try_from(row).ok().and_then(|row| leaf_rows.get_mut(row)) {
                    boxes.push(index);
                }
            }
        }
        let ends = traced.edges.iter().flat_map(|edge| [edge.source, edge.target]);
        let joined = ends.filter_map(|end| if let lines::Anchor::Frame(index) = end { Some(index) } else { None }).collect();
        Some(Drawing { sheet, frames, leaves, containers, leaf_rows, joined, traced, legend, title: part.heading.clone(), span })
    }

    /// Without boxes, arrows between words are a drawing only where most lines have some, and none is a line of a listing.
    fn plausible(&mut self, sheet: &Sheet, strokes: &Strokes) -> bool {
        let (mut arrows, mut others, mut tree) = (0, 0, 0);
        let mut first = None;
        for row in 0..sheet.height() {
            let width = sheet.width();
            let text = sheet.text(row, 0, width);
            if text.is_empty() {
                continue;
            }
            let branch = text.trim_start_matches(['│', '|', ' ', '├', '└', '`', '+', '\\']);
            if text.starts_with(['├', '└'])
                || (text.starts_with(['│', '|', '`', '+', '\\']) && (branch.starts_with("── ") || branch.starts_with("-- ")))
            {
                let headless = !(0..width).any(|column| strokes.head(row, column) != 0);
                tree += usize::from(headless);
                first = first.or(headless.then_some(row));
            }
            let lined = (0..width).any(|column| strokes.head(row, column) != 0 || strokes.arms(row, column) & glyph::UPRIGHT != 0);
            let code =
                text.ends_with([';', '{', '}']) || text.contains("::") || text.contains("fn ") || text.contains("=>") && text.contains('(');
            if lined && !code { arrows += 1 } else { others += 1 }
        }
        if tree >= 2 {
            let span = first.map(|row| sheet.span(row, 0, sheet.width()));
            self.imported.fidelity.lose("Directory tree", span);
            return false;
        }
        arrows > 0 && arrows * 2 >= others
    }

    fn say(&mut self, level: Severity, code: &str, span: Span, what: String, why: impl Into<String>, help: impl Into<String>) {
        if self.imported.diagnostics.len() < MAX_DIAGNOSTICS {
            let (why, help) = (why.into(), help.into());
            self.imported.diagnostics.push(Diagnostic { level, code: code.to_owned(), span, what, why, help, file: None });
        }
    }

    /// `line 4, column 12`.
    fn place(&self, offset: u32) -> String {
        let place = self.index.place(offset);
        format!("line {}, column {}", place.line, place.column)
    }

    fn finish(&mut self, text: &str) {
        let model = &self.imported.model;
        let fidelity = &mut self.imported.fidelity;
        fidelity.elements = model.elements.len();
        fidelity.relations = model.relations.len();
        fidelity.boundaries = model.groups.len();
        fidelity.views = model.views.len();
        if model.elements.is_empty() {
            self.say(
                Severity::Warning,
                "no-drawing",
                Span::new(0, 0),
                "There is no drawing in this text".to_owned(),
                if text.trim().is_empty() { "The text is empty." } else { "Neither boxes nor arrows between words were found." },
                "Draw boxes with ┌─┐ or +--+ and join them with lines and arrows.",
            );
        }
        self.imported.diagnostics.sort_by_key(|found| found.span);
    }
}

/// Takes the legend below a drawing out of it.
fn take_legend(sheet: &mut Sheet) -> Legend {
    let mut legend = Legend::default();
    let width = sheet.width();
    let Some(top) = (0..sheet.height()).find(|&row| is_legend(&sheet.text(row, 0, width))) else { return legend };
    let mut rows = vec![top];
    for row in top + 1..sheet.height() {
        let text = sheet.text(row, 0, width);
        let numbered = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        if let Some((number, said)) = numbered.filter(|(number, _)| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())) {
            legend.numbers.insert(number.to_owned(), said.trim().to_owned());
        } else if let Some((source, rest)) = text.split_once(" -> ")
            && let Some((target, label)) = rest.split_once(": ")
        {
            legend.edges.push((source.trim().to_owned(), target.trim().to_owned(), label.trim().to_owned()));
        } else if !text.is_empty() {
            break;
        }
        rows.push(row);
    }
    if rows.len() > 1 {
        for row in rows {
            (0..width).for_each(|column| sheet.blank(row, column));
        }
    }
    legend
}

/// Blanks tables written with pipes, as Markdown has them.
fn drop_tables(sheet: &mut Sheet) {
    let width = sheet.width();
    let delimiter = |text: &str| {
        text.contains('-')
            && text.contains('|')
            && !text.contains('+')
            && text.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
            && text
                .split('|')
                .filter(|cell| !cell.trim().is_empty())
                .all(|cell| cell.trim().trim_matches(':').chars().all(|c| c == '-') && cell.contains('-'))
            && text.matches('|').count() >= 2
    };
    let piped = |sheet: &Sheet, row: i32| {
        let text = sheet.text(row, 0, width);
        text.contains('|') && (text.starts_with('|') || text.ends_with('|') || text.matches(" | ").count() > 0)
    };
    let mut row = 1;
    while row < sheet.height() {
        let head = sheet.text(row - 1, 0, width);
        let cells = |text: &str| text.trim_matches('|').matches('|').count();
        if delimiter(&sheet.text(row, 0, width))
            && piped(sheet, row - 1)
            && cells(&head) == cells(&sheet.text(row, 0, width))
            && cells(&head) >= 1
        {
            let mut end = row + 1;
            while end < sheet.height() && piped(sheet, end) {
                end += 1;
            }
            for line in row - 1..end {
                (0..width).for_each(|column| sheet.blank(line, column));
            }
            row = end;
        }
        row += 1;
    }
}

/// `line 4, column 12` of a cell; one behind the end of its row counts on from there.
fn place_of(index: &LineIndex<'_>, sheet: &Sheet, row: i32, column: i32) -> String {
    let place = index.place(sheet.span(row, column, column + 1).start);
    let length = usize::try_from(row).ok().and_then(|row| sheet.rows.get(row)).map_or(0, Vec::len);
    let beyond = usize::try_from(column).unwrap_or(0).saturating_sub(length);
    format!("line {}, column {}", place.line, place.column as usize + beyond)
}
