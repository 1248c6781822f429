//! Seeds, and how they are changed: pieces of the language put in, parts cut, doubled, moved, taken from other seeds, nested
//! deeply or repeated often. The outcome depends on the dice alone.

use std::{collections::BTreeMap, path::Path};

use super::pieces;
use crate::domain::{
    agent::library::built_in,
    model::view,
    sample,
    syntax::{
        Language, Sources,
        box_art::{self, TextOptions},
        format::{
            Format,
            recognise::recognise,
            target::{Target, export},
        },
        parse,
    },
};

/// What a text is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Diagram(Format),
    /// A decision, or any page.
    Markdown,
    Agent,
}

/// Numbers that look random and are the same for the same seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`; 0 for 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    pub(super) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(super) fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list.get(self.below(list.len())).copied().unwrap_or("")
    }
}

/// Texts to begin with.
pub(super) struct Seeds(BTreeMap<Kind, Vec<String>>);

const ALL: &str = include_str!("seed.dsl");

impl Seeds {
    /// Those of the product itself: the sample project in every format, whole and view by view.
    pub(super) fn own() -> Self {
        let mut seeds = Self(BTreeMap::new());
        seeds.put(Kind::Diagram(Format::Structurizr), ALL.to_owned());
        seeds.put(Kind::Diagram(Format::LikeC4), pieces::LIKEC4_SEED.to_owned());
        seeds.put(Kind::Diagram(Format::MermaidArchitecture), pieces::ARCHITECTURE_SEED.to_owned());
        for (path, text) in sample::FILES {
            seeds.add(path, text.to_owned());
        }
        for (_, text) in built_in::FILES {
            seeds.put(Kind::Agent, text.to_owned());
        }
        for text in [ALL, sample::FILES.iter().find(|(path, _)| *path == "workspace.dsl").unwrap().1] {
            let model = parse(Language::Structurizr, "workspace.dsl", text, &Sources::new()).model;
            for view in model.views.iter().map(Some).chain([None]) {
                for target in Target::ALL.into_iter().filter(|target| *target != Target::Structurizr) {
                    let written = export(target, &model, view).text;
                    let format = recognise(Some(&format!("a.{}", target.extension())), &written).unwrap();
                    seeds.put(Kind::Diagram(format), written);
                }
            }
            if let Some(view) = view::choose(&model, None) {
                seeds.put(Kind::Diagram(Format::BoxArt), box_art::print(&model, view, &TextOptions::default()).text);
                seeds.put(Kind::Diagram(Format::BoxArt), box_art::print(&model, view, &TextOptions { width: 140, ascii: true }).text);
            }
        }
        seeds
    }

    /// And those of the corpus, where there is one.
    pub(super) fn gather() -> Self {
        let mut seeds = Self::own();
        if let Ok(corpus) = std::env::var("LINTEL_CORPUS") {
            seeds.folder(Path::new(&corpus));
        }
        seeds
    }

    fn folder(&mut self, folder: &Path) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut paths: Vec<std::path::PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.folder(&path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                self.add(&path.to_string_lossy(), text);
            }
        }
    }

    fn add(&mut self, path: &str, text: String) {
        match recognise(Some(path), &text) {
            Some(format) => self.put(Kind::Diagram(format), text),
            None if path.contains("/agents/") => self.put(Kind::Agent, text),
            None if Path::new(path).extension().is_some_and(|extension| extension == "md") => self.put(Kind::Markdown, text),
            None => {}
        }
    }

    fn put(&mut self, kind: Kind, text: String) {
        if text.len() <= 64 * 1024 {
            self.0.entry(kind).or_default().push(text);
        }
    }

    fn of(&self, kind: Kind) -> &[String] {
        self.0.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.of(kind).len()
    }
}

/// Bytes of a case, nearly always; seldom sixteen times as many.
const MOST: usize = 48 * 1024;

/// A new text of the kind.
pub(super) fn mutate(seeds: &Seeds, kind: Kind, dice: &mut Dice) -> String {
    let own = seeds.of(kind);
    let seed = own.get(dice.below(own.len())).map_or("", String::as_str);
    let most = if dice.chance(60) { 16 * MOST } else { MOST };
    let mut text = if dice.chance(12) { String::new() } else { part(seed, dice, 12).to_owned() };
    let pieces = pieces::of(kind);
    let at_most = if dice.chance(4) { 60 } else { 8 };
    let rounds = 1 + dice.below(at_most);
    for _ in 0..rounds {
        let at = place(&text, dice);
        match dice.below(14) {
            0..=4 => text.insert_str(at, dice.pick(pieces)),
            5 => text.insert_str(at, dice.pick(pieces::ANY)),
            6 | 7 => {
                let end = text.floor_char_boundary((at + dice.below(60)).min(text.len())).max(at);
                text.replace_range(at..end, "");
            }
            8 => {
                // A line goes, or comes twice.
                let line = line_around(&text, at);
                let copy = text.get(line.clone()).unwrap_or("").to_owned();
                if dice.chance(2) { text.replace_range(line, "") } else { text.insert_str(line.start, &copy) }
            }
            9 => {
                let other = own.get(dice.below(own.len())).map_or("", String::as_str);
                let piece = part(other, dice, 1).to_owned();
                text.insert_str(at, &piece);
            }
            10 => {
                // Something many times over.
                let piece =
                    if dice.chance(2) { dice.pick(pieces).to_owned() } else { text.get(line_around(&text, at)).unwrap_or("").to_owned() };
                let at_most = if dice.chance(5) { 4000 } else { 60 };
                let often = 1 + dice.below(at_most);
                text.insert_str(at, &piece.repeat(often.min(most / (piece.len() + 1))));
            }
            11 => {
                let (open, close) = (dice.pick(pieces), pieces::closing(kind));
                let deep = 1 + dice.below(200);
                text = format!("{}{text}{}", open.repeat(deep), close.repeat(deep));
            }
            12 => {
                let length = dice.below(200);
                let letters: String = (0..length).filter_map(|_| char::from_u32(u32::try_from(dice.below(0x250)).unwrap_or(0))).collect();
                text.insert_str(at, &letters);
            }
            _ => {
                // A word elsewhere.
                let word = word_around(&text, at);
                let taken = text.get(word.clone()).unwrap_or("").to_owned();
                text.replace_range(word, "");
                let to = place(&text, dice);
                text.insert_str(to, &taken);
            }
        }
        if text.len() > most {
            text.truncate(text.floor_char_boundary(most));
        }
    }
    text
}

fn place(text: &str, dice: &mut Dice) -> usize {
    text.floor_char_boundary(dice.below(text.len() + 1))
}

/// The whole, or (once in `whole` times always) a stretch of it.
fn part<'t>(text: &'t str, dice: &mut Dice, whole: usize) -> &'t str {
    if whole > 1 && !dice.chance(whole) {
        return text;
    }
    let (one, other) = (place(text, dice), place(text, dice));
    text.get(one.min(other)..one.max(other)).unwrap_or("")
}

fn line_around(text: &str, at: usize) -> std::ops::Range<usize> {
    let start = text.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(at..).and_then(|tail| tail.find('\n')).map_or(text.len(), |length| at + length + 1);
    start..end
}

fn word_around(text: &str, at: usize) -> std::ops::Range<usize> {
    let start = text.get(..at).and_then(|head| head.rfind(char::is_whitespace)).map_or(0, |at| text.ceil_char_boundary(at + 1));
    let end = text.get(at..).and_then(|tail| tail.find(char::is_whitespace)).map_or(text.len(), |length| at + length);
    start..end.max(start)
}
