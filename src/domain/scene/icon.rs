//! The symbols a standalone picture carries with it: the same outlines as in `public/icons.svg`, on a grid of 20.

use crate::domain::model::kind::Kind;

/// The symbol's name in `icons.svg`, without `i-`.
pub const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::System => "boundary",
        Kind::Node => "server",
        _ => kind.slug(),
    }
}

/// What the symbol is drawn with; empty for an unknown name.
pub fn outline(name: &str) -> &'static str {
    OUTLINES.iter().find(|(known, _)| *known == name).map_or("", |(_, outline)| outline)
}

/// Severity symbols carry their glyph in the colour `GLYPH`, which the caller replaces.
pub const GLYPH: &str = "var(--sev-glyph,#fff)";

const OUTLINES: [(&str, &str); 20] = [
    ("person", r#"<circle cx="10" cy="6.5" r="3.25"/><path d="M3.75 17c.5-3.4 3-5.25 6.25-5.25S15.75 13.6 16.25 17"/>"#),
    ("frontend", r#"<rect x="2.75" y="3.75" width="14.5" height="12.5" rx="2.25"/><path d="M2.75 7.5h14.5M5.25 5.65h.01M7.5 5.65h.01"/>"#),
    ("gateway", r#"<path d="M6.5 4h7l3.75 6-3.75 6h-7L2.75 10z"/><path d="M7 10h5.5M10.75 8l2 2-2 2"/>"#),
    ("service", r#"<rect x="3" y="4.5" width="14" height="11" rx="2.5"/><path d="M6.5 8.25h3M6.5 11.75h7"/>"#),
    ("worker", r#"<rect x="3" y="4.5" width="14" height="11" rx="2"/><path d="M6 4.5v11M14 4.5v11M8.75 10h2.5"/>"#),
    ("scheduler", r#"<circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.75 1.75"/>"#),
    (
        "database",
        r#"<ellipse cx="10" cy="5.25" rx="6" ry="2.5"/><path d="M4 5.25v9.5c0 1.38 2.69 2.5 6 2.5s6-1.12 6-2.5v-9.5M4 10c0 1.38 2.69 2.5 6 2.5s6-1.12 6-2.5"/>"#,
    ),
    (
        "cache",
        r#"<rect x="2.75" y="6.25" width="11" height="10.5" rx="2"/><path d="M6.25 3.5h8.5a2 2 0 0 1 2 2v7.75M8.9 8.5l-1.9 3h2.6l-1.9 3"/>"#,
    ),
    (
        "object-store",
        r#"<path d="M3.25 5.25 5 15.5c.2 1 2.4 1.75 5 1.75s4.8-.75 5-1.75l1.75-10.25"/><ellipse cx="10" cy="5" rx="6.75" ry="2.25"/>"#,
    ),
    (
        "search-index",
        r#"<path d="M11.5 2.75H5.75a2 2 0 0 0-2 2v10.5a2 2 0 0 0 2 2h2.5M11.5 2.75l4.25 4.25M11.5 2.75V7h4.25v1.5"/><circle cx="12.5" cy="13" r="2.75"/><path d="m14.5 15 2.25 2.25"/>"#,
    ),
    (
        "queue",
        r#"<path d="M5 5.5h10c1.24 0 2.25 2 2.25 4.5s-1 4.5-2.25 4.5H5c-1.24 0-2.25-2-2.25-4.5S3.76 5.5 5 5.5z"/><path d="M15 5.5c-1.24 0-2.25 2-2.25 4.5s1 4.5 2.25 4.5M6 10h3.5"/>"#,
    ),
    (
        "external",
        r#"<path d="M8.25 4.25H5.5a2 2 0 0 0-2 2v8.25a2 2 0 0 0 2 2h8.25a2 2 0 0 0 2-2v-2.75"/><path d="M11.75 3.5h4.75v4.75M16.25 3.75 9.5 10.5"/>"#,
    ),
    (
        "boundary",
        r#"<path d="M3 6.5V5a2 2 0 0 1 2-2h1.5M13.5 3H15a2 2 0 0 1 2 2v1.5M17 13.5V15a2 2 0 0 1-2 2h-1.5M6.5 17H5a2 2 0 0 1-2-2v-1.5M9 3h2M9 17h2M3 9v2M17 9v2"/>"#,
    ),
    (
        "server",
        r#"<rect x="3" y="3.5" width="14" height="5.5" rx="1.75"/><rect x="3" y="11" width="14" height="5.5" rx="1.75"/><path d="M6 6.25h.01M6 13.75h.01"/>"#,
    ),
    ("lock", r#"<rect x="4.25" y="8.75" width="11.5" height="8" rx="2"/><path d="M6.75 8.75V6.5a3.25 3.25 0 0 1 6.5 0v2.25"/>"#),
    (
        "sev-critical",
        r#"<path d="M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z" fill="currentColor"/><path d="m7.3 7.3 5.4 5.4M12.7 7.3l-5.4 5.4" stroke="var(--sev-glyph,#fff)" stroke-width="1.9"/>"#,
    ),
    (
        "sev-high",
        r#"<path d="M8.6 3.1 1.75 15.2A1.6 1.6 0 0 0 3.15 17.6h13.7a1.6 1.6 0 0 0 1.4-2.4L11.4 3.1a1.6 1.6 0 0 0-2.8 0z" fill="currentColor"/><path d="M10 7.4v4.3M10 14.5v.01" stroke="var(--sev-glyph,#fff)" stroke-width="1.9"/>"#,
    ),
    (
        "sev-medium",
        r#"<path d="M8.8 2.3 2.3 8.8a1.7 1.7 0 0 0 0 2.4l6.5 6.5a1.7 1.7 0 0 0 2.4 0l6.5-6.5a1.7 1.7 0 0 0 0-2.4l-6.5-6.5a1.7 1.7 0 0 0-2.4 0z" fill="currentColor"/><path d="M10 6.5v4.25M10 13.4v.01" stroke="var(--sev-glyph,#fff)" stroke-width="1.9"/>"#,
    ),
    (
        "sev-low",
        r#"<path d="M4.1 3.2h11.8a1.7 1.7 0 0 1 1.5 2.5l-5.9 10.6a1.7 1.7 0 0 1-3 0L2.6 5.7a1.7 1.7 0 0 1 1.5-2.5z" fill="currentColor"/><path d="M7.4 7h5.2" stroke="var(--sev-glyph,#fff)" stroke-width="1.9"/>"#,
    ),
    (
        "sev-pass",
        r#"<circle cx="10" cy="10" r="8" fill="currentColor"/><path d="m6.4 10.3 2.5 2.5 4.7-5.3" stroke="var(--sev-glyph,#fff)" stroke-width="1.9"/>"#,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_are_those_of_the_icon_file() {
        let file = include_str!("../../../public/icons.svg");
        for (name, outline) in OUTLINES {
            let symbol = file.lines().find(|line| line.contains(&format!("id=\"i-{name}\""))).unwrap_or_default();
            assert!(symbol.contains(outline), "{name} differs from public/icons.svg");
        }
    }

    #[test]
    fn every_kind_has_a_symbol() {
        for kind in Kind::ALL {
            assert!(!outline(name(kind)).is_empty(), "{kind:?}");
        }
    }
}
