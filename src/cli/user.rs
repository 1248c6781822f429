//! `lintel user`: accounts, for operators and scripts.

use std::io::Read;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    cli::{DataFolder, Failure, say, wait},
    server::{error::ServiceError, service},
};

#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an account
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    folder: DataFolder,
    /// Address to sign in with
    #[arg(long)]
    email: String,
    /// Name that others see
    #[arg(long)]
    name: String,
    /// What the account may do on the server
    #[arg(long, value_enum, default_value = "member")]
    role: ServerRole,
    /// Read the password from the standard input; its first line counts
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// What an account may do on the server, beside its roles in projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ServerRole {
    Admin,
    Member,
}

impl User {
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Add(add) => add.run(),
        }
    }
}

impl Add {
    fn run(self) -> Result<(), Failure> {
        let mut input = String::new();
        // No password is longer; whoever pipes a file in by mistake is told so.
        std::io::stdin().take(4096).read_to_string(&mut input).map_err(Failure::fault)?;
        let password = input.lines().next().unwrap_or_default().to_owned();
        wait(async {
            let app = self.folder.open().await?;
            let added = service::people::add(&app, &self.name, &self.email, &password, self.role == ServerRole::Admin).await;
            let person = added.map_err(|error| match error {
                ServiceError::Invalid { field, problem } => Failure::fault(format!("--{field}: {problem}")),
                other => Failure::fault(other),
            })?;
            app.store.close().await.map_err(Failure::fault)?;
            say(&format!("{} <{}> can sign in.", person.name, person.email));
            Ok(())
        })
    }
}
