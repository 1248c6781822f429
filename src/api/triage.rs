//! What people make of findings: decide on one, carry a risk, give it to somebody, discuss it, say that it was of no use.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        id::FindingId,
        review::{
            FindingState,
            triage::{Health, Mistake, Seen},
        },
    },
};

/// Who mends a finding, until when, under which ticket; empty for nobody, no day and no ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    /// A member's id, e-mail address or name.
    #[serde(default)]
    pub assignee: String,
    /// An ISO date.
    #[serde(default)]
    pub due: String,
    #[serde(default)]
    pub ticket: String,
}

/// Decides on a finding; some states need a reason. `until` is the last day that a risk is carried, `mistake` says what is wrong
/// with a false positive.
#[server(prefix = "/fn", endpoint = "set_finding_state")]
pub async fn set_finding_state(
    finding: FindingId,
    state: FindingState,
    reason: Option<String>,
    until: Option<String>,
    mistake: Option<Mistake>,
) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::triage};
    let (reason, until) = (reason.unwrap_or_default(), until.unwrap_or_default());
    let verdict = triage::Verdict { state, reason: &reason, until: &until, mistake };
    answer(triage::set_state(&auth::app()?, &auth::signed_in()?, finding, verdict).await)
}

/// Agrees that a risk is carried, or not.
#[server(prefix = "/fn", endpoint = "answer_waiver")]
pub async fn answer_waiver(finding: FindingId, agree: bool) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::triage};
    answer(triage::answer_waiver(&auth::app()?, &auth::signed_in()?, finding, agree).await)
}

/// Says who mends a finding, until when, under which ticket.
#[server(prefix = "/fn", endpoint = "arrange_finding")]
pub async fn arrange_finding(finding: FindingId, arrangement: Arrangement) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::triage};
    answer(triage::arrange(&auth::app()?, &auth::signed_in()?, finding, &arrangement).await)
}

/// Says that a finding was of no use, or takes that back.
#[server(prefix = "/fn", endpoint = "rate_finding")]
pub async fn rate_finding(finding: FindingId, useful: bool, reason: Option<String>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::triage};
    let reason = (!useful).then(|| reason.unwrap_or_default());
    answer(triage::rate(&auth::app()?, &auth::signed_in()?, finding, reason.as_deref()).await)
}

/// Adds a remark to a finding. An agent that is chosen, or named with `@`, answers it; `review` is the one that is shown.
#[server(prefix = "/fn", endpoint = "comment_finding")]
pub async fn comment_finding(finding: FindingId, body: String, agent: Option<String>, review: Option<u32>) -> Result<(), ApiError> {
    use crate::{
        domain::talk::addressed,
        server::{error::answer, http::auth, service::triage},
    };
    let agent = agent.filter(|agent| !agent.is_empty() && !body.trim().is_empty());
    let body = agent.map_or_else(|| body.clone(), |agent| addressed(&agent, &body));
    answer(triage::comment(&auth::app()?, &auth::signed_in()?, finding, &body, review).await).map(|_| ())
}

/// How a rule has fared on this server, and where the reader's projects have what it finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLife {
    /// None while it never spoke.
    pub health: Option<Health>,
    pub seen: Vec<Seen>,
}

#[server(name = LoadRuleLife, prefix = "/fn", endpoint = "rule_life")]
pub async fn rule_life(code: String) -> Result<RuleLife, ApiError> {
    use crate::server::{error::answer, http::auth, service::triage};
    answer(triage::rule_life(&auth::app()?, &auth::signed_in()?, &code).await)
}
