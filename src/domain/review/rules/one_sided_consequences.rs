//! LNT-Q004: a decision that costs nothing.

use crate::domain::{
    decision::{Section, SectionRole, status::Status},
    diagnostic::Span,
    markdown::without_comments,
    project::slug,
    review::{
        check::{Check, Recorded, count},
        finding::Anchor,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A record lists only what gets better.
    ///
    /// ## What it finds
    /// Consequences of three items or more that are all marked as good ("Good, because", "+", "Benefit", a section of positive consequences) with no bad
    /// or neutral one and no sentence that speaks of a cost.
    ///
    /// ## Why it matters
    /// Every decision has a price. A record that leaves it out is a sales pitch, and those who pay the price find out later.
    ///
    /// ## What to do
    /// Say what gets worse, for whom, and what is done about it.
    ///
    /// ## False positives
    /// Only lists whose items are marked are judged; prose is left to readers. A drawback named with the pros and cons of the chosen option counts. The
    /// finding is never more than low.
    ///
    /// ## Source
    /// The anti-patterns "fairy tale" and "sales pitch" in reviews of architectural decisions.
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
    /// Chosen option: "Kafka", because polling would load the database five times.
    ///
    /// ### Consequences
    ///
    /// * Good, because a new consumer starts from the first event
    /// * Good, because the orders table is read less
    /// * Good, because teams no longer wait for each other
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
    ///
    /// ### Consequences
    ///
    /// * Good, because a new consumer starts from the first event
    /// * Good, because the orders table is read less
    /// * Good, because teams no longer wait for each other
    /// * Bad, because two more people have to learn to operate it
    /// ```
    "LNT-Q004" "one-sided-consequences" {
        severity: Low up to Low,
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

/// Fewer benefits than this may simply be all there is to say.
const MANY: usize = 3;

const COSTS: [&str; 34] = [
    "bad",
    "negative",
    "neutral",
    "but",
    "however",
    "although",
    "cost",
    "costs",
    "costly",
    "price",
    "risk",
    "risks",
    "drawback",
    "drawbacks",
    "downside",
    "downsides",
    "disadvantage",
    "disadvantages",
    "trade-off",
    "trade-offs",
    "tradeoff",
    "tradeoffs",
    "unfortunately",
    "worse",
    "harder",
    "slower",
    "lose",
    "loses",
    "con",
    "cons",
    "burden",
    "effort",
    "complexity",
    "limitation",
];

fn check(check: &mut Check<'_>) {
    for recorded in check.decisions() {
        let record = recorded.record;
        if !matches!(record.known_status(), None | Some(Status::Proposed | Status::Accepted)) || chosen_has_cons(recorded) {
            continue;
        }
        let sections: Vec<&Section> = record.sections.iter().filter(|section| section.role == Some(SectionRole::Consequences)).collect();
        let Some(benefits) = only_benefits(recorded, &sections).filter(|benefits| *benefits >= MANY) else { continue };
        let spans: Vec<Span> = sections.iter().map(|section| Span { start: section.span.start, end: section.own.end }).collect();
        let Some(first) = spans.first().copied() else { continue };
        let draft = check
            .draft_record(recorded)
            .key_name(&slug(&record.title))
            .title(format!("{} lists only benefits", record.title))
            .message(format!("All {} consequences are good ones. What gets worse, and for whom, is not said.", count(benefits)))
            .anchor(Anchor::Text { document: recorded.document, span: first })
            .subject_name(&record.title)
            .quote(None, &spans, "only benefits");
        check.report(draft);
    }
}

/// How many benefits are listed; none when anything else is said.
fn only_benefits(recorded: &Recorded<'_>, sections: &[&Section]) -> Option<usize> {
    let mut benefits = 0;
    for section in sections {
        let heading = section.title.to_lowercase();
        let body = without_comments(section.own.of(recorded.text));
        let minus = body.lines().any(|line| line.trim_start().starts_with("- "));
        for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if mentions(line, &COSTS) || (heading.contains("negative") && line.chars().any(char::is_alphanumeric)) {
                return None;
            }
            let bullet = line.starts_with(['*', '-', '+']) && line.chars().nth(1) == Some(' ');
            let item = line.trim_start_matches(['*', '-', '+', ' ', '_', '[', '(', ']', ')']).to_lowercase();
            let marked = heading.contains("positive")
                || ["good", "positive", "pro:", "benefit", "advantage", "✅", "👍"].iter().any(|mark| item.starts_with(mark))
                || (line.starts_with("+ ") && !minus)
                || ["[+]", "(+)"].iter().any(|mark| line.contains(mark));
            match (bullet, marked) {
                (true, true) => benefits += 1,
                // An item without a mark may be anything.
                (true, false) => return None,
                (false, _) => {}
            }
        }
    }
    Some(benefits)
}

/// The comparison names a drawback of the option that was taken.
fn chosen_has_cons(recorded: &Recorded<'_>) -> bool {
    let record = recorded.record;
    let Some(chosen) = record.chosen.as_deref().map(str::to_lowercase) else { return false };
    record
        .sections
        .iter()
        .filter(|section| section.role.is_none() && section.title.to_lowercase().contains(&chosen))
        .any(|section| mentions(section.body.of(recorded.text), &COSTS))
}
