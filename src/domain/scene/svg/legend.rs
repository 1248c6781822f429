//! The legend: what the silhouettes, frames and lines of a picture mean. It names what occurs in the picture and nothing else,
//! in the order of the catalogue, with the picture's own shapes and symbols.

use super::{arrow, escape, half, icon, put, shape, symbol};
use crate::domain::{
    layout::{Point, Rect},
    model::kind::Kind,
    scene::{
        Scene,
        text::{Type, width},
    },
};

/// Between the picture and the legend, around entries, and between them.
const GAP: i32 = 16;
const BETWEEN: i32 = 22;
/// The room for a sample, and from it to its words.
const SAMPLE: i32 = 46;
const SAMPLE_GAP: i32 = 8;
const ROW: i32 = 40;
const HEAD: i32 = 30;
/// Narrower pictures get this much room for a legend.
const NARROWEST: i32 = 320;
/// A silhouette before it is made small.
const SILHOUETTE: i32 = 76;
const SCALE: &str = ".6";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sample {
    Kind(Kind),
    Frame,
    Trust,
    Synchronous,
    Asynchronous,
    Flagged,
}

struct Entry {
    sample: Sample,
    words: String,
    /// The top left corner of its row.
    at: Point,
}

/// A legend with its place below a picture.
pub(super) struct Legend {
    /// The picture with the legend.
    pub frame: Rect,
    /// The line above the legend.
    rule: i32,
    entries: Vec<Entry>,
}

/// What there is to explain, in rows below the picture; none for an empty picture.
pub(super) fn lay_out(scene: &Scene) -> Option<Legend> {
    let found = entries(scene);
    if found.is_empty() {
        return None;
    }
    let frame = scene.frame;
    let across = frame.width.max(NARROWEST);
    let (left, right) = (frame.x + GAP, frame.x + across - GAP);
    let rule = frame.bottom();
    let mut at = Point { x: left, y: rule + HEAD };
    let mut entries = Vec::with_capacity(found.len());
    for (sample, words) in found {
        let wide = SAMPLE + SAMPLE_GAP + width(&words, Type::Small);
        if at.x > left && at.x + wide > right {
            at = Point { x: left, y: at.y + ROW };
        }
        entries.push(Entry { sample, words, at });
        at.x += wide + BETWEEN;
    }
    let bottom = at.y + ROW + GAP / 2;
    Some(Legend { frame: Rect { width: across, height: bottom - frame.y, ..frame }, rule, entries })
}

/// Samples with their words: kinds in the order of the catalogue, then frames, then lines.
fn entries(scene: &Scene) -> Vec<(Sample, String)> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        if scene.shapes.iter().any(|shape| shape.kind == kind) {
            found.push((Sample::Kind(kind), kind.name().to_owned()));
        }
    }
    let mut frames: Vec<&str> = Vec::new();
    for boundary in scene.boundaries.iter().filter(|boundary| boundary.trust.is_none()) {
        if !frames.contains(&boundary.kind.as_str()) && !boundary.kind.is_empty() {
            frames.push(&boundary.kind);
        }
    }
    // Places in a deployment have the words of their technologies.
    if let [only] = frames.as_slice() {
        found.push((Sample::Frame, (*only).to_owned()));
    } else if scene.boundaries.iter().any(|boundary| boundary.trust.is_none()) {
        found.push((Sample::Frame, "Boundary".to_owned()));
    }
    if scene.boundaries.iter().any(|boundary| boundary.trust.is_some()) {
        found.push((Sample::Trust, "Trust boundary".to_owned()));
    }
    let is = |test: &dyn Fn(&crate::domain::scene::Connector) -> bool| scene.connectors.iter().any(test);
    let stepped = is(&|connector| connector.label.as_ref().is_some_and(|label| label.step.is_some()));
    if is(&|connector| !connector.asynchronous && !connector.flagged) {
        found.push((Sample::Synchronous, "Waits for an answer".to_owned()));
    }
    if is(&|connector| connector.asynchronous && !connector.flagged) {
        found.push((Sample::Asynchronous, if stepped { "Asynchronous, or an answer" } else { "Asynchronous" }.to_owned()));
    }
    if is(&|connector| connector.flagged) {
        found.push((Sample::Flagged, "Has a finding".to_owned()));
    }
    found
}

