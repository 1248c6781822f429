//! A rule's page: what it finds, why, and when it is wrong.

use serde_json::Value;

use crate::domain::{
    agent::tools::{
        Said, Tool, Workbench,
        input::{Fields, short},
        schema,
    },
    review::rules,
};

pub(super) const TOOL: Tool = Tool {
    name: "rule_explain",
    about: "What a rule (LNT-B001) finds exactly, why it matters, what to do and when it is wrong.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[("code", schema::text("A rule's code, such as LNT-B001."))])
}

fn answer(_: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["code"])?;
    let code = fields.text("code", 20)?;
    let Some(rule) = rules::by_code(code) else {
        let codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
        return Err(format!("rule_explain.code: there is no rule `{}`; there are {}", short(code), codes.join(", ")));
    };
    let page = rule.page();
    Ok(Said::text(format!(
        "{} {} ({}, {})\n{}\n\nWhat it finds\n{}\n\nWhy it matters\n{}\n\nWhat to do\n{}\n\nFalse positives\n{}",
        page.code,
        page.name,
        page.category.name(),
        page.severity.slug(),
        page.summary,
        page.detection,
        page.why,
        page.remedy,
        page.false_positives
    )))
}
