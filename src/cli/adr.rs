//! `lintel adr`: a decision log as a folder of files, worked on in place. What is written is what the app writes; folders of
//! adr-tools and log4brains are continued as those tools do it.
//!
//! To add a subcommand: a file in `cli/adr/` and two lines here.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Failure;

pub mod doctor;
pub mod folder;
pub mod index;
pub mod link;
pub mod list;
pub mod new;
pub mod renumber;
pub mod status;

#[derive(Debug, Args)]
#[command(after_help = "The folder is the one that .adr-dir or .log4brains.yml names, here or above, or else one of the usual places, \
                        such as docs/adr.\nA REF is a number, a file, or a part of a file's name.")]
pub struct Adr {
    /// Folder of the decisions
    #[arg(long, value_name = "DIR", global = true)]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin a decision under the next number, and link it
    New(new::New),
    /// List the decisions
    List(list::List),
    /// Put a draft, or a rejected decision once more, up for discussion
    Propose(status::Propose),
    /// Accept a decision; what it supersedes is superseded from now on
    Accept(status::Accept),
    /// Reject a decision that was proposed, or withdraw a draft
    Reject(status::Reject),
    /// Say that an accepted decision no longer holds, and why
    Deprecate(status::Deprecate),
    /// Put another decision in the place of one
    Supersede(link::Supersede),
    /// Link two decisions, at both ends
    Link(link::Link),
    /// Give a decision another number, with everything that leads to it
    Renumber(renumber::Renumber),
    /// Bring the list in an index file up to date
    Index(index::Index),
    /// Find what is wrong with the log
    Doctor(doctor::Doctor),
}

impl Adr {
    pub fn run(self) -> Result<(), Failure> {
        let place = folder::Place::find(self.dir.as_deref())?;
        match self.command {
            Command::New(new) => new.run(&place),
            Command::List(list) => list.run(&place),
            Command::Propose(propose) => propose.run(&place),
            Command::Accept(accept) => accept.run(&place),
            Command::Reject(reject) => reject.run(&place),
            Command::Deprecate(deprecate) => deprecate.run(&place),
            Command::Supersede(supersede) => supersede.run(&place),
            Command::Link(link) => link.run(&place),
            Command::Renumber(renumber) => renumber.run(&place),
            Command::Index(index) => index.run(&place),
            Command::Doctor(doctor) => doctor.run(&place),
        }
    }
}
