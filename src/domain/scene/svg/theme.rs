//! The style sheet of a standalone picture, with the values of `style/tokens.css` baked in: a file that leaves Lintel must not
//! depend on it.

use super::Theme;

/// Names as in `tokens.css`, then the light and the dark value.
const TOKENS: [(&str, &str, &str); 36] = [
    ("surface", "#ffffff", "#191a1e"),
    ("surface-raised", "#ffffff", "#202227"),
    ("border-strong", "#cdc9c0", "#3d4048"),
    ("accent-text", "#2b3fb4", "#a9b5ff"),
    ("sev-critical", "#b0132b", "#ff8791"),
    ("sev-high", "#b03f0a", "#ff9f66"),
    ("sev-medium", "#855b06", "#e9bf4f"),
    ("sev-low", "#2f6079", "#86c3de"),
    ("sev-pass", "#12693a", "#76d39a"),
    ("sev-glyph", "#ffffff", "#121316"),
    ("dg-canvas", "#faf9f7", "#141518"),
    ("dg-text", "#1b1a18", "#efeeeb"),
    ("dg-text-2", "#55514a", "#b4b5b8"),
    ("dg-people-fill", "#f4effb", "#2a2338"),
    ("dg-people-line", "#8f6cc0", "#9a7fc6"),
    ("dg-people-ink", "#6a45a6", "#cdb3f3"),
    ("dg-entry-fill", "#e7f4f9", "#152b35"),
    ("dg-entry-line", "#3f8dad", "#4f97b4"),
    ("dg-entry-ink", "#1b627f", "#8ed0ea"),
    ("dg-compute-fill", "#eef1fd", "#20264a"),
    ("dg-compute-line", "#6577d3", "#7183de"),
    ("dg-compute-ink", "#3547ab", "#b3beff"),
    ("dg-data-fill", "#e6f5ef", "#142e26"),
    ("dg-data-line", "#3d9578", "#479c80"),
    ("dg-data-ink", "#17654b", "#86d6b9"),
    ("dg-message-fill", "#fbf3e0", "#332810"),
    ("dg-message-line", "#b0832a", "#b58c3c"),
    ("dg-message-ink", "#775310", "#eac57c"),
    ("dg-external-fill", "#f3f1ee", "#212328"),
    ("dg-external-line", "#87837b", "#7d8088"),
    ("dg-external-ink", "#55514a", "#bdbfc4"),
    ("dg-group-fill", "#ffffff", "#191a1e"),
    ("dg-group-fill-2", "#f6f5f2", "#1f2126"),
    ("dg-group-line", "#c9c5bc", "#3f424a"),
    ("dg-trust-line", "#b0132b", "#e5727d"),
    ("dg-edge", "#68645c", "#9699a1"),
];

