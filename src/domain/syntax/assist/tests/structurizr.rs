//! The Structurizr DSL as people type it.

use super::*;
use crate::domain::syntax::apply;

const SHOP: &str = "workspace {
  !const TEAM \"Team A\"
  model {
    archetypes {
      api = container {
        technology Go
      }
      https = -> {
        technology HTTPS
      }
    }
    u = person \"User\"
    shop = softwareSystem \"Shop\" \"Sells things\" {
      orders = api \"Order service\" \"Takes orders\" \"Go, chi\" \"Core,Service\" {
        properties {
          replicas 3
        }
      }
      db = container \"Orders\" \"\" \"PostgreSQL\" \"Store\"
      orders -> db \"writes\" \"SQL\"
    }
    r1 = u --https-> orders \"buys\"
    live = deploymentEnvironment \"Live\" {
      blue = deploymentGroup \"Blue\"
      n = deploymentNode \"Node\" {
        instanceOf orders
      }
    }
    //MODEL
  }
  views {
    container shop All {
      include *
    }
    //VIEWS
    styles {
      element \"Store\" {
        shape Cylinder
      }
    }
  }
}
";

/// The shop with a text in place of a marker line; `|` in it is the place.
fn typed(marker: &str, text: &str) -> (String, usize) {
    cursor(&SHOP.replacen(&format!("//{marker}"), text, 1))
}

fn labels_of(text: &str, offset: usize) -> Vec<String> {
    let sources = Sources::from([
        ("parts/a.dsl".to_owned(), "x = person \"X\"".to_owned()),
        ("docs/adr/0001.md".to_owned(), "# One".to_owned()),
        ("theme.json".to_owned(), "{}".to_owned()),
    ]);
    let found = complete(Language::Structurizr, "workspace.dsl", text, &sources, offset);
    for one in &found {
        assert!(text.get(one.span.range()).is_some(), "{one:?}");
    }
    found.into_iter().map(|one| one.label).collect()
}

fn labels(marker: &str, text: &str) -> Vec<String> {
    let (text, offset) = typed(marker, text);
    labels_of(&text, offset)
}

/// The text after taking the completion of that label.
fn taken(marker: &str, text: &str, label: &str) -> String {
    let (text, offset) = typed(marker, text);
    let found = complete(Language::Structurizr, "workspace.dsl", &text, &Sources::new(), offset);
    let one = found.iter().find(|one| one.label == label).unwrap_or_else(|| panic!("{label} in {found:#?}"));
    let changed = apply(&text, &[TextEdit { span: one.span, replacement: one.insert.clone() }]);
    let start = text.get(..offset).unwrap().rfind('\n').unwrap() + 1;
    changed.get(start..).unwrap().lines().next().unwrap().trim().to_owned()
}

fn has(found: &[String], wanted: &[&str]) {
    for label in wanted {
        assert!(found.iter().any(|one| one == label), "{label} is missing in {found:?}");
    }
}

fn lacks(found: &[String], unwanted: &[&str]) {
    for label in unwanted {
        assert!(!found.iter().any(|one| one == label), "{label} is in {found:?}");
    }
}

#[test]
fn an_empty_text_begins_with_a_workspace() {
    assert_eq!(labels_of("", 0), ["workspace", "!include", "!const", "!var"]);
    assert_eq!(labels_of("wor", 3), ["workspace"]);
    has(&labels_of("workspace ", 10), &["extends"]);
    has(&labels_of("workspace extends ", 18), &["parts/a.dsl"]);
    has(&labels_of("workspace {\n  m", 15), &["model", "name"]);
}

