//! The exported review of the sample: stable bytes, whole sections, nothing injected, no secret.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use uuid::Uuid;

use super::*;
use crate::domain::{
    decision,
    id::{CommentId, DocumentId, FindingId, ReviewId},
    moment::Moment,
    review::{
        Comment, ReviewStatus, ReviewedDocument,
        engine::{DecisionRecord, Design, Diagram, Settings, review},
        gate::{GateOutcome, GateResult},
        policy::judge,
        scope::Scope,
        triage::Triage,
    },
    sample,
    syntax::{self, Language, Sources},
};

const NOW: Moment = Moment(1_795_000_000_000);
const HOSTILE: &str = "# Owned\n\n```\n![x](https://example.org/x.png) <script>alert(1)</script>\n\n---\n| a | b |";

/// A report of the sample in which someone wrote everything to break out of it.
fn report_of(edit: impl Fn(&mut Vec<ReviewFinding>), project: &str, workspace: &str) -> String {
    let parsed = syntax::parse(Language::Structurizr, "workspace.dsl", workspace, &Sources::new());
    let records: Vec<(&str, &str, decision::Record)> = sample::FILES
        .iter()
        .filter(|(path, _)| path.starts_with("docs/"))
        .map(|(path, text)| (*path, *text, decision::parse(path, text)))
        .collect();
    let document = |number: usize| DocumentId::from_uuid(Uuid::from_u128(number as u128));
    let design = Design {
        diagrams: vec![Diagram { document: document(0), path: "workspace.dsl", text: workspace, parsed: &parsed }],
        decisions: records
            .iter()
            .enumerate()
            .map(|(index, (path, text, record))| DecisionRecord { document: document(index + 1), path, text, record })
            .collect(),
    };
    let outcome = review(&design, &Settings { profile: Profile::Default, today: NOW.day() });
    let mut findings: Vec<ReviewFinding> = outcome
        .findings
        .iter()
        .enumerate()
        .map(|(index, finding)| ReviewFinding {
            id: FindingId::from_uuid(Uuid::from_u128(index as u128)),
            finding: finding.clone(),
            state: FindingState::Open,
            state_reason: String::new(),
            state_by: None,
            state_at: None,
            change: Change::New,
            first_seen: 2,
            comments: Vec::new(),
            triage: Triage::default(),
        })
        .collect();
    edit(&mut findings);
    let states: Vec<_> = findings.iter().map(|finding| (finding.finding.severity, finding.state)).collect();
    let judgement = judge(&states, &outcome.completeness);
    let review = Review {
        id: ReviewId::from_uuid(Uuid::nil()),
        number: 2,
        status: ReviewStatus::Finished,
        profile: Profile::Default,
        scope: Scope::default(),
        verdict: Some(judgement.verdict),
        verdict_reason: judgement.reason,
        counts: judgement.counts,
        score: judgement.score,
        base: Some(1),
        documents: vec![ReviewedDocument {
            document: document(0),
            path: "workspace.dsl".to_owned(),
            title: "Platform".to_owned(),
            revision: 41,
            sha256: "ab".repeat(32),
        }],
        completeness: outcome.completeness,
        ruleset: outcome.ruleset,
        gate: Some(Gate {
            result: GateResult {
                outcome: GateOutcome::Failed,
                broken: vec!["One new finding is critical (LNT-R001), and none may be".to_owned()],
                inconclusive: Vec::new(),
                warnings: vec!["LNT-X004 was accepted until 2026-05-01".to_owned()],
            },
            ..Gate::default()
        }),
        started_by: "Ada".to_owned(),
        started_at: NOW,
        finished_at: Some(NOW.plus(700)),
    };
    let base = Review { number: 1, score: 60, ..review.clone() };
    markdown(&Report {
        project,
        review: &review,
        base: Some(Base::review(&base)),
        causes: BTreeMap::from([(FindingId::from_uuid(Uuid::from_u128(0)), "relation Orders -> Ledger DB was added".to_owned())]),
        findings: &findings,
        diagrams: vec![("workspace.dsl", &parsed)],
        decisions: records.iter().map(|(path, _, record)| (*path, record)).collect(),
    })
}

fn sample_text() -> &'static str {
    sample::FILES.iter().find(|(path, _)| *path == "workspace.dsl").unwrap().1
}

