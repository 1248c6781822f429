//! Looks, names, perspectives, animations and configuration: what is data for pictures and people.

use super::*;
use crate::domain::model::{
    RelationKey, WorkspaceScope,
    appearance::{Line, Routing, Scheme, Shape},
    view::View,
};

fn in_views(model: &str, views: &str) -> String {
    format!("workspace {{\nmodel {{\n{model}\n}}\nviews {{\n{views}\n}}\n}}\n")
}

#[test]
fn perspectives_are_kept_in_all_spellings() {
    let model = read(&in_model(
        "archetypes {\n app = container {\n  perspectives {\n   Owner \"Team A\"\n   Debt \"From old times\" High\n  }\n }\n -> {\n  perspectives {\n   Flow \"Calls\"\n  }\n }\n}\na = softwareSystem \"A\" {\n perspectives {\n  \"Security\" \"Guarded\"\n  perspective \"Ownership\" {\n   description \"Owned\"\n   value \"Team 1\"\n   url https://x.example\n  }\n  perspective \"Bare\"\n }\n b = app \"B\" {\n  perspectives {\n   Debt Paid\n  }\n }\n}\nr = a -> b2 \"\" {\n perspectives {\n  Security TLS Low\n }\n}\n!elements \"element.type==container\" {\n perspectives {\n  All \"Every\"\n }\n}",
    ).replace("r = a -> b2", "c = person \"C\"\nr = c -> b"));
    let said = |perspectives: &[crate::domain::model::Perspective]| -> Vec<String> {
        perspectives
            .iter()
            .map(|one| format!("{}:{}:{}", one.name, one.description.as_deref().unwrap_or("-"), one.value.as_deref().unwrap_or("-")))
            .collect()
    };
    assert_eq!(said(&model.elements[&key("a")].perspectives), ["Security:Guarded:-", "Ownership:Owned:Team 1", "Bare:-:-"]);
    assert_eq!(model.elements[&key("a")].perspectives[1].url.as_deref(), Some("https://x.example"));
    assert_eq!(said(&model.elements[&key("a.b")].perspectives), ["Owner:Team A:-", "Debt:Paid:-", "All:Every:-"]);
    assert_eq!(said(&model.relations[&RelationKey::from("r")].perspectives), ["Flow:Calls:-", "Security:TLS:Low"]);
    let text = in_model("a = person \"A\" {\n perspectives {\n  Security\n  perspective \"X\" {\n   colour red\n  }\n }\n}");
    assert_eq!(complaints(&text), ["5:3 Error missing-word", "7:4 Error unexpected-statement"]);
}

fn view(views: &str) -> View {
    let model = "u = person \"U\"\ns = softwareSystem \"S\" {\n a = container \"A\" \"\" \"\" UI\n b = container \"B\" \"\" \"\" DB\n}\nu -> a\na -> b\nlive = deploymentEnvironment \"Live\" {\n n = deploymentNode \"N\" {\n  ai = containerInstance a\n  bi = containerInstance b\n }\n}";
    read(&in_views(model, views)).views.remove(0)
}

fn steps(view: &View) -> Vec<String> {
    view.animation
        .iter()
        .map(|step| {
            let elements: Vec<&str> = step.elements.iter().map(ElementKey::as_str).collect();
            let relations: Vec<&str> = step.relations.iter().map(|key| key.0.as_str()).collect();
            format!("{} | {}", elements.join(" "), relations.join(" "))
        })
        .collect()
}

#[test]
fn animations_show_elements_and_their_relations_in_steps() {
    let container = view("container s {\ninclude *\nanimation {\n u\n a b\n}\n}");
    assert_eq!(steps(&container), ["u | ", "s.a s.b | u->s.a s.a->s.b"]);
    assert_eq!(steps(&view("container s {\ninclude *\nanimation {\n a\n a->\n u\n}\n}")), ["s.a | ", "s.b | s.a->s.b", "u | u->s.a"]);
    assert_eq!(steps(&view("container s {\ninclude *\nanimationStep element.tag==DB\nanimationStep u\n}")), ["s.b | ", "u | "]);
    let deployed = ["live.n.ai | ", "live.n.bi | live.n.ai->live.n.bi"];
    for body in ["live.n.ai\nlive.n.bi", "a\nb", "a\na->", "element.tag==UI\nelement.tag==DB"] {
        let body = body.replace("live.n.", "");
        assert_eq!(steps(&view(&format!("deployment s Live {{\ninclude *\nanimation {{\n{body}\n}}\n}}"))), deployed, "{body}");
    }
    let text = in_views("a = person \"A\"\nb = person \"B\"", "systemLandscape {\ninclude a\nanimation {\n nobody\n b\n a\n}\n}");
    assert_eq!(
        complaints(&text),
        ["10:2 Error unknown-identifier", "10:2 Warning empty-animation-step", "11:2 Warning empty-animation-step"]
    );
}

