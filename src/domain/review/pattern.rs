//! What a design pattern is: a page of the catalogue, read from markdown of a fixed shape.
//!
//! A file begins with `# P-04 Circuit breaker` and one sentence; then come the sections of [`SECTIONS`] in their order.
//! `In Go` may hold one fence: a complete Go file, the same as the one below `src/catalogue/go` that is tested there.

use serde::{Deserialize, Serialize};

/// The headings of a page, in their order.
pub const SECTIONS: [&str; 8] = ["Problem", "Use it when", "Leave it when", "How it works", "Trade-offs", "In Go", "Rules", "See also"];

/// A page of the catalogue; the texts are markdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// `P-04`.
    pub id: String,
    /// `circuit-breaker`.
    pub slug: String,
    /// `Circuit breaker`.
    pub name: String,
    /// One sentence.
    pub summary: String,
    pub problem: String,
    pub use_when: String,
    pub leave_when: String,
    pub how: String,
    pub trade_offs: String,
    /// Libraries, with a word on each; the example left out.
    pub in_go: String,
    /// A complete Go file; empty where code explains nothing.
    pub example: String,
    /// Codes of the rules whose findings the pattern answers.
    pub rules: Vec<String>,
    /// Why there are none, where that is so.
    pub without_rules: String,
    /// Ids of other patterns.
    pub see_also: Vec<String>,
}

/// Reads a page; its file's name without the ending gives the slug: `p-04-circuit-breaker`. None without a heading.
pub fn parse(file: &str, text: &str) -> Option<Pattern> {
    let mut parts = sections(text).into_iter();
    let (heading, opening) = parts.next()?;
    let (id, name) = heading.split_once(' ')?;
    let slug = file.strip_prefix(&id.to_ascii_lowercase())?.strip_prefix('-')?;
    let parts: Vec<(&str, String)> = parts.collect();
    let section = |title: &str| parts.iter().find(|(heading, _)| *heading == title).map_or("", |(_, body)| body.as_str());
    let (in_go, example) = without_fence(section("In Go"));
    Some(Pattern {
        id: id.to_owned(),
        slug: slug.to_owned(),
        name: name.to_owned(),
        summary: opening.split_whitespace().collect::<Vec<_>>().join(" "),
        problem: section("Problem").to_owned(),
        use_when: section("Use it when").to_owned(),
        leave_when: section("Leave it when").to_owned(),
        how: section("How it works").to_owned(),
        trade_offs: section("Trade-offs").to_owned(),
        in_go,
        example,
        rules: items(section("Rules")),
        without_rules: section("Rules").lines().filter(|line| !line.starts_with("- ")).collect::<Vec<_>>().join(" "),
        see_also: items(section("See also")),
    })
}

/// The headings outside of fences, each with what follows it; the first is the page's own.
pub fn sections(text: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        let heading = if found.is_empty() { line.strip_prefix("# ") } else { line.strip_prefix("## ") };
        if let Some(heading) = heading.filter(|_| !fenced) {
            found.push((heading.trim(), String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            fenced ^= line.starts_with("```");
            body.push_str(line);
            body.push('\n');
        }
    }
    for (_, body) in &mut found {
        *body = body.trim().to_owned();
    }
    found
}

/// A section without its Go fence, and what the fence holds.
fn without_fence(section: &str) -> (String, String) {
    let Some((before, rest)) = section.split_once("```go\n") else { return (section.to_owned(), String::new()) };
    let (example, after) = rest.split_once("\n```").unwrap_or((rest, ""));
    let words = [before.trim(), after.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    (words, format!("{example}\n"))
}

fn items(section: &str) -> Vec<String> {
    section.lines().filter_map(|line| line.strip_prefix("- ")).map(|item| item.trim().to_owned()).collect()
}
