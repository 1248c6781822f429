//! The examples that fail of every rule's documentation.

use super::*;

/// What an example is reviewed as; strict rules run with the profile that chooses them.
fn project(rule: &Rule, language: ExampleLanguage, text: &str) -> Project {
    let mut project = match language {
        ExampleLanguage::Dsl => Project::dsl(text),
        ExampleLanguage::Adr if text.starts_with("=== ") => {
            let parts: Vec<(&str, &str)> = text.split("=== ").skip(1).map(|part| part.split_once('\n').unwrap()).collect();
            let (diagrams, records): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(path, _)| *path == "workspace.dsl");
            Project::new(&diagrams, &records)
        }
        ExampleLanguage::Adr => Project::new(&[], &[("docs/adr/0001-example.md", text)]),
    };
    if rule.set == Set::Strict {
        project.settings.profile = Profile::Regulated;
    }
    project
}

fn examples() -> Vec<(&'static Rule, Project, Finding)> {
    let mut found = Vec::new();
    for rule in rules::ALL {
        for example in rule.examples().into_iter().filter(|example| example.fails) {
            let project = project(rule, example.language, &example.text);
            let outcome = project.outcome();
            let finding = outcome.findings.into_iter().find(|finding| finding.code == rule.code);
            found.push((*rule, project, finding.unwrap_or_else(|| panic!("{} is not found", rule.code))));
        }
    }
    found
}

/// Rules whose example is not one of those that the declared class mends: what it is offered instead, and why.
const BESIDE: [(&str, Option<FixClass>, &str); 6] = [
    ("exposed-admin", Some(FixClass::Planned), "it is declared public, and nothing leads to it"),
    ("no-owner", Some(FixClass::Planned), "nothing around it has an owner"),
    ("adr-missing-section", None, "what was decided only people can write"),
    ("stale-or-invalid-status", None, "people have to decide"),
    ("constraint-violated", None, "what to use instead of what is forbidden is not said"),
    ("untraceable-adr", None, "no element has a name like it"),
];

#[test]
fn every_rule_that_declares_a_fix_offers_one_that_works() {
    let mut faults = Vec::new();
    for (rule, project, finding) in examples() {
        let outcome = project.outcome();
        let fixes = project.fixes(&finding);
        let classes: Vec<FixClass> = fixes.iter().map(|fix| fix.class).collect();
        let declared = Some(rule.fix).filter(|class| *class != FixClass::None);
        let expected = BESIDE.iter().find(|(slug, ..)| *slug == rule.slug).map_or(declared, |(_, class, _)| *class);
        if classes.first().copied() != expected || fixes.len() > MOST {
            faults.push(format!("{} {} declares {:?} and offers {classes:?}", rule.code, rule.slug, rule.fix));
        }
        for fix in &fixes {
            faults.extend(super::faults(&project, &outcome, &finding, fix));
            faults.extend(burdens(&finding, fix));
            faults.extend(moved(&project, fix));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A fix is found again in a text that people have written into elsewhere.
fn moved(project: &Project, fix: &Fix) -> Option<String> {
    let (path, old) = project.diagrams.iter().chain(&project.records).find(|(path, _)| *path == fix.path)?;
    let (before, after) = if path.starts_with("workspace") { ("// Written since.\n", "") } else { ("", "\nWritten since.\n") };
    let newer = format!("{before}{old}{after}");
    let sources = project.sources();
    let base = Base { path, text: &newer, sources: &sources, addresses: &[], today: TODAY };
    let wanted = format!("{before}{}{after}", fix.dry_run.text);
    match proposal::rebase(&fix.proposal.suggestion, old, &base) {
        Ok(made) if made.text == wanted => None,
        Ok(made) => Some(format!("{} “{}” makes another text of a newer one: {}", path, fix.title, made.text)),
        Err(reasons) => Some(format!("{} “{}” can't be put into a newer text: {reasons:?}", path, fix.title)),
    }
}

/// Rules whose example can't be mended as a flowchart, and why.
const NOT_DRAWN: [(&str, &str); 0] = [];

#[test]
fn flowcharts_are_mended_as_well() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (rule, project, _) in examples() {
        let [(path, text)] = project.diagrams.as_slice() else { continue };
        let model = syntax::parse(Language::Structurizr, path, text, &Sources::new()).model;
        let chart = syntax::mermaid::print::print_model(&model).text;
        let project = Project { diagrams: vec![("workspace.mmd".to_owned(), chart)], ..project.clone() };
        let outcome = project.outcome();
        // Not everything that the one language says can be said in the other.
        let Some(finding) = outcome.findings.iter().find(|finding| finding.code == rule.code) else { continue };
        let fixes = project.fixes(finding);
        let beside = BESIDE.iter().any(|(slug, class, _)| *slug == rule.slug && class.is_none());
        let excused = NOT_DRAWN.iter().any(|(slug, _)| *slug == rule.slug);
        if rule.fix != FixClass::None && !beside && fixes.is_empty() != excused {
            faults.push(format!("{} {} offers {:?} for\n{}", rule.code, rule.slug, titles(&fixes), project.diagrams[0].1));
        }
        for fix in &fixes {
            faults.extend(super::faults(&project, &outcome, finding, fix));
            faults.extend(burdens(finding, fix));
        }
        count += fixes.len();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 60, "{count} fixes of flowcharts");
}

#[test]
fn a_rule_has_a_fix_exactly_where_it_declares_a_class() {
    for rule in rules::ALL {
        assert_eq!(rule.fix == FixClass::None, matches!(rule.mend, Mend::Nothing), "{}", rule.code);
        if let Mend::Each(facts) | Mend::One(facts) = rule.mend {
            assert_eq!(rule.fix, FixClass::Planned, "{}", rule.code);
            assert!(facts.iter().all(|fact| crate::domain::model::facts::is_known(fact)), "{}: {facts:?}", rule.code);
        }
    }
}