#[test]
fn a_view_says_what_it_is_based_on_and_whether_it_opens_first() {
    let model = read(&in_views(
        "a = person \"A\" \"\" X",
        "systemLandscape \"All of it\" {\ninclude *\ntitle Whole\nautoLayout rl 300 100\nproperties {\n k v\n}\n}\nfiltered \"All of it\" exclude \"X, Y\" Some {\ntitle Part\ndefault\n}",
    ));
    let [all, some] = model.views.as_slice() else { panic!("{:?}", model.views) };
    assert_eq!((all.key.as_str(), all.is_default, all.properties["k"].as_str()), ("All-of-it", false, "v"));
    let base = some.base.as_ref().unwrap();
    assert_eq!((base.view.as_str(), base.include, base.tags.join("|").as_str()), ("All-of-it", false, "X|Y"));
    assert_eq!((some.is_default, some.title.as_deref(), some.direction), (true, Some("Part"), all.direction));
    assert!(some.elements.is_empty());
    let text = in_views(
        "a = person \"A\"",
        "systemLandscape K {\ninclude\ndefault\nautoLayout lr wide\n}\nfiltered K only X\nsystemLandscape {\ninclude a\ndefault\n}",
    );
    assert_eq!(
        complaints(&text),
        ["7:1 Error missing-word", "9:15 Error unexpected-value", "11:12 Error unexpected-value", "12:1 Note several-defaults"]
    );
}

#[test]
fn pictures_from_elsewhere_keep_their_source() {
    let model = read(&in_views(
        "s = softwareSystem \"S\"",
        "image s Pic {\nlight {\n image day.png\n}\ndark {\n image night.png\n}\nplantuml \"\"\"\n  a -> b\n\"\"\"\nkroki graphviz x.dot\ndescription D\n}",
    ));
    let images: Vec<(&str, &str, Scheme)> =
        model.views[0].images.iter().map(|image| (image.format.as_str(), image.source.as_str(), image.scheme)).collect();
    assert_eq!(
        images,
        [
            ("image", "day.png", Scheme::Light),
            ("image", "night.png", Scheme::Dark),
            ("plantuml", "a -> b", Scheme::Any),
            ("graphviz", "x.dot", Scheme::Any)
        ]
    );
    assert_eq!((model.views[0].description.as_deref(), model.views[0].scope.clone()), (Some("D"), Some(key("s"))));
    assert_eq!(
        complaints(&in_views("", "image * {\npicture x\nkroki graphviz\n}")),
        ["7:1 Error unexpected-statement", "8:1 Error missing-word"]
    );
}

#[test]
fn styles_themes_and_terms_are_data() {
    let model = read(&in_views(
        "",
        "styles {\nelement Store {\nshape cylinder\nbackground #08a\ncolor White\nstroke #112233\nstrokeWidth 2\nicon db.png\niconPosition left\nborder dashed\nopacity 80\nmetadata false\nfontSize 24\n}\nrelationship Async {\ndashed true\nrouting Curved\nthickness 3\nposition 40\njump true\n}\ndark {\nelement Store {\nbackground black\n}\n}\n}\ntheme default\nthemes amazon-web-services-2023.01.31 look/theme.json default\nterminology {\nperson Actor\nsoftwareSystem \"Software product\"\nmetadata double-angle\n}\nbranding {\nlogo logo.png\nfont \"Open Sans\" https://fonts.example\n}\nproperties {\nplantuml.url https://p.example\n}",
    ));
    let look = &model.appearance;
    let store = look.of_element(&["Element", "Store"], Scheme::Light);
    assert_eq!(
        (store.shape, store.background.unwrap().to_string(), store.colour.unwrap().to_string()),
        (Some(Shape::Cylinder), "#0088aa".to_owned(), "#ffffff".to_owned())
    );
    assert_eq!(
        (store.stroke_width, store.line, store.opacity, store.metadata, store.font_size),
        (Some(2), Some(Line::Dashed), Some(80), Some(false), Some(24))
    );
    assert_eq!(look.of_element(&["Store"], Scheme::Dark).background.unwrap().to_string(), "#000000");
    let relation = look.of_relation(&["Async"], Scheme::Any);
    assert_eq!(
        (relation.line, relation.routing, relation.thickness, relation.position, relation.jump),
        (Some(Line::Dashed), Some(Routing::Curved), Some(3), Some(40), Some(true))
    );
    assert_eq!(look.themes, ["default", "amazon-web-services-2023.01.31", "look/theme.json"]);
    assert_eq!(
        (look.terminology.person.as_deref(), look.terminology.software_system.as_deref()),
        (Some("Actor"), Some("Software product"))
    );
    assert_eq!((look.terminology.metadata.as_deref(), look.terminology.container.as_deref()), (Some("double-angle"), None));
    assert_eq!((look.logo.as_deref(), look.font.as_ref().unwrap().0.as_str()), (Some("logo.png"), "Open Sans"));
    assert_eq!(look.properties["plantuml.url"], "https://p.example");
}

