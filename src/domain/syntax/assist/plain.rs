//! Help for languages without an own folder: by the model's elements and the words of the text. An identifier is a run of
//! letters, digits, `_`, `-` and `.`.

use std::fmt::Write as _;

use crate::domain::{
    diagnostic::Span,
    model::{Element, ElementKey, Model},
    syntax::assist::{Completion, CompletionKind, Hover, MAX_COMPLETIONS, MAX_HOVER, Target},
};

/// The word around a byte offset.
pub fn word_at(text: &str, offset: usize) -> Span {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let of_word = |next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '.');
    let before = text.get(..offset).unwrap_or("");
    let start = before.char_indices().rev().take_while(|(_, next)| of_word(*next)).last().map_or(offset, |(at, _)| at);
    let after = text.get(offset..).unwrap_or("");
    let length = after.find(|next: char| !of_word(next)).unwrap_or(after.len());
    let word = text.get(start..offset + length).unwrap_or("");
    // An arrow or the end of a sentence is no part of a name.
    let kept = word.trim_end_matches(['-', '.']);
    let lead = kept.len() - kept.trim_start_matches(['-', '.']).len();
    if start + lead > offset || offset > start + kept.len() {
        return Span::new(offset, offset);
    }
    Span::new(start + lead, start + kept.len())
}

/// The element that a word names, by identifier or key.
pub fn element_of<'m>(model: &'m Model, word: &str) -> Option<&'m Element> {
    if word.is_empty() {
        return None;
    }
    model
        .elements
        .get(&ElementKey::from(word))
        .or_else(|| model.elements.values().find(|element| element.identifier.as_deref() == Some(word)))
}

/// Identifiers of the model's elements that begin with, or hold, the word.
pub fn complete(model: &Model, text: &str, offset: usize) -> Vec<Completion> {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let span = word_at(text, offset);
    let typed = text.get(span.start as usize..offset).unwrap_or("").to_lowercase();
    let mut found: Vec<(bool, Completion)> = model
        .elements
        .values()
        .filter_map(|element| {
            let label = element.identifier.clone()?;
            let lower = label.to_lowercase();
            let fits = lower.contains(&typed) || element.name.to_lowercase().contains(&typed);
            // The word itself is being typed and needs no offer.
            let own = lower == typed && element.span.contains(span.start);
            (fits && !own).then(|| {
                let completion = Completion {
                    detail: detail(element),
                    insert: label.clone(),
                    kind: CompletionKind::Element,
                    span,
                    label: label.clone(),
                };
                (!lower.starts_with(&typed), completion)
            })
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().map(|(_, completion)| completion).take(MAX_COMPLETIONS).collect()
}

pub fn hover(model: &Model, text: &str, offset: usize) -> Option<Hover> {
    let span = word_at(text, offset);
    let element = element_of(model, span.of(text))?;
    Some(Hover { span, markdown: describe(model, element) })
}

pub fn definition(model: &Model, text: &str, offset: usize) -> Option<Target> {
    let element = element_of(model, word_at(text, offset).of(text))?;
    Some(Target { file: element.file.clone(), span: element.name_span })
}

/// Every place where the word stands as a whole word, if it names an element.
pub fn references(model: &Model, text: &str, offset: usize) -> Vec<Target> {
    let word = word_at(text, offset).of(text).to_owned();
    if element_of(model, &word).is_none() {
        return Vec::new();
    }
    let places = text.match_indices(word.as_str()).map(|(at, _)| at);
    places
        .filter(|at| word_at(text, *at) == Span::new(*at, at + word.len()))
        .map(|at| Target { file: None, span: Span::new(at, at + word.len()) })
        .collect()
}

pub fn identifier_at(model: &Model, text: &str, offset: usize) -> Option<ElementKey> {
    element_of(model, word_at(text, offset).of(text)).map(|element| element.key.clone())
}

/// What an element is in one line: `Database · Orders · PostgreSQL`.
pub(super) fn detail(element: &Element) -> String {
    let mut parts = vec![element.kind.value.name()];
    parts.extend([element.name.as_str()].iter().filter(|name| !name.is_empty()));
    parts.extend(element.technology.as_deref());
    parts.join(" · ")
}

/// What there is to say about an element.
pub(super) fn describe(model: &Model, element: &Element) -> String {
    let mut text = format!("**{}**", plain(&element.name));
    let kind = &element.kind;
    let _ = write!(text, "  \n{}", kind.value.name());
    if let Some(technology) = &element.technology {
        let _ = write!(text, " · {}", plain(technology));
    }
    if !kind.stated && !kind.reason.is_empty() {
        let _ = write!(text, " (assumed: {})", plain(&kind.reason));
    }
    if let Some(description) = element.description.as_deref().filter(|text| !text.trim().is_empty()) {
        let _ = write!(text, "\n\n{}", plain(description));
    }
    if let Some(of) = element.instance_of.as_ref().and_then(|key| model.elements.get(key)) {
        let _ = write!(text, "\n\nInstance of {}.", plain(&of.name));
    }
    let inside: Vec<String> = model.ancestors(&element.key).map(|around| plain(&around.name)).collect();
    if !inside.is_empty() {
        let _ = write!(text, "\n\nIn {}.", inside.join(", in "));
    }
    if !element.tags.is_empty() {
        let _ = write!(text, "\n\nTags: {}", plain(&element.tags.join(", ")));
    }
    let facts: Vec<String> = element.facts.0.iter().map(|(name, fact)| format!("{name} {}", plain(&fact.value))).collect();
    if !facts.is_empty() {
        let _ = write!(text, "\n\nFacts: {}", facts.join(" · "));
    }
    let stated = || model.relations.values().filter(|relation| relation.implied_by.is_none());
    let (out, into) = (
        stated().filter(|relation| relation.source == element.key).count(),
        stated().filter(|relation| relation.target == element.key).count(),
    );
    let views: Vec<&str> = model.views.iter().filter(|view| view.elements.contains(&element.key)).map(|view| view.key.as_str()).collect();
    let _ = write!(text, "\n\nCalls {out}, is called by {into}.");
    if !views.is_empty() {
        let shown: Vec<String> = views.iter().take(6).map(|view| plain(view)).collect();
        let more = if views.len() > 6 { format!(" and {} more", views.len() - 6) } else { String::new() };
        let _ = write!(text, " Shown in {}{more}.", shown.join(", "));
    }
    shorten(text)
}

/// Text of a document as Markdown that shows just that.
pub(super) fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for next in text.chars().take(600) {
        match next {
            '\n' | '\r' => result.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' => {
                result.push('\\');
                result.push(next);
            }
            _ => result.push(next),
        }
    }
    result
}

