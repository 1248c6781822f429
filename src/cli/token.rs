//! `lintel token`: API tokens, for operators and scripts. The token goes to the standard output alone, once.

use clap::{Args, Subcommand};

use crate::{
    cli::{DataFolder, Failure, say, wait},
    server::service,
};

#[derive(Debug, Args)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an API token and print it once
    Create(Create),
}

#[derive(Debug, Args)]
struct Create {
    #[command(flatten)]
    folder: DataFolder,
    /// Address of the account it acts for
    #[arg(long)]
    email: String,
    /// What will use it
    #[arg(long)]
    name: String,
}

impl Token {
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Create(create) => create.run(),
        }
    }
}

impl Create {
    fn run(self) -> Result<(), Failure> {
        wait(async {
            let app = self.folder.open().await?;
            let person = service::people::by_email(&app, &self.email).await.map_err(Failure::fault)?;
            let token = service::people::create_token_for(&app, person.id, &self.name).await.map_err(Failure::fault)?;
            app.store.close().await.map_err(Failure::fault)?;
            say(&token);
            Ok(())
        })
    }
}
