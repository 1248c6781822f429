//! What each macro of `C4-PlantUML` and Mermaid C4 means, and the names and order of its arguments. A new macro is one arm of
//! [`classify`].

/// How an element is drawn, which says what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Box,
    Database,
    Queue,
}

/// What an element macro makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Person,
    System,
    Container,
    Component,
}

/// What a boundary macro encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enclosure {
    Enterprise,
    System,
    Container,
    Component,
    /// The type is an argument.
    Free,
}

/// Which way an arrow points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heads {
    Forth,
    Back,
    Both,
}

/// What a macro does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Macro {
    Element {
        shape: Shape,
        form: Form,
        external: bool,
    },
    Boundary(Enclosure),
    Node,
    Relation {
        heads: Heads,
        /// The first argument is the number of the step.
        numbered: bool,
        /// `Rel_U` and the like, or `_Neighbor`: a hint for the layout.
        placed: bool,
    },
    /// `Rel_(from, to, label, [techn], arrow)`.
    RawRelation,
    /// `Lay_…`: a hint for the layout.
    Layout,
    /// `LAYOUT_LEFT_RIGHT` and the like; whether the picture goes from left to right.
    Direction {
        sideways: bool,
    },
    ElementTag,
    RelationTag,
    Property,
    PropertyHeader,
    NoPropertyHeader,
    Increment,
    SetIndex,
    BoundaryEnd,
    /// Colours, legends, sketches, sprites of people.
    Look,
}

const PERSON: &[&str] = &["alias", "label", "descr", "sprite", "tags", "link", "type"];
const SYSTEM: &[&str] = &["alias", "label", "descr", "sprite", "tags", "link", "type", "baseShape"];
const PART: &[&str] = &["alias", "label", "techn", "descr", "sprite", "tags", "link", "baseShape"];
const FREE_BOUNDARY: &[&str] = &["alias", "label", "type", "tags", "link", "descr"];
const BOUNDARY: &[&str] = &["alias", "label", "tags", "link", "descr"];
const NODE: &[&str] = &["alias", "label", "type", "descr", "sprite", "tags", "link"];
const RELATION: &[&str] = &["from", "to", "label", "techn", "descr", "sprite", "tags", "link", "index"];
const NUMBERED: &[&str] = &["index", "from", "to", "label", "techn", "descr", "sprite", "tags", "link"];
const RAW: &[&str] = &["from", "to", "label", "techn", "direction"];
const ELEMENT_TAG: &[&str] = &["tagStereo", "bgColor", "fontColor", "borderColor", "shadowing", "shape", "sprite", "techn", "legendText"];
const RELATION_TAG: &[&str] = &["tagStereo", "textColor", "lineColor", "lineStyle", "sprite", "techn", "legendText"];
const COLUMNS: &[&str] = &["col1", "col2", "col3", "col4"];
const HEADERS: &[&str] = &["col1Name", "col2Name", "col3Name", "col4Name"];

impl Macro {
    /// The names of the arguments in order.
    pub const fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Element { shape: Shape::Person, .. } => PERSON,
            Self::Element { shape: Shape::System, .. } => SYSTEM,
            Self::Element { .. } => PART,
            Self::Boundary(Enclosure::Free) => FREE_BOUNDARY,
            Self::Boundary(_) => BOUNDARY,
            Self::Node => NODE,
            Self::Relation { numbered: true, .. } => NUMBERED,
            Self::Relation { .. } => RELATION,
            Self::RawRelation => RAW,
            Self::ElementTag => ELEMENT_TAG,
            Self::RelationTag => RELATION_TAG,
            Self::Property => COLUMNS,
            Self::PropertyHeader => HEADERS,
            _ => &[],
        }
    }
}

/// The macro of a name; none for names that are not macros of C4.
pub fn classify(name: &str) -> Option<Macro> {
    element(name).or_else(|| relation(name)).or_else(|| other(name))
}

fn element(name: &str) -> Option<Macro> {
    let (base, external) = name.strip_suffix("_Ext").map_or((name, false), |base| (base, true));
    let (shape, form) = match base {
        "Person" => (Shape::Person, Form::Box),
        "System" => (Shape::System, Form::Box),
        "SystemDb" => (Shape::System, Form::Database),
        "SystemQueue" => (Shape::System, Form::Queue),
        "Container" => (Shape::Container, Form::Box),
        "ContainerDb" => (Shape::Container, Form::Database),
        "ContainerQueue" => (Shape::Container, Form::Queue),
        "Component" => (Shape::Component, Form::Box),
        "ComponentDb" => (Shape::Component, Form::Database),
        "ComponentQueue" => (Shape::Component, Form::Queue),
        _ => return None,
    };
    Some(Macro::Element { shape, form, external })
}

