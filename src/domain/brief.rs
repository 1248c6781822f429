//! A design brief: what an architect hands over for a page of requirements. The diagram and the decisions that belong to it are
//! suggestions until people accept them; the brief puts all of it on one page.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::proposal::Suggestion,
    model::view::ViewKind,
    moment::Moment,
    review::{
        report::escape::{fence, inline, quoted},
        suggestion::Suggested,
    },
    syntax::{Language, Sources, mermaid::print::print, parse},
};

/// The most characters of a section.
pub const LONGEST_SECTION: usize = 8000;

/// A part of the brief that an agent writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    Overview,
    Api,
    Data,
    Technology,
    Scaling,
}

impl Section {
    pub const ALL: [Self; 5] = [Self::Overview, Self::Api, Self::Data, Self::Technology, Self::Scaling];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Api => "api",
            Self::Data => "data",
            Self::Technology => "technology",
            Self::Scaling => "scaling",
        }
    }

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Api => "API contract outline",
            Self::Data => "Data model",
            Self::Technology => "Technology",
            Self::Scaling => "Scaling considerations",
        }
    }
}

/// What was written so far. Markdown, checked: no links, pictures, addresses and HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Brief(pub BTreeMap<Section, String>);

/// What a brief is put together from.
#[derive(Clone, Copy, Debug)]
pub struct Handover<'a> {
    pub title: &'a str,
    pub project: &'a str,
    pub agent: &'a str,
    pub asked_by: &'a str,
    pub at: Moment,
    pub requirements: &'a str,
    pub brief: &'a Brief,
    /// What the agent says at the end; empty while it is at work.
    pub summary: &'a str,
    pub suggestions: &'a [Suggested],
}

/// The brief as markdown. The same brief gives the same bytes.
pub fn markdown(handover: &Handover<'_>) -> String {
    let mut out = format!(
        "# Design brief: {}\n\nDrafted for {} by {} (agent), asked by {} on {}. Diagrams and decisions are suggestions until people accept them.\n",
        inline(handover.title),
        inline(handover.project),
        inline(handover.agent),
        inline(handover.asked_by),
        handover.at.rfc3339(),
    );
    let _ = write!(out, "\n## Requirements\n\n{}\n", quoted(handover.requirements));
    if !handover.summary.trim().is_empty() {
        let _ = write!(out, "\n## Summary\n\n{}\n", lowered(handover.summary));
    }
    section(&mut out, handover.brief, Section::Overview);
    diagrams(&mut out, handover.suggestions);
    for part in [Section::Api, Section::Data, Section::Technology, Section::Scaling] {
        section(&mut out, handover.brief, part);
    }
    decisions(&mut out, handover.suggestions);
    out
}

fn section(out: &mut String, brief: &Brief, part: Section) {
    if let Some(text) = brief.0.get(&part).filter(|text| !text.trim().is_empty()) {
        let _ = write!(out, "\n## {}\n\n{}\n", part.name(), lowered(text));
    }
}

fn diagrams(out: &mut String, suggestions: &[Suggested]) {
    for suggested in suggestions {
        let Suggestion::NewDiagram { title, text } = &suggested.proposal.suggestion else { continue };
        let _ = write!(out, "\n## Service diagram: {} ({})\n\n{}\n", inline(title), state(suggested), inline(&suggested.proposal.reason));
        let model = parse(Language::Structurizr, "proposed.dsl", text, &Sources::new()).model;
        for view in model.views.iter().filter(|view| view.kind != ViewKind::Image && !view.elements.is_empty()) {
            let lines: Vec<String> = print(&model, view).trim_end().lines().map(str::to_owned).collect();
            let _ = write!(out, "\n{}", fence("mermaid", &lines));
        }
        let lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
        let _ = write!(out, "\n{}", fence("text", &lines));
    }
}

fn decisions(out: &mut String, suggestions: &[Suggested]) {
    let records = suggestions.iter().filter_map(|suggested| match &suggested.proposal.suggestion {
        Suggestion::NewDecision { title, body } => Some((suggested, title, body)),
        _ => None,
    });
    for (number, (suggested, title, body)) in (1..).zip(records) {
        if number == 1 {
            out.push_str("\n## Decision records\n");
        }
        let _ = write!(out, "\n### {number}. {} ({})\n\n{}\n", inline(title), state(suggested), deeper(body, 2));
    }
}

fn state(suggested: &Suggested) -> String {
    suggested.state.name().to_lowercase()
}

/// Markdown whose headings stand below the brief's own.
fn lowered(text: &str) -> String {
    deeper(text, 2)
}

fn deeper(text: &str, by: usize) -> String {
    let mut fenced = false;
    let line = |line: &str| {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
        }
        let level = line.chars().take_while(|c| *c == '#').count();
        let heading = !fenced && (1..=6).contains(&level) && line.get(level..).is_some_and(|rest| rest.starts_with(' '));
        if heading { format!("{}{}", "#".repeat((level + by).min(6)), line.get(level..).unwrap_or_default()) } else { line.to_owned() }
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_stand_in_order_and_below_the_briefs_headings() {
        let brief =
            Brief([(Section::Scaling, "Ten at once.".to_owned()), (Section::Api, "# Orders\n\n```\n# no heading\n```".to_owned())].into());
        let handover = Handover {
            title: "A *shop*",
            project: "Shop",
            agent: "go-architect",
            asked_by: "Ada",
            at: Moment(0),
            requirements: "Sell.\n# Not a heading",
            brief: &brief,
            summary: "Done.",
            suggestions: &[],
        };
        let text = markdown(&handover);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "# Design brief: A \\*shop\\*",
                "## Requirements",
                "## Summary",
                "## API contract outline",
                "### Orders",
                "# no heading",
                "## Scaling considerations"
            ]
        );
        assert_eq!(text, markdown(&handover));
    }
}
