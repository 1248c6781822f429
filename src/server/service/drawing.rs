//! One view, or a whole model, in any of the forms in which it leaves Lintel: pictures, drawings of characters, and texts of
//! other tools. The API and the command line draw here.

use crate::{
    domain::{
        model::{Model, view::View},
        scene::{
            self,
            pins::{self, AllPins},
            svg::{SvgOptions, Theme, embed::Embedded, svg},
        },
        syntax::{
            box_art::{self, TextOptions},
            fidelity::Fidelity,
            format::target::{Target, export},
        },
    },
    server::{
        error::ServiceError,
        raster::{self, RasterError},
    },
};

/// A form to draw in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Svg,
    Png,
    /// Box-drawing characters.
    Text,
    /// A text that another tool reads.
    Source(Target),
}

/// How to draw. Only pictures have a theme, a legend and a source.
#[derive(Clone, Debug)]
pub struct Look {
    /// `Light` or `Dark`.
    pub theme: Theme,
    pub legend: bool,
    /// Columns of a drawing of characters.
    pub width: usize,
    /// Draw with the characters of ASCII only.
    pub ascii: bool,
    /// What the picture was made from, to be carried in it.
    pub source: Option<Embedded>,
    /// Where people put elements.
    pub pins: AllPins,
}

impl Default for Look {
    fn default() -> Self {
        let TextOptions { width, ascii } = TextOptions::default();
        Self { theme: Theme::Light, legend: false, width, ascii, source: None, pins: AllPins::new() }
    }
}

/// What was drawn, and what it could not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    pub bytes: Vec<u8>,
    pub fidelity: Fidelity,
}

impl Output {
    /// By the ending of a file's name, without the dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "txt" | "text" => Some(Self::Text),
            other => Target::from_extension(other).map(Self::Source),
        }
    }

    /// By the name of a file: `containers.svg`, `shop.c4.mmd`.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let mut dots = name.match_indices('.').map(|(at, _)| at);
        // The longest ending that is known.
        dots.find_map(|at| Self::from_extension(name.get(at + 1..)?))
    }

    /// As `Content-Type` has it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Text => "text/plain; charset=utf-8",
            Self::Source(target) => target.media_type(),
        }
    }

    /// Shows one view, and needs one.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Svg | Self::Png | Self::Text)
    }
}

/// Draws one view.
///
/// # Errors
/// A PNG that would be too large; see [`raster::png`].
pub fn draw(output: Output, model: &Model, view: &View, look: &Look) -> Result<Drawn, RasterError> {
    match output {
        Output::Svg => Ok(Drawn { bytes: picture(model, view, look).into_bytes(), fidelity: Fidelity::default() }),
        Output::Png => {
            let plain = Look { source: None, ..look.clone() };
            Ok(Drawn { bytes: raster::png(&picture(model, view, &plain))?, fidelity: Fidelity::default() })
        }
        Output::Text => {
            let options = TextOptions { width: look.width, ascii: look.ascii };
            let drawn = box_art::print(model, view, &options);
            Ok(Drawn { bytes: drawn.text.into_bytes(), fidelity: drawn.fidelity })
        }
        Output::Source(target) => Ok(written(target, model, Some(view))),
    }
}

/// A model, or one view of it, as a text of another tool.
pub fn written(target: Target, model: &Model, view: Option<&View>) -> Drawn {
    let written = export(target, model, view);
    Drawn { bytes: written.text.into_bytes(), fidelity: written.fidelity }
}

fn picture(model: &Model, view: &View, look: &Look) -> String {
    let scene = scene::compose_pinned(model, view, None, &pins::of_view(&look.pins, &view.key));
    let options = SvgOptions {
        theme: look.theme,
        title: scene.title.clone(),
        id_prefix: "view".to_owned(),
        legend: look.legend,
        source: look.source.clone(),
        ..SvgOptions::default()
    };
    svg(&scene, &options)
}

impl From<RasterError> for ServiceError {
    fn from(error: RasterError) -> Self {
        match error {
            RasterError::TooLarge { .. } => Self::too_large(error.to_string()),
            RasterError::Drawing(_) | RasterError::Encoding(_) => Self::internal(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_known_ending_of_a_name_counts() {
        for (name, output) in [
            ("a.svg", Some(Output::Svg)),
            ("out/v1.2/shop.PNG", Some(Output::Png)),
            ("shop.v2.txt", Some(Output::Text)),
            ("shop.mmd", Some(Output::Source(Target::Mermaid))),
            ("shop.c4.mmd", Some(Output::Source(Target::MermaidC4))),
            ("shop.puml", Some(Output::Source(Target::C4PlantUml))),
            ("shop.dsl", Some(Output::Source(Target::Structurizr))),
            ("shop.json", Some(Output::Source(Target::ModelJson))),
            ("shop.gif", None),
            ("svg", None),
        ] {
            assert_eq!(Output::from_name(name), output, "{name}");
        }
    }
}
