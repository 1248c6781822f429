//! The designs that tests change: the sample, the examples of every rule, and the designs of the benchmark where they are there.

use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

use uuid::Uuid;

use crate::domain::{
    decision::{self, Record},
    id::DocumentId,
    review::{
        engine::{DecisionRecord, Design, Diagram, Outcome, review},
        rule::{Example, ExampleLanguage, Rule},
        rules::{
            self,
            tests::{SETTINGS, records},
        },
    },
    sample,
    syntax::{self, Language, Parsed, Sources},
};

/// The diagram's path in designs that have one.
pub(in crate::domain) const MAIN: &str = "workspace.dsl";

/// The files of a design, by path.
#[derive(Clone, Debug)]
pub(in crate::domain) struct Base {
    pub name: String,
    pub files: BTreeMap<String, String>,
}

/// Whether a file's name has an ending, such as `md`.
pub(in crate::domain) fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == ending)
}

/// A design as a review reads it.
pub(in crate::domain) struct Reading<'a> {
    files: &'a BTreeMap<String, String>,
    pub diagrams: Vec<(&'a str, Parsed)>,
    pub decisions: Vec<(&'a str, Record)>,
}

/// Identity of a file over all changes of its text.
pub(in crate::domain) fn document_of(path: &str) -> DocumentId {
    let hash =
        path.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(0x0100_0193));
    DocumentId::from_uuid(Uuid::from_u128(hash))
}

impl Base {
    pub(in crate::domain) fn new(name: impl Into<String>, files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { name: name.into(), files: files.into_iter().collect() }
    }

    /// What an example of a rule's page shows.
    pub(in crate::domain) fn of_example(rule: &Rule, number: usize, example: &Example) -> Self {
        let verdict = if example.fails { "fails" } else { "passes" };
        let files = match example.language {
            ExampleLanguage::Dsl => vec![(MAIN.to_owned(), example.text.clone())],
            ExampleLanguage::Adr => records(&example.text),
        };
        Self::new(format!("{} {verdict} {number}", rule.code), files)
    }

    /// The same under another text of one file.
    pub(in crate::domain) fn with(&self, path: &str, text: String) -> Self {
        let mut changed = self.clone();
        changed.files.insert(path.to_owned(), text);
        changed
    }

    pub(in crate::domain) fn main(&self) -> Option<&str> {
        self.files.get(MAIN).map(String::as_str)
    }

    /// The files with an ending, such as `dsl`.
    fn ending(&self, ending: &'static str) -> impl Iterator<Item = (&String, &String)> {
        self.files.iter().filter(move |(path, _)| has_ending(path, ending))
    }

    /// What its diagrams may include.
    pub(in crate::domain) fn sources(&self) -> Sources {
        self.ending("dsl").map(|(path, text)| (path.clone(), text.clone())).collect()
    }

    pub(in crate::domain) fn read(&self) -> Reading<'_> {
        let sources = self.sources();
        Reading {
            files: &self.files,
            diagrams: self
                .ending("dsl")
                .map(|(path, text)| (path.as_str(), syntax::parse(Language::Structurizr, path, text, &sources)))
                .collect(),
            decisions: self.ending("md").map(|(path, text)| (path.as_str(), decision::parse(path, text))).collect(),
        }
    }
}

impl Reading<'_> {
    pub(in crate::domain) fn design(&self) -> Design<'_> {
        let text = |path: &str| self.files.get(path).map_or("", String::as_str);
        Design {
            diagrams: self
                .diagrams
                .iter()
                .map(|(path, parsed)| Diagram { document: document_of(path), path, text: text(path), parsed })
                .collect(),
            decisions: self
                .decisions
                .iter()
                .map(|(path, record)| DecisionRecord { document: document_of(path), path, text: text(path), record })
                .collect(),
        }
    }

    pub(in crate::domain) fn review(&self) -> Outcome {
        review(&self.design(), &SETTINGS)
    }

    /// What the main diagram says.
    pub(in crate::domain) fn main(&self) -> Option<&Parsed> {
        self.diagrams.iter().find(|(path, _)| *path == MAIN).map(|(_, parsed)| parsed)
    }
}

/// A base together with what a review says of it.
pub(in crate::domain) struct Reviewed {
    pub base: Base,
    pub outcome: Outcome,
}

fn reviewed(bases: Vec<Base>) -> Vec<Reviewed> {
    bases
        .into_iter()
        .map(|base| {
            let outcome = base.read().review();
            Reviewed { base, outcome }
        })
        .collect()
}

/// The sample project and every example.
pub(in crate::domain) static WRITTEN: LazyLock<Vec<Reviewed>> = LazyLock::new(|| {
    let sample = sample::FILES.iter().filter(|(path, _)| *path != "README.md");
    let sample = Base::new("sample", sample.map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let examples = rules::ALL.iter().flat_map(|rule| {
        rule.examples().into_iter().enumerate().map(|(number, example)| Base::of_example(rule, number, &example)).collect::<Vec<_>>()
    });
    reviewed(std::iter::once(sample).chain(examples).collect())
});

/// The designs of the benchmark, each in all its variants; none where they are not there.
pub(in crate::domain) static BENCHMARK: LazyLock<Vec<Reviewed>> = LazyLock::new(|| reviewed(benchmark()));

fn benchmark() -> Vec<Base> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/designs");
    let mut bases = Vec::new();
    for design in folders(&root) {
        for variant in folders(&design) {
            let mut files = BTreeMap::new();
            gather(&variant, &variant, &mut files);
            if files.contains_key(MAIN) {
                let name = variant.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                bases.push(Base { name, files });
            }
        }
    }
    bases
}

fn folders(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn gather(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "dsl" || extension == "md") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}
