//! LNT-Q001: a decision record that leaves out what makes it one.

use crate::domain::{
    agent::proposal::{RecordStep, Suggestion, record::is_template},
    decision::{Section, SectionRole, status::Status, template::Template},
    diagnostic::Span,
    project::slug,
    review::{
        check::{Check, Recorded, counted, listed},
        finding::{Anchor, Severity},
        fix::{Offer, Repair, broken::Broken},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A decision record lacks a section its template demands, or still holds template text.
    ///
    /// ## What it finds
    /// For MADR: context, considered options and decision outcome. For Nygard's template: status, context, decision and consequences. A section counts as
    /// missing when it is absent or empty. Placeholders such as `{describe the option}`, TODO and TBD outside of code count as unfinished. All of a
    /// record is one finding.
    ///
    /// ## Why it matters
    /// A record without its context or its decision is a title. Whoever asks in a year why it was done finds nothing.
    ///
    /// ## What to do
    /// Write the section, two sentences are enough. Delete headings that are optional rather than leaving them empty.
    ///
    /// ## False positives
    /// Only what the record's own template demands is asked for: consequences and confirmation are optional in MADR, and records in a shape of their own
    /// are left alone. Drafts and records no longer in force are low.
    ///
    /// ## Source
    /// The templates themselves: MADR 4.0.0 and Michael Nygard's.
    ///
    /// ```adr,fails
    /// # 4. Use PostgreSQL for orders
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// Orders need transactions across tables, and two people know the database well.
    ///
    /// ## Decision
    ///
    /// ## Consequences
    ///
    /// We operate one more database.
    /// ```
    /// ```adr,passes
    /// # 4. Use PostgreSQL for orders
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// Orders need transactions across tables, and two people know the database well.
    ///
    /// ## Decision
    ///
    /// We use PostgreSQL instead of a document store.
    ///
    /// ## Consequences
    ///
    /// We operate one more database.
    /// ```
    "LNT-Q001" "adr-missing-section" {
        severity: Medium up to Medium,
        set: Core,
        category: Decisions,
        kind: Hygiene,
        reads: Decisions,
        grouping: PerSubject,
        key: "the record" version 1,
        fix: Safe by mend,
        topics: ["GA11.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        let record = recorded.record;
        let missing: Vec<(&str, Option<Span>)> = mandatory(record.template)
            .iter()
            .filter_map(|role| match record.section(*role) {
                None if *role == SectionRole::Status && record.status.is_some() => None,
                None => Some((name(*role), None)),
                Some(section) => is_empty(recorded, section).then_some((name(*role), Some(section.span))),
            })
            .collect();
        let placeholders = &record.placeholders;
        if missing.is_empty() && placeholders.is_empty() {
            continue;
        }
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        let (title, message) = if names.is_empty() {
            (format!("{} still holds template text", record.title), "Placeholders of the template are still in the record.".to_owned())
        } else {
            let rest = if placeholders.is_empty() { "" } else { " Placeholders of the template are still in it." };
            (
                format!("{} has no {}", record.title, listed(&names)),
                format!("The record lacks {}, or the section is empty.{rest}", listed(&names)),
            )
        };
        let mut draft = check
            .draft_record(recorded)
            .key_name(&slug(&record.title))
            .title(title)
            .message(message)
            .anchor(Anchor::Document { document: recorded.document })
            .subject_name(&record.title);
        for (name, span) in missing {
            let span = span.unwrap_or(record.title_span);
            draft = draft.anchor(Anchor::Text { document: recorded.document, span }).quote(None, &[span], &format!("no {name}"));
        }
        for span in placeholders {
            draft = draft.anchor(Anchor::Text { document: recorded.document, span: *span }).quote(None, &[*span], "template text");
        }
        match record.known_status() {
            Some(Status::Draft) => draft = draft.severity(Severity::Low, "the record is a draft"),
            Some(Status::Rejected | Status::Deprecated | Status::Superseded) => {
                draft = draft.severity(Severity::Low, "the record is not in force");
            }
            Some(Status::Proposed | Status::Accepted) | None => {}
        }
        check.report(draft);
    }
}

const fn mandatory(template: Template) -> &'static [SectionRole] {
    match template {
        Template::Madr2 | Template::Madr3 | Template::Madr4 | Template::Madr4Minimal | Template::Madr4Bare | Template::Madr4BareMinimal => {
            &[SectionRole::Context, SectionRole::Options, SectionRole::Decision]
        }
        Template::Nygard => &[SectionRole::Status, SectionRole::Context, SectionRole::Decision, SectionRole::Consequences],
        Template::YStatement | Template::Other => &[],
    }
}

const fn name(role: SectionRole) -> &'static str {
    match role {
        SectionRole::Context => "context",
        SectionRole::Drivers => "decision drivers",
        SectionRole::Options => "considered options",
        SectionRole::Decision => "decision",
        SectionRole::Consequences => "consequences",
        SectionRole::Confirmation => "confirmation",
        SectionRole::ProsAndCons => "pros and cons",
        SectionRole::MoreInformation => "more information",
        SectionRole::Status => "status",
    }
}

/// Nothing but headings, comments and white space.
fn is_empty(recorded: &Recorded<'_>, section: &Section) -> bool {
    let mut body = section.body.of(recorded.text).to_owned();
    while let Some(start) = body.find("<!--") {
        let end = body.get(start..).and_then(|rest| rest.find("-->")).map_or(body.len(), |at| start + at + "-->".len());
        body.replace_range(start..end, "");
    }
    body.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

/// Optional sections that hold nothing but words of the template go; what has to be written only people can write.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(recorded) = broken.first_record() else { return Vec::new() };
    let (record, text) = (recorded.record, recorded.text);
    let inner = |section: &Section| {
        record.sections.iter().any(|around| {
            around.span != section.span
                && around.span.start <= section.span.start
                && section.span.end <= around.span.end
                && is_template(record, around, text)
        })
    };
    let empty = record.sections.iter().filter(|section| is_template(record, section, text) && !inner(section));
    let steps: Vec<RecordStep> = empty.map(|section| RecordStep::Cut { heading: section.title.clone() }).collect();
    if steps.is_empty() {
        return Vec::new();
    }
    let title = format!("Take {} out that nobody filled in", counted(steps.len(), "optional section"));
    vec![Offer::from(Repair { class: FixClass::Safe, title, suggestion: Suggestion::Record { document: recorded.document, steps } })]
}