/// `[Bi]Rel[Index][_Back][_Neighbor][_U]`.
fn relation(name: &str) -> Option<Macro> {
    let (rest, both) = name.strip_prefix("Bi").map_or((name, false), |rest| (rest, true));
    let rest = rest.strip_prefix("Rel")?;
    if rest == "_" && !both {
        return Some(Macro::RawRelation);
    }
    let (rest, numbered) = rest.strip_prefix("Index").map_or((rest, false), |rest| (rest, true));
    let (rest, back) = rest.strip_prefix("_Back").map_or((rest, false), |rest| (rest, true));
    let placed = match rest {
        "" => false,
        "_Neighbor" | "_Neighbour" | "_U" | "_Up" | "_D" | "_Down" | "_L" | "_Left" | "_R" | "_Right" => true,
        _ => return None,
    };
    let heads = match (both, back) {
        (true, _) => Heads::Both,
        (false, true) => Heads::Back,
        (false, false) => Heads::Forth,
    };
    Some(Macro::Relation { heads, numbered, placed })
}

fn other(name: &str) -> Option<Macro> {
    Some(match name {
        "Boundary" => Macro::Boundary(Enclosure::Free),
        "Enterprise_Boundary" => Macro::Boundary(Enclosure::Enterprise),
        "System_Boundary" => Macro::Boundary(Enclosure::System),
        "Container_Boundary" => Macro::Boundary(Enclosure::Container),
        "Component_Boundary" => Macro::Boundary(Enclosure::Component),
        "Deployment_Node" | "Deployment_Node_L" | "Deployment_Node_R" | "Node" | "Node_L" | "Node_R" => Macro::Node,
        "LAYOUT_TOP_DOWN" => Macro::Direction { sideways: false },
        "LAYOUT_LEFT_RIGHT" | "LAYOUT_LANDSCAPE" => Macro::Direction { sideways: true },
        "AddElementTag"
        | "AddPersonTag"
        | "AddExternalPersonTag"
        | "AddSystemTag"
        | "AddExternalSystemTag"
        | "AddContainerTag"
        | "AddExternalContainerTag"
        | "AddComponentTag"
        | "AddExternalComponentTag"
        | "AddNodeTag" => Macro::ElementTag,
        "AddRelTag" => Macro::RelationTag,
        "AddProperty" => Macro::Property,
        "SetPropertyHeader" => Macro::PropertyHeader,
        "WithoutPropertyHeader" => Macro::NoPropertyHeader,
        "increment" | "Index" => Macro::Increment,
        "setIndex" | "SetIndex" => Macro::SetIndex,
        "Boundary_End" => Macro::BoundaryEnd,
        "AddBoundaryTag" | "LAYOUT_WITH_LEGEND" | "LAYOUT_AS_SKETCH" | "SET_SKETCH_STYLE" | "SetDefaultLegendEntries" => Macro::Look,
        _ if name.starts_with("Lay_") => Macro::Layout,
        _ if name.starts_with("Update") || name.starts_with("SHOW_") || name.starts_with("HIDE_") => Macro::Look,
        _ => return None,
    })
}

/// Names to suggest for one that is not known.
pub const NAMES: [&str; 44] = [
    "Person",
    "Person_Ext",
    "System",
    "System_Ext",
    "SystemDb",
    "SystemDb_Ext",
    "SystemQueue",
    "SystemQueue_Ext",
    "Container",
    "Container_Ext",
    "ContainerDb",
    "ContainerDb_Ext",
    "ContainerQueue",
    "ContainerQueue_Ext",
    "Component",
    "Component_Ext",
    "ComponentDb",
    "ComponentDb_Ext",
    "ComponentQueue",
    "ComponentQueue_Ext",
    "Boundary",
    "Enterprise_Boundary",
    "System_Boundary",
    "Container_Boundary",
    "Deployment_Node",
    "Node",
    "Rel",
    "Rel_U",
    "Rel_D",
    "Rel_L",
    "Rel_R",
    "Rel_Up",
    "Rel_Down",
    "Rel_Left",
    "Rel_Right",
    "Rel_Back",
    "Rel_Neighbor",
    "BiRel",
    "RelIndex",
    "AddElementTag",
    "AddRelTag",
    "AddProperty",
    "SetPropertyHeader",
    "WithoutPropertyHeader",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let external = Macro::Element { shape: Shape::Container, form: Form::Queue, external: true };
        assert_eq!(classify("ContainerQueue_Ext"), Some(external));
        let back = Macro::Relation { heads: Heads::Back, numbered: true, placed: true };
        assert_eq!(classify("RelIndex_Back_Neighbor"), Some(back));
        assert_eq!(classify("BiRel_Left"), Some(Macro::Relation { heads: Heads::Both, numbered: false, placed: true }));
        assert_eq!(classify("Rel_"), Some(Macro::RawRelation));
        for name in ["Relation", "rel", "Rel_X", "Containers", "Ext", ""] {
            assert_eq!(classify(name), None, "{name}");
        }
        assert!(NAMES.iter().all(|name| classify(name).is_some()));
    }
}
