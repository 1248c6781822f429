//! Views and their expressions.

use super::*;
use crate::domain::model::view::Direction;

const SHOP: &str = "u = person \"U\"\np = element \"Printer\"\ns = softwareSystem \"S\" {\n w = container \"W\" \"\" \"React\" \"Web\"\n a = container \"A\" {\n  k = component \"K\"\n  l = component \"L\"\n }\n d = container \"D\" \"\" \"MySQL\" \"Store\"\n}\nt = softwareSystem \"T\" {\n x = container \"X\"\n}\nz = softwareSystem \"Z\"\nu -> w \"opens\"\nw -> k \"calls\" \"JSON\"\nk -> l\nl -> d \"reads\" \"SQL\" \"Hot\"\na -> x \"asks\"\nt -> z\na -> p\n";

fn shown(view: &str) -> (String, String) {
    let model = read(&format!("workspace {{\nmodel {{\n{SHOP}\n}}\nviews {{\n{view}\n}}\n}}"));
    let view = model.views.last().unwrap();
    let elements: Vec<&str> = view.elements.iter().map(ElementKey::as_str).collect();
    let relations: Vec<&str> = view.relations.iter().map(|key| key.0.as_str()).collect();
    (elements.join(" "), relations.join(" "))
}

#[test]
fn static_views_show_what_their_kind_shows() {
    let check =
        |view: &str, elements: &str, relations: &str| assert_eq!(shown(view), (elements.to_owned(), relations.to_owned()), "{view}");
    check("systemLandscape {\ninclude *\n}", "u p s t z", "u->s s->t t->z s->p");
    check("systemContext s {\ninclude *\n}", "u p s t", "u->s s->t s->p");
    check("container s {\ninclude *\n}", "u p s s.w s.a s.d t", "u->s.w s.w->s.a s.a->s.d s.a->t s.a->p");
    check("component a {\ninclude *\n}", "s s.w s.a s.a.k s.a.l s.d", "s.w->s.a.k s.a.k->s.a.l s.a.l->s.d");
    check("custom {\ninclude *\n}", "p", "");
    check("container s {\ninclude u w\n}", "u s s.w", "u->s.w");
    check("container s {\ninclude a x\n}", "s s.a t t.x", "s.a->t.x");
}

#[test]
fn expressions_choose_elements_and_relations() {
    let elements = |view: &str| shown(&format!("container s {{\n{view}\n}}")).0;
    assert_eq!(elements("include ->a->"), "p s s.w s.a s.d t");
    assert_eq!(elements("include element.tag==Web,Container"), "s s.w");
    assert_eq!(elements("include element.technology==MySQL element.type==person"), "u s s.d");
    assert_eq!(elements("include \"element.parent==s && element.tag!=Web\""), "s s.a s.d");
    assert_eq!(elements("include element==w"), "s s.w");
    assert_eq!(elements("include *\nexclude element.type==Container"), "u p t");
    let relations = |view: &str| shown(&format!("container s {{\ninclude *\n{view}\n}}")).1;
    assert_eq!(relations("exclude relationship.tag==Hot"), "u->s.w s.w->s.a s.a->t s.a->p");
    assert_eq!(relations("exclude *->*"), "");
    assert_eq!(relations("exclude a -> *"), "u->s.w s.w->s.a");
    assert_eq!(relations("exclude *->*\ninclude \"w->a\""), "s.w->s.a");
    assert_eq!(relations("exclude relationship==*"), "");
    assert_eq!(relations("exclude relationship.source==a"), "u->s.w s.w->s.a");
    assert_eq!(shown("container s {\ninclude *?\n}").1, "u->s.w s.w->s.a s.a->s.d s.a->t s.a->p");
}

#[test]
fn what_is_said_of_a_relation_holds_for_those_it_implies() {
    let text = "workspace {\nmodel {\nsoftwareSystem \"A\" {\na = container \"A\"\n}\nsoftwareSystem \"B\" {\nb = container \"B\"\n}\nr = a -> b\n}\nviews {\nsystemLandscape {\ninclude *\nexclude r\n}\nsystemLandscape {\ninclude *\nexclude *->*\ninclude r\n}\n}\n}";
    let model = read(text);
    assert_eq!((model.views[0].relations.len(), model.views[1].relations.len()), (0, 1));
    assert_eq!(model.views[1].key, "SystemLandscape-002");
}

#[test]
fn dynamic_views_number_their_steps() {
    let steps = |body: &str| {
        let model = read(&format!(
            "workspace {{\nmodel {{\na = softwareSystem \"A\"\nb = softwareSystem \"B\"\nc = softwareSystem \"C\"\na -> b \"asks\"\nr = b -> c\nb -> a \"tells\"\n}}\nviews {{\ndynamic * {{\n{body}\n}}\n}}\n}}"
        ));
        let steps: Vec<String> = model.views[0]
            .steps
            .iter()
            .map(|step| format!("{} {}{}", step.order, step.relation, if step.response { " back" } else { "" }))
            .collect();
        steps.join(", ")
    };
    assert_eq!(steps("a -> b\nb -> c \"x\"\nc -> b"), "1 a->b, 2 r, 3 r back");
    assert_eq!(steps("a -> b\n{\nb -> c\n}\n{\nb -> a\n}"), "1 a->b, 2 r, 2 b->a");
    assert_eq!(steps("a -> b\n{\n{\nb -> c\n}\n{\nb -> a\n}\n}\na -> b"), "1 a->b, 2 r, 2 b->a, 3 a->b");
    assert_eq!(steps("3: a -> b\n1: r \"x\""), "1 r, 3 a->b");
}

