//! LNT-Q003: a choice that is announced, and not argued.

use crate::domain::{
    decision::{Record, Section, SectionRole, status::Status, template::Template},
    diagnostic::Span,
    markdown::without_comments,
    project::slug,
    review::{
        check::{Check, Recorded, shorten},
        finding::Anchor,
        protocol::words,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A record says which option was chosen, but not why.
    ///
    /// ## What it finds
    /// MADR records, proposed or accepted, where nothing follows the chosen option, or only phrases such as "comes out best", "see below", "best practice"
    /// or "industry standard", and where no comparison of the options follows either.
    ///
    /// ## Why it matters
    /// Circumstances change, and then the reasons are what one needs: to see whether they still hold. Without them the discussion begins again.
    ///
    /// ## What to do
    /// Write one sentence for each driver that decided it, and name the option that lost by it.
    ///
    /// ## False positives
    /// A short justification is fine when pros and cons, a table or subsections compare at least two options and say different things about them.
    /// Records without options, such as Nygard's, are left to readers.
    ///
    /// ## Source
    /// The review checklist for architectural decisions by Olaf Zimmermann, which asks for a sound justification.
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
    /// * A table that services poll
    ///
    /// ## Decision Outcome
    ///
    /// Chosen option: "Kafka", because it comes out best (see below).
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
    /// Chosen option: "Kafka", because it comes out best (see below).
    ///
    /// ## Pros and Cons of the Options
    ///
    /// ### Kafka
    ///
    /// * Good, because a new consumer starts from the first event
    /// * Bad, because we run one more cluster
    ///
    /// ### A table that services poll
    ///
    /// * Good, because there is nothing to run
    /// * Bad, because polls are a third of the load already
    /// ```
    "LNT-Q003" "unjustified-choice" {
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

/// Phrases that assert and argue nothing; in words as [`plain`] gives them.
const EMPTY: [&str; 22] = [
    "comes out best",
    "came out best",
    "comes out as best",
    "comes out as the best",
    "see below",
    "see above",
    "see pros and cons",
    "best practices",
    "best practice",
    "best-practice",
    "industry standards",
    "industry standard",
    "industry-standard",
    "de facto standard",
    "de-facto standard",
    "state of the art",
    "we know it",
    "everybody uses it",
    "everyone uses it",
    "best option",
    "best choice",
    "best fit",
];
/// Words that carry no reason of their own.
const FILLERS: [&str; 29] = [
    "because", "since", "as", "for", "due", "to", "it", "is", "was", "the", "a", "an", "this", "that", "these", "of", "and", "all", "we",
    "our", "in", "on", "details", "option", "solution", "overall", "clearly", "simply", "an",
];

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        let record = recorded.record;
        let in_force = matches!(record.known_status(), None | Some(Status::Proposed | Status::Accepted));
        let madr = !matches!(record.template, Template::Nygard | Template::YStatement | Template::Other);
        if !in_force || !madr || compares(recorded) {
            continue;
        }
        let Some((reason, span)) = reason(recorded) else { continue };
        if !is_empty(&reason) {
            continue;
        }
        let quote = reason.trim().trim_matches(['"', '”', ',', '.', '*', '_', ' ', '\n']);
        let message = if quote.is_empty() {
            "Nothing says why this option was chosen and not another.".to_owned()
        } else {
            format!("The choice is asserted, not argued: “{}”.", shorten(&quote.split_whitespace().collect::<Vec<_>>().join(" "), 120))
        };
        let draft = check
            .draft_record(recorded)
            .key_name(&slug(&record.title))
            .title(format!("{} does not say why", record.title))
            .message(message)
            .anchor(Anchor::Text { document: recorded.document, span })
            .subject_name(&record.title)
            .quote(None, &[span], "the choice and its reason");
        check.report(draft);
    }
}

/// What follows the chosen option in its section, and where the choice stands; none without a choice, or where template text
/// still stands for the reason.
fn reason(recorded: &Recorded<'_>) -> Option<(String, Span)> {
    let record = recorded.record;
    let chosen = record.spans.chosen?;
    let section = record.section(SectionRole::Decision)?;
    if !section.own.contains(chosen.start) {
        return None;
    }
    let rest = Span { start: chosen.end, end: section.own.end.max(chosen.end) };
    let unfilled = record.placeholders.iter().any(|place| rest.contains(place.start));
    (!unfilled).then(|| (without_comments(rest.of(recorded.text)), chosen))
}

fn plain(text: &str) -> String {
    format!(" {} ", words(text).collect::<Vec<_>>().join(" "))
}

/// Nothing, or nothing but phrases.
fn is_empty(reason: &str) -> bool {
    let mut rest = plain(reason);
    for phrase in EMPTY {
        rest = rest.replace(&format!(" {phrase} "), " ");
    }
    rest.split_whitespace().all(|word| FILLERS.contains(&word))
}

/// The options are compared: at least two are told apart.
fn compares(recorded: &Recorded<'_>) -> bool {
    let record = recorded.record;
    let mut sections = [SectionRole::ProsAndCons, SectionRole::Options].into_iter().filter_map(|role| record.section(role));
    sections.any(|section| {
        let mut bodies: Vec<String> = parts(record, section).map(|part| plain(&without_comments(part.body.of(recorded.text)))).collect();
        bodies.retain(|body| !body.trim().is_empty());
        bodies.sort_unstable();
        bodies.dedup();
        let mut rows: Vec<&str> = section.body.of(recorded.text).lines().map(str::trim).filter(|line| line.starts_with('|')).collect();
        rows.dedup();
        // A table's first two lines are its head.
        let table = rows.len() >= 4;
        let prose = section.role == Some(SectionRole::ProsAndCons) && section.own.of(recorded.text).split_whitespace().count() > 12;
        bodies.len() >= 2 || table || prose
    })
}

fn parts<'a>(record: &'a Record, of: &'a Section) -> impl Iterator<Item = &'a Section> {
    record.sections.iter().filter(|section| section.level == of.level + 1 && of.body.contains(section.span.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_no_reasons_and_short_reasons_are() {
        for reason in
            ["", "\".", "\", because it comes out best (see below).", ", because it is the industry standard.", ", because: best practice"]
        {
            assert!(is_empty(reason), "{reason}");
        }
        for reason in
            [", because it is cheaper.", ", because polling would load the database", ". It is best practice and halves the bill."]
        {
            assert!(!is_empty(reason), "{reason}");
        }
    }
}
