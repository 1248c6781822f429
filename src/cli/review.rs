//! `lintel review`: the rules and agents over diagrams and decision folders, without a server that runs.
//!
//! The same review as in the app, on a database in memory: the texts are brought into a project, the agents are asked with the
//! provider from the environment, and the review is printed. An agent that was asked for and did not finish makes it
//! inconclusive, which is exit code 2.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};

use crate::{
    cli::{
        Failure,
        check::{
            ProfileName, Threshold,
            agreed::{self, Agreed},
            gather::{Ground, Kind},
            print,
        },
        complain, say,
    },
    domain::{
        account::Person,
        agent::definition,
        id::{AgentFileId, DocumentId},
        review::{
            Review as Reviewed, ReviewStatus, Verdict,
            agents::dollars,
            gate::{self, Gate},
            settings::NAME,
        },
    },
    server::{
        boot::{AppState, Config, Settings},
        http::assets::Assets,
        llm::providers::{
            Providers,
            settings::{HELP, ModelSettings},
        },
        service::{
            self,
            access::Actor,
            jobs::{LAST_EVENT, News},
            reviews::{Order, scope::Part},
        },
        store::{
            Store,
            agents::{AgentFileChange, NewAgentFile},
        },
    },
};

/// The address of the project that the texts are brought into.
const PROJECT: &str = "review";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Review {
    /// Diagrams, decision records, or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Ask this agent: a name of the library or an agent's file; may be repeated
    #[arg(long = "agent", value_name = "NAME_OR_FILE")]
    agents: Vec<String>,
    /// How to say what was found
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
    /// Exit with 1 when a rule finds something of this severity or above; instead of the gate of lintel.yaml [default: high]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
    /// How strict to be [default: what lintel.yaml or the diagrams say]
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
    /// Write what the agents' runs leave behind into this folder
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

impl Review {
    pub fn run(self) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::fault)?;
        runtime.block_on(self.review())
    }

    async fn review(self) -> Result<(), Failure> {
        let app = program().await?;
        let actor = somebody(&app).await?;
        service::projects::create(&app, &actor, "Review", Some(PROJECT), "").await.map_err(Failure::fault)?;
        let agreed = agreed::find(None, self.paths.first().map(PathBuf::as_path))?;
        let documents = self.bring(&app, &actor, agreed.as_ref()).await?;
        let settings = agreed.map(|agreed| agreed.settings).unwrap_or_default();
        let agents = self.cast(&app, &actor).await?;
        // Whoever asks an agent by name wants its answer.
        let project = service::projects::get(&app, &actor, PROJECT).await.map_err(Failure::fault)?;
        let needed = agents.iter().map(|agent| (agent.clone(), true)).collect();
        let now = app.clock.now();
        app.store.set_project_agents(project.id, &needed, true, actor.person.id, now).await.map_err(Failure::fault)?;
        let profile = self.profile.map(ProfileName::profile).or(settings.profile).unwrap_or_default();
        let order = Order { part: Part::Documents(&documents), profile, agents: Some(&agents) };
        let begun = service::reviews::begin(&app, &actor, PROJECT, order).await.map_err(|error| Failure::input(error.to_string()))?;
        follow(&app, begun.id).await;
        let (review, _, findings) = service::reviews::get(&app, &actor, PROJECT, begun.number).await.map_err(Failure::fault)?;
        let (runs, suggestions) = service::reviews::agents_of(&app, review.id).await.map_err(Failure::fault)?;
        match self.format {
            Format::Text => {
                let paths = review.documents.iter().map(|text| (text.document, text.path.clone())).collect();
                say(&print::findings(findings.iter().map(|known| &known.finding), &paths, print::Style::of_output()));
                say(&verdict(&review));
            }
            Format::Markdown => {
                say(&service::reviews::markdown(&app, &actor, PROJECT, begun.number).await.map_err(Failure::fault)?);
            }
            Format::Json => {
                let whole = serde_json::json!({"review": review, "findings": findings, "runs": runs, "suggestions": suggestions});
                say(&serde_json::to_string_pretty(&whole).map_err(Failure::fault)?);
            }
        }
        for run in &runs {
            let cost = run.cost.filter(|cost| *cost > 0).map_or_else(String::new, |cost| format!(", {}", dollars(cost)));
            let why = if run.reason.is_empty() { String::new() } else { format!(": {}", run.reason) };
            complain(&format!("{}: {}, {} turns{cost}{why}", run.agent, run.status.name().to_lowercase(), run.turns));
            if let Some(folder) = &self.records {
                let text = service::reviews::records(&app, &actor, PROJECT, run.id).await.map_err(Failure::fault)?;
                std::fs::create_dir_all(folder).map_err(Failure::fault)?;
                std::fs::write(folder.join(format!("run-{}.jsonl", run.id)), text).map_err(Failure::fault)?;
            }
        }
        if review.status != ReviewStatus::Finished {
            return Err(Failure::fault("the review did not finish"));
        }
        let policy = self.fail_on.map_or_else(|| settings.gate.clone(), |least| least.instead_of(&settings.gate));
        let gate = review.gate.clone().unwrap_or_default();
        let states: Vec<_> = findings.iter().map(|known| (&known.finding, known.state, known.change)).collect();
        let verdict = review.verdict.unwrap_or(Verdict::Inconclusive);
        let incomplete = gate::incomplete(&review.completeness, verdict, &review.verdict_reason);
        let result = Gate { policy, ..gate }.judged(&states, incomplete).result;
        for reason in result.inconclusive.iter().chain(&result.broken).chain(&result.warnings) {
            complain(reason);
        }
        match result.outcome.exit_code() {
            0 => Ok(()),
            code => Err(Failure { code, message: String::new() }),
        }
    }

    /// Brings the texts into the project, and what was agreed on for them.
    async fn bring(&self, app: &AppState, actor: &Actor, agreed: Option<&Agreed>) -> Result<Vec<DocumentId>, Failure> {
        let ground = agreed.map_or_else(Ground::here, |agreed| Ground::here().wanting(&agreed.folder, &agreed.settings));
        let gathered = ground.gather(&self.paths, None)?;
        for warning in &gathered.warnings {
            complain(warning);
        }
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for (path, (kind, text)) in gathered.texts {
            let folder = if kind == Kind::Decision && !path.contains('/') { "docs/adr/" } else { "" };
            let path = path.trim_start_matches("./").trim_start_matches("../").trim_start_matches('/').to_owned();
            files.push((format!("{folder}{path}"), text.into_bytes()));
        }
        files.extend(gathered.sources.into_iter().filter(|(path, _)| !path.starts_with('/')).map(|(path, text)| (path, text.into_bytes())));
        files.extend(agreed.map(|agreed| (NAME.to_owned(), agreed.text.clone().into_bytes())));
        files.sort();
        files.dedup_by(|one, other| one.0 == other.0);
        let imported = service::import::import(app, actor, PROJECT, files).await.map_err(|error| Failure::input(error.to_string()))?;
        for warning in &imported.warnings {
            complain(warning);
        }
        Ok(imported.documents.iter().map(|document| document.id).collect())
    }

    /// The agents by name; files are brought into the library first.
    async fn cast(&self, app: &AppState, actor: &Actor) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        for wanted in &self.agents {
            let path = PathBuf::from(wanted);
            if !path.is_file() {
                names.push(wanted.clone());
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|error| Failure::input(format!("{wanted}: {error}")))?;
            let load = definition::load(wanted, &bytes);
            for remark in &load.remarks {
                complain(&remark.to_string());
            }
            let Some(agent) = load.outcome.definition() else {
                return Err(Failure::input(format!("{wanted} can't be used as an agent")));
            };
            let file = NewAgentFile {
                id: AgentFileId::from_uuid(app.ids.uuid()),
                source: "file",
                path: wanted,
                hash: &agent.hash,
                bytes: &bytes,
                trusted: true,
            };
            let change =
                AgentFileChange { files: &[file], retire: &[], handles: &BTreeMap::new(), user: actor.person.id, at: app.clock.now() };
            app.store.change_agent_files(&change).await.map_err(Failure::fault)?;
            // A built-in agent of the same name is another one.
            let built_in = matches!(
                crate::domain::agent::library::Library::built_in().find(&agent.name),
                crate::domain::agent::library::Found::One(_)
            );
            names.push(if built_in { format!("file:{}", agent.name) } else { agent.name.clone() });
        }
        Ok(names)
    }
}

