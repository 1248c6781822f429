//! `lintel.yaml`: what a project has agreed on for its reviews, written beside the design.
//!
//! ```yaml
//! profile: production
//! sets: [core, math, prod]
//! severity:
//!   LNT-B001: critical
//!   single-option: low
//! off:
//!   - rule: LNT-P001
//!     reason: One team owns all of it
//! suppress:
//!   - rule: LNT-X*
//!     elements: [Legacy billing]
//!     reason: Goes away with the new billing
//!     until: 2027-05-01
//! gate:
//!   fail_on: {new: high, open: critical}
//!   max_open: {medium: 10}
//!   ignore: {states: [wont-fix, false-positive], sets: [strict], baseline: true}
//!   overdue_accepted: fail
//!   inconclusive: fail
//! paths:
//!   include: [workspace.dsl, docs/adr]
//!   ignore: ["*.draft.md"]
//! baseline: known.json
//! ```
//!
//! Whatever is there and can't be read is an error with its place; nothing is passed over in silence.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    moment::Day,
    review::{
        FindingState, Profile,
        choices::{Choices, Off, Waiver},
        finding::Severity,
        gate::{Answer, GatePolicy},
        rule::Set,
        selector::Selector,
        suppression::LEAST_REASON,
    },
};

pub mod pattern;
pub mod reader;
pub mod yaml;

use pattern::Pattern;
use reader::Reader;
use yaml::{Node, Value};

/// What the file is called.
pub const NAME: &str = "lintel.yaml";
/// What it may be called; the first that is there counts.
pub const NAMES: [&str; 2] = [NAME, ".lintel.yaml"];
/// Names that people give it by mistake.
pub const NEAR_NAMES: [&str; 4] = ["lintel.yml", ".lintel.yml", "lintel.json", "lintel.toml"];
/// Larger files are not read.
const LARGEST: usize = 256 * 1024;

/// What a project has agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectSettings {
    /// None leaves it to each diagram.
    pub profile: Option<Profile>,
    pub choices: Choices,
    pub gate: GatePolicy,
    /// Only these documents are looked at; empty for all.
    pub include: Vec<Pattern>,
    /// These are not.
    pub ignore: Vec<Pattern>,
    /// The file with known findings, from the folder of the settings.
    pub baseline: Option<String>,
}

/// A text of settings, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub settings: ProjectSettings,
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    pub fn is_broken(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

impl ProjectSettings {
    /// Whether a document is to be looked at; the path is from the folder of the settings.
    pub fn covers(&self, path: &str) -> bool {
        let fits = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.fits(path));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.ignore)
    }
}

/// Reads a text of settings: what can be understood, and what is wrong with the rest.
pub fn read(text: &str) -> Reading {
    let mut reader = Reader::default();
    if text.len() > LARGEST {
        reader.error(
            Span::default(),
            "too-large",
            "The settings are larger than 256 KiB",
            "Nobody writes that much by hand.",
            "Keep settings only.",
        );
        return Reading { settings: ProjectSettings::default(), diagnostics: reader.finish() };
    }
    let settings = match yaml::read(text) {
        Ok(Node { value: Value::Null, .. }) => ProjectSettings::default(),
        Ok(node) => root(&mut reader, &node),
        Err(complaint) => {
            let what = format!("This is no YAML that can be read: {}", complaint.message);
            let help = "Mend the line. Texts with `: ` or `#` in them need quotes.";
            reader.error(complaint.span, "invalid-yaml", what, "The settings are read whole or not at all.", help);
            ProjectSettings::default()
        }
    };
    Reading { settings, diagnostics: reader.finish() }
}

fn root(reader: &mut Reader, node: &Node) -> ProjectSettings {
    let mut settings = ProjectSettings::default();
    let known = ["profile", "sets", "severity", "off", "suppress", "gate", "paths", "baseline"];
    for (name, node) in reader.fields(node, "the settings", &known) {
        match name {
            "profile" => settings.profile = reader.choice(node, "profile", &Profile::ALL.map(|profile| (profile.slug(), profile))),
            "sets" => settings.choices.sets = Some(sets(reader, node)).filter(|sets| !sets.is_empty()),
            "severity" => settings.choices.severities = severities(reader, node),
            "off" => settings.choices.off = reader.list(node, "off").into_iter().filter_map(|node| off(reader, node)).collect(),
            "suppress" => {
                settings.choices.waivers = reader.list(node, "suppress").into_iter().filter_map(|node| waiver(reader, node)).collect();
            }
            "gate" => settings.gate = gate(reader, node),
            "paths" => {
                for (name, node) in reader.fields(node, "`paths`", &["include", "ignore"]) {
                    let patterns = reader.patterns(node, name);
                    if name == "include" { settings.include = patterns } else { settings.ignore = patterns }
                }
            }
            "baseline" => settings.baseline = reader.text(node, "baseline").filter(|path| !path.is_empty()).map(str::to_owned),
            _ => {}
        }
    }
    settings
}

fn sets(reader: &mut Reader, node: &Node) -> BTreeSet<Set> {
    let options = Set::ALL.map(|set| (set.slug(), set));
    reader.texts_or_list(node, "sets").into_iter().filter_map(|node| reader.choice(node, "set", &options)).collect()
}

fn severities(reader: &mut Reader, node: &Node) -> Vec<(Selector, Severity)> {
    let options = Severity::ALL.map(|severity| (severity.slug(), severity));
    let mut found = Vec::new();
    for (key, node) in reader.pairs(node, "`severity`") {
        let selector = reader.rule(&key.name, key.span);
        found.extend(selector.zip(reader.choice(node, "severity", &options)));
    }
    found
}

