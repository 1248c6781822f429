//! Every rule's documentation is also its test, and the catalogue is complete.

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::Level,
    review::{
        finding::Severity,
        rule::{ExampleLanguage, Set},
        rules::{
            self,
            tests::{parse, review_dsl, review_records, run_alone},
        },
    },
};

#[test]
fn documented_examples_hold() {
    for rule in rules::ALL {
        let examples = rule.examples();
        for fails in [true, false] {
            assert!(
                examples.iter().any(|example| example.fails == fails),
                "{} needs an example that {}",
                rule.code,
                if fails { "fails" } else { "passes" }
            );
        }
        for example in examples {
            let mut outcome = match example.language {
                ExampleLanguage::Dsl => {
                    let problems: Vec<_> =
                        parse(&example.text).diagnostics.into_iter().filter(|diagnostic| diagnostic.level == Level::Error).collect();
                    assert!(problems.is_empty(), "{}: {problems:?}\n{}", rule.code, example.text);
                    review_dsl(&example.text)
                }
                ExampleLanguage::Adr => review_records(&example.text),
            };
            // Those that are chosen by hand run in few reviews.
            let runs = outcome.completeness.rules_run.iter().any(|code| code == rule.code);
            if rule.set == Set::Strict && rule.reads.diagrams() && !runs {
                outcome.findings.extend(run_alone(rule, &example.text).0);
                outcome.completeness.rules_run.push(rule.code.to_owned());
            }
            assert!(outcome.completeness.rules_run.iter().any(|code| code == rule.code), "{} did not run on\n{}", rule.code, example.text);
            let found: Vec<_> = outcome.findings.iter().filter(|finding| finding.code == rule.code).collect();
            if example.fails {
                let [finding] = found.as_slice() else { panic!("{}: expected one finding, got {found:#?}\n{}", rule.code, example.text) };
                assert_eq!(finding.severity, rule.severity, "{}: {:?}\n{}", rule.code, finding.severity_reasons, example.text);
            } else {
                assert!(found.is_empty(), "{}: {found:#?}\n{}", rule.code, example.text);
                let side: Vec<_> = outcome.findings.iter().filter(|finding| finding.severity >= Severity::High).collect();
                assert!(side.is_empty(), "{}: the example that passes has another problem: {side:#?}", rule.code);
            }
        }
    }
}

#[test]
fn the_catalogue_is_complete_and_every_page_has_every_section() {
    let mut codes = BTreeSet::new();
    for rule in rules::ALL {
        assert!(codes.insert(rule.code), "{} is declared twice", rule.code);
        assert!(rule.severity <= rule.ceiling, "{}", rule.code);
        assert_eq!(rule.code.chars().nth(4), Some(rule.category.letter()), "{}", rule.code);
        let page = rule.page();
        assert!(page.summary.ends_with('.') && page.summary.chars().count() <= 110, "{}: {}", rule.code, page.summary);
        for (section, text) in [
            ("What it finds", &page.detection),
            ("Why it matters", &page.why),
            ("What to do", &page.remedy),
            ("False positives", &page.false_positives),
            ("Source", &page.source),
        ] {
            assert!(text.chars().count() >= 30, "{}: section {section} says {text:?}", rule.code);
            assert!(!text.contains('!') && !text.to_lowercase().contains("please"), "{}: {text}", rule.code);
        }
        assert!(!rule.topics.is_empty(), "{} names no topic", rule.code);
        assert!(rules::by_code(rule.code).is_some_and(|found| found.slug == rule.slug));
        assert!(rules::by_code(&rule.code.to_lowercase().replace("lnt-", "")).is_some_and(|found| found.slug == rule.slug));
    }
    assert!(rules::by_code("LNT-Z999").is_none());
}
