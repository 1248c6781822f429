//! What the tools that agent files name mean here. A file can only narrow what an agent may do: reading is always possible,
//! suggestions need a tool that edits, and nothing reaches a process, a file or the network.

use std::collections::BTreeSet;

/// What becomes of a tool that a file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// These are offered instead.
    Allowed(&'static [&'static str]),
    /// Never, with the reason that the run shows.
    Denied(&'static str),
    /// Means nothing here, with the reason that the run shows.
    Ignored(&'static str),
}

const READING: [&str; 7] = ["adr_read", "model_get", "pattern_get", "review_findings", "rule_explain", "view_get", "graph_query"];
const SEARCHING: [&str; 2] = ["adr_search", "model_search"];
const LISTING: [&str; 2] = ["adr_list", "model_list"];
const WRITING: [&str; 1] = ["adr_propose"];
const EDITING: [&str; 2] = ["adr_propose_patch", "model_propose_patch"];
/// What every agent has, whatever its file says.
const ALWAYS: [&str; 4] = ["ask_question", "finish", "report_finding", "retract_finding"];

const NO_PROCESS: &str = "agents run no commands; graph_query computes paths, cycles, dominators and sums";
const NO_NETWORK: &str = "agents reach no network; the catalogue of rules and patterns can be searched";
const NO_AGENTS: &str = "agents start no agents; a review has one panel";

/// By name as agent files write them, sorted.
pub const NAMES: [(&str, Standing); 22] = [
    ("Agent", Standing::Ignored(NO_AGENTS)),
    ("AskUserQuestion", Standing::Ignored("questions are asked with ask_question, which every agent has")),
    ("Bash", Standing::Denied(NO_PROCESS)),
    ("BashOutput", Standing::Denied(NO_PROCESS)),
    ("Edit", Standing::Allowed(&EDITING)),
    ("ExitPlanMode", Standing::Ignored("there is no plan mode")),
    ("Glob", Standing::Allowed(&LISTING)),
    ("Grep", Standing::Allowed(&SEARCHING)),
    ("KillShell", Standing::Denied(NO_PROCESS)),
    ("LS", Standing::Allowed(&LISTING)),
    ("MultiEdit", Standing::Allowed(&EDITING)),
    ("NotebookEdit", Standing::Ignored("there are no notebooks")),
    ("NotebookRead", Standing::Ignored("there are no notebooks")),
    ("PowerShell", Standing::Denied(NO_PROCESS)),
    ("Read", Standing::Allowed(&READING)),
    ("Skill", Standing::Ignored("skills are not part of a review")),
    ("SlashCommand", Standing::Ignored("there are no commands")),
    ("Task", Standing::Ignored(NO_AGENTS)),
    ("TodoWrite", Standing::Ignored("a review is short enough without a list")),
    ("WebFetch", Standing::Denied(NO_NETWORK)),
    ("WebSearch", Standing::Denied(NO_NETWORK)),
    ("Write", Standing::Allowed(&WRITING)),
];

/// What a name means, a restriction in brackets such as `Bash(git:*)` left aside.
pub fn standing(name: &str) -> Standing {
    let bare = name.split('(').next().unwrap_or_default().trim();
    if bare.to_ascii_lowercase().starts_with("mcp__") {
        return Standing::Ignored("servers of other tools are not part of a review");
    }
    let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare)).map(|(_, standing)| *standing);
    known.unwrap_or(Standing::Ignored("no such tool is known"))
}

/// What an agent may call, and what its file asks for in vain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Names of tools.
    pub allowed: BTreeSet<&'static str>,
    /// Name and reason of each tool that is denied or ignored, in the file's order.
    pub notices: Vec<(String, String)>,
}

/// Works out what an agent may call. `tools` is none for a file that names none: then it reads everything and edits nothing.
/// `disallowed` takes away again, except what every agent has.
pub fn access(tools: Option<&[String]>, disallowed: &[String]) -> Access {
    let mut access = Access::default();
    let reading = || READING.iter().chain(&SEARCHING).chain(&LISTING);
    match tools {
        None => access.allowed.extend(reading()),
        Some(names) => {
            for name in names {
                let everything = name.trim() == "*";
                match standing(name) {
                    _ if everything => access.allowed.extend(reading()),
                    Standing::Allowed(tools) => access.allowed.extend(tools),
                    Standing::Denied(reason) | Standing::Ignored(reason) => access.notices.push((name.clone(), reason.to_owned())),
                }
            }
        }
    }
    for name in disallowed {
        if let Standing::Allowed(tools) = standing(name) {
            access.allowed.retain(|tool| !tools.contains(tool));
        }
    }
    access.allowed.extend(ALWAYS);
    access
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::tools::offers;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_sorted_and_lead_to_tools_there_are() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let offered: BTreeSet<String> = offers().into_iter().map(|offer| offer.name).collect();
        let mut reached: BTreeSet<String> = ALWAYS.iter().map(|tool| (*tool).to_owned()).collect();
        for (name, standing) in NAMES {
            if let Standing::Allowed(tools) = standing {
                assert!(tools.iter().all(|tool| offered.contains(*tool)), "{name}");
                reached.extend(tools.iter().map(|tool| (*tool).to_owned()));
            }
        }
        assert_eq!(reached, offered, "every tool can be had");
    }

    #[test]
    fn files_narrow_and_never_widen() {
        let default = access(None, &[]);
        assert!(default.allowed.contains("model_get") && !default.allowed.contains("model_propose_patch"));
        let access = super::access(Some(&names(&["Read", "Bash(git:*)", "mcp__github__x", "WebFetch", "Rocket"])), &[]);
        assert!(access.allowed.contains("adr_read") && !access.allowed.contains("adr_search") && access.allowed.contains("finish"));
        assert_eq!(access.notices.len(), 4);
        assert!(matches!(standing("bash"), Standing::Denied(_)) && matches!(standing(""), Standing::Ignored(_)));
        let narrowed = super::access(Some(&names(&["Read", "Edit", "Write"])), &names(&["Edit", "Bash"]));
        assert!(!narrowed.allowed.contains("model_propose_patch") && narrowed.allowed.contains("adr_propose"));
        assert_eq!(super::access(Some(&[]), &[]).allowed.len(), ALWAYS.len());
    }
}