#[test]
fn deployment_views_show_one_environment() {
    let model = "s = softwareSystem \"S\" {\na = container \"A\"\n}\no = softwareSystem \"O\"\na -> o\nlive = deploymentEnvironment \"Live\" {\nn = deploymentNode \"N\" {\nm = deploymentNode \"M\" {\ni = containerInstance a\n}\nempty = deploymentNode \"E\"\nj = softwareSystemInstance o\n}\n}\ndeploymentEnvironment \"Test\" {\ndeploymentNode \"T\" {\ncontainerInstance a\n}\n}";
    let view = |body: &str| {
        let model = read(&format!("workspace {{\nmodel {{\n{model}\n}}\nviews {{\n{body}\n}}\n}}"));
        let view = &model.views[0];
        (
            view.elements.iter().map(ElementKey::as_str).collect::<Vec<_>>().join(" "),
            view.relations.len(),
            view.scope.clone(),
            view.direction,
        )
    };
    assert_eq!(
        view("deployment * live {\ninclude *\nautoLayout lr\n}"),
        ("live.n live.n.m live.n.m.i live.n.j".to_owned(), 1, None, Direction::LeftRight)
    );
    assert_eq!(view("deployment s \"Live\" {\ninclude a\n}").0, "live.n live.n.m live.n.m.i");
    assert_eq!(view("deployment * live {\ninclude *\nexclude m\n}").0, "live.n live.n.j");
}

#[test]
fn filtered_views_keep_or_drop_tags() {
    let text = "workspace {\nmodel {\nu = person \"U\"\na = softwareSystem \"A\"\nb = softwareSystem \"B\" \"\" Future\nu -> a \"now\" \"\" Current\nu -> b \"later\" \"\" Future\n}\nviews {\nsystemLandscape Full {\ninclude *\n}\nfiltered Full exclude Future Now \"As it is\"\nfiltered Full include \"Element,Relationship\"\n}\n}";
    let model = read(text);
    assert_eq!(
        (model.views[1].key.as_str(), model.views[1].kind, model.views[1].description.as_deref()),
        ("Now", ViewKind::Filtered, Some("As it is"))
    );
    assert_eq!((model.views[1].elements.len(), model.views[1].relations.len()), (2, 1));
    assert_eq!((model.views[2].elements.len(), model.views[2].relations.len()), (3, 2));
}

#[test]
fn keys_are_made_safe_and_unique() {
    let text = "workspace {\nmodel {\ns = softwareSystem \"S\"\n}\nviews {\nsystemContext s \"Über all\" {\ninclude *\n}\nsystemContext s {\ninclude *\n}\nsystemContext s \"Über all\" {\n}\n}\n}";
    let parsed = structurizr::parse("w.dsl", text, &Sources::new());
    assert_eq!(
        parsed.model.views.iter().map(|view| view.key.as_str()).collect::<Vec<_>>(),
        ["-ber-all", "SystemContext-001", "-ber-all-2"]
    );
    assert_eq!(complaints(text), ["12:17 Error duplicate-view-key"]);
}

#[test]
fn a_text_without_views_shows_everything() {
    let model = read(&in_model("a = person \"A\"\ns = softwareSystem \"S\" {\nc = container \"C\"\n}\na -> c"));
    let view = &model.views[0];
    assert_eq!((view.key.as_str(), view.kind), ("everything", ViewKind::Everything));
    assert_eq!((view.elements.len(), view.relations.len()), (3, 1));
    assert_eq!(read("").views.len(), 1);
}

#[test]
fn mistakes_in_views_are_told_at_their_word() {
    let text = format!(
        "workspace {{\nmodel {{\n{SHOP}\n}}\nviews {{\ncontainer q {{\n}}\ncontainer u {{\n}}\nsystemContext s {{\ninclude a\ninclude nobody *\nautolayout up\nbanana\n}}\nfiltered Nope include x\ndeployment * Live\nviewz\n}}\n}}"
    );
    let line = text.lines().position(|line| line == "views {").unwrap() + 2;
    let expected: Vec<String> = [
        (0, 11, "unknown-identifier"),
        (2, 11, "wrong-level"),
        (5, 9, "not-shown-here"),
        (6, 9, "unknown-identifier"),
        (7, 12, "unexpected-value"),
        (8, 1, "unexpected-statement"),
        (10, 10, "unknown-view"),
        (11, 14, "unknown-environment"),
        (12, 1, "unexpected-statement"),
    ]
    .iter()
    .map(|(at, column, code)| format!("{}:{column} Error {code}", line + at))
    .collect();
    assert_eq!(complaints(&text), expected);
}
