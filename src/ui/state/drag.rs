//! What a pointer does on the canvas, as plain values in the picture's units: what lies under it, where a drag snaps, what a
//! marquee takes in, and what a drop means.

use std::collections::BTreeSet;

use crate::domain::sort::Gather;
use crate::{
    domain::{
        layout::Rect,
        model::{ElementKey, Model},
        scene::{Boundary, Scene},
        syntax::gesture::Home,
    },
    ui::state::viewport::whole,
};

/// A place in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
}

/// What is being dragged.
#[derive(Clone, Debug, PartialEq)]
pub enum Drag {
    /// Elements, by the pointer's way so far.
    Move { keys: Vec<ElementKey>, from: Spot, to: Spot },
    /// A frame that selects what it takes in.
    Marquee { from: Spot, to: Spot, adds: bool },
    /// A connection from an element.
    Connect { source: ElementKey, to: Spot },
}

/// A line on which moved elements stand with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    pub vertical: bool,
    pub at: i32,
    pub from: i32,
    pub to: i32,
}

/// How far elements move, snapped, and the lines they snapped to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapped {
    pub dx: i32,
    pub dy: i32,
    pub guides: Vec<Guide>,
}

/// The grid that everything stands on, in px.
pub const GRID: i32 = 4;
/// How near lines have to be to snap.
const REACH: i32 = 6;
/// How near a port or element has to be for a connection to end there.
const MAGNET: i32 = 16;

/// To the nearest line of the grid.
pub const fn on_grid(value: i32) -> i32 {
    (value + GRID / 2).div_euclid(GRID) * GRID
}

impl Spot {
    fn rect(self) -> Rect {
        Rect { x: whole(self.x), y: whole(self.y), width: 0, height: 0 }
    }
}

/// The element under a spot.
pub fn element_at(scene: &Scene, spot: Spot) -> Option<ElementKey> {
    let at = spot.rect();
    scene.shapes.iter().rev().find(|shape| shape.rect.contains(&at)).map(|shape| shape.key.clone())
}

/// The element a connection ends at: the one under the spot, or the nearest within reach.
pub fn magnet(scene: &Scene, spot: Spot, source: &ElementKey) -> Option<ElementKey> {
    let at = spot.rect();
    let near = scene.shapes.iter().filter(|shape| shape.key != *source && shape.rect.grown(MAGNET).contains(&at));
    near.min_by_key(|shape| {
        let centre = shape.rect.centre();
        (!shape.rect.contains(&at), (centre.x - at.x).abs() + (centre.y - at.y).abs())
    })
    .map(|shape| shape.key.clone())
}

/// Elements that lie wholly in a frame, in model order.
pub fn inside(scene: &Scene, from: Spot, to: Spot) -> Vec<ElementKey> {
    let frame = frame(from, to);
    scene.shapes.iter().filter(|shape| frame.contains(&shape.rect)).map(|shape| shape.key.clone()).collect()
}

/// The frame between two corners.
pub fn frame(from: Spot, to: Spot) -> Rect {
    let (a, b) = (from.rect(), to.rect());
    Rect { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

/// The frame around elements; none if none of them is drawn.
pub fn around(scene: &Scene, keys: &[ElementKey]) -> Option<Rect> {
    scene.shapes.iter().filter(|shape| keys.contains(&shape.key)).map(|shape| shape.rect).reduce(|a, b| a.union(&b))
}

/// How far a drag moves elements: to the grid, or to a line on which they stand with others, edges and centres alike.
pub fn snap(scene: &Scene, keys: &[ElementKey], from: Spot, to: Spot, free: bool) -> Snapped {
    let (dx, dy) = (whole(to.x - from.x), whole(to.y - from.y));
    let Some(own) = around(scene, keys) else { return Snapped::default() };
    let moved = Rect { x: own.x + dx, y: own.y + dy, ..own };
    let grid = Snapped { dx: on_grid(moved.x) - own.x, dy: on_grid(moved.y) - own.y, guides: Vec::new() };
    if free {
        return grid;
    }
    let others: Vec<Rect> = scene.shapes.iter().filter(|shape| !keys.contains(&shape.key)).map(|shape| shape.rect).collect();
    let best = |lines: &dyn Fn(&Rect) -> [i32; 3]| -> Option<(i32, i32)> {
        let mine = lines(&moved);
        let pairs = others.iter().flat_map(|other| lines(other).into_iter().flat_map(|line| mine.map(|own| (line - own, line))));
        pairs.filter(|(off, _)| off.abs() <= REACH).min_by_key(|(off, line)| (off.abs(), *line))
    };
    let across = best(&|rect| [rect.x, rect.centre().x, rect.right()]);
    let down = best(&|rect| [rect.y, rect.centre().y, rect.bottom()]);
    let snapped =
        Snapped { dx: across.map_or(grid.dx, |(off, _)| dx + off), dy: down.map_or(grid.dy, |(off, _)| dy + off), guides: Vec::new() };
    let placed = Rect { x: own.x + snapped.dx, y: own.y + snapped.dy, ..own };
    let mut guides = Vec::new();
    if let Some((_, line)) = across {
        let on_line = others.iter().filter(|other| [other.x, other.centre().x, other.right()].contains(&line));
        let span = on_line.fold(placed, |span, other| span.union(other));
        guides.push(Guide { vertical: true, at: line, from: span.y, to: span.bottom() });
    }
    if let Some((_, line)) = down {
        let on_line = others.iter().filter(|other| [other.y, other.centre().y, other.bottom()].contains(&line));
        let span = on_line.fold(placed, |span, other| span.union(other));
        guides.push(Guide { vertical: false, at: line, from: span.x, to: span.right() });
    }
    Snapped { guides, ..snapped }
}

/// The innermost boundary under a spot that is not one of `keys` or inside one.
pub fn boundary_at<'a>(scene: &'a Scene, model: &Model, spot: Spot, keys: &[ElementKey]) -> Option<&'a Boundary> {
    let at = spot.rect();
    let own = |boundary: &Boundary| {
        let element = boundary.element.as_ref().or_else(|| model.groups.get(boundary.group.as_ref()?)?.owner.as_ref());
        element.is_some_and(|element| keys.iter().any(|key| key == element || model.is_inside(element, key)))
    };
    scene.boundaries.iter().filter(|boundary| boundary.rect.contains(&at) && !own(boundary)).max_by_key(|boundary| boundary.depth)
}

