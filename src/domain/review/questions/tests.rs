//! Cards of designs, and answers that are read back.

use proptest::prelude::*;
use uuid::Uuid;

use super::{
    answer::{Answer, Answered, answer, answers},
    format::Shape,
    *,
};
use crate::domain::{
    agent::change,
    model::{Model, facts::Facts},
    moment::Day,
    review::{
        Profile,
        engine::{Diagram as Text, Settings, review},
    },
    sample,
    syntax::{self, Language, Sources, apply},
};

const SETTINGS: Settings = Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 21 } };

fn parsed(path: &str, text: &str) -> syntax::Parsed {
    syntax::parse(syntax::language_of(path, text).unwrap(), path, text, &Sources::new())
}

/// The cards of one diagram.
fn cards_of(path: &str, text: &str) -> Vec<QuestionCard> {
    let parsed = parsed(path, text);
    let document = DocumentId::from_uuid(Uuid::nil());
    let design = Design { diagrams: vec![Text { document, path, text, parsed: &parsed }], decisions: Vec::new() };
    cards(&review(&design, &SETTINGS), &design)
}

const SHOP: &str = r#"workspace "Shop" {
    model {
        properties {
            stage live
        }
        user = person "Customer"
        shop = softwareSystem "Shop" {
            web = container "Web shop" "Shows goods" "Go"
            orders = container "Order service" "Takes orders" "Go" {
                properties {
                    tier 0
                }
            }
            db = container "Orders DB" "Keeps orders" "PostgreSQL 16"
            toy = container "Playground" "For trying out" "Go" {
                properties {
                    env development
                }
            }
            next = container "Next service" "To come" "Go" {
                properties {
                    lifecycle planned
                }
            }
        }
        user -> web "Shops" "HTTPS"
        web -> orders "Orders" "gRPC" // soon
        orders -> db "Writes" "SQL"
        web -> toy "Tries" "gRPC"
        web -> next "Asks" "gRPC"
    }
}
"#;

#[test]
fn each_element_has_one_card_and_what_most_depends_on_comes_first() {
    let cards = cards_of("workspace.dsl", SHOP);
    let names: Vec<(&str, u32)> = cards.iter().map(|card| (card.name.as_str(), card.dependents)).collect();
    assert_eq!(names, [("Shop", 7), ("Orders DB", 3), ("Order service", 2), ("Web shop", 1)], "development and plans are not asked");
    let orders = &cards[2];
    assert_eq!((orders.kind.as_deref(), orders.elsewhere.as_deref()), (Some("service"), None));
    let asked: Vec<(&str, Option<&str>)> =
        orders.questions.iter().map(|question| (question.fact.as_str(), question.relation.as_deref())).collect();
    assert!(asked.contains(&("replicas", None)) && asked.contains(&("timeout", Some("Order service → Orders DB"))), "{asked:?}");
    let replicas = orders.questions.iter().find(|question| question.fact == "replicas").unwrap();
    assert!(replicas.why.iter().any(|why| why.code == "LNT-M003") && replicas.why.iter().any(|why| why.code == "LNT-R001"));
    assert_eq!((replicas.words.as_str(), replicas.label.as_str()), ("How many of it run at once.", "replicas"));
    assert_eq!(replicas.value.as_ref().map(|format| format.shape), Some(Shape::Number));
    let alerts = orders.questions.iter().find(|question| question.fact == "alerts").unwrap();
    assert_eq!(
        (alerts.choices.as_slice(), alerts.value.as_ref()),
        (&[Choice::Yes, Choice::Planned, Choice::No, Choice::NotApplicable][..], None)
    );
    for card in &cards {
        let mut facts: Vec<_> = card.questions.iter().map(|question| (format!("{:?}", question.about), &question.fact)).collect();
        let count = facts.len();
        facts.sort();
        facts.dedup();
        assert_eq!(facts.len(), count, "{} is asked twice", card.name);
        assert!(card.questions.iter().all(|question| !question.why.is_empty() && question.words.ends_with('.')), "{card:?}");
    }
}

