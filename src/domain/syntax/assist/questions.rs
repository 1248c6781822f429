//! The questions of the source editor and their answers: UTF-16 offsets in, UTF-16 offsets out, explanations as HTML that is
//! safe to put into the page.

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    markdown::{Rendering, render_subset},
    model::ElementKey,
    offsets::{span_to_utf16, to_byte, to_utf16},
    syntax::{
        Language, Sources,
        assist::{self, CompletionKind},
        edit,
        gesture::{Gesture, Refusal, Subject},
        parse,
    },
};

/// A question about a place in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum Question {
    Complete {
        at: u32,
    },
    Hover {
        at: u32,
    },
    Definition {
        at: u32,
    },
    /// What renaming at the place would change.
    Renamable {
        at: u32,
    },
    /// The edits that rename what stands at the place.
    Rename {
        at: u32,
        name: String,
    },
    /// The edits that lay out a range, or the whole text where it is empty.
    Format {
        from: u32,
        to: u32,
    },
}

/// The text of a diagram as it is now, and what it is read with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    pub language: Language,
    pub path: &'a str,
    pub text: &'a str,
    pub sources: &'a Sources,
}

/// One offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    pub label: String,
    pub detail: String,
    pub kind: CompletionKind,
    pub insert: String,
    pub from: u32,
    pub to: u32,
}

/// A word and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    pub from: u32,
    pub to: u32,
    pub html: String,
}

/// Where a name is defined: in the document, or in another file, where the offsets mean nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Definition {
    pub from: u32,
    pub to: u32,
    pub file: Option<String>,
}

/// What renaming changes: the identifier with every reference to it, or the shown name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Identifier,
    Name,
}

/// Something at a place that can be renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renamable {
    pub from: u32,
    pub to: u32,
    pub what: What,
    /// The identifier or name as it is.
    pub current: String,
    #[serde(skip)]
    pub element: ElementKey,
}

impl Renamable {
    pub fn gesture(&self, name: &str) -> Gesture {
        let (element, name) = (self.element.clone(), name.to_owned());
        match self.what {
            What::Identifier => Gesture::RenameIdentifier { element, identifier: name },
            What::Name => Gesture::Rename { subject: Subject::Element(element), name },
        }
    }
}

/// A replacement in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    pub from: u32,
    pub to: u32,
    pub insert: String,
}

/// An answer as the editor takes it.
pub fn json<T: Serialize>(answer: &T) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}

/// The edits of a renaming, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Renamed {
    Edits(Vec<Replacement>),
    Refused(String),
}

