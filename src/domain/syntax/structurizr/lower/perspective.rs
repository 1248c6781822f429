//! Perspectives: what an element or relation is from one point of view.

use crate::domain::{
    diagnostic::Level as Severity,
    model::Perspective,
    syntax::structurizr::{
        MAX_TAGS,
        lower::{Line, Lowering, Remark, attribute::Subjects},
    },
};

/// Takes the newer ones; one of the same name replaces the older.
pub(super) fn merge(all: &mut Vec<Perspective>, newer: impl IntoIterator<Item = Perspective>) {
    for perspective in newer {
        let room = all.len() < MAX_TAGS;
        match all.iter_mut().find(|known| known.name == perspective.name) {
            Some(known) => *known = perspective,
            None if room => all.push(perspective),
            None => {}
        }
    }
}

impl Lowering<'_> {
    /// The block of a `perspectives` statement: `name description [value]`, or `perspective name { … }`.
    pub(super) fn perspectives(&mut self, line: &Line) -> Vec<Perspective> {
        let mut found = Vec::new();
        self.each_in(line, &mut |lowering, line| {
            let spelled_out = line.is("perspective") && (line.block.is_some() || line.words.len() == 2);
            let Some(name) = line.text(usize::from(spelled_out)) else {
                lowering.incomplete_perspective(line);
                return;
            };
            let mut perspective = Perspective { name, description: None, value: None, url: None, span: line.span };
            if spelled_out {
                lowering.each_in(line, &mut |lowering, line| match line.keyword().to_ascii_lowercase().as_str() {
                    "description" => perspective.description = line.text(1),
                    "value" => perspective.value = line.text(1),
                    "url" => perspective.url = line.text(1),
                    _ => lowering.unexpected(line, "in a perspective", &["description", "value", "url"]),
                });
            } else {
                if line.word(1).is_none() {
                    lowering.incomplete_perspective(line);
                    return;
                }
                lowering.check_word_count(line, 3);
                perspective.description = line.text(1);
                perspective.value = line.text(2);
            }
            found.push(perspective);
        });
        found
    }

    fn incomplete_perspective(&mut self, line: &Line) {
        self.say(
            line,
            line.header(),
            Remark::new(
                Severity::Error,
                "missing-word",
                "This perspective lacks its name or description",
                "A perspective has a name and says something; the statement is left out of the model.",
                "Write `\"Name\" \"description\" \"value\"`, or `perspective \"Name\" {`.",
            ),
        );
    }

    pub(super) fn add_perspectives(&mut self, subjects: &Subjects, perspectives: &[Perspective], line: &Line) {
        if !self.spend(subjects.count() * perspectives.len(), line) {
            return;
        }
        for element in &subjects.elements {
            if let Some(element) = self.model.elements.get_mut(element) {
                merge(&mut element.perspectives, perspectives.iter().cloned());
            }
        }
        for relation in &subjects.relations {
            if let Some(relation) = self.model.relations.get_mut(relation) {
                merge(&mut relation.perspectives, perspectives.iter().cloned());
            }
        }
    }
}
