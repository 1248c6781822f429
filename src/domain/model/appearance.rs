//! How a text wants its model to look and to be called: styles by tag, themes, terminology, branding. Data only: a picture
//! may follow it or keep to the kinds; nothing named here is ever fetched.
//!
//! Colours are in [`colour`].

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::domain::{diagnostic::Span, model::appearance::colour::Colour};

pub mod colour;

/// Everything about looks that is not part of one view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appearance {
    /// Names, paths and addresses of themes, as written and in order; later ones win.
    pub themes: Vec<String>,
    /// Styles of elements in the order of the text; later ones win field by field.
    pub elements: Vec<Style>,
    /// Styles of relations, likewise.
    pub relations: Vec<Style>,
    pub terminology: Terminology,
    /// The path or address of a logo.
    pub logo: Option<String>,
    /// The name of a font, and the address it could be had from.
    pub font: Option<(String, Option<String>)>,
    /// Properties of the whole set of views.
    pub properties: BTreeMap<String, String>,
}

/// What the model calls things; what is not said keeps its usual name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terminology {
    pub person: Option<String>,
    pub software_system: Option<String>,
    pub container: Option<String>,
    pub component: Option<String>,
    pub deployment_node: Option<String>,
    pub infrastructure_node: Option<String>,
    pub relationship: Option<String>,
    /// What stands around a kind and technology: `square`, `round`, `curly`, `angle`, `double-angle` or `none`.
    pub metadata: Option<String>,
}

/// The colour scheme of the reader that a style is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    #[default]
    Any,
    Light,
    Dark,
}

