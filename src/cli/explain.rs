//! `lintel explain`: one rule of the catalogue.

use clap::Args;

use crate::{
    cli::{Failure, say},
    domain::review::rules,
};

#[derive(Debug, Args)]
pub struct Explain {
    /// The rule's code: `LNT-B001`, or `B001`
    code: String,
}

impl Explain {
    pub fn run(self) -> Result<(), Failure> {
        let Some(rule) = rules::by_code(&self.code) else {
            return Err(Failure::fault(format!("There is no rule {}. `lintel rules` lists them.", self.code)));
        };
        let head = format!("{} {} ({}, {}, set {})", rule.code, rule.name(), rule.severity.slug(), rule.category.name(), rule.set.slug());
        say(&format!("{head}\n\n{}", rule.markdown().trim_start()));
        Ok(())
    }
}
