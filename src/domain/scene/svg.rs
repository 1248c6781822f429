//! A scene as SVG in the visual language of the design: silhouettes by kind, colours by family, right-angled edges with plated
//! labels, badges on the corner.
//!
//! For our own pages the elements carry the classes of `style/components.css` and take their colours from it; a standalone file
//! brings a small style sheet with the colours baked in. Only classes and presentation attributes, never a `style` attribute and
//! never a `foreignObject`. The same scene and options give the same bytes.

use std::{collections::BTreeMap, fmt::Write};

use super::{Boundary, Connector, LINE, Label, Scene, Shape, icon, shape, shape::half};
use crate::domain::{
    layout::{End, Point, Rect},
    model::{ElementKey, RelationKey, kind::Kind},
    review::finding::Severity,
};

pub mod embed;
mod legend;
pub mod plate;
mod theme;

/// Where the colours come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Inline in one of our pages.
    #[default]
    Page,
    /// A standalone file.
    Light,
    Dark,
}

/// How to draw.
#[derive(Clone, Debug, Default)]
pub struct SvgOptions {
    pub theme: Theme,
    /// The worst severity and the number of open findings; a number of 0 shows the passed mark.
    pub badges: BTreeMap<ElementKey, (Severity, u32)>,
    pub selected: Option<ElementKey>,
    /// Elements can be focused and pressed, edges have a wide invisible line to hit.
    pub interactive: bool,
    /// The accessible name; the scene's title if empty.
    pub title: String,
    /// Begins every id, so that several pictures fit on one page.
    pub id_prefix: String,
    /// Says below the picture what its silhouettes and lines mean; those that occur only.
    pub legend: bool,
    /// The text the picture was made from, carried along in the file.
    pub source: Option<embed::Embedded>,
    /// What a change that is shown does with the parts.
    pub fates: Fates,
}

/// What becomes of the parts of a picture by a change.
#[derive(Clone, Debug, Default)]
pub struct Fates {
    pub elements: BTreeMap<ElementKey, Fate>,
    pub relations: BTreeMap<RelationKey, Fate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Added,
    Removed,
    Changed,
}

impl Fate {
    const fn class(fate: Option<&Self>) -> &'static str {
        match fate {
            Some(Self::Added) => " is-added",
            Some(Self::Removed) => " is-removed",
            Some(Self::Changed) => " is-changed",
            None => "",
        }
    }
}

/// The radius of a route's corners, in px.
const CORNER: i32 = 9;

