//! What part of a picture is on screen: pan, zoom and fit, in the picture's own units.

/// The smallest and largest zoom, as fractions.
pub const MIN_ZOOM: f64 = 0.25;
pub const MAX_ZOOM: f64 = 4.0;
/// A window narrower than this is a small screen, in CSS pixels.
const SMALL: f64 = 720.0;
/// Names are readable from here on.
const READABLE: f64 = 0.75;
/// One press of a zoom button or key.
const STEP: f64 = 1.25;

/// A rectangle in the picture's units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    fn centre(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// As an SVG `viewBox`, to a tenth of a unit.
    pub fn view_box(self) -> String {
        let [x, y, width, height] = [self.x, self.y, self.width.max(1.0), self.height.max(1.0)].map(|value| decimal(value, 1));
        format!("{x} {y} {width} {height}")
    }

    /// Whether both fill the same window.
    pub fn has_shape_of(self, other: Self) -> bool {
        (self.width * other.height - self.height * other.width).abs() <= 0.001 * self.width * other.height
    }

    /// The CSS transform by which a window that shows this shows another part instead.
    pub fn transform_to(self, other: Self, window: Window) -> String {
        let scale = self.width / other.width;
        let (x, y) = ((self.x - other.x) * window.width / other.width, (self.y - other.y) * window.height / other.height);
        format!("translate({}px,{}px) scale({})", decimal(x, 2), decimal(y, 2), decimal(scale, 5))
    }

    /// Reads an SVG `viewBox`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split([' ', ',']).filter(|part| !part.is_empty()).map(str::parse::<f64>);
        let area = Self::new(numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        numbers.next().is_none().then_some(area)
    }
}

/// A number with so many digits after the point. By hand, because the standard library's way is 20 kB of the browser half.
fn decimal(value: f64, digits: usize) -> String {
    let parts = 10_u32.pow(u32::try_from(digits).unwrap_or_default());
    let all = whole(value * f64::from(parts));
    let sign = if all < 0 { "-" } else { "" };
    format!("{sign}{}.{:0digits$}", all.unsigned_abs() / parts, all.unsigned_abs() % parts)
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "the value is clamped to what pictures can have")]
pub fn whole(value: f64) -> i32 {
    value.round().clamp(-2_000_000_000.0, 2_000_000_000.0) as i32
}

/// The size of the window onto the picture, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub width: f64,
    pub height: f64,
}

/// Where the window's centre lies and how large one unit is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub x: f64,
    pub y: f64,
    /// CSS pixels per unit, between [`MIN_ZOOM`] and [`MAX_ZOOM`].
    pub zoom: f64,
}

impl Viewport {
    /// Shows all of an area, centred, with a little space around; never larger than life.
    pub fn fit(area: Area, window: Window) -> Self {
        let (x, y) = area.centre();
        let zoom = (window.width / area.width.max(1.0)).min(window.height / area.height.max(1.0)) * 0.96;
        Self { x, y, zoom: clamp(zoom.min(1.0)) }
    }

    /// Where a small screen begins: names can be read, and the selection or the picture's left edge is in sight. None where
    /// all of the picture is large enough.
    pub fn readable(whole: Area, focus: Option<Area>, window: Window) -> Option<Self> {
        if window.width >= SMALL || Self::fit(whole, window).zoom >= READABLE {
            return None;
        }
        let (x, y) = focus.map_or_else(|| (whole.x + window.width / READABLE / 2.0, whole.centre().1), Area::centre);
        Some(Self { x, y, zoom: READABLE })
    }

    /// The part of the picture that is visible.
    pub fn visible(self, window: Window) -> Area {
        let (width, height) = (window.width / self.zoom, window.height / self.zoom);
        Area::new(self.x - width / 2.0, self.y - height / 2.0, width, height)
    }

    /// Moves the picture by pixels, as a drag does.
    #[must_use]
    pub fn dragged(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x - dx / self.zoom, y: self.y - dy / self.zoom, ..self }
    }

    /// Zooms by a factor and keeps the point under the pointer where it is; the point in pixels from the window's corner.
    #[must_use]
    pub fn zoomed_at(self, factor: f64, px: f64, py: f64, window: Window) -> Self {
        let zoom = clamp(self.zoom * factor);
        let (from_x, from_y) = (px - window.width / 2.0, py - window.height / 2.0);
        Self { x: self.x + from_x / self.zoom - from_x / zoom, y: self.y + from_y / self.zoom - from_y / zoom, zoom }
    }

    #[must_use]
    pub fn zoomed_in(self) -> Self {
        Self { zoom: clamp(self.zoom * STEP), ..self }
    }

    #[must_use]
    pub fn zoomed_out(self) -> Self {
        Self { zoom: clamp(self.zoom / STEP), ..self }
    }

    /// Life size, centre unchanged.
    #[must_use]
    pub const fn life_size(self) -> Self {
        Self { zoom: 1.0, ..self }
    }

    /// Moves just enough that an area is visible; stays where it is when it already is.
    #[must_use]
    pub fn revealing(self, area: Area, window: Window) -> Self {
        let seen = self.visible(window);
        let shift = |from: f64, size: f64, seen_from: f64, seen_size: f64| {
            let margin = (seen_size * 0.08).min(24.0);
            if size + 2.0 * margin >= seen_size {
                from + size / 2.0 - (seen_from + seen_size / 2.0)
            } else if from - margin < seen_from {
                from - margin - seen_from
            } else if from + size + margin > seen_from + seen_size {
                from + size + margin - seen_from - seen_size
            } else {
                0.0
            }
        };
        Self {
            x: self.x + shift(area.x, area.width, seen.x, seen.width),
            y: self.y + shift(area.y, area.height, seen.y, seen.height),
            ..self
        }
    }

    /// The zoom in whole percent.
    pub fn percent(self) -> u32 {
        let mut percent = 0;
        while f64::from(percent) + 0.5 <= self.zoom * 100.0 {
            percent += 1;
        }
        percent
    }
}

