//! Tree to model: statements are read in order, as the language demands, since an identifier or a constant counts only
//! after its definition. Views wait until the model is complete.
//!
//! One file per area: [`scope`] (identifiers), [`workspace`], [`directive`] (`!…`), [`element`], [`attribute`],
//! [`archetype`], [`perspective`], [`relation`], [`deployment`], [`configuration`], [`finish`] (kinds, facts, implied
//! relations), [`mention`] (where names stand).

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::{
        ElementKey, GroupKey, Level, Model, RelationKey,
        view::{View, ViewKind},
    },
    sort,
    syntax::{
        Parsed, Sources,
        structurizr::{
            MAX_DEPTH, MAX_DIAGNOSTICS, MAX_STATEMENTS, MAX_SUBSTITUTED, MAX_WORK,
            occurrence::{Index, Occurrence},
            parse::parse,
            suggest::nearest,
            tree::{BlockId, StatementId, Tree, Word},
            views,
        },
    },
};

mod archetype;
pub(super) mod attribute;
mod configuration;
mod deployment;
mod directive;
mod element;
mod finish;
mod mention;
mod perspective;
mod relation;
pub(super) mod scope;
pub(super) mod trace;
mod workspace;

use archetype::Archetypes;
use relation::{Implied, Relations};
use scope::Names;
use trace::Trace;

pub(super) use scope::{Scope, Target, slug};

/// A file and its tree.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    /// As diagnostics name it: none for the file that was asked for.
    pub(super) file: Option<String>,
    pub(super) tree: Tree,
}

/// A statement with constants substituted, ready to be understood.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) source: Rc<Source>,
    /// The identifier before `=`.
    pub(super) identifier: Option<Word>,
    /// The words after it.
    pub(super) words: Vec<Word>,
    pub(super) block: Option<BlockId>,
    pub(super) span: Span,
}

impl Line {
    pub(super) fn keyword(&self) -> &str {
        self.words.first().map_or("", |word| word.value.as_str())
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.keyword().eq_ignore_ascii_case(keyword)
    }

    pub(super) fn word(&self, index: usize) -> Option<&Word> {
        self.words.get(index)
    }

    /// The word's text, if there is one that says something.
    pub(super) fn text(&self, index: usize) -> Option<String> {
        self.word(index).map(|word| word.value.clone()).filter(|text| !text.trim().is_empty())
    }

    /// The words without the block.
    pub(super) fn header(&self) -> Span {
        let start = self.identifier.as_ref().or(self.words.first()).map_or(self.span.start, |word| word.span.start);
        Span { start, end: self.words.last().map_or(self.span.end, |word| word.span.end) }
    }
}

/// What a diagnostic says besides its place.
pub(super) struct Remark {
    pub(super) level: Severity,
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) why: String,
    pub(super) help: String,
}

impl Remark {
    pub(super) fn new(
        level: Severity,
        code: &'static str,
        what: impl Into<String>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { level, code, what: what.into(), why: why.into(), help: help.into() }
    }
}

/// Whether all that belongs to the text is at hand; where it is not, unknown names are no mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whole {
    Complete,
    PartsMissing,
    /// The text is itself a part that another file includes.
    Fragment,
}

/// A views block that waits for the model, with the constants of its place.
struct Waiting {
    source: Rc<Source>,
    block: BlockId,
    constants: BTreeMap<String, String>,
}

/// The state of reading one workspace.
pub(super) struct Lowering<'a> {
    pub(super) model: Model,
    pub(super) diagnostics: Vec<Diagnostic>,
    sources: &'a Sources,
    loaded: BTreeMap<String, Rc<Source>>,
    including: Vec<String>,
    pub(super) constants: BTreeMap<String, String>,
    pub(super) names: Names,
    archetypes: Archetypes,
    relations: Relations,
    implied: Implied,
    whole: Whole,
    waiting: Vec<Waiting>,
    /// Shapes of the styles by tag, in order.
    pub(super) shapes: Vec<(String, String)>,
    /// Archetypes by the element that was made with them.
    made_with: BTreeMap<ElementKey, String>,
    /// Names in use among siblings, lower case.
    siblings: BTreeSet<(Option<ElementKey>, Level, String)>,
    /// The last number given to keys that begin alike.
    key_numbers: BTreeMap<String, u32>,
    group_keys: BTreeMap<element::GroupName, GroupKey>,
    deployment: deployment::Deployment,
    depth: u32,
    statements: usize,
    work: u64,
    stopped: bool,
    /// Bytes put in for constants.
    substituted: usize,
    suggestions: u32,
    /// How many diagnostics are left out, and the worst level among them.
    left_out: Option<(u32, Severity)>,
    reported: BTreeSet<String>,
    /// What edits of the text have to know; not kept for plain reading.
    trace: Option<Box<Trace>>,
    /// Where the text says what it is about.
    scope_line: Option<Line>,
    /// Whether to note where names stand.
    tracking: bool,
    occurrences: Vec<Occurrence>,
}

