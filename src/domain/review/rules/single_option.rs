//! LNT-Q002: a decision between one option.

use crate::domain::{
    decision::{Record, SectionRole, status::Status, template::Template},
    project::slug,
    review::{
        check::{Check, Recorded},
        finding::{Anchor, Severity},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A decision was taken without a second option.
    ///
    /// ## What it finds
    /// MADR records that are proposed or accepted and list fewer than two considered options. Accepted records in Nygard's template, which has no section for
    /// options, when the text names no alternative either: then the finding is low.
    ///
    /// ## Why it matters
    /// Choosing among one is not choosing. What was not compared will be proposed again, and nobody can say why it was not taken.
    ///
    /// ## What to do
    /// Add the realistic alternatives, "do nothing" among them, and one line for each on why it lost.
    ///
    /// ## False positives
    /// A choice that someone else made: say who with a line `imposed-by: …` in the record.
    ///
    /// ## Source
    /// The definition of done for architectural decisions by Olaf Zimmermann, which asks for criteria and at least two compared alternatives.
    ///
    /// ```adr,fails
    /// ---
    /// status: accepted
    /// ---
    /// # Use Kafka for order events
    ///
    /// ## Context and Problem Statement
    ///
    /// Five services want to hear about orders.
    ///
    /// ## Considered Options
    ///
    /// * Kafka
    ///
    /// ## Decision Outcome
    ///
    /// Chosen option: "Kafka", because the team knows it.
    /// ```
    /// ```adr,passes
    /// ---
    /// status: accepted
    /// ---
    /// # Use Kafka for order events
    ///
    /// ## Context and Problem Statement
    ///
    /// Five services want to hear about orders.
    ///
    /// ## Considered Options
    ///
    /// * Kafka
    /// * A table that services poll
    ///
    /// ## Decision Outcome
    ///
    /// Chosen option: "Kafka", because polling would load the database five times.
    /// ```
    "LNT-Q002" "single-option" {
        severity: Medium up to Medium,
        set: Core,
        category: Decisions,
        kind: Question,
        reads: Decisions,
        grouping: PerSubject,
        key: "the record" version 1,
        fix: None,
        topics: ["GA11.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        let record = recorded.record;
        let severity = match (record.template, record.known_status()) {
            _ if imposed(recorded) => None,
            (Template::Nygard, Some(Status::Accepted)) => (!names_an_alternative(recorded)).then_some(Severity::Low),
            (Template::Nygard | Template::YStatement | Template::Other, _) => None,
            (_, Some(Status::Proposed | Status::Accepted)) => (record.options.len() < 2).then_some(Severity::Medium),
            _ => None,
        };
        let Some(severity) = severity else { continue };
        let span = record
            .section(SectionRole::Options)
            .or_else(|| record.section(SectionRole::Decision))
            .map_or(record.title_span, |section| section.span);
        let span = record.spans.options.first().copied().unwrap_or(span);
        // Links to elements read better without their brackets.
        let plain = |text: &str| text.replace("[[", "").replace("]]", "");
        let (claim, message) = match record.options.as_slice() {
            [] => ("no option is listed".to_owned(), "The record names no option besides the one that was taken.".to_owned()),
            [only, ..] => {
                ("the only option".to_owned(), format!("The only option the record considers is: {}.", plain(only).trim_end_matches('.')))
            }
        };
        let mut draft = check
            .draft_record(recorded)
            .key_name(&slug(&record.title))
            .title(format!("{} considers {}", record.title, considered(record)))
            .message(message)
            .anchor(Anchor::Text { document: recorded.document, span })
            .subject_name(&record.title)
            .quote(None, &[span], &claim);
        if severity == Severity::Low {
            draft = draft.severity(Severity::Low, "the template has no section for options");
        }
        check.report(draft);
    }
}

fn considered(record: &Record) -> &'static str {
    if record.options.is_empty() { "no alternative" } else { "one option" }
}

fn imposed(recorded: &Recorded<'_>) -> bool {
    recorded.record.field("imposed-by").is_some()
        || recorded.text.lines().any(|line| line.trim_start_matches(['-', '*', ' ']).starts_with("imposed-by:"))
}

fn names_an_alternative(recorded: &Recorded<'_>) -> bool {
    const WORDS: [&str; 20] = [
        "alternative",
        "alternatives",
        "alternatively",
        "instead",
        "rather",
        "option",
        "options",
        "considered",
        "compared",
        "versus",
        "vs",
        "rejected",
        "against",
        "unlike",
        "evaluated",
        "ruled",
        "dismissed",
        "either",
        "candidate",
        "candidates",
    ];
    mentions(recorded.text, &WORDS)
}
