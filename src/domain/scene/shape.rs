//! Silhouettes: one per kind, so that the kind can be read without colour.

use std::fmt::Write;

use crate::domain::{
    layout::{Point, Rect},
    model::kind::Kind,
};

/// The height in px of a box with one line of name.
pub(super) const fn height(kind: Kind) -> i32 {
    match kind {
        Kind::Person => 62,
        Kind::Database | Kind::ObjectStore => 58,
        Kind::Cache => 56,
        _ => 54,
    }
}

/// From the top to the line on which edges meet the sides.
pub(super) const fn middle(kind: Kind, height: i32) -> i32 {
    match kind {
        Kind::Person => 12 + (height - 12) / 2,
        Kind::Cache | Kind::ObjectStore => 5 + (height - 5) / 2,
        _ => height / 2,
    }
}

/// Room between the outline and the text, left and right.
pub(super) const fn padding(kind: Kind) -> (i32, i32) {
    match kind {
        Kind::Queue => (13, 22),
        Kind::Gateway => (18, 16),
        Kind::Worker => (13, 13),
        Kind::ObjectStore => (16, 14),
        Kind::Scheduler => (12, 18),
        Kind::SearchIndex => (12, 14),
        Kind::Cache => (12, 16),
        _ => (12, 12),
    }
}

/// How far the baselines of the text lie below their usual place: the name's and the technology's.
pub(super) const fn drop(kind: Kind) -> (i32, i32) {
    match kind {
        Kind::Database | Kind::Frontend => (4, 3),
        Kind::Person => (9, 8),
        Kind::Cache => (3, 3),
        Kind::ObjectStore => (4, 4),
        _ => (0, 0),
    }
}

