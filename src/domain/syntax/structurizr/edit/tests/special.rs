//! Texts that need care: paths of names, other files, archetypes, one-line blocks, several things in one line.

use super::*;

fn el(text: &str) -> Subject {
    Subject::Element(key(text))
}

fn rel(text: &str) -> Subject {
    Subject::Relation(RelationKey::from(text))
}

fn rename(subject: Subject, name: &str) -> Gesture {
    Gesture::Rename { subject, name: name.to_owned() }
}

fn identify(element: &str, identifier: &str) -> Gesture {
    Gesture::RenameIdentifier { element: key(element), identifier: identifier.to_owned() }
}

fn connect(source: &str, target: &str) -> Gesture {
    Gesture::Connect { source: key(source), target: key(target), description: None, technology: None }
}

fn delete(subject: Subject) -> Gesture {
    Gesture::Delete { subjects: vec![subject] }
}

const PATHS: &str = r#"workspace {
  !identifiers hierarchical
  model {
    u = person "U"
    a = softwareSystem "A" {
      api = container "Api" {
        one = component "One"
        one -> db "x"
      }
      db = container "Db"
      api -> db
    }
    b = softwareSystem "B" {
      api = container "Other api"
      -> a.api "asks" // keeps api in comments
      api -> a.db
    }
    u -> a.api.one
    prod = deploymentEnvironment "Live" {
      node = deploymentNode "Node" {
        x = containerInstance a.api
        containerInstance b.api
      }
    }
    !element a.api {
      tags "api"
    }
  }
  views {
    container a {
      include "->a.api->" a.db "element.tag==api"
      exclude "a.api -> a.db"
      exclude a.db -> a.api
      animation {
        a.api a.db
      }
    }
    dynamic a.api {
      u -> a.api.one "api"
    }
    deployment a "Live" {
      include *
    }
  }
}
"#;

#[test]
fn an_identifier_is_renamed_wherever_it_is_meant() {
    let text = PATHS.replace("one -> db \"x\"\n", "\n");
    let (after, outcome) = run(&text, &identify("a.api", "gate")).unwrap();
    let expected = text
        .replace("a.api", "a.gate")
        .replace("      api = container \"Api\" {", "      gate = container \"Api\" {")
        .replace("      api -> db\n", "      gate -> db\n");
    assert_eq!(after, expected);
    assert_eq!(outcome.select, Some(el("a.gate")));
    let (after, _) = run(&text, &identify("a", "alpha")).unwrap();
    assert!(!after.contains(" a.") && after.contains("->alpha.api->") && after.contains("deployment alpha "), "{after}");
}

#[test]
fn a_taken_identifier_or_a_keyword_is_refused() {
    assert!(refused(PATHS, &identify("a.api", "db")).contains("already in use"));
    assert!(refused(PATHS, &identify("a.api", "Container")).contains("word of the language"));
    assert!(refused(PATHS, &identify("a.api", "a b")).contains("cannot be an identifier"));
    // Another system may have a part of that name.
    assert!(run(PATHS, &identify("b.api", "web")).is_ok());
}

#[test]
fn names_follow_when_a_part_gets_another_whole() {
    let text = PATHS.replace("one -> db \"x\"\n", "\n");
    let gesture = Gesture::Move { elements: vec![key("a.db")], home: Home::Element(key("b")) };
    let (after, outcome) = run(&text, &gesture).unwrap();
    assert!(after.contains("include \"->a.api->\" b.db") && after.contains("a.api b.db"), "{after}");
    assert!(after.contains("api -> b.db") || after.contains("a.api -> b.db"), "{after}");
    assert_eq!(outcome.select, Some(el("b.db")));
    let gesture = Gesture::Move { elements: vec![key("a.api")], home: Home::Element(key("b")) };
    assert!(refused(&text, &gesture).contains("already in use there"));
}

#[test]
fn relations_are_named_by_the_shortest_path() {
    assert_eq!(done(PATHS, &connect("a.db", "b.api")), "+    a.db -> b.api");
    assert_eq!(done(PATHS, &connect("a.db", "a.api")), "+      db -> api");
    assert_eq!(done(PATHS, &connect("a.db", "a.api.one")), "+      db -> api.one");
    assert_eq!(
        done(PATHS, &connect("prod.node.x", "prod.node.other-api")),
        "-        containerInstance b.api\n+        other-api = containerInstance b.api\n+        x -> other-api"
    );
}

