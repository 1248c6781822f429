//! A snapshot as lines of text. One line of ours says what a thing is; what others wrote about it follows behind marks.
//!
//! `E17 service "Order service" in=E3/B1 tech="Rust, axum" replicas=4 slo=99.9 timeout=? at=D1:58`: `?` is what nobody states.

use std::fmt::Write as _;

use crate::domain::{
    agent::{
        snapshot::{DecisionPart, DiagramPart, Item, Reported, Snapshot, place},
        untrusted::{marked, quoted, value},
    },
    decision::{LinkKind, log},
    diagnostic::Level as Badness,
    model::{Element, Group, Level, Relation, facts::Facts, kind::Kind, view::View},
    review::{FindingState, finding::FindingKind},
};

/// Facts worth asking for, so that what is not stated shows.
const RUNNING: [&str; 4] = ["auth", "owner", "replicas", "tier"];
const STORE: [&str; 4] = ["backup", "owner", "replicas", "tier"];
const QUEUE: [&str; 3] = ["dlq", "owner", "tier"];
const SYNCHRONOUS: [&str; 2] = ["timeout", "tls"];
const ASYNCHRONOUS: [&str; 1] = ["tls"];
/// Said by other words of the line.
const SAID: [&str; 2] = ["kind", "mode"];
/// Longer records are cut; `adr_read` has the rest.
const RECORD_LINES: usize = 400;

/// Everything in the snapshot's scope.
pub(super) fn snapshot(snapshot: &Snapshot) -> String {
    let mut out = vec![format!("Design at revision {}.", snapshot.revision)];
    out.extend(scope(snapshot));
    for (at, diagram) in snapshot.diagrams.iter().enumerate() {
        out.extend(one_diagram(snapshot, at, diagram));
    }
    let decisions: Vec<(usize, &DecisionPart)> =
        snapshot.decisions.iter().enumerate().filter(|(at, _)| snapshot.focus().shows_decision(*at)).collect();
    out.push(String::new());
    out.push("## Decisions".to_owned());
    if decisions.is_empty() {
        out.push(if snapshot.decisions.is_empty() {
            "None is written down.".to_owned()
        } else {
            "None in scope; adr_list has all.".to_owned()
        });
    }
    for (at, decision) in decisions {
        out.push(String::new());
        out.extend(record(snapshot, at, decision));
    }
    out.extend(reported(snapshot));
    out.push(String::new());
    out.join("\n")
}

fn scope(snapshot: &Snapshot) -> Vec<String> {
    let focus = snapshot.focus();
    let Some(changes) = &focus.changes else {
        let part = focus.elements.is_some();
        let said =
            if part { "Scope: one document and what it names; everything else can be looked up." } else { "Scope: the whole project." };
        return vec![said.to_owned()];
    };
    let mut out = vec!["Scope: what changed since the base, with two relations around it; everything else can be looked up.".to_owned()];
    for (at, change) in changes {
        let diagram = at + 1;
        let mut say = |what: &str, names: Vec<String>| {
            if !names.is_empty() {
                out.push(format!("D{diagram} {what}: {}", names.join(", ")));
            }
        };
        let element = |key| snapshot.element(*at, key);
        say("added", change.elements_added.iter().filter_map(element).collect());
        say("removed elements", change.elements_removed.iter().map(|key| quoted(key.as_str())).collect());
        say(
            "changed",
            change
                .elements_changed
                .iter()
                .filter_map(|altered| Some(format!("{} ({})", element(&altered.key)?, altered.what.join(", "))))
                .collect(),
        );
        let relation = |key| snapshot.relation(*at, key);
        say("added", change.relations_added.iter().filter_map(relation).collect());
        say("removed relations", change.relations_removed.iter().map(|key| quoted(key.as_str())).collect());
        say(
            "changed",
            change
                .relations_changed
                .iter()
                .filter_map(|altered| Some(format!("{} ({})", relation(&altered.key)?, altered.what.join(", "))))
                .collect(),
        );
        let boundary = |key| snapshot.boundary(*at, key);
        say("added", change.groups_added.iter().filter_map(boundary).collect());
        say("removed boundaries", change.groups_removed.iter().map(|key| quoted(key.as_str())).collect());
    }
    if !focus.changed_decisions.is_empty() {
        let names: Vec<String> = focus.changed_decisions.iter().map(|at| format!("A{}", at + 1)).collect();
        out.push(format!("New or changed decisions: {}", names.join(", ")));
    }
    if !focus.gone.is_empty() {
        out.push(format!("Documents that are gone: {}", focus.gone.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(", ")));
    }
    if changes.is_empty() && focus.changed_decisions.is_empty() && focus.gone.is_empty() {
        out.push("Nothing changed.".to_owned());
    }
    out
}

