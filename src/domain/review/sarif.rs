//! A review as SARIF 2.1.0, for code scanning and editors.
//!
//! The rules are one run; each agent is another. What the standard has no word for is in property bags. Sizes stay within
//! what GitHub takes. The same review gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::domain::{
    agent::topics::taxonomy,
    diagnostic::{Diagnostic, Level, LineIndex},
    id::DocumentId,
    review::{
        Change, Completeness, FindingState, Withheld, WithheldAt,
        agents::{AgentRun, RunStatus},
        choices::Choices,
        engine::Design,
        finding::{Basis, CERTAIN, Category, Evidence, Finding, FindingKind, Fingerprint, Grounding, Severity, Source},
        gate::GateResult,
        rule::Rule,
        rules,
    },
};

pub mod log;
mod places;

use log::{
    BaseUri, Configuration, Descriptor, Driver, Invocation, Location, Log, Message, Notification, Override, Properties, Reference, Region,
    ResultObject, Run, SuppressionObject, Texts, Tool,
};
use places::{Places, START, region};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What relative addresses begin at; GitHub knows the name.
const SOURCE_ROOT: &str = "%SRCROOT%";
/// More results of one run are refused.
const MOST_RESULTS: usize = 25_000;
/// More runs in one file are refused.
const MOST_RUNS: usize = 20;
/// More tags of one rule are not shown.
const MOST_TAGS: usize = 10;

const SKIPPED: &str = "rule-skipped";
const UNREAD: &str = "not-read-in-full";
const SETTINGS: &str = "settings";
const UNFINISHED: &str = "agent-unfinished";

/// What is written.
pub struct Sarif<'a> {
    /// The program's version.
    pub version: &'a str,
    /// What was reviewed.
    pub now: &'a Design<'a>,
    /// What it is compared with; findings that are gone lie there.
    pub base: Option<&'a Design<'a>>,
    /// Worst first.
    pub claims: Vec<Claim<'a>>,
    pub completeness: &'a Completeness,
    pub choices: Option<&'a Choices>,
    /// The settings' path, text and what was said about them.
    pub settings: Option<(&'a str, &'a str, &'a [Diagnostic])>,
    pub gate: Option<&'a GateResult>,
    pub agents: &'a [AgentRun],
    /// Where the catalogue is served, such as `https://lintel.example.com`.
    pub site: Option<&'a str>,
    /// A path of the design as people find the file.
    pub shown: &'a dyn Fn(&str) -> String,
}

/// A finding with what became of it.
pub struct Claim<'a> {
    pub finding: &'a Finding,
    pub state: FindingState,
    /// None where there is nothing to compare with.
    pub change: Option<Change>,
    pub let_be: Option<LetBe>,
    /// Why it is new, or gone.
    pub because: String,
}

/// Why a finding is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetBe {
    /// Said by the design's own text.
    pub in_text: bool,
    pub reason: String,
    pub until: Option<String>,
}

impl<'a> Claim<'a> {
    /// An open finding.
    pub fn open(finding: &'a Finding) -> Self {
        Self { finding, state: FindingState::Open, change: None, let_be: None, because: String::new() }
    }
}

/// The log as text; ends in one line end.
pub fn text(sarif: &Sarif<'_>) -> String {
    let mut text = serde_json::to_string_pretty(&log(sarif)).unwrap_or_default();
    text.push('\n');
    text
}

