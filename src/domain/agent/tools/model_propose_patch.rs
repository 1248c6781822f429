//! Suggests a change of a diagram in small steps.

use serde_json::Value;

use crate::domain::{
    agent::{
        proposal::{ElementRef, MOST_STEPS, Place, Step, Suggestion, Thing},
        snapshot::{Item, Snapshot},
        tools::{
            Said, Tool, Workbench,
            adr_propose::suggest,
            input::{Fields, short},
            schema,
        },
    },
    model::{RelationKey, kind::Kind},
};

pub(super) const TOOL: Tool = Tool {
    name: "model_propose_patch",
    about: "Suggests a change of one diagram in 1 to 20 steps, tried on a copy at once. A person decides. Facts can only be planned, never \
            stated. Name what an earlier step adds as step:1, step:2 …",
    schema,
    answer,
};

#[derive(Clone, Copy)]
enum Op {
    AddElement,
    RemoveElement,
    Rename,
    AddRelation,
    RemoveRelation,
    Describe,
    SetTechnology,
    Plan,
    Move,
}

const OPS: [(&str, Op); 9] = [
    ("add-element", Op::AddElement),
    ("remove-element", Op::RemoveElement),
    ("rename", Op::Rename),
    ("add-relation", Op::AddRelation),
    ("remove-relation", Op::RemoveRelation),
    ("describe", Op::Describe),
    ("set-technology", Op::SetTechnology),
    ("plan-fact", Op::Plan),
    ("move", Op::Move),
];

const STEP: [&str; 10] = ["description", "fact", "kind", "name", "op", "place", "source", "subject", "target", "technology"];

