//! The pages are whole, say what they may, and show the code that is tested.

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::{FILES, all, by_id, for_rule};
use crate::domain::review::pattern::{SECTIONS, parse, sections};

/// How many rules the catalogue has in each group; their numbers leave no gap.
const RULES: [(char, u32); 11] =
    [('M', 6), ('B', 8), ('D', 10), ('A', 9), ('S', 7), ('R', 17), ('O', 7), ('X', 14), ('P', 8), ('Q', 10), ('K', 4)];

/// Hosts that may be named; they belong to nobody.
const HOSTS: [&str; 2] = ["api.example.com", "example.com"];

fn catalogue() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/catalogue")
}

fn is_rule(code: &str) -> bool {
    let mut letters = code.strip_prefix("LNT-").unwrap_or_default().chars();
    let group = letters.next();
    let number = letters.as_str();
    number.len() == 3
        && number
            .parse()
            .is_ok_and(|number: u32| RULES.iter().any(|(letter, last)| group == Some(*letter) && (1..=*last).contains(&number)))
}

/// The page without its code.
fn prose(text: &str) -> String {
    let mut fenced = false;
    text.lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn there_is_one_line_for_each_file() {
    let mut files: Vec<String> = fs::read_dir(catalogue())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .collect();
    files.sort();
    assert_eq!(files, FILES.map(|(file, _)| file));
}

#[test]
fn ids_are_counted_and_found() {
    let ids: Vec<&str> = all().iter().map(|pattern| pattern.id.as_str()).collect();
    assert_eq!(ids, (1..=49).map(|number| format!("P-{number:02}")).collect::<Vec<_>>());
    assert_eq!(by_id(" p-04").map(|pattern| pattern.slug.as_str()), Some("circuit-breaker"));
    assert_eq!(by_id("P-50"), None);
    let slugs: BTreeSet<&str> = all().iter().map(|pattern| pattern.slug.as_str()).collect();
    let names: BTreeSet<&str> = all().iter().map(|pattern| pattern.name.as_str()).collect();
    assert_eq!((slugs.len(), names.len()), (49, 49));
}

#[test]
fn rules_lead_to_patterns() {
    let ids = |code| for_rule(code).map(|pattern| pattern.id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids("LNT-R007"), ["P-04"]);
    assert_eq!(ids("r006"), ["P-04", "P-05"]);
    assert_eq!(ids("LNT-M001"), [""; 0]);
}

#[test]
fn every_page_is_whole() {
    let mut problems = Vec::new();
    for (pattern, (file, text)) in all().iter().zip(FILES) {
        let headings: Vec<&str> = sections(text).iter().skip(1).map(|(heading, _)| *heading).collect();
        if headings != SECTIONS {
            problems.push(format!("{file}: sections {headings:?}"));
        }
        for (heading, body) in sections(text) {
            if body.is_empty() {
                problems.push(format!("{file}: nothing under {heading}"));
            }
        }
        for (what, section) in [("Use it when", &pattern.use_when), ("Leave it when", &pattern.leave_when), ("In Go", &pattern.in_go)] {
            if !section.starts_with("- ") {
                problems.push(format!("{file}: {what} is a list"));
            }
        }
        let length = pattern.summary.chars().count();
        if length > 140 || !pattern.summary.ends_with('.') || pattern.summary.matches(". ").count() > 0 {
            problems.push(format!("{file}: the summary is one sentence of at most 140 characters, and not {length}"));
        }
        let words = prose(text).split_whitespace().count();
        if !(250..=700).contains(&words) {
            problems.push(format!("{file}: {words} words"));
        }
        if pattern.rules.is_empty() == pattern.without_rules.is_empty() {
            problems.push(format!("{file}: rules, or why there are none"));
        }
        if pattern.see_also.is_empty() {
            problems.push(format!("{file}: other patterns"));
        }
    }
    assert_none(&problems);
}

#[test]
fn what_pages_name_exists() {
    let mut problems = Vec::new();
    for pattern in all() {
        problems.extend(pattern.rules.iter().filter(|code| !is_rule(code)).map(|code| format!("{}: no rule {code}", pattern.id)));
        for other in &pattern.see_also {
            if *other == pattern.id || by_id(other).is_none() {
                problems.push(format!("{}: no other pattern {other}", pattern.id));
            }
        }
        for list in [&pattern.rules, &pattern.see_also] {
            if list.iter().collect::<BTreeSet<_>>().len() != list.len() {
                problems.push(format!("{}: something is named twice", pattern.id));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn the_tone_is_calm_and_nobody_is_linked_to() {
    let mut problems = Vec::new();
    for (file, text) in FILES {
        if prose(text).contains('!') {
            problems.push(format!("{file}: an exclamation mark"));
        }
        for rest in text.split("://").skip(1) {
            let host: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).collect();
            if !host.is_empty() && !HOSTS.contains(&host.as_str()) {
                problems.push(format!("{file}: names {host}"));
            }
        }
        if prose(text).lines().any(|line| line.ends_with(' ') || line.contains("](")) {
            problems.push(format!("{file}: spaces at the end of a line, or a link"));
        }
    }
    assert_none(&problems);
}

#[test]
fn a_page_shows_the_file_that_is_tested() {
    let go = catalogue().join("go");
    let mut problems = Vec::new();
    for (pattern, (file, text)) in all().iter().zip(FILES) {
        let folder = go.join(file);
        let fences = text.lines().filter(|line| line.starts_with("```")).count();
        if fences != if folder.exists() { 2 } else { 0 } {
            problems.push(format!("{file}: one fence with code of src/catalogue/go/{file}, or none without it"));
        }
        if !folder.exists() {
            assert_eq!(pattern.example, "", "{file}");
            continue;
        }
        let names: Vec<String> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let (tests, shown): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.ends_with("_test.go"));
        let ([shown], false) = (shown.as_slice(), tests.is_empty()) else {
            problems.push(format!("src/catalogue/go/{file}: one file to show and its tests, and not {names:?}"));
            continue;
        };
        let source = fs::read_to_string(folder.join(shown)).unwrap();
        if pattern.example != source {
            problems.push(format!("{file}: the fence is not src/catalogue/go/{file}/{shown}"));
        }
        if source.lines().count() > 115 || source.lines().any(|line| line.chars().count() > 120) {
            problems.push(format!("src/catalogue/go/{file}/{shown}: too long to be read on a page"));
        }
    }
    for entry in fs::read_dir(&go).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name != "go.mod" && name != "internal" && !FILES.iter().any(|(file, _)| *file == name) {
            problems.push(format!("src/catalogue/go/{name}: no page of that name"));
        }
    }
    assert_none(&problems);
}

#[test]
fn a_page_is_read_as_it_is_written() {
    let text = "\
# P-07 Bulkhead

One sentence
in two lines.

## Problem

Text.

## In Go

- `x`

```go
package x

## no heading
```

After.

## Rules

- LNT-R008

## See also

- P-04
- P-05
";
    let pattern = parse("p-07-bulkhead", text).unwrap();
    assert_eq!((pattern.id.as_str(), pattern.slug.as_str(), pattern.name.as_str()), ("P-07", "bulkhead", "Bulkhead"));
    assert_eq!(pattern.summary, "One sentence in two lines.");
    assert_eq!((pattern.problem.as_str(), pattern.how.as_str()), ("Text.", ""));
    assert_eq!((pattern.in_go.as_str(), pattern.example.as_str()), ("- `x`\n\nAfter.", "package x\n\n## no heading\n"));
    assert_eq!((pattern.rules, pattern.see_also), (vec!["LNT-R008".to_owned()], vec!["P-04".to_owned(), "P-05".to_owned()]));
    for broken in ["", "text", "# P-07", "## P-07 Bulkhead", "# P-08 Bulkhead"] {
        assert_eq!(parse("p-07-bulkhead", broken), None, "{broken}");
    }
}
