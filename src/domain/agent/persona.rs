//! What a run needs of an agent's file. The file itself, in whatever form it came, is read elsewhere.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::agent::topics::{self, Item};

/// Where an agent's file comes from, which is how far its words are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Part of Lintel, or installed by an administrator.
    Administrator,
    /// Put in by an ordinary user.
    User,
}

/// What an agent has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lens {
    GoArchitect,
    BackendArchitect,
    /// Slugs of topics, in the order they are to be looked at.
    Topics(Vec<String>),
}

/// One point of what an agent has to look at, whatever its lens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// `GA4.2`, or a topic's slug. Coverage is reported under it.
    pub id: String,
    pub text: String,
    pub rules: Vec<String>,
    pub patterns: Vec<String>,
    pub topics: Vec<String>,
}

/// An agent as a run sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Persona {
    /// One line.
    pub name: String,
    pub source: Source,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// The file without its front matter.
    pub body: String,
    /// Known defects of the examples in the body, one line each.
    pub errata: Vec<String>,
    pub lens: Lens,
    /// Names of the tools it may call, besides [`OUTPUTS`].
    pub tools: BTreeSet<String>,
}

/// The tools that are an agent's only way to say something that counts. Every agent has them.
pub const OUTPUTS: [&str; 4] = ["ask_question", "finish", "report_finding", "retract_finding"];

/// The tool that ends a review.
pub const FINISH: &str = "finish";

impl Persona {
    /// Every tool it may call.
    pub fn permitted(&self) -> BTreeSet<String> {
        self.tools.iter().cloned().chain(OUTPUTS.map(str::to_owned)).collect()
    }
}

impl Lens {
    /// What has to be looked at, in order. Slugs that are no topics are left out.
    pub fn points(&self) -> Vec<Point> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let point = |item: &Item| Point {
            id: item.id.to_owned(),
            text: item.text.to_owned(),
            rules: own(item.rules),
            patterns: own(item.patterns),
            topics: own(item.topics),
        };
        match self {
            Self::GoArchitect => topics::go_architect().iter().map(point).collect(),
            Self::BackendArchitect => topics::backend_architect().iter().map(point).collect(),
            Self::Topics(slugs) => slugs
                .iter()
                .filter_map(|slug| topics::by_slug(slug))
                .map(|topic| Point {
                    id: topic.slug.to_owned(),
                    text: topic.line.to_owned(),
                    rules: Vec::new(),
                    patterns: Vec::new(),
                    topics: vec![topic.slug.to_owned()],
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_may_say_what_it_found() {
        let persona = Persona {
            name: "mine".to_owned(),
            source: Source::User,
            sha256: String::new(),
            body: String::new(),
            errata: Vec::new(),
            lens: Lens::Topics(Vec::new()),
            tools: BTreeSet::from(["model_get".to_owned()]),
        };
        let permitted: Vec<String> = persona.permitted().into_iter().collect();
        assert_eq!(permitted, ["ask_question", "finish", "model_get", "report_finding", "retract_finding"]);
        assert!(OUTPUTS.contains(&FINISH));
    }

    #[test]
    fn a_lens_gives_its_points() {
        assert_eq!(Lens::GoArchitect.points().len(), 50);
        assert_eq!(Lens::BackendArchitect.points().len(), 29);
        let own = Lens::Topics(vec!["security.input".to_owned(), "made.up".to_owned()]).points();
        assert_eq!(own.len(), 1);
        assert_eq!(own.first().map(|point| point.id.as_str()), Some("security.input"));
    }
}
