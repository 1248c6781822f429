//! The log against what the standard allows and what GitHub takes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::domain::{
    decision::{self, Record},
    id::DocumentId,
    moment::Day,
    review::{
        Profile,
        engine::{DecisionRecord, Diagram, Outcome, Settings, review_with},
        finding::{AgentSource, Source},
        gate::GatePolicy,
        settings,
    },
    sample,
    syntax::{Language, Parsed, Sources, parse},
};

/// The objects of SARIF 2.1.0 that are written: each property that may be there, `!` where it must, and its type: `s` text,
/// `n` number, `b` truth, `*` anything, `[]` a list, `{}` names with values, words in brackets one of them, or an object.
const STANDARD: &str = "\
log: $schema s, version! (2.1.0), runs! []run
run: tool! tool, invocations []invocation, originalUriBaseIds {}artifactLocation, columnKind (utf16CodeUnits|unicodeCodePoints), results []result, properties *
tool: driver! toolComponent
toolComponent: name! s, semanticVersion s, fullName s, rules []reportingDescriptor, notifications []reportingDescriptor
reportingDescriptor: id! s, name s, shortDescription multi, fullDescription multi, help multi, helpUri s, defaultConfiguration reportingConfiguration, properties *
multi: text! s, markdown s
reportingConfiguration: level (none|note|warning|error)
invocation: executionSuccessful! b, ruleConfigurationOverrides []override, toolExecutionNotifications []notification, toolConfigurationNotifications []notification
override: configuration! reportingConfiguration, descriptor! reference
reference: id s, index n
notification: message! message, level (none|note|warning|error), descriptor reference, associatedRule reference, locations []location
message: text! s
result: message! message, ruleId s, ruleIndex n, kind (notApplicable|pass|fail|review|open|informational), level (none|note|warning|error), locations []location, relatedLocations []location, codeFlows []codeFlow, partialFingerprints {}s, baselineState (new|unchanged|updated|absent), suppressions []suppression, rank n, properties *
location: id n, physicalLocation physicalLocation, logicalLocations []logicalLocation, message message
physicalLocation: artifactLocation! artifactLocation, region region
artifactLocation: uri s, uriBaseId s, description message
region: startLine! n, startColumn n, endLine n, endColumn n
logicalLocation: name s, fullyQualifiedName s, kind s
codeFlow: threadFlows! []threadFlow
threadFlow: locations! []threadFlowLocation
threadFlowLocation: location location
suppression: kind! (inSource|external), status (accepted|underReview|rejected), justification s, properties *
";

fn allowed(object: &str) -> BTreeMap<&'static str, (bool, &'static str)> {
    let line = STANDARD.lines().find_map(|line| line.strip_prefix(object)?.strip_prefix(": ")).unwrap();
    line.split(", ")
        .map(|field| {
            let (name, of) = field.split_once(' ').unwrap();
            (name.trim_end_matches('!'), (name.ends_with('!'), of))
        })
        .collect()
}

/// Fails where a value is not what the standard says.
fn conforms(value: &Value, of: &str, at: &str) {
    let wrong = format!("{at} is no {of}: {value}");
    if let Some(of) = of.strip_prefix("[]") {
        value.as_array().expect(&wrong).iter().enumerate().for_each(|(index, one)| conforms(one, of, &format!("{at}[{index}]")));
    } else if let Some(of) = of.strip_prefix("{}") {
        value.as_object().expect(&wrong).iter().for_each(|(name, one)| conforms(one, of, &format!("{at}.{name}")));
    } else if let Some(words) = of.strip_prefix('(') {
        assert!(words.trim_end_matches(')').split('|').any(|word| value == word), "{at} is none of {of}: {value}");
    } else {
        match of {
            "s" => assert!(value.is_string(), "{at}: {value}"),
            "n" => assert!(value.as_u64().is_some(), "{at}: {value}"),
            "b" => assert!(value.is_boolean(), "{at}: {value}"),
            "*" => {}
            object => {
                let fields = value.as_object().expect(&wrong);
                let allowed = allowed(object);
                for (name, one) in fields {
                    let (_, of) = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{at} has {name}, which no {object} has"));
                    conforms(one, of, &format!("{at}.{name}"));
                }
                for (name, (must, _)) in allowed {
                    assert!(!must || fields.contains_key(name), "{at} has no {name}");
                }
            }
        }
    }
}

