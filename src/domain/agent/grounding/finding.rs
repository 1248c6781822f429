//! Makes a finding of a claim that holds: with names for people, lines as evidence, and the severity that the rubric allows.

use crate::domain::{
    agent::{
        claim::{AnchorClaim, AnchorKind, Claim, Confidence, Predicate},
        grounding::{Check, Failure, Grounds, anchors, ids},
        mention::{for_people, plain_name},
        predicate::observe,
        snapshot::{Item, Reported, Snapshot},
    },
    diagnostic::{LineIndex, Span},
    model::{Element, facts::Facts},
    project::slug,
    review::{
        check::{MAX_EVIDENCE, MAX_MESSAGE, MAX_TITLE, shorten, text::Text},
        finding::{AgentSource, Anchor, Basis, Evidence, Finding, FindingKind, Fingerprint, Grounding, Severity, Source},
        fingerprint::fingerprint,
        graph::Graph,
        secrets::redact,
    },
};

/// Grows when the meaning of the key changes.
const KEY_VERSION: u8 = 1;

/// The finding, and what it was lowered for that counts against it.
pub(super) fn make(claim: &Claim, grounds: &Grounds<'_>, soft: &[Failure], related: &[&Reported]) -> (Finding, Vec<Failure>) {
    let snapshot = grounds.snapshot;
    let unknown = soft.iter().any(|failure| failure.check == Check::G3 && !claim.claims.is_empty());
    let kind = if unknown { FindingKind::Question } else { claim.kind };
    let (severity, severity_reasons) = severity(claim, snapshot, kind, !soft.is_empty());
    let lowered = (claim.severity == Severity::Critical)
        .then(|| Failure { check: Check::G7, what: "only rules and people call a finding critical".to_owned() });
    let author = grounds.author;
    let mut reasons: Vec<String> = soft.iter().chain(&lowered).map(|failure| for_people(snapshot, &failure.what)).collect();
    reasons.dedup();
    let clean = |text: &str, limit| shorten(&redact(&for_people(snapshot, text)), limit);
    let code = claim.topic.code();
    let finding = Finding {
        fingerprint: fingerprint(&code, KEY_VERSION, &key(claim, snapshot)),
        names_fingerprint: fingerprint(&code, KEY_VERSION, &names(claim, snapshot)),
        moved_fingerprint: None,
        shape_fingerprint: None,
        code,
        rule: claim.topic.slug.to_owned(),
        source: Source::Agent(AgentSource {
            agent: author.agent.clone(),
            file_sha256: author.file_sha256.clone(),
            model: author.model.clone(),
            run: author.run.clone(),
            topic: claim.topic.slug.to_owned(),
        }),
        confidence: claim.confidence.percent(),
        basis: Basis::Single,
        grounding: if reasons.is_empty() { Grounding::Verified } else { Grounding::Partial { reasons } },
        patterns: claim.pattern_ids.clone(),
        relates_to: related_codes(related),
        tradeoff: clean(&claim.tradeoff, MAX_MESSAGE),
        kind,
        category: claim.topic.category,
        severity,
        base_severity: claim.severity.min(Severity::High),
        severity_reasons,
        title: clean(&claim.title, MAX_TITLE),
        message: clean(&claim.message, MAX_MESSAGE),
        why: String::new(),
        remedy: clean(&claim.remedy, MAX_MESSAGE),
        anchors: all_anchors(claim, snapshot),
        subjects: subjects(claim, snapshot),
        evidence: evidence(claim, snapshot),
        assumptions: assumptions(claim, snapshot),
    };
    (finding, lowered.into_iter().collect())
}

