//! The catalogue as data for its pages: every rule's line, and one rule with its examples drawn.

use serde::{Deserialize, Serialize};

use crate::domain::{
    review::{
        finding::{Category, Severity},
        pattern::Pattern,
        patterns,
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

/// One line of the catalogue's second half.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternEntry {
    pub id: String,
    pub name: String,
    pub summary: String,
}

impl From<&Pattern> for PatternEntry {
    fn from(pattern: &Pattern) -> Self {
        Self { id: pattern.id.clone(), name: pattern.name.clone(), summary: pattern.summary.clone() }
    }
}

/// What the catalogue has, or what of it answers a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub rules: Vec<RuleEntry>,
    pub patterns: Vec<PatternEntry>,
}

/// One pattern's page with everything around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternView {
    pub pattern: Pattern,
    /// The rules whose findings it answers.
    pub rules: Vec<RuleEntry>,
    pub see_also: Vec<PatternEntry>,
    /// All patterns, for the navigation.
    pub patterns: Vec<PatternEntry>,
}

/// One rule's page with everything around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub page: Page,
    /// Patterns that answer its findings.
    pub patterns: Vec<PatternEntry>,
    /// Drawings of the page's examples in their order; empty where an example is not a diagram.
    pub drawings: Vec<String>,
    /// All rules, for the navigation.
    pub rules: Vec<RuleEntry>,
}

/// The rules and patterns in which every word of a search occurs, whatever the case: in a rule's code, name, category, documentation
/// or in a pattern's text. Without words, all of them.
pub fn search(query: &str) -> Found {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let has = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let rules = rules::ALL.iter().filter(|rule| {
        words.is_empty()
            || has(&[rule.code, &rule.name(), rule.slug, rule.category.name(), rule.documentation, &rule.topics.join(" ")].join("\n"))
    });
    let found = patterns::all().iter().filter(|pattern| {
        let Pattern { id, name, summary, problem, use_when, leave_when, how, trade_offs, in_go, .. } = pattern;
        words.is_empty() || has(&[id, name, summary, problem, use_when, leave_when, how, trade_offs, in_go].map(String::as_str).join("\n"))
    });
    Found { rules: rules.map(|rule| entry(rule)).collect(), patterns: found.map(PatternEntry::from).collect() }
}

/// One pattern's page; none for an unknown id.
pub fn pattern(id: &str) -> Option<PatternView> {
    let pattern = patterns::by_id(id)?;
    Some(PatternView {
        rules: pattern.rules.iter().filter_map(|code| rules::by_code(code)).map(entry).collect(),
        see_also: pattern.see_also.iter().filter_map(|id| patterns::by_id(id)).map(PatternEntry::from).collect(),
        patterns: patterns::all().iter().map(PatternEntry::from).collect(),
        pattern: pattern.clone(),
    })
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
    let patterns = patterns::for_rule(rule.code).map(PatternEntry::from).collect();
    Some(RuleView { page, patterns, drawings, rules: entries() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_rules_and_patterns_by_any_of_their_words() {
        let all = search("  ");
        assert_eq!((all.rules.len(), all.patterns.len()), (rules::ALL.len(), 49));
        let codes = |query: &str| search(query).rules.into_iter().map(|rule| rule.code).collect::<Vec<_>>();
        let named = codes("lnt-b001");
        assert!(named.contains(&"LNT-B001".to_owned()) && named.len() < 10, "{named:?}");
        assert!(codes("DATABASE shared").contains(&"LNT-B001".to_owned()));
        assert!(search("circuit breaker").patterns.iter().any(|pattern| pattern.id == "P-04"));
        assert_eq!(search("no such thing anywhere xyzzy"), Found { rules: Vec::new(), patterns: Vec::new() });
    }

    #[test]
    fn rules_and_patterns_lead_to_each_other() {
        let timeout = rule("LNT-R002").unwrap();
        assert!(timeout.patterns.iter().any(|pattern| pattern.id == "P-06"), "{:?}", timeout.patterns);
        let deadline = pattern("p-06").unwrap();
        assert!(deadline.rules.iter().any(|rule| rule.code == "LNT-R002") && !deadline.see_also.is_empty());
        assert_eq!(pattern("P-99"), None);
    }
}
