//! Templates: the shapes records are written in, and new records of those we write ourselves.

use serde::{Deserialize, Serialize};

use crate::domain::{decision::status::Status, moment::Day};

pub mod project;

/// The shape a record was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    Madr4,
    Madr4Minimal,
    /// Headings without explanations, all of them.
    Madr4Bare,
    /// Headings without explanations, the mandatory ones.
    Madr4BareMinimal,
    Madr3,
    /// Metadata as a list under the title; also what log4brains writes.
    Madr2,
    Nygard,
    YStatement,
    /// Any other markdown.
    Other,
}

impl Template {
    pub const ALL: [Self; 9] = [
        Self::Madr4,
        Self::Madr4Minimal,
        Self::Madr4Bare,
        Self::Madr4BareMinimal,
        Self::Madr3,
        Self::Madr2,
        Self::Nygard,
        Self::YStatement,
        Self::Other,
    ];

    /// Those that are offered for new records.
    pub const WRITTEN: [Self; 6] =
        [Self::Madr4, Self::Madr4Minimal, Self::Madr4Bare, Self::Madr4BareMinimal, Self::Nygard, Self::YStatement];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Madr4 => "madr-4",
            Self::Madr4Minimal => "madr-4-minimal",
            Self::Madr4Bare => "madr-4-bare",
            Self::Madr4BareMinimal => "madr-4-bare-minimal",
            Self::Madr3 => "madr-3",
            Self::Madr2 => "madr-2",
            Self::Nygard => "nygard",
            Self::YStatement => "y-statement",
            Self::Other => "other",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Madr4 => "MADR 4",
            Self::Madr4Minimal => "MADR 4, minimal",
            Self::Madr4Bare => "MADR 4, bare",
            Self::Madr4BareMinimal => "MADR 4, bare and minimal",
            Self::Madr3 => "MADR 3",
            Self::Madr2 => "MADR 2",
            Self::Nygard => "Nygard",
            Self::YStatement => "Y-statement",
            Self::Other => "Own template",
        }
    }

    /// Reads a [`slug`](Self::slug).
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.slug() == slug)
    }

    /// Whether metadata belongs into front matter.
    pub const fn has_front_matter(self) -> bool {
        !matches!(self, Self::Madr2 | Self::Nygard)
    }
}

/// The text of a new record: proposed, dated, and with a hint under each heading that reviews report until it is replaced.
/// Older templates are for logs that are written in them; records of no template get the fullest one.
pub fn new_record(template: Template, number: u32, title: &str, date: Day, deciders: &[String]) -> String {
    let title = one_line(title);
    let front = front_matter("decision-makers", date, deciders);
    match template {
        Template::Madr4 | Template::Other => format!("{front}\n# {title}\n\n{FULL}"),
        Template::Madr4Minimal => format!("{front}\n# {title}\n\n{MINIMAL}"),
        Template::Madr4Bare => format!("{front}\n# {title}\n\n{BARE}"),
        Template::Madr4BareMinimal => format!("{front}\n# {title}\n\n{BARE_MINIMAL}"),
        Template::Madr3 => {
            let front = front_matter("deciders", date, deciders);
            format!("{front}\n# {title}\n\n{}", FULL.replace("### Confirmation", "### Validation"))
        }
        Template::Madr2 => {
            let by = if deciders.is_empty() { String::new() } else { format!("* Deciders: {}\n", one_line(&deciders.join(", "))) };
            let (before, after) = FULL.split_once("### Consequences").unwrap_or((FULL, ""));
            let (_, compared) = after.split_once("## Pros").unwrap_or_default();
            let compared = compared.replace("## More Information", "## Links");
            format!(
                "# {title}\n\n* Status: {}\n{by}* Date: {date}\n\n{before}### Positive Consequences\n\n* {{what gets better}}\n\n\
                 ### Negative Consequences\n\n* {{what gets worse, for whom, and what is done about it}}\n\n## Pros{compared}",
                Status::Proposed.slug()
            )
        }
        Template::YStatement => format!("{front}\n# {title}\n\n{Y_STATEMENT}"),
        Template::Nygard => {
            let by = if deciders.is_empty() { String::new() } else { format!("Deciders: {}\n\n", one_line(&deciders.join(", "))) };
            format!("# {number}. {title}\n\nDate: {date}\n\n{by}## Status\n\n{}\n\n{NYGARD}", Status::Proposed.name())
        }
    }
}

/// The file name of a new record: `0007-use-nats.md`. Letters and digits of any script stay, in lower case.
pub fn file_name(number: u32, title: &str) -> String {
    format!("{number:04}-{}.md", slug(title))
}

/// A title as a part of a file name.
pub fn slug(title: &str) -> String {
    // "don't" is one word. Names of more than 200 bytes are refused in paths; short ones can be read in a list.
    let parted: String = title.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    hyphened(&parted, 72)
}

/// Words in lower case with one hyphen for whatever is between them, cut at a word.
pub(super) fn hyphened(title: &str, longest: usize) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let mut end = slug.len().min(longest);
    while !slug.is_char_boundary(end) {
        end -= 1;
    }
    let kept = slug.get(..end).unwrap_or("");
    let whole = if end < slug.len() { kept.rfind('-').and_then(|at| kept.get(..at)).unwrap_or(kept) } else { kept };
    let slug = whole.trim_matches('-');
    if slug.is_empty() { "decision".to_owned() } else { slug.to_owned() }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn front_matter(makers: &str, date: Day, deciders: &[String]) -> String {
    let names: Vec<String> = deciders.iter().map(|name| scalar(&one_line(name), true)).collect();
    let makers = if names.is_empty() { String::new() } else { format!("{makers}: [{}]\n", names.join(", ")) };
    format!("---\nstatus: {}\ndate: {date}\n{makers}---\n", Status::Proposed.slug())
}

