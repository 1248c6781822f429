//! `lintel adr supersede` and `link`: how two decisions relate, written at both ends.

use clap::Args;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place, tell, today},
    },
    domain::decision::{edit::link::Relation, log::step},
};

#[derive(Debug, Args)]
pub struct Supersede {
    /// The decision that is superseded
    #[arg(value_name = "OLD")]
    old: String,
    /// The decision that takes its place
    #[arg(long, value_name = "NEW")]
    by: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: lintel adr link 12 Amends 10 \"Amended by\"")]
pub struct Link {
    /// The decision that says the link
    #[arg(value_name = "FROM")]
    from: String,
    /// Its words, such as Amends, "Depends on" or Clarifies
    #[arg(value_name = "WORDS")]
    words: String,
    /// The decision it leads to
    #[arg(value_name = "TO")]
    to: String,
    /// What that one says in return; known words have theirs
    #[arg(value_name = "REVERSE")]
    reverse: Option<String>,
}

impl Supersede {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let date = today()?;
        let opened = place.hold(Extent::Log, false)?;
        let (old, newer) = (opened.find(&self.old)?, opened.find(&self.by)?);
        let change = step::supersede(&opened.log, old, newer, date, opened.habits().wording);
        let change = change.map_err(|refused| Failure::input(place.told(&refused.to_string())))?;
        opened.write(&change)?;
        tell(place, &change);
        Ok(())
    }
}

impl Link {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let date = today()?;
        if self.words.trim().is_empty() {
            return Err(Failure::fault("The link has no words. Say how the decisions relate, such as Amends."));
        }
        let opened = place.hold(Extent::Log, false)?;
        let (from, to) = (opened.find(&self.from)?, opened.find(&self.to)?);
        let relation = Relation::in_words(&self.words, self.reverse.as_deref(), opened.habits().wording);
        let change = step::link(&opened.log, from, &relation, to, date);
        let change = change.map_err(|refused| Failure::input(place.told(&refused.to_string())))?;
        opened.write(&change)?;
        tell(place, &change);
        Ok(())
    }
}
