//! Agents that come with Lintel, and agents that meet.

use super::*;
use crate::domain::{
    account::Role,
    agent::definition::{
        load,
        tools::{self, Asked, Capability},
    },
    review::finding::Severity,
};

/// The topics of the two first files: their group and how many it has.
const TOPICS: [(&str, usize); 17] = [
    ("GA1", 6),
    ("GA2", 6),
    ("GA3", 6),
    ("GA4", 6),
    ("GA5", 4),
    ("GA6", 3),
    ("GA7", 2),
    ("GA8", 2),
    ("GA9", 4),
    ("GA10", 5),
    ("GA11", 6),
    ("BA1", 5),
    ("BA2", 5),
    ("BA3", 5),
    ("BA4", 5),
    ("BA5", 6),
    ("BA6", 3),
];

fn file(name: &str, text: &str) -> Definition {
    load(name, text.as_bytes()).definition().unwrap().clone()
}

fn agent(file_name: &str, name: &str, body: &str) -> Definition {
    file(file_name, &format!("---\nname: {name}\ndescription: x\n---\n{body}\n"))
}

#[test]
fn built_in_agents_are_read_without_a_remark() {
    let names: Vec<String> = built_in::definitions().into_iter().map(|definition| definition.name).collect();
    assert_eq!(
        names,
        ["backend-architect", "data-architect", "decision-editor", "go-architect", "reliability-engineer", "security-architect"]
    );
    for (path, text) in built_in::FILES {
        let load = load(path, text.as_bytes());
        assert_eq!(load.outcome.word(), "loaded", "{path}");
        assert!(load.remarks.is_empty(), "{path}: {:?}", load.remarks);
        let definition = load.definition().unwrap();
        assert_eq!(definition.name, definition.stem);
        // They read everything and may suggest; nothing else.
        let tools = definition.tools.written();
        assert!(
            tools.starts_with(&["Read", "Grep", "Glob", "Edit"])
                && tools.iter().all(|tool| matches!(*tool, "Read" | "Grep" | "Glob" | "Edit" | "Write"))
        );
        assert!(definition.description.contains(" Use it when ") && definition.card.starts_with("Reviews "), "{path}");
        assert!(!definition.extension.lens.is_empty() && !definition.extension.applies_to.is_empty(), "{path}");
        assert_eq!(definition.extension.severity_floor, Some(Severity::Low));
        assert!(definition.extension.max_findings.is_some_and(|most| most <= 8));
        for heading in ["## How you work", "## Facts you ask for", "## What you look for", "## What you do not do"] {
            assert!(definition.body.contains(heading), "{path} lacks {heading}");
        }
    }
}

#[test]
fn architects_cover_every_topic_once() {
    for definition in built_in::definitions() {
        let own = match definition.name.as_str() {
            "go-architect" => "GA",
            "backend-architect" => "BA",
            _ => continue,
        };
        let groups: Vec<(&str, usize)> = TOPICS.into_iter().filter(|(group, _)| group.starts_with(own)).collect();
        assert_eq!(definition.extension.lens, groups.iter().map(|(group, _)| *group).collect::<Vec<_>>());
        for (group, count) in groups {
            let lines = |number: usize| definition.body.matches(&format!("\n- {group}.{number} ")).count();
            assert!((1..=count).all(|number| lines(number) == 1), "{group}");
            assert_eq!(lines(count + 1), 0, "{group}");
        }
    }
}

#[test]
fn agents_look_at_topics_that_exist() {
    let exists = |lens: &str| match lens.split_once('.') {
        None => TOPICS.iter().any(|(group, _)| *group == lens),
        Some((group, number)) => TOPICS
            .iter()
            .any(|(known, count)| *known == group && number.parse::<usize>().is_ok_and(|number| (1..=*count).contains(&number))),
    };
    for definition in built_in::definitions() {
        assert!(definition.extension.lens.iter().all(|lens| exists(lens)), "{:?}", definition.extension.lens);
    }
}

#[test]
fn agents_ask_for_facts_that_exist() {
    use crate::domain::model::facts::NAMES;
    for definition in built_in::definitions() {
        let asked = definition.body.split("## Facts you ask for").nth(1).unwrap().split("\n## ").next().unwrap();
        let facts: Vec<&str> = asked.split('`').skip(1).step_by(2).collect();
        assert!(facts.len() >= 8, "{}", definition.name);
        for fact in facts {
            assert!(NAMES.contains(&fact), "{} asks for {fact}", definition.name);
        }
    }
}

