//! Shapes of nodes: their brackets, their names in `@{ shape: … }` with all aliases, and the kinds they stand for.
//!
//! To add a shape: one line in [`NAMES`], and one in [`Shape::kind`] where it says what an element is.

use crate::domain::model::kind::Kind;

/// A pair of brackets around a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brackets {
    Square,
    Round,
    Stadium,
    Subroutine,
    Cylinder,
    Circle,
    DoubleCircle,
    Ellipse,
    Flag,
    Diamond,
    Hexagon,
    LeanRight,
    LeanLeft,
    Trapezoid,
    InverseTrapezoid,
    /// `[|name:value|text]`
    Props,
}

/// All pairs; those that begin like a shorter one come before it.
pub const BRACKETS: [(&str, &str, Brackets); 16] = [
    ("(((", ")))", Brackets::DoubleCircle),
    ("((", "))", Brackets::Circle),
    ("([", "])", Brackets::Stadium),
    ("(-", "-)", Brackets::Ellipse),
    ("(", ")", Brackets::Round),
    ("[[", "]]", Brackets::Subroutine),
    ("[(", ")]", Brackets::Cylinder),
    ("[/", "/]", Brackets::LeanRight),
    ("[/", "\\]", Brackets::Trapezoid),
    ("[\\", "\\]", Brackets::LeanLeft),
    ("[\\", "/]", Brackets::InverseTrapezoid),
    ("[|", "]", Brackets::Props),
    ("[", "]", Brackets::Square),
    ("{{", "}}", Brackets::Hexagon),
    ("{", "}", Brackets::Diamond),
    (">", "]", Brackets::Flag),
];

impl Brackets {
    /// The opening and the closing bracket.
    pub fn pair(self) -> (&'static str, &'static str) {
        BRACKETS.iter().find(|(.., brackets)| *brackets == self).map_or(("[", "]"), |(open, close, _)| (open, close))
    }

    pub const fn shape(self) -> Shape {
        Shape(match self {
            Self::Square | Self::Props => "rect",
            Self::Round => "rounded",
            Self::Stadium => "stadium",
            Self::Subroutine => "fr-rect",
            Self::Cylinder => "cyl",
            Self::Circle => "circle",
            Self::DoubleCircle => "dbl-circ",
            Self::Ellipse => "ellipse",
            Self::Flag => "odd",
            Self::Diamond => "diam",
            Self::Hexagon => "hex",
            Self::LeanRight => "lean-r",
            Self::LeanLeft => "lean-l",
            Self::Trapezoid => "trap-b",
            Self::InverseTrapezoid => "trap-t",
        })
    }
}

/// A shape by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape(pub &'static str);

/// Short names, each with the other names of the same shape.
pub const NAMES: [(&str, &[&str]); 49] = [
    ("rect", &["proc", "process", "rectangle", "squareRect"]),
    ("rounded", &["event", "roundedRect"]),
    ("stadium", &["terminal", "pill"]),
    ("fr-rect", &["subprocess", "subproc", "framed-rectangle", "subroutine"]),
    ("cyl", &["db", "database", "cylinder"]),
    ("datastore", &["data-store"]),
    ("circle", &["circ"]),
    ("bang", &[]),
    ("cloud", &[]),
    ("diam", &["decision", "diamond", "question"]),
    ("hex", &["hexagon", "prepare"]),
    ("lean-r", &["lean-right", "in-out", "lean_right"]),
    ("lean-l", &["lean-left", "out-in", "lean_left"]),
    ("trap-b", &["priority", "trapezoid-bottom", "trapezoid"]),
    ("trap-t", &["manual", "trapezoid-top", "inv-trapezoid", "inv_trapezoid"]),
    ("dbl-circ", &["double-circle", "doublecircle"]),
    ("ellipse", &[]),
    ("text", &[]),
    ("notch-rect", &["card", "notched-rectangle"]),
    ("lin-rect", &["lined-rectangle", "lined-process", "lin-proc", "shaded-process"]),
    ("sm-circ", &["start", "small-circle", "stateStart"]),
    ("fr-circ", &["stop", "framed-circle", "stateEnd"]),
    ("fork", &["join", "forkJoin"]),
    ("hourglass", &["collate"]),
    ("brace", &["comment", "brace-l"]),
    ("brace-r", &[]),
    ("braces", &[]),
    ("bolt", &["com-link", "lightning-bolt"]),
    ("doc", &["document"]),
    ("delay", &["half-rounded-rectangle"]),
    ("h-cyl", &["das", "horizontal-cylinder"]),
    ("lin-cyl", &["disk", "lined-cylinder"]),
    ("curv-trap", &["curved-trapezoid", "display"]),
    ("div-rect", &["div-proc", "divided-rectangle", "divided-process"]),
    ("tri", &["extract", "triangle"]),
    ("win-pane", &["internal-storage", "window-pane"]),
    ("f-circ", &["junction", "filled-circle"]),
    ("notch-pent", &["loop-limit", "notched-pentagon"]),
    ("flip-tri", &["manual-file", "flipped-triangle"]),
    ("sl-rect", &["manual-input", "sloped-rectangle"]),
    ("docs", &["documents", "st-doc", "stacked-document"]),
    ("st-rect", &["procs", "processes", "stacked-rectangle"]),
    ("bow-rect", &["stored-data", "bow-tie-rectangle"]),
    ("cross-circ", &["summary", "crossed-circle"]),
    ("tag-doc", &["tagged-document"]),
    ("tag-rect", &["tagged-rectangle", "tag-proc", "tagged-process"]),
    ("flag", &["paper-tape"]),
    ("odd", &["rect_left_inv_arrow"]),
    ("lin-doc", &["lined-document"]),
];