/// What a review withheld, as a finding that has a place; none for reviews that kept no place.
pub fn withheld(one: &Withheld) -> Option<(Finding, LetBe)> {
    let rule = rules::by_code(&one.code)?;
    let WithheldAt { path, line, fingerprint, in_text } = one.at.clone()?;
    let document = DocumentId::from_uuid(uuid::Uuid::nil());
    let evidence = Evidence { document, path, claim: String::new(), line, quote: Vec::new(), marked: vec![line] };
    let finding = Finding {
        code: rule.code.to_owned(),
        rule: rule.slug.to_owned(),
        source: Source::Rule,
        confidence: CERTAIN,
        basis: Basis::Deterministic,
        grounding: Grounding::Verified,
        patterns: Vec::new(),
        relates_to: Vec::new(),
        tradeoff: String::new(),
        names_fingerprint: fingerprint.clone(),
        moved_fingerprint: None,
        shape_fingerprint: None,
        fingerprint,
        kind: rule.kind,
        category: rule.category,
        severity: one.severity,
        base_severity: rule.severity,
        severity_reasons: Vec::new(),
        title: one.title.clone(),
        message: String::new(),
        why: String::new(),
        remedy: String::new(),
        anchors: Vec::new(),
        subjects: Vec::new(),
        evidence: vec![evidence],
        assumptions: Vec::new(),
    };
    Some((finding, LetBe { in_text, reason: one.reason.clone(), until: one.until.clone() }))
}

fn log(sarif: &Sarif<'_>) -> Log {
    let now = Places::new(sarif.now, sarif.shown);
    let base = sarif.base.map(|base| Places::new(base, sarif.shown));
    let mut runs = vec![rules_run(sarif, &now, base.as_ref())];
    let mut agents: BTreeSet<&str> = sarif.agents.iter().map(|run| run.agent.as_str()).collect();
    agents.extend(sarif.claims.iter().filter_map(|claim| claim.finding.agent()).map(|agent| agent.agent.as_str()));
    runs.extend(agents.into_iter().take(MOST_RUNS - 1).map(|agent| agent_run(sarif, agent, &now, base.as_ref())));
    Log { schema: SCHEMA, version: "2.1.0", runs }
}

fn run(driver: Driver, invocation: Invocation, results: Vec<ResultObject>, properties: Properties) -> Run {
    let root = BaseUri { description: message("The folder that the paths of the design begin in.") };
    Run {
        tool: Tool { driver },
        invocations: vec![invocation],
        original_uri_base_ids: BTreeMap::from([(SOURCE_ROOT, root)]),
        column_kind: "unicodeCodePoints",
        results,
        properties,
    }
}

fn rules_run(sarif: &Sarif<'_>, now: &Places<'_>, base: Option<&Places<'_>>) -> Run {
    let claims: Vec<&Claim<'_>> = sarif.claims.iter().filter(|claim| claim.finding.agent().is_none()).take(MOST_RESULTS).collect();
    let codes: BTreeSet<&str> = claims.iter().map(|claim| claim.finding.code.as_str()).collect();
    let used: Vec<&Rule> = rules::ALL.iter().copied().filter(|rule| codes.contains(rule.code)).collect();
    let index = |code: &str| used.iter().position(|rule| rule.code == code);
    let results = claims.iter().map(|claim| result(claim, index(&claim.finding.code), now, base)).collect();
    let driver = Driver {
        name: "lintel".to_owned(),
        semantic_version: Some(sarif.version.to_owned()),
        full_name: None,
        rules: used.iter().map(|rule| descriptor(rule, sarif.site)).collect(),
        notifications: [
            (SKIPPED, "A rule did not run."),
            (UNREAD, "A text could not be read in full."),
            (SETTINGS, "The project's settings should say something else."),
        ]
        .map(|(id, said)| notice(id, said))
        .into(),
    };
    let overrides = used.iter().enumerate().filter_map(|(index, rule)| {
        let severity = sarif.choices?.severity(rule.code)?;
        let descriptor = Reference { id: rule.code.to_owned(), index: Some(index) };
        Some(Override { configuration: Configuration { level: level(severity) }, descriptor })
    });
    let invocation = Invocation {
        execution_successful: sarif.completeness.broken.is_empty() && sarif.completeness.unreadable.is_empty(),
        rule_configuration_overrides: overrides.collect(),
        tool_execution_notifications: execution_notifications(sarif, now, &index),
        tool_configuration_notifications: settings_notifications(sarif, now),
    };
    let mut properties = Properties::new();
    if let Some(gate) = sarif.gate {
        properties.insert("gate", serde_json::to_value(gate).unwrap_or_default());
    }
    run(driver, invocation, results, properties)
}