fn one_diagram(snapshot: &Snapshot, at: usize, diagram: &DiagramPart) -> Vec<String> {
    let mut out = vec![String::new(), diagram_line(at, diagram)];
    if diagram.included {
        return out;
    }
    let model = &diagram.parsed.model;
    out.extend(marked("    ", model.description.as_deref().unwrap_or_default()));
    let errors = diagram.parsed.diagnostics.iter().filter(|diagnostic| diagnostic.level == Badness::Error).count();
    if errors > 0 {
        out.push(format!("    not read in full: {errors} statements are not understood and left out"));
    }
    let focus = snapshot.focus();
    let elements: Vec<(String, &Element)> = snapshot
        .elements()
        .filter(|(_, own, element)| *own == at && focus.shows_element(at, &element.key))
        .map(|(id, _, element)| (id, element))
        .collect();
    if elements.is_empty() && !model.elements.is_empty() {
        out.push("    nothing of it is in scope".to_owned());
        return out;
    }
    let boundaries: Vec<(String, &Group)> =
        snapshot.boundaries().filter(|(_, own, _)| *own == at).map(|(id, _, group)| (id, group)).collect();
    for (_, group) in &boundaries {
        out.push(boundary(snapshot, at, group));
    }
    for (_, element) in elements {
        out.extend(one_element(snapshot, at, element));
    }
    for (_, own, relation) in snapshot.relations() {
        if own == at && focus.shows_element(at, &relation.source) && focus.shows_element(at, &relation.target) {
            out.extend(one_relation(snapshot, at, relation));
        }
    }
    out.extend(model.views.iter().map(|view| view_line(snapshot, at, view)));
    out
}

/// `D1 diagram "workspace.dsl" "Shop" stage=live`.
pub fn diagram_line(at: usize, diagram: &DiagramPart) -> String {
    let model = &diagram.parsed.model;
    if diagram.included {
        return format!("D{} diagram {} is part of another one and described there", at + 1, quoted(&diagram.path));
    }
    let mut line = format!("D{} diagram {} {}", at + 1, quoted(&diagram.path), quoted(&model.name));
    facts(&mut line, &model.facts, &[]);
    line
}

/// `B1 boundary "Ordering" in=E3 owner=team-ordering`.
pub fn boundary(snapshot: &Snapshot, at: usize, group: &Group) -> String {
    let id = snapshot.boundary(at, &group.key).unwrap_or_default();
    let mut line = format!("{id} boundary {}", quoted(&group.name));
    let owner = group.owner.as_ref().and_then(|owner| snapshot.element(at, owner));
    let parent = group.parent.as_ref().and_then(|parent| snapshot.boundary(at, parent));
    place_in(&mut line, owner, parent);
    facts(&mut line, &group.facts, &[]);
    let _ = write!(line, " at={}", place(snapshot, at, group.file.as_deref(), group.span.start));
    line
}

fn place_in(line: &mut String, outer: Option<String>, inner: Option<String>) {
    let around: Vec<String> = outer.into_iter().chain(inner).collect();
    if !around.is_empty() {
        let _ = write!(line, " in={}", around.join("/"));
    }
}

/// An element's line and what is written about it.
pub fn one_element(snapshot: &Snapshot, at: usize, element: &Element) -> Vec<String> {
    let id = snapshot.element(at, &element.key).unwrap_or_default();
    let mut line = format!("{id} {}", element.kind.value.slug());
    if let Some(level) = level(element.level) {
        let _ = write!(line, " {level}");
    }
    let _ = write!(line, " {}", quoted(&element.name));
    place_in(
        &mut line,
        element.parent.as_ref().and_then(|parent| snapshot.element(at, parent)),
        element.group.as_ref().and_then(|group| snapshot.boundary(at, group)),
    );
    if let Some(instance) = element.instance_of.as_ref().and_then(|of| snapshot.element(at, of)) {
        let _ = write!(line, " instance-of={instance}");
    }
    if let Some(technology) = element.technology.as_deref().filter(|technology| !technology.trim().is_empty()) {
        let _ = write!(line, " tech={}", value(technology));
    }
    facts(&mut line, &element.facts, asked(element.kind.value));
    let _ = write!(line, " at={}", place(snapshot, at, element.file.as_deref(), element.span.start));
    let mut out = vec![line];
    out.extend(marked("    ", element.description.as_deref().unwrap_or_default()));
    out
}

