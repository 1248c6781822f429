//! Edits change what they name and no other byte.

use proptest::prelude::*;

use super::{
    link::{BothEnds, Relation, Wording, both_ends},
    *,
};
use crate::domain::decision::{LinkKind, log};

const DATE: Day = Day { year: 2026, month: 11, day: 19 };

fn set(text: &str, status: Status) -> String {
    apply(text, &set_status(text, status, DATE))
}

#[test]
fn a_status_changes_in_its_place_and_style() {
    for (before, after) in [
        ("---\nstatus: proposed # now\ndate: 2020-01-01\n---\n# T\n", "---\nstatus: accepted # now\ndate: 2026-11-19\n---\n# T\n"),
        ("---\nstatus: \"Proposed\"\n---\n# T\n", "---\nstatus: \"Accepted\"\n---\n# T\n"),
        ("---\nstatus: 'proposed'\ndate: '2020-01-01T10:00'\n---\n", "---\nstatus: 'accepted'\ndate: '2026-11-19T10:00'\n---\n"),
        ("---\nstatus:\ndate: \n---\n", "---\nstatus: accepted\ndate: 2026-11-19\n---\n"),
        ("---\nstatus: # todo\n---\n", "---\nstatus: accepted # todo\n---\n"),
        ("---\r\nstatus: >\r\n  on\r\n  hold\r\nx: y\r\n---\r\n", "---\r\nstatus: accepted\r\nx: y\r\n---\r\n"),
        ("---\nstatus: \"{proposed | accepted}\"\ndate: {YYYY-MM-DD}\n---\n", "---\nstatus: \"accepted\"\ndate: 2026-11-19\n---\n"),
        ("---\nstatus: \"proposed\nx: y\n---\n", "---\nstatus: accepted\nx: y\n---\n"),
        ("---\ntitle: x\ndate: 2020-01-01\n---\n", "---\ntitle: x\nstatus: accepted\ndate: 2026-11-19\n---\n"),
        ("---\ntitle: x\n---\n", "---\ntitle: x\nstatus: accepted\n---\n"),
        ("# T\n\n- Status: proposed\n- Date: 2020-01-01\n", "# T\n\n- Status: accepted\n- Date: 2026-11-19\n"),
        ("# T\n\n* Status: <!-- optional -->\n", "# T\n\n* Status: accepted <!-- optional -->\n"),
        ("# T\n\n**Status:** Proposed  \n**Date:** x\n", "# T\n\n**Status:** Accepted  \n**Date:** 2026-11-19\n"),
        ("# T\n\n**Status: PROPOSED**\n", "# T\n\n**Status: ACCEPTED**\n"),
        ("# T\n\n## Status\n\nProposed\n\nAmends [x](x.md)\n", "# T\n\n## Status\n\nAccepted\n\nAmends [x](x.md)\n"),
        ("# T\n\n## Status\n\n_proposed_, 2020-01-01.\n", "# T\n\n## Status\n\n_accepted_, 2026-11-19.\n"),
        ("# T\n\nStatus\n------\n\nSuperceded by [5. X](0005-x.md)\n", "# T\n\nStatus\n------\n\nAccepted\n"),
        ("# T\n\n## Status\n\n## Context\n", "# T\n\n## Status\n\nAccepted\n\n## Context\n"),
        ("# T\n\n## Status", "# T\n\n## Status\n\nAccepted\n"),
        (
            "# 1. T\n\nDate: 2020-01-01\n\n## Context\n\nc\n\n## Decision\n\nd\n",
            "# 1. T\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nc\n\n## Decision\n\nd\n",
        ),
        (
            "# T\r\n\r\n- Date: 2020-01-01\r\n\r\n## Decision Outcome\r\n\r\n### Positive Consequences\r\n",
            "# T\r\n\r\n- Status: accepted\r\n- Date: 2026-11-19\r\n\r\n## Decision Outcome\r\n\r\n### Positive Consequences\r\n",
        ),
        ("\u{feff}# T\r\n\r\nx", "\u{feff}---\r\nstatus: accepted\r\n---\r\n\r\n# T\r\n\r\nx"),
        ("\u{feff}\u{feff}# T\n", "\u{feff}---\nstatus: accepted\n---\n\n\u{feff}# T\n"),
        ("", "---\nstatus: accepted\n---\n\n"),
        ("# T\n\n- Status: Adopted\n", "# T\n\n- Status: Adopted\n"),
    ] {
        let changed = set(before, Status::Accepted);
        assert_eq!(changed, after, "{before}");
        assert_eq!(parse("", &changed).known_status(), Some(Status::Accepted));
    }
}

