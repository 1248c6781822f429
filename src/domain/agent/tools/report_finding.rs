//! Takes a finding, checks it at once, and says which check failed.

use serde_json::Value;

use crate::domain::{
    agent::{
        claim::{AnchorClaim, AnchorKind, Claim, Confidence, Operator, Predicate, Quotation},
        grounding::{Failure, Outcome, ground},
        tools::{Effect, Rejection, Said, Tool, Workbench, input::Fields, schema},
        topics::{self, Topic},
    },
    review::{
        finding::{Finding, FindingKind, Severity},
        similarity,
    },
};

pub(super) const TOOL: Tool = Tool {
    name: "report_finding",
    about: "Reports one finding. It is checked at once: names exist, claims are true, quotes stand where you say, no rule reports it \
            already, numbers stand in the evidence, plain text only. The answer names what failed; you may correct it once. At most 8 \
            findings hold at a time.",
    schema,
    answer,
};

/// So many findings hold at a time.
const MOST: usize = 8;

const KINDS: [(&str, FindingKind); 5] = [
    ("risk", FindingKind::Risk),
    ("question", FindingKind::Question),
    ("trade-off", FindingKind::TradeOff),
    ("strength", FindingKind::Strength),
    ("hygiene", FindingKind::Hygiene),
];

fn schema() -> Value {
    let kinds = AnchorKind::ALL.map(AnchorKind::slug);
    let anchor = |about: &str| {
        let mut anchor = schema::object(&[
            ("expected", schema::optional_text("For type absence: what is missing; else null.")),
            ("id", schema::text("A name such as E17; for a path relations in order, R1,R5,R9.")),
            ("type", schema::choice("What the id names; absence names the element or diagram in which something is missing.", &kinds)),
        ]);
        if let Some(map) = anchor.as_object_mut() {
            map.insert("description".to_owned(), about.into());
        }
        anchor
    };
    let predicate = schema::object(&[
        ("anchor", schema::text("A name such as E17.")),
        ("attr", schema::text("A fact or attribute such as timeout, replicas, kind, technology, source, status.")),
        ("op", schema::choice("How they compare.", &Operator::ALL.map(Operator::slug))),
        ("value", schema::text("What it is compared with; empty for stated and not-stated.")),
    ]);
    let quote = schema::object(&[
        ("doc", schema::text("A5 or D1.")),
        ("line_from", schema::number("First line of the quote.")),
        ("line_to", schema::number("Last line of the quote.")),
        ("text", schema::text("The exact words.")),
    ]);
    let topics: Vec<&str> = topics::sorted().iter().map(|topic| topic.slug).collect();
    schema::object(&[
        ("anchors", schema::list("Everything else it is about, at most 12.", &anchor("Something it is about."))),
        ("claims", schema::list("What has to be true of the design for it to hold, at most 12.", &predicate)),
        ("confidence", schema::choice("How sure you are.", &Confidence::ALL.map(Confidence::slug))),
        ("kind", schema::choice("What kind of statement it is.", &KINDS.map(|(word, _)| word))),
        ("message", schema::text("What is wrong and what follows, at most 400 characters.")),
        ("pattern_ids", schema::list("Patterns that the remedy names, such as P-04; at most 5.", &schema::text("A pattern's id."))),
        ("primary", anchor("What it is mainly about.")),
        ("quotes", schema::list("Words of decisions or diagrams that it rests on, at most 6.", &quote)),
        ("relates_to_rule", schema::optional_text("The known finding (F3) or rule that it refines or disputes; null for none.")),
        ("remedy", schema::text("What to do, at most 400 characters.")),
        ("severity", schema::choice("high is the most that agents give.", &["high", "medium", "low"])),
        ("title", schema::text("A fact about the system, at most 90 characters.")),
        ("topic", schema::choice("What it is about.", &topics)),
        ("tradeoff", schema::text("What the remedy makes worse, at most 300 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let claim = read(input)?;
    if bench.found.len() >= MOST {
        return Err(format!("report_finding: {MOST} findings hold already; retract a weaker one first, or finish"));
    }
    let before = bench.rejected.iter().position(|rejection| same(&rejection.claim, &claim));
    if before.and_then(|at| bench.rejected.get(at)).is_some_and(|rejection| rejection.again) {
        return Err("report_finding: this did not hold twice; leave it".to_owned());
    }
    match ground(&claim, &bench.grounds()) {
        Outcome::Rejected(failures) => Ok(reject(bench, claim, failures, before)),
        Outcome::Verified(finding) => accept(bench, *finding, &[], before),
        Outcome::Partial(finding, failures) => accept(bench, *finding, &failures, before),
    }
}

/// A second try at what was rejected.
fn same(left: &Claim, right: &Claim) -> bool {
    left.topic == right.topic
        && (left.primary.id.eq_ignore_ascii_case(&right.primary.id) || similarity::titles(&left.title, &right.title) >= similarity::TITLES)
}

fn reject(bench: &mut Workbench, claim: Claim, failures: Vec<Failure>, before: Option<usize>) -> Said {
    let rejection = Rejection { claim, failures, again: before.is_some() };
    let mut lines = vec!["Not taken:".to_owned()];
    lines.extend(rejection.failures.iter().map(ToString::to_string));
    lines.push(if rejection.again { "It did not hold twice; leave it." } else { "Correct it once, or leave it." }.to_owned());
    match before.and_then(|at| bench.rejected.get_mut(at)) {
        Some(slot) => *slot = rejection.clone(),
        None => bench.rejected.push(rejection.clone()),
    }
    Said { text: lines.join("\n"), effect: Some(Effect::Rejected(Box::new(rejection))), failed: true }
}

fn accept(bench: &mut Workbench, finding: Finding, failures: &[Failure], before: Option<usize>) -> Result<Said, String> {
    if let Some((name, _)) = bench.found.iter().find(|(_, known)| known.fingerprint == finding.fingerprint) {
        return Err(format!("report_finding: {name} has this topic and subject already; retract it first if this one says it better"));
    }
    if let Some(at) = before {
        bench.rejected.remove(at);
    }
    bench.named += 1;
    let name = format!("N{}", bench.named);
    let mut lines = Vec::new();
    if failures.is_empty() {
        lines.push(format!("{name} holds and is shown as {}.", finding.severity.slug()));
    } else {
        lines.push(format!("{name} is shown as {} with the remark that not all of it could be checked:", finding.severity.slug()));
        lines.extend(failures.iter().map(ToString::to_string));
    }
    if !finding.severity_reasons.is_empty() {
        lines.push(format!("Severity: {}.", finding.severity_reasons.join("; ")));
    }
    bench.found.push((name.clone(), finding.clone()));
    Ok(Said { text: lines.join("\n"), effect: Some(Effect::Found { name, finding: Box::new(finding) }), failed: false })
}

/// Reads a claim.
fn read(input: &Value) -> Result<Claim, String> {
    let fields = Fields::new(
        TOOL.name,
        input,
        &[
            "anchors",
            "claims",
            "confidence",
            "kind",
            "message",
            "pattern_ids",
            "primary",
            "quotes",
            "relates_to_rule",
            "remedy",
            "severity",
            "title",
            "topic",
            "tradeoff",
        ],
    )?;
    let topics: Vec<(&str, &'static Topic)> = topics::sorted().into_iter().map(|topic| (topic.slug, topic)).collect();
    let topic = fields.choice("topic", &topics)?;
    let primary = fields.object("primary", &["expected", "id", "type"])?;
    let mut anchors = Vec::new();
    for (place, value) in fields.list("anchors", 0, 12)? {
        anchors.push(anchor(&Fields::new(place, value, &["expected", "id", "type"])?)?);
    }
    let mut claims = Vec::new();
    for (place, value) in fields.list("claims", 0, 12)? {
        claims.push(predicate(&Fields::new(place, value, &["anchor", "attr", "op", "value"])?)?);
    }
    let mut quotes = Vec::new();
    for (place, value) in fields.list("quotes", 0, 6)? {
        quotes.push(quote(&Fields::new(place, value, &["doc", "line_from", "line_to", "text"])?)?);
    }
    // Critical is not offered; a model that says it anyway is taken at its word, and lowered.
    let severities = Severity::ALL.map(|severity| (severity.slug(), severity));
    Ok(Claim {
        topic,
        kind: fields.choice("kind", &KINDS)?,
        severity: fields.choice("severity", &severities)?,
        title: fields.text("title", 90)?.trim().to_owned(),
        message: fields.text("message", 400)?.trim().to_owned(),
        primary: anchor(&primary)?,
        anchors,
        claims,
        quotes,
        relates_to_rule: fields.optional_text("relates_to_rule", 20)?.map(str::to_owned),
        remedy: fields.text("remedy", 400)?.trim().to_owned(),
        pattern_ids: fields.texts("pattern_ids", 0, 5, 20)?.into_iter().map(|id| id.trim().to_uppercase()).collect(),
        tradeoff: fields.text("tradeoff", 300)?.trim().to_owned(),
        confidence: fields.choice("confidence", &Confidence::ALL.map(|confidence| (confidence.slug(), confidence)))?,
    })
}

fn anchor(fields: &Fields<'_>) -> Result<AnchorClaim, String> {
    let kind = fields.choice("type", &AnchorKind::ALL.map(|kind| (kind.slug(), kind)))?;
    let expected = match kind {
        AnchorKind::Absence => Some(fields.text("expected", 90)?.trim().to_owned()),
        _ => fields.optional_text("expected", 90)?.map(str::to_owned),
    };
    Ok(AnchorClaim { kind, id: fields.text("id", 200)?.trim().to_owned(), expected })
}

fn predicate(fields: &Fields<'_>) -> Result<Predicate, String> {
    let op = fields.choice("op", &Operator::ALL.map(|op| (op.slug(), op)))?;
    let value = match op {
        Operator::Stated | Operator::NotStated => String::new(),
        _ => fields.text("value", 200)?.trim().to_owned(),
    };
    // Some strict modes send what they were not asked for.
    fields.optional_text("value", 200)?;
    Ok(Predicate { anchor: fields.text("anchor", 12)?.trim().to_uppercase(), attr: fields.text("attr", 40)?.trim().to_owned(), op, value })
}

fn quote(fields: &Fields<'_>) -> Result<Quotation, String> {
    let line = |name| fields.number(name, 1, u64::from(u32::MAX)).map(|line| u32::try_from(line).unwrap_or(u32::MAX));
    Ok(Quotation {
        doc: fields.text("doc", 12)?.trim().to_uppercase(),
        line_from: line("line_from")?,
        line_to: line("line_to")?,
        text: fields.text("text", 1000)?.to_owned(),
    })
}