#[test]
fn mistakes_in_styles_are_told_at_their_word() {
    let text = in_views(
        "",
        "styles {\nelement {\n}\nelement X {\nshape cilinder\nbackground #12\nopacity lots\nopacity 400\nthickness 2\nmetadata maybe\n}\nrelationship Y {\nrouting zigzag\nborder solid\n}\nlight {\ntheme x\n}\nbanana\n}\ntheme\nterminology {\nperson\nrobot R\n}\nbranding {\nicon x\n}",
    );
    assert_eq!(
        complaints(&text),
        [
            "7:1 Error missing-word",
            "10:7 Error unexpected-value",
            "11:12 Error unexpected-value",
            "12:9 Error unexpected-value",
            "13:9 Warning out-of-range",
            "14:1 Error unexpected-statement",
            "15:10 Error unexpected-value",
            "18:9 Error unexpected-value",
            "19:1 Error unexpected-statement",
            "22:1 Error unexpected-statement",
            "24:1 Error unexpected-statement",
            "26:1 Error missing-word",
            "28:1 Error missing-word",
            "29:1 Error unexpected-statement",
            "32:1 Error unexpected-statement",
        ]
    );
}

#[test]
fn remarks_in_views_are_made_once_and_not_lost() {
    let text = in_views("", "styles {\nelement \"${NOPE}\" {\nshape Box\n}\nelement \"${NOPE}\" {\n}\n}");
    assert_eq!(complaints(&text), ["7:9 Warning unknown-constant"]);
}

#[test]
fn configuration_is_kept_and_its_scope_held_against_the_model() {
    let text = |scope: &str| {
        format!(
            "workspace {{\nmodel {{\nsoftwareSystem \"A\" {{\ncontainer \"X\"\n}}\nsoftwareSystem \"B\" {{\ncontainer \"Y\"\n}}\n}}\nconfiguration {{\nscope {scope}\nvisibility public\nusers {{\na@example.com read\nb@example.com write\n}}\nproperties {{\nk v\n}}\n}}\n}}"
        )
    };
    let model = read(&text("none"));
    assert_eq!((model.configuration.scope, model.configuration.public), (None, Some(true)));
    assert_eq!(model.configuration.users, [("a@example.com".to_owned(), false), ("b@example.com".to_owned(), true)]);
    assert_eq!(model.configuration.properties["k"], "v");
    assert_eq!(complaints(&text("softwareSystem")), ["11:1 Warning beyond-scope"]);
    let parsed = structurizr::parse("w.dsl", &text("Landscape"), &Sources::new());
    assert_eq!(parsed.model.configuration.scope, Some(WorkspaceScope::Landscape));
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(
        complaints("workspace {\nconfiguration {\nscope planet\nvisibility\nusers {\nx owner\n}\nbanana\n}\n}"),
        ["3:7 Error unexpected-value", "4:1 Error unexpected-value", "6:1 Error unexpected-value", "8:1 Error unexpected-statement"]
    );
}

#[test]
fn counts_and_health_checks_are_checked() {
    let node = |words: &str, body: &str| {
        in_model(&format!(
            "s = softwareSystem \"S\"\ndeploymentEnvironment E {{\ndeploymentNode N \"\" \"\" \"\" {words} {{\n{body}\n}}\n}}"
        ))
    };
    for count in ["1", "12", "1..3", "0..N", "2..*"] {
        let model = read(&node(count, ""));
        let node = &model.elements[&key("e.n")];
        assert_eq!((node.properties["instances"].as_str(), node.facts.value("instances")), (count, Some(count)));
    }
    for count in ["0", "many", "3..1", "..", "1..x", "-1"] {
        assert_eq!(complaints(&node(count, "")), ["5:27 Error unexpected-value"], "{count}");
    }
    assert_eq!(
        complaints(&node(
            "1",
            "instances 5\ninstances none\nsoftwareSystemInstance s {\nhealthCheck up\nhealthCheck up https://x 0\nhealthCheck up https://x 60 -1\n}"
        )),
        ["7:11 Error unexpected-value", "9:1 Error missing-word", "10:26 Error unexpected-value", "11:29 Error unexpected-value",]
    );
}

#[test]
fn ways_to_imply_relationships_are_known_by_name() {
    let relations_with = |way: &str| {
        let model = read(&in_model(&format!(
            "{way}\na = softwareSystem \"A\" {{\nx = container \"X\"\n}}\nb = softwareSystem \"B\"\nx -> b \"one\"\nx -> b \"two\""
        )));
        relations(&model).join(" ")
    };
    assert_eq!(relations_with(""), "a.x->b a->b a.x->b#2");
    assert_eq!(relations_with("!impliedRelationships false"), "a.x->b a.x->b#2");
    assert_eq!(
        relations_with("!impliedRelationships com.structurizr.model.CreateImpliedRelationshipsUnlessSameRelationshipExistsStrategy"),
        "a.x->b a->b a.x->b#2 a->b#2"
    );
    assert_eq!(
        complaints(&in_model("!impliedRelationships com.example.Mine\n!impliedRelationships perhaps")),
        ["3:1 Note never-run", "4:23 Error unexpected-value"]
    );
}
