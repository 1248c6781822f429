//! A suggested diagram: a whole Structurizr workspace, tried before anybody sees it. It parses, every view has something to
//! draw and a place for it, it reaches for no other file or address, and it states no facts.

use crate::domain::{
    agent::{
        change,
        proposal::{Base, DryRun, Refused, diagram::asserted},
        untrusted::{
            is_invisible,
            plain::{Form, addresses, problems},
        },
    },
    diagnostic::{Level, LineIndex},
    difference,
    model::{Model, view::ViewKind},
    review::suppression,
    scene,
    syntax::{Language, parse},
};

/// Bytes of the text.
const MAX_TEXT: usize = 60_000;
const MAX_TITLE: usize = 120;
/// Directives that reach for nothing.
const HARMLESS: [&str; 4] = ["!identifiers", "!impliedrelationships", "!const", "!var"];

pub(super) fn write(title: &str, text: &str, base: &Base<'_>) -> Result<DryRun, Refused> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        return Err(Refused::new(format!("the name has to have 1 to {MAX_TITLE} characters"), "Name what is drawn."));
    }
    let found = problems(title, Form::Line, base.addresses);
    if !found.is_empty() {
        return Err(Refused::new(format!("the name can't be shown: {}", found.join("; ")), "Write plain words."));
    }
    if text.len() > MAX_TEXT {
        return Err(Refused::new(format!("the text has more than {MAX_TEXT} bytes"), "Draw less, or several diagrams."));
    }
    if let Some(c) = text.chars().find(|c| is_invisible(*c) && !matches!(c, '\n' | '\t' | '\r')) {
        return Err(Refused::new(format!("the text holds the invisible character {}", c.escape_unicode()), "Leave it out."));
    }
    if let Some(address) = addresses(text).into_iter().find(|address| !base.addresses.iter().any(|start| address.starts_with(start))) {
        let short: String = address.chars().take(40).collect();
        return Err(Refused::new(format!("the text holds the address {short}"), "Draw without links, images and themes."));
    }
    let directive = |line: &&str| line.starts_with('!') && !HARMLESS.iter().any(|known| line.to_ascii_lowercase().starts_with(known));
    if let Some(line) = text.lines().map(str::trim).find(directive) {
        let word: String = line.split_whitespace().next().unwrap_or_default().chars().take(40).collect();
        return Err(Refused::new(format!("`{word}` reaches outside of the text"), "Write everything into the one text."));
    }
    let parsed = parse(Language::Structurizr, base.path, text, base.sources);
    if let Some(error) = parsed.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error) {
        let line = LineIndex::new(text).place(error.span.start).line;
        return Err(Refused::new(format!("it can't be read: line {line}: {}", error.what.trim_end_matches('.')), error.help.clone()));
    }
    let model = &parsed.model;
    if model.elements.is_empty() {
        return Err(Refused::new("it has no elements", "Draw at least one system."));
    }
    let drawn = model.views.iter().filter(|view| view.kind != ViewKind::Image);
    let mut drawn = drawn.map(|view| (view, scene::compose(model, view, None))).peekable();
    if drawn.peek().is_none() {
        return Err(Refused::new("it has no view", "Add a view that includes the elements."));
    }
    if let Some((view, _)) = drawn.find(|(_, scene)| scene.shapes.is_empty()) {
        return Err(Refused::new(format!("the view {} shows nothing", view.key), "Include elements in it, or leave it out."));
    }
    // Whoever proposes must not decide what a review keeps quiet about.
    if text.to_ascii_lowercase().contains(suppression::PROPERTY) {
        return Err(Refused::new(
            format!("it would suppress findings with `{}`", suppression::PROPERTY),
            "Only people do that; leave it out.",
        ));
    }
    if let Some(fact) = asserted(&Model::default(), model) {
        return Err(Refused::new(format!("it would state {fact}"), "Only people state facts; leave it out, or say `planned`."));
    }
    Ok(DryRun {
        edits: difference::edits("", text),
        lines: difference::hunks("", text),
        change: change::between(&Model::default(), model),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{moment::Moment, syntax::Sources};

    const SHOP: &str = "workspace \"Shop\" {\n    model {\n        customer = person \"Customer\"\n        shop = softwareSystem \"Shop\" {\n            \
                        web = container \"Web\" \"Shows goods\" \"Rust\"\n            data = container \"Orders\" \"Keeps orders\" \"PostgreSQL\" \"Database\"\n        }\n        \
                        customer -> web \"Orders\" \"HTTPS\"\n        web -> data \"Writes\" \"SQL\"\n    }\n    views {\n        container shop \"containers\" {\n            \
                        include *\n            autolayout lr\n        }\n    }\n}\n";

    fn tried(text: &str) -> Result<DryRun, Refused> {
        let sources = Sources::new();
        write("Shop", text, &Base { path: "shop.dsl", text: "", sources: &sources, addresses: &[], today: Moment(0).day() })
    }

    #[test]
    fn a_whole_diagram_is_tried_before_it_is_shown() {
        let done = tried(SHOP).unwrap();
        assert_eq!((done.text.as_str(), done.change.elements_added.len(), done.change.relations_added.len()), (SHOP, 4, 2));
        for (from, to, said) in [
            ("model {", "model", "can't be read"),
            ("model {", "model {\n properties {\n lintel.ignore \"LNT-*: nothing to see here\"\n }", "suppress findings"),
            ("person \"Customer\"", "person \"Customer\" {\n url https://evil.example\n }", "the address https://evil.example"),
            ("model {", "model {\n !include https://evil.example/x.dsl", "address"),
            ("model {", "model {\n !include other.dsl", "`!include` reaches outside"),
            ("model {", "model {\n !script groovy {\n }", "`!script` reaches outside"),
            ("\"SQL\"", "\"SQL\" {\n properties {\n timeout 2s\n }\n }", "it would state timeout 2s"),
            ("\"Shows goods\"", "\"Shows\u{200b} goods\"", "invisible"),
        ] {
            let refused = tried(&SHOP.replace(from, to)).unwrap_err();
            assert!(refused.to_string().contains(said), "{said}: {refused}");
        }
        let planned = SHOP.replace("\"SQL\"", "\"SQL\" {\n properties {\n timeout planned\n }\n }");
        assert!(tried(&planned).is_ok(), "{:?}", tried(&planned));
        assert!(tried("workspace {\n}\n").unwrap_err().what.contains("no elements"));
    }
}