/// Where something dropped at a spot belongs.
pub fn home_at(scene: &Scene, model: &Model, spot: Spot, keys: &[ElementKey]) -> Home {
    match boundary_at(scene, model, spot, keys) {
        Some(Boundary { group: Some(group), .. }) => Home::Group(group.clone()),
        Some(Boundary { element: Some(element), .. }) => Home::Element(element.clone()),
        _ => Home::Top,
    }
}

/// Where an element stands now.
pub fn home_of(model: &Model, key: &ElementKey) -> Home {
    let Some(element) = model.element(key) else { return Home::Top };
    match (&element.group, &element.parent) {
        (Some(group), _) if model.groups.contains_key(group) => Home::Group(group.clone()),
        (_, Some(parent)) => Home::Element(parent.clone()),
        _ => Home::Top,
    }
}

/// Those of the keys that do not lie inside another of them.
pub fn outermost(model: &Model, keys: &[ElementKey]) -> Vec<ElementKey> {
    let all: BTreeSet<&ElementKey> = keys.iter().gathered();
    keys.iter().filter(|key| !model.ancestors(key).any(|ancestor| all.contains(&ancestor.key))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::compose,
        syntax::{Language, Sources, parse},
    };

    const TEXT: &str = "workspace {\n  model {\n    u = person \"User\"\n    s = softwareSystem \"Shop\" {\n      web = container \"Web\"\n      group \"Data\" {\n        db = container \"DB\"\n      }\n      web -> db\n    }\n    u -> web\n  }\n  views {\n    container s all {\n      include *\n    }\n  }\n}\n";

    fn shop() -> (Model, Scene) {
        let model = parse(Language::Structurizr, "w.dsl", TEXT, &Sources::new()).model;
        let scene = compose(&model, &model.views[0], None);
        (model, scene)
    }

    fn middle(rect: Rect) -> Spot {
        Spot { x: f64::from(rect.centre().x), y: f64::from(rect.centre().y) }
    }

    #[test]
    fn what_lies_under_a_spot() {
        let (model, scene) = shop();
        let web = model.find("Web").unwrap().key.clone();
        let rect = scene.shape(&web).unwrap().rect;
        assert_eq!(element_at(&scene, middle(rect)), Some(web.clone()));
        assert_eq!(home_at(&scene, &model, middle(rect), &[]), home_of(&model, &web));
        let db = model.find("DB").unwrap().key.clone();
        let inner = scene.shape(&db).unwrap().rect;
        assert!(matches!(home_at(&scene, &model, middle(inner), &[]), Home::Group(_)));
        assert!(matches!(home_of(&model, &db), Home::Group(_)));
        assert_eq!(home_at(&scene, &model, Spot { x: -500.0, y: -500.0 }, &[]), Home::Top);
        // Nothing can be dropped into itself.
        let shop = model.find("Shop").unwrap().key.clone();
        assert_eq!(home_at(&scene, &model, middle(inner), &[shop]), Home::Top);
    }

    #[test]
    fn drags_snap_to_neighbours_and_else_to_the_grid() {
        let (model, scene) = shop();
        let (web, user) = (model.find("Web").unwrap().key.clone(), model.find("User").unwrap().key.clone());
        let (own, other) = (scene.shape(&web).unwrap().rect, scene.shape(&user).unwrap().rect);
        let to = Spot { x: f64::from(other.x - own.x + 3), y: 400.0 };
        let snapped = snap(&scene, std::slice::from_ref(&web), Spot::default(), to, false);
        assert_eq!(snapped.dx, other.x - own.x);
        assert!(snapped.guides.iter().any(|guide| guide.vertical));
        let free = snap(&scene, &[web], Spot::default(), Spot { x: 401.0, y: 333.0 }, true);
        assert_eq!(((own.x + free.dx) % GRID, (own.y + free.dy) % GRID, free.guides.len()), (0, 0, 0));
    }

    #[test]
    fn marquees_take_in_what_lies_wholly_inside() {
        let (_, scene) = shop();
        let whole = scene.frame.grown(100);
        let corners =
            (Spot { x: f64::from(whole.x), y: f64::from(whole.y) }, Spot { x: f64::from(whole.right()), y: f64::from(whole.bottom()) });
        assert_eq!(inside(&scene, corners.1, corners.0).len(), scene.shapes.len());
        assert!(inside(&scene, corners.0, corners.0).is_empty());
    }

    #[test]
    fn connections_end_at_the_nearest_element_within_reach() {
        let (model, scene) = shop();
        let (web, db) = (model.find("Web").unwrap().key.clone(), model.find("DB").unwrap().key.clone());
        let rect = scene.shape(&db).unwrap().rect;
        let beside = Spot { x: f64::from(rect.x - 10), y: f64::from(rect.centre().y) };
        assert_eq!(magnet(&scene, beside, &web), Some(db.clone()));
        assert_eq!(magnet(&scene, beside, &db), None);
        assert_eq!(outermost(&model, &[model.find("Shop").unwrap().key.clone(), web]).len(), 1);
    }
}
