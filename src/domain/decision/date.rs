//! Dates as people write them. Day-first and month-first numbers are left alone: nobody can tell them apart.

use crate::domain::moment::Day;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads `2020-01-05`, `2020/1/5`, `2020.01.05`, an ISO timestamp, `5 January 2020` or `Jan 5th, 2020`.
pub(super) fn read(written: &str) -> Option<Day> {
    let tokens: Vec<&str> = written.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    let numbers: Vec<u32> = tokens.iter().map_while(|token| token.parse().ok()).collect();
    // The third part of a timestamp is `05T10`.
    if let [year, month, ..] = numbers.as_slice()
        && *year >= 1000
        && let Some(day) = tokens.get(2).and_then(|token| leading_number(token))
    {
        return valid(*year, *month, day);
    }
    let month = tokens.iter().find_map(|token| month(token))?;
    let mut others = tokens.iter().filter_map(|token| leading_number(token));
    let (first, second) = (others.next()?, others.next()?);
    if first >= 1000 { valid(first, month, second) } else { valid(second, month, first) }
}

/// The bytes of the first `YYYY-MM-DD` in a text.
pub(super) fn iso(text: &str) -> Option<std::ops::Range<usize>> {
    (0..text.len().saturating_sub(9)).find_map(|start| {
        let range = start..start + 10;
        text.get(range.clone()).filter(|part| part.is_ascii() && Day::parse(part).is_some()).map(|_| range)
    })
}

fn leading_number(token: &str) -> Option<u32> {
    let end = token.find(|c: char| !c.is_ascii_digit()).unwrap_or(token.len());
    token.get(..end)?.parse().ok()
}

fn month(token: &str) -> Option<u32> {
    let name = token.to_lowercase();
    let at = MONTHS.iter().position(|month| name.starts_with(month))?;
    u32::try_from(at + 1).ok()
}

fn valid(year: u32, month: u32, day: u32) -> Option<Day> {
    Day::parse(&format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unambiguous_dates_are_read() {
        for written in ["2020-01-05", "2020/1/5", "2020-01-05T10:00:00Z", "5 January 2020", "Jan 5th, 2020", "5. Jan. 2020"] {
            assert_eq!(read(written).map(|day| day.to_string()).as_deref(), Some("2020-01-05"), "{written}");
        }
        for written in ["", "05/01/2020", "{YYYY-MM-DD}", "2020-13-01", "soon", "2020"] {
            assert_eq!(read(written), None, "{written}");
        }
        assert_eq!(iso("é accepted, 2020-01-05."), Some(13..23));
        assert_eq!(iso("2020-99-05"), None);
    }
}