/// What is promised beyond the shapes.
fn holds_together(log: &Value) {
    conforms(log, "log", "log");
    let runs = log["runs"].as_array().unwrap();
    assert!(!runs.is_empty() && runs.len() <= MOST_RUNS);
    for run in runs {
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for rule in rules {
            assert!(rule["properties"]["tags"].as_array().is_none_or(|tags| tags.len() <= MOST_TAGS));
        }
        let results = run["results"].as_array().unwrap();
        assert!(results.len() <= MOST_RESULTS);
        for result in results {
            assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
            assert_eq!(result["locations"].as_array().unwrap().len(), 1, "code scanning shows the first one");
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "only failures have a level: {result}");
            assert!(result["relatedLocations"].as_array().is_none_or(|related| related.len() <= 100));
            let flows = result["codeFlows"].as_array();
            assert!(
                flows.is_none_or(|flows| flows.iter().all(|flow| flow["threadFlows"][0]["locations"].as_array().unwrap().len() <= 1000))
            );
        }
        let mut regions = Vec::new();
        collect(run, "region", &mut regions);
        for region in regions {
            let (start, end) = (region["startColumn"].as_u64(), region["endColumn"].as_u64());
            assert!(region["startLine"].as_u64() >= Some(1) && start.is_none_or(|start| start >= 1), "{region}");
            assert!(end.is_none_or(|end| Some(end) > start), "{region}");
        }
        let mut texts = Vec::new();
        collect(run, "text", &mut texts);
        for text in texts.iter().filter_map(|text| text.as_str()) {
            assert!(!text.contains("](") && !text.replace("{{", "").replace("}}", "").contains(['{', '}']), "{text}");
        }
    }
}

fn collect<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name));
            fields.values().for_each(|value| collect(value, name, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, name, found)),
        _ => {}
    }
}

/// A design that is read.
struct Read {
    diagrams: Vec<(DocumentId, String, String, Parsed)>,
    decisions: Vec<(DocumentId, String, String, Record)>,
}

impl Read {
    fn new(files: &[(&str, &str)]) -> Self {
        let mut read = Self { diagrams: Vec::new(), decisions: Vec::new() };
        for (number, (path, text)) in (1_u128..).zip(files) {
            let document = DocumentId::from_uuid(uuid::Uuid::from_u128(number));
            let (path, text) = ((*path).to_owned(), (*text).to_owned());
            if path.contains("adr/") {
                let record = decision::parse(&path, &text);
                read.decisions.push((document, path, text, record));
            } else {
                let parsed = parse(Language::Structurizr, &path, &text, &Sources::new());
                read.diagrams.push((document, path, text, parsed));
            }
        }
        read
    }

    fn design(&self) -> Design<'_> {
        let diagrams =
            self.diagrams.iter().map(|(document, path, text, parsed)| Diagram { document: *document, path, text, parsed }).collect();
        let decisions = self
            .decisions
            .iter()
            .map(|(document, path, text, record)| DecisionRecord { document: *document, path, text, record })
            .collect();
        Design { diagrams, decisions }
    }
}

fn examined(design: &Design<'_>, choices: &Choices) -> Outcome {
    review_with(design, &Settings { profile: Profile::Production, today: Day { year: 2026, month: 11, day: 21 } }, choices)
}

fn written<'a>(design: &'a Design<'a>, outcome: &'a Outcome, more: impl FnOnce(&mut Sarif<'a>)) -> Value {
    let mut sarif = Sarif {
        version: "0.1.0",
        now: design,
        base: None,
        claims: outcome.findings.iter().map(Claim::open).collect(),
        completeness: &outcome.completeness,
        choices: None,
        settings: None,
        gate: None,
        agents: &[],
        site: None,
        shown: &str::to_owned,
    };
    more(&mut sarif);
    let text = text(&sarif);
    assert_eq!(text, super::text(&sarif), "the same review gives the same bytes");
    assert!(text.ends_with("}\n"));
    let log: Value = serde_json::from_str(&text).unwrap();
    holds_together(&log);
    log
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

const CYCLE: &str = r#"workspace "Shop" {
    model {
        user = person "User"
        shop = softwareSystem "Shop {x} [y](z)" {
            orders = container "Orders" "Takes orders" "Go"
            billing = container "Billing" "Writes bills" "Go"
        }
        user -> orders "Orders" "HTTPS"
        orders -> billing "Asks for a bill" "HTTPS"
        billing -> orders "Asks for the order" "HTTPS"
    }
}
"#;

