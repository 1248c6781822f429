//! Asks people what the design does not say.

use serde_json::Value;

use crate::domain::{
    agent::{
        mention::{find, for_people},
        snapshot::Item,
        tools::{
            Effect, Question, Said, Tool, Workbench,
            input::{Fields, short},
            schema,
        },
        untrusted::plain::{Form, problems},
    },
    model::facts::is_known,
    review::{finding::Anchor, secrets::redact},
};

pub(super) const TOOL: Tool = Tool {
    name: "ask_question",
    about: "Asks people what the design does not say and a finding depends on. At most 10 in a run; nobody answers during it.",
    schema,
    answer,
};

const MOST: usize = 10;

fn schema() -> Value {
    schema::object(&[
        (
            "about",
            schema::optional_text(
                "The element, relation, boundary, diagram or decision it is about, such as E17; null for the whole design.",
            ),
        ),
        ("fact", schema::optional_text("The fact that would answer it, such as timeout; null if none would.")),
        ("question", schema::text("One question, at most 300 characters.")),
        ("why", schema::text("What depends on the answer, at most 300 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["about", "fact", "question", "why"])?;
    let (text, why) = (fields.text("question", 300)?, fields.text("why", 300)?);
    let fact = fields.optional_text("fact", 40)?;
    if let Some(fact) = fact.filter(|fact| !is_known(fact)) {
        return Err(format!("ask_question.fact: `{}` is no fact; facts are such as timeout, replicas, owner, backup", short(fact)));
    }
    let snapshot = bench.snapshot();
    let about = match fields.optional_text("about", 12)? {
        None => None,
        Some(id) => match snapshot.find(id) {
            Some(item) => {
                anchor(&item, bench).ok_or_else(|| format!("ask_question.about: `{}` can't be asked about", short(id))).map(Some)?
            }
            None => return Err(format!("ask_question.about: `{}` is not in this design", short(id))),
        },
    };
    for (field, text) in [("question", text), ("why", why)] {
        if let Some(problem) = problems(text, Form::Line, &bench.setup.addresses).first() {
            return Err(format!("ask_question.{field}: {problem}"));
        }
        if let Some(mention) = find(text).iter().find(|mention| snapshot.find(&mention.name).is_none()) {
            return Err(format!("ask_question.{field}: `{}` is not in this design", mention.name));
        }
    }
    let said = redact(&for_people(&snapshot, text));
    if bench.questions.iter().any(|known| known.text == said && known.about == about) {
        return Err("ask_question: this is asked already".to_owned());
    }
    if bench.questions.len() >= MOST {
        return Err(format!("ask_question: {MOST} questions are the most; finish, or report what can be said without an answer"));
    }
    let name = format!("Q{}", bench.questions.len() + 1);
    let question =
        Question { name: name.clone(), text: said, why: redact(&for_people(&snapshot, why)), about, fact: fact.map(str::to_owned) };
    bench.questions.push(question.clone());
    Ok(Said { text: format!("{name} is noted."), effect: Some(Effect::Asked(Box::new(question))), failed: false })
}

fn anchor(item: &Item<'_>, bench: &Workbench) -> Option<Anchor> {
    let document = |at: usize| bench.setup.snapshot.diagrams.get(at).map(|diagram| diagram.document);
    match item {
        Item::Element(at, element) => Some(Anchor::Element { document: document(*at)?, element: element.key.clone() }),
        Item::Relation(at, relation) => Some(Anchor::Relation { document: document(*at)?, relation: relation.key.clone() }),
        Item::Boundary(at, group) => Some(Anchor::Group { document: document(*at)?, group: group.key.clone() }),
        Item::Diagram(_, diagram) => Some(Anchor::Document { document: diagram.document }),
        Item::Decision(_, decision) => Some(Anchor::Document { document: decision.document }),
        Item::View(..) | Item::Finding(_) => None,
    }
}
