//! What the blocks of a file hold.

use crate::domain::{diagnostic::Span, model::view::Direction};

/// One file.
#[derive(Debug, Default)]
pub(super) struct File {
    /// None for the file that was asked for.
    pub(super) name: Option<String>,
    pub(super) kinds: Vec<KindSpec>,
    /// The blocks `model`.
    pub(super) model: Vec<Item>,
    /// The blocks `deployment`.
    pub(super) deployment: Vec<Item>,
    pub(super) views: Vec<ViewItem>,
}

/// A kind that the specification defines.
#[derive(Clone, Debug, Default)]
pub(super) struct KindSpec {
    pub(super) name: String,
    pub(super) of: SpecOf,
    pub(super) about: About,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SpecOf {
    #[default]
    Element,
    Node,
    Relation,
}

/// What a block says of its subject.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) technology: Option<String>,
    pub(super) notation: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) links: Vec<String>,
    pub(super) metadata: Vec<(String, String, Span)>,
    pub(super) shape: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum Item {
    Element(Element),
    Relation(Relation),
}

/// An element, a deployment node, an instance, or more about one that is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// The name after `extend` may have dots.
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) extends: bool,
    /// Of an instance: the element that runs.
    pub(super) instance_of: Option<String>,
    pub(super) about: About,
    pub(super) items: Vec<Item>,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Relation {
    /// None for the element around it.
    pub(super) source: Option<String>,
    pub(super) target: String,
    pub(super) kind: Option<String>,
    /// The arrow points back, as steps may.
    pub(super) backward: bool,
    pub(super) about: About,
    /// Steps that run at the same time have one number; 0 for those that do not.
    pub(super) parallel: usize,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ViewOf {
    #[default]
    Elements,
    Dynamic,
    Deployment,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ViewItem {
    pub(super) of: ViewOf,
    pub(super) name: String,
    pub(super) scope: Option<String>,
    pub(super) extends: Option<String>,
    pub(super) about: About,
    pub(super) rules: Vec<Rule>,
    pub(super) steps: Vec<Relation>,
    pub(super) direction: Option<Direction>,
    pub(super) span: Span,
}

/// `include …` or `exclude …`.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) include: bool,
    pub(super) predicates: Vec<Predicate>,
}

/// What a rule chooses: elements, or relations between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Predicate {
    pub(super) left: Option<Choice>,
    pub(super) arrow: Option<Way>,
    pub(super) right: Option<Choice>,
    pub(super) condition: Option<Condition>,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Forth,
    Both,
    /// `-> a ->`
    Through,
}

#[derive(Clone, Debug)]
pub(super) enum Choice {
    All,
    Named(String, Reach),
    Tag(String, bool),
    Kind(String, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Itself,
    /// `a.*`
    Parts,
    /// `a.**`
    Inside,
    /// `a._`: the element, and its parts that are related to what is shown.
    Expanded,
}

#[derive(Clone, Debug)]
pub(super) enum Condition {
    Tag(String, bool),
    Kind(String, bool),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    /// Not understood; chooses everything.
    Unknown,
}
