//! The symbols of a picture: the same outlines as in `public/icons.svg`, on a grid of 20.
//!
//! Each is one path in the picture itself. Symbols of another file cost browsers a tree of their own for each use, which is a third
//! of the time that a picture of two hundred elements takes.

use crate::domain::model::kind::Kind;

/// The symbol's name in `icons.svg`, without `i-`.
pub const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::System => "boundary",
        Kind::Node => "server",
        _ => kind.slug(),
    }
}

/// The line a symbol is drawn with; empty for an unknown name.
pub fn outline(name: &str) -> &'static str {
    OUTLINES.iter().find(|(known, _)| *known == name).map_or("", |(_, outline)| outline)
}

/// The area of a severity's sign and the line on it, by the end of its name after `sev-`; empty for an unknown name.
pub fn sign(name: &str) -> (&'static str, &'static str) {
    SIGNS.iter().find(|(known, ..)| *known == name).map_or(("", ""), |(_, area, glyph)| (area, glyph))
}

const OUTLINES: [(&str, &str); 15] = [
    ("person", "M6.75 6.5a3.25 3.25 0 1 0 6.5 0 3.25 3.25 0 1 0-6.5 0zM3.75 17c.5-3.4 3-5.25 6.25-5.25S15.75 13.6 16.25 17"),
    (
        "frontend",
        "M5 3.75h10a2.25 2.25 0 0 1 2.25 2.25v8a2.25 2.25 0 0 1-2.25 2.25h-10a2.25 2.25 0 0 1-2.25-2.25v-8a2.25 2.25 0 0 1 2.25-2.25zM2.75 7.5h14.5M5.25 5.65h.01M7.5 5.65h.01",
    ),
    ("gateway", "M6.5 4h7l3.75 6-3.75 6h-7L2.75 10zM7 10h5.5M10.75 8l2 2-2 2"),
    (
        "service",
        "M5.5 4.5h9a2.5 2.5 0 0 1 2.5 2.5v6a2.5 2.5 0 0 1-2.5 2.5h-9a2.5 2.5 0 0 1-2.5-2.5v-6a2.5 2.5 0 0 1 2.5-2.5zM6.5 8.25h3M6.5 11.75h7",
    ),
    ("worker", "M5 4.5h10a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-10a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM6 4.5v11M14 4.5v11M8.75 10h2.5"),
    ("scheduler", "M3 10a7 7 0 1 0 14 0 7 7 0 1 0-14 0zM10 6v4l2.75 1.75"),
    (
        "database",
        "M4 5.25a6 2.5 0 1 0 12 0 6 2.5 0 1 0-12 0zM4 5.25v9.5c0 1.38 2.69 2.5 6 2.5s6-1.12 6-2.5v-9.5M4 10c0 1.38 2.69 2.5 6 2.5s6-1.12 6-2.5",
    ),
    (
        "cache",
        "M4.75 6.25h7a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-6.5a2 2 0 0 1 2-2zM6.25 3.5h8.5a2 2 0 0 1 2 2v7.75M8.9 8.5l-1.9 3h2.6l-1.9 3",
    ),
    (
        "object-store",
        "M3.25 5.25 5 15.5c.2 1 2.4 1.75 5 1.75s4.8-.75 5-1.75l1.75-10.25M3.25 5a6.75 2.25 0 1 0 13.5 0 6.75 2.25 0 1 0-13.5 0z",
    ),
    (
        "search-index",
        "M11.5 2.75H5.75a2 2 0 0 0-2 2v10.5a2 2 0 0 0 2 2h2.5M11.5 2.75l4.25 4.25M11.5 2.75V7h4.25v1.5M9.75 13a2.75 2.75 0 1 0 5.5 0 2.75 2.75 0 1 0-5.5 0zM14.5 15l2.25 2.25",
    ),
    (
        "queue",
        "M5 5.5h10c1.24 0 2.25 2 2.25 4.5s-1 4.5-2.25 4.5H5c-1.24 0-2.25-2-2.25-4.5S3.76 5.5 5 5.5zM15 5.5c-1.24 0-2.25 2-2.25 4.5s1 4.5 2.25 4.5M6 10h3.5",
    ),
    ("external", "M8.25 4.25H5.5a2 2 0 0 0-2 2v8.25a2 2 0 0 0 2 2h8.25a2 2 0 0 0 2-2v-2.75M11.75 3.5h4.75v4.75M16.25 3.75 9.5 10.5"),
    (
        "boundary",
        "M3 6.5V5a2 2 0 0 1 2-2h1.5M13.5 3H15a2 2 0 0 1 2 2v1.5M17 13.5V15a2 2 0 0 1-2 2h-1.5M6.5 17H5a2 2 0 0 1-2-2v-1.5M9 3h2M9 17h2M3 9v2M17 9v2",
    ),
    (
        "server",
        "M4.75 3.5h10.5a1.75 1.75 0 0 1 1.75 1.75v2a1.75 1.75 0 0 1-1.75 1.75h-10.5a1.75 1.75 0 0 1-1.75-1.75v-2a1.75 1.75 0 0 1 1.75-1.75zM4.75 11h10.5a1.75 1.75 0 0 1 1.75 1.75v2a1.75 1.75 0 0 1-1.75 1.75h-10.5a1.75 1.75 0 0 1-1.75-1.75v-2a1.75 1.75 0 0 1 1.75-1.75zM6 6.25h.01M6 13.75h.01",
    ),
    ("lock", "M6.25 8.75h7.5a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-7.5a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2zM6.75 8.75V6.5a3.25 3.25 0 0 1 6.5 0v2.25"),
];

