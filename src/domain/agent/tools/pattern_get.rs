//! The catalogue: patterns by id, and patterns and rules by words.

use serde_json::Value;

use crate::domain::{
    agent::tools::{Said, Tool, Workbench, input::Fields, page::hits, schema},
    review::rules,
};

pub(super) const TOOL: Tool = Tool {
    name: "pattern_get",
    about: "Reads a pattern (P-04) of the catalogue, or finds patterns and rules by words. There is no other source: nothing is fetched.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[("id", schema::text("A pattern's id such as P-04, or words to find.")), schema::page()])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["id", "page"])?;
    let wanted = fields.text("id", 100)?.trim().to_lowercase();
    let patterns = &bench.setup.patterns;
    if let Some((id, text)) = patterns.iter().find(|(id, _)| id.to_lowercase() == wanted) {
        return Ok(Said::text(format!("{id}\n{text}")));
    }
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let fits = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<Vec<String>> = patterns
        .iter()
        .filter(|(id, text)| fits(&format!("{id} {text}")))
        .map(|(id, text)| vec![format!("{id} {}", text.lines().next().unwrap_or_default())])
        .collect();
    for rule in rules::ALL {
        if fits(&format!("{} {} {}", rule.code, rule.slug, rule.markdown())) {
            found.push(vec![format!("{} {}: {}", rule.code, rule.name(), rule.summary())]);
        }
    }
    Ok(Said::text(hits(&found, fields.page()?)?))
}