/// What one tag looks like. The same fields serve elements and relations; each uses those that mean something to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    pub tag: String,
    pub scheme: Scheme,
    pub shape: Option<Shape>,
    /// A path, an address or a `data:` picture, as written.
    pub icon: Option<String>,
    pub icon_position: Option<IconPosition>,
    pub background: Option<Colour>,
    /// Of the text, or of a relation's line.
    pub colour: Option<Colour>,
    pub stroke: Option<Colour>,
    /// In px, 1 to 10.
    pub stroke_width: Option<u32>,
    /// Of an element's border or a relation's line.
    pub line: Option<Line>,
    /// Of a relation's line, in px.
    pub thickness: Option<u32>,
    pub routing: Option<Routing>,
    /// Whether the line hops over those it crosses.
    pub jump: Option<bool>,
    /// In px.
    pub width: Option<u32>,
    /// In px.
    pub height: Option<u32>,
    /// In px.
    pub font_size: Option<u32>,
    /// In percent.
    pub opacity: Option<u32>,
    /// Of a relation's label, in percent of the way from its source.
    pub position: Option<u32>,
    /// Whether kind and technology are shown.
    pub metadata: Option<bool>,
    /// Whether the description is shown.
    pub description: Option<bool>,
    pub properties: BTreeMap<String, String>,
    /// The statement, block included.
    pub span: Span,
    pub file: Option<String>,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As the text spells it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The variant of that name, compared without case.
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name().eq_ignore_ascii_case(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named!(
    /// A silhouette that a style asks for.
    Shape {
        Box = "Box",
        RoundedBox = "RoundedBox",
        Circle = "Circle",
        Ellipse = "Ellipse",
        Hexagon = "Hexagon",
        Diamond = "Diamond",
        Cylinder = "Cylinder",
        Bucket = "Bucket",
        Pipe = "Pipe",
        Person = "Person",
        Robot = "Robot",
        Folder = "Folder",
        WebBrowser = "WebBrowser",
        Window = "Window",
        Terminal = "Terminal",
        Shell = "Shell",
        MobileDevicePortrait = "MobileDevicePortrait",
        MobileDeviceLandscape = "MobileDeviceLandscape",
        Component = "Component",
    }
);
named!(
    /// Where an icon stands in its element.
    IconPosition { Top = "Top", Bottom = "Bottom", Left = "Left" }
);
named!(
    /// How a line or border is drawn.
    Line { Solid = "Solid", Dashed = "Dashed", Dotted = "Dotted" }
);
named!(
    /// The course of a relation's line.
    Routing { Direct = "Direct", Curved = "Curved", Orthogonal = "Orthogonal" }
);

impl Appearance {
    /// What the tags say together for one scheme: styles in text order, so that later ones win; those for the scheme win
    /// over those for any.
    pub fn of_element(&self, tags: &[&str], scheme: Scheme) -> Style {
        merged(&self.elements, tags, scheme)
    }

    /// As [`Self::of_element`], for a relation.
    pub fn of_relation(&self, tags: &[&str], scheme: Scheme) -> Style {
        merged(&self.relations, tags, scheme)
    }
}

fn merged(styles: &[Style], tags: &[&str], scheme: Scheme) -> Style {
    let mut result = Style { scheme, ..Style::default() };
    let chosen = |wanted: Scheme| styles.iter().filter(move |style| style.scheme == wanted && tags.contains(&style.tag.as_str()));
    let own = if scheme == Scheme::Any { None } else { Some(scheme) };
    for style in chosen(Scheme::Any).chain(own.into_iter().flat_map(chosen)) {
        result.overlay(style);
    }
    result
}

impl Style {
    /// Takes every field that `over` sets.
    pub fn overlay(&mut self, over: &Self) {
        fn set<T: Clone>(field: &mut Option<T>, over: Option<&T>) {
            if let Some(value) = over {
                *field = Some(value.clone());
            }
        }
        set(&mut self.shape, over.shape.as_ref());
        set(&mut self.icon, over.icon.as_ref());
        set(&mut self.icon_position, over.icon_position.as_ref());
        set(&mut self.background, over.background.as_ref());
        set(&mut self.colour, over.colour.as_ref());
        set(&mut self.stroke, over.stroke.as_ref());
        set(&mut self.stroke_width, over.stroke_width.as_ref());
        set(&mut self.line, over.line.as_ref());
        set(&mut self.thickness, over.thickness.as_ref());
        set(&mut self.routing, over.routing.as_ref());
        set(&mut self.jump, over.jump.as_ref());
        set(&mut self.width, over.width.as_ref());
        set(&mut self.height, over.height.as_ref());
        set(&mut self.font_size, over.font_size.as_ref());
        set(&mut self.opacity, over.opacity.as_ref());
        set(&mut self.position, over.position.as_ref());
        set(&mut self.metadata, over.metadata.as_ref());
        set(&mut self.description, over.description.as_ref());
        self.properties.extend(over.properties.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_styles_win_field_by_field_and_the_scheme_over_any() {
        let style = |tag: &str, scheme: Scheme, shape: Option<Shape>, opacity: Option<u32>| Style {
            tag: tag.to_owned(),
            scheme,
            shape,
            opacity,
            ..Style::default()
        };
        let look = Appearance {
            elements: vec![
                style("Element", Scheme::Dark, Some(Shape::Box), None),
                style("Element", Scheme::Any, Some(Shape::Circle), Some(50)),
                style("Store", Scheme::Any, Some(Shape::Cylinder), None),
                style("Other", Scheme::Any, None, Some(1)),
            ],
            ..Appearance::default()
        };
        let light = look.of_element(&["Element", "Store"], Scheme::Light);
        assert_eq!((light.shape, light.opacity), (Some(Shape::Cylinder), Some(50)));
        assert_eq!(look.of_element(&["Store", "Element"], Scheme::Dark).shape, Some(Shape::Box));
        assert_eq!(look.of_element(&["None"], Scheme::Any), Style::default());
    }

    #[test]
    fn names_are_compared_without_case() {
        assert_eq!(Shape::named("roundedbox"), Some(Shape::RoundedBox));
        assert_eq!(Routing::named("zigzag"), None);
        assert_eq!(Shape::ALL.len(), 19);
    }
}