fn linked(from: Source<'_>, kind: LinkKind, to: Source<'_>) -> (String, String) {
    let ends = both_ends(from, &Relation::of(kind, Wording::Plain), to, DATE);
    (apply(from.text, &ends.from), apply(to.text, &ends.to))
}

#[test]
fn supersession_is_written_at_both_ends() {
    let body = "## Context and Problem Statement\n\nx\n\n## Decision Outcome\n\nx\n";
    let madr = format!("---\nstatus: accepted\ndate: 2020-01-01\n---\n\n# Old: one\n\n{body}");
    let list = format!("# New\n\n- Status: accepted\n\n{body}\n## Links\n\n- <https://a.b>\n");
    let (new, old) = linked(
        Source { path: "docs/adr/0005-new.md", text: &list },
        LinkKind::Supersedes,
        Source { path: "docs/adr/0001-old.md", text: &madr },
    );
    assert_eq!(old, madr.replace("accepted", "superseded by [ADR-0005](0005-new.md)").replace("2020-01-01", "2026-11-19"));
    assert_eq!(new, format!("{list}- Supersedes [ADR-0001: Old: one](0001-old.md)\n"));

    let nygard = "# 1. Old\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nc\n\n## Decision\n\nd\n";
    let other = nygard.replace("1. Old", "2. New");
    let (new, old) =
        linked(Source { path: "adr/0002-new.md", text: &other }, LinkKind::Supersedes, Source { path: "adr/0001-old.md", text: nygard });
    assert_eq!(old, nygard.replace("Accepted", "Superseded by [2. New](0002-new.md)"));
    assert_eq!(new, other.replace("Accepted", "Accepted\n\nSupersedes [1. Old](0001-old.md)"));
    // Writing it again changes nothing; a second successor is added.
    let relation = Relation::of(LinkKind::Supersedes, Wording::Plain);
    let again = both_ends(Source { path: "adr/0002-new.md", text: &new }, &relation, Source { path: "adr/0001-old.md", text: &old }, DATE);
    assert_eq!(again, BothEnds::default());
    let (_, twice) = linked(
        Source { path: "adr/0003-third.md", text: "# 3. Third\n" },
        LinkKind::Supersedes,
        Source { path: "adr/0001-old.md", text: &old },
    );
    assert_eq!(twice, nygard.replace("Accepted", "Superseded by [2. New](0002-new.md)\n\nSuperseded by [3. Third](0003-third.md)"));
    // And when the successors fall, none is left.
    assert_eq!(parse("", &set(&twice, Status::Accepted)).known_status(), Some(Status::Accepted));
    assert!(!set(&twice, Status::Accepted).contains("Superseded"));
}

#[test]
fn links_find_their_place() {
    let to = Source { path: "x/0002 b (c).md", text: "# [B] c\n" };
    for (before, after) in [
        ("# A", "# A\n\n## More Information\n\n* Depends on [ADR-0002: \\[B\\] c](../x/0002%20b%20%28c%29.md)\n"),
        ("# A\n\n- x\n\n\n", "# A\n\n- x\n\n## More Information\n\n- Depends on [ADR-0002: \\[B\\] c](../x/0002%20b%20%28c%29.md)\n\n\n"),
        (
            "# A\n\n## More Information\n\nProse.\n\n## Appendix\n\nx\n",
            "# A\n\n## More Information\n\nProse.\n\n* Depends on [ADR-0002: \\[B\\] c](../x/0002%20b%20%28c%29.md)\n\n## Appendix\n\nx\n",
        ),
        (
            "# A\r\n\r\n## Links\r\n\r\n* x\r\n",
            "# A\r\n\r\n## Links\r\n\r\n* x\r\n* Depends on [ADR-0002: \\[B\\] c](../x/0002%20b%20%28c%29.md)\r\n",
        ),
    ] {
        let from = Source { path: "adr/0001-a.md", text: before };
        let (changed, other) = linked(from, LinkKind::DependsOn, to);
        assert_eq!(changed, after);
        assert_eq!(other, to.text);
        let (a, b) = (parse(from.path, &changed), parse(to.path, to.text));
        let entries = [log::Entry { path: from.path, record: &a }, log::Entry { path: to.path, record: &b }];
        assert_eq!(log::edges(&entries).iter().map(|edge| (edge.kind, edge.to)).collect::<Vec<_>>(), [(LinkKind::DependsOn, 1)]);
    }
}

