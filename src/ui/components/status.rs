//! Severities, statuses, verdicts and scores: each with a silhouette and words, never colour alone.

use leptos::prelude::*;

use crate::{
    domain::{
        decision::{WrittenStatus, status::Status},
        review::{Counts, FindingState, Verdict, finding::Severity},
    },
    ui::{
        components::icon::{icon, named_icon},
        state::tone,
    },
};

/// A severity's shape with its name for assistive technology.
pub fn severity_mark(severity: Severity) -> AnyView {
    named_icon(format!("icon sev--{}", severity.slug()), tone::severity_icon(severity), format!("{} severity", severity.name()))
}

/// A severity with its word.
pub fn severity_badge(severity: Severity) -> AnyView {
    view! { <span class=format!("badge badge--{}", severity.slug())>{icon(tone::severity_icon(severity))}{severity.name()}</span> }
        .into_any()
}

/// A severity's shape with a count.
pub fn severity_count(severity: Severity, count: u32) -> AnyView {
    view! {
        <span class=format!("sev sev--{}", severity.slug())>
            {icon(tone::severity_icon(severity))} {count} <span class="sr-only">{format!(" {}", severity.slug())}</span>
        </span>
    }
    .into_any()
}

/// The severities that occur, worst first; `words` spells them out.
pub fn severity_counts(counts: Counts, words: bool) -> AnyView {
    let shown: Vec<AnyView> = Severity::ALL
        .into_iter()
        .filter(|severity| words || counts.of(*severity) > 0)
        .map(|severity| {
            if words {
                view! {
                    <span class=format!("sev sev--{}", severity.slug())>
                        {icon(tone::severity_icon(severity))} {format!("{} {}", counts.of(severity), severity.slug())}
                    </span>
                }
                .into_any()
            } else {
                severity_count(severity, counts.of(severity))
            }
        })
        .collect();
    view! { <span class="sevs">{shown}</span> }.into_any()
}

/// A decision's status as a badge.
pub fn status_badge(status: Status) -> AnyView {
    view! { <span class=format!("badge badge--{}", status.slug())>{icon(&format!("st-{}", status.slug()))}{status.name()}</span> }
        .into_any()
}

/// A status as a note on a decision says it: by its slug, or in words.
pub fn noted_status(status: Option<&str>) -> AnyView {
    match (status.and_then(Status::from_slug), status) {
        (Some(known), _) => status_badge(known),
        (None, Some(words)) => view! { <span class="badge badge--plain badge--draft">{words.to_owned()}</span> }.into_any(),
        (None, None) => view! { <span class="muted">"No status"</span> }.into_any(),
    }
}

/// The status a record has written: a badge if it is known, the words as they are if not, nothing invented if there is none.
pub fn written_status(status: Option<&WrittenStatus>) -> AnyView {
    noted_status(status.map(|written| written.status.map_or(written.written.as_str(), |known| known.slug())))
}

/// A verdict as a badge.
pub fn verdict_badge(verdict: Verdict) -> AnyView {
    let tone = tone::verdict(verdict);
    view! { <span class=format!("badge badge--{tone}")>{icon(&format!("sev-{tone}"))}{verdict.name()}</span> }.into_any()
}

/// A verdict's large mark.
pub fn verdict_mark(verdict: Verdict) -> AnyView {
    let tone = tone::verdict(verdict);
    view! { <span class=format!("verdict__mark verdict__mark--{tone}")>{icon(&format!("sev-{tone}"))}</span> }.into_any()
}

/// What people made of a finding, if it is not simply open.
pub fn state_badge(state: FindingState) -> AnyView {
    let class = match state {
        FindingState::Open => "badge badge--accent",
        FindingState::Accepted => "badge badge--proposed",
        FindingState::Fixed | FindingState::Obsolete => "badge badge--pass",
        FindingState::WontFix | FindingState::FalsePositive => "badge badge--draft",
    };
    view! { <span class=format!("{class} badge--plain")>{state.name()}</span> }.into_any()
}

