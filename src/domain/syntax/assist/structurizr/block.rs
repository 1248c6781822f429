//! What kind of block a place lies in, and which keywords mean something there.

use crate::domain::{
    model::Level,
    syntax::structurizr::{
        occurrence::{Index, Symbol},
        tree::Word,
    },
};

/// A kind of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// The whole file, with or without a workspace of its own.
    File,
    /// The whole of a file that another one includes.
    Part,
    Workspace,
    Model,
    Archetypes,
    Archetype,
    /// An element's block, or a group in it.
    Element(Level),
    /// `!elements`.
    Elements,
    Relation,
    /// What `a -/> b` puts in place of a relation.
    Removal,
    Properties(Subject),
    Perspectives,
    Perspective,
    Views,
    /// By its keyword in lower case.
    View(ViewBlock),
    Sequence,
    /// The block of a dynamic view's step.
    Step,
    Animation,
    Image,
    Styles,
    Scheme,
    ElementStyle,
    RelationStyle,
    Terminology,
    Branding,
    Configuration,
    Users,
    /// A script, a plug-in, or something that is not understood.
    Opaque,
}

/// What the properties of a block are said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Workspace,
    Element(Option<Level>),
    Relation,
    /// Views and styles: their properties are no facts.
    Look,
}

/// The kinds of views that differ in what may stand in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ViewBlock {
    Static,
    Deployment,
    Filtered,
}

/// The identifier before `=`, if any, and the words after it.
pub(super) fn split_identifier(words: &[Word]) -> (Option<&Word>, &[Word]) {
    match words {
        [name, equals, rest @ ..] if equals.value == "=" && !equals.quoted => (Some(name), rest),
        _ => (None, words),
    }
}

pub(super) fn is_arrow(word: &Word) -> bool {
    !word.quoted && (word.value == "->" || (word.value.starts_with("--") && word.value.ends_with("->") && word.value.len() > 4))
}

/// The kind of the innermost of the blocks around a place.
pub(super) fn innermost(around: &[Vec<Word>], index: &Index, has_workspace: bool) -> Block {
    let mut block = if has_workspace { Block::File } else { Block::Part };
    for header in around {
        block = inner(block, header, index);
    }
    block
}

fn inner(outer: Block, header: &[Word], index: &Index) -> Block {
    let (_, words) = split_identifier(header);
    let keyword = words.first().map(|word| word.value.to_lowercase()).unwrap_or_default();
    let keyword = keyword.as_str();
    match outer {
        Block::Views => return view(keyword),
        Block::View(_) | Block::Sequence | Block::Image => match keyword {
            "" => return Block::Sequence,
            "animation" => return Block::Animation,
            "properties" => return Block::Properties(Subject::Look),
            "light" | "dark" if outer == Block::Image => return Block::Image,
            _ => return Block::Step,
        },
        Block::Step => return if keyword == "properties" { Block::Properties(Subject::Look) } else { Block::Opaque },
        Block::Styles | Block::Scheme => match keyword {
            "element" => return Block::ElementStyle,
            "relationship" => return Block::RelationStyle,
            "light" | "dark" => return Block::Scheme,
            _ => return Block::Opaque,
        },
        Block::ElementStyle | Block::RelationStyle => return Block::Properties(Subject::Look),
        Block::Perspectives => return Block::Perspective,
        Block::Configuration => match keyword {
            "users" => return Block::Users,
            "properties" => return Block::Properties(Subject::Look),
            _ => return Block::Opaque,
        },
        Block::Archetypes => return Block::Archetype,
        _ => {}
    }
    if words.iter().take(2).any(is_arrow) {
        return Block::Relation;
    }
    if words.get(1).is_some_and(|word| word.value == "-/>") {
        return Block::Removal;
    }
    match keyword {
        "workspace" => Block::Workspace,
        "model" => Block::Model,
        "views" => Block::Views,
        "archetypes" => Block::Archetypes,
        "configuration" => Block::Configuration,
        "styles" => Block::Styles,
        "terminology" => Block::Terminology,
        "perspectives" => Block::Perspectives,
        "properties" => Block::Properties(subject(outer)),
        "!elements" => Block::Elements,
        "!relationships" | "!relationship" => Block::Relation,
        "!element" | "!ref" | "!extend" => opened(words, index),
        // A group offers what the block around it offers.
        "group" | "enterprise" => outer,
        _ => level_of(keyword, index).map_or_else(
            || {
                let of_group =
                    index.archetypes.iter().any(|archetype| archetype.makes == "group" && archetype.name.eq_ignore_ascii_case(keyword));
                let in_part = matches!(outer, Block::Part | Block::File);
                if of_group {
                    outer
                } else if in_part {
                    view(keyword)
                } else {
                    Block::Opaque
                }
            },
            Block::Element,
        ),
    }
}

