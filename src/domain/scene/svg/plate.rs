//! The small picture of a project on its card: boxes in their families' colours with a bar for each name, no words.

use super::{Boundary, Connector, Scene, Shape, path, put};
use crate::domain::layout::Rect;

/// A picture for our own pages, to be shown about 8 rem high.
pub fn plate(scene: &Scene) -> String {
    let Rect { x, y, width, height } = scene.frame;
    let mut out = format!(
        r#"<svg class="dg dg--thumb" viewBox="{x} {y} {width} {height}" preserveAspectRatio="xMidYMid meet" aria-hidden="true" focusable="false">"#
    );
    for Boundary { rect: Rect { x, y, width, height }, .. } in &scene.boundaries {
        put(
            &mut out,
            format_args!(
                r#"<g class="dg-group"><rect class="dg-group__shape" x="{x}" y="{y}" width="{width}" height="{height}" rx="14"/></g>"#
            ),
        );
    }
    for Connector { points, asynchronous, .. } in &scene.connectors {
        let class = if *asynchronous { "dg-edge dg-edge--async" } else { "dg-edge" };
        put(&mut out, format_args!(r#"<g class="{class}"><path class="dg-edge__line dg-plate__line" d="{}"/></g>"#, path(points)));
    }
    for Shape { rect: Rect { x, y, width, height }, kind, .. } in &scene.shapes {
        let family = kind.family().slug();
        let (left, middle) = (x + width / 8, y + height / 2);
        put(
            &mut out,
            format_args!(
                r#"<g class="dg-el dg-el--{family}"><rect class="dg-el__shape dg-plate__box" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/><path class="dg-plate__name" d="M{left} {}h{}"/><path class="dg-plate__more" d="M{left} {}h{}"/></g>"#,
                middle - 7,
                width / 2,
                middle + 9,
                width / 3
            ),
        );
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::compose,
        syntax::{Language, Sources, parse},
    };

    #[test]
    fn a_plate_holds_a_box_for_each_element_and_none_of_their_words() {
        let text = "workspace {\n  model {\n    a = softwareSystem \"<b>Alpha</b>\"\n    b = softwareSystem \"Beta\"\n    a -> b \"calls\"\n  }\n}\n";
        let model = parse(Language::Structurizr, "w.dsl", text, &Sources::new()).model;
        let drawn = plate(&compose(&model, &model.views[0], None));
        assert_eq!(drawn.matches("dg-plate__box").count(), 2);
        assert_eq!(drawn.matches("dg-plate__line").count(), 1);
        assert!(!drawn.contains("Alpha") && !drawn.contains("calls"));
    }
}