impl Shape {
    /// By any of its names, as `@{ shape: … }` takes them.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(short, others)| *short == name || others.contains(&name)).map(|(short, _)| Self(short))
    }

    /// The kind this shape always stands for.
    pub fn kind(self) -> Option<Kind> {
        match self.0 {
            "cyl" | "datastore" | "lin-cyl" | "bow-rect" | "win-pane" => Some(Kind::Database),
            "h-cyl" => Some(Kind::Queue),
            "cloud" => Some(Kind::External),
            "curv-trap" => Some(Kind::Frontend),
            _ => None,
        }
    }

    /// The kind this shape stands for where nothing else says one: architects draw gateways as hexagons and buckets as what
    /// looks like one, other people use the same shapes for other things.
    pub fn likely(self) -> Option<Kind> {
        match self.0 {
            "hex" => Some(Kind::Gateway),
            "trap-t" => Some(Kind::ObjectStore),
            _ => None,
        }
    }

    /// As people call it: `cylinder`.
    pub fn label(self) -> &'static str {
        match self.0 {
            "cyl" => "cylinder",
            "h-cyl" => "horizontal cylinder",
            "lin-cyl" => "disk",
            "bow-rect" => "stored data",
            "win-pane" => "internal storage",
            "curv-trap" => "display",
            "hex" => "hexagon",
            "trap-t" => "bucket",
            other => other,
        }
    }
}

/// The brackets that a kind is written with.
pub const fn brackets_of(kind: Kind) -> Brackets {
    match kind {
        Kind::Person => Brackets::Stadium,
        Kind::Gateway => Brackets::Hexagon,
        Kind::Worker | Kind::System => Brackets::Subroutine,
        Kind::Scheduler => Brackets::Flag,
        Kind::Database | Kind::Cache => Brackets::Cylinder,
        Kind::ObjectStore => Brackets::InverseTrapezoid,
        Kind::Queue => Brackets::Round,
        Kind::SearchIndex => Brackets::LeanRight,
        Kind::Frontend | Kind::Service | Kind::External | Kind::Node => Brackets::Square,
    }
}

/// The kind of a node that was printed by Lintel: its class is the colour family, its shape says which of the family.
pub fn printed(family: &str, shape: Shape) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| {
        let told_apart = !matches!(kind, Kind::Cache | Kind::Node | Kind::System);
        told_apart && kind.family().slug() == family && brackets_of(*kind).shape() == shape
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_belongs_to_one_shape() {
        let mut names: Vec<&str> = NAMES.iter().flat_map(|(short, others)| std::iter::once(short).chain(*others)).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for (.., brackets) in BRACKETS {
            assert!(Shape::named(brackets.shape().0).is_some(), "{brackets:?}");
        }
    }

    #[test]
    fn families_and_shapes_tell_kinds_apart() {
        assert_eq!(printed("entry", Shape("hex")), Some(Kind::Gateway));
        assert_eq!(printed("entry", Shape("rect")), Some(Kind::Frontend));
        assert_eq!(printed("data", Shape("cyl")), Some(Kind::Database));
        assert_eq!(printed("message", Shape("rounded")), Some(Kind::Queue));
        assert_eq!(printed("data", Shape("rect")), None);
    }
}