/// The whole picture.
pub fn svg(scene: &Scene, options: &SvgOptions) -> String {
    let legend = if options.legend { legend::lay_out(scene) } else { None };
    let frame = legend.as_ref().map_or(scene.frame, |legend| legend.frame);
    let Rect { x, y, width, height } = frame;
    let mut head = String::new();
    if let Some(source) = &options.source {
        embed::write(&mut head, source);
    }
    if let Some(style) = theme::style(options.theme) {
        put(&mut head, format_args!("<style>{style}</style>"));
        put(&mut head, format_args!(r#"<rect class="dg-ground" x="{x}" y="{y}" width="{width}" height="{height}"/>"#));
    }
    let drawing = Drawing { scene, options };
    drawing.whole(frame, &head, |out| {
        if let Some(legend) = &legend {
            legend.draw(out);
        }
    })
}

/// The whole picture for one of our pages, without a legend and without its source: browsers that draw need no more, and fetch less.
pub fn inline(scene: &Scene, options: &SvgOptions) -> String {
    Drawing { scene, options }.whole(scene.frame, "", |_| {})
}

/// All parts of the picture, to stand in another one.
pub fn parts(scene: &Scene, options: &SvgOptions) -> String {
    let mut out = String::new();
    Drawing { scene, options }.parts(&mut out);
    out
}

/// A small picture without words, for a minimap: solid blocks in the family's colour, at most 136 by 112 px. For our own pages.
pub fn thumbnail(scene: &Scene) -> String {
    let Rect { x, y, width, height } = scene.frame;
    let (wide, high) = (i64::from(width).max(1), i64::from(height).max(1));
    let (across, down) = if wide * 112 > high * 136 { (136, (136 * high / wide).max(1)) } else { ((112 * wide / high).max(1), 112) };
    let mut out = format!(
        r#"<svg class="dg dg--thumb" width="{across}" height="{down}" viewBox="{x} {y} {width} {height}" preserveAspectRatio="xMidYMid meet" aria-hidden="true" focusable="false">"#
    );
    for Boundary { rect: Rect { x, y, width, height }, depth, trust, .. } in &scene.boundaries {
        let line = if trust.is_some() { "var(--dg-trust-line)" } else { "var(--dg-group-line)" };
        let fill = if *depth > 1 { "var(--dg-group-fill-2)" } else { "var(--dg-group-fill)" };
        put(
            &mut out,
            format_args!(
                r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="14" fill="{fill}" stroke="{line}" stroke-width="5"/>"#
            ),
        );
    }
    for connector in &scene.connectors {
        put(
            &mut out,
            format_args!(r#"<path d="{}" fill="none" stroke="var(--dg-edge)" stroke-width="3" opacity=".55"/>"#, path(&connector.points)),
        );
    }
    for Shape { rect: Rect { x, y, width, height }, kind, .. } in &scene.shapes {
        let family = kind.family().slug();
        put(&mut out, format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="var(--dg-{family}-line)"/>"#));
    }
    out.push_str("</svg>");
    out
}

/// Writing to a string cannot fail.
pub fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok());
}

/// Text for element content and attribute values: markup escaped, characters that XML forbids left out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A route with rounded corners.
pub fn path(points: &[Point]) -> String {
    let mut d = String::new();
    for (index, &at) in points.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| points.get(index));
        let (Some(&before), Some(&after)) = (before, points.get(index + 1)) else {
            put(&mut d, format_args!("{}{} {}", if index == 0 { 'M' } else { 'L' }, at.x, at.y));
            continue;
        };
        let (from, to) = (toward(at, before), toward(at, after));
        put(&mut d, format_args!("L{}Q{} {} {}", from, at.x, at.y, to));
    }
    d
}

/// Where a corner's curve begins: on the way to `end`, at most half of it.
fn toward(corner: Point, end: Point) -> String {
    let (dx, dy) = (end.x - corner.x, end.y - corner.y);
    let length = dx.abs().max(dy.abs());
    let doubled = (2 * CORNER).min(length);
    format!("{} {}", half(2 * corner.x + doubled * dx.signum()), half(2 * corner.y + doubled * dy.signum()))
}

