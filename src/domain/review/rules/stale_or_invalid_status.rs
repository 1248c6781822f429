//! LNT-Q005: a record that does not say whether it holds.

use crate::domain::{
    agent::proposal::{RecordStep, Suggestion, record::nearest},
    decision::status::Status,
    diagnostic::Span,
    model::facts::Facts,
    moment::Day,
    project::slug,
    review::{
        check::{Check, Recorded, Subject, counted, listed, shorten},
        finding::Anchor,
        fix::{Offer, Repair, broken::Broken},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A record's status is unknown, was never decided, or has no date.
    ///
    /// ## What it finds
    /// A status that is none of draft, proposed, accepted, rejected, deprecated and superseded; a record that has been proposed for more than 45 days; and,
    /// where the design is accepted, live or in production, accepted records without a date, all of them in one finding.
    ///
    /// ## Why it matters
    /// Readers cannot tell what is in force. What has been proposed for months is done by some and not by others.
    ///
    /// ## What to do
    /// Decide, and write the date. Supersede a record with a new one rather than rewriting it.
    ///
    /// ## False positives
    /// The status may stand in the front matter, in a list or in a section, and in other words such as "adopted". A record without any status, without
    /// deciders or without a confirmation is no finding here: most public ones are. How often a text was changed is not known to this rule.
    ///
    /// ## Source
    /// The statuses of MADR and adr-tools, and a count over public decision logs.
    ///
    /// ```adr,fails
    /// ---
    /// status: proposed
    /// date: 2026-01-12
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
    /// ```adr,passes
    /// ---
    /// status: accepted
    /// date: 2026-01-12
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
    "LNT-Q005" "stale-or-invalid-status" {
        severity: Low up to Low,
        set: Core,
        category: Decisions,
        kind: Hygiene,
        reads: Both,
        grouping: PerSubject,
        key: "the record and what is wrong with its status" version 1,
        fix: Safe by mend,
        topics: ["GA11.6"],
    }
}

/// Days in which a proposal should be decided.
const PATIENCE: i64 = 45;

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        if let Some((written, span)) = unknown_status(recorded) {
            let draft = check
                .draft_record(recorded)
                .key_word("status")
                .key_name(&slug(&recorded.record.title))
                .title(format!("{} has a status that nobody knows", recorded.record.title))
                .message(format!("“{}” says neither that it is in force nor that it is not.", shorten(written, 60)))
                .anchor(Anchor::Text { document: recorded.document, span })
                .subject_name(&recorded.record.title)
                .quote(None, &[span], "the status as written");
            check.report(draft);
        }
        if let Some((day, span)) = proposed(recorded) {
            let age = check.today.number() - day.number();
            if age > PATIENCE {
                let draft = check
                    .draft_record(recorded)
                    .key_word("proposed")
                    .key_name(&slug(&recorded.record.title))
                    .title(format!("{} has been proposed since {day}", recorded.record.title))
                    .message(format!("For {age} days nobody has decided. Some will take it for done, and others for open."))
                    .anchor(Anchor::Text { document: recorded.document, span })
                    .subject_name(&recorded.record.title)
                    .quote(None, &[span], &format!("proposed {age} days ago"));
                check.report(draft);
            }
        }
    }
    if let Some(subject) = check.diagrams().iter().find(|subject| in_production(&subject.parsed.model.facts)) {
        undated(check, subject);
    }
}

fn unknown_status<'a>(recorded: &Recorded<'a>) -> Option<(&'a str, Span)> {
    let status = recorded.record.status.as_ref().filter(|status| status.status.is_none())?;
    let template = recorded.record.placeholders.iter().any(|place| place.start < status.span.end && status.span.start < place.end);
    let written = status.written.trim();
    let offered = written.is_empty() || written.contains('|') || written.starts_with(['{', '[', '<']);
    (!template && !offered).then_some((written, status.span))
}

/// When a record that is still proposed was written.
fn proposed(recorded: &Recorded<'_>) -> Option<(Day, Span)> {
    let record = recorded.record;
    let day = record.date.as_ref()?.day?;
    let status = record.status.as_ref().filter(|status| status.status == Some(Status::Proposed))?;
    Some((day, status.span))
}

fn in_production(facts: &Facts) -> bool {
    facts.is_any("stage", &["accepted", "live"]) || facts.is_any("profile", &["production", "regulated"])
}

/// Accepted records without a date are a habit of a log, and told once.
fn undated<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>) {
    let undated: Vec<&Recorded<'_>> = check
        .decisions()
        .iter()
        .filter(|recorded| recorded.record.known_status() == Some(Status::Accepted) && recorded.record.date.is_none())
        .collect();
    let Some(first) = undated.first() else { return };
    let titles: Vec<&str> = undated.iter().map(|recorded| recorded.record.title.as_str()).collect();
    let title = match titles.as_slice() {
        [only] => format!("{only} is accepted and has no date"),
        _ => format!("{} are accepted and have no date", crate::domain::review::check::capital(&counted(titles.len(), "record"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("undated")
        .title(title)
        .message(format!("Nobody can tell since when it holds: {}.", listed(&titles)))
        .anchor(Anchor::Document { document: first.document });
    for recorded in undated {
        let span = recorded.record.status.as_ref().map_or(recorded.record.title_span, |status| status.span);
        draft = draft.anchor(Anchor::Document { document: recorded.document }).subject_name(&recorded.record.title).quote_in(
            recorded.path,
            &[span],
            "accepted, without a date",
        );
    }
    check.report(draft);
}

/// A misspelt word is spelt; what is to be decided, and when it was, only people know.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(recorded) = broken.first_record() else { return Vec::new() };
    let misspelt = unknown_status(recorded).and_then(|(written, _)| nearest(written));
    let spelt = |status: Status| {
        let steps = vec![RecordStep::Spell { status }];
        let title = format!("Spell the status {}", status.slug());
        Repair { class: FixClass::Safe, title, suggestion: Suggestion::Record { document: recorded.document, steps } }
    };
    misspelt.map(spelt).map(Offer::from).into_iter().collect()
}
