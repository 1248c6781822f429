//! The scores as a table, a line for each design and one for all of them, then the goals that were missed.

use std::fmt::Write;

use crate::domain::review::{
    benchmark::{MOST_ON_CLEAN, MOST_OUTSIDE, Score},
    finding::Severity,
};

const HEADS: [&str; 10] =
    ["design", "must", "must not", "outside", "worst", "twin kept", "twin ≥ medium", "twin low", "clean ≥ medium", "clean low"];

/// Prints the scores as markdown.
pub fn table(scores: &[Score]) -> String {
    let mut rows: Vec<Vec<String>> = vec![HEADS.map(str::to_owned).to_vec()];
    rows.extend(scores.iter().map(row));
    rows.push(total(scores));
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if number == 0 {
            let lines: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _ = writeln!(text, "| {} |", lines.join(" | "));
        }
    }
    let _ = writeln!(
        text,
        "\nGoals: every must at its anchor; no must not; at most {MOST_OUTSIDE} outside, none at medium or above; in the twin no code kept and \
         nothing at medium or above; on clean designs nothing at medium or above, at most {MOST_ON_CLEAN} low."
    );
    let missed: Vec<String> = scores.iter().flat_map(|score| score.missed.iter().map(|goal| format!("- {}: {goal}", score.id))).collect();
    if missed.is_empty() {
        text.push_str("All goals are met.\n");
    } else {
        let _ = writeln!(text, "Missed:\n{}", missed.join("\n"));
    }
    text
}

fn row(score: &Score) -> Vec<String> {
    let mut row = vec![score.id.clone()];
    if score.clean.is_some() {
        row.extend([String::new(), score.wrong.to_string(), String::new(), String::new()]);
    } else {
        row.push(format!("{}/{}", score.found.0, score.found.1));
        row.extend([score.wrong.to_string(), score.outside.0.to_string(), worst(score.outside.1)]);
    }
    row.extend(score.twin.map_or_else(Default::default, |twin| [twin.kept, twin.loud, twin.low].map(|number| number.to_string())));
    row.extend(score.clean.map_or_else(Default::default, |(loud, low)| [loud, low].map(|number| number.to_string())));
    row
}

fn total(scores: &[Score]) -> Vec<String> {
    let sum = |of: &dyn Fn(&Score) -> usize| scores.iter().map(of).sum::<usize>().to_string();
    let twin = |of: fn(&crate::domain::review::benchmark::Twin) -> usize| sum(&|score| score.twin.as_ref().map_or(0, of));
    vec![
        format!("all {}", scores.len()),
        format!("{}/{}", sum(&|score| score.found.0), sum(&|score| score.found.1)),
        sum(&|score| score.wrong),
        sum(&|score| score.outside.0),
        worst(scores.iter().filter_map(|score| score.outside.1).max()),
        twin(|twin| twin.kept),
        twin(|twin| twin.loud),
        twin(|twin| twin.low),
        sum(&|score| score.clean.map_or(0, |clean| clean.0)),
        sum(&|score| score.clean.map_or(0, |clean| clean.1)),
    ]
}

fn worst(severity: Option<Severity>) -> String {
    severity.map_or_else(String::new, |severity| severity.slug().to_owned())
}