fn related_codes(related: &[&Reported]) -> Vec<String> {
    let mut codes: Vec<String> = related.iter().map(|known| known.finding.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// G7: at most high, one less when evidence is partial or the agent is unsure, less for what hardly matters.
fn severity(claim: &Claim, snapshot: &Snapshot, kind: FindingKind, partial: bool) -> (Severity, Vec<String>) {
    let mut severity = claim.severity;
    let mut reasons = Vec::new();
    let mut lower = |to: Severity, because: &str| {
        if to < severity {
            severity = to;
            reasons.push(because.to_owned());
        }
    };
    lower(Severity::High, "only rules and people call a finding critical");
    match kind {
        FindingKind::Question => lower(Severity::Low, "it is a question"),
        FindingKind::Strength => lower(Severity::Low, "it is a strength"),
        FindingKind::Hygiene => lower(Severity::Medium, "it is a matter of hygiene"),
        FindingKind::Risk | FindingKind::TradeOff => {}
    }
    let capped = claim.severity.min(Severity::High);
    if partial {
        lower(down(capped), "the evidence is partial");
    }
    if claim.confidence == Confidence::Low {
        lower(down(capped), "the agent is not sure");
    }
    let elements: Vec<&Element> = cited_elements(claim, snapshot).collect();
    let minor = |element: &&Element| {
        let tier = element.facts.value("tier").and_then(|tier| tier.trim().parse::<u8>().ok());
        let development = ["dev", "development", "demo", "test", "local", "sandbox"].iter().any(|env| element.facts.is("env", env));
        development || tier.is_some_and(|tier| tier >= 3)
    };
    if !elements.is_empty() && elements.iter().all(minor) {
        lower(Severity::Medium, "everything involved is tier 3 or only for development");
    }
    (severity, reasons)
}

const fn down(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
    }
}

/// The elements that anchors name, ends of relations included.
fn cited_elements<'a>(claim: &Claim, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Element> {
    let ids: Vec<String> = anchors(claim).flat_map(|(_, anchor)| ids(anchor)).collect();
    ids.into_iter().flat_map(move |id| match snapshot.find(&id) {
        Some(Item::Element(_, element)) => vec![element],
        Some(Item::Relation(at, relation)) => {
            let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
            [&relation.source, &relation.target].into_iter().filter_map(|key| model?.element(key)).collect()
        }
        _ => Vec::new(),
    })
}