#[test]
fn the_keywords_of_the_block_are_offered() {
    let found = labels("MODEL", "|");
    has(&found, &["person", "softwareSystem", "deploymentEnvironment", "group", "!element", "!include", "u", "shop"]);
    lacks(&found, &["container", "component", "include", "shape", "workspace"]);
    let found = labels("VIEWS", "|");
    has(&found, &["systemLandscape", "container", "dynamic", "styles", "!include"]);
    lacks(&found, &["person", "include", "u"]);
    assert_eq!(labels("MODEL", "softw|"), ["softwareSystem"]);
    has(&labels("VIEWS", "systemLandscape X {\n |\n}"), &["include", "exclude", "autoLayout", "animation", "default"]);
    has(&labels("MODEL", "x = softwareSystem \"X\" {\n  |\n }"), &["container", "group", "api", "description", "this", "!docs"]);
    has(&labels("MODEL", "x = |"), &["person", "softwareSystem"]);
    lacks(&labels("MODEL", "x = |"), &["properties", "!include"]);
    has(&labels("MODEL", "!element orders {\n|\n}"), &["component", "technology"]);
    lacks(&labels("MODEL", "!element orders {\n|\n}"), &["container"]);
    has(&labels("VIEWS", "dynamic * {\n|\n}"), &["u", "orders", "autoLayout", "r1"]);
    has(&labels("VIEWS", "image * {\nplant|\n}"), &["plantuml"]);
    assert_eq!(labels("VIEWS", "terminology {\nper|\n}"), ["person"]);
}

#[test]
fn the_ends_of_relations_are_identifiers_in_scope() {
    let found = labels("MODEL", "u -> |");
    has(&found, &["u", "shop", "orders", "db", "live", "n"]);
    lacks(&found, &["r1", "all", "All"]);
    assert_eq!(labels("MODEL", "u -> ord|"), ["orders", "db"]);
    assert_eq!(taken("MODEL", "u -> ord|ers \"x\"", "orders"), "u -> orders \"x\"");
    has(&labels("MODEL", "u |"), &["->", "=", "--https->"]);
    // What is defined below cannot be named yet.
    let (text, offset) = cursor("workspace {\n model {\n  a = person \"A\"\n  a -> |\n  b = person \"B\"\n }\n}");
    assert_eq!(labels_of(&text, offset), ["a"]);
    let (text, offset) = cursor("workspace {\n model {\n  a = person \"A\"\n  b = softwareSystem \"B\" {\n   -> |\n }\n}");
    has(&labels_of(&text, offset), &["a", "b", "this"]);
}

#[test]
fn hierarchical_names_are_as_short_as_the_place_allows() {
    let text = "workspace {\n !identifiers hierarchical\n model {\n  s = softwareSystem \"S\" {\n   A1 = container \"A\"\n   b = container \"B\" {\n    k = component \"K\"\n    k -> |\n   }\n  }\n  //\n }\n}";
    let (inner, offset) = cursor(text);
    assert_eq!(labels_of(&inner, offset), ["s", "A1", "b", "k", "this"]);
    let (outer, offset) = cursor(&text.replace('|', "").replace("//", "s -> |"));
    assert_eq!(labels_of(&outer, offset), ["s", "s.A1", "s.b", "s.b.k"]);
}

#[test]
fn words_have_the_values_of_their_position() {
    has(&labels("MODEL", "x = person \"X\" \"d\" |"), &["Core", "Service", "Store"]);
    assert_eq!(
        taken("MODEL", "u -> db \"reads\" \"\" \"Core,Sl|\"\nx -> y \"\" \"\" Slow\nu -> shop \"\" \"\" Slow", "Slow"),
        "u -> db \"reads\" \"\" \"Core,Slow\""
    );
    has(&labels("MODEL", "u -> db \"reads\" |"), &["SQL", "HTTPS", "gRPC"]);
    has(&labels("MODEL", "!element db {\n technology |\n}"), &["PostgreSQL", "Go, chi", "Redis"]);
    assert_eq!(taken("MODEL", "!element db {\n technology SQL Ser|\n}", "SQL Server"), "technology SQL \"SQL Server\"");
    assert_eq!(taken("MODEL", "!element db {\n technology \"SQL Ser|\"\n}", "SQL Server"), "technology \"SQL Server\"");
    assert_eq!(taken("MODEL", "!element db {\n tags \"Core, Sto|\"\n}", "Store"), "tags \"Core, Store\"");
    has(&labels("MODEL", "!identifiers |"), &["flat", "hierarchical"]);
    has(&labels("MODEL", "!include |"), &["parts/a.dsl", "parts"]);
    has(&labels("MODEL", "!adrs docs|"), &["docs/adr"]);
    has(&labels("MODEL", "person \"${|"), &["TEAM"]);
    assert_eq!(taken("MODEL", "person \"${TE|} x\"", "TEAM"), "person \"${TEAM} x\"");
}

