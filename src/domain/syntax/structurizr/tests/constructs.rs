//! Every construct of the language in every place it may stand, read without a complaint.

use super::*;
use crate::domain::model::RelationKey;

/// Reads a text with other files, which has to be free of errors and warnings.
fn read_with(text: &str, files: &[(&str, &str)]) -> Model {
    let sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let parsed = structurizr::parse("workspace.dsl", text, &sources);
    let bad: Vec<String> = parsed.diagnostics.iter().filter(|found| found.level > Severity::Note).map(|found| show(text, found)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    parsed.model
}

#[test]
fn relations_stand_in_every_nesting() {
    let model = read(&in_model(
        "x = element \"X\"\nu = person \"U\" {\n -> x \"1\"\n this -> x \"2\"\n}\ngroup \"G\" {\n u -> x \"3\"\n s = softwareSystem \"S\" {\n  -> x \"4\"\n  u -> this \"5\"\n  group \"H\" {\n   u -> x \"6\"\n   -> x \"7\"\n   c = container \"C\" {\n    this -> x \"8\"\n    k = component \"K\" {\n     -> x \"9\"\n     u -> this \"10\"\n    }\n   }\n  }\n }\n}\nlive = deploymentEnvironment \"L\" {\n n = deploymentNode \"N\" {\n  i = infrastructureNode \"I\" {\n   -> x \"11\"\n  }\n  ci = containerInstance c {\n   i -> this \"12\"\n  }\n  i -> ci \"13\"\n  -> x \"14\"\n  group \"Rack\" {\n   m = deploymentNode \"M\" {\n    si = softwareSystemInstance s {\n     -> i \"15\"\n    }\n   }\n  }\n }\n i -> m \"16\"\n}",
    ));
    let stated: Vec<&str> = model
        .relations
        .values()
        .filter(|relation| relation.implied_by.is_none())
        .filter_map(|relation| relation.description.as_deref())
        .collect();
    assert_eq!(stated, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"]);
    assert!(
        model.relations.contains_key(&RelationKey::from("s.c.k->x"))
            && model.relations.contains_key(&RelationKey::from("live.n.i->live.n.m"))
    );
}

#[test]
fn every_kind_of_thing_has_archetypes() {
    let model = read(&in_model(
        "archetypes {\n staff = person {\n  tags Staff\n }\n product = softwareSystem {\n  description \"A product\"\n }\n api = container {\n  technology Go\n }\n fast = api {\n  tag Fast\n }\n part = component {\n  technology chi\n }\n device = element {\n  metadata Hardware\n }\n vm = deploymentNode {\n  technology Linux\n }\n lb = infrastructureNode {\n  technology nginx\n }\n domain = group\n call = -> {\n  technology HTTPS\n }\n}\nu = staff \"U\"\nd = device \"D\"\ndomain \"Orders\" {\n p = product \"P\" {\n  f = fast \"F\" {\n   c = part \"C\"\n  }\n }\n}\nu --call-> f \"asks\"\n!elements \"element.type==component\" {\n --call-> d \"drives\"\n}\ndeploymentEnvironment E {\n v = vm \"V\" {\n  l = lb \"L\"\n  instanceOf f\n }\n}",
    ));
    let technology = |name: &str| model.elements[&key(name)].technology.clone().unwrap_or_default();
    assert_eq!(
        [technology("p.f"), technology("p.f.c"), technology("d"), technology("e.v"), technology("e.v.l")],
        ["Go", "chi", "Hardware", "Linux", "nginx"]
    );
    assert_eq!(
        (model.elements[&key("u")].tags.join("|"), model.elements[&key("p.f")].tags.join("|")),
        ("Staff".to_owned(), "Fast".to_owned())
    );
    assert_eq!(model.elements[&key("p")].description.as_deref(), Some("A product"));
    assert_eq!(model.relations[&RelationKey::from("u->p.f")].technology.as_deref(), Some("HTTPS"));
    assert_eq!(model.relations[&RelationKey::from("p.f.c->d")].technology.as_deref(), Some("HTTPS"));
    assert_eq!(model.groups.len(), 1);
}

#[test]
fn inclusion_works_in_every_block() {
    let model = read_with(
        "!include head.dsl\nworkspace \"${NAME}\" {\n properties {\n  !include facts.dsl\n }\n model {\n  archetypes {\n   !include arch.dsl\n  }\n  s = softwareSystem \"S\" {\n   !include parts\n  }\n }\n views {\n  !include views/all.dsl\n  styles {\n   !include styles.dsl\n  }\n }\n}",
        &[
            ("head.dsl", "!const NAME Shop\n"),
            ("facts.dsl", "stage live\n"),
            ("arch.dsl", "api = container {\n technology Go\n}\n"),
            ("parts/a.dsl", "a = api \"A\"\n"),
            ("parts/b.dsl", "b = api \"B\" {\n !include ../parts2/k.dsl\n}\na -> b\n"),
            ("parts/notes.md", "no"),
            ("parts2/k.dsl", "k = component \"K\"\n"),
            ("views/all.dsl", "container s All {\n !include body.dsl\n}\n"),
            ("views/body.dsl", "include *\nanimation {\n a\n b\n}\n"),
            ("styles.dsl", "element Element {\n shape Hexagon\n}\n"),
        ],
    );
    assert_eq!((model.name.as_str(), model.facts.value("stage"), model.elements.len()), ("Shop", Some("live"), 4));
    assert_eq!((model.views[0].elements.len(), model.views[0].animation.len()), (3, 2));
    assert_eq!(model.appearance.elements[0].file.as_deref(), Some("styles.dsl"));
}

#[test]
fn existing_things_are_opened_again() {
    let model = read(&in_model(
        "a = softwareSystem \"A\" {\n b = container \"B\"\n}\nc = softwareSystem \"C\"\nr = b -> c \"Uses\"\nc -> a \"Tells\"\n!element b {\n technology Go\n k = component \"K\"\n}\n!element \"SoftwareSystem://C\" {\n url https://c.example\n}\nx = !element \"Container://A.B\" {\n tag Again\n}\nx -> c \"again\"\n!relationship r {\n tag Marked\n}\n!relationship \"Relationship://SoftwareSystem://C -> SoftwareSystem://A (Tells)\" {\n technology AMQP\n}\n!relationships \"relationship.source==c || relationship.tag==Marked\" {\n url https://r.example\n}\n!elements \"element.type==SoftwareSystem\" {\n tag Top\n}",
    ));
    let b = &model.elements[&key("a.b")];
    assert_eq!((b.technology.as_deref(), b.tags.join("|")), (Some("Go"), "Again".to_owned()));
    assert_eq!(model.elements[&key("c")].url.as_deref(), Some("https://c.example"));
    let relation = |name: &str| &model.relations[&RelationKey::from(name)];
    assert_eq!((relation("r").tags.join("|"), relation("c->a").technology.as_deref()), ("Marked".to_owned(), Some("AMQP")));
    assert!(relation("r").url.is_some() && relation("c->a").url.is_some() && relation("a.b->c#2").url.is_none());
    assert_eq!(model.elements.values().filter(|element| element.tags.contains(&"Top".to_owned())).count(), 2);
}

#[test]
fn text_is_written_in_blocks_and_over_several_lines() {
    let model = read(
        "workspace \"A\" \\\n  \"B\" {\n // c\n # c\n /* c\n c */\n !const LONG \"\"\"\n   one \"two\"\n     three\n \"\"\"\n model {\n  a = person \"A\" \\\n   \"${LONG}\" \\\n   Tag\n  b = person \"B \\\"quoted\\\"\" \"\"\"\n    said\n  \"\"\"\n  c = person \"C\" { // trailing\n   description \"x\" // trailing\n  }\n }\n}",
    );
    assert_eq!((model.name.as_str(), model.description.as_deref()), ("A", Some("B")));
    let element = |name: &str| &model.elements[&key(name)];
    assert_eq!((element("a").description.as_deref(), element("a").tags.join("|")), (Some("one \"two\"\n  three"), "Tag".to_owned()));
    assert_eq!((element("b").name.as_str(), element("b").description.as_deref()), ("B \"quoted\"", Some("said")));
    assert_eq!(element("c").description.as_deref(), Some("x"));
}

#[test]
fn groups_of_instances_and_ranges_are_read() {
    let model = read(
        "workspace {\n !identifiers hierarchical\n model {\n  s = softwareSystem \"S\" {\n   a = container \"A\"\n   b = container \"B\"\n   a -> b\n  }\n  live = deploymentEnvironment \"Live\" {\n   g1 = deploymentGroup \"One\"\n   g2 = deploymentGroup \"Two\"\n   one = deploymentNode \"One\" \"\" \"\" \"\" \"1..N\" {\n    deploymentGroup g1\n    containerInstance s.a\n    containerInstance s.b\n   }\n   two = deploymentNode \"Two\" {\n    instances 2\n    a = instanceOf s.a live.g2\n    b = instanceOf s.b \"live.g2,live.g1\" \"Tagged\"\n   }\n  }\n }\n views {\n  deployment s live {\n   include *\n  }\n  deployment * \"Live\" Other \"D\" {\n   include live.two\n   exclude \"element.tag==Tagged\"\n  }\n }\n}",
    );
    let mut instances: Vec<&str> =
        model.relations.values().filter(|relation| relation.implied_by.is_some()).map(|relation| relation.key.0.as_str()).collect();
    instances.sort_unstable();
    assert_eq!(instances, ["live.one.a->live.one.b", "live.one.a->live.two.b", "live.two.a->live.two.b"]);
    assert_eq!(model.elements[&key("live.one")].properties["instances"], "1..N");
    assert_eq!(model.elements[&key("live.two.b")].tags, ["Tagged"]);
    assert_eq!((model.views[0].elements.len(), model.views[1].elements.len()), (6, 2));
}

#[test]
fn expressions_reach_everything_they_can_name() {
    let model = "g = group \"G\" {\n a = softwareSystem \"A\" \"\" T1 {\n  properties {\n   tier 1\n  }\n }\n}\nb = softwareSystem \"B\" \"\" \"T1,T2\"\np = person \"P\"\nx = element \"X\" \"M\"\nr = p -> a \"\" HTTPS R1 {\n properties {\n  \"a b\" c\n }\n}\na -> b\nb -> x";
    let shown = |body: &str| {
        let model = read(&format!("workspace {{\nmodel {{\n{model}\n}}\nviews {{\nsystemLandscape {{\n{body}\n}}\n}}\n}}"));
        let view = &model.views[0];
        let elements: Vec<&str> = view.elements.iter().map(ElementKey::as_str).collect();
        let relations: Vec<&str> = view.relations.iter().map(|key| key.0.as_str()).collect();
        format!("{} | {}", elements.join(" "), relations.join(" "))
    };
    let cases = [
        ("include *", "a b p x | r a->b b->x"),
        ("include element==*", "a b p x | r a->b b->x"),
        ("include g", "a | "),
        ("include element.group==G", "a | "),
        ("include element.tag==T1", "a b | a->b"),
        ("include \"element.tag==T1, T2\"", "b | "),
        ("include element.tag!=T1", "p x | "),
        ("include element.type==custom element.type==Person", "p x | "),
        ("include element.properties[tier]==1", "a | "),
        ("include ->a", "a p | r"),
        ("include a->", "a b | a->b"),
        ("include ->a-> x", "a b p x | r a->b b->x"),
        ("include \"->element.tag==T2->\"", "a b x | a->b b->x"),
        ("include \"element==->a && element.type==Person\"", "p | "),
        ("include \"a || b\"", "a b | a->b"),
        ("include \"element!=a\"", "b p x | b->x"),
        ("include *\nexclude r", "a b p x | a->b b->x"),
        ("include *\nexclude relationship==*->*", "a b p x | "),
        ("include *\nexclude relationship.tag==R1", "a b p x | a->b b->x"),
        ("include *\nexclude relationship.tag!=R1", "a b p x | r"),
        ("include *\nexclude relationship.technology==HTTPS", "a b p x | a->b b->x"),
        ("include *\nexclude \"relationship.properties[a b]==c\"", "a b p x | a->b b->x"),
        ("include *\nexclude relationship.source==a", "a b p x | r b->x"),
        ("include *\nexclude relationship.destination==a", "a b p x | a->b b->x"),
        ("include *\nexclude \"p -> a\"", "a b p x | a->b b->x"),
        ("include *\nexclude \"element.type==Person -> *\"", "a b p x | a->b b->x"),
        ("include *\nexclude *->element.tag==T2", "a b p x | r b->x"),
        ("include *\nexclude g", "b p x | b->x"),
        ("include *\nexclude element.technology!=M", "a b p x | r a->b b->x"),
        ("include *\nexclude relationship!=r", "a b p x | r"),
    ];
    for (body, wanted) in cases {
        assert_eq!(shown(body), wanted, "{body}");
    }
}

#[test]
fn what_other_tools_refuse_is_told_at_its_line() {
    let cases = [
        ("a = softwareSystem \"A\" {\n b = container \"B\"\n}\na -> b", "6:1 Error relationship-to-own-part"),
        ("a = softwareSystem \"A\" {\n description\n}", "4:2 Error missing-word"),
        ("a = softwareSystem \"A\" {\n tags\n}", "4:2 Error missing-word"),
        ("a = softwareSystem \"A\" {\n url\n}", "4:2 Error missing-word"),
        ("a = softwareSystem \"A\" {\n properties {\n  tier\n }\n}", "5:3 Error missing-word"),
        ("a = softwareSystem \"A\" {\n description Sells things\n}", "4:20 Warning too-many-words"),
        ("!const \"a b\" c", "3:8 Error invalid-identifier"),
        (
            "a = softwareSystem \"A\"\ndeploymentEnvironment E {\n deploymentNode N {\n  containerInstance a\n }\n}",
            "6:21 Error wrong-level",
        ),
        ("a = softwareSystem \"A\"\n!elements element.type==Thing {\n}", "4:11 Error invalid-expression"),
        ("a = softwareSystem \"A\"\n!elements element.colour==red {\n}", "4:11 Error invalid-expression"),
        ("a = softwareSystem \"A\"\na ->", "4:1 Error incomplete-relationship"),
        ("a = softwareSystem \"A\"\na -> b", "4:6 Error unknown-identifier"),
        ("container \"C\"", "3:1 Error misplaced-statement"),
        ("group", "3:1 Error missing-name"),
        ("group \"G\"", "3:1 Error missing-block"),
        ("a = person \"A\" {\n container \"C\"\n}", "4:2 Error misplaced-statement"),
        ("a = thing \"A\"", "3:1 Error unexpected-statement"),
        ("1$ = person \"A\"", "3:1 Error invalid-identifier"),
        ("!element nobody {\n}", "3:10 Error unknown-identifier"),
        ("deploymentEnvironment E {\n infrastructureNode I\n}", "4:2 Error misplaced-statement"),
    ];
    for (text, wanted) in cases {
        assert_eq!(complaints(&in_model(text)), [wanted], "{text}");
    }
}