/// The outline as SVG elements with the classes of the visual language.
pub(super) fn outline(kind: Kind, rect: &Rect) -> String {
    let Rect { x, y, width: w, height: h } = *rect;
    let (r, b) = (x + w, y + h);
    let shape = r#"class="dg-el__shape""#;
    let detail = r#"class="dg-el__detail""#;
    let card = |radius: i32| format!(r#"<rect {shape} x="{x}" y="{y}" width="{w}" height="{h}" rx="{radius}"/>"#);
    match kind {
        Kind::Service => card(8),
        Kind::External => card(2),
        Kind::Node => card(4),
        // A whole made of parts: a second line inside the first.
        Kind::System => {
            let (ix, iy, iw, ih) = (half(2 * x + 7), half(2 * y + 7), w - 7, h - 7);
            format!(r#"{}<rect {detail} x="{ix}" y="{iy}" width="{iw}" height="{ih}" rx="6" opacity=".5"/>"#, card(9))
        }
        Kind::Worker => {
            let (left, right) = (half(2 * x + 11), half(2 * r - 11));
            format!(r#"{}<path {detail} d="M{left} {y}v{h}M{right} {y}v{h}"/>"#, card(6))
        }
        Kind::Frontend => {
            let (strip, dots) = (half(2 * y + 21), tenth(10 * y + 54));
            format!(
                r#"{}<path {detail} d="M{x} {strip}h{w}"/><path {detail} stroke-linecap="round" d="M{} {dots}h.01M{} {dots}h.01M{} {dots}h.01"/>"#,
                card(8),
                x + 9,
                x + 15,
                x + 21
            )
        }
        Kind::Gateway => {
            let middle = half(2 * y + h);
            format!(
                r#"<path {shape} stroke-linejoin="round" d="M{} {y}H{}L{r} {middle}L{} {b}H{}L{x} {middle}z"/>"#,
                x + 11,
                r - 11,
                r - 11,
                x + 11
            )
        }
        Kind::Database => {
            // Ends are arcs 6.5 px deep: control points a third of that outside, two thirds and twice that inside.
            let (top, bottom) = (half(2 * y + 13), half(2 * b - 13));
            let (above, below, inner) = (hundredth(100 * y - 217), hundredth(100 * b + 217), hundredth(100 * y + 1515));
            format!(
                r#"<path {shape} d="M{x} {top}C{x} {above} {r} {above} {r} {top}V{bottom}C{r} {below} {x} {below} {x} {bottom}z"/><path {detail} d="M{x} {top}C{x} {inner} {r} {inner} {r} {top}"/>"#
            )
        }
        Kind::Cache => {
            let (fw, fh) = (w - 5, h - 5);
            format!(
                r#"<rect class="dg-el__back" x="{}" y="{y}" width="{fw}" height="{fh}" rx="7"/><rect {shape} x="{x}" y="{}" width="{fw}" height="{fh}" rx="7"/>"#,
                x + 5,
                y + 5
            )
        }
        Kind::SearchIndex => {
            let (fold_x, fold_y) = (r - 13, y + 13);
            format!(
                r#"<path {shape} stroke-linejoin="round" d="M{} {y}H{fold_x}L{r} {fold_y}V{}a6 6 0 0 1-6 6H{}a6 6 0 0 1-6-6V{}a6 6 0 0 1 6-6z"/><path {detail} stroke-linejoin="round" d="M{fold_x} {y}v13h13"/>"#,
                x + 6,
                b - 6,
                x + 6,
                y + 6
            )
        }
        Kind::Queue => {
            let (left, right) = (x + 8, r - 8);
            let (outside, before, inner) = (hundredth(100 * r + 267), hundredth(100 * x - 267), hundredth(100 * r - 1864));
            format!(
                r#"<path {shape} d="M{left} {y}H{right}C{outside} {y} {outside} {b} {right} {b}H{left}C{before} {b} {before} {y} {left} {y}z"/><path {detail} d="M{right} {y}C{inner} {y} {inner} {b} {right} {b}"/>"#
            )
        }
        Kind::Scheduler => {
            let radius = half(h);
            let straight = half(2 * r - h);
            format!(
                r#"<path {shape} d="M{} {y}H{straight}a{radius} {radius} 0 0 1 0 {h}H{}a8 8 0 0 1-8-8V{}a8 8 0 0 1 8-8z"/>"#,
                x + 8,
                x + 8,
                y + 8
            )
        }
        Kind::ObjectStore => format!(
            r#"<path {shape} d="M{x} {}h{w}L{} {b}H{}z"/><ellipse {shape} cx="{}" cy="{}" rx="{}" ry="5"/>"#,
            y + 5,
            r - 8,
            x + 8,
            half(2 * x + w),
            y + 5,
            half(w)
        ),
        Kind::Person => format!(
            r#"<rect {shape} x="{x}" y="{}" width="{w}" height="{}" rx="14"/><circle {shape} cx="{}" cy="{}" r="10.5"/>"#,
            y + 12,
            h - 12,
            half(2 * x + w),
            y + 10
        ),
    }
}

/// Moves a point on the rectangle's border to the outline, straight into the shape.
pub(super) fn touch(kind: Kind, rect: &Rect, point: Point) -> Point {
    let (left, right) = (point.x == rect.x, point.x == rect.right());
    let (top, bottom) = (point.y == rect.y, point.y == rect.bottom());
    let from_middle = (point.y - rect.y - middle(kind, rect.height)).abs();
    let from_centre = (2 * point.x - 2 * rect.x - rect.width).abs() / 2;
    let sideways = |inset: i32| Point { x: if left { point.x + inset } else { point.x - inset }, ..point };
    let upright = |inset: i32| Point { y: if top { point.y + inset } else { point.y - inset }, ..point };
    match kind {
        Kind::Gateway if left || right => sideways(11 * from_middle / (rect.height / 2).max(1)),
        Kind::Scheduler if right => {
            let radius = rect.height / 2;
            sideways(radius - (radius * radius - from_middle * from_middle).max(0).isqrt())
        }
        Kind::ObjectStore if left || right => sideways((8 * (point.y - rect.y - 5).max(0) / (rect.height - 5).max(1)).min(8)),
        Kind::Queue if left || right => {
            let half_height = (rect.height / 2).max(1);
            sideways(6 * from_middle * from_middle / (half_height * half_height))
        }
        Kind::Database if top || bottom => {
            let half_width = (rect.width / 2).max(1);
            upright(5 * from_centre * from_centre / (half_width * half_width))
        }
        Kind::Person if top && from_centre > 10 => upright(12),
        Kind::Person if top => upright(10 - (110 - from_centre * from_centre).max(0).isqrt().min(10)),
        Kind::Cache if top && point.x < rect.x + 5 => upright(5),
        Kind::Cache if right && point.y > rect.bottom() - 5 => sideways(5),
        _ => point,
    }
}

/// `value / 2` in decimal.
pub(super) fn half(value: i32) -> String {
    decimal(i64::from(value) * 50)
}

fn tenth(value: i32) -> String {
    decimal(i64::from(value) * 10)
}

fn hundredth(value: i32) -> String {
    decimal(i64::from(value))
}

/// Hundredths in decimal, without trailing zeros: the same text everywhere.
pub(super) fn decimal(hundredths: i64) -> String {
    let mut text = String::new();
    if hundredths < 0 {
        text.push('-');
    }
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    let written = match part {
        0 => write!(text, "{whole}"),
        part if part % 10 == 0 => write!(text, "{whole}.{}", part / 10),
        part => write!(text, "{whole}.{part:02}"),
    };
    debug_assert!(written.is_ok());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_short() {
        let texts: Vec<String> = [0, 50, 1234, -217, 100, 1210].into_iter().map(decimal).collect();
        assert_eq!(texts, ["0", "0.5", "12.34", "-2.17", "1", "12.1"]);
    }

    #[test]
    fn routes_touch_slanted_sides() {
        let rect = Rect { x: 0, y: 0, width: 132, height: 54 };
        assert_eq!(touch(Kind::Gateway, &rect, Point { x: 132, y: 27 }), Point { x: 132, y: 27 });
        assert_eq!(touch(Kind::Gateway, &rect, Point { x: 132, y: 9 }), Point { x: 125, y: 9 });
        assert_eq!(touch(Kind::Service, &rect, Point { x: 132, y: 9 }), Point { x: 132, y: 9 });
    }
}
