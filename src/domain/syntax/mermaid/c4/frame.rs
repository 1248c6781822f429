//! What stands around the statements of a Mermaid text: front matter, directives, comments, fences of Markdown.

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    syntax::c4::{
        MAX_BYTES,
        draft::{Note, Report},
    },
};

/// Bytes of a line that is no macro.
pub const MAX_LINE: usize = 4 * 1024;

/// A text without its frame.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// As long as the text, with blanks in place of what was taken out, so that every place stays what it was.
    pub text: String,
    /// The title that the front matter gives.
    pub title: Option<String>,
}

impl Frame {
    /// Takes the frame off a text.
    pub fn read(text: &str, report: &mut Report) -> Self {
        let mut frame = Self { text: String::with_capacity(text.len()), title: None };
        let matter = front_matter(text);
        if let Some(inside) = text.get(..matter).filter(|inside| !inside.trim().is_empty()) {
            frame.title = title_of(inside);
            // The title alone is nothing that is lost.
            if inside.lines().any(|line| !matches!(line.trim(), "" | "---") && !line.trim_start().starts_with("title:")) {
                let start = inside.len() - inside.trim_start().len();
                report.fidelity.lose("Settings in the front matter", Some(Span::new(start, inside.trim_end().len())));
            }
            blank(&mut frame.text, inside);
        }
        let mut rest = text.get(matter..).unwrap_or("");
        while !rest.is_empty() {
            let at = frame.text.len();
            let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let line = rest.get(..length).unwrap_or("");
            let trimmed = line.trim_start_matches(['\u{feff}', ' ', '\t']);
            if trimmed.starts_with("%%{") {
                let start = rest.len() - rest.trim_start_matches(['\u{feff}', ' ', '\t']).len();
                let end = rest.find("}%%").map_or(length, |end| end + 3);
                report.fidelity.lose("Settings in a directive", Some(Span::new(at + start, at + end)));
                blank(&mut frame.text, rest.get(..end).unwrap_or(""));
                rest = rest.get(end..).unwrap_or("");
                continue;
            }
            if trimmed.starts_with("%%") || trimmed.starts_with("```") || trimmed.starts_with("~~~") || line.starts_with('\u{feff}') {
                let comment = !line.starts_with('\u{feff}') || trimmed.starts_with("%%") || trimmed.starts_with("```");
                let cut = if comment { line.len() } else { '\u{feff}'.len_utf8() };
                blank(&mut frame.text, line.get(..cut).unwrap_or(""));
                frame.text.push_str(line.get(cut..).unwrap_or(""));
            } else {
                frame.text.push_str(line);
            }
            rest = rest.get(length..).unwrap_or("");
        }
        frame
    }
}

/// As many blanks as the text has bytes, with its line ends.
fn blank(result: &mut String, text: &str) {
    result.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// The length of the front matter, its last line included; 0 without one.
fn front_matter(text: &str) -> usize {
    let begin = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let mut at = text.len() - begin.len();
    for (number, line) in begin.split_inclusive('\n').enumerate() {
        let marks = line.trim_end() == "---";
        match (number, marks) {
            (0, false) => return 0,
            (0, true) | (_, false) => at += line.len(),
            (_, true) => return at + line.len(),
        }
        // Front matter is short; a rule at the head of something else is not one.
        if number > 500 {
            return 0;
        }
    }
    0
}

fn title_of(matter: &str) -> Option<String> {
    let line = matter.lines().find_map(|line| line.strip_prefix("title:"))?.trim();
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let line = line.strip_prefix('\'').and_then(|line| line.strip_suffix('\'')).unwrap_or(line);
    Some(line.trim().to_owned()).filter(|title| !title.is_empty())
}

/// The first word of the diagram itself.
pub fn first_word(text: &str) -> String {
    let frame = Frame::read(text, &mut Report::default());
    frame.text.split_whitespace().next().unwrap_or("").to_owned()
}

/// The rest of the line at a place, without its end; a very long line is cut.
pub fn line_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or("");
    let near = rest.get(..rest.floor_char_boundary(MAX_LINE.min(rest.len()))).unwrap_or("");
    near.get(..near.find('\n').unwrap_or(near.len())).unwrap_or("")
}

/// Says that a text is too long to be read.
pub fn too_long(report: &mut Report, length: usize) {
    report.say(Note::new(
        Severity::Error,
        "too-many-bytes",
        Span::new(0, 0),
        format!("This text has {length} bytes"),
        format!("A diagram text may have at most {MAX_BYTES} bytes; it is not read."),
        "Split the text into several.",
    ));
    report.fidelity.lose("Text beyond the limits", None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_taken_off_and_places_stay() {
        let text = "\u{feff}---\ntitle: \"A: b\"\nconfig:\n  theme: dark\n---\n%%{init: {\n}}%%\n  %% comment é\nC4Context\n";
        let mut report = Report::default();
        let frame = Frame::read(text, &mut report);
        assert_eq!((frame.text.len(), frame.text.trim()), (text.len(), "C4Context"));
        assert_eq!(frame.text.find("C4"), text.find("C4"));
        assert_eq!(frame.title.as_deref(), Some("A: b"));
        let lost: Vec<&str> = report.fidelity.lost.iter().map(|remark| remark.span.unwrap().of(text)).collect();
        assert_eq!(lost.len(), 2);
        assert_eq!(lost[1], "%%{init: {\n}}%%");
        assert_eq!(first_word("---\nno end"), "---");
        assert_eq!(first_word("\u{feff}C4Dynamic\n"), "C4Dynamic");
    }
}
