//! Completing the words of views and of styles.

use crate::domain::{
    model::{
        Element, Level,
        appearance::{IconPosition, Line, Routing, Shape, colour},
    },
    syntax::{
        assist::{
            CompletionKind,
            structurizr::{
                block::{Block, is_arrow},
                complete::{Place, is_static},
            },
        },
        structurizr::tree::Word,
    },
};

impl Place<'_, '_> {
    pub(super) fn view_word(&mut self, keyword: &str, words: &[Word]) {
        let count = words.len();
        let level = |level: Level| move |element: &Element| element.level == level;
        if let Some(at) = words.iter().take(3).position(is_arrow) {
            if count == at + 1 {
                self.offers.elements(None, &|element| is_static(element.level));
            }
            return;
        }
        match (keyword, count) {
            ("include", _) => {
                self.offers.all(&["*", "*?"], "What such a view usually shows", CompletionKind::Expression);
                self.expression(true);
            }
            ("exclude", _) => self.expression(true),
            ("animationstep", _) => self.expression(false),
            ("autolayout", 1) => self.values(&["tb", "lr", "bt", "rl"]),
            ("systemcontext" | "container", 1) => self.offers.elements(None, &level(Level::System)),
            ("component", 1) => self.offers.elements(None, &level(Level::Container)),
            ("dynamic", 1) => {
                self.values(&["*"]);
                self.offers.elements(None, &|element| matches!(element.level, Level::System | Level::Container));
            }
            ("deployment", 1) => {
                self.values(&["*"]);
                self.offers.elements(None, &level(Level::System));
            }
            ("deployment", 2) => self.environments(),
            ("image", 1) if self.block == Block::Views => {
                self.values(&["*"]);
                self.offers.elements(None, &|_| true);
            }
            ("plantuml" | "mermaid" | "filtered", 1) => self.offers.views(),
            ("filtered", 2) => self.values(&["include", "exclude"]),
            ("filtered", 3) => self.tags(true, true),
            ("theme", 1) | ("themes", _) => self.themes(),
            (_, 1) if self.block == Block::Sequence && !self.block.keywords().iter().any(|word| word.eq_ignore_ascii_case(keyword)) => {
                self.offers.offer("->", "<source> -> <destination> [description]", CompletionKind::Keyword);
                if keyword.ends_with(':') {
                    self.offers.elements(None, &|element| is_static(element.level));
                    self.offers.relations();
                }
            }
            _ => {}
        }
    }

    pub(super) fn style_word(&mut self, keyword: &str, count: usize) {
        if matches!(keyword, "theme" | "themes") {
            return self.themes();
        }
        if count != 1 {
            return;
        }
        match keyword {
            "element" => {
                self.offers.tags(true, false);
                let usual = [
                    "Element",
                    "Person",
                    "Software System",
                    "Container",
                    "Component",
                    "Deployment Node",
                    "Infrastructure Node",
                    "Software System Instance",
                    "Container Instance",
                ];
                self.offers.all(&usual, "Tag that all of the kind have", CompletionKind::Tag);
            }
            "relationship" => {
                self.offers.tags(false, true);
                self.offers.offer("Relationship", "Tag that all relationships have", CompletionKind::Tag);
            }
            "shape" => self.values(&Shape::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()),
            "iconposition" => self.values(&IconPosition::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()),
            "border" | "style" => self.values(&Line::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()),
            "routing" => self.values(&Routing::ALL.iter().map(|one| one.name()).collect::<Vec<_>>()),
            "metadata" | "description" | "jump" | "dashed" => self.values(&["true", "false"]),
            "background" | "color" | "colour" | "stroke" => {
                self.values(&colour::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    pub(super) fn environments(&mut self) {
        self.offers.elements(None, &|element| element.level == Level::DeploymentEnvironment);
        let model = &self.offers.index.parsed.model;
        let unnamed: Vec<String> = model
            .elements
            .values()
            .filter(|element| element.level == Level::DeploymentEnvironment && element.identifier.is_none())
            .map(|element| element.name.clone())
            .collect();
        for name in unnamed {
            self.offers.offer(&name, "Deployment environment", CompletionKind::Element);
        }
    }

    pub(super) fn themes(&mut self) {
        self.values(&["default"]);
        self.files("json");
    }
}
