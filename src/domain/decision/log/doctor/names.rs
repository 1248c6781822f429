//! Numbers and file names.

use std::collections::BTreeMap;

use crate::domain::{
    decision::log::{
        Text,
        doctor::{Ward, Words},
        gaps::{Gap, area, gaps},
        habits::{Names, majority},
        parent,
    },
    diagnostic::Level,
};

impl Ward<'_> {
    pub(super) fn duplicates(&mut self) {
        let mut taken: BTreeMap<((String, String), u32), &Text> = BTreeMap::new();
        for text in &self.log.texts {
            let Some(number) = text.record.number else { continue };
            let Some(first) = taken.get(&(area(&text.path), number)) else {
                taken.insert((area(&text.path), number), text);
                continue;
            };
            let words = Words {
                what: format!("Number {number} is taken by {} as well", first.path),
                why: "Nobody can tell which of them a number means, and links by number lead nowhere.",
                help: format!("Renumber one of them; {} is free.", super::super::next_number(self.log.paths())),
            };
            let about = first.path.clone();
            self.report(text, text.record.title_span, (Level::Warning, "duplicate-number"), &about, words);
        }
    }

    /// Numbers that nobody has, each run told at the record behind it.
    pub(super) fn gaps(&mut self) {
        for gap in gaps(&self.entries) {
            let Some(text) = self.log.texts.get(gap.before) else { continue };
            let Gap { first, last, .. } = gap;
            let what = if first == last { format!("Number {first} is missing") } else { format!("Numbers {first} to {last} are missing") };
            let words = Words {
                what,
                why: "Readers wonder whether a record was lost or never merged.",
                help: "Nothing has to be done if it was given up: numbers are never given twice.".to_owned(),
            };
            let about = format!("{first}-{last}");
            self.report(text, text.record.title_span, (Level::Note, "number-gap"), &about, words);
        }
    }

    /// Files that are named otherwise than most beside them.
    pub(super) fn names(&mut self) {
        let mut folders: BTreeMap<&str, Vec<&Text>> = BTreeMap::new();
        for text in &self.log.texts {
            folders.entry(parent(&text.path)).or_default().push(text);
        }
        for texts in folders.values() {
            let Some(usual) = majority(texts.iter().map(|text| Names::of(&text.path))) else { continue };
            let like = |text: &&&Text| is_like(&usual, &text.path);
            // Where there is no habit, nothing is against it.
            if texts.len() < 3 || texts.iter().filter(like).count() * 3 < texts.len() * 2 {
                continue;
            }
            for text in texts.iter().filter(|text| !like(text)) {
                let words = Words {
                    what: format!("The file is not named like the others, which are {usual}"),
                    why: "Lists sort by file names, and tools find records by them.",
                    help: "Rename the file, and the links to it.".to_owned(),
                };
                self.report(text, text.record.title_span, (Level::Warning, "file-name"), "", words);
            }
        }
    }
}

/// Numbers that outgrow their width are named alike.
fn is_like(usual: &Names, path: &str) -> bool {
    match (usual, Names::of(path)) {
        (Names::Numbered { prefix, width }, Names::Numbered { prefix: other, width: found }) => {
            let wider = found > *width
                && path.rsplit('/').next().is_some_and(|name| !name.trim_start_matches(|c: char| !c.is_ascii_digit()).starts_with('0'));
            let unpadded = *width == 1 || found == 1;
            prefix.eq_ignore_ascii_case(&other) && (found == *width || wider || (unpadded && *width < 3 && found < 3))
        }
        (usual, found) => *usual == found,
    }
}
