//! The preview of a decision: rendered in parts, so that a long text is never rendered in one go and only what has changed is
//! rendered again.

use std::{cell::RefCell, sync::Arc};

use crate::{
    domain::{
        decision::{
            embed::{Embed, of_record},
            figure::{
                Figures,
                html::{Medium, Shown},
            },
        },
        markdown::{
            Rendering,
            html::Carried,
            slices::{Key, Slices},
        },
    },
    ui::state::decision_view::Surroundings,
};

/// Texts up to this many bytes are previewed with each key; longer ones when the typing pauses, a part at a time.
pub const QUICK: usize = 48 * 1024;
/// How long a pause has to be, in ms.
pub const PAUSE: u64 = 400;

/// A part of the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    key: Key,
    /// Which figures it was rendered with.
    pub stamp: u32,
    after: Carried,
    pub html: Arc<str>,
}

/// What parts are rendered with.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    pub around: &'a Surroundings,
    pub path: &'a str,
    pub figures: &'a Figures,
    pub as_of: Option<&'a str>,
}

/// A preview that is being made.
#[derive(Clone, Debug)]
pub struct Work {
    pub text: String,
    slices: Slices,
    wanted: Vec<Embed>,
    old: Vec<Part>,
    stamp: u32,
    carried: Carried,
    parts: Vec<Part>,
}

impl Work {
    /// Begins; `stamp` is another one when the figures are.
    pub fn new(text: String, old: Vec<Part>, stamp: u32) -> Self {
        let (slices, wanted) = (Slices::new(&text), of_record(&text));
        Self { text, slices, wanted, old, stamp, carried: Carried::default(), parts: Vec::new() }
    }

    /// Renders a part, or passes over those that are as they were; false when there are no more.
    pub fn step(&mut self, sheet: Sheet<'_>) -> bool {
        while let Some(key) = self.slices.key(&self.text, self.parts.len(), &self.carried) {
            let fits = |part: &&Part| part.key == key && (part.stamp == self.stamp || !key.embeds());
            if let Some(known) = self.old.iter().find(fits) {
                self.carried = known.after.clone();
                self.parts.push(Part { stamp: self.stamp, ..known.clone() });
                continue;
            }
            let html = self.render(&key, sheet);
            self.parts.push(Part { key, stamp: self.stamp, after: self.carried.clone(), html: html.into() });
            return true;
        }
        false
    }

    fn render(&mut self, key: &Key, Sheet { around, path, figures, as_of }: Sheet<'_>) -> String {
        let shown = Shown {
            figures,
            wanted: &self.wanted,
            medium: &Medium::Page,
            as_of,
            nearest: &|name| around.nearest(name),
            part: self.parts.len(),
            counts: RefCell::default(),
        };
        let rendering = Rendering {
            shift_headings: 1,
            element_url: &|name| around.element(name).map(|(page, _)| page),
            link_url: &|href| around.page(path, href),
            shown: Some(&shown),
        };
        key.render(&rendering, &mut self.carried)
    }

    /// All parts at once.
    pub fn finish(mut self, sheet: Sheet<'_>) -> Vec<Part> {
        while self.step(sheet) {}
        self.parts
    }

    /// The parts, once there are no more to render.
    pub fn into_parts(self) -> (String, Vec<Part>) {
        (self.text, self.parts)
    }
}

/// What a text asks for that is not known yet.
pub fn unknown(text: &str, figures: &Figures) -> Vec<Embed> {
    of_record(text).into_iter().filter(|embed| !figures.contains_key(embed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> String {
        (0..40).fold("# T\n\n".to_owned(), |text, n| format!("{text}## Part {n}\n\n{}", "Words about nothing much.\n\n".repeat(600)))
    }

    #[test]
    fn only_what_has_changed_is_rendered_again() {
        let (around, figures) = (Surroundings::default(), Figures::new());
        let sheet = Sheet { around: &around, path: "docs/adr/0001-a.md", figures: &figures, as_of: None };
        let text = long();
        let first = Work::new(text.clone(), Vec::new(), 0).finish(sheet);
        assert!(first.len() > 20 && text.len() > 500_000, "{} {}", first.len(), text.len());
        let changed = text.replace("## Part 20\n", "## Part 20 and more\n");
        let mut work = Work::new(changed.clone(), first.clone(), 0);
        let mut steps = 0;
        while work.step(sheet) {
            steps += 1;
        }
        // The part itself; those behind it know another heading.
        assert!(steps >= 1 && steps <= first.len(), "{steps}");
        let (_, parts) = work.into_parts();
        let whole = |parts: &[Part]| parts.iter().map(|part| part.html.to_string()).collect::<String>();
        assert_eq!(whole(&parts), whole(&Work::new(changed, Vec::new(), 0).finish(sheet)));
        let words = text.replacen("nothing much", "nothing at all", 1);
        let mut work = Work::new(words, first, 0);
        let mut steps = 0;
        while work.step(sheet) {
            steps += 1;
        }
        assert_eq!(steps, 1, "words change one part");
    }

    #[test]
    fn figures_that_come_later_are_put_in() {
        let (around, none) = (Surroundings::default(), Figures::new());
        let text = "# T\n\n```mermaid\nsequenceDiagram\n```\n".to_owned();
        let sheet = |figures| Sheet { around: &around, path: "a.md", figures, as_of: None };
        let before = Work::new(text.clone(), Vec::new(), 0).finish(sheet(&none));
        assert!(before.iter().any(|part| part.html.contains("This is being drawn")));
        let asked = unknown(&text, &none);
        let Some(embed) = asked.first().cloned() else { panic!("nothing is asked") };
        let figure = crate::domain::decision::figure::draw::mermaid("sequenceDiagram\n", crate::domain::scene::svg::Theme::Page);
        let figures = Figures::from([(embed, figure)]);
        let after = Work::new(text.clone(), before, 1).finish(sheet(&figures));
        assert!(after.iter().any(|part| part.html.contains("sequence diagram")));
        assert_eq!(unknown(&text, &figures), []);
    }
}
