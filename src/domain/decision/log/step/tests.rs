//! Steps on small logs of each kind.

use proptest::prelude::*;

use super::*;
use crate::domain::decision::{
    log::{doctor::examine, habits::Tool, successors},
    parse,
    template::project::Roles,
};

const DAY: Day = Day { year: 2026, month: 11, day: 19 };

fn log(files: &[(&str, &str)]) -> Log {
    Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default())
}

fn nygard(number: u32, title: &str, status: &str) -> String {
    format!(
        "# {number}. {title}\n\nDate: 2020-01-01\n\n## Status\n\n{status}\n\n## Context\n\nc\n\n## Decision\n\nd\n\n## Consequences\n\ne\n"
    )
}

/// The log after a change.
fn after(log: &Log, change: &Change) -> Log {
    let kept = log.texts.iter().map(|text| {
        let edits = change.edits.get(&text.path).map(Vec::as_slice).unwrap_or_default();
        (text.path.clone(), apply(&text.text, edits))
    });
    Log::read(kept.chain(change.created.clone()), &Roles::default())
}

fn text<'a>(log: &'a Log, path: &str) -> &'a str {
    log.texts.iter().find(|text| text.path == path).map_or("", |text| text.text.as_str())
}

fn new(title: &str, template: Template, status: Status) -> New<'_> {
    New { title, form: Form::Known(template), status, date: DAY, makers: &[], supersedes: &[], links: &[], number: None }
}

#[test]
fn adr_tools_habits_are_kept() {
    let log = log(&[
        ("doc/adr/0001-first-record.md", &nygard(1, "First Record", "Accepted")),
        ("doc/adr/0002-second-record.md", &nygard(2, "Second Record", "Accepted\n\nAmends [1. First Record](0001-first-record.md)")),
    ]);
    let habits = Habits::of(&log, "doc/adr", Tool::AdrTools);
    let links = [
        (0, Relation::in_words("Clarifies", Some("Clarified by"), habits.wording)),
        (1, Relation::in_words("Needs", Some("Needed by"), habits.wording)),
    ];
    let record = New { supersedes: &[1], links: &links, ..new("Slash/Slash: Node.JS's", habits.template, habits.status) };
    let change = create(&log, &habits, &record).unwrap();
    let path = "doc/adr/0003-slash-slash-node-js-s.md";
    assert_eq!(change.created.keys().collect::<Vec<_>>(), [path]);
    let log = after(&log, &change);
    assert!(text(&log, path).starts_with(
        "# 3. Slash/Slash: Node.JS's\n\nDate: 2026-11-19\n\n## Status\n\nAccepted\n\nSupercedes [2. Second Record](0002-second-record.md)\n\nClarifies [1. First Record](0001-first-record.md)\n\nNeeds [2. Second Record](0002-second-record.md)\n\n## Context\n"
    ), "{}", text(&log, path));
    assert_eq!(
        text(&log, "doc/adr/0002-second-record.md"),
        nygard(
            2,
            "Second Record",
            &format!(
                "Amends [1. First Record](0001-first-record.md)\n\nSuperceded by [3. Slash/Slash: Node.JS's]({0})\n\nNeeded by [3. Slash/Slash: Node.JS's]({0})",
                "0003-slash-slash-node-js-s.md"
            )
        )
    );
    assert_eq!(
        text(&log, "doc/adr/0001-first-record.md"),
        nygard(1, "First Record", "Accepted\n\nClarified by [3. Slash/Slash: Node.JS's](0003-slash-slash-node-js-s.md)")
    );
    assert_eq!(change.warnings.len(), 1, "accepted at once: {:?}", change.warnings);
    assert_eq!(change.done, ["doc/adr/0002-second-record.md is superseded by doc/adr/0003-slash-slash-node-js-s.md."]);
}

