//! Ends an agent's review.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{
    agent::{
        mention::for_people,
        tools::{
            Conclusion, Coverage, Effect, Recommendation, Said, Tool, Workbench,
            input::{Fields, short},
            schema,
        },
        topics,
        untrusted::plain::{Form, problems},
    },
    review::secrets::redact,
};

pub(super) const TOOL: Tool = Tool {
    name: "finish",
    about: "Ends your review: your recommendation (shown beside the verdict, which is computed from findings), what you looked at, and a \
            summary. Nothing is taken afterwards.",
    schema,
    answer,
};

fn schema() -> Value {
    let entry = schema::object(&[
        ("outcome", schema::choice("Whether you looked.", &Coverage::ALL.map(Coverage::slug))),
        ("topic", schema::text("A topic such as reliability.retries, or an item of your checklist such as GA4.2.")),
    ]);
    schema::object(&[
        ("coverage", schema::list("Each topic of your checklist once, at most 100.", &entry)),
        ("recommendation", schema::choice("What you would do.", &Recommendation::ALL.map(Recommendation::slug))),
        ("summary", schema::text("What matters most, in at most 600 characters of plain text.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["coverage", "recommendation", "summary"])?;
    let recommendation = fields.choice("recommendation", &Recommendation::ALL.map(|known| (known.slug(), known)))?;
    let mut coverage = BTreeMap::new();
    for (place, entry) in fields.list("coverage", 0, 100)? {
        let entry = Fields::new(place.clone(), entry, &["outcome", "topic"])?;
        let name = entry.text("topic", 60)?.trim().to_owned();
        let item = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
        if topics::by_slug(&name).is_none() && !item {
            return Err(format!(
                "{place}.topic: `{}` is neither a topic such as reliability.retries nor an item such as GA4.2",
                short(&name)
            ));
        }
        coverage.insert(name, entry.choice("outcome", &Coverage::ALL.map(|known| (known.slug(), known)))?);
    }
    let summary = fields.text("summary", 600)?;
    let found = problems(summary, Form::Prose, &bench.setup.addresses);
    if let Some(problem) = found.first() {
        return Err(format!("finish.summary: {problem}"));
    }
    let summary = redact(&for_people(&bench.setup.snapshot, summary));
    let conclusion = Conclusion { recommendation, coverage, summary };
    bench.conclusion = Some(conclusion.clone());
    Ok(Said { text: "Done.".to_owned(), effect: Some(Effect::Finished(Box::new(conclusion))), failed: false })
}