/// What an entry about rules says.
struct About {
    rules: Vec<Selector>,
    reason: String,
    until: Option<Day>,
}

fn off(reader: &mut Reader, node: &Node) -> Option<Off> {
    let fields = reader.fields(node, "an entry of `off`", &["rule", "reason", "until"]);
    let About { rules, reason, until } = about(reader, node, &fields)?;
    Some(Off { rules, reason, until, span: node.span })
}

fn waiver(reader: &mut Reader, node: &Node) -> Option<Waiver> {
    let fields = reader.fields(node, "an entry of `suppress`", &["rule", "paths", "elements", "reason", "until"]);
    let (mut paths, mut elements) = (Vec::new(), Vec::new());
    let mut whole = true;
    for (name, node) in &fields {
        match *name {
            "paths" => {
                paths = reader.patterns(node, "paths");
                whole &= !paths.is_empty();
            }
            "elements" => {
                elements = reader.texts(node, "elements");
                whole &= !elements.is_empty();
            }
            _ => {}
        }
    }
    // What limits it could not be read; without the limit it would cover too much.
    let About { rules, reason, until } = about(reader, node, &fields).filter(|_| whole)?;
    Some(Waiver { rules, paths, elements, reason, until, span: node.span })
}

fn about(reader: &mut Reader, node: &Node, fields: &[(&'static str, &Node)]) -> Option<About> {
    let (mut rules, mut reason, mut until) = (None, None, Some(None));
    for (name, node) in fields {
        match *name {
            "rule" => {
                let written = reader.texts_or_list(node, "rule");
                let read: Vec<Option<Selector>> =
                    written.into_iter().map(|node| reader.text(node, "rule").and_then(|text| reader.rule(text, node.span))).collect();
                rules = Some(read.into_iter().collect::<Option<Vec<_>>>().filter(|rules| !rules.is_empty()));
            }
            "reason" => reason = Some(reader.text(node, "reason").map(str::trim)),
            "until" => until = reader.day(node, "until").map(Some),
            _ => {}
        }
    }
    if rules.is_none() {
        let why = "An entry says which rules it is about.";
        reader.error(node.span, "missing-key", "This entry names no rule", why, "Add `rule: LNT-…`; a list will do, too.");
    }
    match reason {
        None => {
            let why = "Without a reason the next reader has to ask.";
            reader.error(node.span, "missing-key", "This entry gives no reason", why, "Add `reason:` and a sentence.");
        }
        Some(Some(reason)) if reason.chars().count() < LEAST_REASON => {
            let why = "So short a reason says nothing to the next reader.";
            let help = format!("Write a sentence of at least {LEAST_REASON} letters.");
            reader.error(node.span, "short-reason", format!("The reason `{reason}` is too short"), why, help);
            return None;
        }
        Some(_) => {}
    }
    Some(About { rules: rules??, reason: reason??.to_owned(), until: until? })
}

fn gate(reader: &mut Reader, node: &Node) -> GatePolicy {
    let mut policy = GatePolicy::default();
    let known = ["fail_on", "max_open", "ignore", "overdue_accepted", "inconclusive"];
    let answers = Answer::ALL.map(|answer| (answer.slug(), answer));
    for (name, node) in reader.fields(node, "`gate`", &known) {
        match name {
            "fail_on" => fail_on(reader, node, &mut policy),
            "max_open" => policy.most = max_open(reader, node),
            "ignore" => ignore(reader, node, &mut policy),
            "overdue_accepted" => policy.overdue = reader.choice(node, name, &answers).unwrap_or(policy.overdue),
            "inconclusive" => policy.inconclusive = reader.choice(node, name, &answers).unwrap_or(policy.inconclusive),
            _ => {}
        }
    }
    policy
}

/// A severity is one for new findings; `never` takes the condition away.
fn fail_on(reader: &mut Reader, node: &Node, policy: &mut GatePolicy) {
    let mut options: Vec<(&'static str, Option<Severity>)> =
        Severity::ALL.into_iter().map(|severity| (severity.slug(), Some(severity))).collect();
    options.push(("never", None));
    if !matches!(node.value, Value::Map(_)) {
        policy.new = reader.choice(node, "severity", &options).unwrap_or(policy.new);
        return;
    }
    for (name, node) in reader.fields(node, "`fail_on`", &["new", "open"]) {
        let least = reader.choice(node, "severity", &options);
        match name {
            "new" => policy.new = least.unwrap_or(policy.new),
            _ => policy.open = least.unwrap_or(policy.open),
        }
    }
}

fn max_open(reader: &mut Reader, node: &Node) -> BTreeMap<Severity, u32> {
    let fields = reader.fields(node, "`max_open`", &Severity::ALL.map(Severity::slug));
    fields.into_iter().filter_map(|(name, node)| Severity::parse(name).zip(reader.count(node, name))).collect()
}

fn ignore(reader: &mut Reader, node: &Node, policy: &mut GatePolicy) {
    // Fixed and obsolete findings never count.
    let states = [FindingState::Accepted, FindingState::WontFix, FindingState::FalsePositive];
    for (name, node) in reader.fields(node, "`ignore`", &["states", "baseline", "sets"]) {
        match name {
            "states" => {
                let options = states.map(|state| (state.slug(), state));
                let nodes = reader.texts_or_list(node, "states");
                policy.ignored_states = nodes.into_iter().filter_map(|node| reader.choice(node, "state", &options)).collect();
            }
            "sets" => policy.ignored_sets = sets(reader, node),
            _ => policy.ignore_baseline = reader.boolean(node, name).unwrap_or(policy.ignore_baseline),
        }
    }
}

#[cfg(test)]
mod tests;
