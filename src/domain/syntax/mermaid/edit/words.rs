//! Names, technologies, descriptions and kinds.

use super::{Editor, given};
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, RelationKey, kind::Kind},
    syntax::{
        gesture::{Refusal, Subject},
        mermaid::{
            chart::{self, Place, Thing},
            label::{self, markup},
            lower::{read, words_of},
            shape::brackets_of,
            tree::{Bracket, NodeRef, Quote, Syntax, Text},
        },
    },
};

/// A text for brackets: in quotes where it has to be.
pub(super) fn in_brackets(lines: &[String]) -> String {
    match lines {
        [line] if markup::is_bare(line) => line.clone(),
        lines => format!("\"{}\"", lines.iter().map(|line| markup::escape(line)).collect::<Vec<_>>().join("<br>")),
    }
}

impl Editor<'_> {
    /// Where the node's label is or would be.
    pub(super) fn defined(&self, node: usize) -> Option<(Place, NodeRef)> {
        let (_, node) = self.reading.chart.node(node)?;
        let place = chart::definition(&self.reading.tree, &node.mentions)?;
        chart::mention_of(&self.reading.tree, place).map(|found| (place, found.clone()))
    }

    pub(super) fn rename(&mut self, subject: &Subject, name: &str) -> Result<(), Refusal> {
        self.select = Some(subject.clone());
        match subject {
            Subject::Relation(_) => return self.describe(subject, Some(name)),
            Subject::Workspace => return Err(Refusal::whole()),
            Subject::Group(key) => {
                let sub = self.sub_of(key)?;
                self.retitle(sub, &given(name)?);
            }
            Subject::Element(key) => match self.thing_of(key)? {
                Thing::Subgraph(sub) => self.retitle(sub, &given(name)?),
                Thing::Node(node) => self.name_node(node, &given(name)?),
            },
        }
        Ok(())
    }

    fn name_node(&mut self, node: usize, name: &str) {
        let Some((_, found)) = self.defined(node) else { return };
        match chart::label_of(&found, self.text) {
            None => self.add_label(&found, &[name.to_owned()]),
            Some(text) => {
                let Some((words, span)) = words_of(self.text, Some(&text)) else { return };
                if words.name != name {
                    self.put_into(&text, span, name);
                }
            }
        }
    }

    /// A label where there is none.
    pub(super) fn add_label(&mut self, found: &NodeRef, lines: &[String]) {
        match &found.data {
            Some(data) if found.bracket.is_none() => {
                let label = lines.iter().map(|line| markup::escape(line)).collect::<Vec<_>>().join("<br>");
                let comma = if data.entries.is_empty() { "" } else { "," };
                self.insert(data.span.range().start + 2, format!(" label: \"{label}\"{comma}"));
            }
            _ => self.insert(found.id.range().end, format!("[{}]", in_brackets(lines))),
        }
    }

    /// Replaces a part of a text by words, with quotes around all where the words need them.
    fn put_into(&mut self, text: &Text, part: Span, words: &str) {
        match text.quote {
            Quote::Bare if markup::is_bare(words) => self.replace(part, words),
            Quote::Bare => {
                let inner = text.inner;
                let before = Span { start: inner.start, end: part.start }.of(self.text).to_owned();
                let after = Span { start: part.end, end: inner.end }.of(self.text).to_owned();
                self.replace(text.span, format!("\"{before}{}{after}\"", markup::escape(words)));
            }
            Quote::Single => self.replace(part, markup::escape(words).replace('\'', "#39;")),
            Quote::Double | Quote::Markdown => self.replace(part, markup::escape(words)),
        }
    }

    /// A whole new text in the place of another.
    fn rewrite(&mut self, text: &Text, lines: &[String]) {
        let joined = lines.iter().map(|line| markup::escape(line)).collect::<Vec<_>>().join("<br>");
        let bare = matches!(lines, [line] if markup::is_bare(line));
        match text.quote {
            Quote::Bare if bare => self.replace(text.inner, joined),
            Quote::Bare => self.replace(text.span, format!("\"{joined}\"")),
            Quote::Single => self.replace(text.inner, joined.replace('\'', "#39;")),
            Quote::Double | Quote::Markdown => self.replace(text.inner, joined),
        }
    }

    fn retitle(&mut self, sub: usize, name: &str) {
        let Some(found) = self.reading.chart.subgraphs.get(sub).cloned() else { return };
        let Some(Syntax::Subgraph(header)) = self.reading.tree.statement(found.statement).map(|statement| statement.syntax.clone()) else {
            return;
        };
        let lines = vec![name.to_owned()];
        match (header.title, header.id) {
            (Some(Bracket { text, .. }), _) => self.rewrite(&text, &lines),
            (None, Some(id)) if found.written.is_some() => {
                // The identifier was the title, too; edges may name it.
                if found.id == name {
                    return;
                }
                let title = in_brackets(&lines);
                if id.quote == Quote::Bare {
                    self.insert(id.span.range().end, format!("[{title}]"));
                } else {
                    self.replace(id.span, format!("{}[{title}]", found.id));
                }
            }
            (None, Some(id)) if name.contains(' ') && (id.quote != Quote::Bare || markup::is_bare(name)) => {
                self.rewrite(&id, &lines);
            }
            (None, id) => {
                let title = in_brackets(&lines);
                let made = self.new_id(name, &std::collections::BTreeSet::new());
                match id {
                    Some(id) => self.replace(id.span, format!("{made}[{title}]")),
                    None => self.insert(header.word.range().end, format!(" {made}[{title}]")),
                }
                let mut key = self.select.clone();
                match &mut key {
                    Some(Subject::Group(group)) => group.0 = made,
                    Some(Subject::Element(element)) => element.0 = made,
                    _ => {}
                }
                self.select = key;
            }
        }
    }

    pub(super) fn describe(&mut self, subject: &Subject, description: Option<&str>) -> Result<(), Refusal> {
        self.select = Some(subject.clone());
        let description = description.map(label::one_line).filter(|text| !text.is_empty());
        match subject {
            Subject::Relation(key) => {
                let technology = self.reading.model.relations.get(key).and_then(|relation| relation.technology.clone());
                self.label_relation(key, description.as_deref(), technology.as_deref())
            }
            Subject::Group(_) => self.set_property(subject, "description", description.as_deref()),
            Subject::Workspace => Err(Refusal::whole()),
            Subject::Element(key) => {
                if let Thing::Node(node) = self.thing_of(key)?
                    && !self.states(subject, "description")
                    && let Some((_, found)) = self.defined(node)
                    && let Some(text) = chart::label_of(&found, self.text)
                    && let Some((words, _)) = words_of(self.text, Some(&text))
                    && words.description.is_some()
                {
                    let lines = label::element_lines(&words.name, words.technology.as_deref(), description.as_deref());
                    if words.technology.is_some() {
                        self.rewrite(&text, &lines);
                        return Ok(());
                    }
                }
                self.set_property(subject, "description", description.as_deref())
            }
        }
    }

    pub(super) fn set_technology(&mut self, subject: &Subject, technology: Option<&str>) -> Result<(), Refusal> {
        self.select = Some(subject.clone());
        let technology = technology.map(label::one_line).filter(|text| !text.is_empty());
        match subject {
            Subject::Group(_) => Err(Refusal::new("A boundary has no technology", "Set it on the elements inside.")),
            Subject::Workspace => Err(Refusal::whole()),
            Subject::Relation(key) => {
                let description = self.reading.model.relations.get(key).and_then(|relation| relation.description.clone());
                self.label_relation(key, description.as_deref(), technology.as_deref())
            }
            Subject::Element(key) => {
                let thing = self.thing_of(key)?;
                let Thing::Node(node) = thing else { return self.set_property(subject, "technology", technology.as_deref()) };
                if self.states(subject, "technology") {
                    return self.set_property(subject, "technology", technology.as_deref());
                }
                self.technology_line(node, key, technology.as_deref());
                Ok(())
            }
        }
    }

    fn technology_line(&mut self, node: usize, key: &ElementKey, technology: Option<&str>) {
        let Some((_, found)) = self.defined(node) else { return };
        let Some(text) = chart::label_of(&found, self.text) else {
            if let Some(technology) = technology {
                self.add_label(&found, &label::element_lines(key.as_str(), Some(technology), None));
            }
            return;
        };
        let Some((words, _)) = words_of(self.text, Some(&text)) else { return };
        if words.technology.as_deref() == technology {
            return;
        }
        let name = if words.name.is_empty() { key.0.clone() } else { words.name.clone() };
        let found = label::lines(self.text, &text);
        match (found.get(words.name_lines), technology) {
            // One line, with its brackets where it has some.
            (Some(line), Some(technology)) if words.technology.is_some() => {
                let lines = label::element_lines(&name, Some(technology), None);
                let said = lines.get(1).cloned().unwrap_or_default();
                let bracketed = line.text.starts_with('[') && words.sort.is_none();
                let said = if bracketed && !said.starts_with('[') { format!("[{said}]") } else { said };
                let said = words.sort.as_ref().map_or(said, |sort| format!("[{sort}: {technology}]"));
                self.put_into(&text, line.span, &said);
            }
            (None, Some(technology)) => {
                let said = label::element_lines(&name, Some(technology), None).get(1).cloned().unwrap_or_default();
                let raw = text.inner.of(self.text).to_owned();
                let joined = format!("{raw}<br>{}", markup::escape(&said));
                match text.quote {
                    Quote::Bare => self.replace(text.span, format!("\"{joined}\"")),
                    _ => self.insert(text.inner.range().end, format!("<br>{}", markup::escape(&said))),
                }
            }
            (Some(line), None) if words.description.is_none() && words.sort.is_none() => {
                // The line and the break before it.
                let start = found.get(words.name_lines.saturating_sub(1)).map_or(line.span.start, |name| name.span.end);
                let between = Span { start, end: line.span.start };
                let closes = between.of(self.text).contains("</");
                if closes {
                    self.rewrite(&text, &[name]);
                } else {
                    self.remove(Span { start, end: line.span.end });
                }
            }
            _ => {
                let lines = label::element_lines(&name, technology, words.description.as_deref().filter(|_| technology.is_some()));
                self.rewrite(&text, &lines);
            }
        }
    }

    /// Writes the label of an edge.
    fn label_relation(&mut self, key: &RelationKey, description: Option<&str>, technology: Option<&str>) -> Result<(), Refusal> {
        let (_, edge) = self.edge_of(key)?;
        let Some(link) = chart::link_of(&self.reading.tree, &edge).cloned() else { return Ok(()) };
        let subject = Subject::Relation(key.clone());
        for (name, value) in [("description", description), ("technology", technology)] {
            if self.states(&subject, name) {
                self.set_property(&subject, name, value)?;
            }
        }
        let mut wanted = (description, technology);
        let lines: Vec<String> =
            link.label.map(|label| label::lines(self.text, &label.text).into_iter().map(|line| line.text).collect()).unwrap_or_default();
        let now = label::relation(&lines);
        // What a comment states stays there.
        if self.states(&subject, "description") {
            wanted.0 = now.description.as_deref();
        }
        if self.states(&subject, "technology") {
            wanted.1 = now.technology.as_deref();
        }
        if (now.description.as_deref(), now.technology.as_deref()) == wanted {
            return Ok(());
        }
        let shared =
            self.reading.chart.edges.iter().filter(|other| other.statement == edge.statement && other.link == edge.link).count() > 1;
        if shared {
            return Err(Refusal::new(
                "This arrow stands for several connections at once",
                "Write them as arrows of their own, one on each line, and label one of them.",
            ));
        }
        let lines = label::relation_lines(wanted.0, wanted.1);
        match (link.label, lines.is_empty()) {
            (Some(found), true) => {
                if let Some(bars) = found.bars {
                    self.remove(bars);
                } else {
                    let arrow = link.arrow.1.map(|end| end.of(self.text).to_owned()).unwrap_or_default();
                    let start = link.arrow.0.of(self.text).trim_end_matches(['-', '=', '.']).to_owned();
                    let arrow = if arrow.starts_with('.') { format!("-{arrow}") } else { arrow };
                    self.replace(Span { start: link.arrow.0.start, end: link.span.end }, format!("{start}{arrow}"));
                }
            }
            (Some(found), false) => self.rewrite(&found.text, &lines),
            (None, false) => self.insert(link.span.range().end, format!("|{}|", in_brackets(&lines))),
            (None, true) => {}
        }
        Ok(())
    }

    pub(super) fn set_kind(&mut self, element: &ElementKey, kind: Kind) -> Result<(), Refusal> {
        let subject = Subject::Element(element.clone());
        self.select = Some(subject.clone());
        let now = self.reading.model.elements.get(element).map(|element| element.kind.value);
        if now == Some(kind) {
            return Ok(());
        }
        let thing = self.thing_of(element)?;
        if let Thing::Node(node) = thing
            && !self.states(&subject, "kind")
            && let Some((_, found)) = self.defined(node)
        {
            // The first that is read back as the kind: the shape alone, the class alone, both.
            for (shape, class) in [(true, false), (false, true), (true, true)] {
                if (shape && found.data.is_some()) || (found.classes.len() > 1 && class) {
                    continue;
                }
                if shape {
                    self.reshape(&found, kind);
                }
                if class {
                    match found.classes.first() {
                        Some(known) => self.replace(*known, kind.slug()),
                        None if found.bracket.is_none() && shape => self.insert(found.id.range().end, format!(":::{}", kind.slug())),
                        None => {
                            self.insert(found.bracket.map_or(found.id, |bracket| bracket.span).range().end, format!(":::{}", kind.slug()));
                        }
                    }
                }
                if self.reads_as(element, kind) {
                    return Ok(());
                }
                self.edits.clear();
            }
        }
        self.set_property(&subject, "kind", Some(kind.slug()))
    }

    /// Other brackets around the same text.
    fn reshape(&mut self, found: &NodeRef, kind: Kind) {
        let (open, close) = brackets_of(kind).pair();
        if let Some(Bracket { span, text, .. }) = found.bracket {
            self.replace(Span { start: span.start, end: text.span.start }, open);
            self.replace(Span { start: text.span.end, end: span.end }, close);
        } else {
            let label = in_brackets(&[found.id.of(self.text).to_owned()]);
            self.insert(found.id.range().end, format!("{open}{label}{close}"));
        }
    }

    /// Whether the text as edited has this element with this kind, and with the name it had.
    fn reads_as(&self, element: &ElementKey, kind: Kind) -> bool {
        let before = self.reading.model.elements.get(element);
        let after = read(&self.result()).model;
        let after = after.elements.get(element);
        after.is_some_and(|after| {
            after.kind.value == kind && before.is_none_or(|before| before.name == after.name && before.technology == after.technology)
        })
    }
}