#[test]
fn titles_in_front_matter_are_quoted_in_need() {
    let old = "---\nstatus: accepted\n---\n# A\n";
    let (_, changed) =
        linked(Source { path: "adr/b.md", text: "# B: the \"end\" # now\n" }, LinkKind::Supersedes, Source { path: "adr/a.md", text: old });
    let record = parse("adr/a.md", &changed);
    assert_eq!(record.known_status(), Some(Status::Superseded), "{changed}");
    assert!(record.diagnostics.is_empty(), "{changed}");
    assert_eq!(record.links.first().map(|link| link.target.as_str()), Some("b.md"));
}

/// Pieces that make records of every kind, well-formed and not.
fn record() -> impl Strategy<Value = String> {
    let front = prop_oneof![
        Just(String::new()),
        "(status|date|x|'status'): ?[\"']?(accepted|Proposed|superseded by ADR-1|\\{a \\| b\\}|2020-01-01|\\[a, b\\]|)[\"']?( # c)?"
            .prop_map(|line| format!("---\n{line}\n---\n")),
        "(status|x):( >|)\n  ?(accepted|- b)".prop_map(|line| format!("---\n{line}\n---\n")),
        "([a-z:\"'\\[\\]{}#>| -]{0,10}\n){0,3}".prop_map(|lines| format!("---\n{lines}---\n")),
    ];
    let lines = "((# T|Title\n=====|## Status|### Status|## Context|## Decision|## Considered Options|### Positive Consequences|- Status: (draft|)|[*] \\*\\*Status\\*\\*: x|Status: y|\\*\\*Status: z\\*\\*|- Date: 2020-01-01|Date: x|Accepted|Superseded by \\[a\\]\\(b.md\\)|2020-01-01 proposed|2027-01-01 accepted|> q|```|<!-- c -->|- item|  deep|\\| a \\||)\n\n?){0,10}";
    (any::<bool>(), any::<bool>(), front, lines).prop_map(|(mark, crlf, front, lines)| {
        let text = format!("{}{front}{lines}", if mark { "\u{feff}" } else { "" });
        if crlf { text.replace('\n', "\r\n") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_record_takes_any_status_and_keeps_the_rest(text in record(), which in 0..6_usize) {
        let status = Status::ALL[which];
        let edits = set_status(&text, status, DATE);
        let changed = apply(&text, &edits);
        prop_assert_eq!(parse("", &changed).known_status(), Some(status), "{:?} became {:?}", text, changed);
        // Every byte outside the edits is where it was, in order.
        let mut ordered = edits.clone();
        ordered.sort_by_key(|edit| edit.span);
        let (mut old, mut new) = (0, 0);
        for edit in &ordered {
            let kept = edit.span.start as usize - old;
            prop_assert_eq!(&text[old..old + kept], &changed[new..new + kept]);
            old = edit.span.end as usize;
            new += kept + edit.replacement.len();
        }
        prop_assert_eq!(&text[old..], &changed[new..]);
        prop_assert!(set_status(&changed, status, DATE).is_empty());
    }

    #[test]
    fn any_two_records_link(from in record(), to in record(), kind in 0..3_usize) {
        let kind = [LinkKind::Supersedes, LinkKind::Amends, LinkKind::RelatesTo][kind];
        let (from, to) = (Source { path: "adr/0002-b.md", text: &from }, Source { path: "adr/0001-a.md", text: &to });
        let (new, old) = linked(from, kind, to);
        let (a, b) = (parse(from.path, &new), parse(to.path, &old));
        let entries = [log::Entry { path: from.path, record: &a }, log::Entry { path: to.path, record: &b }];
        let edges = log::edges(&entries);
        // An unclosed fence or comment at the end swallows whatever is written behind it.
        let open = |text: &str| text.contains("```") || text.contains("<!--");
        if !open(&new) {
            prop_assert!(edges.iter().any(|edge| edge.from == 0 && edge.kind == kind), "{:?}", new);
        }
        if !open(&old) {
            prop_assert!(edges.iter().any(|edge| edge.from == 1 && Some(edge.kind) == kind.reverse()), "{:?}", old);
        }
    }
}