/// A text as a YAML value: bare when nothing in it can be misread, else in double quotes.
pub(super) fn scalar(text: &str, in_list: bool) -> String {
    let starts_plain = text.starts_with(char::is_alphabetic);
    let risky =
        text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.trim() != text || text.chars().any(char::is_control);
    let in_list = in_list && text.contains([',', '[', ']', '{', '}']);
    let word = matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    if starts_plain && !risky && !in_list && !word {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

const FULL: &str = "\
## Context and Problem Statement

{what is the situation, and which question does it raise}

## Decision Drivers

* {a force that a good answer has to satisfy}

## Considered Options

* {the first option}
* {the second option}

## Decision Outcome

Chosen option: \"{the option}\", because {how it satisfies the drivers better than the others}.

### Consequences

* Good, because {what gets better}
* Bad, because {what gets worse, for whom, and what is done about it}

### Confirmation

{how anyone can tell that the design follows this decision}

## Pros and Cons of the Options

### {the first option}

* Good, because {an argument for it}
* Bad, because {an argument against it}

### {the second option}

* Good, because {an argument for it}
* Bad, because {an argument against it}

## More Information

{links, and when to look at this decision again}
";

const MINIMAL: &str = "\
## Context and Problem Statement

{what is the situation, and which question does it raise}

## Considered Options

* {the first option}
* {the second option}

## Decision Outcome

Chosen option: \"{the option}\", because {how it answers the question better than the others}.

### Consequences

* Good, because {what gets better}
* Bad, because {what gets worse, for whom, and what is done about it}
";

const BARE: &str = "\
## Context and Problem Statement

## Decision Drivers

## Considered Options

## Decision Outcome

### Consequences

### Confirmation

## Pros and Cons of the Options

## More Information
";

const BARE_MINIMAL: &str = "\
## Context and Problem Statement

## Considered Options

## Decision Outcome

### Consequences
";

const NYGARD: &str = "\
## Context

{what is the situation, and which forces pull in which direction}

## Decision

{what we will do, in full sentences}

## Consequences

{what becomes easier and what becomes harder}
";

const Y_STATEMENT: &str = "\
In the context of {the use case or the part of the system},
facing {the concern},
we decided for {the option}
and against {the other options},
to achieve {the quality},
accepting {the downside}.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::parse;

    const DATE: Day = Day { year: 2026, month: 11, day: 19 };

    #[test]
    fn new_records_read_back() {
        let people = ["Ada Lovelace".to_owned(), "O'Neil, Bob".to_owned(), "no".to_owned()];
        for template in Template::ALL {
            for deciders in [&people[..], &people[1..2], &[]] {
                // Where names are a plain list of words, commas part them.
                let deciders = if matches!(template, Template::Nygard | Template::Madr2) {
                    deciders.get(..1).filter(|names| !names[0].contains(',')).unwrap_or(&[])
                } else {
                    deciders
                };
                let text = new_record(template, 7, "Use NATS: \"now\"\n", DATE, deciders);
                let record = parse("x.md", &text);
                // A bare record is one whose headings are all empty, its title too.
                let expected = match template {
                    Template::Madr4Bare | Template::Other => Template::Madr4,
                    Template::Madr4BareMinimal => Template::Madr4Minimal,
                    other => other,
                };
                assert_eq!(record.template, expected, "{text}");
                assert_eq!(record.title, "Use NATS: \"now\"");
                assert_eq!(record.known_status(), Some(Status::Proposed));
                assert_eq!(record.date.as_ref().unwrap().day, Some(DATE));
                assert_eq!(record.deciders, deciders);
                assert_eq!(record.options, Vec::<String>::new());
                assert_eq!(record.diagnostics, []);
                let bare = matches!(template, Template::Madr4Bare | Template::Madr4BareMinimal);
                assert_eq!(record.placeholders.is_empty(), bare, "{text}");
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
            }
        }
        let text = new_record(Template::Madr4, 7, "T", DATE, &people[2..]);
        assert!(text.contains("decision-makers: [\"no\"]"), "{text}");
        assert_eq!(parse("x.md", &new_record(Template::Nygard, 7, "T", DATE, &[])).number, Some(7));
    }

    #[test]
    fn file_names_are_slugs() {
        for (title, name) in [
            ("Use NATS", "0007-use-nats.md"),
            ("  Don't use C++ / Rust?! ", "0007-dont-use-c-rust.md"),
            ("Größe", "0007-größe.md"),
            ("../../etc", "0007-etc.md"),
            ("", "0007-decision.md"),
        ] {
            assert_eq!(file_name(7, title), name);
        }
        let long = file_name(12345, &"word ".repeat(60));
        assert!(long.len() < 90 && long.ends_with("word.md"), "{long}");
        assert!(file_name(1, &"é".repeat(300)).len() < 90);
    }

    #[test]
    fn every_template_reads_back_from_its_slug() {
        for template in Template::ALL {
            assert_eq!(Template::from_slug(template.slug()), Some(template));
        }
    }
}