fn headings(markdown: &str) -> Vec<String> {
    let mut headings = Vec::new();
    let mut inside = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => inside = Some(format!("{level} ")),
            Event::End(TagEnd::Heading(_)) => headings.extend(inside.take()),
            Event::Text(text) => {
                if let Some(heading) = &mut inside {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

#[test]
fn the_sample_reports_every_section_and_the_same_bytes() {
    let report = || report_of(|_| {}, "Order & payments platform", sample_text());
    let markdown = report();
    assert_eq!(markdown, report());
    assert!(markdown.ends_with('\n') && !markdown.ends_with("\n\n"));
    let headings = headings(&markdown);
    let sections: Vec<&str> = headings.iter().filter_map(|heading| heading.strip_prefix("h2 ")).collect();
    assert_eq!(sections, SECTIONS);
    assert_eq!(headings.iter().filter(|heading| heading.starts_with("h4 ")).count(), 13);
    for expected in [
        "# Review 2: Order \\& payments platform",
        "**Verdict: Blocked.** 1 critical finding is open. Score",
        "| Critical | 1 |",
        "`workspace.dsl:",
        "failover no",
        "Rule: LNT-B001, Shared database (Boundaries)",
        "\n\n**Gate: failed.**\n\n- One new finding is critical (LNT-R001), and none may be\n- Let through: LNT-X004 was",
        "(critical): relation Orders -\\> Ledger DB was added\n",
        "(high by itself; Ledger DB is tier 0 and holds restricted data)",
        "**New: 13**",
        "| Database | 2 | Orders DB, Ledger DB |",
        "| docs/adr/0008-publish-payment-events-with-tokens-only.md | Publish payment events with tokens only | Proposed |",
        "| workspace.dsl | 41 |",
        "### Container view (`workspace.dsl`)\n\n```mermaid\n",
    ] {
        assert!(markdown.contains(expected), "{expected} is missing in\n{markdown}");
    }
}

#[test]
fn nothing_that_people_wrote_breaks_out() {
    let hostile_model = sample_text().replace("\"Ledger DB\" \"Every booking", "\"Ledger `<b>` ![x](y) ``` DB\" \"``` # Every booking");
    let decide = |findings: &mut Vec<ReviewFinding>| {
        for (finding, state) in
            findings.iter_mut().zip([FindingState::Open, FindingState::WontFix, FindingState::FalsePositive, FindingState::Accepted])
        {
            finding.state = state;
            finding.state_reason = HOSTILE.to_owned();
            finding.state_by = Some(HOSTILE.to_owned());
            finding.state_at = Some(NOW);
            finding.comments = vec![Comment {
                id: CommentId::from_uuid(Uuid::nil()),
                author: HOSTILE.to_owned(),
                at: NOW,
                body: HOSTILE.to_owned(),
                answer: None,
            }];
            finding.finding.title = format!("{HOSTILE}{}", finding.finding.title);
            finding.finding.why = HOSTILE.to_owned();
            finding.finding.remedy = HOSTILE.to_owned();
        }
    };
    let markdown = report_of(decide, HOSTILE, &hostile_model);
    let sections: Vec<String> = headings(&markdown).into_iter().filter(|heading| heading.starts_with("h2 ")).collect();
    let mut expected: Vec<String> = SECTIONS.iter().map(|section| format!("h2 {section}")).collect();
    expected.splice(2..2, ["h2 Accepted risks".to_owned(), "h2 False positives".to_owned()]);
    assert_eq!(sections, expected);
    for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}"),
            Event::Start(Tag::Image { .. } | Tag::Link { .. }) => panic!("a link or an image got in"),
            Event::Rule => panic!("a rule got in"),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                assert!(["text", "mermaid"].contains(&&*language), "{language}");
            }
            _ => {}
        }
    }
}

#[test]
fn what_was_said_about_an_accepted_risk_is_part_of_the_report() {
    let carry = |findings: &mut Vec<ReviewFinding>| {
        for finding in findings.iter_mut().take(2) {
            finding.state = FindingState::WontFix;
            finding.state_reason = "One rack, one team.".to_owned();
            finding.comments = vec![Comment {
                id: CommentId::from_uuid(Uuid::nil()),
                author: "Ada".to_owned(),
                at: NOW,
                body: "We looked at it twice.\n\nIt can wait.".to_owned(),
                answer: None,
            }];
        }
    };
    let markdown = report_of(carry, "Shop", sample_text());
    let (_, carried) = markdown.split_once("## Accepted risks\n").unwrap();
    let carried = carried.split("\n## ").next().unwrap();
    let said = format!(
        "\n\n  **Discussion, one comment.**\n\n  > **Ada**, {}\n  >\n  > We looked at it twice.\n  >\n  > It can wait.\n",
        NOW.rfc3339()
    );
    assert_eq!(carried.matches(&said).count(), 2, "{carried}");
    assert_eq!(carried.matches("\n- LNT-").count(), 2, "{carried}");
}

