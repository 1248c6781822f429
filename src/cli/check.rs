//! `lintel check`: the rules over diagrams and decision folders, without a server.
//!
//! Whatever can't be read in full is said as a compiler says it, the rest is checked all the same, and the exit code is 2.
//! What the project has agreed on is read from `lintel.yaml`; options say otherwise for one run.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use crate::{
    cli::{Failure, complain, say},
    domain::{
        decision::{self, Record},
        diagnostic::{Diagnostic, LineIndex, Place},
        id::{DocumentId, FindingId},
        model::view::View,
        moment::Moment,
        review::{
            Change, FindingState, Profile,
            cause::{self, Cause, DesignChange},
            choices::Choices,
            diff::{self, Known},
            engine::{self, DecisionRecord, Design, Diagram, Outcome, Settings},
            finding::{Finding, Severity},
            gate::{self, Answer, Candidate, GatePolicy, GateResult},
            policy::{self, Judgement},
            scope::Scope,
        },
        syntax::{self, Language, Parsed},
    },
    server::ports::{Clock, SystemClock},
};

pub mod agreed;
pub mod baseline;
pub mod gather;
pub mod print;

use agreed::Agreed;
use baseline::Baseline;
use gather::{Gathered, Ground, Kind, Typed};

/// Shown below the options.
pub const HELP: &str = "\
Settings: `lintel.yaml` (or `.lintel.yaml`), beside the design or above it in its repository. All of it may be left out:
  profile: production              # sketch, default, production, regulated
  sets: [core, math, prod]         # which sets of rules run; strict is the fourth
  severity: {LNT-B001: critical, single-option: low, LNT-X*: medium}
  off:                             # rules that do not run
    - {rule: LNT-P001, reason: One team owns all of it, until: 2027-05-01}
  suppress:                        # findings that are let be, here or everywhere
    - {rule: LNT-X*, elements: [Legacy billing], paths: [docs/old], reason: Goes away in May}
  gate:
    fail_on: {new: high, open: critical}
    max_open: {medium: 10}
    ignore: {states: [wont-fix, false-positive], sets: [strict], baseline: true}
    overdue_accepted: fail         # fail, warn or pass when the day of an `until` has passed
    inconclusive: fail             # the same when something could not be read; fail is exit code 2
  paths: {include: [workspace.dsl, docs/adr], ignore: [\"*.draft.md\"]}
  baseline: known.json             # what --write-baseline wrote

Exit codes: 0 the gate passed, 1 it failed, 2 inconclusive or bad input, 3 wrong usage or a fault.";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Check {
    /// Diagrams, decision records, or folders that hold them; `-` is the standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to say what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Exit with 1 when there is a new finding of this severity or above; instead of the settings' gate [default: high]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
    /// How strict to be [default: what the settings or the diagrams say]
    #[arg(long, value_enum)]
    profile: Option<ProfileName>,
    /// Findings that are known: not shown, and not counted
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings down as known, and exit with 0 unless something could not be read
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// The settings, instead of the nearest lintel.yaml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Read no settings
    #[arg(long)]
    no_config: bool,
    /// Compare with this state of the current folder: which findings are new, which change made them, which are gone
    /// (SARIF has those as `absent`)
    #[arg(long, value_name = "FOLDER")]
    against: Option<PathBuf>,
    /// Look only at what a view shows, named by its key or title; findings elsewhere are neither shown nor counted
    #[arg(long, value_name = "VIEW", conflicts_with = "write_baseline")]
    view: Option<String>,
    /// The name of the text on the standard input, which takes the place of the file; without it, the text says what it is
    #[arg(long, value_name = "NAME")]
    stdin_path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
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

/// How to check.
pub struct Order<'a> {
    pub profile: Profile,
    pub at: Moment,
    pub choices: &'a Choices,
    pub gate: &'a GatePolicy,
    pub known: Option<&'a Baseline>,
    /// The view that is looked at, by its key or title; none for all.
    pub view: Option<&'a str>,
}

/// A finding with how it compares.
#[derive(Clone, Debug)]
pub struct Seen {
    pub finding: Finding,
    /// None where there is nothing to compare with.
    pub change: Option<Change>,
    /// The baseline knows it.
    pub known: bool,
    /// The changes that made it, or ended it.
    pub causes: Vec<Cause>,
}

/// What is compared with.
pub struct Before {
    /// As people named it.
    pub name: String,
    pub checked: Vec<Checked>,
    pub judgement: Judgement,
    /// Findings that are not there any more, in the engine's order.
    pub gone: Vec<Seen>,
}

/// Everything that is printed.
pub struct Findings {
    pub checked: Vec<Checked>,
    pub outcome: Outcome,
    /// In the engine's order.
    pub seen: Vec<Seen>,
    pub before: Option<Before>,
    pub judgement: Judgement,
    pub gate: GateResult,
    pub policy: GatePolicy,
    pub choices: Choices,
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
    /// Those that are not in the baseline.
    pub fn fresh(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| !seen.known)
    }

    /// How many are.
    pub fn known(&self) -> usize {
        self.seen.iter().filter(|seen| seen.known).count()
    }

    /// Whether a text could not be read in full.
    pub fn is_broken(&self) -> bool {
        !self.outcome.completeness.broken.is_empty()
    }
}

