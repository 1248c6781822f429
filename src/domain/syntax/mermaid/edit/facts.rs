//! Properties, as comments that state facts.

use super::Editor;
use crate::domain::{
    diagnostic::Span,
    model::facts::WORKSPACE,
    syntax::{
        gesture::{Refusal, Subject},
        mermaid::{
            chart::{self, Thing},
            label,
            lower::statements::{About, unquoted},
            tree::{FactLine, StatementId, Syntax},
        },
    },
};

fn about(subject: &Subject) -> About {
    match subject {
        Subject::Element(key) => About::Element(key.clone()),
        Subject::Relation(key) => About::Relation(key.clone()),
        Subject::Group(key) => About::Group(key.clone()),
        Subject::Workspace => About::Workspace,
    }
}

impl Editor<'_> {
    /// The statements about a subject.
    pub(super) fn fact_lines(&self, subject: &Subject) -> Vec<(StatementId, FactLine)> {
        let wanted = about(subject);
        let facts = self.reading.facts.iter().filter(|(_, about)| *about == wanted);
        facts
            .filter_map(|(id, _)| match &self.reading.tree.statement(*id)?.syntax {
                Syntax::Fact(line) => Some((*id, line.clone())),
                _ => None,
            })
            .collect()
    }

    pub(super) fn states(&self, subject: &Subject, name: &str) -> bool {
        self.fact_lines(subject).iter().any(|(_, line)| line.name.of(self.text) == name)
    }

    pub(super) fn span_of(&self, id: StatementId) -> Span {
        self.reading.tree.statement(id).map(|statement| statement.span).unwrap_or_default()
    }

    pub(super) fn set_property(&mut self, subject: &Subject, name: &str, value: Option<&str>) -> Result<(), Refusal> {
        self.select = Some(subject.clone());
        if name.is_empty() || name.contains(char::is_whitespace) || name.starts_with('"') {
            return Err(Refusal::new(
                format!("`{name}` cannot be the name of a property here"),
                "Use letters, digits and `_`, without spaces.",
            ));
        }
        // The subject has to be there.
        let (after, written) = self.fact_subject(subject)?;
        let value = value.map(label::one_line).filter(|value| !value.is_empty());
        let lines = self.fact_lines(subject);
        let same: Vec<&(StatementId, FactLine)> = lines.iter().filter(|(_, line)| line.name.of(self.text) == name).collect();
        match (same.last(), value) {
            (None, None) => {}
            (Some(_), None) => {
                for (id, _) in same {
                    self.cut(self.span_of(*id));
                }
            }
            // The last one counts.
            (Some((_, line)), Some(value)) if unquoted(line.value.of(self.text)) == value => {}
            (Some((_, line)), Some(value)) => self.replace(line.value, value),
            (None, Some(value)) => {
                let line = format!("%% @fact {written} {name} {value}");
                let after = lines.last().map_or(after, |(id, _)| self.span_of(*id));
                let indent = self.indent_at(after.range().start);
                self.line_after(after, &indent, &line);
            }
        }
        Ok(())
    }

    /// A comment on a line of its own below a statement.
    pub(super) fn line_after(&mut self, statement: Span, indent: &str, line: &str) {
        let at = self.free_line_end(statement);
        let newline = self.newline();
        self.insert(at, format!("{newline}{indent}{line}"));
    }

    /// The statement that facts about a subject follow, and how they name it.
    fn fact_subject(&self, subject: &Subject) -> Result<(Span, String), Refusal> {
        match subject {
            Subject::Relation(key) => {
                let (_, edge) = self.edge_of(key)?;
                Ok((self.span_of(edge.statement), key.0.clone()))
            }
            Subject::Group(key) => Ok(self.sub_subject(self.sub_of(key)?)),
            Subject::Workspace => {
                let header = self.reading.tree.statements().find(|(_, statement)| matches!(statement.syntax, Syntax::Header { .. }));
                let Some((_, header)) = header else {
                    return Err(Refusal::new("This text does not begin as a flowchart", "Begin it with `flowchart LR`."));
                };
                if self.reading.chart.is_taken(WORKSPACE) {
                    return Err(Refusal::new("A node here is called `workspace`", "Give it another identifier first."));
                }
                Ok((header.span, WORKSPACE.to_owned()))
            }
            Subject::Element(key) => match self.thing_of(key)? {
                Thing::Subgraph(sub) => Ok(self.sub_subject(sub)),
                Thing::Node(node) => {
                    let place = self.reading.chart.node(node).and_then(|(_, node)| chart::definition(&self.reading.tree, &node.mentions));
                    Ok((place.map(|place| self.span_of(place.statement)).unwrap_or_default(), key.0.clone()))
                }
            },
        }
    }

    fn sub_subject(&self, sub: usize) -> (Span, String) {
        let Some(found) = self.reading.chart.subgraphs.get(sub) else { return (Span::default(), String::new()) };
        let title =
            found.title.map(|title| label::lines(self.text, &title).into_iter().map(|line| line.text).collect::<Vec<_>>().join(" "));
        let written = match title {
            Some(title) if found.written.is_none() && !title.contains('"') && !title.is_empty() => format!("\"{title}\""),
            _ => found.key.clone(),
        };
        (self.span_of(found.statement), written)
    }
}