/// Cut to what may be shown.
pub(super) fn shorten(mut text: String) -> String {
    if text.len() > MAX_HOVER {
        text.truncate(text.floor_char_boundary(MAX_HOVER));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Sources, structurizr};

    fn model() -> Model {
        let text = "workspace {\nmodel {\na = person \"Ann\"\nab = softwareSystem \"Abacus\" \"Counts *all*\"\na -> ab\n}\n}";
        structurizr::parse("w.dsl", text, &Sources::new()).model
    }

    #[test]
    fn words_are_found_around_a_place() {
        let word = |text: &str, at: usize| word_at(text, at).of(text).to_owned();
        assert_eq!(word("ab --> cd", 0), "ab");
        assert_eq!(word("ab --> cd", 2), "ab");
        assert_eq!(word("ab --> cd", 4), "");
        assert_eq!(word("ab-->cd", 2), "ab");
        assert_eq!(word("ab-->cd", 3), "");
        assert_eq!(word("x é_1-b.", 5), "é_1-b");
        assert_eq!(word("", 9), "");
    }

    #[test]
    fn the_words_of_any_language_are_helped_with() {
        let (model, text) = (model(), "flowchart\n  a --> ab\n  a[x]");
        assert_eq!(complete(&model, text, 13).iter().map(|one| one.label.as_str()).collect::<Vec<_>>(), ["a", "ab"]);
        assert_eq!(complete(&model, text, 20).iter().map(|one| one.insert.as_str()).collect::<Vec<_>>(), ["ab"]);
        let found = hover(&model, text, 18).unwrap();
        assert_eq!(found.span.of(text), "ab");
        assert!(found.markdown.contains("**Abacus**") && found.markdown.contains("Counts \\*all\\*"), "{}", found.markdown);
        assert_eq!(references(&model, text, 12).len(), 2);
        assert_eq!(identifier_at(&model, text, 19), Some(ElementKey::from("ab")));
        assert!(definition(&model, text, 19).is_some() && definition(&model, text, 2).is_none());
    }
}
