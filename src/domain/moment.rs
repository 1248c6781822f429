//! Points in time. The clock is the server's; the domain only compares and prints what it is given.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// One day in milliseconds.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

impl Moment {
    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The day in UTC.
    pub fn day(self) -> Day {
        let date = self.utc().date();
        Day { year: date.year(), month: u8::from(date.month()), day: date.day() }
    }

    /// `2026-11-19T08:30:00Z`, in UTC and to the second.
    pub fn rfc3339(self) -> String {
        self.utc().format(&Rfc3339).unwrap_or_default()
    }

    /// `19 Nov 2026`, the form the pages use.
    pub fn long_date(self) -> String {
        self.utc().format(format_description!("[day padding:none] [month repr:short] [year]")).unwrap_or_default()
    }

    /// This moment moved by some milliseconds, saturating.
    #[must_use]
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }

    /// How long ago this was as seen from `now`, in words: `just now`, `12 min ago`, `3 h ago`, `2 d ago`, then the date.
    pub fn ago(self, now: Self) -> String {
        let minutes = (now.0.saturating_sub(self.0)) / 60_000;
        match minutes {
            ..1 => "just now".to_owned(),
            1..60 => format!("{minutes} min ago"),
            60..1440 => format!("{} h ago", minutes / 60),
            1440..10080 => format!("{} d ago", minutes / 1440),
            _ => self.long_date(),
        }
    }
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Day {
    /// Reads `2026-11-19`; anything else, and days that do not exist, give none.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.trim(), format_description!("[year]-[month]-[day]")).ok()?;
        Some(Self { year: date.year(), month: u8::from(date.month()), day: date.day() })
    }

    /// Days from 1970-01-01; negative before it.
    pub fn number(self) -> i64 {
        let date = time::Month::try_from(self.month).ok().and_then(|month| Date::from_calendar_date(self.year, month, self.day).ok());
        date.map_or(0, |date| i64::from(date.to_julian_day()) - 2_440_588)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_in_every_form() {
        let moment = Moment(1_795_000_000_123);
        assert_eq!(moment.rfc3339(), "2026-11-18T11:06:40Z");
        assert_eq!(moment.long_date(), "18 Nov 2026");
        assert_eq!(moment.day().to_string(), "2026-11-18");
        assert_eq!(moment.ago(moment.plus(59_000)), "just now");
        assert_eq!(moment.ago(moment.plus(61_000)), "1 min ago");
        assert_eq!(moment.ago(moment.plus(3 * DAY)), "3 d ago");
        assert_eq!(moment.ago(moment.plus(30 * DAY)), "18 Nov 2026");
        assert_eq!(moment.ago(moment.plus(-5)), "just now");
    }

    #[test]
    fn days_parse_strictly_and_count() {
        assert_eq!(Day::parse("1970-01-01").unwrap().number(), 0);
        assert_eq!(Day::parse("2026-02-28").unwrap().number() + 1, Day::parse("2026-03-01").unwrap().number());
        assert_eq!(Day::parse("2026-02-29"), None);
        assert_eq!(Day::parse("{YYYY-MM-DD}"), None);
    }
}
