//! Places that people gave to elements, as the shared document keeps them: `view/element` and the top left corner in px.

use std::collections::BTreeMap;

use crate::domain::sort::Gather;
use crate::domain::{layout::Point, model::ElementKey, scene::Pins};

/// All places of a diagram by name.
pub type AllPins = BTreeMap<String, (i32, i32)>;

/// The name under which a place is kept. Keys of views have no slash.
pub fn name(view: &str, element: &ElementKey) -> String {
    format!("{view}/{element}")
}

/// The places of one view.
pub fn of_view(pins: &AllPins, view: &str) -> Pins {
    let own = pins.iter().filter_map(|(name, (x, y))| {
        let element = name.strip_prefix(view)?.strip_prefix('/')?;
        Some((ElementKey::from(element), Point { x: *x, y: *y }))
    });
    own.gathered()
}

/// The places that an import brought along, under their names.
pub fn named(positions: &BTreeMap<String, BTreeMap<ElementKey, Point>>) -> AllPins {
    let all = positions.iter().flat_map(|(view, places)| places.iter().map(move |(key, at)| (name(view, key), (at.x, at.y))));
    all.gathered()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_by_view() {
        let place = |x, y| Point { x, y };
        let positions = BTreeMap::from([
            ("main".to_owned(), BTreeMap::from([(ElementKey::from("shop.web"), place(12, -8))])),
            ("main2".to_owned(), BTreeMap::from([(ElementKey::from("shop.web"), place(1, 1))])),
        ]);
        let pins = named(&positions);
        assert_eq!(pins.get("main/shop.web"), Some(&(12, -8)));
        assert_eq!(of_view(&pins, "main"), positions["main"]);
        assert!(of_view(&pins, "mai").is_empty());
        assert_eq!(name("main", &"shop.web".into()), "main/shop.web");
    }
}
