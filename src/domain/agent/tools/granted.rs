//! Which tools of the workbench an agent has. What the words of its file are good for says [`definition::tools`]; this says
//! what that comes to here: reading is tools that look, proposals are tools that suggest, and nothing reaches a process, a file
//! or the network.
//!
//! [`definition::tools`]: crate::domain::agent::definition::tools

use std::collections::BTreeSet;

use crate::domain::agent::{definition::tools::Capability, persona::OUTPUTS};

const fn tools(capability: Capability) -> &'static [&'static str] {
    match capability {
        Capability::Read => &["adr_read", "graph_query", "model_get", "pattern_get", "review_findings", "rule_explain", "view_get"],
        Capability::Search => &["adr_search", "model_search"],
        Capability::List => &["adr_list", "model_list"],
        Capability::ProposeDocument => &["adr_propose", "brief_write", "model_propose"],
        Capability::ProposeChange => &["adr_propose_patch", "model_propose_patch"],
    }
}

/// The names of the tools, with those that every agent has.
pub fn granted(capabilities: &BTreeSet<Capability>) -> BTreeSet<&'static str> {
    capabilities.iter().flat_map(|capability| tools(*capability)).copied().chain(OUTPUTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        account::Role,
        agent::{
            definition::{load, tools::effective},
            tools::offers,
        },
    };

    /// What a file with these lines in its front matter gives an editor.
    fn of_file(lines: &str) -> BTreeSet<&'static str> {
        let text = format!("---\nname: a\ndescription: b\n{lines}---\nYou review.\n");
        let load = load("a.md", text.as_bytes());
        granted(&effective(load.outcome.definition().unwrap(), &Capability::ALL.into(), Role::Editor))
    }

    #[test]
    fn every_tool_that_is_offered_can_be_had() {
        let offered: BTreeSet<String> = offers().into_iter().map(|offer| offer.name).collect();
        let reached: BTreeSet<String> = granted(&Capability::ALL.into()).into_iter().map(str::to_owned).collect();
        assert_eq!(reached, offered);
    }

    #[test]
    fn files_narrow_and_never_widen() {
        let silent = of_file("");
        assert!(silent.contains("model_get") && !silent.contains("model_propose_patch"));
        let some = of_file("tools: Read, Bash(git:*), mcp__github__x, WebFetch, Rocket\n");
        assert!(some.contains("adr_read") && !some.contains("adr_search") && some.contains("finish"));
        let narrowed = of_file("tools: Read, Edit, Write\ndisallowedTools: Edit, Bash\n");
        assert!(!narrowed.contains("model_propose_patch") && narrowed.contains("adr_propose"));
        assert_eq!(of_file("tools: []\n").len(), OUTPUTS.len());
    }
}
