//! Agents: the server's library with what there is to say about each file, and which agents a project asks.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        account::Role,
        agent::{
            definition::{Remark, examples::Example},
            library::Tally,
        },
        difference::Hunk,
        moment::Moment,
        project::Project,
        review::finding::Severity,
    },
};

/// An agent as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCard {
    /// What it is found by: its name, with the collection before it where several have the name.
    pub handle: String,
    pub name: String,
    /// The description's first sentence.
    pub card: String,
    /// The collection it came with.
    pub source: String,
    /// Part of Lintel, and not to be changed.
    pub built_in: bool,
    /// The file's name in its collection.
    pub path: String,
    /// Of the file's bytes; every version is kept under it.
    pub hash: String,
    /// `loaded` or `repaired`.
    pub outcome: String,
    pub warnings: usize,
    pub notes: usize,
    /// What it looks at: topics of the review.
    pub lens: Vec<String>,
    /// It reports nothing below this.
    pub severity_floor: Option<Severity>,
    /// It reports no more than this.
    pub max_findings: Option<u32>,
    /// What it is for; empty for everything.
    pub applies_to: Vec<String>,
    pub tools: Vec<AgentTool>,
    /// The model that the file would like.
    pub model: Option<String>,
    /// Its words stand in the system prompt.
    pub trusted: bool,
    /// Who brought the version in use; nobody for those that come with Lintel.
    pub added_by: Option<String>,
    pub added_at: Option<Moment>,
    /// Your projects that ask it with each review.
    pub asked_in: Vec<AskedIn>,
}

/// What becomes of a tool that a file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The agent may use it.
    Supported,
    /// Lintel knows it and never gives it to an agent.
    Denied,
    /// Nobody here knows the word.
    Ignored,
    /// The file itself does not want it.
    Refused,
}

/// One tool of an agent, and why it has it or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTool {
    /// As the file writes it.
    pub written: String,
    pub standing: Standing,
    pub reason: String,
}

/// A project that asks an agent with each review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedIn {
    pub slug: String,
    pub name: String,
    pub required: bool,
}

/// Something to say about a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRemark {
    /// `note`, `warning` or `error`.
    pub severity: String,
    pub line: u32,
    pub column: u32,
    pub code: String,
    pub what: String,
    pub why: String,
    pub help: String,
}

/// A page of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentList {
    pub now: Moment,
    /// Whether the one who asks may change the library.
    pub admin: bool,
    /// By handle.
    pub agents: Vec<AgentCard>,
    /// How many fit, on all pages together.
    pub fitting: usize,
    /// How many there are at all.
    pub total: usize,
    pub provider: ProviderCard,
}

/// How many agents a page lists.
pub const PER_PAGE: usize = 50;

/// One key of the front matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentEntry {
    pub key: String,
    pub value: String,
    /// Lintel does something with it; otherwise it is kept and that is all.
    pub read: bool,
}

/// A version of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentVersion {
    pub hash: String,
    /// In bytes.
    pub size: u64,
    pub added_by: String,
    pub added_at: Moment,
    pub in_use: bool,
}

/// Everything the page of an agent shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentView {
    pub agent: AgentCard,
    pub description: String,
    pub entries: Vec<AgentEntry>,
    pub remarks: Vec<AgentRemark>,
    pub examples: Vec<Example>,
    /// Known defects of the file's own examples, which a prompt made from it names.
    pub errata: Vec<String>,
    /// Which model it gets, when that is another than the file names.
    pub model_note: Option<String>,
    /// The persona, as markdown.
    pub body: String,
    /// The whole file as text.
    pub text: String,
    /// Newest first; empty for those that come with Lintel.
    pub versions: Vec<AgentVersion>,
    /// What mending the file would change; nothing when there is nothing to mend.
    pub fix: Vec<Hunk>,
    /// How many projects of the server ask it with each review.
    pub projects: u64,
    pub now: Moment,
    /// Whether the one who asks may change it; never those that come with Lintel.
    pub can_change: bool,
    /// Whether the one who asks may copy it to a file of their own.
    pub can_copy: bool,
}

/// What became of one file of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedAgent {
    pub file: String,
    pub source: String,
    /// `loaded`, `repaired` or `refused`.
    pub outcome: String,
    /// What the agent is found by; none for a file that was refused.
    pub handle: Option<String>,
    /// The very same file is in use already.
    pub unchanged: bool,
    pub remarks: Vec<AgentRemark>,
}

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedAgents {
    /// `loaded 3, repaired 1, refused 0`
    pub summary: String,
    pub tally: Tally,
    pub files: Vec<ImportedAgent>,
    /// What was left out, one sentence each.
    pub warnings: Vec<String>,
}

/// The model provider as the settings show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderCard {
    pub configured: bool,
    /// Which protocol it speaks; empty when none is configured, as are the next three.
    pub provider: String,
    pub host: String,
    pub model: String,
    /// Where its key comes from, such as the name of a variable; never the key.
    pub key_from: String,
    /// How it is doing, as words and values.
    pub standing: Vec<(String, String)>,
    /// What to do about it, one sentence each.
    pub help: Vec<String>,
}

/// An agent as a project's settings show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectAgent {
    pub handle: String,
    /// The description's first sentence.
    pub card: String,
    pub source: String,
    /// Asked with each review.
    pub asked: bool,
    /// Without its answer a review is inconclusive.
    pub required: bool,
    /// False for one that is asked and no longer in the library.
    pub known: bool,
}

/// Which agents a project asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectAgents {
    /// Whether the project's designs may be sent to a model outside this machine.
    pub external_models: bool,
    /// What its agents may cost in a day, in millionths of a dollar; none where the server's default counts.
    pub daily_cap: Option<u64>,
    /// The server's default; none for no limit.
    pub daily_default: Option<u64>,
    /// What they have cost today, in millionths of a dollar.
    pub spent_today: u64,
    /// By handle.
    pub agents: Vec<ProjectAgent>,
}