/// A change of score since another review.
pub fn score_delta(score: u32, base: Option<(u32, u32)>) -> Option<AnyView> {
    let (number, before) = base?;
    let (class, words) = match score.cmp(&before) {
        std::cmp::Ordering::Greater => ("delta delta--up", format!("▲ {} since review {number}", score - before)),
        std::cmp::Ordering::Less => ("delta delta--down", format!("▼ {} since review {number}", before - score)),
        std::cmp::Ordering::Equal => ("delta delta--flat", format!("±0 since review {number}")),
    };
    Some(view! { <p class=class>{words}</p> }.into_any())
}

/// A named value from 0 to 100 with a bar. The bar is a drawing because style attributes are not allowed.
pub fn meter(name: String, value: u32, note: Option<String>) -> AnyView {
    let tone = match value {
        ..70 => "high",
        70..80 => "medium",
        _ => "pass",
    };
    view! {
        <span class="meter__name">{name}</span>
        <span class="meter__val">{value}{note.map(|note| view! { <span class="delta delta--flat">{note}</span> })}</span>
        <svg class="meter__bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect class=format!("meter__fill meter__fill--{tone}") x="0" y="0" width=value.min(100) height="4"></rect>
        </svg>
    }
    .into_any()
}

/// The course of the score over reviews, oldest first.
pub fn spark(scores: &[(u32, u32)]) -> Option<AnyView> {
    let (first, last) = (scores.first()?.0, scores.last()?.0);
    if scores.len() < 2 {
        return None;
    }
    let shown = scores.get(scores.len().saturating_sub(12)..).unwrap_or(scores);
    let steps = u32::try_from(shown.len().saturating_sub(1)).unwrap_or(1).max(1);
    // Tenths of a unit, so that the drawing stays integer.
    let point = |at: usize, score: u32| {
        let x = 60 + 1200 * u32::try_from(at).unwrap_or(0) / steps;
        let y = 380 - 34 * score.min(100) / 10;
        (x, y)
    };
    let tenths = |value: u32| format!("{}.{}", value / 10, value % 10);
    let points: Vec<(u32, u32)> = shown.iter().enumerate().map(|(at, (_, score))| point(at, *score)).collect();
    let steps: Vec<String> = points.iter().map(|(x, y)| format!("{} {}", tenths(*x), tenths(*y))).collect();
    let line = format!("M{}", steps.join("L"));
    let (end_x, end_y) = points.last().copied()?;
    let area = format!("{line}L{} 38L6.0 38z", tenths(end_x));
    let words: Vec<String> = shown.iter().map(|(_, score)| score.to_string()).collect();
    let label = format!("Score of the last {} reviews: {}", shown.len(), words.join(", "));
    let first = shown.first().map_or(first, |(number, _)| *number);
    Some(
        view! {
            <svg class="spark" viewBox="0 0 132 52" width="132" height="52" role="img" aria-label=label>
                <path class="spark__axis" d="M0 38.5H132"></path>
                <path class="spark__area" d=area></path>
                <path class="spark__line" d=line></path>
                <circle class="spark__dot" cx=tenths(end_x) cy=tenths(end_y) r="4"></circle>
                <text class="spark__label" x="0" y="50">{format!("#{first}")}</text>
                <text class="spark__label" x="132" y="50" text-anchor="end">{format!("#{last}")}</text>
            </svg>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_needs_two_reviews() {
        Owner::new().with(|| {
            assert!(spark(&[(1, 50)]).is_none());
            let html = spark(&[(1, 0), (2, 100)]).unwrap().to_html();
            assert!(html.contains("M6.0 38.0L126.0 4.0"), "{html}");
            assert!(html.contains("Score of the last 2 reviews: 0, 100"));
        });
    }

    #[test]
    fn status_is_never_colour_alone() {
        Owner::new().with(|| {
            let html = verdict_badge(Verdict::NeedsWork).to_html();
            assert!(html.contains("Changes requested") && html.contains("#i-sev-high"), "{html}");
            assert!(severity_mark(Severity::Critical).to_html().contains("Critical severity"));
            assert!(written_status(None).to_html().contains("No status"));
            assert!(!meter("Data".to_owned(), 72, None).to_html().contains("style="));
        });
    }
}
