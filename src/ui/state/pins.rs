//! Places that people gave to elements, as the editor reports them.

use crate::domain::sort::Gather;
use crate::{domain::scene::pins::AllPins, ui::state::viewport::whole};

/// Reads the editor's report. What is no place is left out.
pub fn read(json: &str) -> AllPins {
    let list: Vec<(String, f64, f64)> = serde_json::from_str(json).unwrap_or_default();
    list.into_iter().map(|(name, x, y)| (name, (whole(x), whole(y)))).gathered()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read_and_nonsense_is_left_out() {
        let pins = read(r#"[["main/shop.web",12,-7.6],["main2/shop.web",1,1],["odd",0,0]]"#);
        assert_eq!(pins.len(), 3);
        assert_eq!(pins.get("main/shop.web"), Some(&(12, -8)));
        assert!(read("nonsense").is_empty());
    }
}