impl Check {
    pub fn run(self) -> Result<(), Failure> {
        let piped = self.paths.iter().any(|path| path.as_os_str() == "-");
        let typed = match (&self.stdin_path, piped) {
            (named, true) => {
                let text =
                    gather::standard_input()?.ok_or_else(|| Failure::input("The standard input is neither UTF-8 nor UTF-16 text."))?;
                let path = named.clone().unwrap_or_else(|| gather::name_for(&text));
                Some(Typed { path, text })
            }
            (None, false) => None,
            (Some(_), false) => return Err(Failure::usage("--stdin-path names the text of the path `-`; add `-`.")),
        };
        let mut paths: Vec<PathBuf> = self.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
        if paths.is_empty() && typed.is_none() {
            paths.push(PathBuf::from("."));
        }
        let first = paths.first().or(typed.as_ref().map(|typed| &typed.path)).map(PathBuf::as_path);
        let agreed = if self.no_config { None } else { agreed::find(self.config.as_deref(), first)? };
        let gathered =
            ground(Ground::here(), agreed.as_ref().map(|agreed| (agreed.folder.as_path(), agreed))).gather(&paths, typed.as_ref())?;
        let base = self.against.as_deref().map(|folder| before(folder, &paths, agreed.as_ref())).transpose()?;
        for warning in &gathered.warnings {
            complain(warning);
        }
        let settings = agreed.as_ref().map(|agreed| agreed.settings.clone()).unwrap_or_default();
        let known = match (&self.write_baseline, &self.baseline, &agreed) {
            (None, Some(file), _) => Some(Baseline::read(file)?),
            (None, None, Some(Agreed { folder, settings, .. })) => {
                settings.baseline.as_ref().map(|file| Baseline::read(&folder.join(file))).transpose()?
            }
            (Some(_), ..) | (None, None, None) => None,
        };
        let found = check(
            gathered,
            base,
            &Order {
                profile: self.profile.map(ProfileName::profile).or(settings.profile).unwrap_or_default(),
                at: SystemClock.now(),
                choices: &settings.choices,
                gate: &self.fail_on.map_or_else(|| settings.gate.clone(), |least| least.instead_of(&settings.gate)),
                known: known.as_ref(),
                view: self.view.as_deref(),
            },
        );
        if let Some(view) = self.view.as_deref().filter(|view| shown(view, &design_of(&found.checked)).is_empty()) {
            return Err(Failure::input(no_view(view, &found.checked)));
        }
        if let Some(file) = &self.write_baseline {
            Baseline::of(&found.outcome.findings).write(file)?;
            let count = found.outcome.findings.len();
            complain(&format!("{count} findings are written down as known in {}", file.display()));
            return if found.is_broken() { Err(Failure { code: 2, message: String::new() }) } else { Ok(()) };
        }
        let agreed = agreed.as_ref();
        say(&match self.format {
            Format::Text => print::text(&found, agreed, print::Style::of_output()),
            Format::Json => print::json::of(&found, agreed),
            Format::Sarif => print::sarif::of(&found, agreed),
            Format::Markdown => print::markdown::of(&found),
        });
        match found.gate.outcome.exit_code() {
            0 => Ok(()),
            code => Err(Failure { code, message: String::new() }),
        }
    }
}

fn ground<'a>(ground: Ground<'a>, wanted: Option<(&'a Path, &'a Agreed)>) -> Ground<'a> {
    match wanted {
        Some((folder, agreed)) => ground.wanting(folder, &agreed.settings),
        None => ground,
    }
}

