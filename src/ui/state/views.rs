//! Views as pages speak of them. Which one to show first, [`crate::domain::model::view::choose`] says.

use crate::domain::model::{
    ElementKey, Model,
    view::{View, ViewKind, choose},
};

/// A view's title as pages say it.
pub fn title(model: &Model, view: &View) -> String {
    let scope = view.scope.as_ref().and_then(|key| model.element(key)).map(|element| element.name.as_str());
    view.display_title(scope)
}

/// The key of the view that an address asks for: by itself, or by an element to be seen.
pub fn opened(model: &Model, wanted: Option<&str>, element: Option<&ElementKey>) -> String {
    let chosen = choose(model, wanted).map(|view| view.key.clone()).unwrap_or_default();
    match element.filter(|_| wanted.is_none()) {
        Some(element) => showing(model, &chosen, element).to_owned(),
        None => chosen,
    }
}

/// The view to switch to so that an element can be seen: the open one if it shows it, else the first that does.
pub fn showing<'a>(model: &'a Model, open: &'a str, element: &ElementKey) -> &'a str {
    let shows = |view: &View| view.elements.contains(element);
    if model.views.iter().any(|view| view.key == open && shows(view)) {
        return open;
    }
    model.views.iter().find(|view| view.kind != ViewKind::Image && shows(view)).map_or(open, |view| view.key.as_str())
}

/// The view of what is inside an element: the first about it that is not the open one and shows its parts.
pub fn inside<'a>(model: &'a Model, open: &str, element: &ElementKey) -> Option<&'a View> {
    let of_parts = |view: &&View| {
        view.scope.as_ref() == Some(element)
            && view.key != open
            && matches!(view.kind, ViewKind::Container | ViewKind::Component)
            && view.elements.iter().any(|key| model.is_inside(key, element))
    };
    model.views.iter().find(of_parts)
}

/// The view around a view: about the parent of what it is about, or else the first other that shows that itself.
pub fn outside<'a>(model: &'a Model, open: &str) -> Option<&'a View> {
    let scope = model.view(open)?.scope.as_ref()?;
    let others = || model.views.iter().filter(|view| view.key != open && view.kind != ViewKind::Image);
    let shows = |view: &&View| view.elements.contains(scope) && !view.elements.iter().any(|key| model.is_inside(key, scope));
    let parent = model.element(scope).and_then(|element| element.parent.as_ref());
    others().filter(shows).find(|view| parent.is_some() && view.scope.as_ref() == parent).or_else(|| others().find(shows))
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

    #[test]
    fn views_lead_in_and_out() {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        let shop = model.find("Shop").unwrap().key.clone();
        assert_eq!(inside(&model, "ctx", &shop).map(|view| view.key.as_str()), Some("cont"));
        assert_eq!(inside(&model, "cont", &shop), None, "that is where one is");
        assert_eq!(inside(&model, "ctx", &model.find("User").unwrap().key), None);
        assert_eq!(outside(&model, "cont").map(|view| view.key.as_str()), Some("ctx"));
        assert_eq!(outside(&model, "ctx"), None);
    }
}