fn view(keyword: &str) -> Block {
    match keyword {
        "systemlandscape" | "systemcontext" | "container" | "component" | "custom" => Block::View(ViewBlock::Static),
        "deployment" => Block::View(ViewBlock::Deployment),
        "filtered" => Block::View(ViewBlock::Filtered),
        "dynamic" => Block::Sequence,
        "image" => Block::Image,
        "styles" => Block::Styles,
        "terminology" => Block::Terminology,
        "branding" => Block::Branding,
        "properties" => Block::Properties(Subject::Look),
        _ => Block::Opaque,
    }
}

const fn subject(outer: Block) -> Subject {
    match outer {
        Block::Element(level) => Subject::Element(Some(level)),
        Block::Relation | Block::Removal => Subject::Relation,
        Block::Archetype | Block::Elements => Subject::Element(None),
        _ => Subject::Workspace,
    }
}

/// The level of an element that a keyword or archetype makes.
pub(super) fn level_of(keyword: &str, index: &Index) -> Option<Level> {
    let of_keyword = |keyword: &str| match keyword.to_lowercase().as_str() {
        "person" => Some(Level::Person),
        "softwaresystem" => Some(Level::System),
        "container" => Some(Level::Container),
        "component" => Some(Level::Component),
        "element" => Some(Level::Custom),
        "deploymentenvironment" => Some(Level::DeploymentEnvironment),
        "deploymentnode" => Some(Level::DeploymentNode),
        "infrastructurenode" => Some(Level::InfrastructureNode),
        "softwaresysteminstance" => Some(Level::SystemInstance),
        "containerinstance" | "instanceof" => Some(Level::ContainerInstance),
        _ => None,
    };
    of_keyword(keyword).or_else(|| {
        index
            .archetypes
            .iter()
            .find(|archetype| archetype.name.eq_ignore_ascii_case(keyword))
            .and_then(|archetype| of_keyword(archetype.makes))
    })
}

/// The block of `!element name`.
fn opened(words: &[Word], index: &Index) -> Block {
    let name = words.get(1).map_or("", |word| word.value.as_str());
    let symbol = index.names.iter().find(|known| known.path.eq_ignore_ascii_case(name)).map(|known| &known.symbol);
    match symbol {
        Some(Symbol::Element(key)) => index.parsed.model.elements.get(key).map_or(Block::Opaque, |element| Block::Element(element.level)),
        Some(Symbol::Relation(_)) => Block::Relation,
        _ => Block::Opaque,
    }
}

const ATTRIBUTES: &[&str] = &["description", "technology", "tags", "url", "properties", "perspectives"];
const VIEW: &[&str] = &["include", "exclude", "autoLayout", "title", "description", "animation", "default", "properties"];

