//! Statements of the model.

use super::*;
use crate::domain::model::{RelationKey, kind::Mode};

#[test]
fn elements_take_their_words_and_blocks() {
    let model = read(&in_model(
        "u = person \"User\" \"Buys\" \"Customer, VIP\"\ns = softwareSystem \"Shop\" {\n description \"Sells\"\n url https://shop.example\n a = container \"API\" \"Serves\" \"Go\" \"Service\" {\n  c = component \"Cart\" {\n   technology \"chi\"\n   tags \"One, Two\" \"Three\"\n  }\n }\n}\nx = element \"Printer\" \"Hardware\" \"Prints\" \"Device\"",
    ));
    let element = |name: &str| model.elements.get(&key(name)).unwrap();
    assert_eq!(model.elements.keys().map(ElementKey::as_str).collect::<Vec<_>>(), ["u", "s", "s.a", "s.a.c", "x"]);
    assert_eq!((element("u").description.as_deref(), element("u").tags.join("|")), (Some("Buys"), "Customer|VIP".to_owned()));
    assert_eq!((element("s").description.as_deref(), element("s").url.as_deref()), (Some("Sells"), Some("https://shop.example")));
    assert_eq!((element("s.a").technology.as_deref(), element("s.a").level), (Some("Go"), Level::Container));
    assert_eq!((element("s.a.c").technology.as_deref(), element("s.a.c").tags.len()), (Some("chi"), 3));
    assert_eq!((element("x").technology.as_deref(), element("x").level), (Some("Hardware"), Level::Custom));
    assert_eq!(element("s.a.c").parent, Some(key("s.a")));
}

#[test]
fn spans_point_at_names_and_statements() {
    let text = in_model("s = softwareSystem \"Shop\" {\n}");
    let model = read(&text);
    let element = model.elements.get(&key("s")).unwrap();
    assert_eq!(element.name_span.of(&text), "Shop");
    assert_eq!(element.span.of(&text), "s = softwareSystem \"Shop\" {\n}");
}

#[test]
fn relations_may_stand_anywhere_and_imply_others() {
    let model = read(&in_model("u = person \"U\"\ns = softwareSystem \"S\" {\n a = container \"A\" {\n  u -> this \"opens\"\n }\n}"));
    assert_eq!(relations(&model), ["u->s.a", "u->s"]);
    assert_eq!(model.relations[&RelationKey::from("u->s")].implied_by, Some(RelationKey::from("u->s.a")));
    let model = read(&in_model(
        "!impliedRelationships false\nd = softwareSystem \"D\"\ns = softwareSystem \"S\" {\n a = container \"A\" {\n  -> d \"reads\" \"SQL\" \"Fast\"\n }\n}\nr = d -> a \"x\"",
    ));
    assert_eq!(relations(&model), ["s.a->d", "r"]);
    let relation = &model.relations[&RelationKey::from("s.a->d")];
    assert_eq!((relation.label(), relation.tags.join("|")), (Some("SQL"), "Fast".to_owned()));
}

#[test]
fn two_relations_between_the_same_elements_need_different_descriptions() {
    let model = read(&in_model("a = person \"A\"\nb = person \"B\"\na -> b \"x\"\na -> b \"y\""));
    assert_eq!(relations(&model), ["a->b", "a->b#2"]);
    assert_eq!(complaints(&in_model("a = person \"A\"\nb = person \"B\"\na -> b\na -> b")), ["6:1 Error relationship-already-exists"]);
    let implied = "workspace {\n  model {\n    a = softwareSystem \"A\"\n    b = softwareSystem \"B\" {\n      c = container \"C\"\n    }\n    c -> a\n    b -> a\n  }\n}";
    assert_eq!(complaints(implied), ["8:5 Error relationship-already-exists"]);
}