#[test]
fn a_report_says_which_agent_said_what_and_how_it_was_checked() {
    let say = |findings: &mut Vec<ReviewFinding>| {
        for (finding, grounding) in
            findings.iter_mut().zip([Grounding::Verified, Grounding::Partial { reasons: vec![HOSTILE.to_owned(), "two".to_owned()] }])
        {
            let finding = &mut finding.finding;
            let source = AgentSource {
                agent: "go-architect".to_owned(),
                model: "m-1".to_owned(),
                topic: "data.ownership".to_owned(),
                ..AgentSource::default()
            };
            finding.source = crate::domain::review::finding::Source::Agent(source);
            finding.grounding = grounding;
            finding.basis = Basis::Panel { votes: 2, of: 3 };
            finding.confidence = 60;
            finding.tradeoff = "Costs a queue".to_owned();
            finding.relates_to = vec!["LNT-B001".to_owned()];
            finding.why = String::new();
        }
        let mut said = findings[0].clone();
        assert!(!said.decides() && findings[2].decides(), "what an agent says decides nothing by itself");
        said.state = FindingState::Accepted;
        assert!(said.decides(), "a person has accepted it");
    };
    let markdown = report_of(say, "Platform", sample_text());
    assert!(markdown.contains("- Agent: go-architect with m-1, topic data.ownership ("), "{markdown}");
    assert!(
        markdown.contains("; 2 of 3 agents say it\n- Checked: every name, quote and claim holds in the reviewed revision; 60 % sure\n")
    );
    assert!(markdown.contains("- Checked: in part: \\# Owned"));
    assert!(markdown.contains("**What it costs.** Costs a queue") && markdown.contains("- Relates to: LNT-B001"));
    let headings = headings(&markdown).into_iter().filter(|heading| heading.starts_with("h2 ")).count();
    assert_eq!(headings, SECTIONS.len());
}

#[test]
fn a_report_repeats_no_secret() {
    let secret = "Sommer2026kiel";
    let workspace = sample_text()
        .replace("\"Every booking, kept for seven years\"", &format!("\"password={secret}\""))
        .replace("\"Books captures and refunds\"", &format!("\"Signs in with password={secret}\""));
    let decide = |findings: &mut Vec<ReviewFinding>| {
        for finding in findings {
            finding.state_reason = format!("password={secret}");
            finding.comments = vec![Comment {
                id: CommentId::from_uuid(Uuid::nil()),
                author: "Ada".to_owned(),
                at: NOW,
                body: format!("It is password={secret}"),
                answer: None,
            }];
        }
    };
    let markdown = report_of(decide, "Platform", &workspace);
    assert!(markdown.contains("LNT-X008") && !markdown.contains(secret), "{markdown}");
}

#[test]
fn a_review_without_findings_and_base_reads_well() {
    let review = Review {
        id: ReviewId::from_uuid(Uuid::nil()),
        number: 1,
        status: ReviewStatus::Finished,
        profile: Profile::Production,
        scope: Scope::default(),
        verdict: Some(Verdict::Pass),
        verdict_reason: "No finding is open".to_owned(),
        counts: Counts::default(),
        score: 100,
        base: None,
        documents: Vec::new(),
        completeness: crate::domain::review::Completeness::default(),
        ruleset: "00".to_owned(),
        gate: None,
        started_by: "Ada".to_owned(),
        started_at: NOW,
        finished_at: None,
    };
    let markdown = markdown(&Report {
        project: "P",
        review: &review,
        base: None,
        findings: &[],
        causes: BTreeMap::new(),
        diagrams: Vec::new(),
        decisions: Vec::new(),
    });
    for expected in [
        "**Verdict: Approved.** No finding is open. Score 100 of 100.",
        "This is the first review",
        "No finding is open.\n",
        "- Profile: production",
    ] {
        assert!(markdown.contains(expected), "{expected}\n{markdown}");
    }
}

/// The second-level sections of a report with diagrams.
const SECTIONS: [&str; 5] = ["What changed since review 1", "Findings", "Inventory", "Diagrams", "Provenance"];
