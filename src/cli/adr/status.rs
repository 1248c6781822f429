//! `lintel adr propose`, `accept`, `reject` and `deprecate`: one status to another, as the workflow has it.

use clap::Args;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place, tell, today},
    },
    domain::decision::{log::step, status::Status},
};

#[derive(Debug, Args)]
pub struct Propose {
    /// The decision
    #[arg(value_name = "REF")]
    record: String,
}

#[derive(Debug, Args)]
pub struct Accept {
    /// The decision
    #[arg(value_name = "REF")]
    record: String,
}

#[derive(Debug, Args)]
pub struct Reject {
    /// The decision
    #[arg(value_name = "REF")]
    record: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub struct Deprecate {
    /// The decision
    #[arg(value_name = "REF")]
    record: String,
    /// Why it no longer holds
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Propose {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        set(place, &self.record, Status::Proposed, None)
    }
}

impl Accept {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        set(place, &self.record, Status::Accepted, None)
    }
}

impl Reject {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        set(place, &self.record, Status::Rejected, self.reason.as_deref())
    }
}

impl Deprecate {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        set(place, &self.record, Status::Deprecated, self.reason.as_deref())
    }
}

fn set(place: &Place, wanted: &str, to: Status, reason: Option<&str>) -> Result<(), Failure> {
    let date = today()?;
    let opened = place.hold(Extent::Log, false)?;
    let at = opened.find(wanted)?;
    let change = step::set_status(&opened.log, at, to, reason, date, opened.habits().wording);
    let change = change.map_err(|refused| Failure::input(place.told(&refused.to_string())))?;
    opened.write(&change)?;
    tell(place, &change);
    Ok(())
}
