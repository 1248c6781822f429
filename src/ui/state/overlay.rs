//! What lies over the picture while people work on it, as SVG: selections, ports, a drag under way, guides, and others' cursors.

use std::fmt::Write;

use serde::Deserialize;

use crate::{
    domain::{
        layout::Rect,
        model::{ElementKey, RelationKey},
        scene::{
            Scene,
            svg::{escape, path},
            text::{Type, width},
        },
    },
    ui::state::{
        drag::{Drag, Guide, Snapped, Spot, frame, magnet},
        viewport::whole,
    },
};

/// Somebody else on the canvas, as the editor reports.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Peer {
    pub name: String,
    pub colour: u32,
    pub view: String,
    pub x: Option<f64>,
    pub y: Option<f64>,
    pub selected: Vec<String>,
}

/// Everything the overlay shows.
pub struct Overlay<'a> {
    pub scene: &'a Scene,
    pub selected: &'a [ElementKey],
    /// The relation that is looked at.
    pub relation: Option<&'a RelationKey>,
    /// Ports to connect from are shown.
    pub ports: bool,
    pub drag: Option<&'a Drag>,
    pub snapped: &'a Snapped,
    /// The boundary that a drop would go into.
    pub into: Option<Rect>,
    pub peers: &'a [Peer],
}

/// The radius of a port, in px.
const PORT: i32 = 5;

/// The parts of an `svg` element with the picture's `viewBox`.
pub fn overlay(over: &Overlay<'_>) -> String {
    let mut out = String::new();
    if let Some(rect) = over.into {
        rounded(&mut out, "dg-into", &rect, 12);
    }
    for connector in over.scene.connectors.iter().filter(|connector| Some(&connector.relation) == over.relation) {
        put(&mut out, format_args!(r#"<path class="dg-chosen" d="{}"/>"#, path(&connector.points)));
    }
    for peer in over.peers {
        remote(&mut out, over.scene, peer);
    }
    let shapes = || over.scene.shapes.iter().filter(|shape| over.selected.contains(&shape.key));
    if over.selected.len() > 1 {
        for shape in shapes() {
            rounded(&mut out, "dg-sel", &shape.rect.grown(5), 9);
        }
    }
    if over.ports && over.drag.is_none() && over.selected.len() == 1 {
        for shape in shapes() {
            for (x, y) in ports(&shape.rect) {
                put(
                    &mut out,
                    format_args!(
                        r#"<circle class="dg-port dg-port--live" cx="{x}" cy="{y}" r="{PORT}" data-port="{}"/>"#,
                        escape(shape.key.as_str())
                    ),
                );
            }
        }
    }
    match over.drag {
        Some(Drag::Move { keys, .. }) => {
            let Snapped { dx, dy, guides } = over.snapped;
            for shape in over.scene.shapes.iter().filter(|shape| keys.contains(&shape.key)) {
                rounded(&mut out, "dg-ghost", &Rect { x: shape.rect.x + dx, y: shape.rect.y + dy, ..shape.rect }, 9);
            }
            for Guide { vertical, at, from, to } in guides {
                let (x1, y1, x2, y2) = if *vertical { (*at, from - 16, *at, to + 16) } else { (from - 16, *at, to + 16, *at) };
                put(&mut out, format_args!(r#"<line class="dg-guide" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
            }
        }
        Some(Drag::Marquee { from, to, .. }) => rounded(&mut out, "dg-marquee", &frame(*from, *to), 2),
        Some(Drag::Connect { source, to }) => connecting(&mut out, over.scene, source, *to),
        None => {}
    }
    out
}

/// The centres of a box's four sides.
pub fn ports(rect: &Rect) -> [(i32, i32); 4] {
    let centre = rect.centre();
    [(centre.x, rect.y), (rect.right(), centre.y), (centre.x, rect.bottom()), (rect.x, centre.y)]
}

fn connecting(out: &mut String, scene: &Scene, source: &ElementKey, to: Spot) {
    let Some(start) = scene.shape(source).map(|shape| shape.rect) else { return };
    let target = magnet(scene, to, source).and_then(|key| scene.shape(&key)).map(|shape| shape.rect);
    if let Some(rect) = &target {
        rounded(out, "dg-sel", &rect.grown(5), 9);
    }
    let (to_x, to_y) = target.map_or((whole(to.x), whole(to.y)), |rect| nearest(&rect, start.centre().x, start.centre().y));
    let (x, y) = nearest(&start, to_x, to_y);
    put(out, format_args!(r#"<path class="dg-connect" d="M{x} {y}L{to_x} {to_y}"/>"#));
}

fn nearest(rect: &Rect, x: i32, y: i32) -> (i32, i32) {
    let far = |(px, py): &(i32, i32)| (px - x).abs() + (py - y).abs();
    ports(rect).into_iter().min_by_key(far).unwrap_or((x, y))
}

fn remote(out: &mut String, scene: &Scene, peer: &Peer) {
    let colour = peer.colour.clamp(1, 6);
    put(out, format_args!(r#"<g class="dg-remote dg-remote--{colour}">"#));
    for shape in scene.shapes.iter().filter(|shape| peer.selected.iter().any(|key| key == shape.key.as_str())) {
        rounded(out, "dg-remote__box", &shape.rect.grown(4), 9);
    }
    if let (Some(x), Some(y)) = (peer.x, peer.y) {
        let (x, y) = (whole(x), whole(y));
        let name: String = peer.name.chars().take(40).collect();
        let wide = width(&name, Type::Small) + 14;
        put(
            out,
            format_args!(
                r#"<g transform="translate({x} {y})"><path class="dg-remote__cursor" d="M0 0l4 12 2.6-4.6L12 5z"/><rect class="dg-remote__tag" x="9" y="13" width="{wide}" height="17" rx="3"/><text class="dg-remote__text" x="16" y="25">{}</text></g>"#,
                escape(&name)
            ),
        );
    }
    out.push_str("</g>");
}

fn rounded(out: &mut String, class: &str, rect: &Rect, radius: i32) {
    let Rect { x, y, width, height } = rect;
    put(out, format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>"#));
}

/// Writing to a string cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::compose,
        syntax::{Language, Sources, parse},
    };

    #[test]
    fn peers_are_drawn_with_their_names_made_harmless() {
        let text = "workspace {\n  model {\n    a = softwareSystem \"A\"\n  }\n}\n";
        let model = parse(Language::Structurizr, "w.dsl", text, &Sources::new()).model;
        let scene = compose(&model, &model.views[0], None);
        let key = model.find("A").unwrap().key.clone();
        let peer = Peer {
            name: "<script>".to_owned(),
            colour: 99,
            view: String::new(),
            x: Some(f64::MAX),
            y: Some(-3.4),
            selected: vec![key.0.clone()],
        };
        let over = Overlay {
            scene: &scene,
            selected: std::slice::from_ref(&key),
            relation: None,
            ports: true,
            drag: Some(&Drag::Connect { source: key.clone(), to: Spot { x: 0.0, y: 0.0 } }),
            snapped: &Snapped::default(),
            into: None,
            peers: &[peer],
        };
        let drawn = overlay(&over);
        assert!(drawn.contains("&lt;script&gt;") && !drawn.contains("<script"));
        assert!(drawn.contains("dg-remote--6") && drawn.contains("dg-connect") && drawn.contains("dg-remote__box"));
        let idle = overlay(&Overlay { drag: None, peers: &[], ..over });
        assert_eq!(idle.matches("data-port").count(), 4);
    }
}