#[test]
fn the_sample_is_written_as_the_standard_says() {
    let files: Vec<(&str, &str)> =
        sample::FILES.iter().filter(|(path, _)| path.contains("workspace") || path.contains("adr/")).copied().collect();
    let read = Read::new(&files);
    let design = read.design();
    let outcome = examined(&design, &Choices::default());
    let log = written(&design, &outcome, |sarif| sarif.site = Some("https://lintel.example.com/"));
    assert_eq!(results(&log).len(), outcome.findings.len());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let shared = rules.iter().find(|rule| rule["id"] == "LNT-B001").unwrap();
    assert_eq!(shared["name"], "shared-database");
    assert_eq!(shared["helpUri"], "https://lintel.example.com/catalogue/rules/LNT-B001");
    assert!(shared["help"]["markdown"].as_str().unwrap().contains("## What to do\n"));
    for rule in rules {
        let is_security = rule["id"].as_str().unwrap().starts_with("LNT-X");
        assert_eq!(rule["properties"]["security-severity"].is_string(), is_security, "{}", rule["id"]);
    }
    let skipped = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().map_or(0, Vec::len);
    assert!(skipped >= outcome.completeness.rules_skipped.len());
}

#[test]
fn places_are_the_lines_and_columns_of_the_text() {
    let read = Read::new(&[("a b/workspace.dsl", CYCLE)]);
    let design = read.design();
    let outcome = examined(&design, &Choices::default());
    let log = written(&design, &outcome, |_| {});
    let cycle = results(&log).iter().find(|result| result["ruleId"] == "LNT-B003").unwrap();
    let at = &cycle["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"], json!({"uri": "a%20b/workspace.dsl", "uriBaseId": "%SRCROOT%"}));
    let lines: Vec<&str> = CYCLE.lines().collect();
    let flow = cycle["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(flow.len(), 2);
    for step in flow.iter().map(|step| &step["location"]) {
        let region = &step["physicalLocation"]["region"];
        let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
        let covered = &lines[number("startLine") - 1][number("startColumn") - 1..number("endColumn") - 1];
        let (from, _) = step["message"]["text"].as_str().unwrap().split_once(" -> ").unwrap();
        assert!(covered.starts_with(&format!("{} -> ", from.to_lowercase())) && covered.ends_with("\"HTTPS\""), "{covered}");
    }
    let names: Vec<(&str, &str)> = cycle["locations"][0]["logicalLocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["kind"].as_str().unwrap(), one["fullyQualifiedName"].as_str().unwrap()))
        .collect();
    assert!(names.contains(&("element", "Shop {x} [y](z)/Orders")), "{names:?}");
    assert!(names.iter().any(|(kind, _)| *kind == "relationship"), "{names:?}");
    let finding = outcome.findings.iter().find(|finding| finding.code == "LNT-B003").unwrap();
    assert_eq!(cycle["partialFingerprints"]["lntPrimary/v1"], finding.fingerprint.0);
}

#[test]
fn what_is_let_be_and_what_changed_is_said_with_the_result() {
    let reading = settings::read("severity:\n  LNT-B003: low\noff:\n  - rule: LNT-A002\n    reason: Chains are wanted here\n");
    let (read, gone) = (Read::new(&[("workspace.dsl", CYCLE)]), Read::new(&[("workspace.dsl", CYCLE)]));
    let (design, base) = (read.design(), gone.design());
    let outcome = examined(&design, &reading.settings.choices);
    let first = &outcome.findings[0];
    let claim = |change, let_be: Option<LetBe>| Claim {
        finding: first,
        state: FindingState::Open,
        change: Some(change),
        let_be,
        because: "relation Billing -> Orders was added".to_owned(),
    };
    let let_be = LetBe { in_text: false, reason: "Goes away".to_owned(), until: Some("2027-05-01".to_owned()) };
    let gate = GatePolicy::default().judge(&[], vec!["x".to_owned()]);
    let said = settings::read("profil: x").diagnostics;
    let log = written(&design, &outcome, |sarif| {
        sarif.base = Some(&base);
        sarif.choices = Some(&reading.settings.choices);
        sarif.gate = Some(&gate);
        sarif.settings = Some(("lintel.yaml", "profil: x", &said));
        let others = outcome
            .findings
            .iter()
            .filter(|finding| finding.code == "LNT-B003")
            .map(|finding| Claim { change: Some(Change::Unchanged), ..Claim::open(finding) });
        sarif.claims = [
            claim(Change::New, None),
            claim(Change::Regressed, None),
            claim(Change::Fixed, None),
            claim(Change::Updated, Some(let_be.clone())),
        ]
        .into_iter()
        .chain(others)
        .collect();
    });
    let states: Vec<&str> = results(&log).iter().map(|result| result["baselineState"].as_str().unwrap()).collect();
    assert_eq!(states, ["new", "new", "absent", "updated", "unchanged"]);
    assert_eq!(results(&log)[1]["properties"]["regressed"], true);
    assert!(results(&log)[0]["message"]["text"].as_str().unwrap().ends_with(" This is because relation Billing -> Orders was added."));
    assert_eq!(
        results(&log)[3]["suppressions"],
        json!([{"kind": "external", "status": "accepted", "justification": "Goes away", "properties": {"until": "2027-05-01"}}])
    );
    let run = &log["runs"][0];
    assert_eq!(run["properties"]["gate"]["outcome"], "inconclusive");
    let invocation = &run["invocations"][0];
    let overridden = &invocation["ruleConfigurationOverrides"][0];
    assert_eq!((&overridden["descriptor"]["id"], &overridden["configuration"]["level"]), (&json!("LNT-B003"), &json!("note")));
    let skipped = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert!(skipped.iter().any(|one| one["message"]["text"] == "LNT-A002 did not run: switched off: Chains are wanted here."));
    let settings = &invocation["toolConfigurationNotifications"][0];
    assert_eq!(settings["locations"][0]["physicalLocation"]["region"], json!({"startLine": 1, "startColumn": 1, "endColumn": 7}));
}

#[test]
fn a_text_with_errors_is_no_success() {
    let read = Read::new(&[("workspace.dsl", &CYCLE.replace("user -> orders", "nobody -> orders"))]);
    let design = read.design();
    let log = written(&design, &examined(&design, &Choices::default()), |_| {});
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let first = &invocation["toolExecutionNotifications"][0];
    assert_eq!(first["level"], "error");
    assert_eq!(first["locations"][0]["physicalLocation"]["region"]["startLine"], 8);
}

#[test]
fn every_agent_is_a_run_of_its_own() {
    let read = Read::new(&[("workspace.dsl", CYCLE)]);
    let design = read.design();
    let outcome = examined(&design, &Choices::default());
    let mut said = outcome.findings[0].clone();
    said.code = "AGT-reliability.timeouts".to_owned();
    said.source = Source::Agent(AgentSource { agent: "go-architect".to_owned(), model: "m-1".to_owned(), ..AgentSource::default() });
    let log = written(&design, &outcome, |sarif| {
        sarif.claims.push(Claim { finding: &said, ..Claim::open(&said) });
    });
    assert_eq!(log["runs"].as_array().unwrap().len(), 2);
    let agent = &log["runs"][1];
    assert_eq!(agent["tool"]["driver"]["name"], "lnt-agent/go-architect");
    assert_eq!(agent["tool"]["driver"]["fullName"], "go-architect with m-1");
    assert_eq!(agent["results"][0]["ruleId"], "AGT-reliability.timeouts");
    assert_eq!(agent["tool"]["driver"]["rules"][0]["id"], "AGT-reliability.timeouts");
    assert_eq!(results(&log).len(), outcome.findings.len());
}

#[test]
fn what_a_review_withheld_has_its_place() {
    let text = CYCLE.replace(
        "\"Asks for a bill\" \"HTTPS\"",
        "\"Asks for a bill\" \"HTTPS\" {\n properties {\n lintel.ignore \"LNT-B003: one team, one release\"\n }\n }",
    );
    let read = Read::new(&[("workspace.dsl", &text)]);
    let outcome = examined(&read.design(), &Choices::default());
    let (finding, let_be) = withheld(&outcome.completeness.suppressed[0]).unwrap();
    let whole = &outcome.suppressed[0].finding;
    assert_eq!((&finding.code, &finding.fingerprint, &finding.title), (&whole.code, &whole.fingerprint, &whole.title));
    assert!(let_be.in_text && let_be.reason == "one team, one release");
    let (design, none) = (read.design(), Outcome::default());
    let log = written(&design, &none, |sarif| {
        sarif.claims = vec![Claim { let_be: Some(let_be.clone()), ..Claim::open(&finding) }];
    });
    assert_eq!(results(&log)[0]["suppressions"][0]["kind"], "inSource");
    assert!(results(&log)[0]["locations"][0]["physicalLocation"]["region"]["startColumn"].is_u64());
}
