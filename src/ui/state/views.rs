//! Views as pages speak of them. Which one to show first, [`crate::domain::model::view::choose`] says.

use crate::domain::model::{
    ElementKey, Model,
    view::{View, ViewKind},
};

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
    fn titles_name_the_scope() {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        assert!(model.views.iter().all(|view| title(&model, view).contains("Shop")));
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