fn subjects(claim: &Claim, snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (_, anchor) in anchors(claim) {
        for id in ids(anchor) {
            let found: Vec<String> = match snapshot.find(&id) {
                Some(Item::Relation(at, relation)) => {
                    let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
                    let ends = [&relation.source, &relation.target].into_iter().filter_map(|key| model?.element(key));
                    ends.map(|element| plain_name(snapshot, &Item::Element(at, element))).collect()
                }
                Some(item) => vec![plain_name(snapshot, &item)],
                None => Vec::new(),
            };
            for name in found {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    names
}

/// What the claim points at, the primary first, then the passages it quotes.
fn all_anchors(claim: &Claim, snapshot: &Snapshot) -> Vec<Anchor> {
    let mut all: Vec<Anchor> = Vec::new();
    let passages = claim.quotes.iter().filter_map(|quote| match snapshot.find(&quote.doc)? {
        Item::Decision(_, decision) => {
            Some(Anchor::Text { document: decision.document, span: lines(&decision.text, quote.line_from, quote.line_to) })
        }
        Item::Diagram(_, diagram) => {
            Some(Anchor::Text { document: diagram.document, span: lines(&diagram.text, quote.line_from, quote.line_to) })
        }
        _ => None,
    });
    let named = anchors(claim).filter_map(|(_, anchor)| typed(anchor, snapshot));
    for anchor in named.chain(passages).collect::<Vec<_>>() {
        if !all.contains(&anchor) {
            all.push(anchor);
        }
    }
    all
}

fn lines(text: &str, from: u32, to: u32) -> Span {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let start = |line: u32| starts.get((line as usize).saturating_sub(1)).copied().unwrap_or(text.len());
    Span::new(start(from), start(to.saturating_add(1)).max(start(from)))
}

/// An anchor by keys instead of short names.
fn typed(anchor: &AnchorClaim, snapshot: &Snapshot) -> Option<Anchor> {
    let document = |at: usize| snapshot.diagrams.get(at).map(|diagram| diagram.document);
    let ids = ids(anchor);
    let item = snapshot.find(ids.first()?)?;
    match (anchor.kind, item) {
        (AnchorKind::Element, Item::Element(at, element)) => {
            Some(Anchor::Element { document: document(at)?, element: element.key.clone() })
        }
        (AnchorKind::Relation, Item::Relation(at, relation)) => {
            Some(Anchor::Relation { document: document(at)?, relation: relation.key.clone() })
        }
        (AnchorKind::Boundary, Item::Boundary(at, group)) => Some(Anchor::Group { document: document(at)?, group: group.key.clone() }),
        (AnchorKind::Diagram, Item::Diagram(_, diagram)) => Some(Anchor::Document { document: diagram.document }),
        (AnchorKind::Decision, Item::Decision(_, decision)) => Some(Anchor::Document { document: decision.document }),
        (AnchorKind::Path, Item::Relation(at, _)) => {
            let relations = ids.iter().filter_map(|id| match snapshot.find(id) {
                Some(Item::Relation(_, relation)) => Some(relation.key.clone()),
                _ => None,
            });
            Some(Anchor::Path { document: document(at)?, relations: relations.collect() })
        }
        (AnchorKind::Absence, Item::Element(at, element)) => {
            Some(Anchor::Absence { document: document(at)?, scope: Some(element.key.clone()), expected: expected(anchor) })
        }
        (AnchorKind::Absence, Item::Diagram(_, diagram)) => {
            Some(Anchor::Absence { document: diagram.document, scope: None, expected: expected(anchor) })
        }
        _ => None,
    }
}

fn expected(anchor: &AnchorClaim) -> String {
    shorten(&redact(anchor.expected.as_deref().unwrap_or_default()), MAX_TITLE)
}

/// The topic is in the code; the primary anchor and, for a decision, the heading of what is quoted identify the rest.
fn key(claim: &Claim, snapshot: &Snapshot) -> Vec<String> {
    let mut parts = Vec::new();
    for id in ids(&claim.primary) {
        match snapshot.find(&id) {
            Some(Item::Element(at, element)) => parts.extend([path(snapshot, at), element.key.to_string()]),
            Some(Item::Relation(at, relation)) => parts.extend([path(snapshot, at), relation.key.to_string()]),
            Some(Item::Boundary(at, group)) => parts.extend([path(snapshot, at), group.key.to_string()]),
            Some(Item::Diagram(_, diagram)) => parts.push(diagram.path.clone()),
            Some(Item::Decision(_, decision)) => parts.extend([decision.path.clone(), heading(claim, &id, snapshot)]),
            Some(Item::View(..) | Item::Finding(_)) | None => {}
        }
    }
    if claim.primary.kind == AnchorKind::Absence {
        parts.push(format!("absent {}", slug(claim.primary.expected.as_deref().unwrap_or_default())));
    }
    parts.sort();
    parts.dedup();
    parts
}

/// The same by names, for matching after a re-import.
fn names(claim: &Claim, snapshot: &Snapshot) -> Vec<String> {
    let mut parts = Vec::new();
    for id in ids(&claim.primary) {
        match snapshot.find(&id) {
            Some(Item::Element(at, element)) => parts.push(name_path(snapshot, at, element)),
            Some(Item::Relation(at, relation)) => {
                let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
                let ends = [&relation.source, &relation.target].into_iter().filter_map(|key| model?.element(key));
                parts.extend(ends.map(|element| name_path(snapshot, at, element)));
            }
            Some(Item::Boundary(_, group)) => parts.push(slug(&group.name)),
            Some(Item::Diagram(_, diagram)) => parts.push(slug(&diagram.parsed.model.name)),
            Some(Item::Decision(_, decision)) => parts.extend([slug(&decision.record.title), heading(claim, &id, snapshot)]),
            Some(Item::View(..) | Item::Finding(_)) | None => {}
        }
    }
    if claim.primary.kind == AnchorKind::Absence {
        parts.push(format!("absent {}", slug(claim.primary.expected.as_deref().unwrap_or_default())));
    }
    parts
}

fn name_path(snapshot: &Snapshot, at: usize, element: &Element) -> String {
    let found = snapshot
        .diagrams
        .get(at)
        .and_then(|diagram| Some((Graph::new(&diagram.parsed.model), diagram.parsed.model.element(&element.key)?.clone())));
    let Some((graph, own)) = found else { return slug(&element.name) };
    graph.model.element(&own.key).map_or_else(|| slug(&own.name), |element| graph.name_path(element))
}

fn path(snapshot: &Snapshot, at: usize) -> String {
    snapshot.diagrams.get(at).map(|diagram| diagram.path.clone()).unwrap_or_default()
}

/// The headings around the first quote from a decision, slugged.
fn heading(claim: &Claim, id: &str, snapshot: &Snapshot) -> String {
    let Some(Item::Decision(_, decision)) = snapshot.find(id) else { return String::new() };
    let Some(quote) = claim.quotes.iter().find(|quote| quote.doc.eq_ignore_ascii_case(id)) else { return String::new() };
    let at = lines(&decision.text, quote.line_from, quote.line_from).start;
    let around = decision.record.sections.iter().filter(|section| section.span.contains(at));
    around.map(|section| slug(&section.title)).collect::<Vec<_>>().join("/")
}

/// Lines that show what is claimed: of quotes, of claims, then of what the anchors name.
fn evidence(claim: &Claim, snapshot: &Snapshot) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for quote in &claim.quotes {
        let (document, path, text) = match snapshot.find(&quote.doc) {
            Some(Item::Decision(_, decision)) => (decision.document, &decision.path, &decision.text),
            Some(Item::Diagram(_, diagram)) => (diagram.document, &diagram.path, &diagram.text),
            _ => continue,
        };
        let last = quote.line_to.min(quote.line_from.saturating_add(9)).min(LineIndex::new(text).line_count());
        found.push(Text::new(document, path, text).quote_lines("Quoted", (quote.line_from..=last).collect()));
    }
    for predicate in &claim.claims {
        if let Some(item) = snapshot.find(&predicate.anchor) {
            let claimed = claimed(snapshot, &item, predicate);
            found.extend(quoted(snapshot, &item, &claimed, Some(&predicate.attr)));
        }
    }
    for (_, anchor) in anchors(claim) {
        for id in ids(anchor) {
            if let Some(item) = snapshot.find(&id) {
                let name = plain_name(snapshot, &item);
                found.extend(quoted(snapshot, &item, &name, None));
            }
        }
    }
    let mut kept: Vec<Evidence> = Vec::new();
    for evidence in found {
        let shown = |other: &Evidence| other.path == evidence.path && evidence.marked.iter().all(|line| other.marked.contains(line));
        if kept.len() < MAX_EVIDENCE && !kept.iter().any(shown) {
            kept.push(evidence);
        }
    }
    kept
}

/// `Order service: replicas is 4`.
fn claimed(snapshot: &Snapshot, item: &Item<'_>, predicate: &Predicate) -> String {
    let observed = observe(snapshot, item, &predicate.attr).map_or_else(|| "not stated".to_owned(), |value| shorten(&value, 40));
    let observed = for_people(snapshot, &observed);
    shorten(&redact(&format!("{}: {} is {observed}", plain_name(snapshot, item), predicate.attr)), MAX_TITLE)
}

/// The lines of a thing, and of one of its facts.
fn quoted(snapshot: &Snapshot, item: &Item<'_>, claim: &str, attr: Option<&str>) -> Vec<Evidence> {
    let with_fact = |first: Span, facts: &Facts| {
        let fact = attr.and_then(|attr| facts.get(attr)).filter(|fact| fact.inherited_from.is_none());
        std::iter::once(first).chain(fact.map(|fact| fact.span)).collect::<Vec<_>>()
    };
    let (at, file, spans) = match item {
        Item::Element(at, element) => (*at, element.file.as_deref(), with_fact(element.name_span, &element.facts)),
        Item::Relation(at, relation) => (*at, relation.file.as_deref(), with_fact(relation.span, &relation.facts)),
        Item::Boundary(at, group) => (*at, group.file.as_deref(), with_fact(group.span, &group.facts)),
        Item::Decision(_, decision) => {
            let spans = [decision.record.title_span];
            return Text::new(decision.document, &decision.path, &decision.text).quote(claim, &spans);
        }
        Item::Diagram(..) | Item::View(..) | Item::Finding(_) => return Vec::new(),
    };
    let Some(diagram) = snapshot.diagrams.get(at) else { return Vec::new() };
    let path = file.unwrap_or(&diagram.path);
    let text = if path == diagram.path { Some(&diagram.text) } else { snapshot.sources.get(path) };
    // Only the first line of a statement that goes over many.
    let starts: Vec<Span> = spans.iter().map(|span| Span { start: span.start, end: span.start }).collect();
    text.map_or_else(Vec::new, |text| Text::new(diagram.document, path, text).quote(claim, &starts))
}

/// What was concluded on the way and not stated.
fn assumptions(claim: &Claim, snapshot: &Snapshot) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for predicate in claim.claims.iter().filter(|predicate| matches!(predicate.attr.as_str(), "mode" | "kind")) {
        let assumed = match snapshot.find(&predicate.anchor) {
            Some(Item::Relation(_, relation)) if predicate.attr == "mode" && !relation.mode.stated => {
                Some(format!("assumed {}: {}", relation.mode.value.slug(), relation.mode.reason))
            }
            Some(Item::Element(_, element)) if predicate.attr == "kind" && !element.kind.stated => {
                Some(format!("assumed {}: {}", element.kind.value.slug(), element.kind.reason))
            }
            _ => None,
        };
        found.extend(
            assumed.map(|text| shorten(&redact(&text), MAX_TITLE)).filter(|text| !found.contains(text)).into_iter().collect::<Vec<_>>(),
        );
    }
    found
}

/// The identity a claim would have, before it is checked.
pub fn identity(claim: &Claim, snapshot: &Snapshot) -> Fingerprint {
    fingerprint(&claim.topic.code(), KEY_VERSION, &key(claim, snapshot))
}
