//! What each keyword does and how it is written, for hovering and completing. Where a word means different things in
//! different blocks it stands in several tables. A new keyword is one line.

use crate::domain::syntax::assist::structurizr::block::Block;

/// One keyword, explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeywordDoc {
    pub(super) word: &'static str,
    /// The statement, with optional parts in brackets.
    pub(super) usage: &'static str,
    /// One or two sentences.
    pub(super) about: &'static str,
}

const fn doc(word: &'static str, usage: &'static str, about: &'static str) -> KeywordDoc {
    KeywordDoc { word, usage, about }
}

/// The explanation of a word in a block, compared without case.
pub(super) fn about(block: Block, word: &str) -> Option<&'static KeywordDoc> {
    let find = |table: &'static [KeywordDoc]| table.iter().find(|doc| doc.word.eq_ignore_ascii_case(word));
    let own: &'static [KeywordDoc] = match block {
        Block::Terminology => TERMS,
        Block::Configuration | Block::Users => CONFIGURATION,
        Block::Perspectives | Block::Perspective => PERSPECTIVES,
        _ if block.is_of_style() => STYLE,
        _ if block.is_of_views() => VIEWS,
        _ => &[],
    };
    find(own).or_else(|| find(GENERAL)).or_else(|| if own.is_empty() && block == Block::Part { find(VIEWS) } else { None })
}

const GENERAL: &[KeywordDoc] = &[
    doc(
        "workspace",
        "workspace [name] [description] {",
        "The outermost block: one model and the views of it. `workspace extends path` builds on another file.",
    ),
    doc("extends", "workspace extends <path> {", "Begins with everything that another workspace of the project says."),
    doc("model", "model {", "What exists: people, systems, their parts, where they run, and how they talk."),
    doc("views", "views {", "Which pictures of the model there are, and how they look."),
    doc("configuration", "configuration {", "What the workspace says about itself: scope, visibility, users."),
    doc(
        "archetypes",
        "archetypes {",
        "Names for elements and relationships that come with defaults: `api = container { … }`, `https = -> { … }`.",
    ),
    doc("person", "person <name> [description] [tags] {", "Somebody who uses the systems."),
    doc(
        "softwareSystem",
        "softwareSystem <name> [description] [tags] {",
        "A software system: the largest thing that the model looks into.",
    ),
    doc(
        "container",
        "container <name> [description] [technology] [tags] {",
        "A part of a software system that runs or keeps data on its own: a service, an application, a database.",
    ),
    doc("component", "component <name> [description] [technology] [tags] {", "A part of a container that does not run on its own."),
    doc("element", "element <name> [metadata] [description] [tags] {", "Something outside the C4 levels, such as a device."),
    doc("group", "group <name> {", "A named frame around elements. It has no relationships of its own."),
    doc("enterprise", "group <name> {", "The older spelling of `group`."),
    doc(
        "->",
        "<source> -> <destination> [description] [technology] [tags]",
        "A relationship, from who calls to who is called. In an element's block the source may be left out.",
    ),
    doc(
        "-/>",
        "<source> -/> <destination> {",
        "In this environment the instances do not talk directly; the block says what takes the place of the relationship.",
    ),
    doc("this", "this", "The element whose block this is."),
    doc("deploymentEnvironment", "deploymentEnvironment <name> {", "One set of places where the systems run, such as production."),
    doc(
        "deploymentNode",
        "deploymentNode <name> [description] [technology] [tags] [instances] {",
        "A place to run things on: a machine, a cluster, a region. Places nest.",
    ),
    doc(
        "infrastructureNode",
        "infrastructureNode <name> [description] [technology] [tags] {",
        "Something of the infrastructure that is no container: a load balancer, a firewall.",
    ),
    doc("containerInstance", "containerInstance <container> [deployment groups] [tags] {", "A container that runs here."),
    doc(
        "softwareSystemInstance",
        "softwareSystemInstance <software system> [deployment groups] [tags] {",
        "A software system that runs here.",
    ),
    doc(
        "instanceOf",
        "instanceOf <container or software system> [deployment groups] [tags] {",
        "A container or software system that runs here.",
    ),
    doc(
        "deploymentGroup",
        "deploymentGroup <name>",
        "Only instances of the same group talk to each other. In an environment it defines one; in a node it puts what runs there into it.",
    ),
    doc("healthCheck", "healthCheck <name> <url> [interval in s] [timeout in ms]", "An address that answers while the instance works."),
    doc("instances", "instances <number or range>", "How many of the node there are: `4`, `1..3`, `1..N`."),
    doc("name", "name <name>", "What the workspace is called."),
    doc("description", "description <text>", "What it is or does, in a sentence."),
    doc("technology", "technology <name>", "What it is made with. The kind of an element follows from it."),
    doc("metadata", "metadata <text>", "What stands below the name of a custom element."),
    doc("tag", "tag <tag>", "Adds a tag. Styles and filters go by tags."),
    doc("tags", "tags <tag> [tag …]", "Adds tags, one by one or as a comma list."),
    doc("url", "url <address>", "Where people find out more."),
    doc("properties", "properties {", "A name and a value on each line. Names in lower case with `_` are facts, which reviews read."),
    doc("perspectives", "perspectives {", "What it is from certain points of view: `Security \"description\" [value]`."),
    doc("!include", "!include <file or folder>", "Puts the statements of another file of the project here."),
    doc("!const", "!const <name> <value>", "A text that later statements put in with `${name}`; it cannot change."),
    doc("!var", "!var <name> <value>", "A text that later statements put in with `${name}`; it can be set again."),
    doc(
        "!identifiers",
        "!identifiers <flat|hierarchical>",
        "Whether identifiers hold for the whole text, or parts are named within their wholes: `shop.orders`.",
    ),
    doc(
        "!impliedRelationships",
        "!impliedRelationships <true|false>",
        "Whether a relationship between parts is one between their wholes, too.",
    ),
    doc("!docs", "!docs <folder>", "Links a folder of documents."),
    doc("!adrs", "!adrs <folder> [format]", "Links a folder of decision records."),
    doc("!decisions", "!decisions <folder> [format]", "Links a folder of decision records."),
    doc("!element", "!element <identifier> {", "Opens the block of an element again."),
    doc("!elements", "!elements <expression> {", "Says the same of all elements that the expression chooses."),
    doc("!relationship", "!relationship <identifier> {", "Opens the block of a relationship again."),
    doc("!relationships", "!relationships <expression> {", "Says the same of all relationships that the expression chooses."),
    doc("!script", "!script <file or language> {", "Code that comes with the text. It is kept and never run."),
    doc("!plugin", "!plugin <class> {", "Code that comes with the text. It is kept and never run."),
    doc("!components", "!components {", "Finds components in compiled code. It is kept and never run."),
];