#[test]
fn identifiers_are_flat_or_hierarchical() {
    let parts = "s = softwareSystem \"S\" {\n a = container \"A\"\n b = container \"B\"\n a -> b\n}\nt = softwareSystem \"T\" {\n c = container \"C\"\n}\n";
    read(&in_model(&format!("{parts}a -> c")));
    read(&in_model(&format!("!identifiers hierarchical\n{parts}s.a -> t.c")));
    let wrong = in_model(&format!("!identifiers hierarchical\n{parts}s.a -> c"));
    assert_eq!(complaints(&wrong), ["12:8 Error unknown-identifier"]);
    let parsed = structurizr::parse("w.dsl", &wrong, &Sources::new());
    assert_eq!(parsed.diagnostics[0].help, "Did you mean `t.c`?");
    assert_eq!(complaints(&in_model("a = person \"A\"\nA = person \"B\"")), ["4:1 Error duplicate-identifier"]);
}

#[test]
fn groups_nest_and_take_properties() {
    let model = read(&in_model(
        "properties {\n structurizr.groupSeparator /\n}\ngroup \"Org\" {\n properties {\n  zone internal\n }\n g = group \"Dept A\" {\n  a = person \"A\"\n }\n}\ngroup \"Org/Dept A\" {\n b = person \"B\"\n}\ns = softwareSystem \"S\" {\n group \"Core\" {\n  c = container \"C\" {\n   k = component \"K\" {\n    group \"Layer\"\n   }\n  }\n }\n}",
    ));
    let groups: Vec<&str> = model.groups.keys().map(|group| group.0.as_str()).collect();
    assert_eq!(groups, ["org", "org/dept-a", "s/core", "s.c/layer"]);
    assert_eq!(model.elements[&key("b")].group, model.elements[&key("a")].group);
    assert_eq!(model.elements[&key("s.c.k")].group.as_ref().unwrap().0, "s.c/layer");
    let zone = model.elements[&key("a")].facts.get("zone").unwrap();
    assert_eq!((zone.value.as_str(), zone.inherited_from.as_ref().unwrap().as_str()), ("internal", "org"));
}

#[test]
fn archetypes_give_defaults_and_build_on_each_other() {
    let model = read(&in_model(
        "archetypes {\n container {\n  tag \"All\"\n }\n app = container {\n  technology \"Java\"\n  properties {\n   owner team-a\n  }\n }\n boot = app {\n  tag \"Boot\"\n }\n service = group\n -> {\n  tag \"Any\"\n }\n sync = -> {\n  technology \"HTTP\"\n }\n https = --sync-> {\n  technology \"HTTPS\"\n }\n}\na = person \"A\"\ns = softwareSystem \"S\" {\n x = service \"X\" {\n  b = boot \"B\" {\n   a --https-> this \"calls\"\n  }\n }\n}",
    ));
    let element = &model.elements[&key("s.b")];
    assert_eq!((element.technology.as_deref(), element.tags.join("|")), (Some("Java"), "All|Boot".to_owned()));
    assert_eq!(element.facts.value("owner"), Some("team-a"));
    let relation = &model.relations[&RelationKey::from("a->s.b")];
    assert_eq!((relation.technology.as_deref(), relation.tags.join("|")), (Some("HTTPS"), "Any".to_owned()));
    assert_eq!(complaints(&in_model("a = person \"A\"\nb = person \"B\"\na --http-> b")), ["5:3 Error unknown-archetype"]);
}

#[test]
fn constants_are_put_in_and_unknown_ones_kept() {
    let model = read(
        "!const A \"x\"\nworkspace \"${A}\" {\n model {\n  !var B \"${A}y\"\n  a = person \"${B} ${A}\"\n  !var B z\n  b = person \"${B}\"\n }\n}",
    );
    assert_eq!((model.name.as_str(), names(&model, &[key("a"), key("b")]).join("|")), ("x", "xy x|z".to_owned()));
    assert_eq!(complaints(&in_model("a = person \"${HOME}\"")), ["3:12 Warning unknown-constant"]);
    assert_eq!(complaints(&in_model("!const A b\n!const A c")), ["4:8 Error duplicate-constant"]);
}

#[test]
fn constants_cannot_grow_without_bound() {
    let mut text = "!const A0 \"0123456789\"\n".to_owned();
    for at in 1..60 {
        let before = format!("${{A{}}}", at - 1);
        text.extend(["!const A", &at.to_string(), " \"", &before, &before, "\"\n"]);
    }
    assert!(complaints(&in_model(&text)).iter().any(|found| found.ends_with("Error text-too-long")));
}