#[test]
fn deleting_takes_instances_steps_and_words_along() {
    let gone = done(PATHS, &delete(el("a.api")));
    for line in [
        "-        x = containerInstance a.api",
        "-    u -> a.api.one",
        "-    !element a.api {",
        "-      -> a.api \"asks\" // keeps api in comments",
        "-    dynamic a.api {",
        "+      include a.db \"element.tag==api\"",
        "-      exclude \"a.api -> a.db\"",
        "-      exclude a.db -> a.api",
        "+        a.db",
    ] {
        assert!(gone.lines().any(|found| found == line), "{line} in\n{gone}");
    }
    assert!(!gone.contains("-      db = container"));
}

#[test]
fn relations_that_follow_name_the_one_they_follow_from() {
    let text = refused(PATHS, &delete(rel("u->a")));
    assert!(text.contains("follows from U → One"), "{text}");
    assert!(refused(PATHS, &Gesture::Describe { subject: rel("u->a"), description: Some("x".into()) }).contains("U → One"));
    let instance = refused(PATHS, &rename(el("prod.node.x"), "Y"));
    assert!(instance.contains("Rename Api itself"), "{instance}");
}

#[test]
fn an_environment_is_renamed_where_views_call_it_by_name() {
    assert_eq!(
        done(PATHS, &rename(el("prod"), "New")),
        "-    prod = deploymentEnvironment \"Live\" {\n+    prod = deploymentEnvironment \"New\" {\n-    deployment a \"Live\" {\n+    deployment a \"New\" {"
    );
}

#[test]
fn what_other_files_define_is_changed_there() {
    let text = "workspace {\n    model {\n        !include parts/people.dsl\n        shop = softwareSystem \"Shop\"\n        user -> shop\n    }\n}\n";
    let sources =
        Sources::from([("parts/people.dsl".to_owned(), "user = person \"User\"\nboss = person \"Boss\"\nboss -> user\n".to_owned())]);
    let ask = |gesture: &Gesture| edit(Language::Structurizr, "workspace.dsl", text, &sources, gesture);
    for gesture in [
        rename(el("user"), "X"),
        identify("user", "x"),
        delete(el("user")),
        delete(rel("boss->user")),
        Gesture::SetProperty { subject: el("user"), name: "owner".into(), value: Some("x".into()) },
        Gesture::Move { elements: vec![key("user")], home: Home::Top },
    ] {
        let refusal = ask(&gesture).map(|outcome| apply(text, &outcome.edits)).map_err(|refusal| refusal.to_string());
        let done_already = matches!(&gesture, Gesture::Move { .. });
        assert!(done_already || refusal.clone().is_err_and(|text| text.contains("parts/people.dsl")), "{gesture:?}: {refusal:?}");
    }
    let after = apply(text, &ask(&connect("boss", "shop")).unwrap().edits);
    assert_eq!(diff(text, &after), "+        boss -> shop");
    let after = apply(text, &ask(&identify("shop", "store")).unwrap().edits);
    assert!(after.contains("user -> store"));
}

#[test]
fn one_line_blocks_are_kept_or_opened() {
    let text = "workspace {\n  model {\n    s = softwareSystem \"S\" {\n      a = container \"A\" { tags \"x\" }\n      b = container \"B\" { technology \"Go\" } // b\n    }\n  }\n}\n";
    assert_eq!(
        done(text, &Gesture::SetTechnology { subject: el("s.b"), technology: Some("Rust".into()) }),
        "-      b = container \"B\" { technology \"Go\" } // b\n+      b = container \"B\" { technology \"Rust\" } // b"
    );
    assert_eq!(
        done(text, &Gesture::SetTechnology { subject: el("s.b"), technology: None }),
        "-      b = container \"B\" { technology \"Go\" } // b\n+      b = container \"B\" { } // b"
    );
    assert_eq!(
        done(text, &Gesture::SetProperty { subject: el("s.a"), name: "tier".into(), value: Some("1".into()) }),
        "-      a = container \"A\" { tags \"x\" }\n+      a = container \"A\" { tags \"x\"\n+        properties {\n+          tier 1\n+        }\n+      }"
    );
    assert_eq!(done(text, &delete(el("s.b"))), "-      b = container \"B\" { technology \"Go\" } // b");
}

#[test]
fn defaults_of_archetypes_are_taken_back_by_a_statement() {
    let text = "workspace {\n  model {\n    archetypes {\n      store = container {\n        technology \"PostgreSQL\"\n        tags \"Database\"\n        properties {\n          tier 1\n        }\n      }\n    }\n    s = softwareSystem \"S\" {\n      a = store \"A\"\n    }\n  }\n}\n";
    assert_eq!(
        done(text, &Gesture::SetTechnology { subject: el("s.a"), technology: Some("MySQL".into()) }),
        "-      a = store \"A\"\n+      a = store \"A\" \"\" \"MySQL\""
    );
    assert_eq!(
        done(text, &Gesture::SetTechnology { subject: el("s.a"), technology: None }),
        "-      a = store \"A\"\n+      a = store \"A\" {\n+        technology \"\"\n+      }"
    );
    let property = Gesture::SetProperty { subject: el("s.a"), name: "tier".into(), value: None };
    assert!(refused(text, &property).contains("not stated here"));
    assert_eq!(done(text, &rename(el("s.a"), "B")), "-      a = store \"A\"\n+      a = store \"B\"");
}