fn notice(id: &str, said: &str) -> Descriptor {
    Descriptor {
        id: id.to_owned(),
        name: None,
        short_description: Texts { text: said.to_owned(), markdown: None },
        full_description: None,
        help: None,
        help_uri: None,
        default_configuration: None,
        properties: Properties::new(),
    }
}

/// Texts that could not be read in full, and rules that did not run.
fn execution_notifications(sarif: &Sarif<'_>, now: &Places<'_>, index: &dyn Fn(&str) -> Option<usize>) -> Vec<Notification> {
    let diagrams = sarif.now.diagrams.iter().map(|diagram| (diagram.path, diagram.parsed.diagnostics.as_slice()));
    let texts = diagrams.chain(sarif.now.decisions.iter().map(|decision| (decision.path, decision.record.diagnostics.as_slice())));
    let mut found: Vec<Notification> = Vec::new();
    for (path, diagnostics) in texts {
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.level > Level::Note) {
            let reference = Reference { id: UNREAD.to_owned(), index: Some(1) };
            let file = diagnostic.file.as_deref();
            // The lines of an included file are not at hand.
            let region = file.map_or_else(|| now.of_span(path, diagnostic.span), |_| START);
            found.push(diagnosed(reference, file.unwrap_or(path), region, diagnostic, now));
        }
    }
    for (code, reason) in &sarif.completeness.rules_skipped {
        found.push(Notification {
            descriptor: Reference { id: SKIPPED.to_owned(), index: Some(0) },
            level: "note",
            message: message(&format!("{code} did not run: {reason}.")),
            associated_rule: Some(Reference { id: code.clone(), index: index(code) }),
            locations: Vec::new(),
        });
    }
    found
}

fn settings_notifications(sarif: &Sarif<'_>, now: &Places<'_>) -> Vec<Notification> {
    let Some((path, text, diagnostics)) = sarif.settings else { return Vec::new() };
    let lines = LineIndex::new(text);
    let reference = || Reference { id: SETTINGS.to_owned(), index: Some(2) };
    diagnostics.iter().map(|diagnostic| diagnosed(reference(), path, region(&lines, diagnostic.span), diagnostic, now)).collect()
}

fn diagnosed(descriptor: Reference, path: &str, region: Region, diagnostic: &Diagnostic, now: &Places<'_>) -> Notification {
    let Diagnostic { what, why, help, .. } = diagnostic;
    Notification {
        descriptor,
        level: if diagnostic.level == Level::Error { "error" } else { "warning" },
        message: message(&format!("{what}. {why} {help}")),
        associated_rule: None,
        locations: vec![Location { id: None, physical_location: now.physical(path, region), logical_locations: Vec::new(), message: None }],
    }
}