const fn asked(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Gateway | Kind::Service | Kind::Worker | Kind::Scheduler => &RUNNING,
        Kind::Database | Kind::Cache | Kind::ObjectStore | Kind::SearchIndex => &STORE,
        Kind::Queue => &QUEUE,
        Kind::Person | Kind::Frontend | Kind::External | Kind::System | Kind::Node => &[],
    }
}

const fn level(level: Level) -> Option<&'static str> {
    match level {
        Level::Person | Level::System | Level::Container | Level::Custom => None,
        Level::Component => Some("component"),
        Level::DeploymentEnvironment => Some("environment"),
        Level::DeploymentNode => Some("deployment-node"),
        Level::InfrastructureNode => Some("infrastructure-node"),
        Level::SystemInstance | Level::ContainerInstance => Some("instance"),
    }
}

/// A relation's line and what is written about it.
pub fn one_relation(snapshot: &Snapshot, at: usize, relation: &Relation) -> Vec<String> {
    let id = snapshot.relation(at, &relation.key).unwrap_or_default();
    let end = |key| snapshot.element(at, key).unwrap_or_default();
    let mode = &relation.mode;
    let assumed = if mode.stated { "" } else { "(assumed)" };
    let mut line = format!("{id} {}→{} {}{assumed}", end(&relation.source), end(&relation.target), mode.value.slug());
    if let Some(technology) = relation.technology.as_deref().filter(|technology| !technology.trim().is_empty()) {
        let _ = write!(line, " tech={}", value(technology));
    }
    facts(&mut line, &relation.facts, if mode.value.is_sync() { &SYNCHRONOUS } else { &ASYNCHRONOUS });
    let _ = write!(line, " at={}", place(snapshot, at, relation.file.as_deref(), relation.span.start));
    let mut out = vec![line];
    out.extend(marked("    ", relation.description.as_deref().unwrap_or_default()));
    out
}

/// `V1 view "containers" "Container view: Platform"`.
pub fn view_line(snapshot: &Snapshot, at: usize, view: &View) -> String {
    let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
    let scope = view.scope.as_ref().and_then(|scope| model?.element(scope)).map(|element| element.name.as_str());
    let id = snapshot.view(at, &view.key).unwrap_or_default();
    format!("{id} view {} {}", quoted(&view.key), quoted(&view.display_title(scope)))
}

/// Stated facts, and those of `asked` that nobody states, by name.
fn facts(line: &mut String, facts: &Facts, asked: &[&str]) {
    let mut all: std::collections::BTreeMap<&str, String> = asked.iter().map(|name| (*name, "?".to_owned())).collect();
    for (name, fact) in facts.0.iter().filter(|(name, _)| !SAID.contains(&name.as_str())) {
        all.insert(name, if fact.value.trim().is_empty() { "?".to_owned() } else { value(&fact.value) });
    }
    for (name, value) in all {
        let _ = write!(line, " {name}={value}");
    }
}

/// `A5 decision 5 "Move order events to Kafka" accepted 2025-02-18 path="docs/adr/0005-move.md" supersedes=A3`.
pub fn decision_line(snapshot: &Snapshot, at: usize, decision: &DecisionPart) -> String {
    let record = &decision.record;
    let mut line = format!("A{} decision", at + 1);
    if let Some(number) = record.number {
        let _ = write!(line, " {number}");
    }
    let _ = write!(line, " {}", quoted(&record.title));
    let status = record.status.as_ref().map_or_else(
        || "no-status".to_owned(),
        |status| status.status.map_or_else(|| value(&status.written), |known| known.slug().to_owned()),
    );
    let _ = write!(line, " {status}");
    if let Some(day) = record.date.as_ref().and_then(|date| date.day) {
        let _ = write!(line, " {day}");
    }
    let _ = write!(line, " path={}", quoted(&decision.path));
    let entries: Vec<log::Entry<'_>> =
        snapshot.decisions.iter().map(|part| log::Entry { path: &part.path, record: &part.record }).collect();
    for link in &record.links {
        if let Some(to) = log::resolve(&entries, at, link).filter(|to| *to != at) {
            let said = format!(" {}=A{}", link_word(link.kind), to + 1);
            if !line.contains(&format!("{said} ")) && !line.ends_with(&said) {
                line.push_str(&said);
            }
        }
    }
    line
}