const VIEWS: &[KeywordDoc] = &[
    doc("systemLandscape", "systemLandscape [key] [description] {", "A view of people and software systems."),
    doc(
        "systemContext",
        "systemContext <software system> [key] [description] {",
        "A view of one software system with all that it talks to.",
    ),
    doc(
        "container",
        "container <software system> [key] [description] {",
        "A view of the containers of a software system with all that they talk to.",
    ),
    doc("component", "component <container> [key] [description] {", "A view of the components of a container with all that they talk to."),
    doc(
        "dynamic",
        "dynamic <*|software system|container> [key] [description] {",
        "A view of relationships in the order in which they happen. Blocks in braces run side by side.",
    ),
    doc(
        "deployment",
        "deployment <*|software system> <environment> [key] [description] {",
        "A view of where things run in one environment.",
    ),
    doc("filtered", "filtered <view key> <include|exclude> <tags> [key] [description]", "A part of another view, by tags."),
    doc("custom", "custom [key] [title] [description] {", "A view of custom elements."),
    doc("image", "image <*|element> [key] {", "A picture that was made elsewhere."),
    doc("plantuml", "plantuml <source, file, address or view key>", "A picture in PlantUML. It is kept and not drawn."),
    doc("mermaid", "mermaid <source, file, address or view key>", "A picture in Mermaid. It is kept and not drawn."),
    doc("kroki", "kroki <format> <source, file or address>", "A picture in one of many formats. It is kept and not drawn."),
    doc("light", "light {", "What holds for people who read dark on light."),
    doc("dark", "dark {", "What holds for people who read light on dark."),
    doc("styles", "styles {", "What elements and relationships look like, by tag."),
    doc("theme", "theme <name, file or address>", "Styles from elsewhere. The name is kept, and nothing is fetched."),
    doc("themes", "themes <name, file or address> […]", "Styles from elsewhere. The names are kept, and nothing is fetched."),
    doc("terminology", "terminology {", "What people, systems and their parts are called in this model."),
    doc("branding", "branding {", "A logo and a font."),
    doc(
        "include",
        "include <*|*?|identifier|expression> […]",
        "Shows elements or relationships. `*` is what such a view usually shows; `*?` leaves out relationships among the neighbours.",
    ),
    doc("exclude", "exclude <identifier|expression> […]", "Hides elements or relationships."),
    doc("autoLayout", "autoLayout [tb|bt|lr|rl] [rank distance] [node distance]", "The direction in which the picture runs."),
    doc("animation", "animation {", "What appears one after the other: elements on each line."),
    doc("title", "title <text>", "What stands above the picture."),
    doc("description", "description <text>", "What the picture shows, in a sentence."),
    doc("default", "default", "The view that is opened first."),
    doc("properties", "properties {", "A name and a value on each line, for tools that read them."),
    doc("url", "url <address>", "Where people find out more."),
];