fn schema() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
    let step = schema::object(&[
        ("description", schema::optional_text("For add-element, add-relation and describe: one sentence.")),
        ("fact", schema::optional_text("For plan-fact: its name, such as timeout; it becomes planned.")),
        ("kind", schema::optional_choice("For add-element: what it is.", &kinds)),
        ("name", schema::optional_text("For add-element and rename, at most 80 characters.")),
        ("op", schema::choice("What the step does; what it does not need is null.", &OPS.map(|(word, _)| word))),
        (
            "place",
            schema::optional_text("For add-element and move: the boundary (B1) or element (E2, step:1) around it; null for the top."),
        ),
        ("source", schema::optional_text("For add-relation: E17 or step:1.")),
        ("subject", schema::optional_text("What the step is about: E17, R4, B1 or step:1.")),
        ("target", schema::optional_text("For add-relation: E17 or step:1.")),
        ("technology", schema::optional_text("For add-element, add-relation and set-technology.")),
    ]);
    schema::object(&[
        ("base_rev", schema::text("The revision that the design was shown at.")),
        ("diagram", schema::text("The diagram's name, such as D1.")),
        ("finding", schema::optional_text("Your finding that it answers, such as N1; null for none.")),
        ("ops", schema::list("1 to 20 steps, in order.", &step)),
        ("reason", schema::text("Why, at most 300 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["base_rev", "diagram", "finding", "ops", "reason"])?;
    let id = fields.text("diagram", 12)?;
    let snapshot = bench.snapshot();
    let Some(Item::Diagram(at, diagram)) = snapshot.find(id) else {
        return Err(format!("model_propose_patch.diagram: `{}` is no diagram of this design; model_list has them", short(id)));
    };
    let revision = fields.text("base_rev", 40)?;
    if revision.trim() != snapshot.revision {
        return Err(format!("model_propose_patch.base_rev: the design is at revision {}, not `{}`", snapshot.revision, short(revision)));
    }
    let mut steps = Vec::new();
    for (place, value) in fields.list("ops", 1, MOST_STEPS)? {
        let fields = Fields::new(place.clone(), value, &STEP)?;
        steps.push(Reader { snapshot: &snapshot, at, place: &place, fields: &fields }.step()?);
    }
    let suggestion = Suggestion::Diagram { document: diagram.document, steps };
    suggest(bench, TOOL.name, &fields, (&diagram.path, &diagram.text), suggestion)
}

/// Reads one step and gives its short names their keys.
struct Reader<'a> {
    snapshot: &'a Snapshot,
    /// The diagram that is changed.
    at: usize,
    place: &'a str,
    fields: &'a Fields<'a>,
}

impl Reader<'_> {
    fn step(&self) -> Result<Step, String> {
        let text = |name: &str| self.fields.text(name, 300).map(str::to_owned);
        let maybe = |name: &str| self.fields.optional_text(name, 300).map(|text| text.map(str::to_owned));
        Ok(match self.fields.choice("op", &OPS)? {
            Op::AddElement => Step::AddElement {
                kind: self.fields.choice("kind", &Kind::ALL.map(|kind| (kind.slug(), kind)))?,
                name: text("name")?,
                place: self.home()?,
                technology: maybe("technology")?,
                description: maybe("description")?,
            },
            Op::RemoveElement => Step::RemoveElement { element: self.element("subject")? },
            Op::Rename => Step::Rename { thing: self.thing()?, name: text("name")? },
            Op::AddRelation => Step::AddRelation {
                source: self.element("source")?,
                target: self.element("target")?,
                description: maybe("description")?,
                technology: maybe("technology")?,
            },
            Op::RemoveRelation => Step::RemoveRelation { relation: self.relation()? },
            Op::Describe => Step::Describe { thing: self.thing()?, description: text("description")? },
            Op::SetTechnology => Step::SetTechnology { thing: self.thing()?, technology: text("technology")? },
            Op::Plan => Step::Plan { thing: self.thing()?, fact: text("fact")? },
            Op::Move => Step::Move { element: self.element("subject")?, place: self.home()? },
        })
    }

    /// `step:1` counts from 1.
    fn added(id: &str) -> Option<ElementRef> {
        let number: usize = id.trim().to_lowercase().strip_prefix("step:")?.trim().parse().ok()?;
        number.checked_sub(1).map(ElementRef::Added)
    }

    fn wrong(&self, field: &str, id: &str, expected: &str) -> String {
        format!("{}.{field}: `{}` is no {expected} of diagram D{}", self.place, short(id), self.at + 1)
    }

    fn element(&self, field: &str) -> Result<ElementRef, String> {
        let id = self.fields.text(field, 12)?;
        if let Some(added) = Self::added(id) {
            return Ok(added);
        }
        match self.snapshot.find(id) {
            Some(Item::Element(at, element)) if at == self.at => Ok(ElementRef::There(element.key.clone())),
            _ => Err(self.wrong(field, id, "element")),
        }
    }

    fn relation(&self) -> Result<RelationKey, String> {
        let id = self.fields.text("subject", 12)?;
        match self.snapshot.find(id) {
            Some(Item::Relation(at, relation)) if at == self.at => Ok(relation.key.clone()),
            _ => Err(self.wrong("subject", id, "relation")),
        }
    }

    fn thing(&self) -> Result<Thing, String> {
        let id = self.fields.text("subject", 12)?;
        match self.snapshot.find(id) {
            Some(Item::Relation(at, relation)) if at == self.at => Ok(Thing::Relation(relation.key.clone())),
            Some(Item::Boundary(at, group)) if at == self.at => Ok(Thing::Boundary(group.key.clone())),
            _ => self.element("subject").map(Thing::Element).map_err(|_| self.wrong("subject", id, "element, relation or boundary")),
        }
    }

    fn home(&self) -> Result<Place, String> {
        let Some(id) = self.fields.optional_text("place", 12)? else { return Ok(Place::Top) };
        match self.snapshot.find(id) {
            Some(Item::Boundary(at, group)) if at == self.at => Ok(Place::Boundary(group.key.clone())),
            _ => self.element("place").map(Place::Element).map_err(|_| self.wrong("place", id, "boundary or element")),
        }
    }
}
