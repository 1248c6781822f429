//! Small phrases that several pages say alike.

use crate::domain::{
    account::Role,
    moment::Day,
    review::{Profile, Review, ReviewStatus},
};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `19 Nov 2026`
pub fn long_day(day: Day) -> String {
    let month = MONTHS.get(usize::from(day.month.saturating_sub(1))).copied().unwrap_or("?");
    format!("{} {month} {}", day.day, day.year)
}

/// `1 finding`, `3 findings`
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A role as pages say it.
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Commenter => "Commenter",
        Role::Editor => "Editor",
        Role::Owner => "Owner",
    }
}

/// What a role may do, in one line.
pub const fn role_means(role: Role) -> &'static str {
    match role {
        Role::Viewer => "reads everything",
        Role::Commenter => "also discusses findings",
        Role::Editor => "also edits, reviews and decides on findings",
        Role::Owner => "also manages members and the project",
    }
}

/// A profile as pages say it.
pub const fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Sketch => "Sketch",
        Profile::Default => "Default",
        Profile::Production => "Production",
        Profile::Regulated => "Regulated",
    }
}

/// Where a review without a verdict is in its life.
pub const fn review_status(status: ReviewStatus) -> &'static str {
    match status {
        ReviewStatus::Running => "Running",
        ReviewStatus::Finished => "Finished",
        ReviewStatus::Cancelled => "Cancelled",
        ReviewStatus::Failed => "Did not finish",
    }
}

/// Number and score of each finished review, oldest first, from a list that is newest first.
pub fn scores(reviews: &[Review]) -> Vec<(u32, u32)> {
    let finished = reviews.iter().filter(|review| review.status == ReviewStatus::Finished);
    finished.rev().map(|review| (review.number, review.score)).collect()
}

/// How a decision is called: `ADR-0007`, or nothing without a number.
pub fn decision_number(number: Option<u32>) -> Option<String> {
    number.map(|number| format!("ADR-{number:04}"))
}

/// A number with commas and its noun: `12,300 tokens`.
pub fn thousands(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    format!("{shown} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_read_well() {
        assert_eq!(long_day(Day { year: 2026, month: 11, day: 9 }), "9 Nov 2026");
        assert_eq!(count(1, "finding"), "1 finding");
        assert_eq!(count(0, "finding"), "0 findings");
        assert_eq!(decision_number(Some(7)).as_deref(), Some("ADR-0007"));
        assert_eq!(decision_number(None), None);
    }
}
