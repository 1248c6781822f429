//! When decisions were made and how long they held.

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        log::{Entry, date_prefix, edges, stem, successors},
        status::Status,
    },
    moment::Day,
};

/// The records of a log by their days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// The oldest first; in the order of the log within a day.
    pub dated: Vec<Event>,
    /// Those of which nobody can tell.
    pub undated: Vec<Event>,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Index in the log.
    pub entry: usize,
    pub path: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
    pub day: Option<Day>,
    /// For a superseded record, the day of its first successor that has one.
    pub until: Option<Day>,
}

/// The timeline of a log.
pub fn timeline(entries: &[Entry<'_>]) -> Timeline {
    let edges = edges(entries);
    let mut timeline = Timeline::default();
    for (index, entry) in entries.iter().enumerate() {
        let status = entry.record.known_status();
        let ends =
            || successors(&edges, index).into_iter().filter_map(|by| entries.get(by)).filter_map(day_of).min_by_key(|day| day.number());
        let event = Event {
            entry: index,
            path: entry.path.to_owned(),
            number: entry.record.number,
            title: entry.record.title.clone(),
            status,
            day: day_of(entry),
            until: if status == Some(Status::Superseded) { ends() } else { None },
        };
        if event.day.is_some() { &mut timeline.dated } else { &mut timeline.undated }.push(event);
    }
    timeline.dated.sort_by_key(|event| event.day.map(Day::number));
    timeline
}

/// The day in the record, or else in its file's name.
pub fn day_of(entry: &Entry<'_>) -> Option<Day> {
    let written = entry.record.date.as_ref().and_then(|date| date.day);
    written.or_else(|| {
        let stem = stem(entry.path);
        let date = stem.get(..date_prefix(stem)?)?.replace('-', "");
        Day::parse(&format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{Record, parse};

    #[test]
    fn records_stand_on_their_days() {
        let files = [
            ("adr/0001-a.md", "# 1. A\n\nDate: 2021-03-01\n\n## Status\n\nSuperseded by [3](0003-c.md)\n"),
            ("adr/0003-c.md", "---\nstatus: accepted\ndate: 2022-05-06\n---\n# C\n"),
            ("adr/20200102-b.md", "# B\n"),
            ("adr/plain.md", "# P\n\nDate: 05/06/2020\n"),
        ];
        let records: Vec<Record> = files.iter().map(|(path, text)| parse(path, text)).collect();
        let entries: Vec<Entry<'_>> = files.iter().zip(&records).map(|((path, _), record)| Entry { path, record }).collect();
        let timeline = timeline(&entries);
        let days: Vec<_> = timeline
            .dated
            .iter()
            .map(|event| (event.entry, event.day.unwrap().to_string(), event.until.map(|day| day.to_string())))
            .collect();
        assert_eq!(
            days,
            [(2, "2020-01-02".into(), None), (0, "2021-03-01".into(), Some("2022-05-06".to_owned())), (1, "2022-05-06".into(), None)]
        );
        assert_eq!(timeline.undated.iter().map(|event| event.entry).collect::<Vec<_>>(), [3]);
    }
}
