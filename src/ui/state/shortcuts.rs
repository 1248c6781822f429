//! Which key means what. What a letter means can depend on the page: `C` replies to a finding or connects elements. Single keys are off while a text field has the focus; `G` waits for a second key.

use crate::domain::model::kind::Kind;

/// One key press, as far as shortcuts care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Press {
    /// The key's value, such as `k`, `?` or `Escape`.
    pub key: String,
    /// The physical key, such as `Digit1`; for keys whose value depends on Shift.
    pub code: String,
    /// Command or Control.
    pub command: bool,
    pub shift: bool,
    pub alt: bool,
}

/// What a shortcut asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Palette,
    Help,
    Home,
    Decisions,
    Reviews,
    Catalogue,
    StartReview,
    SelectTool,
    PanTool,
    Fit,
    FitSelection,
    ZoomIn,
    ZoomOut,
    ConnectTool,
    /// Adds an element of a kind.
    Place(Kind),
    Boundary,
    Tidy,
    /// To the view of what is inside the selected element, and back out.
    Inside,
    Outside,
    /// Only what is around the selected element.
    Focus,
    NextFinding,
    PreviousFinding,
    Resolve,
    AcceptEdit,
    RejectEdit,
    Reply,
}

/// The keys of kinds, as the toolbar names them.
pub const KIND_KEYS: [(Kind, &str); 12] = [
    (Kind::Person, "P"),
    (Kind::Frontend, "F"),
    (Kind::Gateway, "A"),
    (Kind::Service, "S"),
    (Kind::Worker, "W"),
    (Kind::Scheduler, "T"),
    (Kind::Database, "D"),
    (Kind::Cache, ""),
    (Kind::ObjectStore, ""),
    (Kind::SearchIndex, ""),
    (Kind::Queue, "Q"),
    (Kind::External, "E"),
];

/// Remembers a pending `G`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shortcuts {
    going: bool,
}

impl Shortcuts {
    /// What a press means now; `typing` says that a text field has the keyboard.
    pub fn press(&mut self, press: &Press, typing: bool, canvas: bool) -> Option<Command> {
        let going = std::mem::take(&mut self.going);
        let key = press.key.to_ascii_lowercase();
        if press.command {
            return (key == "k" && !press.shift && !press.alt).then_some(Command::Palette);
        }
        if typing || press.alt {
            return None;
        }
        if going {
            return match key.as_str() {
                "h" => Some(Command::Home),
                "d" => Some(Command::Decisions),
                "r" => Some(Command::Reviews),
                "c" => Some(Command::Catalogue),
                _ => None,
            };
        }
        if press.shift {
            return match (press.code.as_str(), press.key.as_str()) {
                ("Digit1", _) => Some(Command::Fit),
                ("Digit2", _) => Some(Command::FitSelection),
                (_, "?") => Some(Command::Help),
                (_, "+") => Some(Command::ZoomIn),
                (_, "L") if canvas => Some(Command::Tidy),
                _ => None,
            };
        }
        if canvas {
            let kind = KIND_KEYS.iter().find(|(_, letter)| letter.eq_ignore_ascii_case(&key)).map(|(kind, _)| Command::Place(*kind));
            let own = match key.as_str() {
                "c" => Some(Command::ConnectTool),
                "b" => Some(Command::Boundary),
                "]" => Some(Command::Inside),
                "[" => Some(Command::Outside),
                "." => Some(Command::Focus),
                _ => kind,
            };
            if own.is_some() {
                return own;
            }
        }
        match key.as_str() {
            "g" => {
                self.going = true;
                None
            }
            "?" => Some(Command::Help),
            "r" => Some(Command::StartReview),
            "v" => Some(Command::SelectTool),
            "h" => Some(Command::PanTool),
            "+" | "=" => Some(Command::ZoomIn),
            "-" => Some(Command::ZoomOut),
            "j" => Some(Command::NextFinding),
            "k" => Some(Command::PreviousFinding),
            "e" => Some(Command::Resolve),
            "a" => Some(Command::AcceptEdit),
            "x" => Some(Command::RejectEdit),
            "c" => Some(Command::Reply),
            _ => None,
        }
    }
}