/// Rules as in `components.css`, for what a still picture needs. `$name` stands for a token.
const RULES: &str = "\
.dg text{font-family:-apple-system,'Segoe UI',Inter,Roboto,'Noto Sans','Helvetica Neue','Liberation Sans',Arial,sans-serif}\
.dg-ground{fill:$dg-canvas}\
.dg-group__shape{fill:$dg-group-fill;stroke:$dg-group-line;stroke-width:1.25}\
.dg-group--inner .dg-group__shape{fill:$dg-group-fill-2}\
.dg-group--trust .dg-group__shape{stroke:$dg-trust-line;stroke-dasharray:2 4;stroke-linecap:round;stroke-width:1.5}\
.dg-group__name{font-size:12px;font-weight:600;fill:$dg-text}\
.dg-group__kind{font-size:11px;fill:$dg-text-2}\
.dg-group__note{fill:$dg-trust-line;font-weight:600;font-size:11px}\
.dg-group__lock{stroke:$dg-trust-line}\
.dg-el__icon,.dg-group__lock{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}\
.dg-el__shape,.dg-el__back{stroke-width:1.25}\
.dg-el__detail{fill:none;stroke-width:1.25}\
.dg-el__name{font-size:13px;font-weight:600;fill:$dg-text}\
.dg-el__meta{font-size:11px;fill:$dg-text-2}\
.dg-el--external .dg-el__shape{stroke-dasharray:5 3}\
.dg-edge__line{fill:none;stroke:$dg-edge;stroke-width:1.4}\
.dg-edge--async .dg-edge__line{stroke-dasharray:6 4.5}\
.dg-edge__hit{fill:none;stroke:none}\
.dg-edge--on .dg-edge__line{stroke:$accent-text;stroke-width:2}\
.dg-edge--flag .dg-edge__line{stroke:$sev-high;stroke-width:2.25}\
.dg-edge__plate{fill:$dg-canvas}\
.dg-edge__plate--g{fill:$dg-group-fill}\
.dg-edge__plate--g2{fill:$dg-group-fill-2}\
.dg-edge__label{font-size:11px;fill:$dg-text-2;text-anchor:middle}\
.dg-edge--flag .dg-edge__label{fill:$sev-high;font-weight:600}\
.dg-arrow{fill:$dg-edge}\
.dg-arrow--open{fill:none;stroke:$dg-edge;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}\
.dg-arrow--on{fill:$accent-text}\
.dg-arrow--on-open{fill:none;stroke:$accent-text;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}\
.dg-arrow--flag{fill:$sev-high}\
.dg-sel{fill:none;stroke:$accent-text;stroke-width:1.75}\
.dg-port{fill:$accent-text;stroke:$surface;stroke-width:1.5}\
.dg-legend__rule{fill:none;stroke:$dg-group-line;stroke-width:1}\
.dg-badge__plate{fill:$surface-raised;stroke:$border-strong;stroke-width:1}\
.dg-badge__sign{fill:currentColor}\
.dg-badge__glyph{fill:none;stroke:$sev-glyph;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}\
.dg-badge__n{font-size:11px;font-weight:700;fill:$dg-text}\
.dg-badge--critical{color:$sev-critical}\
.dg-badge--high{color:$sev-high}\
.dg-badge--medium{color:$sev-medium}\
.dg-badge--low{color:$sev-low}\
.dg-badge--pass{color:$sev-pass}\
.is-dimming .dg-el,.is-dimming .dg-edge{opacity:.32}\
.is-dimming .is-lit{opacity:1}";

const FAMILIES: [&str; 6] = ["people", "entry", "compute", "data", "message", "external"];

fn value(name: &str, theme: Theme) -> &'static str {
    TOKENS.iter().find(|(token, _, _)| *token == name).map_or("", |(_, light, dark)| if theme == Theme::Dark { dark } else { light })
}

/// None for pages, which have the style sheets.
pub(super) fn style(theme: Theme) -> Option<String> {
    if theme == Theme::Page {
        return None;
    }
    let mut style = String::with_capacity(RULES.len() + 1200);
    let mut rest = RULES;
    while let Some((before, after)) = rest.split_once('$') {
        style.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(after.len());
        let (name, tail) = after.split_at_checked(end).unwrap_or((after, ""));
        style.push_str(value(name, theme));
        rest = tail;
    }
    style.push_str(rest);
    for family in FAMILIES {
        let part = |part: &str| value(&format!("dg-{family}-{part}"), theme);
        let (fill, line, ink) = (part("fill"), part("line"), part("ink"));
        for rule in [
            format!(".dg-el--{family} .dg-el__shape,.dg-el--{family} .dg-el__back{{fill:{fill};stroke:{line}}}"),
            format!(".dg-el--{family} .dg-el__detail{{stroke:{line}}}"),
            format!(".dg-el--{family} .dg-el__icon{{stroke:{ink}}}"),
        ] {
            style.push_str(&rule);
        }
    }
    Some(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_style_sheet() {
        let sheet = include_str!("../../../../style/tokens.css");
        let (light, dark) =
            sheet.split_at(sheet.find("prefers-color-scheme: dark").or_else(|| sheet.find("[data-theme=\"dark\"]")).unwrap());
        for (name, light_value, dark_value) in TOKENS {
            assert!(light.contains(&format!("--{name}: {light_value};")), "{name} in the light theme");
            assert!(dark.contains(&format!("--{name}: {dark_value};")), "{name} in the dark theme");
        }
    }

    #[test]
    fn no_token_stays_open() {
        for theme in [Theme::Light, Theme::Dark] {
            let style = style(theme).unwrap();
            assert!(!style.contains('$') && !style.contains("var(") && !style.contains(":;") && !style.contains(":}"), "{style}");
        }
        assert_eq!(style(Theme::Page), None);
    }
}