#[test]
fn files_and_folders_are_included_and_cycles_are_refused() {
    let sources = Sources::from([
        ("docs/parts/a.dsl".to_owned(), "a = person \"${N}\"\n".to_owned()),
        ("docs/parts/more/b.dsl".to_owned(), "b = person \"B\"\nb -> a\nb -> nobody\n".to_owned()),
        ("docs/parts/readme.md".to_owned(), "text".to_owned()),
        ("docs/loop.dsl".to_owned(), "!include loop.dsl\n".to_owned()),
    ]);
    let text = in_model("!const N Anna\n!include parts\n!include loop.dsl\n!include https://example.com/x.dsl");
    let parsed = structurizr::parse("docs/workspace.dsl", &text, &sources);
    assert_eq!(names(&parsed.model, &[key("a"), key("b")]), ["Anna", "B"]);
    assert_eq!(parsed.model.elements[&key("b")].file.as_deref(), Some("docs/parts/more/b.dsl"));
    let found: Vec<(Option<&str>, &str)> = parsed.diagnostics.iter().map(|found| (found.file.as_deref(), found.code.as_str())).collect();
    assert_eq!(
        found,
        [(None, "never-fetched"), (Some("docs/loop.dsl"), "circular-include"), (Some("docs/parts/more/b.dsl"), "unknown-identifier")]
    );
}

#[test]
fn a_workspace_extends_another() {
    let sources = Sources::from([(
        "model.dsl".to_owned(),
        "workspace \"Parent\" \"D\" {\n model {\n  a = softwareSystem \"A\"\n }\n views {\n  systemLandscape P {\n   include *\n  }\n }\n}"
            .to_owned(),
    )]);
    let text = "workspace extends ../model.dsl {\n name \"Child\"\n model {\n  !element a {\n   c = container \"C\"\n  }\n  !ref a {\n   url https://x\n  }\n }\n views {\n  container a {\n   include *\n  }\n }\n}";
    let parsed = structurizr::parse("sub/workspace.dsl", text, &sources);
    assert_eq!(parsed.diagnostics.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["older-spelling"]);
    assert_eq!((parsed.model.name.as_str(), parsed.model.description.as_deref()), ("Child", Some("D")));
    assert_eq!(parsed.model.views.iter().map(|view| view.key.as_str()).collect::<Vec<_>>(), ["P", "Container-001"]);
    assert_eq!(parsed.model.elements[&key("a")].url.as_deref(), Some("https://x"));
}

#[test]
fn bulk_statements_reach_all_they_choose() {
    let model = read(&in_model(
        "u = person \"U\"\ns = softwareSystem \"S\" {\n a = container \"A\" {\n  component \"X\" \"\" \"Go\"\n  component \"Y\" \"\" \"Go\"\n  component \"Z\" \"\" \"Java\"\n }\n}\n!elements \"element.parent==a && element.technology==Go\" {\n tag Fast\n u -> this \"uses\" {\n  tag Slow\n }\n}\n!relationships \"*->element.tag==Fast\" {\n properties {\n  timeout 3s\n }\n}",
    ));
    let fast: Vec<&str> = model.elements.values().filter(|element| element.tags == ["Fast"]).map(|element| element.name.as_str()).collect();
    assert_eq!(fast, ["X", "Y"]);
    let stated: Vec<Option<&str>> =
        model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation.facts.value("timeout")).collect();
    assert_eq!(stated, [Some("3s"), Some("3s")]);
}