fn agent_run(sarif: &Sarif<'_>, name: &str, now: &Places<'_>, base: Option<&Places<'_>>) -> Run {
    let said = |claim: &&Claim<'_>| claim.finding.agent().is_some_and(|agent| agent.agent == name);
    let claims: Vec<&Claim<'_>> = sarif.claims.iter().filter(said).take(MOST_RESULTS).collect();
    let codes: BTreeSet<&str> = claims.iter().map(|claim| claim.finding.code.as_str()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let index = |code: &str| codes.iter().position(|other| *other == code);
    let results = claims.iter().map(|claim| result(claim, index(&claim.finding.code), now, base)).collect();
    let model = claims.iter().filter_map(|claim| claim.finding.agent()).map(|agent| agent.model.as_str()).find(|model| !model.is_empty());
    let runs: Vec<&AgentRun> = sarif.agents.iter().filter(|run| run.agent == name).collect();
    let model = runs.iter().map(|run| run.model.as_str()).find(|model| !model.is_empty()).or(model);
    let unfinished = runs.iter().filter(|run| run.status != RunStatus::Done).map(|run| {
        let why = if run.reason.is_empty() { String::new() } else { format!(": {}", run.reason) };
        Notification {
            descriptor: Reference { id: UNFINISHED.to_owned(), index: Some(0) },
            level: if run.required { "error" } else { "warning" },
            message: message(&format!("{name}: {}{why}", run.status.name().to_lowercase())),
            associated_rule: None,
            locations: Vec::new(),
        }
    });
    let invocation = Invocation {
        execution_successful: runs.iter().all(|run| run.status == RunStatus::Done),
        rule_configuration_overrides: Vec::new(),
        tool_execution_notifications: unfinished.collect(),
        tool_configuration_notifications: Vec::new(),
    };
    let driver = Driver {
        name: format!("lnt-agent/{name}"),
        semantic_version: None,
        full_name: model.map(|model| format!("{name} with {model}")),
        rules: codes.iter().map(|code| topic(code)).collect(),
        notifications: vec![notice(UNFINISHED, "An agent did not finish.")],
    };
    run(driver, invocation, results, Properties::new())
}

fn topic(code: &str) -> Descriptor {
    let slug = code.strip_prefix("AGT-").unwrap_or(code);
    let topic = taxonomy::TOPICS.iter().find(|topic| topic.slug == slug);
    let text = topic.map_or(slug, |topic| topic.name);
    Descriptor {
        id: code.to_owned(),
        name: Some(slug.to_owned()),
        short_description: Texts { text: braced(text), markdown: None },
        full_description: topic.map(|topic| Texts { text: braced(topic.line), markdown: None }),
        help: None,
        help_uri: None,
        default_configuration: None,
        properties: Properties::new(),
    }
}

fn descriptor(rule: &Rule, site: Option<&str>) -> Descriptor {
    let sections = ["What it finds", "Why it matters", "What to do", "False positives", "Source"];
    let sections: Vec<(&str, String)> =
        sections.into_iter().map(|title| (title, rule.section(title))).filter(|(_, text)| !text.is_empty()).collect();
    let plain = sections.iter().map(|(title, text)| format!("{title}: {text}")).collect::<Vec<_>>().join("\n\n");
    let markdown = sections.iter().map(|(title, text)| format!("## {title}\n\n{text}")).collect::<Vec<_>>().join("\n\n");
    let mut tags = vec![slug(rule.category).to_owned(), rule.set.slug().to_owned()];
    tags.extend(rule.topics.iter().map(|topic| (*topic).to_owned()));
    tags.truncate(MOST_TAGS);
    let mut properties = Properties::from([
        ("category", json!(rule.category.name())),
        ("precision", json!("very-high")),
        ("problem.severity", json!(problem(rule.severity))),
        ("set", json!(rule.set.slug())),
        ("severity", json!(rule.severity.slug())),
        ("tags", json!(tags)),
    ]);
    if rule.category == Category::Security {
        properties.insert("security-severity", json!(security(rule.severity)));
    }
    Descriptor {
        id: rule.code.to_owned(),
        name: Some(rule.slug.to_owned()),
        short_description: Texts { text: braced(&rule.name()), markdown: None },
        full_description: Some(Texts { text: braced(&rule.summary()), markdown: None }),
        help: Some(Texts { text: braced(&plain), markdown: Some(braced(&markdown)) }),
        help_uri: site.map(|site| format!("{}/catalogue/rules/{}", site.trim_end_matches('/'), rule.code)),
        default_configuration: Some(Configuration { level: level(rule.severity) }),
        properties,
    }
}

fn result(claim: &Claim<'_>, rule_index: Option<usize>, now: &Places<'_>, base: Option<&Places<'_>>) -> ResultObject {
    let finding = claim.finding;
    let gone = matches!(claim.change, Some(Change::Fixed | Change::Obsolete));
    let places = base.filter(|_| gone).unwrap_or(now);
    let because = if claim.because.is_empty() { String::new() } else { format!(" This is because {}.", claim.because) };
    let said = [&finding.title, &finding.message].into_iter().filter(|text| !text.trim().is_empty());
    let said: Vec<String> = said.map(|text| format!("{}.", text.trim().trim_end_matches('.'))).collect();
    let kind = match finding.kind {
        FindingKind::Risk | FindingKind::Hygiene => "fail",
        FindingKind::Question => "open",
        FindingKind::TradeOff => "review",
        FindingKind::Strength => "pass",
    };
    let mut properties = Properties::from([
        ("category", json!(finding.category.name())),
        ("severity", json!(finding.severity.slug())),
        ("state", json!(claim.state.slug())),
    ]);
    let lists = [("assumptions", &finding.assumptions), ("patterns", &finding.patterns), ("severityReasons", &finding.severity_reasons)];
    properties.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, json!(list))));
    match claim.change {
        Some(Change::Regressed) => properties.insert("regressed", json!(true)),
        Some(Change::NotEvaluated) => properties.insert("notEvaluated", json!(true)),
        _ => None,
    };
    if !claim.because.is_empty() {
        properties.insert("because", json!(claim.because));
    }
    if finding.agent().is_some() {
        properties.insert("confidence", json!(finding.confidence));
    }
    ResultObject {
        rule_id: finding.code.clone(),
        rule_index,
        kind,
        level: if kind == "fail" { level(finding.severity) } else { "none" },
        message: message(&format!("{}{because}", said.join(" "))),
        locations: vec![places.primary(finding)],
        related_locations: places.related(finding),
        code_flows: places.flows(finding),
        partial_fingerprints: fingerprints(&finding.fingerprint, &finding.names_fingerprint),
        baseline_state: claim.change.map(baseline),
        suppressions: claim.let_be.iter().map(suppression).collect(),
        rank: rank(finding.severity),
        properties,
    }
}

