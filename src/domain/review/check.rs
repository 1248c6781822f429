//! What a rule sees and how it reports: the prepared design, the questions it may ask, and findings in the making.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    decision::Record,
    diagnostic::Span,
    id::DocumentId,
    model::{
        Element, Relation,
        facts::{Fact, Facts, State},
    },
    moment::Day,
    review::{
        check::text::Text,
        classification::{Class, classify},
        finding::{Anchor, Basis, CERTAIN, Evidence, Finding, Fingerprint, Grounding, PLANNED_REASON, Severity, Source},
        fingerprint::fingerprint,
        graph::{Edge, Graph},
        rule::Rule,
        secrets::{self, Secret},
        suppression::Stale,
    },
    syntax::Parsed,
};

pub mod text;

pub const MAX_TITLE: usize = 90;
pub const MAX_MESSAGE: usize = 400;
pub const MAX_EVIDENCE: usize = 8;

/// One diagram, ready for rules.
pub struct Subject<'a> {
    pub document: DocumentId,
    pub path: &'a str,
    pub text: &'a str,
    pub parsed: &'a Parsed,
    pub graph: Graph<'a>,
    /// Another diagram of the design includes this text; what it draws is looked at there.
    pub included: bool,
}

/// One decision record, ready for rules.
pub struct Recorded<'a> {
    pub document: DocumentId,
    pub path: &'a str,
    pub text: &'a str,
    pub record: &'a Record,
}

/// A control that is stated to be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    Planned,
    Missing,
}

impl Gap {
    /// A gap that the facts state.
    pub fn stated(facts: &Facts, name: &str) -> Option<Self> {
        match facts.state(name) {
            State::No => Some(Self::Missing),
            State::Planned => Some(Self::Planned),
            State::Yes | State::NotApplicable | State::Unknown => None,
        }
    }
}

/// One rule's run over a design.
pub struct Check<'a> {
    rule: &'static Rule,
    diagrams: &'a [&'a Subject<'a>],
    decisions: &'a [Recorded<'a>],
    texts: &'a BTreeMap<&'a str, Text<'a>>,
    pub today: Day,
    /// Why it matters and what to do, once for all of the rule's findings.
    documentation: Option<(String, String)>,
    found: Vec<(Place, Finding)>,
    identities: BTreeSet<Fingerprint>,
    unknown: BTreeSet<Unknown>,
    stale: &'a [Stale],
}

/// A fact that is not stated: document, subject and name.
pub type Unknown = (DocumentId, String, &'static str);

/// Where a finding stands in the order of a review, after severity and code.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub path: String,
    pub boundary: String,
    pub element: String,
}

impl<'a> Check<'a> {
    pub fn new(
        rule: &'static Rule,
        diagrams: &'a [&'a Subject<'a>],
        decisions: &'a [Recorded<'a>],
        texts: &'a BTreeMap<&'a str, Text<'a>>,
        today: Day,
    ) -> Self {
        Self {
            rule,
            diagrams,
            decisions,
            texts,
            today,
            documentation: None,
            found: Vec::new(),
            identities: BTreeSet::new(),
            unknown: BTreeSet::new(),
            stale: &[],
        }
    }

    #[must_use]
    pub fn with_stale(mut self, stale: &'a [Stale]) -> Self {
        self.stale = stale;
        self
    }

    /// Suppressions that should go; known only to the rule that runs after all others.
    pub const fn stale(&self) -> &'a [Stale] {
        self.stale
    }

    /// The diagrams this rule runs on.
    pub const fn diagrams(&self) -> &'a [&'a Subject<'a>] {
        self.diagrams
    }

    pub const fn decisions(&self) -> &'a [Recorded<'a>] {
        self.decisions
    }

    /// Whether any diagram's text names something, those that this rule does not run on included.
    pub fn is_drawn(&self, name: &str) -> bool {
        let wanted = name.trim().to_lowercase();
        self.texts.values().any(|text| !text.record && text.says(&wanted))
    }

    /// What looks like a secret in a text of the design.
    pub fn secrets(&self, path: &str) -> &'a [Secret] {
        self.texts.get(path).map_or(&[], Text::secrets)
    }

    /// Notes that a rule asked for a fact that is not stated.
    pub fn unknown(&mut self, document: DocumentId, subject: &str, fact: &'static str) {
        self.unknown.insert((document, subject.to_owned(), fact));
    }

    /// Whether a control is stated to be missing; what is not stated is noted as unknown and is no gap.
    pub fn gap(&mut self, document: DocumentId, subject: &str, facts: &Facts, name: &'static str) -> Option<Gap> {
        if facts.state(name) == State::Unknown {
            self.unknown(document, subject, name);
        }
        Gap::stated(facts, name)
    }

    /// [`Self::gap`] of the first of several subjects that states the fact: what a relation leaves open, its end may say.
    pub fn gap_of(&mut self, document: DocumentId, subject: &str, facts: &[&Facts], name: &'static str) -> Option<Gap> {
        let stating = facts.iter().find(|facts| facts.state(name) != State::Unknown).or_else(|| facts.first())?;
        self.gap(document, subject, stating, name)
    }

    /// Begins a finding about a diagram.
    pub fn draft(&self, subject: &'a Subject<'a>) -> Draft<'a> {
        Draft::new(self.rule, subject.document, subject.path, self.texts)
    }

    /// Begins a finding about a decision record.
    pub fn draft_record(&self, record: &Recorded<'a>) -> Draft<'a> {
        Draft::new(self.rule, record.document, record.path, self.texts)
    }

    /// Adds a finding. One with the same identity as an earlier one is left out.
    pub fn report(&mut self, draft: Draft<'a>) {
        let rule = self.rule;
        let (why, remedy) = self.documentation.get_or_insert_with(|| (rule.section("Why it matters"), rule.section("What to do")));
        let (place, finding) = draft.finish(rule, why, remedy);
        if self.identities.insert(finding.fingerprint.clone()) {
            self.found.push((place, finding));
        }
    }

    /// What was found, and which facts were asked for and are not stated.
    pub fn finish(self) -> (Vec<(Place, Finding)>, BTreeSet<Unknown>) {
        (self.found, self.unknown)
    }
}