#[test]
fn instances_and_groups_of_them_are_completed() {
    let found = labels("MODEL", "!element n {\n containerInstance |\n}");
    has(&found, &["orders", "db"]);
    lacks(&found, &["shop", "u"]);
    assert_eq!(labels("MODEL", "!element n {\n softwareSystemInstance |\n}"), ["shop"]);
    has(&labels("MODEL", "!element n {\n instanceOf db |\n}"), &["blue"]);
    has(&labels("MODEL", "!element n {\n deploymentGroup |\n}"), &["blue"]);
    has(&labels("MODEL", "!element live {\n u |\n}"), &["-/>"]);
}

#[test]
fn facts_are_completed_with_their_values() {
    let found = labels("MODEL", "!element db {\n properties {\n  |\n }\n}");
    has(&found, &["backup", "encryption_at_rest", "owner", "replicas"]);
    lacks(&found, &["circuit_breaker", "stage", "person"]);
    has(&labels("MODEL", "u -> db {\n properties {\n  |\n }\n}"), &["timeout", "retry", "circuit_breaker"]);
    assert_eq!(labels("MODEL", "u -> db {\n properties {\n  circuit|\n }\n}"), ["circuit_breaker"]);
    has(&labels("MODEL", "u -> db {\n properties {\n  timeout |\n }\n}"), &["800ms", "planned", "no", "n/a ()"]);
    assert_eq!(taken("MODEL", "u -> db {\n properties {\n  retry 3|\n }\n}", "3, 100ms, jitter"), "retry \"3, 100ms, jitter\"");
    has(&labels("MODEL", "!element db {\n properties {\n  kind |\n }\n}"), &["database", "object-store"]);
    let (text, offset) = cursor("workspace {\n properties {\n  st|\n }\n}");
    assert_eq!(labels_of(&text, offset), ["stage"]);
    assert_eq!(labels("VIEWS", "systemLandscape {\n properties {\n |\n }\n}"), Vec::<String>::new());
}

#[test]
fn views_are_completed() {
    has(&labels("VIEWS", "systemContext |"), &["shop"]);
    lacks(&labels("VIEWS", "systemContext |"), &["u", "orders"]);
    assert_eq!(labels("VIEWS", "component |"), ["orders", "db"]);
    assert_eq!(labels("VIEWS", "deployment * |"), ["live"]);
    has(&labels("VIEWS", "dynamic |"), &["*", "shop", "orders"]);
    has(&labels("VIEWS", "filtered |"), &["All"]);
    assert_eq!(labels("VIEWS", "filtered All |"), ["include", "exclude"]);
    has(&labels("VIEWS", "filtered All include |"), &["Store", "Core"]);
    assert_eq!(labels("VIEWS", "systemLandscape {\nautoLayout |\n}"), ["tb", "lr", "bt", "rl"]);
    has(&labels("VIEWS", "theme |"), &["default", "theme.json"]);
    has(&labels("VIEWS", "dynamic * {\n u -> |\n}"), &["orders", "db"]);
}