#[test]
fn one_line_for_several_relations_is_refused() {
    let text = "workspace {\n  model {\n    a = softwareSystem \"A\" {\n      tags \"T\"\n    }\n    b = softwareSystem \"B\" {\n      tags \"T\"\n    }\n    c = softwareSystem \"C\"\n    !elements \"element.tag==T\" {\n      this -> c \"x\"\n    }\n  }\n}\n";
    assert!(refused(text, &delete(rel("a->c"))).contains("several relationships"));
    assert!(refused(text, &Gesture::Describe { subject: rel("a->c"), description: None }).contains("several relationships"));
    assert_eq!(done(text, &delete(el("c"))).lines().count(), 2, "{}", done(text, &delete(el("c"))));
}

#[test]
fn names_that_people_type_read_back_the_same() {
    let text = "workspace {\n  model {\n    a = softwareSystem A\n  }\n}\n";
    for name in ["say \"hi\"", "a\\b", "{", "}", "// no", "/* x */", "#", "->", "a = b", "\u{1f980} ü", "this", "\"\"\"", "\\\""] {
        let (after, _) = run(text, &rename(el("a"), name)).unwrap();
        let model = crate::domain::syntax::parse(Language::Structurizr, "w.dsl", &after, &Sources::new()).model;
        assert_eq!(model.elements[&key("a")].name, name);
    }
    let (after, _) = run(text, &rename(el("a"), "two\r\nlines\t!")).unwrap();
    assert!(after.contains("\"two lines !\""));
    assert!(refused(text, &rename(el("a"), " \n ")).contains("cannot be empty"));
    assert!(refused(text, &rename(el("a"), "x\\")).contains("backslash"));
}

#[test]
fn an_empty_text_and_a_bare_workspace_get_what_they_lack() {
    let add = Gesture::Add { kind: Kind::System, name: "Shop".into(), home: Home::Top, view: None };
    let (after, _) = run("", &add).unwrap();
    assert_eq!(after, "workspace {\n    model {\n        shop = softwareSystem \"Shop\"\n    }\n}\n");
    assert_eq!(
        done("workspace \"W\"\n", &add),
        "-workspace \"W\"\n+workspace \"W\" {\n+    model {\n+        shop = softwareSystem \"Shop\"\n+    }\n+}"
    );
    let view = Gesture::AddView { view: NewView { key: "all".into(), title: String::new(), scope: None } };
    let text = "workspace {\n\tmodel {\n\t\ta = softwareSystem \"A\"\n\t}\n}\n";
    assert_eq!(done(text, &view), "+\n+\tviews {\n+\t\tsystemLandscape \"all\" {\n+\t\t\tinclude *\n+\t\t\tautoLayout lr\n+\t\t}\n+\t}");
}

#[test]
fn braces_on_their_own_lines_stay_there() {
    let text = "workspace\n{\n  model\n  {\n    a = softwareSystem \"A\"\n    b = softwareSystem \"B\"\n  }\n}\n";
    let add = Gesture::Add { kind: Kind::Service, name: "Web".into(), home: Home::Element(key("a")), view: None };
    assert_eq!(done(text, &add), "+    {\n+      web = container \"Web\"\n+    }");
    let enclose = Gesture::Enclose { name: "G".into(), home: Home::Top, elements: vec![key("a"), key("b")] };
    assert_eq!(
        done(text, &enclose),
        "-    a = softwareSystem \"A\"\n-    b = softwareSystem \"B\"\n+    group \"G\"\n+    {\n+      a = softwareSystem \"A\"\n+      b = softwareSystem \"B\"\n+    }"
    );
}

