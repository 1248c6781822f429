//! `lintel import`: a folder or a zip archive into a project.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    cli::{
        DataFolder, Failure, complain,
        reach::{Call, Reach, problem, refused},
        say, wait,
    },
    domain::project::{Imported, Project},
    server::service::{
        self,
        access::Actor,
        archive::{self, BOUNDS},
    },
};

/// Folders and files that tools leave behind; links could lead anywhere.
const LITTER: [&str; 3] = [".git", "node_modules", ".DS_Store"];

#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    folder: DataFolder,
    /// Folder, zip archive or file to import
    #[arg(value_name = "DIR_OR_ZIP")]
    path: PathBuf,
    /// Address of the project, which is made when it is not there
    #[arg(long, value_name = "SLUG")]
    project: String,
}

impl Import {
    pub fn run(self) -> Result<(), Failure> {
        let (name, bytes) = read(&self.path)?;
        wait(async {
            let reach = Reach::open(&self.folder).await?;
            let (actor, there) = reach.actor(&self.project).await?;
            let outcome = match reach.server {
                None => here(&reach, &actor, &self.project, there, name, bytes).await,
                Some(server) => {
                    let work = |token: &str| over_there(server, token, &self.project, there, &name, &bytes);
                    reach.with_token(&actor.person, work).await
                }
            };
            reach.close().await?;
            let imported = outcome?;
            for warning in &imported.warnings {
                complain(warning);
            }
            if !there {
                say(&format!("Made the project {}, owned by {} <{}>.", self.project, actor.person.name, actor.person.email));
            }
            say(&format!("Imported {} documents and kept {} other files.", imported.documents.len(), imported.kept.len()));
            Ok(())
        })
    }
}

async fn here(reach: &Reach, actor: &Actor, slug: &str, there: bool, name: String, bytes: Vec<u8>) -> Result<Imported, Failure> {
    if !there {
        service::projects::create(&reach.app, actor, &title(slug), Some(slug), "").await.map_err(refused)?;
    }
    service::import::import(&reach.app, actor, slug, vec![(name, bytes)]).await.map_err(refused)
}

fn over_there(server: std::net::SocketAddr, token: &str, slug: &str, there: bool, name: &str, bytes: &[u8]) -> Result<Imported, Failure> {
    if !there {
        let body = serde_json::json!({"name": title(slug), "slug": slug}).to_string();
        let call = Call { method: "POST", path: "/api/v1/projects", media: "application/json", body: body.as_bytes() };
        let (status, answer) = call.send(server, token)?;
        let made: Option<Project> = serde_json::from_slice(&answer).ok();
        if made.is_none() {
            return Err(problem(status, &answer));
        }
    }
    let edge = format!("lintel-{}", blake3::hash(bytes).to_hex());
    let head = format!("--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body = [head.as_bytes(), bytes, format!("\r\n--{edge}--\r\n").as_bytes()].concat();
    let path = format!("/api/v1/projects/{slug}/import");
    let media = format!("multipart/form-data; boundary={edge}");
    let (status, answer) = Call { method: "POST", path: &path, media: &media, body: &body }.send(server, token)?;
    if status != 200 {
        return Err(problem(status, &answer));
    }
    serde_json::from_slice(&answer).map_err(|error| Failure::fault(format!("The server's answer can't be read: {error}.")))
}

/// `order-platform` becomes `Order platform`.
fn title(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or(words.clone())
}

/// The upload: the file as it is, a folder as an archive.
fn read(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !found.is_dir() {
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Ok((name, bytes));
    }
    let (mut files, mut size) = (BTreeMap::new(), 0);
    walk(path, path, &mut files, &mut size)?;
    let packed = archive::pack(&files).map_err(|error| Failure::input(error.to_string()))?;
    Ok(("folder.zip".to_owned(), packed))
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>, size: &mut u64) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(folder, &error))?);
        if kind.is_symlink() {
            complain(&format!("{} was skipped: it is a link, not a file.", path.display()));
            continue;
        }
        if entry.file_name().to_str().is_some_and(|name| LITTER.contains(&name)) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, files, size)?;
            continue;
        }
        *size += entry.metadata().map_or(0, |metadata| metadata.len());
        if files.len() >= BOUNDS.files || *size > BOUNDS.total {
            let (most, megabytes) = (BOUNDS.files, BOUNDS.total / 1_000_000);
            let problem = format!("{} holds more than {most} files or {megabytes} MB. Import a part of it.", root.display());
            return Err(Failure::input(problem));
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        files.insert(name, fs::read(&path).map_err(|error| unreadable(&path, &error))?);
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} can't be read: {error}.", path.display()))
}
