//! `lintel check`: the rules over diagrams and decision folders, without a server.
//!
//! Whatever can't be read in full is said as a compiler says it, the rest is checked all the same, and the exit code is 2.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    cli::{Failure, complain, say},
    domain::{
        decision::{self, Record},
        diagnostic::{Diagnostic, Level, LineIndex, Place},
        id::DocumentId,
        moment::Moment,
        review::{
            FindingState, Profile,
            engine::{self, DecisionRecord, Design, Diagram, Outcome, Settings},
            finding::{Finding, Severity},
        },
        syntax::{self, Language, Parsed},
    },
    server::ports::{Clock, SystemClock},
};

pub mod baseline;
pub mod gather;
pub mod print;

use baseline::Baseline;
use gather::{Gathered, Kind};

#[derive(Debug, Args)]
pub struct Check {
    /// Diagrams, decision records, or folders that hold them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to say what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 when there is a finding of this severity or above
    #[arg(long, value_enum, default_value = "high", value_name = "SEVERITY")]
    fail_on: Threshold,
    /// How strict to be
    #[arg(long, value_enum, default_value = "default")]
    profile: ProfileName,
    /// Findings that are known: not shown, and not counted
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings down as known, and exit with 0 unless something could not be read
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// The least severity that fails the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Threshold {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ProfileName {
    Sketch,
    Default,
    Production,
    Regulated,
}

/// A text with what it means.
pub struct Checked {
    pub id: DocumentId,
    pub path: String,
    pub text: String,
    pub meaning: Meaning,
}

pub enum Meaning {
    Diagram(Box<Parsed>),
    Decision(Box<Record>),
}

/// Everything that is printed.
pub struct Findings {
    pub checked: Vec<Checked>,
    pub outcome: Outcome,
    /// Those that are not in the baseline, in the engine's order.
    pub fresh: Vec<Finding>,
    /// How many are.
    pub known: usize,
    pub profile: Profile,
    pub at: Moment,
}

impl Checked {
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.meaning {
            Meaning::Diagram(parsed) => &parsed.diagnostics,
            Meaning::Decision(record) => &record.diagnostics,
        }
    }

    /// Where a diagnostic lies, when it lies in this text.
    pub fn place(&self, diagnostic: &Diagnostic) -> Option<Place> {
        diagnostic.file.is_none().then(|| LineIndex::new(&self.text).place(diagnostic.span.start))
    }
}

impl Findings {
    /// Whether a text could not be read in full.
    pub fn is_broken(&self) -> bool {
        self.checked.iter().flat_map(Checked::diagnostics).any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// Severities with the state that says whether they count.
    pub fn states(&self) -> Vec<(Severity, FindingState)> {
        self.fresh.iter().map(|finding| (finding.severity, FindingState::Open)).collect()
    }
}

impl Check {
    pub fn run(self) -> Result<(), Failure> {
        let gathered = gather::gather(&self.paths)?;
        let known = self.baseline.as_deref().map(Baseline::read).transpose()?.unwrap_or_default();
        for warning in &gathered.warnings {
            complain(warning);
        }
        let found = check(gathered, self.profile.profile(), SystemClock.now(), &known);
        if let Some(file) = &self.write_baseline {
            Baseline::of(&found.outcome.findings).write(file)?;
            let count = found.outcome.findings.len();
            complain(&format!("{count} findings are written down as known in {}", file.display()));
        } else {
            say(&match self.format {
                Format::Text => print::text(&found, print::Style::of_output()),
                Format::Json => print::json(&found),
                Format::Markdown => print::markdown(&found),
            });
        }
        if found.is_broken() {
            return Err(Failure { code: 2, message: String::new() });
        }
        let fails = self.fail_on.severity().is_some_and(|least| found.fresh.iter().any(|finding| finding.severity >= least));
        if fails && self.write_baseline.is_none() { Err(Failure::gate()) } else { Ok(()) }
    }
}

/// Checks gathered files. Pure but for the time it is given.
pub fn check(gathered: Gathered, profile: Profile, at: Moment, known: &Baseline) -> Findings {
    let sources = gathered.sources;
    let read = |(position, (path, (kind, text))): (u128, (String, (Kind, String)))| {
        let meaning = match kind {
            Kind::Decision => Meaning::Decision(Box::new(decision::parse(&path, &text))),
            Kind::Diagram => {
                let language = syntax::language_of(&path, &text).unwrap_or(Language::Structurizr);
                Meaning::Diagram(Box::new(syntax::parse(language, &path, &text, &sources)))
            }
        };
        Checked { id: DocumentId::from_uuid(uuid::Uuid::from_u128(position)), path, text, meaning }
    };
    let checked: Vec<Checked> = (1..).zip(gathered.texts).map(read).collect();
    let mut design = Design::default();
    for Checked { id, path, text, meaning } in &checked {
        match meaning {
            Meaning::Diagram(parsed) => design.diagrams.push(Diagram { document: *id, path, text, parsed }),
            Meaning::Decision(record) => design.decisions.push(DecisionRecord { document: *id, path, text, record }),
        }
    }
    let outcome = engine::review(&design, &Settings { profile, today: at.day() });
    let fresh: Vec<Finding> = outcome.findings.iter().filter(|finding| !known.holds(finding)).cloned().collect();
    Findings { known: outcome.findings.len() - fresh.len(), checked, outcome, fresh, profile, at }
}

impl Threshold {
    pub(in crate::cli) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Never => None,
        }
    }
}

impl ProfileName {
    pub(in crate::cli) const fn profile(self) -> Profile {
        match self {
            Self::Sketch => Profile::Sketch,
            Self::Default => Profile::Default,
            Self::Production => Profile::Production,
            Self::Regulated => Profile::Regulated,
        }
    }
}
