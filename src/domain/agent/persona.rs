//! What a run needs of an agent's file. The file itself, in whatever form it came, is read elsewhere.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::topics::{self, Item},
    review::finding::Severity,
};

/// Where an agent's file comes from, which is how far its words are trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Part of Lintel, or installed by an administrator.
    Administrator,
    /// Put in by an ordinary user.
    User,
}

/// What an agent has to look at, as words in the order of its file: a lens (`GA`, `BA`), a chapter of it (`GA4`), a point
/// (`GA9.1`), or a topic's slug (`security.input`). Words that are none of these say nothing ([`Lens::unknown`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lens(pub Vec<String>);

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
    /// It reports nothing below this.
    pub severity_floor: Option<Severity>,
    /// It reports no more than this, and never more than all agents may.
    pub most_findings: Option<u32>,
    /// Names of the tools it may call, besides [`OUTPUTS`].
    pub tools: BTreeSet<String>,
}

/// The tools that are an agent's only way to say something that counts. Every agent has them.
pub const OUTPUTS: [&str; 4] = ["ask_question", "finish", "report_finding", "retract_finding"];

/// The tool that writes the design brief, which there is only while a design is drafted.
pub const BRIEF: &str = "brief_write";

/// The tool that ends a review.
pub const FINISH: &str = "finish";

impl Persona {
    /// Every tool it may call in a review.
    pub fn permitted(&self) -> BTreeSet<String> {
        self.tools.iter().filter(|tool| *tool != BRIEF).cloned().chain(OUTPUTS.map(str::to_owned)).collect()
    }

    /// Every tool it may call while it answers a person: an answer is text, and reports nothing.
    pub fn permitted_in_talk(&self) -> BTreeSet<String> {
        let reports = |tool: &String| OUTPUTS.contains(&tool.as_str()) && tool != FINISH;
        self.permitted().into_iter().filter(|tool| !reports(tool)).collect()
    }

    /// Every tool it may call while it drafts a design.
    pub fn permitted_in_draft(&self) -> BTreeSet<String> {
        self.permitted_in_talk().into_iter().chain(self.tools.get(BRIEF).cloned()).collect()
    }
}

impl Lens {
    /// Everything a Go and distributed-systems architect looks at.
    pub fn go_architect() -> Self {
        Self(vec!["GA".to_owned()])
    }

    /// Everything a backend architect looks at.
    pub fn backend_architect() -> Self {
        Self(vec!["BA".to_owned()])
    }

    /// What has to be looked at, in order, each point once.
    pub fn points(&self) -> Vec<Point> {
        let mut points: Vec<Point> = Vec::new();
        for point in self.0.iter().flat_map(|word| meant_by(word)) {
            if points.iter().all(|other| other.id != point.id) {
                points.push(point);
            }
        }
        points
    }

    /// Words that name nothing there is to look at.
    pub fn unknown(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|word| meant_by(word).is_empty()).collect()
    }
}

fn meant_by(word: &str) -> Vec<Point> {
    let word = word.trim();
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    if let Some(topic) = topics::by_slug(word) {
        return vec![Point {
            id: topic.slug.to_owned(),
            text: topic.line.to_owned(),
            rules: own(topic.rules),
            patterns: Vec::new(),
            topics: vec![topic.slug.to_owned()],
        }];
    }
    let item = |item: &Item| Point {
        id: item.id.to_owned(),
        text: item.text.to_owned(),
        rules: own(item.rules),
        patterns: own(item.patterns),
        topics: own(item.topics),
    };
    let wanted = word.to_ascii_uppercase();
    let chapter = |id: &str| id.split_once('.').map_or("", |(chapter, _)| chapter).to_owned();
    let fits = |id: &str| id == wanted || chapter(id) == wanted || chapter(id).trim_end_matches(|c: char| c.is_ascii_digit()) == wanted;
    topics::go_architect().iter().chain(topics::backend_architect()).filter(|one| fits(one.id)).map(item).collect()
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
            lens: Lens::default(),
            severity_floor: None,
            most_findings: None,
            tools: BTreeSet::from(["model_get".to_owned()]),
        };
        let permitted: Vec<String> = persona.permitted().into_iter().collect();
        assert_eq!(permitted, ["ask_question", "finish", "model_get", "report_finding", "retract_finding"]);
        assert!(OUTPUTS.contains(&FINISH));
    }

    #[test]
    fn a_lens_gives_its_points() {
        let ids = |words: &[&str]| -> Vec<String> {
            let lens = Lens(words.iter().map(|word| (*word).to_owned()).collect());
            lens.points().into_iter().map(|point| point.id).collect()
        };
        assert_eq!(Lens::go_architect().points().len(), 50);
        assert_eq!(Lens::backend_architect().points().len(), 29);
        assert_eq!(ids(&["BA6", "ga9.2"]), ["BA6.1", "BA6.2", "BA6.3", "GA9.2"]);
        assert_eq!(ids(&["GA8.2", "GA8", "security.input"]), ["GA8.2", "GA8.1", "security.input"], "each once");
        assert_eq!(ids(&["GA1"]).len(), 6, "GA1 is not GA10 or GA11");
        assert_eq!(ids(&["GA1", "GA10", "GA11"]).len(), 17);
        let odd = Lens(["made.up", "", "G", "GA12", ".", "BA"].map(str::to_owned).to_vec());
        assert_eq!(odd.unknown(), ["made.up", "", "G", "GA12", "."]);
    }
}
