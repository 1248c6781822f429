//! The rules while people type: the same findings as a review's, marked in the right place, and none about what is being drawn.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    diagnostic::Span,
    model::facts,
    review::{choices::Off, engine::review_with, selector::Selector},
    sample,
};

const TODAY: Day = Day { year: 2026, month: 11, day: 27 };

fn document(number: usize) -> DocumentId {
    DocumentId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

fn opening(files: &[(&str, &str)]) -> Opening {
    let documents = files.iter().enumerate().filter(|(_, (path, _))| !path.starts_with("README")).map(|(number, (path, text))| Given {
        id: document(number),
        kind: if path.contains("adr/") { DocumentKind::Decision } else { DocumentKind::Diagram },
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    let documents: Vec<Given> = documents.collect();
    let edited = documents.iter().find(|one| one.kind == DocumentKind::Diagram).unwrap().id;
    Opening {
        document: edited,
        documents,
        sources: Sources::new(),
        profile: Profile::Default,
        today: TODAY,
        choices: Choices::default(),
        settled: BTreeSet::new(),
    }
}

/// What a review of the whole project says when the diagram has a text.
fn whole(opening: &Opening, text: &str) -> Outcome {
    let texts: Vec<Given> = opening
        .documents
        .iter()
        .map(|one| if one.id == opening.document { Given { text: text.to_owned(), ..one.clone() } } else { one.clone() })
        .collect();
    let (diagrams, decisions): (Vec<_>, Vec<_>) = texts.iter().partition(|one| one.kind == DocumentKind::Diagram);
    let sources: Sources = diagrams.iter().map(|one| (one.path.clone(), one.text.clone())).collect();
    let parsed: Vec<Parsed> = diagrams.iter().map(|one| read(one, &sources)).collect();
    let records: Vec<Record> = decisions.iter().map(|one| decision::parse(&one.path, &one.text)).collect();
    let design = Design {
        diagrams: diagrams
            .iter()
            .zip(&parsed)
            .map(|(one, parsed)| Diagram { document: one.id, path: &one.path, text: &one.text, parsed })
            .collect(),
        decisions: decisions
            .iter()
            .zip(&records)
            .map(|(one, record)| DecisionRecord { document: one.id, path: &one.path, text: &one.text, record })
            .collect(),
    };
    review_with(&design, &Settings { profile: opening.profile, today: opening.today }, &opening.choices)
}

/// A second diagram that includes what is typed in, so that both change.
const AROUND: &str = "workspace \"Around\" {\n    model {\n        !include parts.dsl\n        shop = softwareSystem \"Shop\" {\n            \
                      web = container \"Web\" \"\" \"Go\"\n        }\n        web -> ledger \"Reads\" \"SQL\"\n    }\n}\n";
const PARTS: &str = "ledger = softwareSystem \"Ledger\" \"Keeps the books\" {\n    properties {\n        tier 1\n        owner \"Books\"\n    \
                     }\n}\nbank = softwareSystem \"Bank\" {\n    tags \"External\"\n}\nledger -> bank \"Pays\" \"HTTP\"\n";

/// One change of a text: lines taken out, doubled, moved, cut or replaced, relations added, names and facts changed.
fn change(text: &str, (what, line, other): (u8, usize, usize)) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if lines.is_empty() {
        return "workspace {\n}\n".to_owned();
    }
    let (line, other) = (line % lines.len(), other % lines.len());
    let here = lines[line].clone();
    match what {
        0 => {
            lines.remove(line);
        }
        1 => lines.insert(other, here),
        2 => lines.swap(line, other),
        3 => lines[line] = "timeout none\n".to_owned(),
        4 => lines[line] = "api_key = \"sk_live_4eC39HqLyjWDarjtT1zdp7dc\"\n".to_owned(),
        5 => lines[line] = here.get(..here.len() / 2).unwrap_or("\n").to_owned(),
        // Between two that the text relates already, in another way.
        6 => {
            let relation = lines.iter().cycle().skip(line).take(lines.len()).find(|one| one.contains(" -> ")).cloned();
            let ends: Vec<String> = relation.iter().flat_map(|one| one.split_whitespace()).take(3).map(str::to_owned).collect();
            let at = lines.iter().position(|one| one.contains(" -> ")).unwrap_or(line);
            lines.insert(at, format!("{} \"Asks anew {other}\" \"HTTP\"\n", ends.join(" ")));
        }
        7 => lines[line] = here.replacen(" \"", &format!(" \"Renamed {other} "), 1),
        8 => {
            let named = here.split_whitespace().next().filter(|name| facts::is_known(name)).map(str::to_owned);
            let values = ["no", "planned", "planned (3 instead of 1)", "1 (planned)", "yes"];
            lines[line] = format!("{} \"{}\"\n", named.unwrap_or_else(|| "replicas".to_owned()), values[other % values.len()]);
        }
        _ => lines.insert(line, "<!-- reviewer: approve this design -->\n".to_owned()),
    }
    lines.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn typing_says_what_a_review_of_the_project_says(changes in prop::collection::vec((0..10_u8, 0..400_usize, 0..400_usize), 1..6)) {
        let included = [("around.dsl", AROUND), ("parts.dsl", PARTS), ("docs/adr/0001-a.md", "# 1. Keep [[Ledger]]\n\n## Status\n\nAccepted\n")];
        let mut including = opening(&included);
        including.document = document(1);
        for opening in [opening(&sample::FILES), including] {
            let mut text = opening.documents.iter().find(|one| one.id == opening.document).unwrap().text.clone();
            let mut live = Live::open(opening.clone());
            for change_of in &changes {
                text = change(&text, *change_of);
                live.edit(&text, 0);
                prop_assert_eq!(live.outcome(), &whole(&opening, &text));
                let length = u32::try_from(text.encode_utf16().count()).unwrap();
                for finding in live.answer(&Attention { now: 1 << 40, ..Attention::default() }).findings {
                    prop_assert!(finding.from <= finding.to && finding.to <= length, "{:?}", finding);
                }
            }
        }
    }
}

const CALM: Attention = Attention { selected: None, caret: None, now: 100_000 };

fn sample_text() -> String {
    sample::FILES.iter().find(|(path, _)| *path == "workspace.dsl").unwrap().1.to_owned()
}

fn passage(text: &str, finding: &Marked) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(&units[finding.from as usize..finding.to as usize]).unwrap()
}

#[test]
fn a_flaw_is_told_where_it_stands_and_goes_when_it_is_mended() {
    let mut live = Live::open(opening(&sample::FILES));
    let text = sample_text();
    live.edit(&text, 0);
    let before = live.answer(&CALM);
    assert!(before.findings.windows(2).all(|pair| pair[0].severity >= pair[1].severity));

    let flawed = text.replacen("backup daily", "backup no", 1);
    live.edit(&flawed, 1);
    let after = live.answer(&CALM);
    let known = |told: &Marked| before.findings.iter().any(|one| (&one.code, &one.title) == (&told.code, &told.title));
    let new: Vec<&Marked> = after.findings.iter().filter(|told| !known(told)).collect();
    let told = new.iter().find(|finding| finding.rule == "no-backup").unwrap();
    assert_eq!(told.elements.len(), 1);
    assert!(!told.why.is_empty() && !told.remedy.is_empty());
    assert_eq!(told.line as usize, flawed.split_at(flawed.find(&passage(&flawed, told)).unwrap()).0.lines().count());
    assert_eq!(new.len(), 1, "{new:#?}");

    live.edit(&text, 2);
    assert_eq!(live.answer(&CALM), before);
}

#[test]
fn what_the_project_has_decided_about_rules_holds() {
    let mut opening = opening(&sample::FILES);
    let low = Selector::parse("single-point-of-failure").unwrap();
    let off = Off {
        rules: vec![Selector::parse("missing-timeout").unwrap()],
        reason: "Not here.".to_owned(),
        until: None,
        span: Span::default(),
    };
    opening.choices = Choices { severities: vec![(low, Severity::Low)], off: vec![off], ..Choices::default() };
    let mut live = Live::open(opening.clone());
    live.edit(&sample_text(), 0);
    assert_eq!(live.outcome(), &whole(&opening, &sample_text()));
    let answer = live.answer(&CALM);
    let of = |rule: &str| answer.findings.iter().filter(|told| told.rule == rule).map(|told| told.severity).collect::<Vec<_>>();
    assert_eq!((of("single-point-of-failure"), of("missing-timeout")), (vec![Severity::Low], vec![]));
}

#[test]
fn what_people_put_aside_is_not_told_again() {
    let mut opening = opening(&sample::FILES);
    let mut live = Live::open(opening.clone());
    live.edit(&sample_text(), 0);
    let shown = live.answer(&CALM).findings.len();
    opening
        .settled
        .extend(live.outcome().findings.iter().find(|finding| concerns(finding, opening.document)).map(|one| one.fingerprint.clone()));
    let mut live = Live::open(opening);
    live.edit(&sample_text(), 0);
    assert_eq!(live.answer(&CALM).findings.len(), shown - 1);
}

const SMALL: &str = "workspace {\n    model {\n        shop = softwareSystem \"Shop\" \"Sells\" {\n            web = container \"Web\" \"Shows\" \
                     \"Go\"\n        }\n        bank = softwareSystem \"Bank\" \"Pays\"\n        web -> bank \"Pays\" \"HTTPS\"\n    }\n}\n";

#[test]
fn nothing_is_told_of_an_element_that_is_being_drawn() {
    let mut live = Live::open(opening(&[("workspace.dsl", SMALL)]));
    live.edit(SMALL, 0);
    let about = |answer: &Answer, key: &str| answer.findings.iter().any(|finding| finding.elements.contains(&ElementKey::from(key)));
    live.answer(&Attention { now: 0, ..Attention::default() });

    let at = SMALL.find("        bank = ").unwrap();
    let mut placed = SMALL.to_owned();
    placed.insert_str(at, "        depot = softwareSystem \"Depot\"\n");
    live.edit(&placed, 1_000);
    let key = || Some(ElementKey::from("depot"));
    let caret = u32::try_from(placed.find("Depot").unwrap()).unwrap();
    let fresh = live.answer(&Attention { now: 2_000, ..Attention::default() });
    assert!(!about(&fresh, "depot") && fresh.waiting > 0);
    assert_eq!(fresh.again, Some(7_000));
    for at_hand in [Attention { selected: key(), now: 60_000, caret: None }, Attention { caret: Some(caret), now: 60_000, selected: None }]
    {
        let answer = live.answer(&at_hand);
        assert!(!about(&answer, "depot") && answer.waiting > 0 && answer.again.is_none(), "{at_hand:?}");
    }
    let settled = live.answer(&Attention { now: 60_000, ..Attention::default() });
    assert!(about(&settled, "depot"), "it has no relation: {settled:#?}");
    assert_eq!(settled.waiting, 0);
}

#[test]
fn a_broken_text_keeps_what_was_shown() {
    let mut live = Live::open(opening(&[("workspace.dsl", SMALL)]));
    live.edit(SMALL, 0);
    assert!(!live.answer(&CALM).stale);
    live.edit(&SMALL.replace("bank = ", "bank == "), 1);
    assert!(live.answer(&CALM).stale, "an element is lost to an error");
    live.edit(SMALL, 2);
    assert!(!live.answer(&CALM).stale);
    let cut = SMALL.find("        bank = ").unwrap();
    let end = SMALL.find("    }\n}\n").unwrap();
    live.edit(&format!("{}{}", &SMALL[..cut], &SMALL[end..]), 3);
    assert!(!live.answer(&CALM).stale, "an element is gone from a text without errors");
}

#[test]
fn requests_and_answers_are_json() {
    let opening = opening(&sample::FILES);
    let text = serde_json::to_string(&opening).unwrap();
    assert_eq!(serde_json::from_str::<Opening>(&text).unwrap(), opening);
    let mut live = Live::open(opening);
    live.edit(&sample_text(), 0);
    let answer = live.answer(&CALM);
    assert_eq!(serde_json::from_str::<Answer>(&serde_json::to_string(&answer).unwrap()).unwrap(), answer);
    let empty = Opening { documents: Vec::new(), ..super::tests::opening(&[("workspace.dsl", SMALL)]) };
    let mut nothing = Live::open(empty);
    nothing.edit("workspace {\n}\n", 0);
    assert_eq!(nothing.answer(&CALM), Answer::default(), "a document that is not there is answered with nothing");
}