/// Gathers what the paths were in a folder that stands for the one the program runs in.
fn before(folder: &Path, paths: &[PathBuf], agreed: Option<&Agreed>) -> Result<(String, Gathered), Failure> {
    let name = folder.display().to_string();
    if !folder.is_dir() {
        return Err(Failure::input(format!("{name} is no folder. --against takes another state of the current folder.")));
    }
    let here = gather::whole(Path::new("."));
    let there = |path: &Path| gather::whole(path).strip_prefix(&here).ok().map(|below| folder.join(below));
    let mut were = Vec::new();
    for path in paths {
        let Some(was) = there(path) else {
            let why = format!("{} is not below the current folder, so {name} can't say what it was.", path.display());
            return Err(Failure::input(format!("{why} Run this where both begin.")));
        };
        // What was not there then has nothing to compare with.
        if was.exists() {
            were.push(was);
        }
    }
    let wanted = agreed.and_then(|agreed| Some((there(&agreed.folder)?, agreed)));
    let ground = ground(Ground::at(folder), wanted.as_ref().map(|(folder, agreed)| (folder.as_path(), *agreed)));
    Ok((name, ground.collect(&were, None)?))
}

/// Checks gathered files. Pure but for the time it is given.
pub fn check(gathered: Gathered, base: Option<(String, Gathered)>, order: &Order<'_>) -> Findings {
    // A path is the same document before and now.
    let before = base.iter().flat_map(|(_, base)| base.texts.keys());
    let names: BTreeSet<String> = gathered.texts.keys().chain(before).cloned().collect();
    let ids: BTreeMap<String, DocumentId> =
        (1..).zip(names).map(|(number, name)| (name, DocumentId::from_uuid(uuid::Uuid::from_u128(number)))).collect();
    let checked = read(gathered, &ids);
    let settings = Settings { profile: order.profile, today: order.at.day() };
    let outcome = examined(&checked, &settings, order);
    let known = order.known.map(|known| known.known_among(&outcome.findings)).unwrap_or_default();
    let fresh = |finding: &&Finding| !known.contains(&finding.fingerprint);
    let judged: Vec<_> = outcome.findings.iter().filter(fresh).map(|finding| (finding.severity, FindingState::Open)).collect();
    let judgement = policy::judge(&judged, &outcome.completeness);

    let mut worse = BTreeSet::new();
    let (seen, before) = if let Some((name, base)) = base {
        let (seen, before) = compare(name, read(base, &ids), &checked, &outcome, &settings, order, &mut worse);
        (seen, Some(before))
    } else {
        let change = |finding: &Finding| if known.contains(&finding.fingerprint) { Change::Unchanged } else { Change::New };
        let change = |finding: &Finding| order.known.map(|_| change(finding));
        let seen = |finding: &Finding| Seen { finding: finding.clone(), change: change(finding), known: false, causes: Vec::new() };
        (outcome.findings.iter().map(seen).collect(), None)
    };
    let seen: Vec<Seen> = seen.into_iter().map(|seen| Seen { known: known.contains(&seen.finding.fingerprint), ..seen }).collect();
    let candidates: Vec<Candidate<'_>> = seen
        .iter()
        .map(|seen| Candidate {
            finding: &seen.finding,
            state: FindingState::Open,
            change: seen.change.unwrap_or(Change::New),
            worse: worse.contains(&seen.finding.fingerprint),
            known: seen.known,
            overdue: outcome.overdue.get(&seen.finding.fingerprint).copied(),
        })
        .collect();
    let incomplete = gate::incomplete(&outcome.completeness, judgement.verdict, &judgement.reason);
    let gate = order.gate.judge(&candidates, incomplete);
    Findings {
        checked,
        outcome,
        seen,
        before,
        judgement,
        gate,
        policy: order.gate.clone(),
        choices: order.choices.clone(),
        profile: order.profile,
        at: order.at,
    }
}

/// What the rules say of texts, as far as it is looked at.
fn examined(checked: &[Checked], settings: &Settings, order: &Order<'_>) -> Outcome {
    let design = design_of(checked);
    let mut outcome = engine::review_with(&design, settings, order.choices);
    if let Some(view) = order.view {
        let scopes = shown(view, &design);
        outcome.findings.retain(|finding| scopes.iter().any(|scope| scope.covers(finding, &design)));
    }
    outcome
}

