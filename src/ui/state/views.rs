//! Which view of a diagram to show.

use crate::domain::model::{
    ElementKey, Model,
    view::{View, ViewKind},
};

/// The view of a key; else the one that tells most about a system: containers first, then what else can be drawn.
pub fn choose<'a>(model: &'a Model, key: Option<&str>) -> Option<&'a View> {
    let named = key.and_then(|key| model.views.iter().find(|view| view.key == key));
    let of = |kind: ViewKind| model.views.iter().find(move |view| view.kind == kind && !view.elements.is_empty());
    named
        .or_else(|| of(ViewKind::Container))
        .or_else(|| of(ViewKind::Context))
        .or_else(|| of(ViewKind::Landscape))
        .or_else(|| model.views.iter().find(|view| view.kind != ViewKind::Image))
        .or_else(|| model.views.first())
}

/// A view's title as pages say it.
pub fn title(model: &Model, view: &View) -> String {
    let scope = view.scope.as_ref().and_then(|key| model.element(key)).map(|element| element.name.as_str());
    view.display_title(scope)
}

/// The view to switch to so that an element can be seen: the open one if it shows it, else the first that does.
pub fn showing<'a>(model: &'a Model, open: &'a str, element: &ElementKey) -> &'a str {
    let shows = |view: &View| view.elements.contains(element);
    if model.views.iter().any(|view| view.key == open && shows(view)) {
        return open;
    }
    model.views.iter().find(|view| view.kind != ViewKind::Image && shows(view)).map_or(open, |view| view.key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::{Language, Sources, parse};

    const TEXT: &str = "workspace {\n  model {\n    u = person \"User\"\n    s = softwareSystem \"Shop\" {\n      web = container \"Web\"\n    }\n    o = softwareSystem \"Other\"\n    u -> web\n  }\n  views {\n    systemContext s ctx {\n      include *\n    }\n    container s cont {\n      include *\n    }\n  }\n}\n";

    #[test]
    fn containers_come_first_and_keys_win() {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        assert_eq!(choose(&model, None).unwrap().key, "cont");
        assert_eq!(choose(&model, Some("ctx")).unwrap().key, "ctx");
        assert_eq!(choose(&model, Some("gone")).unwrap().key, "cont");
        assert!(title(&model, choose(&model, None).unwrap()).contains("Shop"));
    }

    #[test]
    fn an_element_leads_to_a_view_that_shows_it() {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        let web = model.find("Web").unwrap().key.clone();
        assert_eq!(showing(&model, "ctx", &web), "cont");
        assert_eq!(showing(&model, "cont", &web), "cont");
        let other = model.find("Other").unwrap().key.clone();
        assert_eq!(showing(&model, "cont", &other), "cont", "shown nowhere: the view stays");
    }
}