/// A finding in the making. Texts may hold anything the documents say; they are masked and cut to size at the end.
pub struct Draft<'a> {
    document: DocumentId,
    path: &'a str,
    texts: &'a BTreeMap<&'a str, Text<'a>>,
    key: Vec<String>,
    names: Vec<String>,
    /// The names without what lies around them.
    own_names: Vec<String>,
    shapes: Vec<String>,
    title: String,
    message: String,
    remedy: Option<String>,
    severity: Severity,
    reasons: Vec<String>,
    planned: bool,
    weights: Vec<Weight>,
    anchors: Vec<Anchor>,
    /// The same, to find one among hundreds.
    pointed: BTreeSet<Anchor>,
    subjects: Vec<String>,
    evidence: Vec<Evidence>,
    assumptions: Vec<String>,
    place: Place,
}

/// What an element's context does to the severity.
struct Weight {
    raise: Option<String>,
    lower: Option<String>,
}

impl<'a> Draft<'a> {
    fn new(rule: &Rule, document: DocumentId, path: &'a str, texts: &'a BTreeMap<&'a str, Text<'a>>) -> Self {
        Self {
            document,
            path,
            texts,
            key: vec![path.to_owned()],
            names: Vec::new(),
            own_names: Vec::new(),
            shapes: Vec::new(),
            title: String::new(),
            message: String::new(),
            remedy: None,
            severity: rule.severity,
            reasons: Vec::new(),
            planned: false,
            weights: Vec::new(),
            anchors: Vec::new(),
            pointed: BTreeSet::new(),
            subjects: Vec::new(),
            evidence: Vec::new(),
            assumptions: Vec::new(),
            place: Place { path: path.to_owned(), ..Place::default() },
        }
    }

    /// A fact about the system, at most 90 characters.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// What was found, at most 400 characters.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// What to do, where the rule's own remedy is not exact enough.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The element identifies the finding.
    #[must_use]
    pub fn key_element(mut self, subject: &Subject<'a>, element: &'a Element) -> Self {
        self.key.push(element.key.to_string());
        self.names.push(subject.graph.name_path(element));
        self.own_names.push(element.name.to_lowercase());
        self.shapes.push(subject.graph.shape(element));
        self
    }

    /// A word identifies the finding.
    #[must_use]
    pub fn key_word(mut self, word: &str) -> Self {
        self.key.push(word.to_owned());
        for names in [&mut self.names, &mut self.own_names, &mut self.shapes] {
            names.push(word.to_owned());
        }
        self
    }

    /// The name identifies the finding when keys and paths have changed.
    #[must_use]
    pub fn key_name(mut self, name: &str) -> Self {
        self.names.push(name.to_owned());
        self
    }

    /// Another document identifies the finding together with this one.
    #[must_use]
    pub fn key_path(mut self, path: &str) -> Self {
        self.key.push(path.to_owned());
        self
    }

