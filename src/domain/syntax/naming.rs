//! Naming an element that was just made: its identifier was made from the name it had, and follows the new one, as if it had been
//! placed under that name.

use crate::domain::{
    diagnostic::Span,
    model::ElementKey,
    syntax::{
        Language, Sources, TextEdit, apply, edit,
        gesture::{Gesture, Home, Outcome, Refusal, Subject},
        parse,
    },
};

/// Renames an element and, where it can be done, its identifier with it.
pub(super) fn name(
    language: Language,
    path: &str,
    text: &str,
    sources: &Sources,
    element: &ElementKey,
    name: &str,
) -> Result<Outcome, Refusal> {
    let rename = Gesture::Rename { subject: Subject::Element(element.clone()), name: name.to_owned() };
    let named = edit(language, path, text, sources, &rename)?;
    let after = apply(text, &named.edits);
    let key = match &named.select {
        Some(Subject::Element(key)) => key.clone(),
        _ => element.clone(),
    };
    let renamed = identifier_for(language, path, text, sources, element, name)
        .map(|identifier| Gesture::RenameIdentifier { element: key, identifier })
        .and_then(|gesture| edit(language, path, &after, sources, &gesture).ok())
        .and_then(|renamed| Some(Outcome { edits: joined(text, &named.edits, &renamed.edits)?, ..renamed }));
    Ok(renamed.unwrap_or(named))
}

/// The identifier that a new element of this name would get in the same place.
fn identifier_for(language: Language, path: &str, text: &str, sources: &Sources, element: &ElementKey, name: &str) -> Option<String> {
    let model = parse(language, path, text, sources).model;
    let old = model.element(element)?;
    old.identifier.as_ref()?;
    let home = match (&old.group, &old.parent) {
        (Some(group), _) => Home::Group(group.clone()),
        (None, Some(parent)) => Home::Element(parent.clone()),
        (None, None) => Home::Top,
    };
    let added = Gesture::Add { kind: old.kind.value, name: name.to_owned(), home, view: None };
    let outcome = edit(language, path, text, sources, &added).ok()?;
    let Some(Subject::Element(key)) = outcome.select else { return None };
    parse(language, path, &apply(text, &outcome.edits), sources).model.element(&key)?.identifier.clone()
}

/// Two lists of edits as one on the first text; `second` counts in the text after `first`. None where one touches the other.
fn joined(text: &str, first: &[TextEdit], second: &[TextEdit]) -> Option<Vec<TextEdit>> {
    let mut first: Vec<&TextEdit> = first.iter().collect();
    first.sort_by_key(|edit| edit.span);
    let back = |at: usize| {
        let (mut grown, mut shrunk) = (0, 0);
        for edit in &first {
            let range = edit.span.range();
            let start = range.start + grown - shrunk;
            if at < start {
                break;
            }
            if at < start + edit.replacement.len() {
                return None;
            }
            grown += edit.replacement.len();
            shrunk += range.len();
        }
        (at + shrunk).checked_sub(grown).filter(|at| *at <= text.len())
    };
    let mut all: Vec<TextEdit> = first.iter().map(|edit| (*edit).clone()).collect();
    for edit in second {
        let range = edit.span.range();
        let (start, end) = (back(range.start)?, back(range.end)?);
        // What stands between would be lost.
        if end < start || end - start != range.len() {
            return None;
        }
        all.push(TextEdit { span: Span::new(start, end), replacement: edit.replacement.clone() });
    }
    all.sort_by_key(|edit| edit.span);
    let apart = all.windows(2).all(|pair| matches!(pair, [a, b] if a.span.range().end <= b.span.range().start));
    apart.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(language: Language, text: &str, element: &str, name: &str) -> (String, Option<Subject>) {
        let gesture = Gesture::Name { element: element.into(), name: name.to_owned() };
        let outcome = edit(language, "shop", text, &Sources::new(), &gesture).unwrap();
        (apply(text, &outcome.edits), outcome.select)
    }

    #[test]
    fn the_identifier_follows_the_first_name() {
        let text = "workspace {\n    model {\n        shop = softwareSystem \"Shop\" {\n            newService = container \"New service\"\n        }\n        u = person \"User\"\n        u -> newService \"Buys\"\n    }\n}\n";
        let (after, select) = named(Language::Structurizr, text, "shop.newService", "Billing");
        assert!(after.contains("billing = container \"Billing\""), "{after}");
        assert!(after.contains("u -> billing \"Buys\""), "{after}");
        let Some(Subject::Element(key)) = select else { panic!("nothing selected") };
        assert!(key.as_str().ends_with("billing"));
    }

    #[test]
    fn flowcharts_follow_too() {
        let text = "flowchart LR\n    new-service[\"New service\"]\n    a --> new-service\n";
        let (after, _) = named(Language::Mermaid, text, "new-service", "Billing desk");
        assert!(after.contains("Billing desk") && !after.contains("new-service"), "{after}");
    }

    #[test]
    fn a_name_that_gives_no_identifier_is_only_a_name() {
        let text = "workspace {\n    model {\n        softwareSystem \"New system\"\n    }\n}\n";
        let model = parse(Language::Structurizr, "shop", text, &Sources::new()).model;
        let key = model.elements.keys().next().unwrap().0.clone();
        let (after, _) = named(Language::Structurizr, text, &key, "Billing");
        assert!(after.contains("softwareSystem \"Billing\""), "{after}");
    }

    #[test]
    fn edits_join_where_they_lie_apart() {
        let edit = |start, end, text: &str| TextEdit { span: Span::new(start, end), replacement: text.to_owned() };
        let (text, first) = ("abc def ghi", [edit(4, 7, "longer")]);
        let after = apply(text, &first);
        let second = [edit(0, 3, "x"), edit(11, 14, "z")];
        let joined = joined(text, &first, &second).unwrap();
        assert_eq!(apply(text, &joined), apply(&after, &second));
        assert_eq!(super::joined(text, &first, &[edit(5, 6, "")]), None);
    }
}
