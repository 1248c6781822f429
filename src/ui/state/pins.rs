//! Places that people gave to elements, as the shared document keeps them: `view/element` and the top left corner in px.

use std::collections::BTreeMap;

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
    own.collect()
}

/// Reads the editor's report. What is no place is left out.
pub fn read(json: &str) -> AllPins {
    let list: Vec<(String, f64, f64)> = serde_json::from_str(json).unwrap_or_default();
    list.into_iter().map(|(name, x, y)| (name, (super::drag::whole(x), super::drag::whole(y)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_by_view() {
        let pins = read(r#"[["main/shop.web",12,-7.6],["main2/shop.web",1,1],["odd",0,0]]"#);
        assert_eq!(pins.len(), 3);
        let own = of_view(&pins, "main");
        assert_eq!(own.into_iter().collect::<Vec<_>>(), [("shop.web".into(), Point { x: 12, y: -8 })]);
        assert_eq!(name("main", &"shop.web".into()), "main/shop.web");
        assert!(read("nonsense").is_empty());
    }
}