impl Reading<'_> {
    /// The answer as the editor takes it: JSON, or nothing where there is nothing to say.
    pub fn answer(&self, question: &Question) -> Option<String> {
        match question {
            Question::Complete { at } => Some(json(&self.complete(*at))),
            Question::Hover { at } => self.hover(*at).map(|found| json(&found)),
            Question::Definition { at } => self.definition(*at).map(|found| json(&found)),
            Question::Renamable { at } => self.renamable(*at).map(|found| json(&found)),
            Question::Rename { at, name } => Some(json(&self.rename(*at, name))),
            Question::Format { from, to } => Some(json(&self.format(*from, *to))),
        }
    }

    /// Renames what stands at a place.
    pub fn rename(&self, at: u32, name: &str) -> Renamed {
        let name = name.trim();
        if name.is_empty() {
            return Renamed::Refused("Type a name.".to_owned());
        }
        let Some(found) = self.renamable(at) else {
            return Renamed::Refused("What was to be renamed is no longer here.".to_owned());
        };
        if found.current == name {
            return Renamed::Edits(Vec::new());
        }
        match edit(self.language, self.path, self.text, self.sources, &found.gesture(name)) {
            Ok(outcome) => {
                let replace = |edit: crate::domain::syntax::TextEdit| {
                    let (from, to) = span_to_utf16(self.text, edit.span);
                    Replacement { from, to, insert: edit.replacement }
                };
                Renamed::Edits(outcome.edits.into_iter().map(replace).collect())
            }
            Err(Refusal { what, help }) => Renamed::Refused(format!("{what}. {help}")),
        }
    }

    fn byte(&self, at: u32) -> usize {
        to_byte(self.text, at) as usize
    }

    /// How the text may go on, best first.
    pub fn complete(&self, at: u32) -> Vec<Item> {
        let found = assist::complete(self.language, self.path, self.text, self.sources, self.byte(at));
        // Nearly all offers replace the same word, and counting through a long text is not free.
        let mut last = None;
        let items = found.into_iter().map(|offer| {
            let (from, to) = match last {
                Some((span, place)) if span == offer.span => place,
                _ => span_to_utf16(self.text, offer.span),
            };
            last = Some((offer.span, (from, to)));
            Item { label: offer.label, detail: offer.detail, kind: offer.kind, insert: offer.insert, from, to }
        });
        items.collect()
    }

    pub fn hover(&self, at: u32) -> Option<Explained> {
        let found = assist::hover(self.language, self.path, self.text, self.sources, self.byte(at))?;
        let (from, to) = span_to_utf16(self.text, found.span);
        let rendering = Rendering { shift_headings: 3, element_url: &|_| None, link_url: &|_| None, shown: None };
        Some(Explained { from, to, html: render_subset(&found.markdown, &rendering) })
    }

    pub fn definition(&self, at: u32) -> Option<Definition> {
        let found = assist::definition(self.language, self.path, self.text, self.sources, self.byte(at))?;
        let (from, to) = if found.file.is_some() { (0, 0) } else { span_to_utf16(self.text, found.span) };
        Some(Definition { from, to, file: found.file })
    }

    /// What renaming at a place is about: the shown name where the caret is in one, else the identifier.
    pub fn renamable(&self, at: u32) -> Option<Renamable> {
        let byte = self.byte(at);
        let holds = |span: Span| span.start as usize <= byte && byte <= span.end as usize && span.start < span.end;
        let key = assist::identifier_at(self.language, self.path, self.text, self.sources, byte)?;
        let model = parse(self.language, self.path, self.text, self.sources).model;
        let element = model.elements.get(&key)?;
        let used = assist::references(self.language, self.path, self.text, self.sources, byte)
            .into_iter()
            .find(|place| place.file.is_none() && holds(place.span))
            .map(|place| place.span);
        let name = Some(element.name_span).filter(|span| element.file.is_none() && holds(*span));
        let (span, what, current) = match (&element.identifier, used, name) {
            // In some languages the identifier doubles as the name.
            (Some(identifier), Some(span), name) if name != Some(span) || span.of(self.text) == identifier => {
                (span, What::Identifier, identifier)
            }
            (_, _, Some(span)) | (_, Some(span), None) => (span, What::Name, &element.name),
            (_, None, None) => return None,
        };
        let (from, to) = span_to_utf16(self.text, span);
        Some(Renamable { from, to, what, current: current.clone(), element: key })
    }

    /// Lays out the lines of a range, or the whole text where the range is empty.
    pub fn format(&self, from: u32, to: u32) -> Vec<Replacement> {
        let span = (from < to).then(|| Span { start: to_byte(self.text, from), end: to_byte(self.text, to) });
        let edits = assist::format(self.language, self.text, span);
        // Edits are in text order: each place is counted from the one before.
        let (mut byte, mut units) = (0, 0);
        let mut place = |to: u32| {
            let between = Span { start: byte, end: to }.of(self.text);
            units += to_utf16(between, u32::MAX);
            byte = byte.max(to);
            units
        };
        edits
            .into_iter()
            .map(|edit| Replacement { from: place(edit.span.start), to: place(edit.span.end), insert: edit.replacement })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "workspace \"Läden 😀\" {
    model {
        customer = person \"Käufer 😀\" \"Shops & pays <online>\"
        orders = softwareSystem \"Order service\"
        person \"Clerk\"
        customer -> orders \"Buys\"
        clerk = person \"Other\"
        customer -> or
    }
}
";

    fn ask<T>(text: &str, act: impl FnOnce(Reading<'_>) -> T) -> T {
        act(Reading { language: Language::Structurizr, path: "shop.dsl", text, sources: &Sources::new() })
    }

    /// The UTF-16 offset right after the first `before`.
    fn after(text: &str, before: &str) -> u32 {
        let byte = text.find(before).unwrap() + before.len();
        to_utf16(text, u32::try_from(byte).unwrap())
    }

    fn units(text: &str, from: u32, to: u32) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        String::from_utf16(&units[from as usize..to as usize]).unwrap()
    }

    #[test]
    fn offers_replace_the_word_being_typed_behind_wide_characters() {
        let items = ask(SHOP, |reading| reading.complete(after(SHOP, "customer -> or\n") - 1));
        let orders = items.iter().find(|item| item.insert == "orders").expect("the element is offered");
        assert_eq!(units(SHOP, orders.from, orders.to), "or");
        assert_eq!(orders.kind, CompletionKind::Element);
    }

    #[test]
    fn explanations_are_html_without_the_text_s_own_tags() {
        let found = ask(SHOP, |reading| reading.hover(after(SHOP, "        cust"))).unwrap();
        assert_eq!(units(SHOP, found.from, found.to), "customer");
        assert!(found.html.contains("Käufer 😀"), "{}", found.html);
        assert!(found.html.contains("<strong>") && !found.html.contains("<online>"), "{}", found.html);
    }

    #[test]
    fn a_use_leads_to_the_definition() {
        let found = ask(SHOP, |reading| reading.definition(after(SHOP, "customer -> ord"))).unwrap();
        assert_eq!(found.from, after(SHOP, "orders = softwareSystem") - 23);
        assert_eq!((found.file, units(SHOP, found.from, found.to).as_str()), (None, "orders"));
    }

    #[test]
    fn a_use_renames_the_identifier_and_a_name_the_name() {
        let at = |before: &str| ask(SHOP, |reading| reading.renamable(after(SHOP, before)));
        let used = at("customer -> ord").unwrap();
        assert_eq!((used.what, used.current.as_str()), (What::Identifier, "orders"));
        assert_eq!(units(SHOP, used.from, used.to), "orders");
        let defined = at("        ord").unwrap();
        assert_eq!((defined.what, defined.current.as_str()), (What::Identifier, "orders"));
        let named = at("softwareSystem \"Order").unwrap();
        assert_eq!((named.what, named.current.as_str()), (What::Name, "Order service"));
        assert_eq!(units(SHOP, named.from, named.to), "Order service");
        let bare = at("person \"Cle").unwrap();
        assert_eq!((bare.what, bare.current.as_str()), (What::Name, "Clerk"));
        assert_eq!(at("wor"), None);
        assert!(matches!(used.gesture("buys"), Gesture::RenameIdentifier { .. }));
        assert!(matches!(named.gesture("buys"), Gesture::Rename { .. }));
    }

    #[test]
    fn a_flowchart_s_identifier_that_is_its_name_is_an_identifier() {
        let text = "flowchart LR\n    a --> b[Orders]\n";
        let at = |before: &str| {
            let sources = Sources::new();
            Reading { language: Language::Mermaid, path: "flow.mmd", text, sources: &sources }.renamable(after(text, before))
        };
        let bare = at("    a").unwrap();
        assert_eq!((bare.what, bare.current.as_str()), (What::Identifier, "a"));
        let labelled = at("--> b").unwrap();
        assert_eq!((labelled.what, labelled.current.as_str()), (What::Identifier, "b"));
    }

    #[test]
    fn layout_changes_are_counted_as_the_editor_counts() {
        let text = "workspace \"Läden 😀\" {\n  model {\n u = person \"Käufer 😀\"\n      s = softwareSystem \"S\"\n    }\n}\n";
        let changes = ask(text, |reading| reading.format(3, 3));
        assert!(changes.len() > 1, "{changes:?}");
        let mut units: Vec<u16> = text.encode_utf16().collect();
        for change in changes.iter().rev() {
            units.splice(change.from as usize..change.to as usize, change.insert.encode_utf16());
        }
        let formatted = String::from_utf16(&units).unwrap();
        assert!(formatted.contains("\n    u = person \"Käufer 😀\"\n    s = softwareSystem"), "{formatted}");
        assert_eq!(ask(&formatted, |reading| reading.format(0, 0)), []);
        let line = after(text, "Käufer");
        assert!(ask(text, |reading| reading.format(line, line + 1)).len() < changes.len(), "only the lines of the selection");
    }

    #[test]
    fn offsets_outside_the_text_say_nothing_and_do_not_fail() {
        for text in ["", "😀", SHOP] {
            for at in [0, 1, 2, 5000, u32::MAX] {
                ask(text, |reading| {
                    reading.complete(at);
                    reading.hover(at);
                    reading.definition(at);
                    reading.renamable(at);
                    reading.format(at, u32::MAX);
                });
            }
        }
    }
}