    /// Points at an element, names it, and lets its tier weigh on the severity. The first one orders the finding.
    #[must_use]
    pub fn element(mut self, subject: &Subject<'a>, element: &'a Element) -> Self {
        if self.subjects.is_empty() {
            self.place.boundary = subject.graph.boundary(element);
            self.place.element = element.key.to_string();
        }
        self.weights.push(weigh(subject, element));
        self.mention(subject, element)
    }

    /// Points at an element and names it.
    #[must_use]
    pub fn mention(mut self, subject: &Subject<'a>, element: &Element) -> Self {
        let anchor = Anchor::Element { document: subject.document, element: element.key.clone() };
        if self.pointed.insert(anchor.clone()) {
            self.anchors.push(anchor);
            self.subjects.push(element.name.clone());
        }
        self
    }

    /// Names what the finding is about where that is no element: a record's title.
    #[must_use]
    pub fn subject_name(mut self, name: &str) -> Self {
        if self.subjects.is_empty() {
            name.clone_into(&mut self.place.element);
        }
        self.subjects.push(name.to_owned());
        self
    }

    #[must_use]
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        if self.pointed.insert(anchor.clone()) {
            self.anchors.push(anchor);
        }
        self
    }

    /// Points at a relation and quotes it with some of its facts.
    #[must_use]
    pub fn edge(self, subject: &Subject<'a>, edge: &Edge<'a>, claim: &str, facts: &[&str]) -> Self {
        let spans: Vec<Span> = facts.iter().filter_map(|name| own_fact_span(&edge.relation.facts, name)).collect();
        let draft = self.relation(subject, edge.relation, claim, &spans);
        edge.turned_because.iter().fold(draft, |draft, assumption| draft.assumption(assumption))
    }

    /// The finding rests on how the two ends talk; says so where that was concluded.
    #[must_use]
    pub fn rests_on_mode(self, edge: &Edge<'a>) -> Self {
        edge.mode_because.iter().fold(self, |draft, assumption| draft.assumption(assumption))
    }

    /// Points at a relation and quotes it.
    #[must_use]
    pub fn relation(self, subject: &Subject<'a>, relation: &Relation, claim: &str, more: &[Span]) -> Self {
        let spans: Vec<Span> = std::iter::once(relation.span).chain(more.iter().copied()).collect();
        self.anchor(Anchor::Relation { document: subject.document, relation: relation.key.clone() }).quote(
            relation.file.as_deref(),
            &spans,
            claim,
        )
    }

    /// Quotes an element's statement and some of its facts.
    #[must_use]
    pub fn quote_element(self, element: &Element, facts: &[&str], claim: &str) -> Self {
        let mut spans = vec![element.name_span];
        spans.extend(facts.iter().filter_map(|name| own_fact_span(&element.facts, name)));
        self.quote(element.file.as_deref(), &spans, claim)
    }

    /// Quotes lines of this document, or of the included file the spans lie in.
    #[must_use]
    pub fn quote(self, file: Option<&str>, spans: &[Span], claim: &str) -> Self {
        let path = file.unwrap_or(self.path).to_owned();
        self.quote_in(&path, spans, claim)
    }

    /// Quotes lines of any document of the design.
    #[must_use]
    pub fn quote_in(mut self, path: &str, spans: &[Span], claim: &str) -> Self {
        if self.evidence.len() >= MAX_EVIDENCE {
            return self;
        }
        let claim = shorten(&secrets::redact(claim), MAX_TITLE);
        let quotes = self.texts.get(path).map_or_else(
            // The file's text is not part of the review; the claim still says where to look.
            || {
                vec![Evidence {
                    document: self.document,
                    path: path.to_owned(),
                    claim: claim.clone(),
                    line: 1,
                    quote: Vec::new(),
                    marked: Vec::new(),
                }]
            },
            |text| text.quote(&claim, spans),
        );
        for evidence in quotes {
            if self.evidence.len() < MAX_EVIDENCE && !self.evidence.contains(&evidence) {
                self.evidence.push(evidence);
            }
        }
        self
    }

    /// This case is worse or milder than the rule's own severity, for a reason.
    #[must_use]
    pub fn severity(mut self, severity: Severity, reason: &str) -> Self {
        self.severity = severity;
        self.reasons.push(reason.to_owned());
        self
    }

    /// The missing control is planned, which makes the finding low.
    #[must_use]
    pub const fn planned(mut self, planned: bool) -> Self {
        self.planned = planned;
        self
    }

    #[must_use]
    pub fn assumption(mut self, assumption: &str) -> Self {
        if !self.assumptions.iter().any(|known| known == assumption) {
            self.assumptions.push(assumption.to_owned());
        }
        self
    }

    fn finish(self, rule: &Rule, why: &str, remedy: &str) -> (Place, Finding) {
        let (severity, severity_reasons) = effective(rule, self.severity, self.reasons, self.planned, &self.weights);
        let clean = |text: &str, limit| shorten(&secrets::redact(text), limit);
        // Where no element identifies the finding, there is nothing that could move or be drawn anew.
        let is_drawn = self.own_names != self.shapes;
        let finding = Finding {
            code: rule.code.to_owned(),
            rule: rule.slug.to_owned(),
            source: Source::Rule,
            confidence: CERTAIN,
            basis: Basis::Deterministic,
            grounding: Grounding::Verified,
            patterns: Vec::new(),
            relates_to: Vec::new(),
            tradeoff: String::new(),
            fingerprint: fingerprint(rule.code, rule.key_version, &self.key),
            names_fingerprint: fingerprint(rule.code, rule.key_version, &self.names),
            moved_fingerprint: is_drawn.then(|| fingerprint(rule.code, rule.key_version, &self.own_names)),
            shape_fingerprint: is_drawn.then(|| fingerprint(rule.code, rule.key_version, &self.shapes)),
            kind: rule.kind,
            category: rule.category,
            severity,
            base_severity: rule.severity,
            severity_reasons,
            title: clean(&self.title, MAX_TITLE),
            message: clean(&self.message, MAX_MESSAGE),
            why: why.to_owned(),
            remedy: self.remedy.map_or_else(|| remedy.to_owned(), |own| clean(&own, MAX_MESSAGE)),
            anchors: self.anchors,
            subjects: self.subjects.iter().map(|name| clean(name, MAX_TITLE)).collect(),
            evidence: self.evidence,
            assumptions: self.assumptions.iter().map(|text| clean(text, MAX_TITLE)).collect(),
        };
        (self.place, finding)
    }
}