/// Everything the form for a project's agents shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectAgentsPage {
    pub project: Project,
    pub chosen: ProjectAgents,
}

impl AgentCard {
    /// What its page is addressed by: the handle, and the file for names that can't be a part of an address.
    pub fn address(&self) -> String {
        if matches!(self.handle.as_str(), "." | "..") { format!("{}:{}", self.source, self.path) } else { self.handle.clone() }
    }
}

impl ProjectAgentsPage {
    pub fn can_change(&self) -> bool {
        self.project.role == Role::Owner
    }
}

impl From<&Remark> for AgentRemark {
    fn from(remark: &Remark) -> Self {
        let diagnostic = &remark.diagnostic;
        Self {
            severity: remark.severity().to_owned(),
            line: remark.place.line,
            column: remark.place.column,
            code: diagnostic.code.clone(),
            what: diagnostic.what.clone(),
            why: diagnostic.why.clone(),
            help: diagnostic.help.clone(),
        }
    }
}

/// A page of the library: agents whose handle, description or collection holds the words, and the model provider.
#[server(name = LoadAgents, prefix = "/fn", endpoint = "agents")]
pub async fn agents(words: Option<String>, page: Option<usize>) -> Result<AgentList, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::agents::page(&auth::app()?, &auth::signed_in()?, words.as_deref().unwrap_or_default(), page.unwrap_or(1)).await)
}

/// One agent.
#[server(name = LoadAgent, prefix = "/fn", endpoint = "agent")]
pub async fn agent(handle: String) -> Result<AgentView, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::agents::view(&auth::app()?, &auth::signed_in()?, &handle).await)
}

/// Saves a file's new text as a version. What can't be saved is shown again on the page, with what is wrong with it.
#[server(prefix = "/fn", endpoint = "save_agent")]
pub async fn save_agent(handle: String, base: String, text: String) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        domain::address::escape,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let page = |handle: &str, query: &str, notice: Notice| {
        let page = format!("/settings/agents/{}{query}", escape(handle));
        leptos_axum::redirect(&service::notices::leave(&app, &actor, &page, notice));
    };
    match service::agents::edit::save(&app, &actor, &handle, Some(&base), &text).await {
        Ok(saved) => page(&saved, "", Notice::Done("The file was saved as a new version.".to_owned())),
        Err(error) => match answer(Err::<(), _>(error)) {
            Ok(()) => {}
            Err(error) => page(&handle, "?edit=1", Notice::Typed { form: "text".to_owned(), text, error }),
        },
    }
    Ok(())
}

/// Saves the mended file as a version.
#[server(prefix = "/fn", endpoint = "fix_agent")]
pub async fn fix_agent(handle: String, base: String) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        domain::address::escape,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let saved = answer(service::agents::edit::fix(&app, &actor, &handle, Some(&base)).await)?;
    let notice = Notice::Done("The file was mended and saved as a new version.".to_owned());
    leptos_axum::redirect(&service::notices::leave(&app, &actor, &format!("/settings/agents/{}", escape(&saved)), notice));
    Ok(())
}

/// Copies an agent to a file of one's own under another name, and leads to it.
#[server(prefix = "/fn", endpoint = "copy_agent")]
pub async fn copy_agent(handle: String, name: String) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        domain::address::escape,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let page = |handle: &str, query: &str, notice: Notice| {
        let page = format!("/settings/agents/{}{query}", escape(handle));
        leptos_axum::redirect(&service::notices::leave(&app, &actor, &page, notice));
    };
    match service::agents::edit::copy(&app, &actor, &handle, &name).await {
        Ok(copy) => page(&copy, "?edit=1", Notice::Done("This is your own copy. Change what it says and save it.".to_owned())),
        Err(error) => match answer(Err::<(), _>(error)) {
            Ok(()) => {}
            Err(error) => page(&handle, "?copy=1", Notice::Typed { form: "copy".to_owned(), text: name, error }),
        },
    }
    Ok(())
}

/// Takes an agent out of use and leads to the library.
#[server(prefix = "/fn", endpoint = "remove_agent")]
pub async fn remove_agent(handle: String, base: String) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    answer(service::agents::edit::remove(&app, &actor, &handle, Some(&base)).await)?;
    let notice = Notice::Done(format!("{handle} was removed. Past runs keep its text."));
    leptos_axum::redirect(&service::notices::leave(&app, &actor, "/settings/agents", notice));
    Ok(())
}

/// Which agents a project asks with each review, and which others there are.
#[server(name = LoadProjectAgents, prefix = "/fn", endpoint = "project_agents")]
pub async fn project_agents(slug: String) -> Result<ProjectAgentsPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::agents::project::page(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Settles which agents a project asks with each review; one that is required is asked.
#[server(prefix = "/fn", endpoint = "set_project_agents")]
pub async fn set_project_agents(
    slug: String,
    #[server(default)] asked: Vec<String>,
    #[server(default)] required: Vec<String>,
    #[server(default)] external_models: bool,
    daily_dollars: Option<String>,
) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let agents = asked.into_iter().map(|agent| (agent, false)).chain(required.into_iter().map(|agent| (agent, true))).collect();
    let choice = service::agents::project::Choice { agents, external_models, daily_dollars };
    answer(service::agents::project::set(&app, &actor, &slug, &choice).await)?;
    let notice = Notice::Done("The agents of this project were saved.".to_owned());
    leptos_axum::redirect(&service::notices::leave(&app, &actor, &format!("/p/{slug}/settings#agents"), notice));
    Ok(())
}