/// A model with nothing but the view that every model has.
pub(super) fn empty_model() -> Model {
    let mut model = Model::default();
    ensure_view(&mut model);
    model
}

/// Reads the file with all it includes; `tracking` also notes where names stand.
pub(super) fn lower(path: &str, text: &str, sources: &Sources, tracking: bool) -> Index {
    read(path, text, sources, tracking, None).0
}

/// As [`lower`] without tracking, keeping what edits of the text have to know.
pub(super) fn lower_traced(path: &str, text: &str, sources: &Sources) -> (Parsed, Trace) {
    let (index, trace) = read(path, text, sources, false, Some(Box::default()));
    (index.parsed, trace.map(|trace| *trace).unwrap_or_default())
}

fn read(path: &str, text: &str, sources: &Sources, tracking: bool, trace: Option<Box<Trace>>) -> (Index, Option<Box<Trace>>) {
    let mut lowering = Lowering {
        model: Model::default(),
        diagnostics: Vec::new(),
        sources,
        loaded: BTreeMap::new(),
        including: vec![path.to_owned()],
        constants: BTreeMap::new(),
        names: Names::default(),
        archetypes: Archetypes::default(),
        relations: Relations::default(),
        implied: Implied::UnlessAny,
        whole: Whole::Complete,
        waiting: Vec::new(),
        shapes: Vec::new(),
        made_with: BTreeMap::new(),
        siblings: BTreeSet::new(),
        key_numbers: BTreeMap::new(),
        group_keys: BTreeMap::new(),
        deployment: deployment::Deployment::default(),
        depth: 0,
        statements: 0,
        work: 0,
        stopped: false,
        substituted: 0,
        suggestions: 0,
        left_out: None,
        reported: BTreeSet::new(),
        trace,
        scope_line: None,
        tracking,
        occurrences: Vec::new(),
    };
    let (tree, diagnostics) = parse(text);
    lowering.diagnostics = diagnostics;
    let source = Rc::new(Source { path: path.to_owned(), file: None, tree });
    lowering.trace_source(&source);
    lowering.root(&source);
    lowering.finish();
    lowering.check_scope();
    let waiting = std::mem::take(&mut lowering.waiting);
    // Shapes say what a thing is, so styles are read before kinds are concluded.
    for views in &waiting {
        lowering.constants.clone_from(&views.constants);
        lowering.quietly(|lowering| views::style::shapes(lowering, &views.source, views.block));
    }
    lowering.conclude();
    if !waiting.is_empty() {
        let mut all = views::Views::new(&lowering.model);
        for views in &waiting {
            lowering.constants.clone_from(&views.constants);
            views::views(&mut lowering, &mut all, &views.source, views.block);
        }
        lowering.model.views = all.finish();
    }
    ensure_view(&mut lowering.model);
    let mut index = lowering.index();
    if let Some(trace) = lowering.trace.as_mut() {
        trace.names = std::mem::take(&mut lowering.names);
    }
    let mut diagnostics = lowering.diagnostics;
    if let Some((count, level)) = lowering.left_out {
        diagnostics.push(Diagnostic {
            level,
            code: "too-many-diagnostics".to_owned(),
            span: Span::new(text.len(), text.len()),
            what: format!("{count} more remarks are left out"),
            why: format!("At most {MAX_DIAGNOSTICS} are listed for one text."),
            help: "Begin with the first ones; later ones often follow from them.".to_owned(),
            file: None,
        });
    }
    sort::by(&mut diagnostics, |a, b| (a.file.is_some(), &a.file, a.span.start).cmp(&(b.file.is_some(), &b.file, b.span.start)));
    index.parsed = Parsed { model: lowering.model, diagnostics };
    (index, lowering.trace)
}

