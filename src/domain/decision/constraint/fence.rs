//! Fences called `lintel-rule`: how a decision is confirmed, one rule per line. Lines that begin with `#` or `//` are remarks.
//!
//! They count wherever they stand in a record; MADR has the section Confirmation for them. A fence inside another fence is
//! an example.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use crate::domain::{
    decision::{
        constraint::{Problem, Written, sentence},
        front_matter,
    },
    diagnostic::{Diagnostic, Level, Span},
    markdown,
};

/// The name of a fence.
pub const NAME: &str = "lintel-rule";

/// The rules in a record's fences, in text order; those that can't be read with what is wrong.
pub fn read(text: &str) -> Vec<Written> {
    // Most records have none.
    if !text.contains(NAME) {
        return Vec::new();
    }
    let base = front_matter::find(text).map_or_else(|| text.len() - text.trim_start_matches('\u{feff}').len(), |block| block.whole.end);
    let mut found = Vec::new();
    for (event, range) in markdown::parser(text.get(base..).unwrap_or("")).into_offset_iter() {
        if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event
            && is_rule(&info)
        {
            found.extend(of_fence(text, base + range.start..base + range.end));
        }
    }
    found
}

/// What is wrong with the rules of a record, for its editor and for the doctor.
pub fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let problems = read(text).into_iter().filter_map(|written| Some((written.span, written.constraint.err()?)));
    problems
        .map(|(span, problem)| Diagnostic {
            level: Level::Warning,
            code: "malformed-rule".to_owned(),
            span,
            what: problem.what,
            why: "Reviews can't check it, so nobody learns when the design breaks the decision.".to_owned(),
            help: problem.help,
            file: None,
        })
        .collect()
}

fn is_rule(info: &str) -> bool {
    let name = info.split([' ', ',', '{', '\t']).next().unwrap_or("");
    name.eq_ignore_ascii_case(NAME) || name.eq_ignore_ascii_case("lintel-rules")
}

/// The rules of one fence, which stands at some bytes of the text.
pub fn of_fence(text: &str, range: Range<usize>) -> Vec<Written> {
    let source = text.get(range.clone()).unwrap_or("");
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut at = range.start;
    for line in source.split_inclusive('\n') {
        lines.push((at, line));
        at += line.len();
    }
    let Some((opening, rest)) = lines.split_first() else { return Vec::new() };
    let (_, first) = bare(*opening);
    let open: usize = first.chars().take_while(|c| matches!(c, '`' | '~')).count();
    let closes = |line: &(usize, &str)| {
        let (_, line) = bare(*line);
        !line.is_empty() && line.chars().all(|c| first.starts_with(c)) && line.chars().count() >= open
    };
    let body = match rest.split_last() {
        Some((last, body)) if closes(last) => body,
        _ => {
            let what = "The fence of the rule is never closed, so the rest of the record belongs to it";
            return vec![malformed(*opening, what, &format!("Add a line `{}` behind the last rule.", first.get(..open).unwrap_or("```")))];
        }
    };
    let rules: Vec<Written> = body
        .iter()
        .map(|line| bare(*line))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//"))
        .map(|(start, line)| Written {
            text: sentence::words(line),
            span: Span::new(start, start + line.len()),
            constraint: sentence::read(line.trim_start_matches("- ").trim_end_matches(['.', ';'])),
        })
        .collect();
    if rules.is_empty() {
        return vec![malformed(
            *opening,
            "The fence holds no rule",
            "Write one rule per line, such as: no element of kind database reachable from outside.",
        )];
    }
    rules
}

fn malformed(line: (usize, &str), what: &str, help: &str) -> Written {
    let (start, bare) = bare(line);
    Written {
        text: bare.to_owned(),
        span: Span::new(start, start + bare.len()),
        constraint: Err(Problem { what: what.to_owned(), help: help.to_owned() }),
    }
}

/// A line without the marks of quotes around it, and where it begins.
fn bare((at, line): (usize, &str)) -> (usize, &str) {
    let rest = line.trim_start_matches([' ', '\t', '>']);
    (at + line.len() - rest.len(), rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::LineIndex;

    fn found(text: &str) -> Vec<(u32, String, Result<(), String>)> {
        let lines = LineIndex::new(text);
        let rules = read(text).into_iter();
        rules
            .map(|rule| {
                (
                    lines.place(rule.span.start).line,
                    rule.span.of(text).to_owned(),
                    rule.constraint.map(|_| ()).map_err(|problem| problem.what),
                )
            })
            .collect()
    }

    #[test]
    fn rules_are_found_with_their_lines() {
        let text = "---\nstatus: accepted\n---\n# T\n\n### Confirmation\n\n```lintel-rule\n# by hand until 2027\nno element of kind database reachable from outside\n\n  service.* uses technology Go.\n```\n\n> ~~~~ lintel-rule title=x\n> - forbid MongoDB\n> ~~~~\n";
        assert_eq!(
            found(text),
            [
                (10, "no element of kind database reachable from outside".into(), Ok(())),
                (12, "service.* uses technology Go.".into(), Ok(())),
                (16, "- forbid MongoDB".into(), Ok(())),
            ]
        );
        assert!(diagnostics(text).is_empty());
        assert_eq!(found("````markdown\n```lintel-rule\nx\n```\n````\n"), [], "an example");
        assert_eq!(found("`lintel-rule` is a fence.\n\n```yaml\nlintel-rule\n```\n"), []);
        assert_eq!(found(&text.replace('\n', "\r\n")).len(), 3);
    }

    #[test]
    fn malformed_fences_say_what_is_wrong_at_their_line() {
        assert_eq!(
            found("# T\n\n```lintel-rule\nno kind databse reachable from outside\nwe like Go\n```\n"),
            [
                (4, "no kind databse reachable from outside".into(), Err("There is no kind databse".into())),
                (5, "we like Go".into(), Err("It says neither what is forbidden nor what is required".into())),
            ]
        );
        assert_eq!(found("```lintel-rule\n# nothing\n```\n"), [(1, "```lintel-rule".into(), Err("The fence holds no rule".into()))]);
        let open = found("# T\n\n```lintel-rule\nforbid MongoDB\n\n## Context\n");
        assert_eq!(open.len(), 1);
        assert!(open[0].0 == 3 && open[0].2.as_ref().unwrap_err().contains("never closed"), "{open:?}");
        let said = diagnostics("```lintel-rule\nforbid technology\n```\n");
        assert_eq!((said[0].code.as_str(), said[0].what.as_str()), ("malformed-rule", "`technology` has no value after it"));
    }
}