#[test]
fn expressions_are_completed_part_by_part() {
    let found = labels("VIEWS", "container shop {\ninclude |\n}");
    has(&found, &["*", "*?", "orders", "u", "element.tag==", "->", "r1", "relationship.tag=="]);
    assert_eq!(taken("VIEWS", "container shop {\ninclude \"element.tag==St|\"\n}", "Store"), "include \"element.tag==Store\"");
    assert_eq!(
        taken("VIEWS", "container shop {\ninclude \"element.parent==sh| && x\"\n}", "shop"),
        "include \"element.parent==shop && x\""
    );
    assert_eq!(taken("VIEWS", "container shop {\ninclude ->or|->\n}", "orders"), "include ->orders->");
    has(&labels("VIEWS", "container shop {\ninclude element.type==|\n}"), &["Person", "Container", "Custom"]);
    has(&labels("VIEWS", "container shop {\nexclude \"u -> |\"\n}"), &["orders"]);
    has(&labels("VIEWS", "container shop {\nexclude relationship==|\n}"), &["*", "r1"]);
    has(&labels("VIEWS", "container shop {\ninclude element.properties[|\n}"), &["replicas"]);
    has(&labels("VIEWS", "container shop {\nanimation {\n|\n}\n}"), &["orders", "element.tag=="]);
    has(&labels("MODEL", "!elements \"element.technology==P|\" {\n}"), &["PostgreSQL"]);
}

#[test]
fn styles_are_completed() {
    has(&labels("VIEWS", "styles {\nelement |\n}"), &["Store", "Core", "Element", "Person", "Software System"]);
    assert_eq!(taken("VIEWS", "styles {\nelement Soft|\n}", "Software System"), "element \"Software System\"");
    let shapes = labels("VIEWS", "styles {\nelement X {\nshape |\n}\n}");
    assert_eq!(shapes.len(), 19);
    has(&labels("VIEWS", "styles {\nelement X {\nbackground dodger|\n}\n}"), &["dodgerblue"]);
    has(&labels("VIEWS", "styles {\ndark {\nrelationship Y {\n|\n}\n}\n}"), &["thickness", "style"]);
    assert_eq!(labels("VIEWS", "styles {\nrelationship Y {\nrouting |\n}\n}"), ["Direct", "Curved", "Orthogonal"]);
}

#[test]
fn comments_and_free_text_are_left_alone() {
    assert!(labels("MODEL", "// a|").is_empty());
    assert!(labels("MODEL", "x = person \"per|\"").is_empty());
    assert!(labels("MODEL", "!element db {\n description \"per|\"\n}").is_empty());
}

fn hovered(text: &str, needle: &str) -> Option<String> {
    let offset = text.find(needle).unwrap() + 1;
    let found = hover(Language::Structurizr, "workspace.dsl", text, &Sources::new(), offset)?;
    assert!(text.get(found.span.range()).is_some());
    Some(found.markdown)
}

#[test]
fn hovering_explains_names_keywords_and_facts() {
    let says = |needle: &str, wanted: &[&str]| {
        let text = hovered(SHOP, needle).unwrap_or_else(|| panic!("{needle}"));
        for part in wanted {
            assert!(text.contains(part), "{needle}: {part} is missing in {text}");
        }
    };
    says(
        "orders -> db",
        &["**Order service**", "Service · Go, chi (assumed: ", "Takes orders", "In Shop", "Calls 1, is called by 1", "Shown in All"],
    );
    says("Orders\" \"\"", &["**Orders**", "Database · PostgreSQL (assumed: technology PostgreSQL)"]);
    says("-> db \"writes", &["**Order service → Orders**", "writes", "Mode sync"]);
    says("r1 = u", &["**User → Order service**", "buys"]);
    says("softwareSystem \"Shop\"", &["softwareSystem <name>", "A software system"]);
    says("container shop", &["A view of the containers"]);
    says("replicas 3", &["**replicas**", "How many of it run at once", "what runs"]);
    says("All {", &["**Container view: Shop**", "4 elements"]);
    says("api \"Order", &["Archetype of `container`"]);
    says("blue =", &["**Blue**", "Deployment group"]);
    says("Store\" {", &["Tag of 1 element"]);
    says("Cylinder", &["shape <name>"]);
}

