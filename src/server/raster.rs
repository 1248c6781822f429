//! Pictures as PNG. The fonts of the machine do not matter: Noto Sans, which the program carries, draws Latin, Greek and
//! Cyrillic, so that a picture looks the same wherever it is drawn; other scripts come from the machine, if it has them.

use std::sync::{Arc, OnceLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{FontResolver, Options, Tree, fontdb},
};

/// Pixels for each px of the drawing, so that words are sharp on dense screens and on paper.
pub const SCALE: u32 = 2;
/// Pixels of one picture: 160 MB while it is drawn.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Bytes of a drawing.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Noto Sans runs wider than the letters that boxes are measured for, and looks larger: a little smaller, it is both right.
const FIT: &str = "\
.dg .dg-el__name{font-size:12.2px}\
.dg .dg-group__name{font-size:11.3px}\
.dg .dg-el__meta,.dg .dg-edge__label,.dg .dg-group__kind,.dg .dg-group__note,.dg .dg-badge__n{font-size:10.4px}";

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    #[error("The picture would have {width} × {height} pixels, and {MAX_PIXELS} are the most. Take a smaller view, or SVG.")]
    TooLarge { width: u64, height: u64 },
    #[error("The drawing can't be read: {0}.")]
    Drawing(String),
    #[error("The picture can't be written: {0}.")]
    Encoding(String),
}

/// Draws a standalone SVG, [`SCALE`] pixels for each of its px.
///
/// # Errors
/// `TooLarge` for more than [`MAX_PIXELS`]; `Drawing` for what is no SVG.
pub fn png(svg: &str) -> Result<Vec<u8>, RasterError> {
    if svg.len() > MAX_BYTES {
        return Err(RasterError::Drawing(format!("it has more than {MAX_BYTES} bytes")));
    }
    let fonts = fonts();
    let (regular, bold) = (fonts.regular, fonts.bold);
    let options = Options {
        font_family: "Noto Sans".to_owned(),
        fontdb: Arc::clone(&fonts.database),
        font_resolver: FontResolver {
            select_font: Box::new(move |font, _| if font.weight() >= 600 { bold } else { regular }),
            select_fallback: FontResolver::default_fallback_selector(),
        },
        style_sheet: Some(FIT.to_owned()),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| RasterError::Drawing(error.to_string()))?;
    let size = tree.size().to_int_size();
    let (width, height) = (u64::from(size.width()) * u64::from(SCALE), u64::from(size.height()) * u64::from(SCALE));
    let too_large = || RasterError::TooLarge { width, height };
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(too_large());
    }
    let side = |length: u64| u32::try_from(length).map_err(|_| too_large());
    let mut pixmap = Pixmap::new(side(width)?, side(height)?).ok_or_else(too_large)?;
    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    let scale = SCALE as f32;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| RasterError::Encoding(error.to_string()))
}

struct Fonts {
    database: Arc<fontdb::Database>,
    regular: Option<fontdb::ID>,
    bold: Option<fontdb::ID>,
}

/// The program's own fonts first, then those of the machine, found once.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let mut database = fontdb::Database::new();
        let mut own = |bytes: &'static [u8]| database.load_font_source(fontdb::Source::Binary(Arc::new(bytes))).first().copied();
        let (regular, bold) = (own(notosans::REGULAR_TTF), own(notosans::BOLD_TTF));
        database.load_system_fonts();
        database.set_sans_serif_family("Noto Sans");
        Fonts { database: Arc::new(database), regular, bold }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::{
            compose,
            svg::{SvgOptions, Theme, svg},
        },
        syntax::{Language, Sources, parse},
    };

    const TEXT: &str = "workspace {\n model {\n  u = person \"User\"\n  a = softwareSystem \"Überweisungen\"\n  u -> a \"Uses\"\n }\n}\n";

    fn drawn(theme: Theme) -> String {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        svg(&compose(&model, &model.views[0], None), &SvgOptions { theme, ..SvgOptions::default() })
    }

    fn size_of(svg: &str) -> (u32, u32) {
        let number = |name: &str| {
            let (_, rest) = svg.split_once(&format!(" {name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.parse::<u32>().unwrap()
        };
        (number("width"), number("height"))
    }

    #[test]
    fn a_picture_has_twice_the_size_and_the_ground_of_its_theme() {
        for (theme, ground) in [(Theme::Light, (0xfa, 0xf9, 0xf7)), (Theme::Dark, (0x14, 0x15, 0x18))] {
            let svg = drawn(theme);
            let picture = Pixmap::decode_png(&png(&svg).unwrap()).unwrap();
            let (width, height) = size_of(&svg);
            assert_eq!((picture.width(), picture.height()), (2 * width, 2 * height));
            let corner = picture.pixel(0, 0).unwrap().demultiply();
            assert_eq!((corner.red(), corner.green(), corner.blue(), corner.alpha()), (ground.0, ground.1, ground.2, 255));
            assert_eq!(png(&svg).unwrap(), png(&svg).unwrap(), "the same drawing gives the same bytes");
        }
    }

    #[test]
    fn words_are_drawn_by_the_fonts_of_the_program() {
        let fonts = fonts();
        assert!(fonts.regular.is_some() && fonts.bold.is_some() && fonts.regular != fonts.bold);
        let svg = drawn(Theme::Light);
        let without = png(&svg.replace(">Überweisungen<", "> <")).unwrap();
        assert_ne!(png(&svg).unwrap(), without, "the name leaves marks");
    }

    #[test]
    fn what_is_no_drawing_or_too_large_is_refused() {
        assert!(matches!(png("nonsense"), Err(RasterError::Drawing(_))));
        let huge = r#"<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>"#;
        assert!(matches!(png(huge), Err(RasterError::TooLarge { width: 180_000, .. })));
    }
}