fn selection(out: &mut String, rect: &Rect) {
    let Rect { x, y, width, height } = rect.grown(5);
    put(
        out,
        format_args!(
            r#"<g class="dg-selection" aria-hidden="true"><rect class="dg-sel" x="{x}" y="{y}" width="{width}" height="{height}" rx="11" fill="none"/>"#
        ),
    );
    for (cx, cy) in [(2 * x + width, 2 * y), (2 * (x + width), 2 * y + height), (2 * x + width, 2 * (y + height)), (2 * x, 2 * y + height)]
    {
        put(out, format_args!(r#"<circle class="dg-port" cx="{}" cy="{}" r="4"/>"#, half(cx), half(cy)));
    }
    out.push_str("</g>");
}

/// A path on a grid of 20 with its top left corner, given in hundredths of a px, and its size.
fn symbol(out: &mut String, class: &str, path: &str, (x, y): (i32, i32), size: i32) {
    let [x, y, scale] = [x, y, 5 * size].map(|hundredths| shape::decimal(i64::from(hundredths)));
    put(out, format_args!(r#"<path class="{class}" transform="translate({x} {y})scale({scale})" d="{path}"/>"#));
}

struct Drawing<'a> {
    scene: &'a Scene,
    options: &'a SvgOptions,
}

impl Drawing<'_> {
    fn parts(&self, out: &mut String) {
        for boundary in &self.scene.boundaries {
            self.boundary(out, boundary);
        }
        // Edges of the selected element lie on top of the others.
        for on in [false, true] {
            for connector in self.scene.connectors.iter().filter(|connector| self.is_on(connector) == on) {
                self.connector(out, connector);
            }
        }
        for boundary in self.scene.boundaries.iter().filter(|boundary| boundary.plated) {
            self.plated_name(out, boundary);
        }
        if let Some(shape) = self.options.selected.as_ref().and_then(|key| self.scene.shape(key)) {
            selection(out, &shape.rect);
        }
        for shape in &self.scene.shapes {
            self.shape(out, shape);
        }
    }

    /// What stands before the parts is given, and what is drawn after them.
    fn whole(&self, frame: Rect, head: &str, more: impl FnOnce(&mut String)) -> String {
        let parts = self.scene.shapes.len() + self.scene.connectors.len();
        let mut out = String::with_capacity(2048 + head.len() + 700 * parts);
        self.open(&mut out, frame);
        out.push_str(head);
        self.parts(&mut out);
        more(&mut out);
        out.push_str("</svg>");
        out
    }

    fn open(&self, out: &mut String, frame: Rect) {
        let Rect { x, y, width, height } = frame;
        let title = if self.options.title.is_empty() { &self.scene.title } else { &self.options.title };
        let (title, summary) = (escape(title), escape(&self.scene.summary));
        let role = if self.options.interactive { "group" } else { "img" };
        let dimming = if self.scene.dimming { " is-dimming" } else { "" };
        let class = if self.options.interactive || self.options.theme != Theme::Page { "dg" } else { "dg dg--thumb" };
        let prefix = escape(&self.options.id_prefix);
        put(out, format_args!(r#"<svg xmlns="http://www.w3.org/2000/svg" class="{class}{dimming}" viewBox="{x} {y} {width} {height}""#));
        if self.options.theme != Theme::Page {
            put(out, format_args!(r#" width="{width}" height="{height}""#));
        }
        put(out, format_args!(r#" preserveAspectRatio="xMidYMid meet" role="{role}""#));
        if self.options.interactive {
            // A title would follow the pointer over the whole canvas.
            put(out, format_args!(r#" aria-label="{title}: {summary}" data-coarse="{}">"#, self.scene.layout.coarse));
        } else {
            put(
                out,
                format_args!(
                    r#" aria-labelledby="{prefix}title {prefix}desc"><title id="{prefix}title">{title}</title><desc id="{prefix}desc">{summary}</desc>"#
                ),
            );
        }
    }

    // ---- Frames ----

    fn boundary(&self, out: &mut String, boundary: &Boundary) {
        let Rect { x, y, width, height } = boundary.rect;
        let mut class = "dg-group".to_owned();
        if boundary.depth > 1 {
            class.push_str(" dg-group--inner");
        }
        if boundary.trust.is_some() {
            class.push_str(" dg-group--trust");
        }
        class.push_str(Fate::class(boundary.element.as_ref().and_then(|element| self.options.fates.elements.get(element))));
        let what = match (&boundary.element, &boundary.group) {
            (Some(element), _) => format!(r#" data-element="{}""#, escape(element.as_str())),
            (None, Some(group)) => format!(r#" data-group="{}""#, escape(group.as_str())),
            (None, None) => String::new(),
        };
        let label = escape(&format!("{}, {}", boundary.name, boundary.kind.to_ascii_lowercase()));
        let radius = if boundary.depth > 1 { 11 } else { 14 };
        put(
            out,
            format_args!(
                r#"<g class="{class}"{what} role="group" aria-label="{label}"><rect class="dg-group__shape" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>"#
            ),
        );
        if !boundary.plated {
            name_of(out, boundary);
        }
        if let Some(note) = &boundary.trust {
            let right = x + width - 16;
            let lock = right - super::text::width(note, super::Type::Small) - 20;
            symbol(out, "dg-group__lock", icon::outline("lock"), (100 * lock, 100 * y + 1150), 14);
            put(out, format_args!(r#"<text class="dg-group__note" x="{right}" y="{}" text-anchor="end">{}</text>"#, y + 23, escape(note)));
        }
        out.push_str("</g>");
    }

    /// A frame's name over the edges that run through its place.
    fn plated_name(&self, out: &mut String, boundary: &Boundary) {
        let Rect { x, y, width, height } = boundary.name_rect();
        let ground = plate(boundary.depth);
        put(
            out,
            format_args!(
                r#"<g class="dg-group"><rect class="dg-edge__plate{ground}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>"#
            ),
        );
        name_of(out, boundary);
        out.push_str("</g>");
        debug_assert!(self.scene.boundaries.iter().any(|other| other.key == boundary.key));
    }

    // ---- Edges ----

    fn is_on(&self, connector: &Connector) -> bool {
        let selected = |end: &End| matches!((end, &self.options.selected), (End::Node(key), Some(selected)) if key == selected);
        selected(&connector.source) || selected(&connector.target)
    }

    fn connector(&self, out: &mut String, connector: &Connector) {
        let mut class = "dg-edge".to_owned();
        if connector.asynchronous {
            class.push_str(" dg-edge--async");
        }
        let state = if connector.flagged {
            "flag"
        } else if self.is_on(connector) {
            "on"
        } else {
            ""
        };
        if !state.is_empty() {
            class.push_str(" dg-edge--");
            class.push_str(state);
        }
        if connector.lit {
            class.push_str(" is-lit");
        }
        class.push_str(Fate::class(self.options.fates.relations.get(&connector.relation)));
        let d = path(&connector.points);
        put(
            out,
            format_args!(
                r#"<g class="{class}" data-relation="{}"><title>{}</title>"#,
                escape(connector.relation.as_str()),
                escape(&connector.title)
            ),
        );
        if self.options.interactive {
            put(out, format_args!(r#"<path class="dg-edge__hit" d="{d}"/>"#));
        }
        put(out, format_args!(r#"<path class="dg-edge__line" d="{d}"/>"#));
        arrow(out, &connector.points, connector.asynchronous, state);
        if let Some(label) = &connector.label {
            words(out, label);
        }
        out.push_str("</g>");
    }

    // ---- Elements ----

    fn shape(&self, out: &mut String, shape: &Shape) {
        let marked = self.options.badges.get(&shape.key);
        let selected = self.options.selected.as_ref() == Some(&shape.key);
        let mut class = format!("dg-el dg-el--{}", shape.kind.family().slug());
        if shape.lit {
            class.push_str(" is-lit");
        }
        if selected {
            class.push_str(" is-selected");
        }
        class.push_str(Fate::class(self.options.fates.elements.get(&shape.key)));
        put(out, format_args!(r#"<g class="{class}" data-element="{}""#, escape(shape.key.as_str())));
        if self.options.interactive {
            put(
                out,
                format_args!(r#" role="button" tabindex="0" aria-pressed="{selected}" aria-label="{}">"#, escape(&spoken(shape, marked))),
            );
        } else {
            put(out, format_args!(r#" role="img" aria-label="{}">"#, escape(&spoken(shape, marked))));
        }
        let cut = shape.lines.join(" ") != shape.name || shape.meta_line != shape.meta;
        if cut {
            put(out, format_args!("<title>{}, {}</title>", escape(&shape.name), escape(&shape.meta)));
        }
        out.push_str(&shape::outline(shape.kind, &shape.rect));
        let Rect { x, y, height, .. } = shape.rect;
        let left = x + shape::padding(shape.kind).0;
        let (name_drop, meta_drop) = shape::drop(shape.kind);
        let more = if shape.lines.len() > 1 { LINE } else { 0 };
        // A box that grew for its ports keeps its words in the middle.
        let slack = (height - shape::height(shape.kind) - more).max(0) / 2;
        for (index, line) in (0..).zip(&shape.lines) {
            put(
                out,
                format_args!(
                    r#"<text class="dg-el__name" x="{left}" y="{}">{}</text>"#,
                    y + 23 + name_drop + slack + index * LINE,
                    escape(line)
                ),
            );
        }
        let base = y + 41 + meta_drop + slack + more;
        symbol(out, "dg-el__icon", icon::outline(icon::name(shape.kind)), (100 * (left - 1), 100 * base - 1050), 13);
        put(out, format_args!(r#"<text class="dg-el__meta" x="{}" y="{base}">{}</text>"#, left + 16, escape(&shape.meta_line)));
        if let Some(&(severity, count)) = marked {
            badge(out, shape, severity, count);
        }
        out.push_str("</g>");
    }
}

/// The worst severity and the number of findings, on the corner.
fn badge(out: &mut String, shape: &Shape, severity: Severity, count: u32) {
    let slug = if count == 0 { "pass" } else { severity.slug() };
    let digits = count.to_string();
    let wider = i32::try_from(digits.len().saturating_sub(1)).unwrap_or(0) * 6;
    let width = if count == 0 { 22 } else { 36 + wider };
    let (mut x, mut y) = (shape.rect.right() - (width - 9), shape.rect.y - 10);
    match shape.kind {
        Kind::Cache => (x, y) = (x - 2, y + 2),
        Kind::Person => y += 12,
        _ => {}
    }
    put(
        out,
        format_args!(
            r#"<g class="dg-badge dg-badge--{slug}"><rect class="dg-badge__plate" x="{x}" y="{y}" width="{width}" height="20" rx="10"/>"#
        ),
    );
    let (area, glyph) = icon::sign(slug);
    for (class, line) in [("dg-badge__sign", area), ("dg-badge__glyph", glyph)] {
        symbol(out, class, line, (100 * (x + 4), 100 * (y + 3)), 14);
    }
    if count > 0 {
        put(out, format_args!(r#"<text class="dg-badge__n" x="{}" y="{}">{digits}</text>"#, x + 22, y + 14));
    }
    out.push_str("</g>");
}

/// As a screen reader says it: name, technology, kind, findings.
fn spoken(shape: &Shape, badge: Option<&(Severity, u32)>) -> String {
    let kind = shape.kind.name();
    let mut words = if shape.meta == kind { shape.name.clone() } else { format!("{} {}", shape.name, shape.meta) };
    words.push_str(", ");
    words.push_str(&kind.to_ascii_lowercase());
    match badge {
        Some((_, 0)) => words.push_str(", review passed"),
        Some((severity, 1)) => put(&mut words, format_args!(", 1 {} finding", severity.slug())),
        Some((severity, count)) => put(&mut words, format_args!(", {count} findings, worst {}", severity.slug())),
        None => {}
    }
    words
}

fn name_of(out: &mut String, boundary: &Boundary) {
    let Rect { x, y, .. } = boundary.rect;
    put(out, format_args!(r#"<text x="{}" y="{}"><tspan class="dg-group__name">{}</tspan>"#, x + 16, y + 23, escape(&boundary.line)));
    if !boundary.kind.is_empty() {
        put(out, format_args!(r#"<tspan class="dg-group__kind" dx="7">{}</tspan>"#, escape(&boundary.kind)));
    }
    out.push_str("</text>");
}

/// The class of a plate that lies on a frame of this depth.
const fn plate(depth: u32) -> &'static str {
    match depth {
        0 => "",
        1 => " dg-edge__plate--g",
        _ => " dg-edge__plate--g2",
    }
}

/// The head at the end of a route: filled, or open for an asynchronous edge.
fn arrow(out: &mut String, points: &[Point], open: bool, state: &str) {
    let [.., before, tip] = points else { return };
    let (dx, dy) = ((tip.x - before.x).signum(), (tip.y - before.y).signum());
    // 7.5 px long, 8 px wide.
    let (along_x, along_y) = (2 * tip.x - 15 * dx, 2 * tip.y - 15 * dy);
    let (left_x, left_y) = (half(along_x - 8 * dy), half(along_y + 8 * dx));
    let (right_x, right_y) = (half(along_x + 8 * dy), half(along_y - 8 * dx));
    let class = match (state, open) {
        ("", false) => "dg-arrow",
        ("", true) => "dg-arrow dg-arrow--open",
        ("on", false) => "dg-arrow--on",
        ("on", true) => "dg-arrow--on-open",
        _ => "dg-arrow--flag",
    };
    let close = if open && state != "flag" { "" } else { "z" };
    put(out, format_args!(r#"<path class="{class}" d="M{left_x} {left_y}L{} {}L{right_x} {right_y}{close}"/>"#, tip.x, tip.y));
}

fn words(out: &mut String, label: &Label) {
    let Rect { x, y, width, height } = label.rect;
    let ground = plate(label.depth);
    put(out, format_args!(r#"<rect class="dg-edge__plate{ground}" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>"#));
    let centre = half(2 * x + width);
    let mut step = label.step.as_deref();
    let lines: &[String] = if label.lines.is_empty() { &[String::new()] } else { &label.lines };
    for (index, line) in (0..).zip(lines) {
        let base = shape::decimal(i64::from(100 * y + 1180 + 1200 * index));
        put(out, format_args!(r#"<text class="dg-edge__label" x="{centre}" y="{base}">"#));
        if let Some(step) = step.take() {
            let space = if line.is_empty() { "" } else { "\u{a0}" };
            put(out, format_args!(r#"<tspan font-weight="700">{}</tspan>{space}"#, escape(step)));
        }
        put(out, format_args!("{}</text>", escape(line)));
    }
}