/// The views of a key or title.
fn shown(wanted: &str, design: &Design<'_>) -> Vec<Scope> {
    let named = |view: &&View| view.key == wanted || view.title.as_deref() == Some(wanted);
    let scope = |diagram: &Diagram<'_>, view: &View| Scope::View {
        document: diagram.document,
        path: diagram.path.to_owned(),
        view: view.key.clone(),
        title: wanted.to_owned(),
    };
    let views = design.diagrams.iter().map(|diagram| (diagram, &diagram.parsed.model.views));
    views.flat_map(|(diagram, views)| views.iter().filter(named).map(move |view| scope(diagram, view))).collect()
}

/// What is wrong with the name of a view that no diagram has.
fn no_view(wanted: &str, checked: &[Checked]) -> String {
    let design = design_of(checked);
    let keys: BTreeSet<&str> = design.diagrams.iter().flat_map(|one| &one.parsed.model.views).map(|view| view.key.as_str()).collect();
    let there = if keys.is_empty() {
        "There are none.".to_owned()
    } else {
        format!("There are: {}.", keys.into_iter().collect::<Vec<_>>().join(", "))
    };
    format!("No diagram has a view `{wanted}`. {there}")
}

fn read(gathered: Gathered, ids: &BTreeMap<String, DocumentId>) -> Vec<Checked> {
    let sources = gathered.sources;
    let read = |(path, (kind, text)): (String, (Kind, String))| {
        let meaning = match kind {
            Kind::Decision => Meaning::Decision(Box::new(decision::parse(&path, &text))),
            Kind::Diagram => {
                let language = syntax::language_of(&path, &text).unwrap_or(Language::Structurizr);
                Meaning::Diagram(Box::new(syntax::parse(language, &path, &text, &sources)))
            }
        };
        let id = ids.get(&path).copied().unwrap_or_else(|| DocumentId::from_uuid(uuid::Uuid::nil()));
        Checked { id, path, text, meaning }
    };
    gathered.texts.into_iter().map(read).collect()
}

/// Texts as the rules see them.
pub fn design_of(checked: &[Checked]) -> Design<'_> {
    let mut design = Design::default();
    for Checked { id, path, text, meaning } in checked {
        match meaning {
            Meaning::Diagram(parsed) => design.diagrams.push(Diagram { document: *id, path, text, parsed }),
            Meaning::Decision(record) => design.decisions.push(DecisionRecord { document: *id, path, text, record }),
        }
    }
    design
}

/// Every finding with how it compares with the state before; `worse` gathers those whose severity has risen.
fn compare(
    name: String,
    were: Vec<Checked>,
    checked: &[Checked],
    outcome: &Outcome,
    settings: &Settings,
    order: &Order<'_>,
    worse: &mut BTreeSet<crate::domain::review::finding::Fingerprint>,
) -> (Vec<Seen>, Before) {
    let (base, now) = (design_of(&were), design_of(checked));
    let then = examined(&were, settings, order);
    let states: Vec<_> = then.findings.iter().map(|finding| (finding.severity, FindingState::Open)).collect();
    let judgement = policy::judge(&states, &then.completeness);
    let known = (1..).zip(then.findings).map(|(number, finding)| Known {
        id: FindingId::from_uuid(uuid::Uuid::from_u128(number)),
        finding,
        state: FindingState::Open,
        first_seen: 0,
    });
    let known: Vec<Known> = known.collect();
    let change = DesignChange::between(&base, &now);
    let (mut seen, mut gone) = (Vec::new(), Vec::new());
    for compared in diff::compare(&known, outcome, &now) {
        let before = compared.existing.and_then(|id| known.iter().find(|known| known.id == id));
        if before.is_some_and(|before| before.finding.severity < compared.finding.severity) {
            worse.insert(compared.finding.fingerprint.clone());
        }
        let explained = !matches!(compared.change, Change::Unchanged | Change::NotEvaluated);
        let causes = if explained { cause::causes(&compared.finding, &change, &base, &now) } else { Vec::new() };
        let is_gone = matches!(compared.change, Change::Fixed | Change::Obsolete | Change::NotEvaluated);
        let one = Seen { finding: compared.finding, change: Some(compared.change), known: false, causes };
        if is_gone { gone.push(one) } else { seen.push(one) }
    }
    (seen, Before { name, checked: were, judgement, gone })
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

    /// A gate with this one condition; what does not count and what is inconclusive stays as agreed.
    pub(in crate::cli) fn instead_of(self, policy: &GatePolicy) -> GatePolicy {
        let overdue = policy.overdue.max(Answer::Warn);
        GatePolicy { new: self.severity(), open: None, most: BTreeMap::new(), overdue, ..policy.clone() }
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
