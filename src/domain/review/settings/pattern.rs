//! Patterns for paths: `*` and `?` within a name, `**` for any folders. A pattern without a slash fits at any depth, and one
//! that fits a folder fits all that lies in it.

use serde::{Deserialize, Serialize};

/// A pattern as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    written: String,
    names: Vec<String>,
}

/// Longer patterns are no paths.
const LONGEST: usize = 400;

impl Pattern {
    /// None for a pattern that no path of the project can fit.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix("./").unwrap_or(text);
        let rooted = inner.trim_end_matches('/').contains('/');
        let mut names: Vec<String> = inner.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        if text.len() > LONGEST || names.is_empty() || names.iter().any(|name| matches!(name.as_str(), "." | "..")) || text.contains('\\') {
            return None;
        }
        if !rooted {
            names.insert(0, "**".to_owned());
        }
        Some(Self { written: text.to_owned(), names })
    }

    /// The same for paths that begin further up: `folder` is where its own begin.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        if self.names.first().is_some_and(|first| first == "**") {
            return self.clone();
        }
        let around = folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned);
        Self { written: self.written.clone(), names: around.chain(self.names.iter().cloned()).collect() }
    }

    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it fits a path or a folder around it.
    pub fn fits(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        // Which lengths of the path's beginning the names so far can fit.
        let mut reached = vec![false; names.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for name in &self.names {
            let mut next = vec![false; names.len() + 1];
            for (at, _) in reached.iter().enumerate().filter(|(_, reached)| **reached) {
                if name == "**" {
                    next.iter_mut().skip(at).for_each(|next| *next = true);
                } else if names.get(at).is_some_and(|other| fits(name, other))
                    && let Some(next) = next.get_mut(at + 1)
                {
                    *next = true;
                }
            }
            reached = next;
        }
        reached.iter().skip(1).any(|reached| *reached)
    }
}

/// Whether a name fits one of a path, `*` standing for any letters and `?` for one.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut from) = (0, 0);
    // The last star and how much of the name it takes.
    let mut star: Option<(usize, usize)> = None;
    while from < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(c) if *c == '?' || Some(c) == name.get(from) => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                from = taken + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fitting(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().fits(path)
    }

    #[test]
    fn patterns_fit_names_folders_and_depths() {
        for (pattern, path, fits) in [
            ("workspace.dsl", "workspace.dsl", true),
            ("workspace.dsl", "a/b/workspace.dsl", true),
            ("/workspace.dsl", "a/workspace.dsl", false),
            ("/workspace.dsl", "workspace.dsl", true),
            ("./docs/adr", "docs/adr/0001-x.md", true),
            ("docs/adr/", "docs/adr/0001-x.md", true),
            ("docs/adr", "other/docs/adr/0001-x.md", false),
            ("docs", "docs/adr/0001-x.md", true),
            ("docs", "other/docs/x.md", true),
            ("docs", "docs2/x.md", false),
            ("*.old.dsl", "a/b.old.dsl", true),
            ("docs/*/0001-*.md", "docs/adr/0001-x.md", true),
            ("docs/*/0001-*.md", "docs/a/b/0001-x.md", false),
            ("docs/**/0001-*.md", "docs/a/b/0001-x.md", true),
            ("docs/**", "docs/a", true),
            ("**/draft?", "a/b/draft1/x.md", true),
            ("draft?", "draft", false),
            ("a*b*c", "axxbyybzc", true),
            ("a*b*c", "axxbyybz", false),
        ] {
            assert_eq!(fitting(pattern, path), fits, "{pattern} {path}");
        }
        for pattern in ["", "/", "../x", "a/./b", "a\\b", &"a".repeat(500)] {
            assert_eq!(Pattern::parse(pattern), None, "{pattern:?}");
        }
    }

    #[test]
    fn a_pattern_moves_with_its_folder() {
        let rooted = Pattern::parse("docs/adr").unwrap();
        assert!(rooted.below("services/shop").fits("services/shop/docs/adr/0001-x.md"));
        assert!(!rooted.below("services/shop").fits("docs/adr/0001-x.md"));
        assert!(rooted.below("").fits("docs/adr/0001-x.md"));
        assert!(Pattern::parse("*.md").unwrap().below("services/shop").fits("elsewhere/x.md"));
    }

    proptest! {
        #[test]
        fn a_path_fits_itself_and_its_folders(names in proptest::collection::vec("[a-z.]{0,3}[a-z]", 1..5)) {
            let path = names.join("/");
            prop_assert!(fitting(&path, &path));
            prop_assert!(fitting("**", &path));
            let folder = names[..names.len().div_ceil(2)].join("/");
            prop_assert!(fitting(&folder, &path));
            let first_letters: Vec<String> = names.iter().map(|name| format!("{}*", &name[..1])).collect();
            prop_assert!(fitting(&first_letters.join("/"), &path));
        }
    }
}