#[test]
fn deployment_gives_instances_the_relations_of_their_elements() {
    let text = in_model(
        "s = softwareSystem \"S\" {\n a = container \"A\" {\n  -> d \"reads\" \"SQL\"\n }\n}\nlive = deploymentEnvironment \"Live\" {\n one = deploymentGroup \"One\"\n two = deploymentGroup \"Two\"\n n = deploymentNode \"N\" \"\" \"Linux\" \"\" 4 {\n  properties {\n   env production\n  }\n  lb = infrastructureNode \"LB\"\n  ai = containerInstance a one {\n   healthCheck \"up\" \"https://x/health\"\n  }\n  containerInstance d one\n  instanceOf d two \"Spare\"\n }\n lb -> a \"forwards\"\n}",
    )
    .replace("s = softwareSystem \"S\" {\n", "s = softwareSystem \"S\" {\n d = container \"D\" \"\" \"MySQL\"\n");
    let model = read(&text);
    assert_eq!(relations(&model), ["s.a->s.d", "live.n.lb->live.n.ai", "live.n.ai->live.n.d"]);
    let instance = &model.elements[&key("live.n.ai")];
    assert_eq!((instance.level, instance.instance_of.clone()), (Level::ContainerInstance, Some(key("s.a"))));
    assert!(instance.facts.is_yes("healthcheck") && instance.facts.is("env", "production"));
    let handed_up = model.elements[&key("s.a")].facts.get("healthcheck").unwrap();
    assert_eq!(handed_up.inherited_from, Some(key("live.n.ai")));
    assert_eq!(model.elements[&key("live.n.d")].kind.value, Kind::Database);
    assert_eq!(model.elements[&key("live.n.d-2")].tags, ["Spare"]);
    assert_eq!(model.elements[&key("live.n")].properties["instances"], "4");
}

#[test]
fn a_removed_relation_is_replaced_by_a_way_round() {
    let model = read(&in_model(
        "s = softwareSystem \"S\" {\n a = container \"A\"\n b = container \"B\"\n a -> b \"calls\" \"HTTP\"\n}\ndeploymentEnvironment \"Live\" {\n deploymentNode \"N\" {\n  lb = infrastructureNode \"LB\"\n  containerInstance a\n  containerInstance b\n }\n a -/> b {\n  a -> lb\n  lb -> b \"forwards\" \"\"\n }\n}",
    ));
    assert_eq!(relations(&model), ["s.a->s.b", "live.n.a->live.n.lb", "live.n.lb->live.n.b"]);
    assert_eq!(model.relations[&RelationKey::from("live.n.a->live.n.lb")].technology.as_deref(), Some("HTTP"));
}

#[test]
fn facts_are_inherited_and_slips_in_their_names_are_told() {
    let text = "workspace {\n properties {\n  stage live\n  owner platform\n }\n model {\n  s = softwareSystem \"S\" {\n   properties {\n    owner orders\n    tier 1\n   }\n   a = container \"A\" {\n    properties {\n     tier 2\n     replcas 3\n    }\n   }\n  }\n }\n}";
    let parsed = structurizr::parse("w.dsl", text, &Sources::new());
    let facts = &parsed.model.elements[&key("s.a")].facts;
    assert_eq!((facts.value("owner"), facts.value("tier"), facts.value("replcas")), (Some("orders"), Some("2"), Some("3")));
    assert_eq!(facts.get("owner").unwrap().inherited_from, Some(key("s")));
    assert_eq!(facts.get("tier").unwrap().span.of(text), "tier 2");
    assert!(facts.get("stage").is_none() && parsed.model.facts.is("stage", "live"));
    assert_eq!(
        parsed.diagnostics.iter().map(|found| (found.code.as_str(), found.help.as_str())).collect::<Vec<_>>(),
        [("unknown-fact", "Did you mean `replicas`?")]
    );
}

#[test]
fn kinds_and_modes_are_concluded_with_styles_and_scope() {
    let text = "workspace {\n model {\n  u = person \"U\"\n  e = softwareSystem \"Bank\"\n  s = softwareSystem \"S\" {\n   q = container \"Orders\" \"\" \"\" \"Stream\"\n   w = container \"Shop\" \"\" \"\" \"Site\"\n   w -> q \"publishes\"\n  }\n  s -> e\n }\n views {\n  styles {\n   element \"Stream\" {\n    shape Pipe\n   }\n   element \"Site\" {\n    shape WebBrowser\n   }\n  }\n }\n}";
    let model = read(text);
    let kind = |name: &str| model.elements[&key(name)].kind.clone();
    assert_eq!((kind("s.q").value, kind("s.w").value), (Kind::Queue, Kind::Frontend));
    assert_eq!((kind("e").value, kind("e").reason), (Kind::External, "has no parts here, unlike S".to_owned()));
    assert_eq!((kind("s").value, kind("u").value), (Kind::System, Kind::Person));
    assert_eq!(model.relations[&RelationKey::from("s.w->s.q")].mode.value, Mode::AsyncPub);
}