const fn link_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Supersedes => "supersedes",
        LinkKind::SupersededBy => "superseded-by",
        LinkKind::Amends => "amends",
        LinkKind::AmendedBy => "amended-by",
        LinkKind::DependsOn => "depends-on",
        LinkKind::RelatesTo => "relates-to",
        LinkKind::Mentions => "mentions",
    }
}

fn record(snapshot: &Snapshot, at: usize, decision: &DecisionPart) -> Vec<String> {
    let mut out = vec![decision_line(snapshot, at, decision)];
    out.extend(record_lines(decision, 1, RECORD_LINES));
    let more = decision.lines.len().saturating_sub(RECORD_LINES);
    if more > 0 {
        out.push(format!("{more} more lines; adr_read has them"));
    }
    out
}

/// Lines of a record, numbered from 1; the empty line behind the last line end is left out.
pub fn record_lines(decision: &DecisionPart, from: usize, count: usize) -> Vec<String> {
    let end = decision.lines.len() - usize::from(decision.lines.last().is_some_and(|line| line.text.is_empty()));
    let lines = decision.lines.iter().take(end).zip(1..).skip(from.saturating_sub(1)).take(count);
    lines.map(|(line, number)| format!("{number:>5} {}", line.marked())).collect()
}

/// What is known already, by what became of it.
fn reported(snapshot: &Snapshot) -> Vec<String> {
    let mut out = Vec::new();
    let mut section = |title: &str, keep: &dyn Fn(&Reported) -> bool| {
        let members: Vec<(usize, &Reported)> = snapshot.reported.iter().enumerate().filter(|(_, known)| keep(known)).collect();
        out.push(String::new());
        out.push(format!("## {title}"));
        if members.is_empty() {
            out.push("None.".to_owned());
        }
        for (place, known) in members {
            out.extend(finding(snapshot, place, known));
        }
    };
    let question = |known: &Reported| known.finding.kind == FindingKind::Question;
    section("Already reported by rules: dispute, refine or stay silent", &|known| {
        known.finding.agent().is_none() && known.state == FindingState::Open && !question(known)
    });
    section("Reported by agents before: say one again only if it still holds", &|known| {
        known.finding.agent().is_some() && known.state == FindingState::Open && !question(known)
    });
    section("Open questions", &|known| known.state.counts() && question(known));
    section("Accepted: will be fixed", &|known| known.state == FindingState::Accepted && !question(known));
    section("Accepted risks and false positives: do not raise again", &|known| {
        matches!(known.state, FindingState::WontFix | FindingState::FalsePositive)
    });
    out
}

/// `F1 LNT-X004 high open "Bookings travel in plain text" on E5 R7`.
pub fn finding(snapshot: &Snapshot, place: usize, known: &Reported) -> Vec<String> {
    let finding = &known.finding;
    let mut on: Vec<String> = Vec::new();
    for name in finding.anchors.iter().flat_map(|anchor| snapshot.names_of(anchor)) {
        if !on.contains(&name) {
            on.push(name);
        }
    }
    let on = if on.is_empty() { String::new() } else { format!(" on {}", on.join(" ")) };
    let line = format!(
        "{} {} {} {} {}{on}",
        Snapshot::finding(place),
        value(&finding.code),
        finding.severity.slug(),
        known.state.slug(),
        quoted(&finding.title)
    );
    let mut out = vec![line];
    out.extend(marked("    ", &finding.message));
    if !known.reason.trim().is_empty() {
        out.push("    people say:".to_owned());
        out.extend(marked("    ", &known.reason));
    }
    out
}

/// The line of whatever a short name means.
pub fn item(snapshot: &Snapshot, item: Item<'_>) -> Vec<String> {
    match item {
        Item::Element(at, element) => one_element(snapshot, at, element),
        Item::Relation(at, relation) => one_relation(snapshot, at, relation),
        Item::Boundary(at, group) => vec![boundary(snapshot, at, group)],
        Item::View(at, view) => vec![view_line(snapshot, at, view)],
        Item::Diagram(at, diagram) => vec![diagram_line(at, diagram)],
        Item::Decision(at, decision) => vec![decision_line(snapshot, at, decision)],
        Item::Finding(known) => {
            let place = snapshot.reported.iter().position(|other| std::ptr::eq(other, known)).unwrap_or_default();
            finding(snapshot, place, known)
        }
    }
}