impl Legend {
    pub(super) fn draw(&self, out: &mut String) {
        let (left, right) = (self.frame.x + GAP, self.frame.right() - GAP);
        put(
            out,
            format_args!(
                r#"<g class="dg-legend" role="group" aria-label="Legend"><path class="dg-legend__rule" d="M{left} {}H{right}"/><text class="dg-group__name" x="{left}" y="{}">Legend</text>"#,
                self.rule,
                self.rule + 20
            ),
        );
        for entry in &self.entries {
            entry.draw(out);
            let (x, y) = (entry.at.x + SAMPLE + SAMPLE_GAP, entry.at.y + ROW / 2 + 4);
            put(out, format_args!(r#"<text class="dg-el__meta" x="{x}" y="{y}">{}</text>"#, escape(&entry.words)));
        }
        out.push_str("</g>");
    }
}

impl Entry {
    fn draw(&self, out: &mut String) {
        let Point { x, y } = self.at;
        let middle = y + ROW / 2;
        let line = |open: bool, class: &str, state: &str, out: &mut String| {
            let ends = [Point { x, y: middle }, Point { x: x + SAMPLE, y: middle }];
            put(out, format_args!(r#"<g class="dg-edge{class}"><path class="dg-edge__line" d="M{x} {middle}H{}"/>"#, x + SAMPLE));
            arrow(out, &ends, open, state);
            out.push_str("</g>");
        };
        match self.sample {
            Sample::Kind(kind) => {
                let height = shape::height(kind);
                // Tenths of a px: six tenths of the height, in the middle of the row.
                let top = shape::decimal(i64::from(100 * middle - 30 * height));
                put(
                    out,
                    format_args!(r#"<g class="dg-el dg-el--{}" transform="translate({x} {top}) scale({SCALE})">"#, kind.family().slug()),
                );
                out.push_str(&shape::outline(kind, &Rect { x: 0, y: 0, width: SILHOUETTE, height }));
                let (left, right) = shape::padding(kind);
                let centre = 50 * (left + SILHOUETTE - right);
                let drop = shape::drop(kind).0;
                let corner = (centre - 1100, 50 * height - 1100 + 50 * drop);
                symbol(out, "dg-el__icon", icon::outline(icon::name(kind)), corner, 22);
                out.push_str("</g>");
            }
            Sample::Frame | Sample::Trust => {
                let trust = if self.sample == Sample::Trust { " dg-group--trust" } else { "" };
                put(
                    out,
                    format_args!(
                        r#"<g class="dg-group{trust}"><rect class="dg-group__shape" x="{x}" y="{}" width="{SAMPLE}" height="28" rx="8"/></g>"#,
                        half(2 * middle - 28)
                    ),
                );
            }
            Sample::Synchronous => line(false, "", "", out),
            Sample::Asynchronous => line(true, " dg-edge--async", "", out),
            Sample::Flagged => line(false, " dg-edge--flag", "flag", out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::{
            compose,
            svg::{SvgOptions, Theme, svg},
            tests::platform,
        },
        syntax::{Language, Sources, parse},
    };

    fn legend_of(svg: &str) -> &str {
        svg.split_once(r#"<g class="dg-legend""#).map_or("", |(_, legend)| legend)
    }

    #[test]
    fn it_names_what_occurs_and_nothing_else() {
        let text = "workspace {\n model {\n  u = person \"U\"\n  a = softwareSystem \"A\" {\n   db = container \"Store\" \"\" \"PostgreSQL\" \"Database\"\n   q = container \"Jobs\" \"\" \"RabbitMQ\" \"Queue\"\n   s = container \"Shop service\" \"\" \"Go\"\n  }\n  u -> s \"Uses\"\n  s -> db \"Writes\"\n }\n views {\n  container a \"c\" {\n   include u s db\n  }\n }\n}\n";
        let model = parse(Language::Structurizr, "w.dsl", text, &Sources::new()).model;
        let scene = compose(&model, &model.views[0], None);
        let options = SvgOptions { theme: Theme::Light, legend: true, ..SvgOptions::default() };
        let drawn = svg(&scene, &options);
        let legend = legend_of(&drawn);
        for word in [Kind::Person.name(), Kind::Database.name(), Kind::Service.name(), ">System<", "Waits for an answer"] {
            assert!(legend.contains(word), "{word} in {legend}");
        }
        for word in [Kind::Queue.name(), "Asynchronous", "Trust boundary", "Has a finding"] {
            assert!(!legend.contains(word), "{word} in {legend}");
        }
        assert_eq!(legend_of(&svg(&scene, &SvgOptions { legend: false, ..options })), "");
        assert!(lay_out(&Scene::default()).is_none());
    }

    #[test]
    fn it_lies_below_the_picture_and_inside_the_frame() {
        let model = platform();
        for view in &model.views {
            let scene = compose(&model, view, None);
            let Some(legend) = lay_out(&scene) else { continue };
            assert_eq!((legend.frame.x, legend.frame.y), (scene.frame.x, scene.frame.y));
            for entry in &legend.entries {
                let wide = SAMPLE + SAMPLE_GAP + width(&entry.words, Type::Small);
                assert!(entry.at.y >= scene.frame.bottom() && entry.at.y + ROW <= legend.frame.bottom(), "{}", entry.words);
                assert!(entry.at.x >= legend.frame.x && entry.at.x + wide <= legend.frame.right(), "{}", entry.words);
            }
        }
    }
}