#[test]
fn one_broken_statement_costs_that_statement() {
    let text = in_model(
        "a = person \"A\"\nb = persn \"B\"\nc = person\nd = person \"D\"\na -> b\na -> d\ncomponent \"X\" {\n y = component \"Y\"\n}",
    );
    assert_eq!(
        complaints(&text),
        ["4:1 Error unexpected-statement", "5:1 Error missing-name", "7:6 Error unknown-identifier", "9:1 Error misplaced-statement"]
    );
    let parsed = structurizr::parse("w.dsl", &text, &Sources::new());
    assert_eq!(parsed.model.elements.len(), 2);
    assert_eq!(relations(&parsed.model), ["a->d"]);
    assert_eq!(parsed.diagnostics[0].help, "Did you mean `person`?");
}

#[test]
fn what_is_not_done_is_said() {
    let text = "workspace {\n !docs docs\n !plugin com.example.P {\n  name Java\n }\n !script groovy {\n  workspace { }\n }\n model {\n  s = softwareSystem \"S\" {\n   !adrs adr\n   c = container \"C\" {\n    !components {\n     strategy {\n     }\n    }\n   }\n  }\n }\n}";
    assert_eq!(complaints(text), ["3:2 Note never-run", "6:2 Note never-run", "13:5 Note never-run"]);
    let model = read(text);
    let linked: Vec<_> = model.linked_folders.iter().map(|folder| (folder.path.as_str(), folder.decisions, folder.owner.clone())).collect();
    assert_eq!(linked, [("docs", false, None), ("adr", true, Some(key("s")))]);
}

#[test]
fn fragments_are_read_as_parts() {
    let parsed = structurizr::parse("model.dsl", "a = person \"A\"\na -> elsewhere\n", &Sources::new());
    assert_eq!(parsed.model.elements.len(), 1);
    assert!(parsed.diagnostics.iter().all(|found| found.level < Severity::Error));
    let parsed = structurizr::parse("parts.dsl", "url https://x\na = container \"A\" {\n c = component \"C\"\n}\n", &Sources::new());
    assert_eq!(parsed.model.elements.keys().map(ElementKey::as_str).collect::<Vec<_>>(), ["a", "a.c"]);
    assert!(parsed.diagnostics.iter().all(|found| found.level < Severity::Error));
    assert_eq!(complaints("element \"Tag\" {\n color #fff\n}\n"), ["1:1 Note fragment"]);
    assert_eq!(complaints("hello\n"), ["1:1 Error unexpected-statement"]);
    assert!(complaints("").is_empty() && complaints("// nothing\n").is_empty());
}

#[test]
fn remarks_beyond_the_limit_are_counted() {
    let text = in_model(&"persn \"P\"\n".repeat(structurizr::MAX_DIAGNOSTICS + 5));
    let parsed = structurizr::parse("w.dsl", &text, &Sources::new());
    let last = parsed.diagnostics.last().unwrap();
    assert_eq!(
        (parsed.diagnostics.len(), last.code.as_str(), last.level),
        (structurizr::MAX_DIAGNOSTICS + 1, "too-many-diagnostics", Severity::Error)
    );
    assert_eq!(last.what, "5 more remarks are left out");
}

#[test]
fn remarks_of_every_kind_are_limited() {
    let deep = format!("group \"G\" {{\n{}{}}}\n", "group \"H\" {\n".repeat(70), "}\n".repeat(70));
    for text in [deep.repeat(1500), "person \"A\" \"\" \"\" more\n".repeat(3000)] {
        let found = structurizr::parse("w.dsl", &in_model(&text), &Sources::new()).diagnostics.len();
        assert!((structurizr::MAX_DIAGNOSTICS..=structurizr::MAX_DIAGNOSTICS + 3).contains(&found), "{found}");
    }
}

#[test]
fn files_beyond_the_limit_are_refused() {
    let parsed = structurizr::parse("w.dsl", &" ".repeat(structurizr::MAX_BYTES + 1), &Sources::new());
    assert_eq!((parsed.diagnostics[0].code.as_str(), parsed.model.views.len()), ("too-many-bytes", 1));
}