#[test]
fn sketches_are_not_asked() {
    assert!(cards_of("workspace.dsl", &SHOP.replace("stage live", "stage sketch")).is_empty());
    assert!(cards_of("workspace.dsl", &SHOP.replace("stage live", "profile sketch")).is_empty());
    assert!(cards_of("workspace.dsl", &SHOP.replace("tier 0", "tier 3")).iter().all(|card| card.name != "Order service"));
}

#[test]
fn the_whole_design_is_asked_too() {
    let text = SHOP.replace("lifecycle planned", "since 2026-05-01");
    let cards = cards_of("workspace.dsl", &text);
    let whole = cards.iter().find(|card| card.subject == Subject::Workspace).unwrap();
    assert_eq!((whole.name.as_str(), whole.kind.as_deref()), ("Shop", None));
    let baseline = whole.questions.iter().find(|question| question.fact == "baseline").unwrap();
    let said =
        Answered { about: baseline.about.clone(), fact: "baseline".to_owned(), answer: Answer::Value { value: "2026-01-01".to_owned() } };
    let edits = answer(Language::Structurizr, "workspace.dsl", &text, &Sources::new(), &said).unwrap();
    assert_eq!(apply(&text, &edits), text.replace("stage live\n", "stage live\n            baseline 2026-01-01\n"));
    let left = cards_of("workspace.dsl", &apply(&text, &edits));
    assert!(left.iter().flat_map(|card| &card.questions).all(|question| question.fact != "baseline"));
}

#[test]
fn what_another_file_writes_is_answered_there() {
    let (whole, part) = (
        "workspace {\nmodel {\nproperties {\nstage live\n}\ns = softwareSystem \"S\" {\n!include parts/a.dsl\n}\n}\n}\n",
        "a = container \"A\" \"Does things\" \"Go\"\n",
    );
    let sources: Sources = [("parts/a.dsl".to_owned(), part.to_owned())].into();
    let parsed = syntax::parse(Language::Structurizr, "workspace.dsl", whole, &sources);
    let document = DocumentId::from_uuid(Uuid::nil());
    let design = Design { diagrams: vec![Text { document, path: "workspace.dsl", text: whole, parsed: &parsed }], decisions: Vec::new() };
    let mut cards = cards(&review(&design, &SETTINGS), &design);
    cards.retain(|card| card.subject != Subject::Workspace);
    assert_eq!(cards.iter().map(|card| card.elsewhere.as_deref()).collect::<Vec<_>>(), [Some("parts/a.dsl")]);
    let said = Answered { about: cards[0].questions[0].about.clone(), fact: cards[0].questions[0].fact.clone(), answer: Answer::Planned };
    let refusal = answer(Language::Structurizr, "workspace.dsl", whole, &sources, &said).unwrap_err();
    assert!(refusal.to_string().contains("parts/a.dsl"), "{refusal}");
}

fn facts<'a>(model: &'a Model, about: &Subject) -> Option<&'a Facts> {
    match about {
        Subject::Element(key) => model.element(key).map(|element| &element.facts),
        Subject::Relation(key) => model.relations.get(key).map(|relation| &relation.facts),
        Subject::Group(_) => None,
        Subject::Workspace => Some(&model.facts),
    }
}