/// The list that `?` shows: group, then keys and words.
pub const HELP: &[(&str, &[(&str, &str)])] = &[
    (
        "Everywhere",
        &[
            ("⌘K or Ctrl K", "Search or run a command"),
            ("G H", "Home"),
            ("G D", "Decisions of the project"),
            ("G R", "Reviews of the project"),
            ("G C", "Catalogue"),
            ("R", "Start a review"),
            ("?", "This list"),
        ],
    ),
    (
        "Diagram",
        &[
            ("V", "Select"),
            ("H or hold Space", "Pan"),
            ("C", "Connect the selected element"),
            ("P F A S W T D Q E", "Place a person, frontend, gateway, service, worker, timer, database, queue, external"),
            ("B", "Draw a boundary around the selection"),
            ("Tab", "Next element"),
            ("Enter", "Select the element, then rename it"),
            ("Arrows, with ⇧ further", "Move the selection"),
            ("⌫", "Delete"),
            ("⌘Z and ⇧⌘Z", "Undo and redo your own edits"),
            ("⌘D", "Duplicate"),
            ("] and [", "Open the view of what is inside the selection, and the one around"),
            (".", "Show only the surroundings of the selection"),
            ("⇧L", "Tidy the view, as a preview first"),
            ("+ and -", "Zoom"),
            ("⇧1", "Fit the picture"),
            ("⇧2", "Fit the selection"),
        ],
    ),
    (
        "Source of a diagram",
        &[
            ("Ctrl Space", "Complete what is being typed"),
            ("⇧F1", "Explain the word at the caret"),
            ("F12 or Ctrl click", "Go to the definition"),
            ("F2", "Rename the element everywhere"),
            ("⇧Alt F", "Lay out the selection or the whole text"),
            ("Escape, then Tab", "Leave the editor"),
        ],
    ),
    (
        "Review",
        &[
            ("J and K", "Next and previous finding"),
            ("E", "Accept the finding, to be fixed"),
            ("A", "Accept the suggested edit"),
            ("X", "Reject the suggested edit"),
            ("C", "Reply"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Press {
        Press { key: key.to_owned(), ..Press::default() }
    }

    #[test]
    fn g_waits_for_the_second_key() {
        let mut keys = Shortcuts::default();
        assert_eq!(keys.press(&press("g"), false, false), None);
        assert_eq!(keys.press(&press("r"), false, false), Some(Command::Reviews));
        assert_eq!(keys.press(&press("r"), false, false), Some(Command::StartReview));
        assert_eq!(keys.press(&press("g"), false, false), None);
        assert_eq!(keys.press(&press("x"), false, false), None);
        assert_eq!(keys.press(&press("h"), false, false), Some(Command::PanTool));
    }

    #[test]
    fn typing_turns_single_keys_off_but_not_the_palette() {
        let mut keys = Shortcuts::default();
        assert_eq!(keys.press(&press("j"), true, false), None);
        assert_eq!(keys.press(&Press { command: true, ..press("k") }, true, false), Some(Command::Palette));
        assert_eq!(keys.press(&Press { command: true, ..press("r") }, false, false), None, "the browser's reload stays");
    }

    #[test]
    fn on_the_canvas_letters_place_and_connect() {
        let mut keys = Shortcuts::default();
        assert_eq!(keys.press(&press("c"), false, true), Some(Command::ConnectTool));
        assert_eq!(keys.press(&press("c"), false, false), Some(Command::Reply));
        assert_eq!(keys.press(&press("s"), false, true), Some(Command::Place(Kind::Service)));
        assert_eq!(keys.press(&press("]"), false, true), Some(Command::Inside));
        assert_eq!(keys.press(&press("."), false, false), None, "only on a canvas");
        assert_eq!(keys.press(&press("s"), true, true), None, "not while typing");
        let letters: Vec<_> = KIND_KEYS.iter().map(|(_, letter)| *letter).filter(|letter| !letter.is_empty()).collect();
        assert!(letters.iter().all(|letter| !["V", "H", "C", "B", "G", "R"].contains(letter)));
    }

    #[test]
    fn shifted_digits_are_read_by_position() {
        let mut keys = Shortcuts::default();
        let fit = Press { code: "Digit1".to_owned(), shift: true, ..press("!") };
        assert_eq!(keys.press(&fit, false, false), Some(Command::Fit));
        assert_eq!(keys.press(&Press { shift: true, ..press("?") }, false, false), Some(Command::Help));
    }
}