#[test]
fn a_proposed_record_supersedes_when_it_is_accepted() {
    for (template, folder) in
        [(Template::Madr4, "docs/adr"), (Template::Nygard, "docs/adr"), (Template::Madr2, "docs/adr"), (Template::YStatement, "")]
    {
        let old = template::new_record(template, 1, "Old", DAY, &[]);
        let path = if folder.is_empty() { "0001-old.md".to_owned() } else { format!("{folder}/0001-old.md") };
        let log = log(&[(path.as_str(), &apply(&old, &edit::set_status(&old, Status::Accepted, DAY)))]);
        let habits = Habits { status: Status::Proposed, ..Habits::of(&log, folder, Tool::None) };
        let change = create(&log, &habits, &New { supersedes: &[0], ..new("New", template, habits.status) }).unwrap();
        assert!(change.edits.is_empty(), "{template:?}: {change:?}");
        let proposed = after(&log, &change);
        assert_eq!(graph::pending(&proposed.entries()), [(1, 0)]);
        assert_eq!(proposed.texts[0].record.known_status(), Some(Status::Accepted));

        let change = set_status(&proposed, 1, Status::Accepted, None, DAY, habits.wording).unwrap();
        let accepted = after(&proposed, &change);
        assert_eq!(accepted.texts[0].record.known_status(), Some(Status::Superseded), "{}", accepted.texts[0].text);
        assert_eq!(accepted.texts[1].record.known_status(), Some(Status::Accepted));
        assert_eq!(successors(&edges(&accepted.entries()), 0).into_iter().collect::<Vec<_>>(), [1]);
        assert!(graph::pending(&accepted.entries()).is_empty());
        assert!(graph::arrows(&accepted.entries(), &edges(&accepted.entries())).iter().any(|arrow| arrow.said && arrow.answered));
        assert!(change.warnings.iter().any(|warning| warning.contains("template text")), "{:?}", change.warnings);
        // The same, once more, changes nothing.
        assert!(supersede(&accepted, 0, 1, DAY, habits.wording).unwrap().edits.is_empty());
    }
}

#[test]
fn a_superseded_record_comes_back_when_its_successor_falls() {
    let log = log(&[
        ("adr/0001-a.md", &nygard(1, "A", "Superseded by [2. B](0002-b.md)")),
        ("adr/0002-b.md", &nygard(2, "B", "Accepted\n\nSupersedes [1. A](0001-a.md)")),
    ]);
    let back = |log: &Log| set_status(log, 0, Status::Accepted, None, DAY, Wording::Plain);
    assert!(back(&log).unwrap_err().to_string().starts_with("adr/0001-a.md: Its successor holds."));
    let fallen = after(&log, &set_status(&log, 1, Status::Deprecated, Some("Too slow."), DAY, Wording::Plain).unwrap());
    assert_eq!(text(&fallen, "adr/0002-b.md"), nygard(2, "B", "Deprecated\n\nReason: Too slow.\n\nSupersedes [1. A](0001-a.md)"));
    let change = back(&fallen).unwrap();
    let revived = after(&fallen, &change);
    assert_eq!(text(&revived, "adr/0001-a.md"), nygard(1, "A", "Accepted"));
    // Revived in its turn, it takes its place again, and the reason goes.
    let again = after(&revived, &set_status(&revived, 1, Status::Accepted, None, DAY, Wording::Plain).unwrap());
    assert_eq!(text(&again, "adr/0001-a.md"), text(&log, "adr/0001-a.md"));
    assert_eq!(text(&again, "adr/0002-b.md"), text(&log, "adr/0002-b.md"));
}