/// Gives an answer and proves that the text says it and nothing else, in as few lines as that takes.
fn check(path: &str, text: &str, said: &Answered) -> Result<String, String> {
    let language = syntax::language_of(path, text).unwrap();
    let edits = answer(language, path, text, &Sources::new(), said).map_err(|refusal| refusal.to_string())?;
    let after = apply(text, &edits);
    let (old, new) = (parsed(path, text), parsed(path, &after));
    let state = match &said.answer {
        Answer::Yes | Answer::Value { .. } => State::Yes,
        Answer::Planned => State::Planned,
        Answer::No => State::No,
        Answer::NotApplicable { .. } => State::NotApplicable,
    };
    let stated = facts(&new.model, &said.about).and_then(|facts| facts.get(&said.fact)).unwrap_or_else(|| panic!("{said:?} in\n{after}"));
    assert_eq!((stated.state(), stated.inherited_from.is_none()), (state, true), "{said:?} in\n{after}");
    match &said.answer {
        Answer::Value { value } => assert_eq!(stated.value, value.trim()),
        Answer::NotApplicable { reason } => {
            assert_eq!(stated.value, format!("n/a ({})", reason.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        _ => {}
    }
    // Nothing else in the model is another.
    let change = change::between(&old.model, &new.model);
    assert!([&change.elements_added, &change.elements_removed].into_iter().all(Vec::is_empty), "{change:?}");
    assert!([&change.relations_added, &change.relations_removed].into_iter().all(Vec::is_empty), "{change:?}");
    assert!(change.groups_added.is_empty() && change.groups_removed.is_empty(), "{change:?}");
    for (key, what) in change.elements_changed.iter().map(|altered| (Subject::Element(altered.key.clone()), &altered.what)) {
        // What is inherited follows where it is said of what is around.
        assert_eq!(what.as_slice(), std::slice::from_ref(&said.fact), "{key:?}: {change:?}");
    }
    for (key, what) in change.relations_changed.iter().map(|altered| (Subject::Relation(altered.key.clone()), &altered.what)) {
        // Whether a call waits may follow from a fact.
        assert!(key == said.about && what.iter().all(|what| *what == said.fact || what == "mode"), "{change:?}");
    }
    let told = |parsed: &syntax::Parsed| parsed.diagnostics.iter().map(|found| found.what.clone()).collect::<Vec<_>>();
    assert_eq!(told(&old), told(&new));
    // One line, or a block for it.
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, now) = (lines(text), lines(&after));
    let same = before.iter().zip(&now).take_while(|(left, right)| left == right).count();
    let tail = before
        .iter()
        .rev()
        .zip(now.iter().rev())
        .take(before.len().min(now.len()) - same)
        .take_while(|(left, right)| left == right)
        .count();
    assert!(
        before.len() - same - tail <= 1 && now.len() - same - tail <= 5,
        "{said:?} changes\n{:?}\n{:?}",
        &before[same..before.len() - tail],
        &now[same..now.len() - tail]
    );
    Ok(after)
}

/// Every question of a text, answered in every way.
fn answered_in_every_way(path: &str, text: &str) -> usize {
    let mut count = 0;
    for card in cards_of(path, text) {
        for question in card.questions {
            let values =
                question.value.iter().flat_map(|format| &format.examples).filter(|value| !["0", "no", "none"].contains(&value.as_str()));
            let values = values.map(|value| Answer::Value { value: value.clone() });
            let chosen = question.choices.iter().map(|choice| match choice {
                Choice::Yes => Answer::Yes,
                Choice::Planned => Answer::Planned,
                Choice::No => Answer::No,
                Choice::NotApplicable => Answer::NotApplicable { reason: "a provider does it (see \"SLA\")".to_owned() },
            });
            for answer in chosen.chain(values) {
                let said = Answered { about: question.about.clone(), fact: question.fact.clone(), answer };
                let after = check(path, text, &said).unwrap_or_else(|refusal| panic!("{said:?}: {refusal}"));
                let left = cards_of(path, &after);
                let again =
                    left.iter().flat_map(|card| &card.questions).any(|other| (&other.about, &other.fact) == (&said.about, &said.fact));
                assert!(!again, "{said:?} is asked again");
                count += 1;
            }
        }
    }
    count
}

#[test]
fn every_question_can_be_answered_in_every_way() {
    assert!(answered_in_every_way("workspace.dsl", SHOP) > 60);
    let chart = syntax::mermaid::print::print_model(&parsed("workspace.dsl", SHOP).model).text;
    assert!(answered_in_every_way("shop.mmd", &chart) > 60, "{chart}");
}

#[test]
fn the_sample_can_be_answered_from_the_first_card_to_the_last() {
    let (path, mut text) = ("workspace.dsl", sample::FILES.iter().find(|(path, _)| *path == "workspace.dsl").unwrap().1.to_owned());
    let first = cards_of(path, &text);
    assert!(first.len() > 5, "{}", first.len());
    for card in &first {
        let own = card.questions.iter().filter(|question| question.relation.is_none());
        assert!(own.clone().all(|question| question.about == card.subject), "the parts of {} are asked", card.name);
    }
    for card in &first {
        let said: Vec<Answered> = card
            .questions
            .iter()
            .map(|question| Answered {
                about: question.about.clone(),
                fact: question.fact.clone(),
                answer: Answer::NotApplicable { reason: "not known yet".to_owned() },
            })
            .collect();
        let edits = answers(Language::Structurizr, path, &text, &Sources::new(), &said)
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", card.name));
        let after = apply(&text, &edits);
        for one in &said {
            let model = parsed(path, &after).model;
            assert_eq!(facts(&model, &one.about).map(|facts| facts.state(&one.fact)), Some(State::NotApplicable), "{one:?}");
        }
        text = after;
    }
    let left = cards_of(path, &text);
    let known: Vec<_> = first.iter().flat_map(|card| &card.questions).map(|question| (&question.about, &question.fact)).collect();
    let again: Vec<_> =
        left.iter().flat_map(|card| &card.questions).filter(|question| known.contains(&(&question.about, &question.fact))).collect();
    assert!(again.is_empty(), "{again:#?}");
}

#[test]
fn answers_that_say_nothing_are_refused_with_what_to_do() {
    let about = Subject::Element("shop.orders".into());
    let said = |fact: &str, answer: Answer| {
        let said = Answered { about: about.clone(), fact: fact.to_owned(), answer };
        answer_of(&said).unwrap_err()
    };
    assert!(said("replicas", Answer::Value { value: "many".to_owned() }).contains("A number"));
    assert!(said("replicas", Answer::NotApplicable { reason: "  ".to_owned() }).contains("reason"));
    assert!(said("madeup", Answer::Yes).contains("no fact"));
    assert!(said("owner", Answer::Value { value: "team\\".to_owned() }).contains("backslash"));
    let gone = Answered { about: Subject::Element("nobody".into()), fact: "owner".to_owned(), answer: Answer::Planned };
    assert!(answer_of(&gone).unwrap_err().contains("no element"));
}

fn answer_of(said: &Answered) -> Result<String, String> {
    check("workspace.dsl", SHOP, said)
}

/// What may stand elsewhere in a text that is being written.
const BROKEN: [&str; 4] =
    ["        nonsense {\n        }\n", "        user -> nobody \"x\"\n", "        container \"Lost\"\n", "        = = =\n"];

fn answering() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Yes),
        Just(Answer::Planned),
        Just(Answer::No),
        "[ -~äöü“”→]{1,60}".prop_map(|reason| Answer::NotApplicable { reason }),
        "[ -~äöü]{1,40}".prop_map(|value| Answer::Value { value }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is answered and whatever is broken elsewhere: the text says exactly that, or the answer is refused.
    #[test]
    fn an_answer_is_said_exactly_or_not_at_all(
        answer in answering(),
        fact in prop::sample::select(vec!["owner", "timeout", "replicas", "deploy", "auth", "backup", "metrics"]),
        about in 0..4usize,
        broken in 0..5usize,
        flowchart in any::<bool>(),
        returns in any::<bool>(),
    ) {
        let model = parsed("workspace.dsl", SHOP).model;
        let (path, mut text) = if flowchart {
            ("shop.mmd", syntax::mermaid::print::print_model(&model).text)
        } else {
            ("workspace.dsl", SHOP.to_owned())
        };
        if let Some(lines) = BROKEN.get(broken) {
            text = if flowchart {
                format!("{text}    nobody --> {{{{\n")
            } else {
                text.replace("        user -> web", &format!("{lines}        user -> web"))
            };
        }
        if returns {
            text = text.replace('\n', "\r\n");
        }
        let model = parsed(path, &text).model;
        let about = match about {
            0 => Subject::Workspace,
            1 => Subject::Relation(model.relations.keys().nth(1).unwrap().clone()),
            _ => Subject::Element(model.elements.keys().nth(about).unwrap().clone()),
        };
        let said = Answered { about, fact: fact.to_owned(), answer };
        match check(path, &text, &said) {
            Ok(after) => prop_assert!(!returns || !after.replace("\r\n", "").contains('\n'), "line ends are mixed"),
            Err(refusal) => prop_assert!(refusal.len() > 10, "{refusal}"),
        }
    }
}