fn clamp(zoom: f64) -> f64 {
    if zoom.is_finite() { zoom.clamp(MIN_ZOOM, MAX_ZOOM) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window { width: 800.0, height: 600.0 };

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn fit_shows_everything_and_never_enlarges() {
        let area = Area::new(100.0, 50.0, 1600.0, 600.0);
        let view = Viewport::fit(area, WINDOW);
        let seen = view.visible(WINDOW);
        assert!(seen.x <= area.x && seen.x + seen.width >= area.x + area.width);
        assert!(seen.y <= area.y && seen.y + seen.height >= area.y + area.height);
        assert_eq!(Viewport::fit(Area::new(0.0, 0.0, 10.0, 10.0), WINDOW).percent(), 100);
        assert_eq!(Viewport::fit(Area::new(0.0, 0.0, 1e9, 10.0), WINDOW).percent(), 25);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let view = Viewport { x: 10.0, y: 20.0, zoom: 1.0 };
        let before = view.visible(WINDOW);
        let (px, py) = (200.0, 450.0);
        let point = (before.x + px / view.zoom, before.y + py / view.zoom);
        let after = view.zoomed_at(1.7, px, py, WINDOW);
        let seen = after.visible(WINDOW);
        assert!(close(seen.x + px / after.zoom, point.0) && close(seen.y + py / after.zoom, point.1));
    }

    #[test]
    fn zoom_has_bounds() {
        let mut view = Viewport { x: 0.0, y: 0.0, zoom: 1.0 };
        for _ in 0..50 {
            view = view.zoomed_in();
        }
        assert_eq!(view.percent(), 400);
        for _ in 0..50 {
            view = view.zoomed_out();
        }
        assert_eq!(view.percent(), 25);
        assert_eq!(view.life_size().percent(), 100);
    }

    #[test]
    fn a_drag_moves_the_picture_with_the_pointer() {
        let view = Viewport { x: 0.0, y: 0.0, zoom: 2.0 };
        let moved = view.dragged(40.0, -20.0);
        assert!(close(moved.x, -20.0) && close(moved.y, 10.0));
    }

    #[test]
    fn revealing_moves_only_when_needed() {
        let view = Viewport { x: 400.0, y: 300.0, zoom: 1.0 };
        assert_eq!(view.revealing(Area::new(300.0, 200.0, 132.0, 54.0), WINDOW), view);
        let moved = view.revealing(Area::new(1000.0, 200.0, 132.0, 54.0), WINDOW);
        let seen = moved.visible(WINDOW);
        assert!(seen.x + seen.width >= 1132.0 && close(moved.y, view.y));
    }

    #[test]
    fn small_screens_begin_where_names_can_be_read() {
        let (whole, phone) = (Area::new(-16.0, -16.0, 1870.0, 703.0), Window { width: 390.0, height: 690.0 });
        let view = Viewport::readable(whole, None, phone).unwrap();
        assert_eq!(view.percent(), 75);
        assert!(close(view.visible(phone).x, whole.x), "begins at the left edge");
        let focus = Area::new(900.0, 300.0, 132.0, 54.0);
        assert!(close(Viewport::readable(whole, Some(focus), phone).unwrap().x, 966.0));
        assert_eq!(Viewport::readable(whole, None, WINDOW), None, "large screens see everything");
        assert_eq!(Viewport::readable(Area::new(0.0, 0.0, 300.0, 200.0), None, phone), None);
    }

    #[test]
    fn view_boxes_round_trip() {
        assert_eq!(Area::parse("0 -4.5 984 612"), Some(Area::new(0.0, -4.5, 984.0, 612.0)));
        assert_eq!(Area::parse("0 1 2"), None);
        assert_eq!(Area::parse("0 1 2 x"), None);
        assert_eq!(Area::new(0.0, -4.5, 984.0, 612.0).view_box(), "0.0 -4.5 984.0 612.0");
    }

    #[test]
    fn a_painted_part_moves_to_where_another_is_shown() {
        let window = Window { width: 800.0, height: 400.0 };
        let painted = Area::new(0.0, 0.0, 800.0, 400.0);
        assert_eq!(painted.transform_to(painted, window), "translate(0.00px,0.00px) scale(1.00000)");
        // Twice as near, from the middle.
        let near = Area::new(200.0, 100.0, 400.0, 200.0);
        assert!(painted.has_shape_of(near));
        assert_eq!(painted.transform_to(near, window), "translate(-400.00px,-200.00px) scale(2.00000)");
        assert!(!painted.has_shape_of(Area::new(0.0, 0.0, 400.0, 400.0)));
    }

    #[test]
    fn numbers_are_written_with_their_digits() {
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(-1.25, 2), "-1.25");
        assert_eq!(decimal(12.0, 5), "12.00000");
    }
}
