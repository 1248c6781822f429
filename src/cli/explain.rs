//! `lintel explain`: one rule or pattern of the catalogue.

use clap::Args;

use crate::{
    cli::{Failure, say},
    domain::review::{patterns, rules},
};

#[derive(Debug, Args)]
pub struct Explain {
    /// A rule's code, `LNT-B001` or `B001`, or a pattern's id, `P-04`
    code: String,
}

impl Explain {
    pub fn run(self) -> Result<(), Failure> {
        if let Some((_, text)) = patterns::source(&self.code) {
            say(text.trim_end());
            return Ok(());
        }
        let Some(rule) = rules::by_code(&self.code) else {
            let problem = format!("There is no rule or pattern {}. `lintel rules` lists the rules; patterns are P-01 to P-49.", self.code);
            return Err(Failure::fault(problem));
        };
        let head = format!("{} {} ({}, {}, set {})", rule.code, rule.name(), rule.severity.slug(), rule.category.name(), rule.set.slug());
        let answers: Vec<String> = patterns::for_rule(rule.code).map(|pattern| format!("- {} {}", pattern.id, pattern.name)).collect();
        let answers = if answers.is_empty() { String::new() } else { format!("\n## Patterns that answer it\n{}", answers.join("\n")) };
        say(format!("{head}\n\n{}{answers}", rule.markdown().trim_start()).trim_end());
        Ok(())
    }
}