#[test]
fn definitions_and_uses_are_found_across_files() {
    let sources = Sources::from([("parts.dsl".to_owned(), "a = container \"A\"\nb = container \"B\"\na -> b\n".to_owned())]);
    let text = "workspace {\n model {\n  s = softwareSystem \"S\" {\n   !include parts.dsl\n  }\n  p = person \"P\"\n  p -> a\n  p -> this.that\n }\n views {\n  container s K {\n   include \"->a->\" b\n   exclude \"element.parent==s && a -> b\"\n  }\n  filtered K include X\n }\n}";
    let at = |needle: &str| text.find(needle).unwrap();
    let shown = |target: &Target| {
        let source = target.file.as_ref().map_or(text, |file| sources[file].as_str());
        format!("{}:{}:{}", target.file.as_deref().unwrap_or("-"), target.span.start, target.span.of(source))
    };
    let go = |offset: usize| definition(Language::Structurizr, "workspace.dsl", text, &sources, offset).map(|target| shown(&target));
    assert_eq!(go(at("a\n  p -> this")), Some("parts.dsl:0:a".to_owned()));
    assert_eq!(go(at("s K")), Some(format!("-:{}:s", at("s = "))));
    assert_eq!(go(at("parts.dsl") + 3), Some("parts.dsl:0:".to_owned()));
    assert_eq!(go(at("K include")), Some(format!("-:{}:K", at("K {"))));
    assert_eq!(go(at("person")), None);
    let all = |offset: usize| -> Vec<String> {
        references(Language::Structurizr, "workspace.dsl", text, &sources, offset).iter().map(shown).collect()
    };
    let a = [
        format!("-:{}:a", at("a\n  p -> this")),
        format!("-:{}:a", at("a->")),
        format!("-:{}:a", at("a -> b\"")),
        "parts.dsl:0:a".to_owned(),
        "parts.dsl:36:a".to_owned(),
    ];
    assert_eq!(all(at("a->")), a);
    let named = identifier_at(Language::Structurizr, "workspace.dsl", text, &sources, at("a->"));
    assert_eq!(named, Some(ElementKey::from("s.a")));
    assert_eq!(identifier_at(Language::Structurizr, "workspace.dsl", text, &sources, at("P\"")), Some(ElementKey::from("p")));
    assert_eq!(identifier_at(Language::Structurizr, "workspace.dsl", text, &sources, at("views")), None);
}

#[test]
fn each_part_of_a_path_stands_for_its_own_element() {
    let text = "workspace {\n !identifiers hierarchical\n model {\n  s = softwareSystem \"S\" {\n   a = container \"A\"\n  }\n  p = person \"P\"\n  p -> s.a\n  live = deploymentEnvironment \"L\" {\n   n = deploymentNode \"N\" {\n    i = instanceOf s.a\n   }\n  }\n  !element live.n.i {\n  }\n }\n}";
    let go = |needle: &str, skip: usize| {
        let offset = text.find(needle).unwrap() + skip;
        identifier_at(Language::Structurizr, "w.dsl", text, &Sources::new(), offset).map(|key| key.0)
    };
    assert_eq!(go("p -> s.a", 0).as_deref(), Some("p"));
    assert_eq!(go("p -> s.a", 5).as_deref(), Some("s"));
    assert_eq!(go("p -> s.a", 7).as_deref(), Some("s.a"));
    assert_eq!(go("live.n.i", 0).as_deref(), Some("live"));
    assert_eq!(go("live.n.i", 5).as_deref(), Some("live.n"));
    assert_eq!(go("live.n.i", 7).as_deref(), Some("live.n.i"));
    assert_eq!(references(Language::Structurizr, "w.dsl", text, &Sources::new(), text.find("s = ").unwrap()).len(), 3);
}

#[test]
fn constants_and_archetypes_have_definitions_too() {
    let text = "workspace {\n !const NAME Shop\n model {\n  archetypes {\n   api = container {\n   }\n   fast = api {\n   }\n   call = -> {\n   }\n  }\n  s = softwareSystem \"${NAME}\" {\n   a = api \"A ${NAME}\"\n   f = fast \"F\"\n   a --call-> f\n  }\n }\n}";
    let count = |needle: &str| references(Language::Structurizr, "w.dsl", text, &Sources::new(), text.find(needle).unwrap()).len();
    assert_eq!((count("NAME Shop"), count("NAME}\" {"), count("api = "), count("fast \"F"), count("call->")), (3, 3, 3, 2, 2));
}