#[test]
fn several_successors_are_named_side_by_side() {
    let madr =
        |title: &str, status: &str| format!("---\nstatus: {status}\ndate: 2020-01-01\n---\n\n# {title}\n\n## Considered Options\n\n* a\n");
    let log = log(&[
        ("adr/0001-a.md", &madr("A", "accepted")),
        ("adr/0002-b.md", &madr("B", "accepted")),
        ("adr/0003-c.md", &madr("C", "accepted")),
    ]);
    let first = after(&log, &supersede(&log, 0, 1, DAY, Wording::Plain).unwrap());
    let both = after(&first, &supersede(&first, 0, 2, DAY, Wording::Plain).unwrap());
    assert!(
        text(&both, "adr/0001-a.md")
            .starts_with("---\nstatus: superseded by [ADR-0002](0002-b.md), [ADR-0003](0003-c.md)\ndate: 2026-11-19\n---\n")
    );
    assert_eq!(successors(&edges(&both.entries()), 0).into_iter().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(both.texts[0].record.known_status(), Some(Status::Superseded));
}

#[test]
fn what_the_workflow_forbids_is_refused_with_a_reason() {
    let log = log(&[
        ("adr/0001-a.md", &nygard(1, "A", "Proposed")),
        ("adr/0002-b.md", &nygard(2, "B", "Accepted\n\nSupersedes [3. C](0003-c.md)\n\nDepends on [4. D](0004-d.md)")),
        ("adr/0003-c.md", &nygard(3, "C", "Superseded by [2. B](0002-b.md)\n\nSupersedes [4. D](0004-d.md)")),
        ("adr/0004-d.md", &nygard(4, "D", "Superseded by [3. C](0003-c.md)")),
        ("adr/0005-e.md", &nygard(5, "E", "Rejected")),
        ("adr/0006-f.md", &nygard(6, "F", "Draft")),
    ]);
    let status =
        |at: usize, to: Status, reason: Option<&str>| set_status(&log, at, to, reason, DAY, Wording::Plain).unwrap_err().to_string();
    assert_eq!(
        status(1, Status::Deprecated, None),
        "adr/0002-b.md: Whoever relied on the decision wants to know why it no longer holds. Give a reason."
    );
    assert_eq!(status(5, Status::Accepted, None), "adr/0006-f.md: A draft has been put to nobody. Propose it, then accept it.");
    assert_eq!(status(0, Status::Proposed, None), "adr/0001-a.md: It is proposed already.");
    let place = |old: usize, newer: usize| supersede(&log, old, newer, DAY, Wording::Plain).unwrap_err().to_string();
    assert_eq!(place(0, 1), "adr/0001-a.md: It was never in force. Reject it to withdraw it.");
    assert_eq!(
        place(1, 4),
        "adr/0002-b.md: Only an accepted decision takes the place of another one, and its successor is rejected. Accept the successor; this one follows."
    );
    assert_eq!(place(1, 1), "adr/0002-b.md: A record can't be linked to itself. Name another one.");
    assert_eq!(
        place(1, 3),
        "adr/0004-d.md: It can't supersede adr/0002-b.md, because adr/0002-b.md supersedes adr/0003-c.md supersedes adr/0004-d.md already: none of them would be in force."
    );
    let depends = Relation::of(LinkKind::DependsOn, Wording::Plain);
    assert!(link(&log, 3, &depends, 1, DAY).unwrap_err().to_string().contains("depend on"));
    assert!(link(&log, 1, &Relation::of(LinkKind::SupersededBy, Wording::Plain), 4, DAY).is_err(), "told from the other end");
    let habits = Habits::of(&log, "adr", Tool::None);
    for forbidden in [Status::Rejected, Status::Deprecated, Status::Superseded] {
        assert!(create(&log, &habits, &new("X", Template::Nygard, forbidden)).is_err());
    }
    assert!(create(&log, &habits, &New { supersedes: &[4], ..new("X", Template::Nygard, Status::Accepted) }).is_err());
    // What is pending now can't be a record that never held.
    assert!(create(&log, &habits, &New { supersedes: &[5], ..new("X", Template::Nygard, Status::Proposed) }).is_err());
}

#[test]
fn links_are_written_at_both_ends_in_one_step() {
    let log = log(&[
        ("adr/0001-a.md", &nygard(1, "A", "Accepted")),
        ("adr/0002-b.md", "---\nstatus: accepted\n---\n# B\n\n## Considered Options\n\n* x\n"),
    ]);
    let change = link(&log, 1, &Relation::in_words("amends", None, Wording::Plain), 0, DAY).unwrap();
    assert_eq!(change.edits.keys().collect::<Vec<_>>(), ["adr/0001-a.md", "adr/0002-b.md"]);
    assert_eq!(change.done, ["adr/0002-b.md: amends adr/0001-a.md", "adr/0001-a.md: Amended by adr/0002-b.md"]);
    let linked = after(&log, &change);
    assert_eq!(text(&linked, "adr/0001-a.md"), nygard(1, "A", "Accepted\n\nAmended by [2. B](0002-b.md)"));
    assert!(text(&linked, "adr/0002-b.md").ends_with("## More Information\n\n* amends [ADR-0001: A](0001-a.md)\n"));
    let again = link(&linked, 1, &Relation::in_words("amends", None, Wording::Plain), 0, DAY).unwrap();
    assert!(again.edits.is_empty() && again.done[0].ends_with("already."));
}

#[test]
fn records_of_one_day_get_names_of_their_own() {
    let log = log(&[("adr/20261119-use-it.md", "# Use it\n\n- Status: accepted\n\n## Considered Options\n")]);
    let habits = Habits::of(&log, "adr", Tool::Log4brains);
    let change = create(&log, &habits, &new("Use it", habits.template, habits.status)).unwrap();
    let (path, text) = change.created.iter().next().unwrap();
    assert_eq!(path, "adr/20261119-use-it-2.md");
    assert!(text.starts_with("# Use it\n\n* Status: proposed\n* Date: 2026-11-19\n\n## Context"), "{text}");
    assert_eq!(parse(path, text).template, Template::Madr2);
}

#[test]
fn supersession_told_as_a_link_is_supersession() {
    let log = log(&[("adr/0001-a.md", &nygard(1, "A", "Accepted"))]);
    let habits = Habits::of(&log, "adr", Tool::None);
    let told = |words: &str| [(0, Relation::in_words(words, None, Wording::AdrTools))];
    let links = told("Supercedes");
    let change = create(&log, &habits, &New { links: &links, ..new("B", Template::Nygard, Status::Proposed) }).unwrap();
    assert!(change.edits.is_empty(), "it is proposed: {change:?}");
    let change = create(&log, &habits, &New { links: &links, supersedes: &[0], ..new("B", Template::Nygard, Status::Accepted) }).unwrap();
    let (path, text) = change.created.iter().next().unwrap();
    assert_eq!(text.matches("Supercedes").count(), 1, "{path}: {text}");
    assert_eq!(after(&log, &change).texts[0].record.known_status(), Some(Status::Superseded));
    let links = told("Superceded by");
    assert!(create(&log, &habits, &New { links: &links, ..new("B", Template::Nygard, Status::Accepted) }).is_err());
}

/// Something somebody does: what, to which, with which, how.
fn deeds() -> impl Strategy<Value = Vec<(u8, prop::sample::Index, prop::sample::Index, u8)>> {
    proptest::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..24)
}

