//! The command line: one binary, one subcommand per file.
//!
//! Exit codes: 0 fine, 1 the gate failed, 2 inconclusive or bad input, 3 wrong usage or a fault. A subcommand reads its
//! arguments, asks the domain or a service, and prints through [`say`]. To add one: a file in `cli/` and two lines here.

use std::{
    ffi::OsString,
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand, error::ErrorKind};

use crate::server::{
    boot::{AppState, Config, Settings},
    http::assets::Assets,
    store::Store,
};

pub mod adr;
pub mod agents;
pub mod check;
pub mod explain;
pub mod export;
pub mod import;
pub mod reach;
pub mod render;
pub mod review;
pub mod rules;
pub mod serve;
pub mod token;
pub mod user;

/// Draft system diagrams and decisions together, have them reviewed, and export the reviews.
#[derive(Debug, Parser)]
#[command(
    name = "lintel",
    version,
    max_term_width = 110,
    after_help = "Exit codes: 0 fine, 1 the gate failed, 2 inconclusive or bad input, 3 wrong usage or a fault."
)]
struct Lintel {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the app; what `lintel` alone does
    Serve(Box<serve::Serve>),
    /// Run the rules over diagrams and decision folders; needs no server
    Check(check::Check),
    /// Review diagrams and decisions with rules and agents
    Review(review::Review),
    /// Draw a diagram, or convert it to another format
    Render(render::Render),
    /// Work on a folder of decision records in place
    Adr(Box<adr::Adr>),
    /// List the rules
    Rules(rules::Rules),
    /// Say more about one rule
    Explain(explain::Explain),
    /// Read agent files
    Agents(agents::Agents),
    /// Bring a folder or a zip archive into a project
    Import(import::Import),
    /// Write a project as a zip archive
    Export(export::Export),
    /// Manage accounts
    User(user::User),
    /// Manage API tokens
    Token(token::Token),
}

/// Why a subcommand ended with something else than 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: u8,
    /// One or more sentences for the standard error stream; empty when everything was said already.
    pub message: String,
}

impl Failure {
    /// What was looked for is there; it is said already.
    pub fn gate() -> Self {
        Self { code: 1, message: String::new() }
    }

    /// The input can't be used.
    pub fn input(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// The arguments do not go together.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into() }
    }

    /// Wrong usage, or a fault of the program or the machine.
    pub fn fault(message: impl ToString) -> Self {
        Self { code: 3, message: message.to_string() }
    }
}

/// Where the database is, for subcommands that work on it. They do while a server runs on it, too.
#[derive(Clone, Debug, Args)]
pub struct DataFolder {
    /// Folder of the database
    #[arg(long, value_name = "DIR", env = "LINTEL_DATA", default_value = "lintel-data")]
    pub data: PathBuf,
}

impl DataFolder {
    /// The program's parts over this folder, for services.
    pub async fn open(&self) -> Result<AppState, Failure> {
        let settings = Settings { data: Some(self.data.clone()), ..Settings::default() };
        let config = Config::read(settings, true).map_err(Failure::fault)?;
        let store = Store::open(&config.data).await.map_err(Failure::fault)?;
        Ok(AppState::new(config, store, Assets::default()))
    }
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    ExitCode::from(run_with(std::env::args_os()))
}

/// Runs the program with the given arguments, the program's name first, and gives its exit code.
pub fn run_with(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> u8 {
    let lintel = match Lintel::try_parse_from(arguments) {
        Ok(lintel) => lintel,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let _ = error.print();
            return if asked { 0 } else { 3 };
        }
    };
    let outcome = match lintel.command {
        None => serve::Serve::from_environment().and_then(serve::Serve::run),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Check(check)) => check.run(),
        Some(Command::Review(review)) => review.run(),
        Some(Command::Render(render)) => render.run(),
        Some(Command::Adr(adr)) => adr.run(),
        Some(Command::Rules(rules)) => rules.run(),
        Some(Command::Explain(explain)) => explain.run(),
        Some(Command::Agents(agents)) => agents.run(),
        Some(Command::Import(import)) => import.run(),
        Some(Command::Export(export)) => export.run(),
        Some(Command::User(user)) => user.run(),
        Some(Command::Token(token)) => token.run(),
    };
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            complain(&failure.message);
            failure.code
        }
    }
}

/// Runs what a subcommand has to wait for, on this thread.
pub fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::fault)?.block_on(work)
}

/// Prints to the standard output. The one place that does; a reader who has gone away is not an error.
pub fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") });
    let _ = out.flush();
}

/// Prints bytes to the standard output as they are.
pub fn pour(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes);
    let _ = out.flush();
}

/// Prints lines to the standard error stream as they are.
pub fn remark(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// Prints to the standard error stream.
pub fn complain(text: &str) {
    if !text.is_empty() {
        let _ = writeln!(std::io::stderr().lock(), "lintel: {}", text.trim_end());
    }
}

/// Whether the standard output is a terminal, so that colours and progress make sense.
pub fn on_terminal() -> bool {
    std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_well_formed() {
        use clap::CommandFactory;
        Lintel::command().debug_assert();
    }

    #[test]
    fn wrong_usage_ends_with_three_and_help_with_zero() {
        assert_eq!(run_with(["lintel", "frobnicate"]), 3);
        assert_eq!(run_with(["lintel", "user", "add"]), 3);
        assert_eq!(run_with(["lintel", "--help"]), 0);
        assert_eq!(run_with(["lintel", "--version"]), 0);
    }
}
