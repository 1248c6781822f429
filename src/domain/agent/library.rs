//! Many agents together: those that come with Lintel, those of an administrator, those of a project.
//!
//! An agent is found by its handle: its name, and where several have the same name, the source before it. Nothing takes the
//! place of anything else; only the very same file of the same source is there once, however often it is added.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::domain::agent::definition::{self, Definition, Load, Outcome};

pub mod built_in;

/// An agent and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Who brought it, such as `lintel`, `workspace` or the name of a collection.
    pub source: &'a str,
    pub definition: &'a Definition,
}

/// Agents by handle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    /// In the order of source, file and content, so that handles do not depend on the order of adding.
    members: BTreeMap<(String, String, String), Definition>,
}

/// What a handle or a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    One(Member<'a>),
    /// Several agents have the name; their handles.
    Several(Vec<String>),
    None,
}

/// How many files became what. Every file is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Read as they stand.
    pub loaded: usize,
    /// Read after something was mended.
    pub repaired: usize,
    /// Not read.
    pub refused: usize,
}

/// What became of a folder's or an archive's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// In the order of the files.
    pub loads: Vec<Load>,
    pub tally: Tally,
}

/// Reads many files, by path.
pub fn import<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Import {
    let mut import = Import::default();
    for (path, bytes) in files {
        let load = definition::load(path, bytes);
        import.tally.count(&load.outcome);
        import.loads.push(load);
    }
    import
}

/// Whether a file of a folder is meant as an agent: markdown, and none of the pages that folders have about themselves. Those
/// are agents all the same when they begin with front matter.
pub fn is_agent_file(path: &str, bytes: &[u8]) -> bool {
    const PAGES: [&str; 8] = ["readme", "changelog", "contributing", "license", "licence", "security", "code_of_conduct", "notice"];
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".md") else { return false };
    !PAGES.contains(&stem) || bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).starts_with(b"---")
}

impl Tally {
    pub const fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Loaded(_) => self.loaded += 1,
            Outcome::Repaired(_) => self.repaired += 1,
            Outcome::Refused => self.refused += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loaded {}, repaired {}, refused {}", self.loaded, self.repaired, self.refused)
    }
}

impl Library {
    /// The agents that come with Lintel.
    pub fn built_in() -> Self {
        let mut library = Self::default();
        for definition in built_in::definitions() {
            library.add(built_in::SOURCE, definition);
        }
        library
    }

    /// Adds an agent. Adding the same file of the same source again changes nothing; a changed file is one more agent.
    pub fn add(&mut self, source: &str, definition: Definition) {
        let key = (source.to_owned(), definition.file.clone(), definition.hash.clone());
        self.members.entry(key).or_insert(definition);
    }

    /// Adds what an import could read.
    pub fn add_all(&mut self, source: &str, import: Import) {
        for load in import.loads {
            match load.outcome {
                Outcome::Loaded(definition) | Outcome::Repaired(definition) => self.add(source, *definition),
                Outcome::Refused => {}
            }
        }
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Every agent by handle: the name alone where no other agent has it; `source:name` where others have; and where that is
    /// still not one agent, with `~2`, `~3` and so on, in the order of files.
    pub fn members(&self) -> BTreeMap<String, Member<'_>> {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for definition in self.members.values() {
            *names.entry(folded(&definition.name)).or_default() += 1;
        }
        let mut handles: BTreeMap<String, Member<'_>> = BTreeMap::new();
        // Handles in the form in which they are compared; names alone are handed out first, so that no other takes them.
        let mut taken: BTreeSet<String> = names.iter().filter(|(_, count)| **count == 1).map(|(name, _)| name.clone()).collect();
        for ((source, _, _), definition) in &self.members {
            let unique = names.get(&folded(&definition.name)).is_some_and(|count| *count == 1);
            let handle = if unique { definition.name.clone() } else { free(&format!("{source}:{}", definition.name), &mut taken) };
            handles.insert(handle, Member { source, definition });
        }
        handles
    }

    /// Finds an agent by handle, or by a name that only one has. Capital letters do not matter.
    pub fn find(&self, handle: &str) -> Found<'_> {
        let wanted = folded(handle);
        let members = self.members();
        if let Some((_, member)) = members.iter().find(|(handle, _)| folded(handle) == wanted) {
            return Found::One(*member);
        }
        let same: Vec<String> =
            members.into_iter().filter(|(_, member)| folded(&member.definition.name) == wanted).map(|(handle, _)| handle).collect();
        // A name that one agent has is its handle, so these are several.
        if same.is_empty() { Found::None } else { Found::Several(same) }
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// The handle, with a number after it when it is taken.
fn free(handle: &str, taken: &mut BTreeSet<String>) -> String {
    if taken.insert(folded(handle)) {
        return handle.to_owned();
    }
    let mut number = 2_u32;
    loop {
        let numbered = format!("{handle}~{number}");
        if taken.insert(folded(&numbered)) {
            return numbered;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests;