impl Block {
    /// The keywords that may begin a statement here, directives left out.
    pub(super) fn keywords(self) -> Vec<&'static str> {
        let with = |own: &[&'static str], more: &[&'static str]| [own, more].concat();
        match self {
            Self::File => vec!["workspace"],
            Self::Part => with(
                &[
                    "workspace",
                    "model",
                    "views",
                    "configuration",
                    "person",
                    "softwareSystem",
                    "container",
                    "component",
                    "group",
                    "element",
                    "deploymentEnvironment",
                    "deploymentNode",
                ],
                ATTRIBUTES,
            ),
            Self::Workspace => vec!["model", "views", "configuration", "name", "description", "properties"],
            Self::Model => vec!["person", "softwareSystem", "group", "element", "deploymentEnvironment", "archetypes", "properties"],
            Self::Archetypes => {
                vec!["person", "softwareSystem", "container", "component", "element", "group", "deploymentNode", "infrastructureNode", "->"]
            }
            Self::Archetype => vec!["description", "technology", "metadata", "tags", "properties", "perspectives"],
            Self::Element(level) => match level {
                Level::Person => with(&["->"], &["description", "tags", "url", "properties", "perspectives"]),
                Level::System => with(&["container", "group", "->"], &["description", "tags", "url", "properties", "perspectives"]),
                Level::Container => with(&["component", "group", "->"], ATTRIBUTES),
                Level::Component => with(&["group", "->"], ATTRIBUTES),
                Level::Custom => with(&["->"], &["description", "metadata", "tags", "url", "properties", "perspectives"]),
                Level::DeploymentEnvironment => vec!["deploymentNode", "deploymentGroup", "group"],
                Level::DeploymentNode => with(
                    &[
                        "deploymentNode",
                        "infrastructureNode",
                        "containerInstance",
                        "softwareSystemInstance",
                        "instanceOf",
                        "deploymentGroup",
                        "instances",
                        "group",
                        "->",
                    ],
                    ATTRIBUTES,
                ),
                Level::InfrastructureNode => with(&["->"], ATTRIBUTES),
                Level::SystemInstance | Level::ContainerInstance => {
                    with(&["healthCheck", "->"], &["description", "tags", "url", "properties", "perspectives"])
                }
            },
            Self::Elements => with(&["->"], ATTRIBUTES),
            Self::Relation => ATTRIBUTES.to_vec(),
            Self::Perspectives => vec!["perspective"],
            Self::Perspective => vec!["description", "value", "url"],
            Self::Views => vec![
                "systemLandscape",
                "systemContext",
                "container",
                "component",
                "dynamic",
                "deployment",
                "filtered",
                "custom",
                "image",
                "styles",
                "theme",
                "themes",
                "terminology",
                "branding",
                "properties",
            ],
            Self::View(ViewBlock::Filtered) => vec!["title", "description", "default", "properties"],
            Self::View(_) => VIEW.to_vec(),
            Self::Sequence => vec!["autoLayout", "title", "description", "default", "properties"],
            Self::Step => vec!["url", "properties"],
            Self::Image => vec!["image", "plantuml", "mermaid", "kroki", "light", "dark", "title", "description", "default", "properties"],
            Self::Styles => vec!["element", "relationship", "light", "dark", "theme", "themes"],
            Self::Scheme => vec!["element", "relationship"],
            Self::ElementStyle => vec![
                "shape",
                "icon",
                "iconPosition",
                "background",
                "color",
                "stroke",
                "strokeWidth",
                "border",
                "width",
                "height",
                "fontSize",
                "opacity",
                "metadata",
                "description",
                "properties",
            ],
            Self::RelationStyle => {
                vec![
                    "thickness",
                    "color",
                    "style",
                    "routing",
                    "jump",
                    "fontSize",
                    "width",
                    "position",
                    "opacity",
                    "metadata",
                    "description",
                    "properties",
                ]
            }
            Self::Terminology => {
                vec![
                    "person",
                    "softwareSystem",
                    "container",
                    "component",
                    "deploymentNode",
                    "infrastructureNode",
                    "relationship",
                    "metadata",
                ]
            }
            Self::Branding => vec!["logo", "font"],
            Self::Configuration => vec!["scope", "visibility", "users", "properties"],
            Self::Removal | Self::Properties(_) | Self::Animation | Self::Users | Self::Opaque => Vec::new(),
        }
    }

    /// The directives that may stand here besides those that may stand everywhere.
    pub(super) const fn directives(self) -> &'static [&'static str] {
        match self {
            Self::Workspace => &["!identifiers", "!impliedRelationships", "!docs", "!adrs"],
            Self::Model | Self::Part => {
                &["!identifiers", "!impliedRelationships", "!element", "!elements", "!relationship", "!relationships"]
            }
            Self::Element(Level::System | Level::Container | Level::Component) => {
                &["!docs", "!adrs", "!element", "!elements", "!relationship", "!relationships"]
            }
            Self::Element(_) => &["!element", "!elements", "!relationship", "!relationships"],
            _ => &[],
        }
    }

    /// Relations and elements are stated here.
    pub(super) const fn is_of_model(self) -> bool {
        matches!(self, Self::Model | Self::Part | Self::Element(_) | Self::Removal | Self::Elements)
    }

    /// Keywords mean views here, not parts of the model.
    pub(super) const fn is_of_views(self) -> bool {
        matches!(self, Self::Views | Self::View(_) | Self::Sequence | Self::Image | Self::Step)
    }

    /// Keywords mean looks here.
    pub(super) const fn is_of_style(self) -> bool {
        matches!(self, Self::Styles | Self::Scheme | Self::ElementStyle | Self::RelationStyle)
    }
}
