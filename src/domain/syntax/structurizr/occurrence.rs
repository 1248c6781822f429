//! Where names are defined and used in a text: what editors need for going to a definition, finding uses and completing.
//! Recorded while the text is lowered, and only when asked for.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, RelationKey},
    syntax::{
        Parsed,
        structurizr::tree::{Tree, Word},
    },
};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
    /// By the environment's key, `/` and its name.
    DeploymentGroup(String),
    /// By the view's key.
    View(String),
    /// By its name in lower case; the name of an arrow without its dashes.
    Archetype(String),
    /// A constant or variable by name.
    Constant(String),
}

/// One place where a name stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The included file; none for the document itself.
    pub file: Option<String>,
    /// Only the name: no quotes, and one part of a dotted path.
    pub span: Span,
    pub symbol: Symbol,
    pub defines: bool,
}

/// A name that later statements can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As a statement at the top of the model writes it, in the letters of the definition.
    pub path: String,
    pub symbol: Symbol,
}

/// An archetype that later statements can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchetypeName {
    /// As defined.
    pub name: String,
    /// The keyword of what it makes; `->` for relations.
    pub makes: &'static str,
}

/// A text's meaning together with where its names stand.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub parsed: Parsed,
    /// In the order of file and place.
    pub occurrences: Vec<Occurrence>,
    pub names: Vec<Name>,
    pub archetypes: Vec<ArchetypeName>,
    pub constants: BTreeMap<String, String>,
    /// Parts are named within their wholes.
    pub hierarchical: bool,
    /// The dotted path, in lower case, by which an element's parts are named.
    pub paths: BTreeMap<ElementKey, String>,
}

impl Index {
    /// The occurrence in the document itself that holds the offset or ends there.
    pub fn at(&self, offset: u32) -> Option<&Occurrence> {
        let here = self.occurrences.iter().filter(|one| one.file.is_none() && one.span.start <= offset && offset <= one.span.end);
        // The shortest wins: a part of a path, not the statement around.
        here.min_by_key(|one| (one.span.end - one.span.start, one.span.start))
    }

    /// All places of a name, definitions included.
    pub fn all<'a>(&'a self, symbol: &'a Symbol) -> impl Iterator<Item = &'a Occurrence> {
        self.occurrences.iter().filter(move |one| one.symbol == *symbol)
    }
}

/// Where a part of a word stands in the source: the word may hold an expression, quotes or continuations. None where the
/// part came from a constant.
pub(super) fn place_of(tree: &Tree, word: &Word, part: &str) -> Option<Span> {
    if part.is_empty() {
        return None;
    }
    let span = word.inner_span();
    let raw = span.of(&tree.source);
    if raw == part {
        return Some(span);
    }
    // Which of several equal parts is meant shows in its distance from the beginning of the word.
    let offset = (part.as_ptr() as usize).checked_sub(word.value.as_ptr() as usize).filter(|at| *at <= word.value.len()).unwrap_or(0);
    let before = standing(word.value.get(..offset).unwrap_or(""), part).count();
    let at = standing(raw, part).nth(before).or_else(|| standing(raw, part).next())?;
    let start = span.start as usize + at;
    Some(Span::new(start, start + part.len()))
}

/// Where a name stands as a whole name in a text.
fn standing<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let of_name = |next: char| next.is_alphanumeric() || matches!(next, '_' | '.');
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|text| text.chars().next());
        !name.is_empty() && !before.is_some_and(of_name) && !after.is_some_and(of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::structurizr::parse::parse;

    #[test]
    fn parts_are_found_in_their_word_each_at_its_own_place() {
        let text = "include \"a -> aa && a\" ";
        let (tree, _) = parse(text);
        let words = tree.words(tree.statement(tree.statements(Tree::ROOT).next().unwrap()).unwrap());
        let value = words[1].value.clone();
        let word = Word { value, ..words[1].clone() };
        let place = |part: &str| place_of(&tree, &word, part).map(|span| span.start);
        assert_eq!(place(word.value.get(0..1).unwrap()), Some(9));
        assert_eq!(place(word.value.get(5..7).unwrap()), Some(14));
        assert_eq!(place(word.value.get(11..12).unwrap()), Some(20));
        assert_eq!((place("b"), place("")), (None, None));
    }
}