/// A text without views shows everything; places to run on only where there is nothing else.
fn ensure_view(model: &mut Model) {
    let drawable = model.views.iter().any(|view| view.kind != ViewKind::Image);
    if drawable || (!model.views.is_empty() && model.elements.is_empty()) {
        return;
    }
    let is_static = |level: Level| matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom);
    let any_static = model.elements.values().any(|element| is_static(element.level));
    let shown: BTreeSet<&ElementKey> =
        model.elements.values().filter(|element| !any_static || is_static(element.level)).map(|element| &element.key).gathered();
    let relations: Vec<RelationKey> = model
        .relations
        .values()
        .filter(|relation| relation.implied_by.is_none() && shown.contains(&relation.source) && shown.contains(&relation.target))
        .map(|relation| relation.key.clone())
        .collect();
    let elements = model.elements.keys().filter(|key| shown.contains(key)).cloned().collect();
    let mut key = "everything".to_owned();
    while model.views.iter().any(|view| view.key == key) {
        key.push('-');
    }
    model.views.push(View { elements, relations, ..View::new(key, ViewKind::Everything, Span::default()) });
}

impl Lowering<'_> {
    pub(super) fn report(&mut self, source: &Source, span: Span, remark: Remark) {
        // What a part lacks, the file that includes it may have.
        let level = if self.whole == Whole::Fragment { remark.level.min(Severity::Warning) } else { remark.level };
        // That a limit is reached is always said, each time once.
        let of_limit = (remark.code.starts_with("too-many-") && remark.code != "too-many-words") || remark.code == "too-much-work";
        let said = of_limit && self.reported.insert(format!("limit {}", remark.code));
        if self.diagnostics.len() >= MAX_DIAGNOSTICS && !said {
            let (count, worst) = self.left_out.unwrap_or((0, level));
            self.left_out = Some((count + 1, worst.max(level)));
            return;
        }
        self.diagnostics.push(Diagnostic {
            level,
            code: remark.code.to_owned(),
            span,
            what: remark.what,
            why: remark.why,
            help: remark.help,
            file: source.file.clone(),
        });
    }

    pub(super) fn say(&mut self, line: &Line, span: Span, remark: Remark) {
        let source = Rc::clone(&line.source);
        self.report(&source, span, remark);
    }

    /// Reports only the first time for this subject.
    pub(super) fn say_once(&mut self, subject: &str, line: &Line, span: Span, remark: Remark) {
        if self.reported.insert(format!("{} {subject}", remark.code)) {
            self.say(line, span, remark);
        }
    }

    /// The nearest of the names, as a sentence for a diagnostic's help; only for the first slips of a text, since it costs a search.
    pub(super) fn suggest<'n>(&mut self, wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
        self.suggestions += 1;
        if self.may_suggest() { nearest(wanted, names).map(|name| format!("Did you mean `{name}`?")) } else { None }
    }

    /// Whether searching for a suggestion is still worth its cost.
    pub(super) const fn may_suggest(&self) -> bool {
        self.suggestions <= 40
    }

    /// Spends work; false when the text costs too much, which is said once.
    pub(super) fn spend(&mut self, steps: usize, line: &Line) -> bool {
        self.work = self.work.saturating_add(steps as u64);
        if self.work <= MAX_WORK {
            return true;
        }
        self.say_once(
            "",
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "too-much-work",
                "The expressions of this text take too many steps",
                format!("At most {MAX_WORK} steps are spent on expressions and views; this one and later ones are left out."),
                "Split the model, or use fewer views and bulk statements.",
            ),
        );
        false
    }

    /// Reads something that is read again later and says then what there is to say.
    fn quietly(&mut self, read: impl FnOnce(&mut Self)) {
        let before = (self.diagnostics.len(), self.reported.clone(), self.left_out, self.suggestions, self.occurrences.len());
        read(self);
        self.diagnostics.truncate(before.0);
        (self.reported, self.left_out, self.suggestions) = (before.1, before.2, before.3);
        self.occurrences.truncate(before.4);
    }

    /// Hands every statement of the block to `read`, those of included files in their place. Directives that are allowed
    /// everywhere are done here.
    pub(super) fn each(&mut self, source: &Rc<Source>, block: BlockId, read: &mut dyn FnMut(&mut Self, &Line)) {
        if self.depth >= MAX_DEPTH {
            self.report(
                source,
                Span::default(),
                Remark::new(
                    Severity::Error,
                    "too-deep",
                    format!("Blocks are nested more than {MAX_DEPTH} deep"),
                    "What lies deeper is left out.",
                    "Flatten the text.",
                ),
            );
            return;
        }
        self.depth += 1;
        let statements: Vec<StatementId> = source.tree.statements(block).collect();
        for id in statements {
            if self.stopped {
                break;
            }
            let Some(line) = self.line(source, id) else { continue };
            if !self.directive(&line, read) {
                read(self, &line);
            }
        }
        self.depth -= 1;
    }

    /// As [`Self::each`], for the block of a statement that may have none.
    pub(super) fn each_in(&mut self, line: &Line, read: &mut dyn FnMut(&mut Self, &Line)) {
        if let Some(block) = line.block {
            let source = Rc::clone(&line.source);
            self.each(&source, block, read);
        }
    }

    fn line(&mut self, source: &Rc<Source>, id: StatementId) -> Option<Line> {
        let statement = source.tree.statement(id)?;
        self.statements += 1;
        if self.statements > MAX_STATEMENTS {
            self.stopped = true;
            self.report(
                source,
                statement.span,
                Remark::new(
                    Severity::Error,
                    "too-many-statements",
                    format!("The text has more than {MAX_STATEMENTS} statements"),
                    "What follows is left out.",
                    "Split the model into several workspaces.",
                ),
            );
            return None;
        }
        let mut line = Line {
            source: Rc::clone(source),
            identifier: None,
            words: source.tree.words(statement),
            block: statement.block,
            span: statement.span,
        };
        let mut words = std::mem::take(&mut line.words);
        for word in &mut words {
            if word.value.contains("${") {
                self.mention_constants(source, word);
                word.value = self.substitute(&word.value, &line, word.span);
            }
        }
        let assigned = words.len() >= 3 && words.get(1).is_some_and(|word| word.value == "=" && !word.quoted);
        if assigned {
            line.words = words.split_off(2);
            line.identifier = words.into_iter().next();
        } else {
            line.words = words;
        }
        Some(line)
    }

    /// Puts the values of constants and variables into a text. Unknown names stay as written: they may be set in the
    /// environment of another tool.
    fn substitute(&mut self, text: &str, line: &Line, span: Span) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            result.push_str(rest.get(..at).unwrap_or(""));
            let inner = rest.get(at + 2..).unwrap_or("");
            let name_length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(inner.len());
            let name = inner.get(..name_length).unwrap_or("");
            if name.is_empty() || !inner.get(name_length..).unwrap_or("").starts_with('}') {
                result.push_str("${");
                rest = inner;
                continue;
            }
            if let Some(value) = self.constants.get(name) {
                self.substituted += value.len();
                result.push_str(value);
            } else {
                result.push_str(rest.get(at..at + name_length + 3).unwrap_or(""));
                let known: Vec<String> = if self.may_suggest() { self.constants.keys().cloned().collect() } else { Vec::new() };
                let help = self.suggest(name, known.iter().map(String::as_str));
                self.say_once(
                    name,
                    line,
                    span,
                    Remark::new(
                        Severity::Warning,
                        "unknown-constant",
                        format!("Nothing named `{name}` is defined"),
                        "The environment is not read, so the text is kept as written.",
                        help.unwrap_or_else(|| format!("Define it with `!const {name} …` above this line.")),
                    ),
                );
            }
            rest = inner.get(name_length + 1..).unwrap_or("");
            if result.len() > MAX_SUBSTITUTED || self.substituted > 16 * MAX_SUBSTITUTED {
                self.say_once(
                    "",
                    line,
                    span,
                    Remark::new(
                        Severity::Error,
                        "text-too-long",
                        "The text grows too long once constants are put in",
                        format!(
                            "A word may have {MAX_SUBSTITUTED} bytes, and all that is put in sixteen times as many; the rest is left out."
                        ),
                        "Shorten the constants.",
                    ),
                );
                let end = result.floor_char_boundary(MAX_SUBSTITUTED);
                result.truncate(end);
                return result;
            }
        }
        result.push_str(rest);
        result
    }

    /// The level of a remark about a name that is not known: only a mistake if the whole text is at hand.
    pub(super) fn unknown_level(&self) -> Severity {
        if self.whole > Whole::Complete { Severity::Warning } else { Severity::Error }
    }
}