#[test]
fn names_that_collide_get_their_source_and_nothing_is_overwritten() {
    let mut library = Library::built_in();
    assert!(matches!(library.find("Go-Architect"), Found::One(member) if member.source == "lintel"));
    library.add("team", agent("go-architect.md", "go-architect", "Ours."));
    library.add("team", agent("old/go-architect.md", "go-architect", "Older."));
    library.add("team", agent("go-architect.md", "go-architect", "Ours."));
    library.add("team", agent("new.md", "newcomer", "New."));
    assert_eq!(library.len(), 9);
    let handles: Vec<String> = library.members().into_keys().filter(|handle| handle.contains("go-") || handle.contains("new")).collect();
    assert_eq!(handles, ["lintel:go-architect", "newcomer", "team:go-architect", "team:go-architect~2"]);
    assert!(matches!(library.find("newcomer"), Found::One(_)));
    assert!(matches!(library.find("team:go-architect~2"), Found::One(member) if member.definition.body == "Older."));
    assert_eq!(
        library.find("go-architect"),
        Found::Several(vec!["lintel:go-architect".to_owned(), "team:go-architect".to_owned(), "team:go-architect~2".to_owned()])
    );
    assert_eq!(library.find("nobody"), Found::None);
    // A name may look like a handle; it keeps its own.
    library.add("odd", agent("odd.md", "\"team:go-architect\"", "Odd."));
    assert!(matches!(library.find("team:go-architect"), Found::One(member) if member.source == "odd"));
    assert_eq!(library.members().len(), library.len());
}

#[test]
fn handles_do_not_depend_on_the_order_of_adding() {
    let agents = [agent("a.md", "x", "1"), agent("b.md", "x", "2"), agent("c.md", "x", "3"), agent("d.md", "X", "4")];
    let of = |order: &[usize]| {
        let mut library = Library::default();
        for at in order {
            library.add("s", agents[*at].clone());
        }
        library.members().into_iter().map(|(handle, member)| (handle, member.definition.body.clone())).collect::<Vec<_>>()
    };
    assert_eq!(of(&[0, 1, 2, 3]), of(&[3, 1, 0, 2]));
    assert_eq!(of(&[0, 1, 2, 3]).len(), 4);
}

#[test]
fn an_import_counts_every_file_once() {
    let files: [(&str, &[u8]); 4] = [
        ("a.md", b"---\nname: a\ndescription: x\n---\nYou.\n"),
        ("b.md", b"---\nname: b\ndescription: x: y\n---\nYou.\n"),
        ("c.md", b"\0\0"),
        ("d.md", b"Prose."),
    ];
    let import = import(files);
    assert_eq!(import.tally.to_string(), "loaded 1, repaired 2, refused 1");
    let mut library = Library::default();
    library.add_all("s", import);
    assert_eq!(library.members().into_keys().collect::<Vec<_>>(), ["a", "b", "d"]);
}

#[test]
fn tools_only_narrow() {
    let all: BTreeSet<Capability> = Capability::ALL.into();
    let with = |tools: &str| file("a.md", &format!("---\nname: a\ndescription: x\n{tools}\n---\nYou.\n"));
    let effective = |definition: &Definition, role: Role| tools::effective(definition, &all, role).into_iter().collect::<Vec<_>>();
    let everything = with("tools: \"*\"");
    assert_eq!(everything.tools, Asked::All);
    assert_eq!(effective(&everything, Role::Owner), Capability::ALL);
    assert_eq!(effective(&everything, Role::Viewer), Capability::READ_ONLY);
    assert_eq!(tools::effective(&everything, &[Capability::Read].into(), Role::Owner), [Capability::Read].into());
    assert_eq!(effective(&with("color: red"), Role::Owner), Capability::READ_ONLY);
    assert_eq!(effective(&with("tools: Bash, Task(x), Grep"), Role::Owner), [Capability::Search]);
    assert_eq!(effective(&with("tools: []"), Role::Owner), []);
    assert_eq!(effective(&with("tools: \"*\"\ndisallowedTools: Write, Edit, Read"), Role::Owner), [Capability::Search, Capability::List]);
    for tools in [&everything, &with("tools: Read, Write")] {
        for role in Role::ALL {
            let policy: BTreeSet<Capability> = [Capability::Read, Capability::ProposeChange].into();
            let got = tools::effective(tools, &policy, role);
            assert!(got.is_subset(&policy) && got.is_subset(&Capability::of_role(role)) && got.is_subset(&tools.tools.capabilities()));
        }
    }
}

#[test]
fn pages_about_a_folder_are_no_agents_unless_they_say_so() {
    assert!(is_agent_file("team/go-architect.md", b""));
    assert!(!is_agent_file("team/go-architect.yaml", b""));
    assert!(!is_agent_file("team/README.md", b"# Agents"));
    assert!(is_agent_file("team/README.md", b"---\nname: reader\n---\n"));
}