const SIGNS: [(&str, &str, &str); 5] = [
    ("critical", "M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z", "M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4"),
    (
        "high",
        "M8.6 3.1 1.75 15.2A1.6 1.6 0 0 0 3.15 17.6h13.7a1.6 1.6 0 0 0 1.4-2.4L11.4 3.1a1.6 1.6 0 0 0-2.8 0z",
        "M10 7.4v4.3M10 14.5v.01",
    ),
    (
        "medium",
        "M8.8 2.3 2.3 8.8a1.7 1.7 0 0 0 0 2.4l6.5 6.5a1.7 1.7 0 0 0 2.4 0l6.5-6.5a1.7 1.7 0 0 0 0-2.4l-6.5-6.5a1.7 1.7 0 0 0-2.4 0z",
        "M10 6.5v4.25M10 13.4v.01",
    ),
    ("low", "M4.1 3.2h11.8a1.7 1.7 0 0 1 1.5 2.5l-5.9 10.6a1.7 1.7 0 0 1-3 0L2.6 5.7a1.7 1.7 0 0 1 1.5-2.5z", "M7.4 7h5.2"),
    ("pass", "M2 10a8 8 0 1 0 16 0 8 8 0 1 0-16 0z", "M6.4 10.3l2.5 2.5 4.7-5.3"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> &'static str {
        let file = include_str!("../../../public/icons.svg");
        file.lines().find(|line| line.contains(&format!("id=\"i-{name}\""))).unwrap_or_default()
    }

    #[test]
    fn outlines_are_those_of_the_icon_file() {
        for (name, outline) in OUTLINES {
            assert!(symbol(name).contains(&format!("><path d=\"{outline}\"/></symbol>")), "{name} differs from public/icons.svg");
        }
        for (name, area, glyph) in SIGNS {
            let symbol = symbol(&format!("sev-{name}"));
            assert!(
                symbol.contains(&format!("\"{area}\"")) && symbol.contains(&format!("\"{glyph}\"")),
                "{name} differs from public/icons.svg"
            );
        }
    }

    #[test]
    fn every_kind_has_a_symbol() {
        for kind in Kind::ALL {
            assert!(!outline(name(kind)).is_empty(), "{kind:?}");
        }
    }
}