const STYLE: &[KeywordDoc] = &[
    doc("element", "element <tag> {", "What elements with the tag look like."),
    doc("relationship", "relationship <tag> {", "What relationships with the tag look like."),
    doc("light", "light {", "Styles for people who read dark on light."),
    doc("dark", "dark {", "Styles for people who read light on dark."),
    doc("theme", "theme <name, file or address>", "Styles from elsewhere. The name is kept, and nothing is fetched."),
    doc("themes", "themes <name, file or address> […]", "Styles from elsewhere. The names are kept, and nothing is fetched."),
    doc("shape", "shape <name>", "The silhouette. `Cylinder`, `Bucket`, `Pipe`, `WebBrowser` and others tell what kind of thing it is."),
    doc("icon", "icon <file or address>", "A small picture in the element."),
    doc("iconPosition", "iconPosition <top|bottom|left>", "Where the icon stands."),
    doc("background", "background <#rrggbb|name>", "The colour inside."),
    doc("color", "color <#rrggbb|name>", "The colour of the text, or of a relationship's line."),
    doc("colour", "colour <#rrggbb|name>", "The colour of the text, or of a relationship's line."),
    doc("stroke", "stroke <#rrggbb|name>", "The colour of the border."),
    doc("strokeWidth", "strokeWidth <1 to 10>", "The width of the border in px."),
    doc("border", "border <solid|dashed|dotted>", "How the border is drawn."),
    doc("width", "width <px>", "The width of an element, or of a relationship's label."),
    doc("height", "height <px>", "The height of an element."),
    doc("fontSize", "fontSize <px>", "The size of the text."),
    doc("opacity", "opacity <0 to 100>", "How opaque it is, in percent."),
    doc("metadata", "metadata <true|false>", "Whether kind and technology are shown."),
    doc("description", "description <true|false>", "Whether the description is shown."),
    doc("thickness", "thickness <px>", "The width of a relationship's line."),
    doc("style", "style <solid|dashed|dotted>", "How a relationship's line is drawn."),
    doc("dashed", "dashed <true|false>", "The older spelling of `style dashed`."),
    doc("routing", "routing <direct|curved|orthogonal>", "The course of a relationship's line."),
    doc("jump", "jump <true|false>", "Whether the line hops over those it crosses."),
    doc("position", "position <0 to 100>", "Where on the line the label stands, in percent."),
    doc("properties", "properties {", "A name and a value on each line, for tools that read them."),
];

const TERMS: &[KeywordDoc] = &[
    doc("person", "person <name>", "What people are called here."),
    doc("softwareSystem", "softwareSystem <name>", "What software systems are called here."),
    doc("container", "container <name>", "What containers are called here."),
    doc("component", "component <name>", "What components are called here."),
    doc("deploymentNode", "deploymentNode <name>", "What deployment nodes are called here."),
    doc("infrastructureNode", "infrastructureNode <name>", "What infrastructure nodes are called here."),
    doc("relationship", "relationship <name>", "What relationships are called here."),
    doc("metadata", "metadata <square|round|curly|angle|double-angle|none>", "What stands around kind and technology."),
];

const CONFIGURATION: &[KeywordDoc] = &[
    doc(
        "scope",
        "scope <landscape|softwareSystem|none>",
        "Whether the workspace is about many systems from outside, or about one and its parts.",
    ),
    doc("visibility", "visibility <private|public>", "Whether everybody may read it."),
    doc("users", "users {", "Who may `read` or `write` it, one on each line."),
    doc("properties", "properties {", "A name and a value on each line, for tools that read them."),
];

const PERSPECTIVES: &[KeywordDoc] = &[
    doc("perspective", "perspective <name> {", "One point of view, with its description, value and address in a block."),
    doc("description", "description <text>", "What it is from this point of view."),
    doc("value", "value <text>", "A short value, such as `High`."),
    doc("url", "url <address>", "Where people find out more."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        model::Level,
        syntax::assist::structurizr::block::{Subject, ViewBlock},
    };

    #[test]
    fn every_keyword_that_is_offered_is_explained() {
        let blocks = [
            Block::File,
            Block::Part,
            Block::Workspace,
            Block::Model,
            Block::Archetypes,
            Block::Archetype,
            Block::Element(Level::System),
            Block::Element(Level::DeploymentNode),
            Block::Element(Level::ContainerInstance),
            Block::Element(Level::Custom),
            Block::Elements,
            Block::Relation,
            Block::Properties(Subject::Workspace),
            Block::Perspectives,
            Block::Perspective,
            Block::Views,
            Block::View(ViewBlock::Static),
            Block::View(ViewBlock::Filtered),
            Block::Sequence,
            Block::Step,
            Block::Image,
            Block::Styles,
            Block::Scheme,
            Block::ElementStyle,
            Block::RelationStyle,
            Block::Terminology,
            Block::Configuration,
        ];
        for block in blocks {
            for word in block.keywords().iter().chain(block.directives()) {
                assert!(about(block, word).is_some(), "{word} in {block:?}");
            }
        }
        for doc in [GENERAL, VIEWS, STYLE, TERMS, CONFIGURATION, PERSPECTIVES].concat() {
            assert!(doc.about.ends_with('.') || doc.about.ends_with('`'), "{}", doc.word);
        }
    }

    #[test]
    fn words_mean_what_their_block_says() {
        assert!(about(Block::Views, "container").unwrap().usage.contains("software system"));
        assert!(about(Block::Element(Level::System), "Container").unwrap().usage.contains("technology"));
        assert!(about(Block::ElementStyle, "description").unwrap().usage.contains("true"));
        assert_eq!(about(Block::Model, "banana"), None);
    }
}
