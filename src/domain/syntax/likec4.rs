//! `LikeC4`: in as a model. All files of the folder count together, as they do there.
//!
//! Text becomes tokens ([`lex`]), these become a tree of what each block holds ([`parse`], [`tree`]), the model and deployment
//! blocks become elements and relations ([`lower`], names by [`names`]), and views what their rules choose ([`views`],
//! [`select`]). Elements may nest as deep as they like there; here the first three levels are systems, containers and
//! components, and what lies deeper is a component in a component.

use crate::domain::syntax::{
    Sources,
    draft::{Draft, too_long},
    format::Imported,
};

mod lex;
mod lower;
mod names;
mod parse;
mod select;
mod tree;
mod views;

#[cfg(test)]
mod tests;

/// Bytes of one file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of all files together.
pub const MAX_ALL_BYTES: usize = 8 * 1024 * 1024;
/// Blocks within blocks.
pub const MAX_DEPTH: usize = 48;
/// Steps spent on views and references.
pub const MAX_WORK: u64 = 6_000_000;
/// Elements of one name that a reference is looked up among.
pub const MAX_NAMESAKES: usize = 100;

/// Reads a file together with the other `LikeC4` files of its folder and the folders in it.
pub fn import(path: &str, text: &str, sources: &Sources) -> Imported {
    if text.len() > MAX_BYTES {
        return too_long(text.len(), MAX_BYTES);
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut draft = Draft::default();
    let mut files: Vec<(Option<&str>, &str)> = vec![(None, text)];
    let mut bytes = text.len();
    for (other, content) in sources.range(start.clone()..).take_while(|(other, _)| other.starts_with(&start)) {
        if other == path || !is_ours(other) {
            continue;
        }
        bytes += content.len();
        if content.len() > MAX_BYTES || bytes > MAX_ALL_BYTES {
            draft.fidelity().lose("File that is too long", None);
            continue;
        }
        files.push((Some(other), content));
    }
    let trees: Vec<tree::File> = files.into_iter().map(|(name, content)| parse::parse(name, content, &mut draft)).collect();
    lower::lower(&trees, draft)
}

/// Whether a file's name is that of this language.
pub fn is_ours(path: &str) -> bool {
    let path = path.to_lowercase();
    [".c4", ".likec4", ".like-c4"].iter().any(|ending| path.ends_with(ending))
}