fn fingerprints(primary: &Fingerprint, names: &Fingerprint) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("lntNames/v1", names.0.clone()), ("lntPrimary/v1", primary.0.clone())])
}

const fn baseline(change: Change) -> &'static str {
    match change {
        Change::New | Change::Regressed => "new",
        Change::Unchanged | Change::NotEvaluated => "unchanged",
        Change::Updated => "updated",
        Change::Fixed | Change::Obsolete => "absent",
    }
}

fn suppression(let_be: &LetBe) -> SuppressionObject {
    let until = let_be.until.as_ref().map(|until| ("until", json!(until)));
    SuppressionObject {
        kind: if let_be.in_text { "inSource" } else { "external" },
        status: "accepted",
        justification: let_be.reason.clone(),
        properties: until.into_iter().collect(),
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

const fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// In the middle of the range that GitHub calls by the same name.
const fn security(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

const fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 100,
        Severity::High => 75,
        Severity::Medium => 50,
        Severity::Low => 25,
    }
}

fn slug(category: Category) -> &'static str {
    match category {
        Category::Model => "model",
        Category::Boundaries => "boundaries",
        Category::Data => "data",
        Category::Communication => "communication",
        Category::Scalability => "scalability",
        Category::Reliability => "reliability",
        Category::Observability => "observability",
        Category::Security => "security",
        Category::Operations => "operations",
        Category::Decisions => "decisions",
        Category::Simplicity => "simplicity",
    }
}

/// Text that means nothing else in a message: no link, no placeholder.
fn message(text: &str) -> Message {
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    Message { text: braced(&plain.replace("](", "] (")) }
}

/// The standard doubles braces that are no placeholder.
fn braced(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests;
