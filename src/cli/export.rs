//! `lintel export`: a project as a zip archive.

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    cli::{
        DataFolder, Failure,
        reach::{Call, Reach, problem, refused},
        say, wait,
    },
    server::service,
};

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    folder: DataFolder,
    /// Address of the project
    #[arg(value_name = "SLUG")]
    project: String,
    /// Archive to write
    #[arg(short, long, value_name = "FILE.zip")]
    output: PathBuf,
}

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        wait(async {
            let reach = Reach::open(&self.folder).await?;
            let outcome = self.archive(&reach).await;
            reach.close().await?;
            let archive = outcome?;
            fs::write(&self.output, &archive)
                .map_err(|error| Failure::fault(format!("{} can't be written: {error}.", self.output.display())))?;
            say(&format!("Wrote {} ({} bytes).", self.output.display(), archive.len()));
            Ok(())
        })
    }

    async fn archive(&self, reach: &Reach) -> Result<Vec<u8>, Failure> {
        let (actor, there) = reach.actor(&self.project).await?;
        if !there {
            return Err(Failure::input(format!("There is no project {}.", self.project)));
        }
        let Some(server) = reach.server else {
            return service::export::export(&reach.app, &actor, &self.project).await.map_err(refused);
        };
        let path = format!("/api/v1/projects/{}/export", self.project);
        let call = |token: &str| Call { method: "GET", path: &path, media: "application/json", body: &[] }.send(server, token);
        let (status, body) = reach.with_token(&actor.person, call).await?;
        if status == 200 { Ok(body) } else { Err(problem(status, &body)) }
    }
}