#[test]
fn an_inclusion_inside_goes_and_moves_with_what_is_around_it() {
    let text = "workspace {\n    model {\n        group \"G\" {\n        }\n        shop = softwareSystem \"Shop\" {\n            !include parts.dsl\n        }\n        user = person \"User\"\n        user -> api\n    }\n}\n";
    let sources = Sources::from([("parts.dsl".to_owned(), "db = container \"Db\"\napi = container \"Api\" {\n    -> db\n}\n".to_owned())]);
    let ask = |gesture: &Gesture| {
        assert!(super::oracle::judge("workspace.dsl", text, &sources, gesture).unwrap().is_none(), "{gesture:?}");
        let outcome = edit(Language::Structurizr, "workspace.dsl", text, &sources, gesture).unwrap();
        diff(text, &apply(text, &outcome.edits))
    };
    let gone = "-        shop = softwareSystem \"Shop\" {\n-            !include parts.dsl\n-        }\n-        user -> api";
    assert_eq!(ask(&delete(el("shop"))), gone);
    let home = Home::Group(GroupKey::from("g"));
    assert!(ask(&Gesture::Move { elements: vec![key("shop")], home }).contains("+                !include parts.dsl"));
}

#[test]
fn what_a_view_cannot_show_is_told() {
    let text = SHOWN;
    let include = |element: &str| Gesture::Include { view: "v".into(), elements: vec![key(element)] };
    let exclude = |element: &str| Gesture::Exclude { view: "v".into(), elements: vec![key(element)] };
    assert!(refused(text, &include("b.c")).contains("Hide B first"), "{}", refused(text, &include("b.c")));
    assert!(refused(text, &exclude("a")).contains("frame around A1"));
    assert!(refused(text, &include("a.a1.x")).contains("cannot be shown in a container view"));
    let everything = Gesture::Include { view: "everything".into(), elements: vec![key("a")] };
    assert!(refused(text, &everything).contains("no view"));
    assert_eq!(done(text, &exclude("b")), "-            include a1 b\n+            include a1");
}

const SHOWN: &str = r#"workspace {
    model {
        a = softwareSystem "A" {
            a1 = container "A1" {
                x = component "X"
            }
        }
        b = softwareSystem "B" {
            c = container "C"
        }
    }
    views {
        container a "v" {
            include a1 b
        }
    }
}
"#;

#[test]
fn comments_continuations_and_constants_are_respected() {
    let text = "workspace {\n  !const NAME \"Thing\"\n  model {\n    a = softwareSystem \"${NAME}\" \\\n        \"Does\" # no comment here\n    # a -> b\n    /* a\n       b */\n    b = softwareSystem \"B\" // a\n    a -> b \"a to b\" // a -> b\n    !const TARGET b\n    a -> ${TARGET} \"more\"\n  }\n}\n";
    assert_eq!(
        done(text, &identify("a", "x")),
        "-    a = softwareSystem \"${NAME}\" \\\n+    x = softwareSystem \"${NAME}\" \\\n-    a -> b \"a to b\" // a -> b\n+    x -> b \"a to b\" // a -> b\n-    a -> ${TARGET} \"more\"\n+    x -> ${TARGET} \"more\""
    );
    assert!(refused(text, &identify("b", "y")).contains("constant"));
    assert_eq!(done(text, &rename(el("a"), "New")), "-    a = softwareSystem \"${NAME}\" \\\n+    a = softwareSystem \"New\" \\");
}

#[test]
fn several_boundaries_of_one_name_are_renamed_together() {
    let text = "workspace {\n  model {\n    properties {\n      \"structurizr.groupSeparator\" \"/\"\n    }\n    group \"A/B\" {\n      x = softwareSystem \"X\"\n    }\n    group \"A\" {\n      y = softwareSystem \"Y\"\n    }\n    x -> y\n  }\n  views {\n    systemLandscape \"v\" {\n      include \"element.group==A\"\n    }\n  }\n}\n";
    let gesture = rename(Subject::Group(GroupKey::from("a")), "C");
    assert_eq!(
        done(text, &gesture),
        "-    group \"A/B\" {\n+    group \"C/B\" {\n-    group \"A\" {\n+    group \"C\" {\n-      include \"element.group==A\"\n+      include \"element.group==C\""
    );
    assert!(refused(text, &rename(Subject::Group(GroupKey::from("a")), "C/D")).contains("cannot contain `/`"));
}

#[test]
fn a_view_that_is_filtered_is_kept_with_its_base() {
    let text = "workspace {\n  model {\n    a = softwareSystem \"A\"\n    b = softwareSystem \"B\"\n  }\n  views {\n    systemContext a \"ctx\" {\n      include *\n    }\n    filtered ctx include \"Element\" \"part\"\n    systemLandscape \"all\" {\n      include *\n    }\n  }\n}\n";
    assert!(refused(text, &Gesture::RemoveView { view: "ctx".into() }).contains("Remove part first"));
    let gone = done(text, &delete(el("a")));
    assert!(gone.contains("-    filtered ctx") && !gone.contains("all"), "{gone}");
}