/// Does it, if it may be done.
fn deed(log: &Log, (what, one, other, how): (u8, prop::sample::Index, prop::sample::Index, u8), wording: Wording) -> Option<Change> {
    const TEMPLATES: [Template; 4] = [Template::Nygard, Template::Madr4Minimal, Template::Madr2, Template::YStatement];
    const KINDS: [LinkKind; 4] = [LinkKind::Amends, LinkKind::RelatesTo, LinkKind::Supersedes, LinkKind::DependsOn];
    let count = log.texts.len();
    let (at, to) = (one.index(count), other.index(count));
    let way = usize::from(how);
    match what % 6 {
        0 | 1 => {
            let habits = Habits { wording, ..Habits::of(log, "adr", Tool::None) };
            let status = Status::ALL[way % 3];
            let title = format!("Record {how}");
            let supersedes = if what % 2 == 0 { vec![at] } else { Vec::new() };
            let record = New { supersedes: &supersedes, ..new(&title, TEMPLATES[way / 3 % 4], status) };
            create(log, &habits, &record).ok()
        }
        2 | 3 => set_status(log, at, Status::ALL[way % 6], Some("It is so."), DAY, wording).ok(),
        4 => supersede(log, at, to, DAY, wording).ok(),
        _ => link(log, at, &Relation::of(KINDS[way % 4], wording), to, DAY).ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_people_do_the_log_stays_sound(deeds in deeds(), adr_tools in any::<bool>()) {
        let wording = if adr_tools { Wording::AdrTools } else { Wording::Plain };
        let mut log = log(&[("adr/0001-a.md", &nygard(1, "A", "Accepted"))]);
        for one in deeds {
            let Some(change) = deed(&log, one, wording) else { continue };
            let before = log.clone();
            log = after(&log, &change);
            for text in &before.texts {
                let now = log.texts.iter().find(|other| other.path == text.path).unwrap();
                // Drafts may be edited; what was decided stays as it was.
                prop_assert_eq!(crate::domain::decision::workflow::lock::check(&text.path, &text.text, &now.text), []);
            }
            let faults = examine(&log, &|_| false).into_iter().filter(|fault| fault.is_fault() && fault.diagnostic.code != "superseded-reference");
            let faults: Vec<String> = faults.map(|fault| format!("{} {}", fault.identity(), fault.diagnostic.what)).collect();
            prop_assert!(faults.is_empty(), "{:?}\n{:?}\n{:#?}", one, faults, log.texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>());
        }
        let numbers: Vec<_> = log.texts.iter().map(|text| text.record.number).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
