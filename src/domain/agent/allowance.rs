//! What a project may spend on agents in a day. Days are those of UTC, so that everybody means the same one.

use crate::domain::{moment::Moment, review::agents::dollars};

/// What to write for an amount.
pub const HELP: &str = "Write dollars, such as 5 or 2.50; 0 for none at all.";

/// The most that can be written, in dollars: more is a slip of the keyboard.
const MOST: u64 = 100_000;
const DAY: i64 = 86_400_000;

/// Today's money of a project, in millionths of a dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// None for no limit.
    pub cap: Option<u64>,
    pub spent: u64,
    /// What agents at work may still spend.
    pub held: u64,
}

impl Allowance {
    /// What each of some agents that begin together may spend, so that together they stay below the cap; none for no limit.
    pub fn share(&self, agents: usize) -> Option<u64> {
        let left = self.cap?.saturating_sub(self.spent).saturating_sub(self.held);
        Some(left / u64::try_from(agents.max(1)).unwrap_or(u64::MAX))
    }

    /// Why an agent does not begin, and what to do about it.
    pub fn used_up(&self) -> String {
        let (held, later) = if self.held == 0 {
            (String::new(), "tomorrow (UTC)")
        } else {
            (format!(", those at work may still spend {}", dollars(self.held)), "when they are done")
        };
        format!(
            "It was not asked: agents of this project have cost {} today{held}, and {} a day is the most. Ask again {later}, or have an \
             owner raise the limit in the project's settings.",
            dollars(self.spent),
            dollars(self.cap.unwrap_or_default())
        )
    }
}

/// When the day of a moment began.
pub const fn begins(at: Moment) -> Moment {
    Moment(at.0 - at.0.rem_euclid(DAY))
}

/// An amount as people write it, in millionths of a dollar.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn read(written: &str) -> Result<u64, String> {
    let bare = written.trim().trim_start_matches('$').trim();
    let (whole, parts) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(parts) || parts.len() > 6 {
        return Err("is not an amount of dollars".to_owned());
    }
    let (whole, parts) = (whole.parse::<u64>(), format!("{parts:0<6}").parse::<u64>());
    match (whole, parts) {
        (Ok(whole), Ok(parts)) if whole <= MOST => Ok(whole * 1_000_000 + parts),
        _ => Err(format!("is more than {MOST} dollars")),
    }
}

/// The amount as it is written into a field: `2.50`, `0.001`.
pub fn written(millionths: u64) -> String {
    let (whole, parts) = (millionths / 1_000_000, format!("{:06}", millionths % 1_000_000));
    let mut parts = parts.as_str();
    while parts.len() > 2 && parts.ends_with('0') {
        parts = parts.strip_suffix('0').unwrap_or(parts);
    }
    if parts == "00" { whole.to_string() } else { format!("{whole}.{parts}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, millionths) in [("5", 5_000_000), (" $2.50 ", 2_500_000), ("0", 0), ("0.000001", 1), ("100000", 100_000_000_000)] {
            assert_eq!(read(text), Ok(millionths), "{text}");
            assert_eq!(read(&written(millionths)), Ok(millionths), "{text}");
        }
        for text in ["", "-1", "1e3", "five", "1,50", ".5", "5.", "0.0000001", "100001", "99999999999999999999", "1.2.3"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!((written(2_500_000), written(5_000_000), written(1000)), ("2.50".to_owned(), "5".to_owned(), "0.001".to_owned()));
    }

    #[test]
    fn agents_share_what_is_left() {
        let allowance = Allowance { cap: Some(5_000_000), spent: 2_000_000, held: 0 };
        assert_eq!((allowance.share(1), allowance.share(3), allowance.share(0)), (Some(3_000_000), Some(1_000_000), Some(3_000_000)));
        let over = Allowance { cap: Some(5_000_000), spent: 7_000_000, held: 0 };
        assert_eq!(over.share(2), Some(0));
        assert!(over.used_up().contains("$7.00 today") && over.used_up().contains("$5.00 a day"), "{}", over.used_up());
        let busy = Allowance { held: 2_500_000, ..allowance };
        assert_eq!(busy.share(1), Some(500_000));
        assert!(busy.used_up().contains("may still spend $2.50") && busy.used_up().contains("when they are done"), "{}", busy.used_up());
        assert_eq!(Allowance { cap: None, spent: u64::MAX, held: 1 }.share(1), None);
    }

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(begins(Moment(DAY * 20_000 + 1)), Moment(DAY * 20_000));
        assert_eq!(begins(Moment(DAY * 20_000)), Moment(DAY * 20_000));
        assert_eq!(begins(Moment(-1)), Moment(-DAY));
    }
}
