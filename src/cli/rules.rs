//! `lintel rules`: the catalogue as a list.

use std::fmt::Write;

use clap::Args;

use crate::{
    cli::{Failure, say},
    domain::review::rules,
};

#[derive(Debug, Args)]
pub struct Rules {}

impl Rules {
    pub fn run(self) -> Result<(), Failure> {
        let mut out = String::new();
        for rule in rules::ALL {
            let _ = writeln!(
                out,
                "{:<9} {:<9} {:<14} {:<27} {}",
                rule.code,
                rule.severity.slug(),
                rule.category.name(),
                rule.slug,
                rule.summary()
            );
        }
        let _ = writeln!(out, "\n{} rules. `lintel explain CODE` says more about one.", rules::ALL.len());
        say(&out);
        Ok(())
    }
}