/// The severity in context: one up for a tier 0 element that is public or holds restricted data, one down when everything
/// involved is tier 3 or only for development, low when the control is planned.
fn effective(rule: &Rule, severity: Severity, mut reasons: Vec<String>, planned: bool, weights: &[Weight]) -> (Severity, Vec<String>) {
    if planned {
        reasons.push(PLANNED_REASON.to_owned());
        return (Severity::Low, reasons);
    }
    if severity == rule.severity
        && let Some(reason) = weights.iter().find_map(|weight| weight.raise.as_ref())
    {
        let raised = up(severity).min(rule.ceiling);
        if raised > severity {
            reasons.push(reason.clone());
            return (raised, reasons);
        }
    }
    let lower: Option<Vec<&String>> = weights.iter().map(|weight| weight.lower.as_ref()).collect();
    if let Some(reason) = lower.as_ref().and_then(|reasons| reasons.first())
        && severity > Severity::Low
    {
        reasons.push((*reason).clone());
        return (down(severity), reasons);
    }
    (severity, reasons)
}

fn weigh<'a>(subject: &Subject<'a>, element: &'a Element) -> Weight {
    let graph = &subject.graph;
    let tier = graph.tier(element);
    let restricted = classify(&element.facts).is_some_and(|data| data.class >= Class::Restricted);
    let raise = match tier {
        Some(0) if element.facts.is("exposure", "public") => Some(format!("{} is tier 0 and public", element.name)),
        Some(0) if restricted => Some(format!("{} is tier 0 and holds restricted data", element.name)),
        _ => None,
    };
    let lower = if graph.is_dev_only(element) {
        Some("only for development".to_owned())
    } else {
        (tier == Some(3)).then(|| format!("{} is tier 3", element.name))
    };
    Weight { raise, lower }
}

const fn up(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

const fn down(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}

/// Where a subject states a fact itself; an inherited one lies elsewhere.
fn own_fact_span(facts: &Facts, name: &str) -> Option<Span> {
    facts.get(name).filter(|fact: &&Fact| fact.inherited_from.is_none()).map(|fact| fact.span)
}

/// Cuts a text to a number of characters, with an ellipsis where something is cut.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// `one` to `twelve`, then digits.
pub fn count(number: usize) -> String {
    const WORDS: [&str; 13] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// `3 services`, `1 service`: a number in words with its noun.
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// The same at the start of a sentence.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `a`, `a and b`, `a, b and c`; more than five names end in a count.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(SHOWN);
    match (names.split_last(), more) {
        (None, _) => String::new(),
        (Some((last, [])), _) => (*last).to_owned(),
        (Some((last, rest)), 0) => format!("{} and {last}", rest.join(", ")),
        _ => format!("{} and {more} more", names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests;
