//! Pictures of diagrams on other pages: the overview's, the start page's, the minimap.

use std::collections::BTreeMap;

use crate::domain::{
    model::{ElementKey, Model, view::View},
    review::finding::Severity,
    scene::{
        Scene, compose,
        svg::{SvgOptions, Theme, inline},
    },
    syntax::{Language, Sources, parse},
};

/// What the pages for visitors show: a small platform with two findings.
const SAMPLE: &str = include_str!("sample.dsl");

/// A picture that is looked at, not worked with.
pub fn still(scene: &Scene, id_prefix: &str, badges: BTreeMap<ElementKey, (Severity, u32)>) -> String {
    let options = SvgOptions { theme: Theme::Page, badges, id_prefix: id_prefix.to_owned(), ..SvgOptions::default() };
    inline(scene, &options)
}

/// The scene of a view as it is drawn the first time.
pub fn scene_of(model: &Model, view: &View) -> Scene {
    compose(model, view, None)
}

/// The picture on the pages for visitors.
pub fn sample_picture() -> String {
    let model = parse(Language::Structurizr, "sample.dsl", SAMPLE, &Sources::new()).model;
    let Some(view) = model.views.first() else { return String::new() };
    let key = |name: &str| model.find(name).map(|element| element.key.clone());
    let badges = [("Ledger DB", Severity::High), ("Order events", Severity::Medium)];
    let badges = badges.into_iter().filter_map(|(name, severity)| Some((key(name)?, (severity, 1)))).collect();
    still(&scene_of(&model, view), "sample-", badges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_reads_without_a_remark_and_draws() {
        let parsed = parse(Language::Structurizr, "sample.dsl", SAMPLE, &Sources::new());
        assert_eq!(parsed.diagnostics, []);
        let picture = sample_picture();
        assert!(picture.starts_with("<svg") && picture.contains("Ledger DB"));
        assert!(!picture.contains("style="), "the security policy forbids style attributes");
    }
}
