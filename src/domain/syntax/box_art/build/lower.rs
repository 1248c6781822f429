//! One drawing into the model: its boxes and words as elements and groups, its edges as relations, and a view of it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use super::{Builder, Drawing, Severity, Span, beside, drawing};
use crate::domain::{
    diagnostic::Diagnostic,
    model::{
        Element, ElementKey, Group, GroupKey, Inferred, Level, Model, Relation, RelationKey,
        facts::Facts,
        kind::{
            Kind, Mode,
            infer::{self, Ends, Evidence},
        },
        view::{View, ViewKind},
    },
    project,
    syntax::box_art::{
        MAX_EDGES,
        lines::Anchor,
        words::{self, Named},
    },
};

/// Edges in one direction between the same two elements.
const MAX_PARALLEL: usize = 100;

/// Where something stands: in an element or in a group.
#[derive(Clone, Debug, Default)]
struct Home {
    element: Option<ElementKey>,
    group: Option<GroupKey>,
}

/// One drawing on its way into the model.
struct Lowering<'d> {
    drawing: &'d Drawing,
    /// What became of each box: itself as an element, or a place for others.
    elements: BTreeMap<usize, ElementKey>,
    homes: BTreeMap<usize, Home>,
    words: BTreeMap<usize, ElementKey>,
    /// Runs that are said otherwise.
    taken: BTreeSet<usize>,
    /// Technologies and descriptions that stand beside boxes.
    beside: BTreeMap<usize, Vec<String>>,
    shown: IndexSet<ElementKey>,
    related: IndexSet<RelationKey>,
    /// What this drawing shows, by name in lower case.
    names: BTreeMap<String, ElementKey>,
}