/// How the review ended, in one line.
fn verdict(review: &Reviewed) -> String {
    let verdict = review.verdict.unwrap_or(Verdict::Inconclusive);
    format!("{}: {}. Score {} of 100.", verdict.name(), review.verdict_reason, review.score)
}

/// The program on a database in memory, with the provider from the environment.
async fn program() -> Result<AppState, Failure> {
    let config = Config::read(Settings::default(), true).map_err(Failure::fault)?;
    let store = Store::memory().await.map_err(Failure::fault)?;
    let app = AppState::new(config, store, Assets::default());
    let settings = ModelSettings::from_variables(|name| std::env::var(name).ok());
    let models = Providers::open(&settings, Arc::clone(&app.clock), Arc::clone(&app.ids)).map_err(Failure::fault)?;
    Ok(app.with_models(models))
}

/// Whoever is at the terminal.
async fn somebody(app: &AppState) -> Result<Actor, Failure> {
    let secret = data_encoding::HEXLOWER.encode(&app.ids.secret());
    let person: Person =
        service::people::add(app, "Command line", "cli@localhost.localdomain", &secret, true).await.map_err(Failure::fault)?;
    Ok(Actor { person, session: None, token: None })
}

/// Says on the standard error stream what happens, until the review has ended.
async fn follow(app: &AppState, review: crate::domain::id::ReviewId) {
    let Some(mut running) = app.jobs.follow(review) else { return };
    let mut seen = 0;
    loop {
        let fresh: Vec<_> = running.borrow_and_update().iter().filter(|event| event.id > seen).cloned().collect();
        for event in fresh {
            seen = event.id;
            match event.news {
                News::Step { doing } => complain(&doing),
                News::Finding { agent, severity, title, .. } => complain(&format!("{agent}: {} {title}", severity.slug())),
                News::Agent { agent, note, .. } if !note.is_empty() => complain(&format!("{agent}: {note}")),
                News::Restarted { agent, because } => complain(&format!("{agent}: asked again, {because}")),
                _ => {}
            }
        }
        if seen >= LAST_EVENT || running.changed().await.is_err() {
            return;
        }
    }
}
