//! Any text at all: nothing panics, nothing takes long, spans lie in the text.

use proptest::prelude::*;

use super::*;

fn sound(text: &str) {
    let imported = box_art::read(text);
    for found in &imported.diagnostics {
        assert!(text.get(found.span.range()).is_some(), "{:?}", found.span);
    }
    for element in imported.model.elements.values() {
        assert!(text.get(element.span.range()).is_some());
        assert!(element.parent.as_ref().is_none_or(|parent| imported.model.elements.contains_key(parent)));
        assert!(element.group.as_ref().is_none_or(|group| imported.model.groups.contains_key(group)));
    }
    for relation in imported.model.relations.values() {
        assert!(imported.model.elements.contains_key(&relation.source) && imported.model.elements.contains_key(&relation.target));
    }
    // What was read can be written.
    for view in imported.model.views.iter().take(2) {
        if view.elements.len() <= 30 {
            for ascii in [false, true] {
                let printed = box_art::print(&imported.model, view, &box_art::TextOptions { width: 80, ascii });
                let _ = box_art::read(&printed.text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        sound(&text);
    }

    #[test]
    fn any_art_is_read(rows in prop::collection::vec("[-+|.'`*/\\\\:=~_<>^v oAb()\\[\\]─│┌┐└┘├┤┬┴┼═║╔╗╚╝╪╫▶◀▲▼┄┆决\t]{0,40}", 0..24)) {
        sound(&rows.join("\n"));
    }

    #[test]
    fn any_grid_is_read(rows in prop::collection::vec("[-+| A>]{30}", 4..16)) {
        sound(&rows.join("\n"));
    }
}

#[test]
fn too_large_a_text_is_an_error() {
    let imported = box_art::read(&"x".repeat(box_art::MAX_BYTES + 1));
    assert_eq!(imported.diagnostics[0].code, "too-many-bytes");
}