impl Builder<'_> {
    pub(super) fn lower(&mut self, drawing: &Drawing, index: usize, several: bool) {
        self.legend = drawing.legend.clone();
        let mut lowering = Lowering {
            drawing,
            elements: BTreeMap::new(),
            homes: BTreeMap::new(),
            words: BTreeMap::new(),
            taken: drawing.traced.labels.clone(),
            beside: BTreeMap::new(),
            shown: IndexSet::new(),
            related: IndexSet::new(),
            names: BTreeMap::new(),
        };
        self.notes(&mut lowering);
        self.boxes(&mut lowering);
        self.nodes(&mut lowering);
        self.relations(&mut lowering);
        let title = lowering.title().or_else(|| drawing.title.clone());
        self.leftovers(&lowering);
        let key = if several { format!("drawing-{}", index + 1) } else { "drawing".to_owned() };
        self.imported.model.views.push(View {
            title: title.or_else(|| several.then(|| format!("Drawing {}", index + 1))),
            elements: lowering.shown.into_iter().collect(),
            relations: lowering.related.into_iter().collect(),
            direction: beside::direction(drawing),
            ..View::new(key, ViewKind::Custom, drawing.span)
        });
    }

    /// Words beside boxes: technologies in parentheses, remarks behind an arrow that points back at the box.
    fn notes(&mut self, lowering: &mut Lowering<'_>) {
        let drawing = lowering.drawing;
        for (index, run) in drawing.traced.runs.iter().enumerate() {
            if lowering.taken.contains(&index) || drawing.traced.nodes.contains(&index) {
                continue;
            }
            let Some((frame, right)) = drawing.box_beside(run) else { continue };
            lowering.taken.insert(index);
            let text = run.text.trim_start_matches(['#', '/', '<', '-', '←', '◄', ' ', '─']).trim().to_owned();
            self.imported.fidelity.keep("Words beside a box", Some(drawing.sheet.span(run.row, run.from, run.to)));
            if right && text.starts_with('(') && text.ends_with(')') {
                // In a row of boxes it is said of all of them.
                for other in drawing.row_of_boxes(frame) {
                    lowering.beside.entry(other).or_default().push(text.clone());
                }
            } else {
                lowering.beside.entry(frame).or_default().push(text);
            }
        }
    }

    fn boxes(&mut self, lowering: &mut Lowering<'_>) {
        let drawing = lowering.drawing;
        let mut order: Vec<usize> = (0..drawing.frames.len()).collect();
        // Reading order; what is around comes before what is inside, since its corner is higher and further left.
        order.sort_by_key(|&index| drawing.frames.get(index).map_or((0, 0), |frame| (frame.top, frame.left)));
        for index in order {
            let Some(frame) = drawing.frames.get(index) else { continue };
            let span = drawing.sheet.span(frame.top, frame.left, frame.right + 1);
            self.flaws(lowering, index);
            let home = frame.parent.and_then(|parent| lowering.homes.get(&parent)).cloned().unwrap_or_default();
            let (lines, is_leaf) = if drawing.leaves.get(index) == Some(&true) {
                (drawing.lines(frame), true)
            } else {
                let (title, runs) = drawing.heading(index);
                lowering.taken.extend(runs);
                (vec![title], false)
            };
            let notes = lowering.beside.get(&index).cloned().unwrap_or_default();
            let mut named = self.named(lines);
            for note in notes {
                let note_named = words::named(&["x".to_owned(), note.clone()]);
                if let Some(technology) = note_named.technology.filter(|_| named.technology.is_none()) {
                    named.technology = Some(technology);
                } else {
                    let before = named.description.take().map(|before| before + ", ").unwrap_or_default();
                    named.description = Some(before + note.trim_matches(['(', ')']));
                }
            }
            if named.name.is_empty() {
                if !is_leaf && named.level.is_none() && !drawing.is_joined(index) {
                    // A frame without a name only holds things together.
                    lowering.homes.insert(index, home);
                    self.imported.fidelity.lose("Frame without a name", Some(span));
                    continue;
                }
                named.name = if is_leaf { "Unnamed".to_owned() } else { "Unnamed group".to_owned() };
                let place = self.place(span.start);
                self.say(
                    Severity::Warning,
                    "unnamed-box",
                    span,
                    format!("The box in {place} has no name"),
                    "An element needs a name.",
                    "Write its name into the box.",
                );
            }
            if is_leaf || drawing.is_joined(index) || named.level.is_some() {
                let level = named.level.unwrap_or(match (is_leaf, &home.element) {
                    (false, None) => Level::System,
                    _ => Level::Container,
                });
                let key = self.element(lowering, &named, level, &home, span, !is_leaf);
                if !is_leaf {
                    lowering.homes.insert(index, Home { element: Some(key.clone()), group: None });
                }
                lowering.elements.insert(index, key);
            } else {
                let key = self.group(&named.name, &home, span);
                lowering.homes.insert(index, Home { element: home.element.clone(), group: Some(key) });
            }
        }
    }

    /// Words that edges end at.
    fn nodes(&mut self, lowering: &mut Lowering<'_>) {
        let drawing = lowering.drawing;
        for &index in &drawing.traced.nodes {
            let Some(run) = drawing.traced.runs.get(index) else { continue };
            lowering.taken.insert(index);
            let mut lines = vec![run.text.clone()];
            // More words right above and below, of the same width or less, belong to the name.
            for other in drawing.continued(index, &lowering.taken) {
                if let Some(more) = drawing.traced.runs.get(other) {
                    lines.push(more.text.clone());
                    lowering.taken.insert(other);
                }
            }
            let named = self.named(lines);
            let lower = named.name.to_lowercase();
            if let Some(key) = lowering.names.get(&lower) {
                lowering.words.insert(index, key.clone());
                continue;
            }
            let span = drawing.sheet.span(run.row, run.from, run.to);
            let home = drawing.around_run(index).and_then(|frame| lowering.homes.get(&frame)).cloned().unwrap_or_default();
            let level = named.level.unwrap_or(Level::Container);
            let key = self.element(lowering, &named, level, &home, span, false);
            lowering.words.insert(index, key);
        }
    }

    fn element(&mut self, lowering: &mut Lowering<'_>, named: &Named, level: Level, home: &Home, span: Span, holds: bool) -> ElementKey {
        let lower = named.name.to_lowercase();
        // The same name in an earlier drawing is the same thing.
        if let Some(key) = self.known.get(&lower).filter(|key| !lowering.shown.contains(*key)).cloned() {
            if let Some(element) = self.imported.model.elements.get_mut(&key) {
                element.technology = element.technology.take().or_else(|| named.technology.clone());
                element.description = element.description.take().or_else(|| named.description.clone());
            }
            self.imported.fidelity.keep("An element that several drawings show", Some(span));
            lowering.show(lower, &key);
            return key;
        }
        let slug = some(project::slug(&named.name)).unwrap_or_else(|| "element".to_owned());
        let prefix = home.element.as_ref().map(|parent| format!("{parent}.")).unwrap_or_default();
        let key = ElementKey(self.unique(&format!("{prefix}{slug}")));
        let mut properties = BTreeMap::new();
        if let Some(kind) = &named.kind {
            properties.insert("kind".to_owned(), kind.clone());
        }
        let kind = infer::kind(&Evidence {
            level,
            name: &named.name,
            technology: named.technology.as_deref(),
            description: named.description.as_deref(),
            tags: &[],
            properties: &properties,
            archetype: None,
            shape: None,
            outside: None,
        });
        let element = Element {
            key: key.clone(),
            identifier: None,
            name: named.name.clone(),
            description: named.description.clone(),
            technology: named.technology.clone(),
            level,
            kind,
            parent: home.element.clone(),
            group: home.group.clone(),
            tags: Vec::new(),
            properties,
            perspectives: Vec::new(),
            health_checks: Vec::new(),
            facts: Facts::default(),
            url: None,
            instance_of: None,
            span,
            name_span: span,
            file: None,
        };
        self.imported.model.elements.insert(key.clone(), element);
        if !holds {
            self.known.entry(lower.clone()).or_insert_with(|| key.clone());
        }
        lowering.show(lower, &key);
        key
    }

    fn group(&mut self, name: &str, home: &Home, span: Span) -> GroupKey {
        let slug = some(project::slug(name)).unwrap_or_else(|| "group".to_owned());
        let prefix = match (&home.group, &home.element) {
            (Some(group), _) => format!("{group}/"),
            (None, Some(element)) => format!("{element}/"),
            (None, None) => String::new(),
        };
        let key = GroupKey(self.unique(&format!("{prefix}{slug}")));
        let group = Group {
            key: key.clone(),
            name: name.to_owned(),
            parent: home.group.clone(),
            owner: home.element.clone(),
            properties: BTreeMap::new(),
            facts: Facts::default(),
            span,
            file: None,
        };
        self.imported.model.groups.insert(key.clone(), group);
        key
    }

    fn relations(&mut self, lowering: &mut Lowering<'_>) {
        let drawing = lowering.drawing;
        for edge in &drawing.traced.edges {
            let (Some(source), Some(target)) = (lowering.key(edge.source), lowering.key(edge.target)) else { continue };
            let span = drawing.sheet.span(edge.at.0, edge.at.1, edge.at.1 + 1);
            let words: Vec<&str> =
                edge.labels.iter().filter_map(|&run| drawing.traced.runs.get(run)).map(|run| run.text.as_str()).collect();
            let label = words.join(" ");
            if edge.guessed {
                let place = self.place(span.start);
                self.imported.fidelity.keep("Line without an arrow head, read from top to bottom or left to right", Some(span));
                self.say(
                    Severity::Note,
                    "direction-guessed",
                    span,
                    format!("The line in {place} has no arrow head"),
                    "It is read from top to bottom, or from left to right.",
                    "End it in an arrow head where the call goes.",
                );
            }
            let said = label.to_lowercase();
            let dashed = edge.dashed || said.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "async" | "asynchronous"));
            self.relation(lowering, source, target, &label, dashed, span);
        }
        let listed = std::mem::take(&mut self.legend.edges);
        for (source, target, label) in listed {
            let found = (lowering.names.get(&source.to_lowercase()).cloned(), lowering.names.get(&target.to_lowercase()).cloned());
            let (Some(source), Some(target)) = found else { continue };
            let bare = lowering.related.iter().find(|key| {
                self.imported
                    .model
                    .relations
                    .get(*key)
                    .is_some_and(|relation| relation.source == source && relation.target == target && relation.label().is_none())
            });
            let (technology, description) = words::label(&label);
            match bare.cloned().and_then(|key| self.imported.model.relations.get_mut(&key)) {
                Some(relation) => (relation.technology, relation.description) = (technology, description),
                None => self.relation(lowering, source, target, &label, false, drawing.span),
            }
        }
        for &(row, column) in &drawing.traced.loose {
            let span = drawing.sheet.span(row, column, column + 1);
            let place = self.place(span.start);
            self.imported.fidelity.lose("Line that does not join two things", Some(span));
            self.say(
                Severity::Warning,
                "loose-line",
                span,
                format!("The line in {place} does not join two things"),
                "One of its ends touches neither a box nor words.",
                "Draw the line up to what it leads to.",
            );
        }
        for &(row, column) in &drawing.traced.ambiguous {
            let span = drawing.sheet.span(row, column, column + 1);
            let place = self.place(span.start);
            self.imported.fidelity.keep("Junction of several beginnings and ends, read as every pair", Some(span));
            self.say(
                Severity::Note,
                "ambiguous-junction",
                span,
                format!("Several lines begin and several end at the junction in {place}"),
                "It is read as an edge from each beginning to each end.",
                "Draw separate lines where that is not meant.",
            );
        }
    }

    fn relation(&mut self, lowering: &mut Lowering<'_>, source: ElementKey, target: ElementKey, label: &str, dashed: bool, span: Span) {
        let exact = self.said(label).map(|(_, said)| said.to_owned());
        let (technology, description) = match exact {
            Some(said) if words::is_protocol(&said) => (Some(said), None),
            Some(said) => (None, Some(said)),
            None => words::label(label),
        };
        let model = &mut self.imported.model;
        let kind_of = |key: &ElementKey| model.elements.get(key).map_or(Kind::Service, |element| element.kind.value);
        let ends = Ends { source: kind_of(&source), target: kind_of(&target) };
        let mut mode = infer::mode(ends, description.as_deref(), technology.as_deref(), &[], None);
        let mut properties = BTreeMap::new();
        if dashed && mode.value.is_sync() {
            mode = Inferred { value: Mode::AsyncPub, reason: "drawn or said to be asynchronous".to_owned(), stated: true };
            properties.insert("mode".to_owned(), Mode::AsyncPub.slug().to_owned());
        }
        // The same edge in an earlier drawing is the same relation.
        let between = self.related.entry((source.clone(), target.clone())).or_default();
        let same = |key: &&RelationKey| {
            let known = model.relations.get(*key);
            known.is_some_and(|known| known.technology == technology && known.description == description)
                && !lowering.related.contains(*key)
        };
        if let Some(known) = between.iter().take(MAX_PARALLEL).find(same) {
            lowering.related.insert(known.clone());
            return;
        }
        if model.relations.len() >= MAX_EDGES || between.len() >= MAX_PARALLEL {
            self.imported.fidelity.lose("Edge beyond the limit", Some(span));
            return;
        }
        let base = format!("{source}->{target}");
        let key = RelationKey(if between.is_empty() { base } else { format!("{base}#{}", between.len() + 1) });
        between.push(key.clone());
        let relation = Relation {
            key: key.clone(),
            source,
            target,
            description,
            technology,
            mode,
            tags: Vec::new(),
            properties,
            perspectives: Vec::new(),
            facts: Facts::default(),
            url: None,
            implied_by: None,
            span,
            file: None,
        };
        model.relations.insert(key.clone(), relation);
        lowering.related.insert(key);
    }

    /// The text, or with a number behind it the first that is free.
    fn unique(&mut self, base: &str) -> String {
        let taken = |model: &Model, key: &str| {
            model.elements.contains_key(&ElementKey::from(key)) || model.groups.contains_key(&GroupKey::from(key))
        };
        if !taken(&self.imported.model, base) {
            return base.to_owned();
        }
        let number = self.numbers.entry(base.to_owned()).or_insert(1);
        loop {
            *number += 1;
            let key = format!("{base}-{number}");
            if !taken(&self.imported.model, &key) {
                return key;
            }
        }
    }

    /// What the lines of a box say, with the words of the legend where they have a number: `Internet ban… (3)` or `(3)` for a
    /// name, `(4)` below it for a technology. What stands in the legend is taken as it is.
    fn named(&self, mut lines: Vec<String>) -> Named {
        let Some(first) = lines.iter().position(|line| !line.trim().is_empty()) else { return words::named(&lines) };
        let technology = lines.iter().skip(first + 1).position(|line| self.said(line).is_some_and(|(before, _)| before.is_empty()));
        let technology = technology.map(|at| at + first + 1).and_then(|at| {
            let line = lines.get_mut(at)?;
            let said = self.legend.numbers.get(line.trim().trim_matches(['(', ')'])).cloned();
            line.clear();
            said
        });
        let mut level = None;
        let name = lines.get(first).and_then(|line| {
            // The level of a frame stands behind its number.
            let (line, suffix) = match line.rsplit_once(" [") {
                Some((line, rest)) if rest.ends_with(']') => (line, format!("x [{rest}")),
                _ => (line.as_str(), String::new()),
            };
            let said = self.said(line)?.1.to_owned();
            level = words::named(&[suffix]).level;
            Some(said)
        });
        if name.is_some() {
            lines.get_mut(first).into_iter().for_each(|line| "x".clone_into(line));
        }
        let mut named = words::named(&lines);
        if let Some(name) = name {
            let read = words::named(std::slice::from_ref(&name));
            if let Some(stated) = read.level.filter(|_| level.is_none() && read.technology.is_none() && name.ends_with(']')) {
                (named.name, named.level) = (read.name, Some(stated));
            } else {
                (named.name, named.level) = (name, level.or_else(|| words::is_person(&read.name).then_some(Level::Person)));
            }
        }
        named.technology = technology.or(named.technology);
        named
    }

    /// Number and words of the legend that a text refers to, with what stands before the number.
    fn said<'b>(&'b self, text: &'b str) -> Option<(&'b str, &'b str)> {
        let (before, number) = text.trim().strip_suffix(')')?.rsplit_once('(')?;
        let said = self.legend.numbers.get(number)?;
        let before = before.trim();
        (before.is_empty() || before.ends_with('…') || before.ends_with("...")).then_some((before, said))
    }

    fn flaws(&mut self, lowering: &Lowering<'_>, index: usize) {
        let Some(frame) = lowering.drawing.frames.get(index) else { return };
        for &(row, column, flaw) in frame.flaws.iter().take(4) {
            let (code, what, help) = drawing::flaw(flaw);
            let span = lowering.drawing.sheet.span(row, column, column + 1);
            let index = super::place_of(&self.index, &lowering.drawing.sheet, row, column);
            self.imported.fidelity.keep("Box with a broken border", Some(span));
            let diagnostic = Diagnostic {
                level: Severity::Note,
                code: code.to_owned(),
                span,
                what: format!("{what} in {index}"),
                why: "It is read as if it were whole.".to_owned(),
                help: help.to_owned(),
                file: None,
            };
            if self.imported.diagnostics.len() < super::MAX_DIAGNOSTICS {
                self.imported.diagnostics.push(diagnostic);
            }
        }
    }

    /// Words that became nothing.
    fn leftovers(&mut self, lowering: &Lowering<'_>) {
        let drawing = lowering.drawing;
        for (index, run) in drawing.traced.runs.iter().enumerate() {
            if lowering.taken.contains(&index) {
                continue;
            }
            let span = drawing.sheet.span(run.row, run.from, run.to);
            self.imported.fidelity.lose("Words that belong to no box or line", Some(span));
            let place = self.place(span.start);
            self.say(
                Severity::Note,
                "loose-words",
                span,
                format!("The words in {place} belong to no box or line"),
                "They are not in the model.",
                "Write them into a box or beside a line.",
            );
        }
    }
}

impl Lowering<'_> {
    fn key(&self, anchor: Anchor) -> Option<ElementKey> {
        match anchor {
            Anchor::Frame(index) => self.elements.get(&index).cloned(),
            Anchor::Run(index) => self.words.get(&index).cloned(),
        }
    }

    fn show(&mut self, lower: String, key: &ElementKey) {
        self.shown.insert(key.clone());
        self.names.entry(lower).or_insert_with(|| key.clone());
    }

    /// Words above everything else: the title of the drawing.
    fn title(&mut self) -> Option<String> {
        let drawing = self.drawing;
        let top = drawing.frames.iter().map(|frame| frame.top).min()?;
        let above: Vec<usize> = drawing
            .traced
            .runs
            .iter()
            .enumerate()
            .filter(|(index, run)| run.row < top && !self.taken.contains(index))
            .map(|(index, _)| index)
            .collect();
        let [only] = above.as_slice() else { return None };
        self.taken.insert(*only);
        drawing.traced.runs.get(*only).map(|run| run.text.trim_end_matches(':').to_owned())
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
