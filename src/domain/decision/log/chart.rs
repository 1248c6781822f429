//! The timeline as a picture: one bar for each dated record, from its day to the day it was superseded, or to the end. A line
//! leads from what was superseded to its successor.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    decision::{
        log::{Entry, edges, successors, timeline::Timeline},
        status::Status,
    },
    moment::Day,
    scene::{
        svg::{escape, put},
        text::{Type, clean, fit},
    },
};

/// The columns of the names and of the time.
const NAMES: i32 = 232;
const TIME: i32 = 640;
const ROW: i32 = 30;
const HEAD: i32 = 28;
/// The least length of a bar.
const SHORTEST: i32 = 6;
/// Ticks at most.
const TICKS: i64 = 12;

/// Draws the dated records of a timeline as SVG, the oldest first; empty where there are none. `today` ends the bars of what
/// holds, `page` gives a record's address by its index in the log.
pub fn svg(timeline: &Timeline, entries: &[Entry<'_>], today: Day, page: &dyn Fn(usize) -> String) -> String {
    let days = || timeline.dated.iter().filter_map(|event| event.day);
    let (Some(first), Some(last)) = (days().next(), days().chain(timeline.dated.iter().filter_map(|event| event.until)).max()) else {
        return String::new();
    };
    let last = last.max(today);
    let span = (last.number() - first.number()).max(1);
    let at = |day: Day| {
        let along = (day.number() - first.number()).clamp(0, span) * i64::from(TIME - 24) / span;
        NAMES + i32::try_from(along).unwrap_or(0)
    };
    let rows: BTreeMap<usize, i32> = (0..).zip(&timeline.dated).map(|(row, event)| (event.entry, HEAD + row * ROW)).collect();
    let high = HEAD + ROW * i32::try_from(rows.len()).unwrap_or(0) + 8;
    let wide = NAMES + TIME;
    let mut out = String::with_capacity(1024 + 700 * rows.len());
    put(
        &mut out,
        format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="adrtime" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="group" aria-label="Timeline: {} decisions from {first} to {last}">"#,
            rows.len()
        ),
    );
    for (day, words) in ticks(first, last) {
        let x = at(day);
        put(
            &mut out,
            format_args!(
                r#"<path class="adrtime__tick" d="M{x} {HEAD}V{high}"/><text class="adrtime__when" x="{}" y="18">{words}</text>"#,
                x + 2
            ),
        );
    }
    let edges = edges(entries);
    for event in &timeline.dated {
        let (Some(day), Some(y)) = (event.day, rows.get(&event.entry).copied()) else { continue };
        let middle = y + ROW / 2;
        let end = match (event.status, event.until) {
            (_, Some(until)) => until,
            (Some(Status::Accepted | Status::Proposed | Status::Draft) | None, None) => last,
            // Nobody wrote down when it ended.
            (Some(Status::Rejected | Status::Deprecated | Status::Superseded), None) => day,
        };
        let (from, to) = (at(day), at(end).max(at(day) + SHORTEST));
        let status = event.status.map_or("none", Status::slug);
        let number = event.number.map(|number| format!("{number:04} ")).unwrap_or_default();
        let title = clean(&event.title);
        let held = event.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let spoken = format!("{number}{title}, {}, {day}{held}", event.status.map_or("no status", Status::slug));
        put(
            &mut out,
            format_args!(
                r#"<a class="adrtime__row adrnode--{status}" href="{}" aria-label="{}"><title>{}</title><rect class="adrtime__ground" x="0" y="{y}" width="{wide}" height="{ROW}"/><text class="adrtime__name" x="8" y="{}">{}</text><rect class="adrtime__bar" x="{from}" y="{}" width="{}" height="12" rx="4"/></a>"#,
                escape(&page(event.entry)),
                escape(&spoken),
                escape(&spoken),
                middle + 4,
                escape(&fit(&format!("{number}{title}"), Type::Frame, NAMES - 24)),
                middle - 6,
                to - from
            ),
        );
        if event.status == Some(Status::Superseded) {
            let after: BTreeSet<i32> = successors(&edges, event.entry).iter().filter_map(|by| rows.get(by)).copied().collect();
            for row in after {
                let goal = row + ROW / 2;
                let drop = if goal > middle { goal - 7 } else { goal + 7 };
                put(&mut out, format_args!(r#"<path class="adrtime__next" d="M{to} {middle}h3V{drop}" aria-hidden="true"/>"#));
            }
        }
    }
    out.push_str("</svg>");
    out
}

/// Where years or months begin, whichever are few enough to be read.
fn ticks(first: Day, last: Day) -> Vec<(Day, String)> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = |day: Day| i64::from(day.year) * 12 + i64::from(day.month) - 1;
    let (from, to) = (month(first), month(last));
    let steps = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000];
    let step = steps.into_iter().find(|step| (to - from) / step <= TICKS).unwrap_or(120_000);
    let begin = from.div_euclid(step) * step;
    let mut ticks = Vec::new();
    let mut at = begin;
    while at <= to {
        let (year, month) = (at.div_euclid(12), at.rem_euclid(12));
        if at >= from
            && let (Ok(year), Ok(month)) = (i32::try_from(year), usize::try_from(month))
        {
            let name = MONTHS.get(month).copied().unwrap_or_default();
            let words = if step >= 12 { year.to_string() } else { format!("{name} {year}") };
            let day = Day { year, month: u8::try_from(month + 1).unwrap_or(1), day: 1 };
            // The month in which it begins has its tick at the first record.
            ticks.push((day.max(first), words));
        }
        at += step;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{
        log::{Log, timeline::timeline},
        template::project::Roles,
    };

    #[test]
    fn bars_begin_and_end_on_their_days() {
        let files = [
            ("adr/0001-a.md", "# 1. A & \"B\"\n\nDate: 2026-01-01\n\n## Status\n\nSuperseded by [2](0002-b.md)\n"),
            ("adr/0002-b.md", "# 2. B\n\nDate: 2026-06-01\n\n## Status\n\nAccepted\n"),
            ("adr/0003-c.md", "# 3. C\n"),
        ];
        let log = Log::read(files.map(|(path, text)| (path.to_owned(), text.to_owned())), &Roles::default());
        let entries = log.entries();
        let today = Day { year: 2026, month: 12, day: 31 };
        let svg = svg(&timeline(&entries), &entries, today, &|index| format!("/d/{index}"));
        assert_eq!(svg.matches("adrtime__bar").count(), 2);
        assert_eq!(svg.matches("adrtime__next").count(), 1);
        assert!(svg.contains("0001 A &amp; &quot;B&quot;, superseded, 2026-01-01 until 2026-06-01"), "{svg}");
        assert!(svg.contains("Jan 2026") && svg.contains("href=\"/d/1\"") && !svg.contains("style="), "{svg}");
        let empty = Log::default();
        assert_eq!(super::svg(&timeline(&empty.entries()), &[], today, &|_| String::new()), "");
    }

    #[test]
    fn ticks_are_few_whatever_the_time() {
        let day = |year, month| Day { year, month, day: 15 };
        for (first, last) in
            [(day(2026, 3), day(2026, 3)), (day(2026, 3), day(2027, 2)), (day(1999, 1), day(2026, 12)), (day(1, 1), day(9999, 12))]
        {
            let ticks = ticks(first, last);
            assert!(ticks.len() <= 14, "{first} {last}: {ticks:?}");
            assert!(ticks.iter().all(|(at, _)| *at >= first && *at <= last), "{ticks:?}");
        }
        assert_eq!(ticks(day(2026, 3), day(2026, 4)).into_iter().map(|(_, words)| words).collect::<Vec<_>>(), ["Mar 2026", "Apr 2026"]);
    }
}
