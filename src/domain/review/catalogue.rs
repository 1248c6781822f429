//! The catalogue as data for its pages: every rule's line, and one rule with its examples drawn.

use serde::{Deserialize, Serialize};

use crate::domain::{
    review::{
        finding::{Category, Severity},
        rule::{Example, ExampleLanguage, Page, Rule},
        rules,
    },
    scene::{
        self,
        svg::{SvgOptions, Theme, svg},
    },
    syntax::{self, Language, Sources},
};

/// One line of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleEntry {
    pub code: String,
    pub name: String,
    pub category: Category,
    pub severity: Severity,
    pub summary: String,
}

/// One rule's page with everything around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub page: Page,
    /// Drawings of the page's examples in their order; empty where an example is not a diagram.
    pub drawings: Vec<String>,
    /// All rules, for the navigation.
    pub rules: Vec<RuleEntry>,
}

/// All rules in catalogue order.
pub fn entries() -> Vec<RuleEntry> {
    rules::ALL.iter().map(|rule| entry(rule)).collect()
}

fn entry(rule: &Rule) -> RuleEntry {
    RuleEntry { code: rule.code.to_owned(), name: rule.name(), category: rule.category, severity: rule.severity, summary: rule.summary() }
}

/// One rule's page with its examples drawn; none for an unknown code.
pub fn rule(code: &str) -> Option<RuleView> {
    let rule = rules::by_code(code)?;
    let page = rule.page();
    let drawings = page.examples.iter().enumerate().map(|(index, example)| draw(rule, example, index)).collect();
    Some(RuleView { page, drawings, rules: entries() })
}

fn draw(rule: &Rule, example: &Example, index: usize) -> String {
    if example.language != ExampleLanguage::Dsl {
        return String::new();
    }
    let parsed = syntax::parse(Language::Structurizr, "workspace.dsl", &example.text, &Sources::new());
    let Some(view) = parsed.model.views.iter().find(|view| view.kind.is_static() && !view.elements.is_empty()) else {
        return String::new();
    };
    let what = if example.fails { "has the problem" } else { "does not have it" };
    let options = SvgOptions {
        theme: Theme::Page,
        title: format!("{}: a design that {what}", rule.name()),
        id_prefix: format!("example-{index}"),
        ..SvgOptions::default()
    };
    svg(&scene::compose(&parsed.model, view, None), &options)
}
